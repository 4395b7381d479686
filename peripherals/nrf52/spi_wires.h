/* peripherals/nrf52/spi_wires.h - what SPI and SPIM share of the wires: bit times, modes, bit
 * order.
 *
 * Reference: nRF52832 product specification 1.4, "SPI" and "SPIM". A bit takes floor(2^32 /
 * FREQUENCY) periods of 16 MHz, which gives all rates of the vendor's description; of SPIM3, two
 * further values of FREQUENCY are 16 and 32 MHz.
 */
#ifndef PERIPHERALS_NRF52_SPI_WIRES_H
#define PERIPHERALS_NRF52_SPI_WIRES_H

#include "peripherals/nrf52/serial_box.h"

/* Cycles of a byte; 0 when FREQUENCY is 0. */
uint64_t spi_byte_cycles(const struct serial_box *box);

/* Exchanges a byte in the order of CONFIG.ORDER over PSEL's pins. A problem is reported unless
 * *told, which is then set. */
uint8_t spi_exchange_byte(struct serial_box *box, uint8_t out, bool *told);

/* The mode of CONFIG: CPOL * 2 + CPHA. A byte as CONFIG.ORDER has it: its own reverse, too. */
uint8_t spi_mode(const struct serial_box *box);
uint8_t spi_ordered(const struct serial_box *box, uint8_t byte);

/* Takes SCK over and drives it: at its level between transfers (CONFIG.CPOL), or at the other one
 * while `active`. A transfer shows one pulse for as many bytes as the model sends at a time. */
void spi_drive_sck(struct serial_box *box, bool active);

#endif
