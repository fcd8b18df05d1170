/* SPDX-License-Identifier: EUPL-1.2 */
/* Files on their way from a browser (docs/desk.md 6): whole, nobody else's,
 * bounded, and sealed where they lie. */
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../tests/tap.h"
#include "web/uploads.h"

#define MINE 7u
#define OTHERS 8u

static struct err e;
static const char type[] = "application/pdf";

static enum rc
begin(struct id *id, struct uploads *u, const char *name, uint64_t size)
{
	return upload_begin(
	    id, u, MINE, bytes_str(name), bytes_str(type), size, &e);
}

static void
fill(uint8_t *p, size_t len)
{
	struct dice d = { 5 };
	size_t i;

	for (i = 0; i < len; i++)
		p[i] = (uint8_t)dice_below(&d, 256);
}

/* In pieces of any size, broken off and gone on with, it is what was sent. */
static void
it_comes_whole(void)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 300000 };
	static uint8_t in[300000], back[300000];
	struct uploads *u = uploads_new(-1, UPLOADS_BYTES);
	struct dice dice = { 3 };
	struct upload_is it;
	struct id id;
	size_t s, at, n, good = 0, bytes = 1;
	uint64_t left = 1;
	int fd;

	fill(in, sizeof(in));
	for (s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		if (begin(&id, u, "thu.pdf", sizes[s]) != RC_OK)
			continue;
		for (at = 0; at < sizes[s]; at += n) {
			n = 1 + dice_below(&dice, 90000);
			n = n < sizes[s] - at ? n : sizes[s] - at;
			if (upload_add(u, MINE, &id, at, bytes_of(in + at, n),
				&e) != RC_OK)
				break;
		}
		if (upload_open(&fd, &it, u, MINE, &id, &e) != RC_OK)
			continue;
		n = (size_t)pread(fd, back, sizeof(back), 0);
		good += n == sizes[s] && memcmp(in, back, n) == 0 &&
			it.size == n && strcmp(it.name, "thu.pdf") == 0;
		(void)close(fd);
		upload_closed(u, it.size);
		(void)(upload_drop(u, MINE, &id, &e) == RC_OK);
	}
	is(good, sizeof(sizes) / sizeof(sizes[0]),
	    "a file comes whole in whatever pieces");
	uploads_count(u, &bytes, &left);
	ok(bytes == 0 && left == 0, "and leaves no room taken");
	uploads_free(u);
}

static void
it_goes_on_where_it_was(void)
{
	struct uploads *u = uploads_new(-1, UPLOADS_BYTES);
	struct bytes five = bytes_str("12345");
	struct upload_is it;
	struct id id;
	int fd;

	went(begin(&id, u, "a", 10), &e, "one of ten bytes");
	went(upload_add(u, MINE, &id, 0, five, &e), &e, "five came");
	is(upload_open(&fd, &it, u, MINE, &id, &e), RC_EXPIRED,
	    "it is not opened before the others did");
	is(upload_add(u, MINE, &id, 0, five, &e), RC_EXISTS,
	    "what came does not come again");
	is(upload_add(u, MINE, &id, 6, five, &e), RC_EXISTS,
	    "and none is left out");
	is(upload_add(u, MINE, &id, UINT64_MAX, five, &e), RC_EXISTS,
	    "wherever that is");
	went(upload_state(&it, u, MINE, &id, &e), &e, "it is known");
	is(it.have, 5, "where it goes on");
	is(upload_add(u, MINE, &id, 5, bytes_str("123456"), &e), RC_LIMIT,
	    "no more comes than was said");
	went(upload_add(u, MINE, &id, 5, five, &e), &e, "the rest does");
	upload_sealed(u, OTHERS, &id, 3, 10);
	ok(upload_state(&it, u, MINE, &id, &e) == RC_OK && it.total == 0,
	    "another session says nothing of its sending");
	upload_sealed(u, MINE, &id, 3, 10);
	ok(upload_state(&it, u, MINE, &id, &e) == RC_OK && it.sealed == 3 &&
		it.total == 10,
	    "its own says how far it is sealed");
	uploads_free(u);
}

