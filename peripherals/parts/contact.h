/* peripherals/parts/contact.h - a contact that bounces: how a change of a button or a touch key
 * reaches its pin. Seeded, so that the same run bounces alike. */
#ifndef PERIPHERALS_PARTS_CONTACT_H
#define PERIPHERALS_PARTS_CONTACT_H

#include "peripherals/iface/device.h"

#define CONTACT_BOUNCE_US_DEFAULT 5000U
#define CONTACT_EDGES_MAX         1000
#define CONTACT_US_MAX            1000000

/* Part of the state of its owner. */
struct contact_state {
    uint64_t random;     /* any state is a good one */
    uint64_t end_cycles; /* by then it is quiet */
    uint32_t edges_left; /* that are still to come */
    bool wanted;         /* what the finger does */
    bool closed;         /* what the contact does */
    int32_t stuck;       /* fault: 1 closed for ever, 2 open for ever */
    int32_t bounce;    /* fault: so many edges more with each change; 0: as the devicetree has it */
    int32_t bounce_us; /* fault: within so much time; 0: likewise */
};

struct contact {
    const struct device_env *env; /* of its owner */
    struct contact_state *state;  /* likewise */
    void (*changed)(void *owner); /* `closed` or `stuck` is another */
    void *owner;
    uint32_t edges, us; /* of the devicetree: `sandglass,bounce-edges`, `sandglass,bounce-us` */
    struct event edge;
};

/* The faults of a contact, for the table of its owner. */
#define CONTACT_FAULTS                                                                             \
    {"stuck", "1: closed for ever, 2: open for ever", 0, 2},                                       \
        {"bounce", "each change brings VALUE edges more (an even number)", 0, CONTACT_EDGES_MAX},  \
    {                                                                                              \
        "bounce-us", "the edges come within VALUE microseconds (5000 until said otherwise)", 0,    \
            CONTACT_US_MAX                                                                         \
    }

/* NULL when fine, else what is wrong with the devicetree. */
const char *contact_init(struct contact *contact, const struct device_env *env,
                         struct contact_state *state, void (*changed)(void *owner), void *owner);

/* The finger closes it or lets go. */
void contact_set(struct contact *contact, bool closed);

/* Whether it is closed now. */
bool contact_is_closed(const struct contact_state *state);

/* An input that is one of CONTACT_FAULTS. False: it is not. */
bool contact_input(struct contact *contact, const struct device_input *input);

bool contact_state_is_sane(const struct contact_state *state, uint64_t now_cycles);

#endif
