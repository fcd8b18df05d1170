/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The attacks that the format defeats, row by row: each made against the real
 * code, most by somebody who has the letter open.
 */
#include <stdio.h>
#include <unistd.h>

#include "core/utf8.h"
#include "dispatch/package.h"
#include "file/sealed.h"
#include "forge.h"

#define CANNOT "it cannot be opened"

struct attack {
	const char *name; /* true where the attack fails */
	void (*forge)(struct letter *l);
	enum who reads;
	enum rc want;
	const char *why; /* in what is said */
};

/* Each attack on a fresh letter from SENDER to READER and READER_2. */
static void
try_attacks(const char *row, const struct attack *a, size_t n)
{
	static const enum who to[] = { READER, READER_2 };
	struct letter l;
	struct err e;
	enum rc rc;
	size_t i;

	note("%s", row);
	for (i = 0; i < n; i++) {
		letter_draft(&l, SENDER, to, COUNT(to));
		letter_sign(&l);
		letter_seal(&l);
		a[i].forge(&l);
		rc = try_open(buf_bytes(&l.file), a[i].reads, &e);
		if (!ok(rc == a[i].want && strstr(e.text, a[i].why) != NULL,
			"%s", a[i].name))
			note("got %s: %s", rc_name(rc), e.text);
		letter_free(&l);
	}
}

/* Without an attack it opens: or no refusal below would prove anything. */
static void
leave_it(struct letter *l)
{
	(void)l;
}

static void
seal_again(struct letter *l)
{
	letter_seal(l);
}

static void
reseal_in_place(struct letter *l)
{
	letter_reseal(l);
}

static void
sign_again_in_place(struct letter *l)
{
	edit_sort(&l->plain, "303");
	letter_resign(l, desks[SENDER].sig);
	edit_sort(&l->file, "101");
	letter_reseal(l);
}

static const struct attack controls[] = {
	{ "the letter opens as it was made", leave_it, READER, RC_OK, "" },
	{ "and sealed again by an addressee, with new slips", seal_again,
	    READER_2, RC_OK, "" },
	{ "and under its old slips", reseal_in_place, READER_2, RC_OK, "" },
	{ "and signed again in place", sign_again_in_place, READER, RC_OK, "" },
};

/* ---- surreptitious forwarding --------------------------------------- */

/* An addressee seals what it opened again, for somebody else. */
static void
forward(struct letter *l)
{
	l->slips[0] = recipient_of(STRANGER);
	l->slip_count = 1;
	random_bytes(l->cek, sizeof(l->cek));
	letter_seal(l);
}

/* ... or adds a slip to those that were there, under the same key. */
static void
add_slip(struct letter *l)
{
	l->slips[l->slip_count++] = recipient_of(STRANGER);
	letter_seal(l);
}

/* ... or moves the tag of the new desk to a slip that it can open. */
static void
rename_slip(struct letter *l)
{
	struct tag tag = desks[STRANGER].card.kem.tag;

	edit(&l->file, "101011", PUT, made(DER_CTX(0), tag_bytes(&tag)));
	edit_sort(&l->file, "101");
}

/* The statement names the new desk, unsigned. */
static void
forward_and_readdress(struct letter *l)
{
	struct der_wr w = { 0 };

	l->to[1].address = address_of(STRANGER);
	dispatch_write(&w, &l->d);
	attribute_put(l, OID_ANTIN_AT_DISPATCH, buf_bytes(&w.out));
	der_wr_free(&w);
	forward(l);
}

/* A list in the place of addressees, which nobody here can look up. */
static void
forward_of_a_list(struct letter *l)
{
	l->d.to_count = 0;
	l->d.list.set = true;
	l->d.list.version = 1;
	letter_sign(l);
	forward(l);
}

static const struct attack forwarding[] = {
	{ "a desk that was not addressed refuses what an addressee sealed "
	  "again for it",
	    forward, STRANGER, RC_DENIED, "10.4" },
	{ "nor does a slip added under the same key help", add_slip, STRANGER,
	    RC_DENIED, "10.4" },
	{ "a slip under another desk's tag is none of its", rename_slip,
	    STRANGER, RC_DENIED, CANNOT },
	{ "an addressee put into the statement breaks its signature",
	    forward_and_readdress, STRANGER, RC_DENIED, CANNOT },
	{ "a dispatch to a list is not opened where the list is not known",
	    forward_of_a_list, STRANGER, RC_DENIED, "10.4" },
};

/* ctx is whom the list holds. */
static bool
is_listed(
    void *ctx, const struct list_ref *list, struct bytes address, int64_t t)
{
	(void)t;
	return list->version == 1 && bytes_eq(address, *(struct bytes *)ctx);
}

static bool
find_listed(
    void *ctx, struct bytes tag, struct bytes cert, struct known_signer *out)
{
	(void)ctx;
	return find_desk(NULL, tag, cert, out);
}

static void
a_list_opens_for_whom_it_holds(void)
{
	struct opener by = opener_of(STRANGER);
	struct bytes whom[] = { address_of(STRANGER), address_of(READER) };
	enum rc rc[COUNT(whom)];
	struct letter l;
	struct opened o;
	struct err e;
	size_t i;

	letter_draft(&l, SENDER, (const enum who[]){ READER }, 1);
	forward_of_a_list(&l);
	by.find = find_listed;
	by.listed = is_listed;
	for (i = 0; i < COUNT(whom); i++) {
		by.ctx = &whom[i];
		rc[i] = open_by(&o, buf_bytes(&l.file), STRANGER, &by, &e);
		opened_free(&o);
	}
	ok(rc[0] == RC_OK && rc[1] == RC_DENIED,
	    "where it is known, it opens for whom it holds and for nobody "
	    "else");
	letter_free(&l);
}

/* ---- stripping or replacing the outer layer's author ---------------- */

static void
sign_as_reader(struct letter *l)
{
	l->from = READER;
	letter_sign(l);
	letter_seal(l);
}

static void
sign_as_reader_and_say_so(struct letter *l)
{
	l->d.originator = address_of(READER);
	sign_as_reader(l);
}

/* The signer is swapped in place: tag, certificate, signature. */
static void
swap_signer(struct letter *l)
{
	const struct identity *r = &desks[READER];
	struct bytes cert = bytes_of(r->card.sign_cert, SHA256_SIZE);

	edit(&l->plain, "301", PUT,
	    made(DER_CTX(0), tag_bytes(&r->card.sign.tag)));
	attribute_put(l, OID_AT_SIGNING_CERT,
	    made(
		DER_SEQUENCE, made(DER_SEQUENCE,
				  made(DER_SEQUENCE, made(DER_OCTETS, cert)))));
	letter_resign(l, r->sig);
	letter_reseal(l);
}

static void
strip_signer(struct letter *l)
{
	edit(&l->plain, "30", CUT, (struct bytes){ 0 });
	letter_reseal(l);
}

static void
add_signer(struct letter *l)
{
	edit(&l->plain, "30", AFTER, at(buf_bytes(&l->plain), "30"));
	letter_reseal(l);
}

/* A bare content where the signed one should be. */
static void
strip_signed_data(struct letter *l)
{
	struct buf content = { 0 };

	buf_add(&content, contents_of(at(buf_bytes(&l->plain), "210")));
	buf_free(&l->plain);
	l->plain = content;
	letter_reseal(l);
}

static void
add_certificates(struct letter *l)
{
	edit(&l->plain, "2", AFTER,
	    made(DER_CTXC(0), buf_bytes(&desks[READER].card.sign_der)));
	letter_reseal(l);
}

static void
add_unsigned_attributes(struct letter *l)
{
	edit(&l->plain, "305", AFTER, made(DER_CTXC(1), LIT("")));
	letter_reseal(l);
}

static void
add_originator_info(struct letter *l)
{
	edit(&l->file, "100", AFTER,
	    made(DER_CTXC(0),
		made(DER_CTXC(0), buf_bytes(&desks[READER].card.sign_der))));
}

static void
add_unauthenticated_attributes(struct letter *l)
{
	edit(&l->file, "104", AFTER,
	    made(DER_CTXC(2), at(buf_bytes(&l->file), "1030")));
}

static const struct attack authors[] = {
	{ "who signs another's dispatch is not taken for its originator",
	    sign_as_reader, READER_2, RC_DENIED, "10.3" },
	{ "nor for a desk of the origin", sign_as_reader_and_say_so, READER_2,
	    RC_INVALID, "8.4" },
	{ "nor where the signer is swapped in place", swap_signer, READER_2,
	    RC_DENIED, "10.3" },
	{ "a dispatch whose signer was cut out is refused", strip_signer,
	    READER_2, RC_DENIED, CANNOT },
	{ "one with two signers is refused", add_signer, READER_2, RC_DENIED,
	    CANNOT },
	{ "one that was never signed is refused", strip_signed_data, READER_2,
	    RC_DENIED, CANNOT },
	{ "certificates within are refused", add_certificates, READER_2,
	    RC_DENIED, CANNOT },
	{ "unsigned attributes are refused", add_unsigned_attributes, READER_2,
	    RC_DENIED, CANNOT },
	{ "originatorInfo is refused", add_originator_info, READER, RC_INVALID,
	    "docs/envelope.md 5" },
	{ "unauthenticated attributes are refused",
	    add_unauthenticated_attributes, READER, RC_INVALID,
	    "docs/envelope.md 5" },
};

static void
no_author_stands_outside(void)
{
	const struct card *c = &desks[SENDER].card;
	struct letter l;
	struct bytes all;

	letter_make(&l, SENDER, READER);
	all = buf_bytes(&l.file);
	ok(holds(all, station_of(SENDER)) && !holds(all, address_of(SENDER)) &&
		!holds(all, c->sign.name) &&
		!holds(all, tag_bytes(&c->sign.tag)) &&
		!holds(all, bytes_of(c->sign_cert, SHA256_SIZE)),
	    "the outer layer names the origin's station, and no desk, name, "
	    "key or certificate of an author");
	letter_free(&l);
}

