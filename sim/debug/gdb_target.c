#include "sim/debug/gdb_target.h"

#include <stdio.h>

#include "sim/machine/machine_view.h"

static void get_regs(void *context, struct cpu_regs *regs)
{
    const struct gdb_machine *adapter = context;
    cpu_get_regs(machine_cpu(adapter->machine), regs);
}

static void set_regs(void *context, const struct cpu_regs *regs)
{
    struct gdb_machine *adapter = context;
    cpu_set_regs(machine_cpu(adapter->machine), regs);
}

static bool read_memory(void *context, uint32_t address, void *bytes, size_t length)
{
    const struct gdb_machine *adapter = context;
    return machine_peek(adapter->machine, address, bytes, length) == length;
}

static bool write_memory(void *context, uint32_t address, const void *bytes, size_t length)
{
    struct gdb_machine *adapter = context;
    uint8_t old[GDB_PACKET_BYTES];
    /* All or nothing: what cannot be read back cannot be written either. */
    if (length > sizeof(old) || machine_peek(adapter->machine, address, old, length) != length) {
        return false;
    }
    size_t done = machine_poke(adapter->machine, address, bytes, length);
    if (done != length) {
        machine_poke(adapter->machine, address, old, done);
        return false;
    }
    return true;
}

static enum cpu_watch_kind watch_kind(enum gdb_point point)
{
    switch (point) {
    case GDB_POINT_WATCH_WRITE:
        return CPU_WATCH_WRITE;
    case GDB_POINT_WATCH_READ:
        return CPU_WATCH_READ;
    case GDB_POINT_WATCH_ACCESS:
    case GDB_POINT_BREAK:
    default:
        return CPU_WATCH_ACCESS;
    }
}

static bool cpu_point(struct gdb_machine *adapter, bool add, const struct gdb_target_point *p)
{
    struct cpu *cpu = machine_cpu(adapter->machine);
    if (p->point == GDB_POINT_BREAK) {
        return add ? cpu_breakpoint_add(cpu, p->address) : cpu_breakpoint_remove(cpu, p->address);
    }
    enum cpu_watch_kind kind = watch_kind(p->point);
    return add ? cpu_watchpoint_add(cpu, p->address, p->length, kind)
               : cpu_watchpoint_remove(cpu, p->address, p->length, kind);
}

/* The index of a point that is set, or point_count. A breakpoint's length is the instruction's, and
 * does not count. */
static size_t find_point(const struct gdb_machine *adapter, const struct gdb_target_point *p)
{
    size_t i = 0;
    while (i < adapter->point_count &&
           (adapter->points[i].point != p->point || adapter->points[i].address != p->address ||
            (p->point != GDB_POINT_BREAK && adapter->points[i].length != p->length))) {
        i++;
    }
    return i;
}

static bool point_add(void *context, enum gdb_point point, uint32_t address, uint32_t length)
{
    struct gdb_machine *adapter = context;
    const struct gdb_target_point p = {point, address, length};
    if (find_point(adapter, &p) < adapter->point_count) {
        return true; /* the protocol wants insertion to be idempotent */
    }
    if (adapter->point_count == GDB_TARGET_POINTS_MAX || !cpu_point(adapter, true, &p)) {
        return false;
    }
    adapter->points[adapter->point_count++] = p;
    return true;
}

static bool point_remove(void *context, enum gdb_point point, uint32_t address, uint32_t length)
{
    struct gdb_machine *adapter = context;
    const struct gdb_target_point p = {point, address, length};
    size_t i = find_point(adapter, &p);
    if (i == adapter->point_count) {
        return false;
    }
    adapter->points[i] = adapter->points[--adapter->point_count];
    return cpu_point(adapter, false, &p);
}

static void reset(void *context)
{
    struct gdb_machine *adapter = context;
    machine_reset(adapter->machine, RESET_PIN);
}

void gdb_machine_clear_points(struct gdb_machine *adapter)
{
    while (adapter->point_count > 0) {
        cpu_point(adapter, false, &adapter->points[--adapter->point_count]);
    }
}

void gdb_machine_init(struct gdb_machine *adapter, struct machine *machine)
{
    const struct board *board = machine_view_board(machine);
    *adapter = (struct gdb_machine){.machine = machine};
    /* Flash is called ROM, so that GDB uses hardware breakpoints there of its own accord; the rest
     * of the address space is devices, which GDB may read, too. */
    snprintf(adapter->memory_map, sizeof(adapter->memory_map),
             "<?xml version=\"1.0\"?><memory-map>"
             "<memory type=\"rom\" start=\"0x%x\" length=\"0x%x\"/>"
             "<memory type=\"ram\" start=\"0x%x\" length=\"0x%x\"/>"
             "<memory type=\"ram\" start=\"0x10000000\" length=\"0x10000000\"/>"
             "<memory type=\"ram\" start=\"0x40000000\" length=\"0xc0000000\"/>"
             "</memory-map>",
             board->flash.base, board->flash.size_bytes, board->ram.base, board->ram.size_bytes);
}

struct gdb_target gdb_machine_target(struct gdb_machine *adapter)
{
    return (struct gdb_target){.get_regs = get_regs,
                               .set_regs = set_regs,
                               .read_memory = read_memory,
                               .write_memory = write_memory,
                               .point_add = point_add,
                               .point_remove = point_remove,
                               .reset = reset,
                               .memory_map = adapter->memory_map,
                               .context = adapter};
}

/* GDB wants the kind and address that it set, not what was accessed. */
static bool watch_reason(const struct gdb_machine *adapter, struct gdb_stop_reason *reason)
{
    struct cpu_watch_hit hit;
    if (!cpu_watch_hit(machine_cpu(adapter->machine), &hit)) {
        return false;
    }
    for (size_t i = 0; i < adapter->point_count; i++) {
        const struct gdb_target_point *p = &adapter->points[i];
        bool touches =
            hit.address - p->address < p->length || p->address - hit.address < hit.size_bytes;
        bool wanted = ((uint32_t)watch_kind(p->point) &
                       (uint32_t)(hit.write ? CPU_WATCH_WRITE : CPU_WATCH_READ)) != 0;
        if (p->point != GDB_POINT_BREAK && touches && wanted) {
            reason->point = p->point;
            reason->address = p->address;
            return true;
        }
    }
    return false;
}

struct gdb_stop_reason gdb_machine_stop_reason(const struct gdb_machine *adapter,
                                               enum machine_stop stop)
{
    struct gdb_stop_reason reason = {.stop = GDB_STOP_TRAP};
    switch (stop) {
    case MACHINE_STOP_BREAKPOINT:
        reason.stop = GDB_STOP_BREAKPOINT;
        break;
    case MACHINE_STOP_WATCHPOINT:
        reason.stop = watch_reason(adapter, &reason) ? GDB_STOP_WATCHPOINT : GDB_STOP_TRAP;
        break;
    case MACHINE_STOP_LOCKUP:
        reason.stop = GDB_STOP_FAULT;
        break;
    case MACHINE_STOP_REQUESTED:
        reason.stop = GDB_STOP_INTERRUPT;
        break;
    case MACHINE_STOP_LIMIT:
    case MACHINE_STOP_IDLE:
    case MACHINE_STOP_OFF:
    case MACHINE_STOP_EXIT:
    case MACHINE_STOP_ENGINE:
        reason.stop = GDB_STOP_EXITED;
        break;
    case MACHINE_STOP_STEP:
    case MACHINE_STOP_BKPT:
        break;
    }
    return reason;
}
