/* Processes as seen from outside: start, calls, break, switches, faults' owners. */
#include "sim/machine/process_watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/abi/drivers.h"
#include "kernel/abi/syscall.h"

#define RAM_A   0x20001000U
#define RAM_B   0x20002000U
#define RAM_LEN 0x800U
#define FLASH_A 0x00030000U
#define FLASH_B 0x00031000U

static struct tbf_app make_app(const char *name, uint32_t address)
{
    struct tbf_app app = {
        .path = name,
        .address = address,
        .info = {.total_bytes = 0x1000, .entry_offset = 0x81, .app_offset = 0x40}};
    strcpy(app.info.name, name);
    return app;
}

static void make_watch(struct process_watch *watch)
{
    struct tbf_app a = make_app("a", FLASH_A);
    struct tbf_app b = make_app("b", FLASH_B);
    process_watch_init(watch);
    assert_true(process_watch_add(watch, &a));
    assert_true(process_watch_add(watch, &b));
}

static struct cpu_regs process_regs(uint32_t pc, uint32_t psp)
{
    return (struct cpu_regs){
        .pc = pc, .psp = psp, .xpsr = XPSR_T, .control = CONTROL_NPRIV | CONTROL_SPSEL};
}

static struct cpu_regs fresh_regs(uint32_t flash, uint32_t ram)
{
    struct cpu_regs regs = process_regs(flash + 0x80, ram + ABI_INITIAL_BREAK_BYTES);
    regs.r[0] = flash + 0x40;
    regs.r[1] = ram;
    regs.r[2] = RAM_LEN;
    regs.r[3] = ram + ABI_INITIAL_BREAK_BYTES;
    return regs;
}

/* One region over [base, +256). */
static struct mpu_state open_mpu(uint32_t base)
{
    struct mpu_state mpu;
    mpu_reset(&mpu);
    mpu_register_write(&mpu, MPU_RBAR, base | 1U << 4);
    mpu_register_write(&mpu, MPU_RASR, 3U << 24 | 7U << 1 | 1U);
    mpu_register_write(&mpu, MPU_CTRL, MPU_CTRL_ENABLE | MPU_CTRL_PRIVDEFENA);
    return mpu;
}

static void test_start_switch_and_time(void **state)
{
    (void)state;
    struct process_watch watch;
    bool fresh = false;
    make_watch(&watch);
    struct mpu_state mpu = open_mpu(RAM_A);
    struct cpu_regs regs = fresh_regs(FLASH_A, RAM_A);
    assert_int_equal(process_watch_resumed(&watch, &regs, &mpu, 100, &fresh), 0);
    assert_true(fresh);
    assert_int_equal(watch.process[0].ram_base, RAM_A);
    assert_int_equal(watch.process[0].starts, 1);
    assert_int_equal(process_watch_entered(&watch, 150), 0);
    assert_int_equal(watch.process[0].cycles, 50);
    assert_int_equal(process_watch_entered(&watch, 160), PROCESS_NONE);
    regs = fresh_regs(FLASH_B, RAM_B);
    assert_int_equal(process_watch_resumed(&watch, &regs, &mpu, 200, &fresh), 1);
    assert_int_equal(process_watch_entered(&watch, 201), 1);
    regs = process_regs(FLASH_A + 0x100, RAM_A + 0x200);
    assert_int_equal(process_watch_resumed(&watch, &regs, &mpu, 300, &fresh), 0);
    assert_false(fresh);
    assert_int_equal(watch.context_switches, 3);
    regs.control = 0;
    assert_int_equal(process_watch_resumed(&watch, &regs, &mpu, 400, &fresh), PROCESS_NONE);
}

