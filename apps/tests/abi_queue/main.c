/* The queue of ten upcalls: order, what a new subscription removes, what a full one loses. */
#include "apps/tests/check.h"

#define SLOTS 10u

static char order[32]; /* 'a'larm, 't'hermometer, in the order of their upcalls */
static uint32_t expiries[32];
static unsigned ran;

static void on_alarm(uint32_t now, uint32_t expiry, uint32_t unused, void *userdata)
{
    (void)now;
    (void)unused;
    (void)userdata;
    expiries[ran] = expiry;
    order[ran++] = 'a';
}

static void on_temperature(uint32_t value, uint32_t unused1, uint32_t unused2, void *userdata)
{
    (void)value;
    (void)unused1;
    (void)unused2;
    (void)userdata;
    order[ran++] = 't';
}

static void subscribe_alarm(syscall_upcall upcall)
{
    (void)syscall_subscribe(ABI_DRIVER_ALARM, ABI_ALARM_UPCALL_EXPIRED, upcall, NULL);
}

static void subscribe_temperature(syscall_upcall upcall)
{
    (void)syscall_subscribe(ABI_DRIVER_TEMPERATURE, ABI_SENSOR_UPCALL_READY, upcall, NULL);
}

/* One upcall of the alarm goes into the queue. */
static uint32_t queue_alarm(void)
{
    uint32_t expiry = 0;
    (void)syscall_command_u32(ABI_DRIVER_ALARM, ABI_ALARM_SET_RELATIVE, alarm_ms_to_ticks(1), 0,
                              &expiry);
    spin_ms(2);
    return expiry;
}

static void queue_temperature(void)
{
    (void)syscall_command(ABI_DRIVER_TEMPERATURE, ABI_SENSOR_READ, 0, 0);
    spin_ms(2);
}

static unsigned take_all(void)
{
    unsigned taken = 0;
    while (taken < sizeof(order) && syscall_yield_no_wait()) {
        taken++;
    }
    return taken;
}

static bool order_is(const char *expected)
{
    unsigned count = 0;
    while (expected[count] != '\0' && count < ran && order[count] == expected[count]) {
        count++;
    }
    return expected[count] == '\0' && count == ran;
}

static void test_order(void)
{
    ran = 0;
    queue_alarm();
    queue_temperature();
    queue_temperature();
    queue_alarm();
    queue_temperature();
    (void)take_all();
    check(order_is("attat"), "upcalls run in the order in which they came");
}

static void test_ten(void)
{
    uint32_t set[SLOTS + 3];
    ran = 0;
    for (unsigned i = 0; i < SLOTS + 3; i++) {
        set[i] = queue_alarm();
    }
    unsigned taken = take_all();
    bool first = taken == SLOTS;
    for (unsigned i = 0; i < SLOTS; i++) {
        first = first && expiries[i] == set[i];
    }
    check(first, "a full queue keeps the first ten and loses what comes then");
}

static void test_resubscribe(void)
{
    ran = 0;
    queue_temperature();
    queue_alarm();
    queue_temperature();
    queue_alarm();
    queue_temperature();
    subscribe_alarm(on_alarm);
    bool same = take_all() == 3 && order_is("ttt");
    check(same, "subscribe removes what is queued for that number, even for the same function");
    ran = 0;
    queue_alarm();
    subscribe_temperature(on_temperature);
    check(take_all() == 1 && order_is("a"), "and nothing of another driver's");
    ran = 0;
    queue_alarm();
    subscribe_alarm(NULL);
    check(take_all() == 0, "so does the null upcall");
    uint32_t expiry = queue_alarm();
    subscribe_alarm(on_alarm);
    struct syscall_return upcall =
        syscall_yield_wait_for(ABI_DRIVER_ALARM, ABI_ALARM_UPCALL_EXPIRED);
    check(upcall.values[1] == expiry,
          "what came without a function stays, over a subscribe, for yield-wait-for");
}

static void test_failed_subscribe(void)
{
    ran = 0;
    queue_alarm();
    (void)raw_subscribe(ABI_DRIVER_ALARM, 0, 0x101u, 0);
    (void)raw_subscribe(ABI_DRIVER_ALARM, 1, 0, 0);
    check(take_all() == 1, "a refused subscribe removes nothing");
}

/* Tock's ring loses this one, and the process waits for ever (tock#4773). */
static void test_full_and_waited_for(void)
{
    ran = 0;
    subscribe_temperature(NULL);
    for (unsigned i = 0; i < SLOTS; i++) {
        queue_alarm();
    }
    (void)syscall_command(ABI_DRIVER_TEMPERATURE, ABI_SENSOR_READ, 0, 0);
    struct syscall_return upcall =
        syscall_yield_wait_for(ABI_DRIVER_TEMPERATURE, ABI_SENSOR_UPCALL_READY);
    check(upcall.values[0] == 2500 && ran == 0, "a full queue does not lose what is waited for");
    check(take_all() == SLOTS, "nor does the wait lose any of the ten");
}

/* A second wait's upcall comes while the first one's is there (tock#5195). */
static void test_other_after_waited_for(void)
{
    ran = 0;
    subscribe_alarm(NULL);
    uint32_t expiry = queue_alarm();
    queue_temperature();
    struct syscall_return upcall =
        syscall_yield_wait_for(ABI_DRIVER_ALARM, ABI_ALARM_UPCALL_EXPIRED);
    bool first = upcall.values[1] == expiry;
    upcall = syscall_yield_wait_for(ABI_DRIVER_TEMPERATURE, ABI_SENSOR_UPCALL_READY);
    check(first && upcall.values[0] == 2500, "what is waited for is found, whatever came after it");
}

static void test_null_gives_way(void)
{
    subscribe_alarm(NULL);
    for (unsigned i = 0; i < SLOTS; i++) {
        queue_alarm();
    }
    subscribe_temperature(on_temperature);
    ran = 0;
    queue_temperature();
    check(take_all() == 1 && order_is("t"),
          "in a full queue an upcall without a function gives way to another");
}

int main(void)
{
    subscribe_alarm(on_alarm);
    subscribe_temperature(on_temperature);
    test_order();
    test_ten();
    test_resubscribe();
    test_failed_subscribe();
    test_full_and_waited_for();
    test_other_after_waited_for();
    test_null_gives_way();
    printf("done\n");
    return 0;
}
