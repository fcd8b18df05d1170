/* SPDX-License-Identifier: EUPL-1.2 */
/* The station's authority for browsers (docs/desk.md 11.3): made and used here;
 * nothing of its key stays. */
#include <string.h>

#include "core/time.h"
#include "pki/site.h"
#include "proc_keys/answers.h"
#include "proc_keys/kept.h"

#define LABEL "antin web authority"
#define VERSION 1
#define EARLY                                                                  \
	TIME_DAY /* a certificate's beginning, before it was asked for         \
		  */

_Static_assert(P256_PRIV <= KEPT_SECRET, "an authority's key is kept");

static struct buf names; /* those of the configuration, one a line */

enum rc
webca_named(struct bytes name, struct err *e)
{
	struct site_names all;

	if (!site_name_is(name))
		return fail(e, RC_INVALID,
		    "docs/desk.md 11.2: \"%.*s\" is no name of a host, and no "
		    "address",
		    (int)name.len, (const char *)name.p);
	buf_add(&names, name);
	buf_u8(&names, '\n');
	return site_names_read(&all, buf_bytes(&names), e);
}

/* An authority. */
struct authority {
	int64_t from, until;
	struct bytes name, names, cert; /* borrowed */
	struct bytes front;		/* all before its sealed key */
	struct bytes record;
	struct p256 *key; /* owned */
	bool old;	  /* its key is sealed for an earlier key of ours */
	struct buf made;  /* owned: what it all borrows, where it is new */
};

static void
authority_free(struct authority *a)
{
	p256_free(a->key);
	buf_free(&a->made);
	*a = (struct authority){ 0 };
}

static unsigned
rd_u16(struct rd *r)
{
	const unsigned high = rd_u8(r);

	return high << 8 | rd_u8(r);
}

static bool
front_read(struct authority *a, struct bytes in)
{
	struct rd r = rd_init(in);
	const uint8_t version = rd_u8(&r);

	*a = (struct authority){ 0 };
	a->from = (int64_t)rd_u64(&r);
	a->until = (int64_t)rd_u64(&r);
	a->name = rd_bytes(&r, rd_u16(&r));
	a->names = rd_bytes(&r, rd_u16(&r));
	a->cert = rd_bytes(&r, rd_u16(&r));
	a->record = rd_rest(&r);
	if (r.bad || version != VERSION)
		return false;
	a->front = bytes_of(in.p, in.len - a->record.len);
	return true;
}

static void
put_u16(struct buf *out, struct bytes of)
{
	buf_u8(out, (uint8_t)(of.len >> 8));
	buf_u8(out, (uint8_t)of.len);
	buf_add(out, of);
}

static enum rc
open_key(struct authority *a, const struct identity *station, struct err *e)
{
	uint8_t bound[SHA256_SIZE], priv[P256_PRIV];
	enum rc rc;

	sha256(bound, a->front);
	rc = kept_open(priv, sizeof(priv), &a->old, station, LABEL,
	    bytes_of(bound, sizeof(bound)), a->record, e);
	if (rc == RC_OK && (a->key = p256_of(priv)) == NULL)
		rc = fail(e, RC_INVALID, "what is kept is no key");
	wipe(priv, sizeof(priv));
	return rc;
}

/* Why what is kept does not do any more; NULL: it does. */
static const char *
outlived(const struct authority *a, const struct site_names *want, int64_t now)
{
	if (!site_names_within(want, a->names))
		return "it is not for all names of the configuration";
	if (now < a->from)
		return "its time has not begun by this station's clock";
	if (a->until - now < (SITE_LEAF_DAYS + 1) * TIME_DAY)
		return "its time is over";
	return NULL;
}

