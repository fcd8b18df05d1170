/* SPDX-License-Identifier: EUPL-1.2 */
/* The table of messages, for those that read, write and test by it. */
#ifndef DAEMON_MSG_TABLE_H
#define DAEMON_MSG_TABLE_H

#include "daemon/msg.h"

enum field_kind {
	FIELD_END,   /* of a struct's fields */
	FIELD_U64,   /* uint64_t, min to max; 8 bytes */
	FIELD_I64,   /* int64_t, min to max; 8 bytes */
	FIELD_FIXED, /* "size" bytes in the struct itself */
	FIELD_BYTES, /* struct bytes, min to max long; u32 length before them */
	FIELD_IDS,   /* the same, of whole ids */
	FIELD_LIST,  /* the same, of rows, at most "rows" of them */
};

struct field {
	enum field_kind kind;
	size_t at;	   /* offset in the struct */
	size_t size;	   /* FIELD_FIXED */
	uint64_t min, max; /* FIELD_I64: as they are cast from int64_t */
	enum row_kind list;
	uint64_t rows;
};

struct msg_kind {
	const char *name;
	const struct field *fields; /* up to FIELD_END */
	bool fd;		    /* a descriptor may come with it */
	/* Bits of processes (1u << enum proc): each of these may say it to each
	 * of those, but nobody to himself. */
	unsigned from, to;
};

bool msg_is_kind(uint64_t kind);
const struct msg_kind *msg_kind(enum msg m);
/* The length of the longest message of this kind. */
size_t msg_most(enum msg m);

extern const struct field *const row_fields[LISTS];

union any_row {
	struct msg_dest dest;
	struct msg_desk_row desk;
	struct msg_addressee addressee;
	struct msg_part part;
	struct msg_resolved resolved;
	struct msg_row row;
};

#endif
