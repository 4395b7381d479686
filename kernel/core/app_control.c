#include "kernel/core/app_control.h"

#include <stddef.h>

#include "kernel/core/kernel_internal.h"
#include "kernel/core/memory.h"

static uint32_t address_of(const struct app_control *control, uint32_t offset)
{
    return control->store.area.address + offset;
}

static void go_on(struct app_control *control, enum app_control_step step)
{
    control->step = step;
    deferred_call_request(&control->deferred);
}

static void fail(struct app_control *control, int status, enum text_id why)
{
    control->status = status;
    control->why = why;
}

/* A job of app_store is over: `step` was set when it began. */
static void store_done(void *self, int status)
{
    struct app_control *control = self;
    if (status != K_OK) {
        fail(control, status, TEXT_FLASH_REFUSED);
    }
    deferred_call_request(&control->deferred);
}

static bool is_open(const struct app_control *control)
{
    return (control->phase & APP_CONTROL_OPEN) != 0;
}

/* What was begun is undone, and then comes `next`. */
static void undo(struct app_control *control, enum app_control_step next)
{
    control->step = next;
    app_store_abort(&control->store);
}

/* From the main loop, where nobody is in a grant and no command is being carried out. */
static bool end_process_at(const struct app_control *control, uint32_t offset)
{
    struct process *process = process_find_at(address_of(control, offset));
    return process != NULL && process_remove(process) == K_OK;
}

/* An enabled app that is the same one as the new: that has its ShortId or, when neither has one,
 * its name. Of several, one that runs. */
static uint32_t find_same(const struct app_control *control)
{
    const struct app_list_area *area = &control->store.area;
    uint32_t found = APP_LIST_NONE;
    struct tbf_app new, app;
    (void)app_list_look(area, control->new_app, &new);
    const uint8_t *name = area->memory + control->new_app + new.name;
    for (uint32_t at = 0;; at += app.total_size) {
        enum tbf_result result = app_list_look(area, at, &app);
        if (app.total_size == 0) {
            return found;
        }
        if (result != TBF_APP || at == control->new_app || app.short_id != new.short_id ||
            (new.short_id == 0 &&
             (new.name_length == 0 || app.name_length != new.name_length ||
              memcmp(area->memory + at + app.name, name, new.name_length) != 0))) {
            continue;
        }
        if (process_find_at(address_of(control, at)) != NULL) {
            return at;
        }
        found = found == APP_LIST_NONE ? at : found;
    }
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
    (void)id;
    control->refusal = refusal;
    deferred_call_request(&control->deferred);
}

static void load(struct app_control *control, uint32_t offset, enum app_control_step next)
{
    control->step = next;
    control->request.flash_start = address_of(control, offset);
    if (loader_load(&control->request) != K_OK) {
        loaded(control, APP_NOT_THERE, PROCESS_ID_NONE);
    }
}

/* --- The steps --- */

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
        undo(control, APP_CONTROL_CLEARED);
    }
}

void app_control_note_end(void)
{
    struct app_control *control = &kernel.apps;
    if (is_open(control)) {
        deferred_call_request(&control->clear);
    }
}

static void answer(struct app_control *control)
{
    const struct app_control_client *client = control->user->client;
    control->step = APP_CONTROL_NOTHING;
    GUARD_TELL(client, done, control->status);
    clear_away(control); /* whoever waited for that may have ended meanwhile */
}

static void after_begin(struct app_control *control)
{
    if (control->status == K_OK) {
        const struct app_list_place *place = &control->store.place;
        control->phase = APP_CONTROL_WRITING;
        control->new_app = app_store_new_app(&control->store);
        loader_forget(address_of(control, place->start), address_of(control, place->end));
    } else if (control->status == K_ENOMEM) {
        control->why = TEXT_NO_ROOM_IN_FLASH;
    }
    answer(control);
}

/* There may have been several: of other versions, say, which must not come back at the next start.
 */
static void retire_others(struct app_control *control)
{
    uint32_t other = find_same(control);
    if (control->status != K_OK || other == APP_LIST_NONE) {
        control->phase = APP_CONTROL_IDLE;
        answer(control);
        return;
    }
    (void)end_process_at(control, other);
    control->step = APP_CONTROL_RETIRE_OTHERS;
    app_store_retire(&control->store, other);
}

