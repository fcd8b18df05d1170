/* SPDX-License-Identifier: EUPL-1.2 */
/* The fields of the messages of msg_journal.h, in their order, and their
 * bounds. */
#include "daemon/msg_journal.h"

#include "core/limits.h"
#include "daemon/msg_fields.h"

const struct field fields_note[] = { FIXED(msg_note, unit), ANY(msg_note, size),
	FIXED(msg_note, root), TIME(msg_note, at), ANY(msg_note, incarnation),
	END };

const struct field fields_noted[] = { BYTES(msg_noted, note, 1,
					  MSG_JOURNAL_BYTES),
	FIXED(msg_noted, tool), END };

const struct field fields_witness[] = { FIXED(msg_witness, note.unit),
	ANY(msg_witness, note.size), FIXED(msg_witness, note.root),
	TIME(msg_witness, note.at), ANY(msg_witness, note.incarnation),
	FIXED(msg_witness, by), END };

const struct field fields_journal[] = { U64(msg_journal, what, 0,
					    JOURNAL_ASKS - 1),
	FIXED(msg_journal, id), ANY(msg_journal, at), END };

const struct field fields_journal_is[] = { RC(msg_journal_is, rc),
	WHY(msg_journal_is, why), ANY(msg_journal_is, total),
	BYTES(msg_journal_is, bytes, 0, MSG_JOURNAL_BYTES),
	FIXED(msg_journal_is, tool), FLAG(msg_journal_is, counts),
	FLAG(msg_journal_is, seen), END };

const struct field fields_vouch[] = { ADDRESS(msg_vouch, signer),
	TIME(msg_vouch, at), FLAG(msg_vouch, own_clock),
	BYTES(msg_vouch, statements, 1, MSG_STATEMENTS), END };

const struct field fields_vouched[] = { RC(msg_vouched, rc),
	WHY(msg_vouched, why), BYTES(msg_vouched, head, 0, MSG_HEAD_SIGNED),
	ANY(msg_vouched, bad), END };
