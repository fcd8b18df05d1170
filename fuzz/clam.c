/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * An answer of clamd: clean is one text alone, and whatever it says can be
 * shown.
 */
#include <string.h>

#include "core/err.h"
#include "file/clam.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char clean[] = "stream: OK";
	const bool is = size == sizeof(clean) && memcmp(data, clean, size) == 0;
	char name[CLAM_NAME + 1];
	const enum clam_is got = clam_read(name, bytes_of(data, size));
	const char *c;

	if ((got == CLAM_CLEAN) != is)
		bug("clean is what clamd calls so, and nothing else");
	if (strlen(name) > CLAM_NAME || (got == CLAM_FOUND && name[0] == '\0'))
		bug("a name that is none");
	for (c = name; *c != '\0'; c++)
		if (*c < ' ' || *c > '~' || *c == '"' || *c == '\\')
			bug("a name that cannot be shown");
	return 0;
}
