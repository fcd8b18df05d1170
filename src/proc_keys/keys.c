/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The process that has the private keys: the station's own, and its desks' and
 * people's while somebody is signed in.  It touches no network and no file; key
 * files are handed to it by the parent (docs/station.md 8).
 *
 * Here is what it is given and who answers which message: the station's keys
 * (station.h), desks (desks_asked.h), people (people_asked.h), dispatches
 * (dispatch.h), and what the store and media have signed or opened.
 */
#include <unistd.h>

#include "core/utf8.h"
#include "daemon/process.h"
#include "pki/last.h"
#include "proc_keys/answers.h"
#include "proc_keys/carry.h"
#include "proc_keys/checkpoint.h"
#include "proc_keys/desks_asked.h"
#include "proc_keys/dispatch.h"
#include "proc_keys/people.h"
#include "proc_keys/people_asked.h"
#include "proc_keys/people_try.h"
#include "proc_keys/station.h"
#include "proc_keys/vouch.h"

#define TICK_SECONDS 2 /* between looks for who has been away too long */

static struct {
	struct station_keys station;
	struct desks desks;
	struct event *tick;
} self;

/* ---- what it is given
 * ------------------------------------------------------------ */

static void
tell_all_held(void)
{
	const struct card *c;
	size_t i;

	held_tell(&self.station.keys.card, true);
	for (i = 0; i < self.desks.count; i++)
		held_tell(&self.desks.list[i]->card, false);
	for (i = 0; (c = users_each(i)) != NULL; i++)
		held_tell(c, false);
}

static enum rc
given_setting(const struct msg_setting *s, struct err *e)
{
	if (bytes_is(s->name, "station-passphrase")) {
		station_keys_passphrase(&self.station, s->value);
		return RC_OK;
	}
	if (bytes_is(s->name, "web.name"))
		return webca_named(s->value, e);
	if (bytes_is(s->name, "unlock"))
		return desks_setting(&self.desks, s->value, e);
	return fail(e, RC_INVALID, "keys knows no setting \"%.*s\"",
	    (int)s->name.len, (const char *)s->name.p);
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
	station_keys_given(&self.station, k);
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
		rc = k->station ? station_keys_open(&self.station, k->file, &e)
				: holder_add(&c, k, &e);
	if (rc == RC_OK) {
		held_tell(c == NULL ? &self.station.keys.card : c, c == NULL);
		return;
	}
	l = log_line(LOG_WARN, "key.refused");
	log_str(&l, "file", k->name);
	log_err(&l, &e);
	process_log(LOG_WARN, &l);
}

/* ---- the end
 * ------------------------------------------------------------ */

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
	    !last_holds(&r, &self.station.keys.card.sign)) {
		l = log_line(LOG_WARN, "keys.not_forgotten");
		process_log(LOG_WARN, &l);
		return;
	}
	stop();
	_exit(0);
}

/* ---- who answers what
 * ------------------------------------------------------------ */

static void (*const by_station[MSG_LAST + 1])(
    struct station_keys *, const struct message *) = {
	[MSG_LINK_SIGN] = station_keys_link,
	[MSG_RENEW] = station_keys_renew,
	[MSG_CERTIFIED] = station_keys_certified,
	[MSG_KEPT] = station_keys_kept,
};
static void (*const by_desks[MSG_LAST + 1])(
    struct desks *, const struct message *) = {
	[MSG_UNLOCK] = dispatch_unlock,
	[MSG_SIGN_IN] = desks_sign_in,
	[MSG_SIGN_OUT] = desks_sign_out,
	[MSG_MAY] = desks_may,
	[MSG_DESKS] = desks_rows,
};
static void (*const by_desk_of_station[MSG_LAST + 1])(
    struct desks *, const struct identity *, const struct message *) = {
	[MSG_SIGN] = dispatch_sign,
	[MSG_VOUCH] = vouch,
};
static void (*const by_identity[MSG_LAST + 1])(
    const struct identity *, const struct message *) = {
	[MSG_NOTE] = checkpoint_sign,
	[MSG_WITNESS] = checkpoint_witness,
	[MSG_THIN] = thin_keys,
	[MSG_BUNDLE_SIGN] = carry_sign,
	[MSG_BUNDLE_OPEN] = carry_open,
	[MSG_ROW_KEY] = rows_make,
	[MSG_WEB_SIGN] = webca_sign,
};

static void
web_ended(const struct message *m)
{
	desks_web_ended(&self.desks, m->body.web_user.user);
	users_web_ended(m->body.web_user.user);
}

static void
message(enum proc from, const struct message *m, int fd)
{
	(void)from; /* the table of messages says who may say what */
	(void)fd;   /* none of these carries one */
	/* who has been away too long is out, whenever the timer comes */
	desks_tick(&self.desks);
	users_tick();
	if (m->kind == MSG_KEY)
		key_came(&m->body.key);
	else if (m->kind == MSG_FORGET)
		forget(m);
	else if (m->kind == MSG_WEB_ENDED)
		web_ended(m);
	else if (by_station[m->kind] != NULL)
		by_station[m->kind](&self.station, m);
	else if (by_desks[m->kind] != NULL)
		by_desks[m->kind](&self.desks, m);
	else if (by_desk_of_station[m->kind] != NULL)
		by_desk_of_station[m->kind](&self.desks, &self.station.keys, m);
	else if (by_identity[m->kind] != NULL)
		by_identity[m->kind](&self.station.keys, m);
	else
		users_message(m);
	vouch_desks(&self.desks, false);
}

/* ---- the process
 * ------------------------------------------------------------ */

static enum rc
prepare(struct sandbox *box, struct err *e)
{
	(void)box; /* it asks for no path */
	return try_open(e);
}

static void
tick(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	(void)ctx;
	desks_tick(&self.desks);
	users_tick();
	vouch_desks(&self.desks, false);
}

static enum rc
begin(struct err *e)
{
	const struct timeval often = { TICK_SECONDS, 0 };
	enum rc rc;

	desks_begin(&self.desks);
	rc = station_keys_begin(&self.station, e);
	if (rc != RC_OK)
		return rc;
	self.tick = event_new(process_base(), -1, EV_PERSIST, tick, NULL);
	if (self.tick == NULL || event_add(self.tick, &often) != 0)
		bug("no timer");
	if ((rc = users_begin(&self.station.keys, e)) != RC_OK)
		return rc;
	tell_all_held();
	return RC_OK;
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
	station_keys_free(&self.station);
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
