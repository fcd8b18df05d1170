/* SPDX-License-Identifier: EUPL-1.2 */
#include "proc_keys/dispatch.h"

#include "core/time.h"
#include "daemon/process.h"
#include "envelope/envelope.h"
#include "proc_keys/desks_asked.h"

/* ---- signing
 * ------------------------------------------------------------ */

/* What the desk's certificate allows it: docs/pki.md 2.5. */
static enum rc
check_rights(const struct card *c, const struct dispatch *d, struct err *e)
{
	const struct rights *r = &c->sign.rights;

	if (!c->issued)
		return RC_OK;
	if (d->level > r->level)
		return fail(e, RC_DENIED,
		    "this desk may send what is up to %s; this is %s",
		    level_name(r->level), level_name(d->level));
	if (precedence_rank(d->header.precedence) >
		precedence_rank(r->precedence) ||
	    precedence_rank(d->info) > precedence_rank(r->precedence))
		return fail(e, RC_DENIED,
		    "this desk may send up to the precedence %s; this is %s",
		    precedence_name(r->precedence),
		    precedence_name(d->header.precedence));
	return RC_OK;
}

static enum rc
check_dispatch(const struct card *c, const struct card *station,
    const struct dispatch *d, const struct msg_sign *s, struct err *e)
{
	enum rc rc;

	if (!bytes_eq(d->originator, c->sign.address))
		return fail(e, RC_DENIED,
		    "a dispatch of \"%.*s\" is not this desk's to sign",
		    (int)d->originator.len, (const char *)d->originator.p);
	if (!bytes_eq(d->header.origin, station->sign.address))
		return fail(e, RC_DENIED,
		    "a dispatch of \"%.*s\" is not this station's to sign",
		    (int)d->header.origin.len,
		    (const char *)d->header.origin.p);
	if (s->at < TIME_MIN || s->at > TIME_MAX)
		return fail(
		    e, RC_INVALID, "a signing time that cannot be written");
	rc = cert_valid_at(&c->sign, s->at, e);
	return rc == RC_OK ? check_rights(c, d, e) : rc;
}

static enum rc
sign_dispatch(struct buf *info, struct desks *desks,
    const struct identity *station, const struct msg_sign *s, struct err *e)
{
	struct desk *desk = desks_find(desks, s->desk);
	const struct identity *keys;
	struct dispatch d = { 0 };
	struct signer signer;
	enum rc rc;

	keys =
	    desk == NULL ? NULL : desk_use(desk, desks, s->uid, process_ms());
	if (keys == NULL)
		return sign_in_first(s->desk, e);
	rc = dispatch_read(&d, s->statement, e);
	if (rc != RC_OK)
		return rc;
	d.level = (enum level)s->level;
	rc = check_dispatch(&keys->card, &station->card, &d, s, e);
	if (rc == RC_OK) {
		signer = identity_signer(keys);
		signed_signer(info, &d, s->digest, &signer, s->at);
	}
	dispatch_free(&d);
	return rc;
}

void
dispatch_sign(struct desks *desks, const struct identity *station,
    const struct message *m)
{
	struct msg_signature answer = { 0 };
	struct buf info = { 0 };
	struct err e;

	answer.rc = sign_dispatch(&info, desks, station, &m->body.sign, &e);
	if (answer.rc != RC_OK)
		answer.why = bytes_str(e.text);
	answer.signer = buf_bytes(&info);
	(void)tell(PROC_SEAL, MSG_SIGNATURE, m->job, &answer, -1);
	buf_free(&info);
}

/* ---- unlocking
 * ------------------------------------------------------------ */

/* The desk's key that has a slip: the present one, or one from before.  Where
 * none has, the present one: envelope_unlock() then says so. */
static const struct kem_key *
key_with_slip(
    struct tag *tag, const struct identity *id, const struct envelope *env)
{
	struct tag tags[1 + IDENTITY_OLD];
	const struct kem_key *key;
	struct slip slip;
	size_t at = 0, i;

	tags[0] = *tag = id->card.kem.tag;
	for (i = 0; i < id->old_count; i++)
		tag_of(&tags[1 + i], kem_key_alg(id->old[i])->oid,
		    kem_key_pub(id->old[i]));
	while (envelope_slip(env, &at, &slip))
		for (i = 0; i <= id->old_count; i++) {
			key = i == 0 ? id->kem : id->old[i - 1];
			if (kem_key_alg(key) == slip.kem &&
			    bytes_eq(tag_bytes(&tags[i]), slip.rid)) {
				*tag = tags[i];
				return key;
			}
		}
	return id->kem;
}

static enum rc
unlock_envelope(uint8_t cek[static AEAD_KEY], struct desks *desks,
    const struct msg_unlock *u, struct err *e)
{
	struct desk *desk = desks_find(desks, u->desk);
	const struct identity *keys;
	const struct kem_key *key;
	struct envelope env;
	struct tag tag;
	enum rc rc;

	keys =
	    desk == NULL ? NULL : desk_use(desk, desks, u->uid, process_ms());
	if (keys == NULL)
		return sign_in_first(u->desk, e);
	rc = envelope_outside(&env, u->slips, u->cipher, u->attributes, e);
	if (rc != RC_OK)
		return rc;
	key = key_with_slip(&tag, keys, &env);
	return envelope_unlock(cek, &env, key, &tag, e);
}

void
dispatch_unlock(struct desks *desks, const struct message *m)
{
	struct msg_cek answer = { 0 };
	struct err e;

	answer.rc = unlock_envelope(answer.cek, desks, &m->body.unlock, &e);
	if (answer.rc != RC_OK)
		answer.why = bytes_str(e.text);
	(void)tell(PROC_SEAL, MSG_CEK, m->job, &answer, -1);
	wipe(&answer, sizeof(answer));
}
