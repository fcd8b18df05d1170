/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A country in memory: a root, 63 provinces with an authority each, districts
 * below them of which some have one, communes, desks and persons; for the test
 * of a reorganisation.  It stands on the tree of tree.h, but decides for many
 * authorities at once: what all of them decide is one directory file.
 *
 * Units go by their number in seats[], the root by 0.  What is here of them is
 * what was drawn up on paper, not what a directory says: it is what that is
 * held to.
 */
#ifndef TESTS_UNIT_REORG_H
#define TESTS_UNIT_REORG_H

#include <time.h>

#include "core/vec.h"
#include "core/work.h"
#include "dump.h"
#include "envelope/address.h"
#include "pki/path.h"
#include "pki/views.h"

#define PROVINCES 63
#define DAY (BEGIN + 181 * TIME_DAY)  /* 2026-07-01 */
#define AGREED (DAY - 7 * TIME_DAY)   /* the root decides */
#define DRAWN_UP (DAY - 5 * TIME_DAY) /* and the provinces after it */
#define AFTER (DAY + 3 * TIME_DAY)
#define SWITCHED_OFF (DAY - 30 * TIME_DAY)
#define NOBODY 0 /* no heir: the root is nobody's */

enum {
	HA_NOI = 1,
	DIEN_BIEN,
	HA_GIANG,
	TUYEN_QUANG,
	PHU_THO,
	VINH_PHUC,
	HOA_BINH,
	CAN_THO,
	HAU_GIANG,
	SOC_TRANG,
	HO_CHI_MINH,
	BINH_DUONG,
	BA_RIA,
	OTHERS, /* who take others in, who are taken in, who stay */
	OTHERS_TAKEN = OTHERS + 19,
	OTHERS_KEPT = OTHERS_TAKEN + 22,
};

enum rank { CENTRE, PROVINCE, DISTRICT, COMMUNE };

/* A desk or a person. */
struct desk {
	unsigned unit;
	char id[16];
	bool person;
	struct sig_key *sig;
	struct kem_key *kem;
};

struct seat { /* a unit */
	enum rank rank;
	struct id uid;	/* from when it is decided on */
	size_t pending; /* acts of its authority that are not published */
	char id[40], name[80];
	const char *class;
	unsigned parent;
	struct sig_key *authority; /* NULL: it has none */
	size_t first, count;	   /* its desks and persons */
	int64_t opened;
	/* from the day on */
	unsigned heir; /* NOBODY: it stays */
	unsigned parent_then;
	char id_then[56], name_then[80];
	const char *class_then;
};

/* Where a desk of a unit that ends goes, if not to the heir's of its id. */
struct goes {
	unsigned from, to;
	const char *id, *to_id;
};

/* What an authority has decided, until it is published. */
struct deed {
	unsigned by;
	size_t turn;
	struct act act;
	struct cert_request cert[2]; /* to be signed for it */
	size_t cert_count;
	struct buf der;
};

struct country {
	struct tree t; /* t.d: what the centre knows */
	bool full;     /* as large as the real one */
	struct seat *seats;
	struct desk *desks;
	struct goes *goes;
	struct deed *deeds;
	size_t seat_count, desk_count, goes_count, deed_count;
	/* what was chosen to be looked at */
	unsigned switched_off, namesake, split, north, south;
	unsigned border, beyond, crossing;
};

/* ---- what is on paper -----------------------------------------------------
 */

/* It is there at that time. */
static inline bool
seat_open(const struct seat *s, int64_t t)
{
	return s->opened <= t && (t < DAY || s->heir == NOBODY);
}

static inline unsigned
seat_parent(const struct seat *s, int64_t t)
{
	return t < DAY ? s->parent : s->parent_then;
}

/* The address it has then, or its desk has. */
static inline const char *
paper_address(struct country *c, unsigned n, const char *desk, int64_t t)
{
	char text[LIMIT_ADDRESS + 1] = "antin:/";
	size_t len = strlen(text);

	for (;; n = seat_parent(&c->seats[n], t)) {
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
		    text[len - 1] == '/' ? "/" : ".",
		    t < DAY ? c->seats[n].id : c->seats[n].id_then);
		if (n == ROOT)
			break;
	}
	if (desk != NULL)
		len += (size_t)snprintf(
		    text + len, sizeof(text) - len, "/%s", desk);
	return (const char *)arena_add(c->t.text, bytes_of(text, len + 1)).p;
}

static inline struct bytes
paper_host(struct country *c, unsigned n, int64_t t)
{
	return bytes_str(paper_address(c, n, NULL, t) + sizeof("antin://") - 1);
}

