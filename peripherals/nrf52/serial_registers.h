/* peripherals/nrf52/serial_registers.h - the registers that SPI, SPIM, SPIS, TWI, TWIM and TWIS
 * have at one address.
 *
 * Reference: nRF52832 product specification 1.4 and nRF52840 product specification 1.1, the six
 * chapters. A register with one offset is one register, whichever function is enabled; a function
 * that is not enabled can be configured. Not in here: tasks, events, INTEN (nrf_common.h), ENABLE,
 * and STALLSTAT, SEMSTAT and MATCH, which the functions answer for.
 */
#ifndef PERIPHERALS_NRF52_SERIAL_REGISTERS_H
#define PERIPHERALS_NRF52_SERIAL_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

enum serial_register {
    SERIAL_SHORTS = 0x200,
    SERIAL_STALLSTAT = 0x400, /* SPIM of nRF52840 */
    SERIAL_SEMSTAT = 0x400,   /* SPIS */
    SERIAL_STATUS = 0x440,
    SERIAL_ERRORSRC = 0x4C4,
    SERIAL_TWIS_ERRORSRC = 0x4D0,
    SERIAL_MATCH = 0x4D4,
    SERIAL_ENABLE = 0x500,
    SERIAL_PSEL = 0x508, /* four; reset value 0xFFFFFFFF */
    SERIAL_RXD = 0x518,
    SERIAL_TXD = 0x51C,
    SERIAL_FREQUENCY = 0x524, /* reset value 0x04000000 */
    SERIAL_RXD_PTR = 0x534,
    SERIAL_RXD_MAXCNT = 0x538,
    SERIAL_RXD_AMOUNT = 0x53C,
    SERIAL_RXD_LIST = 0x540,
    SERIAL_TXD_PTR = 0x544,
    SERIAL_TXD_MAXCNT = 0x548,
    SERIAL_TXD_AMOUNT = 0x54C,
    SERIAL_TXD_LIST = 0x550,
    SERIAL_CONFIG = 0x554,
    SERIAL_DEF = 0x55C,
    SERIAL_IFTIMING_RXDELAY = 0x560,
    SERIAL_IFTIMING_CSNDUR = 0x564,
    SERIAL_CSNPOL = 0x568,
    SERIAL_PSELDCX = 0x56C,
    SERIAL_DCXCNT = 0x570,
    SERIAL_ADDRESS = 0x588, /* TWIS has two */
    SERIAL_TWIS_CONFIG = 0x594,
    SERIAL_ORC = 0x5C0,
};

/* Which functions a box has: bits of serial_box.functions. */
enum serial_function_bit {
    SERIAL_HAS_SPI = 1U << 0,
    SERIAL_HAS_SPIM = 1U << 1,
    SERIAL_HAS_SPIS = 1U << 2,
    SERIAL_HAS_TWI = 1U << 3,
    SERIAL_HAS_TWIM = 1U << 4,
    SERIAL_HAS_TWIS = 1U << 5,
};

/* Part of the box's state: what was written, within the width of the register. */
struct serial_registers {
    uint32_t shorts;
    uint32_t status, errorsrc, twis_errorsrc;
    uint32_t psel[4]; /* SCK or SCL; MOSI, MISO of SPIS, or SDA; MISO, or MOSI of SPIS; CSN */
    uint32_t rxd, txd;
    uint32_t frequency;
    uint32_t rxd_ptr, rxd_maxcnt, rxd_amount, rxd_list;
    uint32_t txd_ptr, txd_maxcnt, txd_amount, txd_list;
    uint32_t config, def;
    uint32_t rxdelay, csndur, csnpol, pseldcx, dcxcnt;
    uint32_t address[2];
    uint32_t twis_config;
    uint32_t orc;
};

/* What a box can hold. */
struct serial_shape {
    uint32_t functions; /* enum serial_function_bit */
    uint32_t maxcnt_mask;
    bool is_nrf52840;
};

void serial_registers_reset(struct serial_registers *registers);

/* False: the box has no such register here. */
bool serial_registers_get(const struct serial_registers *registers,
                          const struct serial_shape *shape, uint32_t offset, uint32_t *value);

/* Stores what the register keeps of `value` (a 1 clears a bit of STATUS and ERRORSRC). False: there
 * is no such register here, or it is read-only. */
bool serial_registers_set(struct serial_registers *registers, const struct serial_shape *shape,
                          uint32_t offset, uint32_t value);

#endif
