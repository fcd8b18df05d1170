/* SPDX-License-Identifier: EUPL-1.2 */
#include "daemon/conf.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/lang.h"
#include "core/utf8.h"
#include "core/vec.h"
#include "daemon/msg.h"
#include "envelope/address.h"

#define CREDENTIAL "credential:"
#define WORD_SHOWN 64 /* bytes of a word that is none, as it is shown */

/* ---- parsers ----------------------------------------------------------------
 */

static bool
parse_path(const struct conf_word *w, struct bytes value, struct buf *out)
{
	(void)w;
	buf_add(out, value);
	return value.len > 0;
}

/* A file, or "credential:NAME". */
static bool
parse_key(const struct conf_word *w, struct bytes value, struct buf *out)
{
	const size_t n = sizeof(CREDENTIAL) - 1;

	if (value.len >= n && memcmp(value.p, CREDENTIAL, n) == 0 &&
	    (value.len == n || value.p[n] == '.' ||
		memchr(value.p, '/', value.len) != NULL))
		return false;
	return parse_path(w, value, out);
}

const char *
conf_credential(const char *text)
{
	const size_t n = sizeof(CREDENTIAL) - 1;

	return strncmp(text, CREDENTIAL, n) == 0 ? text + n : NULL;
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Decimal digits to the end, without a needless zero before them. */
static bool
digits(struct bytes value, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;
	size_t i;

	if (value.len == 0 || value.len > 19 ||
	    (value.len > 1 && value.p[0] == '0'))
		return false;
	for (i = 0; i < value.len; i++) {
		if (!is_digit(value.p[i]))
			return false;
		v = v * 10 + (uint64_t)(value.p[i] - '0');
	}
	*out = v;
	return v <= max;
}

static void
add_number(struct buf *out, uint64_t v)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, v);
	buf_add(out, bytes_str(text));
}

static bool
parse_number(const struct conf_word *w, struct bytes value, struct buf *out)
{
	uint64_t v;

	if (!digits(value, w->max, &v) || v < w->min)
		return false;
	add_number(out, v);
	return true;
}

/* Bytes, or with one of K, M, G and T behind it 1,024 of what is before. */
static bool
parse_size(const struct conf_word *w, struct bytes value, struct buf *out)
{
	static const char units[] = "KMGT";
	unsigned shift = 0;
	const char *unit;
	uint64_t v;

	if (value.len > 1 && !is_digit(value.p[value.len - 1])) {
		unit = memchr(units, value.p[value.len - 1], 4);
		if (unit == NULL)
			return false;
		shift = 10 * (unsigned)(unit - units + 1);
		value.len--;
	}
	if (!digits(value, w->max >> shift, &v) || v << shift < w->min)
		return false;
	add_number(out, v << shift);
	return true;
}

