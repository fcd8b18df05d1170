/* SPDX-License-Identifier: EUPL-1.2 */
/* Plans of ceremonies (docs/ceremony.md 2): what is read, and what is said
 * where it is not. */
#include <stdio.h>
#include <string.h>

#include "../tests/tap.h"
#include "core/limits.h"
#include "core/time.h"
#include "pki/plan.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define LIT(s)                                                                 \
	{                                                                      \
		(const uint8_t *)(s), sizeof(s) - 1                            \
	}
#define DIGITS "123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define CARD_1 "1" DIGITS
#define CARD_2 "2" DIGITS
#define CARD_3 "3" DIGITS
#define CARD_G "g" DIGITS
#define CARD_CAPITALS                                                          \
	"0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF"
#define FIRST "antin ceremony 1\n"

static const char root_plan[] =
    FIRST "purpose: root\n"			      /* line 2 */
	  "ceremony: Lễ tạo khóa gốc\n"		      /* 3 */
	  "date: 2026-12-01T08:00\n"		      /* 4 */
	  "unit: vn\n"				      /* 5 */
	  "name: Ban Cơ yếu Chính phủ (thử)\n"	      /* 6 */
	  "class: trung-uong\n"			      /* 7 */
	  "suite: B\n"				      /* 8 */
	  "days: 7300\n"			      /* 9 */
	  "level: tuyet-mat\n"			      /* 10 */
	  "precedence: hoa-toc-hen-gio\n"	      /* 11 */
	  "depth: 5\n"				      /* 12 */
	  "quorum: 2\n"				      /* 13 */
	  "officer: " CARD_1 " Nguyễn Thị Hạnh\n"     /* 14 */
	  "officer: " CARD_2 " Lò Văn Pánh: cơ yếu\n" /* 15 */
	  "do: unit add dien-bien --class tinh\n"     /* 16 */
	  "do: policy set vn mat 14 90\n";	      /* 17 */

static const char authority_plan[] = FIRST "purpose: authority\n"
					   "ceremony: Khóa của tỉnh\n"
					   "date: 2026-12-02T08:00\n"
					   "suite: A\n"
					   "quorum: 3\n"
					   "officer: " CARD_1 " Một\n"
					   "officer: " CARD_2 " Hai\n"
					   "officer: " CARD_3 " Ba\n";

static const char acts_plan[] = FIRST "purpose: acts\n"
				      "ceremony: Sắp xếp xã\n"
				      "date: 2026-12-03\n"
				      "officer: " CARD_1 " Một\n"
				      "do: unit merge muong-nhe.dien-bien.vn\n";

/* All numbers as great as they may be; then 16 officers. */
static const char most_plan[] =
    FIRST "purpose: root\n"
	  "ceremony: a\n"
	  "date: 9999-12-31T23:59:59Z\n"
	  "unit: vn\n"
	  "name: b\n"
	  "class: abcdefghijklmnopabcdefghijklmnop\n"
	  "suite: B\n"
	  "days: 36500\n"
	  "level: toi-mat\n"
	  "precedence: hoa-toc\n"
	  "depth: 15\n"
	  "quorum: 16\n";

/* ---- good plans ----------------------------------------------------- */

static bool
is_same(const struct plan *a, const struct plan *b)
{
	bool same = a->purpose == b->purpose &&
		    bytes_eq(a->ceremony, b->ceremony) && a->date == b->date &&
		    bytes_eq(a->unit, b->unit) && bytes_eq(a->name, b->name) &&
		    bytes_eq(a->class, b->class) && a->suite == b->suite &&
		    a->days == b->days && a->level == b->level &&
		    a->precedence == b->precedence && a->depth == b->depth &&
		    a->quorum == b->quorum &&
		    a->officer_count == b->officer_count &&
		    a->todo_count == b->todo_count;
	size_t i;

	for (i = 0; same && i < a->officer_count; i++)
		same = bytes_eq(a->officers[i].name, b->officers[i].name) &&
		       memcmp(a->officers[i].card, b->officers[i].card,
			   SHA256_SIZE) == 0;
	for (i = 0; same && i < a->todo_count; i++)
		same = bytes_eq(a->todo[i], b->todo[i]);
	return same;
}

