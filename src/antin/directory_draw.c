/* SPDX-License-Identifier: EUPL-1.2 */
/* The tree drawn for a person: on a terminal, and as a picture. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antin/directory_show.h"
#include "core/lang.h"
#include "core/time.h"
#include "core/utf8.h"
#include "core/vec.h"
#include "envelope/address.h"
#include "file/file.h"
#include "form/tree.h"

#define INDENT_MAX 256 /* bytes before a line of the tree */

/* ---- on a terminal
 * -------------------------------------------------------------- */

struct drawing {
	const struct view *v;
	char indent[INDENT_MAX];
};

/* Begin a line; what hangs under it is drawn until it is closed. */
static void
line_begin(struct drawing *x, bool last, struct bytes name)
{
	(void)printf("%s%s ", x->indent, last ? "└─" : "├─");
	utf8_print(stdout, name);
}

static void
draw_keys(const struct drawing *x, size_t unit, size_t holder,
    enum cert_kind kind, const char *whose)
{
	char text[KEYS_TEXT];
	int64_t until;
	enum keys k;

	k = keys_of(x->v->d, unit, holder, kind, x->v->at, &until);
	if (k == KEYS_NONE && kind == CERT_STATION)
		return; /* not every unit has one */
	keys_write(text, k, until);
	(void)printf(", %s%s%s%s", whose, *whose == '\0' ? "" : ": ",
	    keys_warn(k) ? "!!! " : "", text);
}

static void
draw_address(const struct drawing *x, size_t unit, size_t holder)
{
	char address[LIMIT_ADDRESS + 1];

	if (address_of(x->v->d, unit, holder, x->v->at, address))
		(void)printf("  %s", address);
}

/* "clerk: Nguyễn Văn An until 22/11/2027, for Lò Thị Hoa" */
static void
draw_role(struct drawing *x, const struct role_held *r, bool last)
{
	const struct state *s = &x->v->d->state;
	char day[TIME_TEXT];

	line_begin(x, last, bytes_str(role_name(r->role)));
	(void)printf(": ");
	utf8_print(stdout, holder_name(&s->holders[r->person], x->v->at));
	if (r->until <= TIME_MAX) {
		date_write(day, r->until - 1);
		(void)printf(" %s %s", tr("until"), day);
	}
	if (r->substitute != NONE) {
		(void)printf(", %s ", tr("standing in for"));
		utf8_print(
		    stdout, holder_name(&s->holders[r->substitute], x->v->at));
	}
	(void)putchar('\n');
}

/* Who holds which role at a desk then. */
static void
draw_roles(struct drawing *x, size_t desk)
{
	const struct state *s = &x->v->d->state;
	const struct role_held *r, *before = NULL;
	size_t i;

	for (i = 0; i < s->role_count; i++) {
		r = &s->roles[i];
		if (r->desk != desk || x->v->at < r->from ||
		    r->until <= x->v->at ||
		    !holder_open(&s->holders[r->person], x->v->at))
			continue;
		if (before != NULL)
			draw_role(x, before, false);
		before = r;
	}
	if (before != NULL)
		draw_role(x, before, true);
}

static void
draw_ended(int64_t closed, int64_t at)
{
	char day[TIME_TEXT];

	if (closed > at)
		return;
	date_write(day, closed);
	(void)printf(", %s %s", tr("ended on"), day);
}

static void
draw_holder(struct drawing *x, size_t holder, bool last)
{
	const struct holder *h = &x->v->d->state.holders[holder];

	line_begin(x, last, holder_name(h, x->v->at));
	draw_address(x, h->unit, holder);
	if (h->person)
		(void)printf(", %s, %s", tr("person"), level_name(h->level));
	if (holder_open(h, x->v->at))
		draw_keys(x, h->unit, holder,
		    h->person ? CERT_PERSON : CERT_DESK, "");
	draw_ended(h->closed, x->v->at);
	(void)putchar('\n');
}

static void
draw_unit_line(const struct drawing *x, size_t unit)
{
	const struct unit *u = &x->v->d->state.units[unit];
	uint64_t days;

	draw_address(x, unit, NONE);
	if (!unit_open(u, x->v->at)) {
		draw_ended(u->closed, x->v->at);
		(void)putchar('\n');
		return;
	}
	draw_keys(x, unit, NONE, CERT_AUTHORITY, tr("authority"));
	draw_keys(x, unit, NONE, CERT_STATION, tr("station"));
	if (knowledge_judge(x->v->d, unit, LEVEL_ORDINARY, time_now(), &days) !=
	    KNOWLEDGE_FRESH) {
		(void)printf(", !!! ");
		say("known as of %llu days ago", (unsigned long long)days);
	}
	(void)putchar('\n');
}

static void draw_below(struct drawing *x, size_t unit);

