/* RADIO: states, shortcuts, and the transmitter. */
#include <string.h>

#include "peripherals/nrf52/radio.h"

#define SHORT_END_DISABLE   (1U << 1)
#define SHORT_DISABLED_TXEN (1U << 2)
#define SHORT_DISABLED_RXEN (1U << 3)
#define RU_FAST             1U
#define SPREAD_US           2U /* the receiver opens so much before TIFS is over */
#define CODED_TAIL_BITS     3U /* TERM2 */
#define POWER_MOST_DBM      8
#define POWER_LEAST_DBM     (-40)

/* In the order in which they run when one event has several. */
static const struct {
    uint32_t bit, event, task;
} shorts[] = {
    {0, RADIO_EVENTS_READY, RADIO_TASKS_START},
    {1, RADIO_EVENTS_END, RADIO_TASKS_DISABLE},
    {2, RADIO_EVENTS_DISABLED, RADIO_TASKS_TXEN},
    {3, RADIO_EVENTS_DISABLED, RADIO_TASKS_RXEN},
    {4, RADIO_EVENTS_ADDRESS, RADIO_TASKS_RSSISTART},
    {5, RADIO_EVENTS_END, RADIO_TASKS_START},
    {6, RADIO_EVENTS_ADDRESS, RADIO_TASKS_BCSTART},
    {8, RADIO_EVENTS_DISABLED, RADIO_TASKS_RSSISTOP},
    {11, RADIO_EVENTS_RXREADY, RADIO_TASKS_CCASTART},
    {12, RADIO_EVENTS_CCAIDLE, RADIO_TASKS_TXEN},
    {13, RADIO_EVENTS_CCABUSY, RADIO_TASKS_DISABLE},
    {14, RADIO_EVENTS_FRAMESTART, RADIO_TASKS_BCSTART},
    {15, RADIO_EVENTS_READY, RADIO_TASKS_EDSTART},
    {16, RADIO_EVENTS_EDEND, RADIO_TASKS_DISABLE},
    {17, RADIO_EVENTS_CCAIDLE, RADIO_TASKS_STOP},
    {18, RADIO_EVENTS_TXREADY, RADIO_TASKS_START},
    {19, RADIO_EVENTS_RXREADY, RADIO_TASKS_START},
    {20, RADIO_EVENTS_PHYEND, RADIO_TASKS_DISABLE},
    {21, RADIO_EVENTS_PHYEND, RADIO_TASKS_START},
};

uint64_t radio_us(const struct radio *radio, uint64_t tenths)
{
    return (radio->env.clock->cpu_hz / 1000000U * tenths + 5U) / 10U;
}

void radio_raise(struct radio *radio, uint32_t event, uint64_t when)
{
    struct radio_state *s = &radio->state;
    if (event >= RADIO_EVENTS_FRAMESTART && !radio->nrf52840) {
        return;
    }
    nrf_event_set(&s->events, event);
    for (size_t i = 0; i < sizeof shorts / sizeof shorts[0]; i++) {
        if (shorts[i].event == event && (s->shorts >> shorts[i].bit & 1U) != 0) {
            radio_run_task(radio, shorts[i].task, when);
        }
    }
    nrf_event_raise(&radio->env, &s->events, event);
}

/* LENGTH and S1 are at most 8 bits long: their places in memory are bytes. */
static uint32_t at_most_8(uint32_t bits)
{
    return bits > 8 ? 8 : bits;
}

struct radio_format radio_format_of(const struct radio *radio)
{
    const struct radio_config *c = &radio->state.config;
    uint32_t crc_bits = (c->crccnf & 3U) * 8U;
    uint32_t skip = c->crccnf >> 8 & 3U;
    return (struct radio_format){
        .s0_bits = (c->pcnf0 >> 8 & 1U) * 8U,
        .length_bits = at_most_8(c->pcnf0 & 0xFU),
        .s1_bits = at_most_8(c->pcnf0 >> 16 & 0xFU),
        .s1_in_memory = (c->pcnf0 >> 16 & 0x1FU) != 0,
        .length_has_crc = (c->pcnf0 >> 26 & 1U) != 0,
        .big_endian = (c->pcnf1 >> 24 & 1U) != 0,
        .static_bytes = c->pcnf1 >> 8 & 0xFFU,
        .most_bytes = c->pcnf1 & 0xFFU,
        .crc_bits = crc_bits,
        .crc_from = skip == 0   ? RADIO_CRC_ADDRESS
                    : skip == 1 ? RADIO_CRC_AFTER_ADDRESS
                                : RADIO_CRC_AFTER_LENGTH,
        .crc_poly = c->crcpoly | 1U, /* the chip takes its lowest term for granted */
        .crc_init = c->crcinit,
        .whiten = (c->pcnf1 >> 25 & 1U) != 0,
        .whiten_init = c->datawhiteiv,
    };
}

