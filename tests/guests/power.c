/* The supply and VBUS as firmware sees them: says why the chip was reset, waits for the power-fail
 * warning, and then for somebody to plug USB in while the chip is off. */
#include "tests/guests/bare.h"

#define POFWARN      0x40000108U
#define INTENSET     0x40000304U
#define RESETREAS    0x40000400U
#define USBREGSTATUS 0x40000438U
#define SYSTEMOFF    0x40000500U
#define POFCON       0x40000510U
#define POFCON_2V8   0x1FU
#define NVIC_ISER0   0xE000E100U
#define REASON_VBUS  0x00100000U

void bare_irq(void)
{
    *bare_register(POFWARN) = 0;
    bare_print("pofwarn\n");
    *bare_register(SYSTEMOFF) = 1;
}

void bare_main(void)
{
    uint32_t reasons = *bare_register(RESETREAS);
    bare_print("reset ");
    bare_print_hex(reasons);
    bare_print(" usb ");
    bare_print_hex(*bare_register(USBREGSTATUS));
    bare_print("\n");
    *bare_register(RESETREAS) = 0xFFFFFFFFU;
    if (reasons == REASON_VBUS) {
        return;
    }
    *bare_register(INTENSET) = 1U << 2;
    *bare_register(POFCON) = POFCON_2V8;
    *bare_register(NVIC_ISER0) = 1;
}
