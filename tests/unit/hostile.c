/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Certificates in a path that are not of the form (docs/pki.md 2, 3.1, 3.2),
 * though their issuers signed them: our reader's strictness, held.
 */
#include "chain.h"

/* ---- rows of edits -------------------------------------------------- */

/* In a certificate of the tree: its extensions are 070, one's value 07n20. */
struct mangling {
	const char *name;
	size_t step; /* which certificate */
	const char *path;
	enum edit how;
	const char *with; /* hex */
	const char *why;
};

#define FORM "docs/pki.md 3.2"

/* It was good, and is refused with this edit though it was signed anew. */
static bool
is_refused(enum cert_kind kind, const struct mangling *m)
{
	struct chain c;
	struct buf *der;
	bool good;

	chain_make(&c, kind);
	der = &c.s[m->step].der;
	edit(der, m->path, PUT, at(buf_bytes(der), m->path));
	chain_sign(&c, m->step);
	good = chain_is(&c, RC_OK, "");
	edit(der, m->path, m->how, hexed(m->with));
	if (m->path[0] == '0')
		chain_sign(&c, m->step);
	good = good && chain_is(&c, RC_INVALID, FORM) &&
	       chain_is(&c, RC_INVALID, m->why);
	if (!good)
		note("%s", m->name);
	chain_free(&c);
	return good;
}

static void
are_refused(const char *sentence, enum cert_kind kind,
    const struct mangling *rows, size_t n)
{
	size_t i, wrong = 0;

	for (i = 0; i < n; i++)
		wrong += !is_refused(kind, &rows[i]);
	is(wrong, 0, "%s (%zu)", sentence, n);
}

#define REFUSED(sentence, kind, rows)                                          \
	are_refused(sentence, kind, rows, COUNT(rows))

#define NO_END "found the end"
#define NOT_HERE "not expected here"
#define OTHER_TYPE "of another type than wanted"
#define NO_MORE "more bytes than wanted"

static const struct mangling versions[] = {
	{ "v1, the default", HOLDER, "00", CUT, "", OTHER_TYPE },
	{ "v1, spelled", HOLDER, "000", PUT, "020100", "4.1.2.1" },
	{ "v2", HOLDER, "000", PUT, "020101", "4.1.2.1" },
	{ "v2 of the commune", COMMUNE, "000", PUT, "020101", "4.1.2.1" },
	{ "v1 of the province", PROVINCE, "00", CUT, "", OTHER_TYPE },
	{ "v4", HOLDER, "000", PUT, "020103", "over its limit" },
	{ "no extensions", HOLDER, "07", CUT, "", NO_END },
	{ "unique identifiers", HOLDER, "06", AFTER, "810200ff", OTHER_TYPE },
};

static const struct mangling extensions[] = {
	{ "an unknown one, critical", HOLDER, "0705", AFTER,
	    "300c06032a03040101ff04020500", NOT_HERE },
	{ "an unknown one, not critical", HOLDER, "0705", AFTER,
	    "300906032a030404020500", NOT_HERE },
	{ "an unknown one first", HOLDER, "0700", BEFORE,
	    "300906032a030404020500", "docs/pki.md 2.3" },
	{ "an unknown one of the commune", COMMUNE, "0706", AFTER,
	    "300906032a030404020500", NOT_HERE },
	{ "an unknown one between", COMMUNE, "0703", AFTER,
	    "300906032a030404020500", "docs/pki.md 2.3" },
	{ "extended key usage", HOLDER, "0702", AFTER,
	    "30130603551d25040c300a06082b06010505070301", "docs/pki.md 2.3" },
	{ "anyPolicy", COMMUNE, "0702", AFTER,
	    "30110603551d20040a300830060604551d2000", "docs/pki.md 2.3" },
	{ "policy constraints", COMMUNE, "0702", AFTER,
	    "300f0603551d240101ff04053003800100", "docs/pki.md 2.3" },
	{ "bytes behind them", HOLDER, "070", AFTER, "0500", NOT_HERE },
	{ "an empty list of them", HOLDER, "070", PUT, "3000", NO_END },
	{ "a critical address", HOLDER, "07050", AFTER, "0101ff", OTHER_TYPE },
	{ "a critical tag", HOLDER, "07030", AFTER, "0101ff", OTHER_TYPE },
	{ "critical FALSE, spelled", HOLDER, "07030", AFTER, "010100",
	    OTHER_TYPE },
	{ "rights that are not critical", HOLDER, "07001", CUT, "",
	    OTHER_TYPE },
	{ "rights critical FALSE", HOLDER, "07001", PUT, "010100",
	    "must be critical" },
	{ "rights critical 01", HOLDER, "07001", PUT, "010101", "X.690 11.1" },
	{ "basicConstraints that are not critical", COMMUNE, "07011", CUT, "",
	    OTHER_TYPE },
	{ "keyUsage that is not critical", COMMUNE, "07021", CUT, "",
	    OTHER_TYPE },
	{ "nameConstraints that are not critical", COMMUNE, "07061", CUT, "",
	    OTHER_TYPE },
	{ "no basicConstraints", HOLDER, "0701", CUT, "", "docs/pki.md 2.3" },
	{ "none of the commune", COMMUNE, "0701", CUT, "", "docs/pki.md 2.3" },
	{ "no keyUsage", COMMUNE, "0702", CUT, "", "docs/pki.md 2.3" },
	{ "no key tag", COMMUNE, "0703", CUT, "", "docs/pki.md 2.3" },
	{ "no issuer's tag", COMMUNE, "0704", CUT, "", "docs/pki.md 2.3" },
	{ "no address", COMMUNE, "0705", CUT, "", "docs/pki.md 2.3" },
	{ "no address of the holder", HOLDER, "0705", CUT, "", NO_END },
	{ "no nameConstraints", PROVINCE, "0706", CUT, "", NO_END },
	{ "no rights of an authority: it is no card", COMMUNE, "0700", CUT, "",
	    NOT_HERE },
};

