/* SPDX-License-Identifier: EUPL-1.2 */
/* The strict reader takes one spelling of a value; the writer writes it. */
#include <string.h>

#include "../tests/tap.h"
#include "core/time.h"
#include "der/der.h"
#include "der/oid.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define HEX_MAX 256

static const struct bytes nothing = { 0 };

/* The bytes of a row's hex, which lives until the next call. */
static struct bytes
hex(const char *text)
{
	static uint8_t out[HEX_MAX];
	size_t len = strlen(text) / 2;

	if (len > sizeof(out) || !hex_parse(out, len, bytes_str(text)))
		bug("a row that is not hex");
	return bytes_of(out, len);
}

/* ---- one value, read and written again -------------------------------- */

static void
copy_bool(struct der *d, struct der_wr *w)
{
	der_put_bool(w, der_bool(d));
}

static void
copy_uint(struct der *d, struct der_wr *w)
{
	der_put_uint(w, der_uint(d, UINT64_MAX));
}

static void
copy_byte(struct der *d, struct der_wr *w)
{
	der_put_uint(w, der_uint(d, 255));
}

static void
copy_big(struct der *d, struct der_wr *w)
{
	der_put_big(w, der_big(d, 3));
}

static void
copy_bits(struct der *d, struct der_wr *w)
{
	der_put_bits(w, der_bits(d));
}

static void
copy_octets(struct der *d, struct der_wr *w)
{
	der_put_octets(w, der_octets(d, 1, 2));
}

static void
copy_tagged(struct der *d, struct der_wr *w)
{
	der_put(w, DER_CTX(1), der_tagged(d, DER_CTX(1), 0, 2));
}

static void
copy_null(struct der *d, struct der_wr *w)
{
	der_null(d);
	der_put_null(w);
}

static void
copy_oid(struct der *d, struct der_wr *w)
{
	der_put_oid(w, der_oid(d));
}

static void
copy_ed25519(struct der *d, struct der_wr *w)
{
	der_oid_is(d, oid(OID_ED25519));
	der_put_oid(w, oid(OID_ED25519));
}

static void
copy_utf8(struct der *d, struct der_wr *w)
{
	der_put(w, DER_UTF8, der_utf8(d, 8));
}

static void
copy_ia5(struct der *d, struct der_wr *w)
{
	der_put(w, DER_IA5, der_ia5(d, 8));
}

static void
copy_time(struct der *d, struct der_wr *w)
{
	der_put_time(w, der_time(d));
}

static void
copy_when(struct der *d, struct der_wr *w)
{
	der_put_when(w, der_when(d));
}

static void
copy_take(struct der *d, struct der_wr *w)
{
	der_put(w, DER_SEQUENCE, der_take(d, DER_SEQUENCE));
}

static void
copy_raw(struct der *d, struct der_wr *w)
{
	der_put_raw(w, der_raw(d, DER_SEQUENCE));
}

static void
copy_pair(struct der *d, struct der_wr *w)
{
	der_open(d, DER_SEQUENCE);
	der_put_open(w, DER_SEQUENCE);
	copy_byte(d, w);
	copy_byte(d, w);
	der_close(d);
	der_put_close(w);
}

static void
copy_explicit(struct der *d, struct der_wr *w)
{
	der_open(d, DER_CTXC(0));
	der_put_open(w, DER_CTXC(0));
	copy_byte(d, w);
	der_close(d);
	der_put_close(w);
}

static void
copy_set(struct der *d, struct der_wr *w)
{
	der_open_set(d, DER_SET);
	der_put_open(w, DER_SET);
	while (der_more(d))
		copy_byte(d, w);
	der_close(d);
	der_put_close_set(w);
}

/* Read "in"; what is read must be written as it was.  *why is the fault. */
enum copied { REFUSED, SAME, OTHER };

static enum copied
copy(void (*one)(struct der *d, struct der_wr *w), struct bytes in,
    const char **why)
{
	struct der d = der_init(in);
	struct der_wr w = { 0 };
	enum copied c = REFUSED;
	struct err e;

	one(&d, &w);
	*why = d.why == NULL ? "" : d.why;
	if (der_end(&d, "a row", &e) == RC_OK)
		c = bytes_eq(buf_bytes(&w.out), in) ? SAME : OTHER;
	else if (d.why == NULL)
		*why = strstr(e.text, "more bytes") != NULL ? "more bytes"
							    : e.text;
	der_wr_free(&w);
	return c;
}

/* ---- what is no DER --------------------------------------------------- */