static inline struct desk *
desk_of(struct country *c, unsigned n, const char *id)
{
	size_t i;

	for (i = 0; i < c->seats[n].count; i++)
		if (strcmp(c->desks[c->seats[n].first + i].id, id) == 0)
			return &c->desks[c->seats[n].first + i];
	return NULL;
}

/* Who has a desk's work after the day. */
static inline struct desk *
paper_successor(struct country *c, const struct desk *desk)
{
	unsigned n = desk->unit;
	const char *id = desk->id;
	size_t i;

	while (c->seats[n].heir != NOBODY) {
		for (i = 0; i < c->goes_count; i++)
			if (c->goes[i].from == n &&
			    strcmp(c->goes[i].id, id) == 0)
				break;
		if (i < c->goes_count) {
			n = c->goes[i].to;
			id = c->goes[i].to_id;
		} else {
			n = c->seats[n].heir;
		}
	}
	return desk_of(c, n, id);
}

/* The unit whose authority certifies the desks of a unit then. */
static inline unsigned
certifier_of(const struct country *c, unsigned n, int64_t t)
{
	while (n != ROOT && c->seats[n].authority == NULL)
		n = seat_parent(&c->seats[n], t);
	return n;
}

static inline const struct sig_key *
authority_of(const struct country *c, unsigned n)
{
	return n == ROOT ? tree_authority_key(&c->t, ROOT)
			 : c->seats[n].authority;
}

/* The directory's number of a unit; NONE. */
static inline size_t
seat_at(const struct country *c, unsigned n)
{
	return unit_by_uid(&c->t.d->state, &c->seats[n].uid);
}

static inline size_t
open_on_paper(const struct country *c, int64_t t)
{
	size_t i, n = 0;

	for (i = 0; i < c->seat_count; i++)
		n += seat_open(&c->seats[i], t);
	return n;
}

/* ---- deciding, many at once -----------------------------------------------
 */

/* The number of the act that this authority decides next. */
static inline uint64_t
next_number(const struct country *c, unsigned by)
{
	const size_t unit = seat_at(c, by);
	const struct dlog *l =
	    unit == NONE ? NULL : directory_log(c->t.d, unit);

	return (l == NULL ? 0 : l->log.tree.size) + c->seats[by].pending;
}

static inline struct deed *
decide(struct country *c, unsigned by, struct act act)
{
	struct deed *d;

	if (act.kind != 0)
		c->seats[by].pending++;
	c->deeds = vec_more(c->deeds, c->deed_count, sizeof(*d));
	d = &c->deeds[c->deed_count];
	*d = (struct deed){ .by = by, .turn = c->deed_count++, .act = act };
	return d;
}

/* Certificates from "from" on, at the address of that time: of a desk, or
 * (NULL) of the unit's authority. */
static inline void
decide_certificates(
    struct country *c, unsigned n, const struct desk *desk, int64_t from)
{
	const unsigned by = certifier_of(
	    c, desk == NULL ? seat_parent(&c->seats[n], from) : n, from);
	struct act a = act_of(&c->t, ACT_CERTIFY,
	    HAS(F_UNIT) | HAS(F_CERTS) | (desk == NULL ? 0 : HAS(F_ID)));
	const struct sig_key *key =
	    desk == NULL ? authority_of(c, n) : desk->sig;
	struct cert_request r = { .name = tree_say(&c->t, "unit %u", n),
		.address = bytes_str(
		    paper_address(c, n, desk == NULL ? NULL : desk->id, from)),
		.rights = { CERT_AUTHORITY, LEVEL_TUYET_MAT,
		    PRECEDENCE_HOA_TOC_HEN_GIO, 0 },
		.from = c->t.now,
		.until = c->t.now + YEARS(5),
		.use = CERT_SIGN,
		.sig = sig_key_alg(key),
		.pub = sig_key_pub(key),
		.issuer = tree_say(&c->t, "unit %u", by) };
	struct deed *d;

	if (desk == NULL)
		r.rights.path_len = CERT_PATH_LEN - c->seats[n].rank;
	else
		r.rights.kind = desk->person ? CERT_PERSON : CERT_DESK;
	a.unit = c->seats[n].uid;
	a.from = from;
	if (desk != NULL)
		a.id = tree_say(&c->t, "%s", desk->id);
	d = decide(c, by, a);
	d->cert[d->cert_count++] = r;
	if (desk == NULL || desk->person)
		return;
	r.use = CERT_KEM;
	r.sig = NULL;
	r.kem = kem_key_alg(desk->kem);
	r.pub = kem_key_pub(desk->kem);
	d->cert[d->cert_count++] = r;
}

