/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Strict DER (X.690), reader beside writer.
 *
 * The reader takes one encoding of a value and no other: definite, minimal
 * lengths, minimal integers, tag numbers under 31, bounded depth.  It never
 * allocates and never looks past what it was given.  Its error is sticky:
 * after the first fault everything reads as zero or empty, and der_end()
 * tells.  Values it returns borrow from the input.
 *
 *	struct der d = der_init(in);
 *
 *	der_open(&d, DER_SEQUENCE);
 *	version = der_uint(&d, 255);
 *	name = der_take(&d, DER_UTF8);
 *	der_close(&d);
 *	return der_end(&d, "a thing", e);
 */
#ifndef DER_DER_H
#define DER_DER_H

#include "core/bytes.h"
#include "core/err.h"

#define DER_DEPTH 24 /* elements open at once */

enum {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BITS = 0x03,
	DER_OCTETS = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_UTF8 = 0x0c,
	DER_PRINTABLE = 0x13,
	DER_IA5 = 0x16,
	DER_UTCTIME = 0x17,
	DER_TIME = 0x18, /* GeneralizedTime */
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
};
#define DER_CTX(n) ((uint8_t)(0x80 | (n)))  /* [n] IMPLICIT, primitive */
#define DER_CTXC(n) ((uint8_t)(0xa0 | (n))) /* [n] constructed */

struct der {
	const uint8_t *begin, *at;
	const uint8_t *end[DER_DEPTH + 1]; /* of all, and of each open one */
	unsigned depth;
	const char *why; /* the first fault, or NULL */
	size_t why_at;	 /* and the byte it was found at */
};

struct der der_init(struct bytes in);

/* Enter the next element, which must have this tag; leave it, which must have
 * been read to its end. */
void der_open(struct der *d, uint8_t tag);
void der_close(struct der *d);
/* Enter a SET OF: also holds its elements to DER's order. */
void der_open_set(struct der *d, uint8_t tag);

bool der_more(const struct der *d); /* something is left in this element */
bool der_next_is(const struct der *d, uint8_t tag);

/* The next element's contents, or the whole of it with its header. */
struct bytes der_take(struct der *d, uint8_t tag);
struct bytes der_raw(struct der *d, uint8_t tag);

/* INTEGER from 0 to max, minimal. */
uint64_t der_uint(struct der *d, uint64_t max);
/* INTEGER of any size, not negative, its magnitude without leading zero. */
struct bytes der_big(struct der *d, size_t max);
bool der_bool(struct der *d);
void der_null(struct der *d);
/* OBJECT IDENTIFIER's contents, well-formed. */
struct bytes der_oid(struct der *d);
/* ... which must be this one. */
void der_oid_is(struct der *d, struct bytes oid);
/* An AlgorithmIdentifier without parameters, under SEQUENCE or another tag: its
 * OID. */
struct bytes der_algorithm(struct der *d, uint8_t tag);
/* OCTET STRING of min to max bytes; also under another primitive tag. */
struct bytes der_octets(struct der *d, size_t min, size_t max);
struct bytes der_tagged(struct der *d, uint8_t tag, size_t min, size_t max);
/* BIT STRING of whole bytes. */
struct bytes der_bits(struct der *d);
/* UTF8String, valid, at most max bytes; IA5String of printable ASCII. */
struct bytes der_utf8(struct der *d, size_t max);
struct bytes der_ia5(struct der *d, size_t max);
/* GeneralizedTime "YYYYMMDDHHMMSSZ"; der_when() also UTCTime, and holds to
 * RFC 5280 4.1.2.5: UTCTime through 2049, GeneralizedTime after. */
int64_t der_time(struct der *d);
int64_t der_when(struct der *d);

/* A fault of the caller's finding at this place; ignored after a first one. */
void der_fault(struct der *d, const char *why);
/* All was read and nothing was wrong; else RC_INVALID and what was. */
enum rc der_end(const struct der *d, const char *what, struct err *e);

/* The whole of the element that starts at in.p, header included; empty when
 * it is no whole element. */
struct bytes der_element(struct bytes in);
/* An OID's contents are well-formed. */
bool der_oid_ok(struct bytes oid);
#define DER_OID_TEXT 128
/* Dotted form; "?" when it does not fit or is malformed. */
void der_oid_text(char out[static DER_OID_TEXT], struct bytes oid);

/* ---- writing ------------------------------------------------------------ */

/* Owns its bytes: der_wr_free(), or take w->out and leave it. */
struct der_wr {
	struct buf out;
	size_t start[DER_DEPTH]; /* of each open element's contents */
	unsigned depth;
};

void der_put_open(struct der_wr *w, uint8_t tag);
void der_put_close(struct der_wr *w);
/* Close a SET OF: sorts its elements. */
void der_put_close_set(struct der_wr *w);
void der_put(struct der_wr *w, uint8_t tag, struct bytes contents);
void der_put_raw(struct der_wr *w, struct bytes element);
void der_put_uint(struct der_wr *w, uint64_t v);
void der_put_big(struct der_wr *w, struct bytes magnitude);
void der_put_bool(struct der_wr *w, bool v);
void der_put_null(struct der_wr *w);
void der_put_oid(struct der_wr *w, struct bytes oid);
void der_put_algorithm(struct der_wr *w, uint8_t tag, struct bytes oid);
void der_put_octets(struct der_wr *w, struct bytes v);
void der_put_bits(struct der_wr *w, struct bytes v);
void der_put_time(struct der_wr *w, int64_t t);
void der_put_when(struct der_wr *w, int64_t t);
void der_wr_free(struct der_wr *w);

/* Bytes of a header with this many contents bytes. */
size_t der_header_size(size_t contents);
/* The header alone: for an element whose contents are written elsewhere. */
void der_put_header(struct buf *out, uint8_t tag, size_t contents);

#endif