/* Read, written, read, written: the same plan, and then the same text. */
static bool
comes_back(struct bytes text)
{
	struct plan one, two;
	struct buf first, second;
	struct err e;
	bool good;

	if (plan_read(&one, text, &e) != RC_OK) {
		note("%s", e.text);
		return false;
	}
	plan_write(&first, &one);
	good = plan_read(&two, buf_bytes(&first), &e) == RC_OK &&
	       is_same(&one, &two);
	plan_write(&second, &two);
	good = good && bytes_eq(buf_bytes(&first), buf_bytes(&second));
	buf_free(&first);
	buf_free(&second);
	return good;
}

static void
a_plan_is_read(void)
{
	uint8_t hash[SHA256_SIZE];
	struct plan p;
	struct err e;

	went(plan_read(&p, bytes_str(root_plan), &e), &e, "a plan is read");
	ok(p.purpose == PLAN_ROOT && bytes_is(p.unit, "vn") &&
		bytes_is(p.name, "Ban Cơ yếu Chính phủ (thử)") &&
		bytes_is(p.class, "trung-uong") &&
		bytes_is(p.ceremony, "Lễ tạo khóa gốc"),
	    "with its purpose and names");
	is((uint64_t)p.date, 1796086800, "its date, in Vietnam's time");
	ok(p.suite == suite_by_name("B") && p.days == 7300 &&
		p.level == LEVEL_TUYET_MAT &&
		p.precedence == PRECEDENCE_HOA_TOC_HEN_GIO && p.depth == 5,
	    "what the key may do");
	ok(p.quorum == 2 && p.officer_count == 2 &&
		bytes_is(p.officers[1].name, "Lò Văn Pánh: cơ yếu") &&
		p.officers[0].card[0] == 0x11 && p.officers[1].card[0] == 0x21,
	    "its officers and their quorum");
	ok(p.todo_count == 2 &&
		bytes_is(p.todo[0], "unit add dien-bien --class tinh"),
	    "and what they shall do");
	sha256(hash, bytes_str(root_plan));
	ok(memcmp(hash, p.hash, sizeof(hash)) == 0,
	    "what is approved is the file, byte for byte");
}

static const struct {
	const char *name, *text;
} good[] = {
	{ "a root", root_plan },
	{ "an authority", authority_plan },
	{ "acts", acts_plan },
	{ "no line end at the end",
	    FIRST "purpose: acts\nceremony: a\ndate: 2026-12-03\n"
		  "officer: " CARD_1 " M\ndo: x" },
	{ "line ends of Windows",
	    "antin ceremony 1\r\npurpose: acts\r\nceremony: a\r\n"
	    "date: 2026-12-03\r\nofficer: " CARD_1 " M\r\ndo: x\r\n" },
	{ "comments and blank lines", FIRST
	    "\n# a\n#b: c\n  # d\n\t\n   \npurpose: acts\nceremony: a\n"
	    "# do: y\ndate: 2026-12-03\nofficer: " CARD_1 " M\ndo: x\n#" },
	{ "lines in any order",
	    FIRST "do: x\nofficer: " CARD_1 " M\ndate: 2026-12-03\ndo: y\n"
		  "ceremony: a\nofficer: " CARD_2 " N\npurpose: acts\n" },
	{ "blanks around words",
	    FIRST " purpose:root \n\tceremony:\ta\ndate:  2026-12-03 \t\n"
		  "unit: vn\nname: b\nclass: c\nsuite: a\ndays: 1\n"
		  "level: thuong\nprecedence: thuong\ndepth: 0\nquorum: 2\n"
		  "officer: " CARD_1 " M\nofficer: " CARD_2 " N\n" },
	{ "a fingerprint in capitals, a value with a colon and a #",
	    FIRST "purpose: acts\nceremony: a: b # c\ndate: 2026-12-03\n"
		  "officer: " CARD_CAPITALS " M: N\ndo: x: \"y\" # z\n" },
};

