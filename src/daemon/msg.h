/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Messages between the daemon's processes (docs/station.md 3).
 *
 *	u32 length | u16 kind | u16 flags | u64 job | fields
 *
 * all integers big-endian; "length" counts what follows it; flag 1 says that a
 * descriptor comes with it.  A job is the asker's number: an answer repeats it.
 *
 * One table (msg_table.c) says which kinds there are, who may tell them to
 *whom, at what length, and what fields they have; a field is a number within
 *bounds, so many bytes, or bytes up to a limit.  A message against the table
 *ends the process that gets it: a sibling that sends one is broken or taken
 *over.
 *
 * What a struct here points to is borrowed: from the writer, or from the
 * message that was read.  Lists are fields of bytes that hold rows
 * (list_add(), list_next()).
 */
#ifndef DAEMON_MSG_H
#define DAEMON_MSG_H

#include "core/id.h"
#include "crypto/aead.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "envelope/slip.h"
#include "pki/link.h"

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

#define MSG_HEAD 16u		/* bytes before the fields */
#define MSG_MAX (27u << 20)	/* bytes of the longest message */
#define MSG_WHY 600u		/* bytes of an error's text */
#define MSG_LINE 4096u		/* bytes of a line of the log */
#define MSG_INLINE (128u << 10) /* bytes of a small package (STORE_INLINE) */
#define MSG_PIECE (64u << 10)	/* bytes of a large package at a time */
#define MSG_FDS 64u		/* descriptors of one job */
#define MSG_ENROL_MAX (4200u << 10)   /* bytes of a message of enrolment */
#define MSG_STATEMENTS (96u << 10)    /* bytes of a batch's (BATCH_BYTES) */
#define MSG_HEAD_SIGNED 8192u	      /* of its head, signed */
#define MSG_ENROL_BYTES (32u << 10)   /* of a piece of one, for the command */
#define MSG_TELL_MAX (4u << 20)	      /* TELL_MAX of link/frame.h */
#define MSG_JOURNAL_BYTES (32u << 10) /* of the journal, for the command */

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
};
#define MSG_LAST MSG_FOUND

#define MSG_USER_WEB (1ull << 32) /* the first user that is no uid: a browser */
#define MSG_PEER_TEXT 64u /* bytes: an address and a port */
#define MSG_WEB_URL 512u

#define MSG_THIN_IDENTITY 16u	 /* bytes: TLS_IDENTITY of link/tls.h */
#define MSG_THIN_SECRET_SIZE 32u /* TLS_SECRET */
#define MSG_KEPT_RECORD 2048u	 /* of a secret, as keys lets it be kept */
#define MSG_THIN_ROOT 16u
#define MSG_THIN_AHEAD 64u /* days whose names are known ahead */

struct msg_life { /* a field of others: docs/link.md 20.4 */
	uint64_t size;
	uint8_t root[MSG_THIN_ROOT]; /* its first bytes */
};
/* conn 0: to dial the parent; identity is not read. */
struct msg_thin_ask {
	uint64_t conn;
	uint8_t identity[MSG_THIN_IDENTITY];
};
struct msg_thin_is {
	uint64_t conn, rc; /* RC_OK, or there is none */
	uint8_t identity[MSG_THIN_IDENTITY], key[MSG_THIN_SECRET_SIZE];
	struct msg_life life; /* of conn 0: what the parent knows of ours */
};
struct msg_thin_secret {
	uint64_t conn;
	uint8_t secret[MSG_THIN_SECRET_SIZE]; /* of both ends of this line */
};
/* Make a record of a secret (record empty), or the key of the day that is so
 * many steps after the record's. */
struct msg_thin {
	struct bytes record;
	uint64_t steps; /* 0..MSG_THIN_AHEAD */
	uint8_t secret[MSG_THIN_SECRET_SIZE];
	uint8_t bound[SHA256_SIZE]; /* whose line it is, as it was made */
};
struct msg_thinned {
	uint64_t rc;	     /* RC_DENIED: the record is not of our keys */
	struct bytes record; /* of that day */
	struct bytes names;  /* identities, from that day on */
	uint8_t key[MSG_THIN_SECRET_SIZE];
};
struct msg_setting {
	struct bytes name, value;
};
struct msg_peer {
	uint64_t proc;
};
struct msg_log {
	struct bytes line; /* "event=..." without level and time */
	uint64_t level;	   /* enum log_level */
};
struct msg_key {
	struct bytes name; /* of the file, for what is said of it */
	struct bytes file; /* KEYFILE_MAX */
	uint64_t station;  /* 1: the station's own, unlocked at once; 2: its
			      next, not yet certified; 3: its earlier one */
};
struct msg_socket {
	struct bytes name; /* "listen", "control", "metrics" */
};

