/* SPDX-License-Identifier: EUPL-1.2 */
#include "envelope/address.h"

#include <string.h>

#include "core/limits.h"

#define SCHEME "antin://"
#define ID_MAX 63

bool
address_id_ok(struct bytes id)
{
	size_t i;

	if (id.len == 0 || id.len > ID_MAX || id.p[0] == '-' ||
	    id.p[id.len - 1] == '-')
		return false;
	/* RFC 5891 4.2.3.1: "xn--" and its like are shown as other letters */
	if (id.len > 3 && id.p[2] == '-' && id.p[3] == '-')
		return false;
	for (i = 0; i < id.len; i++)
		if (!(id.p[i] >= 'a' && id.p[i] <= 'z') &&
		    !(id.p[i] >= '0' && id.p[i] <= '9') && id.p[i] != '-')
			return false;
	return true;
}

/* Cut at the first "at"; the rest goes to *rest, empty where there is none. */
static struct bytes
cut(struct bytes in, char at, struct bytes *rest, bool *found)
{
	const uint8_t *p = in.len == 0 ? NULL : memchr(in.p, at, in.len);

	*found = p != NULL;
	*rest = (struct bytes){ 0 };
	if (p == NULL)
		return in;
	*rest = bytes_of(p + 1, (size_t)(in.p + in.len - p - 1));
	return bytes_of(in.p, (size_t)(p - in.p));
}

static bool
is_host(struct bytes host)
{
	unsigned depth = 0;
	struct bytes id;
	bool more = true;

	while (more) {
		id = cut(host, '.', &host, &more);
		if (!address_id_ok(id) || ++depth > ADDRESS_DEPTH)
			return false;
	}
	return true;
}

bool
address_parse(struct address *out, struct bytes in)
{
	const size_t n = sizeof(SCHEME) - 1;
	bool has_desk;

	*out = (struct address){ 0 };
	if (in.len > LIMIT_ADDRESS || in.len <= n ||
	    memcmp(in.p, SCHEME, n) != 0)
		return false;
	out->host =
	    cut(bytes_of(in.p + n, in.len - n), '/', &out->desk, &has_desk);
	out->station = bytes_of(in.p, n + out->host.len);
	return is_host(out->host) && (!has_desk || address_id_ok(out->desk));
}

bool
address_is_desk(struct bytes in)
{
	struct address a;

	return address_parse(&a, in) && a.desk.len > 0;
}

bool
address_is_station(struct bytes in)
{
	struct address a;

	return address_parse(&a, in) && a.desk.len == 0;
}
