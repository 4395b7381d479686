/* The machine that decides what becomes of an app, one piece at a time: it finds it, has its
 * credentials checked, and makes a process of it. Boot takes the pieces one after the other until
 * it has to wait for somebody; from then on they come from the main loop. */
#include "kernel/core/loader.h"

#include <stddef.h>

#include "kernel/abi/tbf.h"
#include "kernel/capsule/debug.h"
#include "kernel/capsule/process_control.h"
#include "kernel/core/kernel_internal.h"

static uint32_t flash_start_of_apps(void)
{
    return (uint32_t)(uintptr_t)kernel.config->bounds.app_flash_start;
}

static uint32_t flash_end_of_apps(void)
{
    return (uint32_t)(uintptr_t)kernel.config->bounds.app_flash_end;
}

enum app_refusal loader_refusal_of_header(enum tbf_result result)
{
    switch (result) {
    case TBF_APP:
        return APP_LOADED;
    case TBF_END:
        return APP_NOT_THERE;
    case TBF_BAD_TOTAL_SIZE:
        return APP_BAD_TOTAL_SIZE;
    case TBF_PADDING:
        return APP_PADDING;
    case TBF_DISABLED:
        return APP_DISABLED;
    case TBF_BAD_HEADER_SIZE:
        return APP_BAD_HEADER_SIZE;
    case TBF_BAD_CHECKSUM:
        return APP_BAD_CHECKSUM;
    case TBF_BAD_TLV:
        return APP_BAD_TLV;
    case TBF_NO_PROGRAM:
        return APP_NO_PROGRAM;
    case TBF_BAD_ENTRY:
        return APP_BAD_ENTRY;
    case TBF_NO_KERNEL_VERSION:
        return APP_NO_KERNEL_VERSION;
    case TBF_WRONG_KERNEL_VERSION:
        return APP_WRONG_KERNEL_VERSION;
    }
    return APP_NOT_THERE;
}

static enum app_refusal refusal_of_process(enum process_refusal refusal)
{
    switch (refusal) {
    case PROCESS_LOADED:
        return APP_LOADED;
    case PROCESS_NO_SLOT:
        return APP_NO_SLOT;
    case PROCESS_NO_RAM:
        return APP_NO_RAM;
    case PROCESS_FLASH_NOT_COVERED:
        return APP_FLASH_NOT_COVERED;
    case PROCESS_WRONG_FLASH_ADDRESS:
        return APP_WRONG_FLASH_ADDRESS;
    case PROCESS_WRONG_RAM_ADDRESS:
        return APP_WRONG_RAM_ADDRESS;
    }
    return APP_NO_SLOT;
}

static bool credentials_count(void)
{
    return kernel.config->credentials != NULL &&
           kernel.config->credential_policy != KERNEL_CREDENTIALS_IGNORED;
}

static void begin(uint32_t flash_start, const struct tbf_app *app, bool electing)
{
    struct loader *loader = &kernel.loader;
    loader->candidate = flash_start;
    loader->app = *app;
    loader->electing = electing;
    loader->footer = app->binary_end;
    loader->footers_seen = 0;
    loader->phase = LOADER_CHECK;
}

/* --- What was decided --- */

/* Of the others with the candidate's ShortId the next best; else the app behind. */
static void go_on_with_boot(enum app_refusal refusal)
{
    struct loader *loader = &kernel.loader;
    struct app_rank tried = {loader->app.program_version, loader->candidate};
    struct app_rank next;
    loader->phase = LOADER_FIND;
    if (refusal != APP_LOADED && loader->electing &&
        app_id_next(loader->app.short_id, &tried, &next)) {
        enum tbf_result result;
        struct tbf_app app;
        (void)app_walk(next.flash_start, &result, &app);
        begin(next.flash_start, &app, true);
    }
}

static void answer(enum app_refusal refusal, struct process_id id)
{
    struct loader *loader = &kernel.loader;
    struct loader_request *request = loader->first;
    loader->first = request->next;
    request->under_way = false;
    loader->phase = loader->first != NULL ? LOADER_FIND : LOADER_IDLE;
    request->done(request->self, refusal, id);
}

