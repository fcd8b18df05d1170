/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/backup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/limits.h"
#include "crypto/aead.h"
#include "crypto/random.h"
#include "crypto/suite.h"
#include "der/der.h"
#include "envelope/address.h"

#define VERSION 1
#define INFO "antin backup share"
#define SEALED (KEYSHARE_BYTES + AEAD_TAG)

/* ---- shares ---------------------------------------------------------------
 */

/* What a sealed share is bound to: which backup, and whose it is. */
static void
share_head(struct buf *out, const struct backup_head *h, unsigned x)
{
	*out = (struct buf){ 0 };
	buf_add(out, id_bytes(&h->id));
	buf_u8(out, (uint8_t)x);
	buf_u8(out, (uint8_t)h->quorum);
	buf_u8(out, (uint8_t)h->count);
	buf_add(out, tag_bytes(&h->officers[x - 1].to));
}

/* Of a secret that is used once; wipes it. */
static struct aead *
aead_of(uint8_t secret[static KEM_SECRET])
{
	uint8_t key[AEAD_KEY];
	struct aead *aead;

	hkdf_sha256(key, sizeof(key), (struct bytes){ 0 },
	    bytes_of(secret, KEM_SECRET), bytes_str(INFO));
	aead = aead_new(key);
	wipe(key, sizeof(key));
	wipe(secret, KEM_SECRET);
	return aead;
}

static const uint8_t once[AEAD_NONCE]; /* each key seals one thing */

/* Officer x's share, into its row. */
static enum rc
seal_share(struct buf *to, struct backup_head *h, const struct keyshare *s,
    const struct cert *kem, struct err *e)
{
	uint8_t secret[KEM_SECRET], ct[KEM_CT_MAX], tag[AEAD_TAG];
	struct buf head = { 0 }, code = { 0 };
	struct aead *aead;
	enum rc rc;

	rc = kem_encapsulate(kem->kem, kem->pub, ct, secret, e);
	if (rc != RC_OK)
		return rc;
	buf_add(to, bytes_of(ct, kem->kem->ct));
	share_head(&head, h, s->share.x);
	keyshare_bytes(buf_grow(&code, KEYSHARE_BYTES), s);
	aead = aead_of(secret);
	aead_seal(aead, once, buf_bytes(&head), buf_bytes(&code), code.p, tag);
	buf_add(to, buf_bytes(&code));
	buf_add(to, bytes_of(tag, sizeof(tag)));
	aead_free(aead);
	buf_free(&head);
	buf_free(&code);
	return RC_OK;
}

enum rc
backup_share(struct keyshare *out, const struct backup_head *h,
    const struct identity *id, struct err *e)
{
	const struct kem_key *key = NULL;
	const struct backup_officer *o;
	uint8_t secret[KEM_SECRET], code[KEYSHARE_BYTES];
	struct buf head;
	struct aead *aead;
	unsigned x;
	bool ok;

	*out = (struct keyshare){ 0 };
	for (x = 1; x <= h->count && key == NULL; x++)
		key = id->kem == NULL
			  ? NULL
			  : identity_kem(id, &h->officers[x - 1].to);
	if (key == NULL)
		return fail(e, RC_ABSENT,
		    "docs/backup.md 3.3: this backup has no share for this "
		    "key");
	o = &h->officers[--x - 1];
	if (kem_key_alg(key) != o->kem ||
	    !kem_decapsulate(key, o->ciphertext, secret))
		return fail(e, RC_DENIED,
		    "docs/backup.md 3.3: the share does not open: it was "
		    "changed");
	share_head(&head, h, x);
	aead = aead_of(secret);
	ok = aead_open(aead, once, buf_bytes(&head),
		 bytes_of(o->sealed.p, KEYSHARE_BYTES),
		 o->sealed.p + KEYSHARE_BYTES, code) &&
	     keyshare_of(out, code) && out->share.x == x;
	aead_free(aead);
	buf_free(&head);
	wipe(code, sizeof(code));
	if (ok)
		return RC_OK;
	wipe(out, sizeof(*out));
	return fail(e, RC_DENIED,
	    "docs/backup.md 3.3: the share does not open: it was changed");
}