static const struct refusal {
	void (*one)(struct der *d, struct der_wr *w);
	const char *hex, *why;
} refusals[] = {
	/* X.690 8.1.2, 8.1.3, 10.1: tags and lengths */
	{ copy_octets, "", "found the end" },
	{ copy_octets, "04", "found the end" },
	{ copy_octets, "0401", "longer than what holds it" },
	{ copy_octets, "0402aa", "longer than what holds it" },
	{ copy_octets, "0401aa00", "more bytes" },
	{ copy_octets, "0401aa0401aa", "more bytes" },
	{ copy_octets, "0480aa0000", "indefinite" },
	{ copy_octets, "24800401aa0000", "indefinite" },
	{ copy_octets, "24030401aa", "another type" },
	{ copy_octets, "048101aa", "not minimal" },
	{ copy_octets, "0481", "found the end" },
	{ copy_octets, "04817f", "not minimal" },
	{ copy_octets, "0482", "found the end" },
	{ copy_octets, "048200", "found the end" },
	{ copy_octets, "04820080", "not minimal" },
	{ copy_octets, "048200ff", "not minimal" },
	{ copy_octets, "0483000100", "not minimal" },
	{ copy_octets, "0483", "found the end" },
	{ copy_octets, "048400000001aa", "not minimal" },
	{ copy_octets, "0484ffffffff", "longer than what holds it" },
	{ copy_octets, "04850000000001aa", "over 4 bytes" },
	{ copy_octets, "0485ffffffffff", "over 4 bytes" },
	{ copy_octets, "0488ffffffffffffffff", "over 4 bytes" },
	{ copy_octets, "04ff", "over 4 bytes" },
	{ copy_octets, "1f0401aa", "tag number over 30" },
	{ copy_octets, "1f01aa", "tag number over 30" },
	{ copy_octets, "ff1f01aa", "tag number over 30" },
	{ copy_octets, "0501aa", "another type" },
	{ copy_octets, "4401aa", "another type" },
	{ copy_octets, "8401aa", "another type" },
	{ copy_octets, "c401aa", "another type" },
	{ copy_octets, "0000", "another type" },
	{ copy_octets, "0400", "another length" },
	{ copy_octets, "0403aaaaaa", "another length" },
	{ copy_tagged, "a101aa", "another type" },
	{ copy_tagged, "8001aa", "another type" },
	{ copy_tagged, "8103aaaaaa", "another length" },
	/* 8.2, 11.1 */
	{ copy_bool, "010101", "not 00 or FF" },
	{ copy_bool, "0101fe", "not 00 or FF" },
	{ copy_bool, "010180", "not 00 or FF" },
	{ copy_bool, "0100", "not 00 or FF" },
	{ copy_bool, "01020000", "not 00 or FF" },
	{ copy_bool, "0102ffff", "not 00 or FF" },
	{ copy_bool, "2101ff", "another type" },
	/* 8.3 */
	{ copy_uint, "0200", "empty integer" },
	{ copy_uint, "020180", "negative" },
	{ copy_uint, "0201ff", "negative" },
	{ copy_uint, "0202ff7f", "negative" },
	{ copy_uint, "02020000", "not minimal" },
	{ copy_uint, "0202007f", "not minimal" },
	{ copy_uint, "0203000080", "not minimal" },
	{ copy_uint, "0209010000000000000000", "over its limit" },
	{ copy_uint, "020900ffffffffffffffff00", "more bytes" },
	{ copy_uint, "020a0080ffffffffffffffff", "over its limit" },
	{ copy_uint, "0a0101", "another type" },
	{ copy_byte, "02020100", "over its limit" },
	{ copy_big, "020401000000", "over its limit" },
	{ copy_big, "02050080000000", "over its limit" },
	{ copy_big, "0200", "empty integer" },
	{ copy_big, "020180", "negative" },
	{ copy_big, "02020001", "not minimal" },
	/* 8.6, 11.2 */
	{ copy_bits, "0300", "not whole bytes" },
	{ copy_bits, "030101", "not whole bytes" },
	{ copy_bits, "03020180", "not whole bytes" },
	{ copy_bits, "03020780", "not whole bytes" },
	{ copy_bits, "03020880", "not whole bytes" },
	{ copy_bits, "0302ff80", "not whole bytes" },
	{ copy_bits, "230403020080", "another type" },
	/* 8.8 */
	{ copy_null, "050100", "null with contents" },
	{ copy_null, "058100", "not minimal" },
	/* 8.19 */
	{ copy_oid, "0600", "malformed object identifier" },
	{ copy_oid, "060180", "malformed object identifier" },
	{ copy_oid, "060181", "malformed object identifier" },
	{ copy_oid, "06028001", "malformed object identifier" },
	{ copy_oid, "06032b8001", "malformed object identifier" },
	{ copy_oid, "06032b6581", "malformed object identifier" },
	{ copy_oid, "06042b808101", "malformed object identifier" },
	{ copy_ed25519, "06032b656f", "another object identifier" },
	{ copy_ed25519, "06022b65", "another object identifier" },
	{ copy_ed25519, "06042b657001", "another object identifier" },
	{ copy_ed25519, "06032b65f0", "malformed object identifier" },
	/* strings */
	{ copy_utf8, "0c01ff", "not UTF-8" },
	{ copy_utf8, "0c02c080", "not UTF-8" },
	{ copy_utf8, "0c03eda080", "not UTF-8" },
	{ copy_utf8, "0c04f4908080", "not UTF-8" },
	{ copy_utf8, "0c01c4", "not UTF-8" },
	{ copy_utf8, "0c03efbfbf", "not UTF-8" },
	{ copy_utf8, "0c0361cc81", "not UTF-8 in its NFC" },
	{ copy_utf8, "0c03e280ae", "not UTF-8 in its NFC" },
	{ copy_utf8, "0c010a", "not UTF-8 in its NFC" },
	{ copy_utf8, "0c0100", "not UTF-8 in its NFC" },
	{ copy_utf8, "0c09616161616161616161", "another length" },
	{ copy_utf8, "1e020061", "another type" },
	{ copy_ia5, "16011f", "not printable ASCII" },
	{ copy_ia5, "16017f", "not printable ASCII" },
	{ copy_ia5, "160180", "not printable ASCII" },
	{ copy_ia5, "1603610a62", "not printable ASCII" },
	{ copy_ia5, "1609616161616161616161", "another length" },
	/* what holds others */
	{ copy_pair, "3003020101", "found the end" },
	{ copy_pair, "30050201010201", "longer than what holds it" },
	{ copy_pair, "3005020101020201", "longer than what holds it" },
	{ copy_pair, "30060201010201ff", "negative" },
	{ copy_pair, "3009020101020102020103", "not expected here" },
	{ copy_pair, "30070201010201020500", "not expected here" },
	{ copy_pair, "3006020101020102020103", "more bytes" },
	{ copy_pair, "30800201010201020000", "indefinite" },
	{ copy_pair, "3106020101020102", "another type" },
	{ copy_pair, "1006020101020102", "another type" },
	{ copy_explicit, "8003020101", "another type" },
	{ copy_explicit, "a103020101", "another type" },
	{ copy_explicit, "a000", "found the end" },
	{ copy_explicit, "a006020101020101", "not expected here" },
	{ copy_take, "3001", "longer than what holds it" },
	{ copy_raw, "3001", "longer than what holds it" },
	{ copy_raw, "308000000000", "indefinite" },
	{ copy_raw, "31020500", "another type" },
	/* 11.6 */
	{ copy_set, "3106020102020101", "out of order" },
	{ copy_set, "3109020101020103020102", "out of order" },
	{ copy_set, "3107020200800201ff", "out of order" },
	{ copy_set, "3104020101ff", "broken element" },
	{ copy_set, "310402010102", "broken element" },
	{ copy_set, "3105020101020201", "broken element" },
	{ copy_set, "3105020101020102", "broken element" },
	{ copy_set, "31050201010280", "broken element" },
	{ copy_set, "3006020101020102", "another type" },
};

