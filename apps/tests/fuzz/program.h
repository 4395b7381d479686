/* apps/tests/fuzz/program.h - what `sandglass fuzz` writes into the memory of a fuzz app, and what
 * the app tells it. The simulator reads it, too: plain C11, includes <stdint.h> only.
 *
 * The app tells by commands of a driver that no board has; the kernel answers NODEVICE.
 */
#ifndef APPS_TESTS_FUZZ_PROGRAM_H
#define APPS_TESTS_FUZZ_PROGRAM_H

#include <stdint.h>

#define FUZZ_DRIVER 0x8FEED000u
enum fuzz_message {
    FUZZ_READY = 1, /* (address of struct fuzz_program, address of the playground) */
    FUZZ_DONE = 2,  /* the program has ended */
    FUZZ_BEAT = 3,  /* the witness: (ms late, words that changed) */
};

#define FUZZ_STEPS_MAX        64u
#define FUZZ_CONSTANTS        16u
#define FUZZ_DRIVERS          64u
#define FUZZ_PLAYGROUND_BYTES 512u

enum fuzz_operation {
    FUZZ_YIELD,     /* yield-no-wait(flag = value 1) */
    FUZZ_SUBSCRIBE, /* the four values, as the call has them */
    FUZZ_COMMAND,
    FUZZ_ALLOW_READ_WRITE,
    FUZZ_ALLOW_READ_ONLY,
    FUZZ_ALLOW_USER_READABLE,
    FUZZ_MEMOP,     /* (value 0, value 1) */
    FUZZ_SLEEP,     /* an alarm in value 1 ticks, and yield-wait-for it */
    FUZZ_WAIT,      /* yield-wait: for ever, if nothing comes */
    FUZZ_WAIT_FOR,  /* yield-wait-for(value 0, value 1) */
    FUZZ_EXIT,      /* exit(value 0, value 1) */
    FUZZ_BAD_YIELD, /* yield(value 0, value 1, value 2) */
    FUZZ_BAD_CLASS, /* a class that does not exist */
    FUZZ_LOAD,      /* reads the word at value 0 */
    FUZZ_STORE,     /* writes value 1 to value 0 */
    FUZZ_JUMP,      /* calls value 0 */
    FUZZ_STACK,     /* value 1 and 3: how to stop with the stack pointer at value 0 */
    FUZZ_SCRIBBLE,  /* value 1 to the playground at value 0 modulo its size */
    FUZZ_SPIN,      /* value 0 modulo 16384 turns */
    FUZZ_FLOAT,     /* a floating point instruction */
    FUZZ_OPERATIONS,
};

/* What a step's value begins with; numbers from FUZZ_BASE_CONSTANTS on are the host's. */
enum fuzz_base {
    FUZZ_BASE_ZERO,
    FUZZ_BASE_MEMORY_START,
    FUZZ_BASE_MEMORY_END,
    FUZZ_BASE_GRANT_START,
    FUZZ_BASE_FLASH_START,
    FUZZ_BASE_FLASH_END,
    FUZZ_BASE_BREAK,
    FUZZ_BASE_PLAYGROUND,
    FUZZ_BASE_PLAYGROUND_END,
    FUZZ_BASE_PROGRAM,
    FUZZ_BASE_STACK,
    FUZZ_BASE_UPCALL,        /* a function that notes its arguments */
    FUZZ_BASE_BUSY_UPCALL,   /* one that makes calls itself */
    FUZZ_BASE_ANSWER,        /* r1 of the latest call */
    FUZZ_BASE_SECOND_ANSWER, /* r2 */
    FUZZ_BASE_EVENT,         /* the first argument of the latest upcall */
    FUZZ_BASE_CONSTANTS,
    FUZZ_BASES = FUZZ_BASE_CONSTANTS + FUZZ_CONSTANTS,
};

/* How the 16 bits come in. */
enum fuzz_mode {
    FUZZ_MODE_PLUS,
    FUZZ_MODE_MINUS,
    FUZZ_MODE_HIGH,   /* plus bits << 16 */
    FUZZ_MODE_RANDOM, /* plus a random number from 0 to bits */
    FUZZ_MODE_STEPS,  /* plus bits times the turn of the step */
    FUZZ_MODE_DRIVER, /* the driver of this index modulo FUZZ_DRIVERS instead, whatever the base */
    FUZZ_MODES,
};

struct fuzz_step {
    uint8_t operation;
    uint8_t turns;   /* how often; 0 is 1 */
    uint8_t base[4]; /* enum fuzz_base | enum fuzz_mode << 5 */
    uint16_t unused;
    uint16_t bits[4];
};

struct fuzz_program {
    uint32_t go; /* the host's last word: not 0 */
    uint32_t count, first, rounds, seed;
    uint32_t constant[FUZZ_CONSTANTS];
    uint32_t driver[FUZZ_DRIVERS];
    struct fuzz_step step[FUZZ_STEPS_MAX];
};

_Static_assert(sizeof(struct fuzz_step) == 16 && FUZZ_BASES == 32 && FUZZ_MODES <= 8,
               "as both sides have it");

#endif
