/* The map of owners on the real kernel: quiet while all is well, and each planted breach is named.
 * Firmware and apps are those of the build. */
#include "sim/faults/ownership.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/abi/drivers.h"
#include "kernel/abi/syscall.h"
#include "sim/loader/little_endian.h"
#include "sim/machine/machine_input.h"
#include "sim/machine/machine_view.h"
#include "sim/machine/tests/snapshot_bench.h"

#define MS     64000U /* cycles */
#define BOOTED (400U * MS)

struct scene {
    struct snapshot_bench bench;
    struct ownership *ownership;
};

static const char *const two_apps[] = {"apps/hello.tbf", "apps/buttons.tbf", NULL};

static void open_scene(struct scene *scene, const char *board, const char *firmware,
                       const char *const *apps)
{
    struct sim_error error = {0};
    const struct snapshot_guest guest = {.board = board, .firmware = firmware, .apps = apps};
    snapshot_bench_open(&scene->bench, &guest);
    scene->ownership = ownership_create(scene->bench.machine, NULL, &error);
    assert_non_null(scene->ownership);
}

static void close_scene(struct scene *scene)
{
    ownership_destroy(scene->ownership);
    snapshot_bench_close(&scene->bench);
}

static void run_to(struct scene *scene, uint64_t cycle)
{
    machine_run(scene->bench.machine, cycle);
}

static int find_process(const struct scene *scene, const char *name)
{
    const struct process_watch *watch = machine_view_processes(scene->bench.machine);
    for (size_t i = 0; i < watch->count; i++) {
        if (strcmp(watch->process[i].name, name) == 0) {
            return (int)i;
        }
    }
    fail_msg("no process %s", name);
    return -1;
}

static void expect_quiet(const struct scene *scene)
{
    size_t count = 0;
    char text[256];
    const struct ownership_breach *breach = ownership_breaches(scene->ownership, &count);
    if (count > 0) {
        ownership_describe(scene->ownership, breach, text, sizeof text);
        fail_msg("%s", text);
    }
}

static const struct ownership_breach *expect_breach(const struct scene *scene,
                                                    enum ownership_breach_kind kind)
{
    size_t count = 0;
    const struct ownership_breach *breach = ownership_breaches(scene->ownership, &count);
    for (size_t i = 0; i < count; i++) {
        if (breach[i].kind == kind) {
            return &breach[i];
        }
    }
    fail_msg("no breach of kind %d among %zu", (int)kind, count);
    return NULL;
}

static const struct ownership_process *process_of(const struct scene *scene, int process)
{
    return &ownership_map_of(scene->ownership)->process[process];
}

static void poke_word(const struct scene *scene, uint32_t address, uint32_t value)
{
    uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                        (uint8_t)(value >> 24)};
    assert_int_equal(machine_poke(scene->bench.machine, address, bytes, 4), 4);
}

static uint32_t peek_word(const struct scene *scene, uint32_t address)
{
    uint8_t bytes[4];
    assert_int_equal(machine_peek(scene->bench.machine, address, bytes, 4), 4);
    return little_endian_u32(bytes);
}

static void press_button(const struct scene *scene, uint64_t cycle)
{
    int button = machine_find_device(scene->bench.machine, "button0");
    assert_true(machine_add_input(scene->bench.machine, button, cycle, "press", 1));
}

/* ---- no false alarm ---- */

static void test_apps_that_behave(void **state)
{
    (void)state;
    static const char *const apps[] = {"apps/hello.tbf",
                                       "apps/buttons.tbf",
                                       "apps/hmac.tbf",
                                       "apps/sensors.tbf",
                                       "apps/sha.tbf",
                                       "apps/blink.tbf",
                                       NULL};
    struct scene scene;
    open_scene(&scene, "nrf52dk", "kernel/nrf52dk.elf", apps);
    run_to(&scene, 2000U * MS);
    expect_quiet(&scene);
    ownership_check_flash(scene.ownership);
    expect_quiet(&scene);
    assert_true(ownership_cost(scene.ownership).stays > 100);
    close_scene(&scene);
}

