/* SPDX-License-Identifier: EUPL-1.2 */
#include "proc_store/voucher.h"

#include <string.h>

#include "core/vec.h"
#include "envelope/address.h"
#include "proc_store/weigh.h"

static struct voucher *vouchers; /* owned */
static size_t voucher_count;
static struct event *waker;

/* Keys knows a desk by its certificate's name alone. */
static void
look_for_card(struct voucher *v)
{
	const struct voucher *o;
	size_t i;

	for (i = 0; i < voucher_count; i++) {
		o = &vouchers[i];
		if (!o->told || !o->open ||
		    !weigh_same(bytes_str(v->signer), bytes_str(o->signer)))
			continue;
		memcpy(v->card, o->signer, sizeof(v->card));
		v->open = true;
		return;
	}
}

const char *
voucher_name(const struct voucher *v)
{
	if (!v->desk) /* there is no other: what is older is its own as well */
		return st.address;
	return v->card[0] != '\0' ? v->card : v->signer;
}

struct voucher *
voucher_of(struct bytes signer)
{
	struct voucher *v;
	size_t i;

	for (i = 0; i < voucher_count; i++)
		if (bytes_is(signer, vouchers[i].signer))
			return &vouchers[i];
	vouchers = vec_more(vouchers, voucher_count, sizeof(*vouchers));
	v = &vouchers[voucher_count++];
	*v = (struct voucher){ .desk = address_is_desk(signer) };
	memcpy(v->signer, signer.p, signer.len);
	v->open = !v->desk;
	if (v->desk)
		look_for_card(v);
	return v;
}

struct voucher *
voucher_each(size_t i)
{
	return i < voucher_count ? &vouchers[i] : NULL;
}

bool
voucher_is_ready(const struct voucher *v)
{
	return v->due != 0 && v->job == 0 && v->open;
}

/* ---- when they are due
 * ------------------------------------------------------------ */

static void
woken(evutil_socket_t fd, short what, void *ctx)
{
	/* that there is a round is all: notices_feed() */
	(void)fd;
	(void)what;
	(void)ctx;
}

void
vouchers_wake(void)
{
	int64_t first = INT64_MAX, ms;
	struct timeval in;
	size_t i;

	for (i = 0; i < voucher_count; i++)
		if (voucher_is_ready(&vouchers[i]) && vouchers[i].due < first)
			first = vouchers[i].due;
	if (first == INT64_MAX)
		return;
	if (waker == NULL)
		waker = event_new(process_base(), -1, 0, woken, NULL);
	ms = first - process_ms();
	ms = ms < 0 ? 0 : ms + 1;
	in.tv_sec = ms / 1000;
	in.tv_usec = ms % 1000 * 1000;
	if (waker == NULL || event_add(waker, &in) != 0)
		bug("no timer");
}

/* ---- who can sign
 * ------------------------------------------------------------ */

void
notice_desk(const struct msg_desk_state *m)
{
	struct voucher *v = voucher_of(m->desk);
	size_t i;

	v->told = true;
	v->card[0] = '\0';
	v->open = m->open != 0;
	if (v->open)
		v->due = process_ms();
	/* and what it is to say under another name of its */
	for (i = 0; i < voucher_count; i++) {
		v = &vouchers[i];
		if (!v->desk || v->told ||
		    !weigh_same(bytes_str(v->signer), m->desk))
			continue;
		v->open = false;
		look_for_card(v);
		if (v->open)
			v->due = process_ms();
	}
	vouchers_wake();
}

void
notices_lost(void)
{
	size_t i;

	for (i = 0; i < voucher_count; i++) {
		vouchers[i].job = 0;
		vouchers[i].open = !vouchers[i].desk;
		vouchers[i].told = false;
		vouchers[i].due = process_ms() + SOON_MS;
	}
}

static bool
add_signer(void *ctx, struct bytes signer, uint64_t count)
{
	(void)ctx;
	(void)count;
	voucher_of(signer)->due = process_ms() + SOON_MS;
	return true;
}

void
notices_begin(void)
{
	struct log_line l;
	struct err e;

	if (st.store->ops->notices->signers(st.store, add_signer, NULL, &e) ==
	    RC_OK)
		return;
	l = log_line(LOG_WARN, "notice.unread");
	log_err(&l, &e);
	process_log(LOG_WARN, &l);
}
