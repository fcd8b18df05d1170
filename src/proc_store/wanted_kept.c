/* SPDX-License-Identifier: EUPL-1.2 */
/* What was got is remembered: what is decided about it later shall come, too
 * (docs/link.md 17.5). */
#include <string.h>

#include "core/vec.h"
#include "pki/resolve.h"
#include "proc_store/wanted.h"

#define KEPT 256u /* that were got */
#define KEPT_WORD "wanted"
#define BELOW_WORD "wanted-below" /* of these, whose they are */

static struct want *kept; /* owned; the oldest first; of what they are NEWS */
static size_t kept_count;
static bool kept_read;

/* ---- who gives way
 * ------------------------------------------------------------ */

static size_t
count_by(const struct want *list, size_t count, const struct id *by)
{
	size_t i, n = 0;

	for (i = 0; i < count; i++)
		n += id_eq(&list[i].by, by);
	return n;
}

/* The oldest of the child that has most. */
static size_t
greediest(const struct want *list, size_t count)
{
	size_t i, n, most = 0, found = 0;

	for (i = 0; i < count; i++) {
		if (id_eq(&list[i].by, &want_ours))
			continue;
		n = count_by(list, count, &list[i].by);
		if (n > most) {
			most = n;
			found = i;
		}
	}
	return found;
}

void
wants_give_way(struct want *list, size_t *count, const struct id *by)
{
	const size_t own = count_by(list, *count, &want_ours),
		     more = id_eq(by, &want_ours) ? 0 : 1;
	size_t i = 0;

	if (own == 0 || *count - own + more > *count / 2)
		i = greediest(list, *count);
	else
		while (!id_eq(&list[i].by, &want_ours))
			i++;
	--*count;
	memmove(&list[i], &list[i + 1], (*count - i) * sizeof(*list));
}

/* ---- what was got
 * ------------------------------------------------------------ */

static struct want *
kept_new(struct bytes address)
{
	kept = vec_more(kept, kept_count, sizeof(*kept));
	want_set(&kept[kept_count], WANTED_NEWS, address);
	return &kept[kept_count++];
}

static void
read_kept(void)
{
	struct buf b = { 0 }, below = { 0 };
	struct bytes one;
	struct rd r, by;
	struct err e;

	kept_read = true;
	if (st.store->ops->word(st.store, KEPT_WORD, &b, &e) != RC_OK)
		return;
	(void)st.store->ops->word(st.store, BELOW_WORD, &below, &e);
	r = rd_init(buf_bytes(&b));
	by = rd_init(buf_bytes(&below));
	while (r.in.len > 0 && kept_count < KEPT) {
		one = rd_bytes(&r, rd_u8(&r));
		if (r.bad || one.len > LIMIT_ADDRESS)
			break;
		(void)kept_new(one);
		one = rd_bytes(&by, ID_SIZE); /* an older one has none */
		if (one.len == ID_SIZE)
			memcpy(kept[kept_count - 1].by.b, one.p, ID_SIZE);
	}
	buf_free(&b);
	buf_free(&below);
}

static void
write_kept(void)
{
	struct buf b = { 0 }, below = { 0 };
	struct err e;
	size_t i;

	for (i = 0; i < kept_count; i++) {
		buf_u8(&b, (uint8_t)kept[i].len);
		buf_add(&b, want_which(&kept[i]));
		buf_add(&below, id_bytes(&kept[i].by));
	}
	/* where the disk refuses it is asked for again one day */
	if (store_write(&e) == RC_OK &&
	    set_word(KEPT_WORD, buf_bytes(&b), &e) == RC_OK)
		(void)set_word(BELOW_WORD, buf_bytes(&below), &e);
	buf_free(&b);
	buf_free(&below);
}

void
kept_keep(size_t unit, const struct id *by)
{
	char address[LIMIT_ADDRESS + 1];
	size_t i;

	if (!kept_read)
		read_kept();
	if (!address_of(st.file.directory, unit, NONE, station_now(), address))
		return;
	for (i = 0; i < kept_count; i++)
		if (bytes_is(want_which(&kept[i]), address))
			break;
	if (i < kept_count &&
	    (id_eq(&kept[i].by, &want_ours) || !id_eq(by, &want_ours)))
		return;
	if (i < kept_count) { /* ours now, too */
		kept[i].by = want_ours;
	} else {
		if (kept_count == KEPT)
			wants_give_way(kept, &kept_count, by);
		kept_new(bytes_str(address))->by = *by;
	}
	write_kept();
}

const struct want *
kept_each(size_t i)
{
	if (!kept_read)
		read_kept();
	return i < kept_count ? &kept[i] : NULL;
}
