/* SPDX-License-Identifier: EUPL-1.2 */
/* docs/duty.md 2. */
#include "dispatch/rota.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/time.h"
#include "core/utf8.h"
#include "core/vec.h"
#include "crypto/hash.h"

#define DATE 10u /* bytes of "2026-11-23" */
#define HOUR 5u	 /* of "07:00" */

/* ---- words of a line
 * ------------------------------------------------------------ */

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The next word of the line, stepped over; empty at its end. */
static struct bytes
word(struct bytes *line)
{
	struct bytes w;

	while (line->len > 0 && is_blank(line->p[0]))
		*line = bytes_of(line->p + 1, line->len - 1);
	w = bytes_of(line->p, 0);
	while (w.len < line->len && !is_blank(line->p[w.len]))
		w.len++;
	*line = bytes_of(line->p + w.len, line->len - w.len);
	return w;
}

static bool
line_next(struct bytes *text, struct bytes *line)
{
	const uint8_t *end;

	if (text->len == 0)
		return false;
	end = memchr(text->p, '\n', text->len);
	*line = bytes_of(
	    text->p, end == NULL ? text->len : (size_t)(end - text->p));
	*text = end == NULL ? bytes_of(text->p, 0)
			    : bytes_of(end + 1, text->len - line->len - 1);
	if (line->len > 0 && line->p[line->len - 1] == '\r')
		line->len--;
	return true;
}

/* As POSIX has names of users: so that it needs no quotes anywhere. */
static bool
is_login(struct bytes w)
{
	size_t i;
	uint8_t c;

	for (i = 0; i < w.len; i++) {
		c = w.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			c == '_' ||
			(i > 0 &&
			    ((c >= '0' && c <= '9') || c == '-' || c == '.'))))
			return false;
	}
	return w.len > 0 && w.len <= ROTA_LOGIN;
}

/* A number of a user; no sign, no zeros before it. */
static bool
is_uid(struct bytes w, uint64_t *uid)
{
	size_t i;

	if (w.len == 0 || w.len > 10 || (w.len > 1 && w.p[0] == '0'))
		return false;
	for (*uid = 0, i = 0; i < w.len; i++) {
		if (w.p[i] < '0' || w.p[i] > '9')
			return false;
		*uid = *uid * 10 + (uint64_t)(w.p[i] - '0');
	}
	return *uid < UINT32_MAX;
}

/* "2026-11-23" or "23/11/2026", and "07:00", in Vietnam's time. */
static bool
is_time(struct bytes date, struct bytes hour, int64_t *t)
{
	uint8_t text[DATE + 1 + HOUR];

	if (date.len != DATE || hour.len != HOUR)
		return false;
	if (date.p[2] == '/' && date.p[5] == '/') {
		memcpy(text, date.p + 6, 4);
		text[4] = text[7] = '-';
		memcpy(text + 5, date.p + 3, 2);
		memcpy(text + 8, date.p, 2);
	} else {
		memcpy(text, date.p, DATE);
	}
	text[DATE] = 'T';
	memcpy(text + DATE + 1, hour.p, HOUR);
	return time_parse(t, bytes_of(text, sizeof(text)));
}

/* ---- people
 * ------------------------------------------------------------------- */

static size_t
find(const struct rota *r, struct bytes login)
{
	size_t i;

	for (i = 0; i < r->people_count; i++)
		if (bytes_is(login, r->people[i].login))
			break;
	return i;
}

static enum rc
check_new(const struct rota *r, const struct rota_person *p, struct err *e)
{
	size_t i;

	if (r->people_count == ROTA_PEOPLE)
		return fail(e, RC_LIMIT, "more than %u persons", ROTA_PEOPLE);
	for (i = 0; i < r->people_count; i++)
		if (strcmp(r->people[i].login, p->login) == 0 ||
		    (p->uid != ROTA_NOBODY && r->people[i].uid == p->uid))
			return fail(e, RC_INVALID,
			    "%s is named already; each person has a login of "
			    "his own",
			    p->login);
	return RC_OK;
}

