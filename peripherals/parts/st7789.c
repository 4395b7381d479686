#include "peripherals/parts/st7789.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum st7789_command {
    SWRESET = 0x01,
    SLPIN = 0x10,
    SLPOUT = 0x11,
    INVOFF = 0x20,
    INVON = 0x21,
    DISPOFF = 0x28,
    DISPON = 0x29,
    CASET = 0x2A,
    RASET = 0x2B,
    RAMWR = 0x2C,
    VSCRDEF = 0x33,
    MADCTL = 0x36,
    VSCSAD = 0x37,
    COLMOD = 0x3A,
    RAMWRC = 0x3C,
};

/* Those that change nothing that is modelled. */
static const uint8_t accepted[] = {0x00, 0x12, 0x13, 0x26, 0x30, 0x34, 0x35, 0x38, 0x39, 0x44, 0x51,
                                   0x53, 0x55, 0x5E, 0xB0, 0xB1, 0xB2, 0xB3, 0xB5, 0xB7, 0xB8, 0xBA,
                                   0xBB, 0xBC, 0xBD, 0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7,
                                   0xC8, 0xCA, 0xCC, 0xD0, 0xD2, 0xD6, 0xDF, 0xE0, 0xE1, 0xE2, 0xE3,
                                   0xE4, 0xE7, 0xE8, 0xE9, 0xEC, 0xFA, 0xFC, 0xFE};

#define MADCTL_MY  (1U << 7)
#define MADCTL_MX  (1U << 6)
#define MADCTL_MV  (1U << 5)
#define MADCTL_BGR (1U << 3)

#define COLMOD_RESET 0x66U
#define BITS_12      3U
#define BITS_16      5U

#define READY_MS 5U /* after a reset or a change of sleep */

static void note(const struct st7789 *display, const char *what, uint32_t value)
{
    observer_note(&display->env.observer, display->env.name, what, (int32_t)value);
}

/* ---- memory ---- */

static uint32_t pixel_address(uint32_t column, uint32_t row)
{
    return (row * ST7789_COLUMNS + column) * ST7789_PIXEL_BYTES;
}

/* MADCTL turns what the host calls column and row into those of the memory. */
static void store_pixel(struct st7789 *display, uint8_t red, uint8_t green, uint8_t blue)
{
    struct st7789_state *s = &display->state;
    bool exchanged = (s->madctl & MADCTL_MV) != 0;
    uint32_t column = exchanged ? s->row : s->column;
    uint32_t row = exchanged ? s->column : s->row;
    if (column >= ST7789_COLUMNS || row >= ST7789_ROWS) {
        return; /* outside of the memory */
    }
    column = (s->madctl & MADCTL_MX) != 0 ? ST7789_COLUMNS - 1U - column : column;
    row = (s->madctl & MADCTL_MY) != 0 ? ST7789_ROWS - 1U - row : row;
    uint32_t address = pixel_address(column, row);
    part_memory_put(display->env.memory, address, red);
    part_memory_put(display->env.memory, address + 1, green);
    part_memory_put(display->env.memory, address + 2, blue);
    s->pixels++;
}

static void advance(struct st7789 *display)
{
    struct st7789_state *s = &display->state;
    if (s->column < s->column_last) {
        s->column++;
        return;
    }
    s->column = s->column_first;
    if (s->row < s->row_last) {
        s->row++;
        return;
    }
    s->row = s->row_first;
    s->frames++;
    note(display, "frame", s->frames);
}

static void put_pixel(struct st7789 *display, uint32_t red, uint32_t green, uint32_t blue)
{
    store_pixel(display, (uint8_t)red, (uint8_t)green, (uint8_t)blue);
    advance(display);
}

static uint32_t widen_4(uint32_t value)
{
    return (value & 0xFU) * 0x11U;
}

static uint32_t widen_5(uint32_t value)
{
    return (value & 0x1FU) << 3 | (value & 0x1FU) >> 2;
}

static uint32_t widen_6(uint32_t value)
{
    return (value & 0x3FU) << 2 | (value & 0x3FU) >> 4;
}

/* Two pixels of 12 bits lie in three bytes. */
static void take_pixel_byte(struct st7789 *display, uint8_t byte)
{
    struct st7789_state *s = &display->state;
    const uint8_t *p = s->pixel;
    uint32_t bits = s->colmod & 7U;
    s->pixel[s->pixel_count++] = byte;
    if (bits == BITS_16 && s->pixel_count == 2) {
        s->pixel_count = 0;
        put_pixel(display, widen_5(p[0] >> 3), widen_6((uint32_t)p[0] << 3 | p[1] >> 5),
                  widen_5(p[1]));
    } else if (bits == BITS_12 && s->pixel_count == 3) {
        s->pixel_count = 0;
        put_pixel(display, widen_4(p[0] >> 4), widen_4(p[0]), widen_4(p[1] >> 4));
        put_pixel(display, widen_4(p[1]), widen_4(p[2] >> 4), widen_4(p[2]));
    } else if (s->pixel_count == 3) {
        s->pixel_count = 0;
        put_pixel(display, widen_6(p[0] >> 2), widen_6(p[1] >> 2), widen_6(p[2] >> 2));
    }
}

