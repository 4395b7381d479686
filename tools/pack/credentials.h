/*
 * credentials.h - the hash and the signature of an app's footers, by libcrypto. Private to the
 * packer.
 */
#ifndef TOOLS_PACK_CREDENTIALS_H
#define TOOLS_PACK_CREDENTIALS_H

#include "tools/pack/pack.h"

#define PACK_SHA256_BYTES    32u
#define PACK_SIGNATURE_BYTES 64u

bool pack_sha256(const uint8_t *bytes, size_t count, uint8_t digest[PACK_SHA256_BYTES]);

/* ECDSA over P-256 of the SHA-256 of the bytes: r, then s, 32 bytes each, big-endian. The key is in
 * the PEM file. False with a message that names the file and says what to do. */
bool pack_sign(const uint8_t *bytes, size_t count, const char *key_path,
               uint8_t signature[PACK_SIGNATURE_BYTES], struct pack_error *error);

#endif
