/* SPDX-License-Identifier: EUPL-1.2 */
#include "proc_keys/desks.h"

#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "crypto/suite.h"
#include "envelope/address.h"

static void
desk_free(struct desk *d)
{
	identity_free(&d->keys);
	card_free(&d->card);
	buf_free(&d->file);
	free(d->signed_in);
	tries_free(&d->tries);
	free(d);
}

void
desks_free(struct desks *x)
{
	size_t i;

	for (i = 0; i < x->count; i++)
		desk_free(x->list[i]);
	free(x->list);
	*x = (struct desks){ 0 };
}

/* ---- key files
 * ------------------------------------------------------------------------ */

static enum rc
check_card(const struct card *c, struct err *e)
{
	const enum cert_kind kind = c->sign.rights.kind;

	if ((c->issued && kind != CERT_DESK) || !c->has_kem ||
	    !address_is_desk(c->sign.address))
		return fail(e, RC_INVALID,
		    "it is the key of \"%.*s\", which is no desk",
		    (int)c->sign.name.len, (const char *)c->sign.name.p);
	if (!suite_sig_is_composite(c->sign.sig) ||
	    !suite_kem_is_composite(c->kem.kem))
		return fail(e, RC_DENIED,
		    "it is a key for foreign tools only; a station works with "
		    "none of them");
	return RC_OK;
}

static enum rc
desk_read(struct desk *d, struct bytes file, struct err *e)
{
	struct buf card = { 0 };
	struct lock lock;
	enum rc rc;

	if ((rc = keyfile_lock(&lock, file, e)) != RC_OK ||
	    (rc = keyfile_public(&card, &d->protected, file, e)) != RC_OK)
		goto out;
	if (lock.kind == LOCK_SHARES) {
		rc = fail(e, RC_DENIED,
		    "it is under shares of officers; a desk's is under a "
		    "passphrase");
		goto out;
	}
	if ((rc = card_parse(&d->card, buf_bytes(&card), e)) == RC_OK)
		rc = check_card(&d->card, e);
	buf_add(&d->file, file);
out:
	buf_free(&card);
	return rc;
}

struct desk *
desks_find(const struct desks *x, struct bytes address)
{
	size_t i;

	for (i = 0; i < x->count; i++)
		if (bytes_eq(x->list[i]->card.sign.address, address))
			return x->list[i];
	return NULL;
}

enum rc
desks_add(struct desk **out, struct desks *x, struct bytes name,
    struct bytes file, struct err *e)
{
	struct desk *d = alloc(1, sizeof(*d)), *there;
	size_t i;
	enum rc rc;

	*out = NULL;
	rc = desk_read(d, file, e);
	if (rc != RC_OK) {
		rc = fail_at(e, "%.*s", (int)name.len, (const char *)name.p);
		goto out;
	}
	there = desks_find(x, d->card.sign.address);
	if (there == NULL && x->count == DESKS_MAX) {
		rc = fail(e, RC_LIMIT, "over %u desks", DESKS_MAX);
		goto out;
	}
	if (there == NULL) {
		x->list = vec_more(x->list, x->count, sizeof(*x->list));
		x->list[x->count++] = d;
	} else if (!bytes_eq(buf_bytes(&there->file), file)) {
		for (i = 0; x->list[i] != there; i++)
			;
		x->list[i] = d;
		desk_free(there);
	} else {
		*out = there;
		goto out;
	}
	*out = d;
	d = NULL; /* the list owns it now */
out:
	if (d != NULL)
		desk_free(d);
	return rc;
}

/* ---- people
 * ---------------------------------------------------------------------------
 */

static struct desk_person *
person_of(struct desk_person *list, size_t count, uint64_t uid)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (list[i].uid == uid)
			return &list[i];
	return NULL;
}

/* He is signed out; the last one takes the keys with him. */
static void
leave(struct desk *d, struct desk_person *p)
{
	*p = d->signed_in[--d->signed_in_count];
	if (d->signed_in_count == 0)
		identity_free(&d->keys);
}

static const struct tries_rule rule = {
	.free = DESK_FREE_TRIES, .first = 1, .most = DESK_WAIT_MAX
};

static enum rc
too_early(uint64_t wait, struct err *e)
{
	return fail(e, RC_DENIED,
	    "too many wrong passphrases: wait %llu seconds before the next",
	    (unsigned long long)wait);
}

static enum rc
let_in(struct desk *d, const struct desks *x, uint64_t uid, int64_t now,
    struct identity *keys, struct err *e)
{
	struct desk_person *p =
	    person_of(d->signed_in, d->signed_in_count, uid);

	if (p == NULL && d->signed_in_count == DESK_PEOPLE)
		return fail(e, RC_LIMIT,
		    "over %u people are signed in to this desk", DESK_PEOPLE);
	if (p == NULL) {
		d->signed_in = vec_more(
		    d->signed_in, d->signed_in_count, sizeof(*d->signed_in));
		p = &d->signed_in[d->signed_in_count++];
	}
	*p = (struct desk_person){ .uid = uid, .until = now + x->unlock };
	if (d->keys.sig == NULL) {
		d->keys = *keys; /* the desk owns them now */
		*keys = (struct identity){ 0 };
	}
	tries_right(&d->tries, uid);
	return RC_OK;
}

enum rc
desk_sign_in(struct desk *d, const struct desks *x, uint64_t uid,
    struct bytes passphrase, int64_t now, uint64_t *wait, struct err *e)
{
	struct identity keys = { 0 };
	enum rc rc;

	*wait = tries_wait(&d->tries, uid, now);
	if (*wait > 0)
		return too_early(*wait, e);
	if (!d->protected && passphrase.len > 0)
		return fail(e, RC_DENIED,
		    "this desk's key has no passphrase: give none");
	if (d->protected && passphrase.len == 0)
		return fail(e, RC_INVALID,
		    "this desk's key is under a passphrase: give it");
	rc = identity_open(&keys, buf_bytes(&d->file), passphrase, e);
	if (rc == RC_DENIED)
		*wait = tries_wrong(&d->tries, &rule, uid, now);
	if (rc == RC_OK)
		rc = let_in(d, x, uid, now, &keys, e);
	identity_free(&keys);
	return rc;
}

bool
desk_sign_out(struct desk *d, uint64_t uid)
{
	struct desk_person *p =
	    person_of(d->signed_in, d->signed_in_count, uid);

	if (p != NULL)
		leave(d, p);
	return p != NULL;
}

int64_t
desk_left(const struct desk *d, uint64_t uid, int64_t now)
{
	const struct desk_person *p =
	    person_of(d->signed_in, d->signed_in_count, uid);

	return p == NULL || p->until <= now ? 0 : p->until - now;
}

const struct identity *
desk_use(struct desk *d, const struct desks *x, uint64_t uid, int64_t now)
{
	if (desk_left(d, uid, now) == 0)
		return NULL;
	person_of(d->signed_in, d->signed_in_count, uid)->until =
	    now + x->unlock;
	return &d->keys;
}

void
desks_expire(struct desks *x, int64_t now,
    void (*each)(const struct desk *d, uint64_t uid))
{
	struct desk *d;
	size_t i, n;

	for (i = 0; i < x->count; i++) {
		d = x->list[i];
		for (n = d->signed_in_count; n-- > 0;)
			if (d->signed_in[n].until <= now) {
				each(d, d->signed_in[n].uid);
				leave(d, &d->signed_in[n]);
			}
	}
}
