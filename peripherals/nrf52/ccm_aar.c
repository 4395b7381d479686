#include "peripherals/nrf52/ccm_aar.h"

#include <string.h>

#include "peripherals/nrf52/nrf_random.h"

#define EVENTS         7U
#define ENABLE_MASK    3U
#define ENABLE_CCM     2U
#define ENABLE_AAR     3U
#define MODE_DECRYPT   1U
#define MODE_52832     0x01010001U
#define MODE_52840     0x01030001U
#define NIRK_MASK      0x1FU
#define SHORT_CRYPT    1U
#define PACKET_HEADER  3U /* header, length, RFU in memory */
#define AIR_BYTES      3U /* the header's two on the air, and one of processing */
#define MIC            AES_CCM_MIC_BYTES
#define CONFIG_BYTES   33U   /* key, counter (8), direction, initialisation vector (8) */
#define ADDRESS_OFFSET 3U    /* S0, LENGTH and S1 come before the address */
#define HEADER_MASK    0xE3U /* NESN, SN and MD are not authenticated */

static const struct device_fault ccm_aar_faults[] = {
    [CCM_FAULT_MIC_WRONG] = {"mic-wrong",
                             "MICSTATUS says 0 for the VALUE-th packet from now that is decrypted, "
                             "once",
                             1, INT32_MAX},
    [CCM_FAULT_GARBLED] = {"garbled", "a bit of the VALUE-th packet from now is wrong, once", 1,
                           INT32_MAX},
    [AAR_FAULT_UNRESOLVED] = {"unresolved", "AAR finds no key for the VALUE-th address, once", 1,
                              INT32_MAX},
    [CCM_AAR_FAULTS] = {0}};

static void raise(struct ccm_aar *ccm, uint32_t event)
{
    nrf_event_raise(&ccm->env, &ccm->state.events, event);
}

/* False: not in RAM; reported, and ERROR raised by CCM. */
static bool read_memory(struct ccm_aar *ccm, uint32_t address, void *buffer, uint32_t bytes,
                        uint32_t pointer)
{
    const struct dma_port *dma = &ccm->env.dma;
    if (bytes == 0 || dma->read(dma->context, address, buffer, bytes) == BUS_OK) {
        return true;
    }
    device_guest_error(&ccm->env, pointer, "EasyDMA reaches RAM only");
    return false;
}

/* A fault spoils the payload of a packet that is about to be written. */
static void garble(struct ccm_aar_faults *faults, uint8_t *payload, uint32_t bytes)
{
    if (bytes != 0 && device_fault_strikes(&faults->values[CCM_FAULT_GARBLED])) {
        uint64_t bit = nrf_random_next(&faults->random) % (8U * bytes);
        payload[bit / 8U] ^= (uint8_t)(1U << bit % 8U);
    }
}

static bool write_memory(struct ccm_aar *ccm, const void *buffer, uint32_t bytes)
{
    const struct dma_port *dma = &ccm->env.dma;
    if (dma->write(dma->context, ccm->state.output, buffer, bytes) == BUS_OK) {
        return true;
    }
    device_guest_error(&ccm->env, CCM_OUTPTR, "EasyDMA reaches RAM only");
    return false;
}

static void work_until(struct ccm_aar *ccm, enum ccm_aar_work work, uint64_t begin, uint64_t us)
{
    ccm->state.work = work;
    clock_schedule(ccm->env.clock, &ccm->done, begin + clock_us_to_cycles(ccm->env.clock, us));
}

static void fail(struct ccm_aar *ccm)
{
    clock_cancel(ccm->env.clock, &ccm->done);
    ccm->state.work = CCM_IDLE;
    raise(ccm, CCM_EVENTS_ERROR);
}

static uint64_t byte_us(uint32_t rate)
{
    static const uint64_t us[] = {8, 4, 64, 16}; /* 1 Mbit, 2 Mbit, 125 kbit, 500 kbit */
    return us[rate & 3U];
}

static uint32_t payload_length(const struct ccm_aar *ccm, uint8_t length)
{
    bool extended = (ccm->state.mode >> 24 & 1U) != 0;
    return extended ? length : length & 0x1FU;
}

