/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A station owes more answers than one bundle takes: so many go as it does, and
 * the station does not fall over it (docs/media.md 4.4).
 */
#include "carried.h"
#include "lives.h"

#define OWED 22 /* PAPER_OWED */
#define PAPERS 12u
#define BYTES                                                                  \
	3400000 /* of the answers to a bundle with all that it may have        \
		 */

static struct country land;
static struct seat *centre, *commune;

static void
carry(const struct seat *from, const struct seat *to, const char *name)
{
	char *disk = folder_new(&land, name);

	is(antin(from, "media", "write", disk, "--for", to->address, NULL), 0,
	    "%s writes", from->address);
	is(antin(to, "media", "read", disk, NULL), 0, "%s reads", to->address);
	free(disk);
}

/* As if it had read so many more of them. */
static void
owes_more(const struct seat *s)
{
	char path[2 * PATH];
	sqlite3_stmt *one = NULL, *more = NULL;
	uint8_t key[64], head[64];
	int key_len, head_len;
	sqlite3 *db;
	unsigned i;

	(void)snprintf(path, sizeof(path), "%s/data/store/store.db", s->folder);
	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_prepare_v2(db,
		"SELECT key, head FROM paper WHERE kind = ?1", -1, &one,
		NULL) != SQLITE_OK ||
	    sqlite3_bind_int(one, 1, OWED) != SQLITE_OK ||
	    sqlite3_step(one) != SQLITE_ROW)
		bug("nothing is owed");
	key_len = sqlite3_column_bytes(one, 0);
	head_len = sqlite3_column_bytes(one, 1);
	if (key_len < 8 || key_len > (int)sizeof(key) ||
	    head_len > (int)sizeof(head))
		bug("another key");
	memcpy(key, sqlite3_column_blob(one, 0), (size_t)key_len);
	memcpy(head, sqlite3_column_blob(one, 1), (size_t)head_len);
	(void)sqlite3_finalize(one);
	if (sqlite3_prepare_v2(db,
		"INSERT INTO paper VALUES (?1, ?2, ?3, ?4, ?5, ?6)", -1, &more,
		NULL) != SQLITE_OK)
		bug("no paper");
	for (i = 0; i < PAPERS; i++) {
		key[key_len - 1]++;
		(void)sqlite3_reset(more);
		(void)sqlite3_bind_int(more, 1, OWED);
		(void)sqlite3_bind_blob(more, 2, key, key_len, NULL);
		(void)sqlite3_bind_int64(more, 3, time_now());
		(void)sqlite3_bind_blob(more, 4, head, head_len, NULL);
		(void)sqlite3_bind_int(more, 5, BYTES);
		(void)sqlite3_bind_zeroblob(more, 6, BYTES);
		if (sqlite3_step(more) != SQLITE_DONE)
			bug("no paper more");
	}
	(void)sqlite3_finalize(more);
	(void)sqlite3_close(db);
}

int
main(void)
{
	country_begin(&land);
	centre = country_seat(&land, NULL, "vn");
	commune = country_seat(&land, centre, "muong-nhe");
	country_write(centre, "");
	write_without_line(commune);
	ok(seat_start(centre) && seat_start(commune), "two stations run");
	must_send(commune,
	    &(struct errand_of){ "khan", { centre }, 1000, 0, 0, NULL }, NULL);
	carry(commune, centre, "up");
	ok(inbox_comes_to(centre, 1, 30), "what is carried up is there");
	(void)seat_stop(centre, SIGTERM);
	owes_more(centre);
	ok(seat_start(centre), "there is more to be answered than goes");
	carry(centre, commune, "down");
	is(seat_said(centre, "event=process.died") +
		seat_said(commune, "event=process.died"),
	    0, "no process has died");
	ok(queue_comes_to(commune, "hop", centre->address, 0, 30),
	    "what was answered waits no more");
	country_end(&land);
	return done();
}
