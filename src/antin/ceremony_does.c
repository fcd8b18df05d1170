/* SPDX-License-Identifier: EUPL-1.2 */
/* What ceremonies do: make the root, make an authority's key, decide acts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antin/ceremony.h"
#include "antin/enrol.h"
#include "antin/request.h"
#include "core/checkwords.h"
#include "core/lang.h"
#include "core/time.h"
#include "crypto/pem.h"
#include "crypto/random.h"
#include "form/sheet.h"

#define CERTIFICATE "CERTIFICATE"
#define LINE_WORDS 512 /* of one "do" */
#define LINE_SHOWN 100 /* bytes of it, in an error */

/* A path in the folder; the caller frees. */
static char *
path_of(const struct ceremony *c, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", c->folder, name) < 0)
		bug("no memory");
	return path;
}

/* ---- the key over the key file
 * ------------------------------------------------ */

void
split_begin(struct split *s)
{
	random_bytes(s->key, sizeof(s->key));
	random_bytes(s->set.b, sizeof(s->set.b));
}

struct lock
split_lock(const struct split *s)
{
	return (struct lock){ .kind = LOCK_SHARES,
		.secret = bytes_of(s->key, sizeof(s->key)),
		.set = s->set };
}

/* The share as a file: lines that say what it is, and its code. */
static void
share_text(struct buf *out, const struct ceremony *c, const struct keyshare *s,
    struct bytes code, struct bytes words)
{
	const struct officer *o = &c->plan.officers[s->share.x - 1];
	char line[128];
	size_t i;

	*out = (struct buf){ 0 };
	buf_add(out, bytes_str("antin share 1\nceremony: "));
	buf_add(out, c->plan.ceremony);
	buf_add(out, bytes_str("\nholder: "));
	buf_add(out, o->name);
	(void)snprintf(line, sizeof(line),
	    "\nshare: %u of %u, any %u\nwords: ", s->share.x, s->count,
	    s->quorum);
	buf_add(out, bytes_str(line));
	buf_add(out, words);
	buf_add(out, bytes_str("\ncode: "));
	for (i = 0; i < code.len; i += 4) {
		if (i > 0)
			buf_u8(out, '-');
		buf_add(out,
		    bytes_of(code.p + i, code.len - i < 4 ? code.len - i : 4));
	}
	buf_u8(out, '\n');
}

static void
share_sheet(struct buf *out, const struct ceremony *c, const struct keyshare *s,
    struct bytes code, struct bytes words, const struct split *split)
{
	char date[TIME_TEXT], set[ID_TEXT];
	struct sheet sheet = { .ceremony = c->plan.ceremony,
		.holder = c->plan.officers[s->share.x - 1].name,
		.share = s->share.x,
		.shares = s->count,
		.quorum = s->quorum,
		.code = code,
		.words = words };

	time_write_vn(date, c->now);
	id_write(set, &split->set);
	sheet.date = bytes_str(date);
	sheet.set = bytes_str(set);
	sheet_draw(out, &sheet);
}

/* These two are secret: they are written, and not in the transcript. */
static enum rc
put_secret(struct ceremony *c, unsigned number, const char *suffix,
    struct bytes all, struct err *e)
{
	char name[32], *path;
	enum rc rc;

	(void)snprintf(name, sizeof(name), "share-%u.%s", number, suffix);
	path = path_of(c, name);
	rc = file_write(path, all, 0600, false, e);
	free(path);
	return rc;
}

static enum rc
hand_out_one(struct ceremony *c, const struct keyshare *s, struct bytes words,
    const struct split *split, struct err *e)
{
	struct share_line line = { .number = s->share.x };
	struct buf code, text, sheet;
	enum rc rc;

	keyshare_write(&code, s);
	keyshare_hash(line.hash.b, s);
	share_text(&text, c, s, buf_bytes(&code), words);
	share_sheet(&sheet, c, s, buf_bytes(&code), words, split);
	rc = put_secret(c, s->share.x, "share", buf_bytes(&text), e);
	if (rc == RC_OK)
		rc = put_secret(c, s->share.x, "svg", buf_bytes(&sheet), e);
	transcript_share(&c->transcript, &line);
	buf_free(&code);
	buf_free(&text);
	buf_free(&sheet);
	return rc;
}

enum rc
split_hand_out(struct ceremony *c, const struct split *split,
    const uint8_t cert[static SHA256_SIZE], struct err *e)
{
	struct share shares[SHAMIR_MAX];
	struct keyshare s;
	struct buf words;
	unsigned i;
	enum rc rc = RC_OK;

	s.quorum = c->plan.quorum;
	s.count = (unsigned)c->plan.officer_count;
	memcpy(s.set, split->set.b, KEYSHARE_SET);
	checkwords_write(&words, bytes_of(cert, CHECKWORDS));
	shamir_split(shares, s.count, s.quorum, split->key);
	for (i = 0; i < s.count && rc == RC_OK; i++) {
		s.share = shares[i];
		rc = hand_out_one(c, &s, buf_bytes(&words), split, e);
	}
	wipe(shares, sizeof(shares));
	wipe(&s, sizeof(s));
	buf_free(&words);
	return rc;
}

