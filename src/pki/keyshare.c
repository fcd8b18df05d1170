/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/keyshare.h"

#include <string.h>

#include "core/base32.h"

#define VERSION 1
#define CHECK 4 /* bytes */
#define LINE "code:"

void
keyshare_bytes(uint8_t out[static KEYSHARE_BYTES], const struct keyshare *s)
{
	uint8_t hash[SHA256_SIZE];

	out[0] = VERSION;
	out[1] = s->share.x;
	out[2] = (uint8_t)s->quorum;
	out[3] = (uint8_t)s->count;
	memcpy(out + 4, s->set, KEYSHARE_SET);
	memcpy(out + 4 + KEYSHARE_SET, s->share.y, SHAMIR_SECRET);
	sha256(hash, bytes_of(out, KEYSHARE_BYTES - CHECK));
	memcpy(out + KEYSHARE_BYTES - CHECK, hash, CHECK);
}

void
keyshare_write(struct buf *out, const struct keyshare *s)
{
	uint8_t bytes[KEYSHARE_BYTES];

	*out = (struct buf){ 0 };
	keyshare_bytes(bytes, s);
	base32_write(out, bytes_of(bytes, sizeof(bytes)));
	wipe(bytes, sizeof(bytes));
}

void
keyshare_hash(uint8_t out[static SHA256_SIZE], const struct keyshare *s)
{
	uint8_t bytes[KEYSHARE_BYTES];

	keyshare_bytes(bytes, s);
	sha256(out, bytes_of(bytes, sizeof(bytes)));
	wipe(bytes, sizeof(bytes));
}

/* What stands behind "code:" at the beginning of a line, to its end; or all. */
static struct bytes
code_of(struct bytes in)
{
	const size_t n = sizeof(LINE) - 1;
	struct bytes rest = in, line;
	const uint8_t *end;

	while (rest.len > 0) {
		end = memchr(rest.p, '\n', rest.len);
		line = end == NULL ? rest
				   : bytes_of(rest.p, (size_t)(end - rest.p));
		if (line.len >= n && memcmp(line.p, LINE, n) == 0)
			return bytes_of(line.p + n, line.len - n);
		rest = end == NULL ? (struct bytes){ 0 }
				   : bytes_of(end + 1, rest.len - line.len - 1);
	}
	return in;
}

bool
keyshare_of(struct keyshare *out, const uint8_t bytes[static KEYSHARE_BYTES])
{
	uint8_t again[KEYSHARE_BYTES];
	struct keyshare s = { .quorum = bytes[2], .count = bytes[3] };
	bool ok;

	s.share.x = bytes[1];
	memcpy(s.set, bytes + 4, KEYSHARE_SET);
	memcpy(s.share.y, bytes + 4 + KEYSHARE_SET, SHAMIR_SECRET);
	keyshare_bytes(again, &s);
	ok = ct_equal(bytes_of(bytes, KEYSHARE_BYTES),
		 bytes_of(again, sizeof(again))) &&
	     s.quorum >= 2 && s.quorum <= s.count && s.count <= SHAMIR_MAX &&
	     s.share.x >= 1 && s.share.x <= s.count;
	*out = ok ? s : (struct keyshare){ 0 };
	wipe(again, sizeof(again));
	wipe(&s, sizeof(s));
	return ok;
}

enum rc
keyshare_read(struct keyshare *out, struct bytes in, struct err *e)
{
	uint8_t bytes[KEYSHARE_BYTES];
	bool ok;

	*out = (struct keyshare){ 0 };
	if (in.len > KEYSHARE_FILE_MAX)
		return fail(e, RC_LIMIT, "a share of %zu bytes, at most %u",
		    in.len, KEYSHARE_FILE_MAX);
	ok = base32_parse(bytes, sizeof(bytes), code_of(in)) &&
	     keyshare_of(out, bytes);
	wipe(bytes, sizeof(bytes));
	if (!ok)
		return fail(e, RC_INVALID,
		    "docs/ceremony.md 3.2: this is no share: 77 letters and "
		    "digits are wanted, and one of them is wrong or missing");
	return RC_OK;
}

/* All of one set, and no share twice. */
static enum rc
check_shares(
    const struct keyshare *s, size_t n, const struct id *set, struct err *e)
{
	size_t i, j;

	if (n == 0)
		return fail(e, RC_DENIED,
		    "the key file is under shares: give them with --share");
	for (i = 0; i < n; i++) {
		if (memcmp(s[i].set, set->b, KEYSHARE_SET) != 0)
			return fail(e, RC_DENIED,
			    "share number %u is not of the set that opens this "
			    "key file",
			    s[i].share.x);
		if (s[i].quorum != s[0].quorum || s[i].count != s[0].count)
			return fail(e, RC_DENIED,
			    "share number %u says another quorum than the "
			    "others",
			    s[i].share.x);
		for (j = 0; j < i; j++)
			if (s[j].share.x == s[i].share.x)
				return fail(e, RC_DENIED,
				    "share number %u is given twice",
				    s[i].share.x);
	}
	if (n < s[0].quorum)
		return fail(e, RC_DENIED,
		    "%u shares are wanted to open this key file, %zu are given",
		    s[0].quorum, n);
	return RC_OK;
}

enum rc
keyshare_join(uint8_t key[static SHAMIR_SECRET], const struct keyshare *shares,
    size_t n, const struct id *set, struct err *e)
{
	struct share joined[SHAMIR_MAX];
	size_t i, k;
	enum rc rc;

	if ((rc = check_shares(shares, n, set, e)) != RC_OK)
		return rc;
	k = shares[0].quorum;
	for (i = 0; i < k; i++)
		joined[i] = shares[i].share;
	if (!shamir_join(key, joined, (unsigned)k))
		rc = fail(e, RC_DENIED, "these shares do not join");
	wipe(joined, sizeof(joined));
	return rc;
}
