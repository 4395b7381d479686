#include "kernel/capsules/tests/digest_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

void expect_digest(const uint8_t *digest, const char *text)
{
    char shown[2 * DIGEST_TEXT_BYTES + 1];
    for (uint32_t i = 0; i < DIGEST_TEXT_BYTES; i++) {
        (void)snprintf(&shown[2 * i], 3, "%02x", digest[i]);
    }
    assert_string_equal(shown, text);
}
