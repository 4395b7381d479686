/* peripherals/parts/uart_peer.h - the device at the other end of a serial line: a modem, a sensor
 * with a serial port, a loopback plug.
 *
 * Devicetree: "sandglass,uart-peer", a child of the UART's node, whose pinctrl-0 gives the pins;
 * `echo` (a flag: every byte comes back), `line-0` to `line-9` (texts that it can send).
 * Inputs: "byte" sends one, "line" sends the text line-VALUE, "break" sends a break condition,
 * "ready" with value 0 makes CTS of the chip inactive, where the pin is wired; 1 active (as at
 * first). Fault: "silent" (it takes everything and sends nothing).
 * Frames take their time at the chip's port.
 *
 * Not modelled: a rate or a frame format of its own.
 */
#ifndef PERIPHERALS_PARTS_UART_PEER_H
#define PERIPHERALS_PARTS_UART_PEER_H

#include "peripherals/iface/device.h"

#define UART_PEER_LINES 10U

enum uart_peer_fault { UART_PEER_FAULT_SILENT, UART_PEER_FAULTS };

struct uart_peer {
    struct device_env env;
    uint32_t from_chip, to_chip; /* pins */
    struct pin *cts;             /* owned by the machine; NULL: not wired */
    const char *lines[UART_PEER_LINES];
    bool echo;
    struct uart_peer_state {
        int32_t faults[UART_PEER_FAULTS];
        uint32_t holds_back; /* 1: CTS is inactive */
    } state;
    struct serial_end end;
};

extern const struct device_class part_uart_peer_class;

#endif
