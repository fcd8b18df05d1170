/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the store process knows of its station: the store, the directory, the
 * clock, and the lines that are up.  Only the files of this process include it
 * (the .c files here); each takes one concern.
 *
 * Nothing is told to anybody before it is on disk: what answers a decision
 * waits in "after" until the round's commit (round.c).
 */
#ifndef PROC_STORE_STATION_H
#define PROC_STORE_STATION_H

#include "daemon/hours.h"
#include "daemon/process.h"
#include "dispatch/answer.h"
#include "dispatch/clock.h"
#include "dispatch/deadline.h"
#include "dispatch/route.h"
#include "file/directory_file.h"
#include "store/files.h"
#include "store/store.h"

#define RANKS 4u
/* What may be on its way over one line, for each rank: so that what is urgent
 * never waits for room. */
#define FLYING_MAX 128u		 /* items */
#define FLYING_BYTES (2u << 20)	 /* small ones' bytes together */
#define FLYING_BIG 2u		 /* large ones */
#define FLYING_ALL (64u << 20)	 /* small ones' bytes over all lines, */
#define FLYING_LEAST (32u << 10) /* but of each so many, and always one */
#define BIGS_MAX 8u		 /* large ones arriving over one line */
#define AGAIN_MS INT64_C(30000)	 /* before what was "not now" is tried */

/* What a line has been given and has not answered for. */
struct flying {
	uint64_t q, total;
	unsigned rank;
	struct line *line;
	struct flying *same, *prev, *next; /* find.c */
};
struct flight { /* all of a rank */
	size_t count, bytes, big;
	bool full; /* wait until half of it has landed */
};

/* A large package that is arriving. */
struct big {
	uint64_t number, envelope, total, have;
	uint8_t sum[SHA256_SIZE];
	struct partial *partial;
	bool resumed; /* a part of it was there */
	bool ended;   /* all has come; what was there before is being hashed */
	bool again;   /* docs/link.md 6.3 */
	struct buf dests; /* rows of struct msg_dest */
};

enum life_reply { REPLY_NONE, REPLY_HEARD, REPLY_GIVEN };

/* A line to another station that was admitted. */
struct line {
	uint64_t conn;
	char station[LIMIT_ADDRESS + 1];
	size_t unit;
	bool parent, fresh;   /* fresh: it came in this round */
	int64_t since, again; /* time; milliseconds, 0: nothing to try again */
	int64_t redial;	      /* milliseconds: to hear the time again; 0: no */
	int64_t guest; /* milliseconds: it is there for the directory alone,
			* till then (docs/link.md 17.8); 0: for all */
	struct neighbour *neighbour; /* whose line it is */
	uint64_t cursor[RANKS];
	bool more[RANKS]; /* there may be something queued behind the cursor */
	struct flying *flying; /* owned; the newest first */
	struct flight flights[RANKS];
	uint64_t *passed; /* owned, in order: notices to who takes none */
	size_t passed_count;
	struct big bigs[BIGS_MAX];
	size_t big_count;
	uint64_t in, out; /* items */
	/* what the log says of those that were refused; since when */
	unsigned refused;
	int64_t refused_since;
	/* what it tells and is told: tell.h */
	bool tells;	     /* it takes TELL */
	bool notices;	     /* it takes notices, and items as "again" */
	bool lacks, fed;     /* it lacks of the directory; it may have items */
	struct id uid;	     /* its unit's */
	struct tag key;	     /* of the station's key that let it in */
	size_t telling;	     /* bytes on their way */
	struct buf *told;    /* owned, of TELLS: begun, and not ended; NULL */
	size_t holding;	     /* bytes of what it told that are kept */
	struct knows *knows; /* owned: of the directory; NULL: not said */
	struct wants *wants; /* owned: what it asked for in vain; NULL */
	/* of its journal: lives.h */
	bool gated;	 /* no items before it is known to be no old one */
	bool witness;	 /* our signature is still to be told it */
	int64_t gate_ms; /* milliseconds: not longer; 0: until it is */
	enum life_reply reply; /* after this round */
	uint64_t reply_size;
	unsigned heard; /* checkpoints, since then: milliseconds */
	int64_t heard_ms;
	int64_t last_ms; /* milliseconds: when a last word came */
	bool owes_note;	 /* our newest checkpoint is still to be told it */
	/* of a bundle: carried.h */
	uint64_t job;	/* of the process media, that waits for a leg */
	uint64_t from;	/* bytes of it that do not go */
	uint64_t parts; /* items that came in part */
	bool far;  /* no neighbour; "parent" says then that it lies above */
	bool thin; /* docs/link.md 19 */
};