static void
good_plans_come_back(void)
{
	size_t i, lost = 0;

	for (i = 0; i < COUNT(good); i++)
		if (!comes_back(bytes_str(good[i].text))) {
			note("not read, or not as it was written: %s",
			    good[i].name);
			lost++;
		}
	is(lost, 0, "good plans are read, written, and read again (%zu)",
	    COUNT(good));
}

/* ---- bad plans ------------------------------------------------------ */

/* In the place of one line (0: behind the last) stands another text; what is
 * said of it holds both words. */
static const struct {
	const char *plan;
	unsigned line;
	struct bytes with;
	const char *where, *what;
} bad[] = {
#define ROOT(line, with, where, what)                                          \
	{                                                                      \
		root_plan, line, LIT(with), where, what                        \
	}
#define AUTHORITY(line, with, where, what)                                     \
	{                                                                      \
		authority_plan, line, LIT(with), where, what                   \
	}
#define ACTS(line, with, where, what)                                          \
	{                                                                      \
		acts_plan, line, LIT(with), where, what                        \
	}
	/* the first line */
	ROOT(1, "", "first line", "antin ceremony 1"),
	ROOT(1, "\nantin ceremony 1\n", "first line", "antin ceremony 1"),
	ROOT(1, "antin ceremony 2\n", "first line", "antin ceremony 1"),
	ROOT(1, "antin ceremony 11\n", "first line", "antin ceremony 1"),
	ROOT(1, "Antin ceremony 1\n", "first line", "antin ceremony 1"),
	ROOT(1, "antin  ceremony 1\n", "first line", "antin ceremony 1"),
	ROOT(1, "\xef\xbb\xbf" FIRST, "first line", "antin ceremony 1"),
	ROOT(1, "antin ceremony 1\0\n", "first line", "antin ceremony 1"),
	ROOT(1, "# a plan\n" FIRST, "first line", "antin ceremony 1"),
	/* words */
	ROOT(3, "ceremony\n", "line 3:", "word: value"),
	ROOT(3, "ceremony a\n", "line 3:", "word: value"),
	ROOT(3, ": a\n", "line 3:", "word: value"),
	ROOT(3, "Ceremony: a\n", "line 3:", "word: value"),
	ROOT(3, "ceremony : a\n", "line 3:", "word: value"),
	ROOT(3, "cere mony: a\n", "line 3:", "word: value"),
	ROOT(3, "ceremony\0: a\n", "line 3:", "word: value"),
	ROOT(3,
	    "\xc2\xa0"
	    "ceremony: a\n",
	    "line 3:", "word: value"),
	ROOT(0, "note: a\n", "line 18:", "word: value"),
	ROOT(0, "end\n", "line 18:", "word: value"),
	ROOT(0, "\n\n\nend\n", "line 21:", "word: value"),
	ROOT(0, "antin ceremony 1\n", "line 18:", "word: value"),
	ROOT(0, "purpose: root\n", "line 18:", "\"purpose\" stands twice"),
	ROOT(4, "date: 2026-12-01\ndate: 2026-12-01\n",
	    "line 5:", "\"date\" stands twice"),
	ROOT(0, "quorum: 2\n", "line 18:", "\"quorum\" stands twice"),
	ROOT(0, "name: b\n", "line 18:", "\"name\" stands twice"),
	/* values */
	ROOT(2, "purpose: \n", "line 2:", "root, authority or acts"),
	ROOT(2, "purpose: Root\n", "line 2:", "root, authority or acts"),
	ROOT(2, "purpose: roots\n", "line 2:", "found \"roots\""),
	ROOT(2, "purpose: root\0\n", "line 2:", "root, authority or acts"),
	ROOT(3, "ceremony:\n", "line 3:", "\"ceremony\" wants"),
	ROOT(3, "ceremony: a\x1b[2Jb\n", "line 3:", "\"ceremony\" wants"),
	ROOT(3, "ceremony: a\rb\n", "line 3:", "\"ceremony\" wants"),
	ROOT(3, "ceremony: a\tb\n", "line 3:", "\"ceremony\" wants"),
	ROOT(3, "ceremony: a\0b\n", "line 3:", "\"ceremony\" wants"),
	ROOT(3, "ceremony: a\xff\n", "line 3:", "\"ceremony\" wants"),
	ROOT(3, "ceremony: a\xcc\x81\n", "line 3:", "\"ceremony\" wants"),
	ROOT(3,
	    "ceremony: a\xe2\x80\xae"
	    "b\n",
	    "line 3:", "\"ceremony\" wants"),
	ROOT(4, "date: hôm nay\n", "line 4:", "\"date\" wants"),
	ROOT(4, "date: 2026-02-29\n", "line 4:", "\"date\" wants"),
	ROOT(4, "date: 2026-12-01 08:00\n", "line 4:", "\"date\" wants"),
	ROOT(4, "date: 2026-12-01T08:00\0\n", "line 4:", "\"date\" wants"),
	ROOT(4, "date: 1970-01-01\n", "line 4:", "\"date\" wants"),
	ROOT(5, "unit: VN\n", "line 5:", "\"unit\" wants an id"),
	ROOT(5, "unit: a.vn\n", "line 5:", "\"unit\" wants an id"),
	ROOT(5, "unit: -vn\n", "line 5:", "\"unit\" wants an id"),
	ROOT(5, "unit: xn--vn\n", "line 5:", "\"unit\" wants an id"),
	ROOT(6, "name: \n", "line 6:", "\"name\" wants"),
	ROOT(6, "name: a\xc0\x80\n", "line 6:", "\"name\" wants"),
	ROOT(7, "class: trung_uong\n", "line 7:", "\"class\" wants"),
	ROOT(7, "class: abcdefghijklmnopabcdefghijklmnopa\n",
	    "line 7:", "\"class\" wants"),
	ROOT(8, "suite: C\n", "line 8:", "\"suite\" wants A or B"),
	ROOT(8, "suite: \n", "line 8:", "\"suite\" wants A or B"),
	ROOT(8, "suite: B\0\x1b[2J\n", "line 8:", "\"suite\" wants"),
	ROOT(3, "# \x1b[8m\nceremony: a\n", "line 3:", "not text"),
	ROOT(3, "# a\rb\nceremony: a\n", "line 3:", "not text"),
	ROOT(3, "# a\0\nceremony: a\n", "line 3:", "not text"),
	ROOT(3, "# \xff\nceremony: a\n", "line 3:", "not text"),
	ROOT(3,
	    "# a\xe2\x80\xa8"
	    "do: b\n",
	    "line 3:", "not text"),
	ROOT(3,
	    "# a\xe2\x80\xae"
	    "b\n",
	    "line 3:", "not text"),
	ROOT(8, "suite: interop\n", "line 8:", "\"suite\" wants A or B"),
	ROOT(8, "suite: interop-ed25519\n", "line 8:", "\"suite\" wants"),
	ROOT(8, "suite: A B\n", "line 8:", "\"suite\" wants A or B"),
	ROOT(9, "days: 0\n", "line 9:", "\"days\" wants"),
	ROOT(9, "days: 36501\n", "line 9:", "\"days\" wants"),
	ROOT(9, "days: -1\n", "line 9:", "\"days\" wants"),
	ROOT(9, "days: 1.5\n", "line 9:", "\"days\" wants"),
	ROOT(9, "days: 1 \0\n", "line 9:", "\"days\" wants"),
	ROOT(9, "days: 18446744073709551617\n", "line 9:", "\"days\" wants"),
	ROOT(10, "level: mật\n", "line 10:", "\"level\" wants"),
	ROOT(10, "level: Mat\n", "line 10:", "\"level\" wants"),
	ROOT(10, "level: 3\n", "line 10:", "\"level\" wants"),
	ROOT(11, "precedence: nhanh\n", "line 11:", "\"precedence\" wants"),
	ROOT(12, "depth: 16\n", "line 12:", "\"depth\" wants"),
	ROOT(12, "depth: \n", "line 12:", "\"depth\" wants"),
	ROOT(13, "quorum: 0\n", "line 13:", "\"quorum\" wants"),
	ROOT(13, "quorum: 1\n", "line 13:", "\"quorum\" wants"),
	ROOT(13, "quorum: 17\n", "line 13:", "\"quorum\" wants"),
	ROOT(13, "quorum: +2\n", "line 13:", "\"quorum\" wants"),
	ROOT(13, "quorum: 0x2\n", "line 13:", "\"quorum\" wants"),
	ROOT(14, "officer: \n", "line 14:", "\"officer\" wants"),
	ROOT(14, "officer: " CARD_1 "\n", "line 14:", "\"officer\" wants"),
	ROOT(14, "officer: " CARD_1 " \n", "line 14:", "\"officer\" wants"),
	ROOT(14, "officer: " CARD_1 "0 M\n", "line 14:", "\"officer\" wants"),
	ROOT(14, "officer: " CARD_1 "\tM\n", "line 14:", "\"officer\" wants"),
	ROOT(14, "officer: M " CARD_1 "\n", "line 14:", "\"officer\" wants"),
	ROOT(14, "officer: " CARD_G " M\n", "line 14:", "\"officer\" wants"),
	ROOT(
	    14, "officer: " CARD_1 " M\x01\n", "line 14:", "\"officer\" wants"),
	ROOT(16, "do:\n", "line 16:", "\"do\" wants a command"),
	ROOT(16, "do: a\x1b[1A\n", "line 16:", "\"do\" wants a command"),
	ROOT(16, "do: a\0 b\n", "line 16:", "\"do\" wants a command"),
	ROOT(16,
	    "do: a\xe2\x80\xa8"
	    "do: b\n",
	    "line 16:", "\"do\" wants a command"),
	ROOT(16, "do: \xf0\x28\x8c\x28\n", "line 16:", "\"do\" wants"),
	/* what a purpose wants, and has not */
	ROOT(2, "", "wants a line", "\"purpose\""),
	ROOT(3, "", "wants a line", "\"ceremony\""),
	ROOT(4, "", "wants a line", "\"date\""),
	ROOT(5, "", "wants a line", "\"unit\""),
	ROOT(6, "", "wants a line", "\"name\""),
	ROOT(7, "", "wants a line", "\"class\""),
	ROOT(8, "#suite: B\n", "wants a line", "\"suite\""),
	ROOT(9, "", "wants a line", "\"days\""),
	ROOT(10, "", "wants a line", "\"level\""),
	ROOT(11, "", "wants a line", "\"precedence\""),
	ROOT(12, "", "wants a line", "\"depth\""),
	ROOT(13, "", "wants a line", "\"quorum\""),
	ROOT(2, "purpose: acts\n", "\"acts\" has no line", "\"unit\""),
	ROOT(
	    2, "purpose: authority\n", "\"authority\" has no line", "\"unit\""),
	AUTHORITY(5, "", "wants a line", "\"suite\""),
	AUTHORITY(6, "", "wants a line", "\"quorum\""),
	AUTHORITY(0, "do: x\n", "has no line", "\"do\""),
	AUTHORITY(0, "days: 1\n", "has no line", "\"days\""),
	AUTHORITY(0, "depth: 1\n", "has no line", "\"depth\""),
	AUTHORITY(2, "purpose: root\n", "wants a line", "\"unit\""),
	ACTS(5, "", "wants a line", "\"officer\""),
	ACTS(6, "", "wants a line", "\"do\""),
	ACTS(0, "quorum: 2\n", "has no line", "\"quorum\""),
	ACTS(0, "suite: B\n", "has no line", "\"suite\""),
	ACTS(0, "name: b\n", "has no line", "\"name\""),
	/* officers */
	ROOT(15, "", "quorum of 2", "found 1"),
	ROOT(13, "quorum: 3\n", "quorum of 3", "found 2"),
	ROOT(15, "officer: " CARD_1 " Khác\n", "officers 1 and 2", "one card"),
	AUTHORITY(
	    9, "officer: " CARD_1 " Ba\n", "officers 1 and 3", "one card"),
#undef ROOT
#undef AUTHORITY
#undef ACTS
};

