#include "peripherals/nrf52/radio.h"

#include <string.h>

#define EVENTS_52832   0x34FFU
#define EVENTS_52840   0x0CFFF4FFU
#define SHORTS_52832   0x17FU
#define SHORTS_52840   0x003FF97FU
#define WHITENING_HIGH 0x40U /* reads 1 always */
#define POWER_ON       1U
#define PERCENT_MOST   100
#define RSSI_MOST_DB   100

/* A register that is a plain value: where it is, its bits on nRF52832 (0: it has none) and on
 * nRF52840, its reset value. */
struct plain {
    uint32_t offset;
    size_t place; /* in radio_config */
    uint32_t mask[2];
    uint32_t reset;
};

#define PLAIN(offset, field, mask_52832, mask_52840, reset)                                        \
    {                                                                                              \
        (offset), offsetof(struct radio_config, field), {(mask_52832), (mask_52840)}, (reset)      \
    }

static const struct plain plains[] = {
    PLAIN(RADIO_PACKETPTR, packetptr, 0xFFFFFFFF, 0xFFFFFFFF, 0),
    PLAIN(RADIO_FREQUENCY, frequency, 0x17F, 0x17F, 2),
    PLAIN(RADIO_TXPOWER, txpower, 0xFF, 0xFF, 0),
    PLAIN(RADIO_MODE, mode, 0xF, 0xF, 0),
    PLAIN(RADIO_PCNF0, pcnf0, 0x011F010F, 0x67DF010F, 0),
    PLAIN(RADIO_PCNF1, pcnf1, 0x0307FFFF, 0x0307FFFF, 0),
    PLAIN(RADIO_BASE0, base[0], 0xFFFFFFFF, 0xFFFFFFFF, 0),
    PLAIN(RADIO_BASE1, base[1], 0xFFFFFFFF, 0xFFFFFFFF, 0),
    PLAIN(RADIO_PREFIX0, prefix[0], 0xFFFFFFFF, 0xFFFFFFFF, 0),
    PLAIN(RADIO_PREFIX1, prefix[1], 0xFFFFFFFF, 0xFFFFFFFF, 0),
    PLAIN(RADIO_TXADDRESS, txaddress, 7, 7, 0),
    PLAIN(RADIO_RXADDRESSES, rxaddresses, 0xFF, 0xFF, 0),
    PLAIN(RADIO_CRCCNF, crccnf, 0x103, 0x303, 0),
    PLAIN(RADIO_CRCPOLY, crcpoly, 0xFFFFFF, 0xFFFFFF, 0),
    PLAIN(RADIO_CRCINIT, crcinit, 0xFFFFFF, 0xFFFFFF, 0),
    PLAIN(RADIO_TIFS, tifs, 0xFF, 0x3FF, 0),
    PLAIN(RADIO_BCC, bcc, 0xFFFFFFFF, 0xFFFFFFFF, 0),
    PLAIN(RADIO_DAB, dab, 0xFFFFFFFF, 0xFFFFFFFF, 0),
    PLAIN(RADIO_DAP, dap, 0xFFFF, 0xFFFF, 0),
    PLAIN(RADIO_DACNF, dacnf, 0xFFFF, 0xFFFF, 0),
    PLAIN(RADIO_MHRMATCHCONF, mhrmatchconf, 0, 0xFFFFFFFF, 0),
    PLAIN(RADIO_MHRMATCHMAS, mhrmatchmas, 0, 0xFFFFFFFF, 0),
    PLAIN(RADIO_MODECNF0, modecnf0, 0x301, 0x301, 0x200),
    PLAIN(RADIO_SFD, sfd, 0, 0xFF, 0xA7),
    PLAIN(RADIO_EDCNT, edcnt, 0, 0x1FFFFF, 0),
    PLAIN(RADIO_EDSAMPLE, edsample, 0, 0xFF, 0),
    PLAIN(RADIO_CCACTRL, ccactrl, 0, 0xFFFFFF07, 0x052D0000),
    PLAIN(RADIO_DATAWHITEIV, datawhiteiv, 0x7F, 0x7F, WHITENING_HIGH),
};
#define PLAIN_COUNT (sizeof plains / sizeof plains[0])

static uint32_t chip_of(const struct radio *radio)
{
    return radio->nrf52840 ? 1 : 0;
}

/* DAB and DAP are rows of eight. */
static uint32_t row_length(const struct plain *plain)
{
    return plain->offset == RADIO_DAB || plain->offset == RADIO_DAP ? 8 : 1;
}

/* Where in radio_config a plain register lies, and its bits. False: the chip has none there. */
static bool find_plain(const struct radio *radio, uint32_t offset, size_t *place, uint32_t *mask)
{
    for (size_t i = 0; i < PLAIN_COUNT; i++) {
        uint32_t index = (offset - plains[i].offset) / 4U;
        *mask = plains[i].mask[chip_of(radio)];
        *place = plains[i].place + index * sizeof(uint32_t);
        if (offset >= plains[i].offset && index < row_length(&plains[i]) && *mask != 0) {
            return true;
        }
    }
    return false;
}

