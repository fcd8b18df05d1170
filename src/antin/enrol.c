/* SPDX-License-Identifier: EUPL-1.2 */
#include "antin/enrol.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/lang.h"
#include "der/der.h"

#define INVITES ".invites"

/* ---- where things lie
 * --------------------------------------------------------- */

char *
beside(const char *path, const char *suffix)
{
	char *out;

	if (asprintf(&out, "%s%s", path, suffix) < 0)
		bug("no memory");
	return out;
}

char *
in_folder(
    const char *path, const char *suffix, struct bytes name, const char *ending)
{
	struct buf hex = { 0 };
	char *out;

	hex_write((char *)buf_grow(&hex, 2 * name.len + 1), name);
	if (asprintf(&out, "%s%s/%s%s", path, suffix, (const char *)hex.p,
		ending) < 0)
		bug("no memory");
	buf_free(&hex);
	return out;
}

enum rc
make_folder(const char *path, const char *suffix, struct err *e)
{
	char *folder = beside(path, suffix);
	enum rc rc = RC_OK;

	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		rc = fail_io(e, "%s cannot be made", folder);
	free(folder);
	return rc;
}

/* ---- invitations that are out
 * ----------------------------------------------------- */

/* "request" is empty as long as nobody has answered. */
static enum rc
invited_put(const char *path, struct bytes invitation, struct bytes key,
    struct bytes request, bool replace, struct err *e)
{
	struct der_wr w = { 0 };
	enum rc rc;

	der_put_open(&w, DER_SEQUENCE);
	der_put_octets(&w, invitation);
	der_put_octets(&w, key);
	der_put_octets(&w, request);
	der_put_close(&w);
	rc = file_write(path, buf_bytes(&w.out), 0600, replace, e);
	der_wr_free(&w);
	return rc;
}

enum rc
invited_write(const char *directory, struct bytes invitation,
    const struct id *id, const uint8_t key[static ENROL_KEY], struct err *e)
{
	char *path = in_folder(directory, INVITES, id_bytes(id), ".invited");
	enum rc rc;

	rc = make_folder(directory, INVITES, e);
	if (rc == RC_OK)
		rc = invited_put(path, invitation, bytes_of(key, ENROL_KEY),
		    (struct bytes){ 0 }, false, e);
	free(path);
	return rc;
}

enum rc
invited_answered(const struct invited *i, const char *directory,
    const struct id *id, const uint8_t request[static SHA256_SIZE],
    struct err *e)
{
	char *path = in_folder(directory, INVITES, id_bytes(id), ".invited");
	enum rc rc;

	rc = invited_put(path, i->invitation.whole,
	    bytes_of(i->key, sizeof(i->key)), bytes_of(request, SHA256_SIZE),
	    true, e);
	free(path);
	return rc;
}

enum rc
invited_read(struct invited *out, const char *directory, const struct id *id,
    const uint8_t request[static SHA256_SIZE], struct err *e)
{
	struct invited i = { 0 };
	struct bytes invitation, key, used;
	struct der d;
	enum rc rc;

	*out = i;
	i.path = in_folder(directory, INVITES, id_bytes(id), ".invited");
	if (!file_exists(i.path)) {
		rc = fail(e, RC_ABSENT,
		    "no invitation is out for this request: it is another "
		    "authority's, or was taken back");
		goto out;
	}
	if ((rc = file_read(&i.file, i.path, INVITATION_MAX + 128, e)) != RC_OK)
		goto out;
	d = der_init(buf_bytes(&i.file));
	der_open(&d, DER_SEQUENCE);
	invitation = der_octets(&d, 1, INVITATION_MAX);
	key = der_octets(&d, ENROL_KEY, ENROL_KEY);
	used = der_octets(&d, 0, SHA256_SIZE);
	der_close(&d);
	if ((rc = der_end(&d, "an invitation that is out", e)) != RC_OK ||
	    (rc = invitation_read(&i.invitation, invitation, e)) != RC_OK)
		goto out;
	if (used.len > 0 && !bytes_eq(used, bytes_of(request, SHA256_SIZE))) {
		rc = fail(e, RC_ABSENT,
		    "the invitation was used for another request: a code works "
		    "once; invite anew");
		goto out;
	}
	memcpy(i.key, key.p, ENROL_KEY);
	*out = i;
	i = (struct invited){ 0 };
out:
	invited_free(&i);
	return rc;
}

void
invited_free(struct invited *i)
{
	buf_free(&i->file);
	wipe(i->key, sizeof(i->key));
	free(i->path);
	*i = (struct invited){ 0 };
}

/* ---- what a newcomer waits for
 * --------------------------------------------------------- */

void
pending_write(struct buf *out, struct bytes request, struct bytes invitation,
    struct bytes key)
{
	struct der_wr w = { 0 };

	der_put_open(&w, DER_SEQUENCE);
	der_put_octets(&w, request);
	der_put_octets(&w, invitation);
	der_put_octets(&w, key);
	der_put_close(&w);
	*out = w.out;
}

enum rc
pending_read(struct pending *out, const char *path, struct err *e)
{
	struct der d;
	enum rc rc;

	*out = (struct pending){ 0 };
	if (!file_exists(path))
		return fail(e, RC_ABSENT,
		    "%s is not there: nothing was requested under this name, "
		    "or it was accepted",
		    path);
	rc = file_read(&out->file, path, INVITATION_MAX + 256, e);
	if (rc != RC_OK)
		return rc;
	d = der_init(buf_bytes(&out->file));
	der_open(&d, DER_SEQUENCE);
	out->request = der_octets(&d, SHA256_SIZE, SHA256_SIZE);
	out->invitation = der_octets(&d, 0, INVITATION_MAX);
	out->key = der_octets(&d, 0, ENROL_KEY);
	der_close(&d);
	rc = der_end(&d, "what an answer is waited for", e);
	if (rc == RC_OK &&
	    (out->invitation.len == 0) != (out->key.len != ENROL_KEY))
		rc = fail(e, RC_INVALID, "an invitation without its key");
	if (rc != RC_OK)
		pending_free(out);
	return rc;
}

void
pending_free(struct pending *p)
{
	buf_free(&p->file);
	*p = (struct pending){ 0 };
}

/* ---- key files
 * ------------------------------------------------------------------------------
 */

enum rc
write_identity(const char *name, const struct identity *id,
    const struct lock *lock, bool replace, struct err *e)
{
	char *key_path = beside(name, ".key"),
	     *card_path = beside(name, ".pub");
	struct out_file a = { .dir = -1, .fd = -1 },
			b = { .dir = -1, .fd = -1 };
	struct buf key = { 0 }, card;
	enum rc rc;

	card_write(&card, &id->card);
	if ((rc = identity_seal_under(&key, id, lock, e)) == RC_OK &&
	    (rc = out_open(&a, key_path, 0600, replace, e)) == RC_OK &&
	    (rc = out_put(&a, buf_bytes(&key), e)) == RC_OK &&
	    (rc = out_open(&b, card_path, 0644, replace, e)) == RC_OK &&
	    (rc = out_put(&b, buf_bytes(&card), e)) == RC_OK &&
	    (rc = out_commit(&a, e)) == RC_OK)
		rc = out_commit(&b, e);
	out_drop(&a);
	out_drop(&b);
	buf_free(&key);
	buf_free(&card);
	free(key_path);
	free(card_path);
	return rc;
}
