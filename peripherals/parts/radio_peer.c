#include "peripherals/parts/radio_peer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define BLE_ADDRESS       0x8E89BED6U
#define BLE_CHANNELS      40U
#define BLE_FIRST_ADVERT  37U
#define DELIMITER         0xA7U
#define FIRST_154         11U
#define LAST_154          26U
#define TURNAROUND_US     192U /* 12 symbols between a frame and its acknowledgement */
#define ACK_BYTES         3U
#define FRAME_TYPE_ACK    0x02U
#define ACK_REQUEST       0x20U
#define SENSITIVITY_CDBM  (-9500)
#define POWER_MOST_DBM    20
#define POWER_LEAST_DBM   (-60)
#define PREAMBLE_BITS_154 32U

static const struct radio_format format_154 = {.length_bits = 8,
                                               .length_has_crc = true,
                                               .most_bytes = 127,
                                               .crc_bits = 16,
                                               .crc_from = RADIO_CRC_AFTER_LENGTH,
                                               .crc_poly = 0x11021};

static struct radio_format format_of(const struct radio_peer *peer)
{
    return peer->ble ? (struct radio_format){.s0_bits = 8,
                                             .length_bits = 8,
                                             .most_bytes = RADIO_PAYLOAD_BYTES,
                                             .crc_bits = 24,
                                             .crc_from = RADIO_CRC_AFTER_ADDRESS,
                                             .crc_poly = 0x00065B,
                                             .crc_init = 0x555555,
                                             .whiten = true,
                                             .whiten_init = peer->state.channel}
                     : format_154;
}

/* Advertising channels lie below, among and above the others. */
static uint32_t frequency_mhz(const struct radio_peer *peer)
{
    uint32_t channel = peer->state.channel;
    if (!peer->ble) {
        return 2405U + 5U * (channel - FIRST_154);
    }
    if (channel >= BLE_FIRST_ADVERT) {
        static const uint32_t advertising[] = {2402, 2426, 2480};
        return advertising[channel - BLE_FIRST_ADVERT];
    }
    return channel < 11 ? 2404U + 2U * channel : 2428U + 2U * (channel - 11U);
}

static bool channel_is_good(const struct radio_peer *peer, int64_t channel)
{
    return peer->ble ? channel >= 0 && channel < (int64_t)BLE_CHANNELS
                     : channel >= (int64_t)FIRST_154 && channel <= (int64_t)LAST_154;
}

/* Memory as a radio has it (length first, or header and length) from what the MAC has. */
static uint32_t fill_memory(const struct radio_peer *peer, const uint8_t *bytes, uint32_t count,
                            uint8_t *memory)
{
    if (peer->ble) {
        memcpy(memory, bytes, count);
        memory[1] = (uint8_t)(count - 2U);
        return count - 2U;
    }
    memory[0] = (uint8_t)(count + 2U);
    memcpy(memory + 1, bytes, count);
    return count;
}

static void time_frame(const struct radio_peer *peer, struct radio_frame *frame)
{
    uint32_t us = peer->env.clock->cpu_hz / 1000000U;
    uint32_t preamble = peer->ble ? 8U : PREAMBLE_BITS_154;
    frame->bit_cycles = peer->ble ? us : 4U * us;
    frame->sync_bits = peer->ble ? 32 : 8;
    frame->preamble_cycles = preamble * frame->bit_cycles;
    frame->sync_cycles = frame->preamble_cycles + frame->sync_bits * frame->bit_cycles;
    frame->content_cycles = frame->sync_cycles;
}

