/* SPDX-License-Identifier: EUPL-1.2 */
/* What is said of a dispatch by who may not say it, or not so, counts for
 * nothing (docs/receipts.md 3, 4, 5). */
#include <sqlite3.h>

#include "receipts.h"

#include "core/base64.h"
#include "dispatch/batch.h"
#include "peer.h"
#include "queue.h"

#include "../tests/tap.h"

static struct row_of_three x; /* top; mid is a peer of ours; low is beside it */
static struct peer line;
static struct header header; /* of the dispatch that mid was given */
static uint8_t digest[SHA256_SIZE];
static char origin[LIMIT_ADDRESS + 1];
static bool given;
static int answered; /* 1 + enum ack */

static void
on_hello(void *ctx, const struct hello *h)
{
	(void)h;
	peer_admits(ctx);
}

/* Statements of this kind that came, and the highest rank of their notices. */
static size_t answers;
static enum precedence answers_rank;
static int64_t reported_since; /* of the last report; 0: none */

static void
count_answers(struct bytes package)
{
	struct statement s;
	struct notice n;
	struct bytes one;
	struct batch b;
	struct err e;
	size_t i;

	must(notice_read(&n, package, &e), &e);
	while (notice_next(&n.batches, &one)) {
		must(batch_read(&b, one, &e), &e);
		for (i = 0; i < b.log.count; i++) {
			if (b.log.items[i].entry.p == NULL ||
			    statement_read(&s, b.log.items[i].entry, &e) !=
				RC_OK)
				continue;
			if (s.kind == STATEMENT_REPORT)
				reported_since = s.since;
			if (s.kind != STATEMENT_ANSWER)
				continue;
			answers++;
			if (n.header.precedence > answers_rank)
				answers_rank = n.header.precedence;
		}
		batch_free(&b);
	}
}

static void
on_item(void *ctx, const struct item *item, struct bytes package)
{
	struct peer *p = ctx;
	struct envelope env;
	struct err e;

	if (!notice_is(package)) {
		must(envelope_parse(
			 &env, bytes_of(package.p, item->envelope), &e),
		    &e);
		header = env.header;
		memcpy(origin, header.origin.p, header.origin.len);
		header.origin = bytes_str(origin);
		package_digest(digest, &env);
		given = true;
	} else {
		count_answers(package);
	}
	session_taken(p->session, item->total);
	session_ack(p->session, item->number, ACK_STORED, REFUSAL_NONE);
}

static void
on_acked(void *ctx, uint64_t ref, enum ack outcome, enum refusal why)
{
	(void)ctx;
	(void)ref;
	(void)why;
	answered = 1 + (int)outcome;
}

/* One that has just been started has no link key yet. */
static void
dial(void)
{
	static uint64_t epoch;
	unsigned i;

	if (epoch == 0)
		epoch = (uint64_t)time_now();
	for (i = 0; i < 50; i++) {
		line = (struct peer){ .epoch = epoch += 10 };
		if (peer_dial(&line, x.top->port, &x.mid->station,
			bytes_str(x.mid->address)))
			break;
		peer_end(&line);
		(void)usleep(100000);
	}
	if (i == 50)
		bug("no line");
	line.owner = (struct session_owner){
		.hello = on_hello, .item = on_item, .acked = on_acked
	};
	line.ctx = &line;
	peer_begin(&line);
	while (!line.admitted)
		if (!peer_turn(&line, 100))
			bug("not let in");
}

/* ---- making -------------------------------------------------------------- */

/* What is said, by whom, and what is wrong with it. */
struct said_so {
	const char *name;
	enum statement_kind kind;
	const struct identity *as, *by; /* whose name; whose key */
	const char *desk;
	unsigned code;
	int64_t at, head_at;		      /* seconds from now */
	unsigned digest, serial, gap, origin; /* 1: another */
};
static const char *hop; /* of a hop; NULL: low */

static bool own_clock; /* what is said is, by the station's own */

