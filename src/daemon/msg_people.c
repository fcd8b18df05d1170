/* SPDX-License-Identifier: EUPL-1.2 */
/* The fields of what msg_people.h has, in their order, and their bounds. */
#include "daemon/msg_people.h"

#include "core/limits.h"
#include "crypto/keyfile.h"
#include "daemon/msg_fields.h"
#include "pki/cert.h"

#define DESKS 1000u /* desks of one answer */

const struct field fields_desk_row[] = { ADDRESS(msg_desk_row, address),
	BYTES(msg_desk_row, name, 0, LIMIT_NAME), TIME(msg_desk_row, until),
	END };

const struct field fields_held[] = { BYTES(msg_held, sign, 1, CERT_MAX),
	BYTES(msg_held, kem, 0, CERT_MAX), FLAG(msg_held, station), END };

const struct field fields_desk[] = { ANY(msg_desk, uid),
	ADDRESS(msg_desk, desk), END };

const struct field fields_sign_in[] = { ANY(msg_sign_in, uid),
	ADDRESS(msg_sign_in, desk),
	BYTES(msg_sign_in, passphrase, 0, KEYFILE_PASSPHRASE), END };

const struct field fields_signed_in[] = { RC(msg_signed_in, rc),
	WHY(msg_signed_in, why), TIME(msg_signed_in, until),
	ANY(msg_signed_in, wait), END };

const struct field fields_desk_list[] = { RC(msg_rows, rc), WHY(msg_rows, why),
	LIST(msg_rows, rows, LIST_DESK, DESKS), FLAG(msg_rows, last), END };

const struct field fields_desk_state[] = { ADDRESS(msg_desk_state, desk),
	FLAG(msg_desk_state, open), END };

const struct field fields_record[] = {
	BYTES(msg_record, record, 0, MSG_KEPT_RECORD), END
};

const struct field fields_user[] = { ANY(msg_user, uid),
	U64(msg_user, what, 0, USER_DOES - 1), ADDRESS(msg_user, person),
	ADDRESS(msg_user, by),
	BYTES(msg_user, passphrase, 0, KEYFILE_PASSPHRASE),
	BYTES(msg_user, code, 0, MSG_CODE), END };

const struct field fields_user_is[] = { RC(msg_user_is, rc),
	WHY(msg_user_is, why), TIME(msg_user_is, until), ANY(msg_user_is, wait),
	BYTES(msg_user_is, secret, 0, MSG_CODE_SECRET), END };

const struct field fields_person[] = { ADDRESS(msg_person, person),
	ADDRESS(msg_person, by), END };

const struct field fields_person_is[] = { RC(msg_person_is, rc),
	WHY(msg_person_is, why), FIXED(msg_person_is, bound),
	BYTES(msg_person_is, record, 0, MSG_KEPT_RECORD),
	ANY(msg_person_is, used), TIME(msg_person_is, now),
	FLAG(msg_person_is, own_clock), FLAG(msg_person_is, administrator),
	FLAG(msg_person_is, by_may), END };

const struct field fields_session[] = { ANY(msg_session, uid),
	U64(msg_session, what, 0, SESSION_DIDS - 1),
	ADDRESS(msg_session, person), ADDRESS(msg_session, by),
	ANY(msg_session, used), BYTES(msg_session, record, 0, MSG_KEPT_RECORD),
	END };

const struct field fields_outcome[] = { RC(msg_outcome, rc),
	WHY(msg_outcome, why), END };
