/* The C library's heap over the kernel's break: 4,096 bytes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "apps/tests/check.h"

#define ROUNDS 2000u

/* What goes through here is a real allocation: compilers drop those that they see no use of. */
static void *volatile latest;

static bool is_filled(const uint8_t *bytes, size_t count, uint8_t with)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] != with) {
            return false;
        }
    }
    return true;
}

static uint32_t current_break(void)
{
    return raw_memop(ABI_MEMOP_SBRK, 0, 0, 0).values[0];
}

static void test_malloc(void)
{
    uint8_t *a = malloc(100);
    uint8_t *b = malloc(100);
    memset(a, 0xAA, 100);
    memset(b, 0xBB, 100);
    check(a != NULL && b != NULL && is_filled(a, 100, 0xAA) && is_filled(b, 100, 0xBB),
          "malloc gives each its own");
    check(address_of(a) % 8 == 0 && address_of(b) % 8 == 0, "at multiples of 8");
    uint8_t *grown = realloc(a, 300);
    check(grown != NULL && is_filled(grown, 100, 0xAA), "realloc keeps what was there");
    uint8_t *zero = calloc(10, 10);
    check(zero != NULL && is_filled(zero, 100, 0), "calloc clears");
    free(grown);
    free(b);
    free(zero);
    uint32_t top = current_break();
    for (unsigned i = 0; i < ROUNDS; i++) {
        latest = malloc(50 + i % 200);
        free(latest);
    }
    check(current_break() == top, "what was freed is used again");
}

static void test_growth(void)
{
    uint32_t before = current_break();
    uint8_t *much = malloc(1500);
    memset(much, 0xCC, 1500);
    check(much != NULL && current_break() > before, "the break rises with the heap");
    errno = 0;
    latest = malloc(100000);
    check(latest == NULL && errno == ENOMEM, "malloc of too much: NULL, and errno says why");
    check(is_filled(much, 1500, 0xCC), "and nothing is lost");
    volatile size_t many = 0x10000;
    latest = calloc(many, many);
    check(latest == NULL, "calloc of more than there are numbers: NULL");
    free(much);
}

static void test_until_it_is_full(void)
{
    unsigned count = 0;
    do {
        latest = malloc(64);
        count++;
    } while (count < 1000 && latest != NULL);
    uint32_t grants = syscall_memop(ABI_MEMOP_GRANT_START);
    check(count > 10 && count < 1000 && current_break() <= grants,
          "malloc ends where the kernel's part begins");
}

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void test_library(void)
{
    int numbers[] = {5, 3, 9, 1, 7};
    qsort(numbers, 5, sizeof(int), compare);
    char text[16] = "";
    (void)strncat(text, "sand", sizeof(text) - 1);
    (void)strncat(text, "glass", sizeof(text) - strlen(text) - 1);
    check(numbers[0] == 1 && numbers[2] == 5 && numbers[4] == 9 && strcmp(text, "sandglass") == 0 &&
              strtol("-1234", NULL, 10) == -1234,
          "qsort, strings and numbers are newlib's");
}

int main(void)
{
    test_library();
    test_malloc();
    test_growth();
    test_until_it_is_full();
    printf("done\n");
    return 0;
}
