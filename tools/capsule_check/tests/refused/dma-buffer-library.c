// Reads the array behind another capsule's buffer.
#include "kernel/capsules/console.h"

struct evil {
    struct console_driver console;
    uint8_t bytes[8];
};

static uint32_t run(const struct evil *own)
{
    return own->bytes[1] + sizeof own->console.tx_bytes +
           own->console.tx_bytes[2]; // REFUSED
}
