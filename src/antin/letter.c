/* SPDX-License-Identifier: EUPL-1.2 */
#include "antin/letter.h"

#include <string.h>

#include "core/lang.h"
#include "core/time.h"
#include "crypto/suite.h"

static const char *const part_words[PART_KINDS] = {
	[PART_TEXT] = "text",
	[PART_DOCUMENT] = "document",
	[PART_SIGNATURE] = "signature",
};
static const char *const purpose_words[PURPOSES] = {
	[PURPOSE_ACTION] = "action",
	[PURPOSE_INFO] = "information",
};
static const char *const coding_words[CODINGS] = {
	[CODING_PLAIN] = "none",
	[CODING_ZSTD] = "zstd",
};

void
letter_free(struct letter *l)
{
	opened_free(&l->opened);
	sealed_close(&l->file);
	known_free(&l->known);
	wipe(l->cek, sizeof(l->cek));
}

/* With the key that has a slip: the present one, or one from before. */
static enum rc
unlock(struct letter *l, const struct identity *me, struct err *e)
{
	const struct kem_key *key = me->kem;
	struct tag tag = me->card.kem.tag, one;
	struct slip slip;
	size_t at = 0;

	while (envelope_slip(&l->file.envelope, &at, &slip)) {
		memcpy(one.b, slip.rid.p, TAG_SIZE);
		if (identity_kem(me, &one) != NULL) {
			key = identity_kem(me, &one);
			tag = one;
			break;
		}
	}
	return envelope_unlock(l->cek, &l->file.envelope, key, &tag, e);
}

/* What is known of the sender is not too old for this level. */
static enum rc
check_age(const struct letter *l, struct err *e)
{
	const struct directory *d = l->known.directory;
	struct somebody who;
	size_t cert;

	if (d == NULL || !known_who(&l->known, &l->opened.signature, &who))
		return RC_OK;
	cert = cert_by_fingerprint(&d->state, who.fingerprint);
	return cert == NONE ? RC_OK
			    : known_age(d, d->state.certs[cert].unit,
				  l->opened.dispatch.level, e);
}

enum rc
letter_open(
    struct letter *out, const struct args *a, const char *path, struct err *e)
{
	struct letter l = { .file = { .in = { .fd = -1 } },
		.foreign = arg_given(a, "foreign") };
	struct opener by = { .now = time_now(),
		.foreign = l.foreign,
		.find = known_find,
		.listed = known_listed,
		.answers = known_answers,
		.ctx = &l.known };
	struct identity me = { 0 };
	const char *key;
	enum rc rc;

	*out = l;
	if ((rc = arg_must(&key, a, "key", e)) != RC_OK ||
	    (rc = sealed_open(&l.file, path, e)) != RC_OK ||
	    (rc = who_known(&l.known, a, e)) != RC_OK ||
	    (rc = who_acts(&me, a, key, e)) != RC_OK)
		goto out;
	if (me.kem == NULL) {
		rc = fail(e, RC_INVALID,
		    "%s is a person's key; dispatches are opened by desks",
		    key);
		goto out;
	}
	by.address = me.card.sign.address;
	if ((rc = unlock(&l, &me, e)) != RC_OK ||
	    (rc = envelope_open(&l.opened, &l.file.envelope, l.cek, &by, e)) !=
		RC_OK ||
	    (rc = check_age(&l, e)) != RC_OK)
		rc = fail_at(e, "%s", path);
	if (rc == RC_OK)
		rc = sealed_check_end(&l.file, &l.opened.dispatch, e);
out:
	if (rc != RC_OK) {
		letter_free(&l);
		l = (struct letter){ .file = { .in = { .fd = -1 } } };
	}
	identity_free(&me);
	*out = l;
	return rc;
}

const char *
letter_signature(const struct letter *l, size_t part,
    const uint8_t digest[static SHA512_SIZE], struct bytes *signer)
{
	const struct dispatch *d = &l->opened.dispatch;
	struct bytes sig =
	    dispatch_part(d, part, buf_bytes(&l->opened.content));
	struct signed_data s;
	struct somebody who;
	struct err e;
	int64_t at;

	*signer = (struct bytes){ 0 };
	if (signed_read(&s, SIGNED_DOCUMENT, sig, &e) != RC_OK)
		return "does not hold";
	if (!known_who(&l->known, &s, &who))
		return "signer not known";
	*signer = who.name;
	if (!l->foreign && !suite_sig_is_composite(s.alg))
		return "by a key for foreign tools";
	at = s.signed_at == TIME_NEVER ? time_now() : s.signed_at;
	if (at < who.from || at > who.until)
		return "outside its certificate's time";
	return signed_document_verify(&s, who.pub, who.cert, digest)
		   ? "holds"
		   : "does not hold";
}

