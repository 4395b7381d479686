#include "kernel/capsules/alarm.h"

#include "kernel/capsule/grant.h"

CAPSULE(alarm, .needs = {ALARM, GRANT});

GRANT(alarm_grant, struct alarm_process, ABI_ALARM_UPCALLS, 0, 0);

static uint32_t padding_bits(const struct alarm_driver *alarm)
{
    return 32u - alarm->hardware->width_bits;
}

static uint32_t counter_mask(const struct alarm_driver *alarm)
{
    return UINT32_MAX >> padding_bits(alarm);
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

/* Sets the hardware for the earliest alarm. One that has expired is the earliest: the hardware
 * fires for it at once, but not from inside a command. */
static void set_hardware(struct alarm_driver *alarm)
{
    const struct hil_alarm *hardware = alarm->hardware;
    uint32_t now = now_ticks(alarm);
    /* Half the counter's range: however late the kernel is, it is not mistaken for a wrap-around.
     */
    uint32_t longest = counter_mask(alarm) / 2;
    uint32_t earliest = longest;
    bool any = false;
    grant_each (alarm_grant, id, p) {
        if (p->armed) {
            uint32_t left = advance(alarm, p, now) ? 0 : p->dt;
            earliest = left < earliest ? left : earliest;
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
    uint32_t now = now_ticks(alarm);
    uint32_t padding = padding_bits(alarm);
    grant_each (alarm_grant, id, p) {
        if (p->armed && advance(alarm, p, now)) {
            p->armed = false;
            /* A full queue loses the upcall; the core has counted it. */
            (void)upcall_schedule(&alarm_grant, id, ABI_ALARM_UPCALL_EXPIRED, now << padding,
                                  p->reference << padding, 0);
        }
    }
    set_hardware(alarm);
}

static command_return set_alarm(struct alarm_driver *alarm, struct process_id id,
                                uint32_t reference, uint32_t dt)
{
    uint32_t expiry = (reference + dt) << padding_bits(alarm);
    grant_enter (alarm_grant, id, p) {
        p->reference = reference;
        p->dt = dt;
        p->armed = true;
    }
    command_return result = grant_answer(command_success_u32(expiry));
    if (command_variant(result) == ABI_SUCCESS_U32) {
        set_hardware(alarm);
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
    if (command_variant(result) == ABI_SUCCESS) {
        set_hardware(alarm);
    }
    return result;
}

/* The counter's ticks from the app's, fractions rounded up. */
static uint32_t rounded_up(const struct alarm_driver *alarm, uint64_t app_ticks)
{
    uint32_t padding = padding_bits(alarm);
    return (uint32_t)((app_ticks + ((1u << padding) - 1u)) >> padding);
}

static command_return alarm_command(void *self, struct process_id id, uint32_t command,
                                    uint32_t argument0, uint32_t argument1)
{
    struct alarm_driver *alarm = self;
    uint32_t padding = padding_bits(alarm);
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
        return set_alarm(alarm, id, now_ticks(alarm), rounded_up(alarm, argument0));
    case ABI_ALARM_SET_ABSOLUTE: {
        /* What rounding takes from the reference belongs to the wait. */
        uint32_t reference = argument0 >> padding;
        uint64_t wait = (uint64_t)argument1 + (argument0 - (reference << padding));
        return set_alarm(alarm, id, reference, rounded_up(alarm, wait));
    }
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
        .client = {alarm_fired, alarm, &this_capsule},
    };
    hil_alarm_set_client(hardware, &alarm->client);
}
