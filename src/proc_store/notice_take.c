/* SPDX-License-Identifier: EUPL-1.2 */
/* Notices that come: they go on like dispatches, or what they say is weighed
 * and kept (docs/receipts.md 3 and 5). */
#include <string.h>

#include "envelope/address.h"
#include "pki/resolve.h"
#include "proc_store/lives.h"
#include "proc_store/weigh.h"

#define REFUSED_LINES 100u /* of the log, in a minute */
#define REFUSED_MS 60000
#define AHEAD_MOST TIME_DAY /* docs/receipts.md 4.3 */

static const struct tag no_tag;

/* ---- on their way -------------------------------------------------------- */

static void
log_held(const struct stored *d, struct bytes to)
{
	struct log_line l = log_line(LOG_WARN, "notice.held");

	log_uint(&l, "n", d->n);
	log_str(&l, "to", to);
	process_log(LOG_WARN, &l);
}

enum rc
notice_queue(struct stored *d, struct bytes package, struct bytes to,
    const struct line *from, bool *news, struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	struct leg leg = { .due = TIME_NEVER,
		.rank = precedence_rank(d->header.precedence),
		.at = station_now(),
		.total = package.len,
		.expires = d->header.expires };
	struct dest dest = { .tag = no_tag };
	struct route r;
	uint64_t q;
	enum rc rc;

	d->envelope = d->total = package.len;
	if (from != NULL)
		d->from = bytes_str(from->station);
	sha256(d->sum, package);
	memcpy(d->digest, d->sum, SHA256_SIZE);
	rc = ops->put(st.store, d, package, e);
	*news = rc == RC_OK;
	if (rc == RC_EXISTS)
		return RC_OK; /* it has its one destination */
	if (rc != RC_OK)
		return store_failed(rc);
	if (from != NULL && !from->parent)
		leg.rank = quota_rank(from->neighbour, leg.rank, package.len);
	route_find(st.file.directory, st.unit, to, station_now(), &r);
	dest.address = bytes_str(r.address);
	leg.n = d->n;
	if (r.way == WAY_LINK && !bytes_is(d->from, r.hop))
		leg.hop = bytes_str(r.hop);
	leg.state = leg.hop.len > 0 ? LEG_QUEUED : LEG_HELD;
	rc = store_failed(ops->send(st.store, &leg, &dest, 1, &q, e));
	if (rc == RC_OK && leg.state == LEG_HELD)
		log_held(d, dest.address);
	else if (rc == RC_OK)
		line_wake(leg.hop, leg.rank);
	return rc;
}

/* ---- who may say what (docs/receipts.md 3.2) ----------------------------- */

bool
weigh_same(struct bytes a, struct bytes b)
{
	struct resolved one, two;
	struct err e;

	return bytes_eq(a, b) ||
	       (resolve(st.file.directory, a, station_now(), &one, &e) ==
		       RC_OK &&
		   resolve(st.file.directory, b, station_now(), &two, &e) ==
		       RC_OK &&
		   one.unit == two.unit && one.holder == two.holder);
}

bool
weigh_named(struct bytes desk, struct bytes name, int64_t t)
{
	return names_same(desk, name, t) || weigh_same(desk, name);
}

enum rc
weigh_not_his(const struct weighed *w, struct err *e)
{
	return fail(e, RC_DENIED,
	    "docs/receipts.md 3.2: \"%s\" is not %.*s's to say",
	    statement_word(w->s.kind), (int)w->batch->signer.address.len,
	    (const char *)w->batch->signer.address.p);
}

