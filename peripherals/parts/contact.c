#include "peripherals/parts/contact.h"

#include "peripherals/iface/random.h"

enum contact_stuck { CONTACT_WORKS, CONTACT_STUCK_CLOSED, CONTACT_STUCK_OPEN };

const struct device_fault contact_faults[] = {
    {"stuck", "1: closed for ever, 2: open for ever", 1, CONTACT_STUCK_OPEN},
    {"bounce", "each change brings VALUE edges more (made even)", 1, CONTACT_EDGES_MAX},
    {"bounce-us", "these edges come within VALUE microseconds", 1, CONTACT_US_MAX},
    {NULL, NULL, 0, 0},
};

bool contact_is_closed(const struct contact_state *state)
{
    int32_t stuck = state->faults[CONTACT_STUCK];
    return stuck == CONTACT_WORKS ? state->closed : stuck == CONTACT_STUCK_CLOSED;
}

/* Each edge comes within its share of the time that is left. */
static void schedule_edge(struct contact *contact)
{
    struct contact_state *s = contact->state;
    uint64_t now = clock_now(contact->env->clock);
    uint64_t left = s->end_cycles > now ? s->end_cycles - now : 0;
    uint64_t share = left / s->edges_left;
    clock_schedule(contact->env->clock, &contact->edge,
                   now + (share != 0 ? 1 + random_next(&s->random) % share : 0));
}

static void edge_fired(void *owner, uint64_t late_cycles)
{
    struct contact *contact = owner;
    struct contact_state *s = contact->state;
    (void)late_cycles;
    if (s->edges_left == 0) {
        return; /* a snapshot from elsewhere */
    }
    s->closed = !s->closed;
    s->edges_left--;
    if (s->edges_left != 0) {
        schedule_edge(contact);
    }
    contact->changed(contact->owner);
}

void contact_set(struct contact *contact, bool closed)
{
    struct contact_state *s = contact->state;
    uint32_t edges =
        s->faults[CONTACT_BOUNCE] != 0 ? (uint32_t)s->faults[CONTACT_BOUNCE] : contact->edges;
    uint32_t us =
        s->faults[CONTACT_BOUNCE_US] != 0 ? (uint32_t)s->faults[CONTACT_BOUNCE_US] : contact->us;
    clock_cancel(contact->env->clock, &contact->edge);
    s->wanted = closed;
    s->closed = closed;
    s->edges_left = (edges + 1U) / 2U * 2U; /* even, so that it ends as it is wanted */
    s->end_cycles = clock_now(contact->env->clock) + clock_us_to_cycles(contact->env->clock, us);
    if (s->edges_left != 0) {
        schedule_edge(contact);
    }
    contact->changed(contact->owner);
}

bool contact_input(struct contact *contact, const struct device_input *input)
{
    bool taken = device_fault_take(contact_faults, input, contact->state->faults);
    if (taken) {
        contact->changed(contact->owner);
    }
    return taken;
}

bool contact_state_is_sane(const struct contact_state *state, uint64_t now_cycles)
{
    (void)now_cycles;
    return device_bool_is_sane(&state->wanted) && device_bool_is_sane(&state->closed) &&
           state->edges_left <= CONTACT_EDGES_MAX &&
           device_faults_are_sane(contact_faults, state->faults);
}

const char *contact_init(struct contact *contact, const struct device_env *env,
                         struct contact_state *state, void (*changed)(void *owner), void *owner)
{
    contact->env = env;
    contact->state = state;
    contact->changed = changed;
    contact->owner = owner;
    contact->edges = props_u32_or(&env->props, "sandglass,bounce-edges", 0);
    contact->us = props_u32_or(&env->props, "sandglass,bounce-us", CONTACT_BOUNCE_US_DEFAULT);
    state->random = env->seed;
    event_init(&contact->edge, edge_fired, contact);
    return contact->edges <= CONTACT_EDGES_MAX && contact->us <= CONTACT_US_MAX
               ? NULL
               : "sandglass,bounce-edges is more than 1000 or sandglass,bounce-us more than a "
                 "second";
}
