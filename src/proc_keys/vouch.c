/* SPDX-License-Identifier: EUPL-1.2 */
#include "proc_keys/vouch.h"

#include <string.h>

#include "core/time.h"
#include "daemon/process.h"
#include "dispatch/batch.h"

/* Whose key signs it: the station's, or a desk's while somebody is signed in
 * there. */
static enum rc
find_signer(const struct identity **out, struct bytes signer,
    const struct identity *station, const struct desks *desks, struct err *e)
{
	const struct desk *d;

	*out = station;
	if (bytes_eq(station->card.sign.address, signer))
		return RC_OK;
	if ((d = desks_find(desks, signer)) == NULL)
		return fail(e, RC_ABSENT, "this station has no key of \"%.*s\"",
		    (int)signer.len, (const char *)signer.p);
	if (d->signed_in_count == 0)
		return fail(e, RC_DENIED, "nobody is signed in to %.*s",
		    (int)signer.len, (const char *)signer.p);
	*out = &d->keys;
	return RC_OK;
}

/* docs/receipts.md 3.2: it is this signer's to say. */
static enum rc
check_one(struct bytes bytes, const struct msg_vouch *v,
    const struct identity *signer, const struct identity *station,
    struct err *e)
{
	const bool desk = signer != station;
	struct statement s;
	enum rc rc;

	if ((rc = statement_read(&s, bytes, e)) != RC_OK)
		return rc;
	if (statement_by_desk(s.kind) != desk ||
	    (desk && s.desk.len > 0 && !bytes_eq(s.desk, v->signer)) ||
	    s.at > v->at)
		return fail(e, RC_INVALID,
		    "docs/receipts.md 3.2: \"%s\" is not %.*s's to say",
		    statement_word(s.kind), (int)v->signer.len,
		    (const char *)v->signer.p);
	if (s.at > signer->card.sign.until)
		return cert_valid_at(&signer->card.sign, s.at, e);
	return RC_OK;
}

/* *bad: 1 + which statement it is that is not signed. */
static enum rc
sign(struct buf *out, uint64_t *bad, const struct msg_vouch *v,
    const struct identity *station, const struct desks *desks, struct err *e)
{
	const struct identity *id;
	struct batch_signer who = { .address = v->signer };
	struct bytes rest = v->statements, one;
	size_t n = 0;
	enum rc rc;

	rc = find_signer(&id, v->signer, station, desks, e);
	if (rc == RC_OK && (v->at < TIME_MIN || v->at > TIME_MAX))
		rc = fail(e, RC_INVALID, "a time that cannot be written");
	while (rc == RC_OK && rest.len > 0) {
		one = der_element(rest);
		if (one.len == 0)
			*bad = n + 1;
		if (one.len == 0 || ++n > BATCH_STATEMENTS)
			return fail(e, RC_INVALID,
			    "statements that are none, or too many");
		if ((rc = check_one(one, v, id, station, e)) != RC_OK)
			*bad = n;
		rest = bytes_of(rest.p + one.len, rest.len - one.len);
	}
	if (rc == RC_OK)
		rc = cert_valid_at(&id->card.sign, v->at, e);
	if (rc != RC_OK)
		return rc;
	who.tag = id->card.sign.tag;
	memcpy(who.cert, id->card.sign_cert, SHA256_SIZE);
	batch_sign(out, &who, v->statements, v->at, v->own_clock != 0, id->sig);
	return RC_OK;
}

void
vouch(struct desks *desks, const struct identity *station,
    const struct message *m)
{
	struct msg_vouched answer = { 0 };
	struct buf head = { 0 };
	struct err e;

	answer.rc =
	    sign(&head, &answer.bad, &m->body.vouch, station, desks, &e);
	if (answer.rc != RC_OK)
		answer.why = bytes_str(e.text);
	answer.head = buf_bytes(&head);
	(void)tell(PROC_STORE, MSG_VOUCHED, m->job, &answer, -1);
	buf_free(&head);
}

void
vouch_desks(struct desks *desks, bool all)
{
	struct msg_desk_state m;
	struct desk *d;
	size_t i;

	for (i = 0; i < desks->count; i++) {
		d = desks->list[i];
		m.desk = d->card.sign.address;
		m.open = d->signed_in_count > 0;
		if (all || d->told_open != (m.open != 0))
			(void)tell(PROC_STORE, MSG_DESK_STATE, 0, &m, -1);
		d->told_open = m.open != 0;
	}
}
