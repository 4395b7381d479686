// A table of commands whose owner is another, and a command without self.
#include "kernel/capsule/driver.h"
#include "kernel/capsule/manifest.h"

CAPSULE(pair);

struct good {
    uint32_t calls;
};

static command_return good_command(void *self, struct process_id id, uint32_t command,
                                   uint32_t argument0, uint32_t argument1)
{
    struct good *good = self;
    (void)id;
    good->calls += command + argument0 + argument1;
    return command_success();
}

const struct driver_ops pair_driver_ops = { // REFUSED
    .number = 1,
    .command = good_command,
};