/* The plan with this text in the place of a line. */
static void
spoil(struct buf *out, const char *plan, unsigned line, struct bytes with)
{
	const char *end;
	unsigned n = 1;

	*out = (struct buf){ 0 };
	for (; *plan != '\0'; plan = end + 1, n++) {
		end = strchr(plan, '\n');
		buf_add(out, n == line
				 ? with
				 : bytes_of(plan, (size_t)(end + 1 - plan)));
	}
	if (line == 0)
		buf_add(out, with);
}

/* Refused, nothing left, and said why in these words. */
static bool
refused(struct bytes text, enum rc want, const char *where, const char *what)
{
	static const struct plan nothing;
	struct err e = { 0 };
	struct plan p;
	enum rc rc;

	memset(&p, 0xa5, sizeof(p));
	rc = plan_read(&p, text, &e);
	if (rc == want && is_same(&p, &nothing) &&
	    strstr(e.text, where) != NULL && strstr(e.text, what) != NULL)
		return true;
	note("%s: \"%s\"; wanted \"%s\" and \"%s\"", rc_name(rc), e.text, where,
	    what);
	return false;
}

static void
bad_plans_are_refused(void)
{
	struct buf text;
	size_t i, wrong = 0;

	for (i = 0; i < COUNT(bad); i++) {
		spoil(&text, bad[i].plan, bad[i].line, bad[i].with);
		if (!refused(buf_bytes(&text), RC_INVALID, bad[i].where,
			bad[i].what)) {
			note("row %zu, line %u", i, bad[i].line);
			wrong++;
		}
		buf_free(&text);
	}
	is(wrong, 0,
	    "bad plans are refused, and it is said where and why (%zu)",
	    COUNT(bad));
}

