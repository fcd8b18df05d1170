/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The process that seals, with the one that has the keys; this test is the
 * store, which remembers one package, and control.
 */
#include "play.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "crypto/suite.h"
#include "envelope/attachment.h"
#include "envelope/envelope.h"

#define A_DESK STATION "/van-thu"
#define B_DESK STATION "/co-yeu"
#define CLERK 1000u
#define MANY 610u

static struct identity station, a_desk, b_desk;
static struct actor keys, seal;
static struct line *keys_store, *keys_control, *store, *control;
static struct kem_key *many[MANY];

/* ---- the store that this test plays
 * ------------------------------------------------------ */

static struct {
	char dir[32];
	uint64_t serial;
	char file[96]; /* the numbered one */
	/* what was submitted last */
	bool has;
	uint64_t envelope, total;
	struct buf package; /* a small one */
	struct buf dests;
	size_t dest_count;
	uint64_t submitted;
	/* how it misbehaves */
	bool unknown; /* it knows no signer */
	bool not_listed;
	uint64_t deny; /* what it says to a submission */
	int64_t skew;  /* of its clock */
	size_t asked_resolve;
} st;

static struct bytes
number_text(char out[static 64], size_t i)
{
	(void)snprintf(out, 64, "antin://xa-%zu.vn/van-thu", i);
	return bytes_str(out);
}

/* Whom an address leads to, of those this test knows. */
static bool
key_of(struct msg_resolved *out, struct bytes address)
{
	char text[64];
	size_t i;

	out->address = address;
	if (bytes_is(address, A_DESK) || bytes_is(address, B_DESK)) {
		const struct identity *id =
		    bytes_is(address, A_DESK) ? &a_desk : &b_desk;

		out->alg = oid(kem_key_alg(id->kem)->oid);
		out->pub = kem_key_pub(id->kem);
		return true;
	}
	for (i = 0; i < MANY; i++)
		if (bytes_eq(address, number_text(text, i))) {
			out->alg = oid(kem_key_alg(many[i])->oid);
			out->pub = kem_key_pub(many[i]);
			return true;
		}
	return false;
}

