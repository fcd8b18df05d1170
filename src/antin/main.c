/* SPDX-License-Identifier: EUPL-1.2 */
/* antin: the command. */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <jansson.h>

#include "antin/cmd.h"
#include "core/lang.h"
#include "core/utf8.h"
#include "crypto/suite.h"

static const struct cmd *const commands[] = {
	&cmd_key_new,
	&cmd_key_show,
	&cmd_key_passwd,
	&cmd_seal,
	&cmd_open,
	&cmd_sign,
	&cmd_verify,
	&cmd_inspect,
	&cmd_ceremony_plan,
	&cmd_ceremony_approve,
	&cmd_ceremony_run,
	&cmd_ceremony_verify,
	&cmd_enrol_invite,
	&cmd_enrol_request,
	&cmd_enrol_pending,
	&cmd_enrol_issue,
	&cmd_enrol_accept,
	&cmd_enrol_recover,
	&cmd_enrol_restore,
	&cmd_unit_new,
	&cmd_unit_rename,
	&cmd_unit_move,
	&cmd_unit_merge,
	&cmd_unit_split,
	&cmd_unit_close,
	&cmd_unit_recertify,
	&cmd_desk_rename,
	&cmd_desk_close,
	&cmd_desk_trust,
	&cmd_desk,
	&cmd_role_give,
	&cmd_role_end,
	&cmd_list_set,
	&cmd_policy_set,
	&cmd_cert_revoke,
	&cmd_directory_show,
	&cmd_directory_find,
	&cmd_directory_list,
	&cmd_directory_picture,
	&cmd_directory_write,
	&cmd_directory_status,
	&cmd_directory_apply,
	&cmd_directory_verify,
	&cmd_directory_give,
	&cmd_directory_take,
	&cmd_cert_show,
	&cmd_cert_export,
	&cmd_cert_crl,
	&cmd_station_new,
	&cmd_station_add_desk,
	&cmd_station_check,
	&cmd_station_start,
	&cmd_station_stop,
	&cmd_sign_in,
	&cmd_sign_out,
	&cmd_send,
	&cmd_inbox,
	&cmd_read,
	&cmd_ack,
	&cmd_refuse,
	&cmd_recall,
	&cmd_outbox,
	&cmd_queue_hold,
	&cmd_queue_release,
	&cmd_queue_reroute,
	&cmd_queue_drop,
	&cmd_queue,
	&cmd_alarms_ack,
	&cmd_alarms,
	&cmd_trace,
	&cmd_evidence,
	&cmd_status,
	&cmd_journal_show,
	&cmd_journal_checkpoint,
	&cmd_journal_prove,
	&cmd_journal_verify,
	&cmd_journal_gaps,
	&cmd_backup_officers,
	&cmd_backup_share,
	&cmd_backup_verify,
	&cmd_backup,
	&cmd_restore,
	&cmd_station_move,
	&cmd_station_reopen,
	&cmd_media_write,
	&cmd_media_read,
	&cmd_media_list,
	&cmd_media_lost,
	&cmd_media,
	&cmd_destroy,
	&cmd_station_lost,
	&cmd_doctor,
	&cmd_duty_show,
	&cmd_duty_plan,
	&cmd_duty_on,
	&cmd_duty_hand_over,
	&cmd_duty_note,
	&cmd_duty_watch,
	&cmd_user_list,
	&cmd_user_add,
	&cmd_user_sign_in,
	&cmd_user_sign_out,
	&cmd_user_otp,
	&cmd_doc_list,
	&cmd_doc_search,
	&cmd_doc_show,
	&cmd_doc_read,
	&cmd_doc_record,
	&cmd_doc_form,
	&cmd_doc_drafts,
	&cmd_doc,
	&cmd_register_list,
	&cmd_register_show,
	&cmd_register_close,
	&cmd_register_remark,
	&cmd_register_resume,
	&cmd_register_print,
	&cmd_report,
	&cmd_rules_check,
	&cmd_rules_list,
	&cmd_form,
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

/* What a program that calls us sees (man antin, EXIT STATUS). */
static int
exit_status(enum rc rc)
{
	static const int status[] = {
		[RC_OK] = 0,
		[RC_INVALID] = 1,
		[RC_DENIED] = 3,
		[RC_LIMIT] = 1,
		[RC_EXPIRED] = 4,
		[RC_ABSENT] = 1,
		[RC_EXISTS] = 1,
		[RC_IO] = 5,
		[RC_USAGE] = 2,
	};

	return status[rc];
}

/* For jansson, whose strings are content too. */
static void
free_wiped(void *p)
{
	if (p != NULL)
		wipe(p, malloc_usable_size(p));
	free(p);
}

/* No secret in a core file, none to a debugger of the same user, none in freed
 * memory; a file that meets its size limit is an error like a full disk. */
static void
harden(void)
{
	const struct rlimit none = { 0, 0 };

	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
	/* what libraries free (zstd's windows, stdio's buffers) is overwritten;
	 * small pieces that the thread keeps are not, hence what follows */
	(void)mallopt(M_PERTURB, 0x5a);
	json_set_alloc_funcs(malloc, free_wiped);
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)umask(022);
}

