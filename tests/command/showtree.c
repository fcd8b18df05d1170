/* SPDX-License-Identifier: EUPL-1.2 */
/* antin directory show, find, list, picture, verify: what they say of a tree
 * that is known. */
#include "planted.h"

/* ---- show -----------------------------------------------------------------
 */

static void
the_tree_is_drawn(void)
{
	ends(0, "the tree is drawn", "directory show");
	ok(has("4 units, 6 desks, 2 persons"), "with how much there is");
	ok(has("Known as of"), "with how old it is");
	ok(has("goc vn  antin://vn, authority: keys until"),
	    "from its root, whose keys hold");
	ok(has("Tỉnh Điện Biên  antin://dien-bien.vn"),
	    "units by their newest names and addresses");
	ok(has("│  └─ clerk: Nguyễn Thị Hạnh until") &&
		has(", standing in for Lò Văn An"),
	    "who holds which role at a desk, until when, and for whom");
	ok(has("antin://dien-bien.vn/co-yeu, !!! KEYS REVOKED ON"),
	    "keys that were revoked");
	ok(has("antin://dien-bien.vn/truc, !!! KEYS END ON"),
	    "keys that end soon");
	ok(has("antin://dien-bien.vn/kho, !!! KEYS ENDED ON"),
	    "keys that have ended");
	ok(has("!!! known as of"), "units of which knowledge is old");
	ok(lacks("thi-xa-cu"), "not who has ended");
	ends(0, "the tree with who has ended is drawn", "directory show --all");
	ok(has("thi-xa-cu, ended on"), "with the day");
	ends(
	    0, "the tree as it was is drawn", "directory show --at 2000-01-01");
	ok(has("0 units"), "before it began it has nobody");
}

static void
programs_read_it(void)
{
	json_t *j;

	ends(0, "the tree is printed for programs", "directory show --json");
	j = parsed();
	ok(json_array_size(json_object_get(j, "units")) == 4 &&
		json_array_size(json_object_get(j, "alarms")) == 0 &&
		json_array_size(json_object_get(j, "lists")) == 1,
	    "with units, alarms and lists");
	ok(strcmp(text_at(j, "units/1/desks/0/roles/0/role"), "clerk") == 0 &&
		strcmp(text_at(j, "units/1/desks/0/roles/0/substitute"),
		    "Lò Văn An") == 0,
	    "with roles");
	ok(strcmp(text_at(j, "units/1/desks/1/certificates/0/reason"),
	       "key-compromise") == 0 ||
		strcmp(text_at(j, "units/1/desks/1/certificates/1/reason"),
		    "key-compromise") == 0,
	    "with revoked certificates and why");
	is(strlen(text_at(j, "fingerprint")), 64, "and the root's fingerprint");
	json_decref(j);
	ends(0, "with who has ended", "directory show --json --all");
	j = parsed();
	is(json_array_size(json_object_get(j, "units")), 5, "it has more");
	json_decref(j);
}

static void
one_address_is_shown(void)
{
	json_t *j;

	ends(0, "a unit is shown", "directory show antin://dien-bien.vn");
	ok(has("Name: Tỉnh Điện Biên") && has("tinh dien-bien") &&
		has("000.00.00.H18") && has("Fingerprint: "),
	    "its names of now and before, codes, certificates");
	ends(0, "a unit by its old address is shown",
	    "directory show antin://tua-chua.dien-bien.vn");
	ok(has("antin://tua-chua.dien-bien.vn is now "
	       "antin://tua-chua-moi.muong-nhe.dien-bien.vn"),
	    "and what it is now");
	ok(has("antin://tua-chua.dien-bien.vn\n"), "among its addresses");
	ends(0, "one that was merged leads to its successor",
	    "directory show --json antin://thi-xa-cu.dien-bien.vn");
	j = parsed();
	ok(strcmp(text_at(j, "name"), "Xã Mường Nhé") == 0,
	    "which is shown in its place");
	json_decref(j);
	ends(0, "a person is shown",
	    "directory show --json antin://dien-bien.vn/hanh");
	j = parsed();
	ok(strcmp(text_at(j, "kind"), "person") == 0 &&
		strcmp(text_at(j, "clearance"), "thuong") == 0 &&
		strcmp(text_at(j, "roles/0/desk_id"), "van-thu") == 0 &&
		strcmp(text_at(j, "names/0/name"), "hanh of 1") == 0,
	    "with clearance, roles and the name before");
	json_decref(j);
	ends(0, "a desk in a person's words is shown",
	    "directory show antin://dien-bien.vn/co-yeu");
	ok(has("Reason: key-compromise") && has("Revoked: "),
	    "with what was revoked and why");
	ends(1, "who is not known is not shown",
	    "directory show antin://lai-chau.vn");
	ends(1, "nor what is no address", "directory show dien-bien");
}

