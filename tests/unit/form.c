/* SPDX-License-Identifier: EUPL-1.2 */
/* Drawings: well-formed whatever is written in them, and laid out as said. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../tests/tap.h"
#include "core/utf8.h"
#include "form/sheet.h"
#include "form/svg.h"
#include "form/timeline.h"
#include "form/tree.h"

#define DEEP 64 /* elements within one another, at the most */
#define FFFD "\xef\xbf\xbd"

/* ---- is it XML? -------------------------------------------------------- */

static bool
skip_str(struct bytes *in, const char *s)
{
	size_t n = strlen(s);

	if (in->len < n || memcmp(in->p, s, n) != 0)
		return false;
	*in = bytes_of(in->p + n, in->len - n);
	return true;
}

/* Characters up to one of "end"; references are the five of XML. */
static bool
skip_text(struct bytes *in, const char *end)
{
	while (in->len > 0 && strchr(end, in->p[0]) == NULL) {
		if (in->p[0] == '<' ||
		    (in->p[0] < ' ' && strchr("\n\t", in->p[0]) == NULL))
			return false;
		if (in->p[0] != '&')
			*in = bytes_of(in->p + 1, in->len - 1);
		else if (!skip_str(in, "&lt;") && !skip_str(in, "&gt;") &&
			 !skip_str(in, "&amp;") && !skip_str(in, "&quot;") &&
			 !skip_str(in, "&#39;"))
			return false;
	}
	return in->len > 0;
}

static struct bytes
name(struct bytes *in)
{
	struct bytes out = *in;

	out.len = 0;
	while (out.len < in->len && (strchr("-:", in->p[out.len]) != NULL ||
					(in->p[out.len] | 32) - 'a' + 0u < 26 ||
					in->p[out.len] - '0' + 0u < 10))
		out.len++;
	*in = bytes_of(in->p + out.len, in->len - out.len);
	return out;
}

static bool
skip_attributes(struct bytes *in)
{
	struct bytes seen[16];
	size_t n = 0, i;

	while (skip_str(in, " ")) {
		if (n == 16)
			return false;
		seen[n] = name(in);
		for (i = 0; i < n; i++)
			if (bytes_eq(seen[i], seen[n]))
				return false;
		if (seen[n++].len == 0 || !skip_str(in, "=\"") ||
		    !skip_text(in, "\"") || !skip_str(in, "\""))
			return false;
	}
	return true;
}

/* One element and nothing around it; of no names but these. */
static bool
is_picture(struct bytes in)
{
	static const char names[] = " svg title rect line text g path ";
	struct bytes open[DEEP], tag;
	size_t depth = 0;
	char padded[16];

	if (!utf8_valid(in))
		return false;
	do {
		if (skip_str(&in, "</")) {
			tag = name(&in);
			if (depth == 0 || !bytes_eq(tag, open[--depth]) ||
			    !skip_str(&in, ">"))
				return false;
		} else {
			if (!skip_str(&in, "<"))
				return false;
			tag = name(&in);
			(void)snprintf(padded, sizeof(padded), " %.*s ",
			    (int)tag.len, (const char *)tag.p);
			if (strstr(names, padded) == NULL ||
			    !skip_attributes(&in) || depth == DEEP)
				return false;
			if (!skip_str(&in, "/>")) {
				open[depth++] = tag;
				if (!skip_str(&in, ">"))
					return false;
			}
		}
		if (depth > 0 && !skip_text(&in, "<"))
			return false;
	} while (depth > 0);
	return bytes_is(in, "\n");
}

/* Does "what" stand in it?  A NUL is no part of a drawing. */
static bool
has(const struct buf *drawing, const char *what)
{
	return memmem(drawing->p, drawing->len, what, strlen(what)) != NULL;
}

static unsigned
count(const struct buf *drawing, const char *what)
{
	const uint8_t *at = drawing->p, *end = drawing->p + drawing->len;
	unsigned n = 0;

	while (
	    (at = memmem(at, (size_t)(end - at), what, strlen(what))) != NULL) {
		at++;
		n++;
	}
	return n;
}

