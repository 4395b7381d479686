#include "peripherals/parts/bma42x.h"

#include <string.h>

#include "peripherals/parts/bma42x_features.h"

#define STATUS_DRDY_ACC (1U << 7)
#define STATUS_CMD_RDY  (1U << 4)
#define EVENT_POR       (1U << 0)
#define INT_1_ACC_DRDY  (1U << 7)
#define IO_LEVEL_HIGH   (1U << 1)
#define IO_OUTPUT_EN    (1U << 3)
#define MAP_INT1_DRDY   (1U << 2)
#define MAP_INT2_DRDY   (1U << 6)
#define INT_LATCHED     (1U << 0)
#define PWR_CTRL_ACC_EN (1U << 2)
#define CMD_SOFT_RESET  0xB6U
#define FIFO_EMPTY      0x80U
#define WRITABLE_FIRST  BMA42X_ACC_CONF

#define UNLATCHED_MS      10U /* the data sheet gives no time */
#define ROOM_CENTIDEGREES 2300
#define SENSOR_TIME_HZ    25600U

static uint64_t now_of(const struct bma42x *bma)
{
    return clock_now(bma->env.clock);
}

/* ---- sampling ---- */

static bool is_sampling(const struct bma42x *bma)
{
    return (bma->state.registers[BMA42X_PWR_CTRL] & PWR_CTRL_ACC_EN) != 0;
}

/* ODR code n is 25 / 2^(6 - n) ... 12.5 * 2^(n - 5) Hz: 25/32 Hz for 1, 1600 Hz for 12. Other codes
 * count as the nearest. */
static uint64_t sample_period_cycles(const struct bma42x *bma)
{
    uint32_t odr = bma->state.registers[BMA42X_ACC_CONF] & 0xFU;
    odr = odr < 1 ? 1 : odr;
    odr = odr > 12 ? 12 : odr;
    return (uint64_t)bma->env.clock->cpu_hz * 32U / 25U >> (odr - 1U);
}

/* The cycle of the last sample; 0: there was none. */
static uint64_t last_sample_cycles(const struct bma42x *bma)
{
    const struct bma42x_state *s = &bma->state;
    uint64_t period = sample_period_cycles(bma);
    if (!is_sampling(bma) || now_of(bma) < s->enabled_cycles + period) {
        return 0;
    }
    return s->enabled_cycles + (now_of(bma) - s->enabled_cycles) / period * period;
}

/* Before something changes: what has been sampled by now is kept. */
static void settle(struct bma42x *bma)
{
    struct bma42x_state *s = &bma->state;
    uint64_t sampled_cycles = last_sample_cycles(bma);
    if (s->part.faults[BMA42X_FAULT_STUCK] == 0 && sampled_cycles != 0 &&
        sampled_cycles >= s->changed_cycles) {
        memcpy(s->held_mg, s->mg, sizeof s->held_mg);
    }
    s->changed_cycles = now_of(bma);
}

/* 12 bits, as the data registers have them: left-justified in 16. */
static uint16_t axis_word(const struct bma42x *bma, uint32_t axis)
{
    const struct bma42x_state *s = &bma->state;
    uint64_t sampled = last_sample_cycles(bma);
    bool fresh =
        sampled != 0 && sampled >= s->changed_cycles && s->part.faults[BMA42X_FAULT_STUCK] == 0;
    int64_t mg = fresh ? s->mg[axis] : s->held_mg[axis];
    int64_t range_mg = 2000LL << (s->registers[BMA42X_ACC_RANGE] & 3U);
    int64_t raw = mg * 2048 / range_mg;
    if (s->part.faults[BMA42X_FAULT_OUT_OF_RANGE] != 0 || raw > 2047) {
        raw = 2047;
    }
    if (raw < -2048) {
        raw = -2048;
    }
    return (uint16_t)((uint32_t)(int32_t)raw << 4);
}

static bool has_fresh_data(const struct bma42x *bma)
{
    uint64_t sampled = last_sample_cycles(bma);
    return sampled != 0 && (!bma->state.data_read || sampled > bma->state.read_cycles);
}

/* ---- interrupts ---- */

static bool is_drdy_mapped(const struct bma42x *bma, uint32_t pin)
{
    uint32_t bit = pin == 0 ? MAP_INT1_DRDY : MAP_INT2_DRDY;
    return (bma->state.registers[BMA42X_INT_MAP_DATA] & bit) != 0;
}

