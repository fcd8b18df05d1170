/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Secrets of thin lines (docs/link.md 19.4): a secret is stepped on once a day
 * and what it was is gone; of each day's come the key that link gets and the
 * public name under which it is asked for.  Nothing of it stays here: what is
 * kept, store keeps, under the station's KEM key.
 */
#include <string.h>

#include "antind/thin.h"
#include "crypto/kdf.h"
#include "daemon/process.h"

#define VERSION 1
#define NAMES (1 + MSG_THIN_AHEAD)
#define SECRET MSG_THIN_SECRET_SIZE

_Static_assert(1 + TAG_SIZE + KEM_CT_MAX + SECRET + AEAD_TAG <= MSG_THIN_RECORD,
    "a record of a thin line's secret");

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

/* The key under which a record is sealed: of one encapsulation only. */
static struct aead *
record_key(uint8_t shared[static KEM_SECRET])
{
	uint8_t key[AEAD_KEY];
	struct aead *a;

	hkdf_sha256(key, sizeof(key), bytes_of("", 0),
	    bytes_of(shared, KEM_SECRET), bytes_str("antin thin record"));
	a = aead_new(key);
	wipe(key, sizeof(key));
	wipe(shared, KEM_SECRET);
	return a;
}

static const uint8_t once[AEAD_NONCE]; /* no key seals twice */

/* u8 version | tag of the KEM key | its ciphertext | the secret, sealed */
static enum rc
record_write(struct buf *out, const struct identity *id,
    const uint8_t secret[static SECRET],
    const uint8_t bound[static SHA256_SIZE], struct err *e)
{
	const struct kem_alg *alg = kem_key_alg(id->kem);
	uint8_t ct[KEM_CT_MAX], shared[KEM_SECRET], sealed[SECRET + AEAD_TAG];
	struct aead *a;
	enum rc rc;

	*out = (struct buf){ 0 };
	rc = kem_encapsulate(alg, kem_key_pub(id->kem), ct, shared, e);
	if (rc != RC_OK)
		return rc;
	a = record_key(shared);
	aead_seal(a, once, bytes_of(bound, SHA256_SIZE),
	    bytes_of(secret, SECRET), sealed, sealed + SECRET);
	aead_free(a);
	buf_u8(out, VERSION);
	buf_add(out, tag_bytes(&id->card.kem.tag));
	buf_add(out, bytes_of(ct, alg->ct));
	buf_add(out, bytes_of(sealed, sizeof(sealed)));
	return RC_OK;
}

static enum rc
record_read(uint8_t secret[static SECRET], const struct identity *id,
    struct bytes record, const uint8_t bound[static SHA256_SIZE], struct err *e)
{
	struct rd r = rd_init(record);
	uint8_t version = rd_u8(&r), shared[KEM_SECRET];
	struct bytes tag = rd_bytes(&r, TAG_SIZE), ct, sealed, mark;
	const struct kem_key *key = NULL;
	struct tag of = { 0 };
	struct aead *a;
	bool opened = false;

	if (!r.bad && version == VERSION) {
		memcpy(of.b, tag.p, TAG_SIZE);
		key = identity_kem(id, &of);
	}
	if (key == NULL)
		return fail(e, RC_DENIED, "a thin line's secret of other keys");
	ct = rd_bytes(&r, kem_key_alg(key)->ct);
	sealed = rd_bytes(&r, SECRET);
	mark = rd_bytes(&r, AEAD_TAG);
	if (rd_end(&r) && kem_decapsulate(key, ct, shared)) {
		a = record_key(shared);
		opened = aead_open(a, once, bytes_of(bound, SHA256_SIZE),
		    sealed, mark.p, secret);
		aead_free(a);
	}
	return opened ? RC_OK
		      : fail(e, RC_DENIED,
			    "a thin line's secret that does not open");
}

/* The secret of the day that is asked for. */
static enum rc
secret_of(uint8_t secret[static SECRET], const struct identity *id,
    const struct msg_thin *m, struct err *e)
{
	uint64_t i;
	enum rc rc;

	if (m->record.len == 0) {
		derive(secret, SECRET, m->secret, "antin thin");
		return RC_OK;
	}
	rc = record_read(secret, id, m->record, m->bound, e);
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
		out.rc = record_write(&record, station, secret, m->bound, &e);
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
