/* SPDX-License-Identifier: EUPL-1.2 */
/* Attachments: how chunks and tables lie, what opens, and what does not. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../tests/tap.h"
#include "core/work.h"
#include "crypto/random.h"
#include "envelope/attachment.h"
#include "file/attach.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define C ((uint64_t)ATTACHMENT_CHUNK)
#define G ((uint64_t)ATTACHMENT_GROUP)

/* ---- where things lie ----------------------------------------------- */

/* Chunk after chunk, a table after each group and after the last: laid down
 * one by one, as docs/envelope.md 11 tells it.  Returns what is wrong. */
static size_t
lay_down(uint64_t stored)
{
	uint64_t at = 0, left = stored, chunk = 0, group = 0, in_table = 0;
	size_t wrong = 0, len;

	do {
		len = left < C ? (size_t)left : C;
		wrong += attachment_chunk_at(chunk) != at ||
			 attachment_chunk_len(stored, chunk) != len;
		at += len + AEAD_TAG;
		left -= len;
		chunk++;
		in_table++;
		if (left > 0 && in_table < G)
			continue;
		wrong += attachment_table_at(stored, group) != at ||
			 attachment_table_len(stored, group) != in_table;
		at += in_table * SHA256_SIZE + AEAD_TAG;
		in_table = 0;
		group++;
	} while (left > 0);
	return wrong + (attachment_chunks(stored) != chunk) +
	       (attachment_groups(stored) != group) +
	       (attachment_size(stored) != at);
}

static void
sizes_are_those_laid_down(void)
{
	static const uint64_t around[] = { 2, AEAD_TAG, C, 2 * C, 3 * C,
		(G - 1) * C, G * C, (G + 1) * C, 2 * G * C, (2 * G + 1) * C,
		3 * G * C };
	size_t i, wrong = 0;
	int d;

	for (i = 0; i < COUNT(around); i++)
		for (d = -2; d <= 2; d++)
			wrong += lay_down(around[i] + (uint64_t)d);
	is(wrong, 0,
	    "chunks and tables lie where they do when laid down one by one, "
	    "around each border");
}

/* The same reckoned in 128 bits, for what nobody lays down. */
static bool
is_reckoned(uint64_t stored)
{
	unsigned __int128 chunks = (stored + (unsigned __int128)C - 1) / C;
	unsigned __int128 groups = (chunks + G - 1) / G, size;

	size = stored + chunks * (AEAD_TAG + SHA256_SIZE) + groups * AEAD_TAG;
	return attachment_chunks(stored) == chunks &&
	       attachment_groups(stored) == groups &&
	       attachment_size(stored) == size &&
	       attachment_table_at(stored, (uint64_t)groups - 1) +
		       attachment_table_len(stored, (uint64_t)groups - 1) *
			   SHA256_SIZE +
		       AEAD_TAG ==
		   size;
}

static void
no_size_overflows(void)
{
	static const uint64_t sizes[] = { UINT64_C(1) << 32,
		(UINT64_C(1) << 40) + 1, UINT64_C(1) << 62,
		(UINT64_C(1) << 62) + 1, INT64_MAX - 1, INT64_MAX };
	size_t i, wrong = 0;

	for (i = 0; i < COUNT(sizes); i++)
		wrong += !is_reckoned(sizes[i]);
	/* the largest that a statement may say it packed (8.7) */
	wrong += !is_reckoned(pad_size(INT64_MAX / 2)) ||
		 pad_size(INT64_MAX / 2) > INT64_MAX;
	is(wrong, 0, "no size that a statement may name overflows");
}

/* ---- chunks in memory ----------------------------------------------- */

#define CHUNKS 5

/* Some chunks of an attachment, the last one short. */
struct box {
	struct aead *key;
	size_t count, last; /* chunks; bytes of the last */
	uint8_t *sealed;
	struct node *leaves;
};

/* What chunk number i holds; lives until the next call. */
static struct bytes
plain_chunk(const struct box *b, size_t i)
{
	static uint8_t plain[ATTACHMENT_CHUNK];

	memcpy(plain, &i, sizeof(i));
	return bytes_of(plain, i + 1 == b->count ? b->last : C);
}

static struct bytes
sealed_chunk(const struct box *b, size_t i)
{
	return bytes_of(b->sealed + i * ATTACHMENT_SEALED,
	    plain_chunk(b, i).len + AEAD_TAG);
}

static void
box_make(struct box *b, struct aead *key, size_t count, size_t last)
{
	size_t i;

	*b = (struct box){ key, count, last, alloc(count, ATTACHMENT_SEALED),
		alloc(count, sizeof(struct node)) };
	for (i = 0; i < count; i++)
		attachment_seal(key, i, i + 1 == count, plain_chunk(b, i),
		    b->sealed + i * ATTACHMENT_SEALED, &b->leaves[i]);
}

static void
box_free(struct box *b)
{
	free(b->sealed);
	free(b->leaves);
}

