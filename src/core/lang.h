/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The language of the texts people see.
 *
 * Sources hold English; po/vi.po holds the Vietnamese of every text given to
 * fail(), tr() and say(), built into the program as a sorted table.  A process
 * sets its language once, at its start; daemons leave it English for the log.
 */
#ifndef CORE_LANG_H
#define CORE_LANG_H

enum lang { LANG_EN, LANG_VI };

/* A row of the catalogue; rows are sorted by "en" in strcmp's order. */
struct lang_text {
	const char *en, *vi;
};

void lang_set(enum lang lang);
/* This thread's, from now on, in the place of the process's. */
void lang_thread(enum lang lang);
enum lang lang_get(void); /* this thread's, else the process's */

/* The language that LC_ALL, LC_MESSAGES or LANG asks for. */
enum lang lang_of_environment(void);

/* The text in the process's language; the English one where none is known.
 * Lives for ever. */
const char *tr(const char *en) __attribute__((format_arg(1)));

struct buf;
/*
 * Add to *out what a program that leaves its texts English has said, in this
 * process's language: the format that made it is found again, and what was put
 * into it is kept.  What no format made is added as it is.
 */
void tr_said(struct buf *out, const char *said);

/* Printed to standard output, translated. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
