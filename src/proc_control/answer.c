/* SPDX-License-Identifier: EUPL-1.2 */
/* What siblings say, as answers to who asked. */
#include <string.h>

#include "core/base64.h"
#include "crypto/pem.h"
#include "crypto/totp.h"
#include "dispatch/statement.h"
#include "proc_control/job.h"
#include "store/store.h"

_Static_assert(CONTROL_CODE == REFUSED_WHYS - 1, "docs/receipts.md 3.1");

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

static void
signed_in(struct job *j, const struct message *m)
{
	const struct msg_signed_in *s = &m->body.signed_in;
	struct answer a;

	if (s->rc == RC_OK && job_ask_on(j))
		return;
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

	if (r->rc != RC_OK && r->of != ERR_OF_ALL) {
		a = answer_new();
		answer_word(&a, "of", err_of_name((enum err_of)r->of));
		job_end(j, &a, (enum rc)r->rc, r->why);
		return;
	}
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
		buf_free(&tool);
	}
	if (j->r.what == CONTROL_JOURNAL_CHECKPOINT || j->r.all)
		answer_flag(&a, "counts", p->counts != 0);
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
job_hear(struct job *j, const struct message *m)
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
		[MSG_SCAN_IS] = scan_hear,
	};

	if (m->kind == MSG_PROGRESS)
		progress(j, m);
	else
		hears[m->kind](j, m);
}