/* ---- malleability, CBC cross-mode ----------------------------------- */

/* What a general CMS reader would take too; refused before any key is used. */
static const struct cutting other_types[] = {
	{ "EnvelopedData", "0", PUT, "06092a864886f70d010703" },
	{ "EncryptedData", "0", PUT, "06092a864886f70d010706" },
	{ "SignedData alone", "0", PUT, "06092a864886f70d010702" },
	{ "id-data within", "1020", PUT, "06092a864886f70d010701" },
	{ "id-data in the attributes", "103010", PUT,
	    "06092a864886f70d010701" },
	{ "compressed data within", "1020", PUT, "060b2a864886f70d0109100109" },
	{ "AES-256-CBC", "10210", PUT, "060960864801650304012a" },
	{ "AES-128-CBC", "10210", PUT, "0609608648016503040102" },
	{ "AES-128-GCM", "10210", PUT, "0609608648016503040106" },
	{ "AES-256-CCM", "10210", PUT, "060960864801650304012f" },
	{ "3DES-CBC", "10210", PUT, "06082a864886f70d0307" },
	{ "a bare nonce as its parameters", "10211", PUT,
	    "041030313233343536373839616263646566" },
	{ "no parameters", "10211", CUT, "" },
	{ "no authenticated attributes", "103", CUT, "" },
	{ "no content type among them", "1030", CUT, "" },
	{ "no header among them", "1031", CUT, "" },
	{ "no content", "1022", CUT, "" },
	{ "no tag", "104", CUT, "" },
	{ "version 1", "100", PUT, "020101" },
};

/* None of the rows is read; what they change is, while it is unchanged. */
static void
none_is_read(const char *sentence, const struct cutting *rows, size_t n)
{
	struct envelope env;
	struct letter l;
	size_t i, read = 0;
	struct err e;

	for (i = 0; i < n; i++) {
		letter_make(&l, SENDER, READER);
		edit(&l.file, rows[i].path, PUT,
		    at(buf_bytes(&l.file), rows[i].path));
		if (envelope_parse(&env, buf_bytes(&l.file), &e) != RC_OK)
			bug(e.text);
		edit(&l.file, rows[i].path, rows[i].how, hexed(rows[i].with));
		if (envelope_parse(&env, buf_bytes(&l.file), &e) == RC_OK ||
		    env.sealed.p != NULL) {
			note("read: %s", rows[i].name);
			read++;
		}
		letter_free(&l);
	}
	is(read, 0, "%s (%zu)", sentence, n);
}

/* The receiver's slips and header stay; the cipher's nonce is another. */
static void
other_nonce(struct letter *l)
{
	flip(&l->file, "102110", 0);
	letter_reseal(l);
}

static void
other_content_bit(struct letter *l)
{
	flip(&l->file, "1022", 700);
}

static const struct attack malleability[] = {
	{ "a body that was sealed anew under another nonce does not open: the "
	  "slips are bound to the cipher",
	    other_nonce, READER, RC_DENIED, CANNOT },
	{ "a changed bit of the body does not open", other_content_bit, READER,
	    RC_DENIED, CANNOT },
};

static void
no_other_cipher_has_a_name(void)
{
	size_t i, found = 0;

	for (i = 0; i < OID_COUNT; i++)
		found +=
		    strcasestr(oid_table[i].name, "cbc") != NULL ||
		    strcasestr(oid_table[i].name, "ccm") != NULL ||
		    strcasestr(oid_table[i].name, "des") == oid_table[i].name;
	is(found, 0,
	    "no cipher without authentication is in the program's "
	    "table of algorithms");
}

/* ---- release of unverified plaintext -------------------------------- */

static void
other_tag_bit(struct letter *l)
{
	flip(&l->file, "104", 15);
}

static void
other_signature_bit(struct letter *l)
{
	flip(&l->plain, "305", 100);
	letter_reseal(l);
}

static void
other_label(struct letter *l)
{
	struct bytes label = attribute(l, OID_AT_LABEL);
	struct buf b = { 0 };

	buf_add(&b, label);
	edit(&b, "0", PUT, made_uint(level_classification(LEVEL_ORDINARY)));
	attribute_put(l, OID_AT_LABEL, buf_bytes(&b));
	letter_reseal(l);
	buf_free(&b);
}

static void
out_of_date(struct letter *l)
{
	l->d.header.expires = NOW - 1;
	letter_sign(l);
	letter_seal(l);
}

static void
does_not_unpack(struct letter *l)
{
	l->d.coding = CODING_ZSTD;
	letter_sign(l);
	letter_seal(l);
}

/* After the signature held and all else did: the last check there is. */
static void
padding_that_says_something(struct letter *l)
{
	uint8_t digest[SHA512_SIZE];

	flip(&l->plain, "21001", 3);
	sha512(digest, contents_of(at(buf_bytes(&l->plain), "210")));
	attribute_put(l, OID_AT_DIGEST,
	    made(DER_OCTETS, bytes_of(digest, sizeof(digest))));
	letter_resign(l, desks[SENDER].sig);
	letter_reseal(l);
}

/* try_open() ends the test where anything is left of a refused one. */
static const struct attack releases[] = {
	{ "nothing is released where the tag does not match", other_tag_bit,
	    READER, RC_DENIED, CANNOT },
	{ "nor where the signature does not hold", other_signature_bit, READER,
	    RC_DENIED, CANNOT },
	{ "nor where the label was changed", other_label, READER, RC_DENIED,
	    CANNOT },
	{ "nor after its time", out_of_date, READER, RC_EXPIRED, "10.5" },
	{ "nor where the content does not unpack", does_not_unpack, READER,
	    RC_INVALID, "7.2" },
	{ "nor where the padding is not zero, though the sender signed it",
	    padding_that_says_something, READER, RC_INVALID, "8.1" },
};

/* ---- tag truncation ------------------------------------------------- */

static const struct cutting truncations[] = {
	{ "aes-ICVlen absent: it would be 12", "102111", CUT, "" },
	{ "aes-ICVlen 4", "102111", PUT, "020104" },
	{ "aes-ICVlen 12", "102111", PUT, "02010c" },
	{ "aes-ICVlen 15", "102111", PUT, "02010f" },
	{ "aes-ICVlen 17", "102111", PUT, "020111" },
	{ "aes-ICVlen 16 in two bytes", "102111", PUT, "02020010" },
	{ "aes-ICVlen 272", "102111", PUT, "02020110" },
	{ "a nonce of 11 bytes", "102110", PUT, "040b3031323334353637383961" },
	{ "a nonce of 13 bytes", "102110", PUT,
	    "040d30313233343536373839616263" },
	{ "a nonce of 16 bytes", "102110", PUT,
	    "041030313233343536373839616263646566" },
	{ "an empty nonce", "102110", PUT, "0400" },
	{ "an empty tag", "104", PUT, "0400" },
	{ "a tag of 1 byte", "104", PUT, "040174" },
	{ "a tag of 4 bytes", "104", PUT, "040474616774" },
	{ "a tag of 12 bytes", "104", PUT, "040c746167746167746167746167" },
	{ "a tag of 15 bytes", "104", PUT,
	    "040f746167746167746167746167746167" },
	{ "a tag of 17 bytes", "104", PUT,
	    "04117461677461677461677461677461677461" },
};

/* Each shortening of the good tag itself, with the length that goes with it. */
static void
no_prefix_of_a_tag_opens(void)
{
	struct letter l;
	struct buf mac = { 0 };
	size_t n, opened = 0;
	struct err e;

	for (n = 0; n < AEAD_TAG; n++) {
		letter_make(&l, SENDER, READER);
		buf_free(&mac);
		buf_add(&mac, contents_of(at(buf_bytes(&l.file), "104")));
		edit(&l.file, "104", PUT, made(DER_OCTETS, bytes_of(mac.p, n)));
		edit(&l.file, "102111", PUT, made_uint(n));
		opened += try_open(buf_bytes(&l.file), READER, &e) == RC_OK;
		letter_free(&l);
	}
	buf_free(&mac);
	is(opened, 0,
	    "no beginning of the right tag opens, whatever length "
	    "it says");
}

/* ---- signed attributes read as content or the reverse --------------- */

/* The content octets become these, and their digest is in the attributes.
 */
static void
content_put(struct letter *l, struct bytes content)
{
	edit(&l->plain, "210", PUT, made(DER_OCTETS, content));
}

/* A signature over the content itself, as CMS has it without attributes. */
static void
sign_content_directly(struct letter *l)
{
	struct bytes content = contents_of(at(buf_bytes(&l->plain), "210"));
	uint8_t sig[SIG_MAX];
	size_t len =
	    sig_sign(desks[SENDER].sig, (struct bytes){ 0 }, content, sig);

	edit(&l->plain, "305", PUT, made(DER_OCTETS, bytes_of(sig, len)));
	edit(&l->plain, "303", CUT, (struct bytes){ 0 });
	letter_reseal(l);
}

/* The signed attributes, whose signature holds, in the content's place. */
static void
attributes_as_content(struct letter *l)
{
	struct buf set = letter_attributes(l);

	content_put(l, buf_bytes(&set));
	edit(&l->plain, "303", CUT, (struct bytes){ 0 });
	letter_reseal(l);
	buf_free(&set);
}

static void
attributes_as_content_of_id_data(struct letter *l)
{
	attributes_as_content(l);
	edit(&l->plain, "20", PUT, made_oid(OID_CONTENT_DATA));
	letter_reseal(l);
}

/* A document that spells the attributes of a dispatch, signed as a document:
 * its signature must not be one of that dispatch. */
static void
document_as_attributes(struct letter *l)
{
	struct signer s = identity_signer(&desks[SENDER]);
	struct buf set = letter_attributes(l), sig = { 0 };
	uint8_t digest[SHA512_SIZE];

	sha512(digest, buf_bytes(&set));
	signed_document(&sig, digest, &s, NOW);
	edit(&l->plain, "305", PUT, at(buf_bytes(&sig), "10305"));
	letter_reseal(l);
	buf_free(&set);
	buf_free(&sig);
}

