/* SPDX-License-Identifier: EUPL-1.2 */
/* What the tests of enrolment share: a code, its key, and messages under it. */
#ifndef TESTS_UNIT_ENROLLING_H
#define TESTS_UNIT_ENROLLING_H

#include "crypto/kdf.h"
#include "forge.h"
#include "pki/enrol.h"

static const struct id invited = { "invitation no 1" };
static const struct id elsewhere = { "invitation no 2" };

/* Argon2id takes its time: of one code, and of another. */
static uint8_t key[ENROL_KEY], other_key[ENROL_KEY];

static inline void
codes_make(void)
{
	struct err e;

	if (enrol_key(key, bytes_str("7KQD-22MX-9RTA"), &invited, &e) !=
		RC_OK ||
	    enrol_key(other_key, bytes_str("7KQD-22MX-9RTB"), &invited, &e) !=
		RC_OK)
		bug(e.text);
}

static inline struct invitation
invitation(void)
{
	return (struct invitation){ .id = invited,
		.address = bytes_str("antin://muong-nhe.dien-bien.vn/van-thu"),
		.name = bytes_str("Văn thư Mường Nhé"),
		.rights = { CERT_DESK, LEVEL_TOI_MAT, PRECEDENCE_HOA_TOC, 0 },
		.until = NOW + ENROL_DAYS * TIME_DAY,
		.root = bytes_str("the root's certificate") };
}

/* An answer with these certificates, in hex. */
static inline struct answer
answer(const char *certs)
{
	static uint8_t hash[SHA256_SIZE], der[32];
	const struct bytes in = hexed(certs);

	memcpy(der, in.p, in.len);
	sha256(hash, bytes_str("a request"));
	return (struct answer){ .request = bytes_of(hash, sizeof(hash)),
		.certs = bytes_of(der, in.len),
		.directory = bytes_str("a directory file") };
}

/* A desk's request, with a code or (NULL) for its renewal by itself. */
static inline void
request_make(struct buf *out, enum who w, const uint8_t *with)
{
	struct request r = { .at = NOW };
	struct buf card;

	card_write(&card, &desks[w].card);
	r.card_pem = buf_bytes(&card);
	if (with != NULL)
		r.invitation = invited;
	else
		r.earlier = bytes_of(desks[w].card.sign_cert, SHA256_SIZE);
	request_write(out, &r, with, with == NULL ? &desks[w] : NULL);
	buf_free(&card);
}

/* Put the proof of docs/directory.md 9.2 over all elements before "path". */
static inline void
put_proof(struct buf *message, const char *path, const char *purpose)
{
	const struct bytes all = contents_of(buf_bytes(message));
	const struct bytes proof = at(buf_bytes(message), path);
	uint8_t hash[SHA256_SIZE], made_of[ENROL_KEY];

	sha256(hash, bytes_of(all.p, (size_t)(proof.p - all.p)));
	hkdf_sha256(made_of, sizeof(made_of), bytes_of(hash, sizeof(hash)),
	    bytes_of(key, sizeof(key)), bytes_str(purpose));
	edit(message, path, PUT,
	    made(DER_OCTETS, bytes_of(made_of, sizeof(made_of))));
}

#endif
