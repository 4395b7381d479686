/* peripherals/iface/serial.h - asynchronous serial lines, found by the chip's pins: whole frames,
 * with what is wrong with them. A frame takes its time at the receiver, which knows the rate.
 */
#ifndef PERIPHERALS_IFACE_SERIAL_H
#define PERIPHERALS_IFACE_SERIAL_H

#include <stdint.h>

/* Bits as in ERRORSRC of the chip's UART, where parity, framing and break have these places. */
enum serial_error { SERIAL_PARITY = 1U << 1, SERIAL_FRAMING = 1U << 2, SERIAL_BREAK = 1U << 3 };

struct serial_frame {
    uint32_t pin; /* of the chip, on which it arrives or leaves: port * 32 + pin */
    uint8_t byte;
    uint8_t errors; /* enum serial_error */
};

/* Embedded by whoever is at a line; never allocated; lives as long as the machine. */
struct serial_end {
    void (*heard)(void *owner, const struct serial_frame *frame); /* any line: look at the pin */
    void *owner;
    struct serial_end *next;
};

struct serial {
    struct serial_end *ends;
};

void serial_join(struct serial *serial, struct serial_end *end,
                 void (*heard)(void *owner, const struct serial_frame *frame), void *owner);

/* Everybody but `from` hears it. */
void serial_send(const struct serial *serial, const struct serial_end *from,
                 const struct serial_frame *frame);

#endif
