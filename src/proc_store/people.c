/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * People in the store (docs/registry.md 6.3 to 6.6): who they are by the
 * directory, and which code each used last.
 *
 * A paper a person: key his unit's uid and his id under SHA-256; head u8
 * version | u64 last counter | u64 when his codes were made; body the secret of
 * the codes, sealed by keys.
 */
#include "proc_store/people.h"

#include <string.h>

#include "core/vec.h"
#include "pki/resolve.h"

#define VERSION 1

static struct person_held *helds; /* owned */
static size_t held_count;

void
text_set(char out[static LIMIT_ADDRESS + 1], struct bytes text)
{
	memcpy(out, text.p, text.len);
	out[text.len] = '\0';
}

/* ---- who they are
 * ------------------------------------------------------------ */

static const struct person_held *
held_by(struct bytes address)
{
	size_t i;

	for (i = 0; i < held_count; i++)
		if (bytes_is(address, helds[i].address))
			return &helds[i];
	return NULL;
}

const struct person_held *
person_held_each(size_t i)
{
	return i < held_count ? &helds[i] : NULL;
}

void
people_forget(void)
{
	held_count = 0;
}

void
people_held(const struct cert *c)
{
	struct person_held *h = NULL;
	size_t i;

	if (c->rights.kind != CERT_PERSON)
		return;
	for (i = 0; i < held_count; i++)
		if (bytes_is(c->address, helds[i].address))
			h = &helds[i];
	if (h == NULL) {
		helds = vec_more(helds, held_count, sizeof(*helds));
		h = &helds[held_count++];
	}
	text_set(h->address, c->address);
	cert_fingerprint(h->cert, c->der);
	h->until = c->until;
}

/* The certificate in his key file, where it is in force now; NONE. */
static size_t
cert_of(size_t holder, const struct person_held *h, int64_t now)
{
	struct directory *d = st.file.directory;
	const size_t i = cert_by_fingerprint(&d->state, h->cert);
	const struct dcert *c;

	if (i == NONE)
		return NONE;
	c = &d->state.certs[i];
	return c->holder == holder && c->from <= now && now < c->until &&
		       directory_holds(d, i)
		   ? i
		   : NONE;
}

enum rc
person_of(struct session *out, struct bytes person, struct err *e)
{
	struct directory *d = st.file.directory;
	const struct person_held *h = held_by(person);
	const int64_t now = station_now();
	struct resolved r = { .holder = NONE };
	enum rc rc;

	*out = (struct session){ .holder = NONE, .cert = NONE };
	if (h == NULL)
		return fail(e, RC_ABSENT, "this station has no key of \"%.*s\"",
		    (int)person.len, (const char *)person.p);
	rc = resolve(d, person, now, &r, e);
	if (rc != RC_OK)
		return rc;
	if (r.holder == NONE || !d->state.holders[r.holder].person)
		return fail(e, RC_ABSENT, "%.*s is no person", (int)person.len,
		    (const char *)person.p);
	text_set(out->person, person);
	memcpy(out->address, r.address, sizeof(out->address));
	out->holder = r.holder;
	out->cert = cert_of(r.holder, h, now);
	if (out->cert == NONE)
		return fail(e, RC_DENIED,
		    "the directory shows no certificate in force for the key "
		    "of %.*s that this station has",
		    (int)person.len, (const char *)person.p);
	return RC_OK;
}

static bool
role_anywhere(size_t person, enum role role, size_t unit, bool above)
{
	const struct directory *d = st.file.directory;
	const struct state *s = &d->state;
	const int64_t now = station_now();
	size_t i;

	for (i = 0; i < s->role_count; i++)
		if (s->roles[i].person == person && s->roles[i].role == role &&
		    role_is_held(d, person, s->roles[i].desk, role, now) &&
		    (!above || unit_within(s, unit,
				   s->holders[s->roles[i].desk].unit, now)))
			return true;
	return false;
}

bool
session_role(const struct session *s, size_t desk, enum role role)
{
	return role_is_held(
	    st.file.directory, s->holder, desk, role, station_now());
}

