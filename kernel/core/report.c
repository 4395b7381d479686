/* What the kernel says about processes that fault, and about itself when it panics. */
#include <stddef.h>

#include "kernel/abi/drivers.h"
#include "kernel/arch/arch.h"
#include "kernel/capsule/debug.h"
#include "kernel/capsule/process_control.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/core/report.h"

void report_text(const char *text)
{
    uint32_t length = 0;
    while (text[length] != '\0') {
        length++;
    }
    debug_write((struct const_slice){(const uint8_t *)text, length});
}

#define NAME_SEEN 40u

void report_name(struct const_slice name)
{
    uint8_t seen[NAME_SEEN];
    uint32_t count = 0;
    for (; count < name.length && count < NAME_SEEN; count++) {
        uint8_t byte = name.bytes[count];
        seen[count] = byte >= ' ' && byte < 0x7F ? byte : '?';
    }
    debug_write((struct const_slice){seen, count});
}

/* CFSR, bit by bit (ARMv7-M ARM, B3.2.15). */
struct status_name {
    uint32_t bit;
    const char *name;
};
static const struct status_name status_names[] = {
    {1u << 0, "MemManage IACCVIOL"},    {1u << 1, "MemManage DACCVIOL"},
    {1u << 3, "MemManage MUNSTKERR"},   {1u << 4, "MemManage MSTKERR"},
    {1u << 5, "MemManage MLSPERR"},     {1u << 8, "BusFault IBUSERR"},
    {1u << 9, "BusFault PRECISERR"},    {1u << 10, "BusFault IMPRECISERR"},
    {1u << 11, "BusFault UNSTKERR"},    {1u << 12, "BusFault STKERR"},
    {1u << 13, "BusFault LSPERR"},      {1u << 16, "UsageFault UNDEFINSTR"},
    {1u << 17, "UsageFault INVSTATE"},  {1u << 18, "UsageFault INVPC"},
    {1u << 19, "UsageFault NOCP"},      {1u << 24, "UsageFault UNALIGNED"},
    {1u << 25, "UsageFault DIVBYZERO"},
};
#define STATUS_NAMES         (sizeof(status_names) / sizeof(status_names[0]))
#define CFSR_STACKING_FAILED 0x00001010u /* MSTKERR, STKERR: the frame was not written */
#define HFSR_DEBUGEVT        0x80000000u
#define HFSR_VECTTBL         0x00000002u

static void write_status(const struct arch_fault *fault)
{
    const char *name = "HardFault";
    if ((fault->hfsr & HFSR_DEBUGEVT) != 0) {
        name = "HardFault DEBUGEVT";
    } else if ((fault->hfsr & HFSR_VECTTBL) != 0) {
        name = "HardFault VECTTBL";
    }
    for (uint32_t i = 0; i < STATUS_NAMES; i++) {
        if ((fault->cfsr & status_names[i].bit) != 0) {
            name = status_names[i].name;
            break;
        }
    }
    report_text(name);
    if ((fault->cfsr & ARCH_CFSR_MMARVALID) != 0) {
        report_text(" at ");
        debug_hex32(fault->mmfar);
    } else if ((fault->cfsr & ARCH_CFSR_BFARVALID) != 0) {
        report_text(" at ");
        debug_hex32(fault->bfar);
    }
}

void report_process_fault(const struct process *process, const char *why)
{
    report_text("Process ");
    report_name(process_name(process));
    report_text(" (slot ");
    debug_decimal(process->slot);
    report_text(") faulted: ");
    if (why != NULL) {
        report_text(why);
    } else {
        write_status(&process->fault);
    }
    if ((process->fault.cfsr & CFSR_STACKING_FAILED) == 0 && process_frame_is_valid(process)) {
        report_text(", pc ");
        debug_hex32(arch_context_frame(&process->context)->pc);
    } else {
        report_text(", pc unknown, sp ");
        debug_hex32(process->context.psp);
    }
    report_text("\r\n");
}

#define CFSR_UNDEFINSTR 0x00010000u

