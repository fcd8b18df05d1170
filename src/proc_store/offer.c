/* SPDX-License-Identifier: EUPL-1.2 */
/* What who takes over is shown, and says yes to (docs/duty.md 3.1). */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "proc_store/duty.h"

#define OFFER_ALARMS 200u /* that are listed; the rest is a number */
#define OFFER_HOPS 100u
#define OFFER_DESK 500u /* dispatches at the desk that are counted */

struct listing {
	struct buf *out;
	size_t count;
	uint64_t unread, unacted;
};

static void __attribute__((format(printf, 2, 3)))
add(struct buf *out, const char *fmt, ...)
{
	char text[2048];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_add(out, bytes_str(text));
}

/* A field that others have written: no tab, no end of line. */
static void
field(struct buf *out, struct bytes text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		buf_u8(out, text.p[i] < 0x20 ? ' ' : text.p[i]);
}

static bool
list_alarm(void *ctx, const struct store_alarm *a)
{
	struct listing *l = ctx;

	if (l->count++ >= OFFER_ALARMS)
		return true;
	add(l->out, "alarm\t%llu\t%s\t%u\t%lld\t%s\t", (unsigned long long)a->n,
	    store_alarm_words[a->kind], a->rank, (long long)a->since,
	    a->acked == 0 ? "new" : "seen");
	field(l->out, a->subject);
	buf_u8(l->out, '\t');
	field(l->out, a->text);
	buf_u8(l->out, '\n');
	return true;
}

static bool
list_hop(void *ctx, const struct hop_count *h)
{
	struct listing *l = ctx;

	if (h->queued == 0 || l->count++ >= OFFER_HOPS)
		return true;
	add(l->out, "waits\t%llu\t%u\t%lld\t", (unsigned long long)h->queued,
	    h->rank, (long long)h->oldest);
	field(l->out, h->hop);
	buf_u8(l->out, '\n');
	return true;
}

static bool
count_delivery(void *ctx, const struct delivery *d, const struct stored *of)
{
	struct listing *l = ctx;

	(void)of;
	l->unread += d->state == DELIVERY_ARRIVED;
	l->unacted += d->state == DELIVERY_OPENED;
	return true;
}

enum rc
offer_write(struct buf *out, const char *who, struct bytes note, struct err *e)
{
	struct listing l = { .out = out };
	enum rc rc;

	*out = (struct buf){ 0 };
	add(out, "offer\t%lld\t%s\n", (long long)station_now(), who);
	if (note.len > 0) {
		add(out, "note\t");
		field(out, note);
		buf_u8(out, '\n');
	}
	rc = st.store->ops->alarms.each(st.store, false, list_alarm, &l, e);
	if (rc == RC_OK && l.count > OFFER_ALARMS)
		add(out, "more\talarm\t%zu\n", l.count - OFFER_ALARMS);
	l.count = 0;
	if (rc == RC_OK)
		rc = st.store->ops->hops(st.store, list_hop, &l, e);
	if (rc == RC_OK && l.count > OFFER_HOPS)
		add(out, "more\twaits\t%zu\n", l.count - OFFER_HOPS);
	if (rc == RC_OK && st.duty[0] != '\0') {
		rc = st.store->ops->inbox(st.store, bytes_str(st.duty), false,
		    INT64_MAX, OFFER_DESK, count_delivery, &l, e);
		add(out, "desk\t%llu\t%llu\t%s\n", (unsigned long long)l.unread,
		    (unsigned long long)l.unacted, st.duty);
	}
	if (rc != RC_OK)
		buf_free(out);
	return rc;
}

void
offer_rows(void (*each)(void *ctx, const struct msg_row *row), void *ctx,
    enum duty_row what, uint64_t n, struct bytes text)
{
	struct msg_row row = {
		.what = ROW_DUTY, .state = what, .n = n, .due = TIME_NEVER
	};
	const uint8_t *end;
	size_t len;

	while (text.len > 0) {
		end = memchr(text.p, '\n', text.len);
		len = end == NULL ? text.len : (size_t)(end - text.p);
		row.text = bytes_of(text.p, len < MSG_LINE ? len : MSG_LINE);
		each(ctx, &row);
		len += end != NULL;
		text = bytes_of(text.p + len, text.len - len);
	}
}