/* Nothing that a browser would run or fetch. */
static bool
refers_to_nothing(const struct buf *drawing)
{
	return count(drawing, "://") == 1 && /* the namespace's name */
	       !has(drawing, "href") && !has(drawing, "url(") &&
	       !has(drawing, "<style") && !has(drawing, " style=") &&
	       !has(drawing, "<!") && !has(drawing, "<?");
}

static void
the_checker_finds_faults(void)
{
	static const char *const bad[] = { "", "<svg>", "</svg>\n",
		"<svg></svg>", "<svg></text>\n", "<svg><g></svg></g>\n",
		"<svg>&</svg>\n", "<svg>&nbsp;</svg>\n", "<svg a=\"<\"/>\n",
		"<svg a=\"1\" a=\"2\"/>\n", "<svg a='1'/>\n", "<svg a/>\n",
		"<svg>\x01</svg>\n", "<svg>\xff</svg>\n", "<svg/><svg/>\n",
		"<script/>\n", "<svg><image/></svg>\n", "<!-- --><svg/>\n",
		"<svg>]]<</svg>\n" };
	const size_t n = sizeof(bad) / sizeof(bad[0]);
	unsigned taken = 0;
	size_t i;

	for (i = 0; i < n; i++)
		taken += is_picture(bytes_str(bad[i]));
	is(taken, 0, "%zu texts are no drawings", n);
	ok(is_picture(
	       bytes_str("<svg a=\"&lt;\" b=\"'\"><g/>\n&amp;x</svg>\n")),
	    "and one is");
}

/* ---- elements ---------------------------------------------------------- */

static const char hostile[] =
    "</text><script>alert(\"1\")</script>&lt;&#1;]]>' onload='x\x01\x7f\x1b[2J"
    "\xff\xc3\xe2\x80\xae\xef\xbf\xbe\r\n\t\xed\xa0\x80";

static void
text_is_escaped(void)
{
	struct buf out;
	struct svg s;

	svg_begin(&s, 100, 50, bytes_str("<&>\"'"));
	svg_text(&s, 1, 2, 3, SVG_PLAIN, SVG_START,
	    bytes_str("a<b & \"c\" 'd'>\x01\xff\xe2\x80\xae Đ"));
	svg_end(&s, &out);
	ok(has(&out, "<title>&lt;&amp;&gt;&quot;&#39;</title>"),
	    "a title is escaped");
	ok(has(&out,
	       ">a&lt;b &amp; &quot;c&quot; &#39;d&#39;&gt;" FFFD FFFD FFFD
	       " Đ</text>"),
	    "a text is escaped; what is no text becomes U+FFFD");
	ok(s.out.p == NULL, "the picture is taken");
	buf_free(&out);

	svg_begin(&s, 100, 50, bytes_str(hostile));
	svg_ink(&s, "#123");
	svg_text(&s, 0, 0, 1, SVG_MONO, SVG_END, bytes_str(hostile));
	svg_ink_end(&s);
	svg_end(&s, &out);
	ok(is_picture(buf_bytes(&out)) && refers_to_nothing(&out),
	    "a hostile text is text");
	buf_free(&out);
}

static void
every_byte_may_be_in_a_text(void)
{
	struct dice d = { 1 };
	uint8_t text[32];
	unsigned round, i, amiss = 0;
	struct buf out;
	struct svg s;

	for (round = 0; round < 5000; round++) {
		for (i = 0; i < sizeof(text); i++)
			text[i] = (uint8_t)dice_below(&d, 256);
		svg_begin(&s, 10, 10, bytes_of(text, sizeof(text)));
		svg_text(&s, 0, 0, 1, SVG_BOLD, SVG_MIDDLE,
		    bytes_of(text, sizeof(text)));
		svg_end(&s, &out);
		amiss += !is_picture(buf_bytes(&out));
		buf_free(&out);
	}
	is(amiss, 0, "of %u texts of random bytes each makes a drawing", round);
}