static void
draw_one(struct drawing *x, const struct found *f, bool last)
{
	const size_t n = strlen(x->indent);

	if (f->holder == NONE) {
		line_begin(x, last,
		    unit_name(&x->v->d->state.units[f->unit], x->v->at));
		draw_unit_line(x, f->unit);
	} else {
		draw_holder(x, f->holder, last);
	}
	if (n + 8 > INDENT_MAX)
		return;
	(void)strcat(x->indent, last ? "   " : "│  ");
	if (f->holder == NONE)
		draw_below(x, f->unit);
	else if (!x->v->d->state.holders[f->holder].person)
		draw_roles(x, f->holder);
	x->indent[n] = '\0';
}

static void
draw_below(struct drawing *x, size_t unit)
{
	struct found *all;
	size_t i, n = below(&all, x->v, unit);

	for (i = 0; i < n; i++)
		draw_one(x, &all[i], i + 1 == n);
	free(all);
}

/* How much there is, and how old the oldest of it is. */
static void
say_summary(const struct view *v)
{
	const struct state *s = &v->d->state;
	size_t i, oldest = 0, units = 0, holders[2] = { 0 };
	int64_t known = TIME_NEVER, t;
	const int64_t now = time_now();
	char text[TIME_TEXT];

	for (i = 0; i < s->unit_count; i++) {
		if (!unit_open(&s->units[i], v->at))
			continue;
		units++;
		t = knowledge_of(v->d, i, now);
		if (t < known) {
			known = t;
			oldest = i;
		}
	}
	for (i = 0; i < s->holder_count; i++)
		if (holder_open(&s->holders[i], v->at))
			holders[s->holders[i].person]++;
	time_write_vn(text, v->at);
	say("At %s: %zu units, %zu desks, %zu persons.\n", text, units,
	    holders[0], holders[1]);
	if (known == TIME_NEVER)
		return;
	time_write_vn(text, known);
	(void)printf("%s %s (", tr("Known as of"), text);
	utf8_print(stdout, unit_name(&s->units[oldest], v->at));
	(void)puts(")");
}

static void
draw_all(const struct view *v)
{
	struct drawing x = { .v = v };

	alarms_say(v->d, 0);
	say_summary(v);
	utf8_print(stdout, unit_name(&v->d->state.units[0], v->at));
	draw_unit_line(&x, 0);
	draw_below(&x, 0);
}

/* ---- directory show
 * ------------------------------------------------------------- */

/* Who is meant: where the address leads, or with --all who had it last. */
static enum rc
find(const struct view *v, const char *address, struct resolved *out,
    struct err *e)
{
	const enum rc rc = resolve(v->d, bytes_str(address), v->at, out, e);
	struct resolved last = { .holder = NONE };
	struct address a;

	if (rc != RC_ABSENT || !v->all ||
	    !address_parse(&a, bytes_str(address)))
		return rc;
	last.unit = unit_by_host(&v->d->state, a.host, v->at);
	if (last.unit == NONE)
		return rc;
	if (a.desk.len > 0)
		last.holder = holder_by_id(&v->d->state, last.unit, a.desk);
	if (a.desk.len > 0 && last.holder == NONE)
		return rc;
	*out = last;
	return RC_OK;
}

static enum rc
show_one(const struct args *a, const struct view *v, struct err *e)
{
	json_t *root = json_object();
	const bool json = arg_given(a, "json");
	struct resolved r;
	enum rc rc;

	if ((rc = find(v, a->rest[0], &r, e)) != RC_OK) {
		json_decref(root);
		return rc;
	}
	if (json)
		show_alarms(show_array(root, "alarms"), v->d, 0);
	else
		alarms_say(v->d, 0);
	if (r.moved && !json)
		say("%s is now %s\n", a->rest[0], r.address);
	if (r.holder == NONE)
		show_unit(root, v, r.unit);
	else
		show_holder(root, v, r.holder);
	show(root, json);
	return RC_OK;
}

static enum rc
directory_show(const struct args *a, struct err *e)
{
	struct view v = { .all = arg_given(a, "all"),
		.brief = !arg_given(a, "json") };
	struct tree t;
	json_t *root;
	enum rc rc;

	if ((rc = tree_open(&t, a, e)) != RC_OK)
		return rc;
	v.d = t.directory;
	v.at = t.at;
	if (a->rest_count > 0) {
		rc = show_one(a, &v, e);
	} else if (arg_given(a, "json")) {
		root = json_object();
		show_directory(root, &v);
		show(root, true);
	} else {
		draw_all(&v);
	}
	tree_close(&t);
	return rc;
}

static const struct opt show_opts[] = {
	OPT_DIRECTORY,
	OPT_AT,
	{ "all", NULL, "also units, desks and persons that have ended", false },
	OPT_JSON,
	OPT_END,
};
const struct cmd cmd_directory_show = {
	.name = "directory show",
	.args = "[ADDRESS]",
	.does = "Draw the tree: units, desks and persons, their roles, until "
		"when their keys hold, and alarms; or all there is to say of "
		"one address.",
	.opts = show_opts,
	.most = 1,
	.run = directory_show,
};

