/* SPDX-License-Identifier: EUPL-1.2 */
/* What the registry of a store that was told so much must hold (model.h), work
 * at random on it, and whether it does. */
#ifndef TESTS_STORE_REGISTERED_H
#define TESTS_STORE_REGISTERED_H

#include "world.h"

#define REGISTERED_DOCS 24
#define REGISTERED_YEAR 2026u

struct registered {
	unsigned docs, steps[REGISTERED_DOCS];
	unsigned destroyed[REGISTERED_DOCS]; /* the first so many steps */
	unsigned numbers, cancelled;	     /* the first so many */
	unsigned lines, volumes;	     /* the last one is open */
};

static inline struct store_doc
registered_doc(unsigned n, unsigned steps, struct buf *summary)
{
	*summary = bytes_made(n * 100 + steps, n * 977 % 9000);
	return (struct store_doc){ .n = n,
		.id = { (uint8_t)n, 1 },
		.kind = n % 5,
		.state = steps % 20,
		.desk = bytes_str("antin://d/x"),
		.due = TIME_NEVER,
		.opened = SECOND + n,
		.changed = SECOND + steps,
		.steps = steps,
		.last = { (uint8_t)steps, 3 },
		.summary = buf_bytes(summary) };
}

static inline enum rc
registered_step(struct world *w, unsigned n, unsigned number)
{
	struct buf opening = bytes_made(n * 77 + number, 1 + n * 397 % 7000);
	const struct store_step step = { .n = n,
		.number = number,
		.statement = bytes_str("statement"),
		.signature = bytes_str("signature"),
		.opening = buf_bytes(&opening) };
	enum rc rc = w->ops->registry->step(w->s, &step, &w->e);

	buf_free(&opening);
	return rc;
}

/* A new document, or the next step of one that is there. */
static inline enum rc
registered_doc_one(struct world *w, struct dice *dice, struct registered *m)
{
	const bool new = m->docs == 0 || (m->docs < REGISTERED_DOCS &&
					     dice_below(dice, 3) == 0);
	const unsigned n = new ? m->docs + 1 : 1 + dice_below(dice, m->docs);
	const unsigned steps = new ? 0 : m->steps[n - 1];
	struct buf summary;
	struct store_doc d = registered_doc(n, steps + 1, &summary);
	enum rc rc = new ? w->ops->registry->put(w->s, &d, &w->e)
			 : w->ops->registry->set(w->s, &d, steps, &w->e);

	buf_free(&summary);
	if (rc == RC_OK)
		rc = registered_step(w, n, steps);
	if (rc != RC_OK)
		return rc;
	m->docs += new;
	m->steps[n - 1] = steps + 1;
	return RC_OK;
}

static inline enum rc
registered_number(struct world *w, struct dice *dice, struct registered *m)
{
	const struct bytes series = bytes_str("a");
	const struct store_number number = { .series = series,
		.year = REGISTERED_YEAR,
		.number = m->numbers + 1,
		.n = 1,
		.at = SECOND };
	enum rc rc;

	if (m->cancelled < m->numbers && dice_below(dice, 4) == 0) {
		rc = w->ops->registry->cancel(w->s, series, REGISTERED_YEAR,
		    m->cancelled + 1, bytes_str("why"), &w->e);
		m->cancelled += rc == RC_OK;
		return rc;
	}
	rc = w->ops->registry->take(w->s, &number, &w->e);
	m->numbers += rc == RC_OK;
	return rc;
}

static inline enum rc
registered_line(struct world *w, struct dice *dice, struct registered *m)
{
	const struct bytes book = bytes_str("book");
	struct store_volume v = { .book = book,
		.year = REGISTERED_YEAR,
		.volume = m->volumes,
		.opened = SECOND,
		.closed = SECOND };
	const struct store_line l = { .book = book,
		.year = REGISTERED_YEAR,
		.volume = m->volumes,
		.serial = m->lines + 1,
		.n = 1,
		.at = SECOND,
		.cells = bytes_str("cells") };
	enum rc rc = RC_OK;

	if (m->volumes > 0 && dice_below(dice, 5) > 0) {
		rc = w->ops->registry->line(w->s, &l, &w->e);
		m->lines += rc == RC_OK;
		return rc;
	}
	if (m->volumes > 0)
		rc = w->ops->registry->volume_close(w->s, &v, &w->e);
	v.volume++;
	if (rc == RC_OK)
		rc = w->ops->registry->volume_open(w->s, &v, &w->e);
	m->volumes += rc == RC_OK;
	return rc;
}

