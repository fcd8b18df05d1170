/* SPDX-License-Identifier: EUPL-1.2 */
/* Dispatches and their packages. */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "store/check.h"
#include "store/sqlite.h"

void
sqlite_stored(const struct sqlite_run *r, int i, struct stored *out)
{
	*out = (struct stored){ .n = sqlite_get_uint(r, i) };
	sqlite_get_fixed(r, i + 1, out->header.id.b, ID_SIZE);
	out->header.origin = sqlite_get_bytes(r, i + 2);
	out->header.incarnation = sqlite_get_uint(r, i + 3);
	out->header.serial = sqlite_get_uint(r, i + 4);
	out->header.precedence =
	    (enum precedence)(sqlite_get_uint(r, i + 5) % PRECEDENCES);
	out->header.expires = sqlite_get_int(r, i + 6);
	sqlite_get_fixed(r, i + 7, out->digest, SHA256_SIZE);
	out->from = sqlite_get_bytes(r, i + 8);
	out->desk = sqlite_get_bytes(r, i + 9);
	out->at = sqlite_get_int(r, i + 10);
	out->own_clock = sqlite_get_int(r, i + 11) != 0;
	out->entry = sqlite_get_uint(r, i + 12);
	out->copy = sqlite_get_uint(r, i + 13);
	out->envelope = sqlite_get_uint(r, i + 14);
	out->total = sqlite_get_uint(r, i + 15);
	sqlite_get_fixed(r, i + 16, out->sum, SHA256_SIZE);
	out->gone = sqlite_get_int(r, i + 17) != 0;
}

/* ---- keeping ----------------------------------------------------------- */

/* RC_EXISTS where its key is known: nothing was written. */
static enum rc
put_row(struct sqlite *s, struct stored *d, struct err *e)
{
	const struct header *h = &d->header;
	struct sqlite_run r = sqlite_run(s, QUERY_PUT,
	    "INSERT INTO dispatch (id, origin, incarnation, serial,"
	    " precedence, expires, digest, came, desk, at, own_clock,"
	    " envelope, total, sum, entry) VALUES"
	    " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,"
	    " ?15)"
	    " ON CONFLICT DO NOTHING");
	enum rc rc;

	sqlite_bytes(&r, 1, id_bytes(&h->id));
	sqlite_bytes(&r, 2, h->origin);
	sqlite_int(&r, 3, (int64_t)h->incarnation);
	sqlite_int(&r, 4, (int64_t)h->serial);
	sqlite_int(&r, 5, h->precedence);
	sqlite_int(&r, 6, h->expires);
	sqlite_bytes(&r, 7, bytes_of(d->digest, SHA256_SIZE));
	sqlite_bytes(&r, 8, d->from);
	sqlite_bytes(&r, 9, d->desk);
	sqlite_int(&r, 10, d->at);
	sqlite_int(&r, 11, d->own_clock);
	sqlite_uint(&r, 12, d->envelope);
	sqlite_uint(&r, 13, d->total);
	sqlite_bytes(&r, 14, bytes_of(d->sum, SHA256_SIZE));
	sqlite_uint(&r, 15, d->entry);
	if ((rc = sqlite_do(&r, e)) != RC_OK)
		return rc;
	if (sqlite3_changes(s->db) == 0)
		return fail(e, RC_EXISTS, "store: this dispatch is known");
	d->n = (uint64_t)sqlite3_last_insert_rowid(s->db);
	return RC_OK;
}

/* Its key is known: is it the same?  RC_EXISTS, RC_DENIED. */
static enum rc
put_known(struct sqlite *s, struct stored *d, struct err *e)
{
	const struct header *h = &d->header;
	struct sqlite_run r = sqlite_run(s, QUERY_KNOWN,
	    "SELECT n, digest FROM dispatch WHERE id = ?1 AND origin = ?2"
	    " AND incarnation = ?3 AND serial = ?4");
	uint8_t digest[SHA256_SIZE];
	bool found;
	enum rc rc;

	sqlite_bytes(&r, 1, id_bytes(&h->id));
	sqlite_bytes(&r, 2, h->origin);
	sqlite_int(&r, 3, (int64_t)h->incarnation);
	sqlite_int(&r, 4, (int64_t)h->serial);
	if ((found = sqlite_row(&r))) {
		d->n = sqlite_get_uint(&r, 0);
		sqlite_get_fixed(&r, 1, digest, sizeof(digest));
	}
	if ((rc = sqlite_end(&r, e)) != RC_OK)
		return rc;
	if (!found) {
		s->lost = true;
		(void)fail(e, RC_IO, "store: the index of keys is damaged");
		s->why = *e;
		return RC_IO;
	}
	if (memcmp(digest, d->digest, SHA256_SIZE) == 0)
		return fail(e, RC_EXISTS, "store: this dispatch is known");
	r = sqlite_run(s, QUERY_CLASH, "UPDATE clash SET count = count + 1");
	if ((rc = sqlite_do(&r, e)) != RC_OK)
		return rc;
	s->now.clashes++;
	return fail(e, RC_DENIED,
	    "store: another dispatch is known under this key (number %llu)",
	    (unsigned long long)d->n);
}

