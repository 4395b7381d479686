/* Several delays on one compare register of RTC1, on memory where its registers would be. */
#include "kernel/chips/nrf52/rtc_delay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <cmocka.h>

#define RTC1            0x40011000u
#define RTC1_BYTES      0x1000u
#define EVENTS_COMPARE1 0x144u
#define INTENSET        0x304u
#define INTENCLR        0x308u
#define COUNTER         0x504u
#define CC1             0x544u
#define COUNTER_MASK    0xFFFFFFu
#define SECOND          32768u

#define USERS 3u

struct user {
    struct nrf52_rtc_delay delay;
    struct hil_delay_client client;
    uint32_t told;
    uint32_t again_us; /* starts it anew from inside the callback; 0: does not */
};

static struct nrf52_rtc_delays delays;
static struct user users[USERS];

bool guard_is_dead(const struct capsule *owner)
{
    (void)owner;
    return false;
}

static volatile uint32_t *rtc(uint32_t offset)
{
    return (volatile uint32_t *)(uintptr_t)(RTC1 + offset);
}

static void start(uint32_t i, uint32_t microseconds)
{
    nrf52_rtc_delay_ops.start(&users[i].delay, microseconds);
}

static void elapsed(void *self)
{
    struct user *user = self;
    user->told++;
    if (user->again_us > 0) {
        nrf52_rtc_delay_ops.start(&user->delay, user->again_us);
    }
}

static int begin(void **state)
{
    static bool mapped;
    (void)state;
    void *wanted = (void *)(uintptr_t)RTC1;
    if (!mapped && mmap(wanted, RTC1_BYTES, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != wanted) {
        abort();
    }
    mapped = true;
    delays = (struct nrf52_rtc_delays){0};
    for (uint32_t i = 0; i < USERS; i++) {
        users[i] = (struct user){.delay = {.all = &delays}};
        users[i].client = (struct hil_delay_client){elapsed, &users[i], NULL};
        nrf52_rtc_delay_ops.set_client(&users[i].delay, &users[i].client);
    }
    *rtc(COUNTER) = 0xFFF000; /* soon it wraps */
    *rtc(INTENSET) = *rtc(INTENCLR) = 0;
    return 0;
}

/* Goes to the next match, and says how many ticks that took. */
static uint32_t to_next_match(void)
{
    uint32_t passed = (*rtc(CC1) - *rtc(COUNTER)) & COUNTER_MASK;
    *rtc(COUNTER) = *rtc(CC1);
    *rtc(EVENTS_COMPARE1) = 1;
    nrf52_rtc_delays_serve(&delays);
    return passed;
}

static void test_the_earliest_first(void **state)
{
    (void)state;
    start(0, 3000000);
    start(1, 1000000);
    start(2, 2000000);
    for (uint32_t i = 0; i < USERS; i++) {
        uint32_t passed = to_next_match();
        assert_true(passed >= SECOND - 2 && passed <= SECOND + 2); /* each a second later */
        assert_int_equal(users[1].told, 1);
        assert_int_equal(users[2].told, i >= 1);
        assert_int_equal(users[0].told, i >= 2);
    }
    assert_null(delays.first);
    assert_int_not_equal(*rtc(INTENCLR), 0); /* nobody waits */
}

static void test_never_early(void **state)
{
    (void)state;
    const uint32_t microseconds[] = {0, 1, 30, 31, 1000, 10000000};
    for (uint32_t i = 0; i < sizeof microseconds / sizeof microseconds[0]; i++) {
        start(0, microseconds[i]);
        uint64_t passed = to_next_match();
        /* The tick under way when it began may have been over at once. */
        assert_true((passed - 1) * 1000000 / SECOND >= microseconds[i]);
        assert_int_equal(users[0].told, i + 1);
    }
}

/* One that begins again at once does not keep the others from their time. */
static void test_again_from_the_callback(void **state)
{
    (void)state;
    users[0].again_us = 100;
    start(0, 100);
    start(1, 10000);
    uint32_t matches = 0;
    while (users[1].told == 0 && matches < 200) {
        (void)to_next_match();
        matches++;
    }
    assert_int_equal(users[1].told, 1);
    assert_true(users[0].told > 40 && users[0].told < 120);
}

static void test_started_anew_and_stopped(void **state)
{
    (void)state;
    start(0, 1000000);
    start(1, 2000000);
    start(0, 3000000); /* the first is forgotten */
    assert_true(to_next_match() >= 2 * SECOND - 2);
    assert_int_equal(users[0].told, 0);
    assert_int_equal(users[1].told, 1);
    nrf52_rtc_delay_stop(&users[0].delay);
    nrf52_rtc_delay_stop(&users[0].delay);
    assert_null(delays.first);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_earliest_first),
        TEST(test_never_early),
        TEST(test_again_from_the_callback),
        TEST(test_started_anew_and_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
