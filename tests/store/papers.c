/* SPDX-License-Identifier: EUPL-1.2 */
/* Papers: every backend keeps them as src/store/store.h says. */
#include "contract.h"

struct papers {
	char keys[8];
	int64_t last;
	size_t n, bytes;
	bool sorted;
};

static bool
add_paper(void *ctx, const struct paper *p)
{
	struct papers *all = ctx;

	all->sorted = all->sorted && p->at >= all->last;
	all->last = p->at;
	all->bytes += p->head.len + (size_t)p->size;
	all->keys[all->n++] = (char)p->key.p[0];
	return all->n < 4;
}

/* The keys of a kind, in their order. */
static const char *
papers_of(struct world *w, enum paper_kind kind, size_t bytes)
{
	static struct papers all;

	all = (struct papers){ .sorted = true };
	must(w->ops->paper_each(w->s, kind, add_paper, &all, &w->e), &w->e);
	return all.sorted && (bytes == 0 || all.bytes == bytes)
		   ? all.keys
		   : "out of order, or of another size";
}

static enum rc
paper(struct world *w, enum paper_kind kind, const char *key, int64_t at,
    const char *body)
{
	const struct paper p = { .kind = kind,
		.key = bytes_str(key),
		.at = at,
		.head = bytes_str("head") };

	return w->ops->paper_put(w->s, &p, bytes_str(body), &w->e);
}

static bool
paper_is(
    struct world *w, enum paper_kind kind, const char *key, const char *body)
{
	struct buf head, got;
	bool good = w->ops->paper_get(w->s, kind, bytes_str(key), &head, &got,
			&w->e) == RC_OK &&
		    bytes_is(buf_bytes(&head), "head") &&
		    bytes_is(buf_bytes(&got), body);

	buf_free(&head);
	buf_free(&got);
	return good;
}

static void
papers_are_kept(struct world *w)
{
	const struct bytes a = bytes_str("a");
	struct buf head, body, large = bytes_made(1, STORE_PAPER + 1);
	struct paper p = { .kind = PAPER_ANSWER, .key = bytes_str("k") };

	is(w->ops->paper_get(w->s, PAPER_REQUEST, a, &head, &body, &w->e),
	    RC_ABSENT, "a paper that was never put is absent");
	world_do(w);
	must(paper(w, PAPER_REQUEST, "b", 5, "second"), &w->e);
	must(paper(w, PAPER_REQUEST, "a", 5, "first"), &w->e);
	must(paper(w, PAPER_REQUEST, "c", 3, ""), &w->e);
	must(paper(w, PAPER_ANSWER, "a", 9, "answer"), &w->e);
	is(w->ops->paper_put(w->s, &p, buf_bytes(&large), &w->e), RC_LIMIT,
	    "one that is too large is refused");
	went(w->ops->paper_put(w->s, &p, bytes_of(large.p, STORE_PAPER), &w->e),
	    &w->e, "as large as it may be it is not");
	world_done(w);
	world_again(w);
	ok(paper_is(w, PAPER_REQUEST, "a", "first") &&
		paper_is(w, PAPER_REQUEST, "c", "") &&
		paper_is(w, PAPER_ANSWER, "a", "answer"),
	    "papers are kept, each kind for itself");
	ok(strcmp(papers_of(w, PAPER_REQUEST, 23), "cba") == 0,
	    "and listed in the order in which they came");
	world_do(w);
	must(paper(w, PAPER_REQUEST, "a", 1, "another"), &w->e);
	must(w->ops->paper_drop(w->s, PAPER_REQUEST, bytes_str("b"), &w->e),
	    &w->e);
	must(w->ops->paper_drop(w->s, PAPER_REQUEST, bytes_str("none"), &w->e),
	    &w->e);
	ok(paper_is(w, PAPER_REQUEST, "a", "another") &&
		strcmp(papers_of(w, PAPER_REQUEST, 0), "ac") == 0,
	    "one takes the place of another, and one goes");
	w->ops->rollback(w->s);
	ok(paper_is(w, PAPER_REQUEST, "a", "first") &&
		strcmp(papers_of(w, PAPER_REQUEST, 0), "cba") == 0,
	    "which a rollback undoes");
	world_do(w);
	must(w->ops->paper_drop(w->s, PAPER_REQUEST, a, &w->e), &w->e);
	world_done(w);
	world_again(w);
	ok(strcmp(papers_of(w, PAPER_REQUEST, 0), "cb") == 0 &&
		paper_is(w, PAPER_ANSWER, "a", "answer"),
	    "what went is gone, and no other");
	buf_free(&large);
}

int
main(void)
{
	static void (*const tests[])(struct world * w) = {
		papers_are_kept,
	};

	return contract(tests, sizeof(tests) / sizeof(*tests));
}