static const struct mangling rights[] = {
	{ "kind 0", HOLDER, "0700200", PUT, "020100", "docs/pki.md 2.5" },
	{ "kind 0 of the commune", COMMUNE, "0700200", PUT, "020100",
	    "docs/pki.md 2.5" },
	{ "kind 5", HOLDER, "0700200", PUT, "020105", "over its limit" },
	{ "kind 129", HOLDER, "0700200", PUT, "02020081", "over its limit" },
	{ "kind 2^32 + 3", HOLDER, "0700200", PUT, "02050100000003",
	    "over its limit" },
	{ "kind 2^64 + 3", HOLDER, "0700200", PUT, "0209010000000000000003",
	    "over its limit" },
	{ "kind -1", HOLDER, "0700200", PUT, "0201ff", "negative" },
	{ "a kind that is not minimal", HOLDER, "0700200", PUT, "02020003",
	    "X.690 8.3.2" },
	{ "a kind of no bytes", HOLDER, "0700200", PUT, "0200", "X.690 8.3.1" },
	{ "a kind as ENUMERATED", HOLDER, "0700200", PUT, "0a0103",
	    OTHER_TYPE },
	{ "level 4", HOLDER, "0700201", PUT, "020104", "over its limit" },
	{ "level -1", HOLDER, "0700201", PUT, "0201ff", "negative" },
	{ "precedence 5", HOLDER, "0700202", PUT, "020105", "over its limit" },
	{ "precedence 255 of the province", PROVINCE, "0700202", PUT,
	    "020200ff", "over its limit" },
	{ "no precedence", HOLDER, "0700202", CUT, "", NO_END },
	{ "a fourth number", HOLDER, "070020", INTO, "020100", NOT_HERE },
	{ "rights of nothing", HOLDER, "070020", PUT, "3000", NO_END },
	{ "rights in a SET", HOLDER, "070020", PUT, "3109020103020100020100",
	    OTHER_TYPE },
	{ "bytes behind rights", HOLDER, "070020", AFTER, "0500", NO_MORE },
	{ "bytes behind their extension", HOLDER, "07002", AFTER, "0500",
	    NOT_HERE },
	{ "a desk as an authority", HOLDER, "0700200", PUT, "020101", NO_END },
	{ "a desk as a station", HOLDER, "0700200", PUT, "020102",
	    "docs/pki.md 2.4" },
	{ "an authority as a station", COMMUNE, "0700200", PUT, "020102",
	    NOT_HERE },
	{ "an authority as a desk", COMMUNE, "0700200", PUT, "020103",
	    NOT_HERE },
};

