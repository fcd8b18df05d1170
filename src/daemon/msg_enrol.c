/* SPDX-License-Identifier: EUPL-1.2 */
/* The fields of what msg_enrol.h has, in their order, and their bounds. */
#include "daemon/msg_enrol.h"

#include "core/limits.h"
#include "crypto/keyfile.h"
#include "daemon/msg_fields.h"
#include "pki/enrol.h"

const struct field fields_enrol[] = { ANY(msg_enrol, conn),
	BYTES(msg_enrol, from, 0, 64),
	BYTES(msg_enrol, message, 0, MSG_ENROL_MAX), END };

const struct field fields_enrol_piece[] = { ANY(msg_enrol_piece, uid),
	FIXED(msg_enrol_piece, id), ANY(msg_enrol_piece, at),
	ANY(msg_enrol_piece, total),
	BYTES(msg_enrol_piece, bytes, 0, MSG_ENROL_BYTES), END };

const struct field fields_enrol_is[] = { RC(msg_enrol_is, rc),
	WHY(msg_enrol_is, why), ANY(msg_enrol_is, total),
	BYTES(msg_enrol_is, bytes, 0, MSG_ENROL_BYTES), END };

const struct field fields_invited[] = { ANY(msg_invited, uid),
	FIXED(msg_invited, id), ADDRESS(msg_invited, address),
	TIME(msg_invited, until), END };

const struct field fields_renew[] = { TIME(msg_renew, now), END };

const struct field fields_renewal[] = {
	BYTES(msg_renewal, request, 0, REQUEST_MAX), END
};

const struct field fields_certified[] = {
	BYTES(msg_certified, certs, 1, 2u * CERT_MAX), END
};

const struct field fields_keep[] = { FLAG(msg_keep, next),
	BYTES(msg_keep, file, 1, KEYFILE_MAX), END };

const struct field fields_kept[] = { FLAG(msg_kept, next), RC(msg_kept, rc),
	WHY(msg_kept, why), END };
