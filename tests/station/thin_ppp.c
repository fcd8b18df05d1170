/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A thin line over PPP (docs/link.md 23): two pppd, each in a network namespace
 * of its own, as on a serial line between two machines: 9600 bit/s, a bit
 * wrong now and then, and a modem that hangs up.  Where there is no pppd, no
 * /dev/ppp or no namespace, that is said, and nothing done; "make ppp" runs it
 * in a virtual machine, slowly.  ANTIN_SOAK=1 lets it idle for an hour.
 */
#include <errno.h>
#include <sys/mman.h>

#include "hosts.h"
#include "receipts.h"
#include "slow.h"

#define LATE 240u   /* seconds */
#define RATE 960    /* bytes a second: 9600 bit/s, 8N1 */
#define NOISE 4096u /* a bit of so many bytes is wrong */
#define PPP                                                                    \
	"exec pppd notty noauth local nodetach nodefaultroute noipv6 "         \
	"nocrtscts mtu 296 mru 296 asyncmap 0 lcp-echo-interval 0 "            \
	"lcp-max-configure 60 ipcp-max-configure 60 "

static struct country land;
static struct seat *centre, *commune;

static struct machine hosts[2];
static pid_t ppp[2]; /* 0: it does not run */

static struct wire {
	unsigned long gone[2]; /* bytes, from the centre and from the commune */
	unsigned long flipped;
	bool noisy;
} * wire;	      /* shared with who carries */
static pid_t carrier; /* 0: there is no wire */

/* A host that has itself to talk to, and no timestamps on a slow line. */
static bool
host_serves(struct machine *h)
{
	return host_begin(h) &&
	       host_runs(h, "ip link set lo up 2>/dev/null && "
			    "echo 0 >/proc/sys/net/ipv4/tcp_timestamps");
}

/* ---- the serial line
 * ------------------------------------------------------------------------- */

