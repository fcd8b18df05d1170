/* SPDX-License-Identifier: EUPL-1.2 */
/* Documents of a station's registry, as the command handles them. */
#ifndef ANTIN_DOC_H
#define ANTIN_DOC_H

#include "antin/talk.h"
#include "desk/files.h"

#define OPT_AS                                                                 \
	{                                                                      \
		"as", "PERSON", "which of those whom you have signed in",      \
		    false                                                      \
	}
/* Connected, with the desk chosen, and who asks; talk_close() and
 * json_decref(), also after a failure. */
enum rc doc_begin(
    struct talk *t, json_t **request, const struct args *a, struct err *e);
/* The files that a command line names, into "f", which is files_free()d also
 * after a failure (doc_read.c). */
enum rc doc_files(struct files *f, const struct args *a, struct err *e);

#endif