/* A whole document's signature in the place of a dispatch's. */
static void
document_as_dispatch(struct letter *l)
{
	struct signer s = identity_signer(&desks[SENDER]);
	struct bytes content = contents_of(at(buf_bytes(&l->plain), "210"));
	struct buf sig = { 0 };
	uint8_t digest[SHA512_SIZE];

	sha512(digest, content);
	signed_document(&sig, digest, &s, NOW);
	edit(&l->plain, "30", PUT, at(buf_bytes(&sig), "1030"));
	letter_reseal(l);
	buf_free(&sig);
}

static void
content_type_data(struct letter *l)
{
	edit(&l->plain, "20", PUT, made_oid(OID_CONTENT_DATA));
	attribute_put(l, OID_AT_CONTENT_TYPE, made_oid(OID_CONTENT_DATA));
	letter_resign(l, desks[SENDER].sig);
	letter_reseal(l);
}

static void
content_type_of_two_minds(struct letter *l)
{
	attribute_put(l, OID_AT_CONTENT_TYPE, made_oid(OID_ANTIN_DOCUMENT));
	letter_resign(l, desks[SENDER].sig);
	letter_reseal(l);
}

/* What is signed of a certificate begins with 30, attributes with 31. */
static void
certificate_as_attributes(struct letter *l)
{
	const struct cert *c = &desks[SENDER].card.kem;

	edit(&l->plain, "305", PUT, made(DER_OCTETS, c->signature));
	edit(&l->plain, "303", PUT, made(DER_CTXC(0), contents_of(c->tbs)));
	letter_reseal(l);
}

static const struct attack confusions[] = {
	{ "a signature without signed attributes is refused",
	    sign_content_directly, READER, RC_DENIED, CANNOT },
	{ "signed attributes are not taken for a content",
	    attributes_as_content, READER, RC_DENIED, CANNOT },
	{ "nor where the content is called id-data",
	    attributes_as_content_of_id_data, READER, RC_DENIED, CANNOT },
	{ "a signed document that spells attributes signs no dispatch",
	    document_as_attributes, READER, RC_DENIED, CANNOT },
	{ "a document's signature is none of a dispatch", document_as_dispatch,
	    READER, RC_DENIED, CANNOT },
	{ "id-data is refused, though it is signed", content_type_data, READER,
	    RC_DENIED, CANNOT },
	{ "two content types that differ are refused",
	    content_type_of_two_minds, READER, RC_DENIED, CANNOT },
	{ "what a key signed of a certificate is no dispatch",
	    certificate_as_attributes, READER, RC_DENIED, CANNOT },
};

/* What the sender itself signed, but not as the profile has it. */
static const struct cutting signed_badly[] = {
	{ "two digest algorithms", "10", AFTER, "300b0609608648016503040203" },
	{ "SHA-256", "10", PUT, "300b0609608648016503040201" },
	{ "SHA-512 with a NULL", "10", INTO, "0500" },
	{ "no digest algorithm", "10", CUT, "" },
	{ "version 0", "0", PUT, "020100" },
	{ "version 1", "0", PUT, "020101" },
	{ "version 2", "0", PUT, "020102" },
	{ "version 4", "0", PUT, "020104" },
	{ "revocation lists", "2", AFTER, "a100" },
	{ "a detached content", "21", CUT, "" },
	{ "a signer of version 1", "300", PUT, "020101" },
	{ "a signer by issuer and serial", "301", PUT, "30053000020101" },
	{ "a signer without a name", "301", PUT, "8000" },
	{ "a signer's digest SHA-256", "302", PUT,
	    "300b0609608648016503040201" },
	{ "an attribute of two values", "30301", INTO, "0500" },
	{ "an attribute of no value", "303010", CUT, "" },
	{ "an unknown attribute", "303", INTO,
	    "300d06092a864886f70d01097f3100" },
	{ "an attribute for foreign tools", "303", INTO,
	    "300f06092a864886f70d01090f31023000" },
	{ "no signature", "305", CUT, "" },
	{ "an empty signature", "305", PUT, "0400" },
	{ "bytes behind", "305", AFTER, "0500" },
};

/* Made by the sender itself, with a signature that holds where it can. */
static void
no_loose_signature_is_read(void)
{
	size_t i, read = 0;
	struct letter l;
	struct err e;

	for (i = 0; i < COUNT(signed_badly); i++) {
		letter_make(&l, SENDER, READER);
		edit(&l.plain, signed_badly[i].path, signed_badly[i].how,
		    hexed(signed_badly[i].with));
		if (strncmp(signed_badly[i].path, "303", 3) == 0) {
			edit_sort(&l.plain, "303");
			letter_resign(&l, desks[SENDER].sig);
		}
		letter_reseal(&l);
		if (try_open(buf_bytes(&l.file), READER, &e) != RC_DENIED ||
		    strstr(e.text, CANNOT) == NULL) {
			note("opened, or told apart: %s", signed_badly[i].name);
			read++;
		}
		letter_free(&l);
	}
	is(read, 0, "no signature outside the profile is read (%zu ways)",
	    COUNT(signed_badly));
}

/* One attribute is cut out, doubled, or moved; the sender signs that. */
static void
disorder(struct letter *l, const char *path, enum edit how)
{
	struct buf one = { 0 };

	buf_add(&one, at(buf_bytes(&l->plain), path));
	if (how == AFTER) {
		edit(&l->plain, path, AFTER, buf_bytes(&one));
	} else {
		edit(&l->plain, path, CUT, (struct bytes){ 0 });
		if (how == BEFORE && path[3] != '0')
			edit(&l->plain, "3030", BEFORE, buf_bytes(&one));
		else if (how == BEFORE)
			edit(&l->plain, "3036", AFTER, buf_bytes(&one));
	}
	letter_resign(l, desks[SENDER].sig);
	letter_reseal(l);
	buf_free(&one);
}

static void
all_attributes_stand_once_and_in_order(void)
{
	static const char *const paths[] = { "3030", "3031", "3032", "3033",
		"3034", "3035", "3036", "3037" };
	static const enum edit ways[] = { CUT, AFTER, BEFORE };
	size_t i, how, read = 0;
	struct letter l;
	struct err e;

	letter_make(&l, SENDER, READER);
	is(nth(contents_of(at(buf_bytes(&l.plain), "303")), COUNT(paths)).len,
	    0, "a dispatch has eight signed attributes");
	letter_free(&l);
	for (i = 0; i < COUNT(paths); i++)
		for (how = 0; how < COUNT(ways); how++) {
			letter_make(&l, SENDER, READER);
			disorder(&l, paths[i], ways[how]);
			read += try_open(buf_bytes(&l.file), READER, &e) !=
				    RC_DENIED ||
				strstr(e.text, CANNOT) == NULL;
			letter_free(&l);
		}
	is(read, 0,
	    "none of them may be missing, stand twice or stand out of order, "
	    "though the sender signed it so");
}

/* ---- algorithm or certificate substitution -------------------------- */

static void
other_signature_alg(struct letter *l)
{
	edit(&l->plain, "304", PUT, made_alg(oid(OID_MLDSA87_P384)));
	letter_reseal(l);
}

static void
other_protection(struct letter *l)
{
	attribute_put(l, OID_AT_ALG_PROTECTION,
	    made(DER_SEQUENCE,
		bytes_of("\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03"
			 "\xa1\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x06\x31",
		    25)));
	letter_resign(l, desks[SENDER].sig);
	letter_reseal(l);
}

static void
put_cert(struct letter *l, struct bytes sha256_of)
{
	attribute_put(l, OID_AT_SIGNING_CERT,
	    made(DER_SEQUENCE,
		made(DER_SEQUENCE,
		    made(DER_SEQUENCE, made(DER_OCTETS, sha256_of)))));
}

static void
other_cert(struct letter *l)
{
	put_cert(l, bytes_of(desks[READER].card.sign_cert, SHA256_SIZE));
	letter_reseal(l);
}

/* Signed by the sender, for a certificate that this opener does not have. */
static void
unknown_cert(struct letter *l)
{
	put_cert(l, bytes_of(desks[READER].card.sign_cert, SHA256_SIZE));
	letter_resign(l, desks[SENDER].sig);
	letter_reseal(l);
}

static void
other_tag(struct letter *l)
{
	edit(&l->plain, "301", PUT,
	    made(DER_CTX(0), tag_bytes(&desks[READER].card.sign.tag)));
	letter_reseal(l);
}

/* Slip 0 as one of another suite: as long as its ciphertext is, it is read. */
static void
other_suite_of_a_slip(struct letter *l)
{
	struct bytes ct = contents_of(at(buf_bytes(&l->file), "101013"));

	edit(&l->file, "101013", PUT,
	    made(DER_OCTETS, bytes_of(ct.p, kem_by_name("ML-KEM-768")->ct)));
	edit(&l->file, "101012", PUT, made_alg(oid(OID_MLKEM768)));
}

static void
signed_by_a_tool(struct letter *l)
{
	l->from = TOOL;
	l->d.originator = address_of(TOOL);
	l->d.header.origin = station_of(TOOL);
	letter_sign(l);
	letter_seal(l);
}

static const struct attack substitutions[] = {
	{ "another signature algorithm beside the attributes is refused",
	    other_signature_alg, READER, RC_DENIED, CANNOT },
	{ "another one within them too, though the sender signed it",
	    other_protection, READER, RC_DENIED, CANNOT },
	{ "another certificate in the attributes is refused", other_cert,
	    READER, RC_DENIED, CANNOT },
	{ "a certificate that the reader does not know too, though the sender "
	  "signed it",
	    unknown_cert, READER, RC_DENIED, CANNOT },
	{ "another signer's tag is refused", other_tag, READER, RC_DENIED,
	    CANNOT },
	{ "a signer of a suite for foreign tools is refused unless asked for",
	    signed_by_a_tool, READER, RC_DENIED, CANNOT },
};

