/* SPDX-License-Identifier: EUPL-1.2 */
#include "antin/who.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "antin/tree.h"
#include "core/lang.h"
#include "core/time.h"
#include "core/utf8.h"
#include "crypto/keyfile.h"
#include "file/file.h"
#include "pki/keyshare.h"

#define CARDS_MAX 20000 /* of a folder of cards */

/* ---- passphrases
 * ------------------------------------------------------------------ */

static enum rc
line_of_file(struct buf *line, const char *path, struct err *e)
{
	const uint8_t *end;
	enum rc rc;

	rc = file_read(line, path, KEYFILE_PASSPHRASE, e);
	if (rc != RC_OK)
		return rc;
	end = line->len == 0 ? NULL : memchr(line->p, '\n', line->len);
	if (end != NULL)
		line->len = (size_t)(end - line->p);
	return RC_OK;
}

/* Signals that would leave the terminal mute: held until it is set right. */
static const int held[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
#define HELD (sizeof(held) / sizeof(held[0]))
static volatile sig_atomic_t came;

static void
note_signal(int sig)
{
	came = sig;
}

/* Read a line while "fd" does not echo; then act on a signal that came. */
static ssize_t
read_unseen(int fd, const struct termios *was, uint8_t *to, size_t max)
{
	struct sigaction hold = { .sa_handler = note_signal }, old[HELD];
	struct termios quiet = *was;
	ssize_t n;
	size_t i;

	came = 0;
	for (i = 0; i < HELD; i++)
		(void)sigaction(held[i], &hold, &old[i]);
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	(void)tcsetattr(fd, TCSAFLUSH, &quiet);
	n = read(fd, to, max);
	(void)tcsetattr(fd, TCSAFLUSH, was);
	(void)dprintf(fd, "\n");
	for (i = 0; i < HELD; i++)
		(void)sigaction(held[i], &old[i], NULL);
	if (came != 0)
		(void)raise(came);
	return n;
}

/* A line from the terminal, not shown. */
static enum rc
line_of_terminal(
    struct buf *line, const char *prompt, const char *option, struct err *e)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	struct termios was;
	ssize_t n;

	if (fd < 0 || tcgetattr(fd, &was) != 0) {
		if (fd >= 0)
			(void)close(fd);
		return fail(e, RC_USAGE,
		    "%s: wanted, and there is no terminal to ask at; give "
		    "--%s",
		    prompt, option);
	}
	(void)dprintf(fd, "%s: ", prompt);
	n = read_unseen(
	    fd, &was, buf_grow(line, KEYFILE_PASSPHRASE), KEYFILE_PASSPHRASE);
	line->len = n < 0 ? 0 : (size_t)n;
	(void)close(fd);
	if (n <= 0)
		return fail(e, RC_USAGE, "%s: nothing was given", prompt);
	while (line->len > 0 && (line->p[line->len - 1] == '\n' ||
				    line->p[line->len - 1] == '\r'))
		line->len--;
	return RC_OK;
}

static enum rc
is_empty(const char *option, struct err *e)
{
	if (strcmp(option, "code-file") == 0)
		return fail(e, RC_USAGE, "there is no one-time code in it");
	return fail(e, RC_USAGE, "an empty passphrase protects nothing");
}

enum rc
passphrase_get(struct buf *out, const struct args *a, const char *option,
    const char *prompt, bool new, struct err *e)
{
	const char *path = arg(a, option);
	struct buf line = { 0 }, again = { 0 };
	enum rc rc;

	*out = (struct buf){ 0 };
	if (path != NULL)
		rc = line_of_file(&line, path, e);
	else
		rc = line_of_terminal(&line, prompt, option, e);
	if (rc == RC_OK && path == NULL && new) {
		rc = line_of_terminal(&again, tr("Once more"), option, e);
		if (rc == RC_OK &&
		    !ct_equal(buf_bytes(&line), buf_bytes(&again)))
			rc = fail(e, RC_DENIED,
			    "the two passphrases differ; nothing was changed");
	}
	if (rc == RC_OK && line.len == 0)
		rc = is_empty(option, e);
	if (rc == RC_OK)
		rc = utf8_clean(out, buf_bytes(&line), KEYFILE_PASSPHRASE, e);
	/* blanks alone, and what is not seen, are gone by now */
	if (rc == RC_OK && out->len == 0)
		rc = is_empty(option, e);
	buf_free(&line);
	buf_free(&again);
	return rc;
}

