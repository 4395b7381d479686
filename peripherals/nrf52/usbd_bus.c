/* USBD's endpoints: EasyDMA on one side of their buffers, the host's tokens on the other. */
#include <string.h>

#include "peripherals/nrf52/usbd.h"

#define REQUEST_TYPE_IN     0x80U
#define REQUEST_SET_ADDRESS 5U
#define ADDRESS_MASK        0x7FU

#define EPSTATUS_OUT     16U
#define EPDATASTATUS_OUT 16U

/* EasyDMA: a word each tick of 16 MHz, and some to begin with. */
#define DMA_SETUP_CYCLES 64U
#define DMA_WORD_CYCLES  4U

enum usbd_short {
    SHORT_EP0DATADONE_STARTEPIN0 = 1U << 0,
    SHORT_EP0DATADONE_STARTEPOUT0 = 1U << 1,
    SHORT_EP0DATADONE_EP0STATUS = 1U << 2,
    SHORT_ENDEPOUT0_EP0STATUS = 1U << 3,
    SHORT_ENDEPOUT0_EP0RCVOUT = 1U << 4,
};

static void after_us(struct usbd *usbd, struct event *event, uint64_t microseconds)
{
    struct clock *clock = usbd->env.clock;
    clock_schedule(clock, event, clock_now(clock) + clock_us_to_cycles(clock, microseconds));
}

static void run_short(struct usbd *usbd, uint32_t bit, uint32_t task)
{
    if ((usbd->state.shorts & bit) != 0) {
        usbd_run_task(usbd, task);
    }
}

/* Raises an event with what SHORTS has for it. */
static void raise_event(struct usbd *usbd, uint32_t offset)
{
    nrf_event_set(&usbd->state.events, offset);
    if (offset == USBD_EVENTS_EP0DATADONE) {
        run_short(usbd, SHORT_EP0DATADONE_STARTEPIN0, USBD_TASKS_STARTEPIN);
        run_short(usbd, SHORT_EP0DATADONE_STARTEPOUT0, USBD_TASKS_STARTEPOUT);
        run_short(usbd, SHORT_EP0DATADONE_EP0STATUS, USBD_TASKS_EP0STATUS);
    } else if (offset == USBD_EVENTS_ENDEPOUT) {
        run_short(usbd, SHORT_ENDEPOUT0_EP0STATUS, USBD_TASKS_EP0STATUS);
        run_short(usbd, SHORT_ENDEPOUT0_EP0RCVOUT, USBD_TASKS_EP0RCVOUT);
    }
    nrf_event_raise(&usbd->env, &usbd->state.events, offset);
}

static void raise_cause(struct usbd *usbd, uint32_t cause)
{
    usbd->state.eventcause |= cause;
    raise_event(usbd, USBD_EVENTS_USBEVENT);
}

/* ---- EasyDMA ---- */

void usbd_start_dma(struct usbd *usbd, enum usbd_dma direction, uint32_t endpoint)
{
    struct usbd_state *s = &usbd->state;
    bool in = direction == USBD_DMA_IN;
    const struct usbd_channel *channel = in ? &s->in[endpoint] : &s->out[endpoint];
    uint32_t task = (in ? USBD_TASKS_STARTEPIN : USBD_TASKS_STARTEPOUT) + 4 * endpoint;
    if (s->enable == 0) {
        device_guest_error(&usbd->env, task,
                           "a transfer is started while ENABLE is off: it is ignored");
        return;
    }
    if (s->dma != USBD_DMA_IDLE) {
        device_guest_error(&usbd->env, task,
                           "EasyDMA is busy with another endpoint: the task is ignored");
        return;
    }
    uint32_t count = channel->maxcnt;
    if (count > USB_PACKET_BYTES_MAX) {
        device_guest_error(&usbd->env, task, "MAXCNT is larger than an endpoint's 64 bytes");
        count = USB_PACKET_BYTES_MAX;
    }
    if (!in && count > s->out_buffer[endpoint].count) {
        count = s->out_buffer[endpoint].count;
    }
    s->dma = direction;
    s->dma_endpoint = endpoint;
    s->dma_ptr = channel->ptr;
    s->dma_count = count;
    s->epstatus |= 1U << (endpoint + (in ? 0 : EPSTATUS_OUT));
    clock_schedule(usbd->env.clock, &usbd->dma_end,
                   clock_now(usbd->env.clock) + DMA_SETUP_CYCLES +
                       (count + 3U) / 4U * DMA_WORD_CYCLES);
    raise_event(usbd, USBD_EVENTS_STARTED);
}

