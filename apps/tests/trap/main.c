/*
 * Asks the capsule `trapper` of kernel/boards/trap_test for one of its mistakes (SCENARIO, a number
 * of trapper.h; ARGUMENT), and says what is left of it, of its neighbour and of this process. One
 * line each; tests/system/traps.lua reads them.
 */
#include "apps/tests/check.h"

#include "apps/lib/led.h"

#define TRAPPER           0x90F01u
#define NEIGHBOUR         0x90F02u
#define TRAPPER_WENT_ON   12u
#define NEIGHBOUR_WENT_ON 3u
#define NEIGHBOUR_DONE    4u

#ifndef TARGET
#define TARGET TRAPPER
#endif

static void say(const char *what, struct syscall_return answer)
{
    printf("trap: %s: %lu %lu\n", what, (unsigned long)answer.variant,
           (unsigned long)answer.values[0]);
}

static void ignore(uint32_t a, uint32_t b, uint32_t c, void *userdata)
{
    (void)a;
    (void)b;
    (void)c;
    (void)userdata;
}

int main(void)
{
    static uint8_t buffer[8];
    say("exists", raw_command(TRAPPER, 0, 0, 0));
    /* The grants of the others, so that they do not count below. */
    (void)raw_subscribe(NEIGHBOUR, 0, (uint32_t)(uintptr_t)ignore, 0);
    alarm_sleep_ms(1);
    uint32_t before = raw_memop(ABI_MEMOP_GRANT_START, 0, 0, 0).values[0];
    (void)raw_subscribe(TRAPPER, 0, (uint32_t)(uintptr_t)ignore, 5);
    (void)raw_allow_read_write(TRAPPER, 0, address_of(buffer), sizeof buffer);
    uint32_t with = raw_memop(ABI_MEMOP_GRANT_START, 0, 0, 0).values[0];

    say("answer", raw_command(TARGET, SCENARIO, ARGUMENT, 0));
    alarm_sleep_ms(20); /* deferred calls and interrupts have come by then */
    say("exists", raw_command(TRAPPER, 0, 0, 0));
    say("subscribe", raw_subscribe(TRAPPER, 0, (uint32_t)(uintptr_t)ignore, 5));
    say("went on", raw_command(TRAPPER, TRAPPER_WENT_ON, 0, 0));
    say("neighbour", raw_command(NEIGHBOUR, 0, 0, 0));
    say("neighbour went on", raw_command(NEIGHBOUR, NEIGHBOUR_WENT_ON, 0, 0));
    say("neighbour's transfers", raw_command(NEIGHBOUR, NEIGHBOUR_DONE, 0, 0));
    uint32_t after = raw_memop(ABI_MEMOP_GRANT_START, 0, 0, 0).values[0];
    say("neighbour again", raw_command(NEIGHBOUR, 1, 0, 0));
    say("led", raw_command(ABI_DRIVER_LED, 0, 0, 0));
    printf("trap: memory: %ld of %ld bytes left\n", (long)(before - after), (long)(before - with));
    printf("trap: done\n");
    return 0;
}
