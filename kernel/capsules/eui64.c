#include "kernel/capsules/eui64.h"

CAPSULE(eui64);

static command_return eui64_command(void *self, struct process_id id, uint32_t command,
                                    uint32_t unused0, uint32_t unused1)
{
    const struct eui64_driver *driver = self;
    (void)id;
    (void)unused0;
    (void)unused1;
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_EUI64_GET:
        return command_success_u64(driver->number);
    default:
        return command_error(K_ENOSUPPORT);
    }
}

const struct driver_ops eui64_driver_ops = {
    .number = ABI_DRIVER_EUI64,
    .command = eui64_command,
    .owner = &this_capsule,
};

void eui64_init(struct eui64_driver *driver, uint64_t number)
{
    *driver = (struct eui64_driver){.number = number};
}
