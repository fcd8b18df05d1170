/* SPDX-License-Identifier: EUPL-1.2 */
/* New keys of the station, as the keys process makes them; this test is its
 * parent, which writes them, and its store. */
#include "play.h"

#include "pki/enrol.h"

static struct identity station;
static struct actor keys;
static struct line *store;
static struct buf next; /* the key file beside the station's */

static void
begin(bool with_next)
{
	keys = actor_new(&process_keys);
	give_key(&keys, &station, "station.key", NULL, true);
	if (with_next)
		say_to(keys.parent, MSG_KEY, 0,
		    &(struct msg_key){
			bytes_str("station.key.next"), buf_bytes(&next), 2 },
		    -1);
	store = actor_sibling(&keys, PROC_STORE);
	if (!actor_go(&keys))
		bug("keys does not start");
}

static void
end(void)
{
	is((uint64_t)actor_stop(&keys), 0, "it ends well");
	lines_end();
}

static void
wanted(void)
{
	const struct msg_renew m = { .now = time_now() };

	say_to(store, MSG_RENEW, 0, &m, -1);
}

static void
kept(bool beside, enum rc rc)
{
	const struct msg_kept m = { .next = beside,
		.rc = rc,
		.why = bytes_str(rc == RC_OK ? "" : "the disk is full") };

	say_to(keys.parent, MSG_KEPT, 0, &m, -1);
}

/* What is to be written, into an identity. */
static bool
to_be_kept(struct identity *out, bool beside)
{
	struct heard h;
	struct err e;
	bool good;

	*out = (struct identity){ 0 };
	good = wait_for(&h, keys.parent, MSG_KEEP) &&
	       (h.m.body.keep.next != 0) == beside &&
	       identity_open(
		   out, h.m.body.keep.file, (struct bytes){ 0 }, &e) == RC_OK;
	if (good && beside) {
		buf_free(&next);
		buf_add(&next, h.m.body.keep.file);
	}
	heard_free(&h);
	return good;
}

/* The request that the store hears; its hash is of "raw". */
static bool
asks(struct request *r, struct buf *raw)
{
	struct heard h;
	struct err e;
	bool good;

	*raw = (struct buf){ 0 };
	*r = (struct request){ 0 };
	good = wait_for(&h, store, MSG_RENEWAL) &&
	       h.m.body.renewal.request.len > 0;
	if (good)
		buf_add(raw, h.m.body.renewal.request);
	heard_free(&h);
	return good && request_read(r, buf_bytes(raw), &e) == RC_OK;
}

/* Certificates of an authority for these keys. */
static void
certify(struct buf *out, const struct identity *id)
{
	const struct rights rights = { .kind = CERT_STATION };
	struct cert_request r = { .name = bytes_str("Holder"),
		.issuer = bytes_str("Authority"),
		.address = bytes_str(STATION),
		.rights = rights,
		.from = time_now() - TIME_DAY,
		.until = time_now() + 1000 * TIME_DAY };
	struct sig_key *authority =
	    sig_generate(sig_by_name("MLDSA65-Ed25519"));
	struct buf der;

	*out = (struct buf){ 0 };
	r.use = CERT_SIGN;
	r.sig = sig_key_alg(id->sig);
	r.pub = sig_key_pub(id->sig);
	cert_write(&der, &r, authority);
	buf_add(out, buf_bytes(&der));
	buf_free(&der);
	r.use = CERT_KEM;
	r.kem = kem_key_alg(id->kem);
	r.pub = kem_key_pub(id->kem);
	cert_write(&der, &r, authority);
	buf_add(out, buf_bytes(&der));
	buf_free(&der);
	sig_key_free(authority);
}

static void
certified(const struct identity *id)
{
	struct msg_certified m;
	struct buf certs;

	certify(&certs, id);
	m.certs = buf_bytes(&certs);
	say_to(store, MSG_CERTIFIED, 0, &m, -1);
	buf_free(&certs);
}

