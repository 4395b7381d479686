#include "kernel/capsules/process_console.h"

#include "kernel/capsule/driver.h"
#include "kernel/capsules/process_report.h"
#include "kernel/hil/list.h"

CAPSULE(process_console, .needs = {LINE_EDIT, PROCESS_CONTROL, PROCESS_REPORT, TEXT, UART});

#define PROMPT "sandglass$ "

enum output {
    PRINTS_NOTHING,
    PRINTS_LIST,
    PRINTS_STATUS,
    PRINTS_HELP,
    PRINTS_KERNEL,
    PRINTS_PROCESS
};

enum effect { MUTES, UNMUTES, MAKES_WAY, RESETS, PANICS };

/* What a command has to print is made piece by piece, each when the one before is sent. */
struct process_console_command {
    struct const_slice name;
    enum output output;
    enum abi_process_action action; /* of commands on a process that print nothing, else 0 */
    struct const_slice done;        /* what the action has made of the process */
    bool ends_first;                /* before the action the process is ended, if it lives */
    bool on_process;                /* wants a name */
    enum effect effect;             /* of what is none of these */
};

static void add_line_end(BORROWED struct text *text)
{
    text_add_literal(text, "\r\n");
}

static bool print_help(const struct process_console *console, BORROWED struct text *text)
{
    static const struct const_slice lines[] = {
        SLICE_OF_TEXT("list               all processes, and apps that are not loaded\r\n"),
        SLICE_OF_TEXT("status             how many there are\r\n"),
        SLICE_OF_TEXT("process NAME       one process and its memory\r\n"),
        SLICE_OF_TEXT("kernel             version and memory of the kernel\r\n"),
        SLICE_OF_TEXT("stop NAME          no longer schedule it\r\n"),
        SLICE_OF_TEXT("start NAME         schedule it again\r\n"),
        SLICE_OF_TEXT("fault NAME         treat it as if it had faulted\r\n"),
        SLICE_OF_TEXT("terminate NAME     end it\r\n"),
        SLICE_OF_TEXT("boot NAME          start an ended one from its beginning\r\n"),
        SLICE_OF_TEXT("restart NAME       end it, if need be, and start it\r\n"),
        SLICE_OF_TEXT("console-stop       be silent until console-start\r\n"),
        SLICE_OF_TEXT("install            make way for `sandglass install`\r\n"),
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
    case MAKES_WAY:
        break; /* app_install listens, too: it takes the line */
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
    {.name = SLICE_OF_TEXT("restart"),
     .action = ABI_PROCESS_BOOT,
     .done = SLICE_OF_TEXT(" restarted\r\n"),
     .ends_first = true,
     .on_process = true},
    RUNS("console-stop", MUTES),
    RUNS("console-start", UNMUTES),
    RUNS("install", MAKES_WAY),
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
    if (command->ends_first) {
        (void)process_act(id, ABI_PROCESS_TERMINATE);
    }
    int status = process_act(id, command->action);
    process_report_name(text, name);
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

static void carry_out(struct process_console *console, BORROWED struct text *text)
{
    struct const_slice line = line_edit_text(&console->line);
    console->entered = false;
    if (!console->muted) {
        run_line(console, line, text);
    } else if (slice_is_equal(line, SLICE_OF_TEXT("console-start"))) {
        run(console, UNMUTES);
    }
    line_edit_next(&console->line);
    console->prompt = !console->muted;
}

/* The line is carried out when its end is sent: what the kernel says to it begins a line. */
static void enter_line(struct process_console *console, BORROWED struct text *text)
{
    if (!console->muted) {
        /* The cursor may stand anywhere in it. */
        line_edit_draw(&console->line, SLICE_OF_TEXT(PROMPT), text);
        add_line_end(text);
    }
    console->entered = true;
}

/* All that has come, up to the end of a line: one transmission shows it. */
static void take_bytes(struct process_console *console, BORROWED struct text *text)
{
    enum line_edit_event event = LINE_EDIT_NOTHING;
    bool changed = false;
    while (console->ahead_count > 0 && event != LINE_EDIT_ENTERED) {
        uint8_t byte = slice_get(slice_as_const(SLICE_OF(console->ahead)), console->ahead_first);
        console->ahead_first = (console->ahead_first + 1) % PROCESS_CONSOLE_AHEAD;
        console->ahead_count--;
        event = line_edit_put(&console->line, byte);
        changed = changed || event == LINE_EDIT_CHANGED;
    }
    if (event == LINE_EDIT_ENTERED) {
        enter_line(console, text);
    } else if (changed && !console->muted) {
        line_edit_draw(&console->line, SLICE_OF_TEXT(PROMPT), text);
    }
}

/* --- In and out --- */

/* Adds piece `step` (0, 1, ...) of what the command has to print, which may be nothing. False after
 * the last one. */
static bool print_piece(const struct process_console *console, BORROWED struct text *text)
{
    switch (console->command->output) {
    case PRINTS_LIST:
        return process_report_list(console->step, text);
    case PRINTS_STATUS:
        return process_report_status(text);
    case PRINTS_HELP:
        return print_help(console, text);
    case PRINTS_KERNEL:
        return process_report_kernel(console->step, text);
    case PRINTS_PROCESS:
        return process_report_process(console->target, console->step, text);
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
        } else if (console->entered) {
            carry_out(console, &text);
        } else if (console->prompt) {
            console->prompt = false;
            text_add_literal(&text, PROMPT);
        } else if (console->ahead_count > 0) {
            take_bytes(console, &text);
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
