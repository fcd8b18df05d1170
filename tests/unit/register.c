/* SPDX-License-Identifier: EUPL-1.2 */
/* Registers on paper and for programs (docs/forms.md 3, 4). */
#include <math.h>
#include <sys/resource.h>

#include "form/csv.h"
#include "form/register.h"
#include "pdf.h"

#define TEXT(s)                                                                \
	{                                                                      \
		(const uint8_t *)(s), sizeof(s) - 1                            \
	}
#define COLUMNS 4

static struct err e;

static const struct grid_column columns[COLUMNS] = {
	{ TEXT("serial"), TEXT("Số thứ tự"), 18, PAGE_MIDDLE },
	{ TEXT("number"), TEXT("Số, ký hiệu"), 30, PAGE_START },
	{ TEXT("abstract"), TEXT("Tên loại và trích yếu"), 120, PAGE_START },
	{ TEXT("notes"), TEXT("Ghi chú"), 40, PAGE_START },
};

static const struct register_book book = {
	.title = TEXT("SỔ ĐĂNG KÝ BÍ MẬT NHÀ NƯỚC ĐI"),
	.mark = TEXT("MẬT"),
	.superior = TEXT("TỈNH ỦY ĐIỆN BIÊN"),
	.agency = TEXT("VĂN PHÒNG TỈNH ỦY"),
	.year = TEXT("2026"),
	.volume = TEXT("01"),
	.first_date = TEXT("02/01/2026"),
	.last_date = TEXT("22/11/2026"),
	.first_serial = TEXT("01"),
	.last_serial = TEXT("60"),
	.columns = columns,
	.count = COLUMNS,
	.row = 9,
	.place_date = TEXT("Điện Biên, ngày 31 tháng 12 năm 2026"),
	.keeper = { TEXT("NGƯỜI GIỮ SỔ"), TEXT("Lò Thị Hường") },
	.head = { TEXT("CHÁNH VĂN PHÒNG"), TEXT("Trần Văn Ngọc") },
	.made = PDF_MADE,
};

static struct register_print *
begin(struct buf *out, const struct register_book *b)
{
	struct register_print *r = NULL;

	*out = (struct buf){ 0 };
	if (!went(register_open(&r, sink_buf(out), b, &e), &e,
		"a register begins"))
		exit(1);
	return r;
}

static bool
row(struct register_print *r, unsigned n, const char *abstract, bool cancelled)
{
	char serial[16], number[32];
	struct bytes cells[COLUMNS];

	(void)snprintf(serial, sizeof(serial), "%02u", n);
	(void)snprintf(number, sizeof(number), "số-%u-BC/VPTU", n);
	cells[0] = bytes_str(serial);
	cells[1] = bytes_str(number);
	cells[2] = bytes_str(abstract);
	cells[3] = bytes_str(cancelled ? "ĐÃ HỦY" : "");
	return register_row(r, cells, cancelled, &e) == RC_OK;
}

/* The n-th page of a text, NUL-terminated in it. */
static char *
page_of(char *text, unsigned n)
{
	char *end;

	for (; n > 0 && text != NULL; n--) {
		text = strchr(text, '\f');
		text = text == NULL ? NULL : text + 1;
	}
	if (text != NULL && (end = strchr(text, '\f')) != NULL)
		*end = '\0';
	return text;
}

