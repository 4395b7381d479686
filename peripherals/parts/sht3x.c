#include "peripherals/parts/sht3x.h"

#include <string.h>

enum sht3x_command {
    SHT3X_FETCH = 0xE000,
    SHT3X_ART = 0x2B32, /* periodic with 4 Hz */
    SHT3X_BREAK = 0x3093,
    SHT3X_SOFT_RESET = 0x30A2,
    SHT3X_HEATER_ON = 0x306D,
    SHT3X_HEATER_OFF = 0x3066,
    SHT3X_READ_STATUS = 0xF32D,
    SHT3X_CLEAR_STATUS = 0x3041,
    SHT3X_SERIAL_STRETCH = 0x3780,
    SHT3X_SERIAL = 0x3682,
};

#define STATUS_COMMAND_FAILED (1U << 1)
#define STATUS_RESET          (1U << 4)
#define STATUS_HEATER         (1U << 13)
#define STATUS_ALERT          (1U << 15)
#define STATUS_AFTER_RESET    (STATUS_ALERT | STATUS_RESET)
#define STATUS_CLEARED        0x8C13U /* what CLEAR_STATUS takes away: alerts, reset, errors */
#define CRC_POLYNOMIAL        0x31U
#define CRC_START             0xFFU
#define ROOM_CENTIDEGREES     2500
#define ROOM_CENTIPERCENT     5000
#define HIGH_US               12500U
#define MEDIUM_US             4500U
#define LOW_US                2500U

/* Commands that measure: once (period 0), or every `period_ms`. */
static const struct measurement {
    uint16_t command;
    uint32_t period_ms, duration_us;
    bool stretches;
} measurements[] = {
    {0x2C06, 0, HIGH_US, true},       {0x2C0D, 0, MEDIUM_US, true},
    {0x2C10, 0, LOW_US, true},        {0x2400, 0, HIGH_US, false},
    {0x240B, 0, MEDIUM_US, false},    {0x2416, 0, LOW_US, false},
    {0x2032, 2000, HIGH_US, false},   {0x2024, 2000, MEDIUM_US, false},
    {0x202F, 2000, LOW_US, false},    {0x2130, 1000, HIGH_US, false},
    {0x2126, 1000, MEDIUM_US, false}, {0x212D, 1000, LOW_US, false},
    {0x2236, 500, HIGH_US, false},    {0x2220, 500, MEDIUM_US, false},
    {0x222B, 500, LOW_US, false},     {0x2334, 250, HIGH_US, false},
    {0x2322, 250, MEDIUM_US, false},  {0x2329, 250, LOW_US, false},
    {0x2737, 100, HIGH_US, false},    {0x2721, 100, MEDIUM_US, false},
    {0x272A, 100, LOW_US, false},     {SHT3X_ART, 250, HIGH_US, false},
};

static uint64_t now_of(const struct sht3x *sht)
{
    return clock_now(sht->env.clock);
}

static uint8_t crc8(uint16_t word)
{
    uint32_t crc = CRC_START;
    for (int32_t shift = 8; shift >= 0; shift -= 8) {
        crc ^= (uint32_t)word >> shift & 0xFFU;
        for (uint32_t bit = 0; bit < 8; bit++) {
            crc = (crc & 0x80U) != 0 ? crc << 1 ^ CRC_POLYNOMIAL : crc << 1;
        }
        crc &= 0xFFU;
    }
    return (uint8_t)crc;
}

static void answer_word(struct sht3x *sht, uint16_t word)
{
    struct sht3x_state *s = &sht->state;
    uint8_t crc = crc8(word);
    if (s->answer_bytes + 3 > SHT3X_ANSWER_BYTES) {
        return;
    }
    s->answer[s->answer_bytes++] = (uint8_t)(word >> 8);
    s->answer[s->answer_bytes++] = (uint8_t)word;
    s->answer[s->answer_bytes++] = s->part.faults[SHT3X_FAULT_WRONG_CRC] != 0 ? (uint8_t)~crc : crc;
}

/* The share of a range of hundredths as 16 bits, to the nearest. */
static uint16_t to_word(int64_t hundredths, int64_t range)
{
    int64_t word = (hundredths * 65535 + range / 2) / range;
    word = word < 0 ? 0 : word;
    return (uint16_t)(word > 65535 ? 65535 : word);
}

