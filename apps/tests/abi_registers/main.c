/* Which registers a system call changes: those that its answer names, and no other. */
#include "apps/tests/check.h"
#include "apps/tests/registers.h"

#define ABSENT_DRIVER 0x7FFF0000u

REGISTERS_CALL(call_yield, ABI_CLASS_YIELD)
REGISTERS_CALL(call_subscribe, ABI_CLASS_SUBSCRIBE)
REGISTERS_CALL(call_command, ABI_CLASS_COMMAND)
REGISTERS_CALL(call_allow_read_write, ABI_CLASS_ALLOW_READ_WRITE)
REGISTERS_CALL(call_allow_read_only, ABI_CLASS_ALLOW_READ_ONLY)
REGISTERS_CALL(call_memop, ABI_CLASS_MEMOP)
REGISTERS_CALL(call_exit, ABI_CLASS_EXIT)
REGISTERS_CALL(call_allow_user_readable, ABI_CLASS_ALLOW_USER_READABLE)

/* What the upcall saw: r0-r12, link register, stack pointer. */
static uint32_t seen[15];

/* Leaves 0xC0 to 0xC3 in r0-r3 and 0xCC in r12. */
__attribute__((naked)) static void record(uint32_t argument0, uint32_t argument1,
                                          uint32_t argument2, void *userdata)
{
    (void)argument0;
    (void)argument1;
    (void)argument2;
    (void)userdata;
    __asm__ volatile("stmia r3, {r0-r12}\n"
                     "str  lr, [r3, #52]\n"
                     "str  sp, [r3, #56]\n"
                     "movs r0, #0xC0\n"
                     "movs r1, #0xC1\n"
                     "movs r2, #0xC2\n"
                     "movs r3, #0xC3\n"
                     "mov  r12, #0xCC\n"
                     "bx   lr\n");
}

typedef void (*system_call)(struct registers *);

/* `changed` registers from r0 on belong to the answer, the first of them is the variant. */
static bool changes_only(system_call call, struct registers before, uint32_t variant,
                         uint32_t changed)
{
    struct registers after = before;
    call(&after);
    return after.r[0] == variant && registers_agree(&before, &after, changed);
}

static void test_commands(void)
{
    check(changes_only(call_command, registers_with(ABI_DRIVER_LED, ABI_LED_OFF, 0, 33),
                       ABI_SUCCESS, 1),
          "success without a value changes r0 only");
    check(changes_only(call_command, registers_with(ABI_DRIVER_LED, ABI_LED_READ, 0, 33),
                       ABI_SUCCESS_U32, 2),
          "success with a value changes r0 and r1 only");
    check(changes_only(call_command, registers_with(ABI_DRIVER_LED, ABI_LED_ON, 99, 33),
                       ABI_FAILURE, 2),
          "failure changes r0 and r1 only");
    check(changes_only(call_command, registers_with(ABSENT_DRIVER, 0, 22, 33), ABI_FAILURE, 2),
          "so does NODEVICE of the kernel's");
}

static void test_exchanges(void)
{
    uint8_t buffer[4];
    uint32_t address = address_of(buffer);
    check(changes_only(call_subscribe, registers_with(ABI_DRIVER_ALARM, 0, 0, 33),
                       ABI_SUCCESS_U32_U32, 3) &&
              changes_only(call_allow_read_write, registers_with(ABI_DRIVER_RNG, 0, address, 4),
                           ABI_SUCCESS_U32_U32, 3) &&
              changes_only(call_allow_read_only, registers_with(ABI_DRIVER_CONSOLE, 1, address, 4),
                           ABI_SUCCESS_U32_U32, 3),
          "subscribe and allow answer in r0-r2 and leave r3");
    (void)raw_allow_read_write(ABI_DRIVER_RNG, 0, 0, 0);
    (void)raw_allow_read_only(ABI_DRIVER_CONSOLE, 1, 0, 0);
    check(changes_only(call_subscribe, registers_with(ABSENT_DRIVER, 0, 0, 33), ABI_FAILURE_U32_U32,
                       2) &&
              changes_only(call_allow_read_write, registers_with(ABSENT_DRIVER, 0, address, 4),
                           ABI_FAILURE_U32_U32, 2) &&
              changes_only(call_allow_read_only, registers_with(ABSENT_DRIVER, 0, address, 4),
                           ABI_FAILURE_U32_U32, 2) &&
              changes_only(call_allow_user_readable, registers_with(ABSENT_DRIVER, 0, address, 4),
                           ABI_FAILURE_U32_U32, 2),
          "refused, they give back what they were given in r2 and r3");
}

