/* SPDX-License-Identifier: EUPL-1.2 */
/* antin enrol invite: an authority invites somebody. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antin/enrol.h"
#include "antin/pending.h"
#include "core/lang.h"
#include "core/time.h"
#include "core/utf8.h"
#include "crypto/random.h"
#include "envelope/address.h"
#include "pki/path.h"

static enum rc
take_kind(struct invitation *i, const struct args *a, struct err *e)
{
	const char *word = arg(a, "kind");
	unsigned k;

	i->rights.kind = address_is_desk(i->address) ? CERT_DESK : CERT_STATION;
	for (k = CERT_AUTHORITY; word != NULL && k < CERT_KINDS; k++)
		if (strcmp(word, cert_kind_word((enum cert_kind)k)) == 0) {
			i->rights.kind = (enum cert_kind)k;
			word = NULL;
		}
	if (word != NULL)
		return fail(e, RC_USAGE,
		    "--kind wants desk, person, station or authority, found "
		    "\"%s\"",
		    word);
	return RC_OK;
}

/* Up to what: what is said, at most what the authority has itself. */
static enum rc
take_limits(struct invitation *i, const struct office *o, const struct args *a,
    struct err *e)
{
	const struct rights *mine = &o->d->state.certs[o->cert].cert.rights;
	const char *level = arg(a, "level"), *p = arg(a, "precedence");
	uint64_t depth = 0;
	enum rc rc;

	i->rights.level = LEVEL_ORDINARY;
	i->rights.precedence = PRECEDENCE_THUONG;
	if (level != NULL && !level_parse(&i->rights.level, bytes_str(level)))
		return fail(e, RC_USAGE,
		    "--level wants thuong, mat, toi-mat or tuyet-mat, found "
		    "\"%s\"",
		    level);
	if (p != NULL && !precedence_parse(&i->rights.precedence, bytes_str(p)))
		return fail(e, RC_USAGE,
		    "a precedence is thuong, khan, thuong-khan, hoa-toc or "
		    "hoa-toc-hen-gio");
	rc = arg_number(&depth, a, "depth", 0, CERT_PATH_LEN, e);
	if (rc != RC_OK)
		return rc;
	i->rights.path_len = (unsigned)depth;
	if (i->rights.kind == CERT_AUTHORITY &&
	    depth + 1 > o->d->state.certs[o->cert].path_room)
		return fail(e, RC_DENIED,
		    "docs/pki.md 3.6: below this authority there may be %u "
		    "more, one below another",
		    o->d->state.certs[o->cert].path_room);
	if (i->rights.level > mine->level ||
	    precedence_rank(i->rights.precedence) >
		precedence_rank(mine->precedence))
		return fail(e, RC_DENIED,
		    "docs/pki.md 3.8: an authority gives nobody more than it "
		    "has: %s, %s",
		    level_name(mine->level), precedence_name(mine->precedence));
	return RC_OK;
}

/* Who has the id is of this kind, and has not ended. */
static enum rc
check_holder(const struct invitation *i, const struct office *o, size_t unit,
    struct bytes id, struct err *e)
{
	const struct state *s = &o->d->state;
	const size_t h = id.len == 0 ? NONE : holder_by_id(s, unit, id);

	if (h == NONE)
		return RC_OK;
	if (s->holders[h].closed <= o->now)
		return fail(e, RC_DENIED,
		    "docs/directory.md 3.5: \"%.*s\" has ended, and an id is "
		    "not used twice",
		    (int)id.len, (const char *)id.p);
	if (s->holders[h].person != (i->rights.kind == CERT_PERSON))
		return fail(e, RC_USAGE,
		    s->holders[h].person ? "\"%.*s\" is a person's id"
					 : "\"%.*s\" is a desk's id",
		    (int)id.len, (const char *)id.p);
	return RC_OK;
}

/* Its unit is there, and below the authority. */
static enum rc
check_address(const struct invitation *i, const struct office *o, struct err *e)
{
	const struct bytes mine =
	    unit_host(&o->d->state.units[o->unit], o->now);
	struct address a;
	size_t unit;
	enum rc rc;

	if (!address_parse(&a, i->address))
		return fail(e, RC_USAGE,
		    "\"%.*s\" is no address; one looks like "
		    "antin://dien-bien.vn/van-thu",
		    (int)i->address.len, (const char *)i->address.p);
	unit = unit_by_host(&o->d->state, a.host, o->now);
	if (unit == NONE || !unit_open(&o->d->state.units[unit], o->now))
		return fail(e, RC_ABSENT,
		    "there is no unit \"%.*s\"; it begins with: antin unit new",
		    (int)a.host.len, (const char *)a.host.p);
	if ((i->rights.kind == CERT_DESK || i->rights.kind == CERT_PERSON) !=
	    (a.desk.len > 0))
		return fail(e, RC_USAGE,
		    "docs/pki.md 2.4: a desk and a person have an address with "
		    "a last part, an authority and a station one without");
	if ((rc = check_holder(i, o, unit, a.desk, e)) != RC_OK)
		return rc;
	if (!host_within(a.host, mine) ||
	    (i->rights.kind == CERT_AUTHORITY && unit == o->unit))
		return fail(e, RC_DENIED,
		    "docs/directory.md 3.3: an authority decides for its own "
		    "subtree only");
	return RC_OK;
}

