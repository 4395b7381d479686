/* Asks for as much as it can get of one thing. The number of the package says of what. */
#include <stdint.h>

#include "apps/tests/check.h"
#include "apps/tests/package_number.h"

static uint8_t buffer[200];

static _Noreturn void flood(uint32_t number)
{
    (void)syscall_allow_read_only(ABI_DRIVER_CONSOLE, ABI_CONSOLE_RO_WRITE, buffer, sizeof(buffer));
    (void)syscall_allow_read_write(ABI_DRIVER_CONSOLE, ABI_CONSOLE_RW_READ, buffer, sizeof(buffer));
    (void)syscall_allow_read_write(ABI_DRIVER_RNG, ABI_RNG_RW_BUFFER, buffer, sizeof(buffer));
    uint32_t app_break = syscall_memop_raw(ABI_MEMOP_SBRK, 0).values[0];
    uint32_t grants = syscall_memop(ABI_MEMOP_GRANT_START);
    for (;;) {
        switch (number) {
        case 0: /* nothing at all */
            break;
        case 1:
            (void)raw_command(ABI_DRIVER_CONSOLE, ABI_CONSOLE_WRITE, sizeof(buffer), 0);
            break;
        case 2:
            (void)raw_command(ABI_DRIVER_LOW_LEVEL_DEBUG, ABI_LOW_LEVEL_DEBUG_PRINT2, 1, 2);
            break;
        case 3:
            (void)raw_command(ABI_DRIVER_RNG, ABI_RNG_GET, sizeof(buffer), 0);
            break;
        case 4:
            (void)raw_command(ABI_DRIVER_TEMPERATURE, ABI_SENSOR_READ, 0, 0);
            break;
        case 5:
            (void)raw_memop(ABI_MEMOP_BRK, grants, 0, 0);
            (void)raw_memop(ABI_MEMOP_BRK, app_break, 0, 0);
            break;
        case 6:
            (void)raw_command(ABI_DRIVER_CONSOLE, ABI_CONSOLE_READ, 1, 0);
            (void)raw_command(ABI_DRIVER_CONSOLE, ABI_CONSOLE_ABORT_READ, 0, 0);
            break;
        case 7: /* an instruction that waits for an interrupt */
            __asm__ volatile("wfi\n\twfe\n\tsev");
            break;
        case 8: /* privileged instructions do nothing */
            __asm__ volatile("cpsid i\n\tcpsid f\n\tmovs r0, #0\n\tmsr control, r0\n\t"
                             "msr basepri, r0\n\tmsr faultmask, r0\n\tmsr psp, r0\n\tisb" ::
                                 : "r0");
            break;
        case 9: /* all edge detectors that there are; then the buttons want theirs */
            for (uint32_t pin = 0; pin < 32; pin++) {
                (void)raw_command(ABI_DRIVER_GPIO, ABI_GPIO_ENABLE_INTERRUPT, pin, 0);
            }
            for (uint32_t button = 0; button < 4; button++) {
                check(syscall_command(ABI_DRIVER_BUTTON, ABI_BUTTON_ENABLE, button, 0) == K_OK,
                      "a detector for each button");
            }
            check(syscall_command(ABI_DRIVER_TOUCH, ABI_TOUCH_ENABLE, 0, 0) == K_OK,
                  "a detector for the touch key");
            number = 0;
            break;
        default:
            syscall_exit_restart(0);
        }
    }
}

int main(void)
{
    for (uint32_t i = 0; i < sizeof(buffer); i++) {
        buffer[i] = 'f';
    }
    flood(package_number());
}
