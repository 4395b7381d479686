#include "sim/debug/gdb_registers.h"

enum {
    GDB_SP = 13,
    GDB_LR,
    GDB_PC,
    GDB_XPSR,
    GDB_D0,
    GDB_FPSCR = GDB_D0 + 16,
    GDB_MSP,
    GDB_PSP,
    GDB_PRIMASK,
    GDB_BASEPRI,
    GDB_FAULTMASK,
    GDB_CONTROL
};
_Static_assert(GDB_CONTROL + 1 == GDB_REGISTER_COUNT, "the description and the numbers agree");

#define REG32(name) "<reg name=\"" name "\" bitsize=\"32\"/>"
#define REG64(name) "<reg name=\"" name "\" bitsize=\"64\" type=\"ieee_double\"/>"

const char gdb_target_xml[] =
    "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target>"
    "<architecture>arm</architecture><feature name=\"org.gnu.gdb.arm.m-profile\">" REG32("r0")
        REG32("r1") REG32("r2") REG32("r3") REG32("r4") REG32("r5") REG32("r6") REG32("r7")
            REG32("r8") REG32("r9") REG32("r10")
                REG32("r11")
                    REG32("r12") "<reg name=\"sp\" bitsize=\"32\" type=\"data_ptr\"/>" REG32("lr") "<reg name=\"pc\" bitsize=\"32\" type=\"code_ptr\"/>" REG32(
                        "xpsr") "</feature><feature name=\"org.gnu.gdb.arm.vfp\">" REG64("d0")
                        REG64("d1") REG64("d2") REG64("d3") REG64("d4") REG64("d5") REG64("d6")
                            REG64("d7") REG64("d8") REG64("d9") REG64("d10") REG64("d11")
                                REG64("d12") REG64("d13") REG64("d14") REG64(
                                    "d15") "<reg name=\"fpscr\" bitsize=\"32\" type=\"int\" "
                                           "group=\"float\"/>"
                                           "</feature><feature name=\"org.gnu.gdb.arm.m-system\">"
                                           "<reg name=\"msp\" bitsize=\"32\" type=\"data_ptr\"/>"
                                           "<reg name=\"psp\" bitsize=\"32\" type=\"data_ptr\"/>"
                                           "</feature><feature "
                                           "name=\"org.sandglass.arm.special\">" REG32("primask")
                                               REG32("basepri") REG32("faultmask")
                                                   REG32("control") "</feature></target>";

size_t gdb_register_bytes(uint32_t number)
{
    if (number >= GDB_REGISTER_COUNT) {
        return 0;
    }
    return number >= GDB_D0 && number < GDB_FPSCR ? 8 : 4;
}

/* Where a 32-bit register lives; NULL for sp (it names msp or psp) and for d0-d15. */
static uint32_t *register_slot(struct cpu_regs *regs, uint32_t number)
{
    switch (number) {
    case GDB_LR:
        return &regs->lr;
    case GDB_PC:
        return &regs->pc;
    case GDB_XPSR:
        return &regs->xpsr;
    case GDB_FPSCR:
        return &regs->fpscr;
    case GDB_MSP:
        return &regs->msp;
    case GDB_PSP:
        return &regs->psp;
    case GDB_PRIMASK:
        return &regs->primask;
    case GDB_BASEPRI:
        return &regs->basepri;
    case GDB_FAULTMASK:
        return &regs->faultmask;
    case GDB_CONTROL:
        return &regs->control;
    default:
        return number < GDB_SP ? &regs->r[number] : NULL;
    }
}

uint64_t gdb_register_get(const struct cpu_regs *regs, uint32_t number)
{
    if (number == GDB_SP) {
        return cpu_regs_sp(regs);
    }
    if (number >= GDB_D0 && number < GDB_FPSCR) {
        uint32_t s = 2 * (number - GDB_D0);
        return (uint64_t)regs->s[s + 1] << 32 | regs->s[s];
    }
    struct cpu_regs copy = *regs;
    const uint32_t *slot = register_slot(&copy, number);
    return slot != NULL ? *slot : 0;
}

void gdb_register_set(struct cpu_regs *regs, uint32_t number, uint64_t value)
{
    if (number >= GDB_D0 && number < GDB_FPSCR) {
        uint32_t s = 2 * (number - GDB_D0);
        regs->s[s] = (uint32_t)value;
        regs->s[s + 1] = (uint32_t)(value >> 32);
        return;
    }
    uint32_t *slot = register_slot(regs, number);
    if (number == GDB_SP) {
        slot = cpu_regs_uses_psp(regs) ? &regs->psp : &regs->msp;
        value &= ~(uint64_t)3;
    } else if (number == GDB_PC) {
        value &= ~(uint64_t)1;
    }
    if (slot != NULL) {
        *slot = (uint32_t)value;
    }
}
