/* SPDX-License-Identifier: EUPL-1.2 */
/* The fields of what msg_web.h has, in their order, and their bounds. */
#include "daemon/msg_web.h"

#include "daemon/msg_fields.h"

const struct field fields_web_at[] = { BYTES(msg_web_at, at, 1, MSG_PEER_TEXT),
	FLAG(msg_web_at, secure), END };

const struct field fields_browser[] = { BYTES(msg_browser, peer, 1,
					    MSG_PEER_TEXT),
	FLAG(msg_browser, secure), ANY(msg_browser, uid), END };

const struct field fields_web_user[] = { ANY(msg_web_user, user), END };

const struct field fields_web_link_is[] = { RC(msg_web_link_is, rc),
	WHY(msg_web_link_is, why), BYTES(msg_web_link_is, url, 0, MSG_WEB_URL),
	END };

const struct field fields_changed[] = {
	U64(msg_changed, what, 1, (1u << CHANGES) - 1), END
};

const struct field fields_web_cert[] = { FIXED(msg_web_cert, pub),
	BYTES(msg_web_cert, ports, 0, MSG_WEB_PORTS), END };

const struct field fields_web_cert_is[] = { RC(msg_web_cert_is, rc),
	WHY(msg_web_cert_is, why),
	BYTES(msg_web_cert_is, leaf, 0, MSG_WEB_CERT_MAX),
	BYTES(msg_web_cert_is, ca, 0, MSG_WEB_CERT_MAX),
	CLOCK(msg_web_cert_is, until), END };

const struct field fields_web_sign[] = { CLOCK(msg_web_sign, now),
	FIXED(msg_web_sign, pub), BYTES(msg_web_sign, kept, 0, MSG_WEB_KEPT),
	END };

const struct field fields_web_signed[] = { RC(msg_web_signed, rc),
	WHY(msg_web_signed, why), BYTES(msg_web_signed, kept, 0, MSG_WEB_KEPT),
	BYTES(msg_web_signed, leaf, 0, MSG_WEB_CERT_MAX),
	BYTES(msg_web_signed, ca, 0, MSG_WEB_CERT_MAX),
	BYTES(msg_web_signed, names, 0, MSG_WEB_NAMES),
	CLOCK(msg_web_signed, until), CLOCK(msg_web_signed, ca_until), END };

const struct field fields_web_ca_is[] = { RC(msg_web_ca_is, rc),
	WHY(msg_web_ca_is, why), BYTES(msg_web_ca_is, ca, 0, MSG_WEB_CERT_MAX),
	BYTES(msg_web_ca_is, names, 0, MSG_WEB_NAMES),
	BYTES(msg_web_ca_is, ports, 0, MSG_WEB_PORTS),
	CLOCK(msg_web_ca_is, until), END };
