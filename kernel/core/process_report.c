/* Of capsule/process_control.h alone: its views hold the values of the texts. */
#include "kernel/capsule/process_report.h"

#include <stddef.h>

#include "kernel/capsule/process_control.h"
#include "kernel/core/text.h"

/* What the texts take by its index. */
#define IS_VALUE(view, field, place) (offsetof(struct view, field) == (place) * sizeof(uint32_t))
_Static_assert(IS_VALUE(process_view, index, 0) && IS_VALUE(process_view, slices_used_up, 2) &&
                   IS_VALUE(process_view, state, 7) && IS_VALUE(process_view, upcalls_pending, 9) &&
                   IS_VALUE(process_view, ram_start, 11) && IS_VALUE(process_view, ram_end, 16) &&
                   IS_VALUE(process_view, flash_end, 18),
               "kernel/capsule/texts.h");
_Static_assert(IS_VALUE(process_grant_view, bytes, 1) && IS_VALUE(process_grant_view, pieces, 2),
               "kernel/capsule/texts.h");
_Static_assert(IS_VALUE(kernel_view, app_flash_start, 6) &&
                   IS_VALUE(kernel_view, app_ram_free, 10) &&
                   IS_VALUE(kernel_view, stack_never_used, 11),
               "kernel/capsule/texts.h");

/* One that is no process, and why. False when there are not so many. */
static bool add_refused(uint32_t index, struct text *text)
{
    struct refused_app_view view;
    if (!refused_app_get(index, &view)) {
        return false;
    }
    text->name = view.name;
    text_say_values(text, TEXT_LIST_REFUSED, &view.flash_start);
    text_say(text, view.reason);
    text_say(text, TEXT_LINE_END);
    return true;
}

/* The processes, then the apps that are none. */
bool process_report_list(uint32_t step, struct text *text)
{
    struct process_view view;
    if (step == 0) {
        text_say(text, TEXT_LIST_HEAD);
    } else if (process_view_get(step - 1, &view)) {
        text->name = view.name;
        text_say_values(text, TEXT_LIST_PROCESS, &view.index);
    } else if (step > process_slot_count()) {
        return add_refused(step - 1 - process_slot_count(), text);
    }
    return true;
}

void process_report_status(struct text *text)
{
    struct process_view view;
    enum { TOTAL, ACTIVE, SLICES };
    uint32_t counts[] = {0, 0, 0};
    for (uint32_t i = 0; i < process_slot_count(); i++) {
        if (process_view_get(i, &view)) {
            counts[TOTAL]++;
            counts[ACTIVE] +=
                view.state != ABI_PROCESS_FAULTED && view.state != ABI_PROCESS_TERMINATED;
            counts[SLICES] += view.slices_used_up;
        }
    }
    text_say_values(text, TEXT_STATUS, counts);
}

/* What a grant takes of the process. False when there are no more grants. */
static bool add_grant(uint32_t index, uint32_t number, struct text *text)
{
    struct process_grant_view grant;
    if (!process_grant_get(index, number, &grant)) {
        return false;
    }
    if (grant.bytes > 0) {
        text->name = grant.name;
        text_say_values(text, grant.has_driver ? TEXT_GRANT_OF_DRIVER : TEXT_GRANT_OF_PIECES,
                        &grant.driver);
    }
    return true;
}

#define PROCESS_PIECES (TEXT_PROCESS_FLASH - TEXT_PROCESS_HEAD + 1u)

bool process_report_process(uint32_t index, uint32_t step, struct text *text)
{
    struct process_view view;
    if (!process_view_get(index, &view)) {
        return false;
    }
    if (step >= PROCESS_PIECES) {
        return add_grant(index, step - PROCESS_PIECES, text);
    }
    enum text_id id = (enum text_id)(TEXT_PROCESS_HEAD + step);
    /* Where stack and heap are is the app's word, taken only when it makes sense. */
    if (id == TEXT_PROCESS_MEMORY &&
        (view.ram_start > view.stack_top || view.stack_top > view.heap_start ||
         view.heap_start > view.app_break)) {
        view.heap_start = view.ram_start;
        id = TEXT_PROCESS_APP;
    }
    text->name = view.name;
    text_say_values(text, id, &view.index);
    return true;
}

bool process_report_kernel(uint32_t step, struct text *text)
{
    struct kernel_view view;
    enum text_id id = (enum text_id)(TEXT_KERNEL_HEAD + step);
    if (step > TEXT_KERNEL_APP_RAM - TEXT_KERNEL_HEAD) {
        return false; /* another text might take more values than there are */
    }
    kernel_view_get(&view);
    text_say_values(text, id, &view.text_start);
    return id < TEXT_KERNEL_APP_RAM;
}
