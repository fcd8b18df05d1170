/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/holds.h"

#include <stdlib.h>
#include <string.h>

#include "core/index.h"
#include "core/vec.h"
#include "core/work.h"

/* ---- signatures, each verified once
 * -------------------------------------------- */

struct proof { /* what was verified: a text under a certificate's key */
	uint8_t key[SHA256_SIZE];
};

static struct proof
proof_of(struct bytes text, const struct dcert *by)
{
	const struct bytes parts[] = { bytes_of(by->fingerprint, SHA256_SIZE),
		text };
	struct proof p;

	sha256_parts(p.key, parts, 2);
	return p;
}

static bool
was_verified(const struct directory *d, const struct proof *p)
{
	uint64_t key;
	size_t at = 0, i;

	memcpy(&key, p->key, sizeof(key));
	while (index_each(d->verified, key, &at, &i))
		if (memcmp(d->verified_keys[i], p->key, SHA256_SIZE) == 0)
			return true;
	return false;
}

static void
remember(struct directory *d, const struct proof *p)
{
	uint64_t key;

	memcpy(&key, p->key, sizeof(key));
	d->verified_keys = vec_more(
	    d->verified_keys, d->verified_count, sizeof(*d->verified_keys));
	memcpy(d->verified_keys[d->verified_count], p->key, SHA256_SIZE);
	index_add(d->verified, key, d->verified_count++);
}

/* Work on many certificates or checkpoints at once. */
struct checks {
	struct directory *d;
	struct state *s;
	const struct dlog *logs;
	size_t *which; /* certificates, or logs */
	size_t *by;    /* of a log: the certificate it is checked under */
	size_t count;
	uint8_t *holds;
};

static void
checks_free(struct checks *c)
{
	free(c->which);
	free(c->by);
	free(c->holds);
}

static enum rc
make_pub(void *ctx, size_t i, struct err *e)
{
	const struct checks *c = ctx;
	struct dcert *cert = &c->s->certs[c->which[i]];

	(void)e;
	if (cert->pub == NULL)
		cert->pub = sig_pub_of(cert->cert.sig, cert->cert.pub);
	return RC_OK;
}

enum rc
holds_prepare(struct state *s, struct err *e)
{
	struct checks c = { .s = s };
	size_t i;
	enum rc rc;

	c.which = alloc(s->cert_count + 1, sizeof(*c.which));
	for (i = 0; i < s->cert_count; i++)
		if (cert_is_authority(&s->certs[i].cert))
			c.which[c.count++] = i;
	rc = work_each(c.count, make_pub, &c, e);
	checks_free(&c);
	return rc;
}

static enum rc
check_cert(void *ctx, size_t i, struct err *e)
{
	const struct checks *c = ctx;
	const struct dcert *cert = &c->s->certs[c->which[i]];
	const struct sig_pub *pub = c->s->certs[cert->issuer].pub;

	(void)e;
	c->holds[i] = pub != NULL && cert_verify(&cert->cert, pub);
	return RC_OK;
}

enum rc
holds_certs(struct directory *d, struct state *s, bool all, struct err *e)
{
	struct checks c = { .d = d, .s = s };
	struct dcert *cert;
	struct proof p;
	size_t i;
	enum rc rc;

	c.which = alloc(s->cert_count + 1, sizeof(*c.which));
	c.holds = alloc(s->cert_count + 1, 1);
	for (i = 0; i < s->cert_count; i++) {
		cert = &s->certs[i];
		if (cert->checked || (!all && !cert_is_authority(&cert->cert)))
			continue;
		p = proof_of(bytes_of(cert->fingerprint, SHA256_SIZE),
		    &s->certs[cert->issuer]);
		if (was_verified(d, &p))
			cert->checked = cert->holds = true;
		else
			c.which[c.count++] = i;
	}
	rc = work_each(c.count, check_cert, &c, e);
	for (i = 0; i < c.count; i++) {
		cert = &s->certs[c.which[i]];
		cert->checked = true;
		cert->holds = c.holds[i];
		p = proof_of(bytes_of(cert->fingerprint, SHA256_SIZE),
		    &s->certs[cert->issuer]);
		if (cert->holds)
			remember(d, &p);
	}
	checks_free(&c);
	return rc;
}

