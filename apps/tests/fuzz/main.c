/* Carries out a program of system calls that `sandglass fuzz` writes into its memory: any call with
 * any arguments, wild memory accesses, stacks that lead nowhere. See program.h. */
#pragma GCC optimize("O2") /* as many calls as can be in the time */
#include <stdint.h>

#include "apps/lib/syscall.h"
#include "apps/tests/fuzz/program.h"
#include "kernel/abi/drivers.h"

#define SPIN_MAX   16383u
#define DEPTH_MAX  3u
#define PLAYGROUND (FUZZ_PLAYGROUND_BYTES / sizeof(uint32_t))

static volatile struct fuzz_program program;
static uint32_t playground[PLAYGROUND] __attribute__((aligned(64))); /* so that it can be shared */
static uint32_t base[FUZZ_BASES];
static uint32_t state, depth, turn;

#define CALL(name, class)                                                                          \
    static uint32_t name(uint32_t a, uint32_t b, uint32_t c, uint32_t d)                           \
    {                                                                                              \
        register uint32_t r0 __asm__("r0") = a;                                                    \
        register uint32_t r1 __asm__("r1") = b;                                                    \
        register uint32_t r2 __asm__("r2") = c;                                                    \
        register uint32_t r3 __asm__("r3") = d;                                                    \
        __asm__ volatile("svc %[number]"                                                           \
                         : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)                                  \
                         : [number] "i"(class)                                                     \
                         : "memory", "r12", "lr", "cc");                                           \
        base[FUZZ_BASE_ANSWER] = r1;                                                               \
        base[FUZZ_BASE_SECOND_ANSWER] = r2;                                                        \
        return r0;                                                                                 \
    }

CALL(call_yield, ABI_CLASS_YIELD)
CALL(call_subscribe, ABI_CLASS_SUBSCRIBE)
CALL(call_command, ABI_CLASS_COMMAND)
CALL(call_allow_read_write, ABI_CLASS_ALLOW_READ_WRITE)
CALL(call_allow_read_only, ABI_CLASS_ALLOW_READ_ONLY)
CALL(call_memop, ABI_CLASS_MEMOP)
CALL(call_exit, ABI_CLASS_EXIT)
CALL(call_allow_user_readable, ABI_CLASS_ALLOW_USER_READABLE)
CALL(call_bad_class, 8)

static uint32_t memop(uint32_t operation)
{
    (void)call_memop(operation, 0, 0, 0);
    return base[FUZZ_BASE_ANSWER];
}

static uint32_t random_below(uint32_t limit)
{
    state = state * 1664525u + 1013904223u;
    return limit == 0 ? 0 : (state >> 8) % limit;
}

static uint32_t value(volatile struct fuzz_step *step, uint32_t index)
{
    uint32_t which = step->base[index], bits = step->bits[index];
    uint32_t from = base[which % FUZZ_BASES];
    switch (which / FUZZ_BASES) {
    case FUZZ_MODE_MINUS:
        return from - bits;
    case FUZZ_MODE_HIGH:
        return from + (bits << 16);
    case FUZZ_MODE_RANDOM:
        return from + random_below(bits + 1);
    case FUZZ_MODE_STEPS:
        return from + bits * turn;
    case FUZZ_MODE_DRIVER:
        return program.driver[bits % FUZZ_DRIVERS];
    default:
        return from + bits;
    }
}

/* With the stack pointer anywhere, something that makes the core use it. */
static void move_stack(uint32_t to, uint32_t how)
{
    switch (how % 4) {
    case 0:
        __asm__ volatile(
            "mov r7, sp\n mov sp, %[to]\n movs r0, #0\n movs r1, #0\n svc 0\n mov sp, r7"
            :
            : [to] "r"(to)
            : "r0", "r1", "r2", "r3", "r7", "r12", "lr", "memory", "cc");
        break;
    case 1:
        __asm__ volatile(
            "mov r7, sp\n mov sp, %[to]\n movs r0, #2\n movs r1, #0\n svc 2\n mov sp, r7"
            :
            : [to] "r"(to)
            : "r0", "r1", "r2", "r3", "r7", "r12", "lr", "memory", "cc");
        break;
    case 2:
        __asm__ volatile("mov r7, sp\n mov sp, %[to]\n push {r0-r6}\n pop {r0-r6}\n mov sp, r7"
                         :
                         : [to] "r"(to)
                         : "r7", "memory");
        break;
    default: /* until the slice is over */
        __asm__ volatile("mov r7, sp\n mov sp, %[to]\n movw r0, #20000\n"
                         "1: subs r0, #1\n bne 1b\n mov sp, r7"
                         :
                         : [to] "r"(to)
                         : "r0", "r7", "memory", "cc");
        break;
    }
}

static void use_float(uint32_t bits)
{
    __asm__ volatile(
        ".fpu fpv4-sp-d16\n vmov s0, %[bits]\n vmov s17, %[bits]\n vadd.f32 s1, s0, s17"
        :
        : [bits] "r"(bits)
        : "memory");
}

static void spin(uint32_t turns)
{
    for (volatile uint32_t i = turns % (SPIN_MAX + 1); i > 0; i--) {
    }
}

static void sleep_for(uint32_t ticks)
{
    if (call_command(ABI_DRIVER_ALARM, ABI_ALARM_SET_RELATIVE, ticks, 0) >= ABI_SUCCESS) {
        (void)call_yield(ABI_YIELD_WAIT_FOR, ABI_DRIVER_ALARM, 0, 0);
    }
}

