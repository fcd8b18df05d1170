/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Addresses (docs/envelope.md 3): "antin://" host [ "/" desk ].
 *
 * The host is the path of ids up the tree, the unit's own first:
 * "antin://muong-nhe.dien-bien.vn/van-thu".  An id is 1 to 63 lower-case
 * letters, digits and inner hyphens; there is no userinfo, port, query,
 * escape or empty part, so one address has one spelling.
 */
#ifndef ENVELOPE_ADDRESS_H
#define ENVELOPE_ADDRESS_H

#include "core/bytes.h"

#define ADDRESS_DEPTH 16 /* ids in a host at the most */

/* Parts of a valid address; borrow from it. */
struct address {
	struct bytes station; /* "antin://host" */
	struct bytes host;
	struct bytes desk; /* empty for a station's own address */
};

/* An id: one part of a host, or a desk's. */
bool address_id_ok(struct bytes id);
bool address_parse(struct address *out, struct bytes in);
/* A valid address of a desk; of a station. */
bool address_is_desk(struct bytes in);
bool address_is_station(struct bytes in);

#endif
