/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Large packages that arrive, from other stations piece by piece and from seal
 * as a file (docs/station.md 4.4).  What has to be read again to be hashed is
 * read in slices, between which everybody is served.
 */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "envelope/envelope.h"
#include "proc_store/arrival.h"
#include "proc_store/backup.h"
#include "proc_store/carried.h"
#include "proc_store/lives.h"
#include "proc_store/registry.h"

#define SLICE (1u << 20) /* bytes hashed at once */
#define ROOM_KEPT                                                              \
	(64u << 20)   /* bytes of the disk that are kept free of them, */
#define ROOM_PART 16u /* or this part of it */

/* ---- files that came
 * ------------------------------------------------------------- */

/* Sums of files that have their names since the last commit.  Whether they are
 * needed is known when the round has ended: it may have been refused, known
 * already, or lost with its transaction. */
static uint8_t (*came)[SHA256_SIZE]; /* owned */
static size_t came_count;

static void
file_came(const uint8_t sum[static SHA256_SIZE])
{
	came = vec_more(came, came_count, sizeof(*came));
	memcpy(came[came_count++], sum, SHA256_SIZE);
}

void
take_settled(void)
{
	struct log_line l;
	struct err e;
	size_t i;

	for (i = 0; i < came_count; i++) {
		if (st.store->ops->needs(st.store, came[i]) ||
		    files_remove(st.disk, came[i], &e) == RC_OK ||
		    e.rc == RC_ABSENT)
			continue;
		l = log_line(LOG_WARN, "store.remove");
		log_err(&l, &e);
		process_log(LOG_WARN, &l);
	}
	free(came);
	came = NULL;
	came_count = 0;
}

/* ---- room
 * ------------------------------------------------------------------------ */

/* What is small must find room whatever large ones come (4.10). */
static enum rc
check_room(const struct big *b, struct err *e)
{
	uint64_t left, all, wanted = b->total, kept;
	const struct line *l;
	size_t i, k;
	enum rc rc;

	if ((rc = st.disk->ops->room(st.disk, &left, &all, e)) != RC_OK)
		return rc;
	kept = all / ROOM_PART < ROOM_KEPT ? all / ROOM_PART : ROOM_KEPT;
	for (i = 0; (l = line_each(i)) != NULL; i++)
		for (k = 0; k < l->big_count; k++)
			if (&l->bigs[k] != b)
				wanted += l->bigs[k].total - l->bigs[k].have;
	wanted -= b->have;
	if (left < kept || left - kept < wanted)
		return fail(e, RC_IO,
		    "the disk has no room for a package of %llu bytes",
		    (unsigned long long)b->total);
	return RC_OK;
}

/* ---- from other stations
 * -------------------------------------------------------- */

static struct big *
big_of(struct line *l, uint64_t number)
{
	size_t i;

	for (i = 0; i < l->big_count; i++)
		if (l->bigs[i].number == number)
			return &l->bigs[i];
	return NULL;
}

static void
big_free(struct line *l, struct big *b)
{
	buf_free(&b->dests);
	*b = l->bigs[--l->big_count];
}

/* Not now: what is there of it stays. */
static void
big_later(struct line *l, struct big *b, const struct err *e)
{
	struct log_line log = log_line(LOG_WARN, "package.later");

	log_str(&log, "peer", bytes_str(l->station));
	log_err(&log, e);
	process_log(LOG_WARN, &log);
	after_taken(l->conn, b->number, ACK_LATER, REFUSAL_NONE);
	partial_close(b->partial);
	big_free(l, b);
}

/* Another is writing into the file of this sum. */
static bool
is_arriving(const struct big *but)
{
	const struct line *l;
	const struct big *b;
	size_t i, k;

	for (i = 0; (l = line_each(i)) != NULL; i++)
		for (k = 0; k < l->big_count; k++) {
			b = &l->bigs[k];
			if (b != but && b->partial != NULL &&
			    memcmp(b->sum, but->sum, SHA256_SIZE) == 0)
				return true;
		}
	return false;
}

/* Open its file, where it has what does not come any more (docs/link.md 6.5).
 */
static enum rc
big_begin(struct big *b, uint64_t from, struct err *e)
{
	uint64_t have;
	enum rc rc;

	if (is_arriving(b))
		return fail(
		    e, RC_EXISTS, "it is arriving over another line, too");
	rc = partial_open(&b->partial, st.disk, b->sum, b->total, &have, e);
	if (rc == RC_OK && have > 0 && have != from) {
		partial_drop(b->partial);
		rc = partial_open(
		    &b->partial, st.disk, b->sum, b->total, &have, e);
	}
	if (rc != RC_OK)
		b->partial = NULL;
	else if (have != from)
		rc = fail(e, RC_ABSENT,
		    "docs/link.md 6.5: it has %llu bytes of it, not %llu",
		    (unsigned long long)have, (unsigned long long)from);
	return rc;
}

