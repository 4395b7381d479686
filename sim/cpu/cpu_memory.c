#include <string.h>

#include "sim/cpu/cpu_internal.h"

struct cpu_region *cpu_find_region(struct cpu *cpu, uint32_t address)
{
    for (uint32_t i = 0; i < cpu->config.memory_count; i++) {
        struct cpu_region *region = &cpu->region[i];
        if (address - region->memory.base < region->memory.size_bytes) {
            return region;
        }
    }
    return NULL;
}

bool cpu_read_code(struct cpu *cpu, uint32_t address, uint16_t code[2])
{
    struct cpu_region *region = cpu_find_region(cpu, address);
    if (region == NULL) {
        return false;
    }
    uint32_t offset = address - region->memory.base;
    code[1] = 0;
    if (region->memory.size_bytes - offset >= 4) {
        memcpy(code, region->memory.host + offset, 4);
    } else {
        memcpy(code, region->memory.host + (offset & ~1U), 2);
    }
    return true;
}

uint32_t cpu_memory_load(const struct cpu_region *region, uint32_t address, uint8_t size_bytes)
{
    uint32_t offset = address - region->memory.base;
    uint32_t value = 0;
    if (size_bytes <= 4 && offset <= region->memory.size_bytes - size_bytes) {
        memcpy(&value, region->memory.host + offset, size_bytes);
    }
    return value;
}

/* ---- code that changes ---- */

static bool is_marked(const uint8_t *bits, uint32_t index)
{
    return ((unsigned)bits[index / 8] >> (index % 8) & 1U) != 0;
}

static bool any_code(const struct cpu_region *region, uint32_t offset, uint32_t size_bytes)
{
    for (uint32_t i = offset / 2; i <= (offset + size_bytes - 1) / 2; i++) {
        if (is_marked(region->code, i)) {
            return true;
        }
    }
    return false;
}

void cpu_mark_code(struct cpu *cpu, uint32_t address, uint32_t size_bytes)
{
    struct cpu_region *region = cpu_find_region(cpu, address);
    uint32_t first = (address - region->memory.base) / 2;
    uint32_t last = first + (size_bytes - 1) / 2;
    for (uint32_t i = first; i <= last && i < region->memory.size_bytes / 2; i++) {
        region->code[i / 8] = (uint8_t)(region->code[i / 8] | 1U << (i % 8));
    }
}

void cpu_unmark_code(struct cpu *cpu, uint32_t address, uint32_t size_bytes)
{
    struct cpu_region *region = cpu_find_region(cpu, address);
    uint32_t first = (address - region->memory.base) / 2;
    uint32_t last = first + (size_bytes - 1) / 2;
    for (uint32_t i = first; i <= last && i < region->memory.size_bytes / 2; i++) {
        region->code[i / 8] = (uint8_t)(region->code[i / 8] & ~(1U << (i % 8)));
    }
}

void cpu_note_change(struct cpu *cpu, uint32_t address, uint32_t size_bytes)
{
    cpu_add_work(cpu, CPU_WORK_CODE);
    if (cpu->change_count > 0 && cpu->change_count <= CPU_CHANGES) {
        uint32_t last = cpu->change_count - 1;
        if (cpu->change[last].address + cpu->change[last].size_bytes == address) {
            cpu->change[last].size_bytes += size_bytes;
            return;
        }
    }
    if (cpu->change_count < CPU_CHANGES) {
        cpu->change[cpu->change_count].address = address;
        cpu->change[cpu->change_count].size_bytes = size_bytes;
    }
    cpu->change_count += cpu->change_count <= CPU_CHANGES ? 1U : 0U;
}

void cpu_memory_store(struct cpu *cpu, struct cpu_region *region, uint32_t address,
                      uint8_t size_bytes, uint32_t value)
{
    uint32_t offset = address - region->memory.base;
    if (size_bytes > 4 || offset > region->memory.size_bytes - size_bytes) {
        return;
    }
    memcpy(region->memory.host + offset, &value, size_bytes);
    if ((region->code_page[offset / ENGINE_PAGE_BYTES] & CPU_PAGE_CODE) != 0 &&
        any_code(region, offset, size_bytes)) {
        cpu_note_change(cpu, address, size_bytes);
    }
}

void cpu_memory_changed(struct cpu *cpu, uint32_t address, uint32_t size_bytes)
{
    struct cpu_region *region = cpu_find_region(cpu, address);
    if (region == NULL || size_bytes == 0) {
        return;
    }
    uint32_t offset = address - region->memory.base;
    uint32_t rest = region->memory.size_bytes - offset;
    uint32_t size = size_bytes < rest ? size_bytes : rest;
    /* What was never executed was never translated. */
    if (any_code(region, offset, size)) {
        cpu_note_change(cpu, address, size);
    }
}

/* ---- what stacking and vector fetches see ---- */

enum bus_result cpu_exception_read(void *context, uint32_t address, uint32_t *value)
{
    struct cpu *cpu = context;
    struct cpu_region *region = cpu_find_region(cpu, address);
    if (region != NULL) {
        *value = cpu_memory_load(region, address, 4);
        return BUS_OK;
    }
    if (address - ARMV7M_PPB_BASE < ARMV7M_PPB_BYTES) {
        struct bus_access access = {
            .offset = address - ARMV7M_PPB_BASE, .size_bytes = 4, .privileged = true};
        return armv7m_read(&cpu->core, access, value);
    }
    return cpu->config.bus.read(cpu->config.bus.context, address, 4, true, value);
}

enum bus_result cpu_exception_write(void *context, uint32_t address, uint32_t value)
{
    struct cpu *cpu = context;
    struct cpu_region *region = cpu_find_region(cpu, address);
    if (region != NULL && region->memory.kind == CPU_MEMORY_RAM) {
        cpu_memory_store(cpu, region, address, 4, value);
        return BUS_OK;
    }
    if (address - ARMV7M_PPB_BASE < ARMV7M_PPB_BYTES) {
        struct bus_access access = {
            .offset = address - ARMV7M_PPB_BASE, .size_bytes = 4, .privileged = true};
        return armv7m_write(&cpu->core, access, value);
    }
    return cpu->config.bus.write(cpu->config.bus.context, address, 4, true, value);
}
