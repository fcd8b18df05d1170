/* SPDX-License-Identifier: EUPL-1.2 */
/* Who may destroy a station: two persons, or one with the emergency code
 * (docs/emergency.md 1). */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antin/destroy.h"
#include "antin/who.h"
#include "core/lang.h"
#include "core/time.h"
#include "crypto/random.h"
#include "envelope/address.h"
#include "file/directory_file.h"
#include "file/file.h"

#define CODE_LEAST 12u /* bytes of a code */
#define CODE_SECRET 32u

/* ---- passphrases
 * ---------------------------------------------------------------------- */

/* The n-th --passphrase-file, or the terminal. */
static enum rc
passphrase_of(struct buf *out, const struct args *a, size_t n,
    const char *prompt, struct err *e)
{
	struct args one = *a;
	struct given only;
	const char *path = NULL;
	size_t at = 0, i;

	for (i = 0; i <= n; i++)
		path = arg_each(a, "passphrase-file", &at);
	one.given_count = 0;
	for (i = 0; path != NULL && i < a->given_count; i++)
		if (strcmp(a->given[i].opt->name, "passphrase-file") == 0) {
			only = (struct given){ a->given[i].opt, path };
			one.given = &only;
			one.given_count = 1;
		}
	return passphrase_get(out, &one, "passphrase-file", prompt, false, e);
}

/* ---- persons
 * -------------------------------------------------------------------------- */

struct person {
	struct identity id;
	struct buf passphrase;
};

static void
person_free(struct person *p)
{
	identity_free(&p->id);
	buf_free(&p->passphrase);
}

/* The key file of a desk of this station: its address, or the last part. */
static char *
desk_file(const struct site *p, const char *word)
{
	DIR *d = opendir(p->keys);
	struct dirent *x;
	struct card card;
	struct address at;
	struct err none;
	char *path, *found = NULL;

	while (d != NULL && found == NULL && (x = readdir(d)) != NULL) {
		if (x->d_name[0] == '.')
			continue;
		if (asprintf(&path, "%s/%s", p->keys, x->d_name) < 0)
			bug("no memory");
		if (who_card(&card, path, &none) == RC_OK) {
			if (bytes_is(card.sign.address, word) ||
			    (address_parse(&at, card.sign.address) &&
				bytes_is(at.desk, word)))
				found = path;
			card_free(&card);
		}
		if (found != path)
			free(path);
	}
	if (d != NULL)
		(void)closedir(d);
	return found;
}

/* A key that is not this station's counts where its directory shows it in
 * force, for this unit or one above. */
static enum rc
check_stranger(
    const struct site *p, const struct card *c, const char *path, struct err *e)
{
	struct directory *d = NULL;
	const struct dcert *cert;
	struct resolved who;
	struct card own;
	struct err none;
	size_t i, unit;
	bool above = false;
	enum rc rc;

	if ((rc = directory_read(&d, p->directory, true, e)) != RC_OK)
		return rc;
	i = cert_by_fingerprint(&d->state, c->sign_cert);
	if (i != NONE && who_card(&own, p->key, &none) == RC_OK) {
		cert = &d->state.certs[i];
		if (resolve(d, own.sign.address, time_now(), &who, &none) ==
			RC_OK &&
		    cert->from <= time_now() && time_now() < cert->until)
			for (unit = who.unit; unit != NONE && !above;
			     unit =
				 unit_parent(&d->state.units[unit], time_now()))
				above = unit == cert->unit;
		card_free(&own);
	}
	directory_free(d);
	return above ? RC_OK
		     : fail(e, RC_DENIED,
			   "%s: it is not known to this station's directory "
			   "as a key of its unit or one above, in force",
			   path);
}

static enum rc
person_ask(struct person *out, const struct args *a, const struct site *p,
    const char *word, size_t n, struct err *e)
{
	char *desk = desk_file(p, word), prompt[256];
	const char *path = desk != NULL ? desk : word;
	struct buf file = { 0 };
	struct lock lock;
	enum rc rc;

	*out = (struct person){ 0 };
	if (desk == NULL && !file_exists(word)) {
		rc = fail(e, RC_USAGE,
		    "\"%s\" is neither a desk of this station nor a key file",
		    word);
		goto out;
	}
	if ((rc = file_read(&file, path, KEYFILE_MAX, e)) != RC_OK ||
	    (rc = keyfile_lock(&lock, buf_bytes(&file), e)) != RC_OK)
		goto out;
	if (lock.kind != LOCK_PASSPHRASE) {
		rc = fail(e, RC_DENIED,
		    "%s is not under a passphrase: it proves nobody", path);
		goto out;
	}
	(void)snprintf(prompt, sizeof(prompt), tr("Passphrase of %s"), word);
	if ((rc = passphrase_of(&out->passphrase, a, n, prompt, e)) != RC_OK ||
	    (rc = identity_open(&out->id, buf_bytes(&file),
		 buf_bytes(&out->passphrase), e)) != RC_OK)
		goto out;
	if (desk == NULL)
		rc = check_stranger(p, &out->id.card, path, e);
out:
	buf_free(&file);
	free(desk);
	if (rc != RC_OK)
		person_free(out);
	return rc;
}

