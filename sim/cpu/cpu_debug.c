#include "sim/cpu/cpu_internal.h"

/* ---- breakpoints ---- */

static bool debugger_stops_within(const struct cpu *cpu, uint32_t start, uint32_t end)
{
    for (uint32_t i = 0; i < cpu->debug.breakpoint_count; i++) {
        uint32_t address = cpu->debug.breakpoint[i];
        if (address >= start && address < end) {
            return true;
        }
    }
    return false;
}

bool cpu_breakpoint_within(const struct cpu *cpu, uint32_t start, uint32_t end)
{
    return debugger_stops_within(cpu, start, end) || cpu_monitor_breaks(cpu, start, end);
}

bool cpu_debugger_stops_at(const struct cpu *cpu, uint32_t pc)
{
    return debugger_stops_within(cpu, pc, pc + 1);
}

bool cpu_breakpoint_at(const struct cpu *cpu, uint32_t pc)
{
    return cpu_breakpoint_within(cpu, pc, pc + 1);
}

bool cpu_breakpoint_add(struct cpu *cpu, uint32_t address)
{
    struct cpu_debug *debug = &cpu->debug;
    if (cpu_debugger_stops_at(cpu, address)) {
        return true;
    }
    if (debug->breakpoint_count == CPU_BREAKPOINTS) {
        return false;
    }
    debug->breakpoint[debug->breakpoint_count++] = address;
    cpu_add_work(cpu, CPU_WORK_GATES);
    return true;
}

bool cpu_breakpoint_remove(struct cpu *cpu, uint32_t address)
{
    struct cpu_debug *debug = &cpu->debug;
    for (uint32_t i = 0; i < debug->breakpoint_count; i++) {
        if (debug->breakpoint[i] == address) {
            debug->breakpoint[i] = debug->breakpoint[--debug->breakpoint_count];
            cpu_add_work(cpu, CPU_WORK_GATES);
            return true;
        }
    }
    return false;
}

/* ---- watchpoints ---- */

bool cpu_watchpoint_add(struct cpu *cpu, uint32_t address, uint32_t size_bytes,
                        enum cpu_watch_kind kind)
{
    struct cpu_debug *debug = &cpu->debug;
    if (debug->watch_count == CPU_WATCHPOINTS || size_bytes == 0) {
        return false;
    }
    debug->watch[debug->watch_count++] =
        (struct cpu_watch){.address = address, .size_bytes = size_bytes, .kind = kind};
    cpu_add_work(cpu, CPU_WORK_PAGES);
    return true;
}

bool cpu_watchpoint_remove(struct cpu *cpu, uint32_t address, uint32_t size_bytes,
                           enum cpu_watch_kind kind)
{
    struct cpu_debug *debug = &cpu->debug;
    for (uint32_t i = 0; i < debug->watch_count; i++) {
        const struct cpu_watch *watch = &debug->watch[i];
        if (watch->address == address && watch->size_bytes == size_bytes && watch->kind == kind) {
            debug->watch[i] = debug->watch[--debug->watch_count];
            cpu_add_work(cpu, CPU_WORK_PAGES);
            return true;
        }
    }
    return false;
}

static bool overlaps(const struct cpu_watch *watch, uint32_t address, uint32_t size_bytes)
{
    return address - watch->address < watch->size_bytes || watch->address - address < size_bytes;
}

/* An access that begins in a page is told as a whole, or not at all: what it may reach of the next
 * one counts, too. */
#define ACCESS_REACHES 7U

bool cpu_observes(const struct cpu *cpu, uint32_t address, uint32_t size_bytes)
{
    const struct cpu_observe *observe = &cpu->config.observe;
    return observe->watches != NULL && observe->watches(observe->context, address, size_bytes);
}

bool cpu_page_is_watched(const struct cpu *cpu, uint32_t page)
{
    for (uint32_t i = 0; i < cpu->debug.watch_count; i++) {
        if (overlaps(&cpu->debug.watch[i], page, ENGINE_PAGE_BYTES + ACCESS_REACHES)) {
            return true;
        }
    }
    return cpu_observes(cpu, page, ENGINE_PAGE_BYTES + ACCESS_REACHES) ||
           cpu_monitor_watches(cpu, page, ENGINE_PAGE_BYTES + ACCESS_REACHES);
}

void cpu_check_watch(struct cpu *cpu, uint32_t address, uint32_t size_bytes, bool write)
{
    unsigned wanted = write ? CPU_WATCH_WRITE : CPU_WATCH_READ;
    for (uint32_t i = 0; i < cpu->debug.watch_count; i++) {
        const struct cpu_watch *watch = &cpu->debug.watch[i];
        if (((unsigned)watch->kind & wanted) != 0 && overlaps(watch, address, size_bytes)) {
            cpu->debug.hit = (struct cpu_watch_hit){
                .address = address, .size_bytes = (uint8_t)size_bytes, .write = write};
            cpu_add_work(cpu, CPU_WORK_WATCH);
            return;
        }
    }
}

bool cpu_watch_hit(const struct cpu *cpu, struct cpu_watch_hit *hit)
{
    *hit = cpu->debug.hit;
    return cpu->debug.hit_valid;
}

void cpu_set_debugger(struct cpu *cpu, bool attached)
{
    cpu->debug.attached = attached;
}

void cpu_set_semihosting(struct cpu *cpu, bool on)
{
    cpu->debug.semihosting = on;
}

void cpu_answer_semihosting(struct cpu *cpu, uint32_t r0, uint64_t cycles)
{
    cpu_it_pass(cpu);
    cpu_hold_regs(cpu);
    cpu->regs.r[0] = r0;
    cpu_stall(cpu, cycles);
}
