/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Log lines: one an event, "event=dispatch.refused id=... rc=denied why="..."".
 * "info" is for the operator, "warn" wants a look, "debug" is off unless asked.
 * Values that are not plain words are quoted and escaped, so what comes from
 * outside cannot forge a line.
 */
#ifndef CORE_LOG_H
#define CORE_LOG_H

#include "core/bytes.h"
#include "core/err.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN };

/* One line being made; log_line() starts it, log_end() hands it out. */
struct log_line {
	struct buf text;
};

void log_level_set(enum log_level least);
struct log_line log_line(enum log_level level, const char *event);
void log_str(struct log_line *l, const char *key, struct bytes value);
void log_uint(struct log_line *l, const char *key, uint64_t value);
/* rc= and why= of a failure. */
void log_err(struct log_line *l, const struct err *e);
/* Written to standard error in one write; frees the line. */
void log_end(struct log_line *l);

/* "value" as it stands in a line: bare, or quoted with \" \\ and \xNN. */
void log_quote(struct buf *out, struct bytes value);

#endif
