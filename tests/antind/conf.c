/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The configuration: what it may say, what is told of what is wrong in it, and
 * `antind -n`.
 */
#include <fcntl.h>
#include <ftw.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../tests/tap.h"
#include "antind/parent.h"
#include "file/file.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- lines ------------------------------------------------------------------
 */

/* The problems of this text are exactly these lines; "" is none. */
static void
problems_are(const char *text, const char *wanted, const char *name)
{
	struct buf problems;
	struct conf c;
	struct err e;
	enum rc rc = conf_parse(&c, bytes_str(text), "a.conf", &problems, &e);

	if (!ok(bytes_is(buf_bytes(&problems), wanted) &&
		    (rc == RC_OK) == (wanted[0] == '\0'),
		"%s", name))
		note(
		    "found: %.*s", (int)problems.len, (const char *)problems.p);
	conf_free(&c);
	buf_free(&problems);
}

/* The value a word has when a text is read; NULL: it is wrong. */
static const char *
value(const char *word, const char *written)
{
	static char out[CONF_VALUE + 1];
	struct buf problems;
	char line[600];
	struct conf c;
	struct err e;
	const char *got;

	(void)snprintf(line, sizeof(line), "%s %s\n", word, written);
	if (conf_parse(&c, bytes_str(line), "a", &problems, &e) != RC_OK) {
		buf_free(&problems);
		return NULL;
	}
	got = conf_get(&c, word);
	(void)snprintf(out, sizeof(out), "%s", got == NULL ? "" : got);
	conf_free(&c);
	buf_free(&problems);
	return out;
}

static void
a_setting_is_a_word_and_its_value(void)
{
	static const char text[] = "# of this station\n"
				   "\n"
				   "\t data   here/and  there \t\r\n"
				   "keep-alive 7 # seconds\n"
				   "key a#b.key\n"
				   "listen 127.0.0.1\n"
				   "listen [::1]:9\n"
				   "max-size 2G";
	struct buf problems;
	size_t at = 0, n = 0;
	struct conf c;
	struct err e;

	went(conf_parse(&c, bytes_str(text), "a", &problems, &e), &e,
	    "comments, empty lines and blanks are passed over");
	ok(strcmp(conf_get(&c, "data"), "here/and  there") == 0,
	    "a value goes to the end of its line, blanks in it too");
	ok(strcmp(conf_get(&c, "key"), "a#b.key") == 0,
	    "a # inside a word begins no comment");
	is(conf_number(&c, "keep-alive"), 7, "a comment may stand behind");
	is(conf_number(&c, "max-size"), UINT64_C(2) << 30,
	    "a last line needs no end");
	while (conf_each(&c, "listen", &at) != NULL)
		n++;
	is(n, 2, "what may be given often may be given often");
	ok(strcmp(conf_get(&c, "log"), "info") == 0 &&
		conf_get(&c, "user") == NULL,
	    "what is not given has its default, or none");
	conf_free(&c);
	buf_free(&problems);
	problems_are("", "", "nothing at all is a configuration");
}

static void
each_problem_has_its_line_and_remedy(void)
{
	problems_are("data x\n\ncolour red\n",
	    "a.conf:3: wanted a setting, found \"colour\"; antind.conf(5) has "
	    "the words\n",
	    "a word that is none is told with its line");
	problems_are("Data x\n",
	    "a.conf:1: wanted a setting, found \"Data\"; antind.conf(5) has "
	    "the words\n",
	    "a capital makes another word");
	problems_are("keep-alive\n",
	    "a.conf:1: keep-alive: wanted a number of seconds, 1 to 3600, "
	    "found \"\"; for example: keep-alive 30\n",
	    "a word without a value is told, with an example");
	problems_are("log loud\n",
	    "a.conf:1: log: wanted \"debug\", \"info\" or \"warn\", found "
	    "\"loud\"; for example: log info\n",
	    "a value that is none is told");
	problems_are("key a\n\n\nkey a\n",
	    "a.conf:4: key: wanted once, found again after line 1; take one "
	    "of the two out\n",
	    "a word that is given twice is told with the line of the first");
	problems_are("data a\nlisten x\nwhat is this\nuser Root\nmax-size 0\n",
	    "a.conf:2: listen: wanted an IP address of this machine, and a "
	    "port, found \"x\"; for example: listen 0.0.0.0:7433\n"
	    "a.conf:3: wanted a setting, found \"what\"; antind.conf(5) has "
	    "the words\n"
	    "a.conf:4: user: wanted the name of a user, found \"Root\"; for "
	    "example: user antin\n"
	    "a.conf:5: max-size: wanted a size, 1M to 1T, found \"0\"; for "
	    "example: max-size 8G\n",
	    "all that is wrong is told at once");
	problems_are("data \xff\n",
	    "a.conf:1: wanted text, found other bytes; save the file as "
	    "UTF-8\n",
	    "bytes that are no text are told");
}

