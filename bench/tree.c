/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The directory of the whole tree: 34 provinces, 3,321 communes, 3 desks each:
 * built, written, loaded, verified; keys looked up; certificates issued with
 * their acts durable.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "core/work.h"
#include "crypto/random.h"
#include "crypto/suite.h"
#include "pki/resolve.h"

#define PROVINCES 34
#define COMMUNES 3321
#define UNITS (1 + PROVINCES + COMMUNES)
#define EACH 3 /* desks of a unit below the root */
#define DESKS ((PROVINCES + COMMUNES) * EACH)
#define BATCH 1000 /* acts under one checkpoint */
#define FILE_NAME "bench.directory"
#define ISSUED 1000 /* certificates, to measure how many a second */
#define RUNS 9
#define START INT64_C(1767225600) /* 2026-01-01 */
#define UNTIL (START + 3650 * TIME_DAY)
#define HAS(f) (1u << (f))

static const char *const desk_ids[EACH] = { "van-thu", "co-yeu", "truc" };

struct unit_key {
	struct id uid;
	size_t parent;
	struct sig_key *sig; /* of its authority: root and provinces only */
	char id[24], host[64];
};

struct desk_key {
	size_t unit;
	const char *id;
	struct sig_key *sig;
	struct kem_key *kem;
	struct buf cert, kem_cert;
	char address[128];
};

static struct unit_key units[UNITS];
static struct desk_key desks[DESKS];
static struct buf root;
static struct directory *dir;
static int64_t now = START;
static int file = -1;

/* ---- keys -----------------------------------------------------------------
 */

static enum rc
make_unit(void *ctx, size_t i, struct err *e)
{
	struct unit_key *u = &units[i];
	const char *sig = suite_by_name(i == 0 ? "B" : "A")->sig;

	(void)ctx;
	(void)e;
	if (i == 0)
		random_bytes(u->uid.b, ID_SIZE);
	if (i <= PROVINCES)
		u->sig = sig_generate(sig_by_name(sig));
	u->parent = i <= PROVINCES ? 0 : 1 + i % PROVINCES;
	if (i == 0)
		(void)snprintf(u->host, sizeof(u->host), "vn");
	else if (i <= PROVINCES)
		(void)snprintf(u->id, sizeof(u->id), "tinh-%zu", i);
	else
		(void)snprintf(u->id, sizeof(u->id), "xa-%zu", i);
	return RC_OK;
}

static void
make_hosts(void)
{
	size_t i;

	for (i = 1; i < UNITS; i++)
		(void)snprintf(units[i].host, sizeof(units[i].host), "%s.%s",
		    units[i].id, units[units[i].parent].host);
	(void)snprintf(units[0].id, sizeof(units[0].id), "vn");
}

static enum rc
make_desk(void *ctx, size_t i, struct err *e)
{
	const struct suite *s = suite_by_name("A");
	struct desk_key *d = &desks[i];

	(void)ctx;
	(void)e;
	d->unit = 1 + i / EACH;
	d->id = desk_ids[i % EACH];
	d->sig = sig_generate(sig_by_name(s->sig));
	d->kem = kem_generate(kem_by_name(s->kem));
	(void)snprintf(d->address, sizeof(d->address), "antin://%s/%s",
	    units[d->unit].host, d->id);
	return RC_OK;
}

/* Whose authority issues for a unit's desks: its province's. */
static size_t
issuer_of(size_t unit)
{
	return unit <= PROVINCES ? unit : units[unit].parent;
}

static struct cert_request
request(size_t by, struct bytes name, struct bytes address, enum cert_kind kind)
{
	return (struct cert_request){ .name = name,
		.address = address,
		.rights = { kind, LEVEL_TUYET_MAT, PRECEDENCE_HOA_TOC_HEN_GIO,
		    kind == CERT_AUTHORITY ? (by == 0 ? 14 : 1) : 0 },
		.from = START,
		.until = UNTIL,
		.issuer = bytes_str(units[by].id) };
}

