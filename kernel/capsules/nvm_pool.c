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
#define HASH_START     2166136261u /* FNV-1a, 32 bits */
#define HASH_PRIME     16777619u

_Static_assert((PAGES + 1u) * PAGE_BYTES == HIL_FLASH_SECTOR_BYTES, "a sector is a block");

/* The seal, in a block's first page: words, least significant byte first. */
#define SEAL_MAGIC     0x0253564Eu /* "NVS", 2; 0: struck out */
#define SEAL_OWNER     4u
#define SEAL_STAMP     8u
#define SEAL_CHECKSUMS 12u                           /* of the pages */
#define SEAL_HASH      (SEAL_CHECKSUMS + 4u * PAGES) /* of the bytes before */
#define SEAL_BYTES     (SEAL_HASH + 4u)
#define MAGIC_BYTES    4u
#define WORD_BYTES     4u

static uint32_t hash_page(const struct nvm_pool *pool, uint32_t length)
{
    uint32_t hash = HASH_START;
    for (uint32_t i = 0; i < length; i++) {
        hash = (hash ^ dma_buffer_get(&pool->page, i)) * HASH_PRIME;
    }
    return hash;
}

static uint32_t get_word(const struct nvm_pool *pool, uint32_t offset)
{
    uint32_t word = 0;
    for (uint32_t i = 0; i < 4; i++) {
        word |= (uint32_t)dma_buffer_get(&pool->page, offset + i) << 8u * i;
    }
    return word;
}

static void put_word(struct nvm_pool *pool, uint32_t offset, uint32_t word)
{
    for (uint32_t i = 0; i < 4; i++) {
        (void)dma_buffer_put(&pool->page, offset + i, (uint8_t)(word >> 8u * i));
    }
}

static void make_seal(struct nvm_pool *pool, struct nvm_pool_block block)
{
    put_word(pool, 0, SEAL_MAGIC);
    put_word(pool, SEAL_OWNER, block.owner);
    put_word(pool, SEAL_STAMP, block.stamp);
    for (uint32_t i = 0; i < PAGES; i++) {
        put_word(pool, SEAL_CHECKSUMS + 4u * i, pool->checksums[i]);
    }
    put_word(pool, SEAL_HASH, hash_page(pool, SEAL_HASH));
}

/* What the seal in the page says; owner 0: it is none. */
static struct nvm_pool_block read_seal(const struct nvm_pool *pool)
{
    struct nvm_pool_block block = {0, 0};
    if (get_word(pool, 0) == SEAL_MAGIC &&
        get_word(pool, SEAL_HASH) == hash_page(pool, SEAL_HASH)) {
        block.owner = get_word(pool, SEAL_OWNER);
        block.stamp = get_word(pool, SEAL_STAMP);
    }
    return block;
}

static uint32_t get_entry_word(const struct nvm_pool *pool, uint32_t offset)
{
    uint32_t word = 0;
    for (uint32_t i = 0; i < 4; i++) {
        word |= (uint32_t)slice_get(slice_as_const(pool->entries), offset + i) << 8u * i;
    }
    return word;
}

static struct nvm_pool_block get_block(const struct nvm_pool *pool, uint32_t sector)
{
    uint32_t offset = sector * NVM_POOL_ENTRY_BYTES;
    return (struct nvm_pool_block){get_entry_word(pool, offset), get_entry_word(pool, offset + 4u)};
}

static void put_block(struct nvm_pool *pool, uint32_t sector, struct nvm_pool_block block)
{
    uint32_t offset = sector * NVM_POOL_ENTRY_BYTES;
    for (uint32_t i = 0; i < 4; i++) {
        (void)slice_put(pool->entries, offset + i, (uint8_t)(block.owner >> 8u * i));
        (void)slice_put(pool->entries, offset + 4u + i, (uint8_t)(block.stamp >> 8u * i));
    }
}

static uint32_t no_block(const struct nvm_pool *pool)
{
    return pool->count;
}

/* The sector that has a block of somebody's, or no_block(). */
static uint32_t find_block(const struct nvm_pool *pool, uint32_t owner, uint32_t index)
{
    for (uint32_t i = 0; i < pool->count; i++) {
        struct nvm_pool_block block = get_block(pool, i);
        if (block.owner == owner && (block.stamp & INDEX_MASK) == index) {
            return i;
        }
    }
    return no_block(pool);
}

/* A free sector, or no_block() when there is none but that which must stay. */
static uint32_t find_free(const struct nvm_pool *pool, bool may_be_last)
{
    uint32_t found = no_block(pool), free = 0;
    for (uint32_t i = pool->count; i > 0; i--) {
        uint32_t sector = (pool->next_target + i - 1u) % pool->count;
        if (get_block(pool, sector).owner == 0) {
            found = sector;
            free++;
        }
    }
    return free > 1u || may_be_last ? found : no_block(pool);
}

