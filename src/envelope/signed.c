/* SPDX-License-Identifier: EUPL-1.2 */
#include "envelope/signed.h"

#include <string.h>

#include "core/time.h"

/* What the attributes of a signature being made are made from. */
struct making {
	enum signed_kind kind;
	const struct dispatch *d; /* SIGNED_DISPATCH */
	struct bytes digest;
	const struct sig_alg *alg;
	struct bytes cert;
	int64_t now;
};

/* ---- algorithm identifiers ---------------------------------------------- */

/* SHA-512; foreign tools may add a NULL (RFC 5754 2). */
static void
read_sha512(struct der *d, enum signed_kind kind)
{
	der_open(d, DER_SEQUENCE);
	der_oid_is(d, oid(OID_SHA512));
	if (kind == SIGNED_DOCUMENT && der_more(d))
		der_null(d);
	der_close(d);
}

static const struct sig_alg *
read_signature_alg(struct der *d, uint8_t tag)
{
	const struct sig_alg *alg = sig_by_oid(der_algorithm(d, tag));

	if (alg == NULL)
		der_fault(d, "a signature algorithm that is of no suite");
	return alg;
}

/* ---- attributes: each one's reader beside its writer -------------------- */

static enum oid
content_type(enum signed_kind kind)
{
	return kind == SIGNED_DISPATCH ? OID_ANTIN_DISPATCH
				       : OID_ANTIN_DOCUMENT;
}

static void
put_content_type(struct der_wr *w, const struct making *m)
{
	der_put_oid(w, oid(content_type(m->kind)));
}

static void
read_content_type(struct der *d, struct signed_data *s)
{
	struct bytes type = der_oid(d);
	bool foreign =
	    s->kind == SIGNED_DOCUMENT && bytes_eq(type, oid(OID_CONTENT_DATA));

	if (!foreign && !bytes_eq(type, oid(content_type(s->kind))))
		der_fault(d, "a signature over another type of content");
	/* RFC 5652 11.1: the attribute says what the content is */
	if (s->content_type.len > 0 && !bytes_eq(s->content_type, type))
		der_fault(d, "a signature over another type of content");
	s->content_type = type;
}

static void
put_digest(struct der_wr *w, const struct making *m)
{
	der_put_octets(w, m->digest);
}

static void
read_digest(struct der *d, struct signed_data *s)
{
	s->digest = der_octets(d, SHA512_SIZE, SHA512_SIZE);
}

static void
put_signing_time(struct der_wr *w, const struct making *m)
{
	der_put_when(w, m->now);
}

static void
read_signing_time(struct der *d, struct signed_data *s)
{
	s->signed_at = der_when(d);
}

/* RFC 5035 3: one ESSCertIDv2 with the default hash, SHA-256. */
static void
put_signing_cert(struct der_wr *w, const struct making *m)
{
	der_put_open(w, DER_SEQUENCE);
	der_put_open(w, DER_SEQUENCE);
	der_put_open(w, DER_SEQUENCE);
	der_put_octets(w, m->cert);
	der_put_close(w);
	der_put_close(w);
	der_put_close(w);
}

static void
read_signing_cert(struct der *d, struct signed_data *s)
{
	der_open(d, DER_SEQUENCE);
	der_open(d, DER_SEQUENCE);
	der_open(d, DER_SEQUENCE);
	/* foreign tools hash with what they sign with: SHA-512 */
	if (s->kind == SIGNED_DOCUMENT && der_next_is(d, DER_SEQUENCE)) {
		read_sha512(d, s->kind);
		s->cert = der_octets(d, SHA512_SIZE, SHA512_SIZE);
	} else {
		s->cert = der_octets(d, SHA256_SIZE, SHA256_SIZE);
	}
	if (s->kind == SIGNED_DOCUMENT && der_more(d))
		(void)der_take(d, DER_SEQUENCE); /* issuerSerial */
	der_close(d);
	der_close(d);
	der_close(d);
}

/* RFC 6211: the algorithms, under the signature. */
static void
put_alg_protection(struct der_wr *w, const struct making *m)
{
	der_put_open(w, DER_SEQUENCE);
	der_put_algorithm(w, DER_SEQUENCE, oid(OID_SHA512));
	der_put_algorithm(w, DER_CTXC(1), oid(m->alg->oid));
	der_put_close(w);
}

