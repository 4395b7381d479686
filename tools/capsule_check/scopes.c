#include "tools/capsule_check/scopes.h"

#include <string.h>

#include "tools/capsule_check/lexer.h"
#include "tools/capsule_check/memory.h"

/*
 * The shapes. A word that ends in _ is an argument: one token for NAME_ and POINTER_, any balanced
 * tokens up to the next one of the shape for the others; the same argument twice is the same tokens
 * twice. A word NAME_x or POINTER_x is made from the argument's.
 */
static const char grant_shape[] =
    "typedef TYPE_ NAME_data;"
    "_Static_assert(sizeof(TYPE_) <= 4096 && _Alignof(TYPE_) <= 8, \"grant data too large\");"
    "static const struct grant NAME_ __attribute__((section(\"grants\"), used)) = {"
    "sizeof(TYPE_), _Alignof(TYPE_), (UPCALLS_), (READ_ONLY_), (READ_WRITE_), 0}";

static const char enter_shape[] =
    "for (struct grant_scope POINTER_scope __attribute__((cleanup(grant_close))) = "
    "grant_open((&(NAME_)), (PROCESS_)); POINTER_scope.data != ((void *)0);"
    "grant_close(&POINTER_scope))"
    "for (NAME_data *POINTER_ = POINTER_scope.data; POINTER_ != ((void *)0);"
    "POINTER_ = ((void *)0))";

static const char each_shape[] =
    "for (struct grant_scope POINTER_scope __attribute__((cleanup(grant_close))) = "
    "grant_open_next((&(NAME_)), ((struct process_id){0})); POINTER_scope.data != ((void *)0);"
    "grant_close(&POINTER_scope), POINTER_scope = "
    "grant_open_next((&(NAME_)), POINTER_scope.id))"
    "for (struct process_id ID_ = POINTER_scope.id; !process_id_is_none(ID_);"
    "ID_ = ((struct process_id){0}))"
    "for (NAME_data *POINTER_ = POINTER_scope.data; POINTER_ != ((void *)0);"
    "POINTER_ = ((void *)0))";

/* --- Matching --- */

enum argument {
    ARGUMENT_TYPE,
    ARGUMENT_NAME,
    ARGUMENT_POINTER,
    ARGUMENT_PROCESS,
    ARGUMENT_ID,
    ARGUMENT_UPCALLS,
    ARGUMENT_READ_ONLY,
    ARGUMENT_READ_WRITE,
    ARGUMENT_COUNT,
};

static const struct {
    const char *word;
    bool one_token;
} arguments[ARGUMENT_COUNT] = {
    [ARGUMENT_TYPE] = {"TYPE_", false},
    [ARGUMENT_NAME] = {"NAME_", true},
    [ARGUMENT_POINTER] = {"POINTER_", true},
    [ARGUMENT_PROCESS] = {"PROCESS_", false},
    [ARGUMENT_ID] = {"ID_", true},
    [ARGUMENT_UPCALLS] = {"UPCALLS_", false},
    [ARGUMENT_READ_ONLY] = {"READ_ONLY_", false},
    [ARGUMENT_READ_WRITE] = {"READ_WRITE_", false},
};

/* Token indices, [first, end); end 0: not bound yet. */
struct binding {
    size_t first, end;
};

struct match {
    const struct text *text;
    struct binding bound[ARGUMENT_COUNT];
    size_t next; /* token */
};

