/* SPDX-License-Identifier: EUPL-1.2 */
#include "control/control.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "core/base64.h"
#include "core/limits.h"
#include "core/pairs.h"
#include "core/time.h"
#include "core/utf8.h"
#include "core/vec.h"
#include "crypto/keyfile.h"
#include "crypto/random.h"
#include "crypto/totp.h"
#include "envelope/address.h"

/* A field of an object, and where its value goes: "at" bytes into the
 * structure.  "min" and "max" are of a number, or bytes of a text. */
struct field {
	const char *name;
	enum rc (*take)(
	    void *to, const struct field *f, const json_t *v, struct err *e);
	size_t at;
	bool must;
	uint64_t min, max;
};
#define FIELDS 16 /* of an object, at the most */

static enum rc
take_fields(void *to, const struct field fields[static FIELDS],
    const json_t *object, const char *but, struct err *e)
{
	const struct field *f;
	const char *key;
	json_t *v;
	enum rc rc;

	for (f = fields; f->name != NULL; f++) {
		v = json_object_get(object, f->name);
		if (v == NULL && f->must)
			return fail(
			    e, RC_INVALID, "\"%s\" is missing", f->name);
		if (v == NULL)
			continue;
		rc = f->take((void *)((uint8_t *)to + f->at), f, v, e);
		if (rc != RC_OK)
			return rc;
	}
	json_object_foreach((json_t *)(uintptr_t)object, key, v)
	{
		for (f = fields; f->name != NULL; f++)
			if (strcmp(f->name, key) == 0)
				break;
		if (f->name == NULL && strcmp(key, but) != 0)
			return fail(e, RC_INVALID,
			    "a field that this request does not have");
	}
	return RC_OK;
}

/* ---- kinds of fields
 * -------------------------------------------------------- */

static enum rc
is_no(const struct field *f, const char *kind, struct err *e)
{
	return fail(e, RC_INVALID, "\"%s\" is no %s", f->name, kind);
}

static enum rc
take_string(
    struct bytes *out, const struct field *f, const json_t *v, struct err *e)
{
	if (!json_is_string(v))
		return is_no(f, "string", e);
	*out = bytes_of(json_string_value(v), json_string_length(v));
	if (out->len > f->max)
		return fail(e, RC_LIMIT, "\"%s\" has %zu bytes, at most %lu",
		    f->name, out->len, (unsigned long)f->max);
	if (out->len < f->min)
		return fail(e, RC_INVALID, "\"%s\" is empty", f->name);
	return RC_OK;
}

/* A line of text in the form in which it is stored. */
static enum rc
take_text(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct bytes *out = to;
	enum rc rc = take_string(out, f, v, e);

	if (rc == RC_OK && !utf8_is_text(*out))
		rc = is_no(f, "text in NFC on one line", e);
	return rc;
}

static enum rc
take_secret(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct bytes *out = to;

	return take_string(out, f, v, e);
}

static enum rc
take_desk(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct bytes *out = to;
	enum rc rc = take_string(out, f, v, e);

	if (rc == RC_OK && !address_is_desk(*out))
		rc = is_no(f, "address of a desk", e);
	return rc;
}

/* Of a desk, a person or a station. */
static enum rc
take_address(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct bytes *out = to;
	enum rc rc = take_string(out, f, v, e);

	if (rc == RC_OK && !address_is_desk(*out) && !address_is_station(*out))
		rc = is_no(f, "address", e);
	return rc;
}

/* Bytes as base64. */
static enum rc
take_data(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct buf *out = to;
	struct bytes text;
	enum rc rc = take_string(&text, f, v, e);

	if (rc == RC_OK &&
	    (!base64_parse(out, text) || out->len > CONTROL_DATA))
		rc = is_no(f, "piece of bytes", e);
	return rc;
}

