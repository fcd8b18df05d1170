/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the holder of a path may do, and what each certificate in it lets him:
 * docs/pki.md 3.7 to 3.10, each held though every certificate is of the form
 * and signed by the tree's very keys.
 */
#include "chain.h"

/* ---- 3.7: hosts ----------------------------------------------------- */

/* Under the authority of dien-bien.vn, under that of vn. */
static const struct {
	const char *host;
	bool is_within;
} hosts[] = {
	{ "dien-bien.vn", true },
	{ "x.dien-bien.vn", true },
	{ "a.b.dien-bien.vn", true },
	{ "dien-bien.vn.dien-bien.vn", true },
	{ "vn", false },
	{ "n", false },
	{ "bien.vn", false },
	{ "ien-bien.vn", false },
	{ "lai-chau.vn", false },
	{ "evil-dien-bien.vn", false },
	{ "xdien-bien.vn", false },
	{ "x.xdien-bien.vn", false },
	{ "x-dien-bien.vn", false },
	{ "0dien-bien.vn", false },
	{ "dien-bien.vn.evil", false },
	{ "dien-bien.vn.evil.vn", false },
	{ "dien-bien.evil.vn", false },
	{ "dien-bien.vnx", false },
	{ "dien-bien.vn.v", false },
	{ "dien-bien.com", false },
	{ "dien-bien", false },
	{ "dien.bien.vn", false },
	{ "x.vn", false },
	{ "dien-bien.vm", false },
	{ "eien-bien.vn", false },
};

/* A holder of each kind with this host, right below the province or with the
 * commune between: then the commune has that host too, and is caught by the
 * province only. */
static bool
host_is(const char *host, enum cert_kind kind, bool between, bool is_within)
{
	const bool desk = kind == CERT_DESK || kind == CERT_PERSON;
	struct buf unit = { 0 }, own = { 0 };
	struct chain c;
	bool good;

	buf_add(&unit, bytes_str("antin://"));
	buf_add(&unit, bytes_str(host));
	buf_add(&own, buf_bytes(&unit));
	buf_add(&own, bytes_str(desk ? "/van-thu" : ""));
	chain_plan(&c, kind);
	c.s[HOLDER].q.address = buf_bytes(&own);
	c.s[COMMUNE].q.address = buf_bytes(&unit);
	if (!between) {
		chain_drop(&c, COMMUNE);
		c.s[HOLDER].by = keys[K_PROVINCE];
	}
	chain_write_all(&c);
	good = is_within ? chain_is(&c, RC_OK, "")
			 : chain_is(&c, RC_DENIED, "docs/pki.md 3.7");
	if (!good)
		note("%s", host);
	chain_free(&c);
	buf_free(&unit);
	buf_free(&own);
	return good;
}

static void
each_host_is_held(void)
{
	size_t i, wrong = 0;
	enum cert_kind k;

	for (i = 0; i < COUNT(hosts); i++)
		for (k = CERT_AUTHORITY; k < CERT_KINDS; k++) {
			wrong += !host_is(
			    hosts[i].host, k, false, hosts[i].is_within);
			wrong += !host_is(
			    hosts[i].host, k, true, hosts[i].is_within);
		}
	is(wrong, 0,
	    "whoever stands below an authority is of its own host or below "
	    "it, whatever stands between (%zu)",
	    COUNT(hosts));
}

/* The same question without certificates around it. */
static void
a_host_is_within(void)
{
	struct bytes of = bytes_str("dien-bien.vn");
	size_t i, wrong = 0;

	for (i = 0; i < COUNT(hosts); i++)
		wrong += host_within(bytes_str(hosts[i].host), of) !=
			 hosts[i].is_within;
	wrong += host_within((struct bytes){ 0 }, of);
	wrong += host_within(LIT(".dien-bien.vn"), of);
	wrong += host_within(LIT("\0dien-bien.vn"), of);
	wrong += host_within(LIT("DIEN-BIEN.VN"), of);
	wrong += host_within(of, (struct bytes){ 0 });
	wrong += host_within(LIT("a."), (struct bytes){ 0 });
	is(wrong, 0, "a host is within its own and those above it, no other");
	same(address_host(LIT("antin://a.vn/b")), LIT("a.vn"),
	    "an address has a host");
	is(address_host(LIT("antin://a.vn/b/c")).len, 0,
	    "what is no address has none");
}

