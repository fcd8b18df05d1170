/* SPDX-License-Identifier: EUPL-1.2 */
#include "daemon/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/lang.h"
#include "core/utf8.h"
#include "core/vec.h"
#include "daemon/conf_value.h"
#include "daemon/msg.h"
#include "daemon/proc_bits.h"

#define WORD_SHOWN 64 /* bytes of a word that is none, as it is shown */

/* ---- the table --------------------------------------------------------------
 */

#define ALL CHILDREN

const struct conf_word conf_words[CONF_WORDS] = {
	{ "data", "a folder",
	    "the folder of this station: its database, its keys, its "
	    "directory",
	    "/var/lib/antin", "/var/lib/antin", value_path, 0, 0, false,
	    CONF_BESIDE, STORE },
	{ "key", "a file, or credential:NAME",
	    "the key file of the station itself", "station.key", "station.key",
	    value_key, 0, 0, false, CONF_DATA, 0 },
	{ "directory", "a file", "the directory file of the station",
	    "directory", "directory", value_path, 0, 0, false, CONF_DATA,
	    STORE },
	{ "listen", "an IP address of this machine, and a port",
	    "where stations below this one call", NULL, "0.0.0.0:7433",
	    value_listen, 0, CONF_MANY, true, CONF_NO_PATH, 0 },
	{ "parent", "an IP address, for names are not looked up, and a port",
	    "where the station above this one is called; several addresses of "
	    "it are tried in turn",
	    NULL, "192.0.2.1:7433", value_parent, 0, CONF_PARENTS, true,
	    CONF_NO_PATH, LINK | STORE },
	{ "user", "the name of a user",
	    "as whom the processes work where root starts the daemon", NULL,
	    "antin", value_name, 0, 0, false, CONF_NO_PATH, ALL },
	{ "control-group", "the name of a group",
	    "who besides root and this user may use the station by antin(1)",
	    NULL, "antin", value_name, 0, 0, false, CONF_NO_PATH, 0 },
	{ "sandbox", "\"on\" or \"none\"",
	    "whether the processes lock themselves in", "on", "on",
	    value_sandbox, 0, 0, false, CONF_NO_PATH, ALL },
	{ "log", "\"debug\", \"info\" or \"warn\"", "the least that is logged",
	    "info", "info", value_log, 0, 0, false, CONF_NO_PATH, ALL },
	{ "keep-alive", "a number of seconds, 1 to 3600",
	    "after so much silence a link asks whether the other is there",
	    "30", "30", value_number, 1, 3600, false, CONF_NO_PATH, LINK },
	{ "max-children", "a number, 0 to 100000",
	    "links of stations below at one time", "10000", "10000",
	    value_number, 0, 100000, false, CONF_NO_PATH, LINK },
	{ "max-size", "a size, 1M to 1T",
	    "the largest dispatch that is accepted, in bytes", "8G", "8G",
	    value_size, UINT64_C(1) << 20, UINT64_C(1) << 40, false,
	    CONF_NO_PATH, STORE | SEAL | LINK },
	{ "unlock", "a number of minutes, 1 to 1440",
	    "so long a desk stays unlocked after it was used", "15", "15",
	    value_number, 1, 1440, false, CONF_NO_PATH, KEYS },
	{ "deadline-hoa-toc", "a time, 1s to 366d",
	    "so long a dispatch may take, and wait, before an alarm is raised",
	    "10m", "10m", value_time, 1, 366 * 86400, false, CONF_NO_PATH,
	    STORE },
	{ "deadline-thuong-khan", "a time, 1s to 366d",
	    "so long a dispatch may take, and wait, before an alarm is raised",
	    "30m", "30m", value_time, 1, 366 * 86400, false, CONF_NO_PATH,
	    STORE },
	{ "deadline-khan", "a time, 1s to 366d",
	    "so long a dispatch may take, and wait, before an alarm is raised",
	    "2h", "2h", value_time, 1, 366 * 86400, false, CONF_NO_PATH,
	    STORE },
	{ "deadline-thuong", "a time, 1s to 366d",
	    "so long a dispatch may take, and wait, before an alarm is raised",
	    "24h", "24h", value_time, 1, 366 * 86400, false, CONF_NO_PATH,
	    STORE },
	{ "quota-hoa-toc", "a number, 1 to 1000000",
	    "dispatches an hour of a station below that are carried so", "1000",
	    "1000", value_number, 1, 1000000, false, CONF_NO_PATH, STORE },
	{ "quota-hoa-toc-size", "a size, 1M to 1T",
	    "bytes an hour of a station below that are carried so", "256M",
	    "256M", value_size, UINT64_C(1) << 20, UINT64_C(1) << 40, false,
	    CONF_NO_PATH, STORE },
	{ "quota-thuong-khan", "a number, 1 to 1000000",
	    "dispatches an hour of a station below that are carried so", "5000",
	    "5000", value_number, 1, 1000000, false, CONF_NO_PATH, STORE },
	{ "quota-thuong-khan-size", "a size, 1M to 1T",
	    "bytes an hour of a station below that are carried so", "1G", "1G",
	    value_size, UINT64_C(1) << 20, UINT64_C(1) << 40, false,
	    CONF_NO_PATH, STORE },
	{ "checkpoint", "a time, 1s to 1d",
	    "so often the journal is signed, and the station above told of it",
	    "10m", "10m", value_time, 1, 86400, false, CONF_NO_PATH, STORE },
	{ "restore-wait", "a time, 1s to 30d",
	    "so long a restored station waits for the others before a person "
	    "may open it",
	    "6h", "6h", value_time, 1, 30 * 86400, false, CONF_NO_PATH, STORE },
	{ "duty", "the address of a desk",
	    "the desk on duty: who looks into its inbox sees alarms first",
	    NULL, "antin://dien-bien.vn/truc-ban", value_desk, 0, 0, false,
	    CONF_NO_PATH, STORE },
	{ "thin", "\"yes\" or \"no\"",
	    "whether the line to the station above is a thin one: short "
	    "handshakes, and nothing while there is nothing to say",
	    "no", "yes", value_yes, 0, 0, false, CONF_NO_PATH, LINK },
	{ "contact", "two times of day, HH:MM-HH:MM",
	    "when the station above is called; where it is not given, always",
	    NULL, "07:00-08:30", value_contact, 0, CONF_HOURS, true,
	    CONF_NO_PATH, LINK | STORE },
	{ "cap", "two times of day and bytes a second, HH:MM-HH:MM N",
	    "so much the line to the station above carries at most, each way, "
	    "in these hours",
	    NULL, "07:00-17:00 600", value_cap, 0, CONF_HOURS, true,
	    CONF_NO_PATH, LINK },
	{ "unseen-hoa-toc", "a time, 1s to 30d",
	    "so long nobody may have seen an alarm before it calls the next",
	    "5m", "5m", value_time, 1, 30 * 86400, false, CONF_NO_PATH, STORE },
	{ "unseen-thuong-khan", "a time, 1s to 30d",
	    "so long nobody may have seen an alarm before it calls the next",
	    "10m", "10m", value_time, 1, 30 * 86400, false, CONF_NO_PATH,
	    STORE },
	{ "unseen-khan", "a time, 1s to 30d",
	    "so long nobody may have seen an alarm before it calls the next",
	    "30m", "30m", value_time, 1, 30 * 86400, false, CONF_NO_PATH,
	    STORE },
	{ "unseen-thuong", "a time, 1s to 30d",
	    "so long nobody may have seen an alarm before it calls the next",
	    "2h", "2h", value_time, 1, 30 * 86400, false, CONF_NO_PATH, STORE },
	{ "log-size", "a size, 64K to 1T",
	    "a log file that is longer is set aside, and a new one begun",
	    "64M", "64M", value_size, UINT64_C(1) << 16, UINT64_C(1) << 40,
	    false, CONF_NO_PATH, 0 },
	{ "log-keep", "a number, 1 to 1000",
	    "so many log files that were set aside are kept", "20", "20",
	    value_number, 1, 1000, false, CONF_NO_PATH, 0 },
	{ "web", "127.0.0.1 or [::1], and a port; 0 is any that is free",
	    "where a browser of this machine finds the pages", NULL,
	    "127.0.0.1:0", value_web, 0, CONF_WEBS, true, CONF_NO_PATH, 0 },
	{ "web.tls", "an address and a port",
	    "where browsers of other machines find the desk, by TLS", NULL,
	    "192.0.2.5:443", value_web_tls, 0, CONF_WEBS, true, CONF_NO_PATH,
	    0 },
	{ "web.name", "the name of a host, in small letters, or an address",
	    "what browsers of other machines call this station; its "
	    "certificates are for these names alone",
	    NULL, "antin.dien-bien.vn", value_web_name, 0, CONF_WEB_NAMES,
	    true, CONF_NO_PATH, KEYS | WEB },
	{ "clamd", "a socket",
	    "the socket of ClamAV's daemon, by which attachments are looked "
	    "at before pages open or send them",
	    NULL, "/run/clamav/clamd.ctl", value_path, 0, 0, false, CONF_BESIDE,
	    SCAN | CONTROL },
	{ "clamd.required", "\"yes\" or \"no\"",
	    "whether an attachment that could not be looked at is refused",
	    "no", "yes", value_yes, 0, 0, false, CONF_NO_PATH,
	    SCAN | CONTROL },
};

