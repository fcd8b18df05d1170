/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside the SQLite backend: what its files share. */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include <sqlite3.h>

#include "store/store.h"

/* Statements are prepared when they are first run, and kept here. */
enum sqlite_query {
	QUERY_BEGIN,
	QUERY_COMMIT,
	QUERY_ROLLBACK,
	QUERY_WORD,
	QUERY_SET_WORD,
	QUERY_CLASH,
	QUERY_PUT,
	QUERY_KNOWN,
	QUERY_PUT_PACKAGE,
	QUERY_PUT_FILE,
	QUERY_PUT_COPY,
	QUERY_GET,
	QUERY_GET_COPY,
	QUERY_FIND,
	QUERY_FIND_AT,
	QUERY_FIND_KEY,
	QUERY_PACKAGE,
	QUERY_PACKAGE_COPY,
	QUERY_OUTBOX,
	QUERY_SEND,
	QUERY_TAKE,
	QUERY_HAS,
	QUERY_THERE,
	QUERY_THERE_COPY,
	QUERY_QUEUE,
	QUERY_QUEUE_THEN,
	QUERY_LEG,
	QUERY_LEG_DESTS,
	QUERY_LISTED_DESTS,
	QUERY_LEG_STATE,
	QUERY_LEG_SET,
	QUERY_LEG_MOVE,
	QUERY_LEG_GOES,
	QUERY_LEGS,
	QUERY_HOPS,
	QUERY_WAITING,
	QUERY_OVER,
	QUERY_STILL_WAITS,
	QUERY_WHICH_WAITS,
	QUERY_DELIVER,
	QUERY_DELIVERY,
	QUERY_DELIVERY_STATE,
	QUERY_DELIVERY_SET,
	QUERY_DELIVERIES,
	QUERY_INBOX,
	QUERY_INBOX_ALL,
	QUERY_PURGE_LIST,
	QUERY_PURGE_PACKAGE,
	QUERY_PURGE_FILE,
	QUERY_PURGE_COPY,
	QUERY_PURGE_DONE,
	QUERY_BURN_LIST,
	QUERY_NEEDS,
	QUERY_PAPER_PUT,
	QUERY_PAPER_GET,
	QUERY_PAPER_EACH,
	QUERY_PAPER_DROP,
	QUERY_JOURNAL_LAST,
	QUERY_JOURNAL_ADD,
	QUERY_JOURNAL_ROW,
	QUERY_JOURNAL_TAIL,
	QUERY_TILE_ADD,
	QUERY_TILE,
	QUERY_MENTION_ADD,
	QUERY_MENTIONS,
	QUERY_ACCEPTED,
	QUERY_NOTE_PUT,
	QUERY_NOTE_SWEEP,
	QUERY_NOTE_DROP,
	QUERY_JOURNAL_ROWS,
	QUERY_NOTE_LAST,
	QUERY_NOTE_FROM,
	QUERY_PEND,
	QUERY_PENDING,
	QUERY_SIGNERS,
	QUERY_PENDING_DONE,
	QUERY_PENDING_DROP,
	QUERY_BATCH,
	QUERY_BATCH_OF,
	QUERY_BATCH_OVER,
	QUERY_SAY,
	QUERY_SAY_AGAIN,
	QUERY_SAID,
	QUERY_CHASE,
	QUERY_CHASES,
	QUERY_CHASE_DROP,
	QUERY_CHASED,
	QUERY_PIN,
	QUERY_DEST_DROP,
	QUERY_DEST_LEG,
	QUERY_EXPIRED,
	QUERY_ALARM_FIND,
	QUERY_ALARM_COUNT,
	QUERY_ALARM_RAISE,
	QUERY_ALARM_END,
	QUERY_ALARM_FORGET,
	QUERY_ALARM_ACK,
	QUERY_ALARM_EACH,
	QUERY_ALARM_LATE,
	QUERY_DOC_PUT,
	QUERY_DOC_STEPS,
	QUERY_DOC_SET,
	QUERY_DOC_GET,
	QUERY_DOC_FIND,
	QUERY_DOC_DISPATCH,
	QUERY_DOC_EACH,
	QUERY_DOC_DESK,
	QUERY_STEP_ADD,
	QUERY_STEP_EACH,
	QUERY_STEP_OPENINGS,
	QUERY_NUMBER_TAKE,
	QUERY_NUMBER_LAST,
	QUERY_NUMBER_GET,
	QUERY_NUMBER_CANCEL,
	QUERY_NUMBER_EACH,
	QUERY_SERIES_SET,
	QUERY_SERIES_GET,
	QUERY_SERIES_EACH,
	QUERY_VOLUME_OPEN,
	QUERY_VOLUME_SET,
	QUERY_VOLUME_LAST,
	QUERY_VOLUME_GET,
	QUERY_VOLUME_EACH,
	QUERY_LINE_ADD,
	QUERY_LINE_LAST,
	QUERY_VOLUME_LINE,
	QUERY_LINE_CELLS,
	QUERY_LINE_EACH,
	QUERY_LINE_OF,
	QUERY_LINE_COUNTS,
	QUERY_REMARK_LAST,
	QUERY_REMARK_ADD,
	QUERY_REMARK_EACH,
	QUERY_DRAFT_PUT,
	QUERY_DRAFT_GET,
	QUERY_DRAFT_EACH,
	QUERY_DRAFT_DROP,
	QUERY_DRAFT_OLD,
	QUERIES,
};

