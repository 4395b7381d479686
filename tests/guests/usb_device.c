/* A USB device on nRF52840 with nothing under it: a HID interface like a security token's, which
 * sends every report back with its first byte one higher, and a bulk loopback. A report that begins
 * with 0xEE makes it wake the host at the next suspend. Vendor request 1 halts endpoint 1 IN; any
 * request that is unknown is refused with a STALL. */
#include <stdbool.h>

#include "tests/guests/bare.h"

#define CLOCK_HFCLKSTART  0x40000000U
#define POWER_USBDETECTED 0x4000011CU
#define POWER_USBREMOVED  0x40000120U
#define POWER_USBPWRRDY   0x40000124U
#define POWER_INTENSET    0x40000304U
#define POWER_USB_EVENTS  0x380U
#define USBD              0x40027000U
#define STARTEPIN(n)      (USBD + 0x004U + 4U * (n))
#define STARTEPOUT(n)     (USBD + 0x028U + 4U * (n))
#define EP0STATUS         (USBD + 0x050U)
#define EP0STALL          (USBD + 0x054U)
#define DPDMDRIVE         (USBD + 0x058U)
#define USBRESET          (USBD + 0x100U)
#define ENDEPIN(n)        (USBD + 0x108U + 4U * (n))
#define EP0DATADONE       (USBD + 0x128U)
#define ENDEPOUT(n)       (USBD + 0x130U + 4U * (n))
#define USBEVENT          (USBD + 0x158U)
#define EP0SETUP          (USBD + 0x15CU)
#define EPDATA            (USBD + 0x160U)
#define USBD_INTENSET     (USBD + 0x304U)
#define INTEN_ALL         0x1C00401U /* USBRESET, EP0DATADONE, USBEVENT, EP0SETUP, EPDATA */
#define EVENTCAUSE        (USBD + 0x400U)
#define CAUSE_SUSPEND     0x100U
#define CAUSE_RESUME      0x200U
#define CAUSE_WUALLOWED   0x400U
#define CAUSE_READY       0x800U
#define EPDATASTATUS      (USBD + 0x46CU)
#define SETUP_BYTE(n)     (USBD + 0x480U + 4U * (n))
#define SIZE_EPOUT(n)     (USBD + 0x4A0U + 4U * (n))
#define ENABLE            (USBD + 0x500U)
#define USBPULLUP         (USBD + 0x504U)
#define DPDMVALUE         (USBD + 0x508U)
#define DTOGGLE           (USBD + 0x50CU)
#define EPINEN            (USBD + 0x510U)
#define EPOUTEN           (USBD + 0x514U)
#define EPSTALL           (USBD + 0x518U)
#define LOWPOWER          (USBD + 0x52CU)
#define EPIN_PTR(n)       (USBD + 0x600U + 0x14U * (n))
#define EPOUT_PTR(n)      (USBD + 0x700U + 0x14U * (n))
#define NVIC_ISER0        0xE000E100U
#define NVIC_ISER1        0xE000E104U
#define WAKE_REPORT       0xEEU
#define PACKET            64U

static const uint8_t device_descriptor[] = {18,   1,    0x00, 0x02, 0, 0, 0, 64, 0x09,
                                            0x12, 0x01, 0x00, 0,    1, 1, 2, 3,  1};
static const uint8_t report_descriptor[] = {0x06, 0xD0, 0xF1, 0x09, 0x01, 0xA1, 0x01, 0x09, 0x20,
                                            0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x40,
                                            0x81, 0x02, 0x09, 0x21, 0x15, 0x00, 0x26, 0xFF, 0x00,
                                            0x75, 0x08, 0x95, 0x40, 0x91, 0x02, 0xC0};
