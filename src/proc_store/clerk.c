/* SPDX-License-Identifier: EUPL-1.2 */
/* What clerks do to registers: they close volumes, add remarks, and say at
 * which number a series goes on (docs/registry.md 7.5, 7.6). */
#include <stdio.h>
#include <string.h>

#include "proc_store/registry.h"

/* A word is that of its register up to its ".". */
static bool
is_of_secrets(struct bytes word)
{
	const uint8_t *dot =
	    word.len == 0 ? NULL : memchr(word.p, '.', word.len);
	struct law_book book;

	if (dot != NULL)
		word.len = (size_t)(dot - word.p);
	return law_book(&book, word, station_now()) && book.secret;
}

static enum rc
check_clerk(const struct asking *a, struct bytes word, struct err *e)
{
	const unsigned may =
	    1u << ROLE_CLERK | 1u << ROLE_OPERATOR | 1u << ROLE_CUSTODIAN;

	if ((a->roles & may) == 0)
		return fail(e, RC_DENIED,
		    "registers are kept by a clerk, an operator or a "
		    "custodian");
	if (a->level == LEVEL_ORDINARY && is_of_secrets(word))
		return fail(e, RC_DENIED,
		    "docs/registry.md 7.5: this register is of state secrets, "
		    "and you are cleared for none");
	return RC_OK;
}

static bool
is_seen(void *ctx, const struct store_line *l)
{
	*(uint64_t *)ctx = l->serial;
	return false;
}

/* docs/registry.md 7.3: a line that he does not see is none. */
static enum rc
check_line_seen(const struct asking *a, struct bytes book, unsigned year,
    uint64_t serial, struct err *e)
{
	uint64_t seen = 0;
	enum rc rc = st.store->ops->registry->lines(st.store, book, year, 0,
	    serial, (unsigned)a->level, 1, is_seen, &seen, e);

	if (rc != RC_OK || (seen == serial && serial > 0))
		return rc;
	return fail(e, RC_ABSENT, "this register has no such line");
}

enum rc
book_close(
    const struct asking *a, struct bytes word, unsigned year, struct err *e)
{
	char name[BOOK_NAME];
	const struct bytes book = book_name(name, a->unit, word);
	struct store_volume v;
	struct buf hold, cover = { 0 };
	enum rc rc;

	if ((rc = check_clerk(a, word, e)) != RC_OK ||
	    (rc = store_write(e)) != RC_OK)
		return rc;
	rc =
	    st.store->ops->registry->volume(st.store, book, year, &v, &hold, e);
	buf_free(&hold);
	if (rc == RC_ABSENT || (rc == RC_OK && v.closed != 0))
		return fail(e, RC_ABSENT, "this register has no open volume");
	if (rc != RC_OK)
		return rc;
	rc = sealed_shut(&cover, row_of_book("volume", book, year, v.volume),
	    bytes_str(a->who.address), e);
	v.closed = station_now();
	v.cover = buf_bytes(&cover);
	if (rc == RC_OK)
		rc = store_failed(
		    st.store->ops->registry->volume_close(st.store, &v, e));
	buf_free(&cover);
	if (rc == RC_OK)
		journal_book(2, v.volume, book);
	return rc;
}

enum rc
book_remark(const struct asking *a, struct bytes word, unsigned year,
    uint64_t serial, struct bytes text, struct err *e)
{
	char name[BOOK_NAME];
	const struct bytes book = book_name(name, a->unit, word);
	struct buf both = { 0 }, cells = { 0 };
	enum rc rc;

	if ((rc = check_clerk(a, word, e)) != RC_OK ||
	    (rc = check_line_seen(a, book, year, serial, e)) != RC_OK ||
	    (rc = store_write(e)) != RC_OK)
		return rc;
	buf_add(&both, text);
	buf_add(&both, bytes_str(" ("));
	buf_add(&both, bytes_str(a->who.address));
	buf_add(&both, bytes_str(")"));
	pairs_add(&cells, bytes_str("note"), buf_bytes(&both));
	rc = store_failed(remark_keep(
	    book, year, serial, station_now(), buf_bytes(&cells), e));
	buf_free(&both);
	buf_free(&cells);
	if (rc == RC_ABSENT)
		return fail(e, RC_ABSENT, "this register has no such line");
	if (rc == RC_DENIED)
		return fail(e, RC_DENIED,
		    "the volume of this line is closed: it takes nothing more");
	return rc;
}

