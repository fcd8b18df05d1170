/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What people do to documents (docs/registry.md 7.2): a step is thought
 * through, signed by keys, and kept.  Between the two anything may happen; what
 * has changed then is thought through again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antind/registry.h"
#include "core/vec.h"
#include "crypto/random.h"
#include "pki/resolve.h"

#define DOINGS_MAX 64u /* that are being signed */
#define TRIES 8u       /* of one step */

/* ---- answers ------------------------------------------------------------- */

void
row_number(struct buf *row, const char *name, int64_t n)
{
	char text[24];

	if (n == TIME_NEVER)
		return;
	(void)snprintf(text, sizeof(text), "%lld", (long long)n);
	pairs_add(row, bytes_str(name), bytes_str(text));
}

void
rows_add(struct buf *rows, struct buf *row)
{
	buf_u64(rows, row->len);
	buf_add(rows, buf_bytes(row));
	buf_free(row);
}

void
rows_say(uint64_t job, struct bytes rows)
{
	struct msg_doc_is out = { .rc = RC_OK };
	struct rd r = rd_init(rows);
	size_t at = 0, next;

	do {
		next = at;
		/* as many as a message takes */
		while (r.in.len > 0) {
			(void)rd_bytes(&r, (size_t)rd_u64(&r));
			if (rows.len - r.in.len - at > MSG_DOC_ROWS)
				break;
			next = rows.len - r.in.len;
		}
		if (r.bad || (next == at && rows.len > at))
			bug("rows that are none");
		out.rows = bytes_of(rows.p + at, next - at);
		out.last = next == rows.len;
		(void)tell(PROC_CONTROL, MSG_DOC_IS, job, &out, -1);
		at = next;
		r = rd_init(bytes_of(rows.p + at, rows.len - at));
	} while (at < rows.len);
}

void
rows_refuse(uint64_t job, const struct err *e)
{
	const struct msg_doc_is out = {
		.rc = e->rc, .why = bytes_str(e->text), .last = 1
	};

	(void)tell(PROC_CONTROL, MSG_DOC_IS, job, &out, -1);
}

/* What is said when it is on disk. */
static struct later {
	uint64_t job;
	struct buf rows;
} * laters; /* owned */
static size_t later_count;

void
rows_later(uint64_t job, struct buf *row)
{
	struct later *l;

	laters = vec_more(laters, later_count, sizeof(*laters));
	l = &laters[later_count++];
	*l = (struct later){ .job = job };
	rows_add(&l->rows, row);
}

/* That somebody looked is on disk before he sees it. */
static void
rows_say_later(uint64_t job, struct buf *rows)
{
	laters = vec_more(laters, later_count, sizeof(*laters));
	laters[later_count++] = (struct later){ job, *rows };
	*rows = (struct buf){ 0 };
}

void
docs_settled(bool kept, const struct err *e)
{
	size_t i;

	for (i = 0; i < later_count; i++) {
		if (kept)
			rows_say(laters[i].job, buf_bytes(&laters[i].rows));
		else
			rows_refuse(laters[i].job, e);
		buf_free(&laters[i].rows);
	}
	free(laters);
	laters = NULL;
	later_count = 0;
}

/* ---- who asks ------------------------------------------------------------ */

/* He holds this role at any desk of the unit. */
static bool
inspects(const struct session *who, size_t unit)
{
	const struct state *s = &st.file.directory->state;
	size_t i;

	for (i = 0; i < s->role_count; i++)
		if (s->roles[i].person == who->holder &&
		    s->roles[i].role == ROLE_INSPECTOR &&
		    s->holders[s->roles[i].desk].unit == unit &&
		    session_role(who, s->roles[i].desk, ROLE_INSPECTOR))
			return true;
	return false;
}

