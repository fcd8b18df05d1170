/* SPDX-License-Identifier: EUPL-1.2 */
/* Large packages as the store takes them: in pieces, over a kill, from seal;
 * what it leaves on its disk, and that it serves others meanwhile
 * (docs/station.md 4.4, 4.9). */
#include <dirent.h>

#include "stage.h"

#define SLOW_MS 15 /* so much is no time to judge by */

static size_t
names_in(const struct stage *s, const char *folder, const char *begin)
{
	char path[2 * PATH];
	const struct dirent *d;
	size_t n = 0;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "%s/store/%s", s->data, folder);
	if ((dir = opendir(path)) == NULL)
		return 0;
	while ((d = readdir(dir)) != NULL)
		n += d->d_name[0] != '.' &&
		     strncmp(d->d_name, begin, strlen(begin)) == 0;
	(void)closedir(dir);
	return n;
}

static void
write_file(const struct stage *s, const char *name, size_t size)
{
	struct buf b = { 0 };
	char path[PATH];

	random_bytes(buf_grow(&b, size), size);
	(void)snprintf(path, sizeof(path), "data/store/%s", name);
	write_in(s->own, path, buf_bytes(&b));
	buf_free(&b);
}

/* ---- what is left on the disk
 * -------------------------------------------------------- */

static void
leftovers_go_at_the_start(struct stage *s)
{
	char sum[2 * SHA256_SIZE + 1], name[100];

	hex_write(sum, bytes_of((uint8_t[SHA256_SIZE]){ 1 }, SHA256_SIZE));
	ok(stage_start(s), "the store runs");
	is(stage_stop(s, SIGKILL), 256 + SIGKILL, "and is killed");
	write_file(s, "partial/new-17", 3000);
	write_file(s, "partial/new-18", 0);
	(void)snprintf(name, sizeof(name), "partial/%s", sum);
	write_file(s, name, 200000);
	(void)snprintf(name, sizeof(name), "files/%s", sum);
	write_file(s, name, 200000);
	write_file(s, "files/README", 5);
	ok(stage_start(s), "it starts again");
	is(names_in(s, "partial", "new-"), 0, "what seal left is gone");
	is(names_in(s, "partial", sum), 1, "what may go on arriving is there");
	is(names_in(s, "files", sum), 0, "a file that no row names is gone");
	is(names_in(s, "files", "README"), 1, "one that is not ours stays");
	ok(was_logged("orphans=3"), "and it says how many went");
	is(stage_stop(s, 0), 0, "the store stops");
}

/* ---- over a kill
 * --------------------------------------------------------------------- */

static struct msg_item
item_of(const struct packed *p, uint64_t conn, uint64_t number, uint64_t from)
{
	struct msg_item m = { .conn = conn,
		.number = number,
		.envelope = p->envelope,
		.total = p->package.len,
		.from = from,
		.dests = buf_bytes(&p->dests) };

	memcpy(m.sum, p->sum, SHA256_SIZE);
	return m;
}

/* What it says it has of this one to a child that comes; 0: nothing. */
static uint64_t
has_part(struct stage *s, const struct packed *p)
{
	uint64_t have = 0;
	size_t i;

	for (i = 0; i < said_count; i++)
		if (saids[i].h.m.kind == MSG_PARTIAL &&
		    memcmp(saids[i].h.m.body.partial.sum, p->sum,
			SHA256_SIZE) == 0)
			have = saids[i].h.m.body.partial.have;
	(void)s;
	return have;
}

static enum ack
answered(struct stage *s, uint64_t number)
{
	struct heard h = expect(s->link, MSG_TAKEN);
	enum ack outcome = ACKS;

	if (h.fd != -2 && h.m.body.taken.number == number)
		outcome = (enum ack)h.m.body.taken.outcome;
	heard_free(&h);
	return outcome;
}

