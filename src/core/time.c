/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/time.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define VN_OFFSET (7 * 3600) /* no daylight saving time, ever the same */

static bool
leap(int y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static int
month_days(int y, int m)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };

	return m == 2 && leap(y) ? 29 : days[m - 1];
}

/* Days from 1970-01-01 to the first of January of year y. */
static int64_t
days_to_year(int64_t y)
{
	int64_t n = y - 1;

	return (y - 1970) * 365 + (n / 4 - n / 100 + n / 400) -
	       (1969 / 4 - 1969 / 100 + 1969 / 400);
}

struct civil
time_civil(int64_t t)
{
	struct civil c = { 0 };
	int64_t days = t / TIME_DAY, rest = t % TIME_DAY;

	c.year = (int)(1970 + days / 366);
	while (days_to_year(c.year + 1) <= days)
		c.year++;
	days -= days_to_year(c.year);
	c.month = 1;
	while (days >= month_days(c.year, c.month))
		days -= month_days(c.year, c.month++);
	c.day = (int)days + 1;
	c.hour = (int)(rest / 3600);
	c.minute = (int)(rest / 60 % 60);
	c.second = (int)(rest % 60);
	return c;
}

bool
time_of_civil(int64_t *t, const struct civil *c)
{
	int64_t days;
	int m;

	if (c->year < 1970 || c->year > 9999 || c->month < 1 || c->month > 12 ||
	    c->day < 1 || c->day > month_days(c->year, c->month) ||
	    c->hour < 0 || c->hour > 23 || c->minute < 0 || c->minute > 59 ||
	    c->second < 0 || c->second > 59)
		return false;
	days = days_to_year(c->year) + c->day - 1;
	for (m = 1; m < c->month; m++)
		days += month_days(c->year, m);
	*t = days * TIME_DAY + c->hour * 3600 + c->minute * 60 + c->second;
	return true;
}

void
time_write(char out[static TIME_TEXT], int64_t t)
{
	struct civil c = time_civil(t);

	(void)snprintf(out, TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02dZ",
	    c.year % 10000, c.month, c.day, c.hour, c.minute, c.second);
}

void
time_write_vn(char out[static TIME_TEXT], int64_t t)
{
	struct civil c =
	    time_civil(t > TIME_MAX - VN_OFFSET ? TIME_MAX : t + VN_OFFSET);

	(void)snprintf(out, TIME_TEXT, "%02d/%02d/%04d %02d:%02d:%02d", c.day,
	    c.month, c.year % 10000, c.hour, c.minute, c.second);
}

/* Exactly "width" digits; -1 if they are not. */
static int
digits(struct rd *r, size_t width)
{
	struct bytes b = rd_bytes(r, width);
	size_t i;
	int v = 0;

	for (i = 0; i < b.len; i++) {
		if (b.p[i] < '0' || b.p[i] > '9')
			r->bad = true;
		v = v * 10 + (b.p[i] - '0');
	}
	return r->bad ? -1 : v;
}

static void
literal(struct rd *r, char c)
{
	if (rd_u8(r) != (uint8_t)c)
		r->bad = true;
}

bool
time_parse(int64_t *t, struct bytes in)
{
	struct civil c = { 0 };
	struct rd r = rd_init(in);
	int64_t offset = VN_OFFSET;
	int hours, minutes;
	uint8_t sign;

	c.year = digits(&r, 4);
	literal(&r, '-');
	c.month = digits(&r, 2);
	literal(&r, '-');
	c.day = digits(&r, 2);
	if (r.in.len > 0) {
		literal(&r, 'T');
		c.hour = digits(&r, 2);
		literal(&r, ':');
		c.minute = digits(&r, 2);
	}
	if (r.in.len > 0 && r.in.p[0] == ':') {
		literal(&r, ':');
		c.second = digits(&r, 2);
	}
	if (r.in.len > 0 && r.in.p[0] == 'Z') {
		literal(&r, 'Z');
		offset = 0;
	} else if (r.in.len > 0) {
		sign = rd_u8(&r);
		hours = digits(&r, 2);
		literal(&r, ':');
		minutes = digits(&r, 2);
		offset = (sign == '-' ? -1 : 1) * (hours * 60 + minutes) * 60;
		if ((sign != '+' && sign != '-') || hours > 23 || minutes > 59)
			r.bad = true;
	}
	if (!rd_end(&r) || !time_of_civil(t, &c))
		return false;
	*t -= offset;
	return *t >= TIME_MIN && *t <= TIME_MAX;
}

int64_t
time_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec < TIME_MIN ? TIME_MIN : now.tv_sec;
}
