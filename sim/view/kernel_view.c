#include "sim/view/kernel_view.h"

#include "sim/loader/little_endian.h"
#include "sim/machine/machine_view.h"

void kernel_view_open(struct kernel_view *view, const struct machine *machine, const char *elf_path)
{
    *view = (struct kernel_view){.machine = machine};
    kernel_info_read(elf_path, &view->info);
}

void kernel_view_close(struct kernel_view *view)
{
    kernel_info_free(&view->info);
}

/* A little-endian value of 1, 2 or 4 bytes. */
static bool read_value(const struct kernel_view *view, uint32_t address, uint32_t width,
                       uint32_t *value)
{
    uint8_t bytes[4] = {0};
    if (width == 0 || width > sizeof bytes ||
        machine_peek(view->machine, address, bytes, width) != width) {
        return false;
    }
    *value = little_endian_u32(bytes);
    return true;
}

static bool read_field(const struct kernel_view *view, uint32_t block, const char *name,
                       uint32_t *value)
{
    const struct kernel_info_record *field = kernel_info_find(&view->info, name);
    return field != NULL && read_value(view, block + field->value, field->width, value);
}

bool kernel_view_panicking(const struct kernel_view *view)
{
    const struct kernel_info_record *flag = kernel_info_find(&view->info, "kernel.panicking");
    uint32_t value = 0;
    return flag != NULL && machine_view_powered(view->machine) &&
           read_value(view, flag->value, flag->width, &value) && value == 1;
}

bool kernel_view_grant_start(const struct kernel_view *view, uint32_t ram_base, uint32_t *address)
{
    const struct kernel_info_record *table = kernel_info_find(&view->info, "kernel.process");
    for (uint32_t i = 0; table != NULL && i < table->count; i++) {
        uint32_t block = 0;
        uint32_t start = 0;
        if (read_value(view, table->value + i * table->width, table->width, &block) && block != 0 &&
            read_field(view, block, "process.ram_start", &start) && start == ram_base) {
            return read_field(view, block, "process.grant_start", address);
        }
    }
    return false;
}
