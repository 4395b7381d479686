#include "peripherals/nrf52/usbd.h"

#include <string.h>

#define SHORTS_MASK       0x1FU
#define EPSTATUS_MASK     0x01FF01FFU
#define EPDATASTATUS_MASK 0x00FE00FEU
#define EPEN_MASK         0x1FFU
#define EPEN_RESET        1U
#define ISOSPLIT_MASK     0xFFFFU
#define DPDMVALUE_MASK    0x1FU
#define DPDMVALUE_RESUME  1U
#define SIZE_MASK         0x7FU
#define ISO_SIZE_RESET    0x10000U
#define EP_MAXCNT_MASK    0x7FU
#define ISO_MAXCNT_MASK   0x3FFU
#define CHANNEL_STRIDE    0x14U
#define SELECT_EP         7U
#define SELECT_IN         (1U << 7)
#define SELECT_MASK       (SELECT_EP | SELECT_IN)
#define DTOGGLE_DATA0     1U
#define DTOGGLE_DATA1     2U
#define EPSTALL_STALL     (1U << 8)
#define BUFFER_EPIN1      0x7B6U /* of BUFFER_SELECT; and 2 for each further endpoint */
#define BUFFER_EPOUT1     0x7C6U
#define BUFFER_CLOSE      (1U << 1)

#define ALL_EVENTS 0x01FFFFFFU /* 0x100 to 0x160 */

static const struct device_fault faults[] = {
    [USBD_FAULT_NAK] = {"nak", "1: every token but SETUP is answered with NAK", 1, 1},
    [USBD_FAULTS] = {0}};

static bool is_of_eight(uint32_t offset, uint32_t first, uint32_t *index)
{
    *index = (offset - first) / 4U;
    return offset >= first && *index < USBD_ENDPOINTS;
}

static bool is_task(uint32_t offset)
{
    return offset >= USBD_TASKS_STARTEPIN && offset <= USBD_TASKS_DPDMNODRIVE;
}

/* The EasyDMA register at `offset`, or NULL; *part: 0 PTR, 1 MAXCNT, 2 AMOUNT. */
static const struct usbd_channel *find_channel(const struct usbd_state *s, uint32_t offset,
                                               uint32_t *index, uint32_t *part)
{
    bool in = offset < USBD_EPOUT;
    uint32_t from_first = offset - (in ? USBD_EPIN : USBD_EPOUT);
    *index = from_first / CHANNEL_STRIDE;
    *part = from_first % CHANNEL_STRIDE / 4U;
    if (offset < USBD_EPIN || *index > USBD_ISO || *part > 2) {
        return NULL;
    }
    return in ? &s->in[*index] : &s->out[*index];
}

static uint32_t dtoggle(const struct usbd_state *s)
{
    uint32_t toggles = (s->selected & SELECT_IN) != 0 ? s->in_toggles : s->out_toggles;
    bool data1 = (toggles >> (s->selected & SELECT_EP) & 1U) != 0;
    return s->selected | (data1 ? DTOGGLE_DATA1 : DTOGGLE_DATA0) << 8;
}

static uint32_t halted(const struct usbd_state *s, uint32_t mask, uint32_t endpoint)
{
    return endpoint == 0 ? s->ep0_stall : mask >> endpoint & 1U;
}

static bool get_of_eight(const struct usbd_state *s, uint32_t offset, uint32_t *value)
{
    uint32_t index, part;
    const struct usbd_channel *channel = find_channel(s, offset, &index, &part);
    if (is_of_eight(offset, USBD_HALTED_EPIN, &index)) {
        *value = halted(s, s->in_halted, index);
    } else if (is_of_eight(offset, USBD_HALTED_EPOUT, &index)) {
        *value = halted(s, s->out_halted, index);
    } else if (is_of_eight(offset, USBD_BMREQUESTTYPE, &index)) {
        *value = s->setup[index];
    } else if (is_of_eight(offset, USBD_SIZE_EPOUT, &index)) {
        *value = s->size_epout[index];
    } else if (channel != NULL) {
        *value = part == 0 ? channel->ptr : part == 1 ? channel->maxcnt : channel->amount;
    } else if (is_task(offset)) {
        *value = 0;
    } else {
        return false;
    }
    return true;
}

