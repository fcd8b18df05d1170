/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Who may tell whom what, and of what fields it is (docs/station.md 3).  What
 * has no row is refused.
 */
#include "daemon/msg_table.h"

#include <stddef.h>

#include "core/limits.h"
#include "crypto/keyfile.h"
#include "crypto/kem.h"
#include "envelope/envelope.h"
#include "pki/enrol.h"

/* The longest envelope with all its destinations fits a message. */
_Static_assert(
    MSG_MAX >= ENVELOPE_MAX + LIMIT_SLIPS * (12 + LIMIT_ADDRESS) + 4096,
    "MSG_MAX");
#define LONG (MSG_MAX - MSG_HEAD) /* as long as a message can be */
#define DESKS 1000u		  /* desks of one answer */
#define BUNDLE_STATEMENT_MAX 8192u /* of media/statement.h */

/* Where a field is; no constant where it is not of this type. */
#define AT(s, f, type)                                                         \
	(offsetof(struct s, f) + 0 * _Generic(((struct s *)0)->f, type : 1))

#define U64(s, f, lo, hi)                                                      \
	{                                                                      \
		.kind = FIELD_U64, .at = AT(s, f, uint64_t), .min = (lo),      \
		.max = (hi)                                                    \
	}
#define ANY(s, f) U64(s, f, 0, UINT64_MAX)
#define FLAG(s, f) U64(s, f, 0, 1)
#define RC(s, f) U64(s, f, RC_OK, RC_USAGE)
#define LEVEL(s, f) U64(s, f, 0, LEVELS - 1)
#define PRECEDENCE(s, f) U64(s, f, 0, PRECEDENCES - 1)
/* A time of ours; a peer's clock may say anything. */
#define TIME(s, f)                                                             \
	{                                                                      \
		.kind = FIELD_I64, .at = AT(s, f, int64_t), .min = 0,          \
		.max = INT64_MAX                                               \
	}
#define CLOCK(s, f)                                                            \
	{                                                                      \
		.kind = FIELD_I64, .at = AT(s, f, int64_t),                    \
		.min = (uint64_t)INT64_MIN, .max = INT64_MAX                   \
	}
#define FIXED(s, f)                                                            \
	{                                                                      \
		.kind = FIELD_FIXED, .at = offsetof(struct s, f),              \
		.size = sizeof(((struct s *)0)->f)                             \
	}
#define BYTES(s, f, lo, hi)                                                    \
	{                                                                      \
		.kind = FIELD_BYTES, .at = AT(s, f, struct bytes),             \
		.min = (lo), .max = (hi)                                       \
	}
#define ADDRESS(s, f) BYTES(s, f, 0, LIMIT_ADDRESS)
#define WHY(s, f) BYTES(s, f, 0, MSG_WHY)
#define LIST(s, f, of, most)                                                   \
	{                                                                      \
		.kind = FIELD_LIST, .at = AT(s, f, struct bytes), .max = LONG, \
		.list = (of), .rows = (most)                                   \
	}
#define DESTS(s, f) LIST(s, f, LIST_DEST, LIMIT_SLIPS)
#define END                                                                    \
	{                                                                      \
		.kind = FIELD_END                                              \
	}

/* ---- rows of lists ----------------------------------------------------------
 */

static const struct field dest[] = { ADDRESS(msg_dest, address),
	FIXED(msg_dest, tag), END };
static const struct field desk_row[] = { ADDRESS(msg_desk_row, address),
	BYTES(msg_desk_row, name, 0, LIMIT_NAME), TIME(msg_desk_row, until),
	END };
static const struct field addressee[] = { ADDRESS(msg_addressee, address),
	U64(msg_addressee, purpose, 0, PURPOSES - 1), END };
static const struct field part[] = { U64(msg_part, kind, 0, PART_KINDS - 1),
	BYTES(msg_part, name, 0, LIMIT_NAME),
	BYTES(msg_part, type, 0, DISPATCH_TYPE),
	U64(msg_part, of, 0, DISPATCH_PARTS), END };
static const struct field resolved[] = { RC(msg_resolved, rc),
	WHY(msg_resolved, why), ADDRESS(msg_resolved, address),
	BYTES(msg_resolved, alg, 0, 64),
	BYTES(msg_resolved, pub, 0, KEM_PUB_MAX), END };
static const struct field row[] = { U64(msg_row, what, 0, 255),
	FIXED(msg_row, id), ANY(msg_row, n), ANY(msg_row, q),
	ADDRESS(msg_row, address), ADDRESS(msg_row, other), ANY(msg_row, state),
	U64(msg_row, rank, 0, PRECEDENCES), LEVEL(msg_row, level),
	CLOCK(msg_row, at), CLOCK(msg_row, since), CLOCK(msg_row, due),
	ANY(msg_row, count), ANY(msg_row, bytes),
	BYTES(msg_row, text, 0, MSG_LINE), END };

static const struct field recaller[] = { ADDRESS(msg_recaller, by),
	TIME(msg_recaller, at),
	{ .kind = FIELD_IDS,
	    .at = AT(msg_recaller, instead, struct bytes),
	    .max = ID_SIZE },
	END };

const struct field *const row_fields[LISTS] = {
	[LIST_DEST] = dest,
	[LIST_DESK] = desk_row,
	[LIST_ADDRESSEE] = addressee,
	[LIST_PART] = part,
	[LIST_RESOLVED] = resolved,
	[LIST_ROW] = row,
	[LIST_RECALLER] = recaller,
};

/* ---- fields -----------------------------------------------------------------
 */

static const struct field none[] = { END };
static const struct field setting[] = { BYTES(msg_setting, name, 1, 64),
	BYTES(msg_setting, value, 0, MSG_LINE), END };
static const struct field peer[] = { U64(msg_peer, proc, 1, PROCS - 1), END };
static const struct field line[] = { BYTES(msg_log, line, 1, MSG_LINE),
	U64(msg_log, level, 0, 2), END };
static const struct field key[] = { BYTES(msg_key, name, 1, LIMIT_NAME),
	BYTES(msg_key, file, 1, KEYFILE_MAX), U64(msg_key, station, 0, 3),
	END };
static const struct field sock[] = { BYTES(msg_socket, name, 1, 32), END };