static enum rc
put_package(struct sqlite *s, const struct stored *d, struct bytes package,
    struct err *e)
{
	struct sqlite_run r;

	if (d->total <= STORE_INLINE) {
		r = sqlite_run(s, QUERY_PUT_PACKAGE,
		    "INSERT INTO package (n, bytes) VALUES (?1, ?2)");
		sqlite_bytes(&r, 2, package);
	} else {
		r = sqlite_run(s, QUERY_PUT_FILE,
		    "INSERT INTO file (n, sum) VALUES (?1, ?2)");
		sqlite_bytes(&r, 2, bytes_of(d->sum, SHA256_SIZE));
	}
	sqlite_uint(&r, 1, d->n);
	return sqlite_do(&r, e);
}

enum rc
sqlite_put(
    struct store *store, struct stored *d, struct bytes package, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_stored(d, package, e)) != RC_OK)
		return rc;
	d->copy = 0;
	rc = put_row(s, d, e);
	if (rc == RC_EXISTS)
		return put_known(s, d, e);
	if (rc == RC_OK && (rc = put_package(s, d, package, e)) == RC_OK) {
		s->put = d->n;
		s->put_total = d->total;
		s->put_legs = 0;
	}
	return rc;
}

enum rc
sqlite_copy(
    struct store *store, struct stored *d, struct bytes package, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	bool made;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_stored(d, package, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_PUT_COPY,
	    "INSERT INTO copy (n, c, envelope, total, sum, here, bytes)"
	    " SELECT d.n, (SELECT ifnull(max(c), 0) + 1 FROM copy"
	    "  WHERE n = ?1), ?2, ?3, ?4, ?5, ?6"
	    " FROM dispatch d WHERE d.n = ?1 RETURNING c");
	sqlite_uint(&r, 1, d->n);
	sqlite_uint(&r, 2, d->envelope);
	sqlite_uint(&r, 3, d->total);
	sqlite_bytes(&r, 4, bytes_of(d->sum, SHA256_SIZE));
	sqlite_int(&r, 5, d->total <= STORE_INLINE ? 1 : 2);
	sqlite_bytes(&r, 6, package);
	if ((made = sqlite_row(&r)))
		d->copy = sqlite_get_uint(&r, 0);
	if ((rc = sqlite_end(&r, e)) != RC_OK)
		return rc;
	if (!made)
		return fail(e, RC_ABSENT, "store: no such dispatch");
	return RC_OK;
}

/* ---- asking ------------------------------------------------------------ */

/* The one row of a run that was bound; what it borrows is kept. */
static enum rc
one(struct sqlite *s, struct sqlite_run *r, struct stored *out, struct err *e)
{
	bool found;
	enum rc rc;

	*out = (struct stored){ 0 };
	if ((found = sqlite_row(r))) {
		sqlite_stored(r, 0, out);
		out->header.origin = sqlite_keep(
		    s->held.address[0], LIMIT_ADDRESS, out->header.origin);
		out->from =
		    sqlite_keep(s->held.address[1], LIMIT_ADDRESS, out->from);
		out->desk =
		    sqlite_keep(s->held.address[2], LIMIT_ADDRESS, out->desk);
	}
	if ((rc = sqlite_end(r, e)) != RC_OK)
		return rc;
	if (!found)
		return fail(e, RC_ABSENT, "store: no such dispatch");
	return RC_OK;
}

/* One of a further copy: its columns stand where the first one's would. */
#define COPY SQLITE_DISPATCH ", k.c, k.envelope, k.total, k.sum, k.here = 0"

