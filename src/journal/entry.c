/* SPDX-License-Identifier: EUPL-1.2 */
#include "journal/entry.h"

#include <stddef.h>
#include <string.h>

#include "core/lang.h"
#include "core/time.h"

#define LABEL "antin entry"
#define OWN_CLOCK 1u

#define DISPATCH                                                               \
	FIELD_ID, FIELD_DIGEST, FIELD_ORIGIN, FIELD_INCARNATION, FIELD_SERIAL

/* docs/journal.md 3 */
static const struct kind {
	const char *word, *says;
	enum entry_field fields[ENTRY_FIELDS];
} entry_kinds[ENTRY_KINDS] = {
	[ENTRY_STARTED] = { "started", "the station started",
	    { FIELD_INCARNATION, FIELD_TEXT } },
	[ENTRY_STOPPED] = { "stopped", "the station stopped", { FIELD_NONE } },
	[ENTRY_SEALED] = { "sealed", "a dispatch was sealed here",
	    { DISPATCH, FIELD_DESK } },
	[ENTRY_ACCEPTED] = { "accepted", "a dispatch was accepted",
	    { DISPATCH, FIELD_STATION } },
	[ENTRY_COPY] = { "copy", "a further copy was accepted",
	    { DISPATCH, FIELD_STATION } },
	[ENTRY_DELIVERED] = { "delivered", "a dispatch arrived at a desk",
	    { DISPATCH, FIELD_DESK } },
	[ENTRY_OPENED] = { "opened", "a desk opened it",
	    { DISPATCH, FIELD_DESK } },
	[ENTRY_ACTED] = { "acted", "a desk acted on it",
	    { DISPATCH, FIELD_DESK } },
	[ENTRY_DECLINED] = { "declined", "a desk refused it",
	    { DISPATCH, FIELD_DESK } },
	[ENTRY_REFUSED] = { "refused", "a dispatch was refused here",
	    { FIELD_ID, FIELD_STATION, FIELD_CODE } },
	[ENTRY_CLASH] = { "clash", "another dispatch came under a known key",
	    { DISPATCH, FIELD_STATION } },
	[ENTRY_BOUNCED] = { "bounced", "the next station refused it",
	    { DISPATCH, FIELD_STATION, FIELD_CODE } },
	[ENTRY_EXPIRED] = { "expired", "its time was over before it could go",
	    { DISPATCH, FIELD_STATION } },
	[ENTRY_HELD] = { "held", "it is held: no way is known",
	    { DISPATCH, FIELD_STATION } },
	[ENTRY_REROUTED] = { "rerouted", "it goes another way",
	    { DISPATCH, FIELD_STATION } },
	[ENTRY_LOST] = { "lost", "numbers were given and not used",
	    { FIELD_INCARNATION, FIELD_SERIAL, FIELD_NUMBER } },
	[ENTRY_LEARNED] = { "learned", "the directory grew",
	    { FIELD_NUMBER, FIELD_CODE, FIELD_HASH } },
	[ENTRY_ADMITTED] = { "admitted", "a station was let in",
	    { FIELD_STATION } },
	[ENTRY_ANSWERED] = { "answered", "a request was answered",
	    { FIELD_ID } },
	[ENTRY_PUT_ASIDE] = { "put-aside", "a request was put aside",
	    { FIELD_ID } },
	[ENTRY_INVITED] = { "invited", "an invitation was told of",
	    { FIELD_ID, FIELD_STATION } },
	[ENTRY_NAMED] = { "named", "the station is under this certificate",
	    { FIELD_STATION, FIELD_HASH } },
	[ENTRY_DESTROYED] = { "destroyed", "what an entry said was destroyed",
	    { FIELD_NUMBER } },
	[ENTRY_DROPPED] = { "dropped", "an operator gave it up",
	    { DISPATCH, FIELD_STATION } },
	[ENTRY_REBORN] = { "reborn",
	    "the station was rolled back, and has a new life",
	    { FIELD_INCARNATION, FIELD_SERIAL, FIELD_CODE, FIELD_NUMBER,
		FIELD_HASH, FIELD_TEXT } },
	[ENTRY_WITNESSED] = { "witnessed", "a child's checkpoint was heard",
	    { FIELD_STATION, FIELD_INCARNATION, FIELD_NUMBER, FIELD_HASH } },
	[ENTRY_ROLLED] = { "rolled-back",
	    "a child was rolled back, and gets a new life",
	    { FIELD_STATION, FIELD_INCARNATION, FIELD_NUMBER, FIELD_HASH } },
	[ENTRY_CLONE] = { "clone", "a station came twice, in two lives",
	    { FIELD_STATION, FIELD_INCARNATION, FIELD_NUMBER } },
	[ENTRY_DUTY] = { "duty", "the desk on duty",
	    { FIELD_CODE, FIELD_NUMBER, FIELD_HASH, FIELD_TEXT } },
	[ENTRY_STEP] = { "step", "a step of a document",
	    { FIELD_ID, FIELD_DESK, FIELD_NUMBER, FIELD_HASH } },
	[ENTRY_VIEWED] = { "viewed", "a secret document was looked at",
	    { FIELD_ID, FIELD_DESK, FIELD_TEXT } },
	[ENTRY_REGISTER] = { "register", "a register",
	    { FIELD_CODE, FIELD_NUMBER, FIELD_TEXT } },
	[ENTRY_USER] = { "user", "a person at the station",
	    { FIELD_CODE, FIELD_NUMBER, FIELD_TEXT } },
};