static struct statement
statement_of(const struct said_so *f)
{
	const int64_t now = time_now();
	struct statement s = { .kind = f->kind,
		.id = header.id,
		.origin = header.origin,
		.incarnation = header.incarnation,
		.serial = header.serial + f->serial,
		.at = now + f->at,
		.since = TIME_NEVER,
		.code = f->code };

	memcpy(s.digest, digest, SHA256_SIZE);
	s.digest[0] ^= (uint8_t)f->digest;
	if (f->desk != NULL)
		s.desk = bytes_str(f->desk);
	if ((statement_has(f->kind) & HAS_STATION) != 0)
		s.station = bytes_str(hop == NULL ? x.low->address : hop);
	return s;
}

static bool
is_first(void *ctx, const struct log_item *item)
{
	(void)ctx;
	return item->at == 0;
}

/* Two statements, of which the first goes, the other is a gap. */
static void
batch_of(struct buf *out, const struct said_so *f)
{
	const struct identity *as = f->as, *by = f->by == NULL ? as : f->by;
	struct batch_signer who = { .address = as->card.sign.address,
		.tag = as->card.sign.tag };
	struct statement s = statement_of(f);
	struct der_wr all = { 0 }, w = { 0 };
	struct buf head;
	struct log l;

	memcpy(who.cert, as->card.sign_cert, SHA256_SIZE);
	statement_write(&all, &s);
	s.serial += 1000;
	statement_write(&all, &s);
	batch_sign(&head, &who, buf_bytes(&all.out), time_now() + f->head_at,
	    own_clock, by->sig);
	batch_log(&l, buf_bytes(&all.out));
	batch_write(&w, buf_bytes(&head), &l, is_first, NULL);
	if (f->gap != 0)
		w.out.p[w.out.len - 1] ^= 1;
	*out = w.out;
	log_free(&l);
	buf_free(&head);
	der_wr_free(&all);
}

static const struct id *taken_id;  /* that the next notice has; NULL: its own */
static enum precedence precedence; /* of the notices that are made */
static int64_t expires;		   /* 0: never */

static void
notice_of(struct buf *out, struct bytes batches, bool not_ours)
{
	static uint64_t serial = 500;
	struct header h = { .precedence = precedence,
		.expires = expires == 0 ? TIME_NEVER : expires,
		.origin = bytes_str(not_ours ? x.top->address : x.mid->address),
		.incarnation = 1,
		.serial = serial++ };

	random_bytes(h.id.b, ID_SIZE);
	if (taken_id != NULL)
		h.id = *taken_id;
	notice_write(out, &h, batches);
}

/* The answer to it: 1 + enum ack; 0: the line is over. */
static int
send_notice(struct bytes notice, const char *to, const char *also, uint8_t tag)
{
	struct link_dest dests[2] = { { .address = bytes_str(to) } };
	struct item item = { .envelope = (uint32_t)notice.len,
		.total = notice.len,
		.dests = dests,
		.dest_count = 1 };
	int i;

	dests[0].tag.b[0] = tag;
	if (also != NULL) {
		dests[1].address = bytes_str(also);
		item.dest_count = 2;
	}
	sha256(item.sum, notice);
	answered = 0;
	session_send(line.session, 1, &item, notice);
	for (i = 0; i < 500 && answered == 0; i++)
		if (!peer_turn(&line, 20))
			return 0;
	return answered;
}

static int
say_so(const struct said_so *f)
{
	struct buf batch, notice;
	int got;

	batch_of(&batch, f);
	notice_of(&notice, buf_bytes(&batch), f->origin != 0);
	got = send_notice(buf_bytes(&notice), x.top->address, NULL, 0);
	buf_free(&batch);
	buf_free(&notice);
	return got;
}

/* What a station keeps, while it does not run. */
static uint64_t
kept(const struct seat *s, const char *sql)
{
	char path[2 * PATH];
	sqlite3_stmt *q;
	sqlite3 *db;
	uint64_t n;

	(void)snprintf(path, sizeof(path), "%s/data/store/store.db", s->folder);
	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, sql, -1, &q, NULL) != SQLITE_OK ||
	    sqlite3_step(q) != SQLITE_ROW)
		bug("the database cannot be read");
	n = (uint64_t)sqlite3_column_int64(q, 0);
	(void)sqlite3_finalize(q);
	(void)sqlite3_close(db);
	return n;
}

/* ---- what does not count ------------------------------------------------- */

