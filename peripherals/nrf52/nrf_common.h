/* peripherals/nrf52/nrf_common.h - what all nRF52 peripherals share: tasks, events, INTEN, word
 * registers, and the undocumented addresses that the vendor's errata workarounds touch.
 *
 * Reference: nRF52832 product specification 1.4, "Peripheral interface". The event whose register
 * is at 0x100 + 4 * n has bit n in INTEN, in every nRF52 peripheral; so all event registers of a
 * device fit into one mask.
 *
 * How a device uses it:
 *   get:   a function `static bool x_get(const struct x *x, uint32_t offset, uint32_t *value)`
 *          that knows every readable register and changes nothing; write-only tasks read as 0
 *   peek:  x_get's value, 0 where it returns false
 *   read:  `known = x_get(x, access.offset & ~3U, &word)`, side effects, nrf_finish_read
 *   write: `word = nrf_begin_write(&x->env, access, value)`, nrf_events_write, then a switch over
 *          the rest with `default: nrf_report_unknown_write`; at the end the update of the line
 */
#ifndef PERIPHERALS_NRF52_NRF_COMMON_H
#define PERIPHERALS_NRF52_NRF_COMMON_H

#include <stdbool.h>
#include <stdint.h>

#include "peripherals/iface/device.h"

enum nrf_register {
    NRF_EVENTS_FIRST = 0x100,
    NRF_EVENTS_LAST = 0x17C,
    NRF_SHORTS = 0x200,
    NRF_INTEN = 0x300, /* not every peripheral has it: its own switch handles it */
    NRF_INTENSET = 0x304,
    NRF_INTENCLR = 0x308,
};

#define NRF_EVENT_BIT(offset) (1U << (((offset)-0x100U) / 4U))

/* Part of a device's state: plain values, cleared by a reset. */
struct nrf_events {
    uint32_t generated; /* the event registers, one bit each */
    uint32_t inten;
};

/* True when a write of `value` to a task register triggers the task. */
static inline bool nrf_is_trigger(uint32_t value)
{
    return (value & 1U) != 0;
}

/* Which chip this device is on: nRF52840 has more than 512 kB of flash. Only nRF52832 and nRF52840
 * are known; without flash it is nRF52832. */
static inline bool nrf_is_nrf52840(const struct device_env *env)
{
    return env->nvm != NULL && env->nvm->flash_bytes > 512U * 1024U;
}

/* How wide the MAXCNT registers of UARTE, SPIM, SPIS, TWIM and TWIS are: what the devicetree's
 * `easydma-maxcnt-bits` says, which Zephyr's trees do not give everywhere, else what the chip has.
 */
static inline uint32_t nrf_maxcnt_bits(const struct device_env *env)
{
    return props_u32_or(&env->props, "easydma-maxcnt-bits", nrf_is_nrf52840(env) ? 16 : 8);
}

/* Drives the interrupt line from the state. */
void nrf_events_update_irq(const struct device_env *env, const struct nrf_events *events);

/* Sets the event register and nothing else: for events with shortcuts, whose tasks run between this
 * and nrf_event_raise. */
void nrf_event_set(struct nrf_events *events, uint32_t offset);

/* An event happened: sets its register, drives the line, tells the event port (PPI) - in this
 * order. May call back into this device through PPI before it returns. */
void nrf_event_raise(const struct device_env *env, struct nrf_events *events, uint32_t offset);

/* Reads EVENTS_x, INTENSET or INTENCLR. `implemented`: a bit for each event that the device has.
 * False: the offset is none of these. */
bool nrf_events_get(const struct nrf_events *events, uint32_t implemented, uint32_t offset,
                    uint32_t *value);

/* Writes EVENTS_x (0 clears; 1 has no effect), INTENSET or INTENCLR. False: as above. The caller
 * updates its line. */
bool nrf_events_write(struct nrf_events *events, uint32_t implemented, uint32_t offset,
                      uint32_t value);

/* Registers are words. A narrow read gets its lanes of the word. Reports an unknown register
 * (known == false), which reads 0. Always BUS_OK: the bus of these peripherals has no error answer.
 */
enum bus_result nrf_finish_read(const struct device_env *env, struct bus_access access, bool known,
                                uint32_t word, uint32_t *value);

/* The word that a write puts on the bus. The CPU repeats a narrow value on all lanes and the
 * peripheral takes the whole word: reported as a guest error, since it is hardly ever meant. */
uint32_t nrf_begin_write(const struct device_env *env, struct bus_access access, uint32_t value);

/* Takes a pin over from GPIO and drives it. UINT32_MAX, or WIRE_FLOATING, gives it back. `claimed`
 * is part of the device's state, kept over its reset: number of the pin that it holds + 1, 0: none;
 * one that it held before is given back. */
void nrf_claim_pin(const struct device_env *env, uint32_t *claimed, uint32_t pin,
                   enum wire_level level);

/* A write to a register that the peripheral does not have, or that is read-only. Quiet for the
 * addresses of errata.h. */
void nrf_report_unknown_write(const struct device_env *env, uint32_t offset);

#endif
