/* Two unprivileged tasks that hand over to each other by SVC; the handler rewrites all eight MPU
 * regions each time, as kernels do: MPU off, two STM of four regions each, MPU on, DSB, ISB.
 *
 * All that a task touches lies in 1 KiB pages that regions or sub-regions cut, as with small apps:
 * - its block, 2 KiB in sub-regions of 256 bytes, the first and the last two closed: the stack in
 *   one page, data in the other;
 * - a piece of 512 bytes with every other sub-region of 64 closed;
 * - a buffer of 256 bytes with half of its sub-regions of 32 closed, which both tasks write;
 * - constants in flash, 512 bytes of a page.
 * In a turn it calls two functions, computes eight words from data, constants and what the other
 * one left, and writes them back: about 110 instructions, half of which access memory.
 *
 * Every 64 turns a task begins anew and must come to the same sum. First of all each tries four
 * stores that must fault.
 */
#include <stddef.h>

#include "bench/guests/bench.h"

#define SHCSR             0xE000ED24U
#define SHCSR_MEMFAULTENA (1U << 16)
#define CFSR              0xE000ED28U
#define MPU_CTRL          0xE000ED94U
#define MPU_RBAR          0xE000ED9CU
#define RBAR_VALID        (1U << 4)
#define RASR_ENABLE       1U
#define RASR_XN           (1U << 28)
#define RASR_AP_RW        (3U << 24)
#define RASR_AP_RO        (6U << 24)
#define XPSR_T            (1U << 24)

#define WORDS        8U
#define PERIOD       64U
#define PROBES       4U
#define PROBE_FAULTS 8U
#define EXPECTED     0xC3606E40U

const volatile uint32_t bench_rounds = 20000; /* round trips: two switches each */

struct shared {
    uint32_t from[2];
    uint32_t open[6];   /* 32 bytes */
    uint32_t closed[8]; /* and so on */
    uint32_t rest[48];
};

struct piece {
    uint32_t open[16]; /* 64 bytes */
    uint32_t closed[16];
    uint32_t rest[96];
};

struct block {
    uint32_t closed_low[64]; /* 256 bytes */
    uint32_t stack[192];
    uint32_t word[WORDS];
    uint32_t turns, sum, first_sum, wrong;
    struct piece *piece;
    struct shared *shared;
    const uint32_t *constants;
    uint32_t id;
    uint32_t free[112];
    uint32_t closed_high[128];
};
_Static_assert(offsetof(struct block, word) == 1024, "data begin the second page");
_Static_assert(sizeof(struct block) == 2048, "one region");

/* What the handler knows of a task; its order is the handler's. */
struct task {
    uint32_t sp;
    struct task *next;
    uint32_t regions[16];
};

static struct block blocks[2] __attribute__((aligned(2048)));
static struct piece pieces[2] __attribute__((aligned(512)));
static struct shared shared __attribute__((aligned(256)));
static uint32_t first_stack[64] __attribute__((aligned(8)));
static struct task tasks[2], first_task;
static uint32_t faults;
struct task *mpu_switch_current; /* named by the assembly below */

static const uint32_t constants[256]
    __attribute__((aligned(1024))) = {1, 3, 5, 7, 11, 13, 17, 19, [127] = 23};

void bare_svcall(void) __attribute__((naked));

void bare_svcall(void)
{
    __asm volatile("mrs   r0, psp\n"
                   "stmdb r0!, {r4-r11}\n"
                   "ldr   r1, =mpu_switch_current\n"
                   "ldr   r2, [r1]\n"
                   "str   r0, [r2]\n"
                   "ldr   r2, [r2, #4]\n"
                   "str   r2, [r1]\n"
                   "ldr   r3, =0xE000ED9C\n" /* MPU_RBAR; MPU_CTRL is 8 below */
                   "movs  r0, #0\n"
                   "str   r0, [r3, #-8]\n"
                   "add   r0, r2, #8\n"
                   "ldmia r0!, {r4-r11}\n"
                   "stmia r3, {r4-r11}\n"
                   "ldmia r0!, {r4-r11}\n"
                   "stmia r3, {r4-r11}\n"
                   "movs  r0, #5\n" /* ENABLE, PRIVDEFENA */
                   "str   r0, [r3, #-8]\n"
                   "dsb\n"
                   "isb\n"
                   "ldr   r0, [r2]\n"
                   "ldmia r0!, {r4-r11}\n"
                   "msr   psp, r0\n"
                   "bx    lr\n"
                   ".ltorg\n");
}

/* The forbidden stores are 16-bit instructions: the next one is 2 bytes on. */
void bare_memmanage(void)
{
    uint32_t *frame;
    __asm volatile("mrs %0, psp" : "=r"(frame));
    *bare_register(CFSR) = *bare_register(CFSR);
    faults++;
    frame[6] += 2;
}