/* `app`: what its header says, NULL when that was not to be read. */
static void decide(enum app_refusal refusal, const struct tbf_app *app)
{
    struct loader *loader = &kernel.loader;
    const struct process *process = process_find_at(loader->candidate);
    if (refusal == APP_LOADED) {
        loader_report_loaded(process);
    } else if (refusal != APP_IS_LOADED) {
        loader_report_refusal(loader->candidate, app, refusal);
    }
    if (loader->booting) {
        go_on_with_boot(refusal);
    } else {
        answer(refusal, refusal == APP_LOADED ? process->id : PROCESS_ID_NONE);
    }
}

/* --- The phases --- */

/* An app with a ShortId. At the first of them, the best that can be loaded is looked for; the
 * others then have been tried already, or rank behind what is loaded. */
static void find_among_its_like(uint32_t flash_start, const struct tbf_app *app)
{
    struct loader *loader = &kernel.loader;
    struct app_rank rank = {app->program_version, flash_start};
    bool is_first = true;
    uint32_t address = flash_start_of_apps();
    enum tbf_result result;
    struct tbf_app other;
    for (; address < flash_start && app_walk(address, &result, &other);
         address += other.total_size) {
        is_first = is_first && !(result == TBF_APP && other.short_id == app->short_id);
    }
    if (is_first && !loader->elected) {
        loader->elected = true;
        (void)app_id_next(app->short_id, NULL, &rank);
        (void)app_walk(rank.flash_start, &result, &other);
        begin(rank.flash_start, &other, true);
        return;
    }
    const struct process *winner = app_id_process(app->short_id);
    if (winner != NULL) {
        struct app_rank won = {winner->app.program_version, winner->layout.flash_start};
        if (app_ranks_before(won, rank)) {
            loader_report_refusal(flash_start, app, APP_ID_IS_TAKEN);
        }
    }
    loader->elected = false;
    loader->boot_next = flash_start + app->total_size;
}

static void find_at_boot(void)
{
    struct loader *loader = &kernel.loader;
    uint32_t address = loader->boot_next;
    enum tbf_result result = TBF_END;
    struct tbf_app app;
    if (!app_walk(address, &result, &app)) {
        if (address < flash_end_of_apps() && result == TBF_BAD_TOTAL_SIZE) {
            loader_report_refusal(address, NULL, APP_BAD_TOTAL_SIZE);
        }
        loader->booting = false;
        loader->phase = loader->first != NULL ? LOADER_FIND : LOADER_IDLE;
        return;
    }
    if (result == TBF_APP && app.short_id != 0) {
        find_among_its_like(address, &app);
        return;
    }
    loader->boot_next = address + app.total_size;
    if (result == TBF_APP) {
        begin(address, &app, false);
    } else if (result != TBF_PADDING) {
        loader_report_refusal(address, result == TBF_DISABLED ? &app : NULL,
                              loader_refusal_of_header(result));
    }
}

static void find_requested(void)
{
    struct loader *loader = &kernel.loader;
    uint32_t address = loader->first->flash_start;
    enum tbf_result result = TBF_END;
    struct tbf_app app;
    (void)app_walk(address, &result, &app);
    loader->candidate = address;
    if (process_find_at(address) != NULL) {
        decide(APP_IS_LOADED, NULL);
    } else if (result == TBF_APP) {
        begin(address, &app, false);
    } else {
        decide(loader_refusal_of_header(result), result == TBF_DISABLED ? &app : NULL);
    }
}

static void no_credential_left(void)
{
    struct loader *loader = &kernel.loader;
    if (kernel.config->credential_policy != KERNEL_CREDENTIALS_REQUIRED) {
        loader->phase = LOADER_MAKE;
    } else {
        decide(loader->bad_footer ? APP_BAD_FOOTER : APP_NO_CREDENTIAL, &loader->app);
    }
}

