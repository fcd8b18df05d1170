/* SPDX-License-Identifier: EUPL-1.2 */
#include "print/print.h"

static const struct {
	const char *word;
	enum rc (*print)(
	    struct form_out *out, const json_t *data, struct err *e);
} prints[PRINTS] = {
	[PRINT_REGISTER] = { "register", print_volume },
	[PRINT_STAMPS] = { "stamps", print_stamps },
	[PRINT_TELEGRAM] = { "telegram", print_telegram },
	[PRINT_DESTRUCTION] = { "destruction", print_destruction },
	[PRINT_HANDOVER] = { "handover", print_handover },
	[PRINT_REPORT] = { "report", print_report },
};

const char *
print_word(enum print_what what)
{
	return prints[what].word;
}

bool
print_by_word(enum print_what *out, struct bytes word)
{
	int i;

	for (i = 0; i < PRINTS; i++)
		if (bytes_is(word, prints[i].word)) {
			*out = (enum print_what)i;
			return true;
		}
	return false;
}

enum rc
print_paper(struct form_out *out, enum print_what what, const json_t *data,
    struct err *e)
{
	out->unknown = 0;
	return prints[what].print(out, data, e);
}