static void update_pins(struct bma42x *bma)
{
    const struct bma42x_state *s = &bma->state;
    for (uint32_t i = 0; i < BMA42X_INT_PINS; i++) {
        uint8_t io = s->registers[BMA42X_INT1_IO_CTRL + i];
        bool active = (s->int_status[0] & s->registers[BMA42X_INT1_MAP + i]) != 0 ||
                      ((s->int_status[1] & INT_1_ACC_DRDY) != 0 && is_drdy_mapped(bma, i));
        bool high = active == ((io & IO_LEVEL_HIGH) != 0);
        if (bma->int_pins[i] == NULL) {
            continue;
        }
        if ((io & IO_OUTPUT_EN) == 0) {
            wire_drive(&bma->int_pins[i]->in, WIRE_FLOATING);
        } else {
            wire_drive(&bma->int_pins[i]->in, high ? WIRE_HIGH : WIRE_LOW);
        }
    }
}

/* The event is there for the interrupt only: without one nothing is queued. */
static void schedule_sample(struct bma42x *bma)
{
    uint64_t period = sample_period_cycles(bma);
    bool wanted = is_sampling(bma) && (is_drdy_mapped(bma, 0) || is_drdy_mapped(bma, 1));
    if (!wanted) {
        clock_cancel(bma->env.clock, &bma->sample);
        return;
    }
    uint64_t passed = (now_of(bma) - bma->state.enabled_cycles) / period;
    clock_schedule(bma->env.clock, &bma->sample, bma->state.enabled_cycles + (passed + 1) * period);
}

static void sampled(void *owner, uint64_t late_cycles)
{
    struct bma42x *bma = owner;
    (void)late_cycles;
    bma->state.int_status[1] |= INT_1_ACC_DRDY;
    update_pins(bma);
    schedule_sample(bma);
}

static void unlatched(void *owner, uint64_t late_cycles)
{
    struct bma42x *bma = owner;
    (void)late_cycles;
    bma->state.int_status[0] = 0;
    update_pins(bma);
}

static void raise_features(struct bma42x *bma, uint8_t bits)
{
    if (bits == 0) {
        return;
    }
    bma->state.int_status[0] |= bits;
    if ((bma->state.registers[BMA42X_INT_LATCH] & INT_LATCHED) == 0) {
        clock_schedule(bma->env.clock, &bma->unlatch,
                       now_of(bma) + clock_us_to_cycles(bma->env.clock, UNLATCHED_MS * 1000U));
    }
    update_pins(bma);
}

/* ---- registers ---- */

static void restart(struct bma42x *bma)
{
    struct bma42x_state *s = &bma->state;
    static const struct {
        uint8_t offset, value;
    } resets[] = {{BMA42X_ACC_CONF, 0xA8},
                  {BMA42X_ACC_RANGE, 0x01},
                  {0x44, 0x46},
                  {0x45, 0x80},
                  {0x46, 0x00},
                  {0x47, 0x02},
                  {0x48, 0x02},
                  {0x49, 0x10},
                  {0x4C, 0x83},
                  {0x4D, 0x42},
                  {0x4E, 0x4C},
                  {BMA42X_INIT_CTRL, 0x90},
                  {BMA42X_PWR_CONF, 0x03}};
    memset(s->registers, 0, sizeof s->registers);
    for (size_t i = 0; i < sizeof resets / sizeof resets[0]; i++) {
        s->registers[resets[i].offset] = resets[i].value;
    }
    memset(s->features, 0, sizeof s->features);
    memset(s->int_status, 0, sizeof s->int_status);
    s->loading = s->loaded = s->data_read = false;
    s->steps = s->steps_to_watermark = 0;
    clock_cancel(bma->env.clock, &bma->sample);
    clock_cancel(bma->env.clock, &bma->unlatch);
}

static void write_power(struct bma42x *bma, uint8_t value)
{
    bool was_sampling = is_sampling(bma);
    settle(bma);
    bma->state.registers[BMA42X_PWR_CTRL] = value;
    if (is_sampling(bma) && !was_sampling) {
        bma->state.enabled_cycles = now_of(bma);
    }
}

static void write_register(struct bma42x *bma, uint8_t offset, uint8_t value)
{
    struct bma42x_state *s = &bma->state;
    if (offset == BMA42X_CMD) {
        if (value == CMD_SOFT_RESET) {
            restart(bma);
            update_pins(bma);
        }
        return;
    }
    if (offset < WRITABLE_FIRST || offset >= BMA42X_REGISTERS) {
        return;
    }
    if (offset == BMA42X_ACC_CONF) {
        settle(bma);
        s->enabled_cycles = now_of(bma);
    }
    if (offset == BMA42X_PWR_CTRL) {
        write_power(bma, value);
    } else {
        s->registers[offset] = value;
    }
    if (offset == BMA42X_INIT_CTRL) {
        bma42x_write_init_ctrl(bma, value);
    }
    schedule_sample(bma);
    update_pins(bma);
}

