/* SPDX-License-Identifier: EUPL-1.2 */
#include "proc_keys/people.h"

#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "crypto/suite.h"
#include "crypto/totp.h"

_Static_assert(MSG_CODE == TOTP_TYPED && MSG_CODE_SECRET == TOTP_SECRET,
    "codes in messages");

static const struct tries_rule rule = { .free = PERSON_FREE_TRIES,
	.first = PERSON_WAIT_FIRST,
	.most = PERSON_WAIT_MAX };

static void
person_free(struct person *p)
{
	identity_free(&p->keys);
	card_free(&p->card);
	buf_free(&p->file);
	tries_free(&p->tries);
	free(p);
}

void
people_free(struct people *x)
{
	size_t i;

	for (i = 0; i < x->count; i++)
		person_free(x->list[i]);
	free(x->list);
	*x = (struct people){ 0 };
}

/* ---- key files
 * ------------------------------------------------------------------------ */

static enum rc
card_of(struct card *out, bool *protected, struct bytes file, struct err *e)
{
	struct buf text = { 0 };
	enum rc rc = keyfile_public(&text, protected, file, e);

	*out = (struct card){ 0 };
	if (rc == RC_OK)
		rc = card_parse(out, buf_bytes(&text), e);
	buf_free(&text);
	return rc;
}

bool
people_is(struct bytes file)
{
	struct card c;
	struct err e;
	bool protected, is;

	is = card_of(&c, &protected, file, &e) == RC_OK && c.issued &&
	     c.sign.rights.kind == CERT_PERSON;
	card_free(&c);
	return is;
}

static enum rc
check(const struct person *p, bool protected, struct err *e)
{
	const struct cert *c = &p->card.sign;
	struct lock lock;
	enum rc rc = keyfile_lock(&lock, buf_bytes(&p->file), e);

	if (rc != RC_OK)
		return rc;
	if (!p->card.issued || c->rights.kind != CERT_PERSON)
		return fail(e, RC_INVALID,
		    "it is the key of \"%.*s\", which is no person",
		    (int)c->name.len, (const char *)c->name.p);
	if (!suite_sig_is_composite(c->sig))
		return fail(e, RC_DENIED,
		    "it is a key for foreign tools only; a station works with "
		    "none of them");
	if (!protected || lock.kind != LOCK_PASSPHRASE)
		return fail(e, RC_DENIED,
		    "a person's key has to be under a passphrase: antin key "
		    "passwd");
	return RC_OK;
}

struct person *
people_find(const struct people *x, struct bytes address)
{
	size_t i;

	for (i = 0; i < x->count; i++)
		if (bytes_eq(x->list[i]->card.sign.address, address))
			return x->list[i];
	return NULL;
}

/* In the place of who was there, if anybody. */
static enum rc
take_place(struct people *x, struct person *p, struct err *e)
{
	size_t i;

	for (i = 0; i < x->count; i++)
		if (bytes_eq(
			x->list[i]->card.sign.address, p->card.sign.address)) {
			person_free(x->list[i]);
			x->list[i] = p;
			return RC_OK;
		}
	if (x->count == PEOPLE_MAX)
		return fail(e, RC_LIMIT, "over %u people", PEOPLE_MAX);
	x->list = vec_more(x->list, x->count, sizeof(*x->list));
	x->list[x->count++] = p;
	return RC_OK;
}

enum rc
people_add(struct person **out, struct people *x, struct bytes name,
    struct bytes file, struct err *e)
{
	struct person *p = alloc(1, sizeof(*p)), *there;
	bool protected;
	enum rc rc;

	*out = NULL;
	buf_add(&p->file, file);
	if ((rc = card_of(&p->card, &protected, file, e)) != RC_OK ||
	    (rc = check(p, protected, e)) != RC_OK) {
		rc = fail_at(e, "%.*s", (int)name.len, (const char *)name.p);
		goto out;
	}
	there = people_find(x, p->card.sign.address);
	if (there != NULL && bytes_eq(buf_bytes(&there->file), file)) {
		*out = there;
		goto out;
	}
	if ((rc = take_place(x, p, e)) != RC_OK)
		goto out;
	*out = p;
	p = NULL; /* the list owns it now */
out:
	if (p != NULL)
		person_free(p);
	return rc;
}

/* ---- signing in
 * ---------------------------------------------------------------------------
 */

enum rc
person_early(const struct person *p, uint64_t uid, int64_t now, uint64_t *wait,
    struct err *e)
{
	*wait = tries_wait(&p->tries, uid, now);
	if (*wait == 0)
		return RC_OK;
	return fail(e, RC_DENIED,
	    "too many wrong tries: wait %llu seconds before the next",
	    (unsigned long long)*wait);
}

enum rc
person_judge(uint64_t *counter, struct person *p, const struct person_gives *g,
    enum rc opened, int64_t now, uint64_t *wait, struct err *e)
{
	bool code = g->secret == NULL;
	enum rc rc = opened;

	*counter = 0;
	*wait = 0;
	if (!code)
		code = totp_match(counter, g->secret, g->code, g->at, g->used);
	if (rc == RC_OK && !code)
		rc = RC_DENIED;
	if (rc == RC_DENIED) {
		*counter = 0;
		*wait = tries_wrong(&p->tries, &rule, g->uid, now);
		return fail(e, RC_DENIED,
		    g->secret == NULL
			? "the passphrase is not right"
			: "the passphrase or the code is not right; a code is "
			  "good once");
	}
	if (rc == RC_OK)
		tries_right(&p->tries, g->uid);
	return rc;
}

void
person_enter(struct person *p, uint64_t uid, struct identity *keys,
    int64_t lasts, int64_t now)
{
	identity_free(&p->keys);
	p->keys = *keys; /* they are his now */
	*keys = (struct identity){ 0 };
	p->uid = uid;
	p->lasts = lasts;
	p->until = now + lasts;
}

void
person_leave(struct person *p)
{
	identity_free(&p->keys);
	p->until = 0;
}

int64_t
person_left(const struct person *p, uint64_t uid, int64_t now)
{
	return p->uid != uid || p->until <= now ? 0 : p->until - now;
}

const struct identity *
person_use(struct person *p, uint64_t uid, int64_t now)
{
	if (person_left(p, uid, now) == 0)
		return NULL;
	p->until = now + p->lasts;
	return &p->keys;
}

void
people_expire(
    struct people *x, int64_t now, void (*each)(const struct person *p))
{
	struct person *p;
	size_t i;

	for (i = 0; i < x->count; i++) {
		p = x->list[i];
		if (p->until == 0 || now < p->until)
			continue;
		each(p);
		person_leave(p);
	}
}
