/* TWIS: a target on the bus whose buffers are filled and emptied by EasyDMA. Reference: nRF52832
 * product specification 1.4, "TWIS". Until the guest has prepared a buffer, and while it is
 * suspended, SCL is held low. */
#include "peripherals/nrf52/serial_box.h"

enum {
    TWIS_TASKS_STOP = 0x014,
    TWIS_TASKS_SUSPEND = 0x01C,
    TWIS_TASKS_RESUME = 0x020,
    TWIS_TASKS_PREPARERX = 0x030,
    TWIS_TASKS_PREPARETX = 0x034,
    TWIS_EVENTS_STOPPED = 0x104,
    TWIS_EVENTS_ERROR = 0x124,
    TWIS_EVENTS_RXSTARTED = 0x14C,
    TWIS_EVENTS_TXSTARTED = 0x150,
    TWIS_EVENTS_WRITE = 0x164,
    TWIS_EVENTS_READ = 0x168,
};

#define SHORTS_WRITE_SUSPEND (1U << 13)
#define SHORTS_READ_SUSPEND  (1U << 14)

#define ERRORSRC_OVERFLOW (1U << 0)
#define ERRORSRC_DNACK    (1U << 2)
#define ERRORSRC_OVERREAD (1U << 3)

#define ADDRESSES  2U
#define LIST_ARRAY 1U

static void fail(struct serial_box *box, uint32_t errorsrc)
{
    box->state.registers.twis_errorsrc |= errorsrc;
    serial_box_raise(box, TWIS_EVENTS_ERROR);
}

static void release(struct serial_box *box)
{
    i2c_release(&box->env.nets->i2c);
}

/* Takes the prepared buffer, once somebody has addressed the chip for it. True: it has. */
static bool take_buffer(struct serial_box *box)
{
    struct twis_state *s = &box->state.twis;
    struct serial_registers *r = &box->state.registers;
    bool *prepared = s->reading ? &s->tx_prepared : &s->rx_prepared;
    if (!s->addressed || s->started || s->suspended || !*prepared) {
        return false;
    }
    *prepared = false;
    s->started = true;
    s->next = s->reading ? r->txd_ptr : r->rxd_ptr;
    s->left = s->reading ? r->txd_maxcnt : r->rxd_maxcnt;
    *(s->reading ? &r->txd_amount : &r->rxd_amount) = 0;
    if ((s->reading ? r->txd_list : r->rxd_list) == LIST_ARRAY) {
        *(s->reading ? &r->txd_ptr : &r->rxd_ptr) += s->left;
    }
    serial_box_raise(box, s->reading ? TWIS_EVENTS_TXSTARTED : TWIS_EVENTS_RXSTARTED);
    return true;
}

static void end_transfer(struct serial_box *box)
{
    box->state.twis.addressed = false;
    box->state.twis.started = false;
}

static bool find_pins(const void *owner, struct i2c_pins *pins)
{
    const struct serial_box *box = owner;
    const struct serial_registers *r = &box->state.registers;
    *pins = (struct i2c_pins){.scl = serial_box_pin(box, r->psel[0]),
                              .sda = serial_box_pin(box, r->psel[1])};
    return serial_box_is(box, SERIAL_ENABLE_TWIS) && pins->scl != SERIAL_NO_PIN &&
           pins->sda != SERIAL_NO_PIN;
}

static bool matches(struct serial_box *box, uint8_t address)
{
    const struct serial_registers *r = &box->state.registers;
    for (uint32_t i = 0; i < ADDRESSES; i++) {
        if ((r->twis_config >> i & 1U) != 0 && r->address[i] == address) {
            box->state.twis.match = i;
            return true;
        }
    }
    return false;
}

static bool target_start(void *owner, uint8_t address, bool read)
{
    struct serial_box *box = owner;
    struct serial_state *s = &box->state;
    end_transfer(box);
    if (!matches(box, address)) {
        return false;
    }
    uint32_t event = read ? TWIS_EVENTS_READ : TWIS_EVENTS_WRITE;
    uint32_t shorts = s->registers.shorts;
    s->twis.addressed = true;
    s->twis.reading = read;
    nrf_event_set(&s->events, event);
    if ((shorts & (read ? SHORTS_READ_SUSPEND : SHORTS_WRITE_SUSPEND)) != 0) {
        s->twis.suspended = true;
    }
    serial_box_raise(box, event);
    (void)take_buffer(box);
    return true;
}

