/* SPDX-License-Identifier: EUPL-1.2 */
/* antin evidence, and what antin verify says of the file it writes
 * (docs/evidence.md). */
#include <stdio.h>
#include <string.h>

#include "antin/evidence.h"
#include "antin/talk.h"
#include "antin/tree.h"
#include "core/lang.h"
#include "core/time.h"
#include "dispatch/evidence.h"
#include "file/file.h"

static enum rc
evidence(const struct args *a, struct err *e)
{
	struct buf file = { 0 };
	const char *out;
	struct talk t;
	struct id id;
	enum rc rc;

	if ((rc = arg_must(&out, a, "out", e)) != RC_OK)
		return rc;
	rc = talk_open(&t, a, e);
	if (rc == RC_OK && (rc = talk_dispatch(&t, a, &id, e)) == RC_OK &&
	    (rc = talk_ask(&t, CONTROL_JOURNAL_CHECKPOINT, NULL, NULL, NULL,
		 e)) == RC_OK &&
	    (rc = talk_take(
		 &file, &t, CONTROL_EVIDENCE, &id, EVIDENCE_MAX, e)) == RC_OK)
		rc = file_write(
		    out, buf_bytes(&file), 0644, arg_given(a, "force"), e);
	if (rc == RC_OK)
		say("Written: %s. Whoever has a directory under the same root "
		    "checks it: antin verify %s\n",
		    out, out);
	talk_close(&t);
	buf_free(&file);
	return rc;
}

static const struct opt opts[] = {
	{ "out", "FILE", "the file to write", false },
	OPT_FORCE,
	OPT_DESK,
	OPT_STATION,
	OPT_PASSPHRASE,
	OPT_END,
};
const struct cmd cmd_evidence = {
	.name = "evidence",
	.args = "ID",
	.does = "Write all that the station can prove of a dispatch into a "
		"file, for years to come: the dispatch as it was sealed, "
		"receipts, its journal, and the certificates to check them "
		"by.",
	.opts = opts,
	.least = 1,
	.most = 1,
	.run = evidence,
};

/* ---- checking
 * ------------------------------------------------------------------------ */

bool
evidence_looks(const char *path)
{
	uint8_t first[EVIDENCE_FIRST];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		return false;
	n = fread(first, 1, sizeof(first), f);
	(void)fclose(f);
	return evidence_is(bytes_of(first, n));
}

struct checking {
	json_t *list;
	size_t good, bad;
};

/* Whether it holds, and if not, why. */
static void
show_holds(json_t *to, struct checking *c, enum rc rc, const struct err *e)
{
	show_bool(to, "holds", rc == RC_OK);
	if (rc != RC_OK)
		show_word(to, "why", e->text);
	c->good += rc == RC_OK;
	c->bad += rc != RC_OK;
}

static void
show_statement(void *ctx, const struct evidence_said *s)
{
	struct checking *c = ctx;
	json_t *one = show_item(c->list);
	const struct statement *x = &s->statement;
	const char *code;

	if (x->kind != 0) {
		show_word(one, "statement", statement_word(x->kind));
		show_time(one, "at", x->at);
		code = statement_code(x->kind, x->code);
		if (code != NULL)
			show_word(one, "code", code);
		if (x->desk.len > 0)
			show_text(one, "desk", x->desk);
		if (x->station.len > 0)
			show_text(one, "station", x->station);
	}
	show_text(one, "signer", s->signer);
	show_time(one, "signed_at", s->signed_at);
	show_holds(one, c, s->rc, s->e);
}

static void
show_entry(void *ctx, const struct evidence_told *t)
{
	struct checking *c = ctx;
	json_t *one = show_item(c->list);
	const char *word = entry_word(t->entry.kind);

	show_number(one, "number", t->number);
	if (t->rc == RC_OK) {
		show_word(one, "entry", word == NULL ? "unknown" : word);
		show_time(one, "at", t->entry.at);
		if (t->open && t->data.desk.len > 0)
			show_text(one, "desk", t->data.desk);
		if (t->open && t->data.station.len > 0)
			show_text(one, "station", t->data.station);
	}
	show_holds(one, c, t->rc, t->e);
}

static void
show_journal(json_t *root, struct checking *c, const struct evidence *v,
    const struct evidence_of *of, struct directory *d)
{
	json_t *journal;
	struct evidence_log log;
	struct err e;
	enum rc rc = evidence_log(&log, v, d, &e);

	if (rc == RC_ABSENT)
		return;
	journal = show_object(root, "journal");
	if (rc == RC_OK && !log.signed_here)
		rc = fail(&e, RC_DENIED,
		    "no station that the directory knows has signed the "
		    "checkpoint");
	if (rc == RC_OK) {
		show_number(journal, "size", log.note.checkpoint.size);
		show_time(journal, "at", log.note.checkpoint.at);
		show_bool(journal, "countersigned", log.countersigned);
	}
	show_holds(journal, c, rc, &e);
	if (rc != RC_OK)
		return;
	c->list = show_array(journal, "entries");
	evidence_entries(v, of, &log.note, show_entry, c);
}

