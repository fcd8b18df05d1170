/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antin/show.h"
#include "antin/who.h"
#include "core/lang.h"
#include "core/time.h"
#include "core/utf8.h"
#include "crypto/keyfile.h"
#include "crypto/suite.h"
#include "file/file.h"

#define DAYS 1825 /* five years: what domain rules give a subscriber */
#define DAYS_MAX 36500

/* "NAME" + ".key"; the caller frees. */
static char *
with_suffix(const char *name, const char *suffix)
{
	char *path;

	if (asprintf(&path, "%s%s", name, suffix) < 0)
		bug("no memory");
	return path;
}

/* ---- key show
 * -------------------------------------------------------------------------- */

static void
show_cert(json_t *to, const char *key, const struct cert *c)
{
	json_t *o = show_object(to, key);
	uint8_t fingerprint[SHA256_SIZE];

	cert_fingerprint(fingerprint, c->der);
	show_word(
	    o, "algorithm", c->use == CERT_SIGN ? c->sig->name : c->kem->name);
	show_hex(o, "tag", tag_bytes(&c->tag));
	show_hex(o, "fingerprint", bytes_of(fingerprint, SHA256_SIZE));
}

static void
show_card(json_t *to, const char *path, const struct card *c)
{
	show_text(to, "file", bytes_str(path));
	show_text(to, "name", c->sign.name);
	show_text(to, "address", c->sign.address);
	show_time(to, "from", c->sign.from);
	show_time(to, "until", c->sign.until);
	show_cert(to, "signing", &c->sign);
	if (c->has_kem)
		show_cert(to, "encryption", &c->kem);
}

static enum rc
key_show(const struct args *a, struct err *e)
{
	json_t *root = json_array();
	struct card card;
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; i < a->rest_count && rc == RC_OK; i++) {
		rc = who_card(&card, a->rest[i], e);
		if (rc == RC_OK)
			show_card(show_item(root), a->rest[i], &card);
		card_free(&card);
	}
	if (rc == RC_OK)
		show(root, arg_given(a, "json"));
	else
		json_decref(root);
	return rc;
}

static const struct opt show_opts[] = { OPT_JSON, OPT_END };
const struct cmd cmd_key_show = {
	.name = "key show",
	.args = "FILE...",
	.does = "Show the cards (.pub) and key files (.key): whose they are, "
		"their algorithms and fingerprints.  No passphrase is needed.",
	.opts = show_opts,
	.least = 1,
	.most = ARGS_MAX,
	.run = key_show,
};

/* ---- key new
 * ----------------------------------------------------------------------------
 */

static enum rc
suite_of(const struct suite **out, const struct args *a, struct err *e)
{
	const char *name = arg(a, "suite");

	*out = name == NULL ? &suite_table[0] : suite_by_name(name);
	if (*out == NULL)
		return fail(e, RC_USAGE,
		    "there is no suite \"%s\"; A and B are for work, interop "
		    "for foreign tools",
		    name);
	return RC_OK;
}

/* Both files or none: each is whole before either has its name. */
static enum rc
write_both(const char *key_path, struct bytes key, const char *card_path,
    struct bytes card, bool replace, struct err *e)
{
	struct out_file a, b = { .dir = -1, .fd = -1 };
	enum rc rc;

	rc = out_open(&a, key_path, 0600, replace, e);
	if (rc == RC_OK && (rc = out_put(&a, key, e)) == RC_OK &&
	    (rc = out_open(&b, card_path, 0644, replace, e)) == RC_OK &&
	    (rc = out_put(&b, card, e)) == RC_OK &&
	    (rc = out_commit(&a, e)) == RC_OK)
		rc = out_commit(&b, e);
	out_drop(&a);
	out_drop(&b);
	return rc;
}

static enum rc
write_pair(const char *name, const struct identity *id,
    const struct bytes *passphrase, bool replace, struct err *e)
{
	char *key_path = with_suffix(name, ".key");
	char *card_path = with_suffix(name, ".pub");
	struct buf key = { 0 }, card = { 0 };
	enum rc rc;

	card_write(&card, &id->card);
	rc = identity_seal(&key, id, passphrase, e);
	if (rc == RC_OK)
		rc = write_both(key_path, buf_bytes(&key), card_path,
		    buf_bytes(&card), replace, e);
	if (rc == RC_OK)
		say("Made %s (keep it secret) and %s (give it to those you "
		    "exchange dispatches with).\n",
		    key_path, card_path);
	buf_free(&key);
	buf_free(&card);
	free(key_path);
	free(card_path);
	return rc;
}

