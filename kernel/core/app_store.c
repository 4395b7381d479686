#include "kernel/core/app_store.h"

#include <stddef.h>

#include "kernel/abi/syscall.h"
#include "kernel/abi/tbf.h"
#include "kernel/core/bytes.h"
#include "kernel/core/memory.h"

#define SECTOR     HIL_FLASH_SECTOR_BYTES
#define WORD       4u
#define NOTE_BYTES 32u
#define NOTE_MAGIC 0x4A4E4453u
#define ERASED     0xFFFFFFFFu

enum note_word {
    NOTE_OPEN,
    NOTE_START,
    NOTE_END,
    NOTE_APP,
    NOTE_CHECK,
    NOTE_RETIRE,
    NOTE_RETIRE_CHECK,
    NOTE_COMMIT,
};

static uint32_t word_at(const struct app_store *store, uint32_t offset)
{
    return bytes_get_u32(store->area.memory + offset);
}

static uint8_t *page_bytes(struct app_store *store)
{
    return (uint8_t *)store->page_words;
}

/* CRC-32 (IEEE 802.3), from ones on and inverted in the end, of words. */
static uint32_t crc_add(uint32_t crc, const uint8_t *words, uint32_t count)
{
    for (; count > 0; count--) {
        crc ^= bytes_get_u32(words);
        words += WORD;
        for (uint32_t bit = 0; bit < 32; bit++) {
            crc = crc >> 1 ^ (0xEDB88320u & (0u - (crc & 1u)));
        }
    }
    return crc;
}

static uint32_t note_word(const struct app_store *store, enum note_word word)
{
    return word_at(store, store->note + (uint32_t)word * WORD);
}

/* The note's first `count` words, and the one behind them says so. */
static bool note_checks(const struct app_store *store, uint32_t note, uint32_t count)
{
    const uint8_t *words = store->area.memory + note;
    return bytes_get_u32(words + count * WORD) == ~crc_add(ERASED, words, count);
}

static bool is_blank(const struct app_store *store, uint32_t start, uint32_t bytes)
{
    while (bytes > 0 && word_at(store, start) == ERASED) {
        start += WORD;
        bytes -= WORD;
    }
    return bytes == 0;
}

/* --- Flash operations. Each is followed by advance() --- */

/* The job is over. What is noted in the journal, whatever the flash says of that, is the next
 * start's business. */
static void give_up(struct app_store *store)
{
    store->phase = APP_STORE_IDLE;
    store->status = K_EFAIL;
    store->step = APP_STORE_REST;
    if (store->note == APP_LIST_NONE) {
        return;
    }
    if (note_word(store, NOTE_COMMIT) == 0) {
        store->status = K_OK; /* the next start does what is left */
    }
    if (note_checks(store, store->note, NOTE_CHECK)) {
        store->phase = APP_STORE_FAILED;
    } else {
        store->note = APP_LIST_NONE;
    }
}

/* Of an operation: true, unless it was refused and the job is over. */
static bool begun(struct app_store *store, int status)
{
    if (status != K_OK) {
        give_up(store);
    }
    return status == K_OK;
}

static bool erase(struct app_store *store, uint32_t sector)
{
    store->at = sector;
    store->length = 0;
    store->left = 0;
    return begun(store, hil_flash_erase(store->flash, sector));
}

/* The first `length` bytes of the page. What begins in one page of the flash may not end in the
 * next: programs are cut there. */
static bool program(struct app_store *store, uint32_t at, uint32_t length)
{
    uint32_t room = HIL_FLASH_PAGE_BYTES - at % HIL_FLASH_PAGE_BYTES;
    uint32_t now = length < room ? length : room;
    store->at = at;
    store->length = now;
    store->left = length - now;
    return begun(store, hil_flash_program(store->flash, at, &store->page, now));
}

/* --- The steps of the jobs. False: there was nothing to do for the flash --- */

