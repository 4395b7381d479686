/* Exit. The LEDs outlive a process, so they count its lives. */
#include "apps/tests/check.h"

#include "apps/lib/led.h"

#define NO_SUCH_EXIT 2u
#define LIVES        5u /* more than the board's fault policy would give */
#define LEDS         3u

static uint32_t lives_before(void)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < LEDS; i++) {
        count |= (uint32_t)(led_read(i) == 1) << i;
    }
    return count;
}

static void count_lives(uint32_t count)
{
    for (uint32_t i = 0; i < LEDS; i++) {
        (void)((count >> i & 1) != 0 ? led_on(i) : led_off(i));
    }
}

int main(void)
{
    uint32_t before = lives_before();
    if (before == 0) {
        check(is_answer(raw_exit(NO_SUCH_EXIT, 1, 2, 3), ABI_FAILURE, ABI_NOSUPPORT, 2, 3),
              "an unknown exit: NOSUPPORT, and the process goes on");
    }
    if (before < LIVES) {
        count_lives(before + 1);
        (void)raw_exit(ABI_EXIT_RESTART, 5, 0, 0);
        check(false, "exit-restart does not return");
    }
    check(true, "exit-restart begins a new life, as often as the app likes");
    printf("done\n");
    (void)raw_exit(ABI_EXIT_TERMINATE, 42, 0, 0);
    check(false, "exit-terminate does not return");
    return 1;
}