static void
each_fault_is_refused_for_its_reason(void)
{
	const struct refusal *r;
	const char *why;
	size_t bad = 0;

	for (r = refusals; r < refusals + COUNT(refusals); r++)
		if (copy(r->one, hex(r->hex), &why) != REFUSED ||
		    strstr(why, r->why) == NULL) {
			bad++;
			note("%s: \"%s\", wanted \"%s\"", r->hex, why, r->why);
		}
	is(bad, 0, "each of %zu faults is refused, and for its own reason",
	    COUNT(refusals));
}

static const struct {
	void (*one)(struct der *d, struct der_wr *w);
	const char *hex;
} goods[] = {
	{ copy_bool, "010100" },
	{ copy_bool, "0101ff" },
	{ copy_uint, "020100" },
	{ copy_uint, "02017f" },
	{ copy_uint, "02020080" },
	{ copy_uint, "020900ffffffffffffffff" },
	{ copy_byte, "020200ff" },
	{ copy_big, "020100" },
	{ copy_big, "020400ffffff" },
	{ copy_big, "0203010000" },
	{ copy_bits, "030100" },
	{ copy_bits, "03020001" },
	{ copy_octets, "0401aa" },
	{ copy_octets, "0402aabb" },
	{ copy_tagged, "8100" },
	{ copy_tagged, "8102aabb" },
	{ copy_null, "0500" },
	{ copy_oid, "06012a" },
	{ copy_oid, "06032b6570" },
	{ copy_oid, "0603883703" },
	{ copy_ed25519, "06032b6570" },
	{ copy_utf8, "0c00" },
	{ copy_utf8, "0c02c3a1" },
	{ copy_utf8, "0c03e1bb81" },
	{ copy_utf8, "0c04f09f988a" },
	{ copy_utf8, "0c086161616161616161" },
	{ copy_ia5, "1600" },
	{ copy_ia5, "1602207e" },
	{ copy_take, "3000" },
	{ copy_raw, "30020500" },
	{ copy_pair, "3006020101020102" },
	{ copy_pair, "30080202008002020081" },
	{ copy_explicit, "a003020105" },
	{ copy_set, "3100" },
	{ copy_set, "3103020101" },
	{ copy_set, "3106020101020101" },
	{ copy_set, "310702017f02020080" },
};

static void
good_values_are_written_as_they_were_read(void)
{
	size_t i, bad = 0;
	const char *why;

	for (i = 0; i < COUNT(goods); i++)
		if (copy(goods[i].one, hex(goods[i].hex), &why) != SAME) {
			bad++;
			note("%s: \"%s\"", goods[i].hex, why);
		}
	is(bad, 0, "each of %zu good values is written as it was read",
	    COUNT(goods));
}

/* ---- times ------------------------------------------------------------ */

#define NO INT64_C(-1)

