/* SPDX-License-Identifier: EUPL-1.2 */
#include "control/control.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "control/asked.h"
#include "core/limits.h"
#include "core/time.h"
#include "crypto/keyfile.h"
#include "crypto/random.h"
#include "crypto/totp.h"

/* ---- requests
 * --------------------------------------------------------------- */

#define HERE(name) offsetof(struct control_request, name)
#define END                                                                    \
	{                                                                      \
		NULL, NULL, 0, false, 0, 0                                     \
	}
#define DESK                                                                   \
	{                                                                      \
		"desk", asked_desk, HERE(desk), true, 1, LIMIT_ADDRESS         \
	}
#define ID                                                                     \
	{                                                                      \
		"id", asked_id, HERE(id), true, 0, 0                           \
	}
#define WHICH                                                                  \
	{ "leg", asked_number, HERE(leg), false, 1, INT64_MAX },               \
	    { "id", asked_which_id, 0, false, 0, 0 },                          \
	{                                                                      \
		"hop", asked_hop, 0, false, 0, LIMIT_ADDRESS                   \
	}
#define NUMBER                                                                 \
	{                                                                      \
		"at", asked_number, HERE(at), true, 0, INT64_MAX               \
	}
#define PAGE                                                                   \
	{ "before", asked_number, HERE(before), false, 0, INT64_MAX },         \
	{                                                                      \
		"max", asked_number, HERE(max), false, 1, CONTROL_ROWS         \
	}
#define PERSON(must)                                                           \
	{                                                                      \
		"person", asked_desk, HERE(person), (must), 1, LIMIT_ADDRESS   \
	}
#define SECRETS                                                                \
	{ "passphrase", asked_secret, HERE(passphrase), true, 0,               \
		KEYFILE_PASSPHRASE },                                          \
	{                                                                      \
		"code", asked_secret, HERE(code_given), false, 0, TOTP_TYPED   \
	}

#define AS                                                                     \
	{                                                                      \
		"as", asked_address, HERE(as), false, 1, LIMIT_ADDRESS         \
	}
#define DOCUMENT(must)                                                         \
	{                                                                      \
		"document", asked_digits, HERE(document), must, 1, 2 * ID_SIZE \
	}
#define TEXT(must)                                                             \
	{                                                                      \
		"text", asked_text, HERE(text), must, 1, CONTROL_TEXT          \
	}
#define DRAFT                                                                  \
	{                                                                      \
		"draft", asked_digits, HERE(document), true, 2 * ID_SIZE,      \
		    2 * ID_SIZE                                                \
	}
#define BOOK                                                                   \
	{ "book", asked_name, HERE(book), true, 1, 64 },                       \
	{                                                                      \
		"year", asked_number, HERE(year), true, 1900, 9999             \
	}
