/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What people do to documents (docs/registry.md 7.2): a step is thought
 * through, signed by keys, and kept.  Between the two anything may happen; what
 * has changed then is thought through again.
 */
#include <stdlib.h>
#include <string.h>

#include "crypto/random.h"
#include "proc_store/backup.h"
#include "proc_store/registry.h"

#define DOINGS_MAX 64u /* that are being signed */
#define TRIES 8u       /* of one step */

/* ---- a step -------------------------------------------------------------- */

/* One that keys is signing. */
struct doing {
	uint64_t ref, job;
	unsigned tries;
	struct msg_doc m; /* borrows from: */
	struct buf held;
	struct asking a;
	struct acting *acting;	 /* owned */
	struct acting_plan plan; /* borrows from it */
	uint64_t n;		 /* the document; 0: a new one */
	struct id id;
};
static struct doing *doings[DOINGS_MAX]; /* owned */
static size_t doing_count;
static uint64_t last_ref;

static void
doing_drop(struct doing *d)
{
	size_t i;

	for (i = 0; i < doing_count && doings[i] != d; i++)
		;
	if (i < doing_count)
		doings[i] = doings[--doing_count];
	acting_free(d->acting);
	buf_free(&d->held);
	free(d);
}

static struct bytes
hold(struct buf *to, struct bytes b)
{
	const size_t at = to->len;

	buf_add(to, b);
	return bytes_of(to->p + at, b.len);
}

static struct doing *
doing_new(uint64_t job, const struct msg_doc *m)
{
	struct doing *d = alloc(1, sizeof(*d));

	d->job = job;
	d->m = *m;
	/* room for all at once: what is held does not move */
	buf_reserve(&d->held, m->person.len + m->desk.len + m->action.len +
				  m->document.len + m->fields.len + 1);
	d->m.person = hold(&d->held, m->person);
	d->m.desk = hold(&d->held, m->desk);
	d->m.action = hold(&d->held, m->action);
	d->m.document = hold(&d->held, m->document);
	d->m.fields = hold(&d->held, m->fields);
	d->m.text = d->m.book = (struct bytes){ 0 };
	return d;
}

/* What came to a desk is taken in once. */
static enum rc
check_arrival(const struct doing *d, struct err *e)
{
	const struct bytes dispatch = acting_said(d->acting, "dispatch");
	const struct bytes desk = bytes_str(d->a.address);
	struct store_doc there;
	struct delivery v;
	struct stored of;
	struct buf hold_it;
	struct id id;
	enum rc rc;

	if (!bytes_is(d->m.action, "arrive") &&
	    !bytes_is(d->m.action, "telegram-arrive"))
		return RC_OK;
	if (dispatch.len == 0 || !id_parse(&id, dispatch))
		return RC_OK; /* it came otherwise */
	rc = names_find(&id, desk, &of, e);
	if (rc == RC_OK)
		rc = names_delivery(of.n, desk, &v, e);
	if (rc == RC_ABSENT)
		return fail(
		    e, RC_ABSENT, "no such dispatch lies at %s", d->a.address);
	if (rc != RC_OK)
		return rc;
	rc = st.store->ops->registry->of_dispatch(
	    st.store, id.b, desk, &there, &hold_it, e);
	buf_free(&hold_it);
	if (rc == RC_OK)
		return fail(e, RC_EXISTS,
		    "this dispatch was taken in at %s already", d->a.address);
	return rc == RC_ABSENT ? RC_OK : rc;
}

/* The document that the request refers to, where it is here and he may see it.
 */
static enum rc
load_about(struct doing *d, struct err *e)
{
	char digits[2 * ID_SIZE + 1];
	struct store_doc about;
	struct buf held;
	struct id id;
	enum rc rc;

	if (!acting_refers(&id, d->acting))
		return RC_OK;
	hex_write(digits, id_bytes(&id));
	rc = asking_doc(&about, &held, &d->a, bytes_str(digits), e);
	if (rc == RC_OK)
		rc = doc_load(d->acting, true, &about, e);
	buf_free(&held);
	return rc == RC_ABSENT ? RC_OK : rc;
}

/* docs/registry.md 3.5: under whatever address and key, one holder is one. */
static bool
is_his(const void *ctx, const uint8_t cert[static SHA256_SIZE])
{
	const struct session *who = ctx;
	const struct state *s = &st.file.directory->state;
	const size_t i = cert_by_fingerprint(s, cert);

	return i != NONE && s->certs[i].holder == who->holder;
}