void
take_big(struct line *l, const struct msg_item *m)
{
	struct big *b;
	struct err e;

	if (l->big_count == BIGS_MAX)
		bug("more large packages at once than a line may have");
	b = &l->bigs[l->big_count++];
	*b = (struct big){ .number = m->number,
		.envelope = m->envelope,
		.total = m->total,
		.have = m->from < m->total ? m->from : 0,
		.resumed = m->from > 0,
		.again = m->again != 0 };
	memcpy(b->sum, m->sum, SHA256_SIZE);
	buf_add(&b->dests, m->dests);
	if (m->total > STORE_TOTAL ||
	    (st.max_size != 0 && m->total > st.max_size)) {
		after_taken(l->conn, m->number, ACK_REFUSED, REFUSAL_TOO_LARGE);
		big_free(l, b);
	} else if (l->guest != 0 || (!l->parent && !lives_open(l))) {
		(void)fail(&e, RC_EXPIRED,
		    "docs/journal.md 7.3, docs/link.md 17.8: not yet");
		big_later(l, b, &e);
	} else if (check_room(b, &e) != RC_OK ||
		   big_begin(b, m->from, &e) != RC_OK) {
		big_later(l, b, &e);
	} else if (partial_behind(b->partial) > 0) {
		slice_wake();
	}
}

void
take_data(struct line *l, const struct msg_data *m)
{
	struct msg_data written = {
		.conn = l->conn, .number = m->number, .at = m->more.len
	};
	struct big *b = big_of(l, m->number);
	struct err e;

	if (b != NULL && partial_add(b->partial, m->more, &e) != RC_OK)
		big_later(l, b, &e);
	else if (b != NULL)
		b->have += m->more.len;
	if (l->conn < MEDIA_CONN)
		(void)tell(PROC_LINK, MSG_WRITTEN, 0, &written, -1);
}

/* The envelope of a package that has become a file. */
static enum rc
read_front(struct buf *out, const uint8_t sum[static SHA256_SIZE], uint64_t len,
    struct err *e)
{
	const struct disk_ops *ops = st.disk->ops;
	char name[FILES_NAME];
	int file;
	enum rc rc;

	*out = (struct buf){ 0 };
	if (len == 0 || len > ENVELOPE_MAX)
		return fail(e, RC_LIMIT, "an envelope of %llu bytes",
		    (unsigned long long)len);
	files_name(name, sum);
	if ((rc = ops->open(st.disk, name, false, &file, e)) != RC_OK)
		return rc;
	rc = ops->read(st.disk, file, 0, buf_grow(out, len), len, e);
	ops->close(st.disk, file);
	if (rc != RC_OK)
		buf_free(out);
	return rc;
}

/* All of it is there, and hashed. */
static void
big_end(struct line *l, struct big *b)
{
	struct arrival a = { .from = l, .due = TIME_NEVER, .again = b->again };
	struct buf front = { 0 };
	bool news = false;
	struct err e;
	enum rc rc;

	/* of another sum: it is a lie, or a part of it was another's
	 * (docs/link.md 7.4); or the disk refused: it comes anew, whole */
	rc = partial_done(b->partial, &e);
	if (rc == RC_INVALID && !b->resumed) {
		arrival_answer(b->number, &a, rc, false, &e);
		partial_close(b->partial);
		big_free(l, b);
		return;
	}
	if (rc != RC_OK) {
		big_later(l, b, &e);
		return;
	}
	file_came(b->sum);
	a.envelope = b->envelope;
	a.total = b->total;
	a.sum = b->sum;
	a.dests = buf_bytes(&b->dests);
	rc = read_front(&front, b->sum, b->envelope, &e);
	if (rc == RC_IO) {
		big_later(l, b, &e);
		return;
	}
	if (rc == RC_OK) {
		a.package = buf_bytes(&front);
		rc = arrival_take(&a, &news, &e);
	}
	arrival_answer(b->number, &a, rc, news, &e);
	buf_free(&front);
	partial_close(b->partial);
	big_free(l, b);
}

void
take_end(struct line *l, const struct msg_number *m)
{
	struct big *b = big_of(l, m->number);

	if (b == NULL)
		return;
	if (l->conn >= MEDIA_CONN && b->have < b->total) {
		/* docs/media.md 4.5: the rest comes in another bundle */
		l->parts++;
		after_taken(l->conn, b->number, ACK_LATER, REFUSAL_NONE);
		partial_close(b->partial);
		big_free(l, b);
		return;
	}
	b->ended = true;
	if (partial_behind(b->partial) > 0)
		slice_wake();
	else
		big_end(l, b);
}

void
take_drop(struct line *l)
{
	while (l->big_count > 0) {
		partial_close(l->bigs[0].partial);
		big_free(l, &l->bigs[0]);
	}
}

/* The one that has the least to be hashed yet; NULL: none has. */
static struct big *
least_behind(struct line **of)
{
	struct big *b, *least = NULL;
	struct line *l;
	size_t i, k;

	for (i = 0; (l = line_each(i)) != NULL; i++)
		for (k = 0; k < l->big_count; k++) {
			b = &l->bigs[k];
			if (b->partial == NULL ||
			    partial_behind(b->partial) == 0 ||
			    (least != NULL &&
				partial_behind(b->partial) >=
				    partial_behind(least->partial)))
				continue;
			least = b;
			*of = l;
		}
	return least;
}

