/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/transcript.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/time.h"
#include "core/vec.h"

#define FIRST "antin transcript 1\n"
#define NAME_MAX_BYTES 100

void
transcript_free(struct transcript *t)
{
	free(t->approvals);
	free(t->shares);
	free(t->acts);
	free(t->files);
	*t = (struct transcript){ 0 };
}

#define ADD(array, count, value)                                               \
	do {                                                                   \
		(array) = vec_more((array), (count), sizeof(*(array)));        \
		(array)[(count)++] = (value);                                  \
	} while (0)

void
transcript_approval(struct transcript *t, const struct approval *a)
{
	ADD(t->approvals, t->approval_count, *a);
}

void
transcript_share(struct transcript *t, const struct share_line *s)
{
	ADD(t->shares, t->share_count, *s);
}

void
transcript_act(struct transcript *t, const struct act_line *a)
{
	ADD(t->acts, t->act_count, *a);
}

void
transcript_file(struct transcript *t, struct bytes name, struct bytes contents)
{
	struct file_line f = { .name = name, .size = contents.len };

	sha256(f.hash.b, contents);
	ADD(t->files, t->file_count, f);
}

/* ---- writing ----------------------------------------------------------------
 */

static void
put_word(struct buf *out, const char *word)
{
	buf_add(out, bytes_str(word));
}

static void
put_digest(struct buf *out, const struct digest *d)
{
	char hex[2 * SHA256_SIZE + 1];

	hex_write(hex, bytes_of(d->b, sizeof(d->b)));
	put_word(out, hex);
}

static void
put_number(struct buf *out, uint64_t n)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, n);
	put_word(out, text);
}

static void
put_head(struct buf *out, const struct transcript *t)
{
	char at[TIME_TEXT];

	time_write(at, t->at);
	put_word(out, FIRST "plan: ");
	put_digest(out, &t->plan);
	put_word(out, "\nat: ");
	put_word(out, at);
	put_word(out, "\nauthority: ");
	put_digest(out, &t->authority);
	put_word(out, "\n");
}

void
transcript_write(struct buf *out, const struct transcript *t)
{
	char id[ID_TEXT];
	size_t i;

	*out = (struct buf){ 0 };
	put_head(out, t);
	for (i = 0; i < t->approval_count; i++) {
		put_word(out, "approval: ");
		put_digest(out, &t->approvals[i].card);
		put_word(out, " ");
		put_digest(out, &t->approvals[i].signature);
		put_word(out, "\n");
	}
	for (i = 0; i < t->share_count; i++) {
		put_word(out, "share: ");
		put_number(out, t->shares[i].number);
		put_word(out, " ");
		put_digest(out, &t->shares[i].hash);
		put_word(out, "\n");
	}
	for (i = 0; i < t->act_count; i++) {
		id_write(id, &t->acts[i].log);
		put_word(out, "act: ");
		put_word(out, id);
		put_word(out, " ");
		put_number(out, t->acts[i].number);
		put_word(out, " ");
		put_digest(out, &t->acts[i].hash);
		put_word(out, "\n");
	}
	for (i = 0; i < t->file_count; i++) {
		put_word(out, "file: ");
		put_digest(out, &t->files[i].hash);
		put_word(out, " ");
		put_number(out, t->files[i].size);
		put_word(out, " ");
		buf_add(out, t->files[i].name);
		put_word(out, "\n");
	}
}

/* ---- reading: each value as it may come, then the whole written again
 * ---------- */

/* The next line's value, if its word is this one. */
static bool
take_line(struct bytes *in, const char *word, struct bytes *value)
{
	const size_t n = strlen(word);
	const uint8_t *end;

	if (in->len < n + 2 || memcmp(in->p, word, n) != 0 ||
	    memcmp(in->p + n, ": ", 2) != 0 ||
	    (end = memchr(in->p, '\n', in->len)) == NULL)
		return false;
	*value = bytes_of(in->p + n + 2, (size_t)(end - in->p) - n - 2);
	*in = bytes_of(end + 1, (size_t)(in->p + in->len - end) - 1);
	return true;
}

