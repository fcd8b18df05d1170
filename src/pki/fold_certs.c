/* SPDX-License-Identifier: EUPL-1.2 */
/* Certificates of the directory: which count, since when and until when
 * (docs/directory.md 3.6, 3.7, 6). */
#include <stdlib.h>
#include <string.h>

#include "core/index.h"
#include "core/vec.h"
#include "envelope/address.h"
#include "pki/fold.h"
#include "pki/path.h"

/* Index the certificate, which has its place. */
static void
cert_known(struct state *s, struct dcert *c)
{
	const size_t i = s->cert_count++;
	uint64_t key;

	cert_fingerprint(c->fingerprint, c->cert.der);
	memcpy(&key, c->fingerprint, sizeof(key));
	c->same_tag = cert_by_tag(s, tag_bytes(&c->cert.tag));
	c->next = s->units[c->unit].certs;
	s->units[c->unit].certs = i;
	index_add(s->by_fingerprint, key, i);
	index_add(s->by_tag, key_of(tag_bytes(&c->cert.tag)), i);
}

static struct dcert *
cert_room(struct state *s)
{
	s->certs = vec_more(s->certs, s->cert_count, sizeof(*s->certs));
	s->certs[s->cert_count] = (struct dcert){
		.holder = NONE, .issuer = NONE, .revoked = TIME_NEVER
	};
	return &s->certs[s->cert_count];
}

/* The address of the unit, or of its holder, when the act takes effect. */
static bool
address_is(const struct state *s, size_t unit, size_t holder, int64_t t,
    struct bytes address)
{
	const struct bytes host = unit_host(&s->units[unit], t);
	struct address a;

	return address_parse(&a, address) && bytes_eq(a.host, host) &&
	       bytes_eq(a.desk, holder == NONE ? (struct bytes){ 0 }
					       : s->holders[holder].id);
}

/* The kind that its rights say is the kind that the directory knows. */
static bool
kind_fits(const struct state *s, const struct cert *c, size_t holder)
{
	if (holder == NONE)
		return c->rights.kind == CERT_AUTHORITY ||
		       c->rights.kind == CERT_STATION;
	return c->rights.kind ==
	       (s->holders[holder].person ? CERT_PERSON : CERT_DESK);
}

/*
 * The authority's certificate under which the log's unit issued "c": of those
 * with its key and name, the one that lasts longest.  *why is the rule that the
 * nearest of them breaks.
 */
static size_t
issuer_of(const struct fold *f, const struct fold_act *a, const struct cert *c,
    struct err *why)
{
	const struct state *s = &f->s;
	size_t i, best = NONE;

	if (fail(why, RC_DENIED,
		"docs/directory.md 3.6: it was not issued by the authority "
		"whose log it stands in") == RC_OK)
		return NONE;
	i = cert_by_tag(s, tag_bytes(&c->issuer_tag));
	for (; i != NONE; i = s->certs[i].same_tag) {
		const struct dcert *by = &s->certs[i];

		if (by->unit != a->log_unit || !cert_is_authority(&by->cert) ||
		    path_step(c, &by->cert, 0, why) != RC_OK)
			continue;
		if (best == NONE || by->until > s->certs[best].until)
			best = i;
	}
	return best;
}

/* From when until when the authority that issued it may have: by any of the
 * certificates of that key under which it could. */
struct range {
	int64_t from, until, dated;
};

