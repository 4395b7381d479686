/* All that is known of one process, for panics and for those that faulted under a policy with
 * debug. The latter's goes out piece by piece, as the UART has room: the others are not kept
 * waiting. */
#include <stddef.h>

#include "kernel/abi/drivers.h"
#include "kernel/capsule/debug.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/core/report.h"

static const char *state_text(enum abi_process_state state)
{
    switch (state) {
    case ABI_PROCESS_RUNNING:
        return "Running";
    case ABI_PROCESS_YIELDED:
        return "Yielded";
    case ABI_PROCESS_YIELDED_FOR:
        return "YieldedFor";
    case ABI_PROCESS_STOPPED:
        return "Stopped";
    case ABI_PROCESS_FAULTED:
        return "Faulted";
    case ABI_PROCESS_TERMINATED:
        return "Terminated";
    }
    return "?";
}

static void write_head(const struct process *process)
{
    report_text("App: ");
    report_name(process_name(process));
    report_text("  -  [");
    report_text(state_text((enum abi_process_state)process->state));
    report_text(process == kernel.current ? ", its slice is running]\r\n" : "]\r\n");
    report_count("  slot ", process->slot);
    report_count("  system calls ", process->system_calls);
    report_count("  upcalls queued ", process->queue_count);
    report_count(" dropped ", process->upcalls_dropped);
    report_count("  restarts ", process->restarts);
    report_count("  completion code ", process->completion_code);
    report_text("\r\n");
}

static void write_memory(const struct process *process)
{
    report_line("  RAM end     ", process->layout.ram_end);
    report_line("  grants      ", process->grant_start);
    report_line("  app break   ", process->app_break);
    report_line("  heap start  ", process->heap_start);
    report_line("  stack top   ", process->stack_top);
    report_line("  RAM start   ", process->layout.ram_start);
    report_line("  flash end   ", process->layout.flash_start + process->app.total_size);
    report_line("  flash start ", process->layout.flash_start);
}

/* RASR (ARMv7-M ARM, B3.5.9). */
#define RASR_ENABLE     0x1u
#define RASR_SIZE_SHIFT 1u
#define RASR_SIZE_MASK  0x1Fu
#define RASR_SRD_SHIFT  8u
#define RASR_SRD_MASK   0xFFu
#define RASR_AP_SHIFT   24u
#define RASR_AP_MASK    0x7u
#define RASR_XN         0x10000000u
#define RBAR_ADDRESS    0xFFFFFFE0u

/* What an app may do there. */
static const char *access_text(uint32_t rasr)
{
    switch (rasr >> RASR_AP_SHIFT & RASR_AP_MASK) {
    case 3:
        return (rasr & RASR_XN) != 0 ? "rw-" : "rwx";
    case 2:
    case 6:
    case 7:
        return (rasr & RASR_XN) != 0 ? "r--" : "r-x";
    default:
        return "---";
    }
}

static void write_region(const struct process *process, uint32_t number)
{
    const struct mpu_layout_region *region = &process->layout.region[number];
    report_count("  region ", number);
    report_field("  RBAR ", region->rbar);
    report_field("  RASR ", region->rasr);
    if ((region->rasr & RASR_ENABLE) == 0) {
        report_text("  off\r\n");
        return;
    }
    report_field("  ", region->rbar & RBAR_ADDRESS);
    report_field(" size ", 2u << (region->rasr >> RASR_SIZE_SHIFT & RASR_SIZE_MASK));
    report_text(" without ");
    debug_hex(region->rasr >> RASR_SRD_SHIFT & RASR_SRD_MASK);
    report_text(" ");
    report_text(access_text(region->rasr));
    report_text("\r\n");
}

enum piece { HEAD, MEMORY, STATUS, FRAME, REGISTERS, FIRST_REGION };

bool report_process_piece(const struct process *process, uint32_t piece)
{
    switch (piece) {
    case HEAD:
        write_head(process);
        return true;
    case MEMORY:
        write_memory(process);
        return true;
    case STATUS:
        if (process->fault.exception != 0) {
            report_status_registers(&process->fault);
        }
        return true;
    case FRAME:
        if (process_frame_is_valid(process)) {
            report_frame(arch_context_frame(&process->context));
        }
        return true;
    case REGISTERS:
        report_r4_to_r11(process->context.r4_to_r11);
        report_line("  sp ", process->context.psp);
        return true;
    default:
        write_region(process, piece - FIRST_REGION);
        return piece - FIRST_REGION + 1 < MPU_LAYOUT_REGIONS;
    }
}

void report_process(const struct process *process)
{
    uint32_t piece = 0;
    while (report_process_piece(process, piece)) {
        piece++;
    }
}

/* --- No room --- */

void report_grants_full(struct process *process, uint32_t grant, uint32_t bytes)
{
    if (process->grants_full_told) {
        return;
    }
    process->grants_full_told = true;
    const struct driver *driver = grant_driver(grant);
    uint32_t used = process->layout.ram_end - process_block_bytes() - process->grant_start;
    report_text("App ");
    report_name(process_name(process));
    report_count(" (slot ", process->slot);
    report_count(") gets NOMEM: its grants have no room for ", bytes);
    report_count(" bytes more than ", used);
    if (driver != NULL) {
        report_field(", for driver ", driver->ops->number);
    }
    if (driver != NULL && driver->ops->owner != NULL) {
        report_text(" ");
        report_text(driver->ops->owner->name);
    }
    report_count(". Pack it with --kernel-heap ", used + bytes);
    report_text(" or more.\r\n");
}

/* --- After a fault --- */

static void dump(void *self);
static struct deferred_call *dump_call(void)
{
    kernel.dump.call = dump;
    return &kernel.dump;
}

static struct process *next_to_dump(void)
{
    for (uint32_t slot = 0; slot < KERNEL_PROCESS_SLOTS; slot++) {
        struct process *process = kernel.process[slot];
        if (process != NULL && process->dump != 0) {
            return process;
        }
    }
    return NULL;
}

static void dump(void *self)
{
    (void)self;
    struct process *process = next_to_dump();
    while (process != NULL && debug_room() >= REPORT_PIECE_BYTES) {
        bool more = report_process_piece(process, process->dump - 1u);
        process->dump = more ? (uint8_t)(process->dump + 1u) : 0;
        if (!more && process->restart_after_dump) {
            process_restart(process);
        }
        process = next_to_dump();
    }
}

void report_after_fault(struct process *process, bool restart)
{
    process->dump = 1;
    process->restart_after_dump = restart;
    deferred_call_request(dump_call());
}

void report_go_on(void)
{
    if (next_to_dump() != NULL) {
        deferred_call_request(dump_call());
    }
}
