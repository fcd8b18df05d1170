/* SPDX-License-Identifier: EUPL-1.2 */
/* antin user list, sign-in, sign-out, otp: people at a station
 * (docs/registry.md 6); antin user add is in station.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antin/talk.h"
#include "antin/who.h"
#include "core/lang.h"
#include "core/time.h"
#include "core/viet.h"
#include "crypto/totp.h"
#include "form/terminal.h"

#define SCHEME "antin://"
#define GROUP 4 /* letters of a secret between spaces */

/* ---- who there is
 * ------------------------------------------------------------------------ */

/* By his address or its last part. */
static bool
is_called(const json_t *row, const char *word)
{
	const char *address = row_text(row, "person");
	const char *slash = strrchr(address, '/');

	return strcmp(address, word) == 0 ||
	       (slash != NULL && strcmp(slash + 1, word) == 0);
}

enum rc
talk_person(char **out, struct talk *t, const char *word, struct err *e)
{
	const char *found = NULL;
	json_t *rows, *row;
	size_t i, n = 0;
	enum rc rc;

	*out = NULL;
	rc = talk_rows(t, CONTROL_USERS, NULL, &rows, e);
	if (rc != RC_OK)
		return rc;
	json_array_foreach(rows, i, row)
	{
		if (!row_is(row, "user") ||
		    (word != NULL && !is_called(row, word)))
			continue;
		found = row_text(row, "person");
		n++;
	}
	if (n == 1)
		*out = strdup(found);
	else if (n == 0 && word == NULL)
		rc = fail(e, RC_ABSENT,
		    "nobody's key is at this station: antin user add");
	else if (n == 0)
		rc = fail(e, RC_ABSENT,
		    "no key of \"%s\" is at this station; antin user list "
		    "shows whose are",
		    word);
	else
		rc = fail(e, RC_USAGE,
		    "several people are meant; give the whole address");
	json_decref(rows);
	return rc;
}

/* ---- list
 * ---------------------------------------------------------------------- */

/* "clerk (van-thu), administrator (van-thu)" */
static void
roles_of(struct buf *out, const json_t *rows, const char *person)
{
	const char *desk, *slash;
	enum role role;
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (!row_is(row, "role") ||
		    strcmp(row_text(row, "person"), person) != 0 ||
		    !role_parse(&role, bytes_str(row_text(row, "role"))))
			continue;
		desk = row_text(row, "desk");
		slash = strrchr(desk, '/');
		if (out->len > 0)
			buf_add(out, bytes_str(", "));
		buf_add(out, bytes_str(role_name(role)));
		buf_add(out, bytes_str(" ("));
		buf_add(out, bytes_str(slash == NULL ? desk : slash + 1));
		buf_add(out, bytes_str(")"));
	}
	buf_u8(out, '\0');
}

/* "since 08:10, user lan", "no", or why he cannot. */
static const char *
state_of(char *out, size_t size, const json_t *row)
{
	char when[TIME_TEXT], who[USER_NAME];

	if (strcmp(row_text(row, "certificate"), "in-force") != 0)
		return tr("certificate not in force");
	if (strcmp(row_text(row, "state"), "in") != 0)
		return strcmp(row_text(row, "codes"), "has") == 0
			   ? tr("no")
			   : tr("no: has no codes");
	row_time(when, row, "since");
	user_name(who, row_int(row, "uid"));
	(void)snprintf(out, size, tr("since %s, by %s"), when, who);
	return out;
}

/* People stand as in lists of names: by the given name. */
static int
by_name(const void *a, const void *b)
{
	const json_t *const *x = a, *const *y = b;
	struct buf left, right;
	int c;

	viet_name_key(&left, bytes_str(row_text(*x, "name")));
	viet_name_key(&right, bytes_str(row_text(*y, "name")));
	c = bytes_cmp(buf_bytes(&left), buf_bytes(&right));
	buf_free(&left);
	buf_free(&right);
	return c != 0 ? c
		      : strcmp(row_text(*x, "person"), row_text(*y, "person"));
}

/* The caller frees it; the rows stay the list's. */
static const json_t **
people_of(const json_t *rows, size_t *count)
{
	const json_t **people =
	    alloc(json_array_size(rows) + 1, sizeof(const json_t *));
	json_t *row;
	size_t i;

	*count = 0;
	json_array_foreach(rows, i, row)
	{
		if (row_is(row, "user"))
			people[(*count)++] = row;
	}
	qsort(people, *count, sizeof(const json_t *), by_name);
	return people;
}

