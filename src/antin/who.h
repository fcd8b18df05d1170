/* SPDX-License-Identifier: EUPL-1.2 */
/* Who acts and who is known: key files, passphrases, cards of others. */
#ifndef ANTIN_WHO_H
#define ANTIN_WHO_H

#include "antin/cmd.h"
#include "envelope/envelope.h"
#include "pki/card.h"
#include "pki/resolve.h"

/*
 * The passphrase: the first line of --passphrase-file, else asked on the
 * terminal without showing it; twice where it is a new one.  Normalised to
 * NFC.  The caller frees *out.
 */
enum rc passphrase_get(struct buf *out, const struct args *a,
    const char *option, const char *prompt, bool new, struct err *e);

/* What opens a key file, and closes it again. */
struct unlocked {
	struct lock lock; /* its secret borrows the next */
	struct buf secret;
};
void unlocked_free(struct unlocked *u);

/* The identity in a key file, asking for its passphrase where it has one, or
 * joining the shares of --share.  Freed by identity_free(). */
enum rc who_acts(struct identity *out, const struct args *a, const char *path,
    struct err *e);
/* The same, and what it was under, to seal it again.  "option" is that of the
 * passphrase. */
enum rc who_unlocks(struct identity *out, struct unlocked *under,
    const struct args *a, const char *path, struct err *e);

/* The card in a .pub file, or the readable part of a .key file. */
enum rc who_card(struct card *out, const char *path, struct err *e);

/* A value that is neither a file nor an address, where there is a directory: a
 * name to be looked up in it. */
bool who_is_name(const struct args *a, const char *word);

/* Every card that the values of an option name; a folder stands for its
 * *.pub.  each() may keep the card by emptying it. */
enum rc who_each(const struct args *a, const char *option,
    enum rc (*each)(void *ctx, struct card *c, struct err *e), void *ctx,
    struct err *e);

/* The cards of --from, and the directory of --directory. */
struct known {
	struct card *cards; /* owned */
	size_t count;
	struct directory *directory; /* owned; NULL: none */
};
/* RC_USAGE where neither is given. */
enum rc who_known(struct known *out, const struct args *a, struct err *e);
void known_free(struct known *k);
/* Of struct opener; ctx is a struct known. */
bool known_find(
    void *ctx, struct bytes tag, struct bytes cert, struct known_signer *out);
bool known_listed(
    void *ctx, const struct list_ref *list, struct bytes address, int64_t t);
bool known_answers(
    void *ctx, struct bytes address, struct bytes other, int64_t t);

/* Somebody known, by a card or the directory; borrows from the known. */
struct somebody {
	const struct sig_pub *pub;
	struct bytes cert; /* DER */
	struct bytes name, address;
	uint8_t fingerprint[SHA256_SIZE];
	int64_t from, until; /* when his certificate may be used */
};
/* Who made this signature: he has the key, and the certificate if one is
 * named. */
bool known_who(
    const struct known *k, const struct signed_data *s, struct somebody *out);

/*
 * What the directory's policy says of its age, for a unit and level: a line to
 * the person where it is old, RC_EXPIRED where it is too old.
 */
enum rc known_age(
    const struct directory *d, size_t unit, enum level level, struct err *e);

#endif