enum rc
backup_join(uint8_t key[static AEAD_KEY], const struct backup_head *h,
    const struct keyshare *shares, size_t n, struct err *e)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (memcmp(shares[i].set, h->id.b, KEYSHARE_SET) != 0)
			return fail(e, RC_DENIED,
			    "docs/backup.md 3.3: share number %u is of another "
			    "backup",
			    shares[i].share.x);
	if (n < h->quorum)
		return fail(e, RC_DENIED,
		    "docs/backup.md 3.3: the shares of %u officers are wanted "
		    "to open this backup, %zu are given",
		    h->quorum, n);
	return keyshare_join(key, shares, n, &h->id, e);
}

/* ---- the head -------------------------------------------------------------
 */

void
backup_head_write(struct buf *out, const struct backup_head *h)
{
	struct der_wr wr = { 0 }, *w = &wr;
	const struct backup_officer *o;
	unsigned i;

	der_put_open(w, DER_SEQUENCE);
	der_put_uint(w, VERSION);
	der_put_uint(w, h->kind);
	der_put_octets(w, id_bytes(&h->id));
	der_put(w, DER_IA5, h->address);
	der_put_time(w, h->at);
	der_put_uint(w, h->quorum);
	der_put_open(w, DER_SEQUENCE);
	for (i = 0; i < h->count; i++) {
		o = &h->officers[i];
		der_put_open(w, DER_SEQUENCE);
		der_put(w, DER_IA5, o->name);
		der_put_octets(w, tag_bytes(&o->to));
		der_put_oid(w, oid(o->kem->oid));
		der_put_octets(w, o->ciphertext);
		der_put_octets(w, o->sealed);
		der_put_close(w);
	}
	der_put_close(w);
	der_put_close(w);
	*out = wr.out;
}

/* The shares of a new key, each sealed for its officer, into "sealed". */
static enum rc
seal_shares(struct backup_head *h, struct buf sealed[static SHAMIR_MAX],
    const uint8_t key[static AEAD_KEY], const struct backup_for *officers,
    struct err *e)
{
	struct share shares[SHAMIR_MAX];
	struct keyshare s = { .quorum = h->quorum, .count = h->count };
	struct backup_officer *o;
	enum rc rc = RC_OK;
	unsigned i;

	memcpy(s.set, h->id.b, KEYSHARE_SET);
	shamir_split(shares, h->count, h->quorum, key);
	for (i = 0; i < h->count && rc == RC_OK; i++) {
		o = &h->officers[i];
		s.share = shares[i];
		rc = seal_share(&sealed[i], h, &s, officers[i].kem, e);
		if (rc != RC_OK)
			break;
		o->ciphertext = bytes_of(sealed[i].p, o->kem->ct);
		o->sealed = bytes_of(sealed[i].p + o->kem->ct, SEALED);
	}
	wipe(shares, sizeof(shares));
	wipe(&s, sizeof(s));
	return rc;
}

enum rc
backup_head_make(struct buf *out, uint8_t key[static AEAD_KEY],
    const struct backup_head *of, const struct backup_for *officers, size_t n,
    struct err *e)
{
	struct backup_head h = *of;
	struct buf sealed[SHAMIR_MAX] = { 0 };
	enum rc rc;
	size_t i;

	*out = (struct buf){ 0 };
	if (h.quorum < 2 || n < h.quorum || n > SHAMIR_MAX)
		return fail(e, RC_INVALID,
		    "docs/backup.md 3.3: %zu officers for a backup that %u of "
		    "them open",
		    n, h.quorum);
	h.count = (unsigned)n;
	for (i = 0; i < n; i++) {
		if (officers[i].kem->use != CERT_KEM ||
		    !suite_kem_is_composite(officers[i].kem->kem))
			return fail(e, RC_INVALID,
			    "docs/backup.md 3.3: %.*s has no KEM key of a "
			    "composite suite",
			    (int)officers[i].name.len,
			    (const char *)officers[i].name.p);
		h.officers[i] =
		    (struct backup_officer){ .name = officers[i].name,
			    .to = officers[i].kem->tag,
			    .kem = officers[i].kem->kem };
	}
	random_bytes(key, AEAD_KEY);
	rc = seal_shares(&h, sealed, key, officers, e);
	if (rc == RC_OK)
		backup_head_write(out, &h);
	else
		wipe(key, AEAD_KEY);
	for (i = 0; i < SHAMIR_MAX; i++)
		buf_free(&sealed[i]);
	return rc;
}