static void
the_cover_has_what_was_given(void)
{
	static const char *const lines[] = { "TỈNH ỦY ĐIỆN BIÊN\n",
		"VĂN PHÒNG TỈNH ỦY\n", "SỔ ĐĂNG KÝ BÍ MẬT NHÀ NƯỚC ĐI\n",
		"Năm: 2026\n", "Từ ngày 02/01/2026 đến ngày 22/11/2026\n",
		"Từ số 01 đến số 60\n", "Quyển số: 01\n", "MẬT\n" };
	struct buf pdf;
	struct register_print *r = begin(&pdf, &book);
	char *text, *cover, *last;
	size_t i, unknown = 9;

	(void)went(register_close(r, &unknown, &e), &e, "and ends, empty");
	is(unknown, 0, "every character was drawn");
	text = pdf_text(&pdf);
	last = strdup(text);
	cover = page_of(text, 0);
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		ok(strstr(cover, lines[i]) != NULL, "the cover has %.*s",
		    (int)strlen(lines[i]) - 1, lines[i]);
	cover = page_of(last, 1);
	ok(strstr(cover, "Sổ này có 1 trang (không kể trang bìa), đăng ký 0 "
			 "dòng, từ số 01 đến số 60.") != NULL,
	    "the closing note counts pages and rows");
	ok(strstr(cover, "Lò Thị Hường") != NULL &&
		strstr(cover, "CHÁNH VĂN PHÒNG") != NULL &&
		strstr(cover, "Điện Biên, ngày 31 tháng 12 năm 2026") != NULL,
	    "and who keeps it and who heads the agency have their places");
	free(last);
	free(text);
	buf_free(&pdf);
}

/* Rows of one to nine lines. */
static void
rows_stay_whole_and_in_order(void)
{
	struct buf pdf;
	struct register_print *r = begin(&pdf, &book);
	char abstract[1200], *text, *copy, *page, start[24], end[24], *at;
	unsigned n, i, pages, whole = 0, heads = 0, ordered = 0;

	for (n = 1; n <= 60; n++) {
		(void)snprintf(abstract, sizeof(abstract), "đầu-%u.", n);
		for (i = 0; i < n % 9; i++)
			(void)strcat(abstract,
			    " Báo cáo về tình hình và kết quả công tác bảo vệ "
			    "bí mật nhà nước trên địa bàn tỉnh");
		(void)snprintf(abstract + strlen(abstract), 32, " cuối-%u.", n);
		if (!row(r, n, abstract, false))
			ok(false, "row %u is printed", n);
	}
	(void)went(register_close(r, NULL, &e), &e, "60 rows are printed");
	text = pdf_text(&pdf);
	pages = pdf_count(text, "\f");
	ok(pages > 4, "on %u pages", pages);
	for (i = 1; i < pages; i++) {
		copy = strdup(text);
		page = page_of(copy, i);
		(void)snprintf(start, sizeof(start), "%u MẬT\n", i);
		heads += strncmp(page, start, strlen(start)) == 0 &&
			 strstr(page, "(1) (2) (3) (4)") != NULL;
		for (n = 1; n <= 60; n++) {
			(void)snprintf(start, sizeof(start), "đầu-%u.", n);
			(void)snprintf(end, sizeof(end), "cuối-%u.", n);
			whole += strstr(page, start) != NULL &&
				 strstr(page, end) != NULL;
		}
		free(copy);
	}
	/* the last may be of signatures only */
	ok(heads >= pages - 2, "each has its number and the columns' names");
	is(whole, 60, "no row is cut by a page's end");
	for (n = 1, at = text; n <= 60 && at != NULL; n++) {
		(void)snprintf(start, sizeof(start), "đầu-%u.", n);
		at = strstr(at, start);
		ordered += at != NULL;
	}
	is(ordered, 60, "and they stand in their order");
	free(text);
	buf_free(&pdf);
}

static void
a_row_longer_than_a_page_goes_on(void)
{
	static char abstract[GRID_CELL + 2];
	struct buf pdf;
	struct register_print *r = begin(&pdf, &book);
	unsigned n = 0;
	char *text;

	while (strlen(abstract) + 24 < GRID_CELL)
		(void)snprintf(abstract + strlen(abstract), 24, "mục%u. ", ++n);
	ok(row(r, 1, "ngắn", false) && row(r, 2, abstract, true) &&
		row(r, 3, "ngắn", false),
	    "a cell of %zu bytes is printed", strlen(abstract));
	(void)register_close(r, NULL, &e);
	text = pdf_text(&pdf);
	is(pdf_count(text, "mục"), n, "all its %u words are there", n);
	ok(pdf_count(text, "02 (tiếp)") >= 1,
	    "and the next page says which row goes on");
	is(pdf_count(text, "03 "), 1, "the row behind it follows");
	free(text);
	buf_free(&pdf);
}

