/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/lang.h"
#include "core/time.h"

#define QUIET_MS 500 /* work that ends by then shows nothing */
#define DRAW_MS 200

static int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
size_write(char out[static SIZE_TEXT], uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB",
		"EiB" };
	uint64_t whole = bytes, tenths = 0;
	int unit = -1;

	for (; whole >= 1024; unit++) {
		tenths = whole % 1024 * 10 / 1024;
		whole /= 1024;
	}
	if (unit < 0)
		(void)snprintf(out, SIZE_TEXT, "%" PRIu64 " B", bytes);
	else
		(void)snprintf(out, SIZE_TEXT, "%" PRIu64 "%s%" PRIu64 " %s",
		    whole, lang_get() == LANG_VI ? "," : ".", tenths,
		    units[unit]);
}

void
age_write(char out[static AGE_TEXT], int64_t seconds)
{
	long long n = seconds < 0 ? 0 : seconds;

	if (n < 120)
		(void)snprintf(out, AGE_TEXT, tr("%lld s"), n);
	else if (n < 7200)
		(void)snprintf(out, AGE_TEXT, tr("%lld min"), n / 60);
	else if (n < 2 * TIME_DAY)
		(void)snprintf(out, AGE_TEXT, tr("%lld h"), n / 3600);
	else
		(void)snprintf(out, AGE_TEXT, tr("%lld days"), n / TIME_DAY);
}

struct progress
progress_start(const char *what, uint64_t total)
{
	struct progress p = { .what = what, .total = total };

	p.on = isatty(STDERR_FILENO) == 1;
	p.started = p.on ? now_ms() : 0;
	return p;
}

static void
draw(struct progress *p, int64_t ms)
{
	char done[SIZE_TEXT], speed[SIZE_TEXT], percent[8] = "";
	char bar[21];
	size_t full;

	size_write(done, p->done);
	size_write(speed, p->done * 1000 / (uint64_t)(ms > 0 ? ms : 1));
	bar[0] = '\0';
	if (p->total > 0) {
		full = (size_t)(p->done * 20 / p->total);
		full = full > 20 ? 20 : full;
		memset(bar, '.', 20);
		memset(bar, '#', full);
		bar[20] = '\0';
		(void)snprintf(percent, sizeof(percent), "%3" PRIu64 " %%",
		    p->done * 100 / p->total);
	}
	(void)fprintf(stderr, "\r%s %s %s  %s  %s/s \033[K", p->what, bar,
	    percent, done, speed);
	p->shown = true;
}

void
progress_to(struct progress *p, uint64_t done)
{
	int64_t ms;

	p->done = done;
	if (p->told != NULL)
		p->told(p->ctx, p);
	if (!p->on)
		return;
	ms = now_ms() - p->started;
	if (ms < QUIET_MS || ms - p->drawn < DRAW_MS)
		return;
	p->drawn = ms;
	draw(p, ms);
}

void
progress_end(struct progress *p)
{
	if (p->shown)
		(void)fprintf(stderr, "\r\033[K");
	p->shown = false;
}
