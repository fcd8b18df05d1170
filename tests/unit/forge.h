/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What hostile tests forge with: desks, their letters, and a knife for DER.
 * Every tests/unit/X.c is a program, so what they share is static and here.
 */
#ifndef TESTS_UNIT_FORGE_H
#define TESTS_UNIT_FORGE_H

#include <stdlib.h>
#include <string.h>

#include "../tests/tap.h"
#include "core/time.h"
#include "crypto/random.h"
#include "crypto/suite.h"
#include "envelope/address.h"
#include "envelope/envelope.h"
#include "pki/card.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define LIT(s) bytes_of(s, sizeof(s) - 1)
#define NOW INT64_C(1795000000) /* 2026-11-18 */

/* ---- a knife for DER ------------------------------------------------ */

enum edit {
	CUT,	/* leave the element out */
	PUT,	/* another in its place */
	BEFORE, /* another before it */
	AFTER,	/* and behind it */
	INTO,	/* as the last within it */
};

/* An element made of its contents; lives until some more are made. */
static inline struct bytes
made(uint8_t tag, struct bytes contents)
{
	static struct buf ring[16];
	static size_t turn;
	struct buf *b = &ring[turn++ % COUNT(ring)];
	struct buf fresh = { 0 };

	der_put_header(&fresh, tag, contents.len);
	buf_add(&fresh, contents);
	buf_free(b);
	*b = fresh;
	return buf_bytes(b);
}

/* The bytes of a row's hex, which live until the next call. */
static inline struct bytes
hexed(const char *text)
{
	static uint8_t out[128];
	size_t len = strlen(text) / 2;

	if (len > sizeof(out) || !hex_parse(out, len, bytes_str(text)))
		bug("a row that is not hex");
	return bytes_of(out, len);
}

static inline struct bytes
made_uint(uint64_t v)
{
	struct der_wr w = { 0 };
	struct bytes out;

	der_put_uint(&w, v);
	out = made(w.out.p[0], bytes_of(w.out.p + 2, w.out.len - 2));
	der_wr_free(&w);
	return out;
}

static inline struct bytes
made_oid(enum oid o)
{
	return made(DER_OID, oid(o));
}

/* AlgorithmIdentifier without parameters. */
static inline struct bytes
made_alg(struct bytes der)
{
	return made(DER_SEQUENCE, made(DER_OID, der));
}

static inline struct bytes
contents_of(struct bytes element)
{
	struct der d = der_init(element);

	return der_take(&d, element.p[0]);
}

/* The n-th element of what stands one after another; empty: none. */
static inline struct bytes
nth(struct bytes all, size_t n)
{
	struct bytes one = der_element(all);

	for (; n > 0 && one.len > 0; n--) {
		all = bytes_of(all.p + one.len, all.len - one.len);
		one = der_element(all);
	}
	return one;
}

/* The element that a path leads to: "102" is the third in the first in the
 * second. */
static inline struct bytes
at(struct bytes in, const char *path)
{
	for (; *path != '\0'; path++) {
		in = nth(contents_of(in), (size_t)(*path - '0'));
		if (in.len == 0)
			bug("a path that leads nowhere");
	}
	return in;
}

static inline void
edit_here(struct der_wr *w, struct bytes in, enum edit how, struct bytes with)
{
	if (how == INTO) {
		der_put_open(w, in.p[0]);
		der_put_raw(w, contents_of(in));
		der_put_raw(w, with);
		der_put_close(w);
		return;
	}
	if (how == PUT || how == BEFORE)
		der_put_raw(w, with);
	if (how == BEFORE || how == AFTER)
		der_put_raw(w, in);
	if (how == AFTER)
		der_put_raw(w, with);
}

static inline void
edit_write(struct der_wr *w, struct bytes in, const char *path, enum edit how,
    struct bytes with)
{
	struct bytes kids = contents_of(in), kid;
	size_t i;

	if (*path == '\0') {
		edit_here(w, in, how, with);
		return;
	}
	der_put_open(w, in.p[0]);
	for (i = 0; (kid = nth(kids, i)).len > 0; i++) {
		if (i == (size_t)(*path - '0'))
			edit_write(w, kid, path + 1, how, with);
		else
			der_put_raw(w, kid);
	}
	der_put_close(w);
}

