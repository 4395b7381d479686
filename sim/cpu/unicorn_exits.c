#include "sim/cpu/unicorn_exits.h"

#ifdef UNICORN_EXITS_STOCK

bool unicorn_exits_are_ours(void)
{
    return false;
}

bool unicorn_exits_fit(unsigned version)
{
    (void)version;
    return true;
}

void unicorn_exits_ask(bool ask)
{
    (void)ask;
}

void unicorn_exits_leave(struct uc_struct *uc)
{
    (void)uc;
}

#else

#include <stdint.h>
#include <string.h>

#include <unicorn/unicorn.h>

#include "sim/cpu/unicorn_replace.h"

/* The library's own, of 2.1.4. The helper is what translated code calls to ask; a stop that was
 * requested makes it jump out to uc_emu_start. */
void helper_check_exit_request_arm(void *uc, uint32_t in_delay_slot);
/* The two that the definitions below replace: the first emits the question after an access, the
 * second any call of a helper, the question before a block included. */
void check_exit_request_arm(void *tcg) UNICORN_REPLACES;
void tcg_gen_callN_arm(void *tcg, void *function, void *result, int count,
                       void **arguments) UNICORN_REPLACES;

/* The library's translator is told nothing of whom it works for; it works inside uc_emu_start, so
 * one value a thread says it. */
static _Thread_local bool silent;

bool unicorn_exits_are_ours(void)
{
    return true;
}

bool unicorn_exits_fit(unsigned version)
{
    return version >> 8 == 0x020104U; /* the low byte tells betas from releases */
}

void unicorn_exits_ask(bool ask)
{
    silent = !ask;
}

void unicorn_exits_leave(struct uc_struct *uc)
{
    if (silent) {
        (void)uc_emu_stop(uc);
        helper_check_exit_request_arm(uc, 0);
    }
}

void check_exit_request_arm(void *tcg)
{
    if (silent) {
        return;
    }
    void (*check)(void *tcg);
    UNICORN_FIND_ONCE("check_exit_request_arm", &check);
    check(tcg);
}

void tcg_gen_callN_arm(void *tcg, void *function, void *result, int count, void **arguments)
{
    void (*question)(void *uc, uint32_t in_delay_slot) = helper_check_exit_request_arm;
    if (silent && memcmp(&function, &question, sizeof(function)) == 0) {
        return;
    }
    void (*generate)(void *tcg, void *function, void *result, int count, void **arguments);
    UNICORN_FIND_ONCE("tcg_gen_callN_arm", &generate);
    generate(tcg, function, result, count, arguments);
}

#endif
