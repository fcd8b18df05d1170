/* SPDX-License-Identifier: EUPL-1.2 */
/* Evidence files, as antin verify meets them. */
#ifndef ANTIN_EVIDENCE_H
#define ANTIN_EVIDENCE_H

#include "antin/cmd.h"

/* The file may be one. */
bool evidence_looks(const char *path);
/* Check and show that which is named; "a" has --directory and --json. */
enum rc evidence_verify(const struct args *a, struct err *e);

#endif