static enum rc
take_number(void *to, const struct field *f, const json_t *v, struct err *e)
{
	uint64_t *out = to;

	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return is_no(f, "number", e);
	*out = (uint64_t)json_integer_value(v);
	if (*out < f->min || *out > f->max)
		return fail(
		    e, RC_LIMIT, "\"%s\" is out of its bounds", f->name);
	return RC_OK;
}

static enum rc
take_time(void *to, const struct field *f, const json_t *v, struct err *e)
{
	int64_t *out = to;

	if (!json_is_integer(v) || json_integer_value(v) < TIME_MIN ||
	    json_integer_value(v) > TIME_MAX)
		return is_no(f, "time", e);
	*out = json_integer_value(v);
	return RC_OK;
}

static enum rc
take_flag(void *to, const struct field *f, const json_t *v, struct err *e)
{
	bool *out = to;

	if (!json_is_boolean(v))
		return is_no(f, "yes or no", e);
	*out = json_is_true(v);
	return RC_OK;
}

static struct bytes
string_of(const json_t *v)
{
	return json_is_string(v)
		   ? bytes_of(json_string_value(v), json_string_length(v))
		   : (struct bytes){ 0 };
}

static enum rc
take_id(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct id *out = to;

	return id_parse(out, string_of(v)) ? RC_OK : is_no(f, "dispatch id", e);
}

/* Of what waits. */
static enum rc
take_which_id(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct control_request *r = to;

	r->id_set = true;
	return take_id(&r->id, f, v, e);
}

static enum rc
take_station(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct bytes *out = to;
	enum rc rc = take_string(out, f, v, e);

	if (rc == RC_OK && !address_is_station(*out))
		rc = is_no(f, "address of a station", e);
	return rc;
}

/* The next station; empty: none is known. */
static enum rc
take_hop(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct control_request *r = to;

	r->hop_set = true;
	if (json_is_string(v) && json_string_length(v) == 0)
		return RC_OK;
	return take_station(&r->hop, f, v, e);
}

static enum rc
take_level(void *to, const struct field *f, const json_t *v, struct err *e)
{
	enum level *out = to;

	return level_parse(out, string_of(v)) ? RC_OK : is_no(f, "level", e);
}

static enum rc
take_precedence(void *to, const struct field *f, const json_t *v, struct err *e)
{
	enum precedence *out = to;

	return precedence_parse(out, string_of(v)) ? RC_OK
						   : is_no(f, "precedence", e);
}

/* ---- lists of them
 * ---------------------------------------------------------- */

static enum rc
take_addressees(struct control_request *r, const struct field *f,
    enum purpose purpose, const json_t *v, struct err *e)
{
	struct bytes address;
	json_t *item;
	enum rc rc;
	size_t i;

	if (!json_is_array(v))
		return is_no(f, "list", e);
	json_array_foreach(v, i, item)
	{
		if (r->to_count == f->max)
			return fail(e, RC_LIMIT, "over %lu addressees",
			    (unsigned long)f->max);
		if ((rc = take_desk(&address, f, item, e)) != RC_OK)
			return rc;
		r->to = vec_more(r->to, r->to_count, sizeof(*r->to));
		r->to[r->to_count++] = (struct addressee){ address, purpose };
	}
	return RC_OK;
}

static enum rc
take_to(void *to, const struct field *f, const json_t *v, struct err *e)
{
	return take_addressees(to, f, PURPOSE_ACTION, v, e);
}

static enum rc
take_info(void *to, const struct field *f, const json_t *v, struct err *e)
{
	return take_addressees(to, f, PURPOSE_INFO, v, e);
}

static enum rc
take_references(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct control_request *r = to;
	json_t *item;
	enum rc rc;
	size_t i;

	if (!json_is_array(v))
		return is_no(f, "list", e);
	json_array_foreach(v, i, item)
	{
		if (i == DISPATCH_REFERENCES)
			return fail(e, RC_LIMIT, "over %d references",
			    DISPATCH_REFERENCES);
		r->references = vec_more(
		    r->references, r->reference_count, sizeof(struct id));
		rc = take_id(&r->references[r->reference_count], f, item, e);
		if (rc != RC_OK)
			return rc;
		r->reference_count++;
	}
	return RC_OK;
}

