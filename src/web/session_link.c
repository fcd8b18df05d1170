/* SPDX-License-Identifier: EUPL-1.2 */
/* One-time links, and the tokens that they and sessions are known by
 * (docs/desk.md 4.2, 4.5). */
#include "core/base64.h"
#include "crypto/random.h"
#include "web/sessions.h"

void
token_new(char out[static WEB_TOKEN])
{
	uint8_t secret[WEB_SECRET_SIZE];
	struct buf text = { 0 };
	size_t i;

	random_bytes(secret, sizeof(secret));
	base64_write(&text, bytes_of(secret, sizeof(secret)));
	for (i = 0; i < WEB_TOKEN - 1; i++)
		out[i] = text.p[i] == '+'   ? '-'
			 : text.p[i] == '/' ? '_'
					    : (char)text.p[i];
	out[WEB_TOKEN - 1] = '\0';
	wipe(secret, sizeof(secret));
	buf_free(&text);
}

bool
token_is(
    const uint8_t a[static SHA256_SIZE], const uint8_t b[static SHA256_SIZE])
{
	return ct_equal(bytes_of(a, SHA256_SIZE), bytes_of(b, SHA256_SIZE));
}

/* ---- links
 * ---- */

void
web_link_new(struct web_sessions *ws, char token[static WEB_TOKEN],
    uint64_t uid, int64_t now)
{
	struct waiting *w = &ws->links[0];
	size_t i;

	token_new(token);
	sessions_lock(ws);
	for (i = 0; i < WEB_LINKS; i++) {
		if (!ws->links[i].used) {
			w = &ws->links[i];
			break;
		}
		if (ws->links[i].since < w->since)
			w = &ws->links[i];
	}
	w->used = true;
	w->since = now;
	w->uid = uid;
	sha256(w->token, bytes_str(token));
	sessions_unlock(ws);
}

enum rc
web_link_take(struct web_sessions *ws, struct bytes token,
    const struct web_from *from, int64_t now, struct err *e)
{
	uint8_t hash[SHA256_SIZE];
	struct waiting *w;
	bool good = false, may;
	int64_t wait;
	size_t i;

	sha256(hash, token);
	sessions_lock(ws);
	may = may_try_link(ws, from, now, &wait);
	for (i = 0; may && i < WEB_LINKS; i++) {
		w = &ws->links[i];
		if (!w->used || !token_is(w->token, hash) ||
		    (w->uid != WEB_ANYBODY && from->uid != WEB_ANYBODY &&
			from->uid != w->uid))
			continue;
		good = now - w->since < WEB_LINK_MS;
		wipe(w, sizeof(*w));
	}
	sessions_unlock(ws);
	if (!may)
		return fail(e, RC_LIMIT,
		    "too many one-time addresses were tried just now; try "
		    "again soon");
	return good
		   ? RC_OK
		   : fail(e, RC_DENIED,
			 "this address was used already, or is older than five "
			 "minutes; antin desk gives a new one");
}