/* The nonce: packet counter with the direction in its highest bit, initialisation vector. */
static void generate(struct ccm_aar *ccm, uint64_t begin)
{
    struct ccm_aar_state *s = &ccm->state;
    uint8_t config[CONFIG_BYTES];
    s->has_keystream = false;
    if (!read_memory(ccm, s->cnfptr, config, sizeof config, CCM_CNFPTR)) {
        fail(ccm);
        return;
    }
    memcpy(s->key.key, config, AES128_BYTES);
    memcpy(s->key.nonce, config + 16, 5);
    s->key.nonce[4] = (uint8_t)((s->key.nonce[4] & 0x7FU) | (uint32_t)(config[24] & 1U) << 7);
    memcpy(s->key.nonce + 5, config + 25, 8);
    work_until(ccm, CCM_GENERATING, begin, CCM_KSGEN_US);
}

/* The whole packet is there: it is written before its time, which only a reader of RAM could see.
 */
static void encrypt(struct ccm_aar *ccm, uint64_t begin)
{
    struct ccm_aar_state *s = &ccm->state;
    uint8_t in[CCM_PACKET_MAX];
    uint8_t out[CCM_PACKET_MAX];
    if (!read_memory(ccm, s->input, in, PACKET_HEADER, CCM_INPTR)) {
        fail(ccm);
        return;
    }
    uint32_t length = payload_length(ccm, in[1]);
    uint32_t sent = length == 0 ? 0 : length + MIC;
    if (sent > UINT8_MAX ||
        !read_memory(ccm, s->input + PACKET_HEADER, in + PACKET_HEADER, length, CCM_INPTR)) {
        fail(ccm);
        return;
    }
    memcpy(out, in, PACKET_HEADER);
    out[1] = (uint8_t)sent;
    if (length != 0) {
        aes_ccm_encrypt(&s->key, in[0] & HEADER_MASK, in + PACKET_HEADER, length,
                        out + PACKET_HEADER, out + PACKET_HEADER + length);
    }
    garble(&s->faults, out + PACKET_HEADER, sent);
    if (write_memory(ccm, out, PACKET_HEADER + sent)) {
        work_until(ccm, CCM_PAYLOAD, begin, (AIR_BYTES + sent) * byte_us(s->rate));
    } else {
        fail(ccm);
    }
}

static void crypt(struct ccm_aar *ccm, uint64_t begin)
{
    struct ccm_aar_state *s = &ccm->state;
    if (s->work != CCM_IDLE || !s->has_keystream) {
        device_guest_error(&ccm->env, CCM_TASKS_CRYPT,
                           "CRYPT before the key stream is there, or during another packet");
        fail(ccm);
        return;
    }
    s->has_keystream = false;
    s->rate = s->mode >> 16 & 3U;
    s->input = s->inptr;
    s->output = s->outptr;
    if ((s->mode & MODE_DECRYPT) == 0) {
        encrypt(ccm, begin);
    } else {
        work_until(ccm, CCM_HEADER, begin, AIR_BYTES * byte_us(s->rate));
    }
}

/* The length of the packet that arrives is in RAM now. */
static void header_arrived(struct ccm_aar *ccm, uint64_t when)
{
    uint8_t header[PACKET_HEADER];
    if (read_memory(ccm, ccm->state.input, header, sizeof header, CCM_INPTR)) {
        work_until(ccm, CCM_PAYLOAD, when,
                   payload_length(ccm, header[1]) * byte_us(ccm->state.rate));
    } else {
        fail(ccm);
    }
}

/* A packet without payload has no MIC and goes through as it is; one too short for its MIC is
 * wrong. */
