/* Buttons, by the board's index from 0. K_EINVAL: the board has no such button. */
#ifndef APPS_LIB_BUTTON_H
#define APPS_LIB_BUTTON_H

#include <stdint.h>

#include "apps/lib/syscall.h"

int button_count(void);
/* 1 = pressed, 0 = released. */
int button_read(uint32_t index);

/* Changes are reported for the buttons that are enabled, presses and releases alike. */
int button_enable(uint32_t index);
int button_disable(uint32_t index);

/* Waits for a change of any enabled button. *pressed: 1 pressed, 0 released. Returns its index. */
int button_wait(uint32_t *pressed);
/* Without waiting: the upcall gets (index, pressed, 0) at every change. */
int button_subscribe(syscall_upcall upcall, void *userdata);

#endif
