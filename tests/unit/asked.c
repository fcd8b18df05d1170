/* SPDX-License-Identifier: EUPL-1.2 */
/* What is asked of the registry over the control socket is read strictly
 * (docs/registry.md 7). */
#include <stdio.h>
#include <string.h>

#include "control/control.h"
#include "core/pairs.h"

#include "../tap.h"

#define DESK "\"desk\":\"antin://dien-bien.vn/van-thu\""

static enum rc
asked(struct control_request *r, const char *packet)
{
	struct err e;

	return control_read(r, bytes_str(packet), 0, &e);
}

static void
a_step_is_asked_for(void)
{
	struct control_request r;
	struct bytes fields;

	is(asked(&r,
	       "{\"ask\":\"doc\"," DESK
	       ",\"as\":\"antin://dien-bien.vn/lan\",\"do\":\"propose-level\","
	       "\"document\":\"0123abcd\",\"fields\":{\"level\":\"mat\","
	       "\"reason\":\"Đê điều\"}}"),
	    RC_OK, "a step is asked for");
	fields = buf_bytes(&r.fields);
	ok(r.what == CONTROL_DOC &&
		bytes_is(r.as, "antin://dien-bien.vn/lan") &&
		bytes_is(r.action, "propose-level") &&
		bytes_is(r.document, "0123abcd") &&
		bytes_is(pairs_get(fields, "level"), "mat") &&
		bytes_is(pairs_get(fields, "reason"), "Đê điều"),
	    "with all that it has");
	control_free(&r);
	is(asked(&r, "{\"ask\":\"doc\"," DESK ",\"do\":\"draft\"}"), RC_OK,
	    "one that begins a document names none");
	control_free(&r);
	is(asked(&r, "{\"ask\":\"book\"," DESK ",\"book\":\"secret-out\","
		     "\"year\":2026,\"volume\":2,\"at\":7,\"max\":20}"),
	    RC_OK, "lines are asked for");
	ok(bytes_is(r.book, "secret-out") && r.year == 2026 && r.volume == 2 &&
		r.at == 7 && r.max == 20,
	    "of a register, a year and a volume");
	control_free(&r);
}

static void
what_is_not_so_is_refused(void)
{
	static const char *const bad[] = {
		"{\"ask\":\"doc\",\"do\":\"draft\"}",
		"{\"ask\":\"doc\"," DESK "}",
		"{\"ask\":\"doc\"," DESK ",\"do\":\"\"}",
		"{\"ask\":\"doc\"," DESK ",\"do\":\"Draft\"}",
		"{\"ask\":\"doc\"," DESK ",\"do\":\"draft\",\"as\":\"lan\"}",
		"{\"ask\":\"doc\"," DESK ",\"do\":\"draft\",\"document\":\"\"}",
		"{\"ask\":\"doc\"," DESK
		",\"do\":\"draft\",\"document\":\"0123ABCD\"}",
		"{\"ask\":\"doc\"," DESK ",\"do\":\"draft\",\"document\":"
		"\"0123456789abcdef0123456789abcdef0\"}",
		"{\"ask\":\"doc\"," DESK ",\"do\":\"draft\",\"fields\":[]}",
		"{\"ask\":\"doc\"," DESK
		",\"do\":\"draft\",\"fields\":{\"a\":1}}",
		"{\"ask\":\"doc\"," DESK
		",\"do\":\"draft\",\"fields\":{\"\":\"x\"}}",
		"{\"ask\":\"doc\"," DESK
		",\"do\":\"draft\",\"fields\":{\"a\":\"x\\ny\"}}",
		"{\"ask\":\"doc\"," DESK ",\"do\":\"draft\",\"fields\":"
		"{\"a2345678901234567890123456789012345\":\"x\"}}",
		"{\"ask\":\"doc\"," DESK ",\"do\":\"draft\",\"text\":\"x\"}",
		"{\"ask\":\"doc-show\"," DESK "}",
		"{\"ask\":\"doc-search\"," DESK "}",
		"{\"ask\":\"doc-search\"," DESK ",\"text\":\"\"}",
		"{\"ask\":\"book\"," DESK ",\"book\":\"secret-out\"}",
		"{\"ask\":\"book\"," DESK
		",\"book\":\"secret/out\",\"year\":2026}",
		"{\"ask\":\"book\"," DESK ",\"book\":\"a\",\"year\":26}",
		"{\"ask\":\"book-resume\"," DESK
		",\"book\":\"a\",\"year\":2026,\"at\":7}",
		"{\"ask\":\"book-remark\"," DESK
		",\"book\":\"a\",\"year\":2026,\"text\":\"x\"}",
		"{\"ask\":\"report\"," DESK ",\"from\":1}",
	};
	struct control_request r;
	size_t i, read = 0;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (asked(&r, bad[i]) == RC_OK)
			note("%s", bad[i]), read++;
		control_free(&r);
	}
	is(read, 0, "what is not as it should be is refused (%zu cases)", i);
}

/* So many fields, each of so many bytes. */
static enum rc
with_fields(size_t count, size_t size)
{
	struct control_request r;
	struct buf b = { 0 };
	char name[24];
	size_t i;
	enum rc rc;

	buf_add(&b, bytes_str("{\"ask\":\"doc\"," DESK
			      ",\"do\":\"draft\",\"fields\":{"));
	for (i = 0; i < count; i++) {
		(void)snprintf(
		    name, sizeof(name), "%s\"f%zu\":\"", i > 0 ? "," : "", i);
		buf_add(&b, bytes_str(name));
		memset(buf_grow(&b, size), 'x', size);
		buf_u8(&b, '"');
	}
	buf_add(&b, bytes_str("}}"));
	buf_u8(&b, 0);
	rc = asked(&r, (const char *)b.p);
	control_free(&r);
	buf_free(&b);
	return rc;
}

static void
what_is_too_much_is_refused(void)
{
	is(with_fields(CONTROL_FIELDS, 9), RC_OK, "so many fields are taken");
	is(with_fields(CONTROL_FIELDS + 1, 9), RC_LIMIT, "and no more");
	is(with_fields(1, CONTROL_FIELD), RC_OK, "one so long");
	is(with_fields(1, CONTROL_FIELD + 1), RC_LIMIT, "and no longer");
}

int
main(void)
{
	a_step_is_asked_for();
	what_is_not_so_is_refused();
	what_is_too_much_is_refused();
	return done();
}
