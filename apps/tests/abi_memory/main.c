/* Memop: what a process learns of its memory, and the limits of its break. */
#include "apps/tests/check.h"

#define NO_SUCH_MEMOP 12u

static uint32_t current_break(void)
{
    return raw_memop(ABI_MEMOP_SBRK, 0, 0, 0).values[0];
}

static bool is_zero(uint32_t from, uint32_t to)
{
    for (uint32_t at = from; at < to; at++) {
        if (*(const volatile uint8_t *)(uintptr_t)at != 0) {
            return false;
        }
    }
    return true;
}

static void fill(uint32_t from, uint32_t to)
{
    for (uint32_t at = from; at < to; at++) {
        *(volatile uint8_t *)(uintptr_t)at = 0xA5;
    }
}

static void test_questions(void)
{
    uint32_t start = syscall_memop(ABI_MEMOP_MEMORY_START);
    uint32_t end = syscall_memop(ABI_MEMOP_MEMORY_END);
    uint32_t grants = syscall_memop(ABI_MEMOP_GRANT_START);
    uint32_t flash = syscall_memop(ABI_MEMOP_FLASH_START);
    uint32_t flash_end = syscall_memop(ABI_MEMOP_FLASH_END);
    uint32_t here = (uint32_t)(uintptr_t)&test_questions;
    uint32_t brk = current_break();
    uint32_t local = address_of(&start);
    check(start <= local && local < brk && brk <= grants && grants < end,
          "RAM start, stack, break, grants, RAM end: in this order");
    check(*(const volatile uint16_t *)(uintptr_t)flash == 2, "flash begins with the header");
    check(flash < here && here < flash_end, "the code lies in flash");
    check(is_answer(raw_memop(ABI_MEMOP_WRITEABLE_COUNT, 0, 7, 8), ABI_SUCCESS_U32, 0, 7, 8),
          "no writeable flash regions; r2 and r3 stay as they were");
    check(is_answer(raw_memop(ABI_MEMOP_WRITEABLE_START, 0, 7, 8), ABI_FAILURE, ABI_FAIL, 7, 8) &&
              is_answer(raw_memop(ABI_MEMOP_WRITEABLE_END, 0, 7, 8), ABI_FAILURE, ABI_FAIL, 7, 8),
          "where region 0 would be: FAIL");
    check(is_answer(raw_memop(ABI_MEMOP_TELL_STACK_TOP, 1, 2, 3), ABI_SUCCESS, 1, 2, 3) &&
              is_answer(raw_memop(ABI_MEMOP_TELL_HEAP_START, 1, 2, 3), ABI_SUCCESS, 1, 2, 3),
          "telling stack and heap succeeds and changes r0 only");
    check(is_answer(raw_memop(NO_SUCH_MEMOP, 1, 2, 3), ABI_FAILURE, ABI_NOSUPPORT, 2, 3),
          "an unknown memop: NOSUPPORT");
}

static void test_sbrk(void)
{
    uint32_t before = current_break();
    struct syscall_return grown = raw_memop(ABI_MEMOP_SBRK, 64, 0, 0);
    uint32_t after = current_break();
    check(grown.variant == ABI_SUCCESS_U32 && grown.values[0] == before,
          "sbrk returns the break before");
    check(after == before + 64, "and moves it as far as asked");
    check(is_zero(before, after), "what is opened is zero");
    fill(before, after);
    struct syscall_return shrunk = raw_memop(ABI_MEMOP_SBRK, before - after, 0, 0);
    check(shrunk.variant == ABI_SUCCESS_U32 && shrunk.values[0] == after &&
              current_break() == before,
          "sbrk goes down as well");
    uint32_t low = current_break();
    (void)raw_memop(ABI_MEMOP_BRK, after, 0, 0);
    check(is_zero(low, current_break()), "what is closed and opened again is zero");
}

