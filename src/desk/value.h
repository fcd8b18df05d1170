/* SPDX-License-Identifier: EUPL-1.2 */
/* Named values: put into a request or what is shown, and read from what a
 * station answers (control/control.h). */
#ifndef DESK_VALUE_H
#define DESK_VALUE_H

#include <jansson.h>

#include "core/bytes.h"
#include "core/id.h"

/* Put a value under a key; text that is not UTF-8 is shown as hex. */
void show_text(json_t *to, const char *key, struct bytes text);
void show_word(json_t *to, const char *key, const char *word);
void show_number(json_t *to, const char *key, uint64_t n);
void show_bool(json_t *to, const char *key, bool b);
void show_hex(json_t *to, const char *key, struct bytes b);
void show_id(json_t *to, const char *key, const struct id *id);
void show_time(json_t *to, const char *key, int64_t t); /* not TIME_NEVER */
json_t *show_object(json_t *to, const char *key);
json_t *show_array(json_t *to, const char *key);
json_t *show_item(json_t *array); /* a new object at its end */

/* What a row says under a key. */
const char *row_text(const json_t *row, const char *key); /* "" */
int64_t row_int(const json_t *row, const char *key);	  /* 0 */
/* It is of this kind ("row"). */
bool row_is(const json_t *row, const char *kind);

#endif
