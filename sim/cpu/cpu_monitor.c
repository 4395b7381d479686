#include "peripherals/armv7m/dwt_comparators.h"
#include "sim/cpu/cpu_internal.h"

/* Debug events that the guest's own debug monitor asked for: DWT comparators, FPB breakpoints,
 * DEMCR.MON_STEP. An instruction that may raise one is stepped. */

void cpu_monitor_changed(struct cpu *cpu, uint64_t cycle)
{
    struct cpu_monitor_events *monitor = &cpu->monitor;
    struct armv7m *core = &cpu->core;
    bool before = monitor->code || monitor->data;
    bool steps = dwt_steps(&core->dwt) && nvic_is_enabled(&core->nvic, EXCEPTION_DEBUGMON);
    monitor->code = steps || dwt_watches_code(&core->dwt, 0, UINT32_MAX) ||
                    fpb_breaks(&core->fpb, 0, UINT32_MAX);
    monitor->data = dwt_watches_data(&core->dwt, 0, UINT32_MAX);
    monitor->next_cycle = dwt_next_cycle_match(&core->dwt, cycle);
    if (before || monitor->code || monitor->data) {
        cpu_add_work(cpu, CPU_WORK_GATES | CPU_WORK_PAGES);
    } else if (monitor->next_cycle != UINT64_MAX) {
        cpu_add_work(cpu, CPU_WORK_FLAGS); /* the run ends: it has a new deadline */
    }
}

bool cpu_monitor_breaks(const struct cpu *cpu, uint32_t start, uint32_t end)
{
    return cpu->monitor.code &&
           (dwt_watches_code(&cpu->core.dwt, start, end) || fpb_breaks(&cpu->core.fpb, start, end));
}

bool cpu_monitor_watches(const struct cpu *cpu, uint32_t address, uint32_t size_bytes)
{
    return cpu->monitor.data && dwt_watches_data(&cpu->core.dwt, address, size_bytes);
}

bool cpu_monitor_access(struct cpu *cpu, uint32_t address, uint32_t size_bytes, bool write)
{
    return cpu->monitor.data && dwt_match_data(&cpu->core.dwt, address, size_bytes, write) &&
           exception_debug_event(&cpu->unit, DFSR_DWTTRAP);
}

void cpu_monitor_cycle(struct cpu *cpu)
{
    dwt_match_cycle(&cpu->core.dwt);
    (void)exception_debug_event(&cpu->unit, DFSR_DWTTRAP);
    cpu->monitor.next_cycle = dwt_next_cycle_match(&cpu->core.dwt, cpu->time.cycles);
}

bool cpu_monitor_before(struct cpu *cpu)
{
    struct cpu_monitor_events *monitor = &cpu->monitor;
    uint32_t pc = cpu_pc(cpu);
    monitor->pc = pc;
    monitor->exceptions = cpu->counters.exceptions;
    monitor->matches = dwt_watches_code(&cpu->core.dwt, pc, pc + 1);
    monitor->steps = dwt_steps(&cpu->core.dwt) && exception_monitor_preempts(&cpu->unit);
    cpu->started = false;
    if (fpb_breaks(&cpu->core.fpb, pc, pc + 1)) {
        monitor->matches = false;
        monitor->steps = false;
        cpu_raise_fault(cpu, &(struct fault){.kind = FAULT_BKPT}, NULL);
        return true;
    }
    if (monitor->matches || monitor->steps) {
        cpu->mode = CPU_MODE_STEP;
    }
    return false;
}

void cpu_monitor_after(struct cpu *cpu)
{
    struct cpu_monitor_events *monitor = &cpu->monitor;
    bool ran = cpu->started || cpu_pc(cpu) != monitor->pc ||
               cpu->counters.exceptions != monitor->exceptions;
    if (!ran) {
        return;
    }
    if (monitor->matches && dwt_match_code(&cpu->core.dwt, monitor->pc)) {
        (void)exception_debug_event(&cpu->unit, DFSR_DWTTRAP);
    }
    if (monitor->steps) {
        cpu->late_possible = false; /* a step into a handler has got there */
        cpu->core.scb.state.dfsr |= DFSR_HALTED;
        nvic_set_pending(&cpu->core.nvic, EXCEPTION_DEBUGMON);
    }
    monitor->matches = false;
    monitor->steps = false;
}
