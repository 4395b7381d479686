#include "sim/view/kernel_alarms.h"

#define PAIR_BYTES    8U
#define BLOCK_ENTERED 1U
#define SLOTS_MAX     64U
#define GRANTS_MAX    256U

static bool find(const struct kernel_view *view, const char *name,
                 struct kernel_info_record *record)
{
    const struct kernel_info_record *found = kernel_info_find(&view->info, name);
    if (found != NULL) {
        *record = *found;
    }
    return found != NULL;
}

void kernel_alarms_open(struct kernel_alarms *alarms, const struct kernel_view *view)
{
    *alarms = (struct kernel_alarms){.machine = view->machine};
    alarms->known = find(view, "kernel.process", &alarms->processes) &&
                    find(view, "kernel.grants", &alarms->grants) &&
                    find(view, "grant.size", &alarms->grant_bytes) &&
                    find(view, "process.grant_block", &alarms->grant_block) &&
                    find(view, "process.ram_start", &alarms->ram_start) &&
                    find(view, "alarm.grant", &alarms->grant) &&
                    find(view, "alarm.reference", &alarms->reference) &&
                    find(view, "alarm.dt", &alarms->dt) &&
                    find(view, "alarm.armed", &alarms->armed) &&
                    find(view, "alarm.counter", &alarms->counter) &&
                    find(view, "alarm.counter_bits", &alarms->counter_bits) &&
                    find(view, "grant.data_alignment", &alarms->alignment) &&
                    find(view, "grant.upcalls", &alarms->pairs[0]) &&
                    find(view, "grant.read_only_buffers", &alarms->pairs[1]) &&
                    find(view, "grant.read_write_buffers", &alarms->pairs[2]) &&
                    find(view, "grant.user_readable_buffers", &alarms->pairs[3]) &&
                    alarms->counter_bits.value >= 1 && alarms->counter_bits.value <= 32 &&
                    alarms->grant_bytes.value != 0;
}

static bool read_field(const struct kernel_alarms *alarms, uint32_t base,
                       const struct kernel_info_record *field, uint32_t *value)
{
    return kernel_view_read(alarms->machine, base + field->value, field->width, value);
}

/* The process's control block. */
static bool find_block(const struct kernel_alarms *alarms, uint32_t ram_base, uint32_t *block)
{
    const struct kernel_info_record *table = &alarms->processes;
    for (uint32_t i = 0; i < table->count && i < SLOTS_MAX; i++) {
        uint32_t start = 0;
        if (kernel_view_read(alarms->machine, table->value + i * table->width, table->width,
                             block) &&
            *block != 0 && read_field(alarms, *block, &alarms->ram_start, &start) &&
            start == ram_base) {
            return true;
        }
    }
    return false;
}

/* Where the capsule's data of the process is. */
static bool find_data(const struct kernel_alarms *alarms, uint32_t block, uint32_t *data)
{
    uint32_t description = 0;
    uint32_t grant = 0;
    uint32_t alignment = 0;
    uint32_t bytes = 0;
    if (!kernel_view_read(alarms->machine, alarms->grant.value, alarms->grant.width,
                          &description)) {
        return false;
    }
    uint32_t index = (description - alarms->grants.value) / alarms->grant_bytes.value;
    if (index >= GRANTS_MAX ||
        !kernel_view_read(alarms->machine, block + alarms->grant_block.value + 4U * index, 4,
                          &grant) ||
        (grant & ~BLOCK_ENTERED) == 0 ||
        !read_field(alarms, description, &alarms->alignment, &alignment) || alignment == 0) {
        return false;
    }
    for (size_t i = 0; i < sizeof alarms->pairs / sizeof alarms->pairs[0]; i++) {
        uint32_t count = 0;
        if (!read_field(alarms, description, &alarms->pairs[i], &count)) {
            return false;
        }
        bytes += count * PAIR_BYTES;
    }
    *data = (grant & ~BLOCK_ENTERED) + ((bytes + alignment - 1U) & ~(alignment - 1U));
    return true;
}

bool kernel_alarms_read(const struct kernel_alarms *alarms, uint32_t ram_base,
                        struct kernel_alarm *alarm)
{
    uint32_t block = 0;
    uint32_t data = 0;
    uint32_t reference = 0;
    uint32_t dt = 0;
    uint32_t armed = 0;
    uint32_t now = 0;
    if (!alarms->known || !find_block(alarms, ram_base, &block) ||
        !find_data(alarms, block, &data) || !read_field(alarms, data, &alarms->armed, &armed) ||
        armed == 0 || !read_field(alarms, data, &alarms->reference, &reference) ||
        !read_field(alarms, data, &alarms->dt, &dt) ||
        !kernel_view_read(alarms->machine, alarms->counter.value, 4, &now)) {
        return false;
    }
    uint32_t passed = (now - reference) & (UINT32_MAX >> (32U - alarms->counter_bits.value));
    *alarm = (struct kernel_alarm){.steps = passed >= dt ? 0 : dt - passed,
                                   .counter = alarms->counter.value};
    return true;
}
