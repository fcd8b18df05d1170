/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/resolve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/index.h"
#include "core/utf8.h"
#include "core/vec.h"
#include "envelope/address.h"
#include "pki/fold.h"

#define STEPS 64u /* successors that are followed */

/* ---- addresses --------------------------------------------------------------
 */

bool
address_of(const struct directory *d, size_t unit, size_t holder, int64_t t,
    char out[static LIMIT_ADDRESS + 1])
{
	const struct bytes host = unit_host(&d->state.units[unit], t);
	const struct bytes id =
	    holder == NONE ? (struct bytes){ 0 } : d->state.holders[holder].id;
	int n;

	if (host.len == 0)
		return false;
	n = snprintf(out, LIMIT_ADDRESS + 1, "antin://%.*s%s%.*s",
	    (int)host.len, (const char *)host.p, id.len > 0 ? "/" : "",
	    (int)id.len, (const char *)id.p);
	return n > 0 && n <= (int)LIMIT_ADDRESS;
}

/* Where a desk of a unit that has ended went. */
static void
desk_went(const struct unit *u, size_t *unit, struct bytes *id)
{
	size_t i;

	for (i = u->desk_to_count; i-- > 0;)
		if (bytes_eq(u->desks_to[i].id, *id)) {
			*unit = u->desks_to[i].unit;
			*id = u->desks_to[i].to_id;
			return;
		}
	*unit = u->successor_count > 0 ? u->successors[0] : NONE;
}

/* A desk that ended before its unit did, by then: it went where its own act
 * says. */
static bool
ended_by_itself(const struct unit *u, const struct holder *h, int64_t t)
{
	return h->closed <= t && h->closed <= u->closed;
}

/* Follow units and desks that have ended to what is open at t; false where it
 * ends.  An id that is empty is the unit itself. */
static bool
follow(const struct directory *d, int64_t t, size_t *unit, struct bytes id,
    size_t *holder)
{
	const struct state *s = &d->state;
	const struct unit *u;
	unsigned steps;

	for (steps = 0; *unit != NONE && steps < STEPS; steps++) {
		u = &s->units[*unit];
		*holder = id.len == 0 ? NONE : holder_by_id(s, *unit, id);
		if (*holder != NONE &&
		    ended_by_itself(u, &s->holders[*holder], t)) {
			*unit = s->holders[*holder].to_unit;
			id = s->holders[*holder].to_id;
		} else if (u->closed <= t) {
			desk_went(u, unit, &id);
		} else {
			return u->opened <= t &&
			       (id.len == 0 ||
				   (*holder != NONE &&
				       s->holders[*holder].opened <= t));
		}
	}
	return false;
}

enum rc
resolve(const struct directory *d, struct bytes address, int64_t t,
    struct resolved *out, struct err *e)
{
	struct address a;

	*out = (struct resolved){ .unit = NONE, .holder = NONE };
	if (!address_parse(&a, address))
		return fail(e, RC_INVALID,
		    "\"%.*s\" is no address; one looks like "
		    "antin://dien-bien.vn/van-thu",
		    (int)address.len, (const char *)address.p);
	out->unit = unit_by_host(&d->state, a.host, t);
	if (out->unit == NONE)
		return fail(e, RC_ABSENT,
		    "nobody is known by the host \"%.*s\"; look with: antin "
		    "directory find",
		    (int)a.host.len, (const char *)a.host.p);
	if (!follow(d, t, &out->unit, a.desk, &out->holder))
		return fail(e, RC_ABSENT,
		    "%.*s leads nowhere at that time: there is no such desk, "
		    "or it ended without a successor",
		    (int)address.len, (const char *)address.p);
	if (!address_of(d, out->unit, out->holder, t, out->address))
		return fail(e, RC_ABSENT,
		    "%.*s leads to a unit that has no address at that time",
		    (int)address.len, (const char *)address.p);
	out->moved = !bytes_eq(bytes_str(out->address), address);
	return RC_OK;
}

/* ---- keys
 * ---------------------------------------------------------------------- */

size_t
cert_in_force(struct directory *d, size_t unit, size_t holder,
    enum cert_kind kind, enum cert_use use, int64_t t)
{
	const struct state *s = &d->state;
	const struct dcert *c;
	size_t i, best = NONE;

	/* the one that came into force last; of one moment the later decided */
	for (i = s->units[unit].certs; i != NONE; i = s->certs[i].next) {
		c = &s->certs[i];
		if (c->holder == holder && c->cert.rights.kind == kind &&
		    c->cert.use == use && c->from <= t && t < c->until &&
		    (best == NONE || c->from > s->certs[best].from) &&
		    directory_holds(d, i))
			best = i;
	}
	return best;
}

