// Declares what the compiler's run-time has.
#include <stdint.h>

uint32_t *memcpy(uint32_t *to, const uint32_t *from, unsigned int bytes); // REFUSED