static bool usbd_get(const struct usbd *usbd, uint32_t offset, uint32_t *value)
{
    const struct usbd_state *s = &usbd->state;
    const struct {
        uint32_t offset, value;
    } plain[] = {
        {NRF_SHORTS, s->shorts},
        {NRF_INTEN, s->events.inten},
        {USBD_EVENTCAUSE, s->eventcause},
        {USBD_EPSTATUS, s->epstatus},
        {USBD_EPDATASTATUS, s->epdatastatus},
        {USBD_USBADDR, s->usbaddr},
        {USBD_SIZE_ISOOUT, ISO_SIZE_RESET},
        {USBD_ENABLE, s->enable},
        {USBD_USBPULLUP, s->usbpullup},
        {USBD_DPDMVALUE, s->dpdmvalue},
        {USBD_DTOGGLE, dtoggle(s)},
        {USBD_EPINEN, s->epinen},
        {USBD_EPOUTEN, s->epouten},
        {USBD_EPSTALL, 0},
        {USBD_ISOSPLIT, s->isosplit},
        {USBD_FRAMECNTR, s->framecntr},
        {USBD_LOWPOWER, s->lowpower},
        {USBD_ISOINCONFIG, s->isoinconfig},
        {USBD_BUFFER_SELECT, s->buffer_selected},
        {USBD_BUFFER_CONTROL, 0},
    };
    if (nrf_events_get(&s->events, ALL_EVENTS, offset, value) || get_of_eight(s, offset, value)) {
        return true;
    }
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        if (plain[i].offset == offset) {
            *value = plain[i].value;
            return true;
        }
    }
    return false;
}

static uint32_t usbd_peek(const void *self, uint32_t offset)
{
    uint32_t value = 0;
    return usbd_get(self, offset, &value) ? value : 0;
}

static enum bus_result usbd_read(void *self, struct bus_access access, uint32_t *value)
{
    const struct usbd *usbd = self;
    uint32_t word = 0;
    bool known = usbd_get(usbd, access.offset & ~3U, &word);
    return nrf_finish_read(&usbd->env, access, known, word, value);
}

static void drive_resume(struct usbd *usbd)
{
    struct usbd_state *s = &usbd->state;
    struct clock *clock = usbd->env.clock;
    if (s->dpdmvalue != DPDMVALUE_RESUME) {
        diag_unimplemented(usbd->env.diag, usbd->env.name, USBD_TASKS_DPDMDRIVE,
                           "D+ and D- are driven for a resume only");
    } else if (!s->suspended || s->lowpower != 0) {
        device_guest_error(&usbd->env, USBD_TASKS_DPDMDRIVE,
                           "a resume is driven on a bus that is not suspended, or in low power");
    } else {
        s->waking = true;
        clock_schedule(clock, &usbd->wake_end,
                       clock_now(clock) + clock_us_to_cycles(clock, USBD_WAKE_US));
        usbd_connect(usbd);
    }
}

void usbd_run_task(struct usbd *usbd, uint32_t offset)
{
    struct usbd_state *s = &usbd->state;
    uint32_t endpoint;
    if (is_of_eight(offset, USBD_TASKS_STARTEPIN, &endpoint)) {
        usbd_start_dma(usbd, USBD_DMA_IN, endpoint);
    } else if (is_of_eight(offset, USBD_TASKS_STARTEPOUT, &endpoint)) {
        usbd_start_dma(usbd, USBD_DMA_OUT, endpoint);
    } else if (offset == USBD_TASKS_EP0RCVOUT) {
        s->out_buffer[0].open = true;
    } else if (offset == USBD_TASKS_EP0STATUS) {
        s->ep0_status = true;
    } else if (offset == USBD_TASKS_EP0STALL) {
        s->ep0_stall = true;
    } else if (offset == USBD_TASKS_DPDMDRIVE) {
        drive_resume(usbd);
    } else if (offset == USBD_TASKS_DPDMNODRIVE) {
        s->waking = false;
        clock_cancel(usbd->env.clock, &usbd->wake_end);
        usbd_connect(usbd);
    } else {
        diag_unimplemented(usbd->env.diag, usbd->env.name, offset,
                           "isochronous transfers do not happen");
    }
}

static void write_enable(struct usbd *usbd, uint32_t value)
{
    struct usbd_state *s = &usbd->state;
    struct clock *clock = usbd->env.clock;
    if ((value & 1U) == s->enable) {
        return;
    }
    s->enable = value & 1U;
    s->ready = false;
    if (s->enable != 0) {
        clock_schedule(clock, &usbd->became_ready,
                       clock_now(clock) + clock_us_to_cycles(clock, USBD_READY_US));
    } else {
        clock_cancel(clock, &usbd->became_ready);
        usbd_clear_endpoints(usbd);
    }
    usbd_connect(usbd);
}

