/* SPDX-License-Identifier: EUPL-1.2 */
/* Stations that know what they need of the directory, and not all of it. */
#ifndef TESTS_STATION_PARTLY_H
#define TESTS_STATION_PARTLY_H

#include "country.h"
#include "file/directory_file.h"

/* country_write(), with what a unit's station needs and no more. */
static inline void
country_write_partly(const struct seat *s, const char *more)
{
	const struct tree *t = &s->country->t;
	struct directory_for who = { .unit = tree_at(&s->country->t, s->unit) };
	char path[2 * PATH];
	struct buf file;
	struct err e;

	country_write(s, more);
	(void)snprintf(path, sizeof(path), "%s/data/directory", s->folder);
	(void)unlink(path);
	directory_write(&file, t->d, &who, t->now);
	must(directory_create(path, buf_bytes(&file), &e), &e);
	buf_free(&file);
}

/* What of the tree's file these bytes are, as a file of its own: a head, and
 * those parts; the caller frees it. */
static inline void
country_news(struct buf *out, const struct country *c, struct bytes from)
{
	struct buf all, parts;

	directory_head(&all, buf_bytes(&c->t.root));
	buf_add(&all, from);
	directory_parts(&parts, buf_bytes(&all));
	buf_free(&all);
	directory_head(out, buf_bytes(&c->t.root));
	buf_add(out, buf_bytes(&parts));
	buf_free(&parts);
}

/* ... from there to its end. */
static inline void
country_news_from(struct buf *out, const struct country *c, size_t from)
{
	country_news(
	    out, c, bytes_of(c->t.file.p + from, c->t.file.len - from));
}

#endif
