#include "sim/view/view_names.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/loader/kernel_info.h"
#include "sim/machine/board_pins.h"
#include "sim/machine/machine_observer.h"
#include "sim/machine/machine_view.h"
#include "sim/view/view_timeline.h"

#define FIRST_IRQ 16U

/* The classes and return variants of Tock 2.x. */
enum {
    CLASS_YIELD,
    CLASS_SUBSCRIBE,
    CLASS_COMMAND,
    CLASS_ALLOW_READ_WRITE,
    CLASS_ALLOW_READ_ONLY,
    CLASS_MEMOP,
    CLASS_EXIT,
    CLASS_ALLOW_USER_READABLE,
};
enum { YIELD_NO_WAIT, YIELD_WAIT, YIELD_WAIT_FOR };

static void set_name(char name[VIEW_NAME_BYTES], const char *text)
{
    snprintf(name, VIEW_NAME_BYTES, "%s", text);
}

/* ---- where names come from ---- */

static void name_exceptions(struct view_names *names, const struct board *board)
{
    static const struct {
        uint32_t number;
        const char *name;
    } core[] = {{1, "Reset"},    {2, "NMI"},        {3, "HardFault"}, {4, "MemManage"},
                {5, "BusFault"}, {6, "UsageFault"}, {11, "SVCall"},   {12, "DebugMon"},
                {14, "PendSV"},  {15, "SysTick"}};
    for (size_t i = 0; i < sizeof core / sizeof core[0]; i++) {
        set_name(names->exception[core[i].number], core[i].name);
    }
    for (size_t i = 0; i < board->device_count; i++) {
        const struct board_device *device = &board->devices[i];
        if (device->irqn >= VIEW_NAMES_EXCEPTIONS - FIRST_IRQ) {
            continue;
        }
        char *name = names->exception[FIRST_IRQ + device->irqn];
        if (name[0] == '\0') {
            set_name(name, device->name);
        } else if (strlen(name) + strlen(device->name) + 2 <= VIEW_NAME_BYTES) {
            strcat(name, "/");
            strcat(name, device->name);
        }
    }
}

/* After the part that sits on the pin. */
static void name_pins(struct view_names *names, const struct board *board)
{
    for (uint32_t i = 0; i < board->pin_count && i < VIEW_NAMES_PINS; i++) {
        snprintf(names->pin[i], VIEW_NAME_BYTES, "P%" PRIu32 ".%02" PRIu32, i / 32, i % 32);
    }
    for (size_t i = 0; i < board->device_count; i++) {
        const struct board_device *device = &board->devices[i];
        struct board_pin pin;
        const char *why = NULL;
        if (device->base == 0 &&
            board_pins_gpio(board, device->node, "gpios", 0, &pin, &why) == BOARD_PIN_FOUND &&
            pin.number < VIEW_NAMES_PINS) {
            snprintf(names->pin[pin.number], VIEW_NAME_BYTES, "%.18s P%" PRIu32 ".%02" PRIu32,
                     device->name, pin.number / 32, pin.number % 32);
        }
    }
}

static void add_driver(struct view_names *names, const char *name, uint32_t number)
{
    if (names->driver_count < VIEW_NAMES_DRIVERS) {
        struct view_driver_name *driver = &names->drivers[names->driver_count++];
        driver->number = number;
        set_name(driver->name, name);
    }
}

/* `text`: "DRIVER.NAME" of a record command.DRIVER.NAME. */
static void add_command(struct view_names *names, const struct kernel_info *kernel,
                        const char *text, uint32_t number)
{
    char key[KERNEL_INFO_NAME_BYTES];
    const char *dot = strchr(text, '.');
    if (dot == NULL || names->command_count == VIEW_NAMES_COMMANDS) {
        return;
    }
    snprintf(key, sizeof key, "driver.%.*s", (int)(dot - text), text);
    const struct kernel_info_record *driver = kernel_info_find(kernel, key);
    if (driver != NULL) {
        struct view_command_name *command = &names->commands[names->command_count++];
        command->driver = driver->value;
        command->number = number;
        set_name(command->name, dot + 1);
    }
}

static void add_error(struct view_names *names, const char *name, uint32_t number)
{
    if (names->error_count < VIEW_NAMES_ERRORS) {
        struct view_error_name *error = &names->errors[names->error_count++];
        error->number = number;
        set_name(error->name, name);
    }
}