/* Who he is, what he asks, and what there is. */
static enum rc
prepare(struct doing *d, struct err *e)
{
	const struct state *s = &st.file.directory->state;
	struct acting_ask ask = { .action = d->m.action,
		.fields = d->m.fields };
	struct store_doc doc;
	struct buf held = { 0 };
	enum rc rc;

	acting_free(d->acting);
	d->acting = acting_new();
	if ((rc = asking_of(&d->a, &d->m, e)) != RC_OK)
		return rc;
	ask.person = bytes_str(d->a.who.person);
	ask.name = holder_name(&s->holders[d->a.who.holder], station_now());
	memcpy(ask.cert, s->certs[d->a.who.cert].fingerprint, SHA256_SIZE);
	ask.roles = d->a.roles;
	ask.clearance = d->a.level;
	ask.is_his = is_his;
	ask.ctx = &d->a.who;
	ask.desk = bytes_str(d->a.address);
	ask.at = station_now();
	ask.own_clock = station_own_clock();
	if (d->m.document.len > 0) {
		rc = asking_doc(&doc, &held, &d->a, d->m.document, e);
		if (rc != RC_OK)
			return rc;
		ask.desk = doc.desk;
		d->n = doc.n;
		memcpy(d->id.b, doc.id, ID_SIZE);
	}
	if ((rc = acting_ask(d->acting, &ask, e)) != RC_OK)
		goto out;
	if (acting_begins(d->acting) != (d->m.document.len == 0)) {
		rc =
		    d->m.document.len == 0
			? fail(e, RC_INVALID,
			      "\"%.*s\" is done to a document: which one?",
			      (int)d->m.action.len, (const char *)d->m.action.p)
			: fail(e, RC_INVALID,
			      "\"%.*s\" begins a document, and is done to "
			      "none",
			      (int)d->m.action.len,
			      (const char *)d->m.action.p);
		goto out;
	}
	if (d->n > 0)
		rc = doc_load(d->acting, false, &doc, e);
	if (rc == RC_OK)
		rc = check_arrival(d, e);
	if (rc == RC_OK)
		rc = load_about(d, e);
out:
	buf_free(&held);
	return rc;
}

/* What comes of it, with the number that is next. */
static enum rc
think(struct doing *d, struct err *e)
{
	char name[BOOK_NAME];
	const struct rules *rules;
	uint64_t number;
	unsigned year;
	enum rc rc;

	if ((rc = law(&rules, e)) != RC_OK)
		return rc;
	if (d->n == 0)
		random_bytes(d->id.b, ID_SIZE);
	rc = acting_plan(&d->plan, d->acting, rules, &d->id, 0, e);
	if (rc == RC_OK && d->plan.level > (unsigned)asking_top(&d->a))
		return fail(e, RC_DENIED,
		    "docs/registry.md 9.1: no desk of this unit may have "
		    "what is of this level");
	if (rc != RC_OK || !d->plan.wanted)
		return rc;
	year = d->plan.year;
	rc = number_next(
	    &number, book_name(name, d->a.unit, d->plan.series), year, e);
	if (rc != RC_OK)
		return rc;
	rc = acting_plan(&d->plan, d->acting, rules, &d->id, number, e);
	if (rc == RC_OK && d->plan.wanted)
		bug("a number that is wanted and was said");
	return rc;
}

static void signed_it(uint64_t ref, const struct msg_step_signed *m);

/* It could be taken; nothing has happened, and no number is said. */
static void
say_tried(const struct doing *d)
{
	struct buf row = { 0 }, rows = { 0 };

	pairs_add(&row, bytes_str("row"), bytes_str("tried"));
	pairs_add(&row, bytes_str("state"), bytes_str(d->plan.state_word));
	rows_add(&rows, &row);
	rows_say(d->job, buf_bytes(&rows));
	buf_free(&rows);
}

/* Thought through, and with keys; else it is refused, and dropped. */
static void
attempt(struct doing *d)
{
	struct err e;
	enum rc rc = prepare(d, &e);

	if (rc == RC_OK)
		rc = think(d, &e);
	if (rc == RC_OK && d->m.all != 0) {
		say_tried(d);
	} else if (rc == RC_OK) {
		d->ref = ++last_ref;
		if (people_sign(
			&d->a.who, d->plan.statement, d->ref, signed_it))
			return;
		rc = fail(&e, RC_IO,
		    "the station is too busy to sign this; try again");
	}
	if (rc != RC_OK)
		rows_refuse(d->job, &e);
	doing_drop(d);
}

static void
say_kept(const struct doing *d)
{
	struct buf row = { 0 };
	char id[2 * ID_SIZE + 1];

	hex_write(id, id_bytes(&d->id));
	pairs_add(&row, bytes_str("row"), bytes_str("document"));
	pairs_add(&row, bytes_str("document"), bytes_str(id));
	pairs_add(&row, bytes_str("kind"), bytes_str(d->plan.kind_word));
	pairs_add(&row, bytes_str("state"), bytes_str(d->plan.state_word));
	pairs_add(&row, bytes_str("level"),
	    bytes_str(level_word((enum level)d->plan.level)));
	pairs_add(
	    &row, bytes_str("symbol"), pairs_get(d->plan.summary, "symbol"));
	if (d->plan.how == ACTING_NEXT)
		row_number(&row, "#number", (int64_t)d->plan.number);
	row_number(&row, "#due", d->plan.due);
	if (d->plan.owes != NULL)
		pairs_add(&row, bytes_str("owes"), bytes_str(d->plan.owes));
	row_number(&row, "#owes_by", d->plan.owes_by);
	row_number(&row, "#steps", d->plan.steps + 1);
	rows_later(d->job, &row);
}