static const struct mangling usages[] = {
	{ "a desk that is a CA", HOLDER, "070120", INTO, "0101ff", NOT_HERE },
	{ "a desk that is none, spelled", HOLDER, "070120", INTO, "010100",
	    NOT_HERE },
	{ "a desk with a path length", HOLDER, "070120", INTO, "020100",
	    NOT_HERE },
	{ "an authority that is no CA", COMMUNE, "0701200", PUT, "010100",
	    "4.2.1.9" },
	{ "that does not say so", COMMUNE, "070120", PUT, "3000", NO_END },
	{ "that says 01", COMMUNE, "0701200", PUT, "010101", "X.690 11.1" },
	{ "without path length", COMMUNE, "0701201", CUT, "", NO_END },
	{ "with path length 16", COMMUNE, "0701201", PUT, "020110",
	    "over its limit" },
	{ "with path length -1", COMMUNE, "0701201", PUT, "0201ff",
	    "negative" },
	{ "with two path lengths", COMMUNE, "0701201", AFTER, "020100",
	    NOT_HERE },
	{ "an authority without keyCertSign", COMMUNE, "070220", PUT,
	    "03020182", "4.2.1.3" },
	{ "an authority that may only sign", COMMUNE, "070220", PUT, "03020780",
	    "4.2.1.3" },
	{ "without cRLSign", COMMUNE, "070220", PUT, "03020284", "4.2.1.3" },
	{ "without digitalSignature", COMMUNE, "070220", PUT, "03020106",
	    "4.2.1.3" },
	{ "with all usages", COMMUNE, "070220", PUT, "030200ff", "4.2.1.3" },
	{ "a desk with keyCertSign", HOLDER, "070220", PUT, "03020284",
	    "4.2.1.3" },
	{ "a desk with an authority's usage", HOLDER, "070220", PUT, "03020186",
	    "4.2.1.3" },
	{ "a desk with keyEncipherment too", HOLDER, "070220", PUT, "030205a0",
	    "4.2.1.3" },
	{ "a signature key that enciphers keys", HOLDER, "070220", PUT,
	    "03020520", "4.2.1.3" },
	{ "no usage", HOLDER, "070220", PUT, "030100", "4.2.1.3" },
	{ "a usage in two bytes", HOLDER, "070220", PUT, "0303078000",
	    "4.2.1.3" },
	{ "a usage with other unused bits", HOLDER, "070220", PUT, "03020080",
	    "4.2.1.3" },
	{ "a usage with bits set that are unused", HOLDER, "070220", PUT,
	    "030207ff", "4.2.1.3" },
	{ "a usage in BER", HOLDER, "070220", PUT, "230403020780", OTHER_TYPE },
	{ "another key's tag", HOLDER, "070310", PUT, "04083031323334353637",
	    "not its key's tag" },
	{ "half a tag", HOLDER, "070310", PUT, "040430313233",
	    "not its key's tag" },
	{ "an issuer's tag of 7 bytes", HOLDER, "0704100", PUT,
	    "800730313233343536", "another length" },
	{ "an issuer by serial number too", HOLDER, "070410", INTO, "820101",
	    NOT_HERE },
	{ "constraints of a desk", HOLDER, "0705", AFTER,
	    "30160603551d1e0101ff040c300aa00830068604612e766e", NOT_HERE },
};

/* Who holds a KEM key is held to the same, and a person holds none. */
static const struct mangling kem_usages[] = {
	{ "digitalSignature", HOLDER, "070220", PUT, "03020780", "4.2.1.3" },
	{ "both", HOLDER, "070220", PUT, "030205a0", "4.2.1.3" },
	{ "keyAgreement", HOLDER, "070220", PUT, "03020308", "4.2.1.3" },
	{ "an authority's usage", HOLDER, "070220", PUT, "03020186",
	    "4.2.1.3" },
};

static void
kem_keys_encipher_only(void)
{
	struct chain c;
	size_t i, wrong = 0;

	for (i = 0; i < COUNT(kem_usages); i++) {
		chain_plan(&c, CERT_DESK);
		step_kem(&c.s[HOLDER], KEM_A);
		c.want.use = CERT_KEM;
		chain_write_all(&c);
		edit(&c.s[HOLDER].der, kem_usages[i].path, kem_usages[i].how,
		    hexed(kem_usages[i].with));
		chain_sign(&c, HOLDER);
		wrong += !chain_is(&c, RC_INVALID, kem_usages[i].why);
		chain_free(&c);
	}
	is(wrong, 0, "a KEM key's usage is keyEncipherment alone");
	chain_plan(&c, CERT_PERSON);
	step_kem(&c.s[HOLDER], KEM_A);
	c.want.use = CERT_KEM;
	chain_write_all(&c);
	ok(chain_is(&c, RC_INVALID, "docs/pki.md 2.2"),
	    "a person with a KEM key is refused");
	chain_free(&c);
}

