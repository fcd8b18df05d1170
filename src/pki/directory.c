/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/directory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/index.h"
#include "core/lang.h"
#include "core/vec.h"
#include "pki/fold.h"
#include "pki/holds.h"
#include "pki/path.h"
#include "pki/views.h"

/* ---- making and freeing
 * ------------------------------------------------------ */

enum rc
directory_new(struct directory **out, struct bytes root, struct err *e)
{
	struct directory *d;
	struct cert cert;
	enum rc rc;

	*out = NULL;
	if ((rc = path_root(&cert, root, e)) != RC_OK)
		return rc;
	d = alloc(1, sizeof(*d));
	d->files = vec_more(NULL, 0, sizeof(*d->files));
	buf_add(&d->files[d->file_count++], root);
	d->root = buf_bytes(&d->files[0]);
	d->verified = index_new();
	*out = d;
	return RC_OK;
}

void
directory_free(struct directory *d)
{
	size_t i;

	if (d == NULL)
		return;
	state_free(&d->state);
	views_free(d->logs, d->log_count);
	free(d->forks);
	for (i = 0; i < d->file_count; i++)
		buf_free(&d->files[i]);
	free(d->files);
	index_free(d->verified);
	free(d->verified_keys);
	free(d);
}

/* ---- taking over a file ---------------------------------------------------
 */

/* Both checkpoints of a fork are the authority's own. */
static enum rc
check_fork(struct directory *d, const struct state *s, const struct fork *f,
    struct err *e)
{
	const size_t unit = unit_by_uid(s, &f->log);
	struct der in = der_init(f->proof);
	struct log_part p;
	struct note note;
	unsigned i;

	der_open(&in, FORK);
	for (i = 0; i < 2; i++) {
		p = part_read(&in);
		if (unit == NONE || note_read(&note, p.note, e) != RC_OK ||
		    holds_note(d, s, unit, &note, p.note) == NONE)
			return fail(e, RC_DENIED,
			    "docs/directory.md 7: a fork that its authority "
			    "did not sign");
	}
	return RC_OK;
}

/* An authority of the unit is known, whose signatures can be asked. */
static bool
has_authority(const struct state *s, size_t unit)
{
	size_t i;

	if (unit == NONE)
		return false;
	for (i = s->units[unit].certs; i != NONE; i = s->certs[i].next)
		if (cert_is_authority(&s->certs[i].cert))
			return true;
	return false;
}

/* New proofs hold; those about somebody unknown here are left out. */
static enum rc
check_forks(
    struct directory *d, const struct state *s, struct next *n, struct err *e)
{
	size_t i, kept = n->fork_known;
	enum rc rc = RC_OK;

	for (i = n->fork_known; i < n->fork_count && rc == RC_OK; i++) {
		if (!has_authority(s, unit_by_uid(s, &n->forks[i].log)))
			continue;
		rc = check_fork(d, s, &n->forks[i], e);
		n->forks[kept++] = n->forks[i];
	}
	n->fork_count = kept;
	n->did.forks = kept - n->fork_known;
	return rc;
}

static void
alarm_forks(struct state *s, const struct next *n)
{
	char text[ERR_TEXT];
	struct alarm *a;
	struct bytes id;
	size_t i, unit;

	for (i = 0; i < n->fork_count; i++) {
		unit = unit_by_uid(s, &n->forks[i].log);
		id = s->units[unit].places[0].id;
		(void)snprintf(text, sizeof(text),
		    tr("the authority of \"%.*s\" signed two logs that "
		       "differ"),
		    (int)id.len, (const char *)id.p);
		s->alarms =
		    vec_more(s->alarms, s->alarm_count, sizeof(*s->alarms));
		a = &s->alarms[s->alarm_count++];
		*a = (struct alarm){ .kind = ALARM_FORK,
			.log = s->units[unit].log,
			.unit = unit,
			.holder = NONE,
			.text = arena_add(&s->text, bytes_str(text)) };
	}
}

/* A log whose last word was signed with a key that is revoked since. */
static bool
is_orphaned(const struct state *s, const struct dlog *l)
{
	const int64_t at = l->note.checkpoint.at;
	bool revoked = false;
	size_t i;

	for (i = s->units[l->unit].certs; i != NONE; i = s->certs[i].next) {
		const struct dcert *c = &s->certs[i];

		if (!cert_is_authority(&c->cert) || at < c->from)
			continue;
		if (at < c->until)
			return false;
		revoked |= at < c->dated;
	}
	return revoked;
}

