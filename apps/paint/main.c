/* Four coloured bars on the display, and a white square where a finger is. */
#include <stdio.h>

#include "apps/lib/led.h"
#include "apps/lib/screen.h"
#include "apps/lib/touch.h"

#define BARS        4u
#define SQUARE      16u
#define PIXEL_BYTES 2u
#define BACKLIGHT   2 /* the strongest of the watch's three */

static const unsigned char bar[BARS][PIXEL_BYTES] = {
    {0xF8, 0x00}, {0x07, 0xE0}, {0x00, 0x1F}, {0x00, 0x00}}; /* red, green, blue, black */
static const char *const word[] = {"released", "touched", "moved"};
static unsigned char square[SQUARE * SQUARE * PIXEL_BYTES];

static int draw_bars(uint32_t width, uint32_t height)
{
    int status = K_OK;
    for (uint32_t i = 0; i < BARS && status == K_OK; i++) {
        status = screen_set_frame((uint16_t)(i * width / BARS), 0, (uint16_t)(width / BARS),
                                  (uint16_t)height);
        if (status == K_OK) {
            status = screen_fill(bar[i], PIXEL_BYTES);
        }
    }
    return status;
}

/* The square's middle is where the finger is, as far as the display goes. */
static uint16_t corner(uint32_t at, uint32_t size)
{
    uint32_t low = at > SQUARE / 2 ? at - SQUARE / 2 : 0;
    return (uint16_t)(low + SQUARE <= size ? low : size - SQUARE);
}

int main(void)
{
    uint32_t width = 0, height = 0;
    for (size_t i = 0; i < sizeof(square); i++) {
        square[i] = 0xFF;
    }
    int status = screen_size(&width, &height);
    if (status == K_OK) {
        status = draw_bars(width, height);
    }
    if (status < 0) {
        printf("paint: no picture, error %d\n", status);
        return 1;
    }
    led_on(BACKLIGHT);
    printf("paint: %lu x %lu pixels painted\n", (unsigned long)width, (unsigned long)height);

    struct touch_event event;
    touch_enable();
    for (;;) {
        touch_wait(&event);
        printf("paint: %s at %u, %u\n", word[event.status], event.x, event.y);
        if (event.status != ABI_TOUCH_RELEASED &&
            screen_set_frame(corner(event.x, width), corner(event.y, height), SQUARE, SQUARE) ==
                K_OK) {
            screen_write(square, sizeof(square));
        }
    }
}
