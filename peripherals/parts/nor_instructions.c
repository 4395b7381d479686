#include "peripherals/parts/nor_instructions.h"

#define STATUS_WIP (1U << 0)
#define STATUS_WEL (1U << 1)

static int32_t read_array(struct nor_flash *flash, uint8_t byte)
{
    (void)byte;
    return part_memory_get(flash->env.memory, flash->state.address++);
}

static int32_t read_id(struct nor_flash *flash, uint8_t byte)
{
    (void)byte;
    return flash->id[(flash->state.data_count - 1U) % sizeof flash->id];
}

static int32_t read_electronic_id(struct nor_flash *flash, uint8_t byte)
{
    (void)byte;
    return flash->model->electronic_id;
}

static int32_t read_manufacturer(struct nor_flash *flash, uint8_t byte)
{
    (void)byte;
    uint32_t index = flash->state.address++ % 2U;
    return index == 0 ? flash->id[0] : flash->model->electronic_id;
}

static int32_t read_status(struct nor_flash *flash, uint8_t byte)
{
    const struct nor_state *s = &flash->state;
    (void)byte;
    return s->status[0] | (s->operation != NOR_IDLE ? (int32_t)STATUS_WIP : 0) |
           (s->write_enabled ? (int32_t)STATUS_WEL : 0);
}

static int32_t read_second_status(struct nor_flash *flash, uint8_t byte)
{
    (void)byte;
    return flash->state.status[1];
}

static int32_t read_security(struct nor_flash *flash, uint8_t byte)
{
    (void)flash;
    (void)byte;
    return 0; /* no area is locked, no operation failed */
}

static int32_t read_sfdp(struct nor_flash *flash, uint8_t byte)
{
    (void)byte;
    return nor_sfdp_byte(flash->model, flash->env.memory->size_bytes, flash->state.address++);
}

/* Bytes beyond the end of the page come around to its beginning; the last one for a place counts.
 */
static int32_t take_program_byte(struct nor_flash *flash, uint8_t byte)
{
    struct nor_state *s = &flash->state;
    uint32_t index = (s->address + s->data_count - 1U) % NOR_PAGE_BYTES;
    s->buffer[index] = byte;
    s->filled[index / 8] |= (uint8_t)(1U << index % 8);
    return SPI_FLOATS;
}

static int32_t take_status_byte(struct nor_flash *flash, uint8_t byte)
{
    struct nor_state *s = &flash->state;
    s->buffer[(s->data_count - 1U) % NOR_PAGE_BYTES] = byte;
    return SPI_FLOATS;
}

static void end_write_enable(struct nor_flash *flash, uint8_t enable)
{
    flash->state.write_enabled = enable != 0;
}

static void end_program(struct nor_flash *flash, uint8_t argument)
{
    const struct nor_state *s = &flash->state;
    (void)argument;
    if (s->data_count != 0) {
        nor_begin(flash, NOR_PROGRAM, s->address % flash->env.memory->size_bytes, 0);
    }
}

static void end_erase(struct nor_flash *flash, uint8_t log2_bytes)
{
    uint32_t size = flash->env.memory->size_bytes;
    uint32_t bytes = log2_bytes == 0 || 1U << log2_bytes > size ? size : 1U << log2_bytes;
    uint32_t address = flash->state.address % size;
    nor_begin(flash, NOR_ERASE, log2_bytes == 0 ? 0 : address & ~(bytes - 1U), bytes);
}

static void end_write_status(struct nor_flash *flash, uint8_t first)
{
    uint32_t count = flash->state.data_count;
    if (count != 0) {
        nor_begin(flash, NOR_WRITE_STATUS, first, count < 2 ? count : 2);
    }
}

static void end_deep_power_down(struct nor_flash *flash, uint8_t argument)
{
    struct nor_state *s = &flash->state;
    (void)argument;
    s->deep_power_down = true;
    s->ready_cycles = clock_now(flash->env.clock) + flash->dpd_enter_cycles;
}

static void end_release(struct nor_flash *flash, uint8_t argument)
{
    struct nor_state *s = &flash->state;
    (void)argument;
    if (s->deep_power_down) {
        s->deep_power_down = false;
        s->ready_cycles = clock_now(flash->env.clock) + flash->dpd_exit_cycles;
    }
}

