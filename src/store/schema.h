/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The tables of the SQLite backend: docs/station.md 4.
 *
 * Step i brings a database of version i (PRAGMA user_version) to i + 1, in one
 * transaction.  A step that was released is never changed.
 */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#define SCHEMA_APPLICATION 0x416e5469 /* "AnTi": PRAGMA application_id */

extern const char *const schema_steps[];
extern const int schema_version; /* how many there are */

#endif
