/* SPDX-License-Identifier: EUPL-1.2 */
/* Directory files that a station is given and gives while it runs. */
#include "antin/talk.h"
#include "antin/tree.h"
#include "core/lang.h"
#include "core/time.h"
#include "file/directory_file.h"
#include "pki/status.h"

/* ---- directory give
 * ------------------------------------------------------------------ */

static enum rc
directory_give(const struct args *a, struct err *e)
{
	struct talk t = { .fd = -1 };
	struct buf file;
	enum rc rc;

	if ((rc = file_read(&file, a->rest[0], DIRECTORY_MAX, e)) != RC_OK)
		return rc;
	if ((rc = talk_open(&t, a, e)) == RC_OK &&
	    (rc = talk_give(&t, CONTROL_DIRECTORY_GIVE, NULL, buf_bytes(&file),
		 e)) != RC_OK)
		rc = fail_at(e, "nothing is taken over from %s", a->rest[0]);
	if (rc == RC_OK)
		say("The station knows it now, and tells the stations above "
		    "and below what they lack.\n");
	talk_close(&t);
	buf_free(&file);
	return rc;
}

static const struct opt give_opts[] = {
	OPT_STATION,
	OPT_END,
};
const struct cmd cmd_directory_give = {
	.name = "directory give",
	.args = "FILE",
	.does = "Give a directory file to the station that runs here, which "
		"takes it over and tells others.",
	.opts = give_opts,
	.least = 1,
	.most = 1,
	.run = directory_give,
};

/* ---- directory take
 * ------------------------------------------------------------------ */

/* Of a whole file, what the bearer of a status lacks. */
static enum rc
lacking(struct buf *file, const char *path, struct err *e)
{
	struct directory_for who = { .all = true, .has = status_has };
	struct directory *d = NULL;
	struct status status = { 0 };
	struct buf text, copy = { 0 };
	struct applied did;
	struct bytes root;
	enum rc rc;

	if ((rc = file_read(&text, path, STATUS_MAX, e)) != RC_OK)
		return rc;
	if ((rc = status_read(&status, buf_bytes(&text), e)) != RC_OK) {
		rc = fail_at(e, "%s", path);
		goto out;
	}
	buf_add(&copy, buf_bytes(file));
	if ((rc = directory_root(&root, buf_bytes(file), e)) != RC_OK ||
	    (rc = directory_new(&d, root, e)) != RC_OK ||
	    (rc = directory_apply(d, &copy, &did, e)) != RC_OK)
		goto out;
	if (!status_fits(&status, d)) {
		rc = fail(e, RC_DENIED,
		    "%s: it is of a directory under another root", path);
		goto out;
	}
	who.ctx = &status;
	buf_free(file);
	directory_write(file, d, &who, time_now());
out:
	status_free(&status);
	directory_free(d);
	buf_free(&copy);
	buf_free(&text);
	return rc;
}

static enum rc
directory_take(const struct args *a, struct err *e)
{
	struct talk t = { .fd = -1 };
	struct buf file = { 0 };
	enum rc rc;

	if ((rc = talk_open(&t, a, e)) == RC_OK &&
	    (rc = talk_take(&file, &t, CONTROL_DIRECTORY_TAKE, NULL,
		 DIRECTORY_MAX, e)) == RC_OK &&
	    arg(a, "since") != NULL)
		rc = lacking(&file, arg(a, "since"), e);
	if (rc == RC_OK)
		rc = file_write(a->rest[0], buf_bytes(&file), 0644,
		    arg_given(a, "force"), e);
	if (rc == RC_OK)
		say("Made %s. Take it there, and there: antin directory apply "
		    "%s\n",
		    a->rest[0], a->rest[0]);
	talk_close(&t);
	buf_free(&file);
	return rc;
}

static const struct opt take_opts[] = {
	OPT_STATION,
	{ "since", "STATUS",
	    "only what is new since this status, which its station has made",
	    false },
	OPT_FORCE,
	OPT_END,
};
const struct cmd cmd_directory_take = {
	.name = "directory take",
	.args = "OUT",
	.does = "Take what the station that runs here knows, as a directory "
		"file.",
	.opts = take_opts,
	.least = 1,
	.most = 1,
	.run = directory_take,
};
