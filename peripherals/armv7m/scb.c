#include "peripherals/armv7m/scb.h"

#include <stddef.h>

#include "peripherals/armv7m/lane.h"

enum scb_register {
    SCB_ACTLR = 0x008,
    SCB_CPUID = 0xD00,
    SCB_ICSR = 0xD04,
    SCB_VTOR = 0xD08,
    SCB_AIRCR = 0xD0C,
    SCB_SCR = 0xD10,
    SCB_CCR = 0xD14,
    SCB_SHPR1 = 0xD18,
    SCB_SHPR2 = 0xD1C,
    SCB_SHPR3 = 0xD20,
    SCB_SHCSR = 0xD24,
    SCB_CFSR = 0xD28,
    SCB_HFSR = 0xD2C,
    SCB_DFSR = 0xD30,
    SCB_MMFAR = 0xD34,
    SCB_BFAR = 0xD38,
    SCB_AFSR = 0xD3C,
    SCB_ID_PFR0 = 0xD40,
    SCB_ID_ISAR4 = 0xD70,
    SCB_CPACR = 0xD88,
    SCB_FPCCR = 0xF34,
    SCB_FPCAR = 0xF38,
    SCB_FPDSCR = 0xF3C,
    SCB_MVFR0 = 0xF40,
    SCB_MVFR1 = 0xF44,
    SCB_PID4 = 0xFD0,
    SCB_CID3 = 0xFFC,
};

#define EXCEPTION_NMI        2U
#define EXCEPTION_FIRST_SHPR 4U
#define EXCEPTION_PENDSV     14U
#define EXCEPTION_SYSTICK    15U
#define ICSR_NMIPENDSET      (1U << 31)
#define ICSR_PENDSVSET       (1U << 28)
#define ICSR_PENDSVCLR       (1U << 27)
#define ICSR_PENDSTSET       (1U << 26)
#define ICSR_PENDSTCLR       (1U << 25)
#define ICSR_ISRPENDING      (1U << 22)
#define ICSR_VECTPENDING_BIT 12
#define ICSR_RETTOBASE       (1U << 11)
#define AIRCR_KEY            0x05FAU
#define AIRCR_KEY_READ       0xFA050000U
#define AIRCR_PRIGROUP_BIT   8
#define AIRCR_SYSRESETREQ    (1U << 2)
#define AIRCR_VECTRESET      (1U << 0)
#define ACTLR_WRITABLE       0x307U
#define VTOR_WRITABLE        0xFFFFFF80U
#define SCR_WRITABLE         (SCR_SLEEPONEXIT | SCR_SLEEPDEEP | SCR_SEVONPEND)
#define CFSR_VALID_BITS      0x030FBFBBU
#define HFSR_VALID_BITS      (HFSR_VECTTBL | HFSR_FORCED | HFSR_DEBUGEVT)
#define DFSR_VALID_BITS      0x1FU
#define CPACR_WRITABLE       0x00F00000U
#define FPCCR_WRITABLE       (FPCCR_ASPEN | FPCCR_LSPEN | FPCCR_FRAME)
#define FPCAR_WRITABLE       0xFFFFFFF8U
#define FPDSCR_WRITABLE      0x07C00000U

static const char device_name[] = "scb";

static const uint32_t id_registers[] = {
    0x00000030, 0x00000200, 0x00100000, 0x00000000,             /* ID_PFR0-1, ID_DFR0, ID_AFR0 */
    0x00100030, 0x00000000, 0x01000000, 0x00000000,             /* ID_MMFR0-3 */
    0x01141110, 0x02112000, 0x21232231, 0x01111131, 0x01310132, /* ID_ISAR0-4 */
};

/* Peripheral and component identification of the SCS with FP, from PID4. */
static const uint8_t identification[] = {0x04, 0x00, 0x00, 0x00, 0x0C, 0xB0,
                                         0x0B, 0x00, 0x0D, 0xE0, 0x05, 0xB1};