static void
serve_number(struct line *l, const struct message *m)
{
	struct msg_numbered n = { .origin = bytes_str(STATION),
		.incarnation = 1,
		.serial = ++st.serial,
		.now = time_now() + st.skew };
	int fd;

	(void)snprintf(
	    st.file, sizeof(st.file), "%s/%u", st.dir, (unsigned)st.serial);
	n.name = bytes_str(st.file);
	fd = open(st.file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		bug("no file");
	say_to(l, MSG_NUMBERED, m->job, &n, fd);
}

static void
serve_resolve(struct line *l, const struct message *m)
{
	struct msg_resolved r = { 0 };

	st.asked_resolve++;
	if (!key_of(&r, m->body.resolve.address)) {
		r.rc = RC_ABSENT;
		r.why = bytes_str("nobody known has that address");
	}
	say_to(l, MSG_RESOLVED, m->job, &r, -1);
}

static void
serve_expand(struct line *l, const struct message *m)
{
	struct msg_expanded x = { .id = { { 5 } }, .version = 3 };
	struct buf rows = { 0 };
	struct msg_resolved r = { 0 };

	if (bytes_is(m->body.expand.list, "all")) {
		(void)key_of(&r, bytes_str(A_DESK));
		list_add(&rows, LIST_RESOLVED, &r);
		(void)key_of(&r, bytes_str(B_DESK));
		list_add(&rows, LIST_RESOLVED, &r);
	} else if (!bytes_is(m->body.expand.list, "nobody")) {
		x.rc = RC_ABSENT;
		x.why = bytes_str("no such list");
	}
	x.rows = buf_bytes(&rows);
	say_to(l, MSG_EXPANDED, m->job, &x, -1);
	buf_free(&rows);
}

static void
serve_signer(struct line *l, const struct message *m)
{
	const struct identity *all[] = { &a_desk, &b_desk };
	struct msg_signer_is is = { 0 };
	size_t i;

	for (i = 0; i < COUNT(all) && !st.unknown; i++) {
		if (!bytes_eq(m->body.signer.cert,
			bytes_of(all[i]->card.sign_cert, SHA256_SIZE)))
			continue;
		is.known = 1;
		is.cert_der = buf_bytes(&all[i]->card.sign_der);
		memcpy(is.cert, all[i]->card.sign_cert, SHA256_SIZE);
		is.address = all[i]->card.sign.address;
		is.from = all[i]->card.sign.from;
		is.until = all[i]->card.sign.until;
	}
	say_to(l, MSG_SIGNER_IS, m->job, &is, -1);
}

static void
serve_submit(struct line *l, const struct message *m)
{
	const struct msg_submit *s = &m->body.submit;
	struct msg_done done = { .rc = st.deny,
		.why = bytes_str(st.deny == RC_OK ? "" : "it is full") };
	struct bytes rows = s->dests;
	struct msg_dest row;
	struct stat file;

	st.has = true;
	st.submitted++;
	st.envelope = s->envelope;
	st.total = s->total;
	buf_free(&st.package);
	buf_free(&st.dests);
	buf_add(&st.package, s->package);
	buf_add(&st.dests, s->dests);
	for (st.dest_count = 0; list_next(&rows, LIST_DEST, &row);)
		st.dest_count++;
	if (s->package.len > 0
		? s->package.len != s->total || s->name.len > 0 ||
		      s->total > MSG_INLINE
		: !bytes_is(s->name, st.file) || s->total <= MSG_INLINE ||
		      stat(st.file, &file) != 0 ||
		      (uint64_t)file.st_size != s->total)
		bug("a package that is not as long as it says");
	say_to(l, MSG_DONE, m->job, &done, -1);
}

static void
serve_fetch(struct line *l, const struct message *m)
{
	struct msg_package p = { .envelope = st.envelope,
		.total = st.total,
		.now = time_now() + st.skew };
	int fd = -1;

	if (!st.has) {
		p.rc = RC_ABSENT;
		p.why = bytes_str("no such dispatch");
	} else if (st.package.len > 0) {
		p.package = buf_bytes(&st.package);
	} else {
		fd = open(st.file, O_RDONLY | O_CLOEXEC);
	}
	say_to(l, MSG_PACKAGE, m->job, &p, fd);
}

static void
serve_yes(struct line *l, const struct message *m)
{
	const struct msg_yes yes = { m->kind == MSG_LISTED && !st.not_listed };

	say_to(l, MSG_YES, m->job, &yes, -1);
}

static void
play_store(struct line *l, const struct message *m, int fd)
{
	static void (*const serve[MSG_LAST + 1])(
	    struct line *, const struct message *) = {
		[MSG_NUMBER] = serve_number,
		[MSG_RESOLVE] = serve_resolve,
		[MSG_EXPAND] = serve_expand,
		[MSG_SIGNER] = serve_signer,
		[MSG_LISTED] = serve_yes,
		[MSG_ANSWERS] = serve_yes,
		[MSG_SUBMIT] = serve_submit,
		[MSG_FETCH] = serve_fetch,
	};

	if (fd >= 0)
		(void)close(fd);
	if (l->as == PROC_STORE && serve[m->kind] != NULL)
		serve[m->kind](l, m);
}

/* ---- jobs, as control gives them
 * --------------------------------------------------------- */

/* What was said of the last job. */
static struct id last_id;
static char why[MSG_WHY + 1];
static unsigned steps; /* of progress */
static uint64_t step_done, step_total;

static int
memory_of(struct bytes all)
{
	int fd = memfd_create("part", MFD_CLOEXEC);
	struct bytes rest = all;
	ssize_t n;

	if (fd < 0)
		bug("no memory file");
	while (rest.len > 0) {
		n = write(fd, rest.p, rest.len);
		if (n <= 0)
			bug("no memory");
		rest = bytes_of(rest.p + n, rest.len - (size_t)n);
	}
	return fd;
}

static struct buf
whole_of(int fd)
{
	struct stat file;
	struct buf all = { 0 };

	if (fstat(fd, &file) != 0)
		bug("no file");
	if (file.st_size > 0 && pread(fd, buf_grow(&all, (size_t)file.st_size),
				    (size_t)file.st_size, 0) != file.st_size)
		bug("a short file");
	return all;
}

/* A job that is being given. */
struct order {
	struct msg_seal m;
	struct buf to, parts;
	size_t part_count;
	int fds[80];
};

static struct order
order_from(const char *desk)
{
	return (struct order){ .m = { .uid = CLERK,
				   .desk = bytes_str(desk),
				   .due = TIME_NEVER,
				   .expires = TIME_NEVER,
				   .subject = bytes_str("Về việc thử") } };
}

static void
order_to(struct order *o, struct bytes address)
{
	const struct msg_addressee row = { address, PURPOSE_ACTION };

	list_add(&o->to, LIST_ADDRESSEE, &row);
}

static void
order_part(struct order *o, enum part_kind kind, const char *name, int fd)
{
	const struct msg_part row = { kind, bytes_str(name),
		bytes_str("application/octet-stream"), 0 };

	list_add(&o->parts, LIST_PART, &row);
	o->fds[o->part_count++] = fd;
}

static enum rc
outcome(enum msg kind)
{
	struct bytes said = { 0 };
	struct heard h;
	enum rc rc = RC_IO;

	steps = 0;
	for (;;) {
		if (!wait_for(&h, control, 0))
			bug("no answer to control");
		if (h.m.job != jobs)
			bug("an answer to another job");
		if (h.m.kind != MSG_PROGRESS)
			break;
		steps++;
		step_done = h.m.body.progress.done;
		step_total = h.m.body.progress.total;
		heard_free(&h);
	}
	if (h.m.kind != kind)
		bug("an answer of another kind");
	if (kind == MSG_DONE) {
		rc = (enum rc)h.m.body.done.rc;
		said = h.m.body.done.why;
		last_id = h.m.body.done.id;
	} else {
		rc = (enum rc)h.m.body.letter.rc;
		said = h.m.body.letter.why;
	}
	(void)snprintf(why, sizeof(why), "%.*s", (int)said.len,
	    said.len > 0 ? (const char *)said.p : "");
	heard_free(&h);
	return rc;
}

/* Give it; the descriptors are gone afterwards. */
static void
order_give(struct order *o)
{
	size_t i;

	jobs++;
	for (i = 0; i < o->part_count; i++)
		say_to(control, MSG_FD, jobs, NULL, o->fds[i]);
	o->m.to = buf_bytes(&o->to);
	o->m.parts = buf_bytes(&o->parts);
	say_to(control, MSG_SEAL, jobs, &o->m, -1);
	buf_free(&o->to);
	buf_free(&o->parts);
	o->part_count = 0;
}

static enum rc
order_go(struct order *o)
{
	order_give(o);
	return outcome(MSG_DONE);
}

static enum rc
read_letter(const char *desk)
{
	const struct msg_of m = {
		.uid = CLERK, .desk = bytes_str(desk), .id = last_id
	};

	say_to(control, MSG_READ, ++jobs, &m, -1);
	return outcome(MSG_LETTER);
}

/* Into "fd", which stays the caller's. */
static enum rc
save_part(const char *desk, uint64_t part, int fd)
{
	const struct msg_of m = { .uid = CLERK,
		.desk = bytes_str(desk),
		.id = last_id,
		.part = part };

	jobs++;
	say_to(control, MSG_FD, jobs, NULL, dup(fd));
	say_to(control, MSG_SAVE, jobs, &m, -1);
	return outcome(MSG_DONE);
}

static bool
saves(const char *desk, uint64_t part, struct bytes wanted)
{
	int fd = memory_of((struct bytes){ 0 });
	enum rc rc = save_part(desk, part, fd);
	struct buf all = whole_of(fd);
	bool good = rc == RC_OK && bytes_eq(buf_bytes(&all), wanted);

	if (!good)
		note("part %u: %s, %zu bytes", (unsigned)part,
		    rc == RC_OK ? "saved" : why, all.len);
	buf_free(&all);
	(void)close(fd);
	return good;
}

static bool
numbered_is_empty(void)
{
	struct stat file;

	return stat(st.file, &file) == 0 && file.st_size == 0;
}

static void
noise(struct buf *out, size_t len)
{
	struct dice d = { 4711 };
	uint8_t *p = buf_grow(out, len);
	uint32_t v = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		v = i % 3 == 0 ? dice_below(&d, 1u << 24) : v >> 8;
		p[i] = (uint8_t)v;
	}
}

