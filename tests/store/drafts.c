/* SPDX-License-Identifier: EUPL-1.2 */
/* Drafts: every backend keeps what people write and have not sent as
 * src/store/registry.h says (docs/registry.md 10). */
#include "contract.h"

#define AN bytes_str("antin://x.vn/an")
#define BINH bytes_str("antin://x.vn/binh")

static struct store_draft
draft_made(struct bytes person, uint8_t id, const char *text)
{
	return (struct store_draft){ .person = person,
		.id = { 0xcd, id },
		.desk = bytes_str("antin://x.vn/van-thu"),
		.changed = SECOND + id,
		.text = bytes_str(text) };
}

static void
draft_kept(struct world *w, const struct store_draft *d)
{
	must(w->ops->registry->draft_put(w->s, d, &w->e), &w->e);
}

static bool
draft_is(struct world *w, const struct store_draft *want)
{
	struct store_draft got;
	struct buf hold;
	bool good = w->ops->registry->draft_get(w->s, want->person, want->id,
			&got, &hold, &w->e) == RC_OK &&
		    bytes_eq(got.person, want->person) &&
		    memcmp(got.id, want->id, sizeof(got.id)) == 0 &&
		    bytes_eq(got.desk, want->desk) &&
		    got.changed == want->changed &&
		    bytes_eq(got.text, want->text);

	buf_free(&hold);
	return good;
}

static bool
add_draft(void *ctx, const struct store_draft *d)
{
	struct dests *all = ctx;
	size_t at = strlen(all->text);

	(void)snprintf(all->text + at, sizeof(all->text) - at, "%u:%.*s ",
	    d->id[1], (int)d->text.len, (const char *)d->text.p);
	all->n++;
	return all->n < 3;
}

static const char *
listed(struct world *w, struct bytes person)
{
	static struct dests all;

	memset(&all, 0, sizeof(all));
	must(w->ops->registry->drafts(w->s, person, add_draft, &all, &w->e),
	    &w->e);
	return all.text;
}

static void
drafts_are_kept(struct world *w)
{
	struct store_draft a = draft_made(AN, 1, "one"),
			   b = draft_made(BINH, 1, "another's of this id"),
			   c = draft_made(AN, 2, "two"), got;
	struct buf hold;

	is(w->ops->registry->draft_get(w->s, AN, a.id, &got, &hold, &w->e),
	    RC_ABSENT, "a draft that was never kept is absent");
	world_do(w);
	draft_kept(w, &c);
	draft_kept(w, &a);
	draft_kept(w, &b);
	ok(draft_is(w, &a) && draft_is(w, &b), "one id of two people is two");
	world_done(w);
	world_again(w);
	ok(draft_is(w, &a) && draft_is(w, &b) && draft_is(w, &c),
	    "all of them is kept");
	ok(strcmp(listed(w, AN), "2:two 1:one ") == 0,
	    "a person's are listed, the newest first");
	ok(strcmp(listed(w, BINH), "1:another's of this id ") == 0,
	    "and nobody else's");
	ok(strcmp(listed(w, bytes_str("antin://x.vn/a")), "") == 0,
	    "not by the beginning of an address either");

	world_do(w);
	a.text = bytes_str("one, at more length");
	a.desk = bytes_str("antin://x.vn/co-yeu");
	a.changed = SECOND + 99;
	draft_kept(w, &a);
	ok(strcmp(listed(w, AN), "1:one, at more length 2:two ") == 0,
	    "what is kept again takes the place of what was");
	w->ops->rollback(w->s);
	ok(strcmp(listed(w, AN), "2:two 1:one ") == 0, "a rollback undoes it");
	world_do(w);
	draft_kept(w, &a);
	world_done(w);
	world_again(w);
	ok(draft_is(w, &a) && draft_is(w, &b), "what was changed is kept");
}

static void
drafts_are_dropped(struct world *w)
{
	struct store_draft a = draft_made(AN, 1, "one"),
			   b = draft_made(BINH, 2, "two"), got;
	struct buf hold;

	world_do(w);
	draft_kept(w, &a);
	draft_kept(w, &b);
	is(w->ops->registry->draft_drop(w->s, BINH, a.id, &w->e), RC_ABSENT,
	    "nobody drops another's");
	world_done(w);
	world_do(w);
	went(w->ops->registry->draft_drop(w->s, AN, a.id, &w->e), &w->e,
	    "his own he does");
	is(w->ops->registry->draft_drop(w->s, AN, a.id, &w->e), RC_ABSENT,
	    "once");
	w->ops->rollback(w->s);
	ok(draft_is(w, &a), "a rollback undoes it");
	is(w->ops->registry->draft_old(w->s, a.changed, &got, &hold, &w->e),
	    RC_ABSENT, "none is older than the oldest");
	buf_free(&hold);
	went(w->ops->registry->draft_old(
		 w->s, b.changed + 1, &got, &hold, &w->e),
	    &w->e, "the oldest is told");
	ok(bytes_eq(got.person, AN) && got.id[1] == 1, "whose it is");
	buf_free(&hold);
	world_do(w);
	must(w->ops->registry->draft_drop(w->s, AN, a.id, &w->e), &w->e);
	world_done(w);
	world_again(w);
	ok(!draft_is(w, &a) && draft_is(w, &b), "what was dropped is gone");
}

static void
drafts_are_held_to_bounds(struct world *w)
{
	struct store_draft a = draft_made(AN, 1, "one");
	struct buf much = { 0 };

	(void)buf_grow(&much, STORE_DRAFT + 1);
	world_do(w);
	a.text = buf_bytes(&much);
	is(w->ops->registry->draft_put(w->s, &a, &w->e), RC_LIMIT,
	    "one that is too long is not kept");
	a.text.len--;
	went(w->ops->registry->draft_put(w->s, &a, &w->e), &w->e,
	    "one of the longest is");
	a.person.len = 0;
	is(w->ops->registry->draft_put(w->s, &a, &w->e), RC_INVALID,
	    "one of nobody is not");
	world_done(w);
	buf_free(&much);
}

/* Not even in pages of its own that became free. */
static void
what_is_dropped_is_not_on_disk(struct world *w)
{
	struct store_draft a = draft_made(AN, 1, "");
	struct buf much = { 0 };

	if (w->ops == &store_memory)
		return;
	while (much.len < 30000)
		buf_add(&much, bytes_str("NOT-SENT-YET."));
	a.text = buf_bytes(&much);
	world_do(w);
	draft_kept(w, &a);
	world_done(w);
	ok(on_disk(w, bytes_str("NOT-SENT-YET.")) > 1000, "a draft is there");
	world_do(w);
	a.text = bytes_str("NEXT-THOUGHT.");
	draft_kept(w, &a);
	world_done(w);
	must(w->ops->journal->scrub(w->s, &w->e), &w->e);
	is(on_disk(w, bytes_str("NOT-SENT-YET.")), 0,
	    "what it was before is not");
	world_do(w);
	must(w->ops->registry->draft_drop(w->s, AN, a.id, &w->e), &w->e);
	world_done(w);
	must(w->ops->journal->scrub(w->s, &w->e), &w->e);
	is(on_disk(w, bytes_str("NEXT-THOUGHT.")), 0, "and dropped it is gone");
	buf_free(&much);
}

int
main(void)
{
	static void (*const tests[])(struct world * w) = {
		drafts_are_kept,
		drafts_are_dropped,
		drafts_are_held_to_bounds,
		what_is_dropped_is_not_on_disk,
	};

	return contract(tests, sizeof(tests) / sizeof(*tests));
}