/* What a row's borrowed bytes are copied to. */
struct sqlite_held {
	uint8_t address[3][LIMIT_ADDRESS];
	uint8_t reason[STORE_REASON];
};

/* What is kept beside the database, as it stands there. */
struct sqlite_beside {
	uint64_t last_leg, last_pending; /* the highest numbers given */
	uint64_t clashes;
};

/* A leg that waited when its copy's legs were looked at: it is asked first
 * whether it still does. */
#define SQLITE_WAITS 1024u
struct sqlite_wait {
	uint64_t n, copy, q;
};

struct sqlite {
	struct store store;
	struct disk *disk;
	sqlite3 *db;
	sqlite3_stmt *query[QUERIES];
	bool in;			  /* a transaction */
	bool lost;			  /* it can only be rolled back */
	struct err why;			  /* it is lost */
	struct sqlite_beside now, before; /* before: the transaction */
	struct sqlite_held held;
	/* What this transaction has put, last: it is there.  0: nothing.  And
	 * its legs. */
	uint64_t put, put_total, put_legs;
	struct sqlite_wait waits[SQLITE_WAITS]; /* by n */
	/* The journal's tail; NULL: it has to be read again. */
	struct tiler *journal;
	bool journal_grew; /* in this transaction */
	/* A copy being made (store/backup.h); NULL: none. */
	sqlite3 *copy;
	sqlite3_backup *copying;
};

struct sqlite *sqlite_of(struct store *s);
/* RC_IO, with what an operator can do something about; a transaction is lost.
 */
enum rc sqlite_trouble(struct sqlite *s, int code, struct err *e);
/* Writing outside a transaction is a broken promise; in a lost one, RC_IO. */
enum rc sqlite_writes(struct sqlite *s, struct err *e);

/* One run of a statement.  A failure sticks until sqlite_end(), which says
 * RC_IO; the transaction is lost then. */
struct sqlite_run {
	struct sqlite *s;
	sqlite3_stmt *stmt; /* NULL: it could not be prepared */
	int code;
};
struct sqlite_run sqlite_run(
    struct sqlite *s, enum sqlite_query query, const char *sql);
void sqlite_int(struct sqlite_run *r, int i, int64_t v);
/* A bound: numbers beyond what SQLite counts to are its highest. */
void sqlite_uint(struct sqlite_run *r, int i, uint64_t v);
void sqlite_bytes(struct sqlite_run *r, int i, struct bytes v);
/* The next row; false at the end or after a failure. */
bool sqlite_row(struct sqlite_run *r);
/* Whether it went well, and what was wrong. */
enum rc sqlite_end(struct sqlite_run *r, struct err *e);
/* Runs one that returns no row. */
enum rc sqlite_do(struct sqlite_run *r, struct err *e);

