/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The station's authority for browsers, as the store keeps it (docs/desk.md
 * 11.3): tls asks for a certificate, keys signs one, and nobody is shown what
 * an authority signed that is not on disk.
 */
#include <string.h>

#include "core/time.h"
#include "proc_store/webca.h"

#define WORD "web.ca"
#define SOON (365 * TIME_DAY) /* its end is told so long before */

static struct {
	uint64_t asked; /* keys was, by this job; 0: it was not */
	uint64_t tls;	/* for this job of tls */
	/* what keys answered; "held": in this round, not on disk yet */
	struct buf leaf, ca, names, ports;
	int64_t until, ca_until;
	bool held;
} web;

static void
refuse(const struct err *e)
{
	const struct msg_web_cert_is m = { .rc = e->rc,
		.why = bytes_str(e->text) };

	(void)tell(PROC_TLS, MSG_WEB_CERT_IS, web.tls, &m, -1);
}

static void
show(void)
{
	const struct msg_web_cert_is m = { .rc = RC_OK,
		.leaf = buf_bytes(&web.leaf),
		.ca = buf_bytes(&web.ca),
		.until = web.until };

	(void)tell(PROC_TLS, MSG_WEB_CERT_IS, web.tls, &m, -1);
}

static enum rc
not_now(struct err *e)
{
	return fail(
	    e, RC_IO, "a part of the station was started anew; try again");
}

void
webca_ask(uint64_t job, const struct msg_web_cert *m)
{
	struct msg_web_sign ask = { .now = station_now() };
	struct buf kept = { 0 };
	struct err e;
	enum rc rc;

	web.tls = job;
	buf_free(&web.ports);
	buf_add(&web.ports, m->ports);
	if (web.held) {
		/* what is there is not on disk yet, and may never be */
		if (not_now(&e) != RC_OK)
			refuse(&e);
		return;
	}
	web.asked = 0;
	rc = st.store->ops->word(st.store, WORD, &kept, &e);
	if (rc == RC_OK || rc == RC_ABSENT) {
		memcpy(ask.pub, m->pub, sizeof(ask.pub));
		ask.kept = buf_bytes(&kept);
		web.asked = next_job();
		rc = tell(PROC_KEYS, MSG_WEB_SIGN, web.asked, &ask, -1)
			 ? RC_OK
			 : not_now(&e);
	}
	if (rc != RC_OK) {
		web.asked = 0;
		refuse(&e);
	}
	buf_free(&kept);
}

static enum rc
keep(const struct msg_web_signed *m, struct err *e)
{
	enum rc rc = store_write(e);

	if (rc == RC_OK)
		rc = set_word(WORD, m->kept, e);
	return rc;
}

static void
log_made(struct bytes why)
{
	uint8_t hash[SHA256_SIZE];
	char text[2 * SHA256_SIZE + 1];
	struct log_line l = log_line(LOG_WARN, "web.authority_made");

	sha256(hash, buf_bytes(&web.ca));
	hex_write(text, bytes_of(hash, sizeof(hash)));
	log_str(&l, "sha256", bytes_str(text));
	log_str(&l, "why", why);
	process_log(LOG_WARN, &l);
}

static void
log_ends(void)
{
	char until[TIME_TEXT];
	struct log_line l;

	if (web.ca_until - station_now() > SOON)
		return;
	l = log_line(LOG_WARN, "web.authority_ends");
	time_write(until, web.ca_until);
	log_str(&l, "until", bytes_str(until));
	process_log(LOG_WARN, &l);
}

static void
take(const struct msg_web_signed *m)
{
	buf_free(&web.leaf);
	buf_free(&web.ca);
	buf_free(&web.names);
	buf_add(&web.leaf, m->leaf);
	buf_add(&web.ca, m->ca);
	buf_add(&web.names, m->names);
	web.until = m->until;
	web.ca_until = m->ca_until;
	if (m->why.len > 0)
		log_made(m->why);
	log_ends();
}

void
webca_signed(uint64_t job, const struct msg_web_signed *m)
{
	struct err e;
	enum rc rc = RC_OK;

	if (job != web.asked)
		return; /* keys was asked anew since */
	web.asked = 0;
	if (m->rc != RC_OK)
		rc = fail(&e, (enum rc)m->rc, "%.*s", (int)m->why.len,
		    (const char *)m->why.p);
	else if (m->kept.len > 0)
		rc = keep(m, &e);
	if (rc != RC_OK) {
		refuse(&e);
		return;
	}
	take(m);
	web.held = m->kept.len > 0;
	if (!web.held)
		show();
}

void
webca_settled(bool kept)
{
	struct err e;

	if (!web.held)
		return;
	web.held = false;
	if (kept) {
		show();
		return;
	}
	webca_stop();
	if (fail(&e, RC_IO, "the disk does not take it") != RC_OK)
		refuse(&e);
}

void
webca_keys_gone(void)
{
	struct err e;

	if (web.asked != 0 && not_now(&e) != RC_OK)
		refuse(&e);
	web.asked = 0;
}

void
webca_show(uint64_t job)
{
	struct msg_web_ca_is m = { .rc = RC_OK };
	struct err e;

	if (web.ca.len == 0 || web.held) {
		m.rc = fail(&e, RC_ABSENT,
		    "docs/desk.md 11.1: this station has no pages for other "
		    "machines (\"web.tls\"), or has just started");
		m.why = bytes_str(e.text);
	} else {
		m.ca = buf_bytes(&web.ca);
		m.names = buf_bytes(&web.names);
		m.ports = buf_bytes(&web.ports);
		m.until = web.ca_until;
	}
	(void)tell(PROC_CONTROL, MSG_WEB_CA_IS, job, &m, -1);
}

void
webca_stop(void)
{
	buf_free(&web.leaf);
	buf_free(&web.ca);
	buf_free(&web.names);
	buf_free(&web.ports);
}
