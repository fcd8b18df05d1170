/* SPDX-License-Identifier: EUPL-1.2 */
/* Files of the law, for the store (docs/registry.md 7.1). */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antind/parent.h"
#include "file/file.h"
#include "file/rules_file.h"

void
law_free(struct law_file *files, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		buf_free(&files[i].text);
	free(files);
}

static int
is_law(const struct dirent *d)
{
	const size_t n = strlen(d->d_name);

	return d->d_name[0] != '.' && n > 6 && n < 200 &&
	       strcmp(d->d_name + n - 6, ".rules") == 0;
}

static enum rc
one_read(struct law_file *files, size_t *count, const char *folder,
    const char *name, struct err *e)
{
	struct law_file *f = &files[*count];
	char path[4500];
	enum rc rc;

	if (*count == PARENT_RULES)
		return fail(e, RC_LIMIT,
		    "%s: a station has at most %u files of rules", folder,
		    PARENT_RULES);
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	(void)snprintf(f->name, sizeof(f->name), "%s", name);
	rc = file_read(&f->text, path, MSG_RULES_FILE, e);
	if (rc == RC_OK)
		++*count;
	return rc;
}

/* In the order of their names; the folder need not be there. */
static enum rc
folder_read(
    struct law_file *files, size_t *count, const char *folder, struct err *e)
{
	struct dirent **list;
	int i, n = scandir(folder, &list, is_law, alphasort);
	enum rc rc = RC_OK;

	if (n < 0 && errno == ENOENT)
		return RC_OK;
	if (n < 0)
		return fail_io(e, "%s", folder);
	for (i = 0; i < n; i++) {
		if (rc == RC_OK)
			rc = one_read(files, count, folder, list[i]->d_name, e);
		free(list[i]);
	}
	free(list);
	return rc;
}

enum rc
law_read(
    struct law_file **out, size_t *count, const struct setup *s, struct err *e)
{
	char folder[PATH_MAX];
	enum rc rc;

	*count = 0;
	*out = alloc(PARENT_RULES, sizeof(**out));
	rules_folder(folder, NULL);
	rc = folder_read(*out, count, folder, e);
	(void)snprintf(folder, sizeof(folder), "%.4000s/rules", s->data);
	if (rc == RC_OK)
		rc = folder_read(*out, count, folder, e);
	return rc;
}