static void
nothing_forged_counts(void)
{
	const struct identity *md = &x.mid->desk, *ms = &x.mid->station,
			      *ld = &x.low->desk, *ls = &x.low->station;
	const char *mid = x.mid->desk_address, *low = x.low->desk_address;
	const struct said_so rows[] = {
		{ "of another desk about the addressee", STATEMENT_ARRIVED, ld,
		    NULL, mid, 0, 0, 0, 0, 0, 0, 0 },
		{ "of a desk that is no addressee", STATEMENT_ARRIVED, ld, NULL,
		    low, 0, 0, 0, 0, 0, 0, 0 },
		{ "of a station in the place of its desk", STATEMENT_ARRIVED,
		    ms, NULL, mid, 0, 0, 0, 0, 0, 0, 0 },
		{ "in a name with another's key", STATEMENT_ARRIVED, md, ld,
		    mid, 0, 0, 0, 0, 0, 0, 0 },
		{ "of another content", STATEMENT_ARRIVED, md, NULL, mid, 0, 0,
		    0, 1, 0, 0, 0 },
		{ "of another number", STATEMENT_ARRIVED, md, NULL, mid, 0, 0,
		    0, 0, 1, 0, 0 },
		{ "with a wrong proof", STATEMENT_ARRIVED, md, NULL, mid, 0, 0,
		    0, 0, 0, 1, 0 },
		{ "before the certificate was in force", STATEMENT_ARRIVED, md,
		    NULL, mid, 0, -40 * YEARS(1), -40 * YEARS(1), 0, 0, 0, 0 },
		{ "when it had ended", STATEMENT_ARRIVED, md, NULL, mid, 0,
		    40 * YEARS(1), 40 * YEARS(1), 0, 0, 0, 0 },
		{ "at a time that is to come", STATEMENT_ARRIVED, md, NULL, mid,
		    0, 30 * TIME_DAY, 30 * TIME_DAY, 0, 0, 0, 0 },
		{ "later than it was signed", STATEMENT_ARRIVED, md, NULL, mid,
		    0, 100, 0, 0, 0, 0, 0 },
		{ "custody, of who was not given it", STATEMENT_CUSTODY, ls,
		    NULL, NULL, 0, 0, 0, 0, 0, 0, 0 },
		{ "custody, of a desk", STATEMENT_CUSTODY, md, NULL, NULL, 0, 0,
		    0, 0, 0, 0, 0 },
		{ "a hop, of who was not given it", STATEMENT_HOP, ls, NULL,
		    NULL, 0, 0, 0, 0, 0, 0, 0 },
		{ "a report, of who is not on the way", STATEMENT_REPORT, ls,
		    NULL, mid, 1, 0, 0, 0, 0, 0, 0 },
		{ "an outcome, of who is not on the way", STATEMENT_OUTCOME, ls,
		    NULL, mid, 0, 0, 0, 0, 0, 0, 0 },
		{ "an answer, of who is not on the way", STATEMENT_ANSWER, ls,
		    NULL, mid, 1, 0, 0, 0, 0, 0, 0 },
		{ "an inquiry, of another than the origin", STATEMENT_INQUIRY,
		    ms, NULL, mid, 0, 0, 0, 0, 0, 0, 0 },
		{ "a recall, of another than the originator", STATEMENT_RECALL,
		    md, NULL, NULL, 0, 0, 0, 0, 0, 0, 0 },
	};
	size_t i, refused;

	for (i = 0; i < COUNT(rows); i++) {
		refused = seat_said(x.top, "event=receipt.refused");
		(void)say_so(&rows[i]);
		ok(seat_waits(x.top, "event=receipt.refused", refused + 1, 5) &&
			three_said(x.top, &header.id, NULL, NULL, NULL, NULL) ==
			    0,
		    "what is said %s does not count", rows[i].name);
	}
}

static void
a_hop_is_a_station(void)
{
	const struct said_so f = { .kind = STATEMENT_HOP,
		.as = &x.mid->station };

	hop = "antin://nobody.vn";
	(void)say_so(&f);
	is(three_said(x.top, &header.id, "hop", NULL, NULL, NULL), 0,
	    "a station that nobody knows has not had it");
	hop = NULL;
}

