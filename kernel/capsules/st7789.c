#include "kernel/capsules/st7789.h"

#include "kernel/abi/drivers.h"
#include "kernel/abi/syscall.h"
#include "kernel/capsule/driver.h"

CAPSULE(st7789, .needs = {DELAY, GPIO, SCREEN, SPI});

enum {
    ST7789_SLPOUT = 0x11,
    ST7789_NORON = 0x13,
    ST7789_INVOFF = 0x20,
    ST7789_INVON = 0x21,
    ST7789_DISPOFF = 0x28,
    ST7789_DISPON = 0x29,
    ST7789_CASET = 0x2A,
    ST7789_RASET = 0x2B,
    ST7789_RAMWR = 0x2C,
    ST7789_MADCTL = 0x36,
    ST7789_COLMOD = 0x3A,
};
#define COLMOD_16_BITS      0x55u
#define MADCTL_NORMAL       0x00u
#define BYTES_PER_PIXEL     2u
#define RESET_LOW_US        1000u
#define AFTER_RESET_US      120000u
#define AFTER_SLEEP_OUT_MS  120u
#define MICROSECONDS_PER_MS 1000u

/* The panel is one whose colours are right when inverted. */
static const struct st7789_step start_steps[] = {
    {ST7789_SLPOUT, 0, AFTER_SLEEP_OUT_MS, {0}},
    {ST7789_COLMOD, 1, 0, {COLMOD_16_BITS}},
    {ST7789_MADCTL, 1, 0, {MADCTL_NORMAL}},
    {ST7789_INVON, 0, 0, {0}},
    {ST7789_NORON, 0, 0, {0}},
    {ST7789_DISPON, 0, 0, {0}},
};
#define START_STEPS (sizeof(start_steps) / sizeof(start_steps[0]))
_Static_assert(START_STEPS <= ST7789_STEPS_MAX, "they are copied into the instance");

static void send(struct st7789 *display, struct dma_buffer *bytes, uint32_t length, bool is_command)
{
    hil_gpio_write(&display->config->data_command, !is_command);
    /* Cannot fail: the bus device and the bytes are idle, and there are some. */
    (void)hil_spi_transfer(display->config->spi, bytes, length, NULL, 0);
}

static void wait(struct st7789 *display, uint32_t microseconds)
{
    display->state = ST7789_WAKING;
    hil_delay_start(display->config->delay, microseconds);
}

static void send_command(struct st7789 *display)
{
    display->state = ST7789_COMMAND;
    (void)dma_buffer_put(&display->buffer, 0, display->steps[display->step].command);
    send(display, &display->buffer, 1, true);
}

static void send_parameters(struct st7789 *display)
{
    uint32_t count = display->steps[display->step].parameter_count;
    display->state = ST7789_PARAMETERS;
    for (uint32_t i = 0; i < count; i++) {
        (void)dma_buffer_put(&display->buffer, i, display->steps[display->step].parameters[i]);
    }
    send(display, &display->buffer, count, false);
}

static void finish(struct st7789 *display)
{
    if (display->pixels != NULL) {
        dma_buffer_hand_back(display->pixels, &this_capsule);
        display->pixels = NULL;
    }
    display->state = ST7789_IDLE;
    hil_screen_client_done(display->client);
}

static void send_command_or_finish(struct st7789 *display)
{
    if (display->step < display->step_count) {
        send_command(display);
    } else {
        finish(display);
    }
}

static void next_step(struct st7789 *display)
{
    uint32_t delay_ms = display->steps[display->step].delay_ms;
    display->step++;
    if (delay_ms > 0) {
        wait(display, delay_ms * MICROSECONDS_PER_MS);
    } else {
        send_command_or_finish(display);
    }
}

static void st7789_sent(void *self)
{
    struct st7789 *display = self;
    switch (display->state) {
    case ST7789_COMMAND:
        if (display->steps[display->step].parameter_count > 0) {
            send_parameters(display);
        } else {
            next_step(display);
        }
        break;
    case ST7789_PARAMETERS:
        next_step(display);
        break;
    case ST7789_PIXELS:
        finish(display);
        break;
    case ST7789_RESETTING:
    case ST7789_WAKING:
    case ST7789_IDLE:
        break;
    }
}

