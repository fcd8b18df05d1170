/* SPDX-License-Identifier: EUPL-1.2 */
/* Who acts and who is known: key files, passphrases, cards of others. */
#ifndef ANTIN_WHO_H
#define ANTIN_WHO_H

#include "antin/cmd.h"
#include "envelope/envelope.h"
#include "pki/card.h"

/*
 * The passphrase: the first line of --passphrase-file, else asked on the
 * terminal without showing it; twice where it is a new one.  Normalised to
 * NFC.  The caller frees *out.
 */
enum rc passphrase_get(struct buf *out, const struct args *a,
    const char *option, const char *prompt, bool new, struct err *e);

/* The identity in a key file, asking for its passphrase where it has one.
 * Freed by identity_free(). */
enum rc who_acts(struct identity *out, const struct args *a, const char *path,
    struct err *e);

/* The card in a .pub file, or the readable part of a .key file. */
enum rc who_card(struct card *out, const char *path, struct err *e);

/* Every card that the values of an option name; a folder stands for its
 * *.pub.  each() may keep the card by emptying it. */
enum rc who_each(const struct args *a, const char *option,
    enum rc (*each)(void *ctx, struct card *c, struct err *e), void *ctx,
    struct err *e);

/* The cards of --from. */
struct known {
	struct card *cards; /* owned */
	size_t count;
};
enum rc who_known(struct known *out, const struct args *a, struct err *e);
void known_free(struct known *k);
/* The find() of struct opener; ctx is a struct known. */
bool known_find(
    void *ctx, struct bytes tag, struct bytes cert, struct known_signer *out);
/* The card of who made this signature, or NULL: it has the key, and the
 * certificate if that is named. */
const struct card *known_card(
    const struct known *k, const struct signed_data *s);

#endif