/* A padding, unless there is to be none. */
static bool program_padding(struct app_store *store, uint32_t start, uint32_t end)
{
    uint32_t first = TBF_VERSION | TBF_PADDING_HEADER_SIZE << 16;
    if (start == APP_LIST_NONE || start == end) {
        return false;
    }
    store->page_words[0] = first;
    store->page_words[1] = end - start;
    store->page_words[2] = 0;
    store->page_words[3] = first ^ (end - start);
    return program(store, start, TBF_PADDING_HEADER_SIZE);
}

/* One word or two, at `offset` in a note or an app, unless that is none. */
static bool program_zeros(struct app_store *store, uint32_t base, uint32_t offset, uint32_t bytes)
{
    if (base == APP_LIST_NONE) {
        return false;
    }
    store->page_words[0] = 0;
    store->page_words[1] = 0;
    return program(store, base + offset, bytes);
}

/* A place in the journal for the next note; APP_LIST_NONE: it is full. */
static uint32_t free_note(const struct app_store *store)
{
    for (uint32_t note = app_list_limit(&store->area); note < store->area.size_bytes;
         note += NOTE_BYTES) {
        if (is_blank(store, note, NOTE_BYTES)) {
            return note;
        }
    }
    return APP_LIST_NONE;
}

static bool program_note(struct app_store *store)
{
    store->note = free_note(store);
    store->page_words[NOTE_OPEN] = NOTE_MAGIC;
    store->page_words[NOTE_START] = store->place.start;
    store->page_words[NOTE_END] = store->place.end;
    store->page_words[NOTE_APP] = store->place.app;
    store->page_words[NOTE_CHECK] = ~crc_add(ERASED, page_bytes(store), NOTE_CHECK);
    return program(store, store->note, (NOTE_CHECK + 1u) * WORD);
}

static bool program_retire_note(struct app_store *store)
{
    uint32_t crc = crc_add(ERASED, store->area.memory + store->note, NOTE_RETIRE);
    store->page_words[0] = store->retire;
    store->page_words[1] = ~crc_add(crc, page_bytes(store), 1);
    return program(store, store->note + NOTE_RETIRE * WORD, 2u * WORD);
}

/* The next sector that is to be erased for the app. */
static bool erase_next(struct app_store *store)
{
    if (store->length != 0) { /* it was no erase: this is the first */
        store->at = store->place.start;
    }
    while (store->at < store->place.erase_end) {
        if (!is_blank(store, store->at, SECTOR)) {
            return erase(store, store->at);
        }
        store->at += SECTOR;
    }
    return false;
}

static bool perform(struct app_store *store)
{
    const struct app_list_place *place = &store->place;
    uint32_t limit = app_list_limit(&store->area);
    switch (store->step) {
    case APP_STORE_ERASE_JOURNAL:
        return free_note(store) == APP_LIST_NONE && erase(store, limit);
    case APP_STORE_LAST_ITEM:
        return program_padding(store, place->last_item, place->start);
    case APP_STORE_NOTE:
        return program_note(store);
    case APP_STORE_ERASE:
        return erase_next(store);
    case APP_STORE_LEAD:
        return program_padding(store, place->start, place->app);
    case APP_STORE_TRAIL:
        return program_padding(store, place->rest, place->end);
    case APP_STORE_NAME_REPLACED:
        return program_retire_note(store);
    case APP_STORE_COMMIT:
        return program_zeros(store, store->note, NOTE_COMMIT * WORD, WORD);
    case APP_STORE_ABORT_ERASE:
        store->retire = APP_LIST_NONE;
        return !is_blank(store, place->start, SECTOR) && erase(store, place->start);
    case APP_STORE_ABORT_PADDING: /* at the area's end the list ends */
        return place->end != limit && program_padding(store, place->start, place->end);
    case APP_STORE_RETIRE: /* its header says no longer that it is enabled, nor its check sum */
        return program_zeros(store, store->retire, offsetof(struct tbf_header, flags), 2u * WORD);
    case APP_STORE_CLOSE:
        return program_zeros(store, store->note, NOTE_OPEN * WORD, WORD);
    case APP_STORE_OPENED:
        store->phase = APP_STORE_OPEN;
        store->step = APP_STORE_REST;
        break;
    case APP_STORE_CLOSED:
        store->phase = APP_STORE_IDLE;
        store->note = APP_LIST_NONE;
        store->step = APP_STORE_REST;
        break;
    case APP_STORE_PUT:
    case APP_STORE_REST:
        break;
    }
    return false;
}

