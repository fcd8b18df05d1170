/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/checkwords.h"

#include "core/utf8.h"

/*
 * A word's place is its byte, for ever: people compare what programs of
 * different years say.  Each is unlike the others even where final n and ng,
 * s and x, tr and ch, or d, gi, r and v sound alike.
 */
static const char *const list[256] = { "ảnh", "ấm", "bãi", "bánh", "bậc", "bầu",
	"bè", "bếp", "biển", "bình", "bóng", "bột", "bơ", "búa", "bún", "buồm",
	"bút", "cá", "cam", "cành", "cặp", "chảo", "chạy", "chân", "chén",
	"chèo", "chiếu", "chổi", "chồn", "chớp", "chum", "chuỗi", "chuông",
	"cọ", "cổng", "cột", "cơm", "cua", "cuốc", "cười", "cừu", "dép", "diêm",
	"diều", "dốc", "đàn", "đào", "đất", "đậu", "đen", "đĩa", "đinh", "đồi",
	"đồng", "đũa", "đuốc", "đuôi", "đường", "én", "ếch", "gà", "gạch",
	"gấu", "ghe", "ghim", "giấm", "giấy", "giếng", "gió", "giông", "giường",
	"gót", "gốm", "gùi", "guốc", "gừng", "hạc", "hành", "hàu", "hẻm", "hoa",
	"hộp", "hươu", "kem", "kẹo", "kẹp", "kênh", "khay", "khăn", "khế",
	"khỉ", "khoai", "khói", "khung", "khuy", "kiến", "kìm", "kính", "lá",
	"lạc", "len", "lê", "lều", "lịch", "loa", "lồng", "lốp", "lụa", "lưng",
	"lưới", "lươn", "măng", "mắt", "mâm", "mận", "mây", "mèo", "mì", "mía",
	"miệng", "mít", "môi", "mũ", "muối", "muống", "mưa", "mực", "mướp",
	"nai", "nắng", "nâu", "nem", "neo", "nếp", "ngao", "nghệ", "nghiên",
	"ngọc", "ngói", "ngọn", "ngô", "ngỗng", "ngựa", "nhà", "nhảy", "nhẫn",
	"nhện", "nhím", "nho", "nhôm", "nhung", "nhựa", "nón", "nồi", "nụ",
	"núi", "nút", "nước", "ổi", "ống", "ớt", "phà", "phanh", "phao", "phấn",
	"phễu", "phích", "phim", "phòng", "phở", "phượng", "pin", "quà", "quất",
	"quầy", "quế", "quýt", "rào", "răng", "rèm", "rễ", "rêu", "riềng",
	"rìu", "rổ", "rơm", "rùa", "ruộng", "rừng", "sách", "sàng", "sáo",
	"sắt", "sét", "sên", "sim", "sóc", "sỏi", "sơn", "suối", "sứa", "sương",
	"tai", "tất", "tẩy", "thác", "thảm", "thang", "tháp", "thép", "thềm",
	"thìa", "thiếc", "thịt", "thỏ", "thóc", "thông", "thớt", "thu", "thùng",
	"thuyền", "thước", "tím", "tôm", "trà", "tranh", "trắng", "trầu", "tre",
	"tròn", "trời", "trúc", "trưa", "trứng", "túi", "tuyết", "tường", "ván",
	"váy", "vẹt", "vịnh", "vịt", "voi", "vở", "vữa", "xám", "xăng", "xe",
	"xẻng", "xích", "xoài", "xóm", "xoong", "xô", "xuân", "yên" };

void
checkwords_write(struct buf *out, struct bytes in)
{
	size_t i;

	*out = (struct buf){ 0 };
	for (i = 0; i < in.len; i++) {
		if (i > 0)
			buf_u8(out, ' ');
		buf_add(out, bytes_str(list[in.p[i]]));
	}
	buf_u8(out, '\0');
	out->len--;
}

/* The length of what stands between words, where "in" begins with it. */
static size_t
separator(struct bytes in)
{
	if (in.len >= 2 && in.p[0] == 0xc2 && in.p[1] == 0xa0)
		return 2; /* NBSP */
	return in.p[0] == ' ' || in.p[0] == ',' || in.p[0] == '-' ||
	       (in.p[0] >= '\t' && in.p[0] <= '\r');
}

/* Step over the separators and the word that "in" begins with. */
static struct bytes
next_word(struct bytes *in)
{
	struct bytes word;
	size_t n;

	while (in->len > 0 && (n = separator(*in)) > 0)
		*in = bytes_of(in->p + n, in->len - n);
	word = *in;
	while (in->len > 0 && separator(*in) == 0)
		*in = bytes_of(in->p + 1, in->len - 1);
	word.len -= in->len;
	return word;
}

static bool
find(uint8_t *out, struct bytes word)
{
	struct buf wanted, one;
	bool found = false;
	unsigned i;

	utf8_fold(&wanted, word);
	for (i = 0; i < 256 && !found; i++) {
		utf8_fold(&one, bytes_str(list[i]));
		found = bytes_eq(buf_bytes(&one), buf_bytes(&wanted));
		*out = (uint8_t)i;
		buf_free(&one);
	}
	buf_free(&wanted);
	return found;
}

bool
checkwords_parse(struct buf *out, struct bytes words, struct bytes *bad)
{
	struct bytes word;
	uint8_t byte;

	*out = (struct buf){ 0 };
	*bad = (struct bytes){ 0 };
	while ((word = next_word(&words)).len > 0) {
		if (!find(&byte, word)) {
			*bad = word;
			buf_free(out);
			return false;
		}
		buf_u8(out, byte);
	}
	return true;
}
