/* Asks for all the memory there is, then for a grant of every driver, and takes no for an answer.
 */
#include <stdio.h>

#include "apps/lib/alarm.h"
#include "apps/lib/syscall.h"
#include "kernel/abi/drivers.h"

#define STEP_BYTES 64

static const uint32_t drivers[] = {
    ABI_DRIVER_ALARM, ABI_DRIVER_CONSOLE,     ABI_DRIVER_BUTTON, ABI_DRIVER_GPIO,
    ABI_DRIVER_RNG,   ABI_DRIVER_TEMPERATURE, ABI_DRIVER_TOUCH,
};

/* The number of bytes that the kernel handed out before it refused. */
static unsigned take_memory(void)
{
    unsigned bytes = 0;
    while (syscall_memop_raw(ABI_MEMOP_SBRK, STEP_BYTES).variant == ABI_SUCCESS_U32) {
        bytes += STEP_BYTES;
    }
    return bytes;
}

/* Subscribing makes a driver keep state for the process, in the process's own memory. Returns how
 * many drivers found no room for it. */
static unsigned take_grants(void)
{
    unsigned refused = 0;
    for (unsigned i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
        /* The console's upcalls begin at 1. */
        uint32_t number = drivers[i] == ABI_DRIVER_CONSOLE ? ABI_CONSOLE_UPCALL_WRITTEN : 0;
        if (syscall_subscribe(drivers[i], number, NULL, NULL) == K_ENOMEM) {
            refused++;
        }
    }
    return refused;
}

int main(void)
{
    alarm_sleep_ms(2000);
    printf("glutton: I take all that there is\n");
    unsigned bytes = take_memory();
    unsigned refused = take_grants();
    printf("glutton: %u bytes, then NOMEM; %u drivers out of memory\n", bytes, refused);
    alarm_sleep_ms(8000);
    printf("glutton: still here, asked again: %u bytes, %u drivers out of memory\n", take_memory(),
           take_grants());
    for (;;) {
        syscall_yield();
    }
}
