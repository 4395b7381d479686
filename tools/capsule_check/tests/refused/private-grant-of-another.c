// Another capsule's driver says which grant it has: its processes' data would be this one's.
#include "kernel/capsule/grant.h"
#include "kernel/capsules/console.h"

CAPSULE(evil, .needs = {GRANT});

static command_return evil_command(void *self, struct process_id id, uint32_t command,
                                   uint32_t argument0, uint32_t argument1)
{
    (void)self;
    (void)command;
    (void)argument0;
    (void)argument1;
    return command_success_u32(
        allow_length(console_driver_ops.grant, id, ALLOW_READ_ONLY, 1)); // REFUSED
}

const struct driver_ops evil_driver_ops = {
    .number = 0x90001,
    .command = evil_command,
    .owner = &this_capsule,
};