static void
hostile_cells_end(void)
{
	static char full[GRID_CELL + 2];
	const struct bytes most = { (const uint8_t *)full, GRID_CELL };
	const struct bytes over = { (const uint8_t *)full, GRID_CELL + 1 };
	struct grid_column narrow[GRID_COLUMNS];
	struct register_book b = book;
	struct register_print *r;
	struct bytes cells[GRID_COLUMNS];
	static const char *const fills[] = { "x", "\n", "\xff", "\xcc\x80",
		"W" };
	struct buf pdf;
	size_t i, j;

	for (i = 0; i < GRID_COLUMNS; i++) {
		narrow[i] = columns[0];
		cells[i] = most;
	}
	b.columns = narrow;
	b.count = GRID_COLUMNS;
	for (i = 0; i < sizeof(fills) / sizeof(fills[0]); i++) {
		for (j = 0; j + strlen(fills[i]) <= GRID_CELL;
		     j += strlen(fills[i]))
			memcpy(full + j, fills[i], strlen(fills[i]));
		r = begin(&pdf, &b);
		(void)went(register_row(r, cells, false, &e), &e,
		    "16 cells full of byte %02x end",
		    (unsigned char)fills[i][0]);
		cells[7] = over;
		is(register_row(r, cells, false, &e), RC_LIMIT,
		    "a byte more in one of them is refused");
		cells[7] = most;
		(void)went(
		    register_close(r, NULL, &e), &e, "and the book ends");
		buf_free(&pdf);
	}
}

static void
refuses(const char *why, const struct register_book *b, enum rc wanted)
{
	struct register_print *r = NULL;
	struct buf pdf = { 0 };

	is(register_open(&r, sink_buf(&pdf), b, &e), wanted, "refused: %s",
	    why);
	ok(r == NULL, "and nothing is left of it");
	register_drop(r);
	buf_free(&pdf);
}

static void
books_that_cannot_be_are_refused(void)
{
	static uint8_t much[REGISTER_CLOSING + 1];
	struct grid_column bad[COLUMNS];
	struct register_book b = book;

	b.count = 0;
	refuses("no columns", &b, RC_INVALID);
	b.count = GRID_COLUMNS + 1;
	refuses("too many columns", &b, RC_INVALID);
	b = book;
	b.columns = bad;
	memcpy(bad, columns, sizeof(bad));
	bad[2].width = 0;
	refuses("a column without a width", &b, RC_INVALID);
	bad[2].width = (double)NAN;
	refuses("a width that is no number", &b, RC_INVALID);
	bad[2].width = -40;
	refuses("a negative width", &b, RC_INVALID);
	bad[2].width = 1e9;
	refuses("a width that leaves the others none", &b, RC_INVALID);
	memcpy(bad, columns, sizeof(bad));
	bad[0].name = bytes_of(much, sizeof(much));
	memset(much, 'x', sizeof(much));
	refuses("a name that takes the page", &b, RC_LIMIT);
	b = book;
	b.closing = bytes_of(much, sizeof(much));
	refuses("a closing note that takes the page", &b, RC_LIMIT);
}

