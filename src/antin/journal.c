/* SPDX-License-Identifier: EUPL-1.2 */
/* antin journal: what a station has written down, and proofs of it
 * (docs/journal.md). */
#include "antin/journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/lang.h"
#include "core/time.h"
#include "core/utf8.h"
#include "file/file.h"
#include "journal/note.h"

#define SHOWN 500u /* entries at the most, where nothing is said */

/* ---- showing --------------------------------------------------------------
 */

/* docs/registry.md 6.6: who, and what he did. */
static void
print_user(const json_t *row)
{
	static const char *const user_did[] = { "by this administrator",
		"signed in", "signed out", "signed out by time",
		"wrong tries, has to wait", "new codes",
		"new codes, by an administrator" };
	const int64_t code = row_int(row, "code");

	(void)printf(": ");
	utf8_print(stdout, bytes_str(row_text(row, "text")));
	if (code >= 0 &&
	    code < (int64_t)(sizeof(user_did) / sizeof(user_did[0])))
		(void)printf(": %s", tr(user_did[code]));
}

void
journal_print(const json_t *row, unsigned kind)
{
	char when[TIME_TEXT], id[SHORT_ID] = "";
	const char *whom = row_text(row, "desk");

	row_time(when, row, "at");
	if (row_text(row, "id")[0] != '\0' &&
	    strspn(row_text(row, "id"), "0-") < strlen(row_text(row, "id")))
		row_short(id, row);
	if (whom[0] == '\0')
		whom = row_text(row, "station");
	if (kind == ENTRY_VIEWED || kind == ENTRY_REGISTER) /* who, or which */
		whom = row_text(row, "text");
	(void)printf(
	    "%8" PRId64 "  %s  %-8s  ", row_int(row, "number"), when, id);
	utf8_print(stdout, bytes_str(entry_says(kind)));
	if (whom[0] != '\0') {
		(void)printf(": ");
		utf8_print(stdout, bytes_str(whom));
	}
	if (kind == ENTRY_USER && row_text(row, "text")[0] != '\0')
		print_user(row);
	if (json_is_true(json_object_get(row, "destroyed")))
		say(" (what it said was destroyed)");
	(void)putchar('\n');
}

static enum rc
show_one(
    struct talk *t, uint64_t number, json_t *rows, bool print, struct err *e)
{
	struct journal_walk w = { .fd = t->fd, .next = number };
	struct bytes bytes, opening;
	struct entry entry;
	json_t *row;
	enum rc rc;

	rc = journal_walk_next(&w, &bytes, &entry, &opening, e);
	if (rc == RC_OK) {
		row = journal_row(number, &entry, opening);
		if (print)
			journal_print(row, entry.kind);
		(void)json_array_append_new(rows, row);
	}
	buf_free(&w.piece);
	return rc;
}

static enum rc
show_of(struct talk *t, const struct id *id, json_t *rows, bool print,
    struct err *e)
{
	json_t *request = json_object();
	struct buf numbers = { 0 };
	struct rd r;
	uint64_t total;
	enum rc rc;

	show_id(request, "id", id);
	rc = journal_ask(
	    t->fd, CONTROL_JOURNAL_OF, request, &numbers, &total, NULL, e);
	r = rd_init(buf_bytes(&numbers));
	while (rc == RC_OK && r.in.len >= 8)
		rc = show_one(t, rd_u64(&r), rows, print, e);
	buf_free(&numbers);
	return rc;
}

static enum rc
show_range(struct talk *t, uint64_t from, uint64_t most, json_t *rows,
    bool print, struct err *e)
{
	struct journal_walk w = { .fd = t->fd, .next = from };
	struct bytes bytes, opening;
	struct entry entry;
	struct buf none;
	json_t *row;
	enum rc rc;

	/* how many there are */
	rc = journal_ask_at(
	    t->fd, CONTROL_JOURNAL_PULL, INT64_MAX, &none, &w.total, e);
	buf_free(&none);
	while (rc == RC_OK && w.next < w.total && most-- > 0) {
		rc = journal_walk_next(&w, &bytes, &entry, &opening, e);
		if (rc != RC_OK)
			break;
		row = journal_row(w.next - 1, &entry, opening);
		if (print)
			journal_print(row, entry.kind);
		(void)json_array_append_new(rows, row);
	}
	buf_free(&w.piece);
	return rc;
}

static enum rc
journal_show(const struct args *a, struct err *e)
{
	uint64_t from = 0, most = SHOWN;
	json_t *rows = json_array();
	const bool print = !arg_given(a, "json");
	struct talk t = { .fd = -1 };
	struct id id;
	enum rc rc;

	if ((rc = arg_number(&from, a, "from", 0, INT64_MAX, e)) != RC_OK ||
	    (rc = arg_number(&most, a, "max", 1, UINT32_MAX, e)) != RC_OK ||
	    (rc = talk_open(&t, a, e)) != RC_OK)
		goto out;
	if (a->rest_count == 0)
		rc = show_range(&t, from, most, rows, print, e);
	else if (id_parse(&id, bytes_str(a->rest[0])))
		rc = show_of(&t, &id, rows, print, e);
	else
		rc = fail(e, RC_USAGE, "\"%s\" is no dispatch id", a->rest[0]);
	if (rc == RC_OK && !print) {
		rows_show(rows);
		rows = NULL;
	}
out:
	json_decref(rows);
	talk_close(&t);
	return rc;
}

