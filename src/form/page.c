/* SPDX-License-Identifier: EUPL-1.2 */
#include "form/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/time.h"
#include "core/utf8.h"
#include "form/pango.h"
#include "form/qr.h"

#define MM (72.0 / 25.4) /* points in one; a PDF's own unit is the point */
#define A4_SHORT 210.0
#define A4_LONG 297.0
#define CAPITALS 0.66 /* of a Times' size: how tall they are */
#define UTC_7 (7 * 3600)

/* Asked for in this order. */
#define FAMILIES "Tinos,Liberation Serif"
#define FFFD "\xef\xbf\xbd"

/* What must not lack: the 29 letters, the seven vowels' marks and tones. */
static const char letters[] =
    "AÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬBCDĐEÈẺẼÉẸÊỀỂỄẾỆFGHIÌỈĨÍỊJKLMNOÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢPQRST"
    "UÙỦŨÚỤƯỪỬỮỨỰVWXYỲỶỸÝỴZaàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmn"
    "oòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz0123456789.,:;!?()/-–“”…";

/* Loaded by the first page_open(). */
static const struct pango_calls *lib;

struct page {
	struct sink to;
	enum rc rc; /* the sink's outcome, or why nothing more goes there */
	struct err why;
	double width, height;
	cairo_surface_t *surface;
	cairo_t *cr;
	PangoFontMap *map;
	PangoContext *context;
	PangoCoverage *covers;
	struct page_block *block; /* for text that is drawn at once */
	struct buf shown;	  /* text as it is drawn */
	unsigned number;
	size_t unknown;
};

struct page_block {
	struct page *page;
	PangoLayout *layout;
	enum page_ink ink;
	double points;
};

