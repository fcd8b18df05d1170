/* SPDX-License-Identifier: EUPL-1.2 */
/* Directory files that are carried: made for somebody, and taken over. */
#include <stdio.h>
#include <stdlib.h>

#include "antin/tree.h"
#include "core/lang.h"
#include "core/time.h"
#include "core/utf8.h"
#include "file/directory_file.h"
#include "pki/status.h"

#define ASKED_MAX 1000
#define MARK DER_CTX(0) /* docs/directory.md 5.6 */

/* ---- directory write
 * ------------------------------------------------------------ */

/* The unit that an address leads to. */
static enum rc
unit_of(size_t *out, const struct directory *d, const char *address, int64_t t,
    struct err *e)
{
	struct resolved r;
	enum rc rc;

	rc = resolve(d, bytes_str(address), t, &r, e);
	*out = r.unit;
	return rc;
}

/* Whom --for, --all and --ask name; "asked" has room for ASKED_MAX. */
static enum rc
who_of(struct directory_for *who, size_t *asked, const struct args *a,
    const struct directory *d, int64_t t, struct err *e)
{
	const char *station = arg(a, "for"), *address;
	size_t at = 0;
	enum rc rc = RC_OK;

	who->all = arg_given(a, "all");
	who->asked = asked;
	if ((station != NULL) == who->all)
		return fail(e, RC_USAGE,
		    "say for whom: --for with an address, or --all");
	if (station != NULL)
		rc = unit_of(&who->unit, d, station, t, e);
	while (rc == RC_OK && (address = arg_each(a, "ask", &at)) != NULL) {
		if (who->asked_count == ASKED_MAX)
			return fail(
			    e, RC_LIMIT, "--ask over %d times", ASKED_MAX);
		rc = unit_of(&asked[who->asked_count++], d, address, t, e);
	}
	return rc;
}

static enum rc
status_of(struct status *out, const struct args *a, const struct directory *d,
    struct err *e)
{
	const char *path = arg(a, "since");
	struct buf file;
	enum rc rc;

	*out = (struct status){ 0 };
	if (path == NULL)
		return RC_OK;
	if ((rc = file_read(&file, path, STATUS_MAX, e)) != RC_OK)
		return rc;
	if ((rc = status_read(out, buf_bytes(&file), e)) != RC_OK)
		rc = fail_at(e, "%s", path);
	else if (!status_fits(out, d))
		rc = fail(e, RC_DENIED,
		    "%s: it is of a directory under another root", path);
	buf_free(&file);
	return rc;
}

/* Logs of which the bearer of the status knows more than we do. */
static size_t
newer_there(struct status *s, const struct directory *d)
{
	size_t i, n = 0;

	for (i = 0; i < d->log_count; i++)
		n += status_has(s, &d->logs[i].id) > d->logs[i].log.tree.size;
	return n;
}

static enum rc
directory_write_file(const struct args *a, struct err *e)
{
	size_t *asked = alloc(ASKED_MAX, sizeof(*asked)), newer;
	struct directory_for who = { .unit = NONE };
	const int64_t now = time_now();
	struct status status = { 0 };
	struct directory *d = NULL;
	struct buf out = { 0 };
	enum rc rc;

	if ((rc = tree_read(&d, a, e)) != RC_OK ||
	    (rc = who_of(&who, asked, a, d, now, e)) != RC_OK ||
	    (rc = status_of(&status, a, d, e)) != RC_OK)
		goto out;
	who.has = status_has;
	who.ctx = &status;
	directory_write(&out, d, &who, now);
	rc = file_write(
	    a->rest[0], buf_bytes(&out), 0644, arg_given(a, "force"), e);
	if (rc != RC_OK)
		goto out;
	say("Made %s. Take it there, and there: antin directory apply %s\n",
	    a->rest[0], a->rest[0]);
	newer = newer_there(&status, d);
	if (newer > 0)
		say("Of %zu logs more is known there than here: ask for a file "
		    "from there.\n",
		    newer);
out:
	status_free(&status);
	buf_free(&out);
	directory_free(d);
	free(asked);
	return rc;
}

