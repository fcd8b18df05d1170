/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * SignedData (RFC 5652 5), one signer: around a dispatch's content, or
 * detached from a document that a person signs.  docs/envelope.md 8 and 9.
 */
#ifndef ENVELOPE_SIGNED_H
#define ENVELOPE_SIGNED_H

#include "crypto/hash.h"
#include "crypto/sig.h"
#include "envelope/dispatch.h"
#include "envelope/slip.h"

/* Who signs. */
struct signer {
	const struct sig_key *key; /* borrowed */
	struct tag tag;		   /* of its public key */
	uint8_t cert[SHA256_SIZE]; /* SHA-256 of its certificate */
};

enum signed_kind {
	SIGNED_DISPATCH, /* content inside; our attributes, all of them */
	SIGNED_DOCUMENT, /* detached; foreign tools' are read too */
};

/* One that was read; borrows from what it was read from. */
struct signed_data {
	enum signed_kind kind;
	struct bytes content_type;
	struct bytes content; /* SIGNED_DISPATCH: the octets that are hashed */
	struct bytes signer;  /* the signer's key tag (its subjectKeyId) */
	const struct sig_alg *alg;
	struct bytes attributes; /* the whole [0] element */
	struct bytes signature;
	/* attributes; empty or TIME_NEVER where a foreign tool left one out */
	struct bytes digest;
	/* SHA-256 of the signer's certificate; in a foreign tool's signature
	 * of a document also SHA-512, or nothing */
	struct bytes cert;
	int64_t signed_at;
	enum level level;
	struct bytes statement;	 /* DER, for dispatch_read() */
	struct bytes receipt_id; /* what receipts will name */
	struct bytes receipts_to;
};

/* A dispatch's data and padding within its content octets. */
enum rc content_read(struct bytes *data, struct bytes content, struct err *e);

/*
 * Sign a dispatch over "data" (its parts, packed).  The padding is made to the
 * size class of docs/envelope.md 7.3.  *out is a bare SignedData, which the
 * caller frees.
 */
void signed_dispatch(struct buf *out, const struct dispatch *d,
    struct bytes data, const struct signer *signer, int64_t now);
/* The size signed_dispatch() will not exceed for this much data: a class. */
size_t signed_dispatch_size(
    const struct dispatch *d, size_t data, const struct sig_alg *alg);

/*
 * The three steps of signed_dispatch(), for two processes: who has the content
 * has not the key.  The caller frees each *out.
 *
 * 1. The content octets, which are hashed: "data" and as much padding as makes
 * a SignedData of "size" bytes where the signature has its longest form.  It
 * has fewer where DER's lengths pass over that size (at most 8), and more where
 * it is over it without padding.
 */
void signed_content(struct buf *out, const struct dispatch *d,
    struct bytes data, const struct sig_alg *alg, int64_t now, size_t size);
/*
 * 2. The SignerInfo.  The attributes that are signed are built here from the
 * dispatch itself; of the content alone its digest is taken on trust.
 */
void signed_signer(struct buf *out, const struct dispatch *d,
    const uint8_t digest[static SHA512_SIZE], const struct signer *signer,
    int64_t now);
/* 3. The bare SignedData of both. */
void signed_join(
    struct buf *out, struct bytes content, struct bytes signer_info);

/* Sign a document by its SHA-512, detached.  *out is a ContentInfo. */
void signed_document(struct buf *out, const uint8_t digest[static SHA512_SIZE],
    const struct signer *signer, int64_t now);

/* Read one of either kind.  Nothing is verified yet. */
enum rc signed_read(struct signed_data *out, enum signed_kind kind,
    struct bytes in, struct err *e);

/*
 * The signature holds under "pub", whose certificate hashes to "cert", over
 * content of this SHA-512.
 */
bool signed_verify(const struct signed_data *s, const struct sig_pub *pub,
    const uint8_t cert[static SHA256_SIZE],
    const uint8_t digest[static SHA512_SIZE]);
/* The same for a document's, whichever hash it names the certificate by;
 * "cert" is the certificate itself. */
bool signed_document_verify(const struct signed_data *s,
    const struct sig_pub *pub, struct bytes cert,
    const uint8_t digest[static SHA512_SIZE]);
/* It names this certificate, or none at all. */
bool signed_names(const struct signed_data *s, struct bytes cert);

#endif