/* ---- the tests
 * ---------------------------------------------------------------------------
 */

static void
they_begin(void)
{
	const char *const desks[] = { A_DESK, B_DESK };
	struct msg_sign_in in = { .uid = CLERK };
	struct heard h;
	size_t i;

	keys = actor_new(&process_keys);
	give_key(&keys, &station, "tram.key", NULL, true);
	give_key(&keys, &a_desk, "a.key", NULL, false);
	give_key(&keys, &b_desk, "b.key", NULL, false);
	seal = actor_new(&process_seal);
	actors_join(&keys, &seal);
	keys_store = actor_sibling(&keys, PROC_STORE);
	keys_control = actor_sibling(&keys, PROC_CONTROL);
	store = actor_sibling(&seal, PROC_STORE);
	control = actor_sibling(&seal, PROC_CONTROL);
	ok(actor_go(&keys) && actor_go(&seal), "keys and seal begin");
	for (i = 0; i < 2; i++) {
		in.desk = bytes_str(desks[i]);
		say_to(keys_control, MSG_SIGN_IN, ++jobs, &in, -1);
		if (!wait_for(&h, keys_control, MSG_SIGNED_IN) ||
		    h.m.body.signed_in.rc != RC_OK)
			bug("nobody signs in");
		heard_free(&h);
	}
}

