/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Who is on duty (docs/duty.md 1 to 3, 6).  All of it is words of the store,
 * read again after whatever changed them: so what is in memory is what is on
 * disk, or will be with this round.
 */
#include <stdio.h>
#include <string.h>

#include "proc_store/duty.h"
#include "proc_store/sessions.h"
#include "dispatch/rota.h"

#define WORD "duty"
#define WORD_ROTA "duty.rota"
#define WORD_OFFER "duty.offer"
#define RECORDS 500u	  /* that are kept */
#define RECORDS_SHOWN 50u /* the newest */
#define SHIFTS_SHOWN 100u /* that are not over; gaps between them: 20 */
#define OFFER_KEEP 3600	  /* seconds that one holds */
#define LATE 600	  /* before it is an alarm that somebody is not on */
#define WHO (ROTA_LOGIN + ROTA_NAME + 24u)
#define SAYS_MAX 1000u

_Static_assert(MSG_ROTA == ROTA_MAX, "docs/duty.md 2.1");

/* docs/duty.md 3.6 */
enum did { CODE_ROTA = 1, CODE_FROM_NOBODY, CODE_TAKEN, CODE_ALONE, CODE_NOTE };

struct on {
	uint64_t uid; /* ROTA_NOBODY: nobody */
	int64_t since;
	char login[ROTA_LOGIN + 1], name[ROTA_NAME + 1];
};

static struct {
	bool read, changed;
	struct rota rota; /* owned; without shifts: there is none */
	uint64_t records, offers;
	struct on on;
	struct {
		uint64_t n, uid; /* 0: none; ROTA_NOBODY: for anybody */
		int64_t at;
	} offer;
} is;

/* ---- on disk
 * ------------------------------------------------------------------- */

static void
read_text(char *out, size_t size, struct rd *r)
{
	const struct bytes text = rd_bytes(r, rd_u8(r));

	if (text.len < size)
		memcpy(out, text.p, text.len);
	else
		r->bad = true;
}

static enum rc
read_state(struct err *e)
{
	struct buf b = { 0 };
	struct rd r;
	enum rc rc = st.store->ops->word(st.store, WORD, &b, e);

	is.records = is.offers = is.offer.n = 0;
	is.on = (struct on){ .uid = ROTA_NOBODY };
	if (rc != RC_OK)
		return rc == RC_ABSENT ? RC_OK : rc;
	r = rd_init(buf_bytes(&b));
	r.bad = rd_u8(&r) != 1 || r.bad;
	is.records = rd_u64(&r);
	is.offers = rd_u64(&r);
	is.on.uid = rd_u64(&r);
	is.on.since = (int64_t)rd_u64(&r);
	read_text(is.on.login, sizeof(is.on.login), &r);
	read_text(is.on.name, sizeof(is.on.name), &r);
	is.offer.n = rd_u64(&r);
	is.offer.uid = rd_u64(&r);
	is.offer.at = (int64_t)rd_u64(&r);
	if (!rd_end(&r))
		rc = fail(
		    e, RC_INVALID, "the store's \"%s\" is not whole", WORD);
	buf_free(&b);
	return rc;
}

static enum rc
read_rota(struct err *e)
{
	struct buf b = { 0 };
	enum rc rc = st.store->ops->word(st.store, WORD_ROTA, &b, e);

	rota_free(&is.rota);
	if (rc == RC_OK)
		rc = rota_parse(&is.rota, buf_bytes(&b), e);
	else if (rc == RC_ABSENT)
		rc = RC_OK;
	buf_free(&b);
	return rc;
}

static enum rc
ready(struct err *e)
{
	enum rc rc;

	if (is.read)
		return RC_OK;
	if ((rc = read_state(e)) == RC_OK)
		rc = read_rota(e);
	is.read = rc == RC_OK;
	return rc;
}

static enum rc
set_word(const char *name, struct bytes value, struct err *e)
{
	is.changed = true;
	is.read = false; /* what is written is read again */
	return store_failed(st.store->ops->set_word(st.store, name, value, e));
}

static void
write_text(struct buf *out, const char *text)
{
	buf_u8(out, (uint8_t)strlen(text));
	buf_add(out, bytes_str(text));
}

static enum rc
write_state(struct err *e)
{
	struct buf b = { 0 };
	enum rc rc;

	buf_u8(&b, 1);
	buf_u64(&b, is.records);
	buf_u64(&b, is.offers);
	buf_u64(&b, is.on.uid);
	buf_u64(&b, (uint64_t)is.on.since);
	write_text(&b, is.on.login);
	write_text(&b, is.on.name);
	buf_u64(&b, is.offer.n);
	buf_u64(&b, is.offer.uid);
	buf_u64(&b, (uint64_t)is.offer.at);
	rc = set_word(WORD, buf_bytes(&b), e);
	buf_free(&b);
	return rc;
}

