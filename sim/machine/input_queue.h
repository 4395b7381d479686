/* sim/machine/input_queue.h - what happens outside the chip, time-stamped and in order. */
#ifndef SIM_MACHINE_INPUT_QUEUE_H
#define SIM_MACHINE_INPUT_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "peripherals/iface/clock.h"

#define INPUT_WHAT_BYTES 20

/* Plain values without padding: a snapshot copies them. */
struct queued_input {
    uint64_t cycle;
    uint64_t device; /* index of the machine's device */
    int32_t value;
    char what[INPUT_WHAT_BYTES]; /* with its 0 */
};

struct input_queue {
    struct clock *clock;
    void (*deliver)(void *context, const struct queued_input *input);
    void *context;
    struct queued_input *inputs; /* sorted by cycle, equals in order of arrival */
    size_t first, count, capacity;
    struct event due;
};

/* `inputs` has room for `capacity` and must outlive the queue. */
void input_queue_init(struct input_queue *queue, struct clock *clock, struct queued_input *inputs,
                      size_t capacity,
                      void (*deliver)(void *context, const struct queued_input *input),
                      void *context);

/* False when the queue is full. A cycle in the past means now. */
bool input_queue_add(struct input_queue *queue, const struct queued_input *input);

/* The cycle of the next input, or CLOCK_NEVER. */
uint64_t input_queue_next(const struct input_queue *queue);

/* Delivers what is due. The queue's own clock event does so while the chip's clocks run. */
void input_queue_deliver_due(struct input_queue *queue);

#endif