enum rc
weigh_dest(
    char out[static LIMIT_ADDRESS + 1], const struct weighed *w, struct err *e)
{
	struct bytes desk = w->s.desk;
	struct names names;
	bool has = false;
	enum rc rc = RC_OK;
	size_t i;

	names_of(&names, w->s.desk);
	for (i = 0; i < names.count && rc == RC_OK && !has; i++) {
		desk = bytes_str(names.name[i]);
		if (weigh_named(w->s.desk, desk, w->d.at))
			rc =
			    st.store->ops->has(st.store, w->d.n, desk, &has, e);
	}
	if (rc == RC_OK && !has)
		rc = fail(e, RC_DENIED,
		    "docs/receipts.md 3.2: %.*s is no addressee",
		    (int)w->s.desk.len, (const char *)w->s.desk.p);
	if (rc == RC_OK) {
		memcpy(out, desk.p, desk.len);
		out[desk.len] = '\0';
	}
	return rc;
}

struct ended {
	struct bytes about;
	unsigned kind; /* of the other end */
	bool found;
};

static bool
look_ended(void *ctx, const struct saying *said)
{
	struct ended *x = ctx;

	x->found = x->found ||
		   (said->kind == x->kind && bytes_eq(said->about, x->about));
	return !x->found;
}

/* docs/receipts.md 3.5: acted on and refused exclude one another. */
static enum rc
check_ended(const struct weighed *w, struct bytes about, struct err *e)
{
	struct ended x = { .about = about };
	enum rc rc;

	if (w->s.kind != STATEMENT_ACTED && w->s.kind != STATEMENT_REFUSED)
		return RC_OK;
	x.kind =
	    w->s.kind == STATEMENT_ACTED ? STATEMENT_REFUSED : STATEMENT_ACTED;
	rc = st.store->ops->notices->said(st.store, w->d.n, look_ended, &x, e);
	if (rc == RC_OK && x.found)
		rc = fail(e, RC_DENIED,
		    "docs/receipts.md 3.5: the desk has said otherwise "
		    "before");
	return rc;
}

static void
log_said(const struct weighed *w)
{
	const char *code = statement_code(w->s.kind, w->s.code);
	const enum log_level level =
	    w->s.kind == STATEMENT_REPORT ? LOG_WARN : LOG_INFO;
	struct log_line l = log_line(level, "receipt");
	char id[ID_TEXT];

	id_write(id, &w->s.id);
	log_str(&l, "id", bytes_str(id));
	log_str(&l, "says", bytes_str(statement_word(w->s.kind)));
	log_str(&l, "by", w->batch->signer.address);
	if (w->s.desk.len > 0)
		log_str(&l, "desk", w->s.desk);
	if (code != NULL)
		log_str(&l, "code", bytes_str(code));
	process_log(level, &l);
}

/* What is kept of this kind and signer about the same. */
struct before {
	const struct weighed *w;
	struct bytes about;
	bool found;
	int64_t at;
};

static bool
look_before(void *ctx, const struct saying *said)
{
	struct before *x = ctx;

	x->found = said->kind == x->w->s.kind &&
		   bytes_eq(said->about, x->about) &&
		   bytes_eq(said->signer, x->w->batch->signer.address);
	x->at = said->at;
	return !x->found;
}

enum rc
weigh_keep(struct weighed *w, struct bytes about, bool latest, struct err *e)
{
	struct before before = { .w = w, .about = about };
	const struct store_notice_ops *ops = st.store->ops->notices;
	struct saying said = { .n = w->d.n,
		.kind = w->s.kind,
		.signer = w->batch->signer.address,
		.about = about,
		.at = w->s.at,
		.code = w->s.code,
		.statement = w->statement };
	enum rc rc;

	/* no batch is kept for what changes nothing */
	rc = ops->said(st.store, w->d.n, look_before, &before, e);
	if (rc != RC_OK || (before.found && (!latest || before.at >= w->s.at)))
		return rc;
	if (w->b == 0)
		rc = ops->batch(st.store, w->bytes, &w->b, e);
	said.b = w->b;
	if (rc == RC_OK)
		rc = ops->note(st.store, &said, latest, e);
	if (rc == RC_OK) {
		w->news = w->news_one = true;
		changed(CHANGED_MAIL);
		log_said(w);
	}
	return store_failed(rc);
}

