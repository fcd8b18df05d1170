/* SPDX-License-Identifier: EUPL-1.2 */
/* What each request asks of keys, seal, store and others. */
#include "proc_control/job.h"
#include "store/store.h"

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
	const struct msg_journal m = {
		.what = j->r.what == CONTROL_JOURNAL_KEPT && j->r.all
			    ? JOURNAL_WEIGHED
			    : asks[j->r.what],
		.id = j->r.id,
		.at = j->r.at,
	};

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
	[CONTROL_PRINT] = { print_ask, false },
	[CONTROL_SCAN] = { scan_ask, false },
};

void
job_ask(struct job *j)
{
	const struct msg_desk m = { j->uid, j->r.desk };

	if (requests[j->r.what].may)
		(void)job_tell(j, PROC_KEYS, MSG_MAY, &m, MSG_SIGNED_IN);
	else
		requests[j->r.what].ask(j);
}

bool
job_ask_on(struct job *j)
{
	if (!requests[j->r.what].may)
		return false;
	requests[j->r.what].ask(j);
	return true;
}
