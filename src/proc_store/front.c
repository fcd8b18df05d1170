/* SPDX-License-Identifier: EUPL-1.2 */
/* What a bundle says beside its items: how bundles of the other were taken,
 * what is here in part, what is known (docs/media.md 4.4, 5). */
#include <stdlib.h>
#include <string.h>

#include "proc_store/carried.h"
#include "proc_store/knows.h"
#include "proc_store/lives.h"

#define TELL_PIECE (FRAME_MAX - TELL_HEAD)
#define PART_ENTRY 40u
#define HEARD_MAX (64u << 20) /* bytes of a message in a bundle */
/* Of what the other lacks of the directory: all that goes before items is one
 * message to media. */
#define LACKS_MAX (16u << 20)
#define WANTED_BYTES (WANTED_MAX * (2u + 255u))

_Static_assert(
    LACKS_MAX + CARRIED_OWED_MAX + (2u << 20) <= MSG_MAX, "docs/media.md 4.4");

/* Messages that have begun and not ended, by kind. */
static struct buf heard[TELLS];

void
front_drop(void)
{
	size_t i;

	for (i = 0; i < TELLS; i++)
		buf_free(&heard[i]);
}

/* ---- what goes
 * --------------------------------------------------------------- */

static void
put_frame(struct buf *out, enum bundle_frame type, struct bytes payload)
{
	buf_u8(out, (uint8_t)type);
	frame_uint(out, payload.len, 3);
	buf_add(out, payload);
}

/* As many frames as it takes, of whole entries. */
static void
put_entries(
    struct buf *out, enum bundle_frame type, struct bytes all, size_t entry)
{
	const size_t most = FRAME_MAX / entry * entry;
	struct rd r = rd_init(all);
	size_t n;

	do {
		n = r.in.len < most ? r.in.len : most;
		put_frame(out, type, rd_bytes(&r, n));
	} while (r.in.len > 0);
}

void
front_tell(struct buf *out, enum tell kind, struct bytes message)
{
	struct rd r = rd_init(message);
	struct buf payload = { 0 };
	size_t n;

	while (r.in.len > 0) {
		n = r.in.len < TELL_PIECE ? r.in.len : TELL_PIECE;
		buf_u8(&payload, (uint8_t)kind);
		buf_u8(&payload, r.in.len > n);
		buf_add(&payload, rd_bytes(&r, n));
		put_frame(out, BUNDLE_TELL, buf_bytes(&payload));
		buf_free(&payload);
	}
}

static void
add_part(void *ctx, const uint8_t sum[static SHA256_SIZE], uint64_t have)
{
	struct buf *out = ctx;
	struct partial p = { .have = have };

	memcpy(p.sum, sum, SHA256_SIZE);
	if (have > 0 && out->len < LINK_PARTIALS * PART_ENTRY)
		partial_put(out, &p);
}

/* Our status, what we want of one above, and what the other lacks by its last
 * status and wants. */
static enum rc
put_directory(struct buf *frames, struct line *l, uint64_t most, struct err *e)
{
	struct buf status = { 0 }, wanted = { 0 }, own = { 0 }, file = { 0 };
	struct err why;
	int64_t at;
	enum rc rc;

	rc = carried_said(&status, &at, &l->uid, CARRIED_STATUS, e);
	if (rc == RC_OK)
		rc = carried_said(&wanted, &at, &l->uid, CARRIED_WANTED, e);
	if (rc != RC_OK)
		goto out;
	directory_bundle(l, buf_bytes(&status));
	wanted_carried(l, buf_bytes(&wanted));
	directory_says(&own, l);
	front_tell(frames, TELL_STATUS, buf_bytes(&own));
	buf_free(&own);
	if (l->parent)
		wanted_says(&own);
	front_tell(frames, TELL_WANTED, buf_bytes(&own));
	directory_lacking(&file, l);
	if (file.len > LACKS_MAX || (most != 0 && file.len > most)) {
		(void)fail(&why, RC_LIMIT,
		    "docs/media.md 4.4: what it lacks of the directory has "
		    "%zu bytes; take it there as a file: antin directory take",
		    file.len);
		line_event(LOG_WARN, "bundle.directory", l, &why);
	} else if (file.len > 0) {
		front_tell(frames, TELL_DIRECTORY, buf_bytes(&file));
	}
	directory_line_free(l);
out:
	buf_free(&status);
	buf_free(&wanted);
	buf_free(&own);
	buf_free(&file);
	return rc;
}

