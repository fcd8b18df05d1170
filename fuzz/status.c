/* SPDX-License-Identifier: EUPL-1.2 */
/* A status: what is read has one spelling, and answers for each of its logs. */
#include "pki/status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_of(data, size);
	struct der_wr w = { 0 };
	struct status s;
	struct err e;
	size_t i;

	if (status_read(&s, in, &e) != RC_OK)
		return 0;
	der_put_open(&w, DER_SEQUENCE);
	der_put_uint(&w, 1);
	der_put_octets(&w, bytes_of(s.root, sizeof(s.root)));
	der_put_open(&w, DER_SEQUENCE);
	for (i = 0; i < s.count; i++) {
		if (s.logs[i].size == 0 ||
		    status_has(&s, &s.logs[i].log) != s.logs[i].size)
			bug("a log that is not found");
		der_put_open(&w, DER_SEQUENCE);
		der_put_octets(&w, id_bytes(&s.logs[i].log));
		der_put_uint(&w, s.logs[i].size);
		der_put_close(&w);
	}
	der_put_close(&w);
	der_put_close(&w);
	if (!bytes_eq(buf_bytes(&w.out), in))
		bug("a status of another spelling");
	der_wr_free(&w);
	status_free(&s);
	return 0;
}
