/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "antin/talk.h"
#include "core/utf8.h"
#include "core/vec.h"
#include "envelope/label.h"

struct cell {
	char *text;	    /* owned */
	const char *colour; /* NULL: none */
};

bool
wants_colour(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) == 1 && (no == NULL || no[0] == '\0') &&
	       (term == NULL || strcmp(term, "dumb") != 0);
}

static void
add(struct table *t, const char *text, const char *colour)
{
	char *copy = strdup(text);

	if (copy == NULL)
		bug("no memory");
	t->cells = vec_more(t->cells, t->count, sizeof(*t->cells));
	t->cells[t->count++] = (struct cell){ copy, colour };
}

void
table_add(struct table *t, const char *text)
{
	add(t, text, NULL);
}

void
table_add_precedence(struct table *t, const json_t *row)
{
	static const char *const colours[] = {
		[PRECEDENCE_THUONG] = NULL,
		[PRECEDENCE_KHAN] = "\033[33m",
		[PRECEDENCE_THUONG_KHAN] = "\033[33m",
		[PRECEDENCE_HOA_TOC] = "\033[1;31m",
		[PRECEDENCE_HOA_TOC_HEN_GIO] = "\033[1;31m",
	};
	enum precedence p;
	bool known;

	known = precedence_parse(&p, bytes_str(row_text(row, "precedence")));
	add(t, row_precedence(row), known ? colours[p] : NULL);
}

static void
print_cell(const struct cell *c, bool colour)
{
	if (colour && c->colour != NULL)
		(void)fputs(c->colour, stdout);
	utf8_print(stdout, bytes_str(c->text));
	if (colour && c->colour != NULL)
		(void)fputs("\033[0m", stdout);
}

void
table_print(struct table *t)
{
	size_t width[TABLE_COLUMNS] = { 0 }, i, n, col;
	bool colour = wants_colour();

	for (i = 0; i < t->count; i++) {
		n = utf8_columns(bytes_str(t->cells[i].text));
		col = i % t->columns;
		width[col] = n > width[col] ? n : width[col];
	}
	for (i = 0; i < t->count; i++) {
		col = i % t->columns;
		print_cell(&t->cells[i], colour);
		n = utf8_columns(bytes_str(t->cells[i].text));
		if (col + 1 == t->columns)
			(void)putchar('\n');
		else
			(void)printf("%*s", (int)(width[col] - n + 2), "");
		free(t->cells[i].text);
	}
	free(t->cells);
	*t = (struct table){ 0 };
}
