/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/journal.h"

#include "pki/holds.h"
#include "pki/resolve.h"

/* A line of this role by the station of a unit, under a certificate in force
 * then. */
static bool
signed_by(struct directory *d, const struct note *n, enum note_role role,
    size_t unit, int64_t at)
{
	const struct state *s = &d->state;
	const struct dcert *c;
	struct sig_pub *pub;
	bool holds = false;
	size_t i;

	for (i = station_cert(d, unit, NONE, at); i != NONE && !holds;
	     i = station_cert(d, unit, i, at)) {
		c = &s->certs[i];
		pub = sig_pub_of(c->cert.sig, c->cert.pub);
		holds =
		    pub != NULL && note_has(n, role, &s->units[unit].uid, pub);
		sig_pub_free(pub);
	}
	return holds;
}

enum rc
journal_counts_at(
    struct directory *d, const struct note *n, int64_t at, struct err *e)
{
	const size_t unit = unit_by_uid(&d->state, &n->checkpoint.log);

	if (unit == NONE)
		return fail(e, RC_ABSENT,
		    "the directory does not know the unit whose journal this "
		    "is");
	if (!signed_by(d, n, NOTE_STATION, unit, at))
		return fail(e, RC_DENIED,
		    "docs/journal.md 5.5: the checkpoint is not signed by the "
		    "station whose journal it is");
	return RC_OK;
}

enum rc
journal_counts(struct directory *d, const struct note *n, struct err *e)
{
	return journal_counts_at(d, n, n->checkpoint.at, e);
}

bool
journal_witnessed(struct directory *d, const struct note *n, size_t witness)
{
	return signed_by(d, n, NOTE_WITNESS, witness, n->checkpoint.at);
}

size_t
journal_witness(struct directory *d, const struct note *n)
{
	const struct state *s = &d->state;
	size_t unit = unit_by_uid(s, &n->checkpoint.log);

	while (unit != NONE) {
		unit = unit_parent(&s->units[unit], n->checkpoint.at);
		if (unit != NONE && journal_witnessed(d, n, unit))
			break;
	}
	return unit;
}