static const struct field link_key[] = { FIXED(msg_link_key, earlier),
	ANY(msg_link_key, epoch), FIXED(msg_link_key, key), END };
static const struct field statement[] = {
	BYTES(msg_statement, statement, 0, LINK_STATEMENT_MAX), END
};
static const struct field self[] = { ADDRESS(msg_self, station),
	BYTES(msg_self, statement, 0, LINK_STATEMENT_MAX),
	ANY(msg_self, incarnation), ADDRESS(msg_self, parent),
	TIME(msg_self, clock), END };
static const struct field held[] = { BYTES(msg_held, sign, 1, CERT_MAX),
	BYTES(msg_held, kem, 0, CERT_MAX), FLAG(msg_held, station), END };

static const struct field conn[] = { ANY(msg_conn, conn), END };
static const struct field hello[] = { ANY(msg_hello, conn),
	BYTES(msg_hello, statement, 0, LINK_STATEMENT_MAX),
	FIXED(msg_hello, key), FLAG(msg_hello, dialled),
	ANY(msg_hello, incarnation), CLOCK(msg_hello, clock),
	FLAG(msg_hello, own_clock), FLAG(msg_hello, tells),
	FLAG(msg_hello, thin), FIXED(msg_hello, identity),
	FLAG(msg_hello, claims), ANY(msg_hello, life.size),
	FIXED(msg_hello, life.root), FLAG(msg_hello, notices),
	BYTES(msg_hello, contact, 0, MSG_CONTACT_MAX), END };
static const struct field admit[] = { ANY(msg_admit, conn), RC(msg_admit, rc),
	ADDRESS(msg_admit, station), CLOCK(msg_admit, clock),
	FLAG(msg_admit, own_clock), ANY(msg_admit, epoch),
	ANY(msg_admit, life), FLAG(msg_admit, guest), END };
static const struct field number[] = { ANY(msg_number, conn),
	ANY(msg_number, number), END };
static const struct field item[] = { ANY(msg_item, conn), ANY(msg_item, number),
	ANY(msg_item, envelope), ANY(msg_item, total), ANY(msg_item, from),
	FIXED(msg_item, sum), DESTS(msg_item, dests),
	BYTES(msg_item, package, 0, MSG_INLINE), FLAG(msg_item, again), END };
static const struct field data[] = { ANY(msg_data, conn), ANY(msg_data, number),
	ANY(msg_data, at), BYTES(msg_data, more, 0, MSG_PIECE), END };
static const struct field taken[] = { ANY(msg_taken, conn),
	ANY(msg_taken, number), U64(msg_taken, outcome, 0, 255),
	U64(msg_taken, code, 0, 255), END };
static const struct field partial[] = { ANY(msg_partial, conn),
	FIXED(msg_partial, sum), ANY(msg_partial, have), FLAG(msg_partial, end),
	END };
static const struct field send_item[] = { ANY(msg_send, conn), ANY(msg_send, q),
	U64(msg_send, rank, 0, PRECEDENCES), ANY(msg_send, envelope),
	ANY(msg_send, total), FIXED(msg_send, sum), DESTS(msg_send, dests),
	BYTES(msg_send, package, 0, LONG), ANY(msg_send, at),
	TIME(msg_send, due), FLAG(msg_send, again), ANY(msg_send, from),
	END };

static const struct field desk[] = { ANY(msg_desk, uid),
	ADDRESS(msg_desk, desk), END };
static const struct field numbered[] = { RC(msg_numbered, rc),
	WHY(msg_numbered, why), ADDRESS(msg_numbered, origin),
	BYTES(msg_numbered, name, 0, 128), ANY(msg_numbered, incarnation),
	ANY(msg_numbered, serial), TIME(msg_numbered, now), END };
static const struct field resolve[] = { ADDRESS(msg_resolve, address),
	LEVEL(msg_resolve, level), TIME(msg_resolve, at), END };
static const struct field expand[] = { BYTES(msg_expand, list, 0, LIMIT_NAME),
	LEVEL(msg_expand, level), TIME(msg_expand, at), END };
static const struct field expanded[] = { RC(msg_expanded, rc),
	WHY(msg_expanded, why), FIXED(msg_expanded, id),
	ANY(msg_expanded, version), FIXED(msg_expanded, hash),
	LIST(msg_expanded, rows, LIST_RESOLVED, LIMIT_SLIPS), END };
static const struct field signer[] = { BYTES(msg_signer, tag, 0, 64),
	BYTES(msg_signer, cert, 0, CERT_MAX), END };
static const struct field signer_is[] = { FLAG(msg_signer_is, known),
	BYTES(msg_signer_is, cert_der, 0, CERT_MAX), FIXED(msg_signer_is, cert),
	ADDRESS(msg_signer_is, address), TIME(msg_signer_is, from),
	TIME(msg_signer_is, until), FLAG(msg_signer_is, limited),
	LEVEL(msg_signer_is, level), PRECEDENCE(msg_signer_is, precedence),
	END };
static const struct field listed[] = { FIXED(msg_listed, id),
	ANY(msg_listed, version), FIXED(msg_listed, hash),
	ADDRESS(msg_listed, address), TIME(msg_listed, at), END };
static const struct field answers[] = { ADDRESS(msg_answers, address),
	ADDRESS(msg_answers, other), TIME(msg_answers, at), END };
static const struct field yes[] = { FLAG(msg_yes, yes), END };
static const struct field submit[] = { ADDRESS(msg_submit, desk),
	ANY(msg_submit, envelope), ANY(msg_submit, total),
	BYTES(msg_submit, package, 0, MSG_INLINE),
	BYTES(msg_submit, name, 0, 128), DESTS(msg_submit, dests),
	U64(msg_submit, rank, 0, PRECEDENCES), TIME(msg_submit, due),
	{ .kind = FIELD_IDS,
	    .at = AT(msg_submit, supersedes, struct bytes),
	    .max = ID_SIZE },
	END };
static const struct field of[] = { ANY(msg_of, uid), ADDRESS(msg_of, desk),
	FIXED(msg_of, id), U64(msg_of, part, 0, DISPATCH_PARTS), END };
static const struct field package[] = { RC(msg_package, rc),
	WHY(msg_package, why), ANY(msg_package, envelope),
	ANY(msg_package, total), BYTES(msg_package, package, 0, MSG_INLINE),
	TIME(msg_package, now),
	LIST(msg_package, recallers, LIST_RECALLER, MSG_RECALLERS),
	FLAG(msg_package, unopened), END };

