/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The key of the registry's rows (docs/registry.md 6.1): keys makes one, and
 * opens what was kept of it; the store keeps it once, and never another.
 */
#include "stage.h"

static struct line *store;

/* What keys says to that; the caller frees. */
static struct heard
asks(struct bytes record)
{
	struct heard h;

	say_to(store, MSG_ROW_KEY, ++jobs, &(struct msg_record){ record }, -1);
	if (!wait_for(&h, store, MSG_ROW_KEY_IS) || h.m.job != jobs)
		bug("no answer, or to another job");
	return h;
}

static const struct msg_row_key *
of(const struct heard *h)
{
	return &h->m.body.row_key;
}

static bool
same_key(const struct heard *a, const struct heard *b)
{
	return of(a)->rc == RC_OK && of(b)->rc == RC_OK &&
	       memcmp(of(a)->key, of(b)->key, sizeof(of(a)->key)) == 0;
}

static struct actor
keys_of(const struct identity *station)
{
	struct actor a = actor_new(&process_keys);

	give_key(&a, station, "station.key", NULL, true);
	store = actor_sibling(&a, PROC_STORE);
	if (!actor_go(&a))
		bug("keys does not start");
	return a;
}

static void
one_is_made_and_opens(struct heard *made)
{
	struct heard other = asks((struct bytes){ 0 }), h;

	*made = asks((struct bytes){ 0 });
	ok(of(made)->rc == RC_OK && of(made)->record.len > 0,
	    "where there is none, keys makes one");
	ok(!same_key(made, &other), "another each time");
	ok(memmem(of(made)->record.p, of(made)->record.len, of(made)->key,
	       sizeof(of(made)->key)) == NULL,
	    "what is kept does not show it");
	h = asks(of(made)->record);
	ok(same_key(made, &h), "what is kept opens again");
	is(of(&h)->record.len, 0, "and stays as it is");
	heard_free(&h);
	heard_free(&other);
}

static void
what_was_changed_does_not_open(struct heard *made)
{
	static const uint8_t none[MSG_ROW_KEY_SIZE];
	struct buf bent = { 0 };
	size_t i, opened = 0, leaked = 0, replaced = 0;
	struct heard h;

	buf_add(&bent, of(made)->record);
	for (i = 0; i < bent.len; i += i < 12 ? 1 : 31) {
		bent.p[i] ^= 0x10;
		h = asks(buf_bytes(&bent));
		opened += of(&h)->rc == RC_OK;
		leaked += memcmp(of(&h)->key, none, sizeof(none)) != 0;
		replaced += of(&h)->record.len > 0;
		heard_free(&h);
		bent.p[i] ^= 0x10;
	}
	h = asks(bytes_of(bent.p, bent.len - 1));
	opened += of(&h)->rc == RC_OK;
	heard_free(&h);
	is(opened, 0, "no record with a flipped bit or a lost byte opens");
	is(leaked, 0, "nothing comes out of one");
	is(replaced, 0, "and none is replaced by a new key");
	buf_free(&bent);
}

static void
keys_are_renewed(void)
{
	const struct rights r = { .kind = CERT_STATION };
	struct identity before, after, other;
	struct heard made, h, again;
	struct actor a;

	holder_new(&before, "A", STATION, &r);
	holder_new(&after, "A", STATION, &r);
	holder_new(&other, "A", STATION, &r);
	identity_keep(&after, &before);
	a = keys_of(&before);
	one_is_made_and_opens(&made);
	what_was_changed_does_not_open(&made);
	is((uint64_t)actor_stop(&a), 0, "keys ends when it is told to");
	a = keys_of(&after);
	h = asks(of(&made)->record);
	ok(same_key(&made, &h) && of(&h)->record.len > 0,
	    "under the station's next keys it is sealed anew");
	again = asks(of(&h)->record);
	ok(same_key(&made, &again) && of(&again)->record.len == 0, "once");
	(void)actor_stop(&a);
	a = keys_of(&other);
	heard_free(&again);
	again = asks(of(&h)->record);
	is(of(&again)->rc, RC_DENIED, "for another station's it does not open");
	(void)actor_stop(&a);
	heard_free(&made);
	heard_free(&h);
	heard_free(&again);
	identity_free(&before);
	identity_free(&after);
	identity_free(&other);
	lines_end();
}

/* The store asks for it with this, and is given that. */
static bool
store_asks(struct stage *s, const char *with, const char *record)
{
	struct msg_row_key m = { .record = bytes_str(record) };
	struct heard h = expect(s->keys, MSG_ROW_KEY);
	bool good = h.fd != -2 && bytes_is(h.m.body.record.record, with);

	memset(m.key, 7, sizeof(m.key));
	say_to(s->keys, MSG_ROW_KEY_IS, h.m.job, &m, -1);
	heard_free(&h);
	stage_settle(s);
	return good;
}

static void
the_store_keeps_it(void)
{
	struct stage s;

	stage_make(&s);
	ok(stage_start(&s) && store_asks(&s, "", "first"),
	    "a store that has none asks for one");
	ok(was_logged("event=registry.key_made"), "and says that it has one");
	(void)stage_stop(&s, SIGKILL);
	ok(stage_start(&s) && store_asks(&s, "first", ""),
	    "it has it after a kill");
	ok(!was_logged("event=registry.key_made"), "and makes no other");
	(void)stage_stop(&s, 0);
	ok(stage_start(&s) && store_asks(&s, "first", "second"),
	    "one that was sealed anew");
	(void)stage_stop(&s, 0);
	ok(stage_start(&s) && store_asks(&s, "second", ""), "takes its place");
	stage_end(&s);
}

int
main(void)
{
	keys_are_renewed();
	the_store_keeps_it();
	return done();
}
