/* RADIO: what is heard from the medium, and the receiver. */
#include <string.h>

#include "peripherals/nrf52/nrf_random.h"
#include "peripherals/nrf52/radio.h"

/* A signal is of interest for so long after its end: the receiver lags behind the antenna. */
#define REMEMBER_US 300U

static bool is_free(const struct radio_signal *signal)
{
    return signal->frame.end_cycles == 0;
}

static uint64_t sync_cycle(const struct radio *radio, const struct radio_signal *signal)
{
    return signal->frame.start_cycles + signal->frame.sync_cycles +
           radio_us(radio, radio_phy_of(radio)->rx_chain);
}

/* A place for a new signal: a free one, one that is over, or the weakest. NULL: all are stronger.
 */
static struct radio_signal *find_place(struct radio *radio, uint64_t start, int32_t power_cdbm)
{
    struct radio_signal *signals = radio->state.world.signals;
    struct radio_signal *weakest = NULL;
    uint64_t remember = clock_us_to_cycles(radio->env.clock, REMEMBER_US);
    for (uint32_t i = 0; i < RADIO_SIGNALS; i++) {
        uint64_t end = signals[i].frame.end_cycles;
        bool over = end != RADIO_FRAME_OPEN && end + remember < start;
        if (i == radio->state.receiving) {
            continue;
        }
        if (is_free(&signals[i]) || over) {
            return &signals[i];
        }
        if (weakest == NULL || signals[i].power_cdbm < weakest->power_cdbm) {
            weakest = &signals[i];
        }
    }
    return weakest != NULL && weakest->power_cdbm < power_cdbm ? weakest : NULL;
}

static struct radio_signal *find_signal(struct radio *radio, uint32_t source, uint64_t start)
{
    struct radio_signal *signals = radio->state.world.signals;
    for (uint32_t i = 0; i < RADIO_SIGNALS; i++) {
        if (!is_free(&signals[i]) && signals[i].source == source &&
            signals[i].frame.start_cycles == start) {
            return &signals[i];
        }
    }
    return NULL;
}

/* Queues `hear` anew. */
static void hear_again(struct radio *radio)
{
    uint64_t first = CLOCK_NEVER;
    for (uint32_t i = 0; i < RADIO_SIGNALS; i++) {
        const struct radio_signal *signal = &radio->state.world.signals[i];
        uint64_t sync = sync_cycle(radio, signal);
        if (!is_free(signal) && !signal->judged && sync < first) {
            first = sync;
        }
    }
    if (first == CLOCK_NEVER || radio->state.state != RADIO_RX) {
        clock_cancel(radio->env.clock, &radio->hear);
    } else {
        clock_schedule(radio->env.clock, &radio->hear, first);
    }
}

static void heard(void *owner, uint32_t source, enum radio_phase phase,
                  const struct radio_frame *frame, int32_t power_cdbm)
{
    struct radio *radio = owner;
    struct radio_signal *signal = find_signal(radio, source, frame->start_cycles);
    if (phase == RADIO_BEGINS) {
        signal = find_place(radio, frame->start_cycles, power_cdbm);
        if (signal != NULL) {
            memset(signal, 0, sizeof *signal); /* a snapshot has its padding, too */
            signal->frame = *frame;
            signal->source = source;
            signal->power_cdbm = power_cdbm;
            hear_again(radio);
        }
    } else if (signal != NULL && phase == RADIO_CONTENT) {
        signal->frame = *frame;
    } else if (signal != NULL) {
        /* Felt with the medium's latency, as everything of others: then it does not matter which
         * of two machines was ahead. */
        uint64_t end = frame->end_cycles + radio_medium_latency(radio->env.clock);
        signal->frame.end_cycles = end < signal->frame.end_cycles ? end : signal->frame.end_cycles;
    }
}

void radio_listen(struct radio *radio, uint64_t when)
{
    struct radio_state *s = &radio->state;
    s->state = RADIO_RX;
    s->listening_since = when;
    s->packet_ptr = s->config.packetptr;
    s->packet_ended = false;
    s->format = radio_format_of(radio);
    s->taken_bits = 0;
    for (uint32_t i = 0; i < RADIO_SIGNALS; i++) {
        if (sync_cycle(radio, &s->world.signals[i]) <= when) {
            s->world.signals[i].judged = true;
        }
    }
    hear_again(radio);
}