enum rc
asking_of(struct asking *out, const struct msg_doc *m, struct err *e)
{
	struct directory *d = st.file.directory;
	struct resolved r;
	struct route way;
	enum rc rc;

	*out = (struct asking){ 0 };
	if ((rc = session_of(&out->who, m->uid, m->person, e)) != RC_OK ||
	    (rc = resolve(d, m->desk, station_now(), &r, e)) != RC_OK)
		return rc;
	route_find(d, st.unit, m->desk, station_now(), &way);
	if (!st.named || r.holder == NONE || way.way != WAY_HERE ||
	    d->state.holders[r.holder].person)
		return fail(e, RC_DENIED, "%.*s is no desk of this station",
		    (int)m->desk.len, (const char *)m->desk.p);
	out->desk = r.holder;
	memcpy(out->address, r.address, sizeof(out->address));
	hex_write(out->unit, id_bytes(&d->state.units[r.unit].uid));
	out->roles = session_roles(&out->who, r.holder);
	out->level = session_level(&out->who);
	if (out->roles == 0 && !inspects(&out->who, r.unit))
		return fail(e, RC_DENIED, "%s has no role at %s",
		    out->who.address, out->address);
	return RC_OK;
}

/* Under whatever name the desk had then. */
static bool
is_desks(const struct asking *a, struct bytes desk)
{
	struct resolved r;
	struct err e;

	return bytes_is(desk, a->address) ||
	       (resolve(st.file.directory, desk, station_now(), &r, &e) ==
		       RC_OK &&
		   r.holder == a->desk);
}

enum rc
asking_doc(struct store_doc *out, struct buf *hold, const struct asking *a,
    struct bytes digits, struct err *e)
{
	uint8_t id[STORE_DOC_ID];
	char full[2 * STORE_DOC_ID];
	enum rc rc;

	*hold = (struct buf){ 0 };
	if (digits.len == 0 || digits.len > sizeof(full))
		return fail(e, RC_INVALID, "a document is wanted");
	memset(full, '0', sizeof(full));
	memcpy(full, digits.p, digits.len);
	if (!hex_parse(id, sizeof(id), bytes_of(full, sizeof(full))))
		return fail(e, RC_INVALID, "that is no document's id");
	rc = st.store->ops->registry->find(
	    st.store, id, (unsigned)digits.len, out, hold, e);
	if (rc == RC_EXISTS)
		return fail(e, RC_EXISTS,
		    "several documents begin with %.*s: more digits are wanted",
		    (int)digits.len, (const char *)digits.p);
	if (rc == RC_OK && is_desks(a, out->desk) &&
	    out->level <= (unsigned)a->level)
		return RC_OK;
	if (rc == RC_OK || rc == RC_ABSENT)
		rc =
		    fail(e, RC_ABSENT, "no such document is at %s", a->address);
	buf_free(hold);
	return rc;
}

/* ---- what there is of it ------------------------------------------------- */

struct loading {
	struct acting *to;
	bool about;
	const struct store_doc *d;
	enum rc rc;
	struct err *e;
};

static bool
load_step(void *ctx, const struct store_step *step)
{
	struct loading *l = ctx;
	struct buf opening = { 0 };

	if (step->opening.len > 0)
		l->rc = sealed_read(&opening, row_of_step(l->d->id, step->number),
		    step->opening, l->e);
	if (l->rc == RC_OK)
		l->rc = acting_step(l->to, l->about, step->statement,
		    buf_bytes(&opening), l->e);
	buf_free(&opening);
	return l->rc == RC_OK;
}

enum rc
doc_load(
    struct acting *to, bool about, const struct store_doc *d, struct err *e)
{
	struct loading l = { .to = to, .about = about, .d = d, .e = e };
	enum rc rc =
	    st.store->ops->registry->steps(st.store, d->n, 0, load_step, &l, e);

	return rc == RC_OK ? l.rc : rc;
}

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

/* Thought through, and with keys; else it is refused, and dropped. */
static void
attempt(struct doing *d)
{
	struct err e;
	enum rc rc = prepare(d, &e);

	if (rc == RC_OK)
		rc = think(d, &e);
	if (rc == RC_OK) {
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
	enum rc rc;

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
