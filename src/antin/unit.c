/* SPDX-License-Identifier: EUPL-1.2 */
/* antin unit: units begin, are named, move, merge, split and end. */
#include <string.h>

#include "antin/office.h"
#include "core/lang.h"
#include "core/utf8.h"
#include "envelope/address.h"

/* A name as a person gave it, kept by the office. */
static enum rc
clean_name(struct bytes *out, struct office *o, const char *text, struct err *e)
{
	struct buf clean;
	enum rc rc;

	rc = utf8_clean(&clean, bytes_str(text), LIMIT_NAME, e);
	if (rc == RC_OK && clean.len == 0)
		rc = fail(e, RC_USAGE, "--name is empty");
	if (rc == RC_OK)
		*out = arena_add(&o->kept, buf_bytes(&clean));
	buf_free(&clean);
	return rc;
}

/* --code, each; empty where there is none. */
static enum rc
take_codes(
    struct act *act, struct office *o, const struct args *a, struct err *e)
{
	struct der_wr w = { 0 };
	const char *code;
	size_t at = 0;

	while ((code = arg_each(a, "code", &at)) != NULL) {
		if (!act_code_ok(bytes_str(code))) {
			der_wr_free(&w);
			return fail(e, RC_USAGE,
			    "--code wants an agency's code of 1 to 35 of A-Z, "
			    "0-9 and \".\", found \"%s\"",
			    code);
		}
		act_put_code(&w, bytes_str(code));
	}
	if (w.out.len > 0) {
		act->codes = arena_add(&o->kept, buf_bytes(&w.out));
		act->has |= 1u << F_CODES;
	}
	der_wr_free(&w);
	return RC_OK;
}

static enum rc
take_class(struct act *act, const char *class, struct err *e)
{
	if (!act_id_ok(bytes_str(class)) || strlen(class) > 32)
		return fail(e, RC_USAGE,
		    "--class wants a word of small letters such as tinh or xa, "
		    "found \"%s\"",
		    class);
	act->class = bytes_str(class);
	act->has |= 1u << F_CLASS;
	return RC_OK;
}

/* ---- new
 * ------------------------------------------------------------------------ */

/* The id and the parent in the address of a unit that is to begin. */
static enum rc
split_address(
    struct bytes *id, struct buf *parent, const char *address, struct err *e)
{
	struct address a;
	const uint8_t *dot;

	*parent = (struct buf){ 0 };
	if (!address_parse(&a, bytes_str(address)) || a.desk.len > 0 ||
	    (dot = memchr(a.host.p, '.', a.host.len)) == NULL)
		return fail(e, RC_USAGE,
		    "\"%s\" is no address of a unit below another, such as "
		    "antin://muong-nhe.dien-bien.vn",
		    address);
	*id = bytes_of(a.host.p, (size_t)(dot - a.host.p));
	buf_add(parent, bytes_str("antin://"));
	buf_add(parent, bytes_of(dot + 1, a.host.len - id->len - 1));
	buf_u8(parent, '\0');
	return RC_OK;
}

static enum rc
unit_new(struct office *o, const struct args *a, struct err *e)
{
	struct act act = office_act(o, ACT_ENROL);
	struct buf parent = { 0 };
	const char *name, *class;
	size_t above;
	enum rc rc;

	act.subject = ACT_UNIT;
	act.has = 1u << F_SUBJECT | 1u << F_UNIT | 1u << F_ID | 1u << F_NAME |
		  1u << F_TO;
	if ((rc = split_address(&act.id, &parent, a->rest[0], e)) != RC_OK ||
	    (rc = arg_must(&name, a, "name", e)) != RC_OK ||
	    (rc = arg_must(&class, a, "class", e)) != RC_OK ||
	    (rc = clean_name(&act.name, o, name, e)) != RC_OK ||
	    (rc = take_class(&act, class, e)) != RC_OK ||
	    (rc = take_codes(&act, o, a, e)) != RC_OK ||
	    (rc = office_effective(&act.from, o, a, e)) != RC_OK ||
	    (rc = office_unit(&above, o, (const char *)parent.p, e)) != RC_OK)
		goto out;
	act.to = o->d->state.units[above].uid;
	office_add(o, &act);
out:
	buf_free(&parent);
	return rc;
}

