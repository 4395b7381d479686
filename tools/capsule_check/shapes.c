#include "tools/capsule_check/shapes.h"

#include <stdio.h>
#include <string.h>

enum {
    SLOT_COUNT = 26, /* one for each letter */
    WORD_BYTES = 200,
    ELEMENT_BYTES = 64,
};

/*
 * A pattern is tokens between single blanks. "$a" stands for an argument: one or more tokens with
 * balanced brackets, up to the token that follows in the pattern; the next "$a" for the same ones
 * again. "@a" stands for one word, "@a_scope" for that word with something behind it. STR is one
 * string literal or more. "?a" is an argument that may be missing.
 */
struct pattern {
    enum text_shape shape;
    const char *tokens;
};

#define SCOPE(open)                                                                                \
    "for ( @g_data * @p = " open " ( ( & ( @g ) ) , ( $i ) ) ; @p != ( ( void * ) 0 ) ; "          \
    "grant_close ( ) , @p = ( ( void * ) 0 ) )"
#define VISIT      "grant_visit ( ( & ( @g ) ) , @n_place )"
#define NO_PROCESS "( ( struct process_id ) { 0 } )"

static const struct pattern patterns[] = {
    {TEXT_SHAPE_MARK, "__attribute__ ( ( annotate ( \"borrowed\" ) ) )"},
    {TEXT_SHAPE_CAPSULE,
     "static const struct capsule this_capsule __attribute__ ( ( section ( \"capsules\" ) , unused "
     ") ) "
     "= { sizeof ( STR ) , { STR } } ; _Static_assert ( sizeof ( STR ) >= 3 , STR ) ; "
     "static const struct capsule_manifest @n_manifest __attribute__ ( ( section ( "
     "\".capsule.manifest\" ) , used ) ) = { . name = STR , ?a } ;"},
    {TEXT_SHAPE_GRANT,
     "typedef struct @t @n_data ; _Static_assert ( sizeof ( struct @t ) <= 4096 && _Alignof ( "
     "struct "
     "@t ) <= 8 , STR ) ; static const struct grant @n __attribute__ ( ( section ( \"grants\" ) , "
     "used ) ) = { sizeof ( struct @t ) , _Alignof ( struct @t ) , ( $a ) , ( $b ) , ( $c ) , 0 , "
     "0 "
     "} ;"},
    {TEXT_SHAPE_GRANT,
     "typedef struct @t @n_data ; _Static_assert ( sizeof ( struct @t ) <= 4096 && _Alignof ( "
     "struct "
     "@t ) <= 8 , STR ) ; static const struct grant @n __attribute__ ( ( section ( \"grants\" ) , "
     "used ) ) = { sizeof ( struct @t ) , _Alignof ( struct @t ) , 0 , 0 , 0 , 0 , 1 } ;"},
    {TEXT_SHAPE_GRANT_SCOPE, SCOPE("grant_open_custom")},
    {TEXT_SHAPE_GRANT_SCOPE, SCOPE("grant_open")},
    {TEXT_SHAPE_GRANT_SCOPE,
     "for ( struct process_id @n = " NO_PROCESS
     " , * @n_place = & @n ; @n_place != ( ( void * ) 0 ) ; @n_place = ( ( void * ) 0 ) ) "
     "for ( @g_data * @p = " VISIT " ; @p != ( ( void * ) 0 ) ; @p = " VISIT " )"},
    {TEXT_SHAPE_SLICE_OF,
     "( ( struct slice ) { ( $a ) , sizeof ( $a ) + 0u * sizeof ( struct { _Static_assert ( ! "
     "__builtin_types_compatible_p ( __typeof__ ( $a ) , uint8_t * ) , STR ) ; int unused ; } ) } "
     ")"},
    {TEXT_SHAPE_SLICE_OF_TEXT,
     "( ( struct const_slice ) { ( const uint8_t * ) ( STR ) , sizeof ( STR ) - 1u } )"},
    {TEXT_SHAPE_LIST_OF,
     "{ ( $a ) , ( uint32_t ) ( sizeof ( $a ) / sizeof ( ( $a ) [ 0 ] ) + 0u * sizeof ( struct { "
     "_Static_assert ( ! __builtin_types_compatible_p ( __typeof__ ( $a ) , __typeof__ ( & ( $a ) "
     "[ "
     "0 ] ) ) , STR ) ; int unused ; } ) ) }"},
    {TEXT_SHAPE_LIST_AT, "( ( $a ) . items [ index_check ( ( $i ) , ( $a ) . count ) ] )"},
    {TEXT_SHAPE_DMA_BUFFER_OF,
     "{ ( $a ) , sizeof ( $a ) , ( & this_capsule ) , ( ( void * ) 0 ) , 0 }"},
    {TEXT_SHAPE_NULL, "( ( void * ) 0 )"},
};