/* Which there are, what they have, and how many descriptors. */
static const struct row {
	const char *word;
	struct field fields[FIELDS];
	size_t fds;
	bool parts; /* and one a part */
} rows[CONTROLS] = {
	[CONTROL_HELLO] = { "hello",
	    { { "version", asked_number, HERE(version), true, 0, UINT32_MAX },
		END },
	    0, false },
	[CONTROL_SIGN_IN] = { "sign-in",
	    { DESK,
		{ "passphrase", asked_secret, HERE(passphrase), true, 0,
		    KEYFILE_PASSPHRASE },
		END },
	    0, false },
	[CONTROL_SIGN_OUT] = { "sign-out", { DESK, END }, 0, false },
	[CONTROL_DESKS] = { "desks", { END }, 0, false },
	[CONTROL_SEND] = { "send",
	    { DESK, { "to", asked_to, 0, false, 1, LIMIT_SLIPS },
		{ "info", asked_info, 0, false, 1, LIMIT_SLIPS },
		{ "list", asked_text, HERE(list), false, 1, LIMIT_NAME },
		{ "level", asked_level, HERE(level), true, 0, 0 },
		{ "precedence", asked_precedence, HERE(precedence), true, 0,
		    0 },
		{ "info_precedence", asked_precedence, HERE(info), false, 0,
		    0 },
		{ "due", asked_time, HERE(due), false, 0, 0 },
		{ "expires", asked_time, HERE(expires), false, 0, 0 },
		{ "subject", asked_text, HERE(subject), false, 0,
		    LIMIT_SUBJECT },
		{ "references", asked_references, 0, false, 0, 0 },
		{ "supersedes", asked_supersedes, 0, false, 0, 0 },
		{ "id", asked_which_id, 0, false, 0, 0 },
		{ "parts", asked_parts, 0, true, 0, 0 }, END },
	    0, true },
	[CONTROL_INBOX] = { "inbox",
	    { DESK, { "all", asked_flag, HERE(all), false, 0, 0 }, PAGE, END },
	    0, false },
	[CONTROL_OUTBOX] = { "outbox", { DESK, PAGE, END }, 0, false },
	[CONTROL_QUEUE] = { "queue", { END }, 0, false },
	[CONTROL_STATUS] = { "status", { END }, 0, false },
	[CONTROL_TRACE] = { "trace", { ID, END }, 0, false },
	[CONTROL_READ] = { "read", { DESK, ID, END }, 0, false },
	[CONTROL_SAVE] = { "save",
	    { DESK, ID,
		{ "part", asked_number, HERE(part), true, 0,
		    DISPATCH_PARTS - 1 },
		END },
	    1, false },
	[CONTROL_ACK] = { "ack", { DESK, ID, END }, 0, false },
	[CONTROL_REFUSE] = { "refuse",
	    { DESK, ID,
		{ "code", asked_number, HERE(code), true, 1, CONTROL_CODE },
		{ "reason", asked_text, HERE(reason), false, 0,
		    CONTROL_REASON },
		END },
	    0, false },
	[CONTROL_ENROL_LIST] = { "enrol-list",
	    { { "all", asked_flag, HERE(all), false, 0, 0 }, END }, 0, false },
	[CONTROL_ENROL_PULL] = { "enrol-pull",
	    { ID, { "at", asked_number, HERE(at), true, 0, UINT32_MAX }, END },
	    0, false },
	[CONTROL_ENROL_PUSH] = { "enrol-push",
	    { ID, { "at", asked_number, HERE(at), true, 0, UINT32_MAX },
		{ "total", asked_number, HERE(total), true, 1, UINT32_MAX },
		{ "data", asked_data, HERE(data), true, 1, 2 * CONTROL_DATA },
		END },
	    0, false },
	[CONTROL_ENROL_DROP] = { "enrol-drop", { ID, END }, 0, false },
	[CONTROL_RECALL] = { "recall", { DESK, ID, END }, 0, false },
	[CONTROL_INVITED] = { "invited",
	    { ID,
		{ "address", asked_address, HERE(address), true, 1,
		    LIMIT_ADDRESS },
		{ "until", asked_time, HERE(until), true, 0, 0 }, END },
	    0, false },
	[CONTROL_DIRECTORY_GIVE] = { "directory-give",
	    { { "at", asked_number, HERE(at), true, 0, UINT32_MAX },
		{ "total", asked_number, HERE(total), true, 1, UINT32_MAX },
		{ "data", asked_data, HERE(data), true, 1, 2 * CONTROL_DATA },
		END },
	    0, false },
	[CONTROL_EVIDENCE] = { "evidence",
	    { ID, { "at", asked_number, HERE(at), true, 0, UINT32_MAX }, END },
	    0, false },
	[CONTROL_DIRECTORY_TAKE] = { "directory-take",
	    { { "at", asked_number, HERE(at), true, 0, UINT32_MAX }, END }, 0,
	    false },
	[CONTROL_ALARMS] = { "alarms",
	    { { "all", asked_flag, HERE(all), false, 0, 0 },
		{ "desk", asked_desk, HERE(desk), false, 1, LIMIT_ADDRESS },
		END },
	    0, false },
	[CONTROL_SEEN] = { "seen",
	    { { "alarm", asked_number, HERE(alarm), true, 1, INT64_MAX }, END },
	    0, false },
	[CONTROL_HOLD] = { "hold", { WHICH, END }, 0, false },
	[CONTROL_RELEASE] = { "release", { WHICH, END }, 0, false },
	[CONTROL_REROUTE] = { "reroute",
	    { WHICH,
		{ "station", asked_station, HERE(station), true, 1,
		    LIMIT_ADDRESS },
		END },
	    0, false },
	[CONTROL_DROP] = { "drop",
	    { WHICH,
		{ "reason", asked_text, HERE(reason), true, 1, CONTROL_REASON },
		END },
	    0, false },
	[CONTROL_JOURNAL_PULL] = { "journal-pull", { NUMBER, END }, 0, false },
	[CONTROL_JOURNAL_CHECKPOINT] = { "journal-checkpoint", { END }, 0,
	    false },
	[CONTROL_JOURNAL_KEPT] = { "journal-kept",
	    { NUMBER, { "check", asked_flag, HERE(all), false, 0, 0 }, END }, 0,
	    false },
	[CONTROL_JOURNAL_PROVE] = { "journal-prove", { NUMBER, END }, 0,
	    false },
	[CONTROL_JOURNAL_OF] = { "journal-of", { ID, END }, 0, false },
	[CONTROL_JOURNAL_GAPS] = { "journal-gaps", { NUMBER, END }, 0, false },
	[CONTROL_BACKUP] = { "backup", { END }, 0, false },
	[CONTROL_BACKED] = { "backed",
	    { { "all", asked_flag, HERE(all), false, 0, 0 }, END }, 0, false },
	[CONTROL_REOPEN] = { "reopen", { END }, 0, false },
	[CONTROL_MEDIA_WRITE] = { "media-write",
	    { { "station", asked_station, HERE(station), true, 1,
		  LIMIT_ADDRESS },
		{ "number", asked_number, HERE(number), true, 1, INT64_MAX },
		{ "size", asked_number, HERE(size), false, 0, INT64_MAX },
		{ "all", asked_flag, HERE(all), false, 0, 0 }, END },
	    1, false },
	[CONTROL_MEDIA_READ] = { "media-read", { END }, 1, false },
	[CONTROL_MEDIA_LOOK] = { "media-look", { END }, 1, false },
	[CONTROL_MEDIA_NOTE] = { "media-note",
	    { { "number", asked_number, HERE(number), true, 1, INT64_MAX },
		{ "all", asked_flag, HERE(all), false, 0, 0 }, END },
	    0, false },
	[CONTROL_MEDIA] = { "media",
	    { { "station", asked_station, HERE(station), false, 1,
		  LIMIT_ADDRESS },
		END },
	    0, false },
	[CONTROL_DESTROYED] = { "destroyed",
	    { { "at", asked_number, HERE(at), true, 0, 1 },
		{ "data", asked_data, HERE(data), true, 1, 2 * CONTROL_DATA },
		END },
	    0, false },
	[CONTROL_LOST] = { "lost",
	    { { "address", asked_station, HERE(address), true, 1,
		  LIMIT_ADDRESS },
		NUMBER, END },
	    0, false },
	[CONTROL_DUTY] = { "duty",
	    { { "all", asked_flag, HERE(all), false, 0, 0 }, END }, 0, false },
	[CONTROL_DUTY_PLAN] = { "duty-plan",
	    { { "data", asked_data, HERE(data), true, 1, 2 * CONTROL_DATA },
		END },
	    0, false },
	[CONTROL_DUTY_OFFER] = { "duty-offer",
	    { { "login", asked_text, HERE(login), false, 1, 32 },
		{ "reason", asked_text, HERE(reason), false, 0,
		    CONTROL_REASON },
		END },
	    0, false },
	[CONTROL_DUTY_TAKE] = { "duty-take",
	    { { "offer", asked_number, HERE(at), false, 1, INT64_MAX },
		{ "reason", asked_text, HERE(reason), false, 0,
		    CONTROL_REASON },
		END },
	    0, false },
	[CONTROL_DUTY_NOTE] = { "duty-note",
	    { { "reason", asked_text, HERE(reason), true, 1, CONTROL_REASON },
		END },
	    0, false },
	[CONTROL_USERS] = { "users", { END }, 0, false },
	[CONTROL_USER_IN] = { "user-in", { PERSON(true), SECRETS, END }, 0,
	    false },
	[CONTROL_USER_OUT] = { "user-out", { PERSON(false), END }, 0, false },
	[CONTROL_USER_CODES] = { "user-codes",
	    { PERSON(true), SECRETS,
		{ "by", asked_desk, HERE(by), false, 1, LIMIT_ADDRESS }, END },
	    0, false },
	[CONTROL_DOC] = { "doc",
	    { AS, DESK, { "do", asked_name, HERE(action), true, 1, 32 },
		DOCUMENT(false), { "try", asked_flag, HERE(all), false, 0, 0 },
		{ "fields", asked_values, HERE(fields), false, 0, 0 }, END },
	    0, false },
	[CONTROL_DOC_LIST] = { "doc-list",
	    { AS, DESK, { "text", asked_name, HERE(text), false, 1, 32 },
		{ "all", asked_flag, HERE(all), false, 0, 0 }, PAGE, END },
	    0, false },
	[CONTROL_DOC_SEARCH] = { "doc-search",
	    { AS, DESK, TEXT(true), PAGE, END }, 0, false },
	[CONTROL_DOC_SHOW] = { "doc-show",
	    { AS, DESK, DOCUMENT(true),
		{ "print", asked_flag, HERE(all), false, 0, 0 }, END },
	    0, false },
	[CONTROL_DOC_RECORD] = { "doc-record",
	    { AS, DESK, DOCUMENT(true), END }, 0, false },
	[CONTROL_BOOKS] = { "books", { AS, DESK, END }, 0, false },
	[CONTROL_BOOK] = { "book",
	    { AS, DESK, BOOK,
		{ "volume", asked_number, HERE(volume), false, 1, UINT32_MAX },
		{ "at", asked_number, HERE(at), false, 0, INT64_MAX },
		{ "max", asked_number, HERE(max), false, 1, CONTROL_ROWS },
		END },
	    0, false },
	[CONTROL_BOOK_CLOSE] = { "book-close", { AS, DESK, BOOK, END }, 0,
	    false },
	[CONTROL_BOOK_REMARK] = { "book-remark",
	    { AS, DESK, BOOK, NUMBER, TEXT(true), END }, 0, false },
	[CONTROL_BOOK_RESUME] = { "book-resume",
	    { AS, DESK, BOOK, NUMBER, TEXT(true), END }, 0, false },
	[CONTROL_REPORT] = { "report",
	    { AS, DESK, { "from", asked_time, HERE(from), true, 0, 0 },
		{ "until", asked_time, HERE(until), true, 0, 0 }, END },
	    0, false },
	[CONTROL_BOOK_PRINT] = { "book-print",
	    { AS, DESK, BOOK,
		{ "volume", asked_number, HERE(volume), false, 1, UINT32_MAX },
		{ "at", asked_number, HERE(at), false, 0, INT64_MAX },
		{ "max", asked_number, HERE(max), false, 1, CONTROL_ROWS },
		END },
	    0, false },
	[CONTROL_REPORT_TIMES] = { "report-times",
	    { AS, DESK, { "from", asked_time, HERE(from), true, 0, 0 },
		{ "until", asked_time, HERE(until), true, 0, 0 },
		{ "before", asked_number, HERE(before), false, 0, INT64_MAX },
		END },
	    0, false },
	[CONTROL_DRAFTS] = { "drafts", { AS, DESK, END }, 0, false },
	[CONTROL_DRAFT_GET] = { "draft-get", { AS, DESK, DRAFT, END }, 0,
	    false },
	[CONTROL_DRAFT_PUT] = { "draft-put",
	    { AS, DESK, DRAFT,
		{ "title", asked_text, HERE(text), false, 0, CONTROL_TITLE },
		{ "data", asked_draft, HERE(fields), true, 1, CONTROL_PACKET },
		END },
	    0, false },
	[CONTROL_DRAFT_DROP] = { "draft-drop", { AS, DESK, DRAFT, END }, 0,
	    false },
	[CONTROL_DESK] = { "desk", { END }, 0, false },
	[CONTROL_DESK_TRUST] = { "desk-trust", { END }, 0, false },
	[CONTROL_TREE] = { "tree",
	    { { "at", asked_number, HERE(at), false, 0, INT64_MAX }, END }, 0,
	    false },
	[CONTROL_RULES] = { "rules",
	    { { "from", asked_time, HERE(from), false, 0, 0 }, END }, 0,
	    false },
	[CONTROL_PRINT] = { "print",
	    { { "form", asked_name, HERE(text), true, 1, 16 },
		{ "made", asked_time, HERE(from), true, 0, 0 }, END },
	    2, false },
	[CONTROL_SCAN] = { "scan", { END }, 1, false },
};

