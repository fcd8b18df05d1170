/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A city: a centre, units below it, communes below those.  The centre, the
 * units and some communes are complete stations; the other communes speak the
 * real link from this process, with keys and certificates of their own, and
 * open what comes.  The centre's desk writes one telegram to all desks.
 *
 *	city_begin(&city, units, communes, complete);
 *	if (city_start(&city))
 *		city_telegram(&city, seconds);
 *	... city.did ...
 *	city_end(&city);
 */
#ifndef TESTS_STATION_CITY_H
#define TESTS_STATION_CITY_H

#include <sys/resource.h>

#include "clerk.h"
#include "cost.h"
#include "crowd.h"
#include "proxy.h"

#define CITY_UNITS 30
#define CITY_COMMUNES 579
#define CITY_COMPLETE 30 /* communes */
#define CITY_LINES (CITY_UNITS + CITY_COMPLETE)
#define CITY_TEXT 2000u /* bytes of the telegram's text */

/* A line between complete stations: its bytes are counted on the way. */
struct city_line {
	struct seat *seat; /* the lower one */
	struct proxy proxy;
	unsigned long before;
	bool has; /* the telegram */
};

struct city {
	struct country country;
	struct seat *centre, *units[CITY_UNITS];
	size_t unit_count, complete;
	struct city_line lines[CITY_LINES];
	size_t line_count;
	struct crowd crowds[CITY_UNITS]; /* the others, by unit */
	struct peer *peers;		 /* theirs, one after another; owned */
	const struct member **members;	 /* by peer; owned */
	size_t *before;			 /* bytes, by peer; owned */
	bool *has;			 /* by peer; owned */
	size_t peer_count;

	uint8_t text[CITY_TEXT];
	size_t wrong; /* came otherwise than it was sent, or twice */
	struct {
		size_t desks, came;
		double file;	       /* MiB of the directory that each has */
		double built, started; /* seconds */
		double sealed, all;    /* seconds since it was given */
		double cpu;	       /* of the centre, seconds */
		double memory;	       /* of the centre, MiB, before */
		double memory_after;
		double down[3], leaf[3]; /* bytes of a line, centre to unit
					    and unit to commune: least,
					    median, most */
	} did;
};

/* For who is called with a peer alone. */
static struct city *city_of_peers;

static inline double
city_now(void)
{
	return (double)peer_ms() / 1000;
}

/* ---- the driven ones --------------------------------------------------------
 */

/* When receipts are there: this desk's goes back from here. */
static inline void
city_receipts(struct city *c, size_t i)
{
	(void)c;
	(void)i;
}

/* It is what was sent, for this desk, and its key opens it. */
static inline bool
city_opens(struct city *c, const struct member *m, struct bytes package)
{
	const struct opener by = { .address = bytes_str(m->desk),
		.now = time_now(),
		.find = resolve_signer,
		.answers = resolve_answers,
		.ctx = c->country.t.d };
	struct opened o = { 0 };
	struct envelope env;
	uint8_t cek[AEAD_KEY];
	struct tag tag;
	struct err e = { 0 };
	bool good;

	tag_of(&tag, kem_key_alg(m->kem)->oid, kem_key_pub(m->kem));
	good = envelope_parse(&env, package, &e) == RC_OK &&
	       envelope_unlock(cek, &env, m->kem, &tag, &e) == RC_OK &&
	       envelope_open(&o, &env, cek, &by, &e) == RC_OK &&
	       bytes_eq(buf_bytes(&o.content), bytes_of(c->text, CITY_TEXT));
	if (!good)
		printf("# %s: %s\n", m->desk, e.text);
	opened_free(&o);
	return good;
}

static inline void
city_item(void *ctx, const struct item *item, struct bytes package)
{
	struct peer *p = ctx;
	struct city *c = city_of_peers;
	const size_t i = (size_t)(p - c->peers);
	const struct member *m = c->members[i];

	if (c->has[i] || item->dest_count != 1 ||
	    !bytes_is(item->dests[0].address, m->desk) ||
	    !city_opens(c, m, bytes_of(package.p, item->envelope)))
		c->wrong++;
	c->has[i] = true;
	session_ack(p->session, item->number, ACK_STORED, REFUSAL_NONE);
	session_taken(p->session, item->total - item->from);
	city_receipts(c, i);
}

/* What the kernel says beyond what the C library knows of. */
struct tcp_more {
	struct tcp_info info;
	uint64_t pacing, max_pacing, acked, received;
};

