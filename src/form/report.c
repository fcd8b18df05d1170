/* SPDX-License-Identifier: EUPL-1.2 */
/* The periodic report of a unit's registers (docs/forms.md 12). */
#include "form/flow.h"

#define NAMED(s) .name = { (const uint8_t *)(s), sizeof(s) - 1 }
#define WITH_SIGNATURES 50.0 /* mm */

static const struct grid_column counts[FORM_COUNTS] = {
	{ NAMED("Sổ"), .width = 62 },
	{ NAMED("Đến, đi"), .width = 18, .align = PAGE_MIDDLE },
	{ NAMED("Độ mật"), .width = 26, .align = PAGE_MIDDLE },
	{ NAMED("Độ khẩn"), .width = 30, .align = PAGE_MIDDLE },
	{ NAMED("Số dòng"), .width = 19, .align = PAGE_MIDDLE },
};
static const struct grid_column times[FORM_TIMES] = {
	{ NAMED("Đến, đi"), .width = 18, .align = PAGE_MIDDLE },
	{ NAMED("Độ khẩn"), .width = 32, .align = PAGE_MIDDLE },
	{ NAMED("Đã xong"), .width = 18, .align = PAGE_MIDDLE },
	{ NAMED("Chưa xong"), .width = 18, .align = PAGE_MIDDLE },
	{ NAMED("Chậm"), .width = 19, .align = PAGE_MIDDLE },
	{ NAMED("Trung vị (giờ:phút)"), .width = 25, .align = PAGE_MIDDLE },
	{ NAMED("Lâu nhất (giờ:phút)"), .width = 25, .align = PAGE_MIDDLE },
};

static enum rc
list(struct flow *f, const char *heading, const struct grid_column *columns,
    size_t count, const struct form_list *rows, struct err *e)
{
	flow_gap(f, 2);
	flow_need(f, 24);
	flow_say(f, &flow_bold, heading);
	flow_gap(f, 1);
	if (rows->rows > 0)
		return flow_list(f, columns, count, rows, 0, e);
	flow_say(f, &flow_italic, "Không có.");
	return RC_OK;
}

enum rc
form_report(struct form_out *out, const struct form_report *r, struct err *e)
{
	const struct flow_place places[] = {
		{ bytes_str("NGƯỜI LẬP BÁO CÁO"), { 0 },
		    "(Ký, ghi rõ họ tên)" },
		{ bytes_str("THỦ TRƯỞNG ĐƠN VỊ"), { 0 }, "(Ký tên, đóng dấu)" },
	};
	static const char title[] = "BÁO CÁO SỐ LIỆU ĐĂNG KÝ VĂN BẢN";
	struct flow f = { 0 };
	enum rc rc;

	if ((rc = flow_open(&f, out, title, e)) != RC_OK ||
	    (rc = flow_head(&f, &r->head, e)) != RC_OK)
		return flow_close(&f, out, rc, e);
	flow_gap(&f, 2);
	flow_text(&f, &flow_title, flow_or(r->head.title, title));
	flow_gap(&f, 3.5);
	flow_fields(&f, "Từ", r->from, "Đến trước", r->until);
	rc = list(
	    &f, "1. Số dòng đã vào sổ", counts, FORM_COUNTS, &r->counts, e);
	if (rc == RC_OK) {
		flow_gap(&f, 1);
		flow_field(&f, "Tổng số dòng", r->total);
		rc = list(
		    &f, "2. Thời gian xử lý", times, FORM_TIMES, &r->times, e);
	}
	if (rc == RC_OK) {
		flow_gap(&f, 4);
		flow_need(&f, WITH_SIGNATURES);
		rc = flow_places(&f, places, 2, e);
	}
	return flow_close(&f, out, rc, e);
}
