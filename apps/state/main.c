/* Reads what the kernel shows of this process, without asking it. */
#include <stdio.h>

#include "apps/lib/alarm.h"
#include "apps/lib/read_only_state.h"
#include "apps/lib/syscall.h"

static struct read_only_state state;

int main(void)
{
    uint32_t version = 0;
    int status = read_only_state_version(&version);
    printf("state: version %lu: %d\n", (unsigned long)version, status);
    status = read_only_state_start(&state);
    if (status != K_OK) {
        return -status;
    }
    uint32_t switches = read_only_state_switches(&state);
    (void)syscall_command(ABI_DRIVER_LED, ABI_COMMAND_EXISTS, 0, 0);
    (void)syscall_command(ABI_DRIVER_LED, ABI_COMMAND_EXISTS, 0, 0);
    printf("state: after two calls: %lu switches\n",
           (unsigned long)(read_only_state_switches(&state) - switches));
    uint64_t start = read_only_state_ticks(&state);
    alarm_sleep_ms(1000);
    printf("state: a second has %lu ticks\n",
           (unsigned long)((read_only_state_ticks(&state) - start) / 100 * 100));
    printf("state: %lu pending\n", (unsigned long)read_only_state_pending(&state));
    return 0;
}
