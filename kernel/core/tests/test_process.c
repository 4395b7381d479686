#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/abi/tbf.h"
#include "kernel/capsule/process_control.h"
#include "kernel/core/tests/kernel_fixture.h"

/* --- Loading --- */

static void test_first_registers(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    const struct arch_frame *frame = arch_context_frame(&p->context);
    assert_int_equal(p->state, ABI_PROCESS_RUNNING);
    assert_int_equal(p->app_break, p->layout.ram_start + ABI_INITIAL_BREAK_BYTES);
    assert_int_equal(p->context.psp, p->layout.ram_start);
    assert_int_equal(p->context.exc_return, 0xFFFFFFFD);
    assert_int_equal(frame->r0, p->layout.flash_start + p->app.binary);
    assert_int_equal(frame->r1, p->layout.ram_start);
    assert_int_equal(frame->r2, p->layout.ram_end - p->layout.ram_start);
    assert_int_equal(frame->r3, p->app_break);
    assert_int_equal(frame->pc, p->layout.flash_start + p->app.entry);
    assert_int_equal(frame->xpsr, 0x01000000);
}

static void test_loads_all_and_says_so(void **state)
{
    (void)state;
    fixture.config.report_loading = true;
    fixture_add_app(&(struct fixture_app){.name = "first", .total_size = 2048});
    fixture_add_app(&(struct fixture_app){.name = "second"});
    fixture_boot();
    assert_non_null(kernel.process[0]);
    assert_non_null(kernel.process[1]);
    assert_null(kernel.process[2]);
    assert_true(kernel.process[0]->layout.ram_end <= kernel.process[1]->layout.ram_start);
    assert_non_null(strstr(fixture.text, "App first: slot 0, flash 0x00030000-0x00030800"));
    assert_non_null(strstr(fixture.text, "App second: slot 1, flash 0x00030800"));
}

/* Whatever number an app or a capsule takes for an identifier. */
static void test_identifiers_of_nobody(void **state)
{
    (void)state;
    struct process *process = fixture_boot_one();
    for (uint32_t value = 0; value < 4096; value++) {
        struct process *found = process_find((struct process_id){value});
        assert_ptr_equal(found, value == process->id.value ? process : NULL);
    }
}

/* A broken app, a disabled one and padding do not hide the ones behind them. */
static void test_skips_and_says_why(void **state)
{
    (void)state;
    uint32_t broken = fixture_add_app(&(struct fixture_app){.name = "broken"});
    uint32_t off = fixture_add_app(&(struct fixture_app){.name = "off"});
    uint32_t padding = fixture_add_app(&(struct fixture_app){.name = "pad"});
    fixture_add_app(&(struct fixture_app){.name = "good"});
    uint32_t *word = process_memory(broken);
    word[4] ^= 1;
    word = process_memory(off);
    word[2] ^= TBF_FLAG_ENABLED;
    word[3] ^= TBF_FLAG_ENABLED;
    word = process_memory(padding);
    word[0] = 2 | 16 << 16;
    word[3] = word[0] ^ word[1] ^ word[2];
    fixture_boot();
    assert_non_null(kernel.process[0]);
    assert_null(kernel.process[1]);
    assert_memory_equal(process_name(kernel.process[0]).bytes, "good", 4);
    assert_non_null(strstr(fixture.text, "App at 0x00030000 not loaded: its header's checksum"));
    assert_non_null(strstr(fixture.text, "App off at 0x00030400 not loaded: it is disabled"));
    assert_null(strstr(fixture.text, "padding"));
}

static void test_refusals_by_name(void **state)
{
    (void)state;
    static const uint8_t fixed_flash[] = {5,    0,    8,    0,    0xFF, 0xFF,
                                          0xFF, 0xFF, 0x00, 0x00, 0x04, 0x00};
    static const uint8_t fixed_ram[] = {5, 0, 8, 0, 0x00, 0x00, 0x00, 0x10, 0xFF, 0xFF, 0xFF, 0xFF};
    fixture_add_app(&(struct fixture_app){.name = "huge", .minimum_ram = 0x20000});
    fixture_add_app(&(struct fixture_app){
        .name = "there", .extra = fixed_flash, .extra_bytes = sizeof(fixed_flash)});
    fixture_add_app(&(struct fixture_app){
        .name = "elsewhere", .extra = fixed_ram, .extra_bytes = sizeof(fixed_ram)});
    fixture_add_app(&(struct fixture_app){.name = "odd", .total_size = 1028});
    fixture_boot();
    assert_null(kernel.process[0]);
    assert_non_null(strstr(fixture.text, "App huge at 0x00030000 not loaded: not enough RAM"));
    assert_non_null(strstr(fixture.text, "there at 0x00030400 not loaded: it is linked for ano"));
    assert_non_null(
        strstr(fixture.text, "elsewhere at 0x00030800 not loaded: it is linked for RAM"));
    assert_non_null(strstr(fixture.text, "odd at 0x00030c00 not loaded: the MPU cannot cover"));
}

