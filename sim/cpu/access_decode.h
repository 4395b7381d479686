/* sim/cpu/access_decode.h - what memory a Thumb instruction is about to touch, from its bytes and
 * the registers before it. Reference: ARMv7-M ARM, A5 and A7.
 *
 * For MMFAR and BFAR, for unprivileged loads and stores of privileged code (LDRT, STRT), and for
 * debugging. Knows every load and store of ARMv7-M with the single-precision FP extension; not
 * coprocessor ones (LDC, STC), which a Cortex-M4 faults.
 */
#ifndef SIM_CPU_ACCESS_DECODE_H
#define SIM_CPU_ACCESS_DECODE_H

#include <stdbool.h>
#include <stdint.h>

/* `count` elements of `element_bytes` each, one behind the other, from `address` up (wrapping). */
struct access_span {
    uint32_t address;
    uint8_t element_bytes; /* 1, 2, 4 or 8 */
    uint8_t count;         /* 1..32 */
    bool write;
    bool unprivileged; /* checked as unprivileged whatever the mode */
    bool aligned_only; /* an address that is not a multiple of 4 is a UsageFault always */
};

/* `code` are the instruction's halfwords (the second is ignored for a 16-bit one), `r` r0 to r12,
 * the current sp, lr, and the instruction's own address as r[15]. False: it touches no memory. Does
 * not look at an IT condition. */
bool access_decode(const uint16_t code[2], const uint32_t r[16], struct access_span *span);

/* The same question for LDRT, STRT and their kin alone, without registers. */
static inline bool access_is_unprivileged(const uint16_t code[2])
{
    return (code[0] & 0xFE80U) == 0xF800U && (code[0] & 0xFU) != 0xFU &&
           (code[1] & 0x0F00U) == 0x0E00U;
}

#endif
