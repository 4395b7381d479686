/*
 * ast.h - what the rules ask libclang for, in this project's words. All of it works on the text of
 * one .i file, so extents are exact: no macro lies between a cursor and its tokens.
 */
#ifndef TOOLS_CAPSULE_CHECK_AST_H
#define TOOLS_CAPSULE_CHECK_AST_H

#include <clang-c/Index.h>
#include <stdbool.h>
#include <stddef.h>

#include "tools/capsule_check/findings.h"
#include "tools/capsule_check/text.h"

/* One capsule under check. */
struct source {
    struct text text;
    struct findings *findings;
    CXTranslationUnit unit;
};

/* A cursor with the way to it. */
struct ast_node {
    CXCursor cursor;
    const struct ast_node *parent; /* NULL at file scope */
    unsigned depth;                /* 0 at file scope */
};

enum ast_answer {
    AST_INTO, /* go on with the children */
    AST_OVER, /* go on behind them */
};

typedef enum ast_answer ast_visitor(struct source *source, const struct ast_node *node,
                                    void *context);

/* Visits all that stands in capsule text, outermost first, in the order of the text. */
void ast_visit_capsule(struct source *source, ast_visitor *visitor, void *context);
/* The same below one cursor, which is not visited itself. `node` becomes the parent. */
void ast_visit_below(struct source *source, const struct ast_node *node, ast_visitor *visitor,
                     void *context);
/* Every file-scope declaration, trusted ones too. */
void ast_visit_top(struct source *source, ast_visitor *visitor, void *context);

/* Deeper than this, a capsule is refused by the rule `parse` before any rule looks at it. */
#define AST_DEPTH_MAX 200u

/* Children. Index from 0; a null cursor when there are not so many. */
unsigned ast_child_count(CXCursor cursor);
CXCursor ast_child(CXCursor cursor, unsigned index);

/* Without the conversions that libclang shows as an unexposed expression (same extent, one child).
 */
CXCursor ast_without_conversions(CXCursor cursor);
/* The same, and without parentheses. */
CXCursor ast_bare(CXCursor cursor);
/* True for an unexposed expression that is a conversion, false for one whose meaning is unknown. */
bool ast_is_conversion(CXCursor cursor);

/* The operator of a binary, compound assignment or unary expression: "+", "->" is none of them.
 * Postfix ++ is "++" too. "" when there is none. The string is static. */
const char *ast_operator(const struct source *source, CXCursor cursor);
bool ast_is_assignment(const struct source *source, CXCursor cursor); /* =, +=, ... */
/* ++ or --, before or behind. */
bool ast_is_step(const struct source *source, CXCursor cursor);
/* Does a member's name stand behind `->`, not `.`? */
bool ast_is_arrow(CXCursor member);

/* Where it begins and ends, as offsets into the text. */
size_t ast_begin(CXCursor cursor);
size_t ast_end(CXCursor cursor);
unsigned ast_line(CXCursor cursor); /* physical line of the .i */
bool ast_is_capsule_text(const struct source *source, CXCursor cursor);
/* The file that declares it; NULL for what the compiler made. */
const struct text_file *ast_file(const struct source *source, CXCursor cursor);

/* The text of tokens with one blank between, cut to fit: for messages and for comparisons. Returns
 * `buffer`. */
const char *ast_spell(const struct source *source, CXCursor cursor, char *buffer, size_t room);
/* Its name. Returns `buffer`. */
const char *ast_name(CXCursor cursor, char *buffer, size_t room);
bool ast_name_is(CXCursor cursor, const char *name);

/* Marks of kernel/hil/marks.h: does the declaration carry the annotation `mark` ("borrowed",
 * "private", "read_only", "outside_scope")? For a function, parameter or field. */
bool ast_has_mark(CXCursor declaration, const char *mark);
/* The same for parameter `index` of a function: its definition decides, where there is one, as a
 * declaration could promise what the body does not keep. */
bool ast_parameter_has_mark(CXCursor function, unsigned index, const char *mark);

/* Types, canonical and without qualifiers in front. */
CXType ast_type(CXCursor cursor);
bool ast_is_pointer(CXType type);
bool ast_is_void_pointer(CXType type);
bool ast_is_function_pointer(CXType type);
bool ast_is_array(CXType type); /* of known size or not */
/* Does a value of this type hold a pointer: is one, or is a struct or array with one in it? */
bool ast_bears_pointer(CXType type);
/* The name of a struct's tag: "slice" for struct slice; "" for other types. Returns `buffer`. */
const char *ast_struct_tag(CXType type, char *buffer, size_t room);

/* Refuses at the cursor's place. */
void ast_refuse(struct source *source, const char *rule, CXCursor at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
