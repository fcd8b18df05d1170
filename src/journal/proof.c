/* SPDX-License-Identifier: EUPL-1.2 */
#include "journal/proof.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base64.h"

#define FIRST "c2sp.org/tlog-proof@v1"
#define EXTRA "extra "
#define INDEX "index "

void
proof_write(struct buf *out, const uint8_t entry[static ENTRY_SIZE],
    struct bytes opening, uint64_t number, const struct node *nodes,
    unsigned len, struct bytes note)
{
	struct buf extra = { 0 };
	char line[64];
	unsigned i;

	*out = (struct buf){ 0 };
	buf_add(&extra, bytes_of(entry, ENTRY_SIZE));
	buf_add(&extra, opening);
	buf_add(out, bytes_str(FIRST "\n" EXTRA));
	base64_write(out, buf_bytes(&extra));
	(void)snprintf(line, sizeof(line), "\n" INDEX "%" PRIu64 "\n", number);
	buf_add(out, bytes_str(line));
	for (i = 0; i < len; i++) {
		base64_write(out, bytes_of(nodes[i].b, SHA256_SIZE));
		buf_u8(out, '\n');
	}
	buf_u8(out, '\n');
	buf_add(out, note);
	buf_free(&extra);
}

void
proof_free(struct proof_file *p)
{
	buf_free(&p->opening);
	*p = (struct proof_file){ 0 };
}

/* ---- reading --------------------------------------------------------------
 */

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

static bool
after(struct bytes *line, const char *prefix)
{
	struct rd r = rd_init(*line);

	if (!bytes_is(rd_bytes(&r, strlen(prefix)), prefix))
		return false;
	*line = r.in;
	return true;
}

/* One spelling: what it says, written again, is what was read. */
static bool
number(uint64_t *out, struct bytes in)
{
	char again[24];
	size_t i;

	*out = 0;
	for (i = 0; i < in.len && i < sizeof(again); i++) {
		if (in.p[i] < '0' || in.p[i] > '9')
			return false;
		*out = *out * 10 + (uint64_t)(in.p[i] - '0');
	}
	(void)snprintf(again, sizeof(again), "%" PRIu64, *out);
	return bytes_is(in, again);
}

static bool
extra_read(struct proof_file *p, struct bytes line)
{
	struct buf extra = { 0 };
	struct bytes entry, opening;
	struct rd r;
	struct err e;
	bool good;

	if (!after(&line, EXTRA) || !base64_parse(&extra, line)) {
		buf_free(&extra);
		return false;
	}
	r = rd_init(buf_bytes(&extra));
	entry = rd_bytes(&r, ENTRY_SIZE);
	opening = rd_rest(&r);
	good = !r.bad && opening.len <= ENTRY_OPENING &&
	       entry_read(&p->entry, entry, &e) == RC_OK;
	if (good) {
		memcpy(p->bytes, entry.p, ENTRY_SIZE);
		buf_add(&p->opening, opening);
	}
	buf_free(&extra);
	return good;
}

static bool
nodes_read(struct proof_file *p, struct bytes *in)
{
	struct buf hash = { 0 };
	struct bytes line;
	bool good = true;

	for (p->len = 0; good; p->len++) {
		if (!next_line(in, &line))
			return false;
		if (line.len == 0)
			return true;
		good = p->len < MERKLE_PROOF && base64_parse(&hash, line) &&
		       hash.len == SHA256_SIZE;
		if (good)
			memcpy(p->nodes[p->len].b, hash.p, SHA256_SIZE);
		buf_free(&hash);
	}
	return false;
}

enum rc
proof_read(struct proof_file *out, struct bytes in, struct err *e)
{
	struct proof_file p = { 0 };
	struct bytes rest = in, line;
	enum rc rc;

	*out = (struct proof_file){ 0 };
	if (in.len > PROOF_MAX)
		return fail(e, RC_LIMIT, "a proof of %zu bytes, at most %u",
		    in.len, PROOF_MAX);
	if (!next_line(&rest, &line) || !bytes_is(line, FIRST) ||
	    !next_line(&rest, &line) || !extra_read(&p, line) ||
	    !next_line(&rest, &line) || !after(&line, INDEX) ||
	    !number(&p.number, line) || !nodes_read(&p, &rest)) {
		rc = fail(e, RC_INVALID,
		    "docs/journal.md 6.1: this is no proof of an entry");
		goto out;
	}
	if ((rc = note_read_journal(&p.note, rest, e)) != RC_OK)
		goto out;
	*out = p;
	p = (struct proof_file){ 0 };
out:
	proof_free(&p);
	return rc;
}

enum rc
proof_check(const struct proof_file *p, struct err *e)
{
	const struct checkpoint *c = &p->note.checkpoint;
	struct node leaf;

	merkle_leaf(&leaf, bytes_of(p->bytes, ENTRY_SIZE));
	if (!merkle_check(
		&leaf, p->number, c->size, p->nodes, p->len, &c->root))
		return fail(e, RC_DENIED,
		    "docs/journal.md 6.2: the entry is not in the journal of "
		    "this checkpoint");
	if (p->opening.len > 0 &&
	    !entry_holds(&p->entry, buf_bytes(&p->opening)))
		return fail(e, RC_DENIED,
		    "docs/journal.md 6.2: what the entry is said to say, it "
		    "does not");
	return RC_OK;
}