/* What it sends is known at once: the medium may have it early. */
static void send(struct radio_peer *peer, const uint8_t *bytes, uint32_t count)
{
    struct radio_peer_state *s = &peer->state;
    const struct radio_format format = format_of(peer);
    uint8_t memory[RADIO_MEMORY_BYTES] = {0};
    uint64_t now = clock_now(peer->env.clock);
    uint32_t least = peer->ble ? 2 : 1;
    uint32_t most = peer->ble ? RADIO_PEER_BYTES : 125;
    if (count < least || count > most || now < s->busy_until) {
        observer_note(&peer->env.observer, peer->env.name, "not sent", (int32_t)count);
        return;
    }
    struct radio_frame frame = {.start_cycles = now,
                                .end_cycles = RADIO_FRAME_OPEN,
                                .frequency_mhz = frequency_mhz(peer),
                                .modulation = peer->ble ? RADIO_GFSK_1M : RADIO_OQPSK_250K,
                                .power_cdbm = peer->power_cdbm};
    time_frame(peer, &frame);
    radio_bits_put(frame.bits, 0, frame.sync_bits, peer->ble ? BLE_ADDRESS : DELIMITER, false);
    frame.bit_count = frame.sync_bits;
    uint32_t payload = fill_memory(peer, bytes, count, memory);
    if (s->faults[RADIO_PEER_FAULT_MUTE] == 0) {
        radio_medium_send(&peer->port, RADIO_BEGINS, &frame);
    }
    frame.bit_count = radio_packet_write(&format, memory, payload, frame.bits, frame.sync_bits);
    frame.end_cycles = now + frame.content_cycles +
                       (uint64_t)(frame.bit_count - frame.sync_bits) * frame.bit_cycles;
    s->busy_until = frame.end_cycles;
    if (s->faults[RADIO_PEER_FAULT_MUTE] == 0) {
        radio_medium_send(&peer->port, RADIO_CONTENT, &frame);
    }
    observer_note(&peer->env.observer, peer->env.name, "sent", (int32_t)count);
}

static void heard(void *owner, uint32_t source, enum radio_phase phase,
                  const struct radio_frame *frame, int32_t power_cdbm)
{
    struct radio_peer *peer = owner;
    struct radio_peer_state *s = &peer->state;
    enum radio_modulation modulation = peer->ble ? RADIO_GFSK_1M : RADIO_OQPSK_250K;
    if (phase == RADIO_CUT && s->source == source && s->frame.start_cycles == frame->start_cycles) {
        s->frame.end_cycles = 0;
        clock_cancel(peer->env.clock, &peer->heard);
    }
    if (phase != RADIO_CONTENT || s->faults[RADIO_PEER_FAULT_DEAF] != 0 ||
        frame->modulation != modulation || frame->frequency_mhz != frequency_mhz(peer) ||
        power_cdbm < SENSITIVITY_CDBM || peer->heard.queued ||
        frame->start_cycles < s->busy_until) {
        return;
    }
    s->frame = *frame;
    s->source = source;
    clock_schedule(peer->env.clock, &peer->heard, frame->end_cycles);
}

/* The frame as the MAC has it, when its address and checksum are right. */
static uint32_t take_frame(struct radio_peer *peer, uint8_t *memory)
{
    struct radio_frame *frame = &peer->state.frame;
    const struct radio_format format = format_of(peer);
    bool longer = false;
    uint32_t header = frame->sync_bits + radio_header_bits(&format);
    uint32_t address = radio_bits_get(frame->bits, 0, frame->sync_bits, false);
    uint32_t wanted = peer->ble ? BLE_ADDRESS : DELIMITER;
    if (frame->sync_bits != (peer->ble ? 32U : 8U) || address != wanted ||
        frame->bit_count < header) {
        return 0;
    }
    radio_packet_whiten(&format, frame->bits, frame->sync_bits, frame->sync_bits, frame->bit_count);
    radio_packet_read_header(&format, frame->bits, frame->sync_bits, memory);
    uint32_t payload = radio_payload_bytes(&format, memory, &longer);
    if (longer || header + 8U * payload + format.crc_bits != frame->bit_count ||
        radio_packet_crc(&format, frame->bits, frame->sync_bits, payload) !=
            radio_packet_received_crc(&format, frame->bits, frame->sync_bits, payload)) {
        return 0;
    }
    radio_packet_read_payload(&format, frame->bits, frame->sync_bits, payload, memory);
    return radio_header_bytes(&format) + payload;
}

