/* SPDX-License-Identifier: EUPL-1.2 */
/* antin journal verify: whether a journal is what was signed
 * (docs/journal.md). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antin/journal.h"
#include "antin/tree.h"
#include "core/base64.h"
#include "core/lang.h"
#include "core/time.h"
#include "core/vec.h"
#include "file/file.h"
#include "journal/proof.h"
#include "pki/directory.h"
#include "pki/journal.h"

/* ---- checking -------------------------------------------------------------
 */

/* Who has to have signed: a station that the directory knows, or a key. */
struct judge {
	struct directory *directory; /* owned */
	const char *key;
};

static enum rc
judge_make(struct judge *j, const struct args *a, struct err *e)
{
	j->directory = NULL;
	j->key = arg(a, "key");
	return j->key != NULL ? RC_OK : tree_read(&j->directory, a, e);
}

static void
judge_free(struct judge *j)
{
	directory_free(j->directory);
}

/* "name+id+base64": what note_vkey() writes. */
static enum rc
by_key(const char *key, const struct note *n, struct err *e)
{
	const char *at = strchr(key, '+');
	struct buf bytes = { 0 }, again = { 0 };
	struct sig_pub *pub = NULL;
	bool holds;

	at = at == NULL ? NULL : strchr(at + 1, '+');
	if (at != NULL && base64_parse(&bytes, bytes_str(at + 1)) &&
	    bytes.len == 33)
		pub = sig_pub_of(
		    sig_by_name("Ed25519"), bytes_of(bytes.p + 1, 32));
	if (pub != NULL)
		note_vkey(&again, &n->checkpoint.log, sig_pub_bytes(pub));
	holds = pub != NULL && bytes_is(buf_bytes(&again), key) &&
		note_has(n, NOTE_TOOL, &n->checkpoint.log, pub);
	sig_pub_free(pub);
	buf_free(&bytes);
	buf_free(&again);
	return holds ? RC_OK
		     : fail(e, RC_DENIED,
			   "the checkpoint is not signed by that key");
}

static enum rc
judge_note(const struct judge *j, const struct note *n, struct err *e)
{
	return j->key != NULL ? by_key(j->key, n, e)
			      : journal_counts(j->directory, n, e);
}

static bool
is_witnessed(const struct judge *j, const struct note *n)
{
	return j->directory != NULL && journal_witness(j->directory, n) != NONE;
}

static enum rc
verify_file(const struct args *a, const struct judge *j, struct err *e)
{
	struct proof_file p = { 0 };
	struct buf file = { 0 };
	char when[TIME_TEXT];
	json_t *row = NULL;
	struct note n;
	enum rc rc;

	rc = file_read(&file, a->rest[0], PROOF_MAX, e);
	if (rc != RC_OK)
		return rc;
	rc = note_read_journal(&n, buf_bytes(&file), e);
	if (rc != RC_OK) { /* then it is a proof */
		if ((rc = proof_read(&p, buf_bytes(&file), e)) != RC_OK ||
		    (rc = proof_check(&p, e)) != RC_OK)
			goto out;
		n = p.note;
		row = journal_row(p.number, &p.entry, buf_bytes(&p.opening));
	}
	if ((rc = judge_note(j, &n, e)) != RC_OK)
		goto out;
	if (row == NULL)
		row = json_object();
	show_number(row, "size", n.checkpoint.size);
	show_bool(row, "witnessed", is_witnessed(j, &n));
	(void)json_object_set_new(
	    row, "signed_at", json_integer(n.checkpoint.at));
	if (arg_given(a, "json")) {
		json_t *rows = json_array();

		(void)json_array_append(rows, row);
		rows_show(rows);
		goto out;
	}
	row_time(when, row, "signed_at");
	say("The checkpoint holds: %" PRIu64 " entries, %s\n",
	    n.checkpoint.size, when);
	if (row_is(row, "entry")) {
		say("The entry is in it:\n");
		journal_print(row, p.entry.kind);
	}
out:
	json_decref(row);
	proof_free(&p);
	buf_free(&file);
	return rc;
}

/* A checkpoint that was kept, or that somebody has. */
struct kept {
	uint64_t size;
	struct node root;
};

struct whole {
	struct kept *kept; /* owned; when all are there by size */
	size_t count;
	size_t next; /* of those that are still to be compared */
	uint64_t size, destroyed, witnessed, lives;
};

static enum rc
take_note(
    struct whole *x, const struct judge *j, struct bytes bytes, struct err *e)
{
	struct note n;
	enum rc rc;

	if ((rc = note_read_journal(&n, bytes, e)) != RC_OK ||
	    (rc = judge_note(j, &n, e)) != RC_OK)
		return rc;
	x->kept = vec_more(x->kept, x->count, sizeof(*x->kept));
	x->kept[x->count++] =
	    (struct kept){ n.checkpoint.size, n.checkpoint.root };
	x->witnessed += is_witnessed(j, &n);
	if (n.checkpoint.size > x->size)
		x->size = n.checkpoint.size;
	return RC_OK;
}

