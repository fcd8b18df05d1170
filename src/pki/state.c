/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/state.h"

#include <stdlib.h>
#include <string.h>

#include "core/index.h"
#include "pki/fold.h"

uint64_t
key_of(struct bytes b)
{
	uint8_t hash[SHA256_SIZE];
	uint64_t key;

	sha256(hash, b);
	memcpy(&key, hash, sizeof(key));
	return key;
}

void
state_free(struct state *s)
{
	size_t i;

	for (i = 0; i < s->unit_count; i++) {
		free(s->units[i].names);
		free(s->units[i].classes);
		free(s->units[i].places);
		free(s->units[i].hosts);
		free(s->units[i].codes);
		free(s->units[i].children);
		free(s->units[i].successors);
		free(s->units[i].desks_to);
	}
	for (i = 0; i < s->holder_count; i++)
		free(s->holders[i].names);
	for (i = 0; i < s->cert_count; i++)
		sig_pub_free(s->certs[i].pub);
	free(s->units);
	free(s->holders);
	free(s->certs);
	free(s->roles);
	free(s->lists);
	free(s->policies);
	free(s->alarms);
	index_free(s->by_host);
	index_free(s->by_uid);
	index_free(s->by_fingerprint);
	index_free(s->by_tag);
	arena_free(&s->text);
	*s = (struct state){ 0 };
}

/* ---- at a time ------------------------------------------------------------
 */

/* The first one holds before its time too: a thing always has a name. */
static struct bytes
since_at(const struct since *v, size_t n, int64_t t)
{
	struct bytes text = n > 0 ? v[0].text : (struct bytes){ 0 };
	size_t i;

	for (i = 0; i < n && v[i].from <= t; i++)
		text = v[i].text;
	return text;
}

struct bytes
unit_name(const struct unit *u, int64_t t)
{
	return since_at(u->names, u->name_count, t);
}

struct bytes
unit_class(const struct unit *u, int64_t t)
{
	return since_at(u->classes, u->class_count, t);
}

struct bytes
holder_name(const struct holder *h, int64_t t)
{
	return since_at(h->names, h->name_count, t);
}

struct bytes
unit_host(const struct unit *u, int64_t t)
{
	size_t i;

	for (i = 0; i < u->host_count; i++)
		if (u->hosts[i].from <= t && t < u->hosts[i].until)
			return u->hosts[i].text;
	return (struct bytes){ 0 };
}

size_t
unit_parent(const struct unit *u, int64_t t)
{
	size_t i, parent = NONE;

	for (i = 0; i < u->place_count && u->places[i].from <= t; i++)
		parent = u->places[i].parent;
	return parent;
}

bool
unit_open(const struct unit *u, int64_t t)
{
	return u->opened <= t && t < u->closed;
}

bool
holder_open(const struct holder *h, int64_t t)
{
	return h->opened <= t && t < h->closed;
}

bool
unit_within(const struct state *s, size_t in, size_t of, int64_t t)
{
	unsigned steps;

	for (steps = 0; in != NONE && steps <= FOLD_DEPTH; steps++) {
		if (in == of)
			return true;
		in = unit_parent(&s->units[in], t);
	}
	return false;
}

/* ---- by what it is called --------------------------------------------------
 */

size_t
unit_by_uid(const struct state *s, const struct id *uid)
{
	size_t at = 0, i;

	while (index_each(s->by_uid, key_of(id_bytes(uid)), &at, &i))
		if (id_eq(&s->units[i].uid, uid))
			return i;
	return NONE;
}

size_t
holder_by_id(const struct state *s, size_t unit, struct bytes id)
{
	size_t i;

	for (i = s->units[unit].holders; i != NONE; i = s->holders[i].next)
		if (bytes_eq(s->holders[i].id, id))
			return i;
	return NONE;
}

size_t
cert_by_fingerprint(
    const struct state *s, const uint8_t fingerprint[static SHA256_SIZE])
{
	uint64_t key;
	size_t at = 0, i;

	memcpy(&key, fingerprint, sizeof(key));
	while (index_each(s->by_fingerprint, key, &at, &i))
		if (memcmp(s->certs[i].fingerprint, fingerprint, SHA256_SIZE) ==
		    0)
			return i;
	return NONE;
}

size_t
cert_by_tag(const struct state *s, struct bytes tag)
{
	size_t at = 0, i;

	while (index_each(s->by_tag, key_of(tag), &at, &i))
		if (bytes_eq(tag_bytes(&s->certs[i].cert.tag), tag))
			return i;
	return NONE;
}

size_t
unit_by_host(const struct state *s, struct bytes host, int64_t t)
{
	const struct host *h;
	size_t at = 0, i, j, best = NONE;
	int64_t until = 0;

	while (index_each(s->by_host, key_of(host), &at, &i)) {
		for (j = 0; j < s->units[i].host_count; j++) {
			h = &s->units[i].hosts[j];
			if (!bytes_eq(h->text, host) || h->from > t)
				continue;
			if (t < h->until)
				return i;
			if (h->until >= until) {
				best = i;
				until = h->until;
			}
		}
	}
	return best;
}
