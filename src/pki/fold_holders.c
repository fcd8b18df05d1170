/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdlib.h>
#include <string.h>

#include "core/index.h"
#include "core/lang.h"
#include "core/vec.h"
#include "envelope/address.h"
#include "pki/fold.h"
#include "pki/path.h"

/* ---- desks and persons ----------------------------------------------------
 */

static void
enrol_holder(struct fold *f, const struct fold_act *fa)
{
	const struct act *a = &fa->act;
	struct state *s = &f->s;
	struct holder *h;
	size_t unit;

	if (a->subject == ACT_UNIT ||
	    (unit = fold_unit(f, fa, &a->unit, true)) == NONE)
		return;
	if (!unit_open(&s->units[unit], a->from)) {
		fold_void(f, fa, "its unit has ended, or not begun");
		return;
	}
	if (holder_by_id(s, unit, a->id) != NONE) {
		fold_void(f, fa,
		    "docs/directory.md 3.5: the unit has a \"%.*s\" already, "
		    "or had: an id is not used twice",
		    (int)a->id.len, (const char *)a->id.p);
		return;
	}
	s->holders = vec_more(s->holders, s->holder_count, sizeof(*h));
	h = &s->holders[s->holder_count];
	*h = (struct holder){ .unit = unit,
		.person = a->subject == ACT_PERSON,
		.id = a->id,
		.opened = a->from,
		.closed = TIME_NEVER,
		.to_unit = NONE,
		.level = a->level };
	fold_since(&h->names, &h->name_count, a->from, a->name);
	h->next = s->units[unit].holders;
	s->units[unit].holders = s->holder_count++;
}

/* The holder that an act names; NONE after an alarm. */
static size_t
fold_holder(
    struct fold *f, const struct fold_act *fa, struct bytes id, bool person)
{
	const size_t unit = fold_unit(f, fa, &fa->act.unit, true);
	size_t h;

	if (unit == NONE)
		return NONE;
	h = holder_by_id(&f->s, unit, id);
	if (h == NONE || f->s.holders[h].person != person) {
		fold_void(f, fa, "the unit has no %s \"%.*s\"",
		    person ? tr("person") : tr("desk"), (int)id.len,
		    (const char *)id.p);
		return NONE;
	}
	return h;
}

static void
rename_holder(struct fold *f, const struct fold_act *fa)
{
	const struct act *a = &fa->act;
	struct holder *h;
	size_t i;

	if (a->subject == ACT_UNIT || !act_has(a, F_NAME) ||
	    (i = fold_holder(f, fa, a->id, a->subject == ACT_PERSON)) == NONE)
		return;
	h = &f->s.holders[i];
	fold_since(&h->names, &h->name_count, a->from, a->name);
}

static void
close_holder(struct fold *f, const struct fold_act *fa)
{
	const struct act *a = &fa->act;
	struct holder *h;
	size_t i;

	if (a->subject == ACT_UNIT ||
	    (i = fold_holder(f, fa, a->id, a->subject == ACT_PERSON)) == NONE)
		return;
	h = &f->s.holders[i];
	if (h->closed <= a->from) {
		fold_void(f, fa, "it had ended by then");
		return;
	}
	h->closed = a->from;
	if (act_has(a, F_TO) && act_has(a, F_TO_ID)) {
		h->to_unit = unit_by_uid(&f->s, &a->to);
		h->to_id = a->to_id;
	}
}

/* ---- roles, lists, policies
 * ------------------------------------------------------ */

static struct role_held *
role_at(struct state *s, size_t person, size_t desk, enum role role, int64_t t)
{
	size_t i;

	for (i = s->role_count; i-- > 0;)
		if (s->roles[i].person == person && s->roles[i].desk == desk &&
		    s->roles[i].role == role && s->roles[i].from <= t &&
		    t < s->roles[i].until)
			return &s->roles[i];
	return NULL;
}

static void
fold_role(struct fold *f, const struct fold_act *fa)
{
	const struct act *a = &fa->act;
	struct role_held r = { .role = a->role,
		.from = a->from,
		.until = a->until,
		.substitute = NONE },
			 *held;

	r.person = fold_holder(f, fa, a->id, true);
	if (r.person == NONE)
		return;
	r.desk = fold_holder(f, fa, a->desk, false);
	if (r.desk == NONE)
		return;
	if (act_has(a, F_SUBSTITUTE)) {
		r.substitute = fold_holder(f, fa, a->substitute, true);
		if (r.substitute == NONE)
			return;
	}
	held = role_at(&f->s, r.person, r.desk, r.role, a->from);
	if (held != NULL)
		held->until = a->from; /* the new one takes its place */
	else if (a->until == a->from)
		fold_void(f, fa, "the role was not held then");
	if (a->until == a->from)
		return; /* docs/directory.md 2.8: it ends */
	f->s.roles = vec_more(f->s.roles, f->s.role_count, sizeof(r));
	f->s.roles[f->s.role_count++] = r;
}

