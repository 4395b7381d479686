/* The CAPSULE line against what the capsule uses. Rule need. */
#include <string.h>

#include "kernel/capsule/manifest.h"
#include "tools/capsule_check/manifest.h"
#include "tools/capsule_check/rule_groups.h"

struct need {
    const char *name;
    const char *header;
};

#define NEED_ROW(need_name, need_header) [need_name] = {#need_name, (need_header)},
static const struct need need_table[CAPSULE_NEED_COUNT] = {CAPSULE_NEEDS(NEED_ROW)};

struct needs {
    bool named[CAPSULE_NEED_COUNT];
    bool used[CAPSULE_NEED_COUNT];
    CXCursor where[CAPSULE_NEED_COUNT]; /* used first */
};

/* CAPSULE_NEEDS_END when the file is everybody's. */
static unsigned need_of(const struct text_file *file)
{
    for (unsigned need = CAPSULE_NEEDS_END + 1; file != NULL && need < CAPSULE_NEED_COUNT; need++) {
        if (strcmp(need_table[need].header, file->name) == 0) {
            return need;
        }
    }
    return CAPSULE_NEEDS_END;
}

/* --- Used --- */

static enum ast_answer find_use(struct source *source, const struct ast_node *node, void *context)
{
    struct needs *needs = context;
    const struct text_file *here = ast_file(source, node->cursor);
    if (clang_getCursorKind(node->cursor) != CXCursor_DeclRefExpr || here == NULL ||
        !here->is_own) {
        return AST_INTO;
    }
    CXCursor what = clang_getCursorReferenced(node->cursor);
    enum CXCursorKind kind = clang_getCursorKind(what);
    const struct text_file *there = ast_file(source, what);
    unsigned need = need_of(there);
    if ((kind == CXCursor_FunctionDecl || kind == CXCursor_VarDecl) && need != CAPSULE_NEEDS_END &&
        !there->is_own && !needs->used[need]) {
        needs->used[need] = true;
        needs->where[need] = node->cursor;
    }
    return AST_INTO;
}

static bool has_grant(const struct text *text)
{
    for (size_t i = 0; i < text->token_count; i++) {
        if (text->tokens[i].shape == TEXT_SHAPE_GRANT) {
            return true;
        }
    }
    return false;
}

/* --- Named --- */

static void refuse_line(struct source *source, const struct manifest *manifest, const char *what,
                        const char *which)
{
    const struct text *text = &source->text;
    text_refuse(text, source->findings, "need", text->tokens[manifest->first].physical_line, "%s%s",
                what, which);
}

static void add_named(struct source *source, const struct manifest *manifest, struct needs *needs,
                      const struct text_token *token)
{
    for (unsigned need = CAPSULE_NEEDS_END + 1; need < CAPSULE_NEED_COUNT; need++) {
        if (text_token_is(token, need_table[need].name)) {
            needs->named[need] = true;
            return;
        }
    }
    refuse_line(source, manifest, "a need that is not in the list of kernel/capsule/manifest.h",
                "");
}

/* Nothing, or `.needs = {A, B}`: what the macro has not written in the braces of the line. */
static void read_named(struct source *source, const struct manifest *manifest, struct needs *needs)
{
    static const char *const start[] = {".", "needs", "=", "{"};
    const struct text_token *tokens = source->text.tokens;
    size_t position = 0;
    bool is_good = true;
    bool is_closed = false;
    for (size_t i = manifest->first; i < manifest->end; i++) {
        if (tokens[i].shape == TEXT_SHAPE_CAPSULE) {
            continue;
        }
        if (position < sizeof start / sizeof start[0]) {
            is_good = is_good && text_token_is(&tokens[i], start[position]);
        } else if (text_token_is(&tokens[i], "}")) {
            is_good = is_good && !is_closed;
            is_closed = true;
        } else if (tokens[i].kind == LEXER_WORD && !is_closed) {
            add_named(source, manifest, needs, &tokens[i]);
        } else {
            is_good = is_good && text_token_is(&tokens[i], ",");
        }
        position++;
    }
    if (!is_good || (position > 0 && !is_closed)) {
        refuse_line(source, manifest, "a CAPSULE line that is not CAPSULE(name, .needs = {...})",
                    "");
    }
}

/* The strings that the macro made of the name, which is the file's. */
static void check_name(struct source *source, const struct manifest *manifest)
{
    const struct text *text = &source->text;
    char stem[MANIFEST_NAME_BYTES];
    char quoted[MANIFEST_NAME_BYTES + 2];
    bool is_real = strncmp(text->files[0]->name, "kernel/capsules/", 16) == 0;
    (void)snprintf(quoted, sizeof quoted, "\"%s\"", manifest->name);
    for (size_t i = 1; i < manifest->end; i++) {
        const struct text_token *token = &text->tokens[i];
        bool is_name = token->shape == TEXT_SHAPE_CAPSULE && token->kind == LEXER_STRING &&
                       (text_token_is(token - 1, "=") || text_token_is(token - 1, "{"));
        if (is_name && !text_token_is(token, quoted)) {
            refuse_line(source, manifest, "two names in one CAPSULE line", "");
        }
    }
    if (is_real && strcmp(manifest_stem(text, stem, sizeof stem), manifest->name) != 0) {
        refuse_line(source, manifest,
                    "the CAPSULE line has another name than the file: ", manifest->name);
    }
}

static void compare(struct source *source, const struct manifest *manifest,
                    const struct needs *needs)
{
    for (unsigned need = CAPSULE_NEEDS_END + 1; need < CAPSULE_NEED_COUNT; need++) {
        bool is_missing = needs->used[need] && !needs->named[need];
        if (is_missing && clang_Cursor_isNull(needs->where[need])) {
            refuse_line(source, manifest, "used and not among its needs: ", need_table[need].name);
        } else if (is_missing) {
            ast_refuse(source, "need", needs->where[need],
                       "%s is used, and %s is not among the needs", need_table[need].header,
                       need_table[need].name);
        } else if (needs->named[need] && !needs->used[need]) {
            refuse_line(source, manifest,
                        "among the needs, and nothing of it is used: ", need_table[need].name);
        }
    }
}

void rule_needs(struct source *source)
{
    struct manifest manifest;
    struct needs needs = {.named = {false}};
    const struct text *text = &source->text;
    manifest_read(text, &manifest);
    if (manifest.name[0] == '\0') {
        /* Elsewhere nothing is linked: the checker's own examples. */
        if (strncmp(text->files[0]->name, "kernel/capsules/", 16) == 0) {
            findings_add(source->findings, "need", text->files[0]->name, 1, "no CAPSULE line");
        }
        return;
    }
    ast_visit_capsule(source, find_use, &needs);
    if (has_grant(text) && !needs.used[GRANT]) {
        needs.used[GRANT] = true;
        needs.where[GRANT] = clang_getNullCursor();
    }
    read_named(source, &manifest, &needs);
    check_name(source, &manifest);
    compare(source, &manifest, &needs);
}