static void end_reset_enable(struct nor_flash *flash, uint8_t argument)
{
    (void)argument;
    flash->state.reset_enabled = true;
}

static void end_reset(struct nor_flash *flash, uint8_t argument)
{
    struct nor_state *s = &flash->state;
    (void)argument;
    if (!s->reset_enabled) {
        device_guest_error(&flash->env, 0x99, "RST without RSTEN before it is ignored");
        return;
    }
    if (s->operation != NOR_IDLE) {
        clock_cancel(flash->env.clock, &flash->done);
        nor_finish(flash, true);
    }
    s->write_enabled = false;
}

const struct nor_instruction nor_instructions[] = {
    {0x03, 3, 1, 0, 1, 0, 0, read_array, NULL},
    {0x0B, 3, 1, 1, 1, 0, 0, read_array, NULL},
    {0x3B, 3, 1, 1, 2, 0, 0, read_array, NULL},
    {0xBB, 3, 2, 1, 2, 0, 0, read_array, NULL},
    {0x6B, 3, 1, 1, 4, NOR_NEEDS_QUAD, 0, read_array, NULL},
    {0xEB, 3, 4, 3, 4, NOR_NEEDS_QUAD, 0, read_array, NULL},
    {0x9F, 0, 1, 0, 1, 0, 0, read_id, NULL},
    {0x90, 3, 1, 0, 1, 0, 0, read_manufacturer, NULL},
    {0x5A, 3, 1, 1, 1, 0, 0, read_sfdp, NULL},
    {0x05, 0, 1, 0, 1, NOR_WHILE_BUSY, 0, read_status, NULL},
    {0x35, 0, 1, 0, 1, NOR_WHILE_BUSY, 0, read_second_status, NULL},
    {0x15, 0, 1, 0, 1, NOR_WHILE_BUSY, 0, read_second_status, NULL},
    {0x2B, 0, 1, 0, 1, NOR_WHILE_BUSY, 0, read_security, NULL},
    {0x01, 0, 1, 0, 1, NOR_NEEDS_WRITE, 0, take_status_byte, end_write_status},
    {0x31, 0, 1, 0, 1, NOR_NEEDS_WRITE, 1, take_status_byte, end_write_status},
    {0x06, 0, 1, 0, 1, 0, 1, NULL, end_write_enable},
    {0x04, 0, 1, 0, 1, 0, 0, NULL, end_write_enable},
    {0x02, 3, 1, 0, 1, NOR_NEEDS_WRITE, 0, take_program_byte, end_program},
    {0xA2, 3, 1, 0, 2, NOR_NEEDS_WRITE, 0, take_program_byte, end_program},
    {0x32, 3, 1, 0, 4, NOR_NEEDS_WRITE | NOR_NEEDS_QUAD, 0, take_program_byte, end_program},
    {0x38, 3, 4, 0, 4, NOR_NEEDS_WRITE | NOR_NEEDS_QUAD, 0, take_program_byte, end_program},
    {0x20, 3, 1, 0, 1, NOR_NEEDS_WRITE, 12, NULL, end_erase},
    {0x52, 3, 1, 0, 1, NOR_NEEDS_WRITE, 15, NULL, end_erase},
    {0xD8, 3, 1, 0, 1, NOR_NEEDS_WRITE, 16, NULL, end_erase},
    {0x60, 0, 1, 0, 1, NOR_NEEDS_WRITE, 0, NULL, end_erase},
    {0xC7, 0, 1, 0, 1, NOR_NEEDS_WRITE, 0, NULL, end_erase},
    {0xB9, 0, 1, 0, 1, 0, 0, NULL, end_deep_power_down},
    {0xAB, 0, 1, 3, 1, NOR_IN_DPD, 0, read_electronic_id, end_release},
    {0x66, 0, 1, 0, 1, NOR_WHILE_BUSY, 0, NULL, end_reset_enable},
    {0x99, 0, 1, 0, 1, NOR_WHILE_BUSY, 0, NULL, end_reset},
};
const uint8_t nor_instruction_count = sizeof nor_instructions / sizeof nor_instructions[0];
