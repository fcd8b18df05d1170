/* SPDX-License-Identifier: EUPL-1.2 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "antin/directory_show.h"
#include "core/lang.h"
#include "core/utf8.h"

#define FOUND_MAX 1000 /* that are shown */

static struct view
view_of(const struct tree *t)
{
	return (struct view){ .d = t->directory, .at = t->at };
}

/* ---- directory find
 * ------------------------------------------------------------- */

/* All the words of the command line, one after another. */
static struct buf
words_of(const struct args *a)
{
	struct buf words = { 0 };
	size_t i;

	for (i = 0; i < a->rest_count; i++) {
		if (i > 0)
			buf_u8(&words, ' ');
		buf_add(&words, bytes_str(a->rest[i]));
	}
	return words;
}

static void
show_found(json_t *to, const struct view *v, const struct found *f)
{
	const struct state *s = &v->d->state;
	const struct unit *u = &s->units[f->unit];
	char address[LIMIT_ADDRESS + 1];
	json_t *codes;
	size_t i;

	show_text(to, "name", tree_name(v->d, f->unit, f->holder, v->at));
	if (f->holder == NONE)
		show_word(to, "kind", "unit");
	else if (s->holders[f->holder].person)
		show_word(to, "kind", "person");
	else
		show_word(to, "kind", "desk");
	if (address_of(v->d, f->unit, f->holder, v->at, address))
		show_text(to, "address", bytes_str(address));
	if (f->holder != NONE) {
		show_text(to, "unit", unit_name(u, v->at));
		return;
	}
	if (u->code_count == 0)
		return;
	codes = show_array(to, "codes");
	for (i = 0; i < u->code_count; i++)
		if (u->codes[i].from <= v->at && v->at < u->codes[i].until)
			show_text(show_item(codes), "code", u->codes[i].text);
}

static enum rc
directory_find(const struct args *a, struct err *e)
{
	struct found *found = alloc(FOUND_MAX, sizeof(*found));
	struct buf words = words_of(a);
	json_t *root = json_array();
	struct tree t = { 0 };
	struct view v;
	size_t i, n = 0;
	enum rc rc;

	if ((rc = tree_open(&t, a, e)) != RC_OK)
		goto out;
	v = view_of(&t);
	n = directory_search(v.d, buf_bytes(&words), v.at, found, FOUND_MAX);
	if (n == 0) {
		rc = fail(e, RC_ABSENT,
		    "nobody is known whose name, address or code has these "
		    "words");
		goto out;
	}
	for (i = 0; i < n; i++)
		show_found(show_item(root), &v, &found[i]);
	show(json_incref(root), arg_given(a, "json"));
	if (n == FOUND_MAX && !arg_given(a, "json"))
		say("There may be more: give more words.\n");
out:
	json_decref(root);
	tree_close(&t);
	buf_free(&words);
	free(found);
	return rc;
}

static const struct opt find_opts[] = {
	OPT_DIRECTORY,
	OPT_AT,
	OPT_JSON,
	OPT_END,
};
const struct cmd cmd_directory_find = {
	.name = "directory find",
	.args = "WORDS...",
	.does = "Find units, desks and persons by words of their names, "
		"addresses or codes, with diacritics or without.",
	.opts = find_opts,
	.least = 1,
	.most = ARGS_MAX,
	.run = directory_find,
};

/* ---- directory list
 * ------------------------------------------------------------- */

/* The list has this id, or these words in its name; none: any has. */
static bool
list_is(const struct list *l, struct bytes which)
{
	struct buf name, words;
	struct id id;
	bool is;

	if (id_parse(&id, which))
		return id_eq(&l->id, &id);
	utf8_fold(&name, l->name);
	utf8_fold(&words, which);
	is = words.len == 0 ||
	     memmem(name.p, name.len, words.p, words.len) != NULL;
	buf_free(&name);
	buf_free(&words);
	return is;
}

static enum rc
directory_list(const struct args *a, struct err *e)
{
	struct buf which = words_of(a);
	json_t *root = json_array();
	struct tree t = { 0 };
	const struct list *l;
	struct view v;
	size_t i;
	enum rc rc;

	if ((rc = tree_open(&t, a, e)) != RC_OK)
		goto out;
	v = view_of(&t);
	for (i = 0; i < v.d->state.list_count; i++) {
		l = &v.d->state.lists[i];
		if (list_find(v.d, &l->id, 0, v.at) == l &&
		    list_is(l, buf_bytes(&which)))
			show_list(show_item(root), &v, l);
	}
	if (which.len > 0 && json_array_size(root) == 0)
		rc = fail(e, RC_ABSENT,
		    "there is no list of this id or name at that time: "
		    "\"%.*s\"",
		    (int)which.len, (const char *)which.p);
	else
		show(json_incref(root), arg_given(a, "json"));
out:
	json_decref(root);
	tree_close(&t);
	buf_free(&which);
	return rc;
}

static const struct opt list_opts[] = {
	OPT_DIRECTORY,
	OPT_AT,
	OPT_JSON,
	OPT_END,
};
const struct cmd cmd_directory_list = {
	.name = "directory list",
	.args = "[LIST...]",
	.does = "Show the lists of addressees, or the one of this id or name, "
		"and the desks that are on them.",
	.opts = list_opts,
	.most = ARGS_MAX,
	.run = directory_list,
};

/* ---- directory verify
 * ------------------------------------------------------------- */

static uint64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static enum rc
directory_verify_all(const struct args *a, struct err *e)
{
	const uint64_t start = now_ms();
	uint64_t acts = 0;
	struct directory *d;
	size_t i;
	enum rc rc;

	if ((rc = arg_threads(a, e)) != RC_OK ||
	    (rc = tree_read(&d, a, e)) != RC_OK)
		return rc;
	/* acts and checkpoints were verified as it was read */
	if ((rc = directory_verify(d, e)) == RC_OK) {
		for (i = 0; i < d->log_count; i++)
			acts += d->logs[i].log.tree.size;
		alarms_say(d, 0);
		say("All signatures hold: of %zu certificates and of %zu "
		    "checkpoints over %llu acts, in %llu ms.\n",
		    d->state.cert_count, d->log_count, (unsigned long long)acts,
		    (unsigned long long)(now_ms() - start));
	}
	directory_free(d);
	return rc;
}

static const struct opt verify_opts[] = {
	OPT_DIRECTORY,
	OPT_THREADS,
	OPT_END,
};
const struct cmd cmd_directory_verify = {
	.name = "directory verify",
	.args = "",
	.does = "Check every signature in the directory: of the checkpoints "
		"and of all certificates.",
	.opts = verify_opts,
	.run = directory_verify_all,
};
