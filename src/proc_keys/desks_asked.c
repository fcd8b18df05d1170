/* SPDX-License-Identifier: EUPL-1.2 */
#include "proc_keys/desks_asked.h"

#include "daemon/process.h"

#define UNLOCK_MINUTES 60u /* a sign-in lasts unused */
#define UNLOCK_MAX 1440u   /* the longest that may be set, minutes */
#define UNLOCK_SETTING 4u  /* digits */

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

/* ---- how long it lasts
 * ------------------------------------------------------------ */

enum rc
desks_setting(struct desks *desks, struct bytes value, struct err *e)
{
	uint64_t minutes = 0;
	size_t i;

	for (i = 0; i < value.len && i <= UNLOCK_SETTING; i++)
		minutes = value.p[i] < '0' || value.p[i] > '9'
			      ? UNLOCK_MAX + 1
			      : 10 * minutes + value.p[i] - '0';
	if (minutes == 0 || minutes > UNLOCK_MAX)
		return fail(e, RC_INVALID,
		    "unlock is 1 to %u minutes, found \"%.*s\"", UNLOCK_MAX,
		    (int)value.len, (const char *)value.p);
	desks->unlock = (int64_t)minutes * 60000;
	return RC_OK;
}

void
desks_begin(struct desks *desks)
{
	if (desks->unlock == 0)
		desks->unlock = UNLOCK_MINUTES * INT64_C(60000);
}

void
desks_tick(struct desks *desks)
{
	desks_expire(desks, process_ms(), log_locked);
}

/* ---- signing in
 * ------------------------------------------------------------ */

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

enum rc
sign_in_first(struct bytes desk, struct err *e)
{
	return fail(e, RC_DENIED,
	    "you are not signed in to %.*s: sign in first", (int)desk.len,
	    (const char *)desk.p);
}

void
desks_sign_in(struct desks *desks, const struct message *m)
{
	const struct msg_sign_in *s = &m->body.sign_in;
	struct desk *d = desks_find(desks, s->desk);
	const int64_t now = process_ms();
	uint64_t wait = 0;
	struct log_line l;
	struct err e;
	enum rc rc;

	rc = d == NULL ? no_such_desk(s->desk, &e)
		       : desk_sign_in(
			     d, desks, s->uid, s->passphrase, now, &wait, &e);
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
void
desks_sign_out(struct desks *desks, const struct message *m)
{
	const struct msg_desk *s = &m->body.desk;
	struct desk *d;
	size_t i;

	for (i = 0; i < desks->count; i++) {
		d = desks->list[i];
		if ((s->desk.len == 0 ||
			bytes_eq(d->card.sign.address, s->desk)) &&
		    desk_sign_out(d, s->uid))
			log_locked(d, s->uid);
	}
	say_signed_in(m->job, RC_OK, NULL, 0, 0);
}

void
desks_web_ended(struct desks *desks, uint64_t user)
{
	struct desk *d;
	uint64_t uid;
	size_t i, j;

	for (i = 0; i < desks->count; i++) {
		d = desks->list[i];
		for (j = d->signed_in_count; j-- > 0;) {
			uid = d->signed_in[j].uid;
			if ((user == 0 ? uid >= MSG_USER_WEB : uid == user) &&
			    desk_sign_out(d, uid))
				log_locked(d, uid);
		}
	}
}

void
desks_may(struct desks *desks, const struct message *m)
{
	const struct msg_desk *s = &m->body.desk;
	const struct desk *d = desks_find(desks, s->desk);
	int64_t left = d == NULL ? 0 : desk_left(d, s->uid, process_ms());
	struct err e;
	enum rc rc;

	rc = d == NULL	 ? no_such_desk(s->desk, &e)
	     : left == 0 ? sign_in_first(s->desk, &e)
			 : RC_OK;
	say_signed_in(m->job, rc, &e, left, 0);
}

void
desks_rows(struct desks *desks, const struct message *m)
{
	struct msg_rows rows = { .rc = RC_OK, .last = 1 };
	const int64_t ms = process_ms(), now = process_now();
	struct msg_desk_row row;
	const struct desk *d;
	struct buf all = { 0 };
	int64_t left;
	size_t i;

	for (i = 0; i < desks->count; i++) {
		d = desks->list[i];
		left = desk_left(d, m->body.desk.uid, ms);
		row = (struct msg_desk_row){ d->card.sign.address,
			d->card.sign.name, left == 0 ? 0 : now + left / 1000 };
		list_add(&all, LIST_DESK, &row);
	}
	rows.rows = buf_bytes(&all);
	(void)tell(PROC_CONTROL, MSG_DESK_LIST, m->job, &rows, -1);
	buf_free(&all);
}
