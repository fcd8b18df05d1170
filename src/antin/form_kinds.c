/* SPDX-License-Identifier: EUPL-1.2 */
/* Which fields each form has, and how it is printed of them. */
#include "antin/form.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "form/line.h"
#include "form/register.h"
#include "form/stamps.h"

/* What is filled in of a form with a head. */
struct headed {
	struct bytes body, id, digest, date;
	union {
		struct form_head head; /* each of the others begins with it */
		struct form_telegram telegram;
		struct form_handover handover;
		struct form_copying copying;
		struct form_destruction destruction;
	} form;
};
#define AT(member) offsetof(struct headed, member)
#define END                                                                    \
	{                                                                      \
		NULL, NULL, 0, 0                                               \
	}

static const struct field head_fields[] = {
	{ "body", "\"party\" for a body of the Party; else it is the State's",
	    AT(body), 0 },
	{ "superior", "the superior body", AT(form.head.superior), 0 },
	{ "agency", "the agency", AT(form.head.agency), 0 },
	{ "number", "number and symbol", AT(form.head.number), 0 },
	{ "place-date", "place and date, as they stand above",
	    AT(form.head.place_date), 0 },
	{ "title", "another title", AT(form.head.title), 0 },
	{ "secrecy", "the mark of secrecy", AT(form.head.secrecy), 0 },
	END,
};

static enum rc
body(bool *party, struct bytes in, struct err *e)
{
	*party = bytes_is(in, "party");
	if (*party || in.len == 0 || bytes_is(in, "state"))
		return RC_OK;
	return fail(e, RC_INVALID, "\"body\" is \"party\" or \"state\"");
}

/* ---- telegrams ----------------------------------------------------------- */

static const struct field telegram_fields[] = {
	{ "urgency", "the mark of urgency", AT(form.telegram.urgency), 0 },
	{ "from", "who sends it", AT(form.telegram.from), 0 },
	{ "to", "to whom", AT(form.telegram.to), 0 },
	{ "registered", "the number of its arrival",
	    AT(form.telegram.registered), 0 },
	{ "authority", "who signed the draft", AT(form.telegram.authority), 0 },
	{ "groups", "how many groups or words", AT(form.telegram.groups), 0 },
	{ "pages", "how many pages", AT(form.telegram.pages), 0 },
	{ "copies", "how many copies", AT(form.telegram.copies), 0 },
	{ "product", "the kind of cipher product", AT(form.telegram.product),
	    0 },
	{ "key", "the key's designation, never the key", AT(form.telegram.key),
	    0 },
	{ "content", "the text; a line each time it is given",
	    AT(form.telegram.content), 0 },
	{ "stage", "stage | when | who", AT(form.telegram.stages),
	    FORM_STAGES },
	{ "clear-copy", "what became of the clear text",
	    AT(form.telegram.clear_copy), 0 },
	{ "notes", "notes", AT(form.telegram.notes), 0 },
	{ "operator", "the operator's name", AT(form.telegram.operator), 0 },
	{ "checker", "the checker's name", AT(form.telegram.checker), 0 },
	{ "receiver", "who signs for it", AT(form.telegram.receiver), 0 },
	{ "id", "the dispatch's id, for the QR code", AT(id), 0 },
	{ "digest", "a SHA-256, for the QR code", AT(digest), 0 },
	{ "date", "a day such as 2026-11-22, for the QR code", AT(date), 0 },
	END,
};

/* All of it, or nothing: then there is no code. */
static enum rc
line_of(struct buf *out, const struct headed *t, struct err *e)
{
	struct form_line line = { .number = t->form.head.number };

	*out = (struct buf){ 0 };
	if (t->id.len == 0 && t->digest.len == 0 && t->date.len == 0)
		return RC_OK;
	if (!hex_parse(line.id, sizeof(line.id), t->id) ||
	    !hex_parse(line.digest, sizeof(line.digest), t->digest) ||
	    t->date.len >= sizeof(line.date))
		return fail(e, RC_INVALID,
		    "docs/forms.md 6.5: \"id\" is 32 and \"digest\" 64 "
		    "hexadecimal digits, \"date\" a day such as 2026-11-22");
	if (t->date.len > 0)
		memcpy(line.date, t->date.p, t->date.len);
	return form_line_write(out, &line, e);
}

static enum rc
print_telegram(
    struct form_out *out, const struct headed *t, bool in, struct err *e)
{
	struct form_telegram form = t->form.telegram;
	struct buf line = { 0 };
	enum rc rc;

	form.in = in;
	if ((rc = body(&form.head.party, t->body, e)) != RC_OK)
		return rc;
	if ((rc = line_of(&line, t, e)) == RC_OK) {
		form.line = buf_bytes(&line);
		rc = form_telegram(out, &form, e);
	}
	buf_free(&line);
	return rc;
}

static enum rc
print_telegram_out(struct form_out *out, const void *form, struct err *e)
{
	return print_telegram(out, form, false, e);
}

static enum rc
print_telegram_in(struct form_out *out, const void *form, struct err *e)
{
	return print_telegram(out, form, true, e);
}

/* ---- minutes --------------------------------------------------------------
 */