enum rc
sqlite_get(struct store *store, uint64_t n, uint64_t copy, struct stored *out,
    struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r =
	    copy == 0
		? sqlite_run(s, QUERY_GET,
		      "SELECT " SQLITE_STORED " FROM dispatch d WHERE d.n = ?1")
		: sqlite_run(s, QUERY_GET_COPY,
		      "SELECT " COPY " FROM dispatch d CROSS JOIN copy k"
		      " ON k.n = d.n AND k.c = ?2 WHERE d.n = ?1");

	sqlite_uint(&r, 1, n);
	if (copy != 0)
		sqlite_uint(&r, 2, copy);
	return one(s, &r, out, e);
}

enum rc
sqlite_find(
    struct store *store, const struct id *id, struct stored *out, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r = sqlite_run(s, QUERY_FIND,
	    "SELECT " SQLITE_STORED " FROM dispatch d WHERE d.n ="
	    " (SELECT n FROM dispatch WHERE id = ?1"
	    "  ORDER BY desk = x'', n LIMIT 1)");

	sqlite_bytes(&r, 1, id_bytes(id));
	return one(s, &r, out, e);
}

enum rc
sqlite_find_at(struct store *store, const struct id *id, struct bytes desk,
    struct stored *out, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r = sqlite_run(s, QUERY_FIND_AT,
	    "SELECT " SQLITE_STORED " FROM dispatch d WHERE d.n ="
	    " (SELECT n FROM dispatch f WHERE id = ?1 AND (desk = ?2 OR EXISTS"
	    "  (SELECT 1 FROM delivery l WHERE l.n = f.n AND l.desk = ?2))"
	    "  ORDER BY desk <> ?2, n LIMIT 1)");

	sqlite_bytes(&r, 1, id_bytes(id));
	sqlite_bytes(&r, 2, desk);
	return one(s, &r, out, e);
}

enum rc
sqlite_known(struct store *store, const struct header *key, struct stored *out,
    struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r = sqlite_run(s, QUERY_FIND_KEY,
	    "SELECT " SQLITE_STORED " FROM dispatch d WHERE d.id = ?1"
	    " AND d.origin = ?2 AND d.incarnation = ?3 AND d.serial = ?4");

	sqlite_bytes(&r, 1, id_bytes(&key->id));
	sqlite_bytes(&r, 2, key->origin);
	sqlite_int(&r, 3, (int64_t)key->incarnation);
	sqlite_int(&r, 4, (int64_t)key->serial);
	return one(s, &r, out, e);
}

enum rc
sqlite_package(struct store *store, uint64_t n, uint64_t copy, struct buf *out,
    struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r =
	    copy == 0 ? sqlite_run(s, QUERY_PACKAGE,
			    "SELECT bytes FROM package WHERE n = ?1")
		      : sqlite_run(s, QUERY_PACKAGE_COPY,
			    "SELECT bytes FROM copy"
			    " WHERE n = ?1 AND c = ?2 AND here = 1");
	bool found;
	enum rc rc;

	*out = (struct buf){ 0 };
	sqlite_uint(&r, 1, n);
	if (copy != 0)
		sqlite_uint(&r, 2, copy);
	if ((found = sqlite_row(&r)))
		buf_add(out, sqlite_get_bytes(&r, 0));
	if ((rc = sqlite_end(&r, e)) != RC_OK)
		return rc;
	if (!found)
		return fail(
		    e, RC_ABSENT, "store: the package is not in the database");
	return RC_OK;
}

enum rc
sqlite_there(
    struct sqlite *s, uint64_t n, uint64_t copy, uint64_t *total, struct err *e)
{
	struct sqlite_run r;
	bool found;
	enum rc rc;

	*total = s->put_total;
	if (n != 0 && n == s->put && copy == 0 && !s->lost)
		return RC_OK;
	*total = 0;
	r = copy == 0
		? sqlite_run(s, QUERY_THERE,
		      "SELECT d.total FROM dispatch d WHERE d.n = ?1 AND"
		      " (EXISTS (SELECT 1 FROM package p WHERE p.n = d.n) OR"
		      " EXISTS (SELECT 1 FROM file f WHERE f.sum = d.sum AND"
		      " f.n = d.n))")
		: sqlite_run(s, QUERY_THERE_COPY,
		      "SELECT total FROM copy"
		      " WHERE n = ?1 AND c = ?2 AND here <> 0");
	sqlite_uint(&r, 1, n);
	if (copy != 0)
		sqlite_uint(&r, 2, copy);
	if ((found = sqlite_row(&r)))
		*total = sqlite_get_uint(&r, 0);
	if ((rc = sqlite_end(&r, e)) != RC_OK)
		return rc;
	if (!found)
		return fail(e, RC_ABSENT,
		    "store: no such dispatch, or its package is gone");
	return RC_OK;
}

