/*
 * Reads what is pasted at the console: lines of the alphabet's letters, without a pause. Says how
 * often a byte was not the next. Between two reads bytes may be lost, as in Tock: those do not
 * count.
 */
#include <stdio.h>

#include "apps/lib/console.h"

#define WANTED 500
#define PIECE  50

static char pasted[WANTED];

static char next(char c)
{
    return c == 'z' ? '\n' : c == '\n' ? 'a' : (char)(c + 1);
}

int main(void)
{
    unsigned wrong = 0;
    int count = 0, got = 0;
    while (count < WANTED && (got = console_read(pasted + count, PIECE)) > 0) {
        count += got;
    }
    for (int i = 1; i < count; i++) {
        wrong += i % PIECE != 0 && pasted[i] != next(pasted[i - 1]) ? 1u : 0u;
    }
    printf("\npaste: %d bytes, %u gaps\n", count, wrong);
    return 0;
}