static const struct {
	uint8_t tag;
	const char *text;
	int64_t time, when; /* by der_time(), by der_when() */
} times[] = {
	{ DER_TIME, "19700101000000Z", 0, NO },
	{ DER_TIME, "20000229000000Z", 951782400, NO },
	{ DER_TIME, "20260228235959Z", 1772323199, NO },
	{ DER_TIME, "20491231235959Z", 2524607999, NO },
	{ DER_TIME, "20500101000000Z", 2524608000, 2524608000 },
	{ DER_TIME, "99991231235959Z", TIME_MAX, TIME_MAX },
	{ DER_UTCTIME, "700101000000Z", NO, 0 },
	{ DER_UTCTIME, "000229000000Z", NO, 951782400 },
	{ DER_UTCTIME, "491231235959Z", NO, 2524607999 },
	/* before our time, though UTCTime has it */
	{ DER_UTCTIME, "500101000000Z", NO, NO },
	{ DER_UTCTIME, "691231235959Z", NO, NO },
	{ DER_TIME, "19691231235959Z", NO, NO },
	{ DER_TIME, "00000101000000Z", NO, NO },
	/* each field over and under its range */
	{ DER_TIME, "20500001000000Z", NO, NO },
	{ DER_TIME, "20501301000000Z", NO, NO },
	{ DER_TIME, "20500100000000Z", NO, NO },
	{ DER_TIME, "20500132000000Z", NO, NO },
	{ DER_TIME, "20500431000000Z", NO, NO },
	{ DER_TIME, "20510229000000Z", NO, NO },
	{ DER_TIME, "21000229000000Z", NO, NO },
	{ DER_TIME, "20500101240000Z", NO, NO },
	{ DER_TIME, "20500101006000Z", NO, NO },
	{ DER_TIME, "20500101000060Z", NO, NO },
	{ DER_UTCTIME, "260001000000Z", NO, NO },
	{ DER_UTCTIME, "261301000000Z", NO, NO },
	{ DER_UTCTIME, "260132000000Z", NO, NO },
	{ DER_UTCTIME, "260229000000Z", NO, NO },
	{ DER_UTCTIME, "260101240000Z", NO, NO },
	{ DER_UTCTIME, "260101006000Z", NO, NO },
	{ DER_UTCTIME, "260101000060Z", NO, NO },
	/* X.690 11.7, 11.8: other forms */
	{ DER_TIME, "", NO, NO },
	{ DER_TIME, "20500101000000", NO, NO },
	{ DER_TIME, "20500101000000z", NO, NO },
	{ DER_TIME, "205001010000Z", NO, NO },
	{ DER_TIME, "2050010100Z", NO, NO },
	{ DER_TIME, "20500101000000.5Z", NO, NO },
	{ DER_TIME, "20500101000000.0Z", NO, NO },
	{ DER_TIME, "20500101000000,5Z", NO, NO },
	{ DER_TIME, "20500101000000+0700", NO, NO },
	{ DER_TIME, "20500101000000+", NO, NO },
	{ DER_TIME, "2050010100000ZZ", NO, NO },
	{ DER_TIME, "2050 10100000Z", NO, NO },
	{ DER_TIME, "2050-1-1000000Z", NO, NO },
	{ DER_TIME, "+0500101000000Z", NO, NO },
	{ DER_TIME, "2050010100000:Z", NO, NO },
	{ DER_TIME, "205001010000/0Z", NO, NO },
	{ DER_TIME, "260101000000Z", NO, NO },
	{ DER_UTCTIME, "", NO, NO },
	{ DER_UTCTIME, "2601010000Z", NO, NO },
	{ DER_UTCTIME, "260101000000", NO, NO },
	{ DER_UTCTIME, "260101000000+0000", NO, NO },
	{ DER_UTCTIME, "26010100000:Z", NO, NO },
	{ DER_UTCTIME, "-60101000000Z", NO, NO },
	{ DER_UTCTIME, "20260101000000Z", NO, NO },
};

static int64_t
time_of(int64_t (*read)(struct der *d), struct bytes in)
{
	struct der d = der_init(in);
	int64_t t = read(&d);
	struct err e;

	return der_end(&d, "a time", &e) == RC_OK ? t : NO;
}

static void
times_are_read_in_one_form_only(void)
{
	struct der_wr w = { 0 };
	size_t i, bad = 0, other = 0;
	int64_t t, when;
	const char *why;

	for (i = 0; i < COUNT(times); i++) {
		der_put(&w, times[i].tag, bytes_str(times[i].text));
		t = time_of(der_time, buf_bytes(&w.out));
		when = time_of(der_when, buf_bytes(&w.out));
		if (t != times[i].time || when != times[i].when) {
			bad++;
			note("%02x %s: %lld, %lld", times[i].tag, times[i].text,
			    (long long)t, (long long)when);
		}
		other += copy(copy_time, buf_bytes(&w.out), &why) == OTHER;
		other += copy(copy_when, buf_bytes(&w.out), &why) == OTHER;
		der_wr_free(&w);
	}
	is(bad, 0, "each of %zu times is read, or not, as it must",
	    COUNT(times));
	is(other, 0, "and each that is read is written as it was");
}

static void
times_go_to_der_and_back(void)
{
	size_t bad = 0, n = 0;
	struct der_wr w = { 0 };
	int64_t t;

	for (t = 0; t <= TIME_MAX; t += 37 * TIME_DAY + 8641, n++) {
		der_put_time(&w, t);
		bad += time_of(der_time, buf_bytes(&w.out)) != t;
		der_wr_free(&w);
		der_put_when(&w, t);
		bad += time_of(der_when, buf_bytes(&w.out)) != t;
		bad += (w.out.p[0] == DER_UTCTIME) != (t < 2524608000);
		der_wr_free(&w);
	}
	is(bad, 0, "%zu times go to DER and back, UTCTime through 2049", n);
}

/* ---- numbers, lengths, depth ------------------------------------------ */

static const struct {
	uint64_t v;
	const char *hex;
} numbers[] = {
	{ 0, "020100" },
	{ 1, "020101" },
	{ 127, "02017f" },
	{ 128, "02020080" },
	{ 255, "020200ff" },
	{ 256, "02020100" },
	{ 32767, "02027fff" },
	{ 32768, "0203008000" },
	{ UINT64_C(1) << 32, "02050100000000" },
	{ UINT64_C(1) << 63, "0209008000000000000000" },
	{ UINT64_MAX, "020900ffffffffffffffff" },
};

