/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A peer that breaks each clause of docs/link.md that a peer can break, and
 * beside it one that goes as far as the clause allows.
 *
 * A script is words: frames to be sent, changes of the last frame, and things
 * that happen on the other side.
 *
 *	words of script.h, and
 *	!s !b	it has sent a small item; has begun a large one
 *	!h	it has begun an item with many destinations
 *	!p	it asks whether we are there
 *	!a	it answers all whole items
 *	!o	it says what it has to
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../tests/tap.h"
#include "link/session.h"
#include "script.h"

struct victim {
	struct session *s;
	struct session_conf conf;
	struct link_keep *keep;
	uint32_t whole[64];
	size_t whole_count;
	unsigned calls;
	struct buf out;
	struct script script; /* what the peer sends */
};

/* ---- the side that is attacked ---- */

static void
on_hello(void *ctx, const struct hello *h)
{
	struct victim *v = ctx;
	uint8_t sum[SHA256_SIZE];
	struct err e;

	(void)h;
	v->calls++;
	memset(sum, 9, sizeof(sum));
	session_partial(v->s, sum, 70000);
	if (session_admit(v->s, 0, &e) != RC_OK)
		bug(e.text);
}

static void
on_item(void *ctx, const struct item *item, struct bytes package)
{
	struct victim *v = ctx;

	(void)package;
	v->whole[v->whole_count++ % 64] = item->number;
}

static enum rc
on_begin(void *ctx, const struct item *item, struct err *e)
{
	(void)ctx;
	(void)item;
	(void)e;
	return RC_OK;
}

static void
on_data(void *ctx, uint32_t number, uint64_t at, struct bytes more)
{
	struct victim *v = ctx;

	(void)number;
	(void)at;
	session_taken(v->s, more.len);
}

static void
on_end(void *ctx, uint32_t number)
{
	struct victim *v = ctx;

	v->whole[v->whole_count++ % 64] = number;
}

static void
on_number(void *ctx, uint32_t number)
{
	(void)ctx;
	(void)number;
}

static void
on_acked(void *ctx, uint64_t ref, enum ack outcome, enum refusal why)
{
	(void)ctx;
	(void)ref;
	(void)outcome;
	(void)why;
}

static enum rc
on_read(void *ctx, uint64_t ref, uint64_t at, uint8_t *to, size_t len,
    struct err *e)
{
	(void)ctx;
	(void)ref;
	(void)at;
	(void)e;
	memset(to, 1, len);
	return RC_OK;
}

static void
on_enrol(void *ctx, struct bytes message)
{
	struct victim *v = ctx;

	(void)message;
	v->calls++;
}

static void
on_bye(void *ctx, unsigned reason, struct bytes text)
{
	(void)ctx;
	(void)reason;
	(void)text;
}

static const struct session_owner owner = { .hello = on_hello,
	.item = on_item,
	.begin = on_begin,
	.data = on_data,
	.end = on_end,
	.stop = on_number,
	.acked = on_acked,
	.read = on_read,
	.enrol = on_enrol,
	.bye = on_bye };

static void
victim_sends(struct victim *v, size_t total, size_t dests)
{
	struct buf package = { 0 };
	struct item item = { .envelope = (uint32_t)(dests * 1000),
		.total = total,
		.dest_count = dests };
	struct link_dest d[60] = { 0 };
	char names[60][24];
	size_t i;

	for (i = 0; i < dests; i++) {
		(void)snprintf(
		    names[i], sizeof(names[i]), "antin://vn/d%zu", i);
		d[i].address = bytes_str(names[i]);
	}
	item.dests = d;
	if (total <= SESSION_SMALL)
		(void)buf_grow(&package, total);
	sha256(item.sum, buf_bytes(&package));
	session_send(v->s, 1, &item, buf_bytes(&package));
	buf_free(&package);
}

static void
victim_does(struct victim *v, char what)
{
	struct err e;
	int64_t next;
	size_t i;

	if (what == 's')
		victim_sends(v, 1000, 1);
	if (what == 'b')
		victim_sends(v, 500000, 1);
	if (what == 'h')
		victim_sends(v, 500000, 60);
	if (what == 'p' && session_tick(v->s, 1500, &next, &e) != RC_OK)
		bug(e.text);
	for (i = 0; what == 'a' && i < v->whole_count; i++)
		session_ack(v->s, v->whole[i], ACK_STORED, REFUSAL_NONE);
	if (what == 'a') {
		v->whole_count = 0;
		session_taken(v->s, 0);
	}
	session_output(v->s, &v->out, what == 'b' || what == 'h' ? 1 : 5000);
}

