/* SPDX-License-Identifier: EUPL-1.2 */
/* Directory files that directory_decide() would not make. */
#ifndef TESTS_UNIT_ROGUE_H
#define TESTS_UNIT_ROGUE_H

#include "tree.h"

/* A part of a log with all that is at hand of it, from an act on
 * (docs/directory.md 5.1, 5.2). */
static inline void
tree_part(struct der_wr *w, const struct dlog *l, uint64_t from)
{
	const struct log_item *item;
	size_t i;

	der_put_open(w, DER_SEQUENCE);
	der_put_octets(w, id_bytes(&l->id));
	der_put_uint(w, from);
	der_put_open(w, DER_SEQUENCE);
	for (i = 0; i < l->log.count; i++) {
		item = &l->log.items[i];
		if (item->at < from)
			continue;
		if (item->entry.p != NULL) {
			der_put(w, DER_CTX(0), item->entry);
			continue;
		}
		der_put_open(w, DER_CTXC(1));
		der_put_uint(w, item->level);
		der_put_octets(w, bytes_of(item->hash.b, sizeof(item->hash.b)));
		der_put_close(w);
	}
	der_put_close(w);
	der_put_octets(w, l->note_bytes);
	der_put_close(w);
}

/*
 * A directory file in which the authority of "by" has added these acts to its
 * log as "d" has it, whatever they say; signed by its key at t->now.
 */
static inline struct buf
tree_rogue(struct tree *t, struct directory *d, unsigned by, struct act *acts,
    size_t n)
{
	const struct id uid = tree_uid(by);
	const struct dlog *known =
	    directory_log(d, unit_by_uid(&d->state, &uid));
	struct dlog l = { .id = uid };
	struct buf file, note, act;
	struct der_wr w = { 0 };
	uint64_t from;
	size_t i;

	if (known != NULL)
		log_copy(&l.log, &known->log);
	from = l.log.tree.size;
	tree_settle(by, from, acts, n);
	for (i = 0; i < n; i++) {
		acts[i].log = uid;
		acts[i].number = l.log.tree.size;
		acts[i].at = t->now;
		act_write(&act, &acts[i]);
		log_add(&l.log, arena_add(t->text, buf_bytes(&act)));
		buf_free(&act);
	}
	{
		struct checkpoint c = {
			.log = uid, .size = l.log.tree.size, .at = t->now
		};

		merkle_root(&l.log.tree, &c.root);
		note_sign(&note, &c, tree_authority_key(t, by));
	}
	l.note_bytes = buf_bytes(&note);
	tree_part(&w, &l, from);
	directory_head(&file, buf_bytes(&t->root));
	buf_add(&file, buf_bytes(&w.out));
	der_wr_free(&w);
	log_free(&l.log);
	buf_free(&note);
	return file;
}

#endif
