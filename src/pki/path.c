/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/path.h"

#include <string.h>

#include "core/lang.h"
#include "core/time.h"
#include "crypto/suite.h"
#include "envelope/address.h"

/* ---- small questions ------------------------------------------------------
 */

bool
host_within(struct bytes in, struct bytes of)
{
	if (in.len == of.len)
		return of.len > 0 && bytes_eq(in, of);
	return of.len > 0 && in.len > of.len + 1 &&
	       in.p[in.len - of.len - 1] == '.' &&
	       memcmp(in.p + in.len - of.len, of.p, of.len) == 0;
}

struct bytes
address_host(struct bytes address)
{
	struct address a;

	return address_parse(&a, address) ? a.host : (struct bytes){ 0 };
}

/* ---- a step
 * ------------------------------------------------------------------- */

static enum rc
check_suite(const struct cert *c, struct err *e)
{
	const bool fit = c->use == CERT_SIGN ? suite_sig_is_composite(c->sig)
					     : suite_kem_is_composite(c->kem);

	if (!fit)
		return fail(e, RC_DENIED,
		    "docs/pki.md 3.3: \"%.*s\" has a key of %s, which is of no "
		    "composite suite",
		    (int)c->name.len, (const char *)c->name.p,
		    c->use == CERT_SIGN ? c->sig->name : c->kem->name);
	if (!suite_sig_is_composite(c->signed_by))
		return fail(e, RC_DENIED,
		    "docs/pki.md 3.3: the certificate of \"%.*s\" is signed "
		    "with %s, which is of no composite suite",
		    (int)c->name.len, (const char *)c->name.p,
		    c->signed_by->name);
	return RC_OK;
}

static enum rc
check_issuer(const struct cert *c, const struct cert *issuer, struct err *e)
{
	if (!cert_is_authority(issuer))
		return fail(e, RC_DENIED,
		    "docs/pki.md 3.5: \"%.*s\" may sign no other certificate: "
		    "its own is not that of an authority's signature key (it "
		    "says: %s)",
		    (int)issuer->name.len, (const char *)issuer->name.p,
		    tr(cert_kind_word(issuer->rights.kind)));
	if (!bytes_eq(c->issuer, issuer->name) ||
	    !bytes_eq(tag_bytes(&c->issuer_tag), tag_bytes(&issuer->tag)))
		return fail(e, RC_INVALID,
		    "docs/pki.md 3.5: \"%.*s\" was issued by \"%.*s\", not by "
		    "the \"%.*s\" that follows",
		    (int)c->name.len, (const char *)c->name.p,
		    (int)c->issuer.len, (const char *)c->issuer.p,
		    (int)issuer->name.len, (const char *)issuer->name.p);
	return RC_OK;
}

/* The rights of one within those of one above it. */
static enum rc
check_rights(const struct cert *c, const struct cert *above, struct err *e)
{
	const struct bytes host = address_host(above->address);

	if (!host_within(address_host(c->address), host))
		return fail(e, RC_DENIED,
		    "docs/pki.md 3.7: %.*s is outside \"%.*s\", whose "
		    "authority "
		    "speaks for its own subtree only",
		    (int)c->address.len, (const char *)c->address.p,
		    (int)host.len, (const char *)host.p);
	if (c->rights.level > above->rights.level)
		return fail(e, RC_DENIED,
		    "docs/pki.md 3.8: \"%.*s\" may go to %s, its issuer to %s "
		    "only",
		    (int)c->name.len, (const char *)c->name.p,
		    level_name(c->rights.level),
		    level_name(above->rights.level));
	if (precedence_rank(c->rights.precedence) >
	    precedence_rank(above->rights.precedence))
		return fail(e, RC_DENIED,
		    "docs/pki.md 3.8: \"%.*s\" may go to %s, its issuer to %s "
		    "only",
		    (int)c->name.len, (const char *)c->name.p,
		    precedence_name(c->rights.precedence),
		    precedence_name(above->rights.precedence));
	return RC_OK;
}

enum rc
path_step(const struct cert *c, const struct cert *issuer, unsigned below,
    struct err *e)
{
	enum rc rc;

	if (c->rights.kind == CERT_CARD || issuer->rights.kind == CERT_CARD)
		return fail(e, RC_DENIED,
		    "docs/pki.md 2.7: a card's certificate stands in no path");
	if ((rc = check_suite(c, e)) != RC_OK ||
	    (rc = check_issuer(c, issuer, e)) != RC_OK)
		return rc;
	if (below > issuer->rights.path_len)
		return fail(e, RC_DENIED,
		    "docs/pki.md 3.6: %u authorities below \"%.*s\", which "
		    "may have %u",
		    below, (int)issuer->name.len, (const char *)issuer->name.p,
		    issuer->rights.path_len);
	return check_rights(c, issuer, e);
}

/* ---- the whole
 * ------------------------------------------------------------------ */

enum rc
path_root(struct cert *out, struct bytes der, struct err *e)
{
	struct sig_pub *pub;
	bool holds;
	enum rc rc;

	if ((rc = cert_parse(out, der, e)) != RC_OK)
		return fail_at(e, "the root's certificate");
	if (!cert_is_authority(out) || !bytes_eq(out->issuer, out->name) ||
	    !bytes_eq(tag_bytes(&out->issuer_tag), tag_bytes(&out->tag)))
		return fail(e, RC_INVALID,
		    "docs/pki.md 2.8: a root is an authority that is its own "
		    "issuer");
	if ((rc = check_suite(out, e)) != RC_OK)
		return rc;
	pub = sig_pub_of(out->sig, out->pub);
	holds = pub != NULL && cert_verify(out, pub);
	sig_pub_free(pub);
	if (!holds)
		return fail(e, RC_DENIED,
		    "docs/pki.md 3.11: the root's own signature does not hold");
	return RC_OK;
}

