/* SPDX-License-Identifier: EUPL-1.2 */
#include "antin/tree.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/lang.h"
#include "core/time.h"
#include "core/utf8.h"
#include "file/directory_file.h"

#define ALARMS_SAID 20 /* on a screen */

bool
tree_given(const struct args *a)
{
	struct err none;
	const char *path;

	return tree_path(&path, a, &none) == RC_OK;
}

enum rc
tree_path(const char **out, const struct args *a, struct err *e)
{
	*out = arg(a, "directory");
	if (*out == NULL)
		*out = getenv("ANTIN_DIRECTORY");
	if (*out == NULL || **out == '\0')
		return fail(e, RC_USAGE,
		    "--directory is wanted: the directory file, or its name in "
		    "ANTIN_DIRECTORY");
	return RC_OK;
}

enum rc
tree_read(struct directory **out, const struct args *a, struct err *e)
{
	const char *path;
	enum rc rc;

	*out = NULL;
	if ((rc = tree_path(&path, a, e)) != RC_OK)
		return rc;
	rc = directory_read(out, path, true, e);
	/* one that was carried here has no marks, and is looked into as well */
	if (rc == RC_INVALID)
		rc = directory_read(out, path, false, e);
	if (rc != RC_OK || (*out)->state.unit_count > 0)
		return rc;
	directory_free(*out);
	*out = NULL;
	return fail(e, RC_ABSENT, "%s: nobody is in it", path);
}

enum rc
tree_open(struct tree *out, const struct args *a, struct err *e)
{
	enum rc rc;

	*out = (struct tree){ .at = time_now() };
	if ((rc = arg_time(&out->at, a, "at", e)) != RC_OK)
		return rc;
	return tree_read(&out->directory, a, e);
}

void
tree_close(struct tree *t)
{
	directory_free(t->directory);
	*t = (struct tree){ 0 };
}

struct bytes
tree_name(const struct directory *d, size_t unit, size_t holder, int64_t t)
{
	return holder == NONE ? unit_name(&d->state.units[unit], t)
			      : holder_name(&d->state.holders[holder], t);
}

void
date_write(char out[static TIME_TEXT], int64_t t)
{
	time_write_vn(out, t);
	out[10] = '\0'; /* the clock behind the date */
}

/* ---- keys
 * ------------------------------------------------------------------ */

bool
keys_warn(enum keys k)
{
	return k >= KEYS_ENDING;
}

static const char *
keys_word(enum keys k)
{
	switch (k) {
	case KEYS_GOOD:
		return tr("keys until");
	case KEYS_ENDING:
		return tr("KEYS END ON");
	case KEYS_ENDED:
		return tr("KEYS ENDED ON");
	case KEYS_REVOKED:
		return tr("KEYS REVOKED ON");
	case KEYS_NONE:
		break;
	}
	return tr("no keys");
}

void
keys_write(char out[static KEYS_TEXT], enum keys k, int64_t until)
{
	char day[TIME_TEXT] = "";

	if (k != KEYS_NONE)
		date_write(day, until);
	(void)snprintf(out, KEYS_TEXT, "%s%s%s", keys_word(k),
	    k == KEYS_NONE ? "" : " ", day);
}

/* ---- alarms
 * ---------------------------------------------------------------- */

size_t
alarm_unit(const struct directory *d, const struct alarm *a)
{
	if (a->unit != NONE)
		return a->unit;
	return a->log < d->log_count ? d->logs[a->log].unit : NONE;
}

void
alarms_say(const struct directory *d, size_t n)
{
	const struct state *s = &d->state;
	const size_t first = n;

	for (; n < s->alarm_count && n - first < ALARMS_SAID; n++) {
		(void)printf("!!! %s: ", tr("ALARM"));
		utf8_print(stdout, s->alarms[n].text);
		(void)putchar('\n');
	}
	if (n < s->alarm_count)
		say("!!! ... and %zu more: antin directory show --json\n",
		    s->alarm_count - n);
}
