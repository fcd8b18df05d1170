/* SPDX-License-Identifier: EUPL-1.2 */
/* What a step does, in one transaction (docs/registry.md 7.2): all is looked at
 * before anything is written, for the transaction is others' too. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proc_store/registry.h"
#include "crypto/row.h"
#include "envelope/label.h"

#define LIFE "registry.life"	 /* the station's, that its series are of */
#define CLOSED "registry.closed" /* when they were closed */

/* ---- names --------------------------------------------------------------- */

struct bytes
book_name(char out[static BOOK_NAME], const char *unit, struct bytes word)
{
	(void)snprintf(out, BOOK_NAME, "%s/%.*s", unit,
	    (int)(word.len < 64 ? word.len : 64), (const char *)word.p);
	return bytes_str(out);
}

struct bytes
book_word(const char *unit, struct bytes name)
{
	const size_t n = strlen(unit);

	if (name.len <= n || memcmp(name.p, unit, n) != 0 || name.p[n] != '/')
		return (struct bytes){ 0 };
	return bytes_of(name.p + n + 1, name.len - n - 1);
}

void
journal_book(unsigned code, uint64_t number, struct bytes name)
{
	const struct entry_data d = {
		.code = code, .number = number, .text = name
	};

	journal_add(ENTRY_REGISTER, &d, 0);
}

/* ---- numbers ------------------------------------------------------------- */

/* When the series were closed; 0: they never were.  A life that is another than
 * it was closes them (docs/registry.md 4.4). */
static enum rc
closed_at(int64_t *at, struct err *e)
{
	uint64_t life, when;
	enum rc rc;

	*at = 0;
	if ((rc = word_u64(LIFE, &life, e)) != RC_OK ||
	    (rc = word_u64(CLOSED, &when, e)) != RC_OK)
		return rc;
	*at = (int64_t)when;
	if (life == st.incarnation)
		return RC_OK;
	if ((rc = store_write(e)) != RC_OK ||
	    (rc = set_word_u64(LIFE, st.incarnation, e)) != RC_OK || life == 0)
		return rc;
	*at = station_now();
	return set_word_u64(CLOSED, (uint64_t)*at, e);
}

static unsigned
year_of(int64_t t)
{
	return (unsigned)time_civil(t + 7 * 3600).year;
}

enum rc
number_at(uint64_t *out, int64_t *closed, struct bytes series, unsigned year,
    struct err *e)
{
	struct store_series s;
	struct buf hold;
	uint64_t last;
	enum rc rc;

	*out = 0;
	if ((rc = closed_at(closed, e)) != RC_OK ||
	    (rc = st.store->ops->registry->taken(
		 st.store, series, year, &last, e)) != RC_OK)
		return rc;
	rc = st.store->ops->registry->resumed(
	    st.store, series, year, &s, &hold, e);
	buf_free(&hold);
	if (rc != RC_OK && rc != RC_ABSENT)
		return rc;
	if (*closed > 0 &&
	    (year > year_of(*closed) || (rc == RC_OK && s.at >= *closed)))
		*closed = 0;
	if (rc == RC_OK && s.from > 0 && s.from - 1 > last)
		last = s.from - 1;
	*out = last + 1;
	return RC_OK;
}

enum rc
number_next(uint64_t *out, struct bytes series, unsigned year, struct err *e)
{
	int64_t closed;
	enum rc rc = number_at(out, &closed, series, year, e);

	if (rc != RC_OK || closed == 0)
		return rc;
	*out = 0;
	return fail(e, RC_DENIED,
	    "docs/registry.md 4.4: this station was restored, and "
	    "numbers may be missing: two people say first at which "
	    "number it goes on (antin register resume)");
}

struct is_there {
	uint64_t number, n;
	bool found, cancelled;
};

static bool
look_at(void *ctx, const struct store_number *n)
{
	struct is_there *t = ctx;

	t->found = n->number == t->number;
	t->n = n->n;
	t->cancelled = n->cancelled;
	return false;
}

/* What the number was to be, it still can be. */
static enum rc
check_number(const struct asking *a, uint64_t n, const struct acting_plan *plan,
    struct err *e)
{
	struct is_there t = { .number = plan->number };
	char name[BOOK_NAME];
	const struct bytes series = book_name(name, a->unit, plan->series);
	uint64_t next;
	enum rc rc;