/* 1 to 4: an addressee's desk. */
static enum rc
weigh_receipt(struct weighed *w, struct err *e)
{
	char about[LIMIT_ADDRESS + 1];
	enum rc rc;

	if (!weigh_same(w->s.desk, w->batch->signer.address))
		return weigh_not_his(w, e);
	if (w->d.from.len > 0) /* whatever its name was when it was sent */
		return fail(e, RC_DENIED,
		    "docs/receipts.md 6.3: a receipt for another station");
	if ((rc = weigh_dest(about, w, e)) != RC_OK ||
	    (rc = check_ended(w, bytes_str(about), e)) != RC_OK)
		return rc;
	rc = weigh_keep(w, bytes_str(about), false, e);
	return rc == RC_OK ? chase_end(&w->d, bytes_str(about), e) : rc;
}

static enum rc
weigh_none(struct weighed *w, struct err *e)
{
	(void)w;
	return fail(e, RC_INVALID, "a kind that is not for this station");
}

/* ---- weighing ------------------------------------------------------------ */

/* What may come before its dispatch. */
static bool
may_be_ahead(enum statement_kind k)
{
	return k == STATEMENT_RECALL || k == STATEMENT_SUPERSEDE ||
	       k == STATEMENT_INQUIRY;
}

/* The dispatch whose key it names (docs/receipts.md 2.3): others may have its
 * id too. */
static enum rc
find_named(struct weighed *w, struct err *e)
{
	const struct header key = { .id = w->s.id,
		.origin = w->s.origin,
		.incarnation = w->s.incarnation,
		.serial = w->s.serial };
	enum rc rc = st.store->ops->known(st.store, &key, &w->d, e);

	if (rc == RC_OK && !statement_is_of(&w->s, &w->d.header, w->d.digest))
		rc = fail(e, RC_DENIED,
		    "docs/receipts.md 2.3: it names another dispatch");
	return rc;
}

/* A dispatch of a life before this one is known to its addressee. */
static void
hear_of_lost(const struct weighed *w)
{
	if (statement_by_desk(w->s.kind) && w->s.desk.len > 0 &&
	    weigh_same(w->s.desk, w->batch->signer.address))
		life_hearsay(&w->s, w->batch->signer.address);
}

static enum rc
weigh(struct weighed *w, struct err *e)
{
	static enum rc (*const weighs[STATEMENT_KINDS])(
	    struct weighed * w, struct err * e) = {
		[STATEMENT_ARRIVED] = weigh_receipt,
		[STATEMENT_OPENED] = weigh_receipt,
		[STATEMENT_ACTED] = weigh_receipt,
		[STATEMENT_REFUSED] = weigh_receipt,
		[STATEMENT_RECALL] = weigh_recall,
		[STATEMENT_SUPERSEDE] = weigh_recall,
		[STATEMENT_OUTCOME] = weigh_outcome,
		[STATEMENT_CUSTODY] = weigh_custody,
		[STATEMENT_HOP] = weigh_hop,
		[STATEMENT_REPORT] = weigh_report,
		[STATEMENT_INQUIRY] = weigh_inquiry,
		[STATEMENT_ANSWER] = weigh_answer,
	};
	enum rc rc;

	w->known = w->news_one = false;
	if ((rc = statement_read(&w->s, w->statement, e)) != RC_OK)
		return rc;
	if (statement_by_desk(w->s.kind) !=
	    address_is_desk(w->batch->signer.address))
		return weigh_not_his(w, e);
	if (w->s.at > w->batch->at)
		return fail(e, RC_INVALID,
		    "docs/receipts.md 4.3: a statement of a later time than "
		    "its batch");
	rc = find_named(w, e);
	if (rc == RC_OK) {
		notice_hold(&w->d, &w->held);
		w->known = true;
	}
	if (rc == RC_ABSENT && bytes_is(w->s.origin, st.address))
		hear_of_lost(w);
	if (rc == RC_ABSENT && may_be_ahead(w->s.kind))
		rc = RC_OK;
	if (rc != RC_OK)
		return rc;
	return weighs[w->s.kind] != NULL ? weighs[w->s.kind](w, e)
					 : weigh_none(w, e);
}

