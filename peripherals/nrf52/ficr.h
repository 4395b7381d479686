/* peripherals/nrf52/ficr.h - FICR: what the factory wrote into the chip. Read-only.
 *
 * Reference: nRF52832 product specification 1.4, "FICR"; nRF52840 product specification 1.1. The
 * chip says that it is nRF52832 QFAA, revision 2 (AAE0), or nRF52840 QIAA, revision 2 (AAD0); words
 * that start-up code reads to choose errata workarounds agree with that. Identity, keys and address
 * come from the seed. Words that the specification does not name read as erased.
 *
 * Not modelled: the trim of each single chip (temperature constants are the typical ones).
 */
#ifndef PERIPHERALS_NRF52_FICR_H
#define PERIPHERALS_NRF52_FICR_H

#include "peripherals/nrf52/nrf_common.h"

enum ficr_register {
    FICR_CODEPAGESIZE = 0x010,
    FICR_CODESIZE = 0x014,
    FICR_DEVICEID = 0x060, /* [2] */
    FICR_ER = 0x080,       /* [4] */
    FICR_IR = 0x090,       /* [4] */
    FICR_DEVICEADDRTYPE = 0x0A0,
    FICR_DEVICEADDR = 0x0A4, /* [2] */
    FICR_INFO_PART = 0x100,
    FICR_INFO_VARIANT = 0x104,
    FICR_INFO_PACKAGE = 0x108,
    FICR_INFO_RAM = 0x10C,
    FICR_INFO_FLASH = 0x110,
    FICR_ERRATA_PART = 0x130,     /* undocumented: number of the part */
    FICR_ERRATA_REVISION = 0x134, /* undocumented: its revision */
    FICR_ERRATA_31 = 0x244,       /* undocumented trim values, copied elsewhere by workarounds */
    FICR_ERRATA_108 = 0x258,
    FICR_ERRATA_12 = 0x324,
    FICR_PRODTEST = 0x350,      /* [3], nRF52840 */
    FICR_TEMP_A = 0x404,        /* [6] */
    FICR_TEMP_B = 0x41C,        /* [6] */
    FICR_TEMP_T = 0x434,        /* [5] */
    FICR_NFC_TAGHEADER = 0x450, /* [4] */
    FICR_TRNG90B = 0xC00,       /* 8 words, nRF52840 */
};

struct ficr {
    struct device_env env;
    struct ficr_state { /* written once, at the factory */
        uint32_t deviceid[2];
        uint32_t er[4], ir[4];
        uint32_t deviceaddr[2];
    } state;
};

extern const struct device_class nrf52_ficr_class;

#endif
