/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The registers of a year: 20,000 documents, upon the store itself, for as many
 * signed steps would take hours.  How long it is until one more is on disk, how
 * long a search by words takes, beside an index of the same texts in the clear,
 * and how long until all of it is a PDF.
 */
#include "bench.h"

#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "core/pairs.h"
#include "core/time.h"
#include "core/viet.h"
#include "crypto/random.h"
#include "crypto/row.h"
#include "form/register.h"
#include "store/disk.h"
#include "store/sqlite.h"
#include "store/store.h"

#define DOCS 20000u
#define SAMPLES 200u /* that have a transaction of their own */
#define TOGETHER 500u
#define SLICE 50u /* as the daemon's */
#define SEARCHES 15
#define BOOK "0123456789abcdef0123456789abcdef/secret-out"
#define ABOUT "row"

static uint8_t key[ROW_KEY_SIZE];
static struct store *s;

static void
text_of(char out[static 200], unsigned n)
{
	static const char *const what[] = { "Kế hoạch phòng, chống lụt bão",
		"Báo cáo tình hình biên giới", "Quyết định điều động cán bộ",
		"Thông báo kết luận cuộc họp", "Tờ trình phê duyệt dự án",
		"Hướng dẫn bảo vệ bí mật nhà nước", "Hòa giải ở cơ sở" };
	static const char *const where[] = { "Điện Biên", "Mường Nhé",
		"Tủa Chùa", "Nậm Pồ", "Tuần Giáo", "Mường Chà" };

	(void)snprintf(out, 200, "%s tại huyện %s, đợt %u, số %u", what[n % 7],
	    where[n / 7 % 6], n % 13 + 1, n);
}

/* ---- a year of documents ------------------------------------------------- */

static void
seal(struct buf *out, const char *name, const char *text)
{
	struct buf pairs = { 0 };

	pairs_add(&pairs, bytes_str(name), bytes_str(text));
	row_seal(out, key, bytes_str(ABOUT), buf_bytes(&pairs));
	buf_free(&pairs);
}

/* What its last step does: the document, a step, a number, a line. */
static void
keep(unsigned n, struct err *e)
{
	const struct store_registry_ops *ops = s->ops->registry;
	uint8_t statement[400], signature[3500];
	char text[200];
	struct buf sealed = { 0 }, opening = { 0 };
	struct store_doc d = { .kind = 1,
		.state = 8,
		.level = n % 3,
		.desk = bytes_str("antin://vn/van-thu"),
		.due = TIME_NEVER,
		.opened = n,
		.changed = n,
		.steps = 1 };
	struct store_step step = { .statement = bytes_of(statement, 400),
		.signature = bytes_of(signature, 3500) };
	struct store_number number = {
		.series = bytes_str(BOOK), .year = 2026, .number = n, .at = n
	};
	struct store_line line = { .book = bytes_str(BOOK),
		.year = 2026,
		.volume = 1,
		.serial = n,
		.level = n % 3,
		.at = n };

	text_of(text, n);
	seal(&sealed, "abstract", text);
	seal(&opening, "abstract", text);
	random_bytes(statement, sizeof(statement));
	random_bytes(signature, sizeof(signature));
	random_bytes(d.id, sizeof(d.id));
	d.summary = line.cells = buf_bytes(&sealed);
	step.opening = buf_bytes(&opening);
	bench_must(ops->put(s, &d, e), e);
	step.n = number.n = line.n = d.n;
	bench_must(ops->step(s, &step, e), e);
	bench_must(ops->take(s, &number, e), e);
	bench_must(ops->line(s, &line, e), e);
	buf_free(&sealed);
	buf_free(&opening);
}

