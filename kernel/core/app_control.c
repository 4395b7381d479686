#include "kernel/core/app_control.h"

#include <stddef.h>

#include "kernel/core/kernel_internal.h"

static struct app_control *control_get(void)
{
    return &kernel.apps;
}

static uint32_t address_of(uint32_t offset)
{
    return kernel.apps.store.area.address + offset;
}

static void go_on(struct app_control *control, enum app_control_step step)
{
    control->step = step;
    deferred_call_request(&control->deferred);
}

static void fail(struct app_control *control, int status, const char *why)
{
    control->status = status;
    control->why = why;
}

/* A job of app_store is over: `step` was set when it began. */
static void store_done(void *self, int status)
{
    struct app_control *control = self;
    if (status != K_OK) {
        fail(control, status, "the flash did not take it");
    }
    deferred_call_request(&control->deferred);
}

static bool is_open(const struct app_control *control)
{
    return control->phase == APP_CONTROL_WRITING || control->phase == APP_CONTROL_PROVEN;
}

/* Begins a job of app_store; when that answers with an error, the step comes all the same. */
static void await(struct app_control *control, enum app_control_step next, int begun)
{
    control->step = next;
    if (begun != K_OK) {
        store_done(control, begun);
    }
}

/* From the main loop, where nobody is in a grant and no command is being carried out. */
static bool end_process_at(uint32_t offset)
{
    struct process *process = process_find_at(address_of(offset));
    return process != NULL && process_remove(process) == K_OK;
}

/* --- Which app another one replaces --- */

static uint32_t find_same(const struct app_control *control, uint32_t offset)
{
    struct app_list_item item;
    const struct app_list_area *area = &control->store.area;
    app_list_look(area, offset, &item);
    if (item.result != TBF_APP) {
        return APP_LIST_NONE;
    }
    return app_list_find_app(area, item.app.short_id, area->memory + offset + item.app.name,
                             item.app.name_length, offset);
}

static bool is_same(const struct app_control *control, const struct process *process)
{
    struct app_list_item item;
    const struct app_list_area *area = &control->store.area;
    app_list_look(area, control->new_app, &item);
    struct const_slice name = {area->memory + control->new_app + item.app.name,
                               item.app.name_length};
    return process->app.short_id == item.app.short_id &&
           (item.app.short_id != 0 ||
            (name.length != 0 && slice_is_equal(process_name(process), name)));
}

/* Of several, the one that runs. */
static uint32_t find_replaced(const struct app_control *control)
{
    for (uint32_t slot = 0; slot < KERNEL_PROCESS_SLOTS; slot++) {
        const struct process *process = kernel.process[slot];
        if (process != NULL && is_same(control, process)) {
            return process->layout.flash_start - control->store.area.address;
        }
    }
    return find_same(control, control->new_app);
}

/* --- load --- */

static int status_of(enum app_refusal refusal)
{
    if (refusal == APP_NO_RAM) {
        return K_ENOMEM;
    }
    return refusal == APP_FLASH_NOT_COVERED ? K_EINVAL : K_EFAIL;
}

static void loaded(void *self, enum app_refusal refusal, struct process_id id)
{
    struct app_control *control = self;
    control->refusal = refusal;
    control->started = id;
    deferred_call_request(&control->deferred);
}

static void load(struct app_control *control, uint32_t offset, enum app_control_step next)
{
    control->step = next;
    control->request.flash_start = address_of(offset);
    control->request.done = loaded;
    control->request.self = control;
    if (loader_load(&control->request) != K_OK) {
        loaded(control, APP_NOT_THERE, PROCESS_ID_NONE);
    }
}

static void after_load(struct app_control *control)
{
    if (control->refusal == APP_LOADED && control->phase == APP_CONTROL_INSTALLED) {
        go_on(control, APP_CONTROL_RETIRE_OTHERS);
    } else if (control->refusal == APP_LOADED) {
        await(control, APP_CONTROL_COMMITTED,
              app_store_commit(&control->store, control->replaced, store_done, control));
    } else {
        fail(control, status_of(control->refusal), loader_refusal_text(control->refusal));
        if (control->phase == APP_CONTROL_INSTALLED) {
            go_on(control, APP_CONTROL_ANSWER);
        } else {
            await(control, APP_CONTROL_UNDONE,
                  app_store_abort(&control->store, store_done, control));
        }
    }
}

