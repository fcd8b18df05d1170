/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The parent: reads the configuration, opens what has to be opened by who was
 * trusted to start the daemon, starts the processes and watches them, writes
 * the log.  docs/station.md 2.  It never reads from the network.
 */
#ifndef ANTIND_PARENT_H
#define ANTIND_PARENT_H

#include <sys/types.h>

#include "daemon/conf.h"
#include "daemon/process.h"

#define PARENT_FD 3	   /* where a process has its channel to the parent */
#define PARENT_KEYS 256u   /* key files of one station */
#define PARENT_SOCKETS 60u /* sockets it opens */

/* ---- the configuration on this machine (setup.c) ---------------------------
 */

/* What the configuration comes to here. */
struct setup {
	struct conf conf;
	char *file; /* the configuration's, absolute; owned */
	char *data; /* the folder, absolute; owned */
	bool user;  /* the processes become another one: */
	uid_t uid;
	gid_t gid;
	bool group; /* who may use the control socket: */
	gid_t control;
};

/*
 * Read the configuration file, and look whether what it names is there.  What
 * is wrong in its lines is in *problems (conf.h).  The caller frees *out by
 * setup_free(), and *problems.
 */
enum rc setup_read(
    struct setup *out, const char *path, struct buf *problems, struct err *e);
void setup_free(struct setup *s);
/* A path of a setting, absolute; the caller frees it. */
char *setup_path(const struct setup *s, const struct conf_value *v);
/* A setting as a process gets it: paths are absolute.  The caller frees. */
char *setup_value(const struct setup *s, const struct conf_value *v);

/* Step into the data folder, make run/ and hold run/antind.pid: RC_EXISTS
 * where another daemon has it.  The lock lasts as long as this process. */
enum rc setup_hold(const struct setup *s, struct err *e);
/* At the end: no process is named there any more. */
void setup_release(void);

/* A key file; the caller frees "file". */
struct key_file {
	char name[256];
	struct buf file;
	unsigned station; /* of struct msg_key */
};
/* The station's key file and those in keys/, *count of them; freed by
 * keys_free(). */
enum rc keys_read(
    struct key_file **out, size_t *count, const struct setup *s, struct err *e);
void keys_free(struct key_file *keys, size_t count);
/* Write a key file of the station: beside its own, or in its place, which is
 * then kept beside it.  On disk when it returns. */
enum rc key_keep(
    const struct setup *s, bool next, struct bytes file, struct err *e);

/* A file of the law (docs/registry.md 7.1). */
struct law_file {
	char *name;	 /* owned */
	struct buf text; /* owned */
	bool own;	 /* an office's: it lies in the station's rules/ */
};
/* Those that were installed with the program, and those in the station's
 * rules/, *count of them; freed by law_free(), after a failure, too.  laws.c */
enum rc law_read(
    struct law_file **out, size_t *count, const struct setup *s, struct err *e);
void law_free(struct law_file *files, size_t count);

/* A listening socket. */
struct sock {
	const char *name; /* "listen", "control", "metrics" */
	enum proc to;
	int fd;
};
/* Open all that the configuration asks for, run/control and run/metrics. */
enum rc sockets_open(struct sock out[static PARENT_SOCKETS], size_t *count,
    const struct setup *s, struct err *e);

/* ---- the log, and who started us (say.c) ------------------------------------
 */

/* Learn where the log goes and who waits for word of us. */
void say_start(void);
/* say_file.c, where it goes into a file; else nothing of this does anything. */
void say_file_find(void);
/* Longer than "most" bytes (0: ever so long) it is set aside, and as many old
 * ones are kept. */
void say_file_limits(uint64_t most, unsigned keep);
char *say_file_folder(void); /* NULL: none; the caller frees */
/* Open it anew under its name: somebody has moved it.  false: it cannot be. */
bool say_file_reopen(void);
/* So much was written.  false: it is too long, and cannot be set aside. */
bool say_file_grew(size_t len);
/* A line "event=..." of a process. */
void say_line(enum log_level level, enum proc of, struct bytes line);
/* A line of the parent's own; frees it. */
void say_log(enum log_level level, struct log_line *l);
/* Tell the service manager: "READY=1". */
void say_notify(const char *state);

/* ---- processes (spawn.c) ----------------------------------------------------
 */

/* Its table; NULL where this program has it not. */
const struct process *process_of(enum proc p);

/* Start one, with its end of *channel (the caller's is left there) as
 * PARENT_FD, and what it says on standard error coming out of *said. */
enum rc spawn(enum proc p, pid_t *pid, int *channel, int *said, struct err *e);

/* Run the daemon to its end; what main() returns. */
int parent_run(struct setup *s);

#endif