static void
log_refused(struct bytes signer, const struct err *e)
{
	static int64_t since;
	static unsigned lines;
	const int64_t now = process_ms();
	struct log_line l;

	if (now - since >= REFUSED_MS) {
		since = now;
		lines = 0;
	}
	if (lines++ >= REFUSED_LINES)
		return;
	l = log_line(LOG_WARN, "receipt.refused");
	log_str(&l, "signer", signer);
	log_err(&l, e);
	process_log(LOG_WARN, &l);
}

/* docs/receipts.md 4.3: by clocks of the network's time, which agree. */
static bool
is_ahead(const struct batch *b)
{
	return !b->own_clock && !station_own_clock() &&
	       b->at > station_now() + AHEAD_MOST;
}

/* docs/receipts.md 4.3. */
static enum rc
verify(const struct batch *b, struct err *e)
{
	struct known_signer k;

	if (!resolve_signer(st.file.directory, tag_bytes(&b->signer.tag),
		bytes_of(b->signer.cert, SHA256_SIZE), &k))
		return fail(e, RC_ABSENT,
		    "docs/receipts.md 4.3: the signer is not in the directory");
	if (!weigh_same(k.address, b->signer.address) ||
	    address_is_desk(k.address) != address_is_desk(b->signer.address))
		return fail(e, RC_DENIED,
		    "docs/receipts.md 4.3: the key is another's than it says");
	if (is_ahead(b))
		return fail(e, RC_INVALID,
		    "docs/receipts.md 4.3: signed at a time that is to come");
	return batch_verify(b, &k, e);
}

static bool
is_inquiry(struct bytes statement)
{
	struct statement s;
	struct err e;

	return statement_read(&s, statement, &e) == RC_OK &&
	       s.kind == STATEMENT_INQUIRY;
}

static bool
has_inquiry(struct bytes bytes)
{
	struct batch b;
	struct err e;
	bool has = false;
	size_t i;

	if (batch_read(&b, bytes, &e) != RC_OK)
		return false;
	for (i = 0; i < b.log.count && !has; i++)
		has = b.log.items[i].entry.p != NULL &&
		      is_inquiry(b.log.items[i].entry);
	batch_free(&b);
	return has;
}

/* All that a batch says, or its inquiries alone, which this neighbour brought;
 * RC_IO is all that stops it. */
static enum rc
take_batch(struct bytes bytes, bool inquiries, struct bytes by, bool *news,
    struct err *e)
{
	struct weighed w = { .bytes = bytes };
	struct batch b;
	enum rc rc;
	size_t i;

	if ((rc = batch_read(&b, bytes, e)) == RC_OK)
		rc = verify(&b, e);
	if (rc != RC_OK)
		log_refused(b.signer.address, e);
	if (rc == RC_ABSENT && !inquiries)
		rc = stranger_keep(&b, bytes, by, e);
	else if (rc == RC_OK)
		w.batch = &b;
	for (i = 0; w.batch != NULL && i < b.log.count && rc == RC_OK; i++) {
		w.statement = b.log.items[i].entry;
		if (w.statement.p == NULL ||
		    (inquiries && !is_inquiry(w.statement)))
			continue;
		rc = weigh(&w, e);
		if (rc != RC_OK && rc != RC_IO) {
			log_refused(b.signer.address, e);
			rc = RC_OK;
		}
	}
	*news = *news || w.news;
	batch_free(&b);
	return rc == RC_IO ? store_failed(rc) : RC_OK;
}

enum rc
notice_own(struct bytes batch, struct err *e)
{
	bool news = false;

	return take_batch(batch, false, (struct bytes){ 0 }, &news, e);
}