void radio_end_packet(struct radio *radio)
{
    struct radio_state *s = &radio->state;
    clock_cancel(radio->env.clock, &radio->packet);
    clock_cancel(radio->env.clock, &radio->hear);
    clock_cancel(radio->env.clock, &radio->bits);
    s->milestone = RADIO_AT_NOTHING;
    s->receiving = RADIO_NO_SIGNAL;
    s->counting_bits = false;
}

/* The transmitter or receiver is stopped in the middle of what it does. */
static void break_off(struct radio *radio, uint64_t when)
{
    struct radio_state *s = &radio->state;
    if (s->state == RADIO_TX) {
        s->frame.end_cycles = when + radio_us(radio, radio_phy_of(radio)->tx_chain);
        if (!radio_is_mute(radio)) {
            radio_medium_send(&radio->port, RADIO_CUT, &s->frame);
        }
    }
    if (s->state == RADIO_TX || s->state == RADIO_RX) {
        radio_end_packet(radio);
        s->packet_ended = false;
    }
    s->listening = RADIO_NO_LISTENING;
    clock_cancel(radio->env.clock, &radio->step);
}

void radio_forget_all(struct radio *radio)
{
    if (radio->state.state == RADIO_TX) {
        break_off(radio, clock_now(radio->env.clock));
    }
    radio_end_packet(radio);
    clock_cancel(radio->env.clock, &radio->step);
    clock_cancel(radio->env.clock, &radio->rssi);
}

/* Time of a milestone after the packet's start. */
static uint64_t milestone_cycles(const struct radio *radio, enum radio_milestone milestone)
{
    const struct radio_state *s = &radio->state;
    uint32_t header = radio_header_bits(&s->format);
    uint32_t payload = header + 8U * s->payload_bytes;
    uint32_t bits = 0;
    switch (milestone) {
    case RADIO_AT_NOTHING:
    case RADIO_MILESTONES:
    case RADIO_AT_ADDRESS:
        return s->frame.sync_cycles;
    case RADIO_AT_HEADER:
        bits = header;
        break;
    case RADIO_AT_MHR:
        bits = header + 32U;
        break;
    case RADIO_AT_DEVICE:
        bits = header + 48U;
        break;
    case RADIO_AT_PAYLOAD:
        bits = payload;
        break;
    case RADIO_AT_END:
    case RADIO_AT_PHYEND:
        bits = payload + s->format.crc_bits +
               (s->frame.modulation == RADIO_CODED ? CODED_TAIL_BITS : 0);
        break;
    }
    return s->frame.content_cycles + (uint64_t)bits * s->frame.bit_cycles;
}

void radio_queue_milestone(struct radio *radio, enum radio_milestone milestone)
{
    struct radio_state *s = &radio->state;
    uint64_t at = s->packet_start + milestone_cycles(radio, milestone);
    if (milestone == RADIO_AT_PHYEND) {
        at += radio_us(radio, radio_phy_of(radio)->tx_chain);
    }
    s->milestone = milestone;
    clock_schedule(radio->env.clock, &radio->packet, at);
}

/* Address 0 is BASE0 with the first prefix, 1 to 7 are BASE1 with the others; of a base address
 * the high BALEN bytes count. Low bits first. Returns how many bits it is long. */
uint32_t radio_address_bits(const struct radio *radio, uint32_t address, uint8_t *bits)
{
    const struct radio_config *c = &radio->state.config;
    uint32_t base_bytes = c->pcnf1 >> 16 & 7U;
    uint32_t base_bits = 8U * (base_bytes > 4 ? 4 : base_bytes);
    uint32_t base = c->base[address == 0 ? 0 : 1];
    if (base_bits != 0) {
        radio_bits_put(bits, 0, base_bits, base >> (32U - base_bits), false);
    }
    radio_bits_put(bits, base_bits, 8, c->prefix[address / 4U] >> (address % 4U * 8U), false);
    return base_bits + 8U;
}

