/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One dispatch that comes in several copies, with other slips for other desks
 * (docs/station.md 4.7, 5.5): it is at each of them once.
 */
#include "stage.h"

#define ONE 1u	 /* bits of destinations: the desk of the second child, */
#define TWO 2u	 /* of the third, */
#define THREE 4u /* and of this station */

/* What is kept of a dispatch, while the process does not run. */
static bool
is_gone(const struct stage *s, const struct id *id, uint64_t copy)
{
	struct disk *disk;
	struct store *store;
	struct stored d;
	char path[PATH + 16];
	struct err e;

	(void)snprintf(path, sizeof(path), "%s/store", s->data);
	must(disk_folder(&disk, path, &e), &e);
	must(store_sqlite.open(&store, disk, &e), &e);
	must(store->ops->find(store, id, &d, &e), &e);
	must(store->ops->get(store, d.n, copy, &d, &e), &e);
	store->ops->close(store);
	disk->ops->free(disk);
	return d.gone;
}

static size_t
files(const struct stage *s, const char *folder)
{
	char command[PATH + 64];
	size_t n = 0;
	FILE *f;

	(void)snprintf(command, sizeof(command), "ls %s/store/%s | wc -l",
	    s->data, folder);
	f = popen(command, "r");
	if (f == NULL || fscanf(f, "%zu", &n) != 1)
		bug("ls");
	(void)pclose(f);
	return n;
}

static void
copies_arrive_once_each(struct stage *s, size_t attached, const char *what)
{
	const struct seat *const to[] = { s->kid[1], s->kid[2], s->own };
	static uint64_t serial = 100;
	struct made m;
	bool good;
	enum rc rc;

	note("%s", what);
	ok(stage_start(s), "the store runs");
	make(&m, s->kid[0], ++serial, to, 3, attached);
	ok(stage_line(s, 1, s->kid[0]) && stage_line(s, 2, s->kid[1]) &&
		stage_line(s, 3, s->kid[2]),
	    "three children are on the line");
	is(offer(s, 1, 1, &m, ONE), ACK_STORED, "a first copy is stored");
	ok(is_sent(s, 2, &m, ONE, ACK_STORED),
	    "it goes on to its desk with its slip, and is there");
	is(offer(s, 1, 2, &m, ONE), ACK_KNOWN, "the same again is known");
	/* what was only passed on is purged within two seconds */
	(void)usleep(2200000);
	stage_settle(s);
	is(stage_stop(s, 0), 0, "the store stops");
	ok(is_gone(s, &m.id, 0), "and had purged its package");

	ok(stage_start(s), "it starts again");
	ok(stage_line(s, 1, s->kid[0]) && stage_line(s, 2, s->kid[1]) &&
		stage_line(s, 3, s->kid[2]),
	    "with its lines");
	rc = is_read(s, s->own, &m, THREE, &good);
	is(rc, RC_ABSENT, "its own desk has nothing of it yet");
	is(offer(s, 1, 1, &m, ONE), ACK_KNOWN, "the first copy is known still");
	is(offer(s, 1, 2, &m, TWO | THREE), ACK_STORED,
	    "a copy with other slips is stored");
	ok(is_sent(s, 3, &m, TWO, ACK_STORED),
	    "goes on to the one desk with its slip");
	rc = is_read(s, s->own, &m, TWO | THREE, &good);
	ok(rc == RC_OK && good, "and can be read here, with the slip for here");
	is(offer(s, 1, 3, &m, TWO | THREE), ACK_KNOWN, "once more: known");
	is(offer(s, 1, 4, &m, ONE | TWO | THREE), ACK_KNOWN,
	    "all at once: known");
	is(offer(s, 1, 5, &m, THREE), ACK_KNOWN, "each by itself too");
	stage_settle(s);
	is(said_of(s->link, MSG_SEND), 0, "nothing is sent a second time");
	is(stage_stop(s, SIGKILL), 256 + SIGKILL, "it is killed");
	ok(is_gone(s, &m.id, 0) && !is_gone(s, &m.id, 1),
	    "the copy that lies at a desk is there, the first is not");
	is(files(s, "files"), m.attached.len > 0,
	    "and there is no file that nobody needs");

	ok(stage_start(s), "it starts again");
	rc = is_read(s, s->own, &m, TWO | THREE, &good);
	ok(rc == RC_OK && good, "and the desk still reads it");
	is(stage_stop(s, 0), 0, "the store stops");
	made_free(&m);
}

/* While the first copy is still under way. */
static void
copies_go_side_by_side(struct stage *s)
{
	const struct seat *const to[] = { s->kid[1], s->kid[2], s->own };
	struct made m;
	bool good;
	enum rc rc;

	ok(stage_start(s), "the store runs");
	make(&m, s->kid[0], 500, to, 3, 0);
	ok(stage_line(s, 1, s->kid[0]), "a child is on the line");
	is(offer(s, 1, 1, &m, ONE | THREE), ACK_STORED, "a copy is stored");
	is(offer(s, 1, 2, &m, ONE | TWO | THREE), ACK_STORED,
	    "a wider one too: a destination is new");
	rc = is_read(s, s->own, &m, ONE | THREE, &good);
	ok(rc == RC_OK && good, "a desk reads the one that brought it");
	ok(stage_line(s, 2, s->kid[1]), "another child comes");
	ok(is_sent(s, 2, &m, ONE, ACK_LATER), "and gets it: not now");
	ok(stage_line(s, 3, s->kid[2]), "a third one comes");
	ok(is_sent(s, 3, &m, TWO, ACK_STORED), "and gets it");
	ok(stage_line(s, 4, s->kid[1]), "the second comes again");
	ok(is_sent(s, 4, &m, ONE, ACK_STORED), "and gets it, once");
	stage_settle(s);
	is(said_of(s->link, MSG_SEND), 0, "and that is all");
	is(stage_stop(s, 0), 0, "the store stops");
	made_free(&m);
}

int
main(void)
{
	struct stage s;

	stage_make(&s);
	copies_arrive_once_each(&s, 0, "small ones");
	copies_arrive_once_each(&s, 300000, "large ones");
	copies_go_side_by_side(&s);
	stage_end(&s);
	return done();
}
