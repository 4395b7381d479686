/* Every device access happens at the cycle at which its instruction starts, wherever in a block
 * that is: register accesses, pin edges, CYCCNT, TIMER captures; and loops that poll see a change
 * in the first round after it. Guest: guests/accesses.s.
 *
 * What is expected is counted in a run of single steps; blocks, slices and gated blocks must give
 * the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim/machine/machine_input.h"
#include "sim/machine/machine_internal.h"
#include "sim/machine/tests/chip_fixture.h"

#define TABLE       0x100U /* in flash: the guest's addresses */
#define PARAMETERS  0x20000000U
#define VALUES      0x20000100U
#define VALUE_WORDS 256U
#define CYCCNT      0xE0001004U
#define TIMER0      0x40008000U
#define GPIO        0x50000000U
#define TICK_CYCLES 4U
#define FAR         0x7FFFFFF0U
#define LOG_MAX     2000U

enum label { BLOCKS, BLOCKS_END, START_TIMER, POLL_TIMER, POLL_PIN, POLL_CYCCNT, POLLED };

struct access {
    uint64_t cycle; /* from the start of the run */
    uint32_t pc, address;
    bool write;
};

struct edge {
    uint64_t cycle;
    bool high;
};

/* Stands in a device's window and notes what comes by. */
struct spy {
    struct look *look;
    uint32_t base;
    const struct device_class *device_class;
    struct device_class own_class;
    void *device;
};

struct look {
    struct chip chip;
    struct spy spies[2];
    struct wire_listener pin;
    uint64_t base, armed_cycle, cyccnt_zero;
    struct access log[LOG_MAX];
    struct edge edge[LOG_MAX];
    size_t log_count, edge_count;
    uint32_t values[VALUE_WORDS];
};

static void note(struct spy *spy, uint32_t offset, bool write)
{
    struct look *look = spy->look;
    assert_true(look->log_count < LOG_MAX);
    look->log[look->log_count++] = (struct access){.cycle = chip_now(&look->chip) - look->base,
                                                   .pc = cpu_pc(machine_cpu(look->chip.machine)),
                                                   .address = spy->base + offset,
                                                   .write = write};
}

static enum bus_result spy_read(void *self, struct bus_access access, uint32_t *value)
{
    struct spy *spy = self;
    note(spy, access.offset, false);
    return spy->device_class->read(spy->device, access, value);
}

static enum bus_result spy_write(void *self, struct bus_access access, uint32_t value)
{
    struct spy *spy = self;
    note(spy, access.offset, true);
    return spy->device_class->write(spy->device, access, value);
}

static uint32_t spy_peek(const void *self, uint32_t offset)
{
    const struct spy *spy = self;
    return spy->device_class->peek(spy->device, offset);
}

static void place_spy(struct look *look, struct spy *spy, uint32_t base)
{
    struct address_map *map = &look->chip.machine->map;
    for (size_t i = 0; i < map->count; i++) {
        struct address_window *window = &map->windows[i];
        if (window->base == base) {
            *spy = (struct spy){.look = look,
                                .base = base,
                                .device_class = window->device_class,
                                .own_class = *window->device_class,
                                .device = window->device};
            spy->own_class.read = spy_read;
            spy->own_class.write = spy_write;
            spy->own_class.peek = spy_peek;
            window->device_class = &spy->own_class;
            window->device = spy;
            return;
        }
    }
    fail_msg("no device at 0x%x", (unsigned)base);
}

static void on_edge(void *owner, uint32_t index, enum wire_level level)
{
    struct look *look = owner;
    (void)index;
    assert_true(look->edge_count < LOG_MAX);
    look->edge[look->edge_count++] =
        (struct edge){.cycle = chip_now(&look->chip) - look->base, .high = level == WIRE_HIGH};
}

static uint32_t label(const struct look *look, enum label which)
{
    return chip_word(&look->chip, TABLE + 4 * (uint32_t)which) & ~1U;
}

static void create(struct look *look, const struct machine_config *config)
{
    memset(look, 0, sizeof *look);
    chip_create(&look->chip, "accesses", config);
    place_spy(look, &look->spies[0], TIMER0);
    place_spy(look, &look->spies[1], GPIO);
    wire_listen(&look->chip.machine->pins[0].out, &look->pin, on_edge, look, 0);
}

static void begin(struct look *look, enum label part, uint32_t parameter)
{
    static const uint8_t zero[0x1000];
    assert_int_equal(machine_poke(look->chip.machine, PARAMETERS, zero, sizeof zero), sizeof zero);
    chip_poke(&look->chip, PARAMETERS, label(look, part) | 1U);
    chip_poke(&look->chip, PARAMETERS + 4, parameter);
    machine_reset(look->chip.machine, RESET_POWER_ON);
    look->base = chip_now(&look->chip);
    look->log_count = 0;
    look->edge_count = 0;
}

static uint64_t since_base(const struct look *look)
{
    return chip_now(&look->chip) - look->base;
}

/* ---- single steps, and what each must have seen ---- */

