/* Whatever a guest does with TWI, TWIM and TWIS, on one bus with each other, a target that
 * stretches and PPI between their events and tasks: no memory error (sanitizers), time goes on, the
 * line says what the registers say, and after a reset nothing is left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "peripherals/nrf52/tests/twi_bench.h"

#define ROUNDS           40U
#define STEPS            4000U
#define EVENTS_PER_CYCLE 200U
#define OTHER_BASE       0x40004000U

struct world {
    struct twi_bench *t;
    struct serial_box other;
    uint32_t seed;
    bool other_irq;
    uint32_t depth;
    uint32_t taps[4][2]; /* PPI: an event's address, a task's address */
};

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static void other_irq(void *context, uint32_t irqn, bool level)
{
    (void)irqn;
    ((struct world *)((struct bench *)context)->on_context)->other_irq = level;
}

static void write_to(struct world *w, uint32_t address, uint32_t value)
{
    struct bus_access access = {.offset = address & 0xFFFU, .size_bytes = 4, .privileged = true};
    void *box = address >= OTHER_BASE ? (void *)&w->other : w->t->bench->device;
    (void)nrf52_serial_box_class.write(box, access, value);
}

/* As PPI does: a chain of tasks ends after a few links. */
static void on_event(struct bench *b, uint32_t address)
{
    struct world *w = b->on_context;
    if (w->depth >= 3) {
        return;
    }
    w->depth++;
    for (uint32_t i = 0; i < 4; i++) {
        if (w->taps[i][0] == address) {
            write_to(w, w->taps[i][1], 1);
        }
    }
    w->depth--;
}

static void pass(struct bench *b, uint64_t cycles)
{
    uint64_t end = clock_now(&b->clock) + cycles;
    uint32_t in_cycle = 0;
    while (clock_next_due(&b->clock) <= end) {
        uint64_t due = clock_next_due(&b->clock);
        in_cycle = due == clock_now(&b->clock) ? in_cycle + 1 : 0;
        assert_true(in_cycle < EVENTS_PER_CYCLE);
        b->events.count = 0;
        clock_set_now(&b->clock, due);
        clock_fire_due(&b->clock);
    }
    clock_set_now(&b->clock, end);
}

static uint32_t pick(uint32_t *seed, const uint16_t *from, size_t count)
{
    return from[next_random(seed) % count];
}

static uint32_t pick_address(struct world *w, const uint16_t *from, size_t count)
{
    return (next_random(&w->seed) % 2 == 0 ? OTHER_BASE : 0x40003000U) +
           pick(&w->seed, from, count);
}

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void step(struct world *w)
{
    static const uint16_t tasks[] = {0x000, 0x008, 0x014, 0x01C, 0x020, 0x030, 0x034};
    static const uint16_t events[] = {0x104, 0x108, 0x11C, 0x124, 0x138, 0x148,
                                      0x14C, 0x150, 0x15C, 0x160, 0x164, 0x168};
    static const uint16_t enables[] = {0, 5, 6, 6, 9, 9};
    static const uint16_t others[] = {0x200, 0x304, 0x308, 0x4C4, 0x4D0, 0x51C, 0x538,
                                      0x548, 0x588, 0x58C, 0x594, 0x5C0, 0x540, 0x550};
    static const uint32_t pointers[] = {BENCH_RAM_BASE, BENCH_RAM_BASE + BENCH_RAM_BYTES - 2, 0,
                                        UINT32_MAX};
    uint32_t random = next_random(&w->seed);
    switch (random % 12) {
    case 0:
        write_to(w, pick_address(w, (const uint16_t[]){0x500}, 1),
                 pick(&w->seed, enables, COUNT(enables)));
        break;
    case 1:
        write_to(w, pick_address(w, events, COUNT(events)), 0);
        break;
    case 2:
    case 3:
        write_to(w, pick_address(w, others, COUNT(others)), next_random(&w->seed) >> random % 30);
        break;
    case 4:
        write_to(w, pick_address(w, (const uint16_t[]){0x534, 0x544}, 2),
                 pointers[random >> 8 & 3]);
        break;
    case 5:
        w->taps[random >> 8 & 3][0] = pick_address(w, events, COUNT(events));
        w->taps[random >> 8 & 3][1] = pick_address(w, tasks, COUNT(tasks));
        break;
    case 6:
        w->t->target.stretch_cycles = random >> 8 & 0xFFF;
        w->t->target.holds_scl = (random >> 20 & 7) == 0;
        w->t->target.holds_sda = (random >> 23 & 7) == 0;
        w->t->target.written_count = w->t->target.sent_count = 0;
        i2c_release(&w->t->bench->nets.i2c);
        break;
    case 7:
        write_to(w, pick_address(w, (const uint16_t[]){0x588}, 1),
                 (random >> 8 & 1) != 0 ? TWI_BENCH_ADDRESS : 0x2BU);
        break;
    default:
        write_to(w, pick_address(w, tasks, COUNT(tasks)), 1);
        break;
    }
    pass(w->t->bench, next_random(&w->seed) % 2000);
}

static void check_line(struct world *w)
{
    const struct serial_box *box = w->t->bench->device;
    const struct nrf_events *e = &box->state.events;
    assert_int_equal(w->t->bench->irq, (e->generated & e->inten) != 0);
    e = &w->other.state.events;
    assert_int_equal(w->other_irq, (e->generated & e->inten) != 0);
    assert_true(
        nrf52_serial_box_class.state_is_sane(box, &box->state, clock_now(&w->t->bench->clock)));
}

static void check_reset(struct world *w)
{
    struct bench *b = w->t->bench;
    nrf52_serial_box_class.reset(b->device, RESET_SREQ);
    nrf52_serial_box_class.reset(&w->other, RESET_SREQ);
    nrf52_serial_box_class.update(b->device);
    nrf52_serial_box_class.update(&w->other);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    assert_false(b->irq);
    assert_false(w->other_irq);
}

static void go(uint32_t seed)
{
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->seed = seed;
    w->t = twi_bench_new(6);
    struct bench *b = w->t->bench;
    struct device_env env = b->env;
    env.base = OTHER_BASE;
    env.events.base = OTHER_BASE;
    env.irq.set = other_irq;
    b->on_context = w;
    b->on_event = on_event;
    assert_null(nrf52_serial_box_class.init(&w->other, &env));
    nrf52_serial_box_class.reset(&w->other, RESET_POWER_ON);
    write_to(w, OTHER_BASE + TWI_PSEL_SCL, TWI_BENCH_SCL);
    write_to(w, OTHER_BASE + TWI_PSEL_SDA, TWI_BENCH_SDA);
    for (uint32_t i = 0; i < STEPS; i++) {
        step(w);
        check_line(w);
    }
    check_reset(w);
    twi_bench_free(w->t);
    free(w);
}

static void nothing_a_guest_does_breaks_the_bus(void **state)
{
    (void)state;
    for (uint32_t round = 1; round <= ROUNDS; round++) {
        go(round * 2654435761U);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_a_guest_does_breaks_the_bus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
