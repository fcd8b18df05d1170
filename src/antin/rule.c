/* SPDX-License-Identifier: EUPL-1.2 */
/* antin list set, policy set, cert revoke: what an authority lays down. */
#include <stdlib.h>
#include <string.h>

#include "antin/office.h"
#include "core/lang.h"
#include "core/utf8.h"
#include "crypto/random.h"

/* ---- list set
 * ---------------------------------------------------------------- */

static enum rc
take_members(
    struct act *act, struct office *o, const struct args *a, struct err *e)
{
	struct der_wr w = { 0 };
	struct act_member m;
	struct resolved r;
	const char *address;
	size_t at = 0;
	enum rc rc = RC_OK;

	while (rc == RC_OK && (address = arg_each(a, "member", &at)) != NULL) {
		rc = office_holder(&r, o, address, false, e);
		if (rc != RC_OK)
			break;
		m.unit = o->d->state.units[r.unit].uid;
		m.id = o->d->state.holders[r.holder].id;
		act_put_member(&w, &m);
	}
	if (rc == RC_OK && w.out.len > 0) {
		act->members = arena_add(&o->kept, buf_bytes(&w.out));
		act->has |= 1u << F_MEMBERS;
	}
	der_wr_free(&w);
	return rc;
}

/* --below, --class, --desk: all units of a kind. */
static enum rc
take_rule(
    struct act *act, struct office *o, const struct args *a, struct err *e)
{
	const char *below = arg(a, "below"), *class = arg(a, "class");
	const char *desk = arg(a, "desk");
	size_t unit;
	enum rc rc;

	if (below == NULL && class == NULL && desk == NULL)
		return RC_OK;
	if (below == NULL || desk == NULL)
		return fail(e, RC_USAGE,
		    "a rule wants --below (a unit) and --desk (a desk's id, "
		    "such as van-thu), and may have --class");
	if ((rc = office_unit(&unit, o, below, e)) != RC_OK)
		return rc;
	if (!act_id_ok(bytes_str(desk)) ||
	    (class != NULL && !act_id_ok(bytes_str(class))))
		return fail(e, RC_USAGE,
		    "--desk and --class want small letters, digits and "
		    "hyphens");
	act->rule_unit = o->d->state.units[unit].uid;
	act->rule_class =
	    class == NULL ? (struct bytes){ 0 } : bytes_str(class);
	act->rule_id = bytes_str(desk);
	act->has |= 1u << F_RULE;
	return RC_OK;
}

/* One of the authority's own lists, by its name or id, in its newest version.
 */
static const struct list *
find_list(const struct office *o, struct bytes name)
{
	const struct state *s = &o->d->state;
	struct id id;
	bool by_id = id_parse(&id, name);
	size_t i;

	for (i = s->list_count; i-- > 0;)
		if (s->lists[i].log == s->units[o->unit].log &&
		    (by_id ? id_eq(&s->lists[i].id, &id)
			   : bytes_eq(s->lists[i].name, name)))
			return &s->lists[i];
	return NULL;
}

static enum rc
list_set(struct office *o, const struct args *a, struct err *e)
{
	struct act act = office_act(o, ACT_LIST);
	const struct list *old;
	struct buf name = { 0 };
	char id[ID_TEXT];
	enum rc rc;

	act.has = 1u << F_LIST | 1u << F_VERSION | 1u << F_NAME;
	if ((rc = utf8_clean(&name, bytes_str(a->rest[0]), LIMIT_NAME, e)) !=
		RC_OK ||
	    (rc = take_members(&act, o, a, e)) != RC_OK ||
	    (rc = take_rule(&act, o, a, e)) != RC_OK ||
	    (rc = office_effective(&act.from, o, a, e)) != RC_OK)
		goto out;
	if (!act_has(&act, F_MEMBERS) && !act_has(&act, F_RULE)) {
		rc = fail(e, RC_USAGE,
		    "a list of nobody: give --member, or --below and --desk");
		goto out;
	}
	old = find_list(o, buf_bytes(&name));
	act.version = old == NULL ? 1 : old->version + 1;
	act.name =
	    old == NULL ? arena_add(&o->kept, buf_bytes(&name)) : old->name;
	if (old == NULL)
		random_bytes(act.list.b, sizeof(act.list.b));
	else
		act.list = old->id;
	office_add(o, &act);
	id_write(id, &act.list);
	say("List %s, version %llu.\n", id, (unsigned long long)act.version);
out:
	buf_free(&name);
	return rc;
}

static const struct opt list_opts[] = {
	{ "member", "ADDRESS", "a desk on it", true },
	{ "below", "ADDRESS", "all units below this one ...", false },
	{ "class", "WORD", "... of this class", false },
	{ "desk", "ID", "... the desk of this id in each", false },
	OPT_EFFECTIVE,
	OPT_OFFICE,
	OPT_END,
};
const struct cmd cmd_list_set = {
	.name = "list set",
	.args = "NAME",
	.does = "A list of addressees, or a new version of one: desks by "
		"address, or all units of a kind.",
	.opts = list_opts,
	.least = 1,
	.most = 1,
	.run = office_run,
	.act = list_set,
};

/* ---- policy set
 * ----------------------------------------------------------------- */

/* Digits, to ACT_DAYS_MAX; *p is stepped over them. */
static bool
take_days(const char **p, uint64_t *out)
{
	const char *begin = *p;

	for (*out = 0; **p >= '0' && **p <= '9' && *p - begin < 6; (*p)++)
		*out = *out * 10 + (uint64_t)(**p - '0');
	return *p > begin && *out <= ACT_DAYS_MAX;
}

