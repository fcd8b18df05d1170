/* SPDX-License-Identifier: EUPL-1.2 */
#include "antin/show.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/lang.h"
#include "core/progress.h"
#include "core/time.h"
#include "core/utf8.h"
#include "envelope/label.h"
#include "pki/act.h"

#define INDENT_MAX 256 /* bytes before a line of the tree */

/* How a person reads the values under a key. */
enum kind { TEXT, TIME, SIZE, LEVEL, PRECEDENCE, ROLE, WORD };

static const struct label {
	const char *key, *text;
	enum kind kind;
} labels[] = {
	{ "above", "Hangs under", TEXT },
	{ "acts", "Acts", TEXT },
	{ "address", "Address", TEXT },
	{ "addressees", "Addressees", TEXT },
	{ "addresses", "Addresses over time", TEXT },
	{ "ages", "How old knowledge may be", TEXT },
	{ "alarm", "Alarm", WORD },
	{ "aim", "Purpose", WORD },
	{ "algorithm", "Algorithm", TEXT },
	{ "approved", "Approved by", TEXT },
	{ "at", "Held at", TIME },
	{ "attachments", "Attachments", SIZE },
	{ "ceremony", "Ceremony", TEXT },
	{ "certificates", "Certificates", TEXT },
	{ "checkwords", "Check words", TEXT },
	{ "cipher", "Cipher", TEXT },
	{ "class", "Class", TEXT },
	{ "clearance", "Clearance", LEVEL },
	{ "closed", "Ended", TIME },
	{ "code", "Code", TEXT },
	{ "coded", "Packed", SIZE },
	{ "codes", "Codes", TEXT },
	{ "coding", "Packing", WORD },
	{ "constraints", "For this host and all below it", TEXT },
	{ "decided_by", "Decided by", TEXT },
	{ "desk_id", "Id of the desk", TEXT },
	{ "desks", "Desks", TEXT },
	{ "dispatch", "What an addressee sees", TEXT },
	{ "due", "Due at", TIME },
	{ "elsewhere", "Files that lie elsewhere by now", TEXT },
	{ "encryption", "Sealing key", TEXT },
	{ "envelope", "What a relay sees", TEXT },
	{ "expires", "Expires", TIME },
	{ "file", "File", TEXT },
	{ "files", "Files that are as they were", TEXT },
	{ "fingerprint", "Fingerprint", TEXT },
	{ "from", "Valid from", TIME },
	{ "hash", "Hash", TEXT },
	{ "id", "Dispatch id", TEXT },
	{ "in_force_from", "In force from", TIME },
	{ "in_force_until", "In force until", TIME },
	{ "incarnation", "Incarnation", TEXT },
	{ "info_precedence", "Precedence for information", PRECEDENCE },
	{ "issuer", "Issuer", TEXT },
	{ "issuer_tag", "Key tag of the issuer", TEXT },
	{ "kind", "Kind", WORD },
	{ "known", "Known as of", TIME },
	{ "level", "Level", LEVEL },
	{ "list", "Addressee list", TEXT },
	{ "list_id", "List id", TEXT },
	{ "log", "Log of its authority", TEXT },
	{ "name", "Name", TEXT },
	{ "names", "Names over time", TEXT },
	{ "of", "Signs", TEXT },
	{ "opened", "Begun", TIME },
	{ "origin", "Origin station", TEXT },
	{ "originator", "Originator", TEXT },
	{ "parent", "Hangs under the id", TEXT },
	{ "part", "Part", WORD },
	{ "parts", "Parts", TEXT },
	{ "path_length", "Authorities that may follow", TEXT },
	{ "person", "Person", TEXT },
	{ "person_id", "Id of the person", TEXT },
	{ "persons", "Persons", TEXT },
	{ "place", "Where", WORD },
	{ "precedence", "Precedence", PRECEDENCE },
	{ "purpose", "For", WORD },
	{ "quorum", "Shares that open the key", TEXT },
	{ "reason", "Reason", WORD },
	{ "recalled_at", "Recalled", TIME },
	{ "recalled_by", "Recalled by", TEXT },
	{ "references", "Refers to", TEXT },
	{ "refuse", "Refuse after days", TEXT },
	{ "revoked", "Revoked", TIME },
	{ "role", "Role", ROLE },
	{ "roles", "Roles", TEXT },
	{ "root", "Merkle root", TEXT },
	{ "saved", "Saved as", TEXT },
	{ "sealed", "Sealed content", SIZE },
	{ "serial", "Serial", TEXT },
	{ "serial_number", "Number of the certificate", TEXT },
	{ "shares", "Shares", TEXT },
	{ "signature", "Signature", WORD },
	{ "signed_at", "Signed at", TIME },
	{ "signed_by", "Signed by", TEXT },
	{ "signer", "Signer", TEXT },
	{ "signing", "Signature key", TEXT },
	{ "size", "Size", SIZE },
	{ "slips", "Slips", TEXT },
	{ "subject", "Subject", TEXT },
	{ "substitute", "For another", TEXT },
	{ "successors", "Continued by", TEXT },
	{ "superseded_by", "Superseded by", TEXT },
	{ "supersedes", "Supersedes", TEXT },
	{ "tag", "Key tag", TEXT },
	{ "total", "Size of the file", SIZE },
	{ "type", "Media type", TEXT },
	{ "uid", "Unit id", TEXT },
	{ "unit", "Unit", TEXT },
	{ "unit_uid", "Unit id", TEXT },
	{ "until", "Valid until", TIME },
	{ "use", "Key", WORD },
	{ "version", "Version", TEXT },
	{ "warn", "Warn after days", TEXT },
};

