/* SPDX-License-Identifier: EUPL-1.2 */
/* Rows of the registry are sealed, each for its own place (docs/registry.md
 * 5.3). */
#include "crypto/row.h"
#include "proc_store/registry.h"

_Static_assert(ROW_KEY_SIZE == ROWS_KEY, "docs/registry.md 5.3");

static struct buf
row(const char *table)
{
	struct buf b = { 0 };

	buf_add(&b, bytes_str(table));
	buf_u8(&b, 0);
	return b;
}

struct buf
row_of_doc(const uint8_t id[static ID_SIZE])
{
	struct buf b = row("doc");

	buf_add(&b, bytes_of(id, ID_SIZE));
	return b;
}

struct buf
row_of_step(const uint8_t id[static ID_SIZE], unsigned number)
{
	struct buf b = row("step");

	buf_add(&b, bytes_of(id, ID_SIZE));
	buf_u64(&b, number);
	return b;
}

struct buf
row_of_draft(const struct store_draft *d)
{
	struct buf b = row("draft");

	buf_add(&b, d->person);
	buf_u8(&b, 0);
	buf_add(&b, bytes_of(d->id, ID_SIZE));
	buf_add(&b, d->desk);
	return b;
}

struct buf
row_of_book(
    const char *table, struct bytes book, unsigned year, uint64_t number)
{
	struct buf b = row(table);

	buf_add(&b, book);
	buf_u8(&b, 0);
	buf_u64(&b, year);
	buf_u64(&b, number);
	return b;
}

enum rc
sealed_shut(struct buf *out, struct buf about, struct bytes text, struct err *e)
{
	uint8_t key[ROWS_KEY];
	enum rc rc = rows_key_or(key, e);

	*out = (struct buf){ 0 };
	if (rc == RC_OK)
		row_seal(out, key, buf_bytes(&about), text);
	wipe(key, sizeof(key));
	buf_free(&about);
	return rc;
}

enum rc
sealed_read(
    struct buf *out, struct buf about, struct bytes sealed, struct err *e)
{
	uint8_t key[ROWS_KEY];
	enum rc rc = rows_key_or(key, e);

	*out = (struct buf){ 0 };
	if (rc == RC_OK)
		rc = row_open(out, key, buf_bytes(&about), sealed, e);
	wipe(key, sizeof(key));
	buf_free(&about);
	return rc;
}