static struct aead *
key_of(uint8_t cek, uint8_t dispatch, size_t part)
{
	uint8_t key[AEAD_KEY], content[AEAD_KEY] = { cek };
	struct id id = { { dispatch } };

	attachment_key(key, content, &id, part);
	return aead_new(key);
}

/* Open a chunk as number "as": 1 where it comes out as it went in; ends the
 * test where a refused one leaves a byte. */
static size_t
opens(const struct box *b, struct aead *key, size_t chunk, size_t as, bool last,
    const struct node *leaf)
{
	static uint8_t out[ATTACHMENT_CHUNK];
	struct bytes in = sealed_chunk(b, chunk);
	size_t i, len = in.len - AEAD_TAG;

	memset(out, 0xaa, sizeof(out));
	if (attachment_open(key, as, last, in, leaf, out))
		return bytes_eq(bytes_of(out, len), plain_chunk(b, chunk));
	for (i = 0; i < len; i++)
		if (out[i] != 0)
			bug("something is left of a refused chunk");
	return 0;
}

static void
chunks_open_in_any_order(struct aead *key)
{
	static const size_t order[CHUNKS] = { 3, 0, 4, 2, 1 };
	struct dice dice = { 7 };
	size_t i, c, opened = 0;
	struct box b;

	box_make(&b, key, CHUNKS, 1000);
	for (i = 0; i < CHUNKS; i++)
		opened += opens(&b, key, order[i], order[i],
		    order[i] + 1 == CHUNKS, &b.leaves[order[i]]);
	for (i = 0; i < 40; i++) {
		c = dice_below(&dice, CHUNKS);
		opened += opens(&b, key, c, c, c + 1 == CHUNKS, &b.leaves[c]);
	}
	is(opened, CHUNKS + 40, "chunks open in any order, and again");
	box_free(&b);
}

/* Each chunk as each number, with each leaf and either flag. */
static void
a_chunk_opens_in_its_place_only(struct aead *key)
{
	size_t chunk, as, leaf, last, opened = 0, rightly = 0;
	struct box b;

	box_make(&b, key, CHUNKS, C); /* all of one length */
	for (chunk = 0; chunk < CHUNKS; chunk++)
		for (as = 0; as < CHUNKS; as++)
			for (leaf = 0; leaf < CHUNKS; leaf++)
				for (last = 0; last < 2; last++) {
					size_t n = opens(&b, key, chunk, as,
					    last == 1, &b.leaves[leaf]);

					opened += n;
					rightly += n == 1 && chunk == as &&
						   chunk == leaf &&
						   (last == 1) ==
						       (chunk + 1 == CHUNKS);
				}
	ok(opened == CHUNKS && rightly == CHUNKS,
	    "of %d chunks under %d numbers and hashes, first or last, each "
	    "opens in its own place only",
	    CHUNKS, CHUNKS);
	box_free(&b);
}

static void
a_chunk_is_of_one_attachment(struct aead *key)
{
	struct aead *others[] = { key_of(2, 1, 0), key_of(1, 2, 0),
		key_of(1, 1, 1) };
	size_t i, c, opened = 0;
	struct box b;

	box_make(&b, key, CHUNKS, 10);
	for (i = 0; i < COUNT(others); i++) {
		for (c = 0; c < CHUNKS; c++)
			opened += opens(
			    &b, others[i], c, c, c + 1 == CHUNKS, &b.leaves[c]);
		aead_free(others[i]);
	}
	is(opened, 0,
	    "no chunk opens as one of another content key, dispatch "
	    "or part");
	box_free(&b);
}

