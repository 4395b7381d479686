/*
 * fake_hil.h - the hardware as capsules see it, for tests. Each fake checks its contract: bytes
 * stay in place until they are sent, nothing is started twice, nobody is called from inside a call.
 */
#ifndef KERNEL_CAPSULES_TESTS_FAKE_HIL_H
#define KERNEL_CAPSULES_TESTS_FAKE_HIL_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/alarm.h"
#include "kernel/hil/button.h"
#include "kernel/hil/entropy.h"
#include "kernel/hil/sensor.h"
#include "kernel/hil/uart.h"

/* --- UART --- */

#define FAKE_UART_SENT_MAX 8192u

struct fake_uart {
    struct hil_uart uart;
    const struct hil_uart_client *client;
    struct dma_buffer *out, *in; /* what `sending` and `receiving` are parts of */
    struct slice sending;
    uint8_t as_given[FAKE_UART_SENT_MAX]; /* what `sending` was when it was given */
    struct slice receiving;
    uint32_t received;
    bool aborting;
    int refuse;             /* what the next transmit answers, once; 0: takes it */
    uint32_t transmissions; /* ended so far */
    uint32_t sent_length;
    char sent[FAKE_UART_SENT_MAX]; /* all of it, as a string */
};

void fake_uart_init(struct fake_uart *fake);
/* Ends the transmission under way. False when there is none. */
bool fake_uart_step(struct fake_uart *fake);
/* Runs deferred calls and ends transmissions until all is quiet. */
void fake_uart_run(struct fake_uart *fake);
/* A byte comes in; false (lost) when nobody receives. */
bool fake_uart_feed(struct fake_uart *fake, uint8_t byte);
/* All bytes of the text, everything running until it is quiet after each. */
void fake_uart_type(struct fake_uart *fake, const char *text);
/* Ends the reception with a line error. */
void fake_uart_line_error(struct fake_uart *fake);
void fake_uart_forget_sent(struct fake_uart *fake);

/* --- Alarm --- */

struct fake_alarm {
    struct hil_alarm alarm;
    const struct hil_alarm_client *client;
    uint64_t time; /* ticks since the beginning of time; the counter is its lower bits */
    bool armed;
    uint64_t due;        /* in time */
    uint32_t late_ticks; /* how late the client is called */
    uint32_t fired;
};

void fake_alarm_init(struct fake_alarm *fake, uint32_t width_bits, uint64_t time);
/* Lets time pass, calling the client whenever it is due. */
void fake_alarm_pass(struct fake_alarm *fake, uint64_t ticks);

/* --- Pin --- */

enum fake_pin_mode { FAKE_PIN_OFF, FAKE_PIN_INPUT, FAKE_PIN_OUTPUT };

struct fake_pin {
    const struct hil_gpio_client *client;
    uint32_t client_index;
    enum fake_pin_mode mode;
    enum hil_gpio_pull pull;
    bool level;
    bool interrupt;
    bool no_detector; /* enable_interrupt is refused */
    enum hil_gpio_edge edge;
};

extern const struct hil_gpio_ops fake_pin_ops;

/* Somebody outside drives the pin. */
void fake_pin_drive(struct fake_pin *pin, bool level);

/* --- Entropy --- */

struct fake_entropy {
    struct hil_entropy entropy;
    const struct hil_entropy_client *client;
    struct dma_buffer *buffer; /* what `filling` is a part of */
    struct slice filling;
    uint8_t next; /* the bytes are 1, 2, 3, ... */
    int refuse;   /* what the next fill answers, once */
};

void fake_entropy_init(struct fake_entropy *fake);
/* The buffer under way is full, or failed. False when there is none. */
bool fake_entropy_step(struct fake_entropy *fake, int status);

/* --- Sensor --- */

struct fake_sensor {
    struct hil_sensor sensor;
    const struct hil_sensor_client *client;
    bool measuring;
    uint32_t measurements;
    int refuse; /* what the next measure answers, once */
};

void fake_sensor_init(struct fake_sensor *fake);
void fake_sensor_finish(struct fake_sensor *fake, int status, int32_t value);

#endif