void
duty_settled(bool kept)
{
	if (!kept && is.changed)
		is.read = false;
	is.changed = false;
}

static void
record_word(char out[static 32], uint64_t n)
{
	(void)snprintf(out, 32, "duty.record.%u", (unsigned)(n % RECORDS));
}

/* A record, its entry, and the state as it is after it. */
static enum rc
record(enum did code, struct bytes text, const char *who, struct err *e)
{
	struct entry_data d = { .code = code, .text = bytes_str(who) };
	struct buf b = { 0 };
	struct log_line l;
	char word[32];
	enum rc rc;

	d.number = ++is.records;
	sha256(d.hash, text);
	buf_u64(&b, d.number);
	buf_add(&b, text);
	if (b.len > STORE_VALUE)
		b.len = STORE_VALUE; /* its hash is of all */
	record_word(word, d.number);
	if ((rc = write_state(e)) == RC_OK)
		rc = set_word(word, buf_bytes(&b), e);
	buf_free(&b);
	if (rc != RC_OK)
		return rc;
	journal_add(ENTRY_DUTY, &d, 0);
	l = log_line(LOG_INFO, "duty.record");
	log_uint(&l, "code", code);
	log_uint(&l, "record", d.number);
	log_str(&l, "who", bytes_str(who));
	process_log(LOG_INFO, &l);
	return RC_OK;
}

/* "login uid name" of a user; of who is in no rota, "- uid -". */
static void
who_is(char out[static WHO], uint64_t uid)
{
	const struct rota_person *p = rota_person(&is.rota, uid);

	(void)snprintf(out, WHO, "%s %llu %s", p == NULL ? "-" : p->login,
	    (unsigned long long)uid, p == NULL ? "-" : p->name);
}

/* ---- what is done
 * --------------------------------------------------------------- */

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

static enum rc
plan(const struct msg_duty *m, uint64_t *n, struct err *e)
{
	struct buf text = { 0 }, whole = { 0 };
	struct rota r;
	char who[WHO];
	enum rc rc = rota_parse(&r, m->text, e);

	if (rc != RC_OK)
		return rc;
	rota_write(&text, &r);
	rc = rota_check(&r, station_now(), e);
	if (rc == RC_OK && text.len > ROTA_MAX)
		rc = fail(e, RC_LIMIT, "a rota of %zu bytes, at most %u",
		    text.len, ROTA_MAX);
	if (rc == RC_OK)
		rc = store_write(e);
	if (rc != RC_OK)
		goto out;
	rota_free(&is.rota);
	is.rota = r; /* it has its owner */
	r = (struct rota){ 0 };
	who_is(who, m->uid);
	head(&whole, CODE_ROTA, who, "", (struct bytes){ 0 });
	buf_add(&whole, buf_bytes(&text));
	if ((rc = set_word(WORD_ROTA, buf_bytes(&text), e)) == RC_OK)
		rc = record(CODE_ROTA, buf_bytes(&whole), who, e);
	*n = is.records;
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
	char who[WHO];
	enum rc rc;
	size_t i;

	if (is.on.uid != m->uid)
		return fail(e, RC_DENIED, "only who is on duty hands over");
	for (i = 0; i < is.rota.people_count; i++)
		if (bytes_is(m->login, is.rota.people[i].login))
			p = &is.rota.people[i];
	if (m->login.len > 0 && (p == NULL || p->uid == m->uid))
		return fail(e, RC_ABSENT,
		    "the rota has no such person to hand over to");
	who_is(who, m->uid);
	if ((rc = offer_write(&text, who, m->text, e)) != RC_OK ||
	    (rc = store_write(e)) != RC_OK)
		goto out;
	is.offer.n = ++is.offers;
	is.offer.uid = p == NULL ? ROTA_NOBODY : p->uid;
	is.offer.at = station_now();
	*n = is.offer.n;
	if ((rc = write_state(e)) == RC_OK)
		rc = set_word(WORD_OFFER, buf_bytes(&text), e);
out:
	buf_free(&text);
	return rc;
}

/* What is offered to this person, now. */
static bool
offered(uint64_t uid)
{
	return is.offer.n != 0 && station_now() - is.offer.at < OFFER_KEEP &&
	       (is.offer.uid == ROTA_NOBODY || is.offer.uid == uid);
}

