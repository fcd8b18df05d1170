/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A message between processes, after a byte for who says it to whom: what is
 * read may be said, is within its bounds, and is written as it was; its lists
 * can be stepped through to their ends.
 */
#include <string.h>

#include "daemon/msg_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
steps_through(const struct message *m)
{
	const struct field *f = msg_kind(m->kind)->fields;
	union any_row row;
	struct bytes rows;

	for (; f->kind != FIELD_END; f++) {
		if (f->kind != FIELD_LIST)
			continue;
		memcpy(&rows, (const uint8_t *)&m->body + f->at, sizeof(rows));
		while (list_next(&rows, f->list, &row))
			;
		if (rows.len > 0)
			bug("rows that are not stepped through");
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf again = { 0 };
	struct message m;
	enum proc from, to;
	struct bytes in;
	size_t length;
	struct err e;

	if (size < 1)
		return 0;
	from = (enum proc)(data[0] / 16 % PROCS);
	to = (enum proc)(data[0] % 16 % PROCS);
	in = bytes_of(data + 1, size - 1);
	if (msg_read(&m, in, from, to, &e) != RC_OK)
		return 0;
	if (msg_length(&length, in, &e) != RC_OK || length != in.len ||
	    length > msg_most(m.kind))
		bug("a message that is not as long as it is");
	if (!msg_may(m.kind, from, to) || (m.has_fd && !msg_carries_fd(m.kind)))
		bug("a message that may not be said");
	if (msg_check(m.kind, &m.body, &e) != RC_OK)
		bug("a message out of its bounds");
	steps_through(&m);
	msg_write(&again, m.kind, m.job, m.has_fd, &m.body);
	if (!bytes_eq(buf_bytes(&again), in))
		bug("a message that is written otherwise than it was read");
	buf_free(&again);
	return 0;
}
