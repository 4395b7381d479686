// Keywords that are attributes.
#include <stdint.h>

static _Noreturn void gone(void) // REFUSED
{
} // REFUSED by parse

static const _Alignas(64) uint32_t wide = 1; // REFUSED
