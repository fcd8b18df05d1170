/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Messages between the daemon's processes (docs/station.md 3).
 *
 *	u32 length | u16 kind | u16 flags | u64 job | fields
 *
 * all integers big-endian; "length" counts what follows it; flag 1 says that a
 * descriptor comes with it.  A job is the asker's number: an answer repeats it.
 *
 * What they say has a room by what it is about (msg_link.h, msg_seal.h, ...):
 * its structs, and beside them, in the .c of that name, of what fields each is:
 * a number within bounds, so many bytes, or bytes up to a limit.  One table
 * (msg_table.c) says which kinds there are, who may tell them to whom, and
 * which fields they have.  A message against it ends the process that gets it:
 * a sibling that sends one is broken or taken over.
 *
 * What a struct here points to is borrowed: from the writer, or from the
 * message that was read.  Lists are fields of bytes that hold rows
 * (list_add(), list_next()).
 */
#ifndef DAEMON_MSG_H
#define DAEMON_MSG_H

#include "daemon/msg_ask.h"
#include "daemon/msg_bundle.h"
#include "daemon/msg_enrol.h"
#include "daemon/msg_journal.h"
#include "daemon/msg_link.h"
#include "daemon/msg_operate.h"
#include "daemon/msg_parent.h"
#include "daemon/msg_people.h"
#include "daemon/msg_print.h"
#include "daemon/msg_registry.h"
#include "daemon/msg_scan.h"
#include "daemon/msg_seal.h"
#include "daemon/msg_thin.h"
#include "daemon/msg_web.h"

enum proc {
	PROC_PARENT,
	PROC_KEYS,
	PROC_STORE,
	PROC_SEAL,
	PROC_LINK,
	PROC_CONTROL,
	PROC_MEDIA,
	PROC_WEB,
	PROC_TLS,
	PROC_PRINT,
	PROC_SCAN,
};
#define PROCS 11
const char *proc_name(enum proc p); /* "keys" */

#define MSG_HEAD 16u	      /* bytes before the fields */
#define MSG_MAX (27u << 20)   /* bytes of the longest message */
#define MSG_WHY 600u	      /* bytes of an error's text */
#define MSG_LINE 4096u	      /* bytes of a line of the log */
#define MSG_PIECE (64u << 10) /* bytes of a large package at a time */

enum msg {
	/* the parent and each of the others */
	MSG_SETTING = 1, /* struct msg_setting */
	MSG_PEER,	 /* struct msg_peer, and the descriptor */
	MSG_GO,		 /* nothing more comes before work begins */
	MSG_STOP,
	MSG_READY,  /* the sandbox is entered */
	MSG_LOG,    /* struct msg_log */
	MSG_KEY,    /* struct msg_key: a key file, for keys */
	MSG_SOCKET, /* struct msg_socket, and a listening descriptor */

	/* link keys */
	MSG_LINK_KEY,	 /* struct msg_link_key, link to store */
	MSG_LINK_SIGN,	 /* struct msg_link_key, store to keys */
	MSG_LINK_SIGNED, /* struct msg_statement, keys to store */
	MSG_LINK_SELF,	 /* struct msg_self, store to link */
	MSG_HELD,	 /* struct msg_held, keys to store: a key it has */

	/* link and store */
	MSG_HELLO,    /* struct msg_hello, link to store */
	MSG_ADMIT,    /* struct msg_admit, store to link */
	MSG_GONE,     /* struct msg_conn, either way */
	MSG_ITEM,     /* struct msg_item: a small one, whole, link to store */
	MSG_BIG,      /* struct msg_item: a large one begins */
	MSG_BIG_DATA, /* struct msg_data */
	MSG_BIG_END,  /* struct msg_number */
	MSG_TAKEN,    /* struct msg_taken: answer to an item, store to link */
	MSG_WRITTEN,  /* struct msg_data without bytes: room for more */
	MSG_PARTIAL,  /* struct msg_partial, store to link */
	MSG_SEND,     /* struct msg_send, store to link; a large one's file */
	MSG_SENT,     /* struct msg_taken: what the peer said of it */

