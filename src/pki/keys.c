/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/keys.h"

#include "core/time.h"

/* The newest key of one use: what becomes of it, and when. */
static enum keys
key_of_use(const struct directory *d, size_t unit, size_t holder,
    enum cert_kind kind, enum cert_use use, int64_t t, int64_t *until)
{
	const struct state *s = &d->state;
	const struct dcert *c, *last = NULL;
	size_t i;

	for (i = s->units[unit].certs; i != NONE; i = s->certs[i].next) {
		c = &s->certs[i];
		if (c->holder == holder && c->cert.rights.kind == kind &&
		    c->cert.use == use && c->from <= t &&
		    (last == NULL || c->until > last->until))
			last = c;
	}
	if (last == NULL)
		return KEYS_NONE;
	*until = last->until - 1; /* its last second */
	if (t < last->until)
		return last->until - t <= KEYS_SOON * TIME_DAY ? KEYS_ENDING
							       : KEYS_GOOD;
	return last->revoked <= last->until ? KEYS_REVOKED : KEYS_ENDED;
}

enum keys
keys_of(const struct directory *d, size_t unit, size_t holder,
    enum cert_kind kind, int64_t t, int64_t *until)
{
	int64_t end = TIME_NEVER;
	enum keys sign, kem;

	*until = TIME_NEVER;
	sign = key_of_use(d, unit, holder, kind, CERT_SIGN, t, until);
	kem = key_of_use(d, unit, holder, kind, CERT_KEM, t, &end);
	/* the worse of the two, and the sooner */
	if (end < *until)
		*until = end;
	return sign > kem ? sign : kem;
}

const char *
keys_state(enum keys k)
{
	static const char *const words[] = { "none", "good", "ending", "ended",
		"revoked" };

	return words[k];
}