const char *
control_word(enum control_what what)
{
	return rows[what].word;
}

void
control_free(struct control_request *r)
{
	free(r->to);
	free(r->references);
	free(r->parts);
	buf_free(&r->data);
	buf_free(&r->fields);
	json_decref(r->root);
	*r = (struct control_request){ 0 };
}

static enum rc
which(enum control_what *out, const json_t *root, struct err *e)
{
	const json_t *ask = json_object_get(root, "ask");
	int i;

	for (i = 0; i < CONTROLS; i++)
		if (bytes_is(string_of(ask), rows[i].word)) {
			*out = (enum control_what)i;
			return RC_OK;
		}
	return fail(e, RC_INVALID, "\"ask\" is nothing that can be asked");
}

/* A signature says what it signs; nothing else does. */
static enum rc
check_parts(const struct control_request *r, struct err *e)
{
	const struct part *p;
	size_t i;

	for (i = 0; i < r->part_count; i++) {
		p = &r->parts[i];
		if ((p->kind == PART_SIGNATURE) != (p->of != OF_NONE))
			return fail(e, RC_INVALID,
			    "part %zu: a signature has \"of\", and no other "
			    "part",
			    i);
		if (p->of != OF_NONE &&
		    (p->of >= r->part_count ||
			r->parts[p->of].kind == PART_SIGNATURE))
			return fail(e, RC_INVALID,
			    "part %zu signs what is no part of it", i);
	}
	for (i = 0; i < r->part_count; i++)
		if (r->parts[i].of == OF_NONE)
			r->parts[i].of = 0;
	return RC_OK;
}

