/* Commands: errors of the kernel, what registers a call changes, and the rules of each driver that
 * an app can see. */
#include "apps/tests/check.h"

#include "apps/lib/rng.h"
#include "apps/lib/temperature.h"

#define ABSENT_DRIVER 0x7FFF0000u
#define NO_COMMAND    0x7777u

static void test_errors(void)
{
    static const uint32_t drivers[] = {
        ABI_DRIVER_ALARM,       ABI_DRIVER_CONSOLE, ABI_DRIVER_LED,
        ABI_DRIVER_BUTTON,      ABI_DRIVER_GPIO,    ABI_DRIVER_RNG,
        ABI_DRIVER_TEMPERATURE, ABI_DRIVER_TOUCH,   ABI_DRIVER_LOW_LEVEL_DEBUG,
    };
    bool exist = true;
    bool refuse = true;
    for (unsigned i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
        bool counts = drivers[i] == ABI_DRIVER_LED || drivers[i] == ABI_DRIVER_BUTTON;
        struct syscall_return exists = raw_command(drivers[i], ABI_COMMAND_EXISTS, 0, 0);
        exist = exist && exists.variant == (counts ? ABI_SUCCESS_U32 : ABI_SUCCESS) &&
                (!counts || exists.values[0] == 4);
        refuse = refuse && is_answer(raw_command(drivers[i], NO_COMMAND, 2, 3), ABI_FAILURE,
                                     ABI_NOSUPPORT, 2, 3);
    }
    check(exist, "command 0 says that each driver is there; LED and button count 4");
    check(refuse, "an unknown command: NOSUPPORT, r2 and r3 stay as they were");
    check(is_answer(raw_command(ABSENT_DRIVER, 0, 2, 3), ABI_FAILURE, ABI_NODEVICE, 2, 3),
          "a command to no driver: NODEVICE");
}

/* Calls LED 0 off with all registers known, and says whether those are kept that a success without
 * a value must keep. */
static bool keeps_registers(void)
{
    uint32_t kept = 0;
    __asm__ volatile("movs r0, %[driver]\n"
                     "movs r1, %[off]\n"
                     "movs r2, #0\n"
                     "movs r3, #33\n"
                     "movs r4, #44\n"
                     "movs r5, #55\n"
                     "movs r6, #66\n"
                     "mov r8, r4\n"
                     "mov r10, r5\n"
                     "mov r11, r6\n"
                     "mov r12, r3\n"
                     "svc 2\n"
                     "cmp r0, #128\n"
                     "it eq\n"
                     "cmpeq r1, %[off]\n"
                     "it eq\n"
                     "cmpeq r2, #0\n"
                     "it eq\n"
                     "cmpeq r3, #33\n"
                     "it eq\n"
                     "cmpeq r4, #44\n"
                     "it eq\n"
                     "cmpeq r5, #55\n"
                     "it eq\n"
                     "cmpeq r6, #66\n"
                     "it eq\n"
                     "cmpeq r8, #44\n"
                     "it eq\n"
                     "cmpeq r10, #55\n"
                     "it eq\n"
                     "cmpeq r11, #66\n"
                     "it eq\n"
                     "cmpeq r12, #33\n"
                     "ite eq\n"
                     "moveq %[kept], #1\n"
                     "movne %[kept], #0\n"
                     : [kept] "=r"(kept)
                     : [driver] "i"(ABI_DRIVER_LED), [off] "i"(ABI_LED_OFF)
                     : "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r10", "r11", "r12", "cc",
                       "memory");
    return kept == 1;
}

static void test_led_and_button(void)
{
    (void)raw_command(ABI_DRIVER_LED, ABI_LED_ON, 3, 0);
    bool on = raw_command(ABI_DRIVER_LED, ABI_LED_READ, 3, 0).values[0] == 1;
    (void)raw_command(ABI_DRIVER_LED, ABI_LED_TOGGLE, 3, 0);
    bool off = raw_command(ABI_DRIVER_LED, ABI_LED_READ, 3, 0).values[0] == 0;
    check(on && off, "an LED reads as it was set");
    check(is_answer(raw_command(ABI_DRIVER_LED, ABI_LED_ON, 4, 3), ABI_FAILURE, ABI_INVAL, 4, 3),
          "LED 4: INVAL");
    check(is_answer(raw_command(ABI_DRIVER_BUTTON, ABI_BUTTON_READ, 4, 3), ABI_FAILURE, ABI_INVAL,
                    4, 3),
          "button 4: INVAL");
    check(
        is_answer(raw_command(ABI_DRIVER_BUTTON, ABI_BUTTON_READ, 1, 3), ABI_SUCCESS_U32, 0, 1, 3),
        "a button that is not pressed reads 0");
}

