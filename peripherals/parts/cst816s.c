#include "peripherals/parts/cst816s.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum cst816s_register {
    CST816S_GESTURE_ID = 0x01,
    CST816S_FINGER_NUM = 0x02,
    CST816S_XPOS_H = 0x03,
    CST816S_XPOS_L = 0x04,
    CST816S_YPOS_H = 0x05,
    CST816S_YPOS_L = 0x06,
    CST816S_POWER_MODE = 0xA5, /* the CST716's name for SLEEP_MODE; drivers write it, too */
    CST816S_CHIP_ID = 0xA7,
    CST816S_PROJ_ID = 0xA8,
    CST816S_FW_VERSION = 0xA9,
    CST816S_SLEEP_MODE = 0xE5,
    CST816S_MOTION_MASK = 0xEC,
    CST816S_IRQ_PULSE_WIDTH = 0xED,
    CST816S_NOR_SCAN_PER = 0xEE,
    CST816S_AUTO_SLEEP_TIME = 0xF9,
    CST816S_IRQ_CTL = 0xFA,
    CST816S_DIS_AUTO_SLEEP = 0xFE,
};

#define FIRST_SETTING CST816S_MOTION_MASK
#define CHIP_ID       0xB4U
#define FW_VERSION    0x01U
#define SLEEP         0x03U

#define MOTION_EN_DCLICK (1U << 0)
#define IRQ_EN_TOUCH     (1U << 6)
#define IRQ_EN_CHANGE    (1U << 5)
#define IRQ_EN_MOTION    (1U << 4)

enum gesture {
    GESTURE_NONE = 0x00,
    GESTURE_DOWN = 0x01,
    GESTURE_UP = 0x02,
    GESTURE_LEFT = 0x03,
    GESTURE_RIGHT = 0x04,
    GESTURE_TAP = 0x05,
    GESTURE_DOUBLE_TAP = 0x0B,
    GESTURE_LONG_PRESS = 0x0C,
};

enum touch_event { EVENT_DOWN = 0, EVENT_UP = 1, EVENT_CONTACT = 2 };

/* The vendor's description gives none of these. */
#define BOOT_MS           20U
#define SLIDE_PIXELS      40
#define LONG_PRESS_MS     1000U
#define DOUBLE_TAP_MS     300U
#define PULSE_UNIT_US     100U
#define SCAN_UNIT_MS      10U
#define PLACES_DEFAULT    240U
#define COORDINATE_BITS   12U
#define COORDINATE_MASK   0xFFFU
#define INACTIVE_LEVEL(g) (((g).flags & PROPS_GPIO_ACTIVE_LOW) != 0 ? WIRE_HIGH : WIRE_LOW)

/* IrqPulseWidth 1 ms, NorScanPer 10 ms, AutoSleepTime 2 s, reports of touches and changes. */
static const uint8_t setting_defaults[CST816S_SETTINGS] = {
    0, 10, 1, 0, 0, 0, 0, 0, 5, 48, 3, 7, 1, 2, IRQ_EN_TOUCH | IRQ_EN_CHANGE, 5, 10, 0, 0, 0};

static uint8_t setting(const struct cst816s *touch, enum cst816s_register offset)
{
    return touch->state.settings[offset - FIRST_SETTING];
}

static uint64_t ms(const struct cst816s *touch, uint64_t milliseconds)
{
    return clock_us_to_cycles(touch->env.clock, milliseconds * 1000U);
}

/* Flag bit 0 says that a low pin holds the controller in reset; the chip's pin says nothing while
 * it floats, and a pull-up keeps the controller running. */
static bool is_in_reset(const struct cst816s *touch)
{
    return touch->reset.pin != NULL && touch->reset.pin->out.level != WIRE_FLOATING &&
           touch->reset.pin->out.level != INACTIVE_LEVEL(touch->reset);
}

static bool is_running(const struct cst816s *touch)
{
    return !is_in_reset(touch) && touch->state.part.faults[CST816S_FAULT_NO_ANSWER] == 0 &&
           clock_now(touch->env.clock) >= touch->state.ready_cycles;
}

static bool sleeps(const struct cst816s *touch)
{
    const struct cst816s_state *s = &touch->state;
    if (s->asleep_for_good) {
        return true;
    }
    uint64_t timeout = ms(touch, setting(touch, CST816S_AUTO_SLEEP_TIME) * 1000ULL);
    return !s->touched && setting(touch, CST816S_DIS_AUTO_SLEEP) == 0 &&
           clock_now(touch->env.clock) >= s->touched_cycles + timeout;
}

