/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside the backend in memory: what its files share. */
#ifndef STORE_MEMORY_H
#define STORE_MEMORY_H

#include "store/store.h"

struct memory_dispatch {
	struct stored d; /* n is its place and 1; without a package; borrows
			    from these: */
	struct buf origin, from, desk;
	size_t *copies; /* places */
	size_t copy_count;
	size_t *legs; /* places */
	size_t leg_count;
};

struct memory_copy {
	uint64_t n, envelope, total;
	uint8_t sum[SHA256_SIZE];
	struct buf package; /* inline */
	bool gone;
	size_t desks; /* it lies at */
};

struct memory_leg {
	struct leg leg; /* q is its place and 1; borrows from: */
	struct buf hop;
	size_t *dests; /* places */
	size_t dest_count;
};

struct memory_dest {
	uint64_t n;
	struct buf address;
	struct tag tag;
	bool here;	 /* it is a desk of this station */
	size_t delivery; /* its place then */
	bool gone;	 /* it was dropped */
};

struct memory_delivery {
	struct delivery d; /* borrows from these: */
	struct buf desk, reason;
};

struct memory_word {
	char name[STORE_WORD + 1];
	struct buf value;
};

struct memory_paper {
	enum paper_kind kind;
	struct buf key, head, body;
	int64_t at;
};
struct memory_papers {
	struct memory_paper *list; /* owned; in the order of at */
	size_t count;
};

struct memory_entry {
	uint8_t entry[ENTRY_SIZE];
	struct buf opening;
	uint64_t n; /* struct noted */
};
struct memory_note {
	uint64_t size;
	struct buf note;
	bool seen;
};
struct memory_notes {
	struct memory_note *list; /* owned; in the order of size */
	size_t count;
};
struct memory_journal {
	struct memory_entry *entries; /* owned */
	struct node *leaves;	      /* owned; of each of them */
	size_t count, before;	      /* before: the transaction */
	struct memory_notes notes, notes_before;
	struct {
		size_t at;
		struct buf was;
	} * destroyed; /* owned; in this transaction */
	size_t destroyed_count;
	bool touched; /* "before" and "notes_before" are of this transaction */
};

/* A row of what notices are about (memory_notices.c). */
#define NOTICE_BUFS 3
enum memory_notice_kind {
	NOTICE_PENDING,
	NOTICE_BATCH,
	NOTICE_SAID,
	NOTICE_CHASE,
};
struct memory_notice {
	enum memory_notice_kind what;
	uint64_t number, n, batch;
	unsigned kind, code; /* code: also a rank, a count */
	int64_t at;
	struct buf b[NOTICE_BUFS]; /* owned */
};
struct memory_notices {
	struct memory_notice *list; /* owned; in the order of number */
	size_t count;
	uint64_t last;
};

struct memory_alarm {
	struct store_alarm a; /* borrows from these: */
	struct buf subject, text, by;
};
struct memory_alarms {
	struct memory_alarm *list; /* owned; in the order of n */
	size_t count;
	uint64_t last;
};

/* A row of the registry (memory_registry.c). */
#define REGISTRY_BUFS 3
enum memory_row_kind {
	REGISTRY_DOC,
	REGISTRY_STEP,
	REGISTRY_NUMBER,
	REGISTRY_SERIES,
	REGISTRY_VOLUME,
	REGISTRY_LINE,
	REGISTRY_REMARK,
	REGISTRY_DRAFT,
	REGISTRY_KINDS,
};
struct memory_row {
	union {
		struct store_doc doc; /* n is its place and 1 */
		struct store_step step;
		struct store_number number;
		struct store_series series;
		struct store_volume volume;
		struct store_line line;
		struct store_remark remark;
		struct store_draft draft;
	};			     /* borrows from these: */
	struct buf b[REGISTRY_BUFS]; /* owned */
};
struct memory_rows {
	struct memory_row *list; /* owned; in the order they are listed in */
	size_t count;
};
struct memory_registry {
	struct memory_rows rows[REGISTRY_KINDS];
};

/* How something was before the transaction changed it. */
enum memory_kind {
	MEMORY_PACKAGE,
	MEMORY_LEG,
	MEMORY_DELIVERY,
	MEMORY_WORD,
	MEMORY_DEST
};
struct memory_undo {
	enum memory_kind kind;
	size_t at;	/* its place; of a package, the copy's */
	struct buf was; /* package, hop, reason or value; owned */
	struct leg leg;
	struct delivery delivery;
};