static void test_others(void)
{
    check(changes_only(call_memop, registers_with(ABI_MEMOP_TELL_HEAP_START, 11, 22, 33),
                       ABI_SUCCESS, 1) &&
              changes_only(call_memop, registers_with(ABI_MEMOP_MEMORY_START, 11, 22, 33),
                           ABI_SUCCESS_U32, 2) &&
              changes_only(call_memop, registers_with(12, 11, 22, 33), ABI_FAILURE, 2),
          "memop changes what its answer names");
    check(changes_only(call_exit, registers_with(2, 11, 22, 33), ABI_FAILURE, 2),
          "a refused exit changes r0 and r1 only");
    check(changes_only(call_yield, registers_with(ABI_YIELD_NO_WAIT, 0, 22, 33), ABI_YIELD_NO_WAIT,
                       1),
          "yield-no-wait without an upcall changes nothing");
}

static void set_alarm_and_let_it_pass(void)
{
    (void)raw_command(ABI_DRIVER_ALARM, ABI_ALARM_SET_RELATIVE, alarm_ms_to_ticks(1), 0);
    spin_ms(3);
}

static void test_wait_for(void)
{
    set_alarm_and_let_it_pass();
    struct registers before =
        registers_with(ABI_YIELD_WAIT_FOR, ABI_DRIVER_ALARM, ABI_ALARM_UPCALL_EXPIRED, 33);
    struct registers after = before;
    call_yield(&after);
    bool queued = registers_agree(&before, &after, 3);
    (void)raw_command(ABI_DRIVER_ALARM, ABI_ALARM_SET_RELATIVE, alarm_ms_to_ticks(5), 0);
    after = before;
    call_yield(&after);
    check(queued && registers_agree(&before, &after, 3),
          "yield-wait-for answers in r0-r2 and changes nothing else, at once or later");
}

static void test_upcall(void)
{
    (void)raw_subscribe(ABI_DRIVER_ALARM, 0, (uint32_t)(uintptr_t)record, address_of(seen));
    set_alarm_and_let_it_pass();
    struct registers before = registers_with(ABI_YIELD_WAIT, 11, 22, 33);
    struct registers after = before;
    call_yield(&after);
    bool kept = true, seen_kept = true;
    for (uint32_t i = 4; i < 12; i++) {
        kept = kept && after.r[i] == before.r[i];
        seen_kept = seen_kept && seen[i] == before.r[i];
    }
    check(seen[3] == address_of(seen), "an upcall gets its userdata in r3");
    check(seen_kept && seen[12] == before.r[12],
          "an upcall finds r4-r12 as the yield had them, the base of its data in r9 too");
    check(seen[14] % 8 == 0 && address_of(&after) - seen[14] < 256u,
          "an upcall's stack is that of the yield, a multiple of 8");
    uint16_t before_return = ((const uint16_t *)(uintptr_t)(seen[13] & ~1u))[-1];
    check((seen[13] & 1) == 1 && before_return == 0xDF00u,
          "an upcall returns to behind the yield's SVC");
    check(kept, "r4-r11 are kept over an upcall");
    check(after.r[0] == 0xC0 && after.r[1] == 0xC1 && after.r[2] == 0xC2 && after.r[3] == 0xC3,
          "r0-r3 are what the upcall left there");
}

int main(void)
{
    test_commands();
    test_exchanges();
    test_others();
    test_wait_for();
    test_upcall();
    printf("done\n");
    return 0;
}
