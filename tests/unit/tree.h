/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A tree in memory: a root of suite B, authorities below it of suite A, their
 * desks and persons, all through directory_decide().  What tests of the
 * directory share, so it is static and here.
 *
 * Units go by small numbers, the root by 0; their uids follow from the acts
 *that enrol them, and are known from then on.  Keys are made once and kept.
 *
 *	struct tree t;
 *
 *	tree_begin(&t);
 *	tree_unit(&t, ROOT, DIEN_BIEN, ROOT, "dien-bien", "tinh");
 *	tree_authority(&t, ROOT, DIEN_BIEN);
 *	tree_desk(&t, DIEN_BIEN, DIEN_BIEN, "van-thu");
 *	a = act_close(&t, DIEN_BIEN, NULL);
 *	tree_do(&t, ROOT, &a);
 *	tree_end(&t);
 *
 * Functions that do end the test where the directory refuses; tree_try() does
 * not.
 */
#ifndef TESTS_UNIT_TREE_H
#define TESTS_UNIT_TREE_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../tests/tap.h"
#include "crypto/suite.h"
#include "pki/resolve.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define HAS(field) (1u << (field))
#define BEGIN INT64_C(1767225600) /* 2026-01-01 */
#define YEARS(n) ((n)*365 * TIME_DAY)
#define UNITS 100
#define TREE_KEYS 1000
#define ROOT 0

struct tree {
	struct directory *d;
	struct buf root;    /* its certificate */
	struct buf file;    /* the head and all parts since: a station's own */
	struct arena *text; /* what acts borrow; owned by the first */
	int64_t now;
	unsigned turn[UNITS]; /* which of its keys an authority signs with */
	struct err e;
};

/* ---- names and keys -------------------------------------------------------
 */

/* What stands for a unit's uid until it is enrolled; the root's stays. */
static inline struct id
tree_draft(unsigned n)
{
	uint8_t hash[SHA256_SIZE];
	struct id id;

	sha256(hash, bytes_of(&n, sizeof(n)));
	memcpy(id.b, hash, ID_SIZE);
	return id;
}

/* The uids of units, as they were enrolled last. */
static inline struct id *
tree_uids(void)
{
	static struct id uids[UNITS];

	return uids;
}

static inline struct id
tree_uid(unsigned n)
{
	static const struct id none;

	return n >= UNITS || id_eq(&tree_uids()[n], &none) ? tree_draft(n)
							   : tree_uids()[n];
}

static inline size_t
tree_at(const struct tree *t, unsigned n)
{
	const struct id id = tree_uid(n);

	return unit_by_uid(&t->d->state, &id);
}

static inline size_t
tree_holder(const struct tree *t, unsigned n, const char *id)
{
	return holder_by_id(&t->d->state, tree_at(t, n), bytes_str(id));
}

