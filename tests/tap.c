/* SPDX-License-Identifier: EUPL-1.2 */
#include "../tests/tap.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static unsigned made, failed;

static void line(bool good, const char *name, va_list ap)
    __attribute__((format(printf, 2, 0)));

static void
line(bool good, const char *name, va_list ap)
{
	va_list again;

	made++;
	if (!good)
		failed++;
	va_copy(again, ap);
	(void)printf("%sok %u - ", good ? "" : "not ", made);
	(void)vprintf(name, ap);
	(void)putchar('\n');
	(void)fflush(stdout);
	if (!good) { /* prove shows what comes here */
		(void)fprintf(stderr, "#   Failed test %u '", made);
		(void)vfprintf(stderr, name, again);
		(void)fprintf(stderr, "'\n");
	}
	va_end(again);
}

#define LINE(good)                                                             \
	do {                                                                   \
		va_list ap;                                                    \
		va_start(ap, name);                                            \
		line(good, name, ap);                                          \
		va_end(ap);                                                    \
	} while (0)

bool
ok(bool is_true, const char *name, ...)
{
	LINE(is_true);
	return is_true;
}

bool
is(uint64_t got, uint64_t wanted, const char *name, ...)
{
	LINE(got == wanted);
	if (got != wanted)
		note("got %" PRIu64 ", wanted %" PRIu64, got, wanted);
	return got == wanted;
}

static void
note_bytes(const char *what, struct bytes b)
{
	char hex[129];

	hex_write(hex, bytes_of(b.p, b.len > 64 ? 64 : b.len));
	note("%s %zu bytes %s", what, b.len, hex);
}

bool
same(struct bytes got, struct bytes wanted, const char *name, ...)
{
	bool good = bytes_eq(got, wanted);

	LINE(good);
	if (!good) {
		note_bytes("got", got);
		note_bytes("wanted", wanted);
	}
	return good;
}

bool
went(enum rc rc, const struct err *e, const char *name, ...)
{
	LINE(rc == RC_OK);
	if (rc != RC_OK)
		note("%s: %s", rc_name(rc), e->text);
	return rc == RC_OK;
}

void
skip(const char *why, ...)
{
	va_list ap;

	made++;
	(void)printf("ok %u # SKIP ", made);
	va_start(ap, why);
	(void)vprintf(why, ap);
	va_end(ap);
	(void)putchar('\n');
}

void
note(const char *fmt, ...)
{
	va_list ap;

	(void)printf("# ");
	va_start(ap, fmt);
	(void)vprintf(fmt, ap);
	va_end(ap);
	(void)putchar('\n');
}

int
done(void)
{
	(void)printf("1..%u\n", made);
	return failed > 0;
}

const char *
vector_path(const char *name)
{
	static char path[4096];
	const char *dir = getenv("ANTIN_VECTORS");

	(void)snprintf(path, sizeof(path), "%s/%s",
	    dir != NULL ? dir : "../shared/vectors", name);
	return access(path, R_OK) == 0 ? path : NULL;
}

struct buf
slurp(const char *path)
{
	struct buf b = { 0 };
	uint8_t piece[65536];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL) {
		(void)printf("Bail out! %s cannot be read\n", path);
		exit(1);
	}
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(&b, bytes_of(piece, n));
	(void)fclose(f);
	return b;
}

uint32_t
dice_below(struct dice *d, uint32_t n)
{
	/* splitmix64 */
	uint64_t z = (d->state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (uint32_t)((z ^ (z >> 31)) % n);
}