static enum rc
take_supersedes(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct control_request *r = to;

	r->supersedes_set = true;
	return take_id(&r->supersedes, f, v, e);
}

static enum rc
take_part_kind(void *to, const struct field *f, const json_t *v, struct err *e)
{
	static const char *const words[PART_KINDS] = {
		[PART_TEXT] = "text",
		[PART_DOCUMENT] = "document",
		[PART_SIGNATURE] = "signature",
	};
	enum part_kind *out = to;
	int i;

	for (i = 0; i < PART_KINDS; i++)
		if (bytes_is(string_of(v), words[i])) {
			*out = (enum part_kind)i;
			return RC_OK;
		}
	return is_no(f, "kind of part", e);
}

static enum rc
take_of(void *to, const struct field *f, const json_t *v, struct err *e)
{
	size_t *out = to;
	uint64_t n = 0;
	enum rc rc = take_number(&n, f, v, e);

	if (rc == RC_OK)
		*out = (size_t)n;
	return rc;
}

#define OF_NONE SIZE_MAX
static const struct field part_fields[FIELDS] = {
	{ "kind", take_part_kind, offsetof(struct part, kind), true, 0, 0 },
	{ "name", take_text, offsetof(struct part, name), true, 1, LIMIT_NAME },
	{ "type", take_text, offsetof(struct part, type), true, 1,
	    DISPATCH_TYPE },
	{ "of", take_of, offsetof(struct part, of), false, 0, CONTROL_FDS - 1 },
	{ NULL, NULL, 0, false, 0, 0 },
};

static enum rc
take_parts(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct control_request *r = to;
	struct part *p;
	json_t *item;
	enum rc rc;
	size_t i;

	if (!json_is_array(v) || json_array_size(v) == 0)
		return is_no(f, "list of parts", e);
	json_array_foreach(v, i, item)
	{
		if (i == CONTROL_FDS)
			return fail(e, RC_LIMIT, "over %u parts", CONTROL_FDS);
		if (!json_is_object(item))
			return is_no(f, "list of parts", e);
		r->parts = vec_more(r->parts, i, sizeof(*r->parts));
		p = &r->parts[i];
		p->of = OF_NONE;
		rc = take_fields(p, part_fields, item, "", e);
		if (rc != RC_OK)
			return fail_at(e, "part %zu", i);
		r->part_count = i + 1;
	}
	return RC_OK;
}

/* ---- the registry
 * ----------------------------------------------------------- */

/* A word: small letters, digits, hyphens and dots. */
static enum rc
take_name(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct bytes *out = to;
	enum rc rc = take_string(out, f, v, e);
	size_t i;

	for (i = 0; rc == RC_OK && i < out->len; i++)
		if (memchr("abcdefghijklmnopqrstuvwxyz0123456789-.",
			out->p[i], 38) == NULL)
			rc = is_no(f, "word", e);
	return rc;
}

/* The first digits of a document's id. */
static enum rc
take_digits(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct bytes *out = to;
	enum rc rc = take_string(out, f, v, e);
	size_t i;

	for (i = 0; rc == RC_OK && i < out->len; i++)
		if (memchr("0123456789abcdef", out->p[i], 16) == NULL)
			rc = is_no(f, "beginning of a document's id", e);
	return rc;
}

