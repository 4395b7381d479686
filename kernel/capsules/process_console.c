#include "kernel/capsules/process_console.h"

#include "kernel/capsule/driver.h"
#include "kernel/hil/list.h"

CAPSULE(process_console, .needs = {LINE_EDIT, PROCESS_CONTROL, TEXT, UART});

#define PROMPT    "sandglass$ "
#define NAME_SEEN 40u /* longer names are cut */

enum output {
    PRINTS_NOTHING,
    PRINTS_LIST,
    PRINTS_STATUS,
    PRINTS_HELP,
    PRINTS_KERNEL,
    PRINTS_PROCESS
};

enum effect { MUTES, UNMUTES, RESETS, PANICS };

/* What a command has to print is made piece by piece, each when the one before is sent. */
struct process_console_command {
    struct const_slice name;
    enum output output;
    enum abi_process_action action; /* of commands on a process that print nothing, else 0 */
    struct const_slice done;        /* what the action has made of the process */
    bool on_process;                /* wants a name */
    enum effect effect;             /* of what is none of these */
};

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
static void add_name(BORROWED struct text *text, BORROWED struct const_slice name)
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

static bool print_list(const struct process_console *console, BORROWED struct text *text)
{
    struct process_view view = {.index = 0};
    if (console->step == 0) {
        text_add_literal(text, " PID    ShortID    Name                "
                               "Quanta  Syscalls  Restarts  Grants  State\r\n");
    } else if (process_view_get(console->step - 1, &view)) {
        text_add_literal(text, " ");
        text_add_decimal(text, view.index, 1);
        text_pad_to(text, 8);
        add_short_id(text, view.short_id);
        text_pad_to(text, 19);
        add_name(text, view.name);
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
    }
    return console->step < process_slot_count();
}

static void add_count(BORROWED struct text *text, BORROWED struct const_slice what, uint32_t count)
{
    text_add(text, what);
    text_add_decimal(text, count, 1);
    add_line_end(text);
}

static bool print_status(BORROWED struct text *text)
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

