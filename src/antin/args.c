/* SPDX-License-Identifier: EUPL-1.2 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antin/cmd.h"
#include "core/lang.h"
#include "core/limits.h"
#include "core/time.h"
#include "core/utf8.h"
#include "core/work.h"

static const struct opt *
opt_find(const struct cmd *cmd, const char *name, size_t len)
{
	const struct opt *o;

	for (o = cmd->opts; o->name != NULL; o++)
		if (strlen(o->name) == len && memcmp(o->name, name, len) == 0)
			return o;
	return NULL;
}

static enum rc
take_option(struct args *a, char ***argv, struct err *e)
{
	const char *word = **argv + 2, *value = strchr(word, '=');
	size_t len = value == NULL ? strlen(word) : (size_t)(value - word);
	const struct opt *o = opt_find(a->cmd, word, len);

	if (o == NULL)
		return fail(
		    e, RC_USAGE, "there is no option --%.*s", (int)len, word);
	if (value != NULL)
		value++;
	if (o->arg == NULL && value != NULL)
		return fail(e, RC_USAGE, "--%s takes no value", o->name);
	if (o->arg != NULL && value == NULL) {
		value = (*argv)[1];
		if (value == NULL)
			return fail(e, RC_USAGE, "--%s wants a value: %s",
			    o->name, tr(o->arg));
		(*argv)++;
	}
	if (!o->many && arg_given(a, o->name))
		return fail(e, RC_USAGE, "--%s is given twice", o->name);
	a->given[a->given_count++] = (struct given){ o, value };
	return RC_OK;
}

enum rc
args_parse(struct args *out, const struct cmd *cmd, char **argv, struct err *e)
{
	struct args a = { .cmd = cmd };
	bool options = true;
	enum rc rc = RC_OK;
	size_t n = 0;

	while (argv[n] != NULL)
		n++;
	*out = (struct args){ 0 };
	if (n > ARGS_MAX)
		return fail(
		    e, RC_LIMIT, "a command line of over %d words", ARGS_MAX);
	a.given = alloc(n, sizeof(*a.given));
	a.rest = alloc(n + 1, sizeof(*a.rest));
	for (; *argv != NULL && rc == RC_OK; argv++) {
		if (options && strcmp(*argv, "--help") == 0)
			a.help = true;
		else if (options && strcmp(*argv, "--") == 0)
			options = false;
		else if (options && strncmp(*argv, "--", 2) == 0)
			rc = take_option(&a, &argv, e);
		else if (options && (*argv)[0] == '-' && (*argv)[1] != '\0')
			rc = fail(e, RC_USAGE,
			    "there is no option %s; options are words: "
			    "--help",
			    *argv);
		else
			a.rest[a.rest_count++] = *argv;
	}
	if (rc == RC_OK && !a.help &&
	    (a.rest_count < cmd->least || a.rest_count > cmd->most))
		rc = fail(e, RC_USAGE, "wanted: antin %s %s", cmd->name,
		    tr(cmd->args));
	if (rc != RC_OK) {
		args_free(&a);
		return rc;
	}
	*out = a;
	return RC_OK;
}

void
args_free(struct args *a)
{
	free(a->given);
	free(a->rest);
	*a = (struct args){ 0 };
}

const char *
arg_each(const struct args *a, const char *name, size_t *at)
{
	while (*at < a->given_count) {
		const struct given *g = &a->given[(*at)++];

		if (strcmp(g->opt->name, name) == 0)
			return g->value == NULL ? "" : g->value;
	}
	return NULL;
}

const char *
arg(const struct args *a, const char *name)
{
	size_t at = 0;

	return arg_each(a, name, &at);
}

bool
arg_given(const struct args *a, const char *name)
{
	return arg(a, name) != NULL;
}

enum rc
arg_must(
    const char **out, const struct args *a, const char *name, struct err *e)
{
	*out = arg(a, name);
	if (*out == NULL)
		return fail(e, RC_USAGE, "--%s is wanted", name);
	return RC_OK;
}

enum rc
arg_number(uint64_t *out, const struct args *a, const char *name, uint64_t min,
    uint64_t max, struct err *e)
{
	const char *value = arg(a, name);
	char *end;
	uint64_t n;

	if (value == NULL)
		return RC_OK;
	errno = 0;
	n = strtoull(value, &end, 10);
	if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno != 0 ||
	    n < min || n > max)
		return fail(e, RC_USAGE,
		    "--%s wants a number from %llu to %llu, found \"%s\"", name,
		    (unsigned long long)min, (unsigned long long)max, value);
	*out = n;
	return RC_OK;
}

enum rc
arg_threads(const struct args *a, struct err *e)
{
	uint64_t threads = 0; /* one a core */
	enum rc rc;

	rc = arg_number(&threads, a, "threads", 1, LIMIT_THREADS, e);
	work_threads_set((unsigned)threads);
	return rc;
}

enum rc
arg_time(int64_t *out, const struct args *a, const char *name, struct err *e)
{
	const char *value = arg(a, name);

	if (value == NULL || time_parse(out, bytes_str(value)))
		return RC_OK;
	return fail(e, RC_USAGE,
	    "--%s wants a time such as 2026-11-22T17:00 (Vietnam's) or "
	    "2026-11-22T10:00Z, found \"%s\"",
	    name, value);
}

static void
option_help(const char *name, const char *value, const char *help)
{
	size_t n = 4 + strlen(name) + 1 + utf8_columns(bytes_str(value));

	(void)printf("  --%s %s%*s %s\n", name, value,
	    n < 28 ? (int)(28 - n) : 0, "", help);
}

void
cmd_help(const struct cmd *cmd)
{
	const struct opt *o;

	say("Usage: antin %s [options] %s\n", cmd->name, tr(cmd->args));
	(void)printf("\n%s\n\n", tr(cmd->does));
	for (o = cmd->opts; o->name != NULL; o++)
		option_help(
		    o->name, o->arg == NULL ? "" : tr(o->arg), tr(o->help));
	option_help("help", "", tr("show this"));
	say("\nMore: man antin-%.*s\n", (int)strcspn(cmd->name, " "),
	    cmd->name);
}
