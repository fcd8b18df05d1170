/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * antin directory write, status, apply: a directory is carried, and what is
 * wrong with it is not taken over; antin cert: certificates go out.
 */
#include <sys/stat.h>

#include "pki/card.h"
#include "pki/crl.h"
#include "planted.h"

/* ---- carrying -------------------------------------------------------------
 */

static bool
same_files(const char *a, const char *b)
{
	struct buf one = slurp(a), two = slurp(b);
	const bool is_same = bytes_eq(buf_bytes(&one), buf_bytes(&two));

	buf_free(&one);
	buf_free(&two);
	return is_same;
}

static void
copy(const char *from, const char *to)
{
	struct buf b = slurp(from);

	save(to, buf_bytes(&b));
	buf_free(&b);
}

/* The station of the commune lacks what was decided since. */
static void
a_delta_is_carried(struct tree *t)
{
	struct stat st;
	off_t was;

	ends(0, "what is known is written down", "directory status known");
	copy("own.antin-dir", "there");
	copy("own.antin-dir", "there.was");
	copy("own.antin-dir", "there.before");
	t->now += TIME_DAY;
	tree_unit(t, DIEN_BIEN, LATER, DIEN_BIEN, "na-tau", "xa");
	save_own("own.antin-dir", t);
	ends(0, "what is new is written",
	    "directory write --all --since known delta");
	ok(has("antin directory apply delta"), "and what to do with it");
	ends(0, "the whole is", "directory write --all whole");
	(void)stat("delta", &st);
	was = st.st_size;
	(void)stat("whole", &st);
	ok(was < st.st_size / 2, "which is larger");
	ends(0, "there it is taken over",
	    "directory apply --directory there delta");
	ok(has("New: 1 acts, 0 revoked certificates, 0 alarms, 0 forks."),
	    "with what is new");
	ends(0, "and known from then on",
	    "directory show --directory there antin://na-tau.dien-bien.vn");
	copy("there", "there.now");
	ends(0, "once more", "directory apply --directory there delta");
	ok(has("Nothing in it is new.") && same_files("there", "there.now"),
	    "nothing is new, and nothing is written");
	ends(0, "nor is the whole", "directory apply --directory there whole");
	ok(has("Nothing in it is new."), "as it says");
	ends(0, "a file with marks is taken over",
	    "directory apply --directory there.was own.antin-dir");
	ends(0, "and can be read", "directory verify --directory there.was");
	ends(0, "for a station",
	    "directory write --force --for "
	    "antin://muong-nhe.dien-bien.vn --ask "
	    "antin://dien-bien.vn/van-thu part");
	ends(2, "for nobody nothing is written", "directory write x");
	ends(2, "nor for all and one",
	    "directory write --all --for antin://vn x");
	ends(1, "nor for who is not known",
	    "directory write --for antin://lai-chau.vn x");
	ends(1, "nor since what is no status",
	    "directory write --all --since whole x");
	ok(access("x", F_OK) != 0, "and nothing is left");
}

/* Whatever is wrong with it, the own file stays as it is. */
static void
what_is_wrong_is_refused(void)
{
	struct buf file = slurp("delta");
	size_t i, taken = 0, changed = 0;
	const char *const argv[] = { "antin", "directory", "apply",
		"--directory", "there", "bad", NULL };

	copy("there.before", "there");
	copy("there", "there.now");
	for (i = 0; i < file.len; i += 97) {
		file.p[i] ^= 4;
		save("bad", buf_bytes(&file));
		file.p[i] ^= 4;
		taken += run(argv) == 0;
		changed += !same_files("there", "there.now");
	}
	is(taken, 0, "no changed byte is taken over");
	is(changed, 0, "and the own file is as it was");
	save("bad", bytes_of(file.p, file.len - 1));
	ends(1, "a piece of a file is refused",
	    "directory apply --directory there bad");
	ok(strstr(said(&err), "nothing is taken over from bad") != NULL,
	    "as it says");
	ok(same_files("there", "there.now"), "with nothing changed");
	save("bad", buf_bytes(&file));
	ends(0, "as it was made it is taken over",
	    "directory apply --directory there bad");
	buf_free(&file);
}

