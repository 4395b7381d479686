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

/* How many fingers can be told apart, or an error. */
int touch_count(void);
int touch_enable(void);
int touch_disable(void);
/* Waits for the next event. */
int touch_wait(struct touch_event *event);
/* Without waiting: the upcall gets (status, x << 16 | y, pressure << 16 | size) at every event. */
int touch_subscribe(syscall_upcall upcall, void *userdata);

/* Swipes of a panel, enum abi_touch_gesture: waits for the next one. */
int touch_wait_gesture(void);
/* Without waiting: the upcall gets (gesture, 0, 0). */
int touch_subscribe_gesture(syscall_upcall upcall, void *userdata);

#endif
