/* peripherals/iface/diag.h - what a device says when the guest does something odd. Values, never
 * output.
 *
 * Reports are counted per kind and handed to the owner, who decides what the user sees (and says
 * each thing once).
 */
#ifndef PERIPHERALS_IFACE_DIAG_H
#define PERIPHERALS_IFACE_DIAG_H

#include <stdint.h>

enum diag_kind {
    DIAG_GUEST_ERROR,   /* the guest broke the datasheet's rules: unknown register, wrong size, task
                           in a wrong state */
    DIAG_UNIMPLEMENTED, /* the guest asked for something that exists on the chip and is not modelled
                         */
    DIAG_KIND_COUNT
};

struct diag {
    uint32_t count[DIAG_KIND_COUNT];
    /* `device`: node name; `offset`: register; `what`: a constant sentence without a full stop. May
     * be NULL. */
    void (*report)(void *context, enum diag_kind kind, const char *device, uint32_t offset,
                   const char *what);
    void *context;
};

void diag_guest_error(struct diag *diag, const char *device, uint32_t offset, const char *what);
void diag_unimplemented(struct diag *diag, const char *device, uint32_t offset, const char *what);

#endif
