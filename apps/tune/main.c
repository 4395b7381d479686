/* Three tones up, then one that is changed and stopped. */
#include <stdbool.h>
#include <stdio.h>

#include "apps/lib/alarm.h"
#include "apps/lib/buzzer.h"

static void over(uint32_t status, uint32_t unused1, uint32_t unused2, void *is_over)
{
    (void)status;
    (void)unused1;
    (void)unused2;
    *(volatile bool *)is_over = true;
}

int main(void)
{
    static const uint32_t tones_hz[] = {523, 659, 784};
    volatile bool is_over = false;
    for (unsigned i = 0; i < sizeof(tones_hz) / sizeof(tones_hz[0]); i++) {
        int status = buzzer_tone(tones_hz[i], 200);
        if (status < 0) {
            printf("tune: no sound, error %d\n", status);
            return 1;
        }
    }
    printf("tune: a longer one: %d\n", buzzer_tone_async(1047, 4000, over, (void *)&is_over));
    alarm_sleep_ms(100);
    printf("tune: another instead: %d\n", buzzer_change(2093, 4000));
    alarm_sleep_ms(100);
    printf("tune: stopped: %d\n", buzzer_stop());
    while (!is_over) {
        syscall_yield();
    }
    printf("tune: the end, %d\n", buzzer_stop());
    return 0;
}