/* Where a field is, and of what it is. */
static const struct place {
	enum { FIXED, NUMBER, TEXT } is;
	size_t at, size;
} places[] = {
#define AT(field) offsetof(struct entry_data, field)
	[FIELD_ID] = { FIXED, AT(id), ID_SIZE },
	[FIELD_DIGEST] = { FIXED, AT(digest), SHA256_SIZE },
	[FIELD_ORIGIN] = { TEXT, AT(origin), 0 },
	[FIELD_INCARNATION] = { NUMBER, AT(incarnation), 0 },
	[FIELD_SERIAL] = { NUMBER, AT(serial), 0 },
	[FIELD_DESK] = { TEXT, AT(desk), 0 },
	[FIELD_STATION] = { TEXT, AT(station), 0 },
	[FIELD_CODE] = { NUMBER, AT(code), 0 },
	[FIELD_NUMBER] = { NUMBER, AT(number), 0 },
	[FIELD_HASH] = { FIXED, AT(hash), SHA256_SIZE },
	[FIELD_TEXT] = { TEXT, AT(text), 0 },
};

static const struct kind *
kind_of(unsigned kind)
{
	return kind < ENTRY_KINDS && entry_kinds[kind].word != NULL
		   ? &entry_kinds[kind]
		   : NULL;
}

const char *
entry_word(unsigned kind)
{
	const struct kind *k = kind_of(kind);

	return k == NULL ? NULL : k->word;
}

const char *
entry_says(unsigned kind)
{
	const struct kind *k = kind_of(kind);

	return k == NULL ? tr("something that this program does not know")
			 : tr(k->says);
}

const enum entry_field *
entry_fields(unsigned kind)
{
	const struct kind *k = kind_of(kind);

	if (k == NULL)
		bug("journal: an entry of no kind");
	return k->fields;
}

/* ---- entries ------------------------------------------------------------- */

static void
u64_write(uint8_t out[static 8], uint64_t v)
{
	int i;

	for (i = 0; i < 8; i++)
		out[i] = (uint8_t)(v >> (56 - 8 * i));
}

void
entry_write(uint8_t out[static ENTRY_SIZE], const struct entry *entry)
{
	out[0] = ENTRY_VERSION;
	out[1] = (uint8_t)entry->kind;
	out[2] = entry->own_clock ? OWN_CLOCK : 0;
	u64_write(out + 3, (uint64_t)entry->at);
	memcpy(out + 11, entry->commitment, SHA256_SIZE);
}

