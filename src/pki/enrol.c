/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/enrol.h"

#include <string.h>

#include "core/base32.h"
#include "core/checkwords.h"
#include "core/limits.h"
#include "core/time.h"
#include "crypto/random.h"
#include "crypto/suite.h"
#include "der/der.h"
#include "envelope/address.h"

#define VERSION 1
#define CONTEXT "antin enrol"
#define CODE_BYTES 8 /* 60 of the 64 bits: 12 letters and a half */

/* What a proof is for: one of another message is none of this. */
#define FOR_INVITATION "antin enrol invitation"
#define FOR_REQUEST "antin enrol request"
#define FOR_ANSWER "antin enrol answer"

/* ---- the one-time code ------------------------------------------------------
 */

void
enrol_code_new(char out[static ENROL_CODE_TEXT])
{
	uint8_t bytes[CODE_BYTES];
	struct buf text = { 0 };
	size_t i, n = 0;

	random_bytes(bytes, sizeof(bytes));
	base32_write(&text, bytes_of(bytes, sizeof(bytes)));
	for (i = 0; i < ENROL_CODE; i++) {
		if (i > 0 && i % 4 == 0)
			out[n++] = '-';
		out[n++] = (char)text.p[i];
	}
	out[n] = '\0';
	wipe(bytes, sizeof(bytes));
	buf_free(&text);
}

/* The one spelling of a code: its letters, capitals, nothing between. */
static bool
code_clean(struct buf *out, struct bytes code)
{
	uint8_t bytes[CODE_BYTES] = { 0 };
	struct buf padded = { 0 };
	bool ok;

	*out = (struct buf){ 0 };
	/* 12 letters are 60 bits; a thirteenth fills the last byte */
	buf_add(&padded, code);
	buf_u8(&padded, '0');
	ok = base32_parse(bytes, sizeof(bytes), buf_bytes(&padded));
	if (ok)
		base32_write(out, bytes_of(bytes, sizeof(bytes)));
	buf_free(&padded);
	wipe(bytes, sizeof(bytes));
	return ok;
}

enum rc
enrol_key(uint8_t out[static ENROL_KEY], struct bytes code,
    const struct id *invitation, struct err *e)
{
	struct buf clean;
	enum rc rc;

	if (!code_clean(&clean, code)) {
		buf_free(&clean);
		return fail(e, RC_USAGE,
		    "a one-time code has 12 letters and digits, such as "
		    "7KQD-22MX-9RTA");
	}
	rc =
	    argon2id(out, buf_bytes(&clean), invitation->b, &argon2_default, e);
	buf_free(&clean);
	return rc;
}

static void
proof_make(uint8_t out[static ENROL_KEY], const uint8_t key[static ENROL_KEY],
    const char *for_what, struct bytes text)
{
	uint8_t hash[SHA256_SIZE];

	sha256(hash, text);
	hkdf_sha256(out, ENROL_KEY, bytes_of(hash, sizeof(hash)),
	    bytes_of(key, ENROL_KEY), bytes_str(for_what));
}

static bool
proof_holds(struct bytes proof, const uint8_t key[static ENROL_KEY],
    const char *for_what, struct bytes text)
{
	uint8_t want[ENROL_KEY];
	bool ok;

	proof_make(want, key, for_what, text);
	ok = ct_equal(proof, bytes_of(want, sizeof(want)));
	wipe(want, sizeof(want));
	return ok;
}

/* SEQUENCE { body, proof } */
static void
proved_write(struct buf *out, struct bytes body, struct bytes proof)
{
	struct der_wr w = { 0 };

	der_put_open(&w, DER_SEQUENCE);
	der_put_raw(&w, body);
	der_put_octets(&w, proof);
	der_put_close(&w);
	*out = w.out;
}

static struct id
id_read(struct der *d)
{
	struct bytes b = der_octets(d, ID_SIZE, ID_SIZE);
	struct id id = { { 0 } };

	if (b.len == ID_SIZE)
		memcpy(id.b, b.p, ID_SIZE);
	return id;
}

