/* SPDX-License-Identifier: EUPL-1.2 */
#include "desk/list.h"

#include <stdio.h>
#include <string.h>

static void
add_text(struct buf *out, const char *text)
{
	buf_add(out, bytes_str(text));
}

void
list_write(struct buf *out, const struct files *p, struct bytes nonce)
{
	char hex[2 * SHA256_SIZE + 1], size[24];
	const struct doc_file *f;
	size_t i;

	add_text(out, LIST_TEXT);
	buf_add(out, nonce);
	add_text(out, "\n");
	for (i = 0; i < p->count; i++) {
		f = &p->file[i];
		hex_write(hex, bytes_of(f->digest, SHA256_SIZE));
		(void)snprintf(size, sizeof(size), "\t%llu\t",
		    (unsigned long long)f->size);
		add_text(out, f->attachment ? "attachment\t" : "document\t");
		add_text(out, hex);
		add_text(out, size);
		buf_add(out, f->type);
		add_text(out, "\t");
		buf_add(out, f->name);
		add_text(out, "\n");
	}
}

void
list_kinds(struct files *p)
{
	struct bytes rest = buf_bytes(&p->content);
	const uint8_t *end;
	size_t i;

	if (rest.len < LIST_HEAD)
		return;
	rest = bytes_of(rest.p + LIST_HEAD, rest.len - LIST_HEAD);
	for (i = 0; i < p->count && rest.len > 0; i++) {
		p->file[i].attachment = rest.p[0] == 'a';
		end = memchr(rest.p, '\n', rest.len);
		if (end == NULL)
			return;
		rest = bytes_of(end + 1, rest.len - (size_t)(end + 1 - rest.p));
	}
}

bool
list_is(const struct files *p)
{
	const struct bytes list = buf_bytes(&p->content);
	struct buf should = { 0 };
	bool same;

	if (list.len < LIST_HEAD)
		return false;
	list_write(
	    &should, p, bytes_of(list.p + sizeof(LIST_TEXT) - 1, LIST_NONCE));
	same = bytes_eq(buf_bytes(&should), list);
	buf_free(&should);
	return same;
}

/* A line: kind, digest, size, type, name. */
static bool
read_line(struct doc_file *f, struct bytes *rest)
{
	struct bytes field[5];
	const uint8_t *end;
	size_t i;

	for (i = 0; i < 5; i++) {
		end = rest->len == 0
			  ? NULL
			  : memchr(rest->p, i < 4 ? '\t' : '\n', rest->len);
		if (end == NULL)
			return false;
		field[i] = bytes_of(rest->p, (size_t)(end - rest->p));
		*rest = bytes_of(end + 1, rest->len - field[i].len - 1);
	}
	f->attachment = bytes_is(field[0], "attachment");
	return hex_parse(f->digest, sizeof(f->digest), field[1]);
}

/* Written anew it is the same: so it has one spelling, and nothing besides. */
enum rc
list_read(struct files *p, struct err *e)
{
	struct bytes rest = buf_bytes(&p->content);
	size_t i;

	if (rest.len < LIST_HEAD)
		return fail(e, RC_INVALID, "it has no list of its files");
	rest = bytes_of(rest.p + LIST_HEAD, rest.len - LIST_HEAD);
	for (i = 0; i < p->count; i++)
		if (!read_line(&p->file[i], &rest))
			break;
	return i == p->count && list_is(p)
		   ? RC_OK
		   : fail(e, RC_INVALID,
			 "its files are not those that were signed");
}
