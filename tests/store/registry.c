/* SPDX-License-Identifier: EUPL-1.2 */
/* The registry: every backend keeps documents, steps and numbers as
 * src/store/registry.h says (docs/registry.md 5). */
#include "contract.h"

static const uint8_t nobody[STORE_DOC_ID];

static struct store_doc
doc_made(uint8_t id, const char *desk)
{
	return (struct store_doc){ .id = { 0xab, id },
		.kind = id % 5,
		.state = 3,
		.level = id % 4,
		.rank = 1,
		.desk = bytes_str(desk),
		.due = id % 2 == 0 ? TIME_NEVER : SECOND + id,
		.opened = SECOND + id,
		.changed = SECOND + 100 + id,
		.dispatch = { id == 7 ? 0 : 9, id == 7 ? 0 : id },
		.steps = 1,
		.last = { 5, id },
		.summary = bytes_str("what it is") };
}

static bool
alike(const struct store_doc *a, const struct store_doc *b)
{
	return a->n == b->n && memcmp(a->id, b->id, sizeof(a->id)) == 0 &&
	       a->kind == b->kind && a->state == b->state &&
	       a->level == b->level && a->rank == b->rank &&
	       bytes_eq(a->desk, b->desk) && a->due == b->due &&
	       a->opened == b->opened && a->changed == b->changed &&
	       memcmp(a->dispatch, b->dispatch, sizeof(a->dispatch)) == 0 &&
	       a->steps == b->steps &&
	       memcmp(a->last, b->last, sizeof(a->last)) == 0 &&
	       bytes_eq(a->summary, b->summary);
}

static bool
doc_is(struct world *w, const struct store_doc *want)
{
	struct store_doc got;
	struct buf hold;
	bool good =
	    w->ops->registry->get(w->s, want->n, &got, &hold, &w->e) == RC_OK &&
	    alike(&got, want);

	buf_free(&hold);
	return good;
}

static struct store_doc
doc_put(struct world *w, uint8_t id, const char *desk)
{
	struct store_doc d = doc_made(id, desk);

	must(w->ops->registry->put(w->s, &d, &w->e), &w->e);
	return d;
}

static void
documents_are_kept(struct world *w)
{
	struct store_doc a, b, again;
	struct buf hold;

	is(w->ops->registry->get(w->s, 1, &a, &hold, &w->e), RC_ABSENT,
	    "a document that was never put is absent");
	world_do(w);
	a = doc_put(w, 1, "d/x");
	b = doc_put(w, 2, "d/y");
	ok(b.n > a.n, "numbers of documents grow");
	again = doc_made(1, "d/y");
	is(w->ops->registry->put(w->s, &again, &w->e), RC_EXISTS,
	    "no two have one id");
	again = doc_made(3, "d/y");
	again.state = STORE_DOC_STATES;
	is(w->ops->registry->put(w->s, &again, &w->e), RC_LIMIT,
	    "there is none of a state beyond measure");
	again = doc_made(3, "");
	is(w->ops->registry->put(w->s, &again, &w->e), RC_INVALID,
	    "and none of no desk");
	world_done(w);
	world_again(w);
	ok(doc_is(w, &a) && doc_is(w, &b), "all of them is kept");

	world_do(w);
	a.state = 9;
	a.steps = 2;
	a.due = 77;
	a.summary = bytes_str("what it became, at more length");
	a.desk = bytes_str("d/z");
	memset(a.last, 8, sizeof(a.last));
	again = a;
	again.kind = 30;
	again.opened = 1;
	memset(again.id, 1, sizeof(again.id));
	is(w->ops->registry->set(w->s, &again, 2, &w->e), RC_DENIED,
	    "who saw another count of steps does not change it");
	went(w->ops->registry->set(w->s, &again, 1, &w->e), &w->e,
	    "who saw them all does");
	is(w->ops->registry->set(w->s, &again, 1, &w->e), RC_DENIED, "once");
	again.n = 99;
	is(w->ops->registry->set(w->s, &again, 1, &w->e), RC_ABSENT,
	    "and none that is not there");
	ok(doc_is(w, &a), "its id, kind and beginning stay");
	w->ops->rollback(w->s);
	ok(!doc_is(w, &a) && doc_is(w, &b), "a rollback undoes it");
	world_do(w);
	must(w->ops->registry->set(w->s, &a, 1, &w->e), &w->e);
	world_done(w);
	world_again(w);
	ok(doc_is(w, &a) && doc_is(w, &b), "what was changed is kept");
}

