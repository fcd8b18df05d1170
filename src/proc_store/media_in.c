/* SPDX-License-Identifier: EUPL-1.2 */
/* A bundle is read: whose it is, how what is in it is taken, and what is owed
 * for it (docs/media.md 5). */
#include <string.h>

#include "core/vec.h"
#include "envelope/address.h"
#include "pki/path.h"
#include "pki/resolve.h"
#include "proc_store/bundling.h"
#include "proc_store/lives.h"

/* The statement is of that unit's station, under one of its keys in force. */
static enum rc
check_signature(const struct bundle_statement *s, size_t unit, struct err *e)
{
	struct directory *d = st.file.directory;
	bool own;
	const int64_t now = station_judges(&own);
	size_t i;

	for (i = station_cert(d, unit, NONE, now); i != NONE;
	     i = station_cert(d, unit, i, now))
		if (bundle_statement_holds(s, &d->state.certs[i].cert))
			return RC_OK;
	(void)wanted_ask(WANTED_ADDRESS, s->from);
	return fail(e, RC_DENIED,
	    "docs/media.md 3.3: it says that it is from %.*s, which no "
	    "certificate in force here bears out",
	    (int)s->from.len, (const char *)s->from.p);
}

/* Whom it is for is this station, by whatever name. */
static enum rc
check_to(const struct bundle_statement *s, struct err *e)
{
	const size_t unit = unit_by_host(
	    &st.file.directory->state, address_host(s->to), station_now());

	if (unit != st.unit)
		return fail(e, RC_DENIED, "this bundle is for another station");
	return RC_OK;
}

/* An older life's: what of it counts was written again since.  Of who is no
 * neighbour none may be known. */
static enum rc
check_life(const struct media_who *who, uint64_t incarnation, struct err *e)
{
	struct life k;
	enum rc rc = lives_get(
	    &k, NULL, &st.file.directory->state.units[who->unit].uid, e);

	if (rc == RC_OK && incarnation < k.incarnation)
		return fail(e, RC_EXPIRED,
		    "docs/media.md 5.6: it was written before that station was "
		    "restored; have it written again");
	if (rc == RC_OK && !who->far &&
	    life_too_far(incarnation, k.incarnation))
		return fail(e, RC_LIMIT,
		    "docs/journal.md 7.8: a life that is too far ahead");
	return rc;
}

static enum rc
admit(struct msg_bundle_admit *out, const struct msg_bundle_from *f,
    struct err *e)
{
	struct bundle_statement *s = &bundling.said;
	struct media_who who;
	enum rc rc;

	buf_add(&bundling.statement, f->statement);
	if ((rc = bundle_statement_read(
		 s, buf_bytes(&bundling.statement), e)) != RC_OK ||
	    (rc = media_who(&who, s->from, e)) != RC_OK ||
	    (rc = check_signature(s, who.unit, e)) != RC_OK ||
	    (rc = check_to(s, e)) != RC_OK)
		return rc;
	if (s->number != f->number ||
	    memcmp(s->head, f->head, SHA256_SIZE) != 0)
		return fail(e, RC_DENIED,
		    "docs/media.md 3.3: what it says of itself is of another "
		    "bundle");
	if ((rc = check_life(&who, s->incarnation, e)) != RC_OK)
		return rc;
	media_begin(&who);
	bundling.reads = true;
	bundling.is.number = s->number;
	bundling.is.at = s->at;
	if ((rc = carried_before(
		 &bundling.is.before, &bundling.line->uid, s, e)) != RC_OK)
		return rc;
	out->conn = bundling.line->conn;
	out->station = bytes_str(bundling.line->station);
	out->number = s->number;
	out->at = s->at;
	out->before = bundling.is.before;
	if (f->look == 0)
		rc = carried_settle(&bundling.line->uid, s, e);
	return rc;
}

void
media_judge(void)
{
	struct media_who who;
	struct err e;

	if (bundling.line == NULL || !bundling.reads || bundling.barred)
		return;
	if (media_who(&who, bundling.said.from, &e) == RC_OK &&
	    check_signature(&bundling.said, who.unit, &e) == RC_OK) {
		bundling.line->unit = who.unit;
		if (who.far == bundling.line->far &&
		    who.above == bundling.line->parent)
			return;
		(void)fail(&e, RC_DENIED,
		    "docs/media.md 3.3: it stands elsewhere in the tree now");
	}
	bundling.barred = true;
	line_event(LOG_WARN, "bundle.barred", bundling.line, &e);
}

