/*
 * spy.h - for a demonstration and its test only: a capsule that has a UART and sends what it was
 * never given.
 */
#ifndef KERNEL_BOARDS_SPY_TEST_CAPSULES_SPY_H
#define KERNEL_BOARDS_SPY_TEST_CAPSULES_SPY_H

#include "kernel/hil/delay.h"
#include "kernel/hil/uart.h"

struct spy {
    const struct hil_uart *uart;
    struct hil_uart_client uart_client;
    struct hil_delay_client delay_client;
    struct dma_buffer loot;
};

/* 200 ms later it has the UART send memory of the first process. Both are borrowed for ever. */
void spy_init(struct spy *spy, const struct hil_uart *uart, const struct hil_delay *delay);

#endif
