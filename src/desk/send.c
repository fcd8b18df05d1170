/* SPDX-License-Identifier: EUPL-1.2 */
/* A document is sent (docs/registry.md 8.2). */
#include <string.h>

#include "core/lang.h"
#include "core/time.h"
#include "desk/way.h"
#include "registry/doc.h"

#define NO_DIGEST                                                              \
	"00000000000000000000000000000000"                                     \
	"00000000000000000000000000000000"

/* Of the document alone, and of the dispatch that was refused where it is sent
 * anew: whoever sends it again sends the same. */
static void
sending_id(struct id *out, const char *document, const struct id *refused)
{
	static const char words[] = "antin send";
	uint8_t in[sizeof(words) - 1 + 2 * ID_SIZE], digest[SHA256_SIZE];
	size_t len = sizeof(words) - 1 + ID_SIZE;

	memcpy(in, words, sizeof(words) - 1);
	if (!hex_parse(in + sizeof(words) - 1, ID_SIZE, bytes_str(document)))
		bug("a document without an id");
	if (refused != NULL) {
		memcpy(in + len, refused->b, ID_SIZE);
		len += ID_SIZE;
	}
	sha256(digest, bytes_of(in, len));
	memcpy(out->b, digest, ID_SIZE);
}

/* A telegram that everybody refused to whom it went is sent anew
 * (docs/registry.md 8.2). */
static enum rc
was_refused(bool *refused, const struct doing *d, struct err *e)
{
	json_t *all, *one;
	size_t i;
	enum rc rc;

	*refused = false;
	if (strcmp(way_is(d, "kind"), "telegram-out") != 0)
		return RC_OK;
	rc = way_addressees(&all, &d->desk, d->rows, e);
	*refused = rc == RC_OK && json_array_size(all) > 0;
	json_array_foreach(all, i, one)
	{
		if (strcmp(row_text(one, "state"), "refused") != 0)
			*refused = false;
	}
	json_decref(all);
	return rc;
}

/* Under which id it goes, or went. */
static enum rc
choose_sending(struct doing *d, struct err *e)
{
	static const char *const sent[] = { "sent", "recalled", "confirmed",
		NULL };
	struct id last;
	bool anew;
	enum rc rc;

	d->done = way_is_one(way_is(d, "state"), sent);
	sending_id(&d->sends, way_is(d, "document"), NULL);
	if (!d->done || !way_dispatch(&last, d))
		return RC_OK;
	d->sends = last;
	if ((rc = was_refused(&anew, d, e)) != RC_OK || !anew)
		return rc;
	sending_id(&d->sends, way_is(d, "document"), &last);
	d->done = false;
	return RC_OK;
}

/* "UBND tinh (antin://tinh.vn/van-thu)", or the address alone. */
static json_t *
address_in(struct bytes item)
{
	const uint8_t *at = memmem(item.p, item.len, "antin://", 8);
	size_t n = 0, left;

	if (at == NULL)
		return NULL;
	left = item.len - (size_t)(at - item.p);
	while (n < left && strchr(" )>,", at[n]) == NULL)
		n++;
	return json_stringn((const char *)at, n);
}

/* Those of a list that have an address; the others get it otherwise. */
static json_t *
addresses_in(const char *list)
{
	struct bytes rest = bytes_str(list), item;
	json_t *out = json_array(), *one;

	while (field_item(&item, &rest))
		if ((one = address_in(item)) != NULL)
			(void)json_array_append_new(out, one);
	return out;
}

static const char *
recipients_of(const struct doing *d)
{
	const char *said_now = way_said(d, "recipients");

	return said_now[0] != '\0' ? said_now : way_is(d, "recipients");
}

enum rc
way_fill_send(struct doing *d, struct err *e)
{
	json_t *to;
	enum rc rc;

	d->plain = way_said(d, "dispatch")[0] != '\0';
	if (d->plain || (rc = way_load(d, e)) != RC_OK ||
	    (rc = choose_sending(d, e)) != RC_OK)
		return d->plain ? RC_OK : rc;
	way_lacks_id(d, "dispatch", &d->sends);
	way_lacks(d, "digest", NO_DIGEST); /* until it is known */
	to = addresses_in(recipients_of(d));
	if (json_array_size(to) == 0)
		rc = fail(e, RC_USAGE,
		    "none of its recipients has an address "
		    "(antin://...): give them in \"recipients\"");
	json_decref(to);
	return rc;
}

