/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Signatures a second on one core, of both suites, beside the bare primitives
 * they are made of (one of each half), in turn.
 */
#include "bench.h"
#include "crypto/suite.h"

#define RUNS 9
#define SECONDS 0.2 /* of each figure of a run */

struct figures {
	double sign, verify; /* a second */
};

static struct figures
measure_once(const struct sig_key *k, const struct sig_pub *p)
{
	struct bytes msg = bytes_str(
	    "a statement of about the size that is signed: its attributes, "
	    "a digest, a header, some addressees and a manifest");
	const struct bytes none = { 0 };
	uint8_t sig[SIG_MAX];
	struct figures f;
	double start = bench_now(), took;
	unsigned n = 0;
	size_t len = 0;

	for (took = 0; took < SECONDS; took = bench_now() - start, n++)
		len = sig_sign(k, none, msg, sig);
	f.sign = n / took;
	start = bench_now();
	for (n = 0, took = 0; took < SECONDS; took = bench_now() - start, n++)
		if (!sig_verify(p, none, msg, bytes_of(sig, len)))
			exit(1);
	f.verify = n / took;
	return f;
}

struct pair {
	struct sig_key *k;
	struct sig_pub *p;
};

static struct pair
pair_make(const char *name)
{
	const struct sig_alg *alg = sig_by_name(name);
	struct pair pair = { .k = sig_generate(alg) };

	pair.p = sig_pub_of(alg, sig_key_pub(pair.k));
	return pair;
}

static void
pair_free(struct pair *p)
{
	sig_key_free(p->k);
	sig_pub_free(p->p);
}

static void
measure(const char *suite, const char *bare)
{
	struct pair ours = pair_make(suite_by_name(suite)->sig);
	struct pair half = pair_make(bare);
	double s[RUNS], v[RUNS], bs[RUNS], bv[RUNS], rs[RUNS], rv[RUNS];
	struct figures a, b;
	size_t i;

	for (i = 0; i < RUNS; i++) {
		a = measure_once(ours.k, ours.p);
		b = measure_once(half.k, half.p);
		s[i] = a.sign, v[i] = a.verify;
		bs[i] = b.sign, bv[i] = b.verify;
		rs[i] = a.sign / b.sign, rv[i] = a.verify / b.verify;
	}
	(void)printf("suite %s on one core: signs %.0f/s, verifies %.0f/s; "
		     "bare %s signs %.0f/s, verifies %.0f/s; ratios %.2f and "
		     "%.2f (medians of %d pairs)\n",
	    suite, bench_median(s, RUNS), bench_median(v, RUNS), bare,
	    bench_median(bs, RUNS), bench_median(bv, RUNS),
	    bench_median(rs, RUNS), bench_median(rv, RUNS), RUNS);
	pair_free(&ours);
	pair_free(&half);
}

int
main(void)
{
	measure("A", "ML-DSA-65");
	measure("A", "Ed25519");
	measure("B", "ML-DSA-87");
	return 0;
}
