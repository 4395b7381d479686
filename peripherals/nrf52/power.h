/* peripherals/nrf52/power.h - POWER: reset reasons, System OFF, registers that survive a reset, RAM
 * power switches.
 *
 * Reference: nRF52832 product specification 1.4, "POWER", with its table of what each reset source
 * resets; nRF52840 product specification 1.1. POWER shares its register window, its interrupt and
 * its INTEN with CLOCK: clock_power.c is the device and calls this part for every access.
 *
 * The supply is the voltage of nets->vdd: under POFCON's threshold POFWARN is raised, under 1.7 V
 * the chip stops, and it starts with a power-on reset when the voltage is back. With the property
 * sandglass,high-voltage-mode (nRF52840) that voltage is VDDH's, and VDD is what UICR's REGOUT0
 * asks for. VBUS is nets->usb's.
 *
 * Fault: "supply-mv" - the supply has so many millivolts, until 0 gives it back what it had.
 *
 * Not modelled: that POFWARN holds back writes to flash; RAM that loses its content while it is
 * switched off, or without supply.
 */
#ifndef PERIPHERALS_NRF52_POWER_H
#define PERIPHERALS_NRF52_POWER_H

#include "peripherals/nrf52/nrf_common.h"

enum power_register {
    POWER_TASKS_CONSTLAT = 0x078,
    POWER_TASKS_LOWPWR = 0x07C,
    POWER_EVENTS_POFWARN = 0x108,
    POWER_EVENTS_SLEEPENTER = 0x114,
    POWER_EVENTS_SLEEPEXIT = 0x118,
    POWER_EVENTS_USBDETECTED = 0x11C, /* nRF52840 */
    POWER_EVENTS_USBREMOVED = 0x120,  /* nRF52840 */
    POWER_EVENTS_USBPWRRDY = 0x124,   /* nRF52840 */
    POWER_RESETREAS = 0x400,
    POWER_RAMSTATUS = 0x428,
    POWER_USBREGSTATUS = 0x438, /* nRF52840 */
    POWER_SYSTEMOFF = 0x500,
    POWER_POFCON = 0x510,
    POWER_GPREGRET = 0x51C,
    POWER_GPREGRET2 = 0x520,
    POWER_RAMON = 0x524,  /* nRF52832, deprecated */
    POWER_RAMONB = 0x554, /* nRF52832, deprecated */
    POWER_DCDCEN = 0x578,
    POWER_DCDCEN0 = 0x580,       /* nRF52840 */
    POWER_MAINREGSTATUS = 0x640, /* nRF52840 */
    POWER_RAM = 0x900,           /* block n: POWER, POWERSET, POWERCLR at 0x900 + 0x10 * n */
};

#define POWER_RAM_BLOCKS_MAX 9U

#define POWER_BROWN_OUT_MICROVOLTS 1700000
#define POWER_USB_READY_US         1000U /* from VBUS to USBPWRRDY */

struct power_state {
    uint32_t resetreas;
    uint32_t gpregret[2];
    uint32_t pofcon, ramon, ramonb, dcdcen, dcdcen0;
    uint32_t ram_power[POWER_RAM_BLOCKS_MAX];
    bool constant_latency; /* CONSTLAT or LOWPWR: consumption only */
    /* No reset clears the rest. */
    bool vbus;              /* as the detector last saw it */
    bool usb_ready;         /* the USB regulator's output; a reset starts it again */
    bool below_pof;         /* what the power-fail comparator last said */
    bool unpowered;         /* the supply is too low to work */
    int32_t own_microvolts; /* of the supply before the fault */
};

/* The part inside struct clock_power; its pointers are into that struct. */
struct power {
    const struct device_env *env;
    struct nrf_events *events; /* shared with CLOCK */
    struct power_state *state;
    bool high_voltage_mode;
    struct event usb_ready;
    struct wire_listener vbus_changed;
    struct analog_listener vdd_changed;
};

/* The events that POWER has on this chip, as a mask for nrf_events_get. */
uint32_t power_events(const struct device_env *env);

void power_init(struct power *power, const struct device_env *env, struct nrf_events *events,
                struct power_state *state);
void power_reset(struct power *power, uint32_t reasons);

/* Tells the chip what follows from the supply and from VBUS. */
void power_update(struct power *power);

/* The fault "supply-mv" had one value and has another; 0: none. */
void power_follow_supply_fault(struct power *power, int32_t before_mv, int32_t millivolts);

/* The supply has so many millivolts, now or when the fault "supply-mv", which is there, ends. */
void power_set_supply(struct power *power, bool faulty, int32_t millivolts);

/* False: not a register of POWER (event registers and INTEN are the window's). */
bool power_get(const struct power *power, uint32_t offset, uint32_t *value);
bool power_write(struct power *power, uint32_t offset, uint32_t value);

/* The CPU goes to sleep or wakes up. */
void power_note_sleep(struct power *power, bool asleep);

#endif
