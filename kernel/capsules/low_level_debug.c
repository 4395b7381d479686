#include "kernel/capsules/low_level_debug.h"

#include "kernel/capsule/debug.h"
#include "kernel/capsules/text.h"

CAPSULE(low_level_debug, .needs = {DEBUG, TEXT});

#define LINE_BYTES 80u

static struct text begin_line(BORROWED struct slice room, struct process_id id)
{
    struct text text = text_begin(room);
    text_add_literal(&text, "LowLevelDebug: App ");
    text_add_hex(&text, process_id_index(id));
    return text;
}

static void alert(BORROWED struct text *text, uint32_t code)
{
    text_add_literal(text, " status code ");
    text_add_hex(text, code);
    if (code == ABI_ALERT_PANIC) {
        text_add_literal(text, " (panic)");
    } else if (code == ABI_ALERT_STARTUP) {
        text_add_literal(text, " (could not start up)");
    }
}

static command_return low_level_debug_command(void *self, struct process_id id, uint32_t command,
                                              uint32_t argument0, uint32_t argument1)
{
    uint8_t line[LINE_BYTES];
    struct text text = begin_line(SLICE_OF(line), id);
    (void)self;
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_LOW_LEVEL_DEBUG_ALERT:
        alert(&text, argument0);
        break;
    case ABI_LOW_LEVEL_DEBUG_PRINT1:
        text_add_literal(&text, " prints ");
        text_add_hex(&text, argument0);
        break;
    case ABI_LOW_LEVEL_DEBUG_PRINT2:
        text_add_literal(&text, " prints ");
        text_add_hex(&text, argument0);
        text_add_literal(&text, " ");
        text_add_hex(&text, argument1);
        break;
    default:
        return command_error(K_ENOSUPPORT);
    }
    text_add_literal(&text, "\r\n");
    /* In one go: a full ring loses the line, not the middle of it. */
    debug_write_for_app(text_done(&text));
    return command_success();
}

const struct driver_ops low_level_debug_driver_ops = {
    .number = ABI_DRIVER_LOW_LEVEL_DEBUG,
    .command = low_level_debug_command,
    .owner = &this_capsule,
};
