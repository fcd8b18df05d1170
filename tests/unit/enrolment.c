/* SPDX-License-Identifier: EUPL-1.2 */
/* Messages of enrolment by line: docs/link.md 12. */
#include <string.h>

#include "../tap.h"
#include "link/enrolment.h"
#include "link/session.h"
#include "pki/enrol.h"

static enum rc
read_one(struct enrolment *out, const struct buf *m, bool back, struct err *e)
{
	return enrolment_read(out,
	    bytes_of(m->p + ENROLMENT_HEAD, m->len - ENROLMENT_HEAD), back, e);
}

/* What is written is read as it was, on its own way and on no other. */
static void
messages_are_read_as_they_were(void)
{
	const struct enrolment rows[] = {
		{ .kind = ENROLMENT_REQUEST, .request = bytes_str("request") },
		{ .kind = ENROLMENT_ASK, .hash = { 1 }, .from = 77 },
		{ .kind = ENROLMENT_WAITS, .hash = { 2 } },
		{ .kind = ENROLMENT_REFUSED, .hash = { 3 }, .why = 250 },
		{ .kind = ENROLMENT_ANSWERED,
		    .hash = { 4 },
		    .total = 9,
		    .from = 4,
		    .bytes = bytes_str("bytes") },
		{ .kind = ENROLMENT_ANSWERED,
		    .hash = { 5 },
		    .total = 9,
		    .from = 9 },
	};
	size_t i, cut, wrong = 0, astray = 0, short_ones = 0;
	struct enrolment got;
	struct buf m, all;
	struct err e;
	bool back, whole;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		back = rows[i].kind >= ENROLMENT_WAITS;
		enrolment_write(&m, &rows[i]);
		wrong += read_one(&got, &m, back, &e) != RC_OK ||
			 got.kind != rows[i].kind ||
			 memcmp(got.hash, rows[i].hash, SHA256_SIZE) != 0 ||
			 got.from != rows[i].from ||
			 got.total != rows[i].total || got.why != rows[i].why ||
			 !bytes_eq(got.bytes, rows[i].bytes) ||
			 !bytes_eq(got.request, rows[i].request);
		astray += read_one(&got, &m, !back, &e) != RC_INVALID;
		for (cut = 0; cut < m.len; cut++) {
			all = (struct buf){ 0 };
			short_ones += enrolment_more(&all, bytes_of(m.p, cut),
					  back, &whole, &e) != RC_OK ||
				      whole;
			short_ones += enrolment_more(&all,
					  bytes_of(m.p + cut, m.len - cut),
					  back, &whole, &e) != RC_OK ||
				      !whole;
			short_ones += enrolment_more(&all, bytes_str("x"), back,
					  &whole, &e) != RC_INVALID;
			buf_free(&all);
		}
		buf_free(&m);
	}
	is(wrong, 0, "what is written is read as it was");
	is(astray, 0, "and not in the other's mouth");
	is(short_ones, 0, "in whatever pieces it comes, and no byte more");
}

static void
nothing_is_too_large(void)
{
	struct buf all = { 0 }, large = { 0 };
	struct enrolment m = { .kind = ENROLMENT_ANSWERED }, got;
	uint8_t head[ENROLMENT_HEAD] = { 0xff, 0xff, 0xff, 0xff };
	struct buf out;
	struct err e;
	bool whole;

	is(enrolment_more(&all, bytes_of(head, sizeof(head)), true, &whole, &e),
	    RC_LIMIT, "a length beyond all measure is refused at once");
	buf_free(&all);
	(void)buf_grow(&large, ENROLMENT_IN + 1);
	is(enrolment_more(&all, buf_bytes(&large), false, &whole, &e), RC_LIMIT,
	    "as is more than a message may have");
	buf_free(&all);
	buf_free(&large);

	(void)buf_grow(&large, ENROLMENT_ANSWER + 1);
	m.total = ENROLMENT_ANSWER;
	m.bytes = bytes_of(large.p, ENROLMENT_ANSWER);
	enrolment_write(&out, &m);
	ok(out.len <= (size_t)SESSION_ENROLS_BACK * FRAME_MAX &&
		read_one(&got, &out, true, &e) == RC_OK,
	    "the largest answer fits its frames");
	buf_free(&out);
	m.total++;
	m.bytes.len++;
	enrolment_write(&out, &m);
	is(read_one(&got, &out, true, &e), RC_LIMIT, "one byte more does not");
	buf_free(&out);
	m.from = 5;
	m.total = 3;
	m.bytes = bytes_of(large.p, 0);
	enrolment_write(&out, &m);
	is(read_one(&got, &out, true, &e), RC_INVALID,
	    "nor does one begin behind its end");
	buf_free(&out);
	m = (struct enrolment){ .kind = ENROLMENT_REQUEST,
		.request = bytes_of(large.p, REQUEST_MAX) };
	enrolment_write(&out, &m);
	ok(out.len <= (size_t)SESSION_ENROLS * FRAME_MAX &&
		read_one(&got, &out, false, &e) == RC_OK,
	    "the largest request fits its frames");
	buf_free(&out);
	m.request.len++;
	enrolment_write(&out, &m);
	is(read_one(&got, &out, false, &e), RC_INVALID, "a larger one is none");
	buf_free(&out);
	buf_free(&large);
}

int
main(void)
{
	messages_are_read_as_they_were();
	nothing_is_too_large();
	return done();
}
