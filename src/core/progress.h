/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Progress of long work on a terminal: one line on standard error, redrawn a
 * few times a second, gone at the end; nothing where it is no terminal or the
 * work is done within half a second.  Or it is told to somebody, who is not
 * called by two threads at once.
 */
#ifndef CORE_PROGRESS_H
#define CORE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *what; /* borrowed, translated by the caller */
	uint64_t total;	  /* 0: not known */
	uint64_t done;
	int64_t started, drawn; /* milliseconds */
	bool on, shown;
	/* told of each step, in place of the line; NULL: nobody */
	void (*told)(void *ctx, const struct progress *p);
	void *ctx;
};

struct progress progress_start(const char *what, uint64_t total);
void progress_to(struct progress *p, uint64_t done);
void progress_end(struct progress *p);

/* "2,0 GiB" in Vietnamese, "2.0 GiB" in English. */
#define SIZE_TEXT 32
void size_write(char out[static SIZE_TEXT], uint64_t bytes);
/* "3 h", as people say it; below 0 is 0. */
#define AGE_TEXT 48
void age_write(char out[static AGE_TEXT], int64_t seconds);

#endif
