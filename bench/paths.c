/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A path of four certificates checked, nothing remembered, beside the bare
 * verifications that it cannot do without, in turn.
 */
#include "bench.h"
#include "core/time.h"
#include "crypto/suite.h"
#include "pki/path.h"

#define RUNS 9
#define START INT64_C(1767225600) /* 2026-01-01 */

/* ---- paths ----------------------------------------------------------------
 */

#define STEPS 4 /* certificates of the path; the root's is a fifth */

struct chain {
	struct sig_key
	    *key[STEPS + 1]; /* the holder's first, the root's last */
	struct sig_pub *pub[STEPS + 1];
	struct buf der[STEPS + 1];
	struct cert cert[STEPS + 1];
};

static void
chain_make(struct chain *c)
{
	static const char *const addresses[STEPS + 1] = {
		"antin://d.c.b.vn/van-thu", "antin://d.c.b.vn",
		"antin://c.b.vn", "antin://b.vn", "antin://vn"
	};
	struct cert_request r;
	struct err e;
	size_t i;

	for (i = 0; i <= STEPS; i++) {
		c->key[i] = sig_generate(
		    sig_by_name(suite_by_name(i == STEPS ? "B" : "A")->sig));
		c->pub[i] =
		    sig_pub_of(sig_key_alg(c->key[i]), sig_key_pub(c->key[i]));
	}
	for (i = 0; i <= STEPS; i++) {
		const size_t by = i < STEPS ? i + 1 : i;

		r = (struct cert_request){ .name = bytes_str(addresses[i]),
			.address = bytes_str(addresses[i]),
			.rights = { i == 0 ? CERT_DESK : CERT_AUTHORITY,
			    LEVEL_MAT, PRECEDENCE_KHAN,
			    i == 0 ? 0 : CERT_PATH_LEN },
			.from = START,
			.until = START + 3650 * TIME_DAY };
		r.issuer = bytes_str(addresses[by]);
		r.use = CERT_SIGN;
		r.sig = sig_key_alg(c->key[i]);
		r.pub = sig_key_pub(c->key[i]);
		cert_write(&c->der[i], &r, c->key[by]);
		bench_must(
		    cert_parse(&c->cert[i], buf_bytes(&c->der[i]), &e), &e);
	}
}

static void
chain_free(struct chain *c)
{
	size_t i;

	for (i = 0; i <= STEPS; i++) {
		sig_key_free(c->key[i]);
		sig_pub_free(c->pub[i]);
		buf_free(&c->der[i]);
	}
}

#define CHECKS 100 /* of each figure of a pair */

/* Seconds of a check; with the root's own signature, or trusting it. */
static double
check_once(const struct chain *c, bool with_root)
{
	const struct path_want want = {
		.at = START, .kind = CERT_DESK, .use = CERT_SIGN
	};
	struct cert root = c->cert[STEPS];
	struct bytes certs[STEPS];
	double start = bench_now();
	struct path out;
	struct err e;
	size_t i;

	for (i = 0; i < STEPS; i++)
		certs[i] = buf_bytes(&c->der[i]);
	for (i = 0; i < CHECKS; i++) {
		if (with_root)
			bench_must(
			    path_root(&root, buf_bytes(&c->der[STEPS]), &e),
			    &e);
		bench_must(
		    path_check(&out, certs, STEPS, &root, &want, &e), &e);
	}
	return (bench_now() - start) / CHECKS;
}

static double
bare_once(const struct chain *c, bool with_root)
{
	const size_t last = with_root ? STEPS : STEPS - 1;
	double start = bench_now();
	size_t i, n;

	for (n = 0; n < CHECKS; n++)
		for (i = 0; i <= last; i++)
			if (!sig_verify(c->pub[i < STEPS ? i + 1 : i],
				(struct bytes){ 0 }, c->cert[i].tbs,
				c->cert[i].signature))
				exit(1);
	return (bench_now() - start) / CHECKS;
}

static void
check_paths(const struct chain *c, bool with_root)
{
	double ours[RUNS], bare[RUNS], ratio[RUNS];
	size_t i;

	(void)check_once(c, with_root); /* warm */
	for (i = 0; i < RUNS; i++) {
		ours[i] = check_once(c, with_root);
		bare[i] = bare_once(c, with_root);
		ratio[i] = ours[i] / bare[i];
	}
	(void)printf("a path of %d certificates%s: %.2f ms; the bare "
		     "verifications of its %d signatures, with keys made "
		     "ready before: %.2f ms; ratio %.2f (medians of %d pairs, "
		     "one core)\n",
	    STEPS, with_root ? " and the root's own checked" : " checked",
	    1e3 * bench_median(ours, RUNS), with_root ? STEPS + 1 : STEPS,
	    1e3 * bench_median(bare, RUNS), bench_median(ratio, RUNS), RUNS);
}

int
main(void)
{
	struct chain c = { 0 };

	chain_make(&c);
	check_paths(&c, false);
	check_paths(&c, true);
	chain_free(&c);
	return 0;
}
