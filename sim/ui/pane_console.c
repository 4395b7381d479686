/* The terminal: what the board's console has sent, and a keyboard for it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/ui/console_view.h"
#include "sim/ui/pane_console_internal.h"
#include "sim/ui/panes.h"

#define WHEEL_ROWS  3
#define PASTE_BYTES 16384U

static void take(void *state, const struct view_frame *frame)
{
    struct console_pane *pane = state;
    const struct view_console *console = &frame->console;
    if (console->lost > 0) {
        char notice[80];
        snprintf(notice, sizeof notice, "[%llu bytes were lost here: more than can be shown]",
                 (unsigned long long)console->lost);
        console_text_notice(&pane->text, notice);
    }
    console_text_feed(&pane->text, console->bytes, console->count);
}

static void send_bytes(struct console_pane *pane, const struct ui_context *context,
                       const char *bytes, size_t count)
{
    pane->view.scrolled = false;
    pane->view.selected = false;
    if (context->frame->console.device == NULL) {
        context->say(context->window, "This board has no console: nothing takes what is typed");
        return;
    }
    while (count > 0) {
        struct view_command command = {.kind = VIEW_COMMAND_TEXT};
        command.text_length = count < VIEW_COMMAND_TEXT_MAX ? count : VIEW_COMMAND_TEXT_MAX;
        memcpy(command.text, bytes, command.text_length);
        context->send(context->window, &command);
        bytes += command.text_length;
        count -= command.text_length;
    }
}

static void send_text(struct console_pane *pane, const struct ui_context *context, const char *text)
{
    send_bytes(pane, context, text, strlen(text));
}

/* As if it were typed: ends of lines become Enter. */
static void paste(struct console_pane *pane, const struct ui_context *context)
{
    const char *text = context->clipboard(context->window);
    size_t length = strlen(text);
    char *typed = malloc(length + 1);
    size_t count = 0;
    for (size_t i = 0; typed != NULL && i < length && count < PASTE_BYTES; i++) {
        if (text[i] == '\n' && i > 0 && text[i - 1] == '\r') {
            continue;
        }
        typed[count++] = text[i] == '\n' ? '\r' : text[i];
    }
    if (length > PASTE_BYTES) {
        context->say(context->window, "Only the first 16 kB were pasted");
    }
    if (count > 0) {
        send_bytes(pane, context, typed, count);
    }
    free(typed);
}

static void copy(struct console_pane *pane, const struct ui_context *context)
{
    size_t characters = 0;
    char *text = console_view_copy(&pane->view, &pane->text, &characters);
    if (text == NULL || characters == 0) {
        context->say(context->window,
                     "Nothing is selected: drag with the mouse, Shift+arrows, or Ctrl+A");
    } else {
        char line[60];
        snprintf(line, sizeof line, "Copied %zu characters", characters);
        context->set_clipboard(context->window, text);
        context->say(context->window, line);
    }
    free(text);
}

static void open_find(struct console_pane *pane)
{
    pane->find.open = true;
    pane->find.stale = true;
}

static void step_find(struct console_pane *pane, bool older)
{
    console_find_step(&pane->find, older);
    if (pane->find.count > 0) {
        console_view_show(&pane->view, &pane->text, pane->find.found[pane->find.current]);
    }
}

static bool find_key(struct console_pane *pane, const struct ui_event *event)
{
    bool shift = (event->modifiers & UI_SHIFT) != 0;
    switch (event->key) {
    case UI_KEY_ESCAPE:
        pane->find.open = false;
        return true;
    case UI_KEY_BACKSPACE:
        console_find_erase(&pane->find);
        pane->find_moved = true;
        return true;
    case UI_KEY_ENTER:
        step_find(pane, !shift);
        return true;
    case UI_KEY_UP_ARROW:
        step_find(pane, true);
        return true;
    case UI_KEY_DOWN_ARROW:
        step_find(pane, false);
        return true;
    default:
        return false;
    }
}

static bool selection_key(struct console_pane *pane, int key)
{
    switch (key) {
    case UI_KEY_LEFT:
        console_view_extend(&pane->view, &pane->text, -1, 0);
        return true;
    case UI_KEY_RIGHT:
        console_view_extend(&pane->view, &pane->text, 1, 0);
        return true;
    case UI_KEY_UP_ARROW:
        console_view_extend(&pane->view, &pane->text, 0, -1);
        return true;
    case UI_KEY_DOWN_ARROW:
        console_view_extend(&pane->view, &pane->text, 0, 1);
        return true;
    default:
        return false;
    }
}

