/* SPDX-License-Identifier: EUPL-1.2 */
/* antin media: dispatches carried as files (docs/media.md). */
#include <stdio.h>
#include <sys/stat.h>

#include "antin/media.h"
#include "core/lang.h"
#include "core/time.h"

/* ---- the commands
 * ------------------------------------------------------------------- */

static enum rc
begin(struct media *m, const struct args *a, struct err *e)
{
	*m = (struct media){ .a = a, .t = { .fd = -1 } };
	m->said = json_array();
	m->heard = json_object();
	if (a->rest_count > 0)
		m->folder = a->rest[0];
	return talk_open(&m->t, a, e);
}

static enum rc
end(struct media *m, enum rc rc)
{
	if (m->a != NULL && arg_given(m->a, "json") &&
	    json_array_size(m->said) > 0)
		rows_show(json_incref(m->said));
	json_decref(m->said);
	json_decref(m->known);
	json_decref(m->heard);
	talk_close(&m->t);
	return rc;
}

static enum rc
media_write(const struct args *a, struct err *e)
{
	struct media m;
	enum rc rc = begin(&m, a, e);

	if (rc == RC_OK)
		rc = media_write_all(&m, e);
	return end(&m, rc);
}

static enum rc
read_or_list(const struct args *a, enum control_what what, struct err *e)
{
	struct media m;
	struct stat st;
	enum rc rc = begin(&m, a, e);

	if (rc == RC_OK && stat(m.folder, &st) != 0)
		rc = fail_io(e, "%s cannot be read", m.folder);
	else if (rc == RC_OK && S_ISDIR(st.st_mode))
		rc = media_read_all(&m, what, e);
	else if (rc == RC_OK)
		rc = media_read_one(&m, what, m.folder, e);
	return end(&m, rc);
}

static enum rc
media_read(const struct args *a, struct err *e)
{
	return read_or_list(a, CONTROL_MEDIA_READ, e);
}

static enum rc
media_list(const struct args *a, struct err *e)
{
	return read_or_list(a, CONTROL_MEDIA_LOOK, e);
}

static enum rc
media_lost(const struct args *a, struct err *e)
{
	struct media m;
	uint64_t number;
	enum rc rc = talk_number(a->rest[0], &number, e);

	if (rc != RC_OK)
		return rc;
	rc = begin(&m, a, e);
	if (rc == RC_OK && (rc = media_note(&m, number, true, e)) == RC_OK)
		say("Bundle %llu is noted as lost. What was on it still waits: "
		    "antin media write DIR writes it again.\n",
		    (unsigned long long)number);
	return end(&m, rc);
}

/* ---- step by step
 * ------------------------------------------------------------------- */

static void
say_waiting(const json_t *rows)
{
	struct table t = { .columns = 4 };
	char text[24], when[TIME_TEXT], size[SIZE_TEXT];
	json_t *row;
	size_t i;

	table_add(&t, tr("Station"));
	table_add(&t, tr("Waits"));
	table_add(&t, tr("Size"));
	table_add(&t, tr("Last disk"));
	json_array_foreach(rows, i, row)
	{
		table_add(&t, row_text(row, "station"));
		(void)snprintf(text, sizeof(text), "%lld",
		    (long long)row_int(row, "messages"));
		table_add(&t, text);
		size_write(size, (uint64_t)row_int(row, "bytes"));
		table_add(&t, size);
		row_time(when, row, "last_at");
		table_add(&t, when);
	}
	table_print(&t);
}

/* No folder was given: what to do, in order. */
static enum rc
guide(struct media *m, struct err *e)
{
	json_t *rows = NULL;
	enum rc rc = talk_rows(&m->t, CONTROL_MEDIA, NULL, &rows, e);

	if (rc != RC_OK)
		return rc;
	say("What waits here to be carried:\n\n");
	say_waiting(rows);
	json_decref(rows);
	say("\nCarrying by disk, step by step:\n\n"
	    " 1. Put the disk in. Find its folder: lsblk shows it, for "
	    "example /media/usb.\n"
	    " 2. antin media /media/usb\n"
	    "    This reads what the disk brought, and then writes what it is "
	    "to take along.\n"
	    " 3. Read what the command says. Not all was written: take a "
	    "second disk, and antin media write --rest.\n"
	    " 4. umount /media/usb, and only then pull the disk out.\n"
	    " 5. Enter the numbers of the bundles and who carries them in the "
	    "delivery book.\n"
	    " 6. At the other station: the same steps. Nobody else can read "
	    "what is on the disk.\n"
	    " 7. When the disk comes back: the same steps. What was "
	    "acknowledged waits no more.\n\n"
	    "A disk is lost: antin media lost NUMBER, and write another; it "
	    "carries the same dispatches.\n");
	return RC_OK;
}