static void after_load(struct app_control *control)
{
    bool is_installed = control->phase == APP_CONTROL_INSTALLED;
    if (control->refusal != APP_LOADED) {
        fail(control, status_of(control->refusal), loader_refusal_text(control->refusal));
        if (is_installed) {
            answer(control);
        } else {
            undo(control, APP_CONTROL_UNDONE);
        }
    } else if (is_installed) {
        retire_others(control);
    } else {
        control->step = APP_CONTROL_COMMITTED;
        app_store_commit(&control->store, control->replaced);
    }
}

static void after_undoing(struct app_control *control)
{
    control->phase = APP_CONTROL_IDLE;
    if (control->was_running) {
        control->was_running = false;
        load(control, control->replaced, APP_CONTROL_ANSWER);
    } else {
        answer(control);
    }
}

static void control_deferred(void *self)
{
    struct app_control *control = self;
    switch (control->step) {
    case APP_CONTROL_NOTHING:
        break;
    case APP_CONTROL_BEGIN:
        fail(control, K_OK, TEXT_NOTHING);
        control->phase = APP_CONTROL_IDLE;
        control->step = APP_CONTROL_BEGUN;
        control->was_running = false;
        app_store_begin(&control->store, control->total_bytes, control->wanted);
        break;
    case APP_CONTROL_BEGUN:
        after_begin(control);
        break;
    case APP_CONTROL_FINISHED:
        control->phase = control->status == K_OK ? APP_CONTROL_INSTALLED : APP_CONTROL_IDLE;
        answer(control);
        break;
    case APP_CONTROL_END_OLD:
        control->was_running = control->phase == APP_CONTROL_PROVEN &&
                               control->replaced != APP_LIST_NONE &&
                               end_process_at(control, control->replaced);
        load(control, control->new_app, APP_CONTROL_LOADED);
        break;
    case APP_CONTROL_LOADED:
        after_load(control);
        break;
    case APP_CONTROL_COMMITTED: /* flash says what runs, or does not */
        if (control->status == K_OK) {
            control->phase = APP_CONTROL_INSTALLED;
            retire_others(control);
        } else {
            (void)end_process_at(control, control->new_app);
            after_undoing(control);
        }
        break;
    case APP_CONTROL_RETIRE_OTHERS:
        retire_others(control);
        break;
    case APP_CONTROL_ABORT:
        undo(control, APP_CONTROL_UNDONE);
        break;
    case APP_CONTROL_UNDONE:
        after_undoing(control);
        break;
    case APP_CONTROL_CLEARED:
        control->phase = APP_CONTROL_IDLE;
        control->step = APP_CONTROL_NOTHING;
        break;
    case APP_CONTROL_REMOVE:
        (void)end_process_at(control, control->new_app);
        control->step = APP_CONTROL_ANSWER;
        app_store_retire(&control->store, control->new_app);
        break;
    case APP_CONTROL_ANSWER:
        answer(control);
        break;
    }
}

/* --- What capsules ask for --- */

/* A job that needs no installation, of a user who has none. `step` is NOTHING then, or CLEARED. */
static int claim(struct app_control *control, const struct app_control_user *user)
{
    if (kernel.config->app_flash == NULL) {
        return K_ENODEVICE;
    }
    clear_away(control);
    if (kernel.loader.booting || (control->step != APP_CONTROL_CLEARED &&
                                  (control->step != APP_CONTROL_NOTHING || is_open(control)))) {
        return K_EBUSY;
    }
    control->user = user;
    fail(control, K_OK, TEXT_NOTHING);
    return K_OK;
}

/* The next job of the client's own installation, which is in one of `phases`. */
static int proceed(struct app_control *control, const struct app_control_user *user,
                   uint32_t phases)
{
    if ((control->phase & phases) == 0 || control->user != user) {
        return K_ERESERVE;
    }
    if (control->step != APP_CONTROL_NOTHING) {
        return K_EBUSY;
    }
    fail(control, K_OK, TEXT_NOTHING);
    return K_OK;
}

int app_control_begin(const struct app_control_user *user, struct process_id owner,
                      uint32_t total_bytes, uint32_t wanted)
{
    struct app_control *control = &kernel.apps;
    int status = claim(control, user);
    if (status == K_OK && control->step == APP_CONTROL_NOTHING) { /* else that comes first */
        status =
            app_list_find_place(&control->store.area, total_bytes, wanted, &control->store.place);
        if (status == K_OK) {
            deferred_call_request(&control->deferred);
        }
    }
    if (status == K_OK) {
        control->owner = owner;
        control->total_bytes = total_bytes;
        control->wanted = wanted;
        control->step = APP_CONTROL_BEGIN;
    }
    return status;
}