static bool tokens_are_equal(const struct text_token *a, const struct text_token *b)
{
    return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

static bool is_opening(const struct text_token *token)
{
    return text_token_is(token, "(") || text_token_is(token, "[") || text_token_is(token, "{");
}

static bool is_closing(const struct text_token *token)
{
    return text_token_is(token, ")") || text_token_is(token, "]") || text_token_is(token, "}");
}

/* Balanced tokens from `first` on until one that is `stop` outside all brackets. */
static size_t end_of_balanced(const struct text *text, size_t first, const char *stop,
                              size_t stop_length)
{
    unsigned depth = 0;
    for (size_t i = first; i < text->token_count; i++) {
        const struct text_token *token = &text->tokens[i];
        if (depth == 0 && token->length == stop_length &&
            memcmp(token->bytes, stop, stop_length) == 0) {
            return i;
        }
        if (is_opening(token)) {
            depth++;
        } else if (is_closing(token)) {
            if (depth == 0) {
                return first;
            }
            depth--;
        } else if (text_token_is(token, ";")) {
            return first;
        }
    }
    return first;
}

/* The argument's tokens end before `after`, the token that follows in the shape; where that is a
 * word made of an argument, as in a typedef, before the last word of the declaration. */
static size_t end_of_argument(const struct text *text, size_t first, const char *shape,
                              struct lexer_token after)
{
    if (after.kind == LEXER_WORD) {
        size_t end = end_of_balanced(text, first, ";", 1);
        return end > first ? end - 1 : first;
    }
    return end_of_balanced(text, first, shape + after.offset, after.length);
}

static bool match_argument(struct match *match, enum argument which, const char *shape,
                           struct lexer_token after)
{
    struct binding *bound = &match->bound[which];
    const struct text *text = match->text;
    size_t first = match->next;
    if (bound->end > 0) {
        size_t count = bound->end - bound->first;
        for (size_t i = 0; i < count; i++) {
            if (first + i >= text->token_count ||
                !tokens_are_equal(&text->tokens[bound->first + i], &text->tokens[first + i])) {
                return false;
            }
        }
        match->next += count;
        return true;
    }
    bool one = arguments[which].one_token;
    size_t end = one ? first + 1 : end_of_argument(text, first, shape, after);
    if (end <= first || end > text->token_count ||
        (one && text->tokens[first].kind != LEXER_WORD)) {
        return false;
    }
    *bound = (struct binding){first, end};
    match->next = end;
    return true;
}

/* A word made of an argument's and more: POINTER_scope. The argument may come to be known by it. */
static bool match_made_word(struct match *match, enum argument which, const char *tail,
                            size_t tail_length)
{
    const struct text_token *token = &match->text->tokens[match->next];
    if (token->kind != LEXER_WORD || token->length <= tail_length ||
        memcmp(token->bytes + token->length - tail_length, tail, tail_length) != 0) {
        return false;
    }
    const struct binding *bound = &match->bound[which];
    if (bound->end > 0) {
        const struct text_token *name = &match->text->tokens[bound->first];
        if (name->length + tail_length != token->length ||
            memcmp(name->bytes, token->bytes, name->length) != 0) {
            return false;
        }
    }
    match->next++;
    return true;
}

static bool match_token(struct match *match, const char *shape, struct lexer_token want,
                        struct lexer_token after)
{
    const char *word = shape + want.offset;
    for (unsigned i = 0; want.kind == LEXER_WORD && i < ARGUMENT_COUNT; i++) {
        size_t length = strlen(arguments[i].word);
        if (want.length == length && memcmp(word, arguments[i].word, length) == 0) {
            return match_argument(match, (enum argument)i, shape, after);
        }
        if (want.length > length && memcmp(word, arguments[i].word, length) == 0) {
            /* The underscore belongs to both. */
            return match_made_word(match, (enum argument)i, word + length - 1,
                                   want.length - length + 1);
        }
    }
    const struct text_token *token = &match->text->tokens[match->next];
    if (token->length != want.length || memcmp(token->bytes, word, want.length) != 0) {
        return false;
    }
    match->next++;
    return true;
}

/* One pass; what is known of the arguments before it must hold in it. */
static bool match_once(struct match *match, const char *shape)
{
    size_t length = strlen(shape);
    struct lexer_token want = lexer_next(shape, 0, length);
    while (want.kind != LEXER_END) {
        struct lexer_token after = lexer_next(shape, want.offset + want.length, length);
        if (match->next >= match->text->token_count || !match_token(match, shape, want, after)) {
            return false;
        }
        want = after;
    }
    return true;
}

/* Twice, because a made word can come before the argument that it is made of. */
static bool match_shape(struct match *match, const struct text *text, size_t first,
                        const char *shape)
{
    *match = (struct match){.text = text, .next = first};
    if (!match_once(match, shape)) {
        return false;
    }
    match->next = first;
    return match_once(match, shape);
}

/* --- Finding --- */

static struct scopes_range range_of(const struct text *text, struct binding bound)
{
    if (bound.end == 0) {
        return (struct scopes_range){0, 0};
    }
    const struct text_token *last = &text->tokens[bound.end - 1];
    return (struct scopes_range){text->tokens[bound.first].offset, last->offset + last->length};
}

static CXCursor last_child(CXCursor cursor)
{
    unsigned count = ast_child_count(cursor);
    return count > 0 ? ast_child(cursor, count - 1) : clang_getNullCursor();
}

/* What the first clause of a `for` declares. */
static CXCursor declared_by(CXCursor loop)
{
    return ast_child(ast_child(loop, 0), 0);
}

static void found_scope(struct source *source, struct scopes *scopes, CXCursor loop)
{
    struct match match;
    size_t first = text_token_at(&source->text, ast_begin(loop));
    bool each = false;
    if (!match_shape(&match, &source->text, first, enter_shape)) {
        each = match_shape(&match, &source->text, first, each_shape);
        if (!each) {
            return;
        }
    }
    CXCursor inner = last_child(loop);
    inner = each ? last_child(inner) : inner;
    scopes->items =
        memory_grown(scopes->items, scopes->count, &scopes->room, sizeof(scopes->items[0]));
    scopes->items[scopes->count] = (struct scopes_scope){
        .loop = loop,
        .variable = declared_by(loop),
        .pointer = declared_by(inner),
        .body = last_child(inner),
        .statement = inner,
        .header = {ast_begin(loop), source->text.tokens[match.next - 1].offset + 1},
        .process = range_of(&source->text, match.bound[ARGUMENT_PROCESS]),
    };
    scopes->count++;
}

/* The declaration that follows the typedef and its assertion. */
struct grant_search {
    struct scopes *scopes;
    CXCursor data_type;
    struct scopes_range range;
    bool is_open;
};

static void found_data_type(struct source *source, struct grant_search *search, CXCursor type)
{
    struct match match;
    size_t first = text_token_at(&source->text, ast_begin(type));
    if (match_shape(&match, &source->text, first, grant_shape)) {
        search->data_type = type;
        search->range =
            (struct scopes_range){ast_begin(type), source->text.tokens[match.next - 1].offset + 1};
        search->is_open = true;
    }
}

static enum ast_answer visit(struct source *source, const struct ast_node *node, void *context)
{
    struct grant_search *search = context;
    struct scopes *scopes = search->scopes;
    enum CXCursorKind kind = clang_getCursorKind(node->cursor);
    if (kind == CXCursor_ForStmt) {
        found_scope(source, scopes, node->cursor);
    } else if (kind == CXCursor_TypedefDecl && node->depth == 0) {
        found_data_type(source, search, node->cursor);
    } else if (kind == CXCursor_VarDecl && node->depth == 0 && search->is_open &&
               ast_begin(node->cursor) < search->range.end) {
        scopes->grants = memory_grown(scopes->grants, scopes->grant_count, &scopes->grant_room,
                                      sizeof(scopes->grants[0]));
        scopes->grants[scopes->grant_count++] =
            (struct scopes_grant){search->data_type, node->cursor, search->range};
        search->is_open = false;
    }
    return AST_INTO;
}

void scopes_find(struct source *source, struct scopes *scopes)
{
    struct grant_search search = {.scopes = scopes};
    *scopes = (struct scopes){0};
    ast_visit_capsule(source, visit, &search);
}

void scopes_free(struct scopes *scopes)
{
    free(scopes->items);
    free(scopes->grants);
    *scopes = (struct scopes){0};
}

/* --- Asking --- */

const struct scopes_scope *scopes_of_loop(const struct scopes *scopes, CXCursor loop)
{
    for (size_t i = 0; i < scopes->count; i++) {
        if (clang_equalCursors(scopes->items[i].loop, loop)) {
            return &scopes->items[i];
        }
    }
    return NULL;
}

const struct scopes_scope *scopes_of_pointer(const struct scopes *scopes, CXCursor variable)
{
    for (size_t i = 0; i < scopes->count; i++) {
        if (clang_equalCursors(scopes->items[i].pointer, variable)) {
            return &scopes->items[i];
        }
    }
    return NULL;
}

const struct scopes_scope *scopes_of_variable(const struct scopes *scopes, CXCursor variable)
{
    for (size_t i = 0; i < scopes->count; i++) {
        if (clang_equalCursors(scopes->items[i].variable, variable)) {
            return &scopes->items[i];
        }
    }
    return NULL;
}

const struct scopes_grant *scopes_of_grant(const struct scopes *scopes, CXCursor variable)
{
    for (size_t i = 0; i < scopes->grant_count; i++) {
        if (clang_equalCursors(scopes->grants[i].variable, variable)) {
            return &scopes->grants[i];
        }
    }
    return NULL;
}

static bool contains(struct scopes_range range, size_t offset)
{
    return offset >= range.begin && offset < range.end;
}

bool scopes_is_machinery(const struct scopes *scopes, size_t offset)
{
    for (size_t i = 0; i < scopes->grant_count; i++) {
        if (contains(scopes->grants[i].range, offset)) {
            return true;
        }
    }
    for (size_t i = 0; i < scopes->count; i++) {
        const struct scopes_scope *scope = &scopes->items[i];
        if (contains(scope->header, offset)) {
            return !contains(scope->process, offset);
        }
    }
    return false;
}