/* The holder is in the commune's host, and the commune outside the root's. */
static void
outside_root(struct chain *c)
{
	c->s[ROOT].q.address = bytes_str("antin://vm");
	chain_write(c, ROOT);
}

static void
sibling(struct chain *c)
{
	c->s[HOLDER].q.address =
	    bytes_str("antin://muong-cha.dien-bien.vn/van-thu");
	chain_write(c, HOLDER);
}

static void
desk_of_the_parent(struct chain *c)
{
	c->s[HOLDER].q.address = bytes_str("antin://dien-bien.vn/van-thu");
	chain_write(c, HOLDER);
}

/* The commune and all below it are the sibling's. */
static void
narrower_above(struct chain *c)
{
	c->s[PROVINCE].q.address = bytes_str("antin://muong-cha.dien-bien.vn");
	chain_write(c, PROVINCE);
}

#define OUTSIDE RC_DENIED, "docs/pki.md 3.7"

static const struct attack outside[] = {
	{ "a desk of the sibling's host is refused", CERT_DESK, sibling,
	    OUTSIDE },
	{ "a desk of the parent's", CERT_PERSON, desk_of_the_parent, OUTSIDE },
	{ "all below a root of another host", CERT_DESK, outside_root,
	    OUTSIDE },
	{ "all below a narrower authority", CERT_STATION, narrower_above,
	    OUTSIDE },
};

/* ---- 3.8: rights ---------------------------------------------------- */

static void
level_above_issuer(struct chain *c)
{
	c->s[HOLDER].q.rights.level = LEVEL_TOI_MAT;
	chain_write(c, HOLDER);
}

static void
level_above_grand_issuer(struct chain *c)
{
	c->s[HOLDER].q.rights.level = LEVEL_TUYET_MAT;
	c->s[COMMUNE].q.rights.level = LEVEL_TUYET_MAT;
	chain_write_all(c);
}

static void
level_above_root(struct chain *c)
{
	c->s[ROOT].q.rights.level = LEVEL_ORDINARY;
	chain_write(c, ROOT);
}

static void
precedence_above_issuer(struct chain *c)
{
	c->s[COMMUNE].q.rights.precedence = PRECEDENCE_THUONG;
	chain_write(c, COMMUNE);
}

static void
precedence_above_grand_issuer(struct chain *c)
{
	c->s[PROVINCE].q.rights.precedence = PRECEDENCE_THUONG;
	chain_write(c, PROVINCE);
}

static void
precedence_above_root(struct chain *c)
{
	c->s[ROOT].q.rights.precedence = PRECEDENCE_THUONG_KHAN;
	chain_write(c, ROOT);
}

static void
at_a_set_time_above_issuer(struct chain *c)
{
	c->s[HOLDER].q.rights.precedence = PRECEDENCE_HOA_TOC_HEN_GIO;
	c->s[COMMUNE].q.rights.precedence = PRECEDENCE_THUONG_KHAN;
	chain_write_all(c);
}

#define TOO_MUCH RC_DENIED, "docs/pki.md 3.8"

static const struct attack rights[] = {
	{ "a level above the issuer's is refused", CERT_DESK,
	    level_above_issuer, TOO_MUCH },
	{ "above its issuer's", CERT_DESK, level_above_grand_issuer, TOO_MUCH },
	{ "above the root's", CERT_DESK, level_above_root, TOO_MUCH },
	{ "a precedence above the issuer's", CERT_DESK, precedence_above_issuer,
	    TOO_MUCH },
	{ "above its issuer's", CERT_DESK, precedence_above_grand_issuer,
	    TOO_MUCH },
	{ "above the root's", CERT_STATION, precedence_above_root, TOO_MUCH },
	{ "Hỏa tốc hẹn giờ above Thượng khẩn", CERT_DESK,
	    at_a_set_time_above_issuer, TOO_MUCH },
};