/* ---- commands ---- */

static void reset_registers(struct st7789 *display)
{
    struct st7789_state *s = &display->state;
    bool was_on = s->on && s->awake;
    s->awake = s->on = s->inverted = false;
    s->command = 0;
    s->parameter_count = 0;
    s->madctl = 0;
    s->colmod = COLMOD_RESET;
    s->column_first = s->row_first = s->column = s->row = 0;
    s->column_last = ST7789_COLUMNS - 1U;
    s->row_last = ST7789_ROWS - 1U;
    s->pixel_count = 0;
    s->scroll_top = s->scroll_start = 0;
    s->scroll_rows = ST7789_ROWS;
    if (was_on) {
        note(display, "off", 0);
    }
}

static void must_wait(struct st7789 *display)
{
    display->state.ready_cycles =
        clock_now(display->env.clock) +
        clock_us_to_cycles(display->env.clock, (uint64_t)READY_MS * 1000U);
}

static void set_on(struct st7789 *display, bool awake, bool on)
{
    struct st7789_state *s = &display->state;
    bool before = s->awake && s->on;
    s->awake = awake;
    s->on = on;
    if ((awake && on) != before) {
        note(display, awake && on ? "on" : "off", awake && on);
    }
}

static bool is_accepted(uint8_t command)
{
    return memchr(accepted, command, sizeof accepted) != NULL;
}

static void begin_write(struct st7789_state *s, bool from_start)
{
    s->pixel_count = 0;
    if (from_start) {
        s->column = s->column_first;
        s->row = s->row_first;
    }
}

static void run_command(struct st7789 *display, uint8_t command)
{
    struct st7789_state *s = &display->state;
    switch ((enum st7789_command)command) {
    case SWRESET:
        reset_registers(display);
        must_wait(display);
        break;
    case SLPIN:
    case SLPOUT:
        set_on(display, command == SLPOUT, s->on);
        must_wait(display);
        break;
    case INVOFF:
    case INVON:
        s->inverted = command == INVON;
        break;
    case DISPOFF:
    case DISPON:
        set_on(display, s->awake, command == DISPON);
        break;
    case RAMWR:
    case RAMWRC:
        begin_write(s, command == RAMWR);
        break;
    case CASET: /* with their parameters */
    case RASET:
    case VSCRDEF:
    case MADCTL:
    case VSCSAD:
    case COLMOD:
        break;
    default:
        if (!is_accepted(command)) {
            device_guest_error(&display->env, command,
                               "a command that the display does not know is ignored");
        }
        break;
    }
}

static uint16_t word_at(const struct st7789_state *s, uint32_t index)
{
    return (uint16_t)(s->parameters[index] << 8 | s->parameters[index + 1]);
}

static void set_window(struct st7789 *display, uint16_t *first, uint16_t *last)
{
    const struct st7789_state *s = &display->state;
    uint16_t from = word_at(s, 0);
    uint16_t to = word_at(s, 2);
    if (from > to) {
        device_guest_error(&display->env, s->command,
                           "a window that ends before it begins is ignored");
        return;
    }
    *first = from;
    *last = to;
}

static void set_scroll_area(struct st7789 *display)
{
    struct st7789_state *s = &display->state;
    uint32_t top = word_at(s, 0);
    uint32_t rows = word_at(s, 2);
    if (top + rows > ST7789_ROWS) {
        device_guest_error(&display->env, VSCRDEF,
                           "a scroll area that is larger than the memory is ignored");
        return;
    }
    s->scroll_top = (uint16_t)top;
    s->scroll_rows = (uint16_t)rows;
}

static void take_parameters(struct st7789 *display)
{
    struct st7789_state *s = &display->state;
    uint32_t count = s->parameter_count;
    if (s->command == CASET && count == 4) {
        set_window(display, &s->column_first, &s->column_last);
    } else if (s->command == RASET && count == 4) {
        set_window(display, &s->row_first, &s->row_last);
    } else if (s->command == VSCRDEF && count == 6) {
        set_scroll_area(display);
    } else if (s->command == VSCSAD && count == 2) {
        s->scroll_start = word_at(s, 0);
    } else if (s->command == MADCTL && count == 1) {
        s->madctl = s->parameters[0];
    } else if (s->command == COLMOD && count == 1) {
        s->colmod = s->parameters[0];
        s->pixel_count = 0;
    }
}

