#include "peripherals/iface/part_memory.h"

#include <string.h>

uint8_t part_memory_get(const struct part_memory *memory, uint32_t address)
{
    return (uint8_t)~memory->inverted[address % memory->size_bytes];
}

void part_memory_put(struct part_memory *memory, uint32_t address, uint8_t byte)
{
    uint32_t at = address % memory->size_bytes;
    uint8_t inverted = (uint8_t)~byte;
    if (memory->inverted[at] != inverted) {
        memory->inverted[at] = inverted;
        memory->touched[at / PART_MEMORY_PAGE_BYTES] = true;
    }
}

void part_memory_erase(struct part_memory *memory, uint32_t address, uint32_t size_bytes)
{
    uint32_t at = address;
    uint32_t end = address + size_bytes;
    while (at < end) {
        uint32_t left = PART_MEMORY_PAGE_BYTES - at % PART_MEMORY_PAGE_BYTES;
        uint32_t count = end - at < left ? end - at : left;
        if (memory->touched[at / PART_MEMORY_PAGE_BYTES]) {
            memset(memory->inverted + at, 0, count);
        }
        at += count;
    }
}

bool part_memory_is_used(struct part_memory *memory, uint32_t page)
{
    const uint8_t *bytes = memory->inverted + (size_t)page * PART_MEMORY_PAGE_BYTES;
    bool used = memory->touched[page] &&
                (bytes[0] != 0 || memcmp(bytes, bytes + 1, PART_MEMORY_PAGE_BYTES - 1) != 0);
    memory->touched[page] = used;
    return used;
}