static enum rc
make_identity(struct identity *id, const struct args *a, struct err *e)
{
	const struct suite *suite;
	const char *name, *address;
	uint64_t days = DAYS;
	int64_t from = time_now(), until;
	struct buf clean = { 0 };
	enum rc rc;

	if ((rc = suite_of(&suite, a, e)) != RC_OK ||
	    (rc = arg_must(&name, a, "name", e)) != RC_OK ||
	    (rc = arg_must(&address, a, "address", e)) != RC_OK ||
	    (rc = arg_number(&days, a, "days", 1, DAYS_MAX, e)) != RC_OK ||
	    (rc = utf8_clean(&clean, bytes_str(name), LIMIT_NAME, e)) != RC_OK)
		goto out;
	if (clean.len == 0) {
		rc = fail(e, RC_USAGE, "--name is empty");
		goto out;
	}
	until = from + (int64_t)days * TIME_DAY;
	rc = identity_new(id, sig_by_name(suite->sig),
	    arg_given(a, "person") ? NULL : kem_by_name(suite->kem),
	    buf_bytes(&clean), bytes_str(address), from, until, e);
out:
	buf_free(&clean);
	return rc;
}

static enum rc
key_new(const struct args *a, struct err *e)
{
	struct identity id = { 0 };
	struct buf passphrase = { 0 };
	struct bytes p;
	bool bare = arg_given(a, "no-passphrase");
	enum rc rc;

	if (bare && arg_given(a, "passphrase-file"))
		return fail(e, RC_USAGE,
		    "--passphrase-file and --no-passphrase exclude each other");
	rc = make_identity(&id, a, e);
	if (rc != RC_OK)
		return rc;
	if (!bare)
		rc = passphrase_get(&passphrase, a, "passphrase-file",
		    tr("New passphrase"), true, e);
	p = buf_bytes(&passphrase);
	if (rc == RC_OK)
		rc = write_pair(a->rest[0], &id, bare ? NULL : &p,
		    arg_given(a, "force"), e);
	identity_free(&id);
	buf_free(&passphrase);
	return rc;
}

static const struct opt new_opts[] = {
	{ "name", "TEXT", "name of the desk, station or person", false },
	{ "address", "URI", "its address: antin://dien-bien.vn/van-thu",
	    false },
	{ "suite", "SUITE", "A (default), B, or interop for foreign tools",
	    false },
	{ "days", "N", "days the certificate holds (default: 1825)", false },
	{ "person", NULL, "a person's key: it signs, and opens nothing",
	    false },
	OPT_PASSPHRASE,
	{ "no-passphrase", NULL,
	    "protect the key by the disk alone: for a station that starts "
	    "unattended",
	    false },
	OPT_FORCE,
	OPT_END,
};
const struct cmd cmd_key_new = {
	.name = "key new",
	.args = "NAME",
	.does = "Make keys for a desk or a person: NAME.key, which stays "
		"secret, and the card NAME.pub, which others are given.",
	.opts = new_opts,
	.least = 1,
	.most = 1,
	.run = key_new,
};

/* ---- key passwd
 * ------------------------------------------------------------------------ */

static enum rc
key_passwd(const struct args *a, struct err *e)
{
	struct buf passphrase = { 0 }, key = { 0 };
	struct identity id;
	struct bytes p;
	enum rc rc;

	rc = who_acts(&id, a, a->rest[0], e);
	if (rc != RC_OK)
		return rc;
	rc = passphrase_get(&passphrase, a, "new-passphrase-file",
	    tr("New passphrase"), true, e);
	p = buf_bytes(&passphrase);
	if (rc == RC_OK && (rc = identity_seal(&key, &id, &p, e)) == RC_OK)
		rc = file_write(a->rest[0], buf_bytes(&key), 0600, true, e);
	if (rc == RC_OK)
		say("The passphrase of %s is changed.\n", a->rest[0]);
	identity_free(&id);
	buf_free(&passphrase);
	buf_free(&key);
	return rc;
}

static const struct opt passwd_opts[] = {
	OPT_PASSPHRASE,
	{ "new-passphrase-file", "FILE",
	    "read the new passphrase from the first line of FILE", false },
	OPT_END,
};
const struct cmd cmd_key_passwd = {
	.name = "key passwd",
	.args = "FILE.key",
	.does = "Change the passphrase of a key file.",
	.opts = passwd_opts,
	.least = 1,
	.most = 1,
	.run = key_passwd,
};