static bool scroll_key(struct console_pane *pane, const struct ui_event *event)
{
    int page = (int)pane->view.rows > 1 ? (int)pane->view.rows - 1 : 1;
    bool ctrl = (event->modifiers & UI_CTRL) != 0;
    if (event->key == UI_KEY_PAGE_UP) {
        console_view_scroll(&pane->view, &pane->text, -page);
    } else if (event->key == UI_KEY_PAGE_DOWN) {
        console_view_scroll(&pane->view, &pane->text, page);
    } else if (event->key == UI_KEY_HOME && ctrl) {
        pane->view.scrolled = true;
        pane->view.top = (struct console_place){pane->text.first, 0};
    } else if (event->key == UI_KEY_END && ctrl) {
        pane->view.scrolled = false;
    } else {
        return false;
    }
    return true;
}

static bool ctrl_key(struct console_pane *pane, const struct ui_event *event,
                     const struct ui_context *context)
{
    if ((event->modifiers & UI_SHIFT) != 0) {
        switch (event->key) {
        case 'c':
            copy(pane, context);
            return true;
        case 'v':
            paste(pane, context);
            return true;
        case 'l':
            console_text_clear(&pane->text);
            pane->view.selected = false;
            return true;
        default:
            return false;
        }
    }
    if (event->key == 'f') {
        open_find(pane);
        return true;
    }
    if (event->key == 'a') {
        console_view_select_all(&pane->view, &pane->text);
        return true;
    }
    if (event->key >= 'a' && event->key <= 'z') {
        const char code = (char)(event->key - 'a' + 1);
        send_bytes(pane, context, &code, 1);
        return true;
    }
    return false;
}

/* What a serial terminal sends for keys that are no characters. */
static bool plain_key(struct console_pane *pane, const struct ui_event *event,
                      const struct ui_context *context)
{
    static const struct {
        int key;
        const char *sent;
    } keys[] = {
        {UI_KEY_ENTER, "\r"},        {UI_KEY_BACKSPACE, "\x7f"},    {UI_KEY_DELETE, "\x1b[3~"},
        {UI_KEY_UP_ARROW, "\x1b[A"}, {UI_KEY_DOWN_ARROW, "\x1b[B"}, {UI_KEY_RIGHT, "\x1b[C"},
        {UI_KEY_LEFT, "\x1b[D"},     {UI_KEY_HOME, "\x1b[H"},       {UI_KEY_END, "\x1b[F"},
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (keys[i].key == event->key) {
            send_text(pane, context, keys[i].sent);
            return true;
        }
    }
    if (event->key == UI_KEY_ESCAPE && pane->view.selected) {
        pane->view.selected = false;
        return true;
    }
    if (event->key == UI_KEY_ESCAPE) {
        send_text(pane, context, "\x1b");
        return true;
    }
    return event->key >= ' ' && event->key < 127; /* comes once more, as text */
}

static bool take_key(struct console_pane *pane, const struct ui_event *event,
                     const struct ui_context *context)
{
    if ((event->modifiers & UI_ALT) != 0) {
        return false;
    }
    if (pane->find.open && find_key(pane, event)) {
        return true;
    }
    if (scroll_key(pane, event)) {
        return true;
    }
    if ((event->modifiers & UI_CTRL) != 0) {
        return ctrl_key(pane, event, context);
    }
    if ((event->modifiers & UI_SHIFT) != 0 && selection_key(pane, event->key)) {
        return true;
    }
    if (pane->find.open) {
        return event->key < UI_KEY_F1;
    }
    return plain_key(pane, event, context);
}

static struct console_place place_of(const struct console_pane *pane, struct rect area,
                                     const struct ui_event *event)
{
    return console_view_at(&pane->view, &pane->text,
                           (int)floorf((event->y - area.y) / pane->cell_height),
                           (int)floorf((event->x - area.x) / pane->cell_width + 0.5F));
}