static void
numbers_are_hundredths(void)
{
	struct buf out;
	struct svg s;

	svg_begin(&s, 148, 209.2, bytes_str("t"));
	svg_line(&s, 0, -1.5, 0.004, 12.345678);
	svg_rect(&s, 0.995, -0.004, 1000, 7, "#abc");
	svg_box(&s, 1, 2, 3, 4, "#fff", true);
	svg_end(&s, &out);
	ok(has(&out, "width=\"148mm\" height=\"210mm\" "
		     "viewBox=\"0 0 148 210\""),
	    "a page is of whole millimetres");
	ok(has(&out, "x1=\"0.00\" y1=\"-1.50\" x2=\"0.00\" y2=\"12.35\""),
	    "numbers are hundredths of them");
	ok(has(&out, "x=\"1.00\" y=\"0.00\" width=\"1000.00\""),
	    "rounded, and never -0");
	is(count(&out, "dasharray"), 1, "a dashed box is dashed");
	ok(has(&out, " role=\"img\"") && is_picture(buf_bytes(&out)),
	    "it says that it is a picture");
	buf_free(&out);
}

static void
text_is_made_to_fit(void)
{
	struct bytes text = bytes_str("Ủy ban nhân dân");

	ok(svg_fit(text, 4, SVG_PLAIN, 1000) >= 4 &&
		svg_fit(text, 4, SVG_PLAIN, 1000) <= 4,
	    "what fits keeps its size");
	ok(svg_width(text, svg_fit(text, 4, SVG_BOLD, 9), SVG_BOLD) < 9.001,
	    "what does not is made smaller");
	ok(svg_width(text, 4, SVG_BOLD) > svg_width(text, 4, SVG_PLAIN) &&
		svg_width(bytes_str("mmm"), 4, SVG_PLAIN) >
		    svg_width(bytes_str("iii"), 4, SVG_PLAIN),
	    "bold letters and broad ones are wider");
	ok(svg_width(bytes_str(""), 4, SVG_PLAIN) <= 0 &&
		svg_width(bytes_str("e\xcc\x82\xcc\x81"), 4, SVG_PLAIN) <=
		    svg_width(bytes_str("e"), 4, SVG_PLAIN),
	    "nothing has no width, nor have combining marks");
}

/* ---- QR codes ---------------------------------------------------------- */

static bool
draws(size_t len, char letter)
{
	struct buf text = { 0 }, out;
	struct svg s;
	size_t empty;
	bool drawn;

	memset(buf_grow(&text, len + 1), letter, len);
	svg_begin(&s, 100, 100, bytes_str("t"));
	empty = s.out.len;
	drawn = svg_qr(&s, 1, 1, 80, bytes_of(text.p, len));
	if (drawn != (s.out.len > empty))
		bug("half a QR code");
	svg_end(&s, &out);
	if (!is_picture(buf_bytes(&out)))
		bug("no drawing");
	buf_free(&text);
	buf_free(&out);
	return drawn;
}

/* ISO/IEC 18004, version 40-M: 2,331 bytes or 3,391 capitals. */
static void
qr_codes_have_a_limit(void)
{
	ok(draws(1, 'a') && draws(2331, 'a') && draws(3391, 'A'),
	    "a text up to the standard's limit is a QR code");
	ok(!draws(2332, 'a') && !draws(3392, 'A') && !draws(100000, 'A'),
	    "a longer one is not, and nothing is drawn");
	ok(!draws(0, 'a') && !draws(5, '\0'), "nor is nothing");
}

/* ISO/IEC 18004: four modules of white on each side of the 21 of
 * version 1, whose first row begins with the seven of a finder pattern. */
