/* sim/faults/tests/test_fault_model.c - what disturbances do, on a guest that was assembled.
 *
 * The oracle of a skip: the same run in which a NOP of the same length stands in place of the
 * instruction, for that one execution. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/faults/fault_model.h"
#include "sim/machine/machine_input.h"
#include "sim/machine/machine_snapshot.h"
#include "sim/machine/machine_view.h"
#include "sim/machine/tests/chip_fixture.h"

#define ENTRY_BODY  0x100U
#define ENTRY_DONE  0x104U
#define ENTRY_TWICE 0x108U
#define END_CYCLE   20000U
#define STEPS_MAX   600U

struct lab {
    struct chip chip;
    struct fault_plan *plan;
    void *empty; /* the plan with nothing in it */
    struct machine_snapshot body;
    uint64_t body_instructions;
    uint32_t done;
};

static void save(struct lab *lab, struct machine_snapshot *snapshot)
{
    struct sim_error error = {.status = SIM_OK};
    assert_true(machine_snapshot_save(lab->chip.machine, snapshot, &error));
}

static void go_back(struct lab *lab)
{
    struct sim_error error = {.status = SIM_OK};
    assert_true(machine_snapshot_restore(lab->chip.machine, &lab->body, "body", &error));
    fault_plan_restore(lab->plan, lab->empty);
}

static uint64_t instructions(const struct lab *lab)
{
    return cpu_counters(machine_cpu(lab->chip.machine))->instructions;
}

static uint32_t pc_of(const struct lab *lab)
{
    return cpu_pc(machine_cpu(lab->chip.machine));
}

static void open_lab(struct lab *lab)
{
    struct sim_error error = {.status = SIM_OK};
    *lab = (struct lab){.done = 0};
    chip_create(&lab->chip, "upset", NULL);
    lab->plan = fault_plan_create(lab->chip.machine, &error);
    assert_non_null(lab->plan);
    lab->empty = fault_plan_save(lab->plan);
    lab->done = chip_word(&lab->chip, ENTRY_DONE);
    machine_reset(lab->chip.machine, 0);
    uint32_t body = chip_word(&lab->chip, ENTRY_BODY);
    while (pc_of(lab) != body) {
        assert_int_equal(machine_step(lab->chip.machine, END_CYCLE), MACHINE_STOP_STEP);
    }
    lab->body_instructions = instructions(lab);
    save(lab, &lab->body);
}

static void close_lab(struct lab *lab)
{
    machine_snapshot_free(&lab->body);
    fault_plan_destroy(lab->plan);
    free(lab->empty);
    chip_destroy(&lab->chip);
}

static size_t add(struct lab *lab, const struct fault_action *action)
{
    struct sim_error error = {.status = SIM_OK};
    size_t index = 0;
    if (!fault_plan_add(lab->plan, action, &index, &error)) {
        fail_msg("%s", error.text);
    }
    return index;
}

static void refuse(struct lab *lab, const struct fault_action *action, const char *word)
{
    struct sim_error error = {.status = SIM_OK};
    assert_false(fault_plan_add(lab->plan, action, NULL, &error));
    assert_int_equal(error.status, SIM_WRONG_USE);
    if (strstr(error.text, word) == NULL) {
        fail_msg("'%s' does not say %s", error.text, word);
    }
}

/* One execution of an instruction of the guest's. */
struct step {
    uint32_t pc;
    uint64_t execution;    /* the how many-th of this pc, from 1 */
    uint64_t instructions; /* retired before it, since `body` */
    bool interrupted;      /* an exception was entered right before it */
};

static size_t record(struct lab *lab, struct step *steps)
{
    size_t count = 0;
    bool interrupted = false;
    go_back(lab);
    while (pc_of(lab) != lab->done) {
        assert_true(count < STEPS_MAX);
        uint64_t before = instructions(lab);
        struct step step = {.pc = pc_of(lab),
                            .execution = 1,
                            .instructions = before - lab->body_instructions,
                            .interrupted = interrupted};
        assert_int_equal(machine_step(lab->chip.machine, END_CYCLE), MACHINE_STOP_STEP);
        interrupted = instructions(lab) == before;
        if (interrupted) {
            continue; /* an exception was entered: the instruction comes later */
        }
        for (size_t i = 0; i < count; i++) {
            step.execution += steps[i].pc == step.pc;
        }
        steps[count] = step;
        count++;
    }
    return count;
}

