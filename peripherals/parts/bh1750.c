#include "peripherals/parts/bh1750.h"

#include <string.h>

enum bh1750_command {
    BH1750_POWER_DOWN = 0x00,
    BH1750_POWER_ON = 0x01,
    BH1750_RESET = 0x07,
    BH1750_CONTINUOUS_H = 0x10,
    BH1750_CONTINUOUS_H2 = 0x11,
    BH1750_CONTINUOUS_L = 0x13,
    BH1750_ONCE_H = 0x20,
    BH1750_ONCE_H2 = 0x21,
    BH1750_ONCE_L = 0x23,
    BH1750_TIME_HIGH = 0x40, /* three bits */
    BH1750_TIME_LOW = 0x60,  /* five bits */
};

#define MODE_KIND_MASK 0x03U
#define KIND_H2        0x01U
#define KIND_L         0x03U
#define MODE_ONCE      0x20U

#define TIME_DEFAULT 69U
#define TIME_MIN     31U
#define TIME_MAX     254U
#define H_MS         120U
#define L_MS         16U
#define OFFICE_LUX   100U

/* The register keeps what the two commands wrote; a measurement has its limits. */
static uint32_t measurement_time(const struct bh1750_state *s)
{
    uint32_t time = s->measurement_time;
    return time < TIME_MIN ? TIME_MIN : time > TIME_MAX ? TIME_MAX : time;
}

/* With the default time a count is 1 / 1.2 lux. */
static uint16_t measure(const struct bh1750_state *s)
{
    uint64_t counts = (uint64_t)s->lux * 12U * measurement_time(s) / (10U * TIME_DEFAULT);
    if ((s->mode & MODE_KIND_MASK) == KIND_H2) {
        counts *= 2;
    }
    return (uint16_t)(counts > UINT16_MAX ? UINT16_MAX : counts);
}

/* Nothing is queued for a measurement: it is made when somebody looks, or changes something. */
static void settle(struct bh1750 *light)
{
    struct bh1750_state *s = &light->state;
    uint32_t full_ms = (s->mode & MODE_KIND_MASK) == KIND_L ? L_MS : H_MS;
    uint64_t duration = clock_us_to_cycles(light->env.clock,
                                           full_ms * 1000ULL * measurement_time(s) / TIME_DEFAULT);
    uint64_t now = clock_now(light->env.clock);
    if (!s->powered || s->mode == 0 || now < s->started_cycles + duration) {
        return;
    }
    s->started_cycles += (now - s->started_cycles) / duration * duration;
    if (s->part.faults[BH1750_FAULT_STUCK] == 0) {
        s->data = measure(s);
    }
    if ((s->mode & MODE_ONCE) != 0) {
        s->mode = 0;
        s->powered = false;
    }
}

static void run_command(struct bh1750 *light, uint8_t command)
{
    struct bh1750_state *s = &light->state;
    switch ((enum bh1750_command)command) {
    case BH1750_POWER_DOWN:
    case BH1750_POWER_ON:
        s->powered = command == BH1750_POWER_ON;
        s->mode = 0;
        break;
    case BH1750_RESET: /* the data register, and only while powered */
        s->data = s->powered ? 0 : s->data;
        break;
    case BH1750_CONTINUOUS_H:
    case BH1750_CONTINUOUS_H2:
    case BH1750_CONTINUOUS_L:
    case BH1750_ONCE_H:
    case BH1750_ONCE_H2:
    case BH1750_ONCE_L:
        s->powered = true;
        s->mode = command;
        s->started_cycles = clock_now(light->env.clock);
        break;
    case BH1750_TIME_HIGH:
    case BH1750_TIME_LOW:
    default:
        break;
    }
}

static bool write_byte(void *self, uint8_t byte, uint32_t index)
{
    struct bh1750 *light = self;
    struct bh1750_state *s = &light->state;
    (void)index;
    settle(light);
    if ((byte & 0xF8U) == BH1750_TIME_HIGH) {
        s->measurement_time = (uint8_t)((byte & 7U) << 5 | (s->measurement_time & 0x1FU));
    } else if ((byte & 0xE0U) == BH1750_TIME_LOW) {
        s->measurement_time = (uint8_t)((s->measurement_time & 0xE0U) | (byte & 0x1FU));
    } else {
        run_command(light, byte);
    }
    return true;
}

static uint8_t read_byte(void *self, uint32_t index)
{
    struct bh1750 *light = self;
    settle(light);
    uint16_t data =
        light->state.part.faults[BH1750_FAULT_OUT_OF_RANGE] != 0 ? UINT16_MAX : light->state.data;
    if (index > 1) {
        return 0xFF;
    }
    return (uint8_t)(index == 0 ? data >> 8 : data);
}

static bool bh1750_input(void *self, const struct device_input *input)
{
    struct bh1750 *light = self;
    struct bh1750_state *s = &light->state;
    settle(light);
    if (strcmp(input->what, "light") == 0) {
        s->lux = input->value < 0 ? 0 : (uint32_t)input->value;
    } else {
        return i2c_part_input(&light->part, input);
    }
    return true;
}

static const struct device_fault faults[] = {
    I2C_PART_FAULTS,
    {"stuck", "measurements give what the last one gave, until 0", 1, 1},
    {"out-of-range", "measurements give 65535, until 0", 1, 1},
    {NULL, NULL, 0, 0},
};

static const struct i2c_part_ops ops = {.write = write_byte, .read = read_byte, .faults = faults};

static void bh1750_reset(void *self, uint32_t reasons)
{
    struct bh1750 *light = self;
    if (reasons != RESET_POWER_ON) {
        return;
    }
    light->state.powered = false;
    light->state.mode = 0;
    light->state.data = 0;
    light->state.measurement_time = TIME_DEFAULT;
    i2c_part_power_on(&light->part);
}

static const char *bh1750_init(void *self, const struct device_env *env)
{
    struct bh1750 *light = self;
    light->env = *env;
    light->state.lux = OFFICE_LUX;
    return i2c_part_init(&light->part, light, &light->env, &ops, &light->state.part);
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct bh1750_state *s = state;
    (void)self;
    return i2c_part_state_is_sane(&s->part, faults) && device_bool_is_sane(&s->powered) &&
           s->started_cycles <= now_cycles;
}

static int32_t bh1750_value(const void *self, size_t index)
{
    const struct bh1750 *light = self;
    (void)index;
    return (int32_t)light->state.lux;
}

static const struct device_quantity lux = {"lx", 0, DEVICE_QUANTITY_STAYS, 0, 2000};

static const struct device_input_kind inputs[] = {{"light", 0, BH1750_LUX_MAX, &lux}, {0}};

const struct device_class part_bh1750_class = {
    .name = "bh1750",
    .size_bytes = sizeof(struct bh1750),
    .state_offset = offsetof(struct bh1750, state),
    .state_bytes = sizeof(struct bh1750_state),
    .state_version = 1,
    .state_is_sane = state_is_sane,
    .init = bh1750_init,
    .reset = bh1750_reset,
    .input = bh1750_input,
    .inputs = inputs,
    .input_value = bh1750_value,
    .faults = faults,
};
