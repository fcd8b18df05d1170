/* SPDX-License-Identifier: EUPL-1.2 */
/* What is recalled, or superseded, is withheld or marked wherever it lies, and
 * who recalled it learns which (docs/receipts.md 8). */
#include <sqlite3.h>

#include "dispatch/batch.h"
#include "receipts.h"

#include "../tests/tap.h"

static void
unopened_it_is_withheld(struct row_of_three *x)
{
	const char *low = x->low->desk_address, *at = x->low->address;
	struct id id = three_send(x, x->top, 4, NULL, NULL);
	struct err e;

	if (!three_hears(x->top, &id, "arrived", low, low, NULL, 20))
		bug("it does not arrive");
	is(three_ask(x, x->mid, CONTROL_RECALL, &id, &e), RC_DENIED,
	    "a stranger's recall is refused at his own station");
	must(three_ask(x, x->top, CONTROL_RECALL, &id, &e), &e);
	ok(three_hears(x->top, &id, "outcome", low, at, "withheld", 20),
	    "who recalls what nobody has opened learns that it is withheld");
	is(three_ask(x, x->low, CONTROL_READ, &id, &e), RC_DENIED,
	    "and it cannot be read");
	ok(strstr(e.text, "has recalled it") != NULL &&
		strstr(e.text, x->top->desk_address) != NULL,
	    "which says by whom it was recalled (%s)", e.text);
	is(three_ask(x, x->low, CONTROL_ACK, &id, &e), RC_DENIED,
	    "nor acted on");
	is(three_ask(x, x->low, CONTROL_REFUSE, &id, &e), RC_DENIED,
	    "nor refused");
	is(three_ask(x, x->low, CONTROL_READ, &id, &e), RC_DENIED,
	    "and after that it cannot be read either");
	must(three_ask(x, x->top, CONTROL_RECALL, &id, &e), &e);
	(void)usleep(1500000);
	is(three_said(x->top, &id, "outcome", NULL, NULL, NULL), 1,
	    "once more it changes nothing");
}

static void
opened_it_is_marked(struct row_of_three *x)
{
	const char *low = x->low->desk_address, *at = x->low->address;
	struct id id = three_send(x, x->top, 4, NULL, NULL);
	struct err e;

	if (!three_hears(x->top, &id, "arrived", low, low, NULL, 20))
		bug("it does not arrive");
	must(three_ask(x, x->low, CONTROL_READ, &id, &e), &e);
	must(three_ask(x, x->top, CONTROL_RECALL, &id, &e), &e);
	ok(three_hears(x->top, &id, "outcome", low, at, "was-opened", 20),
	    "who recalls what was opened learns so");
	went(three_ask(x, x->low, CONTROL_READ, &id, &e), &e,
	    "it can still be read");
	ok(three_said(
	       x->low, &id, "recall", NULL, x->top->desk_address, NULL) == 1,
	    "and is marked");
}

static void
the_newer_supersedes(struct row_of_three *x)
{
	const char *low = x->low->desk_address, *at = x->low->address;
	struct id old = three_send(x, x->top, 4, NULL, NULL), new;
	char text[ID_TEXT];
	struct err e;

	if (!three_hears(x->top, &old, "arrived", low, low, NULL, 20))
		bug("it does not arrive");
	id_write(text, &old);
	new = three_send(x, x->top, 4, "supersedes", json_string(text));
	ok(three_hears(x->top, &old, "outcome", low, at, "withheld", 20),
	    "a dispatch that takes the place of another has it withheld");
	is(three_ask(x, x->low, CONTROL_READ, &old, &e), RC_DENIED,
	    "the old one cannot be read");
	went(three_ask(x, x->low, CONTROL_READ, &new, &e), &e,
	    "the new one can");
}

/* What a station keeps is changed while it does not run. */
static void
change(const struct seat *s, const char *sql)
{
	char path[2 * PATH];
	sqlite3 *db;

	(void)snprintf(path, sizeof(path), "%s/data/store/store.db", s->folder);
	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		bug("the database cannot be changed");
	(void)sqlite3_close(db);
}

