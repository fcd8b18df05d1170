/* SPDX-License-Identifier: EUPL-1.2 */
/* Requests with much in them, as messages to a sibling. */
#include "proc_control/control.h"

void
message_seal(struct msg_seal *m, struct buf lists[static MESSAGE_LISTS],
    const struct control_request *r)
{
	struct buf *to = &lists[0], *parts = &lists[1], *references = &lists[2];
	struct msg_addressee one;
	struct msg_part part;
	size_t i;

	*m = (struct msg_seal){ .desk = r->desk,
		.level = r->level,
		.precedence = r->precedence,
		.info = r->info,
		.due = r->due,
		.expires = r->expires,
		.subject = r->subject,
		.list = r->list };
	for (i = 0; i < r->to_count; i++) {
		one = (struct msg_addressee){ r->to[i].address,
			r->to[i].purpose };
		list_add(to, LIST_ADDRESSEE, &one);
	}
	for (i = 0; i < r->part_count; i++) {
		part = (struct msg_part){ r->parts[i].kind, r->parts[i].name,
			r->parts[i].type, r->parts[i].of };
		list_add(parts, LIST_PART, &part);
	}
	for (i = 0; i < r->reference_count; i++)
		buf_add(references, id_bytes(&r->references[i]));
	m->to = buf_bytes(to);
	m->parts = buf_bytes(parts);
	m->references = buf_bytes(references);
	if (r->supersedes_set)
		m->supersedes = id_bytes(&r->supersedes);
	if (r->id_set)
		m->id = id_bytes(&r->id);
}

void
message_operate(struct msg_operate *m, const struct control_request *r)
{
	static const enum operate whats[CONTROLS] = {
		[CONTROL_SEEN] = OPERATE_SEEN,
		[CONTROL_HOLD] = OPERATE_HOLD,
		[CONTROL_RELEASE] = OPERATE_RELEASE,
		[CONTROL_REROUTE] = OPERATE_REROUTE,
		[CONTROL_DROP] = OPERATE_DROP,
		[CONTROL_BACKUP] = OPERATE_BACKUP,
		[CONTROL_BACKED] = OPERATE_BACKED,
		[CONTROL_REOPEN] = OPERATE_REOPEN,
	};

	*m = (struct msg_operate){ .what = whats[r->what],
		.by = r->hop_set  ? OPERATE_HOP
		      : r->id_set ? OPERATE_DISPATCH
				  : OPERATE_LEG,
		.q = r->what == CONTROL_SEEN	 ? r->alarm
		     : r->what == CONTROL_BACKED ? r->all
						 : r->leg,
		.id = r->id,
		.hop = r->hop,
		.station = r->station,
		.reason = r->reason };
}

void
message_duty(struct msg_duty *m, const struct control_request *r)
{
	static const enum duty_do whats[CONTROLS] = {
		[CONTROL_DUTY_PLAN] = DUTY_PLAN,
		[CONTROL_DUTY_OFFER] = DUTY_OFFER,
		[CONTROL_DUTY_TAKE] = DUTY_TAKE,
		[CONTROL_DUTY_NOTE] = DUTY_NOTE,
	};

	*m = (struct msg_duty){ .what = whats[r->what],
		.n = r->at,
		.login = r->login,
		.text = r->what == CONTROL_DUTY_PLAN ? buf_bytes(&r->data)
						     : r->reason };
}

void
message_doc(struct msg_doc *m, const struct control_request *r)
{
	static const enum reg_what whats[CONTROLS] = {
		[CONTROL_DOC] = REG_DO,
		[CONTROL_DOC_LIST] = REG_LIST,
		[CONTROL_DOC_SEARCH] = REG_SEARCH,
		[CONTROL_DOC_SHOW] = REG_SHOW,
		[CONTROL_DOC_RECORD] = REG_RECORD,
		[CONTROL_BOOKS] = REG_BOOKS,
		[CONTROL_BOOK] = REG_LINES,
		[CONTROL_BOOK_CLOSE] = REG_CLOSE,
		[CONTROL_BOOK_REMARK] = REG_REMARK,
		[CONTROL_BOOK_RESUME] = REG_RESUME,
		[CONTROL_REPORT] = REG_REPORT,
		[CONTROL_BOOK_PRINT] = REG_PRINT,
		[CONTROL_REPORT_TIMES] = REG_TIMES,
		[CONTROL_DRAFTS] = REG_DRAFTS,
		[CONTROL_DRAFT_GET] = REG_DRAFT_GET,
		[CONTROL_DRAFT_PUT] = REG_DRAFT_PUT,
		[CONTROL_DRAFT_DROP] = REG_DRAFT_DROP,
	};
	/* a box has "before", all else that is numbered "at" */
	const bool box = r->what == CONTROL_DOC_LIST ||
			 r->what == CONTROL_DOC_SEARCH ||
			 r->what == CONTROL_REPORT_TIMES;

	*m = (struct msg_doc){ .what = whats[r->what],
		.person = r->as,
		.desk = r->desk,
		.action = r->action,
		.document = r->document,
		.fields = buf_bytes(&r->fields),
		.text = r->text,
		.book = r->book,
		.all = r->all,
		.before = box ? r->before : r->at,
		.max = r->max,
		.year = r->year,
		.volume = r->volume,
		.from = r->from,
		.until = r->until };
}
