#include "mpu_model/mpu_model.h"

#include <stddef.h>

#define TYPE_DREGION  (MPU_REGION_COUNT << 8)
#define CTRL_MASK     (MPU_CTRL_ENABLE | MPU_CTRL_HFNMIENA | MPU_CTRL_PRIVDEFENA)
#define RBAR_ADDR     0xFFFFFFE0u
#define RBAR_VALID    (1u << 4)
#define RBAR_REGION   0xFu
#define RASR_MASK     0x173FFF3Fu
#define RASR_ENABLE   (1u << 0)
#define RASR_XN       (1u << 28)
#define SIZE_SMALLEST 4u /* RASR.SIZE of 32 bytes */
#define SIZE_WITH_SRD 7u /* RASR.SIZE of 256 bytes */
#define SYSTEM_FIRST  0xE0000000u
#define PPB_LAST      0xE00FFFFFu
#define MAP_PART_LAST 0x1FFFFFFFu /* the default map changes at multiples of 512 MB */

static uint32_t rasr_size(uint32_t rasr)
{
    return (rasr >> 1) & 0x1F;
}

static uint32_t rasr_srd(uint32_t rasr)
{
    return (rasr >> 8) & 0xFF;
}

static uint32_t rasr_ap(uint32_t rasr)
{
    return (rasr >> 24) & 7;
}

/* Address bits within the region: size - 1. SIZE = 31 is 4 GiB. */
static uint32_t region_mask(uint32_t rasr)
{
    return 0xFFFFFFFFu >> (31 - rasr_size(rasr));
}

static bool region_is_live(uint32_t rasr)
{
    return (rasr & RASR_ENABLE) != 0 && rasr_size(rasr) >= SIZE_SMALLEST;
}

void mpu_reset(struct mpu_state *mpu)
{
    *mpu = (struct mpu_state){0};
}

bool mpu_register_read(const struct mpu_state *mpu, uint32_t offset, uint32_t *value)
{
    switch (offset) {
    case MPU_TYPE:
        *value = TYPE_DREGION;
        return true;
    case MPU_CTRL:
        *value = mpu->ctrl;
        return true;
    case MPU_RNR:
        *value = mpu->rnr;
        return true;
    case MPU_RBAR:
    case MPU_RBAR_A1:
    case MPU_RBAR_A2:
    case MPU_RBAR_A3:
        *value = mpu->rbar[mpu->rnr] | mpu->rnr; /* VALID reads as zero */
        return true;
    case MPU_RASR:
    case MPU_RASR_A1:
    case MPU_RASR_A2:
    case MPU_RASR_A3:
        *value = mpu->rasr[mpu->rnr];
        return true;
    default:
        *value = 0;
        return false;
    }
}

static enum mpu_write write_rbar(struct mpu_state *mpu, uint32_t value)
{
    if (value & RBAR_VALID) {
        if ((value & RBAR_REGION) >= MPU_REGION_COUNT) {
            return MPU_WRITE_UNPREDICTABLE;
        }
        mpu->rnr = value & RBAR_REGION;
    }
    mpu->rbar[mpu->rnr] = value & RBAR_ADDR;
    return MPU_WRITE_DONE;
}

enum mpu_write mpu_register_write(struct mpu_state *mpu, uint32_t offset, uint32_t value)
{
    switch (offset) {
    case MPU_TYPE:
        return MPU_WRITE_READ_ONLY;
    case MPU_CTRL:
        mpu->ctrl = value & CTRL_MASK;
        return MPU_WRITE_DONE;
    case MPU_RNR:
        if (value >= MPU_REGION_COUNT) {
            return MPU_WRITE_UNPREDICTABLE;
        }
        mpu->rnr = value;
        return MPU_WRITE_DONE;
    case MPU_RBAR:
    case MPU_RBAR_A1:
    case MPU_RBAR_A2:
    case MPU_RBAR_A3:
        return write_rbar(mpu, value);
    case MPU_RASR:
    case MPU_RASR_A1:
    case MPU_RASR_A2:
    case MPU_RASR_A3:
        mpu->rasr[mpu->rnr] = value & RASR_MASK;
        return MPU_WRITE_DONE;
    default:
        return MPU_WRITE_NO_REGISTER;
    }
}

