/* peripherals/iface/nvm.h - the chip's non-volatile memory, shared by the flash controller and the
 * UICR device.
 *
 * Owned by the machine and kept over every reset. The CPU reads flash directly; a CPU store to
 * flash or UICR goes to the flash controller (device_class.memory_write), which alone changes the
 * bytes, and then calls `changed`, so that translated code is dropped.
 */
#ifndef PERIPHERALS_IFACE_NVM_H
#define PERIPHERALS_IFACE_NVM_H

#include <stdbool.h>
#include <stdint.h>

struct nvm {
    uint8_t *flash; /* flash_bytes long, mapped at flash_base */
    uint32_t flash_base;
    uint32_t flash_bytes;
    uint32_t page_bytes; /* 4096 */
    uint8_t *uicr;       /* uicr_bytes long, mapped at uicr_base; erased = 0xFF */
    uint32_t uicr_base;
    uint32_t uicr_bytes; /* 0x400 (words that exist) */
    /* Whether writes and erases are held back at some byte of a range, by a device beside the flash
     * controller (BPROT), which sets both of these; NULL: there is none. */
    bool (*is_protected)(const void *protector, uint32_t address, uint32_t size_bytes);
    const void *protector;
    void (*changed)(void *context, uint32_t address, uint32_t size_bytes);
    void *context;
};

#endif
