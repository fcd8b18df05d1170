/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/status.h"

#include <stdlib.h>
#include <string.h>

#include "core/vec.h"

#define VERSION 1

static int
by_id(const void *a, const void *b)
{
	const struct status_log *x = a, *y = b;

	return memcmp(x->log.b, y->log.b, ID_SIZE);
}

void
status_put(struct buf *out, const struct status *s)
{
	struct der_wr w = { 0 };
	size_t i;

	der_put_open(&w, DER_SEQUENCE);
	der_put_uint(&w, VERSION);
	der_put_octets(&w, bytes_of(s->root, sizeof(s->root)));
	der_put_open(&w, DER_SEQUENCE);
	for (i = 0; i < s->count; i++) {
		der_put_open(&w, DER_SEQUENCE);
		der_put_octets(&w, id_bytes(&s->logs[i].log));
		der_put_uint(&w, s->logs[i].size);
		der_put_close(&w);
	}
	der_put_close(&w);
	der_put_close(&w);
	*out = w.out;
}

void
status_write(struct buf *out, const struct directory *d)
{
	struct status s = { .count = d->log_count };
	size_t i;

	s.logs = alloc(d->log_count + 1, sizeof(*s.logs));
	for (i = 0; i < d->log_count; i++) {
		s.logs[i].log = d->logs[i].id;
		s.logs[i].size = d->logs[i].log.tree.size;
	}
	qsort(s.logs, s.count, sizeof(*s.logs), by_id);
	cert_fingerprint(s.root, d->root);
	status_put(out, &s);
	status_free(&s);
}

static struct status_log
log_read_one(struct der *d)
{
	struct status_log l = { 0 };
	struct bytes id;

	der_open(d, DER_SEQUENCE);
	id = der_octets(d, ID_SIZE, ID_SIZE);
	if (id.len == ID_SIZE)
		memcpy(l.log.b, id.p, ID_SIZE);
	l.size = der_uint(d, LOG_ENTRIES_MAX);
	if (l.size == 0)
		der_fault(d, "docs/directory.md 5.7: a log of nothing");
	der_close(d);
	return l;
}

static void
logs_read(struct der *d, struct status *s)
{
	struct status_log l;

	der_open(d, DER_SEQUENCE);
	while (d->why == NULL && der_more(d) && s->count <= DIRECTORY_LOGS) {
		l = log_read_one(d);
		if (s->count > 0 && by_id(&s->logs[s->count - 1], &l) >= 0)
			der_fault(d, "docs/directory.md 5.7: logs that are not "
				     "in their order");
		s->logs = vec_more(s->logs, s->count, sizeof(*s->logs));
		s->logs[s->count++] = l;
	}
	der_close(d);
}

enum rc
status_read(struct status *out, struct bytes in, struct err *e)
{
	struct der d = der_init(in);
	struct status s = { 0 };
	struct bytes root;
	enum rc rc;

	*out = s;
	if (in.len > STATUS_MAX)
		return fail(e, RC_LIMIT, "a status of %zu bytes, at most %u",
		    in.len, STATUS_MAX);
	der_open(&d, DER_SEQUENCE);
	if (der_uint(&d, 255) != VERSION)
		der_fault(&d, "a version that this program does not know");
	root = der_octets(&d, SHA256_SIZE, SHA256_SIZE);
	logs_read(&d, &s);
	der_close(&d);
	if (s.count > DIRECTORY_LOGS)
		rc = fail(e, RC_LIMIT, "over %u logs", DIRECTORY_LOGS);
	else
		rc = der_end(&d, "docs/directory.md 5.7: a status", e);
	if (rc != RC_OK) {
		status_free(&s);
		return rc;
	}
	memcpy(s.root, root.p, sizeof(s.root));
	*out = s;
	return RC_OK;
}

void
status_free(struct status *s)
{
	free(s->logs);
	*s = (struct status){ 0 };
}

uint64_t
status_has(void *ctx, const struct id *log)
{
	const struct status *s = ctx;
	const struct status_log want = { .log = *log };
	const struct status_log *found;

	if (s->count == 0)
		return 0;
	found = bsearch(&want, s->logs, s->count, sizeof(want), by_id);
	return found == NULL ? 0 : found->size;
}

bool
status_fits(const struct status *s, const struct directory *d)
{
	uint8_t root[SHA256_SIZE];

	cert_fingerprint(root, d->root);
	return memcmp(root, s->root, sizeof(root)) == 0;
}
