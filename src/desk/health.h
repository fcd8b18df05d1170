/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Whether a station is well (docs/operations.md 1): the questions that `antin
 * doctor` and the page Máy trạm have in common, with their bounds and
 * sentences, so that both say the same of the same station.  What is known is
 * the caller's to find out.
 */
#ifndef DESK_HEALTH_H
#define DESK_HEALTH_H

#include "control/client.h"
#include "desk/value.h"

enum health { HEALTH_FINE, HEALTH_LOOK, HEALTH_WRONG };
#define HEALTHS 3
const char *health_word(enum health how); /* "fine", "look", "wrong" */

/* Who reads it: what is to be done is said by what he has before him. */
enum health_reader { HEALTH_OF_COMMAND, HEALTH_OF_PAGES };

struct health_report {
	enum health_reader reader;
	/* What "status" and "alarms" gave, borrowed; NULL: the station does not
	 * answer. */
	const json_t *rows, *alarms;
	int64_t now; /* the station's, or where it says nothing the machine's */
	/* Owned by the caller: an array of objects
	 *
	 *	check	which it is: "disk"; stays as it is
	 *	name	that word for a person
	 *	state	"fine", "look", "wrong"
	 *	says	how it is
	 *	do	what is to be done; not where it is fine
	 *	value, bound	what was measured, in seconds or bytes, and what
	 *it is fine up to (or, of "disk", down to), where it is a number
	 */
	json_t *checks;
	size_t count[HEALTHS];
};

/* One more; the texts are translated already.  "to_do" NULL: nothing. */
void health_found(struct health_report *r, const char *check, const char *name,
    enum health how, const char *to_do, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
/* What was measured of the last, and its bound. */
void health_measured(struct health_report *r, uint64_t value, uint64_t bound);
/* The worst there is. */
enum health health_worst(const struct health_report *r);
/* The row of this kind that the station gave; NULL: none. */
const json_t *health_row(const struct health_report *r, const char *kind);
/* How many alarms of this kind last. */
size_t health_alarms(const struct health_report *r, const char *kind);
/* True, and said, where only the station could say how this is, and is silent.
 */
bool health_silent(
    struct health_report *r, const char *check, const char *name);

/* It runs and answers, as process "pid" (0: not said), and is open. */
void health_of_station(struct health_report *r, long pid);

struct health_clock {
	int64_t machine; /* what time it is by this machine */
	int64_t newest;	 /* that is known to have happened; 0: nothing is */
};
void health_of_clock(struct health_report *r, const struct health_clock *c);

struct health_disk {
	uint64_t left, all; /* bytes; "all" 0: not known */
	uint64_t has;	    /* of the station's; 0: not known */
	bool full;	    /* no file can be made any more */
};
void health_of_disk(struct health_report *r, const struct health_disk *d);

struct health_knowledge {
	bool none;     /* it cannot be read, or knows nothing of the station */
	bool denied;   /* by this user */
	int64_t known; /* up to when the directory knows */
	bool fork;     /* an authority's log has two ends */
	bool too_old;  /* the policy forbids to seal by it */
};
void health_of_knowledge(
    struct health_report *r, const struct health_knowledge *k);

/* What is known by the rows alone. */
void health_of_keys(struct health_report *r);
void health_of_links(struct health_report *r);
void health_of_queue(struct health_report *r);
void health_of_journal(struct health_report *r);
void health_of_backups(struct health_report *r);
void health_of_alarms(struct health_report *r);

/* Whether clamd is there, where one is configured: an empty file is given to
 * it over this connection (docs/desk.md 9). */
void health_of_malware(struct health_report *r, int fd);

/* All that a station which answers over this connection can say of itself. */
void health_of_all(struct health_report *r, int fd);

#endif
