/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Vectors in JSON, and the bytes in them.  What is not as it must be ends the
 * test: a vector that is not read is a test that is not made.
 */
#ifndef TESTS_VECTORS_JSON_H
#define TESTS_VECTORS_JSON_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "../tests/tap.h"
#include "der/der.h"

#define VECTOR_MAX (1u << 16) /* bytes of one value */

static inline void __attribute__((noreturn))
vector_bail(const char *what, const char *why)
{
	(void)printf("Bail out! %s: %s\n", what, why);
	exit(1);
}

/* A whole file, or NULL after a skip() where there is none.  The caller frees
 * it by json_decref(). */
static inline json_t *
vectors_load(const char *name)
{
	const char *path = vector_path(name);
	json_error_t error;
	json_t *all;

	if (path == NULL) {
		skip("%s is absent", name);
		return NULL;
	}
	all = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (all == NULL)
		vector_bail(path, error.text);
	return all;
}

static inline bool
vector_has(const json_t *of, const char *key)
{
	return json_object_get(of, key) != NULL;
}

/* A member that is text; borrowed. */
static inline const char *
vector_str(const json_t *of, const char *key)
{
	const json_t *v = json_object_get(of, key);

	if (!json_is_string(v))
		vector_bail(key, "no such text");
	return json_string_value(v);
}

static inline size_t
vector_uint(const json_t *of, const char *key)
{
	const json_t *v = json_object_get(of, key);

	if (!json_is_integer(v) || json_integer_value(v) < 0)
		vector_bail(key, "no such number");
	return (size_t)json_integer_value(v);
}

/* A member that is a list of words has this one. */
static inline bool
vector_flag(const json_t *of, const char *key, const char *word)
{
	const json_t *list = json_object_get(of, key), *v;
	size_t i;

	json_array_foreach(list, i,
	    v) if (json_is_string(v) &&
		   strcmp(json_string_value(v), word) == 0) return true;
	return false;
}

/* The one of "tests" with this id. */
static inline const json_t *
vector_test(const json_t *all, const char *id)
{
	const json_t *t;
	size_t i;

	json_array_foreach(json_object_get(all, "tests"), i,
	    t) if (strcmp(vector_str(t, "tcId"), id) == 0) return t;
	vector_bail(id, "no such test");
}

/* A member in hex; the caller frees it. */
static inline struct buf
vector_hex(const json_t *of, const char *key)
{
	struct bytes text = bytes_str(vector_str(of, key));
	struct buf out = { 0 };
	size_t len = text.len / 2;

	if (len > VECTOR_MAX)
		vector_bail(key, "too long");
	buf_reserve(&out, len + 1); /* never NULL, also where it is empty */
	if (!hex_parse(buf_grow(&out, len), len, text))
		vector_bail(key, "not hex");
	return out;
}

static inline uint32_t
base64_digit(const char *key, uint8_t c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c == 0 ? NULL : strchr(digits, c);

	if (at == NULL)
		vector_bail(key, "not base64");
	return (uint32_t)(at - digits);
}

/* A member in base64 (RFC 4648 4, padded); the caller frees it. */
static inline struct buf
vector_base64(const json_t *of, const char *key)
{
	struct bytes text = bytes_str(vector_str(of, key));
	struct buf out = { 0 };
	uint32_t bits = 0;
	size_t i;

	if (text.len % 4 != 0 || text.len / 4 * 3 > VECTOR_MAX)
		vector_bail(key, "not base64, or too long");
	while (text.len > 0 && text.p[text.len - 1] == '=')
		text.len--;
	buf_reserve(&out, text.len / 4 * 3 + 3);
	for (i = 0; i < text.len; i++) {
		bits = bits << 6 | base64_digit(key, text.p[i]);
		if (i % 4 > 0)
			buf_u8(&out, (uint8_t)(bits >> (6 - i % 4 * 2)));
	}
	return out;
}

/* An algorithm's OID and a key of it; both borrow. */
struct named_key {
	struct bytes oid, key;
};

/* RFC 5280 4.1: the public key in a certificate. */
static inline struct named_key
certificate_key(struct bytes cert)
{
	struct der d = der_init(cert);
	struct named_key k;

	der_open(&d, DER_SEQUENCE);
	der_open(&d, DER_SEQUENCE);
	(void)der_raw(&d, DER_CTXC(0));	 /* version */
	(void)der_raw(&d, DER_INTEGER);	 /* serial */
	(void)der_raw(&d, DER_SEQUENCE); /* signature */
	(void)der_raw(&d, DER_SEQUENCE); /* issuer */
	(void)der_raw(&d, DER_SEQUENCE); /* validity */
	(void)der_raw(&d, DER_SEQUENCE); /* subject */
	der_open(&d, DER_SEQUENCE);
	der_open(&d, DER_SEQUENCE);
	k.oid = der_oid(&d);
	der_close(&d);
	k.key = der_bits(&d);
	der_close(&d);
	if (d.why != NULL)
		vector_bail("a certificate", d.why);
	return k;
}

/* RFC 5958 2: a private key; the ML algorithms put a seed under [0]
 * (RFC 9935 6), composites the bare bytes. */
static inline struct named_key
pkcs8_key(struct bytes pkcs8)
{
	struct der d = der_init(pkcs8);
	struct named_key k;
	struct err e;

	der_open(&d, DER_SEQUENCE);
	(void)der_uint(&d, 0);
	der_open(&d, DER_SEQUENCE);
	k.oid = der_oid(&d);
	der_close(&d);
	k.key = der_octets(&d, 32, 256);
	der_close(&d);
	if (der_end(&d, "a private key", &e) != RC_OK)
		vector_bail("PKCS #8", e.text);
	if (k.key.len == 34 || k.key.len == 66) {
		d = der_init(k.key);
		k.key = der_tagged(&d, DER_CTX(0), 32, 64);
		if (der_end(&d, "a seed", &e) != RC_OK)
			vector_bail("PKCS #8", e.text);
	}
	return k;
}

#endif
