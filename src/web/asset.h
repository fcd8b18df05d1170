/* SPDX-License-Identifier: EUPL-1.2 */
/* The pages, as they are built into the program (tools/embed). */
#ifndef WEB_ASSET_H
#define WEB_ASSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct web_asset {
	const char *path;  /* "/app-1f2e.js"; NULL: the last */
	const char *type;  /* of its content */
	const uint8_t *gz; /* its bytes, by gzip */
	size_t gz_len;
	bool immutable; /* its name is another when its content is */
};
extern const struct web_asset web_assets[];

#endif