struct those {
	unsigned count;
	uint64_t n;
};

static bool
count_those(void *ctx, const struct store_doc *d)
{
	struct those *t = ctx;

	t->count++;
	t->n = d->n;
	return true;
}

static const char *
found(struct world *w, const char *hex, unsigned level)
{
	static char text[64];
	uint8_t id[STORE_DOC_ID] = { 0 };
	struct those those = { 0 };
	char full[33];

	/* what is behind the digits is not read */
	memset(full, 'f', 32);
	memcpy(full, hex, strlen(hex));
	if (!hex_parse(id, sizeof(id), bytes_of(full, 32)))
		bug("no hex");
	must(w->ops->registry->find(w->s, id, (unsigned)strlen(hex), level,
		 count_those, &those, &w->e),
	    &w->e);
	(void)snprintf(text, sizeof(text), "%s %u",
	    those.count == 1  ? "one"
	    : those.count > 1 ? "several"
			      : "none",
	    those.count == 1 ? (unsigned)those.n : 0);
	return text;
}

static void
documents_are_found(struct world *w)
{
	struct store_doc a, b, above, got;
	struct buf hold;
	const uint8_t dispatch[STORE_DOC_ID] = { 9, 1 };

	world_do(w);
	a = doc_put(w, 0x01, "d/x");
	b = doc_put(w, 0x12, "d/x");
	(void)doc_put(w, 0x13, "d/x");
	(void)doc_put(w, 7, "d/x");
	world_done(w);
	ok(strcmp(found(w, "ab01", 9), "one 1") == 0,
	    "by what its id begins with");
	ok(strcmp(found(w, "ab12", 9), "one 2") == 0, "another");
	ok(strcmp(found(w, "ab1", 9), "several 0") == 0,
	    "half a byte of several is none");
	ok(strcmp(found(w, "a", 9), "several 0") == 0, "nor is one digit");
	ok(strcmp(found(w, "ac", 9), "none 0") == 0, "what none has is absent");
	ok(strcmp(found(w, "ab120000000000000000000000000000", 9), "one 2") ==
		0,
	    "the whole id finds it");
	ok(strcmp(found(w, "ab120000000000000000000000000001", 9), "none 0") ==
		0,
	    "to its last digit");
	world_do(w);
	above = doc_made(0x14, "d/x");
	above.level = a.level + 1;
	must(w->ops->registry->put(w->s, &above, &w->e), &w->e);
	world_done(w);
	ok(strcmp(found(w, "ab14", above.level), "one 5") == 0,
	    "who may see it finds it");
	ok(strcmp(found(w, "ab14", a.level), "none 0") == 0,
	    "to who may not it is not there");
	is(w->ops->registry->of_dispatch(
	       w->s, dispatch, bytes_str("d/x"), &got, &hold, &w->e),
	    RC_OK, "by its dispatch");
	ok(alike(&got, &a) && b.n == 2, "that one");
	buf_free(&hold);
	is(w->ops->registry->of_dispatch(
	       w->s, dispatch, bytes_str("d/y"), &got, &hold, &w->e),
	    RC_ABSENT, "not at another desk");
	buf_free(&hold);
	is(w->ops->registry->of_dispatch(
	       w->s, nobody, bytes_str("d/x"), &got, &hold, &w->e),
	    RC_ABSENT, "and no dispatch is nobody's");
	buf_free(&hold);
}

static bool
add_n(void *ctx, const struct store_doc *d)
{
	char *text = ctx;
	size_t at = strlen(text);

	(void)snprintf(text + at, 200 - at, "%u ", (unsigned)d->n);
	return strlen(text) < 150;
}

static void
lists(struct world *w, struct store_doc_filter f, size_t max, const char *want,
    const char *name)
{
	char text[200] = "";

	must(w->ops->registry->each(w->s, &f, max, add_n, text, &w->e), &w->e);
	same(bytes_str(text), bytes_str(want), "%s", name);
}