static void
alarm_orphans(struct state *s, const struct next *n)
{
	char text[ERR_TEXT];
	struct alarm *a;
	struct bytes id;
	size_t i;

	for (i = 0; i < n->log_count; i++) {
		if (n->logs[i].unit == NONE ||
		    s->units[n->logs[i].unit].closed != TIME_NEVER ||
		    !is_orphaned(s, &n->logs[i]))
			continue;
		id = s->units[n->logs[i].unit].places[0].id;
		(void)snprintf(text, sizeof(text),
		    tr("the key of the authority of \"%.*s\" was revoked; what "
		       "it decided since counts for nothing until it has a "
		       "new one"),
		    (int)id.len, (const char *)id.p);
		s->alarms =
		    vec_more(s->alarms, s->alarm_count, sizeof(*s->alarms));
		a = &s->alarms[s->alarm_count++];
		*a = (struct alarm){ .kind = ALARM_REVOKED,
			.log = i,
			.unit = n->logs[i].unit,
			.holder = NONE,
			.text = arena_add(&s->text, bytes_str(text)) };
	}
}

static enum rc
next_check(struct directory *d, struct next *n, struct state *s, struct err *e)
{
	enum rc rc;

	if ((rc = state_fold(s, n->logs, n->log_count, d->root, e)) != RC_OK)
		return rc;
	if (n->log_count == 0)
		return RC_OK;
	if ((rc = holds_prepare(s, e)) != RC_OK ||
	    (rc = holds_certs(d, s, false, e)) != RC_OK ||
	    (rc = holds_notes(d, s, n->logs, n->log_count, e)) != RC_OK)
		return rc;
	if ((rc = check_forks(d, s, n, e)) != RC_OK)
		return rc;
	alarm_forks(s, n);
	alarm_orphans(s, n);
	return RC_OK;
}

/* A new decision that would count for nothing is not made. */
static enum rc
check_voids(const struct directory *d, const struct state *s, struct err *e)
{
	size_t i, clashes = 0, were = 0;
	const struct alarm *a;

	for (i = 0; i < d->state.alarm_count; i++)
		were += d->state.alarms[i].kind == ALARM_CLASH;
	for (i = 0; i < s->alarm_count; i++) {
		a = &s->alarms[i];
		clashes += a->kind == ALARM_CLASH;
		/* earlier acts may become void: that is what revoking does */
		if ((a->kind == ALARM_VOID &&
			(a->log >= d->log_count ||
			    a->number >= d->logs[a->log].log.tree.size)) ||
		    (a->kind == ALARM_CLASH && clashes > were))
			return fail(e, RC_DENIED, "%.*s", (int)a->text.len,
			    (const char *)a->text.p);
	}
	return RC_OK;
}

static void
keep_file(struct directory *d, struct buf *file)
{
	d->files = vec_more(d->files, d->file_count, sizeof(*d->files));
	d->files[d->file_count++] = *file;
	*file = (struct buf){ 0 };
}

/* Something of it was not known: an act, a fork, or that a log is as it was
 * later than that. */
static bool
is_news(const struct directory *d, const struct next *n)
{
	size_t i;

	if (n->did.acts + n->did.forks > 0 || n->log_count != d->log_count)
		return true;
	for (i = 0; i < d->log_count; i++)
		if (n->logs[i].log.tree.size != d->logs[i].log.tree.size ||
		    n->logs[i].note.checkpoint.at !=
			d->logs[i].note.checkpoint.at)
			return true;
	return false;
}

static enum rc
apply(struct directory *d, struct buf *file, bool strict, struct applied *did,
    struct err *e)
{
	struct state s = { 0 };
	struct next n;
	size_t i;
	enum rc rc;

	next_begin(&n, d);
	rc = next_take(&n, d, buf_bytes(file), e);
	if (rc == RC_OK)
		rc = next_check(d, &n, &s, e);
	if (rc == RC_OK && strict)
		rc = check_voids(d, &s, e);
	/* of what brings nothing nothing is held on to */
	if (rc != RC_OK || (!strict && !is_news(d, &n))) {
		if (rc == RC_OK)
			*did = n.did;
		state_free(&s);
		next_free(&n);
		buf_free(file);
		return rc;
	}
	state_free(&d->state);
	views_free(d->logs, d->log_count);
	free(d->forks);
	d->state = s;
	d->logs = n.logs;
	d->log_count = n.log_count;
	d->forks = n.forks;
	d->fork_count = n.fork_count;
	keep_file(d, file);
	for (i = 0; i < n.made_count; i++)
		keep_file(d, &n.made[i]);
	*did = n.did;
	did->news = true;
	n.logs = NULL;
	n.log_count = n.made_count = 0;
	n.forks = NULL;
	next_free(&n);
	return RC_OK;
}

enum rc
directory_apply(
    struct directory *d, struct buf *file, struct applied *did, struct err *e)
{
	return apply(d, file, false, did, e);
}

/* ---- deciding
 * ------------------------------------------------------------------ */

struct dlog *
directory_log(struct directory *d, size_t unit)
{
	const size_t log = d->state.units[unit].log;

	return log == NONE ? NULL : &d->logs[log];
}

static bool
begins_unit(const struct act *a)
{
	return a->kind == ACT_ENROL && a->subject == ACT_UNIT;
}

