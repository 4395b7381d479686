/* What the kernel says about processes that fault, and about itself when it panics. */
#include "kernel/core/report.h"

#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/capsule/debug.h"
#include "kernel/capsule/process_control.h"
#include "kernel/core/kernel_internal.h"

void report(struct const_slice name, enum text_id id, const uint32_t *values)
{
    uint8_t room[TEXT_BYTES];
    struct text text = {.room = SLICE_OF(room), .name = name};
    text_say_values(&text, id, values);
    debug_write((struct const_slice){room, text.length});
}

void report_values(enum text_id id, const uint32_t *values)
{
    report((struct const_slice){NULL, 0}, id, values);
}

void report_say(enum text_id id)
{
    report_values(id, NULL);
}

void report_of_process(const struct process *process, enum text_id id, const uint32_t *values)
{
    report(process_name(process), id, values);
}

#define CFSR_NAMED           0x030F3F3Bu /* those that have a text: TEXT_CFSR and on */
#define CFSR_STACKING_FAILED 0x00001010u /* MSTKERR, STKERR: the frame was not written */
#define CFSR_UNDEFINSTR      0x00010000u
#define HFSR_DEBUGEVT        0x80000000u
#define HFSR_VECTTBL         0x00000002u

_Static_assert(TEXT_CFSR_25 - TEXT_CFSR == 25, "a text for each bit, in their order");
#define IS_NEXT(field, before)                                                                     \
    (offsetof(struct arch_fault, field) == offsetof(struct arch_fault, before) + sizeof(uint32_t))
_Static_assert(IS_NEXT(hfsr, cfsr) && IS_NEXT(mmfar, hfsr) && IS_NEXT(bfar, mmfar),
               "TEXT_PIECE_STATUS is given them by the first");

static void write_status(const struct arch_fault *fault)
{
    uint32_t named = fault->cfsr & CFSR_NAMED;
    if (named != 0) {
        report_say((enum text_id)((uint32_t)TEXT_CFSR + (uint32_t)__builtin_ctz(named)));
    } else if ((fault->hfsr & HFSR_DEBUGEVT) != 0) {
        report_say(TEXT_HARD_FAULT_DEBUG);
    } else if ((fault->hfsr & HFSR_VECTTBL) != 0) {
        report_say(TEXT_HARD_FAULT_VECTOR);
    } else {
        report_say(TEXT_HARD_FAULT);
    }
    if ((fault->cfsr & ARCH_CFSR_MMARVALID) != 0) {
        report_values(TEXT_FAULT_ADDRESS, &fault->mmfar);
    } else if ((fault->cfsr & ARCH_CFSR_BFARVALID) != 0) {
        report_values(TEXT_FAULT_ADDRESS, &fault->bfar);
    }
}

void report_process_fault(const struct process *process, enum text_id why)
{
    uint32_t slot = process->slot;
    report_of_process(process, TEXT_FAULT, &slot);
    if (why != TEXT_NOTHING) {
        report_say(why);
    } else {
        write_status(&process->fault);
    }
    if ((process->fault.cfsr & CFSR_STACKING_FAILED) == 0 && process_frame_is_valid(process)) {
        report_values(TEXT_FAULT_PC, &arch_context_frame(&process->context)->pc);
    } else {
        report_values(TEXT_FAULT_NO_PC, &process->context.psp);
    }
}

void report_trap(const struct trap *trap)
{
    report(capsule_name(trap->owner), TEXT_TRAP, NULL);
    if ((trap->fault.cfsr & CFSR_UNDEFINSTR) != 0) {
        report_say(TEXT_TRAP_CHECK);
    } else {
        write_status(&trap->fault);
    }
    report_values(TEXT_TRAP_PC, &trap->pc);
    const struct process *caller = kernel.serving ? NULL : trap_caller();
    if (caller != NULL) {
        uint32_t slot = caller->slot;
        report_of_process(caller, TEXT_TRAP_COMMAND, &slot);
    }
    report_say(TEXT_TRAP_END);
}

static void write_panic_head(void)
{
    kernel.panicking = true;
    debug_flush();
    report_say(TEXT_PANIC);
}

/* Out of line: what it needs of the stack is free again when the processes are reported. */
static ARCH_OUT_OF_LINE void write_memory(void)
{
    struct kernel_view view;
    kernel_view_get(&view);
    report_values(TEXT_PANIC_MEMORY, &view.text_start);
    report_values(TEXT_PANIC_RAM, &view.data_start);
}

static _Noreturn void finish_panic(void)
{
    write_memory();
    const struct process *process = NULL;
    while ((process = process_after(process)) != NULL) {
        report_process(process);
    }
    report_say(TEXT_PANIC_END);
    arch_halt();
}

_Noreturn void kernel_panic(enum text_id why)
{
    write_panic_head();
    report_say(why);
    report_say(TEXT_LINE_END);
    finish_panic();
}

_Noreturn void kernel_take_fault(const struct arch_kernel_fault *fault)
{
    write_panic_head();
    report_say(TEXT_PANIC_FAULT);
    write_status(&fault->fault);
    if (fault->stack_overflow) {
        report_say(TEXT_PANIC_STACK);
    }
    report_values(TEXT_PANIC_STATE, (const uint32_t[]){fault->fault.exception, fault->sp});
    report_values(TEXT_PIECE_STATUS, &fault->fault.cfsr);
    if (fault->frame != NULL) {
        report_values(TEXT_PIECE_FRAME, &fault->frame->r0);
    }
    report_values(TEXT_PIECE_REGISTERS, fault->r4_to_r11);
    finish_panic();
}