/* What they do is refused, or ends them; nobody else is touched. */
static void test_apps_that_attack(void **state)
{
    (void)state;
    static const char *const attacks[][4] = {
        {"apps/tests/attack_random.tbf", "apps/tests/attack_alarm.tbf", "apps/hello.tbf", NULL},
        {"apps/trespass-kernel.tbf", "apps/trespass-neighbour.tbf", "apps/trespass-code.tbf", NULL},
        {"apps/tests/attack_stack.tbf", "apps/tests/attack_frame.tbf", "apps/hello.tbf", NULL},
        {"apps/tests/abi_memory.tbf", "apps/tests/abi_exchange.tbf", "apps/tests/abi_yield.tbf",
         NULL},
        {"apps/tests/abi_reborn_restart.tbf", "apps/tests/abi_reborn_fault.tbf",
         "apps/tests/abi_bad_class_8.tbf", NULL},
    };
    for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
        struct scene scene;
        open_scene(&scene, "nrf52dk", "kernel/nrf52dk.elf", attacks[i]);
        run_to(&scene, 600U * MS);
        expect_quiet(&scene);
        close_scene(&scene);
    }
}

static void test_owners(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene, "nrf52dk", "kernel/nrf52dk.elf", two_apps);
    run_to(&scene, BOOTED);
    int hello = find_process(&scene, "hello");
    const struct ownership_process *process = process_of(&scene, hello);
    struct ownership_answer answer = ownership_of(scene.ownership, process->ram.start);
    assert_int_equal(answer.kind, OWNERSHIP_APP_MEMORY);
    assert_int_equal(answer.process, hello);
    answer = ownership_of(scene.ownership, process->ram.end - 1);
    assert_int_equal(answer.kind, OWNERSHIP_GRANT_MEMORY);
    assert_int_equal(answer.process, hello);
    answer = ownership_of(scene.ownership, process->flash.start);
    assert_int_equal(answer.kind, OWNERSHIP_APP_FLASH);
    assert_int_equal(ownership_of(scene.ownership, 0).kind, OWNERSHIP_KERNEL_FLASH);
    assert_int_equal(ownership_of(scene.ownership, 0x2000FFF0).kind, OWNERSHIP_FREE);
    assert_int_equal(ownership_of(scene.ownership, 0x40000000).kind, OWNERSHIP_NO_MEMORY);
    close_scene(&scene);
}

/* ---- planted breaches ---- */

static void test_memory_that_was_not_lent(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene, "nrf52dk", "kernel/nrf52dk.elf", two_apps);
    run_to(&scene, BOOTED); /* both wait */
    int buttons = find_process(&scene, "buttons");
    uint32_t address = process_of(&scene, buttons)->ram.start + 4;
    poke_word(&scene, address, peek_word(&scene, address) ^ 0xFF);
    run_to(&scene, 2500U * MS); /* hello has run meanwhile */
    const struct ownership_breach *breach = expect_breach(&scene, OWNERSHIP_BREACH_KERNEL_WROTE);
    assert_int_equal(breach->address, address);
    assert_int_equal(breach->whose, buttons);
    close_scene(&scene);
}

static void test_a_dead_process_is_written(void **state)
{
    (void)state;
    static const char *const apps[] = {"apps/hello.tbf", "apps/tests/abi_exit.tbf", NULL};
    struct scene scene;
    open_scene(&scene, "nrf52dk", "kernel/nrf52dk.elf", apps);
    run_to(&scene, 3000U * MS); /* hello ran after its end */
    int dead = find_process(&scene, "abi_exit");
    assert_false(process_of(&scene, dead)->alive);
    expect_quiet(&scene);
    poke_word(&scene, process_of(&scene, dead)->ram.start, 0x12345678);
    run_to(&scene, 5000U * MS);
    assert_int_equal(expect_breach(&scene, OWNERSHIP_BREACH_DEAD_WRITTEN)->whose, dead);
    close_scene(&scene);
}

static void test_flash(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene, "nrf52dk", "kernel/nrf52dk.elf", two_apps);
    run_to(&scene, BOOTED);
    int hello = find_process(&scene, "hello");
    uint32_t address = process_of(&scene, hello)->flash.start + 0x100;
    poke_word(&scene, address, ~peek_word(&scene, address));
    ownership_check_flash(scene.ownership);
    const struct ownership_breach *breach = expect_breach(&scene, OWNERSHIP_BREACH_FLASH);
    assert_int_equal(breach->address, address);
    assert_int_equal(breach->whose, hello);
    close_scene(&scene);
}

/* The words of a region as the kernel keeps them for its process. */
static uint32_t find_in_grants(const struct scene *scene, int process, uint32_t value)
{
    const struct ownership_process *owner = process_of(scene, process);
    for (uint32_t at = owner->asked_break & ~3U; at < owner->ram.end; at += 4) {
        if (peek_word(scene, at) == value) {
            return at;
        }
    }
    fail_msg("0x%08x is not there", value);
    return 0;
}