/* Asks about the next credential that somebody knows. */
static void check_next(void)
{
    struct loader *loader = &kernel.loader;
    const uint8_t *image = process_memory(loader->candidate);
    if (loader->app.short_id != 0 && app_id_process(loader->app.short_id) != NULL) {
        decide(APP_ID_IS_TAKEN, &loader->app);
        return;
    }
    if (!credentials_count()) {
        loader->phase = LOADER_MAKE;
        return;
    }
    int status = K_ENOSUPPORT;
    while (status == K_ENOSUPPORT) {
        struct tbf_credential credential;
        enum tbf_footer footer = tbf_next_credential(image, &loader->app, &loader->footer,
                                                     &loader->footers_seen, &credential);
        loader->bad_footer = footer == TBF_FOOTER_BAD;
        if (footer != TBF_FOOTER_CREDENTIAL) {
            no_credential_left();
            return;
        }
        loader->question = (struct hil_credential_question){
            .format = credential.format,
            .credential = {image + credential.data, credential.data_bytes},
            .region = {image, loader->app.binary_end},
        };
        status = hil_credential_check(kernel.config->credentials, &loader->question);
    }
    if (status == K_OK) {
        loader->phase = LOADER_WAIT;
    } else {
        decide(APP_CREDENTIAL_UNKNOWN, &loader->app);
    }
}

static void make_process(void)
{
    struct loader *loader = &kernel.loader;
    /* While it was checked, others may have been loaded. */
    if (loader->app.short_id != 0 && app_id_process(loader->app.short_id) != NULL) {
        decide(APP_ID_IS_TAKEN, &loader->app);
        return;
    }
    decide(refusal_of_process(process_create(loader->candidate, &loader->app)), &loader->app);
}

/* One piece. False when there is nothing to do but wait. */
static bool take_step(void)
{
    struct loader *loader = &kernel.loader;
    switch (loader->phase) {
    case LOADER_FIND:
        if (loader->booting) {
            find_at_boot();
        } else {
            find_requested();
        }
        break;
    case LOADER_CHECK:
        check_next();
        break;
    case LOADER_MAKE:
        make_process();
        break;
    case LOADER_IDLE:
    case LOADER_WAIT:
        break;
    }
    return loader->phase != LOADER_IDLE && loader->phase != LOADER_WAIT;
}

static void loader_deferred(void *self)
{
    (void)self;
    if (take_step()) {
        deferred_call_request_later(&kernel.loader.next_piece);
    }
}

static void loader_checked(void *self, enum hil_credential_verdict verdict)
{
    struct loader *loader = self;
    if (loader->phase != LOADER_WAIT) {
        return;
    }
    deferred_call_request_later(&loader->next_piece);
    switch (verdict) {
    case HIL_CREDENTIAL_PASS:
        loader->phase = LOADER_CHECK;
        return;
    case HIL_CREDENTIAL_ACCEPT:
        loader->phase = LOADER_MAKE;
        return;
    case HIL_CREDENTIAL_REJECT:
        break;
    }
    decide(APP_BAD_CREDENTIAL, &loader->app);
}

void loader_note_dead(void)
{
    struct loader *loader = &kernel.loader;
    if (loader->phase == LOADER_WAIT && guard_is_dead(kernel.config->credentials->owner)) {
        deferred_call_request_later(&loader->next_piece);
        decide(APP_CREDENTIAL_UNKNOWN, &loader->app);
    }
}

int loader_load(struct loader_request *request)
{
    struct loader *loader = &kernel.loader;
    if (request->under_way) {
        return K_EBUSY;
    }
    if (request->flash_start < flash_start_of_apps() ||
        request->flash_start >= flash_end_of_apps() || request->flash_start % TBF_ALIGNMENT != 0) {
        return K_EINVAL;
    }
    request->under_way = true;
    request->next = NULL;
    if (loader->first == NULL) {
        loader->first = request;
    } else {
        loader->last->next = request;
    }
    loader->last = request;
    if (loader->phase == LOADER_IDLE) {
        loader->phase = LOADER_FIND;
        deferred_call_request_later(&loader->next_piece);
    }
    return K_OK;
}

void kernel_load_processes(void)
{
    static const struct hil_credential_client client = {loader_checked, &kernel.loader, NULL};
    debug_write(kernel_version_text());
    report_text(" on ");
    report_text(kernel.config->board_name);
    report_text("\r\n");
    kernel.loader = (struct loader){
        .phase = LOADER_FIND,
        .booting = true,
        .boot_next = flash_start_of_apps(),
        .next_piece = {.call = loader_deferred, .self = &kernel.loader},
    };
    if (credentials_count()) {
        hil_credential_set_client(kernel.config->credentials, &client);
    }
    while (take_step()) {
    }
}
