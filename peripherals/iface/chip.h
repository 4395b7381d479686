/* peripherals/iface/chip.h - what a device may ask of the chip as a whole. */
#ifndef PERIPHERALS_IFACE_CHIP_H
#define PERIPHERALS_IFACE_CHIP_H

#include <stdbool.h>
#include <stdint.h>

/* Bits are those of POWER.RESETREAS (nRF52832 product specification, POWER). */
enum reset_reason {
    RESET_POWER_ON = 0,
    RESET_PIN = 1U << 0,
    RESET_DOG = 1U << 1,
    RESET_SREQ = 1U << 2,
    RESET_LOCKUP = 1U << 3,
    RESET_OFF = 1U << 16,    /* woken from System OFF by GPIO DETECT */
    RESET_LPCOMP = 1U << 17, /* woken from System OFF by LPCOMP's ANADETECT */
    RESET_VBUS = 1U << 20,   /* woken from System OFF by a voltage on VBUS (nRF52840) */
};

#define CHIP_STAYS_OFF UINT64_MAX

/* Whether a reset is a wake-up from System OFF and nothing else: pins then keep their state. */
static inline bool reset_is_wake_up(uint32_t reasons)
{
    return reasons != 0 && (reasons & ~(uint32_t)(RESET_OFF | RESET_LPCOMP | RESET_VBUS)) == 0;
}

struct chip_port {
    /* Asks for a reset at the end of the current instruction. Several requests: the reasons add up.
     */
    void (*request_reset)(void *context, enum reset_reason reason);
    /* System OFF: the CPU and all clocks stop until a reset or GPIO DETECT. */
    void (*request_system_off)(void *context);
    /* The supply fails at the end of the current instruction and is back `off_us` later
     * (CHIP_STAYS_OFF: when restore_power is called), with a power-on reset. RAM then holds what
     * `seed` makes of it; flash and UICR keep their contents. Every device is reset at once, with
     * RESET_POWER_ON, so that outputs float meanwhile, and again when the supply is back. Either
     * may be NULL. */
    void (*cut_power)(void *context, uint64_t off_us, uint64_t seed);
    void (*restore_power)(void *context);
    /* GPIO's DETECT signal rose: wakes a chip in System OFF. */
    void (*detect)(void *context);
    /* Wakes a chip in System OFF, for this reason; any other goes on as it is. NULL: nothing to
     * wake. */
    void (*wake)(void *context, enum reset_reason reason);
    /* The CPU fetches nothing for so many cycles from now (a flash operation while running from
     * flash). */
    void (*stall)(void *context, uint64_t cycles);
    /* From the end of the current instruction on the flash's instruction cache is on, or off.
     * Follows from the state of the one device that calls it; may be NULL. */
    void (*flash_cache)(void *context, bool on);
    /* What the device's class says to `observes` or `forbids_read` has changed. Callable while
     * devices are reset; may be NULL. */
    void (*observing_changed)(void *context);
    /* Sets the core's NMI pending. NULL: nobody takes it. */
    void (*nmi)(void *context);
    void *context;
};

#endif
