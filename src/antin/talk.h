/* SPDX-License-Identifier: EUPL-1.2 */
/* Talking to a station that runs (control/client.h): which one, as which desk,
 * and how what it says is shown. */
#ifndef ANTIN_TALK_H
#define ANTIN_TALK_H

#include "antin/cmd.h"
#include "antin/show.h"
#include "control/client.h"
#include "core/progress.h"
#include "desk/ask.h"

#define STATION_DIR "/var/lib/antin"

/* Of all that talk to a station; of those that act as a desk. */
#define OPT_STATION                                                            \
	{                                                                      \
		"station", "DIR",                                              \
		    "the station's folder (default: what ANTIN_STATION says, " \
		    "or /var/lib/antin)",                                      \
		    false                                                      \
	}
#define OPT_DESK                                                               \
	{                                                                      \
		"desk", "DESK",                                                \
		    "as which desk (its address, or the last part of it)",     \
		    false                                                      \
	}

/* What --station or ANTIN_STATION names, or STATION_DIR. */
const char *station_dir(const struct args *a);
/* A path in the folder of a station's data: DIR/data, or DIR where it has no
 * such folder.  The caller frees. */
char *station_in(const char *dir, const char *name);

struct talk {
	const struct args *a;
	int fd;	       /* -1: none */
	json_t *desks; /* owned; rows of the station's desks, once asked */
	char *desk;    /* owned; address of that which acts, once chosen */
};

/* Connect to the station and greet it.  Closed by talk_close(). */
enum rc talk_open(struct talk *out, const struct args *a, struct err *e);
/* The same for a folder; RC_ABSENT: no station runs there. */
enum rc talk_open_at(
    struct talk *out, const struct args *a, const char *dir, struct err *e);
void talk_close(struct talk *t);

/* control_ask(), without descriptors; "request" may be NULL. */
enum rc talk_ask(struct talk *t, enum control_what what, json_t *request,
    const struct control_ears *ears, json_t **answer, struct err *e);
/* A file that the station gives in pieces, of at most "max" bytes; "id" may be
 * NULL.  The caller frees *out, which is empty on failure. */
enum rc talk_take(struct buf *out, struct talk *t, enum control_what what,
    const struct id *id, uint64_t max, struct err *e);
/* One that it is given. */
enum rc talk_give(struct talk *t, enum control_what what, const struct id *id,
    struct bytes file, struct err *e);
/* The rows of an answer as a list, which the caller json_decref()s. */
enum rc talk_rows(struct talk *t, enum control_what what, json_t *request,
    json_t **rows, struct err *e);
/* A request of the desk that acts. */
json_t *talk_request(const struct talk *t);

/*
 * Choose the desk that acts by its address or the last part of it; without a
 * word it is the station's only one, or the only one that this user is signed
 * in to.
 */
enum rc talk_choose(struct talk *t, const char *word, struct err *e);
/* The same, and sign in where this user is not: asks for the passphrase. */
enum rc talk_act(struct talk *t, const char *word, struct err *e);
/* Sign in to the desk that was chosen.  *until (NULL: not wanted) is when it
 * ends. */
enum rc talk_sign_in(struct talk *t, int64_t *until, struct err *e);

/* The address of the person whose key is at the station that a word names;
 * without one, of the only one.  The caller frees.  user.c */
enum rc talk_person(
    char **out, struct talk *t, const char *word, struct err *e);

/* The desk that acts, by a person (NULL: the only one); borrows. */
struct desk talk_desk(const struct talk *t, const char *as);
/* desk_id() of it. */
enum rc talk_id(
    struct talk *t, const char *word, bool sent, struct id *out, struct err *e);

/* The dispatch that the first argument names: a full id needs no desk; the
 * beginning of one is looked for at that of --desk. */
enum rc talk_dispatch(
    struct talk *t, const struct args *a, struct id *id, struct err *e);
/* A number from 1 on that is an argument; RC_USAGE. */
enum rc talk_number(const char *word, uint64_t *out, struct err *e);
/* A table of rows of alarms, and what to do next. */
void alarms_print(const json_t *rows);
/* What a kind of alarm ("waits") is called, and what to do next; translated. */
const char *alarm_name(const char *kind);
const char *alarm_next(const char *kind);
/* What it is of, with what is said besides. */
void alarm_subject(char *out, size_t size, const json_t *row);
/* The login of a user of this machine, or his number. */
#define USER_NAME 40
void user_name(char out[static USER_NAME], int64_t uid);
/* Who has seen an alarm. */
#define ALARM_BY 320
void alarm_seen_by(char out[static ALARM_BY], const json_t *row);

/* ---- what rows say
 * --------------------------------------------------------- */

/* A time under this key in Vietnam's, or "". */
void row_time(char out[static 32], const json_t *row, const char *key);
/* The first digits of its id, as people write it. */
#define SHORT_ID 9
void row_short(char out[static SHORT_ID], const json_t *row);
/* The name of the word under "precedence"; translated. */
const char *row_precedence(const json_t *row);
/* That of a state's word ("queued"), and of the one under "state". */
const char *state_name(const char *word);
const char *row_state(const json_t *row);
/* What a person has typed, in the form that Antin stores (utf8_clean()), under
 * this key.  RC_USAGE. */
enum rc talk_text(
    json_t *to, const char *key, const char *typed, struct err *e);
/* Print rows as JSON, their times as texts; frees them. */
void rows_show(json_t *rows);
void row_times(json_t *row);

/* Somebody looks who sees colours, and has not said that he wants none. */
bool wants_colour(void);

/* ---- tables
 * ---------------------------------------------------------------- */

#define TABLE_COLUMNS 8
struct table {
	struct cell *cells; /* owned, row by row */
	size_t columns, count;
};
/* A cell, translated by the caller; the text is copied. */
void table_add(struct table *t, const char *text);
/* One whose row wants to be seen: red for flash, yellow for what is urgent. */
void table_add_precedence(struct table *t, const json_t *row);
/* Print it aligned; the first row is the head.  Frees. */
void table_print(struct table *t);

#endif