static const struct field sign[] = { ANY(msg_sign, uid),
	ADDRESS(msg_sign, desk), BYTES(msg_sign, statement, 1, LONG),
	LEVEL(msg_sign, level), FIXED(msg_sign, digest), TIME(msg_sign, at),
	END };
static const struct field signature[] = { RC(msg_signature, rc),
	WHY(msg_signature, why), BYTES(msg_signature, signer, 0, 4u * CERT_MAX),
	END };
static const struct field unlock[] = { ANY(msg_unlock, uid),
	ADDRESS(msg_unlock, desk), BYTES(msg_unlock, slips, 0, LONG),
	BYTES(msg_unlock, cipher, 0, MSG_LINE),
	BYTES(msg_unlock, attributes, 0, LONG), END };
static const struct field cek[] = { RC(msg_cek, rc), WHY(msg_cek, why),
	FIXED(msg_cek, cek), END };

static const struct field sign_in[] = { ANY(msg_sign_in, uid),
	ADDRESS(msg_sign_in, desk),
	BYTES(msg_sign_in, passphrase, 0, KEYFILE_PASSPHRASE), END };
static const struct field signed_in[] = { RC(msg_signed_in, rc),
	WHY(msg_signed_in, why), TIME(msg_signed_in, until),
	ANY(msg_signed_in, wait), END };
static const struct field desk_list[] = { RC(msg_rows, rc), WHY(msg_rows, why),
	LIST(msg_rows, rows, LIST_DESK, DESKS), FLAG(msg_rows, last), END };

static const struct field seal[] = { ANY(msg_seal, uid),
	ADDRESS(msg_seal, desk), LEVEL(msg_seal, level),
	PRECEDENCE(msg_seal, precedence), PRECEDENCE(msg_seal, info),
	TIME(msg_seal, due), TIME(msg_seal, expires),
	BYTES(msg_seal, subject, 0, LIMIT_SUBJECT),
	LIST(msg_seal, to, LIST_ADDRESSEE, LIMIT_SLIPS),
	BYTES(msg_seal, list, 0, LIMIT_NAME),
	LIST(msg_seal, parts, LIST_PART, MSG_FDS),
	{ .kind = FIELD_IDS,
	    .at = AT(msg_seal, references, struct bytes),
	    .max = DISPATCH_REFERENCES * ID_SIZE },
	{ .kind = FIELD_IDS,
	    .at = AT(msg_seal, supersedes, struct bytes),
	    .max = ID_SIZE },
	{ .kind = FIELD_IDS,
	    .at = AT(msg_seal, id, struct bytes),
	    .max = ID_SIZE },
	END };
static const struct field letter[] = { RC(msg_letter, rc), WHY(msg_letter, why),
	BYTES(msg_letter, statement, 0, LONG), LEVEL(msg_letter, level),
	TIME(msg_letter, signed_at), BYTES(msg_letter, signer, 0, LIMIT_NAME),
	ADDRESS(msg_letter, recalled), TIME(msg_letter, recalled_at),
	{ .kind = FIELD_IDS,
	    .at = AT(msg_letter, instead, struct bytes),
	    .max = ID_SIZE },
	END };
static const struct field progress[] = { ANY(msg_progress, done),
	ANY(msg_progress, total), END };
static const struct field over[] = { RC(msg_done, rc), WHY(msg_done, why),
	FIXED(msg_done, id), ANY(msg_done, count), END };

static const struct field ask[] = { U64(msg_ask, what, 0, ASKS - 1),
	ADDRESS(msg_ask, desk), FIXED(msg_ask, id), FLAG(msg_ask, all),
	ANY(msg_ask, before), ANY(msg_ask, max), END };
static const struct field rows[] = { RC(msg_rows, rc), WHY(msg_rows, why),
	LIST(msg_rows, rows, LIST_ROW, UINT64_MAX), FLAG(msg_rows, last), END };
static const struct field mark[] = { ANY(msg_mark, uid),
	ADDRESS(msg_mark, desk), FIXED(msg_mark, id),
	U64(msg_mark, state, 0, 255), BYTES(msg_mark, reason, 0, 1000),
	U64(msg_mark, code, 0, 255), ADDRESS(msg_mark, originator),
	{ .kind = FIELD_IDS,
	    .at = AT(msg_mark, supersedes, struct bytes),
	    .max = ID_SIZE },
	END };

static const struct field enrol[] = { ANY(msg_enrol, conn),
	BYTES(msg_enrol, from, 0, 64),
	BYTES(msg_enrol, message, 0, MSG_ENROL_MAX), END };
static const struct field enrol_piece[] = { ANY(msg_enrol_piece, uid),
	FIXED(msg_enrol_piece, id), ANY(msg_enrol_piece, at),
	ANY(msg_enrol_piece, total),
	BYTES(msg_enrol_piece, bytes, 0, MSG_ENROL_BYTES), END };
static const struct field enrol_is[] = { RC(msg_enrol_is, rc),
	WHY(msg_enrol_is, why), ANY(msg_enrol_is, total),
	BYTES(msg_enrol_is, bytes, 0, MSG_ENROL_BYTES), END };
static const struct field invited[] = { ANY(msg_invited, uid),
	FIXED(msg_invited, id), ADDRESS(msg_invited, address),
	TIME(msg_invited, until), END };
static const struct field renew[] = { TIME(msg_renew, now), END };
static const struct field renewal[] = {
	BYTES(msg_renewal, request, 0, REQUEST_MAX), END
};
static const struct field certified[] = {
	BYTES(msg_certified, certs, 1, 2u * CERT_MAX), END
};
static const struct field keep[] = { FLAG(msg_keep, next),
	BYTES(msg_keep, file, 1, KEYFILE_MAX), END };
static const struct field kept[] = { FLAG(msg_kept, next), RC(msg_kept, rc),
	WHY(msg_kept, why), END };
static const struct field tells[] = { ANY(msg_tell, conn),
	U64(msg_tell, kind, 1, 255), FLAG(msg_tell, more),
	BYTES(msg_tell, bytes, 1, MSG_TELL_MAX), END };

