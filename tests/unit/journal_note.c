/* SPDX-License-Identifier: EUPL-1.2 */
/* Checkpoints of a station's journal: each line by itself (docs/journal.md 5).
 */
#include <string.h>

#include "../tests/tap.h"
#include "core/base64.h"
#include "crypto/suite.h"
#include "journal/note.h"

#define NAME "antin/00010203-04050607-08090a0b-0c0d0e0f/journal"
#define TEXT                                                                   \
	NAME "\n5\noKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9vr8=\n"             \
	     "time 2026-11-22T03:45:00Z\nincarnation 2\n"

static struct checkpoint checkpoint = {
	.size = 5, .at = 1795319100, .journal = true, .incarnation = 2
};
static struct id parent, *own = &checkpoint.log;

struct pair {
	struct sig_key *key;
	struct sig_pub *pub;
};

static struct pair
pair_of(const char *name)
{
	struct pair p = { sig_generate(sig_by_name(name)), NULL };

	p.pub = sig_pub_of(sig_key_alg(p.key), sig_key_pub(p.key));
	return p;
}

static void
pair_free(struct pair *p)
{
	sig_key_free(p->key);
	sig_pub_free(p->pub);
}

static struct pair station, tool, witness, stranger;

static struct buf
made(void)
{
	struct buf out;

	note_begin(&out, &checkpoint);
	note_line(&out, bytes_str(TEXT), NOTE_STATION, own, station.key);
	note_line(&out, bytes_str(TEXT), NOTE_TOOL, own, tool.key);
	note_line(&out, bytes_str(TEXT), NOTE_WITNESS, &parent, witness.key);
	return out;
}

/* A bit for each line that holds. */
static unsigned
holds(struct bytes in)
{
	struct note n;
	struct err e;

	if (note_read_journal(&n, in, &e) != RC_OK)
		return 99;
	return (note_has(&n, NOTE_STATION, own, station.pub) ? 1u : 0u) |
	       (note_has(&n, NOTE_TOOL, own, tool.pub) ? 2u : 0u) |
	       (note_has(&n, NOTE_WITNESS, &parent, witness.pub) ? 4u : 0u);
}

static void
each_line_holds_by_itself(void)
{
	struct buf in = made(), part = { 0 };
	struct bytes line[3], rest;
	struct note n;
	struct err e;
	unsigned set, i, good = 0;
	const uint8_t *end;

	ok(note_read_journal(&n, buf_bytes(&in), &e) == RC_OK, "it is read");
	same(n.text, bytes_str(TEXT), "its text is that of 5.1");
	ok(n.checkpoint.size == 5 && n.checkpoint.incarnation == 2 &&
		n.checkpoint.at == checkpoint.at &&
		id_eq(&n.checkpoint.log, own) &&
		node_eq(&n.checkpoint.root, &checkpoint.root),
	    "and says what was written");
	is(holds(buf_bytes(&in)), 7, "all three hold");
	for (i = 0, rest = n.signatures; i < 3; i++) {
		end = memchr(rest.p, '\n', rest.len);
		line[i] = bytes_of(rest.p, (size_t)(end - rest.p) + 1);
		rest = bytes_of(end + 1, rest.len - line[i].len);
	}
	for (set = 1; set < 8; set++) {
		note_begin(&part, &checkpoint);
		for (i = 0; i < 3; i++)
			if ((set >> i & 1) != 0)
				buf_add(&part, line[i]);
		good += holds(buf_bytes(&part)) == set;
		buf_free(&part);
	}
	is(good, 7, "whichever are there hold without the others");
	buf_free(&in);
}

static void
nobody_else_has_signed(void)
{
	struct buf in = made(), other;
	struct note n;
	struct err e;
	size_t i, bad = 0, whole = 0, text = sizeof(TEXT) - 1;

	ok(note_read_journal(&n, buf_bytes(&in), &e) == RC_OK, "it is read");
	ok(!note_has(&n, NOTE_STATION, own, stranger.pub) &&
		!note_has(&n, NOTE_WITNESS, &parent, stranger.pub),
	    "not a stranger");
	ok(!note_has(&n, NOTE_WITNESS, own, station.pub) &&
		!note_has(&n, NOTE_STATION, &parent, witness.pub) &&
		!note_has(&n, NOTE_AUTHORITY, own, station.pub),
	    "and nobody in another role");
	ok(!note_has(&n, NOTE_STATION, own, tool.pub) &&
		!note_has(&n, NOTE_TOOL, own, station.pub),
	    "nor with a key of another kind");
	ok(!note_verify(&n, station.pub), "it is no directory's checkpoint");
	ok(note_claims(&n, NOTE_WITNESS), "somebody says he has seen it");
	is(note_read(&n, buf_bytes(&in), &e), RC_INVALID,
	    "a directory does not take it");
	for (i = 0; i < in.len; i++) {
		in.p[i] ^= 1;
		whole += holds(buf_bytes(&in)) == 7;
		if (i < text && holds(buf_bytes(&in)) != 99)
			bad += holds(buf_bytes(&in)) != 0;
		in.p[i] ^= 1;
	}
	is(whole, 0, "with another byte not all lines hold");
	is(bad, 0, "with another byte in the text none does");
	buf_free(&in);

	/* the countersignature of another checkpoint */
	note_begin(&in, &checkpoint);
	checkpoint.size = 6;
	note_begin(&other, &checkpoint);
	checkpoint.size = 5;
	note_line(&in, bytes_of(other.p, other.len - 1), NOTE_WITNESS, &parent,
	    witness.key);
	is(holds(buf_bytes(&in)), 0, "a forged countersignature does not hold");
	buf_free(&in);
	buf_free(&other);
}