/* "mat=14,90": warn after 14 days, refuse after 90. */
static enum rc
take_age(struct der_wr *w, const char *text, struct err *e)
{
	const char *p = strchr(text, '=');
	struct act_age age;

	if (p != NULL &&
	    level_parse(&age.level, bytes_of(text, (size_t)(p - text)))) {
		p++;
		if (take_days(&p, &age.warn) && *p++ == ',' &&
		    take_days(&p, &age.refuse) && *p == '\0' &&
		    (age.refuse == 0 || age.warn <= age.refuse)) {
			act_put_age(w, &age);
			return RC_OK;
		}
	}
	return fail(e, RC_USAGE,
	    "--age wants LEVEL=WARN,REFUSE in days (0: never), first the "
	    "warning, "
	    "such as mat=14,90, found \"%s\"",
	    text);
}

static enum rc
policy_set(struct office *o, const struct args *a, struct err *e)
{
	struct act act = office_act(o, ACT_POLICY);
	struct der_wr w = { 0 };
	const char *text;
	size_t at = 0, unit;
	enum rc rc;

	act.has = 1u << F_UNIT | 1u << F_AGES;
	if ((rc = office_unit(&unit, o, a->rest[0], e)) != RC_OK ||
	    (rc = office_effective(&act.from, o, a, e)) != RC_OK)
		return rc;
	while (rc == RC_OK && (text = arg_each(a, "age", &at)) != NULL)
		rc = take_age(&w, text, e);
	if (rc == RC_OK && w.out.len == 0)
		rc = fail(e, RC_USAGE, "--age is wanted, for each level");
	if (rc == RC_OK) {
		act.unit = o->d->state.units[unit].uid;
		act.ages = arena_add(&o->kept, buf_bytes(&w.out));
		office_add(o, &act);
	}
	der_wr_free(&w);
	return rc;
}

static const struct opt policy_opts[] = {
	{ "age", "LEVEL=WARN,REFUSE",
	    "days after which knowledge is old, and too old (0: never)", true },
	OPT_EFFECTIVE,
	OPT_OFFICE,
	OPT_END,
};
const struct cmd cmd_policy_set = {
	.name = "policy set",
	.args = "ADDRESS",
	.does = "How old the knowledge of the directory may be in a unit and "
		"below it, by level. A level that is not named is left to the "
		"units above.",
	.opts = policy_opts,
	.least = 1,
	.most = 1,
	.run = office_run,
	.act = policy_set,
};

/* ---- cert revoke
 * ------------------------------------------------------------------- */

/* All certificates in force of whom an address names. */
static enum rc
revoke_all(
    struct office *o, struct act *act, const char *address, struct err *e)
{
	const struct state *s = &o->d->state;
	struct resolved r;
	size_t i, n = 0;
	enum rc rc;

	rc = resolve(o->d, bytes_str(address), o->now, &r, e);
	if (rc != RC_OK)
		return rc;
	for (i = s->units[r.unit].certs; i != NONE; i = s->certs[i].next) {
		if (s->certs[i].holder != r.holder ||
		    s->certs[i].until <= o->now)
			continue;
		act->cert = bytes_of(s->certs[i].fingerprint, SHA256_SIZE);
		act->cert = arena_add(&o->kept, act->cert);
		office_add(o, act);
		n++;
	}
	if (n == 0)
		return fail(
		    e, RC_ABSENT, "%s has no certificate in force", address);
	return RC_OK;
}

static enum rc
cert_revoke(struct office *o, const struct args *a, struct err *e)
{
	struct act act = office_act(o, ACT_REVOKE);
	const char *reason = arg(a, "reason");
	uint8_t fingerprint[SHA256_SIZE];
	enum rc rc;

	act.has = 1u << F_CERT | 1u << F_REASON;
	if (reason != NULL &&
	    !revoke_reason_parse(&act.reason, bytes_str(reason)))
		return fail(e, RC_USAGE,
		    "--reason wants key-compromise, authority-compromise, "
		    "affiliation-changed, superseded, cessation or "
		    "unspecified, found \"%s\"",
		    reason);
	if ((rc = office_effective(&act.from, o, a, e)) != RC_OK ||
	    (rc = arg_time(&act.since, a, "since", e)) != RC_OK)
		return rc;
	if (arg_given(a, "since"))
		act.has |= 1u << F_SINCE;
	if (!hex_parse(fingerprint, SHA256_SIZE, bytes_str(a->rest[0])))
		return revoke_all(o, &act, a->rest[0], e);
	if (cert_by_fingerprint(&o->d->state, fingerprint) == NONE)
		return fail(e, RC_ABSENT,
		    "no certificate of this fingerprint is known here");
	act.cert = arena_add(&o->kept, bytes_of(fingerprint, SHA256_SIZE));
	office_add(o, &act);
	return RC_OK;
}

static const struct opt revoke_opts[] = {
	{ "reason", "WORD",
	    "key-compromise, affiliation-changed, superseded, cessation, ...",
	    false },
	{ "since", "TIME", "not to be trusted since then (default: from now)",
	    false },
	OPT_EFFECTIVE,
	OPT_OFFICE,
	OPT_END,
};
const struct cmd cmd_cert_revoke = {
	.name = "cert revoke",
	.args = "FINGERPRINT|ADDRESS",
	.does = "A certificate ends before its time, or all that an address "
		"has.",
	.opts = revoke_opts,
	.least = 1,
	.most = 1,
	.run = office_run,
	.act = cert_revoke,
};