static bool decrypt(struct ccm_aar *ccm)
{
    struct ccm_aar_state *s = &ccm->state;
    uint8_t in[CCM_PACKET_MAX];
    uint8_t out[CCM_PACKET_MAX];
    if (!read_memory(ccm, s->input, in, PACKET_HEADER, CCM_INPTR)) {
        return false;
    }
    uint32_t length = payload_length(ccm, in[1]);
    uint32_t clear = length > MIC ? length - MIC : 0;
    if (!read_memory(ccm, s->input + PACKET_HEADER, in + PACKET_HEADER, length, CCM_INPTR)) {
        return false;
    }
    memcpy(out, in, PACKET_HEADER);
    out[1] = (uint8_t)clear;
    s->micstatus = length == 0 ? 1 : 0;
    if (clear != 0 && aes_ccm_decrypt(&s->key, in[0] & HEADER_MASK, in + PACKET_HEADER, clear,
                                      out + PACKET_HEADER, in + PACKET_HEADER + clear)) {
        s->micstatus = 1;
    }
    if (device_fault_strikes(&s->faults.values[CCM_FAULT_MIC_WRONG])) {
        s->micstatus = 0;
    }
    garble(&s->faults, out + PACKET_HEADER, clear);
    return write_memory(ccm, out, PACKET_HEADER + clear);
}

/* The random part of the address, encrypted with the key, gives its other half (Bluetooth Core
 * specification, volume 3, part H, 2.2.2). */
static bool fits(const uint8_t irk[AES128_BYTES], const uint8_t address[6])
{
    uint8_t block[AES128_BYTES] = {0};
    for (uint32_t i = 0; i < 3; i++) {
        block[13 + i] = address[5 - i];
    }
    aes128_encrypt(irk, block, block);
    return block[15] == address[0] && block[14] == address[1] && block[13] == address[2];
}

static void resolve(struct ccm_aar *ccm, uint64_t begin)
{
    struct ccm_aar_state *s = &ccm->state;
    uint8_t address[6];
    uint8_t irk[AES128_BYTES];
    uint32_t count = s->mode & NIRK_MASK;
    uint32_t tried = 0;
    s->resolved = AAR_NO_KEY;
    count = count > AAR_NO_KEY ? AAR_NO_KEY : count;
    if (!read_memory(ccm, s->outptr + ADDRESS_OFFSET, address, sizeof address, CCM_OUTPTR)) {
        count = 0;
    }
    while (tried < count && s->resolved == AAR_NO_KEY &&
           read_memory(ccm, s->cnfptr + tried * AES128_BYTES, irk, sizeof irk, CCM_CNFPTR)) {
        s->resolved = fits(irk, address) ? tried : AAR_NO_KEY;
        tried++;
    }
    if (device_fault_strikes(&s->faults.values[AAR_FAULT_UNRESOLVED])) {
        s->resolved = AAR_NO_KEY;
    }
    work_until(ccm, AAR_RESOLVING, begin, AAR_KEY_US * (uint64_t)(tried == 0 ? 1 : tried));
}

static void resolving_done(struct ccm_aar *ccm)
{
    struct ccm_aar_state *s = &ccm->state;
    bool resolved = s->resolved != AAR_NO_KEY;
    if (resolved) {
        s->status = s->resolved;
    }
    raise(ccm, resolved ? CCM_EVENTS_ENDCRYPT : CCM_EVENTS_ERROR);
    raise(ccm, CCM_EVENTS_ENDKSGEN);
}

static void key_stream_done(struct ccm_aar *ccm, uint64_t when)
{
    struct ccm_aar_state *s = &ccm->state;
    s->has_keystream = true;
    nrf_event_set(&s->events, CCM_EVENTS_ENDKSGEN);
    if ((s->shorts & SHORT_CRYPT) != 0) {
        crypt(ccm, when);
    }
    raise(ccm, CCM_EVENTS_ENDKSGEN);
}

static void done(void *owner, uint64_t late_cycles)
{
    struct ccm_aar *ccm = owner;
    struct ccm_aar_state *s = &ccm->state;
    uint64_t when = clock_now(ccm->env.clock) - late_cycles;
    enum ccm_aar_work work = s->work;
    s->work = CCM_IDLE;
    switch (work) {
    case CCM_IDLE:
        break;
    case CCM_GENERATING:
        key_stream_done(ccm, when);
        break;
    case CCM_HEADER:
        header_arrived(ccm, when);
        break;
    case CCM_PAYLOAD:
        if ((s->mode & MODE_DECRYPT) != 0 && !decrypt(ccm)) {
            fail(ccm);
        } else {
            raise(ccm, CCM_EVENTS_ENDCRYPT);
        }
        break;
    case AAR_RESOLVING:
        resolving_done(ccm);
        break;
    }
}