static void
print(const json_t *rows)
{
	struct table t = { .columns = 5 };
	size_t i, count;
	const json_t **people = people_of(rows, &count), *row;
	char state[160];
	struct buf roles;
	enum level level;

	table_add(&t, tr("Person"));
	table_add(&t, tr("Name"));
	table_add(&t, tr("Clearance"));
	table_add(&t, tr("Signed in"));
	table_add(&t, tr("Roles"));
	for (i = 0; i < count; i++) {
		row = people[i];
		roles = (struct buf){ 0 };
		roles_of(&roles, rows, row_text(row, "person"));
		table_add(&t, row_text(row, "person"));
		table_add(&t, row_text(row, "name"));
		table_add(
		    &t, level_parse(&level, bytes_str(row_text(row, "level")))
			    ? level_name(level)
			    : "");
		table_add(&t, state_of(state, sizeof(state), row));
		table_add(&t, (const char *)roles.p);
		buf_free(&roles);
	}
	table_print(&t);
	free(people);
}

static enum rc
user_list(const struct args *a, struct err *e)
{
	json_t *rows = NULL;
	struct talk t;
	enum rc rc;

	rc = talk_open(&t, a, e);
	if (rc == RC_OK)
		rc = talk_rows(&t, CONTROL_USERS, NULL, &rows, e);
	if (rc == RC_OK && arg_given(a, "json"))
		rows_show(rows), rows = NULL;
	else if (rc == RC_OK && json_array_size(rows) == 0)
		say("Nobody's key is at this station: antin user add\n");
	else if (rc == RC_OK)
		print(rows);
	json_decref(rows);
	talk_close(&t);
	return rc;
}

/* ---- signing in and out
 * ---------------------------------------------------------------------- */

/* From its option's file, or the terminal. */
static enum rc
get_passphrase(
    struct buf *out, const struct args *a, const char *person, struct err *e)
{
	char prompt[LIMIT_ADDRESS + 64];

	(void)snprintf(prompt, sizeof(prompt), tr("Passphrase of %s"), person);
	return passphrase_get(out, a, "passphrase-file", prompt, false, e);
}

static enum rc
get_code(
    struct buf *out, const struct args *a, const char *person, struct err *e)
{
	char prompt[LIMIT_ADDRESS + 64];

	(void)snprintf(
	    prompt, sizeof(prompt), tr("Code on the phone of %s"), person);
	return passphrase_get(out, a, "code-file", prompt, false, e);
}

static json_t *
request(
    const char *person, const struct buf *passphrase, const struct buf *code)
{
	json_t *r = json_object();

	show_word(r, "person", person);
	show_text(r, "passphrase", buf_bytes(passphrase));
	if (code->len > 0)
		show_text(r, "code", buf_bytes(code));
	return r;
}

static enum rc
user_sign_in(const struct args *a, struct err *e)
{
	const char *word = a->rest_count > 0 ? a->rest[0] : NULL;
	struct buf passphrase = { 0 }, code = { 0 };
	char *person = NULL, text[TIME_TEXT];
	json_t *answer = NULL;
	struct talk t;
	enum rc rc;

	if ((rc = talk_open(&t, a, e)) != RC_OK ||
	    (rc = talk_person(&person, &t, word, e)) != RC_OK ||
	    (rc = get_passphrase(&passphrase, a, person, e)) != RC_OK ||
	    (rc = get_code(&code, a, person, e)) != RC_OK)
		goto out;
	rc = talk_ask(&t, CONTROL_USER_IN, request(person, &passphrase, &code),
	    NULL, &answer, e);
	if (rc != RC_OK)
		goto out;
	time_write_vn(text, row_int(answer, "until"));
	say("%s is signed in until %s, and longer while at work.\n", person,
	    text);
out:
	json_decref(answer);
	buf_free(&passphrase);
	buf_free(&code);
	free(person);
	talk_close(&t);
	return rc;
}

static enum rc
user_sign_out(const struct args *a, struct err *e)
{
	json_t *r = json_object();
	char *person = NULL;
	struct talk t;
	enum rc rc = talk_open(&t, a, e);

	if (rc == RC_OK && a->rest_count > 0)
		rc = talk_person(&person, &t, a->rest[0], e);
	if (person != NULL)
		show_word(r, "person", person);
	if (rc == RC_OK) {
		rc = talk_ask(&t, CONTROL_USER_OUT, r, NULL, NULL, e);
		r = NULL;
	}
	if (rc == RC_OK && person != NULL)
		say("%s is signed out.\n", person);
	else if (rc == RC_OK)
		say("All whom you had signed in are signed out.\n");
	json_decref(r);
	free(person);
	talk_close(&t);
	return rc;
}

