/* SPDX-License-Identifier: EUPL-1.2 */
#include "antin/letter.h"

static enum rc
inspect(const struct args *a, struct err *e)
{
	json_t *root = json_object();
	struct letter l = { .file = { .in = { .fd = -1 } } };
	enum rc rc;

	if (arg_given(a, "key"))
		rc = letter_open(&l, a, a->rest[0], e);
	else
		rc = sealed_open(&l.file, a->rest[0], e);
	if (rc == RC_OK) {
		letter_show_outside(root, &l.file);
		if (arg_given(a, "key"))
			letter_show_inside(root, &l);
		show(root, arg_given(a, "json"));
	} else {
		json_decref(root);
	}
	letter_free(&l);
	return rc;
}

static const struct opt opts[] = {
	{ "key", "FILE.key", "also what an addressee with this key sees",
	    false },
	{ "from", "CARD", "whom to know as sender (or a folder of cards)",
	    true },
	OPT_DIRECTORY,
	{ "foreign", NULL, "allow keys that are for foreign tools only",
	    false },
	OPT_PASSPHRASE,
	OPT_JSON,
	OPT_END,
};
const struct cmd cmd_inspect = {
	.name = "inspect",
	.args = "FILE",
	.does = "Draw an envelope as a tree: without a key what a relay sees, "
		"with one also what the addressee sees.",
	.opts = opts,
	.least = 1,
	.most = 1,
	.run = inspect,
};