/* Its signature and those above it. */
static bool
chain_holds(const struct state *s, size_t cert)
{
	for (; cert != NONE; cert = s->certs[cert].issuer)
		if (!s->certs[cert].checked || !s->certs[cert].holds)
			return false;
	return true;
}

bool
directory_holds(struct directory *d, size_t cert)
{
	struct state *s = &d->state;
	struct dcert *c = &s->certs[cert];
	struct proof p;

	if (!c->checked) {
		/* an authority's was checked when it came */
		c->checked = true;
		c->holds = s->certs[c->issuer].pub != NULL &&
			   cert_verify(&c->cert, s->certs[c->issuer].pub);
		p = proof_of(bytes_of(c->fingerprint, SHA256_SIZE),
		    &s->certs[c->issuer]);
		if (c->holds)
			remember(d, &p);
	}
	return chain_holds(s, cert);
}

enum rc
directory_verify(struct directory *d, struct err *e)
{
	size_t i;
	enum rc rc;

	if ((rc = holds_certs(d, &d->state, true, e)) != RC_OK)
		return rc;
	for (i = 0; i < d->state.cert_count; i++) {
		const struct cert *c = &d->state.certs[i].cert;

		if (!chain_holds(&d->state, i))
			return fail(e, RC_DENIED,
			    "the signature on the certificate of %.*s, or on "
			    "one above it, does not hold",
			    (int)c->address.len, (const char *)c->address.p);
	}
	return RC_OK;
}

/* ---- checkpoints
 * -------------------------------------------------------------------- */

/* An authority of this unit whose key may have signed the note: it was in force
 * then, or would have been, were it not revoked or ended: what it decided since
 * is void (docs/directory.md 6.3), and no reason to refuse all else.  After
 * "*at"; NONE at the end. */
static size_t
note_signer(const struct state *s, size_t unit, int64_t when, size_t at)
{
	size_t i = at == NONE ? s->units[unit].certs : s->certs[at].next;

	for (; i != NONE; i = s->certs[i].next)
		if (cert_is_authority(&s->certs[i].cert) &&
		    s->certs[i].from <= when && when < s->certs[i].dated &&
		    chain_holds(s, i))
			return i;
	return NONE;
}

size_t
holds_note(struct directory *d, const struct state *s, size_t unit,
    const struct note *note, struct bytes bytes)
{
	size_t by = NONE;
	struct proof p;

	while ((by = note_signer(s, unit, note->checkpoint.at, by)) != NONE) {
		p = proof_of(bytes, &s->certs[by]);
		if (was_verified(d, &p) ||
		    (s->certs[by].pub != NULL &&
			note_verify(note, s->certs[by].pub)))
			return by;
	}
	return NONE;
}

static enum rc
check_note(void *ctx, size_t i, struct err *e)
{
	const struct checks *c = ctx;
	const struct dlog *l = &c->logs[c->which[i]];

	(void)e;
	if (l->unit != NONE)
		c->by[i] =
		    holds_note(c->d, c->s, l->unit, &l->note, l->note_bytes);
	return RC_OK;
}

enum rc
holds_notes(struct directory *d, struct state *s, const struct dlog *logs,
    size_t n, struct err *e)
{
	struct checks c = { .d = d, .s = s, .logs = logs, .count = n };
	struct bytes host;
	struct proof p;
	size_t i;
	enum rc rc;

	c.which = alloc(n + 1, sizeof(*c.which));
	c.by = alloc(n + 1, sizeof(*c.by));
	for (i = 0; i < n; i++)
		c.which[i] = i;
	rc = work_each(n, check_note, &c, e);
	for (i = 0; i < n && rc == RC_OK; i++) {
		if (logs[i].unit == NONE)
			continue;
		if (c.by[i] == NONE) {
			host = s->units[logs[i].unit].places[0].id;
			rc = fail(e, RC_DENIED,
			    "docs/directory.md 4.3: the checkpoint of the log "
			    "of \"%.*s\" is not signed by its authority",
			    (int)host.len, (const char *)host.p);
			break;
		}
		p = proof_of(logs[i].note_bytes, &s->certs[c.by[i]]);
		if (!was_verified(d, &p))
			remember(d, &p);
	}
	checks_free(&c);
	return rc;
}
