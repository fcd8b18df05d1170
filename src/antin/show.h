/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a command shows: one tree of named values, printed as JSON for a
 * program or drawn for a person, in the language of the process.
 */
#ifndef ANTIN_SHOW_H
#define ANTIN_SHOW_H

#include <jansson.h>

#include "core/bytes.h"
#include "core/id.h"

/* Frees root. */
void show(json_t *root, bool as_json);

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

#endif
