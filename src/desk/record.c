/* SPDX-License-Identifier: EUPL-1.2 */
#include "desk/record.h"

#include <stdlib.h>
#include <string.h>

#include "core/base64.h"
#include "core/pairs.h"
#include "core/time.h"
#include "core/vec.h"
#include "pki/resolve.h"
#include "registry/doc.h"

/* ---- one of this station ---------------------------------------------------
 */

static enum rc
add_step(struct buf *out, const json_t *row, struct err *e)
{
	static const char *const names[] = { "statement", "signature",
		"opening" };
	struct buf bytes;
	size_t i;
	enum rc rc = RC_OK;

	for (i = 0; i < 3 && rc == RC_OK; i++) {
		bytes = (struct buf){ 0 };
		if (!base64_parse(&bytes, bytes_str(row_text(row, names[i]))) ||
		    bytes.len > PAIRS_VALUE)
			rc = fail(e, RC_INVALID,
			    "the station's answer cannot be read");
		else
			pairs_add(out, bytes_str(names[i]), buf_bytes(&bytes));
		buf_free(&bytes);
	}
	return rc;
}

enum rc
record_bytes(struct buf *out, const json_t *rows, struct err *e)
{
	const json_t *row;
	size_t i;
	enum rc rc = RC_OK;

	json_array_foreach(rows, i, row)
	{
		if (rc == RC_OK)
			rc = add_step(out, row, e);
		if (rc == RC_OK && out->len > RECORD_MAX)
			rc = fail(e, RC_LIMIT, "a record of over %u bytes",
			    RECORD_MAX);
	}
	return rc;
}

/* ---- one that came ------------------------------------------------------- */

struct record {
	struct doc_steps *steps;  /* owned; borrow from the bytes */
	struct bytes *signatures; /* owned */
	size_t count;
};

/* "statement", "signature", "opening", of each step. */
static enum rc
record_read(struct record *r, struct bytes in, struct err *e)
{
	static const char *const names[] = { "statement", "signature",
		"opening" };
	struct bytes name, v[3];
	size_t i;

	while (in.len > 0) {
		for (i = 0; i < 3; i++)
			if (!pairs_next(&in, &name, &v[i]) ||
			    !bytes_is(name, names[i]))
				return fail(e, RC_INVALID,
				    "its record is not of the form");
		if (r->count == STEP_NUMBERS)
			return fail(e, RC_LIMIT, "over %u steps of a document",
			    STEP_NUMBERS);
		r->steps = vec_more(r->steps, r->count, sizeof(*r->steps));
		r->signatures =
		    vec_more(r->signatures, r->count, sizeof(*r->signatures));
		r->steps[r->count] =
		    (struct doc_steps){ .statement = v[0], .opening = v[2] };
		r->signatures[r->count++] = v[1];
	}
	return r->count > 0
		   ? RC_OK
		   : fail(e, RC_INVALID, "its record is not of the form");
}

/* Who signed a step: it is his certificate, in force then, and he held the role
 * at that desk. */
static enum rc
step_by(struct directory *d, const struct step *s, struct bytes statement,
    struct bytes signature, struct err *e)
{
	const size_t i = cert_by_fingerprint(&d->state, s->cert);
	const struct dcert *c;
	struct known_signer who;
	struct resolved desk;

	if (i == NONE)
		return fail(e, RC_ABSENT,
		    "step %llu is signed by %.*s, whose certificate is not "
		    "known here",
		    (unsigned long long)s->number, (int)s->person.len,
		    (const char *)s->person.p);
	c = &d->state.certs[i];
	if (!resolve_signer(d, tag_bytes(&c->cert.tag),
		bytes_of(c->fingerprint, SHA256_SIZE), &who) ||
	    s->at < who.from || s->at > who.until ||
	    step_holds(statement, signature, &c->cert, e) != RC_OK)
		return fail(e, RC_DENIED,
		    "the signature of %.*s under step %llu does not hold",
		    (int)s->person.len, (const char *)s->person.p,
		    (unsigned long long)s->number);
	if (resolve(d, s->desk, s->at, &desk, e) != RC_OK)
		return e->rc;
	if (c->holder == NONE || desk.holder == NONE ||
	    !role_is_held(d, c->holder, desk.holder, s->role, s->at))
		return fail(e, RC_DENIED,
		    "%.*s had no such role at %.*s when he took step %llu",
		    (int)s->person.len, (const char *)s->person.p,
		    (int)s->desk.len, (const char *)s->desk.p,
		    (unsigned long long)s->number);
	return RC_OK;
}

static enum rc
steps_hold(struct directory *d, const struct record *r, struct err *e)
{
	struct step s;
	size_t i;
	enum rc rc = RC_OK;

	for (i = 0; i < r->count && rc == RC_OK; i++) {
		rc = step_read(&s, r->steps[i].statement, e);
		if (rc == RC_OK)
			rc = step_by(
			    d, &s, r->steps[i].statement, r->signatures[i], e);
	}
	return rc;
}

static enum rc
directory_of(struct directory **out, const struct desk *by, struct err *e)
{
	struct buf file = { 0 };
	struct applied did;
	struct bytes root;
	enum rc rc;

	*out = NULL;
	rc = ask_pieces(
	    &file, by->fd, CONTROL_DIRECTORY_TAKE, NULL, DIRECTORY_MAX, e);
	if (rc == RC_OK &&
	    (rc = directory_root(&root, buf_bytes(&file), e)) == RC_OK &&
	    (rc = directory_new(out, root, e)) == RC_OK)
		rc = directory_apply(*out, &file, &did, e);
	buf_free(&file);
	return rc;
}

/* What the desk's unit is called. */
static char *
agency_of(const struct directory *d, const char *desk)
{
	struct resolved r;
	struct bytes name;
	struct err e;

	if (resolve(d, bytes_str(desk), time_now(), &r, &e) != RC_OK)
		return NULL;
	name = unit_name(&d->state.units[r.unit], time_now());
	if (name.len == 0 || name.len > 500)
		return NULL;
	return bytes_text(name);
}

static enum rc
same_desk(
    struct directory *d, const struct doc *doc, const char *by, struct err *e)
{
	struct resolved a, b;
	struct err ignored;

	if (resolve(d, doc->desk, time_now(), &a, &ignored) == RC_OK &&
	    resolve(d, bytes_str(by), time_now(), &b, &ignored) == RC_OK &&
	    a.unit == b.unit && a.holder == b.holder)
		return RC_OK;
	return fail(e, RC_DENIED,
	    "it is a document of %.*s, and %s has sent it", (int)doc->desk.len,
	    (const char *)doc->desk.p, by);
}

enum rc
record_check(struct doc *out, char **from, const struct desk *desk,
    struct bytes record, const char *by, struct err *e)
{
	struct record r = { 0 };
	struct directory *d = NULL;
	enum rc rc;

	doc_init(out);
	*from = NULL;
	if ((rc = directory_of(&d, desk, e)) != RC_OK)
		goto out;
	*from = agency_of(d, by);
	if ((rc = record_read(&r, record, e)) != RC_OK)
		goto out;
	doc_free(out);
	if ((rc = doc_fold(out, r.steps, r.count, e)) == RC_OK &&
	    (rc = steps_hold(d, &r, e)) == RC_OK)
		rc = same_desk(d, out, by, e);
out:
	directory_free(d);
	free(r.steps);
	free(r.signatures);
	return rc;
}