/* An opener that takes whatever certificate a key tag has. */
static bool
find_any_cert(
    void *ctx, struct bytes tag, struct bytes cert, struct known_signer *out)
{
	uint8_t mine[SHA256_SIZE];

	(void)cert;
	memcpy(mine, desks[SENDER].card.sign_cert, SHA256_SIZE);
	if (!find_desk(ctx, tag, bytes_of(mine, SHA256_SIZE), out))
		return false;
	out->cert[0] ^= 1; /* another certificate of the same key */
	return true;
}

static void
a_signature_holds_for_one_certificate(void)
{
	struct opener by = opener_of(READER);
	struct letter l;
	struct opened o;
	struct err e;

	letter_make(&l, SENDER, READER);
	by.find = find_any_cert;
	ok(open_by(&o, buf_bytes(&l.file), READER, &by, &e) == RC_DENIED &&
		strstr(e.text, CANNOT) != NULL && opened_is_empty(&o),
	    "under another certificate of the same key the signature does not "
	    "hold");
	opened_free(&o);
	letter_free(&l);
}

static void
a_tool_is_read_where_asked_for(void)
{
	struct opener by = opener_of(READER);
	struct letter l;
	struct opened o;
	struct err e;

	letter_make(&l, TOOL, READER);
	by.foreign = true;
	went(open_by(&o, buf_bytes(&l.file), READER, &by, &e), &e,
	    "where it is asked for, it is read");
	opened_free(&o);
	letter_free(&l);
}

/* A slip renamed to ML-KEM-768, with the ML-KEM half of its ciphertext. */
static void
a_slip_is_of_one_suite(void)
{
	struct letter l;
	struct err e;

	letter_make(&l, SENDER, READER);
	other_suite_of_a_slip(&l);
	ok(try_open(buf_bytes(&l.file), READER, &e) == RC_DENIED &&
		strstr(e.text, CANNOT) != NULL,
	    "a slip under another suite's name does not open");
	letter_free(&l);
}

/* ---- composite stripping, component reuse --------------------------- */

#define PQ_SIG 3309 /* the ML-DSA-65 half of a signature of suite A */
#define PQ_PUB 1952
#define PQ_KEM 1184

/* The signature's halves: which of them is the sender's, which another's.
 */
static void
mix_halves(struct letter *l, bool pq, bool trad)
{
	struct buf set = letter_attributes(l), mixed = { 0 };
	uint8_t good[SIG_MAX], other[SIG_MAX];
	struct bytes none = { 0 };
	size_t len;

	len = sig_sign(desks[SENDER].sig, none, buf_bytes(&set), good);
	(void)sig_sign(desks[STRANGER].sig, none, buf_bytes(&set), other);
	buf_add(&mixed, bytes_of(pq ? good : other, PQ_SIG));
	buf_add(&mixed, bytes_of((trad ? good : other) + PQ_SIG, len - PQ_SIG));
	edit(&l->plain, "305", PUT, made(DER_OCTETS, buf_bytes(&mixed)));
	letter_reseal(l);
	buf_free(&set);
	buf_free(&mixed);
}

static void
only_pq_is_good(struct letter *l)
{
	mix_halves(l, true, false);
}

static void
only_trad_is_good(struct letter *l)
{
	mix_halves(l, false, true);
}

static void
only_pq_is_there(struct letter *l)
{
	struct bytes sig = contents_of(at(buf_bytes(&l->plain), "305"));

	edit(&l->plain, "305", PUT, made(DER_OCTETS, bytes_of(sig.p, PQ_SIG)));
	letter_reseal(l);
}

static void
only_trad_is_there(struct letter *l)
{
	struct bytes sig = contents_of(at(buf_bytes(&l->plain), "305"));

	edit(&l->plain, "305", PUT,
	    made(DER_OCTETS, bytes_of(sig.p + PQ_SIG, sig.len - PQ_SIG)));
	letter_reseal(l);
}

static const struct attack stripping[] = {
	{ "a good ML-DSA half beside another's Ed25519 half is refused",
	    only_pq_is_good, READER, RC_DENIED, CANNOT },
	{ "a good Ed25519 half beside another's ML-DSA half is refused",
	    only_trad_is_good, READER, RC_DENIED, CANNOT },
	{ "the ML-DSA half alone is refused", only_pq_is_there, READER,
	    RC_DENIED, CANNOT },
	{ "the Ed25519 half alone is refused", only_trad_is_there, READER,
	    RC_DENIED, CANNOT },
};

/* A directory that was talked into knowing the sender's ML-DSA half as a key
 * of its own: ctx is that half. */
static bool
find_half(
    void *ctx, struct bytes tag, struct bytes cert, struct known_signer *out)
{
	struct bytes pub = bytes_of(desks[SENDER].card.sign.pub.p, PQ_PUB);
	struct tag half;

	tag_of(&half, OID_MLDSA65, pub);
	if (!bytes_eq(tag, tag_bytes(&half)))
		return find_desk(NULL, tag, cert, out);
	out->pub = ctx;
	memcpy(out->cert, cert.p, SHA256_SIZE);
	out->address = address_of(SENDER);
	return true;
}

static void
a_half_is_no_key_of_its_own(void)
{
	struct bytes pub = bytes_of(desks[SENDER].card.sign.pub.p, PQ_PUB);
	struct sig_pub *half = sig_pub_of(sig_by_name("ML-DSA-65"), pub);
	struct opener by = opener_of(READER);
	struct letter l;
	struct opened o;
	struct tag tag;
	struct err e;

	tag_of(&tag, OID_MLDSA65, pub);
	by.find = find_half;
	by.ctx = half;
	by.foreign = true;
	letter_make(&l, SENDER, READER);
	edit(&l.plain, "301", PUT, made(DER_CTX(0), tag_bytes(&tag)));
	edit(&l.plain, "304", PUT, made_alg(oid(OID_MLDSA65)));
	attribute_put(&l, OID_AT_ALG_PROTECTION,
	    made(DER_SEQUENCE,
		bytes_of("\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03"
			 "\xa1\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x12",
		    26)));
	/* the best a half-breaker can do: both halves' owner signs this */
	letter_resign(&l, desks[SENDER].sig);
	only_pq_is_there(&l);
	ok(half != NULL &&
		open_by(&o, buf_bytes(&l.file), READER, &by, &e) == RC_DENIED &&
		strstr(e.text, CANNOT) != NULL,
	    "a composite's ML-DSA half verifies nowhere as plain ML-DSA");
	opened_free(&o);
	letter_free(&l);
	sig_pub_free(half);
}

/* A slip sealed to the ML-KEM half of the reader's key. */
static void
a_half_of_a_kem_key_opens_nothing(void)
{
	struct letter l;
	struct err e;

	letter_draft(&l, SENDER, (const enum who[]){ READER }, 1);
	letter_sign(&l);
	l.slips[0].alg = kem_by_name("ML-KEM-768");
	l.slips[0].pub = bytes_of(l.slips[0].pub.p, PQ_KEM);
	letter_seal(&l);
	ok(try_open(buf_bytes(&l.file), READER, &e) == RC_DENIED &&
		strstr(e.text, CANNOT) != NULL,
	    "a slip sealed to a half of a key does not open with the whole");
	letter_free(&l);
}

/* 32 bytes of each half of a signature key, wherever else they may stand. */
static size_t
found_elsewhere(size_t desk, size_t from)
{
	struct bytes key = sig_key_priv(desks[desk].sig);
	size_t i, found = 0;

	if (from + 32 > key.len)
		return 0;
	key = bytes_of(key.p + from, 32);
	for (i = 0; i < DESKS; i++) {
		found += i != desk && holds(sig_key_priv(desks[i].sig), key);
		found += desks[i].kem != NULL &&
			 holds(kem_key_priv(desks[i].kem), key);
	}
	return found;
}

static void
components_are_fresh(void)
{
	size_t i, found = 0;

	for (i = 0; i < DESKS; i++)
		found += found_elsewhere(i, 0) + found_elsewhere(i, 32) +
			 found_elsewhere(i, 40);
	is(found, 0, "no two keys of any desk share a component");
}

/* ---- signature malleability ----------------------------------------- */

/* The order of P-384. */
static const char p384_n[] =
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
    "581a0db248b0a77aecec196accc52973";

/* n - s, in 48 bytes. */
static void
ecdsa_other_s(uint8_t out[static 48], struct bytes s)
{
	int d, borrow = 0, i;
	uint8_t n[48], full[48] = { 0 };

	if (!hex_parse(n, 48, bytes_str(p384_n)) || s.len > 48)
		bug("the order of P-384");
	memcpy(full + 48 - s.len, s.p, s.len);
	for (i = 47; i >= 0; i--) {
		d = n[i] - full[i] - borrow;
		borrow = d < 0;
		out[i] = (uint8_t)(d + 256 * borrow);
	}
}

/* ECDSA's (r, s) as (r, n - s): anybody can make it, and it verifies. */
static void
respell_ecdsa(struct letter *l)
{
	const size_t pq = 4627;
	struct bytes sig = contents_of(at(buf_bytes(&l->plain), "305"));
	struct der d = der_init(bytes_of(sig.p + pq, sig.len - pq));
	struct der_wr w = { 0 };
	struct buf all = { 0 };
	uint8_t other[48];
	struct bytes r;

	der_open(&d, DER_SEQUENCE);
	r = der_big(&d, 48);
	ecdsa_other_s(other, der_big(&d, 48));
	der_put_open(&w, DER_SEQUENCE);
	der_put_big(&w, r);
	der_put_big(&w, bytes_of(other, sizeof(other)));
	der_put_close(&w);
	buf_add(&all, bytes_of(sig.p, pq));
	buf_add(&all, buf_bytes(&w.out));
	edit(&l->plain, "305", PUT, made(DER_OCTETS, buf_bytes(&all)));
	letter_reseal(l);
	der_wr_free(&w);
	buf_free(&all);
}

static void
open_must(struct opened *o, const struct letter *l, enum who w)
{
	struct opener by = opener_of(w);
	struct err e;

	if (open_by(o, buf_bytes(&l->file), w, &by, &e) != RC_OK)
		bug(e.text);
}

