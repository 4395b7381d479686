/*
 * memory.h - growing arrays and copied strings for a program that runs once. Out of memory ends
 * the program with status 2 and a line that says so.
 */
#ifndef TOOLS_CAPSULE_CHECK_MEMORY_H
#define TOOLS_CAPSULE_CHECK_MEMORY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void *memory_or_exit(void *memory)
{
    if (memory == NULL) {
        (void)fputs("capsule_check: out of memory\n", stderr);
        exit(2);
    }
    return memory;
}

/* The array with room for one more than `count`; may have moved. */
static inline void *memory_grown(void *items, size_t count, size_t *room, size_t item_bytes)
{
    if (count < *room) {
        return items;
    }
    *room = *room == 0 ? 16 : *room * 2;
    return memory_or_exit(realloc(items, *room * item_bytes));
}

/* A copy of so many bytes with a terminating zero; the caller frees it. */
static inline char *memory_text(const char *bytes, size_t length)
{
    char *copy = memory_or_exit(malloc(length + 1));
    memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

#endif