static void test_fixed_ram_is_honoured(void **state)
{
    (void)state;
    static const uint8_t fixed_ram[] = {5, 0, 8, 0, 0x00, 0x20, 0x00, 0x20, 0xFF, 0xFF, 0xFF, 0xFF};
    fixture_add_app(&(struct fixture_app){.extra = fixed_ram, .extra_bytes = sizeof(fixed_ram)});
    fixture_boot();
    assert_int_equal(kernel.process[0]->layout.ram_start, 0x20002000);
}

static void test_slots_run_out(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < KERNEL_PROCESS_SLOTS + 1; i++) {
        fixture_add_app(&(struct fixture_app){.name = "many"});
    }
    fixture_boot();
    assert_non_null(kernel.process[KERNEL_PROCESS_SLOTS - 1]);
    assert_non_null(strstr(fixture.text, "all process slots are taken"));
}

/* Blocks of all processes lie apart and inside the RAM that there is, down to the last byte. */
static void test_ram_runs_out(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 12; i++) {
        fixture_add_app(&(struct fixture_app){.minimum_ram = 4000 + 700 * i});
    }
    fixture_boot();
    uint32_t last_end = FIXTURE_RAM;
    uint32_t count = 0;
    for (uint32_t i = 0; i < KERNEL_PROCESS_SLOTS; i++) {
        const struct process *p = kernel.process[i];
        if (p != NULL) {
            assert_true(p->layout.ram_start >= last_end);
            assert_int_equal((uintptr_t)p, p->grant_start);
            assert_true((uintptr_t)p + process_block_bytes() <= p->layout.ram_end);
            last_end = p->layout.ram_end;
            count++;
        }
    }
    assert_true(last_end <= FIXTURE_RAM + FIXTURE_RAM_BYTES);
    assert_true(count > 4 && count < 12);
    assert_non_null(strstr(fixture.text, "not enough RAM is left"));
}

/* --- Faults and what follows --- */

static void fault(struct process *p)
{
    fixture.text[0] = '\0';
    static const struct arch_fault f = {4, 0x82, 0, 0x12345678, 0};
    process_fault(p, &f, TEXT_NOTHING);
}

static void test_fault_is_reported_in_one_line(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    arch_context_frame(&p->context)->pc = 0x30100;
    fault(p);
    assert_string_equal(fixture.text, "Process app (slot 0) faulted: MemManage DACCVIOL at "
                                      "0x12345678, pc 0x00030100\r\n");
    assert_int_equal(p->state, ABI_PROCESS_FAULTED);
    assert_false(process_id_is_alive(p->id));
}

/* Stacking failed: the frame is not what the process had. */
static void test_fault_without_a_frame(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    p->context.psp = 0x20008000;
    fixture.text[0] = '\0';
    process_fault(p, &(struct arch_fault){4, 0x10, 0, 0, 0}, TEXT_NOTHING);
    assert_string_equal(fixture.text, "Process app (slot 0) faulted: MemManage MSTKERR, pc "
                                      "unknown, sp 0x20008000\r\n");
}

static void test_restart_at_most(void **state)
{
    (void)state;
    fixture.fault_rule.policy = KERNEL_FAULT_THRESHOLD_RESTART;
    fixture.fault_rule.threshold = 1;
    struct process *p = fixture_boot_one();
    for (uint32_t i = 0; i < 2; i++) {
        struct process_id before = p->id;
        fault(p);
        assert_int_equal(p->state, ABI_PROCESS_RUNNING);
        assert_false(process_id_is_equal(before, p->id));
    }
    fault(p);
    assert_int_equal(p->state, ABI_PROCESS_FAULTED);
    assert_int_equal(p->restarts, 2);
}

static void test_rule_by_name(void **state)
{
    (void)state;
    static const struct kernel_fault_rule rules[] = {
        {"b", KERNEL_FAULT_RESTART, 0},
        {NULL, KERNEL_FAULT_STOP, 0},
    };
    fixture.config.fault_rules = rules;
    fixture.config.fault_rule_count = 2;
    fixture_add_app(&(struct fixture_app){.name = "bb"});
    fixture_add_app(&(struct fixture_app){.name = "b"});
    fixture_boot();
    fault(kernel.process[0]);
    assert_int_equal(kernel.process[0]->state, ABI_PROCESS_FAULTED);
    for (uint32_t i = 0; i < 50; i++) {
        fault(kernel.process[1]);
    }
    assert_int_equal(kernel.process[1]->state, ABI_PROCESS_RUNNING);
}

