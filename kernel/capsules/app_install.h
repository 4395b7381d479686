/*
 * app_install.h - apps are installed, listed and removed over the console's UART, by a program at
 * its other end (`sandglass install`). The protocol: docs/installing-apps.md.
 *
 * It listens to the console for the line `install`. Then all that comes in is its own, in frames,
 * until the other end says that it is done or is silent for APP_INSTALL_SILENCE_US:
 *
 *   0x01 0x53 | type | sequence number | length of what follows | bytes | CRC-32 of type to bytes
 *
 * Each frame is answered by one of the same type and number, whose first byte is the status (0, or
 * an error of enum abi_error). A frame that does not check is not answered; one that comes again is
 * answered again and not carried out again. Other output may stand between answers, never in one.
 */
#ifndef KERNEL_CAPSULES_APP_INSTALL_H
#define KERNEL_CAPSULES_APP_INSTALL_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/app_control.h"
#include "kernel/hil/delay.h"
#include "kernel/hil/uart.h"

#define APP_INSTALL_SILENCE_US  5000000u
#define APP_INSTALL_FRAME_BYTES (3u + 4u + APP_CONTROL_PIECE_BYTES)
#define APP_INSTALL_REPLY_BYTES 96u

struct app_install {
    struct dma_buffer out;
    uint8_t command;               /* the frame's type while it is carried out, else 0 */
    uint8_t sequence;              /* of that frame, or of the one answered last */
    bool active;                   /* what comes in is its own */
    bool again;                    /* the answer is to be sent (once more) when the UART is free */
    bool is_loading;               /* what is to be started has been looked at */
    uint32_t received;             /* bytes of the frame or, while not active, of the line */
    uint32_t received_crc;         /* of the frame, as far as it is there */
    uint32_t reply_length;         /* 0: nothing was answered yet */
    uint32_t reply_crc;            /* as far as it is made */
    struct app_control_user *user; /* borrowed for ever, as the three below */
    const struct hil_uart *uart;
    const struct hil_uart_input *input; /* of the same */
    const struct hil_delay *delay;
    struct dma_buffer in;
    struct hil_uart_client uart_client;
    struct hil_delay_client delay_client;
    struct app_control_client control_client;
    uint8_t in_bytes[1];
    uint8_t frame[APP_INSTALL_FRAME_BYTES]; /* from its type on, without the check */
    uint8_t out_bytes[APP_INSTALL_REPLY_BYTES];
};

/* Becomes the client of `uart`, a port of the console's, and of `delay`. */
void app_install_init(struct app_install *install, const struct hil_uart *uart,
                      const struct hil_uart_input *input, const struct hil_delay *delay,
                      struct app_control_user *user);

#endif
