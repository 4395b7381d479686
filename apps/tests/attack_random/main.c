/* System calls at random, likely and unlikely ones, without end. The number of the package is the
 * seed. */
#include <stdint.h>

#include "apps/tests/check.h"
#include "apps/tests/package_number.h"

static uint32_t state;
static uint32_t memory_start, memory_end, grant_start, flash_start, flash_end;
static uint8_t playground[256];

static uint32_t below(uint32_t limit)
{
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % limit;
}

static void upcall(uint32_t a, uint32_t b, uint32_t c, void *userdata)
{
    (void)b;
    (void)c;
    (void)userdata;
    state ^= a;
}

static uint32_t value(void)
{
    const uint32_t values[] = {
        0,
        1,
        2,
        4,
        64,
        256,
        0xFFFFFFFFu,
        0x80000000,
        0x7FFFFFFF,
        0x20000000,
        0x40002000,
        0xE000ED00,
        0x10000,
        0x1000,
        memory_start,
        memory_end,
        grant_start,
        flash_start,
        flash_end,
        (uint32_t)(uintptr_t)playground,
        (uint32_t)(uintptr_t)&value,
        (uint32_t)(uintptr_t)upcall,
    };
    uint32_t picked = values[below(sizeof(values) / sizeof(values[0]))];
    switch (below(4)) {
    case 0:
        return picked + below(64);
    case 1:
        return picked - below(64);
    default:
        return picked;
    }
}

/* The stack, this app's variables and the break stay where they are, mostly. */
static uint32_t address(void)
{
    return below(3) == 0 ? value() : (uint32_t)(uintptr_t)playground + below(sizeof(playground));
}

static void call(void)
{
    static const uint32_t drivers[] = {
        ABI_DRIVER_ALARM,
        ABI_DRIVER_CONSOLE,
        ABI_DRIVER_LED,
        ABI_DRIVER_BUTTON,
        ABI_DRIVER_GPIO,
        ABI_DRIVER_LOW_LEVEL_DEBUG,
        ABI_DRIVER_RNG,
        ABI_DRIVER_TEMPERATURE,
        ABI_DRIVER_TOUCH,
        ABI_DRIVER_PROCESS_INFO,
        ABI_DRIVER_IPC,
        ABI_DRIVER_READ_ONLY_STATE,
        ABI_DRIVER_ADC,
        ABI_DRIVER_SPI_CONTROLLER,
        ABI_DRIVER_I2C_MASTER,
        ABI_DRIVER_BLE,
        ABI_DRIVER_IEEE802154,
        ABI_DRIVER_CTAP_HID,
        ABI_DRIVER_HUMIDITY,
        ABI_DRIVER_AMBIENT_LIGHT,
        ABI_DRIVER_SCREEN,
        15,
        16,
        0x12345,
    };
    uint32_t driver = drivers[below(sizeof(drivers) / sizeof(drivers[0]))];
    uint32_t number = below(8) == 0 ? value() : below(8);
    switch (below(12)) {
    case 0:
        (void)raw_yield(ABI_YIELD_NO_WAIT, address(), 0, 0);
        break;
    case 1:
        (void)raw_command(ABI_DRIVER_ALARM, ABI_ALARM_SET_RELATIVE, 1000, 0);
        (void)raw_yield(ABI_YIELD_NO_WAIT, 0, 0, 0);
        break;
    case 2:
    case 3:
        (void)raw_subscribe(driver, number, below(3) == 0 ? value() : (uint32_t)(uintptr_t)upcall,
                            value());
        break;
    case 4:
        /* Nobody's answer may go where this app's variables are. */
        (void)raw_allow_read_write(driver, number, address(), below(2) == 0 ? below(16) : value());
        break;
    case 5:
        (void)raw_allow_read_only(driver, number, value(), value());
        break;
    case 6:
        (void)raw_allow_user_readable(driver, number, value(), value());
        break;
    case 7:
        (void)raw_memop(1 + below(12), below(4) == 0 ? value() : below(512), 0, 0);
        break;
    case 8:
        if (below(200) == 0) {
            (void)raw_exit(ABI_EXIT_RESTART, 0, 0, 0);
        }
        (void)raw_exit(2 + below(9), value(), 0, 0);
        break;
    case 9:
        (void)raw_command(driver, below(2) == 0 ? below(33) : 100 * below(4), value(), value());
        break;
    default:
        (void)raw_command(driver, number, below(2) == 0 ? below(20) : value(), value());
        break;
    }
}

int main(void)
{
    state = package_number() + alarm_now_ticks();
    memory_start = syscall_memop(ABI_MEMOP_MEMORY_START);
    memory_end = syscall_memop(ABI_MEMOP_MEMORY_END);
    grant_start = syscall_memop(ABI_MEMOP_GRANT_START);
    flash_start = syscall_memop(ABI_MEMOP_FLASH_START);
    flash_end = syscall_memop(ABI_MEMOP_FLASH_END);
    for (;;) {
        call();
    }
}
