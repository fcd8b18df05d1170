/* SPDX-License-Identifier: EUPL-1.2 */
/* All that this station can prove of one dispatch, as a file (docs/evidence.md
 * 4). */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/vec.h"
#include "dispatch/evidence.h"
#include "dispatch/package.h"
#include "pki/path.h"
#include "proc_store/notices.h"
#include "proc_store/tell.h"

struct making_evidence {
	struct stored of;  /* its origin borrows from "origin" */
	uint64_t *batches; /* owned; numbers that are in it */
	size_t batch_count;
	size_t *units; /* owned; of whom it speaks */
	size_t unit_count;
	struct buf envelope, said, entries, checkpoint, directory;
	uint64_t size;	 /* of the journal at the checkpoint */
	uint64_t *about; /* owned; numbers of entries */
	size_t about_count;
	char origin[LIMIT_ADDRESS + 1];
};

static void
making_end(struct making_evidence *mk)
{
	free(mk->batches);
	free(mk->units);
	free(mk->about);
	buf_free(&mk->envelope);
	buf_free(&mk->said);
	buf_free(&mk->entries);
	buf_free(&mk->checkpoint);
	buf_free(&mk->directory);
}

/* ---- the dispatch
 * -------------------------------------------------------------- */

static enum rc
take_envelope(struct making_evidence *mk, struct err *e)
{
	const struct stored *d = &mk->of;
	enum rc rc;
	int fd = -1;

	if (d->total <= STORE_INLINE)
		rc = st.store->ops->package(
		    st.store, d->n, d->copy, &mk->envelope, e);
	else if ((rc = large_open(&fd, d, e)) == RC_OK)
		rc = large_read(&mk->envelope, fd, d, e);
	if (fd >= 0)
		close(fd);
	if (rc != RC_OK)
		return fail(e, RC_ABSENT,
		    "this station passed the dispatch on, and has it no "
		    "longer: ask where it was sealed, or where it arrived");
	mk->envelope.len = (size_t)d->envelope;
	return RC_OK;
}

/* ---- who it speaks of
 * ---------------------------------------------------------- */

static void
add_unit(struct making_evidence *mk, struct bytes address)
{
	const size_t unit = unit_by_host(
	    &st.file.directory->state, address_host(address), station_now());
	size_t i;

	for (i = 0; i < mk->unit_count && mk->units[i] != unit; i++)
		;
	if (unit == NONE || i < mk->unit_count)
		return;
	mk->units = vec_more(mk->units, mk->unit_count, sizeof(*mk->units));
	mk->units[mk->unit_count++] = unit;
}

static bool
add_dest_unit(void *ctx, const struct dest *d)
{
	add_unit(ctx, d->address);
	return true;
}

static enum rc
take_units(struct making_evidence *mk, struct err *e)
{
	struct leg_list legs;
	size_t i;
	enum rc rc;

	add_unit(mk, bytes_str(mk->origin));
	add_unit(mk, bytes_str(st.address));
	rc = leg_list(&legs, mk->of.n, e);
	for (i = 0; i < legs.count && rc == RC_OK; i++)
		rc = st.store->ops->leg_dests(
		    st.store, legs.q[i], add_dest_unit, mk, e);
	free(legs.q);
	return rc;
}

/* ---- statements
 * ---------------------------------------------------------------- */

static bool
keep_ours(void *ctx, const struct log_item *item)
{
	const struct making_evidence *mk = ctx;
	struct statement s;
	struct err e;

	return statement_read(&s, item->entry, &e) == RC_OK &&
	       statement_is_of(&s, &mk->of.header, mk->of.digest);
}

/* A batch as it is kept says other things of other dispatches: they are
 * nobody's business here. */
static void
add_batch(struct making_evidence *mk, struct bytes bytes)
{
	struct batch b;
	struct err e;

	if (batch_read(&b, bytes, &e) != RC_OK)
		return;
	batch_cut(&mk->said, &b, keep_ours, mk);
	add_unit(mk, b.signer.address);
	batch_free(&b);
}

