/* SPDX-License-Identifier: EUPL-1.2 */
#include "dispatch/statement.h"

#include <string.h>

#include "core/time.h"
#include "envelope/address.h"

/* ---- kinds (docs/receipts.md 3) ---------------------------------------- */

static const char *const refused_words[REFUSED_WHYS] = {
	[REFUSED_NOT_US] = "not-for-us",
	[REFUSED_DAMAGED] = "damaged",
	[REFUSED_FORM] = "wrong-form",
	[REFUSED_LEVEL] = "wrong-level",
	[REFUSED_BUSINESS] = "not-our-business",
	[REFUSED_OTHER] = "other",
};
static const char *const outcome_words[OUTCOMES] = {
	[OUTCOME_WITHHELD] = "withheld",
	[OUTCOME_OPENED] = "was-opened",
	[OUTCOME_ACTED] = "was-acted",
	[OUTCOME_REFUSED] = "was-refused",
	[OUTCOME_AHEAD] = "not-come-yet",
	[OUTCOME_NOT_YOURS] = "not-yours",
};
static const char *const report_words[REPORT_WHYS] = {
	[REPORT_EXPIRED] = "expired",
	[REPORT_NO_WAY] = "no-way",
	[REPORT_REFUSED] = "refused-on-the-way",
	[REPORT_HELD] = "held",
	[REPORT_DROPPED] = "dropped",
	[REPORT_LATE] = "late",
};
static const char *const answer_words[ANSWERS] = {
	[ANSWER_WAITS] = "waits",
	[ANSWER_PASSED] = "passed",
	[ANSWER_UNKNOWN] = "unknown",
	[ANSWER_UNSIGNED] = "unsigned",
};

static const struct kind {
	const char *word;
	bool desk; /* a desk's key signs it */
	unsigned has, may;
	const char *const *codes;
	unsigned code_count;
} kinds[STATEMENT_KINDS] = {
	[STATEMENT_ARRIVED] = { "arrived", true, HAS_DESK, 0, NULL, 0 },
	[STATEMENT_OPENED] = { "opened", true, HAS_DESK, 0, NULL, 0 },
	[STATEMENT_ACTED] = { "acted", true, HAS_DESK, 0, NULL, 0 },
	[STATEMENT_REFUSED] = { "refused", true, HAS_DESK | HAS_CODE, 0,
	    refused_words, REFUSED_WHYS },
	[STATEMENT_RECALL] = { "recall", true, 0, 0, NULL, 0 },
	[STATEMENT_SUPERSEDE] = { "supersede", true, HAS_BY, 0, NULL, 0 },
	[STATEMENT_OUTCOME] = { "outcome", false, HAS_CODE, HAS_DESK,
	    outcome_words, OUTCOMES },
	[STATEMENT_CUSTODY] = { "custody", false, 0, 0, NULL, 0 },
	[STATEMENT_HOP] = { "hop", false, HAS_STATION, 0, NULL, 0 },
	[STATEMENT_REPORT] = { "report", false, HAS_CODE,
	    HAS_DESK | HAS_STATION | HAS_SINCE, report_words, REPORT_WHYS },
	[STATEMENT_INQUIRY] = { "inquiry", false, HAS_DESK, 0, NULL, 0 },
	[STATEMENT_ANSWER] = { "answer", false, HAS_DESK | HAS_CODE,
	    HAS_STATION | HAS_SINCE, answer_words, ANSWERS },
};

static const struct kind *
kind_of(enum statement_kind k)
{
	if (k < STATEMENT_ARRIVED || (unsigned)k >= STATEMENT_KINDS)
		bug("a statement of no kind");
	return &kinds[k];
}

unsigned
statement_has(enum statement_kind k)
{
	return kind_of(k)->has;
}

bool
statement_by_desk(enum statement_kind k)
{
	return kind_of(k)->desk;
}

const char *
statement_word(enum statement_kind k)
{
	return kind_of(k)->word;
}

const char *
statement_code(enum statement_kind k, unsigned code)
{
	const struct kind *kind = kind_of(k);

	return code < kind->code_count ? kind->codes[code] : NULL;
}

unsigned
refused_by_word(struct bytes word)
{
	unsigned i;

	for (i = 1; i < REFUSED_WHYS; i++)
		if (bytes_is(word, refused_words[i]))
			return i;
	return 0;
}

bool
statement_is_of(const struct statement *s, const struct header *h,
    const uint8_t digest[static SHA256_SIZE])
{
	return id_eq(&s->id, &h->id) && bytes_eq(s->origin, h->origin) &&
	       s->incarnation == h->incarnation && s->serial == h->serial &&
	       memcmp(s->digest, digest, SHA256_SIZE) == 0;
}

/* ---- writing and reading (docs/receipts.md 2) --------------------------- */

static unsigned
fields_of(const struct statement *s)
{
	static const struct id none;

	return (s->desk.len > 0 ? HAS_DESK : 0u) |
	       (s->station.len > 0 ? HAS_STATION : 0u) |
	       (id_eq(&s->by, &none) ? 0u : HAS_BY) |
	       (s->since != TIME_NEVER ? HAS_SINCE : 0u);
}