	/* seal and store */
	MSG_NUMBER,    /* struct msg_desk: a serial for a new dispatch */
	MSG_NUMBERED,  /* struct msg_numbered, and a file to write into */
	MSG_RESOLVE,   /* struct msg_resolve */
	MSG_RESOLVED,  /* struct msg_resolved */
	MSG_EXPAND,    /* struct msg_expand: an addressee list */
	MSG_EXPANDED,  /* struct msg_expanded */
	MSG_SIGNER,    /* struct msg_signer */
	MSG_SIGNER_IS, /* struct msg_signer_is */
	MSG_LISTED,    /* struct msg_listed */
	MSG_ANSWERS,   /* struct msg_answers */
	MSG_YES,       /* struct msg_yes */
	MSG_SUBMIT,    /* struct msg_submit */
	MSG_FETCH,     /* struct msg_of: a package at a desk */
	MSG_PACKAGE,   /* struct msg_package; a large one's file */

	/* seal and keys */
	MSG_SIGN,      /* struct msg_sign */
	MSG_SIGNATURE, /* struct msg_signature */
	MSG_UNLOCK,    /* struct msg_unlock */
	MSG_CEK,       /* struct msg_cek */

	/* control and keys */
	MSG_SIGN_IN,   /* struct msg_sign_in */
	MSG_SIGN_OUT,  /* struct msg_desk */
	MSG_MAY,       /* struct msg_desk: is he signed in? */
	MSG_SIGNED_IN, /* struct msg_signed_in: answer to all three */
	MSG_DESKS,     /* struct msg_desk without a desk */
	MSG_DESK_LIST, /* struct msg_rows of struct msg_desk_row */

	/* control and seal */
	MSG_FD,	      /* no fields: a descriptor of the job that follows */
	MSG_SEAL,     /* struct msg_seal: after its parts' descriptors */
	MSG_READ,     /* struct msg_of */
	MSG_LETTER,   /* struct msg_letter */
	MSG_SAVE,     /* struct msg_of, after the file to write into */
	MSG_PROGRESS, /* struct msg_progress */
	MSG_DONE,     /* struct msg_done: how a job ended, from seal or store */

	/* control and store */
	MSG_ASK,  /* struct msg_ask */
	MSG_ROWS, /* struct msg_rows; the last one says so */
	MSG_MARK, /* struct msg_mark; MSG_DONE */

	/* enrolment by line (docs/station.md 10): link and store */
	MSG_ENROL,	/* struct msg_enrol: what came, link to store */
	MSG_ENROLLED,	/* struct msg_enrol: what is answered, store to link */
	MSG_ENROL_UP,	/* struct msg_enrol: to the parent, store to link */
	MSG_ENROL_DOWN, /* struct msg_enrol: what that answered */
	/* and who decides it: control and store */
	MSG_ENROL_PULL,	 /* struct msg_enrol_piece: a request, from "at" on */
	MSG_ENROL_PIECE, /* struct msg_enrol_is: answer to it */
	MSG_ENROL_PUSH,	 /* struct msg_enrol_piece: of an answer; MSG_DONE */
	MSG_ENROL_DROP,	 /* struct msg_enrol_piece; MSG_DONE */
	MSG_INVITED,	 /* struct msg_invited; MSG_DONE */
	/* renewal: store, keys and the parent */
	MSG_RENEW,     /* struct msg_renew, store to keys: ask for new keys */
	MSG_RENEWAL,   /* struct msg_renewal, keys to store: the request */
	MSG_CERTIFIED, /* struct msg_certified, store to keys */
	MSG_KEEP,      /* struct msg_keep, keys to the parent: write it */
	MSG_KEPT,      /* struct msg_kept: it is on disk, or is not */

	/* what stations tell one another (docs/link.md 16): link and store */
	MSG_TELL,  /* struct msg_tell: whole to link, in pieces from there */
	MSG_TOLD,  /* struct msg_number: so many bytes of that have gone */
	MSG_LEAVE, /* struct msg_number: say BYE, for this enum bye */
	/* the directory and the command: control and store */
	MSG_DIRECTORY_GIVE, /* struct msg_enrol_piece, no id; MSG_DONE */
	MSG_DIRECTORY_TAKE, /* the same, no bytes; MSG_ENROL_PIECE */
	MSG_EVIDENCE,	    /* the same, of the dispatch with that id */

	/* the journal (docs/journal.md) */
	MSG_NOTE,	/* struct msg_note, store to keys: sign a checkpoint */
	MSG_NOTED,	/* struct msg_noted, keys to store */
	MSG_JOURNAL,	/* struct msg_journal, control to store */
	MSG_JOURNAL_IS, /* struct msg_journal_is: answer to it */

