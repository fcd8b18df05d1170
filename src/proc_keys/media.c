/* SPDX-License-Identifier: EUPL-1.2 */
#include <string.h>

#include "envelope/address.h"
#include "media/bundle.h"
#include "media/statement.h"
#include "proc_keys/carry.h"

void
carry_sign(const struct identity *station, const struct message *m)
{
	const struct msg_bundle_sign *s = &m->body.bundle_sign;
	struct bundle_statement what = { .from = station->card.sign.address,
		.to = s->to,
		.number = s->number,
		.incarnation = s->incarnation,
		.at = s->at,
		.open = s->open };
	struct buf out = { 0 };

	if (!address_is_station(s->to) || s->number == 0 ||
	    s->number > INT64_MAX || s->incarnation > INT64_MAX ||
	    s->open > INT64_MAX)
		bug("keys: a bundle of no station or number");
	memcpy(what.head, s->head, sizeof(what.head));
	bundle_statement_write(&out, &what, station->sig);
	(void)tell(PROC_MEDIA, MSG_BUNDLE_SIGNED, m->job,
	    &(struct msg_statement){ buf_bytes(&out) }, -1);
	buf_free(&out);
}

/* The station's key of this tag: the present one, or one from before. */
static const struct kem_key *
key_of(const struct identity *station, const struct tag *tag)
{
	struct tag is;
	size_t i;

	if (memcmp(&station->card.kem.tag, tag, sizeof(*tag)) == 0)
		return station->kem;
	for (i = 0; i < station->old_count; i++) {
		tag_of(&is, kem_key_alg(station->old[i])->oid,
		    kem_key_pub(station->old[i]));
		if (memcmp(&is, tag, sizeof(is)) == 0)
			return station->old[i];
	}
	return NULL;
}

void
carry_open(const struct identity *station, const struct message *m)
{
	const struct msg_bundle_open *o = &m->body.bundle_open;
	const struct kem_key *key = key_of(station, &o->key);
	uint8_t secret[KEM_SECRET];
	struct msg_cek answer = { 0 };
	struct err e = { 0 };

	if (key == NULL)
		answer.rc =
		    fail(&e, RC_DENIED, "this bundle is for another station");
	else if (o->ct.len != kem_key_alg(key)->ct ||
		 !kem_decapsulate(key, o->ct, secret))
		answer.rc = fail(&e, RC_INVALID,
		    "docs/media.md 2.4: the bundle was damaged or changed on "
		    "its way");
	else
		bundle_key(answer.cek, secret, o->head);
	answer.why = bytes_str(e.text);
	(void)tell(PROC_MEDIA, MSG_BUNDLE_KEY, m->job, &answer, -1);
	wipe(secret, sizeof(secret));
	wipe(answer.cek, sizeof(answer.cek));
}
