#include "peripherals/armv7m/armv7m.h"

#include <stddef.h>

#include "peripherals/armv7m/lane.h"
#include "peripherals/armv7m/mpu_registers.h"

/* Pages of the private peripheral bus, offsets from ARMV7M_PPB_BASE. */
enum armv7m_page {
    PAGE_ITM = 0x00000,
    PAGE_DWT = 0x01000,
    PAGE_FPB = 0x02000,
    PAGE_SCS = 0x0E000,
    PAGE_TPIU = 0x40000,
    PAGE_ETM = 0x41000,
    PAGE_ROM_TABLE = 0xFF000,
};

#define PAGE_BYTES  0x1000U
#define SCS_SYSTICK 0x010U
#define SCS_DEBUG   0xDF0U
#define SCS_STIR    0xF00U

static const char device_name[] = "scs";

/* Entries of the core's ROM table: offsets of the units from the table, bit 0 present, bit 1 32-bit
 * format. Reading software (and debuggers) finds SCS, DWT, FPB, ITM, TPIU, ETM. */
static const uint32_t rom_table[] = {0xFFF0F003, 0xFFF02003, 0xFFF03003,
                                     0xFFF01003, 0xFFF41003, 0xFFF42003};

static uint32_t page_of(uint32_t offset)
{
    return offset - offset % PAGE_BYTES;
}

static bool page_exists(uint32_t offset)
{
    uint32_t page = page_of(offset);
    return page == PAGE_ITM || page == PAGE_DWT || page == PAGE_FPB || page == PAGE_SCS ||
           page == PAGE_TPIU || page == PAGE_ETM || page == PAGE_ROM_TABLE;
}

static uint32_t rom_table_word(uint32_t offset)
{
    uint32_t index = offset / 4;
    return index < sizeof rom_table / sizeof rom_table[0] ? rom_table[index] : 0;
}

static bool is_systick(uint32_t offset)
{
    return offset >= SCS_SYSTICK && offset < SCS_SYSTICK + 0x10;
}

static bool is_debug(uint32_t offset)
{
    return offset >= SCS_DEBUG && offset < SCS_DEBUG + 0x10;
}

static struct mpu_registers mpu_view(struct armv7m *core)
{
    return (struct mpu_registers){
        .mpu = &core->mpu,
        .account = &core->mpu_account,
        .clock = core->config.clock,
        .diag = core->config.diag,
    };
}

static uint32_t scs_peek(const struct armv7m *core, uint32_t offset)
{
    if (is_systick(offset)) {
        return systick_peek(&core->systick, offset);
    }
    if (nvic_owns(offset)) {
        return nvic_peek(&core->nvic, offset);
    }
    if (scb_owns(offset)) {
        return scb_peek(&core->scb, offset);
    }
    if (mpu_registers_own(offset)) {
        return mpu_registers_peek(&core->mpu, offset);
    }
    return is_debug(offset) ? dwt_debug_peek(&core->dwt, offset) : 0;
}

uint32_t armv7m_peek(const struct armv7m *core, uint32_t offset)
{
    switch (page_of(offset)) {
    case PAGE_SCS:
        return scs_peek(core, offset % PAGE_BYTES);
    case PAGE_DWT:
        return dwt_peek(&core->dwt, offset % PAGE_BYTES);
    case PAGE_FPB:
        return fpb_peek(&core->fpb, offset % PAGE_BYTES);
    case PAGE_ROM_TABLE:
        return rom_table_word(offset % PAGE_BYTES);
    default:
        return 0;
    }
}

static enum bus_result scs_read(struct armv7m *core, struct bus_access access, uint32_t *value)
{
    if (is_systick(access.offset)) {
        return systick_read(&core->systick, access, value);
    }
    if (nvic_owns(access.offset)) {
        return nvic_read(&core->nvic, access, value);
    }
    if (scb_owns(access.offset)) {
        return scb_read(&core->scb, access, value);
    }
    if (mpu_registers_own(access.offset)) {
        struct mpu_registers registers = mpu_view(core);
        return mpu_registers_read(&registers, access, value);
    }
    if (!is_debug(access.offset)) {
        diag_guest_error(core->config.diag, device_name, access.offset,
                         "read of a reserved register");
    }
    *value = lane_read(scs_peek(core, access.offset), access);
    return BUS_OK;
}

enum bus_result armv7m_read(struct armv7m *core, struct bus_access access, uint32_t *value)
{
    *value = 0;
    if (!access.privileged || !page_exists(access.offset)) {
        return BUS_FAULT;
    }
    uint32_t page = page_of(access.offset);
    struct bus_access inner = access;
    inner.offset %= PAGE_BYTES;
    if (page == PAGE_SCS) {
        return scs_read(core, inner, value);
    }
    if (page == PAGE_DWT) {
        return dwt_read(&core->dwt, inner, value);
    }
    /* FPB; and ITM, TPIU, ETM: absent, but firmware asks them whether a debugger listens. */
    *value = lane_read(armv7m_peek(core, access.offset), inner);
    return BUS_OK;
}