/* A station that had a line since our start (quota.c). */
#define QUOTAS 2u /* of the highest ranks: thượng khẩn, hỏa tốc */
struct neighbour {
	char station[LIMIT_ADDRESS + 1];
	int64_t down; /* milliseconds: when its line ended; 0: it is up */
	int64_t at;   /* milliseconds: when what follows was filled up */
	uint64_t items[QUOTAS], bytes[QUOTAS]; /* 3,600,000ths that are left */
	int64_t over;	  /* milliseconds: when it was beyond last; 0: never */
	uint64_t asked;	  /* its last turn: wanted.c; 0: none */
	int64_t noted_ms; /* when it was told our checkpoint; 0: never */
	/* of a child, as it said last, and how long it is away by that */
	struct contact contact;
	struct absence absence;
};
struct quota {
	uint64_t items, bytes; /* an hour */
};

struct station {
	struct disk *disk;
	struct store *store;
	char *data, *directory_path;
	struct directory_file file; /* its directory */
	uint64_t max_size;	    /* of a package, bytes */
	struct deadlines deadlines;
	struct deadlines unseen; /* docs/duty.md 4.2 */
	struct quota quotas[QUOTAS];
	char duty[LIMIT_ADDRESS + 1]; /* the desk on duty; "": none */
	uint64_t checkpoint;	      /* seconds; docs/journal.md 5.4 */
	int64_t restore_wait;	      /* seconds; docs/backup.md 5.5 */
	bool dials; /* its configuration names where its parent is */

	bool named; /* keys has said who we are */
	char address[LIMIT_ADDRESS + 1];
	size_t unit;
	struct station_clock clock;
	uint64_t incarnation, serial, epoch;
	int64_t clock_kept;  /* what is on disk of the clock's floor */
	int64_t redial_wait; /* milliseconds; to hear what time it is */

	struct line **lines; /* owned; in the order of their conn */
	size_t line_count;
	size_t thin_count; /* of them, thin ones */
	uint64_t link_job; /* the statement that is asked of keys */
	uint8_t link_key[LINK_KEY];
	bool has_link_key;

	bool writing;	   /* a transaction is open */
	bool broken;	   /* it failed: nothing in it has happened */
	uint64_t accepted; /* dispatches, since the start */
};

extern struct station st;

/* ---- round.c: transactions, answers
 * ---------------------------- */

/* Its end: what was decided happens now, or did not happen. */
void round_settle(void);
/* Something was decided, or answers wait. */
bool round_open(void);
/* A transaction is open, or the disk refused. */
enum rc store_write(struct err *e);
/* Note that the disk failed in this transaction: RC_IO ends it. */
enum rc store_failed(enum rc rc);
/* Tell it after the commit; where that fails, tell "not now" instead. */
void after_taken(
    uint64_t conn, uint64_t number, enum ack outcome, enum refusal code);
void after_done(enum proc to, uint64_t job, const struct id *id);
/* A message of enrolment; it is taken. */
void after_enrolled(uint64_t conn, struct buf *message);
/* At once: it was refused. */
void say_done(
    enum proc to, uint64_t job, const struct err *e, const struct id *id);

/* ---- store.c: the process; time, the directory
 * ---------------------------- */

int64_t station_now(void);
/*
 * A directory file that came: what it says beyond what is known is kept.
 *
 * RC_IO	the disk does not take it: nothing has changed
 *
 * and directory_apply()'s outcomes; the log has it.
 */
enum rc station_learns(
    struct bytes directory, struct applied *did, struct err *e);
/* It has grown: places in it are others now. */
void station_looks(void);
bool station_own_clock(void);
/* The time to judge by: the network's where there is one. */
int64_t station_judges(bool *own);

/* ---- words.c: what the station keeps by name
 * ---------------------------- */

/* 0 where there is none. */
enum rc word_u64(const char *name, uint64_t *value, struct err *e);
/* In the round's transaction, which store_write() has begun. */
enum rc set_word(const char *name, struct bytes value, struct err *e);
enum rc set_word_u64(const char *name, uint64_t value, struct err *e);

/* ---- name.c: who we are
 * --------------------------------------------------- */

void station_named(const struct msg_held *h); /* keys has said so */

/* ---- admit.c: who is let in
 * ---------------------------------------- */

void line_hello(const struct msg_hello *h);
void line_key(const struct msg_link_key *k);
void line_signed(uint64_t job, const struct msg_statement *s);
void line_self(void);		 /* tell link who we are, when that is known */
void line_reborn(void);		 /* our incarnation is another */
void line_epoch(uint64_t epoch); /* it was used: go on behind it */