size_t
station_cert(struct directory *d, size_t unit, size_t after, int64_t t)
{
	const struct state *s = &d->state;
	size_t i = after == NONE ? s->units[unit].certs : s->certs[after].next;
	const struct dcert *c;

	for (; i != NONE; i = c->next) {
		c = &s->certs[i];
		if (c->holder == NONE && c->cert.rights.kind == CERT_STATION &&
		    c->cert.use == CERT_SIGN && c->from <= t && t < c->until &&
		    directory_holds(d, i))
			return i;
	}
	return NONE;
}

size_t
cert_for_escrow(struct directory *d, size_t unit, int64_t t)
{
	size_t cert = NONE;

	for (; unit != NONE && cert == NONE;
	     unit = unit_parent(&d->state.units[unit], t))
		cert =
		    cert_in_force(d, unit, NONE, CERT_AUTHORITY, CERT_KEM, t);
	return cert;
}

enum rc
resolve_kem(struct directory *d, struct bytes address, enum level level,
    int64_t t, const struct dcert **out, struct resolved *to, struct err *e)
{
	const struct dcert *c;
	size_t i;
	enum rc rc;

	*out = NULL;
	if ((rc = resolve(d, address, t, to, e)) != RC_OK)
		return rc;
	i = cert_in_force(d, to->unit, to->holder,
	    to->holder == NONE ? CERT_STATION : CERT_DESK, CERT_KEM, t);
	if (i == NONE)
		return fail(e, RC_ABSENT,
		    "%s has no key in force to seal for: it was not enrolled, "
		    "its certificate ended, or was revoked",
		    to->address);
	c = &d->state.certs[i];
	if (level > c->cert.rights.level)
		return fail(e, RC_DENIED,
		    "%s may receive what is up to %s; this is %s", to->address,
		    level_name(c->cert.rights.level), level_name(level));
	*out = c;
	return RC_OK;
}

bool
resolve_signer(
    void *ctx, struct bytes tag, struct bytes cert, struct known_signer *out)
{
	struct directory *d = ctx;
	struct dcert *c;
	size_t i;

	if (cert.len != SHA256_SIZE)
		return false;
	i = cert_by_fingerprint(&d->state, cert.p);
	if (i == NONE)
		return false;
	c = &d->state.certs[i];
	if (c->cert.use != CERT_SIGN ||
	    !bytes_eq(tag_bytes(&c->cert.tag), tag) || !directory_holds(d, i))
		return false;
	if (c->pub == NULL)
		c->pub = sig_pub_of(c->cert.sig, c->cert.pub);
	out->pub = c->pub;
	memcpy(out->cert, c->fingerprint, SHA256_SIZE);
	out->address = c->cert.address;
	out->from = c->from;
	out->until = c->until - 1; /* its last second */
	out->limited = true;
	out->level = c->cert.rights.level;
	out->precedence = c->cert.rights.precedence;
	return c->pub != NULL;
}

/* Whom a desk of then has become, after all changes that are known. */
static bool
is_now(const struct directory *d, const struct resolved *then,
    const struct resolved *now)
{
	const struct bytes id = then->holder == NONE
				    ? (struct bytes){ 0 }
				    : d->state.holders[then->holder].id;
	size_t unit = then->unit, holder;

	return follow(d, TIME_MAX, &unit, id, &holder) && unit == now->unit &&
	       holder == now->holder;
}

bool
resolve_answers(void *ctx, struct bytes address, struct bytes other, int64_t t)
{
	const struct directory *d = ctx;
	struct resolved one, two;
	struct err e;

	return resolve(d, address, TIME_MAX, &one, &e) == RC_OK &&
	       resolve(d, other, t, &two, &e) == RC_OK && is_now(d, &two, &one);
}

/* ---- lists
 * ---------------------------------------------------------------------- */

const struct list *
list_find(
    const struct directory *d, const struct id *id, uint64_t version, int64_t t)
{
	const struct list *l;
	size_t i;

	/* versions stand in their order */
	for (i = d->state.list_count; i-- > 0;) {
		l = &d->state.lists[i];
		if (id_eq(&l->id, id) &&
		    (version == 0 ? l->from <= t : l->version == version))
			return l;
	}
	return NULL;
}

/* What is being expanded, and which holders are on it. */
struct expanding {
	const struct directory *d;
	int64_t t;
	struct listed *out;
	uint8_t *seen; /* of each holder */
};

