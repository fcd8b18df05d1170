/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a command shows: one tree of named values (desk/value.h), printed as
 * JSON for a program or drawn for a person, in the language of the process.
 */
#ifndef ANTIN_SHOW_H
#define ANTIN_SHOW_H

#include "desk/value.h"

/* Frees root. */
void show(json_t *root, bool as_json);

#endif
