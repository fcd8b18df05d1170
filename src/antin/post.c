/* SPDX-License-Identifier: EUPL-1.2 */
/* antin desk, role: posts, and who holds them. */
#include <string.h>

#include "antin/office.h"
#include "core/lang.h"
#include "core/time.h"
#include "core/utf8.h"

/* A desk or a person, whichever it is. */
static enum rc
find_holder(struct resolved *out, const struct office *o, const char *address,
    struct err *e)
{
	struct err first;

	if (office_holder(out, o, address, false, &first) == RC_OK)
		return RC_OK;
	if (office_holder(out, o, address, true, e) == RC_OK)
		return RC_OK;
	*e = first;
	return e->rc;
}

/* An act about it. */
static struct act
about(const struct office *o, enum act_kind kind, const struct resolved *r)
{
	const struct holder *h = &o->d->state.holders[r->holder];
	struct act act = office_act(o, kind);

	act.subject = h->person ? ACT_PERSON : ACT_DESK;
	act.unit = o->d->state.units[r->unit].uid;
	act.id = h->id;
	act.has = 1u << F_SUBJECT | 1u << F_UNIT | 1u << F_ID;
	return act;
}

/* ---- desk
 * ---------------------------------------------------------------------- */

static enum rc
desk_rename(struct office *o, const struct args *a, struct err *e)
{
	struct resolved r;
	struct buf clean = { 0 };
	const char *name;
	struct act act;
	enum rc rc;

	if ((rc = arg_must(&name, a, "name", e)) != RC_OK ||
	    (rc = find_holder(&r, o, a->rest[0], e)) != RC_OK ||
	    (rc = utf8_clean(&clean, bytes_str(name), LIMIT_NAME, e)) != RC_OK)
		goto out;
	act = about(o, ACT_RENAME, &r);
	if ((rc = office_effective(&act.from, o, a, e)) != RC_OK)
		goto out;
	if (clean.len == 0) {
		rc = fail(e, RC_USAGE, "--name is empty");
		goto out;
	}
	act.name = arena_add(&o->kept, buf_bytes(&clean));
	act.has |= 1u << F_NAME;
	office_add(o, &act);
out:
	buf_free(&clean);
	return rc;
}

static const struct opt rename_opts[] = {
	{ "name", "TEXT", "its new name", false },
	OPT_EFFECTIVE,
	OPT_OFFICE,
	OPT_END,
};
const struct cmd cmd_desk_rename = {
	.name = "desk rename",
	.args = "ADDRESS",
	.does = "A desk or a person gets another name; the address stays.",
	.opts = rename_opts,
	.least = 1,
	.most = 1,
	.run = office_run,
	.act = desk_rename,
};

static enum rc
desk_close(struct office *o, const struct args *a, struct err *e)
{
	const char *to = arg(a, "to");
	struct resolved r, heir;
	struct act act;
	enum rc rc;

	if ((rc = find_holder(&r, o, a->rest[0], e)) != RC_OK)
		return rc;
	act = about(o, ACT_CLOSE, &r);
	if ((rc = office_effective(&act.from, o, a, e)) != RC_OK)
		return rc;
	if (to != NULL) {
		rc = office_holder(&heir, o, to, act.subject == ACT_PERSON, e);
		if (rc != RC_OK)
			return rc;
		act.to = o->d->state.units[heir.unit].uid;
		act.to_id = o->d->state.holders[heir.holder].id;
		act.has |= 1u << F_TO | 1u << F_TO_ID;
	}
	office_add(o, &act);
	return RC_OK;
}

static const struct opt close_opts[] = {
	{ "to", "ADDRESS", "the desk that takes over its address", false },
	OPT_EFFECTIVE,
	OPT_OFFICE,
	OPT_END,
};
const struct cmd cmd_desk_close = {
	.name = "desk close",
	.args = "ADDRESS",
	.does = "A desk ends, or a person leaves: keys, certificates and roles "
		"end with it.",
	.opts = close_opts,
	.least = 1,
	.most = 1,
	.run = office_run,
	.act = desk_close,
};

