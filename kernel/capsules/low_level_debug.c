#include "kernel/capsules/low_level_debug.h"

#include "kernel/capsule/debug.h"
#include "kernel/capsule/text.h"

CAPSULE(low_level_debug, .needs = {DEBUG, TEXT});

#define LINE_BYTES 80u

static command_return low_level_debug_command(void *self, struct process_id id, uint32_t command,
                                              uint32_t argument0, uint32_t argument1)
{
    uint8_t line[LINE_BYTES];
    struct text text = text_begin(SLICE_OF(line));
    (void)self;
    if (command == ABI_COMMAND_EXISTS) {
        return command_success();
    }
    if (command > ABI_LOW_LEVEL_DEBUG_PRINT2) { /* the last one */
        return command_error(K_ENOSUPPORT);
    }
    text_say(&text, TEXT_LOW_LEVEL_DEBUG);
    text_add_hex(&text, process_id_index(id));
    text_say(&text,
             command == ABI_LOW_LEVEL_DEBUG_ALERT ? TEXT_LOW_LEVEL_ALERT : TEXT_LOW_LEVEL_PRINTS);
    text_add_hex(&text, argument0);
    if (command == ABI_LOW_LEVEL_DEBUG_PRINT2) {
        text_add_byte(&text, ' ');
        text_add_hex(&text, argument1);
    } else if (command == ABI_LOW_LEVEL_DEBUG_ALERT && argument0 == ABI_ALERT_PANIC) {
        text_say(&text, TEXT_LOW_LEVEL_PANIC);
    } else if (command == ABI_LOW_LEVEL_DEBUG_ALERT && argument0 == ABI_ALERT_STARTUP) {
        text_say(&text, TEXT_LOW_LEVEL_STARTUP);
    }
    text_say(&text, TEXT_LINE_END);
    /* In one go: a full ring loses the line, not the middle of it. */
    debug_write_for_app(text_done(&text));
    return command_success();
}

const struct driver_ops low_level_debug_driver_ops = {
    .number = ABI_DRIVER_LOW_LEVEL_DEBUG,
    .command = low_level_debug_command,
    .owner = &this_capsule,
};
