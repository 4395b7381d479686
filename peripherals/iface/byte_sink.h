/* peripherals/iface/byte_sink.h - where bytes that leave a device go (a UART's transmitter, a trace
 * port). */
#ifndef PERIPHERALS_IFACE_BYTE_SINK_H
#define PERIPHERALS_IFACE_BYTE_SINK_H

#include <stddef.h>
#include <stdint.h>

struct byte_sink {
    void (*put)(void *context, uint8_t byte); /* NULL: bytes go nowhere */
    void *context;
};

static inline void byte_sink_put(const struct byte_sink *sink, uint8_t byte)
{
    if (sink->put != NULL) {
        sink->put(sink->context, byte);
    }
}

#endif
