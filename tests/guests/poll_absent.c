/* Starts the microphone interface, which is not modelled, and waits for its END event for ever: the
 * simulator must say what hangs. */
#include "tests/guests/bare.h"

#define PDM_START      0x4001D000U
#define PDM_EVENTS_END 0x4001D108U

void wait_for_samples(void);
__attribute__((noinline)) void wait_for_samples(void)
{
    while (*bare_register(PDM_EVENTS_END) == 0) {
    }
}

void bare_main(void)
{
    bare_print("listening\n");
    *bare_register(PDM_START) = 1;
    wait_for_samples();
}