static void
it_is_its_sessions(void)
{
	struct uploads *u = uploads_new(-1, UPLOADS_BYTES);
	struct upload_is it;
	struct id id;
	int fd = -1;

	went(begin(&id, u, "a", 1), &e, "one of a session");
	is(upload_state(&it, u, OTHERS, &id, &e), RC_ABSENT,
	    "another session sees none");
	is(upload_add(u, OTHERS, &id, 0, bytes_str("1"), &e), RC_ABSENT,
	    "adds nothing");
	is(upload_drop(u, OTHERS, &id, &e), RC_ABSENT, "takes none away");
	went(upload_add(u, MINE, &id, 0, bytes_str("1"), &e), &e, "its own");
	is(upload_open(&fd, &it, u, OTHERS, &id, &e), RC_ABSENT,
	    "and opens none");
	ok(fd == -1, "nor has a descriptor");
	uploads_forget(u, OTHERS);
	went(upload_state(&it, u, MINE, &id, &e), &e,
	    "it outlives another session");
	uploads_forget(u, MINE);
	is(upload_state(&it, u, MINE, &id, &e), RC_ABSENT, "not its own");
	uploads_free(u);
}

static void
it_is_bounded(void)
{
	struct uploads *u = uploads_new(-1, 100u << 20);
	struct id id;
	size_t n;

	is(begin(&id, u, "a", UPLOAD_MAX + 1ull), RC_LIMIT,
	    "none is too large");
	is(begin(&id, u, "a", UINT64_MAX), RC_LIMIT, "whatever is said");
	went(begin(&id, u, "a", 60u << 20), &e, "one of 60 MiB");
	is(begin(&id, u, "a", 60u << 20), RC_LIMIT,
	    "no second where there is room for 100");
	uploads_forget(u, MINE);
	for (n = 0; begin(&id, u, "a", 0) == RC_OK; n++)
		continue;
	is(n, UPLOADS_MINE, "a session has so many");
	uploads_free(u);
}

static void
names_are_names(void)
{
	static const char *const bad[] = { "", " ", ".", "..", "../x", "a/b",
		"..\\x", "a\nb", "a\tb", "a\x7f",
		("\xe2\x80\xae"
		 "fdp.exe"),
		"\xff\xfe", "\xc0\xaf", "\xe2\x81\xa6x" };
	char longest[5121];
	struct uploads *u = uploads_new(-1, 1u << 20);
	struct upload_is it;
	struct id id;
	size_t i, refused = 0;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (begin(&id, u, bad[i], 1) == RC_INVALID)
			refused++;
		else
			note("taken: %zu", i);
	}
	is(refused, sizeof(bad) / sizeof(bad[0]), "what is no name is refused");
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	is(begin(&id, u, longest, 1), RC_LIMIT, "and one of 5 KiB");
	is(upload_begin(&id, u, MINE, bytes_of((const uint8_t *)"a\0b", 3),
	       bytes_str(type), 1, &e),
	    RC_INVALID, "and one with a NUL");
	is(upload_begin(&id, u, MINE, bytes_str("a"), bytes_str("text"), 1, &e),
	    RC_INVALID, "and a type that is none");
	is(upload_begin(&id, u, MINE, bytes_str("a"),
	       bytes_str("text/x\r\nA: b"), 1, &e),
	    RC_INVALID, "and one that would be a header");
	went(begin(&id, u, "Tờ trình số 5.pdf", 1), &e, "a name of letters");
	went(upload_state(&it, u, MINE, &id, &e), &e, "is kept");
	same(bytes_str(it.name), bytes_str("Tờ trình số 5.pdf"), "as it is");
	uploads_free(u);
}

/* Nothing of it can be read where it lies; and what is changed there is seen.
 */
static void
it_lies_sealed(void)
{
	static uint8_t in[2 * UPLOAD_CHUNK], raw[4 * UPLOAD_CHUNK];
	int spool = memfd_create("spool", MFD_CLOEXEC), look = dup(spool), fd;
	struct uploads *u = uploads_new(spool, 1u << 20);
	struct upload_is it;
	struct id id;
	ssize_t n;

	memset(in, 'x', sizeof(in));
	went(begin(&id, u, "a", sizeof(in)), &e, "one of x");
	went(upload_add(u, MINE, &id, 0, bytes_of(in, sizeof(in)), &e), &e,
	    "it came");
	n = pread(look, raw, sizeof(raw), 0);
	ok(n > (ssize_t)sizeof(in) && memmem(raw, (size_t)n, "xxxx", 4) == NULL,
	    "no x lies there");
	ok(memcmp(raw, raw + UPLOAD_CHUNK + 16, 64) != 0,
	    "nor is the same twice the same");
	raw[70000] ^= 1;
	is((uint64_t)pwrite(look, raw, (size_t)n, 0), (uint64_t)n, "a bit");
	is(upload_open(&fd, &it, u, MINE, &id, &e), RC_IO,
	    "what was changed there is not sent");
	(void)close(look);
	uploads_free(u);
}

