/* SPDX-License-Identifier: EUPL-1.2 */
#include "form/pango.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#define LIBRARY "libpangocairo-1.0.so.0" /* it brings the others */

static const struct {
	const char *name;
	size_t at;
} calls[] = {
#define X(call) { #call, offsetof(struct pango_calls, call) },
	PANGO_CALLS(X)
#undef X
};

enum rc
pango_load(const struct pango_calls **out, struct err *e)
{
	static struct pango_calls loaded;
	static bool done;
	void *library, *call;
	size_t i;

	*out = &loaded;
	if (done)
		return RC_OK;
	/* never closed: it keeps what would have to be undone */
	library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (library == NULL)
		return fail(e, RC_ABSENT,
		    "forms are drawn by %s (Debian's package "
		    "libpangocairo-1.0-0), which cannot be opened",
		    LIBRARY);
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		call = dlsym(library, calls[i].name);
		if (call == NULL)
			return fail(e, RC_ABSENT,
			    "%s (Debian's package libpangocairo-1.0-0) is too "
			    "old: it has no %s",
			    LIBRARY, calls[i].name);
		memcpy((char *)&loaded + calls[i].at, &call, sizeof(call));
	}
	done = true;
	return RC_OK;
}
