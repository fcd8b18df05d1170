/* SPDX-License-Identifier: EUPL-1.2 */
/* Minutes: of a hand-over, of copying, of a destruction (docs/forms.md 7 to
 * 9). */
#include "form/flow.h"
#include "form/stamps.h"

#define NAMED(s) .name = { (const uint8_t *)(s), sizeof(s) - 1 }
#define WITH_SIGNATURES 50.0 /* mm */
#define SIGNS "(Ký, ghi rõ họ tên)"

/* Head, mark and title; leaves the flow where the text begins. */
static enum rc
begin(struct flow *f, const struct form_out *out, const struct form_head *h,
    const char *standard, struct err *e)
{
	enum rc rc;

	if ((rc = flow_open(f, out, standard, e)) != RC_OK ||
	    (rc = flow_head(f, h, e)) != RC_OK)
		return rc;
	f->mark = h->secrecy;
	if (h->secrecy.len > 0) {
		(void)stamp_mark(f->page, FLOW_LEFT, f->y, h->secrecy);
		flow_gap(f, 10);
	}
	flow_gap(f, 2);
	flow_text(f, &flow_title, flow_or(h->title, standard));
	flow_gap(f, 3.5);
	return RC_OK;
}

static void
heading(struct flow *f, const char *text)
{
	flow_gap(f, 1.5);
	flow_need(f, 14);
	flow_say(f, &flow_bold, text);
	flow_gap(f, 1);
}

static void
when_and_where(struct flow *f, struct bytes time, struct bytes place)
{
	flow_field(f, "Hôm nay, hồi", time);
	flow_field(f, "Tại", place);
}

static void
party(struct flow *f, const char *heading_text, const struct form_party *p)
{
	heading(f, heading_text);
	flow_fields(f, "Ông (bà)", p->name, "Chức vụ", p->post);
	flow_field(f, "Đơn vị", p->unit);
}

static void
copies_of(struct flow *f, struct bytes copies, const char *rest)
{
	buf_add(&f->text, bytes_str("Biên bản này được lập thành "));
	buf_add(&f->text, flow_or(copies, "……"));
	buf_add(&f->text, bytes_str(rest));
	flow_gap(f, 1);
	flow_need(f, WITH_SIGNATURES); /* these do not stand alone */
	flow_text(f, &flow_body, buf_bytes(&f->text));
	f->text.len = 0;
	flow_gap(f, 3);
}

/* ---- hand-over --------------------------------------------------------- */

static const struct grid_column items[FORM_ITEMS] = {
	{ NAMED("Tên tài liệu, sản phẩm"), .width = 58 },
	{ NAMED("Số, ký hiệu"), .width = 30 },
	{ NAMED("Độ mật"), .width = 18, .align = PAGE_MIDDLE },
	{ NAMED("Số lượng"), .width = 15, .align = PAGE_MIDDLE },
	{ NAMED("Tình trạng niêm phong"), .width = 34 },
};

enum rc
form_handover(
    struct form_out *out, const struct form_handover *h, struct err *e)
{
	const struct flow_place places[] = {
		{ bytes_str("BÊN GIAO"), h->gives.name, SIGNS },
		{ bytes_str("NGƯỜI CHỨNG KIẾN"), h->witness.name, SIGNS },
		{ bytes_str("BÊN NHẬN"), h->takes.name, SIGNS },
	};
	struct flow f = { 0 };
	enum rc rc;

	if ((rc = begin(&f, out, &h->head, "BIÊN BẢN GIAO NHẬN", e)) != RC_OK)
		return flow_close(&f, out, rc, e);
	when_and_where(&f, h->time, h->place);
	flow_field(&f, "Căn cứ, lý do", h->reason);
	party(&f, "1. Bên giao", &h->gives);
	party(&f, "2. Bên nhận", &h->takes);
	party(&f, "3. Người chứng kiến", &h->witness);
	heading(&f, "4. Hai bên đã giao và nhận đủ:");
	if ((rc = flow_list(&f, items, FORM_ITEMS, &h->items, 5, e)) != RC_OK)
		return flow_close(&f, out, rc, e);
	flow_field(&f, "Tổng số (bằng chữ)", h->total);
	flow_field(&f, "Ghi chú", h->notes);
	copies_of(&f, h->copies,
	    " bản có giá trị như nhau, mỗi bên giữ một bản; các bên đã đọc lại "
	    "và cùng ký tên.");
	return flow_close(&f, out, flow_places(&f, places, 3, e), e);
}

/* ---- copying ------------------------------------------------------------ */

static const struct grid_column given[FORM_GIVEN] = {
	{ NAMED("Bản sao số"), .width = 25, .align = PAGE_MIDDLE },
	{ NAMED("Nơi nhận"), .width = 85 },
	{ NAMED("Ngày giao, ký nhận"), .width = 45 },
};

enum rc
form_copying(struct form_out *out, const struct form_copying *c, struct err *e)
{
	const struct flow_place places[] = {
		{ bytes_str("NGƯỜI THỰC HIỆN"), c->copier, SIGNS },
		{ flow_or(c->post, "NGƯỜI CHO PHÉP SAO, CHỤP"), c->authority,
		    "(Ký tên, đóng dấu)" },
	};
	struct flow f = { 0 };
	enum rc rc;

	if ((rc = begin(&f, out, &c->head, "VĂN BẢN GHI NHẬN VIỆC SAO, CHỤP",
		 e)) != RC_OK)
		return flow_close(&f, out, rc, e);
	flow_field(&f, "Tên loại và trích yếu", c->document);
	flow_fields(&f, "Số, ký hiệu", c->number, "Ngày", c->date);
	flow_fields(&f, "Độ mật", c->level, "Hình thức sao, chụp", c->kind);
	flow_field(&f, "Mục đích", c->purpose);
	flow_fields(
	    &f, "Số lượng bản được sao", c->copies, "Địa điểm", c->place);
	flow_field(&f, "Phương tiện (không nối mạng)", c->device);
	heading(&f, "Bản sao được giao cho:");
	if ((rc = flow_list(&f, given, FORM_GIVEN, &c->given, 8, e)) != RC_OK)
		return flow_close(&f, out, rc, e);
	flow_field(&f, "Bản thừa, bản hỏng đã tiêu hủy ngay", c->surplus);
	flow_gap(&f, 5);
	return flow_close(&f, out, flow_places(&f, places, 2, e), e);
}

