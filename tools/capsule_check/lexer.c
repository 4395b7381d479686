#include "tools/capsule_check/lexer.h"

#include <stdbool.h>
#include <string.h>

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n';
}

/* Longest first. */
static const char *const punctuation[] = {
    "%:%:", "<<=", ">>=", "...", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||",
    "*=",   "/=",  "%=",  "+=",  "-=", "&=", "^=", "|=", "##", "<:", ":>", "<%", "%>", "%:",
};

static size_t punctuation_length(const char *bytes, size_t room)
{
    for (size_t i = 0; i < sizeof punctuation / sizeof punctuation[0]; i++) {
        size_t length = strlen(punctuation[i]);
        if (length <= room && memcmp(bytes, punctuation[i], length) == 0) {
            return length;
        }
    }
    return 1;
}

static size_t word_length(const char *bytes, size_t room)
{
    size_t length = 0;
    while (length < room && (is_letter(bytes[length]) || is_digit(bytes[length]))) {
        length++;
    }
    return length;
}

/* As the standard has it: a preprocessing number, which is more than a number. */
static size_t number_length(const char *bytes, size_t room)
{
    size_t length = 1;
    while (length < room) {
        char byte = bytes[length];
        bool is_sign = byte == '+' || byte == '-';
        if (is_sign ? strchr("eEpP", bytes[length - 1]) == NULL
                    : !is_letter(byte) && !is_digit(byte) && byte != '.') {
            break;
        }
        length++;
    }
    return length;
}

/* Of what begins with a quote; 0 when it does not end in its line. */
static size_t quoted_length(const char *bytes, size_t room)
{
    char quote = bytes[0];
    for (size_t i = 1; i < room && bytes[i] != '\n'; i++) {
        if (bytes[i] == quote) {
            return i + 1;
        }
        if (bytes[i] == '\\' && i + 1 < room && bytes[i + 1] != '\n') {
            i++;
        }
    }
    return 0;
}

static bool is_prefix(const char *word, size_t length)
{
    return (length == 1 && strchr("LuU", word[0]) != NULL) ||
           (length == 2 && memcmp(word, "u8", 2) == 0);
}

static struct lexer_token quoted_token(const char *bytes, size_t offset, size_t prefix, size_t end)
{
    size_t at = offset + prefix;
    size_t length = quoted_length(bytes + at, end - at);
    if (length == 0) {
        return (struct lexer_token){LEXER_STRAY, offset, prefix + 1};
    }
    enum lexer_kind kind = bytes[at] == '"' ? LEXER_STRING : LEXER_CHARACTER;
    return (struct lexer_token){kind, offset, prefix + length};
}

struct lexer_token lexer_next(const char *bytes, size_t from, size_t end)
{
    size_t at = from;
    while (at < end && is_blank(bytes[at])) {
        at++;
    }
    if (at == end) {
        return (struct lexer_token){LEXER_END, end, 0};
    }
    const char *here = bytes + at;
    size_t room = end - at;
    if (is_letter(here[0])) {
        size_t length = word_length(here, room);
        bool quoted = length < room && (here[length] == '"' || here[length] == '\'');
        if (quoted && is_prefix(here, length)) {
            return quoted_token(bytes, at, length, end);
        }
        return (struct lexer_token){LEXER_WORD, at, length};
    }
    if (is_digit(here[0]) || (here[0] == '.' && room > 1 && is_digit(here[1]))) {
        return (struct lexer_token){LEXER_NUMBER, at, number_length(here, room)};
    }
    if (here[0] == '"' || here[0] == '\'') {
        return quoted_token(bytes, at, 0, end);
    }
    if (here[0] != '\0' && strchr("!#%&()*+,-./:;<=>?[]^{|}~", here[0]) != NULL) {
        return (struct lexer_token){LEXER_PUNCTUATION, at, punctuation_length(here, room)};
    }
    return (struct lexer_token){LEXER_STRAY, at, 1};
}