struct memory_counts {
	size_t dispatches, copies, legs, dests, deliveries, words;
	uint64_t clashes;
};

struct memory {
	struct store store;
	struct memory_counts count, before; /* before: the transaction */
	struct memory_dispatch **dispatches;
	struct memory_copy *copies;
	struct memory_leg *legs;
	struct memory_dest *dests;
	struct memory_delivery *deliveries;
	struct memory_word *words;
	struct index *ids;     /* places of dispatches, by id */
	struct index *targets; /* places of dests */
	size_t *waits;	       /* places of legs queued and held, rising */
	size_t wait_count;
	struct memory_undo *undo;
	size_t undos;
	bool in; /* a transaction */
	struct memory_papers papers, papers_before;
	bool papers_kept; /* before: the transaction has changed one */
	struct memory_journal journal;
	struct memory_notices notices, notices_before;
	bool notices_kept;
	struct memory_alarms alarms, alarms_before;
	bool alarms_kept;
	struct memory_registry registry, registry_before;
	bool registry_kept;
};

struct memory *memory_of(struct store *s);
/* Writing outside a transaction is a broken promise. */
enum rc memory_writes(struct memory *m, struct err *e);
/* A copy in an empty buffer. */
struct bytes memory_own(struct buf *to, struct bytes from);
/* The caller fills in what it was, before he changes it. */
struct memory_undo *memory_undo(
    struct memory *m, enum memory_kind kind, size_t at);

/* memory_dispatch.c */
enum rc memory_put(
    struct store *s, struct stored *d, struct bytes package, struct err *e);
enum rc memory_copy(
    struct store *s, struct stored *d, struct bytes package, struct err *e);
enum rc memory_get(struct store *s, uint64_t n, uint64_t copy,
    struct stored *out, struct err *e);
enum rc memory_key(struct store *s, const struct header *key,
    struct stored *out, struct err *e);
enum rc memory_find(
    struct store *s, const struct id *id, struct stored *out, struct err *e);
enum rc memory_find_at(struct store *s, const struct id *id, struct bytes desk,
    struct stored *out, struct err *e);
enum rc memory_package(
    struct store *s, uint64_t n, uint64_t copy, struct buf *out, struct err *e);
uint64_t memory_clashes(struct store *s);
enum rc memory_outbox(struct store *s, struct bytes desk, uint64_t before,
    size_t max, bool (*each)(void *ctx, const struct stored *of), void *ctx,
    struct err *e);
enum rc memory_purge(struct store *s, size_t max, uint8_t (**sums)[SHA256_SIZE],
    size_t *count, struct err *e);
enum rc memory_burn(struct store *s, uint64_t n, uint8_t (**sums)[SHA256_SIZE],
    size_t *count, struct err *e);
bool memory_needs(struct store *s, const uint8_t sum[static SHA256_SIZE]);
/* NULL where it is not known. */
struct memory_dispatch *memory_known(struct memory *m, uint64_t n);
struct memory_copy *memory_copy_of(struct memory *m, uint64_t n, uint64_t copy);
/* The copy, where its package is still there. */
struct memory_copy *memory_there(struct memory *m, uint64_t n, uint64_t copy);
/* A dispatch with the package of one of its copies. */
struct stored memory_stored(
    const struct memory *m, const struct memory_dispatch *d, uint64_t copy);
enum rc memory_gone(struct err *e);

/* memory_leg.c */
/* Make the list of those that wait anew. */
void memory_waits(struct memory *m);
/* A dispatch's destination; NULL where it has none of this address. */
struct memory_dest *memory_dest(
    struct memory *m, uint64_t n, struct bytes address);
struct memory_dest *memory_dest_add(
    struct memory *m, uint64_t n, const struct dest *d);
enum rc memory_has(struct store *s, uint64_t n, struct bytes address, bool *has,
    struct err *e);
enum rc memory_send(struct store *s, const struct leg *leg,
    const struct dest *dests, size_t count, uint64_t *q, struct err *e);
enum rc memory_queue(struct store *s, struct bytes hop, unsigned rank,
    int64_t due, uint64_t after, size_t max,
    bool (*each)(void *ctx, const struct leg *leg), void *ctx, struct err *e);