/* ---- who acts
 * ----------------------------------------------------------------------- */

void
unlocked_free(struct unlocked *u)
{
	buf_free(&u->secret);
	*u = (struct unlocked){ 0 };
}

/* The shares that --share names, joined. */
static enum rc
join_shares(
    struct buf *key, const struct args *a, const struct id *set, struct err *e)
{
	struct keyshare shares[SHAMIR_MAX];
	const char *path;
	struct buf file;
	size_t at = 0, n = 0;
	enum rc rc = RC_OK;

	while (rc == RC_OK && (path = arg_each(a, "share", &at)) != NULL) {
		if (n == SHAMIR_MAX) {
			rc = fail(e, RC_USAGE, "over %d shares", SHAMIR_MAX);
			break;
		}
		rc = file_read(&file, path, KEYSHARE_FILE_MAX, e);
		if (rc == RC_OK && (rc = keyshare_read(&shares[n++],
					buf_bytes(&file), e)) != RC_OK)
			rc = fail_at(e, "%s", path);
		buf_free(&file);
	}
	if (rc == RC_OK)
		rc = keyshare_join(
		    buf_grow(key, SHAMIR_SECRET), shares, n, set, e);
	wipe(shares, sizeof(shares));
	return rc;
}

/* Whatever the key file is under. */
static enum rc
get_secret(
    struct unlocked *u, const struct args *a, const char *path, struct err *e)
{
	char prompt[256];

	switch (u->lock.kind) {
	case LOCK_PASSPHRASE:
		(void)snprintf(
		    prompt, sizeof(prompt), tr("Passphrase of %s"), path);
		return passphrase_get(
		    &u->secret, a, "passphrase-file", prompt, false, e);
	case LOCK_SHARES:
		return join_shares(&u->secret, a, &u->lock.set, e);
	case LOCK_NONE:
		break;
	}
	return RC_OK;
}

enum rc
who_unlocks(struct identity *out, struct unlocked *under, const struct args *a,
    const char *path, struct err *e)
{
	struct buf file = { 0 };
	enum rc rc;

	*out = (struct identity){ 0 };
	*under = (struct unlocked){ 0 };
	rc = file_read(&file, path, KEYFILE_MAX, e);
	if (rc != RC_OK)
		return rc;
	rc = keyfile_lock(&under->lock, buf_bytes(&file), e);
	if (rc == RC_OK && (rc = get_secret(under, a, path, e)) != RC_OK)
		goto out; /* it says by itself what is wanted */
	under->lock.secret = buf_bytes(&under->secret);
	if (rc == RC_OK)
		rc = identity_open(
		    out, buf_bytes(&file), buf_bytes(&under->secret), e);
	if (rc != RC_OK)
		rc = fail_at(e, "%s", path);
out:
	buf_free(&file);
	if (rc != RC_OK)
		unlocked_free(under);
	return rc;
}

enum rc
who_acts(
    struct identity *out, const struct args *a, const char *path, struct err *e)
{
	struct unlocked under;
	enum rc rc = who_unlocks(out, &under, a, path, e);

	unlocked_free(&under);
	return rc;
}

enum rc
who_card(struct card *out, const char *path, struct err *e)
{
	struct buf file = { 0 }, card = { 0 };
	struct err not_key;
	bool protected;
	enum rc rc;

	*out = (struct card){ 0 };
	rc = file_read(&file, path, KEYFILE_MAX, e);
	if (rc != RC_OK)
		return rc;
	if (keyfile_public(&card, &protected, buf_bytes(&file), &not_key) ==
	    RC_OK)
		rc = card_parse(out, buf_bytes(&card), e);
	else
		rc = card_parse(out, buf_bytes(&file), e);
	if (rc != RC_OK)
		rc = fail_at(e, "%s is no card", path);
	buf_free(&file);
	buf_free(&card);
	return rc;
}