static void
a_text_comes_back(void)
{
	const struct bytes text = bytes_str("Đã nhận đủ.\n");
	struct order o = order_from(A_DESK);
	struct buf file = { 0 };
	int device;

	noise(&file, 3000);
	order_to(&o, bytes_str(B_DESK));
	order_part(&o, PART_TEXT, "text", memory_of(text));
	order_part(&o, PART_DOCUMENT, "tệp.bin", memory_of(buf_bytes(&file)));
	is(order_go(&o), RC_OK, "a text and a file are sealed");
	ok(st.package.len > 0 && st.envelope == st.total &&
		st.dest_count == 1 && numbered_is_empty(),
	    "in one small package, and the numbered file stays empty");
	is(read_letter(B_DESK), RC_OK, "its addressee reads it");
	ok(saves(B_DESK, 0, text) && saves(B_DESK, 1, buf_bytes(&file)),
	    "and saves its parts as they were");
	device = open("/dev/null", O_WRONLY | O_CLOEXEC);
	is(save_part(B_DESK, 0, device), RC_INVALID,
	    "not into what is no file: %s", why);
	(void)close(device);
	device = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	is(save_part(B_DESK, 0, device), RC_INVALID,
	    "nor into what may not be written");
	(void)close(device);
	is(read_letter(A_DESK), RC_ABSENT,
	    "its originator, who has no slip, does not");
	buf_free(&file);
}

/* A list is named in what is signed, and expanded for its slips. */
static void
a_list_is_expanded(void)
{
	struct order o = order_from(A_DESK);

	o.m.list = bytes_str("all");
	order_part(&o, PART_TEXT, "t", memory_of(bytes_str("x")));
	is(order_go(&o), RC_OK, "a dispatch goes to a list");
	is(st.dest_count, 2, "with a slip for each who is on it");
	is(read_letter(B_DESK), RC_OK, "who is on it reads it");
	st.not_listed = true;
	is(read_letter(B_DESK), RC_DENIED, "who is not does not");
	st.not_listed = false;
	o = order_from(A_DESK);
	o.m.list = bytes_str("nobody");
	order_part(&o, PART_TEXT, "t", memory_of(bytes_str("x")));
	is(order_go(&o), RC_ABSENT, "nothing goes to an empty list");
	o = order_from(A_DESK);
	o.m.list = bytes_str("what");
	order_part(&o, PART_TEXT, "t", memory_of(bytes_str("x")));
	is(order_go(&o), RC_ABSENT, "nor to an unknown one");
}

/* Seal these bytes as an attachment, with a text of so many bytes. */
static enum rc
attach(const char *from, const char *to, struct bytes all, size_t text)
{
	struct order o = order_from(from);
	struct buf words = { 0 };

	if (text > 0)
		memset(buf_grow(&words, text), 'a', text);
	order_to(&o, bytes_str(to));
	order_part(&o, PART_TEXT, "text", memory_of(buf_bytes(&words)));
	order_part(&o, PART_DOCUMENT, "big", memory_of(all));
	buf_free(&words);
	return order_go(&o);
}

static bool
package_is_tight(const struct bytes *all)
{
	uint64_t most = attachment_size(pad_size(all->len));

	return st.total > st.envelope && st.total - st.envelope <= most;
}

static void
attachments_come_back(void)
{
	static const size_t sizes[] = { 65537, 300000, 5000000 };
	const char *const desks[] = { A_DESK, B_DESK };
	size_t i, from, lost = 0;
	struct buf all = { 0 };
	struct bytes part;

	noise(&all, sizes[COUNT(sizes) - 1]);
	for (i = 0; i < COUNT(sizes); i++)
		for (from = 0; from < 2; from++) {
			part = bytes_of(all.p, sizes[i]);
			lost += attach(desks[from], desks[1 - from], part,
				    i * 77) != RC_OK ||
				!package_is_tight(&part) ||
				read_letter(desks[1 - from]) != RC_OK ||
				!saves(desks[1 - from], 1, part);
		}
	is(lost, 0,
	    "attachments of both suites come back, right behind the envelope");
	/* packed to so little that the package is a small one */
	memset(all.p, 0, all.len);
	is(attach(A_DESK, B_DESK, buf_bytes(&all), 5), RC_OK,
	    "a file of zeros is attached");
	ok(st.package.len > 0 && st.total > st.envelope &&
		saves(B_DESK, 1, buf_bytes(&all)),
	    "in a small package, and comes back");
	buf_free(&all);
}

/* Whatever the sizes are: where DER's lengths pass over the size that was
 * reckoned, the attachments move up. */