static void next_step(struct app_store *store)
{
    store->step = store->step == APP_STORE_COMMIT
                      ? APP_STORE_RETIRE
                      : (enum app_store_step)((uint32_t)store->step + 1u);
}

/* Goes on with store->step until the flash has something to do or the job is over. */
static void advance(struct app_store *store)
{
    while (!perform(store)) {
        if (store->step == APP_STORE_REST) {
            store->done(store->self, store->status);
            return;
        }
        next_step(store);
    }
}

/* Has the flash done it? */
static bool is_done(const struct app_store *store)
{
    if (store->length == 0) {
        return is_blank(store, store->at, SECTOR);
    }
    return memcmp(store->area.memory + store->at, store->page_words, store->length) == 0;
}

/* What can be undone is; the job ends with that all the same. */
static void fail(struct app_store *store)
{
    if (store->step == APP_STORE_COMMIT && note_word(store, NOTE_COMMIT) == 0) {
        store->step = APP_STORE_RETIRE; /* whatever the flash says, it is committed */
    } else if (store->step >= APP_STORE_ERASE && store->step <= APP_STORE_COMMIT) {
        store->status = K_EFAIL;
        store->step = APP_STORE_ABORT_ERASE;
    } else {
        give_up(store);
    }
}

static void flash_done(void *self, int status)
{
    struct app_store *store = self;
    if (status != K_OK || !is_done(store)) {
        fail(store);
    } else if (store->left > 0) {
        uint8_t *page = page_bytes(store);
        for (uint32_t i = 0; i < store->left; i++) {
            page[i] = page[store->length + i];
        }
        if (program(store, store->at + store->length, store->left)) {
            return;
        }
    } else if (store->step != APP_STORE_ERASE) { /* which looks for more of them itself */
        next_step(store);
    }
    advance(store);
}

/* --- The jobs --- */

/* K_OK: from the step `first` on; else that is all there is to say. */
static void start(struct app_store *store, int status, enum app_store_step first)
{
    store->status = status;
    store->step = status == K_OK ? first : APP_STORE_REST;
    advance(store);
}

void app_store_init(struct app_store *store, const struct hil_flash *flash, const uint8_t *memory,
                    uint32_t address, app_store_done done, void *self)
{
    *store = (struct app_store){
        .area = {.memory = memory, .address = address, .size_bytes = flash->size_bytes},
        .flash = flash,
        .client = {flash_done, store, NULL},
        .done = done,
        .self = self,
        .note = APP_LIST_NONE,
        .page = {page_bytes(store), APP_STORE_PIECE_BYTES, NULL, NULL, false},
    };
    hil_flash_set_client(flash, &store->client);
}

/* A note is believed only where it can be true: there may be other apps than when it was written,
 * brought by a programmer. */
static bool note_makes_sense(struct app_store *store)
{
    struct app_list_place *place = &store->place;
    place->start = note_word(store, NOTE_START);
    place->end = note_word(store, NOTE_END);
    place->app = note_word(store, NOTE_APP);
    return place->start % SECTOR == 0 && place->start <= place->app && place->app < place->end &&
           place->end <= app_list_limit(&store->area) &&
           app_list_reaches(&store->area, place->start);
}

