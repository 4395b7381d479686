#include "kernel/capsules/isolated_storage.h"

#include "kernel/capsule/grant.h"
#include "kernel/capsule/storage.h"

CAPSULE(isolated_storage, .needs = {DEFERRED, FLASH, GRANT, NVM_POOL, STORAGE});

struct isolated_process {
    uint32_t offset; /* UINT32_MAX: more than 32 bits */
    uint32_t wish;   /* the command; 0: none */
};
GRANT(isolated_grant, struct isolated_process, ABI_ISOLATED_STORAGE_UPCALLS,
      ABI_ISOLATED_STORAGE_ROS, ABI_ISOLATED_STORAGE_RWS);

#define REGION_BYTES NVM_POOL_BLOCK_BYTES

_Static_assert(ABI_ISOLATED_STORAGE_RW_READ == NVM_POOL_BUFFER &&
                   ABI_ISOLATED_STORAGE_RO_WRITE == NVM_POOL_BUFFER,
               "the buffers of the pool are those of the ABI");

/* The upcall of a command. */
#define UPCALL_OF(command) ((command)-ABI_ISOLATED_STORAGE_SIZE)
_Static_assert(UPCALL_OF(ABI_ISOLATED_STORAGE_SIZE) == ABI_ISOLATED_STORAGE_UPCALL_SIZE &&
                   UPCALL_OF(ABI_ISOLATED_STORAGE_READ) == ABI_ISOLATED_STORAGE_UPCALL_READ &&
                   UPCALL_OF(ABI_ISOLATED_STORAGE_WRITE) == ABI_ISOLATED_STORAGE_UPCALL_WRITTEN,
               "upcalls come in the order of the commands");

/* --- Requests --- */

/* What the pool has answered. The process is told when a request is over. */
static void take(struct isolated_storage_driver *driver, int result)
{
    struct nvm_pool *pool = driver->pool;
    int status = result;
    if (result == K_OK) {
        return;
    }
    if (result == K_EALREADY) {
        status = K_OK;
    } else if (result == K_ECANCEL) {
        status = K_ERESERVE;
    }
    grant_enter (isolated_grant, pool->request.id, p) {
        uint32_t bytes = pool->request.done;
        if (status == K_OK && p->wish == ABI_ISOLATED_STORAGE_SIZE) {
            bool has_room = nvm_pool_has_room(pool, pool->request.owner);
            status = has_room ? K_OK : K_ENOMEM;
            bytes = has_room ? REGION_BYTES : 0;
        }
        (void)upcall_schedule(&isolated_grant, pool->request.id, UPCALL_OF(p->wish),
                              (uint32_t)-status, bytes, 0);
        p->wish = 0;
    }
    deferred_call_request(&driver->deferred);
}

/* The pool's request, of a process as it has its buffers now. Answers as nvm_pool_next. */
static int begin(struct nvm_pool *pool, uint32_t wish)
{
    pool->request.owner = storage_write_id(pool->request.id);
    pool->request.writes = wish == ABI_ISOLATED_STORAGE_WRITE;
    if (wish != ABI_ISOLATED_STORAGE_SIZE) {
        uint32_t length = allow_length(&isolated_grant, pool->request.id,
                                       pool->request.writes ? ALLOW_READ_ONLY : ALLOW_READ_WRITE,
                                       NVM_POOL_BUFFER);
        if (length == 0) {
            return K_ERESERVE;
        }
        if (pool->request.offset >= REGION_BYTES || length > REGION_BYTES - pool->request.offset) {
            return K_EINVAL;
        }
        pool->request.length = length;
    }
    return nvm_pool_next(pool, K_OK);
}

/* The next process in turn that wants something. */
static void isolated_deferred(void *self)
{
    struct isolated_storage_driver *driver = self;
    struct nvm_pool *pool = driver->pool;
    uint32_t least = UINT32_MAX, wish = 0;
    if (nvm_pool_is_busy(pool)) {
        return;
    }
    pool->request = (struct nvm_pool_request){.grant = &isolated_grant};
    grant_each (isolated_grant, id, p) {
        /* Those behind the last one come first. */
        uint32_t turn = process_id_index(id) - driver->last_index - 1u;
        if (p->wish != 0 && turn <= least) {
            least = turn;
            wish = p->wish;
            pool->request.id = id;
            pool->request.offset = p->offset;
        }
    }
    if (wish != 0) {
        driver->last_index = process_id_index(pool->request.id);
        take(driver, begin(pool, wish));
    }
}

static void isolated_done(void *self, int status)
{
    struct isolated_storage_driver *driver = self;
    take(driver, nvm_pool_next(driver->pool, status));
}

/* --- Commands --- */

/* Tock's order: permissions first, then whether one waits; all else is told by the upcall. */
static command_return request(struct isolated_storage_driver *driver, struct process_id id,
                              uint32_t command, uint32_t offset)
{
    uint32_t write_id = storage_write_id(id);
    if (write_id == 0 ||
        (command == ABI_ISOLATED_STORAGE_READ && !storage_may_read(id, write_id)) ||
        (command == ABI_ISOLATED_STORAGE_WRITE && !storage_may_modify(id, write_id))) {
        return command_error(K_ENOSUPPORT);
    }
    int status = K_EBUSY;
    grant_enter (isolated_grant, id, p) {
        if (p->wish == 0) {
            p->wish = command;
            p->offset = offset;
            status = K_OK;
        }
    }
    deferred_call_request(&driver->deferred);
    return grant_answer(command_status(status));
}

static command_return isolated_command(void *self, struct process_id id, uint32_t command,
                                       uint32_t argument0, uint32_t argument1)
{
    struct isolated_storage_driver *driver = self;
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_ISOLATED_STORAGE_SIZE:
    case ABI_ISOLATED_STORAGE_READ:
    case ABI_ISOLATED_STORAGE_WRITE:
        return request(driver, id, command, argument1 == 0 ? argument0 : UINT32_MAX);
    default:
        return command_error(K_ENOSUPPORT);
    }
}

const struct driver_ops isolated_storage_driver_ops = {
    .number = ABI_DRIVER_ISOLATED_STORAGE,
    .command = isolated_command,
    .grant = &isolated_grant,
    .owner = &this_capsule,
};

void isolated_storage_init(struct isolated_storage_driver *driver, struct nvm_pool *pool)
{
    *driver = (struct isolated_storage_driver){
        .pool = pool,
        .flash_client = {.done = isolated_done, .self = driver, .owner = &this_capsule},
        .deferred = {.call = isolated_deferred, .self = driver, .owner = &this_capsule},
    };
    hil_flash_set_client(pool->flash, &driver->flash_client);
}
