/*
 * printf, puts and putchar straight to the console: formatted by newlib, without its FILE buffers,
 * which would cost each app half a kilobyte. Each call is one write, so that lines of several apps
 * do not mix.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "apps/lib/console.h"

/* On the stack; longer output needs heap, and is cut where there is none. */
#define LINE_BYTES 96

int vprintf(const char *format, va_list arguments)
{
    char line[LINE_BYTES];
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(line, sizeof(line), format, arguments);
    if (length < 0) {
        va_end(again);
        return length;
    }
    int status;
    char *longer = NULL;
    if ((size_t)length >= sizeof(line)) {
        longer = malloc((size_t)length + 1);
    }
    if (longer != NULL) {
        vsnprintf(longer, (size_t)length + 1, format, again);
        status = console_write(longer, (size_t)length);
        free(longer);
    } else {
        size_t count = (size_t)length < sizeof(line) ? (size_t)length : sizeof(line) - 1;
        status = console_write(line, count);
    }
    va_end(again);
    return status;
}

/* Not called printf, because the compiler would make of some calls below what they are to
 * implement. */
static int print(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int status = vprintf(format, arguments);
    va_end(arguments);
    return status;
}

int printf(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int status = vprintf(format, arguments);
    va_end(arguments);
    return status;
}

/* The compiler makes this of printf("...\n"). */
int puts(const char *text)
{
    return print("%s\n", text) < 0 ? EOF : 0;
}

/* In parentheses, because newlib has a macro of that name as well. */
int(putchar)(int character)
{
    char byte = (char)character;
    return console_write(&byte, 1) == 1 ? character : EOF;
}