	/* statements (docs/receipts.md): store and keys */
	MSG_VOUCH,	/* struct msg_vouch: sign them */
	MSG_VOUCHED,	/* struct msg_vouched */
	MSG_DESK_STATE, /* struct msg_desk_state, keys to store */
	MSG_RECALL,	/* struct msg_recall, control to store; MSG_DONE */

	/* queues (docs/station.md 14) */
	MSG_OPERATE, /* struct msg_operate, control to store; MSG_DONE */
	MSG_CANCEL,  /* struct msg_number, store to link: do not begin to send
			it;  MSG_SENT says "later" then */

	/* lives of stations (docs/journal.md 7) */
	MSG_WITNESS,   /* struct msg_witness, store to keys: a child's note */
	MSG_WITNESSED, /* struct msg_noted, keys to store: of one line */
	MSG_STALE,     /* struct msg_number, link to store: the peer has seen
			  this epoch of ours */

	/* bundles that are carried (docs/media.md) */
	MSG_BUNDLE,	/* struct msg_bundle, control to media, after MSG_FD */
	MSG_BUNDLE_IS,	/* struct msg_bundle_is: answer to it */
	MSG_BUNDLE_FOR, /* struct msg_bundle_for, media to store: to write */
	MSG_BUNDLE_FRONT,  /* struct msg_bundle_front: answer to it */
	MSG_BUNDLE_NEXT,   /* struct msg_bundle_next; MSG_SEND or: */
	MSG_BUNDLE_REST,   /* struct msg_bundle_is: no more fits */
	MSG_BUNDLE_FROM,   /* struct msg_bundle_from, media to store: to read */
	MSG_BUNDLE_ADMIT,  /* struct msg_bundle_admit: answer to it */
	MSG_BUNDLE_SAYS,   /* struct msg_bundle_says */
	MSG_BUNDLE_SYNC,   /* struct msg_number: what came so far is to be kept;
			      number: more than is enough, it is the end */
	MSG_BUNDLE_SYNCED, /* struct msg_bundle_is: answer to it */
	MSG_BUNDLE_SIGN,   /* struct msg_bundle_sign, media to keys */
	MSG_BUNDLE_SIGNED, /* struct msg_statement */
	MSG_BUNDLE_OPEN,   /* struct msg_bundle_open, media to keys */
	MSG_BUNDLE_KEY,	   /* struct msg_cek */
	MSG_BUNDLE_GONE,   /* struct msg_conn, media to store: given up */
	MSG_BUNDLE_NOTE,   /* struct msg_bundle_note, control to store;
			      MSG_DONE */

	/* thin lines (docs/link.md 19) */
	MSG_THIN_ASK,	 /* struct msg_thin_ask, link to store: which secret */
	MSG_THIN_IS,	 /* struct msg_thin_is, store to link */
	MSG_THIN_SECRET, /* struct msg_thin_secret, link to store: a new one */
	MSG_THIN,	 /* struct msg_thin, store to keys */
	MSG_THINNED,	 /* struct msg_thinned, keys to store */

	/* the last word (docs/emergency.md) */
	MSG_DESTROYED, /* struct msg_enrol_piece, control to store; MSG_DONE */
	MSG_FORGET,    /* struct msg_statement, that report: store to keys */

	/* docs/duty.md */
	MSG_DUTY, /* struct msg_duty, control to store; MSG_DONE */

	/* people and the registry's rows (docs/registry.md 6) */
	MSG_ROW_KEY,	/* struct msg_record, store to keys: make or open it */
	MSG_ROW_KEY_IS, /* struct msg_row_key, keys to store */
	MSG_USER,	/* struct msg_user, control to keys */
	MSG_USER_IS,	/* struct msg_user_is: answer to it */
	MSG_PERSON,	/* struct msg_person, keys to store: who is that? */
	MSG_PERSON_IS,	/* struct msg_person_is: answer to it */
	MSG_SESSION,	/* struct msg_session, keys to store */
	MSG_SESSION_IS, /* struct msg_outcome: it is on disk, or is not */
	MSG_SESSION_USED, /* struct msg_desk, of a person: store to keys */
	MSG_STEP_SIGN,	  /* struct msg_step_sign, store to keys */
	MSG_STEP_SIGNED,  /* struct msg_step_signed: answer to it */