static void
packages_have_no_gap(void)
{
	const char *const desks[] = { A_DESK, B_DESK };
	const size_t step = getenv("ANTIN_SOAK") != NULL ? 1 : 13;
	size_t n, from, lost = 0, made = 0;
	struct buf all = { 0 };
	struct bytes part;

	noise(&all, 70000);
	for (from = 0; from < 2; from++)
		for (n = 0; n < 600; n += from == 0 ? step : 5 * step, made++) {
			part = bytes_of(all.p, 65537 + n % 200);
			lost += attach(desks[from], desks[1 - from], part, n) !=
				    RC_OK ||
				!package_is_tight(&part) ||
				!saves(desks[1 - from], 1, part);
		}
	is(lost, 0, "no size leaves a gap before the attachments (%zu made)",
	    made);
	buf_free(&all);
}

struct pouring {
	int fd;
	uint64_t left;
};

/* The same noise in every run, quickly. */
static void
fill(uint8_t *to, size_t len, uint64_t at)
{
	uint64_t v = at * UINT64_C(0x9e3779b97f4a7c15) + 1;
	size_t i;

	for (i = 0; i + 8 <= len; i += 8) {
		v ^= v << 13;
		v ^= v >> 7;
		v ^= v << 17;
		memcpy(to + i, &v, 8);
	}
}

static void *
pour_in(void *arg)
{
	static uint8_t piece[65536];
	struct pouring *p = arg;
	uint64_t at;
	size_t n, done;
	ssize_t put;

	for (at = 0; at < p->left; at += n) {
		n = p->left - at < sizeof(piece) ? (size_t)(p->left - at)
						 : sizeof(piece);
		fill(piece, sizeof(piece), at);
		for (done = 0; done < n; done += (size_t)put)
			if ((put = write(p->fd, piece + done, n - done)) <= 0)
				return NULL;
	}
	(void)close(p->fd);
	return NULL;
}

static void *
pour_out(void *arg)
{
	static uint8_t piece[65536], wanted[65536];
	struct pouring *p = arg;
	uint64_t at = 0;
	size_t n;
	ssize_t got = 1;

	while (got > 0) {
		for (n = 0; n < sizeof(piece); n += (size_t)got)
			if ((got = read(p->fd, piece + n, sizeof(piece) - n)) <=
			    0)
				break;
		fill(wanted, sizeof(wanted), at);
		if (memcmp(piece, wanted, n) != 0)
			p->left = UINT64_MAX; /* never counted down to 0 */
		else
			p->left -= n;
		at += n;
	}
	(void)close(p->fd);
	return NULL;
}

static void
a_large_one_comes_through_pipes(void)
{
	const uint64_t size =
	    (getenv("ANTIN_SOAK") != NULL ? 2048u : 200u) * (UINT64_C(1) << 20);
	struct order o = order_from(A_DESK);
	struct pouring in = { .left = size }, out = { .left = size };
	pthread_t thread;
	int ends[2];
	enum rc rc;

	order_to(&o, bytes_str(B_DESK));
	if (pipe2(ends, O_CLOEXEC) != 0)
		bug("no pipe");
	in.fd = ends[1];
	order_part(&o, PART_DOCUMENT, "big", ends[0]);
	if (pthread_create(&thread, NULL, pour_in, &in) != 0)
		bug("no thread");
	rc = order_go(&o);
	(void)pthread_join(thread, NULL);
	is(rc, RC_OK, "%u MB go in through a pipe", (unsigned)(size >> 20));
	ok(steps <= 600, "with %u steps of progress", steps);
	if (pipe2(ends, O_CLOEXEC) != 0)
		bug("no pipe");
	out.fd = ends[0];
	if (pthread_create(&thread, NULL, pour_out, &out) != 0)
		bug("no thread");
	rc = save_part(B_DESK, 0, ends[1]);
	(void)close(ends[1]);
	(void)pthread_join(thread, NULL);
	is(rc, RC_OK, "and out through another");
	is(out.left, 0, "as they were");
	ok(steps == 0 || (step_total == size && step_done <= size),
	    "and progress says how far it is (%u steps)", steps);
}

static void
many_get_one_body(void)
{
	struct order o = order_from(A_DESK);
	struct envelope env;
	struct buf all = { 0 };
	char text[64];
	struct err e;
	size_t i;
	int fd;

	for (i = 0; i < MANY; i++)
		order_to(&o, number_text(text, i));
	order_part(&o, PART_TEXT, "t", memory_of(bytes_str("x")));
	is(order_go(&o), RC_OK, "a dispatch goes to %u desks", MANY);
	ok(st.dest_count == MANY && st.package.len == 0,
	    "with as many slips, in a file");
	fd = open(st.file, O_RDONLY | O_CLOEXEC);
	all = whole_of(fd);
	ok(envelope_parse(&env, buf_bytes(&all), &e) == RC_OK &&
		env.slip_count == MANY && env.header.serial == st.serial,
	    "which is an envelope with the number it was given");
	(void)close(fd);
	buf_free(&all);
	is(read_letter(B_DESK), RC_ABSENT, "who has no slip cannot read it");
}

