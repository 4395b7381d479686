/* sim/machine/machine_net.h - several machines in one run, on one air and one thread.
 *
 * Cycles of all machines are the same time. The machine that is behind goes first, and no machine
 * gets further ahead of the others than the medium's latency: so what it sends reaches the others
 * in time, and the run is the same every time.
 *
 * The machines stay their owner's, and outlive the net. Snapshots of a machine in a net leave out
 * what the others are doing.
 */
#ifndef SIM_MACHINE_MACHINE_NET_H
#define SIM_MACHINE_MACHINE_NET_H

#include "peripherals/iface/radio_medium.h"
#include "sim/machine/machine.h"

#define MACHINE_NET_MAX 16U

struct machine_net {
    struct machine *machines[MACHINE_NET_MAX];
    size_t count;
    uint64_t latency_cycles;
    struct radio_port ear;   /* hears when a machine begins to send */
    struct machine *running; /* NULL: none */
    bool sent;               /* it has, since it was let run */
};

/* The settings of the air, for all machines that are added. */
struct machine_net_air {
    uint32_t exponent_tenths; /* of the path loss; 20 is free space */
    uint32_t loss_percent;    /* of all frames, at each receiver */
};

/* Begins with one machine; not to be moved from then on. */
void machine_net_init(struct machine_net *net, struct machine *first);

/* Adds another; false: there are MACHINE_NET_MAX, or its clock has another rate. */
bool machine_net_add(struct machine_net *net, struct machine *machine);

void machine_net_set_air(struct machine_net *net, const struct machine_net_air *air);

/* Where a machine's board is, in millimetres. Before the run. */
void machine_set_position(struct machine *machine, const int32_t position_mm[3]);

/* Runs all to `cycle`. MACHINE_STOP_LIMIT: they are there (asleep or off for good, perhaps).
 * Otherwise machine *who has stopped for that reason, and the others are near. */
enum machine_stop machine_net_run(struct machine_net *net, uint64_t cycle, size_t *who);

/* machine_step of one machine, once the others have come so far that it may; what they stop for on
 * the way is the result, and *who says whose it is. */
enum machine_stop machine_net_step(struct machine_net *net, size_t index, uint64_t cycle,
                                   size_t *who);

#endif