static const struct field note[] = { FIXED(msg_note, unit), ANY(msg_note, size),
	FIXED(msg_note, root), TIME(msg_note, at), ANY(msg_note, incarnation),
	END };
static const struct field noted[] = { BYTES(msg_noted, note, 1,
					  MSG_JOURNAL_BYTES),
	FIXED(msg_noted, tool), END };
static const struct field witness[] = { FIXED(msg_witness, note.unit),
	ANY(msg_witness, note.size), FIXED(msg_witness, note.root),
	TIME(msg_witness, note.at), ANY(msg_witness, note.incarnation),
	FIXED(msg_witness, by), END };
static const struct field journal[] = { U64(msg_journal, what, 0,
					    JOURNAL_ASKS - 1),
	FIXED(msg_journal, id), ANY(msg_journal, at), END };
static const struct field journal_is[] = { RC(msg_journal_is, rc),
	WHY(msg_journal_is, why), ANY(msg_journal_is, total),
	BYTES(msg_journal_is, bytes, 0, MSG_JOURNAL_BYTES),
	FIXED(msg_journal_is, tool), FLAG(msg_journal_is, counts),
	FLAG(msg_journal_is, seen), END };

static const struct field vouch[] = { ADDRESS(msg_vouch, signer),
	TIME(msg_vouch, at), FLAG(msg_vouch, own_clock),
	BYTES(msg_vouch, statements, 1, MSG_STATEMENTS), END };
static const struct field vouched[] = { RC(msg_vouched, rc),
	WHY(msg_vouched, why), BYTES(msg_vouched, head, 0, MSG_HEAD_SIGNED),
	ANY(msg_vouched, bad),
	END };
static const struct field desk_state[] = { ADDRESS(msg_desk_state, desk),
	FLAG(msg_desk_state, open), END };

static const struct field operate[] = { ANY(msg_operate, uid),
	U64(msg_operate, what, 0, OPERATES - 1),
	U64(msg_operate, by, 0, OPERATE_BYS - 1), ANY(msg_operate, q),
	FIXED(msg_operate, id), ADDRESS(msg_operate, hop),
	ADDRESS(msg_operate, station), BYTES(msg_operate, reason, 0, 1000),
	END };
static const struct field recall[] = { ANY(msg_recall, uid),
	ADDRESS(msg_recall, desk), FIXED(msg_recall, id), END };
static const struct field duty[] = { ANY(msg_duty, uid),
	U64(msg_duty, what, 0, DUTY_DOES - 1), ANY(msg_duty, n),
	BYTES(msg_duty, login, 0, 32), BYTES(msg_duty, text, 0, MSG_ROTA),
	END };

static const struct field bundle[] = { ANY(msg_bundle, uid),
	U64(msg_bundle, what, 0, BUNDLE_WHATS - 1),
	ADDRESS(msg_bundle, station), ANY(msg_bundle, number),
	ANY(msg_bundle, size), FLAG(msg_bundle, rest), END };
static const struct field bundle_is[] = { RC(msg_bundle_is, rc),
	WHY(msg_bundle_is, why), ADDRESS(msg_bundle_is, station),
	ANY(msg_bundle_is, number), TIME(msg_bundle_is, at),
	TIME(msg_bundle_is, before), ANY(msg_bundle_is, items),
	ANY(msg_bundle_is, bytes), ANY(msg_bundle_is, stored),
	ANY(msg_bundle_is, known), ANY(msg_bundle_is, refused),
	ANY(msg_bundle_is, later), ANY(msg_bundle_is, part),
	ANY(msg_bundle_is, answers), ANY(msg_bundle_is, acts),
	FLAG(msg_bundle_is, cut), ANY(msg_bundle_is, left[0]),
	ANY(msg_bundle_is, left[1]), ANY(msg_bundle_is, left[2]),
	ANY(msg_bundle_is, left[3]), ANY(msg_bundle_is, left_bytes[0]),
	ANY(msg_bundle_is, left_bytes[1]), ANY(msg_bundle_is, left_bytes[2]),
	ANY(msg_bundle_is, left_bytes[3]), FLAG(msg_bundle_is, closed), END };
static const struct field bundle_for[] = { ADDRESS(msg_bundle_for, station),
	ANY(msg_bundle_for, number), ANY(msg_bundle_for, size),
	FLAG(msg_bundle_for, rest), END };
static const struct field bundle_front[] = { RC(msg_bundle_front, rc),
	WHY(msg_bundle_front, why), ANY(msg_bundle_front, conn),
	ADDRESS(msg_bundle_front, station), BYTES(msg_bundle_front, alg, 0, 64),
	BYTES(msg_bundle_front, pub, 0, KEM_PUB_MAX),
	ANY(msg_bundle_front, number), ANY(msg_bundle_front, incarnation),
	ANY(msg_bundle_front, open), TIME(msg_bundle_front, at),
	BYTES(msg_bundle_front, frames, 0, LONG), END };
static const struct field bundle_next[] = { ANY(msg_bundle_next, conn),
	ANY(msg_bundle_next, room), ANY(msg_bundle_next, q),
	ANY(msg_bundle_next, upto), FIXED(msg_bundle_next, sum), END };
static const struct field bundle_from[] = { BYTES(msg_bundle_from, statement,
						0, BUNDLE_STATEMENT_MAX),
	ANY(msg_bundle_from, number), FIXED(msg_bundle_from, head),
	FLAG(msg_bundle_from, look), END };
static const struct field bundle_admit[] = { RC(msg_bundle_admit, rc),
	WHY(msg_bundle_admit, why), ANY(msg_bundle_admit, conn),
	ADDRESS(msg_bundle_admit, station), ANY(msg_bundle_admit, number),
	TIME(msg_bundle_admit, at), TIME(msg_bundle_admit, before),
	BYTES(msg_bundle_admit, parts, 0, MSG_PIECE), END };
static const struct field bundle_says[] = { ANY(msg_bundle_says, conn),
	U64(msg_bundle_says, what, 0, 255),
	BYTES(msg_bundle_says, bytes, 0, MSG_PIECE), END };
static const struct field bundle_sign[] = { ADDRESS(msg_bundle_sign, to),
	ANY(msg_bundle_sign, number), ANY(msg_bundle_sign, incarnation),
	ANY(msg_bundle_sign, open), TIME(msg_bundle_sign, at),
	FIXED(msg_bundle_sign, head), END };