struct range {
    size_t first;
    size_t end;
};

struct match {
    struct text *text;
    size_t at; /* the next token of the text */
    struct range arguments[SLOT_COUNT];
    bool has_argument[SLOT_COUNT];
    char words[SLOT_COUNT][WORD_BYTES];
};

static const struct text_token *token_at(const struct text *text, size_t index)
{
    return index < text->token_count ? &text->tokens[index] : NULL;
}

/* --- Arguments --- */

static bool is_opening(const struct text_token *token)
{
    return text_token_is(token, "(") || text_token_is(token, "[") || text_token_is(token, "{");
}

static bool is_closing(const struct text_token *token)
{
    return text_token_is(token, ")") || text_token_is(token, "]") || text_token_is(token, "}");
}

/* The end of the argument that begins at `first` and is followed by `follower`; `first` when there
 * is none. */
static size_t argument_end(const struct text *text, size_t first, const char *follower)
{
    unsigned depth = 0;
    for (size_t i = first; i < text->token_count; i++) {
        const struct text_token *token = &text->tokens[i];
        if (depth == 0 && text_token_is(token, follower)) {
            return i;
        }
        if (text_token_is(token, ";") || (depth == 0 && is_closing(token))) {
            return first;
        }
        depth += is_opening(token) ? 1u : 0u;
        depth -= is_closing(token) ? 1u : 0u;
    }
    return first;
}

static bool is_same_range(const struct text *text, struct range known, size_t first)
{
    for (size_t i = 0; i < known.end - known.first; i++) {
        const struct text_token *token = token_at(text, first + i);
        const struct text_token *other = &text->tokens[known.first + i];
        if (token == NULL || token->length != other->length ||
            memcmp(token->bytes, other->bytes, token->length) != 0) {
            return false;
        }
    }
    return true;
}

static bool match_argument(struct match *match, size_t slot, const char *follower, bool may_miss)
{
    if (match->has_argument[slot]) {
        struct range known = match->arguments[slot];
        if (!is_same_range(match->text, known, match->at)) {
            return false;
        }
        match->at += known.end - known.first;
        return true;
    }
    size_t end = argument_end(match->text, match->at, follower);
    if (end == match->at && !(may_miss && text_token_is(token_at(match->text, end), follower))) {
        return false;
    }
    match->arguments[slot] = (struct range){match->at, end};
    match->has_argument[slot] = true;
    match->at = end;
    return true;
}

/* A word that is the slot's with `suffix` behind it. */
static bool match_word(struct match *match, size_t slot, const char *suffix)
{
    const struct text_token *token = token_at(match->text, match->at);
    size_t behind = strlen(suffix);
    if (token == NULL || token->kind != LEXER_WORD || token->length <= behind ||
        token->length - behind >= WORD_BYTES ||
        memcmp(token->bytes + token->length - behind, suffix, behind) != 0) {
        return false;
    }
    char *word = match->words[slot];
    size_t length = token->length - behind;
    if (word[0] == '\0') {
        memcpy(word, token->bytes, length);
        word[length] = '\0';
    } else if (strlen(word) != length || memcmp(word, token->bytes, length) != 0) {
        return false;
    }
    match->at++;
    return true;
}

static bool match_strings(struct match *match)
{
    size_t first = match->at;
    while (match->at < match->text->token_count &&
           match->text->tokens[match->at].kind == LEXER_STRING) {
        match->at++;
    }
    return match->at > first;
}

/* --- Patterns --- */