static void write_dtoggle(struct usbd_state *s, uint32_t value)
{
    uint32_t bit = 1U << (value & SELECT_EP);
    uint32_t *toggles = (value & SELECT_IN) != 0 ? &s->in_toggles : &s->out_toggles;
    s->selected = value & SELECT_MASK;
    if ((value >> 8 & 3U) == DTOGGLE_DATA0) {
        *toggles &= ~bit;
    } else if ((value >> 8 & 3U) == DTOGGLE_DATA1) {
        *toggles |= bit;
    }
}

static void write_epstall(struct usbd_state *s, uint32_t value)
{
    uint32_t bit = 1U << (value & SELECT_EP);
    uint32_t *mask = (value & SELECT_IN) != 0 ? &s->in_halted : &s->out_halted;
    bool stall = (value & EPSTALL_STALL) != 0;
    *mask = stall ? *mask | bit : *mask & ~bit;
    if ((value & SELECT_EP) == 0) {
        s->ep0_stall = stall;
    }
}

/* What waits to be sent is dropped; what comes is answered with NAK. */
static void close_buffer(struct usbd_state *s)
{
    uint32_t in = (s->buffer_selected - BUFFER_EPIN1) / 2U + 1U;
    uint32_t out = (s->buffer_selected - BUFFER_EPOUT1) / 2U + 1U;
    if (s->buffer_selected >= BUFFER_EPOUT1 && out < USBD_ENDPOINTS) {
        s->out_buffer[out].open = false;
    } else if (s->buffer_selected >= BUFFER_EPIN1 && in < USBD_ENDPOINTS) {
        s->in_buffer[in].full = false;
    }
}

/* After a suspend: normal power again, and soon the device may ask for a resume. */
static void write_lowpower(struct usbd *usbd, uint32_t value)
{
    struct usbd_state *s = &usbd->state;
    struct clock *clock = usbd->env.clock;
    bool was_low = s->lowpower != 0;
    s->lowpower = value & 1U;
    if (s->lowpower != 0) {
        clock_cancel(clock, &usbd->wake_allowed);
    } else if (was_low && s->suspended) {
        uint64_t allowed = s->suspended_cycle + clock_us_to_cycles(clock, USBD_WAKE_ALLOWED_US);
        uint64_t soon = clock_now(clock) + clock_us_to_cycles(clock, 1);
        clock_schedule(clock, &usbd->wake_allowed, allowed > soon ? allowed : soon);
    }
}

static bool write_of_eight(struct usbd *usbd, uint32_t offset, uint32_t value)
{
    struct usbd_state *s = &usbd->state;
    uint32_t index, part;
    const struct usbd_channel *found = find_channel(s, offset, &index, &part);
    if (found != NULL && part < 2) {
        struct usbd_channel *channel = offset < USBD_EPOUT ? &s->in[index] : &s->out[index];
        if (part == 0) {
            channel->ptr = value;
        } else {
            channel->maxcnt = value & (index == USBD_ISO ? ISO_MAXCNT_MASK : EP_MAXCNT_MASK);
        }
        return true;
    }
    if (is_of_eight(offset, USBD_SIZE_EPOUT, &index)) {
        s->size_epout[index] = value & SIZE_MASK;
        if (index != 0) { /* whatever was in the buffer is lost */
            s->out_buffer[index].full = false;
            s->out_buffer[index].count = 0;
            s->out_buffer[index].open = true;
        }
        return true;
    }
    return false;
}

static void write_register(struct usbd *usbd, uint32_t offset, uint32_t value)
{
    struct usbd_state *s = &usbd->state;
    switch (offset) {
    case NRF_SHORTS:
        s->shorts = value & SHORTS_MASK;
        break;
    case NRF_INTEN:
        s->events.inten = value & ALL_EVENTS;
        break;
    case USBD_EVENTCAUSE: /* a 1 clears, here and in the next two */
        s->eventcause &= ~(value & USBD_EVENTCAUSE_MASK);
        break;
    case USBD_EPSTATUS:
        s->epstatus &= ~(value & EPSTATUS_MASK);
        break;
    case USBD_EPDATASTATUS:
        s->epdatastatus &= ~(value & EPDATASTATUS_MASK);
        break;
    case USBD_ENABLE:
        write_enable(usbd, value);
        break;
    case USBD_USBPULLUP:
        s->usbpullup = value & 1U;
        usbd_connect(usbd);
        break;
    case USBD_DPDMVALUE:
        s->dpdmvalue = value & DPDMVALUE_MASK;
        break;
    case USBD_DTOGGLE:
        write_dtoggle(s, value);
        break;
    case USBD_EPINEN:
        s->epinen = value & EPEN_MASK;
        break;
    case USBD_EPOUTEN:
        s->epouten = value & EPEN_MASK;
        break;
    case USBD_EPSTALL:
        write_epstall(s, value);
        break;
    case USBD_ISOSPLIT:
        s->isosplit = value & ISOSPLIT_MASK;
        break;
    case USBD_LOWPOWER:
        write_lowpower(usbd, value);
        break;
    case USBD_BUFFER_SELECT:
        s->buffer_selected = value;
        break;
    case USBD_BUFFER_CONTROL:
        if ((value & BUFFER_CLOSE) != 0) {
            close_buffer(s);
        }
        break;
    case USBD_ISOINCONFIG:
        s->isoinconfig = value & 1U;
        break;
    default:
        if (!write_of_eight(usbd, offset, value)) {
            nrf_report_unknown_write(&usbd->env, offset);
        }
        break;
    }
}