static int32_t power_cdbm(const struct radio *radio)
{
    uint32_t txpower = radio->state.config.txpower;
    int32_t dbm = (int32_t)txpower - (txpower > 0x7F ? 0x100 : 0);
    if (!radio->nrf52840 && txpower == 0xFF) {
        dbm = -30; /* Neg30dBm of nRF52832 */
    }
    dbm = dbm > POWER_MOST_DBM ? POWER_MOST_DBM : dbm;
    return 100 * (dbm < POWER_LEAST_DBM ? POWER_LEAST_DBM : dbm);
}

uint32_t radio_frequency_mhz(const struct radio *radio)
{
    uint32_t frequency = radio->state.config.frequency;
    return ((frequency & 0x100U) != 0 ? 2360U : 2400U) + (frequency & 0x7FU);
}

/* The address goes out; what follows is read from memory when its turn comes. */
static void start_tx(struct radio *radio, const struct radio_phy *phy, uint64_t when)
{
    struct radio_state *s = &radio->state;
    uint32_t sync_bits = 8;
    s->frame = (struct radio_frame){.start_cycles = when + radio_us(radio, phy->tx_chain),
                                    .end_cycles = RADIO_FRAME_OPEN,
                                    .frequency_mhz = radio_frequency_mhz(radio),
                                    .modulation = phy->modulation,
                                    .power_cdbm = power_cdbm(radio)};
    if (phy->modulation == RADIO_OQPSK_250K) {
        s->frame.bits[0] = (uint8_t)s->config.sfd;
    } else {
        sync_bits = radio_address_bits(radio, s->config.txaddress & 7U, s->frame.bits);
    }
    radio_phy_time_frame(radio, sync_bits, &s->frame);
    s->frame.bit_count = sync_bits;
    s->format = radio_format_of(radio);
    s->packet_start = when;
    s->packet_ptr = s->config.packetptr;
    s->packet_ended = false;
    s->taken_bits = 0;
    s->spoilt_bit = 0;
    s->payload_bytes = 0;
    s->state = RADIO_TX;
    if (!radio_is_mute(radio)) {
        radio_medium_send(&radio->port, RADIO_BEGINS, &s->frame);
    }
    radio_queue_milestone(radio, RADIO_AT_ADDRESS);
}

static bool read_packet(struct radio *radio)
{
    struct radio_state *s = &radio->state;
    const struct dma_port *dma = &radio->env.dma;
    uint32_t header = radio_header_bytes(&s->format);
    memset(s->memory, 0, sizeof s->memory);
    if (header != 0 && dma->read(dma->context, s->packet_ptr, s->memory, header) != BUS_OK) {
        return false;
    }
    s->payload_bytes = radio_payload_bytes(&s->format, s->memory, &s->payload_longer);
    return s->payload_bytes == 0 || dma->read(dma->context, s->packet_ptr + header,
                                              s->memory + header, s->payload_bytes) == BUS_OK;
}

static void address_sent(struct radio *radio, uint64_t when)
{
    radio_queue_milestone(radio, RADIO_AT_HEADER);
    radio_raise(radio, RADIO_EVENTS_ADDRESS, when);
    if (radio->state.frame.modulation == RADIO_OQPSK_250K) {
        radio_raise(radio, RADIO_EVENTS_FRAMESTART, when);
    }
}

/* Read as late as it may be: CCM could have been at work until now. From here on everybody can know
 * the packet; the chains of transmitter and receiver are longer than the medium's latency. */
static void header_sent(struct radio *radio, uint64_t when)
{
    struct radio_state *s = &radio->state;
    if (!read_packet(radio)) {
        device_guest_error(&radio->env, RADIO_PACKETPTR,
                           "EasyDMA reaches RAM only: the packet ends with its header");
        break_off(radio, when);
        s->state = RADIO_TXIDLE;
        return;
    }
    s->frame.bit_count = radio_packet_write(&s->format, s->memory, s->payload_bytes, s->frame.bits,
                                            s->frame.sync_bits);
    s->frame.end_cycles = s->frame.start_cycles + milestone_cycles(radio, RADIO_AT_END);
    if (!radio_is_mute(radio)) {
        radio_medium_send(&radio->port, RADIO_CONTENT, &s->frame);
    }
    radio_queue_milestone(radio, RADIO_AT_PAYLOAD);
}