static void
officer_read(struct der *d, struct backup_officer *out)
{
	struct bytes tag;

	der_open(d, DER_SEQUENCE);
	out->name = der_ia5(d, LIMIT_ADDRESS);
	tag = der_octets(d, TAG_SIZE, TAG_SIZE);
	if (tag.len == TAG_SIZE)
		memcpy(out->to.b, tag.p, TAG_SIZE);
	out->kem = kem_by_oid(der_oid(d));
	if (d->why == NULL &&
	    (out->kem == NULL || !suite_kem_is_composite(out->kem)))
		der_fault(d, "a key encapsulation that is of no composite "
			     "suite");
	if (d->why == NULL)
		out->ciphertext = der_octets(d, out->kem->ct, out->kem->ct);
	out->sealed = der_octets(d, SEALED, SEALED);
	der_close(d);
}

enum rc
backup_head_read(struct backup_head *out, struct bytes in, struct err *e)
{
	struct der d = der_init(in);
	struct bytes id;
	enum rc rc;

	*out = (struct backup_head){ 0 };
	if (in.len > BACKUP_HEAD_MAX)
		return fail(e, RC_LIMIT,
		    "docs/backup.md 3.2: a head of %zu bytes, at most %u",
		    in.len, BACKUP_HEAD_MAX);
	der_open(&d, DER_SEQUENCE);
	if (der_uint(&d, 255) != VERSION)
		der_fault(&d, "a version that this program does not know");
	out->kind = (enum backup_kind)der_uint(&d, BACKUP_MOVE);
	if (out->kind == 0)
		der_fault(&d, "no kind of backup");
	id = der_octets(&d, ID_SIZE, ID_SIZE);
	if (id.len == ID_SIZE)
		memcpy(out->id.b, id.p, ID_SIZE);
	out->address = der_ia5(&d, LIMIT_ADDRESS);
	if (!address_is_station(out->address))
		der_fault(&d, "not a station's address");
	out->at = der_time(&d);
	out->quorum = (unsigned)der_uint(&d, SHAMIR_MAX);
	der_open(&d, DER_SEQUENCE);
	while (der_more(&d) && d.why == NULL) {
		if (out->count == SHAMIR_MAX)
			der_fault(&d, "too many officers");
		else
			officer_read(&d, &out->officers[out->count++]);
	}
	der_close(&d);
	der_close(&d);
	if (out->quorum < 2 || out->quorum > out->count)
		der_fault(&d, "a number of officers that none can be");
	rc = der_end(&d, "docs/backup.md 3.2: a backup's head", e);
	if (rc != RC_OK)
		*out = (struct backup_head){ 0 };
	return rc;
}

/* ---- officers -------------------------------------------------------------
 */

#define FIRST_LINE "antin backup officers 1"

void
backup_officers_write(struct buf *out, const struct backup_officers *o)
{
	char line[32];
	unsigned i;

	*out = (struct buf){ 0 };
	(void)snprintf(line, sizeof(line), "\nquorum %u\n", o->quorum);
	buf_add(out, bytes_str(FIRST_LINE));
	buf_add(out, bytes_str(line));
	for (i = 0; i < o->count; i++) {
		buf_add(out, bytes_str("officer "));
		buf_add(out, o->names[i]);
		buf_u8(out, '\n');
	}
}

/* The next line, without its LF. */
static struct bytes
line_next(struct bytes *rest)
{
	const uint8_t *end =
	    rest->len == 0 ? NULL : memchr(rest->p, '\n', rest->len);
	const size_t n = end == NULL ? rest->len : (size_t)(end - rest->p);
	const struct bytes line = bytes_of(rest->p, n);

	*rest = end == NULL ? (struct bytes){ 0 }
			    : bytes_of(end + 1, rest->len - n - 1);
	return line;
}

static bool
begins(struct bytes line, const char *word, struct bytes *value)
{
	const size_t n = strlen(word);

	if (line.len <= n || memcmp(line.p, word, n) != 0)
		return false;
	*value = bytes_of(line.p + n, line.len - n);
	return true;
}

static bool
is_new(const struct backup_officers *o, struct bytes name)
{
	unsigned i;

	for (i = 0; i < o->count; i++)
		if (bytes_eq(o->names[i], name))
			return false;
	return address_is_desk(name);
}

/* 2 to 16, one spelling. */
static unsigned
number_of(struct bytes v)
{
	char text[4] = "", again[4];
	unsigned n;

	if (v.len == 0 || v.len > 2)
		return 0;
	memcpy(text, v.p, v.len);
	n = (unsigned)strtoul(text, NULL, 10);
	(void)snprintf(again, sizeof(again), "%u", n % 100);
	return strcmp(text, again) == 0 ? n : 0;
}

enum rc
backup_officers_read(
    struct backup_officers *out, struct bytes in, struct err *e)
{
	struct bytes value;
	bool ok;

