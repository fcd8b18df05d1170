/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The process that has the private keys: the station's own, and its desks'
 * while somebody is signed in.  It touches no network and no file; key files
 * are handed to it by the parent (docs/station.md 8).
 *
 * It signs nothing that it has not read: of a dispatch it takes the statement
 * apart, holds it to its rules and to the desk's rights, and builds what is
 * signed itself.  Nobody can have a digest signed that stands alone: the one it
 * is given becomes the messageDigest beside a statement, under the content type
 * of dispatches (docs/envelope.md 8.1), and is good for nothing else.
 */
#include <string.h>
#include <unistd.h>

#include "proc_keys/carry.h"
#include "proc_keys/checkpoint.h"
#include "proc_keys/desks.h"
#include "proc_keys/people.h"
#include "proc_keys/renew.h"
#include "proc_store/rows.h"
#include "proc_store/thin.h"
#include "proc_keys/vouch.h"
#include "proc_store/webca.h"
#include "core/time.h"
#include "core/utf8.h"
#include "crypto/suite.h"
#include "daemon/process.h"
#include "envelope/address.h"
#include "envelope/envelope.h"
#include "pki/last.h"

#define TICK_SECONDS 2	   /* between looks for who has been away too long */
#define UNLOCK_MINUTES 60u /* a sign-in lasts unused */
#define UNLOCK_MAX 1440u   /* the longest that may be set, minutes */
#define UNLOCK_SETTING 4u  /* digits */

static struct {
	struct buf passphrase; /* of the station's key file */
	bool has_passphrase;
	struct buf file, name; /* the station's key file, not yet opened */
	struct identity station;
	enum lock_kind lock; /* that its key file is under */
	struct buf next, earlier; /* files beside it, not yet opened */
	struct renewing renewing;
	struct desks desks;
	struct event *tick;
} self;

/* ---- the log
 * -------------------------------------------------------------------------- */

static struct log_line
desk_line(
    enum log_level level, const char *event, struct bytes desk, uint64_t uid)
{
	struct log_line l = log_line(level, event);

	log_str(&l, "desk", desk);
	log_uint(&l, "uid", uid);
	return l;
}

static void
log_locked(const struct desk *d, uint64_t uid)
{
	struct log_line l =
	    desk_line(LOG_INFO, "desk.locked", d->card.sign.address, uid);

	process_log(LOG_INFO, &l);
}

/* ---- key files
 * ------------------------------------------------------------------------ */

static void
tell_held(const struct card *c, bool station)
{
	const struct msg_held held = { buf_bytes(&c->sign_der),
		buf_bytes(&c->kem_der), station };

	(void)tell(PROC_STORE, MSG_HELD, 0, &held, -1);
}

static void
tell_all_held(void)
{
	const struct card *c;
	size_t i;

	tell_held(&self.station.card, true);
	for (i = 0; i < self.desks.count; i++)
		tell_held(&self.desks.list[i]->card, false);
	for (i = 0; (c = users_each(i)) != NULL; i++)
		tell_held(c, false);
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

static enum rc
station_unlock(struct bytes file, struct err *e)
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
	if (lock.kind == LOCK_PASSPHRASE && !self.has_passphrase)
		return fail(e, RC_DENIED,
		    "it is under a passphrase, which the station was not "
		    "given");
	rc = identity_open(&id, file,
	    lock.kind == LOCK_NONE ? (struct bytes){ 0 }
				   : buf_bytes(&self.passphrase),
	    e);
	if (rc == RC_OK && (rc = check_station(&id.card, e)) == RC_OK) {
		identity_free(&self.station);
		self.station = id; /* it is ours now */
		self.lock = lock.kind;
		id = (struct identity){ 0 };
	}
	identity_free(&id);
	return rc;
}

