/* All that is known of one process, for panics and for those that faulted under a policy with
 * debug. The latter's goes out piece by piece, as the UART has room: the others are not kept
 * waiting. */
#include <stddef.h>

#include "kernel/abi/drivers.h"
#include "kernel/capsule/process_control.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/core/report.h"

enum piece { HEAD, MEMORY, STATUS, FRAME, REGISTERS, FIRST_REGION };

/* HEAD and MEMORY. Out of line: the other pieces do without the view on the stack. */
static ARCH_OUT_OF_LINE void write_view(const struct process *process, uint32_t piece)
{
    struct process_view view;
    (void)process_view_get(process->slot, &view);
    if (piece == MEMORY) {
        report_values(TEXT_PIECE_RAM, &view.index);
        report_values(TEXT_PIECE_FLASH, &view.index);
        return;
    }
    report(view.name, TEXT_PIECE_HEAD, &view.index);
    if (process == kernel.current) {
        report_say(TEXT_PIECE_CURRENT);
    }
    report_values(TEXT_PIECE_COUNTS, &view.index);
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
static enum text_id access_text(uint32_t rasr)
{
    switch (rasr >> RASR_AP_SHIFT & RASR_AP_MASK) {
    case 3:
        return (rasr & RASR_XN) != 0 ? TEXT_PIECE_REGION_RW : TEXT_PIECE_REGION_RWX;
    case 2:
    case 6:
    case 7:
        return (rasr & RASR_XN) != 0 ? TEXT_PIECE_REGION_R : TEXT_PIECE_REGION_RX;
    default:
        return TEXT_PIECE_REGION_NONE;
    }
}

static void write_region(const struct process *process, uint32_t number)
{
    const struct mpu_layout_region *region = &process->layout.region[number];
    uint32_t rasr = region->rasr;
    uint32_t values[] = {
        number,
        region->rbar,
        rasr,
        region->rbar & RBAR_ADDRESS,
        2u << (rasr >> RASR_SIZE_SHIFT & RASR_SIZE_MASK),
        rasr >> RASR_SRD_SHIFT & RASR_SRD_MASK,
    };
    report_values(TEXT_PIECE_REGION, values);
    if ((rasr & RASR_ENABLE) == 0) {
        report_say(TEXT_PIECE_REGION_OFF);
    } else {
        report_values(TEXT_PIECE_REGION_ON, values);
        report_say(access_text(rasr));
    }
}

bool report_process_piece(const struct process *process, uint32_t piece)
{
    switch (piece) {
    case HEAD:
    case MEMORY:
        write_view(process, piece);
        break;
    case STATUS:
        if (process->fault.exception != 0) {
            report_values(TEXT_PIECE_STATUS, &process->fault.cfsr);
        }
        break;
    case FRAME:
        if (process_frame_is_valid(process)) {
            report_values(TEXT_PIECE_FRAME, &arch_context_frame(&process->context)->r0);
        }
        break;
    case REGISTERS:
        report_values(TEXT_PIECE_REGISTERS, process->context.r4_to_r11);
        report_values(TEXT_PIECE_SP, &process->context.psp);
        break;
    default:
        write_region(process, piece - FIRST_REGION);
        break;
    }
    return piece + 1 < FIRST_REGION + MPU_LAYOUT_REGIONS;
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
    uint32_t values[] = {process->slot, bytes, used, 0, used + bytes};
    report_of_process(process, TEXT_GRANTS_FULL, values);
    if (driver != NULL) {
        values[3] = driver->ops->number;
        report(capsule_name(driver->ops->owner), TEXT_GRANTS_FULL_DRIVER, values);
    }
    report_values(TEXT_GRANTS_FULL_END, values);
}

/* --- After a fault --- */

static void dump(void *self);
/* There is nothing else of this file to be set up at start. */
static struct deferred_call *dump_call(void)
{
    kernel.dump.call = dump;
    return &kernel.dump;
}

static struct process *next_to_dump(void)
{
    struct process *process = NULL;
    do {
        process = process_after(process);
    } while (process != NULL && process->dump == 0);
    return process;
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
