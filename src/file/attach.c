/* SPDX-License-Identifier: EUPL-1.2 */
#include "file/attach.h"

#include <stdlib.h>
#include <string.h>

#include <zstd.h>

#include "core/work.h"

#define BATCH 4u	   /* chunks a thread works on at once */
#define PROBE (256u << 10) /* bytes looked at to choose a coding */
#define ZSTD_LEVEL 3
#define ZSTD_WINDOW_LOG 21 /* 2 MiB: what opening is ready to hold */

/* What a thread works on. */
struct piece {
	struct aead *key; /* one a thread */
	uint64_t chunk;	  /* the first */
	size_t count;	  /* chunks */
	size_t len;	  /* bytes, unsealed */
	bool last;	  /* ends with the attachment's last chunk */
	uint8_t plain[BATCH * ATTACHMENT_CHUNK];
	uint8_t sealed[BATCH * ATTACHMENT_SEALED];
	struct node leaves[BATCH];
	/* opening: the table of the group that was last worked on */
	uint64_t group; /* and 1; 0: none yet */
	struct node table[ATTACHMENT_GROUP];
};

static void
piece_drop(void *ctx, void *piece)
{
	(void)ctx;
	aead_free(((struct piece *)piece)->key);
}

/* ---- the stored stream: a file, packed and padded ----------------------- */

/* Where stored bytes come from. */
struct source {
	struct in_file *in;
	struct buf probe; /* read ahead, to choose the coding */
	size_t probe_at;
	uint64_t size; /* bytes of the file so far */
	bool ended;    /* the file has */
	enum coding coding;
	ZSTD_CStream *zstd;
	struct buf raw; /* not yet compressed */
	size_t raw_at;
	bool coded_ended;
	uint64_t coded, padding; /* padding still to come */
	bool peeked;
	uint8_t peek; /* read ahead, to know which chunk is the last */
};

static enum rc
file_next(struct source *s, uint8_t *to, size_t len, size_t *got, struct err *e)
{
	size_t n = s->probe.len - s->probe_at;
	enum rc rc = RC_OK;

	n = n < len ? n : len;
	if (n > 0)
		memcpy(to, s->probe.p + s->probe_at, n);
	s->probe_at += n;
	*got = 0;
	if (n < len && !s->ended) {
		rc = in_read(s->in, to + n, len - n, got, e);
		s->ended = *got < len - n;
	}
	*got += n;
	s->size += *got;
	return rc;
}

static enum rc
zstd_next(struct source *s, uint8_t *to, size_t len, size_t *got, struct err *e)
{
	ZSTD_outBuffer out = { to, len, 0 };
	ZSTD_inBuffer in;
	size_t left, n;
	enum rc rc;

	while (out.pos < len && !s->coded_ended) {
		if (s->raw_at == s->raw.len && !s->ended) {
			rc = file_next(s, s->raw.p, PROBE, &n, e);
			if (rc != RC_OK)
				return rc;
			s->raw.len = n;
			s->raw_at = 0;
		}
		in = (ZSTD_inBuffer){ s->raw.p, s->raw.len, s->raw_at };
		left = ZSTD_compressStream2(s->zstd, &out, &in,
		    s->ended ? ZSTD_e_end : ZSTD_e_continue);
		if (ZSTD_isError(left))
			return fail(
			    e, RC_LIMIT, "zstd: %s", ZSTD_getErrorName(left));
		s->raw_at = in.pos;
		s->coded_ended =
		    s->ended && left == 0 && s->raw_at == s->raw.len;
	}
	*got = out.pos;
	return RC_OK;
}

static enum rc
coded_next(
    struct source *s, uint8_t *to, size_t len, size_t *got, struct err *e)
{
	enum rc rc;

