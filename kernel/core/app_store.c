#include "kernel/core/app_store.h"

#include <stddef.h>

#include "kernel/abi/syscall.h"
#include "kernel/abi/tbf.h"
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

static void advance(struct app_store *store);

static uint32_t word_at(const struct app_store *store, uint32_t offset)
{
    const uint8_t *at = store->area.memory + offset;
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void put_word(struct app_store *store, uint32_t index, uint32_t value)
{
    for (uint32_t i = 0; i < WORD; i++) {
        store->page_bytes[index * WORD + i] = (uint8_t)(value >> (8u * i));
    }
}

/* CRC-32 (IEEE 802.3) of words, least significant byte first. */
static uint32_t check_word(uint32_t crc, uint32_t word)
{
    crc ^= word;
    for (uint32_t bit = 0; bit < 32; bit++) {
        crc = (crc & 1u) != 0 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
    }
    return crc;
}

static uint32_t check_of_note(const struct app_store *store, uint32_t note, uint32_t words)
{
    uint32_t crc = ERASED;
    for (uint32_t i = 0; i < words; i++) {
        crc = check_word(crc, word_at(store, note + i * WORD));
    }
    return ~crc;
}

static uint32_t note_word(const struct app_store *store, enum note_word word)
{
    return word_at(store, store->note + (uint32_t)word * WORD);
}

static bool note_is_open(const struct app_store *store, uint32_t note)
{
    return word_at(store, note) == NOTE_MAGIC &&
           word_at(store, note + NOTE_CHECK * WORD) == check_of_note(store, note, NOTE_CHECK);
}

static bool is_blank(const struct app_store *store, uint32_t start, uint32_t end)
{
    uint32_t at = start;
    while (at < end && word_at(store, at) == ERASED) {
        at += WORD;
    }
    return at == end;
}

/* --- Flash operations. Each is followed by advance() --- */

/* The job is over. What is noted in the journal is the next start's business. */
static void give_up(struct app_store *store)
{
    bool nothing_noted = store->step <= APP_STORE_NOTE || store->step == APP_STORE_RETIRE_ONLY;
    bool is_committed = (store->step == APP_STORE_RETIRE || store->step == APP_STORE_CLOSE) &&
                        note_word(store, NOTE_COMMIT) == 0;
    store->phase = nothing_noted ? APP_STORE_IDLE : APP_STORE_FAILED;
    store->status = is_committed ? K_OK : K_EFAIL; /* the next start does what is left */
    store->step = APP_STORE_REST;
}

static void erase(struct app_store *store, uint32_t sector)
{
    store->at = sector;
    store->length = 0;
    store->left = 0;
    if (hil_flash_erase(store->flash, sector) != K_OK) {
        give_up(store);
    }
}

/* What begins in one page of the flash may not end in the next: programs are cut there. */
static void program_part(struct app_store *store, uint32_t length)
{
    uint32_t room = HIL_FLASH_PAGE_BYTES - store->at % HIL_FLASH_PAGE_BYTES;
    store->length = length < room ? length : room;
    store->left = length - store->length;
    if (hil_flash_program(store->flash, store->at, &store->page, store->length) != K_OK) {
        give_up(store);
    }
}

/* The first `length` bytes of the page. */
static void program(struct app_store *store, uint32_t at, uint32_t length)
{
    store->at = at;
    program_part(store, length);
}

static void program_padding(struct app_store *store, uint32_t start, uint32_t end)
{
    uint32_t first = TBF_VERSION | TBF_PADDING_HEADER_SIZE << 16;
    put_word(store, 0, first);
    put_word(store, 1, end - start);
    put_word(store, 2, 0);
    put_word(store, 3, first ^ (end - start));
    program(store, start, TBF_PADDING_HEADER_SIZE);
}

/* --- The steps of the jobs --- */

static void finish(struct app_store *store)
{
    store->step = APP_STORE_REST;
    app_store_done done = store->done;
    store->done = NULL;
    if (done != NULL) {
        done(store->self, store->status);
    }
}

/* A place in the journal for the next note; APP_LIST_NONE: it is full. */
static uint32_t free_note(const struct app_store *store)
{
    for (uint32_t note = app_list_limit(&store->area); note < store->area.size_bytes;
         note += NOTE_BYTES) {
        if (is_blank(store, note, note + NOTE_BYTES)) {
            return note;
        }
    }
    return APP_LIST_NONE;
}

static bool is_area_end(const struct app_store *store)
{
    return store->place.end == app_list_limit(&store->area);
}

static void program_note(struct app_store *store)
{
    const uint32_t words[NOTE_CHECK] = {NOTE_MAGIC, store->place.start, store->place.end,
                                        store->place.app};
    uint32_t crc = ERASED;
    store->note = free_note(store);
    for (uint32_t i = 0; i < NOTE_CHECK; i++) {
        put_word(store, i, words[i]);
        crc = check_word(crc, words[i]);
    }
    put_word(store, NOTE_CHECK, ~crc);
    program(store, store->note, (NOTE_CHECK + 1u) * WORD);
}

static void program_retire_note(struct app_store *store)
{
    uint32_t crc = ERASED;
    for (uint32_t i = 0; i < NOTE_RETIRE; i++) {
        crc = check_word(crc, note_word(store, (enum note_word)i));
    }
    put_word(store, 0, store->retire);
    put_word(store, 1, ~check_word(crc, store->retire));
    program(store, store->note + NOTE_RETIRE * WORD, 2u * WORD);
}

static void program_zeros(struct app_store *store, uint32_t at, uint32_t words)
{
    for (uint32_t i = 0; i < words; i++) {
        put_word(store, i, 0);
    }
    program(store, at, words * WORD);
}

/* Its header says no longer that it is enabled, nor what its check sum was. */
static void program_retired(struct app_store *store)
{
    program_zeros(store, store->retire + (uint32_t)offsetof(struct tbf_header, flags), 2);
}

/* The first sector from store->at on that is to be erased for the app. False: none. */
static bool erase_next(struct app_store *store)
{
    while (store->at < store->place.erase_end && is_blank(store, store->at, store->at + SECTOR)) {
        store->at += SECTOR;
    }
    if (store->at >= store->place.erase_end) {
        return false;
    }
    erase(store, store->at);
    return true;
}

/* A padding, unless there is to be none. */
static bool perform_padding(struct app_store *store, uint32_t start, uint32_t end)
{
    if (start == APP_LIST_NONE || start == end) {
        return false;
    }
    program_padding(store, start, end);
    return true;
}

static bool perform_erase(struct app_store *store, uint32_t sector, bool is_needed)
{
    if (is_needed) {
        erase(store, sector);
    }
    return is_needed;
}

static bool perform_retire(struct app_store *store)
{
    if (store->retire == APP_LIST_NONE) {
        return false;
    }
    program_retired(store);
    return true;
}

/* Carries the step out if there is something to do; what follows then comes with the flash's
 * callback. False: nothing, the next step at once. */
static bool perform(struct app_store *store)
{
    const struct app_list_place *place = &store->place;
    switch (store->step) {
    case APP_STORE_ERASE_JOURNAL:
        return perform_erase(store, app_list_limit(&store->area),
                             free_note(store) == APP_LIST_NONE);
    case APP_STORE_LAST_ITEM:
        return perform_padding(store, place->last_item, place->start);
    case APP_STORE_NOTE:
        program_note(store);
        return true;
    case APP_STORE_ERASE:
        return erase_next(store);
    case APP_STORE_LEAD:
        return perform_padding(store, place->start, place->app);
    case APP_STORE_TRAIL:
        return perform_padding(store, place->rest, place->end);
    case APP_STORE_NAME_REPLACED:
        program_retire_note(store);
        return true;
    case APP_STORE_COMMIT:
        program_zeros(store, store->note + NOTE_COMMIT * WORD, 1);
        return true;
    case APP_STORE_RETIRE:
    case APP_STORE_RETIRE_ONLY:
        return perform_retire(store);
    case APP_STORE_ABORT_ERASE:
        return perform_erase(store, place->start,
                             !is_blank(store, place->start, place->start + SECTOR));
    case APP_STORE_ABORT_PADDING: /* at the area's end the list ends */
        return !is_area_end(store) && perform_padding(store, place->start, place->end);
    case APP_STORE_CLOSE:
        program_zeros(store, store->note, 1);
        return true;
    case APP_STORE_PUT:
    case APP_STORE_OPENED:
    case APP_STORE_CLOSED:
    case APP_STORE_REST:
        return false;
    }
    return false;
}

static enum app_store_step step_after(const struct app_store *store)
{
    switch (store->step) {
    case APP_STORE_ERASE:
        return store->at < store->place.erase_end ? APP_STORE_ERASE : APP_STORE_LEAD;
    case APP_STORE_RETIRE:
        return APP_STORE_CLOSE;
    case APP_STORE_PUT:
    case APP_STORE_RETIRE_ONLY:
    case APP_STORE_REST:
    case APP_STORE_OPENED:
    case APP_STORE_CLOSED:
        return APP_STORE_REST;
    case APP_STORE_ERASE_JOURNAL:
    case APP_STORE_LAST_ITEM:
    case APP_STORE_NOTE:
    case APP_STORE_LEAD:
    case APP_STORE_TRAIL:
    case APP_STORE_NAME_REPLACED:
    case APP_STORE_COMMIT:
    case APP_STORE_ABORT_ERASE:
    case APP_STORE_ABORT_PADDING:
    case APP_STORE_CLOSE:
        return (enum app_store_step)((uint32_t)store->step + 1u);
    }
    return APP_STORE_REST;
}

/* Goes on with store->step until the flash has something to do or the job is over. */
static void advance(struct app_store *store)
{
    bool waits = false;
    while (!waits) {
        if (store->step == APP_STORE_OPENED) {
            store->phase = APP_STORE_OPEN;
            break;
        }
        if (store->step == APP_STORE_CLOSED) {
            store->phase = APP_STORE_IDLE;
            break;
        }
        if (store->step == APP_STORE_REST) {
            break;
        }
        if (store->step == APP_STORE_ERASE && store->length != 0) {
            store->at = store->place.start; /* from the first sector on */
            store->length = 0;
        }
        waits = perform(store);
        if (!waits) {
            store->step = step_after(store);
        }
    }
    if (!waits || store->step == APP_STORE_REST) {
        finish(store);
    }
}

/* Has the flash done it? */
static bool is_done(const struct app_store *store)
{
    if (store->length == 0) {
        return is_blank(store, store->at, store->at + SECTOR);
    }
    return memcmp(store->area.memory + store->at, store->page_bytes, store->length) == 0;
}

/* What can be undone is; the job ends with that all the same. */
static void fail(struct app_store *store)
{
    if (store->step == APP_STORE_COMMIT && note_word(store, NOTE_COMMIT) == 0) {
        store->step = APP_STORE_RETIRE; /* whatever the flash says, it is committed */
        advance(store);
    } else if (store->step >= APP_STORE_ERASE && store->step <= APP_STORE_COMMIT) {
        store->status = K_EFAIL;
        store->step = APP_STORE_ABORT_ERASE;
        advance(store);
    } else {
        give_up(store);
        finish(store);
    }
}

static void flash_done(void *self, int status)
{
    struct app_store *store = self;
    if (status != K_OK || !is_done(store)) {
        fail(store);
        return;
    }
    if (store->left > 0) {
        for (uint32_t i = 0; i < store->left; i++) {
            store->page_bytes[i] = store->page_bytes[store->length + i];
        }
        store->at += store->length;
        program_part(store, store->left);
        if (store->step == APP_STORE_REST) {
            finish(store);
        }
        return;
    }
    store->step = step_after(store);
    advance(store);
}

/* --- The jobs --- */

static int start(struct app_store *store, enum app_store_step first, app_store_done done,
                 void *self)
{
    store->done = done;
    store->self = self;
    store->status = K_OK;
    store->step = first;
    store->length = 1;
    advance(store);
    return K_OK;
}

void app_store_init(struct app_store *store, const struct hil_flash *flash, const uint8_t *memory,
                    uint32_t address)
{
    *store = (struct app_store){
        .area = {.memory = memory, .address = address, .size_bytes = flash->size_bytes},
        .flash = flash,
        .client = {flash_done, store, NULL},
        .page = {store->page_bytes, sizeof(store->page_bytes), NULL, NULL, false},
    };
    hil_flash_set_client(flash, &store->client);
}

/* A note is believed only where it can be true: there may be other apps than when it was written,
 * brought by a programmer. */
static bool note_makes_sense(struct app_store *store)
{
    struct app_list_place *place = &store->place;
    uint32_t limit = app_list_limit(&store->area);
    *place = (struct app_list_place){.start = note_word(store, NOTE_START),
                                     .end = note_word(store, NOTE_END),
                                     .app = note_word(store, NOTE_APP)};
    return place->start % SECTOR == 0 && place->start <= place->app && place->app < place->end &&
           place->end <= limit && app_list_reaches(&store->area, place->start);
}

static bool note_is_committed(const struct app_store *store)
{
    return note_word(store, NOTE_COMMIT) == 0 &&
           note_word(store, NOTE_RETIRE_CHECK) ==
               check_of_note(store, store->note, NOTE_RETIRE + 1u);
}

/* Removed already, perhaps: then its check sum is wrong and this does it again. */
static bool may_retire(const struct app_store *store, uint32_t offset)
{
    return offset % WORD == 0 && offset < app_list_limit(&store->area) &&
           app_list_reaches(&store->area, offset);
}

int app_store_recover(struct app_store *store, app_store_done done, void *self)
{
    uint32_t found = APP_LIST_NONE;
    for (uint32_t note = app_list_limit(&store->area); note < store->area.size_bytes;
         note += NOTE_BYTES) {
        if (note_is_open(store, note)) {
            found = note;
        }
    }
    if (found == APP_LIST_NONE) {
        store->phase = APP_STORE_IDLE;
        return start(store, APP_STORE_REST, done, self);
    }
    store->note = found;
    if (!note_makes_sense(store)) {
        return start(store, APP_STORE_CLOSE, done, self);
    }
    if (note_is_committed(store)) {
        store->retire = note_word(store, NOTE_RETIRE);
        if (store->retire != APP_LIST_NONE && !may_retire(store, store->retire)) {
            store->retire = APP_LIST_NONE;
        }
        return start(store, APP_STORE_RETIRE, done, self);
    }
    return start(store, APP_STORE_ABORT_ERASE, done, self);
}

int app_store_begin(struct app_store *store, uint32_t total_bytes, uint32_t wanted,
                    app_store_done done, void *self)
{
    if (app_store_is_busy(store)) {
        return K_EBUSY;
    }
    if (store->phase != APP_STORE_IDLE) {
        return store->phase == APP_STORE_OPEN ? K_EALREADY : K_EFAIL;
    }
    int status = app_list_find_place(&store->area, total_bytes, wanted, &store->place);
    if (status != K_OK) {
        return status;
    }
    return start(store, APP_STORE_ERASE_JOURNAL, done, self);
}

/* A half of these would make the list's next item unknown. */
static bool is_first_of_image(const struct app_store *store, uint32_t offset,
                              struct const_slice bytes)
{
    if (offset >= 2u * WORD) {
        return true;
    }
    uint32_t total = 0;
    for (uint32_t i = 0; i < WORD; i++) {
        total |= (uint32_t)slice_get(bytes, WORD + i) << (8u * i);
    }
    uint32_t version = (uint32_t)slice_get(bytes, 0) | (uint32_t)slice_get(bytes, 1) << 8;
    return offset == 0 && bytes.length >= 2u * WORD && version == TBF_VERSION &&
           total == store->place.app_end - store->place.app;
}

int app_store_put(struct app_store *store, uint32_t offset, struct const_slice bytes,
                  app_store_done done, void *self)
{
    uint32_t total = store->place.app_end - store->place.app;
    if (app_store_is_busy(store)) {
        return K_EBUSY;
    }
    if (store->phase != APP_STORE_OPEN) {
        return K_ERESERVE;
    }
    if (bytes.length == 0 || bytes.length > APP_STORE_PIECE_BYTES || offset > total ||
        bytes.length > total - offset) {
        return K_ESIZE;
    }
    if (offset % WORD != 0 || !is_first_of_image(store, offset, bytes)) {
        return K_EINVAL;
    }
    uint32_t length = (bytes.length + WORD - 1u) / WORD * WORD;
    const uint8_t *there = store->area.memory + store->place.app + offset;
    for (uint32_t i = 0; i < length; i++) {
        uint8_t byte = i < bytes.length ? bytes.bytes[i] : 0xFFu;
        if ((there[i] & byte) != byte) {
            return K_EINVAL;
        }
        store->page_bytes[i] = byte;
    }
    store->done = done;
    store->self = self;
    store->status = K_OK;
    store->step = APP_STORE_PUT;
    program(store, store->place.app + offset, length);
    if (store->step == APP_STORE_REST) {
        store->done = NULL;
        return K_EFAIL;
    }
    return K_OK;
}

enum tbf_result app_store_look(const struct app_store *store, struct tbf_app *app)
{
    const struct app_list_place *place = &store->place;
    if (store->phase != APP_STORE_OPEN) {
        return TBF_END;
    }
    enum tbf_result result =
        tbf_parse(store->area.memory + place->app, place->app_end - place->app, app);
    /* Less than announced would leave a gap in the list. */
    return result == TBF_APP && app->total_size != place->app_end - place->app ? TBF_END : result;
}

int app_store_commit(struct app_store *store, uint32_t retire, app_store_done done, void *self)
{
    struct tbf_app app;
    if (app_store_is_busy(store)) {
        return K_EBUSY;
    }
    if (app_store_look(store, &app) != TBF_APP ||
        (retire != APP_LIST_NONE && (retire == store->place.app || !may_retire(store, retire)))) {
        return K_EINVAL;
    }
    store->retire = retire;
    return start(store, APP_STORE_NAME_REPLACED, done, self);
}

int app_store_abort(struct app_store *store, app_store_done done, void *self)
{
    if (app_store_is_busy(store)) {
        return K_EBUSY;
    }
    if (store->phase != APP_STORE_OPEN) {
        return K_EALREADY;
    }
    return start(store, APP_STORE_ABORT_ERASE, done, self);
}

int app_store_retire(struct app_store *store, uint32_t offset, app_store_done done, void *self)
{
    struct app_list_item item;
    if (app_store_is_busy(store)) {
        return K_EBUSY;
    }
    if (store->phase != APP_STORE_IDLE) {
        return store->phase == APP_STORE_OPEN ? K_EALREADY : K_EFAIL;
    }
    if (!may_retire(store, offset)) {
        return K_EINVAL;
    }
    app_list_look(&store->area, offset, &item);
    if (item.bytes == 0 || item.is_hole) {
        return K_EINVAL;
    }
    store->retire = offset;
    return start(store, APP_STORE_RETIRE_ONLY, done, self);
}
