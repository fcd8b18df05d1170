/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * An office at a station's pages (docs/desk.md 14): 200 people of one desk,
 * each with a key of his own and a phone, who sign in by TLS, the last quarter
 * of them at one moment, and work: each looks at a page for some seconds, asks
 * what it shows again when he hears that it has changed, and some of them
 * write. What each asks goes one after another over one connection; how long an
 * answer takes is told by what was asked.
 */
#include "office.h"
#include "uploads.h"

#define WRITERS 10u
#define LETTERS 60u /* in the desk's box */
#define READ_S 12
#define WRITE_S 15
#define THINK_MS 3000 /* at least; at most twice that */
#define PAUSE_MS 4000 /* a writer's */
#define FILE_SIZE (20u << 20)
#define FILE_MOST (256u << 20) /* docs/desk.md 6.4 */
#define PATIENT 90	       /* seconds */

static unsigned people = PEOPLE; /* or what PEOPLE says */
static volatile bool writing, over;

/* ---- who there is ---- */

/*
 * What key files are written with (the program is linked so: Makefile).  Those
 * who are in before anything is measured have passphrases that cost nothing to
 * try, for each is tried twice before that; the last quarter's cost what all
 * passphrases do.
 */
extern struct argon2 __wrap_argon2_default;
struct argon2 __wrap_argon2_default = { .kib = 8, .passes = 1, .lanes = 1 };

static unsigned
late(void)
{
	return people - people / 4;
}

static void *
seals(void *ctx)
{
	size_t i;

	for (i = (size_t)(uintptr_t)ctx; i < people; i += 2)
		user_write(&all[i].u);
	return NULL;
}

static void
people_enrol(void)
{
	pthread_t other;
	size_t i;

	for (i = 0; i < people; i++) {
		all[i] = (struct person_at){ .number = (unsigned)i,
			.dice = (uint32_t)i * 77 + 1 };
		(void)pthread_mutex_init(&all[i].lock, NULL);
		(void)pthread_cond_init(&all[i].wake, NULL);
		(void)snprintf(all[i].id, sizeof(all[i].id), "nv-%zu", i);
		all[i].u.id = all[i].id;
		all[i].u.words = i % 2 == 0 ? lan.words : OTHERS;
		user_new(&all[i].u, ROLE_DRAFTER);
	}
	browser_write();
	for (i = 0; i < late(); i++)
		user_write(&all[i].u);
	__wrap_argon2_default =
	    (struct argon2){ .kib = 64 << 10, .passes = 3, .lanes = 4 };
	if (pthread_create(&other, NULL, seals, (void *)(late() + 1ul)) != 0)
		bug("no thread");
	(void)seals((void *)(uintptr_t)late());
	(void)pthread_join(other, NULL);
}

/* ---- a morning ---- */

/* With what the phone shows now: a code may have grown old on its way. */
static int
gives_code(struct person_at *p)
{
	char body[800], code[TOTP_DIGITS + 1];

	totp_code(code, p->u.secret, (uint64_t)(time_now() / TOTP_STEP));
	(void)snprintf(body, sizeof(body),
	    "{\"person\":\"%s\",\"passphrase\":\"%s\",\"code\":\"%s\"}",
	    p->u.address, p->u.words, code);
	return asks(
	    &p->page, &p->session, "POST", "/api/1/session/sign-in", body);
}

/* Again, where the station says that it is too often now. */
static bool
signs_in_by_tls(struct person_at *p)
{
	const double began = bench_now();
	unsigned refused = 0;
	int status;

	while (
	    (status = gives_code(p)) != 200 && bench_now() - began < PATIENT) {
		refused += status != 429;
		if (status != 429)
			tells(p, "sign-in", status);
		if (refused > 2)
			break;
		(void)usleep(1000000 + dice(p, 1000000));
	}
	samples_add(&routes[SIGN_IN], bench_now() - began, status == 200);
	session_told(&p->session, &p->page);
	return status == 200;
}