static void
fill(struct err *e)
{
	static double took[SAMPLES];
	const struct store_volume v = {
		.book = bytes_str(BOOK), .year = 2026, .volume = 1, .opened = 1
	};
	unsigned n = 1, i;
	double at;

	bench_must(s->ops->begin(s, e), e);
	bench_must(s->ops->registry->volume_open(s, &v, e), e);
	bench_must(s->ops->commit(s, e), e);
	while (n <= DOCS - SAMPLES) {
		bench_must(s->ops->begin(s, e), e);
		for (i = 0; i < TOGETHER && n <= DOCS - SAMPLES; i++)
			keep(n++, e);
		bench_must(s->ops->commit(s, e), e);
	}
	for (i = 0; i < SAMPLES; i++) {
		at = bench_now();
		bench_must(s->ops->begin(s, e), e);
		keep(n++, e);
		bench_must(s->ops->commit(s, e), e);
		took[i] = (bench_now() - at) * 1e3;
	}
	(void)printf("registry: a document, its step, number and line on disk, "
		     "after %u: %.2f ms (median of %u)\n",
	    DOCS - SAMPLES, bench_median(took, SAMPLES), SAMPLES);
}

/* ---- a search ------------------------------------------------------------ */

struct finding {
	struct viet_search words;
	uint64_t last;
	size_t looked, found;
	struct err *e;
};

static bool
look(void *ctx, const struct store_doc *d)
{
	struct finding *f = ctx;
	struct buf text;

	f->looked++;
	f->last = d->n;
	bench_must(
	    row_open(&text, key, bytes_str(ABOUT), d->summary, f->e), f->e);
	if (viet_found(&f->words, pairs_get(buf_bytes(&text), "abstract")))
		f->found++;
	buf_free(&text);
	return true;
}

static size_t
find_once(const char *words, double *slice, struct err *e)
{
	struct store_doc_filter filter = { .level = 2 };
	struct finding f = { .e = e };
	double at;

	viet_search(&f.words, bytes_str(words));
	do {
		f.looked = 0;
		filter.before = f.last;
		at = bench_now();
		bench_must(
		    s->ops->registry->each(s, &filter, SLICE, look, &f, e), e);
		at = bench_now() - at;
		*slice = at > *slice ? at : *slice;
	} while (f.looked == SLICE);
	return f.found;
}

static sqlite3 *peer;

static void
peer_does(const char *sql)
{
	if (sqlite3_exec(peer, sql, NULL, NULL, NULL) != SQLITE_OK) {
		(void)fprintf(stderr, "bench: %s\n", sqlite3_errmsg(peer));
		exit(1);
	}
}

/* The same texts in the clear. */
static bool
peer_fill(void)
{
	char text[200], sql[500];
	unsigned n;

	if (sqlite3_open(":memory:", &peer) != SQLITE_OK ||
	    sqlite3_exec(peer,
		"CREATE VIRTUAL TABLE x USING fts5(t, "
		"tokenize='unicode61 remove_diacritics 2')",
		NULL, NULL, NULL) != SQLITE_OK) {
		(void)printf("peer: FTS5: skipped, this SQLite has none\n");
		return false;
	}
	peer_does("CREATE TABLE y(t); BEGIN");
	for (n = 1; n <= DOCS; n++) {
		text_of(text, n);
		(void)snprintf(sql, sizeof(sql),
		    "INSERT INTO x VALUES('%s'); INSERT INTO y VALUES('%s')",
		    text, text);
		peer_does(sql);
	}
	peer_does("COMMIT");
	return true;
}

static void
search(struct err *e)
{
	static const char words[] = "hoà giải tuần giáo";
	double ours[SEARCHES], fts[SEARCHES], like[SEARCHES], slice = 0, at;
	size_t found = 0;
	bool there = peer_fill();
	int i;

	for (i = 0; i < SEARCHES; i++) {
		at = bench_now();
		found = find_once(words, &slice, e);
		ours[i] = (bench_now() - at) * 1e3;
		if (!there)
			continue;
		at = bench_now();
		peer_does("SELECT count(*) FROM x WHERE x MATCH "
			  "'hoa* giai* tuan* giao*'");
		fts[i] = (bench_now() - at) * 1e3;
		at = bench_now();
		peer_does("SELECT count(*) FROM y WHERE t LIKE '%Hòa%' AND t "
			  "LIKE '%giải%' AND t LIKE '%Tuần%' AND t LIKE "
			  "'%Giáo%'");
		like[i] = (bench_now() - at) * 1e3;
	}
	(void)printf("registry: %u sealed documents searched for 4 words, %zu "
		     "found: %.0f ms (median of %d); the longest slice %.1f "
		     "ms\n",
	    DOCS, found, bench_median(ours, SEARCHES), SEARCHES, slice * 1e3);
	if (there)
		(void)printf("peer: SQLite %s, the texts in the clear, in "
			     "memory: FTS5 %.1f ms, LIKE (marks must agree) "
			     "%.1f ms\n",
		    sqlite3_libversion(), bench_median(fts, SEARCHES),
		    bench_median(like, SEARCHES));
	(void)sqlite3_close(peer);
}

