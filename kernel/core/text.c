#include "kernel/core/text.h"

#include "kernel/abi/drivers.h"
#include "kernel/core/text_codes.h"

#define NAME_SEEN 40u /* longer names are cut */

#define IS_STATE(state) (TEXT_STATE_##state - TEXT_STATE_RUNNING == (int)ABI_PROCESS_##state)
_Static_assert(IS_STATE(RUNNING) && IS_STATE(YIELDED) && IS_STATE(YIELDED_FOR) &&
                   IS_STATE(STOPPED) && IS_STATE(FAULTED) && IS_STATE(TERMINATED),
               "the texts are in the order of the states");

/* --- Unpacking --- */

struct unpacking {
    const uint8_t *at, *end;
    uint32_t waiting_count;
    uint8_t waiting[TEXT_PAIRS_DEEP]; /* second halves of pairs whose first one is not through */
};

/* A capsule can make an identifier of any number: what is no text is an empty one. */
static void unpack_begin(struct unpacking *from, enum text_id id)
{
    const uint8_t *at = text_packed;
    for (uint32_t left = (uint32_t)id < TEXT_COUNT ? (uint32_t)id : TEXT_NOTHING; left > 0;
         left--) {
        at += 1u + *at;
    }
    from->at = at + 1;
    from->end = from->at + *at;
    from->waiting_count = 0;
}

/* The next character or code, TEXT_END behind the last one. */
static uint32_t unpack(struct unpacking *from)
{
    uint32_t byte;
    if (from->waiting_count > 0) {
        from->waiting_count--;
        byte = from->waiting[from->waiting_count];
    } else if (from->at < from->end) {
        byte = *from->at++;
    } else {
        return TEXT_END;
    }
    while (byte >= TEXT_PAIRS) {
        const uint8_t *pair = text_pairs[byte - TEXT_PAIRS];
        from->waiting[from->waiting_count] = pair[1];
        from->waiting_count++;
        byte = pair[0];
    }
    return byte;
}

bool text_begins_with(enum text_id id, struct const_slice word)
{
    struct unpacking from;
    unpack_begin(&from, id);
    for (uint32_t i = 0; i < word.length; i++) {
        if (unpack(&from) != word.bytes[i]) {
            return false;
        }
    }
    return unpack(&from) <= ' ';
}

/* --- Adding --- */

void text_add_byte(struct text *text, uint8_t byte)
{
    if (text != NULL && slice_put(text->room, text->length, byte)) {
        text->length++;
    }
}

void text_add(struct text *text, struct const_slice more)
{
    for (uint32_t i = 0; i < more.length; i++) {
        text_add_byte(text, more.bytes[i]);
    }
}

void text_add_name(struct text *text, struct const_slice name)
{
    for (uint32_t i = 0; i < name.length && i < NAME_SEEN; i++) {
        uint8_t byte = name.bytes[i];
        text_add_byte(text, byte >= ' ' && byte < 0x7F ? byte : '?');
    }
}

static void pad_to(struct text *text, uint32_t column)
{
    while (text->length < column && text->length < text->room.length) {
        text_add_byte(text, ' ');
    }
}

void text_add_decimal(struct text *text, uint32_t value, uint32_t width)
{
    uint8_t digits[10]; /* the last one first */
    uint32_t count = 0;
    do {
        digits[count] = (uint8_t)('0' + value % 10u);
        value /= 10u;
        count++;
    } while (value != 0);
    for (uint32_t i = count; i < width; i++) {
        text_add_byte(text, ' ');
    }
    while (count > 0) {
        count--;
        text_add_byte(text, digits[count]);
    }
}

static void add_nibbles(struct text *text, uint32_t value, uint32_t least)
{
    text_add_byte(text, '0');
    text_add_byte(text, 'x');
    for (uint32_t left = 8; left > 0; left--) {
        uint32_t rest = value >> (4 * (left - 1));
        if (rest != 0 || left <= least) {
            text_add_byte(text, (uint8_t) "0123456789abcdef"[rest & 0xFu]);
        }
    }
}

void text_add_hex(struct text *text, uint32_t value)
{
    add_nibbles(text, value, 1);
}

/* --- The kernel's texts --- */

void text_say(struct text *text, enum text_id id)
{
    struct unpacking from;
    unpack_begin(&from, id);
    for (uint32_t byte = unpack(&from); byte != TEXT_END; byte = unpack(&from)) {
        text_add_byte(text, (uint8_t)byte);
    }
}

void text_say_values(struct text *text, enum text_id id, const uint32_t *values)
{
    const uint32_t *next = values;
    struct unpacking from;
    unpack_begin(&from, id);
    for (uint32_t code = unpack(&from); code != TEXT_END; code = unpack(&from)) {
        switch (code) {
        case TEXT_DECIMAL:
            text_add_decimal(text, *next++, unpack(&from));
            break;
        case TEXT_DIFFERENCE:
            text_add_decimal(text, next[-1] - next[-2], unpack(&from));
            break;
        case TEXT_COLUMN:
            pad_to(text, unpack(&from));
            break;
        case TEXT_VALUE:
            next = values + unpack(&from);
            break;
        case TEXT_HEX:
            add_nibbles(text, *next++, 1);
            break;
        case TEXT_ADDRESS:
            add_nibbles(text, *next++, 8);
            break;
        case TEXT_SHORT_ID:
            if (*next != 0) {
                add_nibbles(text, *next, 1);
            } else {
                text_say(text, TEXT_SHORT_ID_NONE);
            }
            next++;
            break;
        case TEXT_STATE:
            text_say(text, (enum text_id)(TEXT_STATE_RUNNING + *next++));
            break;
        case TEXT_BLANK_NAME:
            if (text->name.length != 0) {
                text_add_byte(text, ' ');
            }
            text_add_name(text, text->name);
            break;
        case TEXT_NAME:
            text_add_name(text, text->name);
            break;
        default:
            text_add_byte(text, (uint8_t)code);
            break;
        }
    }
}