/* What was told before this has been heard, and nothing of this kind came. */
static bool
says_nothing(enum msg kind)
{
	struct msg_link_key m = { .epoch = 1 };
	struct heard h;
	bool quiet = true;

	say_to(store, MSG_LINK_SIGN, ++jobs, &m, -1);
	while (quiet) {
		if (!wait_for(&h, store, 0) || h.m.kind == MSG_LINK_SIGNED)
			break;
		quiet = h.m.kind != kind;
		heard_free(&h);
	}
	heard_free(&h);
	return quiet;
}

/* A statement for a link, where this earlier key is asked for, is this one's.
 */
static bool
link_is_by(const struct identity *want, const struct identity *earlier)
{
	struct msg_link_key m = { .epoch = 1 };
	struct link_seen seen = { 0 };
	struct link_statement got;
	struct heard h;
	struct err e;
	bool good;

	if (earlier != NULL)
		m.earlier = earlier->card.sign.tag;
	say_to(store, MSG_LINK_SIGN, ++jobs, &m, -1);
	good = wait_for(&h, store, MSG_LINK_SIGNED) &&
	       link_read(&got, h.m.body.statement.statement, &e) == RC_OK &&
	       link_accept(&seen, &got, &want->card.sign, &e) == RC_OK;
	heard_free(&h);
	return good;
}

/* ---- how it goes
 * ----------------------------------------------------------------------- */

static void
new_keys_take_over(void)
{
	struct identity made, again, whole;
	const struct sig_pub *pub;
	struct request r, other;
	struct buf raw, more;
	struct heard h;
	struct err e;

	begin(false);
	wanted();
	wanted();
	ok(to_be_kept(&made, true), "new keys are to be written first");
	ok(says_nothing(MSG_RENEWAL), "nobody hears of them before");
	ok(!made.card.issued &&
		!bytes_eq(made.card.sign.pub, station.card.sign.pub) &&
		bytes_eq(made.card.sign.address, station.card.sign.address),
	    "they are others, of the same address");
	ok(identity_kem(&made, &station.card.kem.tag) != NULL,
	    "and open what was sealed for the old ones");
	kept(true, RC_OK);
	ok(asks(&r, &raw), "when they are on disk they are asked for");
	pub = station.card.pub;
	ok(bytes_eq(r.earlier, bytes_of(station.card.sign_cert, SHA256_SIZE)) &&
		bytes_eq(r.card.sign.pub, made.card.sign.pub) &&
		request_verify_renewal(&r, pub, &e) == RC_OK,
	    "the old key has signed the request");
	request_free(&r);
	buf_free(&raw);

	wanted();
	ok(asks(&other, &more) &&
		bytes_eq(other.card.sign.pub, made.card.sign.pub),
	    "asked again it has the same keys");
	request_free(&other);
	buf_free(&more);

	certified(&station);
	ok(says_nothing(MSG_HELD), "certificates of other keys are "
				   "nothing to it");
	certified(&made);
	ok(to_be_kept(&whole, false) && whole.card.issued &&
		bytes_eq(whole.card.sign.pub, made.card.sign.pub) &&
		identity_kem(&whole, &station.card.kem.tag) != NULL,
	    "with its certificates it is to take the old one's place");
	kept(false, RC_IO);
	ok(says_nothing(MSG_HELD), "where it cannot be written, the old "
				   "one stays");
	certified(&made);
	ok(to_be_kept(&again, false), "it is tried again");
	kept(false, RC_OK);
	ok(wait_for(&h, store, MSG_HELD) && h.m.body.held.station != 0 &&
		bytes_eq(h.m.body.held.sign, buf_bytes(&again.card.sign_der)),
	    "and the station has it then");
	heard_free(&h);
	ok(link_is_by(&again, NULL) && link_is_by(&again, &made) &&
		link_is_by(&station, &station),
	    "links are signed by the new one, or by the old one while that is "
	    "asked for");
	end();
	identity_free(&made);
	identity_free(&whole);
	identity_free(&again);
}