static bool
comes_in(struct person_at *p)
{
	const double began = bench_now();
	char body[400];

	p->session = (struct session){ .who = p->number, .secure = true };
	if (!conn_open(&p->page, secure_port, true, p->number) ||
	    asks(&p->page, &p->session, "POST", "/api/1/session", "{}") !=
		200) {
		tells(p, "session", 0);
		return false;
	}
	session_told(&p->session, &p->page);
	if (!signs_in_by_tls(p))
		return false;
	(void)snprintf(body, sizeof(body), "{\"desk\":\"%s\"}", s->key_address);
	if (!asked(p, UNLOCK, "POST", "/api/1/session/desk", body) ||
	    !asked(p, SESSION, "GET", "/api/1/session", ""))
		return false;
	p->in = bench_now() - began;
	return true;
}

/* What has changed, he hears here. */
static void *
hears(void *ctx)
{
	struct person_at *p = ctx;
	char head[1400], said[2048];
	ssize_t n;

	n = (ssize_t)head_of(
	    head, sizeof(head), &p->session, "GET", "/api/1/events", NULL, 0);
	if (!conn_open(&p->stream, secure_port, true, p->number) ||
	    !put_all(&p->stream, head, (size_t)n))
		return NULL;
	while ((n = conn_read(&p->stream, said, sizeof(said) - 1)) > 0) {
		said[n] = '\0';
		if (strstr(said, "\"documents\"") == NULL &&
		    strstr(said, "\"mail\"") == NULL)
			continue;
		(void)pthread_mutex_lock(&p->lock);
		p->heard = p->shows < 3;
		told++;
		(void)pthread_cond_signal(&p->wake);
		(void)pthread_mutex_unlock(&p->lock);
	}
	return NULL;
}

/* Until then, or he hears of a change: which it was. */
static bool
looks_up(struct person_at *p, double until)
{
	const double left = until - bench_now();
	struct timespec at;
	bool heard;

	(void)clock_gettime(CLOCK_REALTIME, &at);
	at.tv_sec += (time_t)left;
	at.tv_nsec += (long)((left - (double)(time_t)left) * 1e9);
	if (at.tv_nsec >= 1000000000) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000;
	}
	(void)pthread_mutex_lock(&p->lock);
	while (!p->heard && left > 0 &&
	       pthread_cond_timedwait(&p->wake, &p->lock, &at) == 0)
		;
	heard = p->heard;
	p->heard = false;
	(void)pthread_mutex_unlock(&p->lock);
	return heard;
}

static void *
works(void *ctx)
{
	struct person_at *p = ctx;
	double page = 0, write = 0;
	unsigned kind;

	if ((p->in == 0 && !comes_in(p)) ||
	    pthread_create(&p->hears, NULL, hears, p) != 0)
		return NULL;
	while (!over) {
		if (bench_now() >= page) {
			kind = dice(p, 20);
			p->shows = kind < 8    ? 0u
				   : kind < 11 ? 1u
				   : kind < 14 ? 2u
				   : kind < 19 ? 3u
					       : 4u;
			looks(p, false);
			page =
			    bench_now() + (THINK_MS + dice(p, THINK_MS)) / 1e3;
		}
		if (writing && p->number < WRITERS && bench_now() >= write) {
			writes(p);
			write = bench_now() + PAUSE_MS / 2e3 +
				dice(p, PAUSE_MS) / 1e3;
		}
		if (looks_up(p, p->number < WRITERS && write < page && writing
				    ? write
				    : page))
			looks(p, true);
	}
	return NULL;
}

/* ---- what is there before, and what is said ---- */

static void
box_fills(void)
{
	const struct letter l = { .from = s,
		.country = &land,
		.to = 1,
		.precedence = PRECEDENCE_THUONG,
		.expires = TIME_NEVER };
	uint8_t part[SHA256_SIZE];
	struct err e;
	size_t i;
	int fd, file;

	fd = seat_signed_in(s, 30);
	for (i = 0; i < LETTERS; i++) {
		file = letter_file(part, 3000);
		bench_must(control_ask(fd, CONTROL_SEND, letter_request(&l),
			       &file, 1, NULL, NULL, &e),
		    &e);
		(void)close(file);
	}
	(void)close(fd);
}

