#include "kernel/capsules/i2c_master.h"

#include "kernel/capsule/grant.h"

CAPSULE(i2c_master, .needs = {GRANT, I2C});

/* Nothing of its own: the grant has the upcall and the buffer. */
struct i2c_master_process {
    uint8_t unused;
};
GRANT(i2c_master_grant, struct i2c_master_process, ABI_I2C_MASTER_UPCALLS, 0, ABI_I2C_MASTER_RWS);

#define ADDRESS_MASK       0xFFu /* of an argument that has a length above it */
#define WRITE_LENGTH_SHIFT 8u

/* Both lengths lie in the process's buffer, and what is read takes the place of what was written.
 */
static command_return transfer(struct i2c_master_driver *driver, struct process_id id,
                               uint32_t address, uint32_t write_length, uint32_t read_length)
{
    uint32_t room = allow_length(&i2c_master_grant, id, ALLOW_READ_WRITE, ABI_I2C_MASTER_RW_BUFFER);
    if (!process_id_is_none(driver->user)) {
        return command_error(K_EBUSY);
    }
    if (address > ADDRESS_MASK) {
        return command_error(K_EINVAL);
    }
    room = room < ABI_I2C_MASTER_MAX ? room : ABI_I2C_MASTER_MAX;
    if (write_length > room || read_length > room) {
        return command_error(K_ESIZE);
    }
    int status = K_OK;
    grant_enter (i2c_master_grant, id, p) {
        (void)p;
        status = hil_i2c_set_address(driver->i2c, address);
        if (status == K_OK) {
            (void)allow_read_dma(&i2c_master_grant, id, ALLOW_READ_WRITE, ABI_I2C_MASTER_RW_BUFFER,
                                 0, dma_part(&driver->buffer, 0, write_length));
            status = hil_i2c_transfer(driver->i2c, &driver->buffer, write_length, &driver->buffer,
                                      read_length);
        }
        if (status == K_OK) {
            driver->user = id;
            driver->read_length = read_length;
        }
    }
    return grant_answer(command_status(status));
}

static command_return i2c_master_command(void *self, struct process_id id, uint32_t command,
                                         uint32_t argument0, uint32_t argument1)
{
    struct i2c_master_driver *driver = self;
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_I2C_MASTER_WRITE:
        return transfer(driver, id, argument0, argument1, 0);
    case ABI_I2C_MASTER_READ:
        return transfer(driver, id, argument0, 0, argument1);
    case ABI_I2C_MASTER_WRITE_READ:
        return transfer(driver, id, argument0 & ADDRESS_MASK, argument0 >> WRITE_LENGTH_SHIFT,
                        argument1);
    default:
        return command_error(K_ENOSUPPORT);
    }
}

static void i2c_master_done(void *self, int status)
{
    struct i2c_master_driver *driver = self;
    struct process_id id = driver->user;
    driver->user = PROCESS_ID_NONE;
    if (status == K_OK && process_id_is_alive(id)) {
        (void)allow_write_dma(&i2c_master_grant, id, ABI_I2C_MASTER_RW_BUFFER, 0,
                              dma_part(&driver->buffer, 0, driver->read_length));
    }
    (void)upcall_schedule(&i2c_master_grant, id, ABI_I2C_MASTER_UPCALL_DONE, (uint32_t)-status, 0,
                          0);
}

const struct driver_ops i2c_master_driver_ops = {
    .number = ABI_DRIVER_I2C_MASTER,
    .command = i2c_master_command,
    .grant = &i2c_master_grant,
    .owner = &this_capsule,
};

void i2c_master_init(struct i2c_master_driver *driver, const struct hil_i2c *i2c)
{
    *driver = (struct i2c_master_driver){
        .i2c = i2c,
        .client = {i2c_master_done, driver, &this_capsule},
        .buffer = DMA_BUFFER_OF(driver->bytes),
    };
    hil_i2c_set_client(i2c, &driver->client);
}
