#include "tools/capsule_check/functions.h"

#include "tools/capsule_check/memory.h"

static enum ast_answer find(struct source *source, const struct ast_node *node, void *context)
{
    (void)source;
    struct functions *functions = context;
    if (clang_getCursorKind(node->cursor) == CXCursor_FunctionDecl &&
        clang_isCursorDefinition(node->cursor) != 0) {
        functions->items = memory_grown(functions->items, functions->count, &functions->room,
                                        sizeof *functions->items);
        functions->items[functions->count++] = node->cursor;
    }
    return AST_OVER;
}

void functions_find(struct source *source, struct functions *functions)
{
    *functions = (struct functions){0};
    ast_visit_capsule(source, find, functions);
}

void functions_free(struct functions *functions)
{
    free(functions->items);
    *functions = (struct functions){0};
}

size_t functions_index(const struct functions *functions, CXCursor function)
{
    CXCursor canonical = clang_getCanonicalCursor(function);
    size_t i = 0;
    while (i < functions->count &&
           !clang_equalCursors(clang_getCanonicalCursor(functions->items[i]), canonical)) {
        i++;
    }
    return i;
}
