/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antin/talk.h"
#include "core/utf8.h"
#include "core/vec.h"

void
table_add(struct table *t, const char *text)
{
	char *copy = strdup(text);

	if (copy == NULL)
		bug("no memory");
	t->cells = vec_more(t->cells, t->count, sizeof(*t->cells));
	t->cells[t->count++] = copy;
}

void
table_print(struct table *t)
{
	size_t width[TABLE_COLUMNS] = { 0 }, i, n, col;

	for (i = 0; i < t->count; i++) {
		n = utf8_columns(bytes_str(t->cells[i]));
		col = i % t->columns;
		width[col] = n > width[col] ? n : width[col];
	}
	for (i = 0; i < t->count; i++) {
		col = i % t->columns;
		utf8_print(stdout, bytes_str(t->cells[i]));
		n = utf8_columns(bytes_str(t->cells[i]));
		if (col + 1 == t->columns)
			(void)putchar('\n');
		else
			(void)printf("%*s", (int)(width[col] - n + 2), "");
		free(t->cells[i]);
	}
	free(t->cells);
	*t = (struct table){ 0 };
}
