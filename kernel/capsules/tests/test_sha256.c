/* FIPS 180-4's examples, as NIST publishes them, and what Python's hashlib says of all lengths. */
#include "kernel/capsules/sha256.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsules/tests/digest_text.h"

#define LENGTHS 256u

static struct const_slice part(const uint8_t *bytes, uint32_t length)
{
    return (struct const_slice){bytes, length};
}

/* In two pieces, parted at `cut`. */
static void digest_of(const uint8_t *bytes, uint32_t length, uint32_t cut, uint8_t *digest)
{
    struct sha256 hash;
    memset(&hash, 0xA5, sizeof hash); /* what begin must not rely on */
    sha256_begin(&hash);
    sha256_add(&hash, part(bytes, cut));
    sha256_add(&hash, part(bytes + cut, length - cut));
    sha256_finish(&hash, (struct slice){digest, SHA256_BYTES});
}

static void test_published(void **state)
{
    (void)state;
    static const struct {
        const char *message, *digest;
    } examples[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
         "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
         "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        const uint8_t *message = (const uint8_t *)examples[i].message;
        uint32_t length = (uint32_t)strlen(examples[i].message);
        for (uint32_t cut = 0; cut <= length; cut++) {
            uint8_t digest[SHA256_BYTES];
            digest_of(message, length, cut, digest);
            expect_digest(digest, examples[i].digest);
        }
    }
}

static void test_a_million_times_a(void **state)
{
    (void)state;
    uint8_t piece[1000], digest[SHA256_BYTES];
    struct sha256 hash;
    memset(piece, 'a', sizeof piece);
    sha256_begin(&hash);
    for (uint32_t i = 0; i < 1000; i++) {
        sha256_add(&hash, part(piece, sizeof piece));
    }
    sha256_finish(&hash, (struct slice)SLICE_OF(digest));
    expect_digest(digest, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* The digest of the digests of 0, 7, 14, ... in all lengths to 255. */
static void test_all_lengths(void **state)
{
    (void)state;
    uint8_t bytes[LENGTHS], digests[LENGTHS * SHA256_BYTES], digest[SHA256_BYTES];
    for (uint32_t i = 0; i < LENGTHS; i++) {
        bytes[i] = (uint8_t)(7u * i);
    }
    for (uint32_t i = 0; i < LENGTHS; i++) {
        digest_of(bytes, i, i / 2, &digests[i * SHA256_BYTES]);
    }
    digest_of(digests, sizeof digests, 1, digest);
    expect_digest(digest, "f8e8ff7ffa2b39f6e9ca1fbebc92aa9ddaa5773ead0d790685a6fee84dc445c9");
}

static void test_after_a_block(void **state)
{
    (void)state;
    const uint8_t block[SHA256_BLOCK_BYTES] = {1, 2, 3};
    uint8_t whole[SHA256_BYTES], parted[SHA256_BYTES];
    struct sha256 first, second;
    sha256_begin(&first);
    sha256_add(&first, part(block, sizeof block));
    sha256_begin_after_block(&second, &first.chain);
    sha256_add(&first, part(block, 3));
    sha256_add(&second, part(block, 3));
    sha256_finish(&first, (struct slice)SLICE_OF(whole));
    sha256_finish(&second, (struct slice)SLICE_OF(parted));
    assert_memory_equal(whole, parted, sizeof whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published),
        cmocka_unit_test(test_a_million_times_a),
        cmocka_unit_test(test_all_lengths),
        cmocka_unit_test(test_after_a_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
