/* SPDX-License-Identifier: EUPL-1.2 */
/* A rota: what is read is in order, nobody is in two places at once, and what
 * is written of it is read back as the same. */
#include <string.h>

#include "dispatch/rota.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = { 0 }, again = { 0 };
	struct rota r, same;
	struct err e;
	size_t i;

	if (rota_parse(&r, bytes_of(data, size), &e) != RC_OK) {
		if (r.people != NULL || r.shifts != NULL)
			bug("something is left of what was not read");
		return 0;
	}
	for (i = 0; i < r.count; i++)
		if (r.shifts[i].until <= r.shifts[i].from ||
		    (i > 0 && r.shifts[i].from < r.shifts[i - 1].until) ||
		    rota_at(&r, r.shifts[i].from) != &r.shifts[i])
			bug("shifts that are in no order");
	rota_write(&text, &r);
	if (text.len <= ROTA_MAX) {
		if (rota_parse(&same, buf_bytes(&text), &e) != RC_OK)
			bug(e.text);
		rota_write(&again, &same);
		if (!bytes_eq(buf_bytes(&text), buf_bytes(&again)))
			bug("a rota that is written otherwise than it was "
			    "read");
		rota_free(&same);
	}
	rota_free(&r);
	buf_free(&text);
	buf_free(&again);
	return 0;
}