static void
another_root_is_refused(void)
{
	struct tree other;
	struct buf snapshot;

	planted += 3; /* another root's certificate, as serials are random */
	plant_root(&other);
	planted -= 3;
	snapshot = snapshot_of(other.d);
	save("foreign", buf_bytes(&snapshot));
	copy("own.antin-dir", "there");
	ends(3, "a file under another root is refused",
	    "directory apply --directory there foreign");
	ok(same_files("own.antin-dir", "there"), "with nothing changed");
	ends(0, "what is known there",
	    "directory status --directory foreign foreign.status");
	ends(3, "is of another root",
	    "directory write --all --since foreign.status x");
	buf_free(&snapshot);
	tree_end(&other);
}

static void
a_fork_is_told(struct tree *t)
{
	struct directory *d = tree_twin(t);
	struct act a = act_unit(t, 60, DIEN_BIEN, "khac", "xa");
	struct buf other;
	struct act b = act_unit(t, 61, DIEN_BIEN, "khac-nua", "xa");

	other = tree_rogue(t, d, DIEN_BIEN, &b, 1);
	tree_do(t, DIEN_BIEN, &a);
	save_own("forked", t);
	save("other", buf_bytes(&other));
	ends(0, "the other log of an authority that shows two",
	    "directory apply --directory forked other");
	ok(has("!!! ALARM: ") && has("1 forks"), "is an alarm");
	ok(has("Tell the unit above"), "with what to do");
	ends(0, "the file can be read", "directory verify --directory forked");
	ok(has("!!! ALARM: "), "and still has it");
	ends(0, "a file for others",
	    "directory write --directory forked --all fork.out");
	save_own("theirs", t);
	ends(0, "brings them the proof",
	    "directory apply --directory theirs fork.out");
	ok(has("1 forks"), "which is an alarm there, too");
	buf_free(&other);
	directory_free(d);
}

static void
a_directory_begins(const struct tree *t)
{
	char hex[2 * SHA256_SIZE + 1], words[300];
	uint8_t root[SHA256_SIZE];

	cert_fingerprint(root, buf_bytes(&t->root));
	hex_write(hex, bytes_of(root, sizeof(root)));
	(void)unlink("new");
	ends(5, "without an own file nothing is taken over",
	    "directory apply --directory new whole");
	ends(2, "none begins without its root",
	    "directory apply --directory new --create whole");
	(void)snprintf(words, sizeof(words),
	    "directory apply --directory new --create --root %s whole", hex);
	hex[0] = hex[0] == '0' ? '1' : '0';
	ok(access("new", F_OK) != 0, "and none is there");
	ends(0, "it begins under the root that was told", words);
	ends(0, "and holds", "directory verify --directory new");
	ends(1, "it does not begin twice", words);
	(void)unlink("new");
	(void)snprintf(words, sizeof(words),
	    "directory apply --directory new --create --root %s whole", hex);
	ends(3, "under another root it does not begin", words);
	hex[0] = 'x';
	ends(2, "--root is for a beginning", "directory apply --root 00 whole");
	ok(access("new", F_OK) != 0, "and nothing is left");
}

/* ---- certificates ---------------------------------------------------------
 */