static void
notices_go_like_dispatches(void)
{
	const struct said_so f = { .kind = STATEMENT_ARRIVED,
		.as = &x.mid->desk,
		.desk = x.mid->desk_address };
	struct buf batch, notice;
	size_t waits;
	unsigned i;

	batch_of(&batch, &f);
	precedence = PRECEDENCE_HOA_TOC;
	for (i = 0; i < 4; i++) {
		expires = i == 3 ? time_now() + 3 : 0;
		notice_of(&notice, buf_bytes(&batch), false);
		(void)send_notice(buf_bytes(&notice), x.low->address, NULL, 0);
		buf_free(&notice);
	}
	precedence = PRECEDENCE_THUONG;
	expires = 0;
	waits = seat_has(x.top, CONTROL_QUEUE, "leg", "", "");
	is(seat_has(x.top, CONTROL_QUEUE, "leg", "precedence", "hoa-toc"), 1,
	    "of what a child's notices are marked so much goes first");
	is(seat_has(x.top, CONTROL_QUEUE, "leg", "precedence", "khan"), 2,
	    "as its quota says, and the rest behind");
	ok(seat_comes_to(x.top, CONTROL_QUEUE, "leg", "", "", waits - 1, 15),
	    "one that expires while it waits is over");
	buf_free(&batch);
}

static void
it_is_not_asked_without_end(void)
{
	const struct header was = header;
	const struct said_so f = { .kind = STATEMENT_INQUIRY,
		.as = &x.mid->station,
		.desk = x.top->desk_address };
	unsigned i;

	header.id.b[0] ^= 1; /* which nobody has sent */
	header.origin = bytes_str(x.mid->address);
	for (i = 0; i < 30; i++)
		(void)say_so(&f);
	for (i = 0; i < 100; i++)
		(void)peer_turn(&line, 20);
	is(answers, 8, "who asks often is not answered as often");
	is((uint64_t)answers_rank, 0,
	    "and nothing urgent waits for what is said of what is not known");
	header = was;
}

static void
learns(struct bytes file)
{
	struct err e;

	must(seat_learns(x.top, file, &e), &e);
}

/* Whose certificate comes later was not silent. */
static void
a_stranger_is_heard_later(void)
{
	const struct seat *far = country_seat(&x.c, x.mid, "muong-nhe");
	const struct header was = header;
	const struct said_so f = { .kind = STATEMENT_RECALL, .as = &far->desk };

	header.id.b[1] ^= 1; /* which has not come */
	header.origin = bytes_str(far->address);
	(void)say_so(&f);
	peer_end(&line);
	(void)seat_stop(x.top, SIGTERM);
	is(kept(x.top, "SELECT count(*) FROM paper WHERE kind IN (5, 9)"), 1,
	    "what an unknown signer says is kept");
	if (!seat_start(x.top))
		bug("it does not start");
	learns(buf_bytes(&x.c.t.file));
	(void)seat_stop(x.top, SIGTERM);
	is(kept(x.top, "SELECT count(*) FROM paper WHERE kind = 5"), 1,
	    "and counts when his certificate comes");
	is(kept(x.top, "SELECT count(*) FROM paper WHERE kind = 9"), 0, "once");
	if (!seat_start(x.top))
		bug("it does not start");
	dial();
	header = was;
}

/* Of what this station has lost its addressees alone know. */
static void
hearsay_is_the_addressees(void)
{
	const struct header was = header;
	const struct said_so rows[] = {
		{ .kind = STATEMENT_CUSTODY, .as = &x.mid->station },
		{ .kind = STATEMENT_ARRIVED,
		    .as = &x.low->desk,
		    .desk = x.mid->desk_address },
		{ .kind = STATEMENT_ARRIVED,
		    .as = &x.mid->desk,
		    .desk = x.mid->desk_address },
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		header.id.b[2]++; /* which is not known any more */
		(void)say_so(&rows[i]);
	}
	peer_end(&line);
	(void)seat_stop(x.top, SIGTERM);
	is(kept(x.top, "SELECT count(*) FROM paper WHERE kind = 8"), 1,
	    "of what is not known any more its addressee's word is kept");
	if (!seat_start(x.top))
		bug("it does not start");
	dial();
	header = was;
}