static bool target_write(void *owner, uint8_t byte)
{
    struct serial_box *box = owner;
    struct twis_state *s = &box->state.twis;
    const struct dma_port *dma = &box->env.dma;
    if (!s->addressed || s->reading || !s->started) {
        return false;
    }
    if (s->left == 0) {
        fail(box, ERRORSRC_OVERFLOW | ERRORSRC_DNACK);
        return false;
    }
    if (dma->write(dma->context, s->next, &byte, 1) != BUS_OK) {
        serial_box_guest_error(box, SERIAL_RXD_PTR,
                               "EasyDMA reaches RAM only: nothing is received");
        return false;
    }
    s->next++;
    s->left--;
    box->state.registers.rxd_amount++;
    return true;
}

static uint8_t target_read(void *owner)
{
    struct serial_box *box = owner;
    struct twis_state *s = &box->state.twis;
    const struct dma_port *dma = &box->env.dma;
    uint8_t byte = 0xFF;
    if (!s->addressed || !s->reading || !s->started) {
        return byte;
    }
    if (s->left == 0) {
        fail(box, ERRORSRC_OVERREAD);
        return (uint8_t)box->state.registers.orc;
    }
    if (dma->read(dma->context, s->next, &byte, 1) != BUS_OK) {
        serial_box_guest_error(box, SERIAL_TXD_PTR, "EasyDMA reaches RAM only: nothing is sent");
        return byte;
    }
    s->next++;
    s->left--;
    box->state.registers.txd_amount++;
    return byte;
}

static void target_stop(void *owner)
{
    struct serial_box *box = owner;
    if (box->state.twis.addressed) {
        end_transfer(box);
        serial_box_raise(box, TWIS_EVENTS_STOPPED);
    }
}

static uint64_t target_stretch(const void *owner)
{
    const struct twis_state *s = &((const struct serial_box *)owner)->state.twis;
    return s->addressed && (s->suspended || !s->started) ? I2C_STRETCH_TILL_RELEASED : 0;
}

static void run_task(struct serial_box *box, uint32_t offset)
{
    struct twis_state *s = &box->state.twis;
    if (offset == TWIS_TASKS_SUSPEND) {
        s->suspended = true;
        return;
    }
    if (offset == TWIS_TASKS_STOP) {
        end_transfer(box);
        serial_box_raise(box, TWIS_EVENTS_STOPPED);
    } else if (offset == TWIS_TASKS_RESUME) {
        s->suspended = false;
    } else {
        *(offset == TWIS_TASKS_PREPARERX ? &s->rx_prepared : &s->tx_prepared) = true;
    }
    (void)take_buffer(box);
    release(box);
}

static bool get(const struct serial_box *box, uint32_t offset, uint32_t *value)
{
    if (offset != SERIAL_MATCH) {
        return false;
    }
    *value = box->state.twis.match;
    return true;
}

static void disabled(struct serial_box *box)
{
    box->state.twis = (struct twis_state){0};
}

static void init(struct serial_box *box)
{
    box->twi.target = (struct i2c_target){.name = box->env.name,
                                          .address = I2C_ADDRESS_NONE,
                                          .owner = box,
                                          .find_pins = find_pins,
                                          .start = target_start,
                                          .write = target_write,
                                          .read = target_read,
                                          .stop = target_stop,
                                          .stretch = target_stretch};
    i2c_attach(&box->env.nets->i2c, &box->twi.target);
}

static bool state_is_sane(const struct serial_box *box, const struct serial_state *state,
                          uint64_t now_cycles)
{
    const struct twis_state *s = &state->twis;
    (void)box;
    (void)now_cycles;
    return device_bool_is_sane(&s->addressed) && device_bool_is_sane(&s->reading) &&
           device_bool_is_sane(&s->started) && device_bool_is_sane(&s->rx_prepared) &&
           device_bool_is_sane(&s->tx_prepared) && device_bool_is_sane(&s->suspended) &&
           s->match < ADDRESSES;
}

const struct serial_function serial_twis = {
    .enable = SERIAL_ENABLE_TWIS,
    .bit = SERIAL_HAS_TWIS,
    .events = NRF_EVENT_BIT(TWIS_EVENTS_STOPPED) | NRF_EVENT_BIT(TWIS_EVENTS_ERROR) |
              NRF_EVENT_BIT(TWIS_EVENTS_RXSTARTED) | NRF_EVENT_BIT(TWIS_EVENTS_TXSTARTED) |
              NRF_EVENT_BIT(TWIS_EVENTS_WRITE) | NRF_EVENT_BIT(TWIS_EVENTS_READ),
    .tasks = SERIAL_TASK_BIT(TWIS_TASKS_STOP) | SERIAL_TASK_BIT(TWIS_TASKS_SUSPEND) |
             SERIAL_TASK_BIT(TWIS_TASKS_RESUME) | SERIAL_TASK_BIT(TWIS_TASKS_PREPARERX) |
             SERIAL_TASK_BIT(TWIS_TASKS_PREPARETX),
    .run_task = run_task,
    .get = get,
    .disabled = disabled,
    .init = init,
    .state_is_sane = state_is_sane,
};
