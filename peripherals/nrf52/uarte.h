/* peripherals/nrf52/uarte.h - the serial port with EasyDMA, and the owner of the window that it
 * shares with the older UART (uart.h): ENABLE selects which of the two works.
 *
 * Reference: nRF52832 product specification 1.4, "UARTE"; nRF52840 product specification 1.1.
 * Devicetree: `easydma-maxcnt-bits` (else what the chip has: 8, nRF52840 16).
 * Inputs: "byte", value 0..255: one frame from outside; frames follow each other at the guest's
 * BAUDRATE. "break": a break condition instead of a frame. "cts", value 0: CTS is inactive where no
 * part drives its pin; 1: active. A byte that nobody receives is told to the observer as "byte
 * lost". Parts and other ports are at the lines of nets.serial. Faults: uart_line.c lists them. At
 * 0x40028000 (UARTE1 of nRF52840) there is no UART: ENABLE 4 selects nothing there.
 *
 * Assumed: a byte with a parity or framing error, and a break as byte 0, is received, and ERROR
 * comes after it. Not modelled: the levels of the pins bit by bit.
 */
#ifndef PERIPHERALS_NRF52_UARTE_H
#define PERIPHERALS_NRF52_UARTE_H

#include "peripherals/iface/device.h"

extern const struct device_class nrf52_uarte_class; /* the instance is a struct uart_shared */

#endif
