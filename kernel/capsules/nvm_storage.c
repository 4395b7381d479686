#include "kernel/capsules/nvm_storage.h"

#include "kernel/capsule/grant.h"
#include "kernel/capsule/storage.h"

CAPSULE(nvm_storage, .needs = {DEFERRED, FLASH, GRANT, STORAGE});

enum nvm_storage_wish { WISH_NONE, WISH_READ, WISH_WRITE };

struct nvm_storage_process {
    uint32_t owner;
    uint32_t offset, length;
    enum nvm_storage_wish wish;
};
GRANT(nvm_storage_grant, struct nvm_storage_process, ABI_NVM_STORAGE_UPCALLS, ABI_NVM_STORAGE_ROS,
      ABI_NVM_STORAGE_RWS);

#define PAGE_BYTES     HIL_FLASH_PAGE_BYTES
#define BLOCK_BYTES    ABI_NVM_STORAGE_BLOCK
#define PAGES          (BLOCK_BYTES / PAGE_BYTES)
#define SIZE_BYTES     (NVM_STORAGE_BLOCKS_EACH * BLOCK_BYTES)
#define POOL_BYTES     (NVM_STORAGE_BLOCKS * HIL_FLASH_SECTOR_BYTES)
#define NO_BLOCK       NVM_STORAGE_BLOCKS
#define ERASED         0xFFu
#define FAILURES_MAX   3u /* in a row */
#define SEQUENCE_SHIFT 8u
#define INDEX_MASK     0xFFu
#define HASH_START     2166136261u /* FNV-1a, 32 bits */
#define HASH_PRIME     16777619u

_Static_assert((PAGES + 1u) * PAGE_BYTES == HIL_FLASH_SECTOR_BYTES, "a sector is a block");

/* The seal, in a block's first page: words, least significant byte first. */
#define SEAL_MAGIC 0x0153564Eu /* "NVS", 1 */
#define SEAL_OWNER 4u
#define SEAL_STAMP 8u
#define SEAL_HASH  12u /* of the twelve bytes before */
#define SEAL_BYTES 16u

static uint32_t hash_page(const struct nvm_storage_driver *driver, uint32_t length)
{
    uint32_t hash = HASH_START;
    for (uint32_t i = 0; i < length; i++) {
        hash = (hash ^ dma_buffer_get(&driver->page, i)) * HASH_PRIME;
    }
    return hash;
}

static uint32_t get_word(const struct nvm_storage_driver *driver, uint32_t offset)
{
    uint32_t word = 0;
    for (uint32_t i = 0; i < 4; i++) {
        word |= (uint32_t)dma_buffer_get(&driver->page, offset + i) << 8u * i;
    }
    return word;
}

static void put_word(struct nvm_storage_driver *driver, uint32_t offset, uint32_t word)
{
    for (uint32_t i = 0; i < 4; i++) {
        (void)dma_buffer_put(&driver->page, offset + i, (uint8_t)(word >> 8u * i));
    }
}

static void make_seal(struct nvm_storage_driver *driver, struct nvm_storage_block block)
{
    put_word(driver, 0, SEAL_MAGIC);
    put_word(driver, SEAL_OWNER, block.owner);
    put_word(driver, SEAL_STAMP, block.stamp);
    put_word(driver, SEAL_HASH, hash_page(driver, SEAL_HASH));
}

/* What the seal in the page says; owner 0: it is none. */
static struct nvm_storage_block read_seal(const struct nvm_storage_driver *driver)
{
    struct nvm_storage_block block = {0, 0};
    if (get_word(driver, 0) == SEAL_MAGIC &&
        get_word(driver, SEAL_HASH) == hash_page(driver, SEAL_HASH)) {
        block.owner = get_word(driver, SEAL_OWNER);
        block.stamp = get_word(driver, SEAL_STAMP);
    }
    return block;
}

/* The sector that has a block of somebody's, or NO_BLOCK. */
static uint32_t find_block(const struct nvm_storage_driver *driver, uint32_t owner, uint32_t index)
{
    for (uint32_t i = 0; i < NVM_STORAGE_BLOCKS; i++) {
        if (driver->blocks[i].owner == owner && (driver->blocks[i].stamp & INDEX_MASK) == index) {
            return i;
        }
    }
    return NO_BLOCK;
}

/* A free sector, or NO_BLOCK when there is none but that which must stay. */
static uint32_t find_free(const struct nvm_storage_driver *driver, bool may_be_last)
{
    uint32_t found = NO_BLOCK, count = 0;
    for (uint32_t i = NVM_STORAGE_BLOCKS; i > 0; i--) {
        uint32_t sector = (driver->next_target + i - 1u) % NVM_STORAGE_BLOCKS;
        if (driver->blocks[sector].owner == 0) {
            found = sector;
            count++;
        }
    }
    return count > 1u || may_be_last ? found : NO_BLOCK;
}