/* ---- what is refused
 * --------------------------------------------------------------------- */

static enum rc
one_part(struct order *o, int fd)
{
	order_to(o, bytes_str(B_DESK));
	order_part(o, PART_DOCUMENT, "x", fd);
	return order_go(o);
}

static void
what_cannot_be_sealed_is_refused(void)
{
	struct order o = order_from(A_DESK);
	uint64_t submitted = st.submitted;
	struct buf big = { 0 };
	int ends[2];
	size_t i;

	is(one_part(&o, open("/tmp", O_RDONLY | O_CLOEXEC)), RC_INVALID,
	    "a folder is refused: %s", why);
	o = order_from(A_DESK);
	is(one_part(&o, open("/dev/zero", O_RDONLY | O_CLOEXEC)), RC_INVALID,
	    "a device is refused: %s", why);
	o = order_from(A_DESK);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		bug("no socket");
	is(one_part(&o, ends[0]), RC_INVALID, "a socket is refused: %s", why);
	(void)close(ends[1]);
	o = order_from(A_DESK);
	if (pipe2(ends, O_CLOEXEC) != 0)
		bug("no pipe");
	is(one_part(&o, ends[1]), RC_INVALID,
	    "the wrong end of a pipe is refused: %s", why);
	(void)close(ends[0]);

	o = order_from(A_DESK);
	order_to(&o, bytes_str(B_DESK));
	is(order_go(&o), RC_INVALID, "no parts: %s", why);
	o = order_from(A_DESK);
	is(order_go(&o), RC_INVALID, "nothing at all: %s", why);
	o = order_from(A_DESK);
	order_part(&o, PART_TEXT, "t", memory_of(bytes_str("x")));
	is(order_go(&o), RC_INVALID, "no addressee: %s", why);
	o = order_from(A_DESK);
	o.m.list = bytes_str("all");
	is(one_part(&o, memory_of(bytes_str("x"))), RC_INVALID,
	    "an addressee and a list: %s", why);

	/* a descriptor too few, and 65 of them */
	o = order_from(A_DESK);
	order_to(&o, bytes_str(B_DESK));
	order_part(&o, PART_TEXT, "t", memory_of(bytes_str("x")));
	order_part(&o, PART_TEXT, "u", -1);
	o.part_count = 1;
	is(order_go(&o), RC_INVALID, "a part without descriptor: %s", why);
	o = order_from(A_DESK);
	order_to(&o, bytes_str(B_DESK));
	for (i = 0; i < MSG_FDS; i++)
		order_part(&o, PART_TEXT, "t", memory_of(bytes_str("x")));
	o.fds[o.part_count++] = memory_of(bytes_str("x"));
	is(order_go(&o), RC_LIMIT, "65 descriptors: %s", why);

	o = order_from(A_DESK);
	order_to(&o, bytes_str(B_DESK));
	order_part(&o, PART_TEXT, "t", memory_of(bytes_str("\xff\xfe")));
	is(order_go(&o), RC_INVALID, "a text that is none: %s", why);
	o = order_from(A_DESK);
	order_to(&o, bytes_str(B_DESK));
	(void)buf_grow(&big, LIMIT_CONTENT + 1);
	order_part(&o, PART_TEXT, "t", memory_of(buf_bytes(&big)));
	is(order_go(&o), RC_LIMIT, "a text over 1 MiB: %s", why);
	o = order_from(A_DESK);
	order_to(&o, bytes_str(B_DESK));
	order_part(&o, PART_DOCUMENT, "a\nb", memory_of(bytes_str("x")));
	is(order_go(&o), RC_INVALID, "a name of two lines: %s", why);

	o = order_from(A_DESK);
	order_to(&o, bytes_str(B_DESK));
	is(one_part(&o, memory_of(bytes_str("x"))), RC_INVALID,
	    "an addressee who stands twice: %s", why);
	o = order_from(A_DESK);
	order_to(&o, bytes_str("antin://nowhere.vn/van-thu"));
	is(one_part(&o, memory_of(bytes_str("x"))), RC_ABSENT,
	    "an addressee whom nobody knows: %s", why);
	o = order_from(A_DESK);
	o.m.due = time_now() + 3600;
	is(one_part(&o, memory_of(bytes_str("x"))), RC_INVALID,
	    "a due time without its precedence: %s", why);
	o = order_from(A_DESK);
	o.m.expires = time_now() - 1;
	is(one_part(&o, memory_of(bytes_str("x"))), RC_INVALID,
	    "an expiry in the past: %s", why);
	o = order_from(A_DESK);
	o.m.uid = CLERK + 1;
	is(one_part(&o, memory_of(buf_bytes(&big))), RC_DENIED,
	    "who is not signed in: %s", why);
	ok(numbered_is_empty(), "the sealed attachment is given back");
	o = order_from(STATION "/nowhere");
	is(one_part(&o, memory_of(bytes_str("x"))), RC_DENIED,
	    "a desk that is not there: %s", why);
	is(st.submitted, submitted, "of all that nothing was submitted");

	st.deny = RC_LIMIT;
	o = order_from(A_DESK);
	is(one_part(&o, memory_of(buf_bytes(&big))), RC_LIMIT,
	    "what the store refuses is refused: %s", why);
	ok(numbered_is_empty(), "and its file given back");
	st.deny = RC_OK;
	o = order_from(A_DESK);
	is(one_part(&o, memory_of(bytes_str("x"))), RC_OK,
	    "after all that the next dispatch is sealed");
	buf_free(&big);
}