/* ---- line.c: lines come and go; what goes over them
 * ------------------- */

struct line *line_of(uint64_t conn);
/* All that something may come over: lines, then a bundle; NULL behind the last.
 */
struct line *line_each(size_t i);
/* Hand a leg over to go. */
enum rc line_hand(struct line *l, const struct leg *leg, struct err *e);
/* What the other says of a leg, by whatever way: it ends, where it waits for
 * that station yet. */
enum rc line_answered(const struct line *l, uint64_t q,
    const struct msg_taken *t, bool *ended, struct err *e);
/* The line to our parent; NULL. */
struct line *line_up(void);
/* Our directory has grown: who may not be let in any more goes. */
void lines_judge(void);
/* One for a station that was let in; an older one of it goes. */
struct line *line_new(
    const struct msg_hello *h, struct bytes station, size_t unit);
/* A guest is not sent away yet: he tells something, or we do. */
void line_stays(struct line *l);
void guests_tick(int64_t ms);
void line_gone(uint64_t conn);
void line_sent(const struct msg_taken *t);
/* Something could not be read for it: it is tried again. */
void line_not_fed(struct line *l, const struct err *e);
/* feed.c: something was queued for this hop; and link is handed what
 * there is room for */
void line_wake(struct bytes hop, unsigned rank);
void lines_feed(void);
void lines_drop(bool say); /* all are gone */
int64_t lines_tick(int64_t ms);

/* passed.c: this leg is not offered over this line (docs/upgrade.md 2.1):
 * it waits for another. */
void line_pass_over(struct line *l, uint64_t q);
bool line_passed(const struct line *l, uint64_t q);

/* The sum of a leg's package is known, or cannot be (sum.c). */
void line_summed(uint64_t q, enum rc rc, struct err *e);
void lines_settled(bool kept); /* the round is over */
void lines_again(void);	       /* all that is queued, from the beginning */

/* ---- find.c: lines by station, what flies by leg
 * ---------------------- */

struct line *line_to(struct bytes station);
void find_line(struct line *l); /* it is among the lines, by this name */
void find_no_line(const struct line *l);
/* This leg flies over this line; NULL: it does not. */
struct flying *flying_of(const struct line *l, uint64_t q);
/* Over one line after another: the first after NULL; NULL: no more.  It may
 * have found another way while it flew. */
struct flying *flying_next(const struct flying *after, uint64_t q);
struct flying *flying_new(struct line *l, uint64_t q);
void flying_free(struct flying *f);
/* Bytes of small ones that each line may have on its way, of each rank. */
size_t flying_bytes(void);

/* ---- sum.c: large packages that go on
 * ------------------------------------ */

/* A package's file, which the caller closes; and the envelope in it, which the
 * caller frees. */
enum rc large_open(int *fd, const struct stored *d, struct err *e);
enum rc large_read(
    struct buf *envelope, int fd, const struct stored *d, struct err *e);
/*
 * What goes over the line of a large package: its envelope (that of *envelope),
 * with its file; or all of it, where with fewer slips it has become a small
 * one.  *waits: with other slips it has another sum, which has to be made
 * first; line_summed() says when.  *fd is -1 where no file goes.
 */
enum rc large_fit(struct msg_send *m, struct buf *envelope, int *fd,
    const struct stored *d, bool *waits, struct err *e);
void sum_forget(uint64_t q); /* the leg is over */
bool sum_slice(void);

/* ---- cut.c: an envelope for some of its destinations
 * ---------------- */

/*
 * The envelope of a package with the slips of these tags alone: of "small", or,
 * where the package is a large one, of its file.  Where the slips of a list lie
 * is remembered for the next of its legs (docs/station.md 7.5).  The caller
 * frees *out.
 */
enum rc cut_for(struct buf *out, const struct stored *d, struct bytes small,
    int fd, const struct tag *tags, size_t count, struct err *e);

/* ---- trouble.c: while the disk refuses (docs/station.md 4.10)
 * ------------ */

bool trouble_is(void); /* nothing is tried that writes */
/* How a transaction ended. */
void trouble_settled(bool kept, const struct err *e);
/* Each second; true: this transaction is to see whether it is over. */
bool trouble_tries(int64_t ms);

/* ---- take.c: what arrives; big.c: large ones, in slices
 * -------------------------------------------- */