/* ---- for a person
 * ---------------------------------------------------------------------- */

static const char *
sign_of(const json_t *row)
{
	return json_is_true(json_object_get(row, "holds")) ? "✓" : "✗";
}

static void
time_of(char text[static TIME_TEXT], const json_t *row, const char *key)
{
	int64_t t;

	text[0] = '\0';
	if (time_parse(&t, bytes_str(row_text(row, key))))
		time_write_vn(text, t);
}

/* Why it does not hold, below it. */
static void
print_why(const json_t *row)
{
	if (row_text(row, "why")[0] == '\0')
		return;
	(void)printf("  ");
	say("why: %s\n", row_text(row, "why"));
}

/* A sign, when, who, and what; then whatever does not hold, and why. */
static void
print_list(
    const json_t *list, const char *who, const char *(*what)(const json_t *row))
{
	struct table t = { .columns = 4 };
	char text[TIME_TEXT];
	const json_t *row;
	size_t i;

	json_array_foreach(list, i, row)
	{
		time_of(text, row, "at");
		table_add(&t, sign_of(row));
		table_add(&t, text);
		table_add(&t, row_text(row, who));
		table_add(&t, what(row));
	}
	table_print(&t);
	json_array_foreach(list, i, row) print_why(row);
}

static const char *
statement_name(const json_t *row)
{
	return state_name(row_text(row, "statement"));
}

static const char *
entry_name(const json_t *row)
{
	unsigned kind;

	for (kind = 1; kind < ENTRY_KINDS; kind++)
		if (entry_word(kind) != NULL &&
		    strcmp(entry_word(kind), row_text(row, "entry")) == 0)
			return entry_says(kind);
	return row_text(row, "entry");
}

static void
print_journal(const json_t *journal)
{
	char at[TIME_TEXT];

	if (journal == NULL)
		return;
	time_of(at, journal, "at");
	say("%s Its journal: %lld entries on %s\n", sign_of(journal),
	    (long long)row_int(journal, "size"), at);
	if (json_is_true(json_object_get(journal, "countersigned"))) {
		(void)printf("  ");
		say("seen and signed by the station above it\n");
	}
	print_why(journal);
	print_list(json_object_get(journal, "entries"), "desk", entry_name);
}

static void
print_evidence(const json_t *root)
{
	char at[TIME_TEXT];

	say("Dispatch %s of %s, number %lld\n", row_text(root, "id"),
	    row_text(root, "origin"), (long long)row_int(root, "serial"));
	time_of(at, root, "written_at");
	say("Written by %s on %s\n", row_text(root, "written_by"), at);
	print_list(
	    json_object_get(root, "statements"), "signer", statement_name);
	print_journal(json_object_get(root, "journal"));
}

/* ---- all of it
 * ------------------------------------------------------------------------- */

static void
show_about(json_t *root, const struct evidence *v, const struct evidence_of *of)
{
	show_id(root, "id", &of->header.id);
	show_text(root, "origin", of->header.origin);
	show_number(root, "incarnation", of->header.incarnation);
	show_number(root, "serial", of->header.serial);
	show_hex(root, "digest", bytes_of(of->digest, SHA256_SIZE));
	show_text(root, "written_by", v->station);
	show_time(root, "written_at", v->at);
}

/* Its directory counts as far as it is under the root that is trusted, and with
 * all that is known here besides: a later revocation, for one. */
static enum rc
join_directory(struct directory *d, const struct evidence *v, struct err *e)
{
	struct buf copy = { 0 };
	struct applied did;
	enum rc rc;

	buf_add(&copy, v->directory);
	rc = directory_apply(d, &copy, &did, e);
	return rc == RC_OK ? rc : fail_at(e, "the directory in it");
}

enum rc
evidence_verify(const struct args *a, struct err *e)
{
	struct checking c = { 0 };
	struct buf file = { 0 };
	struct evidence_of of;
	struct evidence v;
	struct tree t = { 0 };
	json_t *root;
	enum rc rc;

	if ((rc = file_read(&file, a->rest[0], EVIDENCE_MAX, e)) != RC_OK ||
	    (rc = evidence_read(&v, buf_bytes(&file), e)) != RC_OK ||
	    (rc = evidence_about(&of, &v, e)) != RC_OK ||
	    (rc = tree_open(&t, a, e)) != RC_OK ||
	    (rc = join_directory(t.directory, &v, e)) != RC_OK)
		goto out;
	root = json_object();
	show_about(root, &v, &of);
	c.list = show_array(root, "statements");
	evidence_statements(&v, &of, t.directory, show_statement, &c);
	show_journal(root, &c, &v, &of, t.directory);
	if (arg_given(a, "json")) {
		show(root, true);
	} else {
		print_evidence(root);
		json_decref(root);
	}
	if (c.bad > 0)
		rc = fail(e, RC_DENIED,
		    "%zu of %zu things that it says do not hold", c.bad,
		    c.bad + c.good);
out:
	tree_close(&t);
	buf_free(&file);
	return rc;
}