/* ---- names and keys ------------------------------------------------- */

static const struct mangling fields[] = {
	{ "a subject that is empty", HOLDER, "05001", PUT, "0c00", "4.1.2.6" },
	{ "no subject", HOLDER, "05", PUT, "3000", NO_END },
	{ "a subject of two names", HOLDER, "05", INTO,
	    "310a300806035504030c0161", NOT_HERE },
	{ "of an organisation", HOLDER, "05000", PUT, "060355040a",
	    "another object identifier" },
	{ "in PrintableString", HOLDER, "05001", PUT, "130161", OTHER_TYPE },
	{ "in TeletexString", HOLDER, "05001", PUT, "140161", OTHER_TYPE },
	{ "in BMPString", HOLDER, "05001", PUT, "1e020061", OTHER_TYPE },
	{ "with a NUL", HOLDER, "05001", PUT, "0c03610062", "UTF-8" },
	{ "with an escape", HOLDER, "05001", PUT, "0c021b5b", "UTF-8" },
	{ "in two lines", HOLDER, "05001", PUT, "0c03610a62", "UTF-8" },
	{ "turned", HOLDER, "05001", PUT, "0c04e280ae61", "UTF-8" },
	{ "not in NFC", HOLDER, "05001", PUT, "0c0361cc81", "UTF-8" },
	{ "overlong", HOLDER, "05001", PUT, "0c02c0af", "UTF-8" },
	{ "a surrogate", HOLDER, "05001", PUT, "0c03eda080", "UTF-8" },
	{ "an issuer in PrintableString", HOLDER, "03001", PUT, "130161",
	    OTHER_TYPE },
	{ "serial number 0", HOLDER, "01", PUT, "020100", "4.1.2.2" },
	{ "a negative one", HOLDER, "01", PUT, "0201ff", "negative" },
	{ "one of no bytes", HOLDER, "01", PUT, "0200", "X.690 8.3.1" },
	{ "one of 21 bytes", HOLDER, "01", PUT,
	    "0215010203040506070809101112131415161718192021",
	    "over its limit" },
	{ "two signature algorithms", HOLDER, "1", PUT,
	    "300a06082b06010505070631", "4.1.1.2" },
	{ "one of no suite", HOLDER, "02", PUT,
	    "300d06092a864886f70d01010b0500", NOT_HERE },
	{ "RSA's", HOLDER, "02", PUT, "300b06092a864886f70d01010b",
	    "of no suite" },
	{ "parameters of an algorithm", HOLDER, "02", INTO, "0500", NOT_HERE },
	{ "of the key's", HOLDER, "060", INTO, "0500", NOT_HERE },
	{ "a key of no suite", HOLDER, "0600", PUT, "06032b656f",
	    "of no suite" },
	{ "a key of another length", HOLDER, "061", PUT, "03020001",
	    "another length" },
	{ "an empty key", HOLDER, "061", PUT, "030100", "another length" },
	{ "one date", HOLDER, "041", CUT, "", NO_END },
	{ "three dates", HOLDER, "041", AFTER, "170d3235303430313030303030305a",
	    NOT_HERE },
	{ "bytes behind what is signed", HOLDER, "07", AFTER, "0500",
	    NOT_HERE },
	{ "bytes behind the signature", HOLDER, "2", AFTER, "0500", NOT_HERE },
	{ "bytes behind the certificate", HOLDER, "", AFTER, "0500", NO_MORE },
	{ "behind the commune's", COMMUNE, "", AFTER, "00", NO_MORE },
	{ "a certificate in a SET", HOLDER, "", PUT, "3100", OTHER_TYPE },
	{ "an empty one", HOLDER, "", PUT, "3000", NO_END },
	{ "no bytes", HOLDER, "", CUT, "", NO_END },
};

/* ---- addresses ------------------------------------------------------ */

struct text { /* a NUL may stand in it */
	const char *p;
	size_t len;
};
#define ROW(s)                                                                 \
	{                                                                      \
		s, sizeof(s) - 1                                               \
	}