static uint32_t distance_mhz(uint32_t a, uint32_t b)
{
    return a < b ? b - a : a - b;
}

/* Whether another signal spoils this one somewhere in [from, to), and from where to where. What
 * others send is felt later than it is sent, by the medium's latency. */
static bool find_jam(const struct radio *radio, const struct radio_signal *wanted,
                     const struct radio_signal *other, uint64_t *from, uint64_t *to)
{
    uint64_t latency = radio_medium_latency(radio->env.clock);
    uint64_t start = other->frame.start_cycles + latency;
    uint64_t end = other->frame.end_cycles;
    end = end == RADIO_FRAME_OPEN ? end : end + latency;
    uint32_t distance = distance_mhz(wanted->frame.frequency_mhz, other->frame.frequency_mhz);
    if (other == wanted || is_free(other) ||
        !radio_phy_spoils(distance, wanted->power_cdbm - other->power_cdbm)) {
        return false;
    }
    *from = *from > start ? *from : start;
    *to = *to < end ? *to : end;
    return *from < *to;
}

static bool is_sync_jammed(const struct radio *radio, const struct radio_signal *wanted)
{
    for (uint32_t i = 0; i < RADIO_SIGNALS; i++) {
        uint64_t from = wanted->frame.start_cycles;
        uint64_t to = from + wanted->frame.sync_cycles;
        if (find_jam(radio, wanted, &radio->state.world.signals[i], &from, &to)) {
            return true;
        }
    }
    return false;
}

static bool is_lost(struct radio *radio)
{
    struct radio_world *w = &radio->state.world;
    uint32_t percent = (uint32_t)w->faults[RADIO_FAULT_LOSS];
    uint32_t medium = radio->port.medium->loss_percent;
    percent = percent > medium ? percent : medium;
    return percent != 0 && nrf_random_next(&w->random) % 100U < percent;
}

/* Which of the addresses that RXADDRESSES allows it is, or 8. */
static uint32_t match_address(const struct radio *radio, const struct radio_frame *frame)
{
    const struct radio_config *c = &radio->state.config;
    uint8_t bits[8] = {0};
    if (frame->modulation == RADIO_OQPSK_250K) {
        return frame->bits[0] == (uint8_t)c->sfd ? 0 : 8;
    }
    for (uint32_t address = 0; address < 8; address++) {
        if ((c->rxaddresses >> address & 1U) != 0 &&
            radio_address_bits(radio, address, bits) == frame->sync_bits &&
            memcmp(bits, frame->bits, frame->sync_bits / 8U) == 0) {
            return address;
        }
    }
    return 8;
}

/* Whether the receiver takes the signal whose address has just passed: tuned to it, open during at
 * least half of its preamble, strong and alone enough. */
static bool takes(struct radio *radio, const struct radio_signal *signal)
{
    const struct radio_state *s = &radio->state;
    const struct radio_frame *frame = &signal->frame;
    const struct radio_phy *phy = radio_phy_of(radio);
    if (s->state != RADIO_RX || s->receiving != RADIO_NO_SIGNAL || radio_is_deaf(radio) ||
        frame->frequency_mhz != radio_frequency_mhz(radio) ||
        frame->modulation != phy->modulation || signal->power_cdbm < phy->sensitivity_cdbm) {
        return false;
    }
    uint64_t needed = frame->start_cycles + frame->preamble_cycles / 2U;
    bool over = frame->end_cycles < frame->start_cycles + frame->sync_cycles;
    return s->listening_since <= needed && !over && match_address(radio, frame) < 8 &&
           !is_sync_jammed(radio, signal) && !is_lost(radio);
}

/* A bit of a packet that is not longer than it must be, for the fault: after the address. */
static void choose_spoilt_bit(struct radio *radio)
{
    struct radio_state *s = &radio->state;
    uint32_t percent = (uint32_t)s->world.faults[RADIO_FAULT_CRC_ERROR];
    uint32_t first = s->frame.sync_bits + radio_header_bits(&s->format);
    s->spoilt_bit = 0;
    if (percent != 0 && nrf_random_next(&s->world.random) % 100U < percent) {
        s->spoilt_bit = first + (uint32_t)(nrf_random_next(&s->world.random) % 8U);
    }
}

