/* SPDX-License-Identifier: EUPL-1.2 */
/* The fields of what msg_seal.h has, in their order, and their bounds. */
#include "daemon/msg_seal.h"

#include "core/limits.h"
#include "crypto/kem.h"
#include "crypto/keyfile.h"
#include "daemon/msg_fields.h"
#include "envelope/envelope.h"
#include "pki/cert.h"

const struct field fields_addressee[] = { ADDRESS(msg_addressee, address),
	U64(msg_addressee, purpose, 0, PURPOSES - 1), END };

const struct field fields_part[] = { U64(msg_part, kind, 0, PART_KINDS - 1),
	BYTES(msg_part, name, 0, LIMIT_NAME),
	BYTES(msg_part, type, 0, DISPATCH_TYPE),
	U64(msg_part, of, 0, DISPATCH_PARTS), END };

const struct field fields_resolved[] = { RC(msg_resolved, rc),
	WHY(msg_resolved, why), ADDRESS(msg_resolved, address),
	BYTES(msg_resolved, alg, 0, 64),
	BYTES(msg_resolved, pub, 0, KEM_PUB_MAX), END };

const struct field fields_recaller[] = { ADDRESS(msg_recaller, by),
	TIME(msg_recaller, at), IDS(msg_recaller, instead, ID_SIZE), END };

const struct field fields_numbered[] = { RC(msg_numbered, rc),
	WHY(msg_numbered, why), ADDRESS(msg_numbered, origin),
	BYTES(msg_numbered, name, 0, 128), ANY(msg_numbered, incarnation),
	ANY(msg_numbered, serial), TIME(msg_numbered, now), END };

const struct field fields_resolve[] = { ADDRESS(msg_resolve, address),
	LEVEL(msg_resolve, level), TIME(msg_resolve, at), END };

const struct field fields_expand[] = { BYTES(msg_expand, list, 0, LIMIT_NAME),
	LEVEL(msg_expand, level), TIME(msg_expand, at), END };

const struct field fields_expanded[] = { RC(msg_expanded, rc),
	WHY(msg_expanded, why), FIXED(msg_expanded, id),
	ANY(msg_expanded, version), FIXED(msg_expanded, hash),
	LIST(msg_expanded, rows, LIST_RESOLVED, LIMIT_SLIPS), END };

const struct field fields_signer[] = { BYTES(msg_signer, tag, 0, 64),
	BYTES(msg_signer, cert, 0, CERT_MAX), END };

const struct field fields_signer_is[] = { FLAG(msg_signer_is, known),
	BYTES(msg_signer_is, cert_der, 0, CERT_MAX), FIXED(msg_signer_is, cert),
	ADDRESS(msg_signer_is, address), TIME(msg_signer_is, from),
	TIME(msg_signer_is, until), FLAG(msg_signer_is, limited),
	LEVEL(msg_signer_is, level), PRECEDENCE(msg_signer_is, precedence),
	END };

const struct field fields_listed[] = { FIXED(msg_listed, id),
	ANY(msg_listed, version), FIXED(msg_listed, hash),
	ADDRESS(msg_listed, address), TIME(msg_listed, at), END };

const struct field fields_answers[] = { ADDRESS(msg_answers, address),
	ADDRESS(msg_answers, other), TIME(msg_answers, at), END };

const struct field fields_yes[] = { FLAG(msg_yes, yes), END };

const struct field fields_submit[] = { ADDRESS(msg_submit, desk),
	ANY(msg_submit, envelope), ANY(msg_submit, total),
	BYTES(msg_submit, package, 0, MSG_INLINE),
	BYTES(msg_submit, name, 0, 128), DESTS(msg_submit, dests),
	U64(msg_submit, rank, 0, PRECEDENCES), TIME(msg_submit, due),
	IDS(msg_submit, supersedes, ID_SIZE), END };

const struct field fields_of[] = { ANY(msg_of, uid), ADDRESS(msg_of, desk),
	FIXED(msg_of, id), U64(msg_of, part, 0, DISPATCH_PARTS), END };

const struct field fields_package[] = { RC(msg_package, rc),
	WHY(msg_package, why), ANY(msg_package, envelope),
	ANY(msg_package, total), BYTES(msg_package, package, 0, MSG_INLINE),
	TIME(msg_package, now),
	LIST(msg_package, recallers, LIST_RECALLER, MSG_RECALLERS),
	FLAG(msg_package, unopened), END };

const struct field fields_sign[] = { ANY(msg_sign, uid),
	ADDRESS(msg_sign, desk), BYTES(msg_sign, statement, 1, LONG),
	LEVEL(msg_sign, level), FIXED(msg_sign, digest), TIME(msg_sign, at),
	END };

const struct field fields_signature[] = { RC(msg_signature, rc),
	WHY(msg_signature, why), BYTES(msg_signature, signer, 0, 4u * CERT_MAX),
	END };

const struct field fields_unlock[] = { ANY(msg_unlock, uid),
	ADDRESS(msg_unlock, desk), BYTES(msg_unlock, slips, 0, LONG),
	BYTES(msg_unlock, cipher, 0, MSG_LINE),
	BYTES(msg_unlock, attributes, 0, LONG), END };

const struct field fields_cek[] = { RC(msg_cek, rc), WHY(msg_cek, why),
	FIXED(msg_cek, cek), END };

const struct field fields_seal[] = { ANY(msg_seal, uid),
	ADDRESS(msg_seal, desk), LEVEL(msg_seal, level),
	PRECEDENCE(msg_seal, precedence), PRECEDENCE(msg_seal, info),
	TIME(msg_seal, due), TIME(msg_seal, expires),
	BYTES(msg_seal, subject, 0, LIMIT_SUBJECT),
	LIST(msg_seal, to, LIST_ADDRESSEE, LIMIT_SLIPS),
	BYTES(msg_seal, list, 0, LIMIT_NAME),
	LIST(msg_seal, parts, LIST_PART, MSG_FDS),
	IDS(msg_seal, references, DISPATCH_REFERENCES *ID_SIZE),
	IDS(msg_seal, supersedes, ID_SIZE), IDS(msg_seal, id, ID_SIZE), END };

const struct field fields_letter[] = { RC(msg_letter, rc), WHY(msg_letter, why),
	BYTES(msg_letter, statement, 0, LONG), LEVEL(msg_letter, level),
	TIME(msg_letter, signed_at), BYTES(msg_letter, signer, 0, LIMIT_NAME),
	ADDRESS(msg_letter, recalled), TIME(msg_letter, recalled_at),
	IDS(msg_letter, instead, ID_SIZE), END };

const struct field fields_progress[] = { ANY(msg_progress, done),
	ANY(msg_progress, total), END };

const struct field fields_done[] = { RC(msg_done, rc), WHY(msg_done, why),
	FIXED(msg_done, id), ANY(msg_done, count), END };
