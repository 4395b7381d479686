#include "kernel/capsules/tests/fake_hil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/abi/syscall.h"
#include "kernel/capsules/tests/fake_core.h"

/* --- UART --- */

static int take_refusal(int *refuse)
{
    int status = *refuse;
    *refuse = K_OK;
    return status;
}

static int uart_transmit(void *self, struct dma_buffer *buffer, uint32_t offset, uint32_t length)
{
    struct fake_uart *fake = self;
    if (fake->sending.length > 0) {
        return K_EBUSY;
    }
    if (fake->refuse != K_OK) {
        return take_refusal(&fake->refuse);
    }
    int status = dma_buffer_claim(buffer, offset, length, &fake->sending);
    if (status == K_OK) {
        assert_true(length <= sizeof fake->as_given);
        memcpy(fake->as_given, fake->sending.bytes, length);
        fake->out = buffer;
    }
    return status;
}

static int uart_receive(void *self, struct dma_buffer *buffer, uint32_t offset, uint32_t length)
{
    struct fake_uart *fake = self;
    if (fake->receiving.length > 0) {
        return K_EBUSY;
    }
    fake->in = buffer;
    fake->received = 0;
    return dma_buffer_claim(buffer, offset, length, &fake->receiving);
}

static int uart_abort_receive(void *self)
{
    struct fake_uart *fake = self;
    if (fake->receiving.length == 0) {
        return K_EALREADY;
    }
    fake->aborting = true;
    return K_OK;
}

static void uart_set_client(void *self, const struct hil_uart_client *client)
{
    struct fake_uart *fake = self;
    fake->client = client;
}

static const struct hil_uart_ops uart_ops = {
    .transmit = uart_transmit,
    .receive = uart_receive,
    .abort_receive = uart_abort_receive,
    .set_client = uart_set_client,
};

void fake_uart_init(struct fake_uart *fake)
{
    memset(fake, 0, sizeof *fake);
    fake->uart = (struct hil_uart){.ops = &uart_ops, .self = fake};
}

bool fake_uart_step(struct fake_uart *fake)
{
    struct slice bytes = fake->sending;
    if (bytes.length == 0) {
        return false;
    }
    assert_memory_equal(bytes.bytes, fake->as_given, bytes.length);
    assert_true(fake->sent_length + bytes.length < sizeof fake->sent);
    memcpy(&fake->sent[fake->sent_length], bytes.bytes, bytes.length);
    fake->sent_length += bytes.length;
    fake->sent[fake->sent_length] = 0;
    fake->sending.length = 0;
    fake->transmissions++;
    dma_buffer_release(fake->out);
    hil_uart_client_transmitted(fake->client, K_OK);
    return true;
}

static void end_reception(struct fake_uart *fake, int status)
{
    fake->receiving.length = 0;
    fake->aborting = false;
    dma_buffer_release(fake->in);
    hil_uart_client_received(fake->client, fake->received, status);
}

void fake_uart_run(struct fake_uart *fake)
{
    do {
        fake_core_run();
        if (fake->aborting) {
            end_reception(fake, K_ECANCEL);
            fake_core_run();
        }
    } while (fake_uart_step(fake));
    fake_core_run();
}

bool fake_uart_feed(struct fake_uart *fake, uint8_t byte)
{
    if (fake->receiving.length == 0) {
        return false;
    }
    fake->receiving.bytes[fake->received] = byte;
    fake->received++;
    if (fake->received == fake->receiving.length) {
        end_reception(fake, K_OK);
    }
    return true;
}

void fake_uart_type(struct fake_uart *fake, const char *text)
{
    for (; *text != 0; text++) {
        assert_true(fake_uart_feed(fake, (uint8_t)*text));
        fake_uart_run(fake);
    }
}

void fake_uart_line_error(struct fake_uart *fake)
{
    end_reception(fake, K_EFAIL);
}

void fake_uart_forget_sent(struct fake_uart *fake)
{
    fake->sent_length = 0;
    fake->sent[0] = 0;
}

/* --- Alarm --- */

static uint64_t alarm_modulus(const struct fake_alarm *fake)
{
    return (uint64_t)1 << fake->alarm.width_bits;
}

static uint32_t alarm_now(void *self)
{
    const struct fake_alarm *fake = self;
    return (uint32_t)(fake->time % alarm_modulus(fake));
}

static void alarm_set(void *self, uint32_t reference, uint32_t dt)
{
    struct fake_alarm *fake = self;
    assert_true(reference < alarm_modulus(fake));
    assert_true(dt < alarm_modulus(fake));
    uint64_t ago =
        (fake->time + alarm_modulus(fake) - reference % alarm_modulus(fake)) % alarm_modulus(fake);
    fake->due = fake->time - ago + dt;
    fake->armed = true;
}

static void alarm_disarm(void *self)
{
    struct fake_alarm *fake = self;
    fake->armed = false;
}

static bool alarm_is_armed(void *self)
{
    const struct fake_alarm *fake = self;
    return fake->armed;
}

static void alarm_set_client(void *self, const struct hil_alarm_client *client)
{
    struct fake_alarm *fake = self;
    fake->client = client;
}

static const struct hil_alarm_ops alarm_ops = {
    .now = alarm_now,
    .set = alarm_set,
    .disarm = alarm_disarm,
    .is_armed = alarm_is_armed,
    .set_client = alarm_set_client,
};