static void
read_alg_protection(struct der *d, struct signed_data *s)
{
	der_open(d, DER_SEQUENCE);
	read_sha512(d, s->kind);
	if (read_signature_alg(d, DER_CTXC(1)) != s->alg)
		der_fault(d, "RFC 6211: another algorithm than was signed");
	der_close(d);
}

/* RFC 2634 3.2, a SET: the INTEGER's tag sorts before the OID's. */
static void
put_label(struct der_wr *w, const struct making *m)
{
	der_put_open(w, DER_SET);
	der_put_uint(w, level_classification(m->d->level));
	der_put_oid(w, oid(OID_ANTIN_LABEL_POLICY));
	der_put_close(w);
}

static void
read_label(struct der *d, struct signed_data *s)
{
	der_open(d, DER_SET);
	if (!level_of_classification(&s->level, der_uint(d, 256)))
		der_fault(d, "a level that is none of the policy's");
	der_oid_is(d, oid(OID_ANTIN_LABEL_POLICY));
	der_close(d);
}

/* RFC 2634 2.7: all receipts, to the originator. */
static void
put_receipt_request(struct der_wr *w, const struct making *m)
{
	der_put_open(w, DER_SEQUENCE);
	der_put_octets(w, id_bytes(&m->d->header.id));
	der_put(w, DER_CTX(0), bytes_of("\0", 1));
	der_put_open(w, DER_SEQUENCE);
	der_put_open(w, DER_SEQUENCE);
	der_put(w, DER_CTX(6), m->d->originator);
	der_put_close(w);
	der_put_close(w);
	der_put_close(w);
}

static void
read_receipt_request(struct der *d, struct signed_data *s)
{
	der_open(d, DER_SEQUENCE);
	s->receipt_id = der_octets(d, ID_SIZE, ID_SIZE);
	if (!bytes_eq(der_tagged(d, DER_CTX(0), 1, 1), bytes_of("\0", 1)))
		der_fault(d, "receipts of another kind than all");
	der_open(d, DER_SEQUENCE);
	der_open(d, DER_SEQUENCE);
	s->receipts_to = der_tagged(d, DER_CTX(6), 1, LIMIT_ADDRESS);
	der_close(d);
	der_close(d);
	der_close(d);
}

static void
put_statement(struct der_wr *w, const struct making *m)
{
	dispatch_write(w, m->d);
}

static void
read_statement(struct der *d, struct signed_data *s)
{
	s->statement = der_raw(d, DER_SEQUENCE);
}

/* Said by foreign tools, and of no meaning here. */
static void
read_past(struct der *d, struct signed_data *s)
{
	(void)s;
	while (der_more(d))
		(void)der_raw(d, d->at[0]);
}

#define IN(kind) (1u << (kind))
#define BOTH (IN(SIGNED_DISPATCH) | IN(SIGNED_DOCUMENT))

static const struct attribute {
	enum oid oid;
	unsigned must, may; /* in which kinds */
	void (*put)(struct der_wr *w, const struct making *m);
	void (*read)(struct der *d, struct signed_data *s);
} attributes[] = {
	{ OID_AT_CONTENT_TYPE, BOTH, BOTH, put_content_type,
	    read_content_type },
	{ OID_AT_DIGEST, BOTH, BOTH, put_digest, read_digest },
	{ OID_AT_SIGNING_TIME, IN(SIGNED_DISPATCH), BOTH, put_signing_time,
	    read_signing_time },
	{ OID_AT_SIGNING_CERT, IN(SIGNED_DISPATCH), BOTH, put_signing_cert,
	    read_signing_cert },
	{ OID_AT_ALG_PROTECTION, IN(SIGNED_DISPATCH), BOTH, put_alg_protection,
	    read_alg_protection },
	{ OID_AT_LABEL, IN(SIGNED_DISPATCH), IN(SIGNED_DISPATCH), put_label,
	    read_label },
	{ OID_AT_RECEIPT_REQUEST, IN(SIGNED_DISPATCH), IN(SIGNED_DISPATCH),
	    put_receipt_request, read_receipt_request },
	{ OID_ANTIN_AT_DISPATCH, IN(SIGNED_DISPATCH), IN(SIGNED_DISPATCH),
	    put_statement, read_statement },
	{ OID_AT_SMIME_CAPABILITIES, 0, IN(SIGNED_DOCUMENT), NULL, read_past },
};
#define ATTRIBUTES (sizeof(attributes) / sizeof(attributes[0]))