/* A column of the row; bytes stay until the next. */
uint64_t sqlite_get_uint(const struct sqlite_run *r, int i);
int64_t sqlite_get_int(const struct sqlite_run *r, int i);
struct bytes sqlite_get_bytes(const struct sqlite_run *r, int i);
/* A copy that outlives the row; what is longer is cut off. */
struct bytes sqlite_keep(uint8_t *to, size_t size, struct bytes v);
/* Exactly that many bytes; zeros where it is not so long. */
void sqlite_get_fixed(
    const struct sqlite_run *r, int i, uint8_t *to, size_t size);

/* The columns of a dispatch "d" and of a copy, in the order sqlite_stored()
 * reads; the first copy's are the dispatch's own. */
#define SQLITE_DISPATCH                                                        \
	"d.n, d.id, d.origin, d.incarnation, d.serial, d.precedence,"          \
	" d.expires, d.digest, d.came, d.desk, d.at, d.own_clock,"             \
	" d.entry"
#define SQLITE_STORED                                                          \
	SQLITE_DISPATCH                                                        \
	", 0, d.envelope, d.total, d.sum,"                                     \
	" NOT EXISTS (SELECT 1 FROM package p WHERE p.n = d.n) AND"            \
	" NOT EXISTS (SELECT 1 FROM file f WHERE f.sum = d.sum AND f.n = "     \
	"d.n)"
/* From column "i" on; borrows from the row. */
void sqlite_stored(const struct sqlite_run *r, int i, struct stored *out);

/* sqlite_open.c */
enum rc sqlite_open(struct store **out, struct disk *disk, struct err *e);
void sqlite_close(struct store *s);

/* sqlite_dispatch.c */
enum rc sqlite_put(
    struct store *s, struct stored *d, struct bytes package, struct err *e);
enum rc sqlite_copy(
    struct store *s, struct stored *d, struct bytes package, struct err *e);
enum rc sqlite_get(struct store *s, uint64_t n, uint64_t copy,
    struct stored *out, struct err *e);
enum rc sqlite_known(struct store *s, const struct header *key,
    struct stored *out, struct err *e);
enum rc sqlite_find(
    struct store *s, const struct id *id, struct stored *out, struct err *e);
enum rc sqlite_find_at(struct store *s, const struct id *id, struct bytes desk,
    struct stored *out, struct err *e);
enum rc sqlite_package(
    struct store *s, uint64_t n, uint64_t copy, struct buf *out, struct err *e);
enum rc sqlite_outbox(struct store *s, struct bytes desk, uint64_t before,
    size_t max, bool (*each)(void *ctx, const struct stored *of), void *ctx,
    struct err *e);
enum rc sqlite_purge(struct store *s, size_t max, uint8_t (**sums)[SHA256_SIZE],
    size_t *count, struct err *e);
enum rc sqlite_burn(struct store *s, uint64_t n, uint8_t (**sums)[SHA256_SIZE],
    size_t *count, struct err *e);
bool sqlite_needs(struct store *s, const uint8_t sum[static SHA256_SIZE]);
/* RC_ABSENT where the copy is not known, or its package is gone. */
enum rc sqlite_there(struct sqlite *s, uint64_t n, uint64_t copy,
    uint64_t *total, struct err *e);

/* sqlite_leg.c */
enum rc sqlite_has(struct store *s, uint64_t n, struct bytes address, bool *has,
    struct err *e);
/* Give it this one (q = 0: a desk here) unless it has it; listed: it is found
 * by its leg. */
enum rc sqlite_take(struct sqlite *s, uint64_t n, const struct dest *d,
    uint64_t q, bool listed, bool *taken, struct err *e);
enum rc sqlite_send(struct store *s, const struct leg *leg,
    const struct dest *dests, size_t count, uint64_t *q, struct err *e);
enum rc sqlite_queue(struct store *s, struct bytes hop, unsigned rank,
    int64_t due, uint64_t after, size_t max,
    bool (*each)(void *ctx, const struct leg *leg), void *ctx, struct err *e);