/* ---- destruction -------------------------------------------------------- */

static const struct grid_column council[FORM_COUNCIL] = {
	{ NAMED("Họ và tên"), .width = 55 },
	{ NAMED("Chức vụ, đơn vị"), .width = 60 },
	{ NAMED("Trong hội đồng"), .width = 40 },
};
static const struct grid_column witnesses[FORM_WITNESSES] = {
	{ NAMED("Họ và tên"), .width = 65 },
	{ NAMED("Chức vụ, đơn vị"), .width = 90 },
};
static const struct grid_column documents[FORM_DOCUMENTS] = {
	{ NAMED("Tên loại và trích yếu"), .width = 70 },
	{ NAMED("Số, ký hiệu"), .width = 30 },
	{ NAMED("Ngày tháng"), .width = 22, .align = PAGE_MIDDLE },
	{ NAMED("Độ mật"), .width = 18, .align = PAGE_MIDDLE },
	{ NAMED("Số lượng"), .width = 15, .align = PAGE_MIDDLE },
};

/* Everybody who was there signs; on a blank form three and two do. */
static enum rc
all_sign(struct flow *f, const struct form_destruction *d, struct err *e)
{
	struct flow_place places[FORM_PLACES] = { 0 };
	size_t i, n = 0;
	const size_t members = d->council.rows > 0 ? d->council.rows : 3;
	const size_t others = d->witnesses.rows > 0 ? d->witnesses.rows : 2;
	enum rc rc;

	if (members > FORM_PLACES || others > FORM_PLACES - members)
		return fail(e, RC_LIMIT,
		    "%zu people sign minutes, at most %u may", members + others,
		    FORM_PLACES);
	for (i = 0; i < members; i++, n++) {
		places[n] = (struct flow_place){
			bytes_str(i == 0 ? "CHỦ TỊCH HỘI ĐỒNG" : "THÀNH VIÊN"),
			{ 0 }, SIGNS
		};
		if (d->council.rows > 0)
			places[n].name = d->council.cells[i * FORM_COUNCIL];
	}
	if ((rc = flow_places(f, places, n, e)) != RC_OK)
		return rc;
	for (i = 0, n = 0; i < others; i++, n++) {
		places[n] = (struct flow_place){ bytes_str("NGƯỜI CHỨNG KIẾN"),
			{ 0 }, SIGNS };
		if (d->witnesses.rows > 0)
			places[n].name = d->witnesses.cells[i * FORM_WITNESSES];
	}
	return flow_places(f, places, n, e);
}

static enum rc
destruction(struct flow *f, const struct form_destruction *d, struct err *e)
{
	enum rc rc;

	flow_field(f, "Thực hiện Quyết định", d->decision);
	when_and_where(f, d->time, d->place);
	heading(f, "1. Hội đồng tiêu hủy gồm:");
	rc = flow_list(f, council, FORM_COUNCIL, &d->council, 3, e);
	if (rc != RC_OK)
		return rc;
	heading(f, "2. Người chứng kiến:");
	rc = flow_list(f, witnesses, FORM_WITNESSES, &d->witnesses, 2, e);
	if (rc != RC_OK)
		return rc;
	heading(f, "3. Đã kiểm tra, đối chiếu và tiêu hủy:");
	rc = flow_list(f, documents, FORM_DOCUMENTS, &d->documents, 6, e);
	if (rc != RC_OK)
		return rc;
	flow_field(f, "Tổng số (bằng chữ)", d->total);
	flow_field(f, "Phương pháp tiêu hủy", d->method);
	flow_field(f, "Kết thúc hồi", d->ended);
	flow_field(f, "Kết quả", d->result);
	copies_of(f, d->copies,
	    " bản và lưu trong hồ sơ tiêu hủy; những người có mặt đã đọc lại "
	    "và cùng ký tên.");
	return all_sign(f, d, e);
}

enum rc
form_destruction(
    struct form_out *out, const struct form_destruction *d, struct err *e)
{
	struct flow f = { 0 };
	enum rc rc;

	rc = begin(
	    &f, out, &d->head, "BIÊN BẢN TIÊU HỦY TÀI LIỆU BÍ MẬT NHÀ NƯỚC", e);
	if (rc == RC_OK)
		rc = destruction(&f, d, e);
	return flow_close(&f, out, rc, e);
}

/* ---- stamps ---------------------------------------------------------------
 */

enum rc
form_stamps(struct form_out *out, const struct form_stamp *stamps, size_t count,
    struct err *e)
{
	struct flow f = { 0 };
	size_t i;
	enum rc rc;

	if ((rc = flow_open(&f, out, "Dấu", e)) != RC_OK)
		return flow_close(&f, out, rc, e);
	for (i = 0; i < count; i++)
		stamp_draw(f.page, stamps[i].stamp, stamps[i].x, stamps[i].y,
		    stamps[i].values);
	return flow_close(&f, out, RC_OK, e);
}
