/* System calls from odd places: halfwords, inside of IT blocks, functions without their Thumb bit.
 */
#include "apps/tests/check.h"

static unsigned ran;
static void on_alarm(uint32_t a, uint32_t b, uint32_t c, void *userdata)
{
    (void)a;
    (void)b;
    (void)c;
    (void)userdata;
    ran++;
}

static void set_alarm_and_let_it_pass(void)
{
    (void)raw_command(ABI_DRIVER_ALARM, ABI_ALARM_SET_RELATIVE, alarm_ms_to_ticks(1), 0);
    spin_ms(3);
}

/* Asks for RAM's start from the first or the second halfword of a word. */
static uint32_t ask(bool second)
{
    register uint32_t r0 __asm__("r0") = ABI_MEMOP_MEMORY_START;
    register uint32_t r1 __asm__("r1") = 0;
    if (second) {
        __asm__ volatile(".balign 4\n nop.n\n svc 5" : "+r"(r0), "+r"(r1)::"memory");
    } else {
        __asm__ volatile(".balign 4\n svc 5\n nop.n" : "+r"(r0), "+r"(r1)::"memory");
    }
    return r1;
}

/* A call in an IT block of four: TTEE when `then`. Returns which of the others ran, a bit each. */
static uint32_t in_block(bool then)
{
    register uint32_t r0 __asm__("r0") = ABI_MEMOP_TELL_HEAP_START;
    register uint32_t r1 __asm__("r1") = 0;
    uint32_t result = 0;
    __asm__ volatile("cmp %[then], #1\n"
                     "ittee eq\n"
                     "svceq 5\n"
                     "addeq %[result], #1\n"
                     "addne %[result], #2\n"
                     "addne %[result], #4\n"
                     : [result] "+r"(result), "+r"(r0), "+r"(r1)
                     : [then] "r"((uint32_t)then)
                     : "memory", "cc");
    return result + (r0 == ABI_SUCCESS ? 8 : 0);
}

/* Yields in an IT block whose next instruction would not run. */
static void yield_in_block(void)
{
    register uint32_t r0 __asm__("r0") = ABI_YIELD_WAIT;
    __asm__ volatile("cmp r0, #1\n"
                     "ite eq\n"
                     "svceq 0\n"
                     "nopne\n"
                     : "+r"(r0)::"memory", "cc", "r1", "r2", "r3", "r12", "lr");
}

int main(void)
{
    uint32_t start = syscall_memop(ABI_MEMOP_MEMORY_START);
    check(ask(false) == start && ask(true) == start, "SVC may lie in either half of a word");
    check(in_block(true) == 1 + 8, "an IT block goes on behind a call as it began");
    check(in_block(false) == 2 + 4, "a call that an IT block skips is none");

    (void)raw_subscribe(ABI_DRIVER_ALARM, 0, (uint32_t)(uintptr_t)on_alarm, 0);
    set_alarm_and_let_it_pass();
    yield_in_block();
    check(ran == 1, "an upcall does not begin inside of the yield's IT block");
    (void)raw_subscribe(ABI_DRIVER_ALARM, 0, (uint32_t)(uintptr_t)on_alarm & ~1u, 0);
    set_alarm_and_let_it_pass();
    syscall_yield();
    check(ran == 2, "a function's address does without its Thumb bit");
    printf("done\n");
    return 0;
}
