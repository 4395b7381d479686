#include "tools/capsule_check/text.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/capsule_check/memory.h"

enum {
    TEXT_BYTES_MAX = 8 * 1024 * 1024,
    SEEN_BYTES = 400,
};

/* The project's folders that a capsule can see, by their real paths. */
struct folder {
    const char *name;
    enum text_origin origin;
};

static const struct folder folders[] = {
    {"kernel/abi", TEXT_TRUSTED},
    {"kernel/capsule", TEXT_TRUSTED},
    {"kernel/hil", TEXT_TRUSTED},
    {"kernel/capsules", TEXT_CAPSULE},
};

enum {
    FOLDER_COUNT = sizeof folders / sizeof folders[0],
};

/* While the markers are followed. */
struct reader {
    struct text *text;
    struct findings *findings;
    char *folders[FOLDER_COUNT]; /* real paths; NULL: there is no such folder */
    struct text_file **stack;
    size_t depth;
    size_t room;
    bool in_prologue; /* before the first text: <built-in> and the like */
};

/* Between two lines of a .i: `# 12 "file" 1 3`. */
struct marker {
    unsigned line;
    char *name;
    bool enters;
    bool leaves;
    bool is_system;
};

/* --- Files --- */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static bool is_compiler_header(const char *path)
{
    static const char *const names[] = {"stdint.h",  "stdint-gcc.h", "stddef.h",
                                        "stdbool.h", "limits.h",     "syslimits.h"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(base_name(path), names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* The folder that the real path lies in; FOLDER_COUNT when in none. */
static size_t folder_of(const struct reader *reader, const char *path)
{
    for (size_t i = 0; i < FOLDER_COUNT; i++) {
        size_t length = reader->folders[i] != NULL ? strlen(reader->folders[i]) : 0;
        if (length > 0 && strncmp(path, reader->folders[i], length) == 0 && path[length] == '/') {
            return i;
        }
    }
    return FOLDER_COUNT;
}

static enum text_origin classify(const char *path, size_t folder, const struct marker *marker)
{
    if (marker->name[0] == '<') {
        return TEXT_COMPILER;
    }
    if (folder < FOLDER_COUNT) {
        return folders[folder].origin;
    }
    return marker->is_system && is_compiler_header(path) ? TEXT_COMPILER : TEXT_CAPSULE;
}

static char *shown_name(const struct reader *reader, const char *path, size_t folder,
                        const struct marker *marker)
{
    if (folder == FOLDER_COUNT) {
        return memory_text(marker->name, strlen(marker->name));
    }
    const char *rest = path + strlen(reader->folders[folder]);
    size_t room = strlen(folders[folder].name) + strlen(rest) + 1;
    char *name = memory_or_exit(malloc(room));
    (void)snprintf(name, room, "%s%s", folders[folder].name, rest);
    return name;
}

static size_t folder_length(const char *path)
{
    return (size_t)(base_name(path) - path);
}

/* How the file lies to the capsule's .c, which is the first. */
static void relate(const struct reader *reader, struct text_file *file)
{
    const struct text_file *capsule = reader->text->files[0];
    size_t length = folder_length(file->path);
    bool same_folder =
        length == folder_length(capsule->path) && strncmp(file->path, capsule->path, length) == 0;
    const char *capsules = reader->folders[FOLDER_COUNT - 1];
    file->is_beside = same_folder || (capsules != NULL && length == strlen(capsules) + 1 &&
                                      strncmp(file->path, capsules, length - 1) == 0);
    const char *name = base_name(file->path);
    const char *capsule_name = base_name(capsule->path);
    size_t stem = strcspn(capsule_name, ".");
    file->is_own = file == capsule || (same_folder && strncmp(name, capsule_name, stem) == 0 &&
                                       strcmp(name + stem, ".h") == 0);
}

/* The file of that name; a new one when it is mentioned first. */
static struct text_file *find_file(struct reader *reader, const struct marker *marker)
{
    struct text *text = reader->text;
    char real[PATH_MAX];
    const char *path = realpath(marker->name, real) != NULL ? real : marker->name;
    for (size_t i = 0; i < text->file_count; i++) {
        if (strcmp(text->files[i]->path, path) == 0) {
            return text->files[i];
        }
    }
    size_t folder = folder_of(reader, path);
    text->files =
        memory_grown(text->files, text->file_count, &text->file_room, sizeof *text->files);
    struct text_file *file = memory_or_exit(malloc(sizeof *file));
    *file = (struct text_file){
        .name = shown_name(reader, path, folder, marker),
        .path = memory_text(path, strlen(path)),
        .origin = classify(path, folder, marker),
    };
    text->files[text->file_count] = file;
    text->file_count++;
    relate(reader, file);
    return file;
}

/* --- Markers --- */

static size_t skip_blanks(const char *line, size_t length, size_t at)
{
    while (at < length && (line[at] == ' ' || line[at] == '\t')) {
        at++;
    }
    return at;
}

/* The name between quotes at `at`; *at behind it. NULL when there is none. */
static char *read_name(const char *line, size_t length, size_t *at)
{
    if (*at == length || line[*at] != '"') {
        return NULL;
    }
    char *name = memory_or_exit(malloc(length + 1));
    size_t used = 0;
    for (size_t i = *at + 1; i < length; i++) {
        if (line[i] == '"') {
            name[used] = '\0';
            *at = i + 1;
            return name;
        }
        if (line[i] == '\\' && i + 1 < length) {
            i++;
        }
        name[used] = line[i];
        used++;
    }
    free(name);
    return NULL;
}

static bool read_flags(const char *line, size_t length, size_t at, struct marker *marker)
{
    while ((at = skip_blanks(line, length, at)) < length) {
        switch (line[at]) {
        case '1':
            marker->enters = true;
            break;
        case '2':
            marker->leaves = true;
            break;
        case '3':
            marker->is_system = true;
            break;
        case '4':
            break;
        default:
            return false;
        }
        at++;
        if (at < length && line[at] != ' ' && line[at] != '\t') {
            return false;
        }
    }
    return !(marker->enters && marker->leaves);
}

/* A line that is a marker in exactly the form in which the compiler writes them. */
static bool read_marker(const char *line, size_t length, struct marker *marker)
{
    *marker = (struct marker){.name = NULL};
    if (length < 5 || line[0] != '#' || line[1] != ' ') {
        return false;
    }
    size_t at = 2;
    unsigned long number = 0;
    while (at < length && line[at] >= '0' && line[at] <= '9' && number < INT_MAX / 10) {
        number = number * 10 + (unsigned long)(line[at] - '0');
        at++;
    }
    if (at == 2) {
        return false;
    }
    marker->line = (unsigned)number;
    at = skip_blanks(line, length, at);
    marker->name = read_name(line, length, &at);
    if (marker->name != NULL && read_flags(line, length, at, marker)) {
        return true;
    }
    free(marker->name);
    marker->name = NULL;
    return false;
}

static void push_file(struct reader *reader, struct text_file *file)
{
    reader->stack =
        memory_grown(reader->stack, reader->depth, &reader->room, sizeof(struct text_file *));
    reader->stack[reader->depth] = file;
    reader->depth++;
}

static const struct text_file *current_file(const struct reader *reader)
{
    return reader->depth > 0 ? reader->stack[reader->depth - 1] : NULL;
}

/* Follows one marker. False when the compiler would not have written it here. */
static bool follow(struct reader *reader, const struct marker *marker)
{
    struct text_file *file = find_file(reader, marker);
    const struct text_file *current = current_file(reader);
    if (current == NULL) {
        file->is_main = true;
        file->origin = TEXT_CAPSULE;
        push_file(reader, file);
        return !marker->enters && !marker->leaves && marker->name[0] != '<';
    }
    if (marker->name[0] == '<') {
        return reader->in_prologue && !marker->enters && !marker->leaves;
    }
    if (marker->enters) {
        push_file(reader, file);
        return true;
    }
    if (marker->leaves) {
        if (reader->depth < 2 || reader->stack[reader->depth - 2] != file) {
            return false;
        }
        reader->depth--;
        return true;
    }
    return file == current;
}

/* --- Lines and tokens --- */

static void add_place(struct reader *reader, unsigned line)
{
    struct text *text = reader->text;
    text->places =
        memory_grown(text->places, text->place_count, &text->place_room, sizeof *text->places);
    const struct text_file *file = current_file(reader);
    /* Nothing passes as trusted behind a marker that is wrong. */
    if (text->wrong_marker != 0 && text->file_count > 0) {
        file = text->files[0];
    }
    text->places[text->place_count] = (struct text_place){file, line};
    text->place_count++;
}

static void add_tokens(struct text *text, size_t from, size_t end)
{
    unsigned physical_line = (unsigned)text->place_count - 1u;
    for (size_t at = from; at < end;) {
        struct lexer_token token = lexer_next(text->bytes, at, end);
        if (token.kind == LEXER_END) {
            return;
        }
        text->tokens =
            memory_grown(text->tokens, text->token_count, &text->token_room, sizeof *text->tokens);
        text->tokens[text->token_count] = (struct text_token){
            token.kind,     text->bytes + token.offset, token.length, token.offset, physical_line,
            TEXT_SHAPE_NONE};
        text->token_count++;
        at = token.offset + token.length;
    }
}

static bool is_pragma(const char *line, size_t length)
{
    size_t at = skip_blanks(line, length, 1);
    return length >= at + 6 && memcmp(line + at, "pragma", 6) == 0;
}

/* A line whose first token is #, in whichever spelling. */
static bool is_directive(const char *line, size_t length)
{
    size_t at = skip_blanks(line, length, 0);
    return at < length &&
           (line[at] == '#' || (at + 1 < length && line[at] == '%' && line[at + 1] == ':'));
}

/* A line that begins with # and is no marker of the compiler's. */
static void refuse_directive(struct reader *reader, const char *line, size_t length)
{
    unsigned here = (unsigned)reader->text->place_count - 1u;
    struct text_place place = text_place_of(reader->text, here);
    if (place.file != NULL && !text_is_a_capsules(place.file)) {
        return;
    }
    bool pragma = is_pragma(line, length);
    text_refuse(reader->text, reader->findings, pragma ? "pragma" : "line-marker", here,
                "a line that begins with '%.*s'", length < 40 ? (int)length : 40, line);
}

static void read_lines(struct reader *reader)
{
    struct text *text = reader->text;
    unsigned next_line = 1;
    add_place(reader, 0); /* lines count from 1 */
    for (size_t from = 0; from < text->length;) {
        const char *line = text->bytes + from;
        const char *newline = memchr(line, '\n', text->length - from);
        size_t length = newline != NULL ? (size_t)(newline - line) : text->length - from;
        struct marker marker;
        add_place(reader, next_line);
        if (read_marker(line, length, &marker)) {
            if (text->wrong_marker == 0 && follow(reader, &marker)) {
                next_line = marker.line;
                text->places[text->place_count - 1] =
                    (struct text_place){current_file(reader), next_line};
            } else if (text->wrong_marker == 0) {
                text->wrong_marker = (unsigned)text->place_count - 1u;
            }
            free(marker.name);
        } else {
            next_line++;
            if (is_directive(line, length)) {
                refuse_directive(reader, line, length);
            } else {
                size_t before = text->token_count;
                add_tokens(text, from, from + length);
                reader->in_prologue = reader->in_prologue && text->token_count == before;
            }
        }
        from += length + 1;
    }
}

/* --- The text as a whole --- */

static bool read_bytes(struct text *text, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        (void)fprintf(stderr, "capsule_check: %s cannot be read\n", path);
        return false;
    }
    text->bytes = memory_or_exit(malloc(TEXT_BYTES_MAX + 1));
    text->length = fread(text->bytes, 1, TEXT_BYTES_MAX, file);
    bool failed = ferror(file) != 0;
    bool whole = fgetc(file) == EOF;
    (void)fclose(file);
    if (failed || !whole) {
        (void)fprintf(stderr, "capsule_check: %s %s\n", path,
                      failed ? "cannot be read" : "has more than 8 MiB; no capsule has");
        return false;
    }
    text->bytes = memory_or_exit(realloc(text->bytes, text->length + 1));
    text->bytes[text->length] = '\0';
    return true;
}

bool text_read(struct text *text, const char *path, const char *root, struct findings *findings)
{
    *text = (struct text){.name = memory_text(path, strlen(path))};
    if (!read_bytes(text, path)) {
        text_free(text);
        return false;
    }
    struct reader reader = {.text = text, .findings = findings, .in_prologue = true};
    for (size_t i = 0; i < FOLDER_COUNT; i++) {
        char folder[PATH_MAX];
        (void)snprintf(folder, sizeof folder, "%s/%s", root, folders[i].name);
        reader.folders[i] = realpath(folder, NULL);
    }
    read_lines(&reader);
    for (size_t i = 0; i < FOLDER_COUNT; i++) {
        free(reader.folders[i]);
    }
    free(reader.stack);
    return true;
}

void text_free(struct text *text)
{
    for (size_t i = 0; i < text->file_count; i++) {
        free(text->files[i]->name);
        free(text->files[i]->path);
        free(text->files[i]);
    }
    free(text->files);
    free(text->places);
    free(text->tokens);
    free(text->bytes);
    free(text->name);
    *text = (struct text){.bytes = NULL};
}

bool text_is_a_capsules(const struct text_file *file)
{
    return file->origin == TEXT_CAPSULE && (file->is_main || file->is_beside);
}

struct text_place text_place_of(const struct text *text, unsigned physical_line)
{
    return physical_line < text->place_count ? text->places[physical_line]
                                             : (struct text_place){NULL, 0};
}

bool text_is_capsule(const struct text *text, unsigned physical_line)
{
    struct text_place place = text_place_of(text, physical_line);
    return place.file == NULL || place.file->origin == TEXT_CAPSULE;
}

bool text_token_is(const struct text_token *token, const char *spelling)
{
    return token != NULL && strlen(spelling) == token->length &&
           memcmp(token->bytes, spelling, token->length) == 0;
}

size_t text_token_at(const struct text *text, size_t offset)
{
    size_t low = 0;
    size_t high = text->token_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (text->tokens[middle].offset < offset) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

void text_refuse(const struct text *text, struct findings *findings, const char *rule,
                 unsigned physical_line, const char *format, ...)
{
    char seen[SEEN_BYTES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(seen, sizeof seen, format, arguments);
    va_end(arguments);
    struct text_place place = text_place_of(text, physical_line);
    if (place.file != NULL) {
        findings_add(findings, rule, place.file->name, place.line, "%s", seen);
    } else {
        findings_add(findings, rule, text->name, physical_line, "%s", seen);
    }
}