static void take_data(struct st7789 *display, uint8_t byte)
{
    struct st7789_state *s = &display->state;
    if (s->command == RAMWR || s->command == RAMWRC) {
        take_pixel_byte(display, byte);
    } else if (s->parameter_count < ST7789_PARAMETER_MAX) {
        s->parameters[s->parameter_count++] = byte;
        take_parameters(display);
    }
}

static int32_t exchange(void *owner, uint8_t out, const struct spi_frame *frame)
{
    struct st7789 *display = owner;
    struct st7789_state *s = &display->state;
    if (s->in_reset || s->no_answer != 0 || frame->lines != 1) {
        return SPI_FLOATS;
    }
    if (s->is_data) {
        take_data(display, out);
        return SPI_FLOATS;
    }
    if (clock_now(display->env.clock) < s->ready_cycles) {
        device_guest_error(&display->env, out, "a command within 5 ms of a reset, SLPIN or SLPOUT");
    }
    s->command = out;
    s->parameter_count = 0;
    run_command(display, out);
    return SPI_FLOATS;
}

/* ---- wires ---- */

static void dc_changed(void *owner, uint32_t index, enum wire_level level)
{
    struct st7789 *display = owner;
    (void)index;
    spi_bus_settle(&display->env.nets->spi);
    display->state.is_data = level == WIRE_HIGH;
}

static void reset_changed(void *owner, uint32_t index, enum wire_level level)
{
    struct st7789 *display = owner;
    bool active = level == (display->reset_active_high ? WIRE_HIGH : WIRE_LOW);
    (void)index;
    if (active == display->state.in_reset) {
        return;
    }
    spi_bus_settle(&display->env.nets->spi);
    display->state.in_reset = active;
    reset_registers(display);
    must_wait(display);
}

/* ---- what the glass shows ---- */

/* The row of the memory that a line of the glass shows. */
static uint32_t scrolled(const struct st7789_state *s, uint32_t line)
{
    if (s->scroll_rows == 0 || line < s->scroll_top ||
        line >= (uint32_t)s->scroll_top + s->scroll_rows) {
        return line;
    }
    uint32_t start =
        s->scroll_start >= s->scroll_top ? (uint32_t)(s->scroll_start - s->scroll_top) : 0U;
    return s->scroll_top + (line - s->scroll_top + start) % s->scroll_rows;
}

/* What the glass shows: black while the display is off or sleeps. */
static void st7789_picture_row(const void *self, uint32_t y, uint8_t *rgb)
{
    const struct st7789 *display = self;
    const struct st7789_state *s = &display->state;
    uint32_t row = scrolled(s, y + display->y_offset);
    uint8_t flip = s->inverted != display->inversion_off ? 0x00 : 0xFF;
    uint32_t red_at = (s->madctl & MADCTL_BGR) != 0 ? 2 : 0;
    memset(rgb, 0, (size_t)display->width * 3);
    if (!s->awake || !s->on || y >= display->height) {
        return;
    }
    for (uint32_t x = 0; x < display->width; x++) {
        uint32_t address = pixel_address(x + display->x_offset, row);
        for (uint32_t i = 0; i < 3; i++) {
            uint32_t from = i == 1 ? 1 : i == 0 ? red_at : 2 - red_at;
            rgb[x * 3 + i] = part_memory_get(display->env.memory, address + from) ^ flip;
        }
    }
}

static bool st7789_picture(const void *self, struct device_picture *picture)
{
    const struct st7789 *display = self;
    const struct st7789_state *s = &display->state;
    const uint32_t parts[] = {s->pixels, s->awake,      s->on,          s->inverted,
                              s->madctl, s->scroll_top, s->scroll_rows, s->scroll_start};
    uint32_t changes = 2166136261U; /* FNV-1a, by words */
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        changes = (changes ^ parts[i]) * 16777619U;
    }
    *picture = (struct device_picture){
        .width = display->width, .height = display->height, .changes = changes};
    return true;
}

/* ---- the device ---- */

static const struct device_fault st7789_faults[] = {
    {"no-answer", "1: the display ignores all commands and data", 1, 1},
    {0},
};

static bool st7789_input(void *self, const struct device_input *input)
{
    struct st7789 *display = self;
    return device_fault_take(st7789_faults, input, &display->state.no_answer);
}

static void st7789_reset(void *self, uint32_t reasons)
{
    struct st7789 *display = self;
    if (reasons == RESET_POWER_ON) { /* a reset of the chip alone does not reach it */
        reset_registers(display);
        display->state.ready_cycles = 0;
    }
}

