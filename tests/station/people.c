/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Two people at a real station (docs/registry.md 6): they sign in with their
 * keys and codes as different users of the machine, processes are killed
 * meanwhile, one is revoked; no code is good twice whenever the station is
 * killed, and no secret is where it should not be.
 */
#include "people.h"

#define ROUNDS 4 /* of kills; with ANTIN_SOAK 60 */

static struct user mai = { .id = "mai", .words = OTHERS };

/* ---- what must be so
 * ------------------------------------------------------------------------ */

static void
two_people_two_users(void)
{
	json_t *r;
	struct err e;

	ok(comes(&lan, "codes", "none") && comes(&mai, "codes", "none"),
	    "two people are there, without codes");
	ok(gets_codes(&lan, FIRST, NULL) == RC_OK &&
		gets_codes(&mai, SECOND, NULL) == RC_OK,
	    "each gets some for his passphrase");
	is(signs_in(&lan, FIRST, WORDS, code_of(&mai)), RC_DENIED,
	    "another's code is none");
	is(signs_in(&lan, FIRST, WORDS, code_of(&lan)), RC_OK,
	    "one signs in as one user of the machine");
	is(signs_in(&mai, SECOND, OTHERS, code_of(&mai)), RC_OK,
	    "the other as another");
	ok(is_listed(&lan, "state", "in") && is_listed(&mai, "state", "in"),
	    "both are in");
	r = json_object();
	(void)json_object_set_new(r, "person", json_string(mai.address));
	ok(as(FIRST, CONTROL_USER_OUT, r, NULL, &e) == RC_OK &&
		is_listed(&mai, "state", "in"),
	    "the first user does not sign the second's out");
	ok(as(FIRST, CONTROL_USER_OUT, json_object(), NULL, &e) == RC_OK &&
		is_listed(&lan, "state", "out") &&
		is_listed(&mai, "state", "in"),
	    "all of the first are the first's alone");
	is(signs_in(&lan, FIRST, WORDS, code_of(&lan)), RC_OK,
	    "who is out signs in again");
}

/* A process is killed, and another is there in its place. */
static void
is_killed(const char *name)
{
	const pid_t pid = seat_process(seat, name);
	unsigned i;

	(void)kill(pid, SIGKILL);
	for (i = 0; i < patience(30) * 50 && seat_process(seat, name) == pid;
	     i++)
		(void)usleep(20000);
}

static void
processes_are_killed(void)
{
	char was[TOTP_DIGITS + 1];

	is_killed("store");
	ok(comes(&lan, "state", "in") && comes(&mai, "state", "in"),
	    "with another store both are still in");
	totp_code(was, lan.secret, lan.used);
	is_killed("keys");
	ok(comes(&lan, "state", "out") && comes(&mai, "state", "out"),
	    "with another keys both are out");
	is(signs_in(&lan, FIRST, WORDS, was), RC_DENIED,
	    "the code that was used is good no more");
	is(signs_in(&lan, FIRST, WORDS, code_of(&lan)), RC_OK,
	    "the next one is");
}

/* No kill explains that there are none: then what the station did is told. */
static void
must_get_codes(struct user *u, uid_t uid, const char *code)
{
	if (gets_codes(u, uid, code) == RC_OK)
		return;
	seat_tells(seat);
	bug("no codes");
}

/* Somewhere within a sign-in the whole station is killed: what was answered has
 * happened, and no code is good twice. */
static void
killed_at_any_moment(void)
{
	const size_t rounds = getenv("ANTIN_SOAK") != NULL ? 60 : ROUNDS;
	size_t i, twice = 0, in = 0, after = 0;
	char code[TOTP_DIGITS + 1];
	enum rc first, second;
	const char *next;
	int64_t takes;
	struct err e;
	pid_t killer;

	for (i = 0; i < rounds; i++) {
		/* which may have to be waited for */
		next = i == 0 ? code_of(&lan) : NULL;
		takes = now_ms();
		must_get_codes(&lan, FIRST, next);
		takes = now_ms() - takes; /* as signing in will, or so */
		(void)snprintf(code, sizeof(code), "%s", code_of(&lan));
		(void)fflush(stdout);
		killer = fork();
		if (killer == 0) {
			(void)usleep(
			    (useconds_t)(2 * 1000 * takes * (int64_t)i /
					 (int64_t)rounds));
			(void)kill(seat->daemon, SIGKILL);
			_exit(0);
		}
		first = as(FIRST, CONTROL_USER_IN, request(&lan, WORDS, code),
		    NULL, &e);
		(void)waitpid(killer, NULL, 0);
		(void)seat_stop(seat, SIGKILL);
		if (!seat_start(seat) || !comes(&lan, "state", "out"))
			bug("it does not start");
		second = signs_in(&lan, FIRST, WORDS, code);
		in += first == RC_OK;
		after += first != RC_OK && second == RC_OK;
		twice += first == RC_OK && second == RC_OK;
		/* so that she has never used the codes that she gets */
		if (second == RC_OK || first == RC_OK ||
		    gets_codes(&lan, FIRST, NULL) != RC_OK)
			must_get_codes(&lan, FIRST, code_of(&lan));
	}
	is(twice, 0, "no code is good twice, whenever the station is killed");
	note("%zu were in before, %zu after", in, after);
}