enum rc
sqlite_outbox(struct store *store, struct bytes desk, uint64_t before,
    size_t max, bool (*each)(void *ctx, const struct stored *of), void *ctx,
    struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r = sqlite_run(s, QUERY_OUTBOX,
	    "SELECT " SQLITE_STORED " FROM dispatch d INDEXED BY dispatch_desk"
	    " WHERE d.desk = ?1 AND d.desk <> x'' AND d.n < ?2"
	    " ORDER BY d.n DESC LIMIT ?3");
	struct stored of;

	sqlite_bytes(&r, 1, desk);
	sqlite_uint(&r, 2, before);
	sqlite_uint(&r, 3, max);
	while (sqlite_row(&r)) {
		sqlite_stored(&r, 0, &of);
		if (!each(ctx, &of))
			break;
	}
	return sqlite_end(&r, e);
}

/* ---- purging ----------------------------------------------------------- */

struct candidate {
	uint64_t n, copy;
	uint8_t sum[SHA256_SIZE];
	bool in_file;
	bool goes; /* it is as it was when it became one */
};

/* The caller frees *out. */
static enum rc
candidates(struct sqlite *s, size_t max, struct candidate **out, size_t *count,
    struct err *e)
{
	struct sqlite_run r = sqlite_run(s, QUERY_PURGE_LIST,
	    "SELECT o.n, o.c, ifnull(k.sum, d.sum), ifnull(k.total, d.total),"
	    " NOT EXISTS (SELECT 1 FROM leg l INDEXED BY leg_dispatch"
	    "  WHERE l.n = o.n AND l.c = o.c AND l.state IN (0, 4)) AND"
	    " NOT EXISTS (SELECT 1 FROM dest t CROSS JOIN delivery v"
	    "  ON v.desk = t.address AND v.n = t.n AND v.c = o.c"
	    "  WHERE t.n = o.n AND t.q = 0)"
	    " FROM over o CROSS JOIN dispatch d ON d.n = o.n"
	    " LEFT JOIN copy k ON k.n = o.n AND k.c = o.c"
	    " ORDER BY o.n, o.c LIMIT ?1");
	struct candidate *c;

	*out = NULL;
	*count = 0;
	sqlite_uint(&r, 1, max);
	while (sqlite_row(&r)) {
		*out = vec_more(*out, *count, sizeof(**out));
		c = &(*out)[(*count)++];
		c->n = sqlite_get_uint(&r, 0);
		c->copy = sqlite_get_uint(&r, 1);
		sqlite_get_fixed(&r, 2, c->sum, sizeof(c->sum));
		c->in_file = sqlite_get_uint(&r, 3) > STORE_INLINE;
		c->goes = sqlite_get_int(&r, 4) != 0;
	}
	return sqlite_end(&r, e);
}

static enum rc
package_drop(struct sqlite *s, const struct candidate *c, struct err *e)
{
	struct sqlite_run r;

	s->put = 0;
	if (c->copy != 0) {
		r = sqlite_run(s, QUERY_PURGE_COPY,
		    "UPDATE copy SET here = 0, bytes = x''"
		    " WHERE n = ?1 AND c = ?2");
		sqlite_uint(&r, 2, c->copy);
	} else if (c->in_file) {
		r = sqlite_run(s, QUERY_PURGE_FILE,
		    "DELETE FROM file WHERE sum = ?2 AND n = ?1");
		sqlite_bytes(&r, 2, bytes_of(c->sum, SHA256_SIZE));
	} else {
		r = sqlite_run(
		    s, QUERY_PURGE_PACKAGE, "DELETE FROM package WHERE n = ?1");
	}
	sqlite_uint(&r, 1, c->n);
	return sqlite_do(&r, e);
}

static enum rc
candidate_done(struct sqlite *s, const struct candidate *c, struct err *e)
{
	struct sqlite_run r = sqlite_run(
	    s, QUERY_PURGE_DONE, "DELETE FROM over WHERE n = ?1 AND c = ?2");

	sqlite_uint(&r, 1, c->n);
	sqlite_uint(&r, 2, c->copy);
	return sqlite_do(&r, e);
}