void take_item(struct line *l, const struct msg_item *m);
void take_big(struct line *l, const struct msg_item *m);
void take_data(struct line *l, const struct msg_data *m);
void take_end(struct line *l, const struct msg_number *m);
void take_drop(struct line *l); /* its partial ones are kept on disk */
void take_submit(uint64_t job, const struct msg_submit *m);
/* The round is over: of the files that came in it those that nobody needs go
 * (docs/station.md 4.9). */
void take_settled(void);
/* Read again and hash a slice of what waits for it; false: nothing does. */
bool big_slice(void);
bool submit_slice(void);
void slice_wake(void); /* something does */

/* ---- names.c: names change (docs/station.md 5.9)
 * ------------ */

#define NAMES_MAX 16u
struct names {
	char name[NAMES_MAX][LIMIT_ADDRESS + 1];
	size_t count;
};
/* This name of a desk, and those that the directory has written, the newest
 * first. */
void names_of(struct names *out, struct bytes desk);
/* What has come under that name at t is this desk's. */
bool names_same(struct bytes desk, struct bytes name, int64_t t);
/* A dispatch at a desk, whatever the desk's name was when it came; as
 * store_ops.delivery(). */
enum rc names_delivery(
    uint64_t n, struct bytes desk, struct delivery *out, struct err *e);
/* The leg that has this desk of a dispatch, and under which name it has it; *q
 * 0: it lies at a desk here.  RC_ABSENT: the dispatch has it not. */
enum rc names_dest(uint64_t n, struct bytes desk,
    char name[static LIMIT_ADDRESS + 1], uint64_t *q, struct err *e);
/* The dispatch with this id that is the desk's: which it sealed, or which lies
 * there; else what store_ops.find() gives. */
enum rc names_find(
    const struct id *id, struct bytes desk, struct stored *out, struct err *e);
/* A station lies behind this child, or did until MOVED_KEEP ago: what it sent
 * before it moved may still be on its way. */
#define MOVED_KEEP (30 * TIME_DAY)
bool names_behind(struct bytes station, struct bytes child);
/* Somebody was moved to behind this child until MOVED_KEEP ago: he may have had
 * what is others', and brings it along. */
bool names_carries(struct bytes child);
/* Lines are to stations as the directory writes them now. */
void names_lines(void);
void names_tick(int64_t ms);
/* All that waits is looked at now. */
void names_looked(void);

/* ---- serve.c: what seal asks; ask.c: what people ask
 * ------------ */

void serve(uint64_t job, const struct message *m);
void ask_rows(uint64_t job, const struct msg_ask *m);
void ask_mark(uint64_t job, const struct msg_mark *m);

/* ---- enrol.c: requests for certificates by line; decide.c: who
 * decides them; renew.c: this station's own
 * ---------------------------- */

void enrol_came(const struct msg_enrol *m);
enum rc enrol_list(void (*each)(void *ctx, const struct msg_row *row),
    void *ctx, bool all, struct err *e);
void enrol_pull(uint64_t job, const struct msg_enrol_piece *m);
void enrol_push(uint64_t job, const struct msg_enrol_piece *m);
void enrol_drop(uint64_t job, const struct msg_enrol_piece *m);
void enrol_invited(uint64_t job, const struct msg_invited *m);
void enrol_tick(int64_t ms);

void renew_tick(int64_t ms);
/* The key that the station has now. */
void renew_held(const struct cert *c);
void renew_made(const struct msg_renewal *r); /* by keys */
void renew_heard(const struct msg_enrol *m);  /* of the parent */
/* A request that waited here was decided. */
void renew_decided(const uint8_t hash[static SHA256_SIZE]);
/* The tag of the key before the station's present one, by which links are
 * signed as long as it is in force: others may not have heard of the new one
 * yet. Zeros: there is none. */
struct tag renew_earlier(void);
struct tag renew_present(void); /* that of the present one */
/* The key of a desk of this station. */
void renew_desk(const struct cert *c);
/* A row for each key whose end is near. */
void renew_rows(void (*each)(void *ctx, const struct msg_row *row), void *ctx);

/* ---- journal.c: what is decided is written down; checkpoint.c
 * ------ */

/* An entry of this round; n: a dispatch that it is about, which is known
 * already, or 0.  Where the disk refuses, the round does not happen. */
void journal_add(enum entry_kind kind, const struct entry_data *d, uint64_t n);
/* The number that the next one will have. */
enum rc journal_next(uint64_t *number, struct err *e);
/* What entries say of a dispatch; borrows from it. */
void journal_of(struct entry_data *out, const struct stored *d);
enum rc journal_round(struct err *e); /* before the commit */
void journal_settled(bool kept);      /* after it */
/* At the start: it is the journal of its newest checkpoint
 * (docs/journal.md 4.3).  RC_INVALID. */