static const char *behind(const char *text, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

static void name_calls(struct view_names *names, const struct kernel_info *kernel)
{
    for (size_t i = 0; i < kernel->count; i++) {
        const struct kernel_info_record *record = &kernel->records[i];
        const char *driver = behind(record->name, "driver.");
        const char *command = behind(record->name, "command.");
        const char *error = behind(record->name, "error.");
        if (driver != NULL) {
            add_driver(names, driver, record->value);
        } else if (command != NULL) {
            add_command(names, kernel, command, record->value);
        } else if (error != NULL) {
            add_error(names, error, record->value);
        }
    }
}

void view_names_fill(struct view_names *names, const struct machine *machine,
                     const struct kernel_info *kernel)
{
    const struct process_watch *watch = machine_view_processes(machine);
    *names = (struct view_names){0};
    name_exceptions(names, machine_view_board(machine));
    name_pins(names, machine_view_board(machine));
    name_calls(names, kernel);
    for (size_t i = 0; i < watch->count && i < VIEW_NAMES_PROCESSES; i++) {
        set_name(names->process[i], watch->process[i].name);
    }
}

/* ---- words ---- */

static const char *name_driver(const struct view_names *names, uint32_t number, char *text,
                               size_t size)
{
    for (size_t i = 0; i < names->driver_count; i++) {
        if (names->drivers[i].number == number) {
            return names->drivers[i].name;
        }
    }
    snprintf(text, size, "driver 0x%" PRIx32, number);
    return text;
}

static const char *name_command(const struct view_names *names, uint32_t driver, uint32_t number,
                                char *text, size_t size)
{
    for (size_t i = 0; i < names->command_count; i++) {
        if (names->commands[i].driver == driver && names->commands[i].number == number) {
            return names->commands[i].name;
        }
    }
    if (number == 0) {
        return "exists";
    }
    snprintf(text, size, "%" PRIu32, number);
    return text;
}

static const char *name_yield(uint32_t which)
{
    switch (which) {
    case YIELD_NO_WAIT:
        return "yield-no-wait";
    case YIELD_WAIT:
        return "yield-wait";
    case YIELD_WAIT_FOR:
        return "yield-wait-for";
    default:
        return "yield";
    }
}

static const char *name_memop(uint32_t which)
{
    static const char *const names[] = {
        "brk",         "sbrk",          "ram-start",    "ram-end",    "flash-start", "flash-end",
        "grant-start", "flash-regions", "region-start", "region-end", "stack-top",   "heap-start"};
    return which < sizeof names / sizeof names[0] ? names[which] : "?";
}

static const char *name_allow(uint32_t call_class)
{
    switch (call_class) {
    case CLASS_ALLOW_READ_WRITE:
        return "allow-rw";
    case CLASS_ALLOW_READ_ONLY:
        return "allow-ro";
    default:
        return "allow-ur";
    }
}

const char *view_names_call_short(const struct view_names *names, const struct view_event *call,
                                  char *text, size_t size)
{
    char number[24];
    char command[24];
    const uint32_t *r = call->value;
    switch (call->number) {
    case CLASS_YIELD:
        snprintf(text, size, "%s", name_yield(r[0]));
        break;
    case CLASS_SUBSCRIBE:
        snprintf(text, size, "subscribe %s", name_driver(names, r[0], number, sizeof number));
        break;
    case CLASS_COMMAND:
        snprintf(text, size, "%s.%s", name_driver(names, r[0], number, sizeof number),
                 name_command(names, r[0], r[1], command, sizeof command));
        break;
    case CLASS_ALLOW_READ_WRITE:
    case CLASS_ALLOW_READ_ONLY:
    case CLASS_ALLOW_USER_READABLE:
        snprintf(text, size, "%s %s", name_allow(call->number),
                 name_driver(names, r[0], number, sizeof number));
        break;
    case CLASS_MEMOP:
        snprintf(text, size, "memop %s", name_memop(r[0]));
        break;
    case CLASS_EXIT:
        snprintf(text, size, "%s", r[0] == 0 ? "exit-terminate" : "exit-restart");
        break;
    default:
        snprintf(text, size, "class %" PRIu32, call->number);
        break;
    }
    return text;
}

static void add_arguments(const struct view_names *names, const struct view_event *call, char *text,
                          size_t size)
{
    char number[24];
    const uint32_t *r = call->value;
    switch (call->number) {
    case CLASS_YIELD:
        if (r[0] == YIELD_WAIT_FOR) {
            snprintf(text, size, " %s %" PRIu32, name_driver(names, r[1], number, sizeof number),
                     r[2]);
        }
        break;
    case CLASS_SUBSCRIBE:
        snprintf(text, size, " %" PRIu32 " (0x%08" PRIx32 ", 0x%" PRIx32 ")", r[1], r[2], r[3]);
        break;
    case CLASS_COMMAND:
        snprintf(text, size, "(%" PRIu32 ", %" PRIu32 ")", r[2], r[3]);
        break;
    case CLASS_ALLOW_READ_WRITE:
    case CLASS_ALLOW_READ_ONLY:
    case CLASS_ALLOW_USER_READABLE:
        snprintf(text, size, " %" PRIu32 " (0x%08" PRIx32 ", %" PRIu32 " bytes)", r[1], r[2], r[3]);
        break;
    case CLASS_MEMOP:
    case CLASS_EXIT:
        snprintf(text, size, " (0x%" PRIx32 ")", r[1]);
        break;
    default:
        snprintf(text, size, " (0x%" PRIx32 ", 0x%" PRIx32 ", 0x%" PRIx32 ", 0x%" PRIx32 ")", r[0],
                 r[1], r[2], r[3]);
        break;
    }
}

const char *view_names_call(const struct view_names *names, const struct view_event *call,
                            char *text, size_t size)
{
    view_names_call_short(names, call, text, size);
    size_t length = strlen(text);
    add_arguments(names, call, text + length, size - length);
    return text;
}

static const char *name_error(const struct view_names *names, uint32_t number, char *text,
                              size_t size)
{
    for (size_t i = 0; i < names->error_count; i++) {
        if (names->errors[i].number == number) {
            return names->errors[i].name;
        }
    }
    snprintf(text, size, "%" PRIu32, number);
    return text;
}

const char *view_names_return(const struct view_names *names, const uint32_t value[4], char *text,
                              size_t size)
{
    char number[24];
    static const uint8_t words[] = {0, 1, 2, 2, 3, 3}; /* of 128, 129, ... */
    if (value[0] < 3) {
        snprintf(text, size, "failure %s", name_error(names, value[1], number, sizeof number));
        return text;
    }
    if (value[0] < 128 || value[0] >= 128 + sizeof words) {
        snprintf(text, size, "r0 = 0x%" PRIx32, value[0]);
        return text;
    }
    switch (words[value[0] - 128]) {
    case 0:
        snprintf(text, size, "success");
        break;
    case 1:
        snprintf(text, size, "success (%" PRIu32 ")", value[1]);
        break;
    case 2:
        snprintf(text, size, "success (%" PRIu32 ", %" PRIu32 ")", value[1], value[2]);
        break;
    default:
        snprintf(text, size, "success (%" PRIu32 ", %" PRIu32 ", %" PRIu32 ")", value[1], value[2],
                 value[3]);
        break;
    }
    return text;
}

const char *view_names_lane(const struct view_names *names, uint8_t lane, uint16_t index,
                            char *text, size_t size)
{
    switch ((enum view_lane_kind)lane) {
    case VIEW_LANE_KERNEL:
        snprintf(text, size, "kernel");
        break;
    case VIEW_LANE_SLEEP:
        snprintf(text, size, "sleep");
        break;
    case VIEW_LANE_PROCESS:
        if (index < VIEW_NAMES_PROCESSES && names->process[index][0] != '\0') {
            snprintf(text, size, "%s", names->process[index]);
        } else {
            snprintf(text, size, "process %u", index);
        }
        break;
    case VIEW_LANE_EXCEPTION:
        if (index < VIEW_NAMES_EXCEPTIONS && names->exception[index][0] != '\0') {
            snprintf(text, size, "%s", names->exception[index]);
        } else {
            snprintf(text, size, "exception %u", index);
        }
        break;
    case VIEW_LANE_PIN:
        if (index < VIEW_NAMES_PINS && names->pin[index][0] != '\0') {
            snprintf(text, size, "%s", names->pin[index]);
        } else {
            snprintf(text, size, "pin %u", index);
        }
        break;
    case VIEW_LANE_KINDS:
        snprintf(text, size, "?");
        break;
    }
    return text;
}

const char *view_names_fault(const struct view_event *fault, char *text, size_t size)
{
    static const char *const accesses[] = {[MACHINE_ACCESS_READ] = "read of",
                                           [MACHINE_ACCESS_WRITE] = "write to",
                                           [MACHINE_ACCESS_FETCH] = "fetch from"};
    const uint32_t *value = fault->value;
    if (value[1] == 0 || value[2] >= sizeof accesses / sizeof accesses[0]) {
        snprintf(text, size, "fault at pc 0x%08" PRIx32, value[3]);
    } else {
        snprintf(text, size, "%s 0x%08" PRIx32 "%s", accesses[value[2]], value[0],
                 fault->number == 1 ? ", which the MPU refuses" : ", where nothing answers");
    }
    return text;
}

const char *view_names_reset(const struct view_event *reset, char *text, size_t size)
{
    static const struct {
        uint32_t bit;
        const char *name;
    } reasons[] = {{RESET_PIN, "reset pin"},
                   {RESET_DOG, "watchdog"},
                   {RESET_SREQ, "software request"},
                   {RESET_LOCKUP, "lockup"},
                   {RESET_OFF, "woken from System OFF"}};
    const char *found = reset->value[0] == RESET_POWER_ON ? "power-on" : "reset";
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if ((reset->value[0] & reasons[i].bit) != 0) {
            found = reasons[i].name;
        }
    }
    snprintf(text, size, "reset: %s", found);
    return text;
}
