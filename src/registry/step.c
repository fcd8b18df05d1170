/* SPDX-License-Identifier: EUPL-1.2 */
#include "registry/step.h"

#include <string.h>

#include "core/limits.h"
#include "core/time.h"
#include "crypto/suite.h"
#include "envelope/address.h"

#define CONTEXT "antin step"
#define VERSION 1u

/* ---- the statement ------------------------------------------------------- */

static bool
is_zero(const uint8_t hash[static SHA256_SIZE])
{
	static const uint8_t zeros[SHA256_SIZE];

	return memcmp(hash, zeros, SHA256_SIZE) == 0;
}

/* What is wrong with it, but for what its types hold to; NULL: nothing. */
static const char *
wrong(const struct step *s)
{
	enum doc_kind kind;

	if (action_row(s->action) == NULL)
		return "an action that is none";
	if (!address_is_desk(s->person))
		return "a person that is no address";
	if (!address_is_desk(s->desk))
		return "a desk that is no address";
	if (s->rules.len == 0 || s->rules.len > STEP_RULES)
		return "a version of rules of another length than wanted";
	if ((s->number == 0) != is_zero(s->previous))
		return "a first step that follows another, or the reverse";
	if ((s->number == 0) != action_begins(&kind, s->action))
		return "a first step that begins no document, or the reverse";
	return NULL;
}

void
step_write(struct buf *out, const struct step *s)
{
	struct der_wr w = { 0 };

	if (wrong(s) != NULL || s->number >= STEP_NUMBERS ||
	    (unsigned)s->role >= ROLES || (unsigned)s->level >= LEVELS)
		bug("a step that is not of its form");
	der_put_open(&w, DER_SEQUENCE);
	der_put_uint(&w, VERSION);
	der_put_octets(&w, id_bytes(&s->document));
	der_put_uint(&w, s->number);
	der_put_octets(&w, bytes_of(s->previous, SHA256_SIZE));
	der_put_time(&w, s->at);
	if (s->own_clock)
		der_put_bool(&w, true);
	der_put_uint(&w, s->action);
	der_put(&w, DER_IA5, s->person);
	der_put_octets(&w, bytes_of(s->cert, SHA256_SIZE));
	der_put(&w, DER_IA5, s->desk);
	der_put_uint(&w, s->role);
	der_put_uint(&w, s->level);
	der_put(&w, DER_UTF8, s->rules);
	der_put_octets(&w, bytes_of(s->commitment, SHA256_SIZE));
	der_put_close(&w);
	*out = w.out;
}

static void
read_fixed(struct der *d, uint8_t *to, size_t size)
{
	const struct bytes b = der_octets(d, size, size);

	if (b.len == size)
		memcpy(to, b.p, size);
}

enum rc
step_read(struct step *out, struct bytes statement, struct err *e)
{
	struct der d = der_init(statement);
	struct step s = { .number = 0 };
	const char *why;
	enum rc rc;

	*out = s;
	if (statement.len > STEP_MAX)
		return fail(e, RC_LIMIT,
		    "docs/registry.md 2.2: a step of %zu bytes, at most %u",
		    statement.len, STEP_MAX);
	der_open(&d, DER_SEQUENCE);
	if (der_uint(&d, UINT32_MAX) != VERSION)
		der_fault(&d, "a version that is not known here");
	read_fixed(&d, s.document.b, ID_SIZE);
	s.number = der_uint(&d, STEP_NUMBERS - 1);
	read_fixed(&d, s.previous, SHA256_SIZE);
	s.at = der_time(&d);
	if (der_next_is(&d, DER_BOOLEAN)) {
		s.own_clock = der_bool(&d);
		if (!s.own_clock)
			der_fault(&d, "X.690 11.5: a default that is written");
	}
	s.action = (enum action)der_uint(&d, ACTIONS - 1);
	s.person = der_ia5(&d, LIMIT_ADDRESS);
	read_fixed(&d, s.cert, SHA256_SIZE);
	s.desk = der_ia5(&d, LIMIT_ADDRESS);
	s.role = (enum role)der_uint(&d, ROLES - 1);
	s.level = (enum level)der_uint(&d, LEVELS - 1);
	s.rules = der_utf8(&d, STEP_RULES);
	read_fixed(&d, s.commitment, SHA256_SIZE);
	der_close(&d);
	if (d.why == NULL && (why = wrong(&s)) != NULL)
		der_fault(&d, why);
	if ((rc = der_end(&d, "docs/registry.md 2.2: a step", e)) == RC_OK)
		*out = s;
	return rc;
}

void
step_hash(uint8_t out[static SHA256_SIZE], struct bytes statement)
{
	sha256(out, statement);
}

/* ---- its fields ---------------------------------------------------------- */

/* The place of a field in the action's table; its count where it has none. */
static size_t
place(const struct action_row *row, enum field_name name)
{
	size_t i;

	for (i = 0; i < row->field_count; i++)
		if (row->fields[i].name == name)
			break;
	return i;
}

struct bytes
fields_get(const struct fields *f, enum field_name name)
{
	size_t i;

	for (i = 0; i < f->count; i++)
		if (f->of[i].name == name)
			return f->of[i].value;
	return (struct bytes){ 0 };
}

void
fields_put(
    struct fields *f, enum action a, enum field_name name, struct bytes value)
{
	const struct action_row *row = action_row(a);
	const size_t at = row == NULL ? 0 : place(row, name);
	size_t i;