/* The default map's execute-never: peripherals, external devices and the system space. */
static bool default_map_executes(uint32_t address)
{
    return ((1u << (address >> 29)) & 0x1Bu) != 0; /* 0x0, 0x2, 0x6 and 0x8.. */
}

static bool ap_permits(uint32_t ap, enum mpu_access access, bool privileged)
{
    /* Bit n: AP value n permits. 0b100 is reserved: nothing. */
    static const uint8_t permits[2][2] = {
        {0xCC, 0x08}, /* unprivileged: read 2 3 6 7, write 3 */
        {0xEE, 0x0E}, /* privileged: read 1 2 3 5 6 7, write 1 2 3 */
    };
    return (permits[privileged][access == MPU_ACCESS_WRITE] >> ap) & 1;
}

/* What decides about one byte, and up to which byte (`last`, inclusive) the very same decides. */
struct decision {
    int region;
    int subregion;
    int disabled_region;
    int disabled_subregion;
    uint32_t last;
};

static void decision_cut(struct decision *decision, uint32_t last)
{
    if (last < decision->last) {
        decision->last = last;
    }
}

/* True when region r holds `address`. Either way decision->last is cut to where that answer
 * changes. */
static bool region_decides(const struct mpu_state *mpu, int r, uint32_t address,
                           struct decision *decision)
{
    uint32_t rasr = mpu->rasr[r];
    if (!region_is_live(rasr)) {
        return false;
    }
    uint32_t mask = region_mask(rasr);
    uint32_t first = mpu->rbar[r] & ~mask;
    if (address < first) {
        decision_cut(decision, first - 1);
        return false;
    }
    if ((address & ~mask) != first) {
        return false;
    }
    if (rasr_size(rasr) < SIZE_WITH_SRD) {
        decision_cut(decision, first | mask);
        decision->region = r;
        return true;
    }
    uint32_t subregion_shift = rasr_size(rasr) + 1 - 3;
    int subregion = (int)((address & mask) >> subregion_shift);
    decision_cut(decision, address | (mask >> 3));
    if ((rasr_srd(rasr) >> subregion) & 1) {
        if (decision->disabled_region < 0) {
            decision->disabled_region = r;
            decision->disabled_subregion = subregion;
        }
        return false;
    }
    decision->region = r;
    decision->subregion = subregion;
    return true;
}

static struct decision decide(const struct mpu_state *mpu, uint32_t address,
                              struct mpu_context context)
{
    struct decision decision = {MPU_REGION_NONE, -1, -1, -1, address | MAP_PART_LAST};
    bool off = !(mpu->ctrl & MPU_CTRL_ENABLE) ||
               (context.negative_priority && !(mpu->ctrl & MPU_CTRL_HFNMIENA));
    if (address >= SYSTEM_FIRST && address <= PPB_LAST) {
        off = true;
        decision.last = PPB_LAST;
    }
    if (off) {
        decision.region = MPU_REGION_DEFAULT;
        return decision;
    }
    for (int r = MPU_REGION_COUNT - 1; r >= 0; r--) {
        if (region_decides(mpu, r, address, &decision)) {
            decision.disabled_region = -1;
            decision.disabled_subregion = -1;
            return decision;
        }
    }
    if (context.privileged && (mpu->ctrl & MPU_CTRL_PRIVDEFENA)) {
        decision.region = MPU_REGION_BACKGROUND;
        decision.disabled_region = -1;
        decision.disabled_subregion = -1;
    }
    return decision;
}

static enum mpu_reason judge(const struct mpu_state *mpu, const struct decision *decision,
                             uint32_t address, enum mpu_access access, bool privileged)
{
    if (decision->region == MPU_REGION_NONE) {
        return MPU_REASON_NO_REGION;
    }
    bool executes = default_map_executes(address);
    if (decision->region >= 0) {
        uint32_t rasr = mpu->rasr[decision->region];
        if (!ap_permits(rasr_ap(rasr), access, privileged)) {
            return MPU_REASON_PERMISSION;
        }
        /* A region may make the default map's never-execute parts executable, but not system space.
         */
        executes = !(rasr & RASR_XN) && address < SYSTEM_FIRST;
    }
    if (access == MPU_ACCESS_FETCH && !executes) {
        return MPU_REASON_EXECUTE_NEVER;
    }
    return MPU_REASON_ALLOWED;
}

