#include "sim/machine/absent.h"

uint32_t absent_reset_value(const struct catalogue_absent *peripheral, uint32_t offset)
{
    for (size_t i = 0; i < peripheral->register_count; i++) {
        if (peripheral->registers[i].offset == (offset & ~3U)) {
            return peripheral->registers[i].reset_value;
        }
    }
    return 0;
}

void absent_note_read(struct absent *absent, const struct catalogue_absent *peripheral,
                      uint32_t offset, uint32_t pc, int process, uint64_t cycle)
{
    struct absent_poll *poll = NULL;
    for (size_t i = 0; i < absent->poll_count && poll == NULL; i++) {
        if (absent->polls[i].peripheral == peripheral && absent->polls[i].offset == offset) {
            poll = &absent->polls[i];
        }
    }
    if (poll == NULL) {
        if (absent->poll_count == ABSENT_POLLS_MAX) {
            return;
        }
        poll = &absent->polls[absent->poll_count];
        absent->poll_count++;
        *poll =
            (struct absent_poll){.peripheral = peripheral, .offset = offset, .first_cycle = cycle};
    }
    poll->pc = pc;
    poll->process = process;
    poll->reads++;
    poll->last_cycle = cycle;
}

bool absent_name_once(struct absent *absent, const struct catalogue_absent *peripheral)
{
    for (size_t i = 0; i < absent->named_count; i++) {
        if (absent->named[i] == peripheral) {
            return false;
        }
    }
    if (absent->named_count == ABSENT_NAMED_MAX) {
        return false;
    }
    absent->named[absent->named_count] = peripheral;
    absent->named_count++;
    return true;
}