struct msg_link_key {
	/* MSG_LINK_SIGN: of the station's earlier key, which is in force yet,
	 * and known further, to be used where keys has it; zeros: none */
	struct tag earlier;
	uint64_t epoch; /* link asks with 0: the store counts */
	uint8_t key[LINK_KEY];
};
struct msg_statement {
	struct bytes statement;
};
/* What link says of this station in its HELLO. */
struct msg_self {
	struct bytes station, statement;
	uint64_t incarnation;
	struct bytes parent; /* its parent station's address; empty: none */
	int64_t clock;	     /* its time */
};
struct msg_held {
	struct bytes sign, kem; /* certificates; kem may be empty */
	uint64_t station;	/* 1: the station's own */
};

struct msg_conn {
	uint64_t conn; /* link's number of a connection */
};
#define MSG_CONTACT_MAX 64u
struct msg_hello {
	uint64_t conn;
	struct bytes statement;
	uint8_t key[LINK_KEY]; /* the peer's in TLS */
	uint64_t dialled;      /* 1: by us, to our parent */
	uint64_t incarnation;
	int64_t clock;
	uint64_t own_clock; /* the peer's own; not the network's */
	uint64_t tells;	    /* 1: it takes TELL */
	uint64_t thin;	    /* 1: over a thin line: no statement, no key */
	uint8_t identity[MSG_THIN_IDENTITY]; /* by the secret of this name */
	uint64_t claims; /* 1: it said how far its journal is known here: */
	struct msg_life life;
	uint64_t notices;     /* 1: it takes notices, and items as "again" */
	struct bytes contact; /* of a child: when it calls: link.md 20.7 */
};
struct msg_admit {
	uint64_t conn;
	uint64_t rc; /* enum rc: RC_OK, or why not */
	struct bytes station;
	/* the clock to be told it */
	int64_t clock;
	uint64_t own_clock;
	uint64_t epoch; /* of RC_EXPIRED: the one that was seen */
	uint64_t life;	/* entries of our journal */
	uint64_t guest; /* docs/link.md 17.8 */
};
struct msg_number {
	uint64_t conn, number;
};
struct msg_dest { /* a row */
	struct bytes address;
	struct tag tag;
};
struct msg_item {
	uint64_t conn, number;
	uint64_t envelope, total;
	uint64_t from; /* where the bytes of a large one start */
	uint8_t sum[SHA256_SIZE];
	struct bytes dests;   /* rows of struct msg_dest */
	struct bytes package; /* of a small one */
	uint64_t again;	      /* 1: docs/link.md 6.3 */
};
struct msg_data {
	uint64_t conn, number;
	uint64_t at; /* MSG_WRITTEN: bytes on their way to disk */
	struct bytes more;
};
struct msg_taken {
	uint64_t conn, number;
	uint64_t outcome; /* enum ack */
	uint64_t code;	  /* enum refusal */
};
struct msg_partial {
	uint64_t conn;
	uint8_t sum[SHA256_SIZE];
	uint64_t have;
	uint64_t end; /* 1: no more of them; the rest is void */
};
struct msg_send {
	uint64_t conn, q; /* MSG_SENT names q as the number */
	uint64_t rank;
	uint64_t envelope, total;
	uint8_t sum[SHA256_SIZE];
	struct bytes dests;   /* rows of struct msg_dest */
	struct bytes package; /* a small one; of a large one its envelope */
	uint64_t at;	/* where a large one's attachments are in its file */
	int64_t due;	/* within its rank the earlier goes first */
	uint64_t again; /* 1: docs/link.md 6.3 */
	uint64_t from;	/* media: its bytes before are there, or on their way */
};

