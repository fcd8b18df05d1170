/* SPDX-License-Identifier: EUPL-1.2 */
/* A station that burnt down and was restored from its backup is the same to the
 * browsers that trusted it (docs/desk.md 11.3). */
#include "backup.h"

/* Whom browsers are to trust, as PEM; empty: nobody says.  The caller frees. */
static struct buf
trusted(const struct seat *s)
{
	json_t *answer = NULL;
	struct buf out = { 0 };
	struct err e;
	unsigned i;
	int fd;

	for (i = 0; i < patience(30) * 10 && out.len == 0; i++) {
		(void)usleep(100000);
		if (seat_control(&fd, s, &e) != RC_OK)
			continue;
		if (control_ask(fd, CONTROL_DESK_TRUST, json_object(), NULL, 0,
			NULL, &answer, &e) == RC_OK)
			buf_add(&out, bytes_str(json_string_value(
					  json_object_get(answer, "pem"))));
		json_decref(answer);
		answer = NULL;
		close(fd);
	}
	return out;
}

int
main(void)
{
	static struct three_lives x;
	struct buf before, after;
	char path[PATH], more[128];
	struct seat *s;

	lives_begin(&x);
	s = x.low;
	(void)seat_stop(s, SIGTERM);
	(void)snprintf(more, sizeof(more),
	    "checkpoint 1s\nweb.tls 127.0.0.1:%u\nweb.name antin.vn\n",
	    free_port());
	country_write(s, more);
	ok(seat_start(s), "a station starts that browsers reach by TLS");
	before = trusted(s);
	ok(before.len > 0, "it says whom they are to trust");
	(void)snprintf(path, sizeof(path), "%s", beside(&x.c, "low.backup"));
	lives_settle(&x);
	is(names_officers(&x, s), 0, "its officers are named");
	is(backs_up(&x, s, path), 0, "it is backed up");
	burns_down(s);
	is(is_restored(&x, s, path), 0, "it is restored by two officers");
	ok(seat_start(s), "and starts");
	after = trusted(s);
	same(buf_bytes(&after), buf_bytes(&before),
	    "browsers trust it as they did");
	is(seat_said(s, "event=web.authority_made"), 0, "no authority is made");
	buf_free(&before);
	buf_free(&after);
	lives_end(&x);
	return done();
}
