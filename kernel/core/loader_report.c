/* What becomes of the apps in flash, for people: nothing costs users more time than an app that is
 * silently not there. */
#include <stddef.h>

#include "kernel/capsule/process_control.h"
#include "kernel/core/kernel_internal.h"

#define IS_TEXT_OF(refusal) (TEXT_##refusal - TEXT_APP_LOADED == (int)(refusal))
_Static_assert(IS_TEXT_OF(APP_NOT_THERE) && IS_TEXT_OF(APP_PADDING) &&
                   IS_TEXT_OF(APP_BAD_TOTAL_SIZE) && IS_TEXT_OF(APP_DISABLED) &&
                   IS_TEXT_OF(APP_BAD_HEADER_SIZE) && IS_TEXT_OF(APP_BAD_CHECKSUM) &&
                   IS_TEXT_OF(APP_BAD_TLV) && IS_TEXT_OF(APP_NO_PROGRAM) &&
                   IS_TEXT_OF(APP_BAD_ENTRY) && IS_TEXT_OF(APP_NO_KERNEL_VERSION) &&
                   IS_TEXT_OF(APP_WRONG_KERNEL_VERSION) && IS_TEXT_OF(APP_BAD_CREDENTIAL) &&
                   IS_TEXT_OF(APP_CREDENTIAL_UNKNOWN) && IS_TEXT_OF(APP_NO_RAM) &&
                   IS_TEXT_OF(APP_WRONG_RAM_ADDRESS),
               "the texts are in the order of the refusals");

static struct const_slice name_of(uint32_t flash_start, const struct tbf_app *app)
{
    const uint8_t *image = process_memory(flash_start);
    return (struct const_slice){image + app->name, app->name_length};
}

/* The rows are in the order in which they were made; of too many the oldest goes. */
static void keep(uint32_t flash_start, enum app_refusal refusal)
{
    struct loader *loader = &kernel.loader;
    if (loader->refused_count == LOADER_REFUSED_KEPT) {
        loader_forget(loader->refused[0].flash_start, loader->refused[0].flash_start + 1u);
    }
    loader->refused[loader->refused_count] = (struct loader_refused){flash_start, refusal};
    loader->refused_count++;
}

void loader_forget(uint32_t start, uint32_t end)
{
    struct loader *loader = &kernel.loader;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < loader->refused_count; i++) {
        struct loader_refused row = loader->refused[i];
        if (row.flash_start < start || row.flash_start >= end) {
            loader->refused[kept] = row;
            kept++;
        }
    }
    loader->refused_count = kept;
}

void loader_report_refusal(uint32_t flash_start, const struct tbf_app *app,
                           enum app_refusal refusal)
{
    loader_forget(flash_start, flash_start + 1u);
    keep(flash_start, refusal);
    report(name_of(flash_start, app), TEXT_REFUSED, &flash_start);
    report_say(loader_refusal_text(refusal));
    if (refusal == APP_NO_RAM) {
        report_values(TEXT_REFUSED_RAM, &app->minimum_ram);
    }
    report_say(TEXT_LINE_END);
}

void loader_report_loaded(const struct process *process)
{
    loader_forget(process->layout.flash_start, process->layout.flash_start + 1u);
    struct process_view view;
    if (kernel.config->report_loading && process_view_get(process->slot, &view)) {
        report_of_process(process, TEXT_LOADED, &view.index);
    }
}

bool refused_app_get(uint32_t index, struct refused_app_view *view)
{
    if (index >= kernel.loader.refused_count) {
        return false;
    }
    const struct loader_refused *row = &kernel.loader.refused[index];
    *view = (struct refused_app_view){
        .flash_start = row->flash_start,
        .reason = loader_refusal_text(row->refusal),
    };
    struct tbf_app app;
    (void)app_look(row->flash_start, &app);
    if (app.name_length != 0) {
        view->name = name_of(row->flash_start, &app);
    }
    return true;
}
