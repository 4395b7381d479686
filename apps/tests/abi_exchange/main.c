/* Subscribe and the three kinds of allow: what they swap, what they refuse, in which order. */
#include "apps/tests/check.h"

#define ABSENT_DRIVER 0x7FFF0000u
#define BAD_NUMBER    77u

static unsigned ran;
static uint8_t first_buffer[16], second_buffer[16];

static void on_alarm(uint32_t a, uint32_t b, uint32_t c, void *userdata)
{
    (void)a;
    (void)b;
    (void)c;
    (void)userdata;
    ran++;
}

static void on_other(uint32_t a, uint32_t b, uint32_t c, void *userdata)
{
    (void)a;
    (void)b;
    (void)c;
    (void)userdata;
    ran += 100;
}

/* A pointer to code has bit 0 set: Thumb. */
static uint32_t function_address(syscall_upcall function)
{
    return (uint32_t)(uintptr_t)function;
}

static void set_alarm_and_let_it_pass(void)
{
    uint32_t expiry;
    (void)syscall_command_u32(ABI_DRIVER_ALARM, ABI_ALARM_SET_RELATIVE, alarm_ms_to_ticks(1), 0,
                              &expiry);
    spin_ms(3);
}

static void test_subscribe_swaps(void)
{
    const uint32_t mine = function_address(on_alarm);
    const uint32_t other = function_address(on_other);
    struct syscall_return fresh = raw_subscribe(ABI_DRIVER_ALARM, 0, mine, 11);
    struct syscall_return swap = raw_subscribe(ABI_DRIVER_ALARM, 0, other, 22);
    struct syscall_return back = raw_subscribe(ABI_DRIVER_ALARM, 0, 0, 33);
    struct syscall_return again = raw_subscribe(ABI_DRIVER_ALARM, 0, mine, 44);
    check(is_answer(fresh, ABI_SUCCESS_U32_U32, 0, 0, 11), "the first subscribe returns 0, 0");
    check(is_answer(swap, ABI_SUCCESS_U32_U32, mine, 11, 22), "subscribe returns what was there");
    check(is_answer(back, ABI_SUCCESS_U32_U32, other, 22, 33), "the null upcall swaps as well");
    check(is_answer(again, ABI_SUCCESS_U32_U32, 0, 33, 44), "and leaves its userdata behind");
}

static void test_subscribe_drops_what_is_queued(void)
{
    ran = 0;
    (void)raw_subscribe(ABI_DRIVER_ALARM, 0, function_address(on_alarm), 0);
    set_alarm_and_let_it_pass();
    (void)raw_subscribe(ABI_DRIVER_ALARM, 0, function_address(on_other), 0);
    int taken = syscall_yield_no_wait();
    check(taken == 0 && ran == 0, "a function that was swapped out is not called any more");
}

static void test_subscribe_refuses(void)
{
    const uint32_t mine = function_address(on_alarm);
    const uint32_t kernel_code = 0x101u;
    uint32_t header = syscall_memop(ABI_MEMOP_FLASH_START);
    uint32_t flash_end = syscall_memop(ABI_MEMOP_FLASH_END);
    check(is_answer(raw_subscribe(ABSENT_DRIVER, 0, mine, 5), ABI_FAILURE_U32_U32, ABI_NODEVICE,
                    mine, 5),
          "subscribe to no driver: NODEVICE, and the pair comes back");
    check(is_answer(raw_subscribe(ABI_DRIVER_ALARM, BAD_NUMBER, mine, 5), ABI_FAILURE_U32_U32,
                    ABI_NOSUPPORT, mine, 5),
          "subscribe to no such number: NOSUPPORT");
    check(is_answer(raw_subscribe(ABI_DRIVER_ALARM, 0, kernel_code, 5), ABI_FAILURE_U32_U32,
                    ABI_INVAL, kernel_code, 5),
          "a function in the kernel: INVAL");
    check(is_answer(raw_subscribe(ABSENT_DRIVER, 0, kernel_code, 5), ABI_FAILURE_U32_U32, ABI_INVAL,
                    kernel_code, 5),
          "the function is looked at before the driver");
    check(is_answer(raw_subscribe(ABI_DRIVER_ALARM, 0, header | 1u, 5), ABI_FAILURE_U32_U32,
                    ABI_INVAL, header | 1u, 5),
          "a function in the header: INVAL");
    check(is_answer(raw_subscribe(ABI_DRIVER_ALARM, 0, (flash_end - 2u) | 1u, 5),
                    ABI_FAILURE_U32_U32, ABI_INVAL, (flash_end - 2u) | 1u, 5),
          "a function that reaches over the end of flash: INVAL");
    struct syscall_return kept = raw_subscribe(ABI_DRIVER_ALARM, 0, mine, 0);
    check(kept.values[0] == function_address(on_other), "what is refused changes nothing");
}

