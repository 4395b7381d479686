/* How many cycles a second has, asleep or not, and a system call. Then an hour: more cycles than
 * 32 bits count. */
#include <stdio.h>

#include "apps/lib/alarm.h"
#include "apps/lib/cycle_count.h"

#define HOUR_MS 3600000u

int main(void)
{
    uint64_t before = 0, cycles = 0, again = 0;
    int status = cycle_count_reset();
    if (status == K_OK) {
        status = cycle_count_start();
    }
    if (status < 0) {
        printf("cycles: no counter, error %d\n", status);
        return 1;
    }
    (void)cycle_count_read(&before);
    alarm_sleep_ms(1000);
    (void)cycle_count_read(&cycles);
    (void)cycle_count_read(&again);
    printf("cycles: a second has %lu million\n", (unsigned long)((cycles - before) / 1000000));
    printf("cycles: one reading takes %s\n", again - cycles < 1000 ? "hundreds" : "more");
    (void)cycle_count_stop();
    (void)cycle_count_read(&cycles);
    alarm_sleep_ms(1000);
    (void)cycle_count_read(&again);
    printf("cycles: stopped, %s\n", again == cycles ? "it stands still" : "it goes on");
    (void)cycle_count_start();
    alarm_sleep_ms(HOUR_MS);
    (void)cycle_count_read(&again);
    printf("cycles: an hour has %lu thousand million\n",
           (unsigned long)((again - cycles) / 1000000000));
    return 0;
}
