/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Who is on duty at real stations, and whom an alarm calls (docs/duty.md): two
 * people with one name, hand-overs that are killed, alarms that nobody sees,
 * up to the unit above, and clocks that are set back meanwhile.
 */
#include <sys/fsuid.h>

#include "queue.h"
#include "set_clock.h"

#define FIRST 1 /* users that every machine has */
#define SECOND 2
#define STRANGER 7
#define ONE_NAME "Nguyễn Thị Lan"

static struct country land;
static struct seat *centre, *province, *commune;
static char antin[PATH];

/* ---- asking
 * ------------------------------------------------------------------- */

/* As another user, for whom the kernel speaks; the folders stay root's. */
static enum rc
as(uid_t uid, enum control_what what, json_t *request, json_t **answer,
    struct err *e)
{
	enum rc rc;

	if (seteuid(uid) != 0)
		bug("no other user");
	(void)setfsuid(0);
	rc = seat_asks(province, what, request, answer, e);
	if (seteuid(0) != 0)
		bug("root no more");
	(void)setfsuid(0);
	return rc;
}

static json_t *
with(const char *key, json_t *value)
{
	json_t *r = json_object();

	if (key != NULL)
		(void)json_object_set_new(r, key, value);
	return r;
}

static enum rc
takes(uid_t uid, uint64_t offer, const char *reason, struct err *e)
{
	json_t *r = json_object();

	if (offer != 0)
		(void)json_object_set_new(
		    r, "offer", json_integer((json_int_t)offer));
	if (reason != NULL)
		(void)json_object_set_new(r, "reason", json_string(reason));
	return as(uid, CONTROL_DUTY_TAKE, r, NULL, e);
}

static enum rc
offers(uid_t uid, const char *to, uint64_t *n, struct err *e)
{
	json_t *r = with("reason", json_string("xem điện hỏa tốc")),
	       *answer = NULL;
	enum rc rc;

	if (to != NULL)
		(void)json_object_set_new(r, "login", json_string(to));
	rc = as(uid, CONTROL_DUTY_OFFER, r, &answer, e);
	*n = (uint64_t)json_integer_value(json_object_get(answer, "number"));
	json_decref(answer);
	return rc;
}

static json_t *
duty(bool all)
{
	return seat_rows(
	    province, CONTROL_DUTY, with("all", json_boolean(all)));
}

/* The number under a key of the first row that says this; UINT64_MAX: none
 * does. */
static uint64_t
number(const char *what, const char *key)
{
	json_t *rows = duty(false), *row;
	uint64_t n = UINT64_MAX;
	size_t i;

	json_array_foreach(
	    rows, i, row) if (n == UINT64_MAX &&
			      strcmp(row_word(row, "what"), what) == 0) n =
	    (uint64_t)json_integer_value(json_object_get(row, key));
	json_decref(rows);
	return n;
}

static uint64_t
on(void)
{
	return number("on", "uid");
}

/* The lines of records; the first line of the newest into "last". */
static size_t
records(char *last, size_t size)
{
	json_t *rows = duty(true), *row;
	int64_t n = 0;
	size_t i, count = 0;

	last[0] = '\0';
	json_array_foreach(rows, i, row)
	{
		if (strcmp(row_word(row, "what"), "record") != 0 ||
		    json_integer_value(json_object_get(row, "number")) == n)
			continue;
		n = json_integer_value(json_object_get(row, "number"));
		(void)snprintf(last, size, "%s", row_word(row, "text"));
		count++;
	}
	json_decref(rows);
	return count;
}

