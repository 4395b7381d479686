/* peripherals/iface/part_memory.h - the contents of a large memory chip outside of the chip: as
 * many bytes as the devicetree says, kept over every reset and in snapshots, in the machine's
 * arena.
 *
 * A part asks for it with device_class.memory_bytes and finds it in device_env.memory. It begins
 * erased (every byte 0xFF) and costs the host memory only where it was written: bytes are kept
 * inverted, so that untouched pages are the zero pages that the host gives out.
 */
#ifndef PERIPHERALS_IFACE_PART_MEMORY_H
#define PERIPHERALS_IFACE_PART_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#define PART_MEMORY_PAGE_BYTES 4096U
#define PART_MEMORY_BYTES_MAX  0x4000000U /* 64 MB */

struct part_memory {
    uint8_t *inverted;   /* size_bytes long */
    bool *touched;       /* by page: it may hold something */
    uint32_t size_bytes; /* a multiple of PART_MEMORY_PAGE_BYTES */
};

/* Addresses wrap at the end of the memory, as those of flash chips do. */
uint8_t part_memory_get(const struct part_memory *memory, uint32_t address);
void part_memory_put(struct part_memory *memory, uint32_t address, uint8_t byte);

/* [address, address + size) within the memory becomes 0xFF. */
void part_memory_erase(struct part_memory *memory, uint32_t address, uint32_t size_bytes);

/* For those who keep the memory: whether a page holds anything but 0xFF. */
bool part_memory_is_used(struct part_memory *memory, uint32_t page);

#endif