/* A station's, and with a desk behind it: neither is read. */
static const struct text addresses[] = {
	ROW("antin://DIEN-BIEN.VN"),
	ROW("antin://Dien-bien.vn"),
	ROW("antin://dien-bien.vn."),
	ROW("antin://.dien-bien.vn"),
	ROW("antin://x..dien-bien.vn"),
	ROW("antin://dien-bien..vn"),
	ROW("antin://."),
	ROW("antin://"),
	ROW("antin:///"),
	ROW("antin:"),
	ROW("antin:dien-bien.vn"),
	ROW("antin:/dien-bien.vn"),
	ROW("antin:///dien-bien.vn"),
	ROW("antin://dien-bien.vn/"),
	ROW("antin://dien-bien.vn//x"),
	ROW("antin://dien-bien.vn/x/y"),
	ROW("antin://dien-bien.vn/../x"),
	ROW("antin://dien-bien.vn/."),
	ROW("antin://dien-bien.vn@evil"),
	ROW("antin://x@dien-bien.vn"),
	ROW("antin://@dien-bien.vn"),
	ROW("antin://evil:x@dien-bien.vn"),
	ROW("antin://dien-bien.vn:443"),
	ROW("antin://dien-bien.vn:"),
	ROW("antin://dien-bien.vn?x"),
	ROW("antin://evil?.dien-bien.vn"),
	ROW("antin://dien-bien.vn#x"),
	ROW("antin://evil#.dien-bien.vn"),
	ROW("antin://evil\\.dien-bien.vn"),
	ROW("antin://evil;.dien-bien.vn"),
	ROW("antin://x%2edien-bien.vn"),
	ROW("antin://x%2Edien-bien.vn"),
	ROW("antin://dien%2Dbien.vn"),
	ROW("antin://dien-bien%00.vn"),
	ROW("antin://dien-bien.vn%2fx"),
	ROW("antin://điện-biên.vn"),
	ROW("antin://dien-biên.vn"),
	ROW("antin://dien\xc2\xad-bien.vn"),
	ROW("antin://dien\xef\xbc\x8e"
	    "bien.vn"), /* a wide full stop */
	ROW("antin://x\xe3\x80\x82"
	    "dien-bien.vn"),
	ROW("antin://dien-b\xd1\x96"
	    "en.vn"), /* Cyrillic i */
	ROW("antin://dien-bien.vn\0"),
	ROW("antin://dien-bien.vn\0.evil"),
	ROW("antin://evil\0.dien-bien.vn"),
	ROW("\0antin://dien-bien.vn"),
	ROW(" antin://dien-bien.vn"),
	ROW("antin://dien-bien.vn "),
	ROW("antin://dien bien.vn"),
	ROW("antin://dien-bien.vn\n"),
	ROW("antin://dien-bien.vn\r\n.vn"),
	ROW("antin://dien_bien.vn"),
	ROW("antin://*.dien-bien.vn"),
	ROW("antin://-dien-bien.vn"),
	ROW("antin://dien-bien-.vn"),
	ROW("antin://-.dien-bien.vn"),
	ROW("antin://[::1]"),
	ROW("ANTIN://dien-bien.vn"),
	ROW("Antin://dien-bien.vn"),
	ROW("https://dien-bien.vn"),
	ROW("http://dien-bien.vn"),
	ROW("mailto:x@dien-bien.vn"),
	ROW("xantin://dien-bien.vn"),
	ROW("antinx://dien-bien.vn"),
	ROW("antin+x://dien-bien.vn"),
	ROW("//dien-bien.vn"),
	ROW("dien-bien.vn"),
	ROW("urn:antin:dien-bien.vn"),
	ROW("antin://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaa.dien-bien.vn"),
	ROW("antin://a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.dien-bien.vn"),
};

static bool
address_is_refused(struct bytes text, enum cert_kind kind, size_t step)
{
	struct chain c;
	bool good;

	chain_make(&c, kind);
	edit(&c.s[step].der, "0705100", PUT, made(DER_CTX(6), text));
	chain_sign(&c, step);
	good = chain_is(&c, RC_INVALID, FORM) &&
	       chain_is(&c, RC_INVALID,
		   text.len == 0 ? "another length" : "docs/envelope.md 3");
	if (!good)
		note("%.*s", (int)text.len, (const char *)text.p);
	chain_free(&c);
	return good;
}

static void
each_address_is_held(void)
{
	struct buf text = { 0 };
	size_t i, wrong = 0;

	for (i = 0; i < COUNT(addresses); i++) {
		buf_add(&text, bytes_of(addresses[i].p, addresses[i].len));
		wrong +=
		    !address_is_refused(buf_bytes(&text), CERT_STATION, HOLDER);
		wrong += !address_is_refused(
		    buf_bytes(&text), CERT_STATION, PROVINCE);
		buf_add(&text, bytes_str("/van-thu"));
		wrong +=
		    !address_is_refused(buf_bytes(&text), CERT_DESK, HOLDER);
		buf_free(&text);
	}
	is(wrong, 0,
	    "no address of another spelling, scheme or shape is read, of a "
	    "station, an authority or a desk (%zu)",
	    COUNT(addresses));
}