/* What a duplicate is known by (docs/envelope.md 10.9). */
static bool
is_duplicate(const struct opened *a, const struct opened *b)
{
	return id_eq(&a->dispatch.header.id, &b->dispatch.header.id) &&
	       bytes_eq(a->dispatch.header.origin, b->dispatch.header.origin) &&
	       a->dispatch.header.serial == b->dispatch.header.serial &&
	       a->dispatch.header.incarnation ==
		   b->dispatch.header.incarnation &&
	       bytes_eq(a->signature.digest, b->signature.digest);
}

static void
two_signatures_make_one_dispatch(void)
{
	struct opened a, b;
	struct letter l;

	letter_make(&l, B_SENDER, READER);
	open_must(&a, &l, READER);
	respell_ecdsa(&l);
	open_must(&b, &l, READER);
	ok(!bytes_eq(a.signature.signature, b.signature.signature) &&
		is_duplicate(&a, &b),
	    "an ECDSA half respelt as (r, n - s) holds, and is known by id "
	    "and digest for the dispatch it was");
	opened_free(&b);
	letter_resign(&l, desks[B_SENDER].sig);
	letter_seal(&l);
	open_must(&b, &l, READER);
	ok(!bytes_eq(a.signature.signature, b.signature.signature) &&
		is_duplicate(&a, &b),
	    "so is a second signature by the sender, in another envelope");
	opened_free(&a);
	opened_free(&b);
	letter_free(&l);
}

/* Another DER of the same numbers: a longer length, a leading zero. */
static void
an_ecdsa_half_has_one_spelling(void)
{
	struct letter l;
	struct bytes sig;
	struct buf b = { 0 };
	struct err e;

	letter_make(&l, B_SENDER, READER);
	sig = contents_of(at(buf_bytes(&l.plain), "305"));
	buf_add(&b, bytes_of(sig.p, 4627 + 1));
	buf_u8(&b, 0x81);
	buf_add(&b, bytes_of(sig.p + 4628, sig.len - 4628));
	edit(&l.plain, "305", PUT, made(DER_OCTETS, buf_bytes(&b)));
	letter_reseal(&l);
	ok(try_open(buf_bytes(&l.file), READER, &e) == RC_DENIED,
	    "an ECDSA half with a length that is not minimal is refused");
	buf_free(&b);
	letter_free(&l);
}

/* ---- replay, years later -------------------------------------------- */

/* The header that relays see, changed by who knows the content key. */
static void
header_with(struct letter *l, void (*change)(struct header *h))
{
	struct header h = l->d.header;

	change(&h);
	letter_seal_as(l, &h);
}

static void
to_other_id(struct header *h)
{
	h->id.b[0] ^= 1;
}

static void
to_next_serial(struct header *h)
{
	h->serial++;
}

static void
to_next_incarnation(struct header *h)
{
	h->incarnation++;
}

static void
to_later(struct header *h)
{
	h->expires += TIME_DAY;
}

static void
to_never(struct header *h)
{
	h->expires = TIME_NEVER;
}

static void
to_other_precedence(struct header *h)
{
	h->precedence = PRECEDENCE_HOA_TOC;
}

static void
to_other_origin(struct header *h)
{
	h->origin = station_of(READER);
}

#define WITH(change)                                                           \
	static void header_##change(struct letter *l)                          \
	{                                                                      \
		header_with(l, change);                                        \
	}
WITH(to_other_id)
WITH(to_next_serial)
WITH(to_next_incarnation)
WITH(to_later)
WITH(to_never)
WITH(to_other_precedence)
WITH(to_other_origin)

/* A key that is no longer its holder's, or not yet. */
static void
sign_at(struct letter *l, int64_t t)
{
	struct signer s = identity_signer(&desks[SENDER]);

	buf_free(&l->plain);
	signed_dispatch(&l->plain, &l->d, buf_bytes(&l->text), &s, t);
	letter_seal(l);
}

static void
sign_too_late(struct letter *l)
{
	sign_at(l, desks[SENDER].card.sign.until + 1);
}

static void
sign_too_early(struct letter *l)
{
	sign_at(l, desks[SENDER].card.sign.from - 1);
}

static void
sign_in_time(struct letter *l)
{
	sign_at(l, desks[SENDER].card.sign.until);
}

/* A relay, which knows no key, changes the header in place. */
static void
relay_changes_serial(struct letter *l)
{
	edit(&l->file, "1031104", PUT, made_uint(42));
}

static void
relay_changes_precedence(struct letter *l)
{
	edit(&l->file, "1031105", PUT, made_uint(PRECEDENCE_HOA_TOC));
}

static void
relay_cuts_expiry(struct letter *l)
{
	edit(&l->file, "1031106", CUT, (struct bytes){ 0 });
}

static const struct attack replays[] = {
	{ "an insider cannot give a dispatch another id", header_to_other_id,
	    READER_2, RC_INVALID, "10.2" },
	{ "nor another serial", header_to_next_serial, READER_2, RC_INVALID,
	    "10.2" },
	{ "nor another incarnation", header_to_next_incarnation, READER_2,
	    RC_INVALID, "10.2" },
	{ "nor a later expiry", header_to_later, READER_2, RC_INVALID, "10.2" },
	{ "nor none", header_to_never, READER_2, RC_INVALID, "10.2" },
	{ "nor another origin", header_to_other_origin, READER_2, RC_INVALID,
	    "10.2" },
	{ "a relay cannot give it another serial", relay_changes_serial, READER,
	    RC_DENIED, CANNOT },
	{ "nor take its expiry away", relay_cuts_expiry, READER, RC_DENIED,
	    CANNOT },
	{ "what has expired is refused", out_of_date, READER, RC_EXPIRED,
	    "10.5" },
	{ "so is what was signed after its signer's certificate ended",
	    sign_too_late, READER, RC_EXPIRED, "10.3" },
	{ "or before it began", sign_too_early, READER, RC_EXPIRED, "10.3" },
	{ "and not what was signed in its last second", sign_in_time, READER,
	    RC_OK, "" },
};

static void
an_expiry_is_to_the_second(void)
{
	struct opener by = opener_of(READER);
	struct opened o;
	struct letter l;
	struct err e;
	enum rc rc[3];
	size_t i;

	letter_make(&l, SENDER, READER);
	for (i = 0; i < 3; i++) {
		by.now = l.d.header.expires - 1 + (int64_t)i;
		rc[i] = open_by(&o, buf_bytes(&l.file), READER, &by, &e);
		opened_free(&o);
	}
	ok(rc[0] == RC_OK && rc[1] == RC_OK && rc[2] == RC_EXPIRED,
	    "a dispatch opens up to its last second and not after it");
	letter_free(&l);
	note("seen ids and serials are the store's: the issue of replay");
}

/* ---- label or precedence changed on the way ------------------------- */

static void
other_policy(struct letter *l)
{
	struct buf b = { 0 };

	buf_add(&b, attribute(l, OID_AT_LABEL));
	edit(&b, "1", PUT, made_oid(OID_ANTIN_DISPATCH));
	attribute_put(l, OID_AT_LABEL, buf_bytes(&b));
	letter_resign(l, desks[SENDER].sig);
	letter_reseal(l);
	buf_free(&b);
}

/* The statement's own copy of the header, unsigned. */
static void
inner_precedence(struct letter *l)
{
	struct der_wr w = { 0 };

	l->d.header.precedence = PRECEDENCE_HOA_TOC;
	dispatch_write(&w, &l->d);
	attribute_put(l, OID_ANTIN_AT_DISPATCH, buf_bytes(&w.out));
	der_wr_free(&w);
	letter_seal(l);
}

static const struct attack labels[] = {
	{ "a label that was lowered breaks the signature", other_label, READER,
	    RC_DENIED, CANNOT },
	{ "a label of another policy is refused, though it is signed",
	    other_policy, READER, RC_DENIED, CANNOT },
	{ "a precedence raised in the header by an insider is refused",
	    header_to_other_precedence, READER_2, RC_INVALID, "10.2" },
	{ "one raised by a relay too", relay_changes_precedence, READER,
	    RC_DENIED, CANNOT },
	{ "one raised in header and statement breaks the signature",
	    inner_precedence, READER, RC_DENIED, CANNOT },
};

/* Every number a label may carry; 0 to 256 by RFC 2634. */
static void
four_levels_and_no_other(void)
{
	struct letter l;
	struct buf b = { 0 };
	size_t i, opened = 0;
	struct err e;

	for (i = 0; i <= 257; i++) {
		letter_make(&l, SENDER, READER);
		buf_free(&b);
		buf_add(&b, attribute(&l, OID_AT_LABEL));
		edit(&b, "0", PUT, made_uint(i));
		attribute_put(&l, OID_AT_LABEL, buf_bytes(&b));
		letter_resign(&l, desks[SENDER].sig);
		letter_reseal(&l);
		opened += try_open(buf_bytes(&l.file), READER, &e) == RC_OK;
		letter_free(&l);
	}
	buf_free(&b);
	is(opened, LEVELS, "of all classifications four are levels");
	note("the precedence a certificate allows: the issue of the "
	     "directory");
}

/* ---- forged receipts ------------------------------------------------ */

static void
put_receipt_request(struct letter *l, struct bytes id, struct bytes to)
{
	struct der_wr w = { 0 };

	der_put_open(&w, DER_SEQUENCE);
	der_put_octets(&w, id);
	der_put(&w, DER_CTX(0), LIT("\0"));
	der_put_raw(
	    &w, made(DER_SEQUENCE, made(DER_SEQUENCE, made(DER_CTX(6), to))));
	der_put_close(&w);
	attribute_put(l, OID_AT_RECEIPT_REQUEST, buf_bytes(&w.out));
	der_wr_free(&w);
}

static void
receipts_for_another(struct letter *l)
{
	struct id id = l->d.header.id;

	id.b[15] ^= 1;
	put_receipt_request(l, id_bytes(&id), l->d.originator);
	letter_resign(l, desks[SENDER].sig);
	letter_reseal(l);
}