static void
fold_list(struct fold *f, const struct fold_act *fa)
{
	struct state *s = &f->s;
	struct list *l;
	size_t i;

	if (s->units[fa->log_unit].closed <= fa->act.at) {
		fold_void(f, fa, "the unit that decided it had ended");
		return;
	}
	for (i = 0; i < s->list_count; i++)
		if (id_eq(&s->lists[i].id, &fa->act.list) &&
		    s->lists[i].log == fa->log &&
		    s->lists[i].version >= fa->act.version) {
			fold_void(f, fa,
			    "docs/directory.md 2.9: a list's version only "
			    "grows");
			return;
		}
	s->lists = vec_more(s->lists, s->list_count, sizeof(*l));
	l = &s->lists[s->list_count++];
	*l = (struct list){ .id = fa->act.list,
		.version = fa->act.version,
		.from = fa->act.from,
		.log = fa->log,
		.name = fa->act.name,
		.act = fa->act };
	sha256(l->hash, fa->bytes);
}

static void
fold_policy(struct fold *f, const struct fold_act *fa)
{
	struct policy p = { .from = fa->act.from };
	struct bytes rest = fa->act.ages;
	struct act_age age;

	p.unit = fold_unit(f, fa, &fa->act.unit, true);
	if (p.unit == NONE)
		return;
	while (act_next_age(&rest, &age)) {
		p.says[age.level] = true;
		p.warn[age.level] = age.warn;
		p.refuse[age.level] = age.refuse;
	}
	f->s.policies = vec_more(f->s.policies, f->s.policy_count, sizeof(p));
	f->s.policies[f->s.policy_count++] = p;
}

static void recovered(struct fold *f, const struct fold_act *fa, size_t unit,
    size_t desk, const char *fmt, ...) __attribute__((format(printf, 5, 6)));
static void
recovered(struct fold *f, const struct fold_act *fa, size_t unit, size_t desk,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fold_alarm(f, ALARM_RECOVERED, fa, unit, desk, fmt, ap);
	va_end(ap);
}

static void
fold_recover(struct fold *f, const struct fold_act *fa)
{
	const struct act *a = &fa->act;
	const size_t desk = fold_holder(f, fa, a->id, false);

	if (desk != NONE)
		recovered(f, fa, f->s.holders[desk].unit, desk,
		    "the KEM key of the desk \"%.*s\" was taken out of escrow: "
		    "%.*s",
		    (int)a->id.len, (const char *)a->id.p, (int)a->name.len,
		    (const char *)a->name.p);
}

/* ---- certificates
 * ------------------------------------------------------------------ */

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
static void
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

static void
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
static void
settle_ranges(struct state *s)
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

/* ---- all of it
 * ------------------------------------------------------------------------ */

/* The root that was given, before any act speaks of it. */
static void
take_root(struct fold *f, struct bytes root)
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

/* In the order they were decided; of one moment, as they were read. */
static int
by_decision(const void *left, const void *right)
{
	const struct fold_act *a = *(const struct fold_act *const *)left;
	const struct fold_act *b = *(const struct fold_act *const *)right;

	if (a->act.at != b->act.at)
		return a->act.at < b->act.at ? -1 : 1;
	return a < b ? -1 : a > b;
}

void
fold_holders(struct fold *f, struct bytes root)
{
	static void (*const does[ACT_KINDS])(
	    struct fold *, const struct fold_act *) = {
		[ACT_RENAME] = rename_holder,
		[ACT_CLOSE] = close_holder,
		[ACT_LIST] = fold_list,
		[ACT_ROLE] = fold_role,
		[ACT_POLICY] = fold_policy,
		[ACT_RECOVER] = fold_recover,
	};
	const struct fold_act **order;
	size_t i;

	take_root(f, root);
	order = alloc(f->act_count + 1, sizeof(*order));
	for (i = 0; i < f->act_count; i++)
		order[i] = &f->acts[i];
	qsort(order, f->act_count, sizeof(*order), by_decision);
	/* who there is, and then what is said of them: authorities' clocks may
	 * differ */
	for (i = 0; i < f->act_count; i++)
		if (order[i]->act.kind == ACT_ENROL)
			enrol_holder(f, order[i]);
	for (i = 0; i < f->act_count; i++)
		if (does[order[i]->act.kind] != NULL)
			does[order[i]->act.kind](f, order[i]);
	free(order);
	fold_certificates(f);
	for (i = 0; i < f->act_count; i++)
		if (f->acts[i].act.kind == ACT_REVOKE)
			fold_revoke(f, &f->acts[i]);
	settle_ranges(&f->s);
}