static void
documents_are_listed(struct world *w)
{
	uint8_t i;

	world_do(w);
	for (i = 1; i <= 9; i++) {
		struct store_doc d = doc_made(i, i % 3 == 0 ? "d/y" : "d/x");

		d.state = i == 4 ? 63 : i;
		must(w->ops->registry->put(w->s, &d, &w->e), &w->e);
	}
	world_done(w);
#define F (struct store_doc_filter)
	lists(w, F{ .level = 3 }, 99, "9 8 7 6 5 4 3 2 1 ",
	    "all, the newest first");
	lists(w, F{ .level = 3 }, 2, "9 8 ", "some of them");
	lists(w, F{ .level = 3, .before = 8 }, 2, "7 6 ", "those before");
	lists(w, F{ .level = 1 }, 99, "9 8 5 4 1 ", "no level above");
	lists(w, F{ .level = 3, .desk = bytes_str("d/y") }, 99, "9 6 3 ",
	    "those of a desk");
	lists(w, F{ .level = 1, .desk = bytes_str("d/y"), .before = 9 }, 99, "",
	    "of a desk none above a level");
	lists(w, F{ .level = 3, .kinds = 1u << 2 | 1u << 0 }, 99, "7 5 2 ",
	    "those of kinds");
	lists(w,
	    F{ .level = 3, .states = UINT64_C(1) << 63 | UINT64_C(1) << 2 }, 99,
	    "4 2 ", "those in states");
	lists(w, F{ .level = 3, .opened = { SECOND + 3, SECOND + 5 } }, 99,
	    "4 3 ", "those opened in a time");
	lists(w, F{ .level = 3, .changed = { SECOND + 108, 0 } }, 99, "9 8 ",
	    "those changed since");
#undef F
}

/* ---- steps --------------------------------------------------------------- */

static enum rc
step_put(struct world *w, uint64_t n, unsigned number, const char *opening)
{
	const struct store_step step = { .n = n,
		.number = number,
		.statement = bytes_str("statement"),
		.signature = bytes_str("signature"),
		.opening = bytes_str(opening) };

	return w->ops->registry->step(w->s, &step, &w->e);
}

static bool
add_step(void *ctx, const struct store_step *step)
{
	char *text = ctx;
	size_t at = strlen(text);

	if (!bytes_is(step->statement, "statement") ||
	    !bytes_is(step->signature, "signature"))
		return false;
	(void)snprintf(text + at, 200 - at, "%u:%.*s ", step->number,
	    (int)step->opening.len, (const char *)step->opening.p);
	return true;
}

static void
steps_are(struct world *w, uint64_t n, unsigned from, const char *want,
    const char *name)
{
	char text[200] = "";

	must(w->ops->registry->steps(w->s, n, from, add_step, text, &w->e),
	    &w->e);
	same(bytes_str(text), bytes_str(want), "%s", name);
}

static void
steps_are_kept(struct world *w)
{
	uint64_t a, b;

	world_do(w);
	a = doc_put(w, 1, "d/x").n;
	b = doc_put(w, 2, "d/x").n;
	must(step_put(w, a, 0, "one"), &w->e);
	must(step_put(w, b, 0, "other"), &w->e);
	must(step_put(w, a, 1, "two"), &w->e);
	is(step_put(w, a, 1, "again"), RC_EXISTS,
	    "a step's number is one step's");
	is(step_put(w, 99, 0, "none"), RC_ABSENT,
	    "a step of no document is none");
	is(step_put(w, a, STORE_DOC_STEPS, "none"), RC_LIMIT,
	    "nor is one beyond measure");
	world_done(w);
	world_again(w);
	steps_are(w, a, 0, "0:one 1:two ", "steps are listed in their order");
	steps_are(w, a, 1, "1:two ", "or from one on");
	world_do(w);
	must(step_put(w, a, 2, "three"), &w->e);
	must(w->ops->registry->steps_destroy(w->s, a, STORE_DOC_STEPS, &w->e),
	    &w->e);
	steps_are(w, a, 0,
	    "0: 1: 2: ", "of a destroyed document all that was said is gone");
	w->ops->rollback(w->s);
	steps_are(w, a, 0, "0:one 1:two ", "a rollback undoes that");
	world_do(w);
	must(w->ops->registry->steps_destroy(w->s, a, 1, &w->e), &w->e);
	steps_are(w, a, 0, "0:one 1: ", "or what was said in one of them");
	w->ops->rollback(w->s);
	world_do(w);
	must(w->ops->registry->steps_destroy(w->s, a, STORE_DOC_STEPS, &w->e),
	    &w->e);
	must(w->ops->registry->steps_destroy(w->s, a, STORE_DOC_STEPS, &w->e),
	    &w->e);
	must(step_put(w, a, 2, "later"), &w->e);
	world_done(w);
	must(w->ops->journal->scrub(w->s, &w->e), &w->e);
	world_again(w);
	steps_are(w, a, 0, "0: 1: 2:later ", "that it was stays");
	steps_are(w, b, 0, "0:other ", "other documents stay as they are");
}

