/* SPDX-License-Identifier: EUPL-1.2 */
/* antin duty: what of the station's answer several of its commands look at. */
#ifndef ANTIN_DUTY_H
#define ANTIN_DUTY_H

#include "antin/talk.h"

/* The station's rows about duty; the caller json_decref()s them. */
enum rc duty_ask(json_t **rows, struct talk *t, bool all, struct err *e);
/* The first that says this ("on"); NULL: none. */
const json_t *duty_row(const json_t *rows, const char *what);
/* "Nguyễn Thị Lan (lan)"; of NULL that it is nobody. */
#define DUTY_WHO 200
void duty_who(char out[static DUTY_WHO], const json_t *row);
/* Who is on, should be, and comes next: a line each. */
void duty_print_who(const json_t *rows);
/* A list of docs/duty.md 3.1 to which somebody says yes: of rows that say this
 * ("line"), with this number. */
void duty_print_list(const json_t *rows, const char *what, int64_t number);

#endif
