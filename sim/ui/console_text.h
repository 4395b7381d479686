/* sim/ui/console_text.h - what a serial line has sent, as lines of characters with colours: the
 * scroll-back of the terminal. Takes any bytes. Understood of escape sequences are colours and
 * attributes (SGR), moving within the line and erasing in it; all others are swallowed. */
#ifndef SIM_UI_CONSOLE_TEXT_H
#define SIM_UI_CONSOLE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONSOLE_LINES_MAX   10000U
#define CONSOLE_COLUMNS_MAX 1000U    /* a longer line goes on in the next */
#define CONSOLE_CELLS_MAX   2000000U /* of all lines: the oldest go */
#define CONSOLE_DEFAULT     0xffU    /* as ink and paper: the terminal's own */
#define CONSOLE_PARAMETERS  16U

enum console_style {
    CONSOLE_BOLD = 1,
    CONSOLE_UNDERLINE = 2,
    CONSOLE_INVERSE = 4,
    CONSOLE_DIM = 8,
    CONSOLE_NOTICE = 16, /* not sent: said by the simulator */
};

struct console_cell {
    uint32_t character;
    uint8_t ink, paper; /* 0 to 15, as ANSI numbers them, or CONSOLE_DEFAULT */
    uint8_t style;
};

struct console_line {
    struct console_cell *cells;
    uint32_t count, room;
};

/* Zeroed, it is empty. */
struct console_text {
    struct console_line *lines; /* a ring of CONSOLE_LINES_MAX; NULL: nothing came yet */
    uint64_t first, end;        /* numbers of the lines kept; the last one is being written */
    size_t cells;               /* of all lines */
    uint32_t column;            /* where the next character goes */
    uint64_t changes;           /* counts what came */
    bool returned;              /* a CR came: the next character begins the line anew */
    struct console_cell pen;    /* how characters are written now */
    enum { CONSOLE_PLAIN, CONSOLE_ESCAPE, CONSOLE_SEQUENCE, CONSOLE_STRING } state;
    bool string_escape;                      /* within a string: an ESC came */
    uint32_t parameters[CONSOLE_PARAMETERS]; /* of a sequence */
    uint32_t parameter_count;
    char partial[5]; /* bytes of a character that is not complete */
    uint32_t partial_count, partial_length;
};

void console_text_feed(struct console_text *text, const uint8_t *bytes, size_t count);
/* A line that was not sent, on a line of its own. */
void console_text_notice(struct console_text *text, const char *notice);
void console_text_clear(struct console_text *text);
/* Frees all; it is empty then. */
void console_text_close(struct console_text *text);
/* A line that is kept: first <= number < end. */
const struct console_line *console_text_line(const struct console_text *text, uint64_t number);

#endif
