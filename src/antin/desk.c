/* SPDX-License-Identifier: EUPL-1.2 */
/* antin desk: the station's pages in a browser (docs/desk.md 4.2). */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "antin/desk_trust.h"
#include "core/lang.h"
#include "web/route.h"

/* Somebody sits before this machine. */
static bool
has_display(void)
{
	const char *x = getenv("DISPLAY"), *wayland = getenv("WAYLAND_DISPLAY");

	return (x != NULL && x[0] != '\0') ||
	       (wayland != NULL && wayland[0] != '\0');
}

/* The browser that this user has chosen.  Who else sees the link in a list of
 * processes has no use of it: it is this user's alone. */
static bool
opened(const char *url)
{
	char program[] = "xdg-open", *word = strdup(url);
	char *argv[] = { program, word, NULL };
	posix_spawn_file_actions_t files;
	int bad, status = -1;
	pid_t pid;

	if (word == NULL || posix_spawn_file_actions_init(&files) != 0)
		bug("no memory");
	bad = posix_spawn_file_actions_addopen(
	    &files, 1, "/dev/null", O_WRONLY, 0);
	if (bad == 0)
		bad = posix_spawn_file_actions_addopen(
		    &files, 2, "/dev/null", O_WRONLY, 0);
	if (bad == 0)
		bad = posix_spawnp(&pid, program, &files, NULL, argv, environ);
	(void)posix_spawn_file_actions_destroy(&files);
	while (bad == 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	wipe(word, strlen(word));
	free(word);
	return bad == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* What pages ask, for other programs: no station is needed to know it. */
static enum rc
describe(void)
{
	json_t *all = web_openapi();

	(void)json_dumpf(all, stdout, JSON_INDENT(2));
	(void)putchar('\n');
	json_decref(all);
	return RC_OK;
}

/* Pages for other machines, where there are any. */
static void
say_links(struct talk *t)
{
	json_t *trust = NULL;
	struct err e;

	if (talk_ask(t, CONTROL_DESK_TRUST, NULL, NULL, &trust, &e) == RC_OK) {
		say("Other machines open the pages at (antin desk trust says "
		    "how they come to trust them):\n");
		desk_links(trust);
	}
	json_decref(trust);
}

static enum rc
desk(const struct args *a, struct err *e)
{
	json_t *answer = NULL;
	const char *url;
	struct talk t;
	enum rc rc;

	if (arg_given(a, "openapi"))
		return describe();
	rc = talk_open(&t, a, e);
	if (rc == RC_OK)
		rc = talk_ask(&t, CONTROL_DESK, NULL, NULL, &answer, e);
	if (rc != RC_OK)
		goto out;
	url = row_text(answer, "url");
	if (arg_given(a, "print"))
		(void)printf("%s\n", url);
	else if (has_display() && opened(url))
		say("The pages are opened in the browser.  Where they are not: "
		    "antin desk --print\n");
	else
		say("Open this in a browser of this machine; it is good once, "
		    "for five minutes:\n%s\n",
		    url);
	if (!arg_given(a, "print"))
		say_links(&t);
out:
	json_decref(answer);
	talk_close(&t);
	return rc;
}

static const struct opt desk_opts[] = {
	{ "print", NULL, "only print the address", false },
	{ "openapi", NULL, "print what can be asked by HTTP (OpenAPI 3.1)",
	    false },
	OPT_STATION,
	OPT_END,
};
const struct cmd cmd_desk = {
	.name = "desk",
	.args = "",
	.does = "Open the station's pages in a browser.",
	.opts = desk_opts,
	.run = desk,
};
