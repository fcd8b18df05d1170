/* SPDX-License-Identifier: EUPL-1.2 */
/* Values of settings: what a person writes, as it is kept. */
#include "daemon/conf_value.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/msg.h"
#include "envelope/address.h"
#include "pki/site.h"

#define CREDENTIAL "credential:"

bool
value_path(const struct conf_word *w, struct bytes value, struct buf *out)
{
	(void)w;
	buf_add(out, value);
	return value.len > 0;
}

/* A file, or "credential:NAME". */
bool
value_key(const struct conf_word *w, struct bytes value, struct buf *out)
{
	const size_t n = sizeof(CREDENTIAL) - 1;

	if (value.len >= n && memcmp(value.p, CREDENTIAL, n) == 0 &&
	    (value.len == n || value.p[n] == '.' ||
		memchr(value.p, '/', value.len) != NULL))
		return false;
	return value_path(w, value, out);
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

bool
value_number(const struct conf_word *w, struct bytes value, struct buf *out)
{
	uint64_t v;

	if (!digits(value, w->max, &v) || v < w->min)
		return false;
	add_number(out, v);
	return true;
}

/* Bytes, or with one of K, M, G and T behind it 1,024 of what is before. */
bool
value_size(const struct conf_word *w, struct bytes value, struct buf *out)
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
bool
value_time(const struct conf_word *w, struct bytes value, struct buf *out)
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

bool
value_desk(const struct conf_word *w, struct bytes value, struct buf *out)
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

/* Without a port it is "number"; one that is written is "least" or more. */
static bool
endpoint(struct bytes value, char address[static 46], bool *v6, uint16_t *port,
    uint64_t number, uint64_t least)
{
	struct bytes host, port_text;
	struct in6_addr in6;
	struct in_addr in4;
	char text[46];

	if (value.len == 0 || !split_endpoint(value, &host, &port_text) ||
	    host.len == 0 || host.len >= sizeof(text) ||
	    memchr(host.p, 0, host.len) != NULL)
		return false;
	memcpy(text, host.p, host.len);
	text[host.len] = '\0';
	if (port_text.len > 0 &&
	    (!digits(port_text, UINT16_MAX, &number) || number < least))
		return false;
	*port = (uint16_t)number;
	*v6 = memchr(text, ':', host.len) != NULL;
	if (inet_pton(*v6 ? AF_INET6 : AF_INET, text,
		*v6 ? (void *)&in6 : (void *)&in4) != 1)
		return false;
	return inet_ntop(*v6 ? AF_INET6 : AF_INET,
		   *v6 ? (void *)&in6 : (void *)&in4, address, 46) != NULL;
}

bool
conf_endpoint(
    struct bytes value, char address[static 46], bool *v6, uint16_t *port)
{
	return endpoint(value, address, v6, port, CONF_PORT, 1);
}

bool
conf_web(struct bytes value, char address[static 46], bool *v6, uint16_t *port)
{
	return endpoint(value, address, v6, port, 0, 0) &&
	       strcmp(address, *v6 ? "::1" : "127.0.0.1") == 0;
}

bool
conf_web_tls(
    struct bytes value, char address[static 46], bool *v6, uint16_t *port)
{
	return endpoint(value, address, v6, port, 443, 0);
}

static void
add_endpoint(
    struct buf *out, const char address[static 46], bool v6, uint16_t port)
{
	buf_add(out, bytes_str(v6 ? "[" : ""));
	buf_add(out, bytes_str(address));
	buf_add(out, bytes_str(v6 ? "]:" : ":"));
	add_number(out, port);
}

bool
value_web_tls(const struct conf_word *w, struct bytes value, struct buf *out)
{
	char address[46];
	uint16_t port;
	bool v6;

	(void)w;
	if (!conf_web_tls(value, address, &v6, &port))
		return false;
	add_endpoint(out, address, v6, port);
	return true;
}

bool
value_web_name(const struct conf_word *w, struct bytes value, struct buf *out)
{
	(void)w;
	buf_add(out, value);
	return site_name_is(value);
}

/* Of this machine itself: what goes there is not sealed. */
bool
value_web(const struct conf_word *w, struct bytes value, struct buf *out)
{
	char address[46];
	uint16_t port;
	bool v6;

	(void)w;
	if (!conf_web(value, address, &v6, &port))
		return false;
	buf_add(out, bytes_str(v6 ? "[::1]:" : "127.0.0.1:"));
	add_number(out, port);
	return true;
}

bool
value_listen(const struct conf_word *w, struct bytes value, struct buf *out)
{
	char address[46];
	uint16_t port;
	bool v6;

	(void)w;
	if (!conf_endpoint(value, address, &v6, &port))
		return false;
	add_endpoint(out, address, v6, port);
	return true;
}

/* Nobody is reached at the address that means all of one's own. */
bool
value_parent(const struct conf_word *w, struct bytes value, struct buf *out)
{
	char address[46];
	uint16_t port;
	bool v6;

	return conf_endpoint(value, address, &v6, &port) &&
	       strcmp(address, v6 ? "::" : "0.0.0.0") != 0 &&
	       value_listen(w, value, out);
}

/* A user's or a group's. */
bool
value_name(const struct conf_word *w, struct bytes value, struct buf *out)
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

bool
value_sandbox(const struct conf_word *w, struct bytes value, struct buf *out)
{
	static const char *const words[] = { "on", "none", NULL };

	(void)w;
	return one_of(words, value, out);
}

bool
value_yes(const struct conf_word *w, struct bytes value, struct buf *out)
{
	static const char *const words[] = { "yes", "no", NULL };

	(void)w;
	return one_of(words, value, out);
}

bool
value_log(const struct conf_word *w, struct bytes value, struct buf *out)
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

bool
value_contact(const struct conf_word *w, struct bytes value, struct buf *out)
{
	(void)w;
	return clock_times(&value, out) && value.len == 0;
}

bool
value_cap(const struct conf_word *w, struct bytes value, struct buf *out)
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