static enum rc
check_dispatch(const struct control_request *r, struct err *e)
{
	if ((r->list.len > 0) == (r->to_count > 0))
		return fail(e, RC_INVALID,
		    "a dispatch goes to addressees, or to all of a list");
	if ((r->precedence == PRECEDENCE_HOA_TOC_HEN_GIO) !=
	    (r->due != TIME_NEVER))
		return fail(
		    e, RC_INVALID, "hoa-toc-hen-gio and \"due\" go together");
	return check_parts(r, e);
}

enum rc
control_read(
    struct control_request *out, struct bytes packet, size_t fds, struct err *e)
{
	struct control_request r = {
		.max = CONTROL_ROWS, .due = TIME_NEVER, .expires = TIME_NEVER
	};
	const struct row *row;
	json_error_t why;
	enum rc rc;

	*out = (struct control_request){ 0 };
	if (packet.len > CONTROL_PACKET)
		return fail(e, RC_LIMIT, "a packet of %zu bytes, at most %u",
		    packet.len, CONTROL_PACKET);
	r.root = json_loadb(
	    (const char *)packet.p, packet.len, JSON_REJECT_DUPLICATES, &why);
	if (!json_is_object(r.root)) {
		rc = fail(e, RC_INVALID, "the packet is no JSON object");
		goto out;
	}
	if ((rc = which(&r.what, r.root, e)) != RC_OK)
		goto out;
	row = &rows[r.what];
	rc = fields_take(&r, row->fields, r.root, "ask", e);
	if (rc == RC_OK && r.what == CONTROL_SEND)
		rc = check_dispatch(&r, e);
	if (rc == RC_OK && r.what >= CONTROL_HOLD && r.what <= CONTROL_DROP &&
	    (r.leg != 0) + r.hop_set + r.id_set != 1)
		rc = fail(e, RC_INVALID,
		    "one of \"leg\", \"id\" and \"hop\" is wanted");
	if (rc == RC_OK && fds != row->fds + (row->parts ? r.part_count : 0))
		rc = fail(e, RC_INVALID,
		    "%zu descriptors came with it, wanted %zu", fds,
		    row->fds + (row->parts ? r.part_count : 0));
	if (rc != RC_OK) {
		rc = fail_at(e, "%s", row->word);
		goto out;
	}
	*out = r;
	r = (struct control_request){ 0 };
out:
	control_free(&r);
	return rc;
}

static void
free_wiped(void *p)
{
	if (p != NULL)
		wipe(p, malloc_usable_size(p));
	free(p);
}

void
control_prepares(void)
{
	size_t seed;

	json_set_alloc_funcs(malloc, free_wiped);
	random_bytes(&seed, sizeof(seed));
	json_object_seed(seed | 1); /* 0 would look for a file */
}
