/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A step and its opening: the first byte is an action.  What is read as a
 * statement, or as the opening of that action, is written as it was read; and
 * whatever is read, a document takes it or stays as it is.
 */
#include "registry/doc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
statement(struct bytes in)
{
	struct buf again;
	struct step s;
	struct doc d;
	struct err e;

	if (step_read(&s, in, &e) != RC_OK)
		return;
	step_write(&again, &s);
	if (!bytes_eq(buf_bytes(&again), in))
		bug("a step that is written otherwise than it was read");
	buf_free(&again);
	doc_init(&d);
	if (doc_add(&d, in, bytes_str(""), &e) == RC_OK && d.steps != 1)
		bug("a document that took a step and has none");
	doc_free(&d);
}

static void
opening(enum action a, struct bytes in)
{
	struct fields f;
	struct buf again;
	struct err e;

	if (opening_read(&f, a, in, &e) != RC_OK)
		return;
	opening_write(&again, in.p, a, &f);
	if (!bytes_eq(buf_bytes(&again), in))
		bug("an opening that is written otherwise than it was read");
	buf_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	statement(bytes_of(data + 1, size - 1));
	opening((enum action)(data[0] % ACTIONS), bytes_of(data + 1, size - 1));
	return 0;
}
