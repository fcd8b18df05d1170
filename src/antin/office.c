/* SPDX-License-Identifier: EUPL-1.2 */
#include "antin/office.h"

#include <stdlib.h>
#include <string.h>

#include "antin/tree.h"
#include "antin/who.h"
#include "core/lang.h"
#include "core/time.h"
#include "core/vec.h"
#include "pki/path.h"

/* ---- opening and closing ----------------------------------------------------
 */

/* The authority whose key this is, by its newest certificate in force then. */
enum rc
office_at(struct office *o, int64_t t, struct err *e)
{
	const struct state *s = &o->d->state;
	const struct cert *mine = &o->me.card.sign;
	size_t i;

	o->cert = NONE;
	for (i = cert_by_tag(s, tag_bytes(&mine->tag)); i != NONE;
	     i = s->certs[i].same_tag)
		if (cert_is_authority(&s->certs[i].cert) &&
		    s->certs[i].from <= t && t < s->certs[i].until &&
		    (o->cert == NONE ||
			s->certs[i].from > s->certs[o->cert].from))
			o->cert = i;
	if (o->cert == NONE)
		return fail(e, RC_DENIED,
		    "the key of \"%.*s\" is no authority's in this directory, "
		    "or not in force then; is the clock of this machine right?",
		    (int)mine->name.len, (const char *)mine->name.p);
	o->unit = s->certs[o->cert].unit;
	return RC_OK;
}

enum rc
office_open(struct office *o, const struct args *a, struct err *e)
{
	const char *path, *key;
	enum rc rc;

	*o = (struct office){ .file = { .fd = -1 }, .now = time_now() };
	if ((rc = tree_path(&path, a, e)) != RC_OK ||
	    (rc = arg_must(&key, a, "key", e)) != RC_OK ||
	    (rc = who_acts(&o->me, a, key, e)) != RC_OK ||
	    (rc = directory_open(&o->file, path, e)) != RC_OK)
		return rc;
	o->d = o->file.directory;
	return office_at(o, o->now, e);
}

static void
drop_acts(struct office *o)
{
	free(o->acts);
	o->acts = NULL;
	o->act_count = 0;
	arena_free(&o->kept);
}

void
office_close(struct office *o)
{
	drop_acts(o);
	directory_close(&o->file);
	identity_free(&o->me);
}

enum rc
office_run(const struct args *a, struct err *e)
{
	struct office o;
	enum rc rc;

	rc = office_open(&o, a, e);
	if (rc == RC_OK && (rc = a->cmd->act(&o, a, e)) == RC_OK)
		rc = office_decide(&o, e);
	if (rc == RC_OK && o.decided > 0)
		say("Decided, signed and on disk. Acts: %zu.\n", o.decided);
	office_close(&o);
	return rc;
}

/* ---- acts
 * -------------------------------------------------------------------- */

struct act
office_act(const struct office *o, enum act_kind kind)
{
	return (struct act){ .kind = kind, .from = o->now };
}

void
office_add(struct office *o, const struct act *act)
{
	o->acts = vec_more(o->acts, o->act_count, sizeof(*o->acts));
	o->acts[o->act_count++] = *act;
}

enum rc
office_decide(struct office *o, struct err *e)
{
	struct buf part;
	enum rc rc;

	if (o->act_count == 0)
		return RC_OK;
	rc = directory_decide(
	    o->d, &part, o->unit, o->acts, o->act_count, o->me.sig, o->now, e);
	if (rc == RC_OK)
		rc = directory_append(&o->file, buf_bytes(&part), e);
	if (rc == RC_OK)
		o->decided += o->act_count;
	buf_free(&part);
	drop_acts(o);
	/* indexes are of the state that was: look again */
	return rc == RC_OK ? office_at(o, o->now, e) : rc;
}

enum rc
office_effective(
    int64_t *out, const struct office *o, const struct args *a, struct err *e)
{
	*out = o->now;
	return arg_time(out, a, "effective", e);
}

/* ---- who
 * ---------------------------------------------------------------------- */

/* At the end of what is known: a unit enrolled from next month on is one. */
static enum rc
find_one(struct resolved *out, const struct office *o, const char *address,
    struct err *e)
{
	struct err later;
	enum rc rc;

	rc = resolve(o->d, bytes_str(address), o->now, out, e);
	if (rc == RC_ABSENT && resolve(o->d, bytes_str(address), TIME_MAX - 1,
				   out, &later) == RC_OK)
		return RC_OK;
	return rc;
}

enum rc
office_unit(
    size_t *unit, const struct office *o, const char *address, struct err *e)
{
	struct resolved r;
	enum rc rc;

	if ((rc = find_one(&r, o, address, e)) != RC_OK)
		return rc;
	if (r.holder != NONE)
		return fail(e, RC_USAGE,
		    "%s is a desk or a person; a unit is wanted: without the "
		    "last part",
		    address);
	*unit = r.unit;
	return RC_OK;
}

enum rc
office_holder(struct resolved *out, const struct office *o, const char *address,
    bool person, struct err *e)
{
	enum rc rc;

	if ((rc = find_one(out, o, address, e)) != RC_OK)
		return rc;
	if (out->holder == NONE ||
	    o->d->state.holders[out->holder].person != person)
		return fail(e, RC_USAGE,
		    person ? "%s is no person" : "%s is no desk", address);
	return RC_OK;
}

/* ---- certificates
 * --------------------------------------------------------------- */

enum rc
office_issue(
    struct bytes *der, struct office *o, struct cert_request *r, struct err *e)
{
	const struct cert *mine = &o->d->state.certs[o->cert].cert;
	struct buf made;
	struct cert cert;
	enum rc rc;

	r->issuer = mine->name;
	if (r->from < mine->from)
		r->from = mine->from;
	if (r->until > mine->until)
		r->until = mine->until;
	cert_write(&made, r, o->me.sig);
	*der = arena_add(&o->kept, buf_bytes(&made));
	buf_free(&made);
	if ((rc = cert_parse(&cert, *der, e)) != RC_OK)
		return rc;
	return path_step(
	    &cert, mine, r->rights.kind == CERT_AUTHORITY ? 1 : 0, e);
}
