/* SPDX-License-Identifier: EUPL-1.2 */
#include "journal/note.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base64.h"
#include "core/time.h"
#include "core/utf8.h"
#include "crypto/suite.h"

#define PREFIX "antin/" /* of an origin; the log's id follows */
#define JOURNAL "/journal"
#define WITNESS "/witness"
#define NAME_TEXT (sizeof(PREFIX JOURNAL) + ID_TEXT) /* with its NUL */
#define DASH "\xe2\x80\x94 " /* U+2014 and a space begin a signature's line */
#define KEY_ID 4

/* Whose lines there are: the end of their names, and what they sign under. */
static const struct role {
	const char *end, *context;
} roles_of[] = {
	[NOTE_AUTHORITY] = { "", "antin checkpoint" },
	[NOTE_STATION] = { JOURNAL, "antin journal" },
	[NOTE_TOOL] = { JOURNAL, "" },
	[NOTE_WITNESS] = { WITNESS, "antin witness" },
};

static void
name_write(char out[static NAME_TEXT], const struct id *who, const char *end)
{
	char id[ID_TEXT];

	id_write(id, who);
	(void)snprintf(out, NAME_TEXT, PREFIX "%s%s", id, end);
}

static void
text_write(struct buf *out, const struct checkpoint *c)
{
	char origin[NAME_TEXT], at[TIME_TEXT], line[NAME_TEXT + 32];

	*out = (struct buf){ 0 };
	name_write(origin, &c->log, c->journal ? JOURNAL : "");
	(void)snprintf(
	    line, sizeof(line), "%s\n%" PRIu64 "\n", origin, c->size);
	buf_add(out, bytes_str(line));
	base64_write(out, bytes_of(c->root.b, sizeof(c->root.b)));
	time_write(at, c->at);
	(void)snprintf(line, sizeof(line), "\ntime %s\n", at);
	buf_add(out, bytes_str(line));
	if (!c->journal)
		return;
	(void)snprintf(
	    line, sizeof(line), "incarnation %" PRIu64 "\n", c->incarnation);
	buf_add(out, bytes_str(line));
}

/* c2sp.org/signed-note.  Of a type without an assigned byte: 0xff, and a name
 * of the type for which nobody else has a use. */
static void
key_id(uint8_t out[static KEY_ID], const char *name, const struct sig_alg *alg,
    struct bytes pub)
{
	const bool composite = suite_sig_is_composite(alg);
	const struct bytes parts[] = { bytes_str(name),
		bytes_str(composite ? "\n\xff"
				      "antin composite\n"
				    : "\n\x01"),
		composite ? oid(alg->oid) : (struct bytes){ 0 }, pub };
	uint8_t hash[SHA256_SIZE];

	sha256_parts(hash, parts, sizeof(parts) / sizeof(parts[0]));
	memcpy(out, hash, KEY_ID);
}

/* The keys of a role are of its kind. */
static bool
is_for(const struct sig_alg *alg, enum note_role role)
{
	return role == NOTE_TOOL ? alg->oid == OID_ED25519
				 : suite_sig_is_composite(alg);
}

void
note_begin(struct buf *out, const struct checkpoint *c)
{
	text_write(out, c);
	buf_u8(out, '\n');
}

void
note_line(struct buf *out, struct bytes text, enum note_role role,
    const struct id *who, const struct sig_key *key)
{
	uint8_t signature[KEY_ID + SIG_MAX];
	char name[NAME_TEXT];
	size_t len;

	if (!is_for(sig_key_alg(key), role))
		bug("note: a key that is not of this role");
	name_write(name, who, roles_of[role].end);
	key_id(signature, name, sig_key_alg(key), sig_key_pub(key));
	len = KEY_ID + sig_sign(key, bytes_str(roles_of[role].context), text,
			   signature + KEY_ID);
	buf_add(out, bytes_str(DASH));
	buf_add(out, bytes_str(name));
	buf_u8(out, ' ');
	base64_write(out, bytes_of(signature, len));
	buf_u8(out, '\n');
}

void
note_sign(
    struct buf *out, const struct checkpoint *c, const struct sig_key *key)
{
	struct buf text;

	if (c->journal)
		bug("note: a journal's is not signed as a directory's");
	text_write(&text, c);
	note_begin(out, c);
	note_line(out, buf_bytes(&text), NOTE_AUTHORITY, &c->log, key);
	buf_free(&text);
}

