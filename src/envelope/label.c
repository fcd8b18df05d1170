/* SPDX-License-Identifier: EUPL-1.2 */
#include "envelope/label.h"

#include "core/lang.h"

/* RFC 2634 3.2: unclassified 1, confidential 3, secret 4, top-secret 5. */
static const struct {
	const char *word, *name;
	unsigned classification;
} levels[LEVELS] = {
	[LEVEL_ORDINARY] = { "thuong", "ordinary", 1 },
	[LEVEL_MAT] = { "mat", "secret (Mật)", 3 },
	[LEVEL_TOI_MAT] = { "toi-mat", "highly secret (Tối mật)", 4 },
	[LEVEL_TUYET_MAT] = { "tuyet-mat", "top secret (Tuyệt mật)", 5 },
};

static const struct {
	const char *word, *name;
} precedences[PRECEDENCES] = {
	[PRECEDENCE_THUONG] = { "thuong", "routine" },
	[PRECEDENCE_KHAN] = { "khan", "urgent (Khẩn)" },
	[PRECEDENCE_THUONG_KHAN] = { "thuong-khan",
	    "very urgent (Thượng khẩn)" },
	[PRECEDENCE_HOA_TOC] = { "hoa-toc", "flash (Hỏa tốc)" },
	[PRECEDENCE_HOA_TOC_HEN_GIO] = { "hoa-toc-hen-gio",
	    "flash at a set time (Hỏa tốc hẹn giờ)" },
};

const char *
level_word(enum level l)
{
	return levels[l].word;
}

const char *
precedence_word(enum precedence p)
{
	return precedences[p].word;
}

const char *
level_name(enum level l)
{
	return tr(levels[l].name);
}

const char *
precedence_name(enum precedence p)
{
	return tr(precedences[p].name);
}

bool
level_parse(enum level *out, struct bytes word)
{
	unsigned i;

	for (i = 0; i < LEVELS; i++)
		if (bytes_is(word, levels[i].word)) {
			*out = (enum level)i;
			return true;
		}
	return false;
}

bool
precedence_parse(enum precedence *out, struct bytes word)
{
	unsigned i;

	for (i = 0; i < PRECEDENCES; i++)
		if (bytes_is(word, precedences[i].word)) {
			*out = (enum precedence)i;
			return true;
		}
	return false;
}

unsigned
precedence_rank(enum precedence p)
{
	return p > PRECEDENCE_HOA_TOC ? PRECEDENCE_HOA_TOC : (unsigned)p;
}

unsigned
level_classification(enum level l)
{
	return levels[l].classification;
}

bool
level_of_classification(enum level *out, uint64_t classification)
{
	unsigned i;

	for (i = 0; i < LEVELS; i++)
		if (levels[i].classification == classification) {
			*out = (enum level)i;
			return true;
		}
	return false;
}