static bool
number_goes_round(uint64_t v)
{
	struct der_wr w = { 0 };
	struct der d;
	bool good;

	der_put_uint(&w, v);
	d = der_init(buf_bytes(&w.out));
	good = der_uint(&d, v) == v && d.why == NULL && !der_more(&d);
	if (v > 0) {
		d = der_init(buf_bytes(&w.out));
		good = der_uint(&d, v - 1) == 0 && d.why != NULL && good;
	}
	der_wr_free(&w);
	return good;
}

static void
numbers_go_to_der_and_back(void)
{
	struct der_wr w = { 0 };
	size_t i, bad = 0;
	unsigned k;

	for (i = 0; i < COUNT(numbers); i++) {
		der_put_uint(&w, numbers[i].v);
		bad += !bytes_eq(buf_bytes(&w.out), hex(numbers[i].hex));
		der_wr_free(&w);
	}
	is(bad, 0, "numbers are written as X.690 8.3 has them");
	for (bad = 0, k = 0; k < 64; k++) {
		bad += !number_goes_round((UINT64_C(1) << k) - 1);
		bad += !number_goes_round(UINT64_C(1) << k);
		bad += !number_goes_round((UINT64_C(1) << k) + 1);
	}
	bad += !number_goes_round(UINT64_MAX);
	is(bad, 0, "numbers go to DER and back, up to their limit");
	der_put_big(&w, hex("0000000080"));
	same(buf_bytes(&w.out), hex("02020080"),
	    "a big number loses its zeros and gets its sign byte");
	der_wr_free(&w);
	der_put_big(&w, nothing);
	same(buf_bytes(&w.out), hex("020100"), "no bytes are zero");
	der_wr_free(&w);
}

static const struct {
	size_t len;
	const char *header; /* of an OCTET STRING so long */
	const char *longer; /* the same length, a byte longer: not minimal */
} lengths[] = {
	{ 0, "0400", "048100" },
	{ 1, "0401", "048101" },
	{ 127, "047f", "04817f" },
	{ 128, "048180", "04820080" },
	{ 255, "0481ff", "048200ff" },
	{ 256, "04820100", "0483000100" },
	{ 65535, "0482ffff", "048300ffff" },
	{ 65536, "0483010000", "048400010000" },
	{ (1u << 24) - 1, "0483ffffff", "048400ffffff" },
	{ 1u << 24, "048401000000", "04850001000000" },
};

static bool
octets_are(struct bytes in, size_t len)
{
	struct der d = der_init(in);
	struct bytes got = der_take(&d, DER_OCTETS);
	struct err e;

	return der_end(&d, "octets", &e) == RC_OK && got.len == len;
}

static bool
length_is_read(size_t len, struct bytes header)
{
	struct buf b = { 0 };
	bool good;

	buf_add(&b, header);
	(void)buf_grow(&b, len);
	good = octets_are(buf_bytes(&b), len) &&
	       der_element(buf_bytes(&b)).len == b.len;
	buf_free(&b);
	return good;
}

static void
lengths_have_one_form(void)
{
	struct der_wr w = { 0 };
	struct buf b = { 0 };
	size_t i, len, bad = 0;

	for (i = 0; i < COUNT(lengths); i++) {
		len = lengths[i].len;
		der_put_open(&w, DER_OCTETS);
		(void)buf_grow(&w.out, len);
		der_put_close(&w);
		der_put_header(&b, DER_OCTETS, len);
		bad += !bytes_eq(buf_bytes(&b), hex(lengths[i].header));
		bad += der_header_size(len) != b.len;
		bad += w.out.len != b.len + len ||
		       memcmp(w.out.p, b.p, b.len) != 0;
		bad += !octets_are(buf_bytes(&w.out), len);
		bad += octets_are(bytes_of(w.out.p, w.out.len - 1), len);
		bad += !length_is_read(len, hex(lengths[i].header));
		bad += length_is_read(len, hex(lengths[i].longer));
		der_wr_free(&w);
		buf_free(&b);
	}
	is(bad, 0, "each of %zu lengths has one form", COUNT(lengths));
}

static bool
nested_is_read(unsigned depth)
{
	struct der_wr w = { 0 };
	struct der d;
	struct err e;
	unsigned i;
	bool good;

	for (i = 0; i < depth && i < DER_DEPTH; i++)
		der_put_open(&w, DER_SEQUENCE);
	while (w.depth > 0)
		der_put_close(&w);
	for (; i < depth; i++) { /* deeper than the writer goes */
		struct buf outer = { 0 };

		der_put_header(&outer, DER_SEQUENCE, w.out.len);
		buf_add(&outer, buf_bytes(&w.out));
		buf_free(&w.out);
		w.out = outer;
	}
	d = der_init(buf_bytes(&w.out));
	for (i = 0; i < depth; i++)
		der_open(&d, DER_SEQUENCE);
	for (i = 0; i < depth; i++)
		der_close(&d);
	good = der_end(&d, "nested", &e) == RC_OK;
	der_wr_free(&w);
	return good;
}

static void
depth_is_bounded(void)
{
	unsigned i, bad = 0;

	for (i = 1; i < DER_DEPTH; i++)
		bad += !nested_is_read(i);
	is(bad, 0, "elements are read down to a depth of %d", DER_DEPTH - 1);
	ok(nested_is_read(DER_DEPTH), "and of %d, as deep as is written",
	    DER_DEPTH);
	for (i = DER_DEPTH + 1, bad = 0; i < 3 * DER_DEPTH; i++)
		bad += nested_is_read(i);
	is(bad, 0, "but no deeper");
}

