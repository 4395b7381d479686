#include "sim/view/kernel_view.h"

#include <string.h>

#include "sim/loader/little_endian.h"
#include "sim/machine/machine_view.h"

static const char *const field_names[KERNEL_VIEW_FIELDS] = {
    [KERNEL_VIEW_RAM_START] = "process.ram_start",
    [KERNEL_VIEW_APP_BREAK] = "process.app_break",
    [KERNEL_VIEW_GRANT_START] = "process.grant_start",
    [KERNEL_VIEW_RAM_END] = "process.ram_end",
    [KERNEL_VIEW_FLASH_START] = "process.flash_start",
    [KERNEL_VIEW_FLASH_BYTES] = "process.flash_bytes",
    [KERNEL_VIEW_NAME] = "process.name",
    [KERNEL_VIEW_NAME_LENGTH] = "process.name_length",
    [KERNEL_VIEW_PSP] = "process.psp",
    [KERNEL_VIEW_STATE] = "process.state",
    [KERNEL_VIEW_STACK_TOP] = "process.stack_top",
    [KERNEL_VIEW_HEAP_START] = "process.heap_start",
    [KERNEL_VIEW_RESTARTS] = "process.restarts",
    [KERNEL_VIEW_COMPLETION_CODE] = "process.completion_code",
    [KERNEL_VIEW_UPCALLS_DROPPED] = "process.upcalls_dropped",
    [KERNEL_VIEW_QUEUE_COUNT] = "process.queue_count",
    [KERNEL_VIEW_QUEUE] = "process.queue",
    [KERNEL_VIEW_UPCALL_GRANT] = "upcall.grant",
    [KERNEL_VIEW_UPCALL_NUMBER] = "upcall.number",
    [KERNEL_VIEW_PIECE_UNITS] = "piece.units",
    [KERNEL_VIEW_PIECE_GRANT] = "piece.grant",
    [KERNEL_VIEW_PIECE_STATE] = "piece.state",
};

static uint32_t find_value(const struct kernel_view *view, const char *name)
{
    const struct kernel_info_record *record = kernel_info_find(&view->info, name);
    return record == NULL ? 0 : record->value;
}

void kernel_view_open(struct kernel_view *view, const struct machine *machine, const char *elf_path)
{
    *view = (struct kernel_view){.machine = machine};
    kernel_info_read(elf_path, &view->info);
    for (size_t i = 0; i < KERNEL_VIEW_FIELDS; i++) {
        const struct kernel_info_record *record = kernel_info_find(&view->info, field_names[i]);
        if (record != NULL) {
            view->field[i] = (struct kernel_view_place){
                .offset = record->value, .width = record->width, .count = record->count};
        }
    }
    view->upcall_bytes = find_value(view, "upcall.size");
    view->piece_bytes = find_value(view, "piece.size");
    view->piece_unit = find_value(view, "piece.unit");
}

void kernel_view_close(struct kernel_view *view)
{
    kernel_info_free(&view->info);
}

bool kernel_view_read(const struct machine *machine, uint32_t address, uint32_t width,
                      uint32_t *value)
{
    uint8_t bytes[4] = {0};
    if (width == 0 || width > sizeof bytes ||
        machine_peek(machine, address, bytes, width) != width) {
        return false;
    }
    *value = little_endian_u32(bytes);
    return true;
}

static bool read_field(const struct kernel_view *view, uint32_t base, enum kernel_view_field field,
                       uint32_t *value)
{
    const struct kernel_view_place *place = &view->field[field];
    return kernel_view_read(view->machine, base + place->offset, place->width, value);
}

static uint32_t field_or_zero(const struct kernel_view *view, uint32_t base,
                              enum kernel_view_field field)
{
    uint32_t value = 0;
    return read_field(view, base, field, &value) ? value : 0;
}

bool kernel_view_is_known(const struct kernel_view *view)
{
    return kernel_view_slots(view) != 0;
}

bool kernel_view_panicking(const struct kernel_view *view)
{
    const struct kernel_info_record *flag = kernel_info_find(&view->info, "kernel.panicking");
    uint32_t value = 0;
    return flag != NULL && machine_view_powered(view->machine) &&
           kernel_view_read(view->machine, flag->value, flag->width, &value) && value == 1;
}