/* Bytes of the line, TLS and all, but for TCP's own. */
static inline size_t
peer_received(const struct peer *p)
{
	struct tcp_more more;
	socklen_t len = sizeof(more);

	if (getsockopt(p->fd, IPPROTO_TCP, TCP_INFO, &more, &len) != 0 ||
	    len < sizeof(more))
		bug("the system does not count bytes");
	return (size_t)more.received;
}

static inline void
city_turn(struct city *c, int ms)
{
	struct pollfd *f = alloc(c->peer_count + 1, sizeof(*f));
	size_t i;

	for (i = 0; i < c->peer_count; i++)
		f[i] =
		    (struct pollfd){ .fd = c->peers[i].fd, .events = POLLIN };
	(void)poll(f, (nfds_t)c->peer_count, ms);
	for (i = 0; i < c->peer_count; i++)
		if (f[i].revents != 0 && !peer_turn(&c->peers[i], 0))
			bug("a line of the city broke");
	free(f);
}

/* ---- building ---------------------------------------------------------------
 */

static inline struct plan
city_plan(void *ctx, const struct pair *last)
{
	(void)ctx;
	(void)last;
	return (struct plan){ .harm = HARM_NONE };
}

static inline struct seat *
city_seat(struct city *c, struct seat *above, const char *kind, size_t n)
{
	struct city_line *l = &c->lines[c->line_count++];
	char id[16];

	(void)snprintf(id, sizeof(id), "%s-%zu", kind, n);
	l->seat = country_seat(&c->country, above, id);
	proxy_begin(&l->proxy, above->port, city_plan, NULL);
	return l->seat;
}

/* Communes hang below units in turn; the first ones are complete. */
static inline size_t
city_driven(size_t unit, size_t units, size_t communes, size_t complete)
{
	const size_t all = communes / units + (unit < communes % units),
		     whole = complete / units + (unit < complete % units);

	return all - whole;
}

static inline void
city_peers(struct city *c)
{
	size_t i, k, n = 0;

	c->peers = alloc(c->peer_count + 1, sizeof(*c->peers));
	c->members = alloc(c->peer_count + 1, sizeof(*c->members));
	c->before = alloc(c->peer_count + 1, sizeof(*c->before));
	c->has = alloc(c->peer_count + 1, sizeof(*c->has));
	for (i = 0; i < c->unit_count; i++)
		for (k = 0; k < c->crowds[i].count; k++)
			c->members[n++] = &c->crowds[i].members[k];
}

