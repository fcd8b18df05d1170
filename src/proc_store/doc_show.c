/* SPDX-License-Identifier: EUPL-1.2 */
/* What people see of documents (docs/registry.md 7.4): lists, one with its
 * steps, what a search finds.  What is above somebody is not there for him. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base64.h"
#include "core/viet.h"
#include "pki/resolve.h"
#include "proc_store/registry.h"

#define LIST_MAX 500u
#define SLICE 50u /* documents that are opened at a time */

/* ---- lists --------------------------------------------------------------- */

/*
 * Where a list goes on (docs/registry.md 7.4): the first digits of the last
 * document's id.  Its number in the store would tell how many there are that
 * somebody does not see.
 */
#define MARK_DIGITS 13u /* every reader of JSON takes them */

static int64_t
mark_of(const uint8_t id[static ID_SIZE])
{
	struct rd r = rd_init(bytes_of(id, sizeof(uint64_t)));

	return (int64_t)(rd_u64(&r) >> (64 - 4 * MARK_DIGITS));
}

static bool
take_marked(void *ctx, const struct store_doc *d)
{
	*(uint64_t *)ctx = d->n;
	return false;
}

static enum rc
unmark(uint64_t *before, const struct asking *a, uint64_t mark, struct err *e)
{
	uint8_t id[ID_SIZE] = { 0 };
	unsigned i;
	enum rc rc;

	*before = 0;
	if (mark == 0)
		return RC_OK;
	for (i = 0; i < sizeof(mark); i++)
		id[i] =
		    (uint8_t)(mark << (64 - 4 * MARK_DIGITS) >> (56 - 8 * i));
	rc = st.store->ops->registry->find(st.store, id, MARK_DIGITS,
	    (unsigned)a->level, take_marked, before, e);
	if (rc == RC_OK && *before == 0)
		return fail(e, RC_ABSENT,
		    "the list does not go on there: read it anew");
	return rc;
}

/* A document that a list names; its words come out of the sealed summary. */
static enum rc
add_doc(struct buf *rows, const struct store_doc *d, struct bytes summary)
{
	static const char *const shown[] = { "type", "symbol", "date",
		"abstract", "from", "precedence", "assignee", "due", "dispatch",
		"by" };
	struct buf row = { 0 };
	char id[2 * ID_SIZE + 1];
	struct bytes value;
	size_t i;

	hex_write(id, bytes_of(d->id, ID_SIZE));
	pairs_add(&row, bytes_str("row"), bytes_str("document"));
	pairs_add(&row, bytes_str("document"), bytes_str(id));
	row_number(&row, "#n", mark_of(d->id));
	pairs_add(
	    &row, bytes_str("kind"), bytes_str(acting_kind_word(d->kind)));
	pairs_add(
	    &row, bytes_str("state"), bytes_str(acting_state_word(d->state)));
	pairs_add(&row, bytes_str("level"),
	    bytes_str(level_word((enum level)d->level)));
	row_number(&row, "#begun", d->opened);
	row_number(&row, "#changed", d->changed);
	row_number(&row, "#due-at", d->due);
	for (i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		value = pairs_get(summary, shown[i]);
		if (value.len > 0)
			pairs_add(&row, bytes_str(shown[i]), value);
	}
	rows_add(rows, &row);
	return RC_OK;
}

struct listing {
	struct buf *rows;
	uint64_t last;
	size_t count;
	enum rc rc;
	struct err *e;
};

static bool
list_doc(void *ctx, const struct store_doc *d)
{
	struct listing *l = ctx;
	struct buf summary;

	l->rc = sealed_read(&summary, row_of_doc(d->id), d->summary, l->e);
	if (l->rc == RC_OK)
		l->rc = add_doc(l->rows, d, buf_bytes(&summary));
	buf_free(&summary);
	l->last = d->n;
	l->count++;
	return l->rc == RC_OK;
}

