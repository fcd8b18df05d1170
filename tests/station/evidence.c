/* SPDX-License-Identifier: EUPL-1.2 */
/* Evidence files: what holds is said to, and nothing else ever is
 * (docs/evidence.md 3). */
#include "ledger.h"

#include "dispatch/evidence.h"
#include "pki/journal.h"

static struct country land;
static struct seat *centre, *below, *other;
static struct ledger ledger;
static struct ledger_entry *sent;
static struct evidence_of of;

/* ---- made by hand ---------------------------------------------------------
 */

static struct statement
said_of(enum statement_kind kind, const char *desk)
{
	struct statement s = { .kind = kind,
		.id = sent->id,
		.origin = bytes_str(centre->address),
		.incarnation = of.header.incarnation,
		.serial = of.header.serial,
		.at = land.t.now,
		.since = TIME_NEVER };

	memcpy(s.digest, of.digest, SHA256_SIZE);
	if (desk != NULL)
		s.desk = bytes_str(desk);
	return s;
}

static struct batch_signer
signer_of(const struct identity *by, const char *address)
{
	const struct signer s = identity_signer(by);
	struct batch_signer out = { .address = bytes_str(address),
		.tag = s.tag };

	memcpy(out.cert, s.cert, SHA256_SIZE);
	return out;
}

/* One statement, by that key in that name. */
static void
add_batch(struct buf *to, const struct statement *s, const struct identity *by,
    const char *address, int64_t at)
{
	const struct batch_signer who = signer_of(by, address);
	struct der_wr w = { 0 }, b = { 0 };
	struct buf head;
	struct log l;

	statement_write(&w, s);
	batch_sign(&head, &who, buf_bytes(&w.out), at, false, by->sig);
	batch_log(&l, buf_bytes(&w.out));
	batch_write(&b, buf_bytes(&head), &l, NULL, NULL);
	buf_add(to, buf_bytes(&b.out));
	log_free(&l);
	buf_free(&head);
	der_wr_free(&w);
	der_wr_free(&b);
}

/* A journal of three entries, of which the second is about the dispatch. */
static void
add_journal(struct evidence *v, struct buf *entries, struct buf *note)
{
	static uint8_t text[3][ENTRY_SIZE];
	struct entry_data d = { .id = sent->id,
		.origin = bytes_str(centre->address),
		.incarnation = of.header.incarnation,
		.serial = of.header.serial,
		.desk = bytes_str(below->desk_address) };
	const uint8_t salt[ENTRY_SALT] = { 7 };
	struct checkpoint c = {
		.size = 3, .at = land.t.now, .journal = true, .incarnation = 1
	};
	struct node leaves[3], proof[MERKLE_PROOF];
	struct evidence_entry x;
	struct buf opening = { 0 }, lines = { 0 };
	struct entry e;
	unsigned i, len;

	memcpy(d.digest, of.digest, SHA256_SIZE);
	for (i = 0; i < 3; i++) {
		buf_free(&opening);
		e = (struct entry){ .kind = ENTRY_DELIVERED, .at = c.at };
		d.serial = of.header.serial + (i != 1);
		entry_open(&opening, e.kind, &d, salt);
		entry_commit(&e, buf_bytes(&opening));
		entry_write(text[i], &e);
		merkle_leaf(&leaves[i], bytes_of(text[i], ENTRY_SIZE));
	}
	buf_free(&opening);
	d.serial = of.header.serial;
	entry_open(&opening, ENTRY_DELIVERED, &d, salt);
	merkle_root_of(&c.root, leaves, 3);
	len = merkle_prove(proof, leaves, 3, 1);
	x = (struct evidence_entry){ 1, bytes_of(text[1], ENTRY_SIZE),
		buf_bytes(&opening), bytes_of(proof[0].b, len * SHA256_SIZE) };
	evidence_add(entries, &x);
	c.log = tree_uid(below->unit);
	note_begin(note, &c);
	buf_add(&lines, bytes_of(note->p, note->len - 1));
	note_line(
	    note, buf_bytes(&lines), NOTE_STATION, &c.log, below->station.sig);
	buf_free(&lines);
	v->checkpoint = buf_bytes(note);
	v->entries = buf_bytes(entries);
	buf_free(&opening);
}

/* ---- what is found --------------------------------------------------------
 */

struct seen {
	unsigned good, bad, entries, wrong;
	bool logged;
	enum rc rc;
};

static void
on_said(void *ctx, const struct evidence_said *s)
{
	struct seen *f = ctx;

	f->good += s->rc == RC_OK;
	f->bad += s->rc != RC_OK;
	f->rc = s->rc;
}

static void
on_told(void *ctx, const struct evidence_told *t)
{
	struct seen *f = ctx;

	f->entries += t->rc == RC_OK && t->open;
	f->wrong += t->rc != RC_OK;
}

static struct seen
look(struct bytes file)
{
	struct seen f = { 0 };
	struct evidence_of about;
	struct evidence_log log;
	struct evidence v;
	struct err e;

	if (evidence_read(&v, file, &e) != RC_OK ||
	    evidence_about(&about, &v, &e) != RC_OK)
		return f;
	evidence_statements(&v, &about, land.t.d, on_said, &f);
	if (evidence_log(&log, &v, land.t.d, &e) == RC_OK) {
		f.logged = log.signed_here;
		evidence_entries(&v, &about, &log.note, on_told, &f);
	}
	return f;
}

