/* SPDX-License-Identifier: EUPL-1.2 */
/* The list of a document's files, as another station sent it. */
#include <stddef.h>
#include <stdint.h>

#include "desk/list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte is how many files came; of the list nothing else is known. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct files f;
	struct err e;
	size_t i;

	if (size == 0)
		return 0;
	f.count = data[0] % 4;
	for (i = 0; i < f.count; i++)
		f.file[i] = (struct doc_file){ .name = bytes_str("a.txt"),
			.type = bytes_str("text/plain"),
			.fd = -1,
			.size = 3 };
	f.content = (struct buf){ 0 };
	buf_add(&f.content, bytes_of(data + 1, size - 1));
	if (list_read(&f, &e) == RC_OK && !list_is(&f))
		bug("a list that is not what it says");
	list_kinds(&f);
	buf_free(&f.content);
	return 0;
}
