/* SPDX-License-Identifier: EUPL-1.2 */
/* antin enrol recover, restore: keys come back out of escrow. */
#include <stdlib.h>
#include <string.h>

#include "antin/enrol.h"
#include "core/lang.h"
#include "core/utf8.h"

#define ESCROWS ".escrow"
#define RECOVERED_MAX (64u * ESCROW_MAX)

/* ---- recover
 * ------------------------------------------------------------------------ */

/* One escrow, opened and sealed again for the desk's present key. */
static enum rc
reseal(struct buf *out, const struct office *o, struct bytes escrow,
    const struct cert *to, struct err *e)
{
	struct kem_key *key = NULL;
	struct buf sealed = { 0 };
	struct escrow s;
	enum rc rc;

	if ((rc = escrow_read(&s, escrow, e)) != RC_OK)
		return rc;
	if ((rc = escrow_open(&key, &s, o->me.kem, e)) == RC_OK &&
	    (rc = escrow_seal(&sealed, s.address, key, to, e)) == RC_OK)
		buf_add(out, buf_bytes(&sealed));
	kem_key_free(key);
	buf_free(&sealed);
	return rc;
}

static void
add_recovery(struct office *o, const struct resolved *who,
    const struct dcert *c, struct bytes why)
{
	struct act act = office_act(o, ACT_RECOVER);

	act.unit = o->d->state.units[who->unit].uid;
	act.id = o->d->state.holders[who->holder].id;
	act.cert = arena_add(&o->kept, bytes_of(c->fingerprint, SHA256_SIZE));
	act.name = why;
	act.has = 1u << F_UNIT | 1u << F_ID | 1u << F_CERT | 1u << F_NAME;
	office_add(o, &act);
}

/* One escrow: of an earlier key of this desk, or RC_DENIED. */
static enum rc
take_escrow(struct buf *all, struct office *o, const struct resolved *who,
    struct bytes file, struct bytes why, struct err *e)
{
	const struct state *s = &o->d->state;
	struct escrow escrow;
	size_t i;
	enum rc rc;

	if ((rc = escrow_read(&escrow, file, e)) != RC_OK)
		return rc;
	i = cert_by_tag(s, tag_bytes(&escrow.tag));
	while (i != NONE && s->certs[i].holder != who->holder)
		i = s->certs[i].same_tag;
	if (i == NONE)
		return fail(e, RC_DENIED,
		    "the escrow is of no key that %s ever had", who->address);
	add_recovery(o, who, &s->certs[i], why);
	buf_add(all, file);
	return RC_OK;
}

/* Those that --escrow names; else those kept here of its earlier keys. */
static enum rc
given_escrows(struct buf *all, struct office *o, const struct resolved *who,
    const struct args *a, struct bytes why, struct err *e)
{
	struct buf one;
	const char *path;
	size_t at = 0;
	enum rc rc = RC_OK;

	while (rc == RC_OK && (path = arg_each(a, "escrow", &at)) != NULL) {
		rc = file_read(&one, path, ESCROW_MAX, e);
		if (rc == RC_OK)
			rc = take_escrow(all, o, who, buf_bytes(&one), why, e);
		if (rc != RC_OK)
			rc = fail_at(e, "%s", path);
		buf_free(&one);
	}
	return rc;
}

static enum rc
kept_escrows(struct buf *all, struct office *o, const struct resolved *who,
    size_t present, struct bytes why, struct err *e)
{
	const struct state *s = &o->d->state;
	struct buf one;
	char *path;
	size_t i;
	enum rc rc = RC_OK;

	for (i = s->units[who->unit].certs; i != NONE && rc == RC_OK;
	     i = s->certs[i].next) {
		const struct dcert *c = &s->certs[i];

		if (c->holder != who->holder || c->cert.use != CERT_KEM ||
		    bytes_eq(c->cert.pub, s->certs[present].cert.pub))
			continue;
		path = in_folder(
		    o->file.path, ESCROWS, tag_bytes(&c->cert.tag), ".escrow");
		if (file_exists(path)) {
			rc = file_read(&one, path, ESCROW_MAX, e);
			if (rc == RC_OK)
				rc = take_escrow(
				    all, o, who, buf_bytes(&one), why, e);
			buf_free(&one);
		}
		free(path);
	}
	return rc;
}

static enum rc
find_escrows(struct buf *all, struct office *o, const struct resolved *who,
    size_t present, const struct args *a, struct bytes why, struct err *e)
{
	enum rc rc;

	rc = arg_given(a, "escrow")
		 ? given_escrows(all, o, who, a, why, e)
		 : kept_escrows(all, o, who, present, why, e);
	if (rc == RC_OK && all->len == 0)
		rc = fail(e, RC_ABSENT,
		    "no escrow of an earlier key of %s is kept here; give what "
		    "its authority keeps by --escrow",
		    who->address);
	return rc;
}

/* It can be done; before anything is decided. */
static enum rc
check_recover(const struct office *o, const struct args *a,
    const struct buf *why, struct err *e)
{
	if (o->me.kem == NULL)
		return fail(e, RC_DENIED,
		    "docs/ceremony.md 6.1: this authority has no KEM key: what "
		    "is in escrow is opened above it, by officers together");
	if (why->len == 0)
		return fail(e, RC_USAGE, "--reason is empty");
	if (file_exists(a->rest[1]) && !arg_given(a, "force"))
		return fail(e, RC_EXISTS,
		    "%s is there already; --force writes "
		    "over it",
		    a->rest[1]);
	return RC_OK;
}

