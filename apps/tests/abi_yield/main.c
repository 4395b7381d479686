/* Yield in all its forms. Two drivers that answer by themselves make the upcalls: the alarm and the
 * thermometer. */
#include "apps/tests/check.h"

/* A kernel that wrote there would fault. */
#define NOTHING_THERE 0x30000000u

static char order[8]; /* which upcalls ran: 'a'larm, 't'hermometer */
static unsigned ran;
static uint32_t seen_userdata;
static uint32_t seen_expiry;

static void note(char which)
{
    if (ran < sizeof(order)) {
        order[ran] = which;
    }
    ran++;
}

static void on_alarm(uint32_t now, uint32_t expiry, uint32_t unused, void *userdata)
{
    (void)now;
    (void)unused;
    seen_expiry = expiry;
    seen_userdata = (uint32_t)(uintptr_t)userdata;
    note('a');
}

static void on_temperature(uint32_t value, uint32_t unused1, uint32_t unused2, void *userdata)
{
    (void)value;
    (void)unused1;
    (void)unused2;
    (void)userdata;
    note('t');
}

/* Yields from inside an upcall: the next one runs before this one ends. */
static void on_alarm_that_yields(uint32_t now, uint32_t expiry, uint32_t unused, void *userdata)
{
    (void)now;
    (void)expiry;
    (void)unused;
    (void)userdata;
    note('<');
    syscall_yield();
    note('>');
}

static uint32_t set_alarm_ms(uint32_t ms)
{
    uint32_t expiry = 0;
    (void)syscall_command_u32(ABI_DRIVER_ALARM, ABI_ALARM_SET_RELATIVE, alarm_ms_to_ticks(ms), 0,
                              &expiry);
    return expiry;
}

static void read_temperature(void)
{
    (void)syscall_command(ABI_DRIVER_TEMPERATURE, ABI_SENSOR_READ, 0, 0);
}

static void subscribe(syscall_upcall alarm, syscall_upcall temperature)
{
    (void)syscall_subscribe(ABI_DRIVER_ALARM, ABI_ALARM_UPCALL_EXPIRED, alarm,
                            (void *)(uintptr_t)0x1234u);
    (void)syscall_subscribe(ABI_DRIVER_TEMPERATURE, ABI_SENSOR_UPCALL_READY, temperature, NULL);
}

static volatile uint8_t flags[3];
static uint8_t flag_during_upcall;

static void on_alarm_that_looks(uint32_t now, uint32_t expiry, uint32_t unused, void *userdata)
{
    (void)now;
    (void)expiry;
    (void)unused;
    (void)userdata;
    flag_during_upcall = flags[1];
    note('l');
}

static bool order_is(const char *expected, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (order[i] != expected[i]) {
            return false;
        }
    }
    return ran == count;
}

static void test_no_wait(void)
{
    static volatile uint8_t flag = 7;
    ran = 0;
    (void)raw_yield(ABI_YIELD_NO_WAIT, address_of(&flag), 0, 0);
    bool empty = flag == 0 && ran == 0;
    subscribe(on_alarm, on_temperature);
    uint32_t expiry = set_alarm_ms(2);
    spin_ms(5);
    bool waited = ran == 0;
    flag = 7;
    (void)raw_yield(ABI_YIELD_NO_WAIT, address_of(&flag), 0, 0);
    check(empty, "yield-no-wait with nothing to do writes 0 and returns");
    check(waited, "no upcall runs outside of yield");
    check(flag == 1 && order_is("a", 1), "yield-no-wait runs one upcall and writes 1");
    check(seen_userdata == 0x1234u && seen_expiry == expiry,
          "an upcall gets its arguments and userdata");

    set_alarm_ms(2);
    spin_ms(5);
    (void)raw_yield(ABI_YIELD_NO_WAIT, 0, 0, 0);
    check(ran == 2, "yield-no-wait takes no flag address as well");
    set_alarm_ms(2);
    spin_ms(5);
    (void)raw_yield(ABI_YIELD_NO_WAIT, NOTHING_THERE, 0, 0);
    check(ran == 3, "a flag address that is not the process's is ignored");
}

static void test_flag(void)
{
    subscribe(on_alarm_that_looks, NULL);
    ran = 0;
    set_alarm_ms(2);
    spin_ms(5);
    flags[0] = flags[1] = flags[2] = 7;
    (void)raw_yield(ABI_YIELD_NO_WAIT, address_of(&flags[1]), 0, 0);
    check(ran == 1 && flag_during_upcall == 1, "the flag is written before the upcall runs");
    check(flags[0] == 7 && flags[1] == 1 && flags[2] == 7, "and is one byte");
    set_alarm_ms(2);
    flags[1] = 7;
    (void)raw_yield(ABI_YIELD_WAIT, address_of(&flags[1]), 0, 0);
    check(ran == 2 && flags[1] == 7, "yield-wait has no flag and writes nothing");

    subscribe(NULL, NULL);
    uint32_t expiry = set_alarm_ms(2);
    spin_ms(5);
    (void)raw_yield(ABI_YIELD_NO_WAIT, address_of(&flags[1]), 0, 0);
    struct syscall_return left = syscall_yield_wait_for(ABI_DRIVER_ALARM, ABI_ALARM_UPCALL_EXPIRED);
    check(flags[1] == 0 && left.values[1] == expiry,
          "yield-no-wait never blocks: an upcall without a function is left for later");
    subscribe(on_alarm, on_temperature);
}

