/* SPDX-License-Identifier: EUPL-1.2 */
/* The form of a telegram (docs/forms.md 6). */
#include "form/flow.h"
#include "form/line.h"
#include "form/stamps.h"

#define QR_SIDE 34.0 /* mm */
#define URGENCY 70.0 /* mm: a mark's text */

static const struct grid_column stages[FORM_STAGES] = {
	{ .name = { (const uint8_t *)"Công đoạn", sizeof("Công đoạn") - 1 },
	    .width = 62 },
	{ .name = { (const uint8_t *)"Giờ, ngày", sizeof("Giờ, ngày") - 1 },
	    .width = 40,
	    .align = PAGE_MIDDLE },
	{ .name = { (const uint8_t *)"Người thực hiện",
	      sizeof("Người thực hiện") - 1 },
	    .width = 53 },
};

/* What a blank form has (docs/forms.md 6.2). */
static const char *const going[] = { "Nhận bản thảo",
	"Kiểm tra thể thức, thẩm quyền", "Mã hóa xong", "Kiểm tra bản mã",
	"Chuyển điện", "Nhận hồi báo" };
static const char *const coming[] = { "Nhận điện", "Dịch xong",
	"Kiểm tra bản dịch", "Vào sổ", "Giao người nhận", "Thu hồi bản dịch" };
#define STAGES (sizeof(going) / sizeof(going[0]))

static enum rc
draw_stages(struct flow *f, const struct form_telegram *t, struct err *e)
{
	struct bytes cells[STAGES * FORM_STAGES] = { 0 };
	const struct form_list blank = { cells, STAGES };
	size_t i;

	for (i = 0; i < STAGES; i++)
		cells[i * FORM_STAGES] = bytes_str((t->in ? coming : going)[i]);
	return flow_list(f, stages, FORM_STAGES,
	    t->stages.rows > 0 ? &t->stages : &blank, 0, e);
}

/* 10a and 10b of Decree 30/2020's map: under the number, on the left. */
static enum rc
marks(struct flow *f, const struct form_telegram *t, struct err *e)
{
	double y = f->y, x = FLOW_LEFT;

	if (page_text_width(f->page, &flow_title, t->urgency) > URGENCY)
		return fail(e, RC_LIMIT, "a mark of a form is too long");

	if (t->head.secrecy.len > 0)
		x += stamp_mark(f->page, x, y, t->head.secrecy) + 4;
	if (t->urgency.len > 0)
		(void)stamp_mark(f->page, x, y, t->urgency);
	if (t->head.secrecy.len > 0 || t->urgency.len > 0)
		f->y += 12;
	return RC_OK;
}

static void
what(struct flow *f, const struct form_telegram *t)
{
	flow_field(f, "Nơi gửi", t->from);
	flow_field(f, "Nơi nhận", t->to);
	if (t->in)
		flow_fields(
		    f, "Số đến", t->registered, "Số nhóm (chữ)", t->groups);
	else
		flow_fields(f, "Người ký duyệt", t->authority, "Số nhóm (chữ)",
		    t->groups);
	flow_fields(f, "Số trang", t->pages, "Số bản", t->copies);
	flow_fields(
	    f, "Loại sản phẩm mật mã", t->product, "Ký hiệu khóa", t->key);
}

/* Beside the QR code: what it says, as people compare it. */
static void
say_line(struct flow *f, const struct form_line *line)
{
	char id[2 * FORM_LINE_ID + 1], digest[2 * FORM_LINE_DIGEST + 1];

	hex_write(id, bytes_of(line->id, sizeof(line->id)));
	hex_write(digest, bytes_of(line->digest, sizeof(line->digest)));
	buf_add(&f->text, bytes_str("Để đối chiếu (quét mã hoặc đọc):\nMã: "));
	buf_add(&f->text, bytes_str(id));
	buf_add(&f->text, bytes_str("\nSHA-256: "));
	buf_add(&f->text, bytes_of(digest, FORM_LINE_DIGEST));
	buf_add(&f->text, bytes_str("\n                   "));
	buf_add(&f->text, bytes_str(digest + FORM_LINE_DIGEST));
	buf_add(&f->text, bytes_str("\nNgày: "));
	buf_add(&f->text, bytes_str(line->date));
	buf_add(&f->text, bytes_str("\nSố, ký hiệu: "));
	buf_add(&f->text, line->number);
}

static enum rc
draw_line(struct flow *f, struct bytes text, struct err *e)
{
	const struct page_style small = { .points = 10 };
	const double x = FLOW_LEFT + QR_SIDE + 1;
	struct form_line line;
	enum rc rc;

	if (text.len == 0)
		return RC_OK;
	if ((rc = form_line_parse(&line, text, e)) != RC_OK)
		return rc;
	flow_need(f, QR_SIDE + 2);
	if (!page_qr(f->page, FLOW_LEFT - 3, f->y, QR_SIDE, text))
		bug("a form's line that is too long to be drawn");
	say_line(f, &line);
	(void)page_text(f->page, &small, x, f->y + 4, FLOW_WIDTH - QR_SIDE - 1,
	    buf_bytes(&f->text));
	f->text.len = 0;
	f->y += QR_SIDE + 2;
	return RC_OK;
}

enum rc
form_telegram(
    struct form_out *out, const struct form_telegram *t, struct err *e)
{
	const char *title = t->in ? "PHIẾU ĐIỆN MẬT ĐẾN" : "PHIẾU ĐIỆN MẬT ĐI";
	const struct flow_place places[] = { {
	    bytes_str(t->in ? "NGƯỜI DỊCH" : "NGƯỜI MÃ HÓA"),
	    t->operator,
	    "(Ký, ghi rõ họ tên)" },
	    { bytes_str("NGƯỜI KIỂM TRA"), t->checker, "(Ký, ghi rõ họ tên)" },
	    { bytes_str(t->in ? "NGƯỜI NHẬN ĐIỆN" : "NGƯỜI GIAO BẢN THẢO"),
		t->receiver, "(Ký, ghi rõ giờ, ngày)" },
	};
	struct flow f;
	enum rc rc;

	if ((rc = flow_open(&f, out, title, e)) != RC_OK)
		return flow_close(&f, out, rc, e);
	f.mark = t->head.secrecy;
	if ((rc = flow_head(&f, &t->head, e)) != RC_OK ||
	    (rc = marks(&f, t, e)) != RC_OK)
		return flow_close(&f, out, rc, e);
	flow_gap(&f, 2);
	flow_text(&f, &flow_title, flow_or(t->head.title, title));
	flow_gap(&f, 4);
	what(&f, t);
	if (t->content.len > 0) {
		flow_gap(&f, 1);
		flow_say(&f, &flow_bold, "Nội dung:");
		flow_text(&f, &flow_body, t->content);
		flow_gap(&f, 2);
	}
	if ((rc = draw_stages(&f, t, e)) != RC_OK)
		return flow_close(&f, out, rc, e);
	flow_field(&f, "Xử lý bản rõ (trả lại, tiêu hủy)", t->clear_copy);
	flow_field(&f, "Ghi chú", t->notes);
	flow_gap(&f, 3);
	if ((rc = flow_places(&f, places, 3, e)) == RC_OK)
		rc = draw_line(&f, t->line, e);
	return flow_close(&f, out, rc, e);
}
