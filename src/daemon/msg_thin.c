/* SPDX-License-Identifier: EUPL-1.2 */
/* The fields of what msg_thin.h has, in their order, and their bounds. */
#include "daemon/msg_thin.h"

#include "daemon/msg_fields.h"

const struct field fields_thin_ask[] = { ANY(msg_thin_ask, conn),
	FIXED(msg_thin_ask, identity), END };

const struct field fields_thin_is[] = { ANY(msg_thin_is, conn),
	RC(msg_thin_is, rc), FIXED(msg_thin_is, identity),
	FIXED(msg_thin_is, key), ANY(msg_thin_is, life.size),
	FIXED(msg_thin_is, life.root), END };

const struct field fields_thin_secret[] = { ANY(msg_thin_secret, conn),
	FIXED(msg_thin_secret, secret), END };

const struct field fields_thin[] = { BYTES(
					 msg_thin, record, 0, MSG_KEPT_RECORD),
	U64(msg_thin, steps, 0, MSG_THIN_AHEAD), FIXED(msg_thin, secret),
	FIXED(msg_thin, bound), END };

const struct field fields_thinned[] = { RC(msg_thinned, rc),
	BYTES(msg_thinned, record, 0, MSG_KEPT_RECORD),
	BYTES(msg_thinned, names, 0, (1 + MSG_THIN_AHEAD) * MSG_THIN_IDENTITY),
	FIXED(msg_thinned, key), END };
