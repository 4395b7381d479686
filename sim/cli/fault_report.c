#include "sim/cli/fault_report.h"

#include <stdio.h>

#include "sim/machine/machine_view.h"

#define MARGIN "               " /* as wide as the time in front of a line */

#define STACK_REACH_BYTES 256U /* below sp: all registers in one push, or an exception frame */

static bool is_semihosting(const struct machine *machine, uint32_t pc)
{
    uint16_t code = 0;
    return machine_peek(machine, pc, &code, sizeof code) == sizeof code &&
           code == CPU_BKPT_SEMIHOSTING;
}

static const char *access_name(enum machine_access access)
{
    switch (access) {
    case MACHINE_ACCESS_READ:
        return "read of";
    case MACHINE_ACCESS_WRITE:
        return "write to";
    case MACHINE_ACCESS_FETCH:
        return "fetch from";
    }
    return "access to";
}

static void print_region(FILE *stream, struct machine *machine, const struct mpu_verdict *verdict)
{
    uint32_t first = 0;
    uint32_t last = 0;
    const struct mpu_state *mpu = &cpu_core(machine_cpu(machine))->mpu;
    mpu_query_region(mpu, (unsigned)verdict->region, &first, &last);
    fprintf(stream, "MPU region %d (0x%08x to 0x%08x)", verdict->region, first, last);
}

/* Which region refused, or why none allowed it. */
static void print_refusal(FILE *stream, struct machine *machine, const struct machine_fault *fault)
{
    const struct mpu_verdict *verdict = fault->verdict;
    fprintf(stream, MARGIN "refused by: ");
    if (verdict == NULL) {
        fprintf(stream, "%s\n",
                fault->address - ARMV7M_PPB_BASE < ARMV7M_PPB_BYTES
                    ? "the core: its registers are for privileged code only"
                    : "the bus: nothing answers there");
    } else if (verdict->region >= 0) {
        print_region(stream, machine, verdict);
        fprintf(stream, ": %s\n",
                verdict->reason == MPU_REASON_EXECUTE_NEVER ? "execute never" : "its permissions");
    } else if (verdict->region == MPU_REGION_NONE && verdict->disabled_region >= 0) {
        fprintf(stream, "MPU region %d: its sub-region %d, which holds the address, is disabled\n",
                verdict->disabled_region, verdict->disabled_subregion);
    } else if (verdict->region == MPU_REGION_NONE) {
        fprintf(stream, "the MPU: no region of the process maps the address\n");
    } else {
        fprintf(stream, "the default memory map: execute never\n");
    }
}

/* A stack lies at the bottom of its process's block, in our apps as in Tock's. */
static void print_stack(FILE *stream, const struct process_watch *watch,
                        const struct machine_fault *fault)
{
    if (fault->process == MACHINE_NO_PROCESS || fault->access == MACHINE_ACCESS_FETCH) {
        return;
    }
    uint32_t bottom = watch->process[fault->process].ram_base;
    bool pushed = fault->address < bottom && fault->address + STACK_REACH_BYTES > fault->sp;
    if (fault->address_valid && pushed && fault->sp < bottom + STACK_REACH_BYTES) {
        fprintf(stream,
                MARGIN "its stack has run out: sp is 0x%08x, the process's RAM begins at 0x%08x\n",
                fault->sp, bottom);
    }
}

static void on_faulted(void *context, const struct machine_fault *fault)
{
    struct fault_report *report = context;
    const struct process_watch *watch = machine_view_processes(report->machine);
    char place[256];
    char owner[128];
    report->count++;
    if (report->count > FAULT_REPORTS_MAX) {
        return;
    }
    FILE *stream = live_lines_begin(report->lines);
    if (fault->process == MACHINE_NO_PROCESS) {
        struct cpu_regs regs;
        cpu_get_regs(machine_cpu(report->machine), &regs);
        fprintf(stream, "%s code faulted: %s",
                cpu_regs_privileged(&regs) ? "privileged" : "unprivileged",
                fault_kind_name(fault->kind));
    } else {
        fprintf(stream, "process %s faulted: %s", watch->process[fault->process].name,
                fault_kind_name(fault->kind));
    }
    if (fault->address_valid) {
        fprintf(stream, ", %s 0x%08x", access_name(fault->access), fault->address);
    }
    bool fetch = fault->access == MACHINE_ACCESS_FETCH;
    fprintf(stream, "\n" MARGIN "%s %s, pc 0x%08x\n", fetch ? "called from" : "in",
            symbol_map_describe(report->symbols, fetch ? (fault->lr & ~1U) - 2 : fault->pc, place,
                                sizeof place),
            fault->pc);
    if (fault->kind == FAULT_BKPT && is_semihosting(report->machine, fault->pc)) {
        fprintf(stream, MARGIN "BKPT 0xAB calls a host by semihosting: --semihosting answers it\n");
    }
    if (fault->address_valid) {
        fprintf(stream, MARGIN "address 0x%08x belongs to: %s\n", fault->address,
                machine_view_owner_text(report->machine, fault->address, owner, sizeof owner));
        print_refusal(stream, report->machine, fault);
        print_stack(stream, watch, fault);
    }
    if (report->count == FAULT_REPORTS_MAX) {
        fprintf(stream, MARGIN "this was report %d: further faults are only counted\n",
                FAULT_REPORTS_MAX);
    }
    live_lines_end(report->lines);
}

static void on_trespassed(void *context, int process, uint32_t address)
{
    struct fault_report *report = context;
    const struct process_watch *watch = machine_view_processes(report->machine);
    char owner[128];
    FILE *stream = live_lines_begin(report->lines);
    fprintf(stream, "isolation broken: 0x%08x changed while process %s ran; it belongs to: %s\n",
            address, watch->process[process].name,
            machine_view_owner_text(report->machine, address, owner, sizeof owner));
    live_lines_end(report->lines);
}

bool fault_report_start(struct fault_report *report, struct machine *machine,
                        struct live_lines *lines, const struct symbol_map *symbols)
{
    *report = (struct fault_report){.machine = machine, .lines = lines, .symbols = symbols};
    const struct machine_observer observer = {
        .faulted = on_faulted, .trespassed = on_trespassed, .context = report};
    return machine_observe(machine, &observer);
}
