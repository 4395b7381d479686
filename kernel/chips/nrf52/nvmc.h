/*
 * nvmc.h - parts of the chip's own flash as flash memories, each for one user. Product
 * specification, NVMC.
 *
 * While the flash is written or erased, the CPU stands still as soon as it fetches from it: the
 * kernel, the apps and the handlers of interrupts all do. What a call or a deferred call does at
 * once takes
 *
 *   program   41 us a word that has a 0 bit, NRF52_NVMC_PIECE_WORDS at a time; interrupts are
 *             served between the pieces
 *   erase     nRF52832: 85 ms. nRF52840: NRF52_NVMC_PIECE_MS at a time; processes have their turn
 *             between the pieces
 *   read      a copy
 *
 * `done` comes from a deferred call. A program or a piecewise erase whose client has died ends with
 * its piece. The flash is not read back.
 */
#ifndef KERNEL_CHIPS_NRF52_NVMC_H
#define KERNEL_CHIPS_NRF52_NVMC_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/deferred.h"
#include "kernel/hil/flash.h"

#define NRF52_NVMC_PIECE_WORDS 16u
#define NRF52_NVMC_PIECE_MS    3u

enum nrf52_nvmc_operation {
    NRF52_NVMC_IDLE,
    NRF52_NVMC_READ,
    NRF52_NVMC_PROGRAM,
    NRF52_NVMC_ERASE,
};

/* No two windows overlap: who sees to that is the board. */
struct nrf52_nvmc_window {
    uint32_t start, size_bytes; /* of flash; multiples of HIL_FLASH_SECTOR_BYTES. The board's */
    const struct hil_flash_client *client;
    enum nrf52_nvmc_operation operation;
    struct deferred_call deferred;
    uint32_t address;          /* of the operation, in flash */
    struct dma_buffer *buffer; /* NULL: none */
    struct slice bytes;        /* of the buffer */
    uint32_t done;             /* of a program: bytes; of an erase: ms */
};

/* self: struct nrf52_nvmc_window. An operation whose bytes are not all in the window is refused
 * with K_EINVAL. */
extern const struct hil_flash_ops nrf52_nvmc_ops;

/* A window whose bounds are no multiples of a sector becomes one of no bytes. The struct hil_flash
 * over it is the board's: {&nrf52_nvmc_ops, &window, size_bytes}. */
void nrf52_nvmc_window_init(struct nrf52_nvmc_window *window, uint32_t start, uint32_t size_bytes);

#endif
