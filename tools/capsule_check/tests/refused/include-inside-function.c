// Includes a header where its declarations mean something else.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static void run(void)
{
#include "kernel/abi/syscall.h" // REFUSED
}
