/* SPDX-License-Identifier: EUPL-1.2 */
/* Where the files of rules lie, and reading them (docs/rules.md 7). */
#ifndef FILE_RULES_FILE_H
#define FILE_RULES_FILE_H

#include <limits.h>

#include "file/file.h"
#include "rules/rules.h"

#define RULES_SUFFIX ".rules"
#define RULES_OWN_DIR "rules" /* of a station's folder of data */

/* The folder of the law's files: "given", or where that is NULL what
 * ANTIN_RULES says, or the one that was installed with this program. */
void rules_folder(char out[static PATH_MAX], const char *given);

/* The paths of a folder's files, by name. */
struct rules_paths {
	char **paths; /* owned */
	size_t count;
};
/*
 * Add the folder's files to *out, which begins as zeros.  The caller frees by
 * rules_paths_free(), after a failure, too.
 *
 * RC_ABSENT	there is no such folder
 * RC_INVALID	a file's name is not of docs/rules.md 7.1
 * RC_LIMIT	it has more than RULES_FILES_MAX
 */
enum rc rules_paths(struct rules_paths *out, const char *folder, struct err *e);
void rules_paths_add(struct rules_paths *out, const char *path);
void rules_paths_free(struct rules_paths *p);

/*
 * The law of "law" and an office's own of "own" (NULL or not there: none),
 * checked.  Freed by rules_free().
 *
 * RC_ABSENT	there is no law at all
 * RC_INVALID	as rules_add() and rules_check(): the first problem
 */
enum rc rules_load(
    struct rules **out, const char *law, const char *own, struct err *e);

#endif