static void test_one_at_a_time(void)
{
    ran = 0;
    read_temperature();
    spin_ms(3);
    set_alarm_ms(2);
    spin_ms(5);
    syscall_yield();
    bool first = order_is("t", 1);
    syscall_yield();
    bool second = order_is("ta", 2);
    check(first, "yield-wait runs one upcall, the oldest");
    check(second, "the next yield-wait runs the next");
}

static void test_wait_blocks(void)
{
    ran = 0;
    uint32_t start = alarm_now_ticks();
    set_alarm_ms(20);
    syscall_yield();
    uint32_t waited = alarm_now_ticks() - start;
    bool in_time = ran == 1 && waited >= alarm_ms_to_ticks(20) && waited < alarm_ms_to_ticks(21);
    check(in_time, "yield-wait blocks until the upcall has run");
}

static void test_wait_for(void)
{
    ran = 0;
    uint32_t expiry = set_alarm_ms(5);
    struct syscall_return answer =
        raw_yield(ABI_YIELD_WAIT_FOR, ABI_DRIVER_ALARM, ABI_ALARM_UPCALL_EXPIRED, 0x77u);
    bool values = answer.values[0] == expiry && answer.values[1] == 0 &&
                  answer.variant - expiry < alarm_ms_to_ticks(1);
    check(ran == 0, "yield-wait-for runs no upcall");
    check(values, "yield-wait-for returns the three arguments in r0-r2");
    check(answer.values[2] == 0x77u, "yield-wait-for leaves r3 alone");

    read_temperature();
    spin_ms(3);
    set_alarm_ms(3);
    (void)syscall_yield_wait_for(ABI_DRIVER_ALARM, ABI_ALARM_UPCALL_EXPIRED);
    bool kept = ran == 0;
    syscall_yield();
    check(kept && order_is("t", 1), "yield-wait-for leaves other upcalls in the queue");

    ran = 0;
    set_alarm_ms(2);
    spin_ms(5);
    read_temperature();
    spin_ms(3);
    (void)syscall_yield_wait_for(ABI_DRIVER_ALARM, ABI_ALARM_UPCALL_EXPIRED);
    bool none = ran == 0;
    syscall_yield();
    check(none && order_is("t", 1), "yield-wait-for takes what came before it was called");

    subscribe(NULL, on_temperature);
    ran = 0;
    expiry = set_alarm_ms(2);
    answer = syscall_yield_wait_for(ABI_DRIVER_ALARM, ABI_ALARM_UPCALL_EXPIRED);
    check(answer.values[1] == expiry, "yield-wait-for needs no subscription");

    ran = 0;
    set_alarm_ms(2);
    read_temperature();
    spin_ms(5);
    (void)syscall_yield_wait_for(ABI_DRIVER_TEMPERATURE, ABI_SENSOR_UPCALL_READY);
    (void)syscall_yield_wait_for(ABI_DRIVER_ALARM, ABI_ALARM_UPCALL_EXPIRED);
    check(ran == 0, "an upcall without a function waits for yield-wait-for");
}

static void test_null_upcall(void)
{
    subscribe(NULL, on_temperature);
    ran = 0;
    set_alarm_ms(2);
    spin_ms(5);
    uint32_t start = alarm_now_ticks();
    read_temperature();
    syscall_yield();
    check(order_is("t", 1) && alarm_now_ticks() - start < alarm_ms_to_ticks(5),
          "a null upcall does not end yield-wait");
}

static void test_nested(void)
{
    subscribe(on_alarm_that_yields, on_temperature);
    ran = 0;
    set_alarm_ms(2);
    spin_ms(4);
    read_temperature();
    syscall_yield();
    check(order_is("<t>", 3), "an upcall may yield");
}

/* More alarms than the queue of ten holds upcalls: those that fit arrive, in order, and nothing
 * breaks. */
static void test_full_queue(void)
{
    subscribe(on_alarm, on_temperature);
    ran = 0;
    for (unsigned i = 0; i < 14; i++) {
        set_alarm_ms(1);
        spin_ms(2);
    }
    unsigned taken = 0;
    while (taken < 20 && syscall_yield_no_wait()) {
        taken++;
    }
    check(taken == 10 && ran == 10, "a process's queue holds ten upcalls");
    set_alarm_ms(1);
    syscall_yield();
    check(ran == 11, "after the queue was full, upcalls arrive again");
}

int main(void)
{
    test_no_wait();
    test_flag();
    test_one_at_a_time();
    test_wait_blocks();
    test_wait_for();
    test_null_upcall();
    test_nested();
    test_full_queue();
    printf("done\n");
    return 0;
}
