/* peripherals/parts/nor_flash.h - a serial NOR flash, on one, two or four lines: the chip of
 * `jedec,spi-nor` on a SPI bus and of `nordic,qspi-nor` at the QSPI peripheral.
 *
 * Reference: JEDEC JESD216 (SFDP) for what all such chips share; Macronix MX25R6435F and XTX
 * XT25F32B for times, status registers and what needs the quad enable bit. Another JEDEC ID gets
 * the properties of the latter.
 * Devicetree: `jedec-id` (three bytes), `size` in bits or `size-in-bytes` (a multiple of 4 kB, at
 * most 16 MB); pins and chip select from the bus; `t-enter-dpd`, `t-exit-dpd` in ns.
 * The contents survive every reset. A power cut within a program or an erase leaves it half done.
 * Tells the observer "program", "erase" (value: the address) when one is over.
 *
 * Not modelled: block protection, one-time programmable areas, suspend and resume, 4-byte
 * addresses, the write protect and hold pins, how long a read may take, continuous reads without an
 * instruction.
 */
#ifndef PERIPHERALS_PARTS_NOR_FLASH_H
#define PERIPHERALS_PARTS_NOR_FLASH_H

#include "peripherals/iface/device.h"

#define NOR_PAGE_BYTES   256U
#define NOR_SECTOR_BYTES 4096U

/* What differs from chip to chip. */
struct nor_model {
    uint8_t id[3];         /* as RDID gives it */
    uint8_t electronic_id; /* as RES gives it */
    uint8_t quad_register; /* which status register has the quad enable bit: 0 or 1 */
    uint8_t quad_bit;
    uint32_t program_us, sector_us, block_32k_us, block_64k_us, chip_us, status_us;
    uint32_t dpd_enter_ns, dpd_exit_ns;
};

/* The chip with that ID, or what counts for unknown ones. */
const struct nor_model *nor_find_model(const uint8_t id[3]);

/* Byte `address` of the SFDP table of a chip of so many bytes. */
uint8_t nor_sfdp_byte(const struct nor_model *model, uint32_t size_bytes, uint32_t address);

enum nor_fault {
    NOR_FAULT_NO_ANSWER,
    NOR_FAULT_WRITE_DROP,
    NOR_FAULT_WRITE_TORN,
    NOR_FAULT_ERASE_PARTIAL,
    NOR_FAULT_WORN_PAGE,
    NOR_FAULTS
};

enum nor_operation { NOR_IDLE, NOR_PROGRAM, NOR_ERASE, NOR_WRITE_STATUS };

struct nor_flash {
    struct device_env env;
    struct spi_target target;
    struct spi_pins pins;
    const struct nor_model *model;
    uint8_t id[3];
    uint64_t dpd_enter_cycles, dpd_exit_cycles;
    struct nor_state {
        bool selected;
        bool write_enabled; /* WEL */
        bool deep_power_down;
        bool reset_enabled;  /* RSTEN was the instruction before */
        uint8_t phase;       /* enum nor_phase of nor_flash.c */
        uint8_t instruction; /* index into nor_instructions, valid after the first byte */
        uint8_t phase_left;  /* bytes until the next phase */
        uint32_t address;
        uint32_t data_count; /* bytes of the data phase so far */
        uint8_t status[2];   /* kept bits of the two status registers: not WIP and WEL */
        uint8_t buffer[NOR_PAGE_BYTES];
        uint8_t filled[NOR_PAGE_BYTES / 8]; /* a bit for each byte of it */
        uint8_t operation;                  /* enum nor_operation, under way */
        uint32_t operation_address, operation_bytes;
        uint64_t operation_cycles; /* when it began */
        uint64_t ready_cycles;     /* on the way into or out of deep power-down until then */
        int32_t faults[NOR_FAULTS];
    } state;
    struct event done; /* the operation ends */
};

extern const struct device_class part_nor_flash_class;

/* nor_cells.c: what happens to the bytes */
void nor_begin(struct nor_flash *flash, enum nor_operation operation, uint32_t address,
               uint32_t size_bytes);
/* It is over, as far as the faults let it; or, with `cut`, the supply went away now. */
void nor_finish(struct nor_flash *flash, bool cut);

#endif
