/*
 * radio.h - RADIO, the 2.4 GHz transceiver. Product specification, RADIO. One peripheral for one or
 * two users, each a protocol with a driver of its own: ieee802154.h and ble.h.
 *
 * A user says what it wants, to send or to listen, and is called when it may. Alone it has the
 * radio at once and for as long as it wants. When both want it they have turns of 20 ms, and who
 * wants nothing any more gives the rest of its turn away. What is to be sent breaks once in each
 * turn into the other's listening: a packet waits for what is on the air, or, when its user sends
 * more than that, for its own turn; and the other listens nearly all of its turn, whatever is sent.
 */
#ifndef KERNEL_CHIPS_NRF52_RADIO_H
#define KERNEL_CHIPS_NRF52_RADIO_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/chips/nrf52/rtc_delay.h"
#include "kernel/hil/guard.h"

/* The registers that the users set. */
enum nrf52_radio_register {
    RADIO_TASKS_TXEN = 0x000,
    RADIO_TASKS_RXEN = 0x004,
    RADIO_EVENTS_CCABUSY = 0x148,
    RADIO_CRCSTATUS = 0x400,
    RADIO_PACKETPTR = 0x504,
    RADIO_FREQUENCY = 0x508,
    RADIO_TXPOWER = 0x50C,
    RADIO_MODE = 0x510,
    RADIO_PCNF0 = 0x514,
    RADIO_PCNF1 = 0x518,
    RADIO_BASE0 = 0x51C,
    RADIO_PREFIX0 = 0x524,
    RADIO_RXADDRESSES = 0x530,
    RADIO_CRCCNF = 0x534,
    RADIO_CRCPOLY = 0x538,
    RADIO_CRCINIT = 0x53C,
    RADIO_DATAWHITEIV = 0x554,
    RADIO_CCACTRL = 0x66C,
};

/* What a driver does when it is its user's time. `self` is the driver. */
struct nrf52_radio_protocol {
    /* The settings of the protocol, after the other one's or none. */
    void (*tune)(void *self);
    /* Both begin in the disabled state: channel and packet, then nrf52_radio_begin. A packet that
     * is sent ends in that state by itself. */
    void (*send)(void *self);
    void (*listen)(void *self);
    /* A packet came in while it listens, good or bad. */
    void (*received)(void *self);
    /* The radio is in the disabled state; `sent`: after a packet of this user. True: it goes on
     * with another packet of the same kind, and nobody in between. May call the client. */
    bool (*disabled)(void *self, bool sent);
    bool hops; /* listens anew, on another channel, for each turn */
};

/* Part of each driver. */
struct nrf52_radio_user {
    const struct nrf52_radio_protocol *protocol;
    void *self;
    const struct capsule *owner; /* of the client; NULL: trusted code */
    struct nrf52_radio *radio;
    bool to_send, to_listen; /* what it wants now */
};

enum nrf52_radio_state {
    NRF52_RADIO_OFF,
    NRF52_RADIO_LISTENING,
    NRF52_RADIO_STOPPING, /* on its way from listening to what comes next */
    NRF52_RADIO_SENDING,  /* or finding out whether the channel is free */
};

struct nrf52_radio {
    struct nrf52_radio_user *turn, *other; /* whose turn it is; NULL: there is none */
    struct nrf52_radio_user *active;       /* who listens or sends; NULL: nobody */
    struct nrf52_radio_user *tuned;        /* whose settings the registers have */
    enum nrf52_radio_state state;
    bool broke_in; /* the other one has sent in this turn */
    bool timing;   /* the turn ends with the delay */
    struct nrf52_rtc_delay delay;
    struct hil_delay_client delay_client;
};

/* Off. The high-frequency crystal runs already. */
void nrf52_radio_init(struct nrf52_radio *radio, struct nrf52_rtc_delays *delays);

/* The RADIO interrupt. self: struct nrf52_radio. */
void nrf52_radio_serve(void *self);

/* As struct nrf52_interrupt has it: a user whose client is dead wants nothing any more. */
void nrf52_radio_stop_dead(void *self);

/* --- For the drivers --- */

/* At start only. The user is whole but for `radio`. */
void nrf52_radio_add_user(struct nrf52_radio *radio, struct nrf52_radio_user *user);

/* After a change of what the user wants. */
void nrf52_radio_update(struct nrf52_radio_user *user);

/* The user listens anew, if it does: something else has changed. */
void nrf52_radio_listen_anew(struct nrf52_radio_user *user);

/* From `send` and `listen`: what happens without the CPU, and its begin. */
void nrf52_radio_begin(const void *packet, uint32_t shorts, enum nrf52_radio_register task);

#endif
