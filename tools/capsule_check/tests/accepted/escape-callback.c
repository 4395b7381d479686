// Takes what a header lends to a callback with a function that borrows it.
#include "kernel/hil/radio.h"

struct good {
    struct const_slice kept;
};

static void set_power(void *self, bool on)
{
    struct good *own = self;
    own->kept = on ? own->kept : SLICE_OF_TEXT("off");
}

static bool is_on(void *self)
{
    struct good *own = self;
    return own->kept.length > 0;
}

static int set_channel(void *self, uint32_t channel)
{
    struct good *own = self;
    return own->kept.length > channel;
}

static uint32_t channel(void *self)
{
    struct good *own = self;
    return own->kept.length;
}

static int transmit(void *self, BORROWED struct const_slice frame)
{
    struct good *own = self;
    own->kept = slice_get(frame, 0) > 0 ? own->kept : SLICE_OF_TEXT("sent");
    return 0;
}

static void set_client(void *self, const struct hil_radio_client *client)
{
    struct good *own = self;
    own->kept = client != NULL ? own->kept : SLICE_OF_TEXT("none");
}

static const struct hil_radio_ops ops = {set_power, is_on,    set_channel,
                                         channel,   transmit, set_client};
