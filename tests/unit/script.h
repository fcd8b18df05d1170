/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Frames from words, good ones and others; what the tests of hostile peers
 * share.
 *
 *	H	HELLO			P	PARTIAL; P:3:70 entry of sum 3
 *	I1	ITEM number 1		M1	MORE of item 1
 *	D1:5	DATA, 5 bytes		S1	STOP
 *	A1:3:0	ACK			C100:5	CREDIT
 *	G:5 O:5	PING, PONG		B	BYE
 *	E	ENROL			T77:3	type 77, 3 bytes
 *	K2:1:5	TELL of kind 2, flags 1, 5 bytes
 *	@4=ff	the payload's byte 4..	-2	without its last 2 bytes
 *	+61	with that behind it	L9	the head says 9 bytes
 *	*3	three times the same (items' numbers grow)
 */
#ifndef TESTS_SCRIPT_H
#define TESTS_SCRIPT_H

#include <stdlib.h>
#include <string.h>

#include "../tests/tap.h"
#include "link/frame.h"

#define SCRIPT_DESK "antin://vn/a"

struct script {
	struct bytes statement; /* of HELLO */
	struct buf bytes;	/* what the peer sends */
	size_t last;		/* where its last frame is */
};

static inline void
put_hello(struct buf *out, struct bytes statement)
{
	hello_write(out, &(struct hello){ .lowest = 1,
			     .highest = 3,
			     .incarnation = 1,
			     .clock = 5,
			     .window = 100000,
			     .items = 100,
			     .statement = statement });
}

static inline void
put_item(struct buf *out, uint32_t number)
{
	static const uint8_t ten[10] = { 0 };
	struct item item = { .number = number, .envelope = 10, .total = 10 };
	struct link_dest d = { .address = bytes_str(SCRIPT_DESK) };
	size_t at = frame_open(out, FRAME_ITEM);

	sha256(item.sum, bytes_of(ten, sizeof(ten)));
	item_put(out, &item, false, 1);
	dest_put(out, &d);
	frame_close(out, at);
}

static inline void
put_numbers(struct buf *out, enum frame_type type, const char *args)
{
	unsigned long a = strtoul(args, NULL, 10), b = 0, c = 0;
	size_t at = frame_open(out, type);
	const char *next = strchr(args, ':');
	uint8_t sum[SHA256_SIZE];

	if (next != NULL) {
		b = strtoul(next + 1, NULL, 10);
		next = strchr(next + 1, ':');
		if (next != NULL)
			c = strtoul(next + 1, NULL, 10);
	}
	switch ((int)type) {
	case FRAME_PARTIAL:
		memset(sum, (int)b, sizeof(sum));
		if (args[0] == ':') {
			buf_add(out, bytes_of(sum, sizeof(sum)));
			buf_u64(out, c);
		}
		break;
	case FRAME_MORE:
		more_put(out, (uint32_t)a, false, 1);
		dest_put(out, &(struct link_dest){
				  .address = bytes_str(SCRIPT_DESK "b") });
		break;
	case FRAME_DATA:
		frame_uint(out, a, 4);
		(void)buf_grow(out, b);
		break;
	case FRAME_STOP:
		frame_uint(out, a, 4);
		break;
	case FRAME_ACK:
		frame_uint(out, a, 4);
		frame_uint(out, b, 1);
		frame_uint(out, c, 1);
		break;
	case FRAME_CREDIT:
		buf_u64(out, a);
		frame_uint(out, b, 4);
		break;
	case FRAME_TELL:
		frame_uint(out, a, 1);
		frame_uint(out, b, 1);
		(void)buf_grow(out, c);
		break;
	case FRAME_PING:
	case FRAME_PONG:
		buf_u64(out, b);
		break;
	default:
		(void)buf_grow(out, b);
		break;
	}
	frame_close(out, at);
}

static inline void
put_frame(struct script *s, const char *word)
{
	static const struct {
		char letter;
		enum frame_type type;
	} letters[] = { { 'P', FRAME_PARTIAL }, { 'M', FRAME_MORE },
		{ 'D', FRAME_DATA }, { 'S', FRAME_STOP }, { 'A', FRAME_ACK },
		{ 'C', FRAME_CREDIT }, { 'G', FRAME_PING },
		{ 'O', FRAME_PONG }, { 'K', FRAME_TELL } };
	struct buf *out = &s->bytes;
	size_t i;

	s->last = out->len;
	for (i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (word[0] == letters[i].letter) {
			put_numbers(out, letters[i].type, word + 1);
			return;
		}
	if (word[0] == 'H')
		put_hello(out, s->statement);
	else if (word[0] == 'I')
		put_item(out, (uint32_t)strtoul(word + 1, NULL, 10));
	else if (word[0] == 'B')
		bye_write(out, BYE_CLOSING, bytes_str("đi"));
	else if (word[0] == 'E')
		put_numbers(out, FRAME_ENROL, "0:3");
	else if (word[0] == 'T')
		put_numbers(out, (enum frame_type)strtoul(word + 1, NULL, 10),
		    word + 1);
	else
		bug(word);
}

static inline size_t
hex_of(uint8_t *out, const char *hex)
{
	size_t n = strlen(hex) / 2;

	if (!hex_parse(out, n, bytes_str(hex)))
		bug(hex);
	return n;
}

/* Change the last frame. */
static inline void
change(struct script *s, const char *word)
{
	struct buf *b = &s->bytes;
	size_t at = s->last + FRAME_HEAD, n, i, len;
	const char *hex = strchr(word, '=');
	uint8_t bytes[64];
	struct buf copy = { 0 };
	uint8_t type;

	frame_head(b->p + s->last, &type, &len);
	if (word[0] == '@') {
		n = hex_of(bytes, hex + 1);
		memcpy(b->p + at + strtoul(word + 1, NULL, 10), bytes, n);
		return;
	}
	if (word[0] == '*') {
		buf_add(&copy, bytes_of(b->p + s->last, b->len - s->last));
		for (i = 1; i < strtoul(word + 1, NULL, 10); i++) {
			/* numbers are below 256 here */
			if (type == FRAME_ITEM)
				copy.p[FRAME_HEAD + 3]++;
			buf_add(b, buf_bytes(&copy));
		}
		buf_free(&copy);
		return;
	}
	if (word[0] == '+')
		buf_add(b, bytes_of(bytes, hex_of(bytes, word + 1)));
	if (word[0] == '-')
		b->len -= strtoul(word + 1, NULL, 10);
	len = word[0] == 'L' ? strtoul(word + 1, NULL, 10) : b->len - at;
	b->p[s->last + 1] = (uint8_t)(len >> 16);
	b->p[s->last + 2] = (uint8_t)(len >> 8);
	b->p[s->last + 3] = (uint8_t)len;
}

/* One word. */
static inline void
script_word(struct script *s, const char *word)
{
	if (strchr("@*+-L", word[0]) != NULL)
		change(s, word);
	else
		put_frame(s, word);
}

#endif
