/* sim/trace/pcap_trace.h - what goes over the media of a run (radio, USB) as a pcapng file, for
 * Wireshark and tshark.
 *
 * Reference: draft-ietf-opsawg-pcapng. One interface for each device and form of packet; its name
 * is the device's, with several machines NODE.DEVICE. Times are virtual, in nanoseconds from the
 * start of the run: when the last bit was sent.
 */
#ifndef SIM_TRACE_PCAP_TRACE_H
#define SIM_TRACE_PCAP_TRACE_H

#include <stdio.h>

#include "sim/loader/sim_error.h"
#include "sim/machine/machine.h"

#define PCAP_TRACE_MACHINES   16U
#define PCAP_TRACE_INTERFACES 64U

struct pcap_trace;

struct pcap_trace_machine {
    struct pcap_trace *trace;
    struct machine *machine;
    const char *name; /* NULL: there is one machine only */
};

struct pcap_trace {
    FILE *stream; /* owned; NULL: closed */
    struct pcap_trace_machine machines[PCAP_TRACE_MACHINES];
    size_t machine_count;
    struct {
        const struct pcap_trace_machine *machine;
        const char *device; /* the board's */
        uint32_t link_type;
    } interfaces[PCAP_TRACE_INTERFACES];
    size_t interface_count; /* packets of any further ones are left out */
};

/* Opens the file. */
bool pcap_trace_open(struct pcap_trace *trace, const char *path, struct sim_error *error);

/* Starts to observe a machine; `name` (NULL: none) and the trace must outlive its runs. */
bool pcap_trace_watch(struct pcap_trace *trace, struct machine *machine, const char *name,
                      struct sim_error *error);

/* False when not all could be written (disk full): SIM_INTERNAL. May be called twice. */
bool pcap_trace_close(struct pcap_trace *trace, struct sim_error *error);

#endif
