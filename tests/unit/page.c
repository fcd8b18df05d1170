/* SPDX-License-Identifier: EUPL-1.2 */
/* Pages of paper: A4, in one embedded font, and read by others as they were
 * written (docs/forms.md 1). */
#include <sys/wait.h>

#include "core/utf8.h"
#include "form/page.h"
#include "pdf.h"

static const struct page_about about = { { (const uint8_t *)"Phiếu", 7 },
	PDF_MADE };
static const struct page_style plain = { .points = 13 };
static struct err e;

/* All letters, in lines. */
static const char vietnamese[] = "AÀẢÃÁẠ ĂẰẲẴẮẶ ÂẦẨẪẤẬ BCDĐ EÈẺẼÉẸ ÊỀỂỄẾỆ\n"
				 "GHIÌỈĨÍỊ KLMN OÒỎÕÓỌ ÔỒỔỖỐỘ ƠỜỞỠỚỢ PQRST\n"
				 "UÙỦŨÚỤ ƯỪỬỮỨỰ VX YỲỶỸÝỴ\n"
				 "aàảãáạ ăằẳẵắặ âầẩẫấậ bcdđ eèẻẽéẹ êềểễếệ\n"
				 "ghiìỉĩíị klmn oòỏõóọ ôồổỗốộ ơờởỡớợ pqrst\n"
				 "uùủũúụ ưừửữứự vx yỳỷỹýỵ fi ffi fl\n";

static struct page *
begin(struct buf *out, enum page_turn turn)
{
	struct page *p = NULL;

	*out = (struct buf){ 0 };
	if (!went(page_open(&p, sink_buf(out), turn, &about, &e), &e,
		"a document begins"))
		exit(1);
	return p;
}

static void
draw(struct page *p, unsigned face)
{
	struct page_style s = plain;

	s.face = face;
	(void)page_text(p, &s, 30, 20, 165, bytes_str(vietnamese));
}

static void
letters_are_read_as_they_were_written(void)
{
	struct buf pdf;
	struct page *p;
	unsigned face;
	char *text;

	for (face = 0; face <= (PAGE_BOLD | PAGE_ITALIC); face++) {
		p = begin(&pdf, PAGE_PORTRAIT);
		draw(p, face);
		is(page_unknown(p), 0, "face %u has every letter", face);
		(void)went(page_close(p, &e), &e, "the document ends");
		text = pdf_text(&pdf);
		text[strlen(text) - 1] = '\0'; /* the form feed */
		same(bytes_str(text), bytes_str(vietnamese),
		    "and face %u's letters are read again", face);
		free(text);
		buf_free(&pdf);
	}
}

static void
fonts_are_embedded_and_pages_are_a4(void)
{
	struct buf pdf;
	struct page *p = begin(&pdf, PAGE_PORTRAIT);
	unsigned face, rows = 0, embedded = 0;
	char *said, *line;

	for (face = 0; face <= (PAGE_BOLD | PAGE_ITALIC); face++)
		draw(p, face);
	page_next(p);
	is(page_number(p), 2, "the second page is number 2");
	(void)page_close(p, &e);
	said = pdf_asked(buf_bytes(&pdf), "pdffonts", "");
	for (line = strtok(said, "\n"); line != NULL;
	     line = strtok(NULL, "\n")) {
		if (strchr(line, '+') == NULL)
			continue;
		rows++;
		embedded += strstr(line, " yes yes yes ") != NULL &&
			    (strstr(line, "+Tinos") != NULL ||
				strstr(line, "+LiberationSerif") != NULL);
	}
	ok(rows >= 4, "there are %u fonts", rows);
	is(embedded, rows, "all are the one family, embedded, with Unicode");
	free(said);
	said = pdf_asked(buf_bytes(&pdf), "pdfinfo -f 1 -l 2", "");
	is(pdf_count(said, "595.276 x 841.89 pts (A4)"), 2,
	    "both pages are A4");
	is(pdf_count(said, "Producer:        cairo"), 1, "by cairo");
	is(pdf_count(said, "Creator:         Antin\n"), 1, "for us");
	is(pdf_count(said, "Title:           Phiếu\n"), 1,
	    "and the title is what was given");
	ok(strstr(said, "Author") == NULL && strstr(said, "Keywords") == NULL,
	    "nothing else is told");
	free(said);
	said = pdf_asked(buf_bytes(&pdf), "pdfinfo -isodates", "");
	ok(strstr(said, "CreationDate:    2026-11-18T") != NULL &&
		strstr(said, "ModDate") == NULL,
	    "its time is the one that was given");
	free(said);
	buf_free(&pdf);
	p = begin(&pdf, PAGE_LANDSCAPE);
	(void)page_close(p, &e);
	said = pdf_asked(buf_bytes(&pdf), "pdfinfo", "");
	is(pdf_count(said, "841.89 x 595.276 pts (A4)"), 1, "turned, too");
	free(said);
	buf_free(&pdf);
}

