/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What stations of a tree that runs say themselves of what was sent: at each
 * origin, of each addressee; and that their journals hold.
 */
#ifndef TESTS_STATION_NETWORK_SAID_H
#define TESTS_STATION_NETWORK_SAID_H

#include <sqlite3.h>

#include "journal/life.h"
#include "network.h"

/* Of one dispatch at its origin: bit n is the desk of seat n. */
struct said {
	const struct country *country;
	uint32_t heard;	     /* what it says of it, or a station of why not */
	uint32_t signed_for; /* that it lies there, its desk has signed */
	uint32_t opened;     /* that it has opened it */
	uint32_t unknown;    /* its station was asked, and does not know it */
	uint32_t reported;   /* a station says why it did not go on to it */
	bool known;	     /* the origin knows it at all */
};

static inline uint32_t
said_seats(const struct country *c, const char *desk)
{
	uint32_t seats = 0;
	size_t i, k;

	for (i = 0; i < c->count; i++) {
		if (strcmp(c->seats[i].desk_address, desk) == 0)
			seats |= 1u << i;
		for (k = 0; k < c->seats[i].was_count; k++)
			if (strcmp(c->seats[i].was[k], desk) == 0)
				seats |= 1u << i;
	}
	return seats;
}

static inline void
said_row(void *ctx, json_t *row)
{
	static const char *const words[] = { "arrived", "opened", "acted",
		"refused", "outcome", "report" };
	const char *says = row_word(row, "says");
	struct said *x = ctx;
	uint32_t seats;
	size_t i;

	x->known = true;
	if (strcmp(row_word(row, "row"), "receipt") != 0)
		return;
	seats = said_seats(x->country, row_word(row, "about"));
	if (strcmp(says, "report") == 0)
		x->reported |= seats;
	/* what is held may go on yet, or be lost where it was */
	if (strcmp(says, "report") == 0 &&
	    strcmp(row_word(row, "code"), "held") == 0)
		return;
	if (strcmp(says, "answer") == 0 &&
	    strcmp(row_word(row, "code"), "waits") == 0)
		x->heard |= seats;
	for (i = 0; i < COUNT(words); i++)
		if (strcmp(says, words[i]) == 0) {
			x->heard |= seats;
			x->signed_for |= i < 3 ? seats : 0;
		}
	if (strcmp(says, "opened") == 0)
		x->opened |= seats;
	if (strcmp(says, "answer") == 0 &&
	    strcmp(row_word(row, "code"), "unknown") == 0)
		x->unknown |= seats;
}

static inline struct said
said_of(const struct country *c, const struct seat *origin, const struct id *id)
{
	struct said x = { .country = c };
	const struct control_ears ears = { .row = said_row, .ctx = &x };
	json_t *r = json_object();
	char text[ID_TEXT];
	struct err e;
	int fd;

	id_write(text, id);
	(void)json_object_set_new(r, "id", json_string(text));
	if (seat_control(&fd, origin, &e) != RC_OK) {
		json_decref(r);
		return x;
	}
	if (control_ask(fd, CONTROL_TRACE, r, NULL, 0, &ears, NULL, &e) ==
	    RC_EXPIRED)
		bug("a station that does not answer");
	close(fd);
	return x;
}

/* ---- lives (docs/journal.md 7) ----------------------------------------------
 */

/* What a station says it has lost. */
struct said_gaps {
	struct life_gap *all; /* owned */
	size_t count;
};

static inline bool
said_gap(void *ctx, const struct paper *p)
{
	struct said_gaps *x = ctx;
	struct err e;

	x->all = vec_more(x->all, x->count, sizeof(*x->all));
	must(life_gap_read(&x->all[x->count++], p->head, &e), &e);
	return true;
}

/* It does not run. */
static inline void
said_gaps_of(struct said_gaps *x, struct store *s)
{
	struct err e;

	*x = (struct said_gaps){ 0 };
	must(s->ops->paper_each(s, PAPER_GAP, said_gap, x, &e), &e);
}

/* One of them is this number of this life: it had been given when the station
 * was copied no more, or nobody can say that it had not.  Or this life is one
 * between that which was rolled back and that which it was given. */
static inline bool
said_is_lost(const struct said_gaps *x, uint64_t life, uint64_t number)
{
	size_t i;

	for (i = 0; i < x->count; i++)
		if ((x->all[i].incarnation == life &&
			x->all[i].serials <= number) ||
		    (x->all[i].incarnation < life && life < x->all[i].born))
			return true;
	return false;
}

/* Those who have not been heard of are asked for now, and not in hours. */
static inline void
said_hurries(struct network *n)
{
	char path[2 * PATH];
	sqlite3 *db;
	size_t i;

	network_stop(n);
	for (i = 0; i < n->count; i++) {
		(void)snprintf(path, sizeof(path), "%s/data/store/store.db",
		    n->spots[i].seat->folder);
		if (sqlite3_open(path, &db) != SQLITE_OK ||
		    sqlite3_exec(db, "UPDATE chase SET due = 0", NULL, NULL,
			NULL) != SQLITE_OK)
			bug("the database cannot be changed");
		(void)sqlite3_close(db);
	}
	if (!network_start(n))
		bug("a station does not start again");
}

/* "antin" with these words; false: it says no.  What it says goes to a file. */
static inline bool
said_antin(const char *folder, const char *const words[])
{
	const char *b = getenv("ANTIN_B");
	char path[PATH], out[PATH + 8];
	const pid_t pid = fork();
	int status = 0, fd;

	if (pid == 0) {
		(void)snprintf(path, sizeof(path), "%.400s/bin/antin",
		    b != NULL ? b : "obj");
		(void)snprintf(out, sizeof(out), "%s/said", folder);
		fd = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		(void)dup2(fd, 1);
		(void)dup2(fd, 2);
		(void)execv(path, (char *const *)(uintptr_t)words);
		_exit(127);
	}
	return waitpid(pid, &status, 0) == pid && status == 0;
}

static inline void
said_why(const char *folder)
{
	char path[PATH + 8];
	struct buf text;
	struct err e;

	(void)snprintf(path, sizeof(path), "%s/said", folder);
	if (file_read(&text, path, 1u << 20, &e) != RC_OK)
		return;
	note("%s: %.*s", folder, (int)text.len, (const char *)text.p);
	buf_free(&text);
}

/* Its journal is whole and signed, and one entry is proved from a file. */
static inline bool
said_journal(const struct network *n, const struct seat *s)
{
	char all[PATH + 16], proof[PATH + 16];
	const char *whole[] = { "antin", "journal", "verify", "--station",
		s->folder, "--directory", all, NULL };
	const char *prove[] = { "antin", "journal", "prove", "--station",
		s->folder, "--force", "--out", proof, "1", NULL };
	const char *verify[] = { "antin", "journal", "verify", "--directory",
		all, proof, NULL };

	(void)snprintf(all, sizeof(all), "%s/all", s->folder);
	(void)snprintf(proof, sizeof(proof), "%s/proof", s->folder);
	write_in(s, "all", buf_bytes(&n->country.t.file));
	if (said_antin(s->folder, whole) && said_antin(s->folder, prove) &&
	    said_antin(s->folder, verify))
		return true;
	said_why(s->folder);
	return false;
}

#endif
