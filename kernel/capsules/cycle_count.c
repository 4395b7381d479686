#include "kernel/capsules/cycle_count.h"

CAPSULE(cycle_count, .needs = {CYCLE_COUNTER, DELAY});

#define LOOK_EVERY_US 10000000u

static void update(struct cycle_count_driver *driver)
{
    if (driver->running) {
        uint32_t now = hil_cycle_counter_read(driver->counter);
        driver->cycles += now - driver->latest;
        driver->latest = now;
    }
}

static void cycle_count_elapsed(void *self)
{
    struct cycle_count_driver *driver = self;
    update(driver);
    if (driver->running) {
        hil_delay_start(driver->delay, LOOK_EVERY_US);
    }
}

static void stop(struct cycle_count_driver *driver)
{
    update(driver);
    driver->running = false;
    hil_cycle_counter_run(driver->counter, false);
}

static void start(struct cycle_count_driver *driver)
{
    if (!driver->running) {
        driver->latest = hil_cycle_counter_read(driver->counter);
        driver->running = true;
        hil_cycle_counter_run(driver->counter, true);
        hil_delay_start(driver->delay, LOOK_EVERY_US);
    }
}

/* The process rules the counter from now on. False: another one that lives does. */
static bool claim(struct cycle_count_driver *driver, struct process_id id)
{
    bool is_free = !process_id_is_alive(driver->owner) || process_id_is_equal(driver->owner, id);
    if (is_free) {
        driver->owner = id;
    }
    return is_free;
}

static command_return cycle_count_command(void *self, struct process_id id, uint32_t command,
                                          uint32_t unused0, uint32_t unused1)
{
    struct cycle_count_driver *driver = self;
    (void)unused0;
    (void)unused1;
    bool rules = command == ABI_CYCLE_COUNT_START || command == ABI_CYCLE_COUNT_RESET ||
                 command == ABI_CYCLE_COUNT_STOP;
    if (rules && !claim(driver, id)) {
        return command_error(K_ERESERVE);
    }
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_CYCLE_COUNT_START:
        start(driver);
        return command_success();
    case ABI_CYCLE_COUNT_READ:
        update(driver);
        return command_success_u64(driver->cycles);
    case ABI_CYCLE_COUNT_RESET:
        stop(driver);
        driver->cycles = 0;
        return command_success();
    case ABI_CYCLE_COUNT_STOP:
        stop(driver);
        return command_success();
    default:
        return command_error(K_ENOSUPPORT);
    }
}

const struct driver_ops cycle_count_driver_ops = {
    .number = ABI_DRIVER_CYCLE_COUNT,
    .command = cycle_count_command,
    .owner = &this_capsule,
};

void cycle_count_init(struct cycle_count_driver *driver, const struct hil_cycle_counter *counter,
                      const struct hil_delay *delay)
{
    *driver = (struct cycle_count_driver){
        .counter = counter,
        .delay = delay,
        .client = {cycle_count_elapsed, driver, &this_capsule},
    };
    hil_delay_set_client(delay, &driver->client);
}
