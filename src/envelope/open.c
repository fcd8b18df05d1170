/* SPDX-License-Identifier: EUPL-1.2 */
/* Opening envelopes: docs/envelope.md 10. */
#include <string.h>

#include "core/time.h"
#include "crypto/suite.h"
#include "envelope/envelope.h"
#include "envelope/outer.h"

/* ---- opening
 * ------------------------------------------------------------------ */

/* docs/envelope.md 10.1: one outcome until tag and signature hold. */
static enum rc
cannot_open(struct err *e)
{
	return fail(e, RC_DENIED,
	    "it cannot be opened: it was changed on the way, it is for "
	    "another key, or its sender is not known here");
}

/* The attributes as the AAD; the caller frees. */
static struct buf
aad_of(const struct envelope *env)
{
	struct buf set = { 0 };

	buf_add(&set, env->attributes);
	set.p[0] = DER_SET;
	return set;
}

enum rc
envelope_unlock(uint8_t cek[static AEAD_KEY], const struct envelope *env,
    const struct kem_key *key, const struct tag *tag, struct err *e)
{
	struct buf set = aad_of(env);
	uint8_t ukm[UKM_SIZE];
	bool seen = false, open = false;
	struct slip slip;
	size_t at = 0;

	outer_ukm(ukm, kem_key_alg(key), env->cipher, buf_bytes(&set),
	    env->header.origin);
	while (!open && envelope_slip(env, &at, &slip)) {
		if (!bytes_eq(slip.rid, tag_bytes(tag)))
			continue;
		seen = true;
		open = bytes_eq(slip.ukm, bytes_of(ukm, sizeof(ukm))) &&
		       slip_open(cek, &slip, key);
	}
	buf_free(&set);
	if (open)
		return RC_OK;
	wipe(cek, AEAD_KEY);
	if (!seen)
		return fail(e, RC_ABSENT,
		    "it holds no slip for this key: it is addressed to "
		    "others");
	return cannot_open(e);
}

static bool
decrypt(struct buf *plain, const struct envelope *env,
    const uint8_t cek[static AEAD_KEY])
{
	struct aead *aead = aead_new(cek);
	struct buf set = aad_of(env);
	bool ok;

	ok = aead_open(aead, env->nonce.p, buf_bytes(&set), env->sealed,
	    env->mac.p, buf_grow(plain, env->sealed.len));
	buf_free(&set);
	aead_free(aead);
	return ok;
}

/* The signature of somebody known; fills in who. */
static bool
signature_holds(const struct signed_data *s, const struct opener *by,
    struct known_signer *who)
{
	uint8_t digest[SHA512_SIZE];

	if (!by->foreign && !suite_sig_is_composite(s->alg))
		return false;
	if (!by->find(by->ctx, s->signer, s->cert, who))
		return false;
	sha512(digest, s->content);
	return signed_verify(s, who->pub, who->cert, digest);
}

/* The signed header is, byte for byte, the one that relays saw. */
static bool
header_is_signed(const struct header *outer, const struct header *inner)
{
	struct der_wr a = { 0 }, b = { 0 };
	bool same;

	header_write(&a, outer);
	header_write(&b, inner);
	same = bytes_eq(buf_bytes(&a.out), buf_bytes(&b.out));
	der_wr_free(&a);
	der_wr_free(&b);
	return same;
}

static bool
is_addressed(
    const struct dispatch *d, const struct opener *by, int64_t signed_at)
{
	size_t i;

	if (d->list.set)
		return by->listed != NULL &&
		       by->listed(by->ctx, &d->list, by->address, signed_at);
	if (dispatch_addressee(d, by->address) != NULL)
		return true;
	for (i = 0; i < d->to_count && by->answers != NULL; i++)
		if (by->answers(
			by->ctx, by->address, d->to[i].address, signed_at))
			return true;
	return false;
}

static enum rc
not_addressed(const struct dispatch *d, const struct opener *by, struct err *e)
{
	if (d->list.set)
		return fail(e, RC_DENIED,
		    "docs/envelope.md 10.4: it goes to a list that is not "
		    "known here in this version, or that \"%.*s\" is not on; "
		    "get a newer directory file",
		    (int)by->address.len, (const char *)by->address.p);
	return fail(e, RC_DENIED,
	    "docs/envelope.md 10.4: its originator did not address it to "
	    "\"%.*s\": it may have been forwarded",
	    (int)by->address.len, (const char *)by->address.p);
}

