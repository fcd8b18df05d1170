/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cairo and pango, opened when the first page is drawn: with them come some
 * twenty other libraries, which what seals and opens should neither wait for
 * nor have in its memory.
 */
#ifndef FORM_PANGO_H
#define FORM_PANGO_H

#include <cairo-pdf.h>
#include <cairo.h>
#include <pango/pangocairo.h>

#include "core/err.h"

/* What page.c calls of them. */
/* clang-format off */
#define PANGO_CALLS(X) \
	X(cairo_create) X(cairo_destroy) X(cairo_fill) \
	X(cairo_font_options_create) X(cairo_font_options_destroy) \
	X(cairo_font_options_set_hint_metrics) \
	X(cairo_font_options_set_hint_style) X(cairo_line_to) \
	X(cairo_move_to) X(cairo_pdf_surface_create_for_stream) \
	X(cairo_pdf_surface_restrict_to_version) \
	X(cairo_pdf_surface_set_metadata) X(cairo_rectangle) \
	X(cairo_restore) X(cairo_save) X(cairo_set_dash) \
	X(cairo_set_line_cap) X(cairo_set_line_width) \
	X(cairo_set_source_rgb) X(cairo_show_page) X(cairo_status) \
	X(cairo_status_to_string) X(cairo_stroke) X(cairo_surface_destroy) \
	X(cairo_surface_finish) X(cairo_surface_status) X(g_object_unref) \
	X(pango_attr_fallback_new) X(pango_attr_font_features_new) \
	X(pango_attr_insert_hyphens_new) X(pango_attr_list_insert) \
	X(pango_attr_list_new) X(pango_attr_list_unref) \
	X(pango_attr_strikethrough_new) \
	X(pango_cairo_context_set_font_options) \
	X(pango_cairo_context_set_resolution) X(pango_cairo_font_map_new) \
	X(pango_cairo_show_layout_line) X(pango_context_set_base_dir) \
	X(pango_context_set_language) \
	X(pango_context_set_round_glyph_positions) X(pango_coverage_get) \
	X(pango_font_describe) X(pango_font_description_free) \
	X(pango_font_description_get_family) X(pango_font_description_new) \
	X(pango_font_description_set_absolute_size) \
	X(pango_font_description_set_family_static) \
	X(pango_font_description_set_style) \
	X(pango_font_description_set_weight) X(pango_font_get_coverage) \
	X(pango_font_map_create_context) X(pango_font_map_load_font) \
	X(pango_language_from_string) X(pango_layout_get_baseline) \
	X(pango_layout_get_iter) X(pango_layout_get_line_count) \
	X(pango_layout_get_size) X(pango_layout_get_unknown_glyphs_count) \
	X(pango_layout_iter_free) X(pango_layout_iter_get_baseline) \
	X(pango_layout_iter_get_line_extents) \
	X(pango_layout_iter_get_line_readonly) \
	X(pango_layout_iter_get_line_yrange) X(pango_layout_iter_next_line) \
	X(pango_layout_new) X(pango_layout_set_alignment) \
	X(pango_layout_set_attributes) X(pango_layout_set_auto_dir) \
	X(pango_layout_set_font_description) X(pango_layout_set_indent) \
	X(pango_layout_set_justify) X(pango_layout_set_line_spacing) \
	X(pango_layout_set_text) X(pango_layout_set_width) \
	X(pango_layout_set_wrap)
/* clang-format on */

struct pango_calls {
#define X(call) __typeof__(&(call)) call;
	PANGO_CALLS(X)
#undef X
};

/* RC_ABSENT: a library or one of its calls is not there; the text names the
 * package.  *out lives for ever. */
enum rc pango_load(const struct pango_calls **out, struct err *e);

#endif
