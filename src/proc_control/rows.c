/* SPDX-License-Identifier: EUPL-1.2 */
/* What the siblings say in rows, as the command reads it. */
#include <stdlib.h>
#include <string.h>

#include "core/pairs.h"
#include "core/time.h"
#include "envelope/dispatch.h"
#include "proc_control/control.h"
#include "store/store.h"

static const char *const delivery_words[] = {
	[DELIVERY_ARRIVED] = "arrived",
	[DELIVERY_OPENED] = "opened",
	[DELIVERY_ACTED] = "acted",
	[DELIVERY_REFUSED] = "refused",
};
static const char *const leg_words[] = {
	[LEG_QUEUED] = "queued",
	[LEG_PASSED] = "passed",
	[LEG_REFUSED] = "refused",
	[LEG_EXPIRED] = "expired",
	[LEG_HELD] = "held",
	[LEG_DROPPED] = "dropped",
	[LEG_MOVED] = "moved",
};
static const char *const line_words[] = { "down", "up" };
static const char *const clock_words[] = { "network", "own" };
static const char *const rank_words[] = { "thuong", "khan", "thuong-khan",
	"hoa-toc", "hoa-toc-hen-gio" };

static const char *const kind_words[] = { "card", "authority", "station",
	"desk", "person" };
static const char *const by_words[] = { "nobody", "invitation", "renewal" };
static const char *const enrol_words[] = { "waits", "answered" };
static const char *const key_words[] = { "good", "ends" };
static const char *const said_words[] = { "", "arrived", "opened", "acted",
	"refused", "recall", "supersede", "outcome", "custody", "hop", "report",
	"inquiry", "answer" };
static const char *const lasting_words[] = { "lasts", "over" };
static const char *const pinned_words[] = { "directory", "operator" };
static const char *const place_words[] = { "below", "above", "far" };
static const char *const report_words[] = { "silent", "reported" };
static const char *const way_words[] = { "to", "from" };
static const char *const lost_words[] = { "queued", "passed", "refused",
	"expired", "held", "dropped", "moved", "here" };
static const char *const what_words[] = { "dispatch", "notice" };
static const char *const duty_words[DUTY_ROWS] = { "on", "planned", "next",
	"person", "shift", "gap", "offer", "line", "record", "desk" };
static const char *const level_words[] = { "thuong", "mat", "toi-mat",
	"tuyet-mat" };
static const char *const session_words[] = { "out", "in" };
static const char *const codes_words[] = { "none", "has" };
static const char *const force_words[] = { "in-force", "not-in-force" };
static const char *const role_words[] = { "drafter", "authority", "clerk",
	"operator", "custodian", "inspector", "duty", "administrator" };

struct words {
	const char *const *words;
	size_t count;
};
#define WORDS(list)                                                            \
	{                                                                      \
		list, sizeof(list) / sizeof((list)[0])                         \
	}
static const struct words
    words_of_delivery = WORDS(delivery_words),
    words_of_leg = WORDS(leg_words), words_of_line = WORDS(line_words),
    words_of_clock = WORDS(clock_words), words_of_rank = WORDS(rank_words),
    words_of_kind = WORDS(kind_words), words_of_by = WORDS(by_words),
    words_of_enrol = WORDS(enrol_words), words_of_key = WORDS(key_words),
    words_of_said = WORDS(said_words), words_of_lasting = WORDS(lasting_words),
    words_of_alarm = { store_alarm_words, STORE_ALARM_KINDS },
    words_of_pinned = WORDS(pinned_words), words_of_what = WORDS(what_words),
    words_of_place = WORDS(place_words), words_of_report = WORDS(report_words),
    words_of_way = WORDS(way_words), words_of_lost = WORDS(lost_words),
    words_of_duty = WORDS(duty_words), words_of_level = WORDS(level_words),
    words_of_session = WORDS(session_words),
    words_of_codes = WORDS(codes_words), words_of_force = WORDS(force_words),
    words_of_role = WORDS(role_words);

/* What stands under a key: a part of struct msg_row, as its kind. */
struct column {
	const char *key;
	enum {
		COL_ID,
		COL_TEXT,
		COL_NUMBER,
		COL_TIME,
		COL_WORD,
		COL_COUNTED
	} kind;
	size_t at;
	const struct words *words;
};
#define AT(field) offsetof(struct msg_row, field)
#define COLUMNS 13