/* Change one element of *b; all lengths around it follow, no order does. */
static inline void
edit(struct buf *b, const char *path, enum edit how, struct bytes with)
{
	struct der_wr w = { 0 };

	(void)at(buf_bytes(b), path);
	edit_write(&w, buf_bytes(b), path, how, with);
	buf_free(b);
	*b = w.out;
}

/* Change one byte of the contents of an element. */
static inline void
flip(struct buf *b, const char *path, size_t byte)
{
	struct bytes in = contents_of(at(buf_bytes(b), path));

	if (byte >= in.len)
		bug("a byte that is not there");
	b->p[(size_t)(in.p - b->p) + byte] ^= 1;
}

/* Put a SET's elements in order again. */
static inline void
edit_sort(struct buf *b, const char *path)
{
	struct bytes set = at(buf_bytes(b), path);
	struct der_wr w = { 0 };

	der_put_open(&w, set.p[0]);
	der_put_raw(&w, contents_of(set));
	der_put_close_set(&w);
	edit(b, path, PUT, buf_bytes(&w.out));
	der_wr_free(&w);
}

/* A row of a table of edits. */
struct cutting {
	const char *name;
	const char *path;
	enum edit how;
	const char *with; /* hex */
};

/* The bytes "needle" stand somewhere in "hay". */
static inline bool
holds(struct bytes hay, struct bytes needle)
{
	return memmem(hay.p, hay.len, needle.p, needle.len) != NULL;
}

/* ---- desks ----------------------------------------------------------------
 */

enum who {
	SENDER,
	READER,	  /* addressed */
	READER_2, /* also addressed */
	STRANGER, /* known, and not addressed */
	B_SENDER, /* of suite B */
	B_READER,
	TOOL,  /* of a suite for foreign tools */
	CLERK, /* a person */
	DESKS,
};

static struct identity desks[DESKS];

static inline void
desks_make(void)
{
	static const struct {
		const char *suite, *name, *address;
	} rows[DESKS] = {
		[SENDER] = { "A", "Văn thư", "antin://dien-bien.vn/van-thu" },
		[READER] = { "A", "Văn thư Mường Nhé",
		    "antin://muong-nhe.dien-bien.vn/van-thu" },
		[READER_2] = { "A", "Cơ yếu Mường Nhé",
		    "antin://muong-nhe.dien-bien.vn/co-yeu" },
		[STRANGER] = { "A", "Văn thư Tủa Chùa",
		    "antin://tua-chua.dien-bien.vn/van-thu" },
		[B_SENDER] = { "B", "Văn phòng", "antin://chinh-phu.vn/vp" },
		[B_READER] = { "B", "Cơ yếu", "antin://ban-co-yeu.vn/co-yeu" },
		[TOOL] = { "interop", "Tool", "antin://tool.vn/desk" },
		[CLERK] = { "A", "Nguyễn Thị Hạnh",
		    "antin://dien-bien.vn/hanh" },
	};
	const struct suite *s;
	struct err e;
	size_t i;

	for (i = 0; i < DESKS; i++) {
		s = suite_by_name(rows[i].suite);
		if (identity_new(&desks[i], sig_by_name(s->sig),
			i == CLERK ? NULL : kem_by_name(s->kem),
			bytes_str(rows[i].name), bytes_str(rows[i].address),
			NOW - 100 * TIME_DAY, NOW + 100 * TIME_DAY,
			&e) != RC_OK)
			bug(e.text);
	}
}

static inline void
desks_free(void)
{
	size_t i;

	for (i = 0; i < DESKS; i++)
		identity_free(&desks[i]);
}

static inline struct bytes
address_of(enum who w)
{
	return desks[w].card.sign.address;
}

static inline struct bytes
station_of(enum who w)
{
	struct address a;

	if (!address_parse(&a, address_of(w)))
		bug("a desk without an address");
	return a.station;
}

static inline struct recipient
recipient_of(enum who w)
{
	const struct cert *c = &desks[w].card.kem;

	return (struct recipient){ c->tag, c->kem, c->pub };
}