static void
add_part(void *ctx, const uint8_t sum[static SHA256_SIZE], uint64_t have)
{
	struct buf *out = ctx;
	struct partial p = { .have = have };

	memcpy(p.sum, sum, SHA256_SIZE);
	if (have > 0 && out->len < LINK_PARTIALS * 40)
		partial_put(out, &p);
}

void
media_read_from(uint64_t job, const struct msg_bundle_from *f)
{
	struct msg_bundle_admit out = { .before = TIME_NEVER };
	struct log_line l;
	struct buf parts = { 0 };
	struct err e = { 0 };
	enum rc rc;

	media_drop();
	rc = admit(&out, f, &e);
	if (rc == RC_OK)
		rc = partial_each(st.disk, add_part, &parts, &e);
	if (rc != RC_OK) {
		out = (struct msg_bundle_admit){
			.rc = rc, .why = bytes_str(e.text), .before = TIME_NEVER
		};
	} else {
		out.parts = buf_bytes(&parts);
		l = log_line(LOG_INFO, "bundle.read");
		log_str(&l, "station", bytes_str(bundling.line->station));
		log_uint(&l, "number", bundling.said.number);
		process_log(LOG_INFO, &l);
	}
	(void)tell(PROC_MEDIA, MSG_BUNDLE_ADMIT, job, &out, -1);
	if (rc != RC_OK || f->look != 0)
		media_drop();
	buf_free(&parts);
}

struct took *
media_took(uint64_t number)
{
	while (number > bundling.took_count && number <= BUNDLE_ITEMS) {
		bundling.took = vec_more(
		    bundling.took, bundling.took_count, sizeof(*bundling.took));
		bundling.took[bundling.took_count++] = (struct took){ 0 };
	}
	if (number == 0 || number > bundling.took_count)
		bug("an item of a bundle that has no number");
	return &bundling.took[number - 1];
}

void
media_item(const struct message *m)
{
	struct took *t = media_took(m->body.item.number);

	memcpy(t->sum, m->body.item.sum, SHA256_SIZE);
	if (bundling.barred) {
		t->ended = t->answered = true;
		t->outcome = ACK_LATER;
	} else if (m->kind == MSG_ITEM) {
		t->ended = true;
		take_item(bundling.line, &m->body.item);
	} else {
		take_big(bundling.line, &m->body.item);
	}
}

void
media_taken(const struct msg_taken *t, bool kept)
{
	struct took *k;

	if (media_line(t->conn) == NULL)
		return;
	k = media_took(t->number);
	k->answered = true;
	k->outcome = kept ? (enum ack)t->outcome : ACK_LATER;
	k->why =
	    k->outcome == ACK_REFUSED ? (enum refusal)t->code : REFUSAL_NONE;
}

/* Something that came whole has no answer yet. */
bool
media_owes(void)
{
	size_t i;

	for (i = 0; i < bundling.took_count; i++)
		if (bundling.took[i].ended && !bundling.took[i].answered)
			return true;
	return false;
}

static void
count_took(void)
{
	const struct took *t;
	uint64_t *counts[ACKS] = {
		[ACK_STORED] = &bundling.is.stored,
		[ACK_KNOWN] = &bundling.is.known,
		[ACK_REFUSED] = &bundling.is.refused,
		[ACK_LATER] = &bundling.is.later,
	};
	size_t i;

	bundling.is.items = bundling.took_count;
	bundling.is.stored = bundling.is.known = bundling.is.refused =
	    bundling.is.later = 0;
	for (i = 0; i < bundling.took_count; i++) {
		t = &bundling.took[i];
		if (t->answered)
			++*counts[t->outcome];
	}
	bundling.is.part = bundling.is.later < bundling.line->parts
			       ? bundling.is.later
			       : bundling.line->parts;
	bundling.is.later -= bundling.is.part;
}

/* What is owed an answer of this bundle; and that it was read. */
enum rc
media_note_taken(struct err *e)
{
	struct bundle_answer a;
	struct buf answers = { 0 };
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; i < bundling.took_count; i++) {
		if (!bundling.took[i].answered ||
		    bundling.took[i].outcome == ACK_LATER)
			continue;
		memcpy(a.sum, bundling.took[i].sum, SHA256_SIZE);
		a.outcome = bundling.took[i].outcome;
		a.why = bundling.took[i].why;
		bundle_answer_put(&answers, &a);
	}
	if (answers.len > 0)
		rc = carried_owe(&bundling.line->uid, &bundling.said,
		    buf_bytes(&answers), e);
	count_took();
	if (rc == RC_OK && bundling.end == 1 && bundling.is.later == 0 &&
	    bundling.is.part == 0)
		rc = carried_came(&bundling.line->uid, &bundling.said, e);
	buf_free(&answers);
	return rc;
}