static bool is_wide(uint16_t first)
{
    return first >= 0xE800U;
}

/* The run in which this execution is a NOP's: steps up to it, and puts the NOP there. */
static void run_with_nop(struct lab *lab, const struct step *step)
{
    static const uint16_t nops[2][2] = {{0x46C9U, 0}, {0xEA4FU, 0x0909U}};
    struct machine *machine = lab->chip.machine;
    uint16_t code[2];
    go_back(lab);
    while (instructions(lab) - lab->body_instructions < step->instructions) {
        assert_int_equal(machine_step(machine, END_CYCLE), MACHINE_STOP_STEP);
    }
    while (pc_of(lab) != step->pc) { /* an exception comes first */
        assert_int_equal(machine_step(machine, END_CYCLE), MACHINE_STOP_STEP);
    }
    assert_int_equal(machine_peek(machine, step->pc, code, 4), 4);
    size_t size = is_wide(code[0]) ? 4 : 2;
    (void)machine_poke(machine, step->pc, nops[size / 4], size);
    bool executed = false;
    while (!executed) { /* an interrupt may come first */
        uint64_t before = instructions(lab);
        bool there = pc_of(lab) == step->pc;
        assert_int_equal(machine_step(machine, END_CYCLE), MACHINE_STOP_STEP);
        executed = there && instructions(lab) != before;
    }
    (void)machine_poke(machine, step->pc, code, size);
    (void)machine_run(machine, END_CYCLE);
}

static void compare_runs(struct lab *lab, const struct machine_snapshot *wanted,
                         const struct step *step, const char *how)
{
    struct machine_snapshot got = {0};
    save(lab, &got);
    if (machine_snapshot_hash(&got) != machine_snapshot_hash(wanted)) {
        fail_msg("%s of execution %u of 0x%08x: the run differs from that with a NOP", how,
                 (unsigned)step->execution, (unsigned)step->pc);
    }
    machine_snapshot_free(&got);
}

static void skip_and_compare(struct lab *lab, const struct machine_snapshot *wanted,
                             const struct step *step, const struct fault_point *point)
{
    go_back(lab);
    size_t index = add(lab, &(struct fault_action){.kind = FAULT_ACTION_SKIP, .point = *point});
    (void)fault_plan_run(lab->plan, END_CYCLE);
    assert_int_equal(fault_plan_effect(lab->plan, index)->progress, FAULT_DONE);
    assert_int_equal(fault_plan_effect(lab->plan, index)->pc, step->pc);
    compare_runs(lab, wanted, step, point->at == FAULT_AT_CYCLE ? "by count" : "by address");
}

/* Every instruction of the guest and of its handlers. */
static void test_skip_is_a_nop(void **state)
{
    (void)state;
    static struct step steps[STEPS_MAX];
    struct lab lab;
    struct machine_snapshot wanted = {0};
    open_lab(&lab);
    size_t count = record(&lab, steps);
    assert_in_range(count, 60, STEPS_MAX);
    for (size_t i = 0; i < count; i++) {
        run_with_nop(&lab, &steps[i]);
        save(&lab, &wanted);
        skip_and_compare(&lab, &wanted, &steps[i],
                         &(struct fault_point){.at = FAULT_AT_ADDRESS,
                                               .address = steps[i].pc,
                                               .count = steps[i].execution});
        if (!steps[i].interrupted) {
            skip_and_compare(
                &lab, &wanted, &steps[i],
                &(struct fault_point){.at = FAULT_AT_CYCLE, .instructions = steps[i].instructions});
        }
    }
    machine_snapshot_free(&wanted);
    close_lab(&lab);
}

/* ---- other points ---- */

#define VECTOR_SYSTICK 0x3CU