static void dma_ended(void *owner, uint64_t late_cycles)
{
    struct usbd *usbd = owner;
    struct usbd_state *s = &usbd->state;
    const struct dma_port *dma = &usbd->env.dma;
    uint32_t endpoint = s->dma_endpoint;
    bool in = s->dma == USBD_DMA_IN;
    struct usbd_buffer *buffer = in ? &s->in_buffer[endpoint] : &s->out_buffer[endpoint];
    (void)late_cycles;
    s->dma = USBD_DMA_IDLE;
    enum bus_result result = BUS_OK;
    if (s->dma_count != 0 && in) {
        result = dma->read(dma->context, s->dma_ptr, buffer->bytes, s->dma_count);
    } else if (s->dma_count != 0) {
        result = dma->write(dma->context, s->dma_ptr, buffer->bytes, s->dma_count);
    }
    if (result != BUS_OK) {
        device_guest_error(&usbd->env, (in ? USBD_EPIN : USBD_EPOUT) + 0x14U * endpoint,
                           "EasyDMA reaches RAM only: the transfer does not happen");
        return;
    }
    if (in) {
        buffer->count = s->dma_count;
        buffer->full = true;
        s->in[endpoint].amount = s->dma_count;
        raise_event(usbd, USBD_EVENTS_ENDEPIN + 4 * endpoint);
    } else {
        buffer->full = false;
        buffer->open = endpoint != 0; /* endpoint 0 waits for EP0RCVOUT */
        s->out[endpoint].amount = s->dma_count;
        raise_event(usbd, USBD_EVENTS_ENDEPOUT + 4 * endpoint);
    }
}

/* ---- the bus ---- */

static void restart_idle(struct usbd *usbd)
{
    after_us(usbd, &usbd->bus_idle, USBD_SUSPEND_US);
}

void usbd_clear_endpoints(struct usbd *usbd)
{
    struct usbd_state *s = &usbd->state;
    clock_cancel(usbd->env.clock, &usbd->dma_end);
    clock_cancel(usbd->env.clock, &usbd->wake_allowed);
    clock_cancel(usbd->env.clock, &usbd->wake_end);
    s->dma = USBD_DMA_IDLE;
    for (uint32_t i = 0; i < USBD_ENDPOINTS; i++) {
        s->in_buffer[i].full = false;
        s->out_buffer[i].full = false;
        s->out_buffer[i].open = false;
    }
    s->in_toggles = 0;
    s->out_toggles = 0;
    s->in_halted = 0;
    s->out_halted = 0;
    s->ep0_status = false;
    s->ep0_stall = false;
    s->address_pending = false;
    s->suspended = false;
    s->waking = false;
    s->usbaddr = 0;
}

void usbd_connect(struct usbd *usbd)
{
    struct usbd_state *s = &usbd->state;
    struct usb_port *port = &usbd->env.nets->usb;
    bool show = s->enable != 0 && s->ready && s->usbpullup != 0 && port->vbus.level == WIRE_HIGH;
    bool shown = port->pull_up.level == WIRE_HIGH;
    wire_drive(&port->wake, show && s->waking ? WIRE_HIGH : WIRE_LOW);
    if (show == shown) {
        return;
    }
    if (show) {
        restart_idle(usbd);
    } else {
        clock_cancel(usbd->env.clock, &usbd->bus_idle);
        usbd_clear_endpoints(usbd);
    }
    wire_drive(&port->pull_up, show ? WIRE_HIGH : WIRE_LOW);
}

static void vbus_changed(void *owner, uint32_t index, enum wire_level level)
{
    (void)index;
    (void)level;
    usbd_connect(owner);
}

static void bus_became_idle(void *owner, uint64_t late_cycles)
{
    struct usbd *usbd = owner;
    usbd->state.suspended = true;
    usbd->state.suspended_cycle = clock_now(usbd->env.clock) - late_cycles;
    raise_cause(usbd, USBD_EVENTCAUSE_SUSPEND);
}

static void wake_became_allowed(void *owner, uint64_t late_cycles)
{
    (void)late_cycles;
    raise_cause(owner, USBD_EVENTCAUSE_USBWUALLOWED);
}

static void wake_ended(void *owner, uint64_t late_cycles)
{
    struct usbd *usbd = owner;
    (void)late_cycles;
    usbd->state.waking = false;
    usbd_connect(usbd);
}

static void became_ready(void *owner, uint64_t late_cycles)
{
    struct usbd *usbd = owner;
    (void)late_cycles;
    usbd->state.ready = true;
    usbd_connect(usbd);
    raise_cause(usbd, USBD_EVENTCAUSE_READY);
}