static const struct field bundle_open[] = { FIXED(msg_bundle_open, key),
	BYTES(msg_bundle_open, ct, 0, KEM_CT_MAX), FIXED(msg_bundle_open, head),
	END };
static const struct field bundle_note[] = { ANY(msg_bundle_note, uid),
	ANY(msg_bundle_note, number), FLAG(msg_bundle_note, lost), END };
static const struct field thin_ask[] = { ANY(msg_thin_ask, conn),
	FIXED(msg_thin_ask, identity), END };
static const struct field thin_is[] = { ANY(msg_thin_is, conn),
	RC(msg_thin_is, rc), FIXED(msg_thin_is, identity),
	FIXED(msg_thin_is, key), ANY(msg_thin_is, life.size),
	FIXED(msg_thin_is, life.root), END };
static const struct field thin_secret[] = { ANY(msg_thin_secret, conn),
	FIXED(msg_thin_secret, secret), END };
static const struct field thin[] = { BYTES(msg_thin, record, 0,
					 MSG_KEPT_RECORD),
	U64(msg_thin, steps, 0, MSG_THIN_AHEAD), FIXED(msg_thin, secret),
	FIXED(msg_thin, bound), END };
static const struct field thinned[] = { RC(msg_thinned, rc),
	BYTES(msg_thinned, record, 0, MSG_KEPT_RECORD),
	BYTES(msg_thinned, names, 0,
	    (1 + MSG_THIN_AHEAD) * MSG_THIN_IDENTITY),
	FIXED(msg_thinned, key), END };
static const struct field record[] = { BYTES(msg_record, record, 0,
					   MSG_KEPT_RECORD),
	END };
static const struct field row_key[] = { RC(msg_row_key, rc),
	WHY(msg_row_key, why), BYTES(msg_row_key, record, 0, MSG_KEPT_RECORD),
	FIXED(msg_row_key, key), END };
static const struct field user[] = { ANY(msg_user, uid),
	U64(msg_user, what, 0, USER_DOES - 1), ADDRESS(msg_user, person),
	ADDRESS(msg_user, by),
	BYTES(msg_user, passphrase, 0, KEYFILE_PASSPHRASE),
	BYTES(msg_user, code, 0, MSG_CODE), END };
static const struct field user_is[] = { RC(msg_user_is, rc),
	WHY(msg_user_is, why), TIME(msg_user_is, until), ANY(msg_user_is, wait),
	BYTES(msg_user_is, secret, 0, MSG_CODE_SECRET), END };
static const struct field person[] = { ADDRESS(msg_person, person),
	ADDRESS(msg_person, by), END };
static const struct field person_is[] = { RC(msg_person_is, rc),
	WHY(msg_person_is, why), FIXED(msg_person_is, bound),
	BYTES(msg_person_is, record, 0, MSG_KEPT_RECORD),
	ANY(msg_person_is, used), TIME(msg_person_is, now),
	FLAG(msg_person_is, own_clock), FLAG(msg_person_is, administrator),
	FLAG(msg_person_is, by_may), END };
static const struct field session[] = { ANY(msg_session, uid),
	U64(msg_session, what, 0, SESSION_DIDS - 1),
	ADDRESS(msg_session, person), ADDRESS(msg_session, by),
	ANY(msg_session, used), BYTES(msg_session, record, 0, MSG_KEPT_RECORD),
	END };
static const struct field outcome[] = { RC(msg_outcome, rc),
	WHY(msg_outcome, why), END };
static const struct field step_sign[] = { ANY(msg_step_sign, uid),
	ADDRESS(msg_step_sign, person),
	BYTES(msg_step_sign, statement, 1, MSG_STEP), END };
static const struct field step_signed[] = { RC(msg_step_signed, rc),
	WHY(msg_step_signed, why), BYTES(msg_step_signed, signature, 0, SIG_MAX),
	END };

static const struct field rules[] = { BYTES(msg_rules, name, 1, LIMIT_NAME),
	BYTES(msg_rules, file, 0, MSG_RULES_FILE), FLAG(msg_rules, own), END };
static const struct field doc[] = { ANY(msg_doc, uid),
	U64(msg_doc, what, 0, REG_WHATS - 1), ADDRESS(msg_doc, person),
	ADDRESS(msg_doc, desk), BYTES(msg_doc, action, 0, 32),
	BYTES(msg_doc, document, 0, 2 * ID_SIZE),
	BYTES(msg_doc, fields, 0, MSG_DOC_FIELDS),
	BYTES(msg_doc, text, 0, MSG_DOC_TEXT), BYTES(msg_doc, book, 0, 128),
	FLAG(msg_doc, all), ANY(msg_doc, before), ANY(msg_doc, max),
	U64(msg_doc, year, 0, 9999), ANY(msg_doc, volume), CLOCK(msg_doc, from),
	CLOCK(msg_doc, until), END };
static const struct field doc_is[] = { RC(msg_doc_is, rc),
	WHY(msg_doc_is, why), BYTES(msg_doc_is, rows, 0, MSG_DOC_ROWS),
	FLAG(msg_doc_is, last), END };

static const struct field web_at[] = { BYTES(msg_web_at, at, 1, MSG_PEER_TEXT),
	FLAG(msg_web_at, secure), END };
static const struct field browser[] = { BYTES(msg_browser, peer, 1,
					    MSG_PEER_TEXT),
	FLAG(msg_browser, secure), ANY(msg_browser, uid), END };
static const struct field web_user[] = { ANY(msg_web_user, user), END };
static const struct field web_link_is[] = { RC(msg_web_link_is, rc),
	WHY(msg_web_link_is, why),
	BYTES(msg_web_link_is, url, 0, MSG_WEB_URL), END };
static const struct field changed[] = { U64(msg_changed, what, 1,
					    (1u << CHANGES) - 1),
	END };

static const struct field web_cert[] = { FIXED(msg_web_cert, pub),
	BYTES(msg_web_cert, ports, 0, MSG_WEB_PORTS), END };
static const struct field web_cert_is[] = { RC(msg_web_cert_is, rc),
	WHY(msg_web_cert_is, why),
	BYTES(msg_web_cert_is, leaf, 0, MSG_WEB_CERT_MAX),
	BYTES(msg_web_cert_is, ca, 0, MSG_WEB_CERT_MAX),
	CLOCK(msg_web_cert_is, until), END };