void app_store_recover(struct app_store *store)
{
    enum app_store_step first = APP_STORE_CLOSE;
    for (uint32_t note = app_list_limit(&store->area); note < store->area.size_bytes;
         note += NOTE_BYTES) {
        if (word_at(store, note) == NOTE_MAGIC && note_checks(store, note, NOTE_CHECK)) {
            store->note = note;
        }
    }
    if (store->note != APP_LIST_NONE && note_makes_sense(store)) {
        first = APP_STORE_ABORT_ERASE;
        if (note_word(store, NOTE_COMMIT) == 0 &&
            note_checks(store, store->note, NOTE_RETIRE_CHECK)) {
            first = APP_STORE_RETIRE;
            store->retire = note_word(store, NOTE_RETIRE);
            /* Removed already, perhaps: then its check sum is wrong and this does it again. */
            if (!app_list_reaches(&store->area, store->retire)) {
                store->retire = APP_LIST_NONE;
            }
        }
    }
    start(store, K_OK, first);
}

void app_store_begin(struct app_store *store, uint32_t total_bytes, uint32_t wanted)
{
    int status = (int)store->phase;
    if (status == K_OK) {
        status = app_list_find_place(&store->area, total_bytes, wanted, &store->place);
    }
    start(store, status, APP_STORE_ERASE_JOURNAL);
}

/* A half of these would make the list's next item unknown. */
static bool is_first_of_image(uint32_t total, uint32_t offset, struct const_slice bytes)
{
    return offset >= 2u * WORD ||
           (offset == 0 && bytes.length >= 2u * WORD && bytes_get_u16(bytes.bytes) == TBF_VERSION &&
            bytes_get_u32(bytes.bytes + WORD) == total);
}

int app_store_put(struct app_store *store, uint32_t offset, struct const_slice bytes)
{
    uint32_t total = store->place.app_end - store->place.app;
    if (store->phase != APP_STORE_OPEN) {
        return K_ERESERVE;
    }
    if (bytes.length == 0 || bytes.length > APP_STORE_PIECE_BYTES || offset > total ||
        bytes.length > total - offset) {
        return K_ESIZE;
    }
    if (offset % WORD != 0 || !is_first_of_image(total, offset, bytes)) {
        return K_EINVAL;
    }
    uint32_t at = store->place.app + offset;
    uint32_t length = (bytes.length + WORD - 1u) / WORD * WORD;
    for (uint32_t i = 0; i < length; i++) {
        uint8_t byte = i < bytes.length ? bytes.bytes[i] : 0xFFu;
        if ((byte & ~store->area.memory[at + i]) != 0) {
            return K_EINVAL;
        }
        page_bytes(store)[i] = byte;
    }
    store->status = K_OK;
    store->step = APP_STORE_PUT;
    return program(store, at, length) ? K_OK : K_EFAIL;
}

enum tbf_result app_store_look(const struct app_store *store, struct tbf_app *app)
{
    if (store->phase != APP_STORE_OPEN) {
        return TBF_END;
    }
    enum tbf_result result = app_list_look(&store->area, store->place.app, app);
    /* Less than announced would leave a gap in the list. */
    return app->total_size != store->place.app_end - store->place.app ? TBF_END : result;
}

void app_store_commit(struct app_store *store, uint32_t retire)
{
    struct tbf_app app;
    bool is_good = app_store_look(store, &app) == TBF_APP &&
                   (retire == APP_LIST_NONE ||
                    (retire != store->place.app && app_list_reaches(&store->area, retire)));
    store->retire = retire;
    start(store, is_good ? K_OK : K_EINVAL, APP_STORE_NAME_REPLACED);
}

void app_store_abort(struct app_store *store)
{
    start(store, store->phase == APP_STORE_OPEN ? K_OK : K_EALREADY, APP_STORE_ABORT_ERASE);
}

void app_store_retire(struct app_store *store, uint32_t offset)
{
    int status = (int)store->phase;
    if (status == K_OK && app_list_app_bytes(&store->area, offset) == 0) {
        status = K_EINVAL;
    }
    store->retire = offset;
    start(store, status, APP_STORE_RETIRE);
}