static void
expand_desk(struct expanding *x, size_t unit, struct bytes id)
{
	struct resolved r = { .unit = unit };

	if (!follow(x->d, x->t, &r.unit, id, &r.holder) || r.holder == NONE ||
	    x->seen[r.holder] || x->d->state.holders[r.holder].person ||
	    !holder_open(&x->d->state.holders[r.holder], x->t) ||
	    !address_of(x->d, r.unit, r.holder, x->t, r.address))
		return;
	x->seen[r.holder] = 1;
	x->out->desks =
	    vec_more(x->out->desks, x->out->count, sizeof(*x->out->desks));
	x->out->desks[x->out->count++] = r;
}

/* docs/directory.md 2.9: all units of a class below one, those that have such
 * a desk. */
static void
expand_rule(struct expanding *x, const struct act *a)
{
	const struct state *s = &x->d->state;
	size_t top = unit_by_uid(s, &a->rule_unit), i, none;

	if (top != NONE &&
	    !follow(x->d, x->t, &top, (struct bytes){ 0 }, &none))
		return;
	for (i = 0; top != NONE && i < s->unit_count; i++)
		if (i != top && unit_open(&s->units[i], x->t) &&
		    (a->rule_class.len == 0 ||
			bytes_eq(
			    unit_class(&s->units[i], x->t), a->rule_class)) &&
		    unit_within(s, i, top, x->t))
			expand_desk(x, i, a->rule_id);
}

void
list_expand(const struct directory *d, const struct list *l, int64_t t,
    struct listed *out)
{
	struct expanding x = { .d = d, .t = t, .out = out };
	struct bytes rest = l->act.members;
	struct act_member m;
	size_t unit;

	*out = (struct listed){ 0 };
	x.seen = alloc(d->state.holder_count + 1, 1);
	while (act_has(&l->act, F_MEMBERS) && act_next_member(&rest, &m)) {
		unit = unit_by_uid(&d->state, &m.unit);
		if (unit != NONE)
			expand_desk(&x, unit, m.id);
	}
	if (act_has(&l->act, F_RULE))
		expand_rule(&x, &l->act);
	free(x.seen);
}

/* The very list that a dispatch names: ids are each authority's own. */
static const struct list *
list_referred(const struct directory *d, const struct list_ref *ref)
{
	const struct list *l;
	size_t i;

	for (i = 0; i < d->state.list_count; i++) {
		l = &d->state.lists[i];
		if (id_eq(&l->id, &ref->id) && l->version == ref->version &&
		    memcmp(l->hash, ref->hash.b, sizeof(l->hash)) == 0)
			return l;
	}
	return NULL;
}

bool
resolve_listed(
    void *ctx, const struct list_ref *ref, struct bytes address, int64_t t)
{
	const struct directory *d = ctx;
	const struct list *l = list_referred(d, ref);
	struct resolved me;
	struct listed all;
	struct err e;
	bool on = false;
	size_t i;

	if (l == NULL || resolve(d, address, TIME_MAX, &me, &e) != RC_OK)
		return false;
	list_expand(d, l, t, &all);
	for (i = 0; i < all.count && !on; i++)
		on = is_now(d, &all.desks[i], &me);
	free(all.desks);
	return on;
}

/* ---- roles
 * ----------------------------------------------------------------------- */

bool
role_is_held(const struct directory *d, size_t person, size_t desk,
    enum role role, int64_t t)
{
	const struct state *s = &d->state;
	size_t i;

	if (!holder_open(&s->holders[person], t) ||
	    !holder_open(&s->holders[desk], t) ||
	    !unit_open(&s->units[s->holders[desk].unit], t))
		return false;
	for (i = 0; i < s->role_count; i++)
		if (s->roles[i].person == person && s->roles[i].desk == desk &&
		    s->roles[i].role == role && s->roles[i].from <= t &&
		    t < s->roles[i].until)
			return true;
	return false;
}

/* ---- age
 * ---------------------------------------------------------------------------
 */

int64_t
knowledge_of(const struct directory *d, size_t unit, int64_t t)
{
	int64_t oldest = TIME_NEVER;
	unsigned steps;
	size_t log;

	for (steps = 0; unit != NONE && steps <= FOLD_DEPTH; steps++) {
		log = d->state.units[unit].log;
		if (log != NONE && d->logs[log].known < oldest)
			oldest = d->logs[log].known;
		unit = unit_parent(&d->state.units[unit], t);
	}
	return oldest == TIME_NEVER ? TIME_MIN : oldest;
}

/* The newest policy in force of the nearest unit that has one for this level.
 */