static inline enum rc
sign_deed(void *ctx, size_t i, struct err *e)
{
	const struct country *c = ctx;
	struct deed *d = &c->deeds[i];
	struct buf one;
	size_t n;

	(void)e;
	for (n = 0; n < d->cert_count; n++) {
		cert_write(&one, &d->cert[n], authority_of(c, d->by));
		buf_add(&d->der, buf_bytes(&one));
		buf_free(&one);
	}
	return RC_OK;
}

static inline int
by_whom(const void *left, const void *right)
{
	const struct deed *a = left, *b = right;

	if (a->by != b->by)
		return a->by < b->by ? -1 : 1;
	return a->turn < b->turn ? -1 : a->turn > b->turn;
}

/* The part of a log that these acts, and a checkpoint of then, make. */
static inline void
put_part(struct country *c, struct der_wr *w, struct deed *deeds, size_t n)
{
	const unsigned by = deeds[0].by;
	const size_t unit = seat_at(c, by);
	const struct dlog *known =
	    unit == NONE ? NULL : directory_log(c->t.d, unit);
	struct dlog l = { .id = c->seats[by].uid };
	struct checkpoint point = { .log = l.id, .at = c->t.now };
	struct buf note, act;
	uint64_t from;
	size_t i;

	if (known != NULL)
		log_copy(&l.log, &known->log);
	from = l.log.tree.size;
	for (i = 0; i < n; i++) {
		if (deeds[i].act.kind == 0)
			continue; /* a checkpoint, no more */
		deeds[i].act.log = l.id;
		deeds[i].act.number = l.log.tree.size;
		deeds[i].act.at = c->t.now;
		act_write(&act, &deeds[i].act);
		log_add(&l.log, arena_add(c->t.text, buf_bytes(&act)));
		buf_free(&act);
	}
	point.size = l.log.tree.size;
	merkle_root(&l.log.tree, &point.root);
	note_sign(&note, &point, authority_of(c, by));
	l.note_bytes = buf_bytes(&note);
	part_write(w, &l, from, UINT64_MAX, NULL, NULL);
	log_free(&l.log);
	buf_free(&note);
}

/* All that was decided, signed now, as one directory file. */
static inline struct buf
signed_file(struct country *c)
{
	struct der_wr w = { 0 };
	struct buf file;
	size_t i, next;

	if (work_each(c->deed_count, sign_deed, c, &c->t.e) != RC_OK)
		bug(c->t.e.text);
	for (i = 0; i < c->deed_count; i++) {
		if (c->deeds[i].cert_count > 0)
			c->deeds[i].act.certs =
			    arena_add(c->t.text, buf_bytes(&c->deeds[i].der));
		buf_free(&c->deeds[i].der);
	}
	if (c->deed_count > 0)
		qsort(c->deeds, c->deed_count, sizeof(*c->deeds), by_whom);
	directory_head(&file, buf_bytes(&c->t.root));
	for (i = 0; i < c->deed_count; i = next) {
		for (next = i; next < c->deed_count &&
			       c->deeds[next].by == c->deeds[i].by;
		     next++)
			;
		put_part(c, &w, &c->deeds[i], next - i);
	}
	buf_add(&file, buf_bytes(&w.out));
	der_wr_free(&w);
	free(c->deeds);
	c->deeds = NULL;
	c->deed_count = 0;
	for (i = 0; i < c->seat_count; i++)
		c->seats[i].pending = 0;
	return file;
}

static inline double
seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The centre takes over what was decided. */
static inline void
publish(struct country *c, const char *what)
{
	const size_t deeds = c->deed_count;
	struct buf file = signed_file(c);
	const size_t size = file.len;
	const double from = seconds();
	struct applied did;

	if (directory_apply(c->t.d, &file, &did, &c->t.e) != RC_OK)
		bug(c->t.e.text);
	note("%s: %zu acts, %zu bytes, %.2f s", what, deeds, size,
	    seconds() - from);
}

/* ---- founding it ----------------------------------------------------------
 */

static inline unsigned
add_seat(struct country *c, enum rank rank, unsigned parent, const char *class)
{
	struct seat *s;

	c->seats = vec_more(c->seats, c->seat_count, sizeof(*s));
	s = &c->seats[c->seat_count];
	*s = (struct seat){ .rank = rank,
		.class = class,
		.class_then = class,
		.parent = parent,
		.parent_then = parent,
		.first = c->desk_count,
		.opened = BEGIN };
	return (unsigned)c->seat_count++;
}

