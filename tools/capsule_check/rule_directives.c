/* The capsule's files before the preprocessor: which directives they have, what they include, which
 * macros they make. Rules include, directive, macro, line-marker, pragma. */
#include <stdlib.h>
#include <string.h>

#include "tools/capsule_check/memory.h"
#include "tools/capsule_check/raw.h"
#include "tools/capsule_check/rule_groups.h"

enum {
    NAME_BYTES = 200,
};

struct directives {
    struct source *source;
    struct raw_file *files; /* of source->text.files, by index */
    bool *is_readable;
};

/* One directive of a capsule's file. */
struct directive {
    const struct text_file *file;
    const struct raw_line *line;
    struct lexer_token name;
    size_t behind; /* the name */
};

static void refuse(const struct directives *directives, const struct directive *directive,
                   const char *rule, const char *what)
{
    size_t shown = directive->line->length < 100 ? directive->line->length : 100;
    while (shown > 0 && directive->line->text[shown - 1] == ' ') {
        shown--;
    }
    findings_add(directives->source->findings, rule, directive->file->name, directive->line->line,
                 "%s: '%.*s'", what, (int)shown, directive->line->text);
}

static bool is_named(const struct directive *directive, const char *name)
{
    return directive->name.kind == LEXER_WORD && directive->name.length == strlen(name) &&
           memcmp(directive->line->text + directive->name.offset, name, strlen(name)) == 0;
}

static bool is_one_of(const struct directive *directive, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is_named(directive, names[i])) {
            return true;
        }
    }
    return false;
}

#define IS_ONE_OF(directive, ...)                                                                  \
    is_one_of((directive), (const char *const[]){__VA_ARGS__},                                     \
              sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* --- include --- */

static bool is_plain_path(const char *path, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bool good = (path[i] >= 'a' && path[i] <= 'z') || (path[i] >= '0' && path[i] <= '9') ||
                    path[i] == '_' || path[i] == '-' || path[i] == '/' || path[i] == '.';
        if (!good || (path[i] == '.' && i + 1 < length && path[i + 1] == '.')) {
            return false;
        }
    }
    return length > 2 && path[length - 2] == '.' && path[length - 1] == 'h';
}

/* "kernel/hil/x.h" and the like, or "x.h": beside the capsule. */
static bool is_in_folder(const char *path, size_t length)
{
    static const char *const folders[] = {"kernel/abi/", "kernel/capsule/", "kernel/capsules/",
                                          "kernel/hil/"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        size_t start = strlen(folders[i]);
        if (length > start && memcmp(path, folders[i], start) == 0) {
            return memchr(path + start, '/', length - start) == NULL;
        }
    }
    return memchr(path, '/', length) == NULL;
}

/* "kernel/hil/slice.h", <stdint.h>; blanks around, nothing else. */
static bool is_good_operand(const char *operand, size_t length)
{
    static const char *const headers[] = {"<stdbool.h>", "<stddef.h>", "<stdint.h>", "<limits.h>"};
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        if (length == strlen(headers[i]) && memcmp(operand, headers[i], length) == 0) {
            return true;
        }
    }
    return length > 2 && operand[0] == '"' && operand[length - 1] == '"' &&
           is_plain_path(operand + 1, length - 2) && is_in_folder(operand + 1, length - 2);
}

/* Does the path lead to a header of the folders that a capsule may include, or beside the capsule
 * itself? What the preprocessor opened is among the text's files, by its real path. */
static void check_include(const struct directives *directives, const struct directive *directive)
{
    const char *operand = directive->line->text + directive->behind;
    size_t length = directive->line->length - directive->behind;
    while (length > 0 && (operand[0] == ' ' || operand[0] == '\t')) {
        operand++;
        length--;
    }
    while (length > 0 && (operand[length - 1] == ' ' || operand[length - 1] == '\t')) {
        length--;
    }
    if (!is_good_operand(operand, length)) {
        refuse(directives, directive, "include", "a header that is not a capsule's to include");
    }
}

/* --- Macros --- */

static char upper(char letter)
{
    return letter >= 'a' && letter <= 'z' ? (char)(letter - 'a' + 'A') : letter;
}

/* Who includes a header gets its macros. Named after the file they are nobody else's: STEM_..., or
 * the guard KERNEL_CAPSULES_STEM_H. */
static bool is_headers_own(const struct text_file *header, const char *word, size_t length)
{
    static const char folder[] = "KERNEL_CAPSULES_";
    const char *slash = strrchr(header->name, '/');
    const char *stem = slash != NULL ? slash + 1 : header->name;
    size_t stem_length = strcspn(stem, ".");
    size_t start = sizeof folder - 1;
    if (length > start && memcmp(word, folder, start) == 0) {
        word += start;
        length -= start;
    }
    bool is_own = length > stem_length && word[stem_length] == '_';
    for (size_t i = 0; is_own && i < stem_length; i++) {
        char letter = stem[i] == '-' ? '_' : stem[i];
        is_own = upper(word[i]) == upper(letter);
    }
    return is_own;
}