/* The signed attributes as the SET OF that is signed (RFC 5652 5.4). */
static void
put_attributes(struct der_wr *w, const struct making *m)
{
	size_t i;

	der_put_open(w, DER_SET);
	for (i = 0; i < ATTRIBUTES; i++) {
		if (attributes[i].put == NULL ||
		    !(attributes[i].may & IN(m->kind)))
			continue;
		der_put_open(w, DER_SEQUENCE);
		der_put_oid(w, oid(attributes[i].oid));
		der_put_open(w, DER_SET);
		attributes[i].put(w, m);
		der_put_close(w);
		der_put_close(w);
	}
	der_put_close_set(w);
}

/* One attribute, one value; returns which row it is. */
static size_t
read_attribute(struct der *d, struct signed_data *s)
{
	struct bytes type;
	size_t i;

	der_open(d, DER_SEQUENCE);
	type = der_oid(d);
	for (i = 0; i < ATTRIBUTES; i++)
		if (bytes_eq(oid(attributes[i].oid), type) &&
		    attributes[i].may & IN(s->kind))
			break;
	if (i == ATTRIBUTES) {
		der_fault(d, "a signed attribute that does not belong here");
		return i;
	}
	der_open(d, DER_SET);
	attributes[i].read(d, s);
	der_close(d);
	der_close(d);
	return i;
}

static void
read_attributes(struct der *d, struct signed_data *s)
{
	unsigned seen = 0;
	size_t i;

	s->attributes = der_raw(d, DER_CTXC(0));
	if (d->why != NULL)
		return;
	d->at = s->attributes.p; /* once more, now into it */
	der_open_set(d, DER_CTXC(0));
	while (der_more(d)) {
		i = read_attribute(d, s);
		if (i < ATTRIBUTES && seen & 1u << i)
			der_fault(d, "a signed attribute that stands twice");
		seen |= 1u << i;
	}
	for (i = 0; i < ATTRIBUTES; i++)
		if (attributes[i].must & IN(s->kind) && !(seen & 1u << i))
			der_fault(d, "a signed attribute is missing");
	der_close(d);
}

/* ---- writing
 * -------------------------------------------------------------------- */

/* docs/envelope.md 8.1: the octets that are hashed. */
static void
content_write(struct der_wr *w, struct bytes data, size_t padding)
{
	der_put_open(w, DER_SEQUENCE);
	der_put_octets(w, data);
	der_put_header(&w->out, DER_OCTETS, padding);
	(void)buf_grow(&w->out, padding);
	der_put_close(w);
}

/* Who signed what: the set of attributes under its other tag. */
static void
info_write(struct der_wr *w, const struct making *m, struct bytes set,
    const struct tag *tag, struct bytes signature)
{
	der_put_open(w, DER_SEQUENCE);
	der_put_uint(w, 3);
	der_put(w, DER_CTX(0), tag_bytes(tag));
	der_put_algorithm(w, DER_SEQUENCE, oid(OID_SHA512));
	buf_u8(&w->out, DER_CTXC(0));
	buf_add(&w->out, bytes_of(set.p + 1, set.len - 1));
	der_put_algorithm(w, DER_SEQUENCE, oid(m->alg->oid));
	der_put_octets(w, signature);
	der_put_close(w);
}

static void
signed_write(struct der_wr *w, enum signed_kind kind, struct bytes content,
    struct bytes info)
{
	der_put_open(w, DER_SEQUENCE);
	der_put_uint(w, 3);
	der_put_open(w, DER_SET);
	der_put_algorithm(w, DER_SEQUENCE, oid(OID_SHA512));
	der_put_close(w);
	der_put_open(w, DER_SEQUENCE); /* encapContentInfo */
	der_put_oid(w, oid(content_type(kind)));
	if (kind == SIGNED_DISPATCH) {
		der_put_open(w, DER_CTXC(0));
		der_put_octets(w, content);
		der_put_close(w);
	}
	der_put_close(w);
	der_put_open(w, DER_SET); /* signerInfos */
	der_put_raw(w, info);
	der_put_close(w);
	der_put_close(w);
}

