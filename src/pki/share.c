/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdlib.h>

#include "core/index.h"
#include "pki/directory.h"
#include "pki/views.h"

#define LATEST                                                                 \
	4096u /* acts of a log that a snapshot's reader may be behind          \
	       */

/* What somebody needs (docs/directory.md 5.4). */
enum need {
	NEED_NOTHING,
	NEED_PATH,  /* it stands above him, or he asked for it */
	NEED_WHOLE, /* his own, and all below */
};

struct sharing {
	const struct directory *d;
	uint8_t *need; /* of each unit */
	enum need log; /* of the log that is being written */
	uint64_t cut;  /* how much of it he has */
	uint64_t had;  /* the same, where he gets it from its beginning */
};

/* A unit, and all that ever stood above it: their acts say who it is. */
static void
mark_up(const struct state *s, uint8_t *need, size_t unit)
{
	size_t i;

	if (need[unit] != NEED_NOTHING)
		return;
	need[unit] = NEED_PATH;
	for (i = 0; i < s->units[unit].place_count; i++)
		if (s->units[unit].places[i].parent != NONE)
			mark_up(s, need, s->units[unit].places[i].parent);
}

/* Units whose addresses lead to one that is needed. */
static void
mark_inherited(const struct state *s, uint8_t *need)
{
	const struct unit *u;
	bool some = true;
	size_t i, j;

	while (some) {
		some = false;
		for (i = 0; i < s->unit_count; i++) {
			u = &s->units[i];
			for (j = 0;
			     need[i] == NEED_NOTHING && j < u->successor_count;
			     j++)
				if (need[u->successors[j]] != NEED_NOTHING) {
					mark_up(s, need, i);
					some = true;
				}
			/* and those to which one that is needed went */
			for (j = 0;
			     need[i] != NEED_NOTHING && j < u->successor_count;
			     j++)
				if (need[u->successors[j]] == NEED_NOTHING) {
					mark_up(s, need, u->successors[j]);
					some = true;
				}
		}
	}
}

static void
mark_needs(struct sharing *sh, const struct directory_for *who, int64_t now)
{
	const struct state *s = &sh->d->state;
	size_t i;

	for (i = 0; i < s->unit_count; i++)
		if (who->all || unit_within(s, i, who->unit, now))
			mark_up(s, sh->need, i);
	for (i = 0; i < who->asked_count; i++)
		mark_up(s, sh->need, who->asked[i]);
	for (i = 0; i < who->given_count; i++)
		mark_up(s, sh->need, who->given[i]);
	mark_inherited(s, sh->need);
	for (i = 0; i < s->unit_count; i++)
		if (who->all || unit_within(s, i, who->unit, now))
			sh->need[i] = NEED_WHOLE;
}

/* Acts that change the tree itself are for everybody who has the log. */
static bool
is_structure(const struct act *a)
{
	switch (a->kind) {
	case ACT_MOVE:
	case ACT_MERGE:
	case ACT_SPLIT:
	case ACT_REVOKE:
	case ACT_LIST:
	case ACT_POLICY:
		return true;
	case ACT_ENROL:
	case ACT_RENAME:
	case ACT_CLOSE:
		return a->subject == ACT_UNIT;
	case ACT_CERTIFY:
	case ACT_RENEW:
	case ACT_ROLE:
	case ACT_RECOVER:
		break;
	}
	return false;
}

static bool
is_needed(void *ctx, const struct log_item *item)
{
	const struct sharing *sh = ctx;
	struct act a;
	struct err e;
	size_t unit;

	/* the last one he has is written even so: no gap then lies across, and
	 * he can see that the log only grew */
	if (sh->log == NEED_WHOLE || item->at + 1 == sh->cut)
		return true;
	if (act_read(&a, item->entry, &e) != RC_OK)
		bug("an act that was read before");
	/* those he got with what he has: his own fill these gaps */
	if (is_structure(&a))
		return item->at >= sh->had;
	unit = unit_by_uid(&sh->d->state, &a.unit);
	return unit != NONE && sh->need[unit] != NEED_NOTHING;
}

/* A gap of ours lies across this leaf: we cannot begin there. */
static bool
cut_by_gap(const struct log *l, uint64_t at)
{
	const struct log_item *item = log_at(l, at);

	return item != NULL && item->at != at;
}

/* Who does not say what he has may have any of the latest checkpoints. */
static uint64_t
few_until(const struct directory_for *who, const struct log *l)
{
	if (who->has != NULL)
		return UINT64_MAX;
	return l->tree.size > LATEST ? l->tree.size - LATEST : 0;
}

/* When the last act was decided that he has of a log. */
static int64_t
cut_at(const struct log *l, uint64_t has)
{
	const struct log_item *item = has == 0 ? NULL : log_at(l, has - 1);
	struct act a;
	struct err e;

	if (item == NULL || item->entry.p == NULL ||
	    act_read(&a, item->entry, &e) != RC_OK)
		return TIME_MIN;
	return a.at;
}

/* Since then a unit that is needed hangs elsewhere, or has ended: he may need
 * acts from before that were not for him. */
static bool
others_needed(const struct sharing *sh, int64_t since)
{
	const struct unit *u;
	size_t i;

	for (i = 0; i < sh->d->state.unit_count; i++) {
		u = &sh->d->state.units[i];
		if (sh->need[i] == NEED_NOTHING)
			continue;
		if (u->place_count > 1 &&
		    u->places[u->place_count - 1].from > since - ACT_BACK_MAX)
			return true;
		if (u->successor_count > 0 && u->closed > since - ACT_BACK_MAX)
			return true;
	}
	return false;
}

void
directory_write(struct buf *out, const struct directory *d,
    const struct directory_for *who, int64_t now)
{
	struct sharing sh = { .d = d };
	struct der_wr w = { 0 };
	struct buf head;
	uint64_t has;
	size_t i;

	sh.need = alloc(d->state.unit_count + 1, 1);
	mark_needs(&sh, who, now);
	directory_head(&head, d->root);
	der_put_raw(&w, buf_bytes(&head));
	buf_free(&head);
	for (i = 0; i < d->log_count; i++) {
		if (d->logs[i].unit == NONE)
			continue;
		sh.log = (enum need)sh.need[d->logs[i].unit];
		has = who->has == NULL ? 0 : who->has(who->ctx, &d->logs[i].id);
		if (sh.log == NEED_NOTHING || has > d->logs[i].log.tree.size ||
		    cut_by_gap(&d->logs[i].log, has))
			continue;
		sh.cut = has < d->logs[i].log.tree.size ? has : 0;
		sh.had = 0;
		/* of what he asked for he may lack acts from before */
		if (sh.log == NEED_PATH &&
		    (who->asked_count > 0 ||
			others_needed(&sh, cut_at(&d->logs[i].log, has)))) {
			sh.had = has;
			has = 0;
		}
		part_write(&w, &d->logs[i], has,
		    few_until(who, &d->logs[i].log), is_needed, &sh);
	}
	for (i = 0; i < d->fork_count; i++)
		if (sh.need[unit_by_uid(&d->state, &d->forks[i].log)] !=
		    NEED_NOTHING)
			der_put_raw(&w, d->forks[i].proof);
	*out = w.out;
	free(sh.need);
}