static void
certificates_go_out(void)
{
	struct card card;
	struct err e;
	json_t *j;

	ends(0, "certificates of a desk are exported",
	    "cert export antin://dien-bien.vn/van-thu desk.pem");
	take(&out, "desk.pem");
	went(card_parse(&card, bytes_str(said(&out)), &e), &e,
	    "which are a card");
	ok(card.has_kem && card.issued, "with both keys");
	card_free(&card);
	ends(0, "with those above",
	    "cert export --chain antin://dien-bien.vn/van-thu chain.pem");
	ends(0, "which are shown", "cert show --json chain.pem");
	j = parsed();
	is(json_array_size(j), 4, "each");
	ok(strcmp(text_at(j, "0/kind"), "desk") == 0 &&
		strcmp(text_at(j, "0/use"), "signs") == 0 &&
		strcmp(text_at(j, "2/kind"), "authority") == 0 &&
		strcmp(text_at(j, "2/constraints"), "dien-bien.vn") == 0 &&
		strcmp(text_at(j, "3/address"), "antin://vn") == 0,
	    "up to the root's, with what they may do");
	json_decref(j);
	ends(0, "one in DER",
	    "cert export --der --kem antin://dien-bien.vn/van-thu desk.der");
	ends(0, "is shown to people", "cert show desk.der");
	ok(has("MLKEM768-X25519") && has("Check words: "),
	    "with its check words");
	ends(1, "of a unit without a station its station's are not",
	    "cert export --station antin://dien-bien.vn x");
	ends(0, "its authority's are",
	    "cert export antin://dien-bien.vn authority.pem");
	ends(1, "nor those that were revoked",
	    "cert export antin://dien-bien.vn/co-yeu x");
	ends(2, "nor several in DER",
	    "cert export --der --chain antin://dien-bien.vn x");
	ok(access("x", F_OK) != 0, "and nothing is left");
	ends(0, "the directory's are shown",
	    "cert show --directory own.antin-dir antin://dien-bien.vn/co-yeu");
	ok(has("Revoked: ") && has("In force until: "), "with their state");
	ends(1, "what is none is not shown", "cert show whole");
	save("empty", (struct bytes){ 0 });
	ends(1, "nor an empty file", "cert show empty");
}

/* The key file of an authority. */
static void
save_key(const char *name, const struct tree *t, unsigned n)
{
	const struct sig_key *key = tree_authority_key(t, n);
	struct identity id = { 0 };
	struct buf file, pem;
	struct err e;

	pem = slurp("authority.pem");
	if (card_parse(&id.card, buf_bytes(&pem), &e) != RC_OK)
		bug(e.text);
	id.sig = sig_key_of(sig_key_alg(key), sig_key_priv(key));
	if (identity_seal(&file, &id, NULL, &e) != RC_OK)
		bug(e.text);
	save(name, buf_bytes(&file));
	buf_free(&pem);
	buf_free(&file);
	identity_free(&id);
}

static void
revocation_lists_go_out(const struct tree *t)
{
	const struct unit *u = &t->d->state.units[tree_at(t, DIEN_BIEN)];
	struct crl_entry one;
	struct buf file;
	struct crl c;
	struct err e;
	size_t i;

	save_key("dien-bien.key", t, DIEN_BIEN);
	ends(0, "a revocation list is written",
	    "cert crl --key dien-bien.key --der --days 7 list.crl");
	file = slurp("list.crl");
	went(crl_read(&c, buf_bytes(&file), &e), &e, "and read");
	for (i = u->certs; i != NONE; i = t->d->state.certs[i].next)
		if (cert_is_authority(&t->d->state.certs[i].cert))
			break;
	ok(i != NONE && crl_verify(&c, &t->d->state.certs[i].cert),
	    "its authority signed it");
	ok(c.count == 1 && crl_next(&c.entries, &one) &&
		one.reason == REVOKE_KEY_COMPROMISE,
	    "the certificate that was revoked is on it, and why");
	ok(c.next - c.at == 7 * TIME_DAY, "for as many days");
	ends(0, "one in PEM", "cert crl --key dien-bien.key list.pem");
	take(&out, "list.pem");
	ok(has("-----BEGIN X509 CRL-----"), "is one");
	ends(2, "without a key none is", "cert crl x");
	ends(0, "another key",
	    "key new --name X --address antin://x.vn/x "
	    "--no-passphrase x");
	ends(3, "is no authority's", "cert crl --key x.key x.crl");
	buf_free(&file);
}

int
main(void)
{
	struct tree t;

	begin(&t);
	a_delta_is_carried(&t);
	what_is_wrong_is_refused();
	another_root_is_refused();
	certificates_go_out();
	revocation_lists_go_out(&t);
	a_directory_begins(&t);
	a_fork_is_told(&t);
	end(&t);
	return done();
}
