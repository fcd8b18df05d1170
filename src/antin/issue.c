/* SPDX-License-Identifier: EUPL-1.2 */
/* antin enrol issue: an authority certifies. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "antin/enrol.h"
#include "antin/pending.h"
#include "core/checkwords.h"
#include "core/lang.h"
#include "core/time.h"
#include "der/der.h"
#include "envelope/address.h"
#include "pki/path.h"

#define ESCROWS ".escrow"

/* One request, from its file, or the station where it waits, to its answer. */
struct issuing {
	bool by_line;
	struct id waits; /* at the station of --station */
	struct buf file;
	struct request request;
	struct invited invited; /* of an invitation */
	size_t earlier;		/* the certificate that is renewed, or NONE */
	struct bytes name, address;
	char written[LIMIT_ADDRESS + 1]; /* the address as it is now */
	struct rights rights;
	struct resolved who; /* holder NONE: the unit's own, or a new one */
	bool begins;	     /* a desk or person that is not yet there */
	struct bytes certs;  /* made; the office's */
};

static void
issuing_free(struct issuing *i)
{
	request_free(&i->request);
	invited_free(&i->invited);
	buf_free(&i->file);
}

/* ---- who asks
 * ---------------------------------------------------------------- */

static enum rc
read_request(struct issuing *i, const struct args *a, struct err *e)
{
	const char *path = a->rest[0];
	enum rc rc;

	i->by_line = arg_given(a, "station");
	if (i->by_line != (a->rest_count == 1))
		return fail(e, RC_USAGE,
		    "wanted: REQUEST ANSWER, two files; or --station and the "
		    "ID that antin enrol pending shows");
	rc = i->by_line ? pending_fetch(&i->file, &i->waits, a, path, e)
			: file_read(&i->file, path, REQUEST_MAX, e);
	if (rc != RC_OK)
		return rc;
	rc = request_read(&i->request, buf_bytes(&i->file), e);
	return rc == RC_OK ? RC_OK : fail_at(e, "%s", path);
}

/* By an invitation that is out. */
static enum rc
check_invited(struct issuing *i, const struct office *o, struct err *e)
{
	const struct invitation *v = &i->invited.invitation;
	enum rc rc;

	rc = invited_read(&i->invited, o->file.path, &i->request.invitation,
	    i->request.hash, e);
	if (rc != RC_OK ||
	    (rc = request_verify(&i->request, i->invited.key, e)) != RC_OK)
		return rc;
	if (v->until < o->now)
		return fail(e, RC_EXPIRED,
		    "the invitation has expired; ask for another one");
	i->name = v->name;
	i->address = v->address;
	i->rights = v->rights;
	if (v->escrow.len > 0 && i->request.escrow.len == 0)
		return fail(e, RC_INVALID,
		    "docs/ceremony.md 6.1: the escrow that the invitation asks "
		    "for is missing");
	return RC_OK;
}

/* An escrow of the holder's earlier keys is kept here. */
static bool
had_escrow(const struct office *o, const struct dcert *c)
{
	const struct state *s = &o->d->state;
	bool had = false;
	char *path;
	size_t i;

	for (i = s->units[c->unit].certs; i != NONE && !had;
	     i = s->certs[i].next) {
		if (s->certs[i].holder != c->holder ||
		    s->certs[i].cert.use != CERT_KEM)
			continue;
		path = in_folder(o->file.path, ESCROWS,
		    tag_bytes(&s->certs[i].cert.tag), ".escrow");
		had = file_exists(path);
		free(path);
	}
	return had;
}

