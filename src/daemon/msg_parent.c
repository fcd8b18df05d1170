/* SPDX-License-Identifier: EUPL-1.2 */
/* The fields of what msg_parent.h has, in their order, and their bounds. */
#include "daemon/msg_parent.h"

#include "core/limits.h"
#include "crypto/keyfile.h"
#include "daemon/msg_fields.h"

const struct field fields_setting[] = { BYTES(msg_setting, name, 1, 64),
	BYTES(msg_setting, value, 0, MSG_LINE), END };

const struct field fields_peer[] = { U64(msg_peer, proc, 1, PROCS - 1), END };

const struct field fields_log[] = { BYTES(msg_log, line, 1, MSG_LINE),
	U64(msg_log, level, 0, 2), END };

const struct field fields_key[] = { BYTES(msg_key, name, 1, LIMIT_NAME),
	BYTES(msg_key, file, 1, KEYFILE_MAX), U64(msg_key, station, 0, 3),
	END };

const struct field fields_socket[] = { BYTES(msg_socket, name, 1, 32), END };
