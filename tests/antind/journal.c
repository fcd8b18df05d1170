/* SPDX-License-Identifier: EUPL-1.2 */
/* What the store writes down of what it decides, its checkpoints, and that it
 * does not start on a journal that is another (docs/journal.md). */
#include <sqlite3.h>

#include "stage.h"

#include "crypto/suite.h"
#include "journal/entry.h"
#include "journal/note.h"
#include "journal/proof.h"
#include "pki/journal.h"

/* ---- asking ---------------------------------------------------------------
 */

static struct heard
asked(struct stage *s, enum journal_ask what, uint64_t at)
{
	const struct msg_journal m = { .what = what, .at = at };

	say_to(s->control, MSG_JOURNAL, 7, &m, -1);
	return expect(s->control, MSG_JOURNAL_IS);
}

/* The words of the entries from one on; each opening is its entry's. */
static const char *
written(struct stage *s, uint64_t from)
{
	static char words[2000];
	struct heard h = asked(s, JOURNAL_PULL, from);
	struct bytes entry, opening;
	struct entry x;
	struct err e;
	struct rd r;
	size_t len;

	words[0] = '\0';
	r = rd_init(h.m.body.journal_is.bytes);
	while (r.in.len > 0 && !r.bad) {
		entry = rd_bytes(&r, ENTRY_SIZE);
		len = (size_t)rd_u8(&r) << 8;
		len |= rd_u8(&r);
		opening = rd_bytes(&r, len);
		if (entry_read(&x, entry, &e) != RC_OK ||
		    !entry_holds(&x, opening))
			bug("an entry that does not hold");
		len = strlen(words);
		(void)snprintf(words + len, sizeof(words) - len, "%s ",
		    entry_word(x.kind));
	}
	heard_free(&h);
	return words;
}

static uint64_t
how_many(struct stage *s)
{
	struct heard h = asked(s, JOURNAL_PULL, INT64_MAX);
	uint64_t total = h.m.body.journal_is.total;

	heard_free(&h);
	return total;
}

static bool
writes(struct stage *s, uint64_t from, const char *want, const char *name)
{
	const char *got = written(s, from);

	return ok(strcmp(got, want) == 0, "%s", name) || (note("%s", got), 0);
}

/* ---- what is written ------------------------------------------------------
 */

static void
decisions_are_entries(struct stage *s)
{
	const struct seat *const here[] = { s->own }, *const on[] = {
		s->kid[1]
	};
	struct msg_mark mark = { .desk = bytes_str(s->own->desk_address),
		.state = DELIVERY_OPENED };
	struct made in, through;
	struct heard h;
	uint64_t n;
	int i;

	make(&in, s->kid[0], 50, here, 1, 0);
	make(&through, s->kid[0], 51, on, 1, 0);
	ok(stage_start(s), "the store runs");
	writes(s, 0, "started named ", "a journal begins with the start");
	n = how_many(s);
	ok(stage_line(s, 1, s->kid[0]), "a child comes");
	is(offer(s, 1, 1, &in, 1), ACK_STORED, "with one for a desk here");
	writes(s, n, "admitted accepted delivered ", "all of that is written");
	n = how_many(s);
	is(offer(s, 1, 2, &through, 1), ACK_STORED, "and one for elsewhere");
	writes(s, n, "accepted ", "what is relayed costs one entry");
	is(offer(s, 1, 3, &through, 1), ACK_KNOWN, "the same again is known");
	writes(s, n, "accepted ", "and is no decision");
	n = how_many(s);
	mark.id = in.id;
	for (i = 0; i < 2; i++) {
		say_to(s->control, MSG_MARK, 8, &mark, -1);
		h = expect(s->control, MSG_DONE);
		heard_free(&h);
	}
	writes(s, n, "opened ", "a desk opens it once");
	through.envelope.p[through.envelope.len - 1] ^= 1;
	n = how_many(s);
	(void)offer(s, 1, 4, &through, 1);
	ok(strcmp(written(s, n), "clash ") == 0 ||
		strcmp(written(s, n), "refused ") == 0,
	    "what is refused is written");
	is(stage_stop(s, 0), 0, "it stops");
	made_free(&in);
	made_free(&through);
}

