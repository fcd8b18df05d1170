// SPDX-License-Identifier: EUPL-1.2
/*
 * Another implementation of our formats, on Bouncy Castle: it shares no line
 * with ours, so each side shows what the other does wrong.
 *
 *	cert CARD
 *	open ENVELOPE KEM-KEY CARD SENDER-CARD OUT
 *	verify SIGNATURE DOCUMENT CARD
 *	seal TEXT SIGNATURE-KEY CARD OUT RECIPIENT-CARD...
 *	sign DOCUMENT SIGNATURE-KEY CARD OUT
 *	batch LIST		one of the above a line, names of files from
 *				LIST's folder
 *
 * A card is a NAME.pub: the certificates of the signature key and of the KEM
 * key.  A private key is PKCS #8 in PEM.  Each of these prints a line, "yes"
 * or "no" and why; without batch the outcome is also the exit status.
 *
 * It follows docs/envelope.md, but for packing (7.1): what is packed it hands
 * out as it is, and it packs nothing.
 */
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.util.*;
import org.bouncycastle.asn1.*;
import org.bouncycastle.asn1.cms.*;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.ess.*;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.*;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.*;
import org.bouncycastle.cms.jcajce.*;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.*;
import org.bouncycastle.operator.jcajce.*;
import org.bouncycastle.util.io.pem.*;

