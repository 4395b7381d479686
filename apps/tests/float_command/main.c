/* A thousand null commands of a process that has all of its floating point registers in use. */
#include "apps/lib/syscall.h"
#include "kernel/abi/drivers.h"

#define COMMANDS  1000
#define REGISTERS 32u

int main(void)
{
    static uint32_t values[REGISTERS];
    for (uint32_t i = 0; i < REGISTERS; i++) {
        values[i] = 0x3F800000u + i;
    }
    __asm__ volatile(".fpu fpv4-sp-d16\n vldmia %[from], {s0-s31}" ::[from] "r"(values) : "memory");
    for (int i = 0; i < COMMANDS; i++) {
        (void)syscall_command_raw(ABI_DRIVER_LED, 0, 0, 0);
    }
    return 0;
}
