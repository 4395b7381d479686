#include "peripherals/nrf52/mwu.h"

#include <string.h>

#define REGION_EVENTS   0x0F0000FFU /* of EVENTS, INTEN, NMIEN and REGIONEN alike */
#define PREGION_BIT     24U         /* of the first peripheral region's WA in REGIONEN */
#define REGION_STRIDE   0x10U
#define PERIPHERAL_BASE 0x40000000U
#define PART_BYTES      0x1000U
#define PREGION_PARTS   32U

static const struct device_fault mwu_faults[] = {
    [MWU_FAULT_BLIND] = {"blind", "no access is seen", 1, 1}, [MWU_FAULTS] = {0}};

enum access_kind { ACCESS_WRITE, ACCESS_READ }; /* as WA and RA follow each other */

static uint32_t region_bit(uint32_t region, enum access_kind kind)
{
    return 2U * region + (uint32_t)kind;
}

static bool get_region(const struct mwu_state *s, uint32_t offset, uint32_t *value)
{
    uint32_t region = (offset - MWU_REGION) / REGION_STRIDE;
    uint32_t pregion = (offset - MWU_PREGION) / REGION_STRIDE;
    uint32_t field = offset % REGION_STRIDE;
    if (offset >= MWU_PREGION && pregion < MWU_PREGIONS && field <= 8U) {
        *value = field == 8U ? s->subs[pregion] : 0;
        return true;
    }
    if (offset >= MWU_REGION && region < MWU_REGIONS && field <= 4U) {
        *value = field == 4U ? s->end[region] : s->start[region];
        return true;
    }
    return false;
}

static bool mwu_get(const struct mwu *mwu, uint32_t offset, uint32_t *value)
{
    const struct mwu_state *s = &mwu->state;
    uint32_t status = (offset - MWU_PERREGION) / 4U;
    if (nrf_events_get(&s->events, REGION_EVENTS, offset, value)) {
        return true;
    }
    if (offset >= MWU_PERREGION && status < 2U * MWU_PREGIONS) {
        *value = s->substat[status / 2U][status % 2U];
        return true;
    }
    switch (offset) {
    case NRF_INTEN:
        *value = s->events.inten;
        return true;
    case MWU_NMIEN:
    case MWU_NMIENSET:
    case MWU_NMIENCLR:
        *value = s->nmien;
        return true;
    case MWU_REGIONEN:
    case MWU_REGIONENSET:
    case MWU_REGIONENCLR:
        *value = s->regionen;
        return true;
    default:
        return get_region(s, offset, value);
    }
}

static uint32_t mwu_peek(const void *self, uint32_t offset)
{
    uint32_t value = 0;
    return mwu_get(self, offset, &value) ? value : 0;
}

static enum bus_result mwu_read(void *self, struct bus_access access, uint32_t *value)
{
    const struct mwu *mwu = self;
    uint32_t word = 0;
    bool known = mwu_get(mwu, access.offset & ~3U, &word);
    return nrf_finish_read(&mwu->env, access, known, word, value);
}

static void tell_observing(const struct mwu *mwu)
{
    if (mwu->env.chip.observing_changed != NULL) {
        mwu->env.chip.observing_changed(mwu->env.chip.context);
    }
}

static void set_nmien(struct mwu *mwu, uint32_t value)
{
    mwu->state.nmien = value & REGION_EVENTS;
}

static bool write_region(struct mwu *mwu, uint32_t offset, uint32_t value)
{
    struct mwu_state *s = &mwu->state;
    uint32_t region = (offset - MWU_REGION) / REGION_STRIDE;
    uint32_t pregion = (offset - MWU_PREGION) / REGION_STRIDE;
    uint32_t field = offset % REGION_STRIDE;
    if (offset >= MWU_PREGION && pregion < MWU_PREGIONS && field == 8U) {
        s->subs[pregion] = value;
    } else if (offset >= MWU_REGION && region < MWU_REGIONS && field == 0) {
        s->start[region] = value;
    } else if (offset >= MWU_REGION && region < MWU_REGIONS && field == 4U) {
        s->end[region] = value;
    } else {
        return false;
    }
    tell_observing(mwu);
    return true;
}

static bool write_register(struct mwu *mwu, uint32_t offset, uint32_t value)
{
    struct mwu_state *s = &mwu->state;
    uint32_t status = (offset - MWU_PERREGION) / 4U;
    if (offset >= MWU_PERREGION && status < 2U * MWU_PREGIONS) {
        s->substat[status / 2U][status % 2U] &= ~value;
        return true;
    }
    switch (offset) {
    case NRF_INTEN:
        s->events.inten = value & REGION_EVENTS;
        return true;
    case MWU_NMIEN:
        set_nmien(mwu, value);
        return true;
    case MWU_NMIENSET:
        set_nmien(mwu, s->nmien | value);
        return true;
    case MWU_NMIENCLR:
        set_nmien(mwu, s->nmien & ~value);
        return true;
    case MWU_REGIONEN:
        s->regionen = value & REGION_EVENTS;
        break;
    case MWU_REGIONENSET:
        s->regionen |= value & REGION_EVENTS;
        break;
    case MWU_REGIONENCLR:
        s->regionen &= ~value;
        break;
    default:
        return write_region(mwu, offset, value);
    }
    tell_observing(mwu);
    return true;
}

