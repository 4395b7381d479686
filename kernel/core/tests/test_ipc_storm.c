/*
 * Sixteen processes that share, notify, take back, stop, end and restart at random. After each step
 * mpu_model is asked what each of them reaches, byte by byte; the oracle knows only what was
 * allowed last and who lives, and nothing of layouts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "kernel/capsule/process_control.h"
#include "kernel/core/tests/kernel_fixture.h"
#include "kernel/core/tests/layout_judge.h"

#define STEPS 6000u

struct range {
    uint32_t start, end; /* equal: none */
};

/* What each shares with each, as the system calls said. */
static struct range shared[KERNEL_PROCESS_SLOTS][KERNEL_PROCESS_SLOTS];
static uint32_t random_state;
static uint32_t answers[ABI_NOACK]; /* to notifications, by error */

static uint32_t draw(uint32_t below)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % below;
}

/* Mostly one of a few, so that they crowd. */
static uint32_t draw_slot(void)
{
    return draw(4) != 0 ? draw(3) : draw(KERNEL_PROCESS_SLOTS + 1);
}

static void forget(uint32_t owner)
{
    for (uint32_t with = 0; with < KERNEL_PROCESS_SLOTS; with++) {
        shared[owner][with] = (struct range){0, 0};
    }
}

static void grow(uint32_t slot)
{
    forget(slot);
    if (process_is_alive(kernel.process[slot])) {
        fixture_grow(kernel.process[slot], 512);
    }
}

static void do_share(struct process *process)
{
    uint32_t with = draw_slot();
    uint32_t start = process->layout.ram_start + draw(16) * 32;
    uint32_t length = draw(4) == 0 ? draw(300) : draw(9) * 32;
    const struct arch_frame *frame =
        fixture_call(process, ABI_CLASS_ALLOW_READ_WRITE, ABI_DRIVER_IPC, with, start, length);
    if (frame->r0 == ABI_SUCCESS_U32_U32) {
        shared[process->slot][with] = (struct range){start, start + length};
    }
}

static void do_notify(struct process *process)
{
    uint32_t number = draw(2) != 0 ? ABI_IPC_NOTIFY_SERVICE : ABI_IPC_NOTIFY_CLIENT;
    const struct arch_frame *frame =
        fixture_call(process, ABI_CLASS_COMMAND, ABI_DRIVER_IPC, number, draw_slot(), 0);
    answers[frame->r0 == ABI_SUCCESS ? 0 : frame->r1]++;
}

static void do_subscribe(struct process *process)
{
    fixture_call(process, ABI_CLASS_SUBSCRIBE, ABI_DRIVER_IPC, draw(KERNEL_PROCESS_SLOTS),
                 draw(4) != 0 ? fixture_function(process) : 0, 0);
}

static void do_yield(struct process *process)
{
    fixture_call(process, ABI_CLASS_YIELD, draw(3), 0, process->slot, 0);
}

static void step(void)
{
    struct process *process = kernel.process[draw(KERNEL_PROCESS_SLOTS)];
    uint32_t what = draw(80);
    if (process->state == ABI_PROCESS_YIELDED || process->state == ABI_PROCESS_YIELDED_FOR) {
        process->state = ABI_PROCESS_RUNNING; /* something else has woken it */
    }
    if (process->state == ABI_PROCESS_RUNNING && what >= 5) {
        if (what < 30) {
            do_share(process);
        } else if (what < 60) {
            do_notify(process);
        } else if (what < 70) {
            do_subscribe(process);
        } else {
            do_yield(process);
        }
    } else if (what < 4) {
        (void)process_act(process->id, ABI_PROCESS_START + what);
        if (process->state == ABI_PROCESS_TERMINATED || process->state == ABI_PROCESS_FAULTED) {
            forget(process->slot);
        }
    } else if (what == 4) {
        process_restart(process);
        grow(process->slot);
    } else {
        (void)process_act(process->id, ABI_PROCESS_START);
        if (!process_is_alive(process)) {
            (void)process_act(process->id, ABI_PROCESS_BOOT);
            grow(process->slot);
        }
    }
}

static bool stops_sharing(uint32_t owner)
{
    const struct process *process = kernel.process[owner];
    return !process_is_alive(process) || process->state == ABI_PROCESS_STOPPED;
}

/* Whether that process reaches the byte, and nothing of its neighbours' else. */
static void judge(uint32_t slot, uint32_t *mapped)
{
    const struct mpu_layout *own = &kernel.process[slot]->layout;
    struct mpu_state mpu = judge_load(own);
    for (uint32_t owner = 0; owner < KERNEL_PROCESS_SLOTS; owner++) {
        const struct mpu_layout *other = &kernel.process[owner]->layout;
        if (owner == slot) {
            continue;
        }
        struct range range = shared[owner][slot];
        bool there = range.end > range.start && !stops_sharing(owner) &&
                     mpu_check(&mpu, range.start, 1, MPU_ACCESS_READ, judge_user).allowed;
        if (there) {
            judge_range(&mpu, other->ram_start, range.start, "", "below the buffer");
            judge_range(&mpu, range.start, range.end, "rw", "the buffer");
            judge_range(&mpu, range.end, other->ram_end, "", "above the buffer");
            *mapped += 1;
        } else {
            judge_range(&mpu, other->ram_start, other->ram_end, "", "another's block");
        }
    }
}

static void test_storm(void **state)
{
    fixture_setup(state);
    fixture.fault_rule = (struct kernel_fault_rule){NULL, KERNEL_FAULT_STOP, 0};
    for (uint32_t i = 0; i < KERNEL_PROCESS_SLOTS; i++) {
        fixture_add_app(&(struct fixture_app){.minimum_ram = 1024});
    }
    fixture_boot();
    for (uint32_t i = 0; i < KERNEL_PROCESS_SLOTS; i++) {
        assert_non_null(kernel.process[i]);
        grow(i);
    }
    uint32_t mapped = 0;
    random_state = 1;
    for (uint32_t i = 0; i < STEPS; i++) {
        step();
        for (uint32_t slot = 0; slot < KERNEL_PROCESS_SLOTS; slot++) {
            judge(slot, &mapped);
        }
    }
    /* It was about something: a few buffers were mapped at any time. */
    printf("%u mappings seen in %u steps\n", (unsigned)mapped, STEPS);
    assert_true(mapped > STEPS);
    static const enum abi_error errors[] = {0,         ABI_INVAL, ABI_NODEVICE,
                                            ABI_NOMEM, ABI_SIZE,  ABI_BUSY};
    for (unsigned i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        printf("answer %d: %u times\n", (int)errors[i], (unsigned)answers[errors[i]]);
        assert_true(answers[errors[i]] > 10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_storm)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