	if (row == NULL || at == row->field_count)
		bug("a field that its action has not");
	for (i = 0; i < f->count && place(row, f->of[i].name) < at; i++)
		;
	if (i == f->count || f->of[i].name != name) {
		if (f->count == ACTION_FIELDS)
			bug("more fields than there are");
		memmove(&f->of[i + 1], &f->of[i],
		    (f->count - i) * sizeof(f->of[0]));
		f->count++;
	}
	f->of[i] = (struct field){ name, value };
}

enum rc
fields_check(enum action a, const struct fields *f, struct err *e)
{
	const struct action_row *row = action_row(a);
	size_t i, at, next = 0;
	enum rc rc;

	if (row == NULL)
		return fail(e, RC_INVALID,
		    "docs/registry.md 3.4: there is no such action");
	for (i = 0; i < f->count; i++) {
		at = place(row, f->of[i].name);
		if (at == row->field_count || at < next)
			return fail(e, RC_INVALID,
			    "docs/registry.md 3.4: \"%s\" has no field \"%s\", "
			    "or not there",
			    row->word, field_row(f->of[i].name)->word);
		for (; next < at; next++)
			if ((row->fields[next].how & NEEDED) != 0)
				break;
		if (next < at)
			break;
		next = at + 1;
		if ((rc = field_check(&f->of[i], e)) != RC_OK)
			return rc;
	}
	for (; next < row->field_count; next++)
		if ((row->fields[next].how & NEEDED) != 0)
			return fail(e, RC_INVALID,
			    "docs/registry.md 3.4: \"%s\" needs \"%s\"",
			    row->word, field_row(row->fields[next].name)->word);
	return RC_OK;
}

/* ---- the opening --------------------------------------------------------- */

void
opening_write(struct buf *out, const uint8_t salt[static STEP_SALT],
    enum action a, const struct fields *f)
{
	struct der_wr w = { 0 };
	struct err e;
	size_t i;

	if (fields_check(a, f, &e) != RC_OK)
		bug("fields that are not of their action");
	buf_add(&w.out, bytes_of(salt, STEP_SALT));
	der_put_open(&w, DER_SEQUENCE);
	for (i = 0; i < f->count; i++) {
		der_put_open(&w, DER_SEQUENCE);
		der_put(&w, DER_IA5, bytes_str(field_row(f->of[i].name)->word));
		der_put(&w, DER_UTF8, f->of[i].value);
		der_put_close(&w);
	}
	der_put_close(&w);
	*out = w.out;
}

static void
read_field(struct der *d, struct fields *out)
{
	struct field f;
	struct bytes word;

	der_open(d, DER_SEQUENCE);
	word = der_ia5(d, 63);
	f.value = der_utf8(d, FIELD_TEXT_MAX);
	der_close(d);
	if (d->why != NULL)
		return;
	if (!field_by_word(&f.name, word))
		der_fault(d, "a field that is not known here");
	else if (out->count == ACTION_FIELDS)
		der_fault(d, "too many fields");
	else
		out->of[out->count++] = f;
}

enum rc
opening_read(
    struct fields *out, enum action a, struct bytes opening, struct err *e)
{
	struct fields f = { .count = 0 };
	struct der d;
	enum rc rc;

	*out = f;
	if (opening.len < STEP_SALT || opening.len > STEP_OPENING)
		return fail(e, RC_LIMIT,
		    "docs/registry.md 2.3: an opening of %zu bytes",
		    opening.len);
	d = der_init(bytes_of(opening.p + STEP_SALT, opening.len - STEP_SALT));
	der_open(&d, DER_SEQUENCE);
	while (der_more(&d))
		read_field(&d, &f);
	der_close(&d);
	if ((rc = der_end(&d, "docs/registry.md 2.3: fields", e)) == RC_OK)
		rc = fields_check(a, &f, e);
	if (rc == RC_OK)
		*out = f;
	return rc;
}

void
opening_commit(uint8_t out[static SHA256_SIZE], struct bytes opening)
{
	const struct bytes parts[] = { bytes_str(CONTEXT), opening };

	sha256_parts(out, parts, 2);
}

/* ---- signatures ---------------------------------------------------------- */

size_t
step_sign(const struct sig_key *key, struct bytes statement, uint8_t *signature)
{
	if (!suite_sig_is_composite(sig_key_alg(key)))
		bug("a step is signed under no key of this kind");
	return sig_sign(key, bytes_str(CONTEXT), statement, signature);
}

enum rc
step_holds(struct bytes statement, struct bytes signature,
    const struct cert *cert, struct err *e)
{
	uint8_t fingerprint[SHA256_SIZE];
	struct sig_pub *pub;
	struct step s;
	enum rc rc;
	bool ok;

	if ((rc = step_read(&s, statement, e)) != RC_OK)
		return rc;
	cert_fingerprint(fingerprint, cert->der);
	if (memcmp(fingerprint, s.cert, SHA256_SIZE) != 0 ||
	    !bytes_eq(cert->address, s.person) || cert->use != CERT_SIGN ||
	    cert->rights.kind != CERT_PERSON ||
	    !suite_sig_is_composite(cert->sig))
		return fail(e, RC_DENIED,
		    "docs/registry.md 2.4: step %u is not of the person of "
		    "this certificate",
		    (unsigned)s.number);
	if (cert_valid_at(cert, s.at, e) != RC_OK)
		return fail(e, RC_DENIED,
		    "docs/registry.md 2.4: step %u was made outside the dates "
		    "of its certificate",
		    (unsigned)s.number);
	pub = sig_pub_of(cert->sig, cert->pub);
	ok = pub != NULL &&
	     sig_verify(pub, bytes_str(CONTEXT), statement, signature);
	sig_pub_free(pub);
	return ok ? RC_OK
		  : fail(e, RC_DENIED,
			"docs/registry.md 2.4: the signature of step %u does "
			"not hold",
			(unsigned)s.number);
}
