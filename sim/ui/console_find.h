/* sim/ui/console_find.h - searching the terminal's text. Upper and lower case are the same. */
#ifndef SIM_UI_CONSOLE_FIND_H
#define SIM_UI_CONSOLE_FIND_H

#include "sim/ui/console_text.h"

#define CONSOLE_FIND_MAX       4096U
#define CONSOLE_FIND_WORDS_MAX 80U

struct console_place {
    uint64_t line;
    uint32_t column;
};

/* Zeroed, it looks for nothing. */
struct console_find {
    bool open;
    uint32_t words[CONSOLE_FIND_WORDS_MAX]; /* characters that are looked for */
    uint32_t length;
    struct console_place found[CONSOLE_FIND_MAX]; /* in order; the newest, if there are more */
    size_t count, total;
    size_t current;   /* index in `found` */
    uint64_t changes; /* of the text when it was searched */
    bool stale;       /* the words have changed */
};

/* Brings `found` up to date. */
void console_find_update(struct console_find *find, const struct console_text *text);
void console_find_type(struct console_find *find, const char *characters);
void console_find_erase(struct console_find *find); /* the last character */
void console_find_step(struct console_find *find, bool older);
/* Whether the cell belongs to what was found: 0 no, 1 yes, 2 to the current one. */
int console_find_at(const struct console_find *find, uint64_t line, uint32_t column);

int console_place_compare(struct console_place first, struct console_place second);

#endif