/* By the key of a certificate in force. */
static enum rc
check_renewal(struct issuing *i, struct office *o, struct err *e)
{
	struct state *s = &o->d->state;
	struct known_signer signer;
	const struct dcert *c;

	i->earlier = cert_by_fingerprint(s, i->request.earlier.p);
	if (i->earlier == NONE)
		return fail(e, RC_ABSENT,
		    "the certificate that is to be renewed is not known here");
	c = &s->certs[i->earlier];
	if (o->now < c->from || o->now >= c->until)
		return fail(e, RC_EXPIRED,
		    "the certificate that is to be renewed is not in force: it "
		    "ended or was revoked; invite anew");
	if (!resolve_signer(
		o->d, tag_bytes(&c->cert.tag), i->request.earlier, &signer))
		return fail(e, RC_DENIED,
		    "the certificate that is to be renewed does not hold");
	i->name = c->cert.name;
	i->address = c->cert.address;
	i->rights = c->cert.rights;
	if (i->request.escrow.len == 0 && had_escrow(o, c))
		return fail(e, RC_INVALID,
		    "docs/ceremony.md 6.1: the escrow is missing that the "
		    "earlier key had; ask again with --directory");
	return request_verify_renewal(&i->request, signer.pub, e);
}

/* What it asks for is what it was invited for. */
static enum rc
check_card(const struct issuing *i, struct err *e)
{
	const struct card *c = &i->request.card;

	if (!bytes_eq(c->sign.address, i->address))
		return fail(e, RC_DENIED,
		    "the request is for %.*s, the invitation for %.*s",
		    (int)c->sign.address.len, (const char *)c->sign.address.p,
		    (int)i->address.len, (const char *)i->address.p);
	if (i->rights.kind != CERT_AUTHORITY &&
	    c->has_kem != (i->rights.kind != CERT_PERSON))
		return fail(e, RC_INVALID,
		    "docs/pki.md 2.2: a person has a signature key only, a "
		    "desk and a station have a KEM key too");
	return RC_OK;
}

/* Where it stands in the directory today: the very unit, under whatever host,
 * and in it the very desk; nobody gets a successor's certificates. */
static enum rc
find_place(struct issuing *i, const struct office *o, struct err *e)
{
	const struct state *s = &o->d->state;
	struct address a;

	if (!address_parse(&a, i->address))
		bug("a request for no address");
	i->who = (struct resolved){ .holder = NONE };
	i->who.unit = unit_by_host(s, a.host, o->now);
	if (i->who.unit == NONE || !unit_open(&s->units[i->who.unit], o->now))
		return fail(e, RC_ABSENT, "there is no unit \"%.*s\" any more",
		    (int)a.host.len, (const char *)a.host.p);
	if (a.desk.len > 0)
		i->who.holder = holder_by_id(s, i->who.unit, a.desk);
	i->begins = a.desk.len > 0 && i->who.holder == NONE;
	if (i->who.holder != NONE &&
	    !holder_open(&s->holders[i->who.holder], o->now))
		return fail(e, RC_DENIED,
		    "docs/directory.md 3.5: \"%.*s\" has ended, and an id is "
		    "not used twice",
		    (int)a.desk.len, (const char *)a.desk.p);
	if (!i->begins && address_of(o->d, i->who.unit, i->who.holder, o->now,
			      i->who.address)) {
		memcpy(i->written, i->who.address, sizeof(i->written));
		i->address = bytes_str(i->written);
	}
	return RC_OK;
}

/* ---- compared words
 * ------------------------------------------------------------- */

/* What the newcomer reads, from --words or the terminal. */
static enum rc
get_words(struct buf *out, const struct args *a, struct err *e)
{
	const char *given = arg(a, "words");
	char line[512];

	*out = (struct buf){ 0 };
	if (given != NULL) {
		buf_add(out, bytes_str(given));
		return RC_OK;
	}
	say("Ask the newcomer for the check words, and type what you hear:\n");
	(void)fflush(stdout);
	if (!isatty(STDIN_FILENO) || fgets(line, sizeof(line), stdin) == NULL)
		return fail(e, RC_USAGE,
		    "the check words are wanted, as the newcomer reads them: "
		    "--words");
	buf_add(out, bytes_str(line));
	return RC_OK;
}