/* How he may take over: *code.  RC_DENIED: not so. */
static enum rc
check_take(enum did *code, const struct msg_duty *m, struct err *e)
{
	if (is.rota.count == 0)
		return fail(e, RC_ABSENT,
		    "this station has no rota: see antin duty plan");
	if (rota_person(&is.rota, m->uid) == NULL)
		return fail(
		    e, RC_DENIED, "only a person of the rota takes over");
	if (is.on.uid == m->uid)
		return fail(e, RC_EXISTS, "you are on duty already");
	*code = CODE_FROM_NOBODY;
	if (is.on.uid == ROTA_NOBODY)
		return RC_OK;
	*code = CODE_TAKEN;
	if (m->n != 0 && m->n == is.offer.n && offered(m->uid))
		return RC_OK;
	if (m->n != 0)
		return fail(e, RC_DENIED,
		    "this hand-over holds no longer: look at it again");
	*code = CODE_ALONE;
	if (offered(m->uid))
		return fail(
		    e, RC_DENIED, "there is a hand-over for you: accept that");
	if (m->text.len == 0)
		return fail(e, RC_DENIED,
		    "%s is on duty and has made no hand-over for you; without "
		    "one a reason is wanted (--alone)",
		    is.on.login);
	return RC_OK;
}

static enum rc
take(const struct msg_duty *m, uint64_t *n, struct err *e)
{
	const struct rota_person *p;
	char who[WHO], from[WHO] = "", both[LIMIT_ADDRESS + 1];
	struct buf text = { 0 }, list = { 0 };
	enum did code;
	enum rc rc;

	if ((rc = check_take(&code, m, e)) != RC_OK)
		return rc;
	who_is(who, m->uid);
	if (code != CODE_FROM_NOBODY)
		(void)snprintf(from, sizeof(from), "%s %llu %s", is.on.login,
		    (unsigned long long)is.on.uid, is.on.name);
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
		    is.on.login, (unsigned long long)is.on.uid);
	p = rota_person(&is.rota, m->uid);
	is.on = (struct on){ .uid = m->uid, .since = station_now() };
	memcpy(is.on.login, p->login, sizeof(is.on.login));
	memcpy(is.on.name, p->name, sizeof(is.on.name));
	is.offer.n = 0;
	rc = record(code, buf_bytes(&text), both, e);
	*n = is.records;
out:
	buf_free(&text);
	buf_free(&list);
	return rc;
}