/* What is not RC_OK is a failure of the disk, or wrong. */
static inline enum rc
registered_one(struct world *w, struct dice *dice, struct registered *m)
{
	unsigned n;
	enum rc rc;

	switch (dice_below(dice, 5)) {
	case 0:
		return registered_number(w, dice, m);
	case 1:
		return registered_line(w, dice, m);
	case 2:
		if (m->docs == 0)
			return RC_OK;
		n = dice_below(dice, m->docs);
		rc = w->ops->registry->steps_destroy(
		    w->s, n + 1, STORE_DOC_STEPS, &w->e);
		if (rc == RC_OK)
			m->destroyed[n] = m->steps[n];
		return rc;
	default:
		return registered_doc_one(w, dice, m);
	}
}

/* ---- what is there ------------------------------------------------------- */

struct registered_steps {
	unsigned n, count, destroyed;
	bool bad;
};

static inline bool
registered_add(void *ctx, const struct store_step *step)
{
	struct registered_steps *s = ctx;
	struct buf want =
	    bytes_made(s->n * 77 + step->number, 1 + s->n * 397 % 7000);

	s->bad = s->bad || step->number != s->count ||
		 !bytes_is(step->signature, "signature") ||
		 (step->number < s->destroyed
			 ? step->opening.len != 0
			 : !bytes_eq(step->opening, buf_bytes(&want)));
	s->count++;
	buf_free(&want);
	return true;
}

static inline bool
registered_doc_is(struct world *w, const struct registered *m, unsigned n)
{
	struct registered_steps s = { .n = n,
		.destroyed = m->destroyed[n - 1] };
	struct buf summary, hold;
	const struct store_doc want =
	    registered_doc(n, m->steps[n - 1], &summary);
	struct store_doc got;
	bool good =
	    w->ops->registry->get(w->s, n, &got, &hold, &w->e) == RC_OK &&
	    memcmp(got.id, want.id, sizeof(got.id)) == 0 &&
	    got.steps == want.steps && got.state == want.state &&
	    got.changed == want.changed &&
	    memcmp(got.last, want.last, sizeof(got.last)) == 0 &&
	    bytes_eq(got.summary, want.summary) &&
	    w->ops->registry->steps(w->s, n, 0, registered_add, &s, &w->e) ==
		RC_OK &&
	    !s.bad && s.count == m->steps[n - 1];

	buf_free(&summary);
	buf_free(&hold);
	return good;
}

struct registered_numbers {
	unsigned count, cancelled;
	bool bad;
};

static inline bool
registered_count(void *ctx, const struct store_number *number)
{
	struct registered_numbers *n = ctx;

	n->count++;
	n->cancelled += number->cancelled;
	n->bad = n->bad || number->number != n->count;
	return true;
}

static inline bool
registered_volume_is(struct world *w, const struct registered *m)
{
	struct store_volume v;
	struct buf hold;
	enum rc rc = w->ops->registry->volume(
	    w->s, bytes_str("book"), REGISTERED_YEAR, &v, &hold, &w->e);
	bool good = m->volumes == 0 ? rc == RC_ABSENT
				    : rc == RC_OK && v.volume == m->volumes &&
					  v.closed == 0 &&
					  (v.last == 0 || v.last == m->lines);

	buf_free(&hold);
	return good;
}

/* What differs; NULL: nothing. */
static inline const char *
registered_differs(struct world *w, const struct registered *m)
{
	struct registered_numbers numbers = { 0 };
	struct store_doc none;
	struct buf hold;
	uint64_t next, last;
	unsigned n;
	enum rc rc;

	for (n = 1; n <= m->docs; n++)
		if (!registered_doc_is(w, m, n))
			return "a document is another";
	rc = w->ops->registry->get(w->s, m->docs + 1, &none, &hold, &w->e);
	buf_free(&hold);
	if (rc != RC_ABSENT)
		return "there is a document more";
	if (w->ops->registry->numbers(w->s, bytes_str("a"), REGISTERED_YEAR, 0,
		9999, registered_count, &numbers, &w->e) != RC_OK ||
	    w->ops->registry->taken(
		w->s, bytes_str("a"), REGISTERED_YEAR, &last, &w->e) != RC_OK ||
	    numbers.bad || numbers.count != m->numbers || last != m->numbers ||
	    numbers.cancelled != m->cancelled)
		return "a number is taken that was not, or was left out";
	if (w->ops->registry->serial(w->s, bytes_str("book"), REGISTERED_YEAR,
		&next, &w->e) != RC_OK ||
	    next != m->lines + 1 || !registered_volume_is(w, m))
		return "a register is another";
	return NULL;
}

#endif