static void begin(struct radio *radio, uint32_t index, uint64_t when)
{
    struct radio_state *s = &radio->state;
    const struct radio_frame *frame = &s->world.signals[index].frame;
    s->receiving = index;
    s->rxmatch = match_address(radio, frame);
    s->packet_start = frame->start_cycles + radio_us(radio, radio_phy_of(radio)->rx_chain);
    s->frame = *frame;
    memset(s->frame.bits + frame->sync_bits / 8U, 0, RADIO_FRAME_BYTES - frame->sync_bits / 8U);
    s->taken_bits = frame->sync_bits;
    s->payload_bytes = 0;
    s->no_memory = false;
    memset(s->memory, 0, sizeof s->memory);
    choose_spoilt_bit(radio);
    radio_queue_milestone(radio, RADIO_AT_HEADER);
    if (radio_phy_of(radio)->has_phyend) {
        radio_raise(radio, RADIO_EVENTS_SYNC, when);
    }
    radio_raise(radio, RADIO_EVENTS_ADDRESS, when);
}

static void hear_fired(void *owner, uint64_t late_cycles)
{
    struct radio *radio = owner;
    uint64_t when = clock_now(radio->env.clock) - late_cycles;
    uint32_t taken = RADIO_NO_SIGNAL;
    for (uint32_t i = 0; i < RADIO_SIGNALS; i++) {
        struct radio_signal *signal = &radio->state.world.signals[i];
        if (is_free(signal) || signal->judged || sync_cycle(radio, signal) > when) {
            continue;
        }
        signal->judged = true;
        if (taken == RADIO_NO_SIGNAL && takes(radio, signal)) {
            taken = i;
        }
    }
    hear_again(radio);
    if (taken != RADIO_NO_SIGNAL) {
        begin(radio, taken, when);
    }
}

/* Bits [from, to) of what is received are noise: each is right or wrong by chance. */
static void put_noise(struct radio *radio, uint32_t from, uint32_t to)
{
    uint8_t *bits = radio->state.frame.bits;
    for (uint32_t i = from; i < to; i++) {
        uint64_t random = nrf_random_next(&radio->state.world.random);
        bits[i / 8U] ^= (uint8_t)((random >> 63) << (i % 8U));
    }
}

static uint64_t bit_cycle(const struct radio_frame *frame, uint32_t bit)
{
    return frame->start_cycles + frame->content_cycles +
           (uint64_t)(bit - frame->sync_bits) * frame->bit_cycles;
}

/* The first bit that begins at or after a cycle of the signal, within [from, to]. */
static uint32_t bit_at(const struct radio_frame *frame, uint64_t cycle, uint32_t from, uint32_t to)
{
    uint32_t bit = from;
    while (bit < to && bit_cycle(frame, bit) < cycle) {
        bit++;
    }
    return bit;
}

/* Takes what has arrived of the signal, up to bit `to`, with all that was done to it on the way. */
static void take_bits(struct radio *radio, uint32_t to)
{
    struct radio_state *s = &radio->state;
    const struct radio_signal *wanted = &s->world.signals[s->receiving];
    const struct radio_frame *frame = &wanted->frame;
    uint32_t from = s->taken_bits;
    if (to <= from) {
        return;
    }
    uint32_t sent = to < frame->bit_count ? to : frame->bit_count;
    sent = bit_at(frame, frame->end_cycles, from, sent < from ? from : sent);
    for (uint32_t i = from; i < sent; i++) {
        radio_bits_put(s->frame.bits, i, 1, radio_bits_get(frame->bits, i, 1, false), false);
    }
    put_noise(radio, sent, to);
    for (uint32_t i = 0; i < RADIO_SIGNALS; i++) {
        uint64_t jam_from = bit_cycle(frame, from);
        uint64_t jam_to = bit_cycle(frame, to);
        if (find_jam(radio, wanted, &s->world.signals[i], &jam_from, &jam_to)) {
            put_noise(radio, bit_at(frame, jam_from, from, to), bit_at(frame, jam_to, from, to));
        }
    }
    if (s->spoilt_bit >= from && s->spoilt_bit < to) {
        s->frame.bits[s->spoilt_bit / 8U] ^= (uint8_t)(1U << (s->spoilt_bit % 8U));
    }
    radio_packet_whiten(&s->format, s->frame.bits, s->frame.sync_bits, from, to);
    s->taken_bits = to;
}