static const struct field web_sign[] = { CLOCK(msg_web_sign, now),
	FIXED(msg_web_sign, pub), BYTES(msg_web_sign, kept, 0, MSG_WEB_KEPT),
	END };
static const struct field web_signed[] = { RC(msg_web_signed, rc),
	WHY(msg_web_signed, why), BYTES(msg_web_signed, kept, 0, MSG_WEB_KEPT),
	BYTES(msg_web_signed, leaf, 0, MSG_WEB_CERT_MAX),
	BYTES(msg_web_signed, ca, 0, MSG_WEB_CERT_MAX),
	BYTES(msg_web_signed, names, 0, MSG_WEB_NAMES),
	CLOCK(msg_web_signed, until), CLOCK(msg_web_signed, ca_until), END };
static const struct field web_ca_is[] = { RC(msg_web_ca_is, rc),
	WHY(msg_web_ca_is, why), BYTES(msg_web_ca_is, ca, 0, MSG_WEB_CERT_MAX),
	BYTES(msg_web_ca_is, names, 0, MSG_WEB_NAMES),
	BYTES(msg_web_ca_is, ports, 0, MSG_WEB_PORTS),
	CLOCK(msg_web_ca_is, until), END };

static const struct field print[] = { BYTES(msg_print, what, 1,
					 MSG_PRINT_WORD),
	CLOCK(msg_print, made), END };
static const struct field print_is[] = { RC(msg_print_is, rc),
	WHY(msg_print_is, why), ANY(msg_print_is, size),
	ANY(msg_print_is, unknown), END };
static const struct field scan_is[] = { U64(msg_scan_is, is, 0, SCANS - 1),
	FLAG(msg_scan_is, must), BYTES(msg_scan_is, name, 0, MSG_SCAN_NAME),
	WHY(msg_scan_is, why), END };
static const struct field scan_none[] = { WHY(msg_scan_none, why), END };
static const struct field found[] = { ANY(msg_found, uid),
	BYTES(msg_found, name, 1, MSG_SCAN_NAME), END };

/* ---- the right to speak -----------------------------------------------------
 */

#define PARENT (1u << PROC_PARENT)
#define KEYS (1u << PROC_KEYS)
#define STORE (1u << PROC_STORE)
#define SEAL (1u << PROC_SEAL)
#define LINK (1u << PROC_LINK)
#define CONTROL (1u << PROC_CONTROL)
#define MEDIA (1u << PROC_MEDIA)
#define WEB (1u << PROC_WEB)
#define TLS (1u << PROC_TLS)
#define PRINT (1u << PROC_PRINT)
#define SCAN (1u << PROC_SCAN)
#define CHILDREN                                                               \
	(KEYS | STORE | SEAL | LINK | CONTROL | MEDIA | WEB | TLS | PRINT | SCAN)

