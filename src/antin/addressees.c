/* SPDX-License-Identifier: EUPL-1.2 */
#include "antin/addressees.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antin/tree.h"
#include "antin/who.h"
#include "core/lang.h"
#include "core/time.h"
#include "crypto/suite.h"
#include "envelope/address.h"

#define NAMESAKES 3 /* desks of one name that are told apart */
#define SEARCHED 64 /* that are looked through for them */

void
addressees_free(struct addressees *x)
{
	free(x->recipients);
	free(x->to);
	arena_free(&x->kept);
	directory_free(x->directory);
	*x = (struct addressees){ 0 };
}

/* Elements moved to room for more; what they point to stays. */
static void *
moved(void *from, size_t n, size_t room, size_t size)
{
	void *to = alloc(room, size);

	if (n > 0)
		memcpy(to, from, n * size);
	free(from);
	return to;
}

static void
make_room(struct addressees *x)
{
	size_t n = x->count;

	if (n < x->room)
		return;
	x->room = n + n / 2 + 16;
	x->recipients =
	    moved(x->recipients, n, x->room, sizeof(*x->recipients));
	x->to = moved(x->to, n, x->room, sizeof(*x->to));
}

static enum rc
add_recipient(void *ctx, struct card *c, struct err *e)
{
	struct addressees *x = ctx;
	struct recipient *r;
	enum rc rc;

	make_room(x);
	if (x->count == LIMIT_SLIPS)
		return fail(e, RC_LIMIT, "over %u desks", LIMIT_SLIPS);
	rc = card_valid_at(c, time_now(), e);
	if (rc != RC_OK)
		return rc;
	if (!c->has_kem || !address_is_desk(c->sign.address))
		return fail(e, RC_INVALID,
		    "\"%.*s\" is a person or a station; dispatches go to "
		    "desks",
		    (int)c->sign.name.len, (const char *)c->sign.name.p);
	if (!arg_given(x->a, "foreign") && !suite_kem_is_composite(c->kem.kem))
		return fail(e, RC_DENIED,
		    "\"%.*s\" has a key for foreign tools only; give "
		    "--foreign if that is meant",
		    (int)c->sign.name.len, (const char *)c->sign.name.p);
	r = &x->recipients[x->count];
	r->tag = c->kem.tag;
	r->alg = c->kem.kem;
	r->pub = arena_add(&x->kept, c->kem.pub);
	x->to[x->count].address = arena_add(&x->kept, c->sign.address);
	x->to[x->count].purpose = x->purpose;
	x->count++;
	return RC_OK;
}

static bool
is_address(const char *word)
{
	return strncmp(word, "antin://", 8) == 0;
}

/* Whom least is known of counts for all: one sentence, not one a desk. */
static void
judge(struct addressees *x, size_t unit)
{
	uint64_t days;
	const enum knowledge k =
	    knowledge_judge(x->directory, unit, x->level, time_now(), &days);

	if (!x->judged || k > x->stale) {
		x->stalest = unit;
		x->stale = k;
	}
	x->judged = true;
}

/* By the directory: the key in force of whom the address leads to today. */
static enum rc
add_address(struct addressees *x, const char *address, struct err *e)
{
	const struct dcert *c;
	struct resolved to;
	enum rc rc;

	if (x->directory == NULL &&
	    (rc = tree_read(&x->directory, x->a, e)) != RC_OK)
		return rc;
	make_room(x);
	if (x->count == LIMIT_SLIPS)
		return fail(e, RC_LIMIT, "over %u desks", LIMIT_SLIPS);
	rc = resolve_kem(
	    x->directory, bytes_str(address), x->level, time_now(), &c, &to, e);
	if (rc != RC_OK)
		return rc;
	judge(x, to.unit);
	if (to.holder == NONE)
		return fail(e, RC_INVALID,
		    "%s is a station; dispatches go to desks", address);
	x->recipients[x->count] = (struct recipient){ .tag = c->cert.tag,
		.alg = c->cert.kem,
		.pub = arena_add(&x->kept, c->cert.pub) };
	x->to[x->count].address = arena_add(&x->kept, bytes_str(to.address));
	x->to[x->count].purpose = x->purpose;
	x->count++;
	if (to.moved)
		(void)fprintf(
		    stderr, tr("%s is now %s\n"), address, to.address);
	return RC_OK;
}