enum rc memory_leg(struct store *s, uint64_t q, struct leg *out, struct err *e);
enum rc memory_leg_dests(struct store *s, uint64_t q,
    bool (*each)(void *ctx, const struct dest *d), void *ctx, struct err *e);
enum rc memory_leg_set(struct store *s, uint64_t q, enum leg_state state,
    const struct bytes *hop, int64_t at, struct err *e);
enum rc memory_legs(struct store *s, uint64_t n,
    bool (*each)(void *ctx, const struct leg *leg), void *ctx, struct err *e);
enum rc memory_hops(struct store *s,
    bool (*each)(void *ctx, const struct hop_count *h), void *ctx,
    struct err *e);
enum rc memory_waiting(struct store *s, uint64_t after, size_t max,
    bool (*each)(void *ctx, const struct leg *leg), void *ctx, struct err *e);

/* memory_paper.c */
enum rc memory_paper_put(
    struct store *s, const struct paper *p, struct bytes body, struct err *e);
enum rc memory_paper_get(struct store *s, enum paper_kind kind,
    struct bytes key, struct buf *head, struct buf *body, struct err *e);
enum rc memory_paper_each(struct store *s, enum paper_kind kind,
    bool (*each)(void *ctx, const struct paper *p), void *ctx, struct err *e);
enum rc memory_paper_drop(
    struct store *s, enum paper_kind kind, struct bytes key, struct err *e);
/* The transaction ends: what it did counts, or has not been. */
void memory_papers_end(struct memory *m, bool kept);
void memory_papers_free(struct memory *m);

/* memory_journal.c */
extern const struct store_journal_ops memory_journal;
/* The transaction ends. */
void memory_journal_end(struct memory *m, bool kept);
void memory_journal_free(struct memory *m);
/* memory_notices.c, likewise */
void memory_notices_end(struct memory *m, bool kept);
void memory_notices_free(struct memory *m);
/* memory_operate.c */
enum rc memory_pin(struct store *s, uint64_t q, bool pinned, struct err *e);
enum rc memory_dest_leg(struct store *s, uint64_t n, struct bytes address,
    uint64_t *q, struct err *e);
enum rc memory_dest_drop(
    struct store *s, uint64_t q, struct bytes address, struct err *e);
enum rc memory_goes(
    struct store *s, uint64_t n, struct bytes hop, bool *does, struct err *e);
enum rc memory_expired(struct store *s, int64_t now, size_t max,
    bool (*each)(void *ctx, uint64_t q), void *ctx, struct err *e);

/* memory_alarm.c */
enum rc memory_raise(struct store *s, struct store_alarm *a, struct err *e);
enum rc memory_alarm_end(struct store *s, enum store_alarm_kind kind,
    struct bytes subject, unsigned rank, int64_t at, struct err *e);
enum rc memory_alarm_ack(struct store *s, uint64_t n, uint64_t uid,
    struct bytes by, int64_t at, struct err *e);
enum rc memory_alarm_each(struct store *s, bool all,
    bool (*each)(void *ctx, const struct store_alarm *a), void *ctx,
    struct err *e);
enum rc memory_late(struct store *s, const int64_t before[static 4],
    bool (*each)(void *ctx, const struct late *l), void *ctx, struct err *e);
/* The transaction ends: what it did counts, or has not been. */
void memory_alarms_end(struct memory *m, bool kept);
void memory_alarms_free(struct memory *m);

/* memory_registry.c; the transaction ends: as above. */
void memory_registry_end(struct memory *m, bool kept);
void memory_registry_free(struct memory *m);
/* All of a kind; to be changed: as it was is kept before. */
const struct memory_rows *memory_rows(
    struct memory *m, enum memory_row_kind kind);
struct memory_rows *memory_change(struct memory *m, enum memory_row_kind kind);
/* A copy of the row, before the i-th. */
void memory_row_add(struct memory_rows *rows, enum memory_row_kind kind,
    size_t i, const struct memory_row *row);
/* The row borrows what it has now: it takes copies. */
void memory_row_own(enum memory_row_kind kind, struct memory_row *row);
/* memory_book.c: the parts of memory_registry. */
enum rc memory_take(
    struct store *s, const struct store_number *number, struct err *e);
enum rc memory_taken(struct store *s, struct bytes series, unsigned year,
    uint64_t *last, struct err *e);
enum rc memory_cancel(struct store *s, struct bytes series, unsigned year,
    uint64_t number, struct bytes reason, struct err *e);