static enum rc
filter_of(struct store_doc_filter *f, const struct asking *a,
    const struct msg_doc *m, struct err *e)
{
	*f = (struct store_doc_filter){ .desk = bytes_str(a->address),
		.level = (unsigned)a->level };
	return unmark(&f->before, a, m->before, e);
}

enum rc
docs_list(struct buf *rows, const struct asking *a, const struct msg_doc *m,
    struct err *e)
{
	struct listing l = { .rows = rows, .e = e };
	struct store_doc_filter f;
	size_t max =
	    m->max == 0 || m->max > LIST_MAX ? LIST_MAX : (size_t)m->max;
	enum rc rc;

	if ((rc = filter_of(&f, a, m, e)) != RC_OK)
		return rc;
	if (m->text.len > 0 && !acting_filter(&f.kinds, &f.states, m->text))
		return fail(e, RC_INVALID,
		    "\"%.*s\" is neither a kind nor a state of documents",
		    (int)m->text.len, (const char *)m->text.p);
	if (!m->all && f.states == 0)
		f.states = acting_open_states();
	rc = st.store->ops->registry->each(st.store, &f, max, list_doc, &l, e);
	return rc == RC_OK ? l.rc : rc;
}

/* ---- one of them --------------------------------------------------------- */

struct showing {
	struct buf *rows;
	const struct store_doc *d;
	bool record; /* as bytes */
	enum rc rc;
	struct err *e;
};

static void
add_bytes(struct buf *row, const char *name, struct bytes b)
{
	struct buf text = { 0 };

	base64_write(&text, b);
	pairs_add(row, bytes_str(name), buf_bytes(&text));
	buf_free(&text);
}

/* What the person of a step is called now: for what is printed. */
static void
add_name_of(struct buf *row)
{
	const struct state *state = &st.file.directory->state;
	const struct bytes person = pairs_get(buf_bytes(row), "person");
	struct resolved r;
	struct err e;

	if (resolve(st.file.directory, person, station_now(), &r, &e) ==
		RC_OK &&
	    r.holder != NONE)
		pairs_add(row, bytes_str("person-name"),
		    holder_name(&state->holders[r.holder], station_now()));
}

static bool
show_step(void *ctx, const struct store_step *step)
{
	struct showing *s = ctx;
	struct buf opening = { 0 }, row = { 0 };

	if (step->opening.len > 0)
		s->rc = sealed_read(&opening,
		    row_of_step(s->d->id, step->number), step->opening, s->e);
	if (s->rc == RC_OK && s->record) {
		pairs_add(&row, bytes_str("row"), bytes_str("step"));
		add_bytes(&row, "statement", step->statement);
		add_bytes(&row, "signature", step->signature);
		add_bytes(&row, "opening", buf_bytes(&opening));
	} else if (s->rc == RC_OK) {
		s->rc = acting_show_step(
		    &row, step->statement, buf_bytes(&opening), s->e);
	}
	if (s->rc == RC_OK && !s->record)
		add_name_of(&row);
	if (s->rc == RC_OK)
		rows_add(s->rows, &row);
	buf_free(&row);
	buf_free(&opening);
	return s->rc == RC_OK;
}

/* That somebody looks at a secret document is on disk before he does. */
static enum rc
note_view(const struct asking *a, const struct store_doc *d, bool print,
    struct err *e)
{
	char text[LIMIT_ADDRESS + 8];

	if (d->level == LEVEL_ORDINARY)
		return RC_OK;
	(void)snprintf(
	    text, sizeof(text), "%s%s", a->who.address, print ? " print" : "");
	return viewed(a, d->id, text, print, e);
}

