/* Requests to the isolated storage that nobody waits for. */
#include <string.h>

#include "apps/lib/isolated_storage.h"
#include "apps/tests/lib_wrappers/note.h"

#define AT 100u

static struct note note, other;

static void test_size(void)
{
    int status = isolated_storage_size_async(note_upcall, &note);
    int again = isolated_storage_size_async(note_upcall, &other);
    int waiting = isolated_storage_size();
    syscall_yield();
    int size = isolated_storage_size();
    check(status == K_OK && size > 0 && is_noted(&note, 1, 0, (uint32_t)size, 0),
          "the size that nobody waits for is that which somebody does");
    check(again == K_EBUSY && waiting == K_EBUSY, "until then there is no other");
}

static void test_write_and_read(void)
{
    static const char text[] = "kept by nobody who waits";
    char read[sizeof(text)] = {0}, more[4] = "abc";
    note = (struct note){0};
    int status = isolated_storage_write_async(AT, text, sizeof(text), note_upcall, &note);
    int again = isolated_storage_write(AT, more, sizeof(more));
    int reading = isolated_storage_read(AT, read, sizeof(read));
    int sizing = isolated_storage_size();
    syscall_yield();
    check(status == K_OK && is_noted(&note, 1, 0, sizeof(text), 0), "a write ends in an upcall");
    check(again == K_EBUSY && reading == K_EBUSY && sizing == K_EBUSY && other.count == 0,
          "until then there is no other, of whatever kind");
    status = isolated_storage_read_async(AT, read, sizeof(read), note_upcall, &note);
    again = isolated_storage_read_async(AT, more, sizeof(more), note_upcall, &other);
    int writing = isolated_storage_write_async(AT, more, sizeof(more), note_upcall, &other);
    syscall_yield();
    check(status == K_OK && is_noted(&note, 2, 0, sizeof(read), 0) &&
              memcmp(read, text, sizeof(text)) == 0,
          "and so does a read, of what was written");
    check(again == K_EBUSY && writing == K_EBUSY && other.count == 0 && memcmp(more, "abc", 4) == 0,
          "until then there is no other");
    memset(read, 0, sizeof(read));
    check(isolated_storage_read(AT, read, sizeof(read)) == (int)sizeof(read) &&
              memcmp(read, text, sizeof(text)) == 0,
          "afterwards there is, and nothing of the refused one was written");
}

/* The driver's own refusals come by the upcall. */
static void test_outside(void)
{
    char bytes[4] = "xyz";
    uint32_t size = (uint32_t)isolated_storage_size();
    note = (struct note){0};
    int status = isolated_storage_write_async(size - 2, bytes, sizeof(bytes), note_upcall, &note);
    syscall_yield();
    check(status == K_OK && is_noted(&note, 1, (uint32_t)-K_EINVAL, 0, 0),
          "a write that is not all inside is refused by its upcall");
    status = isolated_storage_read_async(size, bytes, 1, note_upcall, &note);
    syscall_yield();
    check(status == K_OK && is_noted(&note, 2, (uint32_t)-K_EINVAL, 0, 0), "and so is a read");
    status = isolated_storage_read_async(size - 1, bytes, 1, NULL, NULL);
    sleep_and_take_ms(20);
    check(status == K_OK && isolated_storage_read(size - 1, bytes, 1) == 1 &&
              (unsigned char)bytes[0] == 0xFF,
          "an upcall is not needed");
}

int main(void)
{
    test_size();
    test_write_and_read();
    test_outside();
    printf("done\n");
    return 0;
}
