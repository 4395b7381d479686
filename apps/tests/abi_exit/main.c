/* Exit. LED 3 outlives a process, so it tells one life from the next. */
#include "apps/tests/check.h"

#include "apps/lib/led.h"

#define NO_SUCH_EXIT 2u

int main(void)
{
    if (!led_read(3)) {
        check(is_answer(raw_exit(NO_SUCH_EXIT, 1, 2, 3), ABI_FAILURE, ABI_NOSUPPORT, 2, 3),
              "an unknown exit: NOSUPPORT, and the process goes on");
        led_on(3);
        printf("restarting\n");
        (void)raw_exit(ABI_EXIT_RESTART, 5, 0, 0);
        check(false, "exit-restart does not return");
    }
    check(true, "exit-restart begins a new life");
    printf("done\n");
    (void)raw_exit(ABI_EXIT_TERMINATE, 42, 0, 0);
    check(false, "exit-terminate does not return");
    return 1;
}