static void
issue(struct buf *out, size_t by, const struct desk_key *d, enum cert_use use)
{
	struct cert_request r =
	    request(by, bytes_str(d->id), bytes_str(d->address), CERT_DESK);

	r.use = use;
	if (use == CERT_SIGN) {
		r.sig = sig_key_alg(d->sig);
		r.pub = sig_key_pub(d->sig);
	} else {
		r.kem = kem_key_alg(d->kem);
		r.pub = kem_key_pub(d->kem);
	}
	buf_free(out);
	cert_write(out, &r, units[by].sig);
}

static enum rc
issue_desk(void *ctx, size_t i, struct err *e)
{
	const size_t by = issuer_of(desks[i].unit);

	(void)ctx;
	(void)e;
	issue(&desks[i].cert, by, &desks[i], CERT_SIGN);
	issue(&desks[i].kem_cert, by, &desks[i], CERT_KEM);
	return RC_OK;
}

static void
authority_cert(struct buf *out, size_t unit)
{
	char address[128];
	struct cert_request r;

	(void)snprintf(
	    address, sizeof(address), "antin://%s", units[unit].host);
	r = request(units[unit].parent, bytes_str(units[unit].id),
	    bytes_str(address), CERT_AUTHORITY);
	r.use = CERT_SIGN;
	r.sig = sig_key_alg(units[unit].sig);
	r.pub = sig_key_pub(units[unit].sig);
	cert_write(out, &r, units[units[unit].parent].sig);
}

/* ---- acts -----------------------------------------------------------------
 */

static void
append(struct bytes more)
{
	struct buf mark;

	directory_mark(
	    &mark, more, (uint64_t)lseek(file, 0, SEEK_END) + more.len);
	if (write(file, more.p, more.len) != (ssize_t)more.len ||
	    write(file, mark.p, mark.len) != (ssize_t)mark.len ||
	    fsync(file) != 0) {
		perror("bench");
		exit(1);
	}
	buf_free(&mark);
}

/* Decide; the part is on disk when it counts. */
static void
decide(size_t by, struct act *acts, size_t n)
{
	const size_t unit =
	    dir->log_count == 0 ? 0 : unit_by_uid(&dir->state, &units[by].uid);
	struct buf part;
	struct err e;

	bench_must(
	    directory_decide(dir, &part, unit, acts, n, units[by].sig, now, &e),
	    &e);
	append(buf_bytes(&part));
	buf_free(&part);
}

static struct act
enrol_unit(size_t i)
{
	struct act a = { .kind = ACT_ENROL,
		.from = now,
		.has = HAS(F_SUBJECT) | HAS(F_UNIT) | HAS(F_ID) | HAS(F_NAME) |
		       HAS(F_CLASS) | (i == 0 ? 0 : HAS(F_TO)),
		.subject = ACT_UNIT,
		.unit = units[i].uid,
		.to = units[units[i].parent].uid,
		.id = bytes_str(units[i].id),
		.name = bytes_str(units[i].id),
		.class = bytes_str(i <= PROVINCES ? "tinh" : "xa") };

	return a;
}

static struct act
enrol_desk(const struct desk_key *d)
{
	struct act a = { .kind = ACT_ENROL,
		.from = now,
		.has = HAS(F_SUBJECT) | HAS(F_UNIT) | HAS(F_ID) | HAS(F_NAME),
		.subject = ACT_DESK,
		.unit = units[d->unit].uid,
		.id = bytes_str(d->id),
		.name = bytes_str(d->id) };

	return a;
}

static struct act
certify(size_t unit, const char *id, const struct buf *one,
    const struct buf *two, struct buf *both)
{
	struct act a = { .kind = ACT_CERTIFY,
		.from = now,
		.has =
		    HAS(F_UNIT) | HAS(F_CERTS) | (id == NULL ? 0 : HAS(F_ID)),
		.unit = units[unit].uid };

	if (id != NULL)
		a.id = bytes_str(id);
	*both = (struct buf){ 0 };
	buf_add(both, buf_bytes(one));
	if (two != NULL)
		buf_add(both, buf_bytes(two));
	a.certs = buf_bytes(both);
	return a;
}

/* ---- building it ----------------------------------------------------------
 */

static struct act acts[BATCH];
static struct buf bodies[BATCH];

/* What one authority decides, in batches. */
struct batch {
	size_t by, n;
};

