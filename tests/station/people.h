/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Two people at a real station, with their keys and codes; each speaks as
 * another user of the machine.
 */
#ifndef TESTS_STATION_PEOPLE_H
#define TESTS_STATION_PEOPLE_H

#include <sys/fsuid.h>

#include "queue.h"

#include "crypto/totp.h"

#define FIRST 1 /* users that every machine has */
#define SECOND 2
#define WORDS "mây trắng bay trên đỉnh Pu Ta Leng"
#define OTHERS "suối chảy quanh bản, lúa lên xanh"

static struct country land;
static struct seat *seat;

struct user {
	const char *id, *words;
	struct identity keys;
	char address[LIMIT_ADDRESS + 1];
	uint8_t secret[TOTP_SECRET];
	uint64_t used; /* the last counter that was given */
};
static struct user lan = { .id = "lan", .words = WORDS };

/* What the station's clock is ahead of the machine's. */
static int64_t people_ahead;

/* ---- who there is
 * ------------------------------------------------------------------------ */

static inline void
user_new(struct user *u, enum role role)
{
	struct tree *t = &land.t;
	const struct suite *s = suite_by_name("A");
	struct bytes address, cert;
	struct cert_request r;
	struct act a;
	struct err e;

	a = act_holder(t, seat->unit, ACT_PERSON, u->id);
	tree_do(t, ROOT, &a);
	address = tree_address(t, seat->unit, u->id);
	memcpy(u->address, address.p, address.len);
	must(identity_new(&u->keys, sig_by_name(s->sig), NULL,
		 bytes_str("a person"), address, t->now, t->now + YEARS(2), &e),
	    &e);
	r = tree_request(t, seat->unit, u->id, CERT_PERSON);
	r.pub = sig_key_pub(u->keys.sig);
	r.sig = sig_key_alg(u->keys.sig);
	cert = tree_sign(t, ROOT, r);
	must(identity_certify(&u->keys, &cert, 1, &e), &e);
	a = act_certify(t, seat->unit, u->id, cert, (struct bytes){ 0 });
	tree_do(t, ROOT, &a);
	a = act_role(t, seat->unit, u->id, role, "van-thu");
	tree_do(t, ROOT, &a);
}

static inline void
user_write(const struct user *u)
{
	const struct bytes words = bytes_str(u->words);
	char name[64];
	struct buf file;
	struct err e;

	must(identity_seal(&file, &u->keys, &words, &e), &e);
	(void)snprintf(name, sizeof(name), "data/keys/%s.key", u->id);
	write_in(seat, name, buf_bytes(&file));
	buf_free(&file);
}

/* ---- asking
 * ------------------------------------------------------------------------ */

/* As another user, for whom the kernel speaks. */
static inline enum rc
as(uid_t uid, enum control_what what, json_t *request, json_t **answer,
    struct err *e)
{
	enum rc rc;

	if (seteuid(uid) != 0)
		bug("no other user");
	(void)setfsuid(0);
	rc = seat_asks(seat, what, request, answer, e);
	if (seteuid(0) != 0)
		bug("root no more");
	(void)setfsuid(0);
	return rc;
}

static inline json_t *
request(const struct user *u, const char *words, const char *code)
{
	json_t *r = json_object();

	(void)json_object_set_new(r, "person", json_string(u->address));
	(void)json_object_set_new(r, "passphrase", json_string(words));
	if (code != NULL)
		(void)json_object_set_new(r, "code", json_string(code));
	return r;
}

/* The next code of a phone that is good at the station now. */
static inline const char *
code_of(struct user *u)
{
	static char code[TOTP_DIGITS + 1];
	/* one that is good for 20 seconds more, however slow the machine is */
	uint64_t first =
	    (uint64_t)((time_now() + people_ahead + 20) / TOTP_STEP) - 1;

	u->used = u->used + 1 > first ? u->used + 1 : first;
	/* the station's clock may be a moment behind */
	while (u->used >
	       (uint64_t)((time_now() + people_ahead - 1) / TOTP_STEP) + 1)
		(void)usleep(200000);
	totp_code(code, u->secret, u->used);
	return code;
}

static inline enum rc
signs_in(struct user *u, uid_t uid, const char *words, const char *code)
{
	struct err e;
	enum rc rc =
	    as(uid, CONTROL_USER_IN, request(u, words, code), NULL, &e);

	if (rc != RC_OK)
		note("%s", e.text);
	return rc;
}

/* The secret that a phone is given in letters (RFC 4648). */
static inline bool
letters_read(uint8_t out[static TOTP_SECRET], const char *text)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	const char *at;
	unsigned i, k;

	memset(out, 0, TOTP_SECRET);
	if (strlen(text) != TOTP_TEXT - 1)
		return false;
	for (i = 0; i < TOTP_TEXT - 1; i++) {
		if ((at = strchr(letters, text[i])) == NULL)
			return false;
		for (k = 0; k < 5; k++)
			if (((at - letters) >> (4 - k) & 1) != 0)
				out[(i * 5 + k) / 8] |=
				    (uint8_t)(0x80 >> (i * 5 + k) % 8);
	}
	return true;
}

static inline enum rc
gets_codes(struct user *u, uid_t uid, const char *code)
{
	json_t *answer = NULL;
	struct err e;
	enum rc rc = as(
	    uid, CONTROL_USER_CODES, request(u, u->words, code), &answer, &e);

	if (rc == RC_OK && !letters_read(u->secret, row_word(answer, "secret")))
		rc = RC_INVALID;
	if (rc == RC_OK)
		u->used = 0;
	else
		note("codes: %d %s", (int)rc, e.text);
	(void)fflush(stdout);
	json_decref(answer);
	return rc;
}

/* What the list says of somebody under a key. */
static inline bool
is_listed(const struct user *u, const char *key, const char *value)
{
	json_t *rows = seat_rows(seat, CONTROL_USERS, NULL), *row;
	bool is = false;
	size_t i;

	json_array_foreach(rows, i, row) is |=
	    strcmp(row_word(row, "row"), "user") == 0 &&
	    strcmp(row_word(row, "person"), u->address) == 0 &&
	    strcmp(row_word(row, key), value) == 0;
	json_decref(rows);
	return is;
}

static inline bool
comes(const struct user *u, const char *key, const char *value)
{
	unsigned i;

	for (i = 0; i < patience(30) * 10; i++) {
		if (is_listed(u, key, value))
			return true;
		(void)usleep(100000);
	}
	return false;
}

#endif