static const uint8_t configuration_descriptor[] = {
    9,  2,    64,   0,  2,  1,    0,    0xA0,
    50, /* remote wake-up */
    9,  4,    0,    0,  2,  3,    0,    0,
    0, /* HID */
    9,  0x21, 0x11, 1,  0,  1,    0x22, sizeof report_descriptor,
    0, /* */
    7,  5,    0x81, 3,  64, 0,    5,    7,
    5,  0x01, 3,    64, 0,  5, /* every 5 ms */
    9,  4,    1,    0,  2,  0xFF, 0,    0,
    0, /* vendor */
    7,  5,    0x82, 2,  64, 0,    0,    7,
    5,  0x02, 2,    64, 0,  0}; /* bulk */
static const uint8_t languages[] = {4, 3, 0x09, 0x04};
static const uint8_t manufacturer[] = {20,  3, 'S', 0, 'a', 0, 'n', 0, 'd', 0,
                                       'g', 0, 'l', 0, 'a', 0, 's', 0, 's', 0};
static const uint8_t product[] = {10, 3, 'E', 0, 'c', 0, 'h', 0, 'o', 0};
static const uint8_t serial[] = {6, 3, '4', 0, '2', 0};

static uint8_t packet[PACKET] __attribute__((aligned(4))); /* of endpoint 0 */
static uint8_t loop[3][PACKET] __attribute__((aligned(4)));
static bool in_busy[3], out_waits[3], wakes;
static const uint8_t *answer;
static uint32_t answer_left;

static uint32_t get(uint32_t address)
{
    return *bare_register(address);
}

static void set(uint32_t address, uint32_t value)
{
    *bare_register(address) = value;
}

/* Whether an event has come; clears it. */
static bool take(uint32_t event)
{
    bool came = get(event) != 0;
    if (came) {
        set(event, 0);
        (void)get(event);
    }
    return came;
}

static void dma(uint32_t pointer, uint32_t task, uint32_t end, const void *bytes, uint32_t count)
{
    set(pointer, (uint32_t)(uintptr_t)bytes);
    set(pointer + 4, count);
    set(end, 0);
    set(task, 1);
    while (get(end) == 0) {
    }
    set(end, 0);
}

static void send(uint32_t endpoint, const void *bytes, uint32_t count)
{
    dma(EPIN_PTR(endpoint), STARTEPIN(endpoint), ENDEPIN(endpoint), bytes, count);
}

static void send_answer(void)
{
    uint32_t count = answer_left < PACKET ? answer_left : PACKET;
    for (uint32_t i = 0; i < count; i++) {
        packet[i] = answer[i];
    }
    answer += count;
    answer_left -= count;
    send(0, packet, count);
}

static void begin_answer(const uint8_t *bytes, uint32_t count)
{
    uint32_t wanted = get(SETUP_BYTE(6)) | get(SETUP_BYTE(7)) << 8;
    answer = bytes;
    answer_left = count < wanted ? count : wanted;
    send_answer();
}

static bool describe(uint32_t type, uint32_t index)
{
    if (type == 1) {
        begin_answer(device_descriptor, sizeof device_descriptor);
    } else if (type == 2) {
        begin_answer(configuration_descriptor, sizeof configuration_descriptor);
    } else if (type == 3 && index == 0) {
        begin_answer(languages, sizeof languages);
    } else if (type == 3 && index == 1) {
        begin_answer(manufacturer, sizeof manufacturer);
    } else if (type == 3 && index == 2) {
        begin_answer(product, sizeof product);
    } else if (type == 3 && index == 3) {
        begin_answer(serial, sizeof serial);
    } else if (type == 0x22) {
        begin_answer(report_descriptor, sizeof report_descriptor);
    } else {
        return false;
    }
    return true;
}

static void configure(void)
{
    set(EPINEN, 7);
    set(EPOUTEN, 7);
    for (uint32_t i = 1; i <= 2; i++) {
        in_busy[i] = false;
        out_waits[i] = false;
        set(DTOGGLE, 0x180U | i);
        set(DTOGGLE, 0x100U | i);
        set(SIZE_EPOUT(i), 0);
    }
    bare_print("configured\n");
}