/* Of lives: to the parent, that we were rolled back; to a child, what is held
 * of its journal, and the life that it is given (docs/media.md 5.7). */
static enum rc
put_lives(struct buf *frames, const struct line *l, struct err *e)
{
	struct buf note = { 0 }, given = { 0 };
	struct life k;
	enum rc rc = RC_OK;

	if (l->parent)
		life_behind(&note);
	else if ((rc = lives_get(&k, &note, &l->uid, e)) == RC_OK)
		rc = lives_given(&given, &l->uid, e);
	if (rc == RC_OK && note.len > 0)
		front_tell(frames, TELL_BEHIND, buf_bytes(&note));
	if (rc == RC_OK && given.len > 0)
		front_tell(frames, TELL_INCARNATION, buf_bytes(&given));
	buf_free(&note);
	buf_free(&given);
	return rc;
}

enum rc
front_write(struct buf *frames, struct line *l, uint64_t most, struct err *e)
{
	struct buf answers = { 0 }, parts = { 0 }, message = { 0 };
	enum rc rc;

	if ((rc = carried_owed(&answers, &l->uid, e)) != RC_OK ||
	    (rc = partial_each(st.disk, add_part, &parts, e)) != RC_OK)
		goto out;
	if (answers.len > 0)
		put_entries(
		    frames, BUNDLE_ANSWERS, buf_bytes(&answers), BUNDLE_ANSWER);
	put_entries(frames, BUNDLE_PARTS, buf_bytes(&parts), PART_ENTRY);
	if ((rc = put_directory(frames, l, most, e)) != RC_OK)
		goto out;
	if (l->far) /* of lives neighbours speak, and nobody else */
		goto out;
	if ((rc = put_lives(frames, l, e)) != RC_OK)
		goto out;
	if (life_bundle(&message, l->parent))
		front_tell(frames, TELL_CHECKPOINT, buf_bytes(&message));
out:
	buf_free(&message);
	buf_free(&answers);
	buf_free(&parts);
	return rc;
}

/* ---- what comes
 * -------------------------------------------------------------- */

/* One that was written into a bundle for that station, and waits yet. */
static enum rc
answered(struct line *l, const struct bundle_answer *a, uint64_t *answers,
    struct err *e)
{
	const struct msg_taken t = { .outcome = a->outcome, .code = a->why };
	struct carried c;
	struct leg leg;
	bool ended = false;
	enum rc rc;

	if (a->outcome == ACK_LATER)
		return RC_OK;
	rc = carried_get(&c, a->sum, &l->uid, e);
	if (rc != RC_OK)
		return rc == RC_ABSENT ? RC_OK : rc;
	rc = st.store->ops->leg(st.store, c.q, &leg, e);
	if (rc == RC_OK && c.dests.len > 0)
		rc = far_answered(l, &c, &t, &ended, e);
	else if (rc == RC_OK &&
		 (leg.state == LEG_QUEUED || leg.state == LEG_HELD) &&
		 bytes_is(leg.hop, l->station))
		rc = line_answered(l, c.q, &t, &ended, e);
	if (rc == RC_OK || rc == RC_ABSENT) {
		*answers += ended;
		rc = carried_drop(&c, e);
	}
	buf_free(&c.dests);
	return rc;
}

static enum rc
answers_came(
    struct line *l, struct bytes bytes, uint64_t *answers, struct err *e)
{
	struct bundle_answer a;
	enum rc rc = RC_OK;

	while (rc == RC_OK && bytes.len > 0)
		if ((rc = bundle_answer_next(&a, &bytes, e)) == RC_OK)
			rc = answered(l, &a, answers, e);
	return rc;
}

static enum rc
parts_came(struct line *l, struct bytes bytes, struct err *e)
{
	struct bytes rest = bytes;
	struct partial p;
	enum rc rc = RC_OK;

	if (bytes.len > LINK_PARTIALS * PART_ENTRY)
		return fail(e, RC_LIMIT, "docs/link.md 5.3: over %u parts",
		    LINK_PARTIALS);
	while (rc == RC_OK && rest.len > 0)
		rc = partial_next(&p, &rest, e);
	return rc == RC_OK ? carried_says(&l->uid, CARRIED_PARTS, bytes, e)
			   : rc;
}

