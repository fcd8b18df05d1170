/* SPDX-License-Identifier: EUPL-1.2 */
/* Where a document's files lie (docs/registry.md 8.1). */
#ifndef REGISTRY_CONTENT_H
#define REGISTRY_CONTENT_H

#include "core/id.h"

/* The id of the dispatch that the files of this content (the field's 64 digits)
 * are; false: it is no content. */
bool content_dispatch(struct id *out, struct bytes content);

#endif