static const struct opt new_opts[] = {
	{ "name", "TEXT", "its name, as people write it", false },
	{ "class", "WORD", "what kind of unit: tinh, xa, phuong, ...", false },
	{ "code", "CODE", "an agency's code that means it", true },
	OPT_EFFECTIVE,
	OPT_OFFICE,
	OPT_END,
};
const struct cmd cmd_unit_new = {
	.name = "unit new",
	.args = "ADDRESS",
	.does = "A unit begins, below the one that its address names. It then "
		"invites its authority, station and desks: antin enrol.",
	.opts = new_opts,
	.least = 1,
	.most = 1,
	.run = office_run,
	.act = unit_new,
};

/* ---- rename
 * ---------------------------------------------------------------------- */

static enum rc
unit_rename(struct office *o, const struct args *a, struct err *e)
{
	struct act act = office_act(o, ACT_RENAME);
	const char *name = arg(a, "name"), *class = arg(a, "class");
	size_t unit;
	enum rc rc;

	act.subject = ACT_UNIT;
	act.has = 1u << F_SUBJECT | 1u << F_UNIT;
	if ((rc = office_unit(&unit, o, a->rest[0], e)) != RC_OK ||
	    (rc = take_codes(&act, o, a, e)) != RC_OK ||
	    (rc = office_effective(&act.from, o, a, e)) != RC_OK ||
	    (class != NULL && (rc = take_class(&act, class, e)) != RC_OK) ||
	    (name != NULL && (rc = clean_name(&act.name, o, name, e)) != RC_OK))
		return rc;
	if (name != NULL)
		act.has |= 1u << F_NAME;
	if (name == NULL && class == NULL && !act_has(&act, F_CODES))
		return fail(e, RC_USAGE,
		    "--name, --class or --code is wanted: what is new");
	act.unit = o->d->state.units[unit].uid;
	office_add(o, &act);
	return RC_OK;
}

static const struct opt rename_opts[] = {
	{ "name", "TEXT", "its new name", false },
	{ "class", "WORD", "its new class", false },
	{ "code", "CODE", "its codes from then on: all of them", true },
	OPT_EFFECTIVE,
	OPT_OFFICE,
	OPT_END,
};
const struct cmd cmd_unit_rename = {
	.name = "unit rename",
	.args = "ADDRESS",
	.does = "A unit gets another name, class or codes; its address stays.",
	.opts = rename_opts,
	.least = 1,
	.most = 1,
	.run = office_run,
	.act = unit_rename,
};

/* ---- move
 * ------------------------------------------------------------------------- */

static enum rc
unit_move(struct office *o, const struct args *a, struct err *e)
{
	struct act act = office_act(o, ACT_MOVE);
	const char *to, *id = arg(a, "id");
	size_t unit, parent;
	enum rc rc;

	act.has = 1u << F_UNIT | 1u << F_TO;
	if ((rc = arg_must(&to, a, "to", e)) != RC_OK ||
	    (rc = office_unit(&unit, o, a->rest[0], e)) != RC_OK ||
	    (rc = office_unit(&parent, o, to, e)) != RC_OK ||
	    (rc = office_effective(&act.from, o, a, e)) != RC_OK)
		return rc;
	if (id != NULL && !act_id_ok(bytes_str(id)))
		return fail(e, RC_USAGE,
		    "--id wants small letters, digits and hyphens, found "
		    "\"%s\"",
		    id);
	if (id != NULL) {
		act.id = bytes_str(id);
		act.has |= 1u << F_ID;
	}
	act.unit = o->d->state.units[unit].uid;
	act.to = o->d->state.units[parent].uid;
	office_add(o, &act);
	return RC_OK;
}

