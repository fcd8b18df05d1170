/* SPDX-License-Identifier: EUPL-1.2 */
/* Drawings as other programs read them: rsvg-convert, and a scanner of QR
 * codes. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../tests/tap.h"
#include "core/checkwords.h"
#include "form/sheet.h"
#include "form/tree.h"

static char dir[] = "/tmp/antin-sheet.XXXXXX";
static char svg[64], png[64], text[64];

/* Runs a program with its output in the file "text"; its status, 127 where it
 * is not there. */
static int
run(const char *const argv[])
{
	int fd, status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		fd = open(text, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		if (fd >= 0)
			(void)dup2(fd, STDOUT_FILENO);
		fd = open("/dev/null", O_WRONLY);
		if (fd >= 0)
			(void)dup2(fd, STDERR_FILENO);
		(void)execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static void
save(const struct buf *drawing)
{
	FILE *f = fopen(svg, "wb");

	if (f == NULL ||
	    fwrite(drawing->p, 1, drawing->len, f) != drawing->len ||
	    fclose(f) != 0)
		bug("a drawing that cannot be saved");
}

static int
convert(const char *dpi)
{
	const char *const argv[] = { "rsvg-convert", "--dpi-x", dpi, "--dpi-y",
		dpi, "-o", png, svg, NULL };

	return run(argv);
}

static bool
scans_as(struct bytes code)
{
	const char *const argv[] = { "zbarimg", "--quiet", "--raw", "-Sdisable",
		"-Sqrcode.enable", png, NULL };
	struct buf read = { 0 };
	bool same;

	if (run(argv) != 0)
		return false;
	read = slurp(text);
	if (read.len > 0 && read.p[read.len - 1] == '\n')
		read.len--;
	same = bytes_eq(buf_bytes(&read), code);
	if (!same)
		note("read \"%.*s\"", (int)read.len, (const char *)read.p);
	buf_free(&read);
	return same;
}

static void
draw_sheet(struct buf *out, struct bytes code)
{
	struct buf words;
	struct sheet s = {
		.ceremony = bytes_str("Lễ sinh khóa <gốc> & \"lần 2\""),
		.holder = bytes_str("Thượng tá Nguyễn Thị Ngọc Ánh"),
		.date = bytes_str("22/11/2026 15:00"),
		.share = 2,
		.shares = 5,
		.quorum = 3,
		.code = code,
		.set = bytes_str("7f3a-91c2"),
	};

	checkwords_write(
	    &words, bytes_of("\x12\x99\xa0\xff\x42\x33\x07\xc8", CHECKWORDS));
	s.words = buf_bytes(&words);
	sheet_draw(out, &s);
	buf_free(&words);
}

/* At the resolution of a screen, of a fax, and of a printer. */
static void
codes_are_read_back(const char *what, struct bytes code)
{
	static const char *const dpi[] = { "96", "200", "300" };
	const size_t n = sizeof(dpi) / sizeof(dpi[0]);
	unsigned converted = 0, read = 0;
	struct buf out;
	size_t i;

	draw_sheet(&out, code);
	save(&out);
	for (i = 0; i < n; i++) {
		converted += convert(dpi[i]) == 0;
		read += scans_as(code);
	}
	is(converted, n, "rsvg-convert draws a sheet with %s", what);
	is(read, n, "zbarimg reads its code back from %zu pictures", n);
	buf_free(&out);
}

static void
trees_are_drawn(void)
{
	static const char name[] = "Sở <Nội> & \"vụ\" \x01\xff\xe2\x80\xae";
	struct tree_node nodes[40] = { { 0 } };
	struct buf out;
	size_t i;

	for (i = 0; i < 40; i++)
		nodes[i] = (struct tree_node){
			.parent = i / 3,
			.label = bytes_str(name),
			.note = bytes_str(name),
			.mark = (enum tree_mark)(i % 3),
		};
	tree_draw(&out, nodes, 40, bytes_str(name));
	save(&out);
	is((uint64_t)convert("96"), 0, "rsvg-convert draws a tree");
	buf_free(&out);
}

int
main(void)
{
	const char *const convert_version[] = { "rsvg-convert", "--version",
		NULL };
	const char *const scan_version[] = { "zbarimg", "--version", NULL };

	if (mkdtemp(dir) == NULL)
		bug("no folder for drawings");
	(void)snprintf(svg, sizeof(svg), "%s/svg", dir);
	(void)snprintf(png, sizeof(png), "%s/png", dir);
	(void)snprintf(text, sizeof(text), "%s/text", dir);

	if (run(convert_version) != 0) {
		skip("no rsvg-convert");
	} else {
		trees_are_drawn();
		if (run(scan_version) != 0) {
			skip("no zbarimg");
		} else {
			codes_are_read_back("a code of 76 capitals",
			    bytes_str(
				"AN1C0K2X7GQ4M5ZB6TRE8VJWHYPD3N9F0SAK"
				"1C2X7GQ4M5ZB6TRE8VJWHYPD3N9F0SAK7QZ40XYZ"));
			codes_are_read_back("one of small letters, too",
			    bytes_str("antin-share:2/5 Ab3dEf6hIj9k"));
			codes_are_read_back("a short one", bytes_str("7"));
		}
	}
	(void)unlink(svg);
	(void)unlink(png);
	(void)unlink(text);
	(void)rmdir(dir);
	return done();
}