/* ---- the root
 * ------------------------------------------------------------------- */

/* Both certificates of the root, by its own key, as a card. */
static enum rc
root_card(struct ceremony *c, struct err *e)
{
	const struct plan *p = &c->plan;
	struct identity *id = &c->authority;
	struct buf address = { 0 }, der, pem = { 0 };
	struct cert_request r = { .name = p->name,
		.issuer = p->name,
		.rights = { CERT_AUTHORITY, p->level, p->precedence, p->depth },
		.from = c->now,
		.until = c->now + (int64_t)p->days * TIME_DAY,
		.use = CERT_SIGN,
		.sig = sig_key_alg(id->sig),
		.kem = kem_key_alg(id->kem) };
	enum rc rc;

	buf_add(&address, bytes_str("antin://"));
	buf_add(&address, p->unit);
	r.address = buf_bytes(&address);
	r.pub = sig_key_pub(id->sig);
	cert_write(&der, &r, id->sig);
	pem_write(&pem, CERTIFICATE, buf_bytes(&der));
	buf_free(&der);
	r.use = CERT_KEM;
	r.pub = kem_key_pub(id->kem);
	cert_write(&der, &r, id->sig);
	pem_write(&pem, CERTIFICATE, buf_bytes(&der));
	buf_free(&der);
	rc = card_parse(&id->card, buf_bytes(&pem), e);
	buf_free(&pem);
	buf_free(&address);
	return rc;
}

/* The directory as it begins: the root, and its certificates. */
static enum rc
root_directory(struct ceremony *c, struct office *o, struct err *e)
{
	const struct card *card = &c->authority.card;
	struct act acts[2] = { office_act(o, ACT_ENROL),
		office_act(o, ACT_CERTIFY) };
	struct buf certs = { 0 }, head, part = { 0 };
	enum rc rc;

	random_bytes(acts[0].unit.b, sizeof(acts[0].unit.b));
	acts[0].subject = ACT_UNIT;
	acts[0].id = c->plan.unit;
	acts[0].name = c->plan.name;
	acts[0].class = c->plan.class;
	acts[0].has = 1u << F_SUBJECT | 1u << F_UNIT | 1u << F_ID |
		      1u << F_NAME | 1u << F_CLASS;
	buf_add(&certs, buf_bytes(&card->sign_der));
	buf_add(&certs, buf_bytes(&card->kem_der));
	acts[1].unit = acts[0].unit;
	acts[1].certs = buf_bytes(&certs);
	acts[1].has = 1u << F_UNIT | 1u << F_CERTS;
	rc = directory_new(&o->d, buf_bytes(&card->sign_der), e);
	if (rc == RC_OK)
		rc = directory_decide(
		    o->d, &part, 0, acts, 2, c->authority.sig, c->now, e);
	if (rc == RC_OK) {
		directory_head(&head, buf_bytes(&card->sign_der));
		buf_add(&head, buf_bytes(&part));
		rc = directory_create(o->file.path, buf_bytes(&head), e);
		buf_free(&head);
	}
	directory_free(o->d);
	o->d = NULL;
	buf_free(&certs);
	buf_free(&part);
	return rc;
}

/* ---- what the plan says is to be done
 * ---------------------------------------------- */

/* Words of a line as a shell would have them: blanks between, quotes '"' around
 * those that hold some.  They point into "line". */
static enum rc
split_line(char **words, char *line, struct err *e)
{
	size_t n = 0;
	char *p = line, end;

	for (;;) {
		while (*p == ' ')
			p++;
		if (*p == '\0')
			break;
		if (n + 1 == LINE_WORDS)
			return fail(
			    e, RC_LIMIT, "over %d words", LINE_WORDS - 1);
		end = *p == '"' ? '"' : ' ';
		if (end == '"')
			p++;
		words[n++] = p;
		p = strchr(p, end);
		if (p == NULL && end == '"')
			return fail(e, RC_USAGE, "a quote that does not end");
		if (p == NULL)
			break;
		*p++ = '\0';
	}
	words[n] = NULL;
	return RC_OK;
}

/* The acts that were decided since the log had "from". */
static void
note_acts(struct ceremony *c, const struct office *o, uint64_t from)
{
	const struct dlog *l = directory_log(o->d, o->unit);
	const struct log_item *item;
	struct act_line line = { .log = l->id };

	for (; from < l->log.tree.size; from++) {
		item = log_at(&l->log, from);
		line.number = from;
		if (item->entry.p == NULL)
			continue;
		sha256(line.hash.b, item->entry);
		transcript_act(&c->transcript, &line);
	}
}

/* What a line may not have: the ceremony's own. */
static enum rc
check_line(const struct args *a, struct err *e)
{
	static const char *const ours[] = { "directory", "key", "share",
		"passphrase-file" };
	size_t i;

	if (a->help)
		return fail(e, RC_USAGE, "it asks for help");
	for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (arg_given(a, ours[i]))
			return fail(e, RC_USAGE,
			    "--%s is the ceremony's, and not a line's",
			    ours[i]);
	return RC_OK;
}