static enum rc
given_setting(const struct msg_setting *s, struct err *e)
{
	uint64_t minutes = 0;
	size_t i;

	if (bytes_is(s->name, "station-passphrase")) {
		buf_free(&self.passphrase);
		buf_add(&self.passphrase, s->value);
		self.has_passphrase = true;
		return RC_OK;
	}
	if (bytes_is(s->name, "web.name"))
		return webca_named(s->value, e);
	if (!bytes_is(s->name, "unlock"))
		return fail(e, RC_INVALID, "keys knows no setting \"%.*s\"",
		    (int)s->name.len, (const char *)s->name.p);
	for (i = 0; i < s->value.len && i <= UNLOCK_SETTING; i++)
		minutes = s->value.p[i] < '0' || s->value.p[i] > '9'
			      ? UNLOCK_MAX + 1
			      : 10 * minutes + s->value.p[i] - '0';
	if (minutes == 0 || minutes > UNLOCK_MAX)
		return fail(e, RC_INVALID,
		    "unlock is 1 to %u minutes, found \"%.*s\"", UNLOCK_MAX,
		    (int)s->value.len, (const char *)s->value.p);
	self.desks.unlock = (int64_t)minutes * 60000;
	return RC_OK;
}

static enum rc
check_name(struct bytes name, struct err *e)
{
	return utf8_is_text(name)
		   ? RC_OK
		   : fail(e, RC_INVALID,
			 "a key file whose name is not one line of text");
}

/* A desk's key file, or a person's. */
static enum rc
holder_add(const struct card **out, const struct msg_key *k, struct err *e)
{
	struct desk *d;
	enum rc rc;

	*out = NULL;
	if (people_is(k->file))
		return users_given(out, k->name, k->file, e);
	rc = desks_add(&d, &self.desks, k->name, k->file, e);
	if (rc == RC_OK)
		*out = &d->card;
	return rc;
}

static enum rc
given(const struct message *m, int fd, struct err *e)
{
	const struct msg_key *k = &m->body.key;
	const struct card *c;
	struct buf *to;
	enum rc rc;

	(void)fd; /* none of these carries one */
	if (m->kind == MSG_SETTING)
		return given_setting(&m->body.setting, e);
	if (m->kind != MSG_KEY)
		return fail(
		    e, RC_INVALID, "keys is not given %s", msg_name(m->kind));
	rc = check_name(k->name, e);
	if (rc != RC_OK)
		return rc;
	if (k->station == 0)
		return holder_add(&c, k, e);
	if (k->station > 1) {
		to = k->station == 2 ? &self.next : &self.earlier;
		buf_free(to);
		buf_add(to, k->file);
		return RC_OK;
	}
	/* its passphrase may be given later: begin() opens it */
	buf_free(&self.file);
	buf_free(&self.name);
	buf_add(&self.file, k->file);
	buf_add(&self.name, k->name);
	return RC_OK;
}

/* A key file that came later; what is wrong with it is for the log. */
static void
key_came(const struct msg_key *k)
{
	const struct card *c = NULL;
	struct log_line l;
	struct err e;
	enum rc rc;

	rc = check_name(k->name, &e);
	if (rc == RC_OK && k->station > 1)
		return; /* it was ours to write */
	if (rc == RC_OK)
		rc = k->station
			 ? station_unlock(k->file, &e)
			 : holder_add(&c, k, &e);
	if (rc == RC_OK) {
		tell_held(c == NULL ? &self.station.card : c, c == NULL);
		return;
	}
	l = log_line(LOG_WARN, "key.refused");
	log_str(&l, "file", k->name);
	log_err(&l, &e);
	process_log(LOG_WARN, &l);
}

/* ---- signing in
 * ----------------------------------------------------------------------- */

static void
say_signed_in(
    uint64_t job, enum rc rc, const struct err *e, int64_t left, uint64_t wait)
{
	const struct msg_signed_in m = { .rc = rc,
		.why = rc == RC_OK ? (struct bytes){ 0 } : bytes_str(e->text),
		.until = left == 0 ? 0 : process_now() + left / 1000,
		.wait = wait };

	(void)tell(PROC_CONTROL, MSG_SIGNED_IN, job, &m, -1);
}

static enum rc
no_such_desk(struct bytes desk, struct err *e)
{
	return fail(e, RC_ABSENT, "this station has no key of \"%.*s\"",
	    (int)desk.len, (const char *)desk.p);
}

static enum rc
sign_in_first(struct bytes desk, struct err *e)
{
	return fail(e, RC_DENIED,
	    "you are not signed in to %.*s: sign in first", (int)desk.len,
	    (const char *)desk.p);
}