/* ---- the peer ---- */

static enum rc
send_script(struct victim *v, size_t piece, struct err *e)
{
	struct bytes rest = buf_bytes(&v->script.bytes);
	size_t n;
	enum rc rc = RC_OK;

	while (rc == RC_OK && rest.len > 0) {
		n = rest.len < piece ? rest.len : piece;
		rc = session_input(v->s, bytes_of(rest.p, n), 0, e);
		rest = bytes_of(rest.p + n, rest.len - n);
	}
	v->script.bytes.len = 0;
	return rc;
}

static void
victim_new(struct victim *v, bool dialled, bool enrol)
{
	*v = (struct victim){ .keep = keep_new(),
		.script = { .statement = bytes_str("statement") },
		.conf = { .dialled = dialled,
		    .enrol = enrol,
		    .frame = 256,
		    .total_max = 1u << 30,
		    .idle_ms = 1000,
		    .dead_ms = 3000 } };
	v->s = session_new(&v->conf, &owner, v, v->keep, 0);
	session_hello(v->s,
	    &(struct hello){
		.window = 20000, .items = 12, .statement = bytes_str("ours") });
}

static void
victim_free(struct victim *v)
{
	session_free(v->s);
	keep_free(v->keep);
	buf_free(&v->out);
	buf_free(&v->script.bytes);
}

/* The script, in pieces of so many bytes. */
static enum rc
play(struct victim *v, const char *script, size_t piece, struct err *e)
{
	char copy[600], *word, *rest;
	enum rc rc = RC_OK;

	*e = (struct err){ 0 };
	if (strlen(script) >= sizeof(copy))
		bug(script);
	memcpy(copy, script, strlen(script) + 1);
	for (word = strtok_r(copy, " ", &rest); word != NULL && rc == RC_OK;
	     word = strtok_r(NULL, " ", &rest)) {
		if (word[0] == '!') {
			rc = send_script(v, piece, e);
			if (rc == RC_OK)
				victim_does(v, word[1]);
		} else {
			script_word(&v->script, word);
		}
	}
	return rc == RC_OK ? send_script(v, piece, e) : rc;
}

/* A clause, what it allows, and what breaks it. */
static const struct {
	const char *clause, *may, *broken;
} rows[] = {
#include "session_rows.h"
};

/* BYE, of what it says at the end, and nothing behind it. */
static bool
says_why(struct victim *v, const char *clause)
{
	struct bytes text = { 0 };
	uint8_t reason = 0, type = 0;
	size_t len = 0;
	char want[40];
	struct err e;

	v->out.len = 0;
	session_output(v->s, &v->out, 100000);
	if (v->out.len < FRAME_HEAD)
		return false;
	frame_head(v->out.p, &type, &len);
	(void)snprintf(want, sizeof(want), "docs/link.md %s", clause);
	return type == FRAME_BYE && v->out.len == FRAME_HEAD + len &&
	       bye_read(&reason, &text, bytes_of(v->out.p + FRAME_HEAD, len),
		   &e) == RC_OK &&
	       ((reason == BYE_PROTOCOL && bytes_is(text, want)) ||
		   (reason == BYE_VERSION && text.len == 0)) &&
	       session_over(v->s) && !session_wants_output(v->s) &&
	       !session_wants_input(v->s);
}

static void
row(size_t i)
{
	static const size_t pieces[] = { SESSION_READ, 1, 3, 61 };
	size_t k, went_well = 0, refused = 0, cited = 0, said = 0;
	bool enrols = strncmp(rows[i].clause, "12", 2) == 0;
	struct victim v;
	struct err e;
	char want[40];

	(void)snprintf(want, sizeof(want), "docs/link.md %s:", rows[i].clause);
	for (k = 0; k < 4; k++) {
		victim_new(&v, false, enrols);
		if (play(&v, rows[i].may, pieces[k], &e) == RC_OK &&
		    !session_over(v.s))
			went_well++;
		else
			note("may: %s", e.text);
		victim_free(&v);

		victim_new(&v, false, enrols);
		refused +=
		    play(&v, rows[i].broken, pieces[k], &e) == RC_INVALID;
		cited += strncmp(e.text, want, strlen(want)) == 0;
		said += says_why(&v, rows[i].clause);
		if (k == 0)
			note("%s", e.text);
		victim_free(&v);
	}
	is(went_well, 4, "%s allows %s", rows[i].clause, rows[i].may);
	ok(refused == 4 && cited == 4 && said == 4,
	    "%s ends, and is named in BYE: %s", rows[i].clause, rows[i].broken);
}

int
main(void)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		row(i);
	return done();
}
