/* peripherals/nrf52/gpio_faults.h - pins that are stuck, and inputs that bounce.
 *
 * "stuck-high", "stuck-low": the pin is tied to a supply rail; what the chip drives does not
 * matter, and parts see it, too. "bounce": when a part changes the pin's level, old and new level
 * alternate up to four times, for 20 to 500 us each, by the seed, before the new one stays. VALUE
 * is the pin's number in its port plus 1; several pins at once by several inputs; 0 ends the fault
 * for all pins.
 */
#ifndef PERIPHERALS_NRF52_GPIO_FAULTS_H
#define PERIPHERALS_NRF52_GPIO_FAULTS_H

#include "peripherals/iface/device.h"

#define GPIO_FAULT_PINS 32U

/* Part of the port's state. No reset of the chip clears it. */
struct gpio_faults {
    uint32_t stuck_high, stuck_low, bounce; /* a bit for each pin */
    uint64_t random;
    uint64_t next_cycle[GPIO_FAULT_PINS]; /* of a pin that bounces: when its level changes next */
    uint8_t left[GPIO_FAULT_PINS];        /* so often yet; odd: it shows `before` */
    uint8_t before[GPIO_FAULT_PINS];      /* enum wire_level */
    uint8_t level[GPIO_FAULT_PINS];       /* enum wire_level that the part drives */
};

extern const struct device_fault gpio_fault_list[];

void gpio_faults_init(struct gpio_faults *faults, uint64_t seed);

/* For device_class.fault_max: a port may have fewer than 32 pins. */
int32_t gpio_fault_max(const struct device_site *site, const struct device_fault *fault);

/* False: none of the faults, or a pin that this port of `pin_count` pins does not have. */
bool gpio_faults_take(struct gpio_faults *faults, const struct device_input *input,
                      uint32_t pin_count);

/* A part drives the pin's level anew. True: it bounces from now on. */
bool gpio_faults_changed(struct gpio_faults *faults, const struct clock *clock, uint32_t index,
                         enum wire_level level);

/* Lets one pin whose time has come change. False: none is due; *next_cycle is when the next one
 * will be, CLOCK_NEVER: none bounces. */
bool gpio_faults_step(struct gpio_faults *faults, const struct clock *clock, uint32_t *index,
                      uint64_t *next_cycle);

/* The level that the chip sees where a part drives `level`. */
enum wire_level gpio_faults_level(const struct gpio_faults *faults, uint32_t index,
                                  enum wire_level level);

/* The part drives this level, and it is not to bounce: what a reset finds. */
void gpio_faults_settle(struct gpio_faults *faults, uint32_t index, enum wire_level level);

/* Where a pin is stuck; WIRE_FLOATING: it is not. */
enum wire_level gpio_faults_stuck(const struct gpio_faults *faults, uint32_t index);

bool gpio_faults_are_sane(const struct gpio_faults *faults, uint64_t now_cycles);

#endif