static uint32_t plain_value(const struct radio *radio, size_t place)
{
    uint32_t value;
    memcpy(&value, (const uint8_t *)&radio->state.config + place, sizeof value);
    return value;
}

static void set_plain(struct radio *radio, size_t place, uint32_t value)
{
    memcpy((uint8_t *)&radio->state.config + place, &value, sizeof value);
}

static uint32_t events_of(const struct radio *radio)
{
    return radio->nrf52840 ? EVENTS_52840 : EVENTS_52832;
}

static void radio_update(void *self)
{
    struct radio *radio = self;
    nrf_events_update_irq(&radio->env, &radio->state.events);
}

/* What is not plain, apart from events. */
static bool get_special(const struct radio *radio, uint32_t offset, uint32_t *value)
{
    const struct radio_state *s = &radio->state;
    uint32_t last_task = radio->nrf52840 ? RADIO_TASKS_CCASTOP : RADIO_TASKS_BCSTOP;
    switch (offset) {
    case RADIO_CRCSTATUS:
        *value = s->crcstatus;
        return true;
    case RADIO_RXMATCH:
        *value = s->rxmatch;
        return true;
    case RADIO_RXCRC:
        *value = s->rxcrc;
        return true;
    case RADIO_DAI:
        *value = s->dai;
        return true;
    case RADIO_PDUSTAT:
        *value = s->pdustat;
        return radio->nrf52840;
    case RADIO_RSSISAMPLE:
        *value = s->rssisample;
        return true;
    case RADIO_STATE:
        *value = (uint32_t)s->state;
        return true;
    case RADIO_POWER:
        *value = s->power;
        return true;
    case NRF_SHORTS:
        *value = s->shorts;
        return true;
    default:
        *value = 0;
        return offset <= last_task;
    }
}

static bool radio_get(const struct radio *radio, uint32_t offset, uint32_t *value)
{
    uint32_t mask;
    size_t place;
    if (find_plain(radio, offset, &place, &mask)) {
        *value = plain_value(radio, place);
        return true;
    }
    return nrf_events_get(&radio->state.events, events_of(radio), offset, value) ||
           get_special(radio, offset, value);
}

static uint32_t radio_peek(const void *self, uint32_t offset)
{
    uint32_t value = 0;
    return radio_get(self, offset, &value) ? value : 0;
}

static enum bus_result radio_read(void *self, struct bus_access access, uint32_t *value)
{
    const struct radio *radio = self;
    uint32_t word = 0;
    bool known = radio_get(radio, access.offset & ~3U, &word);
    return nrf_finish_read(&radio->env, access, known, word, value);
}

/* All registers as after a reset. */
static void clear(struct radio *radio, uint32_t power)
{
    struct radio_world world = radio->state.world;
    radio_forget_all(radio);
    memset(&radio->state, 0, sizeof radio->state);
    radio->state.world = world;
    radio->state.receiving = RADIO_NO_SIGNAL;
    radio->state.power = power;
    for (size_t i = 0; i < PLAIN_COUNT; i++) {
        uint32_t mask;
        size_t place;
        bool has = find_plain(radio, plains[i].offset, &place, &mask);
        for (uint32_t k = 0; has && k < row_length(&plains[i]); k++) {
            set_plain(radio, place + k * sizeof(uint32_t), plains[i].reset);
        }
    }
}

static void write_plain(struct radio *radio, uint32_t offset, size_t place, uint32_t value)
{
    set_plain(radio, place, value | (offset == RADIO_DATAWHITEIV ? WHITENING_HIGH : 0));
    if (offset == RADIO_BCC) {
        radio_count_further(radio);
    }
}

static void write_register(struct radio *radio, uint32_t offset, uint32_t value)
{
    uint32_t mask;
    uint32_t word;
    size_t place;
    bool is_task = offset <= RADIO_TASKS_CCASTOP && get_special(radio, offset, &word);
    if (find_plain(radio, offset, &place, &mask)) {
        write_plain(radio, offset, place, value & mask);
    } else if (is_task && nrf_is_trigger(value)) {
        radio_run_task(radio, offset, clock_now(radio->env.clock));
    } else if (offset == NRF_SHORTS) {
        radio->state.shorts = value & (radio->nrf52840 ? SHORTS_52840 : SHORTS_52832);
    } else if (!is_task) {
        nrf_report_unknown_write(&radio->env, offset);
    }
}

static enum bus_result radio_write(void *self, struct bus_access access, uint32_t value)
{
    struct radio *radio = self;
    uint32_t offset = access.offset & ~3U;
    uint32_t word = nrf_begin_write(&radio->env, access, value);
    if (offset == RADIO_POWER) {
        if ((word & POWER_ON) == 0) {
            clear(radio, 0);
        }
        radio->state.power = word & POWER_ON;
    } else if (!nrf_events_write(&radio->state.events, events_of(radio), offset, word)) {
        write_register(radio, offset, word);
    }
    radio_update(radio);
    return BUS_OK;
}