static void heard_fired(void *owner, uint64_t late_cycles)
{
    struct radio_peer *peer = owner;
    uint8_t memory[RADIO_MEMORY_BYTES] = {0};
    uint32_t count = take_frame(peer, memory);
    uint64_t end = clock_now(peer->env.clock) - late_cycles;
    bool ack = !peer->ble && (memory[1] & 7U) == FRAME_TYPE_ACK;
    peer->state.frame.end_cycles = 0;
    if (count == 0) {
        observer_note(&peer->env.observer, peer->env.name, "heard what it cannot read", 0);
        return;
    }
    observer_note(&peer->env.observer, peer->env.name, "heard",
                  peer->ble ? memory[0] & 0xF : memory[3]);
    if (!peer->ble && peer->acknowledges && !ack && (memory[1] & ACK_REQUEST) != 0) {
        peer->state.answer = memory[3];
        clock_schedule(peer->env.clock, &peer->acknowledge,
                       end + clock_us_to_cycles(peer->env.clock, TURNAROUND_US));
    }
}

static void acknowledge_fired(void *owner, uint64_t late_cycles)
{
    struct radio_peer *peer = owner;
    const uint8_t answer[ACK_BYTES] = {FRAME_TYPE_ACK, 0, (uint8_t)peer->state.answer};
    (void)late_cycles;
    send(peer, answer, sizeof answer);
}

static bool digit_of(char character, uint8_t *digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = character == '\0' ? NULL : strchr(digits, character);
    *digit = at == NULL ? 0 : (uint8_t)(at - digits);
    return at != NULL;
}

/* Bytes of a text of hexadecimal digits; 0: it is none. */
static uint32_t parse_frame(const char *text, uint8_t bytes[RADIO_PEER_BYTES])
{
    uint32_t count = 0;
    while (*text != '\0') {
        uint8_t high, low;
        if (count == RADIO_PEER_BYTES || !digit_of(text[0], &high) || !digit_of(text[1], &low)) {
            return 0;
        }
        bytes[count++] = (uint8_t)(high << 4 | low);
        text += 2;
    }
    return count;
}

static void send_text(struct radio_peer *peer, int32_t number)
{
    uint8_t bytes[RADIO_PEER_BYTES];
    bool known = number >= 0 && number < (int32_t)RADIO_PEER_FRAMES && peer->frames[number] != NULL;
    send(peer, bytes, known ? parse_frame(peer->frames[number], bytes) : 0);
}

static void tune(struct radio_peer *peer, int32_t channel)
{
    if (channel_is_good(peer, channel)) {
        peer->state.channel = (uint32_t)channel;
    }
}

static const struct device_fault faults[] = {
    [RADIO_PEER_FAULT_MUTE] = {"mute", "1: nothing that it sends reaches the air; 0: all right", 0,
                               1},
    [RADIO_PEER_FAULT_DEAF] = {"deaf", "1: it hears nothing; 0: all right", 0, 1},
    [RADIO_PEER_FAULTS] = {NULL, NULL, 0, 0},
};

static bool radio_peer_input(void *self, const struct device_input *input)
{
    struct radio_peer *peer = self;
    struct radio_peer_state *s = &peer->state;
    if (strcmp(input->what, "byte") == 0) {
        s->bytes[s->byte_count] = (uint8_t)input->value;
        s->byte_count += s->byte_count < RADIO_PEER_BYTES - 1U ? 1 : 0;
    } else if (strcmp(input->what, "send") == 0) {
        tune(peer, input->value);
        send(peer, s->bytes, s->byte_count);
        s->byte_count = 0;
    } else if (strcmp(input->what, "channel") == 0) {
        tune(peer, input->value);
    } else if (strcmp(input->what, "frame") == 0) {
        send_text(peer, input->value);
    } else {
        return device_fault_take(faults, input, s->faults);
    }
    return true;
}

