/* SPDX-License-Identifier: EUPL-1.2 */
#include "control/answer.h"

#include <jansson.h>

#include "control/control.h"
#include "core/time.h"
#include "core/utf8.h"

#define ROWS_HEAD "{\"rows\":["
#define ROWS_TAIL "]}"

struct answer
answer_new(void)
{
	return (struct answer){ json_object() };
}

void
answer_word(struct answer *a, const char *key, const char *word)
{
	(void)json_object_set_new(a->root, key, json_string(word));
}

void
answer_text(struct answer *a, const char *key, struct bytes text)
{
	struct buf hex = { 0 };

	if (utf8_valid(text)) {
		(void)json_object_set_new(
		    a->root, key, json_stringn((const char *)text.p, text.len));
		return;
	}
	hex_write((char *)buf_grow(&hex, 2 * text.len + 1), text);
	answer_word(a, key, (const char *)hex.p);
	buf_free(&hex);
}

void
answer_number(struct answer *a, const char *key, uint64_t n)
{
	(void)json_object_set_new(a->root, key,
	    json_integer(n > INT64_MAX ? INT64_MAX : (json_int_t)n));
}

void
answer_time(struct answer *a, const char *key, int64_t t)
{
	if (t != TIME_NEVER)
		(void)json_object_set_new(a->root, key, json_integer(t));
}

void
answer_flag(struct answer *a, const char *key, bool yes)
{
	(void)json_object_set_new(a->root, key, json_boolean(yes));
}

void
answer_id(struct answer *a, const char *key, const struct id *id)
{
	char text[ID_TEXT];

	id_write(text, id);
	answer_word(a, key, text);
}

void
answer_free(struct answer *a)
{
	json_decref(a->root);
	*a = (struct answer){ 0 };
}

static int
add(const char *more, size_t len, void *to)
{
	buf_add(to, bytes_of(more, len));
	return 0;
}

static void
write_and_free(struct buf *out, struct answer *a)
{
	*out = (struct buf){ 0 };
	(void)json_dump_callback(a->root, add, out, JSON_COMPACT);
	answer_free(a);
}

void
answer_end(struct buf *out, struct answer *a, enum rc rc, struct bytes why)
{
	struct answer small;

	answer_word(a, "rc", rc_name(rc));
	if (rc != RC_OK)
		answer_text(a, "why", why);
	write_and_free(out, a);
	if (out->len <= CONTROL_PACKET)
		return;
	buf_free(out);
	small = answer_new();
	answer_word(&small, "rc", rc_name(RC_LIMIT));
	answer_word(&small, "why", "the answer does not fit into a packet");
	write_and_free(out, &small);
}

void
answer_progress(struct buf *out, uint64_t done, uint64_t total)
{
	struct answer a = answer_new(), in = answer_new();

	answer_number(&in, "done", done);
	answer_number(&in, "total", total);
	(void)json_object_set_new(a.root, "progress", in.root);
	write_and_free(out, &a);
}

static void
rows_put(struct answer_rows *rows)
{
	if (rows->packet.len == 0)
		return;
	buf_add(&rows->packet, bytes_str(ROWS_TAIL));
	rows->put(rows->ctx, buf_bytes(&rows->packet));
	buf_free(&rows->packet);
}

void
answer_row(struct answer_rows *rows, struct answer *row)
{
	struct buf text;
	size_t room = CONTROL_PACKET - sizeof(ROWS_HEAD ROWS_TAIL);

	write_and_free(&text, row);
	if (text.len <= room) {
		if (rows->packet.len > 0 &&
		    rows->packet.len + 1 + text.len + 2 > CONTROL_PACKET)
			rows_put(rows);
		buf_add(&rows->packet,
		    bytes_str(rows->packet.len == 0 ? ROWS_HEAD : ","));
		buf_add(&rows->packet, buf_bytes(&text));
	}
	buf_free(&text);
}

void
answer_rows_end(struct answer_rows *rows)
{
	rows_put(rows);
}
