#include "kernel/capsules/cst816s.h"

#include "kernel/abi/syscall.h"
#include "kernel/capsule/driver.h"

CAPSULE(cst816s, .needs = {DELAY, GPIO, I2C, TOUCH_PANEL});

#define FIRST_REGISTER 0x01u
/* Where they are in what is read. */
#define GESTURE 0u
#define FINGERS 1u
#define X_HIGH  2u
#define X_LOW   3u
#define Y_HIGH  4u
#define Y_LOW   5u

#define REGISTER_BYTES 6u

#define COORDINATE_HIGH_MASK 0x0Fu
#define EVENT_SHIFT          6u /* in X_HIGH */
#define EVENT_UP             1u
#define RESET_LOW_US         10000u

static uint32_t byte_at(const struct cst816s *panel, uint32_t index)
{
    return dma_buffer_get(&panel->registers, index);
}

static void read_registers(struct cst816s *panel)
{
    int status =
        hil_i2c_transfer(panel->config->i2c, &panel->first, 1, &panel->registers, REGISTER_BYTES);
    panel->again = status == K_EBUSY;
}

/* Down is where y grows, as the watch's own firmware has it; register descriptions are of two minds
 * about the first two. */
static enum hil_touch_gesture gesture_of(uint32_t code)
{
    switch (code) {
    case 1:
        return HIL_TOUCH_SWIPE_DOWN;
    case 2:
        return HIL_TOUCH_SWIPE_UP;
    case 3:
        return HIL_TOUCH_SWIPE_LEFT;
    case 4:
        return HIL_TOUCH_SWIPE_RIGHT;
    default:
        return HIL_TOUCH_NO_GESTURE; /* clicks among them */
    }
}

static void tell(struct cst816s *panel)
{
    bool pressed = byte_at(panel, FINGERS) > 0 && byte_at(panel, X_HIGH) >> EVENT_SHIFT != EVENT_UP;
    uint32_t x = (byte_at(panel, X_HIGH) & COORDINATE_HIGH_MASK) << 8 | byte_at(panel, X_LOW);
    uint32_t y = (byte_at(panel, Y_HIGH) & COORDINATE_HIGH_MASK) << 8 | byte_at(panel, Y_LOW);
    /* The register keeps a gesture until the next touch; it is told once. */
    enum hil_touch_gesture gesture = gesture_of(byte_at(panel, GESTURE));
    uint8_t told = pressed && !panel->pressed ? HIL_TOUCH_NO_GESTURE : panel->gesture;
    struct hil_touch_event event = {
        .status = panel->pressed ? HIL_TOUCH_MOVED : HIL_TOUCH_PRESSED,
        .gesture = gesture != told ? gesture : HIL_TOUCH_NO_GESTURE,
        .x = (uint16_t)x,
        .y = (uint16_t)y,
    };
    if (!pressed) {
        event.status = HIL_TOUCH_RELEASED;
    }
    /* A finger that rests is no news, and neither is the end of a touch whose begin was not. */
    bool moved = pressed && (x != panel->x || y != panel->y);
    bool matters = pressed != panel->pressed || moved || event.gesture != HIL_TOUCH_NO_GESTURE;
    panel->pressed = pressed;
    panel->gesture = (uint8_t)gesture;
    panel->x = event.x;
    panel->y = event.y;
    if (matters) {
        hil_touch_panel_client_touched(panel->client, event);
    }
}

static void cst816s_read(void *self, int status)
{
    struct cst816s *panel = self;
    bool again = panel->again;
    if (status == K_OK) {
        tell(panel);
    }
    if (again) {
        read_registers(panel);
    }
}

static void cst816s_interrupted(void *self, uint32_t index)
{
    struct cst816s *panel = self;
    (void)index;
    read_registers(panel);
}

static void cst816s_elapsed(void *self)
{
    struct cst816s *panel = self;
    hil_gpio_write(&panel->config->reset, true);
}

static int cst816s_enable(void *self)
{
    struct cst816s *panel = self;
    const struct hil_gpio *interrupt = &panel->config->interrupt;
    return hil_gpio_enable_interrupt(interrupt, HIL_GPIO_EDGE_FALLING);
}

static void cst816s_disable(void *self)
{
    struct cst816s *panel = self;
    const struct hil_gpio *interrupt = &panel->config->interrupt;
    hil_gpio_disable_interrupt(interrupt);
    panel->pressed = false;
}

static void cst816s_set_client(void *self, const struct hil_touch_panel_client *client)
{
    struct cst816s *panel = self;
    panel->client = client;
}

static const struct hil_touch_panel_ops cst816s_ops = {cst816s_enable, cst816s_disable,
                                                       cst816s_set_client};

void cst816s_init(struct cst816s *panel, const struct cst816s_config *config)
{
    *panel = (struct cst816s){
        .panel = {&cst816s_ops, panel, &this_capsule},
        .config = config,
        .interrupt_client = {cst816s_interrupted, panel, &this_capsule},
        .delay_client = {cst816s_elapsed, panel, &this_capsule},
        .i2c_client = {cst816s_read, panel, &this_capsule},
        .first = DMA_BUFFER_OF(panel->first_bytes),
        .registers = DMA_BUFFER_OF(panel->register_bytes),
    };
    (void)dma_buffer_put(&panel->first, 0, FIRST_REGISTER);
    hil_i2c_set_client(config->i2c, &panel->i2c_client);
    hil_gpio_make_input(&config->interrupt, HIL_GPIO_PULL_UP);
    hil_gpio_set_client(&config->interrupt, &panel->interrupt_client, 0);
    hil_gpio_write(&config->reset, false);
    hil_gpio_make_output(&config->reset);
    hil_delay_set_client(config->delay, &panel->delay_client);
    hil_delay_start(config->delay, RESET_LOW_US);
}