static void
sign_in(const struct message *m)
{
	const struct msg_sign_in *s = &m->body.sign_in;
	struct desk *d = desks_find(&self.desks, s->desk);
	const int64_t now = process_ms();
	uint64_t wait = 0;
	struct log_line l;
	struct err e;
	enum rc rc;

	rc = d == NULL ? no_such_desk(s->desk, &e)
		       : desk_sign_in(d, &self.desks, s->uid, s->passphrase,
			     now, &wait, &e);
	if (rc == RC_OK) {
		l = desk_line(LOG_INFO, "desk.signed_in", s->desk, s->uid);
		process_log(LOG_INFO, &l);
	} else if (rc != RC_INVALID) { /* else he asked whether there is one */
		l = desk_line(
		    LOG_WARN, "desk.sign_in_refused", s->desk, s->uid);
		log_err(&l, &e);
		process_log(LOG_WARN, &l);
	}
	say_signed_in(
	    m->job, rc, &e, rc == RC_OK ? desk_left(d, s->uid, now) : 0, wait);
}

/* Out of one desk, or of all. */
static void
sign_out(const struct message *m)
{
	const struct msg_desk *s = &m->body.desk;
	struct desk *d;
	size_t i;

	for (i = 0; i < self.desks.count; i++) {
		d = self.desks.list[i];
		if ((s->desk.len == 0 ||
			bytes_eq(d->card.sign.address, s->desk)) &&
		    desk_sign_out(d, s->uid))
			log_locked(d, s->uid);
	}
	say_signed_in(m->job, RC_OK, NULL, 0, 0);
}

/* Browsers' sessions are over (docs/station.md 20.5): one, or all. */
static void
web_ended(const struct message *m)
{
	const uint64_t user = m->body.web_user.user;
	struct desk *d;
	uint64_t uid;
	size_t i, j;

	for (i = 0; i < self.desks.count; i++) {
		d = self.desks.list[i];
		for (j = d->signed_in_count; j-- > 0;) {
			uid = d->signed_in[j].uid;
			if ((user == 0 ? uid >= MSG_USER_WEB : uid == user) &&
			    desk_sign_out(d, uid))
				log_locked(d, uid);
		}
	}
	users_web_ended(user);
}

static void
may(const struct message *m)
{
	const struct msg_desk *s = &m->body.desk;
	const struct desk *d = desks_find(&self.desks, s->desk);
	int64_t left = d == NULL ? 0 : desk_left(d, s->uid, process_ms());
	struct err e;
	enum rc rc;

	rc = d == NULL	 ? no_such_desk(s->desk, &e)
	     : left == 0 ? sign_in_first(s->desk, &e)
			 : RC_OK;
	say_signed_in(m->job, rc, &e, left, 0);
}

static void
list_desks(const struct message *m)
{
	struct msg_rows rows = { .rc = RC_OK, .last = 1 };
	const int64_t ms = process_ms(), now = process_now();
	struct msg_desk_row row;
	const struct desk *d;
	struct buf all = { 0 };
	int64_t left;
	size_t i;

	for (i = 0; i < self.desks.count; i++) {
		d = self.desks.list[i];
		left = desk_left(d, m->body.desk.uid, ms);
		row = (struct msg_desk_row){ d->card.sign.address,
			d->card.sign.name, left == 0 ? 0 : now + left / 1000 };
		list_add(&all, LIST_DESK, &row);
	}
	rows.rows = buf_bytes(&all);
	(void)tell(PROC_CONTROL, MSG_DESK_LIST, m->job, &rows, -1);
	buf_free(&all);
}

static void
tick(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	(void)ctx;
	desks_expire(&self.desks, process_ms(), log_locked);
	users_tick();
	vouch_desks(&self.desks, false);
}

