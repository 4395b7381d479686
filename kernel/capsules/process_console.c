#include "kernel/capsules/process_console.h"

#include "kernel/capsule/driver.h"
#include "kernel/capsule/process_report.h"

/* Not among the packed texts: it stands between a byte that is typed and the process that waits for
 * the byte, at the line's pace. */
#define PROMPT "sandglass$ "

CAPSULE(process_console, .needs = {LINE_EDIT, PROCESS_CONTROL, PROCESS_REPORT, TEXT, UART});

/* In the order of their lines of help, of which each is the first word. */
enum command {
    COMMAND_NONE,
    COMMAND_LIST,
    COMMAND_STATUS,
    COMMAND_PROCESS,
    COMMAND_KERNEL,
    COMMAND_STOP,
    COMMAND_START,
    COMMAND_FAULT,
    COMMAND_TERMINATE,
    COMMAND_BOOT,
    COMMAND_RESTART,
    COMMAND_CONSOLE_STOP,
    COMMAND_INSTALL,
    COMMAND_RESET,
    COMMAND_PANIC,
    COMMAND_HELP,
    COMMAND_CONSOLE_START, /* is named in the line of console-stop */
    COMMAND_END
};
#define HELP_OF(command) (TEXT_HELP + ((command)-COMMAND_LIST))
#define DONE_OF(command) (TEXT_DONE + ((command)-COMMAND_STOP))
_Static_assert(HELP_OF(COMMAND_CONSOLE_START) == TEXT_CONSOLE_START &&
                   DONE_OF(COMMAND_RESTART) == TEXT_DONE_RESTART,
               "each has a text");

static uint32_t find_command(BORROWED struct const_slice name)
{
    uint32_t command = COMMAND_LIST;
    while (!text_begins_with(HELP_OF(command), name)) {
        command++;
        if (command == COMMAND_END) {
            return COMMAND_NONE;
        }
    }
    return command;
}

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

/* --- What acts --- */

static void act(uint32_t command, struct process_id id, BORROWED struct text *text)
{
    /* Of COMMAND_STOP to COMMAND_RESTART. */
    static const uint8_t actions[] = {ABI_PROCESS_STOP,      ABI_PROCESS_START, ABI_PROCESS_FAULT,
                                      ABI_PROCESS_TERMINATE, ABI_PROCESS_BOOT,  ABI_PROCESS_BOOT};
    if (command == COMMAND_RESTART) {
        (void)process_act(id, ABI_PROCESS_TERMINATE); /* if need be */
    }
    int status = process_act(id, actions[command - COMMAND_STOP]);
    if (status == K_OK) {
        text_say(text, DONE_OF(command));
    } else if (status == K_EALREADY) {
        text_say(text, TEXT_DONE_ALREADY);
    } else {
        text_say(text, TEXT_DONE_REFUSED);
        text_add_decimal(text, (uint32_t)-status, 1);
        text_say(text, TEXT_LINE_END);
    }
}

static void run_on_process(struct process_console *console, uint32_t command,
                           BORROWED struct const_slice name, BORROWED struct text *text)
{
    struct process_id id = PROCESS_ID_NONE;
    if (!process_find_by_name(name, &id)) {
        text_say(text, TEXT_NO_PROCESS);
    } else if (command == COMMAND_PROCESS) {
        console->target = process_id_index(id);
        console->prints = command;
    } else {
        text_add_name(text, name);
        act(command, id, text);
    }
}

static void run_line(struct process_console *console, struct const_slice line,
                     BORROWED struct text *text)
{
    uint32_t at = 0;
    struct const_slice word = next_word(line, &at);
    struct const_slice name = next_word(line, &at);
    uint32_t command = find_command(word);
    if (word.length == 0 || (console->muted && command != COMMAND_CONSOLE_START)) {
        return;
    }
    console->step = 0;
    switch (command) {
    case COMMAND_NONE:
        text_say(text, TEXT_NO_COMMAND);
        break;
    case COMMAND_LIST:
    case COMMAND_STATUS:
    case COMMAND_KERNEL:
    case COMMAND_HELP:
        console->prints = command;
        break;
    case COMMAND_CONSOLE_STOP:
    case COMMAND_CONSOLE_START:
        console->muted = command == COMMAND_CONSOLE_STOP;
        break;
    case COMMAND_INSTALL:
        break; /* app_install listens, too: it takes the line */
    case COMMAND_RESET:
        kernel_reset();
    case COMMAND_PANIC:
        kernel_panic(TEXT_PANIC_ASKED_FOR);
    default:
        if (name.length > 0) {
            run_on_process(console, command, name, text);
        } else {
            text_add(text, word);
            text_say(text, TEXT_WANTS_NAME);
        }
        break;
    }
}

/* --- A line --- */

static void carry_out(struct process_console *console, BORROWED struct text *text)
{
    console->entered = false;
    run_line(console, line_edit_text(&console->line), text);
    line_edit_next(&console->line);
    console->prompt = !console->muted;
}

/* All that has come, up to the end of a line: one transmission shows it. The line is carried out
 * when its end is sent: what the kernel says to it begins a line. */
static void take_bytes(struct process_console *console, BORROWED struct text *text)
{
    while (console->ahead_count > 0 && !console->entered) {
        uint8_t byte = console->ahead[console->ahead_first];
        console->ahead_first = (console->ahead_first + 1u) % PROCESS_CONSOLE_AHEAD;
        console->ahead_count--;
        console->entered = line_edit_put(&console->line, byte);
    }
    if (console->muted) {
        return;
    }
    line_edit_draw(&console->line, SLICE_OF_TEXT(PROMPT), text);
    if (console->entered) {
        text_say(text, TEXT_LINE_END);
    }
}

/* --- In and out --- */

/* Adds piece `step` (0, 1, ...) of what the command has to print, which may be nothing. False after
 * the last one. */
static bool print_piece(const struct process_console *console, BORROWED struct text *text)
{
    switch (console->prints) {
    case COMMAND_LIST:
        return process_report_list(console->step, text);
    case COMMAND_KERNEL:
        return process_report_kernel(console->step, text);
    case COMMAND_PROCESS:
        return process_report_process(console->target, console->step, text);
    case COMMAND_HELP:
        text_say(text, TEXT_HELP + console->step);
        return console->step < TEXT_HELP_HELP - TEXT_HELP;
    default:
        process_report_status(text);
        return false;
    }
}

/* Goes on until there is something on the wire or nothing left to do. */
static void work(struct process_console *console)
{
    while (!console->sending) {
        uint8_t room[PROCESS_CONSOLE_OUT];
        struct text text = text_begin(SLICE_OF(room));
        if (console->prints != COMMAND_NONE) {
            bool more = print_piece(console, &text);
            console->step++;
            console->prints = more ? console->prints : COMMAND_NONE;
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
        console->ahead[(console->ahead_first + console->ahead_count) % PROCESS_CONSOLE_AHEAD] =
            byte;
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