	if (plan->how == ACTING_NO_NUMBER)
		return RC_OK;
	if (plan->how == ACTING_NEXT) {
		rc = number_next(&next, series, plan->year, e);
		if (rc == RC_OK && next != plan->number)
			rc = fail(e, RC_EXISTS,
			    "other numbers were taken meanwhile; try again");
		return rc;
	}
	rc = st.store->ops->registry->numbers(
	    st.store, series, plan->year, plan->number, 1, look_at, &t, e);
	if (rc != RC_OK)
		return rc;
	if (plan->how == ACTING_GIVEN && t.found)
		return fail(e, RC_DENIED,
		    "number %llu of %u is another document's already",
		    (unsigned long long)plan->number, plan->year);
	if (plan->how == ACTING_CANCELLED &&
	    (!t.found || t.n != n || t.cancelled))
		return fail(e, RC_DENIED, "that is not its number");
	return RC_OK;
}

static enum rc
keep_number(const struct asking *a, uint64_t n, const struct acting_plan *plan,
    struct err *e)
{
	char name[BOOK_NAME];
	struct store_number number = { .series = book_name(
					   name, a->unit, plan->series),
		.year = plan->year,
		.number = plan->number,
		.n = n,
		.at = plan->at };
	struct buf reason = { 0 };
	enum rc rc = RC_OK;

	if (plan->how == ACTING_NO_NUMBER)
		return RC_OK;
	if (plan->how == ACTING_NEXT || plan->how == ACTING_GIVEN)
		return st.store->ops->registry->take(st.store, &number, e);
	rc = sealed_shut(&reason,
	    row_of_book("number", number.series, plan->year, plan->number),
	    plan->reason, e);
	if (rc == RC_OK)
		rc = st.store->ops->registry->cancel(st.store, number.series,
		    plan->year, plan->number, buf_bytes(&reason), e);
	buf_free(&reason);
	return rc;
}

/* ---- lines --------------------------------------------------------------- */

/* The volume that takes lines now; one is opened where there is none. */
static enum rc
open_volume(unsigned *volume, struct bytes book, unsigned year, struct err *e)
{
	struct store_volume v = { 0 }, next = { .book = book, .year = year };
	struct buf hold, cover;
	enum rc rc;

	rc =
	    st.store->ops->registry->volume(st.store, book, year, &v, &hold, e);
	buf_free(&hold);
	if (rc != RC_OK && rc != RC_ABSENT)
		return rc;
	*volume = v.volume;
	if (rc == RC_OK && v.closed == 0)
		return RC_OK;
	*volume = next.volume = v.volume + 1;
	next.opened = station_now();
	rc = sealed_shut(&cover, row_of_book("volume", book, year, next.volume),
	    (struct bytes){ 0 }, e);
	next.cover = buf_bytes(&cover);
	if (rc == RC_OK)
		rc = st.store->ops->registry->volume_open(st.store, &next, e);
	buf_free(&cover);
	if (rc == RC_OK)
		journal_book(1, next.volume, book);
	return rc;
}

static enum rc
keep_line(const struct asking *a, uint64_t n, const struct acting_plan *plan,
    const struct acting_line *from, struct err *e)
{
	char name[BOOK_NAME];
	struct store_line l = { .book = book_name(name, a->unit, from->book),
		.year = from->year,
		.n = n,
		.level = plan->level,
		.rank = precedence_rank((enum precedence)plan->rank),
		.incoming = plan->incoming,
		.at = plan->at };
	struct buf cells = { 0 }, sealed = { 0 };
	enum rc rc;

	if ((rc = open_volume(&l.volume, l.book, l.year, e)) != RC_OK ||
	    (rc = st.store->ops->registry->serial(
		 st.store, l.book, l.year, &l.serial, e)) != RC_OK)
		return rc;
	row_number(&cells, "serial", (int64_t)l.serial);
	buf_add(&cells, from->cells);
	rc = sealed_shut(&sealed, row_of_book("line", l.book, l.year, l.serial),
	    buf_bytes(&cells), e);
	l.cells = buf_bytes(&sealed);
	if (rc == RC_OK)
		rc = st.store->ops->registry->line(st.store, &l, e);
	buf_free(&cells);
	buf_free(&sealed);
	return rc;
}

/* The document's last line in a register. */
struct finding {
	const char *unit;
	struct bytes word; /* empty: any */
	char book[BOOK_NAME];
	unsigned year;
	uint64_t serial; /* 0: there is none */
};