static void packet_sent(struct radio *radio, uint64_t when)
{
    struct radio_state *s = &radio->state;
    bool phyend = radio_phy_of(radio)->has_phyend;
    radio_end_packet(radio);
    s->state = RADIO_TXIDLE;
    s->packet_end = s->frame.end_cycles;
    s->packet_ended = true;
    if (!radio_is_mute(radio)) {
        radio_report_sent(radio);
    }
    if (phyend) {
        radio_queue_milestone(radio, RADIO_AT_PHYEND);
    }
    radio_raise(radio, RADIO_EVENTS_END, when);
}

static void packet_fired(void *owner, uint64_t late_cycles)
{
    struct radio *radio = owner;
    uint64_t when = clock_now(radio->env.clock) - late_cycles;
    enum radio_milestone milestone = radio->state.milestone;
    if (milestone == RADIO_AT_PHYEND) {
        radio->state.milestone = RADIO_AT_NOTHING;
        radio_raise(radio, RADIO_EVENTS_PHYEND, when);
    } else if (radio->state.state == RADIO_RX) {
        radio_receive_milestone(radio, when);
    } else if (milestone == RADIO_AT_ADDRESS) {
        address_sent(radio, when);
    } else if (milestone == RADIO_AT_HEADER) {
        header_sent(radio, when);
    } else if (milestone == RADIO_AT_PAYLOAD) {
        radio_queue_milestone(radio, RADIO_AT_END);
        radio_raise(radio, RADIO_EVENTS_PAYLOAD, when);
    } else if (milestone == RADIO_AT_END) {
        packet_sent(radio, when);
    }
}

/* When a ramp-up that begins now is over. With TIFS, a default ramp-up that follows a packet by
 * shortcuts ends so that the gap between the packets is TIFS. */
static uint64_t ramp_end(const struct radio *radio, bool transmitter, bool after_disabled,
                         uint64_t when)
{
    const struct radio_state *s = &radio->state;
    const struct radio_phy *phy = radio_phy_of(radio);
    bool fast = (s->config.modecnf0 & RU_FAST) != 0;
    uint64_t end = when + radio_us(radio, 10U * (fast ? RADIO_FAST_RAMP_US : phy->ramp));
    if (!after_disabled || fast || s->config.tifs == 0 || !s->packet_ended ||
        (s->shorts & SHORT_END_DISABLE) == 0) {
        return end;
    }
    uint64_t gap_end =
        s->packet_end + radio_us(radio, 10U * s->config.tifs) -
        (transmitter ? radio_us(radio, phy->tx_chain) : radio_us(radio, 10U * SPREAD_US));
    return end > gap_end ? end : gap_end;
}

static void ramp_up(struct radio *radio, uint32_t task, uint64_t when)
{
    struct radio_state *s = &radio->state;
    bool transmitter = task == RADIO_TASKS_TXEN;
    bool disabled = s->state == RADIO_DISABLED;
    if (!disabled && s->state != RADIO_TXIDLE && s->state != RADIO_RXIDLE) {
        device_guest_error(&radio->env, task, "a ramp-up in this state is ignored");
        return;
    }
    if (radio_phy_find(radio, s->config.mode) == NULL) {
        device_guest_error(&radio->env, RADIO_MODE, "a value of MODE that selects nothing");
        return;
    }
    if (!nets_hfxo_runs(radio->env.nets)) {
        device_guest_error(&radio->env, task,
                           "the RADIO needs the 64 MHz crystal, which HFCLKSTART starts: off its "
                           "frequency nobody hears it, and it hears nobody");
    }
    break_off(radio, when);
    uint32_t turnaround = transmitter ? SHORT_DISABLED_TXEN : SHORT_DISABLED_RXEN;
    bool after_disabled = disabled && (s->shorts & turnaround) != 0;
    s->mode = s->config.mode;
    s->state = transmitter ? RADIO_TXRU : RADIO_RXRU;
    clock_schedule(radio->env.clock, &radio->step,
                   ramp_end(radio, transmitter, after_disabled, when));
}

static void start(struct radio *radio, uint64_t when)
{
    struct radio_state *s = &radio->state;
    const struct radio_phy *phy = radio_phy_of(radio);
    if (s->listening != RADIO_NO_LISTENING ||
        (s->state != RADIO_TXIDLE && s->state != RADIO_RXIDLE)) {
        device_guest_error(&radio->env, RADIO_TASKS_START, "START in this state is ignored");
        return;
    }
    radio_end_packet(radio);
    if (s->state == RADIO_TXIDLE) {
        start_tx(radio, phy, when);
    } else {
        radio_listen(radio, when);
    }
}

