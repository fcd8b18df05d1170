/* SPDX-License-Identifier: EUPL-1.2 */
/* Directory files that the command gives, and takes. */
#include "antind/tell.h"

#define GIVE_MAX (512u << 20)  /* bytes of a file */
#define TAKE_MS INT64_C(60000) /* it is kept so long for who takes it */

static struct {
	uint64_t uid;
	struct buf file;
	int64_t at;
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

void
directory_take(uint64_t job, const struct msg_enrol_piece *m)
{
	const struct directory_for all = { .all = true };
	struct msg_enrol_is out = { 0 };
	struct err e = { 0 };
	struct rd r;

	if (m->at == 0) {
		buf_free(&taken.file);
		directory_write(
		    &taken.file, st.file.directory, &all, station_now());
		taken.uid = m->uid;
	}
	taken.at = process_ms() + TAKE_MS;
	if (m->uid != taken.uid || m->at > taken.file.len) {
		out.rc = fail(&e, RC_INVALID,
		    "somebody else takes the directory at this moment; try "
		    "again");
		out.why = bytes_str(e.text);
	} else {
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