static void
values_are_held_to_what_they_must_be(void)
{
	/* a word, a value, and as the processes get it; NULL: refused */
	static const struct {
		const char *word, *written, *read;
	} t[] = {
		{ "listen", "127.0.0.1", "127.0.0.1:7433" },
		{ "listen", "127.0.0.1:1", "127.0.0.1:1" },
		{ "listen", "0.0.0.0:65535", "0.0.0.0:65535" },
		{ "listen", "::1", "[::1]:7433" },
		{ "listen", "[::1]", "[::1]:7433" },
		{ "listen", "[2001:DB8:0::1]:80", "[2001:db8::1]:80" },
		{ "listen", "127.0.0.1:0", NULL },
		{ "listen", "127.0.0.1:65536", NULL },
		{ "listen", "127.0.0.1:", NULL },
		{ "listen", "127.0.0.1:080", NULL },
		{ "listen", "127.0.0.1:80 ", "127.0.0.1:80" },
		{ "listen", "127.0.0.1 80", NULL },
		{ "listen", "127.1", NULL },
		{ "listen", "localhost:80", NULL },
		{ "listen", "[::1", NULL },
		{ "listen", "[::1]80", NULL },
		{ "listen", "[::1]:", NULL },
		{ "listen", "[127.0.0.1]:80", "127.0.0.1:80" },
		{ "listen", ":80", NULL },
		{ "listen", "[]:80", NULL },
		{ "listen", "fe80::1%lo", NULL },
		{ "parent", "192.0.2.1:80", "192.0.2.1:80" },
		{ "parent", "0.0.0.0:80", NULL },
		{ "parent", "[::]:80", NULL },
		{ "parent", "vn.example:80", NULL },
		{ "user", "antin", "antin" },
		{ "user", "_a-1", "_a-1" },
		{ "user", "", NULL },
		{ "user", "1a", NULL },
		{ "user", "-a", NULL },
		{ "user", "a b", NULL },
		{ "user", "a:b", NULL },
		{ "user", "abcdefghijklmnopqrstuvwxyz0123456", NULL },
		{ "sandbox", "on", "on" },
		{ "sandbox", "none", "none" },
		{ "sandbox", "off", NULL },
		{ "sandbox", "no", NULL },
		{ "keep-alive", "1", "1" },
		{ "keep-alive", "3600", "3600" },
		{ "keep-alive", "0", NULL },
		{ "keep-alive", "3601", NULL },
		{ "keep-alive", "-1", NULL },
		{ "keep-alive", "+1", NULL },
		{ "keep-alive", "01", NULL },
		{ "keep-alive", "1s", NULL },
		{ "keep-alive", "18446744073709551617", NULL },
		{ "max-children", "0", "0" },
		{ "max-children", "100000", "100000" },
		{ "max-children", "100001", NULL },
		{ "max-size", "1048576", "1048576" },
		{ "max-size", "1048575", NULL },
		{ "max-size", "1M", "1048576" },
		{ "max-size", "1T", "1099511627776" },
		{ "max-size", "2T", NULL },
		{ "max-size", "1024G", "1099511627776" },
		{ "max-size", "18014398509481985K", NULL },
		{ "max-size", "1m", NULL },
		{ "max-size", "M", NULL },
		{ "max-size", "1MB", NULL },
		{ "unlock", "1440", "1440" },
		{ "unlock", "1441", NULL },
		{ "key", "credential:station.key", "credential:station.key" },
		{ "key", "credential:", NULL },
		{ "key", "credential:../a", NULL },
		{ "key", "credential:.a", NULL },
		{ "data", "", NULL },
	};
	const char *got;
	size_t i, bad = 0;

	for (i = 0; i < COUNT(t); i++) {
		got = value(t[i].word, t[i].written);
		if (t[i].read == NULL
			? got != NULL
			: got == NULL || strcmp(got, t[i].read) != 0) {
			note("%s %s: %s", t[i].word, t[i].written,
			    got == NULL ? "refused" : got);
			bad++;
		}
	}
	is(bad, 0, "%zu values are read, or refused, as they must be",
	    COUNT(t));
}

