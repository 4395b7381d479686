/* The analogue devices without the CPU's help. TIMER0 has SAADC sample AIN0 each millisecond by
 * PPI, END starts the next of two buffers by PPI, and the CPU only prints what is in them; PWM0
 * plays a fade from RAM on P0.17; QDEC counts what is turned on P0.11 and P0.12; LPCOMP wakes the
 * chip from System OFF when AIN1 rises over half of VDD. */
#include "tests/guests/bare.h"

#define RESETREAS 0x40000400U
#define SYSTEMOFF 0x40000500U
#define SAADC     0x40007000U
#define TIMER0    0x40008000U
#define QDEC      0x40012000U
#define LPCOMP    0x40013000U
#define PWM0      0x4001C000U
#define PPI       0x4001F000U

#define RESULTS 8U
#define BUFFERS 6U
#define STEPS   10U

static volatile int16_t results[2][RESULTS];
static volatile uint16_t fade[STEPS];

static uint32_t get(uint32_t address)
{
    return *bare_register(address);
}

static void set(uint32_t address, uint32_t value)
{
    *bare_register(address) = value;
}

static void wait_for(uint32_t event)
{
    while (get(event) == 0) {
    }
    set(event, 0);
    (void)get(event);
}

static void say(const char *what, uint32_t value)
{
    bare_print(what);
    bare_print_hex(value);
    bare_print("\n");
}

static void sample_by_ppi(void)
{
    set(SAADC + 0x510, 1);          /* CH[0].PSELP: AIN0 */
    set(SAADC + 0x518, 0x00020000); /* gain 1/6, 0.6 V, 10 us, single-ended */
    set(SAADC + 0x5F0, 2);          /* 12 bits */
    set(SAADC + 0x630, RESULTS);
    set(SAADC + 0x500, 1);
    set(PPI + 0x510, TIMER0 + 0x140); /* COMPARE[0] -> SAMPLE */
    set(PPI + 0x514, SAADC + 0x004);
    set(PPI + 0x518, SAADC + 0x104); /* END -> START */
    set(PPI + 0x51C, SAADC + 0x000);
    set(PPI + 0x504, 3);
    set(TIMER0 + 0x508, 3);    /* 32 bits */
    set(TIMER0 + 0x540, 1000); /* at 1 MHz */
    set(TIMER0 + 0x200, 1);    /* COMPARE0_CLEAR */
    set(SAADC + 0x62C, (uint32_t)(uintptr_t)results[0]);
    set(SAADC + 0x000, 1);
    set(TIMER0 + 0x000, 1);
    for (uint32_t i = 0; i < BUFFERS; i++) {
        wait_for(SAADC + 0x100); /* STARTED: the other buffer is next */
        set(SAADC + 0x62C, (uint32_t)(uintptr_t)results[1 - i % 2]);
        wait_for(SAADC + 0x104);
        say("first ", (uint32_t)results[i % 2][0]);
        say("last ", (uint32_t)results[i % 2][RESULTS - 1]);
    }
    set(TIMER0 + 0x004, 1);
    set(SAADC + 0x008, 1);
    wait_for(SAADC + 0x114);
    set(SAADC + 0x500, 0);
}

static void fade_by_pwm(void)
{
    for (uint32_t i = 0; i < STEPS; i++) {
        fade[i] = (uint16_t)(0x8000U | 100U * i);
    }
    set(PWM0 + 0x560, 17);
    set(PWM0 + 0x500, 1);
    set(PWM0 + 0x508, 1000);
    set(PWM0 + 0x50C, 4); /* 1 MHz: a period is a millisecond */
    set(PWM0 + 0x520, (uint32_t)(uintptr_t)fade);
    set(PWM0 + 0x524, STEPS);
    set(PWM0 + 0x528, 1); /* two periods each */
    set(PWM0 + 0x008, 1);
    wait_for(PWM0 + 0x110);
    set(PWM0 + 0x004, 1);
    wait_for(PWM0 + 0x104);
    bare_print("faded\n");
}

static void count_by_qdec(void)
{
    set(QDEC + 0x520, 11);
    set(QDEC + 0x524, 12);
    set(QDEC + 0x510, 7); /* REPORTPER: 280 samples of 128 us */
    set(QDEC + 0x500, 1);
    set(QDEC + 0x000, 1);
    wait_for(QDEC + 0x104);
    set(QDEC + 0x004, 1);
    say("turned ", get(QDEC + 0x514));
}

static void sleep_until_lpcomp(void)
{
    set(LPCOMP + 0x504, 1); /* AIN1 */
    set(LPCOMP + 0x508, 3); /* 4/8 of VDD */
    set(LPCOMP + 0x520, 1); /* ANADETECT: up */
    set(LPCOMP + 0x500, 1);
    set(LPCOMP + 0x000, 1);
    wait_for(LPCOMP + 0x100);
    bare_print("off\n");
    set(SYSTEMOFF, 1);
    bare_halt();
}

void bare_main(void)
{
    uint32_t reasons = get(RESETREAS);
    if (reasons != 0) {
        say("woken ", reasons);
        bare_halt();
    }
    sample_by_ppi();
    fade_by_pwm();
    count_by_qdec();
    sleep_until_lpcomp();
}
