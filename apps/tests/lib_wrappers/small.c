/* Wrappers of few lines: number of the chip, read-only state, AES in parts, a call of a service
 * (apps/rot13_service). */
#include <string.h>

#include "apps/lib/aes.h"
#include "apps/lib/eui64.h"
#include "apps/lib/ipc.h"
#include "apps/lib/read_only_state.h"
#include "apps/tests/lib_wrappers/note.h"

static void test_number(void)
{
    uint64_t number = 0, again = 0;
    check(eui64_get(&number) == K_OK && eui64_get(&again) == K_OK && number != 0 && number == again,
          "the chip has a number, always the same");
}

static void test_state(void)
{
    check(read_only_state_exists(), "there is read-only state");
}

/* SP 800-38A, F.5.1 and F.2.1: two blocks. */
static void test_aes(void)
{
    static const uint8_t key[] = {0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
                                  0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c};
    static const uint8_t counter[] = {0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7,
                                      0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff};
    static const uint8_t text[] = {0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96, 0xe9, 0x3d, 0x7e,
                                   0x11, 0x73, 0x93, 0x17, 0x2a, 0xae, 0x2d, 0x8a, 0x57, 0x1e, 0x03,
                                   0xac, 0x9c, 0x9e, 0xb7, 0x6f, 0xac, 0x45, 0xaf, 0x8e, 0x51};
    static const uint8_t by_ctr[] = {0x87, 0x4d, 0x61, 0x91, 0xb6, 0x20, 0xe3, 0x26,
                                     0x1b, 0xef, 0x68, 0x64, 0x99, 0x0d, 0xb6, 0xce,
                                     0x98, 0x06, 0xf6, 0x6b, 0x79, 0x70, 0xfd, 0xff,
                                     0x86, 0x17, 0x18, 0x7b, 0xb9, 0xff, 0xfd, 0xff};
    uint8_t cipher[sizeof(text)] = {0};
    struct aes128 aes = {.algorithm = ABI_AES_CTR, .key = key, .iv = counter};
    int status = aes128_begin(&aes, text, 5, cipher);
    int next = aes128_next(&text[5], 14, &cipher[5]);
    int last = aes128_next(&text[19], sizeof(text) - 19, &cipher[19]);
    check(status == K_OK && next == K_OK && last == K_OK &&
              memcmp(cipher, by_ctr, sizeof(cipher)) == 0,
          "AES in parts of any length is that of the whole, in CTR");
    check(aes128_end() == K_OK && aes128_next(text, 16, cipher) != K_OK, "after its end no part");
    aes.algorithm = ABI_AES_CBC;
    status = aes128_begin(&aes, text, 16, cipher);
    check(status == K_OK && aes128_next(&text[16], 5, &cipher[16]) == K_ESIZE,
          "in CBC a part is whole blocks");
    check(aes128_end() == K_OK, "which can be ended");
}

static void test_service(void)
{
    static char text[64] __attribute__((aligned(64))) = "Hello";
    size_t service = 0;
    check(ipc_discover("rot13_service", &service) == K_OK && ipc_share(service, text, 64) == K_OK,
          "the service is there");
    check(ipc_call_service(service) == K_OK && strcmp(text, "Uryyb") == 0,
          "it has answered when the call returns");
    check(ipc_call_service(service) == K_OK && strcmp(text, "Hello") == 0, "each time");
    check(ipc_call_service(100) == K_EINVAL, "nobody is not waited for");
}

int main(void)
{
    test_number();
    test_state();
    test_aes();
    test_service();
    printf("done\n");
    return 0;
}
