/* SPDX-License-Identifier: EUPL-1.2 */
/* Answers on the control socket (control.h): how the daemon writes them. */
#ifndef CONTROL_ANSWER_H
#define CONTROL_ANSWER_H

#include "core/err.h"
#include "core/id.h"

/* An object that grows: the last packet of an answer, or a row. */
struct answer {
	struct json_t *root; /* owned */
};

struct answer answer_new(void);
/* Text that is not UTF-8 is given as hex. */
void answer_text(struct answer *a, const char *key, struct bytes text);
void answer_word(struct answer *a, const char *key, const char *word);
void answer_number(struct answer *a, const char *key, uint64_t n);
void answer_time(struct answer *a, const char *key, int64_t t); /* TIME_NEVER:
								   nothing */
void answer_flag(struct answer *a, const char *key, bool yes);
void answer_id(struct answer *a, const char *key, const struct id *id);
/* As the last packet, with its outcome; frees the answer.  The caller frees
 * *out.  What does not fit into a packet is left out, and the outcome says so.
 */
void answer_end(
    struct buf *out, struct answer *a, enum rc rc, struct bytes why);
void answer_free(struct answer *a);
void answer_progress(struct buf *out, uint64_t done, uint64_t total);

/* Rows, gathered into packets. */
struct answer_rows {
	struct buf packet;
	void (*put)(void *ctx, struct bytes packet);
	void *ctx;
};
/* Takes the row.  One that fits into no packet is left out. */
void answer_row(struct answer_rows *rows, struct answer *row);
/* Puts what is left, and frees. */
void answer_rows_end(struct answer_rows *rows);

#endif
