/* A function in RAM: subscribe takes it, and calling it is a fault, because RAM is never code. */
#include "apps/tests/check.h"

int main(void)
{
    static uint32_t code = 0x47704770u; /* bx lr */
    struct syscall_return answer = raw_subscribe(ABI_DRIVER_ALARM, 0, address_of(&code) | 1u, 0);
    check(answer.variant == ABI_SUCCESS_U32_U32, "subscribe takes a function in RAM");
    (void)raw_command(ABI_DRIVER_ALARM, ABI_ALARM_SET_RELATIVE, alarm_ms_to_ticks(1), 0);
    spin_ms(3);
    printf("calling\n");
    syscall_yield();
    check(false, "a function in RAM cannot be called");
    return 0;
}
