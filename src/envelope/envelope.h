/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Envelopes: a signed dispatch sealed for desks, as CMS AuthEnvelopedData
 * (RFC 5083) in a closed profile.  docs/envelope.md 5.
 *
 * Opening is in two steps, because two processes do them: the holder of
 * private keys unlocks the content key (envelope_unlock), another opens the
 * content with it (envelope_open).
 */
#ifndef ENVELOPE_ENVELOPE_H
#define ENVELOPE_ENVELOPE_H

#include "core/sink.h"
#include "crypto/aead.h"
#include "envelope/signed.h"

#define ENVELOPE_SEALED_MAX (2u * LIMIT_CONTENT) /* sealed content, bytes */
#define ENVELOPE_SLIP_MAX 2048u			 /* a slip, bytes */
#define ENVELOPE_MAX                                                           \
	(LIMIT_SLIPS * ENVELOPE_SLIP_MAX + ENVELOPE_SEALED_MAX + 4096u)

/* One that was read; borrows from what it was read from. */
struct envelope {
	struct header header;
	struct bytes slips; /* elements of the set, one after another */
	size_t slip_count;
	struct bytes cipher; /* contentEncryptionAlgorithm, whole element */
	struct bytes nonce;
	struct bytes sealed;
	struct bytes attributes; /* the whole [1] element */
	struct bytes mac;
};

/*
 * Read an envelope that is the whole of "in".  Nothing is authenticated yet:
 * the header is what a relay sees, no more.
 *
 * RC_INVALID	not of the form of docs/envelope.md 5
 * RC_LIMIT	over ENVELOPE_MAX or LIMIT_SLIPS
 */
enum rc envelope_parse(struct envelope *out, struct bytes in, struct err *e);

/*
 * An envelope without its content, from the elements that a slip's key depends
 * on (docs/envelope.md 6.3): what whoever has the private keys is shown.  Held
 * to the same form; good for envelope_slip() and envelope_unlock() alone.
 */
enum rc envelope_outside(struct envelope *out, struct bytes slips,
    struct bytes cipher, struct bytes attributes, struct err *e);

/* Steps through the slips from *at = 0; false at the end. */
bool envelope_slip(const struct envelope *env, size_t *at, struct slip *out);

struct recipient {
	struct tag tag;
	const struct kem_alg *alg;
	struct bytes pub; /* borrowed */
};

/*
 * Seal "inner" (a signed_dispatch()) for n recipients, on all cores, into
 * "to" piece by piece.  The header must be the dispatch's.
 *
 * RC_INVALID	a recipient stands twice or has no proper key
 * RC_LIMIT	no recipient, over LIMIT_SLIPS, or inner over its limit
 *
 * and what "to" fails with.
 */
enum rc envelope_seal(const struct sink *to, const struct header *header,
    struct bytes inner, const uint8_t cek[static AEAD_KEY],
    const struct recipient *recipients, size_t n, struct err *e);
/* The bytes envelope_seal() will write for an inner of this size, exactly. */
size_t envelope_size(const struct header *header, size_t inner,
    const struct recipient *recipients, size_t n);

/*
 * The content key, from a slip with this tag.
 *
 * RC_ABSENT	no slip has this tag: anybody can see that
 * RC_DENIED	it cannot be opened, and no more is said (profile rule 9)
 */
enum rc envelope_unlock(uint8_t cek[static AEAD_KEY],
    const struct envelope *env, const struct kem_key *key,
    const struct tag *tag, struct err *e);

/* A signer whom the opener knows. */
struct known_signer {
	const struct sig_pub *pub;
	uint8_t cert[SHA256_SIZE];
	struct bytes address; /* what it may sign as */
	int64_t from, until;  /* and when */
	/* up to what; all, where it is not limited (a card) */
	bool limited;
	enum level level;
	enum precedence precedence;
};

/* What opening asks of its surroundings. */
struct opener {
	struct bytes address; /* the desk that opens; empty: do not ask */
	int64_t now;
	bool foreign; /* also suites that are for foreign tools only */
	/* The signer with this key tag and certificate; false: not known.
	 * What it gives stays until envelope_open() returns. */
	bool (*find)(void *ctx, struct bytes tag, struct bytes cert,
	    struct known_signer *out);
	/* "address" was in this signed list at that time; NULL: no list is
	 * known. */
	bool (*listed)(void *ctx, const struct list_ref *list,
	    struct bytes address, int64_t t);
	/* Whoever has "address" now answers for "other", which was an address
	 * at that time and may since be written otherwise; NULL: nobody does.
	 */
	bool (*answers)(
	    void *ctx, struct bytes address, struct bytes other, int64_t t);
	void *ctx;
};

struct opened {
	struct buf plain;   /* the signed dispatch; what follows borrows it */
	struct buf content; /* the unpacked parts that lie inside */
	struct signed_data signature;
	struct dispatch dispatch;
};

/*
 * Open the content.
 *
 * RC_DENIED	it cannot be opened: changed, another key, a signature that
 *		does not hold or of somebody unknown - one outcome for all
 *
 * and only after the signature held:
 *
 * RC_INVALID	its statement breaks a rule, or is not the header's
 * RC_DENIED	"address" is not an addressee; the signer is not the originator
 * RC_EXPIRED	past its expiry, or signed outside its certificate's time
 *
 * On failure *out is empty.  The caller frees it with opened_free().
 */
enum rc envelope_open(struct opened *out, const struct envelope *env,
    const uint8_t cek[static AEAD_KEY], const struct opener *by, struct err *e);
void opened_free(struct opened *o);

#endif