struct msg_desk {
	uint64_t uid;
	struct bytes desk;
};
struct msg_numbered {
	uint64_t rc;
	struct bytes why;
	struct bytes origin, name; /* station's address; the file's name */
	uint64_t incarnation, serial;
	int64_t now;
};
struct msg_resolve {
	struct bytes address;
	uint64_t level;
	int64_t at;
};
struct msg_resolved {
	uint64_t rc;
	struct bytes why;
	struct bytes address;  /* as it is written now */
	struct bytes alg, pub; /* the KEM key: OID's contents, and the key */
};
struct msg_expand {
	struct bytes list; /* id or name */
	uint64_t level;
	int64_t at;
};
struct msg_expanded {
	uint64_t rc;
	struct bytes why;
	struct id id;
	uint64_t version;
	uint8_t hash[SHA256_SIZE];
	struct bytes rows; /* of struct msg_resolved */
};
struct msg_signer {
	struct bytes tag, cert;
};
struct msg_signer_is {
	uint64_t known;
	struct bytes cert_der; /* of its signature key */
	uint8_t cert[SHA256_SIZE];
	struct bytes address;
	int64_t from, until;
	uint64_t limited, level, precedence;
};
struct msg_listed {
	struct id id;
	uint64_t version;
	uint8_t hash[SHA256_SIZE];
	struct bytes address;
	int64_t at;
};
struct msg_answers {
	struct bytes address, other;
	int64_t at;
};
struct msg_yes {
	uint64_t yes;
};
struct msg_submit {
	struct bytes desk;
	uint64_t envelope, total;
	struct bytes package; /* a small one; else in the numbered file */
	struct bytes name;    /* that file's */
	struct bytes dests;   /* rows of struct msg_dest */
	uint64_t rank;
	int64_t due;
	struct bytes supersedes; /* an id, or empty */
};
struct msg_of {
	uint64_t uid;
	struct bytes desk;
	struct id id;
	uint64_t part; /* MSG_SAVE */
};
struct msg_package {
	uint64_t rc;
	struct bytes why;
	uint64_t envelope, total;
	struct bytes package; /* a small one; else in the file */
	int64_t now;
	/* rows of struct msg_recaller, the first that said so first.  unopened:
	 * where one of them may, it is not to be shown */
	struct bytes recallers;
	uint64_t unopened;
};
struct msg_recaller {
	struct bytes by;
	int64_t at;
	struct bytes instead; /* the id of what supersedes it, or empty */
};
#define MSG_RECALLERS 64u /* of one package */

/* A dispatch to be signed: keys makes the statement of it. */
struct msg_sign {
	uint64_t uid;
	struct bytes desk;
	struct bytes statement; /* DER of docs/envelope.md 8.2, read again */
	uint64_t level;
	uint8_t digest[SHA512_SIZE]; /* of the content */
	int64_t at;
};
struct msg_signature {
	uint64_t rc;
	struct bytes why;
	struct bytes signer; /* the SignerInfo */
};
struct msg_unlock {
	uint64_t uid;
	struct bytes desk;
	struct bytes slips;		 /* those of the envelope */
	struct bytes cipher, attributes; /* elements of the envelope */
};
struct msg_cek {
	uint64_t rc;
	struct bytes why;
	uint8_t cek[AEAD_KEY];
};

struct msg_sign_in {
	uint64_t uid;
	struct bytes desk, passphrase;
};
struct msg_signed_in {
	uint64_t rc;
	struct bytes why;
	int64_t until;
	uint64_t wait; /* seconds before another try */
};
struct msg_desk_row { /* a row */
	struct bytes address, name;
	int64_t until; /* signed in until then; 0: not */
};