/* ---- codes
 * ---------------------------------------------------------------------- */

static void
print_secret(const char *person, const char *secret)
{
	struct buf uri, picture;
	const size_t scheme = strlen(SCHEME);
	size_t i;

	totp_uri(&uri,
	    bytes_str(strncmp(person, SCHEME, scheme) == 0 ? person + scheme
							   : person),
	    bytes_str(secret));
	say("New codes of %s. Let the phone's program for codes read this "
	    "picture, or type the letters in. It is not shown again; what was "
	    "before is good no more.\n\n",
	    person);
	if (terminal_qr(&picture, buf_bytes(&uri), wants_colour()))
		(void)fwrite(picture.p, 1, picture.len, stdout);
	(void)putchar('\n');
	for (i = 0; secret[i] != '\0'; i++) {
		if (i % GROUP == 0)
			(void)putchar(' ');
		(void)putchar(secret[i]);
	}
	(void)puts("\n");
	say("Then sign in: antin user sign-in %s\n", person);
	say("Clear the terminal when the phone has them.\n");
	buf_free(&picture);
	buf_free(&uri);
}

static enum rc
ask_codes(json_t **answer, struct talk *t, const char *person, const char *by,
    const struct buf *passphrase, const struct buf *code, struct err *e)
{
	json_t *r = request(person, passphrase, code);

	if (by != NULL)
		show_word(r, "by", by);
	return talk_ask(t, CONTROL_USER_CODES, r, NULL, answer, e);
}

static enum rc
user_otp(const struct args *a, struct err *e)
{
	struct buf passphrase = { 0 }, code = { 0 };
	char *person = NULL, *by = NULL;
	json_t *answer = NULL;
	struct talk t;
	enum rc rc;

	if ((rc = talk_open(&t, a, e)) != RC_OK ||
	    (rc = talk_person(&person, &t, a->rest[0], e)) != RC_OK ||
	    (arg_given(a, "by") &&
		(rc = talk_person(&by, &t, arg(a, "by"), e)) != RC_OK) ||
	    (rc = get_passphrase(&passphrase, a, person, e)) != RC_OK ||
	    (arg_given(a, "code-file") &&
		(rc = get_code(&code, a, person, e)) != RC_OK))
		goto out;
	rc = ask_codes(&answer, &t, person, by, &passphrase, &code, e);
	if (rc == RC_INVALID && code.len == 0 && by == NULL &&
	    (rc = get_code(&code, a, person, e)) == RC_OK)
		rc = ask_codes(&answer, &t, person, by, &passphrase, &code, e);
	if (rc == RC_OK)
		print_secret(person, row_text(answer, "secret"));
out:
	json_decref(answer);
	buf_free(&passphrase);
	buf_free(&code);
	free(person);
	free(by);
	talk_close(&t);
	return rc;
}

/* ---- rows
 * ---------------------------------------------------------------------- */

#define OPT_CODE                                                               \
	{                                                                      \
		"code-file", "FILE",                                           \
		    "read the phone's code from the first line of FILE", false \
	}

static const struct opt list_opts[] = { OPT_STATION, OPT_JSON, OPT_END };
const struct cmd cmd_user_list = {
	.name = "user list",
	.args = "",
	.does = "People whose keys are at this station, and who is signed in.",
	.opts = list_opts,
	.run = user_list,
};

static const struct opt in_opts[] = { OPT_STATION, OPT_PASSPHRASE, OPT_CODE,
	OPT_END };
const struct cmd cmd_user_sign_in = {
	.name = "user sign-in",
	.args = "[PERSON]",
	.does = "Sign a person in, by passphrase and the phone's code.",
	.opts = in_opts,
	.most = 1,
	.run = user_sign_in,
};

static const struct opt out_opts[] = { OPT_STATION, OPT_END };
const struct cmd cmd_user_sign_out = {
	.name = "user sign-out",
	.args = "[PERSON]",
	.does = "Sign a person out, or all whom you have signed in.",
	.opts = out_opts,
	.most = 1,
	.run = user_sign_out,
};

static const struct opt otp_opts[] = {
	{ "by", "PERSON",
	    "the phone is lost: an "
	    "administrator who is signed in here",
	    false },
	OPT_STATION, OPT_PASSPHRASE, OPT_CODE, OPT_END
};
const struct cmd cmd_user_otp = {
	.name = "user otp",
	.args = "PERSON",
	.does = "Give a person's phone new codes.",
	.opts = otp_opts,
	.least = 1,
	.most = 1,
	.run = user_otp,
};