static inline void
city_begin(struct city *c, size_t units, size_t communes, size_t complete)
{
	const double start = city_now();
	struct rlimit files;
	size_t i;

	*c = (struct city){ .unit_count = units, .complete = complete };
	c->did.desks = units + communes;
	city_of_peers = c;
	(void)signal(SIGPIPE, SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	country_begin(&c->country);
	c->centre = country_seat(&c->country, NULL, "vn");
	for (i = 0; i < units; i++)
		c->units[i] = city_seat(c, c->centre, "quan", i);
	for (i = 0; i < complete; i++)
		(void)city_seat(c, c->units[i % units], "phuong", i);
	for (i = 0; i < units; i++) {
		crowd_make(&c->crowds[i], &c->country, c->units[i],
		    city_driven(i, units, communes, complete), true);
		c->crowds[i].item = city_item;
		c->peer_count += c->crowds[i].count;
	}
	city_peers(c);
	country_write(c->centre, "");
	for (i = 0; i < c->line_count; i++)
		country_write_to(c->lines[i].seat, c->lines[i].proxy.port, "");
	c->did.file = (double)c->country.t.file.len / 1048576;
	c->did.built = city_now() - start;
}

static inline void
city_end(struct city *c)
{
	size_t i;

	for (i = 0; i < c->peer_count; i++)
		peer_end(&c->peers[i]);
	for (i = 0; i < c->unit_count; i++)
		crowd_end(&c->crowds[i]);
	for (i = 0; i < c->line_count; i++)
		proxy_end(&c->lines[i].proxy);
	free(c->peers);
	free(c->members);
	free(c->before);
	free(c->has);
	country_end(&c->country);
}

/* All stations run, two at a time, and all lines are up; false: not so. */
static inline bool
city_start(struct city *c)
{
	const double start = city_now();
	struct peer *p = c->peers;
	struct seat *s;
	size_t i;

	if (!seat_start(c->centre))
		return false;
	for (i = 0; i < c->line_count + 1; i++) {
		if (i < c->line_count)
			seat_launch(c->lines[i].seat);
		if (i == 0)
			continue;
		s = c->lines[i - 1].seat;
		if (!seat_waits(s, "event=link.up", 1, 60)) {
			printf("# %s does not come up\n", s->address);
			return false;
		}
	}
	for (i = 0; i < c->unit_count; i++) {
		(void)crowd_enter(&c->crowds[i], p);
		p += c->crowds[i].count;
	}
	c->did.started = city_now() - start;
	return true;
}

/* ---- the telegram -----------------------------------------------------------
 */

static inline json_t *
city_request(const struct city *c)
{
	const struct letter none = { .from = c->centre,
		.country = &c->country,
		.precedence = PRECEDENCE_HOA_TOC,
		.expires = TIME_NEVER };
	json_t *r = letter_request(&none), *to = json_object_get(r, "to");
	size_t i;

	for (i = 0; i < c->line_count; i++)
		(void)json_array_append_new(
		    to, json_string(c->lines[i].seat->desk_address));
	for (i = 0; i < c->peer_count; i++)
		(void)json_array_append_new(
		    to, json_string(c->members[i]->desk));
	return r;
}

static inline bool
city_sends(struct city *c)
{
	const int file = memfd_create("text", MFD_CLOEXEC);
	struct err e = { 0 };
	int control;
	enum rc rc;

	random_bytes(c->text, sizeof(c->text));
	if (write(file, c->text, sizeof(c->text)) != sizeof(c->text))
		bug("no file");
	control = seat_signed_in(c->centre, 20);
	rc = control_ask(
	    control, CONTROL_SEND, city_request(c), &file, 1, NULL, NULL, &e);
	if (rc != RC_OK)
		printf("# %s\n", e.text);
	close(control);
	close(file);
	return rc == RC_OK;
}

static inline void
note_dispatches(void *ctx, json_t *row)
{
	const json_t *n = json_object_get(row, "dispatches");

	if (n != NULL)
		*(bool *)ctx = json_integer_value(n) > 0;
}

/* It has come to a complete station: by it the one desk that is there has it,
 * for there is but one dispatch. */
static inline bool
city_line_has(struct city_line *l)
{
	const struct control_ears ears = { .row = note_dispatches,
		.ctx = &l->has };
	struct err e;
	int fd;

	if (l->has || seat_control(&fd, l->seat, &e) != RC_OK)
		return l->has;
	(void)control_ask(
	    fd, CONTROL_STATUS, json_object(), NULL, 0, &ears, NULL, &e);
	close(fd);
	return l->has;
}

static inline size_t
city_came(struct city *c, size_t *asked)
{
	size_t i, n = 0;

	for (i = 0; i < c->peer_count; i++)
		n += c->has[i];
	/* one more of the others at a time, so that asking costs little */
	while (*asked < c->line_count && city_line_has(&c->lines[*asked]))
		++*asked;
	return n + *asked;
}

static inline int
city_by_size(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static inline void
city_spread(double out[static 3], double *v, size_t n)
{
	if (n == 0)
		return;
	qsort(v, n, sizeof(*v), city_by_size);
	out[0] = v[0];
	out[1] = v[n / 2];
	out[2] = v[n - 1];
}

static inline void
city_counts(struct city *c)
{
	double v[CITY_UNITS], *w = alloc(c->peer_count + 1, sizeof(*w));
	size_t i;

	for (i = 0; i < c->unit_count; i++)
		v[i] =
		    (double)(c->lines[i].proxy.bytes[1] - c->lines[i].before);
	city_spread(c->did.down, v, c->unit_count);
	for (i = 0; i < c->peer_count; i++)
		w[i] = (double)(peer_received(&c->peers[i]) - c->before[i]);
	city_spread(c->did.leaf, w, c->peer_count);
	free(w);
}

/* One telegram to all; true: within so many seconds all have it. */
static inline bool
city_telegram(struct city *c, unsigned seconds)
{
	double cpu, start;
	size_t asked = 0, i;

	for (i = 0; i < 10; i++) /* what was still to be said is */
		city_turn(c, 100);
	c->did.memory = pss_of_station(c->centre);
	for (i = 0; i < c->line_count; i++)
		c->lines[i].before = c->lines[i].proxy.bytes[1];
	for (i = 0; i < c->peer_count; i++)
		c->before[i] = peer_received(&c->peers[i]);
	cpu = cpu_of_station(c->centre);
	start = city_now();
	if (!city_sends(c))
		return false;
	c->did.sealed = city_now() - start;
	while (city_now() < start + seconds && c->did.came < c->did.desks) {
		city_turn(c, 5);
		c->did.came = city_came(c, &asked);
	}
	c->did.all = city_now() - start;
	c->did.cpu = cpu_of_station(c->centre) - cpu;
	c->did.memory_after = pss_of_station(c->centre);
	city_counts(c);
	return c->did.came == c->did.desks;
}

#endif
