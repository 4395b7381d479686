#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/capsule/manifest.h"
#include "tools/capsule_check/memory.h"
#include "tools/capsule_check/object.h"
#include "tools/capsule_check/source.h"

enum {
    NAME_BYTES = 256,
};

#define NEED_HEADER(name, header) [name] = (header),
static const char *const need_headers[CAPSULE_NEED_COUNT] = {CAPSULE_NEEDS(NEED_HEADER)};

/* The main file is .../NAME.c; its header lies beside it. */
static void name_capsule(struct object_names *names, const struct text *text)
{
    for (size_t i = 0; i < text->file_count; i++) {
        const char *name = text->files[i]->name;
        const char *slash = strrchr(name, '/');
        const char *base = slash != NULL ? slash + 1 : name;
        size_t length = strlen(base);
        if (text->files[i]->is_main && length > 2 && strcmp(base + length - 2, ".c") == 0) {
            object_names_free(names);
            names->source = memory_text(name, strlen(name));
            names->capsule = memory_text(base, length - 2);
            return;
        }
    }
}

static bool is_own_header(const char *file, const char *capsule)
{
    const char *slash = strrchr(file, '/');
    const char *base = slash != NULL ? slash + 1 : file;
    size_t length = strlen(capsule);
    return strncmp(base, capsule, length) == 0 && strcmp(base + length, ".h") == 0;
}

static struct object_name place(const struct text_file *file, const char *capsule)
{
    struct object_name name = {.from = OBJECT_FROM_ELSEWHERE};
    if (file == NULL) {
        return name;
    }
    for (unsigned need = CAPSULE_NEEDS_END + 1; need < CAPSULE_NEED_COUNT; need++) {
        if (strcmp(need_headers[need], file->name) == 0) {
            name.from = OBJECT_FROM_NEED;
            name.need = need;
        }
    }
    if (file->origin == TEXT_CAPSULE && is_own_header(file->name, capsule)) {
        name.from = OBJECT_FROM_OWN;
    } else if (file->origin == TEXT_TRUSTED && name.from != OBJECT_FROM_NEED) {
        name.from = OBJECT_FROM_EVERYBODY;
    }
    return name;
}

static enum ast_answer note(struct source *source, const struct ast_node *node, void *context)
{
    struct object_names *names = context;
    enum CXCursorKind kind = clang_getCursorKind(node->cursor);
    if ((kind != CXCursor_FunctionDecl && kind != CXCursor_VarDecl) ||
        clang_getCursorLinkage(node->cursor) != CXLinkage_External) {
        return AST_OVER;
    }
    char text[NAME_BYTES];
    (void)ast_name(node->cursor, text, sizeof text);
    struct object_name name = place(ast_file(source, node->cursor), names->capsule);
    if (name.from == OBJECT_FROM_ELSEWHERE) {
        return AST_OVER;
    }
    name.name = memory_text(text, strlen(text));
    names->items = memory_grown(names->items, names->count, &names->room, sizeof *names->items);
    names->items[names->count++] = name;
    return AST_OVER;
}

static void look(struct source *source, void *context)
{
    struct object_names *names = context;
    name_capsule(names, &source->text);
    ast_visit_top(source, note, names);
}

bool object_names_read(struct object_names *names, const char *text, const char *root,
                       struct findings *findings)
{
    *names = (struct object_names){.source = memory_text(text, strlen(text)),
                                   .capsule = memory_text("", 0)};
    return source_look(text, root, look, names, findings);
}

void object_names_free(struct object_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        free(names->items[i].name);
    }
    free(names->items);
    free(names->source);
    free(names->capsule);
    *names = (struct object_names){.capsule = NULL};
}
