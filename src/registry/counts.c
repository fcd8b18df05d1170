/* SPDX-License-Identifier: EUPL-1.2 */
#include "registry/counts.h"

enum rc
step_counts(size_t *cert, struct directory *d, struct bytes statement,
    struct bytes signature, struct err *e)
{
	const struct dcert *c;
	struct step s;
	enum rc rc;

	*cert = NONE;
	if ((rc = step_read(&s, statement, e)) != RC_OK)
		return rc;
	*cert = cert_by_fingerprint(&d->state, s.cert);
	if (*cert == NONE)
		return fail(e, RC_ABSENT,
		    "docs/registry.md 6.8: the directory does not know the "
		    "certificate of %.*s yet",
		    (int)s.person.len, (const char *)s.person.p);
	c = &d->state.certs[*cert];
	if (c->holder == NONE || !d->state.holders[c->holder].person ||
	    s.at < c->from || s.at >= c->until || !directory_holds(d, *cert))
		return fail(e, RC_DENIED,
		    "docs/registry.md 6.8: the certificate of %.*s was not in "
		    "force when this step was made",
		    (int)s.person.len, (const char *)s.person.p);
	return step_holds(statement, signature, &c->cert, e);
}
