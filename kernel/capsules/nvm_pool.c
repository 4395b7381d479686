#include "kernel/capsules/nvm_pool.h"

#include "kernel/capsule/manifest.h"

CAPSULE(nvm_pool, .needs = {FLASH, GRANT});

#define PAGE_BYTES     HIL_FLASH_PAGE_BYTES
#define BLOCK_BYTES    NVM_POOL_BLOCK_BYTES
#define PAGES          NVM_POOL_PAGES
#define ERASED         0xFFu
#define ERASED_WORD    0xFFFFFFFFu
#define FAILURES_MAX   3u /* in a row */
#define SEQUENCE_SHIFT 8u
#define INDEX_MASK     0xFFu
#define NO_BLOCK       UINT32_MAX  /* instead of a sector */
#define HASH_START     2166136261u /* FNV-1a, 32 bits */
#define HASH_PRIME     16777619u

_Static_assert((PAGES + 1u) * PAGE_BYTES == HIL_FLASH_SECTOR_BYTES, "a sector is a block");

/* The seal, in a block's first page: words, least significant byte first. */
#define SEAL_PAGE           0u
#define SEAL_MAGIC          0x0253564Eu /* "NVS", 2; 0: struck out */
#define SEAL_OWNER          4u
#define SEAL_STAMP          8u
#define SEAL_CHECKSUM(page) (SEAL_STAMP + 4u * (page)) /* of the pages from 1 on */
#define SEAL_HASH           SEAL_CHECKSUM(PAGES + 1u)  /* of the bytes before */
#define MAGIC_BYTES         4u

/* --- The page in the buffer --- */

/* Also looks whether all of these bytes are erased. */
static uint32_t hash_page(struct nvm_pool *pool, uint32_t length)
{
    uint32_t hash = HASH_START, all = ERASED;
    for (uint32_t i = 0; i < length; i++) {
        uint32_t byte = dma_buffer_get(&pool->page, i);
        hash = (hash ^ byte) * HASH_PRIME;
        all &= byte;
    }
    pool->is_erased = all == ERASED;
    return hash;
}

static bool is_page_whole(struct nvm_pool *pool)
{
    return hash_page(pool, PAGE_BYTES) == pool->checksums[pool->page_number];
}

static uint32_t get_word(const struct nvm_pool *pool, uint32_t offset)
{
    return dma_buffer_get_u32(&pool->page, offset);
}

static void put_word(struct nvm_pool *pool, uint32_t offset, uint32_t word)
{
    (void)dma_buffer_put_u32(&pool->page, offset, word);
}

/* Whose the seal in the page says the block is; 0: it is none. */
static uint32_t seal_owner(struct nvm_pool *pool)
{
    bool is_seal =
        get_word(pool, 0) == SEAL_MAGIC && get_word(pool, SEAL_HASH) == hash_page(pool, SEAL_HASH);
    return is_seal ? get_word(pool, SEAL_OWNER) : 0;
}

/* --- What is known of the sectors. A stamp is sequence number << 8 | index of the block among its
 * owner's --- */

static void set_block(struct nvm_pool *pool, uint32_t sector, uint32_t owner, uint32_t stamp)
{
    struct hil_flash_note *note = &LIST_AT(pool->notes, sector);
    note->owner = owner;
    note->stamp = stamp;
}

/* The sector that has a block of somebody's, or NO_BLOCK. */
static uint32_t find_block(const struct nvm_pool *pool, uint32_t owner, uint32_t index)
{
    for (uint32_t i = 0; i < pool->notes.count; i++) {
        const struct hil_flash_note *note = &LIST_AT(pool->notes, i);
        if (note->owner == owner && (note->stamp & INDEX_MASK) == index) {
            return i;
        }
    }
    return NO_BLOCK;
}

/* A free sector, or NO_BLOCK when there is none but that which must stay. */
static uint32_t find_free(const struct nvm_pool *pool, bool may_be_last)
{
    uint32_t found = NO_BLOCK, free = 0;
    for (uint32_t i = pool->notes.count; i > 0; i--) {
        uint32_t sector = (pool->next_target + i - 1u) % pool->notes.count;
        if (LIST_AT(pool->notes, sector).owner == 0) {
            found = sector;
            free++;
        }
    }
    return free >= (may_be_last ? 1u : 2u) ? found : NO_BLOCK;
}

