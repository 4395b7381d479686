#include <string.h>

#include "sim/cpu/cpu_snapshot.h"
#include "sim/machine/snapshot_sections.h"

static void save_uicr(struct machine *machine, struct snapshot_writer *writer)
{
    snapshot_write_bytes(writer, machine->uicr, machine->nvm.uicr_bytes);
}

static bool check_uicr(struct machine *machine, struct snapshot_bytes from, struct sim_error *error)
{
    (void)error;
    return from.size == machine->nvm.uicr_bytes;
}

static void restore_uicr(struct machine *machine, struct snapshot_bytes from)
{
    memcpy(machine->uicr, from.bytes, from.size);
}

const struct snapshot_section snapshot_uicr = {
    .name = "/uicr",
    .version = 1,
    .record_bytes = 1,
    .records_max = SIZE_MAX,
    .save = save_uicr,
    .check = check_uicr,
    .restore = restore_uicr,
};

/* A page of flash that is not as it was loaded. */
struct flash_record {
    uint32_t page, reserved;
    uint8_t bytes[BOARD_FLASH_PAGE_BYTES];
};

static bool page_differs(struct machine *machine, uint32_t page)
{
    size_t offset = (size_t)page * BOARD_FLASH_PAGE_BYTES;
    machine->flash_touched[page] = machine->flash_touched[page] &&
                                   memcmp(machine->flash + offset, machine->flash_loaded + offset,
                                          BOARD_FLASH_PAGE_BYTES) != 0;
    return machine->flash_touched[page];
}

static uint32_t flash_pages(const struct machine *machine)
{
    return machine->nvm.flash_bytes / BOARD_FLASH_PAGE_BYTES;
}

static void save_flash(struct machine *machine, struct snapshot_writer *writer)
{
    for (uint32_t page = 0; page < flash_pages(machine); page++) {
        struct flash_record *record =
            page_differs(machine, page) ? snapshot_write(writer, sizeof *record) : NULL;
        if (record != NULL) {
            record->page = page;
            memcpy(record->bytes, machine->flash + (size_t)page * BOARD_FLASH_PAGE_BYTES,
                   BOARD_FLASH_PAGE_BYTES);
        }
    }
}

static bool check_flash(struct machine *machine, struct snapshot_bytes from,
                        struct sim_error *error)
{
    const struct flash_record *records = SNAPSHOT_RECORDS(struct flash_record, from);
    (void)error;
    for (size_t i = 0; i < from.size / sizeof *records; i++) {
        if (records[i].page >= flash_pages(machine) ||
            (i > 0 && records[i].page <= records[i - 1].page)) {
            return false;
        }
    }
    return true;
}

static void restore_flash(struct machine *machine, struct snapshot_bytes from)
{
    const struct flash_record *record = SNAPSHOT_RECORDS(struct flash_record, from);
    const struct flash_record *end = record + from.size / sizeof *record;
    for (uint32_t page = 0; page < flash_pages(machine); page++) {
        size_t offset = (size_t)page * BOARD_FLASH_PAGE_BYTES;
        bool saved = record < end && record->page == page;
        if (saved || machine->flash_touched[page]) {
            cpu_memory_replace(machine->cpu, machine->nvm.flash_base + (uint32_t)offset,
                               saved ? record->bytes : machine->flash_loaded + offset,
                               BOARD_FLASH_PAGE_BYTES);
        }
        machine->flash_touched[page] = saved;
        record += saved ? 1 : 0;
    }
}

const struct snapshot_section snapshot_flash = {
    .name = "/flash",
    .version = 1,
    .record_bytes = sizeof(struct flash_record),
    .records_max = SIZE_MAX,
    .save = save_flash,
    .check = check_flash,
    .restore = restore_flash,
};

static void save_ram(struct machine *machine, struct snapshot_writer *writer)
{
    snapshot_write_bytes(writer, machine->ram, machine->board->ram.size_bytes);
}

static bool check_ram(struct machine *machine, struct snapshot_bytes from, struct sim_error *error)
{
    (void)error;
    return from.size == machine->board->ram.size_bytes;
}

static void restore_ram(struct machine *machine, struct snapshot_bytes from)
{
    cpu_memory_replace(machine->cpu, machine->board->ram.base, from.bytes, (uint32_t)from.size);
}