static const struct opt move_opts[] = {
	{ "to", "ADDRESS", "the unit it comes under", false },
	{ "id", "ID",
	    "its id there, where another unit there has its own already",
	    false },
	OPT_EFFECTIVE,
	OPT_OFFICE,
	OPT_END,
};
const struct cmd cmd_unit_move = {
	.name = "unit move",
	.args = "ADDRESS",
	.does = "A unit comes under another, with all below it. Its old "
		"addresses lead to the new ones; its new authority "
		"recertifies its keys: antin unit recertify.",
	.opts = move_opts,
	.least = 1,
	.most = 1,
	.run = office_run,
	.act = unit_move,
};

/* ---- merge, split
 * ------------------------------------------------------------------- */

/* "antin://a/x=antin://b/y": where the desk of an ended unit goes. */
static enum rc
take_desk(
    struct der_wr *w, const struct office *o, const char *text, struct err *e)
{
	const char *equals = strchr(text, '=');
	struct resolved from, to;
	struct act_desk desk;
	char first[LIMIT_ADDRESS + 1];
	enum rc rc;

	if (equals == NULL || equals - text > (long)LIMIT_ADDRESS)
		return fail(e, RC_USAGE,
		    "--desk wants OLD=NEW, two addresses of desks, found "
		    "\"%s\"",
		    text);
	memcpy(first, text, (size_t)(equals - text));
	first[equals - text] = '\0';
	if ((rc = office_holder(&from, o, first, false, e)) != RC_OK ||
	    (rc = office_holder(&to, o, equals + 1, false, e)) != RC_OK)
		return rc;
	desk.unit = o->d->state.units[from.unit].uid;
	desk.id = o->d->state.holders[from.holder].id;
	desk.to = o->d->state.units[to.unit].uid;
	desk.to_id = o->d->state.holders[to.holder].id;
	act_put_desk(w, &desk);
	return RC_OK;
}

static enum rc
take_desks(
    struct act *act, struct office *o, const struct args *a, struct err *e)
{
	struct der_wr w = { 0 };
	const char *text;
	size_t at = 0;
	enum rc rc = RC_OK;

	while (rc == RC_OK && (text = arg_each(a, "desk", &at)) != NULL)
		rc = take_desk(&w, o, text, e);
	if (rc == RC_OK && w.out.len > 0) {
		act->desks = arena_add(&o->kept, buf_bytes(&w.out));
		act->has |= 1u << F_DESKS;
	}
	der_wr_free(&w);
	return rc;
}

/* Units of a list of addresses, as an act has them. */
static enum rc
put_units(struct der_wr *w, const struct office *o, const char *address,
    struct err *e)
{
	size_t unit;
	enum rc rc;

	rc = office_unit(&unit, o, address, e);
	if (rc == RC_OK)
		act_put_unit(w, &o->d->state.units[unit].uid);
	return rc;
}

static enum rc
unit_merge(struct office *o, const struct args *a, struct err *e)
{
	struct act act = office_act(o, ACT_MERGE);
	struct der_wr w = { 0 };
	const char *to;
	size_t i, into;
	enum rc rc;

	act.has = 1u << F_UNITS | 1u << F_TO;
	if ((rc = arg_must(&to, a, "to", e)) != RC_OK ||
	    (rc = office_unit(&into, o, to, e)) != RC_OK ||
	    (rc = office_effective(&act.from, o, a, e)) != RC_OK)
		return rc;
	for (i = 0; i < a->rest_count && rc == RC_OK; i++)
		rc = put_units(&w, o, a->rest[i], e);
	if (rc == RC_OK && (rc = take_desks(&act, o, a, e)) == RC_OK) {
		act.units = arena_add(&o->kept, buf_bytes(&w.out));
		act.to = o->d->state.units[into].uid;
		office_add(o, &act);
	}
	der_wr_free(&w);
	return rc;
}