static void
who_is_revoked_is_out(void)
{
	const struct bytes der = buf_bytes(&mai.keys.card.sign_der);
	struct act a;
	struct err e;

	must_get_codes(&mai, SECOND, code_of(&mai));
	if (signs_in(&mai, SECOND, OTHERS, code_of(&mai)) != RC_OK)
		bug("she does not sign in");
	land.t.now = time_now();
	a = act_revoke(&land.t, der, REVOKE_CESSATION);
	tree_do(&land.t, ROOT, &a);
	must(seat_learns(seat, buf_bytes(&land.t.file), &e), &e);
	ok(comes(&mai, "certificate", "not-in-force"),
	    "the list says whose certificate has ended");
	is(signs_in(&mai, SECOND, OTHERS, code_of(&mai)), RC_DENIED,
	    "he signs in no more");
}

/* ---- what is left
 * ------------------------------------------------------------------------ */

static const char *const *wanted; /* up to NULL */
static size_t found;

static void
look_into(const char *path)
{
	struct buf all = { 0 };
	struct err e;
	size_t i;

	if (file_read(&all, path, 256u << 20, &e) != RC_OK)
		return;
	for (i = 0; wanted[i] != NULL; i++)
		if (memmem(all.p, all.len, wanted[i], strlen(wanted[i])) !=
		    NULL) {
			note("%s has secret %zu", path, i);
			found++;
		}
	if (memmem(all.p, all.len, lan.secret, TOTP_SECRET) != NULL) {
		note("%s has the secret of codes", path);
		found++;
	}
	buf_free(&all);
}

static int
look_at(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	if (type == FTW_F)
		look_into(path);
	return 0;
}

static void
no_secret_lies_about(void)
{
	static const char *const names[] = { "keys", "store", "control", "seal",
		"link", "media" };
	char letters[TOTP_TEXT], path[64];
	const char *const secrets[] = { WORDS, OTHERS, letters, NULL };
	struct buf limits;
	struct err e;
	size_t i, open = 0;
	pid_t pid;

	totp_text(letters, lan.secret);
	wanted = secrets;
	for (i = 0; i < COUNT(names); i++) {
		pid = seat_process(seat, names[i]);
		(void)snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
		look_into(path);
		(void)snprintf(path, sizeof(path), "/proc/%d/limits", pid);
		limits = (struct buf){ 0 };
		if (file_read(&limits, path, 65536, &e) != RC_OK)
			bug(e.text);
		open += memmem(limits.p, limits.len,
			    "Max core file size        0 ", 28) == NULL;
		buf_free(&limits);
	}
	is(open, 0, "no process leaves a core file");
	(void)nftw(seat->folder, look_at, 16, FTW_PHYS);
	is(found, 0,
	    "no passphrase and no secret of codes is in an argument, the log "
	    "or any file of the station");
}

int
main(void)
{
	if (geteuid() != 0) {
		skip("only root speaks as others");
		return done();
	}
	country_begin(&land);
	seat = country_seat(&land, NULL, "vn");
	user_new(&lan, ROLE_CLERK);
	user_new(&mai, ROLE_ADMINISTRATOR);
	country_write(seat, "");
	user_write(&lan);
	user_write(&mai);
	(void)chmod(land.folder, 0711);
	if (!seat_start(seat))
		bug("the station does not start");
	two_people_two_users();
	processes_are_killed();
	who_is_revoked_is_out();
	killed_at_any_moment();
	no_secret_lies_about();
	if (getenv("TELL") != NULL)
		seat_tells(seat);
	identity_free(&lan.keys);
	identity_free(&mai.keys);
	country_end(&land);
	return done();
}