static void write_memory(struct radio *radio, uint32_t at, uint32_t bytes)
{
    struct radio_state *s = &radio->state;
    const struct dma_port *dma = &radio->env.dma;
    if (bytes == 0 || s->no_memory) {
        return;
    }
    if (dma->write(dma->context, s->packet_ptr + at, s->memory + at, bytes) != BUS_OK) {
        s->no_memory = true;
        device_guest_error(&radio->env, RADIO_PACKETPTR,
                           "EasyDMA reaches RAM only: what is received goes nowhere");
    }
}

void radio_write_arrived(struct radio *radio, uint64_t when)
{
    struct radio_state *s = &radio->state;
    uint64_t content = s->packet_start + s->frame.content_cycles;
    uint32_t header = radio_header_bits(&s->format);
    if (s->state != RADIO_RX || s->milestone <= RADIO_AT_HEADER || when < content) {
        return;
    }
    uint64_t bits = (when - content) / s->frame.bit_cycles;
    uint64_t bytes = bits < header ? 0 : (bits - header) / 8U;
    uint32_t count = bytes < s->payload_bytes ? (uint32_t)bytes : s->payload_bytes;
    take_bits(radio, s->frame.sync_bits + header + 8U * count);
    radio_packet_read_payload(&s->format, s->frame.bits, s->frame.sync_bits, count, s->memory);
    write_memory(radio, radio_header_bytes(&s->format), count);
}

static bool matches_device(const struct radio *radio, uint32_t n)
{
    const struct radio_state *s = &radio->state;
    const uint8_t *a = s->memory + radio_header_bytes(&s->format);
    uint32_t low =
        (uint32_t)a[0] | (uint32_t)a[1] << 8 | (uint32_t)a[2] << 16 | (uint32_t)a[3] << 24;
    uint32_t high = (uint32_t)a[4] | (uint32_t)a[5] << 8;
    uint32_t txadd = s->format.s0_bits != 0 ? s->memory[0] >> 6 & 1U : 0;
    return (s->config.dacnf >> n & 1U) != 0 && low == s->config.dab[n] &&
           high == s->config.dap[n] && txadd == (s->config.dacnf >> (8U + n) & 1U);
}

static void device_address_received(struct radio *radio, uint64_t when)
{
    struct radio_state *s = &radio->state;
    uint32_t n = 0;
    while (n < 8 && !matches_device(radio, n)) {
        n++;
    }
    if (n < 8) {
        s->dai = n;
    }
    radio_raise(radio, n < 8 ? RADIO_EVENTS_DEVMATCH : RADIO_EVENTS_DEVMISS, when);
}

static void header_received(struct radio *radio, uint64_t when)
{
    struct radio_state *s = &radio->state;
    radio_packet_read_header(&s->format, s->frame.bits, s->frame.sync_bits, s->memory);
    s->payload_bytes = radio_payload_bytes(&s->format, s->memory, &s->payload_longer);
    s->pdustat = s->payload_longer ? 1 : 0;
    bool coded = s->frame.modulation == RADIO_CODED;
    bool fast = coded && s->frame.bit_cycles < radio_us(radio, 80);
    s->pdustat |= fast ? 2U : 0;
    write_memory(radio, 0, radio_header_bytes(&s->format));
    if (fast) {
        radio_raise(radio, RADIO_EVENTS_RATEBOOST, when);
    }
    if (s->frame.modulation == RADIO_OQPSK_250K) {
        radio_raise(radio, RADIO_EVENTS_FRAMESTART, when);
    }
}