/* What it has is what its kind has. */
static bool
is_of_kind(const struct statement *s, bool code)
{
	const struct kind *k = &kinds[s->kind];
	const unsigned has = fields_of(s) | (code ? HAS_CODE : 0u);

	return (has & k->has) == k->has && (has & ~(k->has | k->may)) == 0 &&
	       (!code || statement_code(s->kind, s->code) != NULL) &&
	       address_is_station(s->origin) &&
	       (s->desk.len == 0 || address_is_desk(s->desk)) &&
	       (s->station.len == 0 || address_is_station(s->station));
}

void
statement_write(struct der_wr *w, const struct statement *s)
{
	const bool code = (statement_has(s->kind) & HAS_CODE) != 0;
	struct der_wr since = { 0 };
	struct der_wr number = { 0 };

	if (!is_of_kind(s, code))
		bug("a statement that is not of its kind");
	der_put_open(w, DER_SEQUENCE);
	der_put_uint(w, s->kind);
	der_put_octets(w, id_bytes(&s->id));
	der_put_octets(w, bytes_of(s->digest, SHA256_SIZE));
	der_put(w, DER_IA5, s->origin);
	der_put_uint(w, s->incarnation);
	der_put_uint(w, s->serial);
	der_put_time(w, s->at);
	der_put_bool(w, s->own_clock);
	if (s->desk.len > 0)
		der_put(w, DER_CTX(0), s->desk);
	if (s->station.len > 0)
		der_put(w, DER_CTX(1), s->station);
	if (code) { /* IMPLICIT: of one byte, for codes are few */
		buf_u8(&number.out, (uint8_t)s->code);
		der_put(w, DER_CTX(2), buf_bytes(&number.out));
	}
	if ((fields_of(s) & HAS_BY) != 0)
		der_put(w, DER_CTX(3), id_bytes(&s->by));
	if (s->since != TIME_NEVER) {
		der_put_time(&since, s->since);
		der_put(w, DER_CTX(4),
		    bytes_of(since.out.p + 2, since.out.len - 2));
	}
	der_put_close(w);
	der_wr_free(&number);
	der_wr_free(&since);
}

static void
read_fixed(struct der *d, uint8_t tag, uint8_t *to, size_t size)
{
	const struct bytes b = der_tagged(d, tag, size, size);

	if (b.len == size)
		memcpy(to, b.p, size);
}

/* A GeneralizedTime under a tag of its own. */
static int64_t
read_since(struct der *d)
{
	const struct bytes b = der_tagged(d, DER_CTX(4), 15, 15);
	uint8_t text[17] = { DER_TIME, 15 };
	struct der one;
	int64_t t;
	struct err e;

	if (b.len != 15)
		return TIME_NEVER;
	memcpy(text + 2, b.p, 15);
	one = der_init(bytes_of(text, sizeof(text)));
	t = der_time(&one);
	if (der_end(&one, "a time", &e) != RC_OK)
		der_fault(d, "no time");
	return t;
}

static bool
read_options(struct der *d, struct statement *s)
{
	struct bytes b;
	bool code = false;

	if (der_next_is(d, DER_CTX(0)))
		s->desk = der_tagged(d, DER_CTX(0), 1, LIMIT_ADDRESS);
	if (der_next_is(d, DER_CTX(1)))
		s->station = der_tagged(d, DER_CTX(1), 1, LIMIT_ADDRESS);
	if (der_next_is(d, DER_CTX(2))) {
		b = der_tagged(d, DER_CTX(2), 1, 1);
		s->code = b.len == 1 ? b.p[0] : 0;
		code = true;
	}
	if (der_next_is(d, DER_CTX(3)))
		read_fixed(d, DER_CTX(3), s->by.b, ID_SIZE);
	if (der_next_is(d, DER_CTX(4)))
		s->since = read_since(d);
	return code;
}

enum rc
statement_read(struct statement *out, struct bytes in, struct err *e)
{
	struct der d = der_init(in);
	bool code;
	enum rc rc;

	*out = (struct statement){ .since = TIME_NEVER };
	if (in.len > STATEMENT_MAX)
		return fail(e, RC_LIMIT,
		    "docs/receipts.md 2.5: a statement of %zu bytes, at most "
		    "%u",
		    in.len, STATEMENT_MAX);
	der_open(&d, DER_SEQUENCE);
	out->kind = (enum statement_kind)der_uint(&d, STATEMENT_KINDS - 1);
	read_fixed(&d, DER_OCTETS, out->id.b, ID_SIZE);
	read_fixed(&d, DER_OCTETS, out->digest, SHA256_SIZE);
	out->origin = der_ia5(&d, LIMIT_ADDRESS);
	out->incarnation = der_uint(&d, INT64_MAX);
	out->serial = der_uint(&d, INT64_MAX);
	out->at = der_time(&d);
	out->own_clock = der_bool(&d);
	code = read_options(&d, out);
	der_close(&d);
	if (d.why == NULL && out->kind < STATEMENT_ARRIVED)
		der_fault(&d, "a kind that is none");
	if (d.why == NULL && !is_of_kind(out, code))
		der_fault(&d, "fields that are not those of its kind");
	rc = der_end(&d, "docs/receipts.md 2: a statement", e);
	if (rc != RC_OK)
		*out = (struct statement){ .since = TIME_NEVER };
	return rc;
}