/* What this station's desks have said, and it about recalls, is kept. */
enum rc
notice_keep(struct bytes bytes, struct err *e)
{
	struct weighed w = { .bytes = bytes };
	struct batch b;
	enum rc rc;
	size_t i;

	if ((rc = batch_read(&b, bytes, e)) != RC_OK)
		return rc;
	w.batch = &b;
	for (i = 0; i < b.log.count && rc == RC_OK; i++) {
		w.statement = b.log.items[i].entry;
		if (w.statement.p == NULL ||
		    statement_read(&w.s, w.statement, e) != RC_OK ||
		    w.s.kind > STATEMENT_OUTCOME)
			continue;
		rc = find_named(&w, e);
		if (rc == RC_OK)
			rc = weigh_keep(
			    &w, w.s.desk, w.s.kind == STATEMENT_OUTCOME, e);
		if (rc == RC_ABSENT || rc == RC_DENIED)
			rc = RC_OK;
	}
	batch_free(&b);
	return rc;
}

/* ---- arriving ------------------------------------------------------------ */

/* docs/receipts.md 5.2. */
static enum rc
check(struct bytes *to, const struct arrival *a, const struct notice *n,
    struct err *e)
{
	struct bytes dests = a->dests;
	struct msg_dest d, more;

	if (a->envelope != a->total || a->total != a->package.len)
		return fail(e, RC_INVALID,
		    "docs/receipts.md 5.2: a notice with something behind it");
	if (!list_next(&dests, LIST_DEST, &d) ||
	    list_next(&dests, LIST_DEST, &more) ||
	    !address_is_station(d.address) ||
	    !bytes_eq(tag_bytes(&d.tag), tag_bytes(&no_tag)))
		return fail(e, RC_INVALID,
		    "docs/receipts.md 5.2: a notice goes to one station");
	if (n->header.expires < station_now())
		return fail(
		    e, RC_EXPIRED, "docs/envelope.md 10.5: it has expired");
	*to = d.address;
	return arrival_origin(a, &n->header, e);
}

enum rc
notice_arrives(struct arrival *a, bool *news, struct err *e)
{
	struct stored d = { .at = station_now(),
		.own_clock = station_own_clock() };
	struct bytes to, rest, batch;
	bool through = false;
	struct notice n;
	struct route r;
	enum rc rc;

	*news = false;
	if ((rc = notice_read(&n, a->package, e)) != RC_OK)
		return rc;
	a->id = d.header.id = n.header.id;
	if ((rc = check(&to, a, &n, e)) != RC_OK ||
	    (rc = store_write(e)) != RC_OK)
		return rc;
	route_find(st.file.directory, st.unit, to, station_now(), &r);
	if (r.way != WAY_HERE) {
		d.header = n.header;
		rc = notice_queue(&d, a->package, to, a->from, news, e);
		through = true;
		if (rc != RC_OK || !*news)
			return rc;
	}
	/* on its way through, what is asked is answered here too */
	rest = n.batches;
	while (rc == RC_OK && notice_next(&rest, &batch))
		if (!through || has_inquiry(batch))
			rc = take_batch(batch, through,
			    bytes_str(a->from->station), news, e);
	return rc;
}

/* ---- what people see ----------------------------------------------------- */

struct showing {
	void (*each)(void *ctx, const struct msg_row *row);
	void *ctx;
	const struct id *id;
};

static bool
show_said(void *ctx, const struct saying *said)
{
	const struct showing *s = ctx;
	const char *code =
	    statement_code((enum statement_kind)said->kind, said->code);
	const struct msg_row row = { .what = ROW_RECEIPT,
		.id = *s->id,
		.n = said->n,
		.address = said->about,
		.other = said->signer,
		.state = said->kind,
		.at = said->at,
		.since = said->at,
		.due = TIME_NEVER,
		.text = code == NULL ? (struct bytes){ 0 } : bytes_str(code) };

	s->each(s->ctx, &row);
	return true;
}

enum rc
notice_rows(uint64_t n, const struct id *id,
    void (*each)(void *ctx, const struct msg_row *row), void *ctx,
    struct err *e)
{
	struct showing s = { each, ctx, id };

	return st.store->ops->notices->said(st.store, n, show_said, &s, e);
}
