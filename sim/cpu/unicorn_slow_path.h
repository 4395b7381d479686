/* sim/cpu/unicorn_slow_path.h - loads and stores that translated code cannot do by itself.
 *
 * Where the library's table of pages has no plain memory for an access (a miss, or a page whose
 * every access is asked about), translated code calls one of eight functions of the library. They
 * are replaced here (unicorn_replace.h): a client is asked first, and what it does not do goes
 * the library's way, which takes a few times as long. With UNICORN_EXITS_STOCK the client is never
 * asked.
 */
#ifndef SIM_CPU_UNICORN_SLOW_PATH_H
#define SIM_CPU_UNICORN_SLOW_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/cpu/page_memo.h"

struct unicorn_access {
    uint32_t address;
    uint8_t size_bytes; /* 1, 2, 4 or 8; 0: none */
    bool write;
    bool privileged;
    bool exclusive; /* faults by itself where it is not aligned */
    /* Where in translated code: the same value is the same instruction (and the same one of
     * several accesses of it) until the library forgets all of its code. */
    uintptr_t site;
};

struct unicorn_slow_path {
    /* Pages with host memory are served from here without a word to the client. */
    struct page_memo *memo;
    /* An access to a page of `memo` that has no host memory. True: it is done, `value` read or
     * written. Called inside uc_emu_start; registers are those before the instruction, PC is
     * stale. */
    bool (*access)(void *context, const struct unicorn_access *access, uint64_t *value);
    /* A load across two pages is done. PC and ITSTATE, which are otherwise stale, have been those
     * of its instruction since it began. */
    void (*crossed)(void *context);
    /* All sites are forgotten. */
    void (*sites_gone)(void *context);
    void *context;
    struct unicorn_access asked; /* what the library is doing by itself now */
    void *core;                  /* the library's, once it has translated anything */
};

/* Who is asked, in what this thread runs from now on; NULL: nobody. Borrowed. */
void unicorn_slow_path_use(struct unicorn_slow_path *client);

/* The library translates code of `core`, for the client in use. */
void unicorn_slow_path_note_core(void *core);

#endif