static void
precedences_rank(void)
{
	ok(precedence_rank(PRECEDENCE_THUONG) <
		    precedence_rank(PRECEDENCE_KHAN) &&
		precedence_rank(PRECEDENCE_KHAN) <
		    precedence_rank(PRECEDENCE_THUONG_KHAN) &&
		precedence_rank(PRECEDENCE_THUONG_KHAN) <
		    precedence_rank(PRECEDENCE_HOA_TOC) &&
		precedence_rank(PRECEDENCE_HOA_TOC) ==
		    precedence_rank(PRECEDENCE_HOA_TOC_HEN_GIO),
	    "precedences rank, and Hỏa tốc hẹn giờ as Hỏa tốc");
}

/* ---- 3.9: dates ----------------------------------------------------- */

static const struct {
	int64_t from, until;
	enum rc want;
} dates[] = {
	{ NOW, NOW, RC_OK },
	{ NOW - 1, NOW, RC_OK },
	{ NOW, NOW + 1, RC_OK },
	{ TIME_MIN, TIME_MAX, RC_OK },
	{ NOW + 1, UNTIL, RC_EXPIRED },
	{ FROM, NOW - 1, RC_EXPIRED },
	{ NOW + 1, NOW - 1, RC_INVALID },
	{ NOW + 1, NOW + 1, RC_EXPIRED },
	{ TIME_MIN, TIME_MIN, RC_EXPIRED },
	{ TIME_MAX, TIME_MAX, RC_EXPIRED },
};

static void
each_date_is_held(void)
{
	static const char *const whose[] = { "the holder", "its issuer",
		"the province", "the root" };
	struct chain c;
	size_t i, pos, wrong;

	for (pos = HOLDER; pos <= ROOT; pos++) {
		chain_make(&c, CERT_DESK);
		for (i = wrong = 0; i < COUNT(dates); i++) {
			c.s[pos].q.from = dates[i].from;
			c.s[pos].q.until = dates[i].until;
			chain_write(&c, pos);
			wrong += !chain_is(&c, dates[i].want,
			    dates[i].want == RC_EXPIRED ? "docs/pki.md 3.9"
			    : dates[i].want == RC_OK	? ""
							: "2.1: it ends");
		}
		is(wrong, 0,
		    "the dates of %s are held to the second, both included",
		    whose[pos]);
		chain_free(&c);
	}
}

/* ---- 3.10: what is asked for ---------------------------------------- */

/* A station's key is no desk's, though each is good for itself. */
static void
each_kind_is_asked_for(void)
{
	enum cert_kind is_a, asked;
	struct chain c;
	size_t wrong = 0;

	for (is_a = CERT_AUTHORITY; is_a < CERT_KINDS; is_a++) {
		chain_make(&c, is_a);
		for (asked = CERT_CARD; asked < CERT_KINDS; asked++) {
			c.want.kind = asked;
			wrong += is_a == asked ? !chain_is(&c, RC_OK, "")
					       : !chain_is(&c, RC_DENIED,
						     "docs/pki.md 3.10");
		}
		chain_free(&c);
	}
	is(wrong, 0, "a holder is taken for what it is, and nothing else");
}

static void
kem_for_signature(struct chain *c)
{
	step_kem(&c->s[HOLDER], KEM_A);
	chain_write(c, HOLDER);
}

static void
signature_for_kem(struct chain *c)
{
	c->want.use = CERT_KEM;
}

static void
its_address(struct chain *c)
{
	c->want.address = c->s[HOLDER].q.address;
}

static void
other_address(struct chain *c)
{
	c->want.address = bytes_str("antin://muong-nhe.dien-bien.vn/van-tht");
}

