/*
 * memory.h - those functions of C's string.h that the compiler calls by itself. The kernel has them
 * of its own (memory.c): there is no C library below it, and none of its headers.
 */
#ifndef KERNEL_CORE_MEMORY_H
#define KERNEL_CORE_MEMORY_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t count);
void *memmove(void *to, const void *from, size_t count);
void *memset(void *to, int value, size_t count);
int memcmp(const void *a, const void *b, size_t count);

#endif