/* ---- a book -------------------------------------------------------------- */

static enum rc
count(void *ctx, struct bytes more, struct err *e)
{
	(void)e;
	*(size_t *)ctx += more.len;
	return RC_OK;
}

struct printing {
	struct register_print *r;
	uint64_t last;
	size_t lines;
	struct err *e;
};

static bool
print_line(void *ctx, const struct store_line *l)
{
	struct printing *p = ctx;
	char serial[24];
	struct buf text;
	struct bytes cells[10] = { 0 };

	bench_must(
	    row_open(&text, key, bytes_str(ABOUT), l->cells, p->e), p->e);
	(void)snprintf(
	    serial, sizeof(serial), "%02llu", (unsigned long long)l->serial);
	cells[0] = bytes_str(serial);
	cells[1] = bytes_str("27/UBND-VX");
	cells[2] = bytes_str("22/11/2026");
	cells[3] = pairs_get(buf_bytes(&text), "abstract");
	cells[4] = bytes_str("Mật");
	cells[5] = bytes_str("Trần Thị Lan");
	cells[6] = bytes_str("Sở Nội vụ; Văn phòng Tỉnh ủy");
	cells[8] = bytes_str("2");
	bench_must(register_row(p->r, cells, false, p->e), p->e);
	buf_free(&text);
	p->last = l->serial;
	p->lines++;
	return true;
}

static void
print(struct err *e)
{
	static const double widths[] = { 12, 28, 22, 62, 16, 26, 40, 22, 15,
		18 };
	struct grid_column columns[10] = { 0 };
	struct register_book book = { .title = bytes_str("Sổ đăng ký"),
		.columns = columns,
		.count = 10 };
	struct printing p = { .e = e };
	size_t bytes = 0, before;
	double at = bench_now();
	int i;

	for (i = 0; i < 10; i++)
		columns[i] = (struct grid_column){ .name = bytes_str("Cột"),
			.width = widths[i] };
	bench_must(
	    register_open(&p.r, (struct sink){ count, &bytes }, &book, e), e);
	do {
		before = p.lines;
		bench_must(s->ops->registry->lines(s, bytes_str(BOOK), 2026, 0,
			       p.last + 1, 2, TOGETHER, print_line, &p, e),
		    e);
	} while (p.lines > before);
	bench_must(register_close(p.r, NULL, e), e);
	(void)printf("registry: a register of %zu lines as PDF: %.1f s, %.1f "
		     "MB\n",
	    p.lines, bench_now() - at, (double)bytes / 1e6);
}

int
main(void)
{
	const char *in = getenv("TMPDIR");
	char path[400], all[420];
	struct disk *disk;
	struct err e;

	(void)snprintf(path, sizeof(path), "%s/antin-registry.XXXXXX",
	    in == NULL ? "/var/tmp" : in);
	if (mkdtemp(path) == NULL) {
		perror(path);
		return 1;
	}
	random_bytes(key, sizeof(key));
	bench_must(disk_folder(&disk, path, &e), &e);
	bench_must(sqlite_open(&s, disk, &e), &e);
	fill(&e);
	search(&e);
	print(&e);
	s->ops->close(s);
	disk->ops->free(disk);
	(void)snprintf(all, sizeof(all), "rm -rf '%s'", path);
	return system(all) == 0 ? 0 : 1;
}