static const struct msg_kind kinds[MSG_LAST + 1] = {
	[MSG_SETTING] = { "setting", setting, false, PARENT, CHILDREN },
	[MSG_PEER] = { "peer", peer, true, PARENT, CHILDREN },
	[MSG_GO] = { "go", none, false, PARENT, CHILDREN },
	[MSG_STOP] = { "stop", none, false, PARENT, CHILDREN },
	[MSG_READY] = { "ready", none, false, CHILDREN, PARENT },
	[MSG_LOG] = { "log", line, false, CHILDREN, PARENT },
	[MSG_KEY] = { "key", key, false, PARENT, KEYS },
	[MSG_SOCKET] = { "socket", sock, true, PARENT,
	    LINK | CONTROL | TLS },

	[MSG_LINK_KEY] = { "link.key", link_key, false, LINK, STORE },
	[MSG_LINK_SIGN] = { "link.sign", link_key, false, STORE, KEYS },
	[MSG_LINK_SIGNED] = { "link.signed", statement, false, KEYS, STORE },
	[MSG_LINK_SELF] = { "link.self", self, false, STORE, LINK },
	[MSG_HELD] = { "held", held, false, KEYS, STORE },

	[MSG_HELLO] = { "hello", hello, false, LINK, STORE },
	[MSG_ADMIT] = { "admit", admit, false, STORE, LINK },
	[MSG_GONE] = { "gone", conn, false, LINK | STORE, LINK | STORE },
	[MSG_ITEM] = { "item", item, false, LINK | MEDIA, STORE },
	[MSG_BIG] = { "big", item, false, LINK | MEDIA, STORE },
	[MSG_BIG_DATA] = { "big.data", data, false, LINK | MEDIA, STORE },
	[MSG_BIG_END] = { "big.end", number, false, LINK | MEDIA, STORE },
	[MSG_TAKEN] = { "taken", taken, false, STORE, LINK },
	[MSG_WRITTEN] = { "written", data, false, STORE, LINK },
	[MSG_PARTIAL] = { "partial", partial, false, STORE, LINK },
	[MSG_SEND] = { "send", send_item, true, STORE, LINK | MEDIA },
	[MSG_SENT] = { "sent", taken, false, LINK, STORE },

	[MSG_NUMBER] = { "number", desk, false, SEAL, STORE },
	[MSG_NUMBERED] = { "numbered", numbered, true, STORE, SEAL },
	[MSG_RESOLVE] = { "resolve", resolve, false, SEAL, STORE },
	[MSG_RESOLVED] = { "resolved", resolved, false, STORE, SEAL },
	[MSG_EXPAND] = { "expand", expand, false, SEAL, STORE },
	[MSG_EXPANDED] = { "expanded", expanded, false, STORE, SEAL },
	[MSG_SIGNER] = { "signer", signer, false, SEAL, STORE },
	[MSG_SIGNER_IS] = { "signer.is", signer_is, false, STORE, SEAL },
	[MSG_LISTED] = { "listed", listed, false, SEAL, STORE },
	[MSG_ANSWERS] = { "answers", answers, false, SEAL, STORE },
	[MSG_YES] = { "yes", yes, false, STORE, SEAL },
	[MSG_SUBMIT] = { "submit", submit, false, SEAL, STORE },
	[MSG_FETCH] = { "fetch", of, false, SEAL, STORE },
	[MSG_PACKAGE] = { "package", package, true, STORE, SEAL },

	[MSG_SIGN] = { "sign", sign, false, SEAL, KEYS },
	[MSG_SIGNATURE] = { "signature", signature, false, KEYS, SEAL },
	[MSG_UNLOCK] = { "unlock", unlock, false, SEAL, KEYS },
	[MSG_CEK] = { "cek", cek, false, KEYS, SEAL },

	[MSG_SIGN_IN] = { "sign.in", sign_in, false, CONTROL, KEYS },
	[MSG_SIGN_OUT] = { "sign.out", desk, false, CONTROL, KEYS },
	[MSG_MAY] = { "may", desk, false, CONTROL, KEYS },
	[MSG_SIGNED_IN] = { "signed.in", signed_in, false, KEYS, CONTROL },
	[MSG_DESKS] = { "desks", desk, false, CONTROL, KEYS },
	[MSG_DESK_LIST] = { "desk.list", desk_list, false, KEYS, CONTROL },

	[MSG_FD] = { "fd", none, true, CONTROL,
	    SEAL | MEDIA | PRINT | SCAN },
	[MSG_SEAL] = { "seal", seal, false, CONTROL, SEAL },
	[MSG_READ] = { "read", of, false, CONTROL, SEAL },
	[MSG_LETTER] = { "letter", letter, false, SEAL, CONTROL },
	[MSG_SAVE] = { "save", of, false, CONTROL, SEAL },
	[MSG_PROGRESS] = { "progress", progress, false, STORE | SEAL | MEDIA,
	    CONTROL },
	[MSG_DONE] = { "done", over, false, STORE | SEAL, SEAL | CONTROL },

	[MSG_ASK] = { "ask", ask, false, CONTROL, STORE },
	[MSG_ROWS] = { "rows", rows, false, STORE, CONTROL },
	[MSG_MARK] = { "mark", mark, false, CONTROL, STORE },

	[MSG_ENROL] = { "enrol", enrol, false, LINK, STORE },
	[MSG_ENROLLED] = { "enrolled", enrol, false, STORE, LINK },
	[MSG_ENROL_UP] = { "enrol.up", enrol, false, STORE, LINK },
	[MSG_ENROL_DOWN] = { "enrol.down", enrol, false, LINK, STORE },
	[MSG_ENROL_PULL] = { "enrol.pull", enrol_piece, false, CONTROL, STORE },
	[MSG_ENROL_PIECE] = { "enrol.piece", enrol_is, false, STORE, CONTROL },
	[MSG_ENROL_PUSH] = { "enrol.push", enrol_piece, false, CONTROL, STORE },
	[MSG_ENROL_DROP] = { "enrol.drop", enrol_piece, false, CONTROL, STORE },
	[MSG_INVITED] = { "invited", invited, false, CONTROL, STORE },
	[MSG_RENEW] = { "renew", renew, false, STORE, KEYS },
	[MSG_RENEWAL] = { "renewal", renewal, false, KEYS, STORE },
	[MSG_CERTIFIED] = { "certified", certified, false, STORE, KEYS },
	[MSG_KEEP] = { "keep", keep, false, KEYS, PARENT },
	[MSG_KEPT] = { "kept", kept, false, PARENT, KEYS },
	[MSG_TELL] = { "tell", tells, false, LINK | STORE, LINK | STORE },
	[MSG_TOLD] = { "told", number, false, LINK, STORE },
	[MSG_LEAVE] = { "leave", number, false, STORE, LINK },
	[MSG_DIRECTORY_GIVE] = { "directory.give", enrol_piece, false, CONTROL,
	    STORE },
	[MSG_DIRECTORY_TAKE] = { "directory.take", enrol_piece, false, CONTROL,
	    STORE },
	[MSG_EVIDENCE] = { "evidence", enrol_piece, false, CONTROL, STORE },

	[MSG_NOTE] = { "note", note, false, STORE, KEYS },
	[MSG_NOTED] = { "noted", noted, false, KEYS, STORE },
	[MSG_JOURNAL] = { "journal", journal, false, CONTROL, STORE },
	[MSG_JOURNAL_IS] = { "journal.is", journal_is, false, STORE, CONTROL },
	[MSG_VOUCH] = { "vouch", vouch, false, STORE, KEYS },
	[MSG_VOUCHED] = { "vouched", vouched, false, KEYS, STORE },
	[MSG_DESK_STATE] = { "desk.state", desk_state, false, KEYS, STORE },
	[MSG_OPERATE] = { "operate", operate, false, CONTROL, STORE },
	[MSG_CANCEL] = { "cancel", number, false, STORE, LINK },
	[MSG_RECALL] = { "recall", recall, false, CONTROL, STORE },
	[MSG_WITNESS] = { "witness", witness, false, STORE, KEYS },
	[MSG_WITNESSED] = { "witnessed", noted, false, KEYS, STORE },
	[MSG_STALE] = { "stale", number, false, LINK, STORE },

	[MSG_BUNDLE] = { "bundle", bundle, false, CONTROL, MEDIA },
	[MSG_BUNDLE_IS] = { "bundle.is", bundle_is, false, MEDIA, CONTROL },
	[MSG_BUNDLE_FOR] = { "bundle.for", bundle_for, false, MEDIA, STORE },
	[MSG_BUNDLE_FRONT] = { "bundle.front", bundle_front, false, STORE,
	    MEDIA },
	[MSG_BUNDLE_NEXT] = { "bundle.next", bundle_next, false, MEDIA, STORE },
	[MSG_BUNDLE_REST] = { "bundle.rest", bundle_is, false, STORE, MEDIA },
	[MSG_BUNDLE_FROM] = { "bundle.from", bundle_from, false, MEDIA, STORE },
	[MSG_BUNDLE_ADMIT] = { "bundle.admit", bundle_admit, false, STORE,
	    MEDIA },
	[MSG_BUNDLE_SAYS] = { "bundle.says", bundle_says, false, MEDIA, STORE },
	[MSG_BUNDLE_SYNC] = { "bundle.sync", number, false, MEDIA, STORE },
	[MSG_BUNDLE_SYNCED] = { "bundle.synced", bundle_is, false, STORE,
	    MEDIA },
	[MSG_BUNDLE_SIGN] = { "bundle.sign", bundle_sign, false, MEDIA, KEYS },
	[MSG_BUNDLE_SIGNED] = { "bundle.signed", statement, false, KEYS,
	    MEDIA },
	[MSG_BUNDLE_OPEN] = { "bundle.open", bundle_open, false, MEDIA, KEYS },
	[MSG_BUNDLE_KEY] = { "bundle.key", cek, false, KEYS, MEDIA },
	[MSG_BUNDLE_GONE] = { "bundle.gone", conn, false, MEDIA, STORE },
	[MSG_BUNDLE_NOTE] = { "bundle.note", bundle_note, false, CONTROL,
	    STORE },
	[MSG_THIN_ASK] = { "thin.ask", thin_ask, false, LINK, STORE },
	[MSG_THIN_IS] = { "thin.is", thin_is, false, STORE, LINK },
	[MSG_THIN_SECRET] = { "thin.secret", thin_secret, false, LINK, STORE },
	[MSG_THIN] = { "thin", thin, false, STORE, KEYS },
	[MSG_THINNED] = { "thinned", thinned, false, KEYS, STORE },
	[MSG_DESTROYED] = { "destroyed", enrol_piece, false, CONTROL, STORE },
	[MSG_FORGET] = { "forget", statement, false, STORE, KEYS },
	[MSG_DUTY] = { "duty", duty, false, CONTROL, STORE },
	[MSG_ROW_KEY] = { "row.key", record, false, STORE, KEYS },
	[MSG_ROW_KEY_IS] = { "row.key.is", row_key, false, KEYS, STORE },
	[MSG_USER] = { "user", user, false, CONTROL, KEYS },
	[MSG_USER_IS] = { "user.is", user_is, false, KEYS, CONTROL },
	[MSG_PERSON] = { "person", person, false, KEYS, STORE },
	[MSG_PERSON_IS] = { "person.is", person_is, false, STORE, KEYS },
	[MSG_SESSION] = { "session", session, false, KEYS, STORE },
	[MSG_SESSION_IS] = { "session.is", outcome, false, STORE, KEYS },
	[MSG_SESSION_USED] = { "session.used", desk, false, STORE, KEYS },
	[MSG_STEP_SIGN] = { "step.sign", step_sign, false, STORE, KEYS },
	[MSG_STEP_SIGNED] = { "step.signed", step_signed, false, KEYS, STORE },
	[MSG_RULES] = { "rules", rules, false, PARENT, STORE },
	[MSG_DOC] = { "doc", doc, false, CONTROL, STORE },
	[MSG_DOC_IS] = { "doc.is", doc_is, false, STORE, CONTROL },
	[MSG_WEB_AT] = { "web.at", web_at, false, TLS, WEB },
	[MSG_BROWSER] = { "browser", browser, true, TLS, WEB },
	[MSG_WEB_CLIENT] = { "web.client", web_user, true, WEB, CONTROL },
	[MSG_WEB_END] = { "web.end", web_user, false, WEB, CONTROL },
	[MSG_WEB_ENDED] = { "web.ended", web_user, false, CONTROL, KEYS },
	[MSG_WEB_LINK] = { "web.link", web_user, false, CONTROL, WEB },
	[MSG_WEB_LINK_IS] = { "web.link.is", web_link_is, false, WEB, CONTROL },
	[MSG_CHANGED] = { "changed", changed, false, STORE, WEB },
	[MSG_WEB_CERT] = { "web.cert", web_cert, false, TLS, STORE },
	[MSG_WEB_CERT_IS] = { "web.cert.is", web_cert_is, false, STORE, TLS },
	[MSG_WEB_SIGN] = { "web.sign", web_sign, false, STORE, KEYS },
	[MSG_WEB_SIGNED] = { "web.signed", web_signed, false, KEYS, STORE },
	[MSG_WEB_CA] = { "web.ca", none, false, CONTROL, STORE },
	[MSG_WEB_CA_IS] = { "web.ca.is", web_ca_is, false, STORE, CONTROL },
	[MSG_PRINT] = { "print", print, false, CONTROL, PRINT },
	[MSG_PRINT_IS] = { "print.is", print_is, false, PRINT, CONTROL },
	[MSG_SCAN] = { "scan", none, false, CONTROL, SCAN },
	[MSG_SCAN_IS] = { "scan.is", scan_is, false, SCAN, CONTROL },
	[MSG_SCAN_WANT] = { "scan.want", none, false, SCAN, PARENT },
	[MSG_SCAN_LINE] = { "scan.line", none, true, PARENT, SCAN },
	[MSG_SCAN_NONE] = { "scan.none", scan_none, false, PARENT, SCAN },
	[MSG_FOUND] = { "found", found, false, CONTROL, STORE },
};