/* What its certificate allows its signer. */
static enum rc
check_limits(
    const struct opened *o, const struct known_signer *who, struct err *e)
{
	const struct dispatch *d = &o->dispatch;

	if (!who->limited)
		return RC_OK;
	if (o->signature.level > who->level)
		return fail(e, RC_DENIED,
		    "docs/envelope.md 10.3: it is %s; its signer may go to %s",
		    level_name(o->signature.level), level_name(who->level));
	if (precedence_rank(d->header.precedence) >
		precedence_rank(who->precedence) ||
	    precedence_rank(d->info) > precedence_rank(who->precedence))
		return fail(e, RC_DENIED,
		    "docs/envelope.md 10.3: its precedence is %s; its signer "
		    "may go to %s",
		    precedence_name(d->header.precedence),
		    precedence_name(who->precedence));
	return RC_OK;
}

/* docs/envelope.md 10.2 to 10.6, once tag and signature hold. */
static enum rc
check_statement(const struct opened *o, const struct envelope *env,
    const struct opener *by, const struct known_signer *who, struct err *e)
{
	const struct dispatch *d = &o->dispatch;
	char at[TIME_TEXT];
	enum rc rc;

	if (!header_is_signed(&env->header, &d->header) ||
	    !bytes_eq(o->signature.receipt_id, id_bytes(&d->header.id)) ||
	    !bytes_eq(o->signature.receipts_to, d->originator))
		return fail(e, RC_INVALID,
		    "docs/envelope.md 10.2: what was signed is not what the "
		    "header says");
	if (!bytes_eq(d->originator, who->address))
		return fail(e, RC_DENIED,
		    "docs/envelope.md 10.3: it names \"%.*s\" as its "
		    "originator and is signed by \"%.*s\"",
		    (int)d->originator.len, (const char *)d->originator.p,
		    (int)who->address.len, (const char *)who->address.p);
	if (o->signature.signed_at < who->from ||
	    o->signature.signed_at > who->until) {
		time_write_vn(at, o->signature.signed_at);
		return fail(e, RC_EXPIRED,
		    "docs/envelope.md 10.3: it was signed at %s, when its "
		    "signer's certificate did not hold",
		    at);
	}
	if ((rc = check_limits(o, who, e)) != RC_OK)
		return rc;
	if (by->address.len > 0 && !is_addressed(d, by, o->signature.signed_at))
		return not_addressed(d, by, e);
	if (d->header.expires < by->now) {
		time_write_vn(at, d->header.expires);
		return fail(e, RC_EXPIRED,
		    "docs/envelope.md 10.5: it expired at %s", at);
	}
	return RC_OK;
}

enum rc
envelope_open(struct opened *out, const struct envelope *env,
    const uint8_t cek[static AEAD_KEY], const struct opener *by, struct err *e)
{
	struct opened o = { 0 };
	struct known_signer who = { 0 };
	struct bytes data;
	enum rc rc;

	*out = o;
	if (!decrypt(&o.plain, env, cek) ||
	    signed_read(&o.signature, SIGNED_DISPATCH, buf_bytes(&o.plain),
		e) != RC_OK ||
	    !signature_holds(&o.signature, by, &who)) {
		rc = cannot_open(e);
		goto out;
	}
	if ((rc = dispatch_read(&o.dispatch, o.signature.statement, e)) !=
		RC_OK ||
	    (rc = check_statement(&o, env, by, &who, e)) != RC_OK ||
	    (rc = content_read(&data, o.signature.content, e)) != RC_OK ||
	    (rc = unpack(&o.content, o.dispatch.coding, data, o.dispatch.size,
		 e)) != RC_OK)
		goto out;
	o.dispatch.level = o.signature.level;
	*out = o; /* the caller owns it now */
	o = (struct opened){ 0 };
out:
	opened_free(&o);
	return rc;
}

void
opened_free(struct opened *o)
{
	dispatch_free(&o->dispatch);
	buf_free(&o->content);
	buf_free(&o->plain);
	*o = (struct opened){ 0 };
}