const struct conf_word *
conf_word(struct bytes word)
{
	size_t i;

	for (i = 0; i < CONF_WORDS; i++)
		if (bytes_is(word, conf_words[i].word))
			return &conf_words[i];
	return NULL;
}

/* ---- reading ----------------------------------------------------------------
 */

struct reading {
	struct conf *out;
	const char *name;
	unsigned line;
	struct buf *problems;
	size_t wrong;
};

/* A failure, as a line of what is told. */
static void
problem(struct reading *r, const struct err *e)
{
	char at[32];

	(void)snprintf(at, sizeof(at), ":%u: ", r->line);
	buf_add(r->problems, bytes_str(r->name));
	buf_add(r->problems, bytes_str(at));
	buf_add(r->problems, bytes_str(e->text));
	buf_u8(r->problems, '\n');
	r->wrong++;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct bytes
trimmed(struct bytes in)
{
	while (in.len > 0 && is_blank(in.p[0]))
		in = bytes_of(in.p + 1, in.len - 1);
	while (in.len > 0 && is_blank(in.p[in.len - 1]))
		in.len--;
	return in;
}

/* A line up to its comment: a "#" that begins a word. */
static struct bytes
without_comment(struct bytes in)
{
	size_t i;

	for (i = 0; i < in.len; i++)
		if (in.p[i] == '#' && (i == 0 || is_blank(in.p[i - 1])))
			in.len = i;
	return trimmed(in);
}

/* "line" is not empty. */
static void
split(struct bytes line, struct bytes *word, struct bytes *value)
{
	size_t n = 0;

	while (n < line.len && !is_blank(line.p[n]))
		n++;
	*word = bytes_of(line.p, n);
	*value = trimmed(bytes_of(line.p + n, line.len - n));
}

static void
add_value(
    struct conf *c, const struct conf_word *w, struct bytes text, unsigned line)
{
	struct conf_value *v;

	c->values = vec_more(c->values, c->count, sizeof(*c->values));
	v = &c->values[c->count++];
	*v = (struct conf_value){ .is = w, .line = line };
	if (text.len > CONF_VALUE)
		bug("a value that grew beyond its room");
	memcpy(v->text, text.p, text.len);
	v->text[text.len] = '\0';
}

/* How many values a word has, and the line of the first. */
static size_t
given(const struct conf *c, const struct conf_word *w, unsigned *first)
{
	size_t i, n = 0;

	for (i = 0; i < c->count; i++)
		if (c->values[i].is == w && n++ == 0)
			*first = c->values[i].line;
	return n;
}

static enum rc
read_value(const struct reading *r, const struct conf_word *w,
    struct bytes value, struct buf *text, struct err *e)
{
	unsigned first = 0;
	size_t n = given(r->out, w, &first);

	if (n > 0 && !w->many)
		return fail(e, RC_INVALID,
		    "%s: wanted once, found again after line %u; take one of "
		    "the two out",
		    w->word, first);
	if (w->many && n >= w->max)
		return fail(e, RC_LIMIT,
		    "%s: wanted at most %u times, found once more; take it out",
		    w->word, (unsigned)w->max);
	if (value.len > CONF_VALUE)
		return fail(e, RC_LIMIT,
		    "%s: wanted at most %u bytes, found %zu; shorten it",
		    w->word, CONF_VALUE, value.len);
	if (!w->parse(w, value, text) || text->len > CONF_VALUE)
		return fail(e, RC_INVALID,
		    "%s: wanted %s, found \"%.*s\"; for example: %s %s",
		    w->word, tr(w->wanted), (int)value.len,
		    (const char *)value.p, w->word, w->example);
	return RC_OK;
}

static enum rc
read_line(const struct reading *r, struct bytes line, struct err *e)
{
	const struct conf_word *w;
	struct buf text = { 0 };
	struct bytes word, value;
	enum rc rc;

	if (!utf8_valid(line) || memchr(line.p, 0, line.len) != NULL)
		return fail(e, RC_INVALID,
		    "wanted text, found other bytes; save the file as UTF-8");
	split(line, &word, &value);
	if ((w = conf_word(word)) == NULL)
		return fail(e, RC_INVALID,
		    "wanted a setting, found \"%.*s\"; antind.conf(5) has the "
		    "words",
		    (int)(word.len < WORD_SHOWN ? word.len : WORD_SHOWN),
		    (const char *)word.p);
	rc = read_value(r, w, value, &text, e);
	if (rc == RC_OK)
		add_value(r->out, w, buf_bytes(&text), r->line);
	buf_free(&text);
	return rc;
}

static void
read_lines(struct reading *r, struct bytes text)
{
	struct bytes line;
	const uint8_t *end;
	struct err e;

	while (text.len > 0) {
		end = memchr(text.p, '\n', text.len);
		line = bytes_of(
		    text.p, end == NULL ? text.len : (size_t)(end - text.p));
		text = end == NULL ? bytes_of(NULL, 0)
				   : bytes_of(end + 1, text.len - line.len - 1);
		r->line++;
		line = without_comment(line);
		if (line.len > 0 && read_line(r, line, &e) != RC_OK)
			problem(r, &e);
	}
}

static int
by_word(const void *a, const void *b)
{
	const struct conf_value *x = a, *y = b;

	if (x->is != y->is)
		return x->is < y->is ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

/* What the words are that were not given; a row's own default is good. */
static void
add_defaults(struct conf *c)
{
	const struct conf_word *w;
	struct buf text = { 0 };
	unsigned line;
	size_t i;

	for (i = 0; i < CONF_WORDS; i++) {
		w = &conf_words[i];
		if (w->normal == NULL || given(c, w, &line) > 0)
			continue;
		if (!w->parse(w, bytes_str(w->normal), &text))
			bug("a default that is not good");
		add_value(c, w, buf_bytes(&text), 0);
		buf_free(&text);
	}
}

enum rc
conf_parse(struct conf *out, struct bytes text, const char *name,
    struct buf *problems, struct err *e)
{
	struct reading r = { out, name, 0, problems, 0 };

	*out = (struct conf){ 0 };
	*problems = (struct buf){ 0 };
	if (text.len > CONF_MAX)
		return fail(e, RC_LIMIT,
		    "%s: %zu bytes, at most %u; take comments out", name,
		    text.len, CONF_MAX);
	read_lines(&r, text);
	if (r.wrong > 0) {
		conf_free(out);
		return fail(e, RC_INVALID,
		    "%s: %zu lines are wrong; nothing was started", name,
		    r.wrong);
	}
	add_defaults(out);
	qsort(out->values, out->count, sizeof(*out->values), by_word);
	return RC_OK;
}

void
conf_free(struct conf *c)
{
	free(c->values);
	*c = (struct conf){ 0 };
}

const struct conf_value *
conf_each(const struct conf *c, const char *word, size_t *at)
{
	while (*at < c->count)
		if (strcmp(c->values[(*at)++].is->word, word) == 0)
			return &c->values[*at - 1];
	return NULL;
}

const char *
conf_get(const struct conf *c, const char *word)
{
	size_t at = 0;
	const struct conf_value *v = conf_each(c, word, &at);

	return v == NULL ? NULL : v->text;
}

uint64_t
conf_number(const struct conf *c, const char *word)
{
	const char *text = conf_get(c, word);

	return text == NULL ? 0 : strtoull(text, NULL, 10);
}