/* One round: candidates that are so no longer are struck off. */
static enum rc
purge(struct sqlite *s, const struct candidate *c, size_t n,
    uint8_t (**sums)[SHA256_SIZE], size_t *count, struct err *e)
{
	enum rc rc;
	size_t i;

	for (i = 0; i < n; i++) {
		if (c[i].goes && (rc = package_drop(s, &c[i], e)) != RC_OK)
			return rc;
		if ((rc = candidate_done(s, &c[i], e)) != RC_OK)
			return rc;
		if (!c[i].goes || !c[i].in_file ||
		    sqlite_needs(&s->store, c[i].sum))
			continue;
		*sums = vec_more(*sums, *count, sizeof(**sums));
		memcpy((*sums)[(*count)++], c[i].sum, SHA256_SIZE);
	}
	return RC_OK;
}

enum rc
sqlite_purge(struct store *store, size_t max, uint8_t (**sums)[SHA256_SIZE],
    size_t *count, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct candidate *c;
	size_t i, n;
	enum rc rc;

	*sums = NULL;
	*count = 0;
	if ((rc = sqlite_writes(s, e)) != RC_OK)
		return rc;
	do {
		rc = candidates(s, max, &c, &n, e);
		if (rc == RC_OK)
			rc = purge(s, c, n, sums, count, e);
		for (i = 0; i < n; i++)
			max -= c[i].goes;
		free(c);
	} while (rc == RC_OK && n > 0 && max > 0);
	if (rc != RC_OK) {
		free(*sums);
		*sums = NULL;
		*count = 0;
	}
	return rc;
}

/* Those that no leg waits for.  The caller frees *out. */
static enum rc
burnable(struct sqlite *s, uint64_t n, struct candidate **out, size_t *count,
    struct err *e)
{
	struct sqlite_run r = sqlite_run(s, QUERY_BURN_LIST,
	    "SELECT k.c, k.sum, k.total FROM (SELECT n, 0 AS c, sum, total"
	    " FROM dispatch WHERE n = ?1 UNION ALL SELECT n, c, sum, total"
	    " FROM copy WHERE n = ?1 AND here <> 0) k"
	    " WHERE NOT EXISTS (SELECT 1 FROM leg l INDEXED BY leg_dispatch"
	    " WHERE l.n = k.n AND l.c = k.c AND l.state IN (0, 4))");
	struct candidate *c;

	*out = NULL;
	*count = 0;
	sqlite_uint(&r, 1, n);
	while (sqlite_row(&r)) {
		*out = vec_more(*out, *count, sizeof(**out));
		c = &(*out)[(*count)++];
		*c = (struct candidate){ .n = n, .goes = true };
		c->copy = sqlite_get_uint(&r, 0);
		sqlite_get_fixed(&r, 1, c->sum, sizeof(c->sum));
		c->in_file = sqlite_get_uint(&r, 2) > STORE_INLINE;
	}
	return sqlite_end(&r, e);
}

enum rc
sqlite_burn(struct store *store, uint64_t n, uint8_t (**sums)[SHA256_SIZE],
    size_t *count, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct candidate *c = NULL;
	struct err later;
	size_t found;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = sqlite_thorough(s, true, e)) != RC_OK)
		return rc;
	if ((rc = burnable(s, n, &c, &found, e)) == RC_OK)
		rc = purge(s, c, found, sums, count, e);
	free(c);
	if (sqlite_thorough(s, false, &later) != RC_OK && rc == RC_OK) {
		*e = later;
		rc = later.rc;
	}
	return rc;
}

bool
sqlite_needs(struct store *store, const uint8_t sum[static SHA256_SIZE])
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r = sqlite_run(s, QUERY_NEEDS,
	    "SELECT 1 FROM file WHERE sum = ?1 UNION ALL"
	    " SELECT 1 FROM copy WHERE sum = ?1 AND here = 2 LIMIT 1");
	struct err e;
	bool found;

	sqlite_bytes(&r, 1, bytes_of(sum, SHA256_SIZE));
	found = sqlite_row(&r);
	/* a file that cannot be asked for is not to be lost */
	return sqlite_end(&r, &e) != RC_OK || found;
}