/* Nothing is rounded: neither what is answered, nor what may be lent, nor what is cleared. */
static void test_odd_breaks(void)
{
    uint32_t before = current_break();
    bool exact = true;
    for (uint32_t i = 0; i < 64; i++) {
        exact &= raw_memop(ABI_MEMOP_SBRK, 1, 0, 0).values[0] == before + i;
    }
    check(exact && current_break() == before + 64, "64 times sbrk by 1 is 64 bytes");
    uint32_t odd = (before + 63) / 32 * 32 + 1;
    check(raw_memop(ABI_MEMOP_BRK, odd, 0, 0).variant == ABI_SUCCESS && current_break() == odd,
          "the break may be odd");
    struct syscall_return beyond =
        raw_allow_read_write(ABI_DRIVER_RNG, ABI_RNG_RW_BUFFER, odd - 1, 2);
    check(beyond.variant == ABI_FAILURE_U32_U32 && beyond.values[0] == ABI_INVAL,
          "the byte above an odd break cannot be lent: INVAL");
    fill(odd, odd + 31); /* that the MPU cannot close */
    (void)raw_memop(ABI_MEMOP_BRK, odd + 15, 0, 0);
    bool zero = is_zero(odd, odd + 15);
    (void)raw_memop(ABI_MEMOP_BRK, odd + 31, 0, 0);
    check(zero && is_zero(odd, odd + 31),
          "what was written above the break is zero below a higher one");
    (void)raw_memop(ABI_MEMOP_BRK, before, 0, 0);
}

static void test_limits(void)
{
    uint32_t start = syscall_memop(ABI_MEMOP_MEMORY_START);
    uint32_t end = syscall_memop(ABI_MEMOP_MEMORY_END);
    uint32_t grants = syscall_memop(ABI_MEMOP_GRANT_START);
    uint32_t before = current_break();
    const struct {
        uint32_t wanted;
        const char *rule;
    } refused[] = {
        {grants + 4u, "brk into the grants: NOMEM"},
        {end, "brk to the end of RAM: NOMEM"},
        {end + 32u, "brk into the neighbour: NOMEM"},
        {0xFFFFFFF0u, "brk to the end of the world: NOMEM"},
        {start - 32u, "brk below RAM: NOMEM"},
        {0, "brk to 0: NOMEM"},
    };
    for (unsigned i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        struct syscall_return answer = raw_memop(ABI_MEMOP_BRK, refused[i].wanted, 5, 6);
        check(is_answer(answer, ABI_FAILURE, ABI_NOMEM, 5, 6), refused[i].rule);
    }
    check(is_answer(raw_memop(ABI_MEMOP_SBRK, 0x7FFFFFFFu, 5, 6), ABI_FAILURE, ABI_NOMEM, 5, 6),
          "sbrk by 2 GB: NOMEM");
    check(is_answer(raw_memop(ABI_MEMOP_SBRK, 0x80000000u, 5, 6), ABI_FAILURE, ABI_NOMEM, 5, 6),
          "sbrk by -2 GB: NOMEM");
    check(current_break() == before, "what is refused does not move the break");
}

/* A buffer that was lent once holds the break up until the process restarts. */
static void test_lent_memory_stays_open(void)
{
    uint32_t low = current_break();
    (void)raw_memop(ABI_MEMOP_SBRK, 64, 0, 0);
    uint32_t high = current_break();
    (void)raw_allow_read_write(ABI_DRIVER_RNG, ABI_RNG_RW_BUFFER, high - 8, 8);
    struct syscall_return lent = raw_memop(ABI_MEMOP_BRK, low, 0, 0);
    (void)raw_allow_read_write(ABI_DRIVER_RNG, ABI_RNG_RW_BUFFER, 0, 0);
    struct syscall_return given_back = raw_memop(ABI_MEMOP_BRK, low, 0, 0);
    check(lent.variant == ABI_FAILURE && lent.values[0] == ABI_NOMEM,
          "the break does not fall below a lent buffer: NOMEM");
    check(given_back.variant == ABI_FAILURE && given_back.values[0] == ABI_NOMEM,
          "nor below one that was lent before");
    *(volatile uint8_t *)(uintptr_t)(high - 1) = 1;
    check(current_break() == high, "and its memory stays open");
}

int main(void)
{
    test_questions();
    test_sbrk();
    test_odd_breaks();
    test_limits();
    test_lent_memory_stays_open();
    printf("done\n");
    return 0;
}