/* What it answers came by a dispatch: this one refers to it. */
static enum rc
add_reference(json_t *request, struct doing *d, struct err *e)
{
	json_t *rows, *list;
	struct id id;
	char text[ID_TEXT];
	enum rc rc;

	if (way_is(d, "answers")[0] == '\0')
		return RC_OK;
	rc = desk_document(
	    &rows, &d->desk, way_is(d, "answers"), CONTROL_DOC_SHOW, e);
	if (rc != RC_OK)
		return rc;
	if (id_parse(&id,
		bytes_str(row_text(json_array_get(rows, 0), "dispatch")))) {
		id_write(text, &id);
		list = show_array(request, "references");
		(void)json_array_append_new(list, json_string(text));
	}
	json_decref(rows);
	return RC_OK;
}

static json_t *
send_request(struct doing *d, const struct id *id)
{
	json_t *request = way_about(d, id);
	int64_t due;

	show_word(request, "level", way_is(d, "level"));
	show_word(request, "precedence", way_is(d, "precedence"));
	(void)json_object_set_new(
	    request, "to", addresses_in(recipients_of(d)));
	if (strcmp(way_is(d, "precedence"),
		precedence_word(PRECEDENCE_HOA_TOC_HEN_GIO)) == 0 &&
	    time_parse(&due, bytes_str(way_is(d, "due"))))
		show_number(request, "due", (uint64_t)due);
	/* a secret document says what it is inside alone */
	if (strcmp(way_is(d, "level"), level_word(LEVEL_ORDINARY)) == 0 &&
	    way_is(d, "abstract")[0] != '\0')
		show_word(request, "subject", way_is(d, "abstract"));
	return request;
}

static bool
goes_to(const json_t *trace, const char *desk)
{
	json_t *row;
	size_t i;

	json_array_foreach(trace, i, row)
	{
		if ((row_is(row, "destination") || row_is(row, "delivery")) &&
		    strcmp(row_text(row, "desk"), desk) == 0)
			return true;
	}
	return false;
}

/* The digest of what was sent, and that it went to these. */
static enum rc
what_was_sent(struct doing *d, const struct id *id, struct err *e)
{
	json_t *request = json_object(), *trace, *row, *to, *one;
	const char *digest = "";
	size_t i;
	enum rc rc;

	show_id(request, "id", id);
	rc = ask_for_rows(d->desk.fd, CONTROL_TRACE, request, &trace, e);
	if (rc != RC_OK)
		return rc;
	json_array_foreach(trace, i, row)
	{
		if (row_is(row, "sent"))
			digest = row_text(row, "digest");
	}
	to = addresses_in(recipients_of(d));
	json_array_foreach(to, i, one)
	{
		if (rc == RC_OK && !goes_to(trace, json_string_value(one)))
			rc = fail(e, RC_EXISTS,
			    "it was sent before, and not to %s: antin trace "
			    "tells to whom",
			    json_string_value(one));
	}
	if (rc == RC_OK && digest[0] != '\0')
		show_word(d->fields, "digest", digest);
	json_decref(to);
	json_decref(trace);
	return rc;
}

enum rc
way_act_send(struct doing *d, struct err *e)
{
	json_t *request, *rows = NULL;
	enum rc rc;

	if ((rc = way_open_files(d, e)) != RC_OK ||
	    (rc = desk_document(&rows, &d->desk, way_is(d, "document"),
		 CONTROL_DOC_RECORD, e)) != RC_OK)
		return rc;
	rc = record_bytes(&d->files.record, rows, e);
	json_decref(rows);
	if (rc != RC_OK)
		return rc;
	request = send_request(d, &d->sends);
	rc = add_reference(request, d, e);
	if (rc == RC_OK)
		rc = files_send(&d->files, &d->desk, json_incref(request), e);
	json_decref(request);
	/* it was, and the step was not: that is all there is left to do */
	if (rc == RC_EXISTS)
		rc = RC_OK;
	return rc == RC_OK ? what_was_sent(d, &d->sends, e) : rc;
}

enum rc
way_after_send(struct doing *d, struct err *e)
{
	char text[ID_TEXT];

	(void)e;
	id_write(text, &d->sends);
	desk_tell(&d->desk,
	    tr("Sent as dispatch %s; with the document is shown how far it "
	       "is."),
	    text);
	return RC_OK;
}
