/* SPDX-License-Identifier: EUPL-1.2 */
/* Who is on duty: the rota, hand-overs, notes (docs/duty.md 1 to 3). */
#include <stdio.h>
#include <string.h>

#include "proc_store/duty_state.h"
#include "proc_store/sessions.h"

#define SAYS_MAX 1000u

/* The head of a record: code, when, who, from whom, what he says. */
static void
head(struct buf *out, enum did code, const char *who, const char *from,
    struct bytes says)
{
	char text[64];

	(void)snprintf(
	    text, sizeof(text), "%d\t%lld\t", code, (long long)station_now());
	buf_add(out, bytes_str(text));
	buf_add(out, bytes_str(who));
	buf_u8(out, '\t');
	buf_add(out, bytes_str(from));
	buf_u8(out, '\t');
	buf_add(out, says);
	buf_u8(out, '\n');
}

struct planning {
	bool may;
};

static void
may_plan(void *ctx, const struct session *s)
{
	struct planning *p = ctx;

	p->may = p->may || session_role_here(s, ROLE_DUTY) ||
		 session_role_here(s, ROLE_ADMINISTRATOR);
}

/* By a page (docs/duty.md 2.5): he who plans holds a role for it, and those
 * whom it names need no user of this machine. */
static enum rc
plan_by_page(struct rota *r, uint64_t uid, struct err *e)
{
	struct planning p = { false };
	size_t i;

	session_each(uid, may_plan, &p);
	if (!p.may)
		return fail(e, RC_DENIED,
		    "a rota is put in force by a duty officer or an "
		    "administrator of this unit");
	for (i = 0; i < r->people_count; i++)
		if (duty.on.uid != ROTA_NOBODY &&
		    r->people[i].uid == ROTA_NOBODY &&
		    strcmp(r->people[i].login, duty.on.login) == 0)
			r->people[i].uid = duty.on.uid;
	rota_number(r, &duty.rota, duty.on.uid);
	return RC_OK;
}

static enum rc
plan(const struct msg_duty *m, uint64_t *n, struct err *e)
{
	struct buf text = { 0 }, whole = { 0 };
	struct rota r;
	char who[DUTY_WHO];
	enum rc rc = rota_parse(&r, m->text, e);

	if (rc != RC_OK)
		return rc;
	if (m->uid >= MSG_USER_WEB)
		rc = plan_by_page(&r, m->uid, e);
	rota_write(&text, &r);
	if (rc == RC_OK)
		rc = rota_check(&r, station_now(), e);
	if (rc == RC_OK && text.len > ROTA_MAX)
		rc = fail(e, RC_LIMIT, "a rota of %zu bytes, at most %u",
		    text.len, ROTA_MAX);
	if (rc == RC_OK)
		rc = store_write(e);
	if (rc != RC_OK)
		goto out;
	rota_free(&duty.rota);
	duty.rota = r; /* it has its owner */
	r = (struct rota){ 0 };
	duty_who(who, duty_user(m->uid));
	head(&whole, CODE_ROTA, who, "", (struct bytes){ 0 });
	buf_add(&whole, buf_bytes(&text));
	if ((rc = duty_keep(WORD_ROTA, buf_bytes(&text), e)) == RC_OK)
		rc = duty_record(CODE_ROTA, buf_bytes(&whole), who, e);
	*n = duty.records;
out:
	rota_free(&r);
	buf_free(&text);
	buf_free(&whole);
	return rc;
}

static enum rc
offer(const struct msg_duty *m, uint64_t *n, struct err *e)
{
	const struct rota_person *p = NULL;
	struct buf text = { 0 };
	char who[DUTY_WHO];
	enum rc rc;
	size_t i;

	if (duty.on.uid != m->uid)
		return fail(e, RC_DENIED, "only who is on duty hands over");
	for (i = 0; i < duty.rota.people_count; i++)
		if (bytes_is(m->login, duty.rota.people[i].login))
			p = &duty.rota.people[i];
	if (m->login.len > 0 && (p == NULL || p->uid == m->uid))
		return fail(e, RC_ABSENT,
		    "the rota has no such person to hand over to");
	duty_who(who, m->uid);
	if ((rc = offer_write(&text, who, m->text, e)) != RC_OK ||
	    (rc = store_write(e)) != RC_OK)
		goto out;
	duty.offer.n = ++duty.offers;
	duty.offer.uid = p == NULL ? ROTA_NOBODY : p->uid;
	duty.offer.at = station_now();
	*n = duty.offer.n;
	if ((rc = duty_write(e)) == RC_OK)
		rc = duty_keep(WORD_OFFER, buf_bytes(&text), e);
out:
	buf_free(&text);
	return rc;
}

/* What is offered to this person, now. */
static bool
duty_offered(uint64_t uid)
{
	return duty.offer.n != 0 &&
	       station_now() - duty.offer.at < OFFER_KEEP &&
	       (duty.offer.uid == ROTA_NOBODY || duty.offer.uid == uid);
}