static void update_irq(struct cst816s *touch)
{
    if (touch->irq.pin == NULL) {
        return;
    }
    /* The pulse is low, whatever the flags say of the polarity that software wants to see. */
    wire_drive(&touch->irq.pin->in, touch->state.pulsing ? WIRE_LOW : WIRE_HIGH);
}

static void pulse(struct cst816s *touch)
{
    uint64_t units = setting(touch, CST816S_IRQ_PULSE_WIDTH);
    touch->state.pulsing = true;
    clock_schedule(touch->env.clock, &touch->pulse_end,
                   clock_now(touch->env.clock) +
                       clock_us_to_cycles(touch->env.clock, (units + !units) * PULSE_UNIT_US));
    update_irq(touch);
}

static void pulse_ended(void *owner, uint64_t late_cycles)
{
    struct cst816s *touch = owner;
    (void)late_cycles;
    touch->state.pulsing = false;
    update_irq(touch);
}

static void pulse_if(struct cst816s *touch, uint32_t irq_bits)
{
    if ((setting(touch, CST816S_IRQ_CTL) & irq_bits) != 0) {
        pulse(touch);
    }
}

static void make_gesture(struct cst816s *touch, uint8_t gesture)
{
    touch->state.gesture = gesture;
    pulse_if(touch, IRQ_EN_MOTION);
}

static void schedule_scan(struct cst816s *touch)
{
    uint64_t periods = setting(touch, CST816S_NOR_SCAN_PER);
    clock_schedule(touch->env.clock, &touch->scan,
                   clock_now(touch->env.clock) + ms(touch, (periods + !periods) * SCAN_UNIT_MS));
}

static void scanned(void *owner, uint64_t late_cycles)
{
    struct cst816s *touch = owner;
    struct cst816s_state *s = &touch->state;
    uint64_t now = clock_now(touch->env.clock);
    (void)late_cycles;
    if (!s->touched || !is_running(touch)) {
        return;
    }
    s->event = EVENT_CONTACT;
    if (!s->moved && !s->long_pressed && now - s->down_cycles >= ms(touch, LONG_PRESS_MS)) {
        s->long_pressed = true;
        make_gesture(touch, GESTURE_LONG_PRESS);
    }
    pulse_if(touch, IRQ_EN_TOUCH);
    schedule_scan(touch);
}

/* A slide is told while the finger is still down. */
static void look_for_slide(struct cst816s *touch)
{
    struct cst816s_state *s = &touch->state;
    int32_t dx = (int32_t)s->x - (int32_t)s->first_x;
    int32_t dy = (int32_t)s->y - (int32_t)s->first_y;
    int32_t width = dx < 0 ? -dx : dx;
    int32_t height = dy < 0 ? -dy : dy;
    if (s->moved || (width < SLIDE_PIXELS && height < SLIDE_PIXELS)) {
        return;
    }
    s->moved = true;
    if (width > height) {
        make_gesture(touch, dx < 0 ? GESTURE_LEFT : GESTURE_RIGHT);
    } else {
        make_gesture(touch, dy < 0 ? GESTURE_UP : GESTURE_DOWN);
    }
}

static void finger_down(struct cst816s *touch)
{
    struct cst816s_state *s = &touch->state;
    s->touched = true;
    s->moved = s->long_pressed = false;
    s->first_x = s->x;
    s->first_y = s->y;
    s->gesture = GESTURE_NONE;
    s->event = EVENT_DOWN;
    s->down_cycles = clock_now(touch->env.clock);
    if (is_running(touch) && !s->asleep_for_good) {
        pulse_if(touch, IRQ_EN_TOUCH | IRQ_EN_CHANGE);
        schedule_scan(touch);
    }
}

static void look_for_tap(struct cst816s *touch)
{
    struct cst816s_state *s = &touch->state;
    uint64_t now = clock_now(touch->env.clock);
    if (s->moved || s->long_pressed) {
        return;
    }
    bool second = s->tap_cycles != 0 && now - s->tap_cycles <= ms(touch, DOUBLE_TAP_MS) &&
                  (setting(touch, CST816S_MOTION_MASK) & MOTION_EN_DCLICK) != 0;
    s->tap_cycles = second ? 0 : now;
    make_gesture(touch, second ? GESTURE_DOUBLE_TAP : GESTURE_TAP);
}

static void finger_up(struct cst816s *touch)
{
    struct cst816s_state *s = &touch->state;
    s->touched = false;
    s->event = EVENT_UP;
    clock_cancel(touch->env.clock, &touch->scan);
    if (is_running(touch) && !s->asleep_for_good) {
        look_for_tap(touch);
        pulse_if(touch, IRQ_EN_CHANGE);
    }
}

