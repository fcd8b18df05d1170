/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A configuration: either each problem has its line, or each value is good
 * when it is read again as it was given to the processes, and is the same.
 */
#include <string.h>

#include "daemon/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
problems_have_lines(const struct buf *problems)
{
	size_t i, lines = 0;

	for (i = 0; i < problems->len; i++)
		lines += problems->p[i] == '\n';
	if (lines == 0 || problems->p[problems->len - 1] != '\n' ||
	    memcmp(problems->p, "a:", 2) != 0)
		bug("a problem without its line");
}

static void
is_good_again(const struct conf_value *v)
{
	struct buf text = { 0 }, problems;
	struct conf c;
	struct err e;

	buf_add(&text, bytes_str(v->is->word));
	buf_u8(&text, ' ');
	buf_add(&text, bytes_str(v->text));
	if (conf_parse(&c, buf_bytes(&text), "a", &problems, &e) != RC_OK ||
	    strcmp(conf_get(&c, v->is->word), v->text) != 0)
		bug("a value that is another when it is read again");
	conf_free(&c);
	buf_free(&text);
	buf_free(&problems);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf problems;
	struct conf c;
	struct err e;
	enum rc rc;
	size_t i;

	rc = conf_parse(&c, bytes_of(data, size), "a", &problems, &e);
	if ((rc == RC_OK) != (c.count > 0) ||
	    (rc == RC_LIMIT) != (size > CONF_MAX))
		bug("a configuration that is neither good nor bad");
	if (rc == RC_INVALID)
		problems_have_lines(&problems);
	for (i = 0; i < c.count; i++)
		is_good_again(&c.values[i]);
	conf_free(&c);
	buf_free(&problems);
	return 0;
}
