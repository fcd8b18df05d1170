/* SPDX-License-Identifier: EUPL-1.2 */
/* antin backup, and its officers, share and verify (docs/backup.md). */
#include "antin/backup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antin/tree.h"
#include "antin/who.h"
#include "core/lang.h"
#include "core/time.h"
#include "pki/resolve.h"

void
backup_say(const struct backup_head *h)
{
	char when[TIME_TEXT], id[ID_TEXT];

	time_write_vn(when, h->at);
	id_write(id, &h->id);
	say("Backup %s of %.*s, made %s; any %u of its officers open it.\n", id,
	    (int)h->address.len, (const char *)h->address.p, when, h->quorum);
}

/* ---- backup
 * ------------------------------------------------------------------------ */

static enum rc
backup(const struct args *a, struct err *e)
{
	const char *dir = station_dir(a);
	enum rc rc = station_here(dir, e);

	if (rc == RC_OK)
		rc = backup_make(a, dir, a->rest[0], BACKUP_COPY, e);
	if (rc == RC_OK)
		say("Wrote %s. Keep it away from the station; antin backup "
		    "verify checks it.\n",
		    a->rest[0]);
	return rc;
}

static const struct opt backup_opts[] = {
	OPT_STATION,
	OPT_MAKES,
	OPT_FORCE,
	OPT_END,
};
const struct cmd cmd_backup = {
	.name = "backup",
	.args = "FILE",
	.does = "Back up a station, while it works, sealed for its officers.",
	.opts = backup_opts,
	.least = 1,
	.most = 1,
	.run = backup,
};

/* ---- officers
 * ---------------------------------------------------------------------- */

/* A desk that has a key today. */
static enum rc
check_officer(struct directory *d, const char *word, struct err *e)
{
	struct resolved who;
	enum rc rc = resolve(d, bytes_str(word), time_now(), &who, e);

	if (rc == RC_OK && who.holder == NONE)
		rc = fail(
		    e, RC_INVALID, "%s is a unit; an officer is a desk", word);
	if (rc == RC_OK && cert_in_force(d, who.unit, who.holder, CERT_DESK,
			       CERT_KEM, time_now()) == NONE)
		rc = fail(e, RC_ABSENT, "%s has no key in force", word);
	return rc;
}

static enum rc
officers_name(
    const struct args *a, const char *path, struct directory *d, struct err *e)
{
	struct backup_officers o = { .quorum = 2 }, again;
	uint64_t quorum = 2;
	struct buf text = { 0 };
	enum rc rc;
	size_t i;

	rc = arg_number(&quorum, a, "quorum", 2, SHAMIR_MAX, e);
	if (rc == RC_OK && a->rest_count < quorum)
		rc = fail(e, RC_USAGE,
		    "%llu officers are to open a backup together, and %zu are "
		    "named",
		    (unsigned long long)quorum, a->rest_count);
	for (i = 0; i < a->rest_count && rc == RC_OK; i++) {
		rc = check_officer(d, a->rest[i], e);
		o.names[o.count++] = bytes_str(a->rest[i]);
	}
	if (rc != RC_OK)
		return rc;
	o.quorum = (unsigned)quorum;
	backup_officers_write(&text, &o);
	rc = backup_officers_read(&again, buf_bytes(&text), e);
	if (rc == RC_OK)
		rc = file_write(path, buf_bytes(&text), 0600, true, e);
	if (rc == RC_OK)
		say("Any %u of %u officers open a backup of this station from "
		    "now on; older ones stay as they are.\n",
		    o.quorum, o.count);
	buf_free(&text);
	return rc;
}

static enum rc
officers_show(const char *path, struct err *e)
{
	struct backup_officers o;
	struct buf text = { 0 };
	unsigned i;
	enum rc rc;

	if (!file_exists(path))
		return fail(e, RC_ABSENT,
		    "docs/backup.md 1.2: nobody is named who may open a "
		    "backup of this station; antin backup officers does");
	rc = file_read(&text, path, BACKUP_OFFICERS_MAX, e);
	if (rc == RC_OK)
		rc = backup_officers_read(&o, buf_bytes(&text), e);
	if (rc == RC_OK)
		say("Any %u of these open a backup:\n", o.quorum);
	for (i = 0; rc == RC_OK && i < o.count; i++)
		(void)printf("  %.*s\n", (int)o.names[i].len,
		    (const char *)o.names[i].p);
	buf_free(&text);
	return rc;
}

