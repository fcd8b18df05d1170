/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One 4 KiB telegram to 610 desks: signed, sealed, on all cores; beside it, in
 * turn, the bare key encapsulations it cannot do without.
 */
#include <string.h>

#include "bench.h"
#include "core/time.h"
#include "core/work.h"
#include "crypto/random.h"
#include "crypto/suite.h"
#include "envelope/envelope.h"

#define DESKS 610
#define RUNS 15

struct set {
	const struct suite *suite;
	struct buf pubs[DESKS];
	struct recipient to[DESKS];
	struct addressee who[DESKS];
	char addresses[DESKS][64];
};

static void
set_make(struct set *s, const struct suite *suite)
{
	const struct kem_alg *alg = kem_by_name(suite->kem);
	struct kem_key *k;
	size_t i;

	s->suite = suite;
	for (i = 0; i < DESKS; i++) {
		k = kem_generate(alg);
		buf_add(&s->pubs[i], kem_key_pub(k));
		kem_key_free(k);
		s->to[i].alg = alg;
		s->to[i].pub = buf_bytes(&s->pubs[i]);
		tag_of(&s->to[i].tag, alg->oid, s->to[i].pub);
		(void)snprintf(s->addresses[i], 64,
		    "antin://xa-%zu.dien-bien.vn/van-thu", i);
		s->who[i].address = bytes_str(s->addresses[i]);
	}
}

static void
set_free(struct set *s)
{
	size_t i;

	for (i = 0; i < DESKS; i++)
		buf_free(&s->pubs[i]);
}

static double
seal_once(struct set *s, const struct signer *signer, size_t *size)
{
	char text[4096];
	struct part part = { .kind = PART_TEXT,
		.name = bytes_str("text"),
		.type = bytes_str("text/plain; charset=utf-8"),
		.size = sizeof(text) };
	struct dispatch d = { .header = { .origin =
					      bytes_str("antin://dien-bien.vn"),
				  .expires = TIME_NEVER },
		.originator = bytes_str("antin://dien-bien.vn/van-thu"),
		.due = TIME_NEVER,
		.to = s->who,
		.to_count = DESKS,
		.parts = &part,
		.part_count = 1,
		.size = sizeof(text) };
	struct buf inner = { 0 }, out = { 0 };
	struct sink sink = sink_buf(&out);
	uint8_t cek[AEAD_KEY];
	double start;
	struct err e;

	random_bytes(text, sizeof(text));
	start = bench_now();
	random_bytes(d.header.id.b, ID_SIZE);
	random_bytes(cek, sizeof(cek));
	bench_must(dispatch_check(&d, &e), &e);
	signed_dispatch(
	    &inner, &d, bytes_of(text, sizeof(text)), signer, 1800000000);
	bench_must(envelope_seal(&sink, &d.header, buf_bytes(&inner), cek,
		       s->to, DESKS, &e),
	    &e);
	start = bench_now() - start;
	*size = out.len;
	buf_free(&inner);
	buf_free(&out);
	return start;
}

static enum rc
encapsulate(void *ctx, size_t i, struct err *e)
{
	const struct set *s = ctx;
	uint8_t ct[KEM_CT_MAX], secret[KEM_SECRET];

	return kem_encapsulate(s->to[i].alg, s->to[i].pub, ct, secret, e);
}

static double
bare_once(struct set *s)
{
	double start = bench_now();
	struct err e;

	bench_must(work_each(DESKS, encapsulate, s, &e), &e);
	return bench_now() - start;
}

static void
measure(const struct suite *suite)
{
	struct set *s = alloc(1, sizeof(*s));
	struct sig_key *key = sig_generate(sig_by_name(suite->sig));
	struct signer signer = { .key = key };
	double ours[RUNS], bare[RUNS], ratio[RUNS];
	size_t i, size;

	set_make(s, suite);
	tag_of(&signer.tag, sig_key_alg(key)->oid, sig_key_pub(key));
	(void)seal_once(s, &signer, &size); /* warm */
	for (i = 0; i < RUNS; i++) {
		ours[i] = seal_once(s, &signer, &size);
		bare[i] = bare_once(s);
		ratio[i] = ours[i] / bare[i];
	}
	(void)printf("a 4 KiB telegram to %d desks, suite %s: %.1f ms, %zu "
		     "bytes; the bare encapsulations %.1f ms; ratio %.2f "
		     "(medians of %d pairs, %u threads)\n",
	    DESKS, suite->name, 1e3 * bench_median(ours, RUNS), size,
	    1e3 * bench_median(bare, RUNS), bench_median(ratio, RUNS), RUNS,
	    work_threads());
	sig_key_free(key);
	set_free(s);
	free(s);
}

int
main(void)
{
	measure(suite_by_name("A"));
	measure(suite_by_name("B"));
	return 0;
}
