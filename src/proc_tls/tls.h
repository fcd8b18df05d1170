/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the files of the process tls share: browsers' connections
 * (docs/station.md 20, docs/desk.md 11).  It knows nothing of HTTP: a
 * connection's descriptor, or the end of a pair whose other end it fills, is
 * what web gets.
 */
#ifndef PROC_TLS_TLS_H
#define PROC_TLS_TLS_H

#include <sys/socket.h>

#include "daemon/process.h"
#include "link/browser.h"

#define TLS_LISTENERS 20u

/* docs/desk.md 11.6: connections by TLS. */
#define TLS_CONNS 2048u	 /* in all */
#define TLS_OF_ONE 512u	 /* of one address, or network of IPv6 */
#define TLS_SHAKING 512u /* that have not shaken hands yet */
#define TLS_SHAKING_OF_ONE 256u
#define TLS_SOURCES 4096u
#define TLS_SHAKE_MS 10000    /* a handshake */
#define TLS_STALL_MS 60000    /* nothing of what is sent is taken */
#define TLS_IDLE_MS 600000    /* nothing comes or goes */
#define TLS_LINGER_MS 2000    /* for the other's end, after ours */
#define TLS_PIECE (16u << 10) /* bytes that wait, each way */
#define TLS_KERNEL (64 << 10) /* that the kernel holds for web, each way */
#define TLS_SEND (256 << 10)  /* that it holds of the browser, each way */

/* ---- tls.c
 * ------------------------------------------------------------------- */

/* Hand a browser's connection to web; the descriptor is taken.  false: web is
 * not there, or has enough to do. */
bool tls_hand_over(int fd, const char *peer, bool secure);
/* Ports of the secure sockets, one a line; the caller frees. */
void tls_ports(struct buf *out);
/* There is a certificate: who waits at the secure sockets is let in. */
void tls_secure_begins(void);

/* ---- cert.c
 * -------------------------------------------------------------- */

void leaf_begin(void);	  /* there are secure sockets: ask for one */
void leaf_store_up(void); /* ask anew */
void leaf_tick(int64_t ms);
void leaf_came(uint64_t job, const struct msg_web_cert_is *m);
void leaf_stop(void);
/* For new connections; NULL: there is none yet. */
struct browser_context *leaf_context(void);

/* ---- seat.c: how many there may be
 * --------------------------------------- */

void seat_begin(void);
size_t seat_source(const struct sockaddr_storage *a);
/* One more handshake may begin; else let the kernel's queue wait. */
bool seat_is_time(int64_t ms);
/* He may come, and seat_left() when he goes; false: not he. */
bool seat_take(size_t source, int64_t ms);
void seat_shaken(size_t source); /* he has shaken hands */
void seat_left(size_t source, bool shaken);

/* ---- pump.c
 * -------------------------------------------------------------- */

/* A connection that seat_take() has let in; the descriptor is taken. */
void pump_take(int fd, const char *peer, size_t source);
void pump_tick(int64_t ms); /* each second */
void pump_stop(void);

/* ---- uid.c: whose a connection of this machine is
 * --------------------- */

/* Before the sandbox is entered. */
void uid_begin(void);
/* The user whose process is there; UINT64_MAX: it cannot be known. */
uint64_t uid_of(
    const struct sockaddr_storage *his, const struct sockaddr_storage *ours);

#endif