static enum rc
officers(const struct args *a, struct err *e)
{
	char *path = station_in(station_dir(a), "backup-officers"),
	     *own = station_in(station_dir(a), "directory");
	struct directory *d = NULL;
	enum rc rc;

	if (a->rest_count == 0) {
		rc = officers_show(path, e);
	} else {
		rc = directory_read(&d, own, true, e);
		if (rc == RC_OK)
			rc = officers_name(a, path, d, e);
	}
	directory_free(d);
	free(own);
	free(path);
	return rc;
}

static const struct opt officers_opts[] = {
	{ "quorum", "K", "how many of them open a backup (default: 2)", false },
	OPT_STATION,
	OPT_END,
};
const struct cmd cmd_backup_officers = {
	.name = "backup officers",
	.args = "[DESK...]",
	.does = "Name the desks that open a station's backups together, or "
		"show them.",
	.opts = officers_opts,
	.least = 0,
	.most = SHAMIR_MAX,
	.run = officers,
};

/* ---- share
 * -------------------------------------------------------------------------- */

static void
share_text(
    struct buf *out, const struct backup_head *h, const struct keyshare *s)
{
	char id[ID_TEXT], line[64];
	struct buf code;
	size_t i;

	*out = (struct buf){ 0 };
	id_write(id, &h->id);
	buf_add(out, bytes_str("antin share 1\nbackup: "));
	buf_add(out, bytes_str(id));
	buf_add(out, bytes_str("\nstation: "));
	buf_add(out, h->address);
	(void)snprintf(line, sizeof(line),
	    "\nshare: %u of %u, any %u\ncode: ", s->share.x, s->count,
	    s->quorum);
	buf_add(out, bytes_str(line));
	keyshare_write(&code, s);
	for (i = 0; i < code.len; i += 4) {
		if (i > 0)
			buf_u8(out, '-');
		buf_add(out,
		    bytes_of(code.p + i, code.len - i < 4 ? code.len - i : 4));
	}
	buf_u8(out, '\n');
	buf_free(&code);
}

static enum rc
share(const struct args *a, struct err *e)
{
	struct backup_in b;
	struct identity id = { 0 };
	struct keyshare s = { 0 };
	struct buf text = { 0 };
	enum rc rc;

	if ((rc = backup_in_open(&b, a->rest[0], e)) != RC_OK)
		goto out;
	backup_say(&b.head);
	if ((rc = who_acts(&id, a, a->rest[1], e)) == RC_OK &&
	    (rc = backup_share(&s, &b.head, &id, e)) == RC_OK) {
		share_text(&text, &b.head, &s);
		rc = file_write(a->rest[2], buf_bytes(&text), 0600,
		    arg_given(a, "force"), e);
	}
	if (rc == RC_OK)
		say("Wrote your share, number %u, to %s. Give it to nobody but "
		    "who restores this station, and destroy it then.\n",
		    s.share.x, a->rest[2]);
out:
	wipe(&s, sizeof(s));
	buf_free(&text);
	identity_free(&id);
	backup_in_close(&b);
	return rc;
}

static const struct opt share_opts[] = { OPT_PASSPHRASE, OPT_FORCE, OPT_END };
const struct cmd cmd_backup_share = {
	.name = "backup share",
	.args = "FILE OFFICER.key SHARE",
	.does = "Take an officer's share of the key out of a backup, for who "
		"restores it.",
	.opts = share_opts,
	.least = 3,
	.most = 3,
	.run = share,
};

/* ---- opening one
 * ------------------------------------------------------------------ */

static enum rc
check_count(size_t n, struct err *e)
{
	if (n < SHAMIR_MAX)
		return RC_OK;
	return fail(e, RC_USAGE, "over %d shares", SHAMIR_MAX);
}

enum rc
backup_unlock(struct backup_in *b, const struct args *a, struct err *e)
{
	struct keyshare shares[SHAMIR_MAX] = { 0 };
	uint8_t key[AEAD_KEY];
	struct identity id;
	const char *path;
	size_t at = 0, n = 0;
	struct buf file;
	enum rc rc = RC_OK;

	while (rc == RC_OK && (path = arg_each(a, "share", &at)) != NULL &&
	       (rc = check_count(n, e)) == RC_OK) {
		rc = file_read(&file, path, KEYSHARE_FILE_MAX, e);
		if (rc == RC_OK && (rc = keyshare_read(&shares[n++],
					buf_bytes(&file), e)) != RC_OK)
			rc = fail_at(e, "%s", path);
		buf_free(&file);
	}
	at = 0;
	while (rc == RC_OK && (path = arg_each(a, "key", &at)) != NULL &&
	       (rc = check_count(n, e)) == RC_OK) {
		rc = who_acts(&id, a, path, e);
		if (rc == RC_OK && (rc = backup_share(&shares[n++], &b->head,
					&id, e)) != RC_OK)
			rc = fail_at(e, "%s", path);
		identity_free(&id);
	}
	if (rc == RC_OK)
		rc = backup_join(key, &b->head, shares, n, e);
	if (rc == RC_OK)
		backup_in_unlock(b, key);
	wipe(key, sizeof(key));
	wipe(shares, sizeof(shares));
	return rc;
}

