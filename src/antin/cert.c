/* SPDX-License-Identifier: EUPL-1.2 */
#include "antin/cert.h"

#include <stdio.h>
#include <stdlib.h>

#include "antin/directory_show.h"
#include "antin/who.h"
#include "core/checkwords.h"
#include "core/lang.h"
#include "core/time.h"
#include "crypto/pem.h"
#include "envelope/address.h"
#include "file/file.h"
#include "pki/crl.h"

#define FILE_MAX (1u << 20) /* bytes of a file of certificates */
#define CHAIN_MAX 17	    /* certificates, the root's among them */
#define CRL_DAYS 30	    /* until the next list */
#define CRL_DAYS_MAX 365

/* ---- as values
 * ------------------------------------------------------------------ */

static void
show_kind(json_t *to, enum cert_kind kind)
{
	switch (kind) {
	case CERT_AUTHORITY:
		show_word(to, "kind", "authority");
		return;
	case CERT_STATION:
		show_word(to, "kind", "station");
		return;
	case CERT_DESK:
		show_word(to, "kind", "desk");
		return;
	case CERT_PERSON:
		show_word(to, "kind", "person");
		return;
	case CERT_CARD:
		break;
	}
	show_word(to, "kind", "self-made");
}

/* What it may sign for or open; of an authority, also for whom. */
static void
show_rights(json_t *to, const struct cert *c)
{
	struct address a;

	if (c->rights.kind == CERT_CARD)
		return;
	show_word(to, "level", level_word(c->rights.level));
	show_word(to, "precedence", precedence_word(c->rights.precedence));
	if (!cert_is_authority(c) || !address_parse(&a, c->address))
		return;
	show_number(to, "path_length", c->rights.path_len);
	show_text(to, "constraints", a.host);
}

void
cert_show(json_t *to, const struct cert *c)
{
	uint8_t fingerprint[SHA256_SIZE];
	struct buf words;

	show_word(
	    to, "algorithm", c->use == CERT_SIGN ? c->sig->name : c->kem->name);
	if (c->use == CERT_SIGN)
		show_word(to, "use", "signs");
	else
		show_word(to, "use", "opens");
	show_kind(to, c->rights.kind);
	show_text(to, "name", c->name);
	show_text(to, "address", c->address);
	show_rights(to, c);
	show_time(to, "from", c->from);
	show_time(to, "until", c->until);
	show_hex(to, "tag", tag_bytes(&c->tag));
	show_hex(to, "serial_number", c->serial);
	show_text(to, "issuer", c->issuer);
	show_hex(to, "issuer_tag", tag_bytes(&c->issuer_tag));
	show_word(to, "signed_by", c->signed_by->name);
	cert_fingerprint(fingerprint, c->der);
	show_hex(to, "fingerprint", bytes_of(fingerprint, SHA256_SIZE));
	checkwords_write(&words, bytes_of(fingerprint, CHECKWORDS));
	show_text(to, "checkwords", buf_bytes(&words));
	buf_free(&words);
}

/* ---- cert show
 * ------------------------------------------------------------------ */

static enum rc
show_der(json_t *root, const char *path, struct bytes der, struct err *e)
{
	struct cert c;
	json_t *one;
	enum rc rc;

	if ((rc = cert_parse(&c, der, e)) != RC_OK)
		return rc;
	one = show_item(root);
	show_text(one, "file", bytes_str(path));
	cert_show(one, &c);
	return RC_OK;
}

/* One certificate in DER, or any number in PEM. */
static enum rc
show_file(json_t *root, const char *path, struct err *e)
{
	struct buf file, der;
	struct bytes rest;
	size_t n = 0;
	enum rc rc;

	if ((rc = file_read(&file, path, FILE_MAX, e)) != RC_OK)
		return rc;
	rest = buf_bytes(&file);
	if (rest.len > 0 && rest.p[0] == DER_SEQUENCE) {
		rc = show_der(root, path, rest, e);
	} else {
		while (
		    (rc = pem_read(&der, &rest, "CERTIFICATE", e)) == RC_OK) {
			rc = show_der(root, path, buf_bytes(&der), e);
			buf_free(&der);
			if (rc != RC_OK)
				break;
			n++;
		}
		if (rc == RC_ABSENT && n > 0)
			rc = RC_OK;
	}
	if (rc != RC_OK)
		rc = fail_at(e, "%s", path);
	buf_free(&file);
	return rc;
}

