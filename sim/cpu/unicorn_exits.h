/* sim/cpu/unicorn_exits.h - leaving the library's translated code.
 *
 * Unicorn 2.1.4 calls a function before each block and after each load and store to ask whether a
 * stop was requested. That is half of the time of ordinary code, and it is asked of nobody who
 * stops in hooks only. Here such code is translated without the questions, and a hook that wants to
 * stop leaves by itself. Two of the library's own functions are replaced for that by ours
 * (unicorn_replace.h). With another version than the one this was written for, UNICORN_EXITS_STOCK
 * is defined and everything here does nothing. See docs/performance.md.
 */
#ifndef SIM_CPU_UNICORN_EXITS_H
#define SIM_CPU_UNICORN_EXITS_H

#include <stdbool.h>

struct uc_struct;

/* False: UNICORN_EXITS_STOCK. */
bool unicorn_exits_are_ours(void);

/* Whether the replaced functions, of all files, are those of the library's version `version` (as
 * uc_version gives it). The linker takes any library of the same name, also one that came after the
 * build. UNICORN_EXITS_STOCK: always. */
bool unicorn_exits_fit(unsigned version);

/* Whether code that this thread translates from now on asks for stops. Before each uc_emu_start:
 * the library translates inside it only. */
void unicorn_exits_ask(bool ask);

/* Ends the running uc_emu_start, which returns as after uc_emu_stop. For hooks with an exact PC
 * (blocks, permissions): what the block or the access would have done is not done. Returns only if
 * stops are asked for as the library has it. */
void unicorn_exits_leave(struct uc_struct *uc);

#endif