uint32_t kernel_view_slots(const struct kernel_view *view)
{
    const struct kernel_info_record *table = kernel_info_find(&view->info, "kernel.process");
    if (table == NULL || view->field[KERNEL_VIEW_RAM_START].width == 0) {
        return 0;
    }
    return table->count < KERNEL_VIEW_SLOTS_MAX ? table->count : KERNEL_VIEW_SLOTS_MAX;
}

/* The control block of a slot; false: there is none. */
static bool find_record(const struct kernel_view *view, uint32_t slot, uint32_t *record)
{
    const struct kernel_info_record *table = kernel_info_find(&view->info, "kernel.process");
    return slot < kernel_view_slots(view) && machine_view_powered(view->machine) &&
           kernel_view_read(view->machine, table->value + slot * table->width, table->width,
                            record) &&
           *record != 0;
}

bool kernel_view_grant_start(const struct kernel_view *view, uint32_t ram_base, uint32_t *address)
{
    for (uint32_t slot = 0; slot < kernel_view_slots(view); slot++) {
        uint32_t record = 0;
        uint32_t start = 0;
        if (find_record(view, slot, &record) &&
            read_field(view, record, KERNEL_VIEW_RAM_START, &start) && start == ram_base) {
            return read_field(view, record, KERNEL_VIEW_GRANT_START, address);
        }
    }
    return false;
}

bool kernel_view_app_ram(const struct kernel_view *view, uint32_t *start, uint32_t *end)
{
    const struct kernel_info_record *config = kernel_info_find(&view->info, "kernel.config");
    const struct kernel_info_record *first = kernel_info_find(&view->info, "config.app_ram_start");
    const struct kernel_info_record *last = kernel_info_find(&view->info, "config.app_ram_end");
    const struct board_memory *ram = &machine_view_board(view->machine)->ram;
    uint32_t at = 0;
    return config != NULL && first != NULL && last != NULL &&
           kernel_view_read(view->machine, config->value, config->width, &at) &&
           kernel_view_read(view->machine, at + first->value, first->width, start) &&
           kernel_view_read(view->machine, at + last->value, last->width, end) &&
           *start >= ram->base && *start <= *end && *end - ram->base <= ram->size_bytes;
}

static bool is_in_order(const struct kernel_view *view, const struct kernel_view_process *process)
{
    const struct board_memory *ram = &machine_view_board(view->machine)->ram;
    return process->ram_start >= ram->base && process->ram_start <= process->app_break &&
           process->app_break <= process->grant_start && process->grant_start <= process->record &&
           process->record < process->ram_end && process->ram_end - ram->base <= ram->size_bytes;
}

static void read_name(const struct kernel_view *view, uint32_t record,
                      struct kernel_view_process *process)
{
    uint32_t length = field_or_zero(view, record, KERNEL_VIEW_NAME_LENGTH);
    uint32_t at = process->flash_start + field_or_zero(view, record, KERNEL_VIEW_NAME);
    length = length < KERNEL_VIEW_NAME_BYTES - 1 ? length : KERNEL_VIEW_NAME_BYTES - 1;
    length = (uint32_t)machine_peek(view->machine, at, process->name, length);
    for (uint32_t i = 0; i < length; i++) {
        bool printable = process->name[i] >= 0x20 && process->name[i] < 0x7F;
        process->name[i] = printable ? process->name[i] : '?';
    }
    process->name[length] = '\0';
}

