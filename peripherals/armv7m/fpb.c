#include "peripherals/armv7m/fpb.h"

#include <stddef.h>

enum fpb_register {
    FP_CTRL = 0x000,
    FP_REMAP = 0x004,
    FP_COMP0 = 0x008,
};

#define CTRL_NUM_CODE      (FPB_CODE_COMPARATORS << 4)
#define CTRL_NUM_LIT       (FPB_LITERAL_COMPARATORS << 8)
#define CTRL_KEY           (1U << 1)
#define CTRL_ENABLE        (1U << 0)
#define REMAP_SUPPORTED    (1U << 29)
#define REMAP_WRITABLE     0x1FFFFFE0U
#define COMP_ENABLE        (1U << 0)
#define COMP_ADDRESS       0x1FFFFFFCU
#define COMP_LOWER         (1U << 30) /* break at the halfword at the address */
#define COMP_UPPER         (1U << 31) /* at the one after it */
#define COMP_WRITABLE_CODE (COMP_ADDRESS | COMP_LOWER | COMP_UPPER | COMP_ENABLE)
#define COMP_WRITABLE_LIT  (COMP_ADDRESS | COMP_ENABLE)

static const char device_name[] = "fpb";

static bool is_comparator(uint32_t offset)
{
    return offset >= FP_COMP0 && offset < FP_COMP0 + 4 * FPB_COMPARATORS;
}

static bool is_within(uint32_t address, uint32_t start, uint32_t end)
{
    return address >= start && address < end;
}

bool fpb_breaks(const struct fpb *fpb, uint32_t start, uint32_t end)
{
    for (uint32_t i = 0; fpb->state.enabled != 0 && i < FPB_CODE_COMPARATORS; i++) {
        uint32_t comparator = fpb->state.comparator[i];
        uint32_t address = comparator & COMP_ADDRESS;
        if ((comparator & COMP_ENABLE) != 0 &&
            (((comparator & COMP_LOWER) != 0 && is_within(address, start, end)) ||
             ((comparator & COMP_UPPER) != 0 && is_within(address + 2, start, end)))) {
            return true;
        }
    }
    return false;
}

uint32_t fpb_peek(const struct fpb *fpb, uint32_t offset)
{
    offset &= ~3U;
    if (is_comparator(offset)) {
        return fpb->state.comparator[(offset - FP_COMP0) / 4];
    }
    switch (offset) {
    case FP_CTRL:
        return CTRL_NUM_CODE | CTRL_NUM_LIT | fpb->state.enabled;
    case FP_REMAP:
        return REMAP_SUPPORTED | fpb->state.remap;
    default:
        return 0;
    }
}

static void write_comparator(struct fpb *fpb, uint32_t offset, uint32_t value)
{
    uint32_t index = (offset - FP_COMP0) / 4;
    bool code = index < FPB_CODE_COMPARATORS;
    if ((value & COMP_ENABLE) != 0 && (!code || (value & (COMP_LOWER | COMP_UPPER)) == 0)) {
        diag_unimplemented(fpb->config.diag, device_name, offset,
                           "remapping of code and literals is not modelled");
    }
    fpb->state.comparator[index] = value & (code ? COMP_WRITABLE_CODE : COMP_WRITABLE_LIT);
}

enum bus_result fpb_write(struct fpb *fpb, struct bus_access access, uint32_t value)
{
    if (access.size_bytes != 4) {
        diag_guest_error(fpb->config.diag, device_name, access.offset,
                         "FPB registers are words: narrow write ignored");
        return BUS_OK;
    }
    if (is_comparator(access.offset)) {
        write_comparator(fpb, access.offset, value);
    } else if (access.offset == FP_CTRL && (value & CTRL_KEY) != 0) {
        fpb->state.enabled = value & CTRL_ENABLE;
    } else if (access.offset == FP_REMAP) {
        fpb->state.remap = value & REMAP_WRITABLE;
    }
    if (fpb->config.changed != NULL) {
        fpb->config.changed(fpb->config.context);
    }
    return BUS_OK;
}

void fpb_reset(struct fpb *fpb)
{
    fpb->state = (struct fpb_state){0};
}

void fpb_init(struct fpb *fpb, const struct fpb_config *config)
{
    *fpb = (struct fpb){.config = *config};
    fpb_reset(fpb);
}