/* ---- directory picture
 * ---------------------------------------------------------- */

struct picture {
	const struct view *v;
	struct tree_node *nodes;
	size_t count;
	struct arena text;
};

static bool
has_alarm(const struct directory *d, const struct found *f)
{
	const struct alarm *a;
	size_t i;

	for (i = 0; i < d->state.alarm_count; i++) {
		a = &d->state.alarms[i];
		if (alarm_unit(d, a) == f->unit && a->holder == f->holder)
			return true;
	}
	return false;
}

/* The state of its keys; of a unit the worse of its authority's and its
 * station's. */
static enum keys
keys_drawn(const struct view *v, const struct found *f, int64_t *until)
{
	enum cert_kind kind = CERT_AUTHORITY;
	int64_t end;
	enum keys k, station;

	if (f->holder != NONE)
		kind = v->d->state.holders[f->holder].person ? CERT_PERSON
							     : CERT_DESK;
	k = keys_of(v->d, f->unit, f->holder, kind, v->at, until);
	if (f->holder != NONE)
		return k;
	station = keys_of(v->d, f->unit, NONE, CERT_STATION, v->at, &end);
	if (station <= k)
		return k;
	*until = end;
	return station;
}

/* The second line: address, and what is wrong. */
static struct bytes
node_note(struct picture *p, const struct found *f, enum keys k, int64_t until)
{
	char address[LIMIT_ADDRESS + 1] = "", keys[KEYS_TEXT];
	struct buf text = { 0 };
	struct bytes out;

	(void)address_of(p->v->d, f->unit, f->holder, p->v->at, address);
	buf_add(&text, bytes_str(address));
	if (keys_warn(k)) {
		keys_write(keys, k, until);
		buf_add(&text, bytes_str(" "));
		buf_add(&text, bytes_str(keys));
	}
	out = arena_add(&p->text, buf_bytes(&text));
	buf_free(&text);
	return out;
}

static bool
is_open(const struct view *v, const struct found *f)
{
	const struct state *s = &v->d->state;

	/* what was in a unit ends with it */
	return unit_open(&s->units[f->unit], v->at) &&
	       (f->holder == NONE ||
		   holder_open(&s->holders[f->holder], v->at));
}

static void
add_nodes(struct picture *p, const struct found *f, size_t parent)
{
	const size_t me = p->count;
	struct tree_node *n;
	struct found *all;
	int64_t until;
	enum keys k = keys_drawn(p->v, f, &until);
	size_t i, count;

	p->nodes = vec_more(p->nodes, p->count, sizeof(*p->nodes));
	n = &p->nodes[p->count++];
	n->parent = parent;
	n->label = tree_name(p->v->d, f->unit, f->holder, p->v->at);
	n->mark = TREE_PLAIN;
	if (!is_open(p->v, f)) {
		n->mark = TREE_CLOSED;
		k = KEYS_NONE;
	} else if (keys_warn(k) || has_alarm(p->v->d, f)) {
		n->mark = TREE_WARN;
	}
	n->note = node_note(p, f, k, until);
	if (f->holder != NONE)
		return;
	count = below(&all, p->v, f->unit);
	for (i = 0; i < count; i++)
		add_nodes(p, &all[i], me);
	free(all);
}

static enum rc
directory_picture(const struct args *a, struct err *e)
{
	const struct found root = { 0, NONE };
	struct view v = { .all = arg_given(a, "all") };
	struct picture p = { .v = &v };
	struct buf svg = { 0 };
	char title[TIME_TEXT];
	struct tree t;
	enum rc rc;

	if ((rc = tree_open(&t, a, e)) != RC_OK)
		return rc;
	v.d = t.directory;
	v.at = t.at;
	add_nodes(&p, &root, 0);
	time_write_vn(title, v.at);
	tree_draw(&svg, p.nodes, p.count, bytes_str(title));
	rc = file_write(
	    a->rest[0], buf_bytes(&svg), 0644, arg_given(a, "force"), e);
	if (rc == RC_OK)
		alarms_say(v.d, 0);
	buf_free(&svg);
	free(p.nodes);
	arena_free(&p.text);
	tree_close(&t);
	return rc;
}

static const struct opt picture_opts[] = {
	OPT_DIRECTORY,
	OPT_AT,
	{ "all", NULL, "also units, desks and persons that have ended", false },
	OPT_FORCE,
	OPT_END,
};
const struct cmd cmd_directory_picture = {
	.name = "directory picture",
	.args = "OUT.svg",
	.does = "Draw the tree as a picture for a browser; where there is an "
		"alarm, or keys end within 30 days or have ended, it is "
		"marked.",
	.opts = picture_opts,
	.least = 1,
	.most = 1,
	.run = directory_picture,
};