static void
address_and_more(struct chain *c)
{
	c->want.address = bytes_str("antin://muong-nhe.dien-bien.vn/van-thu2");
}

static void
address_begun(struct chain *c)
{
	c->want.address = bytes_str("antin://muong-nhe.dien-bien.vn");
}

static void
higher_level(struct chain *c)
{
	c->want.level = LEVEL_TOI_MAT;
}

static void
higher_precedence(struct chain *c)
{
	c->want.precedence = PRECEDENCE_THUONG_KHAN;
}

static void
at_a_set_time(struct chain *c)
{
	c->want.precedence = PRECEDENCE_HOA_TOC_HEN_GIO;
}

static void
at_a_set_time_of_hoa_toc(struct chain *c)
{
	c->s[HOLDER].q.rights.precedence = PRECEDENCE_HOA_TOC;
	chain_write(c, HOLDER);
	c->want.precedence = PRECEDENCE_HOA_TOC_HEN_GIO;
}

static void
nothing_is_asked(struct chain *c)
{
	c->want = (struct path_want){ .at = NOW };
}

#define NOT_IT RC_DENIED, "docs/pki.md 3.10"

static const struct attack wants[] = {
	{ "a KEM key where a signature's is asked for is refused", CERT_DESK,
	    kem_for_signature, NOT_IT },
	{ "and the other way round", CERT_DESK, signature_for_kem, NOT_IT },
	{ "the address asked for holds", CERT_DESK, its_address, RC_OK, "" },
	{ "another's does not", CERT_DESK, other_address, NOT_IT },
	{ "nor one that begins so", CERT_DESK, address_and_more, NOT_IT },
	{ "nor what it begins with", CERT_DESK, address_begun, NOT_IT },
	{ "nor a level above its own", CERT_DESK, higher_level, NOT_IT },
	{ "nor a precedence", CERT_PERSON, higher_precedence, NOT_IT },
	{ "nor Hỏa tốc hẹn giờ where it may Khẩn", CERT_DESK, at_a_set_time,
	    NOT_IT },
	{ "it holds where it may Hỏa tốc", CERT_DESK, at_a_set_time_of_hoa_toc,
	    RC_OK, "" },
	{ "who asks for nothing gets nothing", CERT_DESK, nothing_is_asked,
	    NOT_IT },
};

/* ---- what a review found ---------------------------------------------- */

static void
what_was_found_stays_found(void)
{
	struct chain c;

	chain_plan(&c, CERT_STATION);
	c.s[HOLDER].q.address = bytes_str("antin://xn--mng-nh.dien-bien.vn");
	chain_write_all(&c);
	ok(chain_is(&c, RC_INVALID, "docs/pki.md 3.2"),
	    "an id that others would show as another word is none");
	chain_free(&c);

	chain_make(&c, CERT_AUTHORITY);
	step_kem(&c.s[HOLDER], KEM_A);
	c.want.use = CERT_KEM;
	c.s[COMMUNE].q.rights.path_len = 0;
	chain_write_all(&c);
	ok(chain_is(&c, RC_DENIED, "docs/pki.md 3.6"),
	    "an authority counts by its KEM key too");
	chain_free(&c);

	chain_make(&c, CERT_DESK);
	edit(&c.s[HOLDER].der, "01", PUT,
	    hexed("021500ff02030405060708091011121314151617181920"));
	chain_sign(&c, HOLDER);
	ok(chain_is(&c, RC_INVALID, "docs/pki.md 3.2"),
	    "a serial number has at most 20 bytes as it is written");
	chain_free(&c);
	ok(!host_within((struct bytes){ 0 }, (struct bytes){ 0 }),
	    "no host is within no host");
}

int
main(void)
{
	keys_make();
	each_host_is_held();
	a_host_is_within();
	TRY("hosts", outside);
	TRY("rights", rights);
	precedences_rank();
	each_date_is_held();
	each_kind_is_asked_for();
	TRY("what is asked for", wants);
	what_was_found_stays_found();
	keys_free();
	return done();
}