static void
numbers_are_accounted_for(struct stage *s)
{
	const struct msg_desk desk = { .desk =
					   bytes_str(s->own->desk_address) };
	struct heard h;
	uint64_t n;
	int i;

	ok(stage_start(s), "the store runs");
	n = how_many(s);
	for (i = 0; i < 2; i++) {
		say_to(s->seal, MSG_NUMBER, 9, &desk, -1);
		h = expect(s->seal, MSG_NUMBERED);
		if (h.fd >= 0)
			(void)close(h.fd);
		h.fd = -1;
		heard_free(&h);
	}
	writes(s, n, "lost ", "a number that was not used is lost");
	is(stage_stop(s, SIGKILL), 256 + SIGKILL, "it is killed");
	ok(stage_start(s), "it runs again");
	writes(s, n + 1, "started lost named ", "and so is the last one");
	is(stage_stop(s, 0), 0, "it stops");
}

/* ---- checkpoints ----------------------------------------------------------
 */

static struct buf
signed_by(const struct msg_note *ask, const struct sig_key *key)
{
	const struct checkpoint c = { .log = ask->unit,
		.size = ask->size,
		.root = ask->root,
		.at = ask->at,
		.journal = true,
		.incarnation = ask->incarnation };
	struct buf out, text = { 0 };

	note_begin(&out, &c);
	buf_add(&text, bytes_of(out.p, out.len - 1));
	note_line(&out, buf_bytes(&text), NOTE_STATION, &c.log, key);
	buf_free(&text);
	return out;
}

/* The next question of the store to keys is answered with a signature. */
static void
sign_next(struct stage *s, const struct sig_key *key)
{
	struct heard h = expect(s->keys, MSG_NOTE);
	struct buf note;

	if (h.fd == -2)
		bug("keys is not asked");
	note = signed_by(&h.m.body.note, key);
	say_to(s->keys, MSG_NOTED, h.m.job,
	    &(struct msg_noted){ .note = buf_bytes(&note) }, -1);
	buf_free(&note);
	heard_free(&h);
}

static void
checkpoints_are_made_when_asked(struct stage *s)
{
	const struct msg_journal of_note = { .what = JOURNAL_CHECKPOINT },
				 prove = { .what = JOURNAL_PROVE, .at = 3 };
	struct directory *d = NULL;
	struct applied did;
	struct bytes root;
	struct buf file = { 0 };
	struct proof_file p;
	struct note n;
	struct heard h;
	struct err e;

	ok(stage_start(s), "the store runs");
	is(said_of(s->keys, MSG_NOTE), 0, "nobody asks for a checkpoint");
	h = asked(s, JOURNAL_KEPT, 0);
	is(h.m.body.journal_is.rc, RC_ABSENT, "there is none");
	heard_free(&h);
	say_to(s->control, MSG_JOURNAL, 7, &of_note, -1);
	sign_next(s, s->own->station.sig);
	h = expect(s->control, MSG_JOURNAL_IS);
	buf_add(&file, buf_bytes(&s->c.t.file));
	ok(directory_root(&root, buf_bytes(&s->c.t.file), &e) == RC_OK &&
		directory_new(&d, root, &e) == RC_OK &&
		directory_apply(d, &file, &did, &e) == RC_OK,
	    "the directory is read");
	ok(h.m.body.journal_is.rc == RC_OK &&
		note_read_journal(&n, h.m.body.journal_is.bytes, &e) == RC_OK,
	    "it comes to who asked");
	went(journal_counts(d, &n, &e), &e, "and counts, by the directory");
	is(journal_witness(d, &n), NONE, "nobody has seen it yet");
	is(n.checkpoint.size, how_many(s), "it is of all entries");
	heard_free(&h);
	say_to(s->control, MSG_JOURNAL, 7, &prove, -1);
	sign_next(s, s->own->station.sig);
	h = expect(s->control, MSG_JOURNAL_IS);
	ok(proof_read(&p, h.m.body.journal_is.bytes, &e) == RC_OK &&
		proof_check(&p, &e) == RC_OK && p.number == 3,
	    "an entry is proved");
	proof_free(&p);
	heard_free(&h);
	say_to(s->control, MSG_JOURNAL, 7, &of_note, -1);
	sign_next(s, s->kid[0]->station.sig);
	h = expect(s->control, MSG_JOURNAL_IS);
	if (note_read_journal(&n, h.m.body.journal_is.bytes, &e) != RC_OK)
		bug(e.text);
	is(journal_counts(d, &n, &e), RC_DENIED,
	    "by another station's key it does not count");
	heard_free(&h);
	say_to(s->control, MSG_JOURNAL, 7, &of_note, -1);
	sign_next(s, s->own->station.sig);
	h = expect(s->control, MSG_JOURNAL_IS);
	heard_free(&h);
	is(stage_stop(s, 0), 0, "it stops");
	directory_free(d);
	buf_free(&file);
}

