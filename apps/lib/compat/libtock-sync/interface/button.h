/* Buttons under libtock-c's names. */
#ifndef APPS_LIB_COMPAT_LIBTOCK_SYNC_INTERFACE_BUTTON_H
#define APPS_LIB_COMPAT_LIBTOCK_SYNC_INTERFACE_BUTTON_H

#include <libtock/interface/button.h>

/* Waits until it is pressed (anew, if it is down). Takes the place of libtock_button_callback. */
returncode_t libtocksync_button_wait_for_press(int index);

#endif