/* --- The flash --- */

static uint32_t page_address(const struct nvm_pool *pool, uint32_t sector, uint32_t number)
{
    return pool->first_address + sector * HIL_FLASH_SECTOR_BYTES + number * PAGE_BYTES;
}

static int read_flash(struct nvm_pool *pool, enum nvm_pool_step step, uint32_t sector,
                      uint32_t number)
{
    pool->step = step;
    return hil_flash_read(pool->flash, page_address(pool, sector, number), &pool->page, PAGE_BYTES);
}

static int program_flash(struct nvm_pool *pool, enum nvm_pool_step step, uint32_t address,
                         uint32_t length)
{
    pool->step = step;
    return hil_flash_program(pool->flash, address, &pool->page, length);
}

/* The page is to be page_number of the new block. */
static int write_page(struct nvm_pool *pool)
{
    return program_flash(pool, NVM_POOL_PROGRAM,
                         page_address(pool, pool->target, pool->page_number), PAGE_BYTES);
}

/* A page was worked at without the flash: it is asked for one that nobody needs, since what is done
 * in one go is a page at most, whatever the request. */
static int pause(struct nvm_pool *pool)
{
    return read_flash(pool, NVM_POOL_PAUSE, 0, 0);
}

/* --- Reading --- */

/* Where in all of its owner's bytes the request is, and where in its block. */
static uint32_t request_offset(const struct nvm_pool *pool)
{
    return pool->request.offset + pool->request.done;
}

/* The page has what is read next. K_ECANCEL: the process has no room for it any more. */
static int deliver_page(struct nvm_pool *pool)
{
    struct nvm_pool_request *request = &pool->request;
    uint32_t taken = allow_write_dma(
        request->grant, request->id, NVM_POOL_BUFFER, request->done,
        dma_part(&pool->page, request_offset(pool) % PAGE_BYTES, request->length - request->done));
    request->done += taken;
    return taken > 0 ? K_OK : K_ECANCEL;
}

static int read_on(struct nvm_pool *pool)
{
    if (pool->old == NO_BLOCK) {
        dma_buffer_fill(&pool->page, ERASED);
        return deliver_page(pool) == K_OK ? pause(pool) : K_ECANCEL;
    }
    pool->page_number = 1u + request_offset(pool) % BLOCK_BYTES / PAGE_BYTES;
    return read_flash(pool, NVM_POOL_READ, pool->old, pool->page_number);
}

/* --- Writing --- */

static int write_on(struct nvm_pool *pool)
{
    uint32_t left = pool->request.length - pool->request.done;
    pool->target = find_free(pool, pool->old != NO_BLOCK);
    if (pool->target == NO_BLOCK) {
        return K_ENOMEM;
    }
    pool->from = request_offset(pool) % BLOCK_BYTES;
    uint32_t room = BLOCK_BYTES - pool->from;
    pool->to = pool->from + (left < room ? left : room);
    pool->next_target = pool->target + 1u;
    pool->page_number = 1;
    pool->loaded = NO_BLOCK; /* the check sums become those of the new block */
    pool->step = NVM_POOL_ERASE;
    return hil_flash_erase(pool->flash, page_address(pool, pool->target, 0));
}

static int go_on(struct nvm_pool *pool)
{
    const struct nvm_pool_request *request = &pool->request;
    if (pool->scanned < pool->notes.count) {
        return read_flash(pool, NVM_POOL_SCAN, pool->scanned, SEAL_PAGE);
    }
    if (request->done == request->length) {
        return K_EALREADY;
    }
    uint32_t sector = find_block(pool, request->owner, request_offset(pool) / BLOCK_BYTES);
    pool->old = sector;
    if (sector != NO_BLOCK && sector != pool->loaded) {
        return read_flash(pool, NVM_POOL_LOAD_SEAL, sector, SEAL_PAGE);
    }
    return request->writes ? write_on(pool) : read_on(pool);
}

