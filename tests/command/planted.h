/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What tests of antin directory and antin cert share: a tree that was planted
 * 100 days ago, so that what they say of now is known, in a folder of its own,
 * and the command.  Static and here, as every tests/command/X.c is a program.
 */
#ifndef TESTS_COMMAND_PLANTED_H
#define TESTS_COMMAND_PLANTED_H

#include <fcntl.h>
#include <jansson.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../tests/unit/rogue.h"
#include "core/time.h"

enum { DIEN_BIEN = 1, MUONG_NHE, TUA_CHUA, OLD_TOWN, LATER };

/* ---- running the command --------------------------------------------------
 */

static char dir[] = "/tmp/antin-tree.XXXXXX";
static char antin[4096];
static struct buf out, err; /* what it said last */

static inline const char *
said(const struct buf *b)
{
	return (const char *)b->p;
}

static inline void
take(struct buf *to, const char *name)
{
	buf_free(to);
	*to = slurp(name);
	buf_u8(to, 0);
}

/* Its exit status, or -1 after a signal. */
static inline int
run(const char *const *argv)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		(void)close(STDIN_FILENO);
		(void)open("/dev/null", O_RDONLY);
		(void)dup2(open("out", O_WRONLY | O_CREAT | O_TRUNC, 0600),
		    STDOUT_FILENO);
		(void)dup2(open("err", O_WRONLY | O_CREAT | O_TRUNC, 0600),
		    STDERR_FILENO);
		(void)execv(antin, (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		bug("no process");
	take(&out, "out");
	take(&err, "err");
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* "antin WORDS", which are cut at their blanks; it ends with this status. */
static inline bool
ends(int want, const char *name, const char *words)
{
	static char text[4096];
	const char *argv[64] = { "antin" };
	char *word, *rest = text;
	size_t n = 1;
	int got;

	(void)snprintf(text, sizeof(text), "%s", words);
	while ((word = strsep(&rest, " ")) != NULL)
		argv[n++] = word;
	got = run(argv);
	if (ok(got == want && (want != 0 || *said(&err) == '\0'), "%s", name))
		return true;
	note("antin %s: %d, %s", words, got, said(&err));
	return false;
}

static inline bool
has(const char *text)
{
	if (strstr(said(&out), text) != NULL)
		return true;
	note("\"%s\" is not in: %.3000s", text, said(&out));
	return false;
}

static inline bool
lacks(const char *text)
{
	return strstr(said(&out), text) == NULL;
}

/* One stands before the other. */
static inline bool
before(const char *one, const char *other)
{
	const char *a = strstr(said(&out), one), *b = strstr(said(&out), other);

	return a != NULL && b != NULL && a < b;
}

static inline json_t *
parsed(void)
{
	json_error_t why;
	json_t *j = json_loads(said(&out), 0, &why);

	if (j == NULL)
		note("no JSON: %s", why.text);
	return j;
}

/* Member by member: "units/0/name"; "" where it is not there. */
static inline const char *
text_at(json_t *j, const char *path)
{
	char word[64];
	size_t n;

	while (*path != '\0') {
		n = strcspn(path, "/");
		(void)snprintf(word, sizeof(word), "%.*s", (int)n, path);
		j = json_is_array(j) ? json_array_get(j, (size_t)atoi(word))
				     : json_object_get(j, word);
		path += n + (path[n] == '/');
	}
	return json_is_string(j) ? json_string_value(j) : "";
}

/* ---- the tree -------------------------------------------------------------
 */

static int64_t planted;

static inline void
rename_unit(
    struct tree *t, unsigned by, unsigned n, const char *name, const char *code)
{
	struct act a =
	    act_of(t, ACT_RENAME, HAS(F_SUBJECT) | HAS(F_UNIT) | HAS(F_NAME));
	struct der_wr w = { 0 };

	a.unit = tree_uid(n);
	a.name = bytes_str(name);
	if (code != NULL) {
		act_put_code(&w, bytes_str(code));
		a.codes = arena_add(t->text, buf_bytes(&w.out));
		a.has |= HAS(F_CODES);
	}
	tree_do(t, by, &a);
	der_wr_free(&w);
}

static inline void
rename_person(struct tree *t, unsigned n, const char *id, const char *name)
{
	struct act a = act_of(t, ACT_RENAME,
	    HAS(F_SUBJECT) | HAS(F_UNIT) | HAS(F_ID) | HAS(F_NAME));

	a.subject = ACT_PERSON;
	a.unit = tree_uid(n);
	a.id = bytes_str(id);
	a.name = bytes_str(name);
	tree_do(t, n, &a);
}

/* "hanh" keeps the register until then, for "an". */
static inline void
give_role(struct tree *t, int64_t until)
{
	struct act a = act_role(t, DIEN_BIEN, "hanh", ROLE_CLERK, "van-thu");

	a.until = until;
	a.substitute = bytes_str("an");
	a.has |= HAS(F_UNTIL) | HAS(F_SUBSTITUTE);
	tree_do(t, DIEN_BIEN, &a);
}

static inline void
set_list(struct tree *t)
{
	struct act a = act_of(t, ACT_LIST,
	    HAS(F_LIST) | HAS(F_VERSION) | HAS(F_NAME) | HAS(F_RULE));

	a.list = tree_uid(77);
	a.version = 1;
	a.name = bytes_str("Các xã");
	a.rule_unit = tree_uid(DIEN_BIEN);
	a.rule_class = bytes_str("xa");
	a.rule_id = bytes_str("van-thu");
	tree_do(t, DIEN_BIEN, &a);
}

/* A desk whose keys hold for so many days from now. */
static inline void
desk_until(struct tree *t, unsigned n, const char *id, int64_t days)
{
	struct act a = act_holder(t, n, ACT_DESK, id);
	struct cert_request r;

	tree_do(t, n, &a);
	r = tree_request(t, n, id, CERT_DESK);
	r.until = time_now() + days * TIME_DAY;
	a = act_certify(t, n, id, tree_sign(t, n, r), (struct bytes){ 0 });
	tree_do(t, n, &a);
}

/* tree_begin(), at another time. */
static inline void
plant_root(struct tree *t)
{
	struct act acts[2];
	struct buf head;

	*t = (struct tree){ .now = planted };
	t->text = alloc(1, sizeof(*t->text));
	t->d = alloc(1, sizeof(*t->d)); /* for tree_request() */
	buf_add(&t->root,
	    tree_sign(t, ROOT, tree_request(t, ROOT, NULL, CERT_AUTHORITY)));
	free(t->d);
	if (directory_new(&t->d, buf_bytes(&t->root), &t->e) != RC_OK)
		bug(t->e.text);
	directory_head(&head, buf_bytes(&t->root));
	tree_append(t, buf_bytes(&head));
	buf_free(&head);
	acts[0] = act_unit(t, ROOT, ROOT, "vn", "goc");
	acts[1] = act_certify(
	    t, ROOT, NULL, buf_bytes(&t->root), (struct bytes){ 0 });
	if (tree_try(t, ROOT, acts, 2) != RC_OK)
		bug(t->e.text);
}

static inline void
plant(struct tree *t)
{
	static const unsigned old[] = { OLD_TOWN };
	struct bytes lost;
	struct act a;

	plant_root(t);
	tree_unit(t, ROOT, DIEN_BIEN, ROOT, "dien-bien", "tinh");
	tree_authority(t, ROOT, DIEN_BIEN);
	tree_desk(t, DIEN_BIEN, DIEN_BIEN, "van-thu");
	tree_person(t, DIEN_BIEN, DIEN_BIEN, "hanh");
	tree_person(t, DIEN_BIEN, DIEN_BIEN, "an");
	tree_unit(t, DIEN_BIEN, MUONG_NHE, DIEN_BIEN, "muong-nhe", "xa");
	tree_authority(t, DIEN_BIEN, MUONG_NHE);
	tree_desk(t, MUONG_NHE, MUONG_NHE, "van-thu");
	tree_unit(t, DIEN_BIEN, TUA_CHUA, DIEN_BIEN, "tua-chua", "xa");
	tree_authority(t, DIEN_BIEN, TUA_CHUA);
	tree_desk(t, TUA_CHUA, TUA_CHUA, "van-thu");
	tree_unit(t, DIEN_BIEN, OLD_TOWN, DIEN_BIEN, "thi-xa-cu", "phuong");
	t->now += 10 * TIME_DAY;
	rename_unit(t, ROOT, DIEN_BIEN, "Tỉnh Điện Biên", "000.00.00.H18");
	rename_unit(t, DIEN_BIEN, MUONG_NHE, "Xã Mường Nhé", NULL);
	rename_person(t, DIEN_BIEN, "hanh", "Nguyễn Thị Hạnh");
	rename_person(t, DIEN_BIEN, "an", "Lò Văn An");
	give_role(t, planted + 300 * TIME_DAY);
	set_list(t);
	a = act_merge(t, old, 1, MUONG_NHE);
	tree_do(t, DIEN_BIEN, &a);
	a = act_move(t, TUA_CHUA, MUONG_NHE, "tua-chua-moi");
	tree_do(t, DIEN_BIEN, &a);
	t->now += 10 * TIME_DAY;
	lost = tree_desk(t, DIEN_BIEN, DIEN_BIEN, "co-yeu");
	a = act_revoke(t, lost, REVOKE_KEY_COMPROMISE);
	tree_do(t, DIEN_BIEN, &a);
	desk_until(t, DIEN_BIEN, "truc", 20);
	desk_until(t, DIEN_BIEN, "kho", -20);
}

static inline void
save(const char *name, struct bytes b)
{
	FILE *f = fopen(name, "wb");

	if (f == NULL || fwrite(b.p, 1, b.len, f) != b.len || fclose(f) != 0)
		bug("a file that cannot be written");
}

static inline void
save_own(const char *name, const struct tree *t)
{
	save(name, buf_bytes(&t->file));
}

/* ---- the folder ------------------------------------------------------------
 */

/* The tree, and its file, which ANTIN_DIRECTORY names. */
static inline void
begin(struct tree *t)
{
	const char *b = getenv("ANTIN_B");
	char path[2048];

	(void)snprintf(
	    path, sizeof(path), "%s/bin/antin", b == NULL ? "obj" : b);
	if (realpath(path, antin) == NULL || mkdtemp(dir) == NULL ||
	    chdir(dir) != 0)
		bug("no antin, or no folder");
	(void)setenv("LC_ALL", "C.UTF-8", 1);
	(void)setenv("ASAN_OPTIONS", "exitcode=99", 1);
	(void)setenv("UBSAN_OPTIONS", "exitcode=99", 1);
	(void)setenv("ANTIN_DIRECTORY", "own.antin-dir", 1);
	planted = time_now() - 100 * TIME_DAY;
	plant(t);
	save_own("own.antin-dir", t);
}

static inline void
end(struct tree *t)
{
	const char *const argv[] = { "rm", "-rf", dir, NULL };
	pid_t pid;

	tree_end(t);
	buf_free(&out);
	buf_free(&err);
	if (chdir("/") != 0)
		return;
	if ((pid = fork()) == 0) {
		(void)execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	(void)waitpid(pid, NULL, 0);
}

#endif