/* ---- another journal ------------------------------------------------------
 */

static void
sql(const struct stage *s, const char *text)
{
	char path[PATH + 32], *why = NULL;
	sqlite3 *db;

	(void)snprintf(path, sizeof(path), "%s/store/store.db", s->data);
	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
		bug(why != NULL ? why : "sqlite3_open");
	if (sqlite3_close(db) != SQLITE_OK)
		bug("sqlite3_close");
}

static void
copy(const struct stage *s, const char *from, const char *to)
{
	char command[3 * PATH];

	(void)snprintf(command, sizeof(command), "cp %s/store/%s %s/store/%s",
	    s->data, from, s->data, to);
	if (system(command) != 0)
		bug("cp");
}

static void
no_start_on_another_journal(struct stage *s)
{
	/* of the newest checkpoint's size, one more is "stopped" */
	static const struct {
		const char *what, *sql, *log;
	} rows[] = {
		{ "a rewritten entry",
		    "UPDATE journal SET entries = substr(entries, 1, 20) ||"
		    " x'ffee' || substr(entries, 23) WHERE first = 0",
		    "rewritten" },
		{ "an entry of another time",
		    "UPDATE journal SET entries = substr(entries, 1, 10) ||"
		    " x'00' || substr(entries, 12) WHERE first ="
		    " (SELECT max(first) FROM journal WHERE first < (SELECT"
		    "  max(size) FROM checkpoint))",
		    "rewritten" },
		{ "one that was cut off",
		    "DELETE FROM journal WHERE first >= 3", "cut off" },
		{ "one with a hole",
		    "DELETE FROM journal WHERE first ="
		    " (SELECT min(first) FROM journal WHERE"
		    "  first > 0)",
		    "damaged" },
		{ "another journal",
		    "UPDATE journal SET entries = zeroblob(length(entries))",
		    "rewritten" },
		{ "one without any entry", "DELETE FROM journal", "cut off" },
		{ "half an entry",
		    "UPDATE journal SET entries = substr(entries, 1, 40)"
		    " WHERE first = 0",
		    "damaged" },
		{ "an older checkpoint in the place of the newest",
		    "UPDATE checkpoint SET size = size - 1", "cut off" },
		{ "a checkpoint of another root",
		    "UPDATE checkpoint SET note = CAST(replace(CAST(note AS "
		    "TEXT), substr(CAST(note AS TEXT), instr(CAST(note AS "
		    "TEXT), '=') - 43, 4), 'AAAA') AS BLOB)",
		    "rewritten" },
		{ "a checkpoint that is none",
		    "UPDATE checkpoint SET note = x'00'", "five lines" },
	};
	size_t i;

	copy(s, "store.db", "kept.db");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		copy(s, "kept.db", "store.db");
		sql(s, rows[i].sql);
		ok(!stage_start(s), "on %s it does not start", rows[i].what);
		ok(was_logged(rows[i].log), "and says why");
		(void)actor_wait(&s->a);
		s->a.pid = 0;
		saids_forget();
		lines_end();
	}
	copy(s, "kept.db", "store.db");
	sql(s, "UPDATE checkpoint SET note = CAST(replace(CAST(note AS TEXT),"
	       " 'incarnation 1', 'incarnation 9') AS BLOB)");
	ok(stage_start(s), "a checkpoint that nobody signed is no reason");
	ok(was_logged("journal.unsigned"), "but it is said");
	is(stage_stop(s, 0), 0, "it stops");
	copy(s, "kept.db", "store.db");
	ok(stage_start(s), "on its own it starts");
	ok(!was_logged("journal.unsigned"), "and all is well");
	is(stage_stop(s, 0), 0, "it stops");
}

int
main(void)
{
	struct stage s;

	stage_make(&s);
	decisions_are_entries(&s);
	numbers_are_accounted_for(&s);
	checkpoints_are_made_when_asked(&s);
	no_start_on_another_journal(&s);
	stage_end(&s);
	return done();
}