/* Make the attributes and sign them. */
static void
sign(struct der_wr *w, struct making *m, const struct signer *signer)
{
	uint8_t signature[SIG_MAX];
	struct der_wr set = { 0 };
	size_t len;

	m->alg = sig_key_alg(signer->key);
	m->cert = bytes_of(signer->cert, SHA256_SIZE);
	put_attributes(&set, m);
	len = sig_sign(
	    signer->key, (struct bytes){ 0 }, buf_bytes(&set.out), signature);
	info_write(
	    w, m, buf_bytes(&set.out), &signer->tag, bytes_of(signature, len));
	der_wr_free(&set);
}

/* Bytes of a bare SignedData of a dispatch with so much data and padding, and
 * the longest signature. */
static size_t
dispatch_size(const struct dispatch *d, const struct sig_alg *alg, int64_t now,
    size_t data, size_t padding)
{
	static const uint8_t zero[SIG_MAX];
	struct making m = { SIGNED_DISPATCH, d, bytes_of(zero, SHA512_SIZE),
		alg, bytes_of(zero, SHA256_SIZE), now };
	const struct tag tag = { 0 };
	struct der_wr w = { 0 }, set = { 0 }, one = { 0 };
	size_t content, octets, info, rest;

	/* written once without content; the content's headers are reckoned */
	put_attributes(&set, &m);
	info_write(
	    &one, &m, buf_bytes(&set.out), &tag, bytes_of(zero, alg->max));
	signed_write(&w, m.kind, (struct bytes){ 0 }, buf_bytes(&one.out));
	rest = w.out.len - der_header_size(w.out.len - 4);
	der_wr_free(&w);
	der_wr_free(&one);
	der_wr_free(&set);

	content =
	    der_header_size(data) + data + der_header_size(padding) + padding;
	content += der_header_size(content);
	octets = content + der_header_size(content);
	octets += der_header_size(octets);
	info = 2 + oid(OID_ANTIN_DISPATCH).len + octets;
	/* the empty OCTET STRING took 2 bytes in [0] with 2, in 2 of header */
	rest += info - (2 + oid(OID_ANTIN_DISPATCH).len + 4) +
		der_header_size(info) - 2;
	return rest + der_header_size(rest);
}

/* The class itself: what is reckoned with larger numbers than the true ones is
 * then never less than what comes of them. */
size_t
signed_dispatch_size(
    const struct dispatch *d, size_t data, const struct sig_alg *alg)
{
	return pad_size(dispatch_size(d, alg, TIME_MAX, data, 0));
}

void
signed_content(struct buf *out, const struct dispatch *d, struct bytes data,
    const struct sig_alg *alg, int64_t now, size_t size)
{
	size_t bare = dispatch_size(d, alg, now, data.len, 0);
	size_t padding = size > bare ? size - bare : 0;
	struct der_wr w = { 0 };

	while (
	    padding > 0 && dispatch_size(d, alg, now, data.len, padding) > size)
		padding--;
	content_write(&w, data, padding);
	*out = w.out;
}

void
signed_signer(struct buf *out, const struct dispatch *d,
    const uint8_t digest[static SHA512_SIZE], const struct signer *signer,
    int64_t now)
{
	struct making m = { .kind = SIGNED_DISPATCH,
		.d = d,
		.digest = bytes_of(digest, SHA512_SIZE),
		.now = now };
	struct der_wr w = { 0 };

	sign(&w, &m, signer);
	*out = w.out;
}

void
signed_join(struct buf *out, struct bytes content, struct bytes signer_info)
{
	struct der_wr w = { 0 };

	signed_write(&w, SIGNED_DISPATCH, content, signer_info);
	*out = w.out;
}

void
signed_dispatch(struct buf *out, const struct dispatch *d, struct bytes data,
    const struct signer *signer, int64_t now)
{
	const struct sig_alg *alg = sig_key_alg(signer->key);
	uint8_t digest[SHA512_SIZE];
	struct buf content, info;

	signed_content(&content, d, data, alg, now,
	    signed_dispatch_size(d, data.len, alg));
	sha512(digest, buf_bytes(&content));
	signed_signer(&info, d, digest, signer, now);
	signed_join(out, buf_bytes(&content), buf_bytes(&info));
	buf_free(&content);
	buf_free(&info);
}