static void fault_first(void *unused)
{
    (void)unused;
    fault(kernel.process[0]);
}

static void test_panic_policy_dumps(void **state)
{
    (void)state;
    fixture.fault_rule.policy = KERNEL_FAULT_PANIC;
    fixture_boot_one();
    assert_true(fixture_panics(fault_first, NULL));
    static const char *const expected[] = {"Kernel panic",   "a process faulted", "App: app",
                                           "Faulted",        "CFSR 0x00000082",   "RAM start",
                                           "region 7  RBAR", "End of panic"};
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        if (strstr(fixture.text, expected[i]) == NULL) {
            fail_msg("the dump lacks '%s'", expected[i]);
        }
    }
}

static void kernel_faults(void *unused)
{
    (void)unused;
    static const uint32_t r4_to_r11[8] = {0x44, 0x55};
    static const struct arch_frame frame = {.pc = 0x1234};
    kernel_take_fault(&(struct arch_kernel_fault){
        .fault = {5, 0x8200, 0, 0, 0x40404040},
        .frame = &frame,
        .r4_to_r11 = r4_to_r11,
        .sp = 0x20000700,
    });
}

static void test_kernel_fault_dumps(void **state)
{
    (void)state;
    fixture_boot_one();
    assert_true(fixture_panics(kernel_faults, NULL));
    assert_non_null(strstr(fixture.text, "the kernel faulted: BusFault PRECISERR at 0x40404040"));
    assert_non_null(strstr(fixture.text, "pc 0x00001234"));
    assert_non_null(strstr(fixture.text, "App: app"));
}

/* A restart zeroes what the process reaches at once, and restores the break. */
static void test_restart_starts_afresh(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    fixture_grow(p, 800);
    memset(process_memory(p->layout.ram_start), 0xEE, 800);
    p->stack_top = 1;
    process_restart(p);
    assert_int_equal(p->app_break, p->layout.ram_start + ABI_INITIAL_BREAK_BYTES);
    assert_int_equal(p->stack_top, 0);
    assert_int_equal(p->restarts, 1);
    assert_int_equal(arch_context_frame(&p->context)->pc, p->layout.flash_start + p->app.entry);
    assert_int_equal(p->context.psp, p->layout.ram_start);
}

/* --- Control --- */

static void test_stop_and_start(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    assert_int_equal(process_act(p->id, ABI_PROCESS_START), K_EALREADY);
    assert_int_equal(process_act(p->id, ABI_PROCESS_STOP), K_OK);
    assert_int_equal(p->state, ABI_PROCESS_STOPPED);
    assert_int_equal(process_act(p->id, ABI_PROCESS_STOP), K_EALREADY);
    assert_true(process_id_is_alive(p->id));
    assert_int_equal(process_act(p->id, ABI_PROCESS_START), K_OK);
    assert_int_equal(p->state, ABI_PROCESS_RUNNING);
}

static void test_terminate_and_boot(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    struct process_id first = p->id;
    assert_int_equal(process_act(first, ABI_PROCESS_BOOT), K_EALREADY);
    assert_int_equal(process_act(first, ABI_PROCESS_TERMINATE), K_OK);
    assert_int_equal(p->state, ABI_PROCESS_TERMINATED);
    assert_int_equal(process_act(first, ABI_PROCESS_STOP), K_EALREADY);
    assert_int_equal(process_act(first, ABI_PROCESS_BOOT), K_OK);
    assert_int_equal(p->state, ABI_PROCESS_RUNNING);
    assert_int_equal(process_act(first, ABI_PROCESS_BOOT), K_ENODEVICE);
    assert_int_equal(process_act(first, ABI_PROCESS_TERMINATE), K_ENODEVICE);
}

static void test_fault_on_request(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    assert_int_equal(process_act(p->id, ABI_PROCESS_FAULT), K_OK);
    assert_int_equal(p->state, ABI_PROCESS_FAULTED);
    assert_non_null(strstr(fixture.text, "faulted: on request"));
}

