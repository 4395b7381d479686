// A client with the self of another type.
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

static void start(struct good *good)
{
    good->client = (struct hil_alarm_client){other_fired, good, &this_capsule}; // REFUSED
    hil_alarm_set_client(good->alarm, &good->client);
}

static void start_other(struct good *good, struct other *other)
{
    good->client = (struct hil_alarm_client){
        .fired = good_fired,
        .self = other, // REFUSED
        .owner = &this_capsule,
    };
    other->address = NULL;
}
