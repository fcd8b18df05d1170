/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The control socket: what the command asks of the daemon (docs/station.md 9).
 *
 * A Unix socket of packets.  A packet is a JSON object of at most
 * CONTROL_PACKET bytes; descriptors may come beside it.  A request is one
 * packet, {"ask":"inbox","desk":"antin://..."}; a connection has one at a time.
 * An answer is packets (answer.h):
 *
 *	{"progress":{"done":1,"total":9}}	any number of them
 *	{"rows":[{...},...]}			any number of them
 *	{"rc":"ok",...} or {"rc":"denied","why":"..."}	the last
 *
 * with "of":"role" or "person" beside "why" where it is refused to who asks,
 * whatever he says (enum err_of).
 *
 * A time is a number: seconds since 1970.  Who asks is what the kernel says.
 */
#ifndef CONTROL_CONTROL_H
#define CONTROL_CONTROL_H

#include "core/id.h"
#include "envelope/dispatch.h"

#define CONTROL_VERSION 1
#define CONTROL_PACKET 65536u /* bytes of a packet */
#define CONTROL_FDS 64u	      /* descriptors of a request */
#define CONTROL_ROWS 500u     /* rows of a box that are given at once */
#define CONTROL_REASON 1000u  /* bytes of a refusal's reason */
#define CONTROL_CODE 6u	      /* the last of its codes: docs/receipts.md 3.1 */
#define CONTROL_DATA 32768u   /* bytes that "data" stands for, in base64 */
#define CONTROL_FIELDS 32u    /* fields of a step, at the most */
#define CONTROL_FIELD 16384u  /* bytes of one's value */
#define CONTROL_TEXT 600u     /* bytes of what is looked for */
#define CONTROL_DRAFT 47104u  /* bytes of a draft: a packet has it in base64 */
#define CONTROL_TITLE 200u    /* of its title */

enum control_what {
	CONTROL_HELLO,	  /* version: which programs they are */
	CONTROL_SIGN_IN,  /* desk, passphrase */
	CONTROL_SIGN_OUT, /* desk */
	CONTROL_DESKS,
	/* desk and what stands below, a descriptor a part; id: it is to have,
	 * so that it is not sent twice (docs/station.md 8.5) */
	CONTROL_SEND,
	CONTROL_INBOX,	/* desk, all, before, max */
	CONTROL_OUTBOX, /* desk, before, max */
	CONTROL_QUEUE,
	CONTROL_STATUS,
	CONTROL_TRACE,	/* id */
	CONTROL_READ,	/* desk, id */
	CONTROL_SAVE,	/* desk, id, part, and the file to write into */
	CONTROL_ACK,	/* desk, id */
	CONTROL_REFUSE, /* desk, id, code, reason */
	/* Requests for certificates (docs/station.md 10); an id is the first
	 * bytes of a request's hash. */
	CONTROL_ENROL_LIST,	/* all */
	CONTROL_ENROL_PULL,	/* id, at: some bytes of it */
	CONTROL_ENROL_PUSH,	/* id, at, total, data: some of the answer's */
	CONTROL_ENROL_DROP,	/* id */
	CONTROL_INVITED,	/* id (of the invitation), address, until */
	CONTROL_DIRECTORY_GIVE, /* at, total, data: some bytes of a file */
	CONTROL_DIRECTORY_TAKE, /* at: some bytes of what it knows */
	CONTROL_EVIDENCE,	/* id, at: some bytes of a dispatch's */
	CONTROL_ALARMS,		/* all; or desk: what it is to see on duty */
	CONTROL_SEEN,		/* alarm */
	/* What waits: one of leg, id and hop (which may be empty). */
	CONTROL_HOLD,
	CONTROL_RELEASE,
	CONTROL_REROUTE, /* and station */
	CONTROL_DROP,	 /* and reason */
	/* The journal (docs/journal.md): total and data (base64) each. */
	CONTROL_JOURNAL_PULL,	    /* at: entries from that number on */
	CONTROL_JOURNAL_CHECKPOINT, /* a new one; and tool: the key of 5.3 */
	CONTROL_JOURNAL_KEPT,	    /* at: the first of that size or more;
				     * check: whether it counts */
	CONTROL_JOURNAL_PROVE,	    /* at: a proof of that entry */
	CONTROL_JOURNAL_OF,   /* id: numbers of the entries about a dispatch */
	CONTROL_RECALL,	      /* desk, id */
	CONTROL_JOURNAL_GAPS, /* what an old life had, from row "at" on */
	/* docs/backup.md */
	CONTROL_BACKUP, /* a copy of the store, beside it; files: how many */
	CONTROL_BACKED, /* that was read; all: the backup is whole */
	CONTROL_REOPEN, /* a restored station is open again */
	/* Bundles (docs/media.md); a descriptor comes with the first three. */
	CONTROL_MEDIA_WRITE, /* station, number, size, all */
	CONTROL_MEDIA_READ,
	CONTROL_MEDIA_LOOK, /* whose it is */
	CONTROL_MEDIA_NOTE, /* number, all: false it is on its disk; true lost
			     */
	CONTROL_MEDIA,	    /* whom one can be written for; or station */
	CONTROL_DESTROYED,  /* data: this station's last word (at 0), or
			     * another's that was carried here (1) */
	CONTROL_LOST,	    /* address; at: what that station had */
	/* The desk on duty (docs/duty.md). */
	CONTROL_DUTY,	    /* all: with records */
	CONTROL_DUTY_PLAN,  /* data: the rota */
	CONTROL_DUTY_OFFER, /* login (for whom), reason: a note */
	CONTROL_DUTY_TAKE,  /* offer: its number, or reason */
	CONTROL_DUTY_NOTE,  /* reason: the note */
	/* People (docs/registry.md 6). */
	CONTROL_USERS,
	CONTROL_USER_IN,    /* person, passphrase, code */
	CONTROL_USER_OUT,   /* person, or all of this user */
	CONTROL_USER_CODES, /* person, passphrase, code or by; secret */
	/* The registry (docs/registry.md 7); as: who asks, of those whom this
	 * user has signed in. */
	CONTROL_DOC,	  /* desk, do, document, fields; try: it is not done */
	CONTROL_DOC_LIST, /* desk, text: a state or kind; all, before, max */
	CONTROL_DOC_SEARCH,   /* desk, text, before, max */
	CONTROL_DOC_SHOW,     /* desk, document, print: it is for paper */
	CONTROL_DOC_RECORD,   /* desk, document: total and data */
	CONTROL_BOOKS,	      /* desk: registers and their volumes */
	CONTROL_BOOK,	      /* desk, book, year, volume, at, max */
	CONTROL_BOOK_CLOSE,   /* desk, book, year */
	CONTROL_BOOK_REMARK,  /* desk, book, year, at, text */
	CONTROL_BOOK_RESUME,  /* desk, book: a series; year, at, text */
	CONTROL_REPORT,	      /* desk, from, until */
	CONTROL_BOOK_PRINT,   /* as CONTROL_BOOK: what is printed of it */
	CONTROL_REPORT_TIMES, /* desk, from, until, before */
	/* What somebody writes and has not sent (docs/registry.md 10). */
	CONTROL_DRAFTS,	    /* desk */
	CONTROL_DRAFT_GET,  /* desk, document: the draft's id */
	CONTROL_DRAFT_PUT,  /* and text: a title; data into "fields" */
	CONTROL_DRAFT_DROP, /* desk, document */
	CONTROL_DESK,	    /* url: the pages, for one browser, once */
	CONTROL_DESK_TRUST, /* pem, names, ports, until: whom browsers trust
			     */
	CONTROL_TREE,  /* at: who there is in the directory, from there on */
	CONTROL_RULES, /* from: what was in force then */
	/* Two descriptors: what is printed (JSON; print/print.h), and where. */
	CONTROL_PRINT, /* text: its word; from: when it is made */
	CONTROL_SCAN,  /* a file: scan (clean, off, found, away), name, why */
};
#define CONTROLS 77
const char *control_word(enum control_what what); /* "sign-in" */

