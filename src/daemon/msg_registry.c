/* SPDX-License-Identifier: EUPL-1.2 */
/* The fields of the messages of msg_registry.h, in their order, and their
 * bounds. */
#include "daemon/msg_registry.h"

#include "core/limits.h"
#include "daemon/msg_fields.h"
#include "pki/cert.h"

const struct field fields_row_key[] = { RC(msg_row_key, rc),
	WHY(msg_row_key, why), BYTES(msg_row_key, record, 0, MSG_KEPT_RECORD),
	FIXED(msg_row_key, key), END };

const struct field fields_step_sign[] = { ANY(msg_step_sign, uid),
	ADDRESS(msg_step_sign, person),
	BYTES(msg_step_sign, statement, 1, MSG_STEP), END };

const struct field fields_step_signed[] = { RC(msg_step_signed, rc),
	WHY(msg_step_signed, why),
	BYTES(msg_step_signed, signature, 0, SIG_MAX), END };

const struct field fields_rules[] = { BYTES(msg_rules, name, 1, LIMIT_NAME),
	BYTES(msg_rules, file, 0, MSG_RULES_FILE), FLAG(msg_rules, own), END };

const struct field fields_doc[] = { ANY(msg_doc, uid),
	U64(msg_doc, what, 0, REG_WHATS - 1), ADDRESS(msg_doc, person),
	ADDRESS(msg_doc, desk), BYTES(msg_doc, action, 0, 32),
	BYTES(msg_doc, document, 0, 2 * ID_SIZE),
	BYTES(msg_doc, fields, 0, MSG_DOC_FIELDS),
	BYTES(msg_doc, text, 0, MSG_DOC_TEXT), BYTES(msg_doc, book, 0, 128),
	FLAG(msg_doc, all), ANY(msg_doc, before), ANY(msg_doc, max),
	U64(msg_doc, year, 0, 9999), ANY(msg_doc, volume), CLOCK(msg_doc, from),
	CLOCK(msg_doc, until), END };

const struct field fields_doc_is[] = { RC(msg_doc_is, rc), WHY(msg_doc_is, why),
	BYTES(msg_doc_is, rows, 0, MSG_DOC_ROWS), FLAG(msg_doc_is, last),
	U64(msg_doc_is, of, 0, ERR_OFS - 1), END };