/* Flash says what runs, or does not. */
static void after_commit(struct app_control *control)
{
    if (control->status == K_OK) {
        control->phase = APP_CONTROL_INSTALLED;
        go_on(control, APP_CONTROL_RETIRE_OTHERS);
        return;
    }
    (void)end_process_at(control->new_app);
    go_on(control, APP_CONTROL_UNDONE);
}

/* There may have been several: of other versions, say, which must not come back at the next start.
 */
static void retire_others(struct app_control *control)
{
    uint32_t other = find_same(control, control->new_app);
    if (control->status != K_OK || other == APP_LIST_NONE) {
        control->phase = APP_CONTROL_IDLE;
        go_on(control, APP_CONTROL_ANSWER);
        return;
    }
    (void)end_process_at(other);
    await(control, APP_CONTROL_RETIRE_OTHERS,
          app_store_retire(&control->store, other, store_done, control));
}

static void after_undoing(struct app_control *control)
{
    control->phase = APP_CONTROL_IDLE;
    if (control->was_running) {
        control->was_running = false;
        load(control, control->replaced, APP_CONTROL_ANSWER);
    } else {
        go_on(control, APP_CONTROL_ANSWER);
    }
}

/* --- The steps --- */

static void begin_in_store(struct app_control *control)
{
    fail(control, K_OK, "");
    control->phase = APP_CONTROL_IDLE;
    await(control, APP_CONTROL_BEGUN,
          app_store_begin(&control->store, control->total_bytes, control->wanted, store_done,
                          control));
    if (control->status == K_ENOMEM) {
        control->why = "there is no room in flash";
    }
}

static void after_begin(struct app_control *control)
{
    if (control->status == K_OK) {
        const struct app_list_place *place = &control->store.place;
        control->phase = APP_CONTROL_WRITING;
        control->new_app = app_store_new_app(&control->store);
        loader_forget(address_of(place->start), address_of(place->end));
    }
    go_on(control, APP_CONTROL_ANSWER);
}

static void end_old(struct app_control *control)
{
    control->was_running = control->phase == APP_CONTROL_PROVEN &&
                           control->replaced != APP_LIST_NONE && end_process_at(control->replaced);
    load(control, control->new_app, APP_CONTROL_LOADED);
}

/* The installation of somebody who lives. */
static bool is_taken(const struct app_control *control)
{
    return is_open(control) &&
           (process_id_is_none(control->owner) ? !guard_is_dead(control->user->client->owner)
                                               : process_id_is_alive(control->owner));
}

/* What nobody will go on with: until it is gone nobody can look at the apps, or remove one. */
static void clear_away(void *self)
{
    struct app_control *control = self;
    if (control->step == APP_CONTROL_NOTHING && is_open(control) && !is_taken(control)) {
        await(control, APP_CONTROL_CLEARED, app_store_abort(&control->store, store_done, control));
    }
}

void app_control_note_end(void)
{
    if (is_open(control_get())) {
        deferred_call_request(&control_get()->clear);
    }
}

static void answer(struct app_control *control)
{
    const struct app_control_client *client = control->user->client;
    control->step = APP_CONTROL_NOTHING;
    GUARD_CALL_VOID(client->owner, client->done, client->self, control->status);
    clear_away(control); /* whoever waited for that may have ended meanwhile */
}

