/* SPDX-License-Identifier: EUPL-1.2 */
/* Vietnamese text: order, names, search, days and numbers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../tests/tap.h"
#include "core/time.h"
#include "core/viet.h"

/* ---- order
 * ---------------------------------------------------------------------- */

static int
order(const char *a, const char *b,
    void (*key)(struct buf *out, struct bytes text))
{
	struct buf x, y;
	int c;

	key(&x, bytes_str(a));
	key(&y, bytes_str(b));
	c = bytes_cmp(buf_bytes(&x), buf_bytes(&y));
	buf_free(&x);
	buf_free(&y);
	return c;
}

static size_t
in_order(const char *const *words, size_t n,
    void (*key)(struct buf *out, struct bytes text))
{
	size_t i, k, wrong = 0;

	for (i = 0; i < n; i++)
		for (k = i + 1; k < n; k++)
			if (order(words[i], words[k], key) >= 0) {
				note("\"%s\" should be before \"%s\"", words[i],
				    words[k]);
				wrong++;
			}
	return wrong;
}

static void
letters_tones_capitals_are_in_this_order(void)
{
	static const char *const letters[] = { "", " ", "1", "2", "a", "ă", "â",
		"b", "c", "d", "đ", "e", "ê", "g", "h", "i", "k", "l", "m", "n",
		"o", "ô", "ơ", "p", "q", "r", "s", "t", "u", "ư", "v", "x",
		"y" };
	static const char *const tones[] = { "ma", "Ma", "MA", "mà", "mả", "mã",
		"má", "mạ", "măc", "mắc", "mặc", "mâm", "mầm", "mbo" };
	static const char *const whole[] = { "hòa", "hòa bình", "Hòa Bình",
		"hóa bình", "hoa đào", "hoan", "hoạn" };

	is(in_order(letters, sizeof(letters) / sizeof(*letters), viet_key), 0,
	    "letters stand in the order of the alphabet");
	is(in_order(tones, sizeof(tones) / sizeof(*tones), viet_key), 0,
	    "letters count before tones, and tones before capitals");
	is(in_order(whole, sizeof(whole) / sizeof(*whole), viet_key), 0,
	    "each counts over the whole text before the next");
	ok(order("hoà", "hoa\xcc\x80", viet_key) == 0,
	    "composed and combining letters are the same");
	ok(order("\xff", "", viet_key) == 0, "what is no UTF-8 has no key");
}

static void
names_stand_by_the_given_name(void)
{
	static const char *const names[] = { "Nguyễn Văn An", "Trần An",
		"Lê Thị Ánh", "Nguyễn Bình", "Đỗ Văn Chiến", "Vũ Dũng",
		"Trần Đức", "Hồ Thị Hoa", "Hồ Văn Hoa", "Nguyễn Hoa" };

	is(in_order(names, sizeof(names) / sizeof(*names), viet_name_key), 0,
	    "people stand by given name, then family name, then the rest");
	ok(order(" Trần Đức ", "Trần Đức", viet_name_key) == 0,
	    "blanks around a name make no difference");
	is(order("Đức", "Trần Đức", viet_name_key) < 0, true,
	    "one with the given name alone stands before");
}

/* ---- beside a peer
 * -------------------------------------------------------------- */

#define PEER                                                                   \
	"perl -CSD -MUnicode::Collate::Locale -ne 'BEGIN { "                    \
	"$c = Unicode::Collate::Locale->new(locale => \"vi\", "                \
	"variable => \"non-ignorable\") } chomp; push @w, $_; "                \
	"END { print map \"$_\\n\", $c->sort(@w) }' "

static void
syllable(struct buf *out, struct dice *d)
{
	static const char *const first[] = { "", "b", "ch", "d", "đ", "gi", "h",
		"kh", "l", "ng", "nh", "ph", "th", "tr", "v", "x", "Đ", "Th" };
	static const char *const middle[] = { "a", "à", "ả", "ã", "á", "ạ", "ă",
		"ằ", "ẳ", "ẵ", "ắ", "ặ", "â", "ầ", "ậ", "e", "é", "ê", "ế", "ệ",
		"i", "í", "ị", "o", "ó", "ọ", "ô", "ố", "ộ", "ơ", "ờ", "ợ", "u",
		"ú", "ụ", "ư", "ứ", "ự", "y", "ý", "ỵ", "oà", "òa", "uyê",
		"uyễ" };
	static const char *const last[] = { "", "n", "ng", "t", "c", "m" };

	buf_add(out, bytes_str(first[dice_below(d, 18)]));
	buf_add(out, bytes_str(middle[dice_below(d, 45)]));
	buf_add(out, bytes_str(last[dice_below(d, 6)]));
}