/* ---- role
 * ----------------------------------------------------------------------- */

/* PERSON DESK ROLE, of one unit. */
static enum rc
take_role(
    struct act *act, struct office *o, const struct args *a, struct err *e)
{
	struct resolved person, desk;
	enum rc rc;

	*act = office_act(o, ACT_ROLE);
	if ((rc = office_holder(&person, o, a->rest[0], true, e)) != RC_OK ||
	    (rc = office_holder(&desk, o, a->rest[1], false, e)) != RC_OK ||
	    (rc = office_effective(&act->from, o, a, e)) != RC_OK)
		return rc;
	if (person.unit != desk.unit)
		return fail(e, RC_USAGE,
		    "a person holds roles at desks of his own unit: %s is of "
		    "another",
		    a->rest[1]);
	if (!role_parse(&act->role, bytes_str(a->rest[2])))
		return fail(e, RC_USAGE,
		    "a role is drafter, authority, clerk, operator, custodian, "
		    "inspector, duty or administrator, found \"%s\"",
		    a->rest[2]);
	act->unit = o->d->state.units[person.unit].uid;
	act->id = o->d->state.holders[person.holder].id;
	act->desk = o->d->state.holders[desk.holder].id;
	act->has = 1u << F_UNIT | 1u << F_ID | 1u << F_DESK | 1u << F_ROLE;
	return RC_OK;
}

static enum rc
role_give(struct office *o, const struct args *a, struct err *e)
{
	const char *substitute = arg(a, "substitute-for");
	const char *until = arg(a, "until");
	struct resolved other;
	struct act act;
	enum rc rc;

	if ((rc = take_role(&act, o, a, e)) != RC_OK)
		return rc;
	act.until = TIME_NEVER;
	if ((rc = arg_time(&act.until, a, "until", e)) != RC_OK)
		return rc;
	/* "until the 31st" holds on the 31st */
	if (until != NULL && strlen(until) == sizeof("2035-12-31") - 1)
		act.until += TIME_DAY;
	if (act.until != TIME_NEVER)
		act.has |= 1u << F_UNTIL;
	if (substitute != NULL) {
		rc = office_holder(&other, o, substitute, true, e);
		if (rc != RC_OK)
			return rc;
		if (!id_eq(&o->d->state.units[other.unit].uid, &act.unit))
			return fail(e, RC_USAGE,
			    "%s is of another unit: one stands in for somebody "
			    "of his own",
			    substitute);
		act.substitute = o->d->state.holders[other.holder].id;
		act.has |= 1u << F_SUBSTITUTE;
	}
	office_add(o, &act);
	return RC_OK;
}

static const struct opt give_opts[] = {
	{ "until", "TIME", "when it ends; a date alone: the whole of that day",
	    false },
	{ "substitute-for", "PERSON", "whom the person stands in for", false },
	OPT_EFFECTIVE,
	OPT_OFFICE,
	OPT_END,
};
const struct cmd cmd_role_give = {
	.name = "role give",
	.args = "PERSON DESK ROLE",
	.does = "A person holds a role at a desk of his unit: drafter, "
		"authority, clerk, operator, custodian, inspector, duty or "
		"administrator.",
	.opts = give_opts,
	.least = 3,
	.most = 3,
	.run = office_run,
	.act = role_give,
};

static enum rc
role_end(struct office *o, const struct args *a, struct err *e)
{
	struct act act;
	enum rc rc;

	if ((rc = take_role(&act, o, a, e)) != RC_OK)
		return rc;
	act.until = act.from; /* docs/directory.md 2.8 */
	act.has |= 1u << F_UNTIL;
	office_add(o, &act);
	return RC_OK;
}

static const struct opt end_opts[] = {
	OPT_EFFECTIVE,
	OPT_OFFICE,
	OPT_END,
};
const struct cmd cmd_role_end = {
	.name = "role end",
	.args = "PERSON DESK ROLE",
	.does = "A person's role at a desk ends.",
	.opts = end_opts,
	.least = 3,
	.most = 3,
	.run = office_run,
	.act = role_end,
};