static void place_finger(struct cst816s *touch, uint32_t position)
{
    struct cst816s_state *s = &touch->state;
    s->x = position & COORDINATE_MASK;
    s->y = position >> COORDINATE_BITS & COORDINATE_MASK;
    if (!s->touched) {
        finger_down(touch);
    } else if (is_running(touch) && !s->asleep_for_good) {
        look_for_slide(touch);
    }
}

static bool cst816s_input(void *self, const struct device_input *input)
{
    struct cst816s *touch = self;
    struct cst816s_state *s = &touch->state;
    if (strcmp(input->what, "touch") == 0) {
        place_finger(touch, (uint32_t)input->value);
        observer_note(&touch->env.observer, touch->env.name, "touched",
                      (int32_t)(s->x | s->y << COORDINATE_BITS));
    } else if (strcmp(input->what, "untouch") == 0) {
        if (!s->touched) {
            return true;
        }
        finger_up(touch);
        observer_note(&touch->env.observer, touch->env.name, "untouched", 0);
    } else if (strcmp(input->what, "gesture") == 0) {
        if (is_running(touch) && !s->asleep_for_good) {
            make_gesture(touch, (uint8_t)input->value);
        }
    } else {
        return i2c_part_input(&touch->part, input);
    }
    s->touched_cycles = clock_now(touch->env.clock);
    return true;
}

static bool answers(void *self, bool read)
{
    const struct cst816s *touch = self;
    (void)read;
    return is_running(touch) && !sleeps(touch);
}

static bool is_setting(uint8_t offset)
{
    return offset >= FIRST_SETTING;
}

static void write_register(struct cst816s *touch, uint8_t offset, uint8_t value)
{
    if (is_setting(offset)) {
        touch->state.settings[offset - FIRST_SETTING] = value;
    } else if (offset == CST816S_SLEEP_MODE || offset == CST816S_POWER_MODE) {
        touch->state.asleep_for_good = value == SLEEP;
    }
}

static bool write_byte(void *self, uint8_t byte, uint32_t index)
{
    struct cst816s *touch = self;
    if (index == 0) {
        touch->state.pointer = byte;
    } else {
        write_register(touch, touch->state.pointer++, byte);
    }
    return true;
}

static uint8_t read_register(const struct cst816s *touch, uint8_t offset)
{
    const struct cst816s_state *s = &touch->state;
    switch (offset) {
    case CST816S_GESTURE_ID:
        return s->gesture;
    case CST816S_FINGER_NUM:
        return s->touched;
    case CST816S_XPOS_H:
        return (uint8_t)(s->event << 6 | s->x >> 8);
    case CST816S_XPOS_L:
        return (uint8_t)s->x;
    case CST816S_YPOS_H:
        return (uint8_t)(s->y >> 8);
    case CST816S_YPOS_L:
        return (uint8_t)s->y;
    case CST816S_CHIP_ID:
        return CHIP_ID;
    case CST816S_FW_VERSION:
        return FW_VERSION;
    default:
        return is_setting(offset) ? s->settings[offset - FIRST_SETTING] : 0;
    }
}

static uint8_t read_byte(void *self, uint32_t index)
{
    struct cst816s *touch = self;
    (void)index;
    return read_register(touch, touch->state.pointer++);
}

/* What the reset pin does. */
static void restart(struct cst816s *touch)
{
    struct cst816s_state *s = &touch->state;
    uint64_t now = clock_now(touch->env.clock);
    memcpy(s->settings, setting_defaults, sizeof s->settings);
    s->asleep_for_good = false;
    s->pointer = 0;
    s->gesture = GESTURE_NONE;
    s->tap_cycles = 0;
    s->ready_cycles = now + ms(touch, BOOT_MS);
    s->touched_cycles = s->ready_cycles;
}

static void reset_changed(void *owner, uint32_t index, enum wire_level level)
{
    struct cst816s *touch = owner;
    (void)index;
    (void)level;
    if (is_in_reset(touch) == touch->state.held_in_reset) {
        return;
    }
    touch->state.held_in_reset = is_in_reset(touch);
    clock_cancel(touch->env.clock, &touch->scan);
    clock_cancel(touch->env.clock, &touch->pulse_end);
    touch->state.pulsing = false;
    update_irq(touch);
    restart(touch);
}

