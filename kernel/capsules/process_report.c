#include "kernel/capsules/process_report.h"

#include "kernel/capsule/manifest.h"
#include "kernel/capsule/process_control.h"

CAPSULE(process_report, .needs = {PROCESS_CONTROL, TEXT});

#define NAME_SEEN 40u /* longer names are cut */

static const struct const_slice state_names[] = {
    [ABI_PROCESS_RUNNING] = SLICE_OF_TEXT("Running"),
    [ABI_PROCESS_YIELDED] = SLICE_OF_TEXT("Yielded"),
    [ABI_PROCESS_YIELDED_FOR] = SLICE_OF_TEXT("YieldedFor"),
    [ABI_PROCESS_STOPPED] = SLICE_OF_TEXT("Stopped"),
    [ABI_PROCESS_FAULTED] = SLICE_OF_TEXT("Faulted"),
    [ABI_PROCESS_TERMINATED] = SLICE_OF_TEXT("Terminated"),
};
#define STATE_COUNT (sizeof state_names / sizeof state_names[0])

static void add_state(BORROWED struct text *text, enum abi_process_state state)
{
    uint32_t index = (uint32_t)state;
    text_add(text, index < STATE_COUNT ? state_names[index] : SLICE_OF_TEXT("?"));
}

/* A name is what its image says: nothing in it may steer the terminal. */
void process_report_name(BORROWED struct text *text, BORROWED struct const_slice name)
{
    for (uint32_t i = 0; i < name.length && i < NAME_SEEN; i++) {
        uint8_t byte = slice_get(name, i);
        text_add_byte(text, byte >= ' ' && byte < 0x7F ? byte : '?');
    }
}

static void add_short_id(BORROWED struct text *text, uint32_t short_id)
{
    if (short_id == 0) {
        text_add_literal(text, "Unique");
    } else {
        text_add_hex(text, short_id);
    }
}

static void add_line_end(BORROWED struct text *text)
{
    text_add_literal(text, "\r\n");
}

/* --- list, status, help --- */

/* One that is no process, and why. False when there are not so many. */
static bool add_refused(uint32_t index, BORROWED struct text *text)
{
    struct refused_app_view view = {.flash_start = 0};
    if (!refused_app_get(index, &view)) {
        return false;
    }
    text_add_literal(text, " -      ");
    text_add_address(text, view.flash_start);
    text_add_literal(text, " ");
    process_report_name(text, view.name);
    if (view.name.length > 0) {
        text_add_literal(text, " ");
    }
    text_add_literal(text, "not loaded: ");
    text_add(text, view.reason);
    add_line_end(text);
    return true;
}

/* The processes, then the apps that are none. */
bool process_report_list(uint32_t step, BORROWED struct text *text)
{
    struct process_view view = {.index = 0};
    if (step == 0) {
        text_add_literal(text, " PID    ShortID    Name                "
                               "Quanta  Syscalls  Restarts  Grants  State\r\n");
    } else if (process_view_get(step - 1, &view)) {
        text_add_literal(text, " ");
        text_add_decimal(text, view.index, 1);
        text_pad_to(text, 8);
        add_short_id(text, view.short_id);
        text_pad_to(text, 19);
        process_report_name(text, view.name);
        text_pad_to(text, 39);
        text_add_decimal(text, view.slices_used_up, 6);
        text_add_decimal(text, view.system_calls, 10);
        text_add_decimal(text, view.restarts, 10);
        text_add_literal(text, "  ");
        text_add_decimal(text, view.grants_used, 2);
        text_add_literal(text, "/");
        text_add_decimal(text, view.grants_total, 2);
        text_add_literal(text, "   ");
        add_state(text, view.state);
        add_line_end(text);
    } else if (step > process_slot_count()) {
        return add_refused(step - 1 - process_slot_count(), text);
    }
    return true;
}

static void add_count(BORROWED struct text *text, BORROWED struct const_slice what, uint32_t count)
{
    text_add(text, what);
    text_add_decimal(text, count, 1);
    add_line_end(text);
}

bool process_report_status(BORROWED struct text *text)
{
    struct process_view view = {.index = 0};
    uint32_t total = 0;
    uint32_t active = 0;
    uint32_t slices = 0;
    for (uint32_t i = 0; i < process_slot_count(); i++) {
        if (process_view_get(i, &view)) {
            total++;
            slices += view.slices_used_up;
            active += view.state != ABI_PROCESS_FAULTED && view.state != ABI_PROCESS_TERMINATED;
        }
    }
    add_count(text, SLICE_OF_TEXT("Total processes: "), total);
    add_count(text, SLICE_OF_TEXT("Active processes: "), active);
    add_count(text, SLICE_OF_TEXT("Timeslice expirations: "), slices);
    return false;
}

/* --- process, kernel --- */

static void add_range(BORROWED struct text *text, BORROWED struct const_slice what, uint32_t start,
                      uint32_t end)
{
    text_add_literal(text, "  ");
    text_add(text, what);
    text_pad_to(text, 16);
    text_add_address(text, start);
    text_add_literal(text, "  ");
    text_add_address(text, end);
    text_add_decimal(text, end - start, 9);
    add_line_end(text);
}

