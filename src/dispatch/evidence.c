/* SPDX-License-Identifier: EUPL-1.2 */
#include "dispatch/evidence.h"

#include <inttypes.h>
#include <string.h>

#include "dispatch/package.h"
#include "dispatch/route.h"

#include "envelope/address.h"
#include "pki/journal.h"
#include "pki/path.h"
#include "pki/resolve.h"

#define VERSION 1
#define DIRECTORY_BYTES EVIDENCE_MAX

/* ---- writing (docs/evidence.md 2) ----------------------------------------
 */

bool
evidence_is(struct bytes file)
{
	static const uint8_t next[] = { DER_INTEGER, 1, VERSION, DER_TIME };
	size_t head;

	if (file.len < EVIDENCE_FIRST || file.p[0] != EVIDENCE_TAG)
		return false;
	head = file.p[1] < 0x80 ? 2 : 2 + (size_t)(file.p[1] & 0x7f);
	return head + sizeof(next) <= EVIDENCE_FIRST &&
	       memcmp(file.p + head, next, sizeof(next)) == 0;
}

static void
put_list(struct der_wr *w, struct bytes elements)
{
	der_put_open(w, DER_SEQUENCE);
	der_put_raw(w, elements);
	der_put_close(w);
}

void
evidence_write(struct buf *out, const struct evidence *v)
{
	struct der_wr w = { 0 };

	der_put_open(&w, EVIDENCE_TAG);
	der_put_uint(&w, VERSION);
	der_put_time(&w, v->at);
	der_put(&w, DER_IA5, v->station);
	der_put_octets(&w, v->directory);
	der_put_octets(&w, v->envelope);
	put_list(&w, v->batches);
	der_put_octets(&w, v->checkpoint);
	put_list(&w, v->entries);
	der_put_close(&w);
	*out = w.out;
}

void
evidence_add(struct buf *entries, const struct evidence_entry *entry)
{
	struct der_wr w = { 0 };

	der_put_open(&w, DER_SEQUENCE);
	der_put_uint(&w, entry->number);
	der_put_octets(&w, entry->entry);
	der_put_octets(&w, entry->opening);
	der_put_octets(&w, entry->proof);
	der_put_close(&w);
	buf_add(entries, buf_bytes(&w.out));
	der_wr_free(&w);
}

/* ---- reading --------------------------------------------------------------
 */

/* A list's elements, as they stand; each is a SEQUENCE. */
static struct bytes
take_list(struct der *d, size_t most)
{
	const uint8_t *start;
	struct bytes out;
	size_t n = 0;

	der_open(d, DER_SEQUENCE);
	start = d->at;
	while (der_more(d) && n++ < most)
		(void)der_raw(d, DER_SEQUENCE);
	out = bytes_of(start, (size_t)(d->at - start));
	der_close(d);
	return d->why == NULL ? out : (struct bytes){ 0 };
}

enum rc
evidence_read(struct evidence *out, struct bytes in, struct err *e)
{
	struct evidence v = { 0 };
	struct der d = der_init(in);
	enum rc rc;

	*out = v;
	if (in.len > EVIDENCE_MAX)
		return fail(e, RC_LIMIT,
		    "docs/evidence.md 2.2: a file of %zu bytes, at most %u",
		    in.len, EVIDENCE_MAX);
	der_open(&d, EVIDENCE_TAG);
	if (der_uint(&d, 255) != VERSION)
		der_fault(&d, "a version that this program does not know");
	v.at = der_time(&d);
	v.station = der_ia5(&d, LIMIT_ADDRESS);
	v.directory = der_octets(&d, 0, DIRECTORY_BYTES);
	v.envelope = der_octets(&d, 1, ENVELOPE_MAX);
	v.batches = take_list(&d, EVIDENCE_BATCHES);
	v.checkpoint = der_octets(&d, 0, NOTE_MAX);
	v.entries = take_list(&d, EVIDENCE_ENTRIES);
	der_close(&d);
	if (d.why == NULL && !address_is_station(v.station))
		der_fault(&d, "the address of a station is wanted");
	if ((rc = der_end(&d, "docs/evidence.md 2: evidence", e)) == RC_OK)
		*out = v;
	return rc;
}

