/* SPDX-License-Identifier: EUPL-1.2 */
/* The fields of the messages of msg_operate.h, in their order, and their
 * bounds. */
#include "daemon/msg_operate.h"

#include "core/limits.h"
#include "daemon/msg_fields.h"

const struct field fields_mark[] = { ANY(msg_mark, uid),
	ADDRESS(msg_mark, desk), FIXED(msg_mark, id),
	U64(msg_mark, state, 0, 255), BYTES(msg_mark, reason, 0, 1000),
	U64(msg_mark, code, 0, 255), ADDRESS(msg_mark, originator),
	IDS(msg_mark, supersedes, ID_SIZE), END };

const struct field fields_operate[] = { ANY(msg_operate, uid),
	U64(msg_operate, what, 0, OPERATES - 1),
	U64(msg_operate, by, 0, OPERATE_BYS - 1), ANY(msg_operate, q),
	FIXED(msg_operate, id), ADDRESS(msg_operate, hop),
	ADDRESS(msg_operate, station), BYTES(msg_operate, reason, 0, 1000),
	END };

const struct field fields_recall[] = { ANY(msg_recall, uid),
	ADDRESS(msg_recall, desk), FIXED(msg_recall, id), END };

const struct field fields_duty[] = { ANY(msg_duty, uid),
	U64(msg_duty, what, 0, DUTY_DOES - 1), ANY(msg_duty, n),
	BYTES(msg_duty, login, 0, 32), BYTES(msg_duty, text, 0, MSG_ROTA),
	END };