/* Since when it waited, and not when that ended (docs/receipts.md 7.2). */
static void
a_report_says_since_when(void)
{
	json_t *r = json_object();
	struct envelope env;
	struct buf package;
	struct tag tag;
	char text[ID_TEXT];
	int64_t waits;
	struct err e;
	unsigned i;

	sealed_text(&package, &tag, x.mid, x.low, 900, 500, PRECEDENCE_THUONG);
	must(envelope_parse(&env, buf_bytes(&package), &e), &e);
	id_write(text, &env.header.id);
	peer_send(&line, 2, buf_bytes(&package), x.low, &tag, 0);
	for (answered = 0, i = 0; i < 500 && answered == 0; i++)
		(void)peer_turn(&line, 20);
	waits = time_now();
	for (i = 0; i < 30; i++)
		(void)peer_turn(&line, 100);
	(void)json_object_set_new(r, "id", json_string(text));
	(void)json_object_set_new(r, "reason", json_string("not wanted"));
	must(seat_asks(x.top, CONTROL_DROP, r, NULL, &e), &e);
	for (i = 0; i < 500 && reported_since == 0; i++)
		(void)peer_turn(&line, 20);
	ok(reported_since != 0 && reported_since <= waits + 1,
	    "a report says since when it waited");
	buf_free(&package);
}

/* What nobody recalled has no outcome that ends anything. */
static void
an_outcome_alone_silences_nobody(void)
{
	const struct said_so f = { .kind = STATEMENT_OUTCOME,
		.as = &x.mid->station,
		.desk = x.mid->desk_address };

	(void)say_so(&f);
	is(three_said(x.top, &header.id, "outcome", x.mid->desk_address, NULL,
	       "withheld"),
	    1, "an outcome of what was not recalled is kept");
	peer_end(&line);
	(void)seat_stop(x.top, SIGTERM);
	is(kept(x.top, "SELECT count(*) FROM chase"), 1,
	    "and its addressee is asked for all the same");
	if (!seat_start(x.top))
		bug("it does not start");
	dial();
}

static void
no_notice_is_taken_but_to_a_station(void)
{
	struct said_so f = { .kind = STATEMENT_ARRIVED,
		.as = &x.mid->desk,
		.desk = x.mid->desk_address };
	struct buf batch, notice;

	f.origin = 1;
	is((uint64_t)say_so(&f), 1 + ACK_REFUSED,
	    "a notice in this station's own name is refused");
	batch_of(&batch, &f);
	notice_of(&notice, buf_bytes(&batch), false);
	is((uint64_t)send_notice(
	       buf_bytes(&notice), x.top->desk_address, NULL, 0),
	    1 + ACK_REFUSED, "one to a desk is refused");
	is((uint64_t)send_notice(
	       buf_bytes(&notice), x.top->address, x.mid->address, 0),
	    1 + ACK_REFUSED, "one to two stations is refused");
	notice.len--;
	is((uint64_t)send_notice(buf_bytes(&notice), x.top->address, NULL, 0),
	    1 + ACK_REFUSED, "one that is cut off is refused");
	notice.len++;
	is(three_said(x.top, &header.id, NULL, NULL, NULL, NULL), 0,
	    "and none of them counts");
	buf_free(&batch);
	buf_free(&notice);
}

/* What has the id of another dispatch is not that (docs/receipts.md 2.3). */
static void
an_id_takes_nothing_over(void)
{
	struct said_so f = { .kind = STATEMENT_ARRIVED,
		.as = &x.mid->desk,
		.desk = x.mid->desk_address };
	struct buf batch, notice;

	taken_id = &header.id;
	batch_of(&batch, &f);
	notice_of(&notice, buf_bytes(&batch), false);
	is((uint64_t)send_notice(buf_bytes(&notice), x.low->address, NULL, 0),
	    1 + ACK_STORED, "a notice with a dispatch's id goes through");
	taken_id = NULL;
	is(three_said(x.top, &header.id, NULL, NULL, NULL, NULL), 0,
	    "and says nothing of the dispatch here");
	buf_free(&batch);
	buf_free(&notice);
}

/* ---- what does ----------------------------------------------------------- */