static void
one_goes_on_where_it_was(struct stage *s)
{
	const struct seat *const to[] = { s->own };
	const size_t part = 5 * MSG_PIECE + 77;
	struct msg_data data;
	struct made m;
	struct packed p;
	struct msg_item item;
	bool good;

	make(&m, s->kid[0], 900, to, 1, 40 * MSG_PIECE);
	p = packed(&m, 1);
	ok(stage_start(s) && stage_line(s, 1, s->kid[0]), "a line is up");
	is(has_part(s, &p), 0, "nothing is there of it");
	item = item_of(&p, 1, 1, 0);
	say_to(s->link, MSG_BIG, 0, &item, -1);
	for (data = (struct msg_data){ .conn = 1, .number = 1 }; data.at < part;
	     data.at += data.more.len) {
		data.more = bytes_of(p.package.p + data.at,
		    part - data.at < MSG_PIECE ? part - (size_t)data.at
					       : MSG_PIECE);
		say_to(s->link, MSG_BIG_DATA, 0, &data, -1);
	}
	stage_settle(s);
	is(stage_stop(s, SIGKILL), 256 + SIGKILL, "it is killed in the middle");
	ok(stage_start(s) && stage_line(s, 1, s->kid[0]),
	    "the line comes again");
	is(has_part(s, &p), part, "it says what it has");
	item = item_of(&p, 1, 1, part);
	send_big(s, &item, &p, part);
	is(answered(s, 1), ACK_STORED, "and takes the rest");
	ok(is_read(s, s->own, &m, 1, &good) == RC_OK && good,
	    "the desk reads it");
	is(names_in(s, "files", ""), 2, "it is a file");
	is(names_in(s, "partial", ""), 1, "and no partial one any more");

	/* the part on disk is of other bytes: it comes anew, whole */
	packed_free(&p);
	made_free(&m);
	make(&m, s->kid[0], 901, to, 1, 40 * MSG_PIECE);
	p = packed(&m, 1);
	is(stage_stop(s, 0), 0, "the store stops");
	{
		char hex[2 * SHA256_SIZE + 1], name[100];

		hex_write(hex, bytes_of(p.sum, SHA256_SIZE));
		(void)snprintf(name, sizeof(name), "partial/%s", hex);
		write_file(s, name, part);
	}
	ok(stage_start(s) && stage_line(s, 1, s->kid[0]), "it starts again");
	is(has_part(s, &p), part, "with a part that is not what it says");
	item = item_of(&p, 1, 1, part);
	send_big(s, &item, &p, part);
	is(answered(s, 1), ACK_LATER, "that does not become a package");
	item = item_of(&p, 1, 2, 0);
	send_big(s, &item, &p, 0);
	is(answered(s, 2), ACK_STORED, "from the beginning it does");
	is(stage_stop(s, 0), 0, "the store stops");
	packed_free(&p);
	made_free(&m);
}

/* A line that goes while what was there is hashed takes nothing with it. */
static void
a_line_may_go_at_any_time(struct stage *s)
{
	const struct seat *const to[] = { s->own };
	const struct msg_conn gone = { 1 };
	struct made m;
	struct packed p;
	struct msg_item item;
	char hex[2 * SHA256_SIZE + 1], name[200];
	int64_t begun;
	bool good;

	make(&m, s->kid[0], 920, to, 1, 24u << 20);
	p = packed(&m, 1);
	hex_write(hex, bytes_of(p.sum, SHA256_SIZE));
	(void)snprintf(name, sizeof(name), "data/store/partial/%s", hex);
	ok(stage_start(s), "the store runs");
	write_in(s->own, name, buf_bytes(&p.package));
	ok(stage_line(s, 1, s->kid[0]), "a line is up");
	is(has_part(s, &p), p.package.len, "all of it is there, not hashed");
	item = item_of(&p, 1, 1, p.package.len);
	send_big(s, &item, &p, p.package.len);
	say_to(s->link, MSG_GONE, 0, &gone, -1);
	stage_settle(s);
	is(said_of(s->link, MSG_TAKEN), 0, "nobody is answered");
	ok(stage_line(s, 2, s->kid[0]), "the line comes again");
	item = item_of(&p, 2, 1, p.package.len);
	begun = process_ms();
	send_big(s, &item, &p, p.package.len);
	stage_settle(s);
	ok(said_of(s->link, MSG_TAKEN) == 0 || process_ms() - begun > SLOW_MS,
	    "others are served while it is hashed");
	is(answered(s, 1), ACK_STORED, "then it is taken");
	ok(is_read(s, s->own, &m, 1, &good) == RC_OK && good,
	    "and lies at its desk");
	is(stage_stop(s, 0), 0, "the store stops");
	packed_free(&p);
	made_free(&m);
}

