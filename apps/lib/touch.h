/* A touch pad or panel, one finger. */
#ifndef APPS_LIB_TOUCH_H
#define APPS_LIB_TOUCH_H

#include <stdint.h>

#include "apps/lib/syscall.h"
#include "kernel/abi/drivers.h"

struct touch_event {
    enum abi_touch_status status;
    uint16_t x, y; /* pixels of the panel; 0, 0 on a pad */
};

int touch_enable(void);
int touch_disable(void);
/* Waits for the next event. */
int touch_wait(struct touch_event *event);
/* Without waiting: the upcall gets (status, x << 16 | y, pressure << 16 | size) at every event. */
int touch_subscribe(syscall_upcall upcall, void *userdata);

#endif
