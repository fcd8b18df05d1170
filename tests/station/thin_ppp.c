/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A thin line over PPP: two pppd at the ends of a pty, each in a network
 * namespace of its own, as on a serial line between two machines.  Where there
 * is no pppd, no /dev/ppp or no namespace, that is said, and nothing done.
 */
#include "hosts.h"
#include "queue.h"

#define LATE 120u /* seconds */
#define PPP                                                                    \
	"noauth local nodetach nodefaultroute noipv6 nocrtscts mtu 296 mru "   \
	"296 asyncmap 0 lcp-echo-interval 0"

static struct country land;
static struct seat *centre, *commune;

static struct machine hosts[2];
static pid_t ppp; /* 0: it does not run */

static void
hosts_end(void)
{
	size_t i;

	if (ppp > 0) {
		(void)kill(ppp, SIGTERM);
		(void)waitpid(ppp, NULL, 0);
	}
	for (i = 0; i < COUNT(hosts); i++)
		host_end(&hosts[i]);
}

/* The first host's pppd runs the second's on its pty. */
static void
ppp_begin(void)
{
	char text[640];

	(void)snprintf(text, sizeof(text),
	    "exec pppd " PPP " 10.98.0.1:10.98.0.2 pty 'exec nsenter "
	    "--net=/proc/%d/ns/net pppd " PPP " notty' >/dev/null 2>&1",
	    (int)hosts[1].holder);
	if ((ppp = fork()) == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (enter(hosts[0].ns))
			(void)execl("/bin/sh", "sh", "-c", text, (char *)NULL);
		_exit(127);
	}
}

/* An address of the line is there, at last. */
static bool
ppp_is_up(void)
{
	unsigned i;
	bool up = false;

	if (!enter(hosts[0].ns))
		bug("a host is gone");
	for (i = 0; i < LATE * 5 && !up; i++) {
		up = system("ip -4 addr show 2>/dev/null | grep -q "
			    "'10.98.0.1 peer'") == 0;
		if (!up)
			(void)usleep(200000);
	}
	if (!enter(own))
		bug("no way back");
	return up;
}

/* Why there can be none of it; NULL: it is there. */
static const char *
network(void)
{
	if (system("command -v pppd >/dev/null 2>&1") != 0)
		return "there is no pppd here";
	if (access("/dev/ppp", R_OK | W_OK) != 0)
		return "there is no /dev/ppp here, or it is forbidden";
	if (!host_begin(&hosts[0]) || !host_begin(&hosts[1]) ||
	    !host_runs(&hosts[0], "ip link set lo up 2>/dev/null") ||
	    !host_runs(&hosts[1], "ip link set lo up 2>/dev/null"))
		return "no network namespace may be made here";
	ppp_begin();
	return ppp_is_up() ? NULL : "pppd makes no line here";
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

static void
telegrams_go_over_ppp(void)
{
	ok(host_starts(&hosts[0], centre) && host_starts(&hosts[1], commune),
	    "two stations run at the ends of a serial line");
	ok(seat_waits(centre, "thin=1", 1, LATE), "they have a thin line");
	must_send(centre,
	    &(struct errand_of){ "khan", { commune }, 500, 0, 0, NULL }, NULL);
	must_send(commune,
	    &(struct errand_of){ "hoa-toc", { centre }, 500, 0, 0, NULL },
	    NULL);
	ok(inbox_comes_to(commune, 1, LATE), "a telegram comes");
	ok(inbox_comes_to(centre, 1, LATE), "and one goes");
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
		skip("%s", why);
		return done();
	}
	begin();
	telegrams_go_over_ppp();
	hosts_end();
	country_end(&land);
	return done();
}