static enum rc
take_person(struct rota *r, struct bytes rest, struct err *e)
{
	struct rota_person p = { .uid = ROTA_NOBODY };
	struct bytes login = word(&rest), uid = { 0 };
	struct buf name = { 0 };
	const uint8_t *is;
	enum rc rc;

	if (login.len > 0 && (is = memchr(login.p, '=', login.len)) != NULL) {
		uid = bytes_of(is + 1, login.len - (size_t)(is - login.p) - 1);
		login.len = (size_t)(is - login.p);
	}
	if (!is_login(login) || (uid.p != NULL && !is_uid(uid, &p.uid)))
		return fail(e, RC_INVALID, "this is no login");
	memcpy(p.login, login.p, login.len);
	if ((rc = utf8_clean(&name, rest, ROTA_NAME, e)) == RC_OK &&
	    (name.len == 0 || !utf8_is_text(buf_bytes(&name))))
		rc = RC_INVALID;
	if (rc != RC_OK) {
		rc = fail(e, rc, "%s needs a name, of at most %u bytes",
		    p.login, ROTA_NAME);
		goto out;
	}
	memcpy(p.name, name.p, name.len);
	if ((rc = check_new(r, &p, e)) != RC_OK)
		goto out;
	r->people = vec_more(r->people, r->people_count, sizeof(*r->people));
	r->people[r->people_count++] = p;
out:
	buf_free(&name);
	return rc;
}

/* ---- shifts
 * ------------------------------------------------------------------- */

static enum rc
take_shift(struct rota *r, struct bytes first, struct bytes rest, struct err *e)
{
	const struct bytes hour = word(&rest), date = word(&rest),
			   hour2 = word(&rest), login = word(&rest);
	struct rota_shift s;
	size_t i;

	if (!is_time(first, hour, &s.from) || !is_time(date, hour2, &s.until) ||
	    login.len == 0 || word(&rest).len > 0)
		return fail(e, RC_INVALID,
		    "wanted \"person LOGIN NAME\", or a shift: date, hour, "
		    "date, hour, login");
	s.person = find(r, login);
	if (s.person == r->people_count)
		return fail(
		    e, RC_INVALID, "no line before it says who that login is");
	if (s.until <= s.from)
		return fail(e, RC_INVALID, "the shift ends before it begins");
	if (s.until - s.from > ROTA_LONGEST * TIME_DAY)
		return fail(e, RC_INVALID, "the shift lasts more than %d days",
		    ROTA_LONGEST);
	if (r->count == ROTA_SHIFTS)
		return fail(e, RC_LIMIT, "more than %u shifts", ROTA_SHIFTS);
	for (i = 0; i < r->count; i++)
		if (r->shifts[i].from < s.until && s.from < r->shifts[i].until)
			return fail(e, RC_INVALID,
			    "the shift overlaps another, of %s",
			    r->people[r->shifts[i].person].login);
	r->shifts = vec_more(r->shifts, r->count, sizeof(*r->shifts));
	for (i = r->count++; i > 0 && r->shifts[i - 1].from > s.from; i--)
		r->shifts[i] = r->shifts[i - 1];
	r->shifts[i] = s;
	return RC_OK;
}

/* ---- all of it
 * ---------------------------------------------------------------- */

enum rc
rota_read(struct rota *out, struct bytes text, unsigned *at, struct err *e)
{
	static const uint8_t mark[] = { 0xef, 0xbb, 0xbf };
	struct rota r = { 0 };
	struct bytes line, first;
	enum rc rc = RC_OK;
	unsigned n = 0;

	*out = (struct rota){ 0 };
	*at = 0;
	if (text.len > ROTA_MAX)
		return fail(e, RC_LIMIT, "a rota of %zu bytes, at most %u",
		    text.len, ROTA_MAX);
	if (text.len >= sizeof(mark) && memcmp(text.p, mark, sizeof(mark)) == 0)
		text = bytes_of(text.p + sizeof(mark), text.len - sizeof(mark));
	while (rc == RC_OK && line_next(&text, &line)) {
		n++;
		first = word(&line);
		if (first.len == 0 || first.p[0] == '#')
			continue;
		rc = bytes_is(first, "person") ? take_person(&r, line, e)
					       : take_shift(&r, first, line, e);
	}
	*at = rc == RC_OK ? 0 : n;
	if (rc == RC_OK && r.count == 0)
		rc = fail(e, RC_INVALID, "the rota has no shift");
	if (rc != RC_OK)
		goto out;
	*out = r; /* the caller owns it now */
	r = (struct rota){ 0 };
out:
	rota_free(&r);
	return rc;
}

enum rc
rota_parse(struct rota *out, struct bytes text, struct err *e)
{
	unsigned line;
	enum rc rc = rota_read(out, text, &line, e);

	return line == 0 ? rc : fail_at(e, "line %u", line);
}

