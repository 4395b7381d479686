// The same inside the initialiser of the whole instance.
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

static void start(struct good *good, struct other *other, const struct hil_alarm *alarm)
{
    *good = (struct good){
        .alarm = alarm,
        .client = {good_fired, other, &this_capsule}, // REFUSED
    };
    hil_alarm_set_client(alarm, &good->client);
}
