#include "sim/machine/irq_jitter.h"

#include "sim/machine/scramble.h"

static uint64_t next_delay(struct irq_jitter_line *line)
{
    const struct irq_jitter *jitter = line->jitter;
    uint64_t index = (uint64_t)(line - jitter->lines);
    uint64_t random = scramble(scramble(jitter->config.seed ^ index << 56) + line->state.rises);
    line->state.rises++;
    return random % (jitter->config.bound_cycles + 1);
}

static void deliver(struct irq_jitter_line *line)
{
    line->state.waiting = false;
    line->state.pulse = false;
    irq_line_set(&line->out, true);
    if (!line->state.level) {
        irq_line_set(&line->out, false);
    }
}

static void on_due(void *owner, uint64_t late_cycles)
{
    (void)late_cycles;
    deliver(owner);
}

static void forget(struct irq_jitter_line *line)
{
    line->state.waiting = false;
    line->state.pulse = false;
    clock_cancel(line->jitter->clock, &line->due);
}

static void rise(struct irq_jitter_line *line)
{
    if (line->state.waiting) {
        return;
    }
    uint64_t delay = next_delay(line);
    if (delay == 0) {
        deliver(line);
        return;
    }
    struct clock *clock = line->jitter->clock;
    line->state.waiting = true;
    clock_schedule(clock, &line->due, clock_now(clock) + delay);
}

static void fall(struct irq_jitter_line *line)
{
    if (!line->state.waiting) {
        irq_line_set(&line->out, false);
    } else if (!line->jitter->guest_acts) {
        line->state.pulse = true;
    } else if (!line->state.pulse) {
        forget(line);
    }
}

static void set(void *context, uint32_t index, bool level)
{
    struct irq_jitter *jitter = context;
    struct irq_jitter_line *line = &jitter->lines[index];
    if (level == line->state.level) {
        return;
    }
    line->state.level = level;
    if (level) {
        rise(line);
    } else {
        fall(line);
    }
}

void irq_jitter_init(struct irq_jitter *jitter, const struct irq_jitter_config *config,
                     struct clock *clock, struct irq_jitter_line *lines, uint32_t line_count)
{
    *jitter = (struct irq_jitter){
        .config = *config, .clock = clock, .lines = lines, .line_count = line_count};
    for (uint32_t i = 0; i < line_count; i++) {
        lines[i] = (struct irq_jitter_line){.jitter = jitter};
        event_init(&lines[i].due, on_due, &lines[i]);
    }
}

struct irq_line irq_jitter_connect(struct irq_jitter *jitter, uint32_t index, struct irq_line out)
{
    jitter->lines[index].out = out;
    return (struct irq_line){.set = set, .context = jitter, .irqn = index};
}

void irq_jitter_pulse(struct irq_jitter *jitter, uint32_t index)
{
    struct irq_jitter_line *line = &jitter->lines[index];
    rise(line);
    line->state.pulse = line->state.waiting;
}

void irq_jitter_pending_cleared(struct irq_jitter *jitter, uint32_t index)
{
    struct irq_jitter_line *line = &jitter->lines[index];
    line->state.pulse = false;
    if (line->state.waiting && !line->state.level) {
        forget(line);
    }
}

void irq_jitter_reset(struct irq_jitter *jitter)
{
    for (uint32_t i = 0; i < jitter->line_count; i++) {
        forget(&jitter->lines[i]);
        jitter->lines[i].state.level = false;
    }
}