static void test_alarm(void)
{
    uint32_t expiry = 0;
    check(alarm_frequency_hz() == 8388608u, "the alarm's ticks are 32,768 Hz shifted left by 8");
    check((alarm_now_ticks() & 0xFFu) == 0, "and its low 8 bits are 0");
    check(is_answer(raw_command(ABI_DRIVER_ALARM, ABI_ALARM_STOP, 2, 3), ABI_FAILURE, ABI_ALREADY,
                    2, 3),
          "stopping an alarm that is not set: ALREADY");
    uint32_t now = alarm_now_ticks();
    struct syscall_return set =
        raw_command(ABI_DRIVER_ALARM, ABI_ALARM_SET_ABSOLUTE, now, 1u << 20);
    check(set.variant == ABI_SUCCESS_U32 && set.values[0] == now + (1u << 20),
          "an alarm answers with the tick at which it expires");
    check(raw_command(ABI_DRIVER_ALARM, ABI_ALARM_STOP, 0, 0).variant == ABI_SUCCESS,
          "an alarm that is set can be stopped");
    /* A reference in the past, and a time that has passed: at once. */
    (void)syscall_command_u32(ABI_DRIVER_ALARM, ABI_ALARM_SET_ABSOLUTE, now - 1000000u, 1000u,
                              &expiry);
    (void)syscall_yield_wait_for(ABI_DRIVER_ALARM, ABI_ALARM_UPCALL_EXPIRED);
    check(alarm_now_ticks() - now < alarm_ms_to_ticks(100), "an alarm in the past comes at once");
}

static void test_console(void)
{
    static const char text[] = "0123456789\n";
    static uint8_t buffer[80];
    (void)raw_allow_read_only(ABI_DRIVER_CONSOLE, ABI_CONSOLE_RO_WRITE, address_of(text),
                              sizeof(text) - 1);
    (void)raw_command(ABI_DRIVER_CONSOLE, ABI_CONSOLE_WRITE, 1000, 0);
    bool busy = raw_command(ABI_DRIVER_CONSOLE, ABI_CONSOLE_WRITE, 1, 0).values[0] == ABI_BUSY;
    struct syscall_return done =
        syscall_yield_wait_for(ABI_DRIVER_CONSOLE, ABI_CONSOLE_UPCALL_WRITTEN);
    (void)raw_allow_read_only(ABI_DRIVER_CONSOLE, ABI_CONSOLE_RO_WRITE, 0, 0);
    check(done.values[0] == sizeof(text) - 1, "a write is cut to its buffer");
    check(busy, "a write while one is under way: BUSY");
    (void)raw_allow_read_write(ABI_DRIVER_CONSOLE, ABI_CONSOLE_RW_READ, address_of(buffer),
                               sizeof(buffer));
    struct syscall_return longer =
        raw_command(ABI_DRIVER_CONSOLE, ABI_CONSOLE_READ, ABI_CONSOLE_READ_MAX + 1, 0);
    (void)raw_command(ABI_DRIVER_CONSOLE, ABI_CONSOLE_READ, 8, 0);
    (void)raw_command(ABI_DRIVER_CONSOLE, ABI_CONSOLE_ABORT_READ, 0, 0);
    struct syscall_return aborted =
        syscall_yield_wait_for(ABI_DRIVER_CONSOLE, ABI_CONSOLE_UPCALL_READ);
    (void)raw_allow_read_write(ABI_DRIVER_CONSOLE, ABI_CONSOLE_RW_READ, 0, 0);
    check(longer.variant == ABI_FAILURE && longer.values[0] == ABI_INVAL,
          "a read of more than 64 bytes: INVAL");
    check(aborted.values[0] == ABI_CANCEL, "a read that is aborted ends with CANCEL");
}

static void test_sensors(void)
{
    uint8_t bytes[20] = {0};
    int32_t centidegrees = 0;
    unsigned zeros = 0;
    int count = rng_get(bytes, 17);
    for (unsigned i = 0; i < 17; i++) {
        zeros += bytes[i] == 0;
    }
    check(count == 17 && zeros < 5 && bytes[17] == 0 && bytes[18] == 0,
          "so many random bytes as asked, no more");
    check(temperature_read(&centidegrees) == K_OK && centidegrees == 2500,
          "the thermometer says 25.00 degrees");
}

int main(void)
{
    test_errors();
    check(keeps_registers(), "a call that answers without a value changes r0 only");
    test_led_and_button();
    test_alarm();
    test_console();
    test_sensors();
    printf("done\n");
    return 0;
}
