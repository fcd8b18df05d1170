/* SPDX-License-Identifier: EUPL-1.2 */
/* What is shown of the desk on duty, and whether all is well there
 * (docs/duty.md 6). */
#include "proc_store/duty_state.h"

#define RECORDS_SHOWN 50u /* the newest */
#define SHIFTS_SHOWN 100u /* that are not over; gaps between them: 20 */
#define LATE 600	  /* before it is an alarm that somebody is not on */

/* Whose turn it is when who is on goes: who should be on and is not, else who
 * comes after. */
static const struct rota_shift *
next_of(int64_t now)
{
	const struct rota_shift *s = rota_at(&duty.rota, now);

	return s != NULL && duty.rota.people[s->person].uid != duty.on.uid
		   ? s
		   : rota_next(&duty.rota, now, duty.on.uid);
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
	p = &duty.rota.people[shift->person];
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
		.n = duty.offer.n,
		.q = duty.offer.uid,
		.since = duty.offer.at,
		.due = duty.offer.at + OFFER_KEEP };
	const struct rota_person *p = rota_person(&duty.rota, duty.offer.uid);
	struct buf text = { 0 };
	enum rc rc;

	if (duty.offer.n == 0 || station_now() - duty.offer.at >= OFFER_KEEP)
		return RC_OK;
	rc = st.store->ops->word(st.store, WORD_OFFER, &text, e);
	if (rc != RC_OK)
		return rc;
	if (p != NULL)
		row.other = bytes_str(p->login);
	s->each(s->ctx, &row);
	offer_rows(
	    s->each, s->ctx, DUTY_ROW_LINE, duty.offer.n, buf_bytes(&text));
	buf_free(&text);
	return RC_OK;
}

static enum rc
show_records(const struct showing *s, struct err *e)
{
	uint64_t n =
	    duty.records < RECORDS_SHOWN ? 1 : duty.records - RECORDS_SHOWN + 1;
	struct buf b = { 0 };
	char word[32];
	enum rc rc = RC_OK;
	struct rd r;

	for (; n <= duty.records && rc == RC_OK; n++) {
		duty_record_word(word, n);
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
show_rota(const struct showing *s, int64_t now, size_t most)
{
	struct msg_row row = { .what = ROW_DUTY, .due = TIME_NEVER };
	size_t i, shown = 0;
	int64_t from = now, until = now;

	for (i = 0; i < duty.rota.people_count; i++) {
		row.state = DUTY_ROW_PERSON;
		row.q = duty.rota.people[i].uid;
		row.other = bytes_str(duty.rota.people[i].login);
		row.text = bytes_str(duty.rota.people[i].name);
		s->each(s->ctx, &row);
	}
	for (i = 0; i < duty.rota.count && shown < most; i++)
		if (duty.rota.shifts[i].until > now) {
			show_shift(s, DUTY_ROW_SHIFT, &duty.rota.shifts[i]);
			shown++;
		}
	row = (struct msg_row){ .what = ROW_DUTY, .state = DUTY_ROW_GAP };
	for (i = 0; i < 20 && rota_gap(&duty.rota, until, &from, &until); i++) {
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

	if ((rc = duty_ready(e)) != RC_OK)
		return rc;
	row.address = bytes_str(st.duty);
	row.n = duty.rota.count > 0;
	each(ctx, &row);
	if (duty.on.uid != ROTA_NOBODY) {
		row = (struct msg_row){ .what = ROW_DUTY,
			.state = DUTY_ROW_ON,
			.q = duty.on.uid,
			.other = bytes_str(duty.on.login),
			.text = bytes_str(duty.on.name),
			.since = duty.on.since,
			.due = TIME_NEVER };
		each(ctx, &row);
	}
	show_shift(&s, DUTY_ROW_PLANNED, rota_at(&duty.rota, now));
	show_shift(&s, DUTY_ROW_NEXT, next_of(now));
	show_rota(&s, now, all ? ROTA_SHIFTS : SHIFTS_SHOWN);
	if ((rc = show_offer(&s, e)) == RC_OK && all)
		rc = show_records(&s, e);
	return rc;
}

/* ---- whether all is well
 * ------------------------------------------------------------ */

bool
duty_nobody(void)
{
	struct err e;

	return duty_ready(&e) == RC_OK && duty.rota.count > 0 &&
	       duty.on.uid == ROTA_NOBODY;
}

void
duty_look(void)
{
	const int64_t now = station_now();
	const struct rota_shift *s;
	const struct rota_person *p;
	struct err e;

	if (duty_ready(&e) != RC_OK)
		return;
	alarms_look(STORE_ALARM_DUTY);
	s = rota_at(&duty.rota, now);
	p = s == NULL ? NULL : &duty.rota.people[s->person];
	if (p != NULL && p->uid != duty.on.uid && now - s->from >= LATE)
		alarm_raise(STORE_ALARM_DUTY, bytes_str(p->login), 0, p->name);
	alarms_looked(STORE_ALARM_DUTY);
}