/* Up to the next blank. */
static struct bytes
take_word(struct bytes *in)
{
	const uint8_t *blank =
	    in->len == 0 ? NULL : memchr(in->p, ' ', in->len);
	struct bytes word = *in;

	if (blank != NULL)
		word.len = (size_t)(blank - in->p);
	*in = bytes_of(in->p + word.len, in->len - word.len);
	if (in->len > 0)
		*in = bytes_of(in->p + 1, in->len - 1);
	return word;
}

static bool
take_digest(struct digest *out, struct bytes *in)
{
	return hex_parse(out->b, sizeof(out->b), take_word(in));
}

static bool
take_number(uint64_t *out, struct bytes *in)
{
	struct bytes word = take_word(in);
	size_t i;

	if (word.len == 0 || word.len > 18)
		return false;
	for (*out = 0, i = 0; i < word.len; i++) {
		if (word.p[i] < '0' || word.p[i] > '9')
			return false;
		*out = *out * 10 + (uint64_t)(word.p[i] - '0');
	}
	return true;
}

/* A file's name, of letters that lead nowhere. */
static bool
is_file_name(struct bytes name)
{
	size_t i;

	if (name.len == 0 || name.len > NAME_MAX_BYTES || name.p[0] == '.')
		return false;
	for (i = 0; i < name.len; i++)
		if (!(name.p[i] >= 'a' && name.p[i] <= 'z') &&
		    !(name.p[i] >= '0' && name.p[i] <= '9') &&
		    name.p[i] != '-' && name.p[i] != '.')
			return false;
	return true;
}

static bool
read_head(struct transcript *t, struct bytes *in)
{
	const size_t n = sizeof(FIRST) - 1;
	struct bytes plan, at, authority;

	if (in->len < n || memcmp(in->p, FIRST, n) != 0)
		return false;
	*in = bytes_of(in->p + n, in->len - n);
	return take_line(in, "plan", &plan) && take_digest(&t->plan, &plan) &&
	       take_line(in, "at", &at) && time_parse(&t->at, at) &&
	       take_line(in, "authority", &authority) &&
	       take_digest(&t->authority, &authority);
}

static bool
read_lines(struct transcript *t, struct bytes *in)
{
	struct approval approval;
	struct share_line share;
	struct file_line file;
	struct act_line act;
	struct bytes v;
	bool good = true;

	while (good && take_line(in, "approval", &v)) {
		good = take_digest(&approval.card, &v) &&
		       take_digest(&approval.signature, &v);
		transcript_approval(t, &approval);
	}
	while (good && take_line(in, "share", &v)) {
		good = take_number(&share.number, &v) &&
		       take_digest(&share.hash, &v);
		transcript_share(t, &share);
	}
	while (good && take_line(in, "act", &v)) {
		good = id_parse(&act.log, take_word(&v)) &&
		       take_number(&act.number, &v) &&
		       take_digest(&act.hash, &v);
		transcript_act(t, &act);
	}
	while (good && take_line(in, "file", &v)) {
		good = take_digest(&file.hash, &v) &&
		       take_number(&file.size, &v) && is_file_name(v);
		file.name = v;
		ADD(t->files, t->file_count, file);
	}
	return good && in->len == 0;
}

enum rc
transcript_read(struct transcript *out, struct bytes in, struct err *e)
{
	struct transcript t = { 0 };
	struct bytes rest = in;
	struct buf again = { 0 };
	bool good;

	*out = t;
	if (in.len > TRANSCRIPT_MAX)
		return fail(e, RC_LIMIT,
		    "a transcript of %zu bytes, at most %u", in.len,
		    TRANSCRIPT_MAX);
	good = read_head(&t, &rest) && read_lines(&t, &rest);
	if (good) {
		transcript_write(&again, &t);
		good = bytes_eq(buf_bytes(&again), in);
	}
	buf_free(&again);
	if (!good) {
		transcript_free(&t);
		return fail(e, RC_INVALID,
		    "docs/ceremony.md 5.1: this is no transcript");
	}
	*out = t;
	return RC_OK;
}
