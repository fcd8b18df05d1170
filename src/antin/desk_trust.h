/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef ANTIN_DESK_TRUST_H
#define ANTIN_DESK_TRUST_H

#include "antin/talk.h"

/* Where browsers of other machines find the station's pages, a line each, of
 * what CONTROL_DESK_TRUST answers. */
void desk_links(const json_t *trust);

#endif
