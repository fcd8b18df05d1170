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
struct office;

struct cmd {
	const char *name; /* "seal", or "key new" */
	const char *args; /* what follows the options */
	const char *does;
	const struct opt *opts; /* up to one without name */
	size_t least, most;	/* arguments that are no options */
	enum rc (*run)(const struct args *a, struct err *e);
	/* What an authority decides by it: run is then office_run, and a
	 * ceremony's plan may have it. */
	enum rc (*act)(struct office *o, const struct args *a, struct err *e);
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
#define OPT_SHARE                                                              \
	{                                                                      \
		"share", "FILE",                                               \
		    "an officer's share of the key over the key file", true    \
	}
#define OPT_EFFECTIVE                                                          \
	{                                                                      \
		"effective", "TIME", "when it takes effect (default: now)",    \
		    false                                                      \
	}
/* Of all that an authority decides by. */
#define OPT_OFFICE                                                             \
	OPT_DIRECTORY,                                                         \
	    { "key", "FILE.key", "the authority's key file", false },          \
	    OPT_SHARE, OPT_PASSPHRASE
#define OPT_DIRECTORY                                                          \
	{                                                                      \
		"directory", "FILE",                                           \
		    "the directory file (default: what ANTIN_DIRECTORY says)", \
		    false                                                      \
	}
#define OPT_AT                                                                 \
	{                                                                      \
		"at", "TIME", "as of this time (default: now)", false          \
	}
#define OPT_END                                                                \
	{                                                                      \
		NULL, NULL, NULL, false                                        \
	}

/* The command that these words name; *words is how many they are.  NULL: none.
 */
const struct cmd *cmd_find(char **argv, int *words);

extern const struct cmd cmd_ceremony_plan, cmd_ceremony_approve,
    cmd_ceremony_run, cmd_ceremony_verify, cmd_enrol_invite, cmd_enrol_request,
    cmd_enrol_issue, cmd_enrol_accept, cmd_enrol_pending, cmd_enrol_recover,
    cmd_enrol_restore, cmd_unit_new, cmd_unit_rename, cmd_unit_move,
    cmd_unit_merge, cmd_unit_split, cmd_unit_close, cmd_unit_recertify,
    cmd_desk_rename, cmd_desk_close, cmd_desk, cmd_desk_trust,
    cmd_role_give, cmd_role_end, cmd_list_set,
    cmd_policy_set, cmd_cert_revoke;

extern const struct cmd cmd_key_new, cmd_key_show, cmd_key_passwd, cmd_seal,
    cmd_open, cmd_sign, cmd_verify, cmd_inspect;

extern const struct cmd cmd_station_new, cmd_station_add_desk,
    cmd_station_check, cmd_station_start, cmd_station_stop, cmd_sign_in,
    cmd_sign_out, cmd_send, cmd_inbox, cmd_read, cmd_ack, cmd_refuse,
    cmd_recall, cmd_outbox, cmd_queue, cmd_trace, cmd_status, cmd_queue_hold,
    cmd_queue_release, cmd_queue_reroute, cmd_queue_drop, cmd_alarms,
    cmd_alarms_ack;

extern const struct cmd cmd_duty_show, cmd_duty_plan, cmd_duty_on,
    cmd_duty_hand_over, cmd_duty_note, cmd_duty_watch;

extern const struct cmd cmd_journal_show, cmd_journal_checkpoint,
    cmd_journal_prove, cmd_journal_verify,
    cmd_journal_gaps;

extern const struct cmd cmd_directory_show, cmd_directory_find,
    cmd_directory_picture, cmd_directory_list, cmd_directory_write,
    cmd_directory_status, cmd_directory_apply, cmd_directory_verify,
    cmd_cert_show, cmd_cert_export, cmd_cert_crl, cmd_evidence,
    cmd_directory_give, cmd_directory_take;

extern const struct cmd cmd_backup, cmd_backup_officers, cmd_backup_share,
    cmd_backup_verify, cmd_restore, cmd_station_move, cmd_station_reopen;
extern const struct cmd cmd_media_write, cmd_media_read, cmd_media_list,
    cmd_media_lost, cmd_media;
extern const struct cmd cmd_user_list, cmd_user_add, cmd_user_sign_in,
    cmd_user_sign_out, cmd_user_otp;
extern const struct cmd cmd_doc, cmd_doc_list, cmd_doc_search, cmd_doc_show,
    cmd_doc_record, cmd_register_list, cmd_register_show, cmd_register_close,
    cmd_register_remark, cmd_register_resume, cmd_register_print, cmd_report,
    cmd_doc_form, cmd_doc_drafts;
extern const struct cmd cmd_destroy, cmd_station_lost, cmd_doctor;
extern const struct cmd cmd_rules_check, cmd_rules_list;
extern const struct cmd cmd_form;
extern const struct cmd cmd_doc_read;

#endif
