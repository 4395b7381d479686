/* A timer interrupt at 20 kHz whose handler pends PendSV, which switches between two tasks on
 * stacks of their own. The tasks compute. Ends after `bench_rounds` timer interrupts.
 *
 * On nRF52 that is an interrupt every 3,200 cycles. On another machine, where time may stand in
 * another relation to instructions, the timer is set to as long as the work takes that nRF52 does
 * in so many cycles: the same ELF does the same work between two interrupts. How much it was
 * altogether is printed.
 */
#include "bench/guests/bench.h"

#define SYST_CSR      0xE000E010U
#define SYST_RVR      0xE000E014U
#define SYST_CVR      0xE000E018U
#define SYST_ON       7U /* ENABLE, TICKINT, processor clock */
#define SYST_COUNTING 5U
#define SYST_MAX      0xFFFFFFU
#define ICSR          0xE000ED04U
#define ICSR_PENDSV   (1U << 28)
#define SHPR3         0xE000ED20U
#define PENDSV_LOWEST (0xFFU << 16)
#define XPSR_T        (1U << 24)

#define NRF52_CYCLES 3200U
#define STEPS        185U /* of work_step: so many cycles on nRF52 */
#define MEASURED     64U  /* times STEPS */
#define FACTOR       1664525U
#define ADDEND       1013904223U

const volatile uint32_t bench_rounds = 60000;

struct task {
    uint32_t sp;
    struct task *next;
    uint32_t steps, value;
    uint32_t log[16];
    uint32_t stack[64];
};

static struct task tasks[2], first_task;
static uint32_t ticks, switches;
struct task *interrupts_current; /* named by the assembly below */

static inline void work_step(struct task *task)
{
    task->value = task->value * FACTOR + ADDEND;
    task->log[task->steps % 16U] = task->value;
    task->steps++;
    __asm volatile("" ::: "memory");
}

__attribute__((noinline)) static void work(struct task *task, uint32_t steps)
{
    for (uint32_t i = 0; i < steps; i++) {
        work_step(task);
    }
}

static void task_main(struct task *own)
{
    for (;;) {
        work(own, 1000);
    }
}

/* What `steps` steps make of 0: the step's map to that power, by squaring. */
static uint32_t value_after(uint32_t steps)
{
    uint32_t factor = FACTOR, addend = ADDEND, value = 0;
    for (; steps != 0; steps >>= 1) {
        if ((steps & 1U) != 0) {
            value = value * factor + addend;
        }
        addend = addend * factor + addend;
        factor *= factor;
    }
    return value;
}

static bool is_right(const struct task *task)
{
    /* The last step may have been cut anywhere. */
    return task->value == value_after(task->steps) || task->value == value_after(task->steps + 1);
}

static void finish(void)
{
    *bare_register(SYST_CSR) = 0;
    uint32_t steps = tasks[0].steps + tasks[1].steps;
    bool right = is_right(&tasks[0]) && is_right(&tasks[1]) && switches + 1 == ticks &&
                 tasks[0].steps > steps / 3 && tasks[1].steps > steps / 3;
    bench_finish(right, ticks, steps);
}

void bare_systick(void)
{
    ticks++;
    if (ticks == bench_rounds) {
        finish();
    }
    *bare_register(ICSR) = ICSR_PENDSV;
}

void bare_pendsv(void) __attribute__((naked));

void bare_pendsv(void)
{
    __asm volatile("mrs   r0, psp\n"
                   "stmdb r0!, {r4-r11}\n"
                   "ldr   r1, =interrupts_current\n"
                   "ldr   r2, [r1]\n"
                   "str   r0, [r2]\n"
                   "ldr   r2, [r2, #4]\n"
                   "str   r2, [r1]\n"
                   "ldr   r0, [r2]\n"
                   "ldmia r0!, {r4-r11}\n"
                   "msr   psp, r0\n"
                   "ldr   r1, =%0\n"
                   "ldr   r0, [r1]\n"
                   "adds  r0, #1\n"
                   "str   r0, [r1]\n"
                   "bx    lr\n"
                   ".ltorg\n"
                   :
                   : "i"(&switches));
}

static void make_task(uint32_t id)
{
    uint32_t *frame = &tasks[id].stack[64 - 8];
    frame[0] = (uint32_t)&tasks[id];
    frame[6] = (uint32_t)task_main & ~1U;
    frame[7] = XPSR_T;
    tasks[id].sp = (uint32_t)(frame - 8);
    tasks[id].next = &tasks[1U - id];
}

/* SysTick's ticks from one interrupt to the next. */
static uint32_t choose_period(void)
{
    if (!bench_on_mps2()) {
        return NRF52_CYCLES;
    }
    *bare_register(SYST_RVR) = SYST_MAX;
    *bare_register(SYST_CVR) = 0;
    *bare_register(SYST_CSR) = SYST_COUNTING;
    work(&first_task, 1); /* what is slow the first time */
    uint32_t begun = *bare_register(SYST_CVR);
    work(&first_task, MEASURED * STEPS);
    uint32_t taken = (begun - *bare_register(SYST_CVR)) & SYST_MAX;
    return (taken + MEASURED / 2) / MEASURED;
}

void bench_main(void)
{
    uint32_t period = choose_period();
    make_task(0);
    make_task(1);
    first_task.next = &tasks[0];
    interrupts_current = &first_task;
    *bare_register(SHPR3) = PENDSV_LOWEST;
    *bare_register(SYST_RVR) = period - 1U;
    *bare_register(SYST_CVR) = 0;
    *bare_register(SYST_CSR) = SYST_ON;
    __asm volatile("msr psp, %0\n"
                   "movs r0, #2\n" /* on the process stack */
                   "msr control, r0\n"
                   "isb\n"
                   "1: b 1b\n" /* until the first interrupt */
                   :
                   : "r"(&first_task.stack[64])
                   : "r0", "memory");
}