/* A child's checkpoint in an old bundle is older than what is known, and says
 * nothing of its life (docs/media.md 5.7). */
static bool
is_newer(const struct line *l, struct bytes message)
{
	struct life_checkpoint *c = alloc(1, sizeof(*c));
	struct life k;
	struct err e;
	bool newer = false;

	if (life_checkpoint_read(c, message, &e) == RC_OK &&
	    lives_get(&k, NULL, &l->uid, &e) == RC_OK)
		newer = k.size == 0 ||
			c->note.checkpoint.incarnation > k.incarnation ||
			(c->note.checkpoint.incarnation == k.incarnation &&
			    c->note.checkpoint.size > k.size &&
			    (l->parent || c->from == k.size));
	free(c);
	return newer;
}

/* A station above is asked, and nobody else (docs/link.md 17.4). */
static enum rc
wants(struct line *l, struct bytes message, struct err *e)
{
	if (l->parent || !unit_within(&st.file.directory->state, l->unit,
			     st.unit, station_now()))
		return RC_OK;
	if (message.len > WANTED_BYTES)
		return fail(e, RC_LIMIT, "docs/link.md 17.4: over %u entries",
		    WANTED_MAX);
	wanted_carried(l, message);
	return carried_says(&l->uid, CARRIED_WANTED, message, e);
}

static enum rc
told(struct line *l, enum tell kind, struct bytes message, uint64_t *acts,
    struct err *e)
{
	struct applied did;
	enum rc rc = RC_OK;

	if (kind == TELL_STATUS) {
		rc = carried_says(&l->uid, CARRIED_STATUS, message, e);
		if (rc == RC_OK) /* it wants what follows, and no more */
			rc = carried_says(
			    &l->uid, CARRIED_WANTED, (struct bytes){ 0 }, e);
	} else if (kind == TELL_WANTED) {
		rc = wants(l, message, e);
	} else if (kind == TELL_DIRECTORY) {
		rc = station_learns(message, &did, e);
		if (rc == RC_OK)
			*acts += did.acts;
		media_judge();
	} else if (l->far) {
		return RC_OK; /* docs/media.md 8.4 */
	} else if (kind == TELL_CHECKPOINT && is_newer(l, message)) {
		lives_checkpoint(l, message);
	} else if (kind == TELL_COUNTERSIGNED && l->parent) {
		life_countersigned(l, message);
	} else if (kind == TELL_BEHIND) {
		lives_behind(l, message);
	} else if (kind == TELL_INCARNATION && l->parent) {
		life_given(l, message);
	}
	return rc;
}

static enum rc
tell_piece(struct line *l, struct bytes bytes, uint64_t *acts, struct err *e)
{
	struct buf whole;
	struct bytes piece;
	uint8_t kind;
	bool more;
	enum rc rc;

	if ((rc = tell_read(&kind, &more, &piece, bytes, e)) != RC_OK ||
	    kind >= TELLS)
		return rc; /* another kind is passed over */
	if (heard[kind].len + piece.len > HEARD_MAX)
		return fail(e, RC_LIMIT,
		    "docs/media.md 2.6: a message of over %u bytes", HEARD_MAX);
	buf_add(&heard[kind], piece);
	if (more)
		return RC_OK;
	whole = heard[kind];
	heard[kind] = (struct buf){ 0 };
	rc = told(l, (enum tell)kind, buf_bytes(&whole), acts, e);
	buf_free(&whole);
	return rc;
}

enum rc
front_came(struct line *l, const struct msg_bundle_says *s, uint64_t *acts,
    uint64_t *answers, struct err *e)
{
	if (s->what == BUNDLE_ANSWERS)
		return answers_came(l, s->bytes, answers, e);
	if (s->what == BUNDLE_PARTS)
		return parts_came(l, s->bytes, e);
	if (s->what == BUNDLE_TELL)
		return tell_piece(l, s->bytes, acts, e);
	bug("a bundle says what it may not");
}