static void
make(struct buf *out)
{
	struct page *p = begin(out, PAGE_PORTRAIT);
	unsigned face;

	for (face = 0; face <= (PAGE_BOLD | PAGE_ITALIC); face++)
		draw(p, face);
	ok(page_qr(p, 30, 100, 30, bytes_str("antin")), "a code is drawn");
	page_box(p, 30, 140, 40, 8, 0.5, PAGE_RED);
	page_next(p);
	page_dots(p, 30, 100, 50, PAGE_GREY);
	(void)page_close(p, &e);
}

static void
the_same_gives_the_same_bytes(void)
{
	struct buf one, two;

	make(&one);
	make(&two);
	same(buf_bytes(&one), buf_bytes(&two),
	    "the same input gives the same bytes");
	buf_free(&one);
	buf_free(&two);
}

static void
what_has_no_picture_is_counted(void)
{
	static const char odd[] =
	    "a\xf0\x9f\x98\x80z 中 x\xff\x01\xe2\x80\xaey";
	struct buf pdf;
	struct page *p = begin(&pdf, PAGE_PORTRAIT);
	char *text;

	(void)page_text(p, &plain, 30, 30, 100, bytes_str(odd));
	is(page_unknown(p), 2, "an emoji and a Chinese letter are counted");
	(void)page_close(p, &e);
	text = pdf_text(&pdf);
	ok(text[0] == 'a' && strchr(text, 'z') != NULL &&
		strchr(text, 'y') != NULL && strstr(text, "中") == NULL &&
		strchr(text, '\x01') == NULL,
	    "what is around them is there, and nothing that steers");
	free(text);
	text = pdf_asked(buf_bytes(&pdf), "pdffonts", "");
	is(pdf_count(text, "+"),
	    pdf_count(text, "+Tinos") + pdf_count(text, "+LiberationSerif"),
	    "and no other font stepped in");
	free(text);
	buf_free(&pdf);
}

static void
a_block_is_drawn_line_by_line(void)
{
	const char words[] = "một hai ba bốn năm sáu bảy tám chín mười";
	struct buf pdf;
	struct page *p = begin(&pdf, PAGE_PORTRAIT);
	struct page_block *b = page_block_new(p);
	size_t line = 0, before, turns = 0, all;
	char *text, *at;

	page_block_set(b, &plain, 20, bytes_str(words));
	all = page_block_lines(b);
	ok(all > 3, "a narrow column has %zu lines", all);
	is((uint64_t)page_block_draw(b, &line, 30, 30, 31), 30,
	    "no line is drawn where none has room");
	is(line, 0, "and none counts as drawn");
	while (line < all && turns++ < 100) {
		before = line;
		(void)page_block_draw(b, &line, 30, 30, 43);
		if (line <= before || line > before + 2)
			break;
		page_next(p);
	}
	is(line, all, "two lines at a time, all are drawn");
	page_block_free(b);
	(void)page_close(p, &e);
	text = pdf_text(&pdf);
	for (at = text; *at != '\0'; at++)
		if (*at == '\n' || *at == '\f')
			*at = ' ';
	is(pdf_count(text, "bảy"), 1, "a word stands once");
	for (at = strtok(text, " "), before = 0; at != NULL;
	     at = strtok(NULL, " "), before++)
		if (strncmp(words + before, at, strlen(at)) != 0)
			break;
		else
			before += strlen(at);
	is(before, strlen(words) + 1, "and all stand in their order");
	free(text);
	buf_free(&pdf);
}

