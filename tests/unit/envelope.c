/* SPDX-License-Identifier: EUPL-1.2 */
/* Envelopes that open, how large they are, and what comes of damaged ones. */
#include <stdio.h>
#include <time.h>

#include "dispatch/package.h"
#include "forge.h"

static bool
opens_for(const struct letter *l, enum who w, bool foreign)
{
	struct opener by = opener_of(w);
	struct opened o;
	struct err e;
	bool good;

	by.foreign = foreign;
	good = open_by(&o, buf_bytes(&l->file), w, &by, &e) == RC_OK &&
	       bytes_eq(buf_bytes(&o.content), bytes_str(TEXT)) &&
	       bytes_eq(dispatch_part(&o.dispatch, 0, buf_bytes(&o.content)),
		   bytes_str(TEXT)) &&
	       o.dispatch.level == LEVEL_MAT &&
	       bytes_eq(o.dispatch.subject, l->d.subject) &&
	       bytes_eq(o.dispatch.originator, l->d.originator) &&
	       o.signature.signed_at == NOW;
	opened_free(&o);
	return good;
}

/* ---- suites --------------------------------------------------------- */

static void
each_suite_writes_to_each(void)
{
	static const enum who from[] = { SENDER, B_SENDER, TOOL };
	static const enum who to[] = { READER, B_READER, TOOL };
	struct letter l;
	size_t i, j, lost = 0;

	for (i = 0; i < COUNT(from); i++)
		for (j = 0; j < COUNT(to); j++) {
			letter_make(&l, from[i], to[j]);
			lost += !opens_for(&l, to[j], from[i] == TOOL);
			letter_free(&l);
		}
	is(lost, 0,
	    "desks of suites A, B and interop open what each of them "
	    "wrote");
}

static void
slips_of_all_suites_are_in_one_envelope(void)
{
	static const enum who to[] = { B_READER, TOOL, READER, STRANGER,
		B_SENDER, READER_2 };
	struct letter l;
	size_t i, lost = 0;

	letter_draft(&l, SENDER, to, COUNT(to));
	letter_sign(&l);
	letter_seal(&l);
	for (i = 0; i < COUNT(to); i++)
		lost += !opens_for(&l, to[i], false);
	is(lost, 0, "slips of all suites are in one envelope, and each opens");
	letter_free(&l);
}

/* ---- many slips ----------------------------------------------------- */

/* An envelope with n slips for made-up tags of one key. */
struct crowd {
	struct letter l;
	struct recipient *to;
	size_t n;
};

static struct tag
tag_number(uint64_t n)
{
	struct tag t;
	size_t i;

	/* in no order at all: a bijection of n */
	n *= 0x9e3779b97f4a7c15u;
	for (i = 0; i < TAG_SIZE; i++)
		t.b[i] = (uint8_t)(n >> 8 * i);
	return t;
}

static void
crowd_make(struct crowd *c, size_t n)
{
	struct sink to;
	struct err e;
	size_t i;

	letter_draft(&c->l, SENDER, (const enum who[]){ READER }, 1);
	letter_sign(&c->l);
	c->n = n;
	c->to = alloc(n, sizeof(*c->to));
	for (i = 0; i < n; i++) {
		c->to[i] = recipient_of(READER);
		c->to[i].tag = tag_number(i + 1);
	}
	to = sink_buf(&c->l.file);
	if (envelope_seal(&to, &c->l.d.header, buf_bytes(&c->l.plain), c->l.cek,
		c->to, n, &e) != RC_OK)
		bug(e.text);
}

static void
crowd_free(struct crowd *c)
{
	letter_free(&c->l);
	free(c->to);
}

/* The reader's key under tag number i opens; or the outcome where not. */
static enum rc
crowd_open(const struct crowd *c, struct bytes file, size_t i)
{
	struct opener by = opener_of(READER);
	uint8_t cek[AEAD_KEY];
	struct envelope env;
	struct opened o = { 0 };
	struct err e;
	enum rc rc;

	if ((rc = envelope_parse(&env, file, &e)) == RC_OK &&
	    (rc = envelope_unlock(
		 cek, &env, desks[READER].kem, &c->to[i].tag, &e)) == RC_OK)
		rc = envelope_open(&o, &env, cek, &by, &e);
	opened_free(&o);
	return rc;
}

static long
milliseconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
all_slips_open(size_t n, size_t step)
{
	long from = milliseconds(), sealed;
	struct crowd c;
	size_t i, lost = 0;

	crowd_make(&c, n);
	sealed = milliseconds();
	for (i = 0; i < n; i += step)
		lost += crowd_open(&c, buf_bytes(&c.l.file), i) != RC_OK;
	lost += crowd_open(&c, buf_bytes(&c.l.file), n - 1) != RC_OK;
	is(lost, 0, "of %zu slips those that are asked for open", n);
	note("%zu bytes, sealed in %ld ms, opened in %ld ms", c.l.file.len,
	    sealed - from, milliseconds() - sealed);
	is(c.l.file.len, envelope_size(&c.l.d.header, c.l.plain.len, c.to, n),
	    "and take the room that was reckoned");
	crowd_free(&c);
}

