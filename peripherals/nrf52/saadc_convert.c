#include "peripherals/nrf52/saadc_convert.h"

#include "peripherals/iface/analog_input.h"

#define INTERNAL_REFERENCE_MICROVOLTS 600000
#define CONFIG_REFSEL_VDD1_4          (1U << 12)
#define CONFIG_MODE_DIFF              (1U << 20)

enum resistor { RES_BYPASS, RES_PULLDOWN, RES_PULLUP, RES_VDD1_2 };

static uint32_t bits(uint32_t config, uint32_t resolution)
{
    return 8U + 2U * resolution - ((config & CONFIG_MODE_DIFF) != 0);
}

void saadc_limits(uint32_t config, uint32_t resolution, int32_t *lowest, int32_t *highest)
{
    int32_t steps = (int32_t)(1U << bits(config, resolution));
    *lowest = -steps;
    *highest = steps - 1;
}

int32_t saadc_convert(int64_t microvolts, uint32_t config, uint32_t resolution,
                      int32_t supply_microvolts)
{
    static const struct {
        int32_t times, over;
    } gains[8] = {{1, 6}, {1, 5}, {1, 4}, {1, 3}, {1, 2}, {1, 1}, {2, 1}, {4, 1}};
    uint32_t gain = config >> 8 & 7U;
    int64_t reference = (config & CONFIG_REFSEL_VDD1_4) != 0 ? supply_microvolts / 4
                                                             : INTERNAL_REFERENCE_MICROVOLTS;
    int32_t lowest, highest;
    saadc_limits(config, resolution, &lowest, &highest);
    /* At most 2^33 * 2^2 * 2^14. */
    int64_t numerator = microvolts * gains[gain].times * (int64_t)(1U << bits(config, resolution));
    int64_t denominator = reference * gains[gain].over;
    if (denominator <= 0) {
        return microvolts > 0 ? highest : 0;
    }
    int64_t half = denominator / 2;
    int64_t result = (numerator + (numerator < 0 ? -half : half)) / denominator;
    return result < lowest ? lowest : result > highest ? highest : (int32_t)result;
}

bool saadc_is_input(const struct device_env *env, uint32_t psel)
{
    return psel <= SAADC_PSEL_VDD || (psel == SAADC_PSEL_VDDHDIV5 && nrf_is_nrf52840(env));
}

static int32_t input_microvolts(const struct device_env *env, uint32_t psel, uint32_t resistor)
{
    int32_t supply = env->nets->vdd.microvolts;
    if (psel == SAADC_PSEL_VDD) {
        return supply;
    }
    if (psel == SAADC_PSEL_VDDHDIV5 && saadc_is_input(env, psel)) {
        return supply / 5; /* VDDH is VDD */
    }
    if (psel == SAADC_PSEL_NC || psel > ANALOG_INPUTS) {
        return 0;
    }
    const struct pin *pin = analog_input_pin(env, psel - 1);
    if (pin != NULL && resistor != RES_BYPASS && pin_floats(pin)) {
        return resistor == RES_PULLUP ? supply : resistor == RES_VDD1_2 ? supply / 2 : 0;
    }
    return analog_input_microvolts(env, psel - 1);
}

int64_t saadc_channel_microvolts(const struct device_env *env, const struct saadc_channel *channel)
{
    int64_t positive = input_microvolts(env, channel->pselp, channel->config & 3U);
    if ((channel->config & CONFIG_MODE_DIFF) == 0) {
        return positive;
    }
    return positive - input_microvolts(env, channel->pseln, channel->config >> 4 & 3U);
}