static void control_deferred(void *self)
{
    struct app_control *control = self;
    switch (control->step) {
    case APP_CONTROL_NOTHING:
        break;
    case APP_CONTROL_TAKE_OVER:
        await(control, APP_CONTROL_BEGIN, app_store_abort(&control->store, store_done, control));
        break;
    case APP_CONTROL_BEGIN:
        begin_in_store(control);
        break;
    case APP_CONTROL_BEGUN:
        after_begin(control);
        break;
    case APP_CONTROL_FINISHED:
        control->phase = control->status == K_OK ? APP_CONTROL_INSTALLED : APP_CONTROL_IDLE;
        answer(control);
        break;
    case APP_CONTROL_END_OLD:
        end_old(control);
        break;
    case APP_CONTROL_LOADED:
        after_load(control);
        break;
    case APP_CONTROL_COMMITTED:
        after_commit(control);
        break;
    case APP_CONTROL_RETIRE_OTHERS:
        retire_others(control);
        break;
    case APP_CONTROL_UNDONE:
        after_undoing(control);
        break;
    case APP_CONTROL_ABORTED:
        control->phase = APP_CONTROL_IDLE;
        answer(control);
        break;
    case APP_CONTROL_CLEARED:
        control->phase = APP_CONTROL_IDLE;
        control->step = APP_CONTROL_NOTHING;
        break;
    case APP_CONTROL_REMOVE:
        (void)end_process_at(control->new_app);
        await(control, APP_CONTROL_ANSWER,
              app_store_retire(&control->store, control->new_app, store_done, control));
        break;
    case APP_CONTROL_ANSWER:
        answer(control);
        break;
    }
}

/* --- What capsules ask for --- */

static bool is_busy(const struct app_control *control)
{
    return control->step != APP_CONTROL_NOTHING || kernel.loader.booting;
}

static int claim(struct app_control *control, const struct app_control_user *user)
{
    if (kernel.config->app_flash == NULL) {
        return K_ENODEVICE;
    }
    if (is_busy(control) || is_taken(control)) {
        return K_EBUSY;
    }
    control->user = user;
    fail(control, K_OK, "");
    return K_OK;
}

/* The next job of the client's own installation. */
static int proceed(struct app_control *control, const struct app_control_user *user,
                   enum app_control_phase least)
{
    if (kernel.config->app_flash == NULL || control->phase < least || control->user != user) {
        return K_ERESERVE;
    }
    if (is_busy(control)) {
        return K_EBUSY;
    }
    fail(control, K_OK, "");
    return K_OK;
}

int app_control_begin(const struct app_control_user *user, struct process_id owner,
                      uint32_t total_bytes, uint32_t wanted)
{
    struct app_control *control = control_get();
    struct app_list_place place;
    bool is_cleared = control->step == APP_CONTROL_CLEARED;
    control->step = is_cleared ? APP_CONTROL_NOTHING : control->step;
    int status = claim(control, user);
    if (is_cleared) {
        control->step = status == K_OK ? APP_CONTROL_BEGIN : APP_CONTROL_CLEARED;
    }
    if (status != K_OK) {
        return status;
    }
    if (!is_open(control)) {
        status = app_list_find_place(&control->store.area, total_bytes, wanted, &place);
    }
    if (status != K_OK) {
        return status;
    }
    control->owner = owner;
    control->total_bytes = total_bytes;
    control->wanted = wanted;
    if (!is_cleared) { /* else that comes first */
        go_on(control, is_open(control) ? APP_CONTROL_TAKE_OVER : APP_CONTROL_BEGIN);
    }
    return K_OK;
}

int app_control_write(const struct app_control_user *user, uint32_t offset,
                      struct const_slice bytes)
{
    struct app_control *control = control_get();
    int status = proceed(control, user, APP_CONTROL_WRITING);
    if (status == K_OK && control->phase != APP_CONTROL_WRITING) {
        status = K_ERESERVE;
    }
    if (status == K_OK) {
        status = app_store_put(&control->store, offset, bytes, store_done, control);
        control->step = status == K_OK ? APP_CONTROL_ANSWER : APP_CONTROL_NOTHING;
    }
    return status;
}

int app_control_finish(const struct app_control_user *user, bool at_once)
{
    struct app_control *control = control_get();
    struct tbf_app app;
    int status = proceed(control, user, APP_CONTROL_WRITING);
    if (status != K_OK || control->phase != APP_CONTROL_WRITING) {
        return status != K_OK ? status : K_ERESERVE;
    }
    enum tbf_result result = app_store_look(&control->store, &app);
    if (result != TBF_APP) {
        fail(control, K_EINVAL, loader_refusal_text(loader_refusal_of_header(result)));
        return K_EINVAL;
    }
    control->replaced = find_replaced(control);
    if (control->replaced != APP_LIST_NONE || !at_once) {
        control->phase = APP_CONTROL_PROVEN;
        go_on(control, APP_CONTROL_ANSWER);
    } else {
        await(control, APP_CONTROL_FINISHED,
              app_store_commit(&control->store, APP_LIST_NONE, store_done, control));
    }
    return K_OK;
}