/* ---- shown
 * -------------------------------------------------------------------------- */

static void
show_header(json_t *to, const struct header *h)
{
	show_id(to, "id", &h->id);
	show_text(to, "origin", h->origin);
	show_number(to, "incarnation", h->incarnation);
	show_number(to, "serial", h->serial);
	show_word(to, "precedence", precedence_word(h->precedence));
	if (h->expires != TIME_NEVER)
		show_time(to, "expires", h->expires);
}

static void
show_slips(json_t *to, const struct envelope *env)
{
	json_t *list = show_array(to, "slips"), *item;
	struct slip s;
	size_t at = 0;

	while (envelope_slip(env, &at, &s)) {
		item = show_item(list);
		show_hex(item, "tag", s.rid);
		show_word(item, "algorithm", s.kem->name);
	}
}

void
letter_show_outside(json_t *to, const struct sealed_file *f)
{
	json_t *o = show_object(to, "envelope");

	show_number(o, "total", f->in.size);
	show_header(o, &f->envelope.header);
	show_word(o, "cipher", "AES-256-GCM");
	show_number(o, "sealed", f->envelope.sealed.len);
	if (f->has_attachments)
		show_number(o, "attachments", f->in.size - f->attachments);
	show_slips(o, &f->envelope);
}

static void
show_part(json_t *list, const struct dispatch *d, const struct part *p)
{
	json_t *item = show_item(list);

	show_text(item, "name", p->name);
	show_word(item, "part", part_words[p->kind]);
	show_text(item, "type", p->type);
	show_number(item, "size", p->size);
	if (p->kind == PART_SIGNATURE)
		show_text(item, "of", d->parts[p->of].name);
	show_word(item, "place", p->attached ? "attached" : "inside");
	if (p->attached) {
		show_word(item, "coding", coding_words[p->coding]);
		show_number(item, "coded", p->coded);
		show_hex(item, "root", bytes_of(p->root.b, SHA256_SIZE));
	}
}

static void
show_addressees(json_t *to, const struct dispatch *d)
{
	json_t *list, *item;
	size_t i;

	if (d->list.set) {
		item = show_object(to, "list");
		show_id(item, "list_id", &d->list.id);
		show_number(item, "version", d->list.version);
		show_hex(item, "hash", bytes_of(d->list.hash.b, SHA256_SIZE));
		return;
	}
	list = show_array(to, "addressees");
	for (i = 0; i < d->to_count; i++) {
		item = show_item(list);
		show_text(item, "address", d->to[i].address);
		show_word(item, "purpose", purpose_words[d->to[i].purpose]);
	}
}

static void
show_references(json_t *to, const struct dispatch *d)
{
	json_t *list, *item;
	size_t i;

	if (d->reference_count > 0) {
		list = show_array(to, "references");
		for (i = 0; i < d->reference_count; i++) {
			item = show_item(list);
			show_id(item, "id", &d->references[i]);
		}
	}
	if (d->supersedes_set)
		show_id(to, "supersedes", &d->supersedes);
}

void
letter_show_inside(json_t *to, const struct letter *l)
{
	const struct dispatch *d = &l->opened.dispatch;
	const struct signed_data *s = &l->opened.signature;
	json_t *o = show_object(to, "dispatch"), *list;
	struct somebody from;
	size_t i;

	if (d->subject.len > 0)
		show_text(o, "subject", d->subject);
	show_id(o, "id", &d->header.id);
	show_text(o, "originator", d->originator);
	if (known_who(&l->known, s, &from))
		show_text(o, "signer", from.name);
	show_word(o, "algorithm", s->alg->name);
	show_word(o, "signature", "holds");
	show_time(o, "signed_at", s->signed_at);
	show_word(o, "level", level_word(d->level));
	show_word(o, "precedence", precedence_word(d->header.precedence));
	show_word(o, "info_precedence", precedence_word(d->info));
	if (d->due != TIME_NEVER)
		show_time(o, "due", d->due);
	show_addressees(o, d);
	show_references(o, d);
	list = show_array(o, "parts");
	for (i = 0; i < d->part_count; i++)
		show_part(list, d, &d->parts[i]);
}