/* By the words people use: the one desk whose name and unit's name has them. */
static enum rc
add_name(struct addressees *x, const char *words, struct err *e)
{
	char address[NAMESAKES][LIMIT_ADDRESS + 1];
	struct found found[SEARCHED];
	const struct directory *d;
	size_t i, n, desks = 0;
	enum rc rc;

	if (x->directory == NULL &&
	    (rc = tree_read(&x->directory, x->a, e)) != RC_OK)
		return rc;
	d = x->directory;
	n = directory_search(d, bytes_str(words), time_now(), found, SEARCHED);
	for (i = 0; i < n && desks < NAMESAKES; i++)
		if (found[i].holder != NONE &&
		    !d->state.holders[found[i].holder].person &&
		    address_of(d, found[i].unit, found[i].holder, time_now(),
			address[desks]))
			desks++;
	if (desks == 0)
		return fail(e, RC_ABSENT,
		    "\"%s\" is no file, and the directory knows no desk of "
		    "that name",
		    words);
	if (desks > 1)
		return fail(e, RC_USAGE, "\"%s\" may be %s or %s%s; say which",
		    words, address[0], address[1], desks > 2 ? ", ..." : "");
	(void)fprintf(stderr, "%s: %s\n", words, address[0]);
	return add_address(x, address[0], e);
}

/* Values of an option that the directory resolves; all others are cards. */
static enum rc
add_addresses(struct addressees *x, const char *option, struct err *e)
{
	const char *word;
	size_t at = 0;
	enum rc rc = RC_OK;

	while (rc == RC_OK && (word = arg_each(x->a, option, &at)) != NULL)
		if (is_address(word))
			rc = add_address(x, word, e);
		else if (who_is_name(x->a, word))
			rc = add_name(x, word, e);
	return rc;
}

/* The list of this id, or of this name in its newest version. */
static enum rc
list_named(const struct list **out, const struct directory *d,
    struct bytes name, int64_t now, struct err *e)
{
	const struct state *s = &d->state;
	const struct list *l;
	struct id id;
	const bool by_id = id_parse(&id, name);
	size_t i;

	*out = NULL;
	for (i = s->list_count; i-- > 0;) {
		l = &s->lists[i];
		if (l->from > now ||
		    !(by_id ? id_eq(&l->id, &id) : bytes_eq(l->name, name)))
			continue;
		if (*out == NULL)
			*out = l;
		else if (l->log != (*out)->log || !id_eq(&l->id, &(*out)->id))
			return fail(e, RC_USAGE,
			    "several lists are called \"%.*s\"; give the id "
			    "of one: antin directory list",
			    (int)name.len, (const char *)name.p);
	}
	if (*out == NULL)
		return fail(e, RC_ABSENT, "no list \"%.*s\" is known here",
		    (int)name.len, (const char *)name.p);
	return RC_OK;
}

/* A signed list: it is named in the dispatch, and expanded now. */
static enum rc
add_list(struct addressees *x, const char *name, struct err *e)
{
	const struct list *l;
	struct listed all;
	size_t i;
	enum rc rc = RC_OK;

	if (x->count > 0)
		return fail(e, RC_USAGE,
		    "--list and --to exclude each other: a dispatch goes to "
		    "desks, or to one list");
	if (x->directory == NULL &&
	    (rc = tree_read(&x->directory, x->a, e)) != RC_OK)
		return rc;
	rc = list_named(&l, x->directory, bytes_str(name), time_now(), e);
	if (rc != RC_OK)
		return rc;
	list_expand(x->directory, l, time_now(), &all);
	for (i = 0; i < all.count && rc == RC_OK; i++)
		rc = add_address(x, all.desks[i].address, e);
	free(all.desks);
	if (rc == RC_OK && x->count == 0)
		rc = fail(e, RC_ABSENT, "nobody is on the list \"%s\"", name);
	x->list = (struct list_ref){
		.set = true, .id = l->id, .version = l->version
	};
	memcpy(x->list.hash.b, l->hash, sizeof(l->hash));
	return rc;
}

enum rc
addressees_gather(struct addressees *x, struct err *e)
{
	const char *list = arg(x->a, "list");
	enum rc rc;

	rc = who_each(x->a, "to", add_recipient, x, e);
	if (rc == RC_OK)
		rc = add_addresses(x, "to", e);
	x->purpose = PURPOSE_INFO;
	if (rc == RC_OK &&
	    (rc = who_each(x->a, "info", add_recipient, x, e)) == RC_OK)
		rc = add_addresses(x, "info", e);
	if (rc == RC_OK && list != NULL)
		rc = add_list(x, list, e);
	if (rc == RC_OK && x->judged)
		rc = known_age(x->directory, x->stalest, x->level, e);
	if (rc == RC_OK && x->count == 0)
		rc = fail(e, RC_USAGE,
		    "--to is wanted: the card (.pub) of a desk, a folder of "
		    "cards, or an address that --directory knows");
	return rc;
}