static void
no_flipped_bit_or_shorter_chunk_opens(struct aead *key)
{
	uint8_t out[64];
	struct box b;
	size_t i, opened = 0;

	box_make(&b, key, 1, sizeof(out));
	for (i = 0; i < (sizeof(out) + AEAD_TAG) * 8; i++) {
		b.sealed[i / 8] ^= (uint8_t)(1u << i % 8);
		opened += opens(&b, key, 0, 0, true, &b.leaves[0]);
		b.sealed[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	for (i = 0; i < sizeof(out) + AEAD_TAG; i++)
		opened += attachment_open(
		    key, 0, true, bytes_of(b.sealed, i), &b.leaves[0], out);
	is(opened, 0, "no chunk with a flipped bit or cut off anywhere opens");
	box_free(&b);
}

/* Who knows the key makes a chunk and a table that authenticate. */
static void
an_insider_does_not_reach_the_root(struct aead *key)
{
	uint8_t table[CHUNKS * SHA256_SIZE + AEAD_TAG], out[16];
	struct bytes lie = bytes_str("0123456789abcdef");
	struct node leaves[CHUNKS], root, forged;
	const size_t i = CHUNKS - 1;
	struct box b;

	box_make(&b, key, CHUNKS, lie.len);
	merkle_root_of(&root, b.leaves, CHUNKS);
	attachment_seal(
	    key, i, true, lie, b.sealed + i * ATTACHMENT_SEALED, &forged);
	ok(!attachment_open(
	       key, i, true, sealed_chunk(&b, i), &b.leaves[i], out),
	    "a chunk that an insider made is not in the right table");
	b.leaves[i] = forged;
	attachment_table_seal(key, 0, b.leaves, CHUNKS, table);
	ok(attachment_table_open(
	       key, 0, bytes_of(table, sizeof(table)), leaves) &&
		attachment_open(
		    key, i, true, sealed_chunk(&b, i), &leaves[i], out) &&
		bytes_eq(bytes_of(out, sizeof(out)), lie),
	    "it is in a table that the insider made too");
	merkle_root_of(&forged, leaves, CHUNKS);
	ok(!node_eq(&forged, &root),
	    "and that table is not under the root that was signed");
	box_free(&b);
}

static void
a_table_opens_in_its_place_only(struct aead *key)
{
	uint8_t sealed[3 * SHA256_SIZE + AEAD_TAG];
	struct node leaves[3], out[3], none[3];
	size_t i, opened = 0;

	random_bytes(leaves, sizeof(leaves));
	memset(none, 0, sizeof(none));
	attachment_table_seal(key, 1, leaves, 3, sealed);
	ok(attachment_table_open(
	       key, 1, bytes_of(sealed, sizeof(sealed)), out) &&
		memcmp(out, leaves, sizeof(out)) == 0,
	    "a table opens");
	for (i = 0; i < sizeof(sealed); i++)
		opened +=
		    attachment_table_open(key, 1, bytes_of(sealed, i), out);
	opened += attachment_table_open(
	    key, 0, bytes_of(sealed, sizeof(sealed)), out);
	ok(opened == 0 && memcmp(out, none, sizeof(out)) == 0,
	    "not as another group's and not cut off, and nothing is left of "
	    "it");
	attachment_seal(
	    key, 1, false, bytes_of(leaves, sizeof(leaves)), sealed, &none[0]);
	ok(!attachment_table_open(
	       key, 1, bytes_of(sealed, sizeof(sealed)), out),
	    "a chunk is not taken for a table");
}

/* ---- over the border of a group ------------------------------------- */

static void
a_group_is_a_subtree(void)
{
	struct node *leaves = alloc(3 * G, sizeof(*leaves)), all, folded;
	static const uint64_t sizes[] = { 1, G - 1, G, G + 1, 2 * G - 1, 2 * G,
		2 * G + 1, 3 * G };
	size_t i, differ = 0;
	uint64_t at, n;

	random_bytes(leaves, 3 * G * sizeof(*leaves));
	for (i = 0; i < COUNT(sizes); i++) {
		struct merkle tree = { 0 };

		for (at = 0; at < sizes[i]; at += n) {
			n = sizes[i] - at < G ? sizes[i] - at : G;
			attachment_fold(&tree, leaves + at, (size_t)n);
		}
		merkle_root(&tree, &folded);
		merkle_root_of(&all, leaves, sizes[i]);
		differ += !node_eq(&folded, &all);
	}
	is(differ, 0, "the root over tables is that over all hashes");
	free(leaves);
}

/* 134 MB of chunks, for real: the last of the first group and the first of
 * the second. */
static void
chunks_open_over_the_border_of_a_group(struct aead *key)
{
	const size_t n = G + 2;
	struct timespec from, to;
	size_t i, refused = 0, wrongly = 0;
	struct box b;

	(void)clock_gettime(CLOCK_MONOTONIC, &from);
	box_make(&b, key, n, 7);
	for (i = 0; i < n; i += i + 3 < G ? 97 : 1)
		refused += opens(&b, key, i, i, i + 1 == n, &b.leaves[i]) == 0;
	wrongly += opens(&b, key, G - 1, G, false, &b.leaves[G]);
	wrongly += opens(&b, key, G, G - 1, false, &b.leaves[G - 1]);
	wrongly += opens(&b, key, G - 1, G - 1, true, &b.leaves[G - 1]);
	wrongly += opens(&b, key, G, 0, false, &b.leaves[0]);
	is(refused, 0, "each of %zu chunks that is asked for opens", n);
	is(wrongly, 0, "none opens across the border of a group");
	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	note("134 MB in %ld ms", (to.tv_sec - from.tv_sec) * 1000 +
				     (to.tv_nsec - from.tv_nsec) / 1000000);
	box_free(&b);
}

/* ---- files ---------------------------------------------------------- */

#define BEFORE 100 /* bytes of something else before the attachment */

/* A folder with a file in it that holds an attachment. */
struct folder {
	char dir[32], plain[64], sealed[64];
	uint8_t key[AEAD_KEY];
	struct part part;
};

static void
folder_make(struct folder *f)
{
	*f = (struct folder){ .dir = "/tmp/attachment.XXXXXX" };
	if (mkdtemp(f->dir) == NULL)
		bug("no folder for files");
	(void)snprintf(f->plain, sizeof(f->plain), "%s/plain", f->dir);
	(void)snprintf(f->sealed, sizeof(f->sealed), "%s/sealed", f->dir);
	f->part.name = bytes_str("a");
	random_bytes(f->key, sizeof(f->key));
}

static void
folder_free(struct folder *f)
{
	(void)unlink(f->plain);
	(void)unlink(f->sealed);
	if (rmdir(f->dir) != 0)
		bug("something is left in the folder");
}

static void
file_put(const char *path, struct bytes all)
{
	struct err e;

	if (file_write(path, all, 0600, true, &e) != RC_OK)
		bug(e.text);
}

/* "len" bytes that pack well, or not at all. */
static void
filling(struct buf *out, size_t len, bool packs)
{
	static const char line[] = "Kính gửi: Ủy ban nhân dân các xã, phường. ";
	size_t i;

	buf_free(out);
	(void)buf_grow(out, len);
	if (packs)
		for (i = 0; i < len; i++)
			out->p[i] = (uint8_t)line[i % (sizeof(line) - 1)];
	else if (len > 0)
		random_bytes(out->p, len);
}

/* A thread that writes into a pipe, in pieces of odd sizes. */
struct pouring {
	int fd;
	struct bytes all;
};

static void *
pour(void *arg)
{
	struct pouring *p = arg;
	ssize_t n;

	while (p->all.len > 0) {
		n = write(p->fd, p->all.p, p->all.len < 777 ? p->all.len : 777);
		if (n <= 0)
			break;
		p->all = bytes_of(p->all.p + n, p->all.len - (size_t)n);
	}
	(void)close(p->fd);
	return NULL;
}

static enum rc
seal_from(struct folder *f, const char *path, struct err *e)
{
	struct progress none = { 0 };
	struct out_file out;
	struct in_file in;
	enum rc rc;

	if ((rc = in_open(&in, path, e)) != RC_OK)
		return rc;
	if ((rc = out_open(&out, f->sealed, 0600, true, e)) == RC_OK) {
		out.at = BEFORE;
		rc = attach_seal(&out, &in, f->key, &f->part, &none, e);
	}
	if (rc == RC_OK)
		rc = out_commit(&out, e);
	out_drop(&out);
	in_close(&in);
	return rc;
}

static enum rc
seal_bytes(struct folder *f, struct bytes all, bool pipes, struct err *e)
{
	struct pouring pouring = { .all = all };
	pthread_t writer;
	char path[32];
	int ends[2];
	enum rc rc;

	if (!pipes) {
		file_put(f->plain, all);
		return seal_from(f, f->plain, e);
	}
	if (pipe(ends) != 0)
		bug("no pipe");
	pouring.fd = ends[1];
	(void)snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
	if (pthread_create(&writer, NULL, pour, &pouring) != 0)
		bug("no thread");
	rc = seal_from(f, path, e);
	(void)pthread_join(writer, NULL);
	(void)close(ends[0]);
	return rc;
}

/* Open what lies in the file into *out, which holds what was given on before
 * a failure too. */
static enum rc
open_bytes(struct buf *out, const struct folder *f, struct err *e)
{
	struct progress none = { 0 };
	struct sink sink = sink_buf(out);
	struct in_file in;
	enum rc rc;

	buf_free(out);
	if ((rc = in_open(&in, f->sealed, e)) != RC_OK)
		return rc;
	rc = attach_open(&sink, &in, BEFORE, f->key, &f->part, &none, e);
	in_close(&in);
	return rc;
}

static bool
comes_back(struct folder *f, size_t len, bool packs, bool pipes)
{
	struct buf all = { 0 }, back = { 0 };
	struct in_file in;
	struct err e;
	bool good;

	filling(&all, len, packs);
	good = seal_bytes(f, buf_bytes(&all), pipes, &e) == RC_OK &&
	       in_open(&in, f->sealed, &e) == RC_OK;
	if (good) {
		good = in.size == BEFORE + attachment_size(f->part.stored);
		in_close(&in);
	}
	good = good && f->part.attached && f->part.size == len &&
	       f->part.stored == pad_size(f->part.coded) &&
	       f->part.coding ==
		   (packs && len > 64 ? CODING_ZSTD : CODING_PLAIN) &&
	       open_bytes(&back, f, &e) == RC_OK &&
	       bytes_eq(buf_bytes(&back), buf_bytes(&all));
	if (!good)
		note("%zu bytes, packs %d, pipe %d", len, packs, pipes);
	buf_free(&all);
	buf_free(&back);
	return good;
}

static void
files_come_back(void)
{
	static const size_t sizes[] = { 0, 1, 2, 65535, 65536, 65537, 131072,
		262143, 262144, 262145, 524288, 1048577 };
	static const unsigned threads[] = { 1, 2, 8 };
	size_t i, t, lost = 0, made = 0;
	struct folder f;
	int packs, pipes;

	folder_make(&f);
	for (t = 0; t < COUNT(threads); t++) {
		work_threads_set(threads[t]);
		for (i = 0; i < COUNT(sizes); i++)
			for (packs = 0; packs < 2; packs++)
				for (pipes = 0; pipes < 2; pipes++, made++)
					lost += !comes_back(&f, sizes[i],
					    packs == 1, pipes == 1);
	}
	work_threads_set(0);
	is(lost, 0,
	    "%zu files and pipes come back as they were, by one, two "
	    "and eight threads",
	    made);
	folder_free(&f);
}

/* ---- a file of two groups ------------------------------------------- */

/* Bytes that do not pack, made where they are wanted. */
struct noise {
	struct dice dice;
	int fd;
	uint64_t left;
	uint32_t block[1024];
	size_t differ;
};

static struct bytes
noise_next(struct noise *n)
{
	size_t i;

	for (i = 0; i < COUNT(n->block); i++)
		n->block[i] = dice_below(&n->dice, UINT32_MAX);
	return bytes_of(
	    n->block, n->left < sizeof(n->block) ? n->left : sizeof(n->block));
}

static void *
pour_noise(void *arg)
{
	struct noise *n = arg;
	struct bytes b;

	while (n->left > 0) {
		b = noise_next(n);
		if (write(n->fd, b.p, b.len) != (ssize_t)b.len)
			break;
		n->left -= b.len;
	}
	(void)close(n->fd);
	return NULL;
}

/* A sink that holds what comes to the noise that went in. */
static enum rc
put_noise(void *ctx, struct bytes more, struct err *e)
{
	struct noise *n = ctx;
	struct bytes want;

	(void)e;
	/* pieces are whole blocks, but the last */
	for (; more.len > 0;
	     more = bytes_of(more.p + want.len, more.len - want.len)) {
		want = noise_next(n);
		if (want.len > more.len ||
		    memcmp(want.p, more.p, want.len) != 0) {
			n->differ++;
			return RC_OK;
		}
		n->left -= want.len;
	}
	return RC_OK;
}

/* Through a pipe into a file that never has a name, and back. */
static enum rc
pass_noise(uint64_t size, struct noise *back, struct part *part, struct err *e)
{
	struct noise in = { .dice = { 1 }, .left = size };
	struct sink sink = { put_noise, back };
	struct progress none = { 0 };
	uint8_t key[AEAD_KEY] = { 9 };
	struct out_file out;
	struct in_file from, again;
	pthread_t writer;
	char path[32];
	int ends[2];
	enum rc rc;

	if (pipe(ends) != 0)
		bug("no pipe");
	in.fd = ends[1];
	(void)snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
	if (pthread_create(&writer, NULL, pour_noise, &in) != 0 ||
	    in_open(&from, path, e) != RC_OK ||
	    out_open(&out, "/tmp/attachment.none", 0600, false, e) != RC_OK)
		bug("no thread, pipe or file");
	rc = attach_seal(&out, &from, key, part, &none, e);
	(void)pthread_join(writer, NULL);
	(void)close(ends[0]);
	in_close(&from);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", out.fd);
	if (rc == RC_OK && (rc = in_open(&again, path, e)) == RC_OK) {
		rc = attach_open(&sink, &again, 0, key, part, &none, e);
		in_close(&again);
	}
	out_drop(&out);
	return rc;
}

static void
a_file_of_two_groups_comes_back(void)
{
	const uint64_t size = G * C + C + 5;
	struct noise *back = alloc(1, sizeof(*back));
	struct part part = { .name = bytes_str("noise") };
	struct err e;

	back->dice.state = 1;
	back->left = size;
	went(pass_noise(size, back, &part, &e), &e,
	    "128 MiB and a bit go through a pipe, and open");
	ok(back->left == 0 && back->differ == 0 &&
		part.coding == CODING_PLAIN && part.size == size &&
		attachment_groups(part.stored) == 2,
	    "and are what they were, in two groups");
	free(back);
}

/* ---- files that were changed ---------------------------------------- */

/* Open after a change: what comes out is a beginning of what went in. */
static enum rc
open_changed(const struct folder *f, struct bytes sealed, struct bytes all,
    size_t *leaked)
{
	struct buf out = { 0 };
	struct err e;
	enum rc rc;

	file_put(f->sealed, sealed);
	rc = open_bytes(&out, f, &e);
	if (rc == RC_OK || out.len > all.len ||
	    memcmp(out.p == NULL ? all.p : out.p, all.p, out.len) != 0)
		(*leaked)++;
	buf_free(&out);
	return rc;
}

static void
no_cut_file_opens(void)
{
	static const size_t less[] = { 1, 2, 15, 16, 17, 32, 48, 65, 100, 65536,
		65552, 65553, 65600, 131072, 262144, 300000, 1 };
	struct buf all = { 0 }, sealed = { 0 };
	size_t i, wrong = 0, leaked = 0;
	struct folder f;
	struct err e;

	folder_make(&f);
	filling(&all, 300000, false);
	if (seal_bytes(&f, buf_bytes(&all), false, &e) != RC_OK ||
	    file_read(&sealed, f.sealed, SIZE_MAX / 4, &e) != RC_OK)
		bug(e.text);
	for (i = 0; i < COUNT(less); i++)
		wrong +=
		    open_changed(&f, bytes_of(sealed.p, sealed.len - less[i]),
			buf_bytes(&all), &leaked) != RC_INVALID;
	for (i = 0; i <= BEFORE; i += 50)
		wrong += open_changed(&f, bytes_of(sealed.p, i),
			     buf_bytes(&all), &leaked) != RC_INVALID;
	is(wrong, 0, "a file that is cut off anywhere is told to be");
	is(leaked, 0, "and gives nothing that was not sealed");
	buf_free(&all);
	buf_free(&sealed);
	folder_free(&f);
}

/* A flipped bit in every so many bytes, in each tag and all over the table. */
static void
no_flipped_bit_passes(void)
{
	struct buf all = { 0 }, sealed = { 0 };
	size_t at, step, table, wrong = 0, leaked = 0, made = 0;
	struct folder f;
	struct err e;

	folder_make(&f);
	filling(&all, 300000, false);
	if (seal_bytes(&f, buf_bytes(&all), false, &e) != RC_OK ||
	    file_read(&sealed, f.sealed, SIZE_MAX / 4, &e) != RC_OK)
		bug(e.text);
	table = BEFORE + attachment_table_at(f.part.stored, 0);
	for (at = BEFORE; at < sealed.len; at += step, made++) {
		step = at < table ? 4099 : 5;
		sealed.p[at] ^= (uint8_t)(1u << made % 8);
		wrong += open_changed(&f, buf_bytes(&sealed), buf_bytes(&all),
			     &leaked) != RC_DENIED;
		sealed.p[at] ^= (uint8_t)(1u << made % 8);
	}
	is(wrong, 0, "no flipped bit passes, at %zu places", made);
	is(leaked, 0, "and none lets out what was not sealed");
	for (at = 0; at < BEFORE; at++)
		sealed.p[at] ^= 0xff;
	ok(open_changed(&f, buf_bytes(&sealed), buf_bytes(&all), &leaked) ==
		RC_OK,
	    "what stands before an attachment is none of it");
	buf_free(&all);
	buf_free(&sealed);
	folder_free(&f);
}

/* ---- forged ones ---------------------------------------------------- */

/*
 * Seal "stored" as they stand, as a sender or an insider can; the part tells
 * the truth about them but for what the caller changes.
 */
static void
forge(struct folder *f, struct bytes stored)
{
	struct aead *key = aead_new(f->key);
	uint64_t n = attachment_chunks(stored.len), i;
	struct node leaves[64];
	struct buf file = { 0 };
	size_t len, table = n * SHA256_SIZE;
	uint8_t *at;

	if (n > COUNT(leaves))
		bug("a forgery of more than 4 MiB");
	(void)buf_grow(&file, BEFORE);
	for (i = 0; i < n; i++) {
		len = attachment_chunk_len(stored.len, i);
		at = buf_grow(&file, len + AEAD_TAG);
		attachment_seal(key, i, i + 1 == n,
		    bytes_of(stored.p + i * C, len), at, &leaves[i]);
	}
	attachment_table_seal(
	    key, 0, leaves, n, buf_grow(&file, table + AEAD_TAG));
	merkle_root_of(&f->part.root, leaves, n);
	f->part.stored = stored.len;
	file_put(f->sealed, buf_bytes(&file));
	buf_free(&file);
	aead_free(key);
}

/* The packed bytes and their padding, forged; the part says so. */
static void
forge_coded(
    struct folder *f, enum coding coding, struct bytes coded, uint64_t size)
{
	struct buf stored = { 0 };

	buf_reserve(&stored, 1); /* so that nothing is somewhere, too */
	buf_add(&stored, coded);
	(void)buf_grow(&stored, pad_size(coded.len) - coded.len);
	forge(f, buf_bytes(&stored));
	f->part.coding = coding;
	f->part.coded = coded.len;
	f->part.size = size;
	buf_free(&stored);
}

/* Lies about a part whose bytes are what their sender signed. */
static const struct lie {
	const char *name;
	int size, coded, stored; /* added to the truth */
	bool other_coding;
	enum rc want;
} lies[] = {
	{ "the truth", 0, 0, 0, false, RC_OK },
	{ "a byte less", -1, 0, 0, false, RC_INVALID },
	{ "a byte more", 1, 0, 0, false, RC_INVALID },
	{ "nothing at all", -4000, 0, 0, false, RC_INVALID },
	{ "a packed byte less", 0, -1, 0, false, RC_INVALID },
	{ "a packed byte more", 0, 1, 0, false, RC_INVALID },
	{ "no packed bytes", 0, -4000, 0, false, RC_INVALID },
	{ "the other coding", 0, 0, 0, true, RC_INVALID },
	{ "a stored byte more", 0, 0, 1, false, RC_INVALID },
	{ "a stored byte less", 0, 0, -1, false, RC_DENIED },
	{ "a chunk more", 0, 0, ATTACHMENT_CHUNK, false, RC_INVALID },
};

static uint64_t
lied(uint64_t truth, int more)
{
	return more < 0 && (uint64_t)-more > truth
		   ? 0
		   : truth + (uint64_t)(int64_t)more;
}

static void
no_lie_about_sizes_passes(bool packs)
{
	struct buf all = { 0 }, coded = { 0 }, out = { 0 };
	enum coding coding = CODING_PLAIN;
	size_t i, wrong = 0;
	struct folder f;
	struct err e;
	enum rc rc;

	folder_make(&f);
	filling(&all, 4000, packs);
	if (packs)
		coding = pack(&coded, buf_bytes(&all));
	else
		buf_add(&coded, buf_bytes(&all));
	for (i = 0; i < COUNT(lies); i++) {
		forge_coded(&f, coding, buf_bytes(&coded), all.len);
		f.part.size = lied(f.part.size, lies[i].size);
		f.part.coded = lied(f.part.coded, lies[i].coded);
		f.part.stored = lied(f.part.stored, lies[i].stored);
		if (lies[i].other_coding)
			f.part.coding = CODING_ZSTD - coding;
		rc = open_bytes(&out, &f, &e);
		if (rc != lies[i].want || out.len > f.part.size) {
			note("%s: %s", lies[i].name, rc_name(rc));
			wrong++;
		}
	}
	is(wrong, 0, "%s: of %zu things said of sizes only the truth passes",
	    packs ? "packed" : "plain", COUNT(lies));
	buf_free(&all);
	buf_free(&coded);
	buf_free(&out);
	folder_free(&f);
}

/* Packed bytes that a sender signed, and what they are refused for. */
static void
pack_twice(struct buf *coded, struct buf *all)
{
	struct buf one = { 0 };
	size_t half = all->len / 2;

	(void)pack(coded, bytes_of(all->p, half));
	(void)pack(&one, bytes_of(all->p + half, half));
	buf_add(coded, buf_bytes(&one));
	buf_free(&one);
}

static void
pack_and_garbage(struct buf *coded, struct buf *all)
{
	(void)pack(coded, buf_bytes(all));
	buf_add(coded, bytes_str("garbage"));
}

static void
pack_and_zero(struct buf *coded, struct buf *all)
{
	(void)pack(coded, buf_bytes(all));
	buf_u8(coded, 0);
}

static void
pack_behind_skipped(struct buf *coded, struct buf *all)
{
	struct buf frame = { 0 };

	(void)pack(&frame, buf_bytes(all));
	buf_add(coded, bytes_of("\x50\x2a\x4d\x18\4\0\0\0skip", 12));
	buf_add(coded, buf_bytes(&frame));
	buf_free(&frame);
}

static void
pack_bomb(struct buf *coded, struct buf *all)
{
	struct buf zeros = { 0 };

	(void)buf_grow(&zeros, 64u << 20);
	(void)pack(coded, buf_bytes(&zeros));
	buf_free(&zeros);
	all->len = 1000;
}

/* It asks its reader for a window of 8 MiB. */
static void
pack_wide(struct buf *coded, struct buf *all)
{
	buf_free(all);
	(void)buf_grow(all, 8u << 20);
	(void)pack(coded, buf_bytes(all));
}

static void
pack_cut(struct buf *coded, struct buf *all)
{
	(void)pack(coded, buf_bytes(all));
	coded->len -= 3;
}

static void
pack_nothing(struct buf *coded, struct buf *all)
{
	buf_free(coded);
	all->len = 0;
}

static void
pack_noise(struct buf *coded, struct buf *all)
{
	buf_add(coded, buf_bytes(all));
	random_bytes(coded->p, 64);
}

static const struct {
	const char *name;
	void (*pack)(struct buf *coded, struct buf *all);
} packings[] = {
	{ "two frames", pack_twice },
	{ "garbage behind", pack_and_garbage },
	{ "a zero behind", pack_and_zero },
	{ "a frame to be skipped", pack_behind_skipped },
	{ "64 MiB where 1,000 bytes are promised", pack_bomb },
	{ "a window of 8 MiB", pack_wide },
	{ "a cut frame", pack_cut },
	{ "no frame", pack_nothing },
	{ "noise", pack_noise },
};

static void
no_other_packing_is_read(void)
{
	struct buf all = { 0 }, coded = { 0 }, out = { 0 };
	size_t i, read = 0;
	struct folder f;
	struct err e;

	folder_make(&f);
	for (i = 0; i < COUNT(packings); i++) {
		filling(&all, 4000, true);
		packings[i].pack(&coded, &all);
		forge_coded(&f, CODING_ZSTD, buf_bytes(&coded), all.len);
		if (open_bytes(&out, &f, &e) != RC_INVALID ||
		    out.len > f.part.size) {
			note("read: %s", packings[i].name);
			read++;
		}
		buf_free(&coded);
	}
	is(read, 0,
	    "what does not unpack to its size, and to no more, in one "
	    "frame is refused (%zu ways)",
	    COUNT(packings));
	buf_free(&all);
	buf_free(&out);
	folder_free(&f);
}

/* docs/envelope.md 7.4 */
static void
padding_is_zeros(enum coding coding)
{
	struct buf all = { 0 }, coded = { 0 }, out = { 0 };
	struct folder f;
	struct err e;
	size_t len;

	folder_make(&f);
	filling(&all, 5000, coding == CODING_ZSTD);
	if (coding == CODING_ZSTD)
		(void)pack(&coded, buf_bytes(&all));
	else
		buf_add(&coded, buf_bytes(&all));
	len = coded.len;
	(void)buf_grow(&coded, pad_size(len) - len);
	if (coded.len == len)
		bug("a class without padding");
	coded.p[coded.len - 1] = 1;
	forge(&f, buf_bytes(&coded));
	f.part.coding = coding;
	f.part.coded = len;
	f.part.size = all.len;
	ok(open_bytes(&out, &f, &e) == RC_INVALID,
	    "%s: padding that is not zero is refused",
	    coding == CODING_ZSTD ? "packed" : "plain");
	buf_free(&all);
	buf_free(&coded);
	buf_free(&out);
	folder_free(&f);
}

/* Who knows the key replaces a chunk and the table, and leaves the part. */
static void
an_insiders_file_is_refused(void)
{
	struct buf all = { 0 }, out = { 0 };
	struct folder f;
	struct part part;
	struct err e;

	folder_make(&f);
	filling(&all, 3 * ATTACHMENT_CHUNK, false);
	if (seal_bytes(&f, buf_bytes(&all), false, &e) != RC_OK)
		bug(e.text);
	part = f.part;
	all.p[2 * ATTACHMENT_CHUNK] ^= 1;
	forge(&f, buf_bytes(&all));
	f.part = part;
	ok(open_bytes(&out, &f, &e) == RC_DENIED && out.len == 0,
	    "a chunk and a table that an insider put in are refused before a "
	    "byte is given on");
	buf_free(&all);
	buf_free(&out);
	folder_free(&f);
}

/* ---- work that fails ------------------------------------------------ */

struct full {
	size_t left;
};

static enum rc
put_full(void *ctx, struct bytes more, struct err *e)
{
	struct full *f = ctx;

	if (more.len > f->left)
		return fail(e, RC_IO, "full");
	f->left -= more.len;
	return RC_OK;
}

static void
a_full_disk_ends_the_work(void)
{
	struct full full = { 400000 };
	struct sink sink = { put_full, &full };
	struct progress none = { 0 };
	struct buf all = { 0 };
	struct in_file in;
	struct folder f;
	struct err e;
	enum rc rc;

	folder_make(&f);
	filling(&all, 4u << 20, false);
	if (seal_bytes(&f, buf_bytes(&all), false, &e) != RC_OK ||
	    in_open(&in, f.sealed, &e) != RC_OK)
		bug(e.text);
	work_threads_set(8);
	rc = attach_open(&sink, &in, BEFORE, f.key, &f.part, &none, &e);
	work_threads_set(0);
	ok(rc == RC_IO && strcmp(e.text, "full") == 0,
	    "a sink that is full ends the work of eight threads with its own "
	    "outcome");
	in_close(&in);
	buf_free(&all);
	folder_free(&f);
}

int
main(void)
{
	struct aead *key = key_of(1, 1, 0);

	sizes_are_those_laid_down();
	no_size_overflows();
	chunks_open_in_any_order(key);
	a_chunk_opens_in_its_place_only(key);
	a_chunk_is_of_one_attachment(key);
	no_flipped_bit_or_shorter_chunk_opens(key);
	an_insider_does_not_reach_the_root(key);
	a_table_opens_in_its_place_only(key);
	a_group_is_a_subtree();
	chunks_open_over_the_border_of_a_group(key);
	files_come_back();
	a_file_of_two_groups_comes_back();
	no_cut_file_opens();
	no_flipped_bit_passes();
	no_lie_about_sizes_passes(false);
	no_lie_about_sizes_passes(true);
	no_other_packing_is_read();
	padding_is_zeros(CODING_PLAIN);
	padding_is_zeros(CODING_ZSTD);
	an_insiders_file_is_refused();
	a_full_disk_ends_the_work();
	aead_free(key);
	return done();
}