static void scroll_to(struct console_pane *pane, struct rect area, float y)
{
    float share = area.height > 0 ? (y - area.y) / area.height : 0;
    share = fminf(1, fmaxf(0, share));
    pane->view.scrolled = true;
    uint64_t lines = pane->text.end - pane->text.first;
    uint64_t line = (uint64_t)(share * (float)lines);
    pane->view.top =
        (struct console_place){pane->text.first + (line < lines ? line : lines - 1), 0};
}

static void press(struct console_pane *pane, struct rect area, const struct ui_event *event,
                  const struct ui_context *context)
{
    if (event->button == 2) {
        paste(pane, context);
    }
    if (event->button != 1) {
        return;
    }
    pane->scrolling = event->x >= area.x + area.width - CONSOLE_SCROLL_WIDTH;
    if (pane->scrolling) {
        scroll_to(pane, area, event->y);
        return;
    }
    struct console_place place = place_of(pane, area, event);
    if (event->clicks == 2) {
        console_view_select_word(&pane->view, &pane->text, place);
        return;
    }
    if ((event->modifiers & UI_SHIFT) == 0 || !pane->view.selected) {
        pane->view.anchor = place;
    }
    pane->view.head = place;
    pane->view.selected = true;
    pane->selecting = true;
}

static void drag(struct console_pane *pane, struct rect area, const struct ui_event *event)
{
    if (pane->scrolling) {
        scroll_to(pane, area, event->y);
        return;
    }
    if (event->y < area.y) {
        console_view_scroll(&pane->view, &pane->text, -1);
    } else if (event->y > area.y + area.height) {
        console_view_scroll(&pane->view, &pane->text, 1);
    }
    pane->view.head = place_of(pane, area, event);
}

static void let_go(struct console_pane *pane)
{
    bool nothing = console_place_compare(pane->view.anchor, pane->view.head) == 0;
    pane->view.selected = pane->view.selected && !nothing;
    pane->selecting = false;
    pane->scrolling = false;
}

static bool on_event(void *state, struct rect area, const struct ui_event *event,
                     const struct ui_context *context)
{
    struct console_pane *pane = state;
    bool drawn = pane->text.lines != NULL && pane->cell_width > 0;
    switch (event->kind) {
    case UI_MOUSE_DOWN:
        if (drawn) {
            press(pane, area, event, context);
        }
        return true;
    case UI_MOUSE_MOVE:
        if (drawn && (pane->selecting || pane->scrolling)) {
            drag(pane, area, event);
        }
        return true;
    case UI_MOUSE_UP:
    case UI_LET_GO:
        let_go(pane);
        return event->kind == UI_MOUSE_UP;
    case UI_WHEEL:
        console_view_scroll(&pane->view, &pane->text, (int)(-event->delta_y * WHEEL_ROWS));
        return true;
    case UI_KEY_DOWN:
        return context->focused && take_key(pane, event, context);
    case UI_KEY_UP:
        return false;
    case UI_TEXT:
        break;
    }
    if (!context->focused) {
        return false;
    }
    if (pane->find.open) {
        console_find_type(&pane->find, event->text);
        pane->find_moved = true;
    } else {
        send_text(pane, context, event->text);
    }
    return true;
}

static void on_close(void *state)
{
    struct console_pane *pane = state;
    console_text_close(&pane->text);
}

static const struct pane_key keys[] = {
    {"letters, Enter, arrows", "go to the board, as typed"},
    {"Ctrl+letter", "its control code; Ctrl+C interrupts"},
    {"Page up, Page down", "back, forth (also the wheel)"},
    {"Ctrl+Home, Ctrl+End", "first line kept, newest"},
    {"Ctrl+F", "find; Enter older, Shift+Enter newer"},
    {"Shift+arrows, Ctrl+A", "select (also by mouse)"},
    {"Ctrl+Shift+C", "copy what is selected"},
    {"Ctrl+Shift+V", "paste (also the middle button)"},
    {"Ctrl+Shift+L", "forget all lines"},
    {NULL, NULL},
};

const struct pane_class pane_console = {
    .name = "console",
    .title = "Terminal",
    .minimum_width = 240,
    .minimum_height = 80,
    .state_bytes = sizeof(struct console_pane),
    .take = take,
    .draw = console_pane_draw,
    .event = on_event,
    .close = on_close,
    .keys = keys,
};
