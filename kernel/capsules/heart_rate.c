#include "kernel/capsules/heart_rate.h"

#include "kernel/capsule/grant.h"

CAPSULE(heart_rate, .needs = {DELAY, GRANT, PULSE});

struct heart_rate_process {
    bool on;
    bool waiting;
};
GRANT(heart_rate_grant, struct heart_rate_process, ABI_HEART_RATE_UPCALLS, 0, 0);

/* How long the light outlives a process that ends without a word, at most. */
#define LOOK_EVERY_US 2000000u

static bool is_wanted(void)
{
    bool wanted = false;
    grant_each (heart_rate_grant, id, p) {
        wanted = wanted || p->on;
    }
    return wanted;
}

static command_return switch_on(const struct heart_rate_driver *driver, struct process_id id)
{
    grant_enter (heart_rate_grant, id, p) {
        p->on = true;
    }
    int status = grant_error();
    if (status == K_OK) {
        hil_pulse_set_power(driver->pulse, true);
        hil_delay_start(driver->delay, LOOK_EVERY_US);
    }
    return command_status(status);
}

static command_return switch_off(const struct heart_rate_driver *driver, struct process_id id)
{
    grant_enter (heart_rate_grant, id, p) {
        p->on = false;
    }
    int status = grant_error();
    if (status == K_OK && !is_wanted()) {
        hil_pulse_set_power(driver->pulse, false);
    }
    return command_status(status);
}

static command_return read_sample(const struct heart_rate_driver *driver, struct process_id id)
{
    bool on = false, was_waiting = false;
    grant_enter (heart_rate_grant, id, p) {
        on = p->on;
        was_waiting = p->waiting;
        p->waiting = p->on;
    }
    int status = grant_error();
    if (status != K_OK) {
        return command_error(status);
    }
    if (!on || was_waiting) {
        return command_error(on ? K_EBUSY : K_EOFF);
    }
    status = hil_pulse_measure(driver->pulse);
    /* A sample that is being fetched is as good as one of its own. */
    if (status == K_OK || status == K_EBUSY) {
        return command_success();
    }
    grant_enter (heart_rate_grant, id, p) {
        p->waiting = false;
    }
    return command_error(status);
}

static command_return heart_rate_command(void *self, struct process_id id, uint32_t command,
                                         uint32_t unused0, uint32_t unused1)
{
    const struct heart_rate_driver *driver = self;
    (void)unused0;
    (void)unused1;
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_HEART_RATE_ON:
        return switch_on(driver, id);
    case ABI_HEART_RATE_OFF:
        return switch_off(driver, id);
    case ABI_HEART_RATE_READ:
        return read_sample(driver, id);
    default:
        return command_error(K_ENOSUPPORT);
    }
}

static void heart_rate_measured(void *self, int status, uint32_t reflected, uint32_t ambient)
{
    (void)self;
    grant_each (heart_rate_grant, id, p) {
        if (p->waiting) {
            p->waiting = false;
            (void)upcall_schedule(&heart_rate_grant, id, ABI_HEART_RATE_UPCALL_READY,
                                  (uint32_t)-status, reflected, ambient);
        }
    }
}

static void heart_rate_elapsed(void *self)
{
    struct heart_rate_driver *driver = self;
    if (is_wanted()) {
        hil_delay_start(driver->delay, LOOK_EVERY_US);
    } else {
        hil_pulse_set_power(driver->pulse, false);
    }
}

const struct driver_ops heart_rate_driver_ops = {
    .number = ABI_DRIVER_HEART_RATE,
    .command = heart_rate_command,
    .grant = &heart_rate_grant,
    .owner = &this_capsule,
};

void heart_rate_init(struct heart_rate_driver *driver, const struct hil_pulse *pulse,
                     const struct hil_delay *delay)
{
    *driver = (struct heart_rate_driver){
        .pulse = pulse,
        .delay = delay,
        .pulse_client = {.measured = heart_rate_measured, .self = driver, .owner = &this_capsule},
        .delay_client = {.elapsed = heart_rate_elapsed, .self = driver, .owner = &this_capsule},
    };
    hil_pulse_set_client(pulse, &driver->pulse_client);
    hil_delay_set_client(delay, &driver->delay_client);
}