bool
big_slice(void)
{
	struct line *l = NULL;
	struct big *b = least_behind(&l);
	struct err e;

	if (b == NULL)
		return false;
	if (partial_hash(b->partial, SLICE, &e) != RC_OK)
		big_later(l, b, &e);
	else if (b->ended && partial_behind(b->partial) == 0)
		big_end(l, b);
	return true;
}

/* ---- from seal
 * ------------------------------------------------------------------- */

/* What seal wrote into its file; it does one job at a time. */
static struct submit {
	struct partial *partial; /* NULL: none */
	uint64_t job, envelope, total;
	struct buf desk, dests, supersedes;
	int64_t due;
} submitted;

static void
submit_forget(void)
{
	partial_close(submitted.partial);
	buf_free(&submitted.desk);
	buf_free(&submitted.supersedes);
	buf_free(&submitted.dests);
	submitted = (struct submit){ 0 };
}

static void
submit_answer(uint64_t job, struct arrival *a, enum rc rc, struct err *e)
{
	bool news = false;

	if (rc == RC_OK)
		rc = arrival_take(a, &news, e);
	if (rc == RC_OK)
		after_done(PROC_SEAL, job, &a->id);
	else
		say_done(PROC_SEAL, job, e, &a->id);
}

/* Its file is hashed, or cannot be. */
static void
submit_end(enum rc rc, struct err *e)
{
	uint8_t sum[SHA256_SIZE];
	struct arrival a = { .envelope = submitted.envelope,
		.total = submitted.total,
		.sum = sum,
		.dests = buf_bytes(&submitted.dests),
		.desk = buf_bytes(&submitted.desk),
		.supersedes = buf_bytes(&submitted.supersedes),
		.due = submitted.due };
	struct buf front = { 0 };

	if (rc == RC_OK && (rc = partial_done(submitted.partial, e)) == RC_OK) {
		partial_sum(submitted.partial, sum);
		file_came(sum);
		rc = read_front(&front, sum, submitted.envelope, e);
	}
	a.package = buf_bytes(&front);
	submit_answer(submitted.job, &a, rc, e);
	buf_free(&front);
	submit_forget();
}

bool
submit_slice(void)
{
	struct err e;
	enum rc rc;

	if (submitted.partial == NULL)
		return false;
	rc = partial_hash(submitted.partial, SLICE, &e);
	if (rc != RC_OK || partial_behind(submitted.partial) == 0)
		submit_end(rc, &e);
	return true;
}

static void
submit_file(uint64_t job, const struct msg_submit *m)
{
	char name[FILES_NAME];
	struct err e;
	enum rc rc;

	/* what seal writes into: nothing else may be named */
	if (m->name.len >= sizeof(name) || m->name.len < 12 ||
	    memcmp(m->name.p, "partial/new-", 12) != 0 ||
	    memchr(m->name.p + 12, '/', m->name.len - 12) != NULL)
		bug("seal names a file that is not its own");
	memcpy(name, m->name.p, m->name.len);
	name[m->name.len] = '\0';
	submit_forget(); /* of a seal that is no more */
	submitted = (struct submit){ .job = job,
		.envelope = m->envelope,
		.total = m->total,
		.due = m->due };
	buf_add(&submitted.desk, m->desk);
	buf_add(&submitted.supersedes, m->supersedes);
	buf_add(&submitted.dests, m->dests);
	rc = partial_from(&submitted.partial, st.disk, name, m->total, &e);
	if (rc != RC_OK)
		submit_end(rc, &e);
	else
		slice_wake();
}

void
take_submit(uint64_t job, const struct msg_submit *m)
{
	uint8_t sum[SHA256_SIZE];
	struct arrival a = { .package = m->package,
		.envelope = m->envelope,
		.total = m->total,
		.sum = sum,
		.dests = m->dests,
		.desk = m->desk,
		.supersedes = m->supersedes,
		.due = m->due };
	struct err e;

	if (m->total > STORE_INLINE) {
		submit_file(job, m);
		return;
	}
	sha256(sum, m->package);
	submit_answer(job, &a, RC_OK, &e);
}

/* ---- slices
 * ---------------------------------------------------------------------- */

static struct event *slicer;

/* One of each, then all others of the daemon, then the next. */
static void
slice(evutil_socket_t fd, short what, void *ctx)
{
	const bool big = big_slice(), submit = submit_slice(),
		   sum = sum_slice(), copy = backup_slice(),
		   media = media_slice(), search = docs_search_slice();

	(void)fd;
	(void)what;
	(void)ctx;
	if (big || submit || sum || copy || media || search)
		slice_wake();
}

void
slice_wake(void)
{
	static const struct timeval now = { 0, 0 };

	if (slicer == NULL)
		slicer = event_new(process_base(), -1, 0, slice, NULL);
	if (slicer == NULL || event_add(slicer, &now) != 0)
		bug("no timer is to be had");
}