static long
most_memory(void)
{
	struct rusage u;

	(void)getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

static bool
print_many(struct pdf_sink *to, unsigned rows)
{
	struct register_print *r;
	unsigned n, printed = 0;

	*to = (struct pdf_sink){ 0, SIZE_MAX };
	if (register_open(&r, (struct sink){ pdf_put, to }, &book, &e) != RC_OK)
		return false;
	for (n = 1; n <= rows; n++)
		printed += row(r, n,
		    "Báo cáo về tình hình và kết quả công tác bảo vệ bí mật "
		    "nhà nước quý I năm 2026 trên địa bàn tỉnh",
		    false);
	return register_close(r, NULL, &e) == RC_OK && printed == rows;
}

static void
a_long_book_takes_the_memory_of_a_short_one(void)
{
	const char *san = getenv("ANTIN_SAN");
	const unsigned rows = getenv("ANTIN_SOAK") != NULL ? 20000 : 1500;
	struct pdf_sink to;
	long before, after;

	ok(print_many(&to, 300), "300 rows are printed");
	before = most_memory();
	ok(print_many(&to, rows), "%u rows are printed: %zu bytes", rows,
	    to.bytes);
	after = most_memory();
	if (san != NULL && san[0] != '\0')
		skip("a sanitizer keeps what is freed");
	else
		ok(after - before < 8192, "in %ld KiB more", after - before);
}

/* ---- for programs ---------------------------------------------------------
 */

static const struct bytes cells[COLUMNS] = { TEXT("01"), TEXT("=1+1"),
	TEXT("Trích \"yếu\"\r\nhai dòng"), TEXT("") };

static void
writes(enum csv_form form, const char *wanted, const char *name)
{
	struct buf out = { 0 };
	struct csv c;

	if (csv_open(&c, sink_buf(&out), form, columns, COLUMNS, &e) == RC_OK &&
	    csv_row(&c, cells, &e) == RC_OK && csv_row(&c, cells, &e) == RC_OK)
		(void)went(csv_close(&c, &e), &e, "it is written");
	same(buf_bytes(&out), bytes_str(wanted), "%s", name);
	buf_free(&out);
}

static void
rows_are_written_for_programs(void)
{
#define CSV_HEAD                                                                     \
	"\"Số thứ tự\",\"Số, ký hiệu\",\"Tên loại và trích yếu\"," \
	"\"Ghi chú\"\r\n"
#define CSV_LINE "\"01\",\"'=1+1\",\"Trích \"\"yếu\"\"\r\nhai dòng\",\"\"\r\n"
#define JSON_LINE                                                              \
	"{\"serial\":\"01\",\"number\":\"=1+1\","                              \
	"\"abstract\":\"Trích \\\"yếu\\\"\\u000d\\u000ahai dòng\","        \
	"\"notes\":\"\"}"
	writes(CSV_PLAIN, CSV_HEAD CSV_LINE CSV_LINE, "as CSV");
	writes(CSV_BOM, "\xef\xbb\xbf" CSV_HEAD CSV_LINE CSV_LINE,
	    "with the mark of UTF-8");
	writes(CSV_JSON, "[\n" JSON_LINE ",\n" JSON_LINE "\n]\n", "as JSON");
}

static void
no_cell_is_a_formula(void)
{
	static const char *const evil[] = { "=cmd|' /C calc'!A0", "+1", "-1",
		"@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "＋1", "－1",
		"＠1" };
	static const char *const good[] = { "01", "a=b", "'=1", "Mật", "",
		" " };
	struct buf out;
	struct csv c;
	struct bytes row[1];
	size_t i, guarded = 0, left = 0;

	for (i = 0; i < sizeof(evil) / sizeof(evil[0]) +
			    sizeof(good) / sizeof(good[0]);
	     i++) {
		const bool bad = i < sizeof(evil) / sizeof(evil[0]);

		out = (struct buf){ 0 };
		row[0] = bytes_str(
		    bad ? evil[i] : good[i - sizeof(evil) / sizeof(evil[0])]);
		if (csv_open(&c, sink_buf(&out), CSV_PLAIN, columns, 1, &e) !=
			RC_OK ||
		    csv_row(&c, row, &e) != RC_OK || csv_close(&c, &e) != RC_OK)
			continue;
		buf_u8(&out, '\0');
		guarded +=
		    bad && strstr((char *)out.p, "\r\n\"'") != NULL &&
		    strstr((char *)out.p, (const char *)row[0].p) != NULL;
		left += !bad && row[0].len + columns[0].name.len + 9 == out.len;
		buf_free(&out);
	}
	is(guarded, sizeof(evil) / sizeof(evil[0]),
	    "what a spreadsheet would reckon has an apostrophe");
	is(left, sizeof(good) / sizeof(good[0]), "and nothing else has");
}

int
main(void)
{
	pdf_begin();
	the_cover_has_what_was_given();
	rows_stay_whole_and_in_order();
	a_row_longer_than_a_page_goes_on();
	hostile_cells_end();
	books_that_cannot_be_are_refused();
	a_long_book_takes_the_memory_of_a_short_one();
	rows_are_written_for_programs();
	no_cell_is_a_formula();
	pdf_end();
	return done();
}