static const struct policy *
policy_of(const struct directory *d, size_t unit, enum level level, int64_t t)
{
	const struct state *s = &d->state;
	unsigned steps;
	size_t i;

	for (steps = 0; unit != NONE && steps <= FOLD_DEPTH; steps++) {
		for (i = s->policy_count; i-- > 0;)
			if (s->policies[i].unit == unit &&
			    s->policies[i].says[level] &&
			    s->policies[i].from <= t)
				return &s->policies[i];
		unit = unit_parent(&s->units[unit], t);
	}
	return NULL;
}

enum knowledge
knowledge_judge(const struct directory *d, size_t unit, enum level level,
    int64_t now, uint64_t *days)
{
	/* docs/directory.md 8.3: where nobody has said otherwise */
	static const struct policy usual = {
		.warn = { [LEVEL_ORDINARY] = 30,
		    [LEVEL_MAT] = 14,
		    [LEVEL_TOI_MAT] = 7,
		    [LEVEL_TUYET_MAT] = 3 },
		.refuse = { [LEVEL_ORDINARY] = 0,
		    [LEVEL_MAT] = 90,
		    [LEVEL_TOI_MAT] = 45,
		    [LEVEL_TUYET_MAT] = 30 },
	};
	const struct policy *p = policy_of(d, unit, level, now);
	const int64_t known = knowledge_of(d, unit, now);

	if (p == NULL)
		p = &usual;
	*days = now > known ? (uint64_t)(now - known) / TIME_DAY : 0;
	if (p->refuse[level] > 0 && *days >= p->refuse[level])
		return KNOWLEDGE_TOO_OLD;
	if (p->warn[level] > 0 && *days >= p->warn[level])
		return KNOWLEDGE_OLD;
	return KNOWLEDGE_FRESH;
}

/* ---- search
 * ------------------------------------------------------------------------- */

size_t
unit_by_code(const struct directory *d, struct bytes code, int64_t t)
{
	const struct state *s = &d->state;
	size_t i, j;

	for (i = 0; i < s->unit_count; i++)
		for (j = 0; j < s->units[i].code_count; j++)
			if (unit_open(&s->units[i], t) &&
			    bytes_eq(s->units[i].codes[j].text, code) &&
			    s->units[i].codes[j].from <= t &&
			    t < s->units[i].codes[j].until)
				return i;
	return NONE;
}

/* All the words stand in the text. */
static bool
has_words(struct bytes text, struct bytes words)
{
	const uint8_t *space;
	struct bytes word;

	while (words.len > 0) {
		space = memchr(words.p, ' ', words.len);
		word = words;
		if (space != NULL)
			word.len = (size_t)(space - words.p);
		if (memmem(text.p, text.len, word.p, word.len) == NULL)
			return false;
		words = bytes_of(words.p + word.len, words.len - word.len);
		if (words.len > 0)
			words = bytes_of(words.p + 1, words.len - 1);
	}
	return true;
}

/* Name, address and codes in one text that is searched. */
static bool
matches(const struct directory *d, size_t unit, size_t holder, int64_t t,
    struct bytes words)
{
	const struct unit *u = &d->state.units[unit];
	const struct bytes space = bytes_str(" ");
	char address[LIMIT_ADDRESS + 1];
	struct buf all = { 0 }, folded;
	size_t i;
	bool found;

	buf_add(&all, unit_name(u, t));
	buf_add(&all, space);
	if (holder != NONE)
		buf_add(&all, holder_name(&d->state.holders[holder], t));
	buf_add(&all, space);
	if (address_of(d, unit, holder, t, address))
		buf_add(&all, bytes_str(address));
	for (i = 0; holder == NONE && i < u->code_count; i++) {
		buf_add(&all, space);
		buf_add(&all, u->codes[i].text);
	}
	utf8_fold(&folded, buf_bytes(&all));
	found = has_words(buf_bytes(&folded), words);
	buf_free(&all);
	buf_free(&folded);
	return found;
}

size_t
directory_search(const struct directory *d, struct bytes words, int64_t t,
    struct found *out, size_t max)
{
	const struct state *s = &d->state;
	struct buf folded;
	size_t i, h, n = 0;

	utf8_fold(&folded, words);
	for (i = 0; i < s->unit_count && n < max; i++) {
		if (!unit_open(&s->units[i], t))
			continue;
		if (matches(d, i, NONE, t, buf_bytes(&folded)))
			out[n++] = (struct found){ i, NONE };
		for (h = s->units[i].holders; h != NONE && n < max;
		     h = s->holders[h].next)
			if (holder_open(&s->holders[h], t) &&
			    matches(d, i, h, t, buf_bytes(&folded)))
				out[n++] = (struct found){ i, h };
	}
	buf_free(&folded);
	return n;
}