/* With this one batch. */
static struct seen
with(const struct statement *s, const struct identity *by, const char *address,
    int64_t at)
{
	struct evidence v = { .at = land.t.now,
		.station = bytes_str(below->address),
		.envelope = bytes_of(sent->package.p, sent->envelope) };
	struct buf batch = { 0 }, file;
	struct seen f;

	add_batch(&batch, s, by, address, at);
	v.batches = buf_bytes(&batch);
	evidence_write(&file, &v);
	f = look(buf_bytes(&file));
	buf_free(&file);
	buf_free(&batch);
	return f;
}

/* ---- the tests -------------------------------------------------------------
 */

static void
whoever_may_say_it_is_believed(void)
{
	const char *desk = below->desk_address;
	const int64_t now = land.t.now;
	struct statement s = said_of(STATEMENT_ARRIVED, desk);
	struct seen f;

	is(with(&s, &below->desk, desk, now).good, 1,
	    "an addressee's desk says that it arrived");
	f = with(&s, &other->desk, desk, now);
	ok(f.good == 0 && f.bad == 1, "nobody signs in its name");
	f = with(&s, &other->desk, other->desk_address, now);
	ok(f.good == 0 && f.bad == 1, "nor about it in his own");
	f = with(&s, &below->station, below->address, now);
	ok(f.good == 0 && f.bad == 1, "not even its station does");
	f = with(&s, &below->desk, desk, now + YEARS(20));
	ok(f.good == 0 && f.rc == RC_EXPIRED,
	    "what was signed after its certificate ended is not believed");
	s.digest[3] ^= 1;
	f = with(&s, &below->desk, desk, now);
	ok(f.good == 0 && f.bad == 1, "of another content it says nothing");
	s = said_of(STATEMENT_CUSTODY, NULL);
	is(with(&s, &below->station, below->address, now).good, 1,
	    "a station says that it has taken it over");
	f = with(&s, &below->desk, desk, now);
	ok(f.good == 0 && f.bad == 1, "a desk does not");
	s = said_of(STATEMENT_RECALL, NULL);
	is(with(&s, &centre->desk, centre->desk_address, now).good, 1,
	    "a desk of its origin recalls it");
	f = with(&s, &below->desk, desk, now);
	ok(f.good == 0 && f.bad == 1, "another's does not");
}

static void
a_whole_file(struct buf *file)
{
	struct statement s = said_of(STATEMENT_OPENED, below->desk_address);
	struct evidence v = { .at = land.t.now,
		.station = bytes_str(below->address),
		.directory = bytes_str("x"),
		.envelope = bytes_of(sent->package.p, sent->envelope) };
	struct buf batch = { 0 }, entries = { 0 }, note = { 0 };

	add_batch(&batch, &s, &below->desk, below->desk_address, land.t.now);
	v.batches = buf_bytes(&batch);
	add_journal(&v, &entries, &note);
	evidence_write(file, &v);
	buf_free(&batch);
	buf_free(&entries);
	buf_free(&note);
}

static void
no_flipped_bit_is_believed(void)
{
	struct seen f, was;
	struct buf file;
	struct err e;
	size_t at, missed = 0, first;

	a_whole_file(&file);
	was = look(buf_bytes(&file));
	ok(was.good == 1 && was.bad == 0 && was.logged && was.entries == 1 &&
		was.wrong == 0,
	    "a receipt, a checkpoint and an entry hold");
	ok(evidence_is(buf_bytes(&file)), "it begins as evidence does");
	/* behind the envelope, of which the slips are in no digest */
	first = file.len - 12500;
	for (at = first; at < file.len; at += 3) {
		file.p[at] ^= (uint8_t)(1u << at % 8);
		f = look(buf_bytes(&file));
		missed += f.good == was.good && f.bad == was.bad &&
			  f.logged == was.logged && f.entries == was.entries &&
			  f.wrong == was.wrong;
		file.p[at] ^= (uint8_t)(1u << at % 8);
	}
	is(missed, 0, "no flipped bit of what is signed is missed");
	for (at = 0, missed = 0; at < file.len; at += 97)
		missed += look(bytes_of(file.p, at)).good > 0;
	is(missed, 0, "a file that is cut off says nothing");
	if (getenv("ANTIN_KEEP") != NULL) /* a seed for the fuzzer */
		must(file_write(getenv("ANTIN_KEEP"), buf_bytes(&file), 0644,
			 true, &e),
		    &e);
	buf_free(&file);
}

int
main(void)
{
	struct envelope env;
	struct err e;

	country_begin(&land);
	centre = country_seat(&land, NULL, "vn");
	below = country_seat(&land, centre, "dien-bien");
	other = country_seat(&land, centre, "lai-chau");
	ledger_begin(&ledger, &land);
	sent = ledger_make(&ledger, 0, 2, 900, PRECEDENCE_KHAN);
	must(
	    envelope_parse(&env, bytes_of(sent->package.p, sent->envelope), &e),
	    &e);
	of.header = env.header;
	package_digest(of.digest, &env);
	whoever_may_say_it_is_believed();
	no_flipped_bit_is_believed();
	country_end(&land);
	return done();
}
