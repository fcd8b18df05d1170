/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the control process is made of.  Only its files include it: control.c
 * (the process), conn.c (the command's connections), job.c
 * (requests at work), ask.c and message.c (they become
 * messages), file.c (descriptors beside them), answer.c and
 * rows.c (messages become answers), metrics.c (the metrics
 * socket).
 *
 * A client is input: whatever it does, only its own connection ends.
 */
#ifndef PROC_CONTROL_CONTROL_H
#define PROC_CONTROL_CONTROL_H

#include <sys/types.h>

#include "control/answer.h"
#include "control/control.h"
#include "control/packet.h"
#include "daemon/process.h"

#define CLIENTS 64u	  /* connections of the command */
#define CLIENTS_OF_UID 8u /* of them, of one user; and jobs of his */
#define CLIENTS_WEB                                                            \
	1600u			  /* of browsers' sessions: WEB_SESSIONS times \
				     SESSION_LINES */
#define CLIENT_IDLE 600		  /* seconds without a request */
#define CLIENT_STUCK 60		  /* seconds in which it reads nothing */
#define CLIENT_QUEUE (8u << 20)	  /* bytes it has still to read */
#define CLIENTS_QUEUE (16u << 20) /* all of them */

struct client;
struct job;

/* ---- conn.c
 * -------------------------------------------------------- */

/* Somebody connected; the descriptor is taken. */
void client_new(int fd);
/* A browser's session, whose user that is, by web. */
void client_web(int fd, uint64_t user);
/* Queue a packet for it; closes it where that is too much. */
void client_put(struct client *c, struct bytes packet);
uint64_t client_uid(const struct client *c);
/* It waits for a job; that has ended: it may ask again. */
void client_waits(struct client *c, struct job *j);
void client_ready(struct client *c);
void clients_close(void);

/* ---- job.c
 * --------------------------------------------------------- */

/* A request; the packet is taken.  Where it is not answered at once, the client
 * waits for the job. */
void job_new(struct client *c, struct packet *p);
/* The client is gone: nobody hears the answer. */
void job_forget(struct job *j);
/* What a sibling says; of a job that is forgotten, nothing. */
void job_message(enum proc from, const struct message *m);
/* It is gone, or a new one: what it was asked is not answered any more. */
void job_peer(enum proc peer, bool up);

/* ---- file.c
 * -------------------------------------------------------- */

/* A descriptor that seal can use without ever waiting for it; "writes": that
 * is open to be written.  RC_INVALID. */
enum rc file_check(int fd, bool writes, struct err *e);

/* ---- rows.c
 * -------------------------------------------------------- */

/* Append rows of struct msg_row, of struct msg_desk_row. */
void rows_of_store(struct answer_rows *to, struct bytes rows);
void rows_of_desks(struct answer_rows *to, struct bytes rows);
/* Rows of struct msg_doc_is: each name with its value. */
void rows_of_docs(struct answer_rows *to, struct bytes rows);
/* What a letter says of itself: rows of its parts, addressees and references,
 * and the rest into *a. */
enum rc rows_of_letter(struct answer_rows *to, struct answer *a,
    const struct msg_letter *l, struct err *e);

/* ---- message.c
 * ----------------------------------------------------- */

/* A request as the message that asks it, but for the uid.  What it points to is
 * the request's, or in "lists", which the caller frees. */
#define MESSAGE_LISTS 3u
void message_seal(struct msg_seal *m, struct buf lists[static MESSAGE_LISTS],
    const struct control_request *r);
void message_operate(struct msg_operate *m, const struct control_request *r);
void message_duty(struct msg_duty *m, const struct control_request *r);
void message_doc(struct msg_doc *m, const struct control_request *r);

/* ---- scan.c
 * --------------------------------------------------------- */

/* Whether files are looked at, and must be. */
void scan_setting(const struct msg_setting *s);

/* ---- print.c
 * --------------------------------------------------------- */

void print_stop(void);

/* ---- web.c
 * --------------------------------------------------------- */

/* RC_DENIED: a browser's session, and this is for the command alone. */
enum rc client_may_ask(uint64_t uid, enum control_what what, struct err *e);

/* ---- metrics.c
 * ----------------------------------------------------- */

void metrics_new(int fd);
/* Whether it was an answer to what this file asked. */
bool metrics_message(const struct message *m);
void metrics_peer(enum proc peer);
void metrics_close(void);

#endif