/* All that the directory has of an address, the newest first. */
static enum rc
show_address(
    json_t *root, const struct tree *t, const char *address, struct err *e)
{
	const struct state *s = &t->directory->state;
	struct resolved r;
	size_t i;
	enum rc rc;

	rc = resolve(t->directory, bytes_str(address), t->at, &r, e);
	if (rc != RC_OK)
		return rc;
	for (i = s->units[r.unit].certs; i != NONE; i = s->certs[i].next)
		if (s->certs[i].holder == r.holder)
			show_dcert(show_item(root), t->directory, i);
	return RC_OK;
}

static enum rc
show_all(json_t *root, const struct args *a, struct err *e)
{
	struct tree t = { 0 };
	enum rc rc = RC_OK;
	size_t i;

	if (!arg_given(a, "directory")) {
		for (i = 0; i < a->rest_count && rc == RC_OK; i++)
			rc = show_file(root, a->rest[i], e);
		return rc;
	}
	rc = tree_open(&t, a, e);
	for (i = 0; i < a->rest_count && rc == RC_OK; i++)
		rc = show_address(root, &t, a->rest[i], e);
	tree_close(&t);
	return rc;
}

static enum rc
cert_show_all(const struct args *a, struct err *e)
{
	json_t *root = json_array();
	enum rc rc = show_all(root, a, e);

	if (rc == RC_OK)
		show(root, arg_given(a, "json"));
	else
		json_decref(root);
	return rc;
}

static const struct opt show_opts[] = {
	{ "directory", "FILE",
	    "show the certificates of addresses in this directory file, not "
	    "of files",
	    false },
	OPT_JSON,
	OPT_END,
};
const struct cmd cmd_cert_show = {
	.name = "cert show",
	.args = "FILE|ADDRESS...",
	.does = "Show certificates: whose they are, what their holders may do, "
		"until when, and their fingerprints.  No signature is checked.",
	.opts = show_opts,
	.least = 1,
	.most = ARGS_MAX,
	.run = cert_show_all,
};

/* ---- cert export
 * ------------------------------------------------------------------ */

/* The certificates to be written, each once. */
struct chain {
	size_t certs[2 * CHAIN_MAX];
	size_t count;
};

static void
chain_add(struct chain *c, size_t cert)
{
	size_t i;

	for (i = 0; i < c->count; i++)
		if (c->certs[i] == cert)
			return;
	if (c->count < sizeof(c->certs) / sizeof(c->certs[0]))
		c->certs[c->count++] = cert;
}

/* Those of an address that are in force, and with "all" their issuers' up to
 * the root's. */
static enum rc
chain_of(
    struct chain *c, const struct args *a, const struct tree *t, struct err *e)
{
	const struct state *s = &t->directory->state;
	enum cert_kind kind =
	    arg_given(a, "station") ? CERT_STATION : CERT_AUTHORITY;
	struct resolved r;
	size_t sign, kem;
	enum rc rc;

	rc = resolve(t->directory, bytes_str(a->rest[0]), t->at, &r, e);
	if (rc != RC_OK)
		return rc;
	if (r.holder != NONE)
		kind = s->holders[r.holder].person ? CERT_PERSON : CERT_DESK;
	sign = cert_in_force(
	    t->directory, r.unit, r.holder, kind, CERT_SIGN, t->at);
	kem = cert_in_force(
	    t->directory, r.unit, r.holder, kind, CERT_KEM, t->at);
	if (arg_given(a, "kem"))
		sign = kem;
	if (sign == NONE)
		return fail(e, RC_ABSENT,
		    "%s has no such certificate in force at that time",
		    r.address);
	chain_add(c, sign);
	if (!arg_given(a, "der") && kem != NONE)
		chain_add(c, kem);
	for (; arg_given(a, "chain") && sign != NONE;
	     sign = s->certs[sign].issuer)
		chain_add(c, sign);
	return RC_OK;
}

static enum rc
cert_export(const struct args *a, struct err *e)
{
	struct tree t = { 0 };
	struct chain c = { .count = 0 };
	struct buf out = { 0 };
	struct bytes der;
	size_t i;
	enum rc rc;

	if (arg_given(a, "der") && arg_given(a, "chain"))
		return fail(e, RC_USAGE,
		    "--der is one certificate, --chain several: give one of "
		    "them");
	if ((rc = tree_open(&t, a, e)) != RC_OK ||
	    (rc = chain_of(&c, a, &t, e)) != RC_OK)
		goto out;
	for (i = 0; i < c.count; i++) {
		der = t.directory->state.certs[c.certs[i]].cert.der;
		if (arg_given(a, "der"))
			buf_add(&out, der);
		else
			pem_write(&out, "CERTIFICATE", der);
	}
	rc = file_write(
	    a->rest[1], buf_bytes(&out), 0644, arg_given(a, "force"), e);
	if (rc == RC_OK)
		say("Made %s: %zu certificates.\n", a->rest[1], c.count);
out:
	buf_free(&out);
	tree_close(&t);
	return rc;
}