static bool
last_line(void *ctx, const struct store_line *l)
{
	struct finding *f = ctx;
	const struct bytes word = book_word(f->unit, l->book);

	if (word.len > 0 && (f->word.len == 0 || bytes_eq(word, f->word)) &&
	    l->book.len < BOOK_NAME) {
		memcpy(f->book, l->book.p, l->book.len);
		f->book[l->book.len] = '\0';
		f->year = l->year;
		f->serial = l->serial;
	}
	return true;
}

/* "text": pairs of columns' words and what is said of each. */
enum rc
remark_keep(struct bytes book, unsigned year, uint64_t serial, int64_t at,
    struct bytes text, struct err *e)
{
	struct store_remark r = {
		.book = book, .year = year, .serial = serial, .at = at
	};
	struct buf sealed;
	enum rc rc;

	rc = sealed_shut(
	    &sealed, row_of_book("remark", book, year, serial), text, e);
	r.text = buf_bytes(&sealed);
	if (rc == RC_OK)
		rc = st.store->ops->registry->remark(st.store, &r, e);
	buf_free(&sealed);
	return rc;
}

/* A closed volume takes nothing: then the document's steps alone say so. */
static enum rc
keep_note(const struct asking *a, uint64_t n, const struct acting_plan *plan,
    const struct acting_line *from, struct err *e)
{
	struct finding f = { .unit = a->unit, .word = from->book };
	enum rc rc =
	    st.store->ops->registry->lines_of(st.store, n, last_line, &f, e);

	if (rc != RC_OK || f.serial == 0)
		return rc;
	rc = remark_keep(
	    bytes_str(f.book), f.year, f.serial, plan->at, from->cells, e);
	return rc == RC_DENIED ? RC_OK : rc;
}

/* ---- what is destroyed --------------------------------------------------- */

struct dropping {
	struct buf lines; /* of struct stands */
	enum rc rc;
	struct err *e;
};
struct stands {
	char book[BOOK_NAME];
	unsigned year;
	uint64_t serial;
	struct buf cells; /* sealed; owned */
};

/* Of a line all but the abstract stays. */
static bool
drop_cell(void *ctx, const struct store_line *l)
{
	struct dropping *d = ctx;
	struct buf text = { 0 }, rest = { 0 };
	struct stands p = { .year = l->year, .serial = l->serial };
	struct bytes pairs, name, value;

	d->rc = sealed_read(&text,
	    row_of_book("line", l->book, l->year, l->serial), l->cells, d->e);
	pairs = buf_bytes(&text);
	while (pairs_next(&pairs, &name, &value))
		if (!bytes_is(name, "abstract"))
			pairs_add(&rest, name, value);
	if (d->rc == RC_OK && rest.len < text.len && l->book.len < BOOK_NAME) {
		memcpy(p.book, l->book.p, l->book.len);
		d->rc = sealed_shut(&p.cells,
		    row_of_book("line", l->book, l->year, l->serial),
		    buf_bytes(&rest), d->e);
		buf_add(&d->lines, bytes_of(&p, sizeof(p)));
	}
	buf_free(&text);
	buf_free(&rest);
	return d->rc == RC_OK;
}

static enum rc
drop_abstract(uint64_t n, struct err *e)
{
	struct dropping d = { .e = e };
	struct stands p;
	size_t at;
	enum rc rc =
	    st.store->ops->registry->lines_of(st.store, n, drop_cell, &d, e);

	if (rc == RC_OK)
		rc = d.rc;
	for (at = 0; at + sizeof(p) <= d.lines.len; at += sizeof(p)) {
		memcpy(&p, d.lines.p + at, sizeof(p));
		if (rc == RC_OK)
			rc = st.store->ops->registry->cells(st.store,
			    bytes_str(p.book), p.year, p.serial,
			    buf_bytes(&p.cells), e);
		buf_free(&p.cells);
	}
	buf_free(&d.lines);
	return rc;
}

/* Of which steps the opening has the abstract: all of them. */
struct described {
	bool is[STORE_DOC_STEPS];
};

static bool
is_describing(void *ctx, const struct store_step *step)
{
	struct described *d = ctx;

	if (step->number < STORE_DOC_STEPS)
		d->is[step->number] =
		    step->opening.len > 0 && acting_describes(step->statement);
	return true;
}

/* Files of packages that were destroyed in this round: they go after it. */
static uint8_t (*burnt)[SHA256_SIZE]; /* owned */
static size_t burnt_count;

struct others {
	const struct names *own;
	bool have;
};