/* They are two. */
static enum rc
check_two(const struct person *one, const struct person *two, struct err *e)
{
	if (bytes_eq(one->id.card.sign.address, two->id.card.sign.address) ||
	    memcmp(one->id.card.sign_cert, two->id.card.sign_cert,
		sizeof(one->id.card.sign_cert)) == 0)
		return fail(e, RC_DENIED,
		    "two persons are wanted, and this is one of them twice");
	if (ct_equal(buf_bytes(&one->passphrase), buf_bytes(&two->passphrase)))
		return fail(e, RC_DENIED,
		    "two persons are wanted: two keys under one passphrase "
		    "are one person's");
	return RC_OK;
}

static enum rc
two_persons(struct allowed *out, const struct args *a, const struct site *p,
    struct err *e)
{
	struct person who[LAST_BY];
	const char *word;
	size_t at = 0, n = 0, i;
	enum rc rc = RC_OK;

	while (rc == RC_OK && (word = arg_each(a, "by", &at)) != NULL) {
		if (n == LAST_BY)
			rc = fail(e, RC_USAGE, "--by is for two persons");
		else if ((rc = person_ask(&who[n], a, p, word, n, e)) == RC_OK)
			n++;
	}
	if (rc == RC_OK && n < LAST_BY)
		rc = fail(e, RC_USAGE,
		    "two persons are wanted: --by DESK --by DESK (or their "
		    "key files), or the emergency code: --code");
	if (rc == RC_OK)
		rc = check_two(&who[0], &who[1], e);
	for (i = 0; i < n; i++) {
		memcpy(out->by[i], who[i].id.card.sign.address.p,
		    who[i].id.card.sign.address.len);
		person_free(&who[i]);
	}
	out->count = rc == RC_OK ? n : 0;
	return rc;
}

/* ---- the code
 * ------------------------------------------------------------------------- */

static enum rc
code_check(const struct args *a, const struct site *p, struct err *e)
{
	struct buf file = { 0 }, code = { 0 }, secret = { 0 };
	enum rc rc;

	if (!file_exists(p->code))
		return fail(e, RC_DENIED,
		    "no emergency code was set at this station; two persons "
		    "are wanted: --by DESK --by DESK");
	if ((rc = file_read(&file, p->code, KEYFILE_MAX, e)) == RC_OK &&
	    (rc = passphrase_get(&code, a, "code-file", tr("Emergency code"),
		 false, e)) == RC_OK &&
	    (rc = keyfile_open(
		 &secret, buf_bytes(&file), buf_bytes(&code), e)) == RC_DENIED)
		rc = fail(e, RC_DENIED, "this is not the emergency code");
	buf_free(&file);
	buf_free(&code);
	buf_free(&secret);
	return rc;
}

enum rc
allowed_ask(struct allowed *out, const struct args *a, const struct site *p,
    struct err *e)
{
	const bool code = arg_given(a, "code") || arg_given(a, "code-file");

	*out = (struct allowed){ 0 };
	if (code && arg_given(a, "by"))
		return fail(e, RC_USAGE,
		    "two persons (--by), or the code (--code): not both");
	return code ? code_check(a, p, e) : two_persons(out, a, p, e);
}

/* A key file of nothing: what opens it is the code (docs/emergency.md 1.3). */
enum rc
code_set(const struct args *a, const struct site *p, struct err *e)
{
	struct buf code = { 0 }, file = { 0 };
	uint8_t secret[CODE_SECRET];
	struct bytes passphrase;
	struct allowed who;
	enum rc rc;

	if ((rc = two_persons(&who, a, p, e)) != RC_OK)
		return rc;
	rc = passphrase_get(&code, a, "code-file",
	    tr("New emergency code (12 characters or more)"), true, e);
	if (rc == RC_OK && code.len < CODE_LEAST)
		rc = fail(e, RC_USAGE,
		    "an emergency code has %u characters or more", CODE_LEAST);
	random_bytes(secret, sizeof(secret));
	passphrase = buf_bytes(&code);
	if (rc == RC_OK)
		rc = keyfile_seal(&file, bytes_str("emergency code"),
		    bytes_of(secret, sizeof(secret)), &passphrase, e);
	if (rc == RC_OK)
		rc = file_write(p->code, buf_bytes(&file), 0600, true, e);
	if (rc == RC_OK)
		say("The emergency code is set. Who knows it can destroy this "
		    "station alone: write it down, seal it, and keep it where "
		    "the one on duty reaches it.\n");
	wipe(secret, sizeof(secret));
	buf_free(&code);
	buf_free(&file);
	return rc;
}