static void
a_cut_plan_is_refused(void)
{
	const size_t all = sizeof(root_plan) - 1;
	struct plan p;
	struct err e;
	size_t i, read = 0, early = 0;

	for (i = 0; i < all; i++)
		if (plan_read(&p, bytes_of(root_plan, i), &e) == RC_OK) {
			read++;
			early += p.officer_count < p.quorum;
		}
	/* without its commands, or with a part of the last */
	ok(read > 0 && early == 0,
	    "cut off at any byte a plan is refused, or lacks commands");
}

/* ---- limits --------------------------------------------------------- */

static void
add(struct buf *out, const char *text, size_t times)
{
	for (; times > 0; times--)
		buf_add(out, bytes_str(text));
}

static void
sizes_are_held(void)
{
	struct buf text = { 0 };

	add(&text, acts_plan, 1);
	add(&text, "#\n", (PLAN_MAX - text.len) / 2);
	add(&text, "\n", PLAN_MAX - text.len);
	ok(comes_back(buf_bytes(&text)), "a plan of PLAN_MAX bytes is read");
	buf_u8(&text, '\n');
	ok(refused(buf_bytes(&text), RC_LIMIT, "at most", "65536"),
	    "one of a byte more is not");
	buf_free(&text);
	(void)buf_grow(&text, PLAN_MAX);
	ok(refused(buf_bytes(&text), RC_INVALID, "first line", "antin"),
	    "nor zeros");
	buf_free(&text);
	ok(refused((struct bytes){ 0 }, RC_INVALID, "first line", "antin"),
	    "nor nothing");
}