enum rc
backup_sealed(struct backup_in *b, struct directory *d, struct err *e)
{
	uint8_t hash[SHA512_SIZE];
	const struct state *s = &d->state;
	const struct dcert *c = NULL;
	struct sig_pub *pub = NULL;
	struct buf seal = { 0 };
	struct tag tag;
	size_t i;
	enum rc rc;

	if ((rc = backup_in_seal(b, &seal, hash, e)) != RC_OK ||
	    (rc = backup_seal_tag(&tag, buf_bytes(&seal), e)) != RC_OK)
		goto out;
	for (i = cert_by_tag(s, tag_bytes(&tag)); i != NONE; i = c->same_tag) {
		c = &s->certs[i];
		if (c->cert.use == CERT_SIGN &&
		    c->cert.rights.kind == CERT_STATION &&
		    bytes_eq(c->cert.address, b->head.address) &&
		    directory_holds(d, i))
			break;
	}
	if (i == NONE) {
		rc = fail(e, RC_DENIED,
		    "docs/backup.md 3.6: the directory knows no key of the "
		    "station %.*s that sealed this backup",
		    (int)b->head.address.len, (const char *)b->head.address.p);
		goto out;
	}
	pub = sig_pub_of(c->cert.sig, c->cert.pub);
	rc = pub == NULL ? fail(e, RC_INVALID, "a certificate without a key")
			 : backup_seal_check(buf_bytes(&seal), hash, pub, e);
out:
	sig_pub_free(pub);
	buf_free(&seal);
	return rc;
}

/* ---- verify
 * ------------------------------------------------------------------------- */

/* Every file of it, to the end. */
static enum rc
read_all(struct backup_in *b, size_t *files, struct err *e)
{
	uint8_t want[SHA256_SIZE], sum[SHA256_SIZE];
	struct backup_entry entry;
	struct sha256 hash;
	struct bytes more;
	enum rc rc;

	for (*files = 0; (rc = backup_in_next(b, &entry, e)) == RC_OK &&
			 entry.name[0] != '\0';
	     ++*files) {
		hash = sha256_start();
		while (
		    (rc = backup_in_data(b, &more, e)) == RC_OK && more.len > 0)
			sha256_add(&hash, more);
		sha256_end(&hash, sum);
		if (rc == RC_OK && backup_entry_sum(&entry, want) &&
		    memcmp(want, sum, sizeof(sum)) != 0)
			rc = fail(e, RC_INVALID,
			    "docs/backup.md 3.5: %s is not what its name says",
			    entry.name);
		if (rc != RC_OK)
			break;
	}
	return rc;
}

static enum rc
verify(const struct args *a, struct err *e)
{
	const bool opens = arg_given(a, "share") || arg_given(a, "key");
	struct directory *d = NULL;
	struct progress p;
	struct backup_in b;
	size_t files = 0;
	enum rc rc;

	if ((rc = backup_in_open(&b, a->rest[0], e)) != RC_OK ||
	    (rc = tree_read(&d, a, e)) != RC_OK ||
	    (opens && (rc = backup_unlock(&b, a, e)) != RC_OK))
		goto out;
	p = progress_start(tr("Checking"), b.file.size);
	b.progress = &p;
	rc = opens ? read_all(&b, &files, e) : backup_in_skip(&b, e);
	if (rc == RC_OK)
		rc = backup_sealed(&b, d, e);
	progress_end(&p);
	if (rc != RC_OK)
		goto out;
	backup_say(&b.head);
	if (opens)
		say("It is whole: %zu files were opened, and the station's "
		    "seal holds.\n",
		    files);
	else
		say("It is whole, and the station's seal holds. Whether it "
		    "opens, its officers' shares alone show: --share.\n");
out:
	directory_free(d);
	backup_in_close(&b);
	return rc;
}

static const struct opt verify_opts[] = {
	OPT_DIRECTORY,
	OPT_OPENS,
	OPT_PASSPHRASE,
	OPT_END,
};
const struct cmd cmd_backup_verify = {
	.name = "backup verify",
	.args = "FILE",
	.does = "Check that a backup is whole and of its station; with shares, "
		"that it opens.",
	.opts = verify_opts,
	.least = 1,
	.most = 1,
	.run = verify,
};