/* SHCSR's bits, each a view of one exception's state. */
enum shcsr_view { SHCSR_ACTIVE, SHCSR_PENDED, SHCSR_ENABLED };
static const struct {
    uint8_t bit, exception;
    enum shcsr_view view;
} shcsr_bits[] = {
    {0, 4, SHCSR_ACTIVE},   {1, 5, SHCSR_ACTIVE},   {3, 6, SHCSR_ACTIVE},   {7, 11, SHCSR_ACTIVE},
    {8, 12, SHCSR_ACTIVE},  {10, 14, SHCSR_ACTIVE}, {11, 15, SHCSR_ACTIVE}, {12, 6, SHCSR_PENDED},
    {13, 4, SHCSR_PENDED},  {14, 5, SHCSR_PENDED},  {15, 11, SHCSR_PENDED}, {16, 4, SHCSR_ENABLED},
    {17, 5, SHCSR_ENABLED}, {18, 6, SHCSR_ENABLED},
};
#define SHCSR_BIT_COUNT (sizeof shcsr_bits / sizeof shcsr_bits[0])

static uint32_t shcsr_value(const struct nvic *nvic)
{
    uint32_t value = 0;
    for (size_t i = 0; i < SHCSR_BIT_COUNT; i++) {
        uint32_t exception = shcsr_bits[i].exception;
        bool set = shcsr_bits[i].view == SHCSR_ACTIVE   ? nvic_is_active(nvic, exception)
                   : shcsr_bits[i].view == SHCSR_PENDED ? nvic_is_pending(nvic, exception)
                                                        : nvic_is_enabled(nvic, exception);
        value |= (uint32_t)set << shcsr_bits[i].bit;
    }
    return value;
}

static void shcsr_change(struct nvic *nvic, enum shcsr_view view, uint32_t exception, bool set)
{
    switch (view) {
    case SHCSR_ACTIVE:
        nvic_set_active(nvic, exception, set);
        break;
    case SHCSR_PENDED:
        if (set) {
            nvic_set_pending(nvic, exception);
        } else {
            nvic_clear_pending(nvic, exception);
        }
        break;
    case SHCSR_ENABLED:
        nvic_set_enabled(nvic, exception, set);
        break;
    }
}

static void write_shcsr(struct nvic *nvic, uint32_t value)
{
    uint32_t changed = value ^ shcsr_value(nvic);
    for (size_t i = 0; i < SHCSR_BIT_COUNT; i++) {
        uint32_t bit = 1U << shcsr_bits[i].bit;
        if ((changed & bit) != 0) {
            shcsr_change(nvic, shcsr_bits[i].view, shcsr_bits[i].exception, (value & bit) != 0);
        }
    }
}

/* The highest one that BASEPRI and FAULTMASK let through; PRIMASK and what is active do not count.
 */
static uint32_t vect_pending(const struct scb *scb)
{
    const struct nvic *nvic = scb->config.nvic;
    uint32_t exception = nvic_highest_pending(nvic);
    if (exception == 0 || scb->config.mask_priority == NULL) {
        return exception;
    }
    int32_t priority = nvic_group_priority(nvic_priority(nvic, exception), scb->state.prigroup);
    return priority < scb->config.mask_priority(scb->config.context) ? exception : 0;
}

static uint32_t icsr_value(const struct scb *scb)
{
    const struct nvic *nvic = scb->config.nvic;
    uint32_t value = nvic->state.current;
    value |= nvic_active_count(nvic) <= 1 ? ICSR_RETTOBASE : 0;
    value |= vect_pending(scb) << ICSR_VECTPENDING_BIT;
    value |= nvic_irq_pending(nvic) ? ICSR_ISRPENDING : 0;
    value |= nvic_is_pending(nvic, EXCEPTION_SYSTICK) ? ICSR_PENDSTSET : 0;
    value |= nvic_is_pending(nvic, EXCEPTION_PENDSV) ? ICSR_PENDSVSET : 0;
    value |= nvic_is_pending(nvic, EXCEPTION_NMI) ? ICSR_NMIPENDSET : 0;
    return value;
}

static void write_icsr(struct nvic *nvic, uint32_t value)
{
    if ((value & ICSR_NMIPENDSET) != 0) {
        nvic_set_pending(nvic, EXCEPTION_NMI);
    }
    if ((value & ICSR_PENDSVSET) != 0) {
        nvic_set_pending(nvic, EXCEPTION_PENDSV);
    } else if ((value & ICSR_PENDSVCLR) != 0) {
        nvic_clear_pending(nvic, EXCEPTION_PENDSV);
    }
    if ((value & ICSR_PENDSTSET) != 0) {
        nvic_set_pending(nvic, EXCEPTION_SYSTICK);
    } else if ((value & ICSR_PENDSTCLR) != 0) {
        nvic_clear_pending(nvic, EXCEPTION_SYSTICK);
    }
}