/* ---- what holds -----------------------------------------------------------
 */

enum rc
evidence_about(struct evidence_of *out, const struct evidence *v, struct err *e)
{
	struct envelope env;
	enum rc rc = envelope_parse(&env, v->envelope, e);

	*out = (struct evidence_of){ 0 };
	if (rc != RC_OK)
		return rc;
	out->header = env.header;
	package_digest(out->digest, &env);
	return RC_OK;
}

/* docs/evidence.md 3.2: the batch holds, whoever may say what. */
static enum rc
check_batch(const struct batch *b, struct directory *d, struct err *e)
{
	struct known_signer who;

	if (!resolve_signer(d, tag_bytes(&b->signer.tag),
		bytes_of(b->signer.cert, SHA256_SIZE), &who))
		return fail(e, RC_ABSENT,
		    "the directory knows no certificate of %.*s by which it "
		    "could have signed",
		    (int)b->signer.address.len,
		    (const char *)b->signer.address.p);
	if (!bytes_eq(who.address, b->signer.address))
		return fail(e, RC_DENIED,
		    "signed with the key of %.*s in the name of %.*s",
		    (int)who.address.len, (const char *)who.address.p,
		    (int)b->signer.address.len,
		    (const char *)b->signer.address.p);
	return batch_verify(b, &who, e);
}

/* The desk was one of the station with this address. */
static bool
is_desk_of(
    struct directory *d, struct bytes desk, struct bytes station, int64_t t)
{
	char address[LIMIT_ADDRESS + 1];
	size_t unit = unit_by_host(&d->state, address_host(desk), t);

	unit = unit == NONE ? NONE : station_of(d, unit, t);
	return unit != NONE && address_of(d, unit, NONE, t, address) &&
	       bytes_is(station, address);
}

/* docs/evidence.md 3.3: it is about this dispatch, and its signer's to say. */
static enum rc
check_said(const struct statement *s, struct bytes signer,
    const struct evidence_of *of, struct directory *d, struct err *e)
{
	const bool desk = address_is_desk(signer);
	bool his = statement_by_desk(s->kind) == desk;

	if (!statement_is_of(s, &of->header, of->digest))
		return fail(e, RC_DENIED,
		    "docs/evidence.md 3.3: it is about another dispatch");
	if (s->kind <= STATEMENT_REFUSED)
		his = his && bytes_eq(s->desk, signer);
	else if (desk)
		his = his && is_desk_of(d, signer, s->origin, s->at);
	else if (s->kind == STATEMENT_INQUIRY)
		his = his && bytes_eq(s->origin, signer);
	return his ? RC_OK
		   : fail(e, RC_DENIED,
			 "docs/evidence.md 3.3: it is not for %.*s to say",
			 (int)signer.len, (const char *)signer.p);
}

static void
say_batch(struct bytes bytes, const struct evidence_of *of, struct directory *d,
    void (*each)(void *ctx, const struct evidence_said *s), void *ctx)
{
	struct evidence_said said = { 0 };
	struct batch b;
	struct err e, why;
	enum rc rc;
	size_t i;

	said.e = &e;
	if ((said.rc = batch_read(&b, bytes, &e)) != RC_OK) {
		each(ctx, &said);
		return;
	}
	said.signer = b.signer.address;
	said.signed_at = b.at;
	said.own_clock = b.own_clock;
	rc = check_batch(&b, d, &why);
	for (i = 0; i < b.log.count; i++) {
		if (b.log.items[i].entry.p == NULL)
			continue;
		said.rc =
		    statement_read(&said.statement, b.log.items[i].entry, &e);
		if (said.rc == RC_OK && rc != RC_OK) {
			said.rc = rc;
			e = why;
		} else if (said.rc == RC_OK) {
			said.rc = check_said(
			    &said.statement, b.signer.address, of, d, &e);
		}
		each(ctx, &said);
	}
	batch_free(&b);
}