/* Read all, then write all: what could not be read was said, and what goes does
 * not suffer from it. */
static enum rc
carry(struct media *m, struct err *e)
{
	struct err bad = { 0 };
	enum rc rc, was;

	say("Step 1 of 2: reading what is in %s.\n", m->folder);
	was = media_read_all(m, CONTROL_MEDIA_READ, &bad);
	if (was == RC_ABSENT || (was == RC_DENIED && m->foreign > 0)) {
		say("There is nothing for this station in it.\n");
		was = RC_OK;
	}
	m->done = 0;
	say("Step 2 of 2: writing what it is to take along.\n");
	rc = media_write_all(m, e);
	if (rc == RC_ABSENT && m->done == 0) {
		say("Nothing waits to be carried.\n");
		rc = RC_OK;
	}
	if (rc == RC_OK)
		say("Done. Now: umount %s, and only then pull it out.\n",
		    m->folder);
	if (rc == RC_OK && was != RC_OK) {
		*e = bad;
		rc = was;
	}
	return rc;
}

static enum rc
media(const struct args *a, struct err *e)
{
	struct media m;
	enum rc rc = begin(&m, a, e);

	if (rc == RC_OK)
		rc = m.folder == NULL ? guide(&m, e) : carry(&m, e);
	return end(&m, rc);
}

#define OPT_SIZE                                                               \
	{                                                                      \
		"size", "BYTES", "no bundle is larger than this", false        \
	}

static const struct opt write_opts[] = {
	{ "for", "STATION", "only for this one: any station that is known here",
	    false },
	OPT_SIZE,
	{ "rest", NULL, "only what is on no disk yet", false },
	OPT_STATION,
	OPT_JSON,
	OPT_END,
};
const struct cmd cmd_media_write = {
	.name = "media write",
	.args = "DIR",
	.does = "Write what waits for other stations into a folder, a bundle "
		"each, to be carried there.",
	.opts = write_opts,
	.least = 1,
	.most = 1,
	.run = media_write,
};

static const struct opt read_opts[] = {
	{ "remove", NULL, "remove each bundle that was read to its end",
	    false },
	OPT_STATION,
	OPT_JSON,
	OPT_END,
};
const struct cmd cmd_media_read = {
	.name = "media read",
	.args = "DIR",
	.does = "Read the bundles in a folder, or one file, that are for this "
		"station.",
	.opts = read_opts,
	.least = 1,
	.most = 1,
	.run = media_read,
};

static const struct opt list_opts[] = { OPT_STATION, OPT_JSON, OPT_END };
const struct cmd cmd_media_list = {
	.name = "media list",
	.args = "DIR",
	.does = "Say which bundles lie in a folder, and take nothing.",
	.opts = list_opts,
	.least = 1,
	.most = 1,
	.run = media_list,
};

static const struct opt lost_opts[] = { OPT_STATION, OPT_END };
const struct cmd cmd_media_lost = {
	.name = "media lost",
	.args = "NUMBER",
	.does = "Note that a bundle written here will not arrive.",
	.opts = lost_opts,
	.least = 1,
	.most = 1,
	.run = media_lost,
};

static const struct opt media_opts[] = { OPT_SIZE, OPT_STATION, OPT_END };
const struct cmd cmd_media = {
	.name = "media",
	.args = "[DIR]",
	.does = "Carry dispatches by disk: read and then write a folder; "
		"without one, say what to do step by step.",
	.opts = media_opts,
	.least = 0,
	.most = 1,
	.run = media,
};