#define RESUME "registry.resume" /* what one person has said of it */

/* Another person has said the same, whose certificate the directory knows; who
 * has another address or key by now is the same (docs/registry.md 3.5). */
static bool
said_before(struct bytes said, const struct asking *a, struct bytes now)
{
	const struct state *s = &st.file.directory->state;
	uint8_t cert[SHA256_SIZE];
	size_t i;

	if (!bytes_eq(pairs_get(said, "which"), now) ||
	    !hex_parse(cert, sizeof(cert), pairs_get(said, "key")))
		return false;
	i = cert_by_fingerprint(s, cert);
	return i != NONE && i != a->who.cert &&
	       s->certs[i].holder != a->who.holder;
}

/* Since when it waits for two people: it is closed, or nothing was taken yet of
 * what two have said, who may have been wrong. */
static enum rc
resumes_since(int64_t *since, struct bytes series, unsigned year, struct err *e)
{
	struct store_series s;
	struct buf hold;
	uint64_t next;
	enum rc rc = number_at(&next, since, series, year, e);

	if (rc != RC_OK || *since > 0)
		return rc;
	rc = st.store->ops->registry->resumed(
	    st.store, series, year, &s, &hold, e);
	buf_free(&hold);
	*since = s.at;
	if (rc == RC_OK && s.from == next)
		return RC_OK;
	if (rc != RC_OK && rc != RC_ABSENT)
		return rc;
	return fail(e, RC_DENIED,
	    "docs/registry.md 7.6: this series is not closed: its "
	    "numbers go on by themselves");
}

enum rc
book_resume(const struct asking *a, struct bytes word, unsigned year,
    uint64_t number, struct bytes text, bool *done, struct err *e)
{
	char name[BOOK_NAME], which[BOOK_NAME + 64];
	char cert[2 * SHA256_SIZE + 1];
	struct store_series s = { .series = book_name(name, a->unit, word),
		.year = year,
		.from = number,
		.at = station_now() };
	struct buf said = { 0 }, reason = { 0 };
	uint64_t last;
	int64_t since;
	enum rc rc;

	*done = false;
	if ((rc = check_clerk(a, word, e)) != RC_OK ||
	    (rc = store_write(e)) != RC_OK ||
	    (rc = resumes_since(&since, s.series, year, e)) != RC_OK ||
	    (rc = st.store->ops->registry->taken(
		 st.store, s.series, year, &last, e)) != RC_OK)
		return rc;
	if (number <= last)
		return fail(e, RC_DENIED,
		    "number %llu of this series is taken already",
		    (unsigned long long)last);
	hex_write(cert,
	    bytes_of(st.file.directory->state.certs[a->who.cert].fingerprint,
		SHA256_SIZE));
	(void)snprintf(which, sizeof(which), "%s %u %llu %lld", name, year,
	    (unsigned long long)number, (long long)since);
	rc = st.store->ops->word(st.store, RESUME, &said, e);
	*done =
	    rc == RC_OK && said_before(buf_bytes(&said), a, bytes_str(which));
	buf_free(&said);
	if (rc != RC_OK && rc != RC_ABSENT)
		return rc;
	if (*done) {
		rc = sealed_shut(&reason,
		    row_of_book("resumed", s.series, year, 0), text, e);
		s.reason = buf_bytes(&reason);
		if (rc == RC_OK)
			rc = store_failed(
			    st.store->ops->registry->resume(st.store, &s, e));
		if (rc == RC_OK)
			journal_book(3, number, s.series);
	} else {
		pairs_add(&said, bytes_str("which"), bytes_str(which));
		pairs_add(&said, bytes_str("by"), bytes_str(a->who.address));
		pairs_add(&said, bytes_str("key"), bytes_str(cert));
		row_number(&said, "at", s.at);
		rc = RC_OK;
	}
	if (rc == RC_OK)
		rc = set_word(RESUME, buf_bytes(&said), e);
	buf_free(&said);
	buf_free(&reason);
	return rc;
}