static enum rc
do_line(struct ceremony *c, struct office *o, struct bytes text, struct err *e)
{
	char *words[LINE_WORDS], *line = bytes_text(text);
	struct args a = { 0 };
	const struct cmd *cmd;
	uint64_t from = directory_log(o->d, o->unit)->log.tree.size;
	int n = 0;
	enum rc rc;

	if ((rc = split_line(words, line, e)) != RC_OK)
		goto out;
	cmd = cmd_find(words, &n);
	if (cmd == NULL || cmd->act == NULL) {
		rc = fail(e, RC_USAGE,
		    "it is no command by which an authority decides");
		goto out;
	}
	if ((rc = args_parse(&a, cmd, words + n, e)) == RC_OK &&
	    (rc = check_line(&a, e)) == RC_OK &&
	    (rc = cmd->act(o, &a, e)) == RC_OK)
		rc = office_decide(o, e);
	note_acts(c, o, from);
out:
	args_free(&a);
	free(line);
	if (rc != RC_OK)
		return fail_at(e, "do: %.*s",
		    (int)(text.len > LINE_SHOWN ? LINE_SHOWN : text.len),
		    (const char *)text.p);
	return RC_OK;
}

static enum rc
do_all(struct ceremony *c, struct office *o, struct err *e)
{
	size_t i;
	enum rc rc = RC_OK;

	for (i = 0; i < c->plan.todo_count && rc == RC_OK; i++) {
		say("%zu of %zu: %.*s\n", i + 1, c->plan.todo_count,
		    (int)c->plan.todo[i].len, (const char *)c->plan.todo[i].p);
		rc = do_line(c, o, c->plan.todo[i], e);
	}
	return rc;
}

/* What was decided before a line failed stays decided: the transcript says it,
 * and the caller says the failure. */
static enum rc
root_does(struct ceremony *c, const char *path, struct err *e)
{
	struct office o = { .file = { .fd = -1 }, .now = c->now };
	enum rc rc;

	o.file.path = path;
	if ((rc = root_directory(c, &o, e)) != RC_OK)
		return rc;
	rc = directory_open(&o.file, path, e);
	if (rc == RC_OK) {
		o.d = o.file.directory;
		o.me = c->authority; /* lent */
		note_acts(c, &o, 0);
		rc = do_all(c, &o, e);
		o.me = (struct identity){ 0 };
	}
	office_close(&o);
	return rc;
}

enum rc
ceremony_root(struct ceremony *c, struct err *e)
{
	char *name = path_of(c, "root"), *directory = path_of(c, "directory");
	struct split split;
	struct lock lock;
	enum rc rc;

	c->authority.sig = sig_generate(sig_by_name(c->plan.suite->sig));
	c->authority.kem = kem_generate(kem_by_name(c->plan.suite->kem));
	split_begin(&split);
	lock = split_lock(&split);
	if ((rc = root_card(c, e)) == RC_OK &&
	    (rc = write_identity(name, &c->authority, &lock, false, e)) ==
		RC_OK &&
	    (rc = ceremony_note(c, "root.key", e)) == RC_OK &&
	    (rc = ceremony_note(c, "root.pub", e)) == RC_OK &&
	    (rc = split_hand_out(c, &split, c->authority.card.sign_cert, e)) ==
		RC_OK &&
	    (rc = root_does(c, directory, e)) == RC_OK)
		rc = ceremony_note(c, "directory", e);
	wipe(&split, sizeof(split));
	free(name);
	free(directory);
	return rc;
}

/* ---- an authority's key
 * ---------------------------------------------------------------- */

enum rc
ceremony_authority(struct ceremony *c, struct err *e)
{
	char *name = path_of(c, "authority");
	struct asking k = { .recovers = true };
	struct split split;
	struct lock lock;
	enum rc rc;

	split_begin(&split);
	lock = split_lock(&split);
	if (arg(c->a, "invitation") == NULL) {
		rc = fail(e, RC_USAGE,
		    "--invitation is wanted: from the authority above");
		goto out;
	}
	if ((rc = asking_invited(&k, c->a, e)) != RC_OK ||
	    (rc = asking_keys(&k, c->plan.suite, e)) != RC_OK ||
	    (rc = asking_write(&k, name, &lock, false, e)) != RC_OK ||
	    (rc = ceremony_note(c, "authority.request", e)) != RC_OK)
		goto out;
	c->authority = k.id; /* the ceremony's now */
	k.id = (struct identity){ 0 };
	rc = split_hand_out(c, &split, c->authority.card.sign_cert, e);
out:
	asking_free(&k);
	wipe(&split, sizeof(split));
	free(name);
	return rc;
}

/* ---- acts
 * --------------------------------------------------------------------------------
 */

enum rc
ceremony_acts(struct ceremony *c, struct err *e)
{
	enum rc rc = do_all(c, &c->office, e);

	c->authority = c->office.me; /* it signs the transcript */
	c->office.me = (struct identity){ 0 };
	return rc;
}
