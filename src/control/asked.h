/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Fields of a request (control.h), as tables: what each is called, of which
 * kind it is, within which bounds, and where it goes.  Only this folder
 * includes it.
 */
#ifndef CONTROL_ASKED_H
#define CONTROL_ASKED_H

#include <jansson.h>

#include "control/control.h"
#include "core/err.h"

/* A field of an object, and where its value goes: "at" bytes into the
 * structure.  "min" and "max" are of a number, or bytes of a text. */
struct field {
	const char *name;
	enum rc (*take)(
	    void *to, const struct field *f, const json_t *v, struct err *e);
	size_t at;
	bool must;
	uint64_t min, max;
};
#define FIELDS 16 /* of an object, at the most */

/* Each field that the object has, and none but these and "but". */
enum rc fields_take(void *to, const struct field fields[static FIELDS],
    const json_t *object, const char *but, struct err *e);
/* It is not of this kind: RC_INVALID. */
enum rc asked_is_no(const struct field *f, const char *kind, struct err *e);

/* ---- kinds of fields (asked.c) ---- */

enum rc asked_text(
    void *to, const struct field *f, const json_t *v, struct err *e);
enum rc asked_secret(
    void *to, const struct field *f, const json_t *v, struct err *e);
enum rc asked_desk(
    void *to, const struct field *f, const json_t *v, struct err *e);
enum rc asked_address(
    void *to, const struct field *f, const json_t *v, struct err *e);
enum rc asked_data(
    void *to, const struct field *f, const json_t *v, struct err *e);
enum rc asked_draft(
    void *to, const struct field *f, const json_t *v, struct err *e);
enum rc asked_number(
    void *to, const struct field *f, const json_t *v, struct err *e);
enum rc asked_time(
    void *to, const struct field *f, const json_t *v, struct err *e);
enum rc asked_flag(
    void *to, const struct field *f, const json_t *v, struct err *e);
enum rc asked_id(
    void *to, const struct field *f, const json_t *v, struct err *e);
enum rc asked_which_id(
    void *to, const struct field *f, const json_t *v, struct err *e);
enum rc asked_station(
    void *to, const struct field *f, const json_t *v, struct err *e);
enum rc asked_hop(
    void *to, const struct field *f, const json_t *v, struct err *e);
enum rc asked_level(
    void *to, const struct field *f, const json_t *v, struct err *e);
enum rc asked_precedence(
    void *to, const struct field *f, const json_t *v, struct err *e);
enum rc asked_name(
    void *to, const struct field *f, const json_t *v, struct err *e);
enum rc asked_digits(
    void *to, const struct field *f, const json_t *v, struct err *e);
enum rc asked_values(
    void *to, const struct field *f, const json_t *v, struct err *e);
/* A string, or nothing. */
struct bytes string_of(const json_t *v);

/* ---- lists of them, into a request (asked_list.c) ---- */

#define OF_NONE SIZE_MAX /* of no other part */
enum rc asked_to(
    void *to, const struct field *f, const json_t *v, struct err *e);
enum rc asked_info(
    void *to, const struct field *f, const json_t *v, struct err *e);
enum rc asked_references(
    void *to, const struct field *f, const json_t *v, struct err *e);
enum rc asked_supersedes(
    void *to, const struct field *f, const json_t *v, struct err *e);
enum rc asked_kind(
    void *to, const struct field *f, const json_t *v, struct err *e);
enum rc asked_of(
    void *to, const struct field *f, const json_t *v, struct err *e);
enum rc asked_parts(
    void *to, const struct field *f, const json_t *v, struct err *e);

#endif