static const struct opt write_opts[] = {
	OPT_DIRECTORY,
	{ "for", "ADDRESS", "what the station of this unit needs", false },
	{ "all", NULL, "all there is", false },
	{ "since", "STATUS",
	    "only what is new since this status, which its station has made",
	    false },
	{ "ask", "ADDRESS", "also who this is, and the way to him", true },
	OPT_FORCE,
	OPT_END,
};
const struct cmd cmd_directory_write = {
	.name = "directory write",
	.args = "OUT",
	.does = "Make a directory file that is carried to a station: whole, or "
		"what it lacks.",
	.opts = write_opts,
	.least = 1,
	.most = 1,
	.run = directory_write_file,
};

/* ---- directory status
 * ----------------------------------------------------------- */

static enum rc
directory_status(const struct args *a, struct err *e)
{
	struct directory *d;
	struct buf out;
	enum rc rc;

	if ((rc = tree_read(&d, a, e)) != RC_OK)
		return rc;
	status_write(&out, d);
	rc = file_write(
	    a->rest[0], buf_bytes(&out), 0644, arg_given(a, "force"), e);
	if (rc == RC_OK)
		say("Made %s: %zu logs. Take it to who shall write what is "
		    "lacking: antin directory write --since %s\n",
		    a->rest[0], d->log_count, a->rest[0]);
	buf_free(&out);
	directory_free(d);
	return rc;
}

static const struct opt status_opts[] = {
	OPT_DIRECTORY,
	OPT_FORCE,
	OPT_END,
};
const struct cmd cmd_directory_status = {
	.name = "directory status",
	.args = "OUT",
	.does = "Make a small file that says how much is known here, for who "
		"writes what is new.",
	.opts = status_opts,
	.least = 1,
	.most = 1,
	.run = directory_status,
};

/* ---- directory apply
 * ------------------------------------------------------------ */

/* What is counted before and after. */
struct count {
	size_t alarms, revoked;
	uint64_t times; /* of all checkpoints: a log's never runs back */
};

static struct count
count_of(const struct directory *d)
{
	struct count c = { .alarms = d->state.alarm_count };
	size_t i;

	for (i = 0; i < d->state.cert_count; i++)
		c.revoked += d->state.certs[i].revoked != TIME_NEVER;
	for (i = 0; i < d->log_count; i++)
		c.times += (uint64_t)d->logs[i].note.checkpoint.at;
	return c;
}

/* The parts and forks of a file that was applied: without its marks, which say
 * nothing here, and from the "first" element on. */
static struct buf
parts_of(struct bytes file, size_t first)
{
	struct bytes one;
	struct buf out = { 0 };
	size_t i;

	for (i = 0; (one = der_element(file)).len > 0; i++) {
		file = bytes_of(file.p + one.len, file.len - one.len);
		if (i >= first && one.p[0] != MARK)
			buf_add(&out, one);
	}
	return out;
}

static void
say_new(const struct directory *d, const struct applied *did,
    const struct count *was)
{
	const struct count is = count_of(d);

	/* the fold counts alarms anew: new ones need not be the last */
	if (is.alarms > was->alarms || did->forks > 0)
		alarms_say(d, 0);
	say("New: %zu acts, %zu revoked certificates, %zu alarms, %zu "
	    "forks.\n",
	    did->acts,
	    is.revoked > was->revoked ? is.revoked - was->revoked : 0,
	    is.alarms > was->alarms ? is.alarms - was->alarms : 0, did->forks);
	if (did->older > 0)
		say("Of %zu logs the file knew less than is known here.\n",
		    did->older);
	if (did->forks > 0)
		say("An authority signed two logs that differ. Both are kept "
		    "as proof. Tell the unit above by another way, and trust "
		    "nothing new of that authority until it has answered.\n");
	else if (is.alarms > was->alarms)
		say("Ask the units that the alarms name what they decided.\n");
}

