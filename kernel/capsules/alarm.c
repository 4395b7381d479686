#include "kernel/capsules/alarm.h"

#include "kernel/capsule/grant.h"

CAPSULE(alarm, .needs = {ALARM, GRANT});

GRANT(alarm_grant, struct alarm_process, ABI_ALARM_UPCALLS, 0, 0);

static uint32_t counter_mask(const struct alarm_driver *alarm)
{
    return UINT32_MAX >> alarm->padding;
}

static uint32_t now_ticks(const struct alarm_driver *alarm)
{
    return hil_alarm_now(alarm->hardware);
}

/* Brings p up to date. True when it has expired. */
static bool advance(const struct alarm_driver *alarm, BORROWED struct alarm_process *p,
                    uint32_t now)
{
    uint32_t passed = (now - p->reference) & counter_mask(alarm);
    if (passed >= p->dt) {
        /* Expired for good, even if the kernel gets to it after `passed` has wrapped around. */
        p->reference += p->dt;
        p->dt = 0;
        return true;
    }
    p->reference = now;
    p->dt -= passed;
    return false;
}

/* Sets the hardware for the earliest alarm. One that has expired is over and told of if it `fires`;
 * else it is the earliest: the hardware fires for it at once, but not from inside a command. */
static void set_hardware(struct alarm_driver *alarm, bool fires)
{
    const struct hil_alarm *hardware = alarm->hardware;
    uint32_t now = now_ticks(alarm);
    /* Half the counter's range: however late the kernel is, it is not mistaken for a wrap-around.
     */
    uint32_t longest = counter_mask(alarm) / 2;
    uint32_t earliest = longest;
    bool any = false;
    grant_each (alarm_grant, id, p) {
        if (p->armed && advance(alarm, p, now) && fires) {
            p->armed = false;
            /* A full queue loses the upcall; the core has counted it. */
            (void)upcall_schedule(&alarm_grant, id, ABI_ALARM_UPCALL_EXPIRED, now << alarm->padding,
                                  p->reference << alarm->padding, 0);
        }
        if (p->armed) {
            earliest = p->dt < earliest ? p->dt : earliest;
            any = true;
        }
    }
    /* Set anew, a hardware that is just about to fire would start over: a process that sets its
     * alarm all the time would keep everybody else's from expiring. */
    bool overdue = ((now - alarm->due) & counter_mask(alarm)) <= longest;
    if (!any) {
        hil_alarm_disarm(hardware);
    } else if (earliest > 0 || !overdue || !hil_alarm_is_armed(hardware)) {
        hil_alarm_set(hardware, now, earliest);
        alarm->due = now + earliest;
    }
}

static void alarm_fired(void *self)
{
    struct alarm_driver *alarm = self;
    set_hardware(alarm, true);
}

static command_return set_alarm(struct alarm_driver *alarm, struct process_id id,
                                uint32_t reference, uint32_t dt)
{
    uint32_t expiry = (reference + dt) << alarm->padding;
    grant_enter (alarm_grant, id, p) {
        p->reference = reference;
        p->dt = dt;
        p->armed = true;
    }
    command_return result = grant_answer(command_success_u32(expiry));
    if (!command_has_failed(result)) {
        set_hardware(alarm, false);
    }
    return result;
}

static command_return stop_alarm(struct alarm_driver *alarm, struct process_id id)
{
    command_return result = command_error(K_EALREADY);
    grant_enter (alarm_grant, id, p) {
        if (p->armed) {
            p->armed = false;
            result = command_success();
        }
    }
    result = grant_answer(result);
    if (!command_has_failed(result)) {
        set_hardware(alarm, false);
    }
    return result;
}

/* The counter's ticks from the app's and a fraction of one more, rounded up. */
static uint32_t rounded_up(const struct alarm_driver *alarm, uint32_t app_ticks, uint32_t fraction)
{
    uint32_t mask = (1u << alarm->padding) - 1u;
    return (app_ticks >> alarm->padding) +
           (((app_ticks & mask) + fraction + mask) >> alarm->padding);
}

static command_return alarm_command(void *self, struct process_id id, uint32_t command,
                                    uint32_t argument0, uint32_t argument1)
{
    struct alarm_driver *alarm = self;
    uint32_t padding = alarm->padding;
    uint32_t reference = argument0 >> padding;
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_ALARM_FREQUENCY:
        return command_success_u32(alarm->hardware->frequency_hz << padding);
    case ABI_ALARM_NOW:
        return command_success_u32(now_ticks(alarm) << padding);
    case ABI_ALARM_STOP:
        return stop_alarm(alarm, id);
    case ABI_ALARM_SET_RELATIVE:
        return set_alarm(alarm, id, now_ticks(alarm), rounded_up(alarm, argument0, 0));
    case ABI_ALARM_SET_ABSOLUTE:
        /* What rounding takes from the reference belongs to the wait. */
        return set_alarm(alarm, id, reference,
                         rounded_up(alarm, argument1, argument0 - (reference << padding)));
    default:
        return command_error(K_ENOSUPPORT);
    }
}

const struct driver_ops alarm_driver_ops = {
    .number = ABI_DRIVER_ALARM,
    .command = alarm_command,
    .grant = &alarm_grant,
    .owner = &this_capsule,
};

void alarm_init(struct alarm_driver *alarm, const struct hil_alarm *hardware)
{
    *alarm = (struct alarm_driver){
        .hardware = hardware,
        .padding = 32u - hardware->width_bits,
        .client = {alarm_fired, alarm, &this_capsule},
    };
    hil_alarm_set_client(hardware, &alarm->client);
}
