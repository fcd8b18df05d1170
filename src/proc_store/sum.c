/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Large packages that go on (docs/station.md 4.4).  With fewer slips a package
 * has another sum, which the next station is told before its first byte
 * (docs/link.md): it is made in slices, between which everybody is served.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/vec.h"
#include "proc_store/station.h"

#define SLICE (1u << 20) /* bytes hashed at once */
#define SUMS_MAX 4096u	 /* that are remembered; the oldest go */

struct summing {
	uint64_t q;
	uint8_t of[SHA256_SIZE]; /* of the envelope that goes */
	unsigned rank;
	char name[FILES_NAME]; /* of the package as it came */
	uint64_t at, total;    /* of that file */
	struct sha256 hash;
	bool stale; /* the leg has other slips by now */
};
static struct summing *summings; /* owned; in the order they were begun */
static size_t summing_count;

static struct sum {
	uint64_t q;
	uint8_t of[SHA256_SIZE];
	uint8_t sum[SHA256_SIZE];
} * sums; /* owned */
static size_t sum_count;

/* ---- sums
 * ------------------------------------------------------------------------ */

static bool
sum_known(uint64_t q, const uint8_t of[static SHA256_SIZE],
    uint8_t out[static SHA256_SIZE])
{
	size_t i;

	for (i = 0; i < sum_count; i++)
		if (sums[i].q == q &&
		    memcmp(sums[i].of, of, SHA256_SIZE) == 0) {
			memcpy(out, sums[i].sum, SHA256_SIZE);
			return true;
		}
	return false;
}

static void
sum_drop(size_t i)
{
	memmove(&sums[i], &sums[i + 1], (--sum_count - i) * sizeof(*sums));
}

void
sum_forget(uint64_t q)
{
	size_t i;

	for (i = 0; i < summing_count; i++)
		if (summings[i].q == q)
			summings[i].stale = true;
	for (i = sum_count; i-- > 0;)
		if (sums[i].q == q)
			sum_drop(i);
}

/* "envelope" is what goes in the place of the first "at" bytes. */
static void
sum_begin(const struct msg_send *m, struct bytes envelope,
    const uint8_t of[static SHA256_SIZE], const struct stored *d)
{
	struct summing *s;
	size_t i;

	for (i = 0; i < summing_count; i++)
		if (summings[i].q == m->q &&
		    memcmp(summings[i].of, of, SHA256_SIZE) == 0)
			return; /* for another line of its hop */
	summings = vec_more(summings, summing_count, sizeof(*summings));
	s = &summings[summing_count++];
	*s = (struct summing){ .q = m->q,
		.rank = (unsigned)m->rank,
		.at = d->envelope,
		.total = d->total,
		.hash = sha256_start() };
	memcpy(s->of, of, SHA256_SIZE);
	files_name(s->name, d->sum);
	sha256_add(&s->hash, envelope);
	slice_wake();
}

static void
sum_end(size_t i, enum rc rc, struct err *e)
{
	const uint64_t q = summings[i].q;

	/* it is offered again, with the slips that it has by then */
	if (summings[i].stale)
		rc = fail(e, RC_IO, "its slips have changed meanwhile");
	if (rc == RC_OK) {
		if (sum_count == SUMS_MAX)
			sum_drop(0);
		sums = vec_more(sums, sum_count, sizeof(*sums));
		sums[sum_count].q = q;
		memcpy(sums[sum_count].of, summings[i].of, SHA256_SIZE);
		sha256_end(&summings[i].hash, sums[sum_count++].sum);
	}
	sha256_drop(&summings[i].hash);
	memmove(&summings[i], &summings[i + 1],
	    (--summing_count - i) * sizeof(*summings));
	line_summed(q, rc, e);
}

/* Of the highest rank, the oldest. */
static size_t
sum_next(void)
{
	size_t i, best = 0;

	for (i = 1; i < summing_count; i++)
		if (summings[i].rank > summings[best].rank)
			best = i;
	return best;
}

bool
sum_slice(void)
{
	const struct disk_ops *ops = st.disk->ops;
	struct summing *s;
	struct err e;
	uint8_t *piece;
	size_t i, n;
	enum rc rc;
	int file;

	if (summing_count == 0)
		return false;
	i = sum_next();
	s = &summings[i];
	n = s->total - s->at < SLICE ? (size_t)(s->total - s->at) : SLICE;
	piece = alloc(1, SLICE);
	rc = ops->open(st.disk, s->name, false, &file, &e);
	if (rc == RC_OK) {
		rc = ops->read(st.disk, file, s->at, piece, n, &e);
		ops->close(st.disk, file);
	}
	if (rc == RC_OK) {
		sha256_add(&s->hash, bytes_of(piece, n));
		s->at += n;
	}
	free(piece);
	if (rc != RC_OK || s->at == s->total)
		sum_end(i, rc, &e);
	return true;
}

/* ---- what is handed over
 * --------------------------------------------------------- */

enum rc
large_open(int *fd, const struct stored *d, struct err *e)
{
	char name[FILES_NAME], path[4096];

	files_name(name, d->sum);
	(void)snprintf(path, sizeof(path), "%s/%s", st.data, name);
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return *fd >= 0 ? RC_OK : fail_io(e, "%s cannot be opened", name);
}

enum rc
large_read(struct buf *envelope, int fd, const struct stored *d, struct err *e)
{
	const size_t n = (size_t)d->envelope;

	*envelope = (struct buf){ 0 };
	if (pread(fd, buf_grow(envelope, n), n, 0) == (ssize_t)n)
		return RC_OK;
	buf_free(envelope);
	return fail_io(e, "a package's file cannot be read");
}

/* The attachments come behind the envelope: together they are small. */
static enum rc
add_rest(struct buf *envelope, int fd, const struct stored *d, struct err *e)
{
	const size_t n = (size_t)(d->total - d->envelope);

	if (n > 0 && pread(fd, buf_grow(envelope, n), n, (off_t)d->envelope) !=
			 (ssize_t)n)
		return fail_io(e, "a package's file cannot be read");
	return RC_OK;
}

enum rc
large_fit(struct msg_send *m, struct buf *envelope, int *fd,
    const struct stored *d, bool *waits, struct err *e)
{
	const bool small = m->total <= STORE_INLINE,
		   whole = envelope->len == d->envelope;
	uint8_t of[SHA256_SIZE];
	enum rc rc = RC_OK;

	*waits = false;
	if (small) {
		rc = add_rest(envelope, *fd, d, e);
		sha256(m->sum, buf_bytes(envelope));
	} else if (whole) {
		memcpy(m->sum, d->sum, SHA256_SIZE);
	} else {
		/* by line and by disk it may go with different slips */
		sha256(of, buf_bytes(envelope));
		*waits = !sum_known(m->q, of, m->sum);
		if (*waits)
			sum_begin(m, buf_bytes(envelope), of, d);
	}
	if (small || *waits) {
		close(*fd);
		*fd = -1;
	}
	return rc;
}
