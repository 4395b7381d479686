#include "peripherals/nrf52/gpio_faults.h"

#include <string.h>

#include "peripherals/nrf52/nrf_random.h"

#define BOUNCES_MAX       4U
#define BOUNCE_CYCLES_MIN 1280U /* 20 us */
#define BOUNCE_CYCLES     30720U

const struct device_fault gpio_fault_list[] = {
    {"stuck-high", "pin VALUE - 1 is high whatever drives it; 0 ends it for all pins", 1, 32},
    {"stuck-low", "pin VALUE - 1 is low whatever drives it; 0 ends it for all pins", 1, 32},
    {"bounce", "what comes in at pin VALUE - 1 bounces; 0 ends it for all pins", 1, 32},
    {0}};

void gpio_faults_init(struct gpio_faults *faults, uint64_t seed)
{
    faults->random = seed;
    memset(faults->level, WIRE_FLOATING, sizeof faults->level);
    memset(faults->before, WIRE_FLOATING, sizeof faults->before);
}

int32_t gpio_fault_max(const struct device_site *site, const struct device_fault *fault)
{
    uint32_t ngpios = props_u32_or(site->props, "ngpios", GPIO_FAULT_PINS);
    (void)fault;
    return (int32_t)(ngpios < GPIO_FAULT_PINS ? ngpios : GPIO_FAULT_PINS);
}

bool gpio_faults_take(struct gpio_faults *faults, const struct device_input *input,
                      uint32_t pin_count)
{
    uint32_t *const masks[] = {&faults->stuck_high, &faults->stuck_low, &faults->bounce};
    for (size_t i = 0; i < sizeof masks / sizeof masks[0]; i++) {
        if (strcmp(gpio_fault_list[i].name, input->what) == 0 && input->value >= 0 &&
            input->value <= (int32_t)pin_count) {
            *masks[i] = input->value == 0 ? 0 : *masks[i] | 1U << (input->value - 1);
            return true;
        }
    }
    return false;
}

static uint64_t next_pause(struct gpio_faults *faults)
{
    return BOUNCE_CYCLES_MIN + nrf_random_next(&faults->random) % BOUNCE_CYCLES;
}

bool gpio_faults_changed(struct gpio_faults *faults, const struct clock *clock, uint32_t index,
                         enum wire_level level)
{
    if ((enum wire_level)faults->level[index] == level) {
        return false;
    }
    faults->before[index] = faults->level[index];
    faults->level[index] = (uint8_t)level;
    faults->left[index] = 0;
    if ((faults->bounce >> index & 1U) == 0) {
        return false;
    }
    faults->left[index] = (uint8_t)(2U * (1U + nrf_random_next(&faults->random) % BOUNCES_MAX));
    faults->next_cycle[index] = clock_now(clock) + next_pause(faults);
    return true;
}

bool gpio_faults_step(struct gpio_faults *faults, const struct clock *clock, uint32_t *index,
                      uint64_t *next_cycle)
{
    *next_cycle = CLOCK_NEVER;
    for (uint32_t i = 0; i < GPIO_FAULT_PINS; i++) {
        if (faults->left[i] == 0) {
            continue;
        }
        if (faults->next_cycle[i] <= clock_now(clock)) {
            faults->left[i]--;
            faults->next_cycle[i] = clock_now(clock) + next_pause(faults);
            *index = i;
            return true;
        }
        if (faults->next_cycle[i] < *next_cycle) {
            *next_cycle = faults->next_cycle[i];
        }
    }
    return false;
}

enum wire_level gpio_faults_level(const struct gpio_faults *faults, uint32_t index,
                                  enum wire_level level)
{
    return (faults->left[index] & 1U) != 0 ? (enum wire_level)faults->before[index] : level;
}

void gpio_faults_settle(struct gpio_faults *faults, uint32_t index, enum wire_level level)
{
    if (faults->left[index] == 0) {
        faults->level[index] = (uint8_t)level;
    }
}

enum wire_level gpio_faults_stuck(const struct gpio_faults *faults, uint32_t index)
{
    if ((faults->stuck_high >> index & 1U) != 0) {
        return WIRE_HIGH;
    }
    return (faults->stuck_low >> index & 1U) != 0 ? WIRE_LOW : WIRE_FLOATING;
}

bool gpio_faults_are_sane(const struct gpio_faults *faults, uint64_t now_cycles)
{
    for (uint32_t i = 0; i < GPIO_FAULT_PINS; i++) {
        if (faults->before[i] > WIRE_FLOATING || faults->level[i] > WIRE_FLOATING ||
            faults->left[i] > 2U * BOUNCES_MAX ||
            (faults->left[i] != 0 &&
             faults->next_cycle[i] > now_cycles + BOUNCE_CYCLES_MIN + BOUNCE_CYCLES)) {
            return false;
        }
    }
    return true;
}
