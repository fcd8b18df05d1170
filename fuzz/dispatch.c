/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A statement: what is read keeps the rules, is written again byte for byte,
 * and names sizes that no reckoning overflows with.
 */
#include "envelope/dispatch.h"
#include "envelope/attachment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
part_is_sound(const struct dispatch *d, size_t i, struct bytes content)
{
	const struct part *p = &d->parts[i];
	struct bytes at = dispatch_part(d, i, content);

	if (!p->attached && at.len != p->size)
		bug("a part that is not whole");
	if (!p->attached)
		return;
	if (at.len != 0 || p->coded > p->stored ||
	    attachment_size(p->stored) < p->stored ||
	    attachment_table_at(p->stored, attachment_groups(p->stored) - 1) <
		p->stored)
		bug("an attachment of impossible sizes");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t zeros[LIMIT_CONTENT];
	struct bytes in = bytes_of(data, size);
	struct der_wr again = { 0 };
	struct dispatch d;
	struct err e;
	size_t i;

	if (dispatch_read(&d, in, &e) != RC_OK) {
		if (d.to != NULL || d.parts != NULL || d.references != NULL)
			bug("something is left of what was not read");
		return 0;
	}
	if (dispatch_check(&d, &e) != RC_OK)
		bug("a statement that breaks a rule");
	dispatch_write(&again, &d);
	if (!bytes_eq(buf_bytes(&again.out), in))
		bug("a statement that is written otherwise than it was read");
	for (i = 0; i < d.to_count; i++)
		if (dispatch_addressee(&d, d.to[i].address) != &d.to[i])
			bug("an addressee that is another");
	for (i = 0; i < d.part_count; i++)
		part_is_sound(&d, i, bytes_of(zeros, d.size));
	der_wr_free(&again);
	dispatch_free(&d);
	return 0;
}