static enum rc
make(struct invitation *i, struct office *o, const struct args *a, char *code,
    struct err *e)
{
	const size_t escrow = cert_for_escrow(o->d, o->unit, o->now);
	struct buf message = { 0 };
	uint8_t key[ENROL_KEY];
	enum rc rc;

	random_bytes(i->id.b, sizeof(i->id.b));
	i->until = o->now + ENROL_DAYS * TIME_DAY;
	i->root = o->d->root;
	if (i->rights.kind == CERT_DESK && !arg_given(a, "no-escrow") &&
	    escrow != NONE)
		i->escrow = o->d->state.certs[escrow].cert.der;
	enrol_code_new(code);
	rc = enrol_key(key, bytes_str(code), &i->id, e);
	if (rc != RC_OK)
		return rc;
	invitation_write(&message, i, key);
	/* ours first: an invitation that nobody can answer does no harm */
	if (arg_given(a, "station"))
		rc = pending_invited(i, a, e);
	if (rc == RC_OK)
		rc = invited_write(
		    o->file.path, buf_bytes(&message), &i->id, key, e);
	if (rc == RC_OK)
		rc = file_write(a->rest[1], buf_bytes(&message), 0644,
		    arg_given(a, "force"), e);
	wipe(key, sizeof(key));
	buf_free(&message);
	return rc;
}

static enum rc
enrol_invite(struct office *o, const struct args *a, struct err *e)
{
	struct invitation i = { .address = bytes_str(a->rest[0]) };
	char code[ENROL_CODE_TEXT], until[TIME_TEXT];
	struct buf name = { 0 };
	const char *text;
	enum rc rc;

	if ((rc = arg_must(&text, a, "name", e)) != RC_OK ||
	    (rc = utf8_clean(&name, bytes_str(text), LIMIT_NAME, e)) != RC_OK)
		goto out;
	if (name.len == 0) {
		rc = fail(e, RC_USAGE, "--name is empty");
		goto out;
	}
	i.name = buf_bytes(&name);
	if ((rc = take_kind(&i, a, e)) != RC_OK ||
	    (rc = check_address(&i, o, e)) != RC_OK ||
	    (rc = take_limits(&i, o, a, e)) != RC_OK ||
	    (rc = make(&i, o, a, code, e)) != RC_OK)
		goto out;
	time_write_vn(until, i.until);
	say("Invited: %s. Send the file %s; whoever gets it goes on with: "
	    "antin enrol request NAME --invitation %s\n",
	    a->rest[0], a->rest[1], a->rest[1]);
	say("The one-time code, good until %s; tell it by another way than "
	    "the file:\n\n    %s\n\n",
	    until, code);
	wipe(code, sizeof(code));
out:
	buf_free(&name);
	return rc;
}

static const struct opt opts[] = {
	{ "name", "TEXT", "the name of whom is invited", false },
	{ "kind", "WORD",
	    "desk, person, station or authority (default: desk, or station "
	    "where the address has no last part)",
	    false },
	{ "level", "LEVEL", "up to which level (default: thuong)", false },
	{ "precedence", "P", "up to which precedence (default: thuong)",
	    false },
	{ "depth", "N",
	    "of an authority: how many authorities may stand below it "
	    "(default: 0)",
	    false },
	{ "no-escrow", NULL,
	    "do not ask a desk for its KEM key in escrow: what it cannot open "
	    "any more then nobody can",
	    false },
	{ "station", "DIR",
	    "tell this station, where the answer may come by line", false },
	OPT_FORCE,
	OPT_OFFICE,
	OPT_END,
};
const struct cmd cmd_enrol_invite = {
	.name = "enrol invite",
	.args = "ADDRESS INVITATION",
	.does = "Invite somebody to an address: makes the file INVITATION and "
		"a one-time code.",
	.opts = opts,
	.least = 2,
	.most = 2,
	.run = office_run,
	.act = enrol_invite,
};
