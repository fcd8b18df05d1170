/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Requests become messages to keys, seal and store, and what those say becomes
 * answers.  A job is what one request asks; many are at work at once.
 */
#include <stdlib.h>
#include <string.h>

#include "proc_control/control.h"
#include "core/base64.h"
#include "core/lang.h"
#include "crypto/pem.h"
#include "crypto/totp.h"
#include "dispatch/statement.h"
#include "store/store.h"

_Static_assert(CONTROL_CODE == REFUSED_WHYS - 1, "docs/receipts.md 3.1");

struct job {
	struct job *next;
	uint64_t number;
	struct client *client; /* NULL: gone */
	uint64_t uid;
	struct control_request r;
	enum proc at;	/* who is asked now */
	enum msg wants; /* what he may answer with, besides progress */
	struct answer_rows rows;
	struct answer last; /* that is kept until its opening is noted */
};

static struct job *jobs;

static void
put_rows(void *ctx, struct bytes packet)
{
	struct job *j = ctx;

	if (j->client != NULL)
		client_put(j->client, packet);
}

/* ---- how it ends
 * ----------------------------------------------------------- */

static void
job_free(struct job *j)
{
	struct job **at = &jobs;

	while (*at != j)
		at = &(*at)->next;
	*at = j->next;
	if (j->client != NULL)
		client_ready(j->client);
	buf_free(&j->rows.packet);
	answer_free(&j->last);
	control_free(&j->r);
	free(j);
}

/* The last packet; "a" and the job are taken. */
static void
job_end(struct job *j, struct answer *a, enum rc rc, struct bytes why)
{
	struct buf text;

	answer_rows_end(&j->rows);
	answer_end(&text, a, rc, why);
	if (j->client != NULL)
		client_put(j->client, buf_bytes(&text));
	buf_free(&text);
	job_free(j);
}

static void
job_fail(struct job *j, const struct err *e)
{
	struct answer a = answer_new();

	job_end(j, &a, e->rc, bytes_str(e->text));
}

/* What the store says of its contract, said to a person. */
static void
put_plainly(struct job *j, uint64_t rc)
{
	struct err e;
	enum rc said;

	if (j->r.what == CONTROL_SEEN)
		said = fail(&e, RC_ABSENT, "this station has no such alarm");
	else if (rc == RC_DENIED)
		said = fail(&e, RC_DENIED,
		    "it was acted on or refused already, and stays so");
	else if (j->r.desk.len == 0)
		said =
		    fail(&e, RC_ABSENT, "this station knows no such dispatch");
	else
		said = fail(&e, RC_ABSENT, "no such dispatch lies at %.*s",
		    (int)j->r.desk.len, (const char *)j->r.desk.p);
	if (said != RC_OK)
		job_fail(j, &e);
}

/* As a sibling says; true where all is well. */
static bool
went(struct job *j, uint64_t rc, struct bytes why)
{
	const struct bytes store = bytes_str("store: ");
	struct answer a;

	if (rc == RC_OK)
		return true;
	if ((rc == RC_DENIED || rc == RC_ABSENT) && why.len > store.len &&
	    memcmp(why.p, store.p, store.len) == 0) {
		put_plainly(j, rc);
		return false;
	}
	a = answer_new();
	job_end(j, &a, (enum rc)rc, why);
	return false;
}

void
job_forget(struct job *j)
{
	j->client = NULL;
}

static void
lost(struct job *j)
{
	struct err e;
	enum rc rc;

	if (j->r.what == CONTROL_SEND)
		rc = fail(&e, RC_IO,
		    "a part of the station was started anew; look into the "
		    "outbox whether the dispatch is there, else try again");
	else if (j->r.what == CONTROL_PRINT)
		rc = fail(&e, RC_IO,
		    "it could not be printed: it took too long or too much "
		    "memory, or the station has no pages; print less of it at "
		    "a time");
	else
		rc = fail(&e, RC_IO,
		    "a part of the station was started anew; try again");
	if (rc != RC_OK)
		job_fail(j, &e);
}

void
job_peer(enum proc peer)
{
	struct job *j = jobs, *next;

	for (; j != NULL; j = next) {
		next = j->next;
		if (j->at == peer)
			lost(j);
	}
}

/* ---- asking
 * ---------------------------------------------------------------- */

