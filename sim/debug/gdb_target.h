/* sim/debug/gdb_target.h - a machine as GDB's target: registers, memory, points, the memory map. */
#ifndef SIM_DEBUG_GDB_TARGET_H
#define SIM_DEBUG_GDB_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/debug/gdb_session.h"
#include "sim/machine/machine.h"

#define GDB_TARGET_POINTS_MAX 64

struct gdb_target_point {
    enum gdb_point point;
    uint32_t address, length;
};

struct gdb_machine {
    struct machine *machine; /* borrowed */
    struct gdb_target_point points[GDB_TARGET_POINTS_MAX];
    size_t point_count;
    char memory_map[512]; /* XML */
};

void gdb_machine_init(struct gdb_machine *adapter, struct machine *machine);

/* The callbacks for a session; `adapter` must outlive it. */
struct gdb_target gdb_machine_target(struct gdb_machine *adapter);

/* Takes all break- and watchpoints away, as when a debugger leaves. */
void gdb_machine_clear_points(struct gdb_machine *adapter);

/* Why the machine stopped, in GDB's terms. */
struct gdb_stop_reason gdb_machine_stop_reason(const struct gdb_machine *adapter,
                                               enum machine_stop stop);

#endif
