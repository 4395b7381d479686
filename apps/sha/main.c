/* SHA-256 of a word and of much; while the kernel works on that, this app goes on. */
#include <stdbool.h>
#include <stdio.h>

#include "apps/lib/sha.h"

#define ZEROS 8192

static const uint8_t zeros[ZEROS];

static void print_digest(const char *of, int status, const uint8_t digest[SHA256_BYTES])
{
    char text[2 * SHA256_BYTES + 1];
    for (int i = 0; i < SHA256_BYTES; i++) {
        (void)snprintf(&text[2 * i], 3, "%02x", digest[i]);
    }
    printf("sha: %s: %d %s\n", of, status, text);
}

static void hashed(uint32_t status, uint32_t unused1, uint32_t unused2, void *userdata)
{
    (void)status;
    (void)unused1;
    (void)unused2;
    *(volatile bool *)userdata = true;
}

int main(void)
{
    uint8_t digest[SHA256_BYTES] = {0};
    volatile bool is_done = false;
    int turns = 0;
    int status = sha256("abc", 3, digest);
    print_digest("abc", status, digest);
    status = sha256_verify("abc", 3, digest);
    printf("sha: the same: %d\n", status);
    status = sha256_verify("abd", 3, digest);
    printf("sha: another: %d\n", status);
    status = sha256_async(zeros, sizeof(zeros), digest, hashed, (void *)&is_done);
    while (status == K_OK && !is_done) {
        (void)syscall_yield_no_wait();
        turns++;
    }
    print_digest("8192 zeros", status, digest);
    printf("sha: meanwhile the app had %s\n", turns > ZEROS / 128 ? "its turns" : "to wait");
    return 0;
}