static void
limits_hold(void)
{
	char line[CONF_VALUE + 20] = "data ";
	struct buf many = { 0 }, problems;
	struct conf c;
	struct err e;
	size_t i;

	memset(line + 5, 'a', CONF_VALUE);
	problems_are(line, "", "a value may be 255 bytes long");
	line[5 + CONF_VALUE] = 'a';
	problems_are(line,
	    "a.conf:1: data: wanted at most 255 bytes, found 256; shorten "
	    "it\n",
	    "and no longer");
	for (i = 0; i < CONF_MANY; i++)
		buf_add(&many, bytes_str("listen 127.0.0.1\n"));
	for (i = 0; i < CONF_PARENTS; i++)
		buf_add(&many, bytes_str("parent 127.0.0.1\n"));
	buf_u8(&many, 0);
	problems_are((const char *)many.p, "",
	    "32 sockets and 8 addresses of the parent may be");
	many.len--;
	buf_add(&many, bytes_str("listen 127.0.0.1\nparent 127.0.0.1\n"));
	buf_u8(&many, 0);
	problems_are((const char *)many.p,
	    "a.conf:41: listen: wanted at most 32 times, found once more; "
	    "take it out\n"
	    "a.conf:42: parent: wanted at most 8 times, found once more; "
	    "take it out\n",
	    "and no more");
	buf_free(&many);
	memset(buf_grow(&many, CONF_MAX), '\n', CONF_MAX);
	went(conf_parse(&c, buf_bytes(&many), "a", &problems, &e), &e,
	    "a file may be 64 KiB long");
	conf_free(&c);
	buf_free(&problems);
	buf_u8(&many, '\n');
	is(conf_parse(&c, buf_bytes(&many), "a", &problems, &e), RC_LIMIT,
	    "and no longer");
	ok(c.values == NULL && c.count == 0, "nothing comes of one that is");
	buf_free(&many);
	problems_are("data a\0b\n", "", "a NUL ends this test's text");
	is(conf_parse(&c, bytes_of("data a\0b\n", 9), "a", &problems, &e),
	    RC_INVALID, "a NUL in a line is refused");
	buf_free(&problems);
}

/* The table itself: it is the manual and the example, too. */
static void
each_word_has_an_example_that_is_good(void)
{
	size_t i, bad = 0, to_keys_only = 0;

	for (i = 0; i < CONF_WORDS; i++) {
		bad += value(conf_words[i].word, conf_words[i].example) == NULL;
		bad += conf_words[i].normal != NULL &&
		       value(conf_words[i].word, conf_words[i].normal) == NULL;
		bad +=
		    conf_word(bytes_str(conf_words[i].word)) != &conf_words[i];
		to_keys_only += conf_words[i].procs == 1u << PROC_KEYS;
	}
	is(bad, 0, "examples and defaults are good");
	is(to_keys_only, 1, "how long a desk is unlocked, only keys is told");
	ok((conf_word(bytes_str("key"))->procs |
	       conf_word(bytes_str("listen"))->procs) == 0,
	    "where its key is and where it listens, no process is told");
}

/* A page as it is written: what begins a word's item, and its default. */
static const struct page {
	const char *path, *item, *normal;
} pages[] = {
	{ "man/antind.conf.5", "\n.It Cm ", "\n.Ql " },
	{ "man/vi/antind.conf.5", "\n.BI ", "\n.IR " },
};

static const char *
find(struct bytes in, const char *first, const char *second)
{
	char text[128];

	(void)snprintf(text, sizeof(text), "%s%s", first, second);
	return memmem(in.p, in.len, text, strlen(text));
}