const struct snapshot_section snapshot_ram = {
    .name = "/ram",
    .version = 1,
    .record_bytes = 1,
    .records_max = SIZE_MAX,
    .save = save_ram,
    .check = check_ram,
    .restore = restore_ram,
};

/* RAM when the process that runs was entered; kept by machines that check isolation only. */
static void save_shadow(struct machine *machine, struct snapshot_writer *writer)
{
    if (machine->ram_shadow != NULL) {
        snapshot_write_bytes(writer, machine->ram_shadow, machine->board->ram.size_bytes);
    }
}

static bool check_shadow(struct machine *machine, struct snapshot_bytes from,
                         struct sim_error *error)
{
    (void)error;
    return from.size == 0 || from.size == machine->board->ram.size_bytes;
}

/* Without one, what the process did before the snapshot was taken is not checked. */
static void restore_shadow(struct machine *machine, struct snapshot_bytes from)
{
    if (machine->ram_shadow != NULL) {
        memcpy(machine->ram_shadow, from.size == 0 ? machine->ram : from.bytes,
               machine->board->ram.size_bytes);
    }
}

const struct snapshot_section snapshot_shadow = {
    .name = "+shadow",
    .version = 1,
    .record_bytes = 1,
    .records_max = SIZE_MAX,
    .save = save_shadow,
    .check = check_shadow,
    .restore = restore_shadow,
};

/* A page of a part's memory that is not erased; inverted, as part_memory keeps it. */
struct part_record {
    uint32_t device, page;
    uint8_t inverted[PART_MEMORY_PAGE_BYTES];
};

static uint32_t part_pages(const struct machine *machine, size_t device)
{
    return machine->devices[device].memory.size_bytes / PART_MEMORY_PAGE_BYTES;
}

static void save_parts(struct machine *machine, struct snapshot_writer *writer)
{
    for (size_t device = 0; device < machine->device_count; device++) {
        struct part_memory *memory = &machine->devices[device].memory;
        for (uint32_t page = 0; page < part_pages(machine, device); page++) {
            struct part_record *record =
                part_memory_is_used(memory, page) ? snapshot_write(writer, sizeof *record) : NULL;
            if (record != NULL) {
                record->device = (uint32_t)device;
                record->page = page;
                memcpy(record->inverted, memory->inverted + (size_t)page * PART_MEMORY_PAGE_BYTES,
                       PART_MEMORY_PAGE_BYTES);
            }
        }
    }
}

/* Records are in order, each for a page that there is. */
static bool check_parts(struct machine *machine, struct snapshot_bytes from,
                        struct sim_error *error)
{
    const struct part_record *records = SNAPSHOT_RECORDS(struct part_record, from);
    (void)error;
    for (size_t i = 0; i < from.size / sizeof *records; i++) {
        bool after =
            i == 0 || records[i].device > records[i - 1].device ||
            (records[i].device == records[i - 1].device && records[i].page > records[i - 1].page);
        if (!after || records[i].device >= machine->device_count ||
            records[i].page >= part_pages(machine, records[i].device)) {
            return false;
        }
    }
    return true;
}

static void restore_parts(struct machine *machine, struct snapshot_bytes from)
{
    const struct part_record *record = SNAPSHOT_RECORDS(struct part_record, from);
    const struct part_record *end = record + from.size / sizeof *record;
    for (size_t device = 0; device < machine->device_count; device++) {
        struct part_memory *memory = &machine->devices[device].memory;
        for (uint32_t page = 0; page < part_pages(machine, device); page++) {
            uint8_t *bytes = memory->inverted + (size_t)page * PART_MEMORY_PAGE_BYTES;
            bool saved = record < end && record->device == device && record->page == page;
            if (saved) {
                memcpy(bytes, record->inverted, PART_MEMORY_PAGE_BYTES);
            } else if (memory->touched[page]) {
                memset(bytes, 0, PART_MEMORY_PAGE_BYTES);
            }
            memory->touched[page] = saved;
            record += saved ? 1 : 0;
        }
    }
}

const struct snapshot_section snapshot_parts = {
    .name = "/part-memories",
    .version = 1,
    .record_bytes = sizeof(struct part_record),
    .records_max = SIZE_MAX,
    .save = save_parts,
    .check = check_parts,
    .restore = restore_parts,
};