static void
batch_end(struct batch *b)
{
	size_t i;

	if (b->n > 0)
		decide(b->by, acts, b->n);
	for (i = 0; i < b->n; i++)
		buf_free(&bodies[i]);
	b->n = 0;
}

/* The acts of the log of "by" so far. */
static uint64_t
log_size(size_t by)
{
	const size_t unit = dir->log_count == 0
				? NONE
				: unit_by_uid(&dir->state, &units[by].uid);
	const struct dlog *l = unit == NONE ? NULL : directory_log(dir, unit);

	return l == NULL ? 0 : l->log.tree.size;
}

static void
batch_add(struct batch *b, struct act a)
{
	acts[b->n++] = a;
	if (b->n == BATCH)
		batch_end(b);
}

/* A unit's uid follows from the act that enrols it. */
static void
batch_unit(struct batch *b, size_t i)
{
	if (i > 0)
		act_uid(
		    &units[i].uid, &units[b->by].uid, log_size(b->by) + b->n);
	batch_add(b, enrol_unit(i));
}

static void
open_new(void)
{
	struct buf head;
	struct err e;

	bench_must(directory_new(&dir, buf_bytes(&root), &e), &e);
	directory_head(&head, buf_bytes(&root));
	file = open(FILE_NAME, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	append(buf_bytes(&head));
	buf_free(&head);
}

static void
build_top(void)
{
	struct batch b = { 0 };
	struct buf cert = { 0 };
	size_t i;

	batch_unit(&b, 0);
	batch_end(&b);
	for (i = 1; i <= PROVINCES; i++)
		batch_unit(&b, i);
	batch_end(&b);
	for (i = 1; i <= PROVINCES; i++) {
		authority_cert(&cert, i);
		batch_add(&b, certify(i, NULL, &cert, NULL, &bodies[b.n]));
		buf_free(&cert);
	}
	batch_end(&b);
}

static void
build_province(size_t p)
{
	struct batch b = { .by = p };
	size_t i;

	for (i = PROVINCES + 1; i < UNITS; i++)
		if (units[i].parent == p)
			batch_unit(&b, i);
	for (i = 0; i < DESKS; i++)
		if (issuer_of(desks[i].unit) == p)
			batch_add(&b, enrol_desk(&desks[i]));
	for (i = 0; i < DESKS; i++)
		if (issuer_of(desks[i].unit) == p)
			batch_add(&b,
			    certify(desks[i].unit, desks[i].id, &desks[i].cert,
				&desks[i].kem_cert, &bodies[b.n]));
	batch_end(&b);
}

/* The peak of this process's memory, in MiB. */
static double
peak(void)
{
	char line[128];
	FILE *f = fopen("/proc/self/status", "r");
	double kib = 0;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "VmHWM: %lf", &kib) == 1)
			break;
	if (f != NULL)
		(void)fclose(f);
	return kib / 1024;
}

static void
peak_reset(void)
{
	const int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);

	if (fd >= 0) {
		(void)!write(fd, "5", 1);
		(void)close(fd);
	}
}

static void
build(void)
{
	double start = bench_now(), keys, certs;
	struct err e;
	size_t p;

	bench_must(work_each(UNITS, make_unit, NULL, &e), &e);
	make_hosts();
	bench_must(work_each(DESKS, make_desk, NULL, &e), &e);
	keys = bench_now() - start;
	authority_cert(&root, 0);
	start = bench_now();
	bench_must(work_each(DESKS, issue_desk, NULL, &e), &e);
	certs = bench_now() - start;
	(void)printf(
	    "a tree of %d provinces, %d communes, %d desks, suite A: "
	    "keys %.1f s; %d certificates %.1f s, %.0f/s (%u threads)\n",
	    PROVINCES, COMMUNES, DESKS, keys, 2 * DESKS, certs,
	    2 * DESKS / certs, work_threads());
	start = bench_now();
	open_new();
	build_top();
	for (p = 1; p <= PROVINCES; p++)
		build_province(p);
	start = bench_now() - start;
	(void)printf("the tree decided, %d acts at most under a checkpoint, "
		     "each on disk: %.1f s\n",
	    BATCH, start);
}

/* ---- written, loaded, verified --------------------------------------------
 */

