/* SPDX-License-Identifier: EUPL-1.2 */
#include "form/stamps.h"

#include "core/utf8.h"

#define SIZE 14.0  /* points: Decree 30/2020 has 13 or 14, bold */
#define TIGHT 13.0 /* where 14 has no room */
#define HEIGHT 8.0 /* mm */
#define THICK 0.5  /* mm: the outline */
#define BESIDE 4.0 /* mm: left and right of a text that has no set width */
#define INSIDE 1.0 /* mm: what a text leaves at the least */
#define POINT (25.4 / 72.0)

static void
dotted(struct page *p, const struct page_style *s, double x, double y,
    double width, const char *label, struct bytes value)
{
	struct page_style fits = *s;
	struct buf text = { 0 };
	double at;

	buf_add(&text, bytes_str(label));
	buf_u8(&text, ' ');
	buf_add(&text, value);
	at = page_text_width(p, &fits, buf_bytes(&text));
	if (at > width && at < 2 * width)
		fits.points *= width / at * 0.99;
	(void)page_text(p, &fits, x, y, at > 2 * width ? width : width + 1,
	    buf_bytes(&text));
	buf_free(&text);
	if (value.len == 0)
		page_dots(p, x + at + 0.5, x + width,
		    y + s->points * POINT * 0.92, s->ink);
}

/* Decree 30/2020, annex IV: 35 x 50 mm. */
static void
draw_arrival(struct page *p, double x, double y, const struct stamp *s,
    const struct bytes *values)
{
	struct page_style name = { .points = 11,
		.face = PAGE_BOLD,
		.align = PAGE_MIDDLE,
		.ink = s->ink };
	const struct page_style word = { .points = 15,
		.face = PAGE_BOLD,
		.align = PAGE_MIDDLE,
		.ink = s->ink };
	const struct page_style line = { .points = 11, .ink = s->ink };
	const double wide = page_text_width(p, &name, values[0]);

	if (wide > s->width - 3)
		name.points = wide > 2 * (s->width - 3) ? 7.5 : 9;
	page_box(p, x, y, s->width, s->height, THICK, s->ink);
	if (values[0].len > 0)
		page_text_in(
		    p, &name, x + 1.5, y + 0.5, s->width - 3, 8, values[0]);
	else
		page_dots(p, x + 6, x + s->width - 6, y + 6, s->ink);
	page_line(p, x, y + 9, x + s->width, y + 9, 0.25, s->ink);
	page_text_in(p, &word, x, y + 9, 17, 12, bytes_str(s->text));
	page_line(p, x + 17, y + 9, x + 17, y + 21, 0.25, s->ink);
	dotted(p, &line, x + 18.5, y + 10, s->width - 20.5, "Số:", values[1]);
	dotted(
	    p, &line, x + 18.5, y + 15.5, s->width - 20.5, "Ngày:", values[2]);
	page_line(p, x, y + 21, x + s->width, y + 21, 0.25, s->ink);
	dotted(p, &line, x + 2, y + 22.5, s->width - 4, "Chuyển:", values[3]);
	dotted(p, &line, x + 2, y + 28.5, s->width - 4,
	    "Số và ký hiệu HS:", values[4]);
}

/* What a copy has to say of itself (docs/forms.md 5.5). */
static void
draw_copy(struct page *p, double x, double y, const struct stamp *s,
    const struct bytes *values)
{
	static const char *const labels[] = { "Bản sao số:", "Hình thức sao:",
		"Số lượng:", "Thời gian:", "Nơi nhận:", "Người cho phép:" };
	const struct page_style head = { .points = 12,
		.face = PAGE_BOLD,
		.align = PAGE_MIDDLE,
		.ink = s->ink };
	const struct page_style line = { .points = 11, .ink = s->ink };
	const struct page_style italic = { .points = 10,
		.face = PAGE_ITALIC,
		.align = PAGE_MIDDLE,
		.ink = s->ink };
	size_t i;

	page_box(p, x, y, s->width, s->height, THICK, s->ink);
	page_text_in(p, &head, x, y + 1, s->width, 7, bytes_str(s->text));
	page_line(p, x, y + 9, x + s->width, y + 9, 0.25, s->ink);
	for (i = 0; i < 6; i++)
		dotted(p, &line, x + 2, y + 10.5 + 5.6 * (double)i,
		    s->width - 4, labels[i], values[i]);
	(void)page_text(p, &italic, x, y + 44.5, s->width,
	    bytes_str("(Chữ ký của người có thẩm quyền, dấu)"));
}

static void
draw_copy_number(struct page *p, double x, double y, const struct stamp *s,
    const struct bytes *values)
{
	const struct page_style line = {
		.points = SIZE, .face = PAGE_BOLD, .ink = s->ink
	};

	page_box(p, x, y, s->width, s->height, THICK, s->ink);
	dotted(p, &line, x + 3, y + 1.4, s->width - 6, s->text, values[0]);
}