static void run_to_end(struct lab *lab)
{
    (void)fault_plan_run(lab->plan, END_CYCLE);
}

static void test_point_at_exception(void **state)
{
    (void)state;
    struct lab lab;
    open_lab(&lab);
    uint32_t handler = chip_word(&lab.chip, VECTOR_SYSTICK) & ~1U;
    const struct fault_point point = {.at = FAULT_AT_EXCEPTION, .number = 15, .count = 2};
    struct fault_point later = point;
    later.instructions = 2; /* a move and a load of 4 bytes each */
    size_t first = add(
        &lab, &(struct fault_action){.kind = FAULT_ACTION_REG_FLIP, .name = "r4", .point = point});
    size_t second = add(&lab, &(struct fault_action){.kind = FAULT_ACTION_SKIP, .point = later});
    run_to_end(&lab);
    assert_int_equal(fault_plan_effect(lab.plan, first)->progress, FAULT_DONE);
    assert_int_equal(fault_plan_effect(lab.plan, first)->pc, handler);
    assert_int_equal(fault_plan_effect(lab.plan, second)->pc, handler + 8);
    assert_true(fault_plan_effect(lab.plan, second)->cycle >
                fault_plan_effect(lab.plan, first)->cycle);
    close_lab(&lab);
}

/* A sleeping core executes nothing that could be skipped. */
static void test_skip_of_a_sleeper(void **state)
{
    (void)state;
    struct lab lab;
    open_lab(&lab);
    struct armv7m *core = cpu_core(machine_cpu(lab.chip.machine));
    (void)armv7m_write(core,
                       (struct bus_access){.offset = 0xE010, .size_bytes = 4, .privileged = true},
                       0); /* SysTick is off: nothing wakes it */
    size_t index =
        add(&lab, &(struct fault_action){.kind = FAULT_ACTION_SKIP,
                                         .point = {.at = FAULT_AT_CYCLE, .cycle = END_CYCLE / 2}});
    size_t never =
        add(&lab, &(struct fault_action){
                      .kind = FAULT_ACTION_SKIP,
                      .point = {.at = FAULT_AT_CYCLE, .cycle = END_CYCLE / 2, .instructions = 1}});
    assert_int_equal(fault_plan_run(lab.plan, END_CYCLE), MACHINE_STOP_IDLE);
    assert_int_equal(chip_now(&lab.chip), END_CYCLE);
    assert_int_equal(fault_plan_effect(lab.plan, index)->progress, FAULT_IN_VAIN);
    assert_int_equal(fault_plan_effect(lab.plan, never)->progress, FAULT_WAITS);
    close_lab(&lab);
}

static void test_plan_goes_back(void **state)
{
    (void)state;
    struct lab lab;
    struct machine_snapshot wanted = {0};
    const struct step step = {.pc = 0};
    open_lab(&lab);
    uint32_t twice = chip_word(&lab.chip, ENTRY_TWICE);
    go_back(&lab);
    size_t index = add(&lab, &(struct fault_action){
                                 .kind = FAULT_ACTION_SKIP,
                                 .point = {.at = FAULT_AT_ADDRESS, .address = twice, .count = 2}});
    void *saved = fault_plan_save(lab.plan);
    run_to_end(&lab);
    uint64_t cycle = fault_plan_effect(lab.plan, index)->cycle;
    save(&lab, &wanted);
    go_back(&lab);
    fault_plan_restore(lab.plan, saved);
    assert_int_equal(fault_plan_effect(lab.plan, index)->progress, FAULT_WAITS);
    run_to_end(&lab);
    assert_int_equal(fault_plan_effect(lab.plan, index)->cycle, cycle);
    compare_runs(&lab, &wanted, &step, "again");
    free(saved);
    machine_snapshot_free(&wanted);
    close_lab(&lab);
}

/* ---- other actions; the numbers follow from the guest's source ---- */

#define AT_ONCE                                                                                    \
    {                                                                                              \
        .at = FAULT_AT_CYCLE                                                                       \
    }