/* The register that an instruction of the guest reads CYCCNT into; -1: it does not. */
static int reads_cyccnt(const uint16_t code[2])
{
    static const struct {
        uint16_t code[2];
        int reg;
    } known[] = {
        {{0xF8DB, 0x0004}, 0}, {{0xF8DB, 0x2004}, 2}, {{0xE9DB, 0x2300}, 3}, {{0xF85B, 0x0F04}, 0}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (memcmp(code, known[i].code, sizeof known[i].code) == 0) {
            return known[i].reg;
        }
    }
    return -1;
}

/* Steps one instruction; everything that it did, it did in its first cycle. */
static void step_and_check(struct look *look)
{
    uint64_t start = since_base(look);
    size_t accesses = look->log_count;
    size_t edges = look->edge_count;
    uint32_t pc = chip_regs(&look->chip).pc;
    uint16_t code[2];
    assert_int_equal(machine_peek(look->chip.machine, pc, code, sizeof code), sizeof code);
    uint64_t cyccnt = chip_word(&look->chip, CYCCNT);
    assert_int_equal(machine_step(look->chip.machine, CLOCK_NEVER - 1), MACHINE_STOP_STEP);
    for (size_t i = accesses; i < look->log_count; i++) {
        assert_int_equal(look->log[i].cycle, start);
        assert_int_equal(look->log[i].pc, pc);
    }
    for (size_t i = edges; i < look->edge_count; i++) {
        assert_int_equal(look->edge[i].cycle, start);
    }
    struct cpu_regs regs = chip_regs(&look->chip);
    int reg = reads_cyccnt(code);
    if (reg >= 0) {
        assert_int_equal(regs.r[reg], cyccnt);
    }
    if (code[0] == 0x6461) { /* str r1, [r4, #0x44]: CAPTURE[1] */
        uint64_t ticks =
            (look->base + start) / TICK_CYCLES - (look->base + look->armed_cycle) / TICK_CYCLES;
        assert_int_equal(chip_word(&look->chip, TIMER0 + 0x544), ticks);
    }
    if (pc == label(look, START_TIMER)) {
        look->armed_cycle = start;
    }
}

static void step_to(struct look *look, enum label where)
{
    uint32_t end = label(look, where);
    while (chip_regs(&look->chip).pc != end) {
        step_and_check(look);
    }
    look->cyccnt_zero = since_base(look) - chip_word(&look->chip, CYCCNT);
    machine_peek(look->chip.machine, VALUES, look->values, sizeof look->values);
}

static void run_to(struct look *look, uint64_t cycle, uint64_t slice)
{
    while (since_base(look) < cycle) {
        uint64_t next = since_base(look) + slice;
        (void)machine_run(look->chip.machine, look->base + (next < cycle ? next : cycle));
    }
    machine_peek(look->chip.machine, VALUES, look->values, sizeof look->values);
}

static void check_equal(const struct look *stepped, const struct look *ran)
{
    assert_int_equal(ran->log_count, stepped->log_count);
    for (size_t i = 0; i < ran->log_count; i++) {
        const struct access *got = &ran->log[i];
        const struct access *expected = &stepped->log[i];
        if (got->cycle != expected->cycle || got->pc != expected->pc ||
            got->address != expected->address || got->write != expected->write) {
            fail_msg("access %zu: cycle %llu pc 0x%x 0x%x, expected cycle %llu pc 0x%x 0x%x", i,
                     (unsigned long long)got->cycle, (unsigned)got->pc, (unsigned)got->address,
                     (unsigned long long)expected->cycle, (unsigned)expected->pc,
                     (unsigned)expected->address);
        }
    }
    assert_int_equal(ran->edge_count, stepped->edge_count);
    for (size_t i = 0; i < ran->edge_count; i++) {
        assert_int_equal(ran->edge[i].cycle, stepped->edge[i].cycle);
        assert_int_equal(ran->edge[i].high, stepped->edge[i].high);
    }
    assert_memory_equal(ran->values, stepped->values, sizeof ran->values);
}

static void test_every_kind_at_every_position(void **state)
{
    (void)state;
    static struct look stepped, ran;
    static const uint64_t slices[] = {UINT64_MAX / 2, 1, 7, 64};
    create(&stepped, NULL);
    begin(&stepped, BLOCKS, FAR);
    step_to(&stepped, BLOCKS_END);
    uint64_t end = since_base(&stepped);
    assert_true(stepped.log_count > 12 * 15);
    assert_true(stepped.edge_count > 12 * 8);
    for (size_t i = 0; i < sizeof slices / sizeof slices[0]; i++) {
        create(&ran, &(struct machine_config){.count_mpu_hits = i == 2});
        for (int round = 0; round < 2; round++) { /* the second with everything known */
            struct clock *clock = machine_clock(ran.chip.machine);
            clock_set_now(clock, (clock_now(clock) / TICK_CYCLES + 1) * TICK_CYCLES);
            begin(&ran, BLOCKS, FAR);
            run_to(&ran, end, slices[i]);
            check_equal(&stepped, &ran);
        }
        chip_destroy(&ran.chip);
    }
    chip_destroy(&stepped.chip);
}