	*got = 0;
	if (s->coded_ended)
		return RC_OK;
	if (s->coding == CODING_ZSTD) {
		rc = zstd_next(s, to, len, got, e);
	} else {
		rc = file_next(s, to, len, got, e);
		s->coded_ended = s->ended && s->probe_at == s->probe.len;
	}
	s->coded += *got;
	if (s->coded_ended)
		s->padding = pad_size(s->coded) - s->coded;
	return rc;
}

/* Stored bytes: coded ones, then zeros up to the size class. */
static enum rc
stored_next(
    struct source *s, uint8_t *to, size_t len, size_t *got, struct err *e)
{
	size_t zeros;
	enum rc rc;

	rc = coded_next(s, to, len, got, e);
	if (rc == RC_OK && s->coded_ended && *got < len) {
		zeros = len - *got;
		zeros = zeros < s->padding ? zeros : (size_t)s->padding;
		memset(to + *got, 0, zeros);
		s->padding -= zeros;
		*got += zeros;
	}
	return rc;
}

/* Compressing a sample of the file's beginning tells whether it helps. */
static enum rc
source_start(struct source *s, struct in_file *in, struct err *e)
{
	struct buf packed;
	size_t got;
	enum rc rc;

	*s = (struct source){ .in = in };
	rc = in_read(in, buf_grow(&s->probe, PROBE), PROBE, &got, e);
	if (rc != RC_OK)
		return rc;
	s->probe.len = got;
	s->coding = pack(&packed, buf_bytes(&s->probe));
	buf_free(&packed);
	if (s->coding == CODING_PLAIN)
		return RC_OK;
	(void)buf_grow(&s->raw, PROBE);
	s->raw.len = 0;
	s->zstd = ZSTD_createCStream();
	if (s->zstd == NULL ||
	    ZSTD_isError(ZSTD_CCtx_setParameter(
		s->zstd, ZSTD_c_compressionLevel, ZSTD_LEVEL)) ||
	    ZSTD_isError(ZSTD_CCtx_setParameter(
		s->zstd, ZSTD_c_windowLog, ZSTD_WINDOW_LOG)))
		bug("zstd cannot start");
	return RC_OK;
}

static void
source_end(struct source *s)
{
	ZSTD_freeCStream(s->zstd);
	buf_free(&s->probe);
	buf_free(&s->raw);
}

/* ---- sealing
 * ----------------------------------------------------------------------- */

struct sealing {
	const uint8_t *key;
	struct aead *table_key;
	struct source source;
	struct out_file *out;
	struct progress *progress;
	uint64_t before; /* of the progress */
	uint64_t chunk;	 /* the next to be taken */
	bool taken_all;
	struct merkle tree;
	struct node table[ATTACHMENT_GROUP];
	size_t table_len;
	uint64_t group;
	uint8_t sealed_table[ATTACHMENT_TABLE];
};

static enum rc
seal_take(void *ctx, void *arg, bool *end, struct err *e)
{
	struct sealing *s = ctx;
	struct piece *p = arg;
	size_t got, n = 0;
	enum rc rc;

	*end = s->taken_all;
	if (*end)
		return RC_OK;
	if (s->source.peeked)
		p->plain[n++] = s->source.peek;
	rc = stored_next(
	    &s->source, p->plain + n, sizeof(p->plain) - n, &got, e);
	if (rc != RC_OK)
		return rc;
	p->len = n + got;
	rc = stored_next(&s->source, &s->source.peek, 1, &got, e);
	if (rc != RC_OK)
		return rc;
	s->source.peeked = got == 1;
	p->last = s->taken_all = !s->source.peeked;
	p->chunk = s->chunk;
	p->count = p->len == 0
		       ? 1
		       : (p->len + ATTACHMENT_CHUNK - 1) / ATTACHMENT_CHUNK;
	s->chunk += p->count;
	progress_to(s->progress, s->before + s->source.size);
	return RC_OK;
}

