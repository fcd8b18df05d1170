/* SPDX-License-Identifier: EUPL-1.2 */
#include "proc_keys/station.h"

#include "crypto/suite.h"
#include "daemon/process.h"
#include "envelope/address.h"

void
station_keys_free(struct station_keys *s)
{
	identity_free(&s->keys);
	renewing_free(&s->renewing);
	buf_free(&s->next);
	buf_free(&s->earlier);
	buf_free(&s->passphrase);
	buf_free(&s->file);
	buf_free(&s->name);
}

/* ---- key files
 * ------------------------------------------------------------ */

void
held_tell(const struct card *c, bool station)
{
	const struct msg_held held = { buf_bytes(&c->sign_der),
		buf_bytes(&c->kem_der), station };

	(void)tell(PROC_STORE, MSG_HELD, 0, &held, -1);
}

static enum rc
check_station(const struct card *c, struct err *e)
{
	const enum cert_kind kind = c->sign.rights.kind;

	if ((c->issued && kind != CERT_STATION) ||
	    !address_is_station(c->sign.address))
		return fail(e, RC_INVALID,
		    "it is the key of \"%.*s\", which is no station",
		    (int)c->sign.name.len, (const char *)c->sign.name.p);
	if (!suite_sig_is_composite(c->sign.sig))
		return fail(e, RC_DENIED,
		    "it is a key for foreign tools only; a station works with "
		    "none of them");
	return RC_OK;
}

enum rc
station_keys_open(struct station_keys *s, struct bytes file, struct err *e)
{
	struct identity id = { 0 };
	struct lock lock;
	enum rc rc;

	rc = keyfile_lock(&lock, file, e);
	if (rc != RC_OK)
		return rc;
	if (lock.kind == LOCK_SHARES)
		return fail(e, RC_DENIED,
		    "it is under shares of officers, and a station starts "
		    "without them");
	if (lock.kind == LOCK_PASSPHRASE && !s->has_passphrase)
		return fail(e, RC_DENIED,
		    "it is under a passphrase, which the station was not "
		    "given");
	rc = identity_open(&id, file,
	    lock.kind == LOCK_NONE ? (struct bytes){ 0 }
				   : buf_bytes(&s->passphrase),
	    e);
	if (rc == RC_OK && (rc = check_station(&id.card, e)) == RC_OK) {
		identity_free(&s->keys);
		s->keys = id; /* it is ours now */
		s->lock = lock.kind;
		id = (struct identity){ 0 };
	}
	identity_free(&id);
	return rc;
}

void
station_keys_passphrase(struct station_keys *s, struct bytes passphrase)
{
	buf_free(&s->passphrase);
	buf_add(&s->passphrase, passphrase);
	s->has_passphrase = true;
}

void
station_keys_given(struct station_keys *s, const struct msg_key *k)
{
	struct buf *to = k->station == 2   ? &s->next
			 : k->station == 3 ? &s->earlier
					   : &s->file;

	buf_free(to);
	buf_add(to, k->file);
	if (k->station != 1)
		return;
	buf_free(&s->name);
	buf_add(&s->name, k->name);
}

static struct lock
station_lock(const struct station_keys *s)
{
	return (struct lock){ .kind = s->lock,
		.secret = s->lock == LOCK_NONE ? (struct bytes){ 0 }
					       : buf_bytes(&s->passphrase) };
}

/* Its passphrase may have been given after the file. */
enum rc
station_keys_begin(struct station_keys *s, struct err *e)
{
	enum rc rc;

	if (s->file.len == 0)
		return fail(e, RC_ABSENT,
		    "the station has no key: keys was given none");
	rc = station_keys_open(s, buf_bytes(&s->file), e);
	if (rc != RC_OK)
		return fail_at(
		    e, "%.*s", (int)s->name.len, (const char *)s->name.p);
	if (s->next.len > 0)
		renewing_given(&s->renewing, &s->keys, buf_bytes(&s->next),
		    station_lock(s).secret);
	if (s->earlier.len > 0)
		renewing_was(&s->renewing, &s->keys, buf_bytes(&s->earlier),
		    station_lock(s).secret);
	buf_free(&s->next);
	buf_free(&s->earlier);
	buf_free(&s->file);
	buf_free(&s->name);
	return RC_OK;
}

/* ---- lines
 * ------------------------------------------------------------ */

void
station_keys_link(struct station_keys *s, const struct message *m)
{
	const struct identity *id = &s->keys;
	struct buf statement = { 0 };

	if (s->renewing.earlier.sig != NULL &&
	    bytes_eq(tag_bytes(&m->body.link_key.earlier),
		tag_bytes(&s->renewing.earlier.card.sign.tag)))
		id = &s->renewing.earlier;
	link_write(&statement, id->card.sign.address, m->body.link_key.epoch,
	    m->body.link_key.key, id->sig);
	(void)tell(PROC_STORE, MSG_LINK_SIGNED, m->job,
	    &(struct msg_statement){ buf_bytes(&statement) }, -1);
	buf_free(&statement);
}

/* ---- new keys of the station
 * ------------------------------------------------------------ */

void
station_keys_renew(struct station_keys *s, const struct message *m)
{
	const struct lock lock = station_lock(s);

	renewing_begin(&s->renewing, &s->keys, &lock, m->body.renew.now);
}

void
station_keys_certified(struct station_keys *s, const struct message *m)
{
	const struct lock lock = station_lock(s);

	renewing_certified(
	    &s->renewing, &s->keys, &lock, m->body.certified.certs);
}

void
station_keys_kept(struct station_keys *s, const struct message *m)
{
	if (renewing_kept(&s->renewing, &s->keys, &m->body.kept))
		held_tell(&s->keys.card, true);
}
