/* Words and signs of the preprocessed text, wherever they stand: what is refused here needs no
 * parser to be understood. Rules attribute, asm, builtin, word, volatile, union, goto, generic,
 * variadic, unknown, parse. */
#include <string.h>

#include "tools/capsule_check/rule_groups.h"

struct word_rule {
    const char *word;
    const char *rule;
};

static const struct word_rule words[] = {
    {"__attribute__", "attribute"},
    {"__attribute", "attribute"},
    {"__declspec", "attribute"},
    {"_Noreturn", "attribute"},
    {"_Alignas", "attribute"},
    {"asm", "asm"},
    {"__asm", "asm"},
    {"__asm__", "asm"},
    {"volatile", "volatile"},
    {"__volatile", "volatile"},
    {"__volatile__", "volatile"},
    {"union", "union"},
    {"goto", "goto"},
    {"_Generic", "generic"},
    {"typeof", "word"},
    {"auto", "word"},
    {"register", "word"},
    {"restrict", "word"},
    {"float", "word"},
    {"double", "word"},
    {"_Complex", "word"},
    {"_Imaginary", "word"},
    {"_Atomic", "word"},
    {"_Thread_local", "word"},
};

/* Reserved, but harmless. */
static const char *const reserved[] = {"_Bool", "_Static_assert", "_Alignof"};

static bool is_reserved(const struct text_token *token)
{
    if (token->length < 2 || token->bytes[0] != '_') {
        return false;
    }
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++) {
        if (text_token_is(token, reserved[i])) {
            return false;
        }
    }
    char second = token->bytes[1];
    return second == '_' || (second >= 'A' && second <= 'Z');
}

static void check_word(struct source *source, const struct text_token *token)
{
    const struct text *text = &source->text;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (text_token_is(token, words[i].word)) {
            text_refuse(text, source->findings, words[i].rule, token->physical_line, "'%s'",
                        words[i].word);
            return;
        }
    }
    if (is_reserved(token)) {
        text_refuse(text, source->findings, "builtin", token->physical_line, "'%.*s'",
                    (int)(token->length < 100 ? token->length : 100), token->bytes);
    }
}

static void check_sign(struct source *source, const struct text_token *token,
                       const struct text_token *next)
{
    const struct text *text = &source->text;
    if (text_token_is(token, "...")) {
        bool is_parameter = text_token_is(next, ")");
        text_refuse(text, source->findings, is_parameter ? "variadic" : "unknown",
                    token->physical_line, "'...'");
    } else if (text_token_is(token, "[") && text_token_is(next, "[")) {
        text_refuse(text, source->findings, "attribute", token->physical_line, "'[['");
    } else if (token->length >= 2 && strchr("<%:", token->bytes[0]) != NULL &&
               strchr("%:>", token->bytes[1]) != NULL) {
        text_refuse(text, source->findings, "parse", token->physical_line, "the digraph '%.*s'",
                    (int)token->length, token->bytes);
    } else if (token->bytes[0] == '#') {
        text_refuse(text, source->findings, "line-marker", token->physical_line,
                    "a # in preprocessed text");
    }
}

/* Two readers of one text must not read two texts. */
static void check_stray(struct source *source, const struct text_token *token)
{
    const struct text *text = &source->text;
    unsigned char byte = (unsigned char)token->bytes[0];
    bool shown = byte > ' ' && byte < 0x7F;
    text_refuse(text, source->findings, "parse", token->physical_line,
                "a byte that C has no use for here: %u '%c'", byte, shown ? byte : ' ');
}

static bool has_trigraph(const struct text_token *token)
{
    for (size_t i = 0; i + 2 < token->length; i++) {
        if (token->bytes[i] == '?' && token->bytes[i + 1] == '?' &&
            strchr("=/'()!<>-", token->bytes[i + 2]) != NULL) {
            return true;
        }
    }
    return false;
}

static void check_token(struct source *source, const struct text_token *token,
                        const struct text_token *next)
{
    switch (token->kind) {
    case LEXER_WORD:
        check_word(source, token);
        break;
    case LEXER_PUNCTUATION:
        check_sign(source, token, next);
        break;
    case LEXER_STRAY:
        check_stray(source, token);
        break;
    case LEXER_STRING:
    case LEXER_CHARACTER:
        if (has_trigraph(token)) {
            text_refuse(&source->text, source->findings, "parse", token->physical_line,
                        "a trigraph");
        }
        break;
    case LEXER_END:
    case LEXER_NUMBER:
        break;
    }
}

void rule_words(struct source *source)
{
    const struct text *text = &source->text;
    for (size_t i = 0; i < text->token_count; i++) {
        const struct text_token *token = &text->tokens[i];
        const struct text_token *next = i + 1 < text->token_count ? token + 1 : NULL;
        if (token->shape == TEXT_SHAPE_NONE && text_is_capsule(text, token->physical_line)) {
            check_token(source, token, next);
        }
    }
}
