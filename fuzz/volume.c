/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What is printed of a register: whatever rows come, they are a table or are
 * refused, and the table as JSON is JSON (docs/desk.md 8.3).
 */
#include <jansson.h>

#include "print/print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *rows =
	    json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
	struct buf out = { 0 };
	json_t *again;
	struct err e;

	if (rows == NULL)
		return 0;
	if (print_volume_rows(sink_buf(&out), CSV_PLAIN, rows, &e) != RC_OK &&
	    e.rc != RC_INVALID && e.rc != RC_LIMIT)
		bug("another outcome");
	buf_free(&out);
	if (print_volume_rows(sink_buf(&out), CSV_JSON, rows, &e) == RC_OK) {
		again = json_loadb((const char *)out.p, out.len, 0, NULL);
		if (!json_is_array(again))
			bug("a table that is no JSON");
		json_decref(again);
	}
	(void)print_usual(rows);
	buf_free(&out);
	json_decref(rows);
	return 0;
}