static void
qr_codes_have_a_quiet_zone(void)
{
	struct buf out;
	struct svg s;

	svg_begin(&s, 100, 100, bytes_str("t"));
	ok(!svg_qr(&s, 1, 1, 80, bytes_of("AB\0CD", 5)),
	    "a text with a NUL is no QR code");
	ok(svg_qr(&s, 1, 1, 80, bytes_str("AB")), "one without is");
	svg_end(&s, &out);
	ok(has(&out, "viewBox=\"0 0 29 29\"") && has(&out, " d=\"M4 4h7v1h-7z"),
	    "four modules of white are around it");
	buf_free(&out);
}

/* ---- trees ------------------------------------------------------------- */

#define MOST 3355

static struct tree_node nodes[MOST];
static char names[MOST][24];

static void
plant(size_t n, uint32_t seed)
{
	struct dice d = { seed };
	size_t i;

	for (i = 0; i < n; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "[%zu]", i);
		nodes[i] = (struct tree_node){
			.parent = i == 0 ? 0 : dice_below(&d, (uint32_t)i),
			.label = bytes_str(names[i]),
			.note = bytes_str(i % 3 == 0 ? "a note" : ""),
			.mark = i % 5 == 4 ? TREE_CLOSED : TREE_PLAIN,
		};
	}
}

struct box {
	double x, y, width, height;
};

/* The boxes in the order of their nodes; the page is not one. */
static size_t
boxes(struct box *out, const struct buf *drawing)
{
	const char *at = (const char *)drawing->p;
	size_t n = 0;

	at = strstr(at, "<rect") + 1;
	while (n < MOST && (at = strstr(at, "<rect")) != NULL) {
		if (sscanf(at,
			"<rect x=\"%lf\" y=\"%lf\" width=\"%lf\" "
			"height=\"%lf\"",
			&out[n].x, &out[n].y, &out[n].width,
			&out[n].height) != 4)
			return 0;
		at++;
		n++;
	}
	return n;
}

static unsigned
lines_askew(const struct buf *drawing)
{
	const char *at = (const char *)drawing->p;
	char x1[16], y1[16], x2[16], y2[16];
	unsigned askew = 0;

	while ((at = strstr(at, "<line")) != NULL) {
		if (sscanf(at,
			"<line x1=\"%15[^\"]\" y1=\"%15[^\"]\" "
			"x2=\"%15[^\"]\" y2=\"%15[^\"]\"",
			x1, y1, x2, y2) != 4)
			return 1;
		askew += strcmp(x1, x2) != 0 && strcmp(y1, y2) != 0;
		at++;
	}
	return askew;
}

/* A child is to the right of its parent and not above it, below its elder
 * sibling, and the first one beside its parent. */
static unsigned
children_out_of_place(const struct box *box, size_t n)
{
	static size_t last[MOST];
	unsigned amiss = 0;
	size_t i, p;

	memset(last, 0, sizeof(last));
	for (i = 1; i < n; i++) {
		p = nodes[i].parent;
		amiss += box[i].x <= box[p].x + box[p].width;
		if (last[p] == 0)
			amiss += box[i].y < box[p].y || box[i].y > box[p].y;
		else
			amiss += box[i].y <= box[last[p]].y ||
				 box[i].x < box[last[p]].x ||
				 box[i].x > box[last[p]].x;
		last[p] = i;
	}
	return amiss;
}

/* One line to each child, and one down beside the children where there are
 * several. */
static unsigned
lines_wanted(size_t n)
{
	static unsigned children[MOST];
	unsigned lines = 0;
	size_t i;

	memset(children, 0, sizeof(children));
	for (i = 1; i < n; i++)
		lines += children[nodes[i].parent]++ == 1 ? 2 : 1;
	return lines;
}

static unsigned
boxes_that_touch(const struct box *box, size_t n)
{
	unsigned touch = 0;
	size_t i, j;

	for (i = 0; i < n; i++)
		for (j = 0; j < i; j++)
			touch += box[i].x <= box[j].x + box[j].width &&
				 box[j].x <= box[i].x + box[i].width &&
				 box[i].y <= box[j].y + box[j].height &&
				 box[j].y <= box[i].y + box[i].height;
	return touch;
}

