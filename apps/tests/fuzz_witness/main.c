/* Has an alarm every 5 ms while others are hostile, and tells `sandglass fuzz` how late each was
 * and whether what it remembers is still so. */
#include <stdint.h>

#include "apps/lib/syscall.h"
#include "apps/tests/fuzz/program.h"
#include "kernel/abi/drivers.h"

#define PERIOD_MS 5u
#define WORDS     32u
static uint32_t memory[WORDS];

static uint32_t alarm_value(uint32_t command)
{
    uint32_t value = 0;
    (void)syscall_command_u32(ABI_DRIVER_ALARM, command, 0, 0, &value);
    return value;
}

static uint32_t count_wrong(void)
{
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < WORDS; i++) {
        wrong += memory[i] != i * 0x01234567u;
    }
    return wrong;
}

int main(void)
{
    for (uint32_t i = 0; i < WORDS; i++) {
        memory[i] = i * 0x01234567u;
    }
    uint32_t period = alarm_value(ABI_ALARM_FREQUENCY) / 1000 * PERIOD_MS;
    for (;;) {
        uint32_t now = alarm_value(ABI_ALARM_NOW);
        (void)syscall_command_raw(ABI_DRIVER_ALARM, ABI_ALARM_SET_ABSOLUTE, now, period);
        (void)syscall_yield_wait_for(ABI_DRIVER_ALARM, 0);
        uint32_t late = alarm_value(ABI_ALARM_NOW) - now - period;
        (void)syscall_command_raw(FUZZ_DRIVER, FUZZ_BEAT, late / (period / PERIOD_MS),
                                  count_wrong());
    }
}
