/* SPDX-License-Identifier: EUPL-1.2 */
/* Registers by name, and numbers of series (docs/registry.md 4). */
#include <stdio.h>
#include <string.h>

#include "proc_store/doc_keep.h"

#define LIFE "registry.life"	 /* the station's, that its series are of */
#define CLOSED "registry.closed" /* when they were closed */

/* ---- names
 * ------------------------------------------------------------ */

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

/* ---- numbers
 * ------------------------------------------------------------ */

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

enum rc
book_number_check(const struct asking *a, uint64_t n,
    const struct acting_plan *plan, struct err *e)
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

enum rc
book_number_keep(const struct asking *a, uint64_t n,
    const struct acting_plan *plan, struct err *e)
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