static void handle_setup(void)
{
    uint32_t type = get(SETUP_BYTE(0));
    uint32_t request = get(SETUP_BYTE(1));
    if (type == 0 && request == 5) {
        return; /* SET_ADDRESS is the controller's */
    }
    if ((type == 0x80 || type == 0x81) && request == 6) {
        if (!describe(get(SETUP_BYTE(3)), get(SETUP_BYTE(2)))) {
            set(EP0STALL, 1);
        }
        return;
    }
    if (type == 0 && request == 9) {
        configure();
    } else if (type == 2 && request == 1) { /* CLEAR_FEATURE: an endpoint's halt */
        uint32_t endpoint = get(SETUP_BYTE(4));
        set(DTOGGLE, 0x100U | endpoint);
        set(EPSTALL, endpoint);
    } else if (type == 0x40 && request == 1) {
        set(EPSTALL, 0x181);
    } else {
        set(EP0STALL, 1);
        return;
    }
    set(EP0STATUS, 1);
}

/* A packet has come and the way back is free. */
static void send_back(uint32_t endpoint)
{
    uint32_t count = get(SIZE_EPOUT(endpoint));
    out_waits[endpoint] = false;
    in_busy[endpoint] = true;
    dma(EPOUT_PTR(endpoint), STARTEPOUT(endpoint), ENDEPOUT(endpoint), loop[endpoint], count);
    if (endpoint == 1) {
        wakes = loop[1][0] == WAKE_REPORT;
        loop[1][0]++;
    }
    send(endpoint, loop[endpoint], count);
}

static void handle_data(void)
{
    uint32_t status = get(EPDATASTATUS);
    set(EPDATASTATUS, status);
    for (uint32_t i = 1; i <= 2; i++) {
        if ((status & 1U << i) != 0) {
            in_busy[i] = false;
        }
        if ((status & 0x10000U << i) != 0) {
            out_waits[i] = true;
        }
        if (out_waits[i] && !in_busy[i]) {
            send_back(i);
        }
    }
}

static void handle_cause(void)
{
    uint32_t cause = get(EVENTCAUSE);
    set(EVENTCAUSE, cause);
    if ((cause & CAUSE_READY) != 0) {
        set(USBPULLUP, 1);
    }
    if ((cause & CAUSE_SUSPEND) != 0) {
        bare_print("suspend\n");
        set(LOWPOWER, 1);
        if (wakes) {
            set(LOWPOWER, 0);
        }
    }
    if ((cause & CAUSE_WUALLOWED) != 0) {
        set(DPDMVALUE, 1);
        set(DPDMDRIVE, 1);
    }
    if ((cause & CAUSE_RESUME) != 0) {
        bare_print("resume\n");
        set(LOWPOWER, 0);
    }
}

static void handle_power(void)
{
    if (take(POWER_USBDETECTED)) {
        bare_print("detected\n");
        set(0x4006EC00U, 0x9375); /* as drivers do for anomaly 187 */
        set(0x4006ED14U, 3);
        set(0x4006EC00U, 0x9375);
        set(ENABLE, 1);
    }
    (void)take(POWER_USBPWRRDY);
    if (take(POWER_USBREMOVED)) {
        bare_print("removed\n");
        set(USBPULLUP, 0);
        set(ENABLE, 0);
    }
}

void bare_irq(void)
{
    handle_power();
    if (take(USBRESET)) {
        bare_print("reset\n");
        set(EPINEN, 1);
        set(EPOUTEN, 1);
    }
    if (take(USBEVENT)) {
        handle_cause();
    }
    if (take(EP0SETUP)) {
        handle_setup();
    }
    if (take(EP0DATADONE)) {
        if (answer_left != 0) {
            send_answer();
        } else {
            set(EP0STATUS, 1);
        }
    }
    if (take(EPDATA)) {
        handle_data();
    }
}

void bare_main(void)
{
    set(CLOCK_HFCLKSTART, 1);
    set(USBD_INTENSET, INTEN_ALL);
    set(POWER_INTENSET, POWER_USB_EVENTS);
    set(NVIC_ISER0, 1);
    set(NVIC_ISER1, 1U << (39 - 32));
    bare_halt();
}
