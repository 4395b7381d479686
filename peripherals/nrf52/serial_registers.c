#include "peripherals/nrf52/serial_registers.h"

#include <stddef.h>

#define SPI_ALL     (SERIAL_HAS_SPI | SERIAL_HAS_SPIM | SERIAL_HAS_SPIS)
#define TWI_ALL     (SERIAL_HAS_TWI | SERIAL_HAS_TWIM | SERIAL_HAS_TWIS)
#define WITH_DMA    (SERIAL_HAS_SPIM | SERIAL_HAS_SPIS | SERIAL_HAS_TWIM | SERIAL_HAS_TWIS)
#define BYTE_WISE   (SERIAL_HAS_SPI | SERIAL_HAS_TWI)
#define CONTROLLERS (SERIAL_HAS_SPI | SERIAL_HAS_SPIM | SERIAL_HAS_TWI | SERIAL_HAS_TWIM)
#define TWI_MASTERS (SERIAL_HAS_TWI | SERIAL_HAS_TWIM)

#define PSEL_RESET        0xFFFFFFFFU
#define FREQUENCY_RESET   0x04000000U
#define TWIS_CONFIG_RESET 1U
#define IFTIMING_RESET    2U

#define SHORTS_OF_SPI 0x00020004U /* END_START, END_ACQUIRE */
#define SHORTS_OF_TWI 0x00007783U
#define ALL_BITS      0xFFFFFFFFU
#define MAXCNT        0U /* a mask that depends on the chip */

enum row_kind { READ_WRITE, READ_ONLY, ONE_CLEARS };

struct row {
    uint32_t offset;
    uint32_t mask;
    uint32_t functions;
    size_t member; /* of struct serial_registers */
    enum row_kind kind;
    bool only_nrf52840;
};

#define MEMBER(name) offsetof(struct serial_registers, name)

