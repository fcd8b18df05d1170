/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Batches whose signers are not known yet wait, and are weighed when they are,
 * whatever happened between; who brings many that nobody signed takes nobody
 * else's place (docs/receipts.md 4.6).
 */
#include "stage.h"

#include "dispatch/batch.h"

#define MANY 70u

/* A notice to the stage's station with one batch, which this key signs as of a
 * certificate with this sum; its answer. */
static enum ack
brings(struct stage *s, uint64_t conn, const struct seat *who,
    const struct sig_key *key, const uint8_t cert[static SHA256_SIZE])
{
	static uint64_t number;
	struct statement st = { .kind = STATEMENT_ARRIVED,
		.origin = bytes_str(s->own->address),
		.incarnation = 1,
		.serial = 77,
		.at = time_now(),
		.since = TIME_NEVER,
		.desk = bytes_str(who->desk_address) };
	struct batch_signer signer = { .address = st.desk };
	struct header h = { .origin = bytes_str(who->address),
		.incarnation = 1,
		.expires = TIME_NEVER };
	const struct msg_dest to = { .address = bytes_str(s->own->address) };
	struct msg_item m = { .conn = conn, .number = ++number };
	struct der_wr all = { 0 }, w = { 0 };
	struct buf head, notice, dests = { 0 };
	enum ack outcome = ACKS;
	struct heard heard;
	struct log l;

	random_bytes(st.id.b, ID_SIZE);
	random_bytes(h.id.b, ID_SIZE);
	tag_of(&signer.tag, sig_key_alg(key)->oid, sig_key_pub(key));
	memcpy(signer.cert, cert, SHA256_SIZE);
	statement_write(&all, &st);
	batch_sign(&head, &signer, buf_bytes(&all.out), st.at, false, key);
	batch_log(&l, buf_bytes(&all.out));
	batch_write(&w, buf_bytes(&head), &l, NULL, NULL);
	notice_write(&notice, &h, buf_bytes(&w.out));
	list_add(&dests, LIST_DEST, &to);
	m.envelope = m.total = notice.len;
	m.dests = buf_bytes(&dests);
	m.package = buf_bytes(&notice);
	sha256(m.sum, m.package);
	say_to(s->link, MSG_ITEM, 0, &m, -1);
	heard = expect(s->link, MSG_TAKEN);
	if (heard.fd != -2)
		outcome = (enum ack)heard.m.body.taken.outcome;
	heard_free(&heard);
	log_free(&l);
	buf_free(&head);
	buf_free(&notice);
	buf_free(&dests);
	der_wr_free(&all);
	der_wr_free(&w);
	return outcome;
}

struct counted {
	const char *by;
	size_t his, all;
};

static bool
count_one(void *ctx, const struct paper *p)
{
	struct counted *c = ctx;

	c->his += bytes_is(p->head, c->by);
	c->all++;
	return true;
}

/* What waits, while the process does not run. */
static struct counted
waits(const struct stage *s, const struct seat *by)
{
	struct counted c = { .by = by->address };
	struct disk *disk;
	struct store *store;
	char path[PATH + 16];
	struct err e;

	(void)snprintf(path, sizeof(path), "%s/store", s->data);
	must(disk_folder(&disk, path, &e), &e);
	must(store_sqlite.open(&store, disk, &e), &e);
	must(store->ops->paper_each(store, PAPER_STRANGER, count_one, &c, &e),
	    &e);
	store->ops->close(store);
	disk->ops->free(disk);
	return c;
}

int
main(void)
{
	uint8_t cert[SHA256_SIZE];
	struct identity newer = { 0 };
	struct counted c;
	struct stage s;
	size_t i, taken = 0;

	stage_make(&s);
	ok(stage_start(&s), "the store runs");
	ok(stage_line(&s, 1, s.kid[0]) && stage_line(&s, 2, s.kid[1]),
	    "two children are on the line");
	/* the station does not hear of it yet */
	country_enrol(&s.c, &newer, s.kid[1]->unit, "van-thu", CERT_DESK);
	sha256(cert, buf_bytes(&newer.card.sign_der));
	ok(brings(&s, 2, s.kid[1], newer.sig, cert) <= ACK_KNOWN,
	    "what is signed by a new key is taken");
	for (i = 0; i < MANY; i++) {
		random_bytes(cert, sizeof(cert));
		taken += brings(&s, 1, s.kid[0], s.kid[0]->desk.sig, cert) <=
			 ACK_KNOWN;
	}
	is(taken, MANY, "and what nobody signed, from another child");
	is(stage_stop(&s, 0), 0, "the store stops");
	c = waits(&s, s.kid[1]);
	is(c.all, 64, "64 wait");
	is(c.his, 1, "the one that was not brought by who brought many, too");
	/* now it knows the key, but has not learnt it while it ran */
	for (i = 0; i < 20 && c.his > 0; i++) {
		if (!stage_start(&s))
			bug("it does not start");
		(void)usleep(1500000);
		stage_settle(&s);
		if (stage_stop(&s, 0) != 0)
			bug("it does not stop");
		c = waits(&s, s.kid[1]);
	}
	is(c.his, 0, "it is weighed at the next start");
	is(c.all, 63, "and the others wait");
	identity_free(&newer);
	stage_end(&s);
	return done();
}
