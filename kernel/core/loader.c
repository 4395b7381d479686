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

/* With loader->app, which lies at loader->candidate. */
static void begin(struct loader *loader)
{
    loader->footers = (struct tbf_footers){loader->app.binary_end, 0};
    loader->phase = LOADER_CHECK;
}

/* --- What was decided --- */

static uint64_t rank_of_candidate(const struct loader *loader)
{
    return app_rank(loader->app.program_version, loader->candidate);
}

/* At boot, of the apps with the candidate's ShortId the best below `rank` is the candidate now. */
static ARCH_OUT_OF_LINE void elect(struct loader *loader, uint64_t rank)
{
    uint32_t next = app_id_next(loader->app.short_id, rank);
    if (next != 0) {
        loader->candidate = next;
        loader->electing = true;
        (void)app_look(next, &loader->app);
        begin(loader);
    }
}

static void rest(struct loader *loader)
{
    loader->phase = loader->first != NULL ? LOADER_FIND : LOADER_IDLE;
}

static void answer(struct loader *loader, enum app_refusal refusal, struct process_id id)
{
    struct loader_request *request = loader->first;
    loader->first = request->next;
    request->under_way = false;
    rest(loader);
    request->done(request->self, refusal, id);
}

void loader_decide(struct loader *loader, enum app_refusal refusal)
{
    const struct process *process = process_find_at(loader->candidate);
    if (refusal == APP_LOADED) {
        loader_report_loaded(process);
    } else if (refusal != APP_IS_LOADED) {
        loader_report_refusal(loader->candidate, &loader->app, refusal);
    }
    if (!loader->booting) {
        answer(loader, refusal, refusal == APP_LOADED ? process->id : PROCESS_ID_NONE);
        return;
    }
    loader->phase = LOADER_FIND;
    if (refusal != APP_LOADED && loader->electing) {
        elect(loader, rank_of_candidate(loader));
    }
}

/* --- The phases --- */

static bool is_first_of_its_like(const struct loader *loader)
{
    struct tbf_app other;
    for (uint32_t at = flash_start_of_apps(); at < loader->candidate; at += other.total_size) {
        if (app_look(at, &other) == TBF_APP && other.short_id == loader->app.short_id) {
            return false;
        }
    }
    return true;
}

/* An app with a ShortId. At the first of them, the best that can be loaded is looked for; the
 * others then have been tried already, or rank behind what is loaded. */
static void find_among_its_like(struct loader *loader)
{
    if (!loader->elected && is_first_of_its_like(loader)) {
        loader->elected = true;
        elect(loader, UINT64_MAX);
        return;
    }
    const struct process *winner = app_id_process(loader->app.short_id);
    if (winner != NULL && app_rank(winner->app.program_version, winner->layout.flash_start) >
                              rank_of_candidate(loader)) {
        loader_report_refusal(loader->candidate, &loader->app, APP_ID_IS_TAKEN);
    }
    loader->elected = false;
    loader->boot_next += loader->app.total_size;
}

static void find(struct loader *loader)
{
    uint32_t address = loader->booting ? loader->boot_next : loader->first->flash_start;
    enum tbf_result result = app_look(address, &loader->app);
    loader->candidate = address;
    loader->electing = false;
    if (!loader->booting) {
        if (process_find_at(address) != NULL) {
            loader_decide(loader, APP_IS_LOADED);
            return;
        }
    } else if (loader->app.total_size == 0) {
        if (result == TBF_BAD_TOTAL_SIZE) {
            loader_report_refusal(address, &loader->app, APP_BAD_TOTAL_SIZE);
        }
        loader->booting = false;
        rest(loader);
        return;
    } else if (result == TBF_APP && loader->app.short_id != 0) {
        find_among_its_like(loader);
        return;
    } else {
        loader->boot_next += loader->app.total_size;
        if (result == TBF_PADDING) {
            return;
        }
    }
    if (result == TBF_APP) {
        begin(loader);
    } else {
        loader_decide(loader, app_refusal_of_header(result));
    }
}

/* One piece. False when there is nothing to do but wait. */
static bool take_step(struct loader *loader)
{
    if (loader->phase == LOADER_FIND) {
        find(loader);
    } else if (loader->phase > LOADER_FIND) {
        /* While it was checked, others may have been loaded. */
        if (app_id_process(loader->app.short_id) != NULL) {
            loader_decide(loader, APP_ID_IS_TAKEN);
        } else if (loader->phase == LOADER_CHECK && kernel.config->credentials != NULL) {
            kernel.config->credentials->loader->check_next(loader);
        } else {
            loader_decide(loader, process_create(loader->candidate, &loader->app));
        }
    }
    return loader->phase > LOADER_WAIT;
}

static void loader_deferred(void *self)
{
    struct loader *loader = self;
    if (take_step(loader)) {
        deferred_call_request_later(&loader->next_piece);
    }
}

void loader_note_dead(void)
{
    const struct kernel_credentials *credentials = kernel.config->credentials;
    if (credentials != NULL) {
        credentials->loader->note_dead(&kernel.loader);
    }
}

int loader_load(struct loader_request *request)
{
    struct loader *loader = &kernel.loader;
    const struct kernel_bounds *bounds = &kernel.config->bounds;
    if (request->under_way) {
        return K_EBUSY;
    }
    if (request->flash_start < (uint32_t)(uintptr_t)bounds->app_flash_start ||
        request->flash_start >= (uint32_t)(uintptr_t)bounds->app_flash_end ||
        request->flash_start % TBF_ALIGNMENT != 0) {
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
    struct loader *loader = &kernel.loader;
    report(kernel.config->board_name, TEXT_START, NULL);
    loader->phase = LOADER_FIND;
    loader->booting = true;
    loader->boot_next = flash_start_of_apps();
    loader->next_piece = (struct deferred_call){.call = loader_deferred, .self = loader};
    if (kernel.config->credentials != NULL) {
        kernel.config->credentials->loader->start(loader);
    }
    while (take_step(loader)) {
    }
}
