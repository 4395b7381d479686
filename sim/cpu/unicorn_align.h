/* sim/cpu/unicorn_align.h - the alignment that LDM, LDRD, VLDR and their kin need, checked by the
 * library's translated code.
 *
 * Translated loads and stores can check alignment at no cost: the comparison that finds the page
 * does it. Unicorn 2.1.4 wants that of LDREX and STREX only. The functions with which its
 * translator fetches code and emits accesses are replaced by ours (unicorn_replace.h), which ask
 * for it where the instruction needs it. The first of them also keeps from the translator what its
 * Cortex-M4 should not know (Advanced SIMD loads and stores). With another version everything here
 * does nothing, and cpu_align.c does it in a slower way.
 */
#ifndef SIM_CPU_UNICORN_ALIGN_H
#define SIM_CPU_UNICORN_ALIGN_H

#include <stdbool.h>

/* Whether an unaligned access of these instructions ends a run with ENGINE_UNALIGNED. */
bool unicorn_aligns(void);

#endif
