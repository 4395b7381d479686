#include "kernel/chips/nrf52/nvmc.h"

#include <stddef.h>

#include "kernel/abi/syscall.h"
#include "kernel/chips/nrf52/chip.h"
#include "kernel/chips/nrf52/registers.h"

enum {
    NVMC_READY = 0x400,
    NVMC_CONFIG = 0x504,
    NVMC_ERASEPAGE = 0x508,
    NVMC_ERASEPAGEPARTIAL = 0x518,
    NVMC_ERASEPAGEPARTIALCFG = 0x51C,
};
#define NVMC_CONFIG_REN 0u
#define NVMC_CONFIG_WEN 1u
#define NVMC_CONFIG_EEN 2u

#define ERASE_MS 85u /* tERASEPAGE */
#define ERASED   0xFFFFFFFFu
#define WORD     4u

static volatile uint32_t *nvmc_register(uint32_t offset)
{
    return nrf52_register(NRF52_NVMC_BASE, offset);
}

static void wait_ready(void)
{
    while (*nvmc_register(NVMC_READY) == 0) {
    }
}

/* Read access only, but for the moment: the instruction cache is empty all the time that CONFIG
 * allows more. */
static void set_config(uint32_t config)
{
    *nvmc_register(NVMC_CONFIG) = config;
    wait_ready();
}

static uint32_t word_at(struct slice bytes, uint32_t offset)
{
    uint32_t word = 0;
    for (uint32_t i = 0; i < WORD; i++) {
        word |= (uint32_t)slice_get(slice_as_const(bytes), offset + i) << 8u * i;
    }
    return word;
}

/* A word of ones changes nothing, and would be one of the few writes that a word may have between
 * two erases. */
static void program_piece(struct nrf52_nvmc_window *window)
{
    uint32_t to = window->done + NRF52_NVMC_PIECE_WORDS * WORD;
    set_config(NVMC_CONFIG_WEN);
    while (window->done < window->bytes.length && window->done < to) {
        uint32_t word = word_at(window->bytes, window->done);
        if (word != ERASED) {
            *nrf52_register(window->address, window->done) = word;
            wait_ready();
        }
        window->done += WORD;
    }
    set_config(NVMC_CONFIG_REN);
}

static void erase_piece(struct nrf52_nvmc_window *window)
{
    set_config(NVMC_CONFIG_EEN);
    if (NRF52_PARTIAL_ERASE) {
        *nvmc_register(NVMC_ERASEPAGEPARTIALCFG) = NRF52_NVMC_PIECE_MS;
        *nvmc_register(NVMC_ERASEPAGEPARTIAL) = window->address;
        window->done += NRF52_NVMC_PIECE_MS;
    } else {
        *nvmc_register(NVMC_ERASEPAGE) = window->address;
        window->done = ERASE_MS;
    }
    wait_ready();
    set_config(NVMC_CONFIG_REN);
}

static void finish(struct nrf52_nvmc_window *window)
{
    struct dma_buffer *buffer = window->buffer;
    window->operation = NRF52_NVMC_IDLE;
    window->buffer = NULL;
    window->bytes = (struct slice){NULL, 0};
    if (buffer != NULL) {
        dma_buffer_release(buffer);
    }
    hil_flash_client_done(window->client, K_OK);
}

static void window_deferred(void *self)
{
    struct nrf52_nvmc_window *window = self;
    bool is_over = guard_is_dead(NRF52_OWNER(window->client));
    if (window->operation == NRF52_NVMC_PROGRAM && !is_over) {
        program_piece(window);
        is_over = window->done >= window->bytes.length;
        if (!is_over) {
            deferred_call_request(&window->deferred);
        }
    } else if (window->operation == NRF52_NVMC_ERASE && !is_over) {
        erase_piece(window);
        is_over = window->done >= ERASE_MS;
        if (!is_over) {
            deferred_call_request_later(&window->deferred);
        }
    } else {
        is_over = true;
    }
    if (is_over) {
        finish(window);
    }
}

static void window_begin(struct nrf52_nvmc_window *window, enum nrf52_nvmc_operation operation,
                         uint32_t address)
{
    window->operation = operation;
    window->address = window->start + address;
    window->done = 0;
    deferred_call_request(&window->deferred);
}

static int claim(struct nrf52_nvmc_window *window, uint32_t address, struct dma_buffer *buffer,
                 uint32_t length)
{
    if (window->operation != NRF52_NVMC_IDLE) {
        return K_EBUSY;
    }
    int status = hil_flash_check(window->size_bytes, address, length);
    if (status == K_OK) {
        status = dma_buffer_claim(buffer, 0, length, &window->bytes);
    }
    if (status == K_OK) {
        window->buffer = buffer;
    }
    return status;
}

static int nvmc_read(void *self, uint32_t address, struct dma_buffer *buffer, uint32_t length)
{
    struct nrf52_nvmc_window *window = self;
    int status = claim(window, address, buffer, length);
    if (status == K_OK) {
        for (uint32_t i = 0; i < length; i += WORD) {
            uint32_t word = *nrf52_register(window->start + address, i);
            for (uint32_t byte = 0; byte < WORD; byte++) {
                (void)slice_put(window->bytes, i + byte, (uint8_t)(word >> 8u * byte));
            }
        }
        window_begin(window, NRF52_NVMC_READ, address);
    }
    return status;
}

static int nvmc_program(void *self, uint32_t address, struct dma_buffer *buffer, uint32_t length)
{
    struct nrf52_nvmc_window *window = self;
    int status = claim(window, address, buffer, length);
    if (status == K_OK) {
        window_begin(window, NRF52_NVMC_PROGRAM, address);
    }
    return status;
}

static int nvmc_erase(void *self, uint32_t address)
{
    struct nrf52_nvmc_window *window = self;
    if (window->operation != NRF52_NVMC_IDLE) {
        return K_EBUSY;
    }
    if (address >= window->size_bytes || address % HIL_FLASH_SECTOR_BYTES != 0) {
        return K_EINVAL;
    }
    window_begin(window, NRF52_NVMC_ERASE, address);
    return K_OK;
}

static void nvmc_set_client(void *self, const struct hil_flash_client *client)
{
    struct nrf52_nvmc_window *window = self;
    window->client = client;
}

const struct hil_flash_ops nrf52_nvmc_ops = {nvmc_read, nvmc_program, nvmc_erase, nvmc_set_client};

void nrf52_nvmc_window_init(struct nrf52_nvmc_window *window, uint32_t start, uint32_t size_bytes)
{
    bool whole = start % HIL_FLASH_SECTOR_BYTES == 0 && size_bytes % HIL_FLASH_SECTOR_BYTES == 0;
    *window = (struct nrf52_nvmc_window){.start = start, .size_bytes = whole ? size_bytes : 0};
    window->deferred = (struct deferred_call){.call = window_deferred, .self = window};
}