static uint32_t sector_address(const struct nvm_storage_driver *driver, uint32_t sector)
{
    return driver->first_address + sector * HIL_FLASH_SECTOR_BYTES;
}

/* Of page `number` of a block's bytes. */
static uint32_t page_address(const struct nvm_storage_driver *driver, uint32_t sector,
                             uint32_t number)
{
    return sector_address(driver, sector) + (1u + number) * PAGE_BYTES;
}

static int read_flash(struct nvm_storage_driver *driver, enum nvm_storage_step step,
                      uint32_t address, uint32_t length)
{
    driver->step = step;
    return hil_flash_read(driver->flash, address, &driver->page, length);
}

static int program_flash(struct nvm_storage_driver *driver, enum nvm_storage_step step,
                         uint32_t address, uint32_t length)
{
    driver->step = step;
    driver->checksum = hash_page(driver, length);
    return hil_flash_program(driver->flash, address, &driver->page, length);
}

static void fill_page(struct nvm_storage_driver *driver)
{
    for (uint32_t i = 0; i < PAGE_BYTES; i++) {
        (void)dma_buffer_put(&driver->page, i, ERASED);
    }
}

static bool is_page_erased(const struct nvm_storage_driver *driver)
{
    bool erased = true;
    for (uint32_t i = 0; i < PAGE_BYTES; i++) {
        erased = erased && dma_buffer_get(&driver->page, i) == ERASED;
    }
    return erased;
}

/* --- The seals, after the start --- */

/* Of two copies of a block the one that is newer counts. */
static void take_seal(struct nvm_storage_driver *driver, uint32_t sector)
{
    struct nvm_storage_block block = read_seal(driver);
    if (block.owner == 0) {
        return;
    }
    uint32_t other = find_block(driver, block.owner, block.stamp & INDEX_MASK);
    if (block.stamp >> SEQUENCE_SHIFT > driver->sequence) {
        driver->sequence = block.stamp >> SEQUENCE_SHIFT;
        driver->next_target = sector + 1u;
    }
    if (other != NO_BLOCK && driver->blocks[other].stamp > block.stamp) {
        return;
    }
    if (other != NO_BLOCK) {
        driver->blocks[other] = (struct nvm_storage_block){0, 0};
    }
    driver->blocks[sector] = block;
}

static int scan_next(struct nvm_storage_driver *driver)
{
    return read_flash(driver, NVM_STORAGE_SCAN, sector_address(driver, driver->scanned),
                      SEAL_BYTES);
}

/* --- Reading --- */

/* Where in its page the request is, and how many bytes of it are there. */
static uint32_t request_at(const struct nvm_storage_request *request)
{
    return request->offset % PAGE_BYTES;
}

static uint32_t request_count(const struct nvm_storage_request *request)
{
    uint32_t room = PAGE_BYTES - request_at(request);
    return request->left < room ? request->left : room;
}

static void advance(struct nvm_storage_request *request, uint32_t count)
{
    request->offset += count;
    request->done += count;
    request->left -= count;
}

/* The page has what is read next. False: the process has no room for it any more. */
static bool deliver_page(struct nvm_storage_driver *driver)
{
    struct nvm_storage_request *request = &driver->request;
    uint32_t count = request_count(request);
    uint32_t taken =
        allow_write_dma(&nvm_storage_grant, request->id, ABI_NVM_STORAGE_RW_READ, request->done,
                        dma_part(&driver->page, request_at(request), count));
    advance(request, taken);
    return taken == count;
}

/* K_OK: an operation is under way. K_EALREADY: the request is done. */
static int read_on(struct nvm_storage_driver *driver)
{
    const struct nvm_storage_request *request = &driver->request;
    bool goes_on = true;
    while (goes_on && request->left > 0) {
        uint32_t within = request->offset % BLOCK_BYTES;
        uint32_t sector = find_block(driver, request->owner, request->offset / BLOCK_BYTES);
        if (sector != NO_BLOCK) {
            return read_flash(driver, NVM_STORAGE_READ,
                              page_address(driver, sector, within / PAGE_BYTES), PAGE_BYTES);
        }
        fill_page(driver);
        goes_on = deliver_page(driver);
    }
    return K_EALREADY;
}

/* --- Writing --- */

/* The request's part of the block under way: [from, to) of its bytes. */
static uint32_t part_from(const struct nvm_storage_driver *driver)
{
    return driver->request.offset % BLOCK_BYTES;
}