static void test_register_flip(void **state)
{
    (void)state;
    struct lab lab;
    open_lab(&lab);
    size_t index =
        add(&lab, &(struct fault_action){
                      .kind = FAULT_ACTION_REG_FLIP, .name = "r1", .bit = 3, .point = AT_ONCE});
    for (int i = 0; i < 3; i++) { /* adds r0, r1; add r4, r0, r2 lsl 3; str r4, [r8] */
        uint64_t now = chip_now(&lab.chip);
        (void)fault_plan_run(lab.plan, now + 1);
    }
    assert_int_equal(fault_plan_effect(lab.plan, index)->before, 1);
    assert_int_equal(fault_plan_effect(lab.plan, index)->after, 9);
    assert_int_equal(chip_regs(&lab.chip).r[0], 9);
    assert_int_equal(chip_word(&lab.chip, 0x20000100), 9 + (2 << 3));
    close_lab(&lab);
}

static void test_control_flip(void **state)
{
    (void)state;
    struct lab lab;
    open_lab(&lab);
    (void)add(&lab, &(struct fault_action){
                        .kind = FAULT_ACTION_REG_FLIP, .name = "control", .point = AT_ONCE});
    (void)fault_plan_run(lab.plan, chip_now(&lab.chip) + 1);
    struct cpu_regs regs = chip_regs(&lab.chip);
    assert_false(cpu_regs_privileged(&regs));
    close_lab(&lab);
}

static void test_memory_flips(void **state)
{
    (void)state;
    struct lab lab;
    open_lab(&lab);
    run_to_end(&lab);
    uint32_t plain = chip_regs(&lab.chip).r[0];
    uint32_t ticks = chip_word(&lab.chip, 0x20000040);
    uint32_t done = lab.done;
    go_back(&lab);
    /* adds r0, #100 (0x3064), three halfwords in front of the end: 102. */
    uint32_t case0 = chip_word(&lab.chip, ENTRY_TWICE) + 0x2E;
    assert_int_equal(chip_word(&lab.chip, case0) & 0xFFFFU, 0x3064);
    size_t flash = add(
        &lab, &(struct fault_action){
                  .kind = FAULT_ACTION_FLASH_FLIP, .address = case0, .bit = 1, .point = AT_ONCE});
    size_t ram =
        add(&lab,
            &(struct fault_action){
                .kind = FAULT_ACTION_RAM_FLIP, .address = 0x20000040, .bit = 17, .point = AT_ONCE});
    run_to_end(&lab);
    assert_int_equal(chip_regs(&lab.chip).r[0], plain + 2);
    assert_int_equal(chip_word(&lab.chip, 0x20000040), ticks ^ 0x20000);
    assert_int_equal(fault_plan_effect(lab.plan, flash)->after, 0x66);
    assert_int_equal(fault_plan_effect(lab.plan, ram)->progress, FAULT_DONE);
    assert_int_equal(lab.done, done);
    close_lab(&lab);
}

struct seen_fault {
    uint32_t count, address, pc;
    enum fault_kind kind;
};

static void on_faulted(void *context, const struct machine_fault *fault)
{
    struct seen_fault *seen = context;
    if (seen->count == 0) {
        *seen = (struct seen_fault){
            .count = 1, .address = fault->address, .pc = fault->pc, .kind = fault->kind};
    }
}

/* Region 0 becomes 64 kB of RAM that is read only, bit by bit, and the MPU is turned on: the first
 * store faults, though its page was written to before. */
static void test_mpu_flips(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint32_t bit;
    } flips[] = {{"rbar", 29}, {"rasr", 0},  {"rasr", 1},  {"rasr", 2}, {"rasr", 3},
                 {"rasr", 4},  {"rasr", 24}, {"rasr", 26}, {"ctrl", 2}, {"ctrl", 0}};
    struct lab lab;
    struct seen_fault seen = {0};
    open_lab(&lab);
    const struct machine_observer observer = {.faulted = on_faulted, .context = &seen};
    assert_true(machine_observe(lab.chip.machine, &observer));
    run_to_end(&lab); /* every page is known */
    assert_int_equal(seen.count, 0);
    go_back(&lab);
    for (size_t i = 0; i < sizeof flips / sizeof flips[0]; i++) {
        (void)add(&lab, &(struct fault_action){.kind = FAULT_ACTION_MPU_FLIP,
                                               .name = flips[i].name,
                                               .bit = flips[i].bit,
                                               .point = AT_ONCE});
    }
    uint32_t body = chip_word(&lab.chip, ENTRY_BODY);
    run_to_end(&lab);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.kind, FAULT_DACCVIOL);
    assert_int_equal(seen.address, 0x20000100);
    assert_int_equal(seen.pc, body + 6); /* str.w r4, [r8] */
    assert_int_equal(fault_plan_effect(lab.plan, 8)->after, MPU_CTRL_PRIVDEFENA);
    close_lab(&lab);
}

