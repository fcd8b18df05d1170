/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines of registers, and remarks at them (docs/registry.md 4). */
#include <string.h>

#include "proc_store/doc_keep.h"

/* The volume that takes lines now; one is opened where there is none. */
static enum rc
open_volume(unsigned *volume, struct bytes book, unsigned year, struct err *e)
{
	struct store_volume v = { 0 }, next = { .book = book, .year = year };
	struct buf hold, cover;
	enum rc rc;

	rc =
	    st.store->ops->registry->volume(st.store, book, year, &v, &hold, e);
	buf_free(&hold);
	if (rc != RC_OK && rc != RC_ABSENT)
		return rc;
	*volume = v.volume;
	if (rc == RC_OK && v.closed == 0)
		return RC_OK;
	*volume = next.volume = v.volume + 1;
	next.opened = station_now();
	rc = sealed_shut(&cover, row_of_book("volume", book, year, next.volume),
	    (struct bytes){ 0 }, e);
	next.cover = buf_bytes(&cover);
	if (rc == RC_OK)
		rc = st.store->ops->registry->volume_open(st.store, &next, e);
	buf_free(&cover);
	if (rc == RC_OK)
		journal_book(1, next.volume, book);
	return rc;
}

enum rc
book_line_keep(const struct asking *a, uint64_t n,
    const struct acting_plan *plan, const struct acting_line *from,
    struct err *e)
{
	char name[BOOK_NAME];
	struct store_line l = { .book = book_name(name, a->unit, from->book),
		.year = from->year,
		.n = n,
		.level = plan->level,
		.rank = precedence_rank((enum precedence)plan->rank),
		.incoming = plan->incoming,
		.at = plan->at };
	struct buf cells = { 0 }, sealed = { 0 };
	enum rc rc;

	if ((rc = open_volume(&l.volume, l.book, l.year, e)) != RC_OK ||
	    (rc = st.store->ops->registry->serial(
		 st.store, l.book, l.year, &l.serial, e)) != RC_OK)
		return rc;
	row_number(&cells, "serial", (int64_t)l.serial);
	buf_add(&cells, from->cells);
	rc = sealed_shut(&sealed, row_of_book("line", l.book, l.year, l.serial),
	    buf_bytes(&cells), e);
	l.cells = buf_bytes(&sealed);
	if (rc == RC_OK)
		rc = st.store->ops->registry->line(st.store, &l, e);
	buf_free(&cells);
	buf_free(&sealed);
	return rc;
}

/* The document's last line in a register. */
struct finding {
	const char *unit;
	struct bytes word; /* empty: any */
	char book[BOOK_NAME];
	unsigned year;
	uint64_t serial; /* 0: there is none */
};

static bool
last_line(void *ctx, const struct store_line *l)
{
	struct finding *f = ctx;
	const struct bytes word = book_word(f->unit, l->book);

	if (word.len > 0 && (f->word.len == 0 || bytes_eq(word, f->word)) &&
	    l->book.len < BOOK_NAME) {
		memcpy(f->book, l->book.p, l->book.len);
		f->book[l->book.len] = '\0';
		f->year = l->year;
		f->serial = l->serial;
	}
	return true;
}

/* "text": pairs of columns' words and what is said of each. */
enum rc
remark_keep(struct bytes book, unsigned year, uint64_t serial, int64_t at,
    struct bytes text, struct err *e)
{
	struct store_remark r = {
		.book = book, .year = year, .serial = serial, .at = at
	};
	struct buf sealed;
	enum rc rc;

	rc = sealed_shut(
	    &sealed, row_of_book("remark", book, year, serial), text, e);
	r.text = buf_bytes(&sealed);
	if (rc == RC_OK)
		rc = st.store->ops->registry->remark(st.store, &r, e);
	buf_free(&sealed);
	return rc;
}

/* A closed volume takes nothing: then the document's steps alone say so. */
enum rc
book_line_remark(const struct asking *a, uint64_t n,
    const struct acting_plan *plan, const struct acting_line *from,
    struct err *e)
{
	struct finding f = { .unit = a->unit, .word = from->book };
	enum rc rc =
	    st.store->ops->registry->lines_of(st.store, n, last_line, &f, e);

	if (rc != RC_OK || f.serial == 0)
		return rc;
	rc = remark_keep(
	    bytes_str(f.book), f.year, f.serial, plan->at, from->cells, e);
	return rc == RC_DENIED ? RC_OK : rc;
}