static void st7789_elapsed(void *self)
{
    struct st7789 *display = self;
    if (display->state == ST7789_RESETTING) {
        hil_gpio_write(&display->config->reset, true);
        wait(display, AFTER_RESET_US);
    } else if (display->state == ST7789_WAKING) {
        send_command_or_finish(display);
    }
}

static int run_steps(struct st7789 *display, uint8_t count)
{
    display->step = 0;
    display->step_count = count;
    send_command(display);
    return K_OK;
}

static int one_command(struct st7789 *display, uint8_t command)
{
    if (display->state != ST7789_IDLE) {
        return K_EBUSY;
    }
    display->steps[0] = (struct st7789_step){.command = command};
    return run_steps(display, 1);
}

static int st7789_set_power(void *self, bool on)
{
    struct st7789 *display = self;
    return one_command(display, on ? ST7789_DISPON : ST7789_DISPOFF);
}

static int st7789_set_inverted(void *self, bool inverted)
{
    struct st7789 *display = self;
    return one_command(display, inverted ? ST7789_INVOFF : ST7789_INVON);
}

/* First and last column, or row. */
static struct st7789_step range_step(uint8_t command, uint32_t first, uint32_t count)
{
    uint32_t last = first + count - 1u;
    return (struct st7789_step){
        command,
        4,
        0,
        {(uint8_t)(first >> 8), (uint8_t)first, (uint8_t)(last >> 8), (uint8_t)last}};
}

static int st7789_begin(void *self, struct hil_screen_frame frame)
{
    struct st7789 *display = self;
    if (display->state != ST7789_IDLE) {
        return K_EBUSY;
    }
    display->steps[0] = range_step(ST7789_CASET, frame.x, frame.width);
    display->steps[1] = range_step(ST7789_RASET, frame.y, frame.height);
    display->steps[2] = (struct st7789_step){.command = ST7789_RAMWR};
    return run_steps(display, 3);
}

static int st7789_put(void *self, struct dma_buffer *pixels, uint32_t length)
{
    struct st7789 *display = self;
    if (display->state != ST7789_IDLE) {
        return K_EBUSY;
    }
    display->state = ST7789_PIXELS;
    display->pixels = pixels;
    send(display, pixels, length, false);
    return K_OK;
}

static void st7789_set_client(void *self, const struct hil_screen_client *client)
{
    struct st7789 *display = self;
    display->client = client;
}

static const struct hil_screen_ops st7789_ops = {
    .set_power = st7789_set_power,
    .set_inverted = st7789_set_inverted,
    .begin = st7789_begin,
    .put = st7789_put,
    .set_client = st7789_set_client,
};

static void make_output(BORROWED const struct hil_gpio *pin, bool high)
{
    hil_gpio_write(pin, high);
    hil_gpio_make_output(pin);
}

void st7789_init(struct st7789 *display, const struct st7789_config *config)
{
    *display = (struct st7789){
        .screen = {&st7789_ops, display, &this_capsule, config->width, config->height,
                   ABI_SCREEN_RGB_565, BYTES_PER_PIXEL},
        .config = config,
        .delay_client = {st7789_elapsed, display, &this_capsule},
        .spi_client = {st7789_sent, display, &this_capsule},
        .state = ST7789_RESETTING,
        .step_count = START_STEPS,
        .buffer = DMA_BUFFER_OF(display->bytes),
    };
    for (uint32_t i = 0; i < START_STEPS; i++) {
        display->steps[i] = start_steps[i];
    }
    make_output(&config->data_command, true);
    make_output(&config->reset, false);
    hil_spi_set_client(config->spi, &display->spi_client);
    hil_delay_set_client(config->delay, &display->delay_client);
    hil_delay_start(config->delay, RESET_LOW_US);
}