static inline void
call(struct seat *s, const char *id, const char *name)
{
	(void)snprintf(s->id, sizeof(s->id), "%s", id);
	(void)snprintf(s->id_then, sizeof(s->id_then), "%s", id);
	(void)snprintf(s->name, sizeof(s->name), "%s", name);
	(void)snprintf(s->name_then, sizeof(s->name_then), "%s", name);
}

/* To the unit that was added last. */
static inline void
add_desk(struct country *c, const char *id, bool person)
{
	const unsigned n = (unsigned)c->seat_count - 1;
	struct desk *d;

	c->desks = vec_more(c->desks, c->desk_count, sizeof(*d));
	d = &c->desks[c->desk_count++];
	*d = (struct desk){ .unit = n, .person = person };
	(void)snprintf(d->id, sizeof(d->id), "%s", id);
	c->seats[n].count++;
}

static inline void
add_commune(struct country *c, unsigned district, unsigned k, unsigned which)
{
	static const char *const classes[] = { "xa", "phuong", "thi-tran" };
	static const char *const called[] = { "Xã", "Phường", "Thị trấn" };
	const unsigned n = add_seat(c, COMMUNE, district, classes[k % 3]);
	struct seat *s = &c->seats[n];
	char id[40], name[80];

	(void)snprintf(id, sizeof(id), "khu-%u", n);
	(void)snprintf(name, sizeof(name), "%s Khu %u", called[k % 3], n);
	call(s, id, name);
	if (k == 0 && which == 0)
		call(s, "tan-thanh", "Xã Tân Thành");
	if (k == 0 && which == 1 && c->seats[district].parent % 5 == 1)
		call(s, "tan-thanh", "Xã Tân Thành");
	if (n % 4 == 0)
		s->authority = sig_generate(sig_by_name("MLDSA65-Ed25519"));
	add_desk(c, "van-thu", false);
	if (n % 2 == 0)
		add_desk(c, "co-yeu", false);
	if (n % 3 == 0)
		add_desk(c, "chu-tich", true);
}

static inline void
add_district(struct country *c, unsigned province, unsigned which)
{
	const unsigned n = add_seat(c, DISTRICT, province, "huyen");
	const unsigned communes = c->full ? 15 : 2 + (province + which) % 2;
	char id[40], name[80];
	unsigned k;

	(void)snprintf(id, sizeof(id), "huyen-%u", which);
	(void)snprintf(name, sizeof(name), "Huyện Số %u", which);
	call(&c->seats[n], id, name);
	if (which % 2 == 1)
		c->seats[n].authority =
		    sig_generate(sig_by_name("MLDSA65-Ed25519"));
	add_desk(c, "van-thu", false);
	if (which % 2 == 1)
		add_desk(c, "co-yeu", false);
	for (k = 0; k < communes; k++)
		add_commune(c, n, k, which);
	/* as it often is: the district has the name of its chief commune */
	if (province == DIEN_BIEN && which == 1) {
		call(&c->seats[n], "muong-nhe", "Huyện Mường Nhé");
		call(&c->seats[n + 1], "muong-nhe", "Xã Mường Nhé");
		c->namesake = n;
	}
}

static inline void
add_provinces(struct country *c)
{
	static const char *const named[][2] = { [HA_NOI] = { "ha-noi",
						    "Thành phố Hà Nội" },
		[DIEN_BIEN] = { "dien-bien", "Tỉnh Điện Biên" },
		[HA_GIANG] = { "ha-giang", "Tỉnh Hà Giang" },
		[TUYEN_QUANG] = { "tuyen-quang", "Tỉnh Tuyên Quang" },
		[PHU_THO] = { "phu-tho", "Tỉnh Phú Thọ" },
		[VINH_PHUC] = { "vinh-phuc", "Tỉnh Vĩnh Phúc" },
		[HOA_BINH] = { "hoa-binh", "Tỉnh Hòa Bình" },
		[CAN_THO] = { "can-tho", "Thành phố Cần Thơ" },
		[HAU_GIANG] = { "hau-giang", "Tỉnh Hậu Giang" },
		[SOC_TRANG] = { "soc-trang", "Tỉnh Sóc Trăng" },
		[HO_CHI_MINH] = { "ho-chi-minh", "Thành phố Hồ Chí Minh" },
		[BINH_DUONG] = { "binh-duong", "Tỉnh Bình Dương" },
		[BA_RIA] = { "ba-ria-vung-tau", "Tỉnh Bà Rịa - Vũng Tàu" } };
	char id[40], name[80];
	unsigned i;

	for (i = 1; i <= PROVINCES; i++) {
		(void)add_seat(c, PROVINCE, ROOT, "tinh");
		(void)snprintf(id, sizeof(id), "tinh-%u", i);
		(void)snprintf(name, sizeof(name), "Tỉnh Thứ %u", i);
		call(&c->seats[i], i < OTHERS ? named[i][0] : id,
		    i < OTHERS ? named[i][1] : name);
		c->seats[i].authority =
		    sig_generate(sig_by_name("MLDSA65-Ed25519"));
		add_desk(c, "van-thu", false);
		add_desk(c, "co-yeu", false);
		add_desk(c, "chu-tich", true);
	}
}

