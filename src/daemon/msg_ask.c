/* SPDX-License-Identifier: EUPL-1.2 */
/* The fields of what msg_ask.h has, in their order, and their bounds. */
#include "daemon/msg_ask.h"

#include "core/limits.h"
#include "daemon/msg_fields.h"
#include "envelope/envelope.h"

const struct field fields_row[] = { U64(msg_row, what, 0, 255),
	FIXED(msg_row, id), ANY(msg_row, n), ANY(msg_row, q),
	ADDRESS(msg_row, address), ADDRESS(msg_row, other), ANY(msg_row, state),
	U64(msg_row, rank, 0, PRECEDENCES), LEVEL(msg_row, level),
	CLOCK(msg_row, at), CLOCK(msg_row, since), CLOCK(msg_row, due),
	ANY(msg_row, count), ANY(msg_row, bytes),
	BYTES(msg_row, text, 0, MSG_LINE), END };

const struct field fields_ask[] = { U64(msg_ask, what, 0, ASKS - 1),
	ADDRESS(msg_ask, desk), FIXED(msg_ask, id), FLAG(msg_ask, all),
	ANY(msg_ask, before), ANY(msg_ask, max), END };

const struct field fields_rows[] = { RC(msg_rows, rc), WHY(msg_rows, why),
	LIST(msg_rows, rows, LIST_ROW, UINT64_MAX), FLAG(msg_rows, last), END };