static const struct {
	const char *word;
	struct column columns[COLUMNS];
} kinds[] = {
	[ROW_DELIVERY] = { "delivery",
	    { { "id", COL_ID, AT(id), NULL }, { "n", COL_NUMBER, AT(n), NULL },
		{ "desk", COL_TEXT, AT(address), NULL },
		{ "origin", COL_TEXT, AT(other), NULL },
		{ "state", COL_WORD, AT(state), &words_of_delivery },
		{ "precedence", COL_WORD, AT(rank), &words_of_rank },
		{ "at", COL_TIME, AT(at), NULL },
		{ "arrived", COL_TIME, AT(since), NULL },
		{ "withheld", COL_NUMBER, AT(count), NULL },
		{ "reason", COL_TEXT, AT(text), NULL } } },
	[ROW_SENT] = { "sent",
	    { { "id", COL_ID, AT(id), NULL }, { "n", COL_NUMBER, AT(n), NULL },
		{ "desk", COL_TEXT, AT(address), NULL },
		{ "precedence", COL_WORD, AT(rank), &words_of_rank },
		{ "at", COL_TIME, AT(at), NULL },
		{ "destinations", COL_NUMBER, AT(count), NULL },
		{ "state", COL_COUNTED, AT(state), &words_of_leg },
		{ "digest", COL_TEXT, AT(text), NULL } } },
	[ROW_LEG] = { "leg",
	    { { "id", COL_ID, AT(id), NULL }, { "q", COL_NUMBER, AT(q), NULL },
		{ "hop", COL_TEXT, AT(address), NULL },
		{ "state", COL_WORD, AT(state), &words_of_leg },
		{ "precedence", COL_WORD, AT(rank), &words_of_rank },
		{ "due", COL_TIME, AT(due), NULL },
		{ "at", COL_TIME, AT(at), NULL },
		{ "bytes", COL_NUMBER, AT(bytes), NULL },
		{ "by", COL_WORD, AT(count), &words_of_pinned },
		{ "what", COL_WORD, AT(level), &words_of_what },
		{ "disk", COL_TEXT, AT(other), NULL },
		{ "disk_since", COL_TIME, AT(since), NULL } } },
	[ROW_HOP] = { "hop",
	    { { "hop", COL_TEXT, AT(address), NULL },
		{ "messages", COL_NUMBER, AT(count), NULL },
		{ "bytes", COL_NUMBER, AT(bytes), NULL },
		{ "oldest", COL_TIME, AT(since), NULL },
		{ "precedence", COL_WORD, AT(rank), &words_of_rank } } },
	[ROW_LINK] = { "link",
	    { { "station", COL_TEXT, AT(address), NULL },
		{ "state", COL_WORD, AT(state), &words_of_line },
		{ "since", COL_TIME, AT(since), NULL },
		{ "items", COL_NUMBER, AT(count), NULL } } },
	[ROW_STATION] = { "station",
	    { { "station", COL_TEXT, AT(address), NULL },
		{ "parent", COL_TEXT, AT(other), NULL },
		{ "now", COL_TIME, AT(at), NULL },
		{ "clock", COL_WORD, AT(state), &words_of_clock },
		{ "dispatches", COL_NUMBER, AT(count), NULL },
		{ "free", COL_NUMBER, AT(bytes), NULL },
		{ "known", COL_TIME, AT(since), NULL },
		{ "alarms", COL_NUMBER, AT(q), NULL },
		{ "alarms_unseen", COL_NUMBER, AT(n), NULL } } },
	[ROW_ENROL] = { "request",
	    { { "id", COL_ID, AT(id), NULL },
		{ "address", COL_TEXT, AT(address), NULL },
		{ "name", COL_TEXT, AT(text), NULL },
		{ "kind", COL_WORD, AT(q), &words_of_kind },
		{ "by", COL_WORD, AT(n), &words_of_by },
		{ "state", COL_WORD, AT(state), &words_of_enrol },
		{ "from", COL_TEXT, AT(other), NULL },
		{ "at", COL_TIME, AT(at), NULL },
		{ "until", COL_TIME, AT(due), NULL },
		{ "bytes", COL_NUMBER, AT(bytes), NULL } } },
	[ROW_KEY] = { "key",
	    { { "address", COL_TEXT, AT(address), NULL },
		{ "until", COL_TIME, AT(due), NULL },
		{ "state", COL_WORD, AT(state), &words_of_key },
		{ "requested", COL_NUMBER, AT(count), NULL } } },
	[ROW_RECEIPT] = { "receipt",
	    { { "id", COL_ID, AT(id), NULL },
		{ "says", COL_WORD, AT(state), &words_of_said },
		{ "about", COL_TEXT, AT(address), NULL },
		{ "by", COL_TEXT, AT(other), NULL },
		{ "at", COL_TIME, AT(at), NULL },
		{ "code", COL_TEXT, AT(text), NULL } } },
	[ROW_ALARM] = { "alarm",
	    { { "alarm", COL_NUMBER, AT(q), NULL },
		{ "kind", COL_WORD, AT(n), &words_of_alarm },
		{ "subject", COL_TEXT, AT(address), NULL },
		{ "precedence", COL_WORD, AT(rank), &words_of_rank },
		{ "state", COL_WORD, AT(state), &words_of_lasting },
		{ "since", COL_TIME, AT(since), NULL },
		{ "over", COL_TIME, AT(due), NULL },
		{ "seen", COL_TIME, AT(at), NULL },
		{ "uid", COL_NUMBER, AT(count), NULL },
		{ "by", COL_TEXT, AT(other), NULL },
		{ "text", COL_TEXT, AT(text), NULL },
		{ "escalated", COL_NUMBER, AT(bytes), NULL } } },
	[ROW_ALARMS] = { "alarms",
	    { { "kind", COL_WORD, AT(n), &words_of_alarm },
		{ "count", COL_NUMBER, AT(count), NULL } } },
	[ROW_LIFE] = { "life", { { "incarnation", COL_NUMBER, AT(n), NULL },
				   { "gaps", COL_NUMBER, AT(count), NULL },
				   { "restored", COL_NUMBER, AT(state), NULL },
				   { "reopen", COL_TIME, AT(due), NULL },
				   { "backup", COL_TIME, AT(at), NULL } } },
	[ROW_MEDIA] = { "media",
	    { { "station", COL_TEXT, AT(address), NULL },
		{ "tag", COL_TEXT, AT(text), NULL },
		{ "place", COL_WORD, AT(state), &words_of_place },
		{ "line", COL_WORD, AT(level), &words_of_line },
		{ "messages", COL_NUMBER, AT(count), NULL },
		{ "bytes", COL_NUMBER, AT(bytes), NULL },
		{ "oldest", COL_TIME, AT(since), NULL },
		{ "next", COL_NUMBER, AT(q), NULL },
		{ "last", COL_NUMBER, AT(n), NULL },
		{ "last_at", COL_TIME, AT(at), NULL } } },
	[ROW_LOST] = { "lost",
	    { { "station", COL_TEXT, AT(address), NULL },
		{ "state", COL_WORD, AT(state), &words_of_report },
		{ "reported", COL_TIME, AT(due), NULL },
		{ "at", COL_TIME, AT(at), NULL },
		{ "entries", COL_NUMBER, AT(count), NULL },
		{ "by", COL_TEXT, AT(text), NULL },
		{ "incarnation", COL_NUMBER, AT(n), NULL },
		{ "known_entries", COL_NUMBER, AT(q), NULL },
		{ "known_at", COL_TIME, AT(since), NULL },
		{ "next", COL_NUMBER, AT(bytes), NULL } } },
	[ROW_LOST_KEY] = { "lost-key",
	    { { "address", COL_TEXT, AT(address), NULL },
		{ "tag", COL_TEXT, AT(text), NULL },
		{ "until", COL_TIME, AT(due), NULL } } },
	[ROW_LOST_DISPATCH] = { "lost-dispatch",
	    { { "id", COL_ID, AT(id), NULL },
		{ "way", COL_WORD, AT(n), &words_of_way },
		{ "desk", COL_TEXT, AT(address), NULL },
		{ "origin", COL_TEXT, AT(other), NULL },
		{ "state", COL_WORD, AT(state), &words_of_lost },
		{ "precedence", COL_WORD, AT(rank), &words_of_rank },
		{ "at", COL_TIME, AT(at), NULL },
		{ "receipt", COL_WORD, AT(q), &words_of_said },
		{ "receipt_at", COL_TIME, AT(since), NULL },
		{ "tag", COL_TEXT, AT(text), NULL },
		{ "disk", COL_NUMBER, AT(bytes), NULL } } },
	[ROW_LOST_DISK] = { "lost-disk",
	    { { "disk", COL_NUMBER, AT(n), NULL },
		{ "for", COL_TEXT, AT(address), NULL },
		{ "at", COL_TIME, AT(at), NULL } } },
	[ROW_DISK] = { "disk", { { "free", COL_NUMBER, AT(bytes), NULL },
				   { "size", COL_NUMBER, AT(count), NULL } } },
	[ROW_DUTY] = { "duty",
	    { { "what", COL_WORD, AT(state), &words_of_duty },
		{ "number", COL_NUMBER, AT(n), NULL },
		{ "uid", COL_NUMBER, AT(q), NULL },
		{ "login", COL_TEXT, AT(other), NULL },
		{ "text", COL_TEXT, AT(text), NULL },
		{ "desk", COL_TEXT, AT(address), NULL },
		{ "since", COL_TIME, AT(since), NULL },
		{ "until", COL_TIME, AT(due), NULL } } },
	[ROW_USER] = { "user",
	    { { "person", COL_TEXT, AT(address), NULL },
		{ "name", COL_TEXT, AT(text), NULL },
		{ "level", COL_WORD, AT(level), &words_of_level },
		{ "state", COL_WORD, AT(state), &words_of_session },
		{ "uid", COL_NUMBER, AT(q), NULL },
		{ "since", COL_TIME, AT(since), NULL },
		{ "codes", COL_WORD, AT(n), &words_of_codes },
		{ "certificate", COL_WORD, AT(count), &words_of_force },
		{ "ends", COL_TIME, AT(due), NULL } } },
	[ROW_USER_ROLE] = { "role",
	    { { "person", COL_TEXT, AT(address), NULL },
		{ "desk", COL_TEXT, AT(other), NULL },
		{ "role", COL_WORD, AT(state), &words_of_role },
		{ "until", COL_TIME, AT(due), NULL } } },
	[ROW_DEST] = { "destination",
	    { { "desk", COL_TEXT, AT(address), NULL },
		{ "hop", COL_TEXT, AT(other), NULL },
		{ "state", COL_WORD, AT(state), &words_of_leg } } },
};