static const struct field handover_fields[] = {
	{ "time", "when", AT(form.handover.time), 0 },
	{ "place", "where", AT(form.handover.place), 0 },
	{ "reason", "on what ground", AT(form.handover.reason), 0 },
	{ "gives", "who gives", AT(form.handover.gives.name), 0 },
	{ "gives-post", "his post", AT(form.handover.gives.post), 0 },
	{ "gives-unit", "his unit", AT(form.handover.gives.unit), 0 },
	{ "takes", "who takes", AT(form.handover.takes.name), 0 },
	{ "takes-post", "his post", AT(form.handover.takes.post), 0 },
	{ "takes-unit", "his unit", AT(form.handover.takes.unit), 0 },
	{ "witness", "a witness", AT(form.handover.witness.name), 0 },
	{ "witness-post", "his post", AT(form.handover.witness.post), 0 },
	{ "witness-unit", "his unit", AT(form.handover.witness.unit), 0 },
	{ "item", "what | number | level | how many | state of its seal",
	    AT(form.handover.items), FORM_ITEMS },
	{ "total", "how many together, in words", AT(form.handover.total), 0 },
	{ "notes", "notes", AT(form.handover.notes), 0 },
	{ "copies", "how many copies", AT(form.handover.copies), 0 },
	END,
};

static enum rc
print_handover(struct form_out *out, const void *in, struct err *e)
{
	const struct headed *h = in;
	struct form_handover form = h->form.handover;
	enum rc rc = body(&form.head.party, h->body, e);

	return rc == RC_OK ? form_handover(out, &form, e) : rc;
}

static const struct field copying_fields[] = {
	{ "document", "what is copied", AT(form.copying.document), 0 },
	{ "document-number", "its number and symbol", AT(form.copying.number),
	    0 },
	{ "document-date", "its date", AT(form.copying.date), 0 },
	{ "level", "its level", AT(form.copying.level), 0 },
	{ "kind", "how it is copied", AT(form.copying.kind), 0 },
	{ "purpose", "what for", AT(form.copying.purpose), 0 },
	{ "copies", "how many copies", AT(form.copying.copies), 0 },
	{ "place", "where", AT(form.copying.place), 0 },
	{ "device", "by which machine", AT(form.copying.device), 0 },
	{ "given", "the copy's number | to whom | when", AT(form.copying.given),
	    FORM_GIVEN },
	{ "surplus", "what was too many or spoilt", AT(form.copying.surplus),
	    0 },
	{ "copier", "who copies", AT(form.copying.copier), 0 },
	{ "authority", "who allows it", AT(form.copying.authority), 0 },
	{ "post", "his post", AT(form.copying.post), 0 },
	END,
};

static enum rc
print_copying(struct form_out *out, const void *in, struct err *e)
{
	const struct headed *c = in;
	struct form_copying form = c->form.copying;
	enum rc rc = body(&form.head.party, c->body, e);

	return rc == RC_OK ? form_copying(out, &form, e) : rc;
}

static const struct field destruction_fields[] = {
	{ "decision", "number, date and body of the decision",
	    AT(form.destruction.decision), 0 },
	{ "time", "when", AT(form.destruction.time), 0 },
	{ "place", "where", AT(form.destruction.place), 0 },
	{ "member", "name | post | rank in the council",
	    AT(form.destruction.council), FORM_COUNCIL },
	{ "witness", "name | post", AT(form.destruction.witnesses),
	    FORM_WITNESSES },
	{ "document", "what | number | date | level | how many",
	    AT(form.destruction.documents), FORM_DOCUMENTS },
	{ "total", "how many together, in words", AT(form.destruction.total),
	    0 },
	{ "method", "by what method", AT(form.destruction.method), 0 },
	{ "ended", "when it was done", AT(form.destruction.ended), 0 },
	{ "result", "what came of it", AT(form.destruction.result), 0 },
	{ "copies", "how many copies", AT(form.destruction.copies), 0 },
	END,
};

static enum rc
print_destruction(struct form_out *out, const void *in, struct err *e)
{
	const struct headed *d = in;
	struct form_destruction form = d->form.destruction;
	enum rc rc = body(&form.head.party, d->body, e);

	return rc == RC_OK ? form_destruction(out, &form, e) : rc;
}

const struct form_kind form_kinds[] = {
	{ "telegram-out", "the way of a telegram that goes out", head_fields,
	    telegram_fields, sizeof(struct headed), print_telegram_out },
	{ "telegram-in", "the way of a telegram that came in", head_fields,
	    telegram_fields, sizeof(struct headed), print_telegram_in },
	{ "handover", "minutes of what was given and taken", head_fields, handover_fields,
	    sizeof(struct headed), print_handover },
	{ "copying", "what was copied, by whose leave", head_fields,
	    copying_fields, sizeof(struct headed), print_copying },
	{ "destruction", "minutes of a destruction", head_fields,
	    destruction_fields, sizeof(struct headed), print_destruction },
	{ "stamps", "stamps and marks, in their size", NULL, form_stamps_fields,
	    sizeof(struct form_stamps_in), form_stamps_print },
	{ "register", "a register: its cover and its rows", NULL,
	    form_register_fields, sizeof(struct form_register_in),
	    form_register_print },
	{ NULL, NULL, NULL, NULL, 0, NULL },
};
