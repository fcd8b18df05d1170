/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a dispatch says of itself: the routing header that relays see, and the
 * statement that its originator signs.  docs/envelope.md 5 and 8.
 *
 * Everything a struct here points to is borrowed: of a dispatch being made
 * from the caller, of one that was read from what it was read from.
 */
#ifndef ENVELOPE_DISPATCH_H
#define ENVELOPE_DISPATCH_H

#include "core/id.h"
#include "core/limits.h"
#include "crypto/merkle.h"
#include "der/der.h"
#include "envelope/label.h"
#include "envelope/pack.h"

#define DISPATCH_PARTS 256 /* of a manifest */
#define DISPATCH_REFERENCES 64
#define DISPATCH_TYPE 127 /* bytes of a media type */

/* What no relay may change. */
struct header {
	struct id id;
	struct bytes origin; /* the station's address */
	uint64_t incarnation, serial;
	enum precedence precedence; /* the transport class */
	int64_t expires;	    /* TIME_NEVER: it does not */
};

enum purpose { PURPOSE_ACTION, PURPOSE_INFO };
#define PURPOSES 2

struct addressee {
	struct bytes address; /* of a desk */
	enum purpose purpose;
};

/* A signed list in the place of its addressees. */
struct list_ref {
	bool set;
	struct id id;
	uint64_t version;
	struct node hash;
};

enum part_kind {
	PART_TEXT,	/* UTF-8 to be read as it stands */
	PART_DOCUMENT,	/* a file */
	PART_SIGNATURE, /* a person's detached SignedData of part "of" */
};
#define PART_KINDS 3

struct part {
	enum part_kind kind;
	struct bytes name; /* as its maker called it: data, never a path */
	struct bytes type; /* media type */
	uint64_t size;	   /* bytes, unpacked */
	size_t of;	   /* PART_SIGNATURE: which part it signs */
	/* An attachment is sealed by itself; other parts lie in the content. */
	bool attached;
	enum coding coding;
	uint64_t coded, stored; /* bytes packed; and padded */
	struct node root;	/* over the stored chunks */
};

struct dispatch {
	struct header header;
	struct bytes originator; /* the desk's address */
	enum level level;
	enum precedence info; /* precedence for information addressees */
	int64_t due;	      /* TIME_NEVER: none set */
	struct addressee *to; /* in order */
	size_t to_count;
	struct list_ref list;
	struct bytes subject; /* empty where there is none */
	struct id *references;
	size_t reference_count;
	bool supersedes_set;
	struct id supersedes;
	struct part *parts;
	size_t part_count;
	/* How the parts that are not attached lie in the content. */
	enum coding coding;
	uint64_t size; /* their bytes together, unpacked */
};

/* Frees the arrays of one that was read. */
void dispatch_free(struct dispatch *d);

void header_write(struct der_wr *w, const struct header *h);
void header_read(struct der *d, struct header *out);

/* All but the level, which stands in the label. */
void dispatch_write(struct der_wr *w, const struct dispatch *d);
/*
 * RC_INVALID	not of the form of docs/envelope.md 8, or against its rules
 *
 * The caller frees *out with dispatch_free(); it is empty on failure.
 */
enum rc dispatch_read(struct dispatch *out, struct bytes in, struct err *e);

/* The rules of docs/envelope.md 8.3 to 8.9 for one being made; those that can
 * be asked before its parts are known. */
enum rc dispatch_check(const struct dispatch *d, struct err *e);
enum rc dispatch_check_head(const struct dispatch *d, struct err *e);

/* The address is among the addressees (not asked of a list). */
const struct addressee *dispatch_addressee(
    const struct dispatch *d, struct bytes address);

/* Where a part that is not attached lies in the unpacked content. */
struct bytes dispatch_part(
    const struct dispatch *d, size_t part, struct bytes content);

#endif
