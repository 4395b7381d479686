/* A USB keyboard with one key: button 0 types a line into the computer. */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "apps/lib/button.h"
#include "apps/lib/keyboard_hid.h"

static bool pressed;

static void on_change(uint32_t index, uint32_t is_pressed, uint32_t unused, void *userdata)
{
    (void)index;
    (void)unused;
    (void)userdata;
    pressed |= is_pressed != 0;
}

int main(void)
{
    button_subscribe(on_change, NULL);
    button_enable(0);
    for (;;) {
        while (!pressed) {
            syscall_yield();
        }
        pressed = false;
        int status = keyboard_hid_type("Hello, sand-glass!\n");
        printf("typist: %s\n", status == K_OK ? "typed" : "there is no computer");
    }
}
