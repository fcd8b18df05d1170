/* SPDX-License-Identifier: EUPL-1.2 */
/* Packing, padding, and the type of what a person signed. */
#include <string.h>

#include "../tests/tap.h"
#include "envelope/pack.h"
#include "envelope/signed.h"

#include <zstd.h>

static void
a_size_class_is_near_above_and_its_own(void)
{
	uint64_t n, class, bad = 0, far = 0, classes = 0, last = 0;

	for (n = 1; n < 1 << 20; n++) {
		class = pad_size(n);
		bad += class < n || pad_size(class) != class || class < last;
		far += (class - n) * 100 > n * 12;
		classes += class != last;
		last = class;
	}
	is(bad, 0, "a size class is no smaller than its sizes, and its own");
	is(far, 0, "and at most 12 %% larger");
	ok(classes < 400, "a million sizes have under 400 classes (%d)",
	    (int)classes);
	is(pad_size(0), 0, "nothing is not padded");
}

static void
what_is_packed_unpacks_to_its_size_only(void)
{
	struct bytes text = bytes_str("bí mật, chính xác, kịp thời, "
				      "bí mật, chính xác, kịp thời, "
				      "bí mật, chính xác, kịp thời");
	struct buf packed, out;
	struct err e;

	is(pack(&packed, text), CODING_ZSTD, "what repeats is packed");
	went(unpack(&out, CODING_ZSTD, buf_bytes(&packed), text.len, &e), &e,
	    "it unpacks");
	same(buf_bytes(&out), text, "to what it was");
	buf_free(&out);
	ok(unpack(&out, CODING_ZSTD, buf_bytes(&packed), text.len - 1, &e) ==
		    RC_INVALID &&
		unpack(&out, CODING_ZSTD, buf_bytes(&packed), text.len + 1,
		    &e) == RC_INVALID &&
		out.p == NULL,
	    "and to no other size");
	buf_free(&packed);
	is(pack(&packed, bytes_str("q7")), CODING_PLAIN,
	    "what does not shrink is left as it is");
	buf_free(&packed);
}

/* What a reader must not pass over: frames before or behind, of either kind. */
static void
packed_content_is_one_frame(void)
{
	static const uint8_t skip[] = { 0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 'h',
		'i', 'd', 'e' };
	uint8_t frame[64];
	size_t n = ZSTD_compress(frame, sizeof(frame), "abc", 3, 3);
	struct bytes one = bytes_of(frame, n), hidden = bytes_of(skip, 12);
	const struct {
		struct bytes a, b;
		size_t size;
		enum rc rc;
	} cases[] = {
		{ one, { 0 }, 3, RC_OK },
		{ one, one, 6, RC_INVALID },
		{ hidden, one, 3, RC_INVALID },
		{ one, hidden, 3, RC_INVALID },
		{ hidden, { 0 }, 0, RC_INVALID },
		{ { 0 }, { 0 }, 0, RC_INVALID },
	};
	struct buf in = { 0 }, out;
	size_t i, bad = 0;
	struct err e;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_add(&in, cases[i].a);
		buf_add(&in, cases[i].b);
		bad += unpack(&out, CODING_ZSTD, buf_bytes(&in), cases[i].size,
			   &e) != cases[i].rc;
		buf_free(&in);
		buf_free(&out);
	}
	is(bad, 0, "packed content is one frame and nothing else (%zu cases)",
	    i);
}

/* A document's signature with another eContentType than its attribute says:
 * everything of "in" but the type. */
static void
retyped(struct der_wr *w, struct bytes in, enum oid type)
{
	struct der d = der_init(in);

	der_open(&d, DER_SEQUENCE);
	(void)der_oid(&d);
	der_open(&d, DER_CTXC(0));
	der_open(&d, DER_SEQUENCE);
	der_put_open(w, DER_SEQUENCE);
	der_put_oid(w, oid(OID_SIGNED_DATA));
	der_put_open(w, DER_CTXC(0));
	der_put_open(w, DER_SEQUENCE);
	der_put_raw(w, der_raw(&d, DER_INTEGER));
	der_put_raw(w, der_raw(&d, DER_SET));
	(void)der_raw(&d, DER_SEQUENCE);
	der_put_open(w, DER_SEQUENCE);
	der_put_oid(w, oid(type));
	der_put_close(w);
	der_put_raw(w, der_raw(&d, DER_SET));
	der_put_close(w);
	der_put_close(w);
	der_put_close(w);
}

static void
a_signature_says_one_type_of_content(void)
{
	struct sig_key *k = sig_generate(sig_by_name("MLDSA65-Ed25519"));
	struct signer signer = { .key = k };
	uint8_t digest[SHA512_SIZE];
	struct der_wr same_type = { 0 }, other = { 0 };
	struct signed_data s;
	struct buf sig;
	struct err e;

	sha512(digest, bytes_str("a document"));
	signed_document(&sig, digest, &signer, 1800000000);
	retyped(&same_type, buf_bytes(&sig), OID_ANTIN_DOCUMENT);
	same(buf_bytes(&same_type.out), buf_bytes(&sig),
	    "put together again it is the same");
	retyped(&other, buf_bytes(&sig), OID_CONTENT_DATA);
	ok(signed_read(&s, SIGNED_DOCUMENT, buf_bytes(&other.out), &e) ==
		RC_INVALID,
	    "a type that is not the signed one is refused (RFC 5652 11.1)");
	der_wr_free(&same_type);
	der_wr_free(&other);
	buf_free(&sig);
	sig_key_free(k);
}

int
main(void)
{
	a_size_class_is_near_above_and_its_own();
	what_is_packed_unpacks_to_its_size_only();
	packed_content_is_one_frame();
	a_signature_says_one_type_of_content();
	return done();
}