static void test_break_follows_the_answers(void **state)
{
    (void)state;
    struct process_watch watch;
    bool fresh = false;
    make_watch(&watch);
    struct mpu_state mpu = open_mpu(RAM_A);
    struct cpu_regs regs = fresh_regs(FLASH_A, RAM_A);
    process_watch_resumed(&watch, &regs, &mpu, 0, &fresh);
    struct watched_call call = {.call_class = ABI_CLASS_MEMOP,
                                .argument = {ABI_MEMOP_BRK, RAM_A + 0x300},
                                .pc = FLASH_A + 0x100};
    process_watch_entered(&watch, 1);
    process_watch_called(&watch, 0, &call);
    regs = process_regs(call.pc, RAM_A + 0x20);
    regs.r[0] = ABI_FAILURE;
    process_watch_resumed(&watch, &regs, &mpu, 2, &fresh);
    assert_int_equal(watch.process[0].break_address, RAM_A + ABI_INITIAL_BREAK_BYTES);
    process_watch_entered(&watch, 3);
    process_watch_called(&watch, 0, &call);
    regs.r[0] = ABI_SUCCESS;
    process_watch_resumed(&watch, &regs, &mpu, 4, &fresh);
    assert_int_equal(watch.process[0].break_address, RAM_A + 0x300);
    call.argument[0] = ABI_MEMOP_SBRK;
    call.argument[1] = 0x80;
    process_watch_entered(&watch, 5);
    process_watch_called(&watch, 0, &call);
    regs.r[0] = ABI_SUCCESS_U32;
    regs.r[1] = RAM_A + 0x300;
    process_watch_resumed(&watch, &regs, &mpu, 6, &fresh);
    assert_int_equal(watch.process[0].break_address, RAM_A + 0x380);
    assert_int_equal(watch.process[0].calls[ABI_CLASS_MEMOP], 3);
    assert_int_equal(watch.calls, 3);
}