static void test_view(void **state)
{
    (void)state;
    fixture_add_app(&(struct fixture_app){.name = "seen"});
    fixture_boot();
    struct process_view view;
    assert_false(process_view_get(1, &view));
    assert_false(process_view_get(KERNEL_PROCESS_SLOTS, &view));
    assert_true(process_view_get(0, &view));
    assert_memory_equal(view.name.bytes, "seen", 4);
    assert_int_equal(view.name.length, 4);
    assert_int_equal(view.grants_used, 0);
    assert_int_equal(view.grants_total, 4); /* the core has two */
    assert_int_equal(view.state, ABI_PROCESS_RUNNING);
    uint32_t value;
    fixture_enter(view.id, &value, 0);
    process_view_get(0, &view);
    assert_int_equal(view.grants_used, 1);
    struct process_id id;
    assert_true(process_find_by_name(SLICE_OF_TEXT("seen"), &id));
    assert_true(process_id_is_equal(id, view.id));
    assert_false(process_find_by_name(SLICE_OF_TEXT("see"), &id));
}

/* A process that restarts all the time runs out of identifiers alone. */
static void test_identifiers_run_out_for_one(void **state)
{
    (void)state;
    fixture_add_app(&(struct fixture_app){0});
    fixture_add_app(&(struct fixture_app){0});
    fixture_boot();
    struct process *greedy = kernel.process[0];
    struct process *other = kernel.process[1];
    greedy->id.value = 0xFFFFFE00u;
    struct process_id last_but_one = greedy->id;
    fixture_call(greedy, ABI_CLASS_EXIT, ABI_EXIT_RESTART, 0, 0, 0);
    assert_int_equal(greedy->state, ABI_PROCESS_RUNNING);
    assert_false(process_id_is_equal(greedy->id, last_but_one));
    fixture_call(greedy, ABI_CLASS_EXIT, ABI_EXIT_RESTART, 0, 0, 0);
    assert_int_equal(greedy->state, ABI_PROCESS_TERMINATED);
    fixture_call(other, ABI_CLASS_EXIT, ABI_EXIT_RESTART, 0, 0, 0);
    assert_int_equal(other->state, ABI_PROCESS_RUNNING);
    assert_int_equal(other->restarts, 1);
}

/* What an image says it is called goes to somebody's terminal. */
static void test_names_cannot_steer_the_terminal(void **state)
{
    (void)state;
    char name[200] = "x\x1B[2J\x07\x9B\x7F\n";
    memset(name + 9, 'y', sizeof(name) - 10);
    fixture.config.report_loading = true;
    fixture_add_app(&(struct fixture_app){.name = name});
    fixture_boot();
    process_fault(kernel.process[0], NULL, TEXT_FAULT_ASKED_FOR);
    assert_non_null(strstr(fixture.text, "App x?[2J????yyy"));
    assert_non_null(strstr(fixture.text, "Process x?[2J????yyy"));
    assert_null(strchr(fixture.text, '\x1B'));
    assert_null(strstr(fixture.text, "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_first_registers, fixture_setup),
        cmocka_unit_test_setup(test_loads_all_and_says_so, fixture_setup),
        cmocka_unit_test_setup(test_identifiers_of_nobody, fixture_setup),
        cmocka_unit_test_setup(test_skips_and_says_why, fixture_setup),
        cmocka_unit_test_setup(test_refusals_by_name, fixture_setup),
        cmocka_unit_test_setup(test_fixed_ram_is_honoured, fixture_setup),
        cmocka_unit_test_setup(test_slots_run_out, fixture_setup),
        cmocka_unit_test_setup(test_ram_runs_out, fixture_setup),
        cmocka_unit_test_setup(test_fault_is_reported_in_one_line, fixture_setup),
        cmocka_unit_test_setup(test_fault_without_a_frame, fixture_setup),
        cmocka_unit_test_setup(test_restart_at_most, fixture_setup),
        cmocka_unit_test_setup(test_rule_by_name, fixture_setup),
        cmocka_unit_test_setup(test_panic_policy_dumps, fixture_setup),
        cmocka_unit_test_setup(test_kernel_fault_dumps, fixture_setup),
        cmocka_unit_test_setup(test_restart_starts_afresh, fixture_setup),
        cmocka_unit_test_setup(test_stop_and_start, fixture_setup),
        cmocka_unit_test_setup(test_terminate_and_boot, fixture_setup),
        cmocka_unit_test_setup(test_fault_on_request, fixture_setup),
        cmocka_unit_test_setup(test_view, fixture_setup),
        cmocka_unit_test_setup(test_identifiers_run_out_for_one, fixture_setup),
        cmocka_unit_test_setup(test_names_cannot_steer_the_terminal, fixture_setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
