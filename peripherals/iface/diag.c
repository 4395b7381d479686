#include "peripherals/iface/diag.h"

#include <stddef.h>

static void diag_report(struct diag *diag, enum diag_kind kind, const char *device, uint32_t offset,
                        const char *what)
{
    diag->count[kind]++;
    if (diag->report != NULL) {
        diag->report(diag->context, kind, device, offset, what);
    }
}

void diag_guest_error(struct diag *diag, const char *device, uint32_t offset, const char *what)
{
    diag_report(diag, DIAG_GUEST_ERROR, device, offset, what);
}

void diag_unimplemented(struct diag *diag, const char *device, uint32_t offset, const char *what)
{
    diag_report(diag, DIAG_UNIMPLEMENTED, device, offset, what);
}
