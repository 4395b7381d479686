/* sim/cpu/cycle_shape.h - what one instruction does to the Cortex-M4's pipeline, as far as its own
 * cost and that of its neighbours depend on it. Private to the cycle model. */
#ifndef SIM_CPU_CYCLE_SHAPE_H
#define SIM_CPU_CYCLE_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <capstone/capstone.h>

/* P, the refill of the pipeline, by when the target's address is known. */
enum cycle_refill {
    CYCLE_REFILL_DECODE = 1,  /* B, BL and BX LR: the target is fetched while they are decoded */
    CYCLE_REFILL_EXECUTE = 2, /* CBZ, BX of another register, a result written to PC */
    CYCLE_REFILL_LOAD = 3,    /* PC comes from memory */
};

enum cycle_shape_kind {
    CYCLE_SHAPE_OTHER,
    CYCLE_SHAPE_LOAD, /* a single load, LDREX or STREX: one after another they overlap */
    CYCLE_SHAPE_STORE_IMMEDIATE,
    CYCLE_SHAPE_STORE_REGISTER,
    CYCLE_SHAPE_IT,
};

struct cycle_shape {
    enum cycle_shape_kind kind;
    uint8_t size_bytes;
    uint8_t cycles; /* on its own */
    uint8_t taken;  /* enum cycle_refill of one that may change PC, else 0 */
    unsigned flags; /* enum cycle_flag */
    /* Core registers, a bit each. */
    uint32_t loaded;   /* CYCLE_SHAPE_LOAD: what it loads */
    uint32_t computed; /* what it writes without accessing memory */
    uint32_t address;  /* what the address of its memory access is computed from */
    bool writes_lr, returns_by_lr;
    bool literal; /* loads relative to PC */
    /* The floating-point unit. */
    bool fp;             /* uses it */
    bool fp_slow;        /* VDIV, VSQRT */
    uint32_t fp_late;    /* s registers, a bit each, whose new value is a cycle late */
    uint32_t fp_sources; /* s registers that it needs at once */
};

/* Whether a 32-bit instruction is one of the floating-point unit, coprocessors 10 and 11, from its
 * encoding alone: without the unit all of these fault. (0xEF.. and 0xFF.. are Advanced SIMD, which
 * ARMv7-M does not have.) */
static inline bool cycle_is_fp(const uint16_t code[2])
{
    bool coprocessor = (code[0] & 0xEC00U) == 0xEC00U && (code[0] & 0x0300U) != 0x0300U;
    return coprocessor && (code[1] & 0x0E00U) == 0x0A00U;
}

/* `code` holds `available` >= 2 bytes; an instruction that is not all there costs 1. `insn` is a
 * buffer of cs_malloc. */
struct cycle_shape cycle_shape_decode(csh handle, cs_insn *insn, const uint8_t *code,
                                      size_t available, uint32_t address);

#endif