static void add_range_header(BORROWED struct text *text)
{
    text_add_literal(text, "  Region        Start       End             Bytes\r\n");
}

static void add_process_head(BORROWED struct text *text, BORROWED const struct process_view *view)
{
    process_report_name(text, view->name);
    text_add_literal(text, ": PID ");
    text_add_decimal(text, view->index, 1);
    text_add_literal(text, ", short ID ");
    add_short_id(text, view->short_id);
    text_add_literal(text, ", ");
    add_state(text, view->state);
    text_add_literal(text, ", grants ");
    text_add_decimal(text, view->grants_used, 1);
    text_add_literal(text, "/");
    text_add_decimal(text, view->grants_total, 1);
    text_add_literal(text, ", completion code ");
    text_add_decimal(text, view->completion_code, 1);
    add_line_end(text);
}

static void add_process_counts(BORROWED struct text *text, BORROWED const struct process_view *view)
{
    text_add_literal(text, "  system calls ");
    text_add_decimal(text, view->system_calls, 1);
    text_add_literal(text, ", slices used up ");
    text_add_decimal(text, view->slices_used_up, 1);
    text_add_literal(text, ", restarts ");
    text_add_decimal(text, view->restarts, 1);
    text_add_literal(text, ", upcalls pending ");
    text_add_decimal(text, view->upcalls_pending, 1);
    text_add_literal(text, ", dropped ");
    text_add_decimal(text, view->upcalls_dropped, 1);
    add_line_end(text);
}

/* Where stack and heap are is the app's word, taken only when it makes sense. */
static void add_app_memory(BORROWED struct text *text, BORROWED const struct process_view *view,
                           uint32_t part)
{
    bool known = view->ram_start <= view->stack_top && view->stack_top <= view->heap_start &&
                 view->heap_start <= view->app_break;
    if (!known && part == 0) {
        add_range(text, SLICE_OF_TEXT("App"), view->ram_start, view->app_break);
    } else if (known && part == 0) {
        add_range(text, SLICE_OF_TEXT("Heap"), view->heap_start, view->app_break);
    } else if (known && part == 1) {
        add_range(text, SLICE_OF_TEXT("Data"), view->stack_top, view->heap_start);
    } else if (known) {
        add_range(text, SLICE_OF_TEXT("Stack"), view->ram_start, view->stack_top);
    }
}

static void add_grant(BORROWED struct text *text, BORROWED const struct process_grant_view *grant)
{
    text_add_literal(text, "  Grant of ");
    if (grant->has_driver) {
        text_add_hex(text, grant->driver);
        text_add_literal(text, " ");
        text_add(text, grant->name);
    } else {
        text_add_decimal(text, grant->pieces, 1);
        text_add_literal(text, " pieces");
    }
    text_pad_to(text, 36);
    text_add_decimal(text, grant->bytes, 13);
    add_line_end(text);
}

/* False when there are no more grants. */
static bool print_grant(uint32_t index, uint32_t number, BORROWED struct text *text)
{
    struct process_grant_view grant = {.bytes = 0};
    bool is_there = process_grant_get(index, number, &grant);
    if (is_there && grant.bytes > 0) {
        add_grant(text, &grant);
    }
    return is_there;
}

bool process_report_process(uint32_t index, uint32_t step, BORROWED struct text *text)
{
    struct process_view view = {.index = 0};
    if (!process_view_get(index, &view)) {
        return false;
    }
    switch (step) {
    case 0:
        add_process_head(text, &view);
        return true;
    case 1:
        add_process_counts(text, &view);
        return true;
    case 2:
        add_range_header(text);
        return true;
    case 3:
        add_range(text, SLICE_OF_TEXT("Grants"), view.grant_start, view.ram_end);
        return true;
    case 4:
        add_range(text, SLICE_OF_TEXT("Free"), view.app_break, view.grant_start);
        return true;
    case 5:
    case 6:
    case 7:
        add_app_memory(text, &view, step - 5);
        return true;
    case 8:
        add_range(text, SLICE_OF_TEXT("Flash"), view.flash_start, view.flash_end);
        return true;
    default:
        return print_grant(index, step - 9, text);
    }
}

bool process_report_kernel(uint32_t step, BORROWED struct text *text)
{
    struct kernel_view view = {.text_start = 0};
    kernel_view_get(&view);
    switch (step) {
    case 0:
        text_add_literal(text, "Kernel version: ");
        text_add(text, kernel_version_text());
        add_line_end(text);
        return true;
    case 1:
        add_range_header(text);
        return true;
    case 2:
        add_range(text, SLICE_OF_TEXT("Code"), view.text_start, view.text_end);
        return true;
    case 3:
        add_range(text, SLICE_OF_TEXT("App flash"), view.app_flash_start, view.app_flash_end);
        return true;
    case 4:
        add_range(text, SLICE_OF_TEXT("Stack"), view.stack_start, view.stack_end);
        return true;
    case 5:
        add_range(text, SLICE_OF_TEXT("Data"), view.data_start, view.data_end);
        return true;
    default:
        add_range(text, SLICE_OF_TEXT("App RAM"), view.app_ram_start, view.app_ram_end);
        add_count(text, SLICE_OF_TEXT("  of which free: "), view.app_ram_free);
        return false;
    }
}