/* A text of some pages that one finds again. */
static struct buf
marked(const char *mark, size_t len)
{
	struct buf b = { 0 };

	while (b.len < len)
		buf_add(&b, bytes_str(mark));
	return b;
}

static void
what_is_destroyed_is_not_on_disk(struct world *w)
{
	struct buf large = marked("LARGE-SUMMARY.", 30000);
	struct buf small = marked("SMALL-SUMMARY.", 400);
	struct buf opening = marked("SAID-IN-A-STEP.", 20000);
	struct store_doc d = doc_made(1, "d/x");

	if (w->ops == &store_memory)
		goto out;
	world_do(w);
	d.summary = buf_bytes(&large);
	must(w->ops->registry->put(w->s, &d, &w->e), &w->e);
	buf_u8(&opening, 0);
	must(step_put(w, d.n, 0, (const char *)opening.p), &w->e);
	must(step_put(w, d.n, 1, "SAID-IN-A-STEP."), &w->e);
	world_done(w);
	world_do(w);
	d.summary = buf_bytes(&small);
	d.steps = 2;
	must(w->ops->registry->set(w->s, &d, 1, &w->e), &w->e);
	world_done(w);
	must(w->ops->journal->scrub(w->s, &w->e), &w->e);
	is(on_disk(w, bytes_str("LARGE-SUMMARY.")), 0,
	    "a summary of many pages is overwritten by the next");
	ok(on_disk(w, bytes_str("SMALL-SUMMARY.")) > 10 &&
		on_disk(w, bytes_str("SAID-IN-A-STEP.")) > 1000,
	    "what counts is there");
	world_do(w);
	d.summary = bytes_str("");
	d.steps = 3;
	must(w->ops->registry->set(w->s, &d, 2, &w->e), &w->e);
	must(w->ops->registry->steps_destroy(w->s, d.n, STORE_DOC_STEPS, &w->e),
	    &w->e);
	world_done(w);
	ok(on_disk(w, bytes_str("SAID-IN-A-STEP.")) > 0,
	    "before the scrub something of it is there");
	must(w->ops->journal->scrub(w->s, &w->e), &w->e);
	is(on_disk(w, bytes_str("SMALL-SUMMARY.")) +
		on_disk(w, bytes_str("SAID-IN-A-STEP.")),
	    0, "then nothing of what was destroyed");
out:
	buf_free(&large);
	buf_free(&small);
	buf_free(&opening);
}

/* ---- numbers ------------------------------------------------------------- */

static enum rc
take(struct world *w, const char *series, unsigned year, uint64_t number)
{
	const struct store_number n = { .series = bytes_str(series),
		.year = year,
		.number = number,
		.n = 7,
		.at = SECOND };

	return w->ops->registry->take(w->s, &n, &w->e);
}

static bool
add_number(void *ctx, const struct store_number *n)
{
	char *text = ctx;
	size_t at = strlen(text);

	(void)snprintf(text + at, 200 - at, "%u%s%.*s ", (unsigned)n->number,
	    n->cancelled ? "!" : "", (int)n->reason.len,
	    (const char *)n->reason.p);
	return n->n == 7 && n->at == SECOND;
}

static void
numbers_are(struct world *w, unsigned year, uint64_t from, size_t max,
    const char *want, const char *name)
{
	char text[200] = "";

	must(w->ops->registry->numbers(w->s, bytes_str("a"), year, from, max,
		 add_number, text, &w->e),
	    &w->e);
	same(bytes_str(text), bytes_str(want), "%s", name);
}

static uint64_t
last_taken(struct world *w, const char *series, unsigned year)
{
	uint64_t last;

	must(w->ops->registry->taken(
		 w->s, bytes_str(series), year, &last, &w->e),
	    &w->e);
	return last;
}

