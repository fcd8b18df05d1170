/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the words of the configuration may be (daemon/conf.h): one function a
 * kind of value, which appends it to *out in its one spelling; false, where it
 * is none: then what was appended does not count.  For the table in conf.c.
 */
#ifndef DAEMON_CONF_VALUE_H
#define DAEMON_CONF_VALUE_H

#include "daemon/conf.h"

bool value_path(const struct conf_word *w, struct bytes value, struct buf *out);
bool value_key(const struct conf_word *w, struct bytes value, struct buf *out);
bool value_number(
    const struct conf_word *w, struct bytes value, struct buf *out);
bool value_size(const struct conf_word *w, struct bytes value, struct buf *out);
bool value_time(const struct conf_word *w, struct bytes value, struct buf *out);
bool value_desk(const struct conf_word *w, struct bytes value, struct buf *out);
bool value_listen(
    const struct conf_word *w, struct bytes value, struct buf *out);
bool value_parent(
    const struct conf_word *w, struct bytes value, struct buf *out);
bool value_name(const struct conf_word *w, struct bytes value, struct buf *out);
bool value_sandbox(
    const struct conf_word *w, struct bytes value, struct buf *out);
bool value_yes(const struct conf_word *w, struct bytes value, struct buf *out);
bool value_log(const struct conf_word *w, struct bytes value, struct buf *out);
bool value_contact(
    const struct conf_word *w, struct bytes value, struct buf *out);
bool value_cap(const struct conf_word *w, struct bytes value, struct buf *out);
bool value_web_tls(
    const struct conf_word *w, struct bytes value, struct buf *out);
bool value_web_name(
    const struct conf_word *w, struct bytes value, struct buf *out);
bool value_web(const struct conf_word *w, struct bytes value, struct buf *out);

#endif