static void
no_slips_or_too_many_are_sealed(void)
{
	struct buf out = { 0 };
	struct sink to = sink_buf(&out);
	struct crowd c;
	struct err e;
	size_t wrong = 0;

	crowd_make(&c, 2);
	wrong += envelope_seal(&to, &c.l.d.header, buf_bytes(&c.l.plain),
		     c.l.cek, c.to, 0, &e) != RC_LIMIT;
	wrong += envelope_seal(&to, &c.l.d.header, buf_bytes(&c.l.plain),
		     c.l.cek, c.to, LIMIT_SLIPS + 1, &e) != RC_LIMIT;
	c.to[1].tag = c.to[0].tag;
	wrong += envelope_seal(&to, &c.l.d.header, buf_bytes(&c.l.plain),
		     c.l.cek, c.to, 2, &e) != RC_INVALID;
	c.to[1].tag.b[0] ^= 1;
	c.to[1].pub.len--;
	wrong += envelope_seal(&to, &c.l.d.header, buf_bytes(&c.l.plain),
		     c.l.cek, c.to, 2, &e) != RC_INVALID;
	is(wrong, 0,
	    "no recipient, 10,001, one that stands twice and one "
	    "without a key are refused");
	buf_free(&out);
	crowd_free(&c);
}

/* ---- what a relay passes on ----------------------------------------- */

/* Of the crowd, a bit each; the caller frees *out. */
static enum rc
chosen_cut(struct buf *out, const struct crowd *c, uint32_t which)
{
	struct tag tags[32];
	struct err e;
	size_t i, n = 0;

	for (i = c->n; i-- > 0;)
		if (which >> i & 1)
			tags[n++] = c->to[i].tag;
	return package_for(out, buf_bytes(&c->l.file), tags, n, &e);
}

/* Whether those that were chosen open, and the others find no slip. */
static bool
chosen_open(const struct crowd *c, uint32_t which, struct bytes *same_as)
{
	struct buf part;
	size_t i, wrong = 0;

	if (chosen_cut(&part, c, which) != RC_OK)
		return false;
	for (i = 0; i < c->n; i++)
		wrong += crowd_open(c, buf_bytes(&part), i) !=
			 (which >> i & 1 ? RC_OK : RC_ABSENT);
	if (same_as != NULL)
		wrong += !bytes_eq(buf_bytes(&part), *same_as);
	buf_free(&part);
	return wrong == 0;
}

static void
a_part_of_an_envelope_is_one(void)
{
	struct dice dice = { 11 };
	struct crowd c;
	struct bytes all;
	struct buf part;
	size_t i, wrong = 0;

	crowd_make(&c, 12);
	all = buf_bytes(&c.l.file);
	for (i = 0; i < 12; i++)
		wrong += !chosen_open(&c, 1u << i, NULL);
	for (i = 0; i < 20; i++)
		wrong += !chosen_open(&c, 1 + dice_below(&dice, 4094), NULL);
	is(wrong, 0,
	    "what a relay passes on opens for those it was passed on "
	    "for, and has no slip for others");
	ok(chosen_open(&c, 4095, &all),
	    "with all its slips it is the same bytes");
	ok(chosen_cut(&part, &c, 0) == RC_ABSENT && part.p == NULL,
	    "without any it is none");
	crowd_free(&c);
}

/* What was mapped is there no longer, or another lies in its place: how the cut
 * ends for the first of the crowd, and for two. */
static enum rc
cut_of_changed(const struct crowd *c, const struct envelope_map *map,
    struct bytes now, size_t tags)
{
	const struct envelope_source from = package_source(&now);
	const struct tag two[] = { c->to[0].tag, c->to[0].tag, c->to[1].tag };
	struct envelope env;
	struct buf part;
	struct err e;
	enum rc rc;

	rc = envelope_cut(&part, map, &from, two, tags, &e);
	if (rc == RC_OK &&
	    (envelope_parse(&env, buf_bytes(&part), &e) != RC_OK ||
		env.slip_count != (tags + 1) / 2))
		rc = RC_IO;
	if (rc != RC_OK && part.p != NULL)
		rc = RC_IO;
	buf_free(&part);
	return rc;
}

static void
a_cut_is_of_what_was_mapped(void)
{
	struct envelope_map map;
	struct envelope env;
	struct buf now = { 0 };
	struct crowd c;
	struct err e;
	size_t i, k, wrong = 0;

	crowd_make(&c, 12);
	if (envelope_parse(&env, buf_bytes(&c.l.file), &e) != RC_OK)
		bug(e.text);
	envelope_map(&map, &env, buf_bytes(&c.l.file));
	ok(cut_of_changed(&c, &map, buf_bytes(&c.l.file), 1) == RC_OK &&
		cut_of_changed(&c, &map, buf_bytes(&c.l.file), 3) == RC_OK,
	    "it is cut by where its slips lie, each once");
	buf_add(&now, buf_bytes(&c.l.file));
	for (i = 0; i < map.count; i++)
		for (k = 0; k < 12; k++)
			now.p[map.places[i].at + k] ^= 0x20;
	for (i = 1; i < 4; i++)
		wrong +=
		    cut_of_changed(&c, &map, buf_bytes(&now), i) != RC_INVALID;
	is(wrong, 0, "what lies there now and is no slip is not passed on");
	for (i = 1; i < map.count; i++) /* each is another's */
		memcpy(now.p + map.places[i].at,
		    c.l.file.p + map.places[i - 1].at, map.places[i].len);
	memcpy(now.p + map.places[0].at, c.l.file.p + map.places[1].at,
	    map.places[0].len);
	is(cut_of_changed(&c, &map, buf_bytes(&now), 1), RC_INVALID,
	    "nor is somebody else's slip");
	envelope_map_free(&map);
	buf_free(&now);
	crowd_free(&c);
}

