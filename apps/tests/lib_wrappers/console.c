/* The wrappers of console and low-level debug. Wants on the console: 5 bytes at 500 ms, 4 at 800, 2
 * at 1100, 4 at 1600. */
#include "apps/tests/lib_wrappers/note.h"

#include <string.h>

#include "apps/lib/console.h"
#include "apps/lib/low_level_debug.h"

static void test_write(void)
{
    static struct note note;
    static const char text[] = "written without waiting, in more than one piece of 64 bytes: end\n";
    check(console_write("by console_write\n", 17) == 17, "console_write");
    check(console_print("by console_print\n") == 17, "console_print");
    check(console_write(text, 0) == 0 && console_print("") == 0, "a write of nothing");
    bool started = console_write_async(text, sizeof(text) - 1, note_upcall, &note) == K_OK;
    /* Neither may change what is under way. */
    bool busy = console_write_async("WRONG\n", 6, note_upcall, NULL) == K_EBUSY;
    busy = busy && console_print("WRONG\n") == K_EBUSY;
    syscall_yield();
    check(started && is_noted(&note, 1, sizeof(text) - 1, 0, 0), "console_write_async");
    check(busy, "a write while one is under way: K_EBUSY");
    started = console_write_async("short\n", 6, note_upcall, &note) == K_OK;
    spin_ms(5);
    busy = console_print("WRONG\n") == K_EBUSY;
    syscall_yield();
    check(started && busy && is_noted(&note, 2, 6, 0, 0),
          "a write before the upcall of the last: K_EBUSY");
}

static void test_read(void)
{
    static struct note note;
    static char bytes[ABI_CONSOLE_READ_MAX + 1];
    char other[8] = {0};
    check(console_read(bytes, ABI_CONSOLE_READ_MAX + 1) == K_EINVAL &&
              console_read(bytes, 0) == K_EINVAL,
          "console_read of too much or nothing: K_EINVAL");
    check(console_read(bytes, 5) == 5 && strcmp(bytes, "hello") == 0 && is_about_ms(500),
          "console_read");
    bool started = console_read_async(bytes, 4, note_upcall, &note) == K_OK;
    bool busy = console_read(other, 4) == K_EBUSY;
    busy = busy && console_read_async(other, 4, note_upcall, NULL) == K_EBUSY;
    syscall_yield();
    check(started && is_noted(&note, 1, 0, 4, 0) && strcmp(bytes, "abcdo") == 0 && is_about_ms(800),
          "console_read_async");
    check(busy && other[0] == 0, "a read while one is under way: K_EBUSY");
}

static void test_abort(void)
{
    static struct note note;
    static char bytes[8];
    check(console_read_abort() == K_OK && syscall_yield_no_wait() == 0,
          "console_read_abort without a read");
    bool started = console_read_async(bytes, sizeof(bytes), note_upcall, &note) == K_OK;
    sleep_until_ms(1300);
    bool aborted = note.count == 0 && console_read_abort() == K_OK;
    syscall_yield();
    check(started && aborted && is_noted(&note, 1, ABI_CANCEL, 2, 0) && strcmp(bytes, "xy") == 0,
          "console_read_abort");
    check(console_read(bytes, 4) == 4 && memcmp(bytes, "wxyz", 4) == 0 && is_about_ms(1600),
          "and then console_read works");
}

static void test_low_level_debug(void)
{
    check(low_level_debug_alert(ABI_ALERT_PANIC) == K_OK &&
              low_level_debug_alert(ABI_ALERT_STARTUP) == K_OK &&
              low_level_debug_alert(0x1234) == K_OK,
          "low_level_debug_alert");
    check(low_level_debug_print(0xDEADBEEFu) == K_OK && low_level_debug_print(0) == K_OK,
          "low_level_debug_print");
    check(low_level_debug_print2(0x10, 0xFFFFFFFFu) == K_OK, "low_level_debug_print2");
}

int main(void)
{
    test_write();
    test_read();
    test_abort();
    test_low_level_debug();
    printf("done\n");
    return 0;
}