static void
column(struct answer *a, const struct column *c, const void *row)
{
	const uint8_t *at = (const uint8_t *)row + c->at;
	const struct bytes *text = (const void *)at;
	const uint64_t *n = (const void *)at;

	switch (c->kind) {
	case COL_ID:
		answer_id(a, c->key, (const void *)at);
		break;
	case COL_TEXT:
		if (text->len > 0)
			answer_text(a, c->key, *text);
		break;
	case COL_NUMBER:
		answer_number(a, c->key, *n);
		break;
	case COL_TIME:
		answer_time(a, c->key, *(const int64_t *)(const void *)at);
		break;
	case COL_COUNTED: /* nothing is said of the state of none */
		if (((const struct msg_row *)row)->count == 0)
			break;
		/* fallthrough */
	case COL_WORD:
		if (*n < c->words->count)
			answer_word(a, c->key, c->words->words[*n]);
		break;
	}
}

void
rows_of_store(struct answer_rows *to, struct bytes rows)
{
	const struct column *c;
	struct msg_row row;
	struct answer a;

	while (list_next(&rows, LIST_ROW, &row)) {
		if (row.what >= sizeof(kinds) / sizeof(kinds[0]) ||
		    kinds[row.what].word == NULL)
			bug("control: a row of no kind");
		a = answer_new();
		answer_word(&a, "row", kinds[row.what].word);
		for (c = kinds[row.what].columns; c->key != NULL; c++)
			column(&a, c, &row);
		answer_row(to, &a);
	}
}

