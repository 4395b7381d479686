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

/* A word of ones changes nothing, and would be one of the few writes that a word may have between
 * two erases. */
static void program_piece(struct nrf52_nvmc_window *window)
{
    uint32_t to = window->done + NRF52_NVMC_PIECE_WORDS * WORD;
    set_config(NVMC_CONFIG_WEN);
    while (window->done < window->bytes.length && window->done < to) {
        uint32_t word = slice_get_u32(slice_as_const(window->bytes), window->done);
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
    } else {
        *nvmc_register(NVMC_ERASEPAGE) = window->address;
    }
    wait_ready();
    set_config(NVMC_CONFIG_REN);
    window->done += NRF52_PARTIAL_ERASE ? NRF52_NVMC_PIECE_MS : ERASE_MS;
}

static void finish(struct nrf52_nvmc_window *window)
{
    struct dma_buffer *buffer = window->buffer;
    window->operation = NRF52_NVMC_IDLE;
    if (buffer != NULL) {
        dma_buffer_release(buffer);
    }
    hil_flash_client_done(window->client, K_OK);
}

static void window_deferred(void *self)
{
    struct nrf52_nvmc_window *window = self;
    if (!guard_is_dead(NRF52_OWNER(window->client))) {
        if (window->operation == NRF52_NVMC_PROGRAM) {
            program_piece(window);
            if (window->done < window->bytes.length) {
                deferred_call_request(&window->deferred);
                return;
            }
        } else if (window->operation == NRF52_NVMC_ERASE) {
            erase_piece(window);
            if (window->done < ERASE_MS) {
                deferred_call_request_later(&window->deferred);
                return;
            }
        }
    }
    finish(window);
}

/* `buffer` NULL: for an erase. */
static int begin(struct nrf52_nvmc_window *window, uint32_t address, struct dma_buffer *buffer,
                 uint32_t length, enum nrf52_nvmc_operation operation)
{
    if (window->operation != NRF52_NVMC_IDLE) {
        return K_EBUSY;
    }
    int status = hil_flash_check(window->size_bytes, address, length);
    if (status == K_OK && operation != NRF52_NVMC_ERASE) {
        status = dma_buffer_claim(buffer, 0, length, &window->bytes);
    }
    if (status == K_OK) {
        window->operation = operation;
        window->address = window->start + address;
        window->buffer = buffer;
        window->done = 0;
        deferred_call_request(&window->deferred);
    }
    return status;
}

static int nvmc_read(void *self, uint32_t address, struct dma_buffer *buffer, uint32_t length)
{
    struct nrf52_nvmc_window *window = self;
    int status = begin(window, address, buffer, length, NRF52_NVMC_READ);
    for (uint32_t i = 0; status == K_OK && i < length; i += WORD) {
        (void)slice_put_u32(window->bytes, i, *nrf52_register(window->address, i));
    }
    return status;
}

static int nvmc_program(void *self, uint32_t address, struct dma_buffer *buffer, uint32_t length)
{
    return begin(self, address, buffer, length, NRF52_NVMC_PROGRAM);
}

static int nvmc_erase(void *self, uint32_t address)
{
    return address % HIL_FLASH_SECTOR_BYTES == 0 ? begin(self, address, NULL, 0, NRF52_NVMC_ERASE)
                                                 : K_EINVAL;
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
    *window = (struct nrf52_nvmc_window){
        .start = start,
        .size_bytes = whole ? size_bytes : 0,
        .deferred = {.call = window_deferred, .self = window},
    };
}
