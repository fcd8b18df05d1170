/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Object identifiers: the contents bytes of each, and its name.
 * Antin's own hang under 2.25.<UUID>, DER_ARC; docs/envelope.md 12 lists them.
 */
#ifndef DER_OID_H
#define DER_OID_H

#include "core/bytes.h"

#define DER_ARC "2.25.304799355190470511622928586511656478066"

struct oid_row {
	const char *name; /* as the standard that made it names it */
	const char *dotted;
	struct bytes der; /* contents bytes */
};

enum oid {
	OID_CONTENT_DATA,
	OID_SIGNED_DATA,
	OID_AUTH_ENVELOPED,
	OID_ORI_KEM,
	OID_HKDF_SHA256,
	OID_AES256_WRAP,
	OID_AES256_GCM,
	OID_SHA256,
	OID_SHA512,
	OID_MLKEM512,
	OID_MLKEM768,
	OID_MLKEM1024,
	OID_MLKEM768_X25519,
	OID_MLKEM768_P256,
	OID_MLKEM1024_P384,
	OID_MLDSA65,
	OID_MLDSA87,
	OID_ED25519,
	OID_MLDSA65_ED25519,
	OID_MLDSA87_P384,
	OID_AT_CONTENT_TYPE,
	OID_AT_DIGEST,
	OID_AT_SIGNING_TIME,
	OID_AT_SIGNING_CERT,
	OID_AT_ALG_PROTECTION,
	OID_AT_LABEL,
	OID_AT_RECEIPT_REQUEST,
	OID_AT_SMIME_CAPABILITIES,
	OID_X_COMMON_NAME,
	OID_X_SKI,
	OID_X_KEY_USAGE,
	OID_X_SAN,
	OID_X_BASIC,
	OID_X_NAME_CONSTRAINTS,
	OID_X_AKI,
	OID_X_CRL_NUMBER,
	OID_X_CRL_REASON,
	OID_ANTIN_DISPATCH,
	OID_ANTIN_DOCUMENT,
	OID_ANTIN_KEY_FILE,
	OID_ANTIN_AT_HEADER,
	OID_ANTIN_AT_DISPATCH,
	OID_ANTIN_LABEL_POLICY,
	OID_ANTIN_KDF_ARGON2ID,
	OID_ANTIN_KDF_NONE,
	OID_ANTIN_KDF_SHARES,
	OID_ANTIN_RIGHTS,
	OID_X_EXT_KEY_USAGE,
	OID_SERVER_AUTH,
	OID_EC_PUBLIC_KEY,
	OID_P256,
	OID_ECDSA_SHA256,
	OID_COUNT,
};

extern const struct oid_row oid_table[OID_COUNT];

/* The contents bytes of this one. */
struct bytes oid(enum oid o);
/* Its name, or NULL where it is none of ours. */
const char *oid_name(struct bytes der);

#endif