static void
codes_come(void)
{
	json_t *answer;
	struct err e;
	size_t i;
	int fd;

	bench_must(seat_control(&fd, s, &e), &e);
	for (i = 0; i < people; i++) {
		answer = NULL;
		bench_must(control_ask(fd, CONTROL_USER_CODES,
			       request(&all[i].u, all[i].u.words, NULL), NULL,
			       0, NULL, &answer, &e),
		    &e);
		if (!letters_read(all[i].u.secret, row_word(answer, "secret")))
			bug("no codes");
		json_decref(answer);
	}
	(void)close(fd);
}

static double
worked(double before[static 8])
{
	static const char *const names[] = { "tls", "web", "control", "store",
		"keys", "seal" };
	double now, sum = 0;
	size_t i;

	for (i = 0; i < COUNT(names); i++) {
		now = cpu_of(seat_process(s, names[i]));
		if (before[7] > 0)
			printf("%s%s %.1f",
			    i == 0 ? "work of the station, seconds: " : ", ",
			    names[i], now - before[i]);
		sum += now - before[i];
		before[i] = now;
	}
	if (before[7] > 0)
		printf("; in all %.1f\n", sum);
	before[7] = 1;
	return sum;
}

static void
say(const char *when, double seconds)
{
	static double before[8];
	size_t i;

	double load = 0;

	(void)getloadavg(&load, 1);
	printf("%s (%.0f s; load of the machine %.1f): %zu changes heard\n",
	    when, seconds, load, told);
	told = 0;
	for (i = 0; i < ROUTES; i++)
		if (routes[i].count + routes[i].failed > 0)
			samples_say(&routes[i], route_words[i], seconds);
	(void)worked(before);
	(void)fflush(stdout);
}

static void
samples_drop(void)
{
	size_t i;

	(void)pthread_mutex_lock(&samples_lock);
	for (i = 0; i < ROUTES; i++)
		routes[i].count = routes[i].failed = 0;
	(void)pthread_mutex_unlock(&samples_lock);
	told = 0;
}

static size_t
are_in(void)
{
	size_t i, n = 0;

	for (i = 0; i < people; i++)
		n += all[i].in > 0;
	return n;
}

/* The first come before the others, and make what there is to be seen. */
static void
first_come(void)
{
	size_t i;

	for (i = 0; i < WRITERS; i++)
		if (!comes_in(&all[i]))
			bug("nobody comes in");
	for (i = 0; i < DOCUMENTS; i++) {
		if (!begins_document(
			&all[i % WRITERS], documents[document_count]))
			bug("no document");
		describes(&all[i % WRITERS], documents[document_count++]);
	}
}

static void
others_come(size_t from, size_t to, const char *when)
{
	const double began = bench_now();
	size_t i;

	for (i = from; i < to; i++)
		if (pthread_create(&all[i].works, NULL, works, &all[i]) != 0)
			bug("no thread");
	while (are_in() < to && bench_now() - began < PATIENT + 10)
		(void)usleep(50000);
	printf("%zu of %zu people are signed in by TLS, each with the desk "
	       "unlocked; the last %zu of them after %.1f s\n",
	    are_in(), to, to - from, bench_now() - began);
	say(when, bench_now() - began);
}

/* They sit still, but for those who bring files. */
static void
all_rest(void)
{
	size_t i;

	over = true;
	for (i = 0; i < people; i++)
		(void)pthread_join(all[i].works, NULL);
}