static void answer_measurement(struct sht3x *sht)
{
    struct sht3x_state *s = &sht->state;
    if (s->part.faults[SHT3X_FAULT_STUCK] == 0) {
        s->last_words[0] = to_word((int64_t)s->centidegrees + 4500, 17500);
        s->last_words[1] = to_word(s->centipercent, 10000);
    }
    for (uint32_t i = 0; i < 2; i++) {
        answer_word(sht,
                    s->part.faults[SHT3X_FAULT_OUT_OF_RANGE] != 0 ? UINT16_MAX : s->last_words[i]);
    }
}

/* When the measurement that is being waited for is done; for the periodic ones: the latest that is,
 * 0 when there is none yet. */
static uint64_t done_cycles(const struct sht3x *sht)
{
    const struct sht3x_state *s = &sht->state;
    const struct clock *clock = sht->env.clock;
    uint64_t first = s->started_cycles + clock_us_to_cycles(clock, s->duration_us);
    if (s->period_ms == 0) {
        return first;
    }
    uint64_t period = clock_us_to_cycles(clock, s->period_ms * 1000ULL);
    return now_of(sht) < first ? 0 : first + (now_of(sht) - first) / period * period;
}

static void stop(struct sht3x_state *s)
{
    s->pending = s->stretches = false;
    s->period_ms = 0;
}

static void measure(struct sht3x *sht, const struct measurement *measurement)
{
    struct sht3x_state *s = &sht->state;
    s->period_ms = measurement->period_ms;
    s->duration_us = measurement->duration_us;
    s->stretches = measurement->stretches;
    s->pending = measurement->period_ms == 0;
    s->started_cycles = now_of(sht);
    s->fetched_cycles = 0;
}

static void fetch(struct sht3x *sht)
{
    uint64_t done = done_cycles(sht);
    if (sht->state.period_ms != 0 && done != 0 && done != sht->state.fetched_cycles) {
        sht->state.fetched_cycles = done;
        answer_measurement(sht);
    }
}

static void run_other(struct sht3x *sht)
{
    struct sht3x_state *s = &sht->state;
    uint32_t serial = (uint32_t)sht->env.seed;
    switch ((enum sht3x_command)s->command) {
    case SHT3X_FETCH:
        fetch(sht);
        break;
    case SHT3X_BREAK:
        stop(s);
        break;
    case SHT3X_SOFT_RESET:
        stop(s);
        s->status = STATUS_AFTER_RESET;
        break;
    case SHT3X_HEATER_ON:
        s->status |= STATUS_HEATER;
        break;
    case SHT3X_HEATER_OFF:
        s->status &= (uint16_t)~STATUS_HEATER;
        break;
    case SHT3X_READ_STATUS:
        answer_word(sht, s->status);
        break;
    case SHT3X_CLEAR_STATUS:
        s->status &= (uint16_t)~STATUS_CLEARED;
        break;
    case SHT3X_SERIAL_STRETCH:
    case SHT3X_SERIAL:
        answer_word(sht, (uint16_t)(serial >> 16));
        answer_word(sht, (uint16_t)serial);
        break;
    case SHT3X_ART: /* in the table of measurements */
    default:
        s->status |= STATUS_COMMAND_FAILED;
        break;
    }
}

static void run_command(struct sht3x *sht)
{
    sht->state.answer_bytes = 0;
    if (sht->state.command != SHT3X_READ_STATUS) { /* it tells of the one before */
        sht->state.status &= (uint16_t)~STATUS_COMMAND_FAILED;
    }
    for (size_t i = 0; i < sizeof measurements / sizeof measurements[0]; i++) {
        if (measurements[i].command == sht->state.command) {
            measure(sht, &measurements[i]);
            return;
        }
    }
    run_other(sht);
}

/* A read before the data is there is refused, unless the command lets the sensor stretch. */
static bool answers(void *self, bool read)
{
    struct sht3x *sht = self;
    struct sht3x_state *s = &sht->state;
    if (!read) {
        return true;
    }
    if (s->pending && (s->stretches || now_of(sht) >= done_cycles(sht))) {
        answer_measurement(sht);
        s->pending = false;
    }
    return s->answer_bytes != 0;
}

static uint64_t stretch(const void *self)
{
    const struct sht3x *sht = self;
    uint64_t done = done_cycles(sht);
    bool waits = sht->state.part.reading && sht->state.stretches && sht->state.part.index == 0;
    return waits && done > now_of(sht) ? done - now_of(sht) : 0;
}