static void check_macro(const struct directives *directives, const struct directive *directive)
{
    const struct text *text = &directives->source->text;
    const struct lexer_token name =
        lexer_next(directive->line->text, directive->behind, directive->line->length);
    const char *word = directive->line->text + name.offset;
    if (name.kind != LEXER_WORD || word[0] == '_') {
        refuse(directives, directive, "macro", "a macro with a reserved name");
        return;
    }
    if (!directive->file->is_main && !is_headers_own(directive->file, word, name.length)) {
        refuse(directives, directive, "macro",
               "a header's macro that is not called after the file");
        return;
    }
    for (size_t i = 0; i < text->file_count; i++) {
        const struct text_file *other = text->files[i];
        bool foreign = other->origin != TEXT_CAPSULE || (directive->file->is_own && !other->is_own);
        if (other != directive->file && foreign &&
            raw_has_word(&directives->files[i], word, name.length)) {
            char what[NAME_BYTES * 2];
            (void)snprintf(what, sizeof what, "a macro with a name that %s uses", other->name);
            refuse(directives, directive, "macro", what);
            return;
        }
    }
}

/* --- Conditionals in headers --- */

/* The guard: #ifndef X first, #define X, #endif last. */
static bool is_guard(const struct raw_file *raw, size_t index)
{
    size_t first = raw->count;
    size_t last = 0;
    for (size_t i = 0; i < raw->count; i++) {
        if (lexer_next(raw->lines[i].text, 0, raw->lines[i].length).kind != LEXER_END) {
            first = i < first ? i : first;
            last = i;
        }
    }
    return index == first || index == last;
}

static void check_conditional(const struct directives *directives,
                              const struct directive *directive, const struct raw_file *raw,
                              size_t index)
{
    bool is_guards = IS_ONE_OF(directive, "ifndef", "endif") && is_guard(raw, index);
    if (!directive->file->is_main && !is_guards) {
        refuse(directives, directive, "directive", "a conditional in a header");
    }
}

/* --- What reads differently elsewhere --- */

/* A header is read by the board, too, without CAPSULE_C, where marks are nothing, and by other
 * compilations of other files. What it says must not hang on that: # and ## make something of how a
 * macro is written, and what begins with __ can be anything. */
static void check_same_everywhere(const struct directives *directives,
                                  const struct directive *directive, size_t at)
{
    const char *text = directive->line->text;
    for (struct lexer_token token = lexer_next(text, at, directive->line->length);
         token.kind != LEXER_END;
         token = lexer_next(text, token.offset + token.length, directive->line->length)) {
        const char *word = text + token.offset;
        bool is_reserved =
            token.kind == LEXER_WORD && token.length > 2 && word[0] == '_' && word[1] == '_';
        bool is_switch =
            token.kind == LEXER_WORD && token.length == 9 && memcmp(word, "CAPSULE_C", 9) == 0;
        if (is_reserved || is_switch || word[0] == '#' ||
            (token.length > 1 && memcmp(word, "%:", 2) == 0)) {
            refuse(directives, directive, "directive",
                   "a header that could read differently elsewhere");
            return;
        }
    }
}

/* --- Files --- */

static void check_directive(const struct directives *directives, const struct directive *directive,
                            const struct raw_file *raw, size_t index)
{
    if (directive->name.kind == LEXER_END || is_named(directive, "error")) {
        return;
    }
    if (is_named(directive, "include")) {
        check_include(directives, directive);
    } else if (IS_ONE_OF(directive, "define", "undef")) {
        check_macro(directives, directive);
    } else if (IS_ONE_OF(directive, "if", "ifdef", "ifndef", "elif", "else", "endif")) {
        check_conditional(directives, directive, raw, index);
    } else if (is_named(directive, "pragma")) {
        refuse(directives, directive, "pragma", "a pragma");
    } else if (is_named(directive, "line") || directive->name.kind == LEXER_NUMBER) {
        refuse(directives, directive, "line-marker", "a line marker");
    } else if (IS_ONE_OF(directive, "include_next", "import")) {
        refuse(directives, directive, "include", "another kind of include");
    } else {
        refuse(directives, directive, "directive", "this directive");
    }
}