static enum rc
compare_words(const struct issuing *i, const struct args *a, struct err *e)
{
	struct buf words, heard = { 0 };
	struct bytes bad;
	enum rc rc;

	if ((rc = get_words(&words, a, e)) != RC_OK)
		return rc;
	if (!checkwords_parse(&heard, buf_bytes(&words), &bad))
		rc = fail(e, RC_USAGE,
		    "\"%.*s\" is none of the check words there are",
		    (int)bad.len, (const char *)bad.p);
	else if (!ct_equal(
		     buf_bytes(&heard), bytes_of(i->request.hash, ENROL_WORDS)))
		rc = fail(e, RC_DENIED,
		    "the check words are not those of this request: it was "
		    "changed on the way, or somebody else made it. Nothing "
		    "was issued; ask for them once more, then for a new "
		    "request");
	buf_free(&words);
	buf_free(&heard);
	return rc;
}

/* ---- certificates
 * ------------------------------------------------------------------ */

/* Both, one after the other, kept by the office. */
static enum rc
issue_both(struct bytes *out, struct office *o, const struct card *card,
    struct cert_request *r, struct err *e)
{
	struct buf both = { 0 };
	struct bytes der;
	enum rc rc;

	r->use = CERT_SIGN;
	r->sig = card->sign.sig;
	r->pub = card->sign.pub;
	rc = office_issue(&der, o, r, e);
	if (rc == RC_OK) {
		buf_add(&both, der);
		if (card->has_kem) {
			r->use = CERT_KEM;
			r->kem = card->kem.kem;
			r->pub = card->kem.pub;
			rc = office_issue(&der, o, r, e);
			if (rc == RC_OK)
				buf_add(&both, der);
		}
	}
	if (rc == RC_OK)
		*out = arena_add(&o->kept, buf_bytes(&both));
	buf_free(&both);
	return rc;
}

static void
add_enrolment(const struct issuing *i, struct office *o)
{
	struct act act = office_act(o, ACT_ENROL);
	struct address a;

	(void)address_parse(&a, i->address);
	act.has = 1u << F_SUBJECT | 1u << F_UNIT | 1u << F_ID | 1u << F_NAME;
	act.subject = ACT_DESK;
	if (i->rights.kind == CERT_PERSON) {
		act.subject = ACT_PERSON;
		act.level = i->rights.level;
		act.has |= 1u << F_LEVEL;
	}
	act.unit = o->d->state.units[i->who.unit].uid;
	act.id = arena_add(&o->kept, a.desk);
	act.name = arena_add(&o->kept, i->name);
	office_add(o, &act);
}

static enum rc
decide(struct issuing *i, struct office *o, const struct args *a, struct err *e)
{
	struct act act =
	    office_act(o, i->earlier == NONE ? ACT_CERTIFY : ACT_RENEW);
	struct cert_request r = { .name = i->name,
		.address = i->address,
		.rights = i->rights,
		.from = o->now };
	uint64_t days = DAYS_DESK;
	struct address at;
	enum rc rc;

	rc = arg_number(&days, a, "days", 1, DAYS_MOST, e);
	r.until = o->now + (int64_t)days * TIME_DAY;
	if (rc != RC_OK ||
	    (rc = issue_both(&i->certs, o, &i->request.card, &r, e)) != RC_OK)
		return rc;
	if (i->begins)
		add_enrolment(i, o);
	act.unit = o->d->state.units[i->who.unit].uid;
	act.certs = i->certs;
	act.has = 1u << F_UNIT | 1u << F_CERTS;
	if (address_parse(&at, i->address) && at.desk.len > 0) {
		act.id = arena_add(&o->kept, at.desk);
		act.has |= 1u << F_ID;
	}
	if (i->earlier != NONE) {
		act.cert = arena_add(&o->kept, i->request.earlier);
		act.has |= 1u << F_CERT;
	}
	office_add(o, &act);
	return RC_OK;
}

/* ---- escrow and answer
 * ----------------------------------------------------------------- */