void
note_vkey(struct buf *out, const struct id *who, struct bytes pub)
{
	const struct sig_alg *alg = sig_by_name("Ed25519");
	char name[NAME_TEXT], hex[2 * KEY_ID + 1];
	uint8_t id[KEY_ID];
	struct buf key = { 0 };

	name_write(name, who, roles_of[NOTE_TOOL].end);
	key_id(id, name, alg, pub);
	hex_write(hex, bytes_of(id, KEY_ID));
	buf_u8(&key, 1); /* Ed25519 */
	buf_add(&key, pub);
	buf_add(out, bytes_str(name));
	buf_u8(out, '+');
	buf_add(out, bytes_str(hex));
	buf_u8(out, '+');
	base64_write(out, buf_bytes(&key));
	buf_free(&key);
}

/* ---- reading ------------------------------------------------------------ */

/* The next line, without its LF, which must be there. */
static bool
next_line(struct bytes *in, struct bytes *line)
{
	const uint8_t *end = in->len == 0 ? NULL : memchr(in->p, '\n', in->len);

	if (end == NULL)
		return false;
	*line = bytes_of(in->p, (size_t)(end - in->p));
	*in = bytes_of(end + 1, in->len - line->len - 1);
	return true;
}

/* Step over what the line begins with. */
static bool
after(struct bytes *line, const char *prefix)
{
	struct rd r = rd_init(*line);

	if (!bytes_is(rd_bytes(&r, strlen(prefix)), prefix))
		return false;
	*line = r.in;
	return true;
}

/* Digits; what overflows comes out as another number. */
static bool
number(uint64_t *out, struct bytes in)
{
	size_t i;

	*out = 0;
	for (i = 0; i < in.len; i++) {
		if (in.p[i] < '0' || in.p[i] > '9')
			return false;
		*out = *out * 10 + (uint64_t)(in.p[i] - '0');
	}
	return true;
}

/* What an origin's name ends in, taken off it. */
static bool
before(struct bytes *name, const char *end)
{
	const size_t len = strlen(end);

	if (name->len < len || memcmp(name->p + name->len - len, end, len) != 0)
		return false;
	name->len -= len;
	return true;
}

/* The four lines, or five.  Each is read as it may come; that this is the one
 * spelling of what it says is seen by writing it again. */
static bool
text_read(struct checkpoint *c, struct bytes *rest)
{
	struct bytes in = *rest, origin, size, root, at, life;
	struct buf hash = { 0 }, again = { 0 };
	bool good;

	if (!next_line(rest, &origin) || !next_line(rest, &size) ||
	    !next_line(rest, &root) || !next_line(rest, &at) ||
	    (c->journal && !next_line(rest, &life)))
		return false;
	good = after(&origin, PREFIX) &&
	       (!c->journal || before(&origin, JOURNAL)) &&
	       id_parse(&c->log, origin) && number(&c->size, size) &&
	       base64_parse(&hash, root) && hash.len == sizeof(c->root.b) &&
	       after(&at, "time ") && time_parse(&c->at, at) &&
	       (!c->journal || (after(&life, "incarnation ") &&
				   number(&c->incarnation, life)));
	if (good) {
		memcpy(c->root.b, hash.p, sizeof(c->root.b));
		text_write(&again, c);
		good = bytes_eq(
		    buf_bytes(&again), bytes_of(in.p, in.len - rest->len));
	}
	buf_free(&hash);
	buf_free(&again);
	return good;
}

/* c2sp.org/signed-note: UTF-8, not empty, without control characters, Unicode
 * spaces and "+". */
static bool
is_name(struct bytes name)
{
	static const char *const spaces[] = { "\xc2\x85", "\xc2\xa0",
		"\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81", "\xe2\x80\x82",
		"\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86",
		"\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a",
		"\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f",
		"\xe3\x80\x80" };
	size_t i;

	if (name.len == 0 || !utf8_valid(name))
		return false;
	for (i = 0; i < name.len; i++)
		if (name.p[i] <= ' ' || name.p[i] == '+')
			return false;
	for (i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++)
		if (memmem(name.p, name.len, spaces[i], strlen(spaces[i])) !=
		    NULL)
			return false;
	return true;
}

/* One line of a signature: whose it is, and its key id and bytes.  The caller
 * frees *signature, whatever came out. */