/* ---- sizes ---------------------------------------------------------- */

/* What envelope_size() says above what is written. */
static size_t
size_above(const struct crowd *c, const struct header *h, size_t inner)
{
	struct buf in = { 0 }, out = { 0 };
	struct sink to = sink_buf(&out);
	size_t size = envelope_size(h, inner, c->to, c->n);
	struct err e;

	(void)buf_grow(&in, inner);
	if (envelope_seal(&to, h, buf_bytes(&in), c->l.cek, c->to, c->n, &e) !=
	    RC_OK)
		bug(e.text);
	size -= out.len;
	buf_free(&in);
	buf_free(&out);
	return size;
}

/* Where headers get longer: at 128, 256 and 65,536 bytes of what they hold. */
static void
sizes_are_reckoned(void)
{
	static const size_t slips[] = { 1, 2, 50, 51, 52 };
	static const size_t around[] = { 128, 256, 65536 };
	size_t i, j, inner, more, most = 0, above = 0, made = 0;
	struct crowd c;
	struct header h;

	for (i = 0; i < COUNT(slips); i++) {
		crowd_make(&c, slips[i]);
		h = c.l.d.header;
		h.serial = i * 70000;
		h.expires = i % 2 == 0 ? TIME_NEVER : NOW;
		for (j = 0; j < COUNT(around); j++)
			for (inner = around[j] - 120; inner < around[j] + 16;
			     inner += i < 2 ? 1 : 7, made++) {
				more = size_above(&c, &h, inner);
				above += more > 0;
				most = more > most ? more : most;
			}
		crowd_free(&c);
	}
	ok(most <= 2,
	    "the size that is reckoned is never less than what is "
	    "written, and at most 2 bytes more (%zu sizes)",
	    made);
	note("envelope_size() is exact but for %zu of them, by %zu at the "
	     "most",
	    above, most);
}

/* A dispatch of n bytes: what signed_dispatch_size() says above its size. */
static size_t
signed_above(enum who from, size_t n, int64_t now, size_t *len)
{
	struct signer s = identity_signer(&desks[from]);
	struct letter l;
	size_t size;

	letter_draft(&l, from, (const enum who[]){ READER }, 1);
	buf_free(&l.text);
	(void)buf_grow(&l.text, n);
	l.part.size = l.d.size = n;
	size = signed_dispatch_size(&l.d, n, sig_key_alg(s.key));
	signed_dispatch(&l.plain, &l.d, buf_bytes(&l.text), &s, now);
	*len = l.plain.len;
	size -= l.plain.len;
	letter_free(&l);
	return size;
}

static void
signed_sizes_are_classes(void)
{
	static const struct {
		enum who from;
		size_t begin, end, step;
	} rows[] = {
		{ SENDER, 0, 400, 1 },
		{ SENDER, 400, 70000, 997 },
		{ SENDER, 60600, 60800, 1 },
		{ SENDER, 500000, LIMIT_CONTENT, 99991 },
		{ B_SENDER, 0, 300, 7 },
		{ B_SENDER, 300, 200000, 9973 },
	};
	size_t i, n, len, above, most = 0, under = 0, made = 0;

	for (i = 0; i < COUNT(rows); i++)
		for (n = rows[i].begin; n < rows[i].end;
		     n += rows[i].step, made++) {
			above = signed_above(rows[i].from, n, NOW, &len);
			most = above > most ? above : most;
			above = pad_size(len) - len;
			under = above > under ? above : under;
		}
	ok(most <= 8,
	    "no signed dispatch is over the size that was reckoned, "
	    "nor more than 8 bytes under it (%zu sizes)",
	    made);
	ok(under <= 8, "each is of a Padmé class, up to 8 bytes under it");
	note("signed_dispatch_size() is an upper bound: up to %zu bytes; "
	     "under a class: up to %zu",
	    most, under);
}

/* A file is made with room for the largest numbers an attachment may come to,
 * before it is sealed and its numbers are known (src/file/sealed.c). */
static size_t
over_the_room(size_t n, int64_t now)
{
	struct signer s = identity_signer(&desks[SENDER]);
	struct part parts[2];
	struct letter l;
	size_t room, len;

	letter_draft(&l, SENDER, (const enum who[]){ READER }, 1);
	buf_free(&l.text);
	(void)buf_grow(&l.text, n);
	parts[0] = l.part;
	parts[0].size = l.d.size = n;
	parts[1] = (struct part){ PART_DOCUMENT, bytes_str("a"), bytes_str("b"),
		INT64_MAX, 0, true, CODING_ZSTD, INT64_MAX / 2, INT64_MAX,
		{ { 0 } } };
	l.d.parts = parts;
	l.d.part_count = 2;
	room = signed_dispatch_size(&l.d, n, sig_key_alg(s.key));
	parts[1].coding = CODING_PLAIN;
	parts[1].size = parts[1].coded = 100;
	parts[1].stored = 104;
	signed_dispatch(&l.plain, &l.d, buf_bytes(&l.text), &s, now);
	len = l.plain.len;
	letter_free(&l);
	return len > room ? len - room : 0;
}

