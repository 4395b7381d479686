/* What the drivers do for a client that has died, on memory where the peripherals' registers would
 * be. Offsets are those of the product specification. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "kernel/chips/nrf52/ble.h"
#include "kernel/chips/nrf52/comp.h"
#include "kernel/chips/nrf52/gpio.h"
#include "kernel/chips/nrf52/ieee802154.h"
#include "kernel/chips/nrf52/pwm.h"
#include "kernel/chips/nrf52/rng.h"
#include "kernel/chips/nrf52/rtc.h"
#include "kernel/chips/nrf52/saadc.h"
#include "kernel/chips/nrf52/spim.h"
#include "kernel/chips/nrf52/twim.h"
#include "kernel/chips/nrf52/uarte.h"
#include "kernel/chips/nrf52/usbd.h"

#define PERIPHERALS       0x40000000u
#define PERIPHERALS_BYTES 0x70000u
#define PORTS             0x50000000u
#define PORTS_BYTES       0x1000u
#define POWER             0x40000000u
#define RADIO             0x40001000u
#define UARTE0            0x40002000u
#define BUS               0x40003000u /* SPIM0, TWIM0 */
#define GPIOTE            0x40006000u
#define SAADC             0x40007000u
#define TIMER1            0x40009000u
#define PPI               0x4001F000u
#define RNG               0x4000D000u
#define RTC1              0x40011000u
#define COMP              0x40013000u
#define PWM0              0x4001C000u
#define USBD              0x40027000u

static const struct capsule mortal = {7, "mortal"}, other = {6, "other"};
static const struct capsule *dead;
static uint32_t told; /* calls of clients */

bool guard_is_dead(const struct capsule *owner)
{
    return owner != NULL && owner == dead;
}

static volatile uint32_t *at(uint32_t base, uint32_t offset)
{
    return (volatile uint32_t *)(uintptr_t)(base + offset);
}