struct msg_addressee { /* a row */
	struct bytes address;
	uint64_t purpose;
};
struct msg_part { /* a row */
	uint64_t kind;
	struct bytes name, type;
	uint64_t of;
};
struct msg_seal {
	uint64_t uid;
	struct bytes desk;
	uint64_t level, precedence, info;
	int64_t due, expires;
	struct bytes subject;
	struct bytes to;    /* rows of struct msg_addressee */
	struct bytes list;  /* or an addressee list: id or name */
	struct bytes parts; /* rows of struct msg_part, a descriptor each */
	struct bytes references; /* ids, one after another */
	struct bytes supersedes; /* an id, or empty */
	struct bytes id;	 /* the same: that it is to have */
};
struct msg_letter {
	uint64_t rc;
	struct bytes why;
	struct bytes statement; /* DER, docs/envelope.md 8.2 */
	uint64_t level;
	int64_t signed_at;
	struct bytes signer; /* name in its certificate */
	/* who has recalled it, held to the content, and when; empty: nobody */
	struct bytes recalled;
	int64_t recalled_at;
	struct bytes instead;
};
struct msg_progress {
	uint64_t done, total;
};
struct msg_done {
	uint64_t rc;
	struct bytes why;
	struct id id;	/* of the dispatch */
	uint64_t count; /* MSG_OPERATE: legs; files of a copy */
};

enum ask {
	ASK_INBOX,
	ASK_OUTBOX,
	ASK_QUEUE,
	ASK_STATUS,
	ASK_TRACE,
	ASK_ENROL,
	ASK_ALARMS, /* desk: only what the desk on duty has not seen */
	ASK_MEDIA,  /* desk: of this station only */
	ASK_LOST,   /* desk: a station's address; before: the next */
	ASK_DUTY,   /* all: with records */
	ASK_USERS,
	ASK_TREE,  /* before: where it goes on; answered by MSG_DOC_IS */
	ASK_RULES, /* before: a time; likewise */
};
#define ASKS 13
#define RANK_NONE 5u /* of a row that has none */
struct msg_ask {
	uint64_t what; /* enum ask */
	struct bytes desk;
	struct id id; /* ASK_TRACE */
	uint64_t all, before, max;
};
struct msg_rows {
	uint64_t rc;
	struct bytes why;
	struct bytes rows; /* of struct msg_row */
	uint64_t last;	   /* 1: nothing follows */
};
/* One row of any answer; what does not apply is empty. */
struct msg_row {
	uint64_t what; /* enum ask, or ROW_* */
	struct id id;
	uint64_t n, q;
	struct bytes address; /* desk, hop, destination */
	struct bytes other;   /* origin station, peer */
	uint64_t state, rank, level;
	int64_t at, since, due;
	uint64_t count, bytes;
	struct bytes text;
};
enum row {
	ROW_DELIVERY = 1, /* id, address desk, other origin, state, at, since */
	ROW_SENT,	  /* id, address desk, at, count of destinations, state
			     of the least advanced leg; text: digest, in hex */
	ROW_LEG,	  /* id, q, address hop, state, rank, due, at, bytes,
			     level 1: it is a notice; other number of the
			     bundle that it is in, since when */
	ROW_HOP,	  /* address hop, count, bytes, since oldest, rank */
	ROW_LINK,    /* address station, state 1 up, since, count of items */
	ROW_STATION, /* address, at now, count of dispatches, bytes free,
			since: knowledge, state: 1 own clock */
	ROW_DEST,    /* address desk, other hop, state */
	ROW_ENROL,   /* id, address, other where it came from, text name, q
			enum cert_kind, n enum enrol_by, state 1 answered, at,
			due: when it goes */
	ROW_KEY,     /* address, state 1 its end is near, due: its end, count 1:
			a renewal is asked for */
	ROW_RECEIPT, /* id, address whom it is about, other the signer, state
			enum statement_kind, at, text its code's word */
	ROW_ALARM,   /* q number, n enum store_alarm_kind, address subject,
			rank (or RANK_NONE), since, due: when it was over, state
			1 then, at: when it was seen, count: by which uid,
			bytes: how far it has escalated (docs/duty.md 4.1) */
	ROW_ALARMS,  /* n enum store_alarm_kind, count of those that last */
	ROW_LIFE,    /* n incarnation, count of gaps in its past, state 1: it
			is closed since it was restored, due: from when on a
			person may open it; at: its last backup */
	ROW_MEDIA,   /* address station, text tag of its key, state 1 the
			parent, level 1 it has a line, count and bytes that
			wait, since oldest, rank; q number of the next bundle, n
			of the last, at when */
	/* docs/emergency.md 4 */
	ROW_LOST,	   /* address station, state 1 its last word came, due:
			     then, at: when that was made, count entries by it, text
			     who signed it, n incarnation and q entries known of its
			     journal, since: when, bytes: asked for next, 0: all */
	ROW_LOST_KEY,	   /* address, text its tag, due: its end */
	ROW_LOST_DISPATCH, /* id, n 1: it came from there, address desk, other
			origin, state of its leg or LEG_STATES: here, rank, at,
			since: of the receipt, q its enum statement_kind, text
			tag of the desk's key, bytes number of the bundle that
			it is in, or 0 */
	ROW_DUTY, /* state enum duty_row, n a number, q uid, other login, text
		     name or line, since, due, address the desk */
	ROW_USER, /* address, text name, level, state 1 signed in: q by which
		     uid, since; n 1: he has codes; due: his key's end */
	ROW_USER_ROLE, /* address, other the desk, state enum role, due: its end
			*/
	ROW_LOST_DISK, /* n number of a bundle, address whom it is for, at */
};
struct msg_mark {
	uint64_t uid;
	struct bytes desk;
	struct id id;
	uint64_t state; /* enum delivery_state */
	struct bytes reason;
	uint64_t code; /* enum refused_why */
	/* of one that was opened: who signed it, what it supersedes */
	struct bytes originator, supersedes;
};