static void leave_suspend(struct usbd *usbd)
{
    if (usbd->state.suspended) {
        usbd->state.suspended = false;
        clock_cancel(usbd->env.clock, &usbd->wake_allowed);
        raise_cause(usbd, USBD_EVENTCAUSE_RESUME);
    }
    restart_idle(usbd);
}

static void on_bus_reset(void *owner)
{
    struct usbd *usbd = owner;
    usbd_clear_endpoints(usbd);
    usbd_connect(usbd);
    restart_idle(usbd);
    raise_event(usbd, USBD_EVENTS_USBRESET);
}

static void on_start_of_frame(void *owner, uint32_t number)
{
    struct usbd *usbd = owner;
    leave_suspend(usbd);
    usbd->state.framecntr = number % USB_FRAME_NUMBERS;
    raise_event(usbd, USBD_EVENTS_SOF);
}

static void on_resume(void *owner)
{
    leave_suspend(owner);
}

static bool hears(const struct usbd *usbd, uint8_t address, uint32_t endpoint)
{
    return address == usbd->state.usbaddr && endpoint < USBD_ENDPOINTS;
}

static enum usb_answer on_setup(void *owner, uint8_t address, const uint8_t bytes[USB_SETUP_BYTES])
{
    struct usbd *usbd = owner;
    struct usbd_state *s = &usbd->state;
    if (!hears(usbd, address, 0)) {
        return USB_ANSWER_NONE;
    }
    memcpy(s->setup, bytes, USB_SETUP_BYTES);
    s->in_buffer[0].full = false;
    s->out_buffer[0].full = false;
    s->out_buffer[0].open = false;
    s->in_toggles |= 1U; /* the data stage begins with DATA1 */
    s->out_toggles |= 1U;
    s->ep0_stall = false;
    s->ep0_status = false;
    s->ep0_in_data = false;
    s->ep0_in_status = false;
    s->address_pending = bytes[0] == 0 && bytes[1] == REQUEST_SET_ADDRESS;
    if (s->address_pending) {
        s->ep0_status = true;
    }
    raise_event(usbd, USBD_EVENTS_EP0SETUP);
    return USB_ANSWER_ACK;
}

/* Whether the control transfer under way has data from the device to the host. */
static bool control_reads(const struct usbd_state *s)
{
    return (s->setup[0] & REQUEST_TYPE_IN) != 0 && (s->setup[6] | s->setup[7]) != 0;
}

static void take_packet(struct usbd *usbd, uint32_t endpoint, const struct usb_packet *packet)
{
    struct usbd_buffer *buffer = &usbd->state.out_buffer[endpoint];
    memcpy(buffer->bytes, packet->bytes, USB_PACKET_BYTES_MAX);
    buffer->count =
        packet->count < USB_PACKET_BYTES_MAX ? packet->count : (uint32_t)USB_PACKET_BYTES_MAX;
    buffer->full = true;
    buffer->open = false;
    usbd->state.size_epout[endpoint] = buffer->count;
    usbd->state.out_toggles ^= 1U << endpoint;
}

static enum usb_answer control_out(struct usbd *usbd, const struct usb_packet *packet)
{
    struct usbd_state *s = &usbd->state;
    if (s->ep0_stall) {
        return USB_ANSWER_STALL;
    }
    if (control_reads(s)) { /* the status stage */
        bool allowed = s->ep0_status;
        s->ep0_status = false;
        return allowed ? USB_ANSWER_ACK : USB_ANSWER_NAK;
    }
    if (packet->data1 != ((s->out_toggles & 1U) != 0)) {
        return USB_ANSWER_ACK;
    }
    if (!s->out_buffer[0].open) {
        return USB_ANSWER_NAK;
    }
    take_packet(usbd, 0, packet);
    raise_event(usbd, USBD_EVENTS_EP0DATADONE);
    return USB_ANSWER_ACK;
}

static enum usb_answer on_out(void *owner, uint8_t address, uint8_t endpoint,
                              const struct usb_packet *packet)
{
    struct usbd *usbd = owner;
    struct usbd_state *s = &usbd->state;
    uint32_t bit = 1U << (endpoint % USBD_ENDPOINTS);
    if (!hears(usbd, address, endpoint) || (s->epouten & bit) == 0) {
        return USB_ANSWER_NONE;
    }
    if (s->faults[USBD_FAULT_NAK] != 0) {
        return USB_ANSWER_NAK;
    }
    if (endpoint == 0) {
        return control_out(usbd, packet);
    }
    if ((s->out_halted & bit) != 0) {
        return USB_ANSWER_STALL;
    }
    if (packet->data1 != ((s->out_toggles & bit) != 0)) {
        return USB_ANSWER_ACK; /* the host has missed our ACK and sends the same again */
    }
    if (!s->out_buffer[endpoint].open) {
        return USB_ANSWER_NAK;
    }
    take_packet(usbd, endpoint, packet);
    s->epdatastatus |= bit << EPDATASTATUS_OUT;
    raise_event(usbd, USBD_EVENTS_EPDATA);
    return USB_ANSWER_ACK;
}

