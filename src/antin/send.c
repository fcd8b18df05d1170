/* SPDX-License-Identifier: EUPL-1.2 */
/* antin send: have a station seal a dispatch and send it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "antin/draft.h"
#include "antin/talk.h"
#include "core/lang.h"
#include "core/progress.h"
#include "core/time.h"
#include "envelope/address.h"

struct sending {
	struct talk t;
	struct draft draft;
	int fds[CONTROL_FDS]; /* a part each; owned */
	size_t fd_count;
	struct progress progress;
};

static enum rc
write_all(int fd, struct bytes b, struct err *e)
{
	ssize_t n;

	while (b.len > 0) {
		n = write(fd, b.p, b.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail_io(e, "no memory for a part");
		b = bytes_of(b.p + n, b.len - (size_t)n);
	}
	return RC_OK;
}

/* A part that is in memory already goes by way of memory. */
static enum rc
open_part(int *fd, const struct sealing_part *p, struct err *e)
{
	struct stat st;
	enum rc rc;

	*fd = p->path != NULL ? open(p->path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
			      : memfd_create("part", MFD_CLOEXEC);
	if (*fd < 0 && p->path != NULL)
		return fail_io(e, "%s cannot be opened", p->path);
	if (*fd < 0)
		return fail_io(e, "no memory for a part");
	if (p->path == NULL)
		rc = write_all(*fd, p->inside, e);
	else if (fstat(*fd, &st) != 0 || !S_ISREG(st.st_mode))
		rc = fail(e, RC_USAGE,
		    "%s is no file: a station takes neither pipes nor devices",
		    p->path);
	else
		rc = RC_OK;
	if (rc != RC_OK)
		(void)close(*fd);
	return rc;
}

static enum rc
open_parts(struct sending *s, struct err *e)
{
	enum rc rc = RC_OK;
	size_t i;

	if (s->draft.part_count > CONTROL_FDS)
		return fail(e, RC_LIMIT, "over %u parts", CONTROL_FDS);
	for (i = 0; i < s->draft.part_count && rc == RC_OK; i++) {
		rc = open_part(&s->fds[i], &s->draft.parts[i], e);
		s->fd_count += rc == RC_OK;
	}
	return rc;
}

/* ---- the request
 * ----------------------------------------------------------- */

static enum rc
add_addresses(
    json_t *request, const struct args *a, const char *option, struct err *e)
{
	const char *word;
	json_t *list = NULL;
	size_t at = 0;

	while ((word = arg_each(a, option, &at)) != NULL) {
		if (!address_is_desk(bytes_str(word)))
			return fail(e, RC_USAGE,
			    "--%s wants the address of a desk, such as "
			    "antin://dien-bien.vn/van-thu, found \"%s\"; "
			    "antin directory find tells addresses",
			    option, word);
		if (list == NULL)
			list = show_array(request, option);
		(void)json_array_append_new(list, json_string(word));
	}
	return RC_OK;
}

static enum rc
add_addressees(json_t *request, const struct args *a, struct err *e)
{
	const char *list = arg(a, "list");
	bool named = arg_given(a, "to") || arg_given(a, "info");
	enum rc rc;

	if (list != NULL && named)
		return fail(e, RC_USAGE,
		    "--list stands in the place of --to and --info");
	if (list == NULL && !named)
		return fail(e, RC_USAGE, "--%s is wanted", "to");
	if (list != NULL)
		show_text(request, "list", bytes_str(list));
	rc = add_addresses(request, a, "to", e);
	return rc == RC_OK ? add_addresses(request, a, "info", e) : rc;
}

static void
add_parts(json_t *request, const struct draft *d)
{
	static const char *const words[PART_KINDS] = {
		[PART_TEXT] = "text",
		[PART_DOCUMENT] = "document",
		[PART_SIGNATURE] = "signature",
	};
	json_t *list = show_array(request, "parts"), *item;
	const struct part *p;
	size_t i;

	for (i = 0; i < d->part_count; i++) {
		p = &d->parts[i].part;
		item = show_item(list);
		show_text(item, "kind", bytes_str(words[p->kind]));
		show_text(item, "name", p->name);
		show_text(item, "type", p->type);
		if (p->kind == PART_SIGNATURE)
			show_number(item, "of", p->of);
	}
}

static void
add_time(json_t *request, const char *key, int64_t t)
{
	if (t != TIME_NEVER)
		show_number(request, key, (uint64_t)t);
}

static void
add_draft(json_t *request, const struct draft *d)
{
	char id[ID_TEXT];
	json_t *list;
	size_t i;

	show_word(request, "level", level_word(d->d.level));
	show_word(
	    request, "precedence", precedence_word(d->d.header.precedence));
	show_word(request, "info_precedence", precedence_word(d->d.info));
	add_time(request, "due", d->d.due);
	add_time(request, "expires", d->d.header.expires);
	if (d->d.subject.len > 0)
		show_text(request, "subject", d->d.subject);
	if (d->d.reference_count > 0) {
		list = show_array(request, "references");
		for (i = 0; i < d->d.reference_count; i++) {
			id_write(id, &d->d.references[i]);
			(void)json_array_append_new(list, json_string(id));
		}
	}
	if (d->d.supersedes_set)
		show_id(request, "supersedes", &d->d.supersedes);
	add_parts(request, d);
}

/* ---- sending
 * --------------------------------------------------------------- */

static void
on(void *ctx, uint64_t done, uint64_t total)
{
	struct progress *p = ctx;

	p->total = total;
	progress_to(p, done);
}

static void
sent(const struct args *a, const json_t *answer)
{
	json_t *root;

	if (arg_given(a, "json")) {
		root = json_object();
		show_word(root, "id", row_text(answer, "id"));
		show(root, true);
		return;
	}
	say("Handed to the station, which sends it on by itself: antin trace "
	    "shows how far it is.\n");
	say("Dispatch id: %s\n", row_text(answer, "id"));
}

static enum rc
ask_send(struct sending *s, json_t *request, struct err *e)
{
	const struct control_ears ears = { .progress = on,
		.ctx = &s->progress };
	json_t *answer;
	enum rc rc;

	s->progress = progress_start(tr("Sealing"), s->draft.total);
	rc = control_ask(s->t.fd, CONTROL_SEND, request, s->fds, s->fd_count,
	    &ears, &answer, e);
	progress_end(&s->progress);
	if (rc == RC_OK)
		sent(s->t.a, answer);
	json_decref(answer);
	return rc;
}

static enum rc
add_id(json_t *request, const struct args *a, struct err *e)
{
	const char *word = arg(a, "id");
	struct id id;

	if (word == NULL)
		return RC_OK;
	if (!id_parse(&id, bytes_str(word)))
		return fail(e, RC_USAGE,
		    "--id wants the 32 hexadecimal digits of a dispatch id, "
		    "found \"%s\"",
		    word);
	show_id(request, "id", &id);
	return RC_OK;
}

static enum rc
send_dispatch(const struct args *a, struct err *e)
{
	struct sending *s = alloc(1, sizeof(*s));
	json_t *request = json_object();
	enum rc rc;
	size_t i;

	s->t.fd = -1;
	rc = draft_take(&s->draft, a, e);
	if (rc == RC_OK && (rc = add_addressees(request, a, e)) == RC_OK &&
	    (rc = add_id(request, a, e)) == RC_OK &&
	    (rc = open_parts(s, e)) == RC_OK &&
	    (rc = talk_open(&s->t, a, e)) == RC_OK &&
	    (rc = talk_act(&s->t, arg(a, "from"), e)) == RC_OK) {
		show_word(request, "desk", s->t.desk);
		add_draft(request, &s->draft);
		rc = ask_send(s, json_incref(request), e);
	}
	json_decref(request);
	for (i = 0; i < s->fd_count; i++)
		(void)close(s->fds[i]);
	draft_free(&s->draft);
	talk_close(&s->t);
	free(s);
	return rc;
}

static const struct opt opts[] = {
	{ "to", "ADDRESS", "a desk that acts on it", true },
	{ "info", "ADDRESS", "a desk that is only informed", true },
	{ "list", "NAME", "all who are on this list of the directory", false },
	{ "from", "DESK", "the desk that sends", false },
	{ "text", "FILE", "a text file to be read as it stands", false },
	{ "subject", "TEXT", "subject of an ordinary dispatch", false },
	{ "subject-file", "FILE", "subject, from a file", false },
	{ "level", "LEVEL", "thuong (default), mat, toi-mat, tuyet-mat",
	    false },
	{ "precedence", "P",
	    "thuong (default), khan, thuong-khan, hoa-toc, hoa-toc-hen-gio",
	    false },
	{ "info-precedence", "P", "precedence for those who are informed",
	    false },
	{ "due", "TIME", "the set time of hoa-toc-hen-gio", false },
	{ "expires", "TIME", "nobody opens it after this time", false },
	{ "reference", "ID", "a dispatch that this one refers to", true },
	{ "supersedes", "ID", "the dispatch that this one takes the place of",
	    false },
	{ "signature", "FILE.sig", "a person's signature of one of the files",
	    true },
	{ "id", "ID", "the dispatch's id: with it, it is sent once", false },
	OPT_STATION,
	OPT_PASSPHRASE,
	OPT_JSON,
	OPT_END,
};
const struct cmd cmd_send = {
	.name = "send",
	.args = "[FILE...]",
	.does = "Have the station sign files or a text as a desk, seal them "
		"for other desks, and send them there.",
	.opts = opts,
	.least = 0,
	.most = CONTROL_FDS,
	.run = send_dispatch,
};