static inline bool
find_desk(
    void *ctx, struct bytes tag, struct bytes cert, struct known_signer *out)
{
	const struct card *c;
	size_t i;

	(void)ctx;
	for (i = 0; i < DESKS; i++) {
		c = &desks[i].card;
		if (!bytes_eq(tag_bytes(&c->sign.tag), tag) ||
		    !bytes_eq(bytes_of(c->sign_cert, SHA256_SIZE), cert))
			continue;
		out->pub = c->pub;
		memcpy(out->cert, c->sign_cert, SHA256_SIZE);
		out->address = c->sign.address;
		out->from = c->sign.from;
		out->until = c->sign.until;
		return true;
	}
	return false;
}

static inline struct opener
opener_of(enum who w)
{
	return (struct opener){
		.address = address_of(w), .now = NOW, .find = find_desk
	};
}

/* ---- letters ---------------------------------------------------------------
 */

#define TEXT "Mùng 9 họp 7 giờ 30, mang theo bản đồ xã."

/* A dispatch on its way, with all that an insider has of it. */
struct letter {
	enum who from;
	struct dispatch d;
	struct addressee to[DESKS];
	struct part part;
	size_t slip_count;
	struct recipient slips[DESKS];
	struct buf text, plain, file; /* content; signed; sealed */
	uint8_t cek[AEAD_KEY];
};

static inline void
letter_free(struct letter *l)
{
	buf_free(&l->text);
	buf_free(&l->plain);
	buf_free(&l->file);
}

/* One text from a desk to n others. */
static inline void
letter_draft(struct letter *l, enum who from, const enum who *to, size_t n)
{
	size_t i;

	*l = (struct letter){ .from = from, .slip_count = n };
	buf_add(&l->text, bytes_str(TEXT));
	random_bytes(l->cek, sizeof(l->cek));
	random_bytes(l->d.header.id.b, ID_SIZE);
	l->d.header.origin = station_of(from);
	l->d.header.incarnation = 3;
	l->d.header.serial = 41;
	l->d.header.precedence = PRECEDENCE_KHAN;
	l->d.header.expires = NOW + TIME_DAY;
	l->d.originator = address_of(from);
	l->d.level = LEVEL_MAT;
	l->d.due = TIME_NEVER;
	l->d.subject = bytes_str("Họp khẩn");
	l->d.to = l->to;
	l->d.to_count = n;
	for (i = 0; i < n; i++) {
		l->to[i].address = address_of(to[i]);
		l->slips[i] = recipient_of(to[i]);
	}
	l->part = (struct part){ .kind = PART_TEXT,
		.name = bytes_str("text"),
		.type = bytes_str("text/plain; charset=utf-8"),
		.size = l->text.len };
	l->d.parts = &l->part;
	l->d.part_count = 1;
	l->d.size = l->text.len;
}

/* Sign it as it stands. */
static inline void
letter_sign(struct letter *l)
{
	struct signer s = identity_signer(&desks[l->from]);

	buf_free(&l->plain);
	signed_dispatch(&l->plain, &l->d, buf_bytes(&l->text), &s, NOW);
}

/* Seal what was signed under this header, with new slips: what everybody can
 * who has it open. */
static inline void
letter_seal_as(struct letter *l, const struct header *h)
{
	struct sink to = sink_buf(&l->file);
	struct err e;

	buf_free(&l->file);
	if (envelope_seal(&to, h, buf_bytes(&l->plain), l->cek, l->slips,
		l->slip_count, &e) != RC_OK)
		bug(e.text);
}

static inline void
letter_seal(struct letter *l)
{
	letter_seal_as(l, &l->d.header);
}

static inline void
letter_make(struct letter *l, enum who from, enum who to)
{
	letter_draft(l, from, &to, 1);
	letter_sign(l);
	letter_seal(l);
}