static void
receipts_to_another(struct letter *l)
{
	put_receipt_request(l, id_bytes(&l->d.header.id), address_of(STRANGER));
	letter_resign(l, desks[SENDER].sig);
	letter_reseal(l);
}

static void
receipts_unsigned(struct letter *l)
{
	put_receipt_request(l, id_bytes(&l->d.header.id), address_of(STRANGER));
	letter_reseal(l);
}

static const struct attack receipts[] = {
	{ "a request of receipts for another id is refused, though it is "
	  "signed",
	    receipts_for_another, READER, RC_INVALID, "10.2" },
	{ "so is one of receipts to another than the originator",
	    receipts_to_another, READER, RC_INVALID, "10.2" },
	{ "a request that was changed on the way breaks the signature",
	    receipts_unsigned, READER, RC_DENIED, CANNOT },
};

/* What a receipt will have to name is there, and signed. */
static void
a_receipt_has_what_it_must_name(void)
{
	uint8_t digest[SHA512_SIZE];
	struct opened o;
	struct letter l;

	letter_make(&l, SENDER, READER);
	open_must(&o, &l, READER);
	sha512(digest, o.signature.content);
	ok(bytes_eq(o.signature.receipt_id, id_bytes(&o.dispatch.header.id)) &&
		bytes_eq(o.signature.digest, bytes_of(digest, SHA512_SIZE)) &&
		dispatch_addressee(&o.dispatch, address_of(READER)) != NULL &&
		dispatch_addressee(&o.dispatch, address_of(STRANGER)) == NULL,
	    "an open dispatch tells its id, its digest and who is an "
	    "addressee, all signed");
	opened_free(&o);
	letter_free(&l);
	note("who may sign a receipt, and of what: the issue of receipts");
}

/* ---- receipt before durability -------------------------------------- */

static void
opening_tells_nobody(void)
{
	struct opened a, b;
	struct letter l;

	letter_make(&l, SENDER, READER);
	open_must(&a, &l, READER);
	open_must(&b, &l, READER);
	ok(is_duplicate(&a, &b) &&
		bytes_eq(buf_bytes(&a.plain), buf_bytes(&b.plain)),
	    "opening once more gives the same bytes and makes no receipt");
	opened_free(&a);
	opened_free(&b);
	letter_free(&l);
	note("receipts leave after the record is on disk: the issue of the "
	     "store");
}

/* ---- recipients enumerated from the envelope ------------------------ */

static void
an_envelope_names_no_recipient(void)
{
	const struct card *c = &desks[READER].card;
	uint8_t kem_cert[SHA256_SIZE];
	struct letter l;
	struct bytes all;

	letter_make(&l, SENDER, READER);
	all = buf_bytes(&l.file);
	cert_fingerprint(kem_cert, buf_bytes(&c->kem_der));
	ok(!holds(all, c->sign.address) && !holds(all, station_of(READER)) &&
		!holds(all, c->sign.name) && !holds(all, c->kem.serial) &&
		!holds(all, tag_bytes(&c->sign.tag)) &&
		!holds(all, bytes_of(kem_cert, SHA256_SIZE)),
	    "an envelope shows no address, name, serial number or "
	    "certificate of whom it is for");
	same(contents_of(at(all, "101011")), tag_bytes(&c->kem.tag),
	    "but the tag of a key");
	letter_free(&l);
}

static void
a_new_key_has_a_new_tag(void)
{
	const struct card *c = &desks[READER].card;
	struct identity again;
	struct err e;

	went(identity_new(&again, c->sign.sig, c->kem.kem, c->sign.name,
		 c->sign.address, c->sign.from, c->sign.until, &e),
	    &e, "the same desk makes new keys");
	ok(!bytes_eq(tag_bytes(&again.card.kem.tag), tag_bytes(&c->kem.tag)),
	    "and nothing of its old tag is in the new one's place");
	identity_free(&again);
}

static void
a_part_of_an_envelope_shows_its_own_slips_only(void)
{
	static const enum who to[] = { READER, READER_2, STRANGER };
	struct tag mine = desks[READER].card.kem.tag;
	struct letter l;
	struct buf part;
	struct err e;

	letter_draft(&l, SENDER, to, COUNT(to));
	letter_sign(&l);
	letter_seal(&l);
	if (package_for(&part, buf_bytes(&l.file), &mine, 1, &e) != RC_OK)
		bug(e.text);
	ok(holds(buf_bytes(&part), tag_bytes(&mine)) &&
		!holds(buf_bytes(&part),
		    tag_bytes(&desks[READER_2].card.kem.tag)) &&
		!holds(buf_bytes(&part),
		    tag_bytes(&desks[STRANGER].card.kem.tag)) &&
		try_open(buf_bytes(&part), READER, &e) == RC_OK,
	    "what a relay passes on opens, and shows no other tag");
	buf_free(&part);
	letter_free(&l);
}

static const struct cutting namings[] = {
	{ "issuer and serial", "101011", PUT, "30053000020101" },
	{ "an empty tag", "101011", PUT, "8000" },
	{ "a tag of 7 bytes", "101011", PUT, "800731323334353637" },
	{ "a tag of 9 bytes", "101011", PUT, "8009313233343536373839" },
	{ "a whole key identifier", "101011", PUT,
	    "80143132333435363738393031323334353637383930" },
	{ "key transport", "1010", PUT, "300c0201028000300306012a0400" },
	{ "key agreement", "1010", PUT, "a100" },
	{ "a key encryption key", "1010", PUT, "a200" },
	{ "a password", "1010", PUT, "a300" },
	{ "another kind beside the slip", "1010", AFTER, "a300" },
	{ "another type of recipient", "10100", PUT,
	    "060b2a864886f70d0109100d04" },
};

/* ---- size and precedence seen on the line --------------------------- */

static size_t
sealed_size(size_t text)
{
	static const enum who to = READER;
	struct letter l;
	size_t size;

	letter_draft(&l, SENDER, &to, 1);
	buf_free(&l.text);
	random_bytes(buf_grow(&l.text, text), text);
	l.part.size = l.d.size = text;
	letter_sign(&l);
	letter_seal(&l);
	size = l.file.len;
	letter_free(&l);
	return size;
}

static void
sizes_come_in_classes(void)
{
	size_t text, sizes = 0, last = 0, now;

	for (text = 0; text < 2048; text += 16) {
		now = sealed_size(text);
		sizes += now != last;
		last = now;
	}
	ok(sizes >= 8 && sizes <= 10,
	    "128 lengths of text up to 2 KiB show as %zu lengths of an "
	    "envelope",
	    sizes);
	note("precedence is seen by relays, and hidden on a line by the "
	     "link: its issue");
}

/* ---- nonce reuse after a backup or a clone -------------------------- */

static void
two_seals_share_nothing(void)
{
	struct letter l;
	struct buf first;
	struct bytes a, b;

	letter_make(&l, SENDER, READER);
	first = l.file;
	l.file = (struct buf){ 0 };
	letter_seal(&l);
	a = buf_bytes(&first);
	b = buf_bytes(&l.file);
	ok(!bytes_eq(at(a, "102110"), at(b, "102110")) &&
		!bytes_eq(at(a, "101013"), at(b, "101013")) &&
		!bytes_eq(at(a, "1022"), at(b, "1022")),
	    "sealed twice under one key, nonce, slip and body differ");
	buf_free(&first);
	letter_free(&l);
}

/* Seal a text on files; the content key that it was sealed with. */
static void
seal_file(const char *path, struct letter *l, uint8_t cek[static AEAD_KEY])
{
	struct signer s = identity_signer(&desks[SENDER]);
	struct sealing_part part = { l->part, NULL, buf_bytes(&l->text) };
	struct progress none = { 0 };
	struct sealed_file f;
	struct err e;

	if (sealed_make(path, true, &l->d, &part, 1, &s, l->slips, 1, NOW,
		&none, &e) != RC_OK ||
	    sealed_open(&f, path, &e) != RC_OK ||
	    envelope_unlock(cek, &f.envelope, desks[READER].kem,
		&desks[READER].card.kem.tag, &e) != RC_OK)
		bug(e.text);
	sealed_close(&f);
	free(l->d.parts);
}

static void
each_dispatch_has_its_own_key(void)
{
	char dir[] = "/tmp/attacks.XXXXXX", path[64];
	uint8_t a[AEAD_KEY], b[AEAD_KEY];
	struct letter l;

	if (mkdtemp(dir) == NULL)
		bug("no folder for a file");
	(void)snprintf(path, sizeof(path), "%s/a.antin", dir);
	letter_draft(&l, SENDER, (const enum who[]){ READER }, 1);
	seal_file(path, &l, a);
	seal_file(path, &l, b);
	ok(memcmp(a, b, AEAD_KEY) != 0,
	    "the same dispatch made twice, as by a clone, has two keys");
	(void)unlink(path);
	(void)rmdir(dir);
	letter_free(&l);
}

static void
keys_of_attachments_differ(void)
{
	uint8_t key[4][AEAD_KEY], cek[AEAD_KEY];
	struct id id = { { 1 } }, other = { { 2 } };
	size_t i, j, equal = 0;

	random_bytes(cek, sizeof(cek));
	attachment_key(key[0], cek, &id, 0);
	attachment_key(key[1], cek, &id, 1);
	attachment_key(key[2], cek, &other, 0);
	memcpy(key[3], cek, AEAD_KEY);
	for (i = 0; i < 4; i++)
		for (j = 0; j < i; j++)
			equal += memcmp(key[i], key[j], AEAD_KEY) == 0;
	is(equal, 0,
	    "each attachment of each dispatch has its own key, "
	    "which is not the content's");
	note("link keys come from fresh handshakes: the issue of the link");
}

/* ---- decryption oracle ---------------------------------------------- */

static void
slip_ct_pq(struct letter *l)
{
	flip(&l->file, "101013", 5);
}

static void
slip_ct_trad(struct letter *l)
{
	flip(&l->file, "101013", 1100);
}