static void
trees_are_laid_out(void)
{
	static struct box box[MOST];
	unsigned round, amiss = 0, touch = 0, askew = 0, unlike = 0;
	struct buf out;
	size_t n, i;

	for (round = 0; round < 200; round++) {
		n = 1 + round;
		plant(n, round);
		tree_draw(&out, nodes, n, bytes_str("a tree"));
		buf_u8(&out, '\0');
		out.len--;
		amiss += !is_picture(buf_bytes(&out)) || boxes(box, &out) != n;
		amiss += children_out_of_place(box, n);
		touch += boxes_that_touch(box, n);
		askew += lines_askew(&out);
		askew += count(&out, "<line") != lines_wanted(n);
		for (i = 0; i < n; i++)
			unlike += count(&out, names[i]) != 1;
		unlike += count(&out, "dasharray") != n / 5;
		buf_free(&out);
	}
	is(amiss, 0, "of %u trees each child stands where it should", round);
	is(touch, 0, "no box touches another");
	is(askew, 0, "lines go across and down, as many as there should be");
	is(unlike, 0, "each name is there once, and closed units are dashed");
}

static void
large_trees_grow_in_height(void)
{
	static struct box box[MOST];
	struct buf out;
	size_t i;

	plant(MOST, 1);
	for (i = 1; i < MOST; i++)
		nodes[i].parent = i < 35 ? 0 : 1 + i % 34;
	tree_draw(&out, nodes, MOST, bytes_str("a country"));
	buf_u8(&out, '\0');
	is(boxes(box, &out), MOST, "%d nodes are drawn", MOST);
	is(children_out_of_place(box, MOST), 0, "each in its place");
	ok(strstr((const char *)out.p, "<svg ") != NULL &&
		box[MOST - 1].x + box[MOST - 1].width < 200,
	    "on a page that fits a screen's width");
	buf_free(&out);
	for (i = 1; i < MOST; i++)
		nodes[i].parent = i - 1;
	tree_draw(&out, nodes, MOST, bytes_str("a chain"));
	buf_u8(&out, '\0');
	is(boxes(box, &out), MOST, "and so are %d that stand in one line",
	    MOST);
	is(children_out_of_place(box, MOST), 0, "each beside its parent");
	buf_free(&out);
}

static void
trees_take_any_text(void)
{
	char longest[1200];
	struct tree_node n[3] = {
		{ 0, bytes_str(hostile), bytes_str(hostile), TREE_WARN },
		{ 0, bytes_str(""), bytes_str("only a note"), TREE_CLOSED },
		{ 1, bytes_of(longest, sizeof(longest)), { 0 }, TREE_PLAIN },
	};
	struct buf out;

	memset(longest, 'm', sizeof(longest));
	tree_draw(&out, n, 3, bytes_str(hostile));
	ok(is_picture(buf_bytes(&out)) && refers_to_nothing(&out),
	    "a tree of hostile names is a tree");
	ok(has(&out, "#ffe2a8"), "a warned unit is amber");
	buf_free(&out);
	tree_draw(&out, n, 1, bytes_str("one"));
	ok(is_picture(buf_bytes(&out)) && count(&out, "<line") == 0,
	    "one node has no lines");
	buf_free(&out);
	tree_draw(&out, NULL, 0, bytes_str("none"));
	ok(is_picture(buf_bytes(&out)), "and a tree of none is a picture");
	buf_free(&out);
}

/* ---- the sheet --------------------------------------------------------- */

static struct sheet
good(void)
{
	return (struct sheet){
		.ceremony = bytes_str("Gốc 2026"),
		.holder = bytes_str("Nguyễn Thị Ánh"),
		.date = bytes_str("22/11/2026"),
		.share = 2,
		.shares = 5,
		.quorum = 3,
		.code = bytes_str("ABCD1234EFGH5678IJKL9"),
		.words = bytes_str("mot hai ba bon nam sau bay tam"),
		.set = bytes_str("7f3a"),
	};
}

