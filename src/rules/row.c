/* SPDX-License-Identifier: EUPL-1.2 */
/* A row of words and texts as a struct rule_KIND: docs/rules.md 2.4. */
#include <stdlib.h>
#include <string.h>

#include "rules/kinds.h"

#define ATTRS_MAX 8 /* of a kind */

static bool
is_list(const struct attr *a)
{
	return a->value == V_WORDS || a->value == V_COLUMN ||
	       a->value == V_FIELD;
}

static void *
place(void *data, size_t at)
{
	return (uint8_t *)data + at;
}

static enum rc
find_kind(struct row *row, const struct token *word, struct err *e)
{
	unsigned i;

	for (i = 0; i < RULE_KINDS; i++)
		if (!word->quoted && bytes_is(word->text, kinds[i].word)) {
			row->kind = (enum rule_kind)i;
			return RC_OK;
		}
	return fail(e, RC_INVALID,
	    "\"%.*s\" begins no row: see docs/rules.md 4 for those that there "
	    "are; a row that goes on begins with a blank",
	    SHOWN(word->text));
}

static enum rc
read_value(struct row *row, struct tokens *t, size_t *i, const struct attr *a,
    size_t at, size_t count, struct err *e)
{
	struct reader r = { t, *i, a, place(row->data, at),
		count == 0 ? NULL : place(row->data, count) };

	if (t->count - *i < values[a->value].tokens)
		return fail(e, RC_INVALID,
		    "%s: behind it is something missing: write %zu values "
		    "there",
		    a->word, values[a->value].tokens);
	if (values[a->value].read(&r, e) != RC_OK)
		return e->rc;
	*i = r.i;
	return RC_OK;
}

/* The row's own word. */
static enum rc
read_names(struct row *row, struct tokens *t, size_t *i, struct err *e)
{
	const struct kind *k = &kinds[row->kind];
	const struct attr word = { .word = k->word, .value = k->names };

	*(struct bytes *)row->data =
	    t->count > 1 ? t->row[1].text : (struct bytes){ 0 };
	return read_value(
	    row, t, i, &word, k->names == V_LEVEL ? k->level_at : 0, 0, e);
}

static const struct attr *
find_attr(const struct kind *k, struct bytes word)
{
	const struct attr *a;

	for (a = k->attrs; a->word != NULL; a++)
		if (bytes_is(word, a->word))
			return a;
	return NULL;
}

/* Which parts a row has, and where their values begin. */
struct parts {
	bool has[ATTRS_MAX];
	size_t at[ATTRS_MAX];
};

static enum rc
read_attr(struct row *row, struct tokens *t, size_t *i, struct parts *seen,
    bool own, struct err *e)
{
	const struct kind *k = &kinds[row->kind];
	struct token word = t->row[(*i)++];
	const struct attr *a;
	size_t n;

	t->at = word.line;
	if (word.quoted || (a = find_attr(k, word.text)) == NULL)
		return fail(e, RC_INVALID,
		    "\"%.*s\" is no part of a row \"%s\": see docs/rules.md 4 "
		    "for those that it may have",
		    SHOWN(word.text), k->word);
	n = (size_t)(a - k->attrs);
	if (seen->has[n] && (!is_list(a) || a->value == V_WORDS))
		return fail(e, RC_INVALID, "%s is there twice: leave one away",
		    a->word);
	if (own && (a->flags & A_LAW) != 0)
		return fail(e, RC_INVALID,
		    "%s: an office's own row says nothing of what is secret: "
		    "leave it away (docs/rules.md 5.2)",
		    a->word);
	seen->has[n] = true;
	seen->at[n] = *i;
	return read_value(row, t, i, a, a->at, a->count, e);
}

static enum rc
lacks(const struct row *row, const struct parts *seen, struct err *e)
{
	const struct kind *k = &kinds[row->kind];
	size_t n;

	for (n = 0; k->attrs[n].word != NULL; n++)
		if ((k->attrs[n].flags & A_MUST) != 0 && !seen->has[n])
			return fail(e, RC_INVALID,
			    "the row has no \"%s\": write it behind the rest",
			    k->attrs[n].word);
	return RC_OK;
}

/* What may be said once a day: the word, and the parts that tell rows of one
 * word apart, as they are written. */
static void
write_key(struct row *row, const struct tokens *t, const struct parts *seen)
{
	const struct kind *k = &kinds[row->kind];
	size_t n;

	buf_add(&row->key, row_word(row->data));
	for (n = 0; k->attrs[n].word != NULL; n++) {
		if ((k->attrs[n].flags & A_KEY) == 0)
			continue;
		buf_u8(&row->key, ' ');
		if (seen->has[n])
			buf_add(&row->key, t->row[seen->at[n]].text);
	}
}

enum rc
row_read(struct row *out, struct tokens *t, const struct rule_source *source,
    struct err *e)
{
	struct row row = { 0 };
	struct parts seen = { 0 };
	size_t i = 1;
	enum rc rc;

	*out = (struct row){ 0 };
	t->at = t->row[0].line;
	if ((rc = find_kind(&row, &t->row[0], e)) != RC_OK)
		return rc;
	row.data = alloc(1, kinds[row.kind].size);
	*row_source(row.data) = *source;
	rc = read_names(&row, t, &i, e);
	while (rc == RC_OK && i < t->count)
		rc = read_attr(&row, t, &i, &seen, source->own, e);
	if (rc != RC_OK)
		goto out;
	t->at = t->row[0].line;
	if ((rc = lacks(&row, &seen, e)) != RC_OK ||
	    (kinds[row.kind].ends != NULL &&
		(rc = kinds[row.kind].ends(row.data, e)) != RC_OK))
		goto out;
	write_key(&row, t, &seen);

	*out = row;
	row = (struct row){ 0 };
out:
	row_free(&row);
	return rc;
}

void
row_free(struct row *r)
{
	const struct attr *a;
	void *list;

	if (r->data != NULL)
		for (a = kinds[r->kind].attrs; a->word != NULL; a++)
			if (is_list(a)) {
				memcpy(
				    &list, place(r->data, a->at), sizeof(list));
				free(list);
			}
	free(r->data);
	buf_free(&r->key);
	*r = (struct row){ 0 };
}