static bool print_help(const struct process_console *console, BORROWED struct text *text)
{
    static const struct const_slice lines[] = {
        SLICE_OF_TEXT("list               all processes\r\n"),
        SLICE_OF_TEXT("status             how many there are\r\n"),
        SLICE_OF_TEXT("process NAME       one process and its memory\r\n"),
        SLICE_OF_TEXT("kernel             version and memory of the kernel\r\n"),
        SLICE_OF_TEXT("stop NAME          no longer schedule it\r\n"),
        SLICE_OF_TEXT("start NAME         schedule it again\r\n"),
        SLICE_OF_TEXT("fault NAME         treat it as if it had faulted\r\n"),
        SLICE_OF_TEXT("terminate NAME     end it\r\n"),
        SLICE_OF_TEXT("boot NAME          start an ended one from its beginning\r\n"),
        SLICE_OF_TEXT("console-stop       be silent until console-start\r\n"),
        SLICE_OF_TEXT("reset              restart the board\r\n"),
        SLICE_OF_TEXT("panic              stop everything with a report\r\n"),
        SLICE_OF_TEXT("help               this\r\n"),
    };
    uint32_t count = sizeof lines / sizeof lines[0];
    if (console->step < count) {
        text_add(text, lines[console->step]);
    }
    return console->step + 1 < count;
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
    add_name(text, view->name);
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

static bool print_process(const struct process_console *console, BORROWED struct text *text)
{
    struct process_view view = {.index = 0};
    if (!process_view_get(console->target, &view)) {
        return false;
    }
    switch (console->step) {
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
        add_app_memory(text, &view, console->step - 5);
        return true;
    default:
        add_range(text, SLICE_OF_TEXT("Flash"), view.flash_start, view.flash_end);
        return false;
    }
}

static bool print_kernel(const struct process_console *console, BORROWED struct text *text)
{
    struct kernel_view view = {.text_start = 0};
    kernel_view_get(&view);
    switch (console->step) {
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

/* --- What acts --- */

static void run(struct process_console *console, enum effect effect)
{
    switch (effect) {
    case MUTES:
        console->muted = true;
        break;
    case UNMUTES:
        console->muted = false;
        break;
    case RESETS:
        kernel_reset();
    case PANICS:
    default:
        kernel_panic(SLICE_OF_TEXT("asked for at the process console"));
    }
}

#define PRINTS(text, what)                                                                         \
    {                                                                                              \
        .name = SLICE_OF_TEXT(text), .output = (what)                                              \
    }
#define RUNS(text, what)                                                                           \
    {                                                                                              \
        .name = SLICE_OF_TEXT(text), .effect = (what)                                              \
    }
#define ACTS(text, what, past)                                                                     \
    {                                                                                              \
        .name = SLICE_OF_TEXT(text), .action = (what), .done = SLICE_OF_TEXT(past),                \
        .on_process = true                                                                         \
    }

static const struct process_console_command commands[] = {
    PRINTS("list", PRINTS_LIST),
    PRINTS("status", PRINTS_STATUS),
    PRINTS("help", PRINTS_HELP),
    PRINTS("kernel", PRINTS_KERNEL),
    {.name = SLICE_OF_TEXT("process"), .output = PRINTS_PROCESS, .on_process = true},
    ACTS("stop", ABI_PROCESS_STOP, " stopped\r\n"),
    ACTS("start", ABI_PROCESS_START, " started\r\n"),
    ACTS("fault", ABI_PROCESS_FAULT, " faulted\r\n"),
    ACTS("terminate", ABI_PROCESS_TERMINATE, " terminated\r\n"),
    ACTS("boot", ABI_PROCESS_BOOT, " booted\r\n"),
    RUNS("console-stop", MUTES),
    RUNS("console-start", UNMUTES),
    RUNS("reset", RESETS),
    RUNS("panic", PANICS),
};
#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

static const struct process_console_command *find_command(BORROWED struct const_slice name)
{
    for (uint32_t i = 0; i < COMMAND_COUNT; i++) {
        if (slice_is_equal(commands[i].name, name)) {
            return &ARRAY_AT(commands, i);
        }
    }
    return NULL;
}

/* --- A line --- */

/* The word that begins at *from, which moves behind it. */
static struct const_slice next_word(struct const_slice line, BORROWED uint32_t *from)
{
    uint32_t start = *from;
    while (slice_get(line, start) == ' ') {
        start++;
    }
    uint32_t end = start;
    while (end < line.length && slice_get(line, end) != ' ') {
        end++;
    }
    *from = end;
    return const_slice_part(line, start, end - start);
}

static void act(const struct process_console_command *command, struct process_id id,
                struct const_slice name, BORROWED struct text *text)
{
    int status = process_act(id, command->action);
    add_name(text, name);
    if (status == K_OK) {
        text_add(text, command->done);
    } else if (status == K_EALREADY) {
        text_add_literal(text, " is so already\r\n");
    } else {
        text_add_literal(text, ": refused, error ");
        text_add_decimal(text, (uint32_t)-status, 1);
        add_line_end(text);
    }
}

static void begin_on_process(struct process_console *console,
                             const struct process_console_command *command, struct const_slice name,
                             BORROWED struct text *text)
{
    struct process_id id = PROCESS_ID_NONE;
    if (name.length == 0) {
        text_add(text, command->name);
        text_add_literal(text, " wants the name of a process\r\n");
    } else if (!process_find_by_name(name, &id)) {
        text_add_literal(text, "no process of that name\r\n");
    } else if (command->output != PRINTS_NOTHING) {
        console->target = process_id_index(id);
        console->command = command;
    } else {
        act(command, id, name, text);
    }
}

static void run_line(struct process_console *console, struct const_slice line,
                     BORROWED struct text *text)
{
    uint32_t at = 0;
    struct const_slice word = next_word(line, &at);
    struct const_slice name = next_word(line, &at);
    const struct process_console_command *command = find_command(word);
    console->step = 0;
    if (word.length == 0) {
        return;
    }
    if (command == NULL) {
        text_add_literal(text, "no such command, try help\r\n");
    } else if (command->on_process) {
        begin_on_process(console, command, name, text);
    } else if (command->output != PRINTS_NOTHING) {
        console->command = command;
    } else {
        run(console, command->effect);
    }
}

static void enter_line(struct process_console *console, BORROWED struct text *text)
{
    struct const_slice line = line_edit_text(&console->line);
    if (!console->muted) {
        /* The cursor may stand anywhere in it. */
        line_edit_draw(&console->line, SLICE_OF_TEXT(PROMPT), text);
        add_line_end(text);
        run_line(console, line, text);
    } else if (slice_is_equal(line, SLICE_OF_TEXT("console-start"))) {
        run(console, UNMUTES);
    }
    line_edit_next(&console->line);
    console->prompt = !console->muted;
}

static void take_byte(struct process_console *console, BORROWED struct text *text)
{
    uint8_t byte = slice_get(slice_as_const(SLICE_OF(console->ahead)), console->ahead_first);
    console->ahead_first = (console->ahead_first + 1) % PROCESS_CONSOLE_AHEAD;
    console->ahead_count--;
    switch (line_edit_put(&console->line, byte)) {
    case LINE_EDIT_CHANGED:
        if (!console->muted) {
            line_edit_draw(&console->line, SLICE_OF_TEXT(PROMPT), text);
        }
        break;
    case LINE_EDIT_ENTERED:
        enter_line(console, text);
        break;
    case LINE_EDIT_NOTHING:
    default:
        break;
    }
}

/* --- In and out --- */

/* Adds piece `step` (0, 1, ...) of what the command has to print, which may be nothing. False after
 * the last one. */
static bool print_piece(const struct process_console *console, BORROWED struct text *text)
{
    switch (console->command->output) {
    case PRINTS_LIST:
        return print_list(console, text);
    case PRINTS_STATUS:
        return print_status(text);
    case PRINTS_HELP:
        return print_help(console, text);
    case PRINTS_KERNEL:
        return print_kernel(console, text);
    case PRINTS_PROCESS:
        return print_process(console, text);
    case PRINTS_NOTHING:
    default:
        return false;
    }
}

/* Goes on until there is something on the wire or nothing left to do. */
static void work(struct process_console *console)
{
    while (!console->sending) {
        struct text text = text_begin(SLICE_OF(console->text));
        if (console->command != NULL) {
            bool more = print_piece(console, &text);
            console->step++;
            console->command = more ? console->command : NULL;
        } else if (console->prompt) {
            console->prompt = false;
            text_add_literal(&text, PROMPT);
        } else if (console->ahead_count > 0) {
            take_byte(console, &text);
        } else {
            return;
        }
        if (text.length > 0) {
            (void)dma_buffer_copy_in(&console->out, 0, text_done(&text));
            console->sending =
                hil_uart_transmit(console->uart, &console->out, 0, text.length) == K_OK;
        }
    }
}

static void listen(struct process_console *console)
{
    (void)hil_uart_receive(console->uart, &console->in, 0, 1);
}

static void console_transmitted(void *self, int status)
{
    struct process_console *console = self;
    (void)status;
    console->sending = false;
    work(console);
}

static void console_received(void *self, uint32_t count, int status)
{
    struct process_console *console = self;
    uint8_t byte = dma_buffer_get(&console->in, 0);
    (void)status;
    if (count > 0 && console->ahead_count < PROCESS_CONSOLE_AHEAD) {
        uint32_t last = (console->ahead_first + console->ahead_count) % PROCESS_CONSOLE_AHEAD;
        (void)slice_put(SLICE_OF(console->ahead), last, byte);
        console->ahead_count++;
    }
    if (count > 0 && !console->greeted) {
        console->greeted = true;
        console->prompt = true;
    }
    listen(console);
    work(console);
}

void process_console_init(struct process_console *console, const struct hil_uart *uart)
{
    *console = (struct process_console){
        .uart = uart,
        .client = {console_transmitted, console_received, console, &this_capsule},
        .in = DMA_BUFFER_OF(console->in_bytes),
        .out = DMA_BUFFER_OF(console->out_bytes),
    };
    line_edit_init(&console->line);
    hil_uart_set_client(uart, &console->client);
    listen(console);
}