static bool
is_others(void *ctx, const struct delivery *d)
{
	struct others *o = ctx;
	size_t i;

	for (i = 0; i < o->own->count; i++)
		if (bytes_is(d->desk, o->own->name[i]))
			return true;
	o->have = true;
	return false;
}

/* One of the desk's, by any name it had; not where it lies at others' desks,
 * too: there it is theirs. */
static enum rc
burn_one(const struct id *id, const struct names *own, struct err *e)
{
	struct others o = { .own = own };
	struct stored d;
	enum rc rc = RC_ABSENT;
	size_t i;

	for (i = 0; i < own->count && rc == RC_ABSENT; i++)
		rc = st.store->ops->find_at(
		    st.store, id, bytes_str(own->name[i]), &d, e);
	if (rc == RC_ABSENT)
		return RC_OK;
	if (rc == RC_OK)
		rc = st.store->ops->deliveries(st.store, d.n, is_others, &o, e);
	if (rc == RC_OK && !o.have)
		rc =
		    st.store->ops->burn(st.store, d.n, &burnt, &burnt_count, e);
	return rc;
}

/* docs/registry.md 3.10: what of it lies as dispatches at its desk. */
static enum rc
burn(struct bytes ids, struct bytes desk, struct err *e)
{
	struct rd r = rd_init(ids);
	struct names own;
	struct id id;
	enum rc rc = RC_OK;

	names_of(&own, desk);
	while (rc == RC_OK && r.in.len >= ID_SIZE) {
		memcpy(id.b, rd_bytes(&r, ID_SIZE).p, ID_SIZE);
		rc = burn_one(&id, &own, e);
	}
	return rc;
}

static void
burnt_files_go(bool kept)
{
	struct err e;
	size_t i;

	for (i = 0; i < burnt_count && kept; i++)
		if (!st.store->ops->needs(st.store, burnt[i]))
			/* what stays is swept at the next start */
			(void)!files_remove(st.disk, burnt[i], &e);
	free(burnt);
	burnt = NULL;
	burnt_count = 0;
}

static enum rc
destroy(uint64_t n, const struct acting_plan *plan, struct bytes desk,
    struct err *e)
{
	const struct store_registry_ops *ops = st.store->ops->registry;
	struct described d = { 0 };
	unsigned i;
	enum rc rc;

	rc = burn(plan->burns, desk, e);
	if (rc == RC_OK && plan->destroys_abstract) /* a line stays: 3.10 */
		rc = drop_abstract(n, e);
	if (rc == RC_OK && plan->destroys_openings)
		rc = ops->steps_destroy(st.store, n, STORE_DOC_STEPS, e);
	else if (rc == RC_OK && plan->destroys_abstract)
		rc = ops->steps(st.store, n, 0, is_describing, &d, e);
	for (i = 0; i < STORE_DOC_STEPS && rc == RC_OK; i++)
		if (d.is[i])
			rc = ops->steps_destroy(st.store, n, i, e);
	return rc;
}

/* Also at the start: the process may have ended in between. */
static bool scrub_due = true;
static bool destroyed; /* in this round */

void
docs_scrub(bool kept)
{
	struct log_line l;
	struct err e;

	burnt_files_go(kept);
	scrub_due |= kept && destroyed;
	destroyed = false;
	if (!scrub_due)
		return;
	scrub_due = st.store->ops->journal->scrub(st.store, &e) != RC_OK;
	if (!scrub_due || !kept)
		return;
	l = log_line(LOG_WARN, "registry.not_scrubbed");
	log_err(&l, &e);
	process_log(LOG_WARN, &l);
}

/* ---- the document -------------------------------------------------------- */

/* It stands as it did when the step was thought through. */
static enum rc
check_same(uint64_t n, const struct acting_plan *plan, struct err *e)
{
	struct store_doc d;
	struct buf hold;
	enum rc rc;

	if (n == 0)
		return RC_OK;
	rc = st.store->ops->registry->get(st.store, n, &d, &hold, e);
	if (rc == RC_OK &&
	    (d.steps != plan->steps ||
		memcmp(d.last, plan->previous, SHA256_SIZE) != 0))
		rc = fail(e, RC_EXISTS,
		    "somebody else has done something to this document "
		    "meanwhile; look at it again");
	buf_free(&hold);
	return rc;
}