static void write_aircr(struct scb *scb, uint32_t value)
{
    if (value >> 16 != AIRCR_KEY) {
        diag_guest_error(scb->config.diag, device_name, SCB_AIRCR,
                         "write to AIRCR without its key ignored");
        return;
    }
    scb->state.prigroup = (value >> AIRCR_PRIGROUP_BIT) & 7U;
    nvic_touch(scb->config.nvic);
    bool reset = (value & (AIRCR_SYSRESETREQ | AIRCR_VECTRESET)) != 0;
    if (reset && scb->config.reset_requested != NULL) {
        scb->config.reset_requested(scb->config.context);
    }
}

static uint32_t shpr_word(const struct nvic *nvic, uint32_t first_exception)
{
    uint32_t word = 0;
    for (uint32_t i = 0; i < 4; i++) {
        word |= (uint32_t)nvic->state.priority[first_exception + i] << (8 * i);
    }
    return word;
}

static void write_shpr(struct scb *scb, struct bus_access access, uint32_t value)
{
    for (uint32_t i = 0; i < access.size_bytes; i++) {
        uint32_t exception = access.offset - SCB_SHPR1 + EXCEPTION_FIRST_SHPR + i;
        nvic_set_priority(scb->config.nvic, exception, (uint8_t)(value >> (8 * i)));
    }
}

bool scb_fp_enabled(const struct scb *scb, bool privileged)
{
    uint32_t cp10 = (scb->state.cpacr >> 20) & 3U;
    uint32_t cp11 = (scb->state.cpacr >> 22) & 3U;
    return scb->config.fp_present && cp10 == cp11 && (cp10 == 3 || (cp10 == 1 && privileged));
}

bool scb_owns(uint32_t offset)
{
    offset &= ~3U;
    return offset == SCB_ACTLR || (offset >= SCB_CPUID && offset <= SCB_CPACR) ||
           (offset >= SCB_FPCCR && offset < SCB_MVFR1 + 8) || offset >= SCB_PID4;
}

static uint32_t peek_fp(const struct scb *scb, uint32_t offset)
{
    if (!scb->config.fp_present) {
        return 0;
    }
    switch (offset) {
    case SCB_CPACR:
        return scb->state.cpacr;
    case SCB_FPCCR:
        return scb->state.fpccr;
    case SCB_FPCAR:
        return scb->state.fpcar;
    case SCB_FPDSCR:
        return scb->state.fpdscr;
    case SCB_MVFR0:
        return 0x10110021;
    case SCB_MVFR1:
        return 0x11000011;
    default:
        return 0;
    }
}

uint32_t scb_peek(const struct scb *scb, uint32_t offset)
{
    offset &= ~3U;
    if (offset >= SCB_ID_PFR0 && offset <= SCB_ID_ISAR4) {
        return id_registers[(offset - SCB_ID_PFR0) / 4];
    }
    if (offset >= SCB_PID4 && offset <= SCB_CID3) {
        return identification[(offset - SCB_PID4) / 4];
    }
    switch (offset) {
    case SCB_ACTLR:
        return scb->state.actlr;
    case SCB_CPUID:
        return 0x410FC241;
    case SCB_ICSR:
        return icsr_value(scb);
    case SCB_VTOR:
        return scb->state.vtor;
    case SCB_AIRCR:
        return AIRCR_KEY_READ | scb->state.prigroup << AIRCR_PRIGROUP_BIT;
    case SCB_SCR:
        return scb->state.scr;
    case SCB_CCR:
        return scb->state.ccr;
    case SCB_SHPR1:
    case SCB_SHPR2:
    case SCB_SHPR3:
        return shpr_word(scb->config.nvic, offset - SCB_SHPR1 + EXCEPTION_FIRST_SHPR);
    case SCB_SHCSR:
        return shcsr_value(scb->config.nvic);
    case SCB_CFSR:
        return scb->state.cfsr;
    case SCB_HFSR:
        return scb->state.hfsr;
    case SCB_DFSR:
        return scb->state.dfsr;
    case SCB_MMFAR:
    case SCB_BFAR:
        return scb->state.fault_address;
    case SCB_AFSR:
        return 0;
    default:
        return peek_fp(scb, offset);
    }
}