static void test_a_region_that_is_too_wide(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene, "nrf52dk", "kernel/nrf52dk.elf", two_apps);
    run_to(&scene, BOOTED);
    int buttons = find_process(&scene, "buttons");
    const struct mpu_state *mpu =
        &machine_view_processes(scene.bench.machine)->process[buttons].mpu;
    unsigned region = 0;
    while ((mpu->rasr[region] & 1U) == 0 || mpu->rbar[region] < 0x20000000U) {
        region++;
    }
    uint32_t at = find_in_grants(&scene, buttons, mpu->rasr[region]);
    poke_word(&scene, at, (mpu->rasr[region] & ~0xFF3EU) | 14U << 1); /* 32 kB of RAM */
    press_button(&scene, 500U * MS);
    run_to(&scene, 2500U * MS);
    assert_int_equal(expect_breach(&scene, OWNERSHIP_BREACH_OPEN)->who, buttons);
    close_scene(&scene);
}

/* Beyond the break there is the rest of the sub-region that it lies in, and not one more. */
static void test_a_subregion_too_many(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene, "nrf52dk", "kernel/nrf52dk.elf", two_apps);
    run_to(&scene, BOOTED);
    int buttons = find_process(&scene, "buttons");
    const struct mpu_state *mpu =
        &machine_view_processes(scene.bench.machine)->process[buttons].mpu;
    const struct mpu_context unprivileged = {.privileged = false};
    uint32_t last = process_of(&scene, buttons)->asked_break - 1;
    struct mpu_verdict verdict = mpu_check(mpu, last, 1, MPU_ACCESS_WRITE, unprivileged);
    assert_in_range(verdict.subregion, 0, 6);
    uint32_t rasr = mpu->rasr[verdict.region];
    uint32_t next = 0x100U << (verdict.subregion + 1);
    assert_int_equal(rasr & next, next);
    poke_word(&scene, find_in_grants(&scene, buttons, rasr), rasr & ~next);
    press_button(&scene, 500U * MS);
    run_to(&scene, 2500U * MS);
    assert_int_equal(expect_breach(&scene, OWNERSHIP_BREACH_OPEN)->who, buttons);
    close_scene(&scene);
}

static void test_a_register(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene, "nrf52dk", "kernel/nrf52dk.elf", two_apps);
    run_to(&scene, BOOTED);
    int hello = find_process(&scene, "hello");
    /* r9, the base of the app's data, is nobody else's value. */
    uint32_t got = 0;
    struct cpu_regs regs;
    uint64_t cycle = 2000U * MS;
    for (; got == 0; cycle += 5000) {
        run_to(&scene, cycle);
        cpu_get_regs(machine_cpu(scene.bench.machine), &regs);
        if (machine_view_processes(scene.bench.machine)->current == hello) {
            got = regs.r[9];
        }
    }
    run_to(&scene, cycle + 500U * MS);
    expect_quiet(&scene);
    const struct ownership_process *owner = process_of(&scene, hello);
    for (uint32_t at = owner->asked_break & ~3U; at < owner->ram.end; at += 4) {
        if (peek_word(&scene, at) == got) {
            poke_word(&scene, at, got + 4);
        }
    }
    run_to(&scene, cycle + 2500U * MS);
    const struct ownership_breach *breach = expect_breach(&scene, OWNERSHIP_BREACH_REGISTERS);
    assert_int_equal(breach->address, 9);
    assert_int_equal(breach->whose, hello);
    close_scene(&scene);
}

static void test_an_upcall_elsewhere(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene, "nrf52dk", "kernel/nrf52dk.elf", two_apps);
    run_to(&scene, BOOTED);
    int buttons = find_process(&scene, "buttons");
    const struct ownership_subscription *subscription = process_of(&scene, buttons)->subscription;
    while (subscription->driver != ABI_DRIVER_BUTTON) {
        subscription++;
    }
    uint32_t at = find_in_grants(&scene, buttons, subscription->function);
    poke_word(&scene, at, subscription->function + 2); /* into the middle of the function */
    press_button(&scene, 500U * MS);
    run_to(&scene, 600U * MS);
    assert_int_equal(expect_breach(&scene, OWNERSHIP_BREACH_UPCALL)->whose, buttons);
    close_scene(&scene);
}

static void test_a_fault_of_the_kernel(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene, "nrf52dk", "kernel/nrf52dk.elf", two_apps);
    run_to(&scene, BOOTED);
    uint32_t handler = peek_word(&scene, 11U * 4U) & ~1U; /* SVC */
    poke_word(&scene, handler, 0xDEFFDEFF);
    run_to(&scene, 2500U * MS);
    (void)expect_breach(&scene, OWNERSHIP_BREACH_KERNEL_FAULT);
    ownership_check_flash(scene.ownership);
    (void)expect_breach(&scene, OWNERSHIP_BREACH_FLASH);
    close_scene(&scene);
}