/* How many of the `left` bytes from `address` on share the decision; the range may wrap past 4 GiB.
 */
static uint32_t bytes_alike(const struct decision *decision, uint32_t address, uint32_t left)
{
    uint32_t further = decision->last - address;
    return further < left ? further + 1 : left;
}

struct mpu_verdict mpu_check(const struct mpu_state *mpu, uint32_t address, uint32_t size_bytes,
                             enum mpu_access access, struct mpu_context context)
{
    struct mpu_verdict verdict = {true, MPU_REASON_ALLOWED, MPU_REGION_NONE, -1, address, -1, -1};
    uint32_t at = address;
    for (uint32_t left = size_bytes; left > 0;) {
        struct decision decision = decide(mpu, at, context);
        enum mpu_reason reason = judge(mpu, &decision, at, access, context.privileged);
        if (reason != MPU_REASON_ALLOWED || left == size_bytes) {
            verdict.region = decision.region;
            verdict.subregion = decision.subregion;
        }
        if (reason != MPU_REASON_ALLOWED) {
            verdict.allowed = false;
            verdict.reason = reason;
            verdict.fault_address = at;
            verdict.disabled_region = decision.disabled_region;
            verdict.disabled_subregion = decision.disabled_subregion;
            return verdict;
        }
        uint32_t step = bytes_alike(&decision, at, left);
        at += step;
        left -= step;
    }
    return verdict;
}

enum mpu_page mpu_query_page(const struct mpu_state *mpu, uint32_t page_address,
                             uint32_t page_bytes, enum mpu_access access,
                             struct mpu_context context)
{
    bool some_allowed = false;
    bool some_refused = false;
    uint32_t at = page_address;
    for (uint32_t left = page_bytes; left > 0;) {
        struct decision decision = decide(mpu, at, context);
        if (judge(mpu, &decision, at, access, context.privileged) == MPU_REASON_ALLOWED) {
            some_allowed = true;
        } else {
            some_refused = true;
        }
        if (some_allowed && some_refused) {
            return MPU_PAGE_CUT;
        }
        uint32_t step = bytes_alike(&decision, at, left);
        at += step;
        left -= step;
    }
    return some_refused ? MPU_PAGE_REFUSED : MPU_PAGE_ALLOWED;
}

uint32_t mpu_query_unpredictable(const struct mpu_state *mpu, unsigned region)
{
    uint32_t found = 0;
    if ((mpu->ctrl & MPU_CTRL_HFNMIENA) && !(mpu->ctrl & MPU_CTRL_ENABLE)) {
        found |= MPU_UNPREDICTABLE_HFNMIENA;
    }
    uint32_t rasr = mpu->rasr[region];
    if (!(rasr & RASR_ENABLE)) {
        return found;
    }
    if (rasr_size(rasr) < SIZE_SMALLEST) {
        found |= MPU_UNPREDICTABLE_SIZE;
    }
    if (rasr_size(rasr) < SIZE_WITH_SRD && rasr_srd(rasr) != 0) {
        found |= MPU_UNPREDICTABLE_SRD;
    }
    if (rasr_ap(rasr) == 4) {
        found |= MPU_UNPREDICTABLE_AP;
    }
    if (mpu->rbar[region] & region_mask(rasr)) {
        found |= MPU_UNPREDICTABLE_ALIGN;
    }
    return found;
}

bool mpu_query_region(const struct mpu_state *mpu, unsigned region, uint32_t *first, uint32_t *last)
{
    uint32_t rasr = mpu->rasr[region];
    *first = 0;
    *last = 0;
    if (!region_is_live(rasr)) {
        return false;
    }
    *first = mpu->rbar[region] & ~region_mask(rasr);
    *last = mpu->rbar[region] | region_mask(rasr);
    return true;
}