static void
optional_write(struct der_wr *w, uint8_t n, struct bytes value)
{
	if (value.len > 0)
		der_put(w, DER_CTX(n), value);
}

static struct bytes
optional_read(struct der *d, uint8_t n, size_t min, size_t max)
{
	return der_next_is(d, DER_CTX(n)) ? der_tagged(d, DER_CTX(n), min, max)
					  : (struct bytes){ 0 };
}

/* ---- invitation
 * -------------------------------------------------------------- */

/* Rights and address of one kind of holder. */
static const char *
wrong_kind(const struct invitation *i)
{
	const bool desk =
	    i->rights.kind == CERT_DESK || i->rights.kind == CERT_PERSON;

	if (i->rights.kind == CERT_CARD)
		return "docs/pki.md 2.5: rights of no kind";
	if (i->rights.kind != CERT_AUTHORITY && i->rights.path_len > 0)
		return "docs/pki.md 2.3: only an authority has others below "
		       "it";
	if (i->name.len == 0)
		return "an empty name";
	if (desk ? !address_is_desk(i->address)
		 : !address_is_station(i->address))
		return "docs/pki.md 2.4: an address of another kind of holder";
	return NULL;
}

void
invitation_write(struct buf *out, const struct invitation *i,
    const uint8_t key[static ENROL_KEY])
{
	uint8_t proof[ENROL_KEY];
	struct der_wr w = { 0 };

	der_put_uint(&w, VERSION);
	der_put_octets(&w, id_bytes(&i->id));
	der_put(&w, DER_IA5, i->address);
	der_put_uint(&w, i->rights.kind);
	der_put(&w, DER_UTF8, i->name);
	der_put_uint(&w, i->rights.level);
	der_put_uint(&w, i->rights.precedence);
	der_put_uint(&w, i->rights.path_len);
	der_put_time(&w, i->until);
	der_put_octets(&w, i->root);
	optional_write(&w, 0, i->escrow);
	proof_make(proof, key, FOR_INVITATION, buf_bytes(&w.out));
	proved_write(out, buf_bytes(&w.out), bytes_of(proof, sizeof(proof)));
	der_wr_free(&w);
}

enum rc
invitation_read(struct invitation *out, struct bytes in, struct err *e)
{
	struct der d = der_init(in);
	const char *why;
	enum rc rc;

	*out = (struct invitation){ .whole = in };
	if (in.len > INVITATION_MAX)
		return fail(e, RC_LIMIT,
		    "an invitation of %zu bytes, at most %u", in.len,
		    INVITATION_MAX);
	der_open(&d, DER_SEQUENCE);
	if (der_uint(&d, 255) != VERSION)
		der_fault(&d, "a version that this program does not know");
	out->id = id_read(&d);
	out->address = der_ia5(&d, LIMIT_ADDRESS);
	out->rights.kind = (enum cert_kind)der_uint(&d, CERT_KINDS - 1);
	out->name = der_utf8(&d, LIMIT_NAME);
	out->rights.level = (enum level)der_uint(&d, LEVELS - 1);
	out->rights.precedence = (enum precedence)der_uint(&d, PRECEDENCES - 1);
	out->rights.path_len = (unsigned)der_uint(&d, CERT_PATH_LEN);
	out->until = der_time(&d);
	out->root = der_octets(&d, 1, CERT_MAX);
	out->escrow = optional_read(&d, 0, 1, CERT_MAX);
	(void)der_octets(&d, ENROL_KEY, ENROL_KEY);
	der_close(&d);
	if (d.why == NULL && (why = wrong_kind(out)) != NULL)
		der_fault(&d, why);
	rc = der_end(&d, "docs/directory.md 9.1: an invitation", e);
	if (rc != RC_OK)
		*out = (struct invitation){ 0 };
	return rc;
}