static enum usb_answer give_packet(const struct usbd *usbd, uint32_t endpoint,
                                   struct usb_packet *packet)
{
    const struct usbd_buffer *buffer = &usbd->state.in_buffer[endpoint];
    if (!buffer->full) {
        return USB_ANSWER_NAK;
    }
    memcpy(packet->bytes, buffer->bytes, buffer->count);
    packet->count = buffer->count;
    packet->data1 = (usbd->state.in_toggles >> endpoint & 1U) != 0;
    return USB_ANSWER_ACK;
}

static enum usb_answer control_in(struct usbd *usbd, struct usb_packet *packet)
{
    struct usbd_state *s = &usbd->state;
    s->ep0_in_data = false;
    s->ep0_in_status = false;
    if (s->ep0_stall) {
        return USB_ANSWER_STALL;
    }
    if (control_reads(s)) {
        enum usb_answer answer = give_packet(usbd, 0, packet);
        s->ep0_in_data = answer == USB_ANSWER_ACK;
        return answer;
    }
    if (!s->ep0_status) {
        return USB_ANSWER_NAK;
    }
    packet->count = 0;
    packet->data1 = true;
    s->ep0_in_status = true;
    return USB_ANSWER_ACK;
}

static enum usb_answer on_in(void *owner, uint8_t address, uint8_t endpoint,
                             struct usb_packet *packet)
{
    struct usbd *usbd = owner;
    const struct usbd_state *s = &usbd->state;
    uint32_t bit = 1U << (endpoint % USBD_ENDPOINTS);
    if (!hears(usbd, address, endpoint) || (s->epinen & bit) == 0) {
        return USB_ANSWER_NONE;
    }
    if (s->faults[USBD_FAULT_NAK] != 0) {
        return USB_ANSWER_NAK;
    }
    if (endpoint == 0) {
        return control_in(usbd, packet);
    }
    return (s->in_halted & bit) != 0 ? USB_ANSWER_STALL : give_packet(usbd, endpoint, packet);
}

static void control_in_acknowledged(struct usbd *usbd)
{
    struct usbd_state *s = &usbd->state;
    if (s->ep0_in_data) {
        s->ep0_in_data = false;
        s->in_buffer[0].full = false;
        s->in_toggles ^= 1U;
        raise_event(usbd, USBD_EVENTS_EP0DATADONE);
    } else if (s->ep0_in_status) {
        s->ep0_in_status = false;
        s->ep0_status = false;
        if (s->address_pending) {
            s->address_pending = false;
            s->usbaddr = s->setup[2] & ADDRESS_MASK;
        }
    }
}

static void on_in_acknowledged(void *owner, uint8_t endpoint)
{
    struct usbd *usbd = owner;
    struct usbd_state *s = &usbd->state;
    if (endpoint == 0) {
        control_in_acknowledged(usbd);
    } else if (endpoint < USBD_ENDPOINTS && s->in_buffer[endpoint].full) {
        s->in_buffer[endpoint].full = false;
        s->in_toggles ^= 1U << endpoint;
        s->epdatastatus |= 1U << endpoint;
        raise_event(usbd, USBD_EVENTS_EPDATA);
    }
}

void usbd_init_bus(struct usbd *usbd)
{
    event_init(&usbd->became_ready, became_ready, usbd);
    event_init(&usbd->dma_end, dma_ended, usbd);
    event_init(&usbd->bus_idle, bus_became_idle, usbd);
    event_init(&usbd->wake_allowed, wake_became_allowed, usbd);
    event_init(&usbd->wake_end, wake_ended, usbd);
    usbd->function = (struct usb_function){.owner = usbd,
                                           .bus_reset = on_bus_reset,
                                           .start_of_frame = on_start_of_frame,
                                           .resume = on_resume,
                                           .setup = on_setup,
                                           .out = on_out,
                                           .in = on_in,
                                           .in_acknowledged = on_in_acknowledged};
    usbd->env.nets->usb.function = &usbd->function;
    wire_listen(&usbd->env.nets->usb.vbus, &usbd->vbus_changed, vbus_changed, usbd, 0);
}