/* Wherever the disk is full, that is what is said. */
static void
a_sink_that_refuses_is_heard(void)
{
	struct pdf_sink to = { 0, SIZE_MAX };
	struct page *p;
	size_t all, heard = 0, tried = 0;
	enum rc rc;

	if (page_open(&p, (struct sink){ pdf_put, &to }, PAGE_PORTRAIT, &about,
		&e) == RC_OK) {
		draw(p, 0);
		(void)page_close(p, &e);
	}
	all = to.bytes;
	ok(all > 1000, "a page is %zu bytes", all);
	for (to.most = 0; to.most < all; to.most += all / 40 + 1) {
		to.bytes = 0;
		e = (struct err){ 0 };
		rc = page_open(&p, (struct sink){ pdf_put, &to }, PAGE_PORTRAIT,
		    &about, &e);
		if (rc != RC_OK)
			break;
		draw(p, 0);
		page_next(p);
		tried++;
		heard += page_close(p, &e) == RC_LIMIT &&
			 strcmp(e.text, "full") == 0;
	}
	is(heard, tried, "a full disk is told, wherever it was full");
	to = (struct pdf_sink){ 0, SIZE_MAX };
	if (page_open(&p, (struct sink){ pdf_put, &to }, PAGE_PORTRAIT, &about,
		&e) == RC_OK) {
		draw(p, 0);
		all = to.bytes;
		page_drop(p);
	}
	is(to.bytes, all, "what is given up writes nothing more");
	page_drop(NULL);
}

/* In a process of its own, where fontconfig knows other fonts or none. */
static int
without_font(const char *config)
{
	char path[] = "/tmp/antin-fonts.XXXXXX";
	struct pdf_sink to = { 0, SIZE_MAX };
	struct page *p = NULL;
	int fd = mkstemp(path), good;

	if (fd < 0 || write(fd, config, strlen(config)) < 0)
		return 1;
	(void)close(fd);
	(void)setenv("FONTCONFIG_FILE", path, 1);
	good = page_open(&p, (struct sink){ pdf_put, &to }, PAGE_PORTRAIT,
		   &about, &e) == RC_ABSENT &&
	       p == NULL && to.bytes == 0 &&
	       strstr(e.text, "fonts-croscore") != NULL;
	(void)unlink(path);
	if (!good)
		note("%s", e.text);
	return good ? 0 : 1;
}

static void
another_font_is_refused(void)
{
	static const char *const configs[] = { "<fontconfig></fontconfig>",
		"<fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir>"
		"</fontconfig>" };
	size_t i;
	int status;
	pid_t child;

	for (i = 0; i < 2; i++) {
		(void)fflush(stdout);
		child = fork();
		if (child == 0)
			_exit(without_font(configs[i]));
		ok(waitpid(child, &status, 0) == child && status == 0,
		    i == 0 ? "without any font the package is named"
			   : "another font is not taken for ours");
	}
}

int
main(void)
{
	pdf_begin();
	another_font_is_refused(); /* before fontconfig has read its own */
	letters_are_read_as_they_were_written();
	fonts_are_embedded_and_pages_are_a4();
	the_same_gives_the_same_bytes();
	what_has_no_picture_is_counted();
	a_block_is_drawn_line_by_line();
	a_sink_that_refuses_is_heard();
	pdf_end();
	return done();
}