/* The elements within "whole" but the last, and that one's contents. */
static void
cut_proof(struct bytes whole, struct bytes *body, struct bytes *proof)
{
	struct der d = der_init(whole);
	const uint8_t *start, *last;
	struct bytes element;

	der_open(&d, DER_SEQUENCE);
	start = last = d.at;
	while (der_more(&d)) {
		element = der_element(
		    bytes_of(d.at, (size_t)(d.end[d.depth] - d.at)));
		last = d.at;
		d.at += element.len;
	}
	*body = bytes_of(start, (size_t)(last - start));
	d.at = last;
	*proof = der_take(&d, DER_OCTETS);
}

enum rc
invitation_verify(const struct invitation *i,
    const uint8_t key[static ENROL_KEY], struct err *e)
{
	struct bytes body, proof;

	cut_proof(i->whole, &body, &proof);
	if (proof_holds(proof, key, FOR_INVITATION, body))
		return RC_OK;
	return fail(e, RC_DENIED,
	    "docs/directory.md 9.2: the code is not this invitation's, or the "
	    "invitation was changed");
}

/* ---- request
 * -------------------------------------------------------------------- */

void
request_write(struct buf *out, const struct request *r, const uint8_t *key,
    const struct identity *earlier)
{
	uint8_t proof[SIG_MAX];
	struct der_wr w = { 0 };
	size_t len = ENROL_KEY;

	der_put_uint(&w, VERSION);
	der_put_octets(&w, id_bytes(&r->invitation));
	der_put_time(&w, r->at);
	der_put_octets(&w, r->card_pem);
	optional_write(&w, 0, r->escrow);
	optional_write(&w, 1, r->earlier);
	if (key != NULL)
		proof_make(proof, key, FOR_REQUEST, buf_bytes(&w.out));
	else
		len = sig_sign(
		    earlier->sig, bytes_str(CONTEXT), buf_bytes(&w.out), proof);
	proved_write(out, buf_bytes(&w.out), bytes_of(proof, len));
	der_wr_free(&w);
}

static bool
is_zero(const struct id *id)
{
	static const struct id zero;

	return id_eq(id, &zero);
}

/* The card is self-made and of a composite suite; a renewal names what it
 * renews, and nothing else does. */
static enum rc
request_check(struct request *r, struct err *e)
{
	enum rc rc;

	rc = card_parse(&r->card, r->card_pem, e);
	if (rc == RC_ABSENT)
		return fail(e, RC_INVALID,
		    "docs/directory.md 9.2: a request without a card");
	if (rc != RC_OK)
		return rc;
	if (r->card.issued || !suite_sig_is_composite(r->card.sign.sig) ||
	    (r->card.has_kem && !suite_kem_is_composite(r->card.kem.kem)))
		return fail(e, RC_INVALID,
		    "docs/directory.md 9.2: a request has a self-made card of "
		    "a composite suite");
	if (is_zero(&r->invitation) != (r->earlier.len > 0))
		return fail(e, RC_INVALID,
		    "docs/directory.md 9.5: a request is for an invitation or "
		    "for an earlier certificate");
	return RC_OK;
}

enum rc
request_read(struct request *out, struct bytes in, struct err *e)
{
	struct der d = der_init(in);
	struct request r = { 0 };
	const uint8_t *start;
	enum rc rc;

	*out = r;
	if (in.len > REQUEST_MAX)
		return fail(e, RC_LIMIT, "a request of %zu bytes, at most %u",
		    in.len, REQUEST_MAX);
	der_open(&d, DER_SEQUENCE);
	start = d.at;
	if (der_uint(&d, 255) != VERSION)
		der_fault(&d, "a version that this program does not know");
	r.invitation = id_read(&d);
	r.at = der_time(&d);
	r.card_pem = der_octets(&d, 1, CARD_MAX);
	r.escrow = optional_read(&d, 0, 1, REQUEST_MAX);
	r.earlier = optional_read(&d, 1, SHA256_SIZE, SHA256_SIZE);
	if (d.why == NULL)
		r.signed_part = bytes_of(start, (size_t)(d.at - start));
	r.proof = der_octets(&d, ENROL_KEY, SIG_MAX);
	der_close(&d);
	sha256(r.hash, in);
	rc = der_end(&d, "docs/directory.md 9.2: a request", e);
	if (rc == RC_OK)
		rc = request_check(&r, e);
	if (rc == RC_OK)
		*out = r;
	else
		request_free(&r);
	return rc;
}