static uint32_t sector_address(const struct nvm_pool *pool, uint32_t sector)
{
    return pool->first_address + sector * HIL_FLASH_SECTOR_BYTES;
}

/* Of page `number` of a block's bytes. */
static uint32_t page_address(const struct nvm_pool *pool, uint32_t sector, uint32_t number)
{
    return sector_address(pool, sector) + (1u + number) * PAGE_BYTES;
}

static int read_flash(struct nvm_pool *pool, enum nvm_pool_step step, uint32_t address,
                      uint32_t length)
{
    pool->step = step;
    return hil_flash_read(pool->flash, address, &pool->page, length);
}

static int program_flash(struct nvm_pool *pool, enum nvm_pool_step step, uint32_t address,
                         uint32_t length)
{
    pool->step = step;
    pool->checksum = hash_page(pool, length);
    return hil_flash_program(pool->flash, address, &pool->page, length);
}

/* A page was worked at without the flash: it is asked for a word that nobody needs, since what is
 * done in one go is a page at most, whatever the request. */
static int pause(struct nvm_pool *pool)
{
    return read_flash(pool, NVM_POOL_PAUSE, pool->first_address, WORD_BYTES);
}

static void fill_page(struct nvm_pool *pool)
{
    for (uint32_t i = 0; i < PAGE_BYTES; i++) {
        (void)dma_buffer_put(&pool->page, i, ERASED);
    }
}

static bool is_page_erased(const struct nvm_pool *pool)
{
    bool erased = true;
    for (uint32_t i = 0; i < PAGE_BYTES; i++) {
        erased = erased && dma_buffer_get(&pool->page, i) == ERASED;
    }
    return erased;
}

/* --- The seals, after the start --- */

/* Of two copies of a block the one that is newer counts. */
static void take_seal(struct nvm_pool *pool, uint32_t sector)
{
    struct nvm_pool_block block = read_seal(pool);
    if (block.owner == 0) {
        return;
    }
    uint32_t other = find_block(pool, block.owner, block.stamp & INDEX_MASK);
    if (block.stamp >> SEQUENCE_SHIFT > pool->sequence) {
        pool->sequence = block.stamp >> SEQUENCE_SHIFT;
        pool->next_target = sector + 1u;
    }
    if (other != no_block(pool) && get_block(pool, other).stamp > block.stamp) {
        return;
    }
    if (other != no_block(pool)) {
        put_block(pool, other, (struct nvm_pool_block){0, 0});
    }
    put_block(pool, sector, block);
}

static int scan_next(struct nvm_pool *pool)
{
    return read_flash(pool, NVM_POOL_SCAN, sector_address(pool, pool->scanned), SEAL_BYTES);
}

/* The check sums of a block's pages. */
static int load_seal(struct nvm_pool *pool, uint32_t sector)
{
    pool->loaded = sector;
    return read_flash(pool, NVM_POOL_LOAD_SEAL, sector_address(pool, sector), SEAL_BYTES);
}

/* False: it is no longer what it was. */
static bool take_checksums(struct nvm_pool *pool)
{
    struct nvm_pool_block known = get_block(pool, pool->loaded);
    struct nvm_pool_block block = read_seal(pool);
    for (uint32_t i = 0; i < PAGES; i++) {
        pool->checksums[i] = get_word(pool, SEAL_CHECKSUMS + 4u * i);
    }
    return block.owner == known.owner && block.stamp == known.stamp;
}

static bool is_page_whole(const struct nvm_pool *pool, uint32_t number)
{
    return hash_page(pool, PAGE_BYTES) == pool->checksums[number];
}

/* --- Reading --- */

/* Where in its page the request is, and how many bytes of it are there. */
static uint32_t request_at(const struct nvm_pool_request *request)
{
    return request->offset % PAGE_BYTES;
}

static uint32_t request_count(const struct nvm_pool_request *request)
{
    uint32_t room = PAGE_BYTES - request_at(request);
    return request->left < room ? request->left : room;
}

static void advance(struct nvm_pool_request *request, uint32_t count)
{
    request->offset += count;
    request->done += count;
    request->left -= count;
}

/* The page has what is read next. False: the process has no room for it any more. */
static bool deliver_page(struct nvm_pool *pool)
{
    struct nvm_pool_request *request = &pool->request;
    uint32_t count = request_count(request);
    uint32_t taken = allow_write_dma(request->grant, request->id, NVM_POOL_RW_READ, request->done,
                                     dma_part(&pool->page, request_at(request), count));
    advance(request, taken);
    return taken == count;
}

/* The request's page of its block. */
static uint32_t request_page(const struct nvm_pool_request *request)
{
    return request->offset % BLOCK_BYTES / PAGE_BYTES;
}