/* What speaks for a request, so far as its station can know it. */
enum enrol_by { ENROL_BY_NOBODY, ENROL_BY_INVITATION, ENROL_BY_RENEWAL };
#define ENROL_BYS 3
struct msg_enrol {
	uint64_t conn;	      /* link's; 0: the parent's */
	struct bytes from;    /* the peer's network address */
	struct bytes message; /* link/enrolment.h, without its length; of
				 MSG_ENROL_DOWN empty: it cannot be reached */
};
struct msg_enrol_piece {
	uint64_t uid;
	struct id id; /* the first bytes of the request's hash */
	uint64_t at, total;
	struct bytes bytes;
};
struct msg_enrol_is {
	uint64_t rc;
	struct bytes why;
	uint64_t total;
	struct bytes bytes;
};
struct msg_invited {
	uint64_t uid;
	struct id id;
	struct bytes address;
	int64_t until;
};
struct msg_renew {
	int64_t now;
};
struct msg_renewal {
	struct bytes request; /* empty: it cannot be made */
};
struct msg_certified {
	struct bytes certs; /* one after another */
};
struct msg_keep {
	uint64_t next; /* 1: beside the station's key file; 0: in its place */
	struct bytes file;
};
struct msg_kept {
	uint64_t next;
	uint64_t rc;
	struct bytes why;
};
struct msg_tell {
	uint64_t conn;
	uint64_t kind; /* enum tell */
	uint64_t more; /* 1: another piece of it follows */
	struct bytes bytes;
};

struct msg_note {
	struct id unit; /* the uid of the station's */
	uint64_t size;
	struct node root;
	int64_t at;
	uint64_t incarnation;
};
struct msg_noted {
	struct bytes note;
	uint8_t tool[32]; /* the Ed25519 key of docs/journal.md 5.3 */
};
struct msg_witness {
	struct msg_note note; /* of the child's journal */
	struct id by;	      /* the uid of this station's unit */
};
enum journal_ask {
	JOURNAL_PULL,	    /* entries from number "at" on, each: entry, u16
			       length of its opening, opening (none: destroyed);
			       total: how many entries there are */
	JOURNAL_CHECKPOINT, /* a new one; total: its size */
	JOURNAL_KEPT,	    /* the first that is kept of at least size "at" */
	JOURNAL_PROVE,	    /* a proof of entry "at" as a file */
	JOURNAL_OF,	    /* the numbers (u64) of the entries about "id" */
	JOURNAL_GAPS, /* but the first "at", each: u8 1: struct life_gap, 2: a
			 statement | u64 when | u16 length | it */
};
#define JOURNAL_ASKS 6
struct msg_journal {
	uint64_t what; /* enum journal_ask */
	struct id id;
	uint64_t at;
};
struct msg_journal_is {
	uint64_t rc;
	struct bytes why;
	uint64_t total;
	struct bytes bytes;
	uint8_t tool[32]; /* of JOURNAL_CHECKPOINT */
	uint64_t counts;  /* the same: 1: docs/journal.md 5.5, as known here */
	uint64_t seen;	  /* and of JOURNAL_KEPT: 1: by the parent */
};

