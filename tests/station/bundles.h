/* SPDX-License-Identifier: EUPL-1.2 */
/* Bundles as a station writes them whose daemon is not ours. */
#ifndef TESTS_STATION_BUNDLES_H
#define TESTS_STATION_BUNDLES_H

#include "carried.h"
#include "media/bundle.h"
#include "media/statement.h"
#include "peer.h"

struct forged {
	const struct seat *signer, *from, *to;
	uint64_t number;
	bool other_head; /* the statement is of another bundle */
	/* the dispatch: its origin and addressee; NULL: the writer, the reader
	 */
	const struct seat *origin, *dest;
	enum bundle_frame what; /* a frame before it; 0: none */
	struct bytes frame;
};

static inline void
forge_item(struct bundle_out *out, const struct forged *f,
    const struct seat *origin, const struct seat *to)
{
	struct link_dest dest = { .address = bytes_str(to->desk_address) };
	struct item item = { .number = 1, .rank = 1 };
	struct buf package, frame = { 0 };
	struct err e;

	sealed_text(&package, &dest.tag, origin, to, 900000 + f->number, 1000,
	    PRECEDENCE_KHAN);
	item.envelope = (uint32_t)package.len;
	item.total = package.len;
	sha256(item.sum, buf_bytes(&package));
	item_put(&frame, &item, false, 1);
	dest_put(&frame, &dest);
	must(bundle_put(out, BUNDLE_ITEM, buf_bytes(&frame), &e), &e);
	buf_free(&frame);
	frame_uint(&frame, 1, 4);
	buf_add(&frame, buf_bytes(&package));
	must(bundle_put(out, BUNDLE_DATA, buf_bytes(&frame), &e), &e);
	buf_free(&frame);
	buf_free(&package);
}

/* A bundle for the reader's key with one dispatch, and what it says of
 * itself. */
static inline void
forge(const char *path, const struct seat *reader, const struct forged *f)
{
	const struct kem_alg *alg = kem_key_alg(reader->station.kem);
	const struct bytes pub = kem_key_pub(reader->station.kem);
	struct bundle_statement s = { .from = bytes_str(f->from->address),
		.to = bytes_str(f->to->address),
		.number = f->number,
		.incarnation = 1,
		.at = time_now() };
	uint8_t ct[KEM_CT_MAX], secret[KEM_SECRET], key[AEAD_KEY];
	struct bundle_head head = { .number = f->number };
	struct buf file = { 0 }, statement;
	struct bundle_out out;
	struct err e;

	must(kem_encapsulate(alg, pub, ct, secret, &e), &e);
	tag_of(&head.key, alg->oid, pub);
	head.ct = bytes_of(ct, alg->ct);
	bundle_head_write(&file, &head);
	sha256(s.head, buf_bytes(&file));
	bundle_key(key, secret, s.head);
	s.head[0] ^= f->other_head;
	bundle_statement_write(&statement, &s, f->signer->station.sig);
	bundle_out_begin(&out, sink_buf(&file), key);
	must(bundle_put(&out, BUNDLE_STATEMENT, buf_bytes(&statement), &e), &e);
	if (f->what != 0)
		must(bundle_put(&out, f->what, f->frame, &e), &e);
	forge_item(&out, f, f->origin != NULL ? f->origin : f->from,
	    f->dest != NULL ? f->dest : reader);
	must(bundle_out_end(&out, &e), &e);
	must(file_write(path, buf_bytes(&file), 0600, true, &e), &e);
	bundle_out_free(&out);
	buf_free(&file);
	buf_free(&statement);
}

#endif