static void test_power_cut(void **state)
{
    (void)state;
    struct lab lab;
    struct machine_totals totals;
    open_lab(&lab);
    uint64_t now = chip_now(&lab.chip);
    size_t index =
        add(&lab, &(struct fault_action){.kind = FAULT_ACTION_POWER_CUT,
                                         .value = 5,
                                         .point = {.at = FAULT_AT_CYCLE, .cycle = now + 300}});
    (void)fault_plan_run(lab.plan, now + 64000);
    assert_int_equal(fault_plan_effect(lab.plan, index)->progress, FAULT_DONE);
    assert_in_range(fault_plan_effect(lab.plan, index)->cycle, now + 300, now + 320);
    assert_false(machine_view_powered(lab.chip.machine));
    (void)fault_plan_run(lab.plan, now + 320 + 6 * 64000);
    machine_view_totals(lab.chip.machine, &totals);
    assert_true(machine_view_powered(lab.chip.machine));
    assert_int_equal(totals.resets, 1);
    close_lab(&lab);
}

static void test_device_fault(void **state)
{
    (void)state;
    struct lab lab;
    struct machine_totals totals;
    open_lab(&lab);
    int led = machine_find_device(lab.chip.machine, "led0");
    assert_true(led >= 0);
    size_t index = add(&lab, &(struct fault_action){.kind = FAULT_ACTION_DEVICE,
                                                    .name = "stuck",
                                                    .device = (size_t)led,
                                                    .value = 1,
                                                    .point = AT_ONCE});
    run_to_end(&lab);
    assert_int_equal(fault_plan_effect(lab.plan, index)->progress, FAULT_DONE);
    machine_view_totals(lab.chip.machine, &totals);
    assert_int_equal(totals.refused_inputs, 0);
    close_lab(&lab);
}

/* ---- what there is not ---- */