/* A number with one of s, m, h and d behind it, as seconds. */
static bool
parse_time(const struct conf_word *w, struct bytes value, struct buf *out)
{
	static const struct {
		char unit;
		uint64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	uint64_t v;
	size_t i;

	if (digits(value, w->max, &v) && v >= w->min) {
		add_number(out, v); /* seconds, as the processes are told */
		return true;
	}
	if (value.len < 2)
		return false;
	value.len--;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (value.p[value.len] == (uint8_t)units[i].unit &&
		    digits(value, w->max / units[i].seconds, &v) &&
		    v * units[i].seconds >= w->min) {
			add_number(out, v * units[i].seconds);
			return true;
		}
	return false;
}

static bool
parse_desk(const struct conf_word *w, struct bytes value, struct buf *out)
{
	(void)w;
	buf_add(out, value);
	return address_is_desk(value);
}

/* The address before ":PORT", of IPv6 in brackets where a port follows, and
 * the port. */
static bool
split_endpoint(struct bytes value, struct bytes *host, struct bytes *port)
{
	const uint8_t *colon = memrchr(value.p, ':', value.len), *close;
	size_t at;

	*port = bytes_of(NULL, 0);
	*host = value;
	if (value.len > 0 && value.p[0] == '[') {
		close = memchr(value.p, ']', value.len);
		if (close == NULL)
			return false;
		at = (size_t)(close - value.p);
		*host = bytes_of(value.p + 1, at - 1);
		if (at + 1 == value.len)
			return true;
		if (value.p[at + 1] != ':')
			return false;
		*port = bytes_of(value.p + at + 2, value.len - at - 2);
		return port->len > 0;
	}
	/* more than one colon: IPv6 without a port */
	if (colon == NULL || memchr(value.p, ':', value.len) != colon)
		return true;
	at = (size_t)(colon - value.p);
	*host = bytes_of(value.p, at);
	*port = bytes_of(colon + 1, value.len - at - 1);
	return port->len > 0;
}

bool
conf_endpoint(
    struct bytes value, char address[static 46], bool *v6, uint16_t *port)
{
	struct bytes host, port_text;
	struct in6_addr in6;
	struct in_addr in4;
	uint64_t number = CONF_PORT;
	char text[46];

	if (value.len == 0 || !split_endpoint(value, &host, &port_text) ||
	    host.len == 0 || host.len >= sizeof(text) ||
	    memchr(host.p, 0, host.len) != NULL)
		return false;
	memcpy(text, host.p, host.len);
	text[host.len] = '\0';
	if (port_text.len > 0 &&
	    (!digits(port_text, UINT16_MAX, &number) || number == 0))
		return false;
	*port = (uint16_t)number;
	*v6 = memchr(text, ':', host.len) != NULL;
	if (inet_pton(*v6 ? AF_INET6 : AF_INET, text,
		*v6 ? (void *)&in6 : (void *)&in4) != 1)
		return false;
	return inet_ntop(*v6 ? AF_INET6 : AF_INET,
		   *v6 ? (void *)&in6 : (void *)&in4, address, 46) != NULL;
}

static bool
parse_listen(const struct conf_word *w, struct bytes value, struct buf *out)
{
	char address[46];
	uint16_t port;
	bool v6;

	(void)w;
	if (!conf_endpoint(value, address, &v6, &port))
		return false;
	buf_add(out, bytes_str(v6 ? "[" : ""));
	buf_add(out, bytes_str(address));
	buf_add(out, bytes_str(v6 ? "]:" : ":"));
	add_number(out, port);
	return true;
}

/* Nobody is reached at the address that means all of one's own. */
static bool
parse_parent(const struct conf_word *w, struct bytes value, struct buf *out)
{
	char address[46];
	uint16_t port;
	bool v6;

	return conf_endpoint(value, address, &v6, &port) &&
	       strcmp(address, v6 ? "::" : "0.0.0.0") != 0 &&
	       parse_listen(w, value, out);
}

/* A user's or a group's. */
static bool
parse_name(const struct conf_word *w, struct bytes value, struct buf *out)
{
	size_t i;

	(void)w;
	if (value.len == 0 || value.len > 32 || is_digit(value.p[0]) ||
	    value.p[0] == '-')
		return false;
	for (i = 0; i < value.len; i++)
		if (!(value.p[i] >= 'a' && value.p[i] <= 'z') &&
		    !is_digit(value.p[i]) && value.p[i] != '_' &&
		    value.p[i] != '-')
			return false;
	buf_add(out, value);
	return true;
}

static bool
one_of(const char *const *words, struct bytes value, struct buf *out)
{
	for (; *words != NULL; words++)
		if (bytes_is(value, *words)) {
			buf_add(out, value);
			return true;
		}
	return false;
}

static bool
parse_sandbox(const struct conf_word *w, struct bytes value, struct buf *out)
{
	static const char *const words[] = { "on", "none", NULL };

	(void)w;
	return one_of(words, value, out);
}

static bool
parse_yes(const struct conf_word *w, struct bytes value, struct buf *out)
{
	static const char *const words[] = { "yes", "no", NULL };

	(void)w;
	return one_of(words, value, out);
}

static bool
parse_log(const struct conf_word *w, struct bytes value, struct buf *out)
{
	static const char *const words[] = { "debug", "info", "warn", NULL };

	(void)w;
	return one_of(words, value, out);
}

/* "HH:MM" at the front, 00:00 to 24:00, as minutes. */
static bool
clock_time(struct bytes *in, uint64_t *minutes)
{
	const uint8_t *p = in->p;
	uint64_t h, m;

	if (in->len < 5 || !is_digit(p[0]) || !is_digit(p[1]) || p[2] != ':' ||
	    !is_digit(p[3]) || !is_digit(p[4]))
		return false;
	h = 10 * (uint64_t)(p[0] - '0') + (uint64_t)(p[1] - '0');
	m = 10 * (uint64_t)(p[3] - '0') + (uint64_t)(p[4] - '0');
	*minutes = 60 * h + m;
	*in = bytes_of(p + 5, in->len - 5);
	return m < 60 && *minutes <= 24 * 60;
}

/* "HH:MM-HH:MM" at the front, and two numbers of minutes in *out; over midnight
 * where the second is the earlier. */
static bool
clock_times(struct bytes *in, struct buf *out)
{
	uint64_t from, to;

	if (!clock_time(in, &from) || in->len == 0 || in->p[0] != '-')
		return false;
	*in = bytes_of(in->p + 1, in->len - 1);
	if (!clock_time(in, &to) || from == to || from == 24 * 60)
		return false;
	add_number(out, from);
	buf_u8(out, ' ');
	add_number(out, to);
	return true;
}

static bool
parse_contact(const struct conf_word *w, struct bytes value, struct buf *out)
{
	(void)w;
	return clock_times(&value, out) && value.len == 0;
}

static bool
parse_cap(const struct conf_word *w, struct bytes value, struct buf *out)
{
	uint64_t rate;

	(void)w;
	if (!clock_times(&value, out) || value.len < 2 || value.p[0] != ' ' ||
	    !digits(bytes_of(value.p + 1, value.len - 1), 1000000, &rate) ||
	    rate < 64)
		return false;
	buf_u8(out, ' ');
	add_number(out, rate);
	return true;
}

/* ---- the table --------------------------------------------------------------
 */

#define KEYS (1u << PROC_KEYS)
#define STORE (1u << PROC_STORE)
#define SEAL (1u << PROC_SEAL)
#define LINK (1u << PROC_LINK)
#define CONTROL (1u << PROC_CONTROL)
#define MEDIA (1u << PROC_MEDIA)
#define ALL (KEYS | STORE | SEAL | LINK | CONTROL | MEDIA)

const struct conf_word conf_words[CONF_WORDS] = {
	{ "data", "a folder",
	    "the folder of this station: its database, its keys, its "
	    "directory",
	    "/var/lib/antin", "/var/lib/antin", parse_path, 0, 0, false,
	    CONF_BESIDE, STORE },
	{ "key", "a file, or credential:NAME",
	    "the key file of the station itself", "station.key", "station.key",
	    parse_key, 0, 0, false, CONF_DATA, 0 },
	{ "directory", "a file", "the directory file of the station",
	    "directory", "directory", parse_path, 0, 0, false, CONF_DATA,
	    STORE },
	{ "listen", "an IP address of this machine, and a port",
	    "where stations below this one call", NULL, "0.0.0.0:7433",
	    parse_listen, 0, CONF_MANY, true, CONF_NO_PATH, 0 },
	{ "parent", "an IP address, for names are not looked up, and a port",
	    "where the station above this one is called; several addresses of "
	    "it are tried in turn",
	    NULL, "192.0.2.1:7433", parse_parent, 0, CONF_PARENTS, true,
	    CONF_NO_PATH, LINK | STORE },
	{ "user", "the name of a user",
	    "as whom the processes work where root starts the daemon", NULL,
	    "antin", parse_name, 0, 0, false, CONF_NO_PATH, ALL },
	{ "control-group", "the name of a group",
	    "who besides root and this user may use the station by antin(1)",
	    NULL, "antin", parse_name, 0, 0, false, CONF_NO_PATH, 0 },
	{ "sandbox", "\"on\" or \"none\"",
	    "whether the processes lock themselves in", "on", "on",
	    parse_sandbox, 0, 0, false, CONF_NO_PATH, ALL },
	{ "log", "\"debug\", \"info\" or \"warn\"", "the least that is logged",
	    "info", "info", parse_log, 0, 0, false, CONF_NO_PATH, ALL },
	{ "keep-alive", "a number of seconds, 1 to 3600",
	    "after so much silence a link asks whether the other is there",
	    "30", "30", parse_number, 1, 3600, false, CONF_NO_PATH, LINK },
	{ "max-children", "a number, 0 to 100000",
	    "links of stations below at one time", "10000", "10000",
	    parse_number, 0, 100000, false, CONF_NO_PATH, LINK },
	{ "max-size", "a size, 1M to 1T",
	    "the largest dispatch that is accepted, in bytes", "8G", "8G",
	    parse_size, UINT64_C(1) << 20, UINT64_C(1) << 40, false,
	    CONF_NO_PATH, STORE | SEAL | LINK },
	{ "unlock", "a number of minutes, 1 to 1440",
	    "so long a desk stays unlocked after it was used", "15", "15",
	    parse_number, 1, 1440, false, CONF_NO_PATH, KEYS },
	{ "deadline-hoa-toc", "a time, 1s to 366d",
	    "so long a dispatch may take, and wait, before an alarm is raised",
	    "10m", "10m", parse_time, 1, 366 * 86400, false, CONF_NO_PATH,
	    STORE },
	{ "deadline-thuong-khan", "a time, 1s to 366d",
	    "so long a dispatch may take, and wait, before an alarm is raised",
	    "30m", "30m", parse_time, 1, 366 * 86400, false, CONF_NO_PATH,
	    STORE },
	{ "deadline-khan", "a time, 1s to 366d",
	    "so long a dispatch may take, and wait, before an alarm is raised",
	    "2h", "2h", parse_time, 1, 366 * 86400, false, CONF_NO_PATH,
	    STORE },
	{ "deadline-thuong", "a time, 1s to 366d",
	    "so long a dispatch may take, and wait, before an alarm is raised",
	    "24h", "24h", parse_time, 1, 366 * 86400, false, CONF_NO_PATH,
	    STORE },
	{ "quota-hoa-toc", "a number, 1 to 1000000",
	    "dispatches an hour of a station below that are carried so",
	    "1000", "1000", parse_number, 1, 1000000, false, CONF_NO_PATH,
	    STORE },
	{ "quota-hoa-toc-size", "a size, 1M to 1T",
	    "bytes an hour of a station below that are carried so", "256M",
	    "256M", parse_size, UINT64_C(1) << 20, UINT64_C(1) << 40, false,
	    CONF_NO_PATH, STORE },
	{ "quota-thuong-khan", "a number, 1 to 1000000",
	    "dispatches an hour of a station below that are carried so",
	    "5000", "5000", parse_number, 1, 1000000, false, CONF_NO_PATH,
	    STORE },
	{ "quota-thuong-khan-size", "a size, 1M to 1T",
	    "bytes an hour of a station below that are carried so", "1G",
	    "1G", parse_size, UINT64_C(1) << 20, UINT64_C(1) << 40, false,
	    CONF_NO_PATH, STORE },
	{ "checkpoint", "a time, 1s to 1d",
	    "so often the journal is signed, and the station above told of it",
	    "10m", "10m", parse_time, 1, 86400, false, CONF_NO_PATH, STORE },
	{ "restore-wait", "a time, 1s to 30d",
	    "so long a restored station waits for the others before a person "
	    "may open it",
	    "6h", "6h", parse_time, 1, 30 * 86400, false, CONF_NO_PATH, STORE },
	{ "duty", "the address of a desk",
	    "the desk on duty: who looks into its inbox sees alarms first",
	    NULL, "antin://dien-bien.vn/truc-ban", parse_desk, 0, 0, false,
	    CONF_NO_PATH, STORE },
	{ "thin", "\"yes\" or \"no\"",
	    "whether the line to the station above is a thin one: short "
	    "handshakes, and nothing while there is nothing to say",
	    "no", "yes", parse_yes, 0, 0, false, CONF_NO_PATH, LINK },
	{ "contact", "two times of day, HH:MM-HH:MM",
	    "when the station above is called; where it is not given, always",
	    NULL, "07:00-08:30", parse_contact, 0, CONF_HOURS, true,
	    CONF_NO_PATH, LINK | STORE },
	{ "cap", "two times of day and bytes a second, HH:MM-HH:MM N",
	    "so much the line to the station above carries at most, each way, "
	    "in these hours",
	    NULL, "07:00-17:00 600", parse_cap, 0, CONF_HOURS, true,
	    CONF_NO_PATH, LINK },
	{ "unseen-hoa-toc", "a time, 1s to 30d",
	    "so long nobody may have seen an alarm before it calls the next",
	    "5m", "5m", parse_time, 1, 30 * 86400, false, CONF_NO_PATH, STORE },
	{ "unseen-thuong-khan", "a time, 1s to 30d",
	    "so long nobody may have seen an alarm before it calls the next",
	    "10m", "10m", parse_time, 1, 30 * 86400, false, CONF_NO_PATH,
	    STORE },
	{ "unseen-khan", "a time, 1s to 30d",
	    "so long nobody may have seen an alarm before it calls the next",
	    "30m", "30m", parse_time, 1, 30 * 86400, false, CONF_NO_PATH,
	    STORE },
	{ "unseen-thuong", "a time, 1s to 30d",
	    "so long nobody may have seen an alarm before it calls the next",
	    "2h", "2h", parse_time, 1, 30 * 86400, false, CONF_NO_PATH, STORE },
	{ "log-size", "a size, 64K to 1T",
	    "a log file that is longer is set aside, and a new one begun",
	    "64M", "64M", parse_size, UINT64_C(1) << 16, UINT64_C(1) << 40,
	    false, CONF_NO_PATH, 0 },
	{ "log-keep", "a number, 1 to 1000",
	    "so many log files that were set aside are kept", "20", "20",
	    parse_number, 1, 1000, false, CONF_NO_PATH, 0 },
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