void
rows_of_desks(struct answer_rows *to, struct bytes rows)
{
	struct msg_desk_row row;
	struct answer a;

	while (list_next(&rows, LIST_DESK, &row)) {
		a = answer_new();
		answer_word(&a, "row", "desk");
		answer_text(&a, "desk", row.address);
		answer_text(&a, "name", row.name);
		if (row.until > 0)
			answer_time(&a, "until", row.until);
		answer_row(to, &a);
	}
}

/* ---- a letter
 * -------------------------------------------------------------- */

static void
parts(struct answer_rows *to, const struct dispatch *d)
{
	static const char *const words[PART_KINDS] = {
		[PART_TEXT] = "text",
		[PART_DOCUMENT] = "document",
		[PART_SIGNATURE] = "signature",
	};
	const struct part *p;
	struct answer a;
	size_t i;

	for (i = 0; i < d->part_count; i++) {
		p = &d->parts[i];
		a = answer_new();
		answer_word(&a, "row", "part");
		answer_text(&a, "name", p->name);
		answer_word(&a, "part", words[p->kind]);
		answer_text(&a, "type", p->type);
		answer_number(&a, "size", p->size);
		if (p->kind == PART_SIGNATURE)
			answer_text(&a, "of", d->parts[p->of].name);
		answer_row(to, &a);
	}
}