enum rc journal_check(struct err *e);
/* Which serials are accounted for; those that were given and not used are
 * lost; one is used. */
enum rc journal_serials(struct err *e);
void journal_lost(void);
void journal_used(uint64_t serial);
void journal_reborn(void); /* numbers count from 1 again */

void checkpoint_round(void); /* between rounds */
void checkpoint_settled(bool kept);
void checkpoint_noted(uint64_t job, const struct msg_noted *m);
void checkpoint_keys_gone(void);
void checkpoint_ask(uint64_t job, const struct msg_journal *m);
/* Each second: of those that are kept some are looked at, and older ones go
 * (docs/journal.md 4.5). */
void checkpoint_thin(void);
void checkpoint_seen(void); /* one was kept that the parent has signed */
/* ---- reroute.c: other ways (docs/station.md 5.7)
 * ------------------------ */

/* Where a desk's dispatch that came from "from" goes: here only to a desk; back
 * only when it is looked at again, where the directory knows its station. */
void station_way(
    struct route *out, struct bytes from, struct bytes address, bool again);
/* The directory has learnt something: all that waits finds its way anew. */
void take_reroute(void);
void reroute_tick(void);
/* One leg does. */
enum rc leg_look(uint64_t q, struct err *e);
/* A leg has been made or set so: its line is woken, or it is said that it is
 * held.  Of *l hop, rank, n and state are read. */
void leg_goes(uint64_t q, const struct leg *l);

/* ---- operate.c: what operators and time do (docs/station.md 14)
 * --------- */

void operate_on(uint64_t job, const struct msg_operate *m);
void operate_tick(void);
/* To control, after the commit: how many. */
void after_counted(uint64_t job, uint64_t count);
/* A leg that is going over a line, and has not begun to, does not. */
void line_takes_back(uint64_t q);
/* line_wake(), of a leg that may be older than what went last. */
void line_wake_leg(struct bytes hop, unsigned rank, uint64_t q);

/* ---- quota.c: neighbours (docs/station.md 12.3)
 * ------------------------- */

struct neighbour *neighbour_of(struct bytes station);
struct neighbour *neighbour_each(size_t i); /* NULL behind the last */
/* A setting: a quota, a deadline, or the desk on duty. */
void setting_given(struct bytes name, const char *value);
/* The rank at which something of a child's is carried, which is counted. */
unsigned quota_rank(struct neighbour *n, unsigned rank, uint64_t bytes);

/* ---- alarm.c: alarms (docs/station.md 13)
 * ------------------------------- */

/* Raise it where it does not last; nothing where the disk refuses.  What it is
 * raised for is looked at again and again: so it is, when it can be kept. */
void alarm_raise(enum store_alarm_kind kind, struct bytes subject,
    unsigned rank, const char *text);
void malware_found(const struct msg_found *m);
void late_look(void); /* late.c: what waits for lines */
void alarm_over(
    enum store_alarm_kind kind, struct bytes subject, unsigned rank);
/* It lasts, for all that is known. */
bool alarm_lasts(
    enum store_alarm_kind kind, struct bytes subject, unsigned rank);
void alarm_held(uint64_t n, unsigned rank); /* dispatches */
void alarm_expired(uint64_t n, unsigned rank);
void alarm_not_arrived(const struct stored *d);
void alarm_arrived(const struct stored *d); /* at all its addressees */
/* Its addressees are asked for no more: it is over if a person has seen it, or
 * as soon as one does. */
void alarm_given_up(const struct stored *d);
void alarms_tick(int64_t ms);
/* A look at a kind: what is not raised again before it ends is over. */
void alarms_look(enum store_alarm_kind kind);
void alarms_looked(enum store_alarm_kind kind);
void alarms_settled(bool kept); /* the round is over */
int64_t alarm_disk_since(void); /* the disk refuses since then; 0: it takes */
/* alarm_show.c: those that last, or all; "unseen": that nobody has seen. */
enum rc alarms_rows(void (*each)(void *ctx, const struct msg_row *row),
    void *ctx, bool all, bool unseen, struct err *e);
enum rc alarm_seen(uint64_t n, uint64_t uid, struct err *e);

/* ---- changed.c: what browsers may want to ask anew
 * ------------ */

void changed(uint64_t what); /* in this round: bits of enum changed */
void changed_entry(enum entry_kind kind);
void changed_line(void); /* one is there, or gone */
void changed_settled(bool kept);
void changed_round(void); /* its end: it is told, now or soon */

#endif