static struct range
issuer_range(const struct state *s, const struct dcert *c)
{
	struct range r = { TIME_NEVER, TIME_MIN, TIME_MIN };
	const struct dcert *by;
	struct err e;
	size_t i;

	i = cert_by_tag(s, tag_bytes(&c->cert.issuer_tag));
	for (; i != NONE; i = s->certs[i].same_tag) {
		by = &s->certs[i];
		if (by->unit != s->certs[c->issuer].unit ||
		    !cert_is_authority(&by->cert) ||
		    path_step(&c->cert, &by->cert, 0, &e) != RC_OK)
			continue;
		r.from = by->from < r.from ? by->from : r.from;
		r.until = by->until > r.until ? by->until : r.until;
		r.dated = by->dated > r.dated ? by->dated : r.dated;
	}
	return r;
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* When a certificate may be used, all but revocation considered. */
static void
set_range(const struct state *s, struct dcert *c, int64_t from)
{
	struct range by = { TIME_MIN, TIME_NEVER, TIME_NEVER };

	if (c->issuer != NONE)
		by = issuer_range(s, c);
	c->act_from = from;
	c->from = from > c->cert.from ? from : c->cert.from;
	if (by.from > c->from)
		c->from = by.from;
	c->dated = sooner(c->cert.until + 1, by.dated); /* its last second */
	c->until = sooner(c->dated, by.until);
	c->until = sooner(c->until, s->units[c->unit].closed);
	if (c->holder != NONE)
		c->until = sooner(c->until, s->holders[c->holder].closed);
}

/* docs/pki.md 3.6, a step at a time. */
static bool
path_room(const struct state *s, struct dcert *c)
{
	const unsigned above = s->certs[c->issuer].path_room;

	if (c->cert.rights.kind != CERT_AUTHORITY)
		return true;
	if (above == 0)
		return false;
	c->path_room = c->cert.rights.path_len < above - 1
			   ? c->cert.rights.path_len
			   : above - 1;
	return true;
}

/* Who issued it; RC_ABSENT where that may still become known. */
static enum rc
take_issuer(
    struct fold *f, const struct fold_act *fa, struct dcert *c, struct err *e)
{
	enum rc rc;

	/* the root signs its own: at its beginning, and when its key changes */
	if (cert_is_authority(&c->cert) && c->unit == fa->log_unit) {
		if (c->unit != 0)
			return fail(e, RC_DENIED,
			    "docs/directory.md 3.6: an authority does not "
			    "certify itself");
		rc = path_root(&c->cert, c->cert.der, e);
		c->checked = c->holds = rc == RC_OK;
		c->path_room = c->cert.rights.path_len;
		return rc;
	}
	c->issuer = issuer_of(f, fa, &c->cert, e);
	if (c->issuer == NONE)
		return RC_ABSENT;
	if (!path_room(&f->s, c))
		return fail(e, RC_DENIED,
		    "docs/pki.md 3.6: more authorities below one another than "
		    "one above them allows");
	return RC_OK;
}

/* What an act of certificates is about. */
struct whose {
	const struct fold_act *act;
	size_t unit, holder;
	bool done;
};

static enum rc
take_cert(
    struct fold *f, const struct whose *w, struct bytes der, struct err *e)
{
	struct dcert *c = cert_room(&f->s);
	enum rc rc;

	if ((rc = cert_parse(&c->cert, der, e)) != RC_OK)
		return rc;
	c->unit = w->unit;
	c->holder = w->holder;
	c->log = w->act->log;
	c->number = w->act->act.number;
	if (!kind_fits(&f->s, &c->cert, c->holder) ||
	    !address_is(
		&f->s, c->unit, c->holder, w->act->act.from, c->cert.address))
		return fail(e, RC_DENIED,
		    "docs/directory.md 3.6: the certificate is for %.*s, not "
		    "for whom the act names",
		    (int)c->cert.address.len, (const char *)c->cert.address.p);
	if ((rc = take_issuer(f, w->act, c, e)) != RC_OK)
		return rc;
	set_range(&f->s, c, w->act->act.from);
	cert_known(&f->s, c);
	return RC_OK;
}

/* Take an act's certificates; false where their issuer is not known yet. */
static bool
certify(struct fold *f, const struct whose *w, bool last)
{
	struct bytes rest = w->act->act.certs, der;
	uint8_t fingerprint[SHA256_SIZE];
	struct err e;
	enum rc rc;

	while (act_next_cert(&rest, &der)) {
		cert_fingerprint(fingerprint, der);
		if (cert_by_fingerprint(&f->s, fingerprint) != NONE)
			continue; /* the root's, which was given */
		rc = take_cert(f, w, der, &e);
		if (rc == RC_ABSENT && !last)
			return false;
		if (rc != RC_OK)
			fold_void(f, w->act, "%s", e.text);
	}
	return true;
}

static bool
whose_of(struct fold *f, const struct fold_act *fa, struct whose *w)
{
	const struct act *a = &fa->act;

	*w = (struct whose){ .act = fa, .holder = NONE };
	if (a->kind != ACT_CERTIFY && a->kind != ACT_RENEW)
		return false;
	w->unit = fold_unit(f, fa, &a->unit, true);
	if (w->unit == NONE || !act_has(a, F_ID))
		return w->unit != NONE;
	w->holder = holder_by_id(&f->s, w->unit, a->id);
	if (w->holder == NONE)
		fold_void(f, fa, "the unit has no desk or person \"%.*s\"",
		    (int)a->id.len, (const char *)a->id.p);
	return w->holder != NONE;
}

/*
 * Certificates of units first, in rounds: where a unit has moved, its new
 * authority's certificate may stand in a log that comes later.  Then all
 * others.
 */
void
fold_certificates(struct fold *f)
{
	struct whose *all = NULL, w;
	size_t i, n = 0;
	bool some = true;

	for (i = 0; i < f->act_count; i++) {
		if (!whose_of(f, &f->acts[i], &w))
			continue;
		all = vec_more(all, n, sizeof(*all));
		all[n++] = w;
	}
	while (some) {
		some = false;
		for (i = 0; i < n; i++)
			if (!all[i].done && all[i].holder == NONE)
				some |= all[i].done =
				    certify(f, &all[i], false);
	}
	for (i = 0; i < n; i++)
		if (!all[i].done)
			(void)certify(f, &all[i], true);
	free(all);
}

/* ---- revocation, last: a superior may revoke what lies deeper
 * ---------------------- */

/* The unit's authority had another key by then, that came after this one. */
static bool
has_newer(const struct state *s, const struct dcert *c, int64_t t)
{
	size_t i;

	for (i = s->units[c->unit].certs; i != NONE; i = s->certs[i].next)
		if (cert_is_authority(&s->certs[i].cert) &&
		    !bytes_eq(s->certs[i].cert.pub, c->cert.pub) &&
		    s->certs[i].from > c->from && s->certs[i].from <= t &&
		    t < s->certs[i].until)
			return true;
	return false;
}

void
fold_revoke(struct fold *f, const struct fold_act *fa)
{
	const struct act *a = &fa->act;
	const int64_t since = act_has(a, F_SINCE) ? a->since : a->from;
	struct state *s = &f->s;
	struct dcert *c;
	size_t i;

	i = cert_by_fingerprint(s, a->cert.p);
	if (i == NONE)
		return; /* of somebody we know nothing else of */
	c = &s->certs[i];
	if (cert_is_authority(&c->cert) && c->unit == fa->log_unit &&
	    !has_newer(s, c, a->at)) {
		fold_void(f, fa,
		    "docs/directory.md 6.1: an authority's newest key is "
		    "revoked from above");
		return;
	}
	if ((c->log != fa->log &&
		!unit_within(s, c->unit, fa->log_unit, a->from)) ||
	    s->units[fa->log_unit].closed <= a->at) {
		fold_void(f, fa,
		    "docs/directory.md 3.3: an authority decides for its own "
		    "subtree only");
		return;
	}
	if (since < c->revoked) {
		c->revoked = since;
		c->reason = a->reason;
	}
}

/* What revocation ends, ends what it issued.  An authority may have got another
 * certificate for its key after what it issued by the first: so all over again,
 * until nothing changes. */
void
fold_ranges(struct state *s)
{
	struct dcert *c;
	struct dcert was;
	bool some = true;
	unsigned rounds;
	size_t i;

	for (rounds = 0; some && rounds < 2 * FOLD_DEPTH; rounds++) {
		some = false;
		for (i = 0; i < s->cert_count; i++) {
			c = &s->certs[i];
			was = *c;
			if (c->issuer != NONE)
				set_range(s, c, c->act_from);
			c->until = sooner(c->until, c->revoked);
			some |= c->until != was.until || c->from != was.from ||
				c->dated != was.dated;
		}
	}
}

/* The root that was given, before any act speaks of it. */
void
fold_root(struct fold *f, struct bytes root)
{
	struct dcert *c = cert_room(&f->s);
	struct err e;

	if (path_root(&c->cert, root, &e) != RC_OK)
		bug("a directory under no root");
	c->checked = c->holds = true;
	c->path_room = c->cert.rights.path_len;
	c->from = c->cert.from;
	c->until = c->dated = c->cert.until + 1;
	cert_known(&f->s, c);
}