bool
session_role_here(const struct session *s, enum role role)
{
	return role_anywhere(s->holder, role, st.unit, true);
}

unsigned
session_roles(const struct session *s, size_t desk)
{
	unsigned bits = 0;
	int i;

	for (i = 0; i < ROLES; i++)
		if (session_role(s, desk, (enum role)i))
			bits |= 1u << i;
	return bits;
}

enum level
session_level(const struct session *s)
{
	const struct state *now = &st.file.directory->state;
	const enum level level = now->holders[s->holder].level;
	const enum level cert = now->certs[s->cert].cert.rights.level;

	return level < cert ? level : cert;
}

/* ---- codes on disk
 * ------------------------------------------------------------ */

static void
codes_key(uint8_t out[static SHA256_SIZE], size_t holder)
{
	const struct state *s = &st.file.directory->state;
	const struct holder *h = &s->holders[holder];
	const struct bytes parts[] = { bytes_str("antin person"),
		bytes_of(s->units[h->unit].uid.b, ID_SIZE), h->id };

	sha256_parts(out, parts, 3);
}

enum rc
codes_get(struct codes *out, size_t holder, struct err *e)
{
	struct buf head = { 0 };
	struct rd r;
	enum rc rc;

	*out = (struct codes){ 0 };
	codes_key(out->key, holder);
	rc = st.store->ops->paper_get(st.store, PAPER_CODES,
	    bytes_of(out->key, SHA256_SIZE), &head, &out->record, e);
	if (rc == RC_ABSENT)
		return RC_OK;
	if (rc != RC_OK)
		return rc;
	r = rd_init(buf_bytes(&head));
	r.bad = rd_u8(&r) != VERSION || r.bad;
	out->used = rd_u64(&r);
	out->made = (int64_t)rd_u64(&r);
	if (!rd_end(&r)) {
		rc = fail(e, RC_INVALID, "a person's codes are not whole");
		buf_free(&out->record);
	}
	buf_free(&head);
	return rc;
}

enum rc
codes_put(const struct codes *c, struct err *e)
{
	struct paper p = { .kind = PAPER_CODES,
		.key = bytes_of(c->key, SHA256_SIZE),
		.at = station_now() };
	struct buf head = { 0 };
	enum rc rc;

	buf_u8(&head, VERSION);
	buf_u64(&head, c->used);
	buf_u64(&head, (uint64_t)c->made);
	p.head = buf_bytes(&head);
	if ((rc = store_write(e)) == RC_OK)
		rc = store_failed(st.store->ops->paper_put(
		    st.store, &p, buf_bytes(&c->record), e));
	buf_free(&head);
	return rc;
}

/* ---- keys asks
 * ------------------------------------------------------------ */

void
people_ask(uint64_t job, const struct msg_person *m)
{
	struct msg_person_is out = { 0 };
	struct session who, by;
	struct codes codes = { 0 };
	struct err e = { 0 };
	bool own;
	size_t unit;

	out.rc = person_of(&who, m->person, &e);
	if (out.rc == RC_OK)
		out.rc = codes_get(&codes, who.holder, &e);
	if (out.rc == RC_OK && m->by.len > 0)
		out.rc = person_of(&by, m->by, &e);
	if (out.rc == RC_OK) {
		unit = st.file.directory->state.holders[who.holder].unit;
		memcpy(out.bound, codes.key, SHA256_SIZE);
		out.record = buf_bytes(&codes.record);
		out.used = codes.used;
		out.now = station_judges(&own);
		out.own_clock = own;
		out.administrator =
		    role_anywhere(who.holder, ROLE_ADMINISTRATOR, 0, false);
		out.by_may =
		    m->by.len > 0 && by.holder != who.holder &&
		    role_anywhere(by.holder, ROLE_ADMINISTRATOR, unit, true);
	} else {
		out.why = bytes_str(e.text);
	}
	(void)tell(PROC_KEYS, MSG_PERSON_IS, job, &out, -1);
	buf_free(&codes.record);
}