static enum rc
write_note(const struct msg_duty *m, uint64_t *n, struct err *e)
{
	struct buf text = { 0 };
	char who[WHO];
	enum rc rc;

	if (is.on.uid != m->uid)
		return fail(e, RC_DENIED, "only who is on duty writes notes");
	if ((rc = store_write(e)) != RC_OK)
		return rc;
	who_is(who, m->uid);
	head(&text, CODE_NOTE, who, "", m->text);
	rc = record(CODE_NOTE, buf_bytes(&text), who, e);
	*n = is.records;
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

	for (i = 0; h->unit == st.unit && i < is.rota.people_count; i++)
		if (bytes_is(h->id, is.rota.people[i].login)) {
			b->uid = is.rota.people[i].uid;
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
	if (rc == RC_OK && (rc = ready(&e)) == RC_OK) {
		m.uid = duty_user(m.uid);
		rc = does[m.what](&m, &n, &e);
	}
	if (rc == RC_OK)
		after_counted(job, n);
	else
		say_done(PROC_CONTROL, job, &e, NULL);
}

/* ---- what is asked
 * -------------------------------------------------------------- */

/* Whose turn it is when who is on goes: who should be on and is not, else who
 * comes after. */
static const struct rota_shift *
next_of(int64_t now)
{
	const struct rota_shift *s = rota_at(&is.rota, now);

	return s != NULL && is.rota.people[s->person].uid != is.on.uid
		   ? s
		   : rota_next(&is.rota, now, is.on.uid);
}

struct showing {
	void (*each)(void *ctx, const struct msg_row *row);
	void *ctx;
};

static void
show_shift(
    const struct showing *s, enum duty_row what, const struct rota_shift *shift)
{
	const struct rota_person *p;
	struct msg_row row = { .what = ROW_DUTY, .state = what };

	if (shift == NULL)
		return;
	p = &is.rota.people[shift->person];
	row.q = p->uid;
	row.other = bytes_str(p->login);
	row.text = bytes_str(p->name);
	row.since = shift->from;
	row.due = shift->until;
	s->each(s->ctx, &row);
}

static enum rc
show_offer(const struct showing *s, struct err *e)
{
	struct msg_row row = { .what = ROW_DUTY,
		.state = DUTY_ROW_OFFER,
		.n = is.offer.n,
		.q = is.offer.uid,
		.since = is.offer.at,
		.due = is.offer.at + OFFER_KEEP };
	const struct rota_person *p = rota_person(&is.rota, is.offer.uid);
	struct buf text = { 0 };
	enum rc rc;

	if (is.offer.n == 0 || station_now() - is.offer.at >= OFFER_KEEP)
		return RC_OK;
	rc = st.store->ops->word(st.store, WORD_OFFER, &text, e);
	if (rc != RC_OK)
		return rc;
	if (p != NULL)
		row.other = bytes_str(p->login);
	s->each(s->ctx, &row);
	offer_rows(
	    s->each, s->ctx, DUTY_ROW_LINE, is.offer.n, buf_bytes(&text));
	buf_free(&text);
	return RC_OK;
}

static enum rc
show_records(const struct showing *s, struct err *e)
{
	uint64_t n =
	    is.records < RECORDS_SHOWN ? 1 : is.records - RECORDS_SHOWN + 1;
	struct buf b = { 0 };
	char word[32];
	enum rc rc = RC_OK;
	struct rd r;

	for (; n <= is.records && rc == RC_OK; n++) {
		record_word(word, n);
		rc = st.store->ops->word(st.store, word, &b, e);
		if (rc != RC_OK)
			break;
		r = rd_init(buf_bytes(&b));
		if (rd_u64(&r) == n)
			offer_rows(
			    s->each, s->ctx, DUTY_ROW_RECORD, n, rd_rest(&r));
		buf_free(&b);
	}
	return rc;
}

static void
show_rota(const struct showing *s, int64_t now)
{
	struct msg_row row = { .what = ROW_DUTY, .due = TIME_NEVER };
	size_t i, shown = 0;
	int64_t from = now, until = now;

	for (i = 0; i < is.rota.people_count; i++) {
		row.state = DUTY_ROW_PERSON;
		row.q = is.rota.people[i].uid;
		row.other = bytes_str(is.rota.people[i].login);
		row.text = bytes_str(is.rota.people[i].name);
		s->each(s->ctx, &row);
	}
	for (i = 0; i < is.rota.count && shown < SHIFTS_SHOWN; i++)
		if (is.rota.shifts[i].until > now) {
			show_shift(s, DUTY_ROW_SHIFT, &is.rota.shifts[i]);
			shown++;
		}
	row = (struct msg_row){ .what = ROW_DUTY, .state = DUTY_ROW_GAP };
	for (i = 0; i < 20 && rota_gap(&is.rota, until, &from, &until); i++) {
		row.since = from;
		row.due = until;
		s->each(s->ctx, &row);
	}
}

enum rc
duty_rows(void (*each)(void *ctx, const struct msg_row *row), void *ctx,
    bool all, struct err *e)
{
	const struct showing s = { each, ctx };
	const int64_t now = station_now();
	struct msg_row row = {
		.what = ROW_DUTY, .state = DUTY_ROW_DESK, .due = TIME_NEVER
	};
	enum rc rc;

	if ((rc = ready(e)) != RC_OK)
		return rc;
	row.address = bytes_str(st.duty);
	row.n = is.rota.count > 0;
	each(ctx, &row);
	if (is.on.uid != ROTA_NOBODY) {
		row = (struct msg_row){ .what = ROW_DUTY,
			.state = DUTY_ROW_ON,
			.q = is.on.uid,
			.other = bytes_str(is.on.login),
			.text = bytes_str(is.on.name),
			.since = is.on.since,
			.due = TIME_NEVER };
		each(ctx, &row);
	}
	show_shift(&s, DUTY_ROW_PLANNED, rota_at(&is.rota, now));
	show_shift(&s, DUTY_ROW_NEXT, next_of(now));
	show_rota(&s, now);
	if ((rc = show_offer(&s, e)) == RC_OK && all)
		rc = show_records(&s, e);
	return rc;
}

/* ---- whether all is well
 * -------------------------------------------------------- */

bool
duty_nobody(void)
{
	struct err e;

	return ready(&e) == RC_OK && is.rota.count > 0 &&
	       is.on.uid == ROTA_NOBODY;
}

void
duty_look(void)
{
	const int64_t now = station_now();
	const struct rota_shift *s;
	const struct rota_person *p;
	struct err e;

	if (ready(&e) != RC_OK)
		return;
	alarms_look(STORE_ALARM_DUTY);
	s = rota_at(&is.rota, now);
	p = s == NULL ? NULL : &is.rota.people[s->person];
	if (p != NULL && p->uid != is.on.uid && now - s->from >= LATE)
		alarm_raise(STORE_ALARM_DUTY, bytes_str(p->login), 0, p->name);
	alarms_looked(STORE_ALARM_DUTY);
}