/* It has each word in its place, with its default, and no other word. */
static void
the_page_has_each_word(const struct page *p)
{
	struct buf file = slurp(p->path), text = { 0 };
	size_t i, bad = 0, items = 0;
	struct bytes rest, item;
	const char *at;

	for (i = 0; i < file.len; i++)
		if (file.p[i] != '\\')
			buf_u8(&text, file.p[i]);
	rest = buf_bytes(&text);
	for (i = 0; i < CONF_WORDS; i++) {
		const struct conf_word *w = &conf_words[i];
		char word[40];

		(void)snprintf(word, sizeof(word), "%s ", w->word);
		if ((at = find(rest, p->item, word)) == NULL) {
			note("%s: no %s", p->path, w->word);
			bad++;
			continue;
		}
		rest = bytes_of(
		    at + 1, rest.len - (size_t)(at + 1 - (const char *)rest.p));
		item = rest;
		if ((at = find(rest, p->item, "")) != NULL)
			item.len = (size_t)(at - (const char *)rest.p);
		if (w->normal != NULL &&
		    find(item, p->normal, w->normal) == NULL) {
			note("%s: %s without %s", p->path, w->word, w->normal);
			bad++;
		}
	}
	rest = buf_bytes(&text);
	while ((at = find(rest, p->item, "")) != NULL) {
		items++;
		rest = bytes_of(
		    at + 1, rest.len - (size_t)(at + 1 - (const char *)rest.p));
	}
	ok(bad == 0 && items == CONF_WORDS,
	    "%s explains each word, its default too, and no other", p->path);
	buf_free(&file);
	buf_free(&text);
}

static void
the_example_has_each_word(void)
{
	struct buf text = slurp("etc/antind.conf"), problems;
	struct conf c;
	struct err e;
	char word[40];
	size_t i, there = 0;

	went(conf_parse(&c, buf_bytes(&text), "etc/antind.conf", &problems, &e),
	    &e, "the example is a configuration");
	conf_free(&c);
	buf_free(&problems);
	for (i = 0; i < CONF_WORDS; i++) {
		(void)snprintf(word, sizeof(word), "%s ", conf_words[i].word);
		there += find(buf_bytes(&text), "\n", word) != NULL ||
			 find(buf_bytes(&text), "\n# ", word) != NULL;
	}
	is(there, CONF_WORDS, "and it has each word");
	buf_free(&text);
}

/* ---- antind -n --------------------------------------------------------------
 */

static char folder[] = "/tmp/antin-conf.XXXXXX";

static const char *
in_folder(const char *name)
{
	static char path[2][256];
	static int turn;

	turn = !turn;
	(void)snprintf(path[turn], sizeof(path[0]), "%s/%s", folder, name);
	return path[turn];
}

static void
put(const char *name, const char *text)
{
	struct err e;

	if (file_write(in_folder(name), bytes_str(text), 0600, true, &e) !=
	    RC_OK)
		bug(e.text);
}

static const char *
antind(void)
{
	static char path[512];
	const char *b = getenv("ANTIN_B");

	(void)snprintf(
	    path, sizeof(path), "%s/bin/antind", b != NULL ? b : "obj");
	return path;
}

/* What "antind -n -c CONF" says, as this user; its status in *status. */
static const char *
check(const char *conf, uid_t uid, int *status)
{
	static char said[8192];
	size_t n = 0;
	ssize_t got;
	int out[2];
	pid_t pid;

	if (pipe(out) != 0)
		bug("no pipe");
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		(void)dup2(out[1], 1);
		(void)dup2(out[1], 2);
		(void)close(out[0]);
		(void)close(out[1]);
		(void)setenv("LC_ALL", "C.UTF-8", 1);
		(void)unsetenv("CREDENTIALS_DIRECTORY");
		if (uid != 0 && (setgid(uid) != 0 || setuid(uid) != 0))
			_exit(126);
		(void)execl(antind(), "antind", "-n", "-c", conf, (char *)NULL);
		_exit(127);
	}
	(void)close(out[1]);
	while (n < sizeof(said) - 1 &&
	       (got = read(out[0], said + n, sizeof(said) - 1 - n)) > 0)
		n += (size_t)got;
	said[n] = '\0';
	(void)close(out[0]);
	(void)waitpid(pid, status, 0);
	*status = WIFEXITED(*status) ? WEXITSTATUS(*status) : 256;
	return said;
}

