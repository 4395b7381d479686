#include "peripherals/nrf52/twi_master.h"

#define TWI_CLOCK_HZ 16000000U

/* The two values for 400 kbps, of TWI and of TWIM, both mean 40 periods. */
#define FREQUENCY_K400_TWI 0x06680000U
#define FREQUENCY_K400     0x06400000U

#define START_BITS     10U
#define BYTE_BITS      9U
#define STOP_BITS      1U
#define BIT_CYCLES_MAX (1U << 24)

static const struct twi_bytes *bytes_of(const struct serial_box *box)
{
    return serial_box_is(box, SERIAL_ENABLE_TWIM) ? &twim_bytes : &twi_bytes;
}

static const struct i2c *bus_of(const struct serial_box *box)
{
    return &box->env.nets->i2c;
}

static uint32_t bit_cycles(const struct serial_box *box)
{
    uint32_t frequency = box->state.registers.frequency;
    if (frequency == 0) {
        return 0;
    }
    if (frequency == FREQUENCY_K400_TWI) {
        frequency = FREQUENCY_K400;
    }
    uint64_t cycles = (1ULL << 32) / frequency * (box->env.clock->cpu_hz / TWI_CLOCK_HZ);
    return cycles < BIT_CYCLES_MAX ? (uint32_t)cycles : BIT_CYCLES_MAX;
}

static bool is_driven_low(const struct serial_box *box, uint32_t pin)
{
    return pin < box->env.pin_count && box->env.pins[pin].in.level == WIRE_LOW;
}

static bool is_scl_free(const struct serial_box *box, struct i2c_pins pins)
{
    return !is_driven_low(box, pins.scl) && !i2c_scl_is_held(bus_of(box), pins) &&
           i2c_stretch(bus_of(box), pins) != I2C_STRETCH_TILL_RELEASED;
}

static bool is_sda_free(const struct serial_box *box, struct i2c_pins pins)
{
    return !is_driven_low(box, pins.sda) && !i2c_sda_is_held(bus_of(box), pins);
}

static void enter(struct serial_box *box, enum twi_phase phase, uint64_t cycles)
{
    box->state.twi.phase = phase;
    clock_schedule(box->env.clock, &box->step, clock_now(box->env.clock) + cycles);
}

static void make_start(struct serial_box *box)
{
    struct twi_state *s = &box->state.twi;
    struct i2c_pins pins = s->wanted.pins;
    if (s->wanted.bit_cycles == 0 || !is_scl_free(box, pins) || !is_sda_free(box, pins)) {
        s->phase = s->phase == TWI_IDLE ? TWI_BLOCKED : s->phase;
        return;
    }
    s->setup = s->wanted;
    s->reading = s->wanted_reading;
    s->start_wanted = false;
    s->refused = false;
    bytes_of(box)->started(box);
    enter(box, TWI_START, (uint64_t)s->setup.bit_cycles * START_BITS);
}

static void make_stop(struct serial_box *box)
{
    struct twi_state *s = &box->state.twi;
    if (is_scl_free(box, s->setup.pins) && is_sda_free(box, s->setup.pins)) {
        enter(box, TWI_STOP, (uint64_t)s->setup.bit_cycles * STOP_BITS);
    }
}

static void make_byte(struct serial_box *box)
{
    struct twi_state *s = &box->state.twi;
    if (!is_scl_free(box, s->setup.pins)) {
        return;
    }
    uint64_t stretch_cycles = i2c_stretch(bus_of(box), s->setup.pins);
    if (s->reading) {
        s->byte = serial_box_arrives(box, i2c_read(bus_of(box), s->setup.pins));
    }
    enter(box, TWI_BYTE, stretch_cycles + (uint64_t)s->setup.bit_cycles * BYTE_BITS);
    if (!bytes_of(box)->begin(box, &s->byte)) {
        clock_cancel(box->env.clock, &box->step);
        s->phase = TWI_HELD;
        s->refused = true;
    }
}

/* One decision while nothing is under way. An event that comes of it, or 0. */
static uint32_t decide(struct serial_box *box)
{
    struct twi_state *s = &box->state.twi;
    bool between_bytes = s->phase == TWI_HELD;
    if (s->suspended || s->phase == TWI_START || s->phase == TWI_BYTE || s->phase == TWI_STOP) {
        return 0;
    }
    if (s->stop_wanted && s->phase == TWI_IDLE) {
        s->stop_wanted = false;
        return TWI_EVENTS_STOPPED;
    }
    if (s->stop_wanted && between_bytes) {
        make_stop(box);
    } else if (s->suspend_wanted && s->phase != TWI_BLOCKED) {
        s->suspend_wanted = false;
        s->suspended = true;
        return TWI_EVENTS_SUSPENDED;
    } else if (s->start_wanted) {
        make_start(box);
    } else if (between_bytes && !s->refused && bytes_of(box)->has_byte(box)) {
        make_byte(box);
    }
    return 0;
}

/* Tasks that come from within a decision, through PPI, leave a note for the next one. The events of
 * this loop are raised outside of it: a ring of them then goes through PPI, which knows how to
 * bear it. */
