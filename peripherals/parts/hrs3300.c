#include "peripherals/parts/hrs3300.h"

#include <string.h>

enum hrs3300_register {
    HRS3300_ID = 0x00,
    HRS3300_ENABLE = 0x01,
    HRS3300_C1DATAM = 0x08,
    HRS3300_C0DATAM = 0x09,
    HRS3300_C0DATAH = 0x0A,
    HRS3300_PDRIVER = 0x0C,
    HRS3300_C1DATAH = 0x0D,
    HRS3300_C1DATAL = 0x0E,
    HRS3300_C0DATAL = 0x0F,
    HRS3300_RES = 0x16,
    HRS3300_HGAIN = 0x17,
};

#define DEVICE_ID        0x21U
#define ENABLE_HEN       (1U << 7)
#define PDRIVER_PON      (1U << 5)
#define HRS_MAX          0x3FFFFU /* 18 bits */
#define ALS_MAX          0x1FFFFU /* 17 bits */
#define BEATS_MAX        300U
#define WAVE_STEPS       32U
#define WAVE_LEVEL       30000U /* with a finger on it */
#define NO_FINGER_LEVEL  200U
#define SECONDS_A_MINUTE 60U

/* More blood swallows more light: the rise of the pulse is a fall of the reading. */
static const uint16_t wave[WAVE_STEPS] = {0,   60,  190, 360, 520, 640, 700, 710, 690, 650, 600,
                                          545, 490, 440, 400, 370, 350, 345, 350, 355, 350, 335,
                                          310, 280, 245, 210, 175, 140, 105, 70,  40,  15};

static bool is_on(const struct hrs3300_state *s)
{
    return (s->registers[HRS3300_ENABLE] & ENABLE_HEN) != 0 &&
           (s->registers[HRS3300_PDRIVER] & PDRIVER_PON) != 0;
}

static uint64_t wait_cycles(const struct hrs3300 *hrs)
{
    static const uint32_t wait_us[8] = {800000, 400000, 200000, 100000, 75000, 50000, 12500, 0};
    return clock_us_to_cycles(hrs->env.clock,
                              wait_us[hrs->state.registers[HRS3300_ENABLE] >> 4 & 7U]);
}

/* The cycle of the latest sample. */
static uint64_t sample_cycles(const struct hrs3300 *hrs)
{
    uint64_t now = clock_now(hrs->env.clock);
    uint64_t wait = wait_cycles(hrs);
    uint64_t since = now - hrs->state.enabled_cycles;
    return wait == 0 ? now : now - since % wait;
}

static uint32_t hrs_value(const struct hrs3300 *hrs)
{
    const struct hrs3300_state *s = &hrs->state;
    if (s->beats_per_minute == 0) {
        return NO_FINGER_LEVEL;
    }
    uint64_t at = sample_cycles(hrs);
    uint64_t since = at > s->beat_cycles ? at - s->beat_cycles : 0;
    uint64_t beat_cycles =
        (uint64_t)hrs->env.clock->cpu_hz * SECONDS_A_MINUTE / s->beats_per_minute;
    return WAVE_LEVEL - wave[since % beat_cycles * WAVE_STEPS / beat_cycles];
}

static uint32_t read_hrs(const struct hrs3300 *hrs)
{
    const struct hrs3300_state *s = &hrs->state;
    if (s->part.faults[HRS3300_FAULT_OUT_OF_RANGE] != 0) {
        return HRS_MAX;
    }
    if (s->part.faults[HRS3300_FAULT_STUCK] != 0) {
        return s->stuck_hrs;
    }
    return is_on(s) ? hrs_value(hrs) : 0;
}

static uint32_t read_als(const struct hrs3300 *hrs)
{
    const struct hrs3300_state *s = &hrs->state;
    if (s->part.faults[HRS3300_FAULT_OUT_OF_RANGE] != 0) {
        return ALS_MAX;
    }
    if (s->part.faults[HRS3300_FAULT_STUCK] != 0) {
        return s->stuck_als;
    }
    return is_on(s) ? s->ambient : 0;
}

static uint8_t read_register(const struct hrs3300 *hrs, uint8_t offset)
{
    switch (offset) {
    case HRS3300_ID:
        return DEVICE_ID;
    case HRS3300_C0DATAM:
        return (uint8_t)(read_hrs(hrs) >> 8);
    case HRS3300_C0DATAH:
        return (uint8_t)(read_hrs(hrs) >> 4 & 0xFU);
    case HRS3300_C0DATAL:
        return (uint8_t)((read_hrs(hrs) & 0xFU) | (read_hrs(hrs) >> 16 & 3U) << 4);
    case HRS3300_C1DATAM:
        return (uint8_t)(read_als(hrs) >> 3);
    case HRS3300_C1DATAH:
        return (uint8_t)(read_als(hrs) >> 11 & 0x3FU);
    case HRS3300_C1DATAL:
        return (uint8_t)(read_als(hrs) & 7U);
    default:
        return offset < HRS3300_REGISTERS ? hrs->state.registers[offset] : 0;
    }
}

