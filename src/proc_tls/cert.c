/* SPDX-License-Identifier: EUPL-1.2 */
/* The certificate that browsers are shown (docs/desk.md 11.3): its key is made
 * here and never leaves; another one takes its place long before it ends, and
 * connections under the old one go on. */
#include <string.h>

#include "core/time.h"
#include "proc_tls/tls.h"

#define RENEW (10 * TIME_DAY) /* before its end */
#define AGAIN_MS INT64_C(1000)
#define AGAIN_MAX_MS INT64_C(60000)

static struct {
	bool wanted;
	struct browser_key *key; /* that one was asked for; owned */
	uint64_t job;		 /* of the question; 0: none is open */
	int64_t again, pause;	 /* milliseconds: when it is asked anew */
	struct browser_context *context; /* owned */
	int64_t until;			 /* its certificate's end */
} cert;

_Static_assert(BROWSER_PUB == MSG_WEB_PUB, "a public key of P-256");

static void
later(void)
{
	cert.job = 0;
	cert.pause = cert.pause == 0		     ? AGAIN_MS
		     : cert.pause * 2 > AGAIN_MAX_MS ? AGAIN_MAX_MS
						     : cert.pause * 2;
	cert.again = process_ms() + cert.pause;
}

static void
ask_store(void)
{
	struct msg_web_cert m = { 0 };
	struct buf ports = { 0 };

	tls_ports(&ports);
	m.ports = buf_bytes(&ports);
	browser_key_free(cert.key);
	cert.key = browser_key_new();
	browser_key_pub(cert.key, m.pub);
	cert.job = next_job();
	if (!tell(PROC_STORE, MSG_WEB_CERT, cert.job, &m, -1))
		later();
	buf_free(&ports);
}

void
leaf_begin(void)
{
	cert.wanted = true;
	ask_store();
}

void
leaf_store_up(void)
{
	if (cert.wanted)
		ask_store();
}

void
leaf_tick(int64_t ms)
{
	if (!cert.wanted || cert.job != 0)
		return;
	if (cert.again != 0 ? ms >= cert.again
			    : cert.until - process_now() < RENEW)
		ask_store();
}

static enum rc
take(const struct msg_web_cert_is *m, struct err *e)
{
	struct browser_context *c;
	enum rc rc;

	if (m->rc != RC_OK)
		return fail(e, (enum rc)m->rc, "%.*s", (int)m->why.len,
		    (const char *)m->why.p);
	rc = browser_context_new(&c, cert.key, m->leaf, e);
	if (rc != RC_OK)
		return rc;
	browser_context_free(cert.context);
	cert.context = c;
	cert.until = m->until;
	return RC_OK;
}

void
leaf_came(uint64_t job, const struct msg_web_cert_is *m)
{
	char until[TIME_TEXT];
	struct log_line l;
	struct err e;

	if (job != cert.job)
		return; /* it was asked for anew since */
	if (take(m, &e) != RC_OK) {
		l = log_line(LOG_WARN, "web.no_certificate");
		log_err(&l, &e);
		process_log(LOG_WARN, &l);
		later();
		return;
	}
	cert.job = 0;
	cert.again = cert.pause = 0;
	time_write(until, cert.until);
	l = log_line(LOG_INFO, "web.certificate");
	log_str(&l, "until", bytes_str(until));
	process_log(LOG_INFO, &l);
	tls_secure_begins();
}

void
leaf_stop(void)
{
	browser_key_free(cert.key);
	browser_context_free(cert.context);
	cert.key = NULL;
	cert.context = NULL;
}

struct browser_context *
leaf_context(void)
{
	return cert.context;
}
