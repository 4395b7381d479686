/* Starts the ADC, which is not modelled, and waits for its END event for ever: the simulator must
 * say what hangs. */
#include "tests/guests/bare.h"

#define SAADC_START      0x40007000U
#define SAADC_EVENTS_END 0x40007104U

void wait_for_conversion(void);
__attribute__((noinline)) void wait_for_conversion(void)
{
    while (*bare_register(SAADC_EVENTS_END) == 0) {
    }
}

void bare_main(void)
{
    bare_print("converting\n");
    *bare_register(SAADC_START) = 1;
    wait_for_conversion();
}
