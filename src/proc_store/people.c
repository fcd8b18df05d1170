/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * People in the store (docs/registry.md 6.3 to 6.6): who they are by the
 * directory, which code each used last, and who is signed in.
 *
 * A paper a person: key his unit's uid and his id under SHA-256; head u8
 * version | u64 last counter | u64 when his codes were made; body the secret of
 * the codes, sealed by keys.
 */
#include <stdlib.h>
#include <string.h>

#include "proc_store/sessions.h"
#include "core/time.h"
#include "core/vec.h"
#include "pki/resolve.h"

#define VERSION 1
#define USED_EVERY INT64_C(5000) /* ms: keys is not told each time */
#define STEPS 256u		 /* that keys is asked for at once */

/* A person whose key the station has. */
struct held {
	char address[LIMIT_ADDRESS + 1];
	uint8_t cert[SHA256_SIZE]; /* its fingerprint */
	int64_t until;
};
/* One who is signed in. */
struct in {
	uint64_t uid;
	char person[LIMIT_ADDRESS + 1];
	int64_t since, told; /* told: milliseconds, that he is used */
};
/* What keys is answered after the round, and what is then so. */
struct after {
	uint64_t job, uid;
	enum session_did what;
	char person[LIMIT_ADDRESS + 1];
};
struct step {
	uint64_t job, ref;
	void (*then)(uint64_t ref, const struct msg_step_signed *m);
};

static struct held *helds;   /* owned */
static struct in *ins;	     /* owned */
static struct after *afters; /* owned */
static struct step steps[STEPS];
static size_t held_count, in_count, after_count, step_count;

static void
text_set(char out[static LIMIT_ADDRESS + 1], struct bytes text)
{
	memcpy(out, text.p, text.len);
	out[text.len] = '\0';
}

/* ---- who they are
 * -------------------------------------------------------------------- */

static const struct held *
held_by(struct bytes address)
{
	size_t i;

	for (i = 0; i < held_count; i++)
		if (bytes_is(address, helds[i].address))
			return &helds[i];
	return NULL;
}

