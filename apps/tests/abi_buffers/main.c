/* Buffers that are lent: the process keeps its access, may lend them twice and take them back at
 * any time; what they do to the lowest break. */
#include <string.h>

#include "apps/tests/check.h"

#define ABSENT_DRIVER 0x7FFF0000u

static uint32_t current_break(void)
{
    return raw_memop(ABI_MEMOP_SBRK, 0, 0, 0).values[0];
}

static void lend(void *buffer, uint32_t bytes)
{
    (void)syscall_allow_read_write(ABI_DRIVER_RNG, ABI_RNG_RW_BUFFER, buffer, bytes);
}

static uint32_t get_random(uint32_t bytes)
{
    (void)syscall_command(ABI_DRIVER_RNG, ABI_RNG_GET, bytes, 0);
    return syscall_yield_wait_for(ABI_DRIVER_RNG, ABI_RNG_UPCALL_DONE).values[1];
}

static unsigned zeros(const uint8_t *bytes, unsigned count)
{
    unsigned found = 0;
    for (unsigned i = 0; i < count; i++) {
        found += bytes[i] == 0;
    }
    return found;
}

static void test_access(void)
{
    static uint8_t buffer[64];
    lend(buffer, 32);
    memset(buffer, 7, sizeof(buffer));
    check(buffer[0] == 7 && buffer[31] == 7, "a lent buffer stays readable and writable");
    memset(buffer, 0, sizeof(buffer));
    (void)syscall_allow_read_only(ABI_DRIVER_CONSOLE, ABI_CONSOLE_RO_WRITE, buffer, 32);
    (void)syscall_allow_read_write(ABI_DRIVER_CONSOLE, ABI_CONSOLE_RW_READ, buffer + 16, 32);
    uint32_t count = get_random(32);
    check(count == 32 && zeros(buffer, 32) < 8 && zeros(buffer + 32, 32) == 32,
          "drivers may share a buffer, or a part of it");
    (void)syscall_allow_read_only(ABI_DRIVER_CONSOLE, ABI_CONSOLE_RO_WRITE, NULL, 0);
    (void)syscall_allow_read_write(ABI_DRIVER_CONSOLE, ABI_CONSOLE_RW_READ, NULL, 0);
    lend(NULL, 0);
}

static void test_taken_back(void)
{
    static uint8_t buffer[64];
    lend(buffer, sizeof(buffer));
    (void)syscall_command(ABI_DRIVER_RNG, ABI_RNG_GET, sizeof(buffer), 0);
    lend(NULL, 0);
    uint32_t count = syscall_yield_wait_for(ABI_DRIVER_RNG, ABI_RNG_UPCALL_DONE).values[1];
    check(count == 0 && zeros(buffer, sizeof(buffer)) == sizeof(buffer),
          "what is taken back meanwhile is not written to, and the upcall says so");
    lend(buffer, sizeof(buffer));
    (void)syscall_command(ABI_DRIVER_RNG, ABI_RNG_GET, sizeof(buffer), 0);
    lend(buffer, 8);
    count = syscall_yield_wait_for(ABI_DRIVER_RNG, ABI_RNG_UPCALL_DONE).values[1];
    check(count <= 16 && zeros(buffer + 16, 48) == 48, "nor what a shorter one leaves out");
    lend(NULL, 0);
}

static void test_write_cut_short(void)
{
    static char text[200];
    memset(text, '.', sizeof(text));
    text[sizeof(text) - 1] = '\n';
    (void)syscall_allow_read_only(ABI_DRIVER_CONSOLE, ABI_CONSOLE_RO_WRITE, text, sizeof(text));
    (void)syscall_command(ABI_DRIVER_CONSOLE, ABI_CONSOLE_WRITE, sizeof(text), 0);
    (void)syscall_allow_read_only(ABI_DRIVER_CONSOLE, ABI_CONSOLE_RO_WRITE, NULL, 0);
    uint32_t count =
        syscall_yield_wait_for(ABI_DRIVER_CONSOLE, ABI_CONSOLE_UPCALL_WRITTEN).values[0];
    printf("\n");
    check(count < sizeof(text), "a write whose buffer is taken back ends there");
}

/* True when the break still comes down to `low` after whatever was done. */
static bool comes_down_to(uint32_t low)
{
    return raw_memop(ABI_MEMOP_BRK, low, 0, 0).variant == ABI_SUCCESS && current_break() == low;
}

static void test_high_water_mark(void)
{
    static const uint8_t constant[16] = {1};
    uint32_t low = current_break();
    (void)raw_memop(ABI_MEMOP_SBRK, 256, 0, 0);
    uint32_t high = current_break();
    (void)raw_allow_read_write(ABI_DRIVER_RNG, 0, high, 0);
    check(comes_down_to(low), "a buffer of no bytes does not hold the break up");
    (void)raw_allow_read_only(ABI_DRIVER_CONSOLE, 1, address_of(constant), 16);
    (void)raw_allow_read_only(ABI_DRIVER_CONSOLE, 1, 0, 0);
    check(comes_down_to(low), "nor one in flash");
    (void)raw_memop(ABI_MEMOP_BRK, high, 0, 0);
    (void)raw_allow_read_write(ABI_DRIVER_RNG, 77, high - 16, 16);
    (void)raw_allow_read_write(ABSENT_DRIVER, 0, high - 16, 16);
    (void)raw_allow_read_write(ABI_DRIVER_RNG, 0, high - 8, 16);
    check(comes_down_to(low), "nor one that was refused");
    (void)raw_memop(ABI_MEMOP_BRK, high, 0, 0);
    (void)raw_allow_read_only(ABI_DRIVER_CONSOLE, 1, high - 16, 16);
    (void)raw_allow_read_only(ABI_DRIVER_CONSOLE, 1, 0, 0);
    check(!comes_down_to(low) && current_break() == high,
          "a read-only buffer in RAM holds it up, as a read-write one does");
    check(raw_memop(ABI_MEMOP_BRK, high, 0, 0).variant == ABI_SUCCESS,
          "up to its end, and no further");
}

int main(void)
{
    test_access();
    test_taken_back();
    test_write_cut_short();
    test_high_water_mark();
    printf("done\n");
    return 0;
}