struct worker {
	pthread_t thread;
	struct uploads *u;
	uint64_t user;
	size_t good;
};

/* Files of one session, each with letters of its own. */
static void *
works(void *ctx)
{
	struct worker *w = ctx;
	uint8_t in[100000], back[sizeof(in)];
	struct upload_is it;
	struct err mine;
	size_t round, at, n;
	struct id id;
	int fd;

	for (round = 0; round < 30; round++) {
		memset(in, (int)(w->user * 30 + round), sizeof(in));
		if (upload_begin(&id, w->u, w->user, bytes_str("a"),
			bytes_str(type), sizeof(in), &mine) != RC_OK)
			continue;
		for (at = 0; at < sizeof(in); at += n) {
			n = sizeof(in) - at < 7001 ? sizeof(in) - at : 7001;
			if (upload_add(w->u, w->user, &id, at,
				bytes_of(in + at, n), &mine) != RC_OK)
				break;
		}
		if (upload_open(&fd, &it, w->u, w->user, &id, &mine) != RC_OK)
			continue;
		w->good +=
		    pread(fd, back, sizeof(back), 0) == (ssize_t)sizeof(in) &&
		    memcmp(in, back, sizeof(in)) == 0;
		(void)close(fd);
		upload_closed(w->u, it.size);
		if (round % 2 == 0)
			uploads_forget(w->u, w->user);
		else if (upload_drop(w->u, w->user, &id, &mine) != RC_OK)
			w->good = 0;
	}
	return NULL;
}

static void
threads_do_not_mix(void)
{
	struct worker w[4] = { 0 };
	struct uploads *u = uploads_new(-1, UPLOADS_BYTES);
	uint64_t left = 1;
	size_t i, count = 1, good = 0;

	for (i = 0; i < 4; i++) {
		w[i].u = u;
		w[i].user = i + 1;
		if (pthread_create(&w[i].thread, NULL, works, &w[i]) != 0)
			bug("no thread");
	}
	for (i = 0; i < 4; i++) {
		(void)pthread_join(w[i].thread, NULL);
		good += w[i].good;
	}
	is(good, 120, "threads have their files, and no other's");
	uploads_count(u, &count, &left);
	ok(count == 0 && left == 0, "and nothing stays");
	uploads_free(u);
}

/* docs/desk.md 6.4 */
static void
what_is_read_has_its_bounds(void)
{
	struct uploads *u = uploads_new(-1, UPLOADS_BYTES);
	struct upload_is it;
	struct id id;
	int fd;

	if (begin(&id, u, "thu.pdf", 1) != RC_OK ||
	    upload_add(u, MINE, &id, 0, bytes_str("x"), &e) != RC_OK)
		bug(e.text);
	is(upload_room(u, (uint64_t)UPLOADS_OPEN + 1, &e), RC_LIMIT,
	    "a part that is larger than all that may be open is refused");
	is(upload_room(u, UPLOADS_OPEN - 1, &e), RC_OK,
	    "one may take nearly all");
	is(upload_room(u, 2, &e), RC_LIMIT, "the next waits for room");
	is(upload_room(u, 1, &e), RC_OK, "or is small enough");
	is(upload_open(&fd, &it, u, MINE, &id, &e), RC_LIMIT,
	    "and so do files that are sent");
	upload_closed(u, UPLOADS_OPEN - 1);
	is(upload_open(&fd, &it, u, MINE, &id, &e), RC_OK,
	    "until one is closed");
	(void)close(fd);
	upload_closed(u, it.size);
	upload_closed(u, 1);
	uploads_free(u);
}

int
main(void)
{
	it_comes_whole();
	it_goes_on_where_it_was();
	it_is_its_sessions();
	it_is_bounded();
	names_are_names();
	it_lies_sealed();
	threads_do_not_mix();
	what_is_read_has_its_bounds();
	return done();
}