static void access_memory(uint32_t operation, uint32_t a, uint32_t b)
{
    if (operation == FUZZ_LOAD) {
        base[FUZZ_BASE_ANSWER] = *(volatile uint32_t *)(uintptr_t)a;
    } else if (operation == FUZZ_STORE) {
        *(volatile uint32_t *)(uintptr_t)a = b;
    } else {
        ((void (*)(void))(uintptr_t)a)();
    }
}

static void carry_out(uint32_t operation, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    switch (operation) {
    case FUZZ_YIELD:
        (void)call_yield(ABI_YIELD_NO_WAIT, b, c, d);
        break;
    case FUZZ_SUBSCRIBE:
        (void)call_subscribe(a, b, c, d);
        break;
    case FUZZ_COMMAND:
        (void)call_command(a, b, c, d);
        break;
    case FUZZ_ALLOW_READ_WRITE:
        (void)call_allow_read_write(a, b, c, d);
        break;
    case FUZZ_ALLOW_READ_ONLY:
        (void)call_allow_read_only(a, b, c, d);
        break;
    case FUZZ_ALLOW_USER_READABLE:
        (void)call_allow_user_readable(a, b, c, d);
        break;
    case FUZZ_MEMOP:
        (void)call_memop(a, b, c, d);
        base[FUZZ_BASE_BREAK] = memop(ABI_MEMOP_SBRK);
        break;
    case FUZZ_SLEEP:
        sleep_for(b);
        break;
    case FUZZ_WAIT:
        (void)call_yield(ABI_YIELD_WAIT, 0, 0, 0);
        break;
    case FUZZ_WAIT_FOR:
        (void)call_yield(ABI_YIELD_WAIT_FOR, a, b, c);
        break;
    case FUZZ_EXIT:
        (void)call_exit(a, b, c, d);
        break;
    case FUZZ_BAD_YIELD:
        (void)call_yield(a, b, c, d);
        break;
    case FUZZ_BAD_CLASS:
        (void)call_bad_class(a, b, c, d);
        break;
    case FUZZ_STACK:
        move_stack(a & ~3u, b);
        break;
    case FUZZ_SCRIBBLE:
        playground[a % PLAYGROUND] = b;
        break;
    case FUZZ_SPIN:
        spin(a);
        break;
    case FUZZ_FLOAT:
        use_float(a);
        break;
    default:
        access_memory(operation, a, b);
        break;
    }
}

static void take_step(uint32_t index)
{
    volatile struct fuzz_step *step = &program.step[index % FUZZ_STEPS_MAX];
    uint32_t turns = step->turns == 0 ? 1 : step->turns;
    for (turn = 0; turn < turns; turn++) {
        uint32_t a = value(step, 0), b = value(step, 1), c = value(step, 2), d = value(step, 3);
        carry_out(step->operation % FUZZ_OPERATIONS, a, b, c, d);
    }
}

static void note_upcall(uint32_t a, uint32_t b, uint32_t c, void *userdata)
{
    (void)b;
    (void)c;
    (void)userdata;
    base[FUZZ_BASE_EVENT] = a;
}

static void busy_upcall(uint32_t a, uint32_t b, uint32_t c, void *userdata)
{
    note_upcall(a, b, c, userdata);
    uint32_t count = program.count;
    if (depth < DEPTH_MAX && count > 0) {
        depth++;
        take_step(random_below(count));
        take_step(random_below(count));
        depth--;
    }
}

static void fill_bases(void)
{
    base[FUZZ_BASE_MEMORY_START] = memop(ABI_MEMOP_MEMORY_START);
    base[FUZZ_BASE_MEMORY_END] = memop(ABI_MEMOP_MEMORY_END);
    base[FUZZ_BASE_GRANT_START] = memop(ABI_MEMOP_GRANT_START);
    base[FUZZ_BASE_FLASH_START] = memop(ABI_MEMOP_FLASH_START);
    base[FUZZ_BASE_FLASH_END] = memop(ABI_MEMOP_FLASH_END);
    base[FUZZ_BASE_BREAK] = memop(ABI_MEMOP_SBRK);
    base[FUZZ_BASE_PLAYGROUND] = (uint32_t)(uintptr_t)playground;
    base[FUZZ_BASE_PLAYGROUND_END] = (uint32_t)(uintptr_t)(playground + PLAYGROUND);
    base[FUZZ_BASE_PROGRAM] = (uint32_t)(uintptr_t)&program;
    base[FUZZ_BASE_STACK] = (uint32_t)(uintptr_t)__builtin_frame_address(0);
    base[FUZZ_BASE_UPCALL] = (uint32_t)(uintptr_t)note_upcall;
    base[FUZZ_BASE_BUSY_UPCALL] = (uint32_t)(uintptr_t)busy_upcall;
    for (uint32_t i = 0; i < FUZZ_CONSTANTS; i++) {
        base[FUZZ_BASE_CONSTANTS + i] = program.constant[i];
    }
}

int main(void)
{
    fill_bases();
    (void)call_command(FUZZ_DRIVER, FUZZ_READY, (uint32_t)(uintptr_t)&program,
                       (uint32_t)(uintptr_t)playground);
    while (program.go == 0) {
    }
    state = program.seed;
    fill_bases();
    for (uint32_t round = program.rounds; round > 0; round--) {
        for (uint32_t i = program.first; i < program.count; i++) {
            take_step(i);
        }
    }
    (void)call_command(FUZZ_DRIVER, FUZZ_DONE, 0, 0);
    for (;;) {
        (void)call_yield(ABI_YIELD_WAIT, 0, 0, 0);
    }
}