/* The last part has an id's grammar too. */
static void
each_desk_is_held(void)
{
	static const struct text parts[] = {
		ROW("/"),
		ROW("/Van-thu"),
		ROW("/van-thu/"),
		ROW("/van.thu"),
		ROW("/van thu"),
		ROW("/văn-thư"),
		ROW("/van%2dthu"),
		ROW("/van-thu?x"),
		ROW("/van-thu#x"),
		ROW("/van-thu\0"),
		ROW("/-van"),
		ROW("/van-"),
		ROW("/.."),
		ROW("/van@thu"),
	};
	struct buf text = { 0 };
	size_t i, wrong = 0;

	for (i = 0; i < COUNT(parts); i++) {
		buf_add(&text, bytes_str("antin://muong-nhe.dien-bien.vn"));
		buf_add(&text, bytes_of(parts[i].p, parts[i].len));
		wrong +=
		    !address_is_refused(buf_bytes(&text), CERT_DESK, HOLDER);
		buf_free(&text);
	}
	is(wrong, 0, "nor one of a desk whose last part is no id (%zu)",
	    COUNT(parts));
}

#define ADDRESS                                                                \
	"861e616e74696e3a2f2f6d756f6e672d6e68652e6469656e2d6269656e2e766e"

static const struct mangling sans[] = {
	{ "no name", HOLDER, "0705100", CUT, "", NO_END },
	{ "an empty one", HOLDER, "0705100", PUT, "8600", "another length" },
	{ "two of them", HOLDER, "070510", INTO, ADDRESS, NOT_HERE },
	{ "another first", HOLDER, "0705100", BEFORE,
	    "860c616e74696e3a2f2f612e766e", NOT_HERE },
	{ "a host's name too", HOLDER, "070510", INTO, "8204612e766e",
	    NOT_HERE },
	{ "a host's name", HOLDER, "0705100", PUT,
	    "820c6469656e2d6269656e2e766e", OTHER_TYPE },
	{ "a mail address", HOLDER, "0705100", PUT, "81056140622e63",
	    OTHER_TYPE },
	{ "a network address", HOLDER, "0705100", PUT, "87047f000001",
	    OTHER_TYPE },
	{ "another name", HOLDER, "0705100", PUT, "a00906032a0304a0020500",
	    OTHER_TYPE },
	{ "a directory name", HOLDER, "0705100", PUT, "a4023000", OTHER_TYPE },
	{ "an address in IA5String", HOLDER, "0705100", PUT,
	    "161e616e74696e3a2f2f6d756f6e672d6e68652e6469656e2d6269656e2e766e",
	    OTHER_TYPE },
	{ "an address in pieces", HOLDER, "0705100", PUT,
	    "a60e160c616e74696e3a2f2f612e766e", OTHER_TYPE },
	{ "a desk's address of a station", HOLDER, "0705100", PUT,
	    "860e616e74696e3a2f2f612e766e2f62", "docs/pki.md 2.4" },
	{ "and of an authority", COMMUNE, "0705100", PUT,
	    "860e616e74696e3a2f2f612e766e2f62", "docs/pki.md 2.4" },
	{ "bytes behind it", HOLDER, "070510", AFTER, "0500", NO_MORE },
};

static const struct mangling desk_sans[] = {
	{ "a station's address of a desk", HOLDER, "0705100", PUT, ADDRESS,
	    "docs/pki.md 2.4" },
};

int
main(void)
{
	keys_make();
	REFUSED("a certificate is of version 3", CERT_DESK, versions);
	REFUSED("its extensions are those of the profile, each once, in their "
		"order and critical or not as it says",
	    CERT_DESK, extensions);
	REFUSED("rights have one form", CERT_DESK, rights);
	REFUSED("the usage, the tags and the CA bit are the holder's",
	    CERT_DESK, usages);
	kem_keys_encipher_only();
	REFUSED(
	    "names, numbers, dates and keys have one form", CERT_DESK, fields);
	each_address_is_held();
	each_desk_is_held();
	REFUSED("an address is one URI, of a unit", CERT_STATION, sans);
	REFUSED("or of a desk", CERT_DESK, desk_sans);
	REFUSED("or of a person", CERT_PERSON, desk_sans);
	keys_free();
	return done();
}
