/*
 * fake_panel.h - delays, a display and a touch panel as capsules see them, for tests.
 */
#ifndef KERNEL_CAPSULES_TESTS_FAKE_PANEL_H
#define KERNEL_CAPSULES_TESTS_FAKE_PANEL_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/delay.h"
#include "kernel/hil/screen.h"
#include "kernel/hil/touch_panel.h"

struct fake_delay {
    struct hil_delay delay;
    const struct hil_delay_client *client;
    uint32_t microseconds; /* of the one under way, 0: none */
};

void fake_delay_init(struct fake_delay *fake);
/* It has passed. False when there is none. */
bool fake_delay_step(struct fake_delay *fake);

#define FAKE_SCREEN_WIDTH  40u
#define FAKE_SCREEN_HEIGHT 20u
#define FAKE_SCREEN_BYTES  (FAKE_SCREEN_WIDTH * FAKE_SCREEN_HEIGHT * 2u)

struct fake_screen {
    struct hil_screen screen;
    const struct hil_screen_client *client;
    bool busy;
    bool on, inverted;
    struct hil_screen_frame frame;
    uint32_t put;            /* bytes since begin */
    struct dma_buffer *lent; /* whose bytes are being put; NULL: none */
    uint8_t pixels[FAKE_SCREEN_BYTES];
    uint32_t begun; /* operations so far, puts not counted */
};

void fake_screen_init(struct fake_screen *fake);
/* Ends the operation under way. False when there is none. */
bool fake_screen_step(struct fake_screen *fake);

struct fake_touch_panel {
    struct hil_touch_panel panel;
    const struct hil_touch_panel_client *client;
    bool enabled;
    int refuse; /* what the next enable answers, once */
};

void fake_touch_panel_init(struct fake_touch_panel *fake);
void fake_touch_panel_touch(struct fake_touch_panel *fake, struct hil_touch_event event);

#endif
