/* SPDX-License-Identifier: EUPL-1.2 */
/* What the store hears, and who answers it. */
#include "proc_store/heard.h"
#include "proc_store/carried.h"
#include "proc_store/duty.h"
#include "proc_store/lives.h"
#include "proc_store/lost.h"
#include "proc_store/notices.h"
#include "proc_store/registry.h"
#include "proc_store/rows.h"
#include "proc_store/sessions.h"
#include "proc_store/thin.h"
#include "proc_store/webca.h"

/* What link says of one line; of one that is gone nothing counts. */
static void
from_line(const struct message *m)
{
	struct line *l = line_of(m->body.conn.conn);

	if (l == NULL)
		return;
	if (m->kind == MSG_ITEM)
		take_item(l, &m->body.item);
	else if (m->kind == MSG_BIG)
		take_big(l, &m->body.item);
	else if (m->kind == MSG_BIG_DATA)
		take_data(l, &m->body.data);
	else if (m->kind == MSG_BIG_END)
		take_end(l, &m->body.number);
	else if (m->kind == MSG_TELL)
		tell_came(l, &m->body.tell);
	else if (m->kind == MSG_TOLD)
		tell_gone(l, m->body.number.number);
}

static void
from_link(const struct message *m)
{
	if (m->kind == MSG_LINK_KEY)
		line_key(&m->body.link_key);
	else if (m->kind == MSG_HELLO)
		line_hello(&m->body.hello);
	else if (m->kind == MSG_GONE)
		line_gone(m->body.conn.conn);
	else if (m->kind == MSG_SENT)
		line_sent(&m->body.taken);
	else if (m->kind == MSG_THIN_ASK)
		thin_ask(&m->body.thin_ask);
	else if (m->kind == MSG_THIN_SECRET)
		thin_secret(&m->body.thin_secret);
	else if (m->kind == MSG_STALE)
		life_stale(m->body.number.number);
	else if (m->kind == MSG_ENROL)
		enrol_came(&m->body.enrol);
	else if (m->kind == MSG_ENROL_DOWN)
		renew_heard(&m->body.enrol);
	else
		from_line(m);
}

static void
from_control(const struct message *m)
{
	if (m->kind == MSG_ASK && m->body.ask.what >= ASK_TREE)
		look_on(m->job, &m->body.ask);
	else if (m->kind == MSG_ASK)
		ask_rows(m->job, &m->body.ask);
	else if (m->kind == MSG_MARK)
		ask_mark(m->job, &m->body.mark);
	else if (m->kind == MSG_RECALL)
		recall_ask(m->job, &m->body.recall);
	else if (m->kind == MSG_ENROL_PULL)
		enrol_pull(m->job, &m->body.enrol_piece);
	else if (m->kind == MSG_ENROL_PUSH)
		enrol_push(m->job, &m->body.enrol_piece);
	else if (m->kind == MSG_ENROL_DROP)
		enrol_drop(m->job, &m->body.enrol_piece);
	else if (m->kind == MSG_INVITED)
		enrol_invited(m->job, &m->body.invited);
	else if (m->kind == MSG_DIRECTORY_GIVE)
		directory_give(m->job, &m->body.enrol_piece);
	else if (m->kind == MSG_DIRECTORY_TAKE)
		directory_take(m->job, &m->body.enrol_piece);
	else if (m->kind == MSG_EVIDENCE)
		evidence_take(m->job, &m->body.enrol_piece);
	else if (m->kind == MSG_JOURNAL)
		checkpoint_ask(m->job, &m->body.journal);
	else if (m->kind == MSG_OPERATE)
		operate_on(m->job, &m->body.operate);
	else if (m->kind == MSG_BUNDLE_NOTE)
		media_note(m->job, &m->body.bundle_note);
	else if (m->kind == MSG_DESTROYED)
		last_give(m->job, &m->body.enrol_piece);
	else if (m->kind == MSG_DUTY)
		duty_on(m->job, &m->body.duty);
	else if (m->kind == MSG_DOC)
		doc_on(m->job, &m->body.doc);
	else if (m->kind == MSG_WEB_CA)
		webca_show(m->job);
	else if (m->kind == MSG_FOUND)
		malware_found(&m->body.found);
}

static void
from_keys(const struct message *m)
{
	if (m->kind == MSG_HELD)
		station_named(&m->body.held);
	else if (m->kind == MSG_LINK_SIGNED)
		line_signed(m->job, &m->body.statement);
	else if (m->kind == MSG_VOUCHED)
		notice_signed(m->job, &m->body.vouched);
	else if (m->kind == MSG_DESK_STATE)
		notice_desk(&m->body.desk_state);
	else if (m->kind == MSG_RENEWAL)
		renew_made(&m->body.renewal);
	else if (m->kind == MSG_NOTED)
		checkpoint_noted(m->job, &m->body.noted);
	else if (m->kind == MSG_ROW_KEY_IS)
		rows_keyed(m->job, &m->body.row_key);
	else if (m->kind == MSG_PERSON)
		people_ask(m->job, &m->body.person);
	else if (m->kind == MSG_SESSION)
		people_session(m->job, &m->body.session);
	else if (m->kind == MSG_STEP_SIGNED)
		people_step_signed(m->job, &m->body.step_signed);
	else if (m->kind == MSG_WEB_SIGNED)
		webca_signed(m->job, &m->body.web_signed);
	else if (m->kind == MSG_THINNED)
		thin_keyed(m->job, &m->body.thinned);
	else if (m->kind == MSG_WITNESSED &&
		 !media_witnessed(m->job, &m->body.noted))
		lives_witnessed(m->job, &m->body.noted);
}

void
store_hears(enum proc from, const struct message *m, int fd)
{
	if (fd >= 0)
		bug("a descriptor that nobody asked for");
	if (from == PROC_LINK)
		from_link(m);
	else if (from == PROC_CONTROL)
		from_control(m);
	else if (from == PROC_MEDIA)
		media_said(m);
	else if (from == PROC_KEYS)
		from_keys(m);
	else if (m->kind == MSG_WEB_CERT) /* by tls */
		webca_ask(m->job, &m->body.web_cert);
	else if (m->kind == MSG_SUBMIT) /* by seal */
		take_submit(m->job, &m->body.submit);
	else if (from == PROC_SEAL)
		serve(m->job, m);
}