/* Of one character in UTF-8, as utf8_shown() steps over them. */
static int
code_point(struct bytes one)
{
	static const int heads[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	int c = one.p[0] & heads[one.len];
	size_t i;

	for (i = 1; i < one.len; i++)
		c = c << 6 | (one.p[i] & 0x3f);
	return c;
}

/* ---- the font --------------------------------------------------------- */

static PangoFontDescription *
describe(double points, unsigned face)
{
	PangoFontDescription *d = lib->pango_font_description_new();

	lib->pango_font_description_set_family_static(d, FAMILIES);
	lib->pango_font_description_set_absolute_size(d, points * PANGO_SCALE);
	if ((face & PAGE_BOLD) != 0)
		lib->pango_font_description_set_weight(d, PANGO_WEIGHT_BOLD);
	if ((face & PAGE_ITALIC) != 0)
		lib->pango_font_description_set_style(d, PANGO_STYLE_ITALIC);
	return d;
}

static bool
covers_letters(PangoFont *font)
{
	PangoCoverage *covers = lib->pango_font_get_coverage(
	    font, lib->pango_language_from_string("vi"));
	struct bytes rest = bytes_str(letters), one;
	bool all = true;

	while (rest.len > 0) {
		one = utf8_shown(&rest);
		all &= lib->pango_coverage_get(covers, code_point(one)) ==
		       PANGO_COVERAGE_EXACT;
	}
	lib->g_object_unref(covers);
	return all;
}

static bool
is_ours(const char *family)
{
	return family != NULL && (strcmp(family, "Tinos") == 0 ||
				     strcmp(family, "Liberation Serif") == 0);
}

/* Whatever is asked for, some font is found: so what was found is looked at.
 * Old releases of Liberation Serif have half of the letters. */
static enum rc
check_face(struct page *p, unsigned face, struct err *e)
{
	PangoFontDescription *wanted = describe(12, face), *found = NULL;
	PangoFont *font =
	    lib->pango_font_map_load_font(p->map, p->context, wanted);
	const char *family = NULL;
	enum rc rc = RC_OK;

	if (font != NULL) {
		found = lib->pango_font_describe(font);
		family = lib->pango_font_description_get_family(found);
	}
	if (!is_ours(family) || !covers_letters(font))
		rc = fail(e, RC_ABSENT,
		    "forms are set in Tinos (Debian's package fonts-croscore) "
		    "or Liberation Serif 2 (fonts-liberation2), and neither is "
		    "installed whole; found: %s",
		    family == NULL ? "-" : family);
	else if (face == 0)
		p->covers = lib->pango_font_get_coverage(
		    font, lib->pango_language_from_string("vi"));
	if (found != NULL)
		lib->pango_font_description_free(found);
	lib->pango_font_description_free(wanted);
	if (font != NULL)
		lib->g_object_unref(font);
	return rc;
}

static enum rc
open_font(struct page *p, struct err *e)
{
	cairo_font_options_t *options = lib->cairo_font_options_create();
	unsigned face;
	enum rc rc = RC_OK;

	/* a printer's dots are not a screen's */
	lib->cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	lib->cairo_font_options_set_hint_metrics(
	    options, CAIRO_HINT_METRICS_OFF);
	p->map = lib->pango_cairo_font_map_new();
	p->context = lib->pango_font_map_create_context(p->map);
	lib->pango_cairo_context_set_font_options(p->context, options);
	lib->pango_cairo_context_set_resolution(p->context, 72);
	lib->pango_context_set_round_glyph_positions(p->context, FALSE);
	lib->pango_context_set_language(
	    p->context, lib->pango_language_from_string("vi"));
	lib->pango_context_set_base_dir(p->context, PANGO_DIRECTION_LTR);
	lib->cairo_font_options_destroy(options);
	for (face = 0; rc == RC_OK && face <= (PAGE_BOLD | PAGE_ITALIC); face++)
		rc = check_face(p, face, e);
	return rc;
}

/* ---- the document ------------------------------------------------------ */

static cairo_status_t
put(void *ctx, const unsigned char *data, unsigned int len)
{
	struct page *p = ctx;

	if (p->rc == RC_OK)
		p->rc = p->to.put(p->to.ctx, bytes_of(data, len), &p->why);
	return p->rc == RC_OK ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static void
set_about(struct page *p, const struct page_about *about)
{
	const struct civil c = time_civil(about->made + UTC_7);
	struct buf title = { 0 };
	char made[80];

	buf_add(&title, about->title);
	buf_u8(&title, '\0');
	(void)snprintf(made, sizeof(made),
	    "%04d-%02d-%02dT%02d:%02d:%02d+07:00", c.year, c.month, c.day,
	    c.hour, c.minute, c.second);
	lib->cairo_pdf_surface_set_metadata(
	    p->surface, CAIRO_PDF_METADATA_TITLE, (const char *)title.p);
	lib->cairo_pdf_surface_set_metadata(
	    p->surface, CAIRO_PDF_METADATA_CREATOR, "Antin");
	lib->cairo_pdf_surface_set_metadata(
	    p->surface, CAIRO_PDF_METADATA_CREATE_DATE, made);
	buf_free(&title);
}

enum rc
page_open(struct page **out, struct sink to, enum page_turn turn,
    const struct page_about *about, struct err *e)
{
	struct page *p;
	enum rc rc;

	*out = NULL;
	if ((rc = pango_load(&lib, e)) != RC_OK)
		return rc;
	p = alloc(1, sizeof(*p));
	p->to = to;
	p->number = 1;
	p->width = turn == PAGE_PORTRAIT ? A4_SHORT : A4_LONG;
	p->height = turn == PAGE_PORTRAIT ? A4_LONG : A4_SHORT;
	if ((rc = open_font(p, e)) != RC_OK) {
		page_drop(p);
		return rc;
	}
	p->surface = lib->cairo_pdf_surface_create_for_stream(
	    put, p, p->width * MM, p->height * MM);
	lib->cairo_pdf_surface_restrict_to_version(
	    p->surface, CAIRO_PDF_VERSION_1_5);
	set_about(p, about);
	p->cr = lib->cairo_create(p->surface);
	p->block = page_block_new(p);
	*out = p;
	return RC_OK;
}

static void
page_free(struct page *p)
{
	page_block_free(p->block);
	if (p->cr != NULL)
		lib->cairo_destroy(p->cr);
	if (p->surface != NULL)
		lib->cairo_surface_destroy(p->surface);
	if (p->covers != NULL)
		lib->g_object_unref(p->covers);
	if (p->context != NULL)
		lib->g_object_unref(p->context);
	if (p->map != NULL)
		lib->g_object_unref(p->map);
	buf_free(&p->shown);
	free(p);
}

enum rc
page_close(struct page *p, struct err *e)
{
	cairo_status_t status;
	enum rc rc;

	lib->cairo_show_page(p->cr);
	lib->cairo_surface_finish(p->surface);
	status = lib->cairo_status(p->cr);
	if (status == CAIRO_STATUS_SUCCESS)
		status = lib->cairo_surface_status(p->surface);
	rc = p->rc;
	if (rc != RC_OK)
		*e = p->why;
	else if (status != CAIRO_STATUS_SUCCESS)
		bug(lib->cairo_status_to_string(status));
	page_free(p);
	return rc;
}

void
page_drop(struct page *p)
{
	if (p == NULL)
		return;
	p->rc = RC_IO;
	page_free(p);
}

void
page_next(struct page *p)
{
	lib->cairo_show_page(p->cr);
	p->number++;
}

unsigned
page_number(const struct page *p)
{
	return p->number;
}

double
page_width(const struct page *p)
{
	return p->width;
}

double
page_height(const struct page *p)
{
	return p->height;
}

size_t
page_unknown(const struct page *p)
{
	return p->unknown;
}

/* ---- text ------------------------------------------------------------- */

static void
ink_set(struct page *p, enum page_ink ink)
{
	static const double inks[][3] = {
		[PAGE_BLACK] = { 0, 0, 0 },
		[PAGE_RED] = { 0.9, 0, 0 },
		[PAGE_GREY] = { 0.45, 0.45, 0.45 },
	};

	lib->cairo_set_source_rgb(
	    p->cr, inks[ink][0], inks[ink][1], inks[ink][2]);
}

/* Into p->shown, without what cannot be drawn. */
static void
show(struct page *p, struct bytes text)
{
	struct bytes one;

	p->shown.len = 0;
	while (text.len > 0) {
		one = utf8_shown(&text);
		if (one.p[0] < 0x80 ||
		    lib->pango_coverage_get(p->covers, code_point(one)) ==
			PANGO_COVERAGE_EXACT) {
			buf_add(&p->shown, one);
			continue;
		}
		p->unknown++;
		buf_add(&p->shown, bytes_str(lib->pango_coverage_get(p->covers,
						 0xfffd) == PANGO_COVERAGE_EXACT
						 ? FFFD
						 : "?"));
	}
}

struct page_block *
page_block_new(struct page *p)
{
	struct page_block *b = alloc(1, sizeof(*b));

	b->page = p;
	b->layout = lib->pango_layout_new(p->context);
	lib->pango_layout_set_wrap(b->layout, PANGO_WRAP_WORD_CHAR);
	lib->pango_layout_set_auto_dir(b->layout, FALSE);
	return b;
}

void
page_block_free(struct page_block *b)
{
	if (b == NULL)
		return;
	lib->g_object_unref(b->layout);
	free(b);
}

static PangoAttrList *
attributes(const struct page_style *s)
{
	PangoAttrList *list = lib->pango_attr_list_new();

	/* no other font steps in, no letters melt into one, and no hyphen
	 * stands in a number that was cut */
	lib->pango_attr_list_insert(list, lib->pango_attr_fallback_new(FALSE));
	lib->pango_attr_list_insert(
	    list, lib->pango_attr_font_features_new("liga=0"));
	lib->pango_attr_list_insert(
	    list, lib->pango_attr_insert_hyphens_new(FALSE));
	if ((s->face & PAGE_STRUCK) != 0)
		lib->pango_attr_list_insert(
		    list, lib->pango_attr_strikethrough_new(TRUE));
	return list;
}

void
page_block_set(struct page_block *b, const struct page_style *s, double width,
    struct bytes text)
{
	static const PangoAlignment aligned[] = {
		[PAGE_START] = PANGO_ALIGN_LEFT,
		[PAGE_MIDDLE] = PANGO_ALIGN_CENTER,
		[PAGE_END] = PANGO_ALIGN_RIGHT,
		[PAGE_JUSTIFY] = PANGO_ALIGN_LEFT,
	};
	PangoFontDescription *font = describe(s->points, s->face);
	PangoAttrList *list = attributes(s);

	show(b->page, text);
	b->ink = s->ink;
	b->points = s->points;
	lib->pango_layout_set_font_description(b->layout, font);
	lib->pango_layout_set_attributes(b->layout, list);
	lib->pango_layout_set_alignment(b->layout, aligned[s->align]);
	lib->pango_layout_set_justify(b->layout, s->align == PAGE_JUSTIFY);
	lib->pango_layout_set_indent(
	    b->layout, (int)(s->indent * MM * PANGO_SCALE));
	lib->pango_layout_set_line_spacing(
	    b->layout, (float)(s->leading > 0 ? s->leading : 1));
	lib->pango_layout_set_width(
	    b->layout, width < 0 ? -1 : (int)(width * MM * PANGO_SCALE));
	lib->pango_layout_set_text(b->layout,
	    b->page->shown.p == NULL ? "" : (const char *)b->page->shown.p,
	    (int)b->page->shown.len);
	lib->pango_attr_list_unref(list);
	lib->pango_font_description_free(font);
	b->page->unknown +=
	    (size_t)lib->pango_layout_get_unknown_glyphs_count(b->layout);
}

double
page_block_height(const struct page_block *b)
{
	int width, height;

	lib->pango_layout_get_size(b->layout, &width, &height);
	return (double)height / PANGO_SCALE / MM;
}

size_t
page_block_lines(const struct page_block *b)
{
	return (size_t)lib->pango_layout_get_line_count(b->layout);
}

double
page_block_draw(
    struct page_block *b, size_t *line, double x, double y, double bottom)
{
	struct page *p = b->page;
	PangoLayoutIter *i = lib->pango_layout_get_iter(b->layout);
	PangoRectangle logical;
	size_t at = 0;
	int top, end, from = 0;
	double below = y;
	bool more = page_block_lines(b) > *line;

	ink_set(p, b->ink);
	for (; more; more = lib->pango_layout_iter_next_line(i), at++) {
		if (at < *line)
			continue;
		lib->pango_layout_iter_get_line_yrange(i, &top, &end);
		if (at == *line)
			from = top;
		if (y + (end - from) / MM / PANGO_SCALE > bottom)
			break;
		lib->pango_layout_iter_get_line_extents(i, NULL, &logical);
		lib->cairo_move_to(p->cr,
		    x * MM + (double)logical.x / PANGO_SCALE,
		    y * MM + (double)(lib->pango_layout_iter_get_baseline(i) -
				      from) /
				 PANGO_SCALE);
		lib->pango_cairo_show_layout_line(
		    p->cr, lib->pango_layout_iter_get_line_readonly(i));
		below = y + (end - from) / MM / PANGO_SCALE;
	}
	lib->pango_layout_iter_free(i);
	*line = at > *line ? at : *line;
	return below;
}

double
page_text(struct page *p, const struct page_style *s, double x, double y,
    double width, struct bytes text)
{
	size_t line = 0;

	page_block_set(p->block, s, width, text);
	return page_block_draw(p->block, &line, x, y, 1e6);
}

void
page_text_in(struct page *p, const struct page_style *s, double x, double y,
    double width, double height, struct bytes text)
{
	const double tall = s->points * CAPITALS / MM;
	double first, above;
	size_t line = 0;
	PangoLayoutIter *i;
	int last;

	page_block_set(p->block, s, width, text);
	first = (double)lib->pango_layout_get_baseline(p->block->layout) /
		PANGO_SCALE / MM;
	i = lib->pango_layout_get_iter(p->block->layout);
	while (lib->pango_layout_iter_next_line(i))
		;
	last = lib->pango_layout_iter_get_baseline(i);
	lib->pango_layout_iter_free(i);
	above = (height - ((double)last / PANGO_SCALE / MM - first + tall)) / 2;
	(void)page_block_draw(
	    p->block, &line, x, y + above + tall - first, 1e6);
}

double
page_text_width(struct page *p, const struct page_style *s, struct bytes text)
{
	int width, height;

	page_block_set(p->block, s, -1, text);
	lib->pango_layout_get_size(p->block->layout, &width, &height);
	return (double)width / PANGO_SCALE / MM;
}

/* ---- lines ------------------------------------------------------------- */

void
page_line(struct page *p, double x1, double y1, double x2, double y2,
    double thick, enum page_ink ink)
{
	ink_set(p, ink);
	lib->cairo_set_line_width(p->cr, thick * MM);
	lib->cairo_move_to(p->cr, x1 * MM, y1 * MM);
	lib->cairo_line_to(p->cr, x2 * MM, y2 * MM);
	lib->cairo_stroke(p->cr);
}

void
page_dots(struct page *p, double x1, double x2, double y, enum page_ink ink)
{
	static const double dots[] = { 0, 1.1 * MM };

	lib->cairo_save(p->cr);
	lib->cairo_set_dash(p->cr, dots, 2, 0);
	lib->cairo_set_line_cap(p->cr, CAIRO_LINE_CAP_ROUND);
	page_line(p, x1, y, x2, y, 0.3, ink);
	lib->cairo_restore(p->cr);
}

void
page_box(struct page *p, double x, double y, double width, double height,
    double thick, enum page_ink ink)
{
	ink_set(p, ink);
	lib->cairo_set_line_width(p->cr, thick * MM);
	lib->cairo_rectangle(p->cr, (x + thick / 2) * MM, (y + thick / 2) * MM,
	    (width - thick) * MM, (height - thick) * MM);
	lib->cairo_stroke(p->cr);
}

bool
page_qr(struct page *p, double x, double y, double side, struct bytes text)
{
	struct qr qr;
	double module;
	int row, at, n;

	if (!qr_make(&qr, text))
		return false;
	module = side * MM / (qr.width + 2 * QR_QUIET);
	ink_set(p, PAGE_BLACK);
	for (row = 0; row < qr.width; row++)
		for (at = 0; (n = qr_run(&qr, &at, row)) > 0; at += n)
			lib->cairo_rectangle(p->cr,
			    x * MM + (at + QR_QUIET) * module,
			    y * MM + (row + QR_QUIET) * module, n * module,
			    module);
	lib->cairo_fill(p->cr);
	qr_free(&qr);
	return true;
}
