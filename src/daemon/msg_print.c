/* SPDX-License-Identifier: EUPL-1.2 */
/* The fields of what msg_print.h has, in their order, and their bounds. */
#include "daemon/msg_print.h"

#include "daemon/msg_fields.h"

const struct field fields_print[] = { BYTES(msg_print, what, 1, MSG_PRINT_WORD),
	CLOCK(msg_print, made), END };

const struct field fields_print_is[] = { RC(msg_print_is, rc),
	WHY(msg_print_is, why), ANY(msg_print_is, size),
	ANY(msg_print_is, unknown), END };
