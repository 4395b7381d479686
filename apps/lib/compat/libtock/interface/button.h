/* Buttons under libtock-c's names. */
#ifndef APPS_LIB_COMPAT_LIBTOCK_INTERFACE_BUTTON_H
#define APPS_LIB_COMPAT_LIBTOCK_INTERFACE_BUTTON_H

#include <libtock/tock.h>

/* (RETURNCODE_SUCCESS, index, pressed) */
typedef void (*libtock_button_callback)(returncode_t, int, bool);

bool libtock_button_exists(void);
returncode_t libtock_button_count(int *count);
returncode_t libtock_button_read(int index, int *value);
/* Presses and releases of this button; the latest function counts for all of them. */
returncode_t libtock_button_notify_on_press(int index, libtock_button_callback callback);

#endif