/* ---- after a fault ---------------------------------------------------- */

static void
after_a_fault_everything_is_empty(void)
{
	/* a good sequence after a bad element: nothing of it comes out */
	struct bytes in = hex("0101010101ff020105040105060101");
	struct der d = der_init(in);
	struct err e;
	size_t got = 0;

	(void)der_bool(&d);
	got += der_more(&d) || der_next_is(&d, DER_BOOLEAN);
	got += der_bool(&d);
	got += der_uint(&d, 9) != 0;
	got += der_big(&d, 9).len + der_octets(&d, 0, 9).len;
	got += der_tagged(&d, DER_CTX(0), 0, 9).len + der_bits(&d).len;
	got += der_oid(&d).len + der_utf8(&d, 9).len + der_ia5(&d, 9).len;
	got += der_take(&d, DER_BOOLEAN).len + der_raw(&d, DER_BOOLEAN).len;
	got += der_time(&d) != 0 || der_when(&d) != 0;
	der_null(&d);
	der_oid_is(&d, hex("01"));
	der_open(&d, DER_SEQUENCE);
	der_open_set(&d, DER_SET);
	der_close(&d);
	got += d.depth;
	is(got, 0, "after a fault all is empty");
	der_fault(&d, "a second fault");
	ok(der_end(&d, "a thing", &e) == RC_INVALID && e.rc == RC_INVALID &&
		strcmp(e.text, "a thing: byte 3: X.690 11.1: a boolean that "
			       "is not 00 or FF") == 0,
	    "and der_end() tells the first one and its place");
}

static void
the_end_must_be_reached(void)
{
	struct bytes in = bytes_of("\x30\x03\x02\x01\x05\x05\x00", 7);
	struct der d = der_init(in);
	struct err e;

	der_open(&d, DER_SEQUENCE);
	(void)der_uint(&d, 9);
	ok(der_end(&d, "x", &e) == RC_INVALID, "an open element is no end");
	der_close(&d);
	ok(der_end(&d, "x", &e) == RC_INVALID, "nor are trailing bytes");
	ok(der_next_is(&d, DER_NULL) && !der_next_is(&d, DER_SEQUENCE),
	    "which are seen");
	der_null(&d);
	went(der_end(&d, "x", &e), &e, "all read is the end");
	der_fault(&d, "the caller's finding");
	ok(der_end(&d, "x", &e) == RC_INVALID &&
		strcmp(e.text, "x: byte 7: the caller's finding") == 0,
	    "unless the caller finds a fault");
	d = der_init(nothing);
	ok(der_end(&d, "x", &e) == RC_OK && !der_more(&d), "nothing is an end");
	ok(der_take(&d, DER_NULL).len == 0 &&
		der_end(&d, "x", &e) == RC_INVALID,
	    "but no element");
}

/* ---- a schema of everything ------------------------------------------- */

/* What each reader reads, one after the other. */
static void (*const schema[])(struct der *d, struct der_wr *w) = { copy_uint,
	copy_byte, copy_big, copy_bool, copy_null, copy_oid, copy_octets,
	copy_bits, copy_utf8, copy_ia5, copy_time, copy_when, copy_when,
	copy_set, copy_tagged, copy_explicit, copy_pair, copy_take };

static void
copy_schema(struct der *d, struct der_wr *w)
{
	size_t i;

	der_open(d, DER_SEQUENCE);
	der_put_open(w, DER_SEQUENCE);
	for (i = 0; i < COUNT(schema); i++)
		schema[i](d, w);
	der_close(d);
	der_put_close(w);
}

static struct buf
sample(void)
{
	struct der_wr w = { 0 };

	der_put_open(&w, DER_SEQUENCE);
	der_put_uint(&w, 0x8000000012345678);
	der_put_uint(&w, 200);
	der_put_big(&w, bytes_str("\xf1\x02\x03"));
	der_put_bool(&w, true);
	der_put_null(&w);
	der_put_oid(&w, oid(OID_MLKEM768));
	der_put_octets(&w, bytes_str("ab"));
	der_put_bits(&w, bytes_str("bits"));
	der_put(&w, DER_UTF8, bytes_str("Hỏa"));
	der_put(&w, DER_IA5, bytes_str("antin:"));
	der_put_time(&w, 1795318200);
	der_put_when(&w, 1795318200);
	der_put_when(&w, 3795318200);
	der_put_raw(&w, hex("310a0201010201020202008f"));
	der_put(&w, DER_CTX(1), bytes_str("c"));
	der_put_raw(&w, hex("a003020105"));
	der_put_raw(&w, hex("3006020101020102"));
	der_put(&w, DER_SEQUENCE, bytes_str("anything"));
	der_put_close(&w);
	return w.out;
}

struct tally {
	size_t n[3]; /* by enum copied */
};

static void
count(struct tally *t, struct bytes in)
{
	const char *why;

	t->n[copy(copy_schema, in, &why)]++;
}

