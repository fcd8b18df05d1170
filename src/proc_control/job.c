/* SPDX-License-Identifier: EUPL-1.2 */
/* A job is what one request asks; many are at work at once. */
#include "proc_control/job.h"

#include <stdlib.h>

#include "core/lang.h"

static struct job *jobs;

static void
put_rows(void *ctx, struct bytes packet)
{
	struct job *j = ctx;

	if (j->client != NULL)
		client_put(j->client, packet);
}

/* ---- how it ends
 * ----------------------------------------------------------- */

static void
job_free(struct job *j)
{
	struct job **at = &jobs;

	while (*at != j)
		at = &(*at)->next;
	*at = j->next;
	if (j->client != NULL)
		client_ready(j->client);
	buf_free(&j->rows.packet);
	answer_free(&j->last);
	control_free(&j->r);
	packet_free(&j->came);
	free(j);
}

/* The last packet; "a" and the job are taken. */
void
job_end(struct job *j, struct answer *a, enum rc rc, struct bytes why)
{
	struct buf text;

	answer_rows_end(&j->rows);
	answer_end(&text, a, rc, why);
	if (j->client != NULL)
		client_put(j->client, buf_bytes(&text));
	buf_free(&text);
	job_free(j);
}

void
job_fail(struct job *j, const struct err *e)
{
	struct answer a = answer_new();

	job_end(j, &a, e->rc, bytes_str(e->text));
}

void
job_forget(struct job *j)
{
	j->client = NULL;
}

void
job_lost(struct job *j)
{
	struct err e;
	enum rc rc;

	if (j->r.what == CONTROL_SEND)
		rc = fail(&e, RC_IO,
		    "a part of the station was started anew; look into the "
		    "outbox whether the dispatch is there, else try again");
	else if (j->r.what == CONTROL_PRINT)
		rc = fail(&e, RC_IO,
		    "it could not be printed: it took too long or too much "
		    "memory; print less of it at a time");
	else
		rc = fail(&e, RC_IO,
		    "a part of the station was started anew; try again");
	if (rc != RC_OK)
		job_fail(j, &e);
}

void
jobs_each(enum proc at, void (*call)(struct job *j))
{
	struct job *j = jobs, *next;

	for (; j != NULL; j = next) {
		next = j->next;
		if (j->at == at)
			call(j);
	}
}

void
job_peer(enum proc peer, bool up)
{
	if (peer == PROC_PRINT)
		print_peer(up);
	else /* a new one knows nothing of what the old one was asked */
		jobs_each(peer, job_lost);
}

/* Hand on the descriptors that came with it. */
static bool
pass_files(struct job *j, enum proc to)
{
	bool all = true;
	size_t i;

	for (i = 0; i < j->came.fd_count; i++)
		all = tell(to, MSG_FD, j->number, NULL, j->came.fds[i]) && all;
	j->came.fd_count = 0;
	return all;
}

bool
job_tell(
    struct job *j, enum proc to, enum msg m, const void *body, enum msg wants)
{
	j->at = to;
	j->wants = wants;
	if ((!msg_may(MSG_FD, PROC_CONTROL, to) || pass_files(j, to)) &&
	    tell(to, m, j->number, body, -1))
		return true;
	job_lost(j);
	return false;
}

void
job_message(enum proc from, const struct message *m)
{
	struct job *j = jobs;

	while (j != NULL && j->number != m->job)
		j = j->next;
	if (j == NULL)
		return; /* from before it was started anew */
	if (from != j->at || (m->kind != MSG_PROGRESS && m->kind != j->wants))
		bug("control: an answer to what was not asked");
	job_hear(j, m);
}

/* ---- requests
 * -------------------------------------------------------------- */

/* Jobs of clients that went away count too: they are still work for others. */
static enum rc
check_room(uint64_t uid, struct err *e)
{
	const struct job *j;
	size_t n = 0;

	for (j = jobs; j != NULL; j = j->next)
		n += j->uid == uid;
	return n < CLIENTS_OF_UID
		   ? RC_OK
		   : fail(e, RC_LIMIT,
			 "this user has too much at work in the station; try "
			 "again");
}

static enum rc
check(struct control_request *r, const struct client *c, const struct packet *p,
    struct err *e)
{
	enum rc rc = check_room(client_uid(c), e);
	size_t i;

	if (rc == RC_OK)
		rc = control_read(r, buf_bytes(&p->bytes), p->fd_count, e);
	if (rc == RC_OK)
		rc = client_may_ask(client_uid(c), r->what, e);
	for (i = 0; i < p->fd_count && rc == RC_OK; i++)
		rc = file_check(p->fds[i],
		    r->what == CONTROL_SAVE || r->what == CONTROL_MEDIA_WRITE ||
			(r->what == CONTROL_PRINT && i == 1),
		    e);
	return rc;
}

static void
greet(struct client *c, const struct control_request *r)
{
	struct answer a = answer_new();
	struct buf text;

	answer_number(&a, "version", CONTROL_VERSION);
	answer_word(&a, "program", ANTIN_VERSION);
	if (r->version == CONTROL_VERSION)
		answer_end(&text, &a, RC_OK, (struct bytes){ 0 });
	else
		answer_end(&text, &a, RC_INVALID,
		    bytes_str(tr("the command and the station are of "
				 "different versions")));
	client_put(c, buf_bytes(&text));
	buf_free(&text);
}

static void
job_refuse(struct client *c, const struct err *e)
{
	struct answer a = answer_new();
	struct buf text;

	answer_end(&text, &a, e->rc, bytes_str(e->text));
	client_put(c, buf_bytes(&text));
	buf_free(&text);
}

void
job_new(struct client *c, struct packet *p)
{
	struct control_request r = { 0 };
	struct job *j;
	struct err e;

	if (check(&r, c, p, &e) != RC_OK) {
		job_refuse(c, &e);
	} else if (r.what == CONTROL_HELLO) {
		greet(c, &r);
	} else {
		j = alloc(1, sizeof(*j));
		*j = (struct job){ .next = jobs,
			.number = next_job(),
			.client = c,
			.uid = client_uid(c),
			.r = r,
			.rows = { .put = put_rows, .ctx = j },
			.came = *p };
		r = (struct control_request){ 0 };
		*p = (struct packet){ 0 };
		jobs = j;
		client_waits(c, j);
		job_ask(j);
	}
	control_free(&r);
	packet_free(p);
}