/* ---- who is known
 * ------------------------------------------------------------------ */

struct each {
	enum rc (*each)(void *ctx, struct card *c, struct err *e);
	void *ctx;
};

static enum rc
each_file(const struct each *to, const char *path, struct err *e)
{
	struct card card;
	enum rc rc;

	rc = who_card(&card, path, e);
	if (rc == RC_OK && card.issued)
		rc = fail(e, RC_DENIED,
		    "%s was issued by \"%.*s\": whether it holds, only the "
		    "directory says. Give --directory, and the address in the "
		    "place of the card",
		    path, (int)card.sign.issuer.len,
		    (const char *)card.sign.issuer.p);
	if (rc == RC_OK && (rc = to->each(to->ctx, &card, e)) != RC_OK)
		rc = fail_at(e, "%s", path);
	card_free(&card);
	return rc;
}

static bool
ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && strcmp(s + n - m, end) == 0;
}

static int
is_card_file(const struct dirent *entry)
{
	return ends_in(entry->d_name, ".pub");
}

static enum rc
each_in_folder(const struct each *to, const char *folder, struct err *e)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, is_card_file, alphasort), i;
	enum rc rc = RC_OK;
	char *path;

	if (n < 0)
		return fail_io(e, "%s cannot be opened", folder);
	for (i = 0; i < n; i++) {
		if (asprintf(&path, "%s/%s", folder, entries[i]->d_name) < 0)
			bug("no memory");
		if (rc == RC_OK)
			rc = each_file(to, path, e);
		free(path);
		free(entries[i]);
	}
	free(entries);
	return rc;
}

bool
who_is_name(const struct args *a, const char *word)
{
	return tree_given(a) && !file_exists(word) &&
	       strncmp(word, "antin://", 8) != 0;
}

enum rc
who_each(const struct args *a, const char *option,
    enum rc (*each)(void *ctx, struct card *c, struct err *e), void *ctx,
    struct err *e)
{
	const struct each to = { each, ctx };
	const char *path;
	struct stat st;
	size_t at = 0;
	enum rc rc = RC_OK;

	while (rc == RC_OK && (path = arg_each(a, option, &at)) != NULL) {
		if (strncmp(path, "antin://", 8) == 0 || who_is_name(a, path))
			continue; /* the directory's */
		if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
			rc = each_in_folder(&to, path, e);
		else
			rc = each_file(&to, path, e);
	}
	return rc;
}

void
known_free(struct known *k)
{
	size_t i;

	for (i = 0; i < k->count; i++)
		card_free(&k->cards[i]);
	free(k->cards);
	directory_free(k->directory);
	*k = (struct known){ 0 };
}

static enum rc
known_add(void *ctx, struct card *card, struct err *e)
{
	struct known *k = ctx;
	struct card *more;

	if (k->count == CARDS_MAX)
		return fail(e, RC_LIMIT, "over %d cards", CARDS_MAX);
	if ((k->count & (k->count - 1)) == 0) { /* room for twice as many */
		more = alloc(2 * k->count + 1, sizeof(*more));
		if (k->count > 0)
			memcpy(more, k->cards, k->count * sizeof(*more));
		free(k->cards);
		k->cards = more;
	}
	k->cards[k->count++] = *card;
	*card = (struct card){ 0 };
	return RC_OK;
}

enum rc
who_known(struct known *out, const struct args *a, struct err *e)
{
	struct known k = { 0 };
	enum rc rc;

	*out = k;
	rc = who_each(a, "from", known_add, &k, e);
	if (rc == RC_OK && tree_given(a))
		rc = tree_read(&k.directory, a, e);
	if (rc == RC_OK && k.count == 0 && k.directory == NULL)
		rc = fail(e, RC_USAGE,
		    "--from is wanted: the card (.pub) of who sent or signed "
		    "it, or a folder of cards you trust; or --directory");
	if (rc == RC_OK)
		*out = k;
	else
		known_free(&k);
	return rc;
}