static bool write_byte(void *self, uint8_t byte, uint32_t index)
{
    struct sht3x *sht = self;
    struct sht3x_state *s = &sht->state;
    if (index > 1) {
        return false; /* alert limits have more bytes */
    }
    s->command = (uint16_t)(s->command << 8 | byte);
    if (index == 1) {
        run_command(sht);
    }
    return true;
}

static uint8_t read_byte(void *self, uint32_t index)
{
    const struct sht3x_state *s = &((struct sht3x *)self)->state;
    return index < s->answer_bytes ? s->answer[index] : 0xFF;
}

/* What has been read is gone. */
static void ended(void *self)
{
    struct sht3x_state *s = &((struct sht3x *)self)->state;
    if (s->part.reading) {
        s->answer_bytes = 0;
    }
}

static bool sht3x_input(void *self, const struct device_input *input)
{
    struct sht3x *sht = self;
    struct sht3x_state *s = &sht->state;
    if (strcmp(input->what, "temperature") == 0) {
        s->centidegrees = input->value;
    } else if (strcmp(input->what, "humidity") == 0) {
        s->centipercent = input->value;
    } else {
        return i2c_part_input(&sht->part, input);
    }
    return true;
}

static const struct device_fault faults[] = {
    I2C_PART_FAULTS,
    {"stuck", "measurements give what the last one gave, until 0", 1, 1},
    {"out-of-range", "measurements give the largest numbers, until 0", 1, 1},
    {"wrong-crc", "the checksum of each word is wrong, until 0", 1, 1},
    {NULL, NULL, 0, 0},
};

static const struct i2c_part_ops ops = {.answers = answers,
                                        .write = write_byte,
                                        .read = read_byte,
                                        .ended = ended,
                                        .stretch = stretch,
                                        .faults = faults};

static void sht3x_reset(void *self, uint32_t reasons)
{
    struct sht3x *sht = self;
    if (reasons != RESET_POWER_ON) {
        return;
    }
    stop(&sht->state);
    sht->state.status = STATUS_AFTER_RESET;
    sht->state.answer_bytes = 0;
    i2c_part_power_on(&sht->part);
}

static const char *sht3x_init(void *self, const struct device_env *env)
{
    struct sht3x *sht = self;
    sht->env = *env;
    sht->state.centidegrees = ROOM_CENTIDEGREES;
    sht->state.centipercent = ROOM_CENTIPERCENT;
    sht->state.last_words[0] = to_word(ROOM_CENTIDEGREES + 4500, 17500);
    sht->state.last_words[1] = to_word(ROOM_CENTIPERCENT, 10000);
    return i2c_part_init(&sht->part, sht, &sht->env, &ops, &sht->state.part);
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct sht3x_state *s = state;
    (void)self;
    return i2c_part_state_is_sane(&s->part, faults) && device_bool_is_sane(&s->stretches) &&
           device_bool_is_sane(&s->pending) && s->period_ms <= 2000 && s->duration_us <= HIGH_US &&
           s->answer_bytes <= SHT3X_ANSWER_BYTES && s->started_cycles <= now_cycles;
}

/* In the order of `inputs`. */
static int32_t sht3x_value(const void *self, size_t index)
{
    const struct sht3x *sht = self;
    return index == 0 ? sht->state.centidegrees : sht->state.centipercent;
}

static const struct device_quantity celsius = {"°C", 2, DEVICE_QUANTITY_STAYS, -2000, 6000};
static const struct device_quantity percent = {"%", 2, DEVICE_QUANTITY_STAYS, 0, 0};

static const struct device_input_kind inputs[] = {
    {"temperature", -4000, 12500, &celsius}, {"humidity", 0, 10000, &percent}, {0}};

const struct device_class part_sht3x_class = {
    .name = "sht3x",
    .size_bytes = sizeof(struct sht3x),
    .state_offset = offsetof(struct sht3x, state),
    .state_bytes = sizeof(struct sht3x_state),
    .state_version = 1,
    .state_is_sane = state_is_sane,
    .init = sht3x_init,
    .reset = sht3x_reset,
    .input = sht3x_input,
    .inputs = inputs,
    .input_value = sht3x_value,
    .faults = faults,
};