/* ---- signing
 * -------------------------------------------------------------------------- */

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
check_dispatch(const struct card *c, const struct dispatch *d,
    const struct msg_sign *s, struct err *e)
{
	enum rc rc;

	if (!bytes_eq(d->originator, c->sign.address))
		return fail(e, RC_DENIED,
		    "a dispatch of \"%.*s\" is not this desk's to sign",
		    (int)d->originator.len, (const char *)d->originator.p);
	if (!bytes_eq(d->header.origin, self.station.card.sign.address))
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
sign_dispatch(struct buf *info, const struct msg_sign *s, struct err *e)
{
	struct desk *desk = desks_find(&self.desks, s->desk);
	const struct identity *keys;
	struct dispatch d = { 0 };
	struct signer signer;
	enum rc rc;

	keys = desk == NULL ? NULL
			    : desk_use(desk, &self.desks, s->uid, process_ms());
	if (keys == NULL)
		return sign_in_first(s->desk, e);
	rc = dispatch_read(&d, s->statement, e);
	if (rc != RC_OK)
		return rc;
	d.level = (enum level)s->level;
	rc = check_dispatch(&keys->card, &d, s, e);
	if (rc == RC_OK) {
		signer = identity_signer(keys);
		signed_signer(info, &d, s->digest, &signer, s->at);
	}
	dispatch_free(&d);
	return rc;
}

static void
sign(const struct message *m)
{
	struct msg_signature answer = { 0 };
	struct buf info = { 0 };
	struct err e;

	answer.rc = sign_dispatch(&info, &m->body.sign, &e);
	if (answer.rc != RC_OK)
		answer.why = bytes_str(e.text);
	answer.signer = buf_bytes(&info);
	(void)tell(PROC_SEAL, MSG_SIGNATURE, m->job, &answer, -1);
	buf_free(&info);
}

static void
link_sign(const struct message *m)
{
	const struct identity *id = &self.station;
	struct buf statement = { 0 };

	if (self.renewing.earlier.sig != NULL &&
	    bytes_eq(tag_bytes(&m->body.link_key.earlier),
		tag_bytes(&self.renewing.earlier.card.sign.tag)))
		id = &self.renewing.earlier;
	link_write(&statement, id->card.sign.address, m->body.link_key.epoch,
	    m->body.link_key.key, id->sig);
	(void)tell(PROC_STORE, MSG_LINK_SIGNED, m->job,
	    &(struct msg_statement){ buf_bytes(&statement) }, -1);
	buf_free(&statement);
}

/* ---- new keys of the station
 * ---------------------------------------------------------- */

static struct lock
station_lock(void)
{
	return (struct lock){ .kind = self.lock,
		.secret = self.lock == LOCK_NONE
			      ? (struct bytes){ 0 }
			      : buf_bytes(&self.passphrase) };
}

static void
renew(const struct message *m)
{
	const struct lock lock = station_lock();

	renewing_begin(&self.renewing, &self.station, &lock, m->body.renew.now);
}

static void
certified(const struct message *m)
{
	const struct lock lock = station_lock();

	renewing_certified(
	    &self.renewing, &self.station, &lock, m->body.certified.certs);
}

static void
kept(const struct message *m)
{
	if (renewing_kept(&self.renewing, &self.station, &m->body.kept))
		tell_held(&self.station.card, true);
}

/* ---- the end
 * --------------------------------------------------------------- */

static void stop(void);

/* The station is being destroyed (docs/emergency.md 2.3): who says so has its
 * key.  Nothing is left here; started anew, this process finds no key file. */
static void
forget(const struct message *m)
{
	const struct bytes report = m->body.statement.statement;
	struct last_word r;
	struct log_line l;
	struct err e;

	if (last_read(&r, report, &e) != RC_OK ||
	    !last_holds(&r, &self.station.card.sign)) {
		l = log_line(LOG_WARN, "keys.not_forgotten");
		process_log(LOG_WARN, &l);
		return;
	}
	stop();
	_exit(0);
}

/* ---- unlocking
 * ------------------------------------------------------------------------ */

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
unlock_envelope(
    uint8_t cek[static AEAD_KEY], const struct msg_unlock *u, struct err *e)
{
	struct desk *desk = desks_find(&self.desks, u->desk);
	const struct identity *keys;
	const struct kem_key *key;
	struct envelope env;
	struct tag tag;
	enum rc rc;

	keys = desk == NULL ? NULL
			    : desk_use(desk, &self.desks, u->uid, process_ms());
	if (keys == NULL)
		return sign_in_first(u->desk, e);
	rc = envelope_outside(&env, u->slips, u->cipher, u->attributes, e);
	if (rc != RC_OK)
		return rc;
	key = key_with_slip(&tag, keys, &env);
	return envelope_unlock(cek, &env, key, &tag, e);
}

static void
unlock(const struct message *m)
{
	struct msg_cek answer = { 0 };
	struct err e;

	answer.rc = unlock_envelope(answer.cek, &m->body.unlock, &e);
	if (answer.rc != RC_OK)
		answer.why = bytes_str(e.text);
	(void)tell(PROC_SEAL, MSG_CEK, m->job, &answer, -1);
	wipe(&answer, sizeof(answer));
}

/* ---- the process
 * ---------------------------------------------------------------------- */

static enum rc
prepare(struct sandbox *box, struct err *e)
{
	(void)box; /* it asks for no path */
	(void)e;
	return RC_OK;
}

static enum rc
begin(struct err *e)
{
	const struct timeval often = { TICK_SECONDS, 0 };
	enum rc rc;

	if (self.desks.unlock == 0)
		self.desks.unlock = UNLOCK_MINUTES * INT64_C(60000);
	if (self.file.len == 0)
		return fail(e, RC_ABSENT,
		    "the station has no key: keys was given none");
	rc = station_unlock(buf_bytes(&self.file), e);
	if (rc != RC_OK)
		return fail_at(
		    e, "%.*s", (int)self.name.len, (const char *)self.name.p);
	if (self.next.len > 0)
		renewing_given(&self.renewing, &self.station,
		    buf_bytes(&self.next), station_lock().secret);
	if (self.earlier.len > 0)
		renewing_was(&self.renewing, &self.station,
		    buf_bytes(&self.earlier), station_lock().secret);
	buf_free(&self.next);
	buf_free(&self.earlier);
	buf_free(&self.file);
	buf_free(&self.name);
	self.tick = event_new(process_base(), -1, EV_PERSIST, tick, NULL);
	if (self.tick == NULL || event_add(self.tick, &often) != 0)
		bug("no timer");
	tell_all_held();
	return RC_OK;
}

static void
message(enum proc from, const struct message *m, int fd)
{
	(void)from; /* the table of messages says who may say what */
	(void)fd;   /* none of these carries one */
	/* who has been away too long is out, whenever the timer comes */
	desks_expire(&self.desks, process_ms(), log_locked);
	users_tick();
	if (m->kind == MSG_KEY)
		key_came(&m->body.key);
	else if (m->kind == MSG_LINK_SIGN)
		link_sign(m);
	else if (m->kind == MSG_SIGN)
		sign(m);
	else if (m->kind == MSG_UNLOCK)
		unlock(m);
	else if (m->kind == MSG_SIGN_IN)
		sign_in(m);
	else if (m->kind == MSG_SIGN_OUT)
		sign_out(m);
	else if (m->kind == MSG_WEB_ENDED)
		web_ended(m);
	else if (m->kind == MSG_MAY)
		may(m);
	else if (m->kind == MSG_DESKS)
		list_desks(m);
	else if (m->kind == MSG_RENEW)
		renew(m);
	else if (m->kind == MSG_CERTIFIED)
		certified(m);
	else if (m->kind == MSG_KEPT)
		kept(m);
	else if (m->kind == MSG_NOTE)
		checkpoint_sign(&self.station, m);
	else if (m->kind == MSG_WITNESS)
		checkpoint_witness(&self.station, m);
	else if (m->kind == MSG_THIN)
		thin_keys(&self.station, m);
	else if (m->kind == MSG_VOUCH)
		vouch(m, &self.station, &self.desks);
	else if (m->kind == MSG_BUNDLE_SIGN)
		carry_sign(&self.station, m);
	else if (m->kind == MSG_BUNDLE_OPEN)
		carry_open(&self.station, m);
	else if (m->kind == MSG_ROW_KEY)
		rows_make(&self.station, m->job, m->body.record.record);
	else if (m->kind == MSG_FORGET)
		forget(m);
	else if (m->kind == MSG_WEB_SIGN)
		webca_sign(&self.station, m->job, &m->body.web_sign);
	else
		users_message(&self.station, m);
	vouch_desks(&self.desks, false);
}

static void
peer(enum proc p, bool up)
{
	if (p != PROC_STORE)
		return;
	if (up)
		tell_all_held();
	users_store(up);
	if (!up)
		return;
	vouch_desks(&self.desks, true);
}

static void
stop(void)
{
	event_free(self.tick);
	desks_free(&self.desks);
	users_stop();
	identity_free(&self.station);
	renewing_free(&self.renewing);
	buf_free(&self.next);
	buf_free(&self.earlier);
	buf_free(&self.passphrase);
	buf_free(&self.file);
	buf_free(&self.name);
}

const struct process process_keys = {
	.self = PROC_KEYS,
	.given = given,
	.prepare = prepare,
	.begin = begin,
	.message = message,
	.peer = peer,
	.stop = stop,
};
