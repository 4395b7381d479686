#ifndef MACRO_OF_THE_BOARD_H
#define MACRO_OF_THE_BOARD_H

#define nrf52_uart_init(uart) (*(int *)0x40002500 = 1) // REFUSED
#undef NRF52_PORTS // REFUSED
#define KERNEL_CHIPS_NRF52_MPU_H // REFUSED
#define MACRO_OF_THE_BOARD_BYTES 4u

#endif