static int seal(struct nvm_pool *pool)
{
    uint32_t index = request_offset(pool) / BLOCK_BYTES;
    pool->sequence++;
    pool->page_number = SEAL_PAGE;
    dma_buffer_fill(&pool->page, ERASED);
    put_word(pool, 0, SEAL_MAGIC);
    put_word(pool, SEAL_OWNER, pool->request.owner);
    put_word(pool, SEAL_STAMP, pool->sequence << SEQUENCE_SHIFT | index);
    for (uint32_t i = 1; i <= PAGES; i++) {
        put_word(pool, SEAL_CHECKSUM(i), pool->checksums[i]);
    }
    put_word(pool, SEAL_HASH, hash_page(pool, SEAL_HASH));
    pool->checksums[SEAL_PAGE] = hash_page(pool, PAGE_BYTES);
    return write_page(pool);
}

/* How far a place among the block's bytes is behind the begin of the page under way, which it may
 * be before or behind. */
static uint32_t place_in_page(const struct nvm_pool *pool, uint32_t place)
{
    uint32_t start = (pool->page_number - 1u) * PAGE_BYTES;
    uint32_t behind = place > start ? place - start : 0;
    return behind < PAGE_BYTES ? behind : PAGE_BYTES;
}

/* The next page that has anything in it: the old one's bytes, and the app's over them; after the
 * last, the seal. `has_old`: the old page is in the buffer. K_ECANCEL: the app has taken its bytes
 * back. */
static int fill_block(struct nvm_pool *pool, bool has_old)
{
    if (pool->page_number > PAGES) {
        return seal(pool);
    }
    const struct nvm_pool_request *request = &pool->request;
    uint32_t first = place_in_page(pool, pool->from);
    uint32_t count = place_in_page(pool, pool->to) - first;
    if (!has_old) {
        if (pool->old != NO_BLOCK && count < PAGE_BYTES) {
            return read_flash(pool, NVM_POOL_COPY, pool->old, pool->page_number);
        }
        dma_buffer_fill(&pool->page, ERASED);
    }
    uint32_t offset = request->done + (pool->page_number - 1u) * PAGE_BYTES + first - pool->from;
    if (allow_read_dma(request->grant, request->id, ALLOW_READ_ONLY, NVM_POOL_BUFFER, offset,
                       dma_part(&pool->page, first, count)) != count) {
        return K_ECANCEL;
    }
    pool->checksums[pool->page_number] = hash_page(pool, PAGE_BYTES);
    if (!pool->is_erased) {
        return write_page(pool);
    }
    pool->page_number++;
    return pause(pool);
}

/* What this request has written of a block is done. */
static int end_block(struct nvm_pool *pool)
{
    pool->request.done += pool->to - pool->from;
    return go_on(pool);
}

/* The new block counts from now on, whatever becomes of the old seal. */
static int take_block(struct nvm_pool *pool)
{
    set_block(pool, pool->target, pool->request.owner, get_word(pool, SEAL_STAMP));
    pool->failures = 0;
    if (pool->old == NO_BLOCK) {
        return end_block(pool);
    }
    set_block(pool, pool->old, 0, 0);
    put_word(pool, 0, 0);
    int status =
        program_flash(pool, NVM_POOL_RETIRE, page_address(pool, pool->old, 0), MAGIC_BYTES);
    return status == K_OK ? K_OK : end_block(pool);
}

/* What was programmed is read again. */
static int verify_page(struct nvm_pool *pool)
{
    if (!is_page_whole(pool)) {
        return K_EFAIL;
    }
    if (pool->page_number == SEAL_PAGE) {
        return take_block(pool);
    }
    pool->page_number++;
    return fill_block(pool, false);
}

/* --- Requests --- */

/* Of two copies of a block the one that is newer counts. */
static void take_seal(struct nvm_pool *pool, uint32_t owner)
{
    uint32_t stamp = get_word(pool, SEAL_STAMP);
    uint32_t other = find_block(pool, owner, stamp & INDEX_MASK);
    if (stamp >> SEQUENCE_SHIFT > pool->sequence) {
        pool->sequence = stamp >> SEQUENCE_SHIFT;
        pool->next_target = pool->scanned + 1u;
    }
    if (other != NO_BLOCK) {
        if (LIST_AT(pool->notes, other).stamp > stamp) {
            return;
        }
        set_block(pool, other, 0, 0);
    }
    set_block(pool, pool->scanned, owner, stamp);
}