static void proceed(struct serial_box *box)
{
    uint32_t event = 0;
    if (box->twi.proceeding) {
        return;
    }
    do {
        box->twi.proceeding = true;
        event = decide(box);
        box->twi.proceeding = false;
        if (event != 0) {
            serial_box_raise(box, event);
        }
    } while (event != 0);
}

static void refuse(struct serial_box *box, uint32_t errorsrc)
{
    box->state.twi.refused = true;
    box->state.registers.errorsrc |= errorsrc;
    serial_box_raise(box, TWI_EVENTS_ERROR);
}

static void end_start(struct serial_box *box)
{
    struct twi_state *s = &box->state.twi;
    s->phase = TWI_HELD;
    if (!i2c_start(bus_of(box), s->setup.pins, (uint8_t)s->setup.address, s->reading)) {
        refuse(box, TWI_ERRORSRC_ANACK);
    }
}

static void end_byte(struct serial_box *box)
{
    struct twi_state *s = &box->state.twi;
    bool ack = s->reading || i2c_write(bus_of(box), s->setup.pins, s->byte);
    s->phase = TWI_HELD;
    bytes_of(box)->end(box, s->byte, ack);
    if (!ack) {
        refuse(box, TWI_ERRORSRC_DNACK);
    }
}

static void end_stop(struct serial_box *box)
{
    box->state.twi.phase = TWI_IDLE;
    box->state.twi.stop_wanted = false;
    i2c_stop(bus_of(box), box->state.twi.setup.pins);
    serial_box_raise(box, TWI_EVENTS_STOPPED);
}

void twi_master_step(struct serial_box *box, uint64_t late_cycles)
{
    (void)late_cycles;
    box->twi.proceeding = true;
    if (box->state.twi.phase == TWI_START) {
        end_start(box);
    } else if (box->state.twi.phase == TWI_BYTE) {
        end_byte(box);
    } else if (box->state.twi.phase == TWI_STOP) {
        end_stop(box);
    }
    box->twi.proceeding = false;
    proceed(box);
}

void twi_master_start(struct serial_box *box, bool reading, uint32_t pointer, uint32_t maxcnt)
{
    struct twi_state *s = &box->state.twi;
    const struct serial_registers *registers = &box->state.registers;
    s->start_wanted = true;
    s->wanted_reading = reading;
    s->wanted = (struct twi_setup){.pins = {.scl = serial_box_pin(box, registers->psel[0]),
                                            .sda = serial_box_pin(box, registers->psel[1])},
                                   .address = registers->address[0],
                                   .bit_cycles = bit_cycles(box),
                                   .pointer = pointer,
                                   .maxcnt = maxcnt};
    if (s->wanted.pins.scl == SERIAL_NO_PIN || s->wanted.pins.sda == SERIAL_NO_PIN) {
        serial_box_guest_error(box, SERIAL_PSEL, "a transfer while PSEL names no pin");
    }
    proceed(box);
}

void twi_master_run_task(struct serial_box *box, uint32_t offset)
{
    struct twi_state *s = &box->state.twi;
    if (offset == TWI_TASKS_STOP) {
        if (s->suspended) {
            serial_box_guest_error(box, offset, "STOP while suspended waits for RESUME");
        }
        s->stop_wanted = true;
    } else if (offset == TWI_TASKS_SUSPEND) {
        s->suspend_wanted = !s->suspended;
    } else {
        s->suspended = false;
        s->suspend_wanted = false;
    }
    proceed(box);
}

void twi_master_continue(struct serial_box *box)
{
    proceed(box);
}

void twi_master_disabled(struct serial_box *box)
{
    box->state.twi = (struct twi_state){0};
}

bool twi_master_state_is_sane(const struct serial_box *box, const struct serial_state *state,
                              uint64_t now_cycles)
{
    const struct twi_state *s = &state->twi;
    (void)box;
    (void)now_cycles;
    return s->phase <= TWI_STOP && device_bool_is_sane(&s->start_wanted) &&
           device_bool_is_sane(&s->wanted_reading) && device_bool_is_sane(&s->stop_wanted) &&
           device_bool_is_sane(&s->suspend_wanted) && device_bool_is_sane(&s->suspended) &&
           device_bool_is_sane(&s->reading) && device_bool_is_sane(&s->refused) &&
           device_bool_is_sane(&s->txd_full) && device_bool_is_sane(&s->rxd_full) &&
           s->setup.bit_cycles <= BIT_CYCLES_MAX && s->wanted.bit_cycles <= BIT_CYCLES_MAX &&
           (s->phase <= TWI_BLOCKED || s->setup.bit_cycles != 0);
}

/* Also called for a box that is something else just now. */
static void released(void *owner)
{
    struct serial_box *box = owner;
    if (serial_box_is(box, SERIAL_ENABLE_TWI) || serial_box_is(box, SERIAL_ENABLE_TWIM)) {
        proceed(box);
    }
}

void twi_master_init(struct serial_box *box)
{
    box->twi.controller = (struct i2c_controller){.owner = box, .released = released};
    i2c_add_controller(&box->env.nets->i2c, &box->twi.controller);
}
