/* SPDX-License-Identifier: EUPL-1.2 */
#include "file/rules_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/vec.h"

#define INSTALLED "/../share/antin/rules"

void
rules_folder(char out[static PATH_MAX], const char *given)
{
	char self[PATH_MAX], *slash;
	ssize_t n;

	if (given == NULL)
		given = getenv("ANTIN_RULES");
	if (given != NULL && given[0] != '\0') {
		(void)snprintf(out, PATH_MAX, "%s", given);
		return;
	}
	n = readlink("/proc/self/exe", self, sizeof(self) - sizeof(INSTALLED));
	self[n < 0 ? 0 : n] = '\0';
	slash = strrchr(self, '/');
	if (slash != NULL)
		*slash = '\0';
	(void)snprintf(out, PATH_MAX, "%.*s%s",
	    PATH_MAX - (int)sizeof(INSTALLED), self, INSTALLED);
}

static int
is_rules(const struct dirent *d)
{
	const size_t n = strlen(d->d_name), suffix = sizeof(RULES_SUFFIX) - 1;

	return d->d_name[0] != '.' && n > suffix &&
	       strcmp(d->d_name + n - suffix, RULES_SUFFIX) == 0;
}

/* One that can be told, backed up and restored everywhere. */
static enum rc
check_name(const char *folder, const char *name, struct err *e)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";

	if (strspn(name, good) == strlen(name) && strlen(name) <= 100)
		return RC_OK;
	return fail(e, RC_INVALID,
	    "%s/%s: name a file of rules by at most 100 small letters without "
	    "diacritics, digits, hyphens and dots",
	    folder, name);
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void
keep_path(struct rules_paths *out, char *path)
{
	out->paths = vec_more(out->paths, out->count, sizeof(char *));
	out->paths[out->count++] = path;
}

void
rules_paths_add(struct rules_paths *out, const char *path)
{
	char *copy = strdup(path);

	if (copy == NULL)
		bug("no memory");
	keep_path(out, copy);
}

enum rc
rules_paths(struct rules_paths *out, const char *folder, struct err *e)
{
	struct dirent **entries = NULL;
	int n = scandir(folder, &entries, is_rules, by_name), i;
	enum rc rc = RC_OK;
	char *path;

	if (n < 0 && (errno == ENOENT || errno == ENOTDIR))
		return fail(e, RC_ABSENT, "there is no folder %s", folder);
	if (n < 0)
		return fail_io(e, "%s cannot be read", folder);
	if (out->count + (size_t)n > RULES_FILES_MAX)
		rc = fail(e, RC_LIMIT,
		    "%s: more than %u files of rules: leave some away", folder,
		    RULES_FILES_MAX);
	for (i = 0; i < n; i++) {
		if (rc == RC_OK)
			rc = check_name(folder, entries[i]->d_name, e);
		if (rc == RC_OK) {
			if (asprintf(
				&path, "%s/%s", folder, entries[i]->d_name) < 0)
				bug("no memory");
			keep_path(out, path);
		}
		free(entries[i]);
	}
	free(entries);
	return rc;
}

void
rules_paths_free(struct rules_paths *p)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		free(p->paths[i]);
	free(p->paths);
	*p = (struct rules_paths){ 0 };
}

static enum rc
add_paths(struct rules *r, const struct rules_paths *p, bool own, struct err *e)
{
	struct buf text;
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; rc == RC_OK && i < p->count; i++) {
		rc = file_read(&text, p->paths[i], RULES_FILE_MAX, e);
		if (rc != RC_OK)
			break;
		rc = rules_add(
		    r, bytes_str(p->paths[i]), buf_bytes(&text), own, e);
		buf_free(&text);
	}
	return rc;
}

enum rc
rules_load(struct rules **out, const char *law, const char *own, struct err *e)
{
	struct rules_paths laws = { 0 }, owns = { 0 };
	struct rules *r = rules_new();
	enum rc rc;

	*out = NULL;
	rc = rules_paths(&laws, law, e);
	if (rc == RC_OK && laws.count == 0)
		rc = fail(e, RC_ABSENT, "%s has no files of rules", law);
	if (rc == RC_OK && own != NULL) {
		rc = rules_paths(&owns, own, e);
		if (rc == RC_ABSENT)
			rc = RC_OK;
	}
	if (rc != RC_OK || (rc = add_paths(r, &laws, false, e)) != RC_OK ||
	    (rc = add_paths(r, &owns, true, e)) != RC_OK ||
	    (rc = rules_check(r, e)) != RC_OK)
		goto out;

	*out = r;
	r = NULL;
out:
	rules_free(r);
	rules_paths_free(&laws);
	rules_paths_free(&owns);
	return rc;
}
