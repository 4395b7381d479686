/* sim/machine/tests/fake_devices.h - devices that do nothing but remember what was asked of them,
 * and a board that has them. */
#ifndef SIM_MACHINE_TESTS_FAKE_DEVICES_H
#define SIM_MACHINE_TESTS_FAKE_DEVICES_H

#include "sim/machine/board.h"

/* "test,register": a window with a few words. Word 0: what was written last. Writing to
 * FAKE_RESET, FAKE_OFF, FAKE_RAISE asks the chip; reading FAKE_NOW gives the cycle. */
enum fake_register {
    FAKE_VALUE = 0x00,
    FAKE_NOW = 0x04,
    FAKE_RESET = 0x08,
    FAKE_OFF = 0x0C,
    FAKE_RAISE = 0x10, /* raises the event at 0x100 */
    FAKE_DMA = 0x14,   /* writes the word DMA! to the address */
    FAKE_SEND = 0x18,  /* sends a byte */
};

struct fake_device {
    struct device_env env;
    uint32_t value;
    uint32_t writes, resets, updates, inputs, events;
    uint32_t reset_reasons;
    uint32_t sleeps; /* times the core went to sleep */
    bool asleep;
    bool seen_asleep; /* written to while it believed the core asleep */
    uint64_t input_cycle;
    int32_t input_value;
    uint32_t last_event;
    enum bus_result dma_result;
    uint32_t nvm_address, nvm_value;
};

/* "test,register", "test,ppi", "test,flash" (on chip) and "test,part", "gpio-leds" (parts). */
const struct device_class *fake_find_class(const char *compatible);

/* A board with them: flash 64 kB at 0, RAM 16 kB, one device of each class. Written into blob. */
void fake_board_make(void *blob, int size);
#define FAKE_BOARD_BYTES 4096

#endif