static enum rc
take_notes(struct whole *x, struct talk *t, const struct args *a,
    const struct judge *j, struct err *e)
{
	const char *since = arg(a, "since");
	uint64_t size = 0;
	struct buf note;
	enum rc rc;

	rc = journal_ask(t->fd, CONTROL_JOURNAL_CHECKPOINT, json_object(),
	    &note, &size, NULL, e);
	if (rc == RC_OK)
		rc = take_note(x, j, buf_bytes(&note), e);
	buf_free(&note);
	for (size = 0; rc == RC_OK; size++) {
		rc = journal_ask_at(
		    t->fd, CONTROL_JOURNAL_KEPT, size, &note, &size, e);
		if (rc == RC_OK)
			rc = take_note(x, j, buf_bytes(&note), e);
		buf_free(&note);
	}
	if (rc != RC_ABSENT || x->count == 0)
		return rc;
	if (since == NULL)
		return RC_OK;
	rc = file_read(&note, since, NOTE_MAX, e);
	if (rc == RC_OK)
		rc = take_note(x, j, buf_bytes(&note), e);
	buf_free(&note);
	return rc;
}

static int
by_size(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	return x->size < y->size ? -1 : x->size > y->size;
}

/* The journal of so many entries is that of each checkpoint of this size: those
 * of smaller ones were compared before. */
static enum rc
compare(struct whole *x, const struct journal_sum *sum, struct err *e)
{
	enum rc rc = RC_OK;

	while (rc == RC_OK && x->next < x->count &&
	       x->kept[x->next].size == sum->tree.size)
		rc = journal_sum_is(sum, &x->kept[x->next++].root, e);
	return rc;
}

static enum rc
walk_all(struct whole *x, struct talk *t, struct err *e)
{
	struct journal_walk w = { .fd = t->fd };
	struct journal_sum sum = { 0 };
	enum rc rc;

	qsort(x->kept, x->count, sizeof(*x->kept), by_size);
	rc = compare(x, &sum, e);
	while (rc == RC_OK && sum.tree.size < x->size) {
		rc = journal_sum_add(&sum, &w, e);
		if (rc == RC_OK)
			rc = compare(x, &sum, e);
	}
	if (rc == RC_OK && x->next < x->count)
		bug("a checkpoint that was compared with nothing");
	x->destroyed = sum.destroyed;
	x->lives = sum.lives;
	buf_free(&w.piece);
	return rc;
}

static enum rc
verify_whole(const struct args *a, const struct judge *j, struct err *e)
{
	struct talk t = { .fd = -1 };
	struct whole x = { 0 };
	json_t *rows, *row;
	enum rc rc;

	if ((rc = talk_open(&t, a, e)) != RC_OK ||
	    (rc = take_notes(&x, &t, a, j, e)) != RC_OK ||
	    (rc = walk_all(&x, &t, e)) != RC_OK)
		goto out;
	if (arg_given(a, "json")) {
		rows = json_array();
		row = show_item(rows);
		show_word(row, "row", "journal");
		show_number(row, "entries", x.size);
		show_number(row, "destroyed", x.destroyed);
		show_number(row, "checkpoints", x.count);
		show_number(row, "witnessed", x.witnessed);
		show_number(row, "reborn", x.lives);
		rows_show(rows);
		goto out;
	}
	say("The journal holds: %" PRIu64 " entries, each in its place\n",
	    x.size);
	if (x.destroyed > 0)
		say("What %" PRIu64 " of them said was destroyed.\n",
		    x.destroyed);
	say("Checkpoints: %zu, of which %" PRIu64 " were seen by the parent\n",
	    x.count, x.witnessed);
	if (x.lives > 0)
		say("The station was rolled back to an old copy %" PRIu64
		    " times: antin journal gaps shows what is missing.\n",
		    x.lives);
out:
	free(x.kept);
	talk_close(&t);
	return rc;
}

static enum rc
journal_verify(const struct args *a, struct err *e)
{
	struct judge j;
	enum rc rc = judge_make(&j, a, e);

	if (rc == RC_OK)
		rc = a->rest_count > 0 ? verify_file(a, &j, e)
				       : verify_whole(a, &j, e);
	judge_free(&j);
	return rc;
}

static const struct opt verify_opts[] = {
	OPT_DIRECTORY,
	{ "key", "KEY",
	    "whose signature is wanted, as antin journal checkpoint --key "
	    "prints it (default: what the directory says)",
	    false },
	{ "since", "FILE",
	    "an older checkpoint that the journal has to continue", false },
	OPT_STATION,
	OPT_JSON,
	OPT_END,
};
const struct cmd cmd_journal_verify = {
	.name = "journal verify",
	.args = "[FILE]",
	.does = "Check all of the station's journal against its checkpoints, "
		"or a proof or checkpoint in a file.",
	.opts = verify_opts,
	.least = 0,
	.most = 1,
	.run = journal_verify,
};
