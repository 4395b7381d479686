/* How the machine's interrupts go through irq_jitter: one line for each of the chip's, then one for
 * SysTick. */
#include "sim/machine/machine_internal.h"

uint32_t machine_jitter_lines(const struct machine_config *config)
{
    return config->jitter.bound_cycles == 0 ? 0 : config->board->chip->irq_count + 1;
}

static uint32_t systick_line(const struct machine *machine)
{
    return machine->jitter.line_count - 1;
}

static void on_systick_expired(void *context)
{
    struct machine *machine = context;
    irq_jitter_pulse(&machine->jitter, systick_line(machine));
}

static void on_pending_cleared(void *context, uint32_t exception)
{
    struct machine *machine = context;
    if (exception == EXCEPTION_SYSTICK) {
        irq_jitter_pending_cleared(&machine->jitter, systick_line(machine));
    } else if (exception >= EXCEPTION_IRQ0) {
        irq_jitter_pending_cleared(&machine->jitter, exception - EXCEPTION_IRQ0);
    }
}

static void pend_systick(void *context, uint32_t irqn, bool level)
{
    struct machine *machine = context;
    (void)irqn;
    if (level) {
        nvic_set_pending(&cpu_core(machine->cpu)->nvic, EXCEPTION_SYSTICK);
    }
}

struct armv7m_gate machine_jitter_gate(struct machine *machine)
{
    if (machine->jitter.line_count == 0) {
        return (struct armv7m_gate){0};
    }
    irq_jitter_connect(&machine->jitter, systick_line(machine),
                       (struct irq_line){.set = pend_systick, .context = machine});
    return (struct armv7m_gate){.systick_expired = on_systick_expired,
                                .pending_cleared = on_pending_cleared,
                                .context = machine};
}

struct irq_line machine_jitter_irq(struct machine *machine, uint32_t irqn)
{
    struct irq_line line = cpu_irq_line(machine->cpu, irqn);
    if (irqn >= machine->board->chip->irq_count || machine->jitter.line_count == 0) {
        return line;
    }
    return irq_jitter_connect(&machine->jitter, irqn, line);
}