static enum bus_result mpu_write(struct armv7m *core, struct bus_access access, uint32_t value)
{
    struct mpu_registers registers = mpu_view(core);
    bool changed;
    enum bus_result result = mpu_registers_write(&registers, access, value, &changed);
    if (changed && core->config.mpu_changed != NULL) {
        core->config.mpu_changed(core->config.context);
    }
    return result;
}

static enum bus_result scs_write(struct armv7m *core, struct bus_access access, uint32_t value)
{
    if (is_systick(access.offset)) {
        return systick_write(&core->systick, access, value);
    }
    if (nvic_owns(access.offset)) {
        return nvic_write(&core->nvic, access, value);
    }
    if (scb_owns(access.offset)) {
        return scb_write(&core->scb, access, value);
    }
    if (mpu_registers_own(access.offset)) {
        return mpu_write(core, access, value);
    }
    if (is_debug(access.offset)) {
        return dwt_debug_write(&core->dwt, access, value);
    }
    diag_guest_error(core->config.diag, device_name, access.offset, "write to a reserved register");
    return BUS_OK;
}

static bool is_user_stir(const struct armv7m *core, uint32_t offset)
{
    return offset == PAGE_SCS + SCS_STIR && (core->scb.state.ccr & CCR_USERSETMPEND) != 0;
}

enum bus_result armv7m_write(struct armv7m *core, struct bus_access access, uint32_t value)
{
    if (!access.privileged && !is_user_stir(core, access.offset)) {
        return BUS_FAULT;
    }
    if (!page_exists(access.offset)) {
        return BUS_FAULT;
    }
    uint32_t page = page_of(access.offset);
    access.offset %= PAGE_BYTES;
    if (page == PAGE_SCS) {
        return scs_write(core, access, value);
    }
    if (page == PAGE_FPB) {
        return fpb_write(&core->fpb, access, value);
    }
    return page == PAGE_DWT ? dwt_write(&core->dwt, access, value) : BUS_OK;
}

static void on_nvic_changed(void *context, bool became_pending)
{
    struct armv7m *core = context;
    if (became_pending && (core->scb.state.scr & SCR_SEVONPEND) != 0) {
        core->scb.state.event_register = true;
    }
    if (core->config.attention != NULL) {
        core->config.attention(core->config.context);
    }
}

static void on_systick_expired(void *context)
{
    struct armv7m *core = context;
    const struct armv7m_gate *gate = &core->config.gate;
    if (gate->systick_expired != NULL) {
        gate->systick_expired(gate->context);
    } else {
        nvic_set_pending(&core->nvic, EXCEPTION_SYSTICK);
    }
}

static void on_pending_cleared(void *context, uint32_t exception)
{
    struct armv7m *core = context;
    const struct armv7m_gate *gate = &core->config.gate;
    if (gate->pending_cleared != NULL) {
        gate->pending_cleared(gate->context, exception);
    }
}

static void on_reset_requested(void *context)
{
    struct armv7m *core = context;
    if (core->config.reset_requested != NULL) {
        core->config.reset_requested(core->config.context);
    }
}

static int32_t mask_priority(void *context)
{
    const struct armv7m *core = context;
    return core->config.mask_priority != NULL ? core->config.mask_priority(core->config.context)
                                              : NVIC_PRIORITY_THREAD;
}

static void on_debug_changed(void *context)
{
    struct armv7m *core = context;
    if (core->config.debug_changed != NULL) {
        core->config.debug_changed(core->config.context);
    }
}

void armv7m_reset(struct armv7m *core)
{
    nvic_reset(&core->nvic);
    systick_reset(&core->systick);
    scb_reset(&core->scb);
    dwt_reset(&core->dwt);
    fpb_reset(&core->fpb);
    on_debug_changed(core);
    mpu_reset(&core->mpu);
    mpu_account_replace(&core->mpu_account, clock_now(core->config.clock), &core->mpu);
    if (core->config.mpu_changed != NULL) {
        core->config.mpu_changed(core->config.context);
    }
}

void armv7m_init(struct armv7m *core, const struct armv7m_config *config)
{
    *core = (struct armv7m){.config = *config};
    nvic_init(&core->nvic, &(struct nvic_config){
                               .irq_count = config->irq_count,
                               .priority_bits = config->priority_bits,
                               .diag = config->diag,
                               .changed = on_nvic_changed,
                               .cleared = on_pending_cleared,
                               .context = core,
                           });
    systick_init(&core->systick, &(struct systick_config){
                                     .clock = config->clock,
                                     .diag = config->diag,
                                     .expired = on_systick_expired,
                                     .context = core,
                                 });
    scb_init(&core->scb, &(struct scb_config){
                             .nvic = &core->nvic,
                             .diag = config->diag,
                             .fp_present = config->fp_present,
                             .reset_requested = on_reset_requested,
                             .mask_priority = mask_priority,
                             .context = core,
                         });
    dwt_init(&core->dwt, &(struct dwt_config){
                             .clock = config->clock,
                             .diag = config->diag,
                             .nvic = &core->nvic,
                             .changed = on_debug_changed,
                             .context = core,
                         });
    fpb_init(&core->fpb, &(struct fpb_config){
                             .diag = config->diag,
                             .changed = on_debug_changed,
                             .context = core,
                         });
    mpu_reset(&core->mpu);
    mpu_account_init(&core->mpu_account, clock_now(config->clock));
}