static void stop(struct ccm_aar *ccm)
{
    clock_cancel(ccm->env.clock, &ccm->done);
    ccm->state.work = CCM_IDLE;
}

static void run_task(struct ccm_aar *ccm, uint32_t offset)
{
    struct ccm_aar_state *s = &ccm->state;
    uint64_t now = clock_now(ccm->env.clock);
    bool is_ccm = s->enable == ENABLE_CCM;
    if (offset == CCM_TASKS_STOP) {
        stop(ccm);
    } else if (is_ccm && offset == CCM_TASKS_KSGEN && s->work == CCM_IDLE) {
        generate(ccm, now);
    } else if (is_ccm && offset == CCM_TASKS_CRYPT) {
        crypt(ccm, now);
    } else if (is_ccm && offset == CCM_TASKS_RATEOVERRIDE) {
        s->rate = s->rateoverride;
    } else if (s->enable == ENABLE_AAR && offset == CCM_TASKS_KSGEN && s->work == CCM_IDLE) {
        resolve(ccm, now);
    } else {
        device_guest_error(&ccm->env, offset,
                           "a task of a function that ENABLE has not selected, or that is busy");
    }
}

static void ccm_aar_update(void *self)
{
    struct ccm_aar *ccm = self;
    nrf_events_update_irq(&ccm->env, &ccm->state.events);
}

static bool ccm_aar_get(const struct ccm_aar *ccm, uint32_t offset, uint32_t *value)
{
    const struct ccm_aar_state *s = &ccm->state;
    if (nrf_events_get(&s->events, EVENTS, offset, value)) {
        return true;
    }
    switch (offset) {
    case CCM_TASKS_KSGEN:
    case CCM_TASKS_CRYPT:
    case CCM_TASKS_STOP:
        *value = 0;
        return true;
    case CCM_TASKS_RATEOVERRIDE:
        *value = 0;
        return ccm->nrf52840;
    case CCM_SHORTS:
        *value = s->shorts;
        return true;
    case CCM_MICSTATUS:
        *value = s->enable == ENABLE_AAR ? s->status : s->micstatus;
        return true;
    case CCM_ENABLE:
        *value = s->enable;
        return true;
    case CCM_MODE:
        *value = s->mode;
        return true;
    case CCM_CNFPTR:
        *value = s->cnfptr;
        return true;
    case CCM_INPTR:
        *value = s->inptr;
        return true;
    case CCM_OUTPTR:
        *value = s->outptr;
        return true;
    case CCM_SCRATCHPTR:
        *value = s->scratchptr;
        return true;
    case CCM_MAXPACKETSIZE:
        *value = s->maxpacketsize;
        return ccm->nrf52840;
    case CCM_RATEOVERRIDE:
        *value = s->rateoverride;
        return ccm->nrf52840;
    default:
        return false;
    }
}

static uint32_t ccm_aar_peek(const void *self, uint32_t offset)
{
    uint32_t value = 0;
    return ccm_aar_get(self, offset, &value) ? value : 0;
}

static enum bus_result ccm_aar_read(void *self, struct bus_access access, uint32_t *value)
{
    const struct ccm_aar *ccm = self;
    uint32_t word = 0;
    bool known = ccm_aar_get(ccm, access.offset & ~3U, &word);
    return nrf_finish_read(&ccm->env, access, known, word, value);
}

static void write_enable(struct ccm_aar *ccm, uint32_t value)
{
    if (value != ccm->state.enable) {
        stop(ccm);
        ccm->state.has_keystream = false;
    }
    ccm->state.enable = value;
}