enum rc
rota_check(const struct rota *r, int64_t now, struct err *e)
{
	size_t i;

	for (i = 0; i < r->people_count; i++)
		if (r->people[i].uid == ROTA_NOBODY)
			return fail(e, RC_INVALID,
			    "this machine has no user %s", r->people[i].login);
	if (r->count == 0 || r->shifts[r->count - 1].until <= now)
		return fail(e, RC_INVALID, "all of the rota is in the past");
	if (r->shifts[r->count - 1].until > now + ROTA_AHEAD * TIME_DAY)
		return fail(e, RC_INVALID,
		    "the rota reaches more than %d days into the future: are "
		    "its dates right?",
		    ROTA_AHEAD);
	return RC_OK;
}

/* Somebody has this uid. */
static bool
has_uid(const struct rota *r, uint64_t uid)
{
	size_t i;

	for (i = 0; i < r->people_count; i++)
		if (r->people[i].uid == uid)
			return true;
	return false;
}

void
rota_number(struct rota *r, const struct rota *was, uint64_t taken)
{
	uint8_t hash[SHA256_SIZE];
	struct rota_person *p;
	uint64_t uid;
	size_t i, k;

	for (i = 0; i < r->people_count; i++) {
		p = &r->people[i];
		k = find(was, bytes_str(p->login));
		if (p->uid == ROTA_NOBODY && k < was->people_count &&
		    !has_uid(r, was->people[k].uid))
			p->uid = was->people[k].uid;
	}
	for (i = 0; i < r->people_count; i++) {
		p = &r->people[i];
		if (p->uid != ROTA_NOBODY)
			continue;
		sha256(hash, bytes_str(p->login));
		uid = ROTA_PAGES + ((uint64_t)hash[0] << 16 |
				       (uint64_t)hash[1] << 8 | hash[2]);
		while (has_uid(r, uid) || has_uid(was, uid) || uid == taken)
			uid++;
		p->uid = uid;
	}
}

void
rota_free(struct rota *r)
{
	free(r->people);
	free(r->shifts);
	*r = (struct rota){ 0 };
}

static void
write_time(struct buf *out, int64_t t)
{
	const struct civil c = time_civil(t + 7 * 3600);
	char text[40];

	(void)snprintf(text, sizeof(text), "%04d-%02d-%02d %02d:%02d ", c.year,
	    c.month, c.day, c.hour, c.minute);
	buf_add(out, bytes_str(text));
}

void
rota_write(struct buf *out, const struct rota *r)
{
	const struct rota_person *p;
	char text[ROTA_LOGIN + ROTA_NAME + 40];
	size_t i;

	for (i = 0; i < r->people_count; i++) {
		p = &r->people[i];
		if (p->uid == ROTA_NOBODY)
			(void)snprintf(text, sizeof(text), "person %s %s\n",
			    p->login, p->name);
		else
			(void)snprintf(text, sizeof(text),
			    "person %s=%llu %s\n", p->login,
			    (unsigned long long)p->uid, p->name);
		buf_add(out, bytes_str(text));
	}
	for (i = 0; i < r->count; i++) {
		write_time(out, r->shifts[i].from);
		write_time(out, r->shifts[i].until);
		buf_add(out, bytes_str(r->people[r->shifts[i].person].login));
		buf_u8(out, '\n');
	}
}

/* ---- asking
 * ------------------------------------------------------------------- */

const struct rota_person *
rota_person(const struct rota *r, uint64_t uid)
{
	size_t i;

	for (i = 0; i < r->people_count; i++)
		if (r->people[i].uid == uid && uid != ROTA_NOBODY)
			return &r->people[i];
	return NULL;
}

const struct rota_shift *
rota_at(const struct rota *r, int64_t now)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		if (r->shifts[i].from <= now && now < r->shifts[i].until)
			return &r->shifts[i];
	return NULL;
}

const struct rota_shift *
rota_next(const struct rota *r, int64_t now, uint64_t uid)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		if (r->shifts[i].from > now &&
		    r->people[r->shifts[i].person].uid != uid)
			return &r->shifts[i];
	return NULL;
}

bool
rota_gap(const struct rota *r, int64_t after, int64_t *from, int64_t *until)
{
	size_t i;

	for (i = 0; i < r->count; i++) {
		*from = i == 0 ? after : r->shifts[i - 1].until;
		*from = *from < after ? after : *from;
		*until = r->shifts[i].from;
		if (*until - *from >= 60)
			return true;
	}
	return false;
}
