/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * AuthEnvelopedData (RFC 5083) as others write it: without authenticated
 * attributes, so it is none of our envelopes and has a reader of its own.
 */
#ifndef TESTS_FOREIGN_CMS_H
#define TESTS_FOREIGN_CMS_H

#include "der/der.h"
#include "der/oid.h"

/* One that was read; borrows. */
struct foreign_cms {
	struct bytes slip; /* of its one recipient, the whole element */
	struct bytes cipher, nonce;
	struct bytes sealed, mac;
};

static inline enum rc
foreign_cms_read(struct foreign_cms *out, struct bytes in, struct err *e)
{
	struct der d = der_init(in);

	der_open(&d, DER_SEQUENCE);
	der_oid_is(&d, oid(OID_AUTH_ENVELOPED));
	der_open(&d, DER_CTXC(0));
	der_open(&d, DER_SEQUENCE);
	(void)der_uint(&d, 0);
	der_open(&d, DER_SET);
	out->slip = der_raw(&d, DER_CTXC(4));
	der_close(&d);
	der_open(&d, DER_SEQUENCE);
	der_oid_is(&d, oid(OID_CONTENT_DATA));
	der_open(&d, DER_SEQUENCE);
	out->cipher = der_oid(&d);
	der_open(&d, DER_SEQUENCE);
	out->nonce = der_octets(&d, 12, 12);
	if (der_uint(&d, 16) != 16)
		der_fault(&d, "a tag that is not of 16 bytes");
	der_close(&d);
	der_close(&d);
	out->sealed = der_tagged(&d, DER_CTX(0), 1, in.len);
	der_close(&d);
	out->mac = der_octets(&d, 16, 16);
	der_close(&d);
	der_close(&d);
	der_close(&d);
	return der_end(&d, "another tool's envelope", e);
}

#endif
