#include "kernel/chips/nrf52/radio.h"

#include <stddef.h>

#include "kernel/chips/nrf52/registers.h"

enum {
    RADIO_TASKS_START = 0x008,
    RADIO_TASKS_DISABLE = 0x010,
    RADIO_EVENTS_END = 0x10C,
    RADIO_EVENTS_DISABLED = 0x110,
    RADIO_SHORTS = 0x200,
    RADIO_INTENSET = 0x304,
    RADIO_MODECNF0 = 0x650,
};
#define RADIO_INT_END             (1u << 3)
#define RADIO_INT_DISABLED        (1u << 4)
#define RADIO_MODECNF0_RU_FAST    1u
#define RADIO_MODECNF0_DTX_CENTER (2u << 8)

#define TURN_US 20000u

static volatile uint32_t *radio_register(uint32_t offset)
{
    return nrf52_register(NRF52_RADIO_BASE, offset);
}

static bool wants(const struct nrf52_radio_user *user)
{
    return user != NULL && (user->to_send || user->to_listen);
}

/* Who has the radio next; NULL: nobody wants it. */
static struct nrf52_radio_user *next_user(const struct nrf52_radio *radio)
{
    struct nrf52_radio_user *turn = radio->turn, *other = radio->other;
    bool others =
        wants(other) && (!wants(turn) || (other->to_send && !turn->to_send && !radio->broke_in));
    if (others) {
        return other;
    }
    return wants(turn) ? turn : NULL;
}

static void begin_turn(struct nrf52_radio *radio, struct nrf52_radio_user *whose)
{
    if (whose != radio->turn) {
        radio->other = radio->turn;
        radio->turn = whose;
    }
    radio->broke_in = false;
    radio->timing = false;
    nrf52_rtc_delay_stop(&radio->delay);
}

/* A turn lasts for ever unless somebody else wants one, or another channel has its turn. */
static void time_turn(struct nrf52_radio *radio)
{
    const struct nrf52_radio_user *turn = radio->turn;
    if (!radio->timing && (wants(radio->other) || (turn->to_listen && turn->protocol->hops))) {
        radio->timing = true;
        nrf52_rtc_delay_start(&radio->delay, TURN_US);
    }
}

/* From the disabled state on to what is wanted. */
static void go_on(struct nrf52_radio *radio)
{
    struct nrf52_radio_user *user = next_user(radio);
    radio->active = user;
    if (user == NULL) {
        radio->state = NRF52_RADIO_OFF;
        return;
    }
    if (user != radio->turn) {
        if (wants(radio->turn)) {
            radio->broke_in = true;
        } else {
            begin_turn(radio, user);
        }
    }
    if (user != radio->tuned) {
        radio->tuned = user;
        user->protocol->tune(user->self);
    }
    if (user->to_send) {
        radio->state = NRF52_RADIO_SENDING;
        user->protocol->send(user->self);
    } else {
        radio->state = NRF52_RADIO_LISTENING;
        user->protocol->listen(user->self);
    }
    time_turn(radio);
}

/* Ends listening; DISABLED follows. What is being sent is sent to its end. */
static void stop_listening(struct nrf52_radio *radio)
{
    if (radio->state == NRF52_RADIO_LISTENING) {
        radio->state = NRF52_RADIO_STOPPING;
        nrf52_task(NRF52_RADIO_BASE, RADIO_TASKS_DISABLE);
    }
}

static void turn_is_over(void *self)
{
    struct nrf52_radio *radio = self;
    bool passes = wants(radio->other);
    begin_turn(radio, passes ? radio->other : radio->turn);
    if (passes || radio->turn->protocol->hops) {
        stop_listening(radio);
    }
}

void nrf52_radio_update(struct nrf52_radio_user *user)
{
    struct nrf52_radio *radio = user->radio;
    if (radio->state == NRF52_RADIO_OFF) {
        go_on(radio);
        return;
    }
    const struct nrf52_radio_user *next = next_user(radio);
    if (next != radio->active || next->to_send) {
        stop_listening(radio);
    }
    time_turn(radio);
}

void nrf52_radio_listen_anew(struct nrf52_radio_user *user)
{
    if (user->radio->active == user) {
        stop_listening(user->radio);
    }
}

void nrf52_radio_begin(const void *packet, uint32_t shorts, enum nrf52_radio_register task)
{
    *radio_register(RADIO_PACKETPTR) = (uint32_t)(uintptr_t)packet;
    *radio_register(RADIO_SHORTS) = shorts;
    nrf52_event_clear(NRF52_RADIO_BASE, RADIO_EVENTS_END);
    nrf52_task(NRF52_RADIO_BASE, task);
}

/* Whether the user goes on sending. */
static bool tell_disabled(const struct nrf52_radio *radio, const struct nrf52_radio_user *user)
{
    bool sent = radio->state == NRF52_RADIO_SENDING && radio->active == user;
    return user != NULL && user->protocol->disabled(user->self, sent);
}

/* What a client asks for while it is told is looked at when both have been. */
static void serve_disabled(struct nrf52_radio *radio)
{
    struct nrf52_radio_user *user = radio->active;
    bool goes_on = tell_disabled(radio, radio->turn);
    if (tell_disabled(radio, radio->other) || goes_on) {
        user->protocol->send(user->self);
    } else {
        go_on(radio);
    }
}

void nrf52_radio_serve(void *self)
{
    struct nrf52_radio *radio = self;
    if (nrf52_event_is_set(NRF52_RADIO_BASE, RADIO_EVENTS_END)) {
        nrf52_event_clear(NRF52_RADIO_BASE, RADIO_EVENTS_END);
        if (radio->state == NRF52_RADIO_LISTENING) {
            radio->active->protocol->received(radio->active->self);
        }
        /* The client may have asked for something else meanwhile. */
        if (radio->state == NRF52_RADIO_LISTENING) {
            nrf52_task(NRF52_RADIO_BASE, RADIO_TASKS_START);
        }
    }
    if (nrf52_event_is_set(NRF52_RADIO_BASE, RADIO_EVENTS_DISABLED)) {
        nrf52_event_clear(NRF52_RADIO_BASE, RADIO_EVENTS_DISABLED);
        serve_disabled(radio);
    }
}

static void silence_if_dead(struct nrf52_radio_user *user)
{
    if (user != NULL && guard_is_dead(user->owner)) {
        user->to_send = user->to_listen = false;
        nrf52_radio_update(user);
    }
}

/* A packet that is being sent is sent to its end. */
void nrf52_radio_stop_dead(void *self)
{
    const struct nrf52_radio *radio = self;
    struct nrf52_radio_user *other = radio->other; /* turns may change meanwhile */
    silence_if_dead(radio->turn);
    silence_if_dead(other);
}

void nrf52_radio_add_user(struct nrf52_radio *radio, struct nrf52_radio_user *user)
{
    radio->other = radio->turn;
    radio->turn = user;
    user->radio = radio;
}

void nrf52_radio_init(struct nrf52_radio *radio, struct nrf52_rtc_delays *delays)
{
    *radio =
        (struct nrf52_radio){.delay = {.all = delays}, .delay_client = {turn_is_over, radio, NULL}};
    radio->delay.client = &radio->delay_client;
    *radio_register(RADIO_MODECNF0) = RADIO_MODECNF0_RU_FAST | RADIO_MODECNF0_DTX_CENTER;
    *radio_register(RADIO_INTENSET) = RADIO_INT_END | RADIO_INT_DISABLED;
}