static void
log_step(const struct doing *d)
{
	struct log_line l = log_line(LOG_INFO, "registry.step");
	char id[2 * ID_SIZE + 1];

	hex_write(id, id_bytes(&d->id));
	log_str(&l, "document", bytes_str(id));
	log_uint(&l, "number", d->plan.steps);
	log_str(&l, "action", d->m.action);
	log_str(&l, "person", bytes_str(d->a.who.address));
	process_log(LOG_INFO, &l);
}

static void
signed_it(uint64_t ref, const struct msg_step_signed *m)
{
	struct doing *d = NULL;
	struct err e;
	enum rc rc;
	size_t i;

	for (i = 0; i < doing_count; i++)
		if (doings[i]->ref == ref)
			d = doings[i];
	if (d == NULL)
		return;
	if (m->rc != RC_OK) {
		rc = fail(&e, (enum rc)m->rc, "%.*s", (int)m->why.len,
		    (const char *)m->why.p);
	} else {
		rc = doc_keep(&d->a, d->n, &d->id, &d->plan, m->signature, &e);
		if (rc == RC_EXISTS && ++d->tries < TRIES) {
			d->n = 0;
			attempt(d);
			return;
		}
	}
	if (rc == RC_OK) {
		say_kept(d);
		log_step(d);
	} else {
		rows_refuse(d->job, &e);
	}
	doing_drop(d);
}

static enum rc
doc_do(uint64_t job, const struct msg_doc *m, struct err *e)
{
	struct doing *d;

	if (restored_check(e) != RC_OK)
		return e->rc;
	if (doing_count == DOINGS_MAX)
		return fail(
		    e, RC_LIMIT, "too many steps are being signed; try again");
	d = doing_new(job, m);
	doings[doing_count++] = d;
	attempt(d);
	return RC_OK;
}

/* ---- what is asked ------------------------------------------------------- */

/* What a clerk does to registers, said when it is on disk. */
static enum rc
book_do(uint64_t job, const struct asking *a, const struct msg_doc *m,
    struct err *e)
{
	struct buf row = { 0 };
	bool done = true;
	enum rc rc = restored_check(e);

	if (rc != RC_OK)
		return rc;
	if (m->what == REG_CLOSE)
		rc = book_close(a, m->book, (unsigned)m->year, e);
	else if (m->what == REG_REMARK)
		rc = book_remark(
		    a, m->book, (unsigned)m->year, m->before, m->text, e);
	else
		rc = book_resume(a, m->book, (unsigned)m->year, m->before,
		    m->text, &done, e);
	if (rc != RC_OK)
		return rc;
	pairs_add(&row, bytes_str("row"), bytes_str("register"));
	pairs_add(&row, bytes_str("done"), bytes_str(done ? "yes" : "no"));
	rows_later(job, &row);
	return RC_OK;
}

void
doc_on(uint64_t job, const struct msg_doc *m)
{
	static enum rc (*const shows[REG_WHATS])(struct buf * rows,
	    const struct asking *a, const struct msg_doc *m, struct err *e) = {
		[REG_LIST] = docs_list,
		[REG_SHOW] = docs_show,
		[REG_RECORD] = docs_record,
		[REG_BOOKS] = books_list,
		[REG_LINES] = books_lines,
		[REG_REPORT] = books_report,
		[REG_PRINT] = books_print,
		[REG_TIMES] = docs_times,
		[REG_DRAFTS] = drafts_list,
		[REG_DRAFT_GET] = drafts_get,
	};
	struct buf rows = { 0 };
	struct asking a;
	struct err e;
	enum rc rc;

	if (m->what == REG_DO) {
		if (doc_do(job, m, &e) != RC_OK)
			rows_refuse(job, &e);
		return;
	}
	rc = asking_of(&a, m, &e);
	if (rc == RC_OK && m->what == REG_SEARCH)
		rc = docs_search(job, &a, m, &e);
	else if (rc == RC_OK && m->what == REG_DRAFT_PUT)
		rc = drafts_put(job, &a, m, &e);
	else if (rc == RC_OK && m->what == REG_DRAFT_DROP)
		rc = drafts_drop(job, &a, m, &e);
	else if (rc == RC_OK && shows[m->what] == NULL)
		rc = book_do(job, &a, m, &e);
	else if (rc == RC_OK &&
		 (rc = shows[m->what](&rows, &a, m, &e)) == RC_OK)
		st.writing ? rows_say_later(job, &rows)
			   : rows_say(job, buf_bytes(&rows));
	if (rc != RC_OK)
		rows_refuse(job, &e);
	buf_free(&rows);
}

void
docs_stop(void)
{
	while (doing_count > 0)
		doing_drop(doings[0]);
	docs_search_stop();
	law_ends();
}
