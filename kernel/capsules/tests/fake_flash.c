#include "kernel/capsules/tests/fake_flash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/abi/syscall.h"
#include "kernel/capsule/storage.h"
#include "kernel/capsules/tests/fake_core.h"

#define FIRST_OWNER 0x100u

static int begin(struct fake_flash *fake, enum fake_flash_operation operation, uint32_t address,
                 uint32_t length)
{
    if (fake->refuse != K_OK) {
        int refused = fake->refuse;
        fake->refuse = K_OK;
        return refused;
    }
    assert_int_equal(fake->operation, FAKE_FLASH_IDLE);
    assert_int_equal(hil_flash_check(FAKE_FLASH_BYTES, address, length), K_OK);
    fake->operation = operation;
    fake->address = address;
    fake->length = length;
    fake->changes += operation != FAKE_FLASH_READ;
    return K_OK;
}

static int move(struct fake_flash *fake, enum fake_flash_operation operation, uint32_t address,
                struct dma_buffer *buffer, uint32_t length)
{
    int status = begin(fake, operation, address, length);
    if (status == K_OK) {
        struct slice part = {NULL, 0};
        assert_int_equal(dma_buffer_claim(buffer, 0, length, &part), K_OK);
        fake->buffer = buffer;
        fake->bytes = part.bytes;
    }
    return status;
}

static int flash_read(void *self, uint32_t address, struct dma_buffer *buffer, uint32_t length)
{
    return move(self, FAKE_FLASH_READ, address, buffer, length);
}

static int flash_program(void *self, uint32_t address, struct dma_buffer *buffer, uint32_t length)
{
    struct fake_flash *fake = self;
    int status = move(fake, FAKE_FLASH_PROGRAM, address, buffer, length);
    for (uint32_t i = 0; status == K_OK && i < length; i++) {
        assert_int_equal(fake->memory[address + i] & fake->bytes[i], fake->bytes[i]);
    }
    return status;
}

static int flash_erase(void *self, uint32_t address)
{
    assert_int_equal(address % HIL_FLASH_SECTOR_BYTES, 0);
    return begin(self, FAKE_FLASH_ERASE, address, 0);
}

static void flash_set_client(void *self, const struct hil_flash_client *client)
{
    struct fake_flash *fake = self;
    fake->client = client;
}

static const struct hil_flash_ops flash_ops = {flash_read, flash_program, flash_erase,
                                               flash_set_client};

void fake_flash_restart(struct fake_flash *fake)
{
    fake->flash = (struct hil_flash){&flash_ops, fake, NULL, FAKE_FLASH_BYTES};
    fake->client = NULL;
    fake->operation = FAKE_FLASH_IDLE;
}

void fake_flash_init(struct fake_flash *fake)
{
    memset(fake, 0, sizeof *fake);
    memset(fake->memory, 0xFF, sizeof fake->memory);
    fake->bad_page = FAKE_FLASH_BYTES;
    fake_flash_restart(fake);
    for (uint32_t i = 0; i < FAKE_PROCESSES; i++) {
        fake_storage_set_owner(i, FIRST_OWNER + i);
    }
}

static void change(struct fake_flash *fake)
{
    uint8_t *memory = &fake->memory[fake->address];
    if (fake->operation == FAKE_FLASH_READ) {
        memcpy(fake->bytes, memory, fake->length);
    } else if (fake->operation == FAKE_FLASH_ERASE) {
        memset(memory, 0xFF, HIL_FLASH_SECTOR_BYTES);
    } else if (fake->address != fake->bad_page) {
        memcpy(memory, fake->bytes, fake->length);
    }
}

bool fake_flash_step(struct fake_flash *fake, int status)
{
    if (fake->operation == FAKE_FLASH_IDLE) {
        return false;
    }
    if (status == K_OK) {
        change(fake);
    }
    if (fake->operation != FAKE_FLASH_ERASE) {
        dma_buffer_release(fake->buffer);
    }
    fake->operation = FAKE_FLASH_IDLE;
    hil_flash_client_done(fake->client, status);
    return true;
}

/* Bytes of it are as they were, as they were to be, or some of their bits are. */
void fake_flash_cut(struct fake_flash *fake, uint32_t seed)
{
    uint32_t x = seed * 2654435761u + 1u;
    uint8_t *memory = &fake->memory[fake->address];
    bool erases = fake->operation == FAKE_FLASH_ERASE;
    uint32_t length = erases ? HIL_FLASH_SECTOR_BYTES : fake->length;
    if (fake->operation == FAKE_FLASH_READ || fake->operation == FAKE_FLASH_IDLE) {
        return;
    }
    for (uint32_t i = 0; i < length; i++) {
        uint8_t goal = erases ? 0xFF : fake->bytes[i];
        x = x * 1664525u + 1013904223u;
        uint8_t mask = (x >> 30) == 0 ? 0 : (x >> 30) == 1 ? 0xFF : (uint8_t)(x >> 16);
        if (seed % 2 == 0) {
            mask = i < seed / 2 % (length + 1u) ? 0xFF : 0;
        }
        memory[i] = (uint8_t)((memory[i] & ~mask) | (goal & mask));
    }
}

static struct {
    uint32_t owner;
    bool may_read, may_modify;
} permissions[FAKE_PROCESSES];

void fake_storage_set_owner(uint32_t index, uint32_t owner)
{
    permissions[index].owner = owner;
    fake_storage_permit(index, true, true);
}

void fake_storage_permit(uint32_t index, bool may_read, bool may_modify)
{
    permissions[index].may_read = may_read;
    permissions[index].may_modify = may_modify;
}

uint32_t storage_owner(struct process_id id)
{
    return process_id_is_alive(id) ? permissions[process_id_index(id)].owner : 0;
}

uint32_t storage_write_id(struct process_id id)
{
    return storage_owner(id);
}

bool storage_may_read(struct process_id id, uint32_t write_id)
{
    return write_id != 0 && storage_owner(id) == write_id &&
           permissions[process_id_index(id)].may_read;
}

bool storage_may_modify(struct process_id id, uint32_t write_id)
{
    return write_id != 0 && storage_owner(id) == write_id &&
           permissions[process_id_index(id)].may_modify;
}