enum rc sqlite_leg(struct store *s, uint64_t q, struct leg *out, struct err *e);
enum rc sqlite_leg_dests(struct store *s, uint64_t q,
    bool (*each)(void *ctx, const struct dest *d), void *ctx, struct err *e);
enum rc sqlite_leg_set(struct store *s, uint64_t q, enum leg_state state,
    const struct bytes *hop, int64_t at, struct err *e);
enum rc sqlite_legs(struct store *s, uint64_t n,
    bool (*each)(void *ctx, const struct leg *leg), void *ctx, struct err *e);
enum rc sqlite_hops(struct store *s,
    bool (*each)(void *ctx, const struct hop_count *h), void *ctx,
    struct err *e);
enum rc sqlite_waiting(struct store *s, uint64_t after, size_t max,
    bool (*each)(void *ctx, const struct leg *leg), void *ctx, struct err *e);

/* sqlite_paper.c */
enum rc sqlite_paper_put(
    struct store *s, const struct paper *p, struct bytes body, struct err *e);
enum rc sqlite_paper_get(struct store *s, enum paper_kind kind,
    struct bytes key, struct buf *head, struct buf *body, struct err *e);
enum rc sqlite_paper_each(struct store *s, enum paper_kind kind,
    bool (*each)(void *ctx, const struct paper *p), void *ctx, struct err *e);
enum rc sqlite_paper_drop(
    struct store *s, enum paper_kind kind, struct bytes key, struct err *e);

/* sqlite_journal.c */
extern const struct store_journal_ops sqlite_journal;
/* The transaction ends. */
void sqlite_journal_end(struct sqlite *s, bool kept);
/* sqlite_operate.c */
enum rc sqlite_pin(struct store *s, uint64_t q, bool pinned, struct err *e);
enum rc sqlite_dest_leg(struct store *s, uint64_t n, struct bytes address,
    uint64_t *q, struct err *e);
enum rc sqlite_dest_drop(
    struct store *s, uint64_t q, struct bytes address, struct err *e);
enum rc sqlite_goes(
    struct store *s, uint64_t n, struct bytes hop, bool *does, struct err *e);
enum rc sqlite_expired(struct store *s, int64_t now, size_t max,
    bool (*each)(void *ctx, uint64_t q), void *ctx, struct err *e);

/* sqlite_alarm.c */
enum rc sqlite_raise(struct store *s, struct store_alarm *a, struct err *e);
enum rc sqlite_alarm_end(struct store *s, enum store_alarm_kind kind,
    struct bytes subject, unsigned rank, int64_t at, struct err *e);
enum rc sqlite_alarm_ack(struct store *s, uint64_t n, uint64_t uid,
    struct bytes by, int64_t at, struct err *e);
enum rc sqlite_alarm_each(struct store *s, bool all,
    bool (*each)(void *ctx, const struct store_alarm *a), void *ctx,
    struct err *e);
enum rc sqlite_late(struct store *s, const int64_t before[static 4],
    bool (*each)(void *ctx, const struct late *l), void *ctx, struct err *e);

/* sqlite_book.c: the parts of sqlite_registry. */
enum rc sqlite_take_number(
    struct store *s, const struct store_number *number, struct err *e);
enum rc sqlite_taken(struct store *s, struct bytes series, unsigned year,
    uint64_t *last, struct err *e);
enum rc sqlite_cancel(struct store *s, struct bytes series, unsigned year,
    uint64_t number, struct bytes reason, struct err *e);
enum rc sqlite_numbers(struct store *s, struct bytes series, unsigned year,
    uint64_t from, size_t max,
    bool (*each)(void *ctx, const struct store_number *number), void *ctx,
    struct err *e);
enum rc sqlite_resume(
    struct store *s, const struct store_series *series, struct err *e);
enum rc sqlite_resumed(struct store *s, struct bytes series, unsigned year,
    struct store_series *out, struct buf *hold, struct err *e);
