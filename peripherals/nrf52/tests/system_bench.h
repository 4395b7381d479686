/* peripherals/nrf52/tests/system_bench.h - io_bench with what system devices need on top: the chip
 * port, flash and UICR. Cmocka setup functions for both chips. */
#ifndef PERIPHERALS_NRF52_TESTS_SYSTEM_BENCH_H
#define PERIPHERALS_NRF52_TESTS_SYSTEM_BENCH_H

#include "peripherals/iface/tests/io_bench.h"

#define SYSTEM_UICR_BASE  0x10001000U
#define SYSTEM_UICR_BYTES 0x400U
#define SYSTEM_PAGE_BYTES 0x1000U

struct system_bench {
    struct bench *bench; /* its env is the device's */
    struct nvm nvm;
    uint8_t uicr[SYSTEM_UICR_BYTES];
    uint32_t system_offs, power_cuts;
    uint64_t power_off_us; /* of the last cut */
    uint32_t reset_reasons, reset_requests;
    bool unpowered;          /* it has asked for a cut, and not for the supply to be restored */
    uint32_t wake_reasons;   /* that it would have woken the chip for */
    uint64_t stalled_cycles; /* in all */
    bool flash_cache;        /* as the device last said */
    uint32_t nmis, observing_changes;
    uint32_t changed_address, changed_bytes, changes;
};

/* A device in a chip with so many bytes of erased flash (more than 512 kB: nRF52840), after a
 * power-on reset. Free with system_bench_free. */
struct system_bench *system_bench_new(const struct device_class *device_class, uint32_t base,
                                      uint32_t flash_bytes);
void system_bench_free(struct system_bench *system);

#endif