/* {name: text, ...} */
static enum rc
take_values(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct field one = { .name = f->name, .max = CONTROL_FIELD };
	struct buf *out = to;
	struct bytes name, value;
	const char *key;
	json_t *item;
	enum rc rc;

	if (!json_is_object(v))
		return is_no(f, "list of fields", e);
	if (json_object_size(v) > CONTROL_FIELDS)
		return fail(
		    e, RC_LIMIT, "over %u fields of a step", CONTROL_FIELDS);
	json_object_foreach((json_t *)(uintptr_t)v, key, item)
	{
		name = bytes_str(key);
		if (name.len == 0 || name.len > 32 || !utf8_is_text(name))
			return is_no(f, "list of fields", e);
		if ((rc = take_text(&value, &one, item, e)) != RC_OK)
			return rc;
		pairs_add(out, name, value);
	}
	return RC_OK;
}

/* ---- requests
 * --------------------------------------------------------------- */

#define HERE(name) offsetof(struct control_request, name)
#define END                                                                    \
	{                                                                      \
		NULL, NULL, 0, false, 0, 0                                     \
	}
#define DESK                                                                   \
	{                                                                      \
		"desk", take_desk, HERE(desk), true, 1, LIMIT_ADDRESS          \
	}
#define ID                                                                     \
	{                                                                      \
		"id", take_id, HERE(id), true, 0, 0                            \
	}
#define WHICH                                                                  \
	{ "leg", take_number, HERE(leg), false, 1, INT64_MAX },                \
	    { "id", take_which_id, 0, false, 0, 0 },                           \
	{                                                                      \
		"hop", take_hop, 0, false, 0, LIMIT_ADDRESS                    \
	}
#define NUMBER                                                                 \
	{                                                                      \
		"at", take_number, HERE(at), true, 0, INT64_MAX                \
	}
#define PAGE                                                                   \
	{ "before", take_number, HERE(before), false, 0, INT64_MAX },          \
	{                                                                      \
		"max", take_number, HERE(max), false, 1, CONTROL_ROWS          \
	}
#define PERSON(must)                                                           \
	{                                                                      \
		"person", take_desk, HERE(person), (must), 1, LIMIT_ADDRESS    \
	}
#define SECRETS                                                                \
	{ "passphrase", take_secret, HERE(passphrase), true, 0,                \
	    KEYFILE_PASSPHRASE },                                              \
	{                                                                      \
		"code", take_secret, HERE(code_given), false, 0, TOTP_TYPED    \
	}

#define AS                                                                     \
	{                                                                      \
		"as", take_address, HERE(as), false, 1, LIMIT_ADDRESS          \
	}
#define DOCUMENT(must)                                                         \
	{                                                                      \
		"document", take_digits, HERE(document), must, 1, 2 * ID_SIZE  \
	}
#define TEXT(must)                                                             \
	{                                                                      \
		"text", take_text, HERE(text), must, 1, CONTROL_TEXT           \
	}
#define BOOK                                                                   \
	{ "book", take_name, HERE(book), true, 1, 64 },                        \
	{                                                                      \
		"year", take_number, HERE(year), true, 1900, 9999              \
	}