/* The unit is there, or begins by one of these acts. */
static bool
is_there(const struct directory *d, const struct id *uid,
    const struct act *acts, size_t n)
{
	if (unit_by_uid(&d->state, uid) != NONE)
		return true;
	while (n-- > 0)
		if (begins_unit(&acts[n]) && id_eq(&acts[n].unit, uid))
			return true;
	return false;
}

/* Nobody decides about a unit that is not there. */
static enum rc
check_known(
    const struct directory *d, const struct act *acts, size_t i, struct err *e)
{
	const struct act *a = &acts[i];

	if (d->log_count == 0 ||
	    ((!act_has(a, F_UNIT) || is_there(d, &a->unit, acts, i + 1)) &&
		(!act_has(a, F_TO) || is_there(d, &a->to, acts, i))))
		return RC_OK;
	return fail(e, RC_ABSENT, "an act about a unit that is not known here");
}

/* Write the acts, each a buffer of its own, and append them to the log. */
static enum rc
write_acts(const struct directory *d, struct dlog *l, struct act *acts,
    size_t n, struct buf *bytes, int64_t now, struct err *e)
{
	size_t i;
	enum rc rc;

	for (i = 0; i < n; i++) {
		acts[i].log = l->id;
		acts[i].number = l->log.tree.size;
		acts[i].at = now;
		if (begins_unit(&acts[i]) && act_has(&acts[i], F_TO))
			act_uid(&acts[i].unit, &l->id, acts[i].number);
		if ((rc = act_check(&acts[i], e)) != RC_OK ||
		    (rc = check_known(d, acts, i, e)) != RC_OK)
			return rc;
		act_write(&bytes[i], &acts[i]);
		if (bytes[i].len > LOG_ENTRY_MAX)
			return fail(e, RC_LIMIT,
			    "an act of %zu bytes, at most %u", bytes[i].len,
			    LOG_ENTRY_MAX);
		log_add(&l->log, buf_bytes(&bytes[i]));
	}
	return RC_OK;
}

/* A checkpoint over the log as it is now. */
static void
write_note(
    struct buf *note, struct dlog *l, const struct sig_key *key, int64_t now)
{
	struct checkpoint c = {
		.log = l->id, .size = l->log.tree.size, .at = now
	};

	merkle_root(&l->log.tree, &c.root);
	note_sign(note, &c, key);
	l->note_bytes = buf_bytes(note);
}

/* Time does not run back, whatever the machine's clock says. */
static int64_t
not_before(const struct dlog *l, int64_t now)
{
	return l->note_bytes.len > 0 && l->note.checkpoint.at > now
		   ? l->note.checkpoint.at
		   : now;
}

/* A log as it is, or one that begins. */
static void
log_begin(
    struct dlog *out, struct directory *d, size_t unit, const struct act *first)
{
	const struct dlog *l =
	    d->log_count == 0 ? NULL : directory_log(d, unit);

	*out = (struct dlog){ 0 };
	if (l != NULL) {
		*out = *l;
		log_copy(&out->log, &l->log);
	} else if (d->log_count == 0) {
		out->id = first->unit; /* the root's own enrolment */
	} else {
		out->id = d->state.units[unit].uid;
	}
}

enum rc
directory_decide(struct directory *d, struct buf *part, size_t unit,
    struct act *acts, size_t n, const struct sig_key *key, int64_t now,
    struct err *e)
{
	struct buf *bytes = alloc(n + 1, sizeof(*bytes));
	struct buf note = { 0 }, file;
	struct der_wr w = { 0 };
	struct applied did;
	int64_t asked;
	struct dlog l;
	uint64_t from;
	size_t i;
	enum rc rc;

	*part = (struct buf){ 0 };
	if (n == 0 && d->log_count == 0) {
		free(bytes);
		return fail(e, RC_INVALID, "a log does not begin empty");
	}
	log_begin(&l, d, unit, acts);
	from = l.log.tree.size;
	asked = now;
	now = not_before(&l, now);
	/* what takes effect at once, does when it is decided */
	for (i = 0; i < n; i++)
		if (acts[i].from == asked)
			acts[i].from = now;
	if ((rc = write_acts(d, &l, acts, n, bytes, now, e)) != RC_OK)
		goto out;
	if (l.log.tree.size == 0) {
		rc = fail(e, RC_INVALID, "a log does not begin empty");
		goto out;
	}
	write_note(&note, &l, key, now);
	part_write(&w, &l, from, UINT64_MAX, NULL, NULL);
	directory_head(&file, d->root);
	buf_add(&file, buf_bytes(&w.out));
	/* the same checks as for anybody's file: and it is then ours */
	if ((rc = apply(d, &file, true, &did, e)) != RC_OK)
		goto out;
	*part = w.out;
	w.out = (struct buf){ 0 };
out:
	log_free(&l.log);
	der_wr_free(&w);
	buf_free(&note);
	for (i = 0; i < n; i++)
		buf_free(&bytes[i]);
	free(bytes);
	return rc;
}
