/* Walks the apps in flash. An app that does not become a process is named, with the reason: nothing
 * costs users more time than an app that is silently not there. */
#include "kernel/capsule/debug.h"
#include "kernel/capsule/process_control.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/core/tbf.h"

static const char *refusal_text(enum process_refusal refusal)
{
    switch (refusal) {
    case PROCESS_LOADED:
        return "loaded";
    case PROCESS_NO_SLOT:
        return "all process slots are taken";
    case PROCESS_NO_RAM:
        return "not enough RAM is left";
    case PROCESS_FLASH_NOT_COVERED:
        return "the MPU cannot cover exactly its flash";
    case PROCESS_WRONG_FLASH_ADDRESS:
        return "it is linked for another flash address";
    case PROCESS_WRONG_RAM_ADDRESS:
        return "it is linked for RAM that is not free";
    }
    return "";
}

static void report_refusal(uint32_t address, struct const_slice name, const char *why)
{
    debug_text("App ");
    report_name(name);
    report_text(name.length != 0 ? " at " : "at ");
    debug_hex32(address);
    debug_text(" not loaded: ");
    report_text(why);
    debug_text("\r\n");
}

static void report_loaded(const struct process *process)
{
    debug_text("App ");
    report_name(process_name(process));
    debug_text(": slot ");
    debug_decimal(process->slot);
    debug_text(", flash ");
    debug_hex32(process->flash_start);
    debug_text("-");
    debug_hex32(process->flash_start + process->app.total_size);
    debug_text(", RAM ");
    debug_hex32(process->layout.ram_start);
    debug_text("-");
    debug_hex32(process->layout.ram_end);
    debug_text("\r\n");
}

static void load_app(uint32_t address, const struct tbf_app *app)
{
    enum process_refusal refusal = process_create(address, app);
    if (refusal != PROCESS_LOADED) {
        const uint8_t *image = process_memory(address);
        struct const_slice name = {image + app->name, app->name_length};
        report_refusal(address, name, refusal_text(refusal));
    }
}

void kernel_load_processes(void)
{
    debug_write(kernel_version_text());
    debug_text(" on ");
    report_text(kernel.config->board_name);
    debug_text("\r\n");
    uint32_t address = (uint32_t)(uintptr_t)kernel.config->bounds.app_flash_start;
    uint32_t end = (uint32_t)(uintptr_t)kernel.config->bounds.app_flash_end;
    while (address < end) {
        struct tbf_app app;
        enum tbf_result result = tbf_parse(process_memory(address), end - address, &app);
        if (result == TBF_END) {
            break;
        }
        if (result == TBF_APP) {
            load_app(address, &app);
        } else if (result != TBF_PADDING) {
            report_refusal(address, SLICE_OF_TEXT(""), tbf_result_text(result));
        }
        address += app.total_size;
    }
    for (uint32_t slot = 0; slot < KERNEL_PROCESS_SLOTS && kernel.config->report_loading; slot++) {
        if (kernel.process[slot] != NULL) {
            report_loaded(kernel.process[slot]);
        }
    }
}