static void write_register(struct ccm_aar *ccm, uint32_t offset, uint32_t value)
{
    struct ccm_aar_state *s = &ccm->state;
    switch (offset) {
    case CCM_TASKS_KSGEN:
    case CCM_TASKS_CRYPT:
    case CCM_TASKS_STOP:
    case CCM_TASKS_RATEOVERRIDE:
        if (nrf_is_trigger(value)) {
            run_task(ccm, offset);
        }
        break;
    case CCM_SHORTS:
        s->shorts = value & SHORT_CRYPT;
        break;
    case CCM_ENABLE:
        write_enable(ccm, value & ENABLE_MASK);
        break;
    case CCM_MODE: /* with NIRK's bits */
        s->mode = value & ((ccm->nrf52840 ? MODE_52840 : MODE_52832) | NIRK_MASK);
        break;
    case CCM_CNFPTR:
        s->cnfptr = value;
        break;
    case CCM_INPTR:
        s->inptr = value;
        break;
    case CCM_OUTPTR:
        s->outptr = value;
        break;
    case CCM_SCRATCHPTR:
        s->scratchptr = value;
        break;
    case CCM_MAXPACKETSIZE:
        s->maxpacketsize = value & 0xFFU;
        break;
    case CCM_RATEOVERRIDE:
        s->rateoverride = value & 3U;
        break;
    default:
        nrf_report_unknown_write(&ccm->env, offset);
        break;
    }
}

static bool is_written(const struct ccm_aar *ccm, uint32_t offset)
{
    bool only_52840 = offset == CCM_TASKS_RATEOVERRIDE || offset == CCM_MAXPACKETSIZE ||
                      offset == CCM_RATEOVERRIDE;
    return ccm->nrf52840 || !only_52840;
}

static enum bus_result ccm_aar_write(void *self, struct bus_access access, uint32_t value)
{
    struct ccm_aar *ccm = self;
    uint32_t offset = access.offset & ~3U;
    uint32_t word = nrf_begin_write(&ccm->env, access, value);
    if (!is_written(ccm, offset)) {
        nrf_report_unknown_write(&ccm->env, offset);
    } else if (!nrf_events_write(&ccm->state.events, EVENTS, offset, word)) {
        write_register(ccm, offset, word);
    }
    ccm_aar_update(ccm);
    return BUS_OK;
}

static void ccm_aar_reset(void *self, uint32_t reasons)
{
    struct ccm_aar *ccm = self;
    (void)reasons;
    clock_cancel(ccm->env.clock, &ccm->done);
    ccm->state =
        (struct ccm_aar_state){.mode = 1, .maxpacketsize = 0xFB, .faults = ccm->state.faults};
}

static bool ccm_aar_input(void *self, const struct device_input *input)
{
    struct ccm_aar *ccm = self;
    return device_fault_take(ccm_aar_faults, input, ccm->state.faults.values);
}

static const char *ccm_aar_init(void *self, const struct device_env *env)
{
    struct ccm_aar *ccm = self;
    ccm->env = *env;
    ccm->state.faults.random = env->seed;
    ccm->nrf52840 = nrf_is_nrf52840(env);
    event_init(&ccm->done, done, ccm);
    return NULL;
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct ccm_aar_state *s = state;
    (void)self;
    (void)now_cycles;
    return (uint32_t)s->work <= AAR_RESOLVING && device_bool_is_sane(&s->has_keystream) &&
           s->resolved <= AAR_NO_KEY && device_faults_are_sane(ccm_aar_faults, s->faults.values);
}

static const size_t event_offsets[] = {offsetof(struct ccm_aar, done)};

const struct device_class nrf52_ccm_aar_class = {
    .name = "nrf52-ccm-aar",
    .size_bytes = sizeof(struct ccm_aar),
    .state_offset = offsetof(struct ccm_aar, state),
    .state_bytes = sizeof(struct ccm_aar_state),
    .state_version = 2,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .state_is_sane = state_is_sane,
    .init = ccm_aar_init,
    .reset = ccm_aar_reset,
    .update = ccm_aar_update,
    .read = ccm_aar_read,
    .write = ccm_aar_write,
    .peek = ccm_aar_peek,
    .input = ccm_aar_input,
    .faults = ccm_aar_faults,
};