static bool
job_tell(
    struct job *j, enum proc to, enum msg m, const void *body, enum msg wants)
{
	j->at = to;
	j->wants = wants;
	if (tell(to, m, j->number, body, -1))
		return true;
	lost(j);
	return false;
}

static void
ask_sign_in(struct job *j)
{
	const struct msg_sign_in m = { j->uid, j->r.desk, j->r.passphrase };

	(void)job_tell(j, PROC_KEYS, MSG_SIGN_IN, &m, MSG_SIGNED_IN);
}

static void
ask_sign_out(struct job *j)
{
	const struct msg_desk m = { j->uid, j->r.desk };

	(void)job_tell(j, PROC_KEYS, MSG_SIGN_OUT, &m, MSG_SIGNED_IN);
}

static void
ask_may(struct job *j)
{
	const struct msg_desk m = { j->uid, j->r.desk };

	(void)job_tell(j, PROC_KEYS, MSG_MAY, &m, MSG_SIGNED_IN);
}

static void
ask_desks(struct job *j)
{
	const struct msg_desk m = { .uid = j->uid };

	(void)job_tell(j, PROC_KEYS, MSG_DESKS, &m, MSG_DESK_LIST);
}

static void
ask_store(struct job *j)
{
	static const enum ask asks[CONTROLS] = {
		[CONTROL_INBOX] = ASK_INBOX,
		[CONTROL_OUTBOX] = ASK_OUTBOX,
		[CONTROL_QUEUE] = ASK_QUEUE,
		[CONTROL_STATUS] = ASK_STATUS,
		[CONTROL_TRACE] = ASK_TRACE,
		[CONTROL_ALARMS] = ASK_ALARMS,
		[CONTROL_MEDIA] = ASK_MEDIA,
		[CONTROL_DUTY] = ASK_DUTY,
		[CONTROL_USERS] = ASK_USERS,
	};
	const struct msg_ask m = { .what = asks[j->r.what],
		.desk = j->r.what == CONTROL_MEDIA ? j->r.station : j->r.desk,
		.id = j->r.id,
		.all = j->r.all,
		.before = j->r.before,
		.max = j->r.max };

	(void)job_tell(j, PROC_STORE, MSG_ASK, &m, MSG_ROWS);
}

static void
mark(struct job *j, enum delivery_state state)
{
	const struct msg_mark m = { .uid = j->uid,
		.desk = j->r.desk,
		.id = j->r.id,
		.state = state,
		.reason = j->r.reason,
		.code = j->r.code };

	(void)job_tell(j, PROC_STORE, MSG_MARK, &m, MSG_DONE);
}

static void
ask_ack(struct job *j)
{
	mark(j, DELIVERY_ACTED);
}

static void
ask_refuse(struct job *j)
{
	mark(j, DELIVERY_REFUSED);
}

static void
ask_read(struct job *j)
{
	const struct msg_of m = { j->uid, j->r.desk, j->r.id, 0 };

	(void)job_tell(j, PROC_SEAL, MSG_READ, &m, MSG_LETTER);
}

static void
ask_save(struct job *j)
{
	const struct msg_of m = { j->uid, j->r.desk, j->r.id, j->r.part };

	(void)job_tell(j, PROC_SEAL, MSG_SAVE, &m, MSG_DONE);
}

static void
ask_enrol_list(struct job *j)
{
	const struct msg_ask m = { .what = ASK_ENROL, .all = j->r.all };

	(void)job_tell(j, PROC_STORE, MSG_ASK, &m, MSG_ROWS);
}

static void
ask_enrol(struct job *j)
{
	static const struct {
		enum msg kind, wants;
	} asks[CONTROLS] = {
		[CONTROL_ENROL_PULL] = { MSG_ENROL_PULL, MSG_ENROL_PIECE },
		[CONTROL_ENROL_PUSH] = { MSG_ENROL_PUSH, MSG_DONE },
		[CONTROL_ENROL_DROP] = { MSG_ENROL_DROP, MSG_DONE },
		[CONTROL_DIRECTORY_GIVE] = { MSG_DIRECTORY_GIVE, MSG_DONE },
		[CONTROL_DIRECTORY_TAKE] = { MSG_DIRECTORY_TAKE,
		    MSG_ENROL_PIECE },
		[CONTROL_EVIDENCE] = { MSG_EVIDENCE, MSG_ENROL_PIECE },
		[CONTROL_DESTROYED] = { MSG_DESTROYED, MSG_DONE },
	};
	const struct msg_enrol_piece m = { .uid = j->uid,
		.id = j->r.id,
		.at = j->r.at,
		.total = j->r.total,
		.bytes = buf_bytes(&j->r.data) };

	(void)job_tell(
	    j, PROC_STORE, asks[j->r.what].kind, &m, asks[j->r.what].wants);
}