static enum rc
keep_doc(const struct asking *a, uint64_t *n, const struct id *id,
    const struct acting_plan *plan, struct err *e)
{
	struct store_doc d = { .n = *n,
		.kind = plan->kind,
		.state = plan->state,
		.level = plan->level,
		.rank = precedence_rank((enum precedence)plan->rank),
		.desk = bytes_str(a->address),
		.due = plan->due,
		.opened = plan->at,
		.changed = plan->at,
		.steps = plan->steps + 1 };
	struct buf summary;
	enum rc rc;

	memcpy(d.id, id->b, ID_SIZE);
	memcpy(d.dispatch, plan->dispatch.b, ID_SIZE);
	sha256(d.last, plan->statement);
	rc = sealed_shut(&summary, row_of_doc(id->b), plan->summary, e);
	d.summary = buf_bytes(&summary);
	if (rc == RC_OK && *n == 0)
		rc = st.store->ops->registry->put(st.store, &d, e);
	else if (rc == RC_OK)
		rc = st.store->ops->registry->set(st.store, &d, plan->steps, e);
	*n = d.n;
	buf_free(&summary);
	return rc;
}

static enum rc
keep_step(uint64_t n, const struct id *id, const struct acting_plan *plan,
    struct bytes signature, struct err *e)
{
	struct store_step step = { .n = n,
		.number = plan->steps,
		.statement = plan->statement,
		.signature = signature };
	struct buf opening;
	enum rc rc;

	rc = sealed_shut(
	    &opening, row_of_step(id->b, plan->steps), plan->opening, e);
	step.opening = buf_bytes(&opening);
	if (rc == RC_OK)
		rc = st.store->ops->registry->step(st.store, &step, e);
	buf_free(&opening);
	return rc;
}

static void
journal_step(
    const struct asking *a, const struct id *id, const struct acting_plan *plan)
{
	struct entry_data d = {
		.id = *id, .number = plan->steps, .desk = bytes_str(a->address)
	};

	sha256(d.hash, plan->statement);
	journal_add(ENTRY_STEP, &d, 0);
}

/* It has room in the store's rows, sealed. */
static enum rc
check_room(const struct acting_plan *plan, struct err *e)
{
	bool much = plan->steps + 1 > STORE_DOC_STEPS ||
		    plan->summary.len + ROW_EXTRA > STORE_SUMMARY ||
		    plan->opening.len + ROW_EXTRA > STORE_STEP_OPENING ||
		    plan->reason.len + ROW_EXTRA > STORE_CELLS;
	size_t i;

	/* and a serial with its name */
	for (i = 0; i < plan->line_count; i++)
		much = much ||
		       plan->lines[i].cells.len + ROW_EXTRA + 64 > STORE_CELLS;
	return much ? fail(e, RC_LIMIT,
			  "so much is written in this document that the "
			  "registry has no room for it")
		    : RC_OK;
}

static enum rc
write_all(const struct asking *a, uint64_t n, const struct id *id,
    const struct acting_plan *plan, struct bytes signature, struct err *e)
{
	enum rc rc = keep_doc(a, &n, id, plan, e);
	size_t i;

	if (rc == RC_OK)
		rc = destroy(n, plan, bytes_str(a->address), e);
	if (rc == RC_OK)
		rc = keep_step(n, id, plan, signature, e);
	if (rc == RC_OK)
		rc = keep_number(a, n, plan, e);
	for (i = 0; i < plan->line_count && rc == RC_OK; i++)
		rc = plan->lines[i].remark
			 ? keep_note(a, n, plan, &plan->lines[i], e)
			 : keep_line(a, n, plan, &plan->lines[i], e);
	return rc;
}

enum rc
doc_keep(const struct asking *a, uint64_t n, const struct id *id,
    const struct acting_plan *plan, struct bytes signature, struct err *e)
{
	uint8_t key[ROWS_KEY];
	enum rc rc;

	rc = rows_key_or(key, e);
	wipe(key, sizeof(key));
	if (rc != RC_OK || (rc = store_write(e)) != RC_OK ||
	    (rc = check_room(plan, e)) != RC_OK ||
	    (rc = check_same(n, plan, e)) != RC_OK ||
	    (rc = check_number(a, n, plan, e)) != RC_OK)
		return rc;
	rc = write_all(a, n, id, plan, signature, e);
	if (store_failed(rc) == RC_IO)
		return rc;
	if (rc != RC_OK) /* half of it is in others' transaction */
		bug("a step that was held to the store does not apply");
	destroyed |= plan->destroys_abstract || plan->destroys_openings ||
		     plan->burns.len > 0;
	journal_step(a, id, plan);
	return RC_OK;
}