enum rc sqlite_all_series(struct store *s, unsigned level,
    bool (*each)(void *ctx, struct bytes series, unsigned year, uint64_t last),
    void *ctx, struct err *e);
enum rc sqlite_volume_open(
    struct store *s, const struct store_volume *v, struct err *e);
enum rc sqlite_volume_close(
    struct store *s, const struct store_volume *v, struct err *e);
enum rc sqlite_volume(struct store *s, struct bytes book, unsigned year,
    struct store_volume *out, struct buf *hold, struct err *e);
enum rc sqlite_volumes(struct store *s, struct bytes book, unsigned level,
    bool (*each)(void *ctx, const struct store_volume *v), void *ctx,
    struct err *e);
/* sqlite_line.c, likewise */
enum rc sqlite_serial(struct store *s, struct bytes book, unsigned year,
    uint64_t *next, struct err *e);
enum rc sqlite_line(struct store *s, const struct store_line *l, struct err *e);
enum rc sqlite_cells(struct store *s, struct bytes book, unsigned year,
    uint64_t serial, struct bytes cells, struct err *e);
enum rc sqlite_lines(struct store *s, struct bytes book, unsigned year,
    unsigned volume, uint64_t from, unsigned level, size_t max,
    bool (*each)(void *ctx, const struct store_line *l), void *ctx,
    struct err *e);
enum rc sqlite_lines_of(struct store *s, uint64_t n,
    bool (*each)(void *ctx, const struct store_line *l), void *ctx,
    struct err *e);
enum rc sqlite_remark(struct store *s, struct store_remark *r, struct err *e);
enum rc sqlite_remarks(struct store *s, struct bytes book, unsigned year,
    uint64_t serial, bool (*each)(void *ctx, const struct store_remark *r),
    void *ctx, struct err *e);
enum rc sqlite_counts(struct store *s, int64_t from, int64_t until,
    unsigned level, bool (*each)(void *ctx, const struct store_line_count *c),
    void *ctx, struct err *e);
/* sqlite_registry.c: whether pages that are freed are overwritten too. */
enum rc sqlite_thorough(struct sqlite *s, bool yes, struct err *e);
/* Of one volume.  RC_ABSENT. */
enum rc sqlite_volume_state(struct sqlite *s, struct bytes book, unsigned year,
    unsigned volume, bool *open, struct err *e);

/* sqlite_desk.c */
enum rc sqlite_deliver(struct store *s, uint64_t n, uint64_t copy,
    const struct dest *d, int64_t at, struct err *e);
enum rc sqlite_delivery(struct store *s, uint64_t n, struct bytes desk,
    struct delivery *out, struct err *e);
enum rc sqlite_delivery_set(struct store *s, uint64_t n, struct bytes desk,
    enum delivery_state state, int64_t at, struct bytes reason, struct err *e);
enum rc sqlite_deliveries(struct store *s, uint64_t n,
    bool (*each)(void *ctx, const struct delivery *d), void *ctx,
    struct err *e);
enum rc sqlite_inbox(struct store *s, struct bytes desk, bool all,
    uint64_t before, size_t max,
    bool (*each)(void *ctx, const struct delivery *d, const struct stored *of),
    void *ctx, struct err *e);

/* sqlite_backup.c */
void sqlite_backup_end(struct store *s);
extern const struct store_backup_ops sqlite_backup;

/* sqlite_draft.c */
enum rc sqlite_draft_put(
    struct store *s, const struct store_draft *d, struct err *e);
enum rc sqlite_draft_get(struct store *s, struct bytes person,
    const uint8_t id[static STORE_DOC_ID], struct store_draft *out,
    struct buf *hold, struct err *e);
enum rc sqlite_drafts(struct store *s, struct bytes person,
    bool (*each)(void *ctx, const struct store_draft *d), void *ctx,
    struct err *e);
enum rc sqlite_draft_drop(struct store *s, struct bytes person,
    const uint8_t id[static STORE_DOC_ID], struct err *e);
enum rc sqlite_draft_old(struct store *s, int64_t before,
    struct store_draft *out, struct buf *hold, struct err *e);

#endif
