/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What somebody writes and has not sent (docs/registry.md 10): his alone, at
 * one desk, sealed, for a time.  What is in it is the matter of who wrote it.
 */
#include <string.h>

#include "control/control.h"
#include "core/base64.h"
#include "crypto/row.h"
#include "proc_store/registry.h"

#define AT_ONCE 50u /* that are over, in one round */

/* Title and data, sealed as one. */
#define TITLE "title"
#define DATA "data"
_Static_assert(CONTROL_DRAFT + CONTROL_TITLE + 64 + ROW_EXTRA <= STORE_DRAFT &&
		   CONTROL_DRAFT <= PAIRS_VALUE &&
		   CONTROL_DRAFT <= MSG_DOC_FIELDS,
    "docs/registry.md 10.1");
_Static_assert(
    CONTROL_DRAFT / 3 * 4 + 4 + 2 * CONTROL_TITLE + 4 * LIMIT_ADDRESS + 300 <=
	CONTROL_PACKET,
    "docs/registry.md 10.1");

/* All addresses under which his may lie: docs/registry.md 10.3. */
static void
names_of_him(struct names *out, const struct asking *a)
{
	size_t i;

	names_of(out, bytes_str(a->who.address));
	for (i = 0; i < out->count; i++)
		if (strcmp(out->name[i], a->who.person) == 0)
			return;
	if (out->count == NAMES_MAX)
		out->count--; /* the oldest */
	memcpy(out->name[out->count++], a->who.person, LIMIT_ADDRESS + 1);
}

/* ---- looking ------------------------------------------------------------- */

struct looking {
	const struct asking *a;
	struct buf *rows;
	size_t count;
	enum rc rc;
	struct err *e;
};

static void
add_draft(struct buf *rows, const struct store_draft *d, struct bytes pairs,
    bool whole)
{
	const struct bytes data = pairs_get(pairs, DATA);
	struct buf row = { 0 }, text = { 0 };
	char id[2 * ID_SIZE + 1];

	hex_write(id, bytes_of(d->id, ID_SIZE));
	pairs_add(&row, bytes_str("row"), bytes_str("draft"));
	pairs_add(&row, bytes_str("draft"), bytes_str(id));
	pairs_add(&row, bytes_str("title"), pairs_get(pairs, TITLE));
	row_number(&row, "#size", (int64_t)data.len);
	row_number(&row, "#changed", d->changed);
	row_number(&row, "#until", d->changed + DRAFT_KEPT);
	if (whole) {
		base64_write(&text, data);
		pairs_add(&row, bytes_str("data"), buf_bytes(&text));
	}
	rows_add(rows, &row);
	buf_free(&text);
}

static bool
list_draft(void *ctx, const struct store_draft *d)
{
	struct looking *l = ctx;
	struct buf text;

	if (!asking_is_desks(l->a, d->desk))
		return true;
	l->rc = sealed_read(&text, row_of_draft(d), d->text, l->e);
	if (l->rc == RC_OK)
		add_draft(l->rows, d, buf_bytes(&text), false);
	buf_free(&text);
	return l->rc == RC_OK;
}

enum rc
drafts_list(struct buf *rows, const struct asking *a, const struct msg_doc *m,
    struct err *e)
{
	struct looking l = { .a = a, .rows = rows, .e = e };
	struct names names;
	enum rc rc = RC_OK;
	size_t i;

	(void)m;
	names_of_him(&names, a);
	for (i = 0; i < names.count && rc == RC_OK; i++) {
		rc = st.store->ops->registry->drafts(
		    st.store, bytes_str(names.name[i]), list_draft, &l, e);
		if (rc == RC_OK)
			rc = l.rc;
	}
	return rc;
}

static enum rc
id_of(uint8_t id[static ID_SIZE], const struct msg_doc *m, struct err *e)
{
	return hex_parse(id, ID_SIZE, m->document)
		   ? RC_OK
		   : fail(e, RC_INVALID, "that is no draft's id");
}

/* His, under whatever address it lies; the caller frees *hold. */
static enum rc
find(struct store_draft *out, struct buf *hold, const struct asking *a,
    const struct msg_doc *m, struct err *e)
{
	uint8_t id[ID_SIZE];
	struct names names;
	enum rc rc;
	size_t i;

	*hold = (struct buf){ 0 };
	if ((rc = id_of(id, m, e)) != RC_OK)
		return rc;
	names_of_him(&names, a);
	rc = RC_ABSENT;
	for (i = 0; i < names.count && rc == RC_ABSENT; i++)
		rc = st.store->ops->registry->draft_get(
		    st.store, bytes_str(names.name[i]), id, out, hold, e);
	return rc;
}

static enum rc
no_such(const struct asking *a, struct err *e)
{
	return fail(e, RC_ABSENT, "you have no such draft at %s", a->address);
}

enum rc
drafts_get(struct buf *rows, const struct asking *a, const struct msg_doc *m,
    struct err *e)
{
	struct buf hold, text = { 0 };
	struct store_draft d;
	enum rc rc = find(&d, &hold, a, m, e);

