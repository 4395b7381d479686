/* sim/cpu/cpu_regs.h - the architectural state of an ARMv7-M core, as plain values (ARMv7-M ARM,
 * B1.4). */
#ifndef SIM_CPU_CPU_REGS_H
#define SIM_CPU_CPU_REGS_H

#include <stdbool.h>
#include <stdint.h>

#define XPSR_T        (1U << 24)
#define XPSR_IPSR     0x1FFU
#define XPSR_IT_ICI   0x0600FC00U
#define CONTROL_NPRIV (1U << 0)
#define CONTROL_SPSEL (1U << 1)
#define CONTROL_FPCA  (1U << 2)

struct cpu_regs {
    uint32_t r[13]; /* r0-r12 */
    uint32_t msp, psp;
    uint32_t lr;
    uint32_t pc;   /* address of the next instruction; bit 0 clear */
    uint32_t xpsr; /* NZCVQ, GE, IT/ICI, T, IPSR in their architectural places */
    uint32_t control;
    uint32_t primask, faultmask; /* bit 0 */
    uint32_t basepri;
    uint32_t s[32];
    uint32_t fpscr;
};

/* The exception number being handled, 0 in thread mode. */
static inline uint32_t cpu_regs_ipsr(const struct cpu_regs *regs)
{
    return regs->xpsr & XPSR_IPSR;
}

static inline bool cpu_regs_privileged(const struct cpu_regs *regs)
{
    return cpu_regs_ipsr(regs) != 0 || (regs->control & CONTROL_NPRIV) == 0;
}

static inline bool cpu_regs_uses_psp(const struct cpu_regs *regs)
{
    return cpu_regs_ipsr(regs) == 0 && (regs->control & CONTROL_SPSEL) != 0;
}

/* The stack pointer that r13 names now. */
static inline uint32_t cpu_regs_sp(const struct cpu_regs *regs)
{
    return cpu_regs_uses_psp(regs) ? regs->psp : regs->msp;
}

#endif