static const char *read_frames(struct radio_peer *peer, const struct props *props)
{
    uint8_t bytes[RADIO_PEER_BYTES];
    for (uint32_t i = 0; i < RADIO_PEER_FRAMES; i++) {
        char name[] = "frame-0";
        name[6] = (char)('0' + i);
        peer->frames[i] = props->string == NULL ? NULL : props->string(props->node, name);
        if (peer->frames[i] != NULL && parse_frame(peer->frames[i], bytes) == 0) {
            return "a frame of a radio peer is an even number of digits 0-9 and a-f";
        }
    }
    return NULL;
}

static const char *radio_peer_init(void *self, const struct device_env *env)
{
    struct radio_peer *peer = self;
    const struct props *props = &env->props;
    const char *protocol = props->string == NULL ? NULL : props->string(props->node, "protocol");
    int32_t power = (int32_t)props_u32_or(props, "sandglass,power-dbm", 0);
    peer->env = *env;
    peer->ble = protocol != NULL && strcmp(protocol, "ble") == 0;
    if (protocol != NULL && !peer->ble && strcmp(protocol, "ieee802154") != 0) {
        return "the protocol of a radio peer is \"ieee802154\" or \"ble\"";
    }
    if (power < POWER_LEAST_DBM || power > POWER_MOST_DBM) {
        return "sandglass,power-dbm is not in -60..20";
    }
    peer->acknowledges = props_flag(props, "acknowledges");
    peer->power_cdbm = 100 * power;
    peer->state.channel = peer->ble ? BLE_FIRST_ADVERT : FIRST_154;
    event_init(&peer->heard, heard_fired, peer);
    event_init(&peer->acknowledge, acknowledge_fired, peer);
    peer->port = (struct radio_port){.heard = heard, .owner = peer};
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t value = 0;
        if (props->u32 != NULL && props->u32(props->node, "sandglass,position-mm", i, &value)) {
            peer->port.position_mm[i] = (int32_t)value;
        }
    }
    radio_medium_attach(&env->nets->radio, &peer->port);
    return read_frames(peer, props);
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct radio_peer_state *s = state;
    const struct radio_frame *f = &s->frame;
    (void)now_cycles;
    return device_faults_are_sane(faults, s->faults) && s->byte_count < RADIO_PEER_BYTES &&
           channel_is_good(self, s->channel) && f->sync_bits <= 40 &&
           f->bit_count >= f->sync_bits && f->bit_count <= 8U * RADIO_FRAME_BYTES;
}

static void radio_peer_see(const void *self, struct device_sight *sight)
{
    const struct radio_peer *peer = self;
    const struct radio_peer_state *s = &peer->state;
    bool sends = s->busy_until > clock_now(peer->env.clock);
    sight->active = sends || s->frame.end_cycles != 0;
    snprintf(sight->text, sizeof sight->text, "channel %" PRIu32 ", %s", s->channel,
             sends           ? "sending"
             : sight->active ? "hears a frame"
                             : "listening");
}

static const struct device_quantity frame = {"", 0, DEVICE_QUANTITY_ONCE, 0, 0};
static const struct device_input_kind radio_peer_inputs[] = {
    {"byte", 0, 255, NULL},
    {"send", 0, 39, NULL},
    {"channel", 0, 39, NULL},
    {"frame", 0, RADIO_PEER_FRAMES - 1, &frame},
    {0}};
static const size_t event_offsets[] = {offsetof(struct radio_peer, heard),
                                       offsetof(struct radio_peer, acknowledge)};

const struct device_class part_radio_peer_class = {
    .name = "radio-peer",
    .size_bytes = sizeof(struct radio_peer),
    .state_offset = offsetof(struct radio_peer, state),
    .state_bytes = sizeof(struct radio_peer_state),
    .state_version = 1,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .state_is_sane = state_is_sane,
    .init = radio_peer_init,
    .input = radio_peer_input,
    .inputs = radio_peer_inputs,
    .look = DEVICE_LOOK_OTHER,
    .see = radio_peer_see,
    .faults = faults,
};