int app_control_write(const struct app_control_user *user, uint32_t offset,
                      struct const_slice bytes)
{
    struct app_control *control = &kernel.apps;
    int status = proceed(control, user, APP_CONTROL_WRITING);
    if (status == K_OK) {
        control->step = APP_CONTROL_ANSWER;
        status = app_store_put(&control->store, offset, bytes);
        if (status != K_OK) {
            control->step = APP_CONTROL_NOTHING;
        }
    }
    return status;
}

int app_control_finish(const struct app_control_user *user, bool at_once)
{
    struct app_control *control = &kernel.apps;
    struct tbf_app app;
    int status = proceed(control, user, APP_CONTROL_WRITING);
    if (status != K_OK) {
        return status;
    }
    enum tbf_result result = app_store_look(&control->store, &app);
    if (result != TBF_APP) {
        fail(control, K_EINVAL, loader_refusal_text(app_refusal_of_header(result)));
        return K_EINVAL;
    }
    control->replaced = find_same(control);
    if (control->replaced != APP_LIST_NONE || !at_once) {
        control->phase = APP_CONTROL_PROVEN;
        go_on(control, APP_CONTROL_ANSWER);
    } else {
        control->step = APP_CONTROL_FINISHED;
        app_store_commit(&control->store, APP_LIST_NONE);
    }
    return K_OK;
}

static int proceed_with(const struct app_control_user *user, uint32_t phases,
                        enum app_control_step step)
{
    struct app_control *control = &kernel.apps;
    int status = proceed(control, user, phases);
    if (status == K_OK) {
        go_on(control, step);
    }
    return status;
}

int app_control_load(const struct app_control_user *user)
{
    return proceed_with(user, APP_CONTROL_LOADABLE, APP_CONTROL_END_OLD);
}

int app_control_abort(const struct app_control_user *user)
{
    return proceed_with(user, APP_CONTROL_OPEN, APP_CONTROL_ABORT);
}

int app_control_remove(const struct app_control_user *user, uint32_t flash_start)
{
    struct app_control *control = &kernel.apps;
    int status = claim(control, user);
    if (status != K_OK) {
        return status;
    }
    if (control->step == APP_CONTROL_CLEARED) {
        return K_EBUSY;
    }
    uint32_t offset = flash_start - control->store.area.address;
    if (app_list_app_bytes(&control->store.area, offset) == 0) {
        return K_EINVAL;
    }
    control->phase = APP_CONTROL_IDLE;
    control->new_app = offset;
    loader_forget(flash_start, flash_start + 1u);
    go_on(control, APP_CONTROL_REMOVE);
    return K_OK;
}

enum text_id app_control_why(void)
{
    return kernel.apps.why;
}

bool app_view_next(uint32_t *place, struct app_view *view)
{
    const struct app_control *control = &kernel.apps;
    const struct app_list_area *area = &control->store.area;
    enum tbf_result result;
    struct tbf_app app;
    uint32_t offset;
    if (control->store.phase != APP_STORE_IDLE || app_store_is_busy(&control->store)) {
        return false;
    }
    do {
        offset = *place;
        result = app_list_look(area, offset, &app);
        *place += app.total_size;
    } while (tbf_is_hole(result));
    uint32_t flash_start = address_of(control, offset);
    view->name = (struct const_slice){area->memory + offset + app.name, app.name_length};
    view->short_id = app.short_id;
    view->version = app.program_version;
    view->flash_start = flash_start;
    view->flash_end = flash_start + app.total_size;
    view->is_enabled = result == TBF_APP;
    view->has_process = process_find_at(flash_start) != NULL;
    return app.total_size != 0;
}

/* --- Starting --- */

void kernel_recover_apps(void)
{
    struct app_control *control = &kernel.apps;
    const struct hil_flash *flash = kernel.config->app_flash;
    const uint8_t *memory = kernel.config->bounds.app_flash_start;
    control->request.done = loaded;
    control->request.self = control;
    control->deferred = (struct deferred_call){.call = control_deferred, .self = control};
    control->clear = (struct deferred_call){.call = clear_away, .self = control};
    if (flash == NULL) {
        return;
    }
    app_store_init(&control->store, flash, memory, (uint32_t)(uintptr_t)memory, store_done,
                   control);
    app_store_recover(&control->store);
    while (app_store_is_busy(&control->store)) {
        (void)deferred_run();
        (void)deferred_release_later();
    }
    if (control->store.phase == APP_STORE_FAILED) {
        report_say(TEXT_FLASH_BROKEN);
    }
}