/* A request.  What it does not have is empty, 0, or TIME_NEVER. */
struct control_request {
	enum control_what what;
	uint64_t version;
	struct bytes desk; /* its address */
	struct bytes passphrase;
	struct id id;
	uint64_t part;
	struct bytes reason;
	uint64_t code; /* of a refusal: docs/receipts.md 3.1 */
	bool all;
	uint64_t before, max;
	uint64_t at, total;
	struct buf data;      /* owned */
	struct bytes address; /* of anybody */
	int64_t until;
	uint64_t leg, alarm;   /* 0: none */
	uint64_t number, size; /* of a bundle */
	struct bytes hop, station, login;
	bool hop_set, id_set;
	struct bytes person, by, code_given; /* people */

	/* Of the registry. */
	struct bytes as, action, document, text, book;
	uint64_t year, volume;
	int64_t from;
	struct buf fields; /* owned; core/pairs.h; or a draft */

	/* A dispatch to be made. */
	enum level level;
	enum precedence precedence, info;
	int64_t due, expires;
	struct bytes subject, list;
	struct addressee *to; /* owned; those for action first */
	size_t to_count;
	struct id *references; /* owned */
	size_t reference_count;
	bool supersedes_set;
	struct id supersedes;
	struct part *parts; /* owned; kind, name, type and of */
	size_t part_count;

	struct json_t *root; /* owned; everything above borrows from it */
};

/*
 * Read a packet with so many descriptors beside it.  Strict: each field is one
 * that this request has, of its kind, within its bounds, and there if it must.
 *
 * RC_INVALID	it is not so; the text says where
 * RC_LIMIT	a field is over its limit
 *
 * The caller frees *out by control_free(); it is empty on failure.
 */
enum rc control_read(struct control_request *out, struct bytes packet,
    size_t fds, struct err *e);
void control_free(struct control_request *r);

/* Before a process that is sandboxed reads requests.  From now on what JSON is
 * read into is overwritten when it is freed, as it holds passphrases and
 * subjects; and the seed of its tables is drawn, which later no file would
 * give. */
void control_prepares(void);

#endif