int app_control_load(const struct app_control_user *user)
{
    struct app_control *control = control_get();
    int status = proceed(control, user, APP_CONTROL_PROVEN);
    if (status == K_OK) {
        go_on(control, APP_CONTROL_END_OLD);
    }
    return status;
}

int app_control_abort(const struct app_control_user *user)
{
    struct app_control *control = control_get();
    int status = proceed(control, user, APP_CONTROL_WRITING);
    if (status != K_OK || control->phase == APP_CONTROL_INSTALLED) {
        return status != K_OK ? status : K_ERESERVE;
    }
    await(control, APP_CONTROL_ABORTED, app_store_abort(&control->store, store_done, control));
    return K_OK;
}

int app_control_remove(const struct app_control_user *user, uint32_t flash_start)
{
    struct app_control *control = control_get();
    const struct app_list_area *area = &control->store.area;
    struct app_list_item item;
    int status = claim(control, user);
    if (status != K_OK) {
        return status;
    }
    if (is_open(control)) {
        return K_EBUSY; /* what a dead process has left is about to be cleared away */
    }
    uint32_t offset = flash_start - area->address;
    if (flash_start < area->address || offset >= app_list_limit(area) ||
        !app_list_reaches(area, offset)) {
        return K_EINVAL;
    }
    app_list_look(area, offset, &item);
    if (item.bytes == 0 || item.is_hole) {
        return K_EINVAL;
    }
    control->phase = APP_CONTROL_IDLE;
    control->new_app = offset;
    loader_forget(flash_start, flash_start + item.bytes);
    go_on(control, APP_CONTROL_REMOVE);
    return K_OK;
}

struct const_slice app_control_why(void)
{
    const char *why = kernel.apps.why != NULL ? kernel.apps.why : "";
    uint32_t length = 0;
    while (why[length] != '\0') {
        length++;
    }
    return (struct const_slice){(const uint8_t *)why, length};
}

bool app_view_next(uint32_t *place, struct app_view *view)
{
    const struct app_control *control = control_get();
    const struct app_list_area *area = &control->store.area;
    struct app_list_item item;
    if (kernel.config->app_flash == NULL || control->store.phase != APP_STORE_IDLE ||
        app_store_is_busy(&control->store)) {
        return false;
    }
    do {
        app_list_look(area, *place, &item);
        *place += item.bytes;
    } while (item.bytes != 0 && item.is_hole);
    *view = (struct app_view){
        .name = {area->memory + item.offset + item.app.name, item.app.name_length},
        .short_id = item.app.short_id,
        .version = item.app.program_version,
        .flash_start = address_of(item.offset),
        .flash_end = address_of(item.offset + item.bytes),
        .is_enabled = item.result == TBF_APP,
        .has_process = process_find_at(address_of(item.offset)) != NULL,
    };
    return item.bytes != 0;
}

/* --- Starting --- */

void app_control_init(struct app_control *control)
{
    *control = (struct app_control){
        .deferred = {.call = control_deferred, .self = control},
        .clear = {.call = clear_away, .self = control},
    };
    const struct hil_flash *flash = kernel.config->app_flash;
    if (flash != NULL) {
        const uint8_t *memory = kernel.config->bounds.app_flash_start;
        app_store_init(&control->store, flash, memory, (uint32_t)(uintptr_t)memory);
    }
}

static void recovered(void *self, int status)
{
    const struct app_control *control = self;
    if (status != K_OK || control->store.phase == APP_STORE_FAILED) {
        report_text("The flash of the apps does not work: nothing can be installed\r\n");
    }
}

void kernel_recover_apps(void)
{
    struct app_control *control = control_get();
    app_control_init(control);
    if (kernel.config->app_flash == NULL) {
        return;
    }
    (void)app_store_recover(&control->store, recovered, control);
    while (app_store_is_busy(&control->store)) {
        (void)deferred_run();
        (void)deferred_release_later();
    }
}