/* ---- polling ---- */

/* The cycles at which the poll at `part` reads, from single steps in which it never succeeds. */
static size_t poll_cycles(struct look *look, enum label part, uint64_t *cycles, size_t count)
{
    uint32_t pc = label(look, part);
    size_t found = 0;
    begin(look, part, FAR);
    while (found < count) {
        if (chip_regs(&look->chip).pc == pc) {
            cycles[found++] = since_base(look);
        }
        step_and_check(look);
    }
    look->cyccnt_zero = since_base(look) - chip_word(&look->chip, CYCCNT);
    return found;
}

static void check_poll(struct look *look, uint64_t change, const uint64_t *cycles, size_t count,
                       uint64_t tail)
{
    size_t round = 0;
    while (round < count && cycles[round] < change) {
        round++;
    }
    run_to(look, cycles[count - 1], UINT64_MAX / 2);
    if (chip_regs(&look->chip).r[0] != cycles[round] + tail - look->cyccnt_zero) {
        fail_msg("changed at %llu, seen at %llu, expected %llu", (unsigned long long)change,
                 (unsigned long long)(chip_regs(&look->chip).r[0] + look->cyccnt_zero - tail),
                 (unsigned long long)cycles[round]);
    }
}

/* From the read that succeeds to the read of CYCCNT behind the loop: measured once with a change
 * that is there from the start. */
static uint64_t tail_of(struct look *look, enum label part, uint32_t parameter)
{
    uint32_t poll = label(look, part);
    uint64_t read = 0;
    uint64_t seen = 0;
    begin(look, part, parameter);
    while (chip_regs(&look->chip).pc != label(look, POLLED)) {
        uint32_t pc = chip_regs(&look->chip).pc;
        read = pc == poll ? since_base(look) : read;
        seen = since_base(look);
        assert_int_equal(machine_step(look->chip.machine, CLOCK_NEVER - 1), MACHINE_STOP_STEP);
    }
    return seen - read;
}

#define POLLS 60U

static void test_polling_a_timer_event(void **state)
{
    (void)state;
    static struct look look;
    uint64_t cycles[POLLS];
    create(&look, NULL);
    (void)poll_cycles(&look, POLL_TIMER, cycles, POLLS);
    uint64_t tail = tail_of(&look, POLL_TIMER, 1);
    for (uint64_t change = cycles[1]; change < cycles[POLLS / 2]; change++) {
        struct clock *clock = machine_clock(look.chip.machine);
        clock_set_now(clock,
                      (clock_now(clock) / TICK_CYCLES + 2) * TICK_CYCLES - change % TICK_CYCLES);
        uint64_t base = clock_now(clock);
        begin(&look, POLL_TIMER,
              (uint32_t)((base + change) / TICK_CYCLES - (base + look.armed_cycle) / TICK_CYCLES));
        check_poll(&look, change, cycles, POLLS, tail);
    }
    chip_destroy(&look.chip);
}

static void test_polling_a_pin(void **state)
{
    (void)state;
    static struct look look;
    uint64_t cycles[POLLS];
    create(&look, NULL);
    int button = machine_find_device(look.chip.machine, "button0");
    (void)poll_cycles(&look, POLL_PIN, cycles, POLLS);
    uint64_t tail = 0; /* as at the first change, which every later one must repeat */
    for (uint64_t change = cycles[1]; change < cycles[POLLS / 2]; change++) {
        chip_destroy(&look.chip);
        uint64_t zero = look.cyccnt_zero;
        create(&look, NULL);
        look.cyccnt_zero = zero;
        begin(&look, POLL_PIN, FAR);
        assert_true(machine_add_input(look.chip.machine, button, look.base + change, "press", 1));
        run_to(&look, cycles[POLLS - 1], UINT64_MAX / 2);
        tail = change == cycles[1] ? chip_regs(&look.chip).r[0] + zero - cycles[1] : tail;
        check_poll(&look, change, cycles, POLLS, tail);
    }
    chip_destroy(&look.chip);
}

static void test_polling_cyccnt(void **state)
{
    (void)state;
    static struct look look;
    uint64_t cycles[POLLS];
    create(&look, NULL);
    (void)poll_cycles(&look, POLL_CYCCNT, cycles, POLLS);
    uint64_t tail = tail_of(&look, POLL_CYCCNT, 1);
    for (uint64_t change = cycles[1]; change < cycles[POLLS / 2]; change++) {
        begin(&look, POLL_CYCCNT, (uint32_t)(change - look.cyccnt_zero));
        check_poll(&look, change, cycles, POLLS, tail);
    }
    chip_destroy(&look.chip);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_at_every_position),
        cmocka_unit_test(test_polling_a_timer_event),
        cmocka_unit_test(test_polling_a_pin),
        cmocka_unit_test(test_polling_cyccnt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
