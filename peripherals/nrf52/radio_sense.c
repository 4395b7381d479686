/* RADIO: signal strength, energy detection, clear channel assessment, and the bit counter. */
#include "peripherals/nrf52/radio.h"

#define RSSI_TENTHS_US   3U   /* a sample is there after 0.25 us */
#define PERIOD_US        128U /* of energy detection and of clear channel assessment: 8 symbols */
#define CARRIER_US       32U  /* two symbols of a frame are enough to know one */
#define LEVEL_0_CDBM     (-9200) /* EDSAMPLE 0 */
#define LEVEL_MOST       127U
#define SAMPLE_MOST      127
#define HALF_POWER_CDB   301
#define NEXT_CHANNEL_CDB 2000 /* what the channel filter takes off at 2 MHz */

enum cca_mode { CCA_ED, CCA_CARRIER, CCA_BOTH, CCA_EITHER };

/* How long in [from, to) a signal is felt: later than it is sent, by the medium's latency. */
static uint64_t felt_cycles(const struct radio *radio, const struct radio_signal *signal,
                            uint64_t from, uint64_t to)
{
    uint64_t latency = radio_medium_latency(radio->env.clock);
    uint64_t start = signal->frame.start_cycles + latency;
    uint64_t end = signal->frame.end_cycles;
    if (end == 0) {
        return 0;
    }
    end = end == RADIO_FRAME_OPEN ? end : end + latency;
    start = start > from ? start : from;
    end = end < to ? end : to;
    return start < end ? end - start : 0;
}

/* The strongest power in the channel, averaged over [from, to). */
static int32_t energy_cdbm(const struct radio *radio, uint64_t from, uint64_t to)
{
    const struct radio_world *w = &radio->state.world;
    uint32_t tuned = radio_frequency_mhz(radio);
    int32_t most = RADIO_NOISE_CDBM;
    for (uint32_t i = 0; i < RADIO_SIGNALS && !radio_is_deaf(radio); i++) {
        const struct radio_signal *signal = &w->signals[i];
        uint32_t other = signal->frame.frequency_mhz;
        uint32_t distance = other < tuned ? tuned - other : other - tuned;
        uint64_t felt = felt_cycles(radio, signal, from, to);
        int32_t power = signal->power_cdbm - (distance > 1 ? NEXT_CHANNEL_CDB : 0);
        if (felt == 0 || distance > 2) {
            continue;
        }
        while (felt * 2U <= to - from && power > RADIO_NOISE_CDBM) {
            felt *= 2U;
            power -= HALF_POWER_CDB;
        }
        most = power > most ? power : most;
    }
    return most;
}

static bool senses_carrier(const struct radio *radio, uint64_t from, uint64_t to)
{
    const struct radio_world *w = &radio->state.world;
    const struct radio_phy *phy = radio_phy_of(radio);
    for (uint32_t i = 0; i < RADIO_SIGNALS && !radio_is_deaf(radio); i++) {
        const struct radio_signal *signal = &w->signals[i];
        if (signal->frame.modulation == phy->modulation &&
            signal->frame.frequency_mhz == radio_frequency_mhz(radio) &&
            signal->power_cdbm >= phy->sensitivity_cdbm &&
            felt_cycles(radio, signal, from, to) >= radio_us(radio, 10U * CARRIER_US)) {
            return true;
        }
    }
    return false;
}

uint32_t radio_level(int32_t cdbm)
{
    int32_t level = (cdbm - LEVEL_0_CDBM) / 100;
    if (level < 0) {
        return 0;
    }
    return (uint32_t)level > LEVEL_MOST ? LEVEL_MOST : (uint32_t)level;
}

static void rssi_fired(void *owner, uint64_t late_cycles)
{
    struct radio *radio = owner;
    struct radio_state *s = &radio->state;
    uint64_t when = clock_now(radio->env.clock) - late_cycles;
    bool receiver = s->state == RADIO_RX || s->state == RADIO_RXIDLE;
    int32_t cdbm = receiver ? energy_cdbm(radio, when, when + 1) : RADIO_NOISE_CDBM;
    int32_t sample = -(cdbm - 50) / 100 - s->world.faults[RADIO_FAULT_RSSI_OFFSET];
    sample = sample < 0 ? 0 : sample;
    s->rssisample = (uint32_t)(sample > SAMPLE_MOST ? SAMPLE_MOST : sample);
    radio_raise(radio, RADIO_EVENTS_RSSIEND, when);
}