void report_trap(const struct trap *trap)
{
    report_text("Capsule ");
    report_text(trap->owner->name);
    report_text(" trapped: ");
    if ((trap->fault.cfsr & CFSR_UNDEFINSTR) != 0) {
        report_text("a check of its code failed");
    } else {
        write_status(&trap->fault);
    }
    report_text(", pc ");
    debug_hex32(trap->pc);
    const struct process *caller = kernel.serving ? NULL : trap_caller();
    if (caller != NULL) {
        report_text(", in a command of ");
        report_name(process_name(caller));
        report_text(" (slot ");
        debug_decimal(caller->slot);
        report_text(")");
    }
    report_text("\r\n  It is called no more, and apps get NODEVICE from it.\r\n");
}

void report_field(const char *name, uint32_t value)
{
    report_text(name);
    debug_hex32(value);
}

void report_line(const char *name, uint32_t value)
{
    report_field(name, value);
    report_text("\r\n");
}

void report_count(const char *name, uint32_t value)
{
    report_text(name);
    debug_decimal(value);
}

void report_frame(const struct arch_frame *frame)
{
    report_field("  r0 ", frame->r0);
    report_field("  r1 ", frame->r1);
    report_field("  r2 ", frame->r2);
    report_line("  r3 ", frame->r3);
    report_field("  r12 ", frame->r12);
    report_field("  lr ", frame->lr);
    report_field("  pc ", frame->pc);
    report_line(" xpsr ", frame->xpsr);
}

void report_r4_to_r11(const uint32_t *registers)
{
    for (uint32_t i = 0; i < 8; i++) {
        report_text("  r");
        debug_decimal(4 + i);
        report_text(" ");
        debug_hex32(registers[i]);
        if (i % 4 == 3) {
            report_text("\r\n");
        }
    }
}

void report_status_registers(const struct arch_fault *fault)
{
    report_field("  CFSR ", fault->cfsr);
    report_field("  HFSR ", fault->hfsr);
    report_field("  MMFAR ", fault->mmfar);
    report_line("  BFAR ", fault->bfar);
}

static void write_panic_head(void)
{
    kernel.panicking = true;
    debug_flush();
    report_text("\r\n---| Kernel panic |---\r\n");
}

static uint32_t never_used_stack(const struct kernel_view *view)
{
    uint32_t address = view->stack_start;
    while (address < view->stack_end &&
           *(const uint32_t *)process_memory(address) == ARCH_STACK_PATTERN) {
        address += (uint32_t)sizeof(uint32_t);
    }
    return address - view->stack_start;
}

static _Noreturn void finish_panic(void)
{
    struct kernel_view view;
    kernel_view_get(&view);
    debug_write(kernel_version_text());
    report_text("\r\n---| Kernel memory |---\r\n");
    report_field("  code  ", view.text_start);
    report_line(" - ", view.text_end);
    report_field("  stack ", view.stack_start);
    report_field(" - ", view.stack_end);
    report_count("  bytes never used: ", never_used_stack(&view));
    report_text("\r\n");
    report_field("  data  ", view.data_start);
    report_line(" - ", view.data_end);
    report_field("  apps  ", view.app_ram_start);
    report_line(" - ", view.app_ram_end);
    report_text("---| Processes |---\r\n");
    for (uint32_t slot = 0; slot < KERNEL_PROCESS_SLOTS; slot++) {
        if (kernel.process[slot] != NULL) {
            report_process(kernel.process[slot]);
        }
    }
    report_text("---| End of panic |---\r\n");
    arch_halt();
}

_Noreturn void kernel_panic(struct const_slice why)
{
    write_panic_head();
    debug_write(why);
    report_text("\r\n");
    finish_panic();
}

_Noreturn void kernel_take_fault(const struct arch_kernel_fault *fault)
{
    write_panic_head();
    report_text("the kernel faulted: ");
    write_status(&fault->fault);
    report_text(fault->stack_overflow ? " (its stack overflowed)\r\n" : "\r\n");
    report_count("  exception ", fault->fault.exception);
    report_line("  sp ", fault->sp);
    report_status_registers(&fault->fault);
    if (fault->frame != NULL) {
        report_frame(fault->frame);
    }
    report_r4_to_r11(fault->r4_to_r11);
    finish_panic();
}