static const char arrival_values[] =
    "cơ quan | số đến | ngày đến | chuyển | số và ký hiệu hồ sơ";
static const char copy_values[] =
    "bản sao số | hình thức sao | số lượng | thời gian | nơi nhận | "
    "người cho phép";
static const char number_values[] = "bản số";

/* Sizes of urgency and arrival: Decree 30/2020.  Those of secrecy are not
 * verified (docs/forms.md 5.2). */
static const struct stamp stamps[] = {
	{ "tuyet-mat", "TUYỆT MẬT", 40, HEIGHT, PAGE_RED, NULL, NULL },
	{ "toi-mat", "TỐI MẬT", 30, HEIGHT, PAGE_RED, NULL, NULL },
	{ "mat", "MẬT", 20, HEIGHT, PAGE_RED, NULL, NULL },
	{ "hoa-toc", "HOẢ TỐC", 30, HEIGHT, PAGE_RED, NULL, NULL },
	{ "thuong-khan", "THƯỢNG KHẨN", 40, HEIGHT, PAGE_RED, NULL, NULL },
	{ "khan", "KHẨN", 20, HEIGHT, PAGE_RED, NULL, NULL },
	{ "hoa-toc-hen-gio", "HOẢ TỐC HẸN GIỜ", 0, HEIGHT, PAGE_RED, NULL,
	    NULL },
	{ "xem-xong-tra-lai", "XEM XONG TRẢ LẠI", 0, HEIGHT, PAGE_BLACK, NULL,
	    NULL },
	{ "luu-hanh-noi-bo", "LƯU HÀNH NỘI BỘ", 0, HEIGHT, PAGE_BLACK, NULL,
	    NULL },
	{ "thu-hoi", "TÀI LIỆU THU HỒI", 0, HEIGHT, PAGE_RED, NULL, NULL },
	{ "chi-nguoi-co-ten", "CHỈ NGƯỜI CÓ TÊN MỚI ĐƯỢC BÓC BÌ", 0, HEIGHT,
	    PAGE_RED, NULL, NULL },
	{ "doc-ban", "ĐỘC BẢN", 0, HEIGHT, PAGE_RED, NULL, NULL },
	{ "ban-so", "Bản số:", 40, HEIGHT, PAGE_RED, draw_copy_number,
	    number_values },
	{ "den", "ĐẾN", 50, 35, PAGE_RED, draw_arrival, arrival_values },
	{ "sao", "BẢN SAO", 80, 50, PAGE_RED, draw_copy, copy_values },
};
#define STAMPS (sizeof(stamps) / sizeof(stamps[0]))

const struct stamp *
stamp_find(struct bytes word)
{
	size_t i;

	for (i = 0; i < STAMPS; i++)
		if (bytes_is(word, stamps[i].word))
			return &stamps[i];
	return NULL;
}

const struct stamp *
stamp_at(size_t i)
{
	return i < STAMPS ? &stamps[i] : NULL;
}

static void
boxed(struct page *p, double x, double y, double width, enum page_ink ink,
    struct bytes text)
{
	struct page_style s = { .points = SIZE,
		.face = PAGE_BOLD,
		.align = PAGE_MIDDLE,
		.ink = ink };

	if (page_text_width(p, &s, text) > width - 2 * (THICK + INSIDE))
		s.points = TIGHT;
	page_box(p, x, y, width, HEIGHT, THICK, ink);
	page_text_in(p, &s, x, y, width, HEIGHT, text);
}

static double
natural(struct page *p, struct bytes text)
{
	const struct page_style s = { .points = SIZE, .face = PAGE_BOLD };

	return page_text_width(p, &s, text) + 2 * BESIDE;
}

double
stamp_width(struct page *p, const struct stamp *s)
{
	return s->width > 0 ? s->width : natural(p, bytes_str(s->text));
}

void
stamp_draw(struct page *p, const struct stamp *s, double x, double y,
    const struct bytes *values)
{
	if (s->draw != NULL)
		s->draw(p, x, y, s, values);
	else
		boxed(p, x, y, stamp_width(p, s), s->ink, bytes_str(s->text));
}

static bool
folds_to(const char *text, struct bytes folded)
{
	struct buf own = { 0 };
	bool same;

	utf8_fold(&own, bytes_str(text));
	same = bytes_eq(buf_bytes(&own), folded);
	buf_free(&own);
	return same;
}

double
stamp_mark(struct page *p, double x, double y, struct bytes text)
{
	struct buf folded = { 0 };
	double width = natural(p, text);
	size_t i;

	utf8_fold(&folded, text); /* HỎA TỐC is HOẢ TỐC */
	for (i = 0; i < STAMPS; i++)
		if (stamps[i].draw == NULL && stamps[i].width > 0 &&
		    folds_to(stamps[i].text, buf_bytes(&folded)))
			width = stamps[i].width;
	buf_free(&folded);
	boxed(p, x, y, width, PAGE_RED, text);
	return width;
}