/* One outcome and one text, wherever it was changed. */
static void
what_was_changed_cannot_be_read(void)
{
	struct order o = order_from(A_DESK);
	size_t i, refused = 0, tried = 0, alike = 0;
	char first[MSG_WHY + 1] = "";
	struct envelope env;
	struct err e;

	if (one_part(&o, memory_of(bytes_str("bí mật"))) != RC_OK ||
	    envelope_parse(&env, buf_bytes(&st.package), &e) != RC_OK)
		bug(why);
	/* within the sealed content and the tag */
	for (i = (size_t)(env.sealed.p - st.package.p);
	     i < (size_t)(env.sealed.p - st.package.p) + env.sealed.len;
	     i += 211, tried++) {
		st.package.p[i] ^= 4;
		refused += read_letter(B_DESK) == RC_DENIED;
		if (tried == 0)
			(void)snprintf(first, sizeof(first), "%s", why);
		alike += strcmp(first, why) == 0;
		st.package.p[i] ^= 4;
	}
	is(refused, tried, "a changed content is refused");
	is(alike, tried, "with one text: %s", first);
	st.unknown = true;
	is(read_letter(B_DESK), RC_DENIED, "a sender whom nobody knows is");
	ok(strcmp(first, why) == 0, "refused with the same text");
	st.unknown = false;
	for (i = 0, tried = refused = 0; i < st.package.len; i += 97, tried++) {
		st.package.p[i] ^= 0x80;
		refused += read_letter(B_DESK) != RC_OK;
		st.package.p[i] ^= 0x80;
	}
	is(refused, tried, "no byte anywhere may change");
	st.package.len--;
	st.total--;
	ok(read_letter(B_DESK) != RC_OK, "a package cut short is refused");
	st.envelope--;
	ok(read_letter(B_DESK) != RC_OK, "and so is its envelope");
	st.package.len++;
	st.total++;
	st.envelope++;
	buf_u8(&st.package, 0);
	st.total++;
	is(read_letter(B_DESK), RC_INVALID, "one byte too many is refused");
	st.package.len--;
	st.total--;
	st.total++;
	is(read_letter(B_DESK), RC_INVALID,
	    "a package that is not as long as the store says: %s", why);
	st.total--;
	is(read_letter(B_DESK), RC_OK, "unchanged it is read");
}

static void
what_was_changed_is_not_saved(void)
{
	const size_t size = 1000000, at = 700000;
	struct buf all = { 0 }, got;
	uint8_t byte;
	int fd, package;

	noise(&all, size);
	if (attach(A_DESK, B_DESK, buf_bytes(&all), 3) != RC_OK)
		bug(why);
	package = open(st.file, O_RDWR | O_CLOEXEC);
	if (package < 0 ||
	    pread(package, &byte, 1, (off_t)(st.envelope + at)) != 1)
		bug("no package");
	byte ^= 1;
	if (pwrite(package, &byte, 1, (off_t)(st.envelope + at)) != 1)
		bug("no package");
	fd = memory_of((struct bytes){ 0 });
	is(save_part(B_DESK, 1, fd), RC_DENIED,
	    "a changed attachment is not saved: %s", why);
	got = whole_of(fd);
	ok(got.len <= at &&
		(got.len == 0 || memcmp(got.p, all.p, got.len) == 0),
	    "what was written before it found that is right (%zu bytes)",
	    got.len);
	buf_free(&got);
	(void)close(fd);
	byte ^= 1;
	if (pwrite(package, &byte, 1, (off_t)(st.envelope + at)) != 1)
		bug("no package");
	ok(saves(B_DESK, 1, buf_bytes(&all)), "changed back it is");

	st.total -= 5;
	if (ftruncate(package, (off_t)st.total) != 0)
		bug("no package");
	is(read_letter(B_DESK), RC_INVALID,
	    "one whose attachment is cut off is not read: %s", why);
	st.total += 5;
	is(read_letter(B_DESK), RC_INVALID,
	    "nor one whose file is shorter than the store says: %s", why);
	(void)close(package);
	buf_free(&all);
}

