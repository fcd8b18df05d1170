/* SPDX-License-Identifier: EUPL-1.2 */
/* Who signed a step, as the directory was at its time (docs/registry.md 6.8).
 */
#include "tree.h"

#include "registry/counts.h"

static struct tree t;
static const struct dcert *cert;
static const struct sig_key *key;
static struct buf statement, signature;

static struct step
a_step(int64_t at)
{
	struct step s = { .number = 3,
		.previous = { 1 },
		.at = at,
		.action = ACTION_NUMBER,
		.person = cert->cert.address,
		.desk = bytes_str("antin://vn/van-thu"),
		.role = ROLE_CLERK,
		.rules = bytes_str("2026-11-22") };

	memcpy(s.cert, cert->fingerprint, SHA256_SIZE);
	return s;
}

static void
sign(const struct step *s, const struct sig_key *by)
{
	buf_free(&statement);
	buf_free(&signature);
	step_write(&statement, s);
	signature.len =
	    step_sign(by, buf_bytes(&statement), buf_grow(&signature, SIG_MAX));
}

static enum rc
counts(void)
{
	struct err e;
	size_t of;
	enum rc rc = step_counts(
	    &of, t.d, buf_bytes(&statement), buf_bytes(&signature), &e);

	if (rc == RC_OK && &t.d->state.certs[of] != cert)
		return RC_EXISTS;
	return rc;
}

/* His certificate, wherever it lies now. */
static void
find(void)
{
	const struct state *s = &t.d->state;
	const size_t who = tree_holder(&t, ROOT, "lan");
	size_t i;

	cert = NULL;
	for (i = 0; i < s->cert_count; i++)
		if (s->certs[i].holder == who)
			cert = &s->certs[i];
	if (cert == NULL)
		bug("she has no certificate");
}

int
main(void)
{
	struct sig_key *other = sig_generate(sig_by_name("MLDSA65-Ed25519"));
	int64_t then, later;
	struct bytes der;
	struct buf kept = { 0 };
	struct step s;
	struct act a;

	tree_begin(&t);
	tree_person(&t, ROOT, ROOT, "lan");
	key = tree_key(ROOT, "lan", 0)->sig;
	find();
	then = t.now + 60;
	s = a_step(then);
	sign(&s, key);
	is(counts(), RC_OK, "a step counts that its person signed");
	signature.p[9] ^= 1;
	is(counts(), RC_DENIED, "not where its signature was changed");
	sign(&s, other);
	is(counts(), RC_DENIED, "nor where another key made it");
	s = a_step(cert->from - 60);
	sign(&s, key);
	is(counts(), RC_DENIED, "nor from before her certificate");
	s = a_step(then);
	s.person = bytes_str("antin://vn/mai");
	sign(&s, key);
	is(counts(), RC_DENIED, "nor under another's name");
	s = a_step(then);
	s.cert[3] ^= 1;
	sign(&s, key);
	is(counts(), RC_ABSENT, "one that the directory does not know");
	buf_free(&statement);
	buf_add(&statement, bytes_str("no step"));
	is(counts(), RC_INVALID, "what is no step is none");

	/* she is revoked an hour later */
	t.now += 3600;
	buf_add(&kept, cert->cert.der);
	der = buf_bytes(&kept);
	a = act_revoke(&t, der, REVOKE_KEY_COMPROMISE);
	tree_do(&t, ROOT, &a);
	find();
	later = t.now + 60;
	s = a_step(then);
	sign(&s, key);
	is(counts(), RC_OK, "what was signed before she was revoked counts");
	s = a_step(later);
	sign(&s, key);
	is(counts(), RC_DENIED, "what came after does not");
	buf_free(&statement);
	buf_free(&signature);
	buf_free(&kept);
	sig_key_free(other);
	tree_end(&t);
	return done();
}
