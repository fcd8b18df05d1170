/* SPDX-License-Identifier: EUPL-1.2 */
/* Whom a connection comes from, as a row of a table that counts what comes from
 * some addresses, mostly from one. */
#ifndef LINK_SOURCE_H
#define LINK_SOURCE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define SOURCE_ROWS_MAX 65536u
#define SOURCE_SALT 16

/* Random bytes of this process: nobody can choose whom he shares a row with. */
struct source_salt {
	uint8_t b[SOURCE_SALT];
};

/*
 * The row, of "rows" (at most SOURCE_ROWS_MAX), of an address.  IPv6: of the
 * network of 64 bits, for who has one has all of its addresses.
 */
size_t source_row(const struct sockaddr_storage *a,
    const struct source_salt *salt, size_t rows);

#endif