static void
one_spelling_only(void)
{
	static const char *const bad[] = {
		NAME "\n5\noKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9vr8=\n"
		     "time 2026-11-22T03:45:00Z\n",
		NAME "\n5\noKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9vr8=\n"
		     "time 2026-11-22T03:45:00Z\nincarnation 02\n",
		NAME "\n5\noKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9vr8=\n"
		     "time 2026-11-22T03:45:00Z\nincarnation -2\n",
		NAME "\n5\noKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9vr8=\n"
		     "time 2026-11-22T03:45:00Z\nincarnation "
		     "18446744073709551616\n",
		NAME "s\n5\noKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9vr8=\n"
		     "time 2026-11-22T03:45:00Z\nincarnation 2\n",
		"antin/00010203-04050607-08090a0b-0c0d0e0f\n5\n"
		"oKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9vr8=\n"
		"time 2026-11-22T03:45:00Z\nincarnation 2\n",
		NAME "\n5\noKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9vr8=\n"
		     "incarnation 2\ntime 2026-11-22T03:45:00Z\n",
		TEXT "more\n",
	};
	struct buf in = { 0 };
	struct note n;
	struct err e;
	size_t i, refused = 0;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		buf_add(&in, bytes_str(bad[i]));
		buf_u8(&in, '\n');
		note_line(
		    &in, bytes_str(bad[i]), NOTE_STATION, own, station.key);
		refused +=
		    note_read_journal(&n, buf_bytes(&in), &e) == RC_INVALID;
		buf_free(&in);
	}
	is(refused, i, "what is spelled otherwise is refused, though signed");
}

/* A key id by the words of c2sp.org/signed-note; the example is that of Go's
 * golang.org/x/mod/sumdb/note. */
static void
id_of(char out[static 9], const char *name, struct bytes pub)
{
	struct buf all = { 0 };
	uint8_t hash[SHA256_SIZE];

	buf_add(&all, bytes_str(name));
	buf_add(&all, bytes_str("\n\x01"));
	buf_add(&all, pub);
	sha256(hash, buf_bytes(&all));
	hex_write(out, bytes_of(hash, 4));
	buf_free(&all);
}

static void
existing_tools_take_the_key(void)
{
	struct buf key = { 0 }, vkey = { 0 }, want = { 0 };
	char id[9];

	ok(base64_parse(
	       &key, bytes_str("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")),
	    "a key that others published");
	id_of(id, "PeterNeumann", bytes_of(key.p + 1, 32));
	ok(strcmp(id, "c74f20a3") == 0, "has the id that they say it has");
	id_of(id, NAME, sig_key_pub(tool.key));
	note_vkey(&vkey, own, sig_key_pub(tool.key));
	buf_add(&want, bytes_str(NAME "+"));
	buf_add(&want, bytes_str(id));
	buf_add(&want, bytes_str("+"));
	buf_free(&key);
	buf_u8(&key, 1);
	buf_add(&key, sig_key_pub(tool.key));
	base64_write(&want, buf_bytes(&key));
	same(buf_bytes(&vkey), buf_bytes(&want), "ours is written like theirs");
	buf_free(&key);
	buf_free(&vkey);
	buf_free(&want);
}

int
main(void)
{
	int i;

	for (i = 0; i < 16; i++) {
		own->b[i] = (uint8_t)i;
		parent.b[i] = (uint8_t)(200 + i);
	}
	for (i = 0; i < 32; i++)
		checkpoint.root.b[i] = (uint8_t)(0xa0 + i);
	station = pair_of(suite_table[0].sig);
	witness = pair_of(suite_table[1].sig);
	stranger = pair_of(suite_table[0].sig);
	tool = pair_of("Ed25519");
	each_line_holds_by_itself();
	nobody_else_has_signed();
	one_spelling_only();
	existing_tools_take_the_key();
	pair_free(&station);
	pair_free(&witness);
	pair_free(&stranger);
	pair_free(&tool);
	return done();
}
