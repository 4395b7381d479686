/* sim/cpu/unicorn_replace.h - how the files unicorn_*.c put functions of their own in the place of
 * the library's, under the same names (symbol interposition; the library is as packaged).
 */
#ifndef SIM_CPU_UNICORN_REPLACE_H
#define SIM_CPU_UNICORN_REPLACE_H

#include <dlfcn.h>
#include <string.h>

/* Of the declaration of a function that replaces one: the library has to see it. */
#define UNICORN_REPLACES __attribute__((visibility("default")))

/* The library's own function of that name, into the function pointer at `function`. The build has
 * chosen the one version that has it. */
static inline void unicorn_find_replaced(const char *name, void *function)
{
    void *symbol = dlsym(RTLD_NEXT, name);
    memcpy(function, &symbol, sizeof(symbol));
}

/* The same, looked up at the first call only: a look-up costs as much as translating an
 * instruction. What it finds never changes. */
#define UNICORN_FIND_ONCE(name, function)                                                          \
    do {                                                                                           \
        static void *found;                                                                        \
        if (found == NULL) {                                                                       \
            unicorn_find_replaced(name, &found);                                                   \
        }                                                                                          \
        memcpy(function, &found, sizeof(found));                                                   \
    } while (0)

#endif