static const struct opt export_opts[] = {
	OPT_DIRECTORY,
	OPT_AT,
	{ "station", NULL, "of a unit: its station's, not its authority's",
	    false },
	{ "kem", NULL, "the certificate of the KEM key alone", false },
	{ "chain", NULL, "also those above, up to the root's", false },
	{ "der", NULL, "one certificate in DER (default: PEM)", false },
	OPT_FORCE,
	OPT_END,
};
const struct cmd cmd_cert_export = {
	.name = "cert export",
	.args = "ADDRESS OUT",
	.does = "Write the certificates of an address that are in force to a "
		"file, for other programs.",
	.opts = export_opts,
	.least = 2,
	.most = 2,
	.run = cert_export,
};

/* ---- cert crl
 * ------------------------------------------------------------------ */

/* The authority's certificate for this key that is in force. */
static enum rc
authority_of(size_t *out, struct directory *d, const struct identity *id,
    int64_t now, struct err *e)
{
	const struct state *s = &d->state;
	size_t i = cert_by_tag(s, tag_bytes(&id->card.sign.tag));

	for (; i != NONE; i = s->certs[i].same_tag)
		if (cert_is_authority(&s->certs[i].cert) &&
		    s->certs[i].from <= now && now < s->certs[i].until &&
		    directory_log(d, s->certs[i].unit) != NULL) {
			*out = i;
			return RC_OK;
		}
	return fail(e, RC_DENIED,
	    "the key is of no authority that is in force in this directory");
}

static enum rc
write_crl(struct buf *out, struct directory *d, const struct identity *id,
    int64_t now, uint64_t days, struct err *e)
{
	struct crl_request r = { .at = now,
		.next = now + (int64_t)days * TIME_DAY };
	const struct dcert *by;
	size_t i = NONE;
	enum rc rc;

	if ((rc = authority_of(&i, d, id, now, e)) != RC_OK)
		return rc;
	by = &d->state.certs[i];
	r.issuer = &by->cert;
	r.number = directory_log(d, by->unit)->log.tree.size;
	r.count = crl_entries(&r.entries, d, by->unit, by->cert.name, now);
	if (r.count > CRL_ENTRIES_MAX)
		rc = fail(e, RC_LIMIT,
		    "a revocation list of over %u certificates",
		    CRL_ENTRIES_MAX);
	else
		crl_write(out, &r, id->sig);
	free(r.entries);
	return rc;
}

static enum rc
cert_crl(const struct args *a, struct err *e)
{
	struct buf der = { 0 }, pem = { 0 };
	struct identity id = { 0 };
	struct tree t = { 0 };
	uint64_t days = CRL_DAYS;
	const char *key;
	enum rc rc;

	if ((rc = arg_must(&key, a, "key", e)) != RC_OK ||
	    (rc = arg_number(&days, a, "days", 1, CRL_DAYS_MAX, e)) != RC_OK ||
	    (rc = tree_open(&t, a, e)) != RC_OK ||
	    (rc = who_acts(&id, a, key, e)) != RC_OK ||
	    (rc = write_crl(&der, t.directory, &id, t.at, days, e)) != RC_OK)
		goto out;
	pem_write(&pem, "X509 CRL", buf_bytes(&der));
	rc =
	    file_write(a->rest[0], buf_bytes(arg_given(a, "der") ? &der : &pem),
		0644, arg_given(a, "force"), e);
	if (rc == RC_OK)
		say("Made %s, the revocation list for other programs.\n",
		    a->rest[0]);
out:
	identity_free(&id);
	tree_close(&t);
	buf_free(&der);
	buf_free(&pem);
	return rc;
}

static const struct opt crl_opts[] = {
	OPT_OFFICE,
	{ "days", "N", "days until the next list (default: 30)", false },
	{ "der", NULL, "in DER (default: PEM)", false },
	OPT_FORCE,
	OPT_END,
};
const struct cmd cmd_cert_crl = {
	.name = "cert crl",
	.args = "OUT",
	.does = "Write the list of the certificates that an authority has "
		"issued and that are revoked, signed by it, for other "
		"programs.  Antin itself asks the directory.",
	.opts = crl_opts,
	.least = 1,
	.most = 1,
	.run = cert_crl,
};
