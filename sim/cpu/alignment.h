/* sim/cpu/alignment.h - which registers must hold a word address when a block starts, so that none
 * of its LDM, STM, LDRD, STRD, VLDR, VSTR, VLDM and VSTM is unaligned. Reference: ARMv7-M ARM,
 * A3.2.1 (they fault with UNALIGNED whatever CCR says).
 *
 * Follows, through the block, what each register is modulo 4. The stack pointer always is a
 * multiple of 4 and is never asked for. LDREX and STREX are left out: the engine checks them.
 */
#ifndef SIM_CPU_ALIGNMENT_H
#define SIM_CPU_ALIGNMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ALIGNMENT_SITES 8

/* Of `registers`: a bit for each of r0-r12 and lr that must be a multiple of 4 at the start. */
#define ALIGNMENT_REGISTERS 0x5FFFU
#define ALIGNMENT_STEP      0x2000U /* cannot be told ahead: look at each instruction before it runs */
#define ALIGNMENT_KEEPS     0x8000U /* having run, the block leaves those registers aligned again */

struct alignment {
    uint16_t registers;
    uint8_t site_count;
    uint32_t site[ALIGNMENT_SITES]; /* instructions whose base must be looked at before they run */
};

struct alignment_code {
    const uint8_t *bytes; /* of the block, and what lies behind it */
    size_t available;     /* bytes of it; at least the block's */
    uint32_t address;
    uint32_t size_bytes;
    /* What lies behind does not change without the block being forgotten: literals are read. */
    bool constant;
};

/* The block runs from its start, with no IT block open there. `literal_end`: the highest offset of
 * a literal that the answer depends on, its end; 0: none. */
struct alignment alignment_analyse(const struct alignment_code *code, size_t *literal_end);

/* The base register of an instruction that must be aligned; -1: it is none, or its base is the
 * stack pointer or PC. `code` are its halfwords. */
int alignment_base(const uint16_t code[2]);

#endif
