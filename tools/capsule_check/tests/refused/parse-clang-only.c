// Shows the checker another body than the compiler.
#include <stdint.h>

static uint32_t get(void)
{
#ifdef __clang__ // the preprocessor is the compiler's: this is not there
    return 0;
#else
    return *(uint32_t *)0x20000000; // REFUSED by int-pointer
#endif
}