void
request_free(struct request *r)
{
	card_free(&r->card);
	*r = (struct request){ 0 };
}

enum rc
request_verify(
    const struct request *r, const uint8_t key[static ENROL_KEY], struct err *e)
{
	if (r->earlier.len == 0 &&
	    proof_holds(r->proof, key, FOR_REQUEST, r->signed_part))
		return RC_OK;
	return fail(e, RC_DENIED,
	    "docs/directory.md 9.2: the request was not made with this "
	    "invitation's code, or was changed");
}

enum rc
request_verify_renewal(
    const struct request *r, const struct sig_pub *earlier, struct err *e)
{
	if (r->earlier.len > 0 &&
	    sig_verify(earlier, bytes_str(CONTEXT), r->signed_part, r->proof))
		return RC_OK;
	return fail(e, RC_DENIED,
	    "docs/directory.md 9.5: the request was not signed by the key it "
	    "renews, or was changed");
}

void
request_words(struct buf *out, const uint8_t hash[static SHA256_SIZE])
{
	checkwords_write(out, bytes_of(hash, ENROL_WORDS));
}

/* ---- answer
 * ------------------------------------------------------------------------ */

void
answer_write(struct buf *out, const struct answer *a, const uint8_t *key)
{
	uint8_t proof[ENROL_KEY] = { 0 };
	struct der_wr w = { 0 };

	der_put_uint(&w, VERSION);
	der_put_octets(&w, a->request);
	der_put_open(&w, DER_SEQUENCE);
	der_put_raw(&w, a->certs);
	der_put_close(&w);
	der_put_octets(&w, a->directory);
	if (key != NULL)
		proof_make(proof, key, FOR_ANSWER, buf_bytes(&w.out));
	proved_write(out, buf_bytes(&w.out), bytes_of(proof, sizeof(proof)));
	der_wr_free(&w);
}

enum rc
answer_read(struct answer *out, struct bytes in, struct err *e)
{
	struct der d = der_init(in);
	const uint8_t *start, *certs;
	enum rc rc;

	*out = (struct answer){ 0 };
	if (in.len > ANSWER_MAX)
		return fail(e, RC_LIMIT, "an answer of %zu bytes, at most %u",
		    in.len, ANSWER_MAX);
	der_open(&d, DER_SEQUENCE);
	start = d.at;
	if (der_uint(&d, 255) != VERSION)
		der_fault(&d, "a version that this program does not know");
	out->request = der_octets(&d, SHA256_SIZE, SHA256_SIZE);
	der_open(&d, DER_SEQUENCE);
	certs = d.at;
	(void)der_raw(&d, DER_SEQUENCE);
	if (der_more(&d))
		(void)der_raw(&d, DER_SEQUENCE);
	if (d.why == NULL)
		out->certs = bytes_of(certs, (size_t)(d.at - certs));
	der_close(&d);
	out->directory = der_octets(&d, 1, ANSWER_MAX);
	if (d.why == NULL)
		out->signed_part = bytes_of(start, (size_t)(d.at - start));
	out->proof = der_octets(&d, ENROL_KEY, ENROL_KEY);
	der_close(&d);
	rc = der_end(&d, "docs/directory.md 9.4: an answer", e);
	if (rc != RC_OK)
		*out = (struct answer){ 0 };
	return rc;
}

enum rc
answer_verify(
    const struct answer *a, const uint8_t key[static ENROL_KEY], struct err *e)
{
	if (proof_holds(a->proof, key, FOR_ANSWER, a->signed_part))
		return RC_OK;
	return fail(e, RC_DENIED,
	    "docs/directory.md 9.4: the answer was not made with this "
	    "invitation's code, or was changed");
}