#define OPT_DESK                                                               \
	{                                                                      \
		"desk", "OLD=NEW",                                             \
		    "where a desk goes (default: to the one of its id)", true  \
	}

static const struct opt merge_opts[] = {
	{ "to", "ADDRESS", "the unit they become part of", false },
	OPT_DESK,
	OPT_EFFECTIVE,
	OPT_OFFICE,
	OPT_END,
};
const struct cmd cmd_unit_merge = {
	.name = "unit merge",
	.args = "ADDRESS...",
	.does = "Units end and become part of another: what is below them "
		"comes below it, their addresses lead there.",
	.opts = merge_opts,
	.least = 1,
	.most = ACT_UNITS_MAX,
	.run = office_run,
	.act = unit_merge,
};

static enum rc
unit_split(struct office *o, const struct args *a, struct err *e)
{
	struct act act = office_act(o, ACT_SPLIT);
	struct der_wr w = { 0 };
	const char *to;
	size_t unit, at = 0;
	enum rc rc;

	act.has = 1u << F_UNIT | 1u << F_UNITS;
	if ((rc = office_unit(&unit, o, a->rest[0], e)) != RC_OK ||
	    (rc = office_effective(&act.from, o, a, e)) != RC_OK)
		return rc;
	while (rc == RC_OK && (to = arg_each(a, "to", &at)) != NULL)
		rc = put_units(&w, o, to, e);
	if (rc == RC_OK && w.out.len == 0)
		rc = fail(e, RC_USAGE, "--to is wanted: each of its parts");
	if (rc == RC_OK && (rc = take_desks(&act, o, a, e)) == RC_OK) {
		act.units = arena_add(&o->kept, buf_bytes(&w.out));
		act.unit = o->d->state.units[unit].uid;
		office_add(o, &act);
	}
	der_wr_free(&w);
	return rc;
}

static const struct opt split_opts[] = {
	{ "to", "ADDRESS",
	    "a unit that takes over; the first takes what is not said", true },
	OPT_DESK,
	OPT_EFFECTIVE,
	OPT_OFFICE,
	OPT_END,
};
const struct cmd cmd_unit_split = {
	.name = "unit split",
	.args = "ADDRESS",
	.does = "A unit ends and others take over, each of which is there "
		"already: antin unit new.",
	.opts = split_opts,
	.least = 1,
	.most = 1,
	.run = office_run,
	.act = unit_split,
};

/* ---- close
 * ---------------------------------------------------------------------------
 */

static enum rc
unit_close(struct office *o, const struct args *a, struct err *e)
{
	struct act act = office_act(o, ACT_CLOSE);
	const char *to = arg(a, "to");
	size_t unit, heir = NONE;
	enum rc rc;

	act.subject = ACT_UNIT;
	act.has = 1u << F_SUBJECT | 1u << F_UNIT;
	if ((rc = office_unit(&unit, o, a->rest[0], e)) != RC_OK ||
	    (rc = office_effective(&act.from, o, a, e)) != RC_OK ||
	    (to != NULL && (rc = office_unit(&heir, o, to, e)) != RC_OK))
		return rc;
	act.unit = o->d->state.units[unit].uid;
	if (heir != NONE) {
		act.to = o->d->state.units[heir].uid;
		act.has |= 1u << F_TO;
	}
	office_add(o, &act);
	return RC_OK;
}

static const struct opt close_opts[] = {
	{ "to", "ADDRESS",
	    "the unit that takes over its addresses and what is below it",
	    false },
	OPT_EFFECTIVE,
	OPT_OFFICE,
	OPT_END,
};
const struct cmd cmd_unit_close = {
	.name = "unit close",
	.args = "ADDRESS",
	.does = "A unit ends, and all authority in it.",
	.opts = close_opts,
	.least = 1,
	.most = 1,
	.run = office_run,
	.act = unit_close,
};
