#include "tools/capsule_check/raw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/capsule_check/lexer.h"
#include "tools/capsule_check/memory.h"

enum {
    FILE_BYTES_MAX = 4 * 1024 * 1024,
};

struct scanner {
    struct raw_file *raw;
    const char *bytes;
    size_t length;
    size_t at;
    unsigned line; /* of the file */
    char *text;    /* of the line that is put together */
    size_t used;
    size_t text_room;
    unsigned started; /* the line where it began */
};

static void doubt(struct scanner *scanner, const char *what)
{
    if (scanner->raw->doubtful_line == 0) {
        scanner->raw->doubtful_line = scanner->line;
        scanner->raw->doubt = what;
    }
}

/* --- Bytes, with split lines put together --- */

/* Steps over backslash-newline. */
static void join(struct scanner *scanner)
{
    while (scanner->at + 1 < scanner->length && scanner->bytes[scanner->at] == '\\' &&
           scanner->bytes[scanner->at + 1] == '\n') {
        scanner->at += 2;
        scanner->line++;
    }
}

/* The byte `ahead` (0 or 1) behind the next; '\0' at the end. */
static char peek(struct scanner *scanner, unsigned ahead)
{
    struct scanner look = *scanner;
    join(&look);
    for (; ahead > 0 && look.at < look.length; ahead--) {
        look.at++;
        join(&look);
    }
    return look.at < look.length ? look.bytes[look.at] : '\0';
}

static char take(struct scanner *scanner)
{
    join(scanner);
    if (scanner->at >= scanner->length) {
        return '\0';
    }
    char byte = scanner->bytes[scanner->at];
    scanner->at++;
    scanner->line += byte == '\n' ? 1u : 0u;
    return byte;
}

static bool is_at_end(struct scanner *scanner)
{
    join(scanner);
    return scanner->at >= scanner->length;
}

static void put(struct scanner *scanner, char byte)
{
    scanner->text = memory_grown(scanner->text, scanner->used, &scanner->text_room, 1);
    scanner->text[scanner->used] = byte;
    scanner->used++;
}

static void end_line(struct scanner *scanner)
{
    struct raw_file *raw = scanner->raw;
    raw->lines = memory_grown(raw->lines, raw->count, &raw->room, sizeof *raw->lines);
    raw->lines[raw->count] = (struct raw_line){
        .line = scanner->started,
        .text = memory_text(scanner->used > 0 ? scanner->text : "", scanner->used),
        .length = scanner->used,
    };
    raw->count++;
    scanner->used = 0;
    scanner->started = scanner->line;
}

/* --- Comments and quotes --- */

static void skip_line_comment(struct scanner *scanner)
{
    while (!is_at_end(scanner) && peek(scanner, 0) != '\n') {
        (void)take(scanner);
    }
}

static void skip_block_comment(struct scanner *scanner)
{
    (void)take(scanner);
    (void)take(scanner);
    while (!is_at_end(scanner)) {
        if (take(scanner) == '*' && peek(scanner, 0) == '/') {
            (void)take(scanner);
            put(scanner, ' ');
            return;
        }
    }
    doubt(scanner, "a comment without its end");
}

static void take_quoted(struct scanner *scanner)
{
    if (scanner->used > 0 && scanner->text[scanner->used - 1] == 'R') {
        doubt(scanner, "a quote that some take for a raw string's");
    }
    char quote = take(scanner);
    put(scanner, quote);
    while (!is_at_end(scanner) && peek(scanner, 0) != '\n') {
        char byte = take(scanner);
        put(scanner, byte);
        if (byte == quote) {
            return;
        }
        if (byte == '\\' && !is_at_end(scanner) && peek(scanner, 0) != '\n') {
            put(scanner, take(scanner));
        }
    }
    doubt(scanner, "a quote without its end");
}

/* --- The file --- */

