// Attributes in every position that they can have.
#include <stdint.h>

struct __attribute__((packed)) evil { // REFUSED
    uint32_t value;
    uint32_t other __attribute__((aligned(64))); // REFUSED
};

enum __attribute__((packed)) small { SMALL }; // REFUSED

typedef uint32_t word __attribute__((vector_size(16))); // REFUSED

__attribute__((naked)) static void bare(void) // REFUSED
{
}

__attribute__((noreturn)) static void gone(void) // REFUSED
{
} // REFUSED by parse

static uint32_t *__attribute__((malloc)) fresh(uint32_t *p) // REFUSED
{
    return p;
}

static uint32_t unused(uint32_t value __attribute__((unused))) // REFUSED
{
    uint32_t local __attribute__((cleanup(done))) = 1; // REFUSED
    return local;
}
