#include "kernel/capsules/flash_mux.h"

#include "kernel/abi/syscall.h"
#include "kernel/capsule/manifest.h"

CAPSULE(flash_mux, .needs = {DEFERRED, FLASH});

/* The buffer goes back to its owner before that is told. */
static void finish(struct flash_mux_port *port, int status)
{
    if (port->buffer != NULL) {
        dma_buffer_hand_back(port->buffer, &this_capsule);
    }
    port->buffer = NULL;
    port->operation = FLASH_MUX_NONE;
    hil_flash_client_done(port->client, status);
}

static int begin(const struct flash_mux *mux, const struct flash_mux_port *port)
{
    switch (port->operation) {
    case FLASH_MUX_READ:
        return hil_flash_read(mux->flash, port->address, port->buffer, port->length);
    case FLASH_MUX_PROGRAM:
        return hil_flash_program(mux->flash, port->address, port->buffer, port->length);
    case FLASH_MUX_ERASE:
        return hil_flash_erase(mux->flash, port->address);
    case FLASH_MUX_NONE:
        break;
    }
    return K_EINVAL;
}

/* Begins the first operation that waits, from `turn` on. Calls clients (of those that the flash
 * refuses), so never from inside a port's ops. */
static void mux_deferred(void *self)
{
    struct flash_mux *mux = self;
    if (mux->active != NULL || mux->last == NULL) {
        return;
    }
    struct flash_mux_port *first = mux->turn != NULL ? mux->turn : mux->last->next;
    struct flash_mux_port *port = first;
    do {
        if (port->operation != FLASH_MUX_NONE) {
            int status = begin(mux, port);
            if (status == K_OK) {
                mux->active = port;
                mux->turn = port->next;
                return;
            }
            finish(port, status);
        }
        port = port->next;
    } while (port != first);
}

static void mux_done(void *self, int status)
{
    struct flash_mux *mux = self;
    struct flash_mux_port *port = mux->active;
    mux->active = NULL;
    deferred_call_request(&mux->deferred);
    finish(port, status);
}

static int wait_turn(struct flash_mux_port *port, enum flash_mux_operation operation,
                     uint32_t address, struct dma_buffer *buffer, uint32_t length)
{
    if (port->operation != FLASH_MUX_NONE) {
        return K_EBUSY;
    }
    int status = hil_flash_check(port->flash.size_bytes, address, length);
    if (status == K_OK) {
        port->operation = operation;
        port->address = port->first_address + address;
        port->buffer = buffer;
        port->length = length;
        deferred_call_request(&port->mux->deferred);
    }
    return status;
}

static int port_read(void *self, uint32_t address, struct dma_buffer *buffer, uint32_t length)
{
    struct flash_mux_port *port = self;
    return wait_turn(port, FLASH_MUX_READ, address, buffer, length);
}

static int port_program(void *self, uint32_t address, struct dma_buffer *buffer, uint32_t length)
{
    struct flash_mux_port *port = self;
    return wait_turn(port, FLASH_MUX_PROGRAM, address, buffer, length);
}

static int port_erase(void *self, uint32_t address)
{
    struct flash_mux_port *port = self;
    if (address % HIL_FLASH_SECTOR_BYTES != 0) {
        return K_EINVAL;
    }
    return wait_turn(port, FLASH_MUX_ERASE, address, NULL, 0);
}

static void port_set_client(void *self, const struct hil_flash_client *client)
{
    struct flash_mux_port *port = self;
    port->client = client;
}

static const struct hil_flash_ops port_ops = {
    .read = port_read,
    .program = port_program,
    .erase = port_erase,
    .set_client = port_set_client,
};

void flash_mux_init(struct flash_mux *mux, const struct hil_flash *flash)
{
    *mux = (struct flash_mux){
        .flash = flash,
        .client = {.done = mux_done, .self = mux, .owner = &this_capsule},
        .deferred = {.call = mux_deferred, .self = mux, .owner = &this_capsule},
    };
    hil_flash_set_client(flash, &mux->client);
}

void flash_mux_add_port(struct flash_mux *mux, struct flash_mux_port *port, uint32_t first_address,
                        uint32_t size_bytes)
{
    uint32_t all = mux->flash->size_bytes;
    bool inside = first_address % HIL_FLASH_SECTOR_BYTES == 0 &&
                  size_bytes % HIL_FLASH_SECTOR_BYTES == 0 && first_address <= all &&
                  size_bytes <= all - first_address;
    *port = (struct flash_mux_port){
        .flash = {.ops = &port_ops,
                  .self = port,
                  .size_bytes = inside ? size_bytes : 0,
                  .owner = &this_capsule},
        .mux = mux,
        .first_address = first_address,
    };
    if (mux->last == NULL) {
        port->next = port;
    } else {
        port->next = mux->last->next;
        mux->last->next = port;
    }
    mux->last = port;
}