static const struct label *
label_of(const char *key)
{
	static const struct label unknown = { "", "", TEXT };
	size_t i;

	for (i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (strcmp(labels[i].key, key) == 0)
			return &labels[i];
	return &unknown;
}

/* ---- for a person: a drawn tree
 * ------------------------------------------------ */

static void
print_string(enum kind kind, const char *s)
{
	char text[TIME_TEXT];
	enum precedence p;
	enum level l;
	enum role r;
	int64_t t;

	if (kind == TIME && time_parse(&t, bytes_str(s))) {
		time_write_vn(text, t);
		(void)printf("%s", text);
	} else if (kind == LEVEL && level_parse(&l, bytes_str(s))) {
		(void)printf("%s", level_name(l));
	} else if (kind == PRECEDENCE && precedence_parse(&p, bytes_str(s))) {
		(void)printf("%s", precedence_name(p));
	} else if (kind == ROLE && role_parse(&r, bytes_str(s))) {
		(void)printf("%s", role_name(r));
	} else {
		(void)printf("%s", kind == WORD ? tr(s) : s);
	}
}

static void
print_value(const struct label *label, const json_t *v)
{
	char size[SIZE_TEXT];

	if (json_is_string(v)) {
		print_string(label->kind, json_string_value(v));
	} else if (json_is_integer(v) && label->kind == SIZE) {
		size_write(size, (uint64_t)json_integer_value(v));
		(void)printf("%s", size);
	} else if (json_is_integer(v)) {
		(void)printf("%" JSON_INTEGER_FORMAT, json_integer_value(v));
	} else if (json_is_boolean(v)) {
		(void)printf("%s", json_is_true(v) ? tr("yes") : tr("no"));
	} else if (json_is_array(v)) {
		(void)printf("%zu", json_array_size(v));
	}
}

static void draw(json_t *v, char *indent, bool headed);

/* A line "label: value" and, below it, what the value holds. */
static void
draw_branch(const struct label *label, json_t *value, json_t *below,
    bool headed, bool last, char *indent)
{
	size_t n = strlen(indent);

	(void)printf("%s%s ", indent, last ? "└─" : "├─");
	if (label->text[0] != '\0' && !headed)
		(void)printf(
		    "%s%s", tr(label->text), json_is_object(value) ? "" : ": ");
	print_value(label, value);
	(void)putchar('\n');
	if (n + 8 > INDENT_MAX)
		return;
	(void)strcat(indent, last ? "   " : "│  ");
	draw(below, indent, headed);
	indent[n] = '\0';
}

/* An item of a list: an object is headed by its first value. */
static void
draw_item(json_t *item, bool last, char *indent)
{
	const char *head = "";
	json_t *value = item;

	if (json_is_object(item)) {
		head = json_object_iter_key(json_object_iter(item));
		value = json_object_get(item, head);
	}
	draw_branch(label_of(head), value, item, true, last, indent);
}

/* What an object or a list holds; of a headed object all but the first. */
static void
draw(json_t *v, char *indent, bool headed)
{
	size_t i = 0, n;
	json_t *value;
	const char *key;

	if (json_is_array(v)) {
		n = json_array_size(v);
		for (; i < n; i++)
			draw_item(json_array_get(v, i), i + 1 == n, indent);
	} else if (json_is_object(v)) {
		n = json_object_size(v);
		json_object_foreach(v, key, value) if (i++ > 0 || !headed)
		    draw_branch(
			label_of(key), value, value, false, i == n, indent);
	}
}

void
show(json_t *root, bool as_json)
{
	char indent[INDENT_MAX] = "";

	if (as_json) {
		(void)json_dumpf(root, stdout, JSON_INDENT(2));
		(void)putchar('\n');
	} else {
		draw(root, indent, false);
	}
	json_decref(root);
}
