#include "sim/machine/machine_net.h"

#include "sim/machine/machine_internal.h"

static void heard(void *owner, uint32_t source, enum radio_phase phase,
                  const struct radio_frame *frame, int32_t power_cdbm)
{
    struct machine_net *net = owner;
    (void)source;
    (void)frame;
    (void)power_cdbm;
    if (phase == RADIO_BEGINS && net->running != NULL) {
        net->sent = true;
        machine_request_stop(net->running);
    }
}

void machine_net_init(struct machine_net *net, struct machine *first)
{
    *net = (struct machine_net){.machines = {first}, .count = 1};
    net->latency_cycles = radio_medium_latency(&first->clock);
    net->ear = (struct radio_port){.heard = heard, .owner = net, .everywhere = true};
    radio_medium_attach(&first->nets.radio, &net->ear);
}

bool machine_net_add(struct machine_net *net, struct machine *machine)
{
    struct machine *first = net->machines[0];
    if (net->count == MACHINE_NET_MAX || machine->clock.cpu_hz != first->clock.cpu_hz) {
        return false;
    }
    net->machines[net->count++] = machine;
    radio_medium_join(&first->nets.radio, &machine->nets.radio);
    return true;
}

void machine_net_set_air(struct machine_net *net, const struct machine_net_air *air)
{
    for (size_t i = 0; i < net->count; i++) {
        net->machines[i]->nets.radio.exponent_tenths = air->exponent_tenths;
        net->machines[i]->nets.radio.loss_percent = air->loss_percent;
    }
}

void machine_set_position(struct machine *machine, const int32_t position_mm[3])
{
    for (uint32_t i = 0; i < 3; i++) {
        machine->nets.radio.position_mm[i] = position_mm[i];
    }
}

/* The first cycle in which a machine may do something of its own accord. */
static uint64_t next_action(const struct machine *machine)
{
    uint64_t now = clock_now(&machine->clock);
    uint64_t next = now;
    if (machine->off && !machine->reset_pending) {
        next = input_queue_next(&machine->inputs);
    } else if (machine->asleep && !machine->reset_pending && cpu_is_asleep(machine->cpu)) {
        next = clock_next_due(&machine->clock);
    }
    return next < now ? now : next;
}

/* The machine that is behind, and how far it may go: as far as what the others may do, from their
 * next action on, cannot reach it. */
static size_t choose(const struct machine_net *net, uint64_t *first, uint64_t *limit)
{
    size_t chosen = 0;
    *first = CLOCK_NEVER;
    for (size_t i = 0; i < net->count; i++) {
        uint64_t next = next_action(net->machines[i]);
        if (next < *first) {
            *first = next;
            chosen = i;
        }
    }
    *limit = CLOCK_NEVER;
    for (size_t i = 0; i < net->count; i++) {
        uint64_t next = i == chosen ? CLOCK_NEVER : next_action(net->machines[i]);
        *limit = next < *limit ? next : *limit;
    }
    if (*limit < CLOCK_NEVER - net->latency_cycles) {
        *limit += net->latency_cycles;
    }
    return chosen;
}

/* True: it has stopped for a reason that ends the run of all. */
static bool let_run(struct machine_net *net, size_t index, uint64_t cycle, enum machine_stop *stop)
{
    net->running = net->machines[index];
    net->sent = false;
    *stop = machine_run(net->running, cycle);
    bool goes_on = *stop == MACHINE_STOP_LIMIT || *stop == MACHINE_STOP_IDLE ||
                   *stop == MACHINE_STOP_OFF || (*stop == MACHINE_STOP_REQUESTED && net->sent);
    /* Its request to stop, if the run ended for another reason first. */
    net->running->stop_requested = net->running->stop_requested && !net->sent;
    net->running = NULL;
    return !goes_on;
}

enum machine_stop machine_net_run(struct machine_net *net, uint64_t cycle, size_t *who)
{
    enum machine_stop stop = MACHINE_STOP_LIMIT;
    for (;;) {
        uint64_t first, limit;
        *who = choose(net, &first, &limit);
        if (first >= cycle) {
            break;
        }
        if (let_run(net, *who, limit < cycle ? limit : cycle, &stop)) {
            return stop;
        }
    }
    /* Nobody does anything before `cycle` any more. */
    for (*who = 0; *who < net->count; (*who)++) {
        if (let_run(net, *who, cycle, &stop)) {
            return stop;
        }
    }
    *who = 0;
    return MACHINE_STOP_LIMIT;
}

enum machine_stop machine_net_step(struct machine_net *net, size_t index, uint64_t cycle,
                                   size_t *who)
{
    struct machine *machine = net->machines[index];
    enum machine_stop stop = MACHINE_STOP_LIMIT;
    while (clock_now(&machine->clock) < cycle) {
        uint64_t first, limit;
        *who = choose(net, &first, &limit);
        limit = limit < cycle ? limit : cycle;
        if (first >= cycle) {
            *who = index; /* nobody has anything to do before */
        }
        if (*who != index) {
            if (let_run(net, *who, limit, &stop)) {
                return stop;
            }
            continue;
        }
        stop = machine_step(machine, limit);
        if (stop != MACHINE_STOP_LIMIT && stop != MACHINE_STOP_IDLE) {
            return stop;
        }
    }
    *who = index;
    return MACHINE_STOP_LIMIT;
}