struct msg_vouch {
	struct bytes signer; /* a desk's address, or the station's own */
	int64_t at;
	uint64_t own_clock;
	struct bytes statements; /* one after another, read again */
};
struct msg_vouched {
	uint64_t rc;
	struct bytes why;
	struct bytes head; /* of the batch, and its signature */
	uint64_t bad;	   /* 1 + which statement is not signed; 0: none is */
};
struct msg_desk_state {
	struct bytes desk;
	uint64_t open; /* 1: somebody is signed in */
};

enum operate {
	OPERATE_HOLD,
	OPERATE_RELEASE,
	OPERATE_REROUTE,
	OPERATE_DROP,
	OPERATE_SEEN,	/* q: an alarm was */
	OPERATE_BACKUP, /* a copy of the store, beside it */
	OPERATE_BACKED, /* it was read; q 1: into a backup that is whole */
	OPERATE_REOPEN, /* a restored station, by a person's word */
};
#define OPERATES 8
enum operate_by { OPERATE_LEG, OPERATE_HOP, OPERATE_DISPATCH };
#define OPERATE_BYS 3
struct msg_operate {
	uint64_t uid;
	uint64_t what, by;    /* enum operate, enum operate_by */
	uint64_t q;	      /* OPERATE_LEG */
	struct id id;	      /* OPERATE_DISPATCH */
	struct bytes hop;     /* OPERATE_HOP: empty, what has no way */
	struct bytes station; /* OPERATE_REROUTE */
	struct bytes reason;  /* OPERATE_DROP */
};
/* What is done at the desk on duty (docs/duty.md 3). */
enum duty_do {
	DUTY_PLAN,  /* text: the rota */
	DUTY_OFFER, /* text: a note; login: for whom, or empty */
	DUTY_TAKE,  /* n: the offer that is accepted, 0: none; text: why then */
	DUTY_NOTE,  /* text */
};
#define DUTY_DOES 4
#define MSG_ROTA 32768u /* bytes: ROTA_MAX of dispatch/rota.h */
struct msg_duty {
	uint64_t uid;
	uint64_t what; /* enum duty_do */
	uint64_t n;
	struct bytes login, text;
};
/* What a row of it says. */
enum duty_row {
	DUTY_ROW_ON,	  /* who is; since */
	DUTY_ROW_PLANNED, /* who should be by the rota; since, due */
	DUTY_ROW_NEXT,	  /* who is next; since, due */
	DUTY_ROW_PERSON,  /* of the rota */
	DUTY_ROW_SHIFT,	  /* that is not over; since, due */
	DUTY_ROW_GAP,	  /* of the rota, when nobody is; since, due */
	DUTY_ROW_OFFER,	  /* n; for whom (other empty: anybody); since */
	DUTY_ROW_LINE,	  /* of the offer: text */
	DUTY_ROW_RECORD,  /* n; a line of it: text */
	DUTY_ROW_DESK,	  /* address; n: 1, there is a rota */
};
#define DUTY_ROWS 10

struct msg_recall {
	uint64_t uid;
	struct bytes desk;
	struct id id;
};