	/* the registry (docs/registry.md 7) */
	MSG_RULES,  /* struct msg_rules, parent to store: a file of the law */
	MSG_DOC,    /* struct msg_doc, control to store */
	MSG_DOC_IS, /* struct msg_doc_is: answer to it; the last one says so */

	/* the desk (docs/station.md 20) */
	MSG_WEB_AT,	 /* struct msg_web_at, tls to web: where it is found */
	MSG_BROWSER,	 /* struct msg_browser, tls to web, its connection */
	MSG_WEB_CLIENT,	 /* struct msg_web_user, web to control: a session's
			    connection */
	MSG_WEB_END,	 /* struct msg_web_user, web to control: a session is
			    over; 0: all are */
	MSG_WEB_ENDED,	 /* the same, control to keys */
	MSG_WEB_LINK,	 /* struct msg_web_user, control to web: a link for this
			    uid, UINT64_MAX: for anybody; good once */
	MSG_WEB_LINK_IS, /* struct msg_web_link_is: answer to it */
	MSG_CHANGED,	 /* struct msg_changed, store to web */
	/* its certificates (docs/desk.md 11.3) */
	MSG_WEB_CERT,	 /* struct msg_web_cert, tls to store: one for a key */
	MSG_WEB_CERT_IS, /* struct msg_web_cert_is: answer to it */
	MSG_WEB_SIGN,	 /* struct msg_web_sign, store to keys */
	MSG_WEB_SIGNED,	 /* struct msg_web_signed: answer to it */
	MSG_WEB_CA,	 /* no fields, control to store: which authority */
	MSG_WEB_CA_IS,	 /* struct msg_web_ca_is: answer to it */

	/* papers (docs/desk.md 8) */
	MSG_PRINT,    /* struct msg_print, control to print, after two MSG_FD:
			 what is printed, and the file to write into */
	MSG_PRINT_IS, /* struct msg_print_is: answer to it */
	/* malware (docs/desk.md 9) */
	MSG_SCAN,      /* no fields, control to scan, after its file */
	MSG_SCAN_IS,   /* struct msg_scan_is: answer to it */
	MSG_SCAN_WANT, /* no fields, scan to the parent: a line to clamd */
	MSG_SCAN_LINE, /* no fields, the parent to scan: that, connected */
	MSG_SCAN_NONE, /* struct msg_scan_none: there is none */
	MSG_FOUND,     /* struct msg_found, control to store */
	/* `print` is there while it is wanted (docs/desk.md 8.5) */
	MSG_PRINT_WANT, /* no fields, control to the parent: start it */
	MSG_PRINT_REST, /* no fields, the same: it may end */
};
#define MSG_LAST MSG_PRINT_REST