static bool
says(const char *said, const char *what)
{
	if (strstr(said, what) != NULL)
		return true;
	note("%s\nwithout: %s", said, what);
	return false;
}

static void
a_good_one_is_shown_as_it_is_in_force(void)
{
	const char *said;
	int status;

	put("good.conf",
	    "data data\nlisten 127.0.0.1\n# log debug\nunlock 5\n");
	said = check(in_folder("good.conf"), 0, &status);
	is((uint64_t)status, 0, "a good configuration is good");
	ok(says(said, "good.conf: OK\n") && says(said, "/data\n") &&
		says(said, "/data/station.key  # the default\n") &&
		says(said, "listen 127.0.0.1:7433\n") &&
		says(said, "unlock 5\n") &&
		says(said, "log info  # the default\n"),
	    "all that is in force is shown, defaults as such");
	is(access(in_folder("data/run"), F_OK) == 0, false,
	    "nothing is made by looking");
}

static void
what_is_not_there_is_told_all_at_once(void)
{
	const char *said;
	int status;

	put("bad.conf", "data data\nuser nobody-of-that-name\n"
			"control-group no-such-group\nkey other.key\n");
	said = check(in_folder("bad.conf"), 0, &status);
	is((uint64_t)status, 1, "what names things that are not there is bad");
	ok(says(said, "bad.conf:2: user: there is no user "
		      "\"nobody-of-that-name\"; adduser --system makes one\n"),
	    "a user that there is not is told, with its line");
	ok(says(said, "bad.conf:3: control-group: there is no group "
		      "\"no-such-group\"; addgroup --system makes one\n"),
	    "and the group, in the same breath");
	ok(says(said, "bad.conf:4: key: ") &&
		says(said, "/data/other.key cannot be read; \"antin station "
			   "new\" makes a station: No such file"),
	    "and the key file");
	ok(says(said, "3 settings cannot be used here; nothing was started\n"),
	    "and how many they are");
	put("bad.conf", "data nowhere\nlog loud\n");
	said = check(in_folder("bad.conf"), 0, &status);
	ok(status == 1 && says(said, "bad.conf:2: log: wanted") &&
		says(said, "1 lines are wrong; nothing was started\n"),
	    "wrong lines are told before anything is looked for");
	put("bad.conf", "data good.conf\n");
	said = check(in_folder("bad.conf"), 0, &status);
	ok(status == 1 && says(said, "bad.conf:1: data: wanted a folder"),
	    "a file is no folder");
	said = check(in_folder("none.conf"), 0, &status);
	ok(status == 1 && says(said, "none.conf cannot be read"),
	    "a configuration that is not there is told");
	put("bad.conf", "data data\nkey credential:station.key\n");
	said = check(in_folder("bad.conf"), 0, &status);
	ok(status == 1 && says(said, "nobody hands over credentials"),
	    "a credential that nobody hands over is told");
}

static void
a_key_is_its_owners_alone(void)
{
	static const mode_t modes[] = { 0640, 0604, 0620, 0610, 0601 };
	size_t i, told = 0;
	int status;

	for (i = 0; i < COUNT(modes); i++) {
		if (chmod(in_folder("data/station.key"), modes[i]) != 0)
			bug("chmod");
		told += says(check(in_folder("good.conf"), 0, &status),
			    "station.key is open to others than its owner; "
			    "chmod 600 shuts it") &&
			status == 1;
	}
	is(told, COUNT(modes), "a key file that is open to others is told");
	(void)chmod(in_folder("data/station.key"), 0400);
	(void)check(in_folder("good.conf"), 0, &status);
	is((uint64_t)status, 0, "one that is not is good");
	(void)chmod(in_folder("data/station.key"), 0600);
}