/* Bundles.  conn: the store's number of the job, as of a line. */
enum bundle_what { BUNDLE_WRITE, BUNDLE_READ, BUNDLE_LOOK };
#define BUNDLE_WHATS 3
struct msg_bundle {
	uint64_t uid;
	uint64_t what;	      /* enum bundle_what */
	struct bytes station; /* BUNDLE_WRITE: for whom */
	uint64_t number;      /* BUNDLE_WRITE: of its name */
	uint64_t size;	      /* BUNDLE_WRITE: bytes at most; 0: any */
	uint64_t rest;	      /* BUNDLE_WRITE 1: only what is on no disk yet */
};
#define BUNDLE_RANKS 4
#define BUNDLE_WHOLE ((uint64_t)INT64_MAX)
struct msg_bundle_is {
	uint64_t rc;
	struct bytes why;
	struct bytes station; /* the other one */
	uint64_t number;
	int64_t at;
	int64_t before;	       /* it was read to its end then; TIME_NEVER */
	uint64_t items, bytes; /* in it; how they were taken: */
	uint64_t stored, known, refused, later, part;
	uint64_t answers; /* of them that ended something that waited */
	uint64_t acts;	  /* of the directory, that were new */
	uint64_t cut;	  /* 1: it is not whole */
	uint64_t left[BUNDLE_RANKS], left_bytes[BUNDLE_RANKS]; /* did not fit */
	uint64_t closed; /* 1: none goes, for the station is closed */
};
struct msg_bundle_for {
	struct bytes station;
	uint64_t number, size, rest;
};
struct msg_bundle_front {
	uint64_t rc;
	struct bytes why;
	uint64_t conn;
	struct bytes station;  /* as it is written now */
	struct bytes alg, pub; /* its KEM key */
	uint64_t number, incarnation, open;
	int64_t at;
	struct bytes frames; /* what goes before items, as it stands there */
};
struct msg_bundle_next {
	uint64_t conn;
	uint64_t room; /* bytes */
	/* of what was handed over before (q 0: nothing was); so far it is in
	 * the bundle, BUNDLE_WHOLE: all of it */
	uint64_t q, upto;
	uint8_t sum[SHA256_SIZE];
};
struct msg_bundle_from {
	struct bytes statement;
	uint64_t number; /* of the outside */
	uint8_t head[SHA256_SIZE];
	uint64_t look; /* 1: only who it is from is asked */
};
struct msg_bundle_admit {
	uint64_t rc;
	struct bytes why;
	uint64_t conn;
	struct bytes station;
	uint64_t number;
	int64_t at, before;
	struct bytes parts; /* entries of PARTIAL: what is here in part */
};
struct msg_bundle_says {
	uint64_t conn;
	uint64_t what; /* enum bundle_frame */
	struct bytes bytes;
};
struct msg_bundle_sign {
	struct bytes to;
	uint64_t number, incarnation, open;
	int64_t at;
	uint8_t head[SHA256_SIZE];
};
struct msg_bundle_open {
	struct tag key;
	struct bytes ct;
	uint8_t head[SHA256_SIZE];
};
struct msg_bundle_note {
	uint64_t uid;
	uint64_t number;
	uint64_t lost; /* 1: it is lost; 0: it is on its disk */
};

/* A secret that the store keeps and keys opens (antind/kept.h); empty: none. */
struct msg_record {
	struct bytes record;
};
#define MSG_ROW_KEY_SIZE 32u
struct msg_row_key {
	uint64_t rc;
	struct bytes why;
	struct bytes record; /* to be kept from now on; empty: as it was */
	uint8_t key[MSG_ROW_KEY_SIZE];
};

/* A person at the station, by his address as his key says it. */
enum user_do { USER_SIGN_IN, USER_SIGN_OUT, USER_CODES };
#define USER_DOES 3
#define MSG_CODE 16u	    /* bytes of a code: TOTP_TYPED */
#define MSG_CODE_SECRET 20u /* TOTP_SECRET */
struct msg_user {
	uint64_t uid, what;  /* enum user_do */
	struct bytes person; /* USER_SIGN_OUT: empty, all of this user */
	struct bytes by;     /* USER_CODES: an administrator; or empty */
	struct bytes passphrase, code;
};
struct msg_user_is {
	uint64_t rc;
	struct bytes why;
	int64_t until;	     /* signed in */
	uint64_t wait;	     /* seconds before another try */
	struct bytes secret; /* of new codes; else empty */
};
struct msg_person {
	struct bytes person, by;
};
struct msg_person_is {
	uint64_t rc; /* RC_OK: his certificate is in force */
	struct bytes why;
	uint8_t bound[SHA256_SIZE]; /* whose a secret is */
	struct bytes record;	    /* of his codes; empty: he has none */
	uint64_t used;		    /* the last counter; 0: none was */
	int64_t now;
	uint64_t own_clock;
	uint64_t administrator; /* 1: he is one */
	uint64_t by_may;	/* 1: "by" is one above him, and another */
};
enum session_did {     /* numbers are the journal's */
	SESSION_THERE, /* he is signed in, as before */
	SESSION_IN,    /* by this counter */
	SESSION_OUT,
	SESSION_EXPIRED,
	SESSION_LOCKED,	  /* too many wrong tries */
	SESSION_CODES,	  /* new codes, by himself */
	SESSION_CODES_BY, /* by an administrator */
};
#define SESSION_DIDS 7
/* Under a job where MSG_SESSION_IS is wanted. */
struct msg_session {
	uint64_t uid, what; /* enum session_did */
	struct bytes person, by;
	uint64_t used;
	struct bytes record; /* to be kept from now on; empty: as it was */
};
struct msg_outcome {
	uint64_t rc;
	struct bytes why;
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
	REG_DO, /* action, document, fields; all: it is only tried */
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
};