static void
the_room_for_attachments_is_enough(void)
{
	size_t n, over = 0;

	for (n = 0; n < 300; n++) {
		over += over_the_room(n, NOW) > 0;
		over += over_the_room(n, NOW + 30 * 365 * TIME_DAY) > 0;
	}
	is(over, 0,
	    "what was reckoned with the largest numbers is room for "
	    "the true ones, now and after 2050");
}

/* ---- damage --------------------------------------------------------- */

/* Whatever is said of it, a changed envelope is refused and leaves nothing:
 * try_open() ends the test where it does. */
static void
no_cut_envelope_opens(void)
{
	struct letter l;
	size_t n, opened = 0;
	struct err e;

	letter_make(&l, SENDER, READER);
	for (n = 0; n < l.file.len; n++)
		opened += try_open(bytes_of(l.file.p, n), READER, &e) == RC_OK;
	is(opened, 0,
	    "cut off at any of its %zu bytes an envelope does not "
	    "open",
	    l.file.len);
	for (n = 0; n < 256; n++) {
		buf_u8(&l.file, (uint8_t)n);
		opened += try_open(buf_bytes(&l.file), READER, &e) == RC_OK;
		l.file.len--;
	}
	is(opened, 0, "nor with any byte behind it");
	letter_free(&l);
}

static size_t
offset_of(const struct letter *l, const char *path)
{
	return (size_t)(at(buf_bytes(&l->file), path).p - l->file.p);
}

/* With the key that was unlocked before the damage: what comes after the
 * slips and what they are bound to does not touch it. */
static enum rc
try_open_with(const struct letter *l, enum who w, struct err *e)
{
	struct opener by = opener_of(w);
	struct envelope env;
	struct opened o;
	enum rc rc;

	if ((rc = envelope_parse(&env, buf_bytes(&l->file), e)) != RC_OK)
		return rc;
	rc = envelope_open(&o, &env, l->cek, &by, e);
	if (rc != RC_OK && !opened_is_empty(&o))
		bug("a refused envelope left something in *out");
	opened_free(&o);
	return rc;
}

/* Every bit; of the ciphertext of the slip one in 37. */
static void
no_flipped_bit_opens(enum who from, enum who to)
{
	struct letter l;
	size_t ct, ct_end, body, attributes, mac, bit, step, byte;
	size_t opened = 0, tried = 0;
	struct err e;

	letter_make(&l, from, to);
	ct = offset_of(&l, "101013") + 4;
	ct_end = offset_of(&l, "101014");
	body = offset_of(&l, "1022");
	attributes = offset_of(&l, "103");
	mac = offset_of(&l, "104");
	for (bit = 0; bit < l.file.len * 8; bit += step, tried++) {
		byte = bit / 8;
		l.file.p[byte] ^= (uint8_t)(1u << bit % 8);
		if ((byte >= body && byte < attributes) || byte >= mac)
			opened += try_open_with(&l, to, &e) == RC_OK;
		else
			opened += try_open(buf_bytes(&l.file), to, &e) == RC_OK;
		l.file.p[byte] ^= (uint8_t)(1u << bit % 8);
		step = byte >= ct && byte < ct_end ? 37 : 1;
	}
	is(opened, 0, "%s: none of %zu flipped bits opens",
	    desks[from].card.sign.sig->name, tried);
	ok(try_open(buf_bytes(&l.file), to, &e) == RC_OK &&
		try_open_with(&l, to, &e) == RC_OK,
	    "and without any it does");
	letter_free(&l);
}