static bool
peer_is_there(void)
{
	return system("perl -MUnicode::Collate::Locale -e 1 2>/dev/null") == 0;
}

/* Words at random, which the peer puts in order: ours agrees with each pair. */
static void
a_peer_orders_the_same(void)
{
	char path[] = "/tmp/antin-viet.XXXXXX", line[256], before[256] = "";
	struct dice d = { 7 };
	size_t i, n = 0, wrong = 0;
	struct buf text = { 0 }, command = { 0 };
	int fd;
	FILE *in;

	if (!peer_is_there()) {
		skip("perl has no Unicode::Collate::Locale");
		return;
	}
	for (i = 0; i < 2000; i++) {
		syllable(&text, &d);
		if (dice_below(&d, 2) == 0) {
			buf_u8(&text, ' ');
			syllable(&text, &d);
		}
		buf_u8(&text, '\n');
	}
	fd = mkstemp(path);
	ok(fd >= 0 && write(fd, text.p, text.len) == (ssize_t)text.len,
	    "2,000 words are written for the peer");
	close(fd);
	buf_add(&command, bytes_str(PEER));
	buf_add(&command, bytes_of(path, sizeof(path)));
	in = popen((const char *)command.p, "r");
	while (in != NULL && fgets(line, sizeof(line), in) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (n++ > 0 && order(before, line, viet_key) > 0 && wrong++ < 5)
			note("\"%s\" should be before \"%s\"", before, line);
		memcpy(before, line, sizeof(line));
	}
	if (in != NULL)
		(void)pclose(in);
	is(n, 2000, "the peer has put all in order");
	is(wrong, 0, "and ours is the same order");
	(void)unlink(path);
	buf_free(&text);
	buf_free(&command);
}

/* ---- search
 * ---------------------------------------------------------------------- */

static void
marks_that_are_written_must_be_there(void)
{
	static const struct {
		const char *wanted, *text;
		bool found;
	} cases[] = {
		{ "bao cao", "Báo cáo quý III", true },
		{ "báo cáo", "BÁO CÁO quý III", true },
		{ "cao bao", "Báo cáo quý III", true },
		{ "bảo cáo", "Báo cáo quý III", false },
		{ "bao gia", "Báo cáo quý III", false },
		{ "bá", "Báo cáo", true },
		{ "áo", "Báo cáo", false },
		{ "hoà bình", "hòa bình", true },
		{ "hòa", "HOÀ", true },
		{ "hòa", "hóa", false },
		{ "thủy", "thuỷ lợi", true },
		{ "uỷ quyen", "Ủy quyền", true },
		{ "ki thuat", "Kỹ thuật", true },
		{ "kỹ", "kĩ", true },
		{ "ly", "lí", true },
		{ "tay", "tai", false },
		{ "quy", "quỹ", true },
		{ "quy", "qui", false },
		{ "dien bien", "Điện Biên", true },
		{ "điên", "Điện Biên", true },
		{ "điện", "Điên", false },
		{ "đo", "do", false },
		{ "do", "đo", true },
		{ "dien", "Đie\xcc\x82\xcc\xa3n", true },
		{ "Đie\xcc\x82\xcc\xa3n", "điện", true },
		{ "05/qđ-ubnd", "Số 05/QĐ-UBND", true },
		{ "ubnd 05", "Số 05/QĐ-UBND", true },
		{ "", "gì cũng được", true },
		{ "  ", "gì cũng được", true },
		{ "a", "", false },
		{ "a",
		    "\xff"
		    "a",
		    false },
	};
	struct viet_search s;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		viet_search(&s, bytes_str(cases[i].wanted));
		is(viet_found(&s, bytes_str(cases[i].text)), cases[i].found,
		    "\"%s\" %s \"%s\"", cases[i].wanted,
		    cases[i].found ? "finds" : "does not find", cases[i].text);
	}
}