enum rc
entry_read(struct entry *out, struct bytes in, struct err *e)
{
	struct rd r = rd_init(in);
	struct bytes commitment;
	unsigned version, flags;

	*out = (struct entry){ 0 };
	version = rd_u8(&r);
	out->kind = rd_u8(&r);
	flags = rd_u8(&r);
	out->own_clock = flags == OWN_CLOCK;
	out->at = (int64_t)rd_u64(&r);
	commitment = rd_bytes(&r, SHA256_SIZE);
	if (!rd_end(&r) || version != ENTRY_VERSION || out->kind == 0 ||
	    flags > OWN_CLOCK || out->at < TIME_MIN || out->at > TIME_MAX) {
		*out = (struct entry){ 0 };
		return fail(e, RC_INVALID,
		    "docs/journal.md 2.1: these bytes are no entry");
	}
	memcpy(out->commitment, commitment.p, SHA256_SIZE);
	return RC_OK;
}

/* ---- openings ------------------------------------------------------------ */

void
entry_open(struct buf *out, unsigned kind, const struct entry_data *d,
    const uint8_t salt[static ENTRY_SALT])
{
	const enum entry_field *f;
	const struct place *p;
	const void *at;
	const struct bytes *text;

	buf_add(out, bytes_of(salt, ENTRY_SALT));
	for (f = entry_fields(kind); *f != FIELD_NONE; f++) {
		p = &places[*f];
		at = (const uint8_t *)d + p->at;
		if (p->is == FIXED) {
			buf_add(out, bytes_of(at, p->size));
		} else if (p->is == NUMBER) {
			buf_u64(out, *(const uint64_t *)at);
		} else {
			text = at;
			if (text->len > LIMIT_ADDRESS)
				bug("journal: a text beyond its limit");
			buf_u8(out, (uint8_t)text->len);
			buf_add(out, *text);
		}
	}
}

static void
commitment(uint8_t out[static SHA256_SIZE], struct bytes opening)
{
	const struct bytes parts[] = { bytes_str(LABEL), opening };

	sha256_parts(out, parts, 2);
}

void
entry_commit(struct entry *entry, struct bytes opening)
{
	commitment(entry->commitment, opening);
}

bool
entry_holds(const struct entry *entry, struct bytes opening)
{
	uint8_t sum[SHA256_SIZE];

	commitment(sum, opening);
	return opening.len >= ENTRY_SALT &&
	       memcmp(sum, entry->commitment, SHA256_SIZE) == 0;
}

enum rc
entry_data_read(
    struct entry_data *out, unsigned kind, struct bytes opening, struct err *e)
{
	const struct kind *k = kind_of(kind);
	const enum entry_field *f;
	struct rd r = rd_init(opening);
	const struct place *p;
	struct bytes part;
	uint8_t *at;

	*out = (struct entry_data){ 0 };
	if (k == NULL)
		return fail(e, RC_INVALID,
		    "docs/journal.md 3: an entry of a kind that this program "
		    "does not know");
	(void)rd_bytes(&r, ENTRY_SALT);
	for (f = k->fields; *f != FIELD_NONE; f++) {
		p = &places[*f];
		at = (uint8_t *)out + p->at;
		if (p->is == NUMBER) {
			*(uint64_t *)(void *)at = rd_u64(&r);
		} else if (p->is == TEXT) {
			part = rd_bytes(&r, rd_u8(&r));
			memcpy(at, &part, sizeof(part));
		} else {
			part = rd_bytes(&r, p->size);
			if (!r.bad)
				memcpy(at, part.p, p->size);
		}
	}
	if (rd_end(&r))
		return RC_OK;
	*out = (struct entry_data){ 0 };
	return fail(e, RC_INVALID,
	    "docs/journal.md 3: what an entry of the kind \"%s\" says is of "
	    "another form",
	    k->word);
}
