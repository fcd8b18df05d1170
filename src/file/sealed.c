/* SPDX-License-Identifier: EUPL-1.2 */
#include "file/sealed.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "crypto/random.h"

/* ---- the head: reader beside writer
 * ------------------------------------------- */

static void
head_write(uint8_t out[static SEALED_HEAD], uint64_t len, uint64_t start)
{
	struct buf b = { 0 };

	buf_add(&b, bytes_of(SEALED_MAGIC, 8));
	buf_u64(&b, len);
	buf_u64(&b, start);
	memcpy(out, b.p, SEALED_HEAD);
	buf_free(&b);
}

/* What of a file is the envelope, and where attachments start. */
static enum rc
head_read(struct sealed_file *f, uint64_t *at, uint64_t *len, struct err *e)
{
	uint8_t head[SEALED_HEAD];
	struct rd r = rd_init(bytes_of(head, sizeof(head)));
	enum rc rc;

	*at = 0;
	*len = f->in.size;
	if (f->in.size < SEALED_HEAD)
		return RC_OK; /* the envelope's reader says what it lacks */
	rc = in_read_at(&f->in, head, sizeof(head), 0, e);
	if (rc != RC_OK)
		return rc;
	if (!bytes_eq(rd_bytes(&r, 8), bytes_of(SEALED_MAGIC, 8)))
		return RC_OK; /* an envelope alone */
	*at = SEALED_HEAD;
	*len = rd_u64(&r);
	f->attachments = rd_u64(&r);
	f->has_attachments = true;
	if (*len > ENVELOPE_MAX || f->attachments < SEALED_HEAD + *len ||
	    f->attachments - SEALED_HEAD - *len > LIMIT_CONTENT)
		return fail(e, RC_INVALID,
		    "docs/envelope.md 14.2: %s has a head that contradicts "
		    "itself",
		    f->in.path);
	return RC_OK;
}

/* The room between envelope and attachments carries nothing. */
static enum rc
gap_check(const struct sealed_file *f, uint64_t from, struct err *e)
{
	size_t len = (size_t)(f->attachments - from), i;
	uint8_t *gap = alloc(1, len);
	enum rc rc;

	rc = in_read_at(&f->in, gap, len, from, e);
	for (i = 0; i < len && rc == RC_OK; i++)
		if (gap[i] != 0)
			rc = fail(e, RC_INVALID,
			    "docs/envelope.md 14.3: %s has bytes where zeros "
			    "are wanted",
			    f->in.path);
	free(gap);
	return rc;
}

enum rc
sealed_open(struct sealed_file *out, const char *path, struct err *e)
{
	struct sealed_file f = { 0 };
	struct stat st;
	uint64_t at, len;
	enum rc rc;

	*out = (struct sealed_file){ .in = { .fd = -1 } };
	/* asked before it is opened: a pipe would wait for who writes to it */
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return fail(e, RC_INVALID,
		    "%s is no regular file; save what arrives to one first",
		    path);
	rc = in_open(&f.in, path, e);
	if (rc != RC_OK)
		return rc;
	if ((rc = head_read(&f, &at, &len, e)) != RC_OK)
		goto out;
	if (len > ENVELOPE_MAX) {
		rc = fail(e, RC_LIMIT, "%s has %llu bytes, at most %u", path,
		    (unsigned long long)len, ENVELOPE_MAX);
		goto out;
	}
	if ((rc = in_read_at(&f.in, buf_grow(&f.der, (size_t)len), (size_t)len,
		 at, e)) != RC_OK ||
	    (f.has_attachments && (rc = gap_check(&f, at + len, e)) != RC_OK))
		goto out;
	rc = envelope_parse(&f.envelope, buf_bytes(&f.der), e);
	if (rc != RC_OK)
		rc = fail_at(e, "%s is no envelope", path);
out:
	if (rc == RC_OK)
		*out = f;
	else
		sealed_close(&f);
	return rc;
}

void
sealed_close(struct sealed_file *f)
{
	in_close(&f->in);
	buf_free(&f->der);
	*f = (struct sealed_file){ .in = { .fd = -1 } };
}

/* Where attachments would start in a file that has none: at its end. */
static uint64_t
start_of(const struct sealed_file *f)
{
	return f->has_attachments ? f->attachments : f->in.size;
}

enum rc
sealed_attachment_at(uint64_t *at, const struct sealed_file *f,
    const struct dispatch *d, size_t part, struct err *e)
{
	return attach_at(at, &f->in, start_of(f), d, part, e);
}

enum rc
sealed_check_end(
    const struct sealed_file *f, const struct dispatch *d, struct err *e)
{
	bool any = false;
	size_t i;

	for (i = 0; i < d->part_count; i++)
		any = any || d->parts[i].attached;
	/* a head with nothing behind the envelope */
	if (f->has_attachments && !any)
		return fail(e, RC_INVALID,
		    "docs/envelope.md 14.4: %s goes on behind its last "
		    "attachment",
		    f->in.path);
	return attach_check_end(&f->in, start_of(f), d, e);
}