union any_msg {
	struct msg_setting setting;
	struct msg_peer peer;
	struct msg_log log;
	struct msg_key key;
	struct msg_socket socket;
	struct msg_link_key link_key;
	struct msg_statement statement;
	struct msg_self self;
	struct msg_held held;
	struct msg_conn conn;
	struct msg_hello hello;
	struct msg_admit admit;
	struct msg_number number;
	struct msg_item item;
	struct msg_data data;
	struct msg_taken taken;
	struct msg_partial partial;
	struct msg_send send;
	struct msg_desk desk;
	struct msg_numbered numbered;
	struct msg_resolve resolve;
	struct msg_resolved resolved;
	struct msg_expand expand;
	struct msg_expanded expanded;
	struct msg_signer signer;
	struct msg_signer_is signer_is;
	struct msg_listed listed;
	struct msg_answers answers;
	struct msg_yes yes;
	struct msg_submit submit;
	struct msg_of of;
	struct msg_package package;
	struct msg_sign sign;
	struct msg_signature signature;
	struct msg_unlock unlock;
	struct msg_cek cek;
	struct msg_sign_in sign_in;
	struct msg_signed_in signed_in;
	struct msg_seal seal;
	struct msg_letter letter;
	struct msg_progress progress;
	struct msg_done done;
	struct msg_ask ask;
	struct msg_rows rows;
	struct msg_mark mark;
	struct msg_enrol enrol;
	struct msg_enrol_piece enrol_piece;
	struct msg_enrol_is enrol_is;
	struct msg_invited invited;
	struct msg_renew renew;
	struct msg_renewal renewal;
	struct msg_certified certified;
	struct msg_keep keep;
	struct msg_kept kept;
	struct msg_tell tell;
	struct msg_note note;
	struct msg_noted noted;
	struct msg_journal journal;
	struct msg_journal_is journal_is;
	struct msg_vouch vouch;
	struct msg_vouched vouched;
	struct msg_desk_state desk_state;
	struct msg_operate operate;
	struct msg_recall recall;
	struct msg_witness witness;
	struct msg_bundle bundle;
	struct msg_bundle_is bundle_is;
	struct msg_bundle_for bundle_for;
	struct msg_bundle_front bundle_front;
	struct msg_bundle_next bundle_next;
	struct msg_bundle_from bundle_from;
	struct msg_bundle_admit bundle_admit;
	struct msg_bundle_says bundle_says;
	struct msg_bundle_sign bundle_sign;
	struct msg_bundle_open bundle_open;
	struct msg_bundle_note bundle_note;
	struct msg_thin_ask thin_ask;
	struct msg_thin_is thin_is;
	struct msg_thin_secret thin_secret;
	struct msg_thin thin;
	struct msg_thinned thinned;
	struct msg_duty duty;
	struct msg_record record;
	struct msg_row_key row_key;
	struct msg_user user;
	struct msg_user_is user_is;
	struct msg_person person;
	struct msg_person_is person_is;
	struct msg_session session;
	struct msg_outcome outcome;
	struct msg_step_sign step_sign;
	struct msg_step_signed step_signed;
	struct msg_rules rules;
	struct msg_doc doc;
	struct msg_doc_is doc_is;
	struct msg_web_at web_at;
	struct msg_browser browser;
	struct msg_web_user web_user;
	struct msg_web_link_is web_link_is;
	struct msg_changed changed;
	struct msg_web_cert web_cert;
	struct msg_web_cert_is web_cert_is;
	struct msg_web_sign web_sign;
	struct msg_web_signed web_signed;
	struct msg_web_ca_is web_ca_is;
	struct msg_print print;
	struct msg_print_is print_is;
	struct msg_scan_is scan_is;
	struct msg_scan_none scan_none;
	struct msg_found found;
};

/* One that was read. */
struct message {
	enum msg kind;
	uint64_t job;
	bool has_fd;
	union any_msg body; /* borrows what it was read from */
};

const char *msg_name(enum msg m); /* "link.sign", for logs */
/* Whether "from" may tell "to" this. */
bool msg_may(enum msg m, enum proc from, enum proc to);
bool msg_carries_fd(enum msg m); /* a descriptor may come with it */

/* The body is as the table wants it; for those whose parts come from outside
 * and may be too much for one message.  RC_INVALID; RC_LIMIT over MSG_MAX. */
enum rc msg_check(enum msg m, const void *body, struct err *e);
/* Append a message.  bug() where the body is against the table. */
void msg_write(
    struct buf *out, enum msg m, uint64_t job, bool has_fd, const void *body);
/*
 * Read one that is the whole of "in", told by "from" to "to".  RC_INVALID,
 * RC_DENIED (no right to say it), RC_LIMIT: the receiver ends.
 */
enum rc msg_read(struct message *out, struct bytes in, enum proc from,
    enum proc to, struct err *e);
/* The length of the message at the start of "in", with its first 4 bytes; 0
 * where there are too few bytes to tell.  RC_LIMIT over MSG_MAX, or, once its
 * kind is there, over what that can have. */
enum rc msg_length(size_t *out, struct bytes in, struct err *e);

/* Rows of lists. */
enum row_kind {
	LIST_DEST,	/* struct msg_dest */
	LIST_DESK,	/* struct msg_desk_row */
	LIST_ADDRESSEE, /* struct msg_addressee */
	LIST_PART,	/* struct msg_part */
	LIST_RESOLVED,	/* struct msg_resolved */
	LIST_ROW,	/* struct msg_row */
	LIST_RECALLER,	/* struct msg_recaller */
};
#define LISTS 7
void list_add(struct buf *rows, enum row_kind kind, const void *row);
/* The next row, taken off *rows; false at the end.  bug() where it is not of
 * the form: msg_read() has held lists to theirs. */
bool list_next(struct bytes *rows, enum row_kind kind, void *row);

#endif