static const struct row rows[] = {
    {SERIAL_SHORTS, SHORTS_OF_SPI | SHORTS_OF_TWI, SPI_ALL | TWI_ALL, MEMBER(shorts), READ_WRITE,
     false},
    {SERIAL_STATUS, 0x3, SERIAL_HAS_SPIS, MEMBER(status), ONE_CLEARS, false},
    {SERIAL_ERRORSRC, 0x7, TWI_MASTERS, MEMBER(errorsrc), ONE_CLEARS, false},
    {SERIAL_TWIS_ERRORSRC, 0xD, SERIAL_HAS_TWIS, MEMBER(twis_errorsrc), ONE_CLEARS, false},
    {SERIAL_PSEL, ALL_BITS, SPI_ALL | TWI_ALL, MEMBER(psel[0]), READ_WRITE, false},
    {SERIAL_PSEL + 4, ALL_BITS, SPI_ALL | TWI_ALL, MEMBER(psel[1]), READ_WRITE, false},
    {SERIAL_PSEL + 8, ALL_BITS, SPI_ALL, MEMBER(psel[2]), READ_WRITE, false},
    {SERIAL_PSEL + 12, ALL_BITS, SERIAL_HAS_SPIS | SERIAL_HAS_SPIM, MEMBER(psel[3]), READ_WRITE,
     false},
    {SERIAL_RXD, 0xFF, BYTE_WISE, MEMBER(rxd), READ_ONLY, false},
    {SERIAL_TXD, 0xFF, BYTE_WISE, MEMBER(txd), READ_WRITE, false},
    {SERIAL_FREQUENCY, ALL_BITS, CONTROLLERS, MEMBER(frequency), READ_WRITE, false},
    {SERIAL_RXD_PTR, ALL_BITS, WITH_DMA, MEMBER(rxd_ptr), READ_WRITE, false},
    {SERIAL_RXD_MAXCNT, MAXCNT, WITH_DMA, MEMBER(rxd_maxcnt), READ_WRITE, false},
    {SERIAL_RXD_AMOUNT, MAXCNT, WITH_DMA, MEMBER(rxd_amount), READ_ONLY, false},
    {SERIAL_RXD_LIST, 0x7, WITH_DMA, MEMBER(rxd_list), READ_WRITE, false},
    {SERIAL_TXD_PTR, ALL_BITS, WITH_DMA, MEMBER(txd_ptr), READ_WRITE, false},
    {SERIAL_TXD_MAXCNT, MAXCNT, WITH_DMA, MEMBER(txd_maxcnt), READ_WRITE, false},
    {SERIAL_TXD_AMOUNT, MAXCNT, WITH_DMA, MEMBER(txd_amount), READ_ONLY, false},
    {SERIAL_TXD_LIST, 0x7, WITH_DMA, MEMBER(txd_list), READ_WRITE, false},
    {SERIAL_CONFIG, 0x7, SPI_ALL, MEMBER(config), READ_WRITE, false},
    {SERIAL_DEF, 0xFF, SERIAL_HAS_SPIS, MEMBER(def), READ_WRITE, false},
    {SERIAL_IFTIMING_RXDELAY, 0x7, SERIAL_HAS_SPIM, MEMBER(rxdelay), READ_WRITE, true},
    {SERIAL_IFTIMING_CSNDUR, 0xFF, SERIAL_HAS_SPIM, MEMBER(csndur), READ_WRITE, true},
    {SERIAL_CSNPOL, 0x1, SERIAL_HAS_SPIM, MEMBER(csnpol), READ_WRITE, true},
    {SERIAL_PSELDCX, ALL_BITS, SERIAL_HAS_SPIM, MEMBER(pseldcx), READ_WRITE, true},
    {SERIAL_DCXCNT, 0xF, SERIAL_HAS_SPIM, MEMBER(dcxcnt), READ_WRITE, true},
    {SERIAL_ADDRESS, 0x7F, TWI_ALL, MEMBER(address[0]), READ_WRITE, false},
    {SERIAL_ADDRESS + 4, 0x7F, SERIAL_HAS_TWIS, MEMBER(address[1]), READ_WRITE, false},
    {SERIAL_TWIS_CONFIG, 0x3, SERIAL_HAS_TWIS, MEMBER(twis_config), READ_WRITE, false},
    {SERIAL_ORC, 0xFF, SERIAL_HAS_SPIM | SERIAL_HAS_SPIS | SERIAL_HAS_TWIS, MEMBER(orc), READ_WRITE,
     false},
};

static const struct row *find_row(const struct serial_shape *shape, uint32_t offset)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].offset == offset && (rows[i].functions & shape->functions) != 0 &&
            (!rows[i].only_nrf52840 || shape->is_nrf52840)) {
            return &rows[i];
        }
    }
    return NULL;
}

void serial_registers_reset(struct serial_registers *registers)
{
    *registers = (struct serial_registers){
        .psel = {PSEL_RESET, PSEL_RESET, PSEL_RESET, PSEL_RESET},
        .frequency = FREQUENCY_RESET,
        .rxdelay = IFTIMING_RESET,
        .csndur = IFTIMING_RESET,
        .pseldcx = PSEL_RESET,
        .twis_config = TWIS_CONFIG_RESET,
    };
}

bool serial_registers_get(const struct serial_registers *registers,
                          const struct serial_shape *shape, uint32_t offset, uint32_t *value)
{
    const struct row *row = find_row(shape, offset);
    if (row == NULL) {
        return false;
    }
    *value = *(const uint32_t *)(const void *)((const char *)registers + row->member);
    return true;
}

bool serial_registers_set(struct serial_registers *registers, const struct serial_shape *shape,
                          uint32_t offset, uint32_t value)
{
    const struct row *row = find_row(shape, offset);
    if (row == NULL || row->kind == READ_ONLY) {
        return false;
    }
    uint32_t *word = (uint32_t *)(void *)((char *)registers + row->member);
    uint32_t mask = row->mask == MAXCNT ? shape->maxcnt_mask : row->mask;
    *word = row->kind == ONE_CLEARS ? *word & ~value : value & mask;
    return true;
}