/* Nobody puts another escrow in the place of one that is kept. */
static enum rc
same_escrow(const char *path, struct bytes escrow, struct err *e)
{
	struct buf kept = { 0 };
	enum rc rc;

	rc = file_read(&kept, path, ESCROW_MAX, e);
	if (rc == RC_OK && !bytes_eq(buf_bytes(&kept), escrow))
		rc = fail(e, RC_DENIED,
		    "another escrow of this key is kept already: %s", path);
	buf_free(&kept);
	return rc;
}

/* Kept before the certificates are: a desk in the directory has its escrow. */
static enum rc
keep_escrow(const struct issuing *i, struct office *o, struct err *e)
{
	const size_t to = cert_for_escrow(o->d, o->unit, o->now);
	const struct request *r = &i->request;
	struct escrow s;
	char *path;
	enum rc rc;

	if (r->escrow.len == 0)
		return RC_OK;
	if ((rc = escrow_read(&s, r->escrow, e)) != RC_OK)
		return rc;
	if (!r->card.has_kem || to == NONE ||
	    !bytes_eq(tag_bytes(&s.tag), tag_bytes(&r->card.kem.tag)) ||
	    !bytes_eq(
		tag_bytes(&s.to), tag_bytes(&o->d->state.certs[to].cert.tag)) ||
	    !bytes_eq(s.address, r->card.sign.address))
		return fail(e, RC_INVALID,
		    "docs/ceremony.md 6.1: the escrow is not of the key that "
		    "is to be certified, or not for the authority whose "
		    "officers recover keys here");
	path = in_folder(o->file.path, ESCROWS, tag_bytes(&s.tag), ".escrow");
	rc = make_folder(o->file.path, ESCROWS, e);
	if (rc == RC_OK && file_exists(path))
		rc = same_escrow(path, r->escrow, e);
	else if (rc == RC_OK)
		rc = file_write(path, r->escrow, 0600, false, e);
	free(path);
	return rc;
}

/* The log of a unit below that of who renews: his own, so he has it. */
static bool
is_his_own(const struct issuing *i, const struct office *o, struct bytes part)
{
	const struct state *s = &o->d->state;
	struct der d = der_init(part);
	struct bytes id;
	struct id uid;
	size_t unit;

	if (part.len == 0 || part.p[0] != DER_SEQUENCE)
		return false;
	der_open(&d, DER_SEQUENCE);
	id = der_octets(&d, ID_SIZE, ID_SIZE);
	if (id.len != ID_SIZE)
		return false;
	memcpy(uid.b, id.p, ID_SIZE);
	unit = unit_by_uid(s, &uid);
	return unit != NONE && unit != i->who.unit && unit != o->unit &&
	       unit_within(s, unit, i->who.unit, o->now);
}

/* A directory file for him.  Of one who renews all below him is left out: a
 * province's would not fit a line. */
static void
write_directory(
    struct buf *out, const struct issuing *i, const struct office *o)
{
	const struct directory_for who = { .unit = i->who.unit };
	struct buf all, parts;
	struct bytes rest, one;

	directory_write(&all, o->d, &who, o->now);
	if (i->earlier == NONE) {
		*out = all;
		return;
	}
	directory_head(out, o->d->root);
	directory_parts(&parts, buf_bytes(&all));
	rest = buf_bytes(&parts);
	while ((one = der_element(rest)).len > 0) {
		if (!is_his_own(i, o, one))
			buf_add(out, one);
		rest = bytes_of(rest.p + one.len, rest.len - one.len);
	}
	buf_free(&parts);
	buf_free(&all);
}

static enum rc
write_answer(const struct issuing *i, const struct office *o,
    struct bytes certs, const struct args *a, struct err *e)
{
	struct answer answer = { .request =
				     bytes_of(i->request.hash, SHA256_SIZE),
		.certs = certs };
	struct buf directory, message;
	enum rc rc;

	write_directory(&directory, i, o);
	answer.directory = buf_bytes(&directory);
	answer_write(
	    &message, &answer, i->earlier == NONE ? i->invited.key : NULL);
	rc = i->by_line ? pending_answer(&i->waits, buf_bytes(&message), a, e)
			: file_write(a->rest[1], buf_bytes(&message), 0644,
			      arg_given(a, "force"), e);
	buf_free(&message);
	buf_free(&directory);
	return rc;
}

