#include "kernel/capsules/nvm_storage.h"

#include "kernel/capsule/grant.h"
#include "kernel/capsule/storage.h"

CAPSULE(nvm_storage, .needs = {DEFERRED, FLASH, GRANT, NVM_POOL, STORAGE});

enum nvm_storage_wish { WISH_NONE, WISH_READ, WISH_WRITE };

struct nvm_storage_process {
    uint32_t owner;
    uint32_t offset, length;
    enum nvm_storage_wish wish;
};
GRANT(nvm_storage_grant, struct nvm_storage_process, ABI_NVM_STORAGE_UPCALLS, ABI_NVM_STORAGE_ROS,
      ABI_NVM_STORAGE_RWS);

_Static_assert(ABI_NVM_STORAGE_BLOCK == NVM_POOL_BLOCK_BYTES, "apps are told of the blocks");
_Static_assert(ABI_NVM_STORAGE_RW_READ == NVM_POOL_RW_READ &&
                   ABI_NVM_STORAGE_RO_WRITE == NVM_POOL_RO_WRITE,
               "the buffers of the pool are those of the ABI");

/* --- Requests --- */

/* The next process in turn that wants something. False: none does. */
static bool choose(struct nvm_storage_driver *driver, BORROWED struct nvm_pool_request *chosen)
{
    uint32_t least = UINT32_MAX;
    grant_each (nvm_storage_grant, id, p) {
        /* Those behind the last one come first. */
        uint32_t turn = process_id_index(id) - driver->last_index - 1u;
        if (p->wish != WISH_NONE && turn <= least) {
            least = turn;
            chosen->id = id;
            chosen->owner = p->owner;
            chosen->writes = p->wish == WISH_WRITE;
            chosen->offset = p->offset;
            chosen->left = p->length;
        }
    }
    return !process_id_is_none(chosen->id);
}

/* Tells the process how much was done, all of it or less. */
static void finish_request(struct nvm_storage_driver *driver)
{
    struct nvm_pool_request request = driver->pool->request;
    grant_enter (nvm_storage_grant, request.id, p) {
        p->wish = WISH_NONE;
    }
    (void)upcall_schedule(&nvm_storage_grant, request.id,
                          request.writes ? ABI_NVM_STORAGE_UPCALL_WRITTEN
                                         : ABI_NVM_STORAGE_UPCALL_READ,
                          request.done, 0, 0);
    deferred_call_request(&driver->deferred);
}

static void nvm_storage_deferred(void *self)
{
    struct nvm_storage_driver *driver = self;
    struct nvm_pool_request request = {.id = PROCESS_ID_NONE, .grant = &nvm_storage_grant};
    if (nvm_pool_is_busy(driver->pool) || !choose(driver, &request)) {
        return;
    }
    driver->last_index = process_id_index(request.id);
    if (nvm_pool_start(driver->pool, request) != K_OK) {
        finish_request(driver);
    }
}

static void nvm_storage_done(void *self, int status)
{
    struct nvm_storage_driver *driver = self;
    if (nvm_pool_next(driver->pool, status) != K_OK) {
        finish_request(driver);
    }
}

/* --- Commands --- */

static bool is_owned_by_another(struct process_id id, uint32_t owner)
{
    bool found = false;
    grant_each (nvm_storage_grant, other, p) {
        found = found || (p->owner == owner && !process_id_is_equal(other, id));
    }
    return found;
}

/* Bytes that the buffer for it has. */
static uint32_t buffer_length(struct process_id id, enum nvm_storage_wish wish)
{
    if (wish == WISH_WRITE) {
        return allow_length(&nvm_storage_grant, id, ALLOW_READ_ONLY, ABI_NVM_STORAGE_RO_WRITE);
    }
    return allow_length(&nvm_storage_grant, id, ALLOW_READ_WRITE, ABI_NVM_STORAGE_RW_READ);
}

static command_return request(struct nvm_storage_driver *driver, struct process_id id,
                              enum nvm_storage_wish wish, uint32_t offset, uint32_t length)
{
    uint32_t owner = storage_owner(id);
    uint32_t room = buffer_length(id, wish);
    uint32_t size = driver->size_bytes;
    if (owner == 0 || length == 0 || offset >= size || length > size - offset) {
        return command_error(K_EINVAL);
    }
    if (room == 0 || is_owned_by_another(id, owner)) {
        return command_error(K_ERESERVE);
    }
    bool was_waiting = false;
    grant_enter (nvm_storage_grant, id, p) {
        was_waiting = p->wish != WISH_NONE;
        if (!was_waiting) {
            p->owner = owner;
            p->wish = wish;
            p->offset = offset;
            p->length = length < room ? length : room;
        }
    }
    if (grant_error() == K_OK && was_waiting) {
        return command_error(K_ENOMEM);
    }
    deferred_call_request(&driver->deferred);
    return grant_answer(command_success());
}

static command_return nvm_storage_command(void *self, struct process_id id, uint32_t command,
                                          uint32_t argument0, uint32_t argument1)
{
    struct nvm_storage_driver *driver = self;
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_NVM_STORAGE_SIZE:
        return command_success_u32(storage_owner(id) != 0 ? driver->size_bytes : 0);
    case ABI_NVM_STORAGE_READ:
        return request(driver, id, WISH_READ, argument0, argument1);
    case ABI_NVM_STORAGE_WRITE:
        return request(driver, id, WISH_WRITE, argument0, argument1);
    default:
        return command_error(K_ENOSUPPORT);
    }
}

const struct driver_ops nvm_storage_driver_ops = {
    .number = ABI_DRIVER_NVM_STORAGE,
    .command = nvm_storage_command,
    .grant = &nvm_storage_grant,
    .owner = &this_capsule,
};

void nvm_storage_init(struct nvm_storage_driver *driver, struct nvm_pool *pool,
                      uint32_t blocks_each)
{
    *driver = (struct nvm_storage_driver){
        .pool = pool,
        .flash_client = {.done = nvm_storage_done, .self = driver, .owner = &this_capsule},
        .deferred = {.call = nvm_storage_deferred, .self = driver, .owner = &this_capsule},
    };
    uint32_t each =
        blocks_each < NVM_STORAGE_BLOCKS_EACH_MAX ? blocks_each : NVM_STORAGE_BLOCKS_EACH_MAX;
    driver->size_bytes = each * NVM_POOL_BLOCK_BYTES;
    hil_flash_set_client(pool->flash, &driver->flash_client);
}