static const struct device_fault faults[] = {
    [RADIO_FAULT_LOSS] = {"loss",
                          "so many percent of the frames that arrive are not heard; 0: none", 0,
                          PERCENT_MOST},
    [RADIO_FAULT_CRC_ERROR] = {"crc-error",
                               "so many percent of the received packets have a wrong bit; 0: none",
                               0, PERCENT_MOST},
    [RADIO_FAULT_RSSI_OFFSET] = {"rssi-offset",
                                 "signal strengths are measured so many dB too high; 0: right",
                                 -RSSI_MOST_DB, RSSI_MOST_DB},
    [RADIO_FAULT_DEAF] = {"deaf", "1: nothing is heard; 0: all right", 0, 1},
    [RADIO_FAULT_MUTE] = {"mute", "1: nothing that is sent reaches the air; 0: all right", 0, 1},
    [RADIO_FAULTS] = {NULL, NULL, 0, 0},
};

static bool radio_input(void *self, const struct device_input *input)
{
    struct radio *radio = self;
    return device_fault_take(faults, input, radio->state.world.faults);
}

static void radio_reset(void *self, uint32_t reasons)
{
    (void)reasons;
    clear(self, POWER_ON);
}

static const char *radio_init(void *self, const struct device_env *env)
{
    struct radio *radio = self;
    radio->env = *env;
    radio->nrf52840 = nrf_is_nrf52840(env);
    radio->state.world.random = env->seed;
    radio_core_init(radio);
    radio_receive_init(radio);
    radio_sense_init(radio);
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t value;
        if (env->props.u32 != NULL &&
            env->props.u32(env->props.node, "sandglass,position-mm", i, &value)) {
            radio->port.position_mm[i] = (int32_t)value;
        }
    }
    radio_medium_attach(&env->nets->radio, &radio->port);
    return NULL;
}

static bool frame_is_sane(const struct radio_frame *frame)
{
    return (uint32_t)frame->modulation < RADIO_MODULATIONS && frame->sync_bits % 8U == 0 &&
           frame->sync_bits <= 40U && frame->bit_count >= frame->sync_bits &&
           frame->bit_count <= 8U * RADIO_FRAME_BYTES;
}

static bool format_is_sane(const struct radio_format *f)
{
    return f->s0_bits <= 8 && f->length_bits <= 8 && f->s1_bits <= 8 && f->crc_bits <= 24 &&
           f->static_bytes <= RADIO_PAYLOAD_BYTES && f->most_bytes <= RADIO_PAYLOAD_BYTES &&
           (uint32_t)f->crc_from <= RADIO_CRC_AFTER_LENGTH &&
           device_bool_is_sane(&f->s1_in_memory) && device_bool_is_sane(&f->length_has_crc) &&
           device_bool_is_sane(&f->big_endian) && device_bool_is_sane(&f->whiten);
}

static bool world_is_sane(const struct radio_world *w)
{
    for (uint32_t i = 0; i < RADIO_SIGNALS; i++) {
        if (!frame_is_sane(&w->signals[i].frame) || !device_bool_is_sane(&w->signals[i].judged)) {
            return false;
        }
    }
    return device_faults_are_sane(faults, w->faults);
}

static bool packet_is_sane(const struct radio_state *s)
{
    uint32_t header = s->frame.sync_bits + radio_header_bits(&s->format);
    return (uint32_t)s->milestone < RADIO_MILESTONES && s->payload_bytes <= RADIO_PAYLOAD_BYTES &&
           s->taken_bits <= header + 8U * s->payload_bytes + s->format.crc_bits &&
           s->spoilt_bit <= header + 8U && device_bool_is_sane(&s->payload_longer) &&
           device_bool_is_sane(&s->packet_ended) && device_bool_is_sane(&s->no_memory);
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct radio *radio = self;
    const struct radio_state *s = state;
    (void)now_cycles;
    return frame_is_sane(&s->frame) && format_is_sane(&s->format) && packet_is_sane(s) &&
           world_is_sane(&s->world) && (uint32_t)s->state <= RADIO_TXDISABLE &&
           s->receiving <= RADIO_NO_SIGNAL && (uint32_t)s->listening <= RADIO_CCA &&
           (s->milestone == RADIO_AT_NOTHING || s->milestone == RADIO_AT_PHYEND ||
            s->state != RADIO_RX || s->receiving != RADIO_NO_SIGNAL) &&
           device_bool_is_sane(&s->counting_bits) && radio_phy_find(radio, s->mode) != NULL;
}

static const size_t event_offsets[] = {offsetof(struct radio, step), offsetof(struct radio, packet),
                                       offsetof(struct radio, hear), offsetof(struct radio, rssi),
                                       offsetof(struct radio, bits)};

const struct device_class nrf52_radio_class = {
    .name = "nrf52-radio",
    .size_bytes = sizeof(struct radio),
    .state_offset = offsetof(struct radio, state),
    .state_bytes = sizeof(struct radio_state),
    .state_version = 1,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .state_is_sane = state_is_sane,
    .init = radio_init,
    .reset = radio_reset,
    .update = radio_update,
    .read = radio_read,
    .write = radio_write,
    .peek = radio_peek,
    .input = radio_input,
    .faults = faults,
};