static enum rc
enrol_recover(struct office *o, const struct args *a, struct err *e)
{
	struct buf all = { 0 }, out = { 0 }, why = { 0 };
	struct bytes rest, one;
	struct resolved who;
	const char *reason;
	size_t present;
	struct cert to;
	enum rc rc;

	if ((rc = arg_must(&reason, a, "reason", e)) != RC_OK ||
	    (rc = utf8_clean(&why, bytes_str(reason), LIMIT_NAME, e)) !=
		RC_OK ||
	    (rc = office_holder(&who, o, a->rest[0], false, e)) != RC_OK)
		goto out;
	present = cert_in_force(
	    o->d, who.unit, who.holder, CERT_DESK, CERT_KEM, o->now);
	rc = check_recover(o, a, &why, e);
	if (rc == RC_OK && present == NONE)
		rc = fail(e, RC_ABSENT,
		    "%s has no key in force that it could be sealed for: "
		    "enrol it again first",
		    who.address);
	if (rc != RC_OK)
		goto out;
	to = o->d->state.certs[present].cert;
	rc = find_escrows(&all, o, &who, present, a, buf_bytes(&why), e);
	/* decided, and so known to all, before anything is opened */
	if (rc != RC_OK || (rc = office_decide(o, e)) != RC_OK)
		goto out;
	rest = buf_bytes(&all);
	while (rc == RC_OK && (one = der_element(rest)).len > 0) {
		rc = reseal(&out, o, one, &to, e);
		rest = bytes_of(rest.p + one.len, rest.len - one.len);
	}
	if (rc == RC_OK)
		rc = file_write(a->rest[1], buf_bytes(&out), 0600,
		    arg_given(a, "force"), e);
	if (rc == RC_OK)
		say("Recovered for %s, which alone can open %s: antin enrol "
		    "restore. Every station is told.\n",
		    who.address, a->rest[1]);
out:
	buf_free(&all);
	buf_free(&out);
	buf_free(&why);
	return rc;
}

static const struct opt recover_opts[] = {
	{ "reason", "TEXT", "why: it stands in the directory", false },
	{ "escrow", "FILE",
	    "an escrow that the desk's own authority kept (default: those kept "
	    "beside the directory file)",
	    true },
	OPT_FORCE,
	OPT_OFFICE,
	OPT_END,
};
const struct cmd cmd_enrol_recover = {
	.name = "enrol recover",
	.args = "ADDRESS RECOVERED",
	.does = "Take the earlier KEM keys of a desk out of escrow, for the "
		"keys it has now: an act, and an alarm to the desk.",
	.opts = recover_opts,
	.least = 2,
	.most = 2,
	.run = office_run,
	.act = enrol_recover,
};

/* ---- restore
 * -------------------------------------------------------------------------- */

static enum rc
restore_one(struct identity *id, struct bytes one, struct err *e)
{
	struct identity earlier = { 0 };
	struct escrow s;
	enum rc rc;

	if ((rc = escrow_read(&s, one, e)) != RC_OK ||
	    (rc = escrow_open(&earlier.kem, &s, id->kem, e)) != RC_OK)
		return rc;
	if (identity_kem(id, &s.tag) == NULL)
		identity_keep(id, &earlier);
	identity_free(&earlier);
	return RC_OK;
}

static enum rc
enrol_restore(const struct args *a, struct err *e)
{
	const char *path = a->rest[0];
	struct buf file = { 0 }, key = { 0 };
	struct unlocked under = { 0 };
	struct identity id = { 0 };
	struct bytes rest, one;
	enum rc rc;

	if ((rc = who_unlocks(&id, &under, a, path, e)) != RC_OK ||
	    (rc = file_read(&file, a->rest[1], RECOVERED_MAX, e)) != RC_OK)
		goto out;
	if (id.kem == NULL) {
		rc = fail(e, RC_INVALID, "%s has no KEM key", path);
		goto out;
	}
	rest = buf_bytes(&file);
	if (rest.len == 0)
		rc = fail(
		    e, RC_INVALID, "%s holds no recovered keys", a->rest[1]);
	while (rc == RC_OK && rest.len > 0) {
		one = der_element(rest);
		rc = one.len > 0
			 ? restore_one(&id, one, e)
			 : fail(e, RC_INVALID, "%s holds no recovered keys",
			       a->rest[1]);
		rest = bytes_of(rest.p + one.len, rest.len - one.len);
	}
	if (rc == RC_OK)
		rc = identity_seal_under(&key, &id, &under.lock, e);
	if (rc == RC_OK)
		rc = file_write(path, buf_bytes(&key), 0600, true, e);
	if (rc == RC_OK)
		say("%s opens again what was sealed for the earlier keys "
		    "(%zu).\n",
		    path, id.old_count);
out:
	identity_free(&id);
	unlocked_free(&under);
	buf_free(&file);
	buf_free(&key);
	return rc;
}

static const struct opt restore_opts[] = {
	OPT_PASSPHRASE,
	OPT_END,
};
const struct cmd cmd_enrol_restore = {
	.name = "enrol restore",
	.args = "FILE.key RECOVERED",
	.does = "Take recovered KEM keys into a key file: it opens again what "
		"was sealed for them.",
	.opts = restore_opts,
	.least = 2,
	.most = 2,
	.run = enrol_restore,
};