static int take_scanned(struct nvm_pool *pool)
{
    uint32_t magic = get_word(pool, 0), owner = seal_owner(pool);
    /* Neither a seal, nor struck out, nor erased: cut short when it was written, or read wrong. */
    bool is_doubtful = owner == 0 && magic != 0 && magic != ERASED_WORD;
    if (is_doubtful && pool->failures < FAILURES_MAX) {
        return K_EFAIL;
    }
    if (owner != 0) {
        take_seal(pool, owner);
    }
    pool->failures = 0;
    pool->scanned++;
    return go_on(pool);
}

static int take_loaded(struct nvm_pool *pool)
{
    const struct hil_flash_note *note = &LIST_AT(pool->notes, pool->old);
    if (seal_owner(pool) != note->owner || get_word(pool, SEAL_STAMP) != note->stamp) {
        return K_EFAIL; /* it is no longer what it was */
    }
    for (uint32_t i = 1; i <= PAGES; i++) {
        pool->checksums[i] = get_word(pool, SEAL_CHECKSUM(i));
    }
    pool->loaded = pool->old;
    return go_on(pool);
}

/* What follows an operation of the flash that went well. */
static int next_operation(struct nvm_pool *pool)
{
    switch (pool->step) {
    case NVM_POOL_SCAN:
        return take_scanned(pool);
    case NVM_POOL_LOAD_SEAL:
        return take_loaded(pool);
    case NVM_POOL_READ:
        if (!is_page_whole(pool)) {
            return K_EFAIL;
        }
        pool->failures = 0;
        return deliver_page(pool) == K_OK ? go_on(pool) : K_ECANCEL;
    case NVM_POOL_PAUSE:
        return pool->request.writes ? fill_block(pool, false) : go_on(pool);
    case NVM_POOL_ERASE:
        return fill_block(pool, false);
    case NVM_POOL_COPY:
        /* What stays is not to get a new check sum when its old one is wrong. */
        return is_page_whole(pool) ? fill_block(pool, true) : K_EFAIL;
    case NVM_POOL_PROGRAM:
        return read_flash(pool, NVM_POOL_VERIFY, pool->target, pool->page_number);
    case NVM_POOL_VERIFY:
        return verify_page(pool);
    case NVM_POOL_RETIRE:
        return end_block(pool);
    case NVM_POOL_IDLE:
        break;
    }
    return go_on(pool);
}

int nvm_pool_next(struct nvm_pool *pool, int status)
{
    /* An old seal that could not be struck out is still the older one. */
    bool goes_on = status == K_OK || pool->step == NVM_POOL_RETIRE;
    int result = goes_on ? next_operation(pool) : status;
    /* What was read wrong is read again; a sector that does not keep what it is given is passed
     * over. */
    if (result == K_EFAIL && pool->failures < FAILURES_MAX) {
        pool->failures++;
        result = go_on(pool);
    }
    if (result != K_OK) {
        pool->step = NVM_POOL_IDLE;
        pool->failures = 0;
        pool->loaded = NO_BLOCK;
        /* Nobody's bytes lie about until the next request. */
        dma_buffer_clear(&pool->page);
    }
    return result;
}

bool nvm_pool_has_room(const struct nvm_pool *pool, uint32_t owner)
{
    return find_block(pool, owner, 0) != NO_BLOCK || find_free(pool, false) != NO_BLOCK;
}

void nvm_pool_init(struct nvm_pool *pool, const struct hil_flash *flash,
                   struct hil_flash_notes notes)
{
    *pool = (struct nvm_pool){
        .flash = flash,
        .notes = notes,
        .first_address = flash->size_bytes - notes.count * HIL_FLASH_SECTOR_BYTES,
        .page = DMA_BUFFER_OF(pool->page_bytes),
    };
    pool->loaded = NO_BLOCK;
    for (uint32_t i = 0; i < notes.count; i++) {
        set_block(pool, i, 0, 0);
    }
}