static bool write_byte(void *self, uint8_t byte, uint32_t index)
{
    struct bma42x *bma = self;
    if (index == 0) {
        bma->state.pointer = byte & 0x7FU;
    } else if (bma->state.pointer == BMA42X_FEATURES_IN) {
        bma42x_write_feature(bma, index - 1, byte);
    } else {
        write_register(bma, bma->state.pointer, byte);
        bma->state.pointer = (bma->state.pointer + 1U) & 0x7FU;
    }
    return true;
}

static uint8_t status(const struct bma42x *bma)
{
    return (uint8_t)(STATUS_CMD_RDY | (has_fresh_data(bma) ? STATUS_DRDY_ACC : 0U));
}

static uint8_t take_int_status(struct bma42x *bma, uint32_t index)
{
    uint8_t value = bma->state.int_status[index];
    bma->state.int_status[index] = 0;
    update_pins(bma);
    return value;
}

/* In whole degrees from 23. */
static uint8_t temperature(const struct bma42x *bma)
{
    int64_t degrees = (int64_t)bma->state.centidegrees / 100 - 23;
    degrees = degrees > 127 ? 127 : degrees;
    degrees = degrees < -127 ? -127 : degrees;
    return (uint8_t)(int8_t)degrees;
}

static uint8_t axis_byte(struct bma42x *bma, uint32_t byte)
{
    bma->state.data_read = true;
    bma->state.read_cycles = now_of(bma);
    return (uint8_t)(axis_word(bma, byte / 2) >> (byte % 2 * 8));
}

static uint8_t sensor_time(const struct bma42x *bma, uint32_t byte)
{
    uint64_t ticks = now_of(bma) / (bma->env.clock->cpu_hz / SENSOR_TIME_HZ);
    return (uint8_t)(ticks >> (byte * 8));
}

static uint8_t read_register(struct bma42x *bma, uint8_t offset)
{
    const struct bma42x_state *s = &bma->state;
    if (offset >= BMA42X_ACC_X_LSB && offset < BMA42X_ACC_X_LSB + 2 * BMA42X_AXES) {
        return axis_byte(bma, offset - BMA42X_ACC_X_LSB);
    }
    if (offset >= BMA42X_SENSORTIME_0 && offset < BMA42X_EVENT) {
        return sensor_time(bma, offset - BMA42X_SENSORTIME_0);
    }
    if (offset >= BMA42X_STEP_COUNTER_0 && offset < BMA42X_TEMPERATURE) {
        return (uint8_t)(s->steps >> (offset - BMA42X_STEP_COUNTER_0) * 8U);
    }
    switch (offset) {
    case BMA42X_CHIP_ID:
        return bma->chip_id;
    case BMA42X_STATUS:
        return status(bma);
    case BMA42X_EVENT:
        return EVENT_POR;
    case BMA42X_INT_STATUS_0:
    case BMA42X_INT_STATUS_1:
        return take_int_status(bma, offset - BMA42X_INT_STATUS_0);
    case BMA42X_TEMPERATURE:
        return temperature(bma);
    case BMA42X_FIFO_DATA:
        return FIFO_EMPTY;
    case BMA42X_INTERNAL_STATUS:
        return bma42x_internal_status(bma);
    default:
        return offset >= WRITABLE_FIRST && offset < BMA42X_REGISTERS ? s->registers[offset] : 0;
    }
}

static uint8_t read_byte(void *self, uint32_t index)
{
    struct bma42x *bma = self;
    if (bma->state.pointer == BMA42X_FEATURES_IN) {
        return bma42x_read_feature(bma, index);
    }
    uint8_t value = read_register(bma, bma->state.pointer);
    bma->state.pointer = (bma->state.pointer + 1U) & 0x7FU;
    return value;
}

/* ---- the world ---- */

static bool move(struct bma42x *bma, const struct device_input *input)
{
    static const char axes[BMA42X_AXES] = {'x', 'y', 'z'};
    for (uint32_t i = 0; i < BMA42X_AXES; i++) {
        if (input->what[0] == axes[i] && input->what[1] == '\0') {
            settle(bma);
            bma->state.mg[i] = input->value;
            return true;
        }
    }
    return false;
}

static bool bma42x_input(void *self, const struct device_input *input)
{
    struct bma42x *bma = self;
    const char *what = input->what;
    uint8_t interrupts = 0;
    if (move(bma, input)) {
        return true;
    }
    if (strcmp(what, "steps") == 0) {
        raise_features(bma, bma42x_walk(bma, input->value));
    } else if (bma42x_make_gesture(bma, what, &interrupts)) {
        raise_features(bma, interrupts);
    } else if (strcmp(what, "temperature") == 0) {
        bma->state.centidegrees = input->value;
    } else {
        settle(bma);
        return i2c_part_input(&bma->part, input);
    }
    return true;
}

/* What is there to be measured stays. */
static void bma42x_reset(void *self, uint32_t reasons)
{
    struct bma42x *bma = self;
    if (reasons == RESET_POWER_ON) {
        settle(bma);
        restart(bma);
        i2c_part_power_on(&bma->part);
    }
}