/* ---- making
 * ------------------------------------------------------------------------ */

struct making {
	struct out_file out;
	uint8_t cek[AEAD_KEY];
	struct dispatch *d;
	struct sealing_part *parts;
	struct buf data; /* the parts inside, packed */
	bool has_attachments;
	uint64_t start; /* of the attachments */
	struct progress *progress;
};

/* Pack the parts that lie inside, in order. */
static enum rc
gather_inside(struct making *m, struct err *e)
{
	struct buf all = { 0 };
	struct part *p;
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; i < m->d->part_count; i++) {
		p = &m->parts[i].part;
		if (m->parts[i].path != NULL) {
			/* the largest numbers it may come to */
			*p = (struct part){ p->kind, p->name, p->type,
				INT64_MAX, p->of, true, CODING_ZSTD,
				INT64_MAX / 2, INT64_MAX, { { 0 } } };
			m->has_attachments = true;
			continue;
		}
		p->size = m->parts[i].inside.len;
		if (p->size > LIMIT_CONTENT - all.len) {
			rc = fail(e, RC_LIMIT,
			    "the text and small files are over %u bytes "
			    "together",
			    LIMIT_CONTENT);
			break;
		}
		buf_add(&all, m->parts[i].inside);
	}
	if (rc == RC_OK) {
		m->d->size = all.len;
		m->d->coding = pack(&m->data, buf_bytes(&all));
	}
	buf_free(&all);
	return rc;
}

static void
parts_to_manifest(struct making *m)
{
	size_t i;

	for (i = 0; i < m->d->part_count; i++)
		m->d->parts[i] = m->parts[i].part;
}

static enum rc
seal_attachments(struct making *m, struct err *e)
{
	uint8_t key[AEAD_KEY];
	struct in_file in;
	enum rc rc = RC_OK;
	size_t i;

	m->out.at = m->start;
	for (i = 0; i < m->d->part_count && rc == RC_OK; i++) {
		if (m->parts[i].path == NULL)
			continue;
		rc = in_open(&in, m->parts[i].path, e);
		if (rc != RC_OK)
			break;
		attachment_key(key, m->cek, &m->d->header.id, i);
		rc = attach_seal(
		    &m->out, &in, key, &m->parts[i].part, m->progress, e);
		wipe(key, sizeof(key));
		in_close(&in);
	}
	parts_to_manifest(m);
	return rc;
}

/* The envelope, in the room left for it. */
static enum rc
seal_envelope(struct making *m, const struct signer *signer,
    const struct recipient *recipients, size_t n, int64_t now, struct err *e)
{
	uint64_t begin = m->has_attachments ? SEALED_HEAD : 0;
	struct sink sink = out_sink(&m->out);
	uint8_t head[SEALED_HEAD];
	struct buf inner = { 0 };
	enum rc rc;

	rc = dispatch_check(m->d, e);
	if (rc != RC_OK)
		return rc;
	signed_dispatch(&inner, m->d, buf_bytes(&m->data), signer, now);
	m->out.at = begin;
	rc = envelope_seal(
	    &sink, &m->d->header, buf_bytes(&inner), m->cek, recipients, n, e);
	buf_free(&inner);
	if (rc != RC_OK || !m->has_attachments)
		return rc;
	if (m->out.at > m->start)
		bug("an envelope over the room that was reckoned for it");
	head_write(head, m->out.at - begin, m->start);
	return out_put_at(&m->out, bytes_of(head, sizeof(head)), 0, e);
}

enum rc
sealed_make(const char *path, bool replace, struct dispatch *d,
    struct sealing_part *parts, size_t part_count, const struct signer *signer,
    const struct recipient *recipients, size_t n, int64_t now,
    struct progress *progress, struct err *e)
{
	struct making m = { .d = d, .parts = parts, .progress = progress };
	enum rc rc;

	d->parts = alloc(part_count, sizeof(*d->parts));
	d->part_count = part_count;
	rc = dispatch_check_head(d, e); /* before hours of work */
	if (rc != RC_OK)
		return rc;
	random_bytes(m.cek, sizeof(m.cek));
	rc = out_open(&m.out, path, 0644, replace, e);
	if (rc != RC_OK || (rc = gather_inside(&m, e)) != RC_OK)
		goto out;
	parts_to_manifest(&m);
	m.start = SEALED_HEAD + envelope_size(&d->header,
				    signed_dispatch_size(d, m.data.len,
					sig_key_alg(signer->key)),
				    recipients, n);
	if ((rc = seal_attachments(&m, e)) != RC_OK ||
	    (rc = seal_envelope(&m, signer, recipients, n, now, e)) != RC_OK)
		goto out;
	rc = out_commit(&m.out, e);
out:
	out_drop(&m.out);
	buf_free(&m.data);
	wipe(m.cek, sizeof(m.cek));
	return rc;
}
