/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The command: a row a subcommand, one file each.  The rows are the help, the
 * checks and the documentation.
 */
#ifndef ANTIN_CMD_H
#define ANTIN_CMD_H

#include "core/bytes.h"
#include "core/err.h"

struct opt {
	const char *name; /* "to": --to */
	const char *arg;  /* what its value is called, or NULL: a flag */
	const char *help;
	bool many; /* may be given several times */
};

struct args;

struct cmd {
	const char *name; /* "seal", or "key new" */
	const char *args; /* what follows the options */
	const char *does;
	const struct opt *opts; /* up to one without name */
	size_t least, most;	/* arguments that are no options */
	enum rc (*run)(const struct args *a, struct err *e);
};

#define ARGS_MAX 65536 /* words of a command line */

struct args {
	const struct cmd *cmd;
	struct given {
		const struct opt *opt;
		const char *value; /* borrowed from argv */
	} * given;		   /* owned */
	size_t given_count;
	const char **rest; /* owned; the words are argv's */
	size_t rest_count;
	bool help;
};

/* RC_USAGE with what is wrong; --help anywhere is help.  Frees by
 * args_free(). */
enum rc args_parse(
    struct args *out, const struct cmd *cmd, char **argv, struct err *e);
void args_free(struct args *a);
/* The value of an option, NULL where it was not given. */
const char *arg(const struct args *a, const char *name);
bool arg_given(const struct args *a, const char *name);
/* Steps through the values of one that may be given several times, from *at =
 * 0; NULL at the end. */
const char *arg_each(const struct args *a, const char *name, size_t *at);
/* The value, or RC_USAGE that it is missing. */
enum rc arg_must(
    const char **out, const struct args *a, const char *name, struct err *e);
/* A number of min to max; left as it is where the option was not given. */
enum rc arg_number(uint64_t *out, const struct args *a, const char *name,
    uint64_t min, uint64_t max, struct err *e);
/* Give work the threads that --threads asks for. */
enum rc arg_threads(const struct args *a, struct err *e);
/* A time; left as it is where the option was not given. */
enum rc arg_time(
    int64_t *out, const struct args *a, const char *name, struct err *e);

void cmd_help(const struct cmd *cmd);

/* Options that several commands have. */
#define OPT_FORCE                                                              \
	{                                                                      \
		"force", NULL, "write over a file that is there", false        \
	}
#define OPT_JSON                                                               \
	{                                                                      \
		"json", NULL, "print JSON, for a program", false               \
	}
#define OPT_PASSPHRASE                                                         \
	{                                                                      \
		"passphrase-file", "FILE",                                     \
		    "read the passphrase from the first line of FILE", false   \
	}
#define OPT_THREADS                                                            \
	{                                                                      \
		"threads", "N", "use N threads (default: one a core)", false   \
	}
#define OPT_END                                                                \
	{                                                                      \
		NULL, NULL, NULL, false                                        \
	}

extern const struct cmd cmd_key_new, cmd_key_show, cmd_key_passwd, cmd_seal,
    cmd_open, cmd_sign, cmd_verify, cmd_inspect;

#endif