static uint32_t part_to(const struct nvm_storage_driver *driver)
{
    uint32_t room = BLOCK_BYTES - part_from(driver);
    return part_from(driver) + (driver->request.left < room ? driver->request.left : room);
}

static int write_on(struct nvm_storage_driver *driver)
{
    const struct nvm_storage_request *request = &driver->request;
    if (request->left == 0) {
        return K_EALREADY;
    }
    driver->old = find_block(driver, request->owner, request->offset / BLOCK_BYTES);
    driver->target = find_free(driver, driver->old != NO_BLOCK);
    if (driver->target == NO_BLOCK) {
        return K_ENOMEM;
    }
    driver->next_target = driver->target + 1u;
    driver->page_number = 0;
    driver->step = NVM_STORAGE_ERASE;
    return hil_flash_erase(driver->flash, sector_address(driver, driver->target));
}

/* Puts the app's new bytes over what is in the page. False: it has taken them back. */
static bool lay_over(struct nvm_storage_driver *driver)
{
    uint32_t start = driver->page_number * PAGE_BYTES;
    uint32_t from = part_from(driver) > start ? part_from(driver) : start;
    uint32_t to = part_to(driver) < start + PAGE_BYTES ? part_to(driver) : start + PAGE_BYTES;
    if (from >= to) {
        return true;
    }
    uint32_t offset = driver->request.done + (from - part_from(driver));
    uint32_t taken = allow_read_dma(&nvm_storage_grant, driver->request.id, ALLOW_READ_ONLY,
                                    ABI_NVM_STORAGE_RO_WRITE, offset,
                                    dma_part(&driver->page, from - start, to - from));
    return taken == to - from;
}

static bool keeps_old_bytes(const struct nvm_storage_driver *driver)
{
    uint32_t start = driver->page_number * PAGE_BYTES;
    return driver->old != NO_BLOCK &&
           (part_from(driver) > start || part_to(driver) < start + PAGE_BYTES);
}

static int seal(struct nvm_storage_driver *driver)
{
    const struct nvm_storage_request *request = &driver->request;
    uint32_t index = request->offset / BLOCK_BYTES;
    driver->sequence++;
    uint32_t stamp = driver->sequence << SEQUENCE_SHIFT | index;
    make_seal(driver, (struct nvm_storage_block){request->owner, stamp});
    return program_flash(driver, NVM_STORAGE_SEAL, sector_address(driver, driver->target),
                         SEAL_BYTES);
}

/* The next page that has anything in it; after the last, the seal. `has_old`: the old page is in
 * the buffer. */
static int fill_block(struct nvm_storage_driver *driver, bool has_old)
{
    bool loaded = has_old;
    while (driver->page_number < PAGES) {
        if (!loaded && keeps_old_bytes(driver)) {
            return read_flash(driver, NVM_STORAGE_COPY,
                              page_address(driver, driver->old, driver->page_number), PAGE_BYTES);
        }
        if (!loaded) {
            fill_page(driver);
        }
        if (!lay_over(driver)) {
            return K_ECANCEL;
        }
        if (!is_page_erased(driver)) {
            return program_flash(driver, NVM_STORAGE_PROGRAM,
                                 page_address(driver, driver->target, driver->page_number),
                                 PAGE_BYTES);
        }
        driver->page_number++;
        loaded = false;
    }
    return seal(driver);
}

static int verify_page(struct nvm_storage_driver *driver)
{
    if (hash_page(driver, PAGE_BYTES) != driver->checksum) {
        return K_EFAIL;
    }
    driver->page_number++;
    return fill_block(driver, false);
}

/* The new block counts. */
static int take_block(struct nvm_storage_driver *driver)
{
    struct nvm_storage_request *request = &driver->request;
    struct nvm_storage_block block = read_seal(driver);
    if (hash_page(driver, SEAL_BYTES) != driver->checksum) {
        return K_EFAIL;
    }
    if (driver->old != NO_BLOCK) {
        driver->blocks[driver->old] = (struct nvm_storage_block){0, 0};
    }
    driver->blocks[driver->target] = block;
    driver->failures = 0;
    advance(request, part_to(driver) - part_from(driver));
    return write_on(driver);
}

/* --- Requests --- */

/* The next process in turn that wants something. False: none does. */
static bool choose(struct nvm_storage_driver *driver)
{
    struct nvm_storage_request chosen = {.id = PROCESS_ID_NONE};
    uint32_t least = UINT32_MAX;
    grant_each (nvm_storage_grant, id, p) {
        /* Those behind the last one come first. */
        uint32_t turn = process_id_index(id) - driver->last_index - 1u;
        if (p->wish != WISH_NONE && turn <= least) {
            least = turn;
            chosen.id = id;
            chosen.owner = p->owner;
            chosen.writes = p->wish == WISH_WRITE;
            chosen.offset = p->offset;
            chosen.left = p->length;
        }
    }
    if (process_id_is_none(chosen.id)) {
        return false;
    }
    driver->last_index = process_id_index(chosen.id);
    driver->request = chosen;
    return true;
}