static void
long_input_is_bounded(void)
{
	struct buf text = { 0 };
	struct viet_search s;
	size_t i;

	for (i = 0; i < 5000; i++)
		buf_add(&text, bytes_str("a\xcc\x80"));
	for (i = 0; i < 100; i++)
		buf_add(&text, bytes_str(" từ"));
	viet_search(&s, buf_bytes(&text));
	is(s.count, VIET_WORDS, "a search has so many words at the most");
	ok(viet_found(&s, buf_bytes(&text)), "and finds the text it was");
	buf_free(&text);
}

/* ---- days, numbers
 * -------------------------------------------------------------- */

static void
days_are_written_officially(void)
{
	static const struct {
		const char *time, *day;
	} cases[] = {
		{ "2020-03-05T00:00+07:00", "ngày 05 tháng 3 năm 2020" },
		{ "2020-01-15T12:00+07:00", "ngày 15 tháng 01 năm 2020" },
		{ "2020-02-09T12:00+07:00", "ngày 09 tháng 02 năm 2020" },
		{ "2025-12-31T16:59:59Z", "ngày 31 tháng 12 năm 2025" },
		{ "2025-12-31T17:00:00Z", "ngày 01 tháng 01 năm 2026" },
		{ "9999-12-31T16:59:59Z", "ngày 31 tháng 12 năm 9999" },
	};
	char out[VIET_DAY];
	int64_t t = 0;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ok(time_parse(&t, bytes_str(cases[i].time)), "a time is read");
		viet_day(out, t);
		same(bytes_str(out), bytes_str(cases[i].day), "%s is \"%s\"",
		    cases[i].time, cases[i].day);
	}
	viet_day(out, INT64_MIN);
	same(bytes_str(out), bytes_str("ngày 01 tháng 01 năm 1970"),
	    "a time before all is the first");
	viet_day(out, INT64_MAX);
	ok(strstr(out, "9999") != NULL, "a time after all is the last");
}

static void
numbers_are_written_officially(void)
{
	static const struct {
		uint64_t n;
		const char *digits, *words;
	} cases[] = {
		{ 0, "0", "không" },
		{ 4, "4", "bốn" },
		{ 10, "10", "mười" },
		{ 14, "14", "mười bốn" },
		{ 15, "15", "mười lăm" },
		{ 21, "21", "hai mươi mốt" },
		{ 24, "24", "hai mươi tư" },
		{ 35, "35", "ba mươi lăm" },
		{ 100, "100", "một trăm" },
		{ 105, "105", "một trăm linh năm" },
		{ 111, "111", "một trăm mười một" },
		{ 999, "999", "chín trăm chín mươi chín" },
		{ 1000, "1.000", "một nghìn" },
		{ 1004, "1.004", "một nghìn không trăm linh bốn" },
		{ 5418, "5.418", "năm nghìn bốn trăm mười tám" },
		{ 4029, "4.029", "bốn nghìn không trăm hai mươi chín" },
		{ 470000, "470.000", "bốn trăm bảy mươi nghìn" },
		{ 1000005, "1.000.005", "một triệu không trăm linh năm" },
		{ 2000000000, "2.000.000.000", "hai tỷ" },
		{ UINT64_C(3000000000000), "3.000.000.000.000", "ba nghìn tỷ" },
	};
	char out[VIET_NUMBER];
	struct buf words;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		viet_number(out, cases[i].n);
		same(bytes_str(out), bytes_str(cases[i].digits), "%s in digits",
		    cases[i].digits);
		viet_number_words(&words, cases[i].n);
		same(buf_bytes(&words), bytes_str(cases[i].words), "%s",
		    cases[i].words);
		buf_free(&words);
	}
	viet_number(out, UINT64_MAX);
	same(bytes_str(out), bytes_str("18.446.744.073.709.551.615"),
	    "the largest number in digits");
	viet_number_words(&words, UINT64_MAX);
	same(buf_bytes(&words),
	    bytes_str("mười tám tỷ tỷ bốn trăm bốn mươi sáu triệu bảy trăm "
		      "bốn mươi tư nghìn không trăm bảy mươi ba tỷ bảy trăm "
		      "linh chín triệu năm trăm năm mươi mốt nghìn sáu trăm "
		      "mười lăm"),
	    "the largest number in words");
	buf_free(&words);
}

int
main(void)
{
	letters_tones_capitals_are_in_this_order();
	names_stand_by_the_given_name();
	a_peer_orders_the_same();
	marks_that_are_written_must_be_there();
	long_input_is_bounded();
	days_are_written_officially();
	numbers_are_written_officially();
	return done();
}
