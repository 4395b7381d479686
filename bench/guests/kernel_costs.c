/* An app that does each kind of system call many times; bench/kernel_costs.py reads from the event
 * trace what each of them costs. Alarms are awaited in two ways: busy, so that the upcall is queued
 * when the app yields, and asleep. */
#include <stddef.h>
#include <stdint.h>

#include "apps/lib/syscall.h"
#include "kernel/abi/drivers.h"

#define ROUNDS      100
#define ALARM_TICKS 4096 /* half a millisecond */
#define BUSY_LOOPS  40000

static volatile uint32_t upcalls;
static uint8_t buffer[16];

static void alarmed(uint32_t now, uint32_t expiry, uint32_t unused, void *userdata)
{
    (void)now;
    (void)expiry;
    (void)unused;
    (void)userdata;
    upcalls++;
}

static void set_alarm(void)
{
    (void)syscall_command_raw(ABI_DRIVER_ALARM, ABI_ALARM_SET_RELATIVE, ALARM_TICKS, 0);
}

int main(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        (void)syscall_subscribe(ABI_DRIVER_ALARM, 0, alarmed, NULL);
        (void)syscall_allow_read_write(ABI_DRIVER_CONSOLE, 1, buffer, sizeof buffer);
        (void)syscall_allow_read_only(ABI_DRIVER_CONSOLE, 1, buffer, sizeof buffer);
        (void)syscall_memop(ABI_MEMOP_MEMORY_START);
    }
    for (int i = 0; i < ROUNDS; i++) {
        set_alarm();
        for (volatile int loop = 0; loop < BUSY_LOOPS; loop++) {
        }
        syscall_yield();
        set_alarm();
        syscall_yield();
    }
    return 0;
}
