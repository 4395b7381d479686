/* peripherals/nrf52/uarte.h - the serial port with EasyDMA, and the owner of the window that it
 * shares with the older UART (uart.h): ENABLE selects which of the two works.
 *
 * Reference: nRF52832 product specification 1.4, "UARTE"; nRF52840 product specification 1.1.
 * Devicetree: `easydma-maxcnt-bits` (default 8: nRF52832; 16: nRF52840).
 * Inputs: "byte", value 0..255: one frame from outside; frames follow each other at the guest's
 * BAUDRATE. A byte that nobody receives is told to the observer as "byte lost".
 *
 * Not modelled: flow control (CTS counts as active, RTS is not driven), parity, framing and break
 * errors, the levels of the pins bit by bit.
 */
#ifndef PERIPHERALS_NRF52_UARTE_H
#define PERIPHERALS_NRF52_UARTE_H

#include "peripherals/iface/device.h"

extern const struct device_class nrf52_uarte_class; /* the instance is a struct uart_shared */

#endif
