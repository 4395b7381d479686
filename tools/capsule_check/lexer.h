/*
 * lexer.h - C tokens of preprocessed text, independent of any parser: what the rules on words look
 * at, and where operators are found. Comments are gone by then; strings and characters end at the
 * end of their line at the latest.
 */
#ifndef TOOLS_CAPSULE_CHECK_LEXER_H
#define TOOLS_CAPSULE_CHECK_LEXER_H

#include <stddef.h>

enum lexer_kind {
    LEXER_END,
    LEXER_WORD, /* keyword or identifier */
    LEXER_NUMBER,
    LEXER_STRING, /* with its prefix */
    LEXER_CHARACTER,
    LEXER_PUNCTUATION, /* the longest that C knows, digraphs included */
    LEXER_STRAY,       /* a byte that C has no use for, or a quote without its end */
};

struct lexer_token {
    enum lexer_kind kind;
    size_t offset; /* in the text */
    size_t length;
};

/* The first token in [from, end) of `bytes`, with newline counted as blank. LEXER_END when there is
 * none. */
struct lexer_token lexer_next(const char *bytes, size_t from, size_t end);

#endif
