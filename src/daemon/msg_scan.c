/* SPDX-License-Identifier: EUPL-1.2 */
/* The fields of what msg_scan.h has, in their order, and their bounds. */
#include "daemon/msg_scan.h"

#include "daemon/msg_fields.h"

const struct field fields_scan_is[] = { U64(msg_scan_is, is, 0, SCANS - 1),
	FLAG(msg_scan_is, must), BYTES(msg_scan_is, name, 0, MSG_SCAN_NAME),
	WHY(msg_scan_is, why), END };

const struct field fields_scan_none[] = { WHY(msg_scan_none, why), END };

const struct field fields_found[] = { ANY(msg_found, uid),
	BYTES(msg_found, name, 1, MSG_SCAN_NAME), END };