static void
usage_of(FILE *to, const struct cmd *cmd)
{
	(void)fprintf(to, "  antin %s %s\n      %s\n", cmd->name, tr(cmd->args),
	    tr(cmd->does));
}

static void
usage(FILE *to)
{
	size_t i;

	(void)fprintf(to, "%s\n\n",
	    tr("antin: sealed, signed dispatches for an organisation that "
	       "works in a tree"));
	for (i = 0; i < COMMANDS; i++)
		usage_of(to, commands[i]);
	(void)fprintf(to, "\n%s\n",
	    tr("antin COMMAND --help tells more; antin --version, which "
	       "program this is."));
}

const struct cmd *
cmd_find(char **argv, int *words)
{
	char two[64];
	size_t i;

	for (i = 0; i < COMMANDS && argv[0] != NULL; i++) {
		*words = strchr(commands[i]->name, ' ') == NULL ? 1 : 2;
		(void)snprintf(two, sizeof(two), "%s %s", argv[0],
		    *words == 2 && argv[1] != NULL ? argv[1] : "");
		if (strcmp(*words == 1 ? argv[0] : two, commands[i]->name) == 0)
			return commands[i];
	}
	return NULL;
}

/* A program that was moved away from its library says so. */
static enum rc
check_library(struct err *e)
{
	if (crypto_library_fits())
		return RC_OK;
	return fail(e, RC_IO,
	    "OpenSSL 3.5 or newer is wanted, found %s; run \"make install\" "
	    "again",
	    crypto_library());
}

static int
run(const struct cmd *cmd, char **argv)
{
	struct err e = { 0 };
	struct args a = { 0 };
	enum rc rc;

	rc = check_library(&e);
	if (rc == RC_OK)
		rc = args_parse(&a, cmd, argv, &e);
	if (rc == RC_OK && a.help)
		cmd_help(cmd);
	else if (rc == RC_OK)
		rc = cmd->run(&a, &e);
	if (rc == RC_OK && (fflush(stdout) != 0 || ferror(stdout)))
		rc = fail_io(&e, "standard output cannot be written");
	if (rc != RC_OK) {
		(void)fprintf(stderr, "antin %s: ", cmd->name);
		utf8_print(stderr, bytes_str(e.text));
		(void)fputc('\n', stderr);
	}
	if (rc == RC_USAGE)
		(void)fprintf(
		    stderr, "%s: antin %s --help\n", tr("Help"), cmd->name);
	args_free(&a);
	return exit_status(rc);
}

/* Tell of the commands whose first word this is ("key"); false where there is
 * none. */
static bool
usage_group(FILE *to, const char *word)
{
	size_t i, n = strlen(word);
	bool any = false;

	for (i = 0; i < COMMANDS; i++)
		if (strncmp(commands[i]->name, word, n) == 0 &&
		    commands[i]->name[n] == ' ') {
			usage_of(to, commands[i]);
			any = true;
		}
	return any;
}

static void
no_such_command(const char *word)
{
	struct err e;

	if (fail(&e, RC_USAGE, "there is no command \"%s\"", word) != RC_OK) {
		(void)fputs("antin: ", stderr);
		utf8_print(stderr, bytes_str(e.text));
		(void)fputs("\n\n", stderr);
	}
}

int
main(int argc, char **argv)
{
	const struct cmd *cmd;
	bool help;
	int words;

	harden();
	lang_set(lang_of_environment());
	if (argc > 1 && strcmp(argv[1], "--version") == 0) {
		(void)printf(
		    "antin %s (%s)\n", ANTIN_VERSION, crypto_library());
		return 0;
	}
	cmd = argc > 1 ? cmd_find(argv + 1, &words) : NULL;
	if (cmd != NULL)
		return run(cmd, argv + 1 + words);
	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		usage(stdout);
		return 0;
	}
	help = argc > 2 && strcmp(argv[2], "--help") == 0;
	if (argc > 1 && usage_group(help ? stdout : stderr, argv[1]))
		return help ? 0 : exit_status(RC_USAGE);
	if (argc > 1)
		no_such_command(argv[1]);
	usage(stderr);
	return exit_status(RC_USAGE);
}
