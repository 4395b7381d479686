#include "kernel/capsules/comparator.h"

#include "kernel/capsule/grant.h"

CAPSULE(comparator, .needs = {COMPARATOR, GRANT});

struct comparator_process {
    bool watches;
    uint32_t channel;
};
GRANT(comparator_grant, struct comparator_process, ABI_ANALOG_COMPARATOR_UPCALLS, 0, 0);

static bool is_watched(void)
{
    bool watched = false;
    grant_each (comparator_grant, id, p) {
        watched = watched || p->watches;
    }
    return watched;
}

static command_return compare(const struct comparator_driver *driver, uint32_t channel)
{
    int result = hil_comparator_compare(driver->comparator, channel);
    return result < 0 ? command_error(result) : command_success_u32((uint32_t)result);
}

static command_return watch(const struct comparator_driver *driver, struct process_id id,
                            uint32_t channel)
{
    /* Who watched another channel may have ended without a word. */
    if (!is_watched()) {
        hil_comparator_unwatch(driver->comparator);
    }
    int status = K_OK;
    grant_enter (comparator_grant, id, p) {
        status = hil_comparator_watch(driver->comparator, channel);
        p->watches = status == K_OK;
        p->channel = channel;
    }
    return grant_answer(command_status(status));
}

static command_return unwatch(const struct comparator_driver *driver, struct process_id id,
                              uint32_t channel)
{
    if (channel >= driver->comparator->count) {
        return command_error(K_EINVAL);
    }
    grant_enter (comparator_grant, id, p) {
        p->watches = p->watches && p->channel != channel;
    }
    int status = grant_error();
    if (status == K_OK && !is_watched()) {
        hil_comparator_unwatch(driver->comparator);
    }
    return command_status(status);
}

static command_return comparator_command(void *self, struct process_id id, uint32_t command,
                                         uint32_t channel, uint32_t unused)
{
    const struct comparator_driver *driver = self;
    (void)unused;
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_ANALOG_COMPARATOR_COMPARE:
        return compare(driver, channel);
    case ABI_ANALOG_COMPARATOR_START:
        return watch(driver, id, channel);
    case ABI_ANALOG_COMPARATOR_STOP:
        return unwatch(driver, id, channel);
    case ABI_ANALOG_COMPARATOR_COUNT:
        return command_success_u32(driver->comparator->count);
    default:
        return command_error(K_ENOSUPPORT);
    }
}

static void comparator_rose(void *self, uint32_t channel)
{
    const struct comparator_driver *driver = self;
    bool watched = false;
    grant_each (comparator_grant, id, p) {
        if (p->watches && p->channel == channel) {
            watched = true;
            (void)upcall_schedule(&comparator_grant, id, ABI_ANALOG_COMPARATOR_UPCALL_ROSE, channel,
                                  0, 0);
        }
    }
    if (!watched) {
        hil_comparator_unwatch(driver->comparator);
    }
}

const struct driver_ops comparator_driver_ops = {
    .number = ABI_DRIVER_ANALOG_COMPARATOR,
    .command = comparator_command,
    .grant = &comparator_grant,
    .owner = &this_capsule,
};

void comparator_init(struct comparator_driver *driver, const struct hil_comparator *comparator)
{
    *driver = (struct comparator_driver){
        .comparator = comparator,
        .client = {.rose = comparator_rose, .self = driver, .owner = &this_capsule},
    };
    hil_comparator_set_client(comparator, &driver->client);
}