static void probe(uint32_t *address)
{
    register uint32_t *low __asm("r1") = address;
    __asm volatile("str r1, [r1]" : : "r"(low) : "memory");
}

__attribute__((noinline)) static uint32_t mix(uint32_t value, uint32_t by)
{
    __asm volatile("" ::: "r4", "r5", "r6", "memory"); /* a frame of three words */
    return value * 1664525U + by;
}

__attribute__((noinline)) static void turn(struct block *own)
{
    struct shared *both = own->shared;
    uint32_t left = both->from[1U - own->id];
    uint32_t sum = 0;
    for (uint32_t i = 0; i < WORDS; i++) {
        own->word[i] = own->word[i] * 69069U + own->constants[i] + left;
        sum += own->word[i];
    }
    sum = mix(sum, own->turns % PERIOD);
    own->piece->open[own->turns % 16U] = sum;
    own->sum = mix(own->sum, sum);
    both->from[own->id] = sum;
    both->open[own->turns % 6U] = own->sum;
    own->turns++;
}

static void start_anew(struct block *own)
{
    if (own->turns == PERIOD) {
        own->first_sum = own->sum;
    } else if (own->turns != 0 && own->sum != own->first_sum) {
        own->wrong++;
    }
    own->sum = 0;
    if (own->id == 0) { /* the first of the two: what both see is as in the beginning, too */
        own->shared->from[0] = 0;
        own->shared->from[1] = 0;
    }
    for (uint32_t i = 0; i < WORDS; i++) {
        own->word[i] = i + own->id;
    }
}

static void task_main(struct block *own, struct block *other, uint32_t rounds)
{
    probe(own->closed_low);
    probe(own->closed_high);
    probe(own->piece->closed);
    probe(other->word);
    for (uint32_t left = rounds;; left--) {
        if (own->turns % PERIOD == 0) {
            start_anew(own);
        }
        if (left == 0) {
            __asm volatile("udf #0"); /* the end: HardFault */
        }
        turn(own);
        __asm volatile("svc #0" ::: "memory");
    }
}

void bare_hardfault(void)
{
    uint32_t rounds = bench_rounds;
    uint32_t result = mix(blocks[0].first_sum, blocks[1].first_sum);
    bool right = faults == PROBE_FAULTS && blocks[0].wrong == 0 && blocks[1].wrong == 0 &&
                 blocks[0].turns == rounds && blocks[1].turns == rounds && result == EXPECTED;
    bench_finish(right, result, rounds);
}

static uint32_t size_code(uint32_t bytes)
{
    return (30U - (uint32_t)__builtin_clz(bytes)) << 1;
}

static void set_region(struct task *task, uint32_t index, const void *base, uint32_t rasr)
{
    task->regions[2 * index] = (uint32_t)base | RBAR_VALID | index;
    task->regions[2 * index + 1] = rasr;
}

static void make_task(uint32_t id)
{
    struct task *task = &tasks[id];
    struct block *own = &blocks[id];
    const uint32_t data = RASR_ENABLE | RASR_XN | RASR_AP_RW;
    set_region(task, 0, NULL, RASR_ENABLE | RASR_AP_RO | size_code(128 * 1024));
    set_region(task, 1, own, data | size_code(sizeof(*own)) | 0xC1U << 8);
    set_region(task, 2, &pieces[id], data | size_code(sizeof(pieces[0])) | 0xAAU << 8);
    set_region(task, 3, &shared, data | size_code(sizeof(shared)) | 0xAAU << 8);
    set_region(task, 4, constants, RASR_ENABLE | RASR_XN | RASR_AP_RO | size_code(512));
    set_region(task, 5, (const void *)0x50000000U, data | size_code(4096));
    set_region(task, 6, NULL, 0);
    set_region(task, 7, NULL, 0);
    own->piece = &pieces[id];
    own->shared = &shared;
    own->constants = constants;
    own->id = id;

    uint32_t *frame = &own->stack[192 - 8];
    frame[0] = (uint32_t)own;
    frame[1] = (uint32_t)&blocks[1U - id];
    frame[2] = bench_rounds;
    frame[6] = (uint32_t)task_main & ~1U;
    frame[7] = XPSR_T;
    task->sp = (uint32_t)(frame - 8);
    task->next = &tasks[1U - id];
}

void bench_main(void)
{
    make_task(0);
    make_task(1);
    first_task.next = &tasks[0];
    mpu_switch_current = &first_task;
    *bare_register(SHCSR) = SHCSR_MEMFAULTENA;
    __asm volatile("msr psp, %0\n"
                   "movs r0, #3\n" /* unprivileged, on the process stack */
                   "msr control, r0\n"
                   "isb\n"
                   "svc #0\n"
                   :
                   : "r"(&first_stack[64])
                   : "r0", "memory");
}