/* A command of a person; its exit status. */
static int
runs(struct buf *out, const char *command)
{
	char line[4 * PATH], piece[4096];
	size_t n;
	FILE *f;
	int status;

	*out = (struct buf){ 0 };
	(void)snprintf(line, sizeof(line),
	    "LC_ALL=C.UTF-8 ANTIN_STATION=%s %s %s </dev/null 2>&1",
	    province->folder, antin, command);
	if ((f = popen(line, "r")) == NULL)
		bug("no command");
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(out, bytes_of(piece, n));
	status = pclose(f);
	buf_u8(out, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* It ends so, and says this. */
static void
says(const char *command, int status, const char *what, const char *name)
{
	struct buf out;
	const int got = runs(&out, command);

	if (!ok(got == status && strstr((const char *)out.p, what) != NULL,
		"%s", name))
		note("%d: %s", got, (const char *)out.p);
	buf_free(&out);
}

/* ---- a rota
 * ------------------------------------------------------------------- */

static void
vn(char out[static TIME_TEXT], int64_t t)
{
	time_write_vn(out, t - t % 60);
	out[16] = '\0';
}

/* From an hour ago, and from in an hour on: these logins. */
static void
write_rota(const char *now, const char *next, const char *people)
{
	char text[2048], a[TIME_TEXT], b[TIME_TEXT], c[TIME_TEXT];

	vn(a, time_now() - 3600);
	vn(b, time_now() + 3600);
	vn(c, time_now() + 7200);
	(void)snprintf(text, sizeof(text),
	    "# lịch trực\n%s%s %s %s\n%s %s %s\n", people, a, b, now, b, c,
	    next);
	write_in(province, "rota", bytes_str(text));
}

static void
a_rota_is_put_in_force(void)
{
	char command[2 * PATH];
	struct err e;

	says("duty show", 0, "There is no rota", "at first there is no rota");
	is(takes(FIRST, 0, NULL, &e), RC_ABSENT,
	    "and nobody takes over without one");
	(void)snprintf(
	    command, sizeof(command), "duty plan %s/rota", province->folder);
	write_rota(
	    "daemon", "bin", "person daemon Lan\nperson nobody-of-them Minh\n");
	says(command, 1, "who that login is",
	    "a shift of nobody is refused, with its line");
	write_rota("daemon", "nobody-of-them",
	    "person daemon Lan\nperson nobody-of-them Minh\n");
	says(command, 1, "no user nobody-of-them",
	    "and a person whom the machine does not know");
	is(number("desk", "number"), 0, "which change nothing");
	write_rota("daemon", "bin",
	    "person daemon " ONE_NAME "\n"
	    "person bin Nguye\xcc\x82\xcc\x83n Thi\xcc\xa3 Lan\n"
	    "person root Phạm Văn Đức\n");
	says(command, 0, "By the rota: " ONE_NAME " (daemon)",
	    "one of two people with one name is put in force");
	says("duty show", 0, "On duty: nobody", "that alone puts nobody on");
	says("duty show", 0, ONE_NAME " (bin)",
	    "a name in combining letters is the same name");
	is((uint64_t)seat_stop(province, SIGKILL), 256 + SIGKILL,
	    "the station is killed");
	ok(seat_start(province), "and comes back");
	is(number("planned", "uid"), FIRST, "with its rota");
}

/* ---- taking over
 * ---------------------------------------------------------------- */

static void
who_takes_over(void)
{
	uint64_t n, other;
	char last[512];
	struct err e;

	is(takes(STRANGER, 0, "tôi trực", &e), RC_DENIED,
	    "who is not of the rota does not take over");
	is(as(FIRST, CONTROL_DUTY_NOTE, with("reason", json_string("a")), NULL,
	       &e),
	    RC_DENIED, "who is not on writes no notes");
	is(offers(FIRST, NULL, &n, &e), RC_DENIED, "nor hands over");
	is(takes(FIRST, 0, NULL, &e), RC_OK, "from nobody one takes over");
	is(on(), FIRST, "and is on");
	is(takes(FIRST, 0, NULL, &e), RC_EXISTS, "once");
	ok(seat_has(province, CONTROL_DUTY, "duty", "what", "on") == 1,
	    "one person is");
	is(takes(SECOND, 0, NULL, &e), RC_DENIED,
	    "another of the same name is another: not without a word");
	is(takes(SECOND, 1, NULL, &e), RC_DENIED, "not by a list there is not");
	is(on(), FIRST, "which change nothing");
	is(takes(SECOND, 0, "Lan bị ốm", &e), RC_OK, "with a reason he may");
	(void)records(last, sizeof(last));
	ok(strncmp(last, "4\t", 2) == 0 &&
		strstr(last, "bin 2 " ONE_NAME "\tdaemon 1 " ONE_NAME) !=
		    NULL &&
		strstr(last, "Lan bị ốm") != NULL,
	    "the record says who, from whom, why, and which of the two");
	is(offers(SECOND, "daemon", &n, &e), RC_OK, "he hands over to one");
	is(takes(0, n, NULL, &e), RC_DENIED, "another does not accept that");
	is(takes(STRANGER, n, NULL, &e), RC_DENIED, "nor a stranger");
	is(takes(FIRST, 0, "tôi trực", &e), RC_DENIED,
	    "whom it is for accepts it, and needs no reason");
	is(takes(FIRST, n + 1, NULL, &e), RC_DENIED, "and not another number");
	is(offers(SECOND, NULL, &other, &e), RC_OK, "a newer list");
	is(takes(FIRST, n, NULL, &e), RC_DENIED,
	    "takes the place of the older one, which is accepted no more");
	is(takes(FIRST, other, NULL, &e), RC_OK, "it is accepted");
	is(on(), FIRST, "and he is on");
	is(takes(SECOND, other, NULL, &e), RC_DENIED, "once");
	(void)records(last, sizeof(last));
	ok(strncmp(last, "3\t", 2) == 0, "the record says so");
	is(offers(FIRST, "daemon", &n, &e), RC_ABSENT,
	    "nobody hands over to himself");
	is(offers(FIRST, "nobody", &n, &e), RC_ABSENT,
	    "nor to who is in no rota");
	is(as(FIRST, CONTROL_DUTY_NOTE, with("reason", json_string("đã gọi")),
	       NULL, &e),
	    RC_OK, "who is on writes a note");
	says("duty show --records", 0, "\"đã gọi\"", "which is read again");
	says("duty hand-over", 3, "only who is on duty",
	    "a command of somebody else is refused");
	says("duty on --alone 'bàn giao gấp'", 0, "You are on duty",
	    "one by a person who is of the rota goes");
	says("duty hand-over --to bin --note 'còn 1 điện'", 0, "còn 1 điện",
	    "and lists what there is");
}

/* ---- ending at any instruction
 * -------------------------------------------------- */

static size_t
entries(void)
{
	struct buf out;
	const char *at;
	size_t n = 0;

	if (runs(&out, "journal show --max 100000") != 0)
		note("%s", (const char *)out.p);
	for (at = (const char *)out.p;
	     (at = strstr(at, "the desk on duty")) != NULL; at++)
		n++;
	buf_free(&out);
	return n;
}

/* Either took over, with the record of it, or the other is on still; and who
 * was told that he is on is. */
static bool
is_one(enum rc got, const char *last, uint64_t from, uint64_t to)
{
	const char *who = to == FIRST ? "\tdaemon 1 " : "\tbin 2 ";
	const char *at = strchr(last + 2, '\t');

	if (on() == from)
		return got != RC_OK;
	return on() == to && strncmp(last, "3\t", 2) == 0 && at != NULL &&
	       strncmp(at, who, strlen(who)) == 0;
}

static void
killed_at_a_hand_over(void)
{
	const unsigned rounds = getenv("ANTIN_SOAK") != NULL ? 200 : 8;
	uint32_t wait;
	unsigned i, good = 0, went = 0;
	uint64_t n, before, after;
	uint64_t from, to;
	char last[512];
	struct err e;
	int status;
	pid_t pid;

	is(takes(FIRST, 0, "thử", &e) == RC_OK || on() == FIRST, 1,
	    "somebody is on");
	for (i = 0; i < rounds; i++) {
		from = on();
		to = from == FIRST ? SECOND : FIRST;
		before = records(last, sizeof(last));
		if (offers((uid_t)from, NULL, &n, &e) != RC_OK)
			break;
		(void)fflush(stdout);
		pid = fork();
		if (pid == 0)
			_exit((int)takes((uid_t)to, n, NULL, &e));
		random_bytes(&wait, sizeof(wait));
		(void)usleep(wait % 4000);
		if (i % 2 == 0) {
			(void)seat_stop(province, SIGKILL);
		} else {
			(void)kill(seat_process(province, "store"), SIGKILL);
			(void)seat_stop(province, SIGTERM);
		}
		(void)waitpid(pid, &status, 0);
		if (!seat_start(province))
			break;
		after = records(last, sizeof(last));
		went += on() == to;
		good += is_one((enum rc)WEXITSTATUS(status), last, from, to) &&
			after == before + (on() == to);
	}
	is(good, rounds, "either is on, with its record, or the other still");
	note("%u of %u went", went, rounds);
	is(entries(), records(last, sizeof(last)),
	    "each record has one entry in the journal");
}

/* ---- whom an alarm calls
 * -------------------------------------------------------- */

static int64_t
alarm_of(const struct seat *s, const char *kind, const char *key)
{
	json_t *rows = seat_rows(s, CONTROL_ALARMS, NULL), *row;
	int64_t n = -1;
	size_t i;

	json_array_foreach(
	    rows, i, row) if (strcmp(row_word(row, "kind"), kind) == 0) n =
	    json_integer_value(json_object_get(row, key));
	json_decref(rows);
	return n;
}

static bool
comes_to(const struct seat *s, const char *kind, const char *key, int64_t n,
    unsigned seconds)
{
	unsigned i;

	for (i = 0; i < seconds * 10; i++) {
		if (alarm_of(s, kind, key) == n)
			return true;
		(void)usleep(100000);
	}
	note("%s %s: %lld, wanted %lld", kind, key,
	    (long long)alarm_of(s, kind, key), (long long)n);
	return false;
}

/* The centre's alarm of the unit below says this among other things. */
static bool
below_says(const char *what)
{
	json_t *rows, *row;
	bool has = false;
	unsigned n;
	size_t i;

	for (n = 0; n < 900 && !has; n++) {
		rows = seat_rows(centre, CONTROL_ALARMS, NULL);
		json_array_foreach(rows, i, row) has =
		    has || (strcmp(row_word(row, "kind"), "below") == 0 &&
			       strstr(row_word(row, "text"), what) != NULL);
		json_decref(rows);
		(void)usleep(100000);
	}
	return has;
}

static pid_t
watches(const char *to)
{
	const pid_t pid = fork();
	int fd;

	if (pid != 0)
		return pid;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	fd = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	(void)dup2(fd, 1);
	(void)dup2(fd, 2);
	(void)setenv("LC_ALL", "vi_VN.UTF-8", 1);
	(void)setenv("ANTIN_STATION", province->folder, 1);
	(void)execl(antin, "antin", "duty", "watch", (char *)NULL);
	_exit(127);
}

static bool
shows(const char *path, const char *what)
{
	struct buf out;
	bool has = false;
	struct err e;
	unsigned i;

	for (i = 0; i < 300 && !has; i++) {
		if (i > 0)
			(void)usleep(100000);
		if (file_read(&out, path, 1u << 20, &e) != RC_OK)
			continue;
		buf_u8(&out, 0);
		has = strstr((const char *)out.p, what) != NULL;
		if (i == 299)
			note("%s", (const char *)out.p);
		buf_free(&out);
	}
	return has;
}

static void
nobody_sees_it(void)
{
	char out[2 * PATH];
	struct err e;
	pid_t pid;

	is(takes(FIRST, 0, "theo lịch", &e), RC_OK, "who should be on is");
	ok(comes_to(province, "duty", "alarm", -1, 30), "which is no alarm");
	says("duty on --alone 'đổi ca'", 0, "You are on duty",
	    "somebody else takes his place");
	ok(comes_to(province, "duty", "escalated", 0, 60),
	    "that who should be on is not raises an alarm");
	(void)snprintf(out, sizeof(out), "%s/watched", province->folder);
	pid = watches(out);
	ok(shows(out, "Đang trực: Phạm Văn Đức (root)"),
	    "who is on watches, and is named");
	must_send(province,
	    &(struct errand_of){ "khan", { commune }, 1000, 0, 0, NULL }, NULL);
	ok(shows(out, "chờ quá lâu antin://muong-nhe.dien-bien.vn"),
	    "what waits too long reaches him as it comes");
	ok(shows(out, "Việc cần làm: Xem antin queue"), "with what to do");
	ok(shows(out, "\a"), "and it rings");
	ok(shows(out, "quá lâu chưa ai xem: báo cho " ONE_NAME " (daemon)"),
	    "what he does not see calls the next");
	ok(comes_to(province, "waits", "escalated", 2, 60),
	    "and then the unit above");
	ok(seat_said(province, "event=alarm.escalated") >= 2,
	    "the log says so");
	ok(seat_comes_to(
	       centre, CONTROL_ALARMS, "alarm", "kind", "below", 1, 60),
	    "where it is an alarm");
	is(seat_has(
	       centre, CONTROL_ALARMS, "alarm", "subject", province->address),
	    1, "which says of which unit");
	ok(below_says("waits 1 khan"), "and what");
	(void)snprintf(out, sizeof(out), "alarms ack %lld",
	    (long long)alarm_of(province, "waits", "alarm"));
	says(out, 0, "Noted", "he sees it");
	is((uint64_t)alarm_of(province, "waits", "uid"), 0,
	    "the alarm says who has");
	is((uint64_t)alarm_of(province, "waits", "escalated"), 0,
	    "and calls nobody any more");
	(void)snprintf(out, sizeof(out), "%s/watched", province->folder);
	ok(shows(out, "root đã xem"), "which is shown too");
	(void)kill(pid, SIGTERM);
	(void)waitpid(pid, NULL, 0);
	(void)snprintf(out, sizeof(out), "alarms ack %lld",
	    (long long)alarm_of(province, "not-arrived", "alarm"));
	says(out, 0, "Noted", "and what nobody has signed for");
	says("alarms", 0, "What to do next:", "alarms say what to do next");
}

/* The root's: nobody tells it the time. */
static void
a_clock_that_is_set_back_holds_nothing_up(void)
{
	const size_t was = seat_said(centre, "event=alarm.escalated");

	(void)seat_stop(province, SIGTERM);
	must_send(centre,
	    &(struct errand_of){ "khan", { province }, 1000, 0, 0, NULL },
	    NULL);
	ok(seat_comes_to(
	       centre, CONTROL_ALARMS, "alarm", "kind", "waits", 1, 60),
	    "at the root something waits too long");
	set_clock(centre, -2 * TIME_DAY);
	ok(comes_to(centre, "waits", "escalated", 2, 60),
	    "its clock is set back two days, and the alarm escalates");
	ok(seat_said(centre, "event=alarm.escalated") > was, "as the log says");
	set_clock(centre, 0);
	ok(seat_start(province), "the station is back");
	ok(comes_to(centre, "waits", "alarm", -1, 60), "nothing waits");
}

static void
begin(void)
{
	const char *b = getenv("ANTIN_B");

	(void)snprintf(
	    antin, sizeof(antin), "%s/bin/antin", b != NULL ? b : "obj");
	country_begin(&land);
	daemon_is_this(&land);
	centre = country_seat(&land, NULL, "vn");
	province = country_seat(&land, centre, "dien-bien");
	commune = country_seat(&land, province, "muong-nhe");
	country_write(centre, "deadline-khan 2s\nunseen-khan 4s\n");
	country_write(province, "deadline-khan 2s\nunseen-khan 4s\n"
				"duty antin://dien-bien.vn/van-thu\n");
	set_clock(centre, 0);
	if (!ok(seat_start(centre) && seat_start(province), "two stations run"))
		bug("no stations");
}

int
main(int argc, char **argv)
{
	if (strcmp(argv[0], "antind") == 0)
		return antind_main(argc, argv);
	if (geteuid() != 0) {
		skip("only root is other users too");
		return done();
	}
	begin();
	a_rota_is_put_in_force();
	who_takes_over();
	nobody_sees_it();
	killed_at_a_hand_over();
	ok(seat_comes_to(
	       centre, CONTROL_ALARMS, "alarm", "kind", "below", 0, 120),
	    "what was seen below is over above");
	a_clock_that_is_set_back_holds_nothing_up();
	is(seat_said(province, "process.broken") +
		seat_said(centre, "process.broken"),
	    0, "nothing broke");
	is((uint64_t)seat_stop(province, SIGTERM) +
		(uint64_t)seat_stop(centre, SIGTERM),
	    0, "they end well");
	country_end(&land);
	return done();
}