/* What is said, for as long as the tree stands. */
static inline struct bytes tree_say(struct tree *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static inline struct bytes
tree_say(struct tree *t, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return arena_add(t->text, bytes_str(text));
}

struct tree_key {
	char who[64];
	struct sig_key *sig;
	struct kem_key *kem;
};

/* The keys of whoever this is, of one turn after another. */
static inline const struct tree_key *
tree_key(unsigned unit, const char *id, unsigned turn)
{
	static struct tree_key keys[TREE_KEYS];
	const struct suite *s = suite_by_name(unit == ROOT ? "B" : "A");
	struct tree_key *k = keys;
	char who[64];

	(void)snprintf(who, sizeof(who), "%u/%s/%u", unit, id, turn);
	for (; k->sig != NULL && strcmp(k->who, who) != 0; k++)
		if (k == &keys[TREE_KEYS - 2])
			bug("too many keys");
	if (k->sig == NULL) {
		memcpy(k->who, who, sizeof(who));
		k->sig = sig_generate(sig_by_name(s->sig));
		k->kem = kem_generate(kem_by_name(s->kem));
	}
	return k;
}

static inline const struct sig_key *
tree_authority_key(const struct tree *t, unsigned n)
{
	return tree_key(n, "", t->turn[n])->sig;
}

/* ---- certificates ---------------------------------------------------------
 */

/* An address as it is now; id NULL: the unit's. */
static inline struct bytes
tree_address(struct tree *t, unsigned n, const char *id)
{
	const struct bytes host =
	    unit_host(&t->d->state.units[tree_at(t, n)], t->now);

	return tree_say(t, "antin://%.*s%s%s", (int)host.len,
	    (const char *)host.p, id == NULL ? "" : "/", id == NULL ? "" : id);
}

/* What a certificate would say for a signature key. */
static inline struct cert_request
tree_request(struct tree *t, unsigned n, const char *id, enum cert_kind kind)
{
	const struct sig_key *key =
	    tree_key(n, id == NULL ? "" : id, t->turn[n])->sig;
	const unsigned depth = t->d->state.unit_count == 0
				   ? 0
				   : t->d->state.units[tree_at(t, n)].depth;

	return (struct cert_request){ .name = tree_say(t, "unit %u", n),
		.address = t->d->state.unit_count == 0 ? bytes_str("antin://vn")
						       : tree_address(t, n, id),
		.rights = { kind, LEVEL_TUYET_MAT, PRECEDENCE_HOA_TOC_HEN_GIO,
		    kind == CERT_AUTHORITY ? CERT_PATH_LEN - depth : 0 },
		.from = t->now,
		.until = t->now + YEARS(10),
		.use = CERT_SIGN,
		.sig = sig_key_alg(key),
		.pub = sig_key_pub(key) };
}

/* ... and for the KEM key beside it. */
static inline struct cert_request
tree_request_kem(
    struct tree *t, unsigned n, const char *id, enum cert_kind kind)
{
	const struct kem_key *key =
	    tree_key(n, id == NULL ? "" : id, t->turn[n])->kem;
	struct cert_request r = tree_request(t, n, id, kind);

	r.use = CERT_KEM;
	r.sig = NULL;
	r.kem = kem_key_alg(key);
	r.pub = kem_key_pub(key);
	return r;
}

/* Signed by the authority of a unit, with the key it has now. */
static inline struct bytes
tree_sign(struct tree *t, unsigned by, struct cert_request r)
{
	struct bytes out;
	struct buf der;

	r.issuer = tree_say(t, "unit %u", by);
	cert_write(&der, &r, tree_authority_key(t, by));
	out = arena_add(t->text, buf_bytes(&der));
	buf_free(&der);
	return out;
}

static inline struct bytes
fingerprint_of(struct tree *t, struct bytes cert)
{
	uint8_t hash[SHA256_SIZE];

	cert_fingerprint(hash, cert);
	return arena_add(t->text, bytes_of(hash, sizeof(hash)));
}

/* ---- acts, from now on ----------------------------------------------------
 */

static inline struct act
act_of(const struct tree *t, enum act_kind kind, uint32_t has)
{
	return (struct act){
		.kind = kind, .from = t->now, .has = has, .until = TIME_NEVER
	};
}

static inline struct act
act_unit(struct tree *t, unsigned n, unsigned parent, const char *id,
    const char *class)
{
	struct act a = act_of(t, ACT_ENROL,
	    HAS(F_SUBJECT) | HAS(F_UNIT) | HAS(F_ID) | HAS(F_NAME) |
		HAS(F_CLASS) | (n == parent ? 0 : HAS(F_TO)));

	a.subject = ACT_UNIT;
	a.unit = tree_draft(n);
	a.to = tree_uid(parent);
	a.id = tree_say(t, "%s", id);
	a.name = tree_say(t, "%s %s", class, id);
	a.class = tree_say(t, "%s", class);
	return a;
}

static inline struct act
act_holder(struct tree *t, unsigned n, enum act_subject what, const char *id)
{
	struct act a = act_of(t, ACT_ENROL,
	    HAS(F_SUBJECT) | HAS(F_UNIT) | HAS(F_ID) | HAS(F_NAME));

	a.subject = what;
	a.unit = tree_uid(n);
	a.id = tree_say(t, "%s", id);
	a.name = tree_say(t, "%s of %u", id, n);
	return a;
}

/* One certificate, or two (the other empty); id NULL: the unit's own. */
static inline struct act
act_certify(struct tree *t, unsigned n, const char *id, struct bytes one,
    struct bytes two)
{
	struct act a = act_of(t, ACT_CERTIFY,
	    HAS(F_UNIT) | HAS(F_CERTS) | (id == NULL ? 0 : HAS(F_ID)));
	struct der_wr w = { 0 };

	a.unit = tree_uid(n);
	if (id != NULL)
		a.id = tree_say(t, "%s", id);
	der_put_raw(&w, one);
	der_put_raw(&w, two);
	a.certs = arena_add(t->text, buf_bytes(&w.out));
	der_wr_free(&w);
	return a;
}

static inline struct act
act_revoke(struct tree *t, struct bytes cert, enum revoke_reason reason)
{
	struct act a = act_of(t, ACT_REVOKE, HAS(F_CERT) | HAS(F_REASON));

	a.cert = fingerprint_of(t, cert);
	a.reason = reason;
	return a;
}

/* id NULL: the one it has. */
static inline struct act
act_move(struct tree *t, unsigned n, unsigned to, const char *id)
{
	struct act a = act_of(t, ACT_MOVE,
	    HAS(F_UNIT) | HAS(F_TO) | (id == NULL ? 0 : HAS(F_ID)));

	a.unit = tree_uid(n);
	a.to = tree_uid(to);
	if (id != NULL)
		a.id = tree_say(t, "%s", id);
	return a;
}

static inline struct bytes
uids_of(struct tree *t, const unsigned *units, size_t n)
{
	struct der_wr w = { 0 };
	struct bytes out;
	struct id id;
	size_t i;

	for (i = 0; i < n; i++) {
		id = tree_uid(units[i]);
		act_put_unit(&w, &id);
	}
	out = arena_add(t->text, buf_bytes(&w.out));
	der_wr_free(&w);
	return out;
}

static inline struct act
act_merge(struct tree *t, const unsigned *units, size_t n, unsigned to)
{
	struct act a = act_of(t, ACT_MERGE, HAS(F_UNITS) | HAS(F_TO));

	a.units = uids_of(t, units, n);
	a.to = tree_uid(to);
	return a;
}

static inline struct act
act_split(struct tree *t, unsigned n, const unsigned *into, size_t count)
{
	struct act a = act_of(t, ACT_SPLIT, HAS(F_UNIT) | HAS(F_UNITS));

	a.unit = tree_uid(n);
	a.units = uids_of(t, into, count);
	return a;
}

/* Where a desk of a merged or split unit goes: one more. */
static inline void
act_add_desk(struct tree *t, struct act *a, unsigned from, const char *id,
    unsigned to, const char *to_id)
{
	const struct act_desk d = { tree_uid(from), tree_uid(to), bytes_str(id),
		bytes_str(to_id) };
	struct der_wr w = { 0 };

	der_put_raw(&w, a->desks);
	act_put_desk(&w, &d);
	a->desks = arena_add(t->text, buf_bytes(&w.out));
	a->has |= HAS(F_DESKS);
	der_wr_free(&w);
}

/* id NULL: the unit. */
static inline struct act
act_close(struct tree *t, unsigned n, const char *id)
{
	struct act a = act_of(t, ACT_CLOSE,
	    HAS(F_SUBJECT) | HAS(F_UNIT) | (id == NULL ? 0 : HAS(F_ID)));

	a.subject = id == NULL ? ACT_UNIT : ACT_DESK;
	a.unit = tree_uid(n);
	if (id != NULL)
		a.id = tree_say(t, "%s", id);
	return a;
}

static inline struct act
act_role(struct tree *t, unsigned n, const char *person, enum role role,
    const char *desk)
{
	struct act a = act_of(
	    t, ACT_ROLE, HAS(F_UNIT) | HAS(F_ID) | HAS(F_DESK) | HAS(F_ROLE));

	a.unit = tree_uid(n);
	a.id = tree_say(t, "%s", person);
	a.desk = tree_say(t, "%s", desk);
	a.role = role;
	return a;
}

/* ---- deciding -------------------------------------------------------------
 */

/* Append to one's own file, with a mark behind it. */
static inline void
tree_append(struct tree *t, struct bytes more)
{
	struct buf mark;

	directory_mark(&mark, more, t->file.len + more.len);
	buf_add(&t->file, more);
	buf_add(&t->file, buf_bytes(&mark));
	buf_free(&mark);
}

static inline void
settle(struct id *in, const struct id *draft, const struct id *old,
    const struct id *uid)
{
	if (id_eq(in, draft) || id_eq(in, old))
		*in = *uid;
}

/* Give units that these acts enrol their uids, in acts that follow too; acts
 * stand in the log of "by" from "number" on. */
static inline void
tree_settle(unsigned by, uint64_t number, struct act *acts, size_t count)
{
	const struct id log = tree_uid(by);
	struct id draft, old, uid;
	size_t i, j;
	unsigned n;

	for (i = 0; i < count; i++)
		for (n = 1; n < UNITS && acts[i].kind == ACT_ENROL &&
			    act_has(&acts[i], F_TO);
		     n++) {
			draft = tree_draft(n);
			old = tree_uid(n);
			if (!id_eq(&acts[i].unit, &draft))
				continue;
			act_uid(&uid, &log, number + i);
			tree_uids()[n] = acts[i].unit = uid;
			for (j = i + 1; j < count; j++) {
				settle(&acts[j].unit, &draft, &old, &uid);
				settle(&acts[j].to, &draft, &old, &uid);
			}
			break;
		}
}

/* How many acts a directory knows of the log of "by". */
static inline uint64_t
tree_size(struct directory *d, unsigned by)
{
	const struct id uid = tree_uid(by);
	const size_t unit =
	    d->log_count == 0 ? NONE : unit_by_uid(&d->state, &uid);
	const struct dlog *l = unit == NONE ? NULL : directory_log(d, unit);

	return l == NULL ? 0 : l->log.tree.size;
}

/* Decide n acts as the authority of "by"; t->e says why not. */
static inline enum rc
tree_try(struct tree *t, unsigned by, struct act *acts, size_t n)
{
	const size_t unit = t->d->log_count == 0 ? 0 : tree_at(t, by);
	struct id before[UNITS];
	struct buf part;
	enum rc rc;

	memcpy(before, tree_uids(), sizeof(before));
	tree_settle(by, tree_size(t->d, by), acts, n);
	rc = directory_decide(t->d, &part, unit, acts, n,
	    tree_authority_key(t, by), t->now, &t->e);
	if (rc == RC_OK)
		tree_append(t, buf_bytes(&part));
	else
		memcpy(tree_uids(), before, sizeof(before));
	buf_free(&part);
	return rc;
}

static inline void
tree_do(struct tree *t, unsigned by, struct act *a)
{
	if (tree_try(t, by, a, 1) != RC_OK)
		bug(t->e.text);
}

/* A checkpoint over the acts as they are. */
static inline void
tree_freshen(struct tree *t, unsigned by)
{
	if (tree_try(t, by, NULL, 0) != RC_OK)
		bug(t->e.text);
}

static inline void
tree_unit(struct tree *t, unsigned by, unsigned n, unsigned parent,
    const char *id, const char *class)
{
	struct act a = act_unit(t, n, parent, id, class);

	tree_do(t, by, &a);
}

/* Certify the authority of "n" with the key of its turn; by whom. */
static inline struct bytes
tree_authority(struct tree *t, unsigned by, unsigned n)
{
	const struct bytes cert =
	    tree_sign(t, by, tree_request(t, n, NULL, CERT_AUTHORITY));
	struct act a = act_certify(t, n, NULL, cert, (struct bytes){ 0 });

	tree_do(t, by, &a);
	return cert;
}

/* Certificates of a desk for the keys of its unit's turn. */
static inline struct bytes
tree_certify(struct tree *t, unsigned by, unsigned n, const char *id)
{
	const struct bytes cert =
	    tree_sign(t, by, tree_request(t, n, id, CERT_DESK));
	struct act a = act_certify(t, n, id, cert,
	    tree_sign(t, by, tree_request_kem(t, n, id, CERT_DESK)));

	tree_do(t, by, &a);
	return cert;
}

/* A desk with both its certificates; the first of them. */
static inline struct bytes
tree_desk(struct tree *t, unsigned by, unsigned n, const char *id)
{
	struct act a = act_holder(t, n, ACT_DESK, id);

	tree_do(t, by, &a);
	return tree_certify(t, by, n, id);
}

static inline struct bytes
tree_person(struct tree *t, unsigned by, unsigned n, const char *id)
{
	struct bytes cert;
	struct act a = act_holder(t, n, ACT_PERSON, id);

	tree_do(t, by, &a);
	cert = tree_sign(t, by, tree_request(t, n, id, CERT_PERSON));
	a = act_certify(t, n, id, cert, (struct bytes){ 0 });
	tree_do(t, by, &a);
	return cert;
}

/* ---- the tree itself, and copies of it ------------------------------------
 */

static inline void
tree_begin(struct tree *t)
{
	struct act acts[2];
	struct buf head;

	*t = (struct tree){ .now = BEGIN };
	t->text = alloc(1, sizeof(*t->text));
	t->d = alloc(1, sizeof(*t->d)); /* for tree_request() */
	buf_add(&t->root,
	    tree_sign(t, ROOT, tree_request(t, ROOT, NULL, CERT_AUTHORITY)));
	free(t->d);
	if (directory_new(&t->d, buf_bytes(&t->root), &t->e) != RC_OK)
		bug(t->e.text);
	directory_head(&head, buf_bytes(&t->root));
	tree_append(t, buf_bytes(&head));
	buf_free(&head);
	acts[0] = act_unit(t, ROOT, ROOT, "vn", "goc");
	acts[1] = act_certify(
	    t, ROOT, NULL, buf_bytes(&t->root), (struct bytes){ 0 });
	if (tree_try(t, ROOT, acts, 2) != RC_OK)
		bug(t->e.text);
}

static inline void
tree_end(struct tree *t)
{
	directory_free(t->d);
	buf_free(&t->root);
	buf_free(&t->file);
	arena_free(t->text);
	free(t->text);
}

/* All that the directory knows, as a file. */
static inline struct buf
snapshot_of(const struct directory *d)
{
	const struct directory_for all = { .all = true };
	struct buf out;

	directory_write(&out, d, &all, 0);
	return out;
}

/* Another directory under the same root, empty. */
static inline struct directory *
tree_other(struct tree *t)
{
	struct directory *d;

	if (directory_new(&d, buf_bytes(&t->root), &t->e) != RC_OK)
		bug(t->e.text);
	return d;
}

/* Apply a copy of the file; t->e says why not. */
static inline enum rc
tree_apply(
    struct tree *t, struct directory *d, struct bytes file, struct applied *did)
{
	struct applied ignored;
	struct buf copy = { 0 };

	buf_add(&copy, file);
	return directory_apply(d, &copy, did != NULL ? did : &ignored, &t->e);
}

/* Somebody else with the same knowledge. */
static inline struct directory *
tree_twin(struct tree *t)
{
	struct directory *d = tree_other(t);
	struct buf file = snapshot_of(t->d);

	if (tree_apply(t, d, buf_bytes(&file), NULL) != RC_OK)
		bug(t->e.text);
	buf_free(&file);
	return d;
}

/* The same tree with another directory, which is then its own. */
static inline struct tree
tree_with(const struct tree *t, struct directory *d)
{
	struct tree other = *t;

	other.d = d;
	other.file = (struct buf){ 0 };
	return other;
}

static inline void
tree_without(struct tree *t)
{
	buf_free(&t->file);
	directory_free(t->d);
}

#endif
