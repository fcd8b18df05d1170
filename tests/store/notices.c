/* SPDX-License-Identifier: EUPL-1.2 */
/* Statements, batches and inquiries: every backend keeps them as
 * src/store/notices.h says. */
#include "contract.h"

#define DESK "antin://dien-bien.vn/van-thu"
#define STATION "antin://dien-bien.vn"

struct seen {
	char text[200];
	uint64_t last;
	size_t n, bytes;
};

static void
seen_add(struct seen *s, struct bytes word)
{
	const size_t at = strlen(s->text);

	(void)snprintf(s->text + at, sizeof(s->text) - at, "%.*s ",
	    (int)word.len, (const char *)word.p);
	s->n++;
}

static bool
add_pending(void *ctx, const struct pending *p)
{
	struct seen *s = ctx;

	s->last = p->p;
	seen_add(s, p->statement);
	return true;
}

static bool
add_signer(void *ctx, struct bytes signer, uint64_t count)
{
	struct seen *s = ctx;

	s->bytes += (size_t)count;
	(void)signer;
	s->n++;
	return true;
}

static bool
add_said(void *ctx, const struct saying *said)
{
	struct seen *s = ctx;

	s->bytes += said->batch.len;
	seen_add(s, said->statement);
	return true;
}

static bool
add_chase(void *ctx, const struct chase *c)
{
	struct seen *s = ctx;

	s->last = c->asked;
	seen_add(s, c->desk);
	return true;
}

static enum rc
pend(struct world *w, const char *signer, const char *text)
{
	struct pending p = { .signer = bytes_str(signer),
		.to = bytes_str("antin://vn"),
		.rank = 2,
		.statement = bytes_str(text) };

	return w->ops->notices->pend(w->s, &p, &w->e);
}

static struct seen
pending_of(struct world *w, const char *signer, size_t max)
{
	struct seen s = { 0 };

	must(w->ops->notices->pending(
		 w->s, bytes_str(signer), 0, max, add_pending, &s, &w->e),
	    &w->e);
	return s;
}

static void
statements_wait_for_their_signer(struct world *w)
{
	struct buf large = bytes_made(1, STORE_PENDING + 1);
	struct pending p = { .signer = bytes_str(DESK),
		.to = bytes_str(STATION),
		.statement = buf_bytes(&large) };
	struct seen s, all = { 0 };

	world_do(w);
	must(pend(w, DESK, "one"), &w->e);
	must(pend(w, STATION, "other"), &w->e);
	must(pend(w, DESK, "two"), &w->e);
	is(w->ops->notices->pend(w->s, &p, &w->e), RC_LIMIT,
	    "a statement that is too large is not kept");
	world_done(w);
	world_again(w);
	s = pending_of(w, DESK, 9);
	ok(strcmp(s.text, "one two ") == 0,
	    "what a signer has to sign is there, in its order");
	is(pending_of(w, DESK, 1).n, 1, "or as much of it as is asked for");
	must(w->ops->notices->signers(w->s, add_signer, &all, &w->e), &w->e);
	ok(all.n == 2 && all.bytes == 3, "two have something to sign");
	world_do(w);
	must(pend(w, DESK, "three"), &w->e);
	must(
	    w->ops->notices->pending_done(w->s, bytes_str(DESK), s.last, &w->e),
	    &w->e);
	ok(strcmp(pending_of(w, DESK, 9).text, "three ") == 0,
	    "what was signed goes, and nothing that came later");
	w->ops->rollback(w->s);
	ok(strcmp(pending_of(w, DESK, 9).text, "one two ") == 0,
	    "which a rollback undoes");
	world_do(w);
	must(w->ops->notices->pending_drop(
		 w->s, bytes_str(STATION), s.last, &w->e),
	    &w->e);
	ok(strcmp(pending_of(w, DESK, 9).text, "one two ") == 0,
	    "one goes alone, and of its signer only");
	must(
	    w->ops->notices->pending_drop(w->s, bytes_str(DESK), s.last, &w->e),
	    &w->e);
	ok(strcmp(pending_of(w, DESK, 9).text, "one ") == 0,
	    "and the others stay");
	w->ops->rollback(w->s);
	world_do(w);
	must(
	    w->ops->notices->pending_done(w->s, bytes_str(DESK), s.last, &w->e),
	    &w->e);
	world_done(w);
	world_again(w);
	ok(pending_of(w, DESK, 9).n == 0 && pending_of(w, STATION, 9).n == 1,
	    "nothing of another signer goes with it");
	buf_free(&large);
}

static enum rc
said_by(struct world *w, unsigned kind, const char *about, const char *text,
    uint64_t b, bool again)
{
	const struct saying s = { .n = 1,
		.kind = kind,
		.signer = bytes_str(DESK),
		.about = bytes_str(about),
		.at = SECOND,
		.code = 3,
		.statement = bytes_str(text),
		.b = b };

	return w->ops->notices->note(w->s, &s, again, &w->e);
}

static struct seen
said_of(struct world *w, uint64_t n)
{
	struct seen s = { 0 };

	must(w->ops->notices->said(w->s, n, add_said, &s, &w->e), &w->e);
	return s;
}