void
signed_document(struct buf *out, const uint8_t digest[static SHA512_SIZE],
    const struct signer *signer, int64_t now)
{
	struct making m = { .kind = SIGNED_DOCUMENT,
		.digest = bytes_of(digest, SHA512_SIZE),
		.now = now };
	struct der_wr w = { 0 }, info = { 0 };

	sign(&info, &m, signer);
	der_put_open(&w, DER_SEQUENCE);
	der_put_oid(&w, oid(OID_SIGNED_DATA));
	der_put_open(&w, DER_CTXC(0));
	signed_write(&w, m.kind, (struct bytes){ 0 }, buf_bytes(&info.out));
	der_put_close(&w);
	der_put_close(&w);
	der_wr_free(&info);
	*out = w.out;
}

/* ---- reading
 * -------------------------------------------------------------------- */

enum rc
content_read(struct bytes *data, struct bytes content, struct err *e)
{
	struct der d = der_init(content);
	struct bytes padding;
	size_t i;

	der_open(&d, DER_SEQUENCE);
	*data = der_octets(&d, 0, LIMIT_CONTENT);
	padding = der_octets(&d, 0, LIMIT_CONTENT);
	for (i = 0; i < padding.len; i++)
		if (padding.p[i] != 0)
			der_fault(&d, "padding that is not zero");
	der_close(&d);
	return der_end(&d, "docs/envelope.md 8.1: a dispatch's content", e);
}

static void
read_encapsulated(struct der *d, struct signed_data *s)
{
	der_open(d, DER_SEQUENCE);
	read_content_type(d, s);
	if (s->kind == SIGNED_DISPATCH) {
		der_open(d, DER_CTXC(0));
		s->content = der_octets(d, 0, 2 * LIMIT_CONTENT);
		der_close(d);
	}
	der_close(d);
	/* certificates of a foreign tool: ours come from the directory */
	if (s->kind == SIGNED_DOCUMENT && der_next_is(d, DER_CTXC(0)))
		(void)der_take(d, DER_CTXC(0));
}

/* The algorithm stands behind the attributes that must agree with it. */
static const struct sig_alg *
peek_algorithm(const struct der *d)
{
	struct der copy = *d;

	(void)der_take(&copy, DER_CTXC(0));
	return read_signature_alg(&copy, DER_SEQUENCE);
}

static void
read_signer(struct der *d, struct signed_data *s)
{
	der_open(d, DER_SEQUENCE);
	if (der_uint(d, 3) != 3)
		der_fault(d, "a signer that is not named by its key");
	s->signer = der_tagged(d, DER_CTX(0), 1, 64);
	read_sha512(d, s->kind);
	s->alg = peek_algorithm(d);
	read_attributes(d, s);
	if (read_signature_alg(d, DER_SEQUENCE) != s->alg)
		der_fault(d, "a signature algorithm that is of no suite");
	s->signature = der_octets(d, 1, SIG_MAX);
	der_close(d);
}

enum rc
signed_read(struct signed_data *out, enum signed_kind kind, struct bytes in,
    struct err *e)
{
	struct der d = der_init(in);

	*out = (struct signed_data){ .kind = kind, .signed_at = TIME_NEVER };
	if (kind == SIGNED_DOCUMENT) {
		der_open(&d, DER_SEQUENCE);
		der_oid_is(&d, oid(OID_SIGNED_DATA));
		der_open(&d, DER_CTXC(0));
	}
	der_open(&d, DER_SEQUENCE);
	if (der_uint(&d, 255) != 3)
		der_fault(&d, "a version that this program does not know");
	der_open_set(&d, DER_SET);
	read_sha512(&d, kind);
	der_close(&d);
	read_encapsulated(&d, out);
	der_open(&d, DER_SET);
	read_signer(&d, out);
	der_close(&d);
	der_close(&d);
	if (kind == SIGNED_DOCUMENT) {
		der_close(&d);
		der_close(&d);
	}
	return der_end(&d,
	    kind == SIGNED_DOCUMENT
		? "docs/envelope.md 9.1: a document's signature"
		: "docs/envelope.md 8: a signed dispatch",
	    e);
}