static void
ask_invited(struct job *j)
{
	const struct msg_invited m = { j->uid, j->r.id, j->r.address,
		j->r.until };

	(void)job_tell(j, PROC_STORE, MSG_INVITED, &m, MSG_DONE);
}

static void
ask_operate(struct job *j)
{
	struct msg_operate m;

	message_operate(&m, &j->r);
	m.uid = j->uid;
	(void)job_tell(j, PROC_STORE, MSG_OPERATE, &m, MSG_DONE);
}

static void
ask_journal(struct job *j)
{
	static const enum journal_ask asks[CONTROLS] = {
		[CONTROL_JOURNAL_PULL] = JOURNAL_PULL,
		[CONTROL_JOURNAL_CHECKPOINT] = JOURNAL_CHECKPOINT,
		[CONTROL_JOURNAL_KEPT] = JOURNAL_KEPT,
		[CONTROL_JOURNAL_PROVE] = JOURNAL_PROVE,
		[CONTROL_JOURNAL_OF] = JOURNAL_OF,
		[CONTROL_JOURNAL_GAPS] = JOURNAL_GAPS,
	};
	const struct msg_journal m = { asks[j->r.what], j->r.id, j->r.at };

	(void)job_tell(j, PROC_STORE, MSG_JOURNAL, &m, MSG_JOURNAL_IS);
}

static void
ask_recall(struct job *j)
{
	const struct msg_recall m = { j->uid, j->r.desk, j->r.id };

	(void)job_tell(j, PROC_STORE, MSG_RECALL, &m, MSG_DONE);
}

static void
ask_lost(struct job *j)
{
	const struct msg_ask m = {
		.what = ASK_LOST, .desk = j->r.address, .before = j->r.at
	};

	(void)job_tell(j, PROC_STORE, MSG_ASK, &m, MSG_ROWS);
}

static void
ask_duty(struct job *j)
{
	struct msg_duty m;

	message_duty(&m, &j->r);
	m.uid = j->uid;
	(void)job_tell(j, PROC_STORE, MSG_DUTY, &m, MSG_DONE);
}

static void
ask_look(struct job *j)
{
	const struct msg_ask m = {
		.what = j->r.what == CONTROL_RULES ? ASK_RULES : ASK_TREE,
		.before =
		    j->r.what == CONTROL_RULES ? (uint64_t)j->r.from : j->r.at
	};

	(void)job_tell(j, PROC_STORE, MSG_ASK, &m, MSG_DOC_IS);
}

static void
ask_doc(struct job *j)
{
	struct msg_doc m;

	message_doc(&m, &j->r);
	m.uid = j->uid;
	(void)job_tell(j, PROC_STORE, MSG_DOC, &m, MSG_DOC_IS);
}

static void
ask_send(struct job *j)
{
	struct buf lists[MESSAGE_LISTS] = { 0 };
	struct msg_seal m;
	size_t i;

	message_seal(&m, lists, &j->r);
	m.uid = j->uid;
	(void)job_tell(j, PROC_SEAL, MSG_SEAL, &m, MSG_DONE);
	for (i = 0; i < MESSAGE_LISTS; i++)
		buf_free(&lists[i]);
}

static void
ask_media(struct job *j)
{
	static const enum bundle_what whats[CONTROLS] = {
		[CONTROL_MEDIA_WRITE] = BUNDLE_WRITE,
		[CONTROL_MEDIA_READ] = BUNDLE_READ,
		[CONTROL_MEDIA_LOOK] = BUNDLE_LOOK,
	};
	const struct msg_bundle m = { .uid = j->uid,
		.what = whats[j->r.what],
		.station = j->r.station,
		.number = j->r.number,
		.size = j->r.size,
		.rest = !j->r.all };

	(void)job_tell(j, PROC_MEDIA, MSG_BUNDLE, &m, MSG_BUNDLE_IS);
}

