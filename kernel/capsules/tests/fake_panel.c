#include "kernel/capsules/tests/fake_panel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/abi/drivers.h"
#include "kernel/abi/syscall.h"

static void delay_start(void *self, uint32_t microseconds)
{
    struct fake_delay *fake = self;
    assert_true(microseconds > 0 && microseconds <= 10000000);
    fake->microseconds = microseconds;
}

static void delay_set_client(void *self, const struct hil_delay_client *client)
{
    struct fake_delay *fake = self;
    fake->client = client;
}

static const struct hil_delay_ops delay_ops = {.start = delay_start,
                                               .set_client = delay_set_client};

void fake_delay_init(struct fake_delay *fake)
{
    memset(fake, 0, sizeof *fake);
    fake->delay = (struct hil_delay){&delay_ops, fake};
}

bool fake_delay_step(struct fake_delay *fake)
{
    if (fake->microseconds == 0) {
        return false;
    }
    fake->microseconds = 0;
    hil_delay_client_elapsed(fake->client);
    return true;
}

/* --- Display --- */

static int take(struct fake_screen *fake)
{
    if (fake->busy) {
        return K_EBUSY;
    }
    fake->busy = true;
    return K_OK;
}

static int screen_set_power(void *self, bool on)
{
    struct fake_screen *fake = self;
    int status = take(fake);
    if (status == K_OK) {
        fake->on = on;
        fake->begun++;
    }
    return status;
}

static int screen_set_inverted(void *self, bool inverted)
{
    struct fake_screen *fake = self;
    int status = take(fake);
    if (status == K_OK) {
        fake->inverted = inverted;
        fake->begun++;
    }
    return status;
}

static int screen_begin(void *self, struct hil_screen_frame frame)
{
    struct fake_screen *fake = self;
    int status = take(fake);
    if (status == K_OK) {
        assert_true(frame.width > 0 && frame.x + frame.width <= (int)FAKE_SCREEN_WIDTH);
        assert_true(frame.height > 0 && frame.y + frame.height <= (int)FAKE_SCREEN_HEIGHT);
        fake->frame = frame;
        fake->put = 0;
        fake->begun++;
    }
    return status;
}

static int screen_put(void *self, struct dma_buffer *pixels, uint32_t length)
{
    struct fake_screen *fake = self;
    int status = take(fake);
    if (status == K_OK) {
        struct slice bytes = {NULL, 0};
        assert_int_equal(dma_buffer_claim(pixels, 0, length, &bytes), K_OK);
        assert_true(fake->put + length <= (uint32_t)fake->frame.width * fake->frame.height * 2u);
        memcpy(fake->pixels + fake->put, bytes.bytes, length);
        fake->put += length;
        fake->lent = pixels;
    }
    return status;
}

static void screen_set_client(void *self, const struct hil_screen_client *client)
{
    struct fake_screen *fake = self;
    fake->client = client;
}

static const struct hil_screen_ops screen_ops = {screen_set_power, screen_set_inverted,
                                                 screen_begin, screen_put, screen_set_client};

void fake_screen_init(struct fake_screen *fake)
{
    memset(fake, 0, sizeof *fake);
    fake->screen = (struct hil_screen){
        &screen_ops, fake, NULL, FAKE_SCREEN_WIDTH, FAKE_SCREEN_HEIGHT, ABI_SCREEN_RGB_565, 2};
}

bool fake_screen_step(struct fake_screen *fake)
{
    if (!fake->busy) {
        return false;
    }
    fake->busy = false;
    if (fake->lent != NULL) {
        dma_buffer_release(fake->lent);
        fake->lent = NULL;
    }
    hil_screen_client_done(fake->client);
    return true;
}

/* --- Touch panel --- */

static int panel_enable(void *self)
{
    struct fake_touch_panel *fake = self;
    int refused = fake->refuse;
    fake->refuse = K_OK;
    fake->enabled = fake->enabled || refused == K_OK;
    return refused;
}

static void panel_disable(void *self)
{
    struct fake_touch_panel *fake = self;
    fake->enabled = false;
}

static void panel_set_client(void *self, const struct hil_touch_panel_client *client)
{
    struct fake_touch_panel *fake = self;
    fake->client = client;
}

static const struct hil_touch_panel_ops panel_ops = {panel_enable, panel_disable, panel_set_client};

void fake_touch_panel_init(struct fake_touch_panel *fake)
{
    memset(fake, 0, sizeof *fake);
    fake->panel = (struct hil_touch_panel){&panel_ops, fake, NULL};
}

void fake_touch_panel_touch(struct fake_touch_panel *fake, struct hil_touch_event event)
{
    if (fake->enabled) {
        hil_touch_panel_client_touched(fake->client, event);
    }
}