/* A copy loaded and verified; seconds. */
static struct directory *
load(struct buf *in, double *loaded, double *verified)
{
	struct directory *d;
	struct applied did;
	double start = bench_now();
	struct err e;

	bench_must(directory_new(&d, buf_bytes(&root), &e), &e);
	bench_must(directory_apply(d, in, &did, &e), &e);
	*loaded = bench_now() - start;
	start = bench_now();
	bench_must(directory_verify(d, &e), &e);
	*verified = bench_now() - start;
	if (d->state.alarm_count > 0)
		exit(1);
	return d;
}

static struct buf
read_own(void)
{
	const off_t size = lseek(file, 0, SEEK_END);
	struct buf b = { 0 };
	uint8_t *p = buf_grow(&b, (size_t)size);

	if (pread(file, p, (size_t)size, 0) != (ssize_t)size)
		exit(1);
	return b;
}

static void
write_and_load(void)
{
	const struct directory_for all = { .all = true };
	double start = bench_now(), wrote, loaded, verified;
	size_t size, parts = 0;
	struct bytes rest, element;
	struct directory *d;
	struct buf out;

	directory_write(&out, dir, &all, now);
	wrote = bench_now() - start;
	size = out.len;
	directory_free(dir);
	dir = NULL;
	peak_reset();
	d = load(&out, &loaded, &verified);
	(void)printf(
	    "a snapshot of it: %.1f MB, written %.2f s, loaded %.2f s, "
	    "all certificates verified %.2f s; memory at its peak "
	    "%.0f MiB with all private keys\n",
	    (double)size / 1e6, wrote, loaded, verified, peak());
	directory_free(d);
	out = read_own();
	size = out.len;
	for (rest = buf_bytes(&out); (element = der_element(rest)).len > 0;
	     parts++)
		rest =
		    bytes_of(element.p + element.len, rest.len - element.len);
	dir = load(&out, &loaded, &verified);
	(void)printf("its own file, %zu elements: %.1f MB, loaded %.2f s\n",
	    parts, (double)size / 1e6, loaded);
}

/* One desk more, in the whole tree. */
static void
decide_more(void)
{
	static const char *const ids[RUNS] = { "a", "b", "c", "d", "e", "f",
		"g", "h", "i" };
	double took[RUNS], fresh[RUNS];
	struct desk_key d = { .unit = PROVINCES + 1 };
	const size_t by = issuer_of(d.unit);
	struct act a;
	size_t i;

	for (i = 0; i < RUNS; i++) {
		d.id = ids[i];
		a = enrol_desk(&d);
		took[i] = bench_now();
		decide(by, &a, 1);
		took[i] = bench_now() - took[i];
		fresh[i] = bench_now();
		decide(by, NULL, 0);
		fresh[i] = bench_now() - fresh[i];
	}
	(void)printf("one act more decided in the whole tree: %.0f ms; a fresh "
		     "checkpoint: %.0f ms (medians of %d)\n",
	    1e3 * bench_median(took, RUNS), 1e3 * bench_median(fresh, RUNS),
	    RUNS);
}

/* ---- certificates issued --------------------------------------------------
 */

struct issuing {
	size_t from, by;
};

static enum rc
issue_one(void *ctx, size_t i, struct err *e)
{
	const struct issuing *is = ctx;
	struct desk_key *d = &desks[is->from + i];

	(void)e;
	issue(&d->cert, is->by, d, CERT_SIGN);
	return RC_OK;
}

/* A directory of one authority below the root, of this suite, with desks that
 * wait for their certificates. */
static void
issue_prepare(const char *suite)
{
	struct batch b = { 0 };
	struct buf cert = { 0 };
	struct desk_key *d;
	size_t i;

	directory_free(dir);
	(void)close(file);
	open_new();
	sig_key_free(units[1].sig);
	units[1].sig = sig_generate(sig_by_name(suite_by_name(suite)->sig));
	batch_unit(&b, 0);
	batch_unit(&b, 1);
	batch_end(&b);
	authority_cert(&cert, 1);
	batch_add(&b, certify(1, NULL, &cert, NULL, &bodies[0]));
	batch_end(&b);
	buf_free(&cert);
	b.by = 1;
	for (i = 0; i < ISSUED; i++) {
		d = &desks[i];
		sig_key_free(d->sig);
		d->sig = sig_generate(sig_by_name(suite_by_name(suite)->sig));
		(void)snprintf(d->address, sizeof(d->address),
		    "antin://%s/d%zu", units[1].host, i);
		d->unit = 1;
		d->id = strrchr(d->address, '/') + 1;
		batch_add(&b, enrol_desk(d));
	}
	batch_end(&b);
}