static void
ask_user(struct job *j)
{
	static const enum user_do whats[CONTROLS] = {
		[CONTROL_USER_IN] = USER_SIGN_IN,
		[CONTROL_USER_OUT] = USER_SIGN_OUT,
		[CONTROL_USER_CODES] = USER_CODES,
	};
	const struct msg_user m = { .uid = j->uid,
		.what = whats[j->r.what],
		.person = j->r.person,
		.by = j->r.by,
		.passphrase = j->r.passphrase,
		.code = j->r.code_given };

	(void)job_tell(j, PROC_KEYS, MSG_USER, &m, MSG_USER_IS);
}

static void
ask_desk(struct job *j)
{
	/* who asks as root has others look at it */
	const struct msg_web_user m = { j->uid == 0 ? UINT64_MAX : j->uid };
	struct err e;

	j->at = PROC_WEB;
	j->wants = MSG_WEB_LINK_IS;
	if (!tell(PROC_WEB, MSG_WEB_LINK, j->number, &m, -1) &&
	    fail(&e, RC_ABSENT,
		"this station has no pages for browsers: see web in "
		"antind.conf(5)") != RC_OK)
		job_fail(j, &e);
}

static void
ask_web_ca(struct job *j)
{
	(void)job_tell(j, PROC_STORE, MSG_WEB_CA, NULL, MSG_WEB_CA_IS);
}

static void
ask_media_note(struct job *j)
{
	const struct msg_bundle_note m = { j->uid, j->r.number, j->r.all };

	(void)job_tell(j, PROC_STORE, MSG_BUNDLE_NOTE, &m, MSG_DONE);
}

static void
ask_print(struct job *j)
{
	const struct msg_print m = { j->r.text, j->r.from };

	(void)job_tell(j, PROC_PRINT, MSG_PRINT, &m, MSG_PRINT_IS);
}

static void
ask_scan(struct job *j)
{
	(void)job_tell(j, PROC_SCAN, MSG_SCAN, NULL, MSG_SCAN_IS);
}

/* What each request asks; "may": only of who is signed in to the desk, which
 * keys is asked first.  Where a key is needed, keys sees to that itself. */