static void test_refusals(void **state)
{
    (void)state;
    struct lab lab;
    open_lab(&lab);
    const struct fault_action reg = {.kind = FAULT_ACTION_REG_FLIP};
    const char *const none[] = {"r13", "r", "r1x", "R0", "", "s32", "ipsr", "r01"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        struct fault_action action = reg;
        action.name = none[i];
        refuse(&lab, &action, "r0 to r12");
    }
    refuse(&lab, &reg, "r0 to r12");
    const struct {
        struct fault_action action;
        const char *word;
    } wrong[] = {
        {{.kind = FAULT_ACTION_REG_FLIP, .name = "r0", .bit = 32}, "bit 32"},
        {{.kind = FAULT_ACTION_REG_FLIP, .name = "pc", .bit = 0}, "0xfffffffe"},
        {{.kind = FAULT_ACTION_REG_FLIP, .name = "xpsr", .bit = 24}, "bit 24"},
        {{.kind = FAULT_ACTION_REG_FLIP, .name = "primask", .bit = 1}, "bit 1"},
        {{.kind = FAULT_ACTION_RAM_FLIP, .address = 0x20010000}, "0x2000ffff"},
        {{.kind = FAULT_ACTION_RAM_FLIP, .address = 0x2000FFFF, .bit = 8}, "not in RAM"},
        {{.kind = FAULT_ACTION_RAM_FLIP, .address = 0x20000000, .bit = 32}, "0 to 31"},
        {{.kind = FAULT_ACTION_RAM_FLIP, .address = UINT32_MAX, .bit = 31}, "not in RAM"},
        {{.kind = FAULT_ACTION_FLASH_FLIP, .address = 0x80000}, "not in flash"},
        {{.kind = FAULT_ACTION_FLASH_FLIP, .address = 0x10001000}, "not in flash"},
        {{.kind = FAULT_ACTION_MPU_FLIP, .name = "rnr"}, "ctrl, rbar, rasr"},
        {{.kind = FAULT_ACTION_MPU_FLIP}, "ctrl, rbar, rasr"},
        {{.kind = FAULT_ACTION_MPU_FLIP, .name = "rbar", .bit = 4}, "no bit 4"},
        {{.kind = FAULT_ACTION_MPU_FLIP, .name = "rasr", .bit = 31}, "no bit 31"},
        {{.kind = FAULT_ACTION_MPU_FLIP, .name = "ctrl", .bit = 3}, "no bit 3"},
        {{.kind = FAULT_ACTION_MPU_FLIP, .name = "rbar", .bit = 5, .region = 8}, "no region 8"},
        {{.kind = FAULT_ACTION_POWER_CUT, .value = -1}, "takes"},
        {{.kind = FAULT_ACTION_DEVICE, .name = "stuck", .device = 100000}, "no device"},
        {{.kind = FAULT_ACTION_DEVICE, .name = "melt", .device = 0}, "melt"},
        {{.kind = FAULT_ACTION_DEVICE, .device = 0}, ""},
        {{.point = {.at = FAULT_AT_ADDRESS, .address = 0x101, .count = 1}}, "odd"},
        {{.point = {.at = FAULT_AT_ADDRESS, .address = 0x100}}, "from 1"},
        {{.point = {.at = FAULT_AT_EXCEPTION, .number = 15}}, "from 1"},
        {{.kind = FAULT_ACTION_KINDS}, ""},
    };
    for (size_t i = 0; i + 1 < sizeof wrong / sizeof wrong[0]; i++) {
        refuse(&lab, &wrong[i].action, wrong[i].word);
    }
    assert_int_equal(fault_plan_count(lab.plan), 0);
    for (size_t i = 0; i < FAULT_ACTIONS_MAX; i++) {
        (void)add(&lab, &(struct fault_action){.point = {.at = FAULT_AT_ADDRESS,
                                                         .address = 0x4000U + 2 * (uint32_t)i,
                                                         .count = 1}});
    }
    refuse(&lab, &(struct fault_action){.point = AT_ONCE}, "at most 32");
    close_lab(&lab);
}

static void test_words(void **state)
{
    (void)state;
    struct lab lab;
    enum fault_action_kind kind = FAULT_ACTION_KINDS;
    char text[128];
    open_lab(&lab);
    assert_true(fault_action_find("mpu.flip", &kind));
    assert_int_equal(kind, FAULT_ACTION_MPU_FLIP);
    assert_false(fault_action_find("device", &kind));
    assert_false(fault_action_find("", &kind));
    size_t index = add(&lab, &(struct fault_action){.kind = FAULT_ACTION_REG_FLIP,
                                                    .name = "r1",
                                                    .bit = 3,
                                                    .point = {.at = FAULT_AT_CYCLE, .cycle = 100}});
    fault_plan_describe(lab.plan, index, text, sizeof text);
    assert_string_equal(text, "reg.flip: its point has not come");
    run_to_end(&lab);
    fault_plan_describe(lab.plan, index, text, sizeof text);
    assert_non_null(strstr(text, ": 0x1 became 0x9"));
    close_lab(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_skip_is_a_nop),     cmocka_unit_test(test_point_at_exception),
        cmocka_unit_test(test_skip_of_a_sleeper), cmocka_unit_test(test_plan_goes_back),
        cmocka_unit_test(test_register_flip),     cmocka_unit_test(test_control_flip),
        cmocka_unit_test(test_memory_flips),      cmocka_unit_test(test_mpu_flips),
        cmocka_unit_test(test_power_cut),         cmocka_unit_test(test_device_fault),
        cmocka_unit_test(test_refusals),          cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