	if (rc == RC_ABSENT || (rc == RC_OK && !asking_is_desks(a, d.desk)))
		rc = no_such(a, e);
	if (rc == RC_OK)
		rc = sealed_read(&text, row_of_draft(&d), d.text, e);
	if (rc == RC_OK)
		add_draft(rows, &d, buf_bytes(&text), true);
	buf_free(&text);
	buf_free(&hold);
	return rc;
}

/* ---- keeping ------------------------------------------------------------- */

static bool
count_draft(void *ctx, const struct store_draft *d)
{
	(void)d;
	++*(size_t *)ctx;
	return true;
}

static enum rc
check_room(const struct asking *a, struct err *e)
{
	struct names names;
	size_t i, count = 0;
	enum rc rc = RC_OK;

	names_of_him(&names, a);
	for (i = 0; i < names.count && rc == RC_OK; i++)
		rc = st.store->ops->registry->drafts(
		    st.store, bytes_str(names.name[i]), count_draft, &count, e);
	if (rc == RC_OK && count >= DRAFTS_MAX)
		rc = fail(e, RC_LIMIT,
		    "you have %u drafts already: delete one that you need no "
		    "more",
		    DRAFTS_MAX);
	return rc;
}

static enum rc
seal(struct buf *out, const struct store_draft *d, const struct msg_doc *m,
    struct err *e)
{
	struct buf pairs = { 0 };
	enum rc rc;

	pairs_add(&pairs, bytes_str(TITLE), m->text);
	pairs_add(&pairs, bytes_str(DATA), m->fields);
	rc = sealed_shut(out, row_of_draft(d), buf_bytes(&pairs), e);
	buf_free(&pairs);
	return rc;
}

static void
say_draft(uint64_t job, const struct store_draft *d, bool dropped)
{
	struct buf row = { 0 };
	char id[2 * ID_SIZE + 1];

	hex_write(id, bytes_of(d->id, ID_SIZE));
	pairs_add(&row, bytes_str("row"), bytes_str("draft"));
	pairs_add(&row, bytes_str("draft"), bytes_str(id));
	if (dropped) {
		pairs_add(&row, bytes_str("dropped"), bytes_str("yes"));
	} else {
		row_number(&row, "#changed", d->changed);
		row_number(&row, "#until", d->changed + DRAFT_KEPT);
	}
	rows_later(job, &row);
}

enum rc
drafts_put(uint64_t job, const struct asking *a, const struct msg_doc *m,
    struct err *e)
{
	const struct store_registry_ops *ops = st.store->ops->registry;
	struct buf hold, text = { 0 };
	struct store_draft was, d;
	enum rc rc = find(&was, &hold, a, m, e);

	d = (struct store_draft){ .person = bytes_str(a->who.address),
		.desk = bytes_str(a->address),
		.changed = station_now() };
	if ((rc != RC_OK && rc != RC_ABSENT) || id_of(d.id, m, e) != RC_OK)
		goto out;
	if (rc == RC_ABSENT)
		rc = check_room(a, e);
	if (rc == RC_OK)
		rc = seal(&text, &d, m, e);
	if (rc == RC_OK)
		rc = store_write(e);
	if (rc != RC_OK)
		goto out;
	/* that of an earlier address of his goes */
	if (hold.len > 0 && !bytes_eq(was.person, d.person))
		rc = store_failed(
		    ops->draft_drop(st.store, was.person, was.id, e));
	d.text = buf_bytes(&text);
	if (rc == RC_OK)
		rc = store_failed(ops->draft_put(st.store, &d, e));
	if (rc == RC_OK)
		say_draft(job, &d, false);
out:
	buf_free(&text);
	buf_free(&hold);
	return rc;
}

enum rc
drafts_drop(uint64_t job, const struct asking *a, const struct msg_doc *m,
    struct err *e)
{
	struct store_draft d;
	struct buf hold;
	enum rc rc = find(&d, &hold, a, m, e);

	if (rc == RC_ABSENT || (rc == RC_OK && !asking_is_desks(a, d.desk)))
		rc = no_such(a, e);
	if (rc == RC_OK)
		rc = store_write(e);
	if (rc == RC_OK)
		rc = store_failed(st.store->ops->registry->draft_drop(
		    st.store, d.person, d.id, e));
	if (rc == RC_OK)
		say_draft(job, &d, true);
	buf_free(&hold);
	return rc;
}

/* ---- the end ------------------------------------------------------------- */

void
drafts_tick(void)
{
	struct store_draft d;
	struct buf hold;
	struct err e;
	enum rc rc = RC_OK;
	int64_t now;
	size_t i;
	bool own;

	/* a machine's clock that was set ahead takes nobody's work away */
	now = station_judges(&own);
	for (i = 0; !own && i < AT_ONCE && rc == RC_OK; i++) {
		rc = st.store->ops->registry->draft_old(
		    st.store, now - DRAFT_KEPT, &d, &hold, &e);
		if (rc == RC_OK)
			rc = store_write(&e);
		if (rc == RC_OK)
			rc = store_failed(st.store->ops->registry->draft_drop(
			    st.store, d.person, d.id, &e));
		buf_free(&hold);
	}
}
