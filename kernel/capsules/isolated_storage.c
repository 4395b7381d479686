#include "kernel/capsules/isolated_storage.h"

#include "kernel/capsule/grant.h"
#include "kernel/capsule/storage.h"

CAPSULE(isolated_storage, .needs = {DEFERRED, FLASH, GRANT, NVM_POOL, STORAGE});

enum isolated_wish { WISH_NONE, WISH_SIZE, WISH_READ, WISH_WRITE };

struct isolated_process {
    uint64_t offset;
    enum isolated_wish wish;
};
GRANT(isolated_grant, struct isolated_process, ABI_ISOLATED_STORAGE_UPCALLS,
      ABI_ISOLATED_STORAGE_ROS, ABI_ISOLATED_STORAGE_RWS);

#define REGION_BYTES NVM_POOL_BLOCK_BYTES

_Static_assert(ABI_ISOLATED_STORAGE_RW_READ == NVM_POOL_RW_READ &&
                   ABI_ISOLATED_STORAGE_RO_WRITE == NVM_POOL_RO_WRITE,
               "the buffers of the pool are those of the ABI");

/* --- Requests --- */

/* The next process in turn that wants something, or PROCESS_ID_NONE. */
static struct process_id choose(struct isolated_storage_driver *driver)
{
    struct process_id chosen = PROCESS_ID_NONE;
    uint32_t least = UINT32_MAX;
    grant_each (isolated_grant, id, p) {
        /* Those behind the last one come first. */
        uint32_t turn = process_id_index(id) - driver->last_index - 1u;
        if (p->wish != WISH_NONE && turn <= least) {
            least = turn;
            chosen = id;
        }
    }
    return chosen;
}

/* The wish of the process is over. */
static void answer(struct isolated_storage_driver *driver, struct process_id id, int status,
                   uint32_t bytes)
{
    enum isolated_wish wish = WISH_NONE;
    uint32_t number = ABI_ISOLATED_STORAGE_UPCALL_SIZE;
    grant_enter (isolated_grant, id, p) {
        wish = p->wish;
        p->wish = WISH_NONE;
    }
    if (wish == WISH_READ) {
        number = ABI_ISOLATED_STORAGE_UPCALL_READ;
    } else if (wish == WISH_WRITE) {
        number = ABI_ISOLATED_STORAGE_UPCALL_WRITTEN;
    }
    (void)upcall_schedule(&isolated_grant, id, number, (uint32_t)-status, bytes, 0);
    deferred_call_request(&driver->deferred);
}

/* The pool has answered with what is not K_OK. */
static void finish_request(struct isolated_storage_driver *driver, int result)
{
    struct nvm_pool_request request = driver->pool->request;
    int status = result;
    if (result == K_EALREADY) {
        status = K_OK;
    } else if (result == K_ECANCEL) {
        status = K_ERESERVE;
    }
    uint32_t bytes = request.done;
    enum isolated_wish wish = WISH_NONE;
    grant_enter (isolated_grant, request.id, p) {
        wish = p->wish;
    }
    if (wish == WISH_SIZE && status == K_OK) {
        bool has_room = nvm_pool_has_room(driver->pool, request.owner);
        status = has_room ? K_OK : K_ENOMEM;
        bytes = has_room ? REGION_BYTES : 0;
    }
    answer(driver, request.id, status, bytes);
}

/* What it wants, as it has its buffers now. K_OK: `request` is to be begun. */
static int make_request(struct process_id id, BORROWED struct nvm_pool_request *request)
{
    enum isolated_wish wish = WISH_NONE;
    uint64_t offset = 0;
    grant_enter (isolated_grant, id, p) {
        wish = p->wish;
        offset = p->offset;
    }
    request->owner = storage_write_id(id);
    if (wish == WISH_SIZE) {
        return K_OK;
    }
    request->writes = wish == WISH_WRITE;
    request->left =
        request->writes
            ? allow_length(&isolated_grant, id, ALLOW_READ_ONLY, ABI_ISOLATED_STORAGE_RO_WRITE)
            : allow_length(&isolated_grant, id, ALLOW_READ_WRITE, ABI_ISOLATED_STORAGE_RW_READ);
    if (request->left == 0) {
        return K_ERESERVE;
    }
    if (offset >= REGION_BYTES || request->left > REGION_BYTES - (uint32_t)offset) {
        return K_EINVAL;
    }
    request->offset = (uint32_t)offset;
    return K_OK;
}

static void isolated_deferred(void *self)
{
    struct isolated_storage_driver *driver = self;
    if (nvm_pool_is_busy(driver->pool)) {
        return;
    }
    struct process_id id = choose(driver);
    if (process_id_is_none(id)) {
        return;
    }
    struct nvm_pool_request request = {.id = id, .grant = &isolated_grant};
    driver->last_index = process_id_index(id);
    int status = make_request(id, &request);
    if (status != K_OK) {
        answer(driver, id, status, 0);
        return;
    }
    int result = nvm_pool_start(driver->pool, request);
    if (result != K_OK) {
        finish_request(driver, result);
    }
}

static void isolated_done(void *self, int status)
{
    struct isolated_storage_driver *driver = self;
    int result = nvm_pool_next(driver->pool, status);
    if (result != K_OK) {
        finish_request(driver, result);
    }
}

/* --- Commands --- */

/* Tock's order: permissions first, then whether one waits; all else is told by the upcall. */
static command_return request(struct isolated_storage_driver *driver, struct process_id id,
                              enum isolated_wish wish, uint64_t offset)
{
    uint32_t write_id = storage_write_id(id);
    if (write_id == 0 || (wish == WISH_READ && !storage_may_read(id, write_id)) ||
        (wish == WISH_WRITE && !storage_may_modify(id, write_id))) {
        return command_error(K_ENOSUPPORT);
    }
    bool was_waiting = false;
    grant_enter (isolated_grant, id, p) {
        was_waiting = p->wish != WISH_NONE;
        if (!was_waiting) {
            p->wish = wish;
            p->offset = offset;
        }
    }
    if (grant_error() == K_OK && was_waiting) {
        return command_error(K_EBUSY);
    }
    deferred_call_request(&driver->deferred);
    return grant_answer(command_success());
}

static command_return isolated_command(void *self, struct process_id id, uint32_t command,
                                       uint32_t argument0, uint32_t argument1)
{
    struct isolated_storage_driver *driver = self;
    uint64_t offset = (uint64_t)argument1 << 32 | argument0;
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_ISOLATED_STORAGE_SIZE:
        return request(driver, id, WISH_SIZE, 0);
    case ABI_ISOLATED_STORAGE_READ:
        return request(driver, id, WISH_READ, offset);
    case ABI_ISOLATED_STORAGE_WRITE:
        return request(driver, id, WISH_WRITE, offset);
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
