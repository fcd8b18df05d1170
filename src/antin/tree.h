/* SPDX-License-Identifier: EUPL-1.2 */
/* The directory that a command looks into, and what several say of those in
 * it. */
#ifndef ANTIN_TREE_H
#define ANTIN_TREE_H

#include <jansson.h>

#include "antin/cmd.h"
#include "pki/keys.h"
#include "pki/resolve.h"

/* --directory is given, or ANTIN_DIRECTORY is set. */
bool tree_given(const struct args *a);
/* The file that --directory names, else ANTIN_DIRECTORY; RC_USAGE where
 * neither does. */
enum rc tree_path(const char **out, const struct args *a, struct err *e);
/* That file, to look things up.  directory_free() frees *out. */
enum rc tree_read(struct directory **out, const struct args *a, struct err *e);

/* The same, with the time of --at, or now. */
struct tree {
	struct directory *directory; /* owned */
	int64_t at;
};
enum rc tree_open(struct tree *out, const struct args *a, struct err *e);
void tree_close(struct tree *t);

/* Name at that time: of the holder, or (NONE) of the unit. */
struct bytes tree_name(
    const struct directory *d, size_t unit, size_t holder, int64_t t);

/* "22/11/2026", in Vietnam. */
void date_write(char out[static TIME_TEXT], int64_t t);

/* ---- the keys of somebody, at a time --------------------------------------
 */

/* Somebody has to do something. */
bool keys_warn(enum keys k);
/* "keys until 22/11/2031"; translated. */
#define KEYS_TEXT 96
void keys_write(char out[static KEYS_TEXT], enum keys k, int64_t until);

/* ---- alarms
 * ---------------------------------------------------------------- */

/* The unit it is about, or else whose authority decided it. */
size_t alarm_unit(const struct directory *d, const struct alarm *a);
/* Print the alarms from the n-th on, so that nobody misses them; the first few,
 * and how many more there are. */
void alarms_say(const struct directory *d, size_t n);

#endif