/* Their descriptors lie there together before seal reads any. */
static void
jobs_wait_for_each_other(void)
{
	struct order o;
	uint64_t first = jobs + 1;
	struct heard h;
	size_t n, i, sealed = 0, in_order = 0;

	(void)kill(seal.pid, SIGSTOP);
	for (n = 0; n < 4; n++) {
		o = order_from(A_DESK);
		order_to(&o, bytes_str(B_DESK));
		for (i = 0; i < 40; i++)
			order_part(
			    &o, PART_DOCUMENT, "x", memory_of(bytes_str("x")));
		order_give(&o);
	}
	(void)kill(seal.pid, SIGCONT);
	for (n = 0; n < 4; n++) {
		if (!wait_for(&h, control, MSG_DONE))
			bug("no answer to control");
		in_order += h.m.job == first + n;
		sealed += h.m.body.done.rc == RC_OK;
		heard_free(&h);
	}
	is(sealed, 4, "4 jobs of 40 files each are given at once");
	is(in_order, 4, "and done one after the other");
}

/* ---- siblings that go
 * ----------------------------------------------------------------------- */

static void
a_store_that_goes_fails_one_job(void)
{
	struct order o = order_from(A_DESK);
	enum rc rc = RC_ABSENT;
	size_t i;

	channel_free(store->c);
	store->c = channel_new(memory_of((struct bytes){ 0 }), PROC_STORE,
	    PROC_SEAL); /* a dead end */
	store->gone = true;
	is(one_part(&o, memory_of(bytes_str("x"))), RC_ABSENT,
	    "without a store nothing is sealed: %s", why);
	is(read_letter(B_DESK), RC_ABSENT, "nor read: %s", why);
	store = actor_sibling(&seal, PROC_STORE);
	/* it hears of the job and of the new store in any order */
	for (i = 0; i < 100 && rc == RC_ABSENT; i++) {
		o = order_from(A_DESK);
		rc = one_part(&o, memory_of(bytes_str("x")));
	}
	is(rc, RC_OK, "with a new one seal goes on");
	(void)actor_stop(&keys);
	o = order_from(A_DESK);
	is(one_part(&o, memory_of(bytes_str("x"))), RC_ABSENT,
	    "without keys nothing is sealed: %s", why);
	is(read_letter(B_DESK), RC_ABSENT, "nor read: %s", why);
}

int
main(void)
{
	size_t i;

	(void)signal(SIGPIPE, SIG_IGN);
	(void)snprintf(st.dir, sizeof(st.dir), "/tmp/seal.XXXXXX");
	if (mkdtemp(st.dir) == NULL)
		bug("no folder");
	holder_new(&station, "A", STATION, NULL);
	holder_new(&a_desk, "A", A_DESK, NULL);
	holder_new(&b_desk, "B", B_DESK, NULL);
	for (i = 0; i < MANY; i++)
		many[i] = kem_generate(kem_by_name("MLKEM768-X25519"));
	on_message = play_store;
	they_begin();
	a_text_comes_back();
	a_list_is_expanded();
	attachments_come_back();
	packages_have_no_gap();
	a_large_one_comes_through_pipes();
	many_get_one_body();
	what_cannot_be_sealed_is_refused();
	what_was_changed_cannot_be_read();
	what_was_changed_is_not_saved();
	jobs_wait_for_each_other();
	a_store_that_goes_fails_one_job();
	is((uint64_t)actor_stop(&seal), 0, "seal ends when it is told to");
	lines_end();
	for (i = 1; i <= st.serial; i++) {
		(void)snprintf(st.file, sizeof(st.file), "%s/%zu", st.dir, i);
		(void)unlink(st.file);
	}
	ok(rmdir(st.dir) == 0, "and nothing is left behind");
	for (i = 0; i < MANY; i++)
		kem_key_free(many[i]);
	buf_free(&st.package);
	buf_free(&st.dests);
	identity_free(&station);
	identity_free(&a_desk);
	identity_free(&b_desk);
	return done();
}