static const struct {
	void (*ask)(struct job *j);
	bool may;
} requests[CONTROLS] = {
	[CONTROL_SIGN_IN] = { ask_sign_in, false },
	[CONTROL_SIGN_OUT] = { ask_sign_out, false },
	[CONTROL_DESKS] = { ask_desks, false },
	[CONTROL_SEND] = { ask_send, false },
	[CONTROL_INBOX] = { ask_store, true },
	[CONTROL_OUTBOX] = { ask_store, true },
	[CONTROL_QUEUE] = { ask_store, false },
	[CONTROL_STATUS] = { ask_store, false },
	[CONTROL_TRACE] = { ask_store, false },
	[CONTROL_READ] = { ask_read, false },
	[CONTROL_SAVE] = { ask_save, false },
	[CONTROL_ACK] = { ask_ack, true },
	[CONTROL_REFUSE] = { ask_refuse, true },
	[CONTROL_ENROL_LIST] = { ask_enrol_list, false },
	[CONTROL_ENROL_PULL] = { ask_enrol, false },
	[CONTROL_ENROL_PUSH] = { ask_enrol, false },
	[CONTROL_ENROL_DROP] = { ask_enrol, false },
	[CONTROL_INVITED] = { ask_invited, false },
	[CONTROL_DIRECTORY_GIVE] = { ask_enrol, false },
	[CONTROL_DIRECTORY_TAKE] = { ask_enrol, false },
	[CONTROL_EVIDENCE] = { ask_enrol, false },
	[CONTROL_ALARMS] = { ask_store, false },
	[CONTROL_SEEN] = { ask_operate, false },
	[CONTROL_HOLD] = { ask_operate, false },
	[CONTROL_RELEASE] = { ask_operate, false },
	[CONTROL_REROUTE] = { ask_operate, false },
	[CONTROL_DROP] = { ask_operate, false },
	[CONTROL_JOURNAL_PULL] = { ask_journal, false },
	[CONTROL_JOURNAL_CHECKPOINT] = { ask_journal, false },
	[CONTROL_JOURNAL_KEPT] = { ask_journal, false },
	[CONTROL_JOURNAL_PROVE] = { ask_journal, false },
	[CONTROL_JOURNAL_OF] = { ask_journal, false },
	[CONTROL_JOURNAL_GAPS] = { ask_journal, false },
	[CONTROL_RECALL] = { ask_recall, true },
	[CONTROL_BACKUP] = { ask_operate, false },
	[CONTROL_BACKED] = { ask_operate, false },
	[CONTROL_REOPEN] = { ask_operate, false },
	[CONTROL_MEDIA_WRITE] = { ask_media, false },
	[CONTROL_MEDIA_READ] = { ask_media, false },
	[CONTROL_MEDIA_LOOK] = { ask_media, false },
	[CONTROL_MEDIA_NOTE] = { ask_media_note, false },
	[CONTROL_MEDIA] = { ask_store, false },
	[CONTROL_DESTROYED] = { ask_enrol, false },
	[CONTROL_LOST] = { ask_lost, false },
	[CONTROL_DUTY] = { ask_store, false },
	[CONTROL_DUTY_PLAN] = { ask_duty, false },
	[CONTROL_DUTY_OFFER] = { ask_duty, false },
	[CONTROL_DUTY_TAKE] = { ask_duty, false },
	[CONTROL_DUTY_NOTE] = { ask_duty, false },
	[CONTROL_USERS] = { ask_store, false },
	[CONTROL_USER_IN] = { ask_user, false },
	[CONTROL_USER_OUT] = { ask_user, false },
	[CONTROL_USER_CODES] = { ask_user, false },
	[CONTROL_DOC] = { ask_doc, false },
	[CONTROL_DOC_LIST] = { ask_doc, false },
	[CONTROL_DOC_SEARCH] = { ask_doc, false },
	[CONTROL_DOC_SHOW] = { ask_doc, false },
	[CONTROL_DOC_RECORD] = { ask_doc, false },
	[CONTROL_BOOKS] = { ask_doc, false },
	[CONTROL_BOOK] = { ask_doc, false },
	[CONTROL_BOOK_CLOSE] = { ask_doc, false },
	[CONTROL_BOOK_REMARK] = { ask_doc, false },
	[CONTROL_BOOK_RESUME] = { ask_doc, false },
	[CONTROL_REPORT] = { ask_doc, false },
	[CONTROL_BOOK_PRINT] = { ask_doc, false },
	[CONTROL_REPORT_TIMES] = { ask_doc, false },
	[CONTROL_DRAFTS] = { ask_doc, false },
	[CONTROL_DRAFT_GET] = { ask_doc, false },
	[CONTROL_DRAFT_PUT] = { ask_doc, false },
	[CONTROL_DRAFT_DROP] = { ask_doc, false },
	[CONTROL_DESK] = { ask_desk, false },
	[CONTROL_DESK_TRUST] = { ask_web_ca, false },
	[CONTROL_TREE] = { ask_look, false },
	[CONTROL_RULES] = { ask_look, false },
	[CONTROL_PRINT] = { ask_print, false },
	[CONTROL_SCAN] = { ask_scan, false },
};

/* ---- answers
 * --------------------------------------------------------------- */

static void
signed_in(struct job *j, const struct message *m)
{
	const struct msg_signed_in *s = &m->body.signed_in;
	struct answer a;

	if (requests[j->r.what].may && s->rc == RC_OK) {
		requests[j->r.what].ask(j);
		return;
	}
	a = answer_new();
	if (s->wait > 0)
		answer_number(&a, "wait", s->wait);
	if (s->rc == RC_OK && j->r.what == CONTROL_SIGN_IN)
		answer_time(&a, "until", s->until);
	job_end(j, &a, (enum rc)s->rc, s->why);
}

static void
user_is(struct job *j, const struct message *m)
{
	const struct msg_user_is *u = &m->body.user_is;
	char secret[TOTP_TEXT];
	struct answer a = answer_new();

	if (u->wait > 0)
		answer_number(&a, "wait", u->wait);
	if (u->rc == RC_OK && j->r.what == CONTROL_USER_IN)
		answer_time(&a, "until", u->until);
	if (u->secret.len == TOTP_SECRET) {
		totp_text(secret, u->secret.p);
		answer_word(&a, "secret", secret);
		wipe(secret, sizeof(secret));
	}
	job_end(j, &a, (enum rc)u->rc, u->why);
}

static void
web_ca(struct job *j, const struct message *m)
{
	const struct msg_web_ca_is *w = &m->body.web_ca_is;
	struct answer a = answer_new();
	struct buf pem = { 0 };

	if (w->rc == RC_OK) {
		pem_write(&pem, "CERTIFICATE", w->ca);
		answer_text(&a, "pem", buf_bytes(&pem));
		answer_text(&a, "names", w->names);
		answer_text(&a, "ports", w->ports);
		answer_time(&a, "until", w->until);
		buf_free(&pem);
	}
	job_end(j, &a, (enum rc)w->rc, w->why);
}