static inline enum rc
make_keys(void *ctx, size_t i, struct err *e)
{
	const struct country *c = ctx;
	struct desk *d = &c->desks[i];
	const struct suite *s = suite_by_name(d->unit == ROOT ? "B" : "A");

	(void)e;
	d->sig = sig_generate(sig_by_name(s->sig));
	if (!d->person)
		d->kem = kem_generate(kem_by_name(s->kem));
	return RC_OK;
}

/* The code a province has before, and its new one. */
static inline struct bytes
province_code(struct country *c, unsigned n, bool then)
{
	return tree_say(&c->t, then ? "H%02u" : "000.00.00.H%02u", n);
}

static inline struct bytes
codes_of(struct country *c, struct bytes one, struct bytes two)
{
	struct der_wr w = { 0 };
	struct bytes out;

	act_put_code(&w, one);
	if (two.len > 0)
		act_put_code(&w, two);
	out = arena_add(c->t.text, buf_bytes(&w.out));
	der_wr_free(&w);
	return out;
}

/* A unit begins, with all that is in it. */
static inline void
decide_unit(struct country *c, unsigned n, unsigned by)
{
	struct seat *s = &c->seats[n];
	const unsigned above = seat_parent(s, s->opened);
	struct act a = act_unit(&c->t, n, above, s->id, s->class);
	size_t i;

	if (n != ROOT)
		act_uid(&s->uid, &c->seats[by].uid, next_number(c, by));
	a.unit = s->uid;
	a.to = c->seats[above].uid;
	a.from = s->opened;
	a.name = bytes_str(s->name);
	if (s->rank == PROVINCE) {
		a.has |= HAS(F_CODES);
		a.codes = codes_of(
		    c, province_code(c, n, false), (struct bytes){ 0 });
	}
	if (n != ROOT)
		(void)decide(c, by, a);
	if (n != ROOT && s->authority != NULL)
		decide_certificates(c, n, NULL, s->opened);
	for (i = s->first; i < s->first + s->count; i++) {
		a = act_holder(&c->t, n,
		    c->desks[i].person ? ACT_PERSON : ACT_DESK, c->desks[i].id);
		a.unit = s->uid;
		a.from = s->opened;
		(void)decide(c, certifier_of(c, n, s->opened), a);
		decide_certificates(c, n, &c->desks[i], s->opened);
		if (!c->desks[i].person)
			continue;
		a = act_role(
		    &c->t, n, c->desks[i].id, ROLE_AUTHORITY, "van-thu");
		a.unit = s->uid;
		(void)decide(c, certifier_of(c, n, s->opened), a);
	}
}

static inline void
country_begin(struct country *c)
{
	unsigned p, i;
	size_t n;

	*c = (struct country){ .full = getenv("ANTIN_SOAK") != NULL };
	tree_begin(&c->t);
	c->t.now += TIME_DAY;
	(void)add_seat(c, CENTRE, ROOT, "goc");
	call(&c->seats[ROOT], "vn", "goc vn");
	c->seats[ROOT].uid = tree_uid(ROOT);
	add_desk(c, "van-thu", false);
	add_desk(c, "co-yeu", false);
	add_provinces(c);
	for (p = 1; p <= PROVINCES; p++)
		for (i = 0; i < (c->full ? 11 : 2 + p % 2); i++)
			add_district(c, p, i);
	for (n = 0; n < c->seat_count; n++)
		c->seats[n].opened = n == ROOT ? BEGIN : c->t.now;
	if (work_each(c->desk_count, make_keys, c, &c->t.e) != RC_OK)
		bug(c->t.e.text);
	for (n = 0; n < c->seat_count; n++)
		decide_unit(c, (unsigned)n,
		    certifier_of(c, c->seats[n].parent, c->t.now));
}

static inline void
country_end(struct country *c)
{
	size_t i;

	for (i = 0; i < c->seat_count; i++)
		sig_key_free(c->seats[i].authority);
	for (i = 0; i < c->desk_count; i++) {
		sig_key_free(c->desks[i].sig);
		kem_key_free(c->desks[i].kem);
	}
	free(c->seats);
	free(c->desks);
	free(c->goes);
	tree_end(&c->t);
}

#endif
