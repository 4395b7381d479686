#include "peripherals/parts/bma42x_features.h"

#include <string.h>

#define INT_0_SINGLE_TAP (1U << 0)
#define INT_0_STEP       (1U << 1)
#define INT_0_WRIST      (1U << 3)
#define INT_0_DOUBLE_TAP (1U << 4)

/* The page of settings. */
#define FEATURE_STEP       0x3AU /* 16 bits: watermark in 20 steps, and from bit 10 on the next */
#define FEATURE_SINGLE_TAP 0x3CU
#define FEATURE_DOUBLE_TAP 0x3EU
#define FEATURE_WRIST      0x40U
#define STEP_WATERMARK     0x3FFU
#define STEP_RESET         (1U << 10)
#define STEP_DETECTOR      (1U << 11)
#define STEP_COUNTER       (1U << 12)
#define FEATURE_ENABLE     (1U << 0)
#define STEPS_PER_UNIT     20U

#define STATUS_NOT_INIT 0U
#define STATUS_INIT_OK  1U
#define STATUS_INIT_ERR 2U
#define INIT_MS         140U

static uint16_t feature(const struct bma42x *bma, uint32_t offset)
{
    const uint8_t *f = bma->state.features;
    return (uint16_t)(f[offset] | f[offset + 1] << 8);
}

uint8_t bma42x_internal_status(const struct bma42x *bma)
{
    const struct bma42x_state *s = &bma->state;
    if (!s->loaded || clock_now(bma->env.clock) <
                          s->init_cycles + clock_us_to_cycles(bma->env.clock, INIT_MS * 1000U)) {
        return STATUS_NOT_INIT;
    }
    return s->in_order && s->config_bytes == BMA42X_CONFIG_BYTES ? STATUS_INIT_OK : STATUS_INIT_ERR;
}

static bool is_feature_on(const struct bma42x *bma, uint32_t offset, uint16_t bit)
{
    return bma42x_internal_status(bma) == STATUS_INIT_OK && (feature(bma, offset) & bit) != 0;
}

uint8_t bma42x_walk(struct bma42x *bma, int32_t count)
{
    struct bma42x_state *s = &bma->state;
    uint32_t watermark = (feature(bma, FEATURE_STEP) & STEP_WATERMARK) * STEPS_PER_UNIT;
    if (count <= 0 || !is_feature_on(bma, FEATURE_STEP, STEP_COUNTER | STEP_DETECTOR)) {
        return 0;
    }
    if (is_feature_on(bma, FEATURE_STEP, STEP_COUNTER)) {
        s->steps += (uint32_t)count;
        s->steps_to_watermark += (uint32_t)count;
    }
    bool reached = watermark != 0 && s->steps_to_watermark >= watermark;
    if (reached) {
        s->steps_to_watermark %= watermark;
    }
    return reached || is_feature_on(bma, FEATURE_STEP, STEP_DETECTOR) ? INT_0_STEP : 0;
}

bool bma42x_make_gesture(const struct bma42x *bma, const char *what, uint8_t *interrupts)
{
    static const struct {
        const char *what;
        uint32_t feature;
        uint8_t interrupt;
    } gestures[] = {{"tap", FEATURE_SINGLE_TAP, INT_0_SINGLE_TAP},
                    {"double-tap", FEATURE_DOUBLE_TAP, INT_0_DOUBLE_TAP},
                    {"wrist", FEATURE_WRIST, INT_0_WRIST}};
    for (size_t i = 0; i < sizeof gestures / sizeof gestures[0]; i++) {
        if (strcmp(what, gestures[i].what) == 0) {
            bool on = is_feature_on(bma, gestures[i].feature, FEATURE_ENABLE);
            *interrupts = on ? gestures[i].interrupt : 0;
            return true;
        }
    }
    return false;
}

static uint32_t feature_address(const struct bma42x *bma)
{
    const uint8_t *r = bma->state.registers;
    return ((uint32_t)(r[BMA42X_ADDRESS_HIGH] << 4) | (r[BMA42X_ADDRESS_LOW] & 0xFU)) * 2U;
}

void bma42x_write_feature(struct bma42x *bma, uint32_t burst, uint8_t value)
{
    struct bma42x_state *s = &bma->state;
    uint32_t offset = feature_address(bma) + burst;
    if (s->loading) {
        s->in_order = (s->config_bytes == 0 || s->in_order) && offset == s->config_bytes &&
                      offset < BMA42X_CONFIG_BYTES;
        s->config_bytes += s->config_bytes < BMA42X_CONFIG_BYTES;
        return;
    }
    if (offset < BMA42X_FEATURE_BYTES) {
        s->features[offset] = value;
    }
    if (offset == FEATURE_STEP + 1 && (feature(bma, FEATURE_STEP) & STEP_RESET) != 0) {
        s->features[offset] &= (uint8_t) ~(STEP_RESET >> 8);
        s->steps = s->steps_to_watermark = 0;
    }
}

uint8_t bma42x_read_feature(const struct bma42x *bma, uint32_t burst)
{
    uint32_t offset = feature_address(bma) + burst;
    return offset < BMA42X_FEATURE_BYTES ? bma->state.features[offset] : 0;
}

void bma42x_write_init_ctrl(struct bma42x *bma, uint8_t value)
{
    struct bma42x_state *s = &bma->state;
    s->loading = value == 0;
    s->loaded = !s->loading;
    s->init_cycles = clock_now(bma->env.clock);
    if (s->loading) {
        s->config_bytes = 0;
        s->in_order = true;
        return;
    }
    memset(s->features, 0, sizeof s->features);
    s->registers[BMA42X_ADDRESS_LOW] = 0;
    s->registers[BMA42X_ADDRESS_HIGH] = 0;
}