const char *
proc_name(enum proc p)
{
	static const char *const names[PROCS] = {
		[PROC_PARENT] = "parent",
		[PROC_KEYS] = "keys",
		[PROC_STORE] = "store",
		[PROC_SEAL] = "seal",
		[PROC_LINK] = "link",
		[PROC_CONTROL] = "control",
		[PROC_MEDIA] = "media",
		[PROC_WEB] = "web",
		[PROC_TLS] = "tls",
		[PROC_PRINT] = "print",
		[PROC_SCAN] = "scan",
	};

	return names[p];
}

bool
msg_is_kind(uint64_t kind)
{
	return kind <= MSG_LAST && kinds[kind].name != NULL;
}

const struct msg_kind *
msg_kind(enum msg m)
{
	if (!msg_is_kind((uint64_t)m))
		bug("a message of no kind");
	return &kinds[m];
}

const char *
msg_name(enum msg m)
{
	return msg_kind(m)->name;
}

bool
msg_may(enum msg m, enum proc from, enum proc to)
{
	const struct msg_kind *kind = msg_kind(m);

	return from != to && (kind->from >> from & 1) != 0 &&
	       (kind->to >> to & 1) != 0;
}

bool
msg_carries_fd(enum msg m)
{
	return msg_kind(m)->fd;
}

size_t
msg_most(enum msg m)
{
	const struct field *f;
	size_t most = MSG_HEAD;

	for (f = msg_kind(m)->fields; f->kind != FIELD_END; f++)
		if (f->kind == FIELD_FIXED)
			most += f->size;
		else if (f->kind == FIELD_U64 || f->kind == FIELD_I64)
			most += 8;
		else
			most += 4 + (size_t)f->max;
	return most < MSG_MAX ? most : MSG_MAX;
}