static int read_on(struct nvm_pool *pool)
{
    const struct nvm_pool_request *request = &pool->request;
    if (request->left == 0) {
        return K_EALREADY;
    }
    uint32_t sector = find_block(pool, request->owner, request->offset / BLOCK_BYTES);
    if (sector == no_block(pool)) {
        fill_page(pool);
        return deliver_page(pool) ? pause(pool) : K_ECANCEL;
    }
    return sector == pool->loaded
               ? read_flash(pool, NVM_POOL_READ, page_address(pool, sector, request_page(request)),
                            PAGE_BYTES)
               : load_seal(pool, sector);
}

static int take_page(struct nvm_pool *pool)
{
    if (!is_page_whole(pool, request_page(&pool->request))) {
        return K_EFAIL;
    }
    pool->failures = 0;
    return deliver_page(pool) ? read_on(pool) : K_ECANCEL;
}

/* --- Writing --- */

/* The request's part of the block under way: [from, to) of its bytes. */
static uint32_t part_from(const struct nvm_pool *pool)
{
    return pool->request.offset % BLOCK_BYTES;
}

static uint32_t part_to(const struct nvm_pool *pool)
{
    uint32_t room = BLOCK_BYTES - part_from(pool);
    return part_from(pool) + (pool->request.left < room ? pool->request.left : room);
}

static int begin_block(struct nvm_pool *pool)
{
    pool->next_target = pool->target + 1u;
    pool->page_number = 0;
    pool->step = NVM_POOL_ERASE;
    return hil_flash_erase(pool->flash, sector_address(pool, pool->target));
}

static int write_on(struct nvm_pool *pool)
{
    const struct nvm_pool_request *request = &pool->request;
    if (request->left == 0) {
        return K_EALREADY;
    }
    pool->old = find_block(pool, request->owner, request->offset / BLOCK_BYTES);
    bool has_old = pool->old != no_block(pool);
    pool->target = find_free(pool, has_old);
    if (pool->target == no_block(pool)) {
        return K_ENOMEM;
    }
    return has_old ? load_seal(pool, pool->old) : begin_block(pool);
}

/* Puts the app's new bytes over what is in the page. False: it has taken them back. */
static bool lay_over(struct nvm_pool *pool)
{
    uint32_t start = pool->page_number * PAGE_BYTES;
    uint32_t from = part_from(pool) > start ? part_from(pool) : start;
    uint32_t to = part_to(pool) < start + PAGE_BYTES ? part_to(pool) : start + PAGE_BYTES;
    if (from >= to) {
        return true;
    }
    uint32_t offset = pool->request.done + (from - part_from(pool));
    uint32_t taken =
        allow_read_dma(pool->request.grant, pool->request.id, ALLOW_READ_ONLY, NVM_POOL_RO_WRITE,
                       offset, dma_part(&pool->page, from - start, to - from));
    return taken == to - from;
}

static bool keeps_old_bytes(const struct nvm_pool *pool)
{
    uint32_t start = pool->page_number * PAGE_BYTES;
    return pool->old != no_block(pool) &&
           (part_from(pool) > start || part_to(pool) < start + PAGE_BYTES);
}

static int seal(struct nvm_pool *pool)
{
    const struct nvm_pool_request *request = &pool->request;
    uint32_t index = request->offset / BLOCK_BYTES;
    pool->sequence++;
    uint32_t stamp = pool->sequence << SEQUENCE_SHIFT | index;
    make_seal(pool, (struct nvm_pool_block){request->owner, stamp});
    return program_flash(pool, NVM_POOL_SEAL, sector_address(pool, pool->target), SEAL_BYTES);
}

/* The next page that has anything in it; after the last, the seal. `has_old`: the old page is in
 * the buffer. */
static int fill_block(struct nvm_pool *pool, bool has_old)
{
    if (pool->page_number == PAGES) {
        return seal(pool);
    }
    if (!has_old && keeps_old_bytes(pool)) {
        return read_flash(pool, NVM_POOL_COPY, page_address(pool, pool->old, pool->page_number),
                          PAGE_BYTES);
    }
    if (!has_old) {
        fill_page(pool);
    }
    if (!lay_over(pool)) {
        return K_ECANCEL;
    }
    pool->checksums[pool->page_number] = hash_page(pool, PAGE_BYTES);
    if (!is_page_erased(pool)) {
        return program_flash(pool, NVM_POOL_PROGRAM,
                             page_address(pool, pool->target, pool->page_number), PAGE_BYTES);
    }
    pool->page_number++;
    return pause(pool);
}

/* What stays is not to get a new check sum when its old one is wrong. */
static int take_copy(struct nvm_pool *pool)
{
    return is_page_whole(pool, pool->page_number) ? fill_block(pool, true) : K_EFAIL;
}

