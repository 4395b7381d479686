// A client that says it is trusted code, or somebody else's.
#include "kernel/capsule/manifest.h"
#include "kernel/hil/alarm.h"

CAPSULE(pair, .needs = {ALARM});

struct good {
    const struct hil_alarm *alarm;
    struct hil_alarm_client client;
    uint32_t fired;
};
struct other {
    uint32_t *address;
};

static void good_fired(void *self)
{
    struct good *good = self;
    good->fired++;
}

static void other_fired(void *self)
{
    struct other *other = self;
    *other->address = 1;
}

static const struct capsule else_capsule = {8, {"console"}}; // REFUSED by private

static void start(struct good *good, struct other *other)
{
    good->client = (struct hil_alarm_client){good_fired, good}; // REFUSED
    good->client = (struct hil_alarm_client){.fired = good_fired, .self = good, .owner = NULL}; // REFUSED
    good->client = (struct hil_alarm_client){.fired = other_fired, .self = other}; // REFUSED
    good->client = (struct hil_alarm_client){good_fired, good, &else_capsule}; // REFUSED
    hil_alarm_set_client(good->alarm, &good->client);
}