static void test_allow_swaps(void)
{
    const uint32_t first = address_of(first_buffer);
    const uint32_t second = address_of(second_buffer);
    struct syscall_return fresh = raw_allow_read_write(ABI_DRIVER_RNG, 0, first, 16);
    struct syscall_return swap = raw_allow_read_write(ABI_DRIVER_RNG, 0, second, 8);
    struct syscall_return back = raw_allow_read_write(ABI_DRIVER_RNG, 0, 0, 0);
    check(is_answer(fresh, ABI_SUCCESS_U32_U32, 0, 0, 16), "the first allow returns 0, 0");
    check(is_answer(swap, ABI_SUCCESS_U32_U32, first, 16, 8), "allow returns what was there");
    check(is_answer(back, ABI_SUCCESS_U32_U32, second, 8, 0), "length 0 takes the buffer back");

    struct syscall_return any = raw_allow_read_write(ABI_DRIVER_RNG, 0, 0x20000000u, 0);
    check(any.variant == ABI_SUCCESS_U32_U32, "with length 0 any address will do");
    (void)raw_allow_read_write(ABI_DRIVER_RNG, 0, 0, 0);
    struct syscall_return write = raw_allow_read_only(ABI_DRIVER_CONSOLE, 1, first, 4);
    struct syscall_return read = raw_allow_read_write(ABI_DRIVER_CONSOLE, 1, second, 4);
    check(write.variant == ABI_SUCCESS_U32_U32 && is_answer(read, ABI_SUCCESS_U32_U32, 0, 0, 4),
          "read-only and read-write numbers are apart");
    (void)raw_allow_read_only(ABI_DRIVER_CONSOLE, 1, 0, 0);
    (void)raw_allow_read_write(ABI_DRIVER_CONSOLE, 1, 0, 0);
}

static bool refused(struct syscall_return answer, uint32_t error, uint32_t address, uint32_t length)
{
    return is_answer(answer, ABI_FAILURE_U32_U32, error, address, length);
}

static void test_allow_bounds(void)
{
    uint32_t start = syscall_memop(ABI_MEMOP_MEMORY_START);
    uint32_t end = syscall_memop(ABI_MEMOP_MEMORY_END);
    uint32_t grants = syscall_memop(ABI_MEMOP_GRANT_START);
    uint32_t flash = syscall_memop(ABI_MEMOP_FLASH_START);
    uint32_t flash_end = syscall_memop(ABI_MEMOP_FLASH_END);
    uint32_t brk = raw_memop(ABI_MEMOP_SBRK, 0, 0, 0).values[0];
    const uint32_t code = function_address(on_alarm) & ~1u;

    check(raw_allow_read_write(ABI_DRIVER_RNG, 0, start, 1).variant == ABI_SUCCESS_U32_U32 &&
              raw_allow_read_write(ABI_DRIVER_RNG, 0, brk - 1, 1).variant == ABI_SUCCESS_U32_U32,
          "the first and the last byte below the break can be lent");
    check(refused(raw_allow_read_write(ABI_DRIVER_RNG, 0, start - 1, 2), ABI_INVAL, start - 1, 2),
          "a buffer that begins below RAM: INVAL");
    check(refused(raw_allow_read_write(ABI_DRIVER_RNG, 0, brk - 1, 2), ABI_INVAL, brk - 1, 2),
          "a buffer that ends above the break: INVAL");
    check(refused(raw_allow_read_write(ABI_DRIVER_RNG, 0, grants, 4), ABI_INVAL, grants, 4),
          "a buffer in the grants: INVAL");
    check(refused(raw_allow_read_write(ABI_DRIVER_RNG, 0, end, 4), ABI_INVAL, end, 4),
          "a buffer of the neighbour's: INVAL");
    check(
        refused(raw_allow_read_write(ABI_DRIVER_RNG, 0, 0x20000000u, 4), ABI_INVAL, 0x20000000u, 4),
        "a buffer of the kernel's: INVAL");
    check(refused(raw_allow_read_write(ABI_DRIVER_RNG, 0, start, 0xFFFFFFFFu), ABI_INVAL, start,
                  0xFFFFFFFFu) &&
              refused(raw_allow_read_write(ABI_DRIVER_RNG, 0, start + 16u, 0u - start), ABI_INVAL,
                      start + 16u, 0u - start),
          "a length that wraps around: INVAL");
    check(refused(raw_allow_read_write(ABI_DRIVER_RNG, 0, code, 4), ABI_INVAL, code, 4),
          "flash cannot be lent for writing");
    check(raw_allow_read_only(ABI_DRIVER_CONSOLE, 1, code, 4).variant == ABI_SUCCESS_U32_U32,
          "flash can be lent for reading");
    check(refused(raw_allow_read_only(ABI_DRIVER_CONSOLE, 1, flash, 4), ABI_INVAL, flash, 4),
          "but not its header");
    check(refused(raw_allow_read_only(ABI_DRIVER_CONSOLE, 1, flash_end - 2, 4), ABI_INVAL,
                  flash_end - 2, 4),
          "nor what lies behind it");
    (void)raw_allow_read_only(ABI_DRIVER_CONSOLE, 1, 0, 0);
    (void)raw_allow_read_write(ABI_DRIVER_RNG, 0, 0, 0);
}

static void test_allow_order(void)
{
    uint32_t mine = address_of(first_buffer);
    check(refused(raw_allow_read_write(ABSENT_DRIVER, 0, 0x20000000u, 4), ABI_NODEVICE, 0x20000000u,
                  4),
          "allow to no driver: NODEVICE, before the buffer is looked at");
    check(refused(raw_allow_read_write(ABI_DRIVER_RNG, BAD_NUMBER, mine, 4), ABI_NOSUPPORT, mine,
                  4) &&
              refused(raw_allow_read_only(ABI_DRIVER_CONSOLE, BAD_NUMBER, mine, 4), ABI_NOSUPPORT,
                      mine, 4),
          "allow to no such number: NOSUPPORT");
    check(refused(raw_allow_user_readable(ABI_DRIVER_CONSOLE, 0, mine, 4), ABI_NOSUPPORT, mine, 4),
          "userspace-readable allow: NOSUPPORT where no driver wants it");
}

int main(void)
{
    test_subscribe_swaps();
    test_subscribe_drops_what_is_queued();
    test_subscribe_refuses();
    test_allow_swaps();
    test_allow_bounds();
    test_allow_order();
    printf("done\n");
    return 0;
}
