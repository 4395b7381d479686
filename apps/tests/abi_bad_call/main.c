/* System calls that do not exist: the process faults. BAD_CALL says which. */
#include "apps/tests/check.h"

#define NO_SUCH_YIELD 3u

int main(void)
{
    alarm_sleep_ms(100);
    printf("calling\n");
#if BAD_CALL == 0
    __asm__ volatile("svc 0xbd");
#elif BAD_CALL == 1
    __asm__ volatile("svc 8");
#else
    (void)raw_yield(NO_SUCH_YIELD, 0, 0, 0);
#endif
    check(false, "the process faults");
    return 1;
}
