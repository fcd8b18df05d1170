/* SPDX-License-Identifier: EUPL-1.2 */
/* What open and inspect have in common: an envelope file, opened, and how it
 * is shown. */
#ifndef ANTIN_LETTER_H
#define ANTIN_LETTER_H

#include "antin/show.h"
#include "antin/who.h"
#include "file/sealed.h"

struct letter {
	struct sealed_file file;
	struct opened opened;
	uint8_t cek[AEAD_KEY];
	struct known known;
	bool foreign; /* keys for foreign tools count too */
};

/* Open the envelope file with --key and --from.  Freed by letter_free(). */
enum rc letter_open(
    struct letter *out, const struct args *a, const char *path, struct err *e);
void letter_free(struct letter *l);

/* What a relay sees; what an addressee sees. */
void letter_show_outside(json_t *to, const struct sealed_file *f);
void letter_show_inside(json_t *to, const struct letter *l);

/*
 * How a person's signature within the dispatch stands, in a word for show():
 * "holds", "does not hold", "signer not known", ...  "digest" is the document's
 * SHA-512.
 */
const char *letter_signature(const struct letter *l, size_t part,
    const uint8_t digest[static SHA512_SIZE], struct bytes *signer);

#endif
