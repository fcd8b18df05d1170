/* SPDX-License-Identifier: EUPL-1.2 */
/* antin unit recertify: certificates anew, for the same keys. */
#include "antin/office.h"
#include "core/lang.h"
#include "core/time.h"

#define DAYS_DESK 1825 /* five years: what the rules give a subscriber */
#define DAYS_MOST 36500

/* The unit whose authority certifies this holder at t: the nearest that has
 * one, the unit's own but for its own authority. */
static size_t
certifier(struct directory *d, const struct dcert *c, int64_t t)
{
	size_t unit = c->unit;

	if (c->cert.rights.kind == CERT_AUTHORITY)
		unit = unit_parent(&d->state.units[unit], t);
	while (unit != NONE && cert_in_force(d, unit, NONE, CERT_AUTHORITY,
				   CERT_SIGN, t) == NONE)
		unit = unit_parent(&d->state.units[unit], t);
	return unit;
}

/* It has to be made anew: the newest of its kind, in force, and written for
 * another address than its holder has then, or near its end. */
static bool
is_due(struct office *o, size_t i, int64_t t, int64_t margin)
{
	const struct state *s = &o->d->state;
	const struct dcert *c = &s->certs[i];
	char address[LIMIT_ADDRESS + 1];

	if (c->issuer == NONE || c->until <= o->now ||
	    cert_in_force(o->d, c->unit, c->holder, c->cert.rights.kind,
		c->cert.use, o->now) != i ||
	    !address_of(o->d, c->unit, c->holder, t, address) ||
	    certifier(o->d, c, t) != o->unit)
		return false;
	return !bytes_eq(bytes_str(address), c->cert.address) ||
	       c->until - t < margin;
}

/* The same key, name and rights, at the address of that time. */
static enum rc
recertify_one(
    struct office *o, size_t i, int64_t t, int64_t until, struct err *e)
{
	const struct dcert *c = &o->d->state.certs[i];
	struct cert_request r = { .name = c->cert.name,
		.rights = c->cert.rights,
		.from = o->now,
		.until = until,
		.use = c->cert.use,
		.sig = c->cert.sig,
		.kem = c->cert.kem,
		.pub = c->cert.pub };
	struct act act = office_act(o, ACT_RENEW);
	char address[LIMIT_ADDRESS + 1];
	struct bytes der;
	enum rc rc;

	(void)address_of(o->d, c->unit, c->holder, t, address);
	r.address = bytes_str(address);
	if ((rc = office_issue(&der, o, &r, e)) != RC_OK)
		return fail_at(e, "%s", address);
	act.from = t;
	act.unit = o->d->state.units[c->unit].uid;
	act.certs = der;
	act.cert = arena_add(&o->kept, bytes_of(c->fingerprint, SHA256_SIZE));
	act.has = 1u << F_UNIT | 1u << F_CERTS | 1u << F_CERT;
	if (c->holder != NONE) {
		act.id = o->d->state.holders[c->holder].id;
		act.has |= 1u << F_ID;
	}
	office_add(o, &act);
	return RC_OK;
}

static enum rc
unit_recertify(struct office *o, const struct args *a, struct err *e)
{
	const struct state *s = &o->d->state;
	uint64_t days = DAYS_DESK, left = 0;
	int64_t t;
	size_t i, n = 0;
	enum rc rc;

	if ((rc = office_effective(&t, o, a, e)) != RC_OK ||
	    (rc = arg_number(&days, a, "days", 1, DAYS_MOST, e)) != RC_OK ||
	    (rc = arg_number(&left, a, "ending", 1, DAYS_MOST, e)) != RC_OK ||
	    (rc = office_at(o, t, e)) != RC_OK)
		return rc;
	for (i = 0; i < s->cert_count && rc == RC_OK; i++)
		if (is_due(o, i, t, (int64_t)left * TIME_DAY)) {
			rc = recertify_one(
			    o, i, t, t + (int64_t)days * TIME_DAY, e);
			n++;
		}
	if (rc == RC_OK)
		say("Certificates made anew: %zu.\n", n);
	return rc;
}

static const struct opt recertify_opts[] = {
	{ "days", "N", "days the certificates hold (default: 1825)", false },
	{ "ending", "N", "also those that end within N days", false },
	OPT_EFFECTIVE,
	OPT_OFFICE,
	OPT_END,
};
const struct cmd cmd_unit_recertify = {
	.name = "unit recertify",
	.args = "",
	.does = "After units moved: certify their keys anew, under the "
		"addresses they have now, or will have at --effective.",
	.opts = recertify_opts,
	.least = 0,
	.most = 0,
	.run = office_run,
	.act = unit_recertify,
};