/* The next element of a pattern into `element`; the pattern behind it. */
static const char *next_element(const char *pattern, char *element)
{
    size_t length = strcspn(pattern, " ");
    (void)snprintf(element, ELEMENT_BYTES, "%.*s", (int)length, pattern);
    return pattern[length] == ' ' ? pattern + length + 1 : pattern + length;
}

static bool match_element(struct match *match, const char *element, const char *rest)
{
    size_t slot = (size_t)(element[1] - 'a');
    bool has_slot = element[1] >= 'a' && element[1] <= 'z';
    if (has_slot && (element[0] == '$' || element[0] == '?')) {
        char follower[ELEMENT_BYTES];
        (void)next_element(rest, follower);
        return match_argument(match, slot, follower, element[0] == '?');
    }
    if (has_slot && element[0] == '@') {
        return match_word(match, slot, element + 2);
    }
    if (strcmp(element, "STR") == 0) {
        return match_strings(match);
    }
    if (!text_token_is(token_at(match->text, match->at), element)) {
        return false;
    }
    match->at++;
    return true;
}

/* Whether the tokens from `first` on are what the pattern says. */
static bool match_pattern(struct match *match, const struct pattern *pattern, size_t first)
{
    match->at = first;
    memset(match->has_argument, 0, sizeof match->has_argument);
    for (size_t i = 0; i < SLOT_COUNT; i++) {
        match->words[i][0] = '\0';
    }
    for (const char *rest = pattern->tokens; rest[0] != '\0';) {
        char element[ELEMENT_BYTES];
        rest = next_element(rest, element);
        if (!match_element(match, element, rest)) {
            return false;
        }
    }
    return true;
}

/* LIST_AT evaluates its list twice: it must be the same list both times. */
static bool has_side_effect(const struct text *text, struct range range)
{
    for (size_t i = range.first; i < range.end; i++) {
        const struct text_token *token = &text->tokens[i];
        bool is_call = token->kind == LEXER_WORD && text_token_is(token_at(text, i + 1), "(");
        if (is_call || text_token_is(token, "++") || text_token_is(token, "--") ||
            text_token_is(token, "=") || text_token_is(token, ",") || text_token_is(token, "?")) {
            return true;
        }
    }
    return false;
}

/* Marks what the pattern itself says, walking it once more. */
static void mark_pattern(struct match *match, const struct pattern *pattern, size_t first)
{
    match->at = first;
    for (const char *rest = pattern->tokens; rest[0] != '\0';) {
        char element[ELEMENT_BYTES];
        rest = next_element(rest, element);
        size_t before = match->at;
        (void)match_element(match, element, rest);
        bool is_argument = element[1] != '\0' && (element[0] == '$' || element[0] == '?');
        for (size_t i = before; !is_argument && i < match->at; i++) {
            match->text->tokens[i].shape = pattern->shape;
        }
    }
}

void shapes_mark(struct text *text)
{
    struct match match = {.text = text};
    for (size_t first = 0; first < text->token_count; first++) {
        struct text_token *token = &text->tokens[first];
        if (token->shape != TEXT_SHAPE_NONE || !text_is_capsule(text, token->physical_line)) {
            continue;
        }
        for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
            if (match_pattern(&match, &patterns[i], first) &&
                !(patterns[i].shape == TEXT_SHAPE_LIST_AT &&
                  has_side_effect(text, match.arguments[0]))) {
                mark_pattern(&match, &patterns[i], first);
                break;
            }
        }
    }
}

/* --- Cursors --- */

static enum text_shape shape_at(const struct source *source, size_t offset)
{
    size_t index = text_token_at(&source->text, offset);
    return index < source->text.token_count ? source->text.tokens[index].shape : TEXT_SHAPE_NONE;
}

enum text_shape shapes_at_begin(const struct source *source, CXCursor cursor)
{
    return shape_at(source, ast_begin(cursor));
}

enum text_shape shapes_at_name(const struct source *source, CXCursor cursor)
{
    unsigned offset = 0;
    clang_getExpansionLocation(clang_getCursorLocation(cursor), NULL, NULL, NULL, &offset);
    return shape_at(source, offset);
}