static void check_file(const struct directives *directives, const struct text_file *file,
                       const struct raw_file *raw)
{
    bool has_text = false;
    bool has_macro = false;
    if (raw->doubtful_line != 0) {
        findings_add(directives->source->findings, "directive", file->name, raw->doubtful_line,
                     "%s, which hides what the preprocessor makes of it", raw->doubt);
    }
    for (size_t i = 0; i < raw->count; i++) {
        const struct raw_line *line = &raw->lines[i];
        struct directive directive = {.file = file, .line = line};
        size_t at = 0;
        if (!raw_is_directive(line, &at)) {
            has_text = has_text || lexer_next(line->text, 0, line->length).kind != LEXER_END;
            if (raw_has_word(&(struct raw_file){.lines = &raw->lines[i], .count = 1}, "_Pragma",
                             7)) {
                refuse(directives, &directive, "pragma", "a pragma");
            }
            if (!file->is_main) {
                check_same_everywhere(directives, &directive, 0);
            }
            continue;
        }
        directive.name = lexer_next(line->text, at, line->length);
        directive.behind = directive.name.offset + directive.name.length;
        size_t before = directives->source->findings->count;
        check_directive(directives, &directive, raw, i);
        bool is_good = directives->source->findings->count == before;
        if (!file->is_main && is_named(&directive, "define")) {
            check_same_everywhere(directives, &directive, directive.behind);
        }
        if (has_macro && is_named(&directive, "include")) {
            refuse(directives, &directive, "include", "an include behind a macro of the capsule");
        }
        has_macro =
            has_macro || (is_good && file->is_main && IS_ONE_OF(&directive, "define", "undef"));
        if (raw_has_word(&(struct raw_file){.lines = &raw->lines[i], .count = 1}, "_Pragma", 7)) {
            refuse(directives, &directive, "pragma", "a pragma");
        }
        if (has_text && is_named(&directive, "include")) {
            refuse(directives, &directive, "include", "an include behind text of the capsule");
        }
    }
}

/* Where one file's text ends and another's begins, a declaration must have ended too. */
static void check_seams(struct source *source)
{
    const struct text *text = &source->text;
    unsigned depth = 0;
    for (size_t i = 0; i < text->token_count; i++) {
        const struct text_token *token = &text->tokens[i];
        const struct text_token *before = i > 0 ? &text->tokens[i - 1] : NULL;
        const struct text_file *here = text_place_of(text, token->physical_line).file;
        const struct text_file *there =
            before != NULL ? text_place_of(text, before->physical_line).file : here;
        bool ended = before == NULL || text_token_is(before, ";") || text_token_is(before, "}");
        if (here != there && (depth > 0 || !ended)) {
            text_refuse(text, source->findings, "include", before->physical_line,
                        "an unfinished declaration where a header begins or ends");
        }
        depth += text_token_is(token, "{") || text_token_is(token, "(") ? 1u : 0u;
        bool closes = text_token_is(token, "}") || text_token_is(token, ")");
        depth -= closes && depth > 0 ? 1u : 0u;
    }
}

/* What no directive of the capsule explains. */
static void check_text(struct source *source)
{
    const struct text *text = &source->text;
    if (text->file_count == 0) {
        findings_add(source->findings, "line-marker", text->name, 0,
                     "no line marker: this is not what a preprocessor makes of a capsule");
    } else if (text->wrong_marker != 0) {
        text_refuse(text, source->findings, "line-marker", text->wrong_marker,
                    "behind this line, a marker that the preprocessor would not write");
    }
    check_seams(source);
}

/* A folder of the same name elsewhere, a link, a file that has gone. */
static void check_files(const struct directives *directives)
{
    const struct text *text = &directives->source->text;
    for (size_t i = 0; i < text->file_count; i++) {
        const struct text_file *file = text->files[i];
        if (file->path[0] != '<' && !directives->is_readable[i]) {
            findings_add(directives->source->findings, "include", file->name, 0,
                         "a file that cannot be read, so that nothing vouches for its text");
        } else if (file->origin == TEXT_CAPSULE && !text_is_a_capsules(file)) {
            findings_add(directives->source->findings, "include", file->name, 1,
                         "a file that is not a capsule's to include");
        }
    }
}

void rule_directives(struct source *source)
{
    const struct text *text = &source->text;
    struct directives directives = {
        .source = source,
        .files = memory_or_exit(calloc(text->file_count + 1, sizeof(struct raw_file))),
        .is_readable = memory_or_exit(calloc(text->file_count + 1, sizeof(bool))),
    };
    size_t before = source->findings->count;
    for (size_t i = 0; i < text->file_count; i++) {
        directives.is_readable[i] = raw_read(&directives.files[i], text->files[i]->path);
    }
    for (size_t i = 0; i < text->file_count; i++) {
        if (text->files[i]->origin == TEXT_CAPSULE && text_is_a_capsules(text->files[i])) {
            check_file(&directives, text->files[i], &directives.files[i]);
        }
    }
    if (source->findings->count == before) {
        check_text(source);
        check_files(&directives);
    }
    for (size_t i = 0; i < text->file_count; i++) {
        raw_free(&directives.files[i]);
    }
    free(directives.files);
    free(directives.is_readable);
}