static void write_register(struct hrs3300 *hrs, uint8_t offset, uint8_t value)
{
    struct hrs3300_state *s = &hrs->state;
    bool was_on = is_on(s);
    if (offset != HRS3300_ENABLE && offset != HRS3300_PDRIVER && offset != HRS3300_RES &&
        offset != HRS3300_HGAIN) {
        return;
    }
    s->registers[offset] = value;
    if (offset == HRS3300_ENABLE || (is_on(s) && !was_on)) {
        s->enabled_cycles = clock_now(hrs->env.clock);
    }
}

static bool write_byte(void *self, uint8_t byte, uint32_t index)
{
    struct hrs3300 *hrs = self;
    if (index == 0) {
        hrs->state.pointer = byte;
    } else {
        write_register(hrs, hrs->state.pointer++, byte);
    }
    return true;
}

static uint8_t read_byte(void *self, uint32_t index)
{
    struct hrs3300 *hrs = self;
    (void)index;
    return read_register(hrs, hrs->state.pointer++);
}

/* What the fault "stuck" keeps, should it come now. */
static void hold_values(struct hrs3300 *hrs)
{
    struct hrs3300_state *s = &hrs->state;
    if (s->part.faults[HRS3300_FAULT_STUCK] == 0) {
        s->stuck_hrs = read_hrs(hrs);
        s->stuck_als = read_als(hrs);
    }
}

static uint32_t clamp(int32_t value, uint32_t most)
{
    if (value < 0) {
        return 0;
    }
    return (uint32_t)value > most ? most : (uint32_t)value;
}

static bool hrs3300_input(void *self, const struct device_input *input)
{
    struct hrs3300 *hrs = self;
    struct hrs3300_state *s = &hrs->state;
    if (strcmp(input->what, "heart-rate") == 0) {
        s->beats_per_minute = clamp(input->value, BEATS_MAX);
        s->beat_cycles = clock_now(hrs->env.clock);
    } else if (strcmp(input->what, "ambient") == 0) {
        s->ambient = clamp(input->value, ALS_MAX);
    } else {
        hold_values(hrs);
        return i2c_part_input(&hrs->part, input);
    }
    return true;
}

static const struct device_fault faults[] = {
    I2C_PART_FAULTS,
    {"stuck", "both channels keep the values that they have, until 0", 1, 1},
    {"out-of-range", "both channels read their largest number, until 0", 1, 1},
    {NULL, NULL, 0, 0},
};

static const struct i2c_part_ops ops = {.write = write_byte, .read = read_byte, .faults = faults};

/* The finger stays. */
static void hrs3300_reset(void *self, uint32_t reasons)
{
    struct hrs3300 *hrs = self;
    if (reasons != RESET_POWER_ON) {
        return;
    }
    hrs->state.registers[HRS3300_ENABLE] = 0x68;
    hrs->state.registers[HRS3300_PDRIVER] = 0x68;
    hrs->state.registers[HRS3300_RES] = 0x66;
    hrs->state.registers[HRS3300_HGAIN] = 0x10;
    hrs->state.pointer = 0;
    i2c_part_power_on(&hrs->part);
}

static const char *hrs3300_init(void *self, const struct device_env *env)
{
    struct hrs3300 *hrs = self;
    hrs->env = *env;
    return i2c_part_init(&hrs->part, hrs, &hrs->env, &ops, &hrs->state.part);
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct hrs3300_state *s = state;
    (void)self;
    return i2c_part_state_is_sane(&s->part, faults) && s->beats_per_minute <= BEATS_MAX &&
           s->enabled_cycles <= now_cycles && s->beat_cycles <= now_cycles;
}

/* In the order of `inputs`. */
static int32_t hrs3300_value(const void *self, size_t index)
{
    const struct hrs3300 *hrs = self;
    return (int32_t)(index == 0 ? hrs->state.beats_per_minute : hrs->state.ambient);
}

static const struct device_quantity beats = {"bpm", 0, DEVICE_QUANTITY_STAYS, 0, 220};
static const struct device_quantity counts = {"counts", 0, DEVICE_QUANTITY_STAYS, 0, 20000};

static const struct device_input_kind inputs[] = {
    {"heart-rate", 0, BEATS_MAX, &beats}, {"ambient", 0, ALS_MAX, &counts}, {0}};

const struct device_class part_hrs3300_class = {
    .name = "hrs3300",
    .size_bytes = sizeof(struct hrs3300),
    .state_offset = offsetof(struct hrs3300, state),
    .state_bytes = sizeof(struct hrs3300_state),
    .state_version = 1,
    .state_is_sane = state_is_sane,
    .init = hrs3300_init,
    .reset = hrs3300_reset,
    .input = hrs3300_input,
    .inputs = inputs,
    .input_value = hrs3300_value,
    .faults = faults,
};