/* Its front, and its key, in memory alone. */
static void
make(struct authority *a, const struct identity *station,
    const struct site_names *want, int64_t now)
{
	struct site_cert c = { .authority = true,
		.names = *want,
		.from = now - EARLY,
		.until = now + SITE_CA_DAYS * TIME_DAY };
	struct buf name = { 0 }, cert = { 0 }, front = { 0 };
	uint8_t pub[P256_PUB];
	struct p256 *key = p256_new();

	p256_pub(key, pub);
	buf_add(&name, bytes_str("Antin: "));
	buf_add(&name, station->card.sign.name);
	c.subject = c.issuer = buf_bytes(&name);
	c.pub = bytes_of(pub, sizeof(pub));
	site_cert_write(&cert, &c, key);
	buf_u8(&front, VERSION);
	buf_u64(&front, (uint64_t)c.from);
	buf_u64(&front, (uint64_t)c.until);
	put_u16(&front, buf_bytes(&name));
	put_u16(&front, buf_bytes(&names));
	put_u16(&front, buf_bytes(&cert));
	if (!front_read(a, buf_bytes(&front)))
		bug("an authority that was just written");
	a->key = key;
	a->old = true; /* it is to be sealed */
	a->made = front;
	buf_free(&name);
	buf_free(&cert);
}

static enum rc
seal_key(struct buf *out, const struct authority *a,
    const struct identity *station, struct err *e)
{
	uint8_t bound[SHA256_SIZE], priv[P256_PRIV];
	struct buf record = { 0 };
	enum rc rc;

	sha256(bound, a->front);
	p256_priv(a->key, priv);
	rc = kept_seal(&record, station, LABEL, bytes_of(bound, sizeof(bound)),
	    bytes_of(priv, sizeof(priv)), e);
	wipe(priv, sizeof(priv));
	if (rc == RC_OK) {
		buf_add(out, a->front);
		buf_add(out, buf_bytes(&record));
	}
	buf_free(&record);
	return rc;
}

/* What is kept, or a new one; *why: it is new, and why. */
static void
authority_for(struct authority *a, const char **why,
    const struct identity *station, const struct site_names *want,
    const struct msg_web_sign *m)
{
	struct err e;

	*why = "there was none";
	if (m->kept.len > 0 && !front_read(a, m->kept))
		*why = "what was kept is none";
	else if (m->kept.len > 0 && open_key(a, station, &e) != RC_OK)
		*why = "what was kept does not open";
	else if (m->kept.len > 0)
		*why = outlived(a, want, m->now);
	if (*why == NULL)
		return;
	authority_free(a);
	make(a, station, want, m->now);
}

static void
sign_leaf(struct buf *out, int64_t *until, const struct authority *a,
    const struct site_names *want, const struct msg_web_sign *m)
{
	struct site_cert c = { .names = *want,
		.subject = want->name[0],
		.issuer = a->name, /* the station may be called otherwise now */
		.from = m->now - EARLY,
		.until = m->now + SITE_LEAF_DAYS * TIME_DAY,
		.pub = bytes_of(m->pub, sizeof(m->pub)) };

	if (c.from < a->from)
		c.from = a->from;
	site_cert_write(out, &c, a->key);
	*until = c.until;
}

static enum rc
answer(struct msg_web_signed *out, struct buf *kept, struct buf *leaf,
    struct authority *a, const struct identity *station,
    const struct msg_web_sign *m, struct err *e)
{
	const char *why;
	struct site_names want;
	enum rc rc = site_names_read(&want, buf_bytes(&names), e);

	if (rc == RC_OK && !p256_is_pub(bytes_of(m->pub, sizeof(m->pub))))
		rc = fail(e, RC_INVALID, "a key that is none of P-256");
	if (rc != RC_OK)
		return rc;
	authority_for(a, &why, station, &want, m);
	if (a->old && (rc = seal_key(kept, a, station, e)) != RC_OK)
		return rc;
	sign_leaf(leaf, &out->until, a, &want, m);
	out->ca_until = a->until;
	out->ca = a->cert;
	out->kept = buf_bytes(kept);
	out->leaf = buf_bytes(leaf);
	out->names = buf_bytes(&names);
	if (why != NULL)
		out->why = bytes_str(why);
	return RC_OK;
}

void
webca_sign(const struct identity *station, const struct message *m)
{
	struct msg_web_signed out = { 0 };
	struct authority a = { 0 };
	struct buf kept = { 0 }, leaf = { 0 };
	struct err e;

	out.rc = answer(&out, &kept, &leaf, &a, station, &m->body.web_sign, &e);
	if (out.rc != RC_OK)
		out.why = bytes_str(e.text);
	(void)tell(PROC_STORE, MSG_WEB_SIGNED, m->job, &out, -1);
	authority_free(&a);
	buf_free(&kept);
	buf_free(&leaf);
}
