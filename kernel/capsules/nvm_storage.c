#include "kernel/capsules/nvm_storage.h"

#include "kernel/capsule/grant.h"
#include "kernel/capsule/storage.h"

CAPSULE(nvm_storage, .needs = {DEFERRED, FLASH, GRANT, NVM_POOL, STORAGE});

struct nvm_storage_process {
    uint32_t owner;
    uint32_t offset, length;
    uint32_t wish; /* the command; 0: none */
};
GRANT(nvm_storage_grant, struct nvm_storage_process, ABI_NVM_STORAGE_UPCALLS, ABI_NVM_STORAGE_ROS,
      ABI_NVM_STORAGE_RWS);

_Static_assert(ABI_NVM_STORAGE_BLOCK == NVM_POOL_BLOCK_BYTES, "apps are told of the blocks");
_Static_assert(ABI_NVM_STORAGE_RW_READ == NVM_POOL_BUFFER &&
                   ABI_NVM_STORAGE_RO_WRITE == NVM_POOL_BUFFER,
               "the buffers of the pool are those of the ABI");

/* The upcall of a command. */
#define UPCALL_OF(command) ((command)-ABI_NVM_STORAGE_READ)
_Static_assert(UPCALL_OF(ABI_NVM_STORAGE_READ) == ABI_NVM_STORAGE_UPCALL_READ &&
                   UPCALL_OF(ABI_NVM_STORAGE_WRITE) == ABI_NVM_STORAGE_UPCALL_WRITTEN,
               "upcalls come in the order of the commands");

/* --- Requests --- */

/* What the pool has answered. When a request is over, its process is told how much was done, all of
 * it or less. */
static void take(struct nvm_storage_driver *driver, int result)
{
    struct nvm_pool *pool = driver->pool;
    if (result == K_OK) {
        return;
    }
    grant_enter (nvm_storage_grant, pool->request.id, p) {
        (void)upcall_schedule(&nvm_storage_grant, pool->request.id, UPCALL_OF(p->wish),
                              pool->request.done, 0, 0);
        p->wish = 0;
    }
    deferred_call_request(&driver->deferred);
}

/* The next process in turn that wants something. */
static void nvm_storage_deferred(void *self)
{
    struct nvm_storage_driver *driver = self;
    struct nvm_pool *pool = driver->pool;
    uint32_t least = UINT32_MAX;
    if (nvm_pool_is_busy(pool)) {
        return;
    }
    pool->request = (struct nvm_pool_request){.grant = &nvm_storage_grant};
    grant_each (nvm_storage_grant, id, p) {
        /* Those behind the last one come first. */
        uint32_t turn = process_id_index(id) - driver->last_index - 1u;
        if (p->wish != 0 && turn <= least) {
            least = turn;
            pool->request.id = id;
            pool->request.owner = p->owner;
            pool->request.writes = p->wish == ABI_NVM_STORAGE_WRITE;
            pool->request.offset = p->offset;
            pool->request.length = p->length;
        }
    }
    if (!process_id_is_none(pool->request.id)) {
        driver->last_index = process_id_index(pool->request.id);
        take(driver, nvm_pool_next(pool, K_OK));
    }
}

static void nvm_storage_done(void *self, int status)
{
    struct nvm_storage_driver *driver = self;
    take(driver, nvm_pool_next(driver->pool, status));
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

static command_return request(struct nvm_storage_driver *driver, struct process_id id,
                              uint32_t command, uint32_t offset, uint32_t length)
{
    uint32_t owner = storage_owner(id);
    uint32_t room = allow_length(
        &nvm_storage_grant, id,
        command == ABI_NVM_STORAGE_WRITE ? ALLOW_READ_ONLY : ALLOW_READ_WRITE, NVM_POOL_BUFFER);
    uint32_t size = driver->size_bytes;
    if (owner == 0 || length == 0 || offset >= size || length > size - offset) {
        return command_error(K_EINVAL);
    }
    if (room == 0 || is_owned_by_another(id, owner)) {
        return command_error(K_ERESERVE);
    }
    int status = K_ENOMEM;
    grant_enter (nvm_storage_grant, id, p) {
        if (p->wish == 0) {
            *p =
                (struct nvm_storage_process){owner, offset, length < room ? length : room, command};
            status = K_OK;
        }
    }
    deferred_call_request(&driver->deferred);
    return grant_answer(command_status(status));
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
    case ABI_NVM_STORAGE_WRITE:
        return request(driver, id, command, argument0, argument1);
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