enum rc memory_numbers(struct store *s, struct bytes series, unsigned year,
    uint64_t from, size_t max,
    bool (*each)(void *ctx, const struct store_number *number), void *ctx,
    struct err *e);
enum rc memory_resume(
    struct store *s, const struct store_series *series, struct err *e);
enum rc memory_resumed(struct store *s, struct bytes series, unsigned year,
    struct store_series *out, struct buf *hold, struct err *e);
/* The document's level is above this one. */
bool memory_doc_above(struct memory *m, uint64_t n, unsigned level);
enum rc memory_all_series(struct store *s, unsigned level,
    bool (*each)(void *ctx, struct bytes series, unsigned year, uint64_t last),
    void *ctx, struct err *e);
enum rc memory_volume_open(
    struct store *s, const struct store_volume *v, struct err *e);
enum rc memory_volume_close(
    struct store *s, const struct store_volume *v, struct err *e);
enum rc memory_volume(struct store *s, struct bytes book, unsigned year,
    struct store_volume *out, struct buf *hold, struct err *e);
enum rc memory_volumes(struct store *s, struct bytes book, unsigned level,
    bool (*each)(void *ctx, const struct store_volume *v), void *ctx,
    struct err *e);
/* Of one volume; NULL: there is none. */
const struct store_volume *memory_volume_of(
    struct memory *m, struct bytes book, unsigned year, unsigned volume);
/* A volume has a line more. */
void memory_volume_grew(struct memory *m, const struct store_line *l);
/* memory_line.c, likewise */
enum rc memory_serial(struct store *s, struct bytes book, unsigned year,
    uint64_t *next, struct err *e);
enum rc memory_line(struct store *s, const struct store_line *l, struct err *e);
enum rc memory_cells(struct store *s, struct bytes book, unsigned year,
    uint64_t serial, struct bytes cells, struct err *e);
enum rc memory_lines(struct store *s, struct bytes book, unsigned year,
    unsigned volume, uint64_t from, unsigned level, size_t max,
    bool (*each)(void *ctx, const struct store_line *l), void *ctx,
    struct err *e);
enum rc memory_lines_of(struct store *s, uint64_t n,
    bool (*each)(void *ctx, const struct store_line *l), void *ctx,
    struct err *e);
enum rc memory_remark(struct store *s, struct store_remark *r, struct err *e);
enum rc memory_remarks(struct store *s, struct bytes book, unsigned year,
    uint64_t serial, bool (*each)(void *ctx, const struct store_remark *r),
    void *ctx, struct err *e);
enum rc memory_counts(struct store *s, int64_t from, int64_t until,
    unsigned level, bool (*each)(void *ctx, const struct store_line_count *c),
    void *ctx, struct err *e);

/* memory_desk.c */
enum rc memory_deliver(struct store *s, uint64_t n, uint64_t copy,
    const struct dest *d, int64_t at, struct err *e);
enum rc memory_delivery(struct store *s, uint64_t n, struct bytes desk,
    struct delivery *out, struct err *e);
enum rc memory_delivery_set(struct store *s, uint64_t n, struct bytes desk,
    enum delivery_state state, int64_t at, struct bytes reason, struct err *e);
enum rc memory_deliveries(struct store *s, uint64_t n,
    bool (*each)(void *ctx, const struct delivery *d), void *ctx,
    struct err *e);
enum rc memory_inbox(struct store *s, struct bytes desk, bool all,
    uint64_t before, size_t max,
    bool (*each)(void *ctx, const struct delivery *d, const struct stored *of),
    void *ctx, struct err *e);

/* memory_draft.c */
enum rc memory_draft_put(
    struct store *s, const struct store_draft *d, struct err *e);
enum rc memory_draft_get(struct store *s, struct bytes person,
    const uint8_t id[static STORE_DOC_ID], struct store_draft *out,
    struct buf *hold, struct err *e);
enum rc memory_drafts(struct store *s, struct bytes person,
    bool (*each)(void *ctx, const struct store_draft *d), void *ctx,
    struct err *e);
enum rc memory_draft_drop(struct store *s, struct bytes person,
    const uint8_t id[static STORE_DOC_ID], struct err *e);
enum rc memory_draft_old(struct store *s, int64_t before,
    struct store_draft *out, struct buf *hold, struct err *e);

#endif
