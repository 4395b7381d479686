/* sim/cpu/cycle_model.h - what each instruction costs on a Cortex-M4, and what the run loop must
 * know about it. Reference: Cortex-M4 TRM, instruction set summary; docs/timing.md, which also says
 * where the rules that the manual leaves open come from.
 *
 * The cost of an instruction depends on the instruction itself and on what follows it in memory,
 * never on how execution got there: the sum over a path is the same however the path is cut into
 * blocks. What the operands or a failed condition decide is known only when the instruction runs:
 * its cost here is the least, and `extra` the most that then comes on top.
 */
#ifndef SIM_CPU_CYCLE_MODEL_H
#define SIM_CPU_CYCLE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Flash wait states as seen by the core. */
struct cycle_fetch {
    bool line_wait; /* this code is read line by line: CYCLE_LINE_WAIT for each that is entered */
    bool literal_wait; /* loads relative to PC wait as long */
};
#define CYCLE_LINE_BYTES 16U
#define CYCLE_LINE_WAIT  2U

#define CYCLE_DIVIDE_LEAST 2U
#define CYCLE_DIVIDE_MOST  12U
#define CYCLE_FP_SLOW      14U /* VDIV, VSQRT */
#define CYCLE_EXTRA_MOST   31U

enum cycle_flag {
    CYCLE_BRANCH = 1 << 0,         /* may change PC: `taken` is added when it does */
    CYCLE_BARRIER = 1 << 1,        /* DSB or ISB */
    CYCLE_WRITES_SPECIAL = 1 << 2, /* MSR or CPS: masks, CONTROL, stack pointers */
    CYCLE_FP = 1 << 3,             /* needs the floating-point unit */
    CYCLE_DIVIDE = 1 << 4,         /* SDIV or UDIV */
    CYCLE_MEMORY = 1 << 5,         /* loads or stores */
    CYCLE_MULTIPLE = 1 << 6,       /* LDM, STM, LDRD, STRD and kin: always aligned */
    CYCLE_IT = 1 << 7,             /* the IT instruction itself */
    CYCLE_SEND_EVENT = 1 << 8,     /* SEV */
    CYCLE_EXCLUSIVE = 1 << 9,      /* LDREX and kin: opens the local monitor */
    CYCLE_INNER_BARRIER = 1 << 10, /* of a block: instructions follow a DSB */
    CYCLE_CONTROL = 1 << 11,       /* MRS or MSR of CONTROL */
    CYCLE_VARIABLE = 1 << 12,      /* `extra` is not 0 */
    CYCLE_EXAMINED = 1 << 13,      /* of a block: never runs unexamined */
    CYCLE_COVERED = 1 << 14,       /* of a block: whoever runs it adds what is VARIABLE */
};

struct cycle_cost {
    uint8_t size_bytes; /* 2 or 4 */
    uint8_t cycles;     /* zero is possible: folded or pipelined away */
    uint8_t extra;      /* the most that is added when it runs, up to CYCLE_EXTRA_MOST */
    uint8_t taken;      /* added when the branch is taken */
    uint8_t it_length;  /* CYCLE_IT: instructions in the block, 1..4 */
    unsigned flags;     /* enum cycle_flag */
};

struct cycle_model; /* opaque: a decoder */

/* NULL when the decoder cannot be had. */
struct cycle_model *cycle_model_create(void);
void cycle_model_destroy(struct cycle_model *model);

/* The cost of the instruction at `address`, whose bytes and those after it are `code`.
 * `available` >= 2; what lies beyond is taken as "nothing that matters". `conditional`: inside an
 * IT block. Never fails: bytes that are no instruction cost 1. */
struct cycle_cost cycle_model_cost(struct cycle_model *model, const uint8_t *code, size_t available,
                                   uint32_t address, struct cycle_fetch fetch, bool conditional);

/* Added to a taken branch's cost for its target: a 32-bit instruction off a word boundary, a line
 * to fetch. */
uint8_t cycle_model_entry_cost(const uint8_t *code, uint32_t address, struct cycle_fetch fetch);

/* True: the instruction is SDIV or UDIV; the registers are numbers, 0..15. */
struct cycle_divide {
    bool is_signed;
    uint8_t dividend, divisor;
};
bool cycle_divide_decode(const uint16_t code[2], struct cycle_divide *divide);
/* CYCLE_DIVIDE_LEAST to CYCLE_DIVIDE_MOST. */
uint8_t cycle_divide_cycles(bool is_signed, uint32_t dividend, uint32_t divisor);

/* 4 when the halfword begins a 32-bit instruction, else 2. */
static inline uint8_t cycle_instruction_bytes(uint16_t first_halfword)
{
    return (first_halfword & 0xF800U) >= 0xE800U ? 4 : 2;
}

#endif
