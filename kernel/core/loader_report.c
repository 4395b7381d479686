/* What becomes of the apps in flash, for people: nothing costs users more time than an app that is
 * silently not there. */
#include <stddef.h>

#include "kernel/capsule/debug.h"
#include "kernel/capsule/process_control.h"
#include "kernel/core/kernel_internal.h"

const char *loader_refusal_text(enum app_refusal refusal)
{
    switch (refusal) {
    case APP_LOADED:
        return "";
    case APP_NOT_THERE:
        return "no app is there";
    case APP_PADDING:
        return "it is padding";
    case APP_BAD_TOTAL_SIZE:
        return "its size is impossible, so what lies behind it is not found";
    case APP_DISABLED:
        return "it is disabled (flags bit 0)";
    case APP_BAD_HEADER_SIZE:
        return "its header size is impossible";
    case APP_BAD_CHECKSUM:
        return "its header's checksum is wrong";
    case APP_BAD_TLV:
        return "an element of its header does not fit";
    case APP_NO_PROGRAM:
        return "its header has neither Main nor Program";
    case APP_BAD_ENTRY:
        return "its entry point lies outside";
    case APP_NO_KERNEL_VERSION:
        return "its header names no kernel version";
    case APP_WRONG_KERNEL_VERSION:
        return "it wants another kernel version";
    case APP_BAD_CREDENTIAL:
        return "a hash or signature of it is wrong";
    case APP_BAD_FOOTER:
        return "its footers do not fit, and none before is accepted";
    case APP_NO_CREDENTIAL:
        return "it has no signature that this board accepts";
    case APP_CREDENTIAL_UNKNOWN:
        return "its credentials could not be checked";
    case APP_IS_LOADED:
        return "it is loaded already";
    case APP_ID_IS_TAKEN:
        return "an app of the same ShortId is loaded";
    case APP_NO_SLOT:
        return "all process slots are taken";
    case APP_NO_RAM:
        return "not enough RAM is left";
    case APP_FLASH_NOT_COVERED:
        return "the MPU cannot cover exactly its flash";
    case APP_WRONG_FLASH_ADDRESS:
        return "it is linked for another flash address";
    case APP_WRONG_RAM_ADDRESS:
        return "it is linked for RAM that is not free";
    }
    return "";
}

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
    report_text("App ");
    if (app->name_length != 0) {
        report_name(name_of(flash_start, app));
        report_text(" ");
    }
    report_text("at ");
    debug_hex32(flash_start);
    report_text(" not loaded: ");
    report_text(loader_refusal_text(refusal));
    if (refusal == APP_NO_RAM) {
        report_text(", it wants ");
        debug_decimal(app->minimum_ram);
        report_text(" bytes");
    }
    report_text("\r\n");
}

void loader_report_loaded(const struct process *process)
{
    loader_forget(process->layout.flash_start, process->layout.flash_start + 1u);
    if (!kernel.config->report_loading) {
        return;
    }
    report_text("App ");
    report_name(process_name(process));
    report_text(": slot ");
    debug_decimal(process->slot);
    report_text(", flash ");
    debug_hex32(process->layout.flash_start);
    report_text("-");
    debug_hex32(process->layout.flash_start + process->app.total_size);
    report_text(", RAM ");
    debug_hex32(process->layout.ram_start);
    report_text("-");
    debug_hex32(process->layout.ram_end);
    report_text("\r\n");
}

bool refused_app_get(uint32_t index, struct refused_app_view *view)
{
    if (index >= kernel.loader.refused_count) {
        return false;
    }
    const struct loader_refused *row = &kernel.loader.refused[index];
    const char *text = loader_refusal_text(row->refusal);
    uint32_t length = 0;
    while (text[length] != '\0') {
        length++;
    }
    *view = (struct refused_app_view){
        .flash_start = row->flash_start,
        .reason = {(const uint8_t *)text, length},
    };
    struct tbf_app app;
    (void)app_look(row->flash_start, &app);
    if (app.name_length != 0) {
        view->name = name_of(row->flash_start, &app);
    }
    return true;
}