static void
the_first_counts(void)
{
	const char *mid = x.mid->desk_address;
	struct said_so f = {
		.kind = STATEMENT_ACTED, .as = &x.mid->desk, .desk = mid
	};
	struct buf batch, notice;

	is((uint64_t)say_so(&f), 1 + ACK_STORED,
	    "what its desk says counts, in any order");
	f.kind = STATEMENT_ARRIVED;
	f.at = -5;
	batch_of(&batch, &f);
	notice_of(&notice, buf_bytes(&batch), false);
	is((uint64_t)send_notice(buf_bytes(&notice), x.top->address, NULL, 0),
	    1 + ACK_STORED, "late as well");
	is((uint64_t)send_notice(buf_bytes(&notice), x.top->address, NULL, 0),
	    1 + ACK_KNOWN, "the same notice again is known");
	f.at = 0;
	is((uint64_t)say_so(&f), 1 + ACK_KNOWN,
	    "the same said otherwise changes nothing");
	is(three_said(x.top, &header.id, "arrived", mid, mid, NULL), 1,
	    "it was said once");
	f.kind = STATEMENT_REFUSED;
	f.code = 1;
	(void)say_so(&f);
	is(three_said(x.top, &header.id, "refused", NULL, NULL, NULL), 0,
	    "who has acted on it has not refused it");
	f = (struct said_so){ .kind = STATEMENT_CUSTODY,
		.as = &x.mid->station };
	(void)say_so(&f);
	is(three_said(x.top, &header.id, "custody", NULL, x.mid->address, NULL),
	    1, "who was given it has it");
	buf_free(&batch);
	buf_free(&notice);
}

static json_int_t hop_at;

static void
look_hop(void *ctx, json_t *row)
{
	(void)ctx;
	if (word_is(row, "row", "receipt") && word_is(row, "says", "hop"))
		hop_at = json_integer_value(json_object_get(row, "at"));
}

/* A relay passes on what the next station says, and not its clock
 * (docs/receipts.md 7.1). */
static void
nobody_dates_what_others_sign(void)
{
	const struct control_ears ears = { .row = look_hop };
	const struct header was = header;
	struct said_so f = { .kind = STATEMENT_HOP,
		.as = &x.mid->station,
		.at = 300 * TIME_DAY,
		.head_at = 300 * TIME_DAY };
	json_t *r = json_object();
	char text[ID_TEXT];
	struct err e;
	struct id id;
	unsigned i;

	country_write(x.low, "");
	if (!seat_start(x.low))
		bug("it does not start");
	three_sign_in(&x, x.low);
	id = three_send(&x, x.low, 2, NULL, NULL);
	for (i = 0; i < 1000 && !id_eq(&id, &header.id); i++)
		(void)peer_turn(&line, 20);
	own_clock = true;
	(void)say_so(&f);
	own_clock = false;
	ok(three_hears(x.low, &id, "hop", NULL, NULL, NULL, 20),
	    "what is said by a clock that is ahead is passed on");
	id_write(text, &id);
	(void)json_object_set_new(r, "id", json_string(text));
	must(control_ask(x.control[x.low->unit], CONTROL_TRACE, r, NULL, 0,
		 &ears, NULL, &e),
	    &e);
	ok(hop_at > 0 && hop_at <= time_now() + 60,
	    "and dated by the clock of who passes it on");
	header = was;
}

/* A certificate that is revoked, from then on. */
/* What is shown of what was lost; in so many pieces. */
static uint64_t
lost(size_t *pieces)
{
	size_t rows = 0, before, len;
	struct buf bytes;
	json_t *request, *answer;
	const char *data;
	struct err e;
	struct rd r;
	int fd;

	must(seat_control(&fd, x.top, &e), &e);
	do {
		request = json_object();
		(void)json_object_set_new(
		    request, "at", json_integer((json_int_t)rows));
		must(control_ask(fd, CONTROL_JOURNAL_GAPS, request, NULL, 0,
			 NULL, &answer, &e),
		    &e);
		bytes = (struct buf){ 0 };
		data = json_string_value(json_object_get(answer, "data"));
		if (data != NULL)
			(void)base64_parse(&bytes, bytes_str(data));
		r = rd_init(buf_bytes(&bytes));
		for (before = rows; r.in.len > 0 && !r.bad; rows++) {
			(void)rd_bytes(&r, 9);
			len = (size_t)rd_u8(&r) << 8;
			len |= rd_u8(&r);
			(void)rd_bytes(&r, len);
		}
		*pieces += rows > before;
		json_decref(answer);
		buf_free(&bytes);
	} while (rows > before);
	close(fd);
	return rows;
}

/* docs/journal.md 7.5: of a dispatch that it does not know; how many are kept
 * then. */