/* The certificates that these keys have already: issued, and the answer lost.
 */
static bool
issued_before(struct buf *certs, const struct issuing *i, struct office *o)
{
	const struct state *s = &o->d->state;
	const struct tag *tags[] = { &i->request.card.sign.tag,
		&i->request.card.kem.tag };
	const size_t n = i->request.card.has_kem ? 2 : 1;
	size_t t, c, found = 0;

	*certs = (struct buf){ 0 };
	for (t = 0; t < n; t++) {
		c = cert_by_tag(s, tag_bytes(tags[t]));
		while (c != NONE && (s->certs[c].until <= o->now ||
					!directory_holds(o->d, c)))
			c = s->certs[c].same_tag;
		if (c == NONE)
			break;
		buf_add(certs, s->certs[c].cert.der);
		found++;
	}
	if (found < n)
		buf_free(certs);
	return found == n;
}

static enum rc
issue_new(
    struct issuing *i, struct office *o, const struct args *a, struct err *e)
{
	struct buf certs = { 0 };
	enum rc rc;

	if ((i->earlier == NONE && (rc = compare_words(i, a, e)) != RC_OK) ||
	    (rc = keep_escrow(i, o, e)) != RC_OK ||
	    (rc = decide(i, o, a, e)) != RC_OK)
		return rc;
	buf_add(
	    &certs, i->certs); /* what the office keeps goes with the acts */
	if ((rc = office_decide(o, e)) == RC_OK &&
	    (rc = find_place(i, o, e)) == RC_OK)
		rc = write_answer(i, o, buf_bytes(&certs), a, e);
	buf_free(&certs);
	return rc;
}

static enum rc
enrol_issue(struct office *o, const struct args *a, struct err *e)
{
	struct issuing i = { .earlier = NONE };
	struct buf before = { 0 };
	enum rc rc;

	if ((rc = read_request(&i, a, e)) != RC_OK)
		goto out;
	rc = i.request.earlier.len > 0 ? check_renewal(&i, o, e)
				       : check_invited(&i, o, e);
	if (rc != RC_OK || (rc = check_card(&i, e)) != RC_OK ||
	    (rc = find_place(&i, o, e)) != RC_OK)
		goto out;
	if (issued_before(&before, &i, o))
		rc = write_answer(&i, o, buf_bytes(&before), a, e);
	else
		rc = issue_new(&i, o, a, e);
	if (rc != RC_OK)
		goto out;
	/* the code works once: from here on for this request alone */
	if (i.invited.path != NULL &&
	    (rc = invited_answered(&i.invited, o->file.path,
		 &i.request.invitation, i.request.hash, e)) != RC_OK)
		goto out;
	if (i.by_line)
		say("Certified: %.*s. The answer waits at the station; it is "
		    "taken over by: antin enrol accept --line\n",
		    (int)i.address.len, (const char *)i.address.p);
	else
		say("Certified: %.*s. Send the file %s back; it is taken over "
		    "by: antin enrol accept\n",
		    (int)i.address.len, (const char *)i.address.p, a->rest[1]);
out:
	buf_free(&before);
	issuing_free(&i);
	return rc;
}

static const struct opt issue_opts[] = {
	{ "words", "WORDS",
	    "the check words that the newcomer read (default: ask)", false },
	{ "days", "N", "days the certificates hold (default: 1825)", false },
	OPT_STATION,
	OPT_FORCE,
	OPT_OFFICE,
	OPT_END,
};
const struct cmd cmd_enrol_issue = {
	.name = "enrol issue",
	.args = "REQUEST ANSWER | ID",
	.does =
	    "Certify whom you invited, or who renews: compare the check "
	    "words with him, then write the file ANSWER; or, with --station, "
	    "decide what waits there.",
	.opts = issue_opts,
	.least = 1,
	.most = 2,
	.run = office_run,
	.act = enrol_issue,
};