struct msg_web_at {
	struct bytes at; /* "127.0.0.1:4711" */
	uint64_t secure; /* 1: by TLS */
};
struct msg_browser {
	struct bytes peer; /* "127.0.0.1:4711", "[::1]:4711" */
	uint64_t secure;
	uint64_t uid; /* whose process it is; UINT64_MAX: not known */
};
struct msg_web_user {
	uint64_t user; /* what stands in the place of a uid */
};
struct msg_web_link_is {
	uint64_t rc;
	struct bytes why, url;
};
/* What a browser may want to ask anew. */
enum changed {
	CHANGED_MAIL = 1,	/* boxes and traces */
	CHANGED_DOCUMENTS = 2,	/* and registers */
	CHANGED_ALARMS = 4,	/* and who is on duty */
	CHANGED_LINES = 8,	/* and queues */
	CHANGED_DIRECTORY = 16, /* and requests for certificates */
	CHANGED_PEOPLE = 32,	/* who is signed in */
};
#define CHANGES 6u
struct msg_changed {
	uint64_t what; /* bits of enum changed */
};

#define MSG_WEB_PUB 65u	      /* P256_PUB */
#define MSG_WEB_CERT_MAX 8192u /* SITE_CERT */
#define MSG_WEB_NAMES 4096u   /* bytes of names, one a line */
#define MSG_WEB_KEPT                                                           \
	(32u + LIMIT_NAME + MSG_WEB_NAMES + MSG_WEB_CERT_MAX + MSG_KEPT_RECORD)
#define MSG_WEB_PORTS 128u    /* bytes of ports, one a line */
struct msg_web_cert {
	uint8_t pub[MSG_WEB_PUB];
	struct bytes ports; /* where it is shown */
};
struct msg_web_cert_is {
	uint64_t rc;
	struct bytes why, leaf, ca;
	int64_t until; /* the end of the leaf */
};
struct msg_web_sign {
	int64_t now;
	uint8_t pub[MSG_WEB_PUB];
	struct bytes kept; /* of the authority; empty: there is none */
};
struct msg_web_signed {
	uint64_t rc;
	struct bytes why;  /* RC_OK: why the authority is new, or empty */
	struct bytes kept; /* to be kept from now on; empty: as it was */
	struct bytes leaf, ca;
	struct bytes names; /* those of the leaf, one a line */
	int64_t until, ca_until;
};
struct msg_web_ca_is {
	uint64_t rc;
	struct bytes why, ca, names, ports;
	int64_t until;
};

#define MSG_PRINT_WORD 16u
struct msg_print {
	struct bytes what; /* a word of print/print.h */
	int64_t made;
};
struct msg_print_is {
	uint64_t rc;
	struct bytes why;
	uint64_t size, unknown; /* bytes; characters without a picture */
};
/* What came of a scan. */
enum scan_is {
	SCAN_OFF, /* the configuration names no clamd */
	SCAN_CLEAN,
	SCAN_FOUND, /* "name" says what */
	SCAN_AWAY,  /* clamd does not answer; "why" says more */
};
#define SCANS 4
#define MSG_SCAN_NAME 128u
struct msg_scan_is {
	uint64_t is;   /* enum scan_is */
	uint64_t must; /* 1: what was not scanned is not opened */
	struct bytes name, why;
};
struct msg_scan_none {
	struct bytes why;
};
struct msg_found {
	uint64_t uid;	   /* who wanted to open it, or to send it */
	struct bytes name; /* of the malware */
};

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
