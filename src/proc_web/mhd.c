/* SPDX-License-Identifier: EUPL-1.2 */
#include "proc_web/mhd.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#define LIBRARY "libmicrohttpd.so.12"

static const struct {
	const char *name;
	size_t at;
} calls[] = {
#define X(call) { #call, offsetof(struct mhd_calls, call) },
	MHD_CALLS(X)
#undef X
};

const struct mhd_calls *mhd;

enum rc
mhd_open(struct err *e)
{
	static struct mhd_calls loaded;
	/* never closed: it keeps what would have to be undone */
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL), *call;
	size_t i;

	if (library == NULL)
		return fail(e, RC_ABSENT,
		    "pages are served by %s (Debian's package libmicrohttpd12 "
		    "or libmicrohttpd12t64), which cannot be opened",
		    LIBRARY);
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		call = dlsym(library, calls[i].name);
		if (call == NULL)
			return fail(e, RC_ABSENT, "%s is too old: it has no %s",
			    LIBRARY, calls[i].name);
		memcpy((char *)&loaded + calls[i].at, &call, sizeof(call));
	}
	mhd = &loaded;
	return RC_OK;
}