static void stop(struct radio *radio, uint64_t when)
{
    struct radio_state *s = &radio->state;
    if (s->state == RADIO_TX) {
        break_off(radio, when);
        s->state = RADIO_TXIDLE;
    } else if (s->state == RADIO_RX || s->state == RADIO_RXIDLE) {
        break_off(radio, when);
        s->state = RADIO_RXIDLE;
    }
}

static void disable(struct radio *radio, uint64_t when)
{
    struct radio_state *s = &radio->state;
    const struct radio_phy *phy = radio_phy_of(radio);
    bool transmitter = s->state >= RADIO_TXRU;
    if (s->state == RADIO_DISABLED) {
        radio_raise(radio, RADIO_EVENTS_DISABLED, when);
    } else if (s->state != RADIO_TXDISABLE && s->state != RADIO_RXDISABLE) {
        uint64_t cycles = radio_us(radio, transmitter ? phy->tx_disable : phy->rx_disable);
        break_off(radio, when);
        s->state = transmitter ? RADIO_TXDISABLE : RADIO_RXDISABLE;
        clock_schedule(radio->env.clock, &radio->step, when + cycles);
    }
}

static void step_fired(void *owner, uint64_t late_cycles)
{
    struct radio *radio = owner;
    struct radio_state *s = &radio->state;
    uint64_t when = clock_now(radio->env.clock) - late_cycles;
    if (s->listening != RADIO_NO_LISTENING) {
        radio_listening_over(radio, when);
    } else if (s->state == RADIO_TXRU || s->state == RADIO_RXRU) {
        bool transmitter = s->state == RADIO_TXRU;
        s->state = transmitter ? RADIO_TXIDLE : RADIO_RXIDLE;
        radio_raise(radio, RADIO_EVENTS_READY, when);
        radio_raise(radio, transmitter ? RADIO_EVENTS_TXREADY : RADIO_EVENTS_RXREADY, when);
    } else if (s->state == RADIO_TXDISABLE || s->state == RADIO_RXDISABLE) {
        s->state = RADIO_DISABLED;
        radio_raise(radio, RADIO_EVENTS_DISABLED, when);
    }
}

static void stop_listening(struct radio *radio, enum radio_listening listening, uint32_t event,
                           uint64_t when)
{
    if (radio->state.listening == listening) {
        break_off(radio, when);
        radio_raise(radio, event, when);
    }
}

void radio_run_task(struct radio *radio, uint32_t task, uint64_t when)
{
    if (radio->state.power == 0) {
        return;
    }
    switch (task) {
    case RADIO_TASKS_TXEN:
    case RADIO_TASKS_RXEN:
        ramp_up(radio, task, when);
        break;
    case RADIO_TASKS_START:
        start(radio, when);
        break;
    case RADIO_TASKS_STOP:
        stop(radio, when);
        break;
    case RADIO_TASKS_DISABLE:
        disable(radio, when);
        break;
    case RADIO_TASKS_RSSISTART:
        radio_rssi_start(radio, when);
        break;
    case RADIO_TASKS_RSSISTOP:
        clock_cancel(radio->env.clock, &radio->rssi);
        break;
    case RADIO_TASKS_BCSTART:
        radio_count_bits(radio, when);
        break;
    case RADIO_TASKS_BCSTOP:
        radio->state.counting_bits = false;
        clock_cancel(radio->env.clock, &radio->bits);
        break;
    case RADIO_TASKS_EDSTART:
        radio_ed_start(radio, when);
        break;
    case RADIO_TASKS_EDSTOP:
        stop_listening(radio, RADIO_ED, RADIO_EVENTS_EDSTOPPED, when);
        break;
    case RADIO_TASKS_CCASTART:
        radio_cca_start(radio, when);
        break;
    case RADIO_TASKS_CCASTOP:
        stop_listening(radio, RADIO_CCA, RADIO_EVENTS_CCASTOPPED, when);
        break;
    default:
        break;
    }
}

void radio_core_init(struct radio *radio)
{
    event_init(&radio->step, step_fired, radio);
    event_init(&radio->packet, packet_fired, radio);
}