static void
a_sheet_says_all(void)
{
	static const char *const said[] = { ">Gốc 2026<", ">Nguyễn Thị Ánh<",
		">22/11/2026<", ">7f3a<", ">Share 2 of 5<",
		">Any 3 of the 5 shares together open the key.<", ">ABCD<",
		">1234<", ">EFGH<", ">5678<", ">IJKL<", ">9<", ">1<", ">2<",
		">mot<", ">hai<", ">ba<", ">bon<", ">nam<", ">sau<", ">bay<",
		">tam<", "width=\"148mm\" height=\"210mm\"" };
	const size_t n = sizeof(said) / sizeof(said[0]);
	struct sheet s = good();
	unsigned lacks = 0;
	struct buf out;
	size_t i;

	sheet_draw(&out, &s);
	for (i = 0; i < n; i++)
		lacks += !has(&out, said[i]);
	is(lacks, 0, "a sheet says all %zu things that it should", n);
	ok(is_picture(buf_bytes(&out)) && refers_to_nothing(&out),
	    "it is a picture that refers to nothing");
	ok(!has(&out, "ABCD1234"), "the code stands in groups only");
	is(count(&out, "<path"), 1, "with one QR code");
	buf_free(&out);
}

/* Texts whose baseline begins off the page, or goes up. */
static unsigned
texts_off_the_page(const struct buf *drawing)
{
	const char *at = (const char *)drawing->p;
	unsigned off = 0;
	double x, y, size;

	while ((at = strstr(at, "<text")) != NULL) {
		off += sscanf(at, "<text x=\"%lf\" y=\"%lf\" font-size=\"%lf\"",
			   &x, &y, &size) != 3 ||
		       x < 12 || x > 136 || y < 12 || y > 204 || size <= 0;
		at++;
	}
	return off;
}

static void
a_sheet_takes_any_text(void)
{
	struct sheet s = good();
	struct buf out, words = { 0 }, code = { 0 };
	unsigned i, amiss = 0;

	s.ceremony = s.holder = s.date = s.set = s.words = bytes_str(hostile);
	sheet_draw(&out, &s);
	ok(is_picture(buf_bytes(&out)) && refers_to_nothing(&out),
	    "a sheet of hostile names is a sheet");
	buf_free(&out);
	for (i = 0; i < 200; i++) {
		s = good();
		s.ceremony = s.holder = s.date = s.set = buf_bytes(&words);
		buf_u8(&code, (uint8_t)('A' + i % 26));
		s.code = buf_bytes(&code);
		sheet_draw(&out, &s);
		amiss += !is_picture(buf_bytes(&out));
		buf_u8(&out, '\0');
		amiss += texts_off_the_page(&out);
		buf_free(&out);
		buf_add(&words, bytes_str(i % 7 == 3 ? " " : "Ủ"));
	}
	is(amiss, 0, "names and codes of up to %u letters stay on the page", i);
	buf_free(&words);
	buf_free(&code);
}

/* ---- broken promises --------------------------------------------------- */

static void
a_node_before_its_parent(void)
{
	struct tree_node n[3] = { { 0 }, { .parent = 2 }, { .parent = 0 } };
	struct buf out;

	tree_draw(&out, n, 3, bytes_str("t"));
}

static void
a_node_that_is_its_own_parent(void)
{
	struct tree_node n[2] = { { 0 }, { .parent = 1 } };
	struct buf out;

	tree_draw(&out, n, 2, bytes_str("t"));
}

static void
a_code_for_no_qr(void)
{
	struct sheet s = good();
	struct buf out;

	s.code = (struct bytes){ 0 };
	sheet_draw(&out, &s);
}

