/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `control`, `seal`, `store` and `keys`: a dispatch is sealed, and one that
 * came is opened (docs/envelope.md). What is true of all messages is said in
 * daemon/msg.h.
 */
#ifndef DAEMON_MSG_SEAL_H
#define DAEMON_MSG_SEAL_H

#include "core/bytes.h"
#include "core/id.h"
#include "crypto/aead.h"
#include "crypto/hash.h"
#include "envelope/slip.h"

#define MSG_FDS 64u /* descriptors of one job */

struct msg_numbered {
	uint64_t rc;
	struct bytes why;
	struct bytes origin, name; /* station's address; the file's name */
	uint64_t incarnation, serial;
	int64_t now;
};
struct msg_resolve {
	struct bytes address;
	uint64_t level;
	int64_t at;
};
struct msg_resolved {
	uint64_t rc;
	struct bytes why;
	struct bytes address;  /* as it is written now */
	struct bytes alg, pub; /* the KEM key: OID's contents, and the key */
};
struct msg_expand {
	struct bytes list; /* id or name */
	uint64_t level;
	int64_t at;
};
struct msg_expanded {
	uint64_t rc;
	struct bytes why;
	struct id id;
	uint64_t version;
	uint8_t hash[SHA256_SIZE];
	struct bytes rows; /* of struct msg_resolved */
};
struct msg_signer {
	struct bytes tag, cert;
};
struct msg_signer_is {
	uint64_t known;
	struct bytes cert_der; /* of its signature key */
	uint8_t cert[SHA256_SIZE];
	struct bytes address;
	int64_t from, until;
	uint64_t limited, level, precedence;
};
struct msg_listed {
	struct id id;
	uint64_t version;
	uint8_t hash[SHA256_SIZE];
	struct bytes address;
	int64_t at;
};
struct msg_answers {
	struct bytes address, other;
	int64_t at;
};
struct msg_yes {
	uint64_t yes;
};
struct msg_submit {
	struct bytes desk;
	uint64_t envelope, total;
	struct bytes package; /* a small one; else in the numbered file */
	struct bytes name;    /* that file's */
	struct bytes dests;   /* rows of struct msg_dest */
	uint64_t rank;
	int64_t due;
	struct bytes supersedes; /* an id, or empty */
};
struct msg_of {
	uint64_t uid;
	struct bytes desk;
	struct id id;
	uint64_t part; /* MSG_SAVE */
};
struct msg_package {
	uint64_t rc;
	struct bytes why;
	uint64_t envelope, total;
	struct bytes package; /* a small one; else in the file */
	int64_t now;
	/* rows of struct msg_recaller, the first that said so first.  unopened:
	 * where one of them may, it is not to be shown */
	struct bytes recallers;
	uint64_t unopened;
};
struct msg_recaller {
	struct bytes by;
	int64_t at;
	struct bytes instead; /* the id of what supersedes it, or empty */
};
#define MSG_RECALLERS 64u /* of one package */
/* A dispatch to be signed: keys makes the statement of it. */
struct msg_sign {
	uint64_t uid;
	struct bytes desk;
	struct bytes statement; /* DER of docs/envelope.md 8.2, read again */
	uint64_t level;
	uint8_t digest[SHA512_SIZE]; /* of the content */
	int64_t at;
};
struct msg_signature {
	uint64_t rc;
	struct bytes why;
	struct bytes signer; /* the SignerInfo */
};
struct msg_unlock {
	uint64_t uid;
	struct bytes desk;
	struct bytes slips;		 /* those of the envelope */
	struct bytes cipher, attributes; /* elements of the envelope */
};
struct msg_cek {
	uint64_t rc;
	struct bytes why;
	uint8_t cek[AEAD_KEY];
};
struct msg_addressee { /* a row */
	struct bytes address;
	uint64_t purpose;
};
struct msg_part { /* a row */
	uint64_t kind;
	struct bytes name, type;
	uint64_t of;
};
struct msg_seal {
	uint64_t uid;
	struct bytes desk;
	uint64_t level, precedence, info;
	int64_t due, expires;
	struct bytes subject;
	struct bytes to;    /* rows of struct msg_addressee */
	struct bytes list;  /* or an addressee list: id or name */
	struct bytes parts; /* rows of struct msg_part, a descriptor each */
	struct bytes references; /* ids, one after another */
	struct bytes supersedes; /* an id, or empty */
	struct bytes id;	 /* the same: that it is to have */
};
struct msg_letter {
	uint64_t rc;
	struct bytes why;
	struct bytes statement; /* DER, docs/envelope.md 8.2 */
	uint64_t level;
	int64_t signed_at;
	struct bytes signer; /* name in its certificate */
	/* who has recalled it, held to the content, and when; empty: nobody */
	struct bytes recalled;
	int64_t recalled_at;
	struct bytes instead;
};
struct msg_progress {
	uint64_t done, total;
};
struct msg_done {
	uint64_t rc;
	struct bytes why;
	struct id id;	/* of the dispatch */
	uint64_t count; /* MSG_OPERATE: legs; files of a copy */
};

#endif
