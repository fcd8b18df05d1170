/* SPDX-License-Identifier: EUPL-1.2 */
#include "file/clam.h"

#include <string.h>

#define OF "stream: "
#define CLEAN "stream: OK"
#define FOUND " FOUND"

static bool
begins(struct bytes text, const char *with)
{
	const size_t n = strlen(with);

	return text.len >= n && memcmp(text.p, with, n) == 0;
}

static bool
ends(struct bytes text, const char *with)
{
	const size_t n = strlen(with);

	return text.len >= n && memcmp(text.p + text.len - n, with, n) == 0;
}

/* What a log and a page can show, whatever it was. */
static void
show(char out[static CLAM_NAME + 1], struct bytes text)
{
	size_t i, n = 0;
	uint8_t c;

	for (i = 0; i < text.len && n < CLAM_NAME; i++) {
		c = text.p[i];
		if (c == ' ' && n == 0)
			continue;
		out[n++] = c >= ' ' && c < 0x7f && c != '"' && c != '\\'
			       ? (char)c
			       : '?';
	}
	while (n > 0 && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
}

enum clam_is
clam_read(char name[static CLAM_NAME + 1], struct bytes answer)
{
	struct bytes text = answer;

	name[0] = '\0';
	if (answer.len == 0 || answer.len > CLAM_ANSWER ||
	    answer.p[answer.len - 1] != 0) {
		show(name, bytes_str("no whole answer"));
		return CLAM_FAILED;
	}
	text.len--;
	if (bytes_is(text, CLEAN))
		return CLAM_CLEAN;
	if (begins(text, OF) && ends(text, FOUND) &&
	    text.len > strlen(OF FOUND)) {
		show(name,
		    bytes_of(text.p + strlen(OF), text.len - strlen(OF FOUND)));
		if (name[0] == '\0')
			show(name, bytes_str("?"));
		return CLAM_FOUND;
	}
	show(name, text);
	return CLAM_FAILED;
}
