/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The right to a level and a precedence, held twice: keys does not sign what a
 * desk's certificate does not allow, and who reads does not believe it where a
 * patched sender did (docs/envelope.md 10.3, docs/station.md 3.3).
 */
#include "queue.h"
#include "villain.h"

static struct identity limited;
static char limited_address[LIMIT_ADDRESS + 1];

/* A desk at the honest child whose certificate allows "mat" and "khan". */
static void
limited_desk(struct country *c, struct seat *s)
{
	const struct suite *suite = suite_by_name("A");
	struct cert_request r;
	struct bytes certs[2], address;
	struct act a;
	struct err e;

	a = act_holder(&c->t, s->unit, ACT_DESK, "to-khan");
	tree_do(&c->t, ROOT, &a);
	address = tree_address(&c->t, s->unit, "to-khan");
	memcpy(limited_address, address.p, address.len);
	must(identity_new(&limited, sig_by_name(suite->sig),
		 kem_by_name(suite->kem), bytes_str("a limited desk"), address,
		 c->t.now, c->t.now + YEARS(9), &e),
	    &e);
	r = tree_request(&c->t, s->unit, "to-khan", CERT_DESK);
	r.rights.level = LEVEL_MAT;
	r.rights.precedence = PRECEDENCE_KHAN;
	r.pub = sig_key_pub(limited.sig);
	r.sig = sig_key_alg(limited.sig);
	certs[0] = tree_sign(&c->t, ROOT, r);
	r = tree_request_kem(&c->t, s->unit, "to-khan", CERT_DESK);
	r.rights.level = LEVEL_MAT;
	r.rights.precedence = PRECEDENCE_KHAN;
	r.pub = kem_key_pub(limited.kem);
	r.kem = kem_key_alg(limited.kem);
	certs[1] = tree_sign(&c->t, ROOT, r);
	must(identity_certify(&limited, certs, 2, &e), &e);
	a = act_certify(&c->t, s->unit, "to-khan", certs[0], certs[1]);
	tree_do(&c->t, ROOT, &a);
}

/* ---- keys does not sign it
 * ----------------------------------------------------- */

static const struct {
	const char *level, *precedence;
	bool may;
} wants[] = {
	{ "mat", "khan", true },
	{ "thuong", "thuong", true },
	{ "mat", "thuong-khan", false },
	{ "mat", "hoa-toc", false },
	{ "toi-mat", "khan", false },
	{ "tuyet-mat", "thuong", false },
};

static void
its_station_does_not_sign_it(void)
{
	struct seat as = *honest;
	struct err e = { 0 };
	size_t i, wrong = 0;
	enum rc rc;

	memcpy(as.desk_address, limited_address, sizeof(limited_address));
	memcpy(as.key_address, limited_address, sizeof(limited_address));
	for (i = 0; i < COUNT(wants); i++) {
		const struct errand_of w = { wants[i].precedence, { centre },
			100, 0, 0, wants[i].level };

		rc = desk_sends(&as, &w, NULL, &e);
		if ((rc == RC_OK) != wants[i].may ||
		    (!wants[i].may &&
			(rc != RC_DENIED ||
			    strstr(e.text, "this desk may send") == NULL))) {
			note("%s %s: %d %s", wants[i].level,
			    wants[i].precedence, (int)rc, e.text);
			wrong++;
		}
	}
	is(wrong, 0,
	    "a desk's station signs what its certificate allows, and "
	    "says what that is");
}

/* ---- and nobody believes it
 * ---------------------------------------------------- */

/* Its sender is patched: it signs whatever it wants.  How the centre's desk
 * reads it. */
static enum rc
read_of(enum level level, enum precedence precedence, struct err *e)
{
	struct seat as = *honest;
	struct errand er;
	struct buf package;
	struct tag tag;
	json_t *rows, *r;
	size_t before;
	enum rc rc;
	int fd = -1;

	as.desk = limited;
	memcpy(as.desk_address, limited_address, sizeof(limited_address));
	sealed_level(
	    &package, &tag, &as, centre, ++serial, 500, precedence, level);
	rows = seat_inbox(centre);
	before = json_array_size(rows);
	json_decref(rows);
	if (!errand_begin(&er, honest, NULL))
		bug("no line");
	peer_send(&er.p, 1, buf_bytes(&package), centre, &tag, 3);
	while (er.answers[ACK_STORED] == 0 && peer_turn(&er.p, 50))
		;
	peer_end(&er.p);
	buf_free(&package);
	rows = seat_inbox(centre);
	if (json_array_size(rows) != before + 1)
		bug("it is not there");
	r = json_object();
	(void)json_object_set_new(r, "desk", json_string(centre->desk_address));
	(void)json_object_set_new(
	    r, "id", json_string(row_word(json_array_get(rows, 0), "id")));
	json_decref(rows);
	if ((rc = seat_control(&fd, centre, e)) == RC_OK &&
	    (rc = seat_sign_in(fd, centre, e)) == RC_OK)
		rc = control_ask(fd, CONTROL_READ, r, NULL, 0, NULL, NULL, e);
	close(fd);
	return rc;
}

static void
who_reads_is_told(void)
{
	struct err e = { 0 };

	is(read_of(LEVEL_MAT, PRECEDENCE_KHAN, &e), RC_OK,
	    "what a desk may send is read");
	note("%s", e.text);
	e = (struct err){ 0 };
	is(read_of(LEVEL_MAT, PRECEDENCE_HOA_TOC, &e), RC_DENIED,
	    "what it may not send as hỏa tốc is not, where it got through");
	note("%s", e.text);
	ok(strstr(e.text, "precedence") != NULL &&
		strstr(e.text, "docs/envelope.md 10.3") != NULL,
	    "who reads is told why");
	e = (struct err){ 0 };
	is(read_of(LEVEL_TUYET_MAT, PRECEDENCE_KHAN, &e), RC_DENIED,
	    "nor what is beyond its level");
	note("%s", e.text);
	ok(strstr(e.text, "docs/envelope.md 10.3") != NULL,
	    "with the reason, too");
}

int
main(void)
{
	country_begin(&land);
	centre = country_seat(&land, NULL, "vn");
	honest = country_seat(&land, centre, "dien-bien");
	limited_desk(&land, honest);
	country_write(centre, "");
	country_write(honest, "");
	write_key(honest, "data/keys/to-khan.key", &limited);
	epoch = (uint64_t)time_now() * 1000;
	ok(seat_start(centre), "a station starts");
	ok(seat_start(honest), "and one with a desk that may not send all");
	its_station_does_not_sign_it();
	(void)seat_stop(honest, SIGTERM);
	serial = 1000;
	who_reads_is_told();
	is((uint64_t)seat_stop(centre, SIGTERM), 0, "the station ends well");
	identity_free(&limited);
	country_end(&land);
	return done();
}
