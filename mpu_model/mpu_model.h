/*
 * mpu_model.h - the ARMv7-M memory protection unit (PMSAv7, 8 regions) as a pure function:
 * registers in, verdict out. Reference: ARMv7-M Architecture Reference Manual, B3.5 (registers) and
 * B3.1 (default map).
 *
 * What the manual leaves UNPREDICTABLE is decided here, and mpu_query_unpredictable() names it:
 * - RASR.SIZE < 4 (smaller than 32 bytes): the region matches nothing.
 * - RASR.SRD set in a region smaller than 256 bytes: SRD is ignored.
 * - RASR.AP = 0b100: no access at all.
 * - RBAR.ADDR not aligned to the region's size: the low bits are ignored by checks, and read back
 * as written.
 * - RNR >= 8, or RBAR written with VALID and REGION >= 8: the write is dropped.
 * - CTRL.HFNMIENA without CTRL.ENABLE: the MPU is off.
 *
 * Not modelled: memory attributes (TEX, S, C, B are kept and read back, nothing follows from them).
 * Vector fetches by exception entry use the default map always: do not ask the model about them.
 * Accesses to RASR by halves, and who may touch the registers at all, are the caller's affair.
 */
#ifndef MPU_MODEL_MPU_MODEL_H
#define MPU_MODEL_MPU_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#define MPU_REGION_COUNT 8

/* Register offsets from MPU_TYPE's address, 0xE000ED90. */
enum mpu_register {
    MPU_TYPE = 0x00,
    MPU_CTRL = 0x04,
    MPU_RNR = 0x08,
    MPU_RBAR = 0x0C,
    MPU_RASR = 0x10,
    MPU_RBAR_A1 = 0x14,
    MPU_RASR_A1 = 0x18,
    MPU_RBAR_A2 = 0x1C,
    MPU_RASR_A2 = 0x20,
    MPU_RBAR_A3 = 0x24,
    MPU_RASR_A3 = 0x28,
    MPU_REGISTER_END = 0x2C, /* first offset that is no MPU register */
};

enum mpu_ctrl_bits {
    MPU_CTRL_ENABLE = 1 << 0,
    MPU_CTRL_HFNMIENA = 1 << 1,
    MPU_CTRL_PRIVDEFENA = 1 << 2,
};

/* All of the MPU's state; plain values, copied by a snapshot. Only mpu_register_write() writes it.
 */
struct mpu_state {
    uint32_t ctrl;                   /* CTRL, bits 2:0 */
    uint32_t rnr;                    /* RNR, 0..7 */
    uint32_t rbar[MPU_REGION_COUNT]; /* ADDR field only, bits 31:5 */
    uint32_t rasr[MPU_REGION_COUNT]; /* implemented bits only */
};

enum mpu_access { MPU_ACCESS_READ, MPU_ACCESS_WRITE, MPU_ACCESS_FETCH };

/* Who accesses. Handler mode is privileged; LDRT and STRT are not, whatever the mode. */
struct mpu_context {
    bool privileged;
    bool negative_priority; /* execution priority below 0: NMI, HardFault, or FAULTMASK set */
};

/* Values of mpu_verdict.region beside 0..7. */
enum mpu_region_special {
    MPU_REGION_NONE = -1,       /* no region matches and no background region exists: refused */
    MPU_REGION_BACKGROUND = -2, /* no region matches, PRIVDEFENA's background region decides */
    MPU_REGION_DEFAULT = -3,    /* the MPU is not consulted (off, negative priority, or the private
                                   peripheral bus 0xE0000000..0xE00FFFFF): the default map decides */
};

enum mpu_reason {
    MPU_REASON_ALLOWED,
    MPU_REASON_NO_REGION,     /* nothing maps the byte */
    MPU_REASON_PERMISSION,    /* the region's AP refuses (for a fetch: refuses reading) */
    MPU_REASON_EXECUTE_NEVER, /* fetch: the region's XN, or the default map's (0x40000000,
                                 0xA0000000..; 0xE0000000.. whatever a region says) */
};

struct mpu_verdict {
    bool allowed;
    enum mpu_reason reason;
    int region;    /* 0..7 or enum mpu_region_special: what decided about the first refused byte,
                      or about the first byte when all are allowed */
    int subregion; /* 0..7 within that region; -1: no region, or one smaller than 256 bytes */
    uint32_t fault_address; /* the first refused byte; the access's address when allowed */
    /* Refused with MPU_REGION_NONE: the highest region that would hold the byte if its sub-region
     * were not disabled, and that sub-region. Otherwise both -1. */
    int disabled_region;
    int disabled_subregion;
};

enum mpu_page {
    MPU_PAGE_ALLOWED, /* every byte of the page may be accessed */
    MPU_PAGE_REFUSED, /* no byte may */
    MPU_PAGE_CUT,     /* some may, some may not */
};

enum mpu_write {
    MPU_WRITE_DONE,
    MPU_WRITE_READ_ONLY,     /* TYPE: nothing happened */
    MPU_WRITE_NO_REGISTER,   /* no MPU register there: nothing happened */
    MPU_WRITE_UNPREDICTABLE, /* dropped: a region number of 8 or more */
};

/* Bits of mpu_query_unpredictable(). The region bits are given for enabled regions only. */
enum mpu_unpredictable {
    MPU_UNPREDICTABLE_SIZE = 1 << 0,  /* RASR.SIZE < 4 */
    MPU_UNPREDICTABLE_SRD = 1 << 1,   /* RASR.SRD set, region smaller than 256 bytes */
    MPU_UNPREDICTABLE_AP = 1 << 2,    /* RASR.AP = 0b100 */
    MPU_UNPREDICTABLE_ALIGN = 1 << 3, /* RBAR.ADDR not a multiple of the size */
    MPU_UNPREDICTABLE_HFNMIENA =
        1 << 4, /* CTRL.HFNMIENA without CTRL.ENABLE; same for every region */
};

/* Reset values: off, no region. */
void mpu_reset(struct mpu_state *mpu);

/* A word read of the register at `offset` (bytes from MPU_TYPE). False and *value = 0 when there is
 * none. */
bool mpu_register_read(const struct mpu_state *mpu, uint32_t offset, uint32_t *value);

/* A word write. Bits that are not implemented are dropped; RBAR with VALID sets RNR too. */
enum mpu_write mpu_register_write(struct mpu_state *mpu, uint32_t offset, uint32_t value);

/*
 * May `context` access the `size_bytes` bytes from `address` (wrapping at 4 GiB)? Every byte is
 * checked, in order of address from `address` up. size_bytes = 0 is allowed and asks about no byte.
 * An access to the private peripheral bus is allowed here for data; that an unprivileged one ends
 * in a BusFault there is the bus's affair.
 */
struct mpu_verdict mpu_check(const struct mpu_state *mpu, uint32_t address, uint32_t size_bytes,
                             enum mpu_access access, struct mpu_context context);

/* The same for a page, all at once. page_bytes > 0; any address and size will do. */
enum mpu_page mpu_query_page(const struct mpu_state *mpu, uint32_t page_address,
                             uint32_t page_bytes, enum mpu_access access,
                             struct mpu_context context);

/* enum mpu_unpredictable bits that apply to `region` (0..7) as it is set now. 0: all is as the
 * manual says. */
uint32_t mpu_query_unpredictable(const struct mpu_state *mpu, unsigned region);

/*
 * Where `region` (0..7) lies: *first and *last byte, sub-regions not considered. False when it is
 * disabled or smaller than 32 bytes.
 */
bool mpu_query_region(const struct mpu_state *mpu, unsigned region, uint32_t *first,
                      uint32_t *last);

#endif