static void
of_card(struct somebody *out, const struct card *c)
{
	*out = (struct somebody){ .pub = c->pub,
		.cert = c->sign.der,
		.name = c->sign.name,
		.address = c->sign.address,
		.from = c->sign.from,
		.until = c->sign.until };
	memcpy(out->fingerprint, c->sign_cert, SHA256_SIZE);
}

/* In the directory: one key may have several certificates, and the signature
 * may name none; then the newest. */
static bool
of_directory(
    struct directory *d, const struct signed_data *s, struct somebody *out)
{
	struct known_signer signer;
	struct bytes fingerprint;
	const struct dcert *c;
	size_t i;

	for (i = cert_by_tag(&d->state, s->signer); i != NONE;
	     i = d->state.certs[i].same_tag) {
		c = &d->state.certs[i];
		fingerprint = bytes_of(c->fingerprint, SHA256_SIZE);
		if (!signed_names(s, c->cert.der) ||
		    !resolve_signer(d, s->signer, fingerprint, &signer))
			continue;
		*out = (struct somebody){ .pub = signer.pub,
			.cert = c->cert.der,
			.name = c->cert.name,
			.address = c->cert.address,
			.from = signer.from,
			.until = signer.until };
		memcpy(out->fingerprint, c->fingerprint, SHA256_SIZE);
		return true;
	}
	return false;
}

bool
known_who(
    const struct known *k, const struct signed_data *s, struct somebody *out)
{
	const struct card *c;
	size_t i;

	/* one key may have several certificates: the one that is named */
	for (i = 0; i < k->count; i++) {
		c = &k->cards[i];
		if (bytes_eq(tag_bytes(&c->sign.tag), s->signer) &&
		    signed_names(s, c->sign.der)) {
			of_card(out, c);
			return true;
		}
	}
	return k->directory != NULL && of_directory(k->directory, s, out);
}

bool
known_find(
    void *ctx, struct bytes tag, struct bytes cert, struct known_signer *out)
{
	const struct signed_data s = { .signer = tag, .cert = cert };
	const struct known *k = ctx;
	struct known cards = { .cards = k->cards, .count = k->count };
	struct somebody who;

	/* what the directory knows has limits, which a card has not */
	if (k->directory != NULL &&
	    resolve_signer(k->directory, tag, cert, out))
		return true;
	if (!known_who(&cards, &s, &who))
		return false;
	*out = (struct known_signer){ .pub = who.pub,
		.address = who.address,
		.from = who.from,
		.until = who.until };
	memcpy(out->cert, who.fingerprint, SHA256_SIZE);
	return true;
}

bool
known_listed(
    void *ctx, const struct list_ref *list, struct bytes address, int64_t t)
{
	const struct known *k = ctx;

	return k->directory != NULL &&
	       resolve_listed(k->directory, list, address, t);
}

bool
known_answers(void *ctx, struct bytes address, struct bytes other, int64_t t)
{
	const struct known *k = ctx;

	return k->directory != NULL &&
	       resolve_answers(k->directory, address, other, t);
}

enum rc
known_age(
    const struct directory *d, size_t unit, enum level level, struct err *e)
{
	const struct bytes name = unit_name(&d->state.units[unit], time_now());
	unsigned long long days;
	uint64_t age;

	switch (knowledge_judge(d, unit, level, time_now(), &age)) {
	case KNOWLEDGE_FRESH:
		break;
	case KNOWLEDGE_OLD:
		days = age;
		(void)fprintf(stderr,
		    tr("What is known here of \"%.*s\" is %llu days old: keys "
		       "may have been revoked since. Get a newer directory "
		       "file.\n"),
		    (int)name.len, (const char *)name.p, days);
		break;
	case KNOWLEDGE_TOO_OLD:
		return fail(e, RC_EXPIRED,
		    "docs/directory.md 8.2: what is known here of \"%.*s\" is "
		    "%llu days old, which is too old for %s; get a newer "
		    "directory file",
		    (int)name.len, (const char *)name.p,
		    (unsigned long long)age, level_name(level));
	}
	return RC_OK;
}