static uint32_t st7789_memory_bytes(const struct props *props)
{
    (void)props;
    return ST7789_MEMORY_BYTES;
}

/* A property of the display's node or of the one above. */
static bool find_gpio(const struct props *props, const char *name, struct props_gpio *gpio)
{
    return (props->gpio != NULL && props->gpio(props->node, name, 0, gpio)) ||
           props_bus_gpio(props, name, 0, gpio);
}

static const char *find_pins(struct st7789 *display)
{
    const struct props *props = &display->env.props;
    struct props_gpio sck, mosi, cs, dc, reset;
    if (!props_bus_pin(props, NULL, PROPS_SPI_SCK, &sck) ||
        !props_bus_pin(props, NULL, PROPS_SPI_MOSI, &mosi)) {
        return "the display's SPI bus has no pinctrl-0 with SPIM_SCK and SPIM_MOSI";
    }
    if (!find_gpio(props, "dc-gpios", &dc) && !find_gpio(props, "cmd-data-gpios", &dc)) {
        return "the display needs dc-gpios (of its mipi-dbi-spi node) or cmd-data-gpios";
    }
    display->pins = (struct spi_pins){.sck = sck.number, .mosi = mosi.number, .miso = SPI_NO_PIN};
    wire_listen(&dc.pin->out, &display->dc_listener, dc_changed, display, 0);
    if (find_gpio(props, "reset-gpios", &reset)) {
        display->reset_active_high = (reset.flags & PROPS_GPIO_ACTIVE_LOW) == 0;
        wire_listen(&reset.pin->out, &display->reset_listener, reset_changed, display, 0);
    }
    bool has_cs = props_bus_gpio(props, "cs-gpios", props_u32_or(props, "reg", 0), &cs);
    spi_target_listen(&display->target, has_cs ? cs.pin : NULL,
                      has_cs && (cs.flags & PROPS_GPIO_ACTIVE_LOW) == 0);
    return NULL;
}

static const char *st7789_init(void *self, const struct device_env *env)
{
    struct st7789 *display = self;
    display->env = *env;
    display->width = props_u32_or(&env->props, "width", ST7789_COLUMNS);
    display->height = props_u32_or(&env->props, "height", ST7789_ROWS);
    display->x_offset = props_u32_or(&env->props, "x-offset", 0);
    display->y_offset = props_u32_or(&env->props, "y-offset", 0);
    display->inversion_off = props_flag(&env->props, "inversion-off");
    if (display->width == 0 || display->width > ST7789_COLUMNS || display->height == 0 ||
        display->height > ST7789_ROWS || display->x_offset > ST7789_COLUMNS - display->width ||
        display->y_offset > ST7789_ROWS - display->height) {
        return "the display's width, height and offsets go beyond the controller's 240 x 320";
    }
    display->target = (struct spi_target){.owner = display,
                                          .pins = &display->pins,
                                          .selected = &display->state.selected,
                                          .modes = SPI_MODE_0 | SPI_MODE_3,
                                          .exchange = exchange};
    spi_bus_add_target(&env->nets->spi, &display->target);
    return find_pins(display);
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct st7789_state *s = state;
    (void)self;
    (void)now_cycles;
    return device_bool_is_sane(&s->selected) && device_bool_is_sane(&s->is_data) &&
           device_bool_is_sane(&s->in_reset) && device_bool_is_sane(&s->awake) &&
           device_bool_is_sane(&s->on) && device_bool_is_sane(&s->inverted) &&
           s->parameter_count <= ST7789_PARAMETER_MAX && s->pixel_count < 3 &&
           (uint32_t)s->scroll_top + s->scroll_rows <= ST7789_ROWS &&
           device_faults_are_sane(st7789_faults, &s->no_answer);
}

static void st7789_see(const void *self, struct device_sight *sight)
{
    const struct st7789 *display = self;
    const struct st7789_state *s = &display->state;
    sight->active = s->on && s->awake;
    snprintf(sight->text, sizeof sight->text, "%s, %" PRIu32 " frame%s",
             s->in_reset     ? "in reset"
             : !s->awake     ? "asleep"
             : sight->active ? "on"
                             : "off",
             s->frames, s->frames == 1 ? "" : "s");
}

const struct device_class part_st7789_class = {
    .name = "st7789",
    .size_bytes = sizeof(struct st7789),
    .state_offset = offsetof(struct st7789, state),
    .state_bytes = sizeof(struct st7789_state),
    .state_version = 2,
    .state_is_sane = state_is_sane,
    .memory_bytes = st7789_memory_bytes,
    .init = st7789_init,
    .reset = st7789_reset,
    .input = st7789_input,
    .faults = st7789_faults,
    .picture = st7789_picture,
    .picture_row = st7789_picture_row,
    .see = st7789_see,
};