static bool
note_said(void *ctx, const struct saying *said)
{
	struct making_evidence *mk = ctx;
	size_t i;

	for (i = 0; i < mk->batch_count; i++)
		if (mk->batches[i] == said->b)
			return true;
	mk->batches = vec_more(mk->batches, mk->batch_count, sizeof(uint64_t));
	mk->batches[mk->batch_count++] = said->b;
	add_batch(mk, said->batch);
	return true;
}

/* ---- the journal
 * --------------------------------------------------------------- */

static bool
note_entry(void *ctx, uint64_t number)
{
	struct making_evidence *mk = ctx;

	mk->about = vec_more(mk->about, mk->about_count, sizeof(*mk->about));
	mk->about[mk->about_count++] = number;
	return true;
}

static enum rc
add_entry(struct making_evidence *mk, uint64_t number, struct err *e)
{
	const struct store_journal_ops *ops = st.store->ops->journal;
	struct node proof[MERKLE_PROOF];
	struct evidence_entry x = { .number = number };
	uint8_t entry[ENTRY_SIZE];
	struct buf opening = { 0 };
	unsigned len;
	enum rc rc;

	if ((rc = ops->entry(st.store, number, entry, &opening, e)) == RC_OK &&
	    (rc = ops->prove(st.store, number, mk->size, proof, &len, e)) ==
		RC_OK) {
		x.entry = bytes_of(entry, ENTRY_SIZE);
		x.opening = buf_bytes(&opening);
		x.proof = bytes_of(proof[0].b, (size_t)len * SHA256_SIZE);
		evidence_add(&mk->entries, &x);
	}
	buf_free(&opening);
	return rc;
}

/* What was entered since the newest checkpoint is not in it: who asks has a
 * fresh one made before. */
static enum rc
take_entries(struct making_evidence *mk, struct err *e)
{
	const struct store_journal_ops *ops = st.store->ops->journal;
	bool seen;
	size_t i;
	enum rc rc;

	rc = ops->note_last(st.store, &mk->size, &mk->checkpoint, &seen, e);
	if (rc == RC_ABSENT)
		return RC_OK;
	if (rc == RC_OK)
		rc = ops->about(st.store, mk->of.n, note_entry, mk, e);
	for (i = 0; i < mk->about_count && rc == RC_OK; i++)
		if (mk->about[i] < mk->size)
			rc = add_entry(mk, mk->about[i], e);
	return rc;
}

/* ---- all of it
 * ----------------------------------------------------------------- */

static enum rc
take_dispatch(struct making_evidence *mk, const struct id *id, struct err *e)
{
	struct bytes origin;
	enum rc rc = st.store->ops->find(st.store, id, &mk->of, e);

	if (rc != RC_OK)
		return rc;
	origin = mk->of.header.origin;
	memcpy(mk->origin, origin.p, origin.len);
	mk->of.header.origin = bytes_str(mk->origin);
	return take_envelope(mk, e);
}

enum rc
evidence_make(struct buf *out, const struct id *id, struct err *e)
{
	struct making_evidence mk = { 0 };
	struct directory_for who = { .unit = st.unit };
	struct evidence v;
	enum rc rc;

	*out = (struct buf){ 0 };
	if ((rc = take_dispatch(&mk, id, e)) != RC_OK ||
	    (rc = take_units(&mk, e)) != RC_OK ||
	    (rc = st.store->ops->notices->said(
		 st.store, mk.of.n, note_said, &mk, e)) != RC_OK ||
	    (rc = take_entries(&mk, e)) != RC_OK)
		goto out;
	who.asked = mk.units;
	who.asked_count = mk.unit_count;
	directory_write(&mk.directory, st.file.directory, &who, station_now());
	v = (struct evidence){ .at = station_now(),
		.station = bytes_str(st.address),
		.directory = buf_bytes(&mk.directory),
		.envelope = buf_bytes(&mk.envelope),
		.batches = buf_bytes(&mk.said),
		.checkpoint = buf_bytes(&mk.checkpoint),
		.entries = buf_bytes(&mk.entries) };
	evidence_write(out, &v);
out:
	making_end(&mk);
	return rc;
}