/* Seal what was signed under the same header, slips and nonce. */
static inline void
letter_reseal(struct letter *l)
{
	struct bytes nonce = contents_of(at(buf_bytes(&l->file), "102110"));
	struct aead *aead = aead_new(l->cek);
	struct buf set = { 0 }, sealed = { 0 };
	uint8_t mac[AEAD_TAG];

	buf_add(&set, at(buf_bytes(&l->file), "103"));
	set.p[0] = DER_SET;
	aead_seal(aead, nonce.p, buf_bytes(&set), buf_bytes(&l->plain),
	    buf_grow(&sealed, l->plain.len), mac);
	edit(&l->file, "1022", PUT, made(DER_CTX(0), buf_bytes(&sealed)));
	edit(
	    &l->file, "104", PUT, made(DER_OCTETS, bytes_of(mac, sizeof(mac))));
	aead_free(aead);
	buf_free(&set);
	buf_free(&sealed);
}

/* The signed attributes as the SET that is signed. */
static inline struct buf
letter_attributes(const struct letter *l)
{
	struct buf set = { 0 };

	buf_add(&set, at(buf_bytes(&l->plain), "303"));
	set.p[0] = DER_SET;
	return set;
}

/* Sign the attributes as they stand now, with this key. */
static inline void
letter_resign(struct letter *l, const struct sig_key *key)
{
	struct buf set = letter_attributes(l);
	uint8_t sig[SIG_MAX];
	size_t len;

	len = sig_sign(key, (struct bytes){ 0 }, buf_bytes(&set), sig);
	edit(&l->plain, "305", PUT, made(DER_OCTETS, bytes_of(sig, len)));
	buf_free(&set);
}

/* The path of a signed attribute: "303" and its number. */
static inline const char *
attribute_path(const struct letter *l, enum oid type)
{
	static char path[6];
	struct bytes all, one;
	char i;

	all = contents_of(at(buf_bytes(&l->plain), "303"));
	for (i = 0; (one = nth(all, (size_t)i)).len > 0; i++)
		if (bytes_eq(contents_of(at(one, "0")), oid(type)))
			break;
	if (one.len == 0)
		bug("no such attribute");
	memcpy(path, "303", 3);
	path[3] = (char)('0' + i);
	path[4] = '\0';
	return path;
}

/* The value of a signed attribute, and another in its place; in order. */
static inline struct bytes
attribute(const struct letter *l, enum oid type)
{
	return at(at(buf_bytes(&l->plain), attribute_path(l, type)), "10");
}

static inline void
attribute_put(struct letter *l, enum oid type, struct bytes value)
{
	struct buf one = { 0 };
	const char *path = attribute_path(l, type);

	buf_add(&one, at(buf_bytes(&l->plain), path));
	edit(&one, "10", PUT, value);
	edit(&l->plain, path, PUT, buf_bytes(&one));
	edit_sort(&l->plain, "303");
	buf_free(&one);
}

/* ---- and their outcome
 * ------------------------------------------------------- */

static inline bool
opened_is_empty(const struct opened *o)
{
	return o->plain.p == NULL && o->content.p == NULL &&
	       o->signature.content.p == NULL && o->signature.alg == NULL &&
	       o->dispatch.to == NULL && o->dispatch.parts == NULL &&
	       o->dispatch.references == NULL && o->dispatch.subject.p == NULL;
}

/* Read, unlock and open as a desk, with an opener of the caller's. */
static inline enum rc
open_by(struct opened *out, struct bytes file, enum who w,
    const struct opener *by, struct err *e)
{
	uint8_t cek[AEAD_KEY];
	struct envelope env;
	enum rc rc;

	*out = (struct opened){ 0 };
	if ((rc = envelope_parse(&env, file, e)) != RC_OK ||
	    (rc = envelope_unlock(
		 cek, &env, desks[w].kem, &desks[w].card.kem.tag, e)) != RC_OK)
		return rc;
	rc = envelope_open(out, &env, cek, by, e);
	wipe(cek, sizeof(cek));
	return rc;
}

/* The outcome alone; ends the test where a failure left something behind. */
static inline enum rc
try_open(struct bytes file, enum who w, struct err *e)
{
	struct opener by = opener_of(w);
	struct opened o;
	enum rc rc;

	*e = (struct err){ 0 };
	rc = open_by(&o, file, w, &by, e);
	if (rc != RC_OK && !opened_is_empty(&o))
		bug("a refused envelope left something in *out");
	opened_free(&o);
	return rc;
}

#endif
