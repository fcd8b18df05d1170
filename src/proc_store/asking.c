/* SPDX-License-Identifier: EUPL-1.2 */
/* Who asks the registry for something, what there is for him, and how he is
 * answered (docs/registry.md 7.2, 7.3). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "pki/resolve.h"
#include "proc_store/registry.h"

/* ---- answers ------------------------------------------------------------- */

void
row_number(struct buf *row, const char *name, int64_t n)
{
	char text[24];

	if (n == TIME_NEVER)
		return;
	(void)snprintf(text, sizeof(text), "%lld", (long long)n);
	pairs_add(row, bytes_str(name), bytes_str(text));
}

void
rows_add(struct buf *rows, struct buf *row)
{
	buf_u64(rows, row->len);
	buf_add(rows, buf_bytes(row));
	buf_free(row);
}

void
rows_say(uint64_t job, struct bytes rows)
{
	struct msg_doc_is out = { .rc = RC_OK };
	size_t at = 0, next;
	struct rd r;

	if (rows.len == 0)
		rows = bytes_str(""); /* none have a place to begin at, too */
	r = rd_init(rows);
	do {
		next = at;
		/* as many as a message takes */
		while (r.in.len > 0) {
			(void)rd_bytes(&r, (size_t)rd_u64(&r));
			if (rows.len - r.in.len - at > MSG_DOC_ROWS)
				break;
			next = rows.len - r.in.len;
		}
		if (r.bad || (next == at && rows.len > at))
			bug("rows that are none");
		out.rows = bytes_of(rows.p + at, next - at);
		out.last = next == rows.len;
		(void)tell(PROC_CONTROL, MSG_DOC_IS, job, &out, -1);
		at = next;
		r = rd_init(bytes_of(rows.p + at, rows.len - at));
	} while (at < rows.len);
}

void
rows_refuse(uint64_t job, const struct err *e)
{
	const struct msg_doc_is out = {
		.rc = e->rc,
		.why = bytes_str(e->text),
		.last = 1,
		.of = e->of,
	};

	(void)tell(PROC_CONTROL, MSG_DOC_IS, job, &out, -1);
}

/* What is said when it is on disk. */
static struct later {
	uint64_t job;
	struct buf rows;
} * laters; /* owned */
static size_t later_count;

void
rows_later(uint64_t job, struct buf *row)
{
	struct later *l;

	laters = vec_more(laters, later_count, sizeof(*laters));
	l = &laters[later_count++];
	*l = (struct later){ .job = job };
	rows_add(&l->rows, row);
}

void
rows_say_later(uint64_t job, struct buf *rows)
{
	laters = vec_more(laters, later_count, sizeof(*laters));
	laters[later_count++] = (struct later){ job, *rows };
	*rows = (struct buf){ 0 };
}

void
docs_settled(bool kept, const struct err *e)
{
	size_t i;

	docs_scrub(kept);
	for (i = 0; i < later_count; i++) {
		if (kept)
			rows_say(laters[i].job, buf_bytes(&laters[i].rows));
		else
			rows_refuse(laters[i].job, e);
		buf_free(&laters[i].rows);
	}
	free(laters);
	laters = NULL;
	later_count = 0;
}

/* ---- who asks ------------------------------------------------------------ */

/* He holds this role at any desk of the unit. */
static bool
inspects(const struct session *who, size_t unit)
{
	const struct state *s = &st.file.directory->state;
	size_t i;

	for (i = 0; i < s->role_count; i++)
		if (s->roles[i].person == who->holder &&
		    s->roles[i].role == ROLE_INSPECTOR &&
		    s->holders[s->roles[i].desk].unit == unit &&
		    session_role(who, s->roles[i].desk, ROLE_INSPECTOR))
			return true;
	return false;
}