/* ---- from seal
 * ----------------------------------------------------------------------- */

/* A file to write into, and its name. */
static int
number(struct stage *s, char name[static 64])
{
	const struct msg_desk m = { .desk = bytes_str(s->own->desk_address) };
	struct heard h;
	int fd;

	say_to(s->seal, MSG_NUMBER, jobs++, &m, -1);
	h = expect(s->seal, MSG_NUMBERED);
	fd = h.fd;
	if (fd >= 0)
		(void)snprintf(name, 64, "%.*s",
		    (int)h.m.body.numbered.name.len,
		    (const char *)h.m.body.numbered.name.p);
	h.fd = -1;
	heard_free(&h);
	return fd;
}

static enum rc
submit(struct stage *s, const struct packed *p, const char *name, int fd)
{
	struct msg_submit m = { .desk = bytes_str(s->own->desk_address),
		.envelope = p->envelope,
		.total = p->package.len,
		.dests = buf_bytes(&p->dests),
		.due = TIME_NEVER };
	struct heard h;
	enum rc rc;

	if (p->package.len <= STORE_INLINE)
		m.package = buf_bytes(&p->package);
	else
		m.name = bytes_str(name);
	if (m.name.len > 0 && pwrite(fd, p->package.p, p->package.len, 0) !=
				  (ssize_t)p->package.len)
		bug("pwrite");
	(void)close(fd);
	say_to(s->seal, MSG_SUBMIT, jobs++, &m, -1);
	h = expect(s->seal, MSG_DONE);
	rc = h.fd == -2 ? RC_EXPIRED : (enum rc)h.m.body.done.rc;
	heard_free(&h);
	return rc;
}

static void
what_is_sealed_here_goes_out(struct stage *s)
{
	const struct seat *const to[] = { s->kid[0], s->kid[1], s->kid[2] };
	struct made large, small;
	struct packed p, q;
	char name[64];
	size_t before;
	int fd;

	ok(stage_start(s), "the store runs");
	before = names_in(s, "partial", "");
	make(&large, s->own, 1, to, 3, 48u << 20);
	make(&small, s->own, 2, to, 3, 0);
	p = packed(&large, 7);
	q = packed(&small, 7);
	fd = number(s, name);
	ok(fd >= 0 && names_in(s, "partial", "new-") == 1,
	    "a number comes with a file");
	is(submit(s, &p, name, fd), RC_OK, "a large one is taken from it");
	is(names_in(s, "partial", ""), before, "which is in its place then");
	is(submit(s, &p, name, number(s, name)), RC_OK, "twice is once");
	fd = number(s, name);
	is(submit(s, &q, name, fd), RC_OK, "a small one needs no file");
	(void)close(number(s, name));
	(void)close(number(s, name));
	is(names_in(s, "partial", "new-"), 1,
	    "files that were not used do not gather");
	ok(stage_line(s, 1, s->kid[0]), "a child comes");
	ok(is_sent(s, 1, &small, 1, ACK_STORED),
	    "a small one goes while the large one's sum is made");
	ok(is_sent(s, 1, &large, 1, ACK_LATER),
	    "then the large one, with one slip and its sum: not now");
	ok(stage_line(s, 2, s->kid[1]), "another comes");
	ok(stage_line(s, 3, s->kid[0]), "and the first again");
	ok(is_sent(s, 2, &small, 2, ACK_STORED),
	    "the other gets the small one");
	ok(is_sent(s, 3, &large, 1, ACK_STORED),
	    "the first its large one at once, for the sum is known");
	ok(is_sent(s, 2, &large, 2, ACK_STORED), "then the other its own");
	stage_settle(s);
	is(said_of(s->link, MSG_SEND), 0, "and that is all");
	is(stage_stop(s, 0), 0, "the store stops");
	packed_free(&p);
	packed_free(&q);
	made_free(&large);
	made_free(&small);
}

int
main(void)
{
	struct stage s;

	stage_make(&s);
	leftovers_go_at_the_start(&s);
	one_goes_on_where_it_was(&s);
	a_line_may_go_at_any_time(&s);
	what_is_sealed_here_goes_out(&s);
	stage_end(&s);
	return done();
}
