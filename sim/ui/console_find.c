#include "sim/ui/console_find.h"

#include <string.h>

#include "sim/ui/utf8.h"

static uint32_t fold(uint32_t character)
{
    return character >= 'A' && character <= 'Z' ? character + 32 : character;
}

int console_place_compare(struct console_place first, struct console_place second)
{
    if (first.line != second.line) {
        return first.line < second.line ? -1 : 1;
    }
    return first.column < second.column ? -1 : first.column > second.column;
}

static bool matches(const struct console_find *find, const struct console_line *line,
                    uint32_t column)
{
    for (uint32_t i = 0; i < find->length; i++) {
        if (fold(line->cells[column + i].character) != find->words[i]) {
            return false;
        }
    }
    return true;
}

static void keep(struct console_find *find, struct console_place place)
{
    if (find->count == CONSOLE_FIND_MAX) {
        memmove(find->found, find->found + CONSOLE_FIND_MAX / 2,
                CONSOLE_FIND_MAX / 2 * sizeof find->found[0]);
        find->count = CONSOLE_FIND_MAX / 2;
    }
    find->found[find->count++] = place;
    find->total++;
}

void console_find_update(struct console_find *find, const struct console_text *text)
{
    if (!find->open || (!find->stale && find->changes == text->changes)) {
        return;
    }
    struct console_place now = {0};
    bool had = find->count > 0 && !find->stale;
    if (had) {
        now = find->found[find->current];
    }
    find->count = find->total = 0;
    for (uint64_t number = text->first; number < text->end && find->length > 0; number++) {
        const struct console_line *line = console_text_line(text, number);
        for (uint32_t column = 0; column + find->length <= line->count; column++) {
            if (matches(find, line, column)) {
                keep(find, (struct console_place){number, column});
                column += find->length - 1;
            }
        }
    }
    /* The same one if it is still there, else the newest. */
    find->current = find->count > 0 ? find->count - 1 : 0;
    for (size_t i = 0; had && i < find->count; i++) {
        if (console_place_compare(find->found[i], now) >= 0) {
            find->current = i;
            break;
        }
    }
    find->changes = text->changes;
    find->stale = false;
}

void console_find_type(struct console_find *find, const char *characters)
{
    while (*characters != 0 && find->length < CONSOLE_FIND_WORDS_MAX) {
        find->words[find->length++] = fold(utf8_next(&characters));
        find->stale = true;
    }
}

void console_find_erase(struct console_find *find)
{
    find->length -= find->length > 0 ? 1 : 0;
    find->stale = true;
}

void console_find_step(struct console_find *find, bool older)
{
    if (find->count > 0) {
        find->current = (find->current + (older ? find->count - 1 : 1)) % find->count;
    }
}

int console_find_at(const struct console_find *find, uint64_t line, uint32_t column)
{
    size_t low = 0;
    size_t high = find->open ? find->count : 0;
    const struct console_place here = {line, column};
    while (low < high) { /* the last that begins here or before */
        size_t middle = (low + high) / 2;
        if (console_place_compare(find->found[middle], here) <= 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0 || find->found[low - 1].line != line ||
        column >= find->found[low - 1].column + find->length) {
        return 0;
    }
    return low - 1 == find->current ? 2 : 1;
}