static void
addressees(struct answer_rows *to, const struct dispatch *d)
{
	struct answer a;
	size_t i;

	for (i = 0; i < d->to_count; i++) {
		a = answer_new();
		answer_word(&a, "row", "addressee");
		answer_text(&a, "address", d->to[i].address);
		answer_word(&a, "purpose",
		    d->to[i].purpose == PURPOSE_ACTION ? "action"
						       : "information");
		answer_row(to, &a);
	}
	for (i = 0; i < d->reference_count; i++) {
		a = answer_new();
		answer_word(&a, "row", "reference");
		answer_id(&a, "id", &d->references[i]);
		answer_row(to, &a);
	}
}

enum rc
rows_of_letter(struct answer_rows *to, struct answer *a,
    const struct msg_letter *l, struct err *e)
{
	struct dispatch d;
	enum rc rc = dispatch_read(&d, l->statement, e);

	if (rc != RC_OK)
		return rc;
	parts(to, &d);
	addressees(to, &d);
	if (d.subject.len > 0)
		answer_text(a, "subject", d.subject);
	answer_id(a, "id", &d.header.id);
	answer_text(a, "originator", d.originator);
	if (l->signer.len > 0)
		answer_text(a, "signer", l->signer);
	answer_word(a, "signature", "holds");
	answer_time(a, "signed_at", l->signed_at);
	answer_word(a, "level", level_word((enum level)l->level));
	answer_word(a, "precedence", precedence_word(d.header.precedence));
	answer_word(a, "info_precedence", precedence_word(d.info));
	answer_time(a, "due", d.due);
	answer_time(a, "expires", d.header.expires);
	answer_text(a, "origin", d.header.origin);
	answer_number(a, "incarnation", d.header.incarnation);
	answer_number(a, "serial", d.header.serial);
	if (l->recalled.len > 0) {
		answer_text(a, "recalled_by", l->recalled);
		answer_time(a, "recalled_at", l->recalled_at);
	}
	if (l->instead.len == ID_SIZE)
		answer_id(a, "superseded_by", (const void *)l->instead.p);
	if (d.list.set)
		answer_id(a, "list_id", &d.list.id);
	if (d.supersedes_set)
		answer_id(a, "supersedes", &d.supersedes);
	dispatch_free(&d);
	return RC_OK;
}

/* A name with # before it is a number's. */
static void
add_pairs(struct answer *a, struct bytes pairs)
{
	struct bytes name, value;
	char key[PAIRS_NAME + 1], number[24];

	while (pairs_next(&pairs, &name, &value)) {
		memcpy(key, name.p, name.len);
		key[name.len] = '\0';
		if (key[0] == '#') {
			memcpy(
			    number, value.p, value.len < 20 ? value.len : 20);
			number[value.len < 20 ? value.len : 20] = '\0';
			answer_number(a, key + 1, strtoull(number, NULL, 10));
		} else {
			answer_text(a, key, value);
		}
	}
	if (pairs.len > 0)
		bug("control: a row that is no pairs");
}

void
rows_of_docs(struct answer_rows *to, struct bytes rows)
{
	struct rd r = rd_init(rows);
	struct bytes row;
	struct answer a;

	while (r.in.len > 0) {
		row = rd_bytes(&r, (size_t)rd_u64(&r));
		if (r.bad)
			bug("control: rows that are none");
		a = answer_new();
		add_pairs(&a, row);
		answer_row(to, &a);
	}
}
