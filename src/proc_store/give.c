/* SPDX-License-Identifier: EUPL-1.2 */
/* Directory files that the command gives, and takes. */
#include "proc_store/tell.h"

#define GIVE_MAX (512u << 20)  /* bytes of a file */
#define KEEP_MS INT64_C(60000) /* what is begun is kept, for who goes on */

static struct {
	uint64_t uid;
	struct id id; /* of a dispatch */
	struct buf file;
	int64_t at; /* milliseconds: till then */
} given, taken;

static enum rc
give(const struct msg_enrol_piece *m, struct applied *did, struct err *e)
{
	enum rc rc;

	if (m->total > GIVE_MAX)
		return fail(e, RC_LIMIT,
		    "a directory file of %llu bytes, at most %u",
		    (unsigned long long)m->total, GIVE_MAX);
	if (m->at == 0) {
		buf_free(&given.file);
		given.uid = m->uid;
	}
	if (given.uid != m->uid || m->at != given.file.len ||
	    m->bytes.len == 0 || m->bytes.len > m->total - m->at)
		return fail(e, RC_INVALID,
		    "somebody else gives a directory file at this moment; try "
		    "again");
	buf_add(&given.file, m->bytes);
	given.at = process_ms() + KEEP_MS;
	if (given.file.len < m->total)
		return RC_OK;
	rc = station_learns(buf_bytes(&given.file), did, e);
	buf_free(&given.file);
	return rc;
}

void
directory_give(uint64_t job, const struct msg_enrol_piece *m)
{
	struct applied did = { 0 };
	struct msg_done done = { 0 };
	struct err e;

	if (give(m, &did, &e) == RC_OK)
		(void)tell(PROC_CONTROL, MSG_DONE, job, &done, -1);
	else
		say_done(PROC_CONTROL, job, &e, NULL);
}

/* ---- what is taken, in pieces; of one at a time
 * ------------------------------------ */

static enum rc
make_directory(struct buf *out, const struct id *id, struct err *e)
{
	const struct directory_for all = { .all = true };

	(void)id;
	(void)e;
	directory_write(out, st.file.directory, &all, station_now());
	return RC_OK;
}

static enum rc
take(const struct msg_enrol_piece *m,
    enum rc (*make)(struct buf *out, const struct id *id, struct err *e),
    struct err *e)
{
	enum rc rc = RC_OK;

	if (m->at == 0) {
		buf_free(&taken.file);
		taken.uid = m->uid;
		taken.id = m->id;
		rc = make(&taken.file, &m->id, e);
	}
	taken.at = process_ms() + KEEP_MS;
	if (rc == RC_OK && (m->uid != taken.uid || !id_eq(&m->id, &taken.id) ||
			       m->at >= taken.file.len))
		rc = fail(e, RC_INVALID,
		    "somebody else takes something at this moment; try again");
	return rc;
}

static void
take_piece(uint64_t job, const struct msg_enrol_piece *m,
    enum rc (*make)(struct buf *out, const struct id *id, struct err *e))
{
	struct msg_enrol_is out = { 0 };
	struct err e = { 0 };
	struct rd r;

	out.rc = take(m, make, &e);
	out.why = bytes_str(e.text);
	if (out.rc == RC_OK) {
		r = rd_init(buf_bytes(&taken.file));
		(void)rd_bytes(&r, (size_t)m->at);
		out.total = taken.file.len;
		out.bytes = rd_rest(&r);
		if (out.bytes.len > MSG_ENROL_BYTES)
			out.bytes.len = MSG_ENROL_BYTES;
	}
	(void)tell(PROC_CONTROL, MSG_ENROL_PIECE, job, &out, -1);
	if (out.rc == RC_OK && m->at + out.bytes.len == taken.file.len)
		buf_free(&taken.file);
}

void
directory_take(uint64_t job, const struct msg_enrol_piece *m)
{
	take_piece(job, m, make_directory);
}

void
evidence_take(uint64_t job, const struct msg_enrol_piece *m)
{
	take_piece(job, m, evidence_make);
}

void
give_tick(int64_t ms)
{
	if (given.file.len > 0 && ms >= given.at)
		buf_free(&given.file);
	if (taken.file.len > 0 && ms >= taken.at)
		buf_free(&taken.file);
}