/* The same inside, by who knows the content key. */
static void
no_bit_flipped_inside_opens(void)
{
	struct letter l;
	size_t bit, opened = 0, tried = 0;
	struct err e;

	letter_make(&l, SENDER, READER);
	for (bit = 0; bit < l.plain.len * 8; bit += 9, tried++) {
		l.plain.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		letter_reseal(&l);
		opened += try_open_with(&l, READER, &e) != RC_DENIED ||
			  strncmp(e.text, "it cannot be opened", 19) != 0;
		l.plain.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	is(opened, 0,
	    "none of %zu bits flipped inside opens or is told "
	    "apart, where the tag does match",
	    tried);
	letter_free(&l);
}

/* Bytes of two envelopes, spliced at any place. */
static void
no_spliced_envelope_opens(void)
{
	struct letter a, b;
	struct buf both = { 0 };
	size_t n, opened = 0;
	struct err e;

	letter_make(&a, SENDER, READER);
	letter_make(&b, SENDER, READER);
	for (n = 1; n < a.file.len && n < b.file.len; n++) {
		both.len = 0;
		buf_add(&both, bytes_of(a.file.p, n));
		buf_add(&both, bytes_of(b.file.p + n, b.file.len - n));
		opened += !bytes_eq(buf_bytes(&both), buf_bytes(&a.file)) &&
			  !bytes_eq(buf_bytes(&both), buf_bytes(&b.file)) &&
			  try_open(buf_bytes(&both), READER, &e) == RC_OK;
	}
	is(opened, 0,
	    "no beginning of one envelope with the end of another "
	    "opens");
	buf_free(&both);
	letter_free(&a);
	letter_free(&b);
}

/* ---- who opens, and when -------------------------------------------- */

static void
only_the_right_reader_opens(void)
{
	struct opener by = opener_of(READER);
	struct letter l;
	struct opened o;
	struct err e;

	letter_make(&l, SENDER, READER);
	ok(try_open(buf_bytes(&l.file), READER_2, &e) == RC_ABSENT,
	    "another desk finds no slip");
	by.address = address_of(READER_2);
	ok(open_by(&o, buf_bytes(&l.file), READER, &by, &e) == RC_DENIED &&
		strstr(e.text, "10.4") != NULL,
	    "nor may it open with the right key in its own name");
	by.address = (struct bytes){ 0 };
	ok(open_by(&o, buf_bytes(&l.file), READER, &by, &e) == RC_OK,
	    "who does not ask for an addressee is not told of one");
	opened_free(&o);
	letter_free(&l);
}

static bool
find_nobody(
    void *ctx, struct bytes tag, struct bytes cert, struct known_signer *out)
{
	(void)ctx;
	(void)tag;
	(void)cert;
	(void)out;
	return false;
}

static void
an_unknown_sender_is_refused(void)
{
	struct opener by = opener_of(READER);
	struct letter l;
	struct opened o;
	struct err e;

	letter_make(&l, SENDER, READER);
	by.find = find_nobody;
	ok(open_by(&o, buf_bytes(&l.file), READER, &by, &e) == RC_DENIED &&
		opened_is_empty(&o),
	    "nothing opens where its sender is not known");
	letter_free(&l);
}

static void
a_card_holds_within_its_dates(void)
{
	const struct card *c = &desks[SENDER].card;
	struct err e;

	ok(card_valid_at(c, c->sign.from, &e) == RC_OK &&
		card_valid_at(c, c->sign.until, &e) == RC_OK &&
		card_valid_at(c, c->sign.from - 1, &e) == RC_EXPIRED &&
		card_valid_at(c, c->sign.until + 1, &e) == RC_EXPIRED,
	    "a card holds from its first second to its last");
}

/* ---- limits --------------------------------------------------------- */

#define LONG 3000
static uint8_t letters[LONG];

static void
long_subject(struct dispatch *d, size_t more)
{
	d->subject = bytes_of(letters, LIMIT_SUBJECT + more);
}

static void
long_name(struct dispatch *d, size_t more)
{
	d->parts[0].name = bytes_of(letters, LIMIT_NAME + more);
}

static void
long_type(struct dispatch *d, size_t more)
{
	d->parts[0].type = bytes_of(letters, DISPATCH_TYPE + more);
}

static void
many_references(struct dispatch *d, size_t more)
{
	static struct id ids[DISPATCH_REFERENCES + 1];

	d->references = ids;
	d->reference_count = DISPATCH_REFERENCES + more;
}

static void
many_parts(struct dispatch *d, size_t more)
{
	static struct part parts[DISPATCH_PARTS + 1];
	size_t i;

	for (i = 0; i < COUNT(parts); i++) {
		parts[i] = d->parts[0];
		parts[i].size = 0;
	}
	d->parts = parts;
	d->part_count = DISPATCH_PARTS + more;
	d->size = 0;
}

static void
much_inside(struct dispatch *d, size_t more)
{
	d->size = d->parts[0].size = LIMIT_CONTENT + more;
}

static void
high_serial(struct dispatch *d, size_t more)
{
	d->header.serial = (uint64_t)INT64_MAX + more;
}

static void
high_incarnation(struct dispatch *d, size_t more)
{
	d->header.incarnation = (uint64_t)INT64_MAX + more;
}

static void
late_expiry(struct dispatch *d, size_t more)
{
	d->header.expires = TIME_MAX + (int64_t)more;
}

static void
addressee_twice(struct dispatch *d, size_t more)
{
	static struct addressee to[2];

	to[0] = to[1] = d->to[0];
	d->to = to;
	d->to_count = 1 + more;
}

static void
list_beside_addressees(struct dispatch *d, size_t more)
{
	d->list.set = more == 1;
}

static void
nobody(struct dispatch *d, size_t more)
{
	d->to_count -= more;
}

static void
station_as_addressee(struct dispatch *d, size_t more)
{
	if (more == 1)
		d->to[0].address = station_of(READER);
}

static void
originator_elsewhere(struct dispatch *d, size_t more)
{
	if (more == 1)
		d->originator = address_of(READER);
}

static void
due_without_urgency(struct dispatch *d, size_t more)
{
	if (more == 1)
		d->due = NOW;
}

static void
urgency_without_due(struct dispatch *d, size_t more)
{
	d->header.precedence = PRECEDENCE_HOA_TOC_HEN_GIO;
	if (more == 0)
		d->due = NOW;
}

static void
subject_of_two_lines(struct dispatch *d, size_t more)
{
	d->subject = bytes_str(more == 1 ? "a\nb" : "a b");
}

static void
subject_not_in_nfc(struct dispatch *d, size_t more)
{
	d->subject = bytes_str(more == 1 ? "a\xcc\x81" : "\xc3\xa1");
}

static void
type_in_vietnamese(struct dispatch *d, size_t more)
{
	d->parts[0].type = bytes_str(more == 1 ? "văn/bản" : "text/plain");
}

static void
signature_of_itself(struct dispatch *d, size_t more)
{
	static struct part parts[2];

	parts[0] = parts[1] = d->parts[0];
	parts[1].kind = PART_SIGNATURE;
	parts[1].of = more;
	d->parts = parts;
	d->part_count = 2;
	d->size *= 2;
}

static void
signature_of_nothing(struct dispatch *d, size_t more)
{
	signature_of_itself(d, 0);
	d->parts[1].of = 2 * more;
}

static void
attached(struct dispatch *d)
{
	d->parts[0].attached = true;
	d->parts[0].coded = d->parts[0].size = 1000;
	d->parts[0].stored = pad_size(1000);
	d->size = 0;
}

static void
attached_of_another_class(struct dispatch *d, size_t more)
{
	attached(d);
	d->parts[0].stored += more;
}

static void
attached_plain_of_another_size(struct dispatch *d, size_t more)
{
	attached(d);
	d->parts[0].size += more;
}

static void
sizes_that_differ(struct dispatch *d, size_t more)
{
	d->size += more;
}

/* Each rule with 0, which it allows, and with 1, which it does not. */
static const struct {
	const char *rule;
	void (*make)(struct dispatch *d, size_t more);
} rules[] = {
	{ "8.3 each addressee once", addressee_twice },
	{ "8.3 addressees or a list", list_beside_addressees },
	{ "8.3 somebody", nobody },
	{ "8.3 desks", station_as_addressee },
	{ "8.4 a desk of the origin", originator_elsewhere },
	{ "8.5 256 parts", many_parts },
	{ "8.5 names", long_name },
	{ "8.5 1 MiB inside", much_inside },
	{ "8.5 the sizes together", sizes_that_differ },
	{ "8.6 a signature of another part", signature_of_itself },
	{ "8.6 a signature of a part", signature_of_nothing },
	{ "8.7 stored in a class", attached_of_another_class },
	{ "8.7 unpacked as long", attached_plain_of_another_size },
	{ "8.8 no due time else", due_without_urgency },
	{ "8.8 a due time", urgency_without_due },
	{ "8.9 a subject of 2,000 bytes", long_subject },
	{ "8.9 a subject of one line", subject_of_two_lines },
	{ "8.9 64 references", many_references },
	{ "8.10 NFC", subject_not_in_nfc },
	{ "8.2 a type of 127 bytes", long_type },
	{ "8.2 a type in ASCII", type_in_vietnamese },
	{ "5.2 a serial below 2^63", high_serial },
	{ "5.2 an incarnation below 2^63", high_incarnation },
	{ "5.2 an expiry before 10000", late_expiry },
};

static enum rc
written_and_read(const struct dispatch *d)
{
	struct der_wr w = { 0 };
	struct dispatch back;
	struct err e;
	enum rc rc;

	dispatch_write(&w, d);
	rc = dispatch_read(&back, buf_bytes(&w.out), &e);
	dispatch_free(&back);
	der_wr_free(&w);
	return rc;
}

/* What its maker may make its reader takes, and what not, not. */
static void
rules_are_one_for_maker_and_reader(void)
{
	struct letter l;
	size_t i, more, lets = 0, takes = 0;
	bool may, read;
	struct err e;

	for (i = 0; i < COUNT(rules); i++)
		for (more = 0; more < 2; more++) {
			letter_draft(
			    &l, SENDER, (const enum who[]){ READER }, 1);
			rules[i].make(&l.d, more);
			may = dispatch_check(&l.d, &e) == RC_OK;
			read = written_and_read(&l.d) == RC_OK;
			if (read != (more == 0)) {
				note("%s: read wrongly", rules[i].rule);
				takes++;
			}
			if (may != (more == 0)) {
				note("%s: made wrongly", rules[i].rule);
				lets++;
			}
			letter_free(&l);
		}
	is(takes, 0, "a reader holds each of %zu rules", COUNT(rules));
	is(lets, 0, "and so does a maker: what it may make can be read");
}

static void
a_body_has_its_limit(void)
{
	struct letter l;
	struct buf out = { 0 };
	struct sink to = sink_buf(&out);
	struct err e;

	letter_draft(&l, SENDER, (const enum who[]){ READER }, 1);
	(void)buf_grow(&l.plain, ENVELOPE_SEALED_MAX);
	went(envelope_seal(
		 &to, &l.d.header, buf_bytes(&l.plain), l.cek, l.slips, 1, &e),
	    &e, "2 MiB are sealed");
	ok(try_open(buf_bytes(&out), READER, &e) == RC_DENIED,
	    "and read as far as they mean something");
	buf_free(&out);
	buf_u8(&l.plain, 0);
	ok(envelope_seal(&to, &l.d.header, buf_bytes(&l.plain), l.cek, l.slips,
	       1, &e) == RC_LIMIT &&
		out.p == NULL,
	    "a byte more is not");
	letter_free(&l);
}

/* The largest content there is, of either kind. */
static void
the_largest_content_opens(bool packs)
{
	struct letter l;
	struct buf packed = { 0 };
	struct opener by = opener_of(READER);
	struct opened o;
	struct err e;

	letter_draft(&l, SENDER, (const enum who[]){ READER }, 1);
	buf_free(&l.text);
	(void)buf_grow(&l.text, LIMIT_CONTENT);
	if (!packs)
		random_bytes(l.text.p, LIMIT_CONTENT);
	l.part.size = l.d.size = LIMIT_CONTENT;
	l.d.coding = pack(&packed, buf_bytes(&l.text));
	buf_free(&l.text);
	l.text = packed;
	letter_sign(&l);
	letter_seal(&l);
	went(open_by(&o, buf_bytes(&l.file), READER, &by, &e), &e,
	    "1 MiB that %s opens, from %zu bytes",
	    packs ? "packs" : "does not pack", l.file.len);
	is(o.content.len, LIMIT_CONTENT, "and is all there");
	opened_free(&o);
	letter_free(&l);
}

/* ---- dispatches at random ------------------------------------------- */

#define MOST 20 /* of anything in a random dispatch */

/* A dispatch and what it borrows. */
struct random_dispatch {
	struct dispatch d;
	struct addressee to[MOST];
	char addresses[MOST][64];
	struct id references[DISPATCH_REFERENCES];
	struct part parts[MOST];
};

static const char *const texts[] = { "Họp", "a",
	"Về việc phòng, chống lụt bão năm 2026", "tệp đính kèm số 1.pdf",
	"../../x", "\xe6\xbc\xa2\xe5\xad\x97", " " };

static struct bytes
random_text(struct dice *r)
{
	return bytes_str(texts[dice_below(r, COUNT(texts))]);
}

static uint64_t
random_number(struct dice *r)
{
	uint64_t n = (uint64_t)dice_below(r, UINT32_MAX) << 31 |
		     dice_below(r, UINT32_MAX);

	return n >> dice_below(r, 62);
}

static int64_t
random_time(struct dice *r)
{
	return dice_below(r, 4) == 0
		   ? TIME_NEVER
		   : (int64_t)(random_number(r) % (uint64_t)TIME_MAX);
}

static void
random_id(struct dice *r, struct id *id)
{
	size_t i;

	for (i = 0; i < ID_SIZE; i++)
		id->b[i] = (uint8_t)dice_below(r, 256);
}

static void
random_head(struct dice *r, struct dispatch *d)
{
	random_id(r, &d->header.id);
	d->header.origin = station_of(SENDER);
	d->header.incarnation = random_number(r);
	d->header.serial = random_number(r);
	d->header.precedence = (enum precedence)dice_below(r, PRECEDENCES);
	d->header.expires = random_time(r);
	d->originator = address_of(SENDER);
	d->info = (enum precedence)dice_below(r, PRECEDENCES);
	d->due = d->header.precedence == PRECEDENCE_HOA_TOC_HEN_GIO
		     ? (int64_t)(random_number(r) % (uint64_t)TIME_MAX)
		     : TIME_NEVER;
	if (dice_below(r, 3) > 0)
		d->subject = random_text(r);
	d->supersedes_set = dice_below(r, 2) == 1;
	if (d->supersedes_set)
		random_id(r, &d->supersedes);
	d->coding = (enum coding)dice_below(r, CODINGS);
}

static void
random_addressees(struct dice *r, struct random_dispatch *x)
{
	struct dispatch *d = &x->d;
	size_t i;

	d->to = x->to;
	d->to_count = dice_below(r, MOST + 1);
	for (i = 0; i < d->to_count; i++) {
		(void)snprintf(x->addresses[i], sizeof(x->addresses[i]),
		    "antin://x%zu.a-%u.vn/d", i, dice_below(r, 1000));
		x->to[i].address = bytes_str(x->addresses[i]);
		x->to[i].purpose = (enum purpose)dice_below(r, PURPOSES);
	}
	d->list.set = d->to_count == 0;
	if (d->list.set) {
		random_id(r, &d->list.id);
		d->list.version = random_number(r);
		d->list.hash.b[3] = (uint8_t)dice_below(r, 256);
	}
	d->references = x->references;
	d->reference_count =
	    dice_below(r, 2) * dice_below(r, DISPATCH_REFERENCES + 1);
	for (i = 0; i < d->reference_count; i++)
		random_id(r, &x->references[i]);
}

static void
random_part(struct dice *r, struct dispatch *d, struct part *p)
{
	*p = (struct part){ .kind = (enum part_kind)dice_below(r, 2),
		.name = random_text(r),
		.type = bytes_str(dice_below(r, 2) == 0 ? "" : "a/b; c") };
	if (d->part_count > 0 && d->parts[0].kind != PART_SIGNATURE &&
	    dice_below(r, 4) == 0)
		p->kind = PART_SIGNATURE;
	p->attached = p->kind != PART_SIGNATURE && dice_below(r, 2) == 0;
	p->size = dice_below(r, 1000);
	if (!p->attached) {
		d->size += p->size;
		return;
	}
	p->coding = (enum coding)dice_below(r, CODINGS);
	p->coded = random_number(r) >> 1;
	p->stored = pad_size(p->coded);
	p->size = p->coding == CODING_PLAIN ? p->coded : random_number(r);
	p->root.b[7] = (uint8_t)dice_below(r, 256);
}

static void
random_dispatch(struct dice *r, struct random_dispatch *x)
{
	size_t n = dice_below(r, MOST + 1);

	*x = (struct random_dispatch){ 0 };
	random_head(r, &x->d);
	random_addressees(r, x);
	x->d.parts = x->parts;
	for (; x->d.part_count < n; x->d.part_count++)
		random_part(r, &x->d, &x->parts[x->d.part_count]);
}

static bool
same_part(const struct part *a, const struct part *b)
{
	return a->kind == b->kind && bytes_eq(a->name, b->name) &&
	       bytes_eq(a->type, b->type) && a->size == b->size &&
	       a->of == b->of && a->attached == b->attached &&
	       a->coding == b->coding && a->coded == b->coded &&
	       a->stored == b->stored && node_eq(&a->root, &b->root);
}

static bool
same_lists(const struct dispatch *a, const struct dispatch *b)
{
	size_t i;

	for (i = 0; i < a->to_count; i++)
		if (!bytes_eq(a->to[i].address, b->to[i].address) ||
		    a->to[i].purpose != b->to[i].purpose)
			return false;
	for (i = 0; i < a->reference_count; i++)
		if (!id_eq(&a->references[i], &b->references[i]))
			return false;
	for (i = 0; i < a->part_count; i++)
		if (!same_part(&a->parts[i], &b->parts[i]))
			return false;
	return true;
}

static bool
same_dispatch(const struct dispatch *a, const struct dispatch *b)
{
	return id_eq(&a->header.id, &b->header.id) &&
	       bytes_eq(a->header.origin, b->header.origin) &&
	       a->header.incarnation == b->header.incarnation &&
	       a->header.serial == b->header.serial &&
	       a->header.precedence == b->header.precedence &&
	       a->header.expires == b->header.expires &&
	       bytes_eq(a->originator, b->originator) && a->info == b->info &&
	       a->due == b->due && a->list.set == b->list.set &&
	       id_eq(&a->list.id, &b->list.id) &&
	       a->list.version == b->list.version &&
	       node_eq(&a->list.hash, &b->list.hash) &&
	       bytes_eq(a->subject, b->subject) &&
	       a->supersedes_set == b->supersedes_set &&
	       id_eq(&a->supersedes, &b->supersedes) &&
	       a->coding == b->coding && a->size == b->size &&
	       a->to_count == b->to_count &&
	       a->reference_count == b->reference_count &&
	       a->part_count == b->part_count && same_lists(a, b);
}

static void
dispatches_are_read_as_they_were_written(void)
{
	struct random_dispatch *x = alloc(1, sizeof(*x));
	struct dice dice = { 2026 };
	struct dispatch back;
	struct der_wr w = { 0 };
	size_t i, lost = 0;
	struct err e;

	for (i = 0; i < 3000; i++) {
		random_dispatch(&dice, x);
		dispatch_write(&w, &x->d);
		if (dispatch_check(&x->d, &e) != RC_OK ||
		    dispatch_read(&back, buf_bytes(&w.out), &e) != RC_OK) {
			note("%s", e.text);
			lost++;
		} else {
			lost += !same_dispatch(&x->d, &back);
			dispatch_free(&back);
		}
		der_wr_free(&w);
	}
	is(lost, 0,
	    "%zu dispatches made at random are read as they were "
	    "written, in each field",
	    i);
	free(x);
}

/* What is read is written again byte for byte: a statement has one spelling.
 */
static void
statements_have_one_spelling(void)
{
	struct random_dispatch *x = alloc(1, sizeof(*x));
	struct dice dice = { 7 };
	struct dispatch back;
	struct der_wr w = { 0 }, again = { 0 };
	size_t i, bit, read = 0, differ = 0, tried = 0;
	struct err e;

	for (i = 0; i < 12; i++) {
		random_dispatch(&dice, x);
		dispatch_write(&w, &x->d);
		for (bit = 0; bit < w.out.len * 8; bit++, tried++) {
			w.out.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
			if (dispatch_read(&back, buf_bytes(&w.out), &e) ==
			    RC_OK) {
				read++;
				dispatch_write(&again, &back);
				differ += !bytes_eq(
				    buf_bytes(&again.out), buf_bytes(&w.out));
				der_wr_free(&again);
			}
			dispatch_free(&back);
			w.out.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		der_wr_free(&w);
	}
	is(differ, 0,
	    "of %zu statements with a flipped bit %zu are read, and "
	    "each is written as it was read",
	    tried, read);
	free(x);
}

static void
sealing_and_opening(void)
{
	each_suite_writes_to_each();
	slips_of_all_suites_are_in_one_envelope();
	all_slips_open(1, 1);
	all_slips_open(2, 1);
	all_slips_open(610, 37);
	all_slips_open(LIMIT_SLIPS, LIMIT_SLIPS);
	no_slips_or_too_many_are_sealed();
	a_part_of_an_envelope_is_one();
	a_cut_is_of_what_was_mapped();
	only_the_right_reader_opens();
	an_unknown_sender_is_refused();
	a_card_holds_within_its_dates();
}

int
main(void)
{
	memset(letters, 'a', sizeof(letters));
	desks_make();
	sealing_and_opening();
	sizes_are_reckoned();
	signed_sizes_are_classes();
	the_room_for_attachments_is_enough();
	no_cut_envelope_opens();
	no_flipped_bit_opens(SENDER, READER);
	no_flipped_bit_opens(B_SENDER, B_READER);
	no_bit_flipped_inside_opens();
	no_spliced_envelope_opens();
	rules_are_one_for_maker_and_reader();
	a_body_has_its_limit();
	the_largest_content_opens(true);
	the_largest_content_opens(false);
	dispatches_are_read_as_they_were_written();
	statements_have_one_spelling();
	desks_free();
	return done();
}