public class Peer {
	static final String ARC =
	    "2.25.304799355190470511622928586511656478066";
	static final ASN1ObjectIdentifier
	    DISPATCH = new ASN1ObjectIdentifier(ARC + ".1.1"),
	    DOCUMENT = new ASN1ObjectIdentifier(ARC + ".1.2"),
	    AT_HEADER = new ASN1ObjectIdentifier(ARC + ".2.1"),
	    AT_STATEMENT = new ASN1ObjectIdentifier(ARC + ".2.2"),
	    LABEL_POLICY = new ASN1ObjectIdentifier(ARC + ".3.1"),
	    SIGNED_DATA = PKCSObjectIdentifiers.signedData,
	    AT_RECEIPT_REQUEST = PKCSObjectIdentifiers.id_aa_receiptRequest,
	    AT_LABEL = new ASN1ObjectIdentifier("1.2.840.113549.1.9.16.2.2"),
	    AT_SIGNING_CERT =
		PKCSObjectIdentifiers.id_aa_signingCertificateV2;
	static final AlgorithmIdentifier
	    SHA512 = new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha512),
	    HKDF = new AlgorithmIdentifier(
		PKCSObjectIdentifiers.id_alg_hkdf_with_sha256);
	static final int SECRET = 4; // docs/envelope.md 4.1: "Tối mật"

	// ---- what is not as it must be -------------------------------------

	static void must(boolean holds, String what) {
		if (!holds)
			throw new IllegalStateException(what);
	}

	// ---- files ---------------------------------------------------------

	static Path root = Path.of(""); // names of files are relative to it

	static byte[] read(String name) throws IOException {
		return Files.readAllBytes(root.resolve(name));
	}

	static void write(String name, byte[] what) throws IOException {
		Files.write(root.resolve(name), what);
	}

	static List<byte[]> pem(String name) throws IOException {
		var blocks = new ArrayList<byte[]>();

		try (var in = new PemReader(new StringReader(
		    new String(read(name), StandardCharsets.US_ASCII)))) {
			for (PemObject o; (o = in.readPemObject()) != null; )
				blocks.add(o.getContent());
		}
		return blocks;
	}

	static PrivateKey key(String name) throws IOException {
		return BouncyCastleProvider.getPrivateKey(
		    PrivateKeyInfo.getInstance(pem(name).get(0)));
	}

	// ---- certificates and cards ----------------------------------------

	static class Cert {
		final byte[] der;
		final X509Certificate x509;
		final X509CertificateHolder holder;

		Cert(byte[] der) throws Exception {
			this.der = der;
			holder = new X509CertificateHolder(der);
			x509 = (X509Certificate) CertificateFactory
			    .getInstance("X.509", "BC")
			    .generateCertificate(new ByteArrayInputStream(der));
		}

		PublicKey key() {
			return x509.getPublicKey();
		}

		AlgorithmIdentifier algorithm() {
			return holder.getSubjectPublicKeyInfo().getAlgorithm();
		}

		/* docs/envelope.md 6.2 */
		byte[] tag() throws Exception {
			var info = holder.getSubjectPublicKeyInfo();
			var oid = algorithm().getAlgorithm().getEncoded();
			var digest = MessageDigest.getInstance("SHA-256");

			digest.update(oid, 2, oid.length - 2);
			digest.update(info.getPublicKeyData().getOctets());
			return Arrays.copyOf(digest.digest(), 8);
		}

		byte[] identifier() {
			return SubjectKeyIdentifier
			    .fromExtensions(holder.getExtensions())
			    .getKeyIdentifier();
		}

		String address() {
			return GeneralNames
			    .fromExtensions(holder.getExtensions(),
				Extension.subjectAlternativeName)
			    .getNames()[0].getName().toString();
		}
	}

	static class Card {
		final Cert sign, kem;

		Card(String path) throws Exception {
			var blocks = pem(path);

			must(blocks.size() == 2, "not two certificates");
			sign = new Cert(blocks.get(0));
			kem = new Cert(blocks.get(1));
		}

		String address() {
			return sign.address();
		}

		String station() {
			return address().substring(0,
			    address().indexOf('/', "antin://".length()));
		}
	}

	/* docs/envelope.md 13: the signature key vouches for both keys. */
	static void cert(String path) throws Exception {
		var card = new Card(path);

		for (var c : List.of(card.sign, card.kem)) {
			c.x509.verify(card.sign.key(), "BC");
			c.x509.checkValidity();
			must(Arrays.equals(c.tag(), c.identifier()),
			    "the key identifier is not the key's tag");
			must(c.address().equals(card.address()),
			    "two addresses");
			must(c.x509.getVersion() == 3 &&
			    c.x509.getBasicConstraints() < 0,
			    "not a v3 end entity");
		}
		must(card.sign.x509.getKeyUsage()[0], "not for signatures");
		must(card.kem.x509.getKeyUsage()[2], "not for encipherment");
	}

	// ---- DER -----------------------------------------------------------

	static DERSequence sequence(ASN1Encodable... of) {
		return new DERSequence(of);
	}

	static byte[] der(ASN1Encodable of) throws IOException {
		return of.toASN1Primitive().getEncoded(ASN1Encoding.DER);
	}

	static byte[] sha256(byte[] of) throws Exception {
		return MessageDigest.getInstance("SHA-256").digest(of);
	}

	static Attribute attribute(ASN1ObjectIdentifier type, ASN1Encodable v) {
		return new Attribute(type, new DERSet(v));
	}

	static AttributeTable table(List<Attribute> of) {
		return new AttributeTable(
		    new DERSet(of.toArray(new Attribute[0])));
	}

	static ASN1Encodable value(AttributeTable of,
	    ASN1ObjectIdentifier type) {
		must(of.get(type) != null, "no attribute " + type);
		var values = of.get(type).getAttributeValues();
		must(values.length == 1, "not one value in " + type);
		return values[0];
	}

	/* docs/envelope.md 6.3: what each slip's key derivation is bound to. */
	static byte[] ukm(AlgorithmIdentifier kem, AlgorithmIdentifier cipher,
	    AttributeTable attributes, String origin) throws Exception {
		var set = new DERSet(attributes.toASN1EncodableVector());

		return sha256(der(sequence(kem.getAlgorithm(), cipher,
		    new DEROctetString(sha256(der(set))),
		    new DERIA5String(origin))));
	}

	// ---- signatures ----------------------------------------------------

	/* docs/envelope.md 8.1 and 9.1: the one signature, by this key. */
	static SignerInformation verified(CMSSignedData signed, Cert by)
	    throws Exception {
		var all = signed.getSignerInfos().getSigners();
		var one = all.iterator().next();
		var id = SigningCertificateV2.getInstance(
		    value(one.getSignedAttributes(), AT_SIGNING_CERT));

		must(all.size() == 1, "more than one signer");
		must(Arrays.equals(one.getSID().getSubjectKeyIdentifier(),
		    by.tag()), "signed by another key");
		must(Arrays.equals(id.getCerts()[0].getCertHash(),
		    sha256(by.der)), "signed with another certificate");
		must(one.getDigestAlgorithmID().equals(SHA512), "not SHA-512");
		must(one.verify(new JcaSimpleSignerInfoVerifierBuilder()
		    .setProvider("BC").build(by.x509)),
		    "the signature does not hold");
		return one;
	}

	static void verify(String signature, String document, String card)
	    throws Exception {
		var content = read(document);

		verified(new CMSSignedData(
		    new CMSProcessableByteArray(DOCUMENT, content),
		    read(signature)), new Card(card).sign);
	}

	static byte[] signed(ASN1ObjectIdentifier type, byte[] content,
	    boolean inside, List<Attribute> more, PrivateKey key, Cert cert)
	    throws Exception {
		var out = new CMSSignedDataGenerator();
		var digests = new JcaDigestCalculatorProviderBuilder()
		    .setProvider("BC").build();
		var signer = new JcaContentSignerBuilder(key.getAlgorithm())
		    .setProvider("BC").build(key);
		var id = new ESSCertIDv2(sha256(cert.der));
		var attributes = new DefaultSignedAttributeTableGenerator(
		    table(more).add(AT_SIGNING_CERT,
			new SigningCertificateV2(id)));

		out.addSignerInfoGenerator(
		    new JcaSignerInfoGeneratorBuilder(digests)
			.setContentDigest(SHA512)
			.setSignedAttributeGenerator(attributes)
			.build(signer, cert.tag()));
		return der(out.generate(
		    new CMSProcessableByteArray(type, content), inside)
		    .toASN1Structure());
	}

	static void sign(String document, String key, String card, String out)
	    throws Exception {
		write(out, signed(DOCUMENT, read(document), false, List.of(),
		    key(key), new Card(card).sign));
	}

	// ---- opening -------------------------------------------------------

	static ASN1Sequence fields(ASN1Encodable of) {
		return ASN1Sequence.getInstance(of);
	}

	/* docs/envelope.md 5 and 6: the plain SignedData in it. */
	static byte[] unsealed(byte[] envelope, PrivateKey key, Cert me)
	    throws Exception {
		var all = new CMSAuthEnvelopedData(envelope);
		var outer = all.getAuthAttrs();
		var sealed = AuthEnvelopedData
		    .getInstance(all.toASN1Structure().getContent())
		    .getAuthEncryptedContentInfo();
		var origin = (ASN1String) fields(value(outer, AT_HEADER))
		    .getObjectAt(2);

		for (var r : all.getRecipientInfos()) {
			var slip = (KEMRecipientInformation) r;
			var rid = (KEMRecipientId) slip.getRID();

			if (!Arrays.equals(rid.getSubjectKeyIdentifier(),
			    me.tag()))
				continue;
			var plain = slip.getContent(
			    new JceKEMAuthEnvelopedRecipient(key)
				.setProvider("BC"));
			must(Arrays.equals(slip.getUkm(), ukm(me.algorithm(),
			    sealed.getContentEncryptionAlgorithm(), outer,
			    origin.getString())), "another ukm");
			must(all.getMac().length == 16, "not a whole tag");
			must(sealed.getContentType().equals(SIGNED_DATA) &&
			    value(outer, CMSAttributes.contentType)
				.equals(SIGNED_DATA), "no SignedData");
			return plain;
		}
		throw new IllegalStateException("no slip for this key");
	}

	/* docs/envelope.md 10.2 to 10.4 */
	static void check(byte[] envelope, AttributeTable signed, Card from,
	    Card me) throws Exception {
		var header = fields(value(
		    new CMSAuthEnvelopedData(envelope).getAuthAttrs(),
		    AT_HEADER));
		var statement = fields(value(signed, AT_STATEMENT));
		var label = ASN1Set.getInstance(value(signed, AT_LABEL));
		var receipt = fields(value(signed, AT_RECEIPT_REQUEST));
		boolean mine = false;

		must(header.equals(statement.getObjectAt(0)), "another header");
		must(receipt.getObjectAt(0).equals(header.getObjectAt(1)),
		    "receipts for another id");
		must(statement.getObjectAt(1).equals(
		    new DERIA5String(from.address())), "another originator");
		for (var to : fields(statement.getObjectAt(3)))
			mine |= fields(to).getObjectAt(1).equals(
			    new DERIA5String(me.address()));
		must(mine, "addressed to others");
		must(Arrays.asList(label.toArray()).contains(LABEL_POLICY),
		    "a label of another policy");
		must(signed.get(CMSAttributes.cmsAlgorithmProtect) != null,
		    "no algorithm protection");
	}

	static void open(String envelope, String key, String card,
	    String sender, String out) throws Exception {
		var me = new Card(card);
		var from = new Card(sender);
		var signed = new CMSSignedData(new ContentInfo(SIGNED_DATA,
		    ASN1Primitive.fromByteArray(
			unsealed(read(envelope), key(key), me.kem))));
		var content = signed.getSignedContent();

		must(content.getContentType().equals(DISPATCH), "no dispatch");
		check(read(envelope),
		    verified(signed, from.sign).getSignedAttributes(), from,
		    me);
		write(out, ASN1OctetString.getInstance(fields(
		    ASN1Primitive.fromByteArray((byte[]) content.getContent()))
		    .getObjectAt(0)).getOctets());
	}

	// ---- sealing -------------------------------------------------------

	static DERSequence header(byte[] id, Card from) {
		return sequence(new ASN1Integer(1), new DEROctetString(id),
		    new DERIA5String(from.station()), new ASN1Integer(1),
		    new ASN1Integer(7), new ASN1Integer(1),
		    new DERGeneralizedTime("20991231235959Z"));
	}

	static DERSequence statement(DERSequence header, byte[] text, Card from,
	    List<Card> to) {
		var addressees = new ASN1EncodableVector();
		var part = sequence(new ASN1Integer(0),
		    new DERUTF8String("công văn.txt"),
		    new DERIA5String("text/plain"),
		    new ASN1Integer(text.length));

		for (var card : to)
			addressees.add(sequence(new ASN1Integer(0),
			    new DERIA5String(card.address())));
		return sequence(header, new DERIA5String(from.address()),
		    new ASN1Integer(0), new DERSequence(addressees),
		    new DERTaggedObject(2,
			new DERUTF8String("Về việc kiểm tra")),
		    new ASN1Integer(0), new ASN1Integer(text.length),
		    sequence(part));
	}

	static List<Attribute> attributes(byte[] id, DERSequence statement,
	    Card from) {
		var uri = new GeneralName(
		    GeneralName.uniformResourceIdentifier, from.address());

		return List.of(attribute(AT_STATEMENT, statement),
		    attribute(AT_LABEL, new DERSet(new ASN1Encodable[] {
			new ASN1Integer(SECRET), LABEL_POLICY })),
		    attribute(AT_RECEIPT_REQUEST,
			sequence(new DEROctetString(id),
			    new DERTaggedObject(false, 0, new ASN1Integer(0)),
			    sequence(new GeneralNames(uri)))));
	}

	/* docs/envelope.md 7.3: the size class of n bytes. */
	static int padme(int n) {
		int e = 31 - Integer.numberOfLeadingZeros(n);
		int s = 32 - Integer.numberOfLeadingZeros(e);
		int mask = (1 << (e - s)) - 1;

		return (n + mask) & ~mask;
	}

	/* The bare SignedData of a dispatch. */
	static byte[] inner(byte[] text, int padding,
	    List<Attribute> attributes, PrivateKey key, Card from)
	    throws Exception {
		var content = der(sequence(new DEROctetString(text),
		    new DEROctetString(new byte[padding])));

		return der(ContentInfo.getInstance(signed(DISPATCH, content,
		    true, attributes, key, from.sign)).getContent());
	}

	static void seal(String text, String key, String card, String out,
	    List<String> recipients) throws Exception {
		var from = new Card(card);
		var to = new ArrayList<Card>();
		var id = new byte[16];

		for (var r : recipients)
			to.add(new Card(r));
		new SecureRandom().nextBytes(id);
		var header = header(id, from);
		var inside = attributes(id,
		    statement(header, read(text), from, to), from);
		/* once to see its size: its headers may grow by 16 bytes */
		int size = 16 + inner(read(text), 0, inside, key(key), from)
		    .length;
		var inner = inner(read(text), padme(size) - size, inside,
		    key(key), from);

		write(out, envelope(inner, header, from, to));
	}

	static byte[] envelope(byte[] inner, DERSequence header, Card from,
	    List<Card> to) throws Exception {
		var out = new CMSAuthEnvelopedDataGenerator();
		var attributes = table(List.of(
		    attribute(CMSAttributes.contentType, SIGNED_DATA),
		    attribute(AT_HEADER, header)));
		var cipher = (OutputAEADEncryptor)
		    new JceCMSContentEncryptorBuilder(CMSAlgorithm.AES256_GCM)
			.setProvider("BC").build();

		for (var card : to)
			out.addRecipientInfoGenerator(
			    new JceKEMRecipientInfoGenerator(card.kem.tag(),
				card.kem.key(), CMSAlgorithm.AES256_WRAP)
			    .setProvider("BC").setKDF(HKDF)
			    .setUserKeyingMaterial(ukm(card.kem.algorithm(),
				cipher.getAlgorithmIdentifier(), attributes,
				from.station())));
		out.setAuthenticatedAttributeGenerator(
		    new SimpleAttributeTableGenerator(attributes));
		return der(out.generate(
		    new CMSProcessableByteArray(SIGNED_DATA, inner), cipher)
		    .toASN1Structure());
	}

	// ---- what is asked -------------------------------------------------

	static boolean done(String... a) {
		try {
			switch (a[0]) {
			case "cert" -> cert(a[1]);
			case "open" -> open(a[1], a[2], a[3], a[4], a[5]);
			case "verify" -> verify(a[1], a[2], a[3]);
			case "seal" -> seal(a[1], a[2], a[3], a[4],
			    Arrays.asList(a).subList(5, a.length));
			case "sign" -> sign(a[1], a[2], a[3], a[4]);
			default -> throw new IllegalArgumentException(a[0]);
			}
			System.out.println("yes");
			return true;
		} catch (Exception e) {
			System.out.println("no: " + e.toString()
			    .replace('\n', ' '));
			return false;
		}
	}

	public static void main(String[] args) throws Exception {
		Security.addProvider(new BouncyCastleProvider());
		if (!args[0].equals("batch"))
			System.exit(done(args) ? 0 : 1);
		root = Path.of(args[1]).toAbsolutePath().getParent();
		for (var line : Files.readAllLines(Path.of(args[1])))
			done(line.split(" "));
	}
}