static void
no_broken_sample_is_read_as_another(void)
{
	struct buf s = sample(), longer = { 0 };
	struct tally t = { 0 };
	size_t i;

	count(&t, buf_bytes(&s));
	is(t.n[SAME], 1, "a sample of everything is written as it was read");
	for (i = 0; i < s.len * 8; i++) {
		s.p[i / 8] ^= (uint8_t)(1u << i % 8);
		count(&t, buf_bytes(&s));
		s.p[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	note("of %zu flipped bits %zu are another value, %zu none", i,
	    t.n[SAME] - 1, t.n[REFUSED]);
	ok(t.n[OTHER] == 0 && t.n[SAME] > 100 && t.n[REFUSED] > 500,
	    "with any bit flipped it is refused, or written as it was read");
	t = (struct tally){ 0 };
	for (i = 0; i < s.len; i++)
		count(&t, bytes_of(s.p, i));
	is(t.n[REFUSED], s.len, "cut at any byte it is refused");
	t = (struct tally){ 0 };
	for (i = 0; i <= s.len; i++) {
		buf_add(&longer, bytes_of(s.p, i));
		buf_u8(&longer, 0);
		buf_add(&longer, bytes_of(s.p + i, s.len - i));
		count(&t, buf_bytes(&longer));
		buf_free(&longer);
	}
	is(t.n[REFUSED], s.len + 1, "with a byte more anywhere it is refused");
	buf_free(&s);
}

static const struct {
	uint8_t tag;
	void (*one)(struct der *d, struct der_wr *w);
	size_t values; /* of up to two bytes of contents: how many there are */
} shorts[] = {
	{ DER_BOOLEAN, copy_bool, 2 },
	{ DER_INTEGER, copy_uint, 128 * 256 },
	{ DER_INTEGER, copy_byte, 256 },
	{ DER_INTEGER, copy_big, 128 * 256 },
	{ DER_BITS, copy_bits, 1 + 256 },
	{ DER_OCTETS, copy_octets, 256 + 65536 },
	{ DER_NULL, copy_null, 1 },
	{ DER_OID, copy_oid, 128 + 128 * 128 + 127 * 128 },
	/* ASCII, and U+00A0 to U+07FF without U+061C and 7 that NFC changes */
	{ DER_UTF8, copy_utf8, 1 + 95 + 95 * 95 + 1888 - 8 },
	{ DER_IA5, copy_ia5, 1 + 95 + 95 * 95 },
	{ DER_SEQUENCE, copy_take, 1 + 256 + 65536 },
	{ DER_CTX(1), copy_tagged, 1 + 256 + 65536 },
	{ DER_SET, copy_set, 1 },
};

/* Every encoding of up to two bytes of contents, and of longer lengths all
 * that four bytes hold. */
static void
every_short_encoding_is_canonical(void)
{
	static const uint8_t len[] = { 0, 1, 2, 3, 0x80, 0x81, 0x82, 0x83 };
	uint8_t in[4];
	struct tally t;
	size_t i, j, size;
	const char *why;
	uint32_t v, end;

	for (i = 0; i < COUNT(shorts); i++) {
		t = (struct tally){ 0 };
		for (j = 0; j < COUNT(len); j++) {
			size = len[j] < 2 ? len[j] + 2u : 4;
			end = 1u << 8 * (size - 2);
			for (v = 0; v < end; v++) {
				in[0] = shorts[i].tag;
				in[1] = len[j];
				in[2] = (uint8_t)(size == 3 ? v : v >> 8);
				in[3] = (uint8_t)v;
				t.n[copy(
				    shorts[i].one, bytes_of(in, size), &why)]++;
			}
		}
		ok(t.n[OTHER] == 0 && t.n[SAME] == shorts[i].values,
		    "tag %02x: of %zu short encodings %zu are a value each",
		    shorts[i].tag, t.n[SAME] + t.n[OTHER] + t.n[REFUSED],
		    t.n[SAME]);
	}
}

/* ---- sets ------------------------------------------------------------- */

/* Random integers of up to four bytes: their DER sorts by length first. */
static struct buf
random_set(struct dice *dice, size_t n)
{
	struct der_wr w = { 0 };

	der_put_open(&w, DER_SET);
	while (n-- > 0)
		der_put_uint(
		    &w, dice_below(dice, UINT32_MAX) >> dice_below(dice, 32));
	der_put_close_set(&w);
	return w.out;
}

/* Read a set of numbers; true if they never fall.  *out gathers them. */
static bool
set_rises(struct bytes in, uint64_t *sum, size_t *n)
{
	struct der d = der_init(in);
	uint64_t v, last = 0;
	bool rises = true;
	struct err e;

	der_open_set(&d, DER_SET);
	for (*sum = *n = 0; der_more(&d); last = v, ++*n) {
		v = der_uint(&d, UINT64_MAX);
		*sum += v;
		rises = rises && v >= last;
	}
	der_close(&d);
	return der_end(&d, "a set", &e) == RC_OK && rises;
}

static void
sets_are_sorted_when_written(void)
{
	struct dice dice = { 7 };
	struct dice again;
	size_t i, k, n, bad = 0;
	uint64_t sum, wanted;
	struct buf b;

	for (i = 0; i < 200; i++) {
		again = dice;
		b = random_set(&dice, i);
		for (k = 0, wanted = 0; k < i; k++)
			wanted += dice_below(&again, UINT32_MAX) >>
				  dice_below(&again, 32);
		bad += !set_rises(buf_bytes(&b), &sum, &n);
		bad += n != i || sum != wanted;
		buf_free(&b);
	}
	is(bad, 0, "200 sets are written in order, with all their elements");
}

/* X.690 11.6: order is of the whole encodings, not of their values. */
static void
sets_of_several_types_are_sorted(void)
{
	struct der_wr w = { 0 };

	der_put_open(&w, DER_SEQUENCE);
	der_put_open(&w, DER_CTXC(1));
	der_put_octets(&w, bytes_str("b"));
	der_put_uint(&w, 256);
	der_put_octets(&w, bytes_str("a"));
	der_put_uint(&w, 255);
	der_put_bool(&w, true);
	der_put(&w, DER_SEQUENCE, nothing);
	der_put_octets(&w, bytes_str("a"));
	der_put_uint(&w, 9);
	der_put_close_set(&w);
	der_put_close(&w);
	same(buf_bytes(&w.out),
	    hex("301ba1190101ff0201090202"
		"00ff020201000401610401610401623000"),
	    "a set within is sorted by its elements' bytes");
	der_wr_free(&w);
}

/* ---- object identifiers ----------------------------------------------- */

static void
each_oid_of_ours_is_what_it_says(void)
{
	char text[DER_OID_TEXT];
	size_t i, j, bad = 0;

	for (i = 0; i < OID_COUNT; i++) {
		der_oid_text(text, oid_table[i].der);
		if (strcmp(text, oid_table[i].dotted) != 0) {
			bad++;
			note("%s: %s", oid_table[i].name, text);
		}
		bad += !der_oid_ok(oid_table[i].der);
		bad += oid_name(oid_table[i].der) != oid_table[i].name;
		for (j = 0; j < i; j++)
			bad +=
			    bytes_eq(oid_table[i].der, oid_table[j].der) ||
			    strcmp(oid_table[i].name, oid_table[j].name) == 0;
	}
	is(bad, 0, "each of %d object identifiers has its own text and bytes",
	    OID_COUNT);
	ok(oid_name(hex("2a03")) == NULL && oid_name(nothing) == NULL,
	    "another one has no name");
}

static const struct {
	const char *hex, *text;
} oid_texts[] = {
	{ "00", "0.0" },
	{ "27", "0.39" },
	{ "28", "1.0" },
	{ "4f", "1.39" },
	{ "50", "2.0" },
	{ "7f", "2.47" },
	{ "8100", "2.48" },
	{ "813403", "2.100.3" },
	{ "883703", "2.999.3" },
	{ "2a864886f70d", "1.2.840.113549" },
	{ "2aff7f", "1.2.16383" },
	{ "2a818000", "1.2.16384" },
	/* 2.25.<the greatest UUID>: 2^128 - 1 */
	{ "6983ffffffffffffffffffffffffffffffffff7f",
	    "2.25.340282366920938463463374607431768211455" },
	/* 32 arcs of three digits are 128 letters and a NUL */
	{ "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f"
	  "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f",
	    "?" },
	{ "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f"
	  "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f",
	    "2.47.127.127.127.127.127.127.127.127.127.127.127.127.127.127.127"
	    ".127.127.127.127.127.127.127.127.127.127.127.127.127.127.127" },
	/* 10^48 and more, which no digits are kept for */
	{ "2a81ffffffffffffffffffffffffffffffffffffffffffffff7f", "?" },
	{ "2affffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	    "?" },
	{ "", "?" },
	{ "80", "?" },
	{ "2a80", "?" },
	{ "2a8001", "?" },
};

static void
object_identifiers_have_their_text(void)
{
	struct {
		char text[DER_OID_TEXT];
		char after[8];
	} out;
	size_t i, bad = 0;

	for (i = 0; i < COUNT(oid_texts); i++) {
		memset(&out, 'x', sizeof(out));
		der_oid_text(out.text, hex(oid_texts[i].hex));
		if (memcmp(out.after, "xxxxxxxx", 8) != 0 ||
		    memchr(out.text, 0, sizeof(out.text)) == NULL ||
		    strcmp(out.text, oid_texts[i].text) != 0) {
			bad++;
			note("%s: %.130s", oid_texts[i].hex, out.text);
		}
	}
	is(bad, 0, "each of %zu object identifiers has its text, or \"?\"",
	    COUNT(oid_texts));
}

static void
object_identifiers_are_bounded(void)
{
	uint8_t arcs[66];

	memset(arcs, 1, sizeof(arcs));
	ok(der_oid_ok(bytes_of(arcs, 64)) && !der_oid_ok(bytes_of(arcs, 65)),
	    "an object identifier has at most 64 bytes");
}

/* ---- elements --------------------------------------------------------- */

static void
an_element_is_whole_or_empty(void)
{
	static const char *const broken[] = { "", "30", "3001", "308000",
		"30810100", "1f8101", "3085000000000100", "30820001aa" };
	struct bytes in = bytes_of("\x04\x02\x61\x62\x05\x00", 6);
	size_t i, got = 0;

	is(der_element(in).len, 4, "an element is cut from what follows it");
	for (i = 0; i < COUNT(broken); i++)
		got += der_element(hex(broken[i])).len;
	got += der_element(nothing).len;
	is(got, 0, "what is no whole element is empty");
}

int
main(void)
{
	each_fault_is_refused_for_its_reason();
	good_values_are_written_as_they_were_read();
	times_are_read_in_one_form_only();
	times_go_to_der_and_back();
	numbers_go_to_der_and_back();
	lengths_have_one_form();
	depth_is_bounded();
	after_a_fault_everything_is_empty();
	the_end_must_be_reached();
	no_broken_sample_is_read_as_another();
	every_short_encoding_is_canonical();
	sets_are_sorted_when_written();
	sets_of_several_types_are_sorted();
	each_oid_of_ours_is_what_it_says();
	object_identifiers_have_their_text();
	object_identifiers_are_bounded();
	an_element_is_whole_or_empty();
	return done();
}