/* Tells the process how much was done, all of it or less. */
static void finish_request(struct nvm_storage_driver *driver)
{
    struct nvm_storage_request request = driver->request;
    driver->step = NVM_STORAGE_IDLE;
    driver->failures = 0;
    driver->request.id = PROCESS_ID_NONE;
    grant_enter (nvm_storage_grant, request.id, p) {
        p->wish = WISH_NONE;
    }
    (void)upcall_schedule(&nvm_storage_grant, request.id,
                          request.writes ? ABI_NVM_STORAGE_UPCALL_WRITTEN
                                         : ABI_NVM_STORAGE_UPCALL_READ,
                          request.done, 0, 0);
    deferred_call_request(&driver->deferred);
}

/* With the first request after the start the seals are read first. */
static void nvm_storage_deferred(void *self)
{
    struct nvm_storage_driver *driver = self;
    if (driver->step != NVM_STORAGE_IDLE || !choose(driver)) {
        return;
    }
    int status = K_OK;
    if (driver->scanned < NVM_STORAGE_BLOCKS) {
        status = scan_next(driver);
    } else {
        status = driver->request.writes ? write_on(driver) : read_on(driver);
    }
    if (status != K_OK) {
        finish_request(driver);
    }
}

static int scanned(struct nvm_storage_driver *driver)
{
    take_seal(driver, driver->scanned);
    driver->scanned++;
    if (driver->scanned < NVM_STORAGE_BLOCKS) {
        return scan_next(driver);
    }
    return driver->request.writes ? write_on(driver) : read_on(driver);
}

/* What follows an operation of the flash that went well. K_OK: another one. */
static int next_operation(struct nvm_storage_driver *driver)
{
    switch (driver->step) {
    case NVM_STORAGE_SCAN:
        return scanned(driver);
    case NVM_STORAGE_READ:
        return deliver_page(driver) ? read_on(driver) : K_ECANCEL;
    case NVM_STORAGE_ERASE:
        return fill_block(driver, false);
    case NVM_STORAGE_COPY:
        return fill_block(driver, true);
    case NVM_STORAGE_PROGRAM:
        return read_flash(driver, NVM_STORAGE_VERIFY,
                          page_address(driver, driver->target, driver->page_number), PAGE_BYTES);
    case NVM_STORAGE_VERIFY:
        return verify_page(driver);
    case NVM_STORAGE_SEAL:
        return read_flash(driver, NVM_STORAGE_VERIFY_SEAL, sector_address(driver, driver->target),
                          SEAL_BYTES);
    case NVM_STORAGE_VERIFY_SEAL:
        return take_block(driver);
    case NVM_STORAGE_IDLE:
        break;
    }
    return K_EFAIL;
}

static void nvm_storage_done(void *self, int status)
{
    struct nvm_storage_driver *driver = self;
    int result = status == K_OK ? next_operation(driver) : status;
    /* A sector that does not keep what it is given is passed over. */
    if (result == K_EFAIL && driver->request.writes && driver->failures < FAILURES_MAX) {
        driver->failures++;
        result = write_on(driver);
    }
    if (result != K_OK) {
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

static struct command_return request(struct nvm_storage_driver *driver, struct process_id id,
                                     enum nvm_storage_wish wish, uint32_t offset, uint32_t length)
{
    uint32_t owner = storage_owner(id);
    uint32_t room = buffer_length(id, wish);
    if (owner == 0 || length == 0 || offset >= SIZE_BYTES || length > SIZE_BYTES - offset) {
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

static struct command_return nvm_storage_command(void *self, struct process_id id, uint32_t command,
                                                 uint32_t argument0, uint32_t argument1)
{
    struct nvm_storage_driver *driver = self;
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_NVM_STORAGE_SIZE:
        return command_success_u32(storage_owner(id) != 0 ? SIZE_BYTES : 0);
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

void nvm_storage_init(struct nvm_storage_driver *driver, const struct hil_flash *flash)
{
    *driver = (struct nvm_storage_driver){
        .flash = flash,
        .first_address = flash->size_bytes - POOL_BYTES,
        .flash_client = {.done = nvm_storage_done, .self = driver, .owner = &this_capsule},
        .deferred = {.call = nvm_storage_deferred, .self = driver, .owner = &this_capsule},
        .page = DMA_BUFFER_OF(driver->page_bytes),
    };
    hil_flash_set_client(flash, &driver->flash_client);
}