static bool is_known(uint32_t offset)
{
    offset &= ~3U;
    return offset == SCB_ACTLR || (offset >= SCB_CPUID && offset <= SCB_ID_ISAR4) ||
           offset == SCB_CPACR || offset >= SCB_FPCCR;
}

enum bus_result scb_read(struct scb *scb, struct bus_access access, uint32_t *value)
{
    if (!is_known(access.offset)) {
        diag_guest_error(scb->config.diag, device_name, access.offset,
                         "read of a reserved register");
    }
    *value = lane_read(scb_peek(scb, access.offset), access);
    return BUS_OK;
}

static void write_fp(struct scb *scb, uint32_t offset, uint32_t value)
{
    if (!scb->config.fp_present) {
        return;
    }
    switch (offset) {
    case SCB_CPACR:
        scb->state.cpacr = value & CPACR_WRITABLE;
        break;
    case SCB_FPCCR:
        scb->state.fpccr = value & FPCCR_WRITABLE;
        break;
    case SCB_FPCAR:
        scb->state.fpcar = value & FPCAR_WRITABLE;
        break;
    case SCB_FPDSCR:
        scb->state.fpdscr = value & FPDSCR_WRITABLE;
        break;
    default:
        diag_guest_error(scb->config.diag, device_name, offset,
                         "write to a read-only or reserved register");
        break;
    }
}

static void write_word(struct scb *scb, uint32_t offset, uint32_t value)
{
    switch (offset) {
    case SCB_ACTLR:
        scb->state.actlr = value & ACTLR_WRITABLE;
        break;
    case SCB_ICSR:
        write_icsr(scb->config.nvic, value);
        break;
    case SCB_VTOR:
        scb->state.vtor = value & VTOR_WRITABLE;
        break;
    case SCB_AIRCR:
        write_aircr(scb, value);
        break;
    case SCB_SCR:
        scb->state.scr = value & SCR_WRITABLE;
        break;
    case SCB_CCR:
        scb->state.ccr = value & (CCR_NONBASETHRDENA | CCR_USERSETMPEND | CCR_UNALIGN_TRP |
                                  CCR_DIV_0_TRP | CCR_BFHFNMIGN | CCR_STKALIGN);
        break;
    case SCB_SHCSR:
        write_shcsr(scb->config.nvic, value);
        break;
    case SCB_HFSR:
        scb->state.hfsr &= ~(value & HFSR_VALID_BITS);
        break;
    case SCB_DFSR:
        scb->state.dfsr &= ~(value & DFSR_VALID_BITS);
        break;
    case SCB_MMFAR:
    case SCB_BFAR:
        scb->state.fault_address = value;
        break;
    case SCB_AFSR:
        break; /* no auxiliary fault inputs: nothing to clear */
    default:
        write_fp(scb, offset, value);
        break;
    }
}

enum bus_result scb_write(struct scb *scb, struct bus_access access, uint32_t value)
{
    uint32_t word = access.offset & ~3U;
    if (word >= SCB_SHPR1 && word <= SCB_SHPR3) {
        write_shpr(scb, access, value);
    } else if (word == SCB_CFSR) {
        scb->state.cfsr &= ~(lane_place(value, access) & CFSR_VALID_BITS);
    } else if (access.size_bytes == 4) {
        write_word(scb, word, value);
    } else {
        diag_guest_error(scb->config.diag, device_name, access.offset,
                         "narrow write to a register of words ignored");
    }
    return BUS_OK;
}

void scb_reset(struct scb *scb)
{
    scb->state = (struct scb_state){
        .ccr = CCR_STKALIGN,
        .fpccr = scb->config.fp_present ? FPCCR_ASPEN | FPCCR_LSPEN : 0,
    };
}

void scb_init(struct scb *scb, const struct scb_config *config)
{
    *scb = (struct scb){.config = *config};
    scb_reset(scb);
}
