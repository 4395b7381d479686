#include "sim/machine/input_queue.h"

#include <string.h>

static void arm(struct input_queue *queue)
{
    if (queue->count == 0) {
        clock_cancel(queue->clock, &queue->due);
    } else {
        clock_schedule(queue->clock, &queue->due, queue->inputs[queue->first].cycle);
    }
}

static void fire(void *owner, uint64_t late_cycles)
{
    (void)late_cycles;
    input_queue_deliver_due(owner);
}

void input_queue_init(struct input_queue *queue, struct clock *clock, struct queued_input *inputs,
                      size_t capacity,
                      void (*deliver)(void *context, const struct queued_input *input),
                      void *context)
{
    *queue = (struct input_queue){.clock = clock,
                                  .deliver = deliver,
                                  .context = context,
                                  .inputs = inputs,
                                  .capacity = capacity};
    event_init(&queue->due, fire, queue);
}

bool input_queue_add(struct input_queue *queue, const struct queued_input *input)
{
    if (queue->count == queue->capacity) {
        return false;
    }
    if (queue->first > 0) {
        memmove(queue->inputs, queue->inputs + queue->first, queue->count * sizeof *input);
        queue->first = 0;
    }
    size_t at = queue->count;
    while (at > 0 && queue->inputs[at - 1].cycle > input->cycle) {
        queue->inputs[at] = queue->inputs[at - 1];
        at--;
    }
    queue->inputs[at] = *input;
    queue->count++;
    arm(queue);
    return true;
}

uint64_t input_queue_next(const struct input_queue *queue)
{
    return queue->count == 0 ? CLOCK_NEVER : queue->inputs[queue->first].cycle;
}

void input_queue_deliver_due(struct input_queue *queue)
{
    while (input_queue_next(queue) <= clock_now(queue->clock)) {
        struct queued_input input = queue->inputs[queue->first];
        queue->first++;
        queue->count--;
        queue->deliver(queue->context, &input);
    }
    arm(queue);
}
