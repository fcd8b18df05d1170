/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A path: u8 what is asked for, then certificates one behind the other, the
 * root's last.  A path that holds is what was asked for and within its root;
 * so is each step alone, whose signature is not asked, within what issued it.
 */
#include "pki/path.h"
#include "core/time.h"
#include "der/der.h"

#define NOW INT64_C(1795000000) /* 2026-11-18, in the dates of the corpus */
#define CERTS 18		/* one more than may be, and the root's */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
is_within(const struct cert *c, const struct cert *above)
{
	if (!host_within(
		address_host(c->address), address_host(above->address)) ||
	    c->rights.level > above->rights.level ||
	    precedence_rank(c->rights.precedence) >
		precedence_rank(above->rights.precedence) ||
	    above->rights.kind != CERT_AUTHORITY || above->use != CERT_SIGN ||
	    c->rights.kind == CERT_CARD)
		bug("a holder with more than its issuer");
}

static void
check_step(struct bytes of, struct bytes by)
{
	struct cert c, issuer;
	struct err e;

	if (cert_parse(&c, of, &e) == RC_OK &&
	    cert_parse(&issuer, by, &e) == RC_OK &&
	    path_step(&c, &issuer, 0, &e) == RC_OK)
		is_within(&c, &issuer);
}

static void
check_path(const struct bytes *certs, size_t n, const struct path_want *want)
{
	struct cert root;
	struct path out;
	struct err e;

	if (path_root(&root, certs[n], &e) != RC_OK)
		return;
	if (path_check(&out, certs, n, &root, want, &e) != RC_OK) {
		if (out.holder.der.p != NULL || out.from != 0 || out.until != 0)
			bug("something is left of a path that was refused");
		return;
	}
	if (out.holder.rights.kind != want->kind ||
	    out.holder.use != want->use || out.from > want->at ||
	    out.until < want->at)
		bug("a path of something else than was asked for");
	is_within(&out.holder, &root);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_init(bytes_of(data, size));
	const uint8_t asked = rd_u8(&r);
	const struct path_want want = { .at = NOW,
		.kind = (enum cert_kind)(asked % CERT_KINDS),
		.use = asked & 0x80 ? CERT_KEM : CERT_SIGN };
	struct bytes certs[CERTS], one;
	size_t n;

	for (n = 0; n < CERTS; n++) {
		one = der_element(r.in);
		certs[n] = one.len > 0 ? rd_bytes(&r, one.len) : rd_rest(&r);
		if (certs[n].len == 0)
			break;
		if (n > 0)
			check_step(certs[n - 1], certs[n]);
	}
	if (n > 0)
		check_path(certs, n - 1, &want);
	return 0;
}