static void bma42x_update(void *self)
{
    update_pins(self);
}

static const struct device_fault faults[] = {
    I2C_PART_FAULTS,
    {"stuck", "the axes keep the values that they have, until 0", 1, 1},
    {"out-of-range", "the axes read the largest number, until 0", 1, 1},
    {NULL, NULL, 0, 0},
};

static const struct i2c_part_ops ops = {.write = write_byte, .read = read_byte, .faults = faults};

/* Zephyr's two bindings differ in the name. */
static struct pin *find_pin(const struct bma42x *bma, const char *name, uint32_t index)
{
    const struct props *props = &bma->env.props;
    struct props_gpio gpio;
    bool wired = props->gpio != NULL && (props->gpio(props->node, name, 0, &gpio) ||
                                         props->gpio(props->node, "int-gpios", index, &gpio));
    return wired ? gpio.pin : NULL;
}

static const char *init_as(struct bma42x *bma, const struct device_env *env, uint8_t chip_id)
{
    bma->env = *env;
    bma->chip_id = chip_id;
    bma->int_pins[0] = find_pin(bma, "int1-gpios", 0);
    bma->int_pins[1] = find_pin(bma, "int2-gpios", 1);
    event_init(&bma->sample, sampled, bma);
    event_init(&bma->unlatch, unlatched, bma);
    bma->state.mg[2] = bma->state.held_mg[2] = 1000;
    bma->state.centidegrees = ROOM_CENTIDEGREES;
    return i2c_part_init(&bma->part, bma, &bma->env, &ops, &bma->state.part);
}

static const char *bma421_init(void *self, const struct device_env *env)
{
    return init_as(self, env, 0x11);
}

static const char *bma422_init(void *self, const struct device_env *env)
{
    return init_as(self, env, 0x12);
}

static const char *bma423_init(void *self, const struct device_env *env)
{
    return init_as(self, env, 0x13);
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct bma42x_state *s = state;
    (void)self;
    return i2c_part_state_is_sane(&s->part, faults) && device_bool_is_sane(&s->loading) &&
           device_bool_is_sane(&s->loaded) && device_bool_is_sane(&s->in_order) &&
           device_bool_is_sane(&s->data_read) && s->pointer < BMA42X_REGISTERS &&
           s->config_bytes <= BMA42X_CONFIG_BYTES && s->enabled_cycles <= now_cycles &&
           s->changed_cycles <= now_cycles && s->init_cycles <= now_cycles;
}

/* In the order of `inputs`. */
static int32_t bma42x_value(const void *self, size_t index)
{
    const struct bma42x *bma = self;
    return index < BMA42X_AXES ? bma->state.mg[index] : bma->state.centidegrees;
}

static const struct device_quantity axis = {"mg", 0, DEVICE_QUANTITY_STAYS, -2000, 2000};
static const struct device_quantity celsius = {"°C", 2, DEVICE_QUANTITY_STAYS, -2000, 6000};

static const struct device_quantity steps = {"steps", 0, DEVICE_QUANTITY_ONCE, 0, 1000};
static const struct device_input_kind inputs[] = {{"x", -BMA42X_MG_MAX, BMA42X_MG_MAX, &axis},
                                                  {"y", -BMA42X_MG_MAX, BMA42X_MG_MAX, &axis},
                                                  {"z", -BMA42X_MG_MAX, BMA42X_MG_MAX, &axis},
                                                  {"steps", 0, 65535, &steps},
                                                  {"tap", 0, 1, &device_action},
                                                  {"double-tap", 0, 1, &device_action},
                                                  {"wrist", 0, 1, &device_action},
                                                  {"temperature", -10400, 15000, &celsius},
                                                  {0}};
static const size_t event_offsets[] = {offsetof(struct bma42x, sample),
                                       offsetof(struct bma42x, unlatch)};

#define CLASS(class_name, init_function)                                                           \
    {                                                                                              \
        .name = (class_name), .size_bytes = sizeof(struct bma42x),                                 \
        .state_offset = offsetof(struct bma42x, state),                                            \
        .state_bytes = sizeof(struct bma42x_state), .state_version = 1,                            \
        .event_offsets = event_offsets,                                                            \
        .event_count = sizeof event_offsets / sizeof event_offsets[0],                             \
        .state_is_sane = state_is_sane, .init = (init_function), .reset = bma42x_reset,            \
        .update = bma42x_update, .input = bma42x_input, .inputs = inputs,                          \
        .input_value = bma42x_value, .faults = faults,                                             \
    }

const struct device_class part_bma421_class = CLASS("bma421", bma421_init);
const struct device_class part_bma42x_class = CLASS("bma422", bma422_init);
const struct device_class part_bma423_class = CLASS("bma423", bma423_init);