/* How he may take over: *code.  RC_DENIED: not so. */
static enum rc
check_take(enum did *code, const struct msg_duty *m, struct err *e)
{
	if (duty.rota.count == 0)
		return fail(e, RC_ABSENT,
		    "this station has no rota: see antin duty plan");
	if (rota_person(&duty.rota, m->uid) == NULL)
		return fail(
		    e, RC_DENIED, "only a person of the rota takes over");
	if (duty.on.uid == m->uid)
		return fail(e, RC_EXISTS, "you are on duty already");
	*code = CODE_FROM_NOBODY;
	if (duty.on.uid == ROTA_NOBODY)
		return RC_OK;
	*code = CODE_TAKEN;
	if (m->n != 0 && m->n == duty.offer.n && duty_offered(m->uid))
		return RC_OK;
	if (m->n != 0)
		return fail(e, RC_DENIED,
		    "this hand-over holds no longer: look at it again");
	*code = CODE_ALONE;
	if (duty_offered(m->uid))
		return fail(
		    e, RC_DENIED, "there is a hand-over for you: accept that");
	if (m->text.len == 0)
		return fail(e, RC_DENIED,
		    "%s is on duty and has made no hand-over for you; without "
		    "one a \"reason\" is wanted",
		    duty.on.login);
	return RC_OK;
}

static enum rc
take(const struct msg_duty *m, uint64_t *n, struct err *e)
{
	const struct rota_person *p;
	char who[DUTY_WHO], from[DUTY_WHO] = "", both[LIMIT_ADDRESS + 1];
	struct buf text = { 0 }, list = { 0 };
	enum did code;
	enum rc rc;

	if ((rc = check_take(&code, m, e)) != RC_OK)
		return rc;
	duty_who(who, m->uid);
	if (code != CODE_FROM_NOBODY)
		(void)snprintf(from, sizeof(from), "%s %llu %s", duty.on.login,
		    (unsigned long long)duty.on.uid, duty.on.name);
	head(&text, code, who, from, m->text);
	if (code == CODE_TAKEN)
		rc = st.store->ops->word(st.store, WORD_OFFER, &list, e);
	else
		rc = offer_write(&list, "-", (struct bytes){ 0 }, e);
	if (rc != RC_OK || (rc = store_write(e)) != RC_OK)
		goto out;
	buf_add(&text, buf_bytes(&list));
	(void)snprintf(both, sizeof(both), "%s", who);
	if (code != CODE_FROM_NOBODY)
		(void)snprintf(both, sizeof(both), "%s < %s %llu", who,
		    duty.on.login, (unsigned long long)duty.on.uid);
	p = rota_person(&duty.rota, m->uid);
	duty.on = (struct duty_on){ .uid = m->uid, .since = station_now() };
	memcpy(duty.on.login, p->login, sizeof(duty.on.login));
	memcpy(duty.on.name, p->name, sizeof(duty.on.name));
	duty.offer.n = 0;
	rc = duty_record(code, buf_bytes(&text), both, e);
	*n = duty.records;
out:
	buf_free(&text);
	buf_free(&list);
	return rc;
}

static enum rc
write_note(const struct msg_duty *m, uint64_t *n, struct err *e)
{
	struct buf text = { 0 };
	char who[DUTY_WHO];
	enum rc rc;

	if (duty.on.uid != m->uid)
		return fail(e, RC_DENIED, "only who is on duty writes notes");
	if ((rc = store_write(e)) != RC_OK)
		return rc;
	duty_who(who, m->uid);
	head(&text, CODE_NOTE, who, "", m->text);
	rc = duty_record(CODE_NOTE, buf_bytes(&text), who, e);
	*n = duty.records;
	buf_free(&text);
	return rc;
}

/* People of the rota who are signed in by a browser's session. */
struct browsing {
	size_t count;
	uint64_t uid; /* of the rota */
};

static void
browses(void *ctx, const struct session *s)
{
	const struct holder *h = &st.file.directory->state.holders[s->holder];
	struct browsing *b = ctx;
	size_t i;

	for (i = 0; h->unit == st.unit && i < duty.rota.people_count; i++)
		if (bytes_is(h->id, duty.rota.people[i].login)) {
			b->uid = duty.rota.people[i].uid;
			b->count++;
		}
}

uint64_t
duty_user(uint64_t uid)
{
	struct browsing b = { 0 };

	if (uid <= UINT32_MAX)
		return uid;
	session_each(uid, browses, &b);
	return b.count == 1 ? b.uid : uid;
}

void
duty_on(uint64_t job, const struct msg_duty *asked)
{
	static enum rc (*const does[DUTY_DOES])(
	    const struct msg_duty *m, uint64_t *n, struct err *e) = {
		[DUTY_PLAN] = plan,
		[DUTY_OFFER] = offer,
		[DUTY_TAKE] = take,
		[DUTY_NOTE] = write_note,
	};
	struct msg_duty m = *asked;
	struct err e = { 0 };
	uint64_t n = 0;
	enum rc rc = RC_OK;

	if (m.what != DUTY_PLAN && m.text.len > SAYS_MAX)
		rc = fail(&e, RC_LIMIT, "a note of %zu bytes, at most %u",
		    m.text.len, SAYS_MAX);
	if (rc == RC_OK && (rc = duty_ready(&e)) == RC_OK) {
		if (m.what != DUTY_PLAN)
			m.uid = duty_user(m.uid);
		rc = does[m.what](&m, &n, &e);
	}
	if (rc == RC_OK)
		after_counted(job, n);
	else
		say_done(PROC_CONTROL, job, &e, NULL);
}