static void
what_was_said_first_counts(struct world *w)
{
	uint64_t b, none;

	world_do(w);
	must(w->ops->notices->batch(w->s, bytes_str("a batch"), &b, &w->e),
	    &w->e);
	must(said_by(w, 2, DESK, "opened", b, false), &w->e);
	must(said_by(w, 1, DESK, "arrived", b, false), &w->e);
	is(said_by(w, 1, DESK, "again", b, false), RC_EXISTS,
	    "what was said is not said again");
	must(said_by(w, 1, "", "nobody's", b, false), &w->e);
	world_done(w);
	world_again(w);
	ok(strcmp(said_of(w, 1).text, "nobody's arrived opened ") == 0,
	    "what was said is there by its kind, and of whom");
	is(said_of(w, 1).bytes, 21, "each with its batch");
	is(said_of(w, 2).n, 0, "of another dispatch nothing was said");
	world_do(w);
	must(said_by(w, 1, DESK, "another", b, true), &w->e);
	must(w->ops->notices->batch(w->s, bytes_str("lost"), &none, &w->e),
	    &w->e);
	w->ops->rollback(w->s);
	ok(strcmp(said_of(w, 1).text, "nobody's arrived opened ") == 0,
	    "a rollback undoes what was said");
	world_do(w);
	must(said_by(w, 1, DESK, "another", b, true), &w->e);
	world_done(w);
	ok(strcmp(said_of(w, 1).text, "nobody's another opened ") == 0,
	    "what may be said again takes the place of what was");
}

/* A batch is there as long as something stands in it; who is told its number
 * again would see its bytes. */
static void
a_batch_goes_with_what_stood_in_it(struct world *w)
{
	uint64_t one, two;

	world_do(w);
	must(w->ops->notices->batch(w->s, bytes_str("one"), &one, &w->e),
	    &w->e);
	must(w->ops->notices->batch(w->s, bytes_str("second"), &two, &w->e),
	    &w->e);
	must(said_by(w, 1, "a", "x", one, false), &w->e);
	must(said_by(w, 1, "b", "x", one, false), &w->e);
	must(said_by(w, 1, "a", "x", two, true), &w->e);
	is(said_of(w, 1).bytes, 9,
	    "a batch stays while something stands in it");
	must(said_by(w, 1, "b", "x", two, true), &w->e);
	must(said_by(w, 1, "a", "x", one, true), &w->e);
	world_done(w);
	world_again(w);
	is(said_of(w, 1).bytes, 6, "and goes with what stood in it last");
	world_do(w);
	must(said_by(w, 1, "a", "x", two, true), &w->e);
	must(said_by(w, 1, "a", "x", two, true), &w->e);
	is(said_of(w, 1).bytes, 12, "not where the new one is in it too");
	w->ops->rollback(w->s);
	is(said_of(w, 1).bytes, 6, "a rollback undoes it");
}

static struct seen
chases_at(struct world *w, int64_t now, size_t max)
{
	struct seen s = { 0 };

	must(w->ops->notices->chases(w->s, now, max, add_chase, &s, &w->e),
	    &w->e);
	return s;
}

static void
chase(struct world *w, const char *desk, int64_t due, unsigned asked)
{
	const struct chase c = { 1, bytes_str(desk), due, asked };

	must(w->ops->notices->chase(w->s, &c, &w->e), &w->e);
}

static void
who_is_due_is_asked_for(struct world *w)
{
	world_do(w);
	chase(w, "b", 10, 0);
	chase(w, "a", 20, 0);
	chase(w, "c", 5, 0);
	chase(w, "c", 15, 3);
	world_done(w);
	world_again(w);
	ok(strcmp(chases_at(w, 19, 9).text, "b c ") == 0 &&
		chases_at(w, 19, 9).last == 3,
	    "who is due is there, the earliest first, each once");
	is(chases_at(w, 99, 2).n, 2, "as many as are asked for");
	is(chases_at(w, 9, 9).n, 0, "nobody before his time");
	world_do(w);
	must(
	    w->ops->notices->chase_drop(w->s, 1, bytes_str("b"), &w->e), &w->e);
	must(
	    w->ops->notices->chase_drop(w->s, 1, bytes_str("z"), &w->e), &w->e);
	ok(strcmp(chases_at(w, 99, 9).text, "c a ") == 0, "one is struck off");
	w->ops->rollback(w->s);
	ok(strcmp(chases_at(w, 99, 9).text, "b c a ") == 0,
	    "which a rollback undoes");
	world_do(w);
	must(
	    w->ops->notices->chase_drop(w->s, 1, bytes_str("b"), &w->e), &w->e);
	must(
	    w->ops->notices->chase_drop(w->s, 1, bytes_str("a"), &w->e), &w->e);
	is(w->ops->notices->chased(w->s, 1, &w->e), RC_OK,
	    "who is left is waited for");
	must(
	    w->ops->notices->chase_drop(w->s, 1, bytes_str("c"), &w->e), &w->e);
	is(w->ops->notices->chased(w->s, 1, &w->e), RC_ABSENT,
	    "and then nobody");
	w->ops->rollback(w->s);
}

int
main(void)
{
	static void (*const tests[])(struct world * w) = {
		statements_wait_for_their_signer,
		what_was_said_first_counts,
		a_batch_goes_with_what_stood_in_it,
		who_is_due_is_asked_for,
	};

	return contract(tests, sizeof(tests) / sizeof(*tests));
}
