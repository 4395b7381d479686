/* sim/machine/machine_input.h - the one way in for the outside world: time-stamped inputs on one
 * queue. */
#ifndef SIM_MACHINE_MACHINE_INPUT_H
#define SIM_MACHINE_MACHINE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct machine;

/* The index of a device by its name ("button0"), or -1. */
int machine_find_device(const struct machine *machine, const char *name);

/* Queues an input for a device: `what` ("press", "release", "touch", "byte", ...) with a value, at
 * a cycle (one in the past means now). False when the queue is full, and for a text of more than 19
 * characters, which no device knows. */
bool machine_add_input(struct machine *machine, int device, uint64_t cycle, const char *what,
                       int32_t value);

/* Queues bytes for a serial device, one after the other as its line would carry them (115,200 baud,
 * 10 bits each), the first at `cycle` or after what is already on its way. Returns how many fitted.
 */
size_t machine_add_text(struct machine *machine, int device, uint64_t cycle, const char *text,
                        size_t length);

#endif
