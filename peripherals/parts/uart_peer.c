#include "peripherals/parts/uart_peer.h"

#include <stdio.h>
#include <string.h>

static const struct device_fault faults[] = {
    [UART_PEER_FAULT_SILENT] = {"silent", "it sends nothing while this lasts", 1, 1},
    [UART_PEER_FAULTS] = {0}};

static void send(struct uart_peer *peer, uint8_t byte, uint8_t errors)
{
    const struct serial_frame frame = {.pin = peer->to_chip, .byte = byte, .errors = errors};
    if (peer->state.faults[UART_PEER_FAULT_SILENT] == 0) {
        serial_send(&peer->env.nets->serial, &peer->end, &frame);
    }
}

static void heard(void *owner, const struct serial_frame *frame)
{
    struct uart_peer *peer = owner;
    if (frame->pin == peer->from_chip && peer->echo) {
        send(peer, frame->byte, 0);
    }
}

static bool send_line(struct uart_peer *peer, int32_t index)
{
    if (index < 0 || (uint32_t)index >= UART_PEER_LINES || peer->lines[index] == NULL) {
        return false;
    }
    for (const char *at = peer->lines[index]; *at != '\0'; at++) {
        send(peer, (uint8_t)*at, 0);
    }
    return true;
}

static void uart_peer_update(void *self)
{
    struct uart_peer *peer = self;
    if (peer->cts != NULL) {
        wire_drive(&peer->cts->in, peer->state.holds_back != 0 ? WIRE_HIGH : WIRE_LOW);
    }
}

static bool uart_peer_input(void *self, const struct device_input *input)
{
    struct uart_peer *peer = self;
    if (strcmp(input->what, "byte") == 0) {
        send(peer, (uint8_t)input->value, 0);
        return true;
    }
    if (strcmp(input->what, "break") == 0) {
        send(peer, 0, SERIAL_BREAK);
        return true;
    }
    if (strcmp(input->what, "line") == 0) {
        return send_line(peer, input->value);
    }
    if (strcmp(input->what, "ready") == 0) {
        peer->state.holds_back = input->value == 0;
        uart_peer_update(peer);
        return true;
    }
    return device_fault_take(faults, input, peer->state.faults);
}

static const char *uart_peer_init(void *self, const struct device_env *env)
{
    struct uart_peer *peer = self;
    struct props_gpio gpio;
    peer->env = *env;
    if (!props_bus_pin(&env->props, NULL, PROPS_UART_TX, &gpio)) {
        return "a UART peer is a child of a UART's node whose pinctrl-0 has UART_TX and UART_RX";
    }
    peer->from_chip = gpio.number;
    if (!props_bus_pin(&env->props, NULL, PROPS_UART_RX, &gpio)) {
        return "a UART peer needs a UART whose pinctrl-0 has UART_RX";
    }
    peer->to_chip = gpio.number;
    peer->cts = props_bus_pin(&env->props, NULL, PROPS_UART_CTS, &gpio) ? gpio.pin : NULL;
    peer->echo = props_flag(&env->props, "echo");
    for (uint32_t i = 0; i < UART_PEER_LINES; i++) {
        char name[8];
        (void)snprintf(name, sizeof name, "line-%u", (unsigned)i);
        peer->lines[i] = env->props.string(env->props.node, name);
    }
    serial_join(&env->nets->serial, &peer->end, heard, peer);
    return NULL;
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct uart_peer_state *s = state;
    (void)self;
    (void)now_cycles;
    return device_faults_are_sane(faults, s->faults) && s->holds_back <= 1;
}

static int32_t uart_peer_value(const void *self, size_t index)
{
    const struct uart_peer *peer = self;
    (void)index;
    return peer->state.holds_back == 0;
}

static const struct device_quantity line = {"", 0, DEVICE_QUANTITY_ONCE, 0, 0};
static const struct device_quantity ready = {"", 0, DEVICE_QUANTITY_STAYS, 0, 0};
static const struct device_input_kind inputs[] = {{"byte", 0, 255, NULL},
                                                  {"break", 0, 1, &device_action},
                                                  {"line", 0, UART_PEER_LINES - 1, &line},
                                                  {"ready", 0, 1, &ready},
                                                  {0}};

const struct device_class part_uart_peer_class = {
    .name = "uart-peer",
    .size_bytes = sizeof(struct uart_peer),
    .state_offset = offsetof(struct uart_peer, state),
    .state_bytes = sizeof(struct uart_peer_state),
    .state_version = 1,
    .state_is_sane = state_is_sane,
    .init = uart_peer_init,
    .update = uart_peer_update,
    .input = uart_peer_input,
    .inputs = inputs,
    .input_value = uart_peer_value,
    .look = DEVICE_LOOK_OTHER,
    .faults = faults,
};