static const struct opt show_opts[] = {
	{ "from", "N", "from this entry on (default: 0)", false },
	{ "max", "N", "so many at the most (default: 500)", false },
	OPT_STATION,
	OPT_JSON,
	OPT_END,
};
const struct cmd cmd_journal_show = {
	.name = "journal show",
	.args = "[ID]",
	.does = "Show what the station has written down, or what of it is "
		"about a dispatch.",
	.opts = show_opts,
	.least = 0,
	.most = 1,
	.run = journal_show,
};

/* ---- a checkpoint, a proof ------------------------------------------------
 */

static enum rc
put(const struct args *a, struct bytes bytes, struct err *e)
{
	const char *out = arg(a, "out");

	if (out != NULL)
		return file_write(out, bytes, 0644, arg_given(a, "force"), e);
	if (fwrite(bytes.p, 1, bytes.len, stdout) != bytes.len)
		return fail_io(e, "standard output cannot be written");
	return RC_OK;
}

static enum rc
checkpoint(const struct args *a, struct err *e)
{
	struct buf note = { 0 }, tool = { 0 }, key = { 0 };
	struct talk t = { .fd = -1 };
	struct note n;
	uint64_t size;
	enum rc rc;

	if ((rc = talk_open(&t, a, e)) != RC_OK ||
	    (rc = journal_ask(t.fd, CONTROL_JOURNAL_CHECKPOINT, json_object(),
		 &note, &size, &tool, e)) != RC_OK ||
	    (rc = note_read_journal(&n, buf_bytes(&note), e)) != RC_OK)
		goto out;
	if (arg_given(a, "key")) {
		note_vkey(&key, &n.checkpoint.log, buf_bytes(&tool));
		buf_u8(&key, '\n');
	}
	rc = put(a, key.len > 0 ? buf_bytes(&key) : buf_bytes(&note), e);
out:
	buf_free(&note);
	buf_free(&tool);
	buf_free(&key);
	talk_close(&t);
	return rc;
}

#define OPT_OUT                                                                \
	{                                                                      \
		"out", "FILE", "write it to FILE", false                       \
	}
static const struct opt checkpoint_opts[] = {
	OPT_OUT,
	OPT_FORCE,
	{ "key", NULL, "print the key by which other tools check it instead",
	    false },
	OPT_STATION,
	OPT_END,
};
const struct cmd cmd_journal_checkpoint = {
	.name = "journal checkpoint",
	.args = "",
	.does = "Have the station sign what its journal is now.",
	.opts = checkpoint_opts,
	.least = 0,
	.most = 0,
	.run = checkpoint,
};

/* The number of an entry: itself, or that of a dispatch's acceptance. */
static enum rc
number_of(struct talk *t, const char *word, uint64_t *out, struct err *e)
{
	json_t *request;
	struct buf numbers = { 0 };
	struct id id;
	struct rd r;
	char *end;
	enum rc rc;

	*out = strtoull(word, &end, 10);
	if (word[0] >= '0' && word[0] <= '9' && *end == '\0' &&
	    strlen(word) < 19)
		return RC_OK;
	if (!id_parse(&id, bytes_str(word)))
		return fail(e, RC_USAGE,
		    "\"%s\" is neither the number of an entry nor a dispatch "
		    "id",
		    word);
	request = json_object();
	show_id(request, "id", &id);
	rc = journal_ask(
	    t->fd, CONTROL_JOURNAL_OF, request, &numbers, out, NULL, e);
	r = rd_init(buf_bytes(&numbers));
	*out = rd_u64(&r);
	if (rc == RC_OK && r.bad)
		rc = fail(e, RC_ABSENT,
		    "the journal has no entry about this dispatch");
	buf_free(&numbers);
	return rc;
}

static enum rc
prove(const struct args *a, struct err *e)
{
	struct talk t = { .fd = -1 };
	struct buf proof = { 0 };
	uint64_t number, total;
	enum rc rc;

	if ((rc = talk_open(&t, a, e)) == RC_OK &&
	    (rc = number_of(&t, a->rest[0], &number, e)) == RC_OK &&
	    (rc = journal_ask_at(t.fd, CONTROL_JOURNAL_PROVE, number, &proof,
		 &total, e)) == RC_OK)
		rc = put(a, buf_bytes(&proof), e);
	buf_free(&proof);
	talk_close(&t);
	return rc;
}

static const struct opt prove_opts[] = {
	OPT_OUT,
	OPT_FORCE,
	OPT_STATION,
	OPT_END,
};
const struct cmd cmd_journal_prove = {
	.name = "journal prove",
	.args = "NUMBER|ID",
	.does = "Prove that an entry is in the station's journal, or that of a "
		"dispatch's acceptance.",
	.opts = prove_opts,
	.least = 1,
	.most = 1,
	.run = prove,
};