static void
commands_are_counted(void)
{
	struct buf text = { 0 };

	add(&text, acts_plan, 1);
	add(&text, "do: x\n", PLAN_DO - 1);
	ok(comes_back(buf_bytes(&text)), "a plan has %u commands", PLAN_DO);
	add(&text, "do: x\n", 1);
	ok(refused(buf_bytes(&text), RC_INVALID, "line 262:", "\"do\""),
	    "and not one more");
	buf_free(&text);
}

static void
officers_are_counted(void)
{
	struct buf text = { 0 };
	unsigned i;

	add(&text, most_plan, 1);
	for (i = 0; i < SHAMIR_MAX; i++) {
		add(&text, "officer: ", 1);
		buf_u8(&text, (uint8_t) "0123456789abcdef"[i]);
		add(&text, DIGITS " M\n", 1);
	}
	ok(comes_back(buf_bytes(&text)), "a plan has %u officers", SHAMIR_MAX);
	add(&text, "officer: " CARD_CAPITALS " N\n", 1);
	ok(refused(buf_bytes(&text), RC_INVALID, "line 30:", "\"officer\""),
	    "and not one more");
	buf_free(&text);
}

static void
names_are_as_long_as_names_are(void)
{
	char name[LIMIT_NAME + 1];
	struct buf text, with = { 0 };
	size_t n, wrong = 0;

	memset(name, 'a', sizeof(name));
	for (n = LIMIT_NAME; n <= LIMIT_NAME + 1; n++) {
		add(&with, "name: ", 1);
		buf_add(&with, bytes_of(name, n));
		add(&with, "\n", 1);
		spoil(&text, root_plan, 6, buf_bytes(&with));
		buf_free(&with);
		wrong += n == LIMIT_NAME
			     ? !comes_back(buf_bytes(&text))
			     : !refused(buf_bytes(&text), RC_INVALID,
				   "line 6:", "\"name\"");
		buf_free(&text);
	}
	is(wrong, 0, "names have at most %u bytes", LIMIT_NAME);
}