static void test_who_owns_a_byte(void **state)
{
    (void)state;
    struct process_watch watch;
    bool fresh = false;
    make_watch(&watch);
    struct mpu_state mpu = open_mpu(RAM_A);
    struct cpu_regs regs = fresh_regs(FLASH_A, RAM_A);
    process_watch_resumed(&watch, &regs, &mpu, 0, &fresh);
    static const struct {
        uint32_t address;
        enum owner_kind kind;
        int process;
    } cases[] = {{RAM_A, OWNER_PROCESS_OPEN, 0},
                 {RAM_A + 255, OWNER_PROCESS_OPEN, 0},
                 {RAM_A + 256, OWNER_PROCESS_CLOSED, 0},
                 {RAM_A + RAM_LEN - 1, OWNER_PROCESS_CLOSED, 0},
                 {RAM_A + RAM_LEN, OWNER_NOBODY, PROCESS_NONE},
                 {RAM_A - 1, OWNER_NOBODY, PROCESS_NONE},
                 {RAM_B, OWNER_NOBODY, PROCESS_NONE}, /* b was never entered */
                 {FLASH_B + 0xFFF, OWNER_PROCESS_FLASH, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct owner owner = process_watch_owner(&watch, cases[i].address);
        assert_int_equal(owner.kind, cases[i].kind);
        assert_int_equal(owner.process, cases[i].process);
    }
    assert_int_equal(watch.process[0].open_bytes, 256);
    assert_int_equal(watch.process[1].open_bytes, 0);
    process_watch_reset(&watch);
    assert_int_equal(process_watch_owner(&watch, RAM_A).kind, OWNER_NOBODY);
}

static void offer(struct process_watch *watch, uint32_t number, uint32_t address, uint32_t bytes)
{
    const struct watched_call call = {.call_class = ABI_CLASS_ALLOW_READ_ONLY,
                                      .argument = {1, number, address, bytes},
                                      .pc = FLASH_A + 0x100};
    process_watch_called(watch, 0, &call);
}

static void test_what_nobody_else_has_business_with(void **state)
{
    (void)state;
    struct process_watch watch;
    bool fresh = false;
    make_watch(&watch);
    struct mpu_state mpu = open_mpu(RAM_A);
    struct cpu_regs regs = fresh_regs(FLASH_A, RAM_A);
    process_watch_resumed(&watch, &regs, &mpu, 0, &fresh);
    assert_int_equal(process_watch_intimate(&watch, RAM_A, 1), 0);
    assert_int_equal(process_watch_intimate(&watch, RAM_A - 4, 5), 0);
    assert_int_equal(process_watch_intimate(&watch, RAM_A - 4, 4), PROCESS_NONE);
    assert_int_equal(process_watch_intimate(&watch, RAM_A + 255, 9), 0);
    assert_int_equal(process_watch_intimate(&watch, RAM_A + 256, 4), PROCESS_NONE); /* grants */
    assert_int_equal(process_watch_intimate(&watch, RAM_B, 4), PROCESS_NONE);
    assert_int_equal(process_watch_intimate(&watch, 0xFFFFFFFFU, 4), PROCESS_NONE);
    offer(&watch, 1, RAM_A + 16, 8);
    assert_int_equal(process_watch_intimate(&watch, RAM_A + 16, 8), PROCESS_NONE);
    assert_int_equal(process_watch_intimate(&watch, RAM_A + 16, 9), 0);
    assert_int_equal(process_watch_intimate(&watch, RAM_A + 15, 2), 0);
    offer(&watch, 1, 0, 0); /* takes it back */
    assert_int_equal(process_watch_intimate(&watch, RAM_A + 16, 8), 0);
    for (uint32_t i = 0; i < PROCESS_WATCH_OFFERS; i++) {
        offer(&watch, i, RAM_A + 32, 4);
    }
    assert_int_equal(process_watch_intimate(&watch, RAM_A, 1), 0);
    offer(&watch, PROCESS_WATCH_OFFERS, RAM_A + 64, 4); /* one more than are kept */
    assert_int_equal(process_watch_intimate(&watch, RAM_A, 1), PROCESS_NONE);
    process_watch_resumed(&watch, &regs, &mpu, 9, &fresh); /* a new life */
    assert_int_equal(process_watch_intimate(&watch, RAM_A + 64, 4), 0);
}

static void test_what_is_shared(void **state)
{
    (void)state;
    struct process_watch watch;
    bool fresh = false;
    make_watch(&watch);
    struct mpu_state mpu = open_mpu(RAM_A);
    struct cpu_regs regs = fresh_regs(FLASH_A, RAM_A);
    process_watch_resumed(&watch, &regs, &mpu, 0, &fresh);
    offer(&watch, 1, RAM_A + 32, 32); /* to the kernel only */
    assert_false(process_watch_is_shared(&watch, RAM_A + 32));
    struct watched_call call = {.call_class = ABI_CLASS_ALLOW_READ_WRITE,
                                .argument = {ABI_DRIVER_IPC, 1, RAM_A + 64, 64},
                                .pc = FLASH_A + 0x100};
    process_watch_called(&watch, 0, &call);
    assert_false(process_watch_is_shared(&watch, RAM_A + 63));
    assert_true(process_watch_is_shared(&watch, RAM_A + 64));
    assert_true(process_watch_is_shared(&watch, RAM_A + 127));
    assert_false(process_watch_is_shared(&watch, RAM_A + 128));
    call.argument[2] = RAM_A + 224; /* what it does not have it cannot share */
    process_watch_called(&watch, 0, &call);
    assert_false(process_watch_is_shared(&watch, RAM_A + 64));
    assert_true(process_watch_is_shared(&watch, RAM_A + 255));
    assert_false(process_watch_is_shared(&watch, RAM_A + 256));
    call.argument[3] = 0;
    process_watch_called(&watch, 0, &call);
    assert_false(process_watch_is_shared(&watch, RAM_A + 255));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_start_switch_and_time),
        cmocka_unit_test(test_break_follows_the_answers),
        cmocka_unit_test(test_who_owns_a_byte),
        cmocka_unit_test(test_what_nobody_else_has_business_with),
        cmocka_unit_test(test_what_is_shared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
