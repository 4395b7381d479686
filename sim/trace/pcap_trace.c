#include "sim/trace/pcap_trace.h"

#include <errno.h>
#include <string.h>

#define BLOCK_SECTION   0x0A0D0D0AU
#define BLOCK_INTERFACE 1U
#define BLOCK_PACKET    6U
#define BYTE_ORDER      0x1A2B3C4DU
#define OPTION_END      0U
#define OPTION_NAME     2U /* if_name */
#define OPTION_TSRESOL  9U /* if_tsresol: */
#define NANOSECONDS     9U
#define SECOND_NS       1000000000U
#define NAME_BYTES      80U

static void put_u16(FILE *stream, uint32_t value)
{
    fputc((int)(value & 0xFFU), stream);
    fputc((int)(value >> 8 & 0xFFU), stream);
}

static void put_u32(FILE *stream, uint32_t value)
{
    put_u16(stream, value & 0xFFFFU);
    put_u16(stream, value >> 16);
}

/* Bytes and the zeros that make them whole words. */
static void put_padded(FILE *stream, const void *bytes, size_t count)
{
    fwrite(bytes, 1, count, stream);
    for (size_t i = count; i % 4U != 0; i++) {
        fputc(0, stream);
    }
}

static uint32_t padded(size_t count)
{
    return (uint32_t)((count + 3U) / 4U * 4U);
}

static void put_section(FILE *stream)
{
    const uint32_t bytes = 28;
    put_u32(stream, BLOCK_SECTION);
    put_u32(stream, bytes);
    put_u32(stream, BYTE_ORDER);
    put_u16(stream, 1); /* version 1.0 */
    put_u16(stream, 0);
    put_u32(stream, 0xFFFFFFFFU); /* of unknown length */
    put_u32(stream, 0xFFFFFFFFU);
    put_u32(stream, bytes);
}

static void put_interface(FILE *stream, uint32_t link_type, const char *name)
{
    const uint8_t resolution = NANOSECONDS;
    uint32_t bytes = 32U + 4U + padded(strlen(name));
    put_u32(stream, BLOCK_INTERFACE);
    put_u32(stream, bytes);
    put_u16(stream, link_type);
    put_u16(stream, 0);
    put_u32(stream, 0); /* packets are whole */
    put_u16(stream, OPTION_NAME);
    put_u16(stream, (uint32_t)strlen(name));
    put_padded(stream, name, strlen(name));
    put_u16(stream, OPTION_TSRESOL);
    put_u16(stream, 1);
    put_padded(stream, &resolution, 1);
    put_u16(stream, OPTION_END);
    put_u16(stream, 0);
    put_u32(stream, bytes);
}

/* The interface of a device; SIZE_MAX: there are too many. */
static size_t find_interface(const struct pcap_trace_machine *watched, const char *device,
                             uint32_t link_type)
{
    struct pcap_trace *trace = watched->trace;
    char name[NAME_BYTES];
    for (size_t i = 0; i < trace->interface_count; i++) {
        if (trace->interfaces[i].machine == watched &&
            trace->interfaces[i].link_type == link_type &&
            strcmp(trace->interfaces[i].device, device) == 0) {
            return i;
        }
    }
    if (trace->interface_count == PCAP_TRACE_INTERFACES) {
        return SIZE_MAX;
    }
    size_t i = trace->interface_count++;
    trace->interfaces[i].machine = watched;
    trace->interfaces[i].device = device;
    trace->interfaces[i].link_type = link_type;
    snprintf(name, sizeof name, "%s%s%s", watched->name == NULL ? "" : watched->name,
             watched->name == NULL ? "" : ".", device);
    put_interface(trace->stream, link_type, name);
    return i;
}

static uint64_t now_ns(const struct pcap_trace_machine *watched)
{
    const struct clock *clock = machine_clock(watched->machine);
    uint64_t cycles = clock_now(clock);
    return cycles / clock->cpu_hz * SECOND_NS + cycles % clock->cpu_hz * SECOND_NS / clock->cpu_hz;
}

static void on_packet(void *context, const char *device, uint32_t link_type, const uint8_t *bytes,
                      uint32_t count)
{
    const struct pcap_trace_machine *watched = context;
    FILE *stream = watched->trace->stream;
    uint64_t time = now_ns(watched);
    size_t interface = stream == NULL ? SIZE_MAX : find_interface(watched, device, link_type);
    if (interface == SIZE_MAX) {
        return;
    }
    uint32_t block = 32U + padded(count);
    put_u32(stream, BLOCK_PACKET);
    put_u32(stream, block);
    put_u32(stream, (uint32_t)interface);
    put_u32(stream, (uint32_t)(time >> 32));
    put_u32(stream, (uint32_t)time);
    put_u32(stream, count);
    put_u32(stream, count);
    put_padded(stream, bytes, count);
    put_u32(stream, block);
}

bool pcap_trace_open(struct pcap_trace *trace, const char *path, struct sim_error *error)
{
    *trace = (struct pcap_trace){.stream = fopen(path, "wb")};
    if (trace->stream == NULL) {
        return sim_fail(error, SIM_WRONG_USE, "cannot write the packets to %s: %s", path,
                        strerror(errno));
    }
    put_section(trace->stream);
    return true;
}

bool pcap_trace_watch(struct pcap_trace *trace, struct machine *machine, const char *name,
                      struct sim_error *error)
{
    if (trace->machine_count == PCAP_TRACE_MACHINES) {
        return sim_fail(error, SIM_INTERNAL, "too many machines for one file of packets");
    }
    struct pcap_trace_machine *watched = &trace->machines[trace->machine_count++];
    *watched = (struct pcap_trace_machine){.trace = trace, .machine = machine, .name = name};
    const struct machine_observer observer = {.packet = on_packet, .context = watched};
    return machine_observe(machine, &observer) ||
           sim_fail(error, SIM_INTERNAL, "too many observers");
}

bool pcap_trace_close(struct pcap_trace *trace, struct sim_error *error)
{
    if (trace->stream == NULL) {
        return true;
    }
    bool failed = ferror(trace->stream) != 0;
    failed = fclose(trace->stream) != 0 || failed;
    trace->stream = NULL;
    return !failed || sim_fail(error, SIM_INTERNAL, "the packets could not be written completely");
}