static int verify_page(struct nvm_pool *pool)
{
    if (hash_page(pool, PAGE_BYTES) != pool->checksum) {
        return K_EFAIL;
    }
    pool->page_number++;
    return fill_block(pool, false);
}

/* What this request has written of a block is done. */
static int end_block(struct nvm_pool *pool)
{
    advance(&pool->request, part_to(pool) - part_from(pool));
    return write_on(pool);
}

/* The new block counts from now on, whatever becomes of the old seal. */
static int take_block(struct nvm_pool *pool)
{
    struct nvm_pool_block block = read_seal(pool);
    if (hash_page(pool, SEAL_BYTES) != pool->checksum) {
        return K_EFAIL;
    }
    put_block(pool, pool->target, block);
    pool->failures = 0;
    pool->loaded = no_block(pool);
    if (pool->old == no_block(pool)) {
        return end_block(pool);
    }
    put_block(pool, pool->old, (struct nvm_pool_block){0, 0});
    put_word(pool, 0, 0);
    int status = program_flash(pool, NVM_POOL_RETIRE, sector_address(pool, pool->old), MAGIC_BYTES);
    return status == K_OK ? K_OK : end_block(pool);
}

/* --- Requests --- */

static int go_on(struct nvm_pool *pool)
{
    if (pool->scanned < pool->count) {
        return scan_next(pool);
    }
    return pool->request.writes ? write_on(pool) : read_on(pool);
}

/* Neither a seal, nor struck out, nor erased: cut short when it was written, or read wrong. */
static bool is_seal_doubtful(const struct nvm_pool *pool)
{
    uint32_t magic = get_word(pool, 0);
    return read_seal(pool).owner == 0 && magic != 0 && magic != ERASED_WORD;
}

static int take_scanned(struct nvm_pool *pool)
{
    if (is_seal_doubtful(pool) && pool->failures < FAILURES_MAX) {
        return K_EFAIL;
    }
    take_seal(pool, pool->scanned);
    pool->failures = 0;
    pool->scanned++;
    return go_on(pool);
}

static int take_loaded(struct nvm_pool *pool)
{
    if (!take_checksums(pool)) {
        pool->loaded = no_block(pool);
        return K_EFAIL;
    }
    return pool->request.writes ? begin_block(pool) : read_on(pool);
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
        return take_page(pool);
    case NVM_POOL_PAUSE:
        return pool->request.writes ? fill_block(pool, false) : read_on(pool);
    case NVM_POOL_ERASE:
        return fill_block(pool, false);
    case NVM_POOL_COPY:
        return take_copy(pool);
    case NVM_POOL_PROGRAM:
        return read_flash(pool, NVM_POOL_VERIFY,
                          page_address(pool, pool->target, pool->page_number), PAGE_BYTES);
    case NVM_POOL_VERIFY:
        return verify_page(pool);
    case NVM_POOL_SEAL:
        return read_flash(pool, NVM_POOL_VERIFY_SEAL, sector_address(pool, pool->target),
                          SEAL_BYTES);
    case NVM_POOL_VERIFY_SEAL:
        return take_block(pool);
    case NVM_POOL_RETIRE:
        return end_block(pool);
    case NVM_POOL_IDLE:
        break;
    }
    return K_EINVAL;
}

static int settle(struct nvm_pool *pool, int result)
{
    if (result != K_OK) {
        pool->step = NVM_POOL_IDLE;
        pool->failures = 0;
        pool->loaded = no_block(pool);
        /* Nobody's bytes lie about until the next request. */
        dma_buffer_clear(&pool->page);
    }
    return result;
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
    return settle(pool, result);
}

int nvm_pool_start(struct nvm_pool *pool, struct nvm_pool_request request)
{
    pool->request = request;
    return settle(pool, go_on(pool));
}

bool nvm_pool_is_busy(BORROWED const struct nvm_pool *pool)
{
    return pool->step != NVM_POOL_IDLE;
}

bool nvm_pool_has_room(const struct nvm_pool *pool, uint32_t owner)
{
    return find_block(pool, owner, 0) != no_block(pool) || find_free(pool, false) != no_block(pool);
}

void nvm_pool_init(struct nvm_pool *pool, const struct hil_flash *flash, struct slice entries)
{
    *pool = (struct nvm_pool){
        .flash = flash,
        .entries = entries,
        .count = entries.length / NVM_POOL_ENTRY_BYTES,
        .page = DMA_BUFFER_OF(pool->page_bytes),
    };
    pool->first_address = flash->size_bytes - pool->count * HIL_FLASH_SECTOR_BYTES;
    pool->loaded = no_block(pool);
    pool->old = no_block(pool);
    for (uint32_t i = 0; i < pool->count; i++) {
        put_block(pool, i, (struct nvm_pool_block){0, 0});
    }
}