static void
rows(struct job *j, const struct message *m)
{
	const struct msg_rows *r = &m->body.rows;
	struct answer a;

	if (!went(j, r->rc, r->why))
		return;
	if (m->kind == MSG_DESK_LIST)
		rows_of_desks(&j->rows, r->rows);
	else
		rows_of_store(&j->rows, r->rows);
	if (!r->last)
		return;
	a = answer_new();
	job_end(j, &a, RC_OK, (struct bytes){ 0 });
}

/* What the store says of documents and registers. */
static void
docs(struct job *j, const struct message *m)
{
	const struct msg_doc_is *r = &m->body.doc_is;
	struct answer a;

	if (!went(j, r->rc, r->why))
		return;
	rows_of_docs(&j->rows, r->rows);
	if (!r->last)
		return;
	a = answer_new();
	job_end(j, &a, RC_OK, (struct bytes){ 0 });
}

/* With what the content says of recalls (docs/receipts.md 8.5, 8.6). */
static void
opened(struct job *j, const struct msg_letter *l)
{
	struct msg_mark m = { .uid = j->uid,
		.desk = j->r.desk,
		.id = j->r.id,
		.state = DELIVERY_OPENED };
	struct dispatch d;
	struct err e;

	if (dispatch_read(&d, l->statement, &e) != RC_OK)
		bug("control: a statement that was read before");
	m.originator = d.originator;
	if (d.supersedes_set)
		m.supersedes = id_bytes(&d.supersedes);
	(void)job_tell(j, PROC_STORE, MSG_MARK, &m, MSG_DONE);
	dispatch_free(&d);
}

/* It was opened: that is noted before it is shown. */
static void
letter(struct job *j, const struct message *m)
{
	const struct msg_letter *l = &m->body.letter;
	struct err e;

	if (!went(j, l->rc, l->why))
		return;
	j->last = answer_new();
	if (rows_of_letter(&j->rows, &j->last, l, &e) != RC_OK)
		job_fail(j, &e);
	else
		opened(j, l);
}

static void
ended(struct job *j, const struct message *m)
{
	const struct msg_done *d = &m->body.done;
	struct answer a;

	if (j->r.what == CONTROL_READ) {
		/* one that was acted on stays so; and while the disk refuses,
		 * desks read (docs/station.md 4.10) */
		if (d->rc != RC_DENIED && d->rc != RC_EXISTS &&
		    d->rc != RC_IO && !went(j, d->rc, d->why))
			return;
		a = j->last;
		j->last = (struct answer){ 0 };
	} else {
		if (!went(j, d->rc, d->why))
			return;
		a = answer_new();
	}
	if (j->r.what == CONTROL_SEND)
		answer_id(&a, "id", &d->id);
	if (j->r.what >= CONTROL_HOLD && j->r.what <= CONTROL_DROP)
		answer_number(&a, "legs", d->count);
	if (j->r.what == CONTROL_BACKUP)
		answer_number(&a, "files", d->count);
	if (j->r.what >= CONTROL_DUTY_PLAN && j->r.what <= CONTROL_DUTY_NOTE)
		answer_number(&a, "number", d->count);
	job_end(j, &a, RC_OK, (struct bytes){ 0 });
}

/* "a" is taken; the fields that there are besides are in it. */
static void
data(struct job *j, struct answer *a, uint64_t total, struct bytes bytes)
{
	struct buf text = { 0 };

	base64_write(&text, bytes);
	answer_number(a, "total", total);
	answer_text(a, "data", buf_bytes(&text));
	buf_free(&text);
	job_end(j, a, RC_OK, (struct bytes){ 0 });
}

static void
piece(struct job *j, const struct message *m)
{
	const struct msg_enrol_is *p = &m->body.enrol_is;
	struct answer a;

	if (!went(j, p->rc, p->why))
		return;
	a = answer_new();
	data(j, &a, p->total, p->bytes);
}

