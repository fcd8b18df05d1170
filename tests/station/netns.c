/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Three stations on three hosts, each a network namespace of its own, in a row:
 * real interfaces that go down, and a line that loses packets.  Where none may
 * be made, that is said, and nothing done.
 */
#include "hosts.h"
#include "queue.h"

#define HOSTS 3
#define EACH 12 /* dispatches each way */

static struct country land;
static struct seat *seats[HOSTS]; /* the centre, a province, a commune */

static struct machine hosts[HOSTS];

/* ---- hosts
 * ---------------------------------------------------------------------- */

static bool
in_host(size_t h, const char *command)
{
	return host_runs(&hosts[h], command);
}

static void
hosts_end(void)
{
	size_t i;

	for (i = 0; i < HOSTS; i++)
		host_end(&hosts[i]);
}

/* A cable between host h and the next: 10.9.h.1 and 10.9.h.2. */
static bool
cable(size_t h)
{
	char text[512];

	(void)snprintf(text, sizeof(text),
	    "ip link add down%zu type veth peer name up%zu netns %d && "
	    "ip addr add 10.9.%zu.1/24 dev down%zu && ip link set down%zu up",
	    h, h, (int)hosts[h + 1].holder, h, h, h);
	if (!in_host(h, text))
		return false;
	(void)snprintf(text, sizeof(text),
	    "ip addr add 10.9.%zu.2/24 dev up%zu && ip link set up%zu up", h, h,
	    h);
	return in_host(h + 1, text);
}

/* Why there can be none of it; NULL: it is there. */
static const char *
network(void)
{
	size_t i;

	for (i = 0; i < HOSTS; i++)
		if (!host_begin(&hosts[i]))
			return "no network namespace may be made here";
	for (i = 0; i < HOSTS; i++)
		if (!in_host(i, "ip link set lo up 2>/dev/null"))
			return "there is no ip(8), or it may do nothing";
	for (i = 0; i + 1 < HOSTS; i++)
		if (!cable(i))
			return "no veth interfaces may be made here";
	return NULL;
}

/* ---- stations
 * ------------------------------------------------------------------- */

static void
begin(void)
{
	static const char *const ids[HOSTS] = { "vn", "dien-bien",
		"muong-nhe" };
	char more[256];
	size_t i;
	int n;

	country_begin(&land);
	for (i = 0; i < HOSTS; i++)
		seats[i] =
		    country_seat(&land, i == 0 ? NULL : seats[i - 1], ids[i]);
	for (i = 0; i < HOSTS; i++) {
		n = snprintf(more, sizeof(more), "keep-alive 1\n");
		if (i + 1 < HOSTS)
			n += snprintf(more + n, sizeof(more) - (size_t)n,
			    "listen 10.9.%zu.1:%u\n", i, seats[i]->port);
		if (i > 0)
			(void)snprintf(more + n, sizeof(more) - (size_t)n,
			    "parent 10.9.%zu.1:%u\n", i - 1,
			    seats[i - 1]->port);
		country_write(seats[i], more);
	}
}

/* So many from each end to the other, of some sizes and ranks. */
static void
send_some(size_t n)
{
	static const char *const precedences[] = { "thuong", "khan", "hoa-toc",
		"thuong-khan" };
	size_t i;

	for (i = 0; i < n; i++) {
		const struct errand_of down = { precedences[i % 4],
			{ seats[2] }, i % 3 == 0 ? 200000 : 3000, 0, 0, NULL },
				       up = { precedences[(i + 1) % 4],
					       { seats[0] },
					       i % 3 == 1 ? 200000 : 3000, 0, 0,
					       NULL };

		must_send(seats[0], &down, NULL);
		must_send(seats[2], &up, NULL);
	}
}

/* All ids in it are different. */
static bool
each_is_there_once(const struct seat *s)
{
	json_t *rows = seat_inbox(s);
	size_t i, k, same = 0, n = json_array_size(rows);

	for (i = 0; i < n; i++)
		for (k = 0; k < i; k++)
			same +=
			    strcmp(row_word(json_array_get(rows, i), "id"),
				row_word(json_array_get(rows, k), "id")) == 0;
	json_decref(rows);
	return same == 0;
}

/* ---- what happens to the line
 * --------------------------------------------------- */

/* The cable between centre and province is out, again and again. */
static void
a_cable_that_is_pulled(void)
{
	size_t i;

	for (i = 0; i < 4; i++) {
		send_some(EACH / 4);
		ok(in_host(0, "ip link set down0 down"), "a cable is pulled");
		(void)usleep(i % 2 == 0 ? 300000 : 4000000);
		ok(in_host(0, "ip link set down0 up"), "and put in again");
	}
	ok(inbox_comes_to(seats[2], EACH, 60) &&
		inbox_comes_to(seats[0], EACH, 60),
	    "everything arrives at both ends");
	ok(seat_said(seats[1], "event=link.down station=antin://vn") > 0,
	    "though lines were lost");
}

/* Packets are lost: by netem, or by a queue that is too short. */
static void
a_cable_that_loses(void)
{
	const bool netem = in_host(1,
	    "tc qdisc add dev up0 root netem loss 15% delay 20ms 2>/dev/null");

	if (!netem &&
	    !in_host(1, "tc qdisc add dev up0 root tbf rate 512kbit burst 2k "
			"limit 4k 2>/dev/null")) {
		note("no loss can be made here");
		return;
	}
	note("loss by %s", netem ? "netem" : "a queue that is too short");
	send_some(EACH);
	ok(inbox_comes_to(seats[2], 2 * (size_t)EACH, 60) &&
		inbox_comes_to(seats[0], 2 * (size_t)EACH, 60),
	    "everything arrives over a line that loses packets");
	ok(in_host(1, "tc -s qdisc show dev up0 | "
		      "grep -q 'dropped [1-9]'"),
	    "which it did");
}

int
main(void)
{
	const char *why = network();
	size_t i;

	if (why != NULL) {
		hosts_end();
		skip("%s", why);
		return done();
	}
	begin();
	for (i = 0; i < HOSTS; i++)
		ok(host_starts(&hosts[i], seats[i]), "a station on host %zu",
		    i);
	ok(seat_waits(seats[0], "event=link.up", 1, 30) &&
		seat_waits(seats[2], "event=link.up", 1, 30),
	    "they find each other");
	a_cable_that_is_pulled();
	a_cable_that_loses();
	ok(each_is_there_once(seats[0]) && each_is_there_once(seats[2]),
	    "and nothing twice");
	for (i = 0; i < HOSTS; i++) {
		(void)seat_stop(seats[i], SIGTERM);
		is(seat_said(seats[i], "event=process.died"), 0,
		    "no process of host %zu has died", i);
	}
	hosts_end();
	country_end(&land);
	return done();
}