static void
without_a_directory(void)
{
	(void)unsetenv("ANTIN_DIRECTORY");
	ends(2, "without a directory nothing is shown", "directory show");
	ends(0, "one that is named is",
	    "directory show --directory own.antin-dir");
	ends(5, "one that is not there is not",
	    "directory show --directory nowhere");
	save("empty", (struct bytes){ 0 });
	ends(1, "nor an empty file", "directory show --directory empty");
	(void)setenv("ANTIN_DIRECTORY", "own.antin-dir", 1);
}

static void
alarms_come_first(struct tree *t)
{
	struct act a = act_close(t, ROOT, NULL);
	struct directory *d = tree_twin(t);
	struct buf rogue = tree_rogue(t, d, DIEN_BIEN, &a, 1);

	save("rogue", buf_bytes(&rogue));
	save_own("own.alarm", t);
	ends(0, "an act that counts for nothing is taken over",
	    "directory apply --directory own.alarm rogue");
	ok(has("!!! ALARM: ") && has("1 alarms"), "with an alarm");
	ends(0, "the tree is drawn", "directory show --directory own.alarm");
	ok(before("!!! ALARM: ", "At "), "alarms come first");
	ends(0, "an address is shown",
	    "directory show --directory own.alarm antin://vn");
	ok(before("!!! ALARM: ", "Name: "), "after them, too");
	ends(0, "for programs",
	    "directory show --json --directory own.alarm antin://vn");
	ok(before("\"alarms\"", "\"name\"") && has("\"void\""),
	    "they come first, too");
	ends(0, "a picture", "directory picture --directory own.alarm a.svg");
	ok(has("!!! ALARM: "), "does not hide them");
	directory_free(d);
	buf_free(&rogue);
}

/* ---- find, list, picture, verify ------------------------------------------
 */

static void
people_find(void)
{
	json_t *j;

	ends(0, "a unit is found without its diacritics",
	    "directory find --json muong NHE xa");
	j = parsed();
	ok(json_array_size(j) >= 2 &&
		strcmp(text_at(j, "0/name"), "Xã Mường Nhé") == 0 &&
		strcmp(text_at(j, "0/kind"), "unit") == 0,
	    "with its desk");
	json_decref(j);
	ends(0, "by its code", "directory find 000.00.00.H18");
	ok(has("Tỉnh Điện Biên") && has("antin://dien-bien.vn"), "one is");
	ends(0, "a person is found", "directory find hanh");
	ok(has("Kind: person") && has("Unit: Tỉnh Điện Biên"), "and where");
	ends(1, "who is not there is not", "directory find lai chau");
	ok(*said(&out) == '\0', "and nothing is printed");
	ends(2, "no words find nobody", "directory find");
}

static void
lists_are_expanded(void)
{
	json_t *j;

	ends(0, "lists are shown", "directory list --json");
	j = parsed();
	ok(json_array_size(j) == 1 &&
		strcmp(text_at(j, "0/name"), "Các xã") == 0 &&
		strcmp(text_at(j, "0/decided_by"), "Tỉnh Điện Biên") == 0,
	    "with who decided them");
	is(json_array_size(json_object_get(json_array_get(j, 0), "desks")), 2,
	    "and the desks on them");
	json_decref(j);
	ends(0, "one is found by its name", "directory list cac xa");
	ok(has("antin://muong-nhe.dien-bien.vn/van-thu"), "for people");
	ends(1, "one that is not there is not", "directory list nobody");
}

static void
a_picture_is_drawn(void)
{
	ends(0, "a picture is drawn", "directory picture tree.svg");
	take(&out, "tree.svg");
	ok(has("<svg") && has("Tỉnh Điện Biên") && lacks("thi-xa-cu"),
	    "of who is there");
	ok(has("#ffe2a8") && has("KEYS END ON"), "and marks what is wrong");
	ends(1, "it is not written over", "directory picture tree.svg");
	ends(0, "but by force, with who has ended",
	    "directory picture --force --all tree.svg");
	take(&out, "tree.svg");
	ok(has("thi-xa-cu"), "who is in it then");
}

static void
all_signatures_hold(const struct tree *t)
{
	char want[64];

	ends(0, "all signatures are checked", "directory verify");
	(void)snprintf(want, sizeof(want), "of %zu certificates and of 4 ",
	    t->d->state.cert_count);
	ok(has(want), "and counted");
}

int
main(void)
{
	struct tree t;

	begin(&t);
	the_tree_is_drawn();
	programs_read_it();
	one_address_is_shown();
	without_a_directory();
	alarms_come_first(&t);
	people_find();
	lists_are_expanded();
	a_picture_is_drawn();
	all_signatures_hold(&t);
	end(&t);
	return done();
}