static void
it_may_overtake(struct row_of_three *x)
{
	const char *low = x->low->desk_address, *at = x->low->address;
	struct id id;
	struct err e;

	(void)seat_stop(x->low, SIGTERM);
	id = three_send(x, x->top, 4, NULL, NULL);
	if (!three_hears(
		x->top, &id, "custody", NULL, x->mid->address, NULL, 20))
		bug("it does not go");
	(void)seat_stop(x->mid, SIGTERM);
	change(x->mid, "UPDATE leg SET state = 4, pinned = 1 WHERE state = 0");
	if (!seat_start(x->mid) || !seat_start(x->low))
		bug("they do not start");
	must(three_ask(x, x->top, CONTROL_RECALL, &id, &e), &e);
	ok(three_hears(x->top, &id, "outcome", NULL, at, "not-come-yet", 20),
	    "a recall that overtakes its dispatch is kept, and said so");
	(void)seat_stop(x->mid, SIGTERM);
	change(x->mid, "UPDATE leg SET state = 0, pinned = 0 WHERE state = 4");
	if (!seat_start(x->mid))
		bug("it does not start");
	ok(three_hears(x->top, &id, "outcome", low, at, "withheld", 40),
	    "when the dispatch comes it is withheld");
	three_sign_in(x, x->low);
	is(three_ask(x, x->low, CONTROL_READ, &id, &e), RC_DENIED,
	    "and cannot be read");
}

/* A row that waits to be signed, as SQL. */
static void
add_unsigned(struct buf *sql, uint64_t p, const char *signer, const char *to,
    const struct statement *s)
{
	struct der_wr w = { 0 };
	char row[4096];
	size_t i;
	int n;

	statement_write(&w, s);
	n = snprintf(row, sizeof(row),
	    "INSERT INTO pending VALUES (CAST('%s' AS BLOB), %llu,"
	    " CAST('%s' AS BLOB), 0, x'",
	    signer, (unsigned long long)p, to);
	for (i = 0; i < w.out.len; i++)
		n += snprintf(
		    row + n, sizeof(row) - (size_t)n, "%02x", w.out.p[i]);
	(void)snprintf(row + n, sizeof(row) - (size_t)n, "');");
	buf_add(sql, bytes_str(row));
	der_wr_free(&w);
}

/* docs/receipts.md 6.4. */
static void
what_cannot_be_signed_stops_nothing(struct row_of_three *x)
{
	const char *low = x->low->desk_address, *at = x->low->address;
	struct id id = three_send(x, x->top, 4, NULL, NULL);
	struct statement s = { .kind = STATEMENT_ARRIVED,
		.id = id,
		.origin = bytes_str(x->top->address),
		.incarnation = 1,
		.serial = 1,
		.at = time_now(),
		.desk = bytes_str(low),
		.since = TIME_NEVER };
	struct buf sql = { 0 };
	struct err e;

	if (!three_hears(x->top, &id, "arrived", low, low, NULL, 20))
		bug("it does not arrive");
	(void)seat_stop(x->low, SIGTERM);
	add_unsigned(&sql, 900, at, x->top->address, &s);
	s.kind = STATEMENT_OUTCOME;
	s.at += 400 * 366 * TIME_DAY;
	add_unsigned(&sql, 901, at, x->top->address, &s);
	s.at = time_now();
	s.desk = bytes_str(x->mid->desk_address); /* not low's to say */
	s.kind = STATEMENT_OPENED;
	add_unsigned(&sql, 902, low, x->top->address, &s);
	s.kind = STATEMENT_CUSTODY;
	s.desk = (struct bytes){ 0 };
	add_unsigned(&sql, 903, "antin://ten-cu.vn", x->mid->address, &s);
	buf_u8(&sql, 0);
	change(x->low, (const char *)sql.p);
	if (!seat_start(x->low))
		bug("it does not start");
	three_sign_in(x, x->low);
	must(three_ask(x, x->low, CONTROL_READ, &id, &e), &e);
	ok(three_hears(x->top, &id, "opened", low, low, NULL, 20),
	    "what is to be said beside it is signed");
	must(three_ask(x, x->top, CONTROL_RECALL, &id, &e), &e);
	ok(three_hears(x->top, &id, "outcome", low, at, "was-opened", 20),
	    "by the station too");
	is(seat_said(x->low, "event=notice.dropped"), 2,
	    "what is not its signer's to say is left out");
	is(seat_said(x->low, "event=notice.redated"), 1,
	    "what a clock has dated that was ahead is said as of now");
	is(seat_said(x->low, "event=notice.unsigned"), 0,
	    "and nothing waits for it");
	buf_free(&sql);
}