static enum rc
show(struct buf *rows, const struct asking *a, const struct msg_doc *m,
    bool record, struct err *e)
{
	struct showing s = { .rows = rows, .record = record, .e = e };
	struct acting *acting = acting_new();
	struct buf hold = { 0 }, row = { 0 };
	struct store_doc d;
	enum rc rc;

	if ((rc = asking_doc(&d, &hold, a, m->document, e)) != RC_OK ||
	    (rc = note_view(a, &d, m->all, e)) != RC_OK ||
	    (rc = doc_load(acting, false, &d, e)) != RC_OK)
		goto out;
	if (!record) {
		acting_show(&row, acting);
		office_add(&row, a);
		type_add(&row, pairs_get(buf_bytes(&row), "type"));
		rows_add(rows, &row);
	}
	s.d = &d;
	rc = st.store->ops->registry->steps(st.store, d.n, 0, show_step, &s, e);
	if (rc == RC_OK)
		rc = s.rc;
out:
	acting_free(acting);
	buf_free(&hold);
	buf_free(&row);
	return rc;
}

enum rc
docs_show(struct buf *rows, const struct asking *a, const struct msg_doc *m,
    struct err *e)
{
	return show(rows, a, m, false, e);
}

enum rc
docs_record(struct buf *rows, const struct asking *a, const struct msg_doc *m,
    struct err *e)
{
	return show(rows, a, m, true, e);
}

/* ---- searching ----------------------------------------------------------- */

/* One that is at work. */
static struct search {
	struct search *next;
	uint64_t job;
	struct store_doc_filter f; /* its desk borrows from: */
	struct asking a;
	struct viet_search words;
	size_t max, found;
	struct buf rows;
	size_t looked;
	enum rc rc;
	struct err e;
} * searches; /* owned */

static bool
search_doc(void *ctx, const struct store_doc *d)
{
	struct search *s = ctx;
	struct buf summary, text = { 0 };
	struct bytes pairs, name, value;

	s->looked++;
	s->f.before = d->n;
	s->rc = sealed_read(&summary, row_of_doc(d->id), d->summary, &s->e);
	pairs = buf_bytes(&summary);
	while (pairs_next(&pairs, &name, &value)) {
		if (bytes_is(name, "by"))
			continue; /* it is no field of the document */
		buf_add(&text, value);
		buf_u8(&text, ' ');
	}
	if (s->rc == RC_OK && viet_found(&s->words, buf_bytes(&text))) {
		s->found++;
		s->rc = add_doc(&s->rows, d, buf_bytes(&summary));
	}
	buf_free(&summary);
	buf_free(&text);
	return s->rc == RC_OK && s->found < s->max;
}

static void
search_end(struct search *s)
{
	struct search **at = &searches;

	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	if (s->rc == RC_OK)
		rows_say(s->job, buf_bytes(&s->rows));
	else
		rows_refuse(s->job, &s->e);
	buf_free(&s->rows);
	wipe(s, sizeof(*s));
	free(s);
}

enum rc
docs_search(uint64_t job, const struct asking *a, const struct msg_doc *m,
    struct err *e)
{
	struct search *s = alloc(1, sizeof(*s));
	enum rc rc;

	s->a = *a;
	s->job = job;
	s->max = m->max == 0 || m->max > LIST_MAX ? LIST_MAX : (size_t)m->max;
	rc = filter_of(&s->f, &s->a, m, e);
	viet_search(&s->words, m->text);
	if (rc == RC_OK && s->words.count == 0)
		rc = fail(e, RC_INVALID, "nothing to look for");
	if (rc != RC_OK) {
		free(s);
		return rc;
	}
	s->next = searches;
	searches = s;
	slice_wake();
	return RC_OK;
}

/* Some documents more of the one that waits longest; between slices everybody
 * is served. */
bool
docs_search_slice(void)
{
	struct search *s = searches;
	enum rc rc;

	if (s == NULL)
		return false;
	while (s->next != NULL)
		s = s->next;
	s->looked = 0;
	rc = st.store->ops->registry->each(
	    st.store, &s->f, SLICE, search_doc, s, &s->e);
	if (s->rc == RC_OK)
		s->rc = rc;
	if (s->rc != RC_OK || s->looked < SLICE || s->found >= s->max)
		search_end(s);
	return searches != NULL;
}

void
docs_search_stop(void)
{
	struct search *s;

	while ((s = searches) != NULL) {
		searches = s->next;
		buf_free(&s->rows);
		wipe(s, sizeof(*s));
		free(s);
	}
}
