/*
 * digest_text.h - digests as the hexadecimal text in which they are published.
 */
#ifndef KERNEL_CAPSULES_TESTS_DIGEST_TEXT_H
#define KERNEL_CAPSULES_TESTS_DIGEST_TEXT_H

#include <stdint.h>

#define DIGEST_TEXT_BYTES 32u

void expect_digest(const uint8_t *digest, const char *text);

#endif
