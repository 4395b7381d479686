#include "apps/lib/alarm.h"

#include "kernel/abi/drivers.h"

/* Longer waits are cut into pieces of this length, far from where 32-bit ticks wrap. */
#define PIECE_MS 250000u

uint32_t alarm_frequency_hz(void)
{
    uint32_t frequency = 0;
    (void)syscall_command_u32(ABI_DRIVER_ALARM, ABI_ALARM_FREQUENCY, 0, 0, &frequency);
    return frequency;
}

uint32_t alarm_now_ticks(void)
{
    uint32_t now = 0;
    (void)syscall_command_u32(ABI_DRIVER_ALARM, ABI_ALARM_NOW, 0, 0, &now);
    return now;
}

/* ms * hz / 1000 in 32 bits, exactly: with hz = 1000 q + r it is ms * q + ms * r / 1000, and of the
 * last term the whole thousands of ms come out whole. */
uint32_t alarm_ms_to_ticks(uint32_t ms)
{
    uint32_t hz = alarm_frequency_hz();
    uint32_t q = hz / 1000;
    uint32_t r = hz % 1000;
    return ms * q + (ms / 1000) * r + (ms % 1000) * r / 1000;
}

int alarm_wait_until(uint32_t reference, uint32_t dt)
{
    int status = alarm_set_absolute(reference, dt);
    if (status == K_OK) {
        (void)syscall_yield_wait_for(ABI_DRIVER_ALARM, ABI_ALARM_UPCALL_EXPIRED);
    }
    return status;
}

int alarm_sleep_ms(uint32_t ms)
{
    uint32_t reference = alarm_now_ticks();
    while (ms > PIECE_MS) {
        uint32_t piece = alarm_ms_to_ticks(PIECE_MS);
        int status = alarm_wait_until(reference, piece);
        if (status != K_OK) {
            return status;
        }
        reference += piece;
        ms -= PIECE_MS;
    }
    return alarm_wait_until(reference, alarm_ms_to_ticks(ms));
}

int alarm_subscribe(syscall_upcall upcall, void *userdata)
{
    return syscall_subscribe(ABI_DRIVER_ALARM, ABI_ALARM_UPCALL_EXPIRED, upcall, userdata);
}

int alarm_set_relative(uint32_t dt)
{
    uint32_t expiry;
    return syscall_command_u32(ABI_DRIVER_ALARM, ABI_ALARM_SET_RELATIVE, dt, 0, &expiry);
}

int alarm_set_absolute(uint32_t reference, uint32_t dt)
{
    uint32_t expiry;
    return syscall_command_u32(ABI_DRIVER_ALARM, ABI_ALARM_SET_ABSOLUTE, reference, dt, &expiry);
}

int alarm_stop(void)
{
    return syscall_command(ABI_DRIVER_ALARM, ABI_ALARM_STOP, 0, 0);
}