/* A kernel whose switch does not give up its rights (MSR CONTROL becomes a NOP). */
static void test_rights_that_are_kept(void **state)
{
    (void)state;
    struct scene scene;
    uint32_t changed = 0;
    open_scene(&scene, "nrf52dk", "kernel/nrf52dk.elf", two_apps);
    for (uint32_t at = 0; at < 0x20000; at += 2) {
        uint32_t code = peek_word(&scene, at);
        if ((code & 0xFFFFFFF0U) == 0x8814F380U) { /* whatever register it comes from */
            poke_word(&scene, at, 0x8000F3AFU);
            changed++;
        }
    }
    assert_true(changed > 0);
    run_to(&scene, BOOTED);
    const struct ownership_breach *breach = expect_breach(&scene, OWNERSHIP_BREACH_PRIVILEGED);
    assert_int_equal(breach->address, process_of(&scene, breach->whose)->entry);
    close_scene(&scene);
}

static void note_break(void *context, const struct machine_syscall *call)
{
    uint32_t *wanted = context;
    if (call->call_class == ABI_CLASS_MEMOP && call->argument[0] == ABI_MEMOP_BRK) {
        *wanted = call->argument[1];
    }
}

static void test_memory_that_is_not_zero(void **state)
{
    (void)state;
    struct scene scene;
    uint32_t wanted = 0;
    const struct machine_observer observer = {.called = note_break, .context = &wanted};
    open_scene(&scene, "nrf52dk", "kernel/nrf52dk.elf", two_apps);
    assert_true(machine_observe(scene.bench.machine, &observer));
    uint64_t cycle = 260U * MS;
    while (wanted == 0) {
        cycle += 20;
        run_to(&scene, cycle);
    }
    /* Over and over, until the process goes on: the last time is after the kernel has cleared. */
    while (machine_view_processes(scene.bench.machine)->current == PROCESS_NONE) {
        poke_word(&scene, (wanted - 8) & ~3U, 0x5A);
        cycle += 20;
        run_to(&scene, cycle);
    }
    const struct ownership_breach *breach = expect_breach(&scene, OWNERSHIP_BREACH_NOT_ZERO);
    assert_int_equal(breach->address, (wanted - 8) & ~3U);
    close_scene(&scene);
}

static void test_dma(void **state)
{
    (void)state;
    static const char *const apps[] = {"apps/tests/witness.tbf", NULL};
    struct scene scene;
    open_scene(&scene, "nrf52840dk", "kernel/spy_test.elf", apps);
    run_to(&scene, 600U * MS);
    assert_int_equal(expect_breach(&scene, OWNERSHIP_BREACH_DMA)->whose, 0);
    close_scene(&scene);
}

/* ---- back in time ---- */

static void test_restore(void **state)
{
    (void)state;
    struct scene scene;
    struct machine_snapshot snapshot = {0};
    open_scene(&scene, "nrf52dk", "kernel/nrf52dk.elf", two_apps);
    run_to(&scene, BOOTED);
    snapshot_bench_save(&scene.bench, &snapshot);
    void *saved = ownership_save(scene.ownership);
    assert_non_null(saved);
    for (int i = 0; i < 3; i++) {
        run_to(&scene, 4500U * MS);
        snapshot_bench_restore(&scene.bench, &snapshot);
        ownership_restore(scene.ownership, saved);
    }
    run_to(&scene, 4500U * MS);
    expect_quiet(&scene);
    free(saved);
    machine_snapshot_free(&snapshot);
    close_scene(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_apps_that_behave),
        cmocka_unit_test(test_apps_that_attack),
        cmocka_unit_test(test_owners),
        cmocka_unit_test(test_memory_that_was_not_lent),
        cmocka_unit_test(test_a_dead_process_is_written),
        cmocka_unit_test(test_flash),
        cmocka_unit_test(test_a_region_that_is_too_wide),
        cmocka_unit_test(test_a_subregion_too_many),
        cmocka_unit_test(test_a_register),
        cmocka_unit_test(test_rights_that_are_kept),
        cmocka_unit_test(test_an_upcall_elsewhere),
        cmocka_unit_test(test_a_fault_of_the_kernel),
        cmocka_unit_test(test_memory_that_is_not_zero),
        cmocka_unit_test(test_dma),
        cmocka_unit_test(test_restore),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