/* What another desk of the same station said before takes nothing from it. */
static void
another_desk_is_not_the_originator(struct row_of_three *x)
{
	static const char other[] =
	    "INSERT INTO said SELECT max(n), 6, CAST('antin://vn/khac' AS "
	    "BLOB), x'', 0, 0, 0, x'' FROM dispatch WHERE origin = "
	    "CAST('antin://vn' AS BLOB) AND n IN "
	    "(SELECT n FROM delivery)";
	const char *low = x->low->desk_address, *at = x->low->address;
	struct id id = three_send(x, x->top, 4, NULL, NULL);
	struct err e;

	if (!three_hears(x->top, &id, "arrived", low, low, NULL, 20))
		bug("it does not arrive");
	(void)seat_stop(x->low, SIGTERM);
	change(x->low, other);
	if (!seat_start(x->low))
		bug("it does not start");
	three_sign_in(x, x->low);
	must(three_ask(x, x->top, CONTROL_RECALL, &id, &e), &e);
	ok(three_hears(x->top, &id, "outcome", low, at, "withheld", 20),
	    "what a stranger said before does not keep it from being recalled");
	is(three_ask(x, x->low, CONTROL_READ, &id, &e), RC_DENIED,
	    "and it cannot be read");
	id = three_send(x, x->top, 4, NULL, NULL);
	if (!three_hears(x->top, &id, "arrived", low, low, NULL, 20))
		bug("it does not arrive");
	(void)seat_stop(x->low, SIGTERM);
	change(x->low, other);
	if (!seat_start(x->low))
		bug("it does not start");
	three_sign_in(x, x->low);
	went(three_ask(x, x->low, CONTROL_READ, &id, &e), &e,
	    "what he alone recalls is shown");
	ok(three_hears(x->top, &id, "outcome", low, at, "not-yours", 20),
	    "and the origin is told so");
}

/* Who recalls hears of the station that cannot be told. */
static void
who_is_lost_is_named(struct row_of_three *x)
{
	struct id id = three_send(x, x->top, 4, NULL, NULL);
	struct err e;

	if (!three_hears(x->top, &id, "hop", x->low->address, NULL, NULL, 20))
		bug("it does not go");
	(void)seat_stop(x->top, SIGTERM);
	change(x->top,
	    "UPDATE dest SET address = CAST('antin://nobody.vn/van-thu' AS "
	    "BLOB) WHERE n = (SELECT max(n) FROM dispatch WHERE desk <> x'')");
	if (!seat_start(x->top))
		bug("it does not start");
	three_sign_in(x, x->top);
	is(three_ask(x, x->top, CONTROL_RECALL, &id, &e), RC_ABSENT,
	    "who recalls is told whose station is not known any more");
	ok(strstr(e.text, "nobody.vn/van-thu") != NULL, "and which that is");
}

/* More was said of one than fits into a message. */
static void
much_that_was_said_ends_nothing(struct row_of_three *x)
{
	struct id id = three_send(x, x->top, 4, NULL, NULL);

	(void)seat_stop(x->top, SIGTERM);
	change(x->top,
	    "WITH RECURSIVE many(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM "
	    "many WHERE i < 60000) INSERT INTO said SELECT (SELECT max(n) FROM "
	    "dispatch WHERE desk <> x''), 9, CAST('antin://vn' AS BLOB), "
	    "CAST('antin://' || printf('%0240d', i) AS BLOB), 0, 0, 0, x'' "
	    "FROM many");
	if (!seat_start(x->top))
		bug("it does not start");
	ok(three_said(x->top, &id, "hop", NULL, "antin://vn", NULL) > 1000,
	    "of a dispatch of which much was said much is shown");
	is(seat_said(x->top, "event=process.died"), 0,
	    "and no process ends of it");
}

int
main(void)
{
	struct row_of_three x;
	size_t i;

	three_begin(&x, "");
	for (i = 0; i < 3; i++)
		if (!seat_start(&x.c.seats[i]))
			bug("a station does not start");
	for (i = 0; i < 3; i++)
		three_sign_in(&x, &x.c.seats[i]);
	unopened_it_is_withheld(&x);
	opened_it_is_marked(&x);
	the_newer_supersedes(&x);
	it_may_overtake(&x);
	another_desk_is_not_the_originator(&x);
	who_is_lost_is_named(&x);
	much_that_was_said_ends_nothing(&x);
	for (i = 0; i < 3; i++)
		is(seat_said(&x.c.seats[i], "receipt.refused"), 0,
		    "nothing that was said is refused at %s",
		    x.c.seats[i].address);
	three_sign_in(&x, x.top);
	what_cannot_be_signed_stops_nothing(&x);
	three_end(&x);
	return done();
}