static void
a_number_is_taken_once(struct world *w)
{
	const struct bytes a = bytes_str("a");

	is(last_taken(w, "a", 2026), 0, "at first no number is taken");
	world_do(w);
	must(take(w, "a", 2026, 1), &w->e);
	must(take(w, "a", 2026, 2), &w->e);
	must(take(w, "a", 2026, 11), &w->e);
	must(take(w, "a", 2027, 1), &w->e);
	must(take(w, "ab", 2026, 1), &w->e);
	is(take(w, "a", 2026, 2), RC_EXISTS, "no number is taken twice");
	is(take(w, "", 2026, 1), RC_LIMIT, "nor one of no series");
	is(take(w, "a", 99, 1), RC_LIMIT, "nor one of no year");
	world_done(w);
	world_again(w);
	is(last_taken(w, "a", 2026), 11, "the last one is known");
	is(last_taken(w, "a", 2027), 1, "of each year");
	is(last_taken(w, "b", 2026), 0, "and of each series");
	world_do(w);
	must(take(w, "a", 2026, 12), &w->e);
	w->ops->rollback(w->s);
	is(last_taken(w, "a", 2026), 11, "a rollback gives a number back");
	numbers_are(w, 2026, 0, 99, "1 2 11 ", "they are listed, rising");
	numbers_are(w, 2026, 2, 1, "2 ", "or some of them");
	world_do(w);
	must(
	    w->ops->registry->cancel(w->s, a, 2026, 2, bytes_str("why"), &w->e),
	    &w->e);
	is(w->ops->registry->cancel(w->s, a, 2026, 2, a, &w->e), RC_DENIED,
	    "a number is cancelled once");
	is(w->ops->registry->cancel(w->s, a, 2026, 3, a, &w->e), RC_ABSENT,
	    "and only where it was taken");
	is(take(w, "a", 2026, 2), RC_EXISTS,
	    "one that is cancelled is taken for ever");
	world_done(w);
	world_again(w);
	numbers_are(w, 2026, 0, 99, "1 2!why 11 ",
	    "it stays in its place, with the reason");
}

static bool
add_series(void *ctx, struct bytes series, unsigned year, uint64_t last)
{
	char *text = ctx;
	size_t at = strlen(text);

	(void)snprintf(text + at, 200 - at, "%.*s/%u:%u ", (int)series.len,
	    (const char *)series.p, year, (unsigned)last);
	return true;
}

static void
series_go_on(struct world *w)
{
	struct store_series s = { .series = bytes_str("a"),
		.year = 2026,
		.from = 20,
		.at = SECOND,
		.reason = bytes_str("restored") };
	struct store_series got;
	char text[200] = "";
	struct buf hold;

	is(w->ops->registry->resumed(w->s, s.series, 2026, &got, &hold, &w->e),
	    RC_ABSENT, "of a series that was not interrupted nothing is said");
	buf_free(&hold);
	world_do(w);
	must(w->ops->registry->resume(w->s, &s, &w->e), &w->e);
	s.from = 30;
	s.reason = bytes_str("again");
	must(w->ops->registry->resume(w->s, &s, &w->e), &w->e);
	must(take(w, "b", 2026, 4), &w->e);
	must(take(w, "a", 2027, 2), &w->e);
	must(take(w, "a", 2026, 30), &w->e);
	must(take(w, "a", 2026, 31), &w->e);
	world_done(w);
	world_again(w);
	went(
	    w->ops->registry->resumed(w->s, s.series, 2026, &got, &hold, &w->e),
	    &w->e, "what was said last");
	ok(got.from == 30 && got.at == SECOND && bytes_is(got.reason, "again"),
	    "counts");
	buf_free(&hold);
	is(w->ops->registry->resumed(w->s, s.series, 2027, &got, &hold, &w->e),
	    RC_ABSENT, "for its year");
	buf_free(&hold);
	must(w->ops->registry->all_series(w->s, 7, add_series, text, &w->e),
	    &w->e);
	same(bytes_str(text), bytes_str("a/2026:31 a/2027:2 b/2026:4 "),
	    "all series are listed with their last numbers");
}

int
main(void)
{
	static void (*const tests[])(struct world * w) = {
		documents_are_kept,
		documents_are_found,
		documents_are_listed,
		steps_are_kept,
		what_is_destroyed_is_not_on_disk,
		a_number_is_taken_once,
		series_go_on,
	};

	return contract(tests, sizeof(tests) / sizeof(*tests));
}
