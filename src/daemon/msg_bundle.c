/* SPDX-License-Identifier: EUPL-1.2 */
/* The fields of what msg_bundle.h has, in their order, and their bounds. */
#include "daemon/msg_bundle.h"

#include "core/limits.h"
#include "crypto/kem.h"
#include "daemon/msg_fields.h"

#define BUNDLE_STATEMENT_MAX 8192u /* of media/statement.h */

const struct field fields_bundle[] = { ANY(msg_bundle, uid),
	U64(msg_bundle, what, 0, BUNDLE_WHATS - 1),
	ADDRESS(msg_bundle, station), ANY(msg_bundle, number),
	ANY(msg_bundle, size), FLAG(msg_bundle, rest), END };

const struct field fields_bundle_is[] = { RC(msg_bundle_is, rc),
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

const struct field fields_bundle_for[] = { ADDRESS(msg_bundle_for, station),
	ANY(msg_bundle_for, number), ANY(msg_bundle_for, size),
	FLAG(msg_bundle_for, rest), END };

const struct field fields_bundle_front[] = { RC(msg_bundle_front, rc),
	WHY(msg_bundle_front, why), ANY(msg_bundle_front, conn),
	ADDRESS(msg_bundle_front, station), BYTES(msg_bundle_front, alg, 0, 64),
	BYTES(msg_bundle_front, pub, 0, KEM_PUB_MAX),
	ANY(msg_bundle_front, number), ANY(msg_bundle_front, incarnation),
	ANY(msg_bundle_front, open), TIME(msg_bundle_front, at),
	BYTES(msg_bundle_front, frames, 0, LONG), END };

const struct field fields_bundle_next[] = { ANY(msg_bundle_next, conn),
	ANY(msg_bundle_next, room), ANY(msg_bundle_next, q),
	ANY(msg_bundle_next, upto), FIXED(msg_bundle_next, sum), END };

const struct field fields_bundle_from[] = { BYTES(msg_bundle_from, statement, 0,
						BUNDLE_STATEMENT_MAX),
	ANY(msg_bundle_from, number), FIXED(msg_bundle_from, head),
	FLAG(msg_bundle_from, look), END };

const struct field fields_bundle_admit[] = { RC(msg_bundle_admit, rc),
	WHY(msg_bundle_admit, why), ANY(msg_bundle_admit, conn),
	ADDRESS(msg_bundle_admit, station), ANY(msg_bundle_admit, number),
	TIME(msg_bundle_admit, at), TIME(msg_bundle_admit, before),
	BYTES(msg_bundle_admit, parts, 0, MSG_PIECE), END };

const struct field fields_bundle_says[] = { ANY(msg_bundle_says, conn),
	U64(msg_bundle_says, what, 0, 255),
	BYTES(msg_bundle_says, bytes, 0, MSG_PIECE), END };

const struct field fields_bundle_sign[] = { ADDRESS(msg_bundle_sign, to),
	ANY(msg_bundle_sign, number), ANY(msg_bundle_sign, incarnation),
	ANY(msg_bundle_sign, open), TIME(msg_bundle_sign, at),
	FIXED(msg_bundle_sign, head), END };

const struct field fields_bundle_open[] = { FIXED(msg_bundle_open, key),
	BYTES(msg_bundle_open, ct, 0, KEM_CT_MAX), FIXED(msg_bundle_open, head),
	END };

const struct field fields_bundle_note[] = { ANY(msg_bundle_note, uid),
	ANY(msg_bundle_note, number), FLAG(msg_bundle_note, lost), END };
