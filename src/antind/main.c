/* SPDX-License-Identifier: EUPL-1.2 */
/* antind: the daemon of a station; the parent, or one of its processes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "antind/parent.h"
#include "core/lang.h"
#include "core/utf8.h"
#include "crypto/suite.h"

#define CONF_FILE "/etc/antin/antind.conf"

/* The process of this name, with its channel where the parent put it. */
static int
run_process(const char *name)
{
	enum proc p;
	struct stat st;

	for (p = PROC_KEYS; p < PROCS; p++)
		if (strcmp(name, proc_name(p)) == 0 && process_of(p) != NULL &&
		    fstat(PARENT_FD, &st) == 0 && S_ISSOCK(st.st_mode))
			return process_run(process_of(p), PARENT_FD);
	(void)fprintf(stderr, "antind: -p is the parent's own\n");
	return 2;
}

static void
complain(const struct buf *problems, const struct err *e)
{
	utf8_print(stderr, buf_bytes(problems));
	(void)fputs("antind: ", stderr);
	utf8_print(stderr, bytes_str(e->text));
	(void)fputc('\n', stderr);
}

/* The settings in force, as they would be written. */
static void
show(const struct setup *s)
{
	const struct conf_value *v;
	char *text;
	size_t i;

	say("%s: OK\n", s->file);
	for (i = 0; i < s->conf.count; i++) {
		v = &s->conf.values[i];
		text = v->is->base == CONF_NO_PATH ? strdup(v->text)
						   : setup_path(s, v);
		if (text == NULL)
			bug("no memory");
		(void)printf("%s ", v->is->word);
		utf8_print(stdout, bytes_str(text));
		if (v->line == 0)
			(void)printf("  # %s", tr("the default"));
		(void)putchar('\n');
		free(text);
	}
}

static void
usage(FILE *to)
{
	(void)fprintf(to,
	    "antind [-n] [-c FILE]\n"
	    "  -c FILE  %s\n"
	    "  -n       %s\n",
	    tr("the configuration file (/etc/antin/antind.conf)"),
	    tr("only check it, and show the settings in force"));
}

/* Nothing of ours in a core file or for a debugger of the same user. */
static void
harden(void)
{
	const struct rlimit none = { 0, 0 };

	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)umask(077);
}

static int
run(const char *file, bool check)
{
	struct buf problems;
	struct setup s;
	struct err e;
	int status = 0;

	if (!crypto_library_fits()) {
		(void)fprintf(stderr,
		    tr("antind: OpenSSL 3.5 or newer is wanted, found %s\n"),
		    crypto_library());
		return 1;
	}
	if (setup_read(&s, file, &problems, &e) != RC_OK) {
		complain(&problems, &e);
		buf_free(&problems);
		return 1;
	}
	if (check) {
		show(&s);
	} else {
		lang_set(LANG_EN); /* the log is */
		status = parent_run(&s);
	}
	buf_free(&problems);
	setup_free(&s);
	return status;
}

int
main(int argc, char **argv)
{
	const char *file = CONF_FILE;
	bool check = false;
	int option;

	harden();
	crypto_library_ready();
	if (argc == 3 && strcmp(argv[1], "-p") == 0)
		return run_process(argv[2]);
	lang_set(lang_of_environment());
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		(void)printf(
		    "antind %s (%s)\n", ANTIN_VERSION, crypto_library());
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		usage(stdout);
		return 0;
	}
	opterr = 0;
	while ((option = getopt(argc, argv, "nfc:")) != -1) {
		if (option == 'n')
			check = true;
		else if (option == 'c')
			file = optarg;
		else if (option != 'f') {
			usage(stderr);
			return 2;
		}
	}
	if (optind < argc) {
		usage(stderr);
		return 2;
	}
	return run(file, check);
}
