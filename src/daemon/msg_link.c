/* SPDX-License-Identifier: EUPL-1.2 */
/* The fields of what msg_link.h has, in their order, and their bounds. */
#include "daemon/msg_link.h"

#include "core/limits.h"
#include "daemon/msg_fields.h"

const struct field fields_dest[] = { ADDRESS(msg_dest, address),
	FIXED(msg_dest, tag), END };

const struct field fields_link_key[] = { FIXED(msg_link_key, earlier),
	ANY(msg_link_key, epoch), FIXED(msg_link_key, key), END };

const struct field fields_statement[] = {
	BYTES(msg_statement, statement, 0, LINK_STATEMENT_MAX), END
};

const struct field fields_self[] = { ADDRESS(msg_self, station),
	BYTES(msg_self, statement, 0, LINK_STATEMENT_MAX),
	ANY(msg_self, incarnation), ADDRESS(msg_self, parent),
	TIME(msg_self, clock), END };

const struct field fields_conn[] = { ANY(msg_conn, conn), END };

const struct field fields_hello[] = { ANY(msg_hello, conn),
	BYTES(msg_hello, statement, 0, LINK_STATEMENT_MAX),
	FIXED(msg_hello, key), FLAG(msg_hello, dialled),
	ANY(msg_hello, incarnation), CLOCK(msg_hello, clock),
	FLAG(msg_hello, own_clock), FLAG(msg_hello, tells),
	FLAG(msg_hello, thin), FIXED(msg_hello, identity),
	FLAG(msg_hello, claims), ANY(msg_hello, life.size),
	FIXED(msg_hello, life.root), FLAG(msg_hello, notices),
	BYTES(msg_hello, contact, 0, MSG_CONTACT_MAX), END };

const struct field fields_admit[] = { ANY(msg_admit, conn), RC(msg_admit, rc),
	ADDRESS(msg_admit, station), CLOCK(msg_admit, clock),
	FLAG(msg_admit, own_clock), ANY(msg_admit, epoch), ANY(msg_admit, life),
	FLAG(msg_admit, guest), END };

const struct field fields_number[] = { ANY(msg_number, conn),
	ANY(msg_number, number), END };

const struct field fields_item[] = { ANY(msg_item, conn), ANY(msg_item, number),
	ANY(msg_item, envelope), ANY(msg_item, total), ANY(msg_item, from),
	FIXED(msg_item, sum), DESTS(msg_item, dests),
	BYTES(msg_item, package, 0, MSG_INLINE), FLAG(msg_item, again), END };

const struct field fields_data[] = { ANY(msg_data, conn), ANY(msg_data, number),
	ANY(msg_data, at), BYTES(msg_data, more, 0, MSG_PIECE), END };

const struct field fields_taken[] = { ANY(msg_taken, conn),
	ANY(msg_taken, number), U64(msg_taken, outcome, 0, 255),
	U64(msg_taken, code, 0, 255), END };

const struct field fields_partial[] = { ANY(msg_partial, conn),
	FIXED(msg_partial, sum), ANY(msg_partial, have), FLAG(msg_partial, end),
	END };

const struct field fields_send[] = { ANY(msg_send, conn), ANY(msg_send, q),
	U64(msg_send, rank, 0, PRECEDENCES), ANY(msg_send, envelope),
	ANY(msg_send, total), FIXED(msg_send, sum), DESTS(msg_send, dests),
	BYTES(msg_send, package, 0, LONG), ANY(msg_send, at),
	TIME(msg_send, due), FLAG(msg_send, again), ANY(msg_send, from), END };

const struct field fields_tell[] = { ANY(msg_tell, conn),
	U64(msg_tell, kind, 1, 255), FLAG(msg_tell, more),
	BYTES(msg_tell, bytes, 1, MSG_TELL_MAX), END };