static bool
signature_read(struct bytes *name, struct buf *signature, struct bytes line)
{
	const uint8_t *space;

	*signature = (struct buf){ 0 };
	if (!after(&line, DASH) || line.len == 0 ||
	    (space = memchr(line.p, ' ', line.len)) == NULL)
		return false;
	*name = bytes_of(line.p, (size_t)(space - line.p));
	line = bytes_of(space + 1, line.len - name->len - 1);
	return is_name(*name) && base64_parse(signature, line) &&
	       signature->len > KEY_ID;
}

static enum rc
signatures_read(struct bytes in, struct err *e)
{
	struct bytes name, line;
	struct buf signature;
	unsigned lines;
	bool good;

	for (lines = 0; next_line(&in, &line); lines++) {
		if (lines == NOTE_SIGNATURES)
			return fail(e, RC_LIMIT,
			    "a note of more than %u signatures",
			    NOTE_SIGNATURES);
		good = signature_read(&name, &signature, line);
		buf_free(&signature);
		if (!good)
			return fail(e, RC_INVALID,
			    "c2sp.org/signed-note: line %u of the signatures "
			    "is malformed",
			    lines + 1);
	}
	if (lines == 0 || in.len > 0)
		return fail(e, RC_INVALID,
		    "c2sp.org/signed-note: lines of signatures are wanted at "
		    "the end");
	return RC_OK;
}

static enum rc
note_of(struct note *out, struct bytes in, bool journal, struct err *e)
{
	struct note n = { .checkpoint = { .journal = journal } };
	struct bytes rest = in, empty;
	enum rc rc;

	*out = (struct note){ 0 };
	if (in.len > NOTE_MAX)
		return fail(e, RC_LIMIT, "a note of %zu bytes, at most %u",
		    in.len, NOTE_MAX);
	if (!text_read(&n.checkpoint, &rest))
		return journal ? fail(e, RC_INVALID,
				     "docs/journal.md 5.1: the five lines of a "
				     "journal's checkpoint are wanted")
			       : fail(e, RC_INVALID,
				     "c2sp.org/tlog-checkpoint: the four lines "
				     "of a checkpoint are wanted");
	n.text = bytes_of(in.p, in.len - rest.len);
	if (!next_line(&rest, &empty) || empty.len > 0)
		return fail(e, RC_INVALID,
		    "c2sp.org/signed-note: an empty line is wanted after the "
		    "text");
	n.signatures = rest;
	if ((rc = signatures_read(rest, e)) != RC_OK)
		return rc;
	*out = n;
	return RC_OK;
}

enum rc
note_read(struct note *out, struct bytes in, struct err *e)
{
	return note_of(out, in, false, e);
}

enum rc
note_read_journal(struct note *out, struct bytes in, struct err *e)
{
	return note_of(out, in, true, e);
}

bool
note_has(const struct note *n, enum note_role role, const struct id *who,
    const struct sig_pub *pub)
{
	const struct sig_alg *alg = sig_pub_alg(pub);
	const struct bytes context = bytes_str(roles_of[role].context);
	struct bytes rest = n->signatures, line, name;
	bool theirs = false, holds = false;
	char wanted[NAME_TEXT];
	struct buf signature;
	uint8_t id[KEY_ID];

	if (!is_for(alg, role))
		return false;
	name_write(wanted, who, roles_of[role].end);
	key_id(id, wanted, alg, sig_pub_bytes(pub));
	while (!theirs && next_line(&rest, &line)) {
		theirs = signature_read(&name, &signature, line) &&
			 bytes_is(name, wanted) &&
			 memcmp(signature.p, id, KEY_ID) == 0;
		holds = theirs && sig_verify(pub, context, n->text,
				      bytes_of(signature.p + KEY_ID,
					  signature.len - KEY_ID));
		buf_free(&signature);
	}
	return holds;
}

bool
note_claims(const struct note *n, enum note_role role)
{
	struct bytes rest = n->signatures, line, name;
	struct buf signature;
	bool there = false;
	struct id id;

	while (!there && next_line(&rest, &line)) {
		there = signature_read(&name, &signature, line) &&
			after(&name, PREFIX) &&
			before(&name, roles_of[role].end) &&
			id_parse(&id, name);
		buf_free(&signature);
	}
	return there;
}

bool
note_verify(const struct note *n, const struct sig_pub *pub)
{
	return !n->checkpoint.journal &&
	       note_has(n, NOTE_AUTHORITY, &n->checkpoint.log, pub);
}
