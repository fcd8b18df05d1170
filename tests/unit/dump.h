/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a directory knows, as text, whatever the order it came in: two who have
 * the same acts must have the same (docs/directory.md 1.2).  And what tests ask
 * a directory, in few words.
 */
#ifndef TESTS_UNIT_DUMP_H
#define TESTS_UNIT_DUMP_H

#include "rogue.h"

struct dump {
	bool alarms; /* these too */
	char **lines;
	size_t count;
};

static inline void dump_line(struct dump *d, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static inline void
dump_line(struct dump *d, const char *fmt, ...)
{
	char text[2000];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	d->lines = realloc(d->lines, (d->count + 1) * sizeof(*d->lines));
	if (d->lines == NULL)
		bug("no memory");
	d->lines[d->count++] = strdup(text);
}

#define S(b) (int)(b).len, (const char *)(b).p
#define T(t) (long long)(t)

static inline void
dump_unit(struct dump *d, const struct state *s, const struct unit *u)
{
	char uid[ID_TEXT], to[ID_TEXT];
	size_t i;

	if (u->place_count == 0)
		return; /* it never was */
	id_write(uid, &u->uid);
	dump_line(d, "unit %s %lld-%lld", uid, T(u->opened), T(u->closed));
	for (i = 0; i < u->name_count; i++)
		dump_line(d, "unit %s name %zu %lld %.*s", uid, i,
		    T(u->names[i].from), S(u->names[i].text));
	for (i = 0; i < u->class_count; i++)
		dump_line(d, "unit %s class %zu %lld %.*s", uid, i,
		    T(u->classes[i].from), S(u->classes[i].text));
	for (i = 0; i < u->host_count; i++)
		dump_line(d, "unit %s host %lld-%lld %.*s", uid,
		    T(u->hosts[i].from), T(u->hosts[i].until),
		    S(u->hosts[i].text));
	for (i = 0; i < u->code_count; i++)
		dump_line(d, "unit %s code %lld-%lld %.*s", uid,
		    T(u->codes[i].from), T(u->codes[i].until),
		    S(u->codes[i].text));
	for (i = 0; i < u->successor_count; i++) {
		id_write(to, &s->units[u->successors[i]].uid);
		dump_line(d, "unit %s successor %zu %s", uid, i, to);
	}
	for (i = 0; i < u->desk_to_count; i++) {
		id_write(to, &s->units[u->desks_to[i].unit].uid);
		dump_line(d, "unit %s desk %zu %.*s to %s %.*s", uid, i,
		    S(u->desks_to[i].id), to, S(u->desks_to[i].to_id));
	}
}

static inline void
dump_holder(struct dump *d, const struct state *s, const struct holder *h)
{
	char uid[ID_TEXT];
	size_t i;

	id_write(uid, &s->units[h->unit].uid);
	dump_line(d, "holder %s/%.*s %d %d %lld-%lld", uid, S(h->id), h->person,
	    h->level, T(h->opened), T(h->closed));
	for (i = 0; i < h->name_count; i++)
		dump_line(d, "holder %s/%.*s name %zu %lld %.*s", uid, S(h->id),
		    i, T(h->names[i].from), S(h->names[i].text));
}

static inline void
dump_rest(struct dump *d, const struct state *s)
{
	char hex[2 * SHA256_SIZE + 1], uid[ID_TEXT];
	size_t i;

	for (i = 0; i < s->cert_count; i++) {
		const struct dcert *c = &s->certs[i];

		hex_write(hex, bytes_of(c->fingerprint, SHA256_SIZE));
		dump_line(d, "cert %s %.*s %d %lld-%lld revoked %lld %d", hex,
		    S(c->cert.address), c->cert.use, T(c->from), T(c->until),
		    T(c->revoked), c->reason);
	}
	for (i = 0; i < s->role_count; i++) {
		const struct role_held *r = &s->roles[i];

		id_write(uid, &s->units[s->holders[r->person].unit].uid);
		dump_line(d, "role %s %.*s %.*s %d %lld-%lld", uid,
		    S(s->holders[r->person].id), S(s->holders[r->desk].id),
		    r->role, T(r->from), T(r->until));
	}
	for (i = 0; i < s->list_count; i++) {
		id_write(uid, &s->lists[i].id);
		dump_line(d, "list %s %llu %.*s", uid,
		    (unsigned long long)s->lists[i].version,
		    S(s->lists[i].name));
	}
	for (i = 0; i < s->policy_count; i++) {
		id_write(uid, &s->units[s->policies[i].unit].uid);
		dump_line(d, "policy %s %lld", uid, T(s->policies[i].from));
	}
	for (i = 0; d->alarms && i < s->alarm_count; i++)
		dump_line(d, "alarm %d %lld %.*s", s->alarms[i].kind,
		    T(s->alarms[i].at), S(s->alarms[i].text));
}

static inline int
dump_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The caller frees it. */
static inline struct buf
dump_of(const struct directory *dir, bool alarms)
{
	const struct state *s = &dir->state;
	struct dump d = { .alarms = alarms };
	struct buf out = { 0 };
	size_t i;

	for (i = 0; i < s->unit_count; i++)
		dump_unit(&d, s, &s->units[i]);
	for (i = 0; i < s->holder_count; i++)
		dump_holder(&d, s, &s->holders[i]);
	dump_rest(&d, s);
	qsort(d.lines, d.count, sizeof(*d.lines), dump_order);
	for (i = 0; i < d.count; i++) {
		buf_add(&out, bytes_str(d.lines[i]));
		buf_u8(&out, '\n');
		free(d.lines[i]);
	}
	free(d.lines);
	return out;
}

static inline void
note_difference(const struct buf *x, const struct buf *y)
{
	size_t i = 0;

	while (i < x->len && i < y->len && x->p[i] == y->p[i])
		i++;
	while (i > 0 && x->p[i - 1] != '\n')
		i--;
	note("one has:   %.*s", (int)strcspn((char *)x->p + i, "\n"),
	    (char *)x->p + i);
	note("other has: %.*s", (int)strcspn((char *)y->p + i, "\n"),
	    (char *)y->p + i);
}

/* Both say the same, alarms or not; else the first line that differs is
 * noted. */
static inline bool
same_things(const struct directory *a, const struct directory *b, bool alarms)
{
	struct buf x = dump_of(a, alarms), y = dump_of(b, alarms);
	const bool same = bytes_eq(buf_bytes(&x), buf_bytes(&y));

	/* strcspn() needs an end */
	buf_u8(&x, 0);
	buf_u8(&y, 0);
	if (!same)
		note_difference(&x, &y);
	buf_free(&x);
	buf_free(&y);
	return same;
}

static inline bool
same_state(const struct directory *a, const struct directory *b)
{
	return same_things(a, b, true);
}

/* ---- small questions ------------------------------------------------------
 */

/* Where an address leads then: as it is written, "" where nowhere. */
static inline const char *
leads(const struct directory *d, const char *address, int64_t t)
{
	static char out[4][LIMIT_ADDRESS + 1];
	static unsigned turn;
	struct resolved r;
	struct err e;
	char *o = out[turn++ % COUNT(out)];

	*o = '\0';
	if (resolve(d, bytes_str(address), t, &r, &e) == RC_OK)
		memcpy(o, r.address, sizeof(r.address));
	return o;
}

static inline bool
leads_to(
    const struct directory *d, const char *address, int64_t t, const char *want)
{
	const char *got = leads(d, address, t);

	if (strcmp(got, want) == 0)
		return true;
	note("%s leads to \"%s\", wanted \"%s\"", address, got, want);
	return false;
}

static inline size_t
alarms_of(const struct directory *d, enum alarm_kind kind)
{
	size_t i, n = 0;

	for (i = 0; i < d->state.alarm_count; i++)
		n += d->state.alarms[i].kind == kind;
	return n;
}

/* The certificate as the directory has it, or NULL. */
static inline const struct dcert *
known_cert(const struct directory *d, struct bytes der)
{
	uint8_t hash[SHA256_SIZE];
	size_t i;

	cert_fingerprint(hash, der);
	i = cert_by_fingerprint(&d->state, hash);
	return i == NONE ? NULL : &d->state.certs[i];
}

/* A signature by this certificate is believed at t. */
static inline bool
believed(struct directory *d, struct bytes der, int64_t t)
{
	const struct dcert *c = known_cert(d, der);
	struct known_signer k;

	return c != NULL &&
	       resolve_signer(d, tag_bytes(&c->cert.tag),
		   bytes_of(c->fingerprint, SHA256_SIZE), &k) &&
	       k.from <= t && t <= k.until;
}

#endif