static enum rc
seal_turn(void *ctx, void *arg, struct err *e)
{
	const struct sealing *s = ctx;
	struct piece *p = arg;
	size_t i, at, len;

	(void)e;
	if (p->key == NULL)
		p->key = aead_new(s->key);
	for (i = 0; i < p->count; i++) {
		at = i * ATTACHMENT_CHUNK;
		len = p->len - at < ATTACHMENT_CHUNK ? p->len - at
						     : ATTACHMENT_CHUNK;
		attachment_seal(p->key, p->chunk + i,
		    p->last && i + 1 == p->count, bytes_of(p->plain + at, len),
		    p->sealed + i * ATTACHMENT_SEALED, &p->leaves[i]);
	}
	return RC_OK;
}

static enum rc
table_put(struct sealing *s, struct err *e)
{
	size_t len = s->table_len * SHA256_SIZE + AEAD_TAG;

	attachment_table_seal(
	    s->table_key, s->group++, s->table, s->table_len, s->sealed_table);
	attachment_fold(&s->tree, s->table, s->table_len);
	s->table_len = 0;
	return out_put(s->out, bytes_of(s->sealed_table, len), e);
}

static enum rc
seal_give(void *ctx, void *arg, struct err *e)
{
	struct sealing *s = ctx;
	struct piece *p = arg;
	enum rc rc;

	memcpy(
	    s->table + s->table_len, p->leaves, p->count * sizeof(*p->leaves));
	s->table_len += p->count;
	rc = out_put(
	    s->out, bytes_of(p->sealed, p->len + p->count * AEAD_TAG), e);
	if (rc == RC_OK && (p->last || s->table_len == ATTACHMENT_GROUP))
		rc = table_put(s, e);
	return rc;
}

enum rc
attach_seal(struct out_file *out, struct in_file *in,
    const uint8_t key[static AEAD_KEY], struct part *part,
    struct progress *progress, struct err *e)
{
	struct sealing *s = alloc(1, sizeof(*s));
	const struct work_stream stream = { sizeof(struct piece), seal_take,
		seal_turn, seal_give, piece_drop, s };
	enum rc rc;

	s->key = key;
	s->out = out;
	s->progress = progress;
	s->before = progress->done;
	rc = source_start(&s->source, in, e);
	if (rc == RC_OK) {
		s->table_key = aead_new(key);
		rc = work_stream(&stream, e);
	}
	if (rc == RC_OK) {
		part->attached = true;
		part->size = s->source.size;
		part->coding = s->source.coding;
		part->coded = s->source.coded;
		part->stored = pad_size(s->source.coded);
		merkle_root(&s->tree, &part->root);
	}
	aead_free(s->table_key);
	source_end(&s->source);
	wipe(s, sizeof(*s));
	free(s);
	return rc;
}

/* ---- opening
 * ----------------------------------------------------------------------- */

struct opening {
	const uint8_t *key;
	const struct in_file *in;
	uint64_t at;
	const struct part *part;
	const struct sink *out;
	struct progress *progress;
	uint64_t before;     /* of the progress */
	struct node *groups; /* roots of the tables, under the part's root */
	uint64_t chunk, chunks;
	uint64_t coded; /* bytes given on so far */
	uint64_t size;	/* bytes written so far */
	ZSTD_DStream *zstd;
	bool zstd_ended;
	struct buf plain; /* decompressed */
};

static enum rc
was_changed(const struct opening *o, struct err *e)
{
	return fail(e, RC_DENIED,
	    "docs/envelope.md 11.5: %s: the attachment \"%.*s\" was changed, "
	    "or is another's",
	    o->in->path, (int)o->part->name.len, (const char *)o->part->name.p);
}

static enum rc
table_read(const struct opening *o, struct aead *key, uint64_t group,
    struct node table[static ATTACHMENT_GROUP], struct err *e)
{
	size_t n = attachment_table_len(o->part->stored, group);
	size_t len = n * SHA256_SIZE + AEAD_TAG;
	uint8_t *sealed = alloc(1, len);
	enum rc rc;