static void
journal_is(struct job *j, const struct message *m)
{
	const struct msg_journal_is *p = &m->body.journal_is;
	struct buf tool = { 0 };
	struct answer a;

	if (!went(j, p->rc, p->why))
		return;
	a = answer_new();
	if (j->r.what == CONTROL_JOURNAL_CHECKPOINT) {
		base64_write(&tool, bytes_of(p->tool, sizeof(p->tool)));
		answer_text(&a, "tool", buf_bytes(&tool));
		answer_flag(&a, "counts", p->counts != 0);
		buf_free(&tool);
	}
	if (j->r.what == CONTROL_JOURNAL_CHECKPOINT ||
	    j->r.what == CONTROL_JOURNAL_KEPT)
		answer_flag(&a, "witnessed", p->seen != 0);
	data(j, &a, p->total, p->bytes);
}

static void
bundle_is(struct job *j, const struct message *m)
{
	static const char *const left[BUNDLE_RANKS] = { "left_thuong",
		"left_khan", "left_thuong_khan", "left_hoa_toc" };
	const struct msg_bundle_is *b = &m->body.bundle_is;
	const struct {
		const char *key;
		uint64_t n;
	} numbers[] = { { "number", b->number }, { "items", b->items },
		{ "bytes", b->bytes }, { "stored", b->stored },
		{ "known", b->known }, { "refused", b->refused },
		{ "later", b->later }, { "part", b->part },
		{ "answers", b->answers }, { "acts", b->acts } };
	struct answer a;
	uint64_t bytes = 0;
	size_t i;

	if (!went(j, b->rc, b->why))
		return;
	a = answer_new();
	answer_text(&a, "station", b->station);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		answer_number(&a, numbers[i].key, numbers[i].n);
	answer_time(&a, "at", b->at);
	answer_time(&a, "before", b->before);
	answer_flag(&a, "cut", b->cut != 0);
	for (i = 0; i < BUNDLE_RANKS; i++) {
		answer_number(&a, left[i], b->left[i]);
		bytes += b->left_bytes[i];
	}
	answer_number(&a, "left_bytes", bytes);
	answer_flag(&a, "closed", b->closed != 0);
	job_end(j, &a, RC_OK, (struct bytes){ 0 });
}

static void
print_is(struct job *j, const struct message *m)
{
	const struct msg_print_is *p = &m->body.print_is;
	struct answer a;

	if (!went(j, p->rc, p->why))
		return;
	a = answer_new();
	answer_number(&a, "size", p->size);
	answer_number(&a, "unknown", p->unknown);
	job_end(j, &a, RC_OK, (struct bytes){ 0 });
}

static void
scan_is(struct job *j, const struct message *m)
{
	static const char *const words[SCANS] = {
		[SCAN_OFF] = "off",
		[SCAN_CLEAN] = "clean",
		[SCAN_FOUND] = "found",
		[SCAN_AWAY] = "away",
	};
	const struct msg_scan_is *s = &m->body.scan_is;
	const struct msg_found found = { .uid = j->uid, .name = s->name };
	struct answer a = answer_new();

	if (s->is == SCAN_FOUND)
		(void)tell(PROC_STORE, MSG_FOUND, 0, &found, -1);
	answer_word(&a, "scan", words[s->is]);
	if (s->name.len > 0)
		answer_text(&a, "name", s->name);
	if (s->why.len > 0)
		answer_text(&a, "reason", s->why);
	answer_flag(&a, "required", s->must != 0);
	job_end(j, &a, RC_OK, (struct bytes){ 0 });
}

static void
progress(struct job *j, const struct message *m)
{
	struct buf text;

	answer_progress(&text, m->body.progress.done, m->body.progress.total);
	if (j->client != NULL)
		client_put(j->client, buf_bytes(&text));
	buf_free(&text);
}

static void
web_link(struct job *j, const struct message *m)
{
	const struct msg_web_link_is *l = &m->body.web_link_is;
	struct answer a;

	if (!went(j, l->rc, l->why))
		return;
	a = answer_new();
	answer_text(&a, "url", l->url);
	job_end(j, &a, RC_OK, (struct bytes){ 0 });
}