bool kernel_view_process(const struct kernel_view *view, uint32_t slot,
                         struct kernel_view_process *process)
{
    uint32_t record = 0;
    *process = (struct kernel_view_process){.slot = slot};
    if (!find_record(view, slot, &record)) {
        return false;
    }
    process->record = record;
    process->ram_start = field_or_zero(view, record, KERNEL_VIEW_RAM_START);
    process->app_break = field_or_zero(view, record, KERNEL_VIEW_APP_BREAK);
    process->grant_start = field_or_zero(view, record, KERNEL_VIEW_GRANT_START);
    process->ram_end = field_or_zero(view, record, KERNEL_VIEW_RAM_END);
    if (!is_in_order(view, process)) {
        return false;
    }
    process->flash_start = field_or_zero(view, record, KERNEL_VIEW_FLASH_START);
    process->flash_bytes = field_or_zero(view, record, KERNEL_VIEW_FLASH_BYTES);
    process->state = field_or_zero(view, record, KERNEL_VIEW_STATE);
    process->stack_pointer = field_or_zero(view, record, KERNEL_VIEW_PSP);
    process->stack_top = field_or_zero(view, record, KERNEL_VIEW_STACK_TOP);
    process->heap_start = field_or_zero(view, record, KERNEL_VIEW_HEAP_START);
    process->restarts = field_or_zero(view, record, KERNEL_VIEW_RESTARTS);
    process->completion_code = field_or_zero(view, record, KERNEL_VIEW_COMPLETION_CODE);
    process->upcalls_dropped = field_or_zero(view, record, KERNEL_VIEW_UPCALLS_DROPPED);
    process->queue_count = field_or_zero(view, record, KERNEL_VIEW_QUEUE_COUNT);
    read_name(view, record, process);
    return true;
}

const char *kernel_view_state_name(const struct kernel_view *view, uint32_t state)
{
    static const char prefix[] = "state.";
    for (size_t i = 0; i < view->info.count; i++) {
        const struct kernel_info_record *record = &view->info.records[i];
        if (record->value == state && strncmp(record->name, prefix, sizeof prefix - 1) == 0) {
            return record->name + sizeof prefix - 1;
        }
    }
    return "?";
}

size_t kernel_view_upcalls(const struct kernel_view *view,
                           const struct kernel_view_process *process,
                           struct kernel_view_upcall upcalls[KERNEL_VIEW_UPCALLS_MAX])
{
    const struct kernel_view_place *queue = &view->field[KERNEL_VIEW_QUEUE];
    size_t count = 0;
    if (queue->count == 0 || view->upcall_bytes == 0) {
        return 0;
    }
    while (count < process->queue_count && count < queue->count &&
           count < KERNEL_VIEW_UPCALLS_MAX) {
        uint32_t at = process->record + queue->offset + (uint32_t)count * view->upcall_bytes;
        upcalls[count] = (struct kernel_view_upcall){
            .grant = field_or_zero(view, at, KERNEL_VIEW_UPCALL_GRANT),
            .number = field_or_zero(view, at, KERNEL_VIEW_UPCALL_NUMBER)};
        count++;
    }
    return count;
}

size_t kernel_view_pieces(const struct kernel_view *view, const struct kernel_view_process *process,
                          struct kernel_view_piece pieces[KERNEL_VIEW_PIECES_MAX])
{
    uint32_t end = process->record;
    size_t count = 0;
    while (count < KERNEL_VIEW_PIECES_MAX && end > process->grant_start) {
        uint32_t units = 0;
        if (!read_field(view, end - view->piece_bytes, KERNEL_VIEW_PIECE_UNITS, &units)) {
            break;
        }
        uint64_t bytes = (uint64_t)units * view->piece_unit;
        if (bytes == 0 || bytes > end - process->grant_start) {
            break;
        }
        uint32_t trailer = end - view->piece_bytes;
        end -= (uint32_t)bytes;
        pieces[count] = (struct kernel_view_piece){
            .address = end,
            .bytes = (uint32_t)bytes,
            .grant = field_or_zero(view, trailer, KERNEL_VIEW_PIECE_GRANT),
            .used = field_or_zero(view, trailer, KERNEL_VIEW_PIECE_STATE) != 0};
        count++;
    }
    return count;
}

bool kernel_view_grant(const struct kernel_view *view, uint32_t index, uint32_t *address)
{
    const struct kernel_info_record *first = kernel_info_find(&view->info, "kernel.grants");
    const struct kernel_info_record *end = kernel_info_find(&view->info, "kernel.grants_end");
    if (first == NULL || end == NULL || index >= KERNEL_VIEW_GRANTS_MAX || first->width == 0) {
        return false;
    }
    uint64_t at = (uint64_t)first->value + (uint64_t)index * first->width;
    *address = (uint32_t)at;
    return at < end->value;
}