	rc = in_read_at(o->in, sealed, len,
	    o->at + attachment_table_at(o->part->stored, group), e);
	if (rc == RC_OK &&
	    !attachment_table_open(key, group, bytes_of(sealed, len), table))
		rc = was_changed(o, e);
	free(sealed);
	return rc;
}

/* All tables once, before any chunk: they must lead to the signed root. */
static enum rc
tables_check(struct opening *o, struct err *e)
{
	uint64_t groups = attachment_groups(o->part->stored), g;
	struct node *table = alloc(ATTACHMENT_GROUP, sizeof(*table));
	struct aead *key = aead_new(o->key);
	struct merkle tree = { 0 };
	struct node root;
	enum rc rc = RC_OK;

	o->groups = alloc(groups, sizeof(*o->groups));
	for (g = 0; g < groups && rc == RC_OK; g++) {
		rc = table_read(o, key, g, table, e);
		if (rc == RC_OK) {
			merkle_root_of(&o->groups[g], table,
			    attachment_table_len(o->part->stored, g));
			merkle_add(&tree, &o->groups[g]);
		}
	}
	merkle_root(&tree, &root);
	if (rc == RC_OK && !node_eq(&root, &o->part->root))
		rc = was_changed(o, e);
	aead_free(key);
	free(table);
	return rc;
}

static enum rc
open_take(void *ctx, void *arg, bool *end, struct err *e)
{
	struct opening *o = ctx;
	struct piece *p = arg;
	uint64_t left = o->chunks - o->chunk;

	(void)e;
	*end = left == 0;
	p->chunk = o->chunk;
	p->count = left < BATCH ? (size_t)left : BATCH;
	p->last = p->count == left;
	o->chunk += p->count;
	return RC_OK;
}

/* The table a piece needs, held to the root that was found for it. */
static enum rc
piece_table(const struct opening *o, struct piece *p, struct err *e)
{
	uint64_t group = p->chunk / ATTACHMENT_GROUP;
	struct node root;
	enum rc rc;

	if (p->group == group + 1)
		return RC_OK;
	p->group = 0;
	rc = table_read(o, p->key, group, p->table, e);
	if (rc != RC_OK)
		return rc;
	merkle_root_of(
	    &root, p->table, attachment_table_len(o->part->stored, group));
	if (!node_eq(&root, &o->groups[group]))
		return was_changed(o, e);
	p->group = group + 1;
	return RC_OK;
}

static enum rc
open_turn(void *ctx, void *arg, struct err *e)
{
	const struct opening *o = ctx;
	struct piece *p = arg;
	uint64_t stored = o->part->stored, chunk;
	size_t i, len;
	enum rc rc;

	if (p->key == NULL)
		p->key = aead_new(o->key);
	rc = piece_table(o, p, e);
	if (rc != RC_OK)
		return rc;
	p->len = (p->count - 1) * ATTACHMENT_CHUNK +
		 attachment_chunk_len(stored, p->chunk + p->count - 1);
	rc = in_read_at(o->in, p->sealed, p->len + p->count * AEAD_TAG,
	    o->at + attachment_chunk_at(p->chunk), e);
	for (i = 0; i < p->count && rc == RC_OK; i++) {
		chunk = p->chunk + i;
		len = attachment_chunk_len(stored, chunk);
		if (!attachment_open(p->key, chunk, chunk + 1 == o->chunks,
			bytes_of(
			    p->sealed + i * ATTACHMENT_SEALED, len + AEAD_TAG),
			&p->table[chunk % ATTACHMENT_GROUP],
			p->plain + i * ATTACHMENT_CHUNK))
			rc = was_changed(o, e);
	}
	return rc;
}