static void
says_lost(const struct identity *as, enum statement_kind kind, const char *desk,
    unsigned serial)
{
	const struct said_so f = {
		.kind = kind, .as = as, .desk = desk, .serial = serial
	};
	const struct header was = header;

	random_bytes(header.id.b, ID_SIZE);
	(void)say_so(&f);
	header = was;
}

static uint64_t
hearsay(const struct identity *as, enum statement_kind kind, const char *desk,
    unsigned serial)
{
	size_t pieces = 0;

	says_lost(as, kind, desk, serial);
	return lost(&pieces);
}

static void
what_may_be_lost_is_kept(void)
{
	const struct identity *md = &x.mid->desk;
	const char *mid = x.mid->desk_address, *low = x.low->desk_address;
	size_t pieces = 0;
	const uint64_t before = lost(&pieces);
	unsigned i;

	is(hearsay(md, STATEMENT_ARRIVED, mid, 0), before,
	    "a receipt of a number that was not lost is not kept");
	is(hearsay(md, STATEMENT_ARRIVED, low, 9000), before,
	    "nor one of another desk than it is of");
	is(hearsay(&x.mid->station, STATEMENT_OUTCOME, mid, 9001), before,
	    "nor what is no receipt");
	is(hearsay(md, STATEMENT_ARRIVED, mid, 9002), before + 1,
	    "one of a number that it does not know is kept");
	for (i = 0; i < 520; i++)
		says_lost(md, STATEMENT_ARRIVED, mid, 9003 + i);
	pieces = 0;
	is(lost(&pieces), 500, "of one desk so many");
	ok(pieces > 1, "and all are shown, in pieces");
}

static void
revoked_is_not_in_force(void)
{
	struct said_so f = { .kind = STATEMENT_OPENED,
		.as = &x.mid->desk,
		.desk = x.mid->desk_address };
	struct act a = act_revoke(
	    &x.c.t, x.mid->desk.card.sign.der, REVOKE_KEY_COMPROMISE);
	size_t refused;

	peer_end(&line);
	tree_do(&x.c.t, ROOT, &a);
	(void)seat_stop(x.top, SIGTERM);
	is(kept(x.top, "SELECT count(*) FROM batch WHERE b NOT IN "
		       "(SELECT b FROM said)"),
	    0, "no batch is kept for what changed nothing");
	write_in(x.top, "data/directory", buf_bytes(&x.c.t.file));
	if (!seat_start(x.top))
		bug("it does not start");
	dial();
	refused = seat_said(x.top, "event=receipt.refused");
	(void)say_so(&f);
	ok(seat_waits(x.top, "event=receipt.refused", refused + 1, 5) &&
		three_said(x.top, &header.id, "opened", NULL, NULL, NULL) == 0,
	    "what is signed with a certificate that was revoked does not "
	    "count");
}

int
main(void)
{
	struct id id;
	size_t i;

	(void)signal(SIGPIPE, SIG_IGN);
	x = (struct row_of_three){ .control = { -1, -1, -1 } };
	country_begin(&x.c);
	x.top = country_seat(&x.c, NULL, "vn");
	x.mid = country_seat(&x.c, x.top, "dien-bien");
	x.low = country_seat(&x.c, x.top, "lai-chau");
	country_write(x.top, "quota-hoa-toc 1\nquota-thuong-khan 1\n");
	if (!seat_start(x.top))
		bug("it does not start");
	three_sign_in(&x, x.top);
	id = three_send(&x, x.top, 2, NULL, NULL);
	dial();
	for (i = 0; i < 500 && !given; i++)
		(void)peer_turn(&line, 20);
	if (!given || !id_eq(&id, &header.id))
		bug("it is not given");
	nothing_forged_counts();
	a_hop_is_a_station();
	no_notice_is_taken_but_to_a_station();
	an_id_takes_nothing_over();
	notices_go_like_dispatches();
	it_is_not_asked_without_end();
	a_report_says_since_when();
	a_stranger_is_heard_later();
	hearsay_is_the_addressees();
	an_outcome_alone_silences_nobody();
	the_first_counts();
	what_may_be_lost_is_kept();
	nobody_dates_what_others_sign();
	revoked_is_not_in_force();
	peer_end(&line);
	three_end(&x);
	return done();
}