/* What may go by now of what is there, from one end to the other. */
static bool
carry(int from, int to, unsigned i, int64_t *paid)
{
	const int64_t now = now_ms();
	uint8_t some[RATE / 10];
	size_t may;
	ssize_t n;

	if (*paid < now - 100)
		*paid = now - 100;
	may = (size_t)((now - *paid) * RATE / 1000);
	if (may == 0)
		return true;
	n = recv(from, some, may, MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN;
	if (n == 0)
		return false;
	*paid += n * 1000 / RATE;
	if (wire->noisy &&
	    wire->gone[i] / NOISE != (wire->gone[i] + (size_t)n) / NOISE) {
		some[0] ^= 0x08;
		wire->flipped++;
	}
	wire->gone[i] += (unsigned long)n;
	return send(to, some, (size_t)n, MSG_NOSIGNAL) == n;
}

static void
carry_all(int a, int b)
{
	int64_t paid[2] = { 0, 0 };

	while (carry(a, b, 0, &paid[0]) && carry(b, a, 1, &paid[1]))
		(void)usleep(10000);
}

static pid_t
pppd_begin(size_t host, int fd, const char *addresses)
{
	const pid_t pid = fork();
	char text[512];

	if (pid != 0)
		return pid;
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	(void)snprintf(text, sizeof(text), PPP "%s 2>/dev/null", addresses);
	if (dup2(fd, 0) == 0 && dup2(fd, 1) == 1 && enter(hosts[host].ns))
		(void)execl("/bin/sh", "sh", "-c", text, (char *)NULL);
	_exit(127);
}

/* A cable, and a pppd at each of its ends. */
static void
line_begin(void)
{
	const int small = 2048;
	int ends[2][2];
	size_t i;

	for (i = 0; i < 2; i++)
		if (socketpair(
			AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends[i]) != 0 ||
		    setsockopt(ends[i][1], SOL_SOCKET, SO_SNDBUF, &small,
			sizeof(small)) != 0)
			bug("no cable");
	if ((carrier = fork()) == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
		close(ends[0][1]);
		close(ends[1][1]);
		carry_all(ends[0][0], ends[1][0]);
		_exit(0);
	}
	ppp[0] = pppd_begin(0, ends[0][1], "10.98.0.1:10.98.0.2");
	ppp[1] = pppd_begin(1, ends[1][1], "");
	for (i = 0; i < 2; i++) {
		close(ends[i][0]);
		close(ends[i][1]);
	}
}

static void
line_end(void)
{
	size_t i;

	if (carrier > 0) {
		(void)kill(carrier, SIGTERM);
		(void)waitpid(carrier, NULL, 0);
	}
	carrier = 0;
	for (i = 0; i < COUNT(hosts); i++) {
		if (ppp[i] > 0) {
			(void)kill(ppp[i], SIGTERM);
			(void)waitpid(ppp[i], NULL, 0);
		}
		ppp[i] = 0;
	}
}

static void
hosts_end(void)
{
	size_t i;

	line_end();
	for (i = 0; i < COUNT(hosts); i++)
		host_end(&hosts[i]);
}

/* Whether both have their address of it, at last. */
static bool
line_is_up(void)
{
	bool up = false;
	unsigned i;
	size_t at;

	for (at = 0; at < 2; at++) {
		if (!enter(hosts[at].ns))
			bug("a host is gone");
		for (i = 0, up = false; i < LATE * 2 && !up; i++) {
			up = system("ip -4 addr show 2>/dev/null | grep -q "
				    "'10.98.0.. peer'") == 0;
			if (!up)
				(void)usleep(500000);
		}
		if (!enter(own))
			bug("no way back");
		if (!up)
			return false;
	}
	return true;
}

static unsigned long
gone(void)
{
	return wire->gone[0] + wire->gone[1];
}

/* Until nothing has gone over it for so many seconds. */
static bool
line_is_quiet(unsigned quiet)
{
	unsigned long was = gone();
	unsigned i, calm = 0;

	for (i = 0; i < LATE && calm < quiet; i++) {
		(void)sleep(1);
		calm = gone() == was ? calm + 1 : 0;
		was = gone();
	}
	return calm >= quiet;
}

/* Why there can be none of it; NULL: it is there. */
static const char *
network(void)
{
	if (system("command -v pppd >/dev/null 2>&1") != 0)
		return "there is no pppd here; \"make ppp\" runs this in a "
		       "virtual machine";
	if (access("/dev/ppp", R_OK | W_OK) != 0)
		return "this kernel has no ppp; \"make ppp\" runs this in a "
		       "virtual machine";
	if (!host_serves(&hosts[0]) || !host_serves(&hosts[1]))
		return "no network namespace may be made here";
	wire = mmap(NULL, sizeof(*wire), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (wire == MAP_FAILED)
		bug("no memory");
	line_begin();
	return line_is_up() ? NULL : "pppd makes no line here";
}

static void
begin(void)
{
	char more[128];

	country_begin(&land);
	centre = country_seat(&land, NULL, "vn");
	commune = country_seat(&land, centre, "muong-nhe");
	(void)snprintf(
	    more, sizeof(more), "listen 10.98.0.1:%u\n", centre->port);
	country_write(centre, more);
	(void)snprintf(more, sizeof(more), "thin yes\nparent 10.98.0.1:%u\n",
	    centre->port);
	country_write(commune, more);
}

static size_t
inbox_has(const struct seat *s)
{
	json_t *rows = seat_inbox(s);
	const size_t n = json_array_size(rows);

	json_decref(rows);
	return n;
}

/* ---- tests
 * ---------------------------------------------------------------------------
 */

static void
a_thin_line_is_there(void)
{
	const int64_t at = now_ms();

	ok(host_starts(&hosts[0], centre) && host_starts(&hosts[1], commune),
	    "two stations run at the ends of a serial line of 9600 bit/s");
	ok(seat_waits(centre, "thin=1", 1, LATE), "they have a thin line");
	ok(line_is_quiet(5), "all is said");
	note("PPP, the first line and the thin one: %lu bytes down, %lu up, "
	     "%lld s",
	    wire->gone[0], wire->gone[1], (long long)(now_ms() - at) / 1000);
}

/* docs/link.md 23.2 */
static void
an_idle_line_is_silent(void)
{
	const unsigned seconds = getenv("ANTIN_SOAK") != NULL ? 3600 : 15;
	const unsigned long before = gone();

	(void)sleep(seconds);
	is(gone() - before, 0, "nothing goes in %u seconds, not of PPP either",
	    seconds);
}

/* One each way, and what says that it came: docs/receipts.md. */
static void
telegrams_go_over_ppp(const char *when)
{
	const size_t there = inbox_has(commune), here = inbox_has(centre);
	const int64_t at = now_ms();
	const unsigned long before = gone();
	struct id down, up;

	must_send(centre,
	    &(struct errand_of){ "khan", { commune }, 500, 0, 0, NULL }, &down);
	must_send(commune,
	    &(struct errand_of){ "hoa-toc", { centre }, 500, 0, 0, NULL }, &up);
	ok(inbox_comes_to(commune, there + 1, LATE), "a telegram comes %s",
	    when);
	ok(inbox_comes_to(centre, here + 1, LATE), "and one goes");
	note("both after %lld s", (long long)(now_ms() - at) / 1000);
	ok(three_hears(commune, &up, "arrived", NULL, NULL, NULL, LATE),
	    "its receipt comes back");
	ok(three_hears(centre, &down, "arrived", NULL, NULL, NULL, LATE),
	    "so does that of the other");
	(void)line_is_quiet(5);
	note("%lu bytes of the serial line in all", gone() - before);
}

/* docs/link.md 23.4: PPP drops what is not whole, TCP sends it again. */
static void
noise_loses_nothing(void)
{
	const size_t there = inbox_has(commune);

	wire->noisy = true;
	must_send(centre,
	    &(struct errand_of){ "khan", { commune }, 20000, 0, 0, NULL },
	    NULL);
	ok(inbox_comes_to(commune, there + 1, LATE),
	    "20,000 bytes come over a line with noise");
	wire->noisy = false;
	ok(wire->flipped > 2, "on which bits were wrong");
	note("%lu of them", wire->flipped);
}

/* docs/link.md 20.9: the wire is cut, and nobody is told. */
static void
a_silent_cut_is_seen_by_who_sends(void)
{
	const size_t there = inbox_has(centre),
		     timed = seat_said(commune, "rc=io why=\"a TLS line");
	int64_t at;

	ok(line_is_quiet(65), "the line is silent for a minute");
	(void)kill(carrier, SIGSTOP);
	at = now_ms();
	must_send(commune,
	    &(struct errand_of){ "hoa-toc", { centre }, 500, 0, 0, NULL },
	    NULL);
	ok(seat_waits(commune, "rc=io why=\"a TLS line", timed + 1, LATE),
	    "a line that was cut in silence is seen by who sends");
	at = now_ms() - at;
	note("after %lld s", (long long)at / 1000);
	ok(at < 100000, "sooner than where something was heard just before");
	(void)kill(carrier, SIGCONT);
	ok(inbox_comes_to(centre, there + 1, LATE),
	    "and what he sent arrives when there is a line");
}

/* A modem hangs up while something is on its way, and dials again. */
static void
a_line_that_hangs_up_comes_back(void)
{
	const size_t there = inbox_has(commune);
	const unsigned long before = gone();
	unsigned i;

	must_send(centre,
	    &(struct errand_of){ "khan", { commune }, 20000, 0, 0, NULL },
	    NULL);
	for (i = 0; i < LATE * 100 && gone() - before < 5000; i++)
		(void)usleep(10000);
	line_end();
	(void)sleep(getenv("ANTIN_SOAK") != NULL ? 200 : 3);
	line_begin();
	ok(line_is_up(), "a modem hangs up amid a dispatch, and dials again");
	ok(inbox_comes_to(commune, there + 1, LATE), "which arrives");
	note("after %lu bytes of the serial line", gone() - before);
	is(seat_said(commune, "event=link.up") - seat_said(commune, "thin=1"),
	    1, "only the first of all lines was a full one");
}

static void
no_process_has_died(void)
{
	(void)seat_stop(commune, SIGTERM);
	(void)seat_stop(centre, SIGTERM);
	is(seat_said(centre, "event=process.died") +
		seat_said(commune, "event=process.died"),
	    0, "no process has died");
}

int
main(void)
{
	const char *why = network();

	if (why != NULL) {
		hosts_end();
		if (getenv("ANTIN_PPP") != NULL)
			ok(false, "there is PPP here: %s", why);
		else
			skip("%s", why);
		return done();
	}
	begin();
	a_thin_line_is_there();
	an_idle_line_is_silent();
	telegrams_go_over_ppp("at 9600 bit/s");
	noise_loses_nothing();
	a_silent_cut_is_seen_by_who_sends();
	a_line_that_hangs_up_comes_back();
	telegrams_go_over_ppp("again");
	no_process_has_died();
	hosts_end();
	country_end(&land);
	return done();
}
