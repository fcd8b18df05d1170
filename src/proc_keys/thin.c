/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Secrets of thin lines (docs/link.md 19.4): a secret is stepped on once a day
 * and what it was is gone; of each day's come the key that link gets and the
 * public name under which it is asked for.  Nothing of it stays here: what is
 * kept, store keeps, under the station's KEM key.
 */
#include <string.h>

#include "crypto/kdf.h"
#include "daemon/process.h"
#include "proc_keys/answers.h"
#include "proc_keys/kept.h"

#define LABEL "antin thin record"
#define NAMES (1 + MSG_THIN_AHEAD)
#define SECRET MSG_THIN_SECRET_SIZE

static void
derive(uint8_t *out, size_t len, const uint8_t secret[static SECRET],
    const char *what)
{
	hkdf_sha256(out, len, bytes_of("", 0), bytes_of(secret, SECRET),
	    bytes_str(what));
}

static void
step(uint8_t secret[static SECRET])
{
	uint8_t next[SECRET];

	derive(next, sizeof(next), secret, "antin thin next");
	memcpy(secret, next, sizeof(next));
	wipe(next, sizeof(next));
}

/* The secret of the day that is asked for. */
static enum rc
secret_of(uint8_t secret[static SECRET], const struct identity *id,
    const struct msg_thin *m, struct err *e)
{
	bool old;
	uint64_t i;
	enum rc rc;

	if (m->record.len == 0) {
		derive(secret, SECRET, m->secret, "antin thin");
		return RC_OK;
	}
	rc = kept_open(secret, SECRET, &old, id, LABEL,
	    bytes_of(m->bound, SHA256_SIZE), m->record, e);
	for (i = 0; i < m->steps && rc == RC_OK; i++)
		step(secret);
	return rc;
}

static void
log_failed(const struct err *e)
{
	struct log_line l = log_line(LOG_WARN, "thin.secret");

	log_err(&l, e);
	process_log(LOG_WARN, &l);
}

void
thin_keys(const struct identity *station, const struct message *ask)
{
	const struct msg_thin *m = &ask->body.thin;
	uint8_t secret[SECRET], names[NAMES][MSG_THIN_IDENTITY];
	struct msg_thinned out = { 0 };
	struct buf record = { 0 };
	struct err e;
	size_t i;

	out.rc = station->kem == NULL
		     ? fail(&e, RC_ABSENT, "the station has no KEM key")
		     : secret_of(secret, station, m, &e);
	if (out.rc == RC_OK)
		out.rc = kept_seal(&record, station, LABEL,
		    bytes_of(m->bound, SHA256_SIZE), bytes_of(secret, SECRET),
		    &e);
	if (out.rc == RC_OK) {
		derive(out.key, sizeof(out.key), secret, "antin thin key");
		for (i = 0; i < NAMES; i++, step(secret))
			derive(names[i], sizeof(names[i]), secret,
			    "antin thin identity");
		out.record = buf_bytes(&record);
		out.names = bytes_of(names, sizeof(names));
	} else {
		log_failed(&e);
	}
	(void)tell(PROC_STORE, MSG_THINNED, ask->job, &out, -1);
	wipe(secret, sizeof(secret));
	wipe(&out, sizeof(out));
	buf_free(&record);
}
