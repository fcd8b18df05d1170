/* SPDX-License-Identifier: EUPL-1.2 */
/* Files of the law, for the store (docs/registry.md 7.1). */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antind/parent.h"
#include "file/file.h"
#include "file/rules_file.h"

_Static_assert(MSG_RULES_FILE == RULES_FILE_MAX, "a file of rules");

void
law_free(struct law_file *files, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		buf_free(&files[i].text);
		free(files[i].name);
	}
	free(files);
}

static enum rc
one_read(struct law_file *f, const char *path, bool own, struct err *e)
{
	const char *slash = strrchr(path, '/');

	f->own = own;
	f->name = strdup(slash == NULL ? path : slash + 1);
	if (f->name == NULL)
		bug("no memory");
	return file_read(&f->text, path, RULES_FILE_MAX, e);
}

/* What is in the station's own folder is an office's, whatever it calls
 * itself. */
static enum rc
all_read(struct law_file *files, const struct rules_paths *paths, size_t own,
    struct err *e)
{
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; i < paths->count && rc == RC_OK; i++)
		rc = one_read(&files[i], paths->paths[i], i >= own, e);
	return rc;
}

enum rc
law_read(
    struct law_file **out, size_t *count, const struct setup *s, struct err *e)
{
	struct rules_paths paths = { 0 };
	char folder[PATH_MAX];
	size_t own;
	enum rc rc;

	*out = NULL;
	*count = 0;
	rules_folder(folder, NULL);
	if ((rc = rules_paths(&paths, folder, e)) != RC_OK)
		goto out;
	own = paths.count;
	(void)snprintf(
	    folder, sizeof(folder), "%.4000s/" RULES_OWN_DIR, s->data);
	rc = rules_paths(&paths, folder, e);
	if (rc != RC_OK && rc != RC_ABSENT)
		goto out;
	*count = paths.count;
	*out = alloc(paths.count + 1, sizeof(**out));
	rc = all_read(*out, &paths, own, e);
out:
	rules_paths_free(&paths);
	return rc;
}
