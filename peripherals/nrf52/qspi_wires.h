/* peripherals/nrf52/qspi_wires.h - what QSPI puts on its pins: bytes on one, two or four lines,
 * chip select, headers of instructions. Private to qspi_transfer.c; nothing in here takes time by
 * itself.
 */
#ifndef PERIPHERALS_NRF52_QSPI_WIRES_H
#define PERIPHERALS_NRF52_QSPI_WIRES_H

#include "peripherals/nrf52/qspi.h"

/* How an instruction goes over the lines. */
struct qspi_shape {
    uint8_t opcode, address_lines, dummy_bytes, data_lines;
};

/* The instruction of IFCONFIG0 for a write while one is under way, else that for reads. */
const struct qspi_shape *qspi_shape(const struct qspi *qspi);

/* Cycles of so many bytes. */
uint64_t qspi_byte_cycles(const struct qspi *qspi, uint32_t count, uint32_t lines);

/* One byte; `read`: on two or four lines, from the flash. Returns what comes in. */
uint8_t qspi_exchange(struct qspi *qspi, uint8_t out, uint8_t lines, bool read);

/* CSN; not driven while QSPI is not enabled. */
void qspi_select(struct qspi *qspi, bool selected);

/* Three bytes, or four as ADDRMODE says; returns how many. */
uint32_t qspi_send_address(struct qspi *qspi, uint32_t address, uint8_t lines);

/* Opcode, address and dummies; returns the cycles that they take. */
uint64_t qspi_send_header(struct qspi *qspi, const struct qspi_shape *shape, uint32_t address);

/* A whole instruction of one byte, with its chip select. */
void qspi_send_opcode(struct qspi *qspi, uint8_t opcode);

/* The flash's status register, which STATUS.SREG then shows. */
uint8_t qspi_read_status(struct qspi *qspi);

#endif