static void mac_header_received(struct radio *radio, uint64_t when)
{
    const struct radio_state *s = &radio->state;
    const uint8_t *p = s->memory + radio_header_bytes(&s->format);
    uint32_t word =
        (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    if (((word ^ s->config.mhrmatchconf) & s->config.mhrmatchmas) == 0) {
        radio_raise(radio, RADIO_EVENTS_MHRMATCH, when);
    }
}

static void packet_received(struct radio *radio, uint64_t when)
{
    struct radio_state *s = &radio->state;
    uint32_t sync_bits = s->frame.sync_bits;
    uint32_t crc = radio_packet_crc(&s->format, s->frame.bits, sync_bits, s->payload_bytes);
    s->rxcrc = radio_packet_received_crc(&s->format, s->frame.bits, sync_bits, s->payload_bytes);
    s->crcstatus = s->rxcrc == crc ? 1 : 0;
    if (s->frame.modulation == RADIO_OQPSK_250K) {
        uint32_t at = radio_header_bytes(&s->format) + s->payload_bytes;
        s->memory[at] = (uint8_t)radio_level(s->world.signals[s->receiving].power_cdbm);
        write_memory(radio, at, 1);
    }
    s->packet_end = when - radio_us(radio, radio_phy_of(radio)->rx_chain);
    radio_end_packet(radio);
    s->packet_ended = true;
    s->state = RADIO_RXIDLE;
    bool phyend = radio_phy_of(radio)->has_phyend;
    radio_raise(radio, s->crcstatus != 0 ? RADIO_EVENTS_CRCOK : RADIO_EVENTS_CRCERROR, when);
    if (phyend) {
        radio_raise(radio, RADIO_EVENTS_PHYEND, when);
    }
    radio_raise(radio, RADIO_EVENTS_END, when);
}

/* The milestone after this one, of those that the packet has. */
static enum radio_milestone next_milestone(const struct radio *radio)
{
    const struct radio_state *s = &radio->state;
    bool mhr = s->frame.modulation == RADIO_OQPSK_250K && s->config.mhrmatchmas != 0;
    bool device = (s->config.dacnf & 0xFFU) != 0;
    if (s->milestone < RADIO_AT_MHR && mhr && s->payload_bytes >= 4) {
        return RADIO_AT_MHR;
    }
    if (s->milestone < RADIO_AT_DEVICE && device && s->payload_bytes >= 6) {
        return RADIO_AT_DEVICE;
    }
    return s->milestone < RADIO_AT_PAYLOAD ? RADIO_AT_PAYLOAD : RADIO_AT_END;
}

void radio_receive_milestone(struct radio *radio, uint64_t when)
{
    struct radio_state *s = &radio->state;
    enum radio_milestone milestone = s->milestone;
    uint32_t header = s->frame.sync_bits + radio_header_bits(&s->format);
    uint32_t header_bytes = radio_header_bytes(&s->format);
    if (milestone == RADIO_AT_HEADER) {
        take_bits(radio, header);
        header_received(radio, when);
    } else if (milestone == RADIO_AT_MHR || milestone == RADIO_AT_DEVICE) {
        uint32_t bytes = milestone == RADIO_AT_MHR ? 4 : 6;
        take_bits(radio, header + 8U * bytes);
        radio_packet_read_payload(&s->format, s->frame.bits, s->frame.sync_bits, bytes, s->memory);
        if (milestone == RADIO_AT_MHR) {
            mac_header_received(radio, when);
        } else {
            device_address_received(radio, when);
        }
    } else if (milestone == RADIO_AT_PAYLOAD) {
        take_bits(radio, header + 8U * s->payload_bytes);
        radio_packet_read_payload(&s->format, s->frame.bits, s->frame.sync_bits, s->payload_bytes,
                                  s->memory);
        write_memory(radio, header_bytes, s->payload_bytes);
        radio_raise(radio, RADIO_EVENTS_PAYLOAD, when);
    } else {
        take_bits(radio, header + 8U * s->payload_bytes + s->format.crc_bits);
        packet_received(radio, when);
        return;
    }
    if (s->receiving != RADIO_NO_SIGNAL && s->milestone == milestone) {
        radio_queue_milestone(radio, next_milestone(radio));
    }
}

void radio_receive_init(struct radio *radio)
{
    radio->state.receiving = RADIO_NO_SIGNAL;
    radio->port.heard = heard;
    radio->port.owner = radio;
    event_init(&radio->hear, hear_fired, radio);
}