enum rc
asking_of(struct asking *out, const struct msg_doc *m, struct err *e)
{
	struct directory *d = st.file.directory;
	struct resolved r;
	struct route way;
	enum rc rc;

	*out = (struct asking){ 0 };
	if ((rc = session_of(&out->who, m->uid, m->person, e)) != RC_OK ||
	    (rc = resolve(d, m->desk, station_now(), &r, e)) != RC_OK)
		return rc;
	route_find(d, st.unit, m->desk, station_now(), &way);
	if (!st.named || r.holder == NONE || way.way != WAY_HERE ||
	    d->state.holders[r.holder].person)
		return fail(e, RC_DENIED, "%.*s is no desk of this station",
		    (int)m->desk.len, (const char *)m->desk.p);
	out->desk = r.holder;
	memcpy(out->address, r.address, sizeof(out->address));
	hex_write(out->unit, id_bytes(&d->state.units[r.unit].uid));
	out->roles = session_roles(&out->who, r.holder);
	out->level = session_level(&out->who);
	if (out->roles == 0 && !inspects(&out->who, r.unit))
		return fail(e, RC_DENIED, "%s has no role at %s",
		    out->who.address, out->address);
	return RC_OK;
}

bool
asking_is_desks(const struct asking *a, struct bytes desk)
{
	struct resolved r;
	struct err e;

	return bytes_is(desk, a->address) ||
	       (resolve(st.file.directory, desk, station_now(), &r, &e) ==
		       RC_OK &&
		   r.holder == a->desk);
}

/* Of those whose id begins so, the desk's. */
struct beginning {
	const struct asking *a;
	struct store_doc *out;
	struct buf *hold;
	size_t count;
};

static bool
take_beginning(void *ctx, const struct store_doc *d)
{
	struct beginning *b = ctx;

	if (!asking_is_desks(b->a, d->desk))
		return true;
	if (b->count++ > 0)
		return false;
	*b->out = *d;
	buf_reserve(b->hold, d->desk.len + d->summary.len);
	buf_add(b->hold, d->desk);
	buf_add(b->hold, d->summary);
	b->out->desk.p = b->hold->p;
	b->out->summary.p = b->hold->p + d->desk.len;
	return true;
}

enum rc
asking_doc(struct store_doc *out, struct buf *hold, const struct asking *a,
    struct bytes digits, struct err *e)
{
	struct beginning b = { .a = a, .out = out, .hold = hold };
	uint8_t id[STORE_DOC_ID];
	char full[2 * STORE_DOC_ID];
	enum rc rc;

	*hold = (struct buf){ 0 };
	if (digits.len == 0 || digits.len > sizeof(full))
		return fail(e, RC_INVALID, "a document is wanted");
	memset(full, '0', sizeof(full));
	memcpy(full, digits.p, digits.len);
	if (!hex_parse(id, sizeof(id), bytes_of(full, sizeof(full))))
		return fail(e, RC_INVALID, "that is no document's id");
	rc = st.store->ops->registry->find(st.store, id, (unsigned)digits.len,
	    (unsigned)a->level, take_beginning, &b, e);
	if (rc == RC_OK && b.count == 1)
		return RC_OK;
	if (rc == RC_OK && b.count > 1)
		rc = fail(e, RC_EXISTS,
		    "several documents begin with %.*s: more digits are wanted",
		    (int)digits.len, (const char *)digits.p);
	else if (rc == RC_OK)
		rc =
		    fail(e, RC_ABSENT, "no such document is at %s", a->address);
	buf_free(hold);
	return rc;
}

/* ---- what there is of it ------------------------------------------------- */

struct loading {
	struct acting *to;
	bool about;
	const struct store_doc *d;
	enum rc rc;
	struct err *e;
};

static bool
load_step(void *ctx, const struct store_step *step)
{
	struct loading *l = ctx;
	struct buf opening = { 0 };

	if (step->opening.len > 0)
		l->rc = sealed_read(&opening,
		    row_of_step(l->d->id, step->number), step->opening, l->e);
	if (l->rc == RC_OK)
		l->rc = acting_step(l->to, l->about, step->statement,
		    buf_bytes(&opening), l->e);
	buf_free(&opening);
	return l->rc == RC_OK;
}

enum rc
doc_load(
    struct acting *to, bool about, const struct store_doc *d, struct err *e)
{
	struct loading l = { .to = to, .about = about, .d = d, .e = e };
	enum rc rc =
	    st.store->ops->registry->steps(st.store, d->n, 0, load_step, &l, e);

	if (rc == RC_OK)
		rc = l.rc;
	return rc == RC_OK ? acting_whole(to, about, e) : rc;
}