static void
broken_promises_end_the_process(void)
{
	static void (*const promises[])(void) = { a_node_before_its_parent,
		a_node_that_is_its_own_parent, a_code_for_no_qr };
	const size_t n = sizeof(promises) / sizeof(promises[0]);
	unsigned ended = 0;
	int status = 0;
	size_t i;
	pid_t pid;

	for (i = 0; i < n; i++) {
		if ((pid = fork()) == 0) {
			(void)close(STDERR_FILENO);
			promises[i]();
			_exit(0);
		}
		ended +=
		    pid > 0 && waitpid(pid, &status, 0) == pid && status != 0;
	}
	is(ended, n, "each of %zu broken promises ends the process", n);
}

/* ---- a story ----------------------------------------------------------- */

static void
a_story_is_told_in_its_order(void)
{
	static const struct timeline_event events[] = {
		{ { (const uint8_t *)"22/11", 5 },
		    { (const uint8_t *)"20:05", 5 },
		    { (const uint8_t *)"vn", 2 },
		    { (const uint8_t *)"sealed", 6 }, TIMELINE_DONE },
		{ { (const uint8_t *)"22/11", 5 },
		    { (const uint8_t *)"20:06", 5 },
		    { (const uint8_t *)"dien-bien", 9 },
		    { (const uint8_t *)"waits", 5 }, TIMELINE_WAITS },
		{ { (const uint8_t *)"23/11", 5 },
		    { (const uint8_t *)"08:00", 5 },
		    { (const uint8_t *)"nam-po", 6 },
		    { (const uint8_t *)"late", 4 }, TIMELINE_TROUBLE },
	};
	struct buf out;

	timeline_draw(&out, events, 3, bytes_str("Điện 17"));
	ok(is_picture(buf_bytes(&out)) && refers_to_nothing(&out),
	    "a story is a picture");
	is(count(&out, ">22/11<"), 1, "a day is said once");
	is(count(&out, ">23/11<"), 1, "and so is the next");
	ok((const uint8_t *)memmem(out.p, out.len, ">20:05<", 7) <
		(const uint8_t *)memmem(out.p, out.len, ">20:06<", 7),
	    "events stand in their order");
	is(count(&out, "stroke-dasharray"), 1, "what waits is dashed");
	is(count(&out, ">!<"), 1, "trouble has a sign, not a colour only");
	buf_free(&out);
	timeline_draw(&out, NULL, 0, (struct bytes){ 0 });
	ok(is_picture(buf_bytes(&out)), "of nothing it is an empty page");
	buf_free(&out);
}

static void
a_story_takes_any_text(void)
{
	struct timeline_event event = { bytes_str(hostile), bytes_str(hostile),
		bytes_str(hostile), bytes_str(hostile), TIMELINE_TROUBLE };
	struct buf out, long_text = { 0 };
	unsigned i;

	timeline_draw(&out, &event, 1, bytes_str(hostile));
	ok(is_picture(buf_bytes(&out)) && refers_to_nothing(&out),
	    "a story takes any text");
	buf_free(&out);
	for (i = 0; i < 1000; i++)
		buf_add(&long_text, bytes_str("Mường "));
	event.what = buf_bytes(&long_text);
	timeline_draw(&out, &event, 1, bytes_str("x"));
	ok(is_picture(buf_bytes(&out)) && !has(&out, "width=\"1000"),
	    "and a long one makes no wide page");
	buf_free(&out);
	buf_free(&long_text);
}

int
main(void)
{
	the_checker_finds_faults();
	text_is_escaped();
	every_byte_may_be_in_a_text();
	numbers_are_hundredths();
	text_is_made_to_fit();
	qr_codes_have_a_limit();
	qr_codes_have_a_quiet_zone();
	trees_are_laid_out();
	large_trees_grow_in_height();
	trees_take_any_text();
	a_sheet_says_all();
	a_sheet_takes_any_text();
	a_story_is_told_in_its_order();
	a_story_takes_any_text();
	broken_promises_end_the_process();
	return done();
}
