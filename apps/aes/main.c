/* AES in its four modes: the examples of NIST's SP 800-38A and SP 800-38C, and back; then much of
 * it, while the app goes on. */
#include <stdio.h>
#include <string.h>

#include "apps/lib/aes.h"

#define ZEROS 4096

static const uint8_t key[] = {0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
                              0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c};
static const uint8_t iv[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
static const uint8_t text[] = {0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96,
                               0xe9, 0x3d, 0x7e, 0x11, 0x73, 0x93, 0x17, 0x2a};
static const uint8_t ccm_key[] = {0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47,
                                  0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f};
static const uint8_t nonce[] = {0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16};
/* 8 bytes of associated data, and the message. */
static const uint8_t packet[] = {0, 1, 2, 3, 4, 5, 6, 7, 0x20, 0x21, 0x22, 0x23};

static void print_bytes(const char *what, int status, const uint8_t *bytes, size_t count)
{
    char shown[64] = "";
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(&shown[2 * i], 3, "%02x", bytes[i]);
    }
    printf("aes: %s: %d %s\n", what, status, shown);
}

static void there_and_back(const char *name, enum abi_aes_algorithm algorithm)
{
    uint8_t cipher[sizeof(text)] = {0}, clear[sizeof(text)] = {0};
    struct aes128 aes = {.algorithm = algorithm, .key = key, .iv = iv};
    int status = aes128(&aes, text, sizeof(text), cipher);
    print_bytes(name, status, cipher, sizeof(cipher));
    aes.decrypts = true;
    status = aes128(&aes, cipher, sizeof(cipher), clear);
    printf("aes: and back: %d %s\n", status,
           memcmp(clear, text, sizeof(text)) == 0 ? "the same" : "another");
}

static void ccm(void)
{
    struct aes128_ccm aes = {.key = ccm_key,
                             .nonce = nonce,
                             .nonce_count = sizeof(nonce),
                             .data_count = 8,
                             .mic_count = 4};
    uint8_t secret[sizeof(packet) + 4], clear[sizeof(packet)];
    int status = aes128_ccm_encrypt(&aes, packet, sizeof(packet), secret);
    print_bytes("CCM", status, secret, sizeof(secret));
    status = aes128_ccm_decrypt(&aes, secret, sizeof(secret), clear);
    printf("aes: and back: %d %s\n", status,
           memcmp(clear, packet, sizeof(packet)) == 0 ? "the same" : "another");
    secret[0] ^= 1;
    printf("aes: with other data: %d\n", aes128_ccm_decrypt(&aes, secret, sizeof(secret), clear));
}

static uint8_t much[ZEROS];

static void done(uint32_t status, uint32_t count, uint32_t unused, void *is_done)
{
    (void)unused;
    printf("aes: %lu bytes: %lu\n", (unsigned long)count, (unsigned long)status);
    *(volatile bool *)is_done = true;
}

static void wait_for(volatile bool *is_done)
{
    while (!*is_done) {
        syscall_yield();
    }
    *is_done = false;
}

/* In CTR a part may have any length. */
static void in_two_parts(void)
{
    const size_t first = 1001;
    volatile bool is_done = false;
    void *told = (void *)&is_done;
    const struct aes128 aes = {.algorithm = ABI_AES_CTR, .key = key, .iv = iv};
    memset(much, 0, ZEROS);
    int status = aes128_begin_async(&aes, much, first, much, done, told);
    if (status == K_OK) {
        wait_for(&is_done);
        status = aes128_next_async(&much[first], ZEROS - first, &much[first], done, told);
    }
    if (status == K_OK) {
        wait_for(&is_done);
    }
    (void)aes128_end();
    print_bytes("two parts", status, &much[ZEROS - AES128_BYTES], AES128_BYTES);
}

int main(void)
{
    there_and_back("ECB", ABI_AES_ECB);
    there_and_back("CBC", ABI_AES_CBC);
    there_and_back("CTR", ABI_AES_CTR);
    ccm();
    volatile bool is_done = false;
    int turns = 0;
    const struct aes128 aes = {.algorithm = ABI_AES_CBC, .key = key, .iv = iv};
    int status = aes128_begin_async(&aes, much, ZEROS, much, done, (void *)&is_done);
    while (status == K_OK && !is_done) {
        (void)syscall_yield_no_wait();
        turns++;
    }
    (void)aes128_end();
    print_bytes("the last", status, &much[ZEROS - AES128_BYTES], AES128_BYTES);
    printf("aes: meanwhile the app had %s\n", turns > ZEROS / 128 ? "its turns" : "to wait");
    in_two_parts();
    return 0;
}
