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
static struct command_return transfer(struct i2c_master_driver *driver, struct process_id id,
                                      uint32_t address, uint32_t write_length, uint32_t read_length)
{
    uint32_t room = allow_length(&i2c_master_grant, id, ALLOW_READ_WRITE, ABI_I2C_MASTER_RW_BUFFER);
    struct slice bytes = SLICE_OF(driver->bytes);
    if (!process_id_is_none(driver->user)) {
        return command_error(K_EBUSY);
    }
    if (address > ADDRESS_MASK) {
        return command_error(K_EINVAL);
    }
    room = room < bytes.length ? room : bytes.length;
    if (write_length > room || read_length > room) {
        return command_error(K_ESIZE);
    }
    grant_enter (i2c_master_grant, id, p) {
        (void)p;
    }
    int status = grant_error();
    if (status == K_OK) {
        struct slice written = slice_part(bytes, 0, write_length);
        (void)allow_read(&i2c_master_grant, id, ALLOW_READ_WRITE, ABI_I2C_MASTER_RW_BUFFER, 0,
                         written);
        driver->request.address = (uint8_t)address;
        driver->request.write = slice_as_const(written);
        driver->request.read = slice_part(bytes, 0, read_length);
        status = driver->i2c->ops->transfer(driver->i2c->self, &driver->request);
    }
    if (status == K_OK) {
        driver->user = id;
    }
    return command_status(status);
}

static struct command_return i2c_master_command(void *self, struct process_id id, uint32_t command,
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
        (void)allow_write(&i2c_master_grant, id, ABI_I2C_MASTER_RW_BUFFER, 0,
                          slice_as_const(driver->request.read));
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
    *driver = (struct i2c_master_driver){.i2c = i2c};
    driver->request.done = i2c_master_done;
    driver->request.self = driver;
}
