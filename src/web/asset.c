/* SPDX-License-Identifier: EUPL-1.2 */
/* No pages are built in yet. */
#include "web/asset.h"

const struct web_asset web_assets[] = { { 0 } };
