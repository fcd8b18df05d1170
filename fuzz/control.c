/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A request of the command, after a byte for how many descriptors come with it:
 * it goes over a socket, and what is read of it is within its bounds.
 */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control/packet.h"
#include "core/limits.h"
#include "core/utf8.h"
#include "envelope/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
is_within_bounds(const struct control_request *r, size_t fds)
{
	size_t i;

	if (r->to_count > LIMIT_SLIPS || r->part_count > CONTROL_FDS ||
	    r->reference_count > DISPATCH_REFERENCES || r->max > CONTROL_ROWS ||
	    r->subject.len > LIMIT_SUBJECT)
		bug("a request beyond its bounds");
	if (r->desk.len > 0 && !address_is_desk(r->desk))
		bug("a desk that is none");
	if (!utf8_is_text(r->subject) && r->subject.len > 0)
		bug("a subject that is no line of text");
	for (i = 0; i < r->to_count; i++)
		if (!address_is_desk(r->to[i].address))
			bug("an addressee that is none");
	for (i = 0; i < r->part_count; i++)
		if (r->parts[i].of >= r->part_count)
			bug("a part of no part");
	if (r->part_count > 0 && r->part_count != fds)
		bug("a part without its descriptor");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int fds[3] = { 0, 0, 0 };
	struct control_request r;
	struct packet p;
	int ends[2];
	struct err e;
	enum rc rc;

	if (size < 2)
		return 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		bug("no socket");
	rc = packet_send(
	    ends[0], bytes_of(data + 1, size - 1), fds, data[0] % 4, &e);
	if (rc == RC_OK && packet_receive(&p, ends[1], &e) != RC_OK)
		bug("a packet that does not come");
	(void)close(ends[0]);
	(void)close(ends[1]);
	if (rc != RC_OK)
		return 0;
	if (p.bytes.len != size - 1 || p.fd_count != data[0] % 4u)
		bug("a packet that is another");
	if (control_read(&r, buf_bytes(&p.bytes), p.fd_count, &e) == RC_OK)
		is_within_bounds(&r, p.fd_count);
	control_free(&r);
	packet_free(&p);
	return 0;
}