/* Rule 3.4. */
static enum rc
check_loops(const struct cert *c, size_t n, struct err *e)
{
	size_t i, j;

	for (i = 0; i < n; i++)
		for (j = i + 1; j < n; j++)
			if (bytes_eq(c[i].pub, c[j].pub))
				return fail(e, RC_DENIED,
				    "docs/pki.md 3.4: the key of \"%.*s\" "
				    "stands twice in the path",
				    (int)c[i].name.len,
				    (const char *)c[i].name.p);
	return RC_OK;
}

/* c[n - 1] is the root.  What holds between each and its issuer holds between
 * each and all above: "within" and "at most" are transitive. */
static enum rc
check_steps(const struct cert *c, size_t n, struct err *e)
{
	const size_t self = c[0].rights.kind == CERT_AUTHORITY ? 1 : 0;
	size_t i;
	enum rc rc;

	for (i = 0; i + 1 < n; i++) {
		/* all between holder and issuer are authorities; the holder
		 * may be one too, and then counts: it will sign */
		rc = path_step(&c[i], &c[i + 1], (unsigned)(i + self), e);
		if (rc != RC_OK)
			return rc;
	}
	return RC_OK;
}

static enum rc
check_dates(
    struct path *out, const struct cert *c, size_t n, int64_t at, struct err *e)
{
	size_t i;
	enum rc rc;

	for (i = 0; i < n; i++) {
		if ((rc = cert_valid_at(&c[i], at, e)) != RC_OK)
			return fail_at(e, "docs/pki.md 3.9");
		if (i == 0 || c[i].from > out->from)
			out->from = c[i].from;
		if (i == 0 || c[i].until < out->until)
			out->until = c[i].until;
	}
	return RC_OK;
}

static enum rc
check_want(const struct cert *c, const struct path_want *want, struct err *e)
{
	if (c->rights.kind != want->kind || c->use != want->use)
		return fail(e, RC_DENIED,
		    "docs/pki.md 3.10: a %s's key is wanted, this is a %s's%s",
		    tr(cert_kind_word(want->kind)),
		    tr(cert_kind_word(c->rights.kind)),
		    c->use == want->use ? "" : tr(", of another use"));
	if (want->address.len > 0 && !bytes_eq(want->address, c->address))
		return fail(e, RC_DENIED,
		    "docs/pki.md 3.10: %.*s is wanted, this is %.*s",
		    (int)want->address.len, (const char *)want->address.p,
		    (int)c->address.len, (const char *)c->address.p);
	if (want->level > c->rights.level)
		return fail(e, RC_DENIED,
		    "docs/pki.md 3.10: \"%.*s\" may go to %s, wanted is %s",
		    (int)c->name.len, (const char *)c->name.p,
		    level_name(c->rights.level), level_name(want->level));
	if (precedence_rank(want->precedence) >
	    precedence_rank(c->rights.precedence))
		return fail(e, RC_DENIED,
		    "docs/pki.md 3.10: \"%.*s\" may go to %s, wanted is %s",
		    (int)c->name.len, (const char *)c->name.p,
		    precedence_name(c->rights.precedence),
		    precedence_name(want->precedence));
	return RC_OK;
}

static enum rc
check_signatures(const struct cert *c, size_t n, struct err *e)
{
	struct sig_pub *pub;
	bool holds;
	size_t i;

	for (i = 0; i + 1 < n; i++) {
		pub = sig_pub_of(c[i + 1].sig, c[i + 1].pub);
		holds = pub != NULL && cert_verify(&c[i], pub);
		sig_pub_free(pub);
		if (!holds)
			return fail(e, RC_DENIED,
			    "docs/pki.md 3.11: the signature of \"%.*s\" on "
			    "the certificate of \"%.*s\" does not hold",
			    (int)c[i + 1].name.len,
			    (const char *)c[i + 1].name.p, (int)c[i].name.len,
			    (const char *)c[i].name.p);
	}
	return RC_OK;
}

enum rc
path_check(struct path *out, const struct bytes *certs, size_t n,
    const struct cert *root, const struct path_want *want, struct err *e)
{
	struct cert c[PATH_MAX_CERTS + 1];
	size_t i;
	enum rc rc;

	*out = (struct path){ 0 };
	if (n == 0 || n > PATH_MAX_CERTS)
		return fail(e, RC_LIMIT,
		    "docs/pki.md 3.1: a path of 1 to %u certificates is "
		    "wanted, found %zu",
		    PATH_MAX_CERTS, n);
	for (i = 0; i < n; i++)
		if ((rc = cert_parse(&c[i], certs[i], e)) != RC_OK)
			return fail_at(e,
			    "docs/pki.md 3.2: certificate %zu of the path",
			    i + 1);
	c[n] = *root;
	if ((rc = check_loops(c, n + 1, e)) != RC_OK ||
	    (rc = check_steps(c, n + 1, e)) != RC_OK ||
	    (rc = check_dates(out, c, n + 1, want->at, e)) != RC_OK ||
	    (rc = check_want(&c[0], want, e)) != RC_OK ||
	    (rc = check_signatures(c, n + 1, e)) != RC_OK) {
		*out = (struct path){ 0 };
		return rc;
	}
	out->holder = c[0];
	return RC_OK;
}