/* A point that leads to no secret. */
static void
slip_ct_small_order(struct letter *l)
{
	struct bytes ct = contents_of(at(buf_bytes(&l->file), "101013"));
	struct buf b = { 0 };

	buf_add(&b, bytes_of(ct.p, 1088));
	(void)buf_grow(&b, 32);
	edit(&l->file, "101013", PUT, made(DER_OCTETS, buf_bytes(&b)));
	buf_free(&b);
}

static void
slip_wrapped(struct letter *l)
{
	flip(&l->file, "101018", 39);
}

static void
slip_ukm(struct letter *l)
{
	flip(&l->file, "1010160", 0);
}

static void
content_key_of_another(struct letter *l)
{
	struct letter other;

	letter_make(&other, SENDER, READER);
	edit(&l->file, "101", PUT, at(buf_bytes(&other.file), "101"));
	letter_free(&other);
}

static void
inner_is_no_der(struct letter *l)
{
	l->plain.p[0] = 0xff;
	letter_reseal(l);
}

static void
inner_is_one_byte(struct letter *l)
{
	l->plain.len = 1;
	letter_reseal(l);
}

static void
inner_goes_on(struct letter *l)
{
	buf_u8(&l->plain, 0);
	letter_reseal(l);
}

static void
signer_is_unknown(struct letter *l)
{
	struct identity nobody;
	struct err e;

	if (identity_new(&nobody, sig_by_name("MLDSA65-Ed25519"), NULL,
		bytes_str("Nobody"), address_of(SENDER), 0, TIME_MAX,
		&e) != RC_OK)
		bug(e.text);
	edit(&l->plain, "301", PUT,
	    made(DER_CTX(0), tag_bytes(&nobody.card.sign.tag)));
	put_cert(l, bytes_of(nobody.card.sign_cert, SHA256_SIZE));
	letter_resign(l, nobody.sig);
	letter_reseal(l);
	identity_free(&nobody);
}

static void
content_is_another(struct letter *l)
{
	flip(&l->plain, "21000", 0);
	letter_reseal(l);
}

/* All that may go wrong before a signature holds. */
static void (*const oracles[])(struct letter *l) = { slip_ct_pq, slip_ct_trad,
	slip_ct_small_order, slip_wrapped, slip_ukm, content_key_of_another,
	other_nonce, other_content_bit, other_tag_bit, relay_changes_serial,
	relay_cuts_expiry, inner_is_no_der, inner_is_one_byte, inner_goes_on,
	other_signature_bit, other_signature_alg, other_cert, other_tag,
	other_label, content_is_another, signer_is_unknown, signed_by_a_tool,
	strip_signer, add_signer, strip_signed_data, content_type_data,
	sign_content_directly, only_pq_is_good, only_trad_is_good,
	only_pq_is_there };

static void
all_failures_before_the_signature_are_one(void)
{
	size_t i, differ = 0;
	struct err first = { 0 }, e;
	struct letter l;
	enum rc rc;

	for (i = 0; i < COUNT(oracles); i++) {
		letter_make(&l, SENDER, READER);
		oracles[i](&l);
		rc = try_open(buf_bytes(&l.file), READER, &e);
		if (i == 0)
			first = e;
		if (rc != RC_DENIED || e.rc != first.rc ||
		    strcmp(e.text, first.text) != 0) {
			note("%zu differs: %s: %s", i, rc_name(rc), e.text);
			differ++;
		}
		letter_free(&l);
	}
	is(differ, 0,
	    "%zu failures before the signature holds have one "
	    "outcome and one text",
	    COUNT(oracles));
}

/* What an attacker can tell without a key is told: no slip is for it. */
static void
only_the_tag_is_told_apart(void)
{
	struct letter l;
	struct err e;

	letter_make(&l, SENDER, READER);
	ok(try_open(buf_bytes(&l.file), STRANGER, &e) == RC_ABSENT,
	    "that no slip has the reader's tag is said, and is no secret");
	letter_free(&l);
}

/* ---- hostile DER ---------------------------------------------------- */

static const struct cutting hostile_slips[] = {
	{ "version 1", "101010", PUT, "020101" },
	{ "a KEM of no suite", "1010120", PUT, "06032a0304" },
	{ "a KEM with parameters", "101012", INTO, "0500" },
	{ "a short ciphertext", "101013", PUT, "040163" },
	{ "an empty ciphertext", "101013", PUT, "0400" },
	{ "HKDF-SHA512", "101014", PUT, "300d060b2a864886f70d010910031e" },
	{ "X9.63 with SHA-256", "101014", PUT, "300806062b8104010b01" },
	{ "a KDF with parameters", "101014", INTO, "0500" },
	{ "kekLength 0", "101015", PUT, "020100" },
	{ "kekLength 16", "101015", PUT, "020110" },
	{ "kekLength 31", "101015", PUT, "02011f" },
	{ "kekLength 33", "101015", PUT, "020121" },
	{ "kekLength 65535", "101015", PUT, "020300ffff" },
	{ "kekLength -32", "101015", PUT, "0201e0" },
	{ "no ukm", "101016", CUT, "" },
	{ "an empty ukm", "1010160", PUT, "0400" },
	{ "a ukm of 31 bytes", "1010160", PUT,
	    "041f3031323334353637383930313233343536373839303132333435363738393"
	    "0" },
	{ "a ukm of 33 bytes", "1010160", PUT,
	    "042130313233343536373839303132333435363738393031323334353637383930"
	    "3132" },
	{ "two of them", "1010160", AFTER, "040175" },
	{ "AES-128 key wrap", "101017", PUT, "300b0609608648016503040105" },
	{ "AES-256 key wrap with padding", "101017", PUT,
	    "300b0609608648016503040130" },
	{ "a key wrap with parameters", "101017", INTO, "0500" },
	{ "a wrapped key of 24 bytes", "101018", PUT,
	    "0418303132333435363738393031323334353637383930313233" },
	{ "a wrapped key of 41 bytes", "101018", PUT,
	    "042930313233343536373839303132333435363738393031323334353637383930"
	    "31323334353637383930" },
	{ "bytes behind it", "101018", AFTER, "0500" },
};

static const struct cutting hostile_der[] = {
	{ "an indefinite length", "", PUT, "30800000" },
	{ "a length of 4 GiB", "104", PUT, "0484ffffffff74" },
	{ "a length in five bytes", "104", PUT, "0485000000000174" },
	{ "a length in 126 bytes", "104", PUT, "04fe0101" },
	{ "a length spelled long", "1022", PUT, "80810173" },
	{ "a constructed string", "1022", PUT, "a003040173" },
	{ "a tag number over 30", "103", PUT, "bf810100" },
	{ "a number with a zero before it", "100", PUT, "02020000" },
	{ "an empty number", "100", PUT, "0200" },
	{ "a malformed object identifier", "1020", PUT, "06028001" },
	{ "attributes out of order", "1031", BEFORE,
	    "301606092a864886f70d0109053109300706052a03040506" },
	{ "an attribute more", "1031", AFTER, "3100" },
	{ "a header of version 2", "1031100", PUT, "020102" },
	{ "an id of 15 bytes", "1031101", PUT,
	    "040f313233343536373839303132333435" },
	{ "an origin that is a desk", "1031102", PUT,
	    "160e616e74696e3a2f2f612e766e2f62" },
	{ "an origin of another scheme", "1031102", PUT,
	    "160b687474703a2f2f612e766e" },
	{ "a serial of 2^63", "1031104", PUT, "0209008000000000000000" },
	{ "a negative serial", "1031104", PUT, "0201ff" },
	{ "precedence 5", "1031105", PUT, "020105" },
	{ "an expiry in local time", "1031106", PUT,
	    "180e3230323631323331323335393539" },
	{ "an expiry in UTCTime", "1031106", PUT,
	    "170d3236313233313233353935395a" },
	{ "an expiry on 30 February", "1031106", PUT,
	    "180f32303236303233303030303030305a" },
	{ "a header that goes on", "1031106", AFTER, "0500" },
};

/* The letter's slip, under n tags that count up: all in order. */
static void
slips_put(struct letter *l, size_t n)
{
	struct buf slip = { 0 }, all = { 0 };
	struct bytes rid;
	size_t i, at_rid;
	uint8_t be[8];
	int b;

	buf_add(&slip, at(buf_bytes(&l->file), "1010"));
	rid = contents_of(at(buf_bytes(&slip), "11"));
	at_rid = (size_t)(rid.p - slip.p);
	for (i = 0; i < n; i++) {
		for (b = 0; b < 8; b++)
			be[b] = (uint8_t)((uint64_t)i >> 8 * (7 - b));
		memcpy(slip.p + at_rid, be, sizeof(be));
		buf_add(&all, buf_bytes(&slip));
	}
	edit(&l->file, "101", PUT, made(DER_SET, buf_bytes(&all)));
	buf_free(&slip);
	buf_free(&all);
}

static void
slips_are_counted(void)
{
	static const struct {
		size_t n;
		enum rc want;
	} rows[] = {
		{ 0, RC_LIMIT },
		{ 1, RC_OK },
		{ LIMIT_SLIPS, RC_OK },
		{ LIMIT_SLIPS + 1, RC_LIMIT },
		{ 2 * LIMIT_SLIPS, RC_LIMIT },
	};
	struct envelope env;
	struct letter l;
	size_t i, wrong = 0;
	struct err e;

	for (i = 0; i < COUNT(rows); i++) {
		letter_make(&l, SENDER, READER);
		slips_put(&l, rows[i].n);
		wrong +=
		    envelope_parse(&env, buf_bytes(&l.file), &e) !=
			rows[i].want ||
		    env.slip_count != (rows[i].want == RC_OK ? rows[i].n : 0);
		letter_free(&l);
	}
	is(wrong, 0,
	    "1 to 10,000 slips are read; none, 10,001 and 20,000 are "
	    "over the limit");
}

/* Two slips of one tag: the same, or others behind it. */
static void
slips_twice(struct letter *l)
{
	edit(&l->file, "1010", AFTER, at(buf_bytes(&l->file), "1010"));
}