void fake_alarm_init(struct fake_alarm *fake, uint32_t width_bits, uint64_t time)
{
    memset(fake, 0, sizeof *fake);
    fake->alarm = (struct hil_alarm){&alarm_ops, fake, 32768, width_bits};
    fake->time = time;
}

void fake_alarm_pass(struct fake_alarm *fake, uint64_t ticks)
{
    uint64_t end = fake->time + ticks;
    while (fake->armed && fake->due + fake->late_ticks <= end) {
        uint64_t when = fake->due + fake->late_ticks;
        fake->time = when > fake->time ? when : fake->time;
        fake->armed = false;
        fake->fired++;
        hil_alarm_client_fired(fake->client);
    }
    fake->time = end > fake->time ? end : fake->time;
}

/* --- Pin --- */

static void pin_make_output(void *self)
{
    struct fake_pin *pin = self;
    pin->mode = FAKE_PIN_OUTPUT;
}

static void pin_make_input(void *self, enum hil_gpio_pull pull)
{
    struct fake_pin *pin = self;
    pin->mode = FAKE_PIN_INPUT;
    pin->pull = pull;
}

static void pin_disable(void *self)
{
    struct fake_pin *pin = self;
    pin->mode = FAKE_PIN_OFF;
    pin->interrupt = false;
}

static void pin_write(void *self, bool high)
{
    struct fake_pin *pin = self;
    pin->level = high;
}

static void pin_toggle(void *self)
{
    struct fake_pin *pin = self;
    pin->level = !pin->level;
}

static bool pin_read(void *self)
{
    const struct fake_pin *pin = self;
    return pin->level;
}

static int pin_enable_interrupt(void *self, enum hil_gpio_edge edge)
{
    struct fake_pin *pin = self;
    if (pin->no_detector) {
        return K_EBUSY;
    }
    pin->interrupt = true;
    pin->edge = edge;
    return K_OK;
}

static void pin_disable_interrupt(void *self)
{
    struct fake_pin *pin = self;
    pin->interrupt = false;
}

static void pin_set_client(void *self, const struct hil_gpio_client *client, uint32_t index)
{
    struct fake_pin *pin = self;
    pin->client = client;
    pin->client_index = index;
}

const struct hil_gpio_ops fake_pin_ops = {
    .make_output = pin_make_output,
    .make_input = pin_make_input,
    .disable = pin_disable,
    .write = pin_write,
    .toggle = pin_toggle,
    .read = pin_read,
    .enable_interrupt = pin_enable_interrupt,
    .disable_interrupt = pin_disable_interrupt,
    .set_client = pin_set_client,
};

void fake_pin_drive(struct fake_pin *pin, bool level)
{
    bool edge = level != pin->level &&
                (pin->edge == HIL_GPIO_EDGE_BOTH || (pin->edge == HIL_GPIO_EDGE_RISING) == level);
    pin->level = level;
    if (edge && pin->interrupt) {
        hil_gpio_client_changed(pin->client, pin->client_index);
    }
}

/* --- Entropy --- */

static int entropy_fill(void *self, struct dma_buffer *buffer, uint32_t offset, uint32_t length)
{
    struct fake_entropy *fake = self;
    if (fake->filling.length > 0) {
        return K_EBUSY;
    }
    if (fake->refuse != K_OK) {
        return take_refusal(&fake->refuse);
    }
    fake->buffer = buffer;
    return dma_buffer_claim(buffer, offset, length, &fake->filling);
}

static void entropy_set_client(void *self, const struct hil_entropy_client *client)
{
    struct fake_entropy *fake = self;
    fake->client = client;
}

static const struct hil_entropy_ops entropy_ops = {entropy_fill, entropy_set_client};

void fake_entropy_init(struct fake_entropy *fake)
{
    memset(fake, 0, sizeof *fake);
    fake->entropy = (struct hil_entropy){&entropy_ops, fake};
}

bool fake_entropy_step(struct fake_entropy *fake, int status)
{
    struct slice buffer = fake->filling;
    if (buffer.length == 0) {
        return false;
    }
    for (uint32_t i = 0; i < buffer.length && status == K_OK; i++) {
        fake->next++;
        buffer.bytes[i] = fake->next;
    }
    fake->filling.length = 0;
    dma_buffer_release(fake->buffer);
    hil_entropy_client_filled(fake->client, status);
    return true;
}

/* --- Sensor --- */

static int sensor_measure(void *self)
{
    struct fake_sensor *fake = self;
    if (fake->measuring) {
        return K_EBUSY;
    }
    if (fake->refuse != K_OK) {
        return take_refusal(&fake->refuse);
    }
    fake->measuring = true;
    fake->measurements++;
    return K_OK;
}

static void sensor_set_client(void *self, const struct hil_sensor_client *client)
{
    struct fake_sensor *fake = self;
    fake->client = client;
}

static const struct hil_sensor_ops sensor_ops = {sensor_measure, sensor_set_client};

void fake_sensor_init(struct fake_sensor *fake)
{
    memset(fake, 0, sizeof *fake);
    fake->sensor = (struct hil_sensor){&sensor_ops, fake, NULL};
}

void fake_sensor_finish(struct fake_sensor *fake, int status, int32_t value)
{
    assert_true(fake->measuring);
    fake->measuring = false;
    hil_sensor_client_measured(fake->client, status, value);
}