static void mwu_update(void *self)
{
    struct mwu *mwu = self;
    nrf_events_update_irq(&mwu->env, &mwu->state.events);
}

static enum bus_result mwu_write(void *self, struct bus_access access, uint32_t value)
{
    struct mwu *mwu = self;
    uint32_t word = nrf_begin_write(&mwu->env, access, value);
    uint32_t offset = access.offset & ~3U;
    if (!nrf_events_write(&mwu->state.events, REGION_EVENTS, offset, word) &&
        !write_register(mwu, offset, word)) {
        nrf_report_unknown_write(&mwu->env, offset);
    }
    mwu_update(mwu);
    return BUS_OK;
}

/* Whether [address, address + size) has a byte of a region; 64 bits, since both may end at the top.
 */
static bool is_within(const struct mwu_state *s, uint32_t region, uint32_t address,
                      uint32_t size_bytes)
{
    uint64_t last = (uint64_t)address + size_bytes - 1U;
    return address <= s->end[region] && last >= s->start[region];
}

static bool mwu_observes(const void *self, uint32_t address, uint32_t size_bytes)
{
    const struct mwu_state *s = &((const struct mwu *)self)->state;
    for (uint32_t i = 0; i < MWU_REGIONS && s->regionen != 0; i++) {
        if ((s->regionen >> 2U * i & 3U) != 0 && is_within(s, i, address, size_bytes)) {
            return true;
        }
    }
    return false;
}

static void raise(struct mwu *mwu, uint32_t bit)
{
    if ((mwu->state.nmien >> bit & 1U) != 0 && mwu->env.chip.nmi != NULL) {
        mwu->env.chip.nmi(mwu->env.chip.context);
    }
    nrf_event_raise(&mwu->env, &mwu->state.events, MWU_EVENTS_REGION + 4U * bit);
}

static void access_peripheral(struct mwu *mwu, uint32_t part, enum access_kind kind)
{
    struct mwu_state *s = &mwu->state;
    uint32_t pregion = part / PREGION_PARTS;
    uint32_t bit = PREGION_BIT + region_bit(pregion, kind);
    uint32_t sub = 1U << part % PREGION_PARTS;
    if (pregion < MWU_PREGIONS && (s->regionen & 1U << bit) != 0 && (s->subs[pregion] & sub) != 0) {
        s->substat[pregion][kind] |= sub;
        raise(mwu, bit);
    }
}

static void mwu_accessed(void *self, uint32_t address, uint32_t size_bytes, bool write)
{
    struct mwu *mwu = self;
    const struct mwu_state *s = &mwu->state;
    enum access_kind kind = write ? ACCESS_WRITE : ACCESS_READ;
    if (s->regionen == 0 || s->faults[MWU_FAULT_BLIND] != 0) {
        return;
    }
    for (uint32_t i = 0; i < MWU_REGIONS; i++) {
        if ((s->regionen & 1U << region_bit(i, kind)) != 0 &&
            is_within(s, i, address, size_bytes)) {
            raise(mwu, region_bit(i, kind));
        }
    }
    if (address >= PERIPHERAL_BASE) {
        access_peripheral(mwu, (address - PERIPHERAL_BASE) / PART_BYTES, kind);
    }
}

static void mwu_reset(void *self, uint32_t reasons)
{
    struct mwu *mwu = self;
    (void)reasons;
    memset(&mwu->state, 0, offsetof(struct mwu_state, faults));
    tell_observing(mwu);
}

static bool mwu_input(void *self, const struct device_input *input)
{
    struct mwu *mwu = self;
    return device_fault_take(mwu_faults, input, mwu->state.faults);
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct mwu_state *s = state;
    (void)self;
    (void)now_cycles;
    return device_faults_are_sane(mwu_faults, s->faults);
}

static const char *mwu_init(void *self, const struct device_env *env)
{
    ((struct mwu *)self)->env = *env;
    return NULL;
}

const struct device_class nrf52_mwu_class = {
    .name = "nrf52-mwu",
    .size_bytes = sizeof(struct mwu),
    .state_offset = offsetof(struct mwu, state),
    .state_bytes = sizeof(struct mwu_state),
    .state_version = 2,
    .state_is_sane = state_is_sane,
    .init = mwu_init,
    .reset = mwu_reset,
    .update = mwu_update,
    .read = mwu_read,
    .write = mwu_write,
    .peek = mwu_peek,
    .observes = mwu_observes,
    .accessed = mwu_accessed,
    .input = mwu_input,
    .faults = mwu_faults,
};