/* A part loses its registers with the supply only; the finger stays where it is. */
static void cst816s_reset(void *self, uint32_t reasons)
{
    struct cst816s *touch = self;
    if (reasons != RESET_POWER_ON) {
        return;
    }
    clock_cancel(touch->env.clock, &touch->scan);
    clock_cancel(touch->env.clock, &touch->pulse_end);
    touch->state.pulsing = false;
    restart(touch);
    i2c_part_power_on(&touch->part);
}

static void cst816s_update(void *self)
{
    update_irq(self);
}

static const struct device_fault faults[] = {
    I2C_PART_FAULTS,
    {"no-answer", "answers nothing and gives no interrupt, until 0", 1, 1},
    {NULL, NULL, 0, 0},
};

static const struct i2c_part_ops ops = {
    .answers = answers, .write = write_byte, .read = read_byte, .faults = faults};

static void find_gpio(const struct cst816s *touch, const char *name, const char *other,
                      struct props_gpio *gpio)
{
    const struct props *props = &touch->env.props;
    if (props->gpio == NULL ||
        (!props->gpio(props->node, name, 0, gpio) && !props->gpio(props->node, other, 0, gpio))) {
        gpio->pin = NULL;
    }
}

static const char *cst816s_init(void *self, const struct device_env *env)
{
    struct cst816s *touch = self;
    touch->env = *env;
    find_gpio(touch, "irq-gpios", "int-gpios", &touch->irq);
    find_gpio(touch, "rst-gpios", "reset-gpios", &touch->reset);
    event_init(&touch->scan, scanned, touch);
    event_init(&touch->pulse_end, pulse_ended, touch);
    if (touch->reset.pin != NULL) {
        wire_listen(&touch->reset.pin->out, &touch->reset_listener, reset_changed, touch, 0);
    }
    return i2c_part_init(&touch->part, touch, &touch->env, &ops, &touch->state.part);
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct cst816s_state *s = state;
    (void)self;
    return i2c_part_state_is_sane(&s->part, faults) && device_bool_is_sane(&s->touched) &&
           device_bool_is_sane(&s->asleep_for_good) && device_bool_is_sane(&s->pulsing) &&
           device_bool_is_sane(&s->held_in_reset) && device_bool_is_sane(&s->moved) &&
           device_bool_is_sane(&s->long_pressed) && s->event <= EVENT_CONTACT &&
           s->x <= COORDINATE_MASK && s->y <= COORDINATE_MASK && s->first_x <= COORDINATE_MASK &&
           s->first_y <= COORDINATE_MASK && s->down_cycles <= now_cycles &&
           s->tap_cycles <= now_cycles;
}

static uint32_t places(const struct device_site *site, const char *property)
{
    uint32_t count = props_u32_or(site->props, property, PLACES_DEFAULT);
    return count >= 1 && count <= DEVICE_TOUCH_PLACES ? count : DEVICE_TOUCH_PLACES;
}

static void cst816s_touch_size(const struct device_site *site, uint32_t *width, uint32_t *height)
{
    *width = places(site, "screen-width");
    *height = places(site, "screen-height");
}

static void cst816s_see(const void *self, struct device_sight *sight)
{
    const struct cst816s *touch = self;
    const struct cst816s_state *s = &touch->state;
    sight->active = s->touched;
    sight->x = s->x;
    sight->y = s->y;
    if (s->touched) {
        snprintf(sight->text, sizeof sight->text, "touched at %" PRIu32 ", %" PRIu32, s->x, s->y);
    } else {
        snprintf(sight->text, sizeof sight->text, "%s",
                 !is_running(touch) ? "in reset"
                 : sleeps(touch)    ? "asleep"
                                    : "not touched");
    }
}

static const struct device_quantity gesture = {"", 0, DEVICE_QUANTITY_ONCE, 0, 12};
static const struct device_input_kind inputs[] = {
    {"touch", 0, DEVICE_TOUCH_PLACES *DEVICE_TOUCH_PLACES - 1, NULL},
    {"untouch", 0, 1, NULL},
    {"gesture", 0, 255, &gesture},
    {0}};
static const size_t event_offsets[] = {offsetof(struct cst816s, scan),
                                       offsetof(struct cst816s, pulse_end)};

const struct device_class part_cst816s_class = {
    .name = "cst816s",
    .size_bytes = sizeof(struct cst816s),
    .state_offset = offsetof(struct cst816s, state),
    .state_bytes = sizeof(struct cst816s_state),
    .state_version = 1,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .state_is_sane = state_is_sane,
    .init = cst816s_init,
    .reset = cst816s_reset,
    .update = cst816s_update,
    .input = cst816s_input,
    .inputs = inputs,
    .see = cst816s_see,
    .touch_size = cst816s_touch_size,
    .faults = faults,
};
