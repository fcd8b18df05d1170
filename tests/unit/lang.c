/* SPDX-License-Identifier: EUPL-1.2 */
/* Texts that a program finished in English are said in another language. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../tests/tap.h"
#include "core/lang.h"

extern const struct lang_text lang_vi[];
extern const size_t lang_vi_len;

/* What is said of an English text. */
static char *
said(const char *text)
{
	struct buf out = { 0 };
	char *copy;

	tr_said(&out, text);
	buf_u8(&out, '\0');
	copy = strdup((const char *)out.p);
	if (copy == NULL)
		bug("no memory");
	buf_free(&out);
	return copy;
}

static void
says(const char *english, const char *wanted)
{
	char *got = said(english);

	same(bytes_str(got), bytes_str(wanted), "%s", wanted);
	free(got);
}

/* A format as it is filled in: numbers are 17, words "ba-vi". */
static char *
filled(const char *fmt)
{
	struct buf out = { 0 };
	char *copy;

	while (*fmt != '\0') {
		if (*fmt != '%' || fmt[1] == '%') {
			fmt += *fmt == '%';
			buf_u8(&out, (uint8_t)*fmt++);
			continue;
		}
		fmt += 1 + strspn(fmt + 1, "$-+ #0123456789.*hljzt");
		buf_add(&out, bytes_str(*fmt++ == 's' ? "ba-vi" : "17"));
	}
	buf_u8(&out, '\0');
	copy = strdup((const char *)out.p);
	if (copy == NULL)
		bug("no memory");
	buf_free(&out);
	return copy;
}

static size_t
letters(const char *fmt)
{
	size_t n = 0;

	for (; *fmt != '\0'; fmt++)
		n += (*fmt | 0x20) >= 'a' && (*fmt | 0x20) <= 'z';
	return n;
}

static void
each_row_is_found_again(void)
{
	size_t i, n = 0, lost = 0;
	char *en, *vi, *got;

	for (i = 0; i < lang_vi_len; i++) {
		if (letters(lang_vi[i].en) < 12)
			continue; /* too little to be known by */
		en = filled(lang_vi[i].en);
		vi = filled(lang_vi[i].vi);
		got = said(en);
		n++;
		if (strcmp(got, vi) != 0) {
			lost++;
			note("%s: %s", en, got);
		}
		free(en);
		free(vi);
		free(got);
	}
	ok(n > 1000, "there are rows enough (%zu)", n);
	ok(lost * 100 < n, "all but few of them are found again (%zu not)",
	    lost);
}

int
main(void)
{
	lang_set(LANG_VI);
	says("nobody on earth has said this", "nobody on earth has said this");
	says("", "");
	says("%s %n 100%", "%s %n 100%");
	says("too many wrong passphrases: wait 16 seconds before the next",
	    "nhập sai mật khẩu quá nhiều lần: hãy đợi 16 giây rồi thử lại");
	says("you are not signed in to antin://vn/van-thu: sign in first",
	    "bạn chưa đăng nhập antin://vn/van-thu: trước hết hãy đăng nhập");
	says("\"a: b.txt\": it is not UTF-8 text; send it as a file",
	    "\"a: b.txt\": đây không phải văn bản UTF-8; hãy gửi dưới dạng "
	    "tệp");
	says("/var/x.key cannot be opened: No such file or directory",
	    "không mở được /var/x.key: không tìm thấy tệp hoặc thư mục");
	each_row_is_found_again();
	lang_set(LANG_EN);
	says("the reason: not now", "the reason: not now");
	return done();
}