static void
issue_in_batches(const char *suite, size_t size)
{
	struct batch b = { .by = 1 };
	struct issuing is = { .by = 1 };
	struct err e;
	double took;
	size_t i;

	issue_prepare(suite);
	took = bench_now();
	for (; is.from < ISSUED; is.from += size) {
		bench_must(work_each(size, issue_one, &is, &e), &e);
		for (i = is.from; i < is.from + size; i++)
			batch_add(&b, certify(1, desks[i].id, &desks[i].cert,
					  NULL, &bodies[b.n]));
		batch_end(&b);
	}
	took = bench_now() - took;
	(void)printf("certificates of suite %s issued, %zu under a checkpoint, "
		     "each checkpoint on disk: %.0f/s (%d in all, %u "
		     "threads)\n",
	    suite, size, ISSUED / took, ISSUED, work_threads());
}

/* ---- keys looked up again -------------------------------------------------
 */

#define LOOKUPS 100000

static void
look_up(void)
{
	static size_t unit[DESKS], holder[DESKS];
	double by_cert[RUNS], by_desk[RUNS], by_address[RUNS], start;
	const struct dcert *kem;
	struct known_signer k;
	struct resolved to;
	struct err e;
	size_t i, n, run;

	for (i = 0; i < DESKS; i++) {
		unit[i] = unit_by_uid(&dir->state, &units[desks[i].unit].uid);
		holder[i] =
		    holder_by_id(&dir->state, unit[i], bytes_str(desks[i].id));
	}
	for (run = 0; run < RUNS; run++) {
		start = bench_now();
		for (n = 0; n < LOOKUPS; n++) {
			/* the root's and the authorities' stand first */
			const struct dcert *c =
			    &dir->state
				 .certs[1 + PROVINCES + 2 * (n * 7919 % DESKS)];

			if (!resolve_signer(dir, tag_bytes(&c->cert.tag),
				bytes_of(c->fingerprint, SHA256_SIZE), &k))
				exit(1);
		}
		by_cert[run] = LOOKUPS / (bench_now() - start);
		start = bench_now();
		for (n = 0; n < LOOKUPS; n++) {
			i = n * 7919 % DESKS;
			if (cert_in_force(dir, unit[i], holder[i], CERT_DESK,
				CERT_SIGN, now) == NONE)
				exit(1);
		}
		by_desk[run] = LOOKUPS / (bench_now() - start);
		start = bench_now();
		for (n = 0; n < LOOKUPS; n++) {
			i = n * 7919 % DESKS;
			bench_must(resolve_kem(dir, bytes_str(desks[i].address),
				       LEVEL_MAT, now, &kem, &to, &e),
			    &e);
		}
		by_address[run] = LOOKUPS / (bench_now() - start);
	}
	(void)printf("keys in force looked up again: by fingerprint %.0f/s, by "
		     "desk %.0f/s, by address %.0f/s (medians of %d runs, one "
		     "core)\n",
	    bench_median(by_cert, RUNS), bench_median(by_desk, RUNS),
	    bench_median(by_address, RUNS), RUNS);
}

static void
forget(void)
{
	size_t i;

	directory_free(dir);
	(void)close(file);
	(void)unlink(FILE_NAME);
	for (i = 0; i < UNITS; i++)
		sig_key_free(units[i].sig);
	for (i = 0; i < DESKS; i++) {
		sig_key_free(desks[i].sig);
		kem_key_free(desks[i].kem);
		buf_free(&desks[i].cert);
		buf_free(&desks[i].kem_cert);
	}
	buf_free(&root);
}

int
main(void)
{
	build();
	write_and_load();
	look_up();
	decide_more();
	issue_in_batches("A", 10);
	issue_in_batches("A", 100);
	issue_in_batches("A", BATCH);
	issue_in_batches("B", 100);
	forget();
	return 0;
}