/* Errors are for people: a long value is not printed whole. */
static void
errors_are_short(void)
{
	struct buf text = { 0 };
	struct plan p;
	struct err e;

	add(&text, FIRST "days: ", 1);
	add(&text, "9", 60000);
	is(plan_read(&p, buf_bytes(&text), &e), RC_INVALID,
	    "a number of 60,000 digits is refused");
	ok(strlen(e.text) < 200, "and not said again");
	buf_free(&text);
}

static void
purposes_have_words(void)
{
	enum plan_purpose p;
	unsigned i, wrong = 0;

	for (i = 0; i < PLAN_PURPOSES; i++)
		wrong +=
		    !plan_purpose_parse(&p,
			bytes_str(plan_purpose_word((enum plan_purpose)i))) ||
		    p != (enum plan_purpose)i;
	wrong += plan_purpose_parse(&p, bytes_str(""));
	wrong += plan_purpose_parse(&p, bytes_str("ROOT"));
	is(wrong, 0, "each purpose has a word, and no word two");
}

int
main(void)
{
	a_plan_is_read();
	good_plans_come_back();
	bad_plans_are_refused();
	a_cut_plan_is_refused();
	sizes_are_held();
	commands_are_counted();
	officers_are_counted();
	names_are_as_long_as_names_are();
	errors_are_short();
	purposes_have_words();
	return done();
}