/* Paths are relative to where the file is, not to where a link to it is. */
static void
links_are_followed(void)
{
	const char *said;
	int status;

	(void)mkdir(in_folder("else"), 0700);
	if (symlink("../good.conf", in_folder("else/link.conf")) != 0)
		bug("no link");
	said = check(in_folder("else/link.conf"), 0, &status);
	ok(status == 0 && says(said, "/good.conf: OK\n") &&
		strstr(said, "else") == NULL,
	    "a link to a configuration leads to the folder of its target");
}

static void
a_folder_is_of_who_works_in_it(void)
{
	const struct passwd *pw = getpwnam("nobody");
	char text[200];
	const char *said;
	int status;

	if (geteuid() != 0 || pw == NULL) {
		skip("only root can be another user");
		return;
	}
	(void)snprintf(text, sizeof(text), "data data\nuser %s\n", pw->pw_name);
	put("user.conf", text);
	said = check(in_folder("user.conf"), 0, &status);
	(void)snprintf(text, sizeof(text),
	    "belongs to user 0, and antind works as user %u; chown gives it "
	    "to that one\n",
	    (unsigned)pw->pw_uid);
	ok(status == 1 && says(said, "user.conf:1: data: ") && says(said, text),
	    "a folder that is another user's is told");
	if (chown(in_folder("data"), pw->pw_uid, pw->pw_gid) != 0)
		bug("chown");
	said = check(in_folder("user.conf"), 0, &status);
	is((uint64_t)status, 0, "when it is given to him, it is good");
	said = check(in_folder("good.conf"), 0, &status);
	ok(status == 1 && says(said, "antind works as user 0"),
	    "and root would not work in it as root");
	put("user.conf", "data data\nuser root\n");
	said = check(in_folder("user.conf"), 0, &status);
	ok(status == 1 && says(said, "wanted a user that is not root"),
	    "root is no other user");
	if (chown(in_folder("data"), 0, 0) != 0)
		bug("chown");
}

static void
only_root_makes_others_work(void)
{
	const uid_t uid = 65533;
	const char *said;
	int status;

	said = check("/no/such.conf", uid, &status);
	if (geteuid() != 0 || getpwnam("nobody") == NULL ||
	    strstr(said, "such.conf cannot be read") == NULL) {
		skip("antind cannot be run as another user here");
		return;
	}
	put("user.conf", "data data\nuser nobody\n");
	if (chmod(folder, 0755) != 0 ||
	    chmod(in_folder("user.conf"), 0644) != 0)
		bug("chmod");
	said = check(in_folder("user.conf"), uid, &status);
	ok(status == 1 &&
		says(said, "only root can make the processes another user's"),
	    "who is not root makes nobody another");
	ok(says(said, "station.key cannot be read"),
	    "and what he cannot read is told");
}

static void
a_configuration_is_not_endless(void)
{
	char *text = alloc(CONF_MAX + 2, 1);
	const char *said;
	int status;

	memset(text, '\n', CONF_MAX + 1);
	put("long.conf", text);
	free(text);
	said = check(in_folder("long.conf"), 0, &status);
	ok(status == 1 && says(said, "long.conf"), "one that is too long is "
						   "refused");
	said = check("/dev/zero", 0, &status);
	ok(status == 1 && says(said, "/dev/zero"), "and one without an end");
}

static void
who_asks_wrongly_is_told_how(void)
{
	int status;

	ok(strstr(check("", 0, &status), "cannot be read") != NULL &&
		status == 1,
	    "no name is no file");
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

int
main(void)
{
	a_setting_is_a_word_and_its_value();
	each_problem_has_its_line_and_remedy();
	values_are_held_to_what_they_must_be();
	limits_hold();
	each_word_has_an_example_that_is_good();
	the_example_has_each_word();
	the_page_has_each_word(&pages[0]);
	the_page_has_each_word(&pages[1]);
	if (mkdtemp(folder) == NULL || mkdir(in_folder("data"), 0700) != 0)
		bug("no folder is to be had");
	put("data/station.key", "-");
	put("data/directory", "-");
	a_good_one_is_shown_as_it_is_in_force();
	what_is_not_there_is_told_all_at_once();
	a_key_is_its_owners_alone();
	links_are_followed();
	a_folder_is_of_who_works_in_it();
	only_root_makes_others_work();
	a_configuration_is_not_endless();
	who_asks_wrongly_is_told_how();
	(void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return done();
}