static enum rc
does_not_unpack(const struct opening *o, struct err *e)
{
	return fail(e, RC_INVALID,
	    "docs/envelope.md 11.6: the attachment \"%.*s\" does not unpack "
	    "to the %llu bytes it promises",
	    (int)o->part->name.len, (const char *)o->part->name.p,
	    (unsigned long long)o->part->size);
}

static enum rc
give_on(struct opening *o, struct bytes more, struct err *e)
{
	if (more.len > o->part->size - o->size)
		return does_not_unpack(o, e);
	o->size += more.len;
	progress_to(o->progress, o->before + o->size);
	return o->out->put(o->out->ctx, more, e);
}

static enum rc
give_unpacked(struct opening *o, struct bytes coded, struct err *e)
{
	ZSTD_inBuffer in = { coded.p, coded.len, 0 };
	ZSTD_outBuffer out;
	size_t left;
	enum rc rc = RC_OK;

	do {
		out = (ZSTD_outBuffer){ o->plain.p, o->plain.cap, 0 };
		left = o->zstd_ended
			   ? 1
			   : ZSTD_decompressStream(o->zstd, &out, &in);
		if (ZSTD_isError(left) || o->zstd_ended)
			return does_not_unpack(o, e);
		o->zstd_ended = left == 0;
		rc = give_on(o, bytes_of(o->plain.p, out.pos), e);
	} while (rc == RC_OK &&
		 (in.pos < in.size || (!o->zstd_ended && out.pos == out.size)));
	return rc;
}

static enum rc
open_give(void *ctx, void *arg, struct err *e)
{
	struct opening *o = ctx;
	const struct piece *p = arg;
	uint64_t left = o->part->coded - o->coded;
	/* what is behind the coded bytes is padding */
	size_t n = p->len < left ? p->len : (size_t)left;
	struct bytes coded = bytes_of(p->plain, n);
	size_t i;

	o->coded += n;
	for (i = n; i < p->len; i++)
		if (p->plain[i] != 0)
			return fail(e, RC_INVALID,
			    "docs/envelope.md 7.4: padding that is not zero");
	if (n == 0)
		return RC_OK;
	return o->part->coding == CODING_ZSTD ? give_unpacked(o, coded, e)
					      : give_on(o, coded, e);
}

static enum rc
open_all(struct opening *o, struct err *e)
{
	const struct work_stream stream = { sizeof(struct piece), open_take,
		open_turn, open_give, piece_drop, o };
	enum rc rc;

	if (o->at > o->in->size ||
	    attachment_size(o->part->stored) > o->in->size - o->at)
		return fail(e, RC_INVALID,
		    "%s is cut off: the attachment \"%.*s\" is not whole",
		    o->in->path, (int)o->part->name.len,
		    (const char *)o->part->name.p);
	rc = tables_check(o, e);
	if (rc == RC_OK)
		rc = work_stream(&stream, e);
	if (rc == RC_OK &&
	    (o->size != o->part->size ||
		(o->part->coding == CODING_ZSTD && !o->zstd_ended)))
		rc = does_not_unpack(o, e);
	return rc;
}

enum rc
attach_open(const struct sink *out, const struct in_file *in, uint64_t at,
    const uint8_t key[static AEAD_KEY], const struct part *part,
    struct progress *progress, struct err *e)
{
	struct opening o = { .key = key,
		.in = in,
		.at = at,
		.part = part,
		.out = out,
		.progress = progress,
		.before = progress->done,
		.chunks = attachment_chunks(part->stored) };
	enum rc rc;

	if (part->coding == CODING_ZSTD) {
		o.zstd = ZSTD_createDStream();
		if (o.zstd == NULL ||
		    ZSTD_isError(ZSTD_DCtx_setParameter(
			o.zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG)))
			bug("zstd cannot start");
		(void)buf_grow(&o.plain, PROBE);
	}
	rc = open_all(&o, e);
	ZSTD_freeDStream(o.zstd);
	buf_free(&o.plain);
	free(o.groups);
	return rc;
}