/* Which there are, what they have, and how many descriptors. */
static const struct row {
	const char *word;
	struct field fields[FIELDS];
	size_t fds;
	bool parts; /* and one a part */
} rows[CONTROLS] = {
	[CONTROL_HELLO] = { "hello",
	    { { "version", take_number, HERE(version), true, 0, UINT32_MAX },
		END },
	    0, false },
	[CONTROL_SIGN_IN] = { "sign-in",
	    { DESK,
		{ "passphrase", take_secret, HERE(passphrase), true, 0,
		    KEYFILE_PASSPHRASE },
		END },
	    0, false },
	[CONTROL_SIGN_OUT] = { "sign-out", { DESK, END }, 0, false },
	[CONTROL_DESKS] = { "desks", { END }, 0, false },
	[CONTROL_SEND] = { "send",
	    { DESK, { "to", take_to, 0, false, 1, LIMIT_SLIPS },
		{ "info", take_info, 0, false, 1, LIMIT_SLIPS },
		{ "list", take_text, HERE(list), false, 1, LIMIT_NAME },
		{ "level", take_level, HERE(level), true, 0, 0 },
		{ "precedence", take_precedence, HERE(precedence), true, 0, 0 },
		{ "info_precedence", take_precedence, HERE(info), false, 0, 0 },
		{ "due", take_time, HERE(due), false, 0, 0 },
		{ "expires", take_time, HERE(expires), false, 0, 0 },
		{ "subject", take_text, HERE(subject), false, 0,
		    LIMIT_SUBJECT },
		{ "references", take_references, 0, false, 0, 0 },
		{ "supersedes", take_supersedes, 0, false, 0, 0 },
		{ "id", take_which_id, 0, false, 0, 0 },
		{ "parts", take_parts, 0, true, 0, 0 }, END },
	    0, true },
	[CONTROL_INBOX] = { "inbox",
	    { DESK, { "all", take_flag, HERE(all), false, 0, 0 }, PAGE, END },
	    0, false },
	[CONTROL_OUTBOX] = { "outbox", { DESK, PAGE, END }, 0, false },
	[CONTROL_QUEUE] = { "queue", { END }, 0, false },
	[CONTROL_STATUS] = { "status", { END }, 0, false },
	[CONTROL_TRACE] = { "trace", { ID, END }, 0, false },
	[CONTROL_READ] = { "read", { DESK, ID, END }, 0, false },
	[CONTROL_SAVE] = { "save",
	    { DESK, ID,
		{ "part", take_number, HERE(part), true, 0,
		    DISPATCH_PARTS - 1 },
		END },
	    1, false },
	[CONTROL_ACK] = { "ack", { DESK, ID, END }, 0, false },
	[CONTROL_REFUSE] = { "refuse",
	    { DESK, ID,
		{ "code", take_number, HERE(code), true, 1, CONTROL_CODE },
		{ "reason", take_text, HERE(reason), false, 0, CONTROL_REASON },
		END },
	    0, false },
	[CONTROL_ENROL_LIST] = { "enrol-list",
	    { { "all", take_flag, HERE(all), false, 0, 0 }, END }, 0, false },
	[CONTROL_ENROL_PULL] = { "enrol-pull",
	    { ID, { "at", take_number, HERE(at), true, 0, UINT32_MAX }, END },
	    0, false },
	[CONTROL_ENROL_PUSH] = { "enrol-push",
	    { ID, { "at", take_number, HERE(at), true, 0, UINT32_MAX },
		{ "total", take_number, HERE(total), true, 1, UINT32_MAX },
		{ "data", take_data, HERE(data), true, 1, 2 * CONTROL_DATA },
		END },
	    0, false },
	[CONTROL_ENROL_DROP] = { "enrol-drop", { ID, END }, 0, false },
	[CONTROL_RECALL] = { "recall", { DESK, ID, END }, 0, false },
	[CONTROL_INVITED] = { "invited",
	    { ID,
		{ "address", take_address, HERE(address), true, 1,
		    LIMIT_ADDRESS },
		{ "until", take_time, HERE(until), true, 0, 0 }, END },
	    0, false },
	[CONTROL_DIRECTORY_GIVE] = { "directory-give",
	    { { "at", take_number, HERE(at), true, 0, UINT32_MAX },
		{ "total", take_number, HERE(total), true, 1, UINT32_MAX },
		{ "data", take_data, HERE(data), true, 1, 2 * CONTROL_DATA },
		END },
	    0, false },
	[CONTROL_EVIDENCE] = { "evidence",
	    { ID, { "at", take_number, HERE(at), true, 0, UINT32_MAX }, END },
	    0, false },
	[CONTROL_DIRECTORY_TAKE] = { "directory-take",
	    { { "at", take_number, HERE(at), true, 0, UINT32_MAX }, END }, 0,
	    false },
	[CONTROL_ALARMS] = { "alarms",
	    { { "all", take_flag, HERE(all), false, 0, 0 },
		{ "desk", take_desk, HERE(desk), false, 1, LIMIT_ADDRESS },
		END },
	    0, false },
	[CONTROL_SEEN] = { "seen",
	    { { "alarm", take_number, HERE(alarm), true, 1, INT64_MAX }, END },
	    0, false },
	[CONTROL_HOLD] = { "hold", { WHICH, END }, 0, false },
	[CONTROL_RELEASE] = { "release", { WHICH, END }, 0, false },
	[CONTROL_REROUTE] = { "reroute",
	    { WHICH,
		{ "station", take_station, HERE(station), true, 1,
		    LIMIT_ADDRESS },
		END },
	    0, false },
	[CONTROL_DROP] = { "drop",
	    { WHICH,
		{ "reason", take_text, HERE(reason), true, 1, CONTROL_REASON },
		END },
	    0, false },
	[CONTROL_JOURNAL_PULL] = { "journal-pull", { NUMBER, END }, 0, false },
	[CONTROL_JOURNAL_CHECKPOINT] = { "journal-checkpoint", { END }, 0,
	    false },
	[CONTROL_JOURNAL_KEPT] = { "journal-kept", { NUMBER, END }, 0, false },
	[CONTROL_JOURNAL_PROVE] = { "journal-prove", { NUMBER, END }, 0,
	    false },
	[CONTROL_JOURNAL_OF] = { "journal-of", { ID, END }, 0, false },
	[CONTROL_JOURNAL_GAPS] = { "journal-gaps", { NUMBER, END }, 0, false },
	[CONTROL_BACKUP] = { "backup", { END }, 0, false },
	[CONTROL_BACKED] = { "backed",
	    { { "all", take_flag, HERE(all), false, 0, 0 }, END }, 0, false },
	[CONTROL_REOPEN] = { "reopen", { END }, 0, false },
	[CONTROL_MEDIA_WRITE] = { "media-write",
	    { { "station", take_station, HERE(station), true, 1,
		  LIMIT_ADDRESS },
		{ "number", take_number, HERE(number), true, 1, INT64_MAX },
		{ "size", take_number, HERE(size), false, 0, INT64_MAX },
		{ "all", take_flag, HERE(all), false, 0, 0 }, END },
	    1, false },
	[CONTROL_MEDIA_READ] = { "media-read", { END }, 1, false },
	[CONTROL_MEDIA_LOOK] = { "media-look", { END }, 1, false },
	[CONTROL_MEDIA_NOTE] = { "media-note",
	    { { "number", take_number, HERE(number), true, 1, INT64_MAX },
		{ "all", take_flag, HERE(all), false, 0, 0 }, END },
	    0, false },
	[CONTROL_MEDIA] = { "media",
	    { { "station", take_station, HERE(station), false, 1,
		  LIMIT_ADDRESS },
		END },
	    0, false },
	[CONTROL_DESTROYED] = { "destroyed",
	    { { "at", take_number, HERE(at), true, 0, 1 },
		{ "data", take_data, HERE(data), true, 1, 2 * CONTROL_DATA },
		END },
	    0, false },
	[CONTROL_LOST] = { "lost",
	    { { "address", take_station, HERE(address), true, 1,
		  LIMIT_ADDRESS },
		NUMBER, END },
	    0, false },
	[CONTROL_DUTY] = { "duty",
	    { { "all", take_flag, HERE(all), false, 0, 0 }, END }, 0, false },
	[CONTROL_DUTY_PLAN] = { "duty-plan",
	    { { "data", take_data, HERE(data), true, 1, 2 * CONTROL_DATA },
		END },
	    0, false },
	[CONTROL_DUTY_OFFER] = { "duty-offer",
	    { { "login", take_text, HERE(login), false, 1, 32 },
		{ "reason", take_text, HERE(reason), false, 0, CONTROL_REASON },
		END },
	    0, false },
	[CONTROL_DUTY_TAKE] = { "duty-take",
	    { { "offer", take_number, HERE(at), false, 1, INT64_MAX },
		{ "reason", take_text, HERE(reason), false, 0, CONTROL_REASON },
		END },
	    0, false },
	[CONTROL_DUTY_NOTE] = { "duty-note",
	    { { "reason", take_text, HERE(reason), true, 1, CONTROL_REASON },
		END },
	    0, false },
	[CONTROL_USERS] = { "users", { END }, 0, false },
	[CONTROL_USER_IN] = { "user-in", { PERSON(true), SECRETS, END }, 0,
	    false },
	[CONTROL_USER_OUT] = { "user-out", { PERSON(false), END }, 0, false },
	[CONTROL_USER_CODES] = { "user-codes",
	    { PERSON(true), SECRETS,
		{ "by", take_desk, HERE(by), false, 1, LIMIT_ADDRESS }, END },
	    0, false },
	[CONTROL_DOC] = { "doc",
	    { AS, DESK, { "do", take_name, HERE(action), true, 1, 32 },
		DOCUMENT(false), { "try", take_flag, HERE(all), false, 0, 0 },
		{ "fields", take_values, HERE(fields), false, 0, 0 }, END },
	    0, false },
	[CONTROL_DOC_LIST] = { "doc-list",
	    { AS, DESK, { "text", take_name, HERE(text), false, 1, 32 },
		{ "all", take_flag, HERE(all), false, 0, 0 }, PAGE, END },
	    0, false },
	[CONTROL_DOC_SEARCH] = { "doc-search",
	    { AS, DESK, TEXT(true), PAGE, END }, 0, false },
	[CONTROL_DOC_SHOW] = { "doc-show",
	    { AS, DESK, DOCUMENT(true),
		{ "print", take_flag, HERE(all), false, 0, 0 }, END },
	    0, false },
	[CONTROL_DOC_RECORD] = { "doc-record",
	    { AS, DESK, DOCUMENT(true), END }, 0, false },
	[CONTROL_BOOKS] = { "books", { AS, DESK, END }, 0, false },
	[CONTROL_BOOK] = { "book",
	    { AS, DESK, BOOK,
		{ "volume", take_number, HERE(volume), false, 1, UINT32_MAX },
		{ "at", take_number, HERE(at), false, 0, INT64_MAX },
		{ "max", take_number, HERE(max), false, 1, CONTROL_ROWS },
		END },
	    0, false },
	[CONTROL_BOOK_CLOSE] = { "book-close", { AS, DESK, BOOK, END }, 0,
	    false },
	[CONTROL_BOOK_REMARK] = { "book-remark",
	    { AS, DESK, BOOK, NUMBER, TEXT(true), END }, 0, false },
	[CONTROL_BOOK_RESUME] = { "book-resume",
	    { AS, DESK, BOOK, NUMBER, TEXT(true), END }, 0, false },
	[CONTROL_REPORT] = { "report",
	    { AS, DESK, { "from", take_time, HERE(from), true, 0, 0 },
		{ "until", take_time, HERE(until), true, 0, 0 }, END },
	    0, false },
	[CONTROL_BOOK_PRINT] = { "book-print",
	    { AS, DESK, BOOK,
		{ "volume", take_number, HERE(volume), false, 1, UINT32_MAX },
		{ "at", take_number, HERE(at), false, 0, INT64_MAX },
		{ "max", take_number, HERE(max), false, 1, CONTROL_ROWS },
		END },
	    0, false },
	[CONTROL_REPORT_TIMES] = { "report-times",
	    { AS, DESK, { "from", take_time, HERE(from), true, 0, 0 },
		{ "until", take_time, HERE(until), true, 0, 0 },
		{ "before", take_number, HERE(before), false, 0, INT64_MAX },
		END },
	    0, false },
	[CONTROL_DESK] = { "desk", { END }, 0, false },
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
	rc = take_fields(&r, row->fields, r.root, "ask", e);
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