static void
slips_of_one_tag(struct letter *l)
{
	slips_twice(l);
	flip(&l->file, "101013", 1119);
	edit_sort(&l->file, "101");
}

static void
slips_out_of_order(struct letter *l)
{
	struct buf first = { 0 };

	buf_add(&first, at(buf_bytes(&l->file), "1010"));
	edit(&l->file, "1011", AFTER, buf_bytes(&first));
	edit(&l->file, "1010", CUT, (struct bytes){ 0 });
	buf_free(&first);
}

static const struct attack slip_sets[] = {
	{ "slips out of order are refused", slips_out_of_order, READER,
	    RC_INVALID, "X.690 11.6" },
	{ "a slip that stands twice is refused", slips_twice, READER,
	    RC_INVALID, "6.2" },
	{ "two slips of one tag are refused: ten thousand would be ten "
	  "thousand decapsulations",
	    slips_of_one_tag, READER, RC_INVALID, "6.2" },
};

/* 200 SEQUENCEs in each other, in the place of each element in turn. */
static void
no_depth_is_too_much(void)
{
	static const char *const paths[] = { "", "0", "1", "10", "101", "1010",
		"10101", "101012", "102", "1021", "10211", "103", "1030",
		"103110", "104" };
	struct buf deep = { 0 };
	struct envelope env;
	struct letter l;
	size_t i, read = 0;
	struct err e;

	for (i = 0; i < 200; i++) {
		struct bytes more = made(DER_SEQUENCE, buf_bytes(&deep));
		struct buf b = { 0 };

		buf_add(&b, more);
		buf_free(&deep);
		deep = b;
	}
	for (i = 0; i < COUNT(paths); i++) {
		letter_make(&l, SENDER, READER);
		edit(&l.file, paths[i], PUT, buf_bytes(&deep));
		read += envelope_parse(&env, buf_bytes(&l.file), &e) == RC_OK;
		letter_free(&l);
	}
	buf_free(&deep);
	is(read, 0,
	    "200 elements within each other are refused wherever they "
	    "stand");
}

/* Statements that count more than they may. */
static void
counts_within_are_held(void)
{
	static const struct {
		const char *what, *path; /* in the statement */
		enum edit how;
		uint8_t tag;
		const char *one; /* of so many elements, hex */
		size_t n;
	} rows[] = {
		{ "addressees", "3", PUT, DER_SEQUENCE,
		    "3013020100160e616e74696e3a2f2f612e766e2f62",
		    LIMIT_SLIPS + 1 },
		{ "references", "4", AFTER, DER_CTXC(3),
		    "041030313233343536373839616263646566",
		    DISPATCH_REFERENCES + 1 },
		{ "references", "4", AFTER, DER_CTXC(3), "", 0 },
		{ "parts", "7", PUT, DER_SEQUENCE, "300b0201010c016e1600020100",
		    DISPATCH_PARTS + 1 },
	};
	struct buf all = { 0 }, statement = { 0 };
	struct letter l;
	struct dispatch d;
	size_t i, n;
	struct err e;

	letter_make(&l, SENDER, READER);
	for (i = 0; i < COUNT(rows); i++) {
		buf_add(&statement, attribute(&l, OID_ANTIN_AT_DISPATCH));
		for (n = 0; n < rows[i].n; n++)
			buf_add(&all, hexed(rows[i].one));
		edit(&statement, rows[i].path, rows[i].how,
		    made(rows[i].tag, buf_bytes(&all)));
		ok(dispatch_read(&d, buf_bytes(&statement), &e) == RC_INVALID &&
			strstr(e.text, "too many") != NULL && d.to == NULL &&
			d.parts == NULL && d.references == NULL,
		    "%zu %s are refused", rows[i].n, rows[i].what);
		buf_free(&all);
		buf_free(&statement);
	}
	letter_free(&l);
}

/* ---- path traversal by names ---------------------------------------- */

/* Among them a slash of another alphabet, one of an overlong spelling, and
 * letters that turn the direction of writing. */
static const char *const nasty_names[] = { "../../etc/passwd", "/etc/passwd",
	"..", ".", "...", ".bashrc", "a/b", "a\\b", "C:\\x", "./.ssh/id",
	"..\\..\\x", "x/", " ", ". .", "-rf", "con.", "a.pdf ", "../",
	"\xe2\x88\x95", "\xef\xbc\x8f..", "\342\200\256fdp.exe",
	"a\342\200\213b", "\xc0\xaf", "\xff\xfe" };

static bool
is_plain_name(struct bytes n)
{
	return n.len > 0 && n.len <= 200 && n.p[0] != '.' &&
	       memchr(n.p, '/', n.len) == NULL &&
	       memchr(n.p, '\\', n.len) == NULL &&
	       memchr(n.p, '\0', n.len) == NULL && n.p[n.len - 1] != '.' &&
	       n.p[n.len - 1] != ' ' && utf8_is_text(n);
}

static void
no_name_is_a_path(void)
{
	size_t i, paths = 0;
	struct buf name;

	for (i = 0; i < COUNT(nasty_names); i++) {
		utf8_file_name(&name, bytes_str(nasty_names[i]));
		if (!is_plain_name(buf_bytes(&name))) {
			note("%s", nasty_names[i]);
			paths++;
		}
		buf_free(&name);
	}
	is(paths, 0,
	    "the name of a file of ours, made of any of %zu nasty "
	    "ones, is a plain name",
	    COUNT(nasty_names));
}

/* A name comes out of an envelope as it went in: it is data. */
static void
a_name_is_data(void)
{
	static const enum who to = READER;
	struct opened o;
	struct letter l;

	letter_draft(&l, SENDER, &to, 1);
	l.part.name = bytes_str(nasty_names[0]);
	letter_sign(&l);
	letter_seal(&l);
	open_must(&o, &l, READER);
	same(o.dispatch.parts[0].name, bytes_str(nasty_names[0]),
	    "the name of a part is read as it was signed");
	opened_free(&o);
	letter_free(&l);
}

/* A name that is no line of text is refused; it would be shown to people. */
static void
names_are_one_line(void)
{
	static const char *const names[] = { "", "a\nb", "a\x1b[2Jb",
		"\342\200\256fdp.exe", "a\xcc\x81", "\xc0\xaf", "\xff" };
	static const enum who to = READER;
	struct letter l;
	struct err e;
	size_t i, opened = 0;

	for (i = 0; i < COUNT(names); i++) {
		letter_draft(&l, SENDER, &to, 1);
		l.part.name = bytes_str(names[i]);
		letter_sign(&l);
		letter_seal(&l);
		opened += try_open(buf_bytes(&l.file), READER, &e) == RC_OK;
		letter_free(&l);
	}
	is(opened, 0,
	    "a name that is empty, in two lines, turned, not in NFC "
	    "or not UTF-8 is refused (%zu)",
	    COUNT(names));
}

#define TRY(row, a) try_attacks(row, a, COUNT(a))
#define NONE(sentence, rows) none_is_read(sentence, rows, COUNT(rows))

static void
who_wrote_it_and_for_whom(void)
{
	TRY("no attack", controls);
	TRY("surreptitious forwarding", forwarding);
	a_list_opens_for_whom_it_holds();
	TRY("stripping or replacing the outer layer's author", authors);
	no_author_stands_outside();
	note("EFAIL-style malleability, CBC cross-mode");
	NONE("no other content type or cipher is read", other_types);
	TRY("and what is bound through the ukm", malleability);
	no_other_cipher_has_a_name();
	TRY("release of unverified plaintext", releases);
	note("tag truncation");
	NONE("no other length of tag or nonce is read", truncations);
	no_prefix_of_a_tag_opens();
}

static void
what_was_signed(void)
{
	TRY("signed attributes read as content or the reverse", confusions);
	no_loose_signature_is_read();
	all_attributes_stand_once_and_in_order();
	TRY("algorithm or certificate substitution", substitutions);
	a_signature_holds_for_one_certificate();
	a_tool_is_read_where_asked_for();
	a_slip_is_of_one_suite();
	TRY("composite stripping, component reuse", stripping);
	a_half_is_no_key_of_its_own();
	a_half_of_a_kem_key_opens_nothing();
	components_are_fresh();
	note("signature malleability");
	two_signatures_make_one_dispatch();
	an_ecdsa_half_has_one_spelling();
}

static void
when_and_how_urgent(void)
{
	TRY("replay, years later", replays);
	an_expiry_is_to_the_second();
	TRY("label or precedence changed on the way", labels);
	four_levels_and_no_other();
	TRY("forged receipts", receipts);
	a_receipt_has_what_it_must_name();
	note("receipt before durability");
	opening_tells_nobody();
}

static void
what_is_seen_and_said(void)
{
	note("recipients enumerated from the envelope");
	an_envelope_names_no_recipient();
	a_new_key_has_a_new_tag();
	a_part_of_an_envelope_shows_its_own_slips_only();
	NONE("no other way of naming a recipient is read", namings);
	note("size and precedence seen on the line");
	sizes_come_in_classes();
	note("nonce reuse after restoring a backup or cloning a machine");
	two_seals_share_nothing();
	each_dispatch_has_its_own_key();
	keys_of_attachments_differ();
	note("decryption oracle");
	all_failures_before_the_signature_are_one();
	only_the_tag_is_told_apart();
}

static void
what_is_parsed(void)
{
	note("hostile DER");
	NONE("no slip outside the profile is read", hostile_slips);
	NONE("no envelope outside DER is read", hostile_der);
	slips_are_counted();
	TRY("slips as a set", slip_sets);
	no_depth_is_too_much();
	counts_within_are_held();
	note("path traversal by names");
	no_name_is_a_path();
	a_name_is_data();
	names_are_one_line();
}

int
main(void)
{
	desks_make();
	who_wrote_it_and_for_whom();
	what_was_signed();
	when_and_how_urgent();
	what_is_seen_and_said();
	what_is_parsed();
	desks_free();
	return done();
}
