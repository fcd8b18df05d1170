/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `control`, `store`, `keys` and the parent: documents, registers and the law
 * (docs/registry.md).
 * What is true of all messages is said in daemon/msg.h.
 */
#ifndef DAEMON_MSG_REGISTRY_H
#define DAEMON_MSG_REGISTRY_H

#include "core/bytes.h"
#include "core/err.h"

#define MSG_ROW_KEY_SIZE 32u
struct msg_row_key {
	uint64_t rc;
	struct bytes why;
	struct bytes record; /* to be kept from now on; empty: as it was */
	uint8_t key[MSG_ROW_KEY_SIZE];
};
#define MSG_STEP 1024u /* bytes of a step's statement: STEP_MAX */
struct msg_step_sign {
	uint64_t uid;
	struct bytes person, statement;
};
struct msg_step_signed {
	uint64_t rc;
	struct bytes why;
	struct bytes signature;
};
#define MSG_RULES_FILE (256u << 10) /* RULES_FILE_MAX */
struct msg_rules {
	struct bytes name, file;
	uint64_t own; /* 1: an office's, which may not loosen the law */
};
/* What is done to a document, or asked of the registry. */
enum reg_what {
	REG_DO,	    /* action, document, fields; all: it is only tried */
	REG_LIST,   /* before, max; text: a state's or kind's word; all */
	REG_SEARCH, /* text; before, max */
	REG_SHOW,   /* document */
	REG_RECORD, /* document: its record, as bytes */
	REG_BOOKS,  /* registers and their volumes */
	REG_LINES,  /* book, year, volume, before: from this serial on, max */
	REG_CLOSE,  /* book, year: its open volume */
	REG_REMARK, /* book, year, before: the serial; text */
	REG_RESUME, /* book: a series, year, before: the number; text */
	REG_REPORT, /* from, until */
	REG_PRINT,  /* as REG_LINES, with what a book has around them */
	REG_TIMES,  /* from, until, before: how long documents took */
	REG_DRAFTS, /* what somebody writes and has not sent */
	REG_DRAFT_GET,	/* document: the draft's id */
	REG_DRAFT_PUT,	/* document; fields: all of it; text: its title */
	REG_DRAFT_DROP, /* document */
};
#define REG_WHATS 17
#define MSG_DOC_FIELDS (72u << 10) /* bytes of a packet's fields */
#define MSG_DOC_TEXT 4000u
struct msg_doc {
	uint64_t uid, what;  /* enum reg_what */
	struct bytes person; /* who he says he is; empty: the only one */
	struct bytes desk;
	struct bytes action, document; /* words, hexadecimal digits */
	struct bytes fields;	       /* core/pairs.h */
	struct bytes text, book;
	uint64_t all, before, max, year, volume;
	int64_t from, until;
};
#define MSG_DOC_ROWS (1u << 20) /* bytes of rows of one message */
struct msg_doc_is {
	uint64_t rc;
	struct bytes why;
	struct bytes rows; /* each: u64 length | core/pairs.h */
	uint64_t last;	   /* 1: nothing follows */
	uint64_t of;	   /* enum err_of */
};

#endif