static void map(uint32_t address, uint32_t bytes)
{
    void *wanted = (void *)(uintptr_t)address;
    if (mmap(wanted, bytes, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != wanted) {
        abort();
    }
}

static int begin(void **state)
{
    static bool mapped;
    (void)state;
    if (!mapped) {
        map(PERIPHERALS, PERIPHERALS_BYTES);
        map(PORTS, PORTS_BYTES);
        mapped = true;
    }
    memset((void *)(uintptr_t)PERIPHERALS, 0, PERIPHERALS_BYTES);
    memset((void *)(uintptr_t)PORTS, 0, PORTS_BYTES);
    dead = NULL;
    told = 0;
    return 0;
}

static uint8_t bytes[2][HIL_USB_PACKET_BYTES];
static struct dma_buffer buffers[2];

static void renew_buffers(void)
{
    for (uint32_t i = 0; i < 2; i++) {
        buffers[i] = (struct dma_buffer)DMA_BUFFER_OF(bytes[i]);
    }
}

static void tell(void *self)
{
    (void)self;
    told++;
}

static void tell_status(void *self, int status)
{
    (void)status;
    tell(self);
}

static void tell_number(void *self, uint32_t number)
{
    (void)number;
    tell(self);
}

static void tell_count(void *self, uint32_t count, int status)
{
    (void)count;
    tell_status(self, status);
}

static void test_uarte(void **state)
{
    (void)state;
    struct nrf52_uarte uarte = {.base = UARTE0};
    const struct hil_uart_client client = {tell_status, tell_count, NULL, &mortal};
    renew_buffers();
    nrf52_uarte_ops.set_client(&uarte, &client);
    assert_int_equal(nrf52_uarte_ops.transmit(&uarte, &buffers[0], 0, 8), K_OK);
    assert_int_equal(nrf52_uarte_ops.receive(&uarte, &buffers[1], 0, 8), K_OK);
    dead = &other;
    nrf52_uarte_stop_dead(&uarte);
    assert_int_equal(*at(UARTE0, 0x00C), 0); /* STOPTX */
    assert_int_equal(*at(UARTE0, 0x004), 0); /* STOPRX */
    dead = &mortal;
    nrf52_uarte_stop_dead(&uarte);
    assert_int_equal(*at(UARTE0, 0x00C), 1);
    assert_int_equal(*at(UARTE0, 0x004), 1);
    assert_true(buffers[0].claimed && buffers[1].claimed); /* the DMA is still at them */
    *at(UARTE0, 0x120) = 1;                                /* ENDTX */
    *at(UARTE0, 0x144) = 1;                                /* RXTO */
    nrf52_uarte_serve(&uarte);
    assert_false(buffers[0].claimed || buffers[1].claimed);
    assert_int_equal(told, 0);
}

static void test_rng(void **state)
{
    (void)state;
    struct nrf52_rng rng = {0};
    const struct hil_entropy_client client = {tell_status, NULL, &mortal};
    renew_buffers();
    nrf52_rng_ops.set_client(&rng, &client);
    assert_int_equal(nrf52_rng_ops.fill(&rng, &buffers[0], 0, 8), K_OK);
    nrf52_rng_stop_dead(&rng);
    assert_int_equal(*at(RNG, 0x004), 0); /* STOP */
    dead = &mortal;
    nrf52_rng_stop_dead(&rng);
    assert_int_equal(*at(RNG, 0x004), 1);
    assert_int_equal(*at(RNG, 0x308), 1); /* INTENCLR */
    assert_false(buffers[0].claimed);
    nrf52_rng_stop_dead(&rng); /* again: nothing is left to stop */
    assert_int_equal(told, 0);
}

static void test_comp(void **state)
{
    (void)state;
    const struct nrf52_comp_channel channel = {1, 2};
    struct nrf52_comp comp;
    const struct hil_comparator_client client = {tell_number, NULL, &mortal};
    nrf52_comp_init(&comp, &channel, 1);
    nrf52_comp_ops.set_client(&comp, &client);
    assert_int_equal(nrf52_comp_ops.watch(&comp, 0), K_OK);
    nrf52_comp_stop_dead(&comp);
    assert_int_equal(*at(COMP, 0x500), 2); /* ENABLE */
    dead = &mortal;
    nrf52_comp_stop_dead(&comp);
    assert_int_equal(*at(COMP, 0x500), 0);
    assert_int_equal(*at(COMP, 0x308), 4); /* INTENCLR: UP */
}

static void test_pins(void **state)
{
    (void)state;
    struct nrf52_gpiote gpiote = {0};
    struct nrf52_pin pins[2] = {{.number = 3, .gpiote = &gpiote}, {.number = 4, .gpiote = &gpiote}};
    const struct hil_gpio_client clients[2] = {{tell_number, NULL, &mortal},
                                               {tell_number, NULL, &other}};
    for (uint32_t i = 0; i < 2; i++) {
        nrf52_pin_ops.set_client(&pins[i], &clients[i], 0);
        assert_int_equal(nrf52_pin_ops.enable_interrupt(&pins[i], HIL_GPIO_EDGE_BOTH), K_OK);
    }
    dead = &mortal;
    nrf52_gpiote_stop_dead(&gpiote);
    assert_int_equal(*at(GPIOTE, 0x510), 0); /* CONFIG[0] */
    assert_int_equal(*at(GPIOTE, 0x308), 1); /* INTENCLR */
    assert_int_not_equal(*at(GPIOTE, 0x514), 0);
    assert_null(gpiote.channel[0]);
    assert_ptr_equal(gpiote.channel[1], &pins[1]);
}

static void test_alarm(void **state)
{
    (void)state;
    struct nrf52_rtc rtc = {0};
    const struct hil_alarm_client client = {tell, NULL, &mortal};
    nrf52_rtc_ops.set_client(&rtc, &client);
    nrf52_rtc_ops.set(&rtc, 0, 100);
    nrf52_rtc_stop_dead(&rtc);
    assert_true(nrf52_rtc_ops.is_armed(&rtc));
    dead = &mortal;
    nrf52_rtc_stop_dead(&rtc);
    assert_false(nrf52_rtc_ops.is_armed(&rtc));
    assert_int_equal(*at(RTC1, 0x308), 1u << 16);
}

static void test_delays(void **state)
{
    (void)state;
    struct nrf52_rtc_delays all = {0};
    struct nrf52_rtc_delay delays[3] = {{.all = &all}, {.all = &all}, {.all = &all}};
    const struct hil_delay_client theirs = {tell, NULL, &mortal}, kept = {tell, NULL, &other};
    for (uint32_t i = 0; i < 3; i++) {
        nrf52_rtc_delay_ops.set_client(&delays[i], i == 1 ? &kept : &theirs);
        nrf52_rtc_delay_ops.start(&delays[i], 1000 * (i + 1));
    }
    dead = &mortal;
    nrf52_rtc_delays_stop_dead(&all);
    assert_ptr_equal(all.first, &delays[1]);
    assert_null(delays[1].next);
    assert_int_equal(*at(RTC1, 0x544), 67); /* CC[1]: 2 ms are 65 ticks; it was armed for 1 ms */
    dead = &other;
    nrf52_rtc_delays_stop_dead(&all);
    assert_null(all.first);
    assert_int_equal(*at(RTC1, 0x308), 1u << 17);
}

static uint32_t low_word(const void *place)
{
    return (uint32_t)(uintptr_t)place;
}

static void test_spim(void **state)
{
    (void)state;
    const struct nrf52_spim_config config = {BUS, 1, 2, 3};
    struct nrf52_spim spim = {.config = &config};
    struct nrf52_pin selects[2] = {{.number = 4}, {.number = 5}};
    struct nrf52_spim_device devices[2] = {{.spim = &spim, .select = &selects[0]},
                                           {.spim = &spim, .select = &selects[1]}};
    const struct hil_spi_client clients[2] = {{tell, NULL, &mortal}, {tell, NULL, &other}};
    renew_buffers();
    for (uint32_t i = 0; i < 2; i++) {
        nrf52_spim_ops.set_client(&devices[i], &clients[i]);
        assert_int_equal(nrf52_spim_ops.transfer(&devices[i], &buffers[i], 8, NULL, 0), K_OK);
    }
    assert_int_equal(*at(BUS, 0x544), low_word(bytes[0])); /* TXD.PTR */
    *at(BUS, 0x118) = 1; /* END, which nobody has served yet, is not the next one's */
    dead = &mortal;
    nrf52_spim_stop_dead(&spim);
    assert_int_equal(*at(BUS, 0x014), 1); /* STOP */
    assert_int_equal(*at(BUS, 0x118), 0);
    assert_int_equal(*at(BUS, 0x500), 7); /* ENABLE */
    assert_false(buffers[0].claimed || devices[0].transfer.pending);
    assert_ptr_equal(spim.bus.first, &devices[1].transfer);
    assert_int_equal(*at(BUS, 0x544), low_word(bytes[1]));
    nrf52_spim_stop_dead(&spim); /* the other's is left alone */
    assert_true(buffers[1].claimed);
    assert_int_equal(told, 0);
}

/* A device that holds has the bus between its transfers; one that is dead has not. */
static void test_spim_holds(void **state)
{
    (void)state;
    const struct nrf52_spim_config config = {BUS, 1, 2, 3};
    for (uint32_t dies = 0; dies < 2; dies++) {
        struct nrf52_spim spim = {.config = &config};
        struct nrf52_pin selects[2] = {{.number = 4}, {.number = 5}};
        struct nrf52_spim_device devices[2] = {{.spim = &spim, .select = &selects[0]},
                                               {.spim = &spim, .select = &selects[1]}};
        const struct hil_spi_client clients[2] = {{tell, NULL, &mortal}, {tell, NULL, &other}};
        (void)begin(NULL);
        renew_buffers();
        for (uint32_t i = 0; i < 2; i++) {
            nrf52_spim_ops.set_client(&devices[i], &clients[i]);
            assert_int_equal(nrf52_spim_ops.transfer(&devices[i], &buffers[i], 8, NULL, 0), K_OK);
        }
        nrf52_spim_ops.hold(&devices[0], true);
        *at(PORTS, 0x508) = 0; /* OUTSET */
        *at(BUS, 0x118) = 1;   /* END */
        nrf52_spim_serve(&spim);
        assert_int_equal(told, 1);
        assert_false(buffers[0].claimed);
        assert_true(spim.bus.first == &devices[0].transfer && devices[1].transfer.pending);
        *at(BUS, 0x010) = 0; /* START */
        *at(BUS, 0x554) = 9; /* CONFIG, which is not for now */
        if (dies) {
            dead = &mortal;
            nrf52_spim_stop_dead(&spim);
        } else {
            assert_int_equal(nrf52_spim_ops.transfer(&devices[0], &buffers[0], 4, NULL, 0), K_OK);
            assert_int_equal(*at(BUS, 0x010), 1);
            assert_int_equal(*at(BUS, 0x554), 9);
            *at(BUS, 0x118) = 1;
            nrf52_spim_serve(&spim);
            assert_int_equal(*at(PORTS, 0x508), 0);
            nrf52_spim_ops.hold(&devices[0], false);
        }
        assert_int_equal(*at(PORTS, 0x508), 1u << 4);
        assert_ptr_equal(spim.bus.first, &devices[1].transfer);
        assert_int_equal(*at(BUS, 0x544), low_word(bytes[1]));
    }
}

static void test_twim(void **state)
{
    (void)state;
    struct nrf52_rtc_delays all = {0};
    struct nrf52_rtc_delay limit = {.all = &all};
    const struct nrf52_twim_config config = {
        .base = BUS, .scl_pin = 1, .sda_pin = 2, .delay = &limit};
    struct nrf52_twim twim;
    struct nrf52_twim_device devices[2] = {{.twim = &twim, .address = 0x10},
                                           {.twim = &twim, .address = 0x20}};
    const struct hil_i2c_client clients[2] = {{tell_status, NULL, &mortal},
                                              {tell_status, NULL, &other}};
    renew_buffers();
    nrf52_twim_init(&twim, &config);
    for (uint32_t i = 0; i < 2; i++) {
        nrf52_twim_ops.set_client(&devices[i], &clients[i]);
        assert_int_equal(nrf52_twim_ops.transfer(&devices[i], &buffers[i], 8, NULL, 0), K_OK);
    }
    *at(BUS, 0x104) = 1; /* STOPPED, which nobody has served yet, is not the next one's */
    dead = &mortal;
    nrf52_twim_stop_dead(&twim);
    assert_int_equal(*at(BUS, 0x104), 0);
    assert_int_equal(*at(BUS, 0x500), 6); /* ENABLE */
    assert_int_equal(*at(BUS, 0x588), 0x20);
    assert_false(buffers[0].claimed || devices[0].transfer.pending);
    assert_true(buffers[1].claimed && limit.running);
    assert_int_equal(told, 0);
}

static void tell_frame(void *self, const struct dma_buffer *frame, uint32_t length,
                       uint32_t quality)
{
    (void)frame;
    (void)length;
    tell_number(self, quality);
}

static void test_radio(void **state)
{
    (void)state;
    static struct nrf52_rtc_delays delays;
    static struct nrf52_radio radio;
    static struct nrf52_ieee802154 driver;
    const struct hil_radio_client client = {tell_status, tell_frame, NULL, &mortal};
    nrf52_radio_init(&radio, &delays);
    nrf52_ieee802154_init(&driver, &radio);
    nrf52_ieee802154_ops.set_client(&driver, &client);
    nrf52_ieee802154_ops.set_power(&driver, true);
    const uint8_t frame[3] = {1, 2, 3};
    assert_int_equal(nrf52_ieee802154_ops.transmit(&driver, (struct const_slice){frame, 3}), K_OK);
    *at(RADIO, 0x010) = 0; /* DISABLE */
    radio.state = NRF52_RADIO_LISTENING;
    dead = &mortal;
    nrf52_radio_stop_dead(&radio);
    assert_int_equal(*at(RADIO, 0x010), 1);
    *at(RADIO, 0x110) = 1; /* DISABLED */
    nrf52_radio_serve(&radio);
    assert_int_equal(radio.state, NRF52_RADIO_OFF);
    assert_false(driver.user.to_send);
    assert_int_equal(told, 0);
}

static int refuse_setup(void *self, struct hil_usb_setup setup)
{
    (void)setup;
    tell(self);
    return K_EFAIL;
}

static void test_usbd(void **state)
{
    (void)state;
    static struct nrf52_usbd usbd;
    const struct hil_usb_client client = {refuse_setup, tell, tell, tell_number, NULL, &mortal};
    renew_buffers();
    nrf52_usbd_ops.set_client(&usbd, &client);
    *at(POWER, 0x438) = 3; /* USBREGSTATUS: cable, regulator */
    *at(USBD, 0x400) = 1u << 11;
    nrf52_usbd_ops.start(&usbd);
    assert_int_equal(*at(USBD, 0x504), 1); /* USBPULLUP */
    nrf52_usbd_ops.set_open(&usbd, true);
    assert_int_equal(nrf52_usbd_ops.send(&usbd, &buffers[0], 8), K_OK);
    assert_int_equal(nrf52_usbd_ops.receive(&usbd, &buffers[1]), K_OK);
    nrf52_usbd_stop_dead(&usbd);
    assert_int_equal(*at(USBD, 0x504), 1);
    dead = &mortal;
    nrf52_usbd_stop_dead(&usbd);
    assert_int_equal(*at(USBD, 0x504), 0);
    assert_int_equal(*at(USBD, 0x500), 0); /* ENABLE */
    assert_false(buffers[0].claimed || buffers[1].claimed);
    nrf52_usbd_serve_power(&usbd); /* the cable is put in again: nobody shows himself */
    assert_int_equal(*at(USBD, 0x500), 0);
    assert_int_equal(told, 0);
}

static void test_pwm(void **state)
{
    (void)state;
    struct nrf52_pwm pwm = {.base = PWM0, .pin = 3};
    nrf52_pwm_ops.set_user(&pwm, &mortal);
    assert_int_equal(nrf52_pwm_ops.start(&pwm, 1000, 100), K_OK);
    nrf52_pwm_stop_dead(&pwm);
    assert_int_equal(*at(PWM0, 0x004), 0); /* STOP */
    dead = &mortal;
    nrf52_pwm_stop_dead(&pwm);
    assert_int_equal(*at(PWM0, 0x004), 1);
}

static void test_saadc(void **state)
{
    (void)state;
    static const uint8_t inputs[] = {NRF52_SAADC_AIN(5)};
    static const struct hil_adc_client client = {NULL, NULL, &mortal};
    static struct nrf52_saadc saadc;
    nrf52_saadc_init(&saadc, inputs, 1);
    nrf52_saadc_ops.set_client(&saadc, &client);
    assert_int_equal(nrf52_saadc_ops.repeat(&saadc, 0, 0, 1), K_EINVAL);
    assert_int_equal(nrf52_saadc_ops.repeat(&saadc, 0, 20001, 1), K_EINVAL);
    assert_int_equal(nrf52_saadc_ops.repeat(&saadc, 0, 1000, 1), K_OK);
    assert_int_equal(*at(TIMER1, 0x540), 16000);   /* CC[0]: a millisecond */
    assert_int_equal(*at(TIMER1, 0x200), 1);       /* COMPARE0_CLEAR */
    assert_int_equal(*at(PPI, 0x510), 0x40009140); /* COMPARE[0] -> SAMPLE, END -> START */
    assert_int_equal(*at(PPI, 0x514), 0x40007004);
    assert_int_equal(*at(PPI, 0x518), 0x40007104);
    assert_int_equal(*at(PPI, 0x51C), 0x40007000);
    assert_int_equal(nrf52_saadc_ops.sample(&saadc, 0), K_EBUSY);
    nrf52_saadc_stop_dead(&saadc);
    assert_int_equal(*at(SAADC, 0x008), 0); /* STOP */
    dead = &mortal;
    nrf52_saadc_stop_dead(&saadc);
    assert_int_equal(*at(SAADC, 0x008), 1);
    assert_int_equal(*at(TIMER1, 0x004), 1); /* STOP */
    assert_int_equal(*at(PPI, 0x508), 3);    /* CHENCLR */
    assert_int_equal(*at(SAADC, 0x500), 0);  /* ENABLE */
}

/* A device that nobody has become the client of. */
static void test_nobodys(void **state)
{
    (void)state;
    struct nrf52_uarte uarte = {.tx_busy = true};
    struct nrf52_rtc rtc = {.armed = true};
    dead = &mortal;
    nrf52_uarte_stop_dead(&uarte);
    nrf52_rtc_stop_dead(&rtc);
    assert_int_equal(*at(UARTE0, 0x00C), 0);
    assert_true(rtc.armed);
}

#define PIN_CNF_3 0x5000070Cu

/* A capsule may make a pull of any number: an input it is. */
static void test_pull_of_any_number(void **state)
{
    (void)state;
    struct nrf52_pin pin = {.number = 3};
    for (uint32_t pull = 0; pull <= UINT8_MAX; pull++) {
        nrf52_pin_ops.make_input(&pin, (enum hil_gpio_pull)pull);
        assert_int_equal(*(volatile uint32_t *)(uintptr_t)PIN_CNF_3 & ~0xCu, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_uarte, begin),
        cmocka_unit_test_setup(test_rng, begin),
        cmocka_unit_test_setup(test_comp, begin),
        cmocka_unit_test_setup(test_pins, begin),
        cmocka_unit_test_setup(test_alarm, begin),
        cmocka_unit_test_setup(test_delays, begin),
        cmocka_unit_test_setup(test_spim, begin),
        cmocka_unit_test_setup(test_spim_holds, begin),
        cmocka_unit_test_setup(test_twim, begin),
        cmocka_unit_test_setup(test_radio, begin),
        cmocka_unit_test_setup(test_usbd, begin),
        cmocka_unit_test_setup(test_pwm, begin),
        cmocka_unit_test_setup(test_nobodys, begin),
        cmocka_unit_test_setup(test_saadc, begin),
        cmocka_unit_test_setup(test_pull_of_any_number, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