static enum rc
apply_to_own(const char *path, struct buf *file, struct err *e)
{
	struct directory_file f;
	struct buf copy = { 0 }, parts = { 0 };
	struct applied did = { 0 };
	struct count was, is;
	enum rc rc;

	if ((rc = directory_open(&f, path, e)) != RC_OK)
		return rc;
	was = count_of(f.directory);
	buf_add(&copy, buf_bytes(file));
	if ((rc = directory_apply(f.directory, &copy, &did, e)) != RC_OK)
		goto out;
	is = count_of(f.directory);
	if (did.acts == 0 && did.forks == 0 && is.times == was.times) {
		say("Nothing in it is new.\n");
		goto out;
	}
	parts = parts_of(buf_bytes(file), 1);
	if ((rc = directory_append(&f, buf_bytes(&parts), e)) == RC_OK)
		say_new(f.directory, &did, &was);
out:
	buf_free(&parts);
	directory_close(&f);
	return rc;
}

/* The root is the one whose fingerprint was told by another way. */
static enum rc
check_root(const struct args *a, struct bytes root, struct err *e)
{
	uint8_t want[SHA256_SIZE], is[SHA256_SIZE];
	const char *text = arg(a, "root");

	if (text == NULL || !hex_parse(want, sizeof(want), bytes_str(text)))
		return fail(e, RC_USAGE,
		    "--create wants --root: the root's fingerprint, 64 digits "
		    "that you got by another way than the file");
	cert_fingerprint(is, root);
	if (!bytes_eq(bytes_of(want, sizeof(want)), bytes_of(is, sizeof(is))))
		return fail(e, RC_DENIED,
		    "the file is under another root than the one you gave");
	return RC_OK;
}

static enum rc
create_own(
    const struct args *a, const char *path, struct buf *file, struct err *e)
{
	const struct count none = { 0 };
	struct directory *d = NULL;
	struct buf copy = { 0 }, all = { 0 };
	struct applied did = { 0 };
	struct bytes root;
	enum rc rc;

	if ((rc = directory_root(&root, buf_bytes(file), e)) != RC_OK ||
	    (rc = check_root(a, root, e)) != RC_OK ||
	    (rc = directory_new(&d, root, e)) != RC_OK)
		goto out;
	buf_add(&copy, buf_bytes(file));
	if ((rc = directory_apply(d, &copy, &did, e)) != RC_OK)
		goto out;
	if (d->log_count == 0) {
		rc = fail(e, RC_ABSENT, "%s: nobody is in it", a->rest[0]);
		goto out;
	}
	all = parts_of(buf_bytes(file), 0);
	if ((rc = directory_create(path, buf_bytes(&all), e)) == RC_OK)
		say_new(d, &did, &none);
out:
	buf_free(&all);
	directory_free(d);
	return rc;
}

static enum rc
directory_apply_file(const struct args *a, struct err *e)
{
	const bool create = arg_given(a, "create");
	const char *path;
	struct buf file;
	enum rc rc;

	if ((rc = tree_path(&path, a, e)) != RC_OK)
		return rc;
	if (!create && arg_given(a, "root"))
		return fail(e, RC_USAGE,
		    "--root is for --create; a directory that is there has its "
		    "root");
	if ((rc = file_read(&file, a->rest[0], DIRECTORY_MAX, e)) != RC_OK)
		return rc;
	if (create)
		rc = create_own(a, path, &file, e);
	else
		rc = apply_to_own(path, &file, e);
	if (rc != RC_OK && rc != RC_USAGE)
		rc = fail_at(e, "nothing is taken over from %s", a->rest[0]);
	buf_free(&file);
	return rc;
}

static const struct opt apply_opts[] = {
	OPT_DIRECTORY,
	{ "create", NULL, "begin a directory: there is none here yet", false },
	{ "root", "FINGERPRINT",
	    "with --create: the root's fingerprint, which you got by another "
	    "way",
	    false },
	OPT_END,
};
const struct cmd cmd_directory_apply = {
	.name = "directory apply",
	.args = "FILE",
	.does = "Take over a directory file that was carried here, whole or "
		"not at all, and say what is new.",
	.opts = apply_opts,
	.least = 1,
	.most = 1,
	.run = directory_apply_file,
};