void radio_rssi_start(struct radio *radio, uint64_t when)
{
    clock_schedule(radio->env.clock, &radio->rssi, when + radio_us(radio, RSSI_TENTHS_US));
}

static bool may_listen(struct radio *radio, uint32_t task)
{
    if (radio->state.state == RADIO_RXIDLE && radio->state.listening == RADIO_NO_LISTENING) {
        return true;
    }
    device_guest_error(&radio->env, task,
                       "energy detection and channel assessment begin in state RXIDLE only");
    return false;
}

static void begin_period(struct radio *radio, uint64_t when)
{
    radio->state.listening_from = when;
    clock_schedule(radio->env.clock, &radio->step, when + radio_us(radio, 10U * PERIOD_US));
}

void radio_ed_start(struct radio *radio, uint64_t when)
{
    if (radio->nrf52840 && may_listen(radio, RADIO_TASKS_EDSTART)) {
        radio->state.listening = RADIO_ED;
        radio->state.listening_left = radio->state.config.edcnt;
        radio->state.listening_most = RADIO_NOISE_CDBM;
        begin_period(radio, when);
    }
}

void radio_cca_start(struct radio *radio, uint64_t when)
{
    if (radio->nrf52840 && may_listen(radio, RADIO_TASKS_CCASTART)) {
        radio->state.listening = RADIO_CCA;
        begin_period(radio, when);
    }
}

static bool is_busy(const struct radio *radio, uint64_t when)
{
    const struct radio_state *s = &radio->state;
    uint32_t threshold = s->config.ccactrl >> 8 & 0xFFU;
    bool energy = radio_level(energy_cdbm(radio, s->listening_from, when)) >= threshold;
    bool carrier = senses_carrier(radio, s->listening_from, when);
    switch (s->config.ccactrl & 7U) {
    case CCA_CARRIER:
        return carrier;
    case CCA_BOTH:
        return energy && carrier;
    case CCA_EITHER:
        return energy || carrier;
    default:
        return energy;
    }
}

void radio_listening_over(struct radio *radio, uint64_t when)
{
    struct radio_state *s = &radio->state;
    if (s->listening == RADIO_CCA) {
        s->listening = RADIO_NO_LISTENING;
        radio_raise(radio, is_busy(radio, when) ? RADIO_EVENTS_CCABUSY : RADIO_EVENTS_CCAIDLE,
                    when);
        return;
    }
    int32_t energy = energy_cdbm(radio, s->listening_from, when);
    s->listening_most = energy > s->listening_most ? energy : s->listening_most;
    if (s->listening_left > 0) {
        s->listening_left--;
        begin_period(radio, when);
        return;
    }
    s->listening = RADIO_NO_LISTENING;
    s->config.edsample =
        radio_level(s->listening_most + 100 * s->world.faults[RADIO_FAULT_RSSI_OFFSET]);
    radio_raise(radio, RADIO_EVENTS_EDEND, when);
}

void radio_count_further(struct radio *radio)
{
    const struct radio_state *s = &radio->state;
    uint64_t match = s->bits_counted_from + (uint64_t)s->config.bcc * s->frame.bit_cycles;
    clock_cancel(radio->env.clock, &radio->bits);
    /* The counter has passed smaller values already. */
    if (s->counting_bits && s->config.bcc != 0 && match > clock_now(radio->env.clock)) {
        clock_schedule(radio->env.clock, &radio->bits, match);
    }
}

void radio_count_bits(struct radio *radio, uint64_t when)
{
    struct radio_state *s = &radio->state;
    if (s->milestone == RADIO_AT_NOTHING || s->milestone == RADIO_AT_PHYEND) {
        return; /* no bits come by */
    }
    s->counting_bits = true;
    s->bits_counted_from = when;
    radio_count_further(radio);
}

static void bits_fired(void *owner, uint64_t late_cycles)
{
    struct radio *radio = owner;
    uint64_t when = clock_now(radio->env.clock) - late_cycles;
    radio_write_arrived(radio, when);
    radio_raise(radio, RADIO_EVENTS_BCMATCH, when);
}

void radio_sense_init(struct radio *radio)
{
    event_init(&radio->rssi, rssi_fired, radio);
    event_init(&radio->bits, bits_fired, radio);
}