static void
a_full_disk_asks_for_nothing(void)
{
	struct identity made;
	struct heard h;

	begin(false);
	wanted();
	ok(to_be_kept(&made, true), "new keys are to be written");
	kept(true, RC_IO);
	ok(wait_for(&h, store, MSG_RENEWAL) &&
		h.m.body.renewal.request.len == 0,
	    "where they cannot be, nothing is asked for");
	heard_free(&h);
	ok(was_logged("event=renewal.failed"), "and the log says why");
	end();
	identity_free(&made);
}

static void
what_was_made_before_is_gone_on_with(void)
{
	struct identity made, was;
	struct request r;
	struct buf raw;
	struct err e;

	begin(false);
	wanted();
	ok(to_be_kept(&was, true), "new keys are written");
	ok(kill(keys.pid, SIGKILL) == 0, "and the process is killed");
	(void)actor_wait(&keys);
	lines_end();

	begin(true);
	wanted();
	ok(asks(&r, &raw) && bytes_eq(r.card.sign.pub, was.card.sign.pub) &&
		request_verify_renewal(&r, station.card.pub, &e) == RC_OK,
	    "it asks for the same keys");
	request_free(&r);
	buf_free(&raw);
	certified(&was);
	ok(to_be_kept(&made, false) &&
		bytes_eq(made.card.sign.pub, was.card.sign.pub),
	    "which are certified");
	end();
	identity_free(&made);
	identity_free(&was);
}

static void
its_own_key_beside_it_is_passed_over(void)
{
	struct identity made;
	struct buf file;
	struct err e;

	if (identity_seal(&file, &station, NULL, &e) != RC_OK)
		bug(e.text);
	buf_free(&next);
	next = file;
	begin(true);
	wanted();
	ok(to_be_kept(&made, true) &&
		!bytes_eq(made.card.sign.pub, station.card.sign.pub),
	    "what lies beside, and is the station's own, is no new key");
	end();
	identity_free(&made);

	buf_free(&next);
	buf_add(&next, bytes_str("no key file"));
	begin(true);
	ok(was_logged("event=renewal.key_refused"), "nor is what is none");
	end();
}

/* Its keys stay under what its key file is under. */
static void
a_passphrase_stays(void)
{
	const struct bytes phrase = bytes_str("mot hai ba");
	struct identity made = { 0 };
	struct heard h;
	struct err e;

	keys = actor_new(&process_keys);
	actor_set(&keys, "station-passphrase", "mot hai ba");
	give_key(&keys, &station, "station.key", "mot hai ba", true);
	store = actor_sibling(&keys, PROC_STORE);
	ok(actor_go(&keys), "a station's key file is under a passphrase");
	wanted();
	ok(wait_for(&h, keys.parent, MSG_KEEP) &&
		identity_open(&made, h.m.body.keep.file, (struct bytes){ 0 },
		    &e) != RC_OK &&
		identity_open(&made, h.m.body.keep.file, phrase, &e) == RC_OK,
	    "and so is that of its new keys");
	heard_free(&h);
	end();
	identity_free(&made);
}

static void
who_was_never_enrolled_renews_nothing(void)
{
	struct heard h;

	identity_free(&station);
	holder_new(&station, "A", STATION, NULL);
	begin(false);
	wanted();
	ok(wait_for(&h, store, MSG_RENEWAL) &&
		h.m.body.renewal.request.len == 0,
	    "a self-made card has nothing to renew");
	heard_free(&h);
	end();
}

int
main(void)
{
	const struct rights rights = { .kind = CERT_STATION };

	holder_new(&station, "A", STATION, &rights);
	new_keys_take_over();
	a_full_disk_asks_for_nothing();
	what_was_made_before_is_gone_on_with();
	its_own_key_beside_it_is_passed_over();
	a_passphrase_stays();
	who_was_never_enrolled_renews_nothing();
	identity_free(&station);
	buf_free(&next);
	return done();
}
