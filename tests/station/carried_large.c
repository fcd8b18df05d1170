/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A bundle brings the ends of more large dispatches than may arrive over one
 * line at once: the beginnings lie at the station, and are to be hashed yet.
 */
#include "carried.h"
#include "media/bundle.h"
#include "media/statement.h"
#include "peer.h"

#define LARGE 24u
#define SIZE (1u << 20)
#define REST 1000u /* bytes of each that come now */

static struct country land;
static struct seat *centre, *commune;

/* What has come of it before lies there. */
static void
put_partial(const uint8_t sum[static SHA256_SIZE], struct bytes package)
{
	char path[2 * PATH], hex[2 * SHA256_SIZE + 1];
	struct err e;

	hex_write(hex, bytes_of(sum, SHA256_SIZE));
	(void)snprintf(path, sizeof(path), "%s/data/store/partial/%s",
	    commune->folder, hex);
	must(file_write(
		 path, bytes_of(package.p, package.len - REST), 0600, true, &e),
	    &e);
}

static void
put_end(struct bundle_out *out, uint32_t number)
{
	struct item item = { .number = number, .rank = 1 };
	struct link_dest dest = { .address = bytes_str(commune->desk_address) };
	struct buf package, frame = { 0 };
	struct err e;

	sealed_text(&package, &dest.tag, centre, commune, 900000 + number, SIZE,
	    PRECEDENCE_KHAN);
	item.envelope = (uint32_t)package.len;
	item.total = package.len;
	item.from = package.len - REST;
	sha256(item.sum, buf_bytes(&package));
	put_partial(item.sum, buf_bytes(&package));
	item_put(&frame, &item, false, 1);
	dest_put(&frame, &dest);
	must(bundle_put(out, BUNDLE_ITEM, buf_bytes(&frame), &e), &e);
	buf_free(&frame);
	frame_uint(&frame, number, 4);
	buf_add(&frame, bytes_of(package.p + item.from, REST));
	must(bundle_put(out, BUNDLE_DATA, buf_bytes(&frame), &e), &e);
	buf_free(&frame);
	buf_free(&package);
}

static void
write_bundle(const char *path)
{
	const struct kem_alg *alg = kem_key_alg(commune->station.kem);
	const struct bytes pub = kem_key_pub(commune->station.kem);
	struct bundle_statement s = { .from = bytes_str(centre->address),
		.to = bytes_str(commune->address),
		.number = 7,
		.incarnation = 1,
		.at = time_now() };
	uint8_t ct[KEM_CT_MAX], secret[KEM_SECRET], key[AEAD_KEY];
	struct bundle_head head = { .number = s.number };
	struct buf file = { 0 }, statement;
	struct bundle_out out;
	struct err e;
	uint32_t i;

	must(kem_encapsulate(alg, pub, ct, secret, &e), &e);
	tag_of(&head.key, alg->oid, pub);
	head.ct = bytes_of(ct, alg->ct);
	bundle_head_write(&file, &head);
	sha256(s.head, buf_bytes(&file));
	bundle_key(key, secret, s.head);
	bundle_statement_write(&statement, &s, centre->station.sig);
	bundle_out_begin(&out, sink_buf(&file), key);
	must(bundle_put(&out, BUNDLE_STATEMENT, buf_bytes(&statement), &e), &e);
	for (i = 1; i <= LARGE; i++)
		put_end(&out, i);
	must(bundle_out_end(&out, &e), &e);
	must(file_write(path, buf_bytes(&file), 0600, true, &e), &e);
	bundle_out_free(&out);
	buf_free(&file);
	buf_free(&statement);
}

int
main(void)
{
	char *disk, *path = NULL;

	country_begin(&land);
	centre = country_seat(&land, NULL, "vn");
	commune = country_seat(&land, centre, "muong-nhe");
	write_without_line(commune);
	ok(seat_start(commune), "a station without a line runs");
	disk = folder_new(&land, "disk");
	if (asprintf(&path, "%s/antin-0-7.bundle", disk) < 0)
		bug("no memory");
	write_bundle(path);
	is(antin(commune, "media", "read", path, NULL), 0,
	    "it reads the ends of %u large dispatches", LARGE);
	ok(said_last("24 new"), "which are whole now");
	ok(inbox_comes_to(commune, LARGE, 30), "and lie there");
	is(seat_said(commune, "event=process.died"), 0, "no process has died");
	free(path);
	free(disk);
	country_end(&land);
	return done();
}