static void
files_come(unsigned count, uint64_t size)
{
	double most, before, took;
	char path[80];
	unsigned i;

	for (i = 0; i < count; i++)
		uploaders[i] = (struct uploader){ .conn = &all[i].page,
			.of = &all[i].session,
			.number = i,
			.size = size };
	took = uploads_go(count, uploads_ours, &most, &before);
	uploads_say("files go up by TLS, and lie sealed in a file in memory "
		    "that is not counted here (web, tls, seal)",
	    count, size, took, most, before);
	for (i = 0; i < count; i++) {
		(void)snprintf(
		    path, sizeof(path), "/api/1/uploads/%s", uploaders[i].id);
		if (uploaders[i].good)
			(void)asks(uploaders[i].conn, uploaders[i].of, "DELETE",
			    path, "");
	}
}

static void
files_of_peer(uint16_t port, unsigned count, uint64_t size)
{
	static struct conn conns[UPLOADERS];
	double most, before, took;
	unsigned i;

	for (i = 0; i < count; i++) {
		if (!conn_open(&conns[i], port, true, i))
			bug("the peer is not there");
		uploaders[i] = (struct uploader){
			.conn = &conns[i], .number = i, .size = size
		};
	}
	took = uploads_go(count, uploads_peers, &most, &before);
	uploads_say("peer: nginx, PUT by TLS into plain files, sealed and "
		    "checked by nobody",
	    count, size, took, most, before);
	for (i = 0; i < count; i++)
		conn_close(&conns[i]);
}

/* More than the pages take (docs/desk.md 6.4) is refused before it comes. */
static void
too_large(uint64_t size)
{
	char body[100];
	int status;

	(void)snprintf(body, sizeof(body),
	    "{\"name\":\"to.bin\",\"size\":%llu}", (unsigned long long)size);
	status =
	    asks(&all[0].page, &all[0].session, "POST", "/api/1/uploads", body);
	printf("a file of %.0f MiB is announced: %d\n",
	    (double)size / (1 << 20), status);
}

static void
files(uint16_t peer_port)
{
	upload_bytes = alloc(1, UPLOAD_PIECE);
	random_bytes(upload_bytes, UPLOAD_PIECE);
	files_come(UPLOADERS, FILE_SIZE);
	if (peer_port != 0)
		files_of_peer(peer_port, UPLOADERS, FILE_SIZE);
	files_come(1, FILE_MOST);
	if (peer_port != 0)
		files_of_peer(peer_port, 1, FILE_MOST);
	too_large(UINT64_C(2) << 30);
	free(upload_bytes);
}

static void
all_go(void)
{
	size_t i;

	for (i = 0; i < people; i++)
		if (all[i].in > 0) {
			(void)shutdown(all[i].stream.fd, SHUT_RDWR);
			(void)pthread_join(all[i].hears, NULL);
		}
	for (i = 0; i < people; i++) {
		conn_close(&all[i].page);
		if (all[i].in > 0)
			conn_close(&all[i].stream);
		identity_free(&all[i].u.keys);
	}
}

/* office [peer_port peer_pid] */
int
main(int argc, char **argv)
{
	const uint16_t peer_port = argc > 2 ? (uint16_t)atoi(argv[1]) : 0;

	if (getenv("PEOPLE") != NULL)
		people = (unsigned)atoi(getenv("PEOPLE"));
	if (people < UPLOADERS || people > PEOPLE)
		bug("PEOPLE is too small or too large");
	uploads_peer_pid = argc > 2 ? atoi(argv[2]) : 0;
	browser_begin(&land);
	seat = s;
	people_enrol();
	browser_start();
	codes_come();
	box_fills();
	first_come();
	say("made ready", 1);
	others_come(0, late(), "they come in");
	(void)sleep(3); /* until all have seen their first page */
	samples_drop();
	others_come(late(), people,
	    "a quarter comes in at one moment, the others read");
	(void)sleep(3);
	samples_drop();
	(void)sleep(READ_S);
	say("all of them read", READ_S);
	writing = true;
	(void)sleep(WRITE_S);
	say("all of them read, and 10 of them write", WRITE_S);
	(void)say_memory("with all of them signed in");
	all_rest();
	files(peer_port);
	all_go();
	(void)sleep(5);
	(void)say_memory("when all of them are gone");
	browser_end(&land);
	return 0;
}
