/* SPDX-License-Identifier: EUPL-1.2 */
/* What a station keeps is changed behind its back. */
#ifndef TESTS_STATION_CHANGED_H
#define TESTS_STATION_CHANGED_H

#include <sqlite3.h>

#include "country.h"

/* It is stopped, its database is changed, and it starts again. */
static inline void
seat_changed(struct seat *s, const char *sql)
{
	char path[2 * PATH];
	sqlite3 *db;

	(void)seat_stop(s, SIGTERM);
	(void)snprintf(path, sizeof(path), "%s/data/store/store.db", s->folder);
	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		bug("the database cannot be changed");
	(void)sqlite3_close(db);
	if (!seat_start(s))
		bug("it does not start");
}

#endif
