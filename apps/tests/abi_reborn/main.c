/*
 * What a life leaves to the next one: nothing. The first life fills all of its memory, keeps an
 * alarm, a button, a reading and a buffer for random numbers open, and restarts itself (or is
 * restarted, stopped, faulted from outside: ENDING). LED 3 tells one life from the next.
 */
#include "apps/tests/check.h"

#include "apps/lib/button.h"
#include "apps/lib/led.h"

enum ending {
    ENDING_RESTART, /* by itself */
    ENDING_FAULT,   /* writes where it may not, and the kernel restarts it */
    ENDING_WAIT,    /* for the operator at the process console */
};

#define LATER_MS 300u

static unsigned upcalls;
static uint8_t random_bytes[32];

static void on_anything(uint32_t a, uint32_t b, uint32_t c, void *userdata)
{
    (void)a;
    (void)b;
    (void)c;
    (void)userdata;
    upcalls++;
}

static uint32_t current_break(void)
{
    return raw_memop(ABI_MEMOP_SBRK, 0, 0, 0).values[0];
}

static void grow_to_the_limit(void)
{
    while (raw_memop(ABI_MEMOP_SBRK, 32, 0, 0).variant == ABI_SUCCESS_U32) {
    }
}

static void open_everything(void)
{
    uint32_t expiry;
    alarm_subscribe(on_anything, NULL);
    button_subscribe(on_anything, NULL);
    button_enable(0);
    (void)syscall_subscribe(ABI_DRIVER_RNG, ABI_RNG_UPCALL_DONE, on_anything, NULL);
    (void)syscall_allow_read_write(ABI_DRIVER_RNG, ABI_RNG_RW_BUFFER, random_bytes,
                                   sizeof(random_bytes));
    (void)syscall_subscribe(ABI_DRIVER_TEMPERATURE, ABI_SENSOR_UPCALL_READY, on_anything, NULL);
    (void)syscall_command_u32(ABI_DRIVER_ALARM, ABI_ALARM_SET_RELATIVE, alarm_ms_to_ticks(100), 0,
                              &expiry);
}

static void start_readings(void)
{
    (void)syscall_command(ABI_DRIVER_RNG, ABI_RNG_GET, sizeof(random_bytes), 0);
    (void)syscall_command(ABI_DRIVER_TEMPERATURE, ABI_SENSOR_READ, 0, 0);
}

static void first_life(void)
{
    led_on(3);
    printf("the first life\n"); /* while there is room for the console's grant */
    open_everything();
    uint32_t bottom = current_break();
    grow_to_the_limit();
    for (uint32_t at = bottom; at < current_break(); at++) {
        *(volatile uint8_t *)(uintptr_t)at = 0xA5;
    }
    (void)syscall_allow_read_write(ABI_DRIVER_CONSOLE, ABI_CONSOLE_RW_READ,
                                   (void *)(uintptr_t)(current_break() - 16), 16);
    printf("full\n");
    start_readings();
    if (ENDING == ENDING_RESTART) {
        syscall_exit_restart(0);
    } else if (ENDING == ENDING_FAULT) {
        *(volatile uint32_t *)(uintptr_t)syscall_memop(ABI_MEMOP_GRANT_START) = 0;
    }
    for (;;) {
        syscall_yield();
    }
}

/* Each of these is free; from here on this life listens, so that what is meant for the life before
 * would be noticed. */
static void test_nothing_is_registered(void)
{
    const uint32_t function = (uint32_t)(uintptr_t)on_anything;
    static const struct {
        uint32_t driver, number;
    } upcall_of[] = {
        {ABI_DRIVER_ALARM, ABI_ALARM_UPCALL_EXPIRED},
        {ABI_DRIVER_BUTTON, ABI_BUTTON_UPCALL_CHANGED},
        {ABI_DRIVER_RNG, ABI_RNG_UPCALL_DONE},
        {ABI_DRIVER_TEMPERATURE, ABI_SENSOR_UPCALL_READY},
    };
    bool none = true;
    for (unsigned i = 0; i < sizeof(upcall_of) / sizeof(upcall_of[0]); i++) {
        none =
            none && is_answer(raw_subscribe(upcall_of[i].driver, upcall_of[i].number, function, 5),
                              ABI_SUCCESS_U32_U32, 0, 0, 5);
    }
    struct syscall_return buffer =
        raw_allow_read_write(ABI_DRIVER_RNG, ABI_RNG_RW_BUFFER, address_of(random_bytes), 32);
    struct syscall_return alarm = raw_command(ABI_DRIVER_ALARM, ABI_ALARM_STOP, 0, 0);
    check(none, "no subscription of the life before is there");
    check(is_answer(buffer, ABI_SUCCESS_U32_U32, 0, 0, 32), "no buffer of the life before is lent");
    check(alarm.variant == ABI_FAILURE && alarm.values[0] == ABI_ALREADY,
          "no alarm of the life before is set");
}

static void test_nothing_arrives(void)
{
    uint32_t start = alarm_now_ticks();
    while (alarm_now_ticks() - start < alarm_ms_to_ticks(LATER_MS)) {
        (void)syscall_yield_no_wait();
    }
    unsigned touched = 0;
    for (unsigned i = 0; i < sizeof(random_bytes); i++) {
        touched += random_bytes[i] != 0;
    }
    check(upcalls == 0, "no upcall of the life before arrives");
    check(touched == 0, "no answer to the life before is written");
}

static void test_memory_is_fresh(void)
{
    uint32_t bottom = current_break();
    grow_to_the_limit();
    uint32_t top = current_break();
    uint32_t dirty = 0;
    for (uint32_t at = bottom; at < top; at++) {
        dirty += *(const volatile uint8_t *)(uintptr_t)at != 0;
    }
    check(top > bottom && dirty == 0, "the memory of the life before is zero");
    check(raw_memop(ABI_MEMOP_BRK, bottom, 0, 0).variant == ABI_SUCCESS,
          "what the life before had lent does not hold the break up");
}

int main(void)
{
    if (led_read(3)) {
        test_nothing_is_registered();
        test_nothing_arrives();
        test_memory_is_fresh();
        printf("done\n");
        return 0;
    }
    first_life();
}
