/* peripherals/nrf52/nvmc.h - NVMC: the flash controller, the only way to change flash and UICR.
 *
 * Reference: nRF52832 product specification 1.4, "NVMC"; nRF52840 product specification 1.1. A
 * CPU store to flash or UICR comes in by memory_write: it clears bits and never sets one. Each
 * operation takes its time (below); the CPU is stalled that long (chip_port.stall: whether code
 * that runs from RAM goes on is the machine's business), READY reads 0 meanwhile, and a second
 * operation waits for the first. Contents change at once and survive every reset; a reset or the
 * end of the supply in the middle of an operation leaves it half done (nvmc_faults.h).
 *
 * ICACHECNF.CACHEEN switches the chip's instruction cache (chip_port.flash_cache): how much time
 * that saves is the machine's business, too.
 *
 * Not modelled: the counters of the instruction cache (IHIT, IMISS read 0: its size and ways are
 * not public); the limit of writes between erases; wear by itself. Writes and erases that ACL
 * (acl.h) or BPROT (clock_power.h) forbids do not happen: a bus fault.
 */
#ifndef PERIPHERALS_NRF52_NVMC_H
#define PERIPHERALS_NRF52_NVMC_H

#include "peripherals/nrf52/acl.h"
#include "peripherals/nrf52/nrf_common.h"
#include "peripherals/nrf52/nvmc_faults.h"

enum nvmc_register {
    NVMC_READY = 0x400,
    NVMC_READYNEXT = 0x408, /* nRF52840 */
    NVMC_CONFIG = 0x504,
    NVMC_ERASEPAGE = 0x508, /* ERASEPCR1 is another name of it */
    NVMC_ERASEALL = 0x50C,
    NVMC_ERASEPCR0 = 0x510, /* nRF52832 */
    NVMC_ERASEUICR = 0x514,
    NVMC_ERASEPAGEPARTIAL = 0x518,    /* nRF52840 */
    NVMC_ERASEPAGEPARTIALCFG = 0x51C, /* nRF52840 */
    NVMC_ICACHECNF = 0x540,
    NVMC_IHIT = 0x548,
    NVMC_IMISS = 0x54C,
};

#define NVMC_WRITE_US     41U
#define NVMC_ERASEPAGE_US 85000U
#define NVMC_ERASEALL_US  169000U

struct nvmc {
    struct device_env env;
    struct nvmc_state {
        uint32_t config;
        uint32_t icachecnf;
        uint32_t partial_ms;             /* ERASEPAGEPARTIALCFG */
        uint64_t busy_until_cycles;      /* READY is 0 before this cycle */
        uint32_t partial_page;           /* page number that ERASEPAGEPARTIAL works on */
        uint32_t partial_done_ms;        /* so much of its erase is done */
        struct acl_state acl;            /* nRF52840 */
        struct nvmc_operation operation; /* last: no reset of the chip clears it */
    } state;
    struct event power_cut;
};

extern const struct device_class nrf52_nvmc_class;

#endif