	*out = (struct backup_officers){ 0 };
	if (in.len > BACKUP_OFFICERS_MAX)
		return fail(e, RC_LIMIT,
		    "docs/backup.md 1.2: officers of %zu bytes, at most %u",
		    in.len, BACKUP_OFFICERS_MAX);
	ok = bytes_is(line_next(&in), FIRST_LINE) &&
	     begins(line_next(&in), "quorum ", &value);
	if (ok)
		out->quorum = number_of(value);
	while (ok && in.len > 0) {
		ok = begins(line_next(&in), "officer ", &value) &&
		     out->count < SHAMIR_MAX && is_new(out, value);
		if (ok)
			out->names[out->count++] = value;
	}
	if (ok && out->quorum >= 2 && out->quorum <= out->count)
		return RC_OK;
	*out = (struct backup_officers){ 0 };
	return fail(e, RC_INVALID,
	    "docs/backup.md 1.2: this names no officers; antin backup officers "
	    "does");
}

/* ---- what is in it --------------------------------------------------------
 */

#define FILES "data/store/files/"
#define KEYS "data/keys/"
#define RULES "data/rules/"

/* "HEX" of a SHA-256, in one spelling. */
static bool
is_sum(const char *hex, uint8_t sum[static SHA256_SIZE])
{
	char again[2 * SHA256_SIZE + 1];

	if (!hex_parse(sum, SHA256_SIZE, bytes_str(hex)))
		return false;
	hex_write(again, bytes_of(sum, SHA256_SIZE));
	return strcmp(again, hex) == 0;
}

/* "NAME.key", "NAME.rules", without anything that leads elsewhere. */
static bool
is_plain(const char *name, const char *end)
{
	static const char ok[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";
	const size_t n = strlen(name), most = strlen(end);

	return n > most && name[0] != '.' && strspn(name, ok) == n &&
	       strcmp(name + n - most, end) == 0;
}

static bool
is_name(const char *name)
{
	static const char *const names[] = { "antind.conf", "data/directory",
		"data/station.key", "data/station.key.next",
		"data/station.key.old", "data/backup-officers",
		"data/store/store.db", "data/store/store.db-wal" };
	uint8_t sum[SHA256_SIZE];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	if (strncmp(name, FILES, strlen(FILES)) == 0)
		return is_sum(name + strlen(FILES), sum);
	if (strncmp(name, RULES, strlen(RULES)) == 0)
		return is_plain(name + strlen(RULES), ".rules");
	return strncmp(name, KEYS, strlen(KEYS)) == 0 &&
	       is_plain(name + strlen(KEYS), ".key");
}

void
backup_entry_write(struct buf *out, const struct backup_entry *e)
{
	if (!is_name(e->name))
		bug("a name that may not be in a backup");
	buf_u8(out, 1);
	buf_u8(out, (uint8_t)strlen(e->name));
	buf_add(out, bytes_str(e->name));
	buf_u64(out, e->size);
}

enum rc
backup_entry_read(
    struct backup_entry *out, size_t *used, struct bytes in, struct err *e)
{
	struct rd r = rd_init(in);
	struct bytes name;
	size_t len;

	*out = (struct backup_entry){ 0 };
	*used = 0;
	if (in.len == 0)
		return RC_OK;
	if (in.p[0] == 0) {
		*used = 1;
		return RC_OK;
	}
	(void)rd_u8(&r);
	len = rd_u8(&r);
	if (in.p[0] != 1 || (in.len > 1 && (len == 0 || len > BACKUP_NAME)))
		return fail(
		    e, RC_INVALID, "docs/backup.md 3.5: no file begins here");
	name = rd_bytes(&r, len);
	out->size = rd_u64(&r);
	if (r.bad) {
		*out = (struct backup_entry){ 0 };
		return RC_OK; /* more is wanted */
	}
	memcpy(out->name, name.p, name.len);
	if (strlen(out->name) == len && is_name(out->name)) {
		*used = 2 + len + 8;
		return RC_OK;
	}
	*out = (struct backup_entry){ 0 };
	return fail(e, RC_INVALID,
	    "docs/backup.md 3.5: a file that has no place in a station's "
	    "folder");
}

bool
backup_entry_sum(const struct backup_entry *e, uint8_t sum[static SHA256_SIZE])
{
	return strncmp(e->name, FILES, strlen(FILES)) == 0 &&
	       is_sum(e->name + strlen(FILES), sum);
}