void
evidence_statements(const struct evidence *v, const struct evidence_of *of,
    struct directory *d, void (*each)(void *ctx, const struct evidence_said *s),
    void *ctx)
{
	struct bytes rest = v->batches, one;

	while (notice_next(&rest, &one))
		say_batch(one, of, d, each, ctx);
}

/* ---- the journal (docs/evidence.md 3.5) -----------------------------------
 */

enum rc
evidence_log(struct evidence_log *out, const struct evidence *v,
    struct directory *d, struct err *e)
{
	struct err why;

	*out = (struct evidence_log){ 0 };
	if (v->checkpoint.len == 0)
		return fail(
		    e, RC_ABSENT, "no checkpoint of a journal is in it");
	if (note_read_journal(&out->note, v->checkpoint, e) != RC_OK)
		return e->rc;
	out->signed_here = journal_counts(d, &out->note, &why) == RC_OK;
	out->countersigned = journal_witness(d, &out->note) != NONE;
	return RC_OK;
}

/* Entries of this kind name a dispatch. */
static bool
entry_names(unsigned kind)
{
	const enum entry_field *f = entry_fields(kind);

	while (*f != FIELD_NONE && *f != FIELD_DIGEST)
		f++;
	return *f == FIELD_DIGEST;
}

static enum rc
check_entry(struct evidence_told *t, const struct evidence_entry *x,
    const struct note *note, const struct evidence_of *of, struct err *e)
{
	const struct checkpoint *c = &note->checkpoint;
	struct node leaf, proof[MERKLE_PROOF];
	const unsigned len = (unsigned)(x->proof.len / SHA256_SIZE);
	enum rc rc = entry_read(&t->entry, x->entry, e);

	if (rc != RC_OK)
		return rc;
	memcpy(proof, x->proof.p, x->proof.len);
	merkle_leaf(&leaf, x->entry);
	if (x->number >= c->size ||
	    !merkle_check(&leaf, x->number, c->size, proof, len, &c->root))
		return fail(e, RC_DENIED,
		    "docs/evidence.md 3.5: entry %" PRIu64
		    " is not in the journal of the checkpoint",
		    x->number);
	if (x->opening.len == 0)
		return RC_OK;
	if (!entry_holds(&t->entry, x->opening))
		return fail(e, RC_DENIED,
		    "docs/evidence.md 3.5: what entry %" PRIu64
		    " is said to be about is not what it was made of",
		    x->number);
	t->open =
	    entry_data_read(&t->data, t->entry.kind, x->opening, e) == RC_OK;
	if (t->open && entry_names(t->entry.kind) &&
	    (!id_eq(&t->data.id, &of->header.id) ||
		memcmp(t->data.digest, of->digest, SHA256_SIZE) != 0))
		return fail(e, RC_DENIED,
		    "docs/evidence.md 3.5: entry %" PRIu64
		    " is about another dispatch",
		    x->number);
	return RC_OK;
}

void
evidence_entries(const struct evidence *v, const struct evidence_of *of,
    const struct note *note,
    void (*each)(void *ctx, const struct evidence_told *t), void *ctx)
{
	struct bytes rest = v->entries, one;
	struct evidence_told t;
	struct evidence_entry x;
	struct der d;
	struct err e;

	while (notice_next(&rest, &one)) {
		t = (struct evidence_told){ .e = &e };
		d = der_init(one);
		der_open(&d, DER_SEQUENCE);
		x.number = der_uint(&d, INT64_MAX);
		x.entry = der_octets(&d, ENTRY_SIZE, ENTRY_SIZE);
		x.opening = der_octets(&d, 0, ENTRY_OPENING);
		x.proof = der_octets(&d, 0, MERKLE_PROOF * SHA256_SIZE);
		der_close(&d);
		if (d.why == NULL && x.proof.len % SHA256_SIZE != 0)
			der_fault(&d, "whole hashes are wanted");
		t.number = x.number;
		t.rc = der_end(&d, "docs/evidence.md 2.4: an entry", &e);
		if (t.rc == RC_OK)
			t.rc = check_entry(&t, &x, note, of, &e);
		each(ctx, &t);
	}
}
