/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * When the first byte of a hỏa tốc leaves a station during bulk, on a line of
 * 9.6 kbit/s: a centre and a commune, two complete stations, each in a network
 * of its own, between which the system itself sends packets of at most 296
 * bytes so slowly (tc, tbf).  It leaves when TCP gives it to the line; what the
 * line holds is the line's.  Where there is no such network, that is said.
 */
#include <sched.h>

#include "../tests/station/queue.h"

#include "../tests/tap.h"
#include "bench.h"

#define RATE 1200 /* bytes a second */
#define LATE 600
#define URGENT 20

static struct country land;
static struct seat *centre, *commune;

static bool
sh(const char *command)
{
	return system(command) == 0;
}

/* The commune's network; this process is in the centre's. */
static pid_t other;
static int ours, theirs;

#define END                                                                    \
	"ip addr add 10.98.0.%d/24 dev line%d && ip link set line%d up && "    \
	"tc qdisc add dev line%d root tbf rate %dbit burst 320 limit 900"

static bool
end_begins(int i)
{
	char text[512];

	(void)snprintf(text, sizeof(text),
	    "exec 2>/dev/null; ip link set lo up && " END, i, i, i, i,
	    RATE * 8);
	return sh(text);
}

/* Each end gives the line so many bytes a second, and holds three packets. */
static bool
line_begins(void)
{
	char text[256];
	int up[2];

	if (unshare(CLONE_NEWNET) != 0 || pipe2(up, O_CLOEXEC) != 0)
		return false;
	if ((other = fork()) == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare(CLONE_NEWNET) == 0 && write(up[1], "y", 1) == 1)
			for (;;)
				(void)pause();
		_exit(1);
	}
	close(up[1]);
	if (read(up[0], text, 1) != 1)
		return false;
	close(up[0]);
	(void)snprintf(text, sizeof(text), "/proc/%d/ns/net", (int)other);
	ours = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	theirs = open(text, O_RDONLY | O_CLOEXEC);
	(void)snprintf(text, sizeof(text),
	    "exec 2>/dev/null; "
	    "ip link add line1 mtu 296 type veth "
	    "peer name line2 mtu 296 netns %d",
	    (int)other);
	return sh(text) && end_begins(1) && setns(theirs, CLONE_NEWNET) == 0 &&
	       end_begins(2) && setns(ours, CLONE_NEWNET) == 0;
}

/* Of what goes down: bytes that the centre's TCP has sent, and has not. */
struct tcp {
	unsigned long sent, unsent;
};

static unsigned long
number(const char *row, const char *name)
{
	const char *at = strstr(row, name);

	return at != NULL ? strtoul(at + strlen(name), NULL, 10) : 0;
}

static struct tcp
tcp_now(void)
{
	char row[2048], command[128];
	struct tcp t = { 0 };
	FILE *f;

	(void)snprintf(command, sizeof(command),
	    "exec ss -tinH state established 'sport = :%u'", centre->port);
	if ((f = popen(command, "r")) == NULL)
		bug("no ss");
	while (fgets(row, sizeof(row), f) != NULL) {
		t.sent += number(row, " bytes_sent:") -
			  number(row, " bytes_retrans:");
		t.unsent += number(row, " notsent:");
	}
	(void)pclose(f);
	return t;
}

/* Seconds until what the system has now is sent, and more: what is made next,
 * which begins with what is urgent. */
static double
next_leaves(void)
{
	const double at = bench_now();
	const struct tcp t = tcp_now();

	while (tcp_now().sent <= t.sent + t.unsent)
		;
	return bench_now() - at;
}

static void
sends(const char *precedence, size_t size)
{
	must_send(centre,
	    &(struct errand_of){ precedence, { commune }, size, 0, 0, NULL },
	    NULL);
}

static double
of(double *v, double part)
{
	qsort(v, URGENT, sizeof(*v), bench_by_size);
	return v[(size_t)(part * (URGENT - 1))];
}

int
main(void)
{
	double left[URGENT], whole[URGENT], at;
	char more[128];
	size_t i;

	if (!line_begins() || !sh("exec ss -V >/dev/null 2>&1")) {
		printf("first: skipped, no network of its own is made here\n");
		return 0;
	}
	country_begin(&land);
	centre = country_seat(&land, NULL, "vn");
	commune = country_seat(&land, centre, "muong-nhe");
	(void)snprintf(
	    more, sizeof(more), "listen 10.98.0.1:%u\n", centre->port);
	country_write(centre, more);
	(void)snprintf(more, sizeof(more), "thin yes\nparent 10.98.0.1:%u\n",
	    centre->port);
	country_write(commune, more);
	if (!seat_start(centre))
		bug("no centre");
	if (setns(theirs, CLONE_NEWNET) != 0 || !seat_start(commune) ||
	    setns(ours, CLONE_NEWNET) != 0)
		bug("no commune");
	if (!seat_waits(centre, "thin=1", 1, LATE))
		bug("no thin line");
	(void)sleep(10);
	for (i = 0; i < 6; i++)
		sends("thuong", 60000);
	(void)sleep(5);
	for (i = 0; i < URGENT; i++) {
		sends("hoa-toc", 500);
		at = bench_now();
		left[i] = next_leaves();
		if (!queue_comes_to(centre, "precedence", "hoa-toc", 0, LATE))
			bug("it does not go");
		whole[i] = bench_now() - at;
		(void)usleep((useconds_t)(1000000 + 67000 * i));
	}
	printf("first: a hỏa tốc during bulk on %d bytes a second, of %d: its "
	       "first byte leaves %.2f s after it was accepted (median; least "
	       "%.2f, most %.2f), and it is answered after %.2f s (%.2f, "
	       "%.2f)\n",
	    RATE, URGENT, of(left, 0.5), of(left, 0), of(left, 1),
	    of(whole, 0.5), of(whole, 0), of(whole, 1));
	(void)seat_stop(commune, SIGTERM);
	(void)seat_stop(centre, SIGTERM);
	(void)kill(other, SIGKILL);
	country_end(&land);
	return 0;
}
