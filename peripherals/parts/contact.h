/* peripherals/parts/contact.h - a contact that bounces: how a change of a button or a touch key
 * reaches its pin. Seeded, so that the same run bounces alike. */
#ifndef PERIPHERALS_PARTS_CONTACT_H
#define PERIPHERALS_PARTS_CONTACT_H

#include "peripherals/iface/device.h"

#define CONTACT_BOUNCE_US_DEFAULT 5000U
#define CONTACT_EDGES_MAX         1000
#define CONTACT_US_MAX            1000000

/* In the order of contact_faults. */
enum contact_fault {
    CONTACT_STUCK,     /* 1: closed for ever, 2: open for ever */
    CONTACT_BOUNCE,    /* so many edges more with each change; 0: as the devicetree has it */
    CONTACT_BOUNCE_US, /* within so much time; 0: likewise */
    CONTACT_FAULTS
};

/* Part of the state of its owner. */
struct contact_state {
    uint64_t random;     /* any state is a good one */
    uint64_t end_cycles; /* by then it is quiet */
    uint32_t edges_left; /* that are still to come */
    bool wanted;         /* what the finger does */
    bool closed;         /* what the contact does */
    int32_t faults[CONTACT_FAULTS];
};

struct contact {
    const struct device_env *env; /* of its owner */
    struct contact_state *state;  /* likewise */
    void (*changed)(void *owner); /* what contact_is_closed says may be another */
    void *owner;
    uint32_t edges, us; /* of the devicetree: `sandglass,bounce-edges`, `sandglass,bounce-us` */
    struct event edge;
};

/* What its owner lists as its faults; ended by a NULL name. */
extern const struct device_fault contact_faults[];

/* NULL when fine, else what is wrong with the devicetree. */
const char *contact_init(struct contact *contact, const struct device_env *env,
                         struct contact_state *state, void (*changed)(void *owner), void *owner);

/* The finger closes it or lets go. */
void contact_set(struct contact *contact, bool closed);

/* Whether it is closed now. */
bool contact_is_closed(const struct contact_state *state);

/* An input that is one of contact_faults. False: it is not. */
bool contact_input(struct contact *contact, const struct device_input *input);

bool contact_state_is_sane(const struct contact_state *state, uint64_t now_cycles);

#endif