void
job_message(enum proc from, const struct message *m)
{
	static void (*const hears[MSG_LAST + 1])(
	    struct job * j, const struct message *m) = {
		[MSG_SIGNED_IN] = signed_in,
		[MSG_DESK_LIST] = rows,
		[MSG_ROWS] = rows,
		[MSG_LETTER] = letter,
		[MSG_DONE] = ended,
		[MSG_ENROL_PIECE] = piece,
		[MSG_JOURNAL_IS] = journal_is,
		[MSG_BUNDLE_IS] = bundle_is,
		[MSG_USER_IS] = user_is,
		[MSG_DOC_IS] = docs,
		[MSG_WEB_LINK_IS] = web_link,
		[MSG_WEB_CA_IS] = web_ca,
		[MSG_PRINT_IS] = print_is,
		[MSG_SCAN_IS] = scan_is,
	};
	struct job *j = jobs;

	while (j != NULL && j->number != m->job)
		j = j->next;
	if (j == NULL)
		return; /* from before it was started anew */
	if (m->kind == MSG_PROGRESS && from == j->at)
		progress(j, m);
	else if (m->kind == j->wants && from == j->at)
		hears[m->kind](j, m);
	else
		bug("control: an answer to what was not asked");
}

/* ---- requests
 * -------------------------------------------------------------- */

/* Jobs of clients that went away count too: they are still work for others. */
static enum rc
check_room(uint64_t uid, struct err *e)
{
	const struct job *j;
	size_t n = 0;

	for (j = jobs; j != NULL; j = j->next)
		n += j->uid == uid;
	return n < CLIENTS_OF_UID
		   ? RC_OK
		   : fail(e, RC_LIMIT,
			 "this user has too much at work in the station; try "
			 "again");
}

/* Hand the descriptors to seal, or media; they are taken. */
static bool
pass_files(const struct job *j, struct packet *p)
{
	const enum proc to = j->r.what == CONTROL_PRINT	 ? PROC_PRINT
			     : j->r.what == CONTROL_SCAN ? PROC_SCAN
			     : j->r.what >= CONTROL_MEDIA_WRITE &&
				     j->r.what <= CONTROL_MEDIA_LOOK
				 ? PROC_MEDIA
				 : PROC_SEAL;
	bool all = true;
	size_t i;

	for (i = 0; i < p->fd_count; i++)
		all = tell(to, MSG_FD, j->number, NULL, p->fds[i]) && all;
	p->fd_count = 0;
	return all;
}

static enum rc
check(struct control_request *r, const struct client *c, const struct packet *p,
    struct err *e)
{
	enum rc rc = check_room(client_uid(c), e);
	size_t i;

	if (rc == RC_OK)
		rc = control_read(r, buf_bytes(&p->bytes), p->fd_count, e);
	if (rc == RC_OK)
		rc = client_may_ask(client_uid(c), r->what, e);
	for (i = 0; i < p->fd_count && rc == RC_OK; i++)
		rc = file_check(p->fds[i],
		    r->what == CONTROL_SAVE || r->what == CONTROL_MEDIA_WRITE ||
			(r->what == CONTROL_PRINT && i == 1),
		    e);
	return rc;
}

static void
greet(struct client *c, const struct control_request *r)
{
	struct answer a = answer_new();
	struct buf text;

	answer_number(&a, "version", CONTROL_VERSION);
	answer_word(&a, "program", ANTIN_VERSION);
	if (r->version == CONTROL_VERSION)
		answer_end(&text, &a, RC_OK, (struct bytes){ 0 });
	else
		answer_end(&text, &a, RC_INVALID,
		    bytes_str(tr("the command and the station are of "
				 "different versions")));
	client_put(c, buf_bytes(&text));
	buf_free(&text);
}

static void
job_refuse(struct client *c, const struct err *e)
{
	struct answer a = answer_new();
	struct buf text;

	answer_end(&text, &a, e->rc, bytes_str(e->text));
	client_put(c, buf_bytes(&text));
	buf_free(&text);
}

void
job_new(struct client *c, struct packet *p)
{
	struct control_request r = { 0 };
	struct job *j;
	struct err e;

	if (check(&r, c, p, &e) != RC_OK) {
		job_refuse(c, &e);
	} else if (r.what == CONTROL_HELLO) {
		greet(c, &r);
	} else {
		j = alloc(1, sizeof(*j));
		*j = (struct job){ .next = jobs,
			.number = next_job(),
			.client = c,
			.uid = client_uid(c),
			.r = r,
			.rows = { .put = put_rows, .ctx = j } };
		r = (struct control_request){ 0 };
		jobs = j;
		client_waits(c, j);
		if (pass_files(j, p))
			requests[j->r.what].may ? ask_may(j)
						: requests[j->r.what].ask(j);
		else
			lost(j);
	}
	control_free(&r);
	packet_free(p);
}