static void usbd_update(void *self)
{
    struct usbd *usbd = self;
    usbd_connect(usbd);
    nrf_events_update_irq(&usbd->env, &usbd->state.events);
}

static enum bus_result usbd_write(void *self, struct bus_access access, uint32_t value)
{
    struct usbd *usbd = self;
    uint32_t word = nrf_begin_write(&usbd->env, access, value);
    uint32_t offset = access.offset & ~3U;
    if (is_task(offset)) {
        if (nrf_is_trigger(word)) {
            usbd_run_task(usbd, offset);
        }
    } else if (!nrf_events_write(&usbd->state.events, ALL_EVENTS, offset, word)) {
        write_register(usbd, offset, word);
    }
    nrf_events_update_irq(&usbd->env, &usbd->state.events);
    return BUS_OK;
}

static bool usbd_input(void *self, const struct device_input *input)
{
    struct usbd *usbd = self;
    return device_fault_take(faults, input, usbd->state.faults);
}

static void usbd_reset(void *self, uint32_t reasons)
{
    struct usbd *usbd = self;
    (void)reasons;
    clock_cancel(usbd->env.clock, &usbd->became_ready);
    clock_cancel(usbd->env.clock, &usbd->bus_idle);
    usbd_clear_endpoints(usbd);
    memset(&usbd->state, 0, offsetof(struct usbd_state, faults));
    usbd->state.epinen = EPEN_RESET;
    usbd->state.epouten = EPEN_RESET;
}

static const char *usbd_init(void *self, const struct device_env *env)
{
    struct usbd *usbd = self;
    usbd->env = *env;
    usbd_init_bus(usbd);
    return NULL;
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct usbd_state *s = state;
    (void)self;
    (void)now_cycles;
    for (uint32_t i = 0; i < USBD_ENDPOINTS; i++) {
        const struct usbd_buffer *in = &s->in_buffer[i], *out = &s->out_buffer[i];
        if (in->count > USB_PACKET_BYTES_MAX || out->count > USB_PACKET_BYTES_MAX ||
            !device_bool_is_sane(&in->full) || !device_bool_is_sane(&in->open) ||
            !device_bool_is_sane(&out->full) || !device_bool_is_sane(&out->open)) {
            return false;
        }
    }
    return device_bool_is_sane(&s->ep0_status) && device_bool_is_sane(&s->ep0_stall) &&
           device_bool_is_sane(&s->address_pending) && device_bool_is_sane(&s->ep0_in_data) &&
           device_bool_is_sane(&s->ep0_in_status) && device_bool_is_sane(&s->ready) &&
           device_bool_is_sane(&s->suspended) && device_bool_is_sane(&s->waking) &&
           s->dma <= USBD_DMA_OUT && s->dma_endpoint < USBD_ENDPOINTS &&
           s->dma_count <= USB_PACKET_BYTES_MAX && s->selected <= SELECT_MASK &&
           device_faults_are_sane(faults, s->faults);
}

static const size_t event_offsets[] = {
    offsetof(struct usbd, became_ready), offsetof(struct usbd, dma_end),
    offsetof(struct usbd, bus_idle), offsetof(struct usbd, wake_allowed),
    offsetof(struct usbd, wake_end)};

const struct device_class nrf52_usbd_class = {
    .name = "nrf52-usbd",
    .size_bytes = sizeof(struct usbd),
    .state_offset = offsetof(struct usbd, state),
    .state_bytes = sizeof(struct usbd_state),
    .state_version = 1,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .state_is_sane = state_is_sane,
    .init = usbd_init,
    .reset = usbd_reset,
    .update = usbd_update,
    .read = usbd_read,
    .write = usbd_write,
    .peek = usbd_peek,
    .input = usbd_input,
    .faults = faults,
};