void
people_held(const struct cert *c)
{
	struct held *h = NULL;
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
cert_of(size_t holder, const struct held *h, int64_t now)
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

/* The person whose key says this address; RC_ABSENT, RC_DENIED. */
static enum rc
person_of(struct session *out, struct bytes person, struct err *e)
{
	struct directory *d = st.file.directory;
	const struct held *h = held_by(person);
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
 * ------------------------------------------------------------------------ */

struct codes {
	uint8_t key[SHA256_SIZE];
	uint64_t used;
	int64_t made;
	struct buf record; /* owned; empty: he has none */
};

static void
codes_key(uint8_t out[static SHA256_SIZE], size_t holder)
{
	const struct state *s = &st.file.directory->state;
	const struct holder *h = &s->holders[holder];
	const struct bytes parts[] = { bytes_str("antin person"),
		bytes_of(s->units[h->unit].uid.b, ID_SIZE), h->id };

	sha256_parts(out, parts, 3);
}

/* The caller frees out->record. */
static enum rc
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

static enum rc
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
 * ------------------------------------------------------------------------- */

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

/* ---- who is signed in
 * -------------------------------------------------------------------- */

static struct in *
in_by(struct bytes person)
{
	size_t i;

	for (i = 0; i < in_count; i++)
		if (bytes_is(person, ins[i].person))
			return &ins[i];
	return NULL;
}

static void
is_in(struct bytes person, uint64_t uid)
{
	struct in *i = in_by(person);

	if (i == NULL) {
		ins = vec_more(ins, in_count, sizeof(*ins));
		i = &ins[in_count++];
	}
	*i = (struct in){ .uid = uid, .since = station_now() };
	text_set(i->person, person);
}

/* docs/journal.md 3, kind 33; where the disk refuses there is none. */
static void
note(enum session_did what, uint64_t uid, struct bytes person)
{
	const struct entry_data d = {
		.code = what, .number = uid, .text = person
	};
	struct err e;

	if (store_write(&e) == RC_OK)
		journal_add(ENTRY_USER, &d, 0);
}

/* What is to be on disk before it is so. */
static enum rc
keep(const struct msg_session *m, struct err *e)
{
	struct session who;
	struct codes codes = { 0 };
	enum rc rc = person_of(&who, m->person, e);

	if (rc == RC_OK)
		rc = codes_get(&codes, who.holder, e);
	if (rc != RC_OK)
		return rc;
	if (m->what == SESSION_IN && m->used <= codes.used) {
		rc = fail(e, RC_DENIED,
		    "docs/registry.md 6.2: this code was used already; wait "
		    "for the next");
		goto out;
	}
	if (m->record.len > 0) {
		buf_free(&codes.record);
		buf_add(&codes.record, m->record);
	}
	codes.used = m->what == SESSION_IN ? m->used : 0;
	if (m->what != SESSION_IN)
		codes.made = station_now();
	rc = codes_put(&codes, e);
out:
	buf_free(&codes.record);
	return rc;
}

static void
later(uint64_t job, const struct msg_session *m)
{
	struct after *a;

	afters = vec_more(afters, after_count, sizeof(*afters));
	a = &afters[after_count++];
	*a = (struct after){
		.job = job, .uid = m->uid, .what = (enum session_did)m->what
	};
	text_set(a->person, m->person);
}

static void
outcome(uint64_t job, enum rc rc, const struct err *e)
{
	const struct msg_outcome m = { .rc = rc,
		.why = rc == RC_OK ? (struct bytes){ 0 } : bytes_str(e->text) };

	(void)tell(PROC_KEYS, MSG_SESSION_IS, job, &m, -1);
}

/* It has happened: nothing is asked. */
static void
happened(const struct msg_session *m)
{
	struct in *i = in_by(m->person);

	if (m->what == SESSION_THERE) {
		is_in(m->person, m->uid);
	} else if (m->what == SESSION_LOCKED) {
		note(SESSION_LOCKED, m->uid, m->person);
	} else if (i != NULL) {
		note((enum session_did)m->what, i->uid, m->person);
		*i = ins[--in_count];
	}
}

void
people_session(uint64_t job, const struct msg_session *m)
{
	struct err e;
	enum rc rc;

	if (m->what != SESSION_IN && m->what != SESSION_CODES &&
	    m->what != SESSION_CODES_BY) {
		happened(m);
		if (job != 0) /* keys waits until it is known here */
			outcome(job, RC_OK, &e);
		return;
	}
	rc = keep(m, &e);
	if (rc != RC_OK) {
		outcome(job, rc, &e);
		return;
	}
	note((enum session_did)m->what, m->uid, m->person);
	if (m->what == SESSION_CODES_BY) /* and by whom */
		note(SESSION_THERE, m->uid, m->by);
	later(job, m);
}

void
people_settled(bool kept, const struct err *e)
{
	const struct after *a;
	size_t i;

	for (i = 0; i < after_count; i++) {
		a = &afters[i];
		if (kept && a->what == SESSION_IN)
			is_in(bytes_str(a->person), a->uid);
		outcome(a->job, kept ? RC_OK : RC_IO, e);
	}
	free(afters);
	afters = NULL;
	after_count = 0;
}

/* ---- for who asks as a person
 * ------------------------------------------------------------------ */

static void
use(struct in *i)
{
	const int64_t ms = process_ms();
	const struct msg_desk m = { i->uid, bytes_str(i->person) };

	if (i->told != 0 && ms - i->told < USED_EVERY)
		return;
	i->told = ms;
	(void)tell(PROC_KEYS, MSG_SESSION_USED, 0, &m, -1);
}

static enum rc
session_by(struct session *out, struct in *i, struct err *e)
{
	enum rc rc = person_of(out, bytes_str(i->person), e);

	out->uid = i->uid;
	out->since = i->since;
	return rc;
}

/* He is meant by "as". */
static bool
is_called(const struct in *i, struct bytes as)
{
	struct session s;
	struct err e;

	return as.len == 0 || bytes_is(as, i->person) ||
	       (person_of(&s, bytes_str(i->person), &e) == RC_OK &&
		   bytes_is(as, s.address));
}

enum rc
session_of(struct session *out, uint64_t uid, struct bytes as, struct err *e)
{
	struct in *found = NULL;
	size_t i, n = 0;
	enum rc rc;

	*out = (struct session){ .holder = NONE, .cert = NONE };
	for (i = 0; i < in_count; i++)
		if (ins[i].uid == uid && is_called(&ins[i], as)) {
			found = &ins[i];
			n++;
		}
	if (n == 0 && as.len == 0)
		return fail(
		    e, RC_DENIED, "nobody is signed in: antin user sign-in");
	if (n == 0)
		return fail(e, RC_DENIED,
		    "%.*s is not signed in: antin user sign-in", (int)as.len,
		    (const char *)as.p);
	if (n > 1)
		return fail(e, RC_USAGE,
		    "%zu people are signed in; say who it is: --as ADDRESS", n);
	if ((rc = session_by(out, found, e)) == RC_OK)
		use(found);
	return rc;
}

void
session_each(
    uint64_t uid, void (*each)(void *ctx, const struct session *s), void *ctx)
{
	struct session s;
	struct err e;
	size_t i;

	for (i = 0; i < in_count; i++)
		if (ins[i].uid == uid && session_by(&s, &ins[i], &e) == RC_OK)
			each(ctx, &s);
}

/* ---- steps
 * ------------------------------------------------------------------------------
 */

bool
people_sign(const struct session *s, struct bytes statement, uint64_t ref,
    void (*then)(uint64_t ref, const struct msg_step_signed *m))
{
	const struct msg_step_sign m = { s->uid, bytes_str(s->person),
		statement };
	const struct step step = { next_job(), ref, then };

	if (step_count == STEPS ||
	    !tell(PROC_KEYS, MSG_STEP_SIGN, step.job, &m, -1))
		return false;
	steps[step_count++] = step;
	return true;
}

void
people_step_signed(uint64_t job, const struct msg_step_signed *m)
{
	struct step s;
	size_t i;

	for (i = 0; i < step_count && steps[i].job != job; i++)
		;
	if (i == step_count)
		return;
	s = steps[i];
	steps[i] = steps[--step_count];
	s.then(s.ref, m);
}

void
people_keys_gone(void)
{
	struct msg_step_signed m = { .rc = RC_IO };
	struct err e;
	size_t i;

	for (i = 0; i < in_count; i++) /* with its memory all are out */
		note(SESSION_OUT, ins[i].uid, bytes_str(ins[i].person));
	in_count = held_count = 0;
	free(afters); /* what is kept for them stays; nobody hears of it */
	afters = NULL;
	after_count = 0;
	if (fail(&e, RC_IO,
		"a part of the station was started anew; try again") != RC_OK)
		m.why = bytes_str(e.text);
	while (step_count > 0)
		people_step_signed(steps[0].job, &m);
}

/* ---- the list
 * ------------------------------------------------------------------------------
 */

static void
roles_of(void (*each)(void *ctx, const struct msg_row *row), void *ctx,
    const struct session *who, const char *address)
{
	const struct directory *d = st.file.directory;
	const struct state *s = &d->state;
	const int64_t now = station_now();
	char desk[LIMIT_ADDRESS + 1];
	struct msg_row row = { .what = ROW_USER_ROLE,
		.address = bytes_str(address) };
	const struct role_held *r;
	size_t i;

	for (i = 0; i < s->role_count; i++) {
		r = &s->roles[i];
		if (r->person != who->holder || r->from > now ||
		    now >= r->until ||
		    !role_is_held(d, r->person, r->desk, r->role, now) ||
		    !address_of(
			d, s->holders[r->desk].unit, r->desk, now, desk))
			continue;
		row.other = bytes_str(desk);
		row.state = r->role;
		row.due = r->until;
		each(ctx, &row);
	}
}

void
people_rows(void (*each)(void *ctx, const struct msg_row *row), void *ctx)
{
	const struct state *s = &st.file.directory->state;
	struct session who;
	struct codes codes;
	struct msg_row row;
	const struct in *in;
	struct err e;
	size_t i;

	for (i = 0; i < held_count; i++) {
		row = (struct msg_row){ .what = ROW_USER,
			.address = bytes_str(helds[i].address),
			.due = helds[i].until,
			.since = TIME_NEVER };
		in = in_by(row.address);
		if (in != NULL) {
			row.state = 1;
			row.q = in->uid;
			row.since = in->since;
		}
		if (person_of(&who, row.address, &e) == RC_OK) {
			row.text =
			    holder_name(&s->holders[who.holder], station_now());
			row.level = session_level(&who);
			if (codes_get(&codes, who.holder, &e) == RC_OK) {
				row.n = codes.record.len > 0;
				buf_free(&codes.record);
			}
			each(ctx, &row);
			roles_of(each, ctx, &who, helds[i].address);
		} else {
			row.count = 1; /* not in force */
			each(ctx, &row);
		}
	}
}