static void look_for_doubts(struct scanner *scanner)
{
    for (size_t i = 0; i < scanner->length; i++) {
        unsigned char byte = (unsigned char)scanner->bytes[i];
        scanner->line += byte == '\n' ? 1u : 0u;
        if (byte == '\0' || byte == '\r' || byte == '\f' || byte == '\v' || byte == 0x1A) {
            doubt(scanner, "a control character");
        }
        if (byte == '?' && i + 2 < scanner->length && scanner->bytes[i + 1] == '?' &&
            strchr("=/'()!<>-", scanner->bytes[i + 2]) != NULL) {
            doubt(scanner, "a trigraph");
        }
        if (byte == '\\') {
            size_t blanks = strspn(scanner->bytes + i + 1, " \t\f\v\r");
            if (blanks > 0 && i + 1 + blanks < scanner->length &&
                scanner->bytes[i + 1 + blanks] == '\n') {
                doubt(scanner, "a backslash with blanks between it and the line's end");
            }
        }
    }
    if (scanner->length > 0 && scanner->bytes[scanner->length - 1] != '\n') {
        doubt(scanner, "a last line without its end");
    }
    scanner->line = 1;
}

static void scan(struct scanner *scanner)
{
    look_for_doubts(scanner);
    scanner->started = 1;
    while (!is_at_end(scanner)) {
        char byte = peek(scanner, 0);
        if (byte == '/' && peek(scanner, 1) == '/') {
            skip_line_comment(scanner);
        } else if (byte == '/' && peek(scanner, 1) == '*') {
            skip_block_comment(scanner);
        } else if (byte == '"' || byte == '\'') {
            take_quoted(scanner);
        } else if (byte == '\n') {
            (void)take(scanner);
            end_line(scanner);
        } else {
            /* At the file's start it would be a mark that a preprocessor steps over. */
            if ((unsigned char)byte >= 0x80) {
                doubt(scanner, "a byte outside ASCII");
            }
            put(scanner, take(scanner));
        }
    }
    end_line(scanner);
}

bool raw_read(struct raw_file *raw, const char *path)
{
    *raw = (struct raw_file){.count = 0};
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return false;
    }
    char *bytes = memory_or_exit(malloc(FILE_BYTES_MAX + 1));
    struct scanner scanner = {.raw = raw, .bytes = bytes, .line = 1};
    scanner.length = fread(bytes, 1, FILE_BYTES_MAX, file);
    bool good = ferror(file) == 0 && fgetc(file) == EOF;
    (void)fclose(file);
    bytes[scanner.length] = '\0';
    if (good) {
        scan(&scanner);
    }
    free(scanner.text);
    free(bytes);
    return good;
}

void raw_free(struct raw_file *raw)
{
    for (size_t i = 0; i < raw->count; i++) {
        free(raw->lines[i].text);
    }
    free(raw->lines);
    *raw = (struct raw_file){.count = 0};
}

bool raw_is_directive(const struct raw_line *line, size_t *at)
{
    struct lexer_token first = lexer_next(line->text, 0, line->length);
    if (first.kind != LEXER_PUNCTUATION) {
        return false;
    }
    const char *spelling = line->text + first.offset;
    bool is_hash = (first.length == 1 && spelling[0] == '#') ||
                   (first.length == 2 && memcmp(spelling, "##", 2) == 0) ||
                   (first.length >= 2 && memcmp(spelling, "%:", 2) == 0);
    *at = first.offset + first.length;
    return is_hash;
}

bool raw_has_word(const struct raw_file *raw, const char *word, size_t length)
{
    for (size_t i = 0; i < raw->count; i++) {
        const struct raw_line *line = &raw->lines[i];
        for (size_t at = 0; at < line->length;) {
            struct lexer_token token = lexer_next(line->text, at, line->length);
            if (token.kind == LEXER_WORD && token.length == length &&
                memcmp(line->text + token.offset, word, length) == 0) {
                return true;
            }
            at = token.offset + (token.length > 0 ? token.length : 1);
        }
    }
    return false;
}
